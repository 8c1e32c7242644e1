package sim

import (
	"fmt"
	"image"
	"image/draw"
	"math"
	"math/rand/v2"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/ink/stroke"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/pen"
)

// Print is a print as a verifier gets it, with the truth about it.
type Print struct {
	Plan Plan
	Scan ink.Scan
	Ref  *ink.Reference
	// TrueBox is where the four corners of the box, clockwise from the top left, lie in the scan.
	TrueBox [4]page.Point
	// Written is the writing alone at full size, with Ink in the frame of the reference's page moved by WrittenAt; nil if
	// nothing was written in the box. DPI is that of the page, 300.
	Written   *stroke.Mask
	WrittenAt image.Point
	// Printed is the printed signature image alone, at 300 dots an inch.
	Printed *stroke.Mask
	Name    string
}

// Maker makes prints. It keeps the last page, which neighbouring seeds share; it is not safe for concurrent use.
type Maker struct {
	gen      *verifytest.Generator
	alphabet *pen.Alphabet
	sheet    uint64
	printed  *image.RGBA // as the printer left it, without the signature image
	ref      *image.RGBA
	printer  printer
}

// RefDPI is the resolution at which the reference is rendered.
const RefDPI = 200

// NewMaker returns a maker that writes with the given characters.
func NewMaker(a *pen.Alphabet) (*Maker, error) {
	g, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		return nil, err
	}
	return &Maker{gen: g, alphabet: a, sheet: math.MaxUint64}, nil
}

// printer is how one printer prints.
type printer struct {
	mono   bool
	gain   float64 // dot gain of middle tones
	soft   float64 // blur in pixels of the page
	black  float64 // what full toner leaves of the light
	screen float64 // how far tints are broken into dots
	noise  float64
}

func (m *Maker) turnTo(p Plan) error {
	if m.sheet == p.sheet {
		return nil
	}
	rng := rand.New(rand.NewPCG(p.sheet, 0x7368))
	kind := fields.Constructor1
	if rng.IntN(3) == 0 {
		kind = fields.Architect1
	}
	s := verifytest.Good(kind)
	s.ID = fmt.Sprintf("ink %d", p.sheet)
	s.NoSignImage = true
	s.Name = pen.ChineseName(p.sheet + 77)
	s.Name = "样" + string([]rune(s.Name)[1:]) // an invented family name
	if rng.IntN(4) == 0 {
		s.QueryURL = ""
	}
	if rng.IntN(4) == 0 {
		s.Seals = s.Seals[:0]
	}
	s.LabelStyle = rng.IntN(3)
	var err error
	base, err := m.gen.Sheet(s, pageDPI)
	if err != nil {
		return err
	}
	if rng.IntN(4) == 0 { // the e-certificate at hand is a later download of the same registration
		s.Usage.From = civil.Date{Y: 2026, M: 5, D: 2}
		s.Usage.To = civil.Date{Y: 2026, M: 10, D: 28}
		s.QR += "QQ"
	}
	if m.ref, err = m.gen.Sheet(s, RefDPI); err != nil {
		return err
	}
	m.printer = printer{
		mono: rng.IntN(2) == 0, gain: 0.05 + 0.25*rng.Float64(), soft: 0.3 + 0.6*rng.Float64(), black: 0.06 + 0.12*rng.Float64(),
		screen: 0.7 * rng.Float64(), noise: 0.01 + 0.025*rng.Float64(),
	}
	m.printed, m.sheet = base, p.sheet
	m.printer.print(m.printed, m.printed.Rect, rng)
	return nil
}

// print puts a part of a page through the printer: tints are broken into dots, dots grow, toner is uneven.
func (q printer) print(img *image.RGBA, r image.Rectangle, rng *rand.Rand) {
	var noise [4099]float64
	for i := range noise {
		noise[i] = rng.NormFloat64()
	}
	soften(img, r, q.soft)
	k := 0
	var tone [256]float64
	for i := range tone {
		d := 1 - float64(i)/255 // how much toner
		d += q.gain * 4 * d * (1 - d) * 0.5
		tone[i] = 1 - min(d, 1)*(1-q.black)
	}
	sin, cos := math.Sincos(math.Pi / 4)
	const cell = 3.7 // pixels: 81 lines an inch
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := img.Pix[img.PixOffset(0, y):]
		for x := r.Min.X; x < r.Max.X; x++ {
			p := row[4*x : 4*x+3 : 4*x+3]
			k++
			n := noise[k%len(noise)]
			if p[0] > 250 && p[1] > 250 && p[2] > 250 { // bare paper
				v := uint8(max(0, min(255, 251+2*n)))
				p[0], p[1], p[2] = v, v, v
				continue
			}
			fx, fy := float64(x), float64(y)
			dots := math.Cos((fx*cos+fy*sin)*2*math.Pi/cell) + math.Cos((fy*cos-fx*sin)*2*math.Pi/cell)
			c := [3]float64{tone[p[0]], tone[p[1]], tone[p[2]]}
			if q.mono {
				l := tone[(299*int(p[0])+587*int(p[1])+114*int(p[2]))/1000]
				c = [3]float64{l, l, l}
			}
			for i, v := range c {
				if v < 0.985 && v > q.black+0.08 {
					d := 1 - v
					v += dots * 0.5 * q.screen * 2 * d * (1 - d) * 1.4
				}
				v += n * q.noise * (1.3 - v)
				p[i] = uint8(max(0, min(255, v*251)))
			}
		}
	}
}

// soften blurs a part of a page a little, with a kernel of three.
func soften(img *image.RGBA, r image.Rectangle, sigma float64) {
	side := min(0.3, sigma*sigma/2)
	w0, w1 := int(256*(1-2*side)), int(256*side)
	for pass := range 2 {
		dx, dy := 1, 0
		if pass == 1 {
			dx, dy = 0, 1
		}
		in := r.Inset(1).Intersect(img.Rect.Inset(1))
		step := 4*dx + img.Stride*dy
		prev := make([]uint8, 3*max(r.Dx(), r.Dy())+3)
		if pass == 0 {
			for y := in.Min.Y; y < in.Max.Y; y++ {
				o := img.PixOffset(in.Min.X, y)
				last := [3]int{int(img.Pix[o]), int(img.Pix[o+1]), int(img.Pix[o+2])}
				for x := in.Min.X; x < in.Max.X; x++ {
					for c := range 3 {
						v := int(img.Pix[o+c])
						img.Pix[o+c] = uint8((last[c]*w1 + v*w0 + int(img.Pix[o+step+c])*w1) >> 8)
						last[c] = v
					}
					o += 4
				}
			}
			continue
		}
		o0 := img.PixOffset(in.Min.X, in.Min.Y)
		for x := range in.Dx() {
			copy(prev[3*x:3*x+3], img.Pix[o0+4*x:o0+4*x+3])
		}
		for y := in.Min.Y; y < in.Max.Y; y++ {
			o := img.PixOffset(in.Min.X, y)
			for x := range in.Dx() {
				for c := range 3 {
					v := int(img.Pix[o+c])
					img.Pix[o+c] = uint8((int(prev[3*x+c])*w1 + v*w0 + int(img.Pix[o+step+c])*w1) >> 8)
					prev[3*x+c] = uint8(v)
				}
				o += 4
			}
		}
	}
}

// Make makes the print of a plan.
func (m *Maker) Make(p Plan) (*Print, error) {
	if err := m.turnTo(p); err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(p.Seed, 0x7072))
	out := &Print{Plan: p, Name: pen.ChineseName(p.Seed)}
	sheet := image.NewRGBA(m.printed.Rect)
	copy(sheet.Pix, m.printed.Pix)
	ref := image.NewRGBA(m.ref.Rect)
	copy(ref.Pix, m.ref.Pix)
	at, rat := verifytest.PlacesAt(pageDPI), verifytest.PlacesAt(RefDPI)

	holder := pen.NewWriter(m.alphabet, p.Person)
	strokes := holder.Sign(out.Name, 1)
	m.signatureImage(out, sheet, ref, strokes, rng)
	out.Ref = &ink.Reference{Page: ref, DPI: RefDPI, Box: rat.Box, Signature: rat.Signature, SignatureImage: out.Ref.SignatureImage}

	if p.Signed {
		m.sign(out, sheet, holder, strokes, rng)
	}
	m.spoil(p, sheet, at, rng)
	if p.Trap == DateOnly || p.DateToo {
		m.date(sheet, at, p.Pen, rng)
	}
	m.takePicture(out, sheet, at, rng)
	return out, nil
}

// signatureImage prints the image that the issuer's system keeps, and draws it on the reference.
func (m *Maker) signatureImage(out *Print, sheet, ref *image.RGBA, strokes [][]pen.Point, rng *rand.Rand) {
	at, rat := verifytest.PlacesAt(pageDPI).Signature, verifytest.PlacesAt(RefDPI).Signature
	w, h := extent(strokes)
	wide, high := at.W()/mm-4, at.H()/mm-3
	long := min(wide/w, high/h)
	width := 0.45 + 0.25*rng.Float64()
	col := [][3]float64{{0.08, 0.08, 0.08}, {0.38, 0.38, 0.38}, {0.3, 0.36, 0.5}, {0.08, 0.08, 0.08}}[out.Plan.Image]
	place := func(b page.Box, dpi float64) (*image.Alpha, int, int) {
		a := pen.Render(strokes, long, width, dpi)
		return a, int(math.Round((b.X0 + b.X1 - float64(a.Rect.Dx())) / 2)), int(math.Round((b.Y0 + b.Y1 - float64(a.Rect.Dy())) / 2))
	}
	a, x, y := place(at, pageDPI)
	// The image goes through the printer alone and is then multiplied into the printed page.
	r := image.Rect(0, 0, int(at.W())+40, int(at.H())+40)
	tile := image.NewRGBA(r)
	draw.Draw(tile, r, image.White, image.Point{}, draw.Src)
	ox, oy := int(at.X0)-20, int(at.Y0)-20
	blend(tile, a, x-ox, y-oy, col, 1, false)
	b, bx, by := place(rat, RefDPI)
	blend(ref, b, bx, by, col, 1, true)
	if out.Plan.Image == 3 {
		frame(tile, image.Rect(20, 20, r.Dx()-20, r.Dy()-20), 3, col)
		frame(ref, image.Rect(int(rat.X0), int(rat.Y0), int(rat.X1), int(rat.Y1)), 2, col)
	}
	m.printer.print(tile, r, rng)
	for py := range r.Dy() {
		for px := range r.Dx() {
			t := tile.Pix[tile.PixOffset(px, py):]
			s := sheet.Pix[sheet.PixOffset(ox+px, oy+py):]
			for c := range 3 {
				s[c] = uint8(min(255, int(s[c])*int(t[c])/250))
			}
		}
	}
	out.Printed = maskOf(a, pageDPI)
	g := image.NewGray(a.Rect)
	for i, v := range a.Pix {
		g.Pix[i] = 255 - v
	}
	out.Ref = &ink.Reference{SignatureImage: g}
}

func frame(img *image.RGBA, r image.Rectangle, w int, col [3]float64) {
	c := image.NewUniform(rgba(col))
	for _, q := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+w)},
		{image.Pt(r.Min.X, r.Max.Y-w), r.Max},
		{r.Min, image.Pt(r.Min.X+w, r.Max.Y)},
		{image.Pt(r.Max.X-w, r.Min.Y), r.Max},
	} {
		draw.Draw(img, q, c, image.Point{}, draw.Src)
	}
}

func maskOf(a *image.Alpha, dpi float64) *stroke.Mask {
	k := &stroke.Mask{W: a.Rect.Dx(), H: a.Rect.Dy(), Ink: make([]bool, a.Rect.Dx()*a.Rect.Dy()), DPI: dpi}
	for y := range k.H {
		for x := range k.W {
			k.Ink[y*k.W+x] = a.AlphaAt(x, y).A > 127
		}
	}
	return k
}

// sign writes the name where the plan says.
func (m *Maker) sign(out *Print, sheet *image.RGBA, holder *pen.Writer, printed [][]pen.Point, rng *rand.Rand) {
	p := out.Plan
	at := verifytest.PlacesAt(pageDPI)
	writer := holder
	if p.Hand != SameHand {
		writer = pen.NewWriter(m.alphabet, p.Person+1)
	}
	sign := func() [][]pen.Point {
		if p.Hand == Imitation {
			return writer.Imitate(holder, out.Name, 2)
		}
		return writer.Sign(out.Name, 2)
	}
	n := rng.NormFloat64
	var s [][]pen.Point
	var cx, cy, wide, high float64 // in pixels of the page
	line, sig := at.Line, at.Signature
	switch p.Trap {
	case Tiny:
		s = downwards(writer, out.Name, 2)
		wide, high = 6*mm, (9+5*rng.Float64())*mm
		cx = line.X0 + (4+22*rng.Float64())*mm
		cy = (line.Y0+line.Y1)/2 + 0.8*n()*mm
	case Overlap:
		s = sign()
		wide, high = (22+10*rng.Float64())*mm, (9+5*rng.Float64())*mm
		if rng.IntN(2) == 0 {
			cx, cy = sig.X1+2*n()*mm, (sig.Y0+sig.Y1)/2+2*n()*mm
		} else {
			cx, cy = (sig.X0+sig.X1)/2+4*n()*mm, sig.Y1+1.5*n()*mm
		}
	case Over:
		s = sign()
		wide, high = (24+9*rng.Float64())*mm, (9+5*rng.Float64())*mm
		cx, cy = (sig.X0+sig.X1)/2+1.5*n()*mm, (sig.Y0+sig.Y1)/2+1*n()*mm
	case Along: // following the print within about a millimetre
		s = make([][]pen.Point, len(printed))
		dx, dy := 0.01*n(), 0.01*n()
		for i, q := range printed {
			s[i] = make([]pen.Point, len(q))
			sx, sy := 0.012*n(), 0.012*n()
			for k, v := range q {
				t := float64(k) / 9
				s[i][k] = pen.Point{X: max(0, v.X+dx+sx+0.008*math.Sin(t+sx*900)), Y: max(0, v.Y+dy+sy+0.008*math.Cos(t*0.8+sy*900)), W: v.W}
			}
		}
		w, h := extent(printed)
		long := min((sig.W()-4*mm)/w, (sig.H()-3*mm)/h)
		w2, h2 := extent(s)
		wide, high = w2*long, h2*long
		cx, cy = (sig.X0+sig.X1)/2+0.5*n()*mm, (sig.Y0+sig.Y1)/2+0.5*n()*mm
	default: // beside
		s = sign()
		wide, high = (18+14*rng.Float64())*mm, (8+5*rng.Float64())*mm
		cx, cy = (line.X0+line.X1)/2+3*n()*mm, (line.Y0+line.Y1)/2+1.2*n()*mm
	}
	w, h := extent(s)
	a := pen.Render(s, min(wide/w, high/h)/mm, p.Pen.Width, pageDPI)
	x, y := int(cx)-a.Rect.Dx()/2, int(cy)-a.Rect.Dy()/2
	out.Written, out.WrittenAt = maskOf(a, pageDPI), image.Pt(x, y)
	worn(a, p.Pen.Skips, rng)
	blend(sheet, a, x, y, p.Pen.Colour, p.Pen.Strength, true)
}

// date writes a day behind 签名日期.
func (m *Maker) date(sheet *image.RGBA, at verifytest.Places, q Pen, rng *rand.Rand) {
	text := fmt.Sprintf("20%02d.%d.%d", 21+rng.IntN(6), 1+rng.IntN(12), 1+rng.IntN(28))
	s := dateStrokes(text, rng)
	high := 3.2 + 1.8*rng.Float64() // millimetres
	a := pen.Render(s, high*6, q.Width, pageDPI)
	worn(a, q.Skips, rng)
	x := int(at.Date.X0 + 6*rng.Float64()*mm)
	y := int((at.Date.Y0+at.Date.Y1)/2) - a.Rect.Dy()/2 + int(0.7*rng.NormFloat64()*mm)
	blend(sheet, a, x, y, q.Colour, q.Strength, true)
}

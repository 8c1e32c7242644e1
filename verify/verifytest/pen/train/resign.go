package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"

	"zhengyan/verify/ink"
	"zhengyan/verify/ink/hand/trace"
	"zhengyan/verify/ink/sim"
	"zhengyan/verify/ink/stroke"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/pen"
)

// resignDPI is the resolution at which places on the page are given.
const resignDPI = 300

// surround is what is kept of a page round the signing area, in millimetres: enough to register by.
const surround = 45.0

// resigned makes writing as it comes from scans, to learn from and to calibrate with: one print a holder is drawn and scanned
// unsigned, then signed many times, in the scan's own pixels, and examined by package ink each time. Only the surroundings of
// the signing area are looked at, so that a writing takes about a third of the time that [prints] needs for one.
func resigned(first uint64, holders int) ([]masks, error) {
	a := pen.Open()
	return inBlocks(a, holders, func(m *sim.Maker, i int) ([]masks, error) { return resignOne(m, a, first+uint64(i)) })
}

// masks is a reference and a query before they are traced.
type masks struct {
	Ref, Query packed
	Kind       int
	Set        string
	Writer     int
}

// resignOne makes the writings on one holder's print.
func resignOne(m *sim.Maker, a *pen.Alphabet, seed uint64) ([]masks, error) {
	p := sim.PlanOf(seed)
	grey, quality := p.Grey, p.Quality
	p.Signed, p.Trap, p.Carrier, p.DPI, p.Grey, p.Quality = false, sim.Unsigned, sim.FlatScan, max(150, p.DPI), false, 0
	made, err := m.Make(p)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(seed, 0x72657369))
	s, err := newSheet(made)
	if err != nil {
		return nil, err
	}
	ref, err := trace.MaskOf(made.Ref.SignatureImage)
	if err != nil {
		return nil, err
	}
	holder, name := pen.NewWriter(a, p.Person).WithVariation(variationOf(rng)), made.Name
	other := func(k int) *pen.Writer {
		return pen.NewWriter(a, p.Person+1+2*uint64(k)*104729).WithVariation(variationOf(rng)).WithSkill(1.5 * rng.Float64())
	}
	var out []masks
	add := func(place, kind int, writing [][]pen.Point) error {
		q, err := s.signed(writing, place, pensOf(rng), grey, quality, rng)
		if err != nil || q == nil {
			return err
		}
		out = append(out, masks{Ref: pack(ref), Query: pack(q), Kind: kind, Set: "print " + places[place], Writer: int(seed)})
		return nil
	}
	for place := range places {
		own := 2
		if place == 2 {
			own = 1
		}
		for k := range own {
			err = firstOf(err, add(place, genuine, holder.Sign(name, uint64(2+2*place+k))))
		}
		err = firstOf(err, add(place, sameName, other(place).Sign(name, 2)))
		err = firstOf(err, add(place, skilled, other(3+place).Imitate(holder, name, 2)))
	}
	return out, err
}

// variationOf draws how much a person's writing varies, by the generator's usual: steady to unsteady hands.
func variationOf(rng *rand.Rand) float64 { return math.Exp(-0.7 + 1.1*rng.Float64()) }

// skillOf draws an imitator: four of five have one sample before their eyes and more or less skill, the fifth saw the writing
// in motion and has practised it.
func skillOf(rng *rand.Rand) float64 {
	if rng.IntN(5) == 0 {
		return 1 + 0.5*rng.Float64()
	}
	return min(1, max(0, 0.5+0.3*rng.NormFloat64()))
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// sheet is the neighbourhood of the signing area, printed and scanned without writing.
type sheet struct {
	scan *image.RGBA
	dpi  float64
	to   [6]float64 // from pixels of the page at resignDPI to pixels of scan
	ref  ink.Reference
	at   verifytest.Places
}

func newSheet(made *sim.Print) (*sheet, error) {
	s := &sheet{at: verifytest.PlacesAt(resignDPI)}
	b := s.at.Box
	t := made.TrueBox
	w, h := b.W(), b.H()
	// The parallelogram that fits the four corners best.
	xx, xy := (t[1].X-t[0].X+t[2].X-t[3].X)/2/w, (t[3].X-t[0].X+t[2].X-t[1].X)/2/h
	yx, yy := (t[1].Y-t[0].Y+t[2].Y-t[3].Y)/2/w, (t[3].Y-t[0].Y+t[2].Y-t[1].Y)/2/h
	cx, cy := (t[0].X+t[1].X+t[2].X+t[3].X)/4, (t[0].Y+t[1].Y+t[2].Y+t[3].Y)/4
	mx, my := (b.X0+b.X1)/2, (b.Y0+b.Y1)/2
	s.to = [6]float64{xx, xy, cx - xx*mx - xy*my, yx, yy, cy - yx*mx - yy*my}
	s.dpi = resignDPI * math.Sqrt(math.Abs(xx*yy-xy*yx))

	around := func(q page.Box, dpi float64, within image.Rectangle) image.Rectangle {
		k := surround / 25.4 * dpi
		return image.Rect(int(q.X0-k), int(q.Y0-k), int(q.X1+k), int(q.Y1+k)).Intersect(within)
	}
	box := page.Box{X0: min(t[0].X, t[3].X), Y0: min(t[0].Y, t[1].Y), X1: max(t[1].X, t[2].X), Y1: max(t[2].Y, t[3].Y)}
	r := around(box, s.dpi, made.Scan.Page.Bounds())
	s.scan = copied(made.Scan.Page, r)
	s.to[2] -= float64(r.Min.X)
	s.to[5] -= float64(r.Min.Y)

	s.ref = *made.Ref
	r = around(s.ref.Box, s.ref.DPI, s.ref.Page.Bounds())
	s.ref.Page = copied(s.ref.Page, r)
	move := func(q page.Box) page.Box {
		x, y := float64(r.Min.X), float64(r.Min.Y)
		return page.Box{X0: q.X0 - x, Y0: q.Y0 - y, X1: q.X1 - x, Y1: q.Y1 - y}
	}
	s.ref.Box, s.ref.Signature = move(s.ref.Box), move(s.ref.Signature)
	if s.scan.Rect.Empty() {
		return nil, fmt.Errorf("the signing area is not in the scan")
	}
	return s, nil
}

func copied(img image.Image, r image.Rectangle) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Rect, img, r.Min, draw.Src)
	return out
}

// pensOf draws one of the pens that people sign with.
func pensOf(rng *rand.Rand) sim.Pen {
	for {
		if p := sim.PlanOf(rng.Uint64N(30000)); p.Signed && p.Trap != sim.Tiny {
			return p.Pen
		}
	}
}

// signed writes on a copy of the scan, sends it through JPEG and gives what package ink separates; nil where it finds nothing.
func (s *sheet) signed(writing [][]pen.Point, place int, q sim.Pen, grey bool, quality int, rng *rand.Rand) (*stroke.Mask, error) {
	const mm = resignDPI / 25.4
	n := rng.NormFloat64
	sig, line := s.at.Signature, s.at.Line
	cx, cy := (line.X0+line.X1)/2+3*n()*mm, (line.Y0+line.Y1)/2+1.2*n()*mm
	wide, high := (18+14*rng.Float64())*mm, (8+5*rng.Float64())*mm
	switch place {
	case 1:
		wide, high = (22+10*rng.Float64())*mm, (9+5*rng.Float64())*mm
		cx, cy = sig.X1+2*n()*mm, (sig.Y0+sig.Y1)/2+2*n()*mm
		if rng.IntN(2) == 0 {
			cx, cy = (sig.X0+sig.X1)/2+4*n()*mm, sig.Y1+1.5*n()*mm
		}
	case 2:
		wide, high = (24+9*rng.Float64())*mm, (9+5*rng.Float64())*mm
		cx, cy = (sig.X0+sig.X1)/2+1.5*n()*mm, (sig.Y0+sig.Y1)/2+n()*mm
	}
	w, h := 0.05, 0.05
	for _, l := range writing {
		for _, p := range l {
			w, h = max(w, p.X), max(h, p.Y)
		}
	}
	a := pen.Render(writing, min(wide/w, high/h)/mm, q.Width, resignDPI)
	skip(a, q.Skips, rng)
	img := image.NewRGBA(s.scan.Rect)
	copy(img.Pix, s.scan.Pix)
	s.blend(img, a, cx-float64(a.Rect.Dx())/2, cy-float64(a.Rect.Dy())/2, q)
	out, err := asFile(img, grey, quality)
	if err != nil {
		return nil, err
	}
	r, err := ink.Examine(context.Background(), ink.Scan{Page: out}, &s.ref, ink.Options{NoPictures: true, NoLikeness: true})
	if err != nil {
		return nil, err
	}
	if r.Presence != ink.Ink {
		fmt.Fprintf(os.Stderr, "%s: %s %s %.1f mm\n", places[place], r.Presence, r.Reason, r.Length)
		return nil, nil
	}
	return r.Extracted, nil
}

// skip takes away in patches what a ball leaves bare along its way.
func skip(a *image.Alpha, share float64, rng *rand.Rand) {
	const cell = 3
	w := a.Rect.Dx()/cell + 1
	bare := make([]float64, w*(a.Rect.Dy()/cell+1))
	for i := range bare {
		bare[i] = rng.Float64()
	}
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			if v, o := bare[y/cell*w+x/cell], a.PixOffset(x, y); v < share {
				a.Pix[o] = uint8(float64(a.Pix[o]) * (0.35 + 0.4*v/share))
			}
		}
	}
}

// blend lays the ink, which lies at (x, y) on the page, over the scan as the sensor sees it: the mean over each of its pixels.
func (s *sheet) blend(img *image.RGBA, a *image.Alpha, x, y float64, q sim.Pen) {
	t := s.to
	det := t[0]*t[4] - t[1]*t[3]
	w, h := float64(a.Rect.Dx()), float64(a.Rect.Dy())
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, c := range [4][2]float64{{0, 0}, {w, 0}, {0, h}, {w, h}} {
		u, v := t[0]*(x+c[0])+t[1]*(y+c[1])+t[2], t[3]*(x+c[0])+t[4]*(y+c[1])+t[5]
		x0, y0, x1, y1 = min(x0, u), min(y0, v), max(x1, u), max(y1, v)
	}
	const sub = 3
	for py := max(0, int(y0)); py <= min(img.Rect.Dy()-1, int(y1)); py++ {
		for px := max(0, int(x0)); px <= min(img.Rect.Dx()-1, int(x1)); px++ {
			sum := 0
			for k := range sub * sub {
				u, v := float64(px)+(float64(k%sub)+0.5)/sub-t[2], float64(py)+(float64(k/sub)+0.5)/sub-t[5]
				qx, qy := (t[4]*u-t[1]*v)/det-x, (t[0]*v-t[3]*u)/det-y
				if qx >= 0 && qy >= 0 && qx < w && qy < h {
					sum += int(a.Pix[a.PixOffset(int(qx), int(qy))])
				}
			}
			if sum == 0 {
				continue
			}
			cover := float64(sum) / 255 / (sub * sub) * q.Strength
			o := img.PixOffset(px, py)
			for c := range 3 {
				img.Pix[o+c] = uint8(float64(img.Pix[o+c])*(1-cover*(1-q.Colour[c])) + 0.5)
			}
		}
	}
}

// asFile gives the picture as its file would: grey where asked, through JPEG if the quality is not 0.
func asFile(img *image.RGBA, grey bool, quality int) (image.Image, error) {
	var out image.Image = img
	if grey {
		g := image.NewGray(img.Rect)
		for i := range g.Pix {
			g.Pix[i] = color.GrayModel.Convert(color.RGBA{img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2], 255}).(color.Gray).Y
		}
		out = g
	}
	if quality == 0 {
		return out, nil
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return jpeg.Decode(&b)
}

// packed is a mask in bits, to be kept in a file.
type packed struct {
	W, H         int
	DPI          float64
	Ink, Unknown []byte
}

func pack(m *stroke.Mask) packed {
	bits := func(v []bool) []byte {
		if v == nil {
			return nil
		}
		out := make([]byte, (len(v)+7)/8)
		for i, b := range v {
			if b {
				out[i/8] |= 1 << (i % 8)
			}
		}
		return out
	}
	return packed{m.W, m.H, m.DPI, bits(m.Ink), bits(m.Unknown)}
}

func (p packed) mask() *stroke.Mask {
	bits := func(v []byte) []bool {
		if v == nil {
			return nil
		}
		out := make([]bool, p.W*p.H)
		for i := range out {
			out[i] = v[i/8]>>(i%8)&1 == 1
		}
		return out
	}
	return &stroke.Mask{W: p.W, H: p.H, DPI: p.DPI, Ink: bits(p.Ink), Unknown: bits(p.Unknown)}
}

// crossed gives more pairs of other hands: each separated writing with references that n other people wrote, of the same name.
func crossed(all []masks, n int) []masks {
	a := pen.Open()
	return each(len(all), func(i int) (out []masks) {
		m := all[i]
		rng := rand.New(rand.NewPCG(uint64(i), uint64(m.Writer)))
		for k := range n {
			w := pen.NewWriter(a, uint64(m.Writer)*2+1+300007*uint64(k+1)+uint64(i)*13).WithVariation(variationOf(rng))
			ref := maskOf(w.Sign(pen.ChineseName(uint64(m.Writer)), 1), newTool(rng))
			out = append(out, masks{Ref: pack(ref), Query: m.Query, Kind: sameName, Set: m.Set, Writer: m.Writer})
		}
		return out
	})
}

package verifytest

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
)

// palette are the colours of a kind's page.
type palette struct {
	page, pale, line, title rgb
}

var (
	inkBlack  = rgb{0.13, 0.13, 0.15}
	paleGrey  = rgb{0.55, 0.55, 0.58}
	sealRed   = rgb{0.85, 0.10, 0.10}
	markColor = rgb{0.965, 0.845, 0.845}
)

// Page size: A4 in points.
const (
	pageW = 595.276
	pageH = 841.89
)

// background draws the tinted page with a rosette and a border of interlaced waves. The ornament is invented.
func (c *canvas) background(p palette) {
	c.fill(rectPath(0, 0, c.w, c.h), p.page)
	for i := range 7 {
		c.stroke(spirograph(c.w/2, c.h/2-30, 70+24*float64(i), 17, 900), 0.3, p.pale)
	}
	const inset, band = 24.0, 20.0
	c.stroke(rectPath(inset-4, inset-4, c.w-2*inset+8, c.h-2*inset+8), 1.1, p.line)
	c.stroke(rectPath(inset+band+4, inset+band+4, c.w-2*(inset+band+4), c.h-2*(inset+band+4)), 0.6, p.line)
	for strand := range 5 {
		phase := float64(strand) * math.Pi / 2.5
		c.wave(inset+band, inset+band/2, c.w-inset-band, inset+band/2, band/2, phase, p.line)
		c.wave(inset+band, c.h-inset-band/2, c.w-inset-band, c.h-inset-band/2, band/2, phase, p.line)
		c.wave(inset+band/2, inset+band, inset+band/2, c.h-inset-band, band/2, phase, p.line)
		c.wave(c.w-inset-band/2, inset+band, c.w-inset-band/2, c.h-inset-band, band/2, phase, p.line)
	}
	for _, q := range []point{{inset, inset}, {c.w - inset - band, inset}, {inset, c.h - inset - band}, {c.w - inset - band, c.h - inset - band}} {
		c.stroke(rosette(q.x+band/2, q.y+band/2, band*0.36, band*0.16, 8, 120), 0.4, p.line)
		c.stroke(circlePath(q.x+band/2, q.y+band/2, band*0.55), 0.5, p.line)
	}
}

// wave draws one strand of the border between two points, with an amplitude that swells.
func (c *canvas) wave(x0, y0, x1, y1, amp, phase float64, col rgb) {
	dx, dy := x1-x0, y1-y0
	length := math.Hypot(dx, dy)
	ux, uy := dx/length, dy/length
	n := int(length / 2.5)
	pts := make([]point, 0, n+1)
	for i := range n + 1 {
		t := length * float64(i) / float64(n)
		a := amp * math.Sin(t/9+phase) * (0.72 + 0.28*math.Cos(t/27))
		pts = append(pts, point{x0 + ux*t - uy*a, y0 + uy*t + ux*a})
	}
	c.stroke(polyline(pts), 0.35, col)
}

// spirograph is a band of overlapping loops around a circle, drawn as one closed line.
func spirograph(cx, cy, r, loop float64, n int) path {
	const turns = 37 // loops in two rounds: odd, so that the rounds interlace
	pts := make([]point, 0, n)
	for i := range n {
		t := 4 * math.Pi * float64(i) / float64(n)
		q := r + loop*math.Cos(turns*t/2)
		a := t + loop/r*math.Sin(turns*t/2)*0.8
		pts = append(pts, point{cx + q*math.Cos(a), cy + q*math.Sin(a)})
	}
	return polygon(pts)
}

func rosette(cx, cy, r, amp float64, petals, n int) path {
	pts := make([]point, 0, n)
	for i := range n {
		t := 2 * math.Pi * float64(i) / float64(n)
		q := r + amp*math.Cos(float64(petals)*t) + amp*0.4*math.Cos(float64(3*petals)*t+1)
		pts = append(pts, point{cx + q*math.Cos(t), cy + q*math.Sin(t)})
	}
	return polygon(pts)
}

// emblem draws an invented device where real certificates show the state's emblem: a cogwheel around a roof truss.
func (c *canvas) emblem(cx, cy, r float64, p palette) {
	const teeth = 18
	pts := make([]point, 0, 4*teeth)
	for i := range 4 * teeth {
		q := r
		if i%4 >= 2 {
			q = r * 0.87
		}
		sin, cos := math.Sincos(2 * math.Pi * (float64(i) + 0.5) / (4 * teeth))
		pts = append(pts, point{cx + q*cos, cy + q*sin})
	}
	c.fill(polygon(pts), p.title)
	c.fill(circlePath(cx, cy, r*0.76), p.page)
	c.stroke(circlePath(cx, cy, r*0.69), 0.8, p.title)
	roof := polygon([]point{{cx - r*0.5, cy - r*0.02}, {cx, cy + r*0.42}, {cx + r*0.5, cy - r*0.02}})
	c.stroke(roof, 1.6, p.title)
	for _, x := range []float64{-0.34, -0.11, 0.11, 0.34} {
		c.fill(rectPath(cx+x*r-1.2, cy-r*0.38, 2.4, r*0.34), p.title)
	}
	c.fill(rectPath(cx-r*0.46, cy-r*0.46, r*0.92, r*0.07), p.title)
	c.stroke(polyline([]point{{cx, cy + r*0.42}, {cx, cy}}), 1, p.title)
}

// photo draws the silhouette that stands for the holder's photograph.
func (c *canvas) photo(x, y, w, h float64) {
	c.fill(rectPath(x, y, w, h), rgb{0.80, 0.87, 0.94})
	cx := x + w/2
	grey := rgb{0.52, 0.58, 0.66}
	c.fill(circlePath(cx, y+h*0.62, w*0.22), grey)
	var p path
	p.move(x+w*0.08, y)
	p = append(p, seg{op: opCurve, p: [3]point{{x + w*0.10, y + h*0.30}, {cx - w*0.22, y + h*0.36}, {cx, y + h*0.36}}},
		seg{op: opCurve, p: [3]point{{cx + w*0.22, y + h*0.36}, {x + w*0.90, y + h*0.30}, {x + w*0.92, y}}})
	p.close()
	c.fill(p, grey)
	c.stroke(rectPath(x, y, w, h), 0.6, rgb{0.6, 0.65, 0.7})
}

// roundSeal draws an official round seal around (cx, cy): a ring, a star, the name along the ring, a line below.
func (c *canvas) roundSeal(cx, cy, d float64, name string, bottom string) {
	r := d / 2
	c.stampStroke(circlePath(cx, cy, r*0.965), r*0.06)
	c.stampFill(starPath(cx, cy, r*0.29))
	n := float64(max(len([]rune(name)), 1))
	const arc = 2 * math.Pi * 0.73 // the name leaves the foot of the ring free
	size := math.Min(r*0.25, arc*r*0.72/n)
	span := math.Min(n*size*1.25/(r*0.72), arc)
	for i, ch := range []rune(name) {
		a := math.Pi/2 + span/2 - span*(float64(i)+0.5)/n
		sin, cos := math.Sincos(a)
		m := placed(cx+r*0.70*cos, cy+r*0.70*sin, 1, a-math.Pi/2)
		start := m.apply(point{-size / 2 * 0.9, 0})
		c.stampFill(c.glyphs(string(ch), size, matrix{m[0] * 0.9, m[1] * 0.9, m[2] * 1.25, m[3] * 1.25, start.x, start.y}))
	}
	if bottom != "" {
		size := r * 0.115
		c.stampFill(c.glyphs(bottom, size, placed(cx-c.face.width(bottom)*size/2, cy-r*0.6, 1, 0)))
	}
}

// squareSeal draws a personal name seal 印: two columns, read from the right.
func (c *canvas) squareSeal(x, y, d float64, name string) {
	c.stampStroke(rectPath(x+d*0.03, y+d*0.03, d*0.94, d*0.94), d*0.06)
	rs := []rune(name)
	half := (len(rs) + 1) / 2
	cell := d * 0.84 / float64(max(half, 1))
	for i, ch := range rs {
		col, row := i/half, i%half
		size := math.Min(cell, d*0.42) * 0.92
		cx := x + d*0.08 + d*0.42*(1.5-float64(col)) - size/2
		cy := y + d*0.92 - cell*(float64(row)+0.5) - size*0.36
		c.stampFill(c.glyphs(string(ch), size, placed(cx, cy, 1, 0)))
	}
}

// mark puts 样例 SPECIMEN across the page. There is no way to leave it out.
func (c *canvas) mark() {
	const s = "样例 SPECIMEN"
	size := 92.0
	angle := math.Atan2(c.h, c.w) * 0.92
	w := c.face.width(s) * size
	sin, cos := math.Sincos(angle)
	c.ops = append(c.ops, textOp{
		s: s, size: size, c: markColor,
		m: placed(c.w/2-cos*w/2+sin*size*0.35, c.h/2-sin*w/2-cos*size*0.35, 1, angle),
	})
	note := "样例 SPECIMEN　本页为程序测试样例，人物、单位与号码均为虚构"
	c.text(c.w/2-c.face.width(note)*7/2, 51, 7, note, paleGrey)
}

// qrImage encodes a payload as QR modules of n pixels without a quiet zone, as the issuers' programs do.
func qrImage(payload string, n int) (*image.Gray, error) {
	hints := map[gozxing.EncodeHintType]any{}
	if strings.IndexFunc(payload, func(r rune) bool { return r > 0x7e }) >= 0 {
		hints[gozxing.EncodeHintType_CHARACTER_SET] = "UTF-8"
	}
	code, werr := encoder.Encoder_encode(payload, decoder.ErrorCorrectionLevel_M, hints)
	if werr != nil {
		return nil, werr
	}
	m := code.GetMatrix()
	img := image.NewGray(image.Rect(0, 0, m.GetWidth()*n, m.GetHeight()*n))
	for y := range m.GetHeight() * n {
		for x := range m.GetWidth() * n {
			if m.Get(x/n, y/n) == 0 {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return img, nil
}

// handwriting makes up a signature from smooth strokes inside the unit rectangle (0,0)–(1,1), y upwards. The same
// writer (seed) always has the same hand; variant changes it a little, as a second signature of one person does.
func handwriting(writer, variant uint64) [][]point {
	base := rand.New(rand.NewPCG(writer, 11))
	small := rand.New(rand.NewPCG(writer, 1000+variant))
	jitter := 0.0
	if variant != 0 {
		jitter = 0.018
	}
	glyphs := 2 + base.IntN(2)
	slant := (base.Float64() - 0.3) * 0.25
	var strokes [][]point
	for g := range glyphs {
		x0 := 0.04 + 0.92*float64(g)/float64(glyphs)
		w := 0.92 / float64(glyphs) * 0.95
		for range 4 + base.IntN(4) {
			n := 3 + base.IntN(3)
			ctrl := make([]point, n)
			x, y := base.Float64(), base.Float64()
			for i := range ctrl {
				ctrl[i] = point{x0 + w*clamp(x) + slant*(clamp(y)-0.5)*0.3 + jitter*small.NormFloat64(), 0.06 + 0.88*clamp(y) + jitter*small.NormFloat64()}
				x += (base.Float64() - 0.35) * 0.9
				y += (base.Float64() - 0.55) * 0.9
			}
			strokes = append(strokes, smooth(ctrl))
		}
	}
	return strokes
}

func clamp(v float64) float64 { return math.Max(0, math.Min(1, v)) }

// smooth runs a Catmull-Rom curve through the control points.
func smooth(c []point) []point {
	var out []point
	at := func(i int) point { return c[max(0, min(len(c)-1, i))] }
	const steps = 12
	for i := range len(c) - 1 {
		p0, p1, p2, p3 := at(i-1), at(i), at(i+1), at(i+2)
		for s := range steps {
			t := float64(s) / steps
			f := func(a, b, c, d float64) float64 {
				return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t*t + (3*b-a-3*c+d)*t*t*t)
			}
			out = append(out, point{f(p0.x, p1.x, p2.x, p3.x), f(p0.y, p1.y, p2.y, p3.y)})
		}
	}
	return append(out, at(len(c)-1))
}

// signatureImage paints handwriting as the picture that the issuer's system prints, black on white.
func signatureImage(writer uint64, w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	p := newPainter(w, h, float64(w), float64(h))
	for _, s := range handwriting(writer, 0) {
		pts := make([]point, len(s))
		for i, q := range s {
			pts[i] = point{(0.06 + 0.88*q.x) * float64(w), (0.08 + 0.84*q.y) * float64(h)}
		}
		p.strokePath(polyline(pts), float64(h)/32)
	}
	p.flushGray(img, 20)
	return img
}

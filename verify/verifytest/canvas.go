package verifytest

import (
	"image"
	"math"
)

// A canvas is a list of drawing commands in points with the origin at the bottom left. The same list is written as PDF
// content and painted to pixels, so that scans of a specimen need no PDF renderer.
type canvas struct {
	w, h float64
	face *typeface
	tint palette // of the backdrop that lies under the commands
	ops  []drawOp
}

type point struct{ x, y float64 }

func mix(a, b point, t float64) point { return point{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t} }

type pathOp uint8

const (
	opMove pathOp = iota
	opLine
	opCurve
	opClose
)

type seg struct {
	op pathOp
	p  [3]point
}

type path []seg

// matrix maps (x, y) to (a·x + c·y + e, b·x + d·y + f), as in PDF.
type matrix [6]float64

func (m matrix) apply(p point) point {
	return point{m[0]*p.x + m[2]*p.y + m[4], m[1]*p.x + m[3]*p.y + m[5]}
}

// placed returns the matrix that scales by s, turns by angle (radians, counter-clockwise) and moves to (x, y).
func placed(x, y, s, angle float64) matrix {
	sin, cos := math.Sincos(angle)
	return matrix{s * cos, s * sin, -s * sin, s * cos, x, y}
}

func (p path) transform(m matrix) path {
	out := make(path, len(p))
	for i, s := range p {
		out[i].op = s.op
		for j := range s.p {
			out[i].p[j] = m.apply(s.p[j])
		}
	}
	return out
}

func (p *path) move(x, y float64) { *p = append(*p, seg{op: opMove, p: [3]point{{x, y}}}) }
func (p *path) line(x, y float64) { *p = append(*p, seg{op: opLine, p: [3]point{{x, y}}}) }
func (p *path) close()            { *p = append(*p, seg{op: opClose}) }

func polyline(pts []point) path {
	var p path
	for i, q := range pts {
		if i == 0 {
			p.move(q.x, q.y)
		} else {
			p.line(q.x, q.y)
		}
	}
	return p
}

func polygon(pts []point) path {
	p := polyline(pts)
	p.close()
	return p
}

func rectPath(x, y, w, h float64) path {
	return polygon([]point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}})
}

// circlePath is a circle of four cubics.
func circlePath(cx, cy, r float64) path {
	const k = 0.5522847498
	c := func(ax, ay, bx, by, ex, ey float64) seg {
		return seg{op: opCurve, p: [3]point{{cx + ax*r, cy + ay*r}, {cx + bx*r, cy + by*r}, {cx + ex*r, cy + ey*r}}}
	}
	var p path
	p.move(cx+r, cy)
	p = append(p, c(1, k, k, 1, 0, 1), c(-k, 1, -1, k, -1, 0), c(-1, -k, -k, -1, 0, -1), c(k, -1, 1, -k, 1, 0))
	p.close()
	return p
}

// starPath is a five-pointed star with one point up.
func starPath(cx, cy, r float64) path {
	pts := make([]point, 0, 10)
	for i := range 10 {
		q := r
		if i%2 == 1 {
			q = r * 0.382
		}
		sin, cos := math.Sincos(math.Pi/2 + float64(i)*math.Pi/5)
		pts = append(pts, point{cx + q*cos, cy + q*sin})
	}
	return polygon(pts)
}

type rgb [3]float64 // 0..1

type drawOp interface{ isOp() }

// fillOp fills a path; with mul the colour multiplies what lies under it, as stamping ink does.
type fillOp struct {
	p   path
	c   rgb
	mul bool
}

type strokeOp struct {
	p   path
	w   float64
	c   rgb
	mul bool
}

// textOp is real text: PDF shows it with a font, the painter by outlines. bold adds a stroke of that many points.
type textOp struct {
	s    string
	size float64
	m    matrix // places the baseline start; without the size
	c    rgb
	bold float64
}

// imageOp shows a picture in the rectangle (x, y)–(x+w, y+h).
type imageOp struct {
	x, y, w, h float64
	img        image.Image
	bilevel    bool
}

func (fillOp) isOp()   {}
func (strokeOp) isOp() {}
func (textOp) isOp()   {}
func (imageOp) isOp()  {}

func (c *canvas) fill(p path, col rgb) { c.ops = append(c.ops, fillOp{p: p, c: col}) }
func (c *canvas) stroke(p path, w float64, col rgb) {
	c.ops = append(c.ops, strokeOp{p: p, w: w, c: col})
}

func (c *canvas) stampFill(p path) { c.ops = append(c.ops, fillOp{p, sealRed, true}) }

func (c *canvas) stampStroke(p path, w float64) { c.ops = append(c.ops, strokeOp{p, w, sealRed, true}) }

func (c *canvas) text(x, y, size float64, s string, col rgb) {
	c.ops = append(c.ops, textOp{s: s, size: size, m: placed(x, y, 1, 0), c: col})
}

func (c *canvas) bold(x, y, size float64, s string, col rgb) {
	c.ops = append(c.ops, textOp{s: s, size: size, m: placed(x, y, 1, 0), c: col, bold: size / 36})
}

// spread writes a string from x to x+w with its characters evenly apart, each its own piece, as forms do with labels.
func (c *canvas) spread(x, y, size, w float64, s string, col rgb) {
	rs := []rune(s)
	if len(rs) < 2 {
		c.text(x, y, size, s, col)
		return
	}
	last := c.face.width(string(rs[len(rs)-1])) * size
	for i, r := range rs {
		c.text(x+(w-last)*float64(i)/float64(len(rs)-1), y, size, string(r), col)
	}
}

func (c *canvas) image(x, y, w, h float64, img image.Image, bilevel bool) {
	c.ops = append(c.ops, imageOp{x, y, w, h, img, bilevel})
}

// glyphs returns the outlines of a string placed by m, for text that must not be text: on seals.
func (c *canvas) glyphs(s string, size float64, m matrix) path {
	var p path
	x := 0.0
	for _, r := range s {
		g := c.face.Glyph(r)
		at := m.apply(point{x, 0})
		p = append(p, c.face.outline(g).transform(matrix{m[0] * size, m[1] * size, m[2] * size, m[3] * size, at.x, at.y})...)
		x += float64(c.face.Advance(g)) / float64(c.face.UnitsPerEm()) * size
	}
	return p
}

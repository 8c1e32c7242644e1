package verifytest

import (
	"image"
	"math"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/vector"
)

// A painter turns the commands of a canvas into pixels.
type painter struct {
	w, h   int
	sx, sy float64 // pixels a point
	ras    *vector.Rasterizer
	mask   *image.Alpha // all strokes and fills since the last flush
	minX   int
	minY   int
	maxX   int
	maxY   int
}

func newPainter(w, h int, pw, ph float64) *painter {
	p := &painter{w: w, h: h, sx: float64(w) / pw, sy: float64(h) / ph, ras: vector.NewRasterizer(0, 0), mask: image.NewAlpha(image.Rect(0, 0, w, h))}
	p.resetBox()
	return p
}

func (p *painter) resetBox() { p.minX, p.minY, p.maxX, p.maxY = p.w, p.h, 0, 0 }

// px maps a place in points (y upwards) to pixels (y downwards).
func (p *painter) px(q point) point { return point{q.x * p.sx, float64(p.h) - q.y*p.sy} }

// fillPath adds the inside of a path (non-zero winding) to the mask. Only its bounding box is rasterised.
func (p *painter) fillPath(pa path) {
	if len(pa) == 0 {
		return
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	q := make(path, len(pa))
	for i, s := range pa {
		q[i].op = s.op
		n := 1
		if s.op == opCurve {
			n = 3
		} else if s.op == opClose {
			n = 0
		}
		for j := range n {
			c := p.px(s.p[j])
			q[i].p[j] = c
			x0, y0, x1, y1 = math.Min(x0, c.x), math.Min(y0, c.y), math.Max(x1, c.x), math.Max(y1, c.y)
		}
	}
	box := image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1))+1, int(math.Ceil(y1))+1).Intersect(p.mask.Rect)
	if box.Empty() {
		return
	}
	p.ras.Reset(box.Dx(), box.Dy())
	ox, oy := float64(box.Min.X), float64(box.Min.Y)
	f := func(c point) (float32, float32) { return float32(c.x - ox), float32(c.y - oy) }
	open := false
	for _, s := range q {
		switch s.op {
		case opMove:
			if open {
				p.ras.ClosePath()
			}
			p.ras.MoveTo(f(s.p[0]))
			open = true
		case opLine:
			p.ras.LineTo(f(s.p[0]))
		case opCurve:
			ax, ay := f(s.p[0])
			bx, by := f(s.p[1])
			cx, cy := f(s.p[2])
			p.ras.CubeTo(ax, ay, bx, by, cx, cy)
		case opClose:
			p.ras.ClosePath()
			open = false
		}
	}
	p.ras.Draw(p.mask, box, image.Opaque, image.Point{})
	p.minX, p.minY = min(p.minX, box.Min.X), min(p.minY, box.Min.Y)
	p.maxX, p.maxY = max(p.maxX, box.Max.X), max(p.maxY, box.Max.Y)
}

// strokePath adds a line of width w points along the path, with round joins on thick lines.
func (p *painter) strokePath(pa path, w float64) {
	half := math.Max(w/2, 0.35/p.sx) // thinner lines would vanish between the pixels
	var out path
	var cur, start point
	line := func(a, b point) {
		dx, dy := b.x-a.x, b.y-a.y
		l := math.Hypot(dx, dy)
		if l == 0 {
			return
		}
		nx, ny := -dy/l*half, dx/l*half
		out.move(a.x+nx, a.y+ny)
		out.line(b.x+nx, b.y+ny)
		out.line(b.x-nx, b.y-ny)
		out.line(a.x-nx, a.y-ny)
		out.close()
		if half*p.sx > 0.8 {
			out = append(out, reversed(circlePath(b.x, b.y, half))...)
		}
	}
	for _, s := range pa {
		switch s.op {
		case opMove:
			cur, start = s.p[0], s.p[0]
			if half*p.sx > 0.8 {
				out = append(out, reversed(circlePath(cur.x, cur.y, half))...)
			}
		case opLine:
			line(cur, s.p[0])
			cur = s.p[0]
		case opCurve:
			a := cur
			for i := 1; i <= 10; i++ {
				t := float64(i) / 10
				ab, bc, cd := mix(a, s.p[0], t), mix(s.p[0], s.p[1], t), mix(s.p[1], s.p[2], t)
				q := mix(mix(ab, bc, t), mix(bc, cd, t), t)
				line(cur, q)
				cur = q
			}
		case opClose:
			line(cur, start)
			cur = start
		}
	}
	p.fillPath(out)
}

// reversed turns a circle so that it winds as the quads of strokePath do; pieces of opposite winding would cancel out.
func reversed(c path) path {
	m := c[0].p[0]
	var out path
	out.move(m.x, m.y)
	end := m
	pts := [][4]point{}
	for _, s := range c {
		if s.op == opCurve {
			pts = append(pts, [4]point{end, s.p[0], s.p[1], s.p[2]})
			end = s.p[2]
		}
	}
	for i := len(pts) - 1; i >= 0; i-- {
		q := pts[i]
		out = append(out, seg{op: opCurve, p: [3]point{q[2], q[1], q[0]}})
	}
	out.close()
	return out
}

// flush paints the mask in a colour, which may multiply what is there, and clears it.
func (p *painter) flush(dst *image.RGBA, c rgb, mul bool) {
	col := [3]int{int(c[0]*255 + 0.5), int(c[1]*255 + 0.5), int(c[2]*255 + 0.5)}
	for y := p.minY; y < p.maxY; y++ {
		m := p.mask.Pix[y*p.mask.Stride:]
		d := dst.Pix[y*dst.Stride:]
		for x := p.minX; x < p.maxX; x++ {
			a := int(m[x])
			if a == 0 {
				continue
			}
			m[x] = 0
			for k := range 3 {
				v, to := int(d[4*x+k]), col[k]
				if mul {
					to = v * to / 255
				}
				d[4*x+k] = byte(v + (to-v)*a/255)
			}
		}
	}
	p.resetBox()
}

func (p *painter) flushGray(dst *image.Gray, v int) {
	for y := p.minY; y < p.maxY; y++ {
		for x := p.minX; x < p.maxX; x++ {
			a := int(p.mask.Pix[y*p.mask.Stride+x])
			o := y*dst.Stride + x
			dst.Pix[o] = byte(int(dst.Pix[o]) + (v-int(dst.Pix[o]))*a/255)
			p.mask.Pix[y*p.mask.Stride+x] = 0
		}
	}
	p.resetBox()
}

// paint draws a canvas at a resolution in dots an inch.
func (c *canvas) paint(dpi float64) *image.RGBA {
	w, h := int(math.Round(c.w*dpi/72)), int(math.Round(c.h*dpi/72))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	c.paintOn(img)
	return img
}

func (c *canvas) paintOn(img *image.RGBA) {
	p := newPainter(img.Rect.Dx(), img.Rect.Dy(), c.w, c.h)
	for _, op := range c.ops {
		switch o := op.(type) {
		case fillOp:
			p.fillPath(o.p)
			p.flush(img, o.c, o.mul)
		case strokeOp:
			p.strokePath(o.p, o.w)
			p.flush(img, o.c, o.mul)
		case textOp:
			g := c.glyphs(o.s, o.size, o.m)
			p.fillPath(g)
			if o.bold > 0 {
				p.strokePath(g, o.bold)
			}
			p.flush(img, o.c, false)
		case imageOp:
			a, b := p.px(point{o.x, o.y + o.h}), p.px(point{o.x + o.w, o.y})
			r := image.Rect(int(math.Round(a.x)), int(math.Round(a.y)), int(math.Round(b.x)), int(math.Round(b.y)))
			xdraw.ApproxBiLinear.Scale(img, r, o.img, o.img.Bounds(), xdraw.Src, nil)
		}
	}
}

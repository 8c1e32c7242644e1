package ocr

import (
	"cmp"
	"math"
	"slices"

	"zhengyan/verify/page"
)

// pt is a point in pixels of the raster.
type pt struct{ x, y float64 }

// axes are those of a page whose lines run in a direction.
type axes struct{ sin, cos float64 }

// axesOf takes the direction in radians, clockwise on the screen.
func axesOf(dir float64) axes {
	s, c := math.Sincos(dir)
	return axes{s, c}
}

// along is a point's place in the direction of the lines, across the one from line to line.
func (a axes) along(p pt) float64  { return p.x*a.cos + p.y*a.sin }
func (a axes) across(p pt) float64 { return p.y*a.cos - p.x*a.sin }

// quad has corners in reading order: top left, top right, bottom right, bottom left.
type quad [4]pt

func (q quad) width() float64  { return math.Hypot(q[1].x-q[0].x, q[1].y-q[0].y) }
func (q quad) height() float64 { return math.Hypot(q[3].x-q[0].x, q[3].y-q[0].y) }

// angle is that of the line's direction, in radians, clockwise on the screen.
func (q quad) angle() float64 { return math.Atan2(q[1].y-q[0].y, q[1].x-q[0].x) }

func (q quad) centre() pt { return pt{(q[0].x + q[2].x) / 2, (q[0].y + q[2].y) / 2} }

// at is the point at the part u of the width and v of the height.
func (q quad) at(u, v float64) pt {
	return pt{
		q[0].x + u*(q[1].x-q[0].x) + v*(q[3].x-q[0].x),
		q[0].y + u*(q[1].y-q[0].y) + v*(q[3].y-q[0].y),
	}
}

// holds reports whether a point lies in the quad.
func (q quad) holds(p pt) bool {
	w, h := max(q.width(), 1e-6), max(q.height(), 1e-6)
	dx, dy := p.x-q[0].x, p.y-q[0].y
	u := (dx*(q[1].x-q[0].x) + dy*(q[1].y-q[0].y)) / (w * w)
	v := (dx*(q[3].x-q[0].x) + dy*(q[3].y-q[0].y)) / (h * h)
	return u >= 0 && u <= 1 && v >= 0 && v <= 1
}

// turned gives the corners another beginning: by n quarter turns clockwise of the reading direction.
func (q quad) turned(n int) quad {
	var out quad
	for i := range q {
		out[i] = q[(i+n)%4]
	}
	return out
}

// grown is the quad with d added on each side along, e across.
func (q quad) grown(d, e float64) quad {
	w, h := max(q.width(), 1e-6), max(q.height(), 1e-6)
	a, b := d/w, e/h
	return quad{q.at(-a, -b), q.at(1+a, -b), q.at(1+a, 1+b), q.at(-a, 1+b)}
}

// around is the part of the quad that lies about a place along it, half to each side, in shares of its width.
func (q quad) around(x, half float64) quad {
	return quad{q.at(x-half, 0), q.at(x+half, 0), q.at(x+half, 1), q.at(x-half, 1)}
}

// lengthened is the quad with so much more at its end.
func (q quad) lengthened(by float64) quad {
	u := 1 + by/max(q.width(), 1)
	return quad{q[0], q.at(u, 0), q.at(u, 1), q[3]}
}

// preceded is the quad with so much more at its beginning.
func (q quad) preceded(by float64) quad {
	u := -by / max(q.width(), 1)
	return quad{q.at(u, 0), q[1], q[2], q.at(u, 1)}
}

// behind is so much of the line as comes after the quad.
func (q quad) behind(by float64) quad {
	l := q.lengthened(by)
	return quad{q[1], l[1], l[2], q[2]}
}

func (q quad) box() page.Box {
	b := page.Box{X0: q[0].x, Y0: q[0].y, X1: q[0].x, Y1: q[0].y}
	for _, p := range q[1:] {
		b.X0, b.Y0, b.X1, b.Y1 = min(b.X0, p.x), min(b.Y0, p.y), max(b.X1, p.x), max(b.Y1, p.y)
	}
	return b
}

// rectangle is a rotated one: its middle, half sides, and the angle of its first side.
type rectangle struct {
	c      pt
	hw, hh float64
	angle  float64
}

func (r rectangle) quad() quad {
	s, c := math.Sincos(r.angle)
	ux, uy, vx, vy := c*r.hw, s*r.hw, -s*r.hh, c*r.hh
	return quad{
		{r.c.x - ux - vx, r.c.y - uy - vy},
		{r.c.x + ux - vx, r.c.y + uy - vy},
		{r.c.x + ux + vx, r.c.y + uy + vy},
		{r.c.x - ux + vx, r.c.y - uy + vy},
	}
}

// hull is the convex hull of the points, counter-clockwise (Andrew's monotone chain).
func hull(ps []pt) []pt {
	slices.SortFunc(ps, func(a, b pt) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
	ps = slices.Compact(ps)
	if len(ps) < 3 {
		return ps
	}
	cross := func(o, a, b pt) float64 { return (a.x-o.x)*(b.y-o.y) - (a.y-o.y)*(b.x-o.x) }
	var out []pt
	half := func(list []pt) {
		base := len(out)
		for _, p := range list {
			for len(out) >= base+2 && cross(out[len(out)-2], out[len(out)-1], p) <= 0 {
				out = out[:len(out)-1]
			}
			out = append(out, p)
		}
		out = out[:len(out)-1]
	}
	half(ps)
	back := slices.Clone(ps)
	slices.Reverse(back)
	half(back)
	return out
}

// boundAt is the smallest rectangle around the points whose first side has the angle.
func boundAt(ps []pt, angle float64) rectangle {
	to := axesOf(angle)
	u0, u1, v0, v1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, p := range ps {
		u, v := to.along(p), to.across(p)
		u0, u1, v0, v1 = min(u0, u), max(u1, u), min(v0, v), max(v1, v)
	}
	u, v := (u0+u1)/2, (v0+v1)/2
	return rectangle{pt{u*to.cos - v*to.sin, u*to.sin + v*to.cos}, (u1 - u0) / 2, (v1 - v0) / 2, angle}
}

// bound is the smallest rectangle of all around a convex hull; one of its sides lies along an edge of the hull. Its first
// side is the longer one, its angle within a quarter turn of the horizontal.
func bound(h []pt) rectangle {
	best := boundAt(h, 0)
	for i := range h {
		a, b := h[i], h[(i+1)%len(h)]
		if a == b {
			continue
		}
		if r := boundAt(h, math.Atan2(b.y-a.y, b.x-a.x)); r.hw*r.hh < best.hw*best.hh {
			best = r
		}
	}
	if best.hh > best.hw {
		best.hw, best.hh, best.angle = best.hh, best.hw, best.angle+math.Pi/2
	}
	best.angle = math.Mod(best.angle, math.Pi)
	if best.angle > math.Pi/2 {
		best.angle -= math.Pi
	} else if best.angle <= -math.Pi/2 {
		best.angle += math.Pi
	}
	return best
}

package qr

import "math"

type vec struct{ x, y float64 }

func (a vec) add(b vec) vec           { return vec{a.x + b.x, a.y + b.y} }
func (a vec) sub(b vec) vec           { return vec{a.x - b.x, a.y - b.y} }
func (a vec) mul(s float64) vec       { return vec{a.x * s, a.y * s} }
func (a vec) dot(b vec) float64       { return a.x*b.x + a.y*b.y }
func (a vec) cross(b vec) float64     { return a.x*b.y - a.y*b.x }
func (a vec) norm() float64           { return math.Sqrt(a.x*a.x + a.y*a.y) }
func dist(a, b vec) float64           { return a.sub(b).norm() }
func lerp(a, b vec, t float64) vec    { return a.add(b.sub(a).mul(t)) }
func (a vec) unit() vec               { return a.mul(1 / math.Max(a.norm(), 1e-12)) }
func logRatio(a, b float64) float64   { return math.Abs(math.Log(math.Max(a, 1e-9) / math.Max(b, 1e-9))) }
func clamp(v, lo, hi float64) float64 { return math.Max(lo, math.Min(hi, v)) }

// lesser and greater are min and max for numbers that are known not to be NaN, which the compiler inlines.
func lesser(a, b float64) float64 {
	if b < a {
		return b
	}
	return a
}

func greater(a, b float64) float64 {
	if b > a {
		return b
	}
	return a
}

// homography maps module coordinates to pixels: the symbol covers (0, 0) to (dim, dim).
type homography [8]float64

func (h *homography) at(x, y float64) vec {
	d := h[6]*x + h[7]*y + 1
	return vec{(h[0]*x + h[1]*y + h[2]) / d, (h[3]*x + h[4]*y + h[5]) / d}
}

// jacobian returns how a pixel place moves per module to the right and per module down.
func (h *homography) jacobian(x, y float64) (du, dv vec) {
	d := h[6]*x + h[7]*y + 1
	p := h.at(x, y)
	return vec{(h[0] - p.x*h[6]) / d, (h[3] - p.y*h[6]) / d}, vec{(h[1] - p.x*h[7]) / d, (h[4] - p.y*h[7]) / d}
}

// pair is one known place: module coordinates, pixels, weight.
type pair struct {
	m, p vec
	w    float64
}

// fitHomography returns the homography that fits at least four pairs best (direct linear transform with normalised
// coordinates, weighted least squares).
func fitHomography(pairs []pair) (homography, bool) {
	var out homography
	if len(pairs) < 4 {
		return out, false
	}
	var mc, pc vec
	wsum := 0.0
	for _, q := range pairs {
		mc, pc, wsum = mc.add(q.m.mul(q.w)), pc.add(q.p.mul(q.w)), wsum+q.w
	}
	mc, pc = mc.mul(1/wsum), pc.mul(1/wsum)
	ms, ps := 0.0, 0.0
	for _, q := range pairs {
		ms, ps = ms+q.w*dist(q.m, mc), ps+q.w*dist(q.p, pc)
	}
	ms, ps = ms/wsum, ps/wsum
	if ms < 1e-9 || ps < 1e-9 {
		return out, false
	}
	var a [8][9]float64
	for _, q := range pairs {
		m, p := q.m.sub(mc).mul(1/ms), q.p.sub(pc).mul(1/ps)
		rows := [2][9]float64{
			{m.x, m.y, 1, 0, 0, 0, -m.x * p.x, -m.y * p.x, p.x},
			{0, 0, 0, m.x, m.y, 1, -m.x * p.y, -m.y * p.y, p.y},
		}
		for _, r := range rows {
			for i := range 8 {
				if r[i] == 0 {
					continue
				}
				for j := i; j < 9; j++ {
					a[i][j] += q.w * r[i] * r[j]
				}
			}
		}
	}
	for i := range 8 {
		for j := range i {
			a[i][j] = a[j][i]
		}
	}
	s, ok := solve8(&a)
	if !ok {
		return out, false
	}
	// Undo the normalisation: p = pc + ps * N((m-mc)/ms).
	k := 1 / ms
	n := [3][3]float64{
		{s[0] * k, s[1] * k, s[2] - k*(s[0]*mc.x+s[1]*mc.y)},
		{s[3] * k, s[4] * k, s[5] - k*(s[3]*mc.x+s[4]*mc.y)},
		{s[6] * k, s[7] * k, 1 - k*(s[6]*mc.x+s[7]*mc.y)},
	}
	d := n[2][2]
	if math.Abs(d) < 1e-12 {
		return out, false
	}
	for j := range 3 {
		x, y, w := (ps*n[0][j]+pc.x*n[2][j])/d, (ps*n[1][j]+pc.y*n[2][j])/d, n[2][j]/d
		out[j], out[3+j] = x, y
		if j < 2 {
			out[6+j] = w
		}
	}
	return out, true
}

// solve8 solves a linear system by elimination with pivots.
func solve8(a *[8][9]float64) (x [8]float64, ok bool) {
	for c := range 8 {
		p := c
		for r := c + 1; r < 8; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[p][c]) {
				p = r
			}
		}
		if math.Abs(a[p][c]) < 1e-11 {
			return x, false
		}
		a[c], a[p] = a[p], a[c]
		for r := c + 1; r < 8; r++ {
			f := a[r][c] / a[c][c]
			if f == 0 {
				continue
			}
			for k := c; k < 9; k++ {
				a[r][k] -= f * a[c][k]
			}
		}
	}
	for c := 7; c >= 0; c-- {
		v := a[c][8]
		for k := c + 1; k < 8; k++ {
			v -= a[c][k] * x[k]
		}
		x[c] = v / a[c][c]
	}
	return x, true
}

// sane reports whether a homography maps the symbol to a convex quadrilateral in front of the camera.
func (h *homography) sane(dim float64) bool {
	var c [4]vec
	for i, m := range [4]vec{{0, 0}, {dim, 0}, {dim, dim}, {0, dim}} {
		if h[6]*m.x+h[7]*m.y+1 < .05 {
			return false
		}
		c[i] = h.at(m.x, m.y)
		if math.IsNaN(c[i].x) || math.IsNaN(c[i].y) || math.Abs(c[i].x) > 1e6 || math.Abs(c[i].y) > 1e6 {
			return false
		}
	}
	sign := 0.0
	for i := range c {
		v := c[(i+1)%4].sub(c[i]).cross(c[(i+2)%4].sub(c[(i+1)%4]))
		if v == 0 || v*sign < 0 {
			return false
		}
		sign = v
	}
	return true
}

// line is a point and a unit direction.
type line struct{ p, d vec }

// meet returns where two lines cross.
func (l line) meet(k line) (vec, bool) {
	c := l.d.cross(k.d)
	if math.Abs(c) < 1e-6 {
		return vec{}, false
	}
	return l.p.add(l.d.mul(k.p.sub(l.p).cross(k.d) / c)), true
}

// fitLine fits a line to points by total least squares and twice leaves out those further away than reject, which it
// moves out of pts.
func fitLine(pts []vec, reject float64) (line, bool) {
	for round := 0; ; round++ {
		if len(pts) < 3 {
			return line{}, false
		}
		var c vec
		for _, p := range pts {
			c = c.add(p)
		}
		c = c.mul(1 / float64(len(pts)))
		var xx, xy, yy float64
		for _, p := range pts {
			d := p.sub(c)
			xx, xy, yy = xx+d.x*d.x, xy+d.x*d.y, yy+d.y*d.y
		}
		l := line{c, halfTurn(xx-yy, 2*xy)}
		if round == 2 {
			return l, true
		}
		kept := pts[:0]
		for _, p := range pts {
			if math.Abs(p.sub(c).cross(l.d)) <= reject {
				kept = append(kept, p)
			}
		}
		if len(kept) == len(pts) {
			return l, true
		}
		pts = kept
	}
}

// halfTurn returns the unit vector at half the angle of (x, y), between -90 and +90 degrees.
func halfTurn(x, y float64) vec {
	r := math.Sqrt(x*x + y*y)
	if r == 0 {
		return vec{1, 0}
	}
	if x >= 0 {
		c := math.Sqrt((1 + x/r) / 2)
		return vec{c, y / r / (2 * c)}
	}
	s := math.Copysign(math.Sqrt((1-x/r)/2), y)
	return vec{y / r / (2 * s), s}
}

// inQuad reports whether a place lies inside a convex quadrilateral.
func inQuad(q [4]vec, p vec) bool {
	pos, neg := false, false
	for i := range q {
		c := q[(i+1)%4].sub(q[i]).cross(p.sub(q[i]))
		pos, neg = pos || c > 0, neg || c < 0
	}
	return !(pos && neg)
}

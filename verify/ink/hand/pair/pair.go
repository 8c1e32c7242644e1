// Package pair lays two traces over each other and measures how they differ. All lengths are in sizes of the reference
// (three times the geometric mean of its spreads across and along), so that neither resolution nor scale counts.
//
// What the print hides is unknown, not missing: a reference line that falls where the query's print hides the paper is left
// out of every measure, and the other way round.
package pair

import (
	"cmp"
	"math"
	"slices"

	"zhengyan/verify/ink/hand/trace"
)

// point is a place in the common frame. c and s: cosine and sine of twice the direction.
type point struct{ x, y, c, s float64 }

// set is a trace brought to size 1 around its middle.
type set struct {
	pts            []point
	next, prev     []int
	cx, cy, size   float64
	rx, ry         float64 // spreads across and along, before scaling
	step           float64 // distance of points
	x0, y0, x1, y1 float64 // 3rd and 97th of hundred across and along
	src            *trace.Trace
}

const (
	minSpread = 0.12 // the smaller spread counts as at least this share of the larger one
	turn      = 0.10 // what a right angle between directions counts, as a length
)

func newSet(t *trace.Trace) *set {
	s := &set{src: t, next: t.Next, prev: make([]int, len(t.Points))}
	n := float64(len(t.Points))
	for _, p := range t.Points {
		s.cx += p.X / n
		s.cy += p.Y / n
	}
	for _, p := range t.Points {
		s.rx += (p.X - s.cx) * (p.X - s.cx) / n
		s.ry += (p.Y - s.cy) * (p.Y - s.cy) / n
	}
	s.rx, s.ry = math.Sqrt(s.rx), math.Sqrt(s.ry)
	big := math.Max(s.rx, s.ry)
	s.rx, s.ry = math.Max(s.rx, minSpread*big), math.Max(s.ry, minSpread*big)
	s.size = 3 * math.Sqrt(s.rx*s.ry)
	s.step = t.Spacing / s.size
	xs, ys := make([]float64, len(t.Points)), make([]float64, len(t.Points))
	for i, p := range t.Points {
		q := point{(p.X - s.cx) / s.size, (p.Y - s.cy) / s.size, p.C, p.S}
		s.pts = append(s.pts, q)
		xs[i], ys[i] = q.x, q.y
		s.prev[i] = -1
	}
	for i, j := range s.next {
		if j >= 0 {
			s.prev[j] = i
		}
	}
	s.x0, s.x1 = quantile(xs, 0.03), quantile(xs, 0.97)
	s.y0, s.y1 = quantile(ys, 0.03), quantile(ys, 0.97)
	return s
}

// hides reports whether the print of this writing hides a place of its own frame.
func (s *set) hides(x, y float64) bool { return s.src.HiddenAt(x*s.size+s.cx, y*s.size+s.cy) }

// affine maps (x,y) to (a x + b y + e, c x + d y + f).
type affine struct{ a, b, c, d, e, f float64 }

func (m affine) at(x, y float64) (float64, float64) { return m.a*x + m.b*y + m.e, m.c*x + m.d*y + m.f }

func (m affine) apply(p point) point {
	x, y := m.at(p.x, p.y)
	// The direction is that of the mapped line.
	ang := math.Atan2(p.s, p.c) / 2
	sin, cos := math.Sincos(ang)
	dx, dy := m.a*cos+m.b*sin, m.c*cos+m.d*sin
	n := dx*dx + dy*dy
	if n < 1e-12 {
		return point{x, y, p.c, p.s}
	}
	return point{x, y, (dx*dx - dy*dy) / n, 2 * dx * dy / n}
}

func (m affine) inverse() (affine, bool) {
	det := m.a*m.d - m.b*m.c
	if math.Abs(det) < 1e-4 {
		return affine{}, false
	}
	r := affine{a: m.d / det, b: -m.b / det, c: -m.c / det, d: m.a / det}
	r.e, r.f = -(r.a*m.e + r.b*m.f), -(r.c*m.e + r.d*m.f)
	return r, true
}

func (m affine) all(pts []point) []point {
	out := make([]point, len(pts))
	for i, p := range pts {
		out[i] = m.apply(p)
	}
	return out
}

// nearest gives for each of a the nearest of b and the squared distance. b is searched outwards from the same x.
func nearest(a, b []point, at []int, dist []float64) {
	order := make([]int, len(b))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(b[i].x, b[j].x) })
	sorted := make([]point, len(b))
	for i, j := range order {
		sorted[i] = b[j]
	}
	for i, p := range a {
		best, k := math.Inf(1), 0
		try := func(j int) bool {
			q := &sorted[j]
			dx, dy := p.x-q.x, p.y-q.y
			if dx*dx >= best {
				return false
			}
			d := dx*dx + dy*dy
			if d < best {
				dc, ds := p.c-q.c, p.s-q.s
				if d += turn * turn / 4 * (dc*dc + ds*ds); d < best {
					best, k = d, j
				}
			}
			return true
		}
		from, _ := slices.BinarySearchFunc(sorted, p.x, func(q point, x float64) int { return cmp.Compare(q.x, x) })
		l, r := from-1, from
		for l >= 0 || r < len(sorted) {
			if l >= 0 && !try(l) {
				l = -1
			}
			if r < len(sorted) && !try(r) {
				r = len(sorted)
			}
			l--
			r++
		}
		at[i], dist[i] = order[k], best
	}
}

func every(pts []point, k int) []point {
	if k <= 1 {
		return pts
	}
	out := make([]point, 0, len(pts)/k+1)
	for i := 0; i < len(pts); i += k {
		out = append(out, pts[i])
	}
	return out
}

// match holds two traces, the query laid over the reference.
type match struct {
	ref, qry *set
	m        affine // from the query's frame to the reference's
	q        []point
	hr, hq   []bool // points that the other's print would hide
	cost     float64
}

// hidden fills in which points are unknown on the other side.
func (m *match) hidden() {
	m.hr, m.hq = make([]bool, len(m.ref.pts)), make([]bool, len(m.q))
	if inv, ok := m.m.inverse(); ok && m.qry.src.Hides() {
		for i, p := range m.ref.pts {
			x, y := inv.at(p.x, p.y)
			m.hr[i] = m.qry.hides(x, y)
		}
	}
	if m.ref.src.Hides() {
		for i, p := range m.q {
			m.hq[i] = m.ref.hides(p.x, p.y)
		}
	}
}

// register finds the affine map that lays the query over the reference: from several beginnings, coarse to fine.
func register(ref, qry *set) *match {
	begin := []affine{
		{a: 1, d: 1},
		{a: clampRatio(ref.rx / ref.size / (qry.rx / qry.size)), d: clampRatio(ref.ry / ref.size / (qry.ry / qry.size))},
	}
	kx, ky := clampRatio((ref.x1-ref.x0)/(qry.x1-qry.x0)), clampRatio((ref.y1-ref.y0)/(qry.y1-qry.y0))
	begin = append(begin, affine{a: kx, d: ky, e: (ref.x0+ref.x1)/2 - kx*(qry.x0+qry.x1)/2, f: (ref.y0+ref.y1)/2 - ky*(qry.y0+qry.y1)/2})
	if qry.src.Hides() || ref.src.Hides() {
		// Where parts are hidden, middle and spread deceive: try sizes and shifts.
		for _, k := range []float64{0.8, 1.25} {
			begin = append(begin, affine{a: k, d: k}, affine{a: k, d: k, e: ref.x0 - k*qry.x0}, affine{a: k, d: k, e: ref.x1 - k*qry.x1})
		}
		begin = append(begin, affine{a: 1, d: 1, e: ref.x0 - qry.x0}, affine{a: 1, d: 1, e: ref.x1 - qry.x1})
	}
	var best *match
	for _, b := range begin {
		m := &match{ref: ref, qry: qry, m: b}
		for _, sigma := range []float64{0.30, 0.22, 0.16, 0.12} {
			m.refine(3, sigma)
		}
		m.cost = m.trimmed(3)
		if best == nil || m.cost < best.cost {
			best = m
		}
	}
	for _, sigma := range []float64{0.12, 0.10, 0.09, 0.08, 0.08} {
		best.refine(1, sigma)
	}
	best.q = best.m.all(qry.pts)
	best.hidden()
	return best
}

func clampRatio(k float64) float64 {
	if !(k > 0) {
		return 1
	}
	return math.Max(0.4, math.Min(2.5, k))
}

// refine is one step of iterated closest points in both directions, by weighted least squares held near the map so far.
func (m *match) refine(skip int, sigma float64) {
	src := every(m.qry.pts, skip)
	q, r := m.m.all(src), every(m.ref.pts, skip)
	inv, ok := m.m.inverse()
	if !ok {
		return
	}
	n := max(len(q), len(r))
	at, dist := make([]int, n), make([]float64, n)
	var normal [3][3]float64
	var rx, ry [3]float64
	add := func(p, to point, d float64) {
		w := math.Exp(-d / (2 * sigma * sigma))
		v := [3]float64{p.x, p.y, 1}
		for i := range v {
			for j := range v {
				normal[i][j] += w * v[i] * v[j]
			}
			rx[i] += w * v[i] * to.x
			ry[i] += w * v[i] * to.y
		}
	}
	nearest(q, r, at, dist)
	for i := range q {
		if !m.ref.src.Hides() || !m.ref.hides(q[i].x, q[i].y) {
			add(src[i], r[at[i]], dist[i])
		}
	}
	nearest(r, q, at, dist)
	for i := range r {
		if m.qry.src.Hides() {
			if x, y := inv.at(r[i].x, r[i].y); m.qry.hides(x, y) {
				continue
			}
		}
		add(src[at[i]], r[i], dist[i])
	}
	keep := 0.02 * float64(len(q)+len(r))
	old := [2][3]float64{{m.m.a, m.m.b, m.m.e}, {m.m.c, m.m.d, m.m.f}}
	for i := range 3 {
		k := keep
		if i < 2 {
			k *= 0.3 // spreads are about a third
		}
		normal[i][i] += k
		rx[i] += k * old[0][i]
		ry[i] += k * old[1][i]
	}
	x, okX := solve3(normal, rx)
	y, okY := solve3(normal, ry)
	if !okX || !okY {
		return
	}
	next := affine{a: x[0], b: x[1], e: x[2], c: y[0], d: y[1], f: y[2]}
	if det := next.a*next.d - next.b*next.c; det < 0.1 || det > 8 {
		return
	}
	m.m = next
}

// trimmed is the mean distance both ways, each capped, over what is not hidden.
func (m *match) trimmed(skip int) float64 {
	q, r := m.m.all(every(m.qry.pts, skip)), every(m.ref.pts, skip)
	n := max(len(q), len(r))
	at, dist := make([]int, n), make([]float64, n)
	sum := 0.0
	nearest(q, r, at, dist)
	for i := range q {
		sum += math.Min(math.Sqrt(dist[i]), 0.2) / float64(len(q))
	}
	inv, ok := m.m.inverse()
	nearest(r, q, at, dist)
	seen, s := 0.0, 0.0
	for i := range r {
		if ok && m.qry.src.Hides() {
			if x, y := inv.at(r[i].x, r[i].y); m.qry.hides(x, y) {
				continue
			}
		}
		seen++
		s += math.Min(math.Sqrt(dist[i]), 0.2)
	}
	if seen < 0.3*float64(len(r)) {
		return 1
	}
	return sum + s/seen
}

func solve3(a [3][3]float64, b [3]float64) ([3]float64, bool) {
	for i := range 3 {
		p := i
		for j := i + 1; j < 3; j++ {
			if math.Abs(a[j][i]) > math.Abs(a[p][i]) {
				p = j
			}
		}
		if math.Abs(a[p][i]) < 1e-12 {
			return b, false
		}
		a[i], a[p], b[i], b[p] = a[p], a[i], b[p], b[i]
		for j := i + 1; j < 3; j++ {
			k := a[j][i] / a[i][i]
			for c := i; c < 3; c++ {
				a[j][c] -= k * a[i][c]
			}
			b[j] -= k * b[i]
		}
	}
	var x [3]float64
	for i := 2; i >= 0; i-- {
		x[i] = b[i]
		for j := i + 1; j < 3; j++ {
			x[i] -= a[i][j] * x[j]
		}
		x[i] /= a[i][i]
	}
	return x, true
}

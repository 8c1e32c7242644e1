package pair

import "math"

// residual is how far two point sets lie apart.
type residual struct {
	qr, rq         float64 // mean distance from the query's points, from the reference's
	fq, fr         float64 // shares farther away than far
	high           float64 // nine tenths lie nearer
	distQ, distR   []float64
	nearQ, nearR   []int
	knownQ, knownR float64 // shares that could be compared
}

const far = 0.07

func (m *match) residual(q []point) residual {
	r := residual{
		distQ: make([]float64, len(q)), nearQ: make([]int, len(q)),
		distR: make([]float64, len(m.ref.pts)), nearR: make([]int, len(m.ref.pts)),
	}
	nearest(q, m.ref.pts, r.nearQ, r.distQ)
	nearest(m.ref.pts, q, r.nearR, r.distR)
	var all []float64
	side := func(dist []float64, hidden []bool) (mean, share, known float64) {
		n := 0.0
		for i := range dist {
			dist[i] = math.Sqrt(dist[i])
			if hidden[i] {
				continue
			}
			n++
			d := math.Min(dist[i], 0.35)
			mean += d
			if d > far {
				share++
			}
			all = append(all, d)
		}
		return mean / math.Max(n, 1), share / math.Max(n, 1), n / math.Max(1, float64(len(dist)))
	}
	r.qr, r.fq, r.knownQ = side(r.distQ, m.hq)
	r.rq, r.fr, r.knownR = side(r.distR, m.hr)
	r.high = quantile(all, 0.9)
	return r
}

// level is one step of bending the query onto the reference.
type level struct {
	residual
	move, strain float64
	q            []point
	dx, dy       []float64
}

// bendings are the widths of the bending's smoothness, from stiff to soft.
var bendings = [3]float64{0.45, 0.22, 0.11}

// elastic bends the query onto the reference more and more softly. A hand's own variation is used up early; another's
// shapes need much bending, or stay apart.
func (m *match) elastic() [3]level {
	var out [3]level
	q := append([]point(nil), m.q...)
	n := len(q)
	dx, dy := make([]float64, n), make([]float64, n)
	res := m.residual(q)
	for k, width := range bendings {
		near := kernel(m.q, width)
		for range 2 {
			sigma := math.Max(0.05, 0.5*width)
			vx, vy, vw := make([]float64, n), make([]float64, n), make([]float64, n)
			add := func(i int, to point, d float64) {
				w := math.Exp(-d * d / (2 * sigma * sigma))
				vx[i] += w * (to.x - m.q[i].x)
				vy[i] += w * (to.y - m.q[i].y)
				vw[i] += w
			}
			for i := range q {
				if !m.hq[i] {
					add(i, m.ref.pts[res.nearQ[i]], res.distQ[i])
				}
			}
			for j, p := range m.ref.pts {
				if !m.hr[j] {
					add(res.nearR[j], p, res.distR[j])
				}
			}
			for i := range q {
				row := near[i*n : (i+1)*n]
				sx, sy, sw := 0.0, 0.0, 0.6
				for j, w := range row {
					if w > 0 {
						sx += float64(w) * vx[j]
						sy += float64(w) * vy[j]
						sw += float64(w) * vw[j]
					}
				}
				dx[i], dy[i] = sx/sw, sy/sw
				q[i].x, q[i].y = m.q[i].x+dx[i], m.q[i].y+dy[i]
			}
			m.directions(q)
			res = m.residual(q)
		}
		l := level{residual: res, q: append([]point(nil), q...), dx: append([]float64(nil), dx...), dy: append([]float64(nil), dy...)}
		links := 0.0
		for i := range q {
			l.move += math.Hypot(dx[i], dy[i]) / float64(n)
			if j := m.qry.next[i]; j >= 0 {
				if d := math.Hypot(m.q[i].x-m.q[j].x, m.q[i].y-m.q[j].y); d > 1e-6 {
					l.strain += math.Min(math.Hypot(dx[i]-dx[j], dy[i]-dy[j])/d, 2)
					links++
				}
			}
		}
		l.strain /= math.Max(links, 1)
		out[k] = l
	}
	return out
}

// directions takes them anew from the bent lines.
func (m *match) directions(q []point) {
	for i := range q {
		a, b := i, i
		if k := m.qry.prev[i]; k >= 0 {
			a = k
		}
		if k := m.qry.next[i]; k >= 0 {
			b = k
		}
		dx, dy := q[b].x-q[a].x, q[b].y-q[a].y
		if d := dx*dx + dy*dy; d > 1e-12 {
			q[i].c, q[i].s = (dx*dx-dy*dy)/d, 2*dx*dy/d
		}
	}
}

// kernel holds the closeness of each two points, 0 where it does not count.
func kernel(p []point, width float64) []float32 {
	n := len(p)
	out := make([]float32, n*n)
	k := 1 / (2 * width * width)
	for i := range p {
		out[i*n+i] = 1
		for j := range i {
			dx, dy := p[i].x-p[j].x, p[i].y-p[j].y
			if d := (dx*dx + dy*dy) * k; d < 4.5 {
				w := float32(math.Exp(-d))
				out[i*n+j], out[j*n+i] = w, w
			}
		}
	}
	return out
}

// floor is what distances come to when the reference is laid over itself a little shifted: crowded writing is near to
// anything, and distances are judged by that.
func (s *set) floor() float64 {
	const shift = 0.12
	n := len(s.pts)
	at, dist := make([]int, n), make([]float64, n)
	half := every(s.pts, 2)
	sum, count := 0.0, 0.0
	for k := range 4 {
		sin, cos := math.Sincos(math.Pi * (0.25 + 0.5*float64(k)))
		moved := make([]point, len(half))
		for i, p := range half {
			p.x, p.y = p.x+shift*cos, p.y+shift*sin
			moved[i] = p
		}
		nearest(moved, s.pts, at, dist)
		for i := range moved {
			sum += math.Sqrt(dist[i])
			count++
		}
	}
	return sum / count
}

func quantile(v []float64, share float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := append([]float64(nil), v...)
	// Partial selection is not worth it for a few hundred numbers.
	sortFloats(s)
	return s[min(len(s)-1, int(share*float64(len(s))))]
}

package pair

import "math"

// endings gives the free ends of the lines and the places where lines meet. A line ends freely where no other begins.
func (s *set) endings() (ends, joints []int) {
	reach := 1.6 * s.step
	for i := range s.pts {
		if s.prev[i] >= 0 && s.next[i] >= 0 {
			continue
		}
		meets := false
		for j := range s.pts {
			if j == i || j == s.prev[i] || j == s.next[i] {
				continue
			}
			if dx, dy := s.pts[i].x-s.pts[j].x, s.pts[i].y-s.pts[j].y; dx*dx+dy*dy < reach*reach {
				meets = true
				break
			}
		}
		if meets {
			joints = append(joints, i)
		} else {
			ends = append(ends, i)
		}
	}
	return ends, joints
}

// apart is how far the places of one writing lie from the nearest of the other, both ways, each capped; directions count as
// in [nearest]. Nothing to compare counts as the cap.
func apart(a, b []point, ia, ib []int, ha, hb []bool) float64 {
	const limit = 0.25
	one := func(a, b []point, ia, ib []int, ha []bool) float64 {
		sum, n := 0.0, 0.0
		for _, i := range ia {
			if ha[i] {
				continue
			}
			best := limit * limit
			for _, j := range ib {
				dx, dy, dc, ds := a[i].x-b[j].x, a[i].y-b[j].y, a[i].c-b[j].c, a[i].s-b[j].s
				best = math.Min(best, dx*dx+dy*dy+turn*turn/4*(dc*dc+ds*ds))
			}
			sum += math.Sqrt(best)
			n++
		}
		if n == 0 {
			return limit / 2
		}
		return sum / n
	}
	return (one(a, b, ia, ib, ha) + one(b, a, ib, ia, hb)) / 2
}

// turned compares directions at the matched places: mean and ninth tenth of the squared sine of the angle between them.
func (m *match) turned(e residual, q []point) (mean, high float64) {
	var all []float64
	add := func(p, r point) {
		d := (1 - p.c*r.c - p.s*r.s) / 2
		mean += d
		all = append(all, d)
	}
	for i, p := range q {
		if !m.hq[i] {
			add(p, m.ref.pts[e.nearQ[i]])
		}
	}
	for j, p := range m.ref.pts {
		if !m.hr[j] {
			add(p, q[e.nearR[j]])
		}
	}
	return mean / math.Max(1, float64(len(all))), quantile(all, 0.9)
}

// bows gives for each point how much the line turns within a length before and after it, in radians, without sense; -1 near
// the ends of lines.
func (s *set) bows(pts []point, reach float64) []float64 {
	k := max(1, int(math.Round(reach/s.step)))
	out := make([]float64, len(pts))
	for i := range pts {
		a, b := i, i
		for range k {
			if a >= 0 {
				a = s.prev[a]
			}
			if b >= 0 {
				b = s.next[b]
			}
		}
		out[i] = -1
		if a >= 0 && b >= 0 {
			ux, uy, vx, vy := pts[i].x-pts[a].x, pts[i].y-pts[a].y, pts[b].x-pts[i].x, pts[b].y-pts[i].y
			out[i] = math.Abs(math.Atan2(ux*vy-uy*vx, ux*vx+uy*vy))
		}
	}
	return out
}

// bowed compares how the lines bend at the matched places: the mean difference.
func (m *match) bowed(e residual, q []point) float64 {
	const reach = 0.07
	a, b := m.qry.bows(q, reach), m.ref.bows(m.ref.pts, reach)
	sum, n := 0.0, 0.0
	add := func(u, v float64) {
		if u >= 0 && v >= 0 {
			sum += math.Abs(u - v)
			n++
		}
	}
	for i := range q {
		if !m.hq[i] {
			add(a[i], b[e.nearQ[i]])
		}
	}
	for j := range b {
		if !m.hr[j] {
			add(b[j], a[e.nearR[j]])
		}
	}
	if n < 8 {
		return 0.5
	}
	return sum / n
}

// broken is the share of neighbours on one line that lie on the other writing's lines more than a few steps apart, both ways:
// lines that run otherwise, or are joined where the other's are not.
func (m *match) broken(e residual, q []point) float64 {
	one := func(from *set, near []int, to []point, step float64, hidden []bool) float64 {
		n, far := 0.0, 0.0
		for i, j := range from.next {
			if j < 0 || hidden[i] || hidden[j] {
				continue
			}
			n++
			a, b := to[near[i]], to[near[j]]
			if math.Hypot(a.x-b.x, a.y-b.y) > 3*step {
				far++
			}
		}
		return far / math.Max(n, 1)
	}
	step := math.Max(m.ref.step, m.qry.step)
	return (one(m.qry, e.nearQ, m.ref.pts, step, m.hq) + one(m.ref, e.nearR, q, step, m.hr)) / 2
}

// shifted is the root mean square of the bending along x and along y, without the mean.
func (l *level) shifted() (x, y float64) {
	n := math.Max(1, float64(len(l.dx)))
	var mx, my float64
	for i := range l.dx {
		mx, my = mx+l.dx[i]/n, my+l.dy[i]/n
	}
	for i := range l.dx {
		x, y = x+(l.dx[i]-mx)*(l.dx[i]-mx)/n, y+(l.dy[i]-my)*(l.dy[i]-my)/n
	}
	return math.Sqrt(x), math.Sqrt(y)
}

// forms measures how single strokes agree: their ends and meetings, directions, bows and connections.
func (m *match) forms(b *builder, bent [3]level) {
	er, jr := m.ref.endings()
	eq, jq := m.qry.endings()
	for _, c := range []struct {
		name string
		q    []point
	}{{"laid", m.q}, {"bent", bent[1].q}} {
		b.log("ends apart "+c.name, apart(m.ref.pts, c.q, er, eq, m.hr, m.hq))
		b.log("joints apart "+c.name, apart(m.ref.pts, c.q, jr, jq, m.hr, m.hq))
	}
	for k, name := range []string{"stiff", "soft"} {
		l := &bent[2*k]
		mean, high := m.turned(l.residual, l.q)
		b.log(name+" turned", mean)
		b.log(name+" turned high", high)
		b.log(name+" bowed", m.bowed(l.residual, l.q))
		b.log(name+" broken", 0.01+m.broken(l.residual, l.q))
	}
	x, y := bent[0].shifted()
	b.log("stiff move across", x)
	b.log("stiff move along", y)
	b.log("soft distance to move", (bent[2].qr+bent[2].rq)/(bent[0].move+0.01))
}

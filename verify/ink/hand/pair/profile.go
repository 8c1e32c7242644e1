package pair

import "math"

const columns = 48

// profile is what the columns (or rows) of the writing look like: amount, upper edge, lower edge.
type profile struct {
	v     [columns][3]float64
	known [columns]bool
}

func profileOf(pts []point, hidden []bool, lo, hi, mid float64, across bool) profile {
	var p profile
	var n [columns]float64
	for c := range columns {
		p.v[c] = [3]float64{0, math.Inf(1), math.Inf(-1)}
	}
	lost := [columns]float64{}
	for i, q := range pts {
		u, v := q.x, q.y
		if !across {
			u, v = q.y, q.x
		}
		c := int(clamp((u-lo)/(hi-lo)*columns, 0, columns-1))
		if hidden[i] {
			lost[c]++
			continue
		}
		n[c]++
		p.v[c][0]++
		p.v[c][1] = math.Min(p.v[c][1], v-mid)
		p.v[c][2] = math.Max(p.v[c][2], v-mid)
	}
	for c := range columns {
		p.known[c] = lost[c] <= 0.5*(n[c]+lost[c]) || lost[c] == 0
		p.v[c][0] = p.v[c][0] / float64(max(1, len(pts))) * columns / 4
		if n[c] == 0 {
			p.v[c][1], p.v[c][2] = 0, 0
		}
	}
	return p
}

// warp is the cost of dynamic time warping between two profiles by the length of the way, within a band.
func warp(a, b profile, parts []int) float64 {
	const band = 6
	inf := math.Inf(1)
	type cell struct {
		sum float64
		n   float64
	}
	prev, cur := make([]cell, columns+1), make([]cell, columns+1)
	for j := range prev {
		prev[j] = cell{inf, 1}
	}
	prev[0] = cell{0, 0}
	for i := 1; i <= columns; i++ {
		for j := range cur {
			cur[j] = cell{inf, 1}
		}
		for j := max(1, i-band); j <= min(columns, i+band); j++ {
			best := prev[j-1]
			if prev[j].sum+0.02 < best.sum {
				best = cell{prev[j].sum + 0.02, prev[j].n}
			}
			if cur[j-1].sum+0.02 < best.sum {
				best = cell{cur[j-1].sum + 0.02, cur[j-1].n}
			}
			d, n := 0.0, 0.0
			if a.known[i-1] && b.known[j-1] {
				n = 1
				for _, k := range parts {
					e := a.v[i-1][k] - b.v[j-1][k]
					d += e * e
				}
				d = math.Sqrt(d)
			}
			cur[j] = cell{best.sum + d, best.n + n}
		}
		prev, cur = cur, prev
	}
	end := prev[columns]
	if math.IsInf(end.sum, 1) {
		return 1
	}
	return end.sum / math.Max(end.n, 1)
}

// profiles gives the costs for amount and edges along x, and for amount along y.
func (m *match) profiles(q []point) (amount, edges, rows float64) {
	lo, hi, top, bottom := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, pts := range [][]point{m.ref.pts, q} {
		for _, p := range pts {
			lo, hi, top, bottom = math.Min(lo, p.x), math.Max(hi, p.x), math.Min(top, p.y), math.Max(bottom, p.y)
		}
	}
	lo, hi = math.Max(lo, m.ref.x0-0.5), math.Min(hi, m.ref.x1+0.5)
	top, bottom = math.Max(top, m.ref.y0-0.5), math.Min(bottom, m.ref.y1+0.5)
	a, b := profileOf(m.ref.pts, m.hr, lo, hi, 0, true), profileOf(q, m.hq, lo, hi, 0, true)
	c, d := profileOf(m.ref.pts, m.hr, top, bottom, 0, false), profileOf(q, m.hq, top, bottom, 0, false)
	return warp(a, b, []int{0}), warp(a, b, []int{1, 2}), warp(c, d, []int{0})
}

// roughness is how much the line turns away from its chord at a scale (a length), by the scale; ok is false where no line
// is long enough.
func (s *set) roughness(scale float64) (float64, bool) {
	k := max(1, int(math.Round(scale/s.step)))
	sum, n := 0.0, 0.0
	for i := range s.pts {
		a, b := i, i
		for range k {
			if a >= 0 {
				a = s.prev[a]
			}
			if b >= 0 {
				b = s.next[b]
			}
		}
		if a < 0 || b < 0 {
			continue
		}
		mx, my := (s.pts[a].x+s.pts[b].x)/2-s.pts[i].x, (s.pts[a].y+s.pts[b].y)/2-s.pts[i].y
		sum += math.Hypot(mx, my) / (float64(k) * s.step)
		n++
	}
	if n < 12 {
		return 0, false
	}
	return sum / n, true
}

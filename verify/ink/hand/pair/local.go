package pair

import (
	"math"
	"slices"
)

func sortFloats(v []float64) { slices.Sort(v) }

const (
	rings, sectors, bearings = 2, 8, 4
	descriptorSize           = rings * sectors * bearings
)

// petal says to which two bins (ring and sector) a place around a centre counts, and how much.
type petal struct {
	base [2]int
	w    [2]float32
}

const (
	rosetteHalf = 24
	rosetteSide = 2*rosetteHalf + 1
)

// rosette tabulates the petals of a disc of radius 1, to save an arc tangent for each pair of points.
func rosette() []petal {
	out := make([]petal, rosetteSide*rosetteSide)
	for y := range rosetteSide {
		for x := range rosetteSide {
			dx, dy := float64(x-rosetteHalf)/rosetteHalf, float64(y-rosetteHalf)/rosetteHalf
			r := math.Hypot(dx, dy)
			if r > 1 {
				continue
			}
			ring := 0
			if r > 0.5 {
				ring = 1
			}
			fade := 1 - 0.5*r
			a := (math.Atan2(dy, dx) + math.Pi) / (2 * math.Pi) * sectors
			s := int(a)
			t := a - float64(s)
			e := &out[y*rosetteSide+x]
			e.base = [2]int{(ring*sectors + s%sectors) * bearings, (ring*sectors + (s+1)%sectors) * bearings}
			e.w = [2]float32{float32(fade * (1 - t)), float32(fade * t)}
		}
	}
	return out
}

// describe gives for each centre how the lines lie around it within the radius: a histogram over ring, sector and direction,
// square-rooted, of length 1 (after Belongie's shape contexts and Lowe's descriptor).
func describe(ros []petal, centres []int, pts []point, hidden []bool, radius float64) [][descriptorSize]float32 {
	out := make([][descriptorSize]float32, len(centres))
	bearing, weight := make([][2]int, len(pts)), make([]float32, len(pts))
	for i, p := range pts {
		v := math.Atan2(p.s, p.c) / (2 * math.Pi) * bearings // -2..2
		f := math.Floor(v)
		bearing[i] = [2]int{(int(f) + bearings) % bearings, (int(f) + 1 + bearings) % bearings}
		weight[i] = float32(v - f)
	}
	k := float64(rosetteHalf) / radius
	for n, c := range centres {
		d, p := &out[n], pts[c]
		for j := range pts {
			if hidden[j] {
				continue
			}
			dx, dy := (pts[j].x-p.x)*k+rosetteHalf+0.5, (pts[j].y-p.y)*k+rosetteHalf+0.5
			if !(dx >= 0 && dy >= 0 && dx < rosetteSide && dy < rosetteSide) {
				continue
			}
			e := &ros[int(dy)*rosetteSide+int(dx)]
			if e.w[0]+e.w[1] == 0 {
				continue
			}
			t := weight[j]
			for s := range 2 {
				base := e.base[s]
				d[base+bearing[j][0]] += e.w[s] * (1 - t)
				d[base+bearing[j][1]] += e.w[s] * t
			}
		}
		n := float32(0)
		for _, v := range d {
			n += v
		}
		for i, v := range d {
			d[i] = float32(math.Sqrt(float64(v / max(n, 1e-6))))
		}
	}
	return out
}

// surroundings compares the lines around each place with those around the best fitting place near it, both ways. It gives
// the mean and the ninth tenth of the differences, and how far away the fitting places are.
func (m *match) surroundings(q []point, radius, reach float64) (mean, high, moved float64) {
	centres := func(n int, hidden []bool) (out []int) {
		for i := 0; i < n; i += 3 {
			if !hidden[i] {
				out = append(out, i)
			}
		}
		return out
	}
	cq, cr := centres(len(q), m.hq), centres(len(m.ref.pts), m.hr)
	if len(cq) == 0 || len(cr) == 0 {
		return 1, 1, reach
	}
	ros := rosette()
	dq, dr := describe(ros, cq, q, m.hq, radius), describe(ros, cr, m.ref.pts, m.hr, radius)
	bestQ, bestR := make([]float64, len(cq)), make([]float64, len(cr))
	farQ, farR := make([]float64, len(cq)), make([]float64, len(cr))
	for i := range bestQ {
		bestQ[i], farQ[i] = 1, reach
	}
	for i := range bestR {
		bestR[i], farR[i] = 1, reach
	}
	for i, a := range cq {
		for j, b := range cr {
			dx, dy := q[a].x-m.ref.pts[b].x, q[a].y-m.ref.pts[b].y
			d := dx*dx + dy*dy
			if d > reach*reach {
				continue
			}
			dot := float32(0)
			for k := range dq[i] {
				dot += dq[i][k] * dr[j][k]
			}
			v := 1 - float64(dot) + 0.15*d/(reach*reach)
			if v < bestQ[i] {
				bestQ[i], farQ[i] = v, math.Sqrt(d)
			}
			if v < bestR[j] {
				bestR[j], farR[j] = v, math.Sqrt(d)
			}
		}
	}
	all := append(bestQ, bestR...)
	for i := range farQ {
		moved += farQ[i] / float64(len(farQ)) / 2
	}
	for i := range farR {
		moved += farR[i] / float64(len(farR)) / 2
	}
	for _, v := range all {
		mean += v / float64(len(all))
	}
	return mean, quantile(all, 0.9), moved
}

// grid compares how much line of which direction lies in each cell, softly counted: half the sum of the differences.
func (m *match) grid(q []point, cols, rows int) float64 {
	x0, x1, y0, y1 := m.ref.x0, m.ref.x1, m.ref.y0, m.ref.y1
	mx, my := 0.08*(x1-x0), 0.08*(y1-y0)
	count := func(pts []point, hidden []bool) []float64 {
		h := make([]float64, cols*rows*bearings)
		n := 0.0
		for i, p := range pts {
			if hidden[i] {
				continue
			}
			u := clamp((p.x-x0+mx)/(x1-x0+2*mx)*float64(cols)-0.5, 0, float64(cols-1))
			v := clamp((p.y-y0+my)/(y1-y0+2*my)*float64(rows)-0.5, 0, float64(rows-1))
			b := math.Atan2(p.s, p.c)/(2*math.Pi)*bearings + bearings
			iu, iv, ib := int(u), int(v), int(b)
			fu, fv, fb := u-float64(iu), v-float64(iv), b-float64(ib)
			n++
			for k := range 8 {
				w := 1.0
				cu, cv, cb := iu, iv, ib
				if k&1 == 0 {
					w *= 1 - fu
				} else {
					w *= fu
					cu = min(cu+1, cols-1)
				}
				if k&2 == 0 {
					w *= 1 - fv
				} else {
					w *= fv
					cv = min(cv+1, rows-1)
				}
				if k&4 == 0 {
					w *= 1 - fb
				} else {
					w *= fb
					cb++
				}
				h[(cv*cols+cu)*bearings+cb%bearings] += w
			}
		}
		for i := range h {
			h[i] /= math.Max(n, 1)
		}
		return h
	}
	a, b := count(m.ref.pts, m.hr), count(q, m.hq)
	sum := 0.0
	for i := range a {
		sum += math.Abs(a[i]-b[i]) / 2
	}
	return sum
}

func clamp(v, lo, hi float64) float64 { return math.Max(lo, math.Min(hi, v)) }

// hinges is the histogram of the directions of a line at two places a stretch apart (Bulacu and Schomaker), in both senses.
func (s *set) hinges(pts []point, stretch int) []float64 {
	const k = 12
	h := make([]float64, k*k)
	n := 0.0
	heading := func(i, j int) int {
		a := math.Atan2(pts[j].y-pts[i].y, pts[j].x-pts[i].x) / (2 * math.Pi) * k
		return ((int(math.Round(a)) % k) + k) % k
	}
	for i := range pts {
		a, b := i, i
		for range stretch {
			if a = s.prev[a]; a < 0 {
				break
			}
		}
		if a < 0 {
			continue
		}
		for range stretch {
			if b = s.next[b]; b < 0 {
				break
			}
		}
		if b < 0 {
			continue
		}
		f, g := heading(i, a), heading(i, b)
		h[f*k+g]++
		h[g*k+f]++
		n += 2
	}
	for i := range h {
		h[i] /= math.Max(n, 1)
	}
	return h
}

func chi(a, b []float64) (sum float64) {
	for i := range a {
		if s := a[i] + b[i]; s > 0 {
			sum += (a[i] - b[i]) * (a[i] - b[i]) / s / 2
		}
	}
	return sum
}

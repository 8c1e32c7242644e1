package qr

import (
	"math"
)

const ringRays = 48

// ring is the shape of one finder pattern seen from its centre: for each of ringRays directions the length of a module,
// measured at the three edges that a ray crosses; 0 where the ray saw something else.
type ring struct {
	c    vec
	s    [ringRays]float64
	good int
}

func rayDir(i int) vec {
	a := 2 * math.Pi * float64(i) / ringRays
	return vec{math.Cos(a), math.Sin(a)}
}

// measureRing casts rays over the gray picture. sign is -1 for light-on-dark symbols.
func measureRing(g *gray, c vec, module float64, negative bool) *ring {
	const n = 56
	r := &ring{c: c}
	reach := 6.2 * module
	step := reach / n
	var v [n]float64
	for i := range ringRays {
		d := rayDir(i)
		mn, mx := 255.0, 0.0
		for k := range v {
			t := (float64(k) + .5) * step
			v[k] = g.at(c.x+d.x*t, c.y+d.y*t)
			if negative {
				v[k] = 255 - v[k]
			}
			if t < 4.5*module {
				mn, mx = math.Min(mn, v[k]), math.Max(mx, v[k])
			}
		}
		if mx-mn < 12 {
			continue
		}
		t := (mn + mx) / 2
		var edge [3]float64
		state := 0
		for k := 1; k < n && state < 3; k++ {
			rising := state != 1 // dark to light at the stone's and the ring's outer edge
			if rising && v[k-1] < t && v[k] >= t || !rising && v[k-1] >= t && v[k] < t {
				edge[state] = (float64(k) - .5 + (t-v[k-1])/(v[k]-v[k-1])) * step
				state++
			}
		}
		if state < 2 || v[0] >= t && v[1] >= t {
			continue
		}
		s := (edge[0] + edge[1]) / 4
		if state == 3 {
			s3 := (edge[1] + edge[2]) / 6
			if logRatio(s3, s) < .3 {
				s = (edge[0] + 2*edge[1] + edge[2]) / 10
			}
		}
		q := edge[1] / edge[0]
		if q < 1.25 || q > 2.6 || s < .35*module || s > 2.2*module {
			continue
		}
		r.s[i] = s
		r.good++
	}
	return r
}

// along returns the module length in a direction, as the mean of the nearest rays, or 0.
func (r *ring) along(d vec) float64 {
	a := math.Atan2(d.y, d.x) / (2 * math.Pi) * ringRays
	i := int(math.Round(a))
	sum, n := 0.0, 0.0
	for _, side := range [2]int{0, ringRays / 2} {
		for k := -1; k <= 1; k++ {
			if v := r.s[((i+side+k)%ringRays+ringRays)%ringRays]; v > 0 {
				sum, n = sum+v, n+1
			}
		}
	}
	if n < 2 {
		return 0
	}
	return sum / n
}

// quad is the outline of a finder pattern: its corners in the order top left, top right, bottom right, bottom left of
// the symbol, and how many of its sides were fitted to edges.
type quad struct {
	p     [4]vec
	sides int
}

// outline fits the four sides of the finder to the ring, given rough axes u (to the right) and v (down) of the symbol
// in pixels per module.
func (r *ring) outline(u, v vec) quad {
	var pts [4][]vec // right, down, left, up
	det := u.cross(v)
	for i, s := range r.s {
		if s == 0 {
			continue
		}
		d := rayDir(i)
		a, b := d.cross(v)/det, u.cross(d)/det // d = a u + b v
		big, small := math.Abs(a), math.Abs(b)
		k := 0
		if a < 0 {
			k = 2
		}
		if small > big {
			big, small = small, big
			k = 1
			if b < 0 {
				k = 3
			}
		}
		if small > .82*big {
			continue
		}
		pts[k] = append(pts[k], r.c.add(d.mul(3.5*s)))
	}
	m := math.Sqrt(math.Abs(det))
	var lines [4]line
	q := quad{}
	for k := range lines {
		dir := [4]vec{u, v, u.mul(-1), v.mul(-1)}[k]
		l, ok := fitLine(pts[k], .35*m)
		if ok && math.Abs(l.d.cross(dir.unit())) > .45 && len(pts[k]) >= 4 {
			lines[k] = l
			q.sides++
			continue
		}
		lines[k] = line{r.c.add(dir.mul(3.5)), [4]vec{v, u, v, u}[k].unit()}
	}
	corner := [4][2]int{{3, 2}, {3, 0}, {1, 0}, {1, 2}}
	for k, c := range corner {
		p, ok := lines[c[0]].meet(lines[c[1]])
		want := r.c.add(u.mul([4]float64{-3.5, 3.5, 3.5, -3.5}[k])).add(v.mul([4]float64{-3.5, -3.5, 3.5, 3.5}[k]))
		if !ok || dist(p, want) > 2.5*m {
			p = want
			q.sides = min(q.sides, 2)
		}
		q.p[k] = p
	}
	return q
}

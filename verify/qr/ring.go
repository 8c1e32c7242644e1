package qr

import "math"

const ringRays = 48

// ring is the shape of one finder pattern seen from its centre: for each of ringRays directions the length of a module,
// measured at the three edges that a ray crosses; 0 where the ray saw something else.
type ring struct {
	c    vec
	s    [ringRays]float64
	good int
}

// rayDirs are the directions of the rays, as unit vectors.
var rayDirs = func() (d [ringRays]vec) {
	for i := range d {
		a := 2 * math.Pi * float64(i) / ringRays
		d[i] = vec{math.Cos(a), math.Sin(a)}
	}
	return d
}()

const (
	ringSteps = 56  // places looked at along a ray
	ringReach = 6.2 // length of a ray in modules
	// ringRange is the part of a ray, in modules, that tells dark from light: what lies beyond the pattern does not count.
	ringRange = 4.5
)

// measureRing casts rays over the gray picture. negative is set for light-on-dark symbols.
func measureRing(g *gray, c vec, module float64, negative bool) *ring {
	r := &ring{c: c}
	step := ringReach * module / ringSteps
	near := 0
	for near < ringSteps && (float64(near)+.5)*step < ringRange*module {
		near++
	}
	var v [ringSteps]float64
	for i, d := range rayDirs {
		d = d.mul(step)
		g.alongLine(c.add(d.mul(.5)), d, v[:near], negative)
		mn, mx := v[0], v[0]
		for _, e := range v[1:near] {
			mn, mx = lesser(mn, e), greater(mx, e)
		}
		if mx-mn < 12 {
			continue
		}
		t := (mn + mx) / 2
		var edge [3]float64
		state := 0
		for k := 1; k < ringSteps && state < 3; k++ {
			if k == near {
				g.alongLine(c.add(d.mul(float64(near)+.5)), d, v[near:], negative)
			}
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
	var pts [4][ringRays]vec // right, down, left, up
	var n [4]int
	det := u.cross(v)
	for i, s := range r.s {
		if s == 0 {
			continue
		}
		d := rayDirs[i]
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
		pts[k][n[k]] = r.c.add(d.mul(3.5 * s))
		n[k]++
	}
	m := math.Sqrt(math.Abs(det))
	var lines [4]line
	q := quad{}
	for k := range lines {
		dir := [4]vec{u, v, u.mul(-1), v.mul(-1)}[k]
		l, ok := fitLine(pts[k][:n[k]], .35*m)
		if ok && math.Abs(l.d.cross(dir.unit())) > .45 && n[k] >= 4 {
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

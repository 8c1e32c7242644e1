package qr

import "math"

// equalize decides which modules are dark where blur has mixed them with their neighbours. It estimates how much of
// each of the eight neighbours a sample holds, from the fixed patterns and from what it takes the data modules to be,
// takes that part away and decides again (a decision-feedback equaliser).
func equalize(val []float32, c *chart, rounds int) []byte {
	d := c.dim
	lo, hi := extremes(val, d, 5)
	n := make([]float64, d*d)
	s := make([]float64, (d+2)*(d+2)) // +1 light, -1 dark, with a light border
	for i := range s {
		s[i] = 1
	}
	fixed := func(i int) (float64, bool) {
		switch c.roles[i] {
		case lightModule:
			return 1, true
		case darkModule:
			return -1, true
		}
		return 0, false
	}
	for i, v := range val {
		n[i] = .5
		if r := hi[i] - lo[i]; r > 6 {
			n[i] = float64((v - lo[i]) / r)
		}
		f, ok := fixed(i)
		if !ok {
			f = clamp(4*(n[i]-.5), -1, 1)
		}
		s[(i/d+1)*(d+2)+i%d+1] = f
	}
	var k [10]float64
	for round := range rounds {
		var ok bool
		if k, ok = fitNeighbours(n, s, d); !ok || k[4] < .05 {
			break
		}
		next := make([]float64, len(s))
		copy(next, s)
		for i := range n {
			if _, ok := fixed(i); ok {
				continue
			}
			r := n[i] - k[9]
			at := (i/d+1)*(d+2) + i%d + 1
			for o := range 9 {
				if o != 4 {
					r -= k[o] * s[at+(o/3-1)*(d+2)+o%3-1]
				}
			}
			r /= k[4]
			if round < rounds-1 {
				r = clamp(r, -1, 1)
			}
			next[at] = r
		}
		s = next
	}
	out := make([]byte, d*d)
	for i := range out {
		if s[(i/d+1)*(d+2)+i%d+1] < 0 {
			out[i] = 1
		}
	}
	return out
}

// fitNeighbours fits samples as a weighted sum of the 3 x 3 modules around them and a constant, by least squares.
func fitNeighbours(n, s []float64, d int) (k [10]float64, ok bool) {
	var a [10][11]float64
	var row [11]float64
	for i, v := range n {
		at := (i/d+1)*(d+2) + i%d + 1
		for o := range 9 {
			row[o] = s[at+(o/3-1)*(d+2)+o%3-1]
		}
		row[9], row[10] = 1, v
		for p := range 10 {
			for q := p; q < 11; q++ {
				a[p][q] += row[p] * row[q]
			}
		}
	}
	for p := range 10 {
		for q := range p {
			a[p][q] = a[q][p]
		}
		a[p][p] += 1e-6
	}
	for c := range 10 {
		p := c
		for r := c + 1; r < 10; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[p][c]) {
				p = r
			}
		}
		if math.Abs(a[p][c]) < 1e-9 {
			return k, false
		}
		a[c], a[p] = a[p], a[c]
		for r := range 10 {
			if r == c {
				continue
			}
			f := a[r][c] / a[c][c]
			for q := c; q < 11; q++ {
				a[r][q] -= f * a[c][q]
			}
		}
	}
	for c := range 10 {
		k[c] = a[c][10] / a[c][c]
	}
	return k, true
}

package qr

import "math"

// equaliser decides which modules are dark where blur has mixed them with their neighbours. It estimates how much of
// each of the eight neighbours a sample holds, from the fixed patterns and from what it takes the data modules to be,
// takes that part away and decides again (a decision-feedback equaliser).
type equaliser struct {
	d int
	n []float64 // samples, 0 dark to 1 light by their neighbourhood
	s []float64 // what modules are taken to be, +1 light, -1 dark, with a light border
}

// equalizeRounds is the number of times that the modules are decided.
const equalizeRounds = 5

func equalize(val []float32, c *chart) []byte {
	d := c.dim
	w := d + 2
	lo, hi := extremes(val, d, 5)
	e := &equaliser{d, make([]float64, d*d), make([]float64, w*w)}
	next := make([]float64, w*w)
	for i := range w {
		for _, k := range [4]int{i, (d+1)*w + i, i * w, i*w + d + 1} {
			e.s[k], next[k] = 1, 1
		}
	}
	for y := range d {
		row := e.s[(y+1)*w+1:][:d]
		for x := range row {
			i := y*d + x
			v := .5
			if r := hi[i] - lo[i]; r > 6 {
				v = float64((val[i] - lo[i]) / r)
			}
			e.n[i] = v
			switch c.roles[i] {
			case lightModule:
				row[x] = 1
			case darkModule:
				row[x] = -1
			default:
				row[x] = within1(4 * (v - .5))
			}
		}
	}
	for round := range equalizeRounds {
		k, ok := e.fit()
		if !ok || k[4] < .05 {
			break
		}
		for y := range d {
			up, mid, low := e.s[y*w:][:w], e.s[(y+1)*w:][:w], e.s[(y+2)*w:][:w]
			n, roles, to := e.n[y*d:][:d], c.roles[y*d:][:d], next[(y+1)*w+1:][:d]
			for x, role := range roles {
				u, m, l := up[x:x+3:x+3], mid[x:x+3:x+3], low[x:x+3:x+3]
				if role == lightModule || role == darkModule {
					to[x] = m[1]
					continue
				}
				r := n[x] - k[9] - (k[0]*u[0] + k[1]*u[1] + k[2]*u[2]) - (k[3]*m[0] + k[5]*m[2]) -
					(k[6]*l[0] + k[7]*l[1] + k[8]*l[2])
				r /= k[4]
				if round < equalizeRounds-1 {
					r = within1(r)
				}
				to[x] = r
			}
		}
		e.s, next = next, e.s
	}
	out := make([]byte, d*d)
	for y := range d {
		row, to := e.s[(y+1)*w+1:][:d], out[y*d:][:d]
		for x, v := range row {
			if v < 0 {
				to[x] = 1
			}
		}
	}
	return out
}

func within1(v float64) float64 {
	if v > 1 {
		return 1
	}
	if v < -1 {
		return -1
	}
	return v
}

// fit fits samples as a weighted sum of the 3 x 3 modules around them and a constant, by least squares.
func (e *equaliser) fit() (k [10]float64, ok bool) {
	a := e.moments()
	e.samples(&a)
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

// moments sums up the products of the modules at each two of the nine places around a sample, over all samples, and the
// modules themselves. Two pairs of places that lie alike differ at the border only, so that 13 products a module are
// enough instead of 45: each row of products is summed once, and the ends that a place does not reach are taken away.
func (e *equaliser) moments() (a [10][11]float64) {
	d, w := e.d, e.d+2
	var common [3][5][3]float64 // of the rows that belong to all places
	for y := range w {
		row := e.s[y*w:][:w]
		for dy := 0; dy <= 2 && y+dy < w; dy++ {
			other := e.s[(y+dy)*w:][:w]
			var sum [5]float64 // for the other module 2 to the left to 2 to the right
			if dy == 0 {
				for x := range d {
					v, o := row[x], other[x:x+3:x+3]
					sum[2] += v * o[0]
					sum[3] += v * o[1]
					sum[4] += v * o[2]
				}
				sum[2] += row[d]*row[d] + row[d+1]*row[d+1]
				sum[3] += row[d] * row[d+1]
			} else {
				for x := range d - 2 {
					v, o := row[x+2], other[x:x+5:x+5]
					sum[0] += v * o[0]
					sum[1] += v * o[1]
					sum[2] += v * o[2]
					sum[3] += v * o[3]
					sum[4] += v * o[4]
				}
				for _, x := range [4]int{0, 1, d, d + 1} {
					for k := max(0, 2-x); k < 5 && x+k-2 < w; k++ {
						sum[k] += row[x] * other[x+k-2]
					}
				}
			}
			for k, full := range sum {
				dx := k - 2
				if dy == 0 && dx < 0 {
					continue
				}
				// The products begin at x0; a place takes d of them.
				x0, n := max(0, -dx), w-max(dx, -dx)
				for px := x0; px-x0 <= n-d; px++ {
					part := full
					for x := x0; x < px; x++ {
						part -= row[x] * other[x+dx]
					}
					for x := px + d; x < x0+n; x++ {
						part -= row[x] * other[x+dx]
					}
					if y >= 2 && y < d {
						common[dy][k][px] += part
						continue
					}
					for py := max(0, y-d+1); py <= min(2-dy, y); py++ {
						a[py*3+px][(py+dy)*3+px+dx] += part
					}
				}
			}
		}
		full := 0.0
		for _, v := range row {
			full += v
		}
		for py := max(0, y-d+1); py <= min(2, y); py++ {
			a[py*3][9] += full - row[d] - row[d+1]
			a[py*3+1][9] += full - row[0] - row[d+1]
			a[py*3+2][9] += full - row[0] - row[1]
		}
	}
	a[9][9] = float64(d * d)
	for dy := range common {
		for k := range common[dy] {
			for px, part := range common[dy][k] {
				if dx := k - 2; px+dx >= 0 && px+dx < 3 && (dy > 0 || dx >= 0) {
					for py := range 3 - dy {
						a[py*3+px][(py+dy)*3+px+dx] += part
					}
				}
			}
		}
	}
	return a
}

// samples sums up the products of the samples with the modules around them.
func (e *equaliser) samples(a *[10][11]float64) {
	d, w := e.d, e.d+2
	for y := range d {
		n := e.n[y*d:][:d]
		for py := range 3 {
			row := e.s[(y+py)*w:][:w]
			var s0, s1, s2 float64
			for x, v := range n {
				o := row[x : x+3 : x+3]
				s0 += v * o[0]
				s1 += v * o[1]
				s2 += v * o[2]
			}
			a[py*3][10] += s0
			a[py*3+1][10] += s1
			a[py*3+2][10] += s2
		}
		for _, v := range n {
			a[9][10] += v
		}
	}
}

package ink

import "math"

// A homography maps (x, y) to ((h0 x + h1 y + h2)/d, (h3 x + h4 y + h5)/d) with d = h6 x + h7 y + h8.
type homography [9]float64

func (h homography) apply(x, y float64) (float64, float64) {
	d := h[6]*x + h[7]*y + h[8]
	return (h[0]*x + h[1]*y + h[2]) / d, (h[3]*x + h[4]*y + h[5]) / d
}

// after is the map that applies g first and then h.
func (h homography) after(g homography) homography {
	var m homography
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				m[3*i+j] += h[3*i+k] * g[3*k+j]
			}
		}
	}
	return m.normal()
}

func (h homography) normal() homography {
	if h[8] != 0 {
		k := 1 / h[8]
		for i := range h {
			h[i] *= k
		}
	}
	return h
}

func (h homography) inverse() (homography, bool) {
	m := homography{
		h[4]*h[8] - h[5]*h[7], h[2]*h[7] - h[1]*h[8], h[1]*h[5] - h[2]*h[4],
		h[5]*h[6] - h[3]*h[8], h[0]*h[8] - h[2]*h[6], h[2]*h[3] - h[0]*h[5],
		h[3]*h[7] - h[4]*h[6], h[1]*h[6] - h[0]*h[7], h[0]*h[4] - h[1]*h[3],
	}
	det := h[0]*m[0] + h[1]*m[3] + h[2]*m[6]
	if math.Abs(det) < 1e-12 || math.IsNaN(det) || m[8] == 0 {
		return homography{}, false
	}
	return m.normal(), true
}

func scaling(sx, sy float64) homography     { return homography{sx, 0, 0, 0, sy, 0, 0, 0, 1} }
func translation(dx, dy float64) homography { return homography{1, 0, dx, 0, 1, dy, 0, 0, 1} }
func (h homography) finite() bool {
	return !math.IsNaN(h[0]+h[4]+h[8]) && !math.IsInf(h[0]+h[4]+h[8], 0)
}
func (h homography) d(x, y float64) float64 { return h[6]*x + h[7]*y + h[8] }

// jacobian is the linear part of the map at a place.
func (h homography) jacobian(x, y float64) (a, b, c, d float64) {
	x0, y0 := h.apply(x-0.5, y)
	x1, y1 := h.apply(x+0.5, y)
	x2, y2 := h.apply(x, y-0.5)
	x3, y3 := h.apply(x, y+0.5)
	return x1 - x0, x3 - x2, y1 - y0, y3 - y2
}

// pair is a place on the reference (x, y) found in the scan at (u, v), with a weight.
type pair struct{ x, y, u, v, w float64 }

// centres are the weighted means of the places on both sides; n is the sum of the weights, the means are only of use where
// it is above zero.
func centres(ps []pair) (n, mx, my, mu, mv float64) {
	for _, p := range ps {
		n += p.w
		mx += p.w * p.x
		my += p.w * p.y
		mu += p.w * p.u
		mv += p.w * p.v
	}
	return n, mx / n, my / n, mu / n, mv / n
}

// fitHomography solves for the map of least squared algebraic error, the weights being those of the pairs. At least
// four pairs are needed.
func fitHomography(ps []pair) (homography, bool) {
	if len(ps) < 4 {
		return homography{}, false
	}
	// Coordinates are centred and scaled first (Hartley), or the equations are ill conditioned.
	n, mx, my, mu, mv := centres(ps)
	if n <= 0 {
		return homography{}, false
	}
	var sx, su float64
	for _, p := range ps {
		sx += p.w * math.Hypot(p.x-mx, p.y-my)
		su += p.w * math.Hypot(p.u-mu, p.v-mv)
	}
	if sx == 0 || su == 0 {
		return homography{}, false
	}
	sx, su = n*math.Sqrt2/sx, n*math.Sqrt2/su
	var m [8][9]float64
	for _, p := range ps {
		x, y, u, v := (p.x-mx)*sx, (p.y-my)*sx, (p.u-mu)*su, (p.v-mv)*su
		for _, r := range [2][9]float64{{x, y, 1, 0, 0, 0, -u * x, -u * y, u}, {0, 0, 0, x, y, 1, -v * x, -v * y, v}} {
			for i := range 8 {
				if r[i] == 0 {
					continue
				}
				k := p.w * r[i]
				for j := i; j < 8; j++ {
					m[i][j] += k * r[j]
				}
				m[i][8] += k * r[8]
			}
		}
	}
	for i := range 8 {
		for j := range i {
			m[i][j] = m[j][i]
		}
	}
	sol, ok := solve(m)
	if !ok {
		return homography{}, false
	}
	h := homography{sol[0], sol[1], sol[2], sol[3], sol[4], sol[5], sol[6], sol[7], 1}
	to := homography{1 / su, 0, mu, 0, 1 / su, mv, 0, 0, 1}
	from := homography{sx, 0, -sx * mx, 0, sx, -sx * my, 0, 0, 1}
	h = to.after(h).after(from)
	return h, h.finite()
}

// solve is Gauss-Jordan with row exchange on eight equations.
func solve(a [8][9]float64) (x [8]float64, ok bool) {
	for i := range 8 {
		best := i
		for r := i; r < 8; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[best][i]) {
				best = r
			}
		}
		a[i], a[best] = a[best], a[i]
		if math.Abs(a[i][i]) < 1e-11 {
			return x, false
		}
		for r := range 8 {
			if r == i {
				continue
			}
			f := a[r][i] / a[i][i]
			for k := i; k < 9; k++ {
				a[r][k] -= f * a[i][k]
			}
		}
	}
	for i := range x {
		x[i] = a[i][8] / a[i][i]
	}
	return x, true
}

// fitAffine solves u = a x + b y + c, v = d x + e y + f by weighted least squares; lambda pulls the linear part towards
// that of the identity, so that few or badly spread pairs give a translation.
func fitAffine(ps []pair, lambda float64) (homography, bool) {
	n, mx, my, mu, mv := centres(ps)
	if n <= 0 {
		return homography{}, false
	}
	sxx, sxy, syy := lambda, 0.0, lambda
	var ux, uy, vx, vy float64
	for _, p := range ps {
		x, y := p.x-mx, p.y-my
		du, dv := p.u-mu-x, p.v-mv-y // what the identity leaves
		sxx += p.w * x * x
		sxy += p.w * x * y
		syy += p.w * y * y
		ux += p.w * x * du
		uy += p.w * y * du
		vx += p.w * x * dv
		vy += p.w * y * dv
	}
	det := sxx*syy - sxy*sxy
	if det <= 1e-9 {
		return translation(mu-mx, mv-my), true
	}
	a, b := 1+(ux*syy-uy*sxy)/det, (uy*sxx-ux*sxy)/det
	c, d := (vx*syy-vy*sxy)/det, 1+(vy*sxx-vx*sxy)/det
	h := homography{a, b, mu - a*mx - b*my, c, d, mv - c*mx - d*my, 0, 0, 1}
	return h, h.finite()
}

// robust fits again and again with Tukey's weights until outliers no longer count; sigma is the misfit in pixels beyond
// four times of which a pair counts for nothing. It returns the map and the weighted root mean square misfit.
func robust(ps []pair, sigma float64, fit func([]pair) (homography, bool)) (h homography, rms float64, inliers int, ok bool) {
	cur := append([]pair(nil), ps...)
	h, ok = fit(cur)
	if !ok {
		return h, 0, 0, false
	}
	for round := range 6 {
		s := sigma * []float64{6, 4, 2.5, 1.6, 1.2, 1}[round]
		for i, p := range ps {
			u, v := h.apply(p.x, p.y)
			e := math.Hypot(u-p.u, v-p.v) / (4 * s)
			cur[i].w = 0
			if e < 1 {
				cur[i].w = p.w * (1 - e*e) * (1 - e*e)
			}
		}
		next, good := fit(cur)
		if !good {
			return h, 0, 0, false
		}
		h = next
	}
	var sum, n float64
	for _, p := range ps {
		u, v := h.apply(p.x, p.y)
		if e := math.Hypot(u-p.u, v-p.v); e < 3*sigma {
			sum += p.w * e * e
			n += p.w
			inliers++
		}
	}
	if n == 0 {
		return h, 0, 0, false
	}
	return h, math.Sqrt(sum / n), inliers, true
}

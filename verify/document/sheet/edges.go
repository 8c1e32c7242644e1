package sheet

import (
	"cmp"
	"math"
	"slices"
)

// edges is what the reduced picture says of changes in brightness and colour.
type edges struct {
	p      *plane
	gx, gy []float32 // direction of the strongest change, as a unit vector
	m      []float32 // its size, as a share of the brightness
	weight []float32 // its size against the surroundings, 0 to 1
	thin   []bool    // a maximum across its own direction
	noise  float32
}

func findEdges(p *plane) *edges {
	n := p.w * p.h
	e := &edges{p: p, gx: make([]float32, n), gy: make([]float32, n), m: make([]float32, n), weight: make([]float32, n), thin: make([]bool, n)}
	tmp := make([]float32, n)
	l, u, v := smooth(p.l, tmp, p.w, p.h), smooth(p.u, tmp, p.w, p.h), smooth(p.v, tmp, p.w, p.h)
	rows := make([]float32, 6*p.w)
	var sum, diff [3][]float32
	for c := range 3 {
		sum[c], diff[c] = rows[2*c*p.w:][:p.w], rows[(2*c+1)*p.w:][:p.w]
	}
	for y := 1; y < p.h-1; y++ {
		for c, src := range [3][]float32{l, u, v} {
			columns(src[(y-1)*p.w:][:3*p.w], sum[c], diff[c])
		}
		for x := 1; x < p.w-1; x++ {
			o := y*p.w + x
			ax, ay := scharr(sum[0], diff[0], x)
			bx, by := scharr(sum[1], diff[1], x)
			cx, cy := scharr(sum[2], diff[2], x)
			bx, by, cx, cy = 2*bx, 2*by, 2*cx, 2*cy
			// The common direction of the three (Di Zenzo's tensor).
			xx, yy, xy := ax*ax+bx*bx+cx*cx, ay*ay+by*by+cy*cy, ax*ay+bx*by+cx*cy
			d := float32(math.Sqrt(float64((xx-yy)*(xx-yy) + 4*xy*xy)))
			big := (xx + yy + d) / 2
			if big <= 0 {
				continue
			}
			// Its eigenvector.
			vx, vy := xy, big-xx
			if xx >= yy {
				vx, vy = big-yy, xy
			}
			k := float32(math.Sqrt(float64(vx*vx + vy*vy)))
			if k == 0 {
				vx, k = 1, 1
			}
			e.gx[o], e.gy[o] = vx/k, vy/k
			e.m[o] = float32(math.Sqrt(float64(big))) / (l[o] + 20)
		}
	}
	e.noise = quantile(e.m, 0.3)
	local := boxMean(e.m, p.w, p.h, 12)
	for y := 2; y < p.h-2; y++ {
		for x := 2; x < p.w-2; x++ {
			o := y*p.w + x
			m := e.m[o]
			e.weight[o] = m / (m + 0.7*local[o] + 1.2*e.noise + 0.002)
			dx, dy := step(e.gx[o]), step(e.gy[o])
			a, b := e.m[o+dy*p.w+dx], e.m[o-dy*p.w-dx]
			e.thin[o] = m >= a && m > b && m > 1.3*e.noise && m > 0.55*local[o]
		}
	}
	return e
}

func step(v float32) int {
	switch {
	case v > 0.38:
		return 1
	case v < -0.38:
		return -1
	}
	return 0
}

// smooth is a 1-2-1 filter both ways; tmp is as large as src.
func smooth(src, tmp []float32, w, h int) []float32 {
	out := make([]float32, len(src))
	for y := range h {
		row, to := src[y*w:(y+1)*w], tmp[y*w:(y+1)*w]
		last := w - 1
		to[0], to[last] = (3*row[0]+row[min(1, last)])/4, (row[max(last-1, 0)]+3*row[last])/4
		for x := 1; x < last; x++ {
			to[x] = (row[x-1] + 2*row[x] + row[x+1]) / 4
		}
	}
	for y := range h {
		up, mid, down := tmp[max(y-1, 0)*w:][:w], tmp[y*w:][:w], tmp[min(y+1, h-1)*w:][:w]
		to := out[y*w:][:w]
		for x := range to {
			to[x] = (up[x] + 2*mid[x] + down[x]) / 4
		}
	}
	return out
}

// columns takes three rows together, as Scharr's kernels do: their sum with the weights 3, 10, 3, and how the last differs
// from the first.
func columns(rows, sum, diff []float32) {
	w := len(sum)
	a, b, c := rows[:w], rows[w:][:w], rows[2*w:][:w]
	diff = diff[:w]
	for x := range sum {
		sum[x], diff[x] = 3*(a[x]+c[x])+10*b[x], c[x]-a[x]
	}
}

// scharr is the gradient by Scharr's kernels, in steps of brightness over one pixel.
func scharr(sum, diff []float32, x int) (gx, gy float32) {
	return (sum[x+1] - sum[x-1]) / 32, (3*(diff[x-1]+diff[x+1]) + 10*diff[x]) / 32
}

// quantile of values, over a sample of them.
func quantile(v []float32, q float64) float32 {
	var s []float32
	for i := 0; i < len(v); i += 29 {
		if v[i] > 0 {
			s = append(s, v[i])
		}
	}
	if len(s) == 0 {
		return 0
	}
	slices.Sort(s)
	return s[int(q*float64(len(s)-1))]
}

// line is n·(x, y) = rho, with n = (cos, sin) of angle, and what lies along it.
type line struct {
	angle    float64 // of the normal, 0 to π
	nx, ny   float64
	rho      float64
	votes    float32
	border   bool // a side of the picture, not an edge in it
	t0       int  // the position along the line of the first entry below
	strength []float32
	light    []float32
	flat     [2][]float32 // on the side of −n and of +n
}

// Hough's accumulator.
const (
	angles   = 180
	rhoStep  = 1.5
	spread   = 4 // degrees around its gradient in which an edge votes
	perGroup = 18
	groups   = 6 // of directions, each with a share of the lines, so that stripes do not take all
)

// lines finds the straight edges of the picture.
func (e *edges) lines() []line {
	p := e.p
	diag := math.Hypot(float64(p.w), float64(p.h))
	rhos := int(2*diag/rhoStep) + 3
	acc := make([]float32, (angles+2)*rhos)
	var cos, sin [angles]float64
	for a := range angles {
		sin[a], cos[a] = math.Sincos(float64(a) * math.Pi / angles)
	}
	cx, cy := float64(p.w)/2, float64(p.h)/2
	for y := 2; y < p.h-2; y++ {
		for x := 2; x < p.w-2; x++ {
			o := y*p.w + x
			if !e.thin[o] {
				continue
			}
			a := math.Atan2(float64(e.gy[o]), float64(e.gx[o])) * angles / math.Pi
			a0 := int(math.Round(a)) + angles
			fx, fy := float64(x)+0.5-cx, float64(y)+0.5-cy
			for i := a0 - spread; i <= a0+spread; i++ {
				k := i % angles
				r := (fx*cos[k] + fy*sin[k] + diag) / rhoStep
				ir := int(r)
				f := float32(r - float64(ir))
				w := e.weight[o] * (1 - 0.18*float32(abs(i-a0)))
				acc[(k+1)*rhos+ir] += w * (1 - f)
				acc[(k+1)*rhos+ir+1] += w * f
			}
		}
	}
	// A normal turned by π is the same line with −rho.
	for r := range rhos {
		back := int(2*diag/rhoStep) - r
		if back >= 0 && back < rhos {
			acc[r] = acc[angles*rhos+back]
			acc[(angles+1)*rhos+r] = acc[rhos+back]
		}
	}
	type peak struct {
		a, r int
		v    float32
	}
	var peaks []peak
	least := float32(0.02 * float64(min(p.w, p.h)))
	for a := 1; a <= angles; a++ {
		for r := 2; r < rhos-2; r++ {
			v := acc[a*rhos+r]
			if v < least || v <= acc[a*rhos+r-1] || v < acc[a*rhos+r+1] || v <= acc[(a-1)*rhos+r] || v < acc[(a+1)*rhos+r] ||
				v <= acc[a*rhos+r-2] || v < acc[a*rhos+r+2] {
				continue
			}
			peaks = append(peaks, peak{a - 1, r, v})
		}
	}
	slices.SortFunc(peaks, func(a, b peak) int { return cmp.Compare(b.v, a.v) })
	var out []line
	var taken [groups]int
	for _, q := range peaks {
		g := (q.a + angles/groups/2) % angles * groups / angles
		if taken[g] >= perGroup {
			continue
		}
		l := line{angle: float64(q.a) * math.Pi / angles, nx: cos[q.a], ny: sin[q.a], votes: q.v}
		l.rho = float64(q.r)*rhoStep - diag + cx*l.nx + cy*l.ny
		near := slices.ContainsFunc(out, func(o line) bool { return o.same(l, p) })
		if near {
			continue
		}
		taken[g]++
		e.profile(&l)
		out = append(out, l)
	}
	out = e.closing(out)
	for _, b := range []line{
		{nx: 1, rho: 0.5},
		{nx: 1, rho: float64(p.w) - 0.5},
		{angle: math.Pi / 2, ny: 1, rho: 0.5},
		{angle: math.Pi / 2, ny: 1, rho: float64(p.h) - 0.5},
	} {
		b.border = true
		out = append(out, b)
	}
	return out
}

func abs(v int) int { return max(v, -v) }

// same reports whether two lines run within 2.5 pixels of each other all over the picture.
func (l line) same(o line, p *plane) bool {
	if d := math.Abs(l.nx*o.ny - l.ny*o.nx); d > 0.07 {
		return false
	}
	worst := 0.0
	for _, t := range [2]float64{-0.35, 0.35} {
		x, y := l.point(t*float64(max(p.w, p.h)) + l.mid(p))
		worst = max(worst, math.Abs(o.nx*x+o.ny*y-o.rho))
	}
	return worst < 2.5
}

// point is the place at position t along the line.
func (l *line) point(t float64) (x, y float64) { return l.nx*l.rho - l.ny*t, l.ny*l.rho + l.nx*t }

// at is the position along the line of the place nearest to (x, y).
func (l *line) at(x, y float64) float64 { return -l.ny*x + l.nx*y }

// mid is the position nearest to the picture's middle.
func (l *line) mid(p *plane) float64 { return l.at(float64(p.w)/2, float64(p.h)/2) }

// profile reads what lies along a line, as running sums.
func (e *edges) profile(l *line) {
	p := e.p
	w, h := float64(p.w), float64(p.h)
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, c := range [4][2]float64{{0, 0}, {w, 0}, {0, h}, {w, h}} {
		t := l.at(c[0], c[1])
		lo, hi = min(lo, t), max(hi, t)
	}
	l.t0 = int(math.Floor(lo))
	n := int(math.Ceil(hi)) - l.t0 + 2
	sums := make([]float32, 4*n)
	l.strength, l.light = sums[:n], sums[n:2*n]
	l.flat = [2][]float32{sums[2*n : 3*n], sums[3*n:]}
	nx, ny := float32(l.nx), float32(l.ny)
	for i := 1; i < n; i++ {
		x, y := l.point(float64(l.t0 + i))
		l.strength[i], l.light[i], l.flat[0][i], l.flat[1][i] = l.strength[i-1], l.light[i-1], l.flat[0][i-1], l.flat[1][i-1]
		if x < 2 || y < 2 || x >= w-2 || y >= h-2 {
			continue
		}
		var best float32
		for _, d := range [5]float64{0, -1, 1, -2, 2} {
			px, py := int(x+d*l.nx), int(y+d*l.ny)
			if px < 0 || py < 0 || px >= p.w || py >= p.h {
				continue
			}
			o := py*p.w + px
			c := e.gx[o]*nx + e.gy[o]*ny
			if c < 0 {
				c = -c
			}
			if c > 0.8 {
				v := e.weight[o] * (c - 0.8) * 5
				if d == 2 || d == -2 {
					v *= 0.7
				}
				best = max(best, v)
			}
		}
		l.strength[i] += min(best*1.6, 1)
		a, b := p.bright(x-4*l.nx, y-4*l.ny), p.bright(x+4*l.nx, y+4*l.ny)
		l.light[i] += min(max((b-a)/(max(a, b)+20)/0.06, -1), 1)
		for k, d := range [2]float64{-5, 5} {
			px, py := int(x+d*l.nx), int(y+d*l.ny)
			if px >= 0 && py >= 0 && px < p.w && py < p.h {
				m := e.m[py*p.w+px]
				l.flat[k][i] += 0.012 / (0.012 + m)
			}
		}
	}
}

// mean of running sums between two positions.
func (l *line) mean(sum []float32, a, b float64) float64 {
	i, j := int(a)-l.t0, int(b)-l.t0
	i, j = min(max(i, 0), len(sum)-1), min(max(j, 0), len(sum)-1)
	if j <= i {
		return 0
	}
	return float64(sum[j]-sum[i]) / float64(j-i)
}

// run is the stretch of a line along which an edge is seen: the one with the largest sum of strength over a threshold.
func (l *line) run() (a, b, sum float64) {
	const threshold = 0.4
	best, here, from := 0.0, 0.0, 0
	for i := 1; i < len(l.strength); i++ {
		here += float64(l.strength[i]-l.strength[i-1]) - threshold
		if here <= 0 {
			here, from = 0, i
		}
		if here > best {
			best, a, b = here, float64(l.t0+from), float64(l.t0+i)
		}
	}
	return a, b, best
}

// Lines that close the gap between two others.
const (
	closingPairs = 24
	closingLines = 28
)

// closing adds the lines that join the ends of opposite edges: a side that is hard to see among stripes, or on a white
// desk, still lies where its neighbours stop.
func (e *edges) closing(list []line) []line {
	p := e.p
	type run struct {
		l        *line
		a, b, by float64
	}
	var runs []run
	for i := range list {
		if a, b, s := list[i].run(); b-a > 0.25*float64(min(p.w, p.h)) {
			runs = append(runs, run{&list[i], a, b, s})
		}
	}
	type both struct {
		i, j int
		s    float64
	}
	var pairs []both
	for i := range runs {
		for j := i + 1; j < len(runs); j++ {
			u, v := runs[i].l, runs[j].l
			if math.Abs(u.nx*v.ny-u.ny*v.nx) > 0.35 {
				continue
			}
			xi, yi := u.point((runs[i].a + runs[i].b) / 2)
			xj, yj := v.point((runs[j].a + runs[j].b) / 2)
			gap := math.Abs(u.nx*xj + u.ny*yj - u.rho)
			if gap < 0.25*float64(min(p.w, p.h)) || math.Abs(u.at(xi, yi)-u.at(xj, yj)) > 0.6*gap {
				continue
			}
			pairs = append(pairs, both{i, j, min(runs[i].by, runs[j].by)})
		}
	}
	slices.SortFunc(pairs, func(a, b both) int { return cmp.Compare(b.s, a.s) })
	added := 0
	for _, q := range pairs[:min(len(pairs), closingPairs)] {
		u, v := runs[q.i], runs[q.j]
		va, vb := v.a, v.b
		if u.l.nx*v.l.nx+u.l.ny*v.l.ny < 0 {
			va, vb = vb, va
		}
		for _, t := range [2][2]float64{{u.a, va}, {u.b, vb}} {
			x0, y0 := u.l.point(t[0])
			x1, y1 := v.l.point(t[1])
			k := math.Hypot(x1-x0, y1-y0)
			l := line{nx: -(y1 - y0) / k, ny: (x1 - x0) / k}
			l.rho = l.nx*x0 + l.ny*y0
			l.angle = math.Atan2(l.ny, l.nx)
			if l.angle < 0 {
				l.angle += math.Pi
				l.nx, l.ny, l.rho = -l.nx, -l.ny, -l.rho
			}
			if slices.ContainsFunc(list, func(o line) bool { return o.same(l, p) }) {
				continue
			}
			if added++; added > closingLines {
				return list
			}
			e.profile(&l)
			list = append(list, l)
		}
	}
	return list
}

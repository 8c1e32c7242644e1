package qr

import (
	"math"
	"slices"
)

// anchors is what is known of one symbol before its size is: the outlines of its finder patterns (top left, top right,
// bottom left; pixels of the full picture).
type anchors struct {
	quads [3]quad
	c     [3]vec
	n     [2]float64 // modules between the finder centres along the upper and the left side
	// virtual marks a finder that was not seen; its place is a guess.
	virtual [3]bool
	view    view   // the resolution on which the finders were seen
	timing  [2]int // what timingCount found, plus one
}

// pairs returns the correspondences that the finder patterns give for a symbol of dim modules.
func (a *anchors) pairs(dim int) []pair {
	d := float64(dim)
	out := make([]pair, 0, 16)
	for k, o := range [3]vec{{0, 0}, {d - 7, 0}, {0, d - 7}} {
		w := .05 + .2*float64(a.quads[k].sides)
		if a.virtual[k] {
			w = .002
		}
		for i, m := range [4]vec{{0, 0}, {7, 0}, {7, 7}, {0, 7}} {
			out = append(out, pair{o.add(m), a.quads[k].p[i], w})
		}
		w = 3
		if a.virtual[k] {
			w = .03
		}
		out = append(out, pair{o.add(vec{3.5, 3.5}), a.c[k], w})
	}
	return out
}

// newAnchors measures the outlines of a triplet's finders; scale is the number of full pixels in one of the view.
func newAnchors(v view, fs []finder, t triplet) (*anchors, bool) {
	a := &anchors{n: [2]float64{t.n1, t.n2}, view: v}
	idx := [3]int{t.tl, t.tr, t.bl}
	cs := [3]vec{fs[idx[0]].c, fs[idx[1]].c, fs[idx[2]].c}
	u, w := cs[1].sub(cs[0]).mul(1/t.n1), cs[2].sub(cs[0]).mul(1/t.n2)
	if math.Abs(u.cross(w)) < .2*u.norm()*w.norm() {
		return nil, false
	}
	us, ws := [3]vec{u, u, u}, [3]vec{w, w, w}
	for round := range 2 {
		for k, i := range idx {
			r := fs[i].ring
			if fs[i].virtual {
				a.virtual[k] = true
				for c, o := range [4]vec{{-3.5, -3.5}, {3.5, -3.5}, {3.5, 3.5}, {-3.5, 3.5}} {
					a.quads[k].p[c] = fs[i].c.add(us[k].mul(o.x)).add(ws[k].mul(o.y)).mul(v.f)
				}
				a.c[k] = fs[i].c.mul(v.f)
				continue
			}
			if r == nil {
				r = measureRing(v.g, fs[i].c, fs[i].module, v.negative)
				fs[i].ring = r
			}
			q := r.outline(us[k], ws[k])
			for c := range q.p {
				q.p[c] = q.p[c].mul(v.f)
			}
			a.quads[k] = q
			a.c[k] = fs[i].c.mul(v.f)
			if q.sides == 4 {
				// The diagonals of a square seen in perspective meet at its centre.
				d1, d2 := line{q.p[0], q.p[2].sub(q.p[0]).unit()}, line{q.p[1], q.p[3].sub(q.p[1]).unit()}
				if m, ok := d1.meet(d2); ok && dist(m, a.c[k]) < 1.2*v.f*fs[i].module {
					a.c[k] = m
				}
			}
		}
		if round == 1 {
			break
		}
		// Under perspective the axes turn from corner to corner: take each finder's own.
		for k := range us {
			q := a.quads[k]
			if q.sides < 4 {
				continue
			}
			nu := q.p[1].sub(q.p[0]).add(q.p[2].sub(q.p[3])).mul(1 / (14 * v.f))
			nw := q.p[3].sub(q.p[0]).add(q.p[2].sub(q.p[1])).mul(1 / (14 * v.f))
			if math.Abs(nu.cross(nw)) > .3*math.Abs(u.cross(w)) {
				us[k], ws[k] = nu, nw
			}
		}
	}
	return a, true
}

// dimensions returns candidates for the number of modules along a side, the likeliest first.
func (a *anchors) dimensions(limit int) []int {
	vote := map[int]float64{}
	add := func(n, w float64) {
		v := (n - 17) / 4
		for k := math.Floor(v) - 1; k <= math.Floor(v)+2; k++ {
			if k >= 1 && k <= 40 {
				vote[int(k)] += w * math.Exp(-(v-k)*(v-k)/(2*.5*.5))
			}
		}
	}
	n1, n2 := a.n[0]+7, a.n[1]+7
	add((n1+n2)/2, 1)
	add(n1, .6)
	add(n2, .6)
	// Outer widths of the finders along each side are less touched by blur than the runs of the scan.
	if w, ok := a.sideModules(0); ok {
		add(w, .9)
	}
	if w, ok := a.sideModules(1); ok {
		add(w, .9)
	}
	for side := range 2 {
		if t := a.timingCount(side); t > 0 {
			add(float64(t), 1.1)
		}
	}
	// Version information is protected by 12 check bits; read alike in both places it settles the matter.
	v1, v2 := a.versionInfo(0), a.versionInfo(1)
	if v1 > 0 && v1 == v2 && math.Abs((n1+n2)/2-float64(17+4*v1)) < .15*(n1+n2)/2 {
		return []int{v1}
	}
	for _, v := range [2]int{v1, v2} {
		if v > 0 {
			vote[v] += 3
		}
	}
	var vs []int
	for v := range vote {
		vs = append(vs, v)
	}
	slices.SortFunc(vs, func(x, y int) int {
		switch {
		case vote[x] > vote[y]:
			return -1
		case vote[x] < vote[y]:
			return 1
		}
		return x - y
	})
	if len(vs) > limit {
		vs = vs[:limit]
	}
	return vs
}

// sideModules estimates the number of modules along the upper (0) or left (1) side from the outlines.
func (a *anchors) sideModules(side int) (float64, bool) {
	q, r := a.quads[0], a.quads[1+side]
	if q.sides < 3 || r.sides < 3 {
		return 0, false
	}
	// Corners in the order top left, top right, bottom right, bottom left.
	w := func(q quad) float64 {
		if side == 0 {
			return (dist(q.p[0], q.p[1]) + dist(q.p[3], q.p[2])) / 14
		}
		return (dist(q.p[0], q.p[3]) + dist(q.p[1], q.p[2])) / 14
	}
	m := (w(q) + w(r)) / 2
	if m <= 0 {
		return 0, false
	}
	return dist(a.c[0], a.c[1+side])/m + 7, true
}

// timingCount counts the changes along the timing pattern of the upper (0) or left (1) side and returns the dimension
// that they mean, or 0.
func (a *anchors) timingCount(side int) int {
	if a.timing[side] == 0 {
		a.timing[side] = 1 + a.countTiming(side)
	}
	return a.timing[side] - 1
}

func (a *anchors) countTiming(side int) int {
	q, r := a.quads[0], a.quads[1+side]
	// The timing line runs half a module inside the finders' inner outline edge: from module 7 to dim-7 at height 6.5.
	var from, to vec
	if side == 0 {
		from, to = lerp(q.p[1], q.p[2], 6.5/7), lerp(r.p[0], r.p[3], 6.5/7)
	} else {
		from, to = lerp(q.p[3], q.p[2], 6.5/7), lerp(r.p[0], r.p[1], 6.5/7)
	}
	n := math.Max(a.n[side]-7, 6)
	steps := int(n*8) + 8
	if steps > 3000 {
		return 0
	}
	v := make([]float64, steps)
	step := to.sub(from).mul(1 / (float64(steps) * a.view.f))
	a.view.g.alongLine(from.mul(1/a.view.f).add(step.mul(.5)), step, v, a.view.negative)
	// Threshold at the middle of the range over three blocks, each of about two modules.
	const block = 16
	nb := (steps + block - 1) / block
	los, his := make([]float64, nb), make([]float64, nb)
	for i := range nb {
		part := v[i*block : min(i*block+block, steps)]
		mn, mx := part[0], part[0]
		for _, e := range part {
			mn, mx = lesser(mn, e), greater(mx, e)
		}
		los[i], his[i] = mn, mx
	}
	count, last := 0, 0
	for k := range nb {
		k0, k1 := max(k-1, 0), min(k+2, nb)
		mn, mx := slices.Min(los[k0:k1]), slices.Max(his[k0:k1])
		if mx-mn < 16 {
			continue
		}
		t, slack := (mn+mx)/2, (mx-mn)*.12
		for _, e := range v[k*block : min(k*block+block, steps)] {
			state := 0
			if e > t+slack {
				state = 1
			} else if e < t-slack {
				state = -1
			}
			if state != 0 && state != last {
				if last != 0 {
					count++
				}
				last = state
			}
		}
	}
	// From the light module 7 to the light module dim-8 there are dim-15 changes.
	d := count + 15
	if d < 21 {
		return 0
	}
	return d
}

// versionInfo reads the version information beside the top right (0) or bottom left (1) finder by that finder's own
// outline, before the size of the symbol is known.
func (a *anchors) versionInfo(k int) int {
	q := a.quads[1+k]
	if q.sides < 4 || a.n[k] < 32 {
		return 0
	}
	var ps []pair
	for i, m := range [4]vec{{0, 0}, {7, 0}, {7, 7}, {0, 7}} {
		ps = append(ps, pair{m, q.p[i], 1})
	}
	h, ok := fitHomography(ps)
	if !ok {
		return 0
	}
	at := func(x, y int) float64 {
		if k == 1 {
			x, y = y, x
		}
		return a.view.at(h.at(float64(x)+.5, float64(y)+.5))
	}
	dark := (at(3, 3) + at(2, 3) + at(4, 3) + at(0, 1) + at(0, 3) + at(0, 5)) / 6
	light := (at(-1, 1) + at(-1, 3) + at(-1, 5) + at(1, 3) + at(5, 3)) / 5
	if light-dark < 12 {
		return 0
	}
	t := (light + dark) / 2
	word := 0
	for y := 5; y >= 0; y-- {
		for x := -2; x >= -4; x-- {
			word <<= 1
			if at(x, y) < t {
				word |= 1
			}
		}
	}
	return versionOf(word)
}

// layGrids lays grids over the symbol for one dimension: with the fourth corner from the alignment pattern, from the
// outlines alone, and as a parallelogram.
func (a *anchors) layGrids(c *chart, v view, peaks int) []*grid {
	d := float64(c.dim)
	base := a.pairs(c.dim)
	var out []*grid
	add := func(ps []pair) *grid {
		h, ok := fitHomography(ps)
		if !ok || !h.sane(d) {
			return nil
		}
		g := &grid{h: h, chart: c}
		g.score = v.score(g, a.virtual)
		out = append(out, g)
		return g
	}
	persp := add(base)
	// Parallelogram: the three centres and the corner that they imply.
	fourth := a.c[1].add(a.c[2]).sub(a.c[0])
	para := []pair{{vec{3.5, 3.5}, a.c[0], 1}, {vec{d - 3.5, 3.5}, a.c[1], 1}, {vec{3.5, d - 3.5}, a.c[2], 1}, {vec{d - 3.5, d - 3.5}, fourth, 1}}
	affine := add(para)
	if c.number == 1 {
		if persp != nil || affine != nil {
			out = append(out, a.ringOfCorners(c, v, para, fourth)...)
		}
		return out
	}
	if persp != nil {
		if h, ok := snap(&persp.h, d); ok {
			g := &grid{h: h, chart: c}
			if g.score = v.score(g, a.virtual); g.score >= persp.score-.02 {
				out = append(out, g)
			}
		}
	}
	// Finders and timing patterns lie right even if the fourth corner does not: without them it is not looked for.
	if (persp == nil || persp.score < .52) && (affine == nil || affine.score < .52) {
		return out
	}
	type guess struct {
		g *grid
		r float64
	}
	guesses := []guess{{persp, 3 + d/22}, {affine, 3.5 + d/16}}
	seen := []vec{}
	for _, s := range guesses {
		if s.g == nil {
			continue
		}
		x := d - 6.5
		p := s.g.h.at(x, x)
		du, dv := s.g.h.jacobian(x, x)
		m := math.Sqrt(math.Abs(du.cross(dv)))
		for _, k := range v.findAlignment(p, du, dv, s.r, peaks) {
			if k.s < .5 || slices.ContainsFunc(seen, func(q vec) bool { return dist(q, k.p) < .5*m }) {
				continue
			}
			seen = append(seen, k.p)
			al := pair{vec{x, x}, k.p, 4}
			add(append(slices.Clone(base), al))
			if a.virtual == [3]bool{} {
				add([]pair{para[0], para[1], para[2], al})
			}
		}
	}
	return out
}

// snap moves a grid that is upright, and whose modules are a whole number of pixels, onto the pixels: codes that were
// drawn by a program and never scanned.
func snap(h *homography, d float64) (homography, bool) {
	o, r, b := h.at(0, 0), h.at(d, 0), h.at(0, d)
	k := math.Round((r.x - o.x + b.y - o.y) / (2 * d))
	if k < 1 || k > 4 || math.Abs(r.x-o.x-k*d) > 1.5 || math.Abs(b.y-o.y-k*d) > 1.5 || math.Abs(r.y-o.y) > 1.5 || math.Abs(b.x-o.x) > 1.5 {
		return homography{}, false
	}
	e := h.at(d, d)
	x, y := math.Round((o.x+b.x+r.x+e.x)/4-k*d/2), math.Round((o.y+b.y+r.y+e.y)/4-k*d/2)
	return homography{k, 0, x, 0, k, y}, true
}

// ringOfCorners tries places for the fourth corner of a version 1 symbol, which has no alignment pattern.
func (a *anchors) ringOfCorners(c *chart, v view, para []pair, fourth vec) []*grid {
	d := float64(c.dim)
	m := (dist(a.c[0], a.c[1]) + dist(a.c[0], a.c[2])) / (2 * (d - 7))
	var out []*grid
	for _, r := range []float64{.8, 1.6, 2.6} {
		for i := range 8 {
			p := fourth.add(rayDirs[i*ringRays/8].mul(r * m))
			ps := slices.Clone(para)
			ps[3].p = p
			if h, ok := fitHomography(ps); ok && h.sane(d) {
				g := &grid{h: h, chart: c}
				g.score = v.score(g, a.virtual) - .01*r
				out = append(out, g)
			}
		}
	}
	slices.SortFunc(out, func(x, y *grid) int {
		switch {
		case x.score > y.score:
			return -1
		case x.score < y.score:
			return 1
		}
		return 0
	})
	return out[:min(len(out), 3)]
}

// score rates how well the fixed patterns of a symbol are where a grid puts them: 1 is all, about .5 is chance. Each
// pattern is compared with its own neighbourhood only, so that light and shade do not matter. Lost finders are left out.
func (v view) score(g *grid, lost [3]bool) float64 {
	d := g.chart.dim
	val := func(x, y int) float64 { return v.at(g.at(float64(x)+.5, float64(y)+.5)) }
	// Timing patterns: each module against the mean of its two neighbours.
	good, n := 0.0, 0.0
	for side := range 2 {
		get := func(i int) float64 {
			if side == 0 {
				return val(i, 6)
			}
			return val(6, i)
		}
		a, b := get(7), get(8)
		for i := 8; i <= d-9; i++ {
			e := get(i + 1)
			diff := (a+e)/2 - b
			if i%2 == 1 {
				diff = -diff
			}
			n++
			if diff > 4 {
				good++
			}
			a, b = b, e
		}
	}
	timing := good / n
	// Finder patterns.
	good, n = 0, 0
	for k, o := range [3][2]int{{0, 0}, {d - 7, 0}, {0, d - 7}} {
		if lost[k] {
			continue
		}
		var vals [81]float64
		mn, mx := 255.0, 0.0
		for y := range 9 {
			for x := range 9 {
				px, py := o[0]+x-1, o[1]+y-1
				if px < 0 || py < 0 || px >= d || py >= d {
					continue
				}
				s := val(px, py)
				vals[y*9+x] = s
				mn, mx = math.Min(mn, s), math.Max(mx, s)
			}
		}
		t := (mn + mx) / 2
		for y := range 9 {
			for x := range 9 {
				px, py := o[0]+x-1, o[1]+y-1
				if px < 0 || py < 0 || px >= d || py >= d {
					continue
				}
				n++
				if (vals[y*9+x] < t) == (g.chart.roles[py*d+px] == darkModule) && mx-mn > 12 {
					good++
				}
			}
		}
	}
	finders := good / n
	if g.chart.number == 1 {
		return .5*finders + .5*timing
	}
	x := float64(d) - 6.5
	du, dv := g.h.jacobian(x, x)
	al := clamp(.5+.6*v.correlateAlignment(g.at(x, x), du, dv), 0, 1)
	return .35*finders + .4*timing + .25*al
}

package qr

import (
	"math"
	"slices"
)

// triplet is three finder patterns that may belong to one symbol, as indices: top left, top right, bottom left. In a
// mirrored symbol the last two are exchanged, which reading the matrix in both ways makes good.
type triplet struct {
	tl, tr, bl int
	n1, n2     float64 // modules between the centres along the two sides
	cost       float64
}

// neighbours is the number of nearest finders with which each finder is combined once there are many.
const neighbours = 14

// rankTriplets lists the combinations of finders that could be a symbol, the likeliest first.
func rankTriplets(fs []finder, limit int, stop func() bool) []triplet {
	var out []triplet
	for i := range fs {
		if i&15 == 0 && stop() {
			break
		}
		near := nearest(fs, i)
		for a := range near {
			for b := range a {
				if t, ok := makeTriplet(fs, i, near[b], near[a]); ok {
					out = append(out, t)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b triplet) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return 0
	})
	if len(out) > limit {
		out = out[:limit]
	}
	return out
}

// nearest returns the finders that may share a symbol with finder i: of like size, the closest ones.
func nearest(fs []finder, i int) []int {
	type cand struct {
		i int
		d float64
	}
	var c []cand
	for k := range fs {
		if k == i || logRatio(fs[k].module, fs[i].module) > .8 {
			continue
		}
		if d := dist(fs[k].c, fs[i].c) / fs[i].module; d > 9 && d < 260 {
			c = append(c, cand{k, d})
		}
	}
	if len(c) > neighbours {
		slices.SortFunc(c, func(a, b cand) int {
			switch {
			case a.d < b.d:
				return -1
			case a.d > b.d:
				return 1
			}
			return a.i - b.i
		})
		// Keep the strongest of the far ones too: a large symbol holds false finders.
		keep := slices.Clone(c[:neighbours-6])
		rest := c[neighbours-6:]
		slices.SortStableFunc(rest, func(a, b cand) int { return fs[b.i].strength() - fs[a.i].strength() })
		c = append(keep, rest[:6]...)
	}
	out := make([]int, len(c))
	for k := range c {
		out[k] = c[k].i
	}
	return out
}

// makeTriplet rates finder i as the corner between a and b.
func makeTriplet(fs []finder, i, a, b int) (triplet, bool) {
	va, vb := fs[a].c.sub(fs[i].c), fs[b].c.sub(fs[i].c)
	la, lb := va.norm(), vb.norm()
	cos := va.dot(vb) / (la * lb)
	if math.Abs(cos) > .78 {
		return triplet{}, false
	}
	if va.cross(vb) < 0 {
		a, b, va, vb, la, lb = b, a, vb, va, lb, la
	}
	n1, e1 := modulesBetween(&fs[i], &fs[a], va)
	n2, e2 := modulesBetween(&fs[i], &fs[b], vb)
	if n1 < 10 || n2 < 10 || n1 > 200 || n2 > 200 {
		return triplet{}, false
	}
	ratio := logRatio(n1, n2)
	if ratio > .5 {
		return triplet{}, false
	}
	support := math.Min(float64(fs[i].support), math.Min(float64(fs[a].support), float64(fs[b].support)))
	cost := 1.2*math.Abs(cos) + 3*ratio + 1.5*(e1+e2) + .3*logRatio(la, lb) + .6/(1+support)
	for _, k := range [3]int{i, a, b} {
		if r := fs[k].ring; r != nil {
			cost += 1.6 * (1 - float64(r.good)/ringRays)
		} else {
			cost += 1
		}
	}
	return triplet{tl: i, tr: a, bl: b, n1: n1, n2: n2, cost: cost}, true
}

// modulesBetween returns the distance of two finders in modules, measured along their connection, and how far the two
// module lengths there disagree.
func modulesBetween(f, g *finder, d vec) (n, disagree float64) {
	a, b := f.module, g.module
	if f.ring != nil {
		if s := f.ring.along(d); s > 0 {
			a = s
		}
	}
	if g.ring != nil {
		if s := g.ring.along(d); s > 0 {
			b = s
		}
	}
	return 2 * d.norm() / (a + b), logRatio(a, b)
}

// likelyTriplets reorders the best of many triplets by their timing patterns: where finder-like places abound (large
// symbols hold many), geometry alone does not tell which three belong together.
func (v view) likelyTriplets(fs []finder, ts []triplet) []triplet {
	if len(ts) <= maxTriplets {
		return ts
	}
	look := max(48, 2*len(fs))
	for i := range ts[:min(look, len(ts))] {
		a, ok := newAnchors(v, fs, ts[i])
		if !ok {
			ts[i].cost += 2
			continue
		}
		// A true side has as many timing modules as its length says.
		for side := range 2 {
			n := a.n[side] + 7
			if w, ok := a.sideModules(side); ok {
				n = w
			}
			d := float64(a.timingCount(side))
			if d == 0 {
				ts[i].cost += .8
				continue
			}
			ts[i].cost += math.Min(.8, 4*math.Abs(d-n)/n)
		}
	}
	head := ts[:min(look, len(ts))]
	slices.SortStableFunc(head, func(a, b triplet) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return 0
	})
	return ts
}

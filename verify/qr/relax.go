package qr

import (
	"math"
	"slices"
)

// relaxLimit is the largest dimension whose grid is relaxed; larger symbols have a lattice of alignment patterns.
const relaxLimit = 89

// bend says how closely a grid follows its surface: one node every spacing modules, each judged by the square of
// 2*radius+1 modules around it and moved by up to reach modules.
type bend struct {
	spacing float64
	radius  int
	reach   float64
}

// bends are the ways tried, from the stiffest to the closest.
func bends() []bend { return []bend{{4, 3, .3}, {3, 2, .25}, {2.5, 3, .4}, {5, 3, .4}} }

// maxSettle is the largest side of the square of modules by which a node is judged.
const maxSettle = 11

// relax bends a grid to a surface that is not flat. The places of modules are moved, from the finder patterns outwards,
// to where samples stand out most from their local threshold: that is in the middle of modules and not on their edges.
// A step is never as long as half a module, so that the count of modules is kept.
func (v view) relax(g *grid, b bend) *grid {
	d := g.chart.dim
	if d > relaxLimit {
		return nil
	}
	n := max(int(math.Round(float64(d)/b.spacing)), 4)
	ms := &mesh{d: make([]vec, n*n)}
	for i := range n {
		x := float64(d) * (float64(i) + .5) / float64(n)
		ms.xs, ms.ys = append(ms.xs, x), append(ms.ys, x)
	}
	base := *g
	if base.mesh != nil { // start from what a lattice gave
		for j := range n {
			for i := range n {
				ms.d[j*n+i] = base.mesh.at(ms.xs[i], ms.ys[j])
			}
		}
	}
	out := &grid{h: g.h, chart: g.chart, mesh: ms, score: g.score}
	val := v.sample(g, tapArea())
	level := localLevel(val, d, 5)

	fd := float64(d)
	seeds := []vec{{3.5, 3.5}, {fd - 3.5, 3.5}, {3.5, fd - 3.5}}
	if g.chart.number > 1 {
		seeds = append(seeds, vec{fd - 6.5, fd - 6.5})
	}
	order := make([]int, n*n)
	near := make([]float64, n*n)
	for k := range order {
		order[k] = k
		near[k] = math.Inf(1)
		for _, s := range seeds {
			near[k] = math.Min(near[k], dist(vec{ms.xs[k%n], ms.ys[k/n]}, s))
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case near[a] < near[b]:
			return -1
		case near[a] > near[b]:
			return 1
		}
		return 0
	})
	done := make([]bool, n*n)
	around := func(k int, all bool) (vec, bool) {
		var sum vec
		w := 0.0
		for dj := -1; dj <= 1; dj++ {
			for di := -1; di <= 1; di++ {
				i, j := k%n+di, k/n+dj
				if di == 0 && dj == 0 || i < 0 || j < 0 || i >= n || j >= n || !all && !done[j*n+i] {
					continue
				}
				f := 1 / float64(di*di+dj*dj)
				p := ms.d[j*n+i]
				// Carry the slope on where the node behind is known too.
				if a, b := i+di, j+dj; !all && a >= 0 && b >= 0 && a < n && b < n && done[b*n+a] {
					p = p.add(p.sub(ms.d[b*n+a]).mul(.6))
				}
				sum, w = sum.add(p.mul(f)), w+f
			}
		}
		if w == 0 {
			return vec{}, false
		}
		return sum.mul(1 / w), true
	}
	for _, k := range order {
		if near[k] > 5 || base.mesh != nil {
			if o, ok := around(k, false); ok && base.mesh == nil {
				ms.d[k] = o
			}
		}
		ms.d[k] = v.settle(g, ms.d[k], ms.xs[k%n], ms.ys[k/n], level, b.radius, b.reach, b.reach/2)
		done[k] = true
	}
	for range 2 {
		for _, k := range order {
			if o, ok := around(k, true); ok {
				ms.d[k] = lerp(ms.d[k], o, .5)
			}
		}
		for _, k := range order {
			ms.d[k] = v.settle(g, ms.d[k], ms.xs[k%n], ms.ys[k/n], level, b.radius, b.reach/2, b.reach/4)
		}
	}
	return out
}

// settle moves a correction of the grid near a module coordinate to the best place within reach modules.
func (v view) settle(g *grid, off vec, x, y float64, level []float32, r int, reach, step float64) vec {
	d := g.chart.dim
	cx, cy := int(x), int(y)
	du, dv := g.h.jacobian(x, y)
	var at [maxSettle * maxSettle]vec
	var lv [maxSettle * maxSettle]float64
	r = min(r, maxSettle/2)
	n := 0
	for j := max(0, cy-r); j <= min(d-1, cy+r); j++ {
		for i := max(0, cx-r); i <= min(d-1, cx+r); i++ {
			at[n] = g.h.at(float64(i)+.5, float64(j)+.5).add(off).mul(1 / v.f)
			lv[n] = float64(level[j*d+i])
			n++
		}
	}
	best, bi, bj := -1.0, 0.0, 0.0
	for b := -reach; b <= reach+1e-9; b += step {
		for a := -reach; a <= reach+1e-9; a += step {
			o := du.mul(a).add(dv.mul(b)).mul(1 / v.f)
			s := 0.0
			for k := range n {
				e := v.g.at(at[k].x+o.x, at[k].y+o.y)
				if v.negative {
					e = 255 - e
				}
				s += math.Abs(e - lv[k])
			}
			s *= 1 - .05*(a*a+b*b)
			if s > best {
				best, bi, bj = s, a, b
			}
		}
	}
	return off.add(du.mul(bi)).add(dv.mul(bj))
}

// localLevel is the middle between the darkest and the lightest module around each module.
func localLevel(val []float32, d, r int) []float32 {
	lo, hi := extremes(val, d, r)
	for i := range lo {
		lo[i] = (lo[i] + hi[i]) / 2
	}
	return lo
}

// bendable is a grid that waits for bending.
type bendable struct {
	s   strategy
	v   view
	g   *grid
	asm *assembly
}

// maxBent is the number of grids bent in one go, and maxBentHere of one symbol.
const maxBent, maxBentHere = 12, 3

// bendGrids bends the grids that wait, the best first, and reads them.
func (r *reader) bendGrids(name string) {
	todo := r.bendable
	r.bendable = nil
	slices.SortStableFunc(todo, func(a, b bendable) int {
		switch {
		case a.g.score > b.g.score:
			return -1
		case a.g.score < b.g.score:
			return 1
		}
		return 0
	})
	var seen []vec
	bent := 0
	for _, c := range todo {
		d := float64(c.g.chart.dim)
		mid := c.g.at(d/2, d/2)
		here := 0
		for _, p := range seen {
			if dist(p, mid) < 4*c.g.moduleSize() {
				here++
			}
		}
		if here >= maxBentHere || r.explained(mid) {
			continue
		}
		if bent++; bent > maxBent || r.full() {
			return
		}
		seen = append(seen, mid)
		for _, b := range bends() {
			if r.stop() {
				r.res.Work.Partial = true
				return
			}
			l := c.v.relax(c.g, b)
			if l == nil {
				break
			}
			if rd, ok := r.readSamples(c.v.sample(l, tapArea()), c.s.cuts, c.g.chart, c.asm); ok {
				r.take(rd, l, name, c.s.negative)
				break
			}
		}
	}
}

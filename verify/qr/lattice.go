package qr

import (
	"math"
	"slices"
)

// growLattice follows the alignment patterns of a version 7 or higher outwards from the finders, fits the homography
// to all of them and keeps what remains as a mesh. It returns nil if too few patterns are seen.
func (v view) growLattice(g *grid, a *anchors) *grid {
	c := g.chart
	if c.number < 7 {
		return nil
	}
	k := len(c.alignment)
	d := float64(c.dim)
	type node struct {
		known, seen bool
		p, off      vec
	}
	nodes := make([]node, k*k)
	m := func(i int) float64 { return float64(c.alignment[i]) + .5 }
	h := g.h
	// The corners of the lattice that finders occupy: the alignment coordinate 6.5 lies inside the finder's outline.
	for f, o := range [3][2]int{{0, 0}, {k - 1, 0}, {0, k - 1}} {
		var ps []pair
		base := [3]vec{{0, 0}, {d - 7, 0}, {0, d - 7}}[f]
		for i, q := range [4]vec{{0, 0}, {7, 0}, {7, 7}, {0, 7}} {
			ps = append(ps, pair{base.add(q), a.quads[f].p[i], 1})
		}
		n := &nodes[o[1]*k+o[0]]
		x, y := m(o[0]), m(o[1])
		n.p = h.at(x, y)
		if l, ok := fitHomography(ps); ok && a.quads[f].sides == 4 {
			n.p = l.at(x, y)
		}
		n.off = n.p.sub(h.at(x, y))
		n.known = true
	}
	found := 0
	order := make([][2]int, 0, k*k)
	for j := range k {
		for i := range k {
			if !nodes[j*k+i].known {
				order = append(order, [2]int{i, j})
			}
		}
	}
	// From the finders outwards: first what is near one of the three known corners.
	slices.SortStableFunc(order, func(p, q [2]int) int { return reach(p, k) - reach(q, k) })
	for _, o := range order {
		i, j := o[0], o[1]
		x, y := m(i), m(j)
		// The correction at the neighbours that are known, nearest first, carried on linearly where two lie in a row.
		var sum vec
		w := 0.0
		for dj := -2; dj <= 2; dj++ {
			for di := -2; di <= 2; di++ {
				ii, jj := i+di, j+dj
				if ii < 0 || jj < 0 || ii >= k || jj >= k || !nodes[jj*k+ii].known {
					continue
				}
				f := 1 / float64(di*di+dj*dj)
				if nodes[jj*k+ii].seen {
					f *= 3
				}
				sum, w = sum.add(nodes[jj*k+ii].off.mul(f)), w+f
			}
		}
		p := h.at(x, y)
		if w > 0 {
			p = p.add(sum.mul(1 / w))
		}
		// Parallelogram of three seen neighbours: follows curvature better.
		for _, s := range [4][2]int{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
			ii, jj := i+s[0], j+s[1]
			if ii < 0 || jj < 0 || ii >= k || jj >= k {
				continue
			}
			na, nb, nc := nodes[j*k+ii], nodes[jj*k+i], nodes[jj*k+ii]
			if na.seen && nb.seen && nc.seen {
				p = h.at(x, y).add(na.off).add(nb.off).sub(nc.off)
				break
			}
		}
		du, dv := h.jacobian(x, y)
		n := &nodes[j*k+i]
		pk := v.findAlignment(p, du, dv, 2.2, 1)
		if len(pk) > 0 && pk[0].s > .62 {
			n.p, n.seen, n.known = pk[0].p, true, true
			n.off = n.p.sub(h.at(x, y))
			found++
			continue
		}
		if w > 0 {
			n.off, n.known = p.sub(h.at(x, y)), true
			n.p = p
		}
	}
	if found < 2 {
		return nil
	}
	ps := a.pairs(c.dim)
	for j := range k {
		for i := range k {
			if n := nodes[j*k+i]; n.seen {
				ps = append(ps, pair{vec{m(i), m(j)}, n.p, 2})
			}
		}
	}
	h2, ok := fitHomography(ps)
	if !ok || !h2.sane(d) {
		return nil
	}
	out := &grid{h: h2, chart: c}
	ms := &mesh{d: make([]vec, k*k)}
	for i := range k {
		ms.xs, ms.ys = append(ms.xs, m(i)), append(ms.ys, m(i))
	}
	for j := range k {
		for i := range k {
			if n := nodes[j*k+i]; n.seen || n.known {
				ms.d[j*k+i] = n.p.sub(h2.at(m(i), m(j)))
			}
		}
	}
	// A node that was not seen takes the mean correction of those around it that were.
	for j := range k {
		for i := range k {
			if nodes[j*k+i].seen || isCorner(i, j, k) {
				continue
			}
			var sum vec
			w := 0.0
			for dj := -1; dj <= 1; dj++ {
				for di := -1; di <= 1; di++ {
					ii, jj := i+di, j+dj
					if ii >= 0 && jj >= 0 && ii < k && jj < k && (nodes[jj*k+ii].seen || isCorner(ii, jj, k)) {
						f := 1 / math.Max(1, float64(di*di+dj*dj))
						sum, w = sum.add(ms.d[jj*k+ii].mul(f)), w+f
					}
				}
			}
			if w > 0 {
				ms.d[j*k+i] = sum.mul(1 / w)
			}
		}
	}
	out.mesh = ms
	out.score = g.score
	return out
}

func isCorner(i, j, k int) bool {
	return i == 0 && j == 0 || i == k-1 && j == 0 || i == 0 && j == k-1
}

// reach is the number of lattice steps from the nearest of the three finder corners.
func reach(p [2]int, k int) int {
	a := max(p[0], p[1])
	b := max(k-1-p[0], p[1])
	c := max(p[0], k-1-p[1])
	return min(a, b, c)*8 + p[0] + p[1]
}

package fields

import (
	"cmp"
	"math"
	"slices"

	"zhengyan/verify/page"
)

// maxPieces bounds the pieces of lines that are compared with each other. A page has under a hundred.
const maxPieces = 1500

// maxMerges bounds the pairs of pieces that are set side by side.
const maxMerges = 20_000

// maxPiece bounds the characters of a piece that is compared with another.
const maxPiece = 80

// piece is a stretch of a line as a picture's reader gave it: characters of one size, one behind the other.
type piece struct {
	gs   []glyph
	box  page.Box
	em   float64
	kept bool
}

func (p *piece) middle() float64 { return (p.box.Y0 + p.box.Y1) / 2 }

// weight says how far a piece is to be believed: long and well read before short or poorly read.
func (p *piece) weight() float64 {
	w := 0.0
	for i := range p.gs {
		w += p.gs[i].conf - 0.5
	}
	return w
}

// pieces parts the glyphs of a picture into what its reader found as one.
func pieces(gs []glyph) []piece {
	var out []piece
	for from := 0; from < len(gs); {
		to := from + 1
		for to < len(gs) && gs[to].piece == gs[from].piece {
			to++
		}
		p := piece{gs: slices.Clone(gs[from:to]), box: rowBox(gs[from:to]), kept: true}
		for i := range p.gs {
			p.em = max(p.em, p.gs[i].em)
		}
		out = append(out, p)
		from = to
	}
	return out
}

// withoutDoubles makes one of two boxes that a picture's reader put around the same print: one inside the other, two that
// share a part, or the same twice. Where the two readings differ neither is believed, and what only one of them saw between
// characters of both takes certainty away.
func withoutDoubles(gs []glyph) []glyph {
	ps := pieces(gs)
	if len(ps) > maxPieces {
		return gs
	}
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ps[b].weight(), ps[a].weight()) })
	merged, tried := false, 0
	for i := range ps {
		if ps[i].blurs(ps) {
			ps[i].kept, merged = false, true
		}
	}
	for n, i := range order {
		for _, j := range order[n+1:] {
			a, b := &ps[i], &ps[j]
			if !a.kept || !b.kept || !a.over(b) {
				continue
			}
			if tried++; tried > maxMerges {
				return gs
			}
			if a.merge(b) {
				b.kept, merged = false, true
			}
		}
	}
	if !merged {
		return gs
	}
	out := make([]glyph, 0, len(gs))
	for i := range ps {
		if ps[i].kept {
			out = append(out, ps[i].gs...)
		}
	}
	return out
}

// blurs reports whether a piece is a box around several lines that were read each by itself, and better.
func (p *piece) blurs(ps []piece) bool {
	if len(p.gs) > maxPiece {
		return false
	}
	var own []rune
	for i := range p.gs {
		own = append(own, p.gs[i].r)
	}
	var under []*piece
	for i := range ps {
		q := &ps[i]
		if q != p && p.em > 1.6*q.em && q.middle() > p.box.Y0 && q.middle() < p.box.Y1 && p.box.X0 < q.box.X1 && q.box.X0 < p.box.X1 && len(q.gs) <= maxPiece {
			under = append(under, q)
		}
	}
	slices.SortStableFunc(under, func(a, b *piece) int { return cmp.Compare(a.box.X0, b.box.X0) })
	weight := 0.0
	var said []rune
	for _, q := range under[:min(len(under), 8)] {
		weight += q.weight()
		for i := range q.gs {
			said = append(said, q.gs[i].r)
		}
	}
	return len(own) >= 2 && weight > p.weight() && 5*inOrder(own, said) >= 4*len(own)
}

// over reports whether two pieces lie over each other: less than two thirds of a line apart, and not just side by side.
func (p *piece) over(o *piece) bool {
	small, large := min(p.em, o.em), max(p.em, o.em)
	return large < 1.75*small && math.Abs(p.middle()-o.middle()) < 0.66*small && len(p.gs) <= maxPiece && len(o.gs) <= maxPiece &&
		min(p.box.X1, o.box.X1)-max(p.box.X0, o.box.X0) > 0.3*small
}

// merge takes what o reads into p, if the two are readings of the same print, and reports whether they are.
func (p *piece) merge(o *piece) bool {
	within := func(gs []glyph, b page.Box) (from, to int) {
		for from < len(gs) && gs[from].cx() < b.X0-0.2*p.em {
			from++
		}
		for to = len(gs); to > from && gs[to-1].cx() > b.X1+0.2*p.em; {
			to--
		}
		return from, to
	}
	pf, pt := within(p.gs, o.box)
	of, ot := within(o.gs, p.box)
	pairs, same := paired(p.gs[pf:pt], o.gs[of:ot], p.em)
	few := min(pt-pf, ot-of)
	if same == 0 || 5*same < 3*few {
		return false
	}
	said := slices.Clone(o.gs[of:ot])
	for _, q := range pairs {
		a, b := &p.gs[pf:pt][max(q[0], 0)], &said[max(q[1], 0)]
		switch {
		case q[0] < 0: // only the other saw it, between characters of both
			if b.conf >= leastConfidence {
				p.doubt(pf, pt, b.cx())
			}
		case q[1] < 0:
			if slices.ContainsFunc(pairs, func(x [2]int) bool { return x[1] >= 0 && x[0] < q[0] }) &&
				slices.ContainsFunc(pairs, func(x [2]int) bool { return x[1] >= 0 && x[0] > q[0] }) {
				a.conf = min(a.conf, poorCeiling)
			}
		case a.r == b.r:
			a.conf = max(a.conf, b.conf)
		default:
			low, high := min(a.conf, b.conf), max(a.conf, b.conf)
			if b.conf > a.conf {
				a.r, a.raw, a.bad, a.pua = b.r, b.raw, b.bad, b.pua
			}
			a.conf = min(high, poorCeiling)
			if low >= 0.85*high {
				a.conf = min(high, leastConfidence-0.01)
			}
		}
	}
	// What stands before and behind goes on the same line.
	dy := p.middle() - o.middle()
	rest := slices.Concat(o.gs[:of], p.gs, o.gs[ot:])
	for i := range rest {
		if i < of || i >= of+len(p.gs) {
			rest[i].box.Y0, rest[i].box.Y1, rest[i].em = rest[i].box.Y0+dy, rest[i].box.Y1+dy, p.em
		}
	}
	p.gs, p.box = rest, rowBox(rest)
	return true
}

// doubt takes away the certainty of the characters of p.gs[from:to] beside which something stands at x that was not read there.
func (p *piece) doubt(from, to int, x float64) {
	for i := from; i < to; i++ {
		if math.Abs(p.gs[i].cx()-x) < 1.2*p.em {
			p.gs[i].conf = min(p.gs[i].conf, poorCeiling)
		}
	}
}

// paired sets two readings side by side: the pairs of their characters in order, -1 where one has none, with as few
// differences as can be; same counts the equal ones. Only characters at about the same place are paired.
func paired(a, b []glyph, em float64) (pairs [][2]int, same int) {
	near := func(i, j int) bool {
		d := math.Abs(a[i].cx() - b[j].cx())
		if a[i].r == b[j].r {
			return d < 0.9*em
		}
		return d < 0.5*em
	}
	cost := make([][]int, len(a)+1)
	for i := range cost {
		cost[i] = make([]int, len(b)+1)
		for j := range cost[i] {
			switch {
			case i == 0 || j == 0:
				cost[i][j] = 3 * (i + j)
			default:
				best := 3 + min(cost[i-1][j], cost[i][j-1])
				if near(i-1, j-1) {
					d := 4
					if a[i-1].r == b[j-1].r {
						d = 0
					}
					best = min(best, cost[i-1][j-1]+d)
				}
				cost[i][j] = best
			}
		}
	}
	for i, j := len(a), len(b); i > 0 || j > 0; {
		d := 4
		if i > 0 && j > 0 && a[i-1].r == b[j-1].r {
			d = 0
		}
		switch {
		case i > 0 && j > 0 && near(i-1, j-1) && cost[i][j] == cost[i-1][j-1]+d:
			pairs = append(pairs, [2]int{i - 1, j - 1})
			if d == 0 {
				same++
			}
			i, j = i-1, j-1
		case i > 0 && cost[i][j] == 3+cost[i-1][j]:
			pairs = append(pairs, [2]int{i - 1, -1})
			i--
		default:
			pairs = append(pairs, [2]int{-1, j - 1})
			j--
		}
	}
	return pairs, same
}

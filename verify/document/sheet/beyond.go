package sheet

import (
	"cmp"
	"math"
	"slices"

	"zhengyan/verify/page"
)

// Among other sheets the edge of the print, inside a bare margin, may be plainer than the paper's own, and two or four sides
// that are too far in by like amounts make A4 as well. The print lies on the paper, never the other way round: so where
// plain edges with nothing but bare paper before them lie a margin's width beyond the sides, and these make A4 too, the
// paper ends there.

const (
	leastBeyond  = 0.18 // like of an edge beyond a side
	beyondOfOwn  = 0.4  // and at least so much of the side's own
	beyondInAll  = 0.72 // of what all four look like, as they were
	beyondMost   = 5    // candidates beyond a side
	evenPaper    = 0.02 // change of bare paper's brightness from part to part, as a share
	evenAnywhere = 0.09 // the most of it
	paperBright  = 0.985
)

// widened moves sides outwards to such edges, within what the print allows; ok is false where there are none.
func (p *pixels) widened(c [4]page.Point, scale float64, h *hint) (out [4]page.Point, ok bool) {
	var lists [4][]border
	any := false
	for i := range 4 {
		lists[i] = p.bordersBeyond(c[i], c[(i+1)%4], scale)
		any = any || len(lists[i]) > 1
	}
	if !any {
		return c, false
	}
	perMM := acrossMM(c)
	best := beyondInAll * likes(lists, [4]int{}) * h.suits(lists, [4]int{}, perMM)
	for pick := range picks(lists) {
		sides := 0
		for _, n := range pick {
			sides += min(n, 1)
		}
		v := likes(lists, pick) * h.suits(lists, pick, perMM)
		if sides < 2 || v <= best { // one side alone would not have left A4
			continue
		}
		if q := moved(c, lists, pick); convex(q) && offA4(q, p.w, p.h) < surelyA4 {
			best, out, ok = v, q, true
		}
	}
	return out, ok
}

// moved is the corners when each side is where pick has it among its candidates.
func moved(c [4]page.Point, lists [4][]border, pick [4]int) [4]page.Point {
	var from, to [4]page.Point
	for i := range 4 {
		a, b := c[i], c[(i+1)%4]
		d := sub(b, a)
		k := length(d)
		nx, ny := d.Y/k, -d.X/k
		s := lists[i][pick[i]]
		from[i], to[i] = page.Point{X: a.X + nx*s.a, Y: a.Y + ny*s.a}, page.Point{X: b.X + nx*s.b, Y: b.Y + ny*s.b}
	}
	out := c
	for i := range 4 {
		if q, ok := crossing(from[(i+3)%4], to[(i+3)%4], from[i], to[i]); ok {
			out[i] = q
		}
	}
	return out
}

// bordersBeyond gives the side itself and the edges at most a margin's width beyond it that have bare paper before them.
func (p *pixels) bordersBeyond(a, b page.Point, scale float64) []border {
	k := length(sub(b, a))
	s, zero, half, wide, step := p.along(a, b, 1.45*marginMost*k, scale)
	var own border
	for j := zero - 2; j <= zero+2; j++ {
		for t := -1; t <= 1; t++ {
			if q := s.like(j, t, wide); q.like > own.like {
				own = q
			}
		}
	}
	own.a, own.b = 0, 0
	gap := max(int(math.Ceil(1.2*scale/step)), 1)
	first := zero + max(int(marginLeast*k/step), gap+wide/2+1)
	var all []border
	for j := first; j <= zero+half; j++ {
		var best border
		for t := -sideTilt; t <= sideTilt; t++ {
			if q := s.like(j, t, wide); q.like > best.like {
				best = q
				best.a, best.b = float64(j-zero-t)*step, float64(j-zero+t)*step
			}
		}
		all = append(all, best)
	}
	var peaks []border
	for i, q := range all {
		if q.like < max(leastBeyond, beyondOfOwn*own.like) || i > 0 && q.like < all[i-1].like || i+1 < len(all) && q.like <= all[i+1].like {
			continue
		}
		if s.bare(zero+gap, first+i-gap, zero-gap-wide) {
			peaks = append(peaks, q)
		}
	}
	slices.SortFunc(peaks, func(a, b border) int { return cmp.Compare(b.like, a.like) })
	return append([]border{own}, peaks[:min(len(peaks), beyondMost)]...)
}

// bare reports whether what lies between two places is even along the side, and no darker than what lies inwards of inside:
// bare paper is not darker than printed paper, as a shadow beside it is.
func (s *strip) bare(from, to, inside int) bool {
	to = max(to, from+1)
	var rough, worst, n, last, between, within float64
	for i := range sideBlocks {
		if inside-3 < s.seen[i][0] || to > s.seen[i][1] {
			continue
		}
		v := s.mean(i, from, to)[0]
		between, within = between+v, within+s.mean(i, inside-3, inside)[0]
		if last > 0 {
			d := 2 * math.Abs(v-last) / (v + last + 20)
			rough, worst, n = rough+d, max(worst, d), n+1
		}
		last = v
	}
	return n >= sideBlocks/2 && rough < evenPaper*n && worst < evenAnywhere && between > paperBright*within
}

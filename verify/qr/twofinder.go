package qr

import (
	"math"
	"slices"
)

// A symbol of which glare, dirt or wear has taken one finder pattern still has two. Their shapes give the axes of the
// symbol, so the place of the third follows up to the side on which it lies; the alignment pattern and the fixed
// patterns decide.

// maxPairs is the number of pairs of finders that one strategy tries.
const maxPairs = 8

// axis returns the direction of one axis of the finder's square, from the fourth harmonic of its outline.
func (r *ring) axis() (float64, bool) {
	if r == nil || r.good < ringRays*2/3 {
		return 0, false
	}
	var re, im float64
	for i, s := range r.s {
		if s > 0 {
			a := 2 * math.Pi * float64(i) / ringRays
			re += math.Log(s) * math.Cos(4*a)
			im += math.Log(s) * math.Sin(4*a)
		}
	}
	if math.Hypot(re, im) < .04*float64(r.good) {
		return 0, false
	}
	// The outline is furthest away at the corners, halfway between the axes.
	return math.Atan2(im, re)/4 + math.Pi/4, true
}

// turn returns the angle from b to a, modulo a quarter turn, between -45 and +45 degrees.
func turn(a, b float64) float64 {
	return math.Remainder(a-b, math.Pi/2)
}

func (r *reader) tryPairs(s strategy, v view, fs []finder) bool {
	var strong []int
	for i := range fs {
		if g := fs[i].ring; g != nil && g.good >= ringRays*2/3 && len(strong) < 12 && !r.explained(fs[i].c.mul(v.f)) {
			strong = append(strong, i)
		}
	}
	type duo struct {
		p, q int
		n    float64
		cost float64
	}
	var duos []duo
	for x := range strong {
		for y := range x {
			p, q := &fs[strong[y]], &fs[strong[x]]
			d := q.c.sub(p.c)
			n, e := modulesBetween(p, q, d)
			if n < 11 || n > 180 || e > .35 {
				continue
			}
			// Likely are two of one size, turned alike, that lie along an axis or a diagonal, and not far apart.
			cost := 2*e + n/120
			ap, okp := p.ring.axis()
			aq, okq := q.ring.axis()
			if okp && okq {
				cost += math.Abs(turn(ap, aq))
			} else {
				cost += .4
			}
			if okp {
				along := math.Abs(turn(math.Atan2(d.y, d.x), ap))
				cost += math.Min(along, math.Pi/4-along)
			}
			duos = append(duos, duo{strong[y], strong[x], n, cost})
		}
	}
	slices.SortStableFunc(duos, func(a, b duo) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return 0
	})
	tries, any := 0, false
	for _, d := range duos {
		if r.stop() || r.full() || tries >= maxPairs {
			break
		}
		p, q := fs[d.p], fs[d.q]
		if r.explained(p.c.mul(v.f)) || r.explained(q.c.mul(v.f)) {
			continue
		}
		tries++
		for _, t := range thirds(&p, &q, d.n) {
			if r.trySymbol(s, v, t.fs[:], &t.t) {
				any, tries = true, 0
				break
			}
		}
	}
	return any
}

type third struct {
	fs [3]finder
	t  triplet
}

// thirds lists where the missing finder may be: if the two lie along a side, on either side of it and at either end; if
// they lie on a diagonal, at the two other corners. The likelier comes first.
func thirds(p, q *finder, n float64) []third {
	d := q.c.sub(p.c)
	var sides, diagonal []third
	make := func(corner, a, b finder, n1, n2 float64) third {
		// a to the right and b below, the other way round in a mirrored symbol.
		if a.c.sub(corner.c).cross(b.c.sub(corner.c)) < 0 {
			a, b, n1, n2 = b, a, n2, n1
		}
		return third{[3]finder{corner, a, b}, triplet{tl: 0, tr: 1, bl: 2, n1: n1, n2: n2}}
	}
	lost := func(at vec, m float64) finder { return finder{c: at, module: m, virtual: true} }
	for _, side := range [2]float64{1, -1} {
		dir := func(f *finder) vec {
			// The axis of the square that is nearest to square across.
			a := math.Atan2(d.y, d.x) + side*math.Pi/2
			if own, ok := f.ring.axis(); ok && math.Abs(turn(a, own)) < .4 {
				a -= turn(a, own)
			}
			u := vec{math.Cos(a), math.Sin(a)}
			s := f.ring.along(u)
			if s == 0 {
				s = f.module
			}
			return u.mul(s * n)
		}
		sides = append(sides, make(*p, *q, lost(p.c.add(dir(p)), p.module), n, n),
			make(*q, *p, lost(q.c.add(dir(q)), q.module), n, n))
		// On the diagonal the corners lie half the diagonal square across its middle.
		c := lost(lerp(p.c, q.c, .5).add(vec{-d.y, d.x}.mul(side/2)), (p.module+q.module)/2)
		diagonal = append(diagonal, make(c, *p, *q, n/math.Sqrt2, n/math.Sqrt2))
	}
	// The finders' own axes tell which of the two it is, where they are clear.
	across := 0
	for _, f := range [2]*finder{p, q} {
		if own, ok := f.ring.axis(); ok && math.Abs(turn(math.Atan2(d.y, d.x), own)) > .45 {
			across++
		}
	}
	if across > 0 {
		return append(diagonal, sides...)
	}
	return append(sides, diagonal...)
}

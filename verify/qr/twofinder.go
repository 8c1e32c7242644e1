package qr

import "math"

// A symbol of which glare, dirt or wear has taken one finder pattern still has two. Their shapes give the axes of the
// symbol, so the place of the third follows up to the side on which it lies; the alignment pattern and the fixed
// patterns decide.

// maxPairs is the number of pairs of finders that one strategy tries.
const maxPairs = 6

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
		if _, ok := fs[i].ring.axis(); ok && len(strong) < 12 && !r.explained(fs[i].c.mul(v.f)) {
			strong = append(strong, i)
		}
	}
	tries, any := 0, false
	for x := range strong {
		for y := range x {
			if r.stop() || r.full() || tries >= maxPairs {
				return any
			}
			p, q := fs[strong[y]], fs[strong[x]]
			d := q.c.sub(p.c)
			n, e := modulesBetween(&p, &q, d)
			ap, _ := p.ring.axis()
			aq, _ := q.ring.axis()
			if n < 11 || n > 180 || e > .35 || math.Abs(turn(ap, aq)) > .35 {
				continue
			}
			tries++
			for _, t := range thirds(&p, &q, n, ap+turn(aq, ap)/2) {
				if r.trySymbol(s, v, t.fs[:], t.t) {
					any = true
					break
				}
			}
		}
	}
	return any
}

type third struct {
	fs [3]finder
	t  triplet
}

// thirds lists where the missing finder may be: for two finders along a side, on either side of it and at either end;
// for two on a diagonal, the two other corners.
func thirds(p, q *finder, n, axis float64) []third {
	d := q.c.sub(p.c)
	along := turn(math.Atan2(d.y, d.x), axis)
	var out []third
	add := func(corner, a, b finder, n1, n2 float64) {
		// a to the right and b below, the other way round in a mirrored symbol.
		if a.c.sub(corner.c).cross(b.c.sub(corner.c)) < 0 {
			a, b, n1, n2 = b, a, n2, n1
		}
		out = append(out, third{[3]finder{corner, a, b}, triplet{0, 1, 2, n1, n2, 0}})
	}
	lost := func(at vec, m float64) finder { return finder{c: at, module: m, virtual: true} }
	if math.Abs(along) < .45 {
		for _, side := range [2]float64{1, -1} {
			dir := func(f *finder) vec {
				// The axis of the square that is nearest to square across.
				a := math.Atan2(d.y, d.x) + side*math.Pi/2
				own, ok := f.ring.axis()
				if ok {
					a -= turn(a, own)
				}
				u := vec{math.Cos(a), math.Sin(a)}
				s := f.ring.along(u)
				if s == 0 {
					s = f.module
				}
				return u.mul(s * n)
			}
			add(*p, *q, lost(p.c.add(dir(p)), p.module), n, n)
			add(*q, *p, lost(q.c.add(dir(q)), q.module), n, n)
		}
		return out
	}
	// On the diagonal the corners lie half the diagonal square across its middle.
	mid := lerp(p.c, q.c, .5)
	across := vec{-d.y, d.x}.mul(.5)
	for _, side := range [2]float64{1, -1} {
		c := lost(mid.add(across.mul(side)), (p.module+q.module)/2)
		k := n / math.Sqrt2
		add(c, *p, *q, k, k)
	}
	return out
}

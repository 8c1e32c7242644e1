package qr

import (
	"container/heap"
	"math"
)

// triplet is three finder patterns that may belong to one symbol, as indices: top left, top right, bottom left. In a
// mirrored symbol the last two are exchanged, which reading the matrix in both ways makes good.
type triplet struct {
	tl, tr, bl int
	n1, n2     float64 // modules between the centres along the two sides
	cost       float64
	anchors    *anchors // once measured
}

// neighbours is the number of nearest finders with which each finder is combined once there are many.
const neighbours = 14

// rankTriplets returns the combinations of finders that could be a symbol, the likeliest first, at most limit.
// Combinations that cost more than most are left out.
func (v view) rankTriplets(fs []finder, limit int, most float64, stop func() bool) *ranking {
	q := &ranking{view: v, fs: fs}
	seen := 0
	for i := range fs {
		if i&15 == 0 && stop() {
			break
		}
		near := nearest(fs, i)
		sides := make([]side, len(near))
		for k, n := range near {
			sides[k] = newSide(fs, i, n)
		}
		for a := range sides {
			for b := range a {
				if t, ok := makeTriplet(fs, i, &sides[b], &sides[a]); ok {
					if seen++; t.cost <= most {
						q.all = append(q.all, t)
					}
				}
			}
		}
	}
	for i, t := range q.all {
		q.open = append(q.open, ranked{t.cost, i})
	}
	heap.Init(&q.open)
	q.left = limit
	// Where finder-like places abound (large symbols hold many), geometry alone does not tell which three belong together.
	if seen > maxTriplets {
		q.judged = max(48, 2*len(fs))
	}
	return q
}

// ranking gives triplets by rising cost. The timing patterns of the first of them, judged in number, are looked at. That
// only adds to a triplet's cost, so that it waits until the triplet could be next: most never are.
type ranking struct {
	view   view
	fs     []finder
	all    []triplet
	open   rankHeap // not judged yet, by index into all
	closed rankHeap // judged
	judged int      // triplets still to be judged
	left   int      // triplets still to be taken from open
}

// next returns the likeliest triplet that is left. Those that skip says are of no use are passed over.
func (q *ranking) next(skip func(*triplet) bool) (*triplet, bool) {
	for {
		fresh := len(q.open) > 0 && q.left > 0
		judging := fresh && q.judged > 0
		switch {
		case len(q.closed) > 0 && (!judging || q.closed[0].before(q.open[0])):
			if t := &q.all[q.closed.take()]; !skip(t) {
				return t, true
			}
		case judging:
			k := q.open.take()
			q.left--
			q.judged--
			if t := &q.all[k]; !skip(t) {
				q.view.judge(q.fs, t)
				heap.Push(&q.closed, ranked{t.cost, k})
			}
		case fresh:
			q.left--
			if t := &q.all[q.open.take()]; !skip(t) {
				return t, true
			}
		default:
			return nil, false
		}
	}
}

// judge adds to the cost of a triplet how little its timing patterns are what its sides say.
func (v view) judge(fs []finder, t *triplet) {
	a, ok := newAnchors(v, fs, *t)
	if !ok {
		t.cost += 2
		return
	}
	t.anchors = a
	// A true side has as many timing modules as its length says.
	for side := range 2 {
		n := a.n[side] + 7
		if w, ok := a.sideModules(side); ok {
			n = w
		}
		d := float64(a.timingCount(side))
		if d == 0 {
			t.cost += .8
			continue
		}
		t.cost += math.Min(.8, 4*math.Abs(d-n)/n)
	}
}

// ranked is a cost with the index of what has it; of equal ones the lower index comes first.
type ranked struct {
	cost  float64
	index int
}

func (a ranked) before(b ranked) bool {
	return a.cost < b.cost || a.cost == b.cost && a.index < b.index
}

// rankHeap is a container/heap with the first at its root.
type rankHeap []ranked

func (h rankHeap) Len() int           { return len(h) }
func (h rankHeap) Less(i, j int) bool { return h[i].before(h[j]) }
func (h rankHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *rankHeap) Push(r any)        { *h = append(*h, r.(ranked)) }
func (h *rankHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// take removes the first and returns its index.
func (h *rankHeap) take() int { return heap.Pop(h).(ranked).index }

// nearest returns the finders that may share a symbol with finder i: of like size, the closest ones.
func nearest(fs []finder, i int) []int {
	type cand struct {
		i, strength int
		d           float64
	}
	closer := func(a, b cand) bool { return a.d < b.d || a.d == b.d && a.i < b.i }
	stronger := func(a, b cand) bool { return a.strength > b.strength || a.strength == b.strength && closer(a, b) }
	var c []cand
	m := fs[i].module
	for k := range fs {
		// Sizes differ by at most a factor of e to the .8.
		if f := fs[k].module; k == i || f > 2.2255*m || m > 2.2255*f {
			continue
		}
		if d := dist(fs[k].c, fs[i].c) / m; d > 9 && d < 260 {
			c = append(c, cand{k, fs[k].strength(), d})
		}
	}
	if len(c) > neighbours {
		// Keep the strongest of the far ones too: a large symbol holds false finders.
		firstOf(c, neighbours-6, closer)
		firstOf(c[neighbours-6:], 6, stronger)
		c = c[:neighbours]
	}
	out := make([]int, len(c))
	for k := range c {
		out[k] = c[k].i
	}
	return out
}

// firstOf brings the first n of a list into order at its beginning.
func firstOf[T any](v []T, n int, before func(a, b T) bool) {
	for i := range v {
		k := min(i, n)
		if i >= n && !before(v[i], v[n-1]) {
			continue
		}
		if i >= n {
			v[i], v[n-1] = v[n-1], v[i]
			k = n - 1
		}
		for ; k > 0 && before(v[k], v[k-1]); k-- {
			v[k], v[k-1] = v[k-1], v[k]
		}
	}
}

// side is the connection of a finder that may be a symbol's corner with another one, k.
type side struct {
	k             int
	d             vec
	length        float64
	n, e          float64 // modules between the centres and disagreement of their lengths
	support, cost float64
}

func newSide(fs []finder, i, k int) side {
	s := side{k: k, d: fs[k].c.sub(fs[i].c), support: float64(fs[k].support), cost: fs[k].doubt()}
	s.length = s.d.norm()
	s.n, s.e = modulesBetween(&fs[i], &fs[k], s.d)
	return s
}

// doubt is the cost of a finder of which not all rays see the pattern.
func (f *finder) doubt() float64 {
	if f.ring == nil {
		return 1
	}
	return 1.6 * (1 - float64(f.ring.good)/ringRays)
}

// makeTriplet rates finder i as the corner between a and b.
func makeTriplet(fs []finder, i int, a, b *side) (triplet, bool) {
	if a.n < 10 || b.n < 10 || a.n > 200 || b.n > 200 {
		return triplet{}, false
	}
	cos := a.d.dot(b.d) / (a.length * b.length)
	if math.Abs(cos) > .78 {
		return triplet{}, false
	}
	if a.d.cross(b.d) < 0 {
		a, b = b, a
	}
	ratio := logRatio(a.n, b.n)
	if ratio > .5 {
		return triplet{}, false
	}
	support := math.Min(float64(fs[i].support), math.Min(a.support, b.support))
	cost := 1.2*math.Abs(cos) + 3*ratio + 1.5*(a.e+b.e) + .3*logRatio(a.length, b.length) + .6/(1+support) +
		fs[i].doubt() + a.cost + b.cost
	return triplet{tl: i, tr: a.k, bl: b.k, n1: a.n, n2: b.n, cost: cost}, true
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

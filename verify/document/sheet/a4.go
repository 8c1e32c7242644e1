package sheet

import (
	"cmp"
	"image"
	"iter"
	"math"
	"slices"

	"zhengyan/verify/page"
)

// The certificates are printed on A4 (ISO 216), and the ratio of a sheet's sides follows from the picture of its corners
// within half a percent. A quadrilateral with another ratio therefore has a side in the wrong place: on a stripe of the
// cloth that runs along the paper, or on the print inside a bare margin. Then every straight edge along each side is a
// candidate, and those four are taken that make A4 and look most like the border of paper.

const (
	surelyA4   = 0.009 // share by which a measured ratio may be off A4's and needs no second look
	shortLens  = 0.62  // shortest and longest focal length of phones, in long sides of the picture
	longLens   = 1.1
	focalError = 0.1   // share by which one that follows from the vanishing points may be off
	a4Spread   = 0.005 // standard deviation of that share where the corners are right
	searchSpan = 0.17  // of the neighbouring sides' mean length, to either side
	sideBlocks = 16    // parts along a side
	blockTaps  = 7     // samples along a part
	endBlocks  = 2     // parts beyond each corner
	sideMost   = 14    // candidates for a side
	sideTilt   = 4     // steps by which the ends may differ, each way
)

// offA4 is the share by which the ratio of the sides is off A4's, at the focal length of the range that suits best: a
// camera does not say its own, and at a strong slant the ratio hangs on it.
func offA4(c [4]page.Point, w, h int) float64 {
	n2, n3 := sidesOf(c, image.Rect(0, 0, w, h))
	long := float64(max(w, h))
	lo, hi := shortLens*long, longLens*long
	if f2, ok := focalOf(n2, n3, long); ok {
		f := math.Sqrt(f2)
		lo, hi = f*(1-focalError), f*(1+focalError)
	}
	off := func(f float64) float64 {
		r := ratioAt(n2, n3, f*f)
		return math.Log(max(r, 1/r) / math.Sqrt2)
	}
	// The ratio grows or falls with the focal length throughout.
	a, b := off(lo), off(hi)
	switch {
	case math.IsNaN(a) || math.IsNaN(b):
		return math.Inf(1)
	case a <= 0 && b >= 0 || a >= 0 && b <= 0:
		return 0
	}
	return min(math.Abs(a), math.Abs(b))
}

// likeA4 is how well the ratio of the sides speaks for a sheet of A4, between least and 1.
func likeA4(c [4]page.Point, w, h int, least float64) float64 {
	d := offA4(c, w, h) / a4Spread
	return least + (1-least)*math.Exp(-d*d/2)
}

// border is an edge that may be a side: its offsets at the two corners, outwards, and how much it looks like the border
// of paper, 0 to 1. It runs on beyond the first corner as far as runs[0] says, 0 to 1, and beyond the second, runs[1].
type border struct {
	a, b float64
	like float64
	runs [2]float64
}

// squared replaces sides so that the corners are those of A4, and says how much they look like a sheet and how much the
// paper seems to go on beyond one of them, both 0 to 1; without a better choice the corners stay. A hint, if any, says which
// sides to replace.
func (p *pixels) squared(c [4]page.Point, scale float64, h *hint) (corners [4]page.Point, like, beyond float64, other bool) {
	var lists [4][]border
	perMM := acrossMM(c)
	fits := h == nil && offA4(c, p.w, p.h) < surelyA4
	for i := range 4 {
		span := 0.0 // nothing but the sides as they are
		if !fits && (h == nil || h.doubted[i]) {
			span = searchSpan * (length(sub(c[(i+3)%4], c[i])) + length(sub(c[(i+2)%4], c[(i+1)%4]))) / 2
		}
		lists[i] = p.borders(c[i], c[(i+1)%4], span, scale)
	}
	// The paper goes on beyond a side if both of its neighbours do.
	on := func(pick [4]int) float64 {
		most := 0.0
		for i := range 4 {
			before, after := (i+3)%4, (i+1)%4
			most = max(most, min(lists[before][pick[before]].runs[1], lists[after][pick[after]].runs[0]))
		}
		return most
	}
	// The first of each list is the side as it is.
	bestCorners := c
	like = likes(lists, [4]int{}) * likeA4(c, p.w, p.h, 0.6)
	if fits {
		return c, like, on([4]int{}), false
	}
	best := like * h.suits(lists, [4]int{}, perMM)
	found := false
	var bestPick [4]int
	for pick := range picks(lists) {
		v := likes(lists, pick)
		if v <= best {
			continue
		}
		q := moved(c, lists, pick)
		if !convex(q) {
			continue
		}
		v *= likeA4(q, p.w, p.h, 0.6)
		if w := v * h.suits(lists, pick, perMM); w > best {
			best, like, bestCorners, bestPick, found = w, v, q, pick, true
		}
	}
	return bestCorners, like, on(bestPick), found
}

// picks are all ways to take one candidate for each side; the first has the sides as they are.
func picks(lists [4][]border) iter.Seq[[4]int] {
	return func(yield func([4]int) bool) {
		var pick [4]int
		for pick[0] = range lists[0] {
			for pick[1] = range lists[1] {
				for pick[2] = range lists[2] {
					for pick[3] = range lists[3] {
						if !yield(pick) {
							return
						}
					}
				}
			}
		}
	}
}

// likes is how much the sides that were picked look like the border of paper, all together.
func likes(lists [4][]border, pick [4]int) float64 {
	v := 1.0
	for i := range 4 {
		v *= 0.05 + lists[i][pick[i]].like
	}
	return math.Sqrt(math.Sqrt(v))
}

// crossing is where the lines through two pairs of places meet.
func crossing(p0, p1, q0, q1 page.Point) (page.Point, bool) {
	da, db := sub(p1, p0), sub(q1, q0)
	den := cross(da, db)
	if math.Abs(den) < 1e-6 {
		return page.Point{}, false
	}
	t := cross(sub(q0, p0), db) / den
	return page.Point{X: p0.X + da.X*t, Y: p0.Y + da.Y*t}, true
}

// strip is what lies along a side: for each of its parts the running sums of colour across it.
type strip struct {
	sums [sideBlocks + 2*endBlocks][]colour // [i][j] is the sum of the first j samples
	n    int
	seen [sideBlocks + 2*endBlocks][2]int // the samples [0] to [1] lie in the picture
}

// holds reports whether the samples around a place of a part lie in the picture.
func (s *strip) holds(i, at, wide int) bool {
	return at-wide >= s.seen[i][0] && at+1+wide <= s.seen[i][1]
}

func (s *strip) mean(i, from, to int) (m colour) {
	a, b := &s.sums[i][from], &s.sums[i][to]
	k := 1 / float64(to-from)
	for c := range 3 {
		m[c] = (b[c] - a[c]) * k
	}
	return m
}

// along takes what lies along the side from a to b, up to span to either side of it. Places are zero + offset/step; edges are
// looked at with wide samples on either side.
func (p *pixels) along(a, b page.Point, span, scale float64) (s strip, zero, half, wide int, step float64) {
	d := sub(b, a)
	k := length(d)
	dx, dy := d.X/k, d.Y/k
	nx, ny := dy, -dx
	step = max(scale/2, 1)
	half = int(math.Ceil(span / step))
	wide = max(int(math.Round(1.8*scale/step)), 2)
	half = max(half, 2)
	pad := wide + sideTilt + 2
	inner := max(deepPlaces*wide-half, pad) // samples inwards of the first place that is looked at
	s = strip{n: inner + 2*half + 1 + pad}
	zero = inner + half
	for i := range s.sums {
		s.sums[i] = make([]colour, s.n+1)
		// The parts beyond the corners follow those between them.
		u0, u1 := 0.025+0.95*float64(i)/sideBlocks, 0.025+0.95*float64(i+1)/sideBlocks
		if e := i - sideBlocks; e >= 0 {
			u0 = 1.035 + 0.05*float64(e%endBlocks)
			u1 = u0 + 0.05
			if e >= endBlocks {
				u0, u1 = 1-u1, 1-u0
			}
		}
		s.seen[i] = [2]int{s.n, 0}
		for j := range s.n {
			o := float64(j-zero) * step
			var sum colour
			for q := range blockTaps {
				u := (u0 + (u1-u0)*(float64(q)+0.5)/blockTaps) * k
				x, y := int(a.X+dx*u+nx*o), int(a.Y+dy*u+ny*o)
				if q == blockTaps/2 && x >= 0 && y >= 0 && x < p.w && y < p.h {
					s.seen[i] = [2]int{min(s.seen[i][0], j), j + 1}
				}
				l, cu, cv := p.at(min(max(x, 0), p.w-1), min(max(y, 0), p.h-1))
				sum[0] += float64(l)
				sum[1] += float64(cu)
				sum[2] += float64(cv)
			}
			for c := range 3 {
				s.sums[i][j+1][c] = s.sums[i][j][c] + sum[c]/blockTaps
			}
		}
	}
	return s, zero, half, wide, step
}

// borders gives the edges along the side from a to b, the side itself first.
func (p *pixels) borders(a, b page.Point, span, scale float64) []border {
	s, zero, half, wide, step := p.along(a, b, span, scale)
	at := func(j, tilt int) border {
		q := s.like(j, tilt, wide)
		q.a, q.b = float64(j-zero-tilt)*step, float64(j-zero+tilt)*step
		return q
	}
	own := at(zero, 0)
	for j := zero - 2; j <= zero+2; j++ {
		for t := -1; t <= 1; t++ {
			if q := s.like(j, t, wide); q.like > own.like {
				own = q
			}
		}
	}
	own.a, own.b = 0, 0
	if span == 0 {
		return []border{own}
	}
	bests := make([]border, 0, 2*half+1)
	for j := zero - half; j <= zero+half; j++ {
		var q border
		for t := -sideTilt; t <= sideTilt; t++ {
			if r := at(j, t); r.like > q.like {
				q = r
			}
		}
		bests = append(bests, q)
	}
	var peaks []border
	for i := 1; i < len(bests)-1; i++ {
		q := bests[i]
		if q.like > 0.08 && q.like >= bests[i-1].like && q.like > bests[i+1].like && math.Abs(q.a)+math.Abs(q.b) > 2*scale {
			peaks = append(peaks, q)
		}
	}
	slices.SortFunc(peaks, func(a, b border) int { return cmp.Compare(b.like, a.like) })
	return append([]border{own}, peaks[:min(len(peaks), sideMost)]...)
}

// deepPlaces is how far inside paper is compared with the strip along its border, in widths of that strip.
const deepPlaces = 14

func (a colour) distance(b colour) float64 {
	d := a.minus(b)
	return math.Sqrt(d.dot(d))
}

// like says how much an edge looks like the border of paper: the change across it has one direction all along, what
// lies inside is of one colour, and it does not run on beyond the corners.
func (s *strip) like(j, tilt, wide int) (q border) {
	var ds [sideBlocks]colour
	var in [sideBlocks]colour
	var valid [sideBlocks]bool
	var m colour
	n, bright := 0.0, 0.0
	place := func(i int) int { return j + int(math.Round(float64(tilt)*(2*(float64(i)+0.5)/sideBlocks-1))) }
	for i := range sideBlocks {
		at := place(i)
		if valid[i] = s.holds(i, at, wide); !valid[i] {
			continue
		}
		in[i] = s.mean(i, at-wide, at)
		ds[i] = in[i].minus(s.mean(i, at+1, at+1+wide))
		bright += in[i][0]
		n++
		for c := range 3 {
			m[c] += ds[i][c]
		}
	}
	if n < sideBlocks*6/10 {
		return q
	}
	bright /= n
	for c := range 3 {
		m[c] /= n
	}
	size := math.Sqrt(m.dot(m))
	unit := bright + 20
	if size < 0.004*unit {
		return q
	}
	same, against, spread := 0.0, 0.0, 0.0
	rough, patchy, odd, last := 0.0, 0.0, 0.0, -1
	var out [sideBlocks]colour
	for i := range sideBlocks {
		if !valid[i] {
			continue
		}
		along := ds[i].dot(m) / size
		switch {
		case along > 0.2*size:
			same++
		case along < -0.2*size:
			against++
		}
		spread += (along - size) * (along - size) / n
		at := place(i)
		out[i] = s.mean(i, at+1, at+1+wide)
		if deep := max(at-deepPlaces*wide, 0); deep < at-2*wide {
			odd += min(in[i].distance(s.mean(i, deep, at-wide))/unit, 0.4) / n
		}
		if last >= 0 {
			rough += min(in[i].distance(in[last])/unit, 0.2) / n
			patchy += min(out[i].distance(out[last])/unit, 0.2) / n
		}
		last = i
	}
	// Coherence of the change against its scatter: a weak edge counts if it is the same all along.
	snr := size / (math.Sqrt(spread/n) + 0.0025*unit)
	v := snr / (snr + 3)
	v *= max(0, (same-2*against)/n)
	v *= math.Exp(-rough/0.03 - max(0, odd-0.05)/0.08)
	// Bare paper on both sides of an edge is the margin around the print.
	v *= 0.55 + 0.45*min(1, max(size/(0.12*unit), patchy/0.05))
	// What runs on beyond the corners is not the paper's.
	runs, ends := 0.0, 0.0
	for e := range 2 {
		on, seen := 0.0, 0.0
		for i := sideBlocks + e*endBlocks; i < sideBlocks+(e+1)*endBlocks; i++ {
			at := j + tilt
			if e == 1 {
				at = j - tilt
			}
			if !s.holds(i, at, wide) {
				continue
			}
			d := s.mean(i, at-wide, at).minus(s.mean(i, at+1, at+1+wide))
			on += min(max(d.dot(m)/(size*size), 0), 1)
			seen++
		}
		if seen > 0 {
			q.runs[1-e] = on / seen
			runs += on / seen
			ends++
		}
	}
	if ends > 0 {
		v *= 1 - 0.75*runs/ends
	}
	q.like = v
	return q
}

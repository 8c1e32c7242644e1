package sheet

import (
	"math"

	"zhengyan/verify/page"
)

// A certificate's print runs along its paper: its frame, the lines of its text. Each side of the sheet must therefore be
// parallel, perspective taken out, to the print within it; an edge of a neighbouring sheet, of a shadow or of a cloth that
// was taken for a side seldom is. How much a tilt speaks is the energy of the print's profile, projected along that tilt:
// it is sharpest where the lines of the print fall together (Postl, Detection of linear oblique structures and skew scan
// in digitized documents, ICPR 1986).

// Looking at the print inside a side.
const (
	printFrom   = 0.012 // depth inwards, in shorter sides of the sheet
	printTo     = 0.13
	printBlocks = 24    // parts along the side
	printTaps   = 3     // samples along a part
	printStep   = 0.5   // pixels of the reduced picture between samples across
	printTilt   = 0.05  // the most, as a share of the side's length
	printEdge   = 2.5   // pixels of the reduced picture inside the side that belong to its edge
	printSteep  = 0.06  // most change of brightness between samples that counts, as a share: text must not drown the frame
	printNone   = 0.15  // energy that is no print's
	parallelTo  = 0.005 // tilt up to which print runs along a side, and from which it does not: printers turn paper a little
	notParallel = 0.009
	printSays   = 1.5 // logarithm of the ratio of energies at most
)

// What is made of it.
const (
	printWeight   = 0.15 // exponent for the sum over the sides
	surelyAlong   = 0.2
	surelyAskew   = -0.5
	doubtedScore  = 0.45 // at most, under MinScore
	a4Short       = 210  // mm
	insetMost     = 15   // mm of difference that is looked for
	insetsAlike   = 0.7  // from which two profiles are the same frame's
	insetsOther   = 0.58 // up to which they are not
	insetsSpread  = 2.5  // standard deviation in mm of what printers do, generously
	insetsLeast   = 0.6  // what is left of a sheet at any difference
	insetsDoubted = 0.8  // for both directions together, below which sides are doubted: at 3 mm in one, or 2 in each
)

// slant is what the print inside a side says of it: by how much of its length the print falls away inwards from the side's
// first end to its second, and how much that, or none of it, is to be believed: the logarithm of the ratio of energies
// along the side and at any other tilt, −printSays to printSays.
type slant struct {
	tilt, along float64
	profile     []float32
}

// slants looks at the print inside all four sides of a quadrilateral of the reduced picture, whose sides bow outwards by
// bend.
func (p *plane) slants(c [4]page.Point, bend [4]float64) (out [4]slant) {
	for i := range 4 {
		h, ok := homographyOf([4]page.Point{c[i], c[(i+1)%4], c[(i+2)%4], c[(i+3)%4]}, 1, 1)
		if !ok {
			continue
		}
		wide := (length(sub(c[(i+1)%4], c[i])) + length(sub(c[(i+2)%4], c[(i+3)%4]))) / 2
		deep := (length(sub(c[(i+3)%4], c[i])) + length(sub(c[(i+2)%4], c[(i+1)%4]))) / 2
		out[i] = p.slant(&h, wide, deep, bend[i])
	}
	return out
}

// slant looks at the print inside the first side of the unit square, which is wide × deep pixels large.
func (p *plane) slant(h *Homography, wide, deep, bend float64) (s slant) {
	unit := min(wide, deep)
	n := int((printTo - printFrom) * unit / printStep)
	most := int(printTilt * wide / (2 * printStep)) // samples by which the ends may differ from the middle
	if n < 16 || most < 4 {
		return s
	}
	m := n + 2*most
	edge := max(most-int((printFrom*unit-printEdge)/printStep), 0)
	change := make([]float32, printBlocks*m)
	light := make([]float32, m+2)
	for b := range printBlocks {
		clear(light)
		for q := range printTaps {
			u := 0.05 + 0.9*(float64(b)+(float64(q)+0.5)/printTaps)/printBlocks
			bow := bend * ((2*u-1)*(2*u-1) - 1) * wide
			v0 := (printFrom*unit - float64(most+1)*printStep + bow) / deep
			v1 := (printTo*unit + float64(most+1)*printStep + bow) / deep
			from, to := h.ToPicture(page.Point{X: u, Y: v0}), h.ToPicture(page.Point{X: u, Y: v1})
			dx, dy := (to.X-from.X)/float64(m+1), (to.Y-from.Y)/float64(m+1)
			for j := range light {
				light[j] += p.bright(from.X+dx*float64(j), from.Y+dy*float64(j))
			}
		}
		row := change[b*m : (b+1)*m]
		for j := edge; j < m; j++ { // what lies before is the paper's own edge, and the desk
			d := (light[j+2] - light[j]) / (light[j+1] + 20*printTaps)
			row[j] = min(max(d, -printSteep), printSteep)
		}
	}
	sum := make([]float32, n)
	best, along, other := 0.0, 0.0, 0.0
	for k := -most; k <= most; k++ {
		clear(sum)
		for b := range printBlocks {
			t := 2*(0.05+0.9*(float64(b)+0.5)/printBlocks) - 1
			o := most + int(math.Round(float64(k)*t))
			for j, v := range change[b*m+o : b*m+o+n] {
				sum[j] += v
			}
		}
		e := 0.0
		for _, v := range sum {
			e += float64(v * v)
		}
		tilt := 2 * printStep * float64(k) / wide
		if e > best {
			best, s.tilt = e, tilt
			s.profile = append(s.profile[:0], sum...)
		}
		switch {
		case math.Abs(tilt) <= parallelTo:
			along = max(along, e)
		case math.Abs(tilt) >= notParallel:
			other = max(other, e)
		}
	}
	s.along = min(max(math.Log((along+printNone)/(other+printNone)), -printSays), printSays)
	return s
}

// insets is by how much more the print stands in from one side of a sheet than from the opposite one, in mm on A4, as far
// as the two profiles are alike: a frame is the same all round, and printers put it in the middle within a few millimetres.
type insets struct{ mm, same float64 }

func (s *slant) insets(o *slant) (best insets) {
	n := min(len(s.profile), len(o.profile))
	if n < 16 {
		return best
	}
	per := (printTo - printFrom) * a4Short / float64(n)
	most := int(insetMost / per)
	var all float64
	for j := range n {
		all += float64(s.profile[j]*s.profile[j]) + float64(o.profile[j]*o.profile[j])
	}
	for d := -most; d <= most; d++ {
		var ab, aa, bb float64
		for j := max(0, -d); j < min(n, n-d); j++ {
			x, y := float64(s.profile[j+d]), float64(o.profile[j])
			ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
		}
		// A correlation, 1 for the same profiles, that counts less where little of them overlaps, and for larger shifts: the
		// lines of a frame repeat.
		r := ab / (math.Sqrt(aa*bb) + 0.15*all) * 1.3 * (1 - 0.02*math.Abs(float64(d)*per))
		if r > best.same {
			best = insets{float64(d) * per, r}
		}
	}
	return best
}

// even is how likely such a difference is, as a share of that of none; profiles that are not alike say nothing and lie
// between.
func (d insets) even() float64 {
	sure := min(max((d.same-insetsOther)/(insetsAlike-insetsOther), 0), 1)
	k := d.mm / insetsSpread
	return (1+insetsLeast)/2 + (1-insetsLeast)*sure*(math.Exp(-k*k/2)-0.5)
}

// printed is how much more, or less, a measured quadrilateral is held a certificate for the print along its sides.
func (q *sheetQuad) printed(work *plane) float64 {
	q.slants = work.slants(q.inWork(work.scale), q.bend)
	sum := 0.0
	for i := range 4 {
		sum += q.slants[i].along
	}
	v := math.Exp(printWeight * sum)
	for i := range 2 {
		q.insets[i] = q.slants[i].insets(&q.slants[i+2])
		v *= q.insets[i].even()
	}
	return v
}

// doubts tells which sides the print within them contradicts: those askew to it, and all where a frame stands unevenly
// between them, or not the same one within each, for which of them are wrong then only the ratio of all can tell.
func (q *sheetQuad) doubts() (askew, all [4]bool, some bool) {
	frame := true
	for _, s := range q.slants {
		frame = frame && s.along >= surelyAlong
	}
	even, uneven := 1.0, false
	for _, d := range q.insets {
		if d.same >= insetsOther {
			even *= d.even()
		} else {
			uneven = uneven || frame
		}
	}
	uneven = uneven || even < insetsDoubted
	for i := range 4 {
		askew[i] = q.slants[i].along < surelyAskew
		all[i] = askew[i] || uneven
		some = some || all[i]
	}
	return askew, all, some
}

// confirm lowers the score where the print contradicts the sides: someone should look.
func (q *sheetQuad) confirm() {
	if _, _, doubted := q.doubts(); doubted {
		q.score = min(q.score, doubtedScore)
	}
}

// framed reports whether print runs along all sides, the same one and evenly: then the sheet is whole, and no other.
func (q *sheetQuad) framed() bool {
	_, _, doubted := q.doubts()
	for i := range 4 {
		doubted = doubted || q.slants[i].along < surelyAlong || q.insets[i%2].same < insetsAlike
	}
	return !doubted
}

// straightened replaces the sides that the print contradicts by edges that agree with it and make A4, and gives how well
// the quadrilateral then suits a sheet.
func (q sheetQuad) straightened(full *pixels, work *plane) (r sheetQuad, suits float64) {
	askew, doubted, some := q.doubts()
	if !some || askew == [4]bool{true, true, true, true} {
		return q, 0
	}
	// Those that are askew are first laid along the print.
	var lists [4][]border
	for i := range 4 {
		lists[i] = []border{{}}
		if askew[i] {
			d := q.slants[i].tilt * length(sub(q.corners[(i+1)%4], q.corners[i])) / 2
			lists[i][0].a, lists[i][0].b = d, -d
		}
	}
	c := moved(q.corners, lists, [4]int{})
	if !convex(c) {
		return q, 0
	}
	c, like, beyond, ok := full.squared(c, work.scale, &hint{doubted, q.insets})
	if !ok {
		return q, 0
	}
	r = q
	r.corners, r.chosen, r.beyond = c, true, beyond
	r = r.settled(full, work.scale)
	return r, r.score * like * r.printed(work)
}

// hint is what the print says of the sides: which are to be looked for elsewhere, and how unevenly it stands between them.
type hint struct {
	doubted [4]bool
	insets  [2]insets
}

// suits is how well a choice of sides agrees with it; perMM are the pixels to a millimetre across each side.
func (h *hint) suits(lists [4][]border, pick [4]int, perMM [4]float64) float64 {
	if h == nil {
		return 1
	}
	v := 1.0
	for i, d := range h.insets {
		a, b := &lists[i][pick[i]], &lists[i+2][pick[i+2]]
		d.mm += (a.a+a.b)/2/perMM[i] - (b.a+b.b)/2/perMM[i+2]
		v *= d.even()
	}
	return v
}

// acrossMM is how many pixels a millimetre of A4 takes across each side of a quadrilateral.
func acrossMM(c [4]page.Point) (out [4]float64) {
	for i := range 4 {
		across := length(sub(c[(i+3)%4], c[i])) + length(sub(c[(i+2)%4], c[(i+1)%4]))
		along := length(sub(c[(i+1)%4], c[i])) + length(sub(c[(i+2)%4], c[(i+3)%4]))
		out[i] = across / 2 / a4Short
		if across > along {
			out[i] /= math.Sqrt2
		}
	}
	return out
}

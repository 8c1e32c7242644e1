package sheet

import (
	"cmp"
	"math"
	"slices"

	"zhengyan/verify/page"
)

// sheetQuad is a quadrilateral measured in the full picture.
type sheetQuad struct {
	corners [4]page.Point // pixels of the picture
	work    [4]page.Point // of the reduced picture
	bend    [4]float64
	base    float64 // score in the reduced picture
	score   float64
	cut     bool
	chosen  bool    // sides were replaced to make A4
	beyond  float64 // how much the paper seems to go on beyond a side
	sides   [4]curve
	slants  [4]slant
	insets  [2]insets
}

// Thresholds of the notes, on values between 0 and 1.
const (
	noSheetScore = 0.4
	curledBend   = 0.004
)

func (q *sheetQuad) bent() float64 {
	worst := 0.0
	for _, b := range q.bend {
		worst = max(worst, math.Abs(b))
	}
	return worst
}

// inWork is the measured corners in pixels of the reduced picture.
func (q *sheetQuad) inWork(scale float64) (c [4]page.Point) {
	for i, p := range q.corners {
		c[i] = page.Point{X: p.X / scale, Y: p.Y / scale}
	}
	return c
}

// refineBest measures the best quadrilaterals in the full picture and gives the one that fits it best.
func refineBest(full *pixels, work *plane, quads []quad) (best sheetQuad, found bool) {
	var kept []quad
	for i := range quads {
		if !slices.ContainsFunc(kept, func(k quad) bool { return k.like(&quads[i], 4) }) {
			if kept = append(kept, quads[i]); len(kept) == keptQuads {
				break
			}
		}
	}
	type start struct {
		sheetQuad
		rank, print float64
	}
	var starts []start
	for _, q := range kept {
		if len(starts) > 0 && q.score < 0.55*starts[0].base {
			break
		}
		r := refine(full, work.scale, q)
		rank := r.score * likeA4(r.corners, full.w, full.h, 0.85)
		starts = append(starts, start{r, rank, rank * r.printed(work)})
	}
	// In turn those that the print speaks for and those that the sides do: the stripes of a cloth run like print, too.
	byPrint := slices.Clone(starts)
	slices.SortStableFunc(byPrint, func(a, b start) int { return cmp.Compare(b.print, a.print) })
	slices.SortStableFunc(starts, func(a, b start) int { return cmp.Compare(b.rank, a.rank) })
	most := 0.0
	var seen [][4]page.Point
	for i := range 2 * len(starts) {
		s := byPrint[i/2]
		if i%2 == 1 {
			s = starts[i/2]
		}
		if len(seen) == triedStarts {
			break
		}
		if slices.ContainsFunc(seen, func(c [4]page.Point) bool { return farthest(c, s.corners) < 4*work.scale }) {
			continue
		}
		seen = append(seen, s.corners)
		r := s.finished(full, work.scale)
		v, like, asFound := r.tried(full, work)
		if v > most {
			best, most, found = r, v, true
		}
		if t, w := r.straightened(full, work); w > most {
			best, most, found = t, w, true
		}
		if asFound && like > clearlyPaper && r.framed() {
			break
		}
	}
	if found && best.bent() <= curledBend {
		if c, ok := full.widened(best.corners, work.scale, &hint{insets: best.insets}); ok {
			best.corners, best.chosen = c, true
			best = best.settled(full, work.scale)
			_, _, best.beyond, _ = full.squared(best.corners, work.scale, nil)
			best.printed(work)
		}
	}
	best.confirm()
	return best, found
}

// tried makes A4 of a measured quadrilateral and gives how well it then suits a sheet, and how much its sides look like the
// border of paper; asFound is set if they needed no other choice.
func (q *sheetQuad) tried(full *pixels, work *plane) (suits, like float64, asFound bool) {
	c, like, beyond, moved := full.squared(q.corners, work.scale, nil)
	if q.bent() > curledBend {
		// The sides of a bent sheet need not have the ratio, and do not lie along the straight lines that were looked at.
		moved, like = false, max(like, bentLike)
	}
	asFound = !moved && offA4(q.corners, full.w, full.h) < surelyA4
	for n := 0; moved && n < 2; n++ {
		q.corners, q.chosen = c, true
		*q = q.settled(full, work.scale)
		var again float64
		if c, again, beyond, moved = full.squared(q.corners, work.scale, nil); moved {
			like = again
		}
	}
	q.beyond = beyond
	suits = q.score * like * q.printed(work)
	if asFound {
		suits *= unmoved
	}
	return suits, like, asFound
}

// What of the quadrilaterals is followed up.
const (
	triedStarts  = 6
	clearlyPaper = 0.45 // looks like a sheet of A4 enough to look no further
	runsOn       = 0.25 // chosen sides of which two run on so far are print on a sheet that does
	bentLike     = 0.3  // what is held of the sides of a bent sheet at least
	unmoved      = 1.2  // among many places of sides some make A4 by chance: for one that needed no choice more is said
)

// farthest is the largest distance of a corner of one quadrilateral from the nearest of another.
func farthest(a, b [4]page.Point) float64 {
	worst := 0.0
	for _, p := range a {
		near := math.Inf(1)
		for _, q := range b {
			near = min(near, length(sub(p, q)))
		}
		worst = max(worst, near)
	}
	return worst
}

// Sampling of a side.
const (
	places  = 72  // along it
	offsets = 49  // across it
	reach   = 5.0 // pixels of the reduced picture to either side
)

// curve is a side as measured: the offset across it at position t (−1 to 1) is a + b·t + c·t².
type curve struct {
	a, b, c float64
	from    page.Point // of t = −1
	to      page.Point
	contrast,
	inliers float64
}

// point of the measured side at position t.
func (s *curve) point(t float64) page.Point {
	d := sub(s.to, s.from)
	k := length(d)
	nx, ny := d.Y/k, -d.X/k // outwards for clockwise corners
	o := s.a + s.b*t + s.c*t*t
	u := (t + 1) / 2
	return page.Point{X: s.from.X + d.X*u + nx*o, Y: s.from.Y + d.Y*u + ny*o}
}

func refine(full *pixels, scale float64, q quad) sheetQuad {
	r := sheetQuad{work: q.corners, base: q.score, cut: q.cut}
	c := q.corners
	if cross(sub(c[1], c[0]), sub(c[2], c[0])) < 0 {
		c[1], c[3] = c[3], c[1]
	}
	for i := range c {
		c[i].X, c[i].Y = c[i].X*scale, c[i].Y*scale
	}
	c = clockwise(c)
	c, sides, quality := full.settle(c, reach*scale, scale)
	r.corners, r.sides = c, sides
	r.rate(quality)
	return r
}

// finished measures the sides once more, closely, after each was moved out to the paper's edge where it was the print's.
func (r sheetQuad) finished(full *pixels, scale float64) sheetQuad {
	c := r.corners
	for range 2 {
		moved, ok := full.pushed(c, scale)
		if !ok {
			break
		}
		c, _, _ = full.settle(moved, 3*scale, scale)
	}
	r.corners = c
	return r.settled(full, scale)
}

// settled measures the sides closely where they are.
func (r sheetQuad) settled(full *pixels, scale float64) sheetQuad {
	var quality float64
	r.corners, r.sides, quality = full.settle(r.corners, 2.2*scale, scale)
	r.rate(quality)
	return r
}

// settle measures the four sides near their present place and moves the corners to where they meet.
func (p *pixels) settle(c [4]page.Point, span, scale float64) ([4]page.Point, [4]curve, float64) {
	var sides [4]curve
	quality := 1.0
	for i := range 4 {
		sides[i] = p.measure(c[i], c[(i+1)%4], span, scale)
		quality *= 0.15 + 0.85*sides[i].inliers*sides[i].contrast
	}
	var out [4]page.Point
	for i := range 4 {
		out[i] = corner(&sides[(i+3)%4], &sides[i], c[i])
	}
	return out, sides, quality
}

func (r *sheetQuad) rate(quality float64) {
	c := r.corners
	for i := range 4 {
		s := &r.sides[i]
		r.bend[i] = -s.c / length(sub(s.to, s.from))
	}
	r.score = min(math.Sqrt(r.base*math.Pow(quality, 0.25))*1.15, 1)
	if !convex(c) {
		r.score = 0
	}
}

// corner is where the end of one measured side meets the start of the next.
func corner(before, after *curve, old page.Point) page.Point {
	tb, ta := 1.0, -1.0
	p := old
	for range 8 {
		// Tangents at the present guess.
		b0, b1 := before.point(tb-0.02), before.point(tb+0.02)
		a0, a1 := after.point(ta-0.02), after.point(ta+0.02)
		db, da := sub(b1, b0), sub(a1, a0)
		den := cross(db, da)
		if math.Abs(den) < 1e-6 {
			return old
		}
		u := cross(sub(a0, b0), da) / den
		w := cross(sub(a0, b0), db) / den
		p = page.Point{X: b0.X + db.X*u, Y: b0.Y + db.Y*u}
		tb += (u - 0.5) * 0.04
		ta += (w - 0.5) * 0.04
	}
	if length(sub(p, old)) > 0.1*length(sub(before.to, before.from)) {
		return old
	}
	return p
}

// measure finds the side near the segment between two corners: at each of its places the step that most looks like the
// paper's edge, on a path along it that does not jump, and a parabola through that path.
func (p *pixels) measure(from, to page.Point, span, scale float64) curve {
	coarse := span > 4*scale // a first look needs nothing between the pixels
	s := curve{from: from, to: to}
	d := sub(to, from)
	k := length(d)
	if k < 8 {
		return s
	}
	dx, dy := d.X/k, d.Y/k
	nx, ny := dy, -dx
	stepLen := 2 * span / (offsets - 1)
	width := max(int(math.Round(1.6*scale/stepLen)), 2) // samples on each side of an edge
	// Averaged along the side, so that noise and print count less; a stretch of 1.5 reduced pixels is still straight.
	along := max(scale*0.5, 0.75)
	var at [places]float64
	var seen [places]bool
	n := offsets + 2*width
	sums := make([]sample, n+1) // of what lies across, up to each place
	cost := make([]float32, places*offsets)
	for i := range places {
		t := -0.95 + 1.9*float64(i)/(places-1)
		at[i] = t
		u := (t + 1) / 2
		cx, cy := from.X+d.X*u, from.Y+d.Y*u
		if cx < span || cy < span || cx > float64(p.w)-span || cy > float64(p.h)-span {
			if cx < 1 || cy < 1 || cx > float64(p.w)-1 || cy > float64(p.h)-1 {
				continue
			}
		}
		seen[i] = true
		for j := range n {
			o := float64(j-width)*stepLen - span
			var sum sample
			for a := -1; a <= 1; a++ {
				x, y := cx+nx*o+dx*along*float64(a), cy+ny*o+dy*along*float64(a)
				var q sample
				if coarse {
					l, u, v := p.at(min(max(int(x), 0), p.w-1), min(max(int(y), 0), p.h-1))
					q = sample{float32(l), float32(u), float32(v)}
				} else {
					q = p.near(x, y)
				}
				sum.l, sum.u, sum.v = sum.l+q.l, sum.u+q.u, sum.v+q.v
			}
			before := &sums[j]
			sums[j+1] = sample{before.l + sum.l/3, before.u + sum.u/3, before.v + sum.v/3}
		}
		mean := func(a, b int) sample {
			x, y := &sums[a], &sums[b]
			f := 1 / float32(b-a)
			return sample{(y.l - x.l) * f, (y.u - x.u) * f, (y.v - x.v) * f}
		}
		for j := range offsets {
			c := j + width
			in, out := mean(c-width, c), mean(c+1, c+1+width)
			cost[i*offsets+j] = difference(in, out)
		}
	}
	noise := quantileOf(cost, 0.35) + 0.004
	for i, v := range cost {
		cost[i] = v / (v + 1.5*noise)
	}
	path := bestPath(cost, seen[:])
	// Where along the step the edge lies: the centre of the response around the path.
	var off, weight [places]float64
	for i, j := range path {
		if !seen[i] {
			continue
		}
		row := cost[i*offsets : (i+1)*offsets]
		var num, den float64
		for q := max(j-width, 0); q <= min(j+width, offsets-1); q++ {
			w := float64(row[q])
			w = w * w * w
			num, den = num+w*float64(q), den+w
		}
		if den == 0 {
			continue
		}
		off[i] = (num/den)*stepLen - span
		weight[i] = float64(row[j])
	}
	s.fit(at[:], off[:], weight[:], k, scale)
	return s
}

// bestPath is the way across the rows with the highest sum whose neighbours differ by at most one step.
func bestPath(cost []float32, seen []bool) [places]int {
	var sum [places * offsets]float32
	var from [places * offsets]int8
	for i := range places {
		for j := range offsets {
			v := cost[i*offsets+j]
			if i > 0 {
				best, at := sum[(i-1)*offsets+j], int8(0)
				if j > 0 && sum[(i-1)*offsets+j-1]-0.12 > best {
					best, at = sum[(i-1)*offsets+j-1]-0.12, -1
				}
				if j < offsets-1 && sum[(i-1)*offsets+j+1]-0.12 > best {
					best, at = sum[(i-1)*offsets+j+1]-0.12, 1
				}
				v += best
				from[i*offsets+j] = at
			}
			sum[i*offsets+j] = v
		}
	}
	var path [places]int
	best := 0
	for j := range offsets {
		if sum[(places-1)*offsets+j] > sum[(places-1)*offsets+best] {
			best = j
		}
	}
	for i := places - 1; i >= 0; i-- {
		path[i] = best
		best += int(from[i*offsets+best])
	}
	return path
}

// fit puts a parabola through the measured offsets, leaving out what lies off it.
func (s *curve) fit(at, off, weight []float64, k, scale float64) {
	w := append([]float64(nil), weight...)
	limit := 1.2 * scale
	for round := range 6 {
		a, b, c, ok := parabola(at, off, w, round >= 2)
		if !ok {
			return
		}
		s.a, s.b, s.c = a, b, c
		var inside, all, contrast float64
		for i, t := range at {
			if weight[i] == 0 {
				continue
			}
			r := math.Abs(off[i] - (a + b*t + c*t*t))
			f := 1 / (1 + (r/limit)*(r/limit)*(r/limit)*(r/limit))
			w[i] = weight[i] * f
			all++
			if r < 0.5*scale {
				inside++
				contrast += weight[i]
			}
		}
		if all > 0 {
			s.inliers, s.contrast = inside/max(all, places/2), contrast/max(inside, 1)
		}
		limit = max(limit*0.7, 0.3*scale)
	}
	// A bend that a sheet of paper on a desk cannot have is a wrong fit.
	if math.Abs(s.c) > 0.05*k {
		s.c = 0
	}
}

// parabola is the weighted least-squares fit, of a straight line if bent is not set.
func parabola(t, v, w []float64, bent bool) (a, b, c float64, ok bool) {
	var m [3][4]float64
	n := 2
	if bent {
		n = 3
	}
	for i := range t {
		p := [3]float64{1, t[i], t[i] * t[i]}
		for r := range n {
			for q := range n {
				m[r][q] += w[i] * p[r] * p[q]
			}
			m[r][3] += w[i] * p[r] * v[i]
		}
	}
	for i := range n {
		m[i][i] += 1e-9
		if i == 2 {
			m[i][i] += 0.02 * m[0][0] * 0.05 // a straight side unless the edge says otherwise
		}
	}
	for i := range n {
		best := i
		for r := i; r < n; r++ {
			if math.Abs(m[r][i]) > math.Abs(m[best][i]) {
				best = r
			}
		}
		m[i], m[best] = m[best], m[i]
		if math.Abs(m[i][i]) < 1e-7 {
			return 0, 0, 0, false
		}
		for r := range n {
			if r == i {
				continue
			}
			f := m[r][i] / m[i][i]
			for q := i; q < 4; q++ {
				m[r][q] -= f * m[i][q]
			}
		}
	}
	var x [3]float64
	for i := range n {
		x[i] = m[i][3] / m[i][i]
	}
	return x[0], x[1], x[2], true
}

func quantileOf(v []float32, q float64) float32 {
	s := make([]float32, 0, len(v)/5+1)
	for i := 0; i < len(v); i += 5 {
		s = append(s, v[i])
	}
	slices.Sort(s)
	return s[int(q*float64(len(s)-1))]
}

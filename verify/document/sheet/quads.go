package sheet

import (
	"cmp"
	"image"
	"math"
	"slices"

	"zhengyan/verify/page"
)

// quad is four lines that may be the sides of a sheet, in pixels of the reduced picture.
type quad struct {
	corners [4]page.Point // clockwise
	sides   [4]float64    // score of the side from each corner to the next, 0..1
	score   float64
	cut     bool // a side is the picture's border, or a corner lies outside
}

// Bounds of what is taken for a sheet.
const (
	leastArea     = 0.08 // of the picture
	leastSide     = 0.05 // score of a side that was not seen
	borderSide    = 0.22 // score of a side that is the picture's border
	outside       = 0.12 // share of the picture's side by which a corner may lie outside
	keptQuads     = 8
	comparedQuads = 400
)

// pair is two lines that may be opposite sides.
type pair struct {
	i, j   int
	si, sj int     // on which side of i lies j, and of j lies i: −1 or +1
	nx, ny float64 // normal of i
}

// quads forms and scores the quadrilaterals of the lines, the best first.
func (e *edges) quads(lines []line) []quad {
	p := e.p
	short := float64(min(p.w, p.h))
	cross := make([]page.Point, len(lines)*len(lines))
	for i := range lines {
		for j := range lines {
			cross[i*len(lines)+j] = lines[i].meet(&lines[j])
		}
	}
	var pairs []pair
	for i := range lines {
		for j := i + 1; j < len(lines); j++ {
			a, b := &lines[i], &lines[j]
			turn := math.Abs(a.nx*b.ny - a.ny*b.nx)
			if turn > 0.42 { // 25°
				continue
			}
			xi, yi := a.point(a.mid(p))
			xj, yj := b.point(b.mid(p))
			di, dj := a.nx*xj+a.ny*yj-a.rho, b.nx*xi+b.ny*yi-b.rho
			if min(math.Abs(di), math.Abs(dj)) < 0.2*short {
				continue
			}
			q := pair{i: i, j: j, si: 1, sj: 1, nx: a.nx, ny: a.ny}
			if di < 0 {
				q.si = -1
			}
			if dj < 0 {
				q.sj = -1
			}
			pairs = append(pairs, q)
		}
	}
	// seg[line][pair] is the score of the line between the pair's lines, for its inside on either side; −1 for none.
	seg := make([]eitherWay, len(lines)*len(pairs))
	for i := range lines {
		for k, q := range pairs {
			s := eitherWay{-1, -1}
			if turn := math.Abs(lines[i].nx*lines[q.i].ny - lines[i].ny*lines[q.i].nx); turn > 0.57 && i != q.i && i != q.j { // 35°
				a, b := cross[i*len(lines)+q.i], cross[i*len(lines)+q.j]
				if p.holds(a) && p.holds(b) {
					s = e.side(&lines[i], a, b)
				}
			}
			seg[i*len(pairs)+k] = s
		}
	}
	at := func(i, side, k int) float32 { return seg[i*len(pairs)+k][(side+1)/2] }
	var out []quad
	cut := float32(0)
	for k, a := range pairs {
		for m := k + 1; m < len(pairs); m++ {
			b := pairs[m]
			if math.Abs(a.nx*b.ny-a.ny*b.nx) < 0.57 {
				continue
			}
			s := [4]float32{at(a.i, a.si, m), at(b.j, b.sj, k), at(a.j, a.sj, m), at(b.i, b.si, k)}
			if min(s[0], s[1], s[2], s[3]) < 0 {
				continue
			}
			prod := s[0] * s[1] * s[2] * s[3]
			if prod <= cut {
				continue
			}
			// Side s[0] runs on a.i from b.i to b.j and so on round.
			c := [4]page.Point{
				cross[a.i*len(lines)+b.i], cross[a.i*len(lines)+b.j], cross[a.j*len(lines)+b.j], cross[a.j*len(lines)+b.i],
			}
			if !convex(c) {
				r := [4]page.Point{c[3], c[2], c[1], c[0]}
				if !convex(r) {
					continue
				}
				c, s = r, [4]float32{s[2], s[1], s[0], s[3]}
			}
			q := quad{corners: c, sides: [4]float64{float64(s[0]), float64(s[1]), float64(s[2]), float64(s[3])}}
			share := area(c) / float64(p.w*p.h)
			if share < leastArea {
				continue
			}
			aspect, _ := aspectOf(c, image.Rect(0, 0, p.w, p.h))
			q.score = math.Pow(float64(prod), 0.25) * math.Pow(min(share/0.5, 1), 0.15) * aspectPrior(aspect)
			for _, i := range [4]int{a.i, a.j, b.i, b.j} {
				if lines[i].border {
					q.cut = true
					q.score *= 0.9
				}
			}
			for _, x := range c {
				q.cut = q.cut || x.X < -1 || x.Y < -1 || x.X > float64(p.w)+1 || x.Y > float64(p.h)+1
			}
			out = append(out, q)
			if len(out) == 2*comparedQuads {
				slices.SortFunc(out, func(a, b quad) int { return cmp.Compare(b.score, a.score) })
				out = out[:comparedQuads]
				worst := out[comparedQuads-1].score / 1.2
				cut = float32(worst * worst * worst * worst)
			}
		}
	}
	slices.SortFunc(out, func(a, b quad) int { return cmp.Compare(b.score, a.score) })
	return out[:min(len(out), comparedQuads)]
}

// aspectPrior favours the ratio of the A and B series of paper; anything else is still possible.
func aspectPrior(a float64) float64 {
	d := math.Log(a / math.Sqrt2)
	return 0.72 + 0.28*math.Exp(-d*d/(2*0.06*0.06)) + 0.08*math.Exp(-d*d/(2*0.25*0.25))
}

// holds reports whether a corner lies in the picture or not far outside.
func (p *plane) holds(c page.Point) bool {
	mx, my := outside*float64(p.w), outside*float64(p.h)
	return c.X >= -mx && c.Y >= -my && c.X <= float64(p.w)+mx && c.Y <= float64(p.h)+my
}

// meet is where two lines cross; far away for parallel ones.
func (l *line) meet(o *line) page.Point {
	d := l.nx*o.ny - l.ny*o.nx
	if math.Abs(d) < 0.2 {
		return page.Point{X: math.Inf(1), Y: math.Inf(1)}
	}
	return page.Point{X: (l.rho*o.ny - o.rho*l.ny) / d, Y: (l.nx*o.rho - o.nx*l.rho) / d}
}

// eitherWay is the score of a line as a side whose inside lies away from its normal, and towards it.
type eitherWay [2]float32

// side scores a line between two corners as the side of a sheet.
func (e *edges) side(l *line, a, b page.Point) eitherWay {
	p := e.p
	if l.border {
		return eitherWay{borderSide, borderSide}
	}
	t0, t1 := l.at(a.X, a.Y), l.at(b.X, b.Y)
	if t0 > t1 {
		t0, t1 = t1, t0
	}
	whole := t1 - t0
	if whole < 0.15*float64(min(p.w, p.h)) {
		return eitherWay{-1, -1}
	}
	lo, hi := l.visible(p)
	v0, v1 := max(t0, lo), min(t1, hi)
	if v1-v0 < 0.6*whole {
		return eitherWay{-1, -1}
	}
	t0, t1 = v0+0.02*whole, v1-0.02*whole
	worst, sum := math.Inf(1), 0.0
	for i := range 5 {
		m := l.mean(l.strength, t0+(t1-t0)*float64(i)/5, t0+(t1-t0)*float64(i+1)/5)
		worst = min(worst, m)
		sum += m / 5
	}
	// An edge that runs on beyond both corners is not the paper's.
	before, after := l.mean(l.strength, v0-30, v0-4), l.mean(l.strength, v1+4, v1+30)
	switch {
	case v0-20 < lo: // not seen there
		before = 0.8 * after
	case v1+20 > hi:
		after = 0.8 * before
	}
	beyond := min(before, after)
	s := (0.6*sum + 0.4*worst) * (1 - 0.45*max(0, min((beyond-0.15)*2, 1)))
	light := l.mean(l.light, t0, t1)
	var out eitherWay
	for i, inside := range [2]float64{-1, 1} {
		flat := l.mean(l.flat[i], t0, t1)
		out[i] = float32(max(s*(0.8+0.2*light*inside)*(0.55+0.45*flat), leastSide))
	}
	return out
}

// visible is the run of positions whose places lie in the picture.
func (l *line) visible(p *plane) (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	clip := func(at, dir, most float64) {
		if math.Abs(dir) < 1e-9 {
			return
		}
		a, b := -at/dir, (most-at)/dir
		lo, hi = max(lo, min(a, b)), min(hi, max(a, b))
	}
	x, y := l.point(0)
	clip(x, -l.ny, float64(p.w))
	clip(y, l.nx, float64(p.h))
	return lo, hi
}

// like reports whether two quadrilaterals are nearly the same.
func (q *quad) like(o *quad, d float64) bool {
	a, b := clockwise(q.corners), clockwise(o.corners)
	worst := 0.0
	for i := range a {
		best := math.Inf(1)
		for j := range b {
			best = min(best, length(sub(a[i], b[j])))
		}
		worst = max(worst, best)
	}
	return worst < d
}

// another reports whether the picture shows a second sheet outside of the best one.
func (e *edges) another(quads []quad, best sheetQuad) bool {
	mine := area(best.work)
	for _, q := range quads {
		if q.score < 0.6*best.base || q.score < 0.35 || q.cut || min(q.sides[0], q.sides[1], q.sides[2], q.sides[3]) < 0.2 {
			continue
		}
		if a := area(q.corners); a < 0.4*mine || a > 2.5*mine {
			continue
		}
		m := middle(q.corners)
		if !contains(best.work, m) && !contains(q.corners, middle(best.work)) {
			return true
		}
	}
	return false
}

// runsOut reports whether two opposite sides of a quadrilateral run on, beyond the side between them, to the border of
// the picture: then the sheet does, too, and what was taken for its side is print.
func (e *edges) runsOut(c [4]page.Point) bool {
	p := e.p
	for i := range 4 {
		both := true
		for _, q := range [2][2]page.Point{{c[(i+3)%4], c[i]}, {c[(i+2)%4], c[(i+1)%4]}} {
			d := sub(q[1], q[0])
			k := length(d)
			if k < 20 {
				return false
			}
			l := line{nx: d.Y / k, ny: -d.X / k} // positions grow from the first corner to the second
			l.rho = l.nx*q[1].X + l.ny*q[1].Y
			e.profile(&l)
			t := l.at(q[1].X, q[1].Y)
			_, hi := l.visible(p)
			if hi-t < 0.03*k || l.mean(l.strength, t+3, hi-3) < 0.45 {
				both = false
			}
		}
		if both {
			return true
		}
	}
	return false
}

func middle(c [4]page.Point) (m page.Point) {
	for _, p := range c {
		m.X += p.X / 4
		m.Y += p.Y / 4
	}
	return m
}

func contains(c [4]page.Point, p page.Point) bool {
	for i := range c {
		if cross(sub(c[(i+1)%4], c[i]), sub(p, c[i])) < 0 {
			return false
		}
	}
	return true
}

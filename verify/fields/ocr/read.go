package ocr

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"math"
	"slices"
	"sync"
	"unicode"

	"zhengyan/verify/page"
)

// Readings below these are no print: a seal's edge, a stroke of a pen, a pattern.
const (
	minLineConf = 0.45
	minCharConf = 0.15
)

// ReadPage implements fields.PageReader. Boxes are in pixels of img from its top left corner, whatever way the print runs.
func (r *Reader) ReadPage(ctx context.Context, img image.Image, index int) (page.Text, error) {
	return r.readPage(ctx, img, index, false)
}

// SkimPage implements fields.Skimmer.
func (r *Reader) SkimPage(ctx context.Context, img image.Image, index int) (page.Text, error) {
	return r.readPage(ctx, img, index, true)
}

func (r *Reader) readPage(ctx context.Context, img image.Image, index int, once bool) (text page.Text, err error) {
	defer caught(&err)
	b := img.Bounds()
	text = page.Text{Index: index, Width: float64(b.Dx()), Height: float64(b.Dy()), Confidence: []float64{}}
	m := newRaster(img)
	m.once = once
	lines, err := r.lines(ctx, m)
	if err != nil {
		return page.Text{}, err
	}
	for i := range lines {
		if lines[i].confidence() >= minLineConf {
			lines[i].appendTo(&text, float64(m.step))
		}
	}
	return text, nil
}

// caught makes an error of a panic: a picture must not cost more than its own row.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("reading the print failed: %v", p)
	}
}

// lines finds and reads the lines of a picture, in reading order.
func (r *Reader) lines(ctx context.Context, m *raster) ([]reading, error) {
	if m.w < minSide || m.h < minSide {
		return nil, ctx.Err()
	}
	if err := r.underRed(ctx, m); err != nil {
		return nil, err
	}
	// Red print is looked for beside all other.
	ctx, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer cancel()
	var reds []found
	var redErr error
	beside.Go(func() {
		defer caught(&redErr)
		reds, redErr = r.findRed(ctx, m)
	})
	seen, err := r.detect(ctx, m, m.look, min(detectSide, int(detectEnlarge*float64(max(m.w, m.h)))))
	if err != nil || len(seen) == 0 {
		return nil, err
	}
	angle, upright := skew(seen)
	turn, tried, err := r.orient(ctx, m, seen, angle, upright)
	if err != nil {
		return nil, err
	}
	dir := angle + float64(turn)*math.Pi/2
	pieces := make([]piece, len(seen))
	for i := range seen {
		pieces[i] = piece{seen[i].straighten(angle, turn), seen[i].ink}
	}
	quads := joined(pieces, dir)
	out := make([]reading, len(quads))
	for i := range quads {
		out[i].quad = quads[i]
		if k := slices.IndexFunc(tried, func(l reading) bool { return l.quad == quads[i] }); k >= 0 {
			out[i] = tried[k]
		}
	}
	if err := r.readAll(ctx, m, m.text, out); err != nil {
		return nil, err
	}
	if out, err = r.mend(ctx, m, m.text, out, dir); err != nil {
		return nil, err
	}
	if err = r.headed(ctx, m, m.text, out); err != nil {
		return nil, err
	}
	if beside.Wait(); redErr != nil {
		return nil, redErr
	}
	red, err := r.redLines(ctx, m, reds, out, angle, turn)
	if err != nil {
		return nil, err
	}
	out = withoutGhosts(append(withoutParts(withoutPoor(m, out, red), red), red...))
	to := axesOf(dir)
	slices.SortStableFunc(out, func(a, b reading) int {
		p, q := a.quad.centre(), b.quad.centre()
		return cmp.Or(cmp.Compare(math.Round(to.across(p)/8), math.Round(to.across(q)/8)), cmp.Compare(to.along(p), to.along(q)))
	})
	return out, nil
}

// Red print, as titles have, is not in the plane in which seals vanish.
const (
	redSide = 960.0 // longer side of the picture in which it is looked for: it is large
	redSure = 0.8   // confidence of a red line; the letters around a seal are read with less
	redPart = 0.85  // of a red line's width: what was read of less of it in the other plane is a part of it
	redPale = 0.6   // contrast of red print in the plane of print, to that in the green one
	redPoor = 0.9   // confidence under which a line of red print is read in the green plane too
)

// findRed finds the lines of red print.
func (r *Reader) findRed(ctx context.Context, m *raster) ([]found, error) {
	var seen []found
	for _, band := range m.redBands() {
		part := &raster{w: m.w, h: band[1] - band[0]}
		long := max(part.w, part.h)
		side := min(int(math.Ceil(redSide*float64(long)/float64(max(m.w, m.h)))), long)
		ls, err := r.detect(ctx, part, m.red[band[0]*m.w:band[1]*m.w], side)
		if err != nil {
			return nil, err
		}
		for i := range ls {
			ls[i].shift(float64(band[0]))
		}
		seen = append(seen, ls...)
	}
	return seen, nil
}

// redLines reads the lines of red print, of those that were seen, that were not read otherwise.
func (r *Reader) redLines(ctx context.Context, m *raster, seen []found, have []reading, angle float64, turn int) ([]reading, error) {
	if len(seen) == 0 {
		return nil, nil
	}
	dir := angle + float64(turn)*math.Pi/2
	var pieces []piece
	for i := range seen {
		q := seen[i].straighten(angle, turn)
		c := q.centre()
		taken := slices.ContainsFunc(have, func(l reading) bool {
			return l.confidence() >= minLineConf && l.quad.holds(c) && l.quad.width() > redPart*q.width() &&
				(l.confidence() >= redPoor || !m.isRed(l.quad))
		})
		if !taken && q.width() > 2.5*q.height() && math.Abs(math.Remainder(q.angle()-dir, 2*math.Pi)) < maxAslant {
			pieces = append(pieces, piece{q, seen[i].ink})
		}
	}
	var out []reading
	for _, q := range joined(pieces, dir) {
		out = append(out, reading{quad: q})
	}
	if err := r.readAll(ctx, m, m.red, out); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out, func(l reading) bool { return l.confidence() < redSure || covered(l, have) }), nil
}

// covered reports whether one of the lines is at least as wide as this one, in its place, and was read as well.
func covered(l reading, lines []reading) bool {
	return slices.ContainsFunc(lines, func(o reading) bool {
		return o.quad.holds(l.quad.centre()) && o.quad.width() > redPart*l.quad.width() && o.confidence() >= l.confidence()
	})
}

// isRed reports whether the print of a line is red: it is pale in the plane without red.
func (m *raster) isRed(q quad) bool {
	return contrast(m.text, m.w, m.h, q) < redPale*contrast(m.red, m.w, m.h, q)
}

// withoutPoor leaves out the lines of red print that were read better in the green plane.
func withoutPoor(m *raster, lines, red []reading) []reading {
	return slices.DeleteFunc(lines, func(l reading) bool {
		return slices.ContainsFunc(red, func(r reading) bool {
			return l.confidence() < redPoor && r.confidence() > l.confidence() && r.quad.holds(l.quad.centre()) &&
				r.quad.width() > redPart*l.quad.width() && m.isRed(l.quad)
		})
	})
}

// withoutParts leaves out the lines of which a red line has more: dark red print is pale in the plane without red, and a
// watermark behind a half of it hides that half there. Black print that a seal's lettering crosses says something else, and
// stays.
func withoutParts(lines, red []reading) []reading {
	return slices.DeleteFunc(lines, func(l reading) bool {
		return slices.ContainsFunc(red, func(r reading) bool {
			return r.quad.holds(l.quad.centre()) && l.quad.width() <= redPart*r.quad.width() && len(l.syms) < len(r.syms) &&
				math.Abs(l.quad.height()-r.quad.height()) < 0.5*r.quad.height() && 3*inOrder(l.syms, r.syms) >= 2*len(l.syms)
		})
	})
}

// inOrder is the number of symbols that both lines have in the same order: the length of their longest common subsequence.
func inOrder(a, b []symbol) int {
	best := make([]int, len(b)+1)
	for _, x := range a {
		before := 0
		for j, y := range b {
			here := best[j+1]
			if x.r == y.r {
				best[j+1] = before + 1
			} else {
				best[j+1] = max(here, best[j])
			}
			before = here
		}
	}
	return best[len(b)]
}

// Ghosts are remains of print of another plane, or pieces of it, that were read with little confidence in the place of a
// line that was read well; and pieces of a line that was surely read.
const (
	ghostConf  = 0.8
	ghostOver  = 0.9
	pieceConf  = 0.95 // a piece is read with less
	pieceOver  = 0.98 // in a line that was read with at least this
	pieceShare = 0.25 // and is no wider than this share of it
)

// pieceOf reports whether a line lies inside the box of a much wider one that was surely read: its ink is that one's.
func (l *reading) pieceOf(o *reading) bool {
	if o.confidence() < pieceOver || l.quad.width() > pieceShare*o.quad.width() {
		return false
	}
	for _, p := range l.quad {
		if !o.quad.holds(p) {
			return false
		}
	}
	return true
}

// within reports whether a line is what a wider box around it was read as, badly.
func (l *reading) within(o *reading) bool {
	return o.quad.holds(l.quad.centre()) && 2*l.quad.width() > o.quad.width() && len(l.syms) > 0 && 3*inOrder(l.syms, o.syms) >= 2*len(l.syms)
}

func withoutGhosts(lines []reading) []reading {
	out := make([]reading, 0, len(lines))
	for i := range lines {
		conf := lines[i].confidence()
		ghost := conf < pieceConf && slices.ContainsFunc(lines, func(l reading) bool {
			return lines[i].pieceOf(&l) || conf < ghostConf && l.confidence() >= ghostOver &&
				(l.quad.width() > lines[i].quad.width() && l.quad.holds(lines[i].quad.centre()) || l.within(&lines[i]))
		})
		if !ghost {
			out = append(out, lines[i])
		}
	}
	return out
}

// readAll reads the lines, as many at a time as there are slots. The longest come first, so that none of the slots is
// left with a long one at the end.
func (r *Reader) readAll(ctx context.Context, m *raster, plane []uint8, lines []reading) error {
	shape := func(i int) float64 { return lines[i].quad.width() / max(lines[i].quad.height(), 1) }
	which := make([]int, len(lines))
	for i := range which {
		which[i] = i
	}
	slices.SortStableFunc(which, func(a, b int) int { return cmp.Compare(shape(b), shape(a)) })
	return r.each(ctx, len(which), func(ctx context.Context, k int) (err error) {
		l, err := r.readSure(ctx, m, plane, lines[which[k]])
		if err == nil {
			lines[which[k]] = l
		}
		return err
	})
}

// each does n pieces of work, as many at a time as there are slots, and gives the first error or panic, which ends the rest.
func (r *Reader) each(ctx context.Context, n int, work func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(cap(r.slots), n) {
		wg.Go(func() {
			for i := range next {
				err := ctx.Err()
				if err == nil {
					func() {
						defer caught(&err)
						err = work(ctx, i)
					}()
				}
				if err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// Orientation is decided on the longest lines, read both ways.
const (
	orientLines = 4
	orientSure  = 0.9 // two lines read so well need no second look
)

// orient finds by how many quarter turns clockwise the print of a page is turned, and gives the lines that it read.
func (r *Reader) orient(ctx context.Context, m *raster, seen []found, angle float64, upright bool) (int, []reading, error) {
	idx := make([]int, 0, len(seen))
	for i := range seen {
		if a := seen[i].quad.width() / seen[i].quad.height(); a >= 2.5 && a < 30 {
			idx = append(idx, i)
		}
	}
	slices.SortStableFunc(idx, func(a, b int) int { return cmp.Compare(seen[b].quad.width(), seen[a].quad.width()) })
	idx = idx[:min(orientLines, len(idx))]
	turn := 0
	if upright {
		turn = 1
	}
	var sum [2]float64
	var tried []reading
	// Two lines at a time.
	for k := 0; k < len(idx); k += 2 {
		looks := make([][]reading, min(2, len(idx)-k))
		err := r.each(ctx, len(looks), func(ctx context.Context, j int) (err error) {
			looks[j], err = r.bothWays(ctx, m, &seen[idx[k+j]], angle, turn)
			return err
		})
		if err != nil {
			return 0, nil, err
		}
		for _, ways := range looks {
			for way := range ways {
				sum[way] += likely(&ways[way])
			}
			tried = append(tried, ways...)
		}
		if k == 0 && len(looks) == 2 && sum[0] > 2*orientSure {
			break
		}
	}
	if sum[1] > sum[0] {
		turn += 2
	}
	return turn, tried, nil
}

// bothWays reads a line in its direction, and where that is not sure the other way round too.
func (r *Reader) bothWays(ctx context.Context, m *raster, f *found, angle float64, turn int) ([]reading, error) {
	var out []reading
	for way := range 2 {
		l, err := r.readLine(ctx, m, m.text, f.straighten(angle, turn+2*way), asIs)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
		if likely(&l) > orientSure {
			break
		}
	}
	return out, nil
}

// likely is the confidence of a line for telling its direction: few characters say less than many.
func likely(l *reading) float64 {
	return l.confidence() * math.Min(1, float64(len(l.syms))/4)
}

// appendTo adds the characters with their places to a page's text; k is the pixels of the picture to one of the raster.
func (l *reading) appendTo(t *page.Text, k float64) {
	w, h := l.quad.width(), l.quad.height()
	em := EmOfHeight * h
	s, c := math.Sincos(l.quad.angle())
	// The upright box around a turned rectangle: sides of the rectangle seen along the axes.
	along := func(hw, hh float64) (float64, float64) {
		return math.Abs(c)*hw + math.Abs(s)*hh, math.Abs(s)*hw + math.Abs(c)*hh
	}
	// Skew of a few degrees would only swell the boxes of characters.
	if math.Abs(s) < 0.15 {
		s, c = 0, 1
	} else if math.Abs(c) < 0.15 {
		s, c = math.Copysign(1, s), 0
	}
	numbers := digits(l.syms) >= numberDigits // a province's character is one of few
	for i, sym := range l.syms {
		if sym.conf < minCharConf {
			continue
		}
		half := 0.5 * em
		if sym.r < 0x2000 {
			half = 0.28 * em
		}
		// Neighbours nearer than their widths share the space.
		for _, j := range []int{i - 1, i + 1} {
			if j >= 0 && j < len(l.syms) && !unicode.IsSpace(l.syms[j].r) {
				half = min(half, max(0.1*em, math.Abs(l.syms[j].at-sym.at)*w/2))
			}
		}
		p := l.quad.at(sym.at, 0.5)
		dx, dy := along(half, em/2)
		t.Chars = append(t.Chars, page.Char{
			R: sym.r, Font: -1, Size: em * k,
			Box: page.Box{X0: (p.x - dx) * k, Y0: (p.y - dy) * k, X1: (p.x + dx) * k, Y1: (p.y + dy) * k},
		})
		t.Confidence = append(t.Confidence, sym.conf)
		if numbers && isHan(sym.r) && len(sym.among) > 1 {
			if t.Alternatives == nil {
				t.Alternatives = map[int][]page.Alternative{}
			}
			t.Alternatives[len(t.Chars)-1] = sym.among
		}
	}
}

// EmOfHeight is the size of the type to the height of the detector's box.
const EmOfHeight = 0.78

// Scaled gives a text in other units: the page as width × height.
func Scaled(t page.Text, width, height float64) page.Text {
	if !(t.Width > 0) || !(t.Height > 0) || t.Width == width && t.Height == height {
		return t
	}
	kx, ky := width/t.Width, height/t.Height
	chars := make([]page.Char, len(t.Chars))
	for i, c := range t.Chars {
		c.Box = page.Box{X0: c.Box.X0 * kx, Y0: c.Box.Y0 * ky, X1: c.Box.X1 * kx, Y1: c.Box.Y1 * ky}
		c.Size *= ky
		chars[i] = c
	}
	t.Chars, t.Width, t.Height = chars, width, height
	return t
}

package finder

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// A title is a line that names a certificate.
type title struct {
	lines []line // one, or two where it is broken
	texts []fields.Line
	kind  fields.Kind
	text  string
	conf  float64
}

// titles gives the candidates that match a title of the data, alone or with the line above.
func (s *search) titles(lines []line, texts []fields.Line, turn int, w, h float64) []title {
	var out []title
	used := make([]bool, len(lines))
	try := func(idx ...int) bool {
		var t title
		n := 0.0
		for _, i := range idx {
			if used[i] || texts[i].Text == "" {
				return false
			}
			t.lines, t.texts = append(t.lines, lines[i]), append(t.texts, texts[i])
			t.text += texts[i].Text
			t.conf += texts[i].Confidence
			n++
		}
		t.conf /= n
		r := fields.Read([]page.Text{textOf(t.lines, t.texts, turn, w, h, 0)}, s.tables)
		if r.Certificate.Kind == fields.UnknownKind || r.Certificate.Title == "" {
			return false
		}
		t.kind = r.Certificate.Kind
		for _, i := range idx {
			used[i] = true
		}
		out = append(out, t)
		return true
	}
	for i := range lines {
		try(i)
	}
	for i := range lines {
		for j := range lines {
			if i != j && !used[i] && !used[j] && follows(lines[i], lines[j], turn, w, h) {
				try(i, j)
			}
		}
	}
	return out
}

// follows reports whether b stands right under a, as the second line of a title does.
func follows(a, b line, turn int, w, h float64) bool {
	xa, ya := uprightPoint(a.cx, a.cy, turn, w, h)
	xb, yb := uprightPoint(b.cx, b.cy, turn, w, h)
	gap := yb - ya
	return gap > 0 && gap < 3*b.height && math.Abs(xa-xb) < 5*b.height
}

// Where a certificate's labels and its edges lie, in heights of its title's print.
const (
	faceWide   = 13.0 // to either side of the title's middle
	faceDown   = 30.0
	faceUp     = 8.0
	straight   = 5.0 // titles of certificates one under the other lie apart sideways by at most this
	aboveTitle = 2.5 // what stands above a title belongs to it
	labelLines = 4   // read at a time
	mostLabels = 16
	labelLeft  = 1.0 // labels begin left of the middle by at least this
	// labelOfTitle is the least height of labels.
	labelOfTitle = 0.42
)

// confirm reads what stands under a title: a certificate has its labels there, a heading or a form has not.
func (s *search) confirm(ctx context.Context, g *image.Gray, k float64, lines []line, t title, turn int, w, h float64) (c found, ok bool, err error) {
	c = found{title: t, turn: turn}
	labels := c.under(lines, turn, w, h)
	if ok, err = s.readLabels(ctx, g, k, labels, &c, turn, w, h); ok || err != nil {
		return c, ok, err
	}
	// The labels of a small certificate may be too small for the look at the whole picture.
	if last := t.lines[len(t.lines)-1]; last.height*labelOfTitle < leastHigh {
		more := found{title: t, lines: c.lines}
		labels := more.closely(g, k, turn, w, h)
		if ok, err = s.readLabels(ctx, g, k, labels, &c, turn, w, h); ok {
			c.inside = append(c.inside, more.inside...) // without them the certificate would seem to end at its title
		}
	}
	return c, ok, err
}

// leastLabels is the number of lines under a title without which it is no certificate's: all have more labels than that.
const leastLabels = 3

// withLabels leaves out the lines that cannot be a certificate's title because neither above nor below them there is what
// may be its labels; which of the two is below is not known yet. Lines so small that their labels may not have been seen
// stay, and so does what may be the first line of a title in two lines.
func withLabels(list, all []line, upright bool, w, h float64) []line {
	turn := 0
	if !upright {
		turn = 1
	}
	may := make([]bool, len(list))
	for i, l := range list {
		may[i] = l.height*labelOfTitle < leastHigh
		for half := 0; half < 4 && !may[i]; half += 2 {
			c := found{title: title{lines: []line{l}}}
			may[i] = len(c.under(all, turn+half, w, h)) >= leastLabels
		}
	}
	var out []line
	for i, l := range list {
		keep := may[i]
		for j := 0; j < len(list) && !keep; j++ {
			keep = may[j] && (follows(l, list[j], turn, w, h) || follows(l, list[j], turn+2, w, h))
		}
		if keep {
			out = append(out, l)
		}
	}
	return out
}

// under gives the lines under the title that may be labels, the upper ones first, and keeps what lies on the face.
func (c *found) under(lines []line, turn int, w, h float64) (labels []line) {
	last := c.title.lines[len(c.title.lines)-1]
	tx, ty := uprightPoint(last.cx, last.cy, turn, w, h)
	high := last.height
	for _, l := range lines {
		x, y := uprightPoint(l.cx, l.cy, turn, w, h)
		dx, dy := x-tx, y-ty
		if math.Abs(dx)+l.length/2 > faceWide*high || dy < -faceUp*high || dy > faceDown*high {
			continue
		}
		c.inside = append(c.inside, l)
		if dy < 0.8*high || l.height > 1.05*high || l.height < 0.25*high || l.length > 24*l.height || dx-l.length/2 > -labelLeft*high {
			continue
		}
		labels = append(labels, l)
	}
	slices.SortStableFunc(labels, func(a, b line) int {
		_, ya := uprightPoint(a.cx, a.cy, turn, w, h)
		_, yb := uprightPoint(b.cx, b.cy, turn, w, h)
		return cmp.Compare(ya, yb)
	})
	return labels
}

// alike reports whether two lines are nearly the same.
func (l line) alike(o line) bool {
	s, c := math.Sincos(l.angle)
	dx, dy := o.cx-l.cx, o.cy-l.cy
	return math.Abs(c*dx+s*dy) < 0.2*l.length && math.Abs(-s*dx+c*dy) < 0.5*l.height && math.Abs(o.length-l.length) < 0.3*l.length
}

// closely looks for labels in the picture in which lines are read, which has k times the pixels of the one that was looked
// at, and gives those that were not read before.
func (c *found) closely(g *image.Gray, k float64, turn int, w, h float64) []line {
	last := c.title.lines[len(c.title.lines)-1]
	uw, uh := w, h // of the upright picture
	if turn&1 == 1 {
		uw, uh = h, w
	}
	tx, ty := uprightPoint(last.cx, last.cy, turn, w, h)
	var r image.Rectangle
	for _, q := range [2][2]float64{{tx - faceWide*last.height, ty}, {tx + faceWide*last.height, ty + faceDown*last.height}} {
		x, y := uprightPoint(q[0], q[1], 4-turn, uw, uh)
		r = r.Union(image.Rect(int(x*k), int(y*k), int(x*k)+1, int(y*k)+1))
	}
	r = r.Intersect(g.Rect)
	if min(r.Dx(), r.Dy()) < 40 {
		return nil
	}
	near, upright := linesOf(g.SubImage(r).(*image.Gray))
	if upright != (turn&1 == 0) {
		return nil
	}
	for i := range near {
		l := &near[i]
		l.cx, l.cy, l.length, l.height = (l.cx+float64(r.Min.X))/k, (l.cy+float64(r.Min.Y))/k, l.length/k, l.height/k
	}
	return slices.DeleteFunc(c.under(near, turn, w, h), func(l line) bool {
		return slices.ContainsFunc(c.lines, l.alike)
	})
}

// readLabels reads labels, some at a time, until those under the title are a certificate's.
func (s *search) readLabels(ctx context.Context, g *image.Gray, k float64, labels []line, c *found, turn int, w, h float64) (ok bool, err error) {
	t := c.title
	for done := 0; len(labels) > 0 && !ok && done < mostLabels; done += labelLines {
		n := min(len(labels), labelLines)
		now := labels[:n]
		labels = labels[n:]
		texts, _, err := s.readStrips(ctx, g, k, now, false)
		if err != nil {
			return false, err
		}
		c.lines = append(c.lines, now...)
		c.texts = append(c.texts, texts...)
		read := textOf(append(slices.Clone(t.lines), c.lines...), append(slices.Clone(t.texts), c.texts...), turn, w, h, 0)
		for _, r := range fields.ReadAll([]page.Text{read}, s.tables) {
			if r.Certificate.Kind == t.kind {
				c.kind, ok = t.kind, true
			}
		}
	}
	return ok, nil
}

// found is a title with what was read under it.
type found struct {
	title  title
	kind   fields.Kind
	turn   int
	inside []line // all lines of the face
	lines  []line // those that were read
	texts  []fields.Line
	// top and bottom are where the certificates above and below begin and end, upright; 0 for none.
	top, bottom float64
}

// place makes the hit of what was found in a picture of a page. w and h are of the picture in which the lines lie.
func (c *found) place(index int, p picture, turn int, w, h float64) Hit {
	hit := Hit{Page: index, Turn: (turn - p.shown() + 4) & 3, Kind: c.kind, Title: c.title.text, Source: fields.SourceOCR}
	sum, n := 2*c.title.conf, 2.0
	for _, t := range c.texts {
		if t.Text != "" {
			sum, n = sum+t.Confidence, n+1
		}
	}
	hit.Confidence = min(sum/n, 0.99)
	var b page.Box
	for _, l := range append(slices.Clone(c.inside), c.title.lines...) {
		x0, y0, x1, y1 := l.ends()
		q := l.height / 2
		b = b.Union(page.Box{X0: min(x0, x1) - q, Y0: min(y0, y1) - q, X1: max(x0, x1) + q, Y1: max(y0, y1) + q})
	}
	all := page.Box{X1: w, Y1: h}
	b = c.cut(grown(b, 0.1, all), turn, w, h)
	if b.W()*b.H() > 0.6*w*h {
		b = c.cut(all, turn, w, h)
	}
	hit.Box = p.onPage(b, w, h)
	return hit
}

// apart sorts out titles that stand one under the other. The upper of two without a label of its own is a heading above a
// certificate, and is dropped. Of two certificates each is given its own lines: without it the place of the upper one reaches
// into the lower one, whose codes would count as its own.
func apart(list []found, turn int, w, h float64) []found {
	at := func(l line) (x, y float64) { return uprightPoint(l.cx, l.cy, turn, w, h) }
	below := func(y float64) func(line) bool {
		return func(l line) bool {
			_, ly := at(l)
			return ly >= y
		}
	}
	under := func(upper, lower *found) (x, y float64, ok bool) {
		last, next := upper.title.lines[len(upper.title.lines)-1], lower.title.lines[0]
		xa, ya := at(last)
		x, y = at(next)
		return x, y, y > ya && math.Abs(x-xa) < straight*max(last.height, next.height)
	}
	out := slices.DeleteFunc(slices.Clone(list), func(c found) bool {
		return slices.ContainsFunc(list, func(o found) bool {
			_, y, ok := under(&c, &o)
			return ok && !slices.ContainsFunc(c.lines, func(l line) bool { return !below(y - l.height/2)(l) })
		})
	})
	for i := range out {
		for j := range out {
			upper, lower := &out[i], &out[j]
			_, y, ok := under(upper, lower)
			if !ok {
				continue
			}
			end := y - aboveTitle*lower.title.lines[0].height
			// A label right above the title is the upper one's all the same.
			for _, l := range upper.lines {
				if _, ly := at(l); ly < y-l.height/2 {
					end = max(end, ly+l.height)
				}
			}
			upper.inside = slices.DeleteFunc(slices.Clone(upper.inside), below(end))
			lower.inside = slices.DeleteFunc(slices.Clone(lower.inside), func(l line) bool { return !below(end)(l) })
			if upper.bottom == 0 || end < upper.bottom {
				upper.bottom = end
			}
			lower.top = max(lower.top, end)
		}
	}
	return out
}

// cut leaves of a place what lies between the certificate above and the one below.
func (c *found) cut(b page.Box, turn int, w, h float64) page.Box {
	if c.top == 0 && c.bottom == 0 {
		return b
	}
	u := b.Turned(4-turn, w, h)
	if c.top > 0 {
		u.Y0 = max(u.Y0, c.top)
	}
	if c.bottom > 0 {
		u.Y1 = min(u.Y1, c.bottom)
	}
	if turn&1 == 1 {
		w, h = h, w
	}
	return u.Turned(turn, w, h)
}

// onPage takes a box of a w × h picture to the page that shows it.
func (p *picture) onPage(b page.Box, w, h float64) page.Box {
	var out page.Box
	for _, c := range [2][2]float64{{b.X0, b.Y0}, {b.X1, b.Y1}} {
		q := p.pointOnPage(c[0], c[1], w, h)
		out = out.Union(page.Box{X0: q.X, Y0: q.Y, X1: q.X + 1e-6, Y1: q.Y + 1e-6})
	}
	return out
}

// shown is the number of quarter turns clockwise by which the page shows the picture.
func (p *picture) shown() int {
	if p.encoded == nil {
		return 0
	}
	return map[int]int{6: 1, 5: 1, 3: 2, 4: 2, 8: 3, 7: 3}[p.encoded.Orientation]
}

// pointOnPage takes a place of a w × h picture, as it is stored, to the page, which may show it turned or mirrored.
func (p *picture) pointOnPage(x, y, w, h float64) page.Point {
	u, v := x/w, y/h
	o := 1
	if p.encoded != nil {
		o = p.encoded.Orientation
	}
	switch o { // EXIF orientations: what the stored row and column become
	case 2:
		u = 1 - u
	case 3:
		u, v = 1-u, 1-v
	case 4:
		v = 1 - v
	case 5:
		u, v = v, u
	case 6:
		u, v = 1-v, u
	case 7:
		u, v = 1-v, 1-u
	case 8:
		u, v = v, 1-u
	}
	return page.Point{X: p.box.X0 + u*p.box.W(), Y: p.box.Y0 + v*p.box.H()}
}

// grown is a box larger by a share of its size on each side, within limits.
func grown(b page.Box, share float64, most page.Box) page.Box {
	dx, dy := b.W()*share, b.H()*share
	return page.Box{X0: max(b.X0-dx, most.X0), Y0: max(b.Y0-dy, most.Y0), X1: min(b.X1+dx, most.X1), Y1: min(b.Y1+dy, most.Y1)}
}

package fields

import (
	"cmp"
	"math"
	"slices"
	"unicode"

	"zhengyan/verify/page"
)

// maxChars bounds the characters of one page that are looked at. A certificate has a few hundred, the fullest page of
// a bid some thousands.
const maxChars = 20_000

// glyph is one folded character with its place.
type glyph struct {
	r, raw rune
	box    page.Box
	em     float64 // size of the type in page units
	font   int
	conf   float64
	space  bool // white space stood before it in the file
	bad    bool // which character it is the file does not say
	pua    bool // a private-use code: some rare character, the file has a glyph for it
	clash  bool // another character stands at the same place
	piece  int  // the piece of a line to which a picture's reader put it
	others []page.Alternative
}

func (g *glyph) cx() float64 { return (g.box.X0 + g.box.X1) / 2 }
func (g *glyph) cy() float64 { return (g.box.Y0 + g.box.Y1) / 2 }

// line is a row of glyphs from left to right.
type line struct {
	gs  []glyph
	box page.Box
	em  float64
}

// runes returns the line's text without spaces.
func (l *line) runes() []rune {
	rs := make([]rune, len(l.gs))
	for i := range l.gs {
		rs[i] = l.gs[i].r
	}
	return rs
}

// gap is the clear space before glyph i, in em; the start of the line has endless space before it.
func (l *line) gap(i int) float64 {
	if i <= 0 || i >= len(l.gs) {
		return math.Inf(1)
	}
	return (l.gs[i].box.X0 - l.gs[i-1].box.X1) / l.gs[i].em
}

// glyphs folds the characters of a page in file order. White space and what cannot be seen is left out; cut tells
// that the page has more characters than are looked at.
func glyphs(t *page.Text) (gs []glyph, cut bool) {
	gs = make([]glyph, 0, min(len(t.Chars), maxChars))
	space, part := false, 0
	var last page.Char
	for i, c := range t.Chars {
		if len(gs) >= maxChars {
			return gs, true
		}
		if unicode.IsSpace(c.R) || c.R == 0 {
			space = true
			continue
		}
		if !sane(c.Box) || unseen(t, &c) {
			continue
		}
		em := emSize(c)
		if d := (c.Box.Y0 + c.Box.Y1 - last.Box.Y0 - last.Box.Y1) / 2; c.Size != last.Size || math.Abs(d) > 0.5*em || c.Box.X0+c.Box.X1 <= last.Box.X0+last.Box.X1 {
			part++
		}
		last = c
		g := glyph{raw: c.R, box: trimHeight(c.Box, em), em: em, font: c.Font, conf: 1, space: space, piece: part}
		g.pua = isUnmapped(c.R) && isPUA(c.R)
		g.bad = isUnmapped(c.R) && !g.pua
		if c.Font >= 0 && c.Font < len(t.Fonts) && !t.Fonts[c.Font].ToUnicode {
			g.bad = true
		}
		if t.Confidence != nil {
			g.conf = 0
			if i < len(t.Confidence) {
				g.conf = t.Confidence[i]
			}
			g.others = t.Alternatives[i]
		}
		space = false
		for _, r := range foldRune(nil, c.R) {
			if g.r = r; r == ' ' {
				g.space = true
				continue
			}
			if g.bad {
				g.r = unicode.ReplacementChar // it must not make a title or a label
			}
			if n := len(gs); t.Confidence != nil && r == ':' && n > 0 && gs[n-1].r == ':' && g.box.X0-gs[n-1].box.X1 < g.em {
				continue // the two dots of one full-width colon, each read as one
			}
			gs = append(gs, g)
		}
	}
	return gs, false
}

// unseen reports whether a character stands off the page or is too small for any eye. What a reader cannot see must
// not be read for him.
func unseen(t *page.Text, c *page.Char) bool {
	if !(t.Width > 0) || !(t.Height > 0) {
		return false
	}
	x, y := (c.Box.X0+c.Box.X1)/2, (c.Box.Y0+c.Box.Y1)/2
	return x < 0 || y < 0 || x > t.Width || y > t.Height || emSize(*c) < min(t.Width, t.Height)/500
}

// sane reports whether the box has finite sides in order. A width of zero is left to pass: hairline glyphs have it.
func sane(b page.Box) bool {
	for _, v := range []float64{b.X0, b.Y0, b.X1, b.Y1} {
		if math.IsNaN(v) || math.Abs(v) > 1e6 {
			return false
		}
	}
	return b.X0 <= b.X1 && b.Y0 <= b.Y1 && (b.W() > 0 || b.H() > 0)
}

// emSize is the size of the type: the font size where it agrees with the width of the box, else what the box shows.
// Producers scale text by the matrix as well as by the font size. The height says less: fonts claim ascents at will.
func emSize(c page.Char) float64 {
	w, side := c.Box.W(), max(c.Box.W(), c.Box.H())
	switch {
	case !(c.Size > 0) || math.IsInf(c.Size, 0) || w > 1.6*c.Size:
		return max(side, 0.1)
	case isHan(c.R) && c.R != '一' && c.R != '丨' && side < 0.45*c.Size:
		return max(side, 0.1)
	}
	return c.Size
}

// trimHeight brings a box that claims far more than the type is high back to the type, around its middle.
func trimHeight(b page.Box, em float64) page.Box {
	if b.H() > 1.6*em && b.W() < 1.3*em {
		mid := (b.Y0 + b.Y1) / 2
		b.Y0, b.Y1 = mid-0.6*em, mid+0.6*em
	}
	return b
}

// dropSlanted takes out the runs of characters that are set at an angle, as watermarks are. They run across the
// values and must not be read into them.
func dropSlanted(gs []glyph) []glyph {
	drop := make([]bool, len(gs))
	step := func(i int) (dx, dy float64, ok bool) { // from glyph i to the next
		a, b := &gs[i], &gs[i+1]
		dx, dy = b.cx()-a.cx(), b.cy()-a.cy()
		em := a.em
		ok = math.Abs(b.em-em) < 0.1*em && math.Abs(dx) > 0.12*em && math.Abs(dy) > 0.12*em && math.Hypot(dx, dy) < 3.5*em
		return dx, dy, ok
	}
	for i := 0; i+1 < len(gs); {
		dx0, dy0, ok := step(i)
		if !ok {
			i++
			continue
		}
		j, sx, sy := i+1, dx0, dy0
		for j+1 < len(gs) {
			dx, dy, ok := step(j)
			if !ok || dx*dx0 < 0 || dy*dy0 < 0 || !alongside(dx, dy, sx, sy, gs[i].em) {
				break
			}
			j, sx, sy = j+1, sx+dx, sy+dy
		}
		n, em := j-i+1, gs[i].em
		slanted := math.Abs(sy) > 0.2*math.Abs(sx)
		long := n >= 3 && math.Abs(sy) > 0.8*em && math.Abs(sx) > 0.4*em
		turned := n == 2 && rotated(&gs[i]) && rotated(&gs[j])
		if slanted && (long || turned) {
			for k := i; k <= j; k++ {
				drop[k] = true
			}
		}
		i = j
	}
	out := gs[:0:0]
	for i := range gs {
		if !drop[i] {
			out = append(out, gs[i])
		}
	}
	return out
}

// alongside reports whether a step goes the way of the run so far. Neighbours in a slanted line keep its direction, less
// strictly where they stand close, since their boxes' middles scatter. Cells of a form that are written one after the
// other (a name, 男, a year) stand rows apart and change direction, and must not be taken for a watermark.
func alongside(dx, dy, sx, sy, em float64) bool {
	sine := math.Abs(dx*sy-dy*sx) / (math.Hypot(dx, dy) * math.Hypot(sx, sy))
	if math.Hypot(dx, dy) > 1.6*em {
		return sine < 0.1 // 6 degrees
	}
	return sine < 0.42 // 25 degrees
}

// rotated reports whether the box shows a Chinese character turned out of the upright: both its sides are longer
// than the type is large.
func rotated(g *glyph) bool {
	return isHan(g.r) && g.box.W() > 1.12*g.em && g.box.H() > 1.12*g.em
}

// makeLines groups glyphs into rows by place, whatever the order of the file.
func makeLines(gs []glyph) []line {
	// Tall glyphs found the rows; flat ones (一, dashes, dots) join the row they stand in, as their own boxes say
	// little of the row's height.
	var tall, flat []glyph
	for _, g := range gs {
		if g.box.H() >= 0.45*g.em {
			tall = append(tall, g)
		} else {
			flat = append(flat, g)
		}
	}
	slices.SortStableFunc(tall, func(a, b glyph) int { return cmp.Compare(a.cy(), b.cy()) })
	rows := joinRows(nil, tall)
	for i := range rows {
		rows[i].settle()
	}
	slices.SortStableFunc(rows, func(a, b line) int { return cmp.Compare(a.box.Y0, b.box.Y0) })
	slices.SortStableFunc(flat, func(a, b glyph) int { return cmp.Compare(a.cy(), b.cy()) })
	var lone []glyph
	for _, g := range flat {
		if r := rowFor(rows, &g); r != nil {
			r.gs = append(r.gs, g)
		} else {
			lone = append(lone, g)
		}
	}
	rows = joinRows(rows, lone)
	for i := range rows {
		rows[i].finish()
	}
	slices.SortStableFunc(rows, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.box.Y0+a.box.Y1, b.box.Y0+b.box.Y1), cmp.Compare(a.box.X0, b.box.X0))
	})
	return rows
}

// openRows is how many rows are tried for the next glyph. Glyphs come from top to bottom, so older rows are far above.
const openRows = 12

// joinRows puts glyphs, sorted by height, into rows and starts new rows after the given ones.
func joinRows(rows []line, gs []glyph) []line {
	first := len(rows)
	for _, g := range gs {
		best, bestDist := -1, math.Inf(1)
		for i := len(rows) - 1; i >= first && i >= len(rows)-openRows; i-- {
			r := &rows[i]
			cy := (r.box.Y0 + r.box.Y1) / 2
			small, large := min(r.em, g.em), max(r.em, g.em)
			if d := math.Abs(cy - g.cy()); large <= 1.75*small && d < 0.42*small && d < bestDist {
				best, bestDist = i, d
			}
		}
		if best < 0 {
			rows = append(rows, line{gs: []glyph{g}, box: g.box, em: g.em})
			continue
		}
		r := &rows[best]
		// The row's middle follows its glyphs slowly, so that a slightly skewed scan keeps its rows.
		n := float64(min(len(r.gs), 8))
		shift := func(old, new float64) float64 { return (old*n + new) / (n + 1) }
		r.box.Y0, r.box.Y1, r.em = shift(r.box.Y0, g.box.Y0), shift(r.box.Y1, g.box.Y1), shift(r.em, g.em)
		r.gs = append(r.gs, g)
	}
	return rows
}

// rowFor finds the row in which a flat glyph stands: its middle is inside the row's height, the nearest neighbour in
// the row is close and of like size. Rows are sorted by their upper side.
func rowFor(rows []line, g *glyph) *line {
	var best *line
	bestDist := math.Inf(1)
	for i := range rows {
		r := &rows[i]
		if r.box.Y0 > g.cy()+g.em {
			break
		}
		if r.box.Y1 < g.cy()-g.em || max(r.em, g.em) > 1.75*min(r.em, g.em) {
			continue
		}
		mid := (r.box.Y0 + r.box.Y1) / 2
		if math.Abs(mid-g.cy()) > 0.62*r.em {
			continue
		}
		dx := max(0, r.box.X0-g.box.X1, g.box.X0-r.box.X1)
		if d := dx/20 + math.Abs(mid-g.cy()); d < bestDist {
			best, bestDist = r, d
		}
	}
	return best
}

// settle sets the row's box and size from its glyphs.
func (l *line) settle() {
	l.box = page.Box{}
	ems := make([]float64, len(l.gs))
	for i := range l.gs {
		l.box = l.box.Union(l.gs[i].box)
		ems[i] = l.gs[i].em
	}
	slices.Sort(ems)
	l.em = ems[len(ems)/2]
}

// finish sorts the row, takes out characters printed twice to look bold, and marks different characters that stand at
// one place: a text of which it cannot be said what a reader sees.
func (l *line) finish() {
	l.settle()
	slices.SortStableFunc(l.gs, func(a, b glyph) int { return cmp.Compare(a.cx(), b.cx()) })
	out := l.gs[:0]
	for _, g := range l.gs {
		twice := false
		for k := len(out) - 1; k >= 0 && k >= len(out)-4; k-- {
			o := &out[k]
			if !samePlace(&g, o) {
				continue
			}
			if g.r == o.r && math.Abs(g.em-o.em) < 0.1*o.em {
				o.bad, o.conf, twice = o.bad && g.bad, max(o.conf, g.conf), true
			} else if !(g.raw == o.raw && g.box == o.box) { // one character may fold into several
				g.clash, o.clash = true, true
			}
		}
		if !twice {
			out = append(out, g)
		}
	}
	l.gs = out
}

func samePlace(a, b *glyph) bool {
	w := min(a.box.X1, b.box.X1) - max(a.box.X0, b.box.X0)
	h := min(a.box.Y1, b.box.Y1) - max(a.box.Y0, b.box.Y0)
	return w > 0.55*min(a.box.W(), b.box.W()) && h > 0.3*min(a.box.H(), b.box.H()) && w > 0.12*min(a.em, b.em)
}

package fields

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"zhengyan/verify/page"
)

// value is the text found for a label, as it stands on its lines.
type value struct {
	label *label
	rows  [][]glyph // first the text beside the label, then the lines that continue it
	below bool      // there was nothing beside the label; the text stands under it
	// ceiling is the highest confidence of the value where something about it was inferred, else 0.
	ceiling float64
}

func (v *value) empty() bool { return len(v.rows) == 0 }

// text joins the first n rows by line breaks. Spaces are kept only where they part words: between letters, and as
// clear space between Chinese characters when wide is set.
func (v *value) text(n int, wide bool) string {
	return joinRowsText(v.rows[:min(n, len(v.rows))], wide, false)
}

// raw is the same with the characters as the file has them.
func (v *value) raw() string { return joinRowsText(v.rows, true, true) }

func joinRowsText(rows [][]glyph, wide, raw bool) string {
	text, _ := joinRowsGlyphs(rows, wide, raw)
	return text
}

// joinRowsGlyphs joins rows of glyphs to a text, and says from which glyph each character of it is; nil for spaces.
func joinRowsGlyphs(rows [][]glyph, wide, raw bool) (string, []*glyph) {
	var b strings.Builder
	var from []*glyph
	for k, gs := range rows {
		if k > 0 {
			b.WriteByte('\n')
			from = append(from, nil)
		}
		for i := range gs {
			g := &gs[i]
			if i > 0 {
				p := &gs[i-1]
				if raw && p.raw == g.raw && p.box == g.box {
					continue // one character of the file, folded into several
				}
				gap := (g.box.X0 - p.box.X1) / g.em
				words := isLatin(p.r) && isLatin(g.r) && (g.space && gap > 0.12 || gap > 0.5)
				if words || wide && gap > 0.9 && p.r != ':' {
					b.WriteByte(' ')
					from = append(from, nil)
				}
			}
			if raw {
				b.WriteRune(g.raw)
			} else {
				b.WriteRune(g.r)
			}
			from = append(from, g)
		}
	}
	return b.String(), from
}

// glyphsAt are the glyphs of some characters of a text.
func glyphsAt(from []*glyph, at []int) []glyph {
	var out []glyph
	for _, k := range at {
		if k < len(from) && from[k] != nil {
			out = append(out, *from[k])
		}
	}
	return out
}

func (v *value) box() page.Box {
	var box page.Box
	for _, gs := range v.rows {
		for i := range gs {
			box = box.Union(gs[i].box)
		}
	}
	return box
}

// dateWords are the characters of a date's form: 年 that could hardly be read makes no digit wrong, and without it the form does not
// hold.
const dateWords = "年月日号自从起至到止有效期限"

// confidence is the lowest of the value's letters and digits: one wrong digit makes a number wrong, while a dash or a
// bracket that was hard to read makes nothing wrong that the form of the value would not show. The same goes for the words
// of dates, where the field has some.
func (v *value) confidence() float64 {
	dates := false
	if v.label != nil && v.label.row != nil {
		switch v.label.row.Type {
		case typeDate, typeHandDate, typePeriod, typeSpecialties:
			dates = true
		}
	}
	c, all, weighed := 1.0, 1.0, false
	for _, gs := range v.rows {
		for i := range gs {
			g := &gs[i]
			all = min(all, g.conf)
			if (unicode.IsLetter(g.r) || unicode.IsDigit(g.r)) && !(dates && strings.ContainsRune(dateWords, g.r)) {
				c, weighed = min(c, g.conf), true
			}
		}
	}
	if !weighed {
		c = all
	}
	return min(c, v.most())
}

// most is the highest confidence that the value may have.
func (v *value) most() float64 {
	m := 1.0
	if v.ceiling != 0 {
		m = v.ceiling
	}
	if v.label != nil {
		m = min(m, v.label.most())
	}
	return m
}

// infer lowers the highest confidence that the value may have.
func (v *value) infer(ceiling float64) {
	v.ceiling = min(v.most(), ceiling)
}

func (v *value) any(is func(*glyph) bool) bool {
	for _, gs := range v.rows {
		for i := range gs {
			if is(&gs[i]) {
				return true
			}
		}
	}
	return false
}

// keep leaves of the value its first n rows, where these end as a whole date does and no row behind them has a digit: lettering
// that a seal or a watermark has under a date says nothing of the date. Behind the word for a day nor does what looks like
// one or two digits and was hardly read.
func (v *value) keep(n int) {
	text := v.text(n, false)
	if !endsDate(text) {
		return
	}
	closed := strings.HasSuffix(text, "日") || strings.HasSuffix(text, "号")
	for _, gs := range v.rows[min(n, len(v.rows)):] {
		digits := !slices.ContainsFunc(gs, func(g glyph) bool { return !unicode.IsDigit(g.r) })
		if closed && digits && len(gs) <= 2 && slices.ContainsFunc(gs, func(g glyph) bool { return g.conf < leastConfidence }) {
			continue
		}
		for i := range gs {
			if unicode.IsDigit(gs[i].r) || strings.ContainsRune("〇零一二三四五六七八九十", gs[i].r) {
				return
			}
		}
	}
	v.rows = v.rows[:min(n, len(v.rows))]
}

// endsDate reports whether no digit can follow a date: it ends in a word, or in a day of two digits.
func endsDate(text string) bool {
	rs := []rune(squeeze(text))
	n := len(rs)
	return n > 1 && (strings.ContainsRune("日号止", rs[n-1]) || unicode.IsDigit(rs[n-1]) && unicode.IsDigit(rs[n-2]))
}

// The reach of a value from its label, in em.
const (
	maxBeside = 16.0 // from the label to the value beside it
	maxInside = 5.0  // clear space inside a value; lists may have more
	maxList   = 9.0
	maxUnder  = 2.6 // from a line to the one that continues it, middle to middle, in addition to its own size
)

// findValue collects the text that belongs to labels[k]: right of it up to the next label, else under it, and the
// lines before and after it in the same column that are the value's.
func findValue(lines []line, labels []label, k int) value {
	lab := &labels[k]
	v := value{label: lab}
	if first, i := firstRow(lines, labels, k); len(first) > 0 {
		v.rows = append(above(lines, labels, k, i, first).rows(), first)
		v.rows = append(v.rows, continuation(lines, labels, k, i, first)...)
		return v
	}
	if first, i := under(lines, lab, labels); len(first) > 0 {
		v.rows, v.below = append(v.rows, first), true
		v.rows = append(v.rows, continuation(lines, labels, k, i, first)...)
	}
	return v
}

// firstRow is the text beside a label and its line.
func firstRow(lines []line, labels []label, k int) ([]glyph, int) {
	lab := &labels[k]
	list := lab.row != nil && (lab.row.Type == typeSpecialties || lab.row.Type == typeNames || lab.row.Type == typePeriod)
	if gs := besides(&lines[lab.line], lab, labels, list); len(gs) > 0 {
		return gs, lab.line
	}
	return shifted(lines, lab, labels, list)
}

// besides is the text right of the label on its own line.
func besides(l *line, lab *label, labels []label, list bool) []glyph {
	end := len(l.gs)
	for i := range labels {
		if o := &labels[i]; o.line == lab.line && o.from >= lab.to {
			end = min(end, o.from)
		}
	}
	if lab.to >= end || (l.gs[lab.to].box.X0-lab.box.X1)/lab.em > maxBeside {
		return nil
	}
	return l.gs[lab.to:untilGap(l, lab.to, end, list)]
}

func untilGap(l *line, from, end int, list bool) int {
	limit := maxInside
	if list {
		limit = maxList
	}
	for i := from + 1; i < end; i++ {
		if l.gap(i) > limit {
			return i
		}
	}
	return end
}

// shifted is the text right of the label on a line whose base is a little higher or lower, as with a value in another
// type size.
func shifted(lines []line, lab *label, labels []label, list bool) ([]glyph, int) {
	mid := (lab.box.Y0 + lab.box.Y1) / 2
	best, bestDist := -1, 0.95*lab.em
	for i := range lines {
		if i == lab.line {
			continue
		}
		if d := math.Abs((lines[i].box.Y0+lines[i].box.Y1)/2 - mid); d < bestDist && lines[i].em < 3*lab.em {
			best, bestDist = i, d
		}
	}
	if best < 0 {
		return nil, 0
	}
	l := &lines[best]
	from := slices.IndexFunc(l.gs, func(g glyph) bool { return g.box.X0 > lab.box.X1-0.2*lab.em })
	if from < 0 || (l.gs[from].box.X0-lab.box.X1)/lab.em > maxBeside {
		return nil, 0
	}
	end := len(l.gs)
	for i := range labels {
		o := &labels[i]
		if o.line == best && o.to > from {
			end = min(end, max(o.from, from))
		}
		// A label on the first label's own line, between the two, owns the text.
		if o.line == lab.line && o.from >= lab.to && o.box.X0 < l.gs[from].box.X0 {
			return nil, 0
		}
	}
	if from >= end {
		return nil, 0
	}
	return l.gs[from:untilGap(l, from, end, list)], best
}

// under is the text below the label where nothing stands beside it, and its line.
func under(lines []line, lab *label, labels []label) ([]glyph, int) {
	for i := lab.line + 1; i < len(lines); i++ {
		l := &lines[i]
		d := (l.box.Y0+l.box.Y1)/2 - (lab.box.Y0+lab.box.Y1)/2
		if d > (1+maxUnder)*lab.em {
			break
		}
		if d < 0.8*lab.em {
			continue
		}
		for _, seg := range segments(l, i, labels) {
			a, b := seg[0], seg[1]
			x0, x1 := l.gs[a].box.X0, l.gs[b-1].box.X1
			if x0 < lab.box.X1+1*lab.em && x1 > lab.box.X0 && x0 > lab.box.X0-1.5*lab.em {
				if labelAt(labels, i, a) >= 0 {
					return nil, 0
				}
				return l.gs[a:b], i
			}
		}
	}
	return nil, 0
}

func rowBox(gs []glyph) page.Box {
	var b page.Box
	for i := range gs {
		b = b.Union(gs[i].box)
	}
	return b
}

// segments cuts line i at its labels and at wide gaps; a label begins a segment of its own with what belongs to it.
func segments(l *line, i int, labels []label) [][2]int {
	var out [][2]int
	start := 0
	for k := 1; k <= len(l.gs); k++ {
		if k == len(l.gs) || l.gap(k) > maxList || labelAt(labels, i, k) >= 0 {
			out = append(out, [2]int{start, k})
			start = k
		}
	}
	return out
}

// labelAt returns the label that begins at a glyph of line i, or -1.
func labelAt(labels []label, i, from int) int {
	return slices.IndexFunc(labels, func(o label) bool { return o.line == i && o.from == from })
}

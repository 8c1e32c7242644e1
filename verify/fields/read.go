package fields

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"zhengyan/verify/page"
)

// maxPages bounds the pages that are looked at for a certificate.
const maxPages = 3000

// Fewest distinct labels of a face that make a page a certificate: with its title, and without.
const (
	labelsWithTitle    = 2
	labelsWithoutTitle = 4
)

// candidate is a page, or a part of one, that may carry a certificate.
type candidate struct {
	text   *page.Text // turned upright
	turn   turn
	back   slanted    // from the levelled page to the upright one
	shown  *page.Text // as given
	lines  []line
	labels []label
	face   *faceRow // whose labels are looked for
	title  *title   // nil if none was found
	found  int      // distinct fields of the face with a label
	bare   string   // the text of the whole page in file order, squeezed, with watermarks
	glyphs []glyph
	cut    bool
}

func (c *candidate) score() int {
	s := 2 * c.found
	if c.title != nil {
		s += 4
		if c.title.face.Kind != OtherCertificate {
			s += 3
		}
	}
	return s
}

func (c *candidate) isCertificate() bool {
	return c.title != nil && c.found >= labelsWithTitle || c.found >= labelsWithoutTitle
}

// Read reads the certificate on the page that most looks like one. It always returns a Result; where nothing was
// found, its kind is UnknownKind and Problems says so. Read does not change its arguments and is safe for concurrent use.
func Read(texts []page.Text, tables *Tables) *Result {
	best := candidate{}
	have := false
	for i := range texts[:min(len(texts), maxPages)] {
		for _, c := range candidates(&texts[i], tables) {
			if !have || rank(&c) > rank(&best) {
				best, have = c, true
			}
		}
	}
	if !have {
		return &Result{Source: SourceNone, Certificate: Certificate{Kind: UnknownKind, Medium: UnknownMedium}, Problems: []Problem{{Code: NoCertificate}}}
	}
	return readOne(&best, tables)
}

// rank puts certificates before pages that only name one, those before others.
func rank(c *candidate) int {
	switch {
	case c.isCertificate():
		return 1000 + c.score()
	case c.title != nil:
		return 500 + c.score()
	}
	return c.score()
}

// ReadAll reads every certificate of the pages, in their order; several may stand on one page. It is empty where no
// page carries one.
func ReadAll(texts []page.Text, tables *Tables) []*Result {
	var out []*Result
	for i := range texts[:min(len(texts), maxPages)] {
		for _, c := range candidates(&texts[i], tables) {
			if c.isCertificate() {
				out = append(out, readOne(&c, tables))
			}
		}
	}
	return out
}

// candidates looks at one page, also turned if its text seems to stand on its side or head.
func candidates(text *page.Text, t *Tables) []candidate {
	level := turned(text, 0, t)
	if q := turnOf(text); q != 0 {
		other := turned(text, q, t)
		best := func(cs []candidate) (r int) {
			for i := range cs {
				r = max(r, rank(&cs[i]))
			}
			return r
		}
		if best(other) > best(level) {
			return other
		}
	}
	return level
}

// turned looks at one page turned upright: one candidate, or one for each title where it shows several certificates.
func turned(text *page.Text, q turn, t *Tables) []candidate {
	shown := text
	if q != 0 {
		up := q.upright(*text)
		text = &up
	}
	text, back := levelled(text)
	all, cut := glyphs(text)
	var bare strings.Builder
	for i := range all {
		bare.WriteRune(all[i].r)
	}
	base := candidate{text: text, turn: q, back: back, shown: shown, bare: bare.String(), cut: cut}
	gs := dropSlanted(all)
	if text.Confidence != nil {
		gs = withoutDoubles(gs)
	}
	lines := makeLines(gs)
	titles := distinctTitles(findTitles(lines, t, text.Confidence != nil))
	if len(titles) < 2 {
		c := base
		c.glyphs, c.lines = gs, lines
		c.settle(titles, t)
		return []candidate{c}
	}
	var out []candidate
	for i, part := range splitPage(gs, lines, titles) {
		c := base
		c.glyphs, c.lines = part, makeLines(part)
		own := distinctTitles(findTitles(c.lines, t, text.Confidence != nil))
		if len(own) > 1 {
			own = own[:1]
		}
		if len(own) == 0 {
			own = titles[i : i+1]
		}
		c.settle(own, t)
		out = append(out, c)
	}
	return out
}

// distinctTitles drops a title that is a part of another one found at the same place.
func distinctTitles(ts []title) []title {
	var out []title
	for _, x := range ts {
		if !slices.ContainsFunc(out, func(o title) bool { return o.box.Intersects(x.box) }) {
			out = append(out, x)
		}
	}
	return out
}

// splitPage gives each title the glyphs of its certificate. Titles in one row part the page by columns; else a
// certificate begins above its title, with the period of use in its corner.
func splitPage(gs []glyph, lines []line, titles []title) [][]glyph {
	titles = slices.Clone(titles)
	slices.SortStableFunc(titles, func(a, b title) int { return cmp.Compare(a.box.Y0, b.box.Y0) })
	type region struct{ x0, x1, y0, y1 float64 }
	const far = 1e9
	regions := make([]region, len(titles))
	top := -far
	for i := 0; i < len(titles); {
		j := i + 1 // titles[i:j] stand in one row
		for j < len(titles) && titles[j].box.Y0 < titles[i].box.Y1 {
			j++
		}
		bottom := far
		if j < len(titles) {
			bottom = beginAbove(lines, titles[j])
		}
		row := titles[i:j]
		slices.SortStableFunc(row, func(a, b title) int { return cmp.Compare(a.box.X0, b.box.X0) })
		left := -far
		for k := range row {
			right := far
			if k+1 < len(row) {
				right = (row[k].box.X0 + row[k].box.X1 + row[k+1].box.X0 + row[k+1].box.X1) / 4
			}
			regions[i+k] = region{left, right, top, bottom}
			left = right
		}
		top, i = bottom, j
	}
	out := make([][]glyph, len(titles))
	for _, g := range gs {
		for i, r := range regions {
			if g.cx() >= r.x0 && g.cx() < r.x1 && g.cy() >= r.y0 && g.cy() < r.y1 {
				out[i] = append(out[i], g)
				break
			}
		}
	}
	return out
}

// beginAbove is the height at which the certificate of a title begins: above the period of use, if that stands
// shortly above the title.
func beginAbove(lines []line, t title) float64 {
	y := t.box.Y0 - 0.3*t.em
	for i := range lines {
		l := &lines[i]
		if l.box.Y1 < t.box.Y0 && l.box.Y0 > t.box.Y0-5*t.em && strings.Contains(string(l.runes()), "使用") {
			y = min(y, l.box.Y0-0.3*l.em)
		}
	}
	return y
}

// settle chooses the face: by the title, in a picture also by the labels, or by the labels alone where there is none.
func (c *candidate) settle(titles []title, t *Tables) {
	ocr := c.text.Confidence != nil
	if len(titles) > 0 {
		best, ok := titles[0], true
		if ocr {
			if best, ok = c.weigh(best, t); ok {
				best = c.blurred(best, t)
			}
		}
		if ok {
			c.title, c.face = &best, best.face
			if ocr && best.face.Kind == OtherCertificate {
				c.face = c.faceByLabels(best.face, t)
			}
			c.setLabels(findLabels(c.lines, c.face, ocr))
			if ocr {
				c.usageAboveTitle()
			}
			return
		}
	}
	for i := range t.faces.Faces {
		f := &t.faces.Faces[i]
		if f.As != "" {
			continue
		}
		try := *c
		try.face = f
		try.setLabels(findLabels(c.lines, f, ocr))
		if c.face == nil || try.found > c.found {
			*c = try
		}
	}
}

// usageAboveTitle takes a label over the title that is the rest of the period of use's (有效期 of 使用有效期) for that: other periods
// stand under it.
func (c *candidate) usageAboveTitle() {
	k := slices.IndexFunc(c.face.Fields, func(f fieldRow) bool { return f.Name == "usage" })
	if k < 0 || slices.ContainsFunc(c.labels, func(l label) bool { return l.row == &c.face.Fields[k] }) {
		return
	}
	for i := range c.labels {
		lab := &c.labels[i]
		if lab.box.Y1 < c.title.box.Y0 && (lab.row == nil || lab.row.Type == typePeriod) &&
			slices.ContainsFunc(c.face.Fields[k].Labels, func(l string) bool { return strings.HasSuffix(l, lab.text) }) {
			lab.row, lab.ceiling = &c.face.Fields[k], poorCeiling
		}
	}
	c.setLabels(c.labels)
}

func (c *candidate) setLabels(labels []label) {
	c.labels = labels
	seen := map[string]bool{}
	for i := range labels {
		if r := labels[i].row; r != nil && !seen[r.Name] {
			seen[r.Name] = true
		}
	}
	c.found = len(seen)
}

// readOne reads a candidate. A failure inside costs this page's result, not the process.
func readOne(c *candidate, t *Tables) (res *Result) {
	res = &Result{Source: SourceText, Page: c.text.Index, Certificate: Certificate{Kind: UnknownKind, Medium: UnknownMedium}}
	defer func() {
		if p := recover(); p != nil {
			*res = Result{
				Source: res.Source, Page: c.text.Index, Certificate: Certificate{Kind: UnknownKind, Medium: UnknownMedium},
				Problems: []Problem{{Code: Internal, Detail: fmt.Sprint(p)}},
			}
		}
	}()
	r := reader{c: c, t: t, res: res, cert: &res.Certificate}
	r.read()
	res.turnBackSlant(c.back)
	res.turnBack(c.turn, c.shown.Width, c.shown.Height)
	return res
}

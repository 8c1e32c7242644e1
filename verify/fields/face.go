package fields

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhengyan/verify/page"
)

// reader fills one Result from one candidate.
type reader struct {
	c    *candidate
	t    *Tables
	res  *Result
	cert *Certificate
}

// reading is what one occurrence of a label gave.
type reading struct {
	value    string // normalised, as in Field.Value; empty if nothing could be read
	set      func()
	fields   []Field // where one label gives several fields (specialties)
	problems []Problem
	v        value
}

func (r *reader) problem(code, field, detail string) {
	p := Problem{code, field, detail}
	if !slices.Contains(r.res.Problems, p) {
		r.res.Problems = append(r.res.Problems, p)
	}
}

func (r *reader) read() {
	c := r.c
	if c.text.Confidence != nil {
		r.res.Source = SourceOCR
	}
	if c.cut {
		r.problem(TooMuchText, "", "")
	}
	if r.noText() {
		r.res.Source = SourceNone
		return
	}
	defer r.textQuality()
	r.readTitle()
	r.cert.Specimen = r.marked(r.t.faces.SpecimenMarks)
	if !c.isCertificate() {
		r.problem(NoCertificate, "", "")
		if c.title == nil {
			return
		}
	}
	for i := range c.face.Fields {
		r.readField(&c.face.Fields[i])
	}
	r.readIssuer()
	r.readEcertID()
	r.readMedium()
	if r.cert.Medium == Paper {
		r.forgivePaper()
	}
	switch r.cert.Kind {
	case Constructor1, Constructor2, ConstructorTemp:
		r.finishConstructor()
	case Architect1, Architect2:
		r.finishArchitect()
	case Qualification:
		r.finishQualification()
	}
	r.checkIdentity()
}

// forgivePaper takes back what was said of labels that only e-certificates carry.
func (r *reader) forgivePaper() {
	r.res.Problems = slices.DeleteFunc(r.res.Problems, func(p Problem) bool {
		return p.Code == MissingLabel && slices.ContainsFunc(r.c.face.Fields, func(f fieldRow) bool { return f.Name == p.Field && f.NotPaper })
	})
}

// noText reports whether the page holds no text that could be read: most of its characters are not known. Then the
// fonts are named.
func (r *reader) noText() bool {
	bad := 0
	for i := range r.c.glyphs {
		if r.c.glyphs[i].bad {
			bad++
		}
	}
	if 2*bad < len(r.c.glyphs) {
		return false
	}
	r.nameUnmapped()
	r.problem(NoCertificate, "", "")
	return true
}

// nameUnmapped reports that characters are not known, and the fonts at fault.
func (r *reader) nameUnmapped() {
	fonts := map[int]bool{}
	for i := range r.c.glyphs {
		if g := &r.c.glyphs[i]; g.bad || g.pua {
			r.problem(UnmappedText, "", "")
			fonts[g.font] = true
		}
	}
	for i, f := range r.c.text.Fonts {
		if fonts[i] && !f.ToUnicode {
			r.problem(NoToUnicode, "", f.Name)
		}
	}
}

// textQuality reports fonts that are not embedded, and unknown characters where they may have cost a fact. An
// ornament or a tick from a symbol font costs none.
func (r *reader) textQuality() {
	lost := slices.ContainsFunc(r.res.Problems, func(p Problem) bool {
		switch p.Code {
		case UnmappedText, MissingLabel, MissingValue, NoTitle, NoCertificate:
			return true
		}
		return false
	})
	if lost {
		r.nameUnmapped()
	}
	used := map[int]bool{}
	for i := range r.c.glyphs {
		used[r.c.glyphs[i].font] = true
	}
	for i, f := range r.c.text.Fonts {
		if used[i] && !f.Embedded && r.res.Source == SourceText {
			r.problem(NotEmbedded, "", f.Name)
		}
	}
}

func (r *reader) readTitle() {
	t := r.c.title
	switch {
	case t == nil:
		if r.c.found >= labelsWithoutTitle {
			r.problem(NoTitle, "title", "")
		}
		return
	case t.tied:
		r.problem(Ambiguous, "title", t.text)
		return
	}
	r.cert.Kind, r.cert.Title = t.face.Kind, t.text
	l := &r.c.lines[min(t.line, len(r.c.lines)-1)]
	f := Field{Name: "title", Value: t.text, Raw: t.text, Page: r.c.text.Index, Box: t.box, Confidence: 1}
	gs := r.c.titleGlyphs(t)
	for i := range gs {
		f.Confidence = min(f.Confidence, gs[i].conf)
	}
	if t.ceiling != 0 {
		f.Confidence = min(f.Confidence, t.ceiling)
	}
	if r.res.Source == SourceOCR && (t.above < 0 && holed(gs) || t.above >= 0 && (holed(l.gs) || holed(r.c.lines[t.above].gs))) {
		f.Confidence = min(f.Confidence, nearCeiling)
	}
	// Of a list of titles each is told from the others by the characters in which they differ, see blurred; what else the paper
	// may be called is not.
	if known := t.face.Kind != OtherCertificate && t.dist <= maxMisread; !known && r.unclear("title", t.text, f.Confidence) {
		r.cert.Title, f.Value = "", ""
	}
	r.res.Fields = append(r.res.Fields, f)
}

// titleGlyphs are the characters of a title that name the certificate, without the general words before them.
func (c *candidate) titleGlyphs(t *title) []glyph {
	l := &c.lines[min(t.line, len(c.lines)-1)]
	gs, rs := l.gs, l.runes()
	if t.above >= 0 {
		gs, rs = slices.Concat(c.lines[t.above].gs, gs), slices.Concat(c.lines[t.above].runes(), rs)
	}
	if k := strings.Index(string(rs), t.core); t.core != "" && k >= 0 && len(rs) == len(gs) {
		from := utf8.RuneCountInString(string(rs)[:k])
		gs = gs[from : from+utf8.RuneCountInString(t.core)]
	}
	return gs
}

// unclear reports whether a value that was read off a picture is none, and says so.
func (r *reader) unclear(name, value string, conf float64) bool {
	if r.res.Source != SourceOCR || conf >= leastConfidence {
		return false
	}
	r.problem(Unclear, name, value)
	return true
}

// holed reports whether a row of print has a place at which a character more may stand: more than half a character's clear space
// beyond what the row has elsewhere. Full-width signs, however they were read, are narrower than the space they stand in.
func holed(gs []glyph) bool {
	var gaps []float64
	sign := func(r rune) bool { return strings.ContainsRune(":;,()。、·《》“”", r) }
	for i := 1; i < len(gs); i++ {
		d := (gs[i].box.X0 - gs[i-1].box.X1) / gs[i].em
		if sign(gs[i].r) || sign(gs[i-1].r) {
			d = max(d-0.35, 0)
		}
		gaps = append(gaps, d)
	}
	if len(gaps) == 0 {
		return false
	}
	slices.Sort(gaps)
	return gaps[len(gaps)-1] > gaps[(len(gaps)-1)/2]+0.6 || gaps[0] > 0.6 && len(gaps) == 1
}

// marked reports whether one of the words stands on the page, in file order or on a line.
func (r *reader) marked(words []string) bool {
	upper := strings.ToUpper(r.c.bare)
	for _, w := range words {
		w = strings.ToUpper(w)
		if strings.Contains(upper, w) {
			return true
		}
		for i := range r.c.lines {
			if strings.Contains(strings.ToUpper(string(r.c.lines[i].runes())), w) {
				return true
			}
		}
	}
	return false
}

// leastConfidence is the confidence under which a reading of a picture is none: of two digits that look alike, one is no better
// than the other.
const leastConfidence = 0.5

// readField reads all occurrences of a field's labels. Two that disagree leave the field empty.
func (r *reader) readField(row *fieldRow) {
	var got []reading
	labelled := false
	for k := range r.c.labels {
		lab := &r.c.labels[k]
		if lab.row == nil || lab.row.Name != row.Name {
			continue
		}
		labelled = true
		if row.Type == typeSignature {
			r.readSignature(lab)
			continue
		}
		v := findValue(r.c.lines, r.c.labels, k)
		v.rows = slices.DeleteFunc(v.rows, func(gs []glyph) bool {
			return contains(r.t.faces.Fillers, squeeze(joinRowsText([][]glyph{gs}, false, false)))
		})
		if !v.empty() && !(v.below && foreign(row, &v)) {
			got = append(got, r.interpret(row, v))
		}
	}
	switch {
	case !labelled:
		if g, ok := r.aboveTitle(row); ok {
			got = append(got, g)
			break
		}
		if g, ok := r.byForm(row); ok {
			got = append(got, g)
			break
		}
		if row.Required {
			r.problem(MissingLabel, row.Name, strings.Join(row.Labels, "/"))
		}
		return
	case len(got) == 0:
		if row.Type != typeSignature && row.Type != typeHandDate {
			r.problem(MissingValue, row.Name, "")
		}
		return
	}
	first := -1
	for i := range got {
		if got[i].value == "" {
			continue
		}
		if first >= 0 && got[i].value != got[first].value {
			r.problem(Ambiguous, row.Name, got[first].value+" | "+got[i].value)
			r.addField(row, &got[first], "")
			r.addField(row, &got[i], "")
			return
		}
		if first < 0 {
			first = i
		}
	}
	if first < 0 {
		first = 0
	}
	g := &got[first]
	// Of specialties each was weighed by itself.
	if g.value != "" && row.Type != typeSpecialties && r.unclear(row.Name, g.value, g.v.confidence()) {
		r.addField(row, g, "")
		return
	}
	for _, p := range g.problems {
		r.problem(p.Code, p.Field, p.Detail)
	}
	if g.value != "" && g.set != nil {
		g.set()
	}
	if len(g.fields) > 0 {
		r.res.Fields = append(r.res.Fields, g.fields...)
		return
	}
	r.addField(row, g, g.value)
}

// scrap is the number of characters before a period over the title of which none need be the label's if they were read badly: so
// little says nothing else.
const scrap = 2

// aboveTitle finds the period of use where its label could hardly be read: it stands on the line over the title, two whole dates
// behind some characters that the label has, or that were read badly. That the print says what these dates are for was not
// read, so the value is never sure; words that were read well and are not the label's are what they say.
func (r *reader) aboveTitle(row *fieldRow) (reading, bool) {
	t := r.c.title
	if row.Name != "usage" || r.res.Source != SourceOCR || t == nil {
		return reading{}, false
	}
	for i := range r.c.lines {
		l := &r.c.lines[i]
		if l.box.Y1 >= t.box.Y0 || l.box.Y0 < t.box.Y0-5*t.em {
			continue
		}
		rs := l.runes()
		k := max(slices.IndexFunc(rs, unicode.IsDigit), 0)
		head := []rune(strings.TrimRight(string(rs[:k]), ":"))
		poor := len(head) > 0 && r.labelConfidence(&label{line: i, to: len(head)}) <= poorLabel
		if !slices.ContainsFunc(row.Labels, func(text string) bool {
			n := inOrder(head, []rune(text))
			return n == len(head) || poor && (n > 0 && len(head) <= utf8.RuneCountInString(text)+1 || len(head) <= scrap)
		}) {
			continue
		}
		lab := newLabel(l, i, 0, max(len(head), 1), row)
		lab.text, lab.ceiling = string(head), poorCeiling
		if g := r.interpret(row, value{label: &lab, rows: [][]glyph{l.gs[k:]}}); g.value != "" && !strings.Contains(g.value, "..") {
			return g, true
		}
	}
	return reading{}, false
}

// byForm finds what can be nothing else on a face where its label was not read: the number of a constructor, and the specialties
// with their validity. As the label was not read, the value is never sure; two of a kind are none.
func (r *reader) byForm(row *fieldRow) (reading, bool) {
	if r.res.Source != SourceOCR || r.c.title == nil || r.c.title.tied || r.c.face.Kind != Constructor1 && r.c.face.As != Constructor1 || r.c.title.face.Kind == OtherCertificate {
		return reading{}, false
	}
	is := func(text string) bool { return false }
	switch {
	case row.Type == typeNumber:
		is = func(text string) bool {
			n, err := ParseRegistrationNumber(text, r.t)
			return err == nil && n.Form == NewForm
		}
	case row.Type == typeSpecialties:
		is = r.startsSpecialty
	}
	var v value
	for i := range r.c.lines {
		for _, seg := range segments(&r.c.lines[i], i, r.c.labels) {
			if gs := r.c.lines[i].gs[seg[0]:seg[1]]; is(joinRowsText([][]glyph{gs}, false, false)) {
				v.rows = append(v.rows, gs)
			}
		}
	}
	if len(v.rows) == 0 || len(v.rows) > 1 && row.Type == typeNumber {
		return reading{}, false
	}
	v.label = &label{row: row, ceiling: poorCeiling}
	g := r.interpret(row, v)
	return g, g.value != ""
}

// doubt lowers the confidence of what was read of a field.
func (r *reader) doubt(name string, most float64) {
	for i := range r.res.Fields {
		if f := &r.res.Fields[i]; f.Name == name {
			f.Confidence = min(f.Confidence, most)
		}
	}
}

// foreign reports whether text that stands under a label cannot be its value: a date without any digit.
func foreign(row *fieldRow, v *value) bool {
	switch row.Type {
	case typeDate, typeHandDate, typePeriod, typeNumber, typeID:
		return !v.any(func(g *glyph) bool { return g.r >= '0' && g.r <= '9' || isChineseDigit(g.r) })
	}
	return false
}

func (r *reader) addField(row *fieldRow, g *reading, val string) {
	r.res.Fields = append(r.res.Fields, Field{
		Name: row.Name, Label: g.v.label.text, Value: val, Raw: g.v.raw(),
		Page: r.c.text.Index, Box: g.v.box(), Confidence: g.v.confidence(),
	})
}

// readSignature finds the area in which the holder signs: from the label to the right, and up over the place of the
// printed signature image, as far as nothing else is printed there.
func (r *reader) readSignature(lab *label) {
	// The label's place has its colon, whatever of that a picture's reader saw: four characters and one.
	place := lab.box
	place.X1 = max(place.X1, place.X0+5*lab.em)
	if !r.cert.SignatureLabel.IsZero() {
		if r.cert.SignatureLabel != place {
			r.problem(Ambiguous, "signature", "")
			r.cert.SignatureBox = page.Box{}
		}
		return
	}
	r.cert.SignatureLabel = place
	em := lab.em
	box := page.Box{X0: lab.box.X0, Y0: lab.box.Y0 - 5.5*em, X1: lab.box.X1 + 12*em, Y1: lab.box.Y1 + 0.8*em}
	if r.c.text.Width > 0 {
		box.X1 = min(box.X1, r.c.text.Width)
	}
	for i := range r.c.labels { // the next label of the row, or of the column right of it
		o := &r.c.labels[i]
		if o.box.X0 > lab.box.X1 && o.box.Y0 < box.Y1 && o.box.Y1 > box.Y0+2*em {
			box.X1 = min(box.X1, o.box.X0-0.3*em)
		}
	}
	for i := range r.c.glyphs {
		g := &r.c.glyphs[i]
		if g.cx() < box.X0 || g.cx() > box.X1 {
			continue
		}
		if g.box.Y0 >= lab.box.Y1 {
			box.Y1 = min(box.Y1, g.box.Y0-0.1*em)
		}
		if g.box.Y1 <= lab.box.Y0 && g.em < 2*em {
			box.Y0 = max(box.Y0, g.box.Y1+0.1*em)
		}
	}
	box.X0, box.Y0 = max(box.X0, 0), max(box.Y0, 0)
	box.Y1 = max(box.Y1, lab.box.Y1)
	r.cert.SignatureBox = box
	r.res.Fields = append(r.res.Fields, Field{Name: "signature", Label: lab.text, Page: r.c.text.Index, Box: box, Confidence: r.labelConfidence(lab)})
}

func (r *reader) labelConfidence(lab *label) float64 {
	c := 1.0
	l := &r.c.lines[lab.line]
	for i := lab.from; i < lab.to; i++ {
		c = min(c, l.gs[i].conf)
	}
	return c
}

// readIssuer takes a known issuer's name that stands alone, on one line or with 中华人民共和国 on the line above, where
// no label names the issuer. Two different ones leave it empty.
func (r *reader) readIssuer() {
	if r.cert.Issuer != "" {
		return
	}
	var best value
	name := ""
	for i := range r.c.lines {
		for _, part := range cutLine(&r.c.lines[i], 2) {
			text := string(part.runes())
			v := value{label: &label{}, rows: [][]glyph{part.gs}}
			if !contains(r.c.face.Issuers, text) {
				continue
			}
			if up := r.stateAbove(i, &part); up != nil {
				if whole := string(up.runes()) + text; contains(r.c.face.Issuers, whole) {
					text, v.rows = whole, [][]glyph{up.gs, part.gs}
				}
			}
			if name != "" && name != text {
				r.problem(Ambiguous, "issuer", name+" | "+text)
				return
			}
			name, best = text, v
		}
	}
	if name == "" || best.any(func(g *glyph) bool { return g.bad || g.clash }) {
		return
	}
	if r.unclear("issuer", name, best.confidence()) {
		r.addField(&fieldRow{Name: "issuer"}, &reading{v: best}, "")
		return
	}
	r.cert.Issuer = chineseWidth(name)
	r.addField(&fieldRow{Name: "issuer"}, &reading{v: best}, r.cert.Issuer)
}

// stateAbove finds the part of a line right above, centred over p, that holds 中华人民共和国 alone.
func (r *reader) stateAbove(i int, p *line) *line {
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		for _, up := range cutLine(&r.c.lines[j], 2) {
			d := (p.box.Y0 + p.box.Y1 - up.box.Y0 - up.box.Y1) / 2
			if d < 2.5*p.em && math.Abs(up.box.X0+up.box.X1-p.box.X0-p.box.X1) < 4*p.em && contains(r.t.faces.TitlePrefixes, string(up.runes())) {
				return &up
			}
		}
	}
	return nil
}

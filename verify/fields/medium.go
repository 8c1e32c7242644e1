package fields

import (
	"slices"
	"unicode"

	"zhengyan/verify/page"
)

// readMedium tells an e-certificate, which has marks that paper never had, from a paper one. In a file's own text an old
// number without such a mark means paper. In what was read off a picture a mark that was not seen may stand there all the
// same: only a mark of paper that was seen, where nothing of a period of use was, makes it paper.
func (r *reader) readMedium() {
	label := func(names ...string) bool {
		return slices.ContainsFunc(r.c.labels, func(l label) bool { return l.row != nil && slices.Contains(names, l.row.Name) })
	}
	if r.marked(r.t.faces.ElectronicMarks) || r.cert.EcertID != "" || !r.cert.Usage.IsZero() && label("usage") {
		r.cert.Medium = Electronic
		return
	}
	mark := r.paperMark()
	if r.res.Source == SourceOCR {
		// 注册证书编号 of which the half was not seen is no number of a booklet: that stands beside the registration's.
		if mark == nil || label("usage", "annotation", "annotationScene") || !label("number") || !r.cert.Usage.IsZero() || r.cert.Annotation != nil {
			return
		}
	} else if mark == nil {
		number, err := ParseRegistrationNumber(r.cert.Number, r.t)
		if err == nil && number.Form == OldForm || r.marked(r.paperWords()) {
			r.cert.Medium = Paper
		}
		return
	}
	r.cert.Medium = Paper
	r.res.Fields = append(r.res.Fields, *mark)
}

// paperMark finds what only a paper certificate carries: a label, or words that stand clear of others. It is the one that was
// read best; nil if there is none.
func (r *reader) paperMark() *Field {
	var best *Field
	take := func(word string, gs []glyph) {
		f := Field{Name: "paperMark", Value: word, Raw: word, Page: r.c.text.Index, Confidence: 1}
		for i := range gs {
			f.Box, f.Confidence = f.Box.Union(gs[i].box), min(f.Confidence, gs[i].conf)
		}
		if f.Box != (page.Box{}) && (best == nil || f.Confidence > best.Confidence) {
			best = &f
		}
	}
	for i := range r.c.labels {
		l := &r.c.labels[i]
		if contains(r.t.faces.PaperMarks, l.text) && l.row != nil {
			take(l.text, r.c.lines[l.line].gs[l.from:l.from+len([]rune(l.text))])
		}
	}
	for _, word := range r.paperWords() {
		want := []rune(word)
		for i := range r.c.lines {
			l := &r.c.lines[i]
			rs := l.runes()
			for from := 0; from+len(want) <= len(rs); from++ {
				to := from + len(want)
				if slices.Equal(rs[from:to], want) && l.clear(from) && l.clear(to) {
					take(word, l.gs[from:to])
				}
			}
		}
	}
	return best
}

// paperWords are the marks of paper that are no label of the face. One that is a label counts only where it stands as one: 证书编号
// is a part of 注册证书编号, too.
func (r *reader) paperWords() []string {
	var out []string
	for _, word := range r.t.faces.PaperMarks {
		if !slices.ContainsFunc(r.c.face.Fields, func(f fieldRow) bool { return contains(f.Labels, word) }) {
			out = append(out, word)
		}
	}
	return out
}

// clear reports whether no word goes on over the place before glyph i: it is an end of the line, or set off by space or a sign.
func (l *line) clear(i int) bool {
	if i == 0 || i == len(l.gs) || l.gap(i) >= labelGap {
		return true
	}
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return !word(l.gs[i-1].r) || !word(l.gs[i].r)
}

package fields

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhengyan/verify/civil"
)

// finishConstructor checks the face of a 建造师注册证书 against itself.
func (r *reader) finishConstructor() {
	n, err := ParseRegistrationNumber(r.cert.Number, r.t)
	if err == nil && r.c.face.Level != 0 && n.Level != r.c.face.Level {
		r.problem(LevelMismatch, "number", fmt.Sprintf("%d, %d", n.Level, r.c.face.Level))
		if r.res.Source == SourceOCR { // one of the two was misread, or the paper is odd: the eye must tell
			r.doubt("title", nearCeiling)
		}
	}
}

// interpretSpecialties reads 注册专业: one or several on a line, each with its validity in brackets or behind the name. What of
// one could not be read off a picture is left empty; the others stand.
func (r *reader) interpretSpecialties(row *fieldRow, g reading) reading {
	text, from := joinRowsGlyphs(g.v.rows, true, false)
	list := r.mergeNames(r.splitSpecialties(text))
	var out []Specialty
	for _, e := range list {
		s := Specialty{Name: cleanText(e.name), Raw: strings.TrimSpace(e.raw)}
		known, ok := r.t.Specialty(e.name)
		if ok {
			s.Name = known.Name
		}
		name, valid := r.certainty(&e, glyphsAt(from, e.at), ok)
		switch {
		case name < leastConfidence:
			g.problems = append(g.problems, Problem{Unclear, row.Name, s.Name})
			s.Name, ok = "", true
		case !ok:
			g.problems = append(g.problems, Problem{UnknownSpecialty, row.Name, s.Name})
		}
		conf := name
		if e.valid != "" {
			p, inferred, err := r.period(e.valid)
			if inferred {
				valid = min(valid, poorCeiling)
			}
			switch {
			case err == nil && valid < leastConfidence:
				g.problems = append(g.problems, Problem{Unclear, row.Name, p.String()})
			case err == nil:
				s.Valid, conf = p, min(name, valid)
			case errors.Is(err, civil.ErrBadDate):
				g.problems = append(g.problems, Problem{BadDate, row.Name, e.raw})
			default:
				g.problems = append(g.problems, Problem{BadPeriod, row.Name, e.raw})
			}
		} else {
			g.problems = append(g.problems, Problem{MissingValue, row.Name + "Valid", s.Name})
		}
		if i := indexSpecialty(out, s.Name); i >= 0 {
			if out[i].Valid != s.Valid {
				g.problems = append(g.problems, Problem{Ambiguous, row.Name, s.Name})
				out[i].Valid = Period{}
			}
			continue
		}
		out = append(out, s)
		g.fields = append(g.fields, Field{
			Name: row.Name, Label: g.v.label.text, Value: strings.TrimSpace(s.Name + " " + s.Valid.String()), Raw: s.Raw, Page: r.c.text.Index,
			Confidence: min(conf, g.v.most()),
		})
	}
	var values []string
	for i, s := range out {
		part := g.v
		if len(out) == len(g.v.rows) { // one a line: each has a place of its own
			part.rows = g.v.rows[i : i+1]
		}
		f := &g.fields[i]
		f.Value, f.Box = strings.TrimSpace(s.Name+" "+s.Valid.String()), part.box()
		if f.Value == "" { // its place, for the eye
			values = append(values, s.Raw)
			continue
		}
		values = append(values, f.Value)
	}
	g.value = strings.Join(values, ";")
	g.set = func() { r.cert.Specialties = out }
	if g.value == "" {
		g.problems = append(g.problems, Problem{MissingValue, row.Name, ""})
	}
	return g
}

// certainty is how surely the name and the validity of a specialty were read. A name that the data knows is told from the others by
// the characters in which they differ; one that it does not know is never sure.
func (r *reader) certainty(e *specialtyEntry, gs []glyph, known bool) (name, valid float64) {
	name, valid = 1, 1
	if r.res.Source != SourceOCR {
		return name, valid
	}
	head := gs[:slices.IndexFunc(append(slices.Clone(gs), glyph{r: '('}), func(g glyph) bool { return g.r == '(' || g.r >= '0' && g.r <= '9' })]
	for _, g := range gs[len(head):] {
		if g.r >= '0' && g.r <= '9' || isChineseDigit(g.r) {
			valid = min(valid, g.conf)
		}
	}
	if holed(gs[len(head):]) {
		valid = min(valid, nearCeiling)
	}
	if e.inferred {
		valid = min(valid, nearCeiling)
	}
	word := []rune(e.name)
	for i := range head {
		if unicode.IsLetter(head[i].r) && !strings.ContainsRune("有效期限", head[i].r) {
			name = min(name, head[i].conf)
		}
	}
	if holed(head) {
		name = min(name, nearCeiling)
	}
	if !known {
		return min(name, poorCeiling), valid
	}
	if name >= leastConfidence || len(head) < len(word) {
		return name, valid
	}
	told := poorCeiling
	for i := range r.t.specialties {
		o := &r.t.specialties[i]
		for _, other := range append([]string{o.Name, o.Short}, o.Alias...) {
			w := []rune(other)
			if len(w) != len(word) || other == e.name {
				continue
			}
			best := 0.0 // of the characters by which the two differ
			for k := range w {
				if w[k] != word[k] {
					best = max(best, head[k].conf)
				}
			}
			told = min(told, best)
		}
	}
	return told, valid
}

func indexSpecialty(list []Specialty, name string) int {
	for i := range list {
		if list[i].Name == name {
			return i
		}
	}
	return -1
}

// specialtyEntry is one specialty as printed.
type specialtyEntry struct {
	name  string
	valid string // the text of the period; "至" before a single date that is an end
	raw   string
	at    []int // places of its characters in the text
	// inferred is set where the words before the period were not read as they should be.
	inferred bool
}

// splitSpecialties cuts the printed list at its marks, spaces and line breaks, but not inside brackets.
func (r *reader) splitSpecialties(text string) []specialtyEntry {
	type cut struct {
		text string
		at   []int
		odd  bool // a bracket too many was left out: it may have been a digit
	}
	var pieces []cut
	var cur strings.Builder
	var at []int
	depth, odd := 0, false
	flush := func() {
		if piece := cur.String(); strings.TrimSpace(piece) != "" {
			if n := len(pieces); n > 0 && samePeriod(pieces[n-1].text, piece) {
				pieces[n-1].text += piece
				pieces[n-1].at = append(pieces[n-1].at, at...)
				pieces[n-1].odd = pieces[n-1].odd || odd
			} else {
				pieces = append(pieces, cut{piece, at, odd})
			}
		}
		cur.Reset()
		at, odd = nil, false
	}
	keep := func(k int, c rune) {
		cur.WriteRune(c)
		at = append(at, k)
	}
	k := -1 // number of the character
	for i, c := range text {
		k++
		switch {
		case c == '\n' && depth > 0 && r.startsSpecialty(text[i+1:]): // the bracket was never closed
			depth = 0
			flush()
		case c == '(' || c == '[' || c == '【':
			depth++
			keep(k, '(')
		case r.res.Source == SourceOCR && c == ')' && strings.HasSuffix(cur.String(), ":") && digitFirst(text[i+len(")"):]): // (有效期:)2023-06-01
			odd = true
		case (c == ')' || c == ']' || c == '】') && depth > 0:
			depth--
			keep(k, ')')
			if depth == 0 {
				flush()
			}
		case r.res.Source == SourceOCR && (c == ')' || c == ']' || c == '】'): // none was open
			if n := len(pieces); n > 0 && strings.TrimSpace(cur.String()) == "" {
				pieces[n-1].odd = true
			} else {
				odd = true
			}
		case depth == 0 && isListMark(c) && c != '/':
			flush()
		case c == '\n':
		default:
			keep(k, c)
		}
	}
	flush()
	var out []specialtyEntry
	for _, p := range pieces {
		name, valid := cutValidity(p.text)
		inferred := false
		if valid == "" && r.res.Source == SourceOCR {
			name, valid, inferred = cutPoorValidity(p.text)
		}
		inferred = inferred || p.odd
		if name == "" && len(out) > 0 && valid != "" && out[len(out)-1].valid == "" { // the validity stands apart from its name
			last := &out[len(out)-1]
			last.valid, last.inferred = valid, inferred
			last.raw += p.text
			last.at = append(last.at, p.at...)
			continue
		}
		if name == "" && valid == "" {
			continue
		}
		out = append(out, specialtyEntry{name: squeeze(name), valid: valid, raw: p.text, at: p.at, inferred: inferred})
	}
	return out
}

// digitFirst reports whether a text begins with a digit.
func digitFirst(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// samePeriod reports whether a space cut one period in two: before or behind what joins its days, or behind the words for it.
func samePeriod(head, tail string) bool {
	const joins = "至到~～-—–－"
	head, tail = strings.TrimSpace(head), strings.TrimSpace(tail)
	last, _ := utf8.DecodeLastRuneInString(head)
	first, _ := utf8.DecodeRuneInString(tail)
	day := last >= '0' && last <= '9' || last == '日'
	opens := strings.ContainsRune(joins, last) || strings.HasSuffix(head, "期:") || strings.HasSuffix(head, "期限:")
	return day && strings.ContainsRune(joins, first) || opens && first >= '0' && first <= '9'
}

// startsSpecialty reports whether a line begins with a known specialty and a bracket.
func (r *reader) startsSpecialty(text string) bool {
	name, _, ok := strings.Cut(strings.SplitN(text, "\n", 2)[0], "(")
	if !ok {
		return false
	}
	_, known := r.t.Specialty(name)
	return known
}

// cutValidity parts 建筑工程(有效期:2025-1-6至2028-1-5) into name and period.
func cutValidity(p string) (name, valid string) {
	for _, word := range []string{"注册有效期限", "注册有效期", "有效期限", "有效期"} {
		i := strings.Index(p, word)
		if i < 0 {
			continue
		}
		name, valid = p[:i], strings.TrimLeft(squeeze(p[i+len(word):]), ":")
		return strings.TrimRight(squeeze(name), "(:"), strings.TrimRight(valid, ")")
	}
	// (2025-1-6至2028-1-5) without the word
	if i := strings.IndexByte(p, '('); i >= 0 {
		inner := strings.TrimRight(squeeze(p[i+1:]), ")")
		if n := strings.IndexFunc(inner, func(c rune) bool { return c >= '0' && c <= '9' || c == '至' }); n == 0 {
			return squeeze(p[:i]), inner
		}
	}
	return squeeze(p), ""
}

// poorValidity finds a period behind the words for it, of which a picture's reader misread or lost some.
var poorValidity = regexp.MustCompile(`^(.*?)\((\p{Han}{1,6}):?(至?[0-9].*)$`)

// cutPoorValidity is cutValidity where the words before the period were not read as they are: at most one character off.
func cutPoorValidity(p string) (name, valid string, ok bool) {
	m := poorValidity.FindStringSubmatch(squeeze(p))
	if m == nil {
		name, valid = cutValidity(p)
		return name, valid, false
	}
	for _, word := range []string{"有效期", "有效期至", "有效期限", "注册有效期"} {
		if editDistance([]rune(m[2]), []rune(word), 1) <= 1 {
			return m[1], strings.TrimRight(m[3], ")"), true
		}
	}
	name, valid = cutValidity(p)
	return name, valid, false
}

// mergeNames puts together names that a line's end or a space cut in two, where the data knows the whole.
func (r *reader) mergeNames(list []specialtyEntry) []specialtyEntry {
	var out []specialtyEntry
	for i := 0; i < len(list); i++ {
		e := list[i]
		whole := e
		for j := i + 1; j <= i+2 && j < len(list) && whole.valid == ""; j++ {
			whole.name, whole.raw, whole.valid, whole.inferred = whole.name+list[j].name, whole.raw+list[j].raw, list[j].valid, list[j].inferred
			whole.at = slices.Concat(whole.at, list[j].at)
			if _, known := r.t.Specialty(whole.name); known {
				e, i = whole, j
				break
			}
		}
		out = append(out, e)
	}
	return out
}

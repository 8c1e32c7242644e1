package fields

import (
	"errors"
	"fmt"
	"strings"

	"zhengyan/verify/civil"
)

// finishConstructor checks the face of a 建造师注册证书 against itself.
func (r *reader) finishConstructor() {
	n, err := ParseRegistrationNumber(r.cert.Number, r.t)
	if err == nil && r.c.face.Level != 0 && n.Level != r.c.face.Level {
		r.problem(LevelMismatch, "number", fmt.Sprintf("%d, %d", n.Level, r.c.face.Level))
	}
}

// interpretSpecialties reads 注册专业: one or several on a line, each with its validity in brackets or behind the name.
func (r *reader) interpretSpecialties(row *fieldRow, g reading) reading {
	text := g.v.text(len(g.v.rows), true)
	list := r.mergeNames(r.splitSpecialties(text))
	var out []Specialty
	for _, e := range list {
		s := Specialty{Name: cleanText(e.name), Raw: strings.TrimSpace(e.raw)}
		if known, ok := r.t.Specialty(e.name); ok {
			s.Name = known.Name
		} else {
			g.problems = append(g.problems, Problem{UnknownSpecialty, row.Name, s.Name})
		}
		if e.valid != "" {
			p, err := r.period(e.valid)
			switch {
			case err == nil:
				s.Valid = p
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
	}
	var values []string
	for i, s := range out {
		part := g.v
		if len(out) == len(g.v.rows) { // one a line: each has a place of its own
			part.rows = g.v.rows[i : i+1]
		}
		val := strings.TrimSpace(s.Name + " " + s.Valid.String())
		values = append(values, val)
		g.fields = append(g.fields, Field{
			Name: row.Name, Label: g.v.label.text, Value: val, Raw: s.Raw, Page: r.c.text.Index,
			Box: part.box(), Confidence: part.confidence(),
		})
	}
	g.value = strings.Join(values, ";")
	g.set = func() { r.cert.Specialties = out }
	if g.value == "" {
		g.problems = append(g.problems, Problem{MissingValue, row.Name, ""})
	}
	return g
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
}

// splitSpecialties cuts the printed list at its marks, spaces and line breaks, but not inside brackets.
func (r *reader) splitSpecialties(text string) []specialtyEntry {
	var pieces []string
	var cur strings.Builder
	depth := 0
	flush := func() {
		if strings.TrimSpace(cur.String()) != "" {
			pieces = append(pieces, cur.String())
		}
		cur.Reset()
	}
	for i, c := range text {
		switch {
		case c == '\n' && depth > 0 && r.startsSpecialty(text[i+1:]): // the bracket was never closed
			depth = 0
			flush()
		case c == '(' || c == '[' || c == '【':
			depth++
			cur.WriteByte('(')
		case (c == ')' || c == ']' || c == '】') && depth > 0:
			depth--
			cur.WriteByte(')')
			if depth == 0 {
				flush()
			}
		case depth == 0 && isListMark(c) && c != '/':
			flush()
		case c == '\n':
		default:
			cur.WriteRune(c)
		}
	}
	flush()
	var out []specialtyEntry
	for _, p := range pieces {
		name, valid := cutValidity(p)
		if name == "" && len(out) > 0 && valid != "" && out[len(out)-1].valid == "" { // the validity stands apart from its name
			out[len(out)-1].valid = valid
			out[len(out)-1].raw += p
			continue
		}
		if name == "" && valid == "" {
			continue
		}
		out = append(out, specialtyEntry{name: squeeze(name), valid: valid, raw: p})
	}
	return out
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

// mergeNames puts together names that a line's end or a space cut in two, where the data knows the whole.
func (r *reader) mergeNames(list []specialtyEntry) []specialtyEntry {
	var out []specialtyEntry
	for i := 0; i < len(list); i++ {
		e := list[i]
		whole := e
		for j := i + 1; j <= i+2 && j < len(list) && whole.valid == ""; j++ {
			whole.name, whole.raw, whole.valid = whole.name+list[j].name, whole.raw+list[j].raw, list[j].valid
			if _, known := r.t.Specialty(whole.name); known {
				e, i = whole, j
				break
			}
		}
		out = append(out, e)
	}
	return out
}

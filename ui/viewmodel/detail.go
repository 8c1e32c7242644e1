package viewmodel

import (
	"fmt"
	"strconv"
	"strings"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
	"zhengyan/verify/report"
)

// Detail is everything that the window shows of one report, as texts and shapes.
type Detail struct {
	Verdict  VerdictView
	Input    InputView
	Facts    []Pair
	Usage    *UsageView
	Ladder   []Rung
	Marks    []Mark
	Chips    []Chip
	Versions string
	Choices  []string // specialties on the face, for the pick list
	Pages    int
	Page     int // the certificate's own, from 0
	// Sheet is the photographed sheet whose corners may be set, nil for none.
	Sheet *SheetView
}

// VerdictView is the first thing a reader sees.
type VerdictView struct {
	Shape        Shape
	Word         string
	AsAt         string // "as at DATE, policy NAME"
	Reason       string
	Next         string
	Copy         PartView
	Registration PartView
	Second       SecondView // zero if no second day is asked for
}

// SecondView is the answer as at a second day.
type SecondView struct {
	Shape Shape
	Text  string // "" for none
}

// PartView is one of the two verdicts, on the copy or on the registration behind it.
type PartView struct {
	Shape Shape
	Label string
	Word  string
	Subs  string // the sub-indications in words
}

// InputView says how the file came to be and what that caps.
type InputView struct {
	Kind  document.InputKind
	Title string
	Cap   string
	Warn  bool // something that the best verdict needs cannot be checked on such a file
}

// Pair is a labelled fact. Of one that was read off a picture Sure says how sure the reading is, and Page (from 0) and Box, in
// page units, where it stands; Box is zero where that is not known.
type Pair struct {
	Label, Value, Note, Sure string

	Page int
	Box  page.Box
}

// Chip is a short state that is always in view.
type Chip struct {
	Shape Shape
	Text  string
	Hint  string
}

// UsageView is the period of use as a sum.
type UsageView struct {
	Printed string // "2026-01-01 to 2026-06-30", as printed
	Terms   []TermView
	Result  string // the sum's result in words
	Agrees  bool   // the printed end is the one that the terms give
	Known   bool   // both ends are known
}

// TermView is one term of the minimum.
type TermView struct {
	Label, Date, Clause string
	Binding             bool
}

// BuildDetail makes the view of a report. covers reports whether the window's font shows a character; nil means all.
func BuildDetail(m *Messages, rep *verify.Report, covers func(rune) bool) Detail {
	if rep == nil {
		return Detail{}
	}
	d := Detail{
		Verdict:  verdictView(m, rep),
		Input:    inputView(m, rep),
		Facts:    facts(m, rep, covers),
		Usage:    usageView(m, rep.Usage),
		Ladder:   ladder(m, rep),
		Chips:    Chips(m, rep),
		Versions: m.T("versions", "program", rep.Program, "rules", rep.Rules.Version),
		Pages:    rep.Input.Pages,
	}
	d.Marks = marks(m, rep, d.Ladder)
	for _, s := range rep.Certificate.Specialties {
		d.Choices = append(d.Choices, s.Name)
	}
	return d
}

func verdictView(m *Messages, rep *verify.Report) VerdictView {
	v := VerdictView{
		Shape:        ShapeOf(rep.Indication),
		Word:         m.Word(rep.Indication),
		Reason:       rep.Reason,
		Next:         rep.Next,
		Copy:         partView(m, m.T("part.copy"), rep, rep.Copy),
		Registration: partView(m, m.T("part.registration"), rep, rep.Registration),
		AsAt: m.T("verdict.asat", "date", rep.JudgedOn.String(),
			"policy", m.Or("policy."+rep.Policy.Name, rep.Policy.Name), "version", rep.Policy.Version),
	}
	if rep.Error != nil {
		v.Word = m.T("verdict.unreadable")
		v.Reason, v.Next = rep.Error.Message, rep.Error.Next
	}
	return v
}

func partView(m *Messages, label string, rep *verify.Report, v verify.Verdict) PartView {
	p := PartView{Shape: ShapeOf(v.Indication), Label: label, Word: m.Word(v.Indication)}
	var subs []string
	for _, s := range v.SubIndications {
		subs = append(subs, subWord(m, stepOf(rep, s), s))
	}
	p.Subs = strings.Join(subs, m.T("list.comma"))
	return p
}

// inputCheck is the id of the check of the file as a whole: whether it could be read, and how it came to be.
const inputCheck = "input"

// stepOf is the id of the check that a verdict has a sub-indication from; one of a seal goes before that of the file.
func stepOf(rep *verify.Report, s verify.SubIndication) string {
	id := ""
	for i := range rep.Checks {
		if c := &rep.Checks[i]; c.Sub == s && (id == "" || id == inputCheck) {
			id = c.ID
		}
	}
	return id
}

// subWord puts a sub-indication into words. The standard has one for a malformed signature and for a file that is none:
// of a file without any seal nothing may be said of a seal.
func subWord(m *Messages, check string, s verify.SubIndication) string {
	if check == inputCheck && m.Has("sub."+string(s)+".file") {
		return m.T("sub." + string(s) + ".file")
	}
	return m.Or("sub."+string(s), string(s))
}

// inputView says of a file that was not read no more than that: what may be on its pages is not known.
func inputView(m *Messages, rep *verify.Report) InputView {
	k := rep.Input.Kind
	if k == "" || rep.Error != nil {
		k = document.InputUnknown
	}
	key := "input." + string(k)
	switch {
	case rep.Error == nil && rep.Input.KindReason == document.ReasonPart:
		key = "input.part"
	case rep.Error == nil:
	case rep.Error.Code == string(document.FormatOFD):
		key = "input.ofd"
	default:
		key = "input.unread"
	}
	return InputView{
		Kind:  k,
		Title: m.T(key),
		Cap:   m.T(key + ".cap"),
		Warn:  k != document.InputOriginal,
	}
}

// facts are the printed facts, the important ones first.
func facts(m *Messages, rep *verify.Report, covers func(rune) bool) []Pair {
	c := rep.Certificate
	var ps []Pair
	read := readOff(rep)
	// add shows a fact that is not printed as such, printed one that the reader gives as the n-th field of a name.
	add := func(key, value string) {
		if value != "" {
			ps = append(ps, Pair{Label: m.T("fact." + key), Value: value, Note: RareNote(value, covers)})
		}
	}
	printed := func(key, value, field string, n int) {
		add(key, value)
		if value != "" && n < len(read[field]) {
			f, p := read[field][n], &ps[len(ps)-1]
			p.Sure, p.Page, p.Box = m.T("fact.sure", "percent", report.Percent(f.Confidence)), f.Page, f.Box
		}
	}
	if rep.Error == nil {
		printed("kind", kindText(m, c), "title", 0)
	}
	printed("name", c.Name, "name", 0)
	printed("number", c.Number, "number", 0)
	printed("employer", c.Employer, "employer", 0)
	for i, s := range c.Specialties {
		printed("specialty", strings.TrimSpace(s.Name+"  "+periodText(m, s.Valid)), "specialty", i)
	}
	printed("qualification", c.QualName, "qualificationName", 0)
	printed("valid", periodText(m, c.Valid), "valid", 0)
	printed("usage", periodText(m, c.Usage), "usage", 0)
	if c.Annotation != nil {
		printed("annotation", strings.TrimSpace(c.Annotation.Scene+"  "+periodText(m, c.Annotation.Period)), "annotation", 0)
	}
	printed("sex", c.Sex, "sex", 0)
	printed("birth", c.Birth.String(), "birth", 0)
	printed("id", fields.MaskedID(c.IDNumber), "idNumber", 0)
	printed("issue", c.IssueDate.String(), "issueDate", 0)
	printed("approved", c.Approved.String(), "approved", 0)
	printed("issuer", c.Issuer, "issuer", 0)
	if c.Specimen {
		add("specimen", m.T("fact.specimen.yes"))
	}
	add("read", readFrom(m, rep))
	add("file", rep.Input.Name)
	if rep.Input.Size > 0 {
		add("size", SizeText(rep.Input.Size))
	}
	add("sha256", rep.Input.SHA256)
	return ps
}

// readOff are the fields that were read off a picture, by name; none for a text, of which nothing is estimated. The specialties
// are those of the certificate in their order, with the ones that could not be read.
func readOff(rep *verify.Report) map[string][]fields.Field {
	out := map[string][]fields.Field{}
	if ev := rep.Evidence; ev != nil && rep.Error == nil && ev.Fields != nil && ev.Fields.Source == fields.SourceOCR {
		for _, f := range ev.Fields.Fields {
			if f.Value != "" || f.Name == "specialty" {
				out[f.Name] = append(out[f.Name], f)
			}
		}
	}
	return out
}

// readFrom says what the face was read from.
func readFrom(m *Messages, rep *verify.Report) string {
	ev := rep.Evidence
	if ev == nil || rep.Error != nil || ev.Fields == nil {
		return ""
	}
	number := strconv.Itoa(ev.Fields.Page + 1)
	switch ev.Fields.Source {
	case fields.SourceText:
		return m.T("fact.read.text", "page", number)
	case fields.SourceOCR:
		s := m.T("fact.read.picture", "page", number)
		if v := sheetView(m, ev.Picture); v != nil && ev.Picture.Sheet != nil {
			s += m.T("fact.read.sheet", "sheet", v.Text)
		}
		return s
	}
	return ""
}

func periodText(m *Messages, p fields.Period) string {
	switch {
	case p.IsZero():
		return ""
	case p.From.IsZero():
		return m.T("period.until", "to", p.To.String())
	case p.To.IsZero():
		return m.T("period.from", "from", p.From.String())
	}
	return m.T("period.both", "from", p.From.String(), "to", p.To.String())
}

// SizeText returns a number of bytes for reading.
func SizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt((n+512)>>10, 10) + " KB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

// RareNote names by code point the characters of s that the window's font does not have ("𠮷 U+20BB7"); "" if it has all.
func RareNote(s string, covers func(rune) bool) string {
	if covers == nil {
		return ""
	}
	var notes []string
	for _, r := range s {
		if r > 0x2E7F && !covers(r) {
			notes = append(notes, fmt.Sprintf("%c U+%04X", r, r))
		}
	}
	return strings.Join(notes, "  ")
}

func usageView(m *Messages, u *verify.UsageSum) *UsageView {
	if u == nil {
		return nil
	}
	v := &UsageView{
		Printed: periodText(m, fields.Period{From: u.Start, To: u.Printed}),
		Known:   !u.Printed.IsZero() && !u.Expected.IsZero(),
		Agrees:  u.Printed == u.Expected,
	}
	for _, t := range u.Terms {
		v.Terms = append(v.Terms, TermView{Label: t.Label, Date: t.Date.String(), Clause: t.Clause, Binding: t.Binding})
	}
	switch {
	case !v.Known && u.Expected.IsZero():
		v.Result = m.T("usage.unknown")
	case !v.Known:
		v.Result = m.T("usage.noprinted", "date", u.Expected.String())
	case v.Agrees:
		v.Result = m.T("usage.agrees", "date", u.Printed.String())
	case u.Printed.Before(u.Expected):
		v.Result = m.T("usage.shorter", "printed", u.Printed.String(), "expected", u.Expected.String())
	default:
		v.Result = m.T("usage.longer", "printed", u.Printed.String(), "expected", u.Expected.String())
	}
	return v
}

// SecondOf is what is said of the second day's report; nil gives nothing.
func SecondOf(m *Messages, rep *verify.Report) SecondView {
	if rep == nil || rep.Error != nil {
		return SecondView{}
	}
	return SecondView{ShapeOf(rep.Indication), m.T("verdict.second", "date", DayText(rep.At), "word", m.Word(rep.Indication), "reason", rep.Reason)}
}

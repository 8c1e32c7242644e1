package report

import (
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/text/width"

	"zhengyan/verify"
	"zhengyan/verify/civil"
)

// Style says how a terminal is written to.
type Style struct {
	Colour bool
	Width  int // columns, 0 means 100
}

// The shapes carry the verdict without colour.
func shape(i verify.Indication) string {
	switch i {
	case verify.TotalPassed:
		return "✔"
	case verify.TotalFailed:
		return "✘"
	}
	return "?"
}

// Word is the verdict in a word of the language.
func Word(i verify.Indication, lang string) string {
	if lang == "en" {
		switch i {
		case verify.TotalPassed:
			return "PASSED"
		case verify.TotalFailed:
			return "FAILED"
		}
		return "INDETERMINATE"
	}
	switch i {
	case verify.TotalPassed:
		return "通过"
	case verify.TotalFailed:
		return "不通过"
	}
	return "无法确定"
}

func paint(i verify.Indication) string {
	switch i {
	case verify.TotalPassed:
		return "32"
	case verify.TotalFailed:
		return "31"
	}
	return "33"
}

type terminal struct {
	io.Writer
	Style
	zh bool
}

func newTerminal(w io.Writer, s Style, lang string) *terminal {
	if s.Width <= 0 {
		s.Width = 100
	}
	return &terminal{w, s, lang != "en"}
}

func (t *terminal) colour(code, s string) string {
	if !t.Colour || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *terminal) say(zh, en string) string {
	if t.zh {
		return zh
	}
	return en
}

// cells is the width of a string in terminal columns: East Asian wide characters take two.
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			if r >= ' ' {
				n++
			}
		}
	}
	return n
}

func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-cells(s))) }

// clean keeps a stranger's text from steering the terminal or turning the order of what stands around it: control
// characters, marks of direction, line separators and characters without a form become U+FFFD.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r >= 0x7f && r < 0xa0,
			r == 0x061c, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f,
			r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe, r >= 0xe0000 && r <= 0xe007f:
			return '\uFFFD'
		}
		return r
	}, s)
}

// wrap breaks a text into lines of at most n columns, between words of Latin text and anywhere in Chinese.
func wrap(s string, n int) []string {
	var lines []string
	line, w, lastSpace := []rune{}, 0, -1
	for _, r := range s {
		line = append(line, r)
		w += cells(string(r))
		if r == ' ' {
			lastSpace = len(line)
		}
		if w <= n {
			continue
		}
		cut := len(line) - 1
		if r < 0x2E80 && lastSpace > 0 {
			cut = lastSpace
		}
		lines = append(lines, strings.TrimRight(string(line[:cut]), " "))
		line = append([]rune{}, line[cut:]...)
		w, lastSpace = cells(string(line)), -1
	}
	return append(lines, string(line))
}

// Full writes one report with its whole ladder of checks.
func Full(w io.Writer, r *verify.Report, s Style) error {
	t := newTerminal(w, s, r.Lang)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", t.colour("1", fileOf(r)))
	fmt.Fprintf(&b, "%s\n", t.colour("1;"+paint(r.Indication), shape(r.Indication)+" "+Word(r.Indication, r.Lang)))
	why, next := reason(r)
	t.paragraph(&b, "  ", why)
	if next != "" {
		t.paragraph(&b, t.say("  下一步：", "  next: "), next)
	}
	b.WriteByte('\n')
	said := wordsOf(r.Lang)
	if c := r.Certificate; c.Title != "" || c.Name != "" || c.Number != "" {
		title := c.Title
		if title != "" {
			title = said.certificate(r)
		}
		t.row(&b, t.say("证书", "certificate"), joined(title, c.Name, c.Number))
		if c.Employer != "" {
			t.row(&b, t.say("聘用单位", "employer"), c.Employer)
		}
		for _, sp := range c.Specialties {
			t.row(&b, t.say("注册专业", "specialty"), joined(sp.Name, span(sp.Valid.From.String(), sp.Valid.To.String())))
		}
	}
	t.wrapped(&b, t.say("识读", "reading"), said.readFrom(r))
	t.wrapped(&b, t.say("识读把握", "confidence"), said.sureness(r))
	t.row(&b, t.say("判定日", "judged as at"), instant(r.At))
	t.row(&b, t.say("规则方案", "policy"), joined(r.Policy.Name, r.Policy.Version))
	t.row(&b, t.say("使用件", "copy"), shape(r.Copy.Indication)+" "+Word(r.Copy.Indication, r.Lang)+subs(r.Copy))
	t.row(&b, t.say("注册", "registration"), shape(r.Registration.Indication)+" "+Word(r.Registration.Indication, r.Lang)+subs(r.Registration))
	if r.Error == nil { // a file that could not be read was held against neither
		t.row(&b, t.say("信任锚", "trust anchors"), fmt.Sprint(r.Trust.Anchors))
		if r.Snapshot != nil {
			t.row(&b, t.say("注册库快照", "snapshot"), fmt.Sprintf("%s  %s  %s", civil.Of(r.Snapshot.AsOf), t.say(fmt.Sprintf("%d 天前", r.Snapshot.AgeDays), fmt.Sprintf("%d day(s) old", r.Snapshot.AgeDays)), r.Snapshot.Freshness))
		} else {
			t.row(&b, t.say("注册库快照", "snapshot"), t.say("没有", "none"))
		}
	}
	if u := r.Usage; u != nil {
		t.usage(&b, u)
	}
	b.WriteByte('\n')
	column := 0
	for _, c := range r.Checks {
		column = max(column, cells(clean(c.Title)))
	}
	for _, c := range ladder(r.Checks) {
		t.check(&b, c, column)
	}
	fmt.Fprintf(&b, "\n%s\n", t.colour("2", clean(r.Disclaimer)))
	_, err := io.WriteString(t, b.String())
	return err
}

func span(from, to string) string {
	if from == "" && to == "" {
		return ""
	}
	return from + " – " + to
}

func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, clean(p))
		}
	}
	return strings.Join(out, "  ")
}

func subs(v verify.Verdict) string {
	if len(v.SubIndications) == 0 {
		return ""
	}
	var out []string
	for _, s := range v.SubIndications {
		out = append(out, clean(string(s)))
	}
	return "  " + strings.Join(out, ", ")
}

func (t *terminal) row(b *strings.Builder, name, value string) {
	fmt.Fprintf(b, "  %s %s\n", t.colour("2", pad(name, 14)), clean(value))
}

// wrapped is a row whose value may take several lines, broken between its parts where that can be; it is left out where there
// is none.
func (t *terminal) wrapped(b *strings.Builder, name, value string) {
	if value == "" {
		return
	}
	const column = 17
	room := max(24, t.Width-column)
	var lines []string
	line := ""
	for part := range strings.SplitSeq(clean(value), dot) {
		switch {
		case line == "":
			line = part
		case cells(line+dot+part) <= room:
			line += dot + part
		default:
			lines, line = append(lines, line), part
		}
		if cells(line) > room {
			broken := wrap(line, room)
			lines, line = append(lines, broken[:len(broken)-1]...), broken[len(broken)-1]
		}
	}
	t.row(b, name, append(lines, line)[0])
	for _, l := range append(lines, line)[1:] {
		b.WriteString(strings.Repeat(" ", column) + l + "\n")
	}
}

func (t *terminal) paragraph(b *strings.Builder, lead, s string) {
	n := cells(lead)
	for i, l := range wrap(clean(s), max(20, t.Width-n)) {
		if i > 0 {
			lead = strings.Repeat(" ", n)
		}
		b.WriteString(lead + l + "\n")
	}
}

func (t *terminal) usage(b *strings.Builder, u *verify.UsageSum) {
	var terms []string
	for _, x := range u.Terms {
		s := fmt.Sprintf("%s %s", clean(x.Label), x.Date)
		if x.Binding {
			s = t.colour("4", s)
		}
		terms = append(terms, s)
	}
	fmt.Fprintf(b, "  %s min(%s) = %s%s\n", t.colour("2", pad(t.say("使用时限", "period of use"), 14)), strings.Join(terms, ", "), u.Expected,
		t.say("，票面截止 ", "; printed end ")+u.Printed.String())
}

// ladder puts failures first, then what could not be told, then the rest in the order of the checks.
func ladder(cs []verify.Check) []verify.Check {
	var out []verify.Check
	for rank := range 5 {
		for _, c := range cs {
			if rankOf(c) == rank {
				out = append(out, c)
			}
		}
	}
	return out
}

func rankOf(c verify.Check) int {
	enforced := c.Action == verify.Enforce
	switch {
	case c.Status == verify.Failed && enforced:
		return 0
	case c.Status == verify.Inconclusive && enforced:
		return 1
	case c.Status == verify.Failed || c.Status == verify.Inconclusive:
		return 2
	case c.Status == verify.Skipped:
		return 4
	}
	return 3
}

func (t *terminal) check(b *strings.Builder, c verify.Check, column int) {
	mark, colour := "·", "2"
	switch {
	case c.Status == verify.Failed && c.Action == verify.Enforce:
		mark, colour = "✘", "31"
	case c.Status == verify.Failed || c.Status == verify.Inconclusive && c.Action == verify.Advise:
		mark, colour = "!", "33"
	case c.Status == verify.Inconclusive:
		mark, colour = "?", "33"
	case c.Status == verify.Passed:
		mark, colour = "✔", "32"
	}
	title := pad(clean(c.Title), column)
	lead := "  " + mark + " " + title + " "
	lines := wrap(clean(c.Message), max(24, t.Width-cells(lead)))
	for i, l := range lines {
		if i == 0 {
			b.WriteString("  " + t.colour(colour, mark) + " " + title + " " + l)
		} else {
			b.WriteString("\n" + strings.Repeat(" ", cells(lead)) + l)
		}
	}
	b.WriteByte('\n')
	if c.Status == verify.Skipped || c.Rule == "" {
		return
	}
	fmt.Fprintf(b, "%s%s\n", strings.Repeat(" ", cells(lead)), t.colour("2", clause(c)))
}

// lineName is the column of file names, in terminal columns.
const lineName = 48

// ending is the end of a text that fits into n columns: the end of a path says more than its beginning.
func ending(s string, n int) string {
	rs := []rune(s)
	at, w := len(rs), 0
	for at > 0 && w+cells(string(rs[at-1])) <= n {
		at--
		w += cells(string(rs[at]))
	}
	return string(rs[at:])
}

// fileOf names what a report is on: a file, a place in a long one, or an original with its print.
func fileOf(r *verify.Report) string {
	name := clean(r.Input.Name)
	if ev := r.Evidence; ev != nil && ev.Part != nil {
		name += fmt.Sprintf(" #%d", ev.Part.Page+1)
	}
	if ev := r.Evidence; ev != nil && ev.Print != nil {
		name += " + " + clean(path.Base(filepath.ToSlash(ev.Print.Input.Name)))
	}
	return name
}

// Brief is a file's name without its folders, fit for a terminal, and its end alone where it takes more than n columns.
func Brief(name string, n int) string {
	name = clean(path.Base(filepath.ToSlash(name)))
	if cells(name) > n {
		name = "…" + ending(name, n-1)
	}
	return name
}

// Line writes one report as a row of a table, and its reason below it where it did not pass.
func Line(w io.Writer, r *verify.Report, s Style) error {
	t := newTerminal(w, s, r.Lang)
	name := fileOf(r)
	if cells(name) > lineName {
		name = "…" + ending(name, lineName-1)
	}
	verdict := t.colour(paint(r.Indication), pad(shape(r.Indication)+" "+Word(r.Indication, r.Lang), t.verdictWidth()))
	if _, err := fmt.Fprintf(t, "%s %s %s\n", verdict, pad(name, lineName), joined(r.Certificate.Name, r.Certificate.Number)); err != nil {
		return err
	}
	if r.Indication == verify.TotalPassed {
		return nil
	}
	var b strings.Builder
	why, _ := reason(r)
	t.paragraph(&b, strings.Repeat(" ", t.verdictWidth()+1), why)
	_, err := io.WriteString(t, t.colour("2", strings.TrimSuffix(b.String(), "\n"))+"\n")
	return err
}

func (t *terminal) verdictWidth() int {
	if t.zh {
		return 10
	}
	return 15
}

// Tally counts verdicts for the last line of a batch.
type Tally struct{ Passed, Indeterminate, Failed, Unreadable int }

// Add counts a report.
func (y *Tally) Add(r *verify.Report) {
	switch {
	case r.Error != nil:
		y.Unreadable++
	case r.Indication == verify.TotalPassed:
		y.Passed++
	case r.Indication == verify.TotalFailed:
		y.Failed++
	default:
		y.Indeterminate++
	}
}

// Summary writes the tally.
func Summary(w io.Writer, y Tally, lang, disclaimer string) error {
	f := "\n通过 %d · 无法确定 %d · 不通过 %d · 读不了 %d\n%s\n"
	if lang == "en" {
		f = "\npassed %d · indeterminate %d · failed %d · unreadable %d\n%s\n"
	}
	_, err := fmt.Fprintf(w, f, y.Passed, y.Indeterminate, y.Failed, y.Unreadable, clean(disclaimer))
	return err
}

package viewmodel

import (
	"fmt"
	"strconv"
	"strings"

	"zhengyan/verify"
	"zhengyan/verify/page"
	"zhengyan/verify/qr"
)

// QRCard is what the window shows of a file's QR codes. A code that was read proves nothing by itself: it is a pointer
// to a record, and the card says so.
type QRCard struct {
	Title  string
	Remark string // what a code is worth offline
	Codes  []QRCode
	Notes  []QRNote // what belongs to no single code: none found, a code read in two ways, a page that could not be looked at
}

// QRCode is one code of the card.
type QRCode struct {
	Key      string // stable within a report, for the pictures that the window cuts out
	Page     int    // 0-based
	Box      page.Box
	Title    string // "QR code 1, page 1"
	Shape    Shape  // of Class
	Class    string // what kind of payload it is
	Meaning  string // what that kind is worth, in a sentence
	Text     string // the payload, with characters that cannot be seen spelled out
	Shown    string // Text, cut after qrShown characters
	Warnings []QRNote
	Host     []TextRun // the host, with the characters marked that the official one it resembles has otherwise
	Facts    []Pair    // operator, strategy, error correction, …
	Table    QRTable
	copy     string
}

// QRNote is a remark with its shape.
type QRNote struct {
	Shape Shape
	Text  string
}

// qrShown is the number of characters of a payload that are shown; copying takes all of them.
const qrShown = 400

// BuildQRCard makes the card of a report. Without evidence it holds one note that says so.
func BuildQRCard(m *Messages, rep *verify.Report) QRCard {
	c := QRCard{Title: m.T("qrcard.title"), Remark: m.T("qrcard.remark")}
	if rep == nil || rep.Evidence == nil {
		c.Notes = []QRNote{{ShapeSkip, m.T("qrcard.none.unread")}}
		return c
	}
	ev := rep.Evidence
	trouble := false
	for _, p := range ev.Problems {
		if p.Stage != "qr" {
			continue
		}
		trouble = true
		if p.Code == "conflict" {
			c.Notes = append(c.Notes, QRNote{ShapeUnknown, m.T("qrcard.conflict")})
		} else {
			c.Notes = append(c.Notes, QRNote{ShapeUnknown, m.T("qrcard.problem", "code", p.Code)})
		}
	}
	for i := range ev.Codes {
		c.Codes = append(c.Codes, qrCode(m, rep, i))
	}
	if len(c.Codes) == 0 && !trouble {
		c.Notes = append(c.Notes, QRNote{ShapeUnknown, m.T("qrcard.none")})
	}
	return c
}

func qrCode(m *Messages, rep *verify.Report, i int) QRCode {
	code := &rep.Evidence.Codes[i]
	v := QRCode{
		Key: strconv.Itoa(code.Page) + "-" + strconv.Itoa(i), Page: code.Page, Box: page.Around(code.Corners),
		Title: m.T("qrcard.code", "n", strconv.Itoa(i+1), "page", strconv.Itoa(code.Page+1)),
		Text:  visible(code.Text),
	}
	v.Shown = v.Text
	if r := []rune(v.Text); len(r) > qrShown {
		v.Shown = m.T("qrcard.cut", "text", string(r[:qrShown]), "n", strconv.Itoa(len(r)))
	}
	v.classify(m, code.Payload)
	v.Host = hostRuns(code.Payload)
	v.Facts = qrFacts(m, code)
	v.Table = compareCode(m, rep, code)
	v.copy = v.plain(m)
	return v
}

// classify says what the payload is. Only a warning that points at deceit is shown as a failure; what cannot be judged
// offline is unknown.
func (v *QRCode) classify(m *Messages, p qr.Payload) {
	key := string(p.Kind)
	v.Shape = ShapeUnknown
	switch p.Kind {
	case qr.PayloadKnownHost:
		v.Shape = ShapePass
	case qr.PayloadFields:
		v.Shape = ShapeSkip
	case qr.PayloadIdentifier:
		if p.Ecert != nil && p.Ecert.CheckOK {
			v.Shape = ShapePass
		}
	case qr.PayloadUnknownHost:
		if p.LookAlike != "" {
			v.Shape, key = ShapeFail, "look-alike"
		}
	}
	for _, w := range p.Warnings {
		n := QRNote{Shape: ShapeUnknown, Text: m.Or("qrcard.warn."+w, w)}
		switch w {
		case qr.WarnLookAlike:
			n.Shape, n.Text = ShapeFail, m.T("qrcard.warn.look-alike", "host", visible(p.Host), "known", p.LookAlike)
		case qr.WarnPunycode:
			n.Text = m.T("qrcard.warn.punycode", "ascii", firstOf(p.HostASCII, p.Host))
		case qr.WarnEncryptedKey:
			n.Shape = ShapeSkip
		case qr.WarnCheckDigit:
			if p.Ecert != nil {
				n.Text = m.T("qrcard.warn.check-digit", "got", p.Ecert.Check, "want", p.Ecert.CheckWant)
			}
		case qr.WarnUnknownPath, qr.WarnOtherSystem, qr.WarnCertype:
			// The host is known, but not for this: the class must not look as if all were well.
			if v.Shape == ShapePass {
				v.Shape = ShapeUnknown
			}
		}
		v.Warnings = append(v.Warnings, n)
	}
	v.Class = m.Or("qrcard.class."+key, string(p.Kind))
	v.Meaning = m.Or("qrcard.meaning."+key, "")
}

// hostRuns is the host as the code spells it. Letters of other scripts that look like Latin ones are named by code point.
func hostRuns(p qr.Payload) []TextRun {
	host := visible(p.Host)
	if host == "" {
		return nil
	}
	if p.LookAlike == "" {
		return []TextRun{{Text: host}}
	}
	marks, _ := differing(host, p.LookAlike)
	out := runs(host, marks)
	var odd []string
	for i, r := range []rune(host) {
		if i < len(marks) && marks[i] && r >= 0x80 {
			odd = append(odd, fmt.Sprintf("%c U+%04X", r, r))
		}
	}
	if len(odd) > 0 {
		out = append(out, TextRun{Text: " (" + strings.Join(odd, ", ") + ")"})
	}
	return out
}

func qrFacts(m *Messages, c *verify.Code) []Pair {
	var ps []Pair
	add := func(key, value string) {
		if value != "" {
			ps = append(ps, Pair{Label: m.T("qrcard.fact." + key), Value: value})
		}
	}
	p := c.Payload
	add("ascii", p.HostASCII)
	add("known", p.LookAlike)
	add("owner", p.Owner)
	var kinds []string
	for _, k := range p.For {
		kinds = append(kinds, m.Or("kind."+k, k))
	}
	add("for", strings.Join(kinds, m.T("list.comma")))
	if p.Ecert != nil {
		add("ecert", ecertText(p.Ecert))
	}
	add("type", p.TypeCode)
	add("page", strconv.Itoa(c.Page+1))
	strategy := m.Or("qrcard.strategy."+c.Strategy, c.Strategy)
	if strategy != c.Strategy {
		strategy += " (" + c.Strategy + ")"
	}
	if c.Inverted {
		strategy += m.T("list.comma") + m.T("qrcard.inverted")
	}
	if c.Mirrored {
		strategy += m.T("list.comma") + m.T("qrcard.mirrored")
	}
	add("strategy", strategy)
	if c.Version > 0 {
		add("correction", m.T("qrcard.correction", "level", c.ECLevel, "errors", strconv.Itoa(c.Errors), "version", strconv.Itoa(c.Version)))
	}
	switch {
	case c.Charset != "" && c.Guessed:
		add("charset", m.T("qrcard.guessed", "charset", c.Charset))
	case c.Charset != "":
		add("charset", c.Charset)
	}
	if a := c.Append; a != nil {
		key := "qrcard.append.part"
		if a.Joined {
			key = "qrcard.append.joined"
		}
		add("append", m.T(key, "n", strconv.Itoa(a.Index+1), "total", strconv.Itoa(a.Total)))
	}
	return ps
}

func ecertText(e *qr.EcertID) string {
	return strings.Trim(strings.Join([]string{e.Root, e.Type, e.Issuer, e.Serial, e.Version, e.Check}, "."), ".")
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// visible spells out characters that would not be seen or that turn the direction of writing, so that a text cannot
// pass for another.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == '\r':
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0x00ad, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e,
			r >= 0x2060 && r <= 0x206f, r == 0xfeff, r == 0xfffd:
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Copy returns the code as plain text for the clipboard: the whole payload and everything that is shown of it.
func (v QRCode) Copy() string { return v.copy }

func (v QRCode) plain(m *Messages) string {
	var b strings.Builder
	b.WriteString(v.Title + "\n" + v.Class + "\n" + v.Text + "\n")
	for _, w := range v.Warnings {
		b.WriteString("! " + w.Text + "\n")
	}
	if len(v.Host) > 0 {
		b.WriteString(m.T("qrcard.fact.host") + m.T("qrcard.colon") + CompareCell{Runs: v.Host}.plain() + "\n")
	}
	for _, f := range v.Facts {
		b.WriteString(f.Label + m.T("qrcard.colon") + f.Value + "\n")
	}
	t := v.Table
	if len(t.Rows) > 0 {
		b.WriteString(strings.Join([]string{m.T("qrcard.field"), t.Heads[0], t.Heads[1], t.Heads[2], m.T("qrcard.state")}, "\t") + "\n")
	}
	for _, r := range t.Rows {
		b.WriteString(strings.Join([]string{r.Label, r.QR.plain(), r.Face.plain(), r.Registry.plain(), r.Word}, "\t") + "\n")
	}
	return b.String()
}

// Copy returns the whole card as plain text.
func (c QRCard) Copy() string {
	parts := []string{c.Title}
	for _, n := range c.Notes {
		parts = append(parts, n.Text)
	}
	for _, v := range c.Codes {
		parts = append(parts, v.Copy())
	}
	return strings.Join(append(parts, c.Remark), "\n")
}

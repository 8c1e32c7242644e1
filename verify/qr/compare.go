package qr

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Agreement is the outcome of comparing one fact.
type Agreement string

// The outcomes. Missing on either side is never agreement.
const (
	Agrees   Agreement = "agrees"
	Differs  Agreement = "differs"
	Unstated Agreement = "unstated" // the other source does not state the fact
)

// Comparison sets a fact that a code spells against the same fact from another source (the face or a registry record).
type Comparison struct {
	Field   string    `json:"field"` // name of fields.Field
	Code    string    `json:"code"`
	Other   string    `json:"other,omitempty"`
	Outcome Agreement `json:"outcome"`
}

// Compare sets the readable fields of a payload against facts of another source, by the names of fields.Field, ordered
// by name. Spelling that carries no meaning (width, spaces, brackets, forms of a date) is levelled out first. A payload
// without readable fields gives none: most certificates carry an encrypted key only.
func Compare(p Payload, other map[string]string) []Comparison {
	names := make([]string, 0, len(p.Fields))
	for n := range p.Fields {
		names = append(names, n)
	}
	slices.Sort(names)
	var out []Comparison
	for _, n := range names {
		c := Comparison{Field: n, Code: p.Fields[n], Other: other[n], Outcome: Unstated}
		if c.Other != "" {
			c.Outcome = Differs
			if Spelling(c.Code) == Spelling(c.Other) {
				c.Outcome = Agrees
			}
		}
		out = append(out, c)
	}
	return out
}

var anyDate = regexp.MustCompile(`(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?`)

// Spelling writes a value in the one spelling in which Compare compares: half width, dates as 2026-01-02, one kind of
// bracket and dash, capital letters, no spaces and no final punctuation.
func Spelling(s string) string {
	s = width.Fold.String(s)
	s = anyDate.ReplaceAllStringFunc(s, func(d string) string {
		m := anyDate.FindStringSubmatch(d)
		two := func(v string) string {
			if len(v) == 1 {
				return "0" + v
			}
			return v
		}
		return m[1] + "-" + two(m[2]) + "-" + two(m[3])
	})
	s = strings.NewReplacer("至", "~", "—", "~", "－", "~", "～", "~", "【", "[", "】", "]", "〔", "[", "〕", "]", "•", "·", "．", "·").Replace(s)
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
	return strings.TrimRight(s, ".。;；,，")
}

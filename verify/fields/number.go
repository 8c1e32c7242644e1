package fields

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrRegistrationNumber is wrapped by every error of ParseRegistrationNumber.
var ErrRegistrationNumber = errors.New("not a registration number of a constructor")

// NumberForm is the form of a constructor's 注册编号.
type NumberForm string

// The forms. The old one stands on paper certificates, the new one on e-certificates (建办市〔2021〕40号 一(一)3).
const (
	OldForm NumberForm = "old-13" // one character and 12 digits, two-digit years
	NewForm NumberForm = "new-17" // one character and 16 digits, four-digit years
)

// Keys of NumberPart and of RegistrationNumber.Notes.
const (
	PartProvince      = "province-present" // province of the present registration
	PartLevel         = "level"            // 1 一级, 2 二级
	PartFirstProvince = "province-first"   // province of the employer at the first registration
	PartQualYear      = "year-qualified"
	PartRegYear       = "year-registered" // year of the first registration
	PartSerial        = "serial"
	PartSealCode      = "seal-code" // 印章校验码: 00 the first seal, 01 after a loss

	NoteMoved           = "moved"            // registered in another province than at first: normal
	NoteUnknownProvince = "unknown-province" // the two digits are no province code of the data
	NoteYearsReversed   = "years-reversed"   // qualified after the first registration; damaged old data has this too
)

// NumberPart is a part of a registration number with its meaning, in order of position.
type NumberPart struct {
	Key   string `json:"key"`
	Text  string `json:"text"`  // as it stands in the number
	Value string `json:"value"` // what it means: a province's name, a year in four digits
}

// RegistrationNumber is a parsed 注册编号. It carries no check digit, so a well-formed number proves nothing.
type RegistrationNumber struct {
	Text          string       `json:"text"` // folded, without spaces and seal code
	Form          NumberForm   `json:"form"`
	Province      Province     `json:"province"`               // of the present registration, by the leading character
	Level         int          `json:"level"`                  // 1 or 2
	FirstProvince Province     `json:"firstProvince,omitzero"` // zero if the code is unknown
	QualYear      int          `json:"qualYear"`               // four digits
	RegYear       int          `json:"regYear"`                // four digits
	Serial        string       `json:"serial"`
	SealCode      string       `json:"sealCode,omitempty"`
	Parts         []NumberPart `json:"parts"`
	Notes         []string     `json:"notes,omitempty"`
}

// FormOf tells the form of a constructor's number by its length and its first character alone, "" if it has neither's.
func FormOf(number string) NumberForm {
	_, n := utf8.DecodeRuneInString(number)
	if n < 2 || !allDigits(number[n:]) {
		return ""
	}
	switch len(number) - n {
	case 12:
		return OldForm
	case 16:
		return NewForm
	}
	return ""
}

// ParseRegistrationNumber reads a 注册编号 of a first- or second-class constructor in its old (京111050700001) or new
// (京1112015201600001) form, whatever its widths and spaces, with or without the 印章校验码 in brackets behind it.
// Years of the old form are 20YY: the first constructors qualified after 2000. The error wraps ErrRegistrationNumber
// and says what is wrong.
func ParseRegistrationNumber(s string, t *Tables) (RegistrationNumber, error) {
	bad := func(format string, args ...any) (RegistrationNumber, error) {
		return RegistrationNumber{}, fmt.Errorf("%w: "+format, append([]any{ErrRegistrationNumber}, args...)...)
	}
	if len(s) > 256 {
		return bad("too long")
	}
	text := squeeze(s)
	seal := ""
	if head, tail, ok := strings.Cut(text, "("); ok {
		code, closed := strings.CutSuffix(tail, ")")
		if !closed || len(code) != 2 || !allDigits(code) {
			return bad("%q is no seal code", tail)
		}
		text, seal = head, code
	}
	rs := []rune(text)
	if len(rs) != 13 && len(rs) != 17 {
		return bad("%d characters, not 13 or 17", len(rs))
	}
	province, ok := t.ProvinceByChar(string(rs[0]))
	if !ok {
		return bad("%q is no province", rs[0])
	}
	digits := string(rs[1:])
	if !allDigits(digits) {
		return bad("other characters than digits after the first")
	}
	n := RegistrationNumber{Text: text, Province: province, Level: int(digits[0] - '0'), Serial: digits[len(digits)-5:], SealCode: seal}
	if n.Level != 1 && n.Level != 2 {
		return bad("level %d, not 1 or 2", n.Level)
	}
	qual, reg := digits[3:5], digits[5:7]
	n.Form, n.QualYear, n.RegYear = OldForm, 2000+atoi(qual), 2000+atoi(reg)
	if len(rs) == 17 {
		qual, reg = digits[3:7], digits[7:11]
		n.Form, n.QualYear, n.RegYear = NewForm, atoi(qual), atoi(reg)
		if n.QualYear < 1990 || n.QualYear > 2100 || n.RegYear < 1990 || n.RegYear > 2100 {
			return bad("years %s and %s", qual, reg)
		}
	}
	if first, ok := t.ProvinceByCode(digits[1:3]); ok {
		n.FirstProvince = first
		if first.Code != province.Code {
			n.Notes = append(n.Notes, NoteMoved)
		}
	} else {
		n.Notes = append(n.Notes, NoteUnknownProvince)
	}
	if n.QualYear > n.RegYear {
		n.Notes = append(n.Notes, NoteYearsReversed)
	}
	n.Parts = []NumberPart{
		{PartProvince, string(rs[0]), province.Name},
		{PartLevel, digits[:1], []string{"一级", "二级"}[n.Level-1]},
		{PartFirstProvince, digits[1:3], n.FirstProvince.Name},
		{PartQualYear, qual, fmt.Sprint(n.QualYear)},
		{PartRegYear, reg, fmt.Sprint(n.RegYear)},
		{PartSerial, n.Serial, n.Serial},
	}
	if seal != "" {
		n.Parts = append(n.Parts, NumberPart{PartSealCode, seal, seal})
	}
	return n, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// atoi reads a short string of ASCII digits.
func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

package fields

import (
	"errors"
	"fmt"
	"strings"

	"zhengyan/verify/civil"
)

// Errors of CheckIDNumber and CheckCreditCode. ErrShape means that the text is no such number at all (a passport, say);
// the others that it is meant to be one and is wrong.
var (
	ErrShape      = errors.New("not of the form of the standard")
	ErrCheckDigit = errors.New("wrong check character")
)

// IDNumber is a citizen's identity number 公民身份号码 of GB 11643.
type IDNumber struct {
	Text  string     `json:"text"` // as given, folded, with a capital X
	Long  string     `json:"long"` // 18 characters; for a 15-digit number the one that replaced it
	Area  string     `json:"area"` // six-digit code of the place of first registration, not looked up
	Birth civil.Date `json:"birth"`
	Sex   string     `json:"sex"` // 男 or 女
	// Fifteen marks the form before 1999: no check character, birth year 19YY.
	Fifteen bool `json:"fifteen,omitempty"`
}

// CheckIDNumber checks an identity number by GB 11643: 17 digits and a check character (ISO 7064 MOD 11-2, x or X),
// or the 15-digit form before it. The error wraps ErrShape, ErrCheckDigit or civil.ErrBadDate.
func CheckIDNumber(s string) (IDNumber, error) {
	if len(s) > 256 {
		return IDNumber{}, fmt.Errorf("too long: %w", ErrShape)
	}
	text := strings.ToUpper(squeeze(s))
	n := IDNumber{Text: text, Long: text}
	switch {
	case len(text) == 15 && allDigits(text):
		n.Fifteen = true
		n.Long = text[:6] + "19" + text[6:]
		n.Long += string(idCheck(n.Long))
	case len(text) == 18 && allDigits(text[:17]) && (text[17] == 'X' || allDigits(text[17:])):
	default:
		return IDNumber{}, fmt.Errorf("%d characters: %w", len([]rune(text)), ErrShape)
	}
	var err error
	if n.Birth, err = civil.New(atoi(n.Long[6:10]), atoi(n.Long[10:12]), atoi(n.Long[12:14])); err != nil {
		return IDNumber{}, fmt.Errorf("birth date: %w", err)
	}
	if want := idCheck(n.Long[:17]); n.Long[17] != want {
		return IDNumber{}, fmt.Errorf("%c, not %c: %w", n.Long[17], want, ErrCheckDigit)
	}
	n.Area = n.Long[:6]
	n.Sex = "女"
	if (n.Long[16]-'0')%2 == 1 {
		n.Sex = "男"
	}
	return n, nil
}

// idCheck is the check character of 17 digits: ISO 7064 MOD 11-2.
func idCheck(digits string) byte {
	p := 0
	for i := range 17 {
		p = (p + int(digits[i]-'0')) * 2 % 11
	}
	return "10X98765432"[p]
}

// CreditCode is a unified social credit code 统一社会信用代码 of GB 32100.
type CreditCode struct {
	Text       string `json:"text"`
	Department string `json:"department"` // registering department, one character (1 机构编制, 9 市场监管, ...)
	Category   string `json:"category"`   // kind of organisation inside the department, one character
	Area       string `json:"area"`       // six-digit GB/T 2260 code of the registering authority
	Body       string `json:"body"`       // organisation code, nine characters (GB 11714)
}

// creditAlphabet is GB 32100 table 2: digits and capitals without I, O, S, V and Z.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CheckCreditCode checks a unified social credit code by GB 32100: 18 characters, the last of which is
// (31 - Σ value·3^i mod 31) mod 31. The error wraps ErrShape or ErrCheckDigit.
func CheckCreditCode(s string) (CreditCode, error) {
	if len(s) > 256 {
		return CreditCode{}, fmt.Errorf("too long: %w", ErrShape)
	}
	text := strings.ToUpper(squeeze(s))
	if len(text) != 18 || !allDigits(text[2:8]) {
		return CreditCode{}, fmt.Errorf("%d characters: %w", len([]rune(text)), ErrShape)
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(creditAlphabet, text[i])
		if v < 0 {
			return CreditCode{}, fmt.Errorf("character %d: %w", i+1, ErrShape)
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	if strings.IndexByte(creditAlphabet, text[17]) < 0 {
		return CreditCode{}, fmt.Errorf("character 18: %w", ErrShape)
	}
	if want := creditAlphabet[(31-sum%31)%31]; text[17] != want {
		return CreditCode{}, fmt.Errorf("%c, not %c: %w", text[17], want, ErrCheckDigit)
	}
	return CreditCode{Text: text, Department: text[:1], Category: text[1:2], Area: text[2:8], Body: text[8:17]}, nil
}

// MaskedID is an identity number as it may be shown: the six characters of its region and the last two. A text too short for
// anything to be left out between them is no such number, and is shown whole.
func MaskedID(id string) string {
	const head, tail = 6, 2
	rs := []rune(id)
	if len(rs) < head+tail+2 {
		return id
	}
	return string(rs[:head]) + strings.Repeat("*", len(rs)-head-tail) + string(rs[len(rs)-tail:])
}

package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"zhengyan/verify/fields"
)

// What a code spells beside what the face says. The notices say nothing of the contents of a code, so a spelling that is
// not the face's own is no contradiction yet: part of a value may be masked, the paper's number may stand for the new
// one, and words may follow the value.

// coded compares one field. differs is false also where the two cannot be compared; sure tells a contradiction from what
// a person has to look at.
func (e *evaluation) coded(field, coded, face string) (differs, sure bool) {
	if coded == "" || face == "" || masked(coded) || masked(face) {
		return false, false
	}
	switch field {
	case "name":
		return codedName(coded, face)
	case "number":
		return codedNumber(coded, face)
	}
	x, y := plainName(coded), plainName(face)
	// A short form, or words behind the name, are not another company.
	return !sameEmployer(coded, face) && !strings.Contains(x, y) && !strings.Contains(y, x), false
}

// masked reports whether part of a value is hidden.
func masked(s string) bool { return strings.ContainsAny(s, "*＊×✱●○■□某?？\uFFFD") }

// codedName compares names. Only two names in plain Chinese characters contradict each other: a name has spellings in
// letters too.
func codedName(coded, face string) (differs, sure bool) {
	first, rest := firstWord(coded)
	if fields.CompareNames(coded, face) != fields.Different || fields.CompareNames(first, face) != fields.Different {
		return false, false
	}
	if !hanOnly(first) && hanOnly(plainName(face)) && strings.IndexFunc(first, isHan) < 0 {
		return false, false
	}
	return true, rest == "" && hanOnly(first) && hanOnly(plainName(face)) && utf8.RuneCountInString(first) <= maxPlainName
}

// maxPlainName is the length in characters of a name that nothing but a name can be.
const maxPlainName = 4

// firstWord parts a value at the first mark or space behind its first word.
func firstWord(s string) (first, rest string) {
	s = strings.TrimSpace(s)
	if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(（[【,，、。/", r) }); i > 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func hanOnly(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !isHan(r) }) < 0
}

// codedNumber compares numbers. Only numbers of one form contradict each other: a constructor's has two, of which the
// paper's is the shorter (建办市〔2021〕40号 一(一)3), and a holder has numbers of other series too.
func codedNumber(coded, face string) (differs, sure bool) {
	word, _ := firstWord(coded)
	own, _ := firstWord(face)
	x, y := plainName(word), plainName(own)
	if strings.EqualFold(x, y) || strings.EqualFold(plainName(coded), plainName(face)) {
		return false, false
	}
	f, g := fields.FormOf(x), fields.FormOf(y)
	switch {
	case f != "" && g != "":
		return f == g, f == g
	case f != "" || g != "": // one is a constructor's: digits alone are another series, anything else a damaged number
		return f == "" && !allDigits(x), false
	case allDigits(x) && allDigits(y):
		return len(x) == len(y), len(x) == len(y)
	}
	return true, false
}

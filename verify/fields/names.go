package fields

import (
	"strings"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Match is the outcome of a comparison of two printed names.
type Match string

// The outcomes. RareOnly means that the two differ only where a computer may be at fault: in a rare, variant or
// private-use character, or one that was spelt in letters for want of a glyph. A person must look (DOMAIN C-14).
const (
	Equal     Match = "equal"
	Different Match = "different"
	RareOnly  Match = "rare-only"
)

// maxName bounds the characters of a name that are compared.
const maxName = 200

// NormalizeName brings a personal name to the one form in which names are compared: half-width letters, ideographs
// for radicals, compatibility ideographs and known private-use codes of GB 18030, one middle dot ·, no spaces beside
// Chinese characters, single spaces between Latin words. Variant characters are kept: they are different characters.
func NormalizeName(s string) string {
	rs := []rune(fold(s))
	out := make([]rune, 0, len(rs))
	for i, r := range rs {
		switch {
		case isMiddleDot(r), r == '.' && between(rs, i, isHan):
			r = '·'
		case unicode.IsSpace(r):
			if len(out) == 0 || out[len(out)-1] == ' ' || !isLatin(out[len(out)-1]) {
				continue
			}
			r = ' '
		}
		if n := len(out); n > 0 && out[n-1] == ' ' && !isLatin(r) {
			out = out[:n-1]
		}
		if r == '·' && len(out) > 0 && out[len(out)-1] == '·' {
			continue
		}
		out = append(out, r)
	}
	return strings.Trim(string(out), " ·")
}

// CompareNames compares two personal names after NormalizeName, letters without case.
func CompareNames(a, b string) Match {
	x, y := []rune(strings.ToUpper(NormalizeName(a))), []rune(strings.ToUpper(NormalizeName(b)))
	if len(x) == 0 || len(y) == 0 || len(x) > maxName || len(y) > maxName {
		return Different
	}
	return compareRunes(x, y)
}

// CompareEmployers compares two names of companies: bracket and letter widths, spaces, line breaks and case do not
// count. RareOnly has the same meaning as for persons.
func CompareEmployers(a, b string) Match {
	x, y := []rune(employerKey(a)), []rune(employerKey(b))
	if len(x) == 0 || len(y) == 0 || len(x) > maxName || len(y) > maxName {
		return Different
	}
	return compareRunes(x, y)
}

func employerKey(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '〔', '【', '[', '﹝':
			return '('
		case '〕', '】', ']', '﹞':
			return ')'
		case '“', '”', '„', '"', '「', '」':
			return '"'
		case '○', '◯':
			return '〇'
		}
		if isMiddleDot(r) {
			return '·'
		}
		if isDash(r) && r != '一' && r != 'ー' {
			return '-'
		}
		return r
	}, strings.ToUpper(squeeze(s)))
}

// compareRunes walks both texts; a run of letters on one side may stand for one rare character on the other.
func compareRunes(x, y []rune) Match {
	rare := false
	for len(x) > 0 && len(y) > 0 {
		if x[0] == y[0] {
			x, y = x[1:], y[1:]
			continue
		}
		nx, ny := 1, 1
		switch lx, ly := latinRun(x), latinRun(y); {
		case lx > 0 && ly == 0 && isRare(y[0]):
			nx = lx
		case ly > 0 && lx == 0 && isRare(x[0]):
			ny = ly
		case !sameButRare(x[0], y[0]):
			return Different
		}
		rare = true
		x, y = x[nx:], y[ny:]
	}
	switch {
	case len(x) > 0 || len(y) > 0:
		return Different
	case rare:
		return RareOnly
	}
	return Equal
}

func sameButRare(a, b rune) bool {
	if _, ok := characterTable().variants[orderedPair(a, b)]; ok {
		return true
	}
	stands := func(r rune) bool { return isHan(r) || isPUA(r) || isFiller(r) }
	return stands(a) && stands(b) && (isRare(a) || isRare(b))
}

// isFiller reports whether r is what systems print for a character that they cannot.
func isFiller(r rune) bool {
	switch r {
	case unicode.ReplacementChar, '?', '□', '■', '▢', '〓', '_':
		return true
	}
	return false
}

// isRare reports whether r is a character that common systems lack: outside the 6,763 of GB/T 2312, or none at all.
func isRare(r rune) bool {
	if isPUA(r) || isFiller(r) {
		return true
	}
	if !isHan(r) {
		return false
	}
	b, err := simplifiedchinese.HZGB2312.NewEncoder().String(string(r))
	return err != nil || b == ""
}

func isMiddleDot(r rune) bool {
	switch r {
	case '·', '•', '‧', '・', '･', '∙', '⋅':
		return true
	}
	return false
}

func isLatin(r rune) bool { return unicode.Is(unicode.Latin, r) || r == '\'' || r == '-' || r == '.' }

func latinRun(rs []rune) int {
	n := 0
	for n < len(rs) && unicode.Is(unicode.Latin, rs[n]) {
		n++
	}
	return n
}

func between(rs []rune, i int, is func(rune) bool) bool {
	return i > 0 && i+1 < len(rs) && is(rs[i-1]) && is(rs[i+1])
}

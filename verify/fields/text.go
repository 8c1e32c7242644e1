package fields

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed characters.txt
var characterRules string

// characters holds the rows of characters.txt. It is read once and never changed.
type characters struct {
	single   map[rune]rune        // radicals and private-use codes to the character meant
	variants map[[2]rune]struct{} // unordered pairs, smaller rune first
}

var characterTable = sync.OnceValue(func() characters {
	c := characters{single: map[rune]rune{}, variants: map[[2]rune]struct{}{}}
	for line := range strings.Lines(characterRules) {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] == "#" {
			continue
		}
		to, _ := utf8.DecodeRuneInString(f[2])
		switch f[0] {
		case "rad", "pua":
			if n, err := strconv.ParseUint(f[1], 16, 32); err == nil {
				c.single[rune(n)] = to
			}
		case "var":
			from, _ := utf8.DecodeRuneInString(f[1])
			c.variants[orderedPair(from, to)] = struct{}{}
		}
	}
	return c
})

func orderedPair(a, b rune) [2]rune {
	if a > b {
		a, b = b, a
	}
	return [2]rune{a, b}
}

// foldRune appends to dst what r stands for: half-width for full-width, the ideograph for a radical or compatibility
// ideograph, the Unicode character for a known private-use code, nothing for an invisible character. Superscript and
// circled digits are left alone: to make plain digits of them would change numbers.
func foldRune(dst []rune, r rune) []rune {
	t := characterTable()
	if to, ok := t.single[r]; ok {
		if to2, ok := t.single[to]; ok { // a private-use code of a radical
			to = to2
		}
		return append(dst, to)
	}
	switch {
	case r < 0x80:
		return append(dst, r)
	case unicode.Is(unicode.Cf, r), r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF:
		return dst
	case unicode.IsSpace(r):
		return append(dst, ' ')
	case r >= 0xFF00 && r <= 0xFFEF, // half-width and full-width forms
		r >= 0xF900 && r <= 0xFAFF, r >= 0x2F800 && r <= 0x2FA1F, // CJK compatibility ideographs
		r >= 0x2F00 && r <= 0x2FDF, // Kangxi radicals
		r >= 0xFE30 && r <= 0xFE6F, // compatibility and small forms
		r >= 0xFB00 && r <= 0xFB06: // Latin ligatures
		return append(dst, []rune(norm.NFKC.String(string(r)))...)
	}
	return append(dst, r)
}

// fold is foldRune over a whole string.
func fold(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		out = foldRune(out, r)
	}
	return string(out)
}

// squeeze folds s and takes out every space.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, fold(s))
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// isPUA reports whether r is a private-use code: a glyph is there, which character it is nobody says.
func isPUA(r rune) bool {
	return r >= 0xE000 && r <= 0xF8FF || r >= 0xF0000 && r <= 0x10FFFD
}

// isUnmapped reports whether r shows that the file does not say which character a glyph is.
func isUnmapped(r rune) bool {
	if r == utf8.RuneError || !utf8.ValidRune(r) {
		return true
	}
	if _, known := characterTable().single[r]; known {
		return false
	}
	return isPUA(r) || unicode.Is(unicode.Cc, r) && !unicode.IsSpace(r) || r >= 0xFFF0 && r <= 0xFFFB || r&0xFFFE == 0xFFFE
}

func isDash(r rune) bool {
	switch r {
	case '-', '‐', '‑', '‒', '–', '—', '―', '−', '─', '━', 'ー', '﹣', '－', '~', '～', '〜', '∼', '˜', '⁓', '〰', '一':
		return true
	}
	return false
}

// chineseWidth gives brackets and commas that stand among Chinese characters their usual full width, for display.
func chineseWidth(s string) string {
	rs := []rune(s)
	han := false
	for _, r := range rs {
		han = han || isHan(r)
	}
	if !han {
		return s
	}
	for i, r := range rs {
		switch r {
		case '(':
			rs[i] = '（'
		case ')':
			rs[i] = '）'
		}
	}
	return string(rs)
}

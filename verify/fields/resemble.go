package fields

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Resembles reports whether a line that was read hastily may be a certificate's title or a part of one, so that reading it
// with care is worth while. It errs on that side: one character of a title's ending, or two pairs of neighbouring
// characters of one title, are enough.
func (t *Tables) Resembles(text string) bool {
	text = squeeze(text)
	var pairs []string
	for i := range text {
		_, n := utf8.DecodeRuneInString(text[i:])
		if _, m := utf8.DecodeRuneInString(text[i+n:]); m > 0 {
			pairs = append(pairs, text[i:i+n+m])
		}
	}
	slices.Sort(pairs)
	pairs = slices.Compact(pairs)
	for i := range t.faces.Faces {
		for _, want := range t.faces.Faces[i].Titles {
			if t.faces.Faces[i].Kind != OtherCertificate && strings.ContainsAny(text, ending(want)) {
				return true
			}
			common := 0
			for _, p := range pairs {
				if strings.Contains(want, p) {
					common++
				}
			}
			if common >= 2 {
				return true
			}
		}
	}
	return false
}

// ending is the last two characters of a title.
func ending(title string) string {
	r := []rune(title)
	return string(r[max(0, len(r)-2):])
}

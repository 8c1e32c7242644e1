package ui

import (
	"golang.org/x/image/font/sfnt"
)

// coverage returns a function that reports whether a font has a glyph for a character; nil if there is no font to ask.
func coverage(font []byte) func(rune) bool {
	if len(font) == 0 {
		return nil
	}
	f, err := sfnt.Parse(font)
	if err != nil {
		return nil
	}
	var buf sfnt.Buffer
	return func(r rune) bool {
		i, err := f.GlyphIndex(&buf, r)
		return err == nil && i != 0
	}
}

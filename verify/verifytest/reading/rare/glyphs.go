package main

import (
	"encoding/binary"
	"math/rand/v2"
	"os"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/page"
)

// A picture of a character as it is written down: the part that a net sees (60 × 48 pixels) and a margin, so that it can be shown a
// little aside.
const (
	glyphWide, glyphHigh     = 60, 48
	glyphAside, glyphUpright = 8, 6
)

// glyph is a picture of a character.
type glyph struct {
	label rune
	pix   []float32
}

// glyphsOf cuts the Chinese characters of a sheet's lines out.
func glyphsOf(from *ocr.Sheet, lines []setLine, place func(x, y float64) page.Point, r *rand.Rand) []glyph {
	between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	var out []glyph
	for i := range lines {
		l := &lines[i]
		em := l.em * l.k
		h := em / ocr.EmOfHeight * between(0.82, 1.25)
		y := l.y
		for k, m := range l.middle {
			if l.runes[k] < 0x3400 {
				continue
			}
			x := l.x + m*l.k
			hx, hy := h/glyphHigh*(glyphWide/2+glyphAside), h/glyphHigh*(glyphHigh/2+glyphUpright)
			corners := [4]page.Point{place(x-hx, y-hy), place(x+hx, y-hy), place(x+hx, y+hy), place(x-hx, y+hy)}
			if pix := from.Piece(corners, glyphWide+2*glyphAside, glyphHigh+2*glyphUpright); pix != nil {
				out = append(out, glyph{l.runes[k], pix})
			}
		}
	}
	return out
}

// saveGlyphs writes pictures down: the character as a 32-bit integer, little-endian, then its pixels from the top left on, row by row, as
// a byte each.
func saveGlyphs(path string, glyphs []glyph) error {
	var b []byte
	for _, g := range glyphs {
		b = binary.LittleEndian.AppendUint32(b, uint32(g.label))
		for _, v := range g.pix {
			b = append(b, uint8(min(max(v, 0), 255)+0.5))
		}
	}
	if err := os.WriteFile(path+".part", b, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// thinned takes half a pixel of a line's picture from each side of the strokes that are wider than that; hairlines stay.
func thinned(m *plane) *plane {
	eroded := spread(m, false, 1)
	opened := spread(eroded, true, 1)
	for i, v := range m.pix {
		eroded.pix[i] = max(eroded.pix[i], v-min(v, opened.pix[i]))
	}
	return eroded
}

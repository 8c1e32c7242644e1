package truetype

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"zhengyan/assets"
)

func TestParseRefuses(t *testing.T) {
	cff := slices.Clone(goregular.TTF)
	copy(cff, "OTTO")
	for name, b := range map[string][]byte{"nothing": nil, "text": []byte("no font at all"), "cut off": goregular.TTF[:4000], "collection": []byte("ttcf\x00\x01\x00\x00"), "other outlines": cff} {
		t.Run(name, func(t *testing.T) {
			if f, err := Parse(b); !errors.Is(err, ErrFont) || f != nil {
				t.Errorf("error %v", err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte{}, 0, byte(0))
	f.Add([]byte("head"), 12, byte(255))
	f.Add([]byte{0, 1, 0, 0, 0, 20}, 300, byte(1))
	f.Fuzz(func(t *testing.T, patch []byte, at int, v byte) {
		b := slices.Clone(goregular.TTF)
		if at >= 0 && at < len(b) {
			copy(b[at:], patch)
			b[at] ^= v
		}
		face, err := Parse(b)
		if err != nil {
			return
		}
		sub := NewSubset(face)
		for _, r := range "Äé½ffi 电" {
			sub.Add(r)
			face.RuneWidth(r, 10)
			face.Segments(face.Glyph(r)) // a broken outline is an error, not a crash
		}
		face.Vertical()
		if out := sub.TTF(); len(out) == 0 || len(sub.ToUnicode()) == 0 || len(sub.Widths()) < 8 {
			t.Errorf("%d bytes, %d widths", len(out), len(sub.Widths()))
		}
	})
}

// The embedded program is a font on its own, with the same outlines.
func TestSubset(t *testing.T) {
	data, text := goregular.TTF, "Aé½ii"
	if f := assets.Font(); f != nil {
		data, text = f, "样例𬭩Aé½⼈人人"
	}
	face, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	s := NewSubset(face)
	codes := map[rune]uint16{}
	for _, r := range text {
		codes[r] = s.Add(r)
	}
	sub, err := sfnt.Parse(standalone(s.TTF(), face))
	if err != nil {
		t.Fatal(err)
	}
	var a, b sfnt.Buffer
	for r, c := range codes {
		if !face.Has(r) {
			continue
		}
		want, err := face.font.LoadGlyph(&a, sfnt.GlyphIndex(face.Glyph(r)), fixed.I(1000), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := sub.LoadGlyph(&b, sfnt.GlyphIndex(c), fixed.I(1000), nil)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%c is drawn otherwise: %d pieces, want %d, %v", r, len(got), len(want), err)
		}
		if r == '⼈' && codes['人'] == c {
			t.Error("a radical and its ideograph share a code, so copied text would change")
		}
	}
	if len(s.TTF()) > 40_000 {
		t.Errorf("the subset of %d characters has %d bytes", len(codes), len(s.TTF()))
	}
}

// standalone gives a subset back the tables that only a font outside a PDF needs.
func standalone(ttf []byte, face *Face) []byte {
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		rec := ttf[12+16*i:]
		at := binary.BigEndian.Uint32(rec[8:])
		tables[string(rec[:4])] = ttf[at : at+binary.BigEndian.Uint32(rec[12:])]
	}
	for _, name := range []string{"cmap", "name", "OS/2", "post"} {
		tables[name] = face.tables[name]
	}
	return sfntFile(tables)
}

// Package truetype embeds parts of TrueType fonts in PDF: the glyphs that a text needs, as a font program whose codes are
// glyphs, with the map back to text.
package truetype

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"
	"unicode/utf16"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// ErrFont is wrapped by every error of Parse.
var ErrFont = errors.New("not a TrueType font with glyf outlines")

// Face is a TrueType font of which a file embeds a part. It is safe for use by several goroutines.
type Face struct {
	font     *sfnt.Font
	tables   map[string][]byte
	upem     int
	glyphs   int
	metrics  int // entries of hmtx that have an advance
	longLoca bool

	mu   sync.Mutex // guards what follows
	buf  sfnt.Buffer
	gids map[rune]uint16
}

// Parse reads a TrueType font (OpenType 1.9, tables head, hhea, hmtx, maxp, loca and glyf). Fonts with CFF outlines and
// collections are refused. The error wraps ErrFont.
func Parse(data []byte) (*Face, error) {
	fail := func(why string) (*Face, error) { return nil, fmt.Errorf("%w: %s", ErrFont, why) }
	f, err := sfnt.Parse(data)
	if err != nil {
		return fail(err.Error())
	}
	t := &Face{font: f, tables: map[string][]byte{}, upem: int(f.UnitsPerEm()), gids: map[rune]uint16{}}
	n := int(binary.BigEndian.Uint16(data[4:]))
	if len(data) < 12+16*n {
		return fail("its table directory is cut off")
	}
	for i := range n {
		rec := data[12+16*i:]
		off, size := uint64(binary.BigEndian.Uint32(rec[8:])), uint64(binary.BigEndian.Uint32(rec[12:]))
		if off+size > uint64(len(data)) {
			return fail("a table lies outside the file")
		}
		t.tables[string(rec[:4])] = data[off : off+size]
	}
	for name, size := range map[string]int{"head": 54, "hhea": 36, "maxp": 6, "hmtx": 4, "loca": 2, "glyf": 1} {
		if len(t.tables[name]) < size {
			return fail("table " + name + " is missing")
		}
	}
	t.longLoca = binary.BigEndian.Uint16(t.tables["head"][50:]) == 1
	t.glyphs = int(binary.BigEndian.Uint16(t.tables["maxp"][4:]))
	t.metrics = int(binary.BigEndian.Uint16(t.tables["hhea"][34:]))
	width := 2
	if t.longLoca {
		width = 4
	}
	if t.upem == 0 || t.metrics == 0 || 4*t.metrics > len(t.tables["hmtx"]) || (t.glyphs+1)*width > len(t.tables["loca"]) {
		return fail("its tables contradict each other")
	}
	return t, nil
}

// Glyph is the glyph of a character, 0 (.notdef) where the font has none.
func (t *Face) Glyph(r rune) uint16 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g, ok := t.gids[r]; ok {
		return g
	}
	g, err := t.font.GlyphIndex(&t.buf, r)
	if err != nil || int(g) >= t.glyphs {
		g = 0
	}
	t.gids[r] = uint16(g)
	return uint16(g)
}

// Has reports whether the font has a glyph for the character.
func (t *Face) Has(r rune) bool { return t.Glyph(r) != 0 }

// Advance is the advance width of a glyph in units of the font.
func (t *Face) Advance(g uint16) int {
	return int(binary.BigEndian.Uint16(t.tables["hmtx"][4*min(int(g), t.metrics-1):]))
}

// RuneWidth is the advance of a character at a size in points.
func (t *Face) RuneWidth(r rune, size float64) float64 {
	return float64(t.Advance(t.Glyph(r))) * size / float64(t.upem)
}

// Width is the length of a line of text at a size in points.
func (t *Face) Width(s string, size float64) float64 {
	w := 0
	for _, r := range s {
		w += t.Advance(t.Glyph(r))
	}
	return float64(w) * size / float64(t.upem)
}

// UnitsPerEm is the number of the font's units in its size.
func (t *Face) UnitsPerEm() int { return t.upem }

// Segments is the outline of a glyph in units of the font, y downwards.
func (t *Face) Segments(g uint16) (sfnt.Segments, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	segs, err := t.font.LoadGlyph(&t.buf, sfnt.GlyphIndex(g), fixed.I(t.upem), nil)
	return slices.Clone(segs), err // the next call overwrites them
}

// Vertical returns ascent and descent in thousandths of the size.
func (t *Face) Vertical() (ascent, descent int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m, err := t.font.Metrics(&t.buf, fixed.I(1000), font.HintingNone)
	if err != nil {
		return 880, -120
	}
	return m.Ascent.Round(), -m.Descent.Round()
}

func (t *Face) outline(g uint16) []byte {
	loca, glyf := t.tables["loca"], t.tables["glyf"]
	var a, b uint64
	if t.longLoca {
		a, b = uint64(binary.BigEndian.Uint32(loca[4*int(g):])), uint64(binary.BigEndian.Uint32(loca[4*int(g)+4:]))
	} else {
		a, b = 2*uint64(binary.BigEndian.Uint16(loca[2*int(g):])), 2*uint64(binary.BigEndian.Uint16(loca[2*int(g)+2:]))
	}
	if a > b || b > uint64(len(glyf)) {
		return nil
	}
	return glyf[a:b]
}

// Subset is the part of a Face that a file shows. Each character has a code of its own even where two share a glyph
// (a Kangxi radical and its ideograph), so that copied text is the text that was written.
type Subset struct {
	face  *Face
	old   []uint16 // code → glyph of the face
	runes []rune   // code → character, 0 for .notdef and parts of composites
	codes map[rune]uint16
	parts map[uint16]uint16 // glyph of the face → code, for parts of composites
}

// Face is the font of which this is a part.
func (s *Subset) Face() *Face { return s.face }

// Widths are the advances of the codes in thousandths of the size.
func (s *Subset) Widths() []int {
	w := make([]int, len(s.old))
	for i, g := range s.old {
		w[i] = s.face.Advance(g) * 1000 / s.face.upem
	}
	return w
}

// NewSubset returns a subset without characters.
func NewSubset(t *Face) *Subset {
	return &Subset{face: t, old: []uint16{0}, runes: []rune{0}, codes: map[rune]uint16{}, parts: map[uint16]uint16{}}
}

// maxCodes leaves room for parts of composites below the limit of 65535 glyphs of a font.
const maxCodes = 60000

// Add returns the code of a character, 0 where there is no room for it.
func (s *Subset) Add(r rune) uint16 {
	if c, ok := s.codes[r]; ok {
		return c
	}
	if len(s.old) >= maxCodes {
		return 0
	}
	c := uint16(len(s.old))
	s.old, s.runes = append(s.old, s.face.Glyph(r)), append(s.runes, r)
	s.codes[r] = c
	return c
}

func (s *Subset) addPart(old uint16) uint16 {
	if c, ok := s.parts[old]; ok {
		return c
	}
	if len(s.old) >= 0xFFFF || int(old) >= s.face.glyphs {
		return 0
	}
	c := uint16(len(s.old))
	s.old, s.runes = append(s.old, old), append(s.runes, 0)
	s.parts[old] = c
	return c
}

// Flags of a composite glyph's parts (OpenType 1.9, glyf).
const (
	partArgsAreWords = 0x0001
	partScale        = 0x0008
	partMore         = 0x0020
	partXYScale      = 0x0040
	partTwoByTwo     = 0x0080
)

// renumber copies an outline and gives the parts of a composite their codes of the subset.
func (s *Subset) renumber(data []byte) []byte {
	out := slices.Clone(data)
	if len(out) < 10 || int16(binary.BigEndian.Uint16(out)) >= 0 {
		return out
	}
	for i := 10; i+4 <= len(out); {
		flags := binary.BigEndian.Uint16(out[i:])
		binary.BigEndian.PutUint16(out[i+2:], s.addPart(binary.BigEndian.Uint16(out[i+2:])))
		i += 6
		if flags&partArgsAreWords != 0 {
			i += 2
		}
		switch {
		case flags&partScale != 0:
			i += 2
		case flags&partXYScale != 0:
			i += 4
		case flags&partTwoByTwo != 0:
			i += 8
		}
		if flags&partMore == 0 {
			break
		}
	}
	return out
}

// TTF writes the subset as a font program for a CIDFontType2 whose codes are its glyphs (ISO 32000-1, 9.7.4.2).
func (s *Subset) TTF() []byte {
	var glyf, loca, hmtx []byte
	for i := 0; i < len(s.old); i++ { // grows while composites are met
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, s.renumber(s.face.outline(s.old[i]))...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	for _, g := range s.old {
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(s.face.Advance(g)))
		bearing := []byte{0, 0}
		if d := s.face.outline(g); len(d) >= 10 {
			bearing = d[2:4] // xMin
		}
		hmtx = append(hmtx, bearing...)
	}
	head, hhea, maxp := slices.Clone(s.face.tables["head"]), slices.Clone(s.face.tables["hhea"]), slices.Clone(s.face.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1)
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(s.old)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(s.old)))
	tables := map[string][]byte{"glyf": glyf, "head": head, "hhea": hhea, "hmtx": hmtx, "loca": loca, "maxp": maxp}
	for _, name := range []string{"cvt ", "fpgm", "prep"} {
		if b := s.face.tables[name]; b != nil {
			tables[name] = b
		}
	}
	return sfntFile(tables)
}

// sfntFile joins tables to a font file with its checksums (OpenType 1.9, "Organization of an OpenType Font").
func sfntFile(tables map[string][]byte) []byte {
	names := make([]string, 0, len(tables))
	for n := range tables {
		names = append(names, n)
	}
	sort.Strings(names)
	n, sel := len(names), 0
	for 1<<(sel+1) <= n {
		sel++
	}
	out := []byte{0, 1, 0, 0}
	for _, v := range []int{n, 16 << sel, sel, 16*n - 16<<sel} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	var body []byte
	headAt := 0
	for _, name := range names {
		b := tables[name]
		at := 12 + 16*n + len(body)
		if name == "head" {
			headAt = at
		}
		out = append(out, name...)
		for _, v := range []uint32{checksum(b), uint32(at), uint32(len(b))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		body = append(body, b...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) uint32 {
	var sum uint32
	for len(b) >= 4 {
		sum += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	var last [4]byte
	copy(last[:], b)
	return sum + binary.BigEndian.Uint32(last[:])
}

// ToUnicode writes the map from codes to text (ISO 32000-1, 9.10.3); characters beyond U+FFFF are surrogate pairs in it.
func (s *Subset) ToUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n" +
		"/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	var codes []int
	for c, r := range s.runes {
		if r != 0 {
			codes = append(codes, c)
		}
	}
	for block := range slices.Chunk(codes, 100) { // the most that one block may hold
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for _, c := range block {
			fmt.Fprintf(&b, "<%04X> <%s>\n", c, UTF16Hex(string(s.runes[c])))
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// UTF16Hex is a text in UTF-16, big-endian, in hexadecimal.
func UTF16Hex(s string) string {
	var b bytes.Buffer
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

package verifytest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// ErrNoFont is returned where text must be drawn and this build carries no font (see `make assets`).
var ErrNoFont = errors.New("verifytest: the bundled font is missing from this build; run `make assets` and build again")

// typeface is a TrueType font: outlines and advances for drawing, tables for embedding.
type typeface struct {
	font   *sfnt.Font
	tables map[string][]byte
	upem   int
	long   bool // the loca table has 32-bit offsets

	mu   sync.Mutex // guards buf and the caches
	buf  sfnt.Buffer
	gids map[rune]uint16
	outl map[uint16]path
}

// newTypeface reads a TrueType font with glyf outlines.
func newTypeface(data []byte) (*typeface, error) {
	if len(data) == 0 {
		return nil, ErrNoFont
	}
	f, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("bundled font: %w", err)
	}
	t := &typeface{font: f, tables: map[string][]byte{}, gids: map[rune]uint16{}, outl: map[uint16]path{}}
	n := int(binary.BigEndian.Uint16(data[4:]))
	for i := range n {
		rec := data[12+16*i:]
		off, size := binary.BigEndian.Uint32(rec[8:]), binary.BigEndian.Uint32(rec[12:])
		t.tables[string(rec[:4])] = data[off : off+size]
	}
	for _, name := range []string{"head", "hhea", "hmtx", "maxp", "loca", "glyf"} {
		if t.tables[name] == nil {
			return nil, fmt.Errorf("bundled font has no %s table", name)
		}
	}
	t.upem = int(f.UnitsPerEm())
	t.long = binary.BigEndian.Uint16(t.tables["head"][50:]) == 1
	return t, nil
}

// gid returns the glyph of a character, or 0 (.notdef) if the font has none.
func (t *typeface) gid(r rune) uint16 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g, ok := t.gids[r]; ok {
		return g
	}
	g, err := t.font.GlyphIndex(&t.buf, r)
	if err != nil {
		g = 0
	}
	t.gids[r] = uint16(g)
	return uint16(g)
}

// advance returns the advance width of a glyph in font units.
func (t *typeface) advance(g uint16) int {
	hm := t.tables["hmtx"]
	last := int(binary.BigEndian.Uint16(t.tables["hhea"][34:])) - 1
	return int(binary.BigEndian.Uint16(hm[4*min(int(g), last):]))
}

// width returns the width of a string in units of the font size.
func (t *typeface) width(s string) float64 {
	w := 0
	for _, r := range s {
		w += t.advance(t.gid(r))
	}
	return float64(w) / float64(t.upem)
}

// outline returns a glyph's outline in units of the font size, y upwards.
func (t *typeface) outline(g uint16) path {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, ok := t.outl[g]; ok {
		return p
	}
	segs, err := t.font.LoadGlyph(&t.buf, sfnt.GlyphIndex(g), fixed.I(t.upem), nil)
	var p path
	if err == nil {
		p = pathOf(segs, float64(t.upem))
	}
	t.outl[g] = p
	return p
}

func pathOf(segs sfnt.Segments, upem float64) path {
	var p path
	pt := func(q fixed.Point26_6) point {
		return point{float64(q.X) / 64 / upem, -float64(q.Y) / 64 / upem}
	}
	var cur point
	for _, s := range segs {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(p) > 0 {
				p = append(p, seg{op: opClose})
			}
			cur = pt(s.Args[0])
			p = append(p, seg{op: opMove, p: [3]point{cur}})
		case sfnt.SegmentOpLineTo:
			cur = pt(s.Args[0])
			p = append(p, seg{op: opLine, p: [3]point{cur}})
		case sfnt.SegmentOpQuadTo: // raised to a cubic, which PDF needs
			c, e := pt(s.Args[0]), pt(s.Args[1])
			p = append(p, seg{op: opCurve, p: [3]point{mix(cur, c, 2.0/3), mix(e, c, 2.0/3), e}})
			cur = e
		case sfnt.SegmentOpCubeTo:
			a, b, e := pt(s.Args[0]), pt(s.Args[1]), pt(s.Args[2])
			p = append(p, seg{op: opCurve, p: [3]point{a, b, e}})
			cur = e
		}
	}
	if len(p) > 0 {
		p = append(p, seg{op: opClose})
	}
	return p
}

// metrics returns ascent and descent in thousandths of the font size.
func (t *typeface) metrics() (ascent, descent int) {
	m, err := t.font.Metrics(&sfnt.Buffer{}, fixed.I(1000), font.HintingNone)
	if err != nil {
		return 880, -120
	}
	return m.Ascent.Round(), -m.Descent.Round()
}

// glyphData returns the glyf entry of a glyph.
func (t *typeface) glyphData(g uint16) []byte {
	loca, glyf := t.tables["loca"], t.tables["glyf"]
	var a, b uint32
	if t.long {
		a, b = binary.BigEndian.Uint32(loca[4*int(g):]), binary.BigEndian.Uint32(loca[4*int(g)+4:])
	} else {
		a, b = 2*uint32(binary.BigEndian.Uint16(loca[2*int(g):])), 2*uint32(binary.BigEndian.Uint16(loca[2*int(g)+2:]))
	}
	return glyf[a:b]
}

// subset is a part of a typeface for embedding: glyph i of the subset is glyph old[i] of the typeface.
type subset struct {
	face  *typeface
	old   []uint16
	index map[uint16]uint16
	runes map[uint16]rune // subset glyph → the character it was first used for
}

func newSubset(t *typeface) *subset {
	return &subset{face: t, old: []uint16{0}, index: map[uint16]uint16{0: 0}, runes: map[uint16]rune{}}
}

// add returns the subset glyph of a character.
func (s *subset) add(r rune) uint16 {
	g := s.addGlyph(s.face.gid(r))
	if _, ok := s.runes[g]; !ok && g != 0 {
		s.runes[g] = r
	}
	return g
}

func (s *subset) addGlyph(old uint16) uint16 {
	if n, ok := s.index[old]; ok {
		return n
	}
	n := uint16(len(s.old))
	s.old = append(s.old, old)
	s.index[old] = n
	return n
}

// Flags of a composite glyph's components (OpenType glyf table).
const (
	compArgsAreWords = 0x0001
	compScale        = 0x0008
	compMore         = 0x0020
	compXYScale      = 0x0040
	compTwoByTwo     = 0x0080
)

// remap copies a glyf entry and renumbers the components of a composite.
func (s *subset) remap(data []byte) []byte {
	out := append([]byte(nil), data...)
	if len(out) < 10 || int16(binary.BigEndian.Uint16(out)) >= 0 {
		return out
	}
	for i := 10; i+4 <= len(out); {
		flags := binary.BigEndian.Uint16(out[i:])
		binary.BigEndian.PutUint16(out[i+2:], s.addGlyph(binary.BigEndian.Uint16(out[i+2:])))
		i += 6
		if flags&compArgsAreWords != 0 {
			i += 2
		}
		switch {
		case flags&compScale != 0:
			i += 2
		case flags&compXYScale != 0:
			i += 4
		case flags&compTwoByTwo != 0:
			i += 8
		}
		if flags&compMore == 0 {
			break
		}
	}
	return out
}

// ttf writes the subset as a TrueType font file for a CIDFontType2 with an identity CIDToGIDMap.
func (s *subset) ttf() []byte {
	var glyf, loca, hmtx []byte
	for i := 0; i < len(s.old); i++ { // grows while composites are met
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, s.remap(s.face.glyphData(s.old[i]))...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	for _, g := range s.old {
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(s.face.advance(g)))
		hmtx = binary.BigEndian.AppendUint16(hmtx, 0)
		if d := s.face.glyphData(g); len(d) >= 10 {
			copy(hmtx[len(hmtx)-2:], d[2:4]) // left side bearing = xMin
		}
	}
	clone := func(name string) []byte { return append([]byte(nil), s.face.tables[name]...) }
	head, hhea, maxp := clone("head"), clone("hhea"), clone("maxp")
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

// sfntFile joins tables to a font file with right checksums.
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
	body := make([]byte, 0, 1<<16)
	headAt := 0
	for _, name := range names {
		b := tables[name]
		off := 12 + 16*n + len(body)
		if name == "head" {
			headAt = off
		}
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, checksum(b))
		out = binary.BigEndian.AppendUint32(out, uint32(off))
		out = binary.BigEndian.AppendUint32(out, uint32(len(b)))
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
	if len(b) > 0 {
		var last [4]byte
		copy(last[:], b)
		sum += binary.BigEndian.Uint32(last[:])
	}
	return sum
}

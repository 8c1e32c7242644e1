package verifytest

import (
	"errors"
	"fmt"
	"sync"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"zhengyan/verify/internal/truetype"
)

// ErrNoFont is returned where text must be drawn and this build carries no font (see `make assets`).
var ErrNoFont = errors.New("verifytest: the bundled font is missing from this build; run `make assets` and build again")

// typeface is a TrueType font: outlines and advances for drawing, tables for embedding.
type typeface struct {
	*truetype.Face

	mu   sync.Mutex // guards outl
	outl map[uint16]path
}

// newTypeface reads a TrueType font with glyf outlines.
func newTypeface(data []byte) (*typeface, error) {
	if len(data) == 0 {
		return nil, ErrNoFont
	}
	f, err := truetype.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("bundled font: %w", err)
	}
	return &typeface{Face: f, outl: map[uint16]path{}}, nil
}

// width returns the width of a string in units of the font size.
func (t *typeface) width(s string) float64 { return t.Width(s, 1) }

// outline returns a glyph's outline in units of the font size, y upwards.
func (t *typeface) outline(g uint16) path {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, ok := t.outl[g]; ok {
		return p
	}
	var p path
	if segs, err := t.Segments(g); err == nil {
		p = pathOf(segs, float64(t.UnitsPerEm()))
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

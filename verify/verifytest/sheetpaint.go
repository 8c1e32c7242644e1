package verifytest

import (
	"fmt"
	"image"
)

// Printed paints the specimen as it comes out of a printer, at a resolution in dots an inch: with the seals in the page
// and with what was written by hand, on white paper of A4 size. Package camera photographs and scans it.
func (g *Generator) Printed(s Spec, dpi float64) (*image.RGBA, error) {
	c, err := g.sheet(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.ID, err)
	}
	return g.paint(c, dpi), nil
}

// NewGeneratorFont is NewGenerator with another TrueType font than the bundled one.
func NewGeneratorFont(ca *CA, font []byte) (*Generator, error) {
	face, err := newTypeface(font)
	if err != nil {
		return nil, err
	}
	return &Generator{CA: ca, face: face, backs: map[palette]*backdrop{}}, nil
}

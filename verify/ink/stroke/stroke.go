// Package stroke has the shape in which writing that was separated from a print is handed on.
package stroke

// Mask is writing in pixels, row by row from the top left. A pixel is writing, hidden or paper.
type Mask struct {
	W, H int
	// Ink marks writing; its length is W*H.
	Ink []bool
	// Unknown marks what the print hides: writing may or may not pass there. Nil means that nothing is hidden. No pixel
	// is both.
	Unknown []bool
	// DPI is the resolution in pixels an inch on the paper, 0 if it is not known.
	DPI float64
}

// Valid reports whether the sizes agree.
func (m *Mask) Valid() bool {
	return m != nil && m.W > 0 && m.H > 0 && len(m.Ink) == m.W*m.H && (m.Unknown == nil || len(m.Unknown) == len(m.Ink))
}

// At reports whether there is writing at (x, y); outside there is none.
func (m *Mask) At(x, y int) bool {
	return x >= 0 && y >= 0 && x < m.W && y < m.H && m.Ink[y*m.W+x]
}

// Hidden reports whether (x, y) is hidden by the print.
func (m *Mask) Hidden(x, y int) bool {
	return m.Unknown != nil && x >= 0 && y >= 0 && x < m.W && y < m.H && m.Unknown[y*m.W+x]
}

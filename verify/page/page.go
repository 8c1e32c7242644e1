// Package page has the shapes in which the stages speak of a page: places and positioned text.
//
// All coordinates are page units with the origin at the top left corner of the page as it is shown (after /Rotate or
// EXIF orientation), x to the right and y down. A unit is 1/72 inch for PDF pages and one pixel for images.
package page

// Point is a place on a page.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Box is an upright rectangle on a page, X0 <= X1 and Y0 <= Y1.
type Box struct {
	X0 float64 `json:"x0"`
	Y0 float64 `json:"y0"`
	X1 float64 `json:"x1"`
	Y1 float64 `json:"y1"`
}

// W returns the width of the box.
func (b Box) W() float64 { return b.X1 - b.X0 }

// H returns the height of the box.
func (b Box) H() float64 { return b.Y1 - b.Y0 }

// Around is the upright box about four corners.
func Around(corners [4]Point) Box {
	b := Box{X0: corners[0].X, Y0: corners[0].Y, X1: corners[0].X, Y1: corners[0].Y}
	for _, p := range corners[1:] {
		b = Box{X0: min(b.X0, p.X), Y0: min(b.Y0, p.Y), X1: max(b.X1, p.X), Y1: max(b.Y1, p.Y)}
	}
	return b
}

// IsZero reports whether the box is unset.
func (b Box) IsZero() bool { return b == Box{} }

// Union returns the smallest box that holds both; an unset box is ignored.
func (b Box) Union(c Box) Box {
	if b.IsZero() {
		return c
	}
	if c.IsZero() {
		return b
	}
	return Box{min(b.X0, c.X0), min(b.Y0, c.Y0), max(b.X1, c.X1), max(b.Y1, c.Y1)}
}

// Turned takes a box of a page, w wide and h high, whose print runs turns quarter turns clockwise from upright, into that
// page turned back so that its print stands upright. An unset box stays unset. Of the upright page, which is h wide and w
// high if turns is odd, Turned(-turns, …) leads back.
func (b Box) Turned(turns int, w, h float64) Box {
	if b.IsZero() {
		return b
	}
	switch turns & 3 {
	case 1: // print runs downwards: its x is the page's y
		return Box{b.Y0, w - b.X1, b.Y1, w - b.X0}
	case 2:
		return Box{w - b.X1, h - b.Y1, w - b.X0, h - b.Y0}
	case 3: // upwards
		return Box{h - b.Y1, b.X0, h - b.Y0, b.X1}
	}
	return b
}

// Intersects reports whether the two boxes share an area.
func (b Box) Intersects(c Box) bool {
	return b.X0 < c.X1 && c.X0 < b.X1 && b.Y0 < c.Y1 && c.Y0 < b.Y1
}

// Char is one character of a page's text with its place.
type Char struct {
	R    rune
	Box  Box
	Size float64 // font size in page units
	Font int     // index into Text.Fonts, -1 if not known
}

// Font says what a reader must know about a font before trusting text that uses it.
type Font struct {
	Name      string `json:"name"`
	Embedded  bool   `json:"embedded"`
	ToUnicode bool   `json:"toUnicode"` // a ToUnicode map, or an encoding from which Unicode follows by the standard
}

// Text is the text of one page in the order in which the file gives it.
type Text struct {
	Index         int // 0-based page number
	Width, Height float64
	Chars         []Char
	Fonts         []Font
	// Confidence of each character where the text was read by OCR, parallel to Chars; nil for a PDF's own text.
	Confidence []float64
	// Alternatives are what else OCR may have seen in the place of a character, by the index of that in Chars, likeliest first.
	Alternatives map[int][]Alternative
}

// Alternative is a character that may stand in a place, with its share of all likelihoods there, 0 to 1.
type Alternative struct {
	R     rune
	Share float64
}

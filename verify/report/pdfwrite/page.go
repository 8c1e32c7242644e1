package pdfwrite

import (
	"bytes"
	"fmt"
	"image"
	"strings"
	"unicode"
)

// Colour is red, green and blue from 0 to 1.
type Colour [3]float64

// RGB returns the colour 0xRRGGBB.
func RGB(v uint32) Colour {
	return Colour{float64(v>>16&255) / 255, float64(v>>8&255) / 255, float64(v&255) / 255}
}

// Point is a place on a page in points from its top left corner, y downwards, as for all methods of Page.
type Point struct{ X, Y float64 }

// Page is one page in the making.
type Page struct {
	file   *File
	ops    bytes.Buffer
	links  []link
	images []picture

	number, content int // object numbers, set by WriteTo
}

type link struct {
	x, y, w, h float64
	to         *Page
	toY        float64
}

// picture is an image as it stands in the file: its filter and what comes out of it.
type picture struct {
	w, h   int
	filter string
	data   []byte
	number int
}

// Style is how a line of text looks.
type Style struct {
	Size   float64 // points
	Colour Colour
	Bold   bool // drawn with a thin outline: the file carries one weight only
}

// Text writes a line whose baseline begins at x, y.
func (p *Page) Text(x, y float64, s string, st Style) {
	if s == "" {
		return
	}
	p.ops.WriteString("BT\n")
	p.colour(st.Colour, "rg")
	if st.Bold {
		p.colour(st.Colour, "RG")
		fmt.Fprintf(&p.ops, "2 Tr %s w\n", num(st.Size*0.028))
	} else {
		p.ops.WriteString("0 Tr\n")
	}
	fmt.Fprintf(&p.ops, "/F %s Tf %s %s Td <", num(st.Size), num(x), num(flip(y)))
	for _, r := range s {
		fmt.Fprintf(&p.ops, "%04X", p.file.sub.Add(r))
	}
	p.ops.WriteString("> Tj\nET\n")
}

func (p *Page) colour(c Colour, op string) {
	fmt.Fprintf(&p.ops, "%s %s %s %s\n", num(c[0]), num(c[1]), num(c[2]), op)
}

// Fill fills a rectangle.
func (p *Page) Fill(x, y, w, h float64, c Colour) {
	p.colour(c, "rg")
	fmt.Fprintf(&p.ops, "%s %s %s %s re f\n", num(x), num(flip(y+h)), num(w), num(h))
}

// Frame draws the outline of a rectangle.
func (p *Page) Frame(x, y, w, h, thick float64, c Colour) {
	p.colour(c, "RG")
	fmt.Fprintf(&p.ops, "%s w %s %s %s %s re S\n", num(thick), num(x), num(flip(y+h)), num(w), num(h))
}

// Line draws an open line through points, with round ends and corners.
func (p *Page) Line(thick float64, c Colour, pts ...Point) {
	p.colour(c, "RG")
	fmt.Fprintf(&p.ops, "q 1 J 1 j %s w\n", num(thick))
	for i, q := range pts {
		op := "l"
		if i == 0 {
			op = "m"
		}
		fmt.Fprintf(&p.ops, "%s %s %s\n", num(q.X), num(flip(q.Y)), op)
	}
	p.ops.WriteString("S Q\n")
}

// Image shows a picture scaled to a rectangle.
func (p *Page) Image(m image.Image, x, y, w, h float64) {
	p.show(m, x, y, w, h, m.Bounds().Dx()*m.Bounds().Dy() > jpegFrom)
}

// Photo is Image for a piece of a photo or scan, which is kept as JPEG whatever its size.
func (p *Page) Photo(m image.Image, x, y, w, h float64) { p.show(m, x, y, w, h, true) }

func (p *Page) show(m image.Image, x, y, w, h float64, lossy bool) {
	if m.Bounds().Empty() {
		return
	}
	fmt.Fprintf(&p.ops, "q %s 0 0 %s %s %s cm /I%d Do Q\n", num(w), num(h), num(x), num(flip(y+h)), len(p.images))
	p.images = append(p.images, pictureOf(m, lossy))
}

// Link makes a rectangle lead to a height on another page.
func (p *Page) Link(x, y, w, h float64, to *Page, toY float64) {
	p.links = append(p.links, link{x, y, w, h, to, toY})
}

// Characters that do not begin, and that do not end, a line of Chinese (GB/T 15834, placing of marks).
const (
	notFirst = "，。、；：？！）》〉」』】〕”’％…—,.;:?!)]}%"
	notLast  = "（《〈「『【〔“‘([{"
)

// Wrap breaks a text into lines of at most width points: at spaces in Latin text, anywhere in Chinese except before closing
// and behind opening marks, and inside words that are longer than a line. Line feeds break too.
func (t *Face) Wrap(s string, size, width float64) []string {
	var lines []string
	for _, para := range strings.Split(s, "\n") {
		lines = append(lines, t.wrapLine([]rune(para), size, width)...)
	}
	return lines
}

func (t *Face) wrapLine(rs []rune, size, width float64) []string {
	var lines []string
	for {
		w, n := 0.0, 0
		for n < len(rs) {
			w += t.RuneWidth(rs[n], size)
			if w > width && n > 0 {
				break
			}
			n++
		}
		if n == len(rs) {
			return append(lines, strings.TrimRightFunc(string(rs), unicode.IsSpace))
		}
		cut := breakAt(rs, n)
		lines = append(lines, strings.TrimRightFunc(string(rs[:cut]), unicode.IsSpace))
		rs = rs[cut:]
		for len(rs) > 0 && rs[0] == ' ' {
			rs = rs[1:]
		}
	}
}

// breakAt finds the last place at or before n where rs may be cut, at most 40 characters back.
func breakAt(rs []rune, n int) int {
	for i := n; i > 0 && i > n-40; i-- {
		a, b := rs[i-1], rs[i]
		switch {
		case b == ' ':
			return i
		case strings.ContainsRune(notFirst, b) || strings.ContainsRune(notLast, a):
		case a == ' ' || wide(a) || wide(b):
			return i
		case (a == '/' || a == '\\') && i < n:
			return i
		}
	}
	return n
}

// wide tells the scripts that are written without spaces.
func wide(r rune) bool { return r >= 0x2E80 && r < 0xFB00 || r >= 0xFE30 && r < 0xFFE7 || r >= 0x20000 }

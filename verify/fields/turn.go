package fields

import (
	"math"

	"zhengyan/verify/page"
)

// turn is a number of quarter turns, clockwise, by which the text of a page stands turned.
type turn int

// turnOf finds how most of a page's text runs, by the order of the file. A scanner's feeder, or a wrong /Rotate, puts a
// page on its side. A file that gives its characters from last to first looks upside down, so the answer is to be tried.
func turnOf(t *page.Text) turn {
	var votes [4]int
	for i := 1; i < min(len(t.Chars), maxChars); i++ {
		a, b := &t.Chars[i-1], &t.Chars[i]
		if !sane(a.Box) || !sane(b.Box) {
			continue
		}
		dx := b.Box.X0 + b.Box.X1 - a.Box.X0 - a.Box.X1
		dy := b.Box.Y0 + b.Box.Y1 - a.Box.Y0 - a.Box.Y1
		em := max(a.Box.W(), a.Box.H())
		if d := math.Hypot(dx, dy) / 2; d > 2*em || d < 0.1*em {
			continue // another piece of text, or the same place
		}
		switch {
		case math.Abs(dx) > 4*math.Abs(dy) && dx > 0:
			votes[0]++
		case math.Abs(dx) > 4*math.Abs(dy):
			votes[2]++
		case math.Abs(dy) > 4*math.Abs(dx) && dy > 0:
			votes[1]++
		case math.Abs(dy) > 4*math.Abs(dx):
			votes[3]++
		}
	}
	best := 0
	for i, n := range votes {
		if n > 3*votes[best] && n >= 10 { // upright unless the page clearly says otherwise
			best = i
		}
	}
	return turn(best)
}

// upright returns the page as it reads when it is turned back.
func (q turn) upright(t page.Text) page.Text {
	if q == 0 {
		return t
	}
	chars := make([]page.Char, len(t.Chars))
	copy(chars, t.Chars)
	for i := range chars {
		chars[i].Box = chars[i].Box.Turned(int(q), t.Width, t.Height)
	}
	t.Chars = chars
	if q != 2 {
		t.Width, t.Height = t.Height, t.Width
	}
	return t
}

// shown turns a box of the upright page back into the page as shown, which is w wide and h high.
func (q turn) shown(b page.Box, w, h float64) page.Box {
	if q&1 != 0 {
		w, h = h, w
	}
	return b.Turned(-int(q), w, h)
}

// turnBack gives the places of a result in the page as shown.
func (r *Result) turnBack(q turn, w, h float64) {
	r.Turn = int(q)
	if q == 0 {
		return
	}
	for i := range r.Fields {
		r.Fields[i].Box = q.shown(r.Fields[i].Box, w, h)
	}
	r.Certificate.SignatureLabel = q.shown(r.Certificate.SignatureLabel, w, h)
	r.Certificate.SignatureBox = q.shown(r.Certificate.SignatureBox, w, h)
}

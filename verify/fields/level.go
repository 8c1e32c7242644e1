package fields

import (
	"cmp"
	"math"
	"slices"

	"zhengyan/verify/page"
)

// Print of a picture may run at a slant of some degrees. Rows are found by height, so it is laid level before they are looked
// for. A text of a file's own is never turned.
const (
	levelFrom = 0.15 * math.Pi / 180 // less does no harm
	levelTo   = 12 * math.Pi / 180   // more is no skew of a page
)

// slant is the angle at which most of the print runs, in radians, clockwise; 0 where it does not matter.
func slant(t *page.Text) float64 {
	if t.Confidence == nil {
		return 0
	}
	type vote struct{ angle, weight float64 }
	var votes []vote
	total := 0.0
	n := min(len(t.Chars), maxChars)
	middle := func(c *page.Char) page.Point {
		return page.Point{X: (c.Box.X0 + c.Box.X1) / 2, Y: (c.Box.Y0 + c.Box.Y1) / 2}
	}
	for from := 0; from < n; {
		// A run of characters one after the other, of one size: a piece of a line.
		to := from + 1
		for to < n {
			a, b := &t.Chars[to-1], &t.Chars[to]
			p, q := middle(a), middle(b)
			if !sane(a.Box) || !sane(b.Box) || a.Size != b.Size || q.X <= p.X || math.Abs(q.Y-p.Y) > 0.3*(q.X-p.X) {
				break
			}
			to++
		}
		p, q := middle(&t.Chars[from]), middle(&t.Chars[to-1])
		if d := q.X - p.X; to-from >= 4 && d > 3*t.Chars[from].Size && sane(t.Chars[from].Box) {
			votes = append(votes, vote{math.Atan2(q.Y-p.Y, d), d})
			total += d
		}
		from = to
	}
	slices.SortFunc(votes, func(a, b vote) int { return cmp.Compare(a.angle, b.angle) })
	sum := 0.0
	for _, v := range votes {
		if sum += v.weight; sum >= total/2 {
			if math.Abs(v.angle) < levelFrom || math.Abs(v.angle) > levelTo {
				return 0
			}
			return v.angle
		}
	}
	return 0
}

// slanted turns boxes about the middle of a page by an angle in radians, clockwise. The middles of small boxes turn and
// their sides stay; a large box becomes the upright one around it.
type slanted struct {
	angle  float64
	cx, cy float64
}

func (s slanted) point(x, y float64) (float64, float64) {
	sin, cos := math.Sincos(s.angle)
	dx, dy := x-s.cx, y-s.cy
	return s.cx + cos*dx - sin*dy, s.cy + sin*dx + cos*dy
}

// char is a character's box turned: its middle moves, its sides stay.
func (s slanted) char(b page.Box) page.Box {
	x, y := s.point((b.X0+b.X1)/2, (b.Y0+b.Y1)/2)
	w, h := b.W()/2, b.H()/2
	return page.Box{X0: x - w, Y0: y - h, X1: x + w, Y1: y + h}
}

// area is a box turned, and the upright one around it.
func (s slanted) area(b page.Box) page.Box {
	if b.IsZero() {
		return b
	}
	var out page.Box
	for i, p := range [4][2]float64{{b.X0, b.Y0}, {b.X1, b.Y0}, {b.X1, b.Y1}, {b.X0, b.Y1}} {
		x, y := s.point(p[0], p[1])
		if i == 0 {
			out = page.Box{X0: x, Y0: y, X1: x, Y1: y}
			continue
		}
		out = page.Box{X0: min(out.X0, x), Y0: min(out.Y0, y), X1: max(out.X1, x), Y1: max(out.Y1, y)}
	}
	return out
}

// levelled is the text with its print laid level, and how to turn places back; the text itself where it is level.
func levelled(t *page.Text) (*page.Text, slanted) {
	a := slant(t)
	s := slanted{-a, t.Width / 2, t.Height / 2}
	if a == 0 {
		return t, s
	}
	out := *t
	out.Chars = make([]page.Char, len(t.Chars))
	for i, c := range t.Chars {
		if sane(c.Box) {
			c.Box = s.char(c.Box)
		}
		out.Chars[i] = c
	}
	return &out, slanted{a, s.cx, s.cy}
}

// turnBackSlant gives the places of a result on the page before it was laid level.
func (r *Result) turnBackSlant(s slanted) {
	if s.angle == 0 {
		return
	}
	for i := range r.Fields {
		r.Fields[i].Box = s.area(r.Fields[i].Box)
	}
	r.Certificate.SignatureLabel = s.area(r.Certificate.SignatureLabel)
	r.Certificate.SignatureBox = s.area(r.Certificate.SignatureBox)
}

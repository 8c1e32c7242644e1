package fields

import (
	"slices"
	"strings"

	"zhengyan/verify/page"
)

// box is a piece of a line as a recogniser gives it: some characters one after the other, evenly apart.
type box struct {
	x, y, w, h float64 // in pixels
	rs         []rune
	conf       []float64
}

// boxes lays a face out as a recogniser that is sure of everything gives it, at 150 dpi.
func boxes(items []item) []box {
	const k = 150.0 / 72
	var out []box
	for _, it := range items {
		b := box{x: it.x * k, y: it.y * k, h: it.size * k, rs: []rune(strings.Join(strings.Fields(it.s), ""))}
		for _, r := range it.s {
			if r < 0x2000 {
				b.w += b.h / 2
			} else {
				b.w += b.h
			}
		}
		b.conf = slices.Repeat([]float64{0.99}, len(b.rs))
		out = append(out, b)
	}
	return out
}

// part is the piece [from,to) of a box, in its place.
func (b box) part(from, to int) box {
	w := b.w / float64(len(b.rs))
	return box{b.x + w*float64(from), b.y, w * float64(to-from), b.h, slices.Clone(b.rs[from:to]), slices.Clone(b.conf[from:to])}
}

// with is the box with character i read as r.
func (b box) with(i int, r rune, conf float64) box {
	b.rs, b.conf = slices.Clone(b.rs), slices.Clone(b.conf)
	b.rs[i], b.conf[i] = r, conf
	return b
}

// without is the box with the print of characters [from,to) not seen, the others in their places.
func (b box) without(from, to int) []box {
	var out []box
	if from > 0 {
		out = append(out, b.part(0, from))
	}
	if to < len(b.rs) {
		out = append(out, b.part(to, len(b.rs)))
	}
	return out
}

// shifted is the box moved by so many of its heights.
func (b box) shifted(dx, dy float64) box {
	b.x, b.y = b.x+dx*b.h, b.y+dy*b.h
	return b
}

func (b box) trusted(conf float64) box {
	b.conf = slices.Repeat([]float64{conf}, len(b.rs))
	return b
}

// boxText is the text of a page of such boxes.
func boxText(bs []box) page.Text {
	t := page.Text{Width: 595 * 150.0 / 72, Height: 842 * 150.0 / 72, Confidence: []float64{}}
	for k, b := range bs {
		size := b.h * (1 + 1e-6*float64(k)) // no two boxes are of one height
		w := b.w / float64(len(b.rs))
		for i, r := range b.rs {
			x, half := b.x+w*(float64(i)+0.5), min(w, b.h)/2
			t.Chars = append(t.Chars, page.Char{R: r, Font: -1, Size: size, Box: page.Box{X0: x - half, Y0: b.y, X1: x + half, Y1: b.y + b.h}})
			t.Confidence = append(t.Confidence, b.conf[i])
		}
	}
	return t
}

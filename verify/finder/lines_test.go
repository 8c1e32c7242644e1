package finder

import (
	"errors"
	"math"
	"testing"

	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// Lines one below the other are not the same, however long; a line measured twice is.
func TestAlike(t *testing.T) {
	for _, angle := range []float64{0, 0.02, -math.Pi / 2} {
		s, c := math.Sincos(angle)
		l := line{cx: 100, cy: 100, length: 180, height: 10, angle: angle}
		below, again := l, l
		below.cx, below.cy = l.cx-s*25, l.cy+c*25
		again.cx, again.cy, again.length = l.cx+c*10, l.cy+s*10, 190
		if l.alike(below) || !l.alike(again) {
			t.Errorf("angle %.2f: below %v, again %v", angle, l.alike(below), l.alike(again))
		}
	}
}

// A sloping line that was found at a coarse level is given its own height, and its place.
func TestTighten(t *testing.T) {
	const (
		w, h   = 400, 120
		slope  = 0.03
		middle = 60.0
		high   = 14
	)
	m := mask{w, h, make([]uint8, w*h)}
	for x := 40; x < 340; x++ {
		if x%20 > 15 { // gaps between characters
			continue
		}
		y0 := int(middle + slope*(float64(x)-190) - high/2.0)
		for y := y0; y < y0+high; y++ {
			m.pix[y*w+x] = 1
		}
	}
	m.pix[38*w+200] = 1 // a speck is no part of it
	l := line{cx: 190, cy: 66, length: 300, height: 40, angle: math.Atan(slope)}
	m.tighten(&l)
	if l.height < high || l.height > high+2 || math.Abs(l.cy-middle) > 1.5 {
		t.Errorf("height %.1f, want %d; middle %.1f, want %.1f", l.height, high, l.cy, middle)
	}
	// What is already tight, or nearly empty, stays as it is.
	for _, l := range []line{{cx: 190, cy: middle, length: 300, height: 10, angle: math.Atan(slope)}, {cx: 380, cy: 100, length: 30, height: 30}, {cx: -50, cy: 500, length: 900, height: 40}} {
		before := l
		if m.tighten(&l); l != before {
			t.Errorf("%+v became %+v", before, l)
		}
	}
}

// The end of a line is at its right where its print stands upright, at its left where it stands on its head.
func TestEndOfALine(t *testing.T) {
	l := line{cx: 100, cy: 50, length: 200, height: 10}
	for flipped, want := range map[bool]float64{false: 200 - tailLong*5, true: tailLong * 5} {
		if e := l.end(flipped); math.Abs(e.cx-want) > 1e-9 || e.cy != 50 || e.length != tailLong*10 {
			t.Errorf("flipped %v: %+v", flipped, e)
		}
	}
	l.angle = -math.Pi / 2 // upwards
	if e := l.end(false); e.cy > l.cy || math.Abs(e.cx-l.cx) > 1e-9 {
		t.Errorf("a line that runs upwards ends at %.1f, %.1f", e.cx, e.cy)
	}
}

// follows tells the second line of a title from what stands beside or far below.
func TestFollows(t *testing.T) {
	a := line{cx: 100, cy: 50, length: 150, height: 12}
	for _, c := range []struct {
		x, y float64
		want bool
	}{{105, 72, true}, {100, 50, false}, {100, 30, false}, {100, 110, false}, {190, 72, false}} {
		if got := follows(a, line{cx: c.x, cy: c.y, length: 120, height: 12}, 0, 400, 600); got != c.want {
			t.Errorf("%v: %v", c, got)
		}
	}
}

// A line with nothing under it or over it that may be labels is no title; the first line of a title in two lines is kept
// with the second, whichever way up the page lies and in whichever direction its lines run.
func TestWithLabels(t *testing.T) {
	const w, h = 600, 850
	heading := line{cx: 300, cy: 60, length: 260, height: 13}
	first, second := line{cx: 300, cy: 300, length: 200, height: 14}, line{cx: 300, cy: 328, length: 300, height: 20}
	small := line{cx: 300, cy: 800, length: 120, height: 6}
	labels := []line{
		{cx: 200, cy: 380, length: 80, height: 11}, {cx: 200, cy: 410, length: 90, height: 11}, {cx: 210, cy: 440, length: 120, height: 11},
	}
	turned := func(l line, turn int) line {
		l.cx, l.cy = uprightPoint(l.cx, l.cy, turn, w, h)
		if turn&1 == 1 {
			l.angle = -math.Pi / 2
		}
		return l
	}
	for turn := range 4 {
		tw, th := float64(w), float64(h)
		if turn&1 == 1 {
			tw, th = h, w
		}
		all := func(labels []line) (list, out []line) {
			for _, l := range []line{heading, first, second, small} {
				list = append(list, turned(l, turn))
			}
			out = append(out, list...)
			for _, l := range labels {
				out = append(out, turned(l, turn))
			}
			return list, out
		}
		list, lines := all(labels)
		if got := withLabels(list, lines, turn&1 == 0, tw, th); len(got) != 4 { // the labels are under the heading too
			t.Errorf("turn %d: %d lines are kept of 4", turn, len(got))
		}
		list, lines = all(labels[:1])
		got := withLabels(list, lines, turn&1 == 0, tw, th)
		if len(got) != 1 || got[0] != turned(small, turn) {
			t.Errorf("turn %d, with one label: %v", turn, got)
		}
	}
	// Two labels under the first line are three under it with the second.
	list := []line{first, second}
	if got := withLabels(list, append(list, labels...), true, w, h); len(got) != 2 {
		t.Errorf("a title in two lines: %v", got)
	}
	// With its labels to the right of the middle it is none.
	right := make([]line, len(labels))
	for i, l := range labels {
		right[i] = l
		right[i].cx = 420
	}
	if got := withLabels(list, append(list, right...), true, w, h); len(got) != 0 {
		t.Errorf("labels on the right: %v", got)
	}
}

// face is a certificate's title at a height of the page, with labels under it every 20.
func face(y float64, labels int) found {
	l := line{cx: 200, cy: y, length: 180, height: 20}
	c := found{title: title{lines: []line{l}}}
	for i := range labels {
		c.lines = append(c.lines, line{cx: 120, cy: y + 40 + 20*float64(i), length: 60, height: 10})
	}
	c.inside = append(append(c.inside, l), c.lines...)
	return c
}

// turnedLine is where a line of an upright w × h page lies on the page that turn quarter turns clockwise bring upright.
func turnedLine(l line, turn int, w, h float64) line {
	l.cx, l.cy = uprightPoint(l.cx, l.cy, 4-turn, w, h)
	return l
}

// Certificates one under the other keep their own lines and places; a heading that repeats the title is no certificate.
func TestApart(t *testing.T) {
	const w, h = 400, 600
	for turn := range 4 {
		upper, lower := face(100, 6), face(300, 6)
		heading := found{title: title{lines: []line{{cx: 190, cy: 40, length: 180, height: 20}}}, lines: upper.lines}
		// What was found around each title reaches into the other certificate.
		both := append(append([]line{}, upper.inside...), lower.inside...)
		upper.inside, lower.inside = both, both
		list := []found{heading, upper, lower}
		pw, ph := float64(w), float64(h)
		if turn&1 == 1 {
			pw, ph = ph, pw
		}
		for i := range list {
			c := &list[i]
			for _, of := range []*[]line{&c.title.lines, &c.inside, &c.lines} {
				var out []line
				for _, l := range *of {
					out = append(out, turnedLine(l, turn, w, h))
				}
				*of = out
			}
		}
		got := apart(list, turn, pw, ph)
		if len(got) != 2 || len(got[0].inside) != 7 || len(got[1].inside) != 7 {
			t.Fatalf("turn %d: %d certificates: %+v", turn, len(got), got)
		}
		all := page.Box{X1: pw, Y1: ph}
		a, b := got[0].cut(all, turn, pw, ph).Turned(4-turn, pw, ph), got[1].cut(all, turn, pw, ph).Turned(4-turn, pw, ph)
		if a.Y0 != 0 || a.Y1 != b.Y0 || b.Y0 < 240 || b.Y0 > 290 || b.Y1 != h || a.X1 != w {
			t.Errorf("turn %d: places %+v and %+v", turn, a, b)
		}
		if x, y := uprightPoint(got[1].title.lines[0].cx, got[1].title.lines[0].cy, turn, pw, ph); x != 200 || y != 300 {
			t.Fatalf("turn %d: the test turns wrongly: %v, %v", turn, x, y)
		}
	}
	// Side by side nothing is cut.
	left, right := face(100, 6), face(120, 6)
	for _, of := range [][]line{right.title.lines, right.inside, right.lines} {
		for i := range of {
			of[i].cx += 400
		}
	}
	if got := apart([]found{left, right}, 0, 800, 600); len(got) != 2 || got[0].bottom != 0 || got[1].top != 0 {
		t.Errorf("side by side: %+v", got)
	}
}

// What hidden text tells of is a hit of its own where no other one stands.
func TestHints(t *testing.T) {
	at := func(y float64) Hit { return Hit{Box: page.Box{X0: 50, Y0: y, X1: 250, Y1: y + 200}} }
	s := &search{}
	r := s.look(t.Context(), work{hits: []Hit{at(300)}, hints: []Hit{at(250), at(20)}})
	if r.err != nil || len(r.hits) != 2 || r.hits[0].Box != at(20).Box || r.hits[1].Box != at(300).Box {
		t.Errorf("%+v", r)
	}
	r = s.look(t.Context(), work{hints: []Hit{at(20)}, pictures: []picture{{}}})
	if !errors.Is(r.err, fields.ErrNoReader) || len(r.hits) != 1 {
		t.Errorf("without a reader: %+v", r)
	}
}

package ink

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"zhengyan/verify/page"
)

func TestHomography(t *testing.T) {
	h := homography{1.1, 0.05, 20, -0.03, 0.97, -8, 1e-5, -2e-5, 1}
	inv, ok := h.inverse()
	if !ok {
		t.Fatal("no inverse")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var ps []pair
	for range 60 {
		x, y := rng.Float64()*900, rng.Float64()*1200
		u, v := h.apply(x, y)
		if a, b := inv.apply(u, v); math.Hypot(a-x, b-y) > 1e-6 {
			t.Fatalf("(%g, %g) came back as (%g, %g)", x, y, a, b)
		}
		ps = append(ps, pair{x, y, u, v, 1})
	}
	for i := range 12 { // outliers
		ps[i].u += 40 + 9*float64(i)
	}
	got, rms, n, ok := robust(ps, 0.5, fitHomography)
	if !ok || rms > 0.05 || n != 48 {
		t.Fatalf("fit: %v, rms %g, %d inliers", ok, rms, n)
	}
	u, v := h.apply(450, 600)
	if a, b := got.apply(450, 600); math.Hypot(a-u, b-v) > 0.05 {
		t.Errorf("the fit is off by %g", math.Hypot(a-u, b-v))
	}
	if _, ok := fitHomography(ps[:3]); ok {
		t.Error("three pairs fixed a homography")
	}
	if _, ok := (homography{}).inverse(); ok {
		t.Error("the zero map has an inverse")
	}
}

func TestConsensusAmongWrongPairs(t *testing.T) {
	h := homography{0.8, -0.02, 30, 0.02, 0.8, 12, 0, 0, 1}
	rng := rand.New(rand.NewPCG(3, 4))
	var ps []pair
	for i := range 200 {
		x, y := rng.Float64()*900, rng.Float64()*1200
		u, v := h.apply(x, y)
		if i%2 == 0 {
			u, v = rng.Float64()*900, rng.Float64()*1200
		}
		ps = append(ps, pair{x, y, u, v, 1})
	}
	_, in := consensus(ps, 2)
	if len(in) < 98 || len(in) > 106 {
		t.Errorf("%d pairs agree, want about 100", len(in))
	}
}

// drawn paints a mask from lines of text: # is set.
func drawn(rows ...string) ([]bool, int, int) {
	w, h := len(rows[0]), len(rows)
	m := make([]bool, w*h)
	for y, r := range rows {
		for x := range r {
			m[y*w+x] = r[x] == '#'
		}
	}
	return m, w, h
}

func TestThinned(t *testing.T) {
	for _, c := range []struct {
		name     string
		rows     []string
		lo, hi   float64 // length in pixels
		maxForks int
	}{
		{"bar", []string{"................", "..############..", "..############..", "..############..", "................"}, 8, 12, 0},
		{"dot", []string{".....", "..#..", ".....", ".....", "....."}, 0, 0, 0},
		{"diagonal", []string{"........", ".##.....", ".###....", "..###...", "...###..", "....##..", "........", "........"}, 2.5, 7, 0},
	} {
		m, w, h := drawn(c.rows...)
		th := thinned(m, w, h)
		length, forks := 0.0, 0
		for i, v := range th {
			if v && !m[i] {
				t.Errorf("%s: thinning added a pixel", c.name)
			}
			if v {
				l, n := links(th, w, h, i%w, i/w)
				length += l
				if n > 2 {
					forks++
				}
			}
		}
		if length < c.lo || length > c.hi || forks > c.maxForks {
			t.Errorf("%s: %g pixels long with %d forks, want %g to %g", c.name, length, forks, c.lo, c.hi)
		}
	}
}

func TestClosingKeepsShadeAndFillsStrokes(t *testing.T) {
	p := newPlane(120, 60)
	for i := range p.v {
		p.v[i] = 0.5 + 0.4*float32(i%120)/120 // shade from left to right
	}
	for y := range 60 {
		for x := 58; x < 62; x++ {
			p.v[y*120+x] = 0.1
		}
	}
	c := p.closed(5)
	if v := c.v[30*120+60]; v < 0.65 {
		t.Errorf("a stroke stayed: %g", v)
	}
	if v := c.v[30*120+20]; math.Abs(float64(v)-0.567) > 0.03 {
		t.Errorf("the shade changed to %g", v)
	}
}

// sheet is an empty window of the given size in millimetres.
func sheet(wide, high float64) (*window, *evidence) {
	const px = 6
	w := &window{w: int(wide * px), h: int(high * px), px: px}
	n := w.w * w.h
	e := &evidence{excess: newPlane(w.w, w.h), hidden: make([]bool, n), near: make([]bool, n), weak: 0.12, strong: 0.22, tone: 0.9}
	w.box = page.Box{X0: 120, Y0: 120, X1: float64(w.w) - 120, Y1: float64(w.h) - 120}
	w.red, w.blue, w.soft = newPlane(w.w, w.h), newPlane(w.w, w.h), e.excess
	return w, e
}

// put draws a thick line from (x0, y0) to (x1, y1), all in millimetres.
func (e *evidence) put(w *window, x0, y0, x1, y1, width float64, dark float32) {
	for y := range w.h {
		for x := range w.w {
			px, py := float64(x)/w.px-x0, float64(y)/w.px-y0
			dx, dy := x1-x0, y1-y0
			k := max(0, min(1, (px*dx+py*dy)/max(dx*dx+dy*dy, 1e-9)))
			if math.Hypot(px-k*dx, py-k*dy) <= width/2 {
				e.excess.v[y*w.w+x] = max(e.excess.v[y*w.w+x], dark)
			}
		}
	}
}

func TestFinding(t *testing.T) {
	w, _ := sheet(100, 70)
	name := func(e *evidence) {
		for i := range 4 {
			x := 35 + 6*float64(i)
			e.put(w, x, 30, x+4, 36, 0.5, 0.8)
			e.put(w, x+4, 30, x, 36, 0.5, 0.8)
		}
	}
	fold := func(e *evidence) { e.put(w, 0, 33, 100, 34.5, 0.6, 0.3) }
	streak := func(e *evidence) { e.put(w, 42, 0, 42, 70, 0.3, 0.5) }
	for _, c := range []struct {
		name   string
		draw   []func(*evidence)
		lo, hi float64 // millimetres found in the box
	}{
		{"nothing", nil, 0, 0},
		{"name", []func(*evidence){name}, 45, 65},
		{"fold", []func(*evidence){fold}, 0, 1},
		{"streak", []func(*evidence){streak}, 0, 1},
		{"name on a fold and a streak", []func(*evidence){name, fold, streak}, 30, 65},
		{"date", []func(*evidence){func(e *evidence) {
			for i := range 6 {
				e.put(w, 40+3*float64(i), 48.5, 41+3*float64(i), 54, 0.5, 0.8)
			}
		}}, 0, 0},
		{"date that climbs into the box", []func(*evidence){func(e *evidence) {
			for i := range 6 {
				y := 48.5 - 1.2*float64(i%3/2) // every third figure stands higher, the most of it in the box
				e.put(w, 40+3*float64(i), y, 41+3*float64(i), y+5, 0.5, 0.8)
			}
		}}, 0, 0},
		{"date that was written high", []func(*evidence){func(e *evidence) {
			for i := range 6 {
				e.put(w, 40+3*float64(i), 46, 41+3*float64(i), 50, 0.5, 0.8)
			}
		}}, 0, 0},
		{"foot of a name at the lower edge", []func(*evidence){name, func(e *evidence) {
			for i := range 6 {
				e.put(w, 40+3*float64(i), 46, 41+3*float64(i), 50, 0.5, 0.8)
			}
		}}, 60, 95},
		{"a pale spot without edges", []func(*evidence){func(e *evidence) {
			for k := range 12 {
				e.put(w, 45, 35, 55, 35, 4-0.3*float64(k), 0.04+0.02*float32(k))
			}
		}}, 0, 0},
		{"dense writing, blurred to a spot", []func(*evidence){func(e *evidence) { e.put(w, 45, 35, 60, 35, 1.6, 0.4) }}, 8, 20},
		{"name that reaches down to a date", []func(*evidence){func(e *evidence) {
			for i := range 3 {
				e.put(w, 40+3*float64(i), 48.5, 41+3*float64(i), 54, 0.5, 0.8)
			}
			for i := range 3 {
				x := 52 + 6*float64(i)
				e.put(w, x, 43, x+4, 51.5, 0.5, 0.8)
				e.put(w, x+4, 43, x, 51.5, 0.5, 0.8)
			}
		}}, 30, 60},
		{"specks", []func(*evidence){func(e *evidence) {
			for i := range 15 {
				e.put(w, 30+2.5*float64(i), 25+float64(i%7)*3, 30+2.5*float64(i), 25+float64(i%7)*3, 0.4, 0.9)
			}
		}}, 0, 0},
		{"hair", []func(*evidence){func(e *evidence) { e.put(w, 35, 30, 52, 37, 0.2, 0.24) }}, 0, 0},
	} {
		w, e := sheet(100, 70)
		w.colour = true
		for _, d := range c.draw {
			d(e)
		}
		if f := w.find(e); f.written < c.lo || f.written > c.hi {
			t.Errorf("%s: %.1f mm, want %g to %g", c.name, f.written, c.lo, c.hi)
		}
	}
}

func TestStampsOnGrey(t *testing.T) {
	ring := func(w *window, e *evidence) {
		for k := range 120 {
			a, b := float64(k)*math.Pi/60, float64(k+1)*math.Pi/60
			e.put(w, 50+20*math.Cos(a), 40+20*math.Sin(a), 50+20*math.Cos(b), 40+20*math.Sin(b), 1.1, 0.5)
		}
	}
	w, e := sheet(100, 80)
	ring(w, e)
	e.put(w, 48, 33, 52, 37, 0.6, 0.5) // lettering
	if f := w.find(e); f.seal == nil || f.written > 2 {
		t.Errorf("ring: seal %+v, %.1f mm of writing", f.seal, f.written)
	}
	for i := range 4 {
		x := 42 + 4*float64(i)
		e.put(w, x, 37, x+3, 43, 0.5, 0.85)
		e.put(w, x+3, 37, x, 43, 0.5, 0.85)
	}
	if f := w.find(e); f.written < 30 {
		t.Errorf("a name in a ring: %.1f mm", f.written)
	}
	w, e = sheet(100, 80)
	c := [4][2]float64{{40, 30}, {52, 31}, {51, 43}, {39, 42}}
	for i := range c {
		e.put(w, c[i][0], c[i][1], c[(i+1)%4][0], c[(i+1)%4][1], 0.8, 0.5)
	}
	e.put(w, 43, 33, 48, 40, 0.6, 0.5)
	f := w.find(e)
	res := &Result{}
	w.decide(res, f, e, -1)
	if f.stamped == 0 || res.Presence != Unclear || res.Reason != ReasonStamp {
		t.Errorf("name stamp: %.1f mm2, %s (%s), %.1f mm of writing", f.stamped, res.Presence, res.Reason, f.written)
	}
}

func paper(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 250
	}
	return img
}

func TestBadInput(t *testing.T) {
	box := page.Box{X0: 300, Y0: 1200, X1: 600, Y1: 1350}
	ref := func() *Reference { return &Reference{Page: paper(1100, 1550), DPI: 133, Box: box} }
	for _, c := range []struct {
		name   string
		scan   Scan
		ref    *Reference
		reason string // "" means an error
	}{
		{"no picture", Scan{}, nil, ""},
		{"a picture of one pixel", Scan{Page: paper(1, 1)}, nil, ""},
		{"reference without a resolution", Scan{Page: paper(900, 1300)}, &Reference{Page: paper(1100, 1550), Box: box}, ""},
		{"reference without a page", Scan{Page: paper(900, 1300)}, &Reference{DPI: 133, Box: box}, ""},
		{"reference whose box is nowhere", Scan{Page: paper(900, 1300)}, &Reference{Page: paper(1100, 1550), DPI: 133, Box: page.Box{X0: math.NaN(), X1: 5, Y1: 5}}, ReasonNoBox},
		{"reference whose box is off the page", Scan{Page: paper(900, 1300)}, &Reference{Page: paper(1100, 1550), DPI: 133, Box: page.Box{X0: 5000, Y0: 5000, X1: 6000, Y1: 5500}}, ReasonNoBox},
		{"blank scan, no box", Scan{Page: paper(900, 1300)}, ref(), ReasonNoBox},
		{"blank scan with a box", Scan{Page: paper(900, 1300), Label: page.Box{X0: 200, Y0: 1000, X1: 280, Y1: 1016}, Box: page.Box{X0: 200, Y0: 910, X1: 470, Y1: 1030}}, ref(), ReasonNotRegistered},
		{"no e-certificate, no box", Scan{Page: paper(900, 1300)}, nil, ReasonNoBox},
		{"box cut off", Scan{Page: paper(900, 1300), Label: page.Box{X0: 780, Y0: 1000, X1: 860, Y1: 1016}, Box: page.Box{X0: 780, Y0: 910, X1: 1050, Y1: 1030}}, nil, ReasonBoxCutOff},
		{"too coarse", Scan{Page: paper(450, 650), DPI: 55, Box: page.Box{X0: 100, Y0: 455, X1: 235, Y1: 515}}, nil, ReasonTooCoarse},
	} {
		res, err := Examine(context.Background(), c.scan, c.ref, Options{})
		switch {
		case c.reason == "" && err == nil:
			t.Errorf("%s: %+v, want an error", c.name, res)
		case c.reason != "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.reason != "" && res.Reason != c.reason && !(c.reason == ReasonNotRegistered && res.Presence == NoInk):
			t.Errorf("%s: %s (%s), want %s", c.name, res.Presence, res.Reason, c.reason)
		case c.reason == ReasonTooCoarse && res.NeedDPI == 0:
			t.Errorf("%s: the resolution needed is not said", c.name)
		case c.reason != "" && res.Presence == Ink:
			t.Errorf("%s: ink", c.name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Examine(ctx, Scan{Page: paper(900, 1300)}, ref(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestAloneByPlace: without an e-certificate one writing may be the printed image; a second one is writing.
func TestAloneByPlace(t *testing.T) {
	scrawl := func(img *image.Gray, x, y int) {
		for i := range 5 {
			for k := range 36 {
				for d := range 3 {
					img.SetGray(x+i*24+k/2+d, y+k, color.Gray{30})
					img.SetGray(x+i*24+18-k/2+d, y+k, color.Gray{30})
				}
			}
		}
	}
	// 150 dots an inch: the label's type is 23 pixels high.
	label := page.Box{X0: 333, Y0: 1540, X1: 448, Y1: 1563}
	box := page.Box{X0: 333, Y0: 1413, X1: 722, Y1: 1585}
	for _, c := range []struct {
		name  string
		above bool
		right bool
		want  Presence
	}{
		{"empty", false, false, NoInk},
		{"the printed place only", true, false, Unclear},
		{"beside the label only", false, true, Unclear},
		{"both", true, true, Ink},
	} {
		img := paper(1240, 1754)
		for x := 335; x < 445; x += 12 { // the label
			for y := 1542; y < 1562; y++ {
				img.SetGray(x, y, color.Gray{40})
				img.SetGray(x+1, y, color.Gray{40})
			}
		}
		if c.above {
			scrawl(img, 350, 1440)
		}
		if c.right {
			scrawl(img, 500, 1535)
		}
		res, err := Examine(context.Background(), Scan{Page: img, DPI: 150, Label: label, Box: box, Kind: "constructor-1"}, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if res.Presence != c.want || res.Registered {
			t.Errorf("%s: %s (%s), %.1f mm; want %s", c.name, res.Presence, res.Reason, res.Length, c.want)
		}
	}
}

// TestThinPrintThatSwells: a printer swells pale lines more than broad ones; what it makes of the certificate's own lines is
// explained, and a line that is darker than all others is not.
func TestThinPrintThatSwells(t *testing.T) {
	w, _ := sheet(100, 70)
	w.print, w.gray, w.edge = newPlane(w.w, w.h), newPlane(w.w, w.h), newPlane(w.w, w.h)
	for y := range w.h {
		for x := range w.w {
			i := y*w.w + x
			switch {
			case y%12 < 2:
				w.print.v[i], w.gray.v[i] = 0.4, 0.62
			case y%12 < 8 && x%40 < 6:
				w.print.v[i], w.gray.v[i] = 0.9, 0.9
			}
		}
	}
	tone, c := w.tones()
	if tone < 0.99 || tone > 1.15 {
		t.Errorf("tone %.2f", tone)
	}
	if got := c.explained(0.4); got < 0.62 {
		t.Errorf("at 0.4 the print explains %.2f, which is less than it is", got)
	}
	if got := c.explained(0.28); got > 0.6 {
		t.Errorf("at 0.28 the print explains %.2f: writing over it would be lost", got)
	}
}

// TestGreyImageFollowed: lines of a grey signature image that are darker than a printer makes them were followed by a pen.
func TestGreyImageFollowed(t *testing.T) {
	for _, c := range []struct {
		dark float32
		want bool
	}{{0.6, false}, {0.72, false}, {0.95, true}} {
		w, e := sheet(100, 70)
		e.tone = 0.95
		w.print, w.core, w.gray, w.edge = newPlane(w.w, w.h), newPlane(w.w, w.h), newPlane(w.w, w.h), newPlane(w.w, w.h)
		w.sign = page.Box{X0: 150, Y0: 150, X1: 300, Y1: 240}
		for y := 160; y < 230; y++ {
			for x := 160; x < 290; x++ {
				if i := y*w.w + x; x%12 < 4 {
					w.print.v[i], w.core.v[i], w.gray.v[i] = 0.6, 0.62, c.dark
				}
			}
		}
		if got := w.overPrinted(e); got > 1.05 != c.want {
			t.Errorf("%.2f dark where 0.62 was printed: %.2f", c.dark, got)
		}
	}
}

// TestWritingOnGreySeal: on a grey scan the lettering of a seal is no writing, darker lines that cross it are.
// A name that was written low is not taken for a date and the place for empty: nobody can tell, and that is said.
func TestNameAtTheLowerEdge(t *testing.T) {
	for _, c := range []struct {
		name       string
		high, wide float64 // of a character; it stands on the box's lower edge
		want       Presence
	}{{"name", 5, 4, Unclear}, {"date", 2, 1, NoInk}} {
		w, e := sheet(100, 70)
		w.colour = true
		for i := range 3 {
			x, y := 36+7*float64(i), w.box.Y1/w.px
			e.put(w, x, y-c.high, x+c.wide, y, 0.5, 0.8)
			e.put(w, x+c.wide, y-c.high, x, y, 0.5, 0.8)
		}
		f := w.find(e)
		var res Result
		w.decide(&res, f, e, 1)
		if f.written >= leastMark || res.Presence != c.want || (res.Reason == ReasonLowRow) != (c.want == Unclear) {
			t.Errorf("%s: %.1f mm written, %.1f in the row: %s, %s", c.name, f.written, f.lowRow, res.Presence, res.Reason)
		}
	}
}

func TestWritingOnGreySeal(t *testing.T) {
	for _, c := range []struct {
		name   string
		write  bool
		lo, hi float64
	}{{"seal", false, 0, 0}, {"writing across it", true, 25, 95}} {
		w, e := sheet(100, 70)
		for k := range 90 {
			a, b := 2*math.Pi*float64(k)/90, 2*math.Pi*float64(k+1)/90
			e.put(w, 50+19*math.Cos(a), 35+19*math.Sin(a), 50+19*math.Cos(b), 35+19*math.Sin(b), 1, 0.4)
		}
		for k := range 7 { // lettering
			x := 38 + 4*float64(k)
			e.put(w, x, 30, x+2.5, 33, 0.5, 0.4)
			e.put(w, x+2.5, 30, x, 33, 0.5, 0.4)
		}
		if c.write {
			for k := range 7 {
				x := 38 + 4*float64(k)
				e.put(w, x, 29, x+2, 34, 0.5, 0.8)
			}
		}
		f := w.find(e)
		if f.seal == nil {
			t.Fatal("the seal was not found")
		}
		if f.written < c.lo || f.written > c.hi {
			t.Errorf("%s: %.1f mm, want %g to %g", c.name, f.written, c.lo, c.hi)
		}
	}
}

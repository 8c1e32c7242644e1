package trace

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"testing"

	"zhengyan/verify/ink/stroke"
)

// drawn gives a mask with the pixels for which ink is true.
func drawn(w, h int, ink func(x, y float64) bool) *stroke.Mask {
	m := &stroke.Mask{W: w, H: h, Ink: make([]bool, w*h)}
	for i := range m.Ink {
		m.Ink[i] = ink(float64(i%w), float64(i/w))
	}
	return m
}

func must(t *testing.T, m *stroke.Mask) *Trace {
	t.Helper()
	tr, err := From(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// cross is two bars of the given width that meet in the middle.
func cross(width float64) *stroke.Mask {
	return drawn(200, 200, func(x, y float64) bool {
		in := x > 20 && x < 180 && y > 20 && y < 180
		return in && (math.Abs(x-100) < width/2 || math.Abs(y-100) < width/2)
	})
}

func ring(width float64) *stroke.Mask {
	return drawn(200, 200, func(x, y float64) bool { return math.Abs(math.Hypot(x-100, y-100)-70) < width/2 })
}

func TestGraph(t *testing.T) {
	for _, c := range []struct {
		name                       string
		mask                       *stroke.Mask
		ends, parts, holes         int
		length                     float64
		tolerance                  float64
		crossings, crossingsAtMost int
	}{
		{"thin cross", cross(2), 4, 1, 0, 320, 12, 1, 4},
		{"thick cross", cross(13), 4, 1, 0, 310, 30, 1, 4},
		{"ring", ring(6), 0, 1, 1, 2 * math.Pi * 70, 25, 0, 0},
	} {
		tr := must(t, c.mask)
		if tr.Ends != c.ends || tr.Parts != c.parts || tr.Holes != c.holes || tr.Crossings < c.crossings || tr.Crossings > c.crossingsAtMost {
			t.Errorf("%s: %d ends, %d parts, %d holes, %d crossings", c.name, tr.Ends, tr.Parts, tr.Holes, tr.Crossings)
		}
		if l := float64(len(tr.Points)) * tr.Spacing; math.Abs(l-c.length) > c.tolerance {
			t.Errorf("%s: length %.0f, want %.0f", c.name, l, c.length)
		}
	}
}

// TestDirections: along a ring the line runs at right angles to the radius.
func TestDirections(t *testing.T) {
	for _, p := range must(t, ring(5)).Points {
		a := 2 * math.Atan2(p.Y-69, p.X-69) // twice the direction of the radius; the ring is cropped to 3 pixels
		if c := math.Cos(a)*p.C + math.Sin(a)*p.S; c > -0.8 {
			t.Errorf("at %.0f,%.0f: %.2f", p.X, p.Y, c)
		}
	}
}

// TestWidthDoesNotCount: the trace of a thick line is that of a thin one.
func TestWidthDoesNotCount(t *testing.T) {
	wave := func(width float64) *Trace {
		return must(t, drawn(400, 160, func(x, y float64) bool {
			return x > 20 && x < 380 && math.Abs(y-80-40*math.Sin(x/30)) < width*math.Hypot(1, 4./3*math.Cos(x/30))/2
		}))
	}
	thin, thick := wave(2), wave(11)
	for _, p := range thick.Points {
		best := math.Inf(1)
		for _, q := range thin.Points {
			best = math.Min(best, math.Hypot(p.X+thick.X0-q.X-thin.X0, p.Y+thick.Y0-q.Y-thin.Y0))
		}
		if best > 8 { // a thick line loses up to half its width at the ends
			t.Errorf("thick line at %.0f,%.0f is %.1f pixels from the thin one", p.X, p.Y, best)
		}
	}
	if thin.Ends != 2 || thick.Ends != 2 {
		t.Errorf("%d and %d ends, want 2", thin.Ends, thick.Ends)
	}
}

func TestGapsAndSpecks(t *testing.T) {
	whole := cross(4)
	tr := must(t, whole)
	whole.Ink[100*200+60] = false // one column of the bar
	for y := 97; y < 104; y++ {
		whole.Ink[y*200+60] = false
	}
	whole.Ink[5*200+5] = true // a speck
	if got := must(t, whole); got.Parts != tr.Parts || got.Ends != tr.Ends {
		t.Errorf("with a gap of a pixel and a speck: %d parts %d ends, without %d and %d", got.Parts, got.Ends, tr.Parts, tr.Ends)
	}
}

func TestHidden(t *testing.T) {
	m := cross(4)
	m.Unknown = make([]bool, len(m.Ink))
	for i := range m.Unknown {
		m.Unknown[i] = i%200 >= 150 && !m.Ink[i]
	}
	tr := must(t, m)
	place := func(x, y float64) bool { return tr.HiddenAt((x-tr.X0)*tr.Scale, (y-tr.Y0)*tr.Scale) }
	if place(40, 40) || !place(160, 40) || !place(190, 60) {
		t.Error("hidden places lie elsewhere than in the mask")
	}
	if place(-1e9, 1e9) || place(math.NaN(), 5) {
		t.Error("a place outside is hidden")
	}
}

func TestMaskOf(t *testing.T) {
	img := image.NewGray(image.Rect(10, 10, 110, 60))
	for i := range img.Pix {
		img.Pix[i] = uint8(225 + i%9)
	}
	if _, err := MaskOf(img); !errors.Is(err, ErrNoWriting) {
		t.Errorf("paper alone: %v", err)
	}
	for x := 20; x < 90; x++ {
		img.SetGray(x, 30, color.Gray{Y: 90})
	}
	m, err := MaskOf(img)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, v := range m.Ink {
		if v {
			n++
		}
	}
	if n != 70 || !m.At(15, 20) {
		t.Errorf("%d pixels of writing, want 70", n)
	}
	if _, err := MaskOf(nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("no picture: %v", err)
	}
	if _, err := MaskOf(image.NewUniform(color.Black)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a picture without end: %v", err)
	}
}

// TestShading: a shadow across the paper is not taken for writing.
func TestShading(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 400, 200))
	want := 0
	for y := range 200 {
		for x := range 400 {
			v := 240 - 0.4*float64(x)
			if y/3 == 30 && x > 30 && x < 370 || x/3 == 60 && y > 20 && y < 180 {
				v *= 0.35
				want++
			}
			img.SetGray(x, y, color.Gray{Y: uint8(v)})
		}
	}
	m, err := MaskOf(img)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, v := range m.Ink {
		if v {
			n++
		}
	}
	if n != want {
		t.Errorf("%d pixels of writing, want %d", n, want)
	}
}

func BenchmarkFrom(b *testing.B) {
	m := ring(8)
	for b.Loop() {
		if _, err := From(context.Background(), m); err != nil {
			b.Fatal(err)
		}
	}
}

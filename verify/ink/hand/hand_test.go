package hand

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"testing"

	"zhengyan/verify/ink/hand/trace"
	"zhengyan/verify/ink/stroke"
	"zhengyan/verify/verifytest/pen"
)

// written gives a name as an invented person writes it; no data is needed.
func written(seed, variant uint64, name string) *stroke.Mask {
	return maskOf(pen.NewWriter(pen.Invent(), seed).Sign(name, variant))
}

func maskOf(s [][]pen.Point) *stroke.Mask {
	img := pen.Render(s, 45, 0.5, 200)
	m := &stroke.Mask{W: img.Rect.Dx(), H: img.Rect.Dy(), Ink: make([]bool, len(img.Pix)), DPI: 200}
	for i, v := range img.Pix {
		m.Ink[i] = v > 127
	}
	return m
}

func compare(t testing.TB, ref, query *stroke.Mask) Likeness {
	t.Helper()
	l, err := Compare(context.Background(), ref, query)
	if err != nil {
		t.Fatal(err)
	}
	if !(l.Probability >= 0 && l.Probability <= 1 && l.Hidden >= 0 && l.Hidden <= 1) {
		t.Fatalf("%+v", l)
	}
	return l
}

// TestOrder: a writing agrees with itself; over thirty people one's own writing is on the whole more alike than another
// hand's, and another name's is always refused.
func TestOrder(t *testing.T) {
	if l := compare(t, written(1, 1, "王建国"), written(1, 1, "王建国")); l.Band != Agrees || l.Probability < 0.9 {
		t.Errorf("a signature and itself: %s %.2f", l.Band, l.Probability)
	}
	const people = 12
	wins, taken := 0, 0
	for seed := range uint64(people) {
		name := pen.ChineseName(seed)
		ref := written(seed, 1, name)
		own := compare(t, ref, written(seed, 2, name))
		hand := compare(t, ref, written(seed+300, 1, name))
		alien := compare(t, ref, written(seed+300, 1, pen.ChineseName(seed+40)))
		if own.Probability > hand.Probability {
			wins++
		}
		if hand.Band == Agrees {
			taken++
		}
		if alien.Band == Agrees {
			t.Errorf("person %d: another name in another hand agrees (%.2f)", seed, alien.Probability)
		}
	}
	if wins < people-1 || taken > 1 {
		t.Errorf("own writing is more alike for %d of %d people; another hand agrees for %d", wins, people, taken)
	}
}

// TestScale: resolution and size of the same writing change little.
func TestScale(t *testing.T) {
	w := pen.NewWriter(pen.Invent(), 5)
	ref := maskOf(w.Sign("李明", 1))
	s := w.Sign("李明", 2)
	base := compare(t, ref, maskOf(s))
	img := pen.Render(s, 90, 0.7, 300)
	m := &stroke.Mask{W: img.Rect.Dx(), H: img.Rect.Dy(), Ink: make([]bool, len(img.Pix))}
	for i, v := range img.Pix {
		m.Ink[i] = v > 127
	}
	if big := compare(t, ref, m); math.Abs(big.Probability-base.Probability) > 0.25 {
		t.Errorf("%.2f at one size, %.2f at three times the size", base.Probability, big.Probability)
	}
}

// TestHiddenIsUnknown: what the print hides must not count as missing, and bounds the band.
func TestHiddenIsUnknown(t *testing.T) {
	missing, hidden, n := 0.0, 0.0, 0.0
	for seed := range uint64(8) {
		name := pen.ChineseName(seed + 20)
		ref, query := written(seed, 1, name), written(seed, 2, name)
		from := query.W * 55 / 100
		cut := &stroke.Mask{W: query.W, H: query.H, Ink: append([]bool(nil), query.Ink...), DPI: query.DPI}
		cover := make([]bool, len(cut.Ink))
		for y := range cut.H {
			for x := from; x < cut.W; x++ {
				cut.Ink[y*cut.W+x], cover[y*cut.W+x] = false, true
			}
		}
		a := compare(t, ref, cut)
		b := compare(t, ref, &stroke.Mask{W: cut.W, H: cut.H, Ink: cut.Ink, Unknown: cover, DPI: cut.DPI})
		missing += a.Probability
		hidden += b.Probability
		n++
		if b.Hidden > MaxHidden && b.Band == Agrees {
			t.Errorf("%d: agrees with %.0f %% hidden", seed, 100*b.Hidden)
		}
	}
	t.Logf("half of the writing missing: %.2f; hidden: %.2f", missing/n, hidden/n)
	if hidden <= missing {
		t.Errorf("mean probability with half the writing hidden %.2f, missing %.2f", hidden/n, missing/n)
	}
}

func TestBands(t *testing.T) {
	set, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	if m := set.Clean; !(m.Differs > 0 && m.Differs <= m.Agrees && m.Agrees < 1) {
		t.Fatalf("bands from %v to %v", m.Differs, m.Agrees)
	}
	m := set.Separated
	if !(m.Differs > 0 && m.Differs <= m.Agrees && m.Agrees < 1) {
		t.Fatalf("bands from %v to %v", m.Differs, m.Agrees)
	}
	for _, c := range []struct {
		p, hidden float64
		band      Band
		reason    string
	}{
		{m.Agrees + 1e-9, 0, Agrees, ""},
		{m.Agrees - 1e-9, 0, Doubtful, ""},
		{m.Differs - 1e-9, 0, Differs, ""},
		{1, MaxHidden + 0.01, Doubtful, ReasonHidden},
		{0, 0.9, Differs, ""},
	} {
		if b, r := bandOf(m, c.p, c.hidden); b != c.band || r != c.reason {
			t.Errorf("%v with %v hidden: %s %q, want %s %q", c.p, c.hidden, b, r, c.band, c.reason)
		}
	}
}

// TestBadInput: each kind of unusable picture has an answer of its own.
func TestBadInput(t *testing.T) {
	good := written(1, 1, "王芳")
	fill := func(w, h int, ink func(x, y int) bool) *stroke.Mask {
		m := &stroke.Mask{W: w, H: h, Ink: make([]bool, w*h)}
		for i := range m.Ink {
			m.Ink[i] = ink(i%w, i/w)
		}
		return m
	}
	for _, c := range []struct {
		name, reason string
		mask         *stroke.Mask
		err          error
	}{
		{"nil", "query-invalid", nil, trace.ErrInvalid},
		{"wrong size", "query-invalid", &stroke.Mask{W: 100, H: 100, Ink: make([]bool, 50)}, trace.ErrInvalid},
		{"overflow", "query-invalid", &stroke.Mask{W: math.MaxInt, H: 4}, trace.ErrInvalid},
		{"empty", "query-empty", fill(300, 100, func(int, int) bool { return false }), trace.ErrNoWriting},
		{"dot", "query-too-little", fill(300, 100, func(x, y int) bool { return x/5 == 20 && y/5 == 10 }), trace.ErrTooLittle},
		{"dash", "query-too-little", fill(300, 100, func(x, y int) bool { return x > 50 && x < 250 && y/3 == 10 }), trace.ErrTooLittle},
		{"coarse", "query-too-coarse", fill(40, 20, func(x, y int) bool { return x%4 == 0 || y == 9 }), trace.ErrTooCoarse},
		{"solid", "query-solid", fill(300, 300, func(x, y int) bool { return x > 9 && y > 9 && x < 290 && y < 290 }), nil},
		{"huge", "query-too-large", &stroke.Mask{W: 1 << 13, H: 1<<13 + 1, Ink: make([]bool, 1<<13*(1<<13+1))}, trace.ErrTooLarge},
	} {
		_, err := Compare(context.Background(), good, c.mask)
		var in *InputError
		if !errors.As(err, &in) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.err != nil && (in.Reason() != c.reason || !errors.Is(err, c.err)) {
			t.Errorf("%s: %s (%v), want %s", c.name, in.Reason(), err, c.reason)
		}
	}
	_, err := Compare(context.Background(), nil, good)
	var in *InputError
	if !errors.As(err, &in) || in.Reason() != "reference-invalid" {
		t.Errorf("a missing reference: %v", err)
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Compare(done, good, good); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestCompareImages(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 300, 120))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	if _, err := CompareImages(context.Background(), img, img); !errors.Is(err, trace.ErrNoWriting) {
		t.Errorf("white paper: %v", err)
	}
	m := written(3, 1, "张伟")
	for _, ground := range []color.RGBA{{250, 250, 245, 255}, {0, 0, 0, 0}} { // paper, nothing
		img := image.NewRGBA(image.Rect(0, 0, m.W, m.H))
		for i, ink := range m.Ink {
			c := ground
			if ink {
				c = color.RGBA{20, 30, 120, 255}
			}
			img.SetRGBA(i%m.W, i/m.W, c)
		}
		l, err := CompareImages(context.Background(), img, img)
		if err != nil || l.Band != Agrees {
			t.Errorf("%v: %v %v", ground, l.Band, err)
		}
		if len(l.Cells) != Rows || len(l.Cells[0]) != Cols || l.Aligned == nil || l.Aligned.Rect.Dx() > overlaySide {
			t.Errorf("%v: cells %dx%d, overlay %v", ground, len(l.Cells), len(l.Cells[0]), l.Aligned.Rect)
		}
	}
	if _, err := CompareImages(context.Background(), nil, img); err == nil {
		t.Error("no picture: no error")
	}
}

// FuzzCompare: any pixels give an answer or an InputError, never a panic, and figures stay in their ranges.
func FuzzCompare(f *testing.F) {
	f.Add(uint8(70), uint8(60), []byte{1, 2, 3, 255, 0, 17}, []byte{})
	f.Add(uint8(120), uint8(3), []byte{0xaa, 0x55}, []byte{0x0f})
	f.Add(uint8(255), uint8(255), []byte{0x10, 0, 0, 0, 1}, []byte{0xff, 0})
	ref := written(1, 1, "王芳")
	f.Fuzz(func(t *testing.T, w, h uint8, ink, hidden []byte) {
		m := &stroke.Mask{W: int(w), H: int(h), Ink: make([]bool, int(w)*int(h))}
		bit := func(b []byte, i int) bool { return len(b) > 0 && b[i/8%len(b)]>>(i%8)&1 == 1 }
		for i := range m.Ink {
			m.Ink[i] = bit(ink, i)
		}
		if len(hidden) > 0 {
			m.Unknown = make([]bool, len(m.Ink))
			for i := range m.Unknown {
				m.Unknown[i] = !m.Ink[i] && bit(hidden, i)
			}
		}
		for _, pair := range [][2]*stroke.Mask{{ref, m}, {m, ref}, {m, m}} {
			l, err := Compare(context.Background(), pair[0], pair[1])
			var in *InputError
			if err != nil && !errors.As(err, &in) {
				t.Fatal(err)
			}
			if err == nil && !(l.Probability >= 0 && l.Probability <= 1 && l.Band != "") {
				t.Fatalf("%+v", l)
			}
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	p, q := written(1, 1, "王建国"), written(1, 2, "王建国")
	if _, err := Compare(context.Background(), p, q); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compare(context.Background(), p, q); err != nil {
			b.Fatal(err)
		}
	}
}

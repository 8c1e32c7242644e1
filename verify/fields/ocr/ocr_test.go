package ocr

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// steps makes an answer of the recogniser: each character of s at a step of its own, '_' being the blank.
func steps(keys []string, s string, conf float32) ([]float32, int) {
	rs := []rune(s)
	out := make([]float32, len(rs)*len(keys))
	for t, r := range rs {
		k := slices.Index(keys, string(r))
		if r == '_' {
			k = 0
		}
		out[t*len(keys)+k] = conf
	}
	return out, len(rs)
}

func spell(syms []symbol) string {
	l := reading{syms: syms}
	return l.text()
}

func TestDecode(t *testing.T) {
	keys := parseKeys([]byte("京\n1\r\n2\n年\n"))
	if len(keys) != 6 || keys[1] != "京" || keys[2] != "1" || keys[5] != " " {
		t.Fatalf("keys %q", keys)
	}
	for in, want := range map[string]string{
		"":              "",
		"____":          "",
		"_京_11_1_2":     "京112",
		"京京京":           "京",
		"京_京":           "京京",
		"1 2":           "1 2",
		"__年__________": "年",
	} {
		out, n := steps(keys, in, 0.9)
		syms := decode(out, n, newAlphabet(keys, nil), float64(max(n, 1)))
		if got := spell(syms); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	out, n := steps(keys, "_京京_1_", 0.9)
	syms := decode(out, n, newAlphabet(keys, nil), float64(n))
	if !near(syms[0].at, 2.0/6, 1e-6) || !near(syms[1].at, 4.5/6, 1e-6) || !near(syms[0].conf, 0.9, 1e-6) {
		t.Errorf("places %+v", syms)
	}
}

// TestTaught: a class that was taught wins where it is likelier, the net's own class of the same character included; never
// over a digit, and not where the net itself is sure.
func TestTaught(t *testing.T) {
	of := newAlphabet([]string{"", "样", "日", "7"}, []string{"柈", "日"})
	for _, c := range []struct {
		row  []float32
		how  trust
		want string
		p    float64
	}{
		{[]float32{0.1, 0.2, 0.1, 0, 0.6, 0}, trust{1, 0.9, 0.95}, "柈", 0.6},
		{[]float32{0.1, 0.2, 0.1, 0, 0.6, 0}, trust{0.1, 0.9, 0.95}, "样", 0.2 / 0.46},
		{[]float32{0.01, 0.38, 0.01, 0, 0.6, 0}, trust{1, 0.9, 0.95}, "样", 0.95},
		{[]float32{0.1, 0.35, 0.25, 0, 0.05, 0.25}, trust{1, 0.9, 0.95}, "日", 0.5},
		{[]float32{0.1, 0, 0.4, 0, 0.1, 0.4}, trust{1, 0.9, 0.95}, "日", 0.8},
		{[]float32{0.1, 0, 0.1, 0.2, 0.6, 0}, trust{1, 0.9, 0.95}, "7", 0.5},
		{[]float32{0.9, 0.05, 0.05, 0, 0, 0}, trust{1, 0.8, 0.98}, "", 0.9},
		{[]float32{0.38, 0.01, 0.01, 0, 0.6, 0}, trust{1, 0.8, 0.98}, "柈", 0.6},
		{[]float32{0.38, 0.01, 0.01, 0, 0.6, 0}, trust{1, 0.98, 0.9}, "", 0.95},
	} {
		got, p := of.likeliest(c.row, c.how)
		if of.keys[got] != c.want || !near(p, c.p, 1e-6) {
			t.Errorf("%v: %q at %v, want %q at %v", c.row, of.keys[got], p, c.want, c.p)
		}
	}
	if _, p := newAlphabet([]string{"", "样"}, nil).likeliest([]float32{0.2, 0.8}, trust{}); !near(p, 0.8, 1e-6) {
		t.Errorf("without a class that was taught: %v", p)
	}
	if _, p := of.likeliest([]float32{0, 0, 0, 0, 1, 0}, trust{}); math.IsNaN(p) || p < 0 || p > 1 {
		t.Errorf("all taught, none counted: %v", p)
	}
}

func symbols(s string, conf float64) []symbol {
	var out []symbol
	rs := []rune(s)
	for i, r := range rs {
		out = append(out, symbol{r: r, at: (float64(i) + 0.5) / float64(len(rs)), conf: conf})
	}
	return out
}

// TestVote: what two of three readings have is taken, with less confidence; what none confirms has next to none.
func TestVote(t *testing.T) {
	for _, c := range []struct {
		a, b, c, want string
		most          float64 // highest confidence of a differing character
	}{
		{"2026年8月1日", "2026年3月1日", "2026年8月1日", "2026年8月1日", outvoted},
		{"2026年8月1日", "2026年3月1日", "2026年3月1日", "2026年3月1日", outvoted},
		{"2026年8月1日", "2026年3月1日", "2026年6月1日", "2026年8月1日", unconfirmed},
		{"京11120152", "京1120152", "京1120152", "京1120152", outvoted},
		{"京11120152", "京1120152", "京111120152", "京11120152", unconfirmed},
	} {
		got := vote(symbols(c.a, 0.99), symbols(c.b, 0.98), symbols(c.c, 0.97))
		if spell(got) != c.want {
			t.Errorf("%s | %s | %s: %s, want %s", c.a, c.b, c.c, spell(got), c.want)
			continue
		}
		low := 1.0
		for _, s := range got {
			low = min(low, s.conf)
		}
		if low > c.most {
			t.Errorf("%s | %s | %s: confidence %v, want at most %v", c.a, c.b, c.c, low, c.most)
		}
	}
	// No two agree on the whole, but each character stands in two of the three: it is read, and not surely.
	for _, s := range vote(symbols("2026年8月1日", 0.99), symbols("2026年3月1日", 0.98), symbols("2025年8月1日", 0.97)) {
		if s.conf < 0.5 || (s.r == '6' || s.r == '8') && s.conf > outvoted {
			t.Errorf("%c has the confidence %v", s.r, s.conf)
		}
	}
	if m, ok := agree(symbols("2026-03-01 - 2026-08-27", 0.9), symbols("2026-03-01一2026-08-27", 0.8)); ok {
		t.Errorf("一 is a letter: %s", spell(m))
	}
	m, ok := agree(symbols("2026-03-01 至 2026", 0.9), symbols("2026.03.01至2026", 0.8))
	if !ok || !near(m[0].conf, 0.85, 1e-9) {
		t.Errorf("punctuation must not part two readings: %v %s", ok, spell(m))
	}
}

func TestDropGhosts(t *testing.T) {
	const w = 240
	pix := make([]float32, w*lineHeight)
	for i := range pix {
		pix[i] = 240
	}
	bar := func(x int, v float32) {
		for y := 10; y < 38; y++ {
			pix[y*w+x] = v
		}
	}
	bar(24, 30)
	bar(72, 215) // the back of the page
	bar(120, 40)
	bar(168, 35)
	bar(216, 30)
	syms := symbols("性8男女中", 0.9)
	for i := range syms {
		syms[i].at = float64(24+48*i) / w
	}
	if got := spell(dropGhosts(syms, pix, w)); got != "性男女中" {
		t.Errorf("%s", got)
	}
}

// fake is a net that answers by a function.
type fake func(in []float32, shape [4]int) ([]float32, []int, error)

func (f fake) run(in []float32, shape [4]int) ([]float32, []int, error) { return f(in, shape) }
func (fake) close()                                                     {}

func reader(det, rec fake) *Reader {
	return &Reader{det: det, rec: rec, alphabet: newAlphabet(parseKeys([]byte("京\n1\n2\n")), nil), slots: make(chan struct{}, 2)}
}

// inkMap answers as a detector does that sees a line wherever there is ink.
func inkMap(in []float32, s [4]int) ([]float32, []int, error) {
	n := s[2] * s[3]
	out := make([]float32, n)
	for i, v := range in[:n] {
		if v < 0 {
			out[i] = 0.9
		}
	}
	return out, []int{1, 1, s[2], s[3]}, nil
}

func (r *Reader) says(t testing.TB, text string, img image.Image) page.Text {
	t.Helper()
	r.rec = fake(func(_ []float32, s [4]int) ([]float32, []int, error) {
		n := s[3] / frameWidth
		rs := []rune(text)
		line := []rune(strings.Repeat("_", n))
		for i, c := range rs {
			line[(2*i+1)*n/(2*len(rs))] = c
		}
		out, _ := steps(r.keys, string(line), 0.97)
		return out, []int{1, n, len(r.keys)}, nil
	})
	got, err := r.ReadPage(t.Context(), img, 7)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func barred(w, h int, bars ...image.Rectangle) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for _, b := range bars {
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				img.Set(x, y, color.Black)
			}
		}
	}
	return img
}

// TestReadPage: characters stand at their places in the picture, in reading order, with confidences.
func TestReadPage(t *testing.T) {
	img := barred(1280, 600, image.Rect(100, 100, 700, 124), image.Rect(100, 300, 700, 324))
	got := reader(inkMap, nil).says(t, strings.Repeat("京11", 8), img)
	if got.Index != 7 || got.Width != 1280 || got.Height != 600 || len(got.Chars) != 48 || len(got.Confidence) != 48 {
		t.Fatalf("%+v", got)
	}
	for i, c := range got.Chars {
		x, y := (c.Box.X0+c.Box.X1)/2, (c.Box.Y0+c.Box.Y1)/2
		wantY := 112.0
		if i >= 24 {
			wantY = 312
		}
		if !near(y, wantY, 4) || x < 80 || x > 720 || c.Font != -1 || !(c.Size > 10 && c.Size < 80) {
			t.Errorf("character %d %c at %.0f %.0f size %.1f", i, c.R, x, y, c.Size)
		}
	}
}

// TestSmallPicture: what is enlarged to be looked at gives places in the picture itself.
func TestSmallPicture(t *testing.T) {
	img := barred(1000, 600, image.Rect(100, 100, 700, 124))
	got := reader(func(in []float32, d [4]int) ([]float32, []int, error) {
		if d[3] != detectSide || d[2] != 768 {
			t.Errorf("looked at in %d × %d", d[3], d[2])
		}
		return inkMap(in, d)
	}, nil).says(t, strings.Repeat("京11", 8), img)
	if got.Width != 1000 || len(got.Chars) < 20 {
		t.Fatalf("%+v", got)
	}
	for i, c := range got.Chars {
		if x, y := (c.Box.X0+c.Box.X1)/2, (c.Box.Y0+c.Box.Y1)/2; !near(y, 112, 4) || x < 80 || x > 720 {
			t.Errorf("character %d %c at %.0f %.0f", i, c.R, x, y)
		}
	}
}

// TestRedTitle: print in red is read off the plane in which it is dark.
func TestRedTitle(t *testing.T) {
	img := barred(1280, 600, image.Rect(100, 300, 700, 324))
	for y := 100; y < 130; y++ {
		for x := 200; x < 800; x++ {
			img.Set(x, y, color.RGBA{200, 20, 30, 255})
		}
	}
	got := reader(inkMap, nil).says(t, strings.Repeat("京12", 6), img)
	if len(got.Chars) != 36 || !near((got.Chars[0].Box.Y0+got.Chars[0].Box.Y1)/2, 115, 4) || !near((got.Chars[35].Box.Y0+got.Chars[35].Box.Y1)/2, 312, 4) {
		t.Errorf("%+v", got.Chars)
	}
}

// TestBadPictures: nothing that a picture is makes the reader fail; what a net gives wrongly is an error.
func TestBadPictures(t *testing.T) {
	r := reader(inkMap, nil)
	for name, img := range map[string]image.Image{
		"none": image.NewRGBA(image.Rectangle{}), "one pixel": image.NewGray(image.Rect(0, 0, 1, 1)), "ten pixels": image.NewRGBA(image.Rect(3, 3, 13, 13)),
		"one row": image.NewRGBA(image.Rect(0, 0, 3000, 1)), "black": image.NewGray(image.Rect(0, 0, 300, 300)), "off origin": image.NewNRGBA(image.Rect(-50, -60, 200, 300)),
		"16 bits": image.NewRGBA64(image.Rect(0, 0, 90, 90)), "palette": image.NewPaletted(image.Rect(0, 0, 90, 90), color.Palette{color.White, color.Transparent}),
	} {
		r.rec = fake(func(_ []float32, s [4]int) ([]float32, []int, error) {
			return make([]float32, len(r.keys)), []int{1, 1, len(r.keys)}, nil
		})
		if _, err := r.ReadPage(t.Context(), img, 0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	img := barred(400, 300, image.Rect(50, 100, 350, 130))
	for name, f := range map[string]fake{
		"panics":      func([]float32, [4]int) ([]float32, []int, error) { panic("broken") },
		"wrong shape": func([]float32, [4]int) ([]float32, []int, error) { return nil, []int{1, 2}, nil },
		"fails":       func([]float32, [4]int) ([]float32, []int, error) { return nil, nil, errors.New("broken") },
	} {
		for which, r := range map[string]*Reader{"detector": reader(f, nil), "recogniser": reader(inkMap, f)} {
			if _, err := r.ReadPage(t.Context(), img, 0); err == nil {
				t.Errorf("the %s %s: no error", which, name)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reader(inkMap, nil).ReadPage(ctx, img, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestPixelsAreBounded: a large picture is worked on at a part of its resolution, and places are still its own.
func TestPixelsAreBounded(t *testing.T) {
	big := image.NewGray(image.Rect(0, 0, 8000, 6000))
	for i := range big.Pix {
		big.Pix[i] = 255
	}
	for y := 1000; y < 1200; y++ {
		for x := 1000; x < 6000; x++ {
			big.Pix[y*big.Stride+x] = 0
		}
	}
	m := newRaster(big)
	if m.w*m.h > maxPixels || m.step < 2 {
		t.Fatalf("%d by %d, step %d", m.w, m.h, m.step)
	}
	text := reader(inkMap, nil).says(t, strings.Repeat("京", 24), big)
	if len(text.Chars) != 24 || !near((text.Chars[0].Box.Y0+text.Chars[0].Box.Y1)/2, 1100, 30) {
		t.Errorf("%+v", text.Chars)
	}
}

// TestSealVanishes: the red plane of a picture is paper where a seal is.
func TestSealVanishes(t *testing.T) {
	img := barred(64, 64)
	img.Set(10, 10, color.RGBA{235, 20, 30, 255})
	img.Set(11, 10, color.RGBA{20, 20, 30, 255})
	m := newRaster(img)
	if m.text[10*64+10] < 230 || m.text[10*64+11] > 30 || m.red[10*64+10] > 60 || m.reds[10] != 1 {
		t.Errorf("red %d, black %d; in the other plane %d; %d red", m.text[10*64+10], m.text[10*64+11], m.red[10*64+10], m.reds[10])
	}
	img.Set(12, 10, color.RGBA{200, 25, 30, 255}) // a duller pad
	if m := newRaster(img); m.text[10*64+12] < 230 {
		t.Errorf("dull red %d", m.text[10*64+12])
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 20, 20)) // all transparent: white paper
	if m := newRaster(clear); m.text[0] != 255 {
		t.Errorf("transparent is %d", m.text[0])
	}
}

func TestShrink(t *testing.T) {
	const w, h = 37, 23
	p := make([]uint8, w*h)
	sum := 0
	for i := range p {
		p[i] = uint8(i * 7)
		sum += int(p[i])
	}
	got := 0.0
	for _, v := range shrink(p, w, h, 10, 6) {
		got += float64(v)
	}
	if want := float64(sum) / (w * h); !near(got/60, want, 0.01) {
		t.Errorf("mean %v, want %v", got/60, want)
	}
	same := shrink(p, w, h, w, h)
	for i := range p {
		if math.Abs(float64(same[i])-float64(p[i])) > 1e-3 {
			t.Fatalf("pixel %d: %v, want %d", i, same[i], p[i])
		}
	}
}

// TestDrawOut: a line's box that ends too early is drawn out over print, and not into a frame beside it.
func TestDrawOut(t *testing.T) {
	const w, h = 400, 80
	ink := make([]float32, w*h)
	for x := 40; x < 300; x++ {
		if x%12 < 7 {
			for y := 34; y < 46; y++ {
				ink[y*w+x] = 0.6
			}
		}
	}
	for y := range h {
		ink[y*w+330], ink[y*w+331] = 0.8, 0.8
	}
	got := drawOut(ink, w, h, quad{{40, 30}, {150, 30}, {150, 50}, {40, 50}})
	if !near(got[1].x, 301, 6) || !near(got[0].x, 40, 6) {
		t.Errorf("from %v to %v", got[0].x, got[1].x)
	}
}

func TestOpenSaysWhatIsMissing(t *testing.T) {
	models := fstest.MapFS{DetectorFile: {Data: []byte("x")}, RecogniserFile: {Data: []byte("x")}, KeysFile: {Data: []byte("京\n")}}
	for name, c := range map[string]struct {
		cfg  Config
		want error
		says string
	}{
		"no folder":  {Config{}, ErrNoModels, DetectorFile},
		"no file":    {Config{Models: fstest.MapFS{DetectorFile: models[DetectorFile]}}, ErrNoModels, RecogniserFile},
		"no library": {Config{Models: models, Library: []string{"nowhere/lib.so"}}, ErrNoLibrary, "nowhere/lib.so"},
	} {
		want := c.want
		if !haveEngine {
			want, c.says = ErrNoCgo, "cgo"
		}
		if name == "no library" && haveEngine {
			if _, err := startEngine(nil); err == nil {
				continue // it is loaded already by another test of this process
			}
		}
		_, err := Open(c.cfg)
		if !errors.Is(err, fields.ErrNoReader) || !errors.Is(err, want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLibraries(t *testing.T) {
	got := Libraries("", "a")
	if len(got) < 3 || !strings.HasPrefix(got[0], "a") || strings.ContainsAny(got[len(got)-1], `/\`) {
		t.Errorf("%q", got)
	}
}

// TestSkimPage: each line is read once, and a line of digits is not sure of what nothing confirmed.
func TestSkimPage(t *testing.T) {
	img := barred(1280, 600, image.Rect(100, 100, 700, 124), image.Rect(100, 300, 700, 324))
	r := reader(inkMap, nil)
	r.says(t, strings.Repeat("京11", 8), img)
	says, runs := r.rec, atomic.Int32{}
	r.rec = fake(func(in []float32, s [4]int) ([]float32, []int, error) {
		runs.Add(1)
		return says.run(in, s)
	})
	got, err := r.ReadPage(t.Context(), img, 7)
	if err != nil {
		t.Fatal(err)
	}
	often := runs.Swap(0)
	once, err := r.SkimPage(t.Context(), img, 7)
	if err != nil || len(once.Chars) != len(got.Chars) || once.Index != 7 {
		t.Fatalf("%d characters, %d with care, %v", len(once.Chars), len(got.Chars), err)
	}
	if n := runs.Load(); n >= often {
		t.Errorf("lines were read %d times, with care %d times", n, often)
	}
	if most := slices.Max(once.Confidence); most > outvoted || slices.Max(got.Confidence) <= outvoted {
		t.Errorf("a character read once is sure by %.2f, with care by %.2f", most, slices.Max(got.Confidence))
	}
}

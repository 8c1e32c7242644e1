package qr

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common/reedsolomon"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
)

func decodeOne(t *testing.T, img image.Image) Code {
	t.Helper()
	res, err := Decode(context.Background(), img, Options{Budget: testBudget})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Codes) != 1 {
		t.Fatalf("%d codes, want 1 (work %+v)", len(res.Codes), res.Work)
	}
	return res.Codes[0]
}

// sheet returns a white picture with a symbol at (x0, y0).
func sheet(t testing.TB, text string, w, h, x0, y0 int, size float64) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	drawMatrix(img, matrixOf(t, text, decoder.ErrorCorrectionLevel_M), x0, y0, size)
	return img
}

func TestDecodeRefuses(t *testing.T) {
	if _, err := Decode(context.Background(), nil, Options{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("nil picture: %v", err)
	}
	if _, err := Decode(context.Background(), image.NewGray(image.Rect(0, 0, 0, 5)), Options{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty picture: %v", err)
	}
	if _, err := Decode(context.Background(), image.NewGray(image.Rect(0, 0, 300, 300)), Options{Limits: Limits{Pixels: 80000}}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too many pixels: %v", err)
	}
	if _, err := Decode(context.Background(), image.NewGray(image.Rect(0, 0, maxSide+1, 1)), Options{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too long a side: %v", err)
	}
}

func TestDecodeWithoutQuietZone(t *testing.T) {
	for _, side := range []int{57, 111, 200, 333, 600, 1500} {
		m := matrixOf(t, benchText, decoder.ErrorCorrectionLevel_M)
		img := image.NewGray(image.Rect(0, 0, side, side))
		drawMatrix(img, m, 0, 0, float64(side)/float64(len(m)))
		if c := decodeOne(t, img); c.Text != benchText {
			t.Errorf("%d px: %q", side, c.Text)
		}
	}
}

func TestDecodeEveryVersion(t *testing.T) {
	for v := 1; v <= 40; v++ {
		for _, lv := range []decoder.ErrorCorrectionLevel{decoder.ErrorCorrectionLevel_L, decoder.ErrorCorrectionLevel_H} {
			text := fmt.Sprintf("V%02d-%s", v, lv)
			q, err := encoder.Encoder_encode(text, lv, map[gozxing.EncodeHintType]interface{}{gozxing.EncodeHintType_QR_VERSION: v})
			if err != nil {
				t.Fatal(err)
			}
			em := q.GetMatrix()
			n := em.GetWidth()
			img := image.NewGray(image.Rect(0, 0, 3*n+12, 3*n+12))
			draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
			for y := range 3 * n {
				for x := range 3 * n {
					if em.Get(x/3, y/3) == 1 {
						img.SetGray(x+6, y+6, color.Gray{})
					}
				}
			}
			c := decodeOne(t, img)
			if c.Text != text || c.Version != v || c.ECLevel != lv.String() || c.Errors != 0 {
				t.Errorf("version %d level %s: %q, version %d, level %s, %d errors", v, lv, c.Text, c.Version, c.ECLevel, c.Errors)
			}
		}
	}
}

func TestDecodeOrientations(t *testing.T) {
	img := sheet(t, benchText, 260, 240, 30, 20, 5)
	turn := func(f func(x, y, w, h int) (int, int), swap bool) *image.Gray {
		w, h := 260, 240
		if swap {
			w, h = h, w
		}
		out := image.NewGray(image.Rect(0, 0, w, h))
		for y := range 240 {
			for x := range 260 {
				a, b := f(x, y, 260, 240)
				out.SetGray(a, b, img.GrayAt(x, y))
			}
		}
		return out
	}
	for name, tc := range map[string]struct {
		img      *image.Gray
		mirrored bool
	}{
		"upright":     {img, false},
		"half turn":   {turn(func(x, y, w, h int) (int, int) { return w - 1 - x, h - 1 - y }, false), false},
		"quarter":     {turn(func(x, y, w, h int) (int, int) { return h - 1 - y, x }, true), false},
		"mirrored":    {turn(func(x, y, w, h int) (int, int) { return w - 1 - x, y }, false), true},
		"transposed":  {turn(func(x, y, w, h int) (int, int) { return y, x }, true), true},
		"upside down": {turn(func(x, y, w, h int) (int, int) { return x, h - 1 - y }, false), true},
	} {
		c := decodeOne(t, tc.img)
		if c.Text != benchText || c.Mirrored != tc.mirrored {
			t.Errorf("%s: %q, mirrored %v", name, c.Text, c.Mirrored)
		}
	}
	c := decodeOne(t, img)
	n := float64(len(matrixOf(t, benchText, decoder.ErrorCorrectionLevel_M))) * 5
	for i, want := range [4][2]float64{{30, 20}, {30 + n, 20}, {30 + n, 20 + n}, {30, 20 + n}} {
		if d := dist(vec{c.Corners[i].X, c.Corners[i].Y}, vec{want[0], want[1]}); d > 1.5 {
			t.Errorf("corner %d at %v, want %v", i, c.Corners[i], want)
		}
	}
}

func TestDecodePictureTypes(t *testing.T) {
	g := sheet(t, benchText, 300, 300, 40, 40, 5)
	b := g.Bounds()
	shifted := b.Add(image.Pt(-17, 23))
	all := map[string]draw.Image{
		"RGBA": image.NewRGBA(shifted), "NRGBA": image.NewNRGBA(shifted), "RGBA64": image.NewRGBA64(shifted),
		"Gray16": image.NewGray16(shifted), "CMYK": image.NewCMYK(shifted), "Gray": image.NewGray(shifted),
		"Paletted": image.NewPaletted(shifted, color.Palette{color.White, color.Black}),
	}
	for name, img := range all {
		draw.Draw(img, shifted, g, image.Point{}, draw.Src)
		if c := decodeOne(t, img); c.Text != benchText || c.Corners[0].X < 38 || c.Corners[0].X > 42 {
			t.Errorf("%s: %q at %v", name, c.Text, c.Corners)
		}
		sub := img.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(shifted.Inset(20))
		if c := decodeOne(t, sub); c.Text != benchText || c.Corners[0].X < 18 || c.Corners[0].X > 22 {
			t.Errorf("part of %s: %q at %v", name, c.Text, c.Corners)
		}
	}
	// Dark on transparent, as web sites draw codes.
	clear := image.NewNRGBA(b)
	for y := range b.Dy() {
		for x := range b.Dx() {
			if g.GrayAt(x, y).Y == 0 {
				clear.SetNRGBA(x, y, color.NRGBA{0, 0, 0, 255})
			}
		}
	}
	if c := decodeOne(t, clear); c.Text != benchText {
		t.Errorf("transparent: %q", c.Text)
	}
}

func TestDecodeOddShapes(t *testing.T) {
	for _, r := range []image.Rectangle{
		image.Rect(0, 0, maxSide, 1), image.Rect(0, 0, 1, maxSide), image.Rect(0, 0, 3, 20000), image.Rect(0, 0, 1, 1), image.Rect(-5, -5, 2, 2),
	} {
		img := image.NewGray(r)
		for i := range img.Pix {
			img.Pix[i] = byte(i * 37)
		}
		res, err := Decode(context.Background(), img, Options{Budget: testBudget})
		if err != nil || len(res.Codes) != 0 || res.Work.Faults != 0 {
			t.Errorf("%v: %+v, %v", r, res, err)
		}
	}
	// A code on a long strip, as phones save whole web pages.
	if c := decodeOne(t, sheet(t, benchText, 720, 15000, 300, 9000, 3)); c.Text != benchText || c.Corners[0].Y < 8995 || c.Corners[0].Y > 9005 {
		t.Errorf("long strip: %q at %v", c.Text, c.Corners)
	}
}

func TestDecodeInverted(t *testing.T) {
	g := sheet(t, benchText, 300, 300, 40, 40, 5)
	for i := range g.Pix {
		g.Pix[i] = 255 - g.Pix[i]
	}
	if c := decodeOne(t, g); c.Text != benchText || !c.Inverted {
		t.Errorf("%q, inverted %v", c.Text, c.Inverted)
	}
}

func TestDecodeManyAndLimits(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 1200, 900))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	var want []string
	for i := range 12 {
		text := fmt.Sprintf("CODE NUMBER %02d", i)
		want = append(want, text)
		drawMatrix(img, matrixOf(t, text, decoder.ErrorCorrectionLevel_M), 40+i%4*280, 40+i/4*280, 6)
	}
	read := func(o Options) []string {
		res, err := Decode(context.Background(), img, o)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range res.Codes {
			got = append(got, c.Text)
		}
		slices.Sort(got)
		return got
	}
	if got := read(Options{Budget: testBudget}); !slices.Equal(got, want) {
		t.Errorf("read %q", got)
	}
	if got := read(Options{One: true, Budget: testBudget}); len(got) != 1 {
		t.Errorf("One read %d codes", len(got))
	}
	if got := read(Options{MaxCodes: 5, Budget: testBudget}); len(got) != 5 {
		t.Errorf("MaxCodes 5 read %d codes", len(got))
	}
}

// appended encodes a part of a structured-append sequence by putting the header in front of a byte segment.
func appended(t *testing.T, index, total int, parity byte, part string) [][]bool {
	w := (&bitWriter{}).put(modeAppend, 4).put(index, 4).put(total-1, 4).put(int(parity), 8).bytesMode(part)
	w.put(0, 4)
	const dataWords, ecWords = 55, 15 // version 3-L
	for pad := byte(0xEC); len(w.b) < dataWords; pad ^= 0xEC ^ 0x11 {
		w.b = append(w.b, pad)
	}
	return matrixOfWords(t, w.b, ecWords, 3)
}

// matrixOfWords lays data codewords of a one-block symbol out with level L and mask 0.
func matrixOfWords(t *testing.T, data []byte, ec, version int) [][]bool {
	t.Helper()
	words := append(slices.Clone(data), rsParity(data, ec)...)
	l, _ := layoutOf(version)
	ch := newChart(l)
	d := ch.dim
	m := fixedModules(ch)
	for i, at := range ch.order[:8*len(words)] {
		x, y := int(at)%d, int(at)/d
		m[y][x] = (words[i/8]>>(7-i%8)&1 == 1) != masked(0, x, y)
	}
	for _, at := range ch.order[8*len(words):] {
		m[int(at)/d][int(at)%d] = masked(0, int(at)%d, int(at)/d)
	}
	setFormat(m, formatWord(0b01<<3))
	return m
}

// fixedModules draws what is the same in all symbols of a version.
func fixedModules(ch *chart) [][]bool {
	m := make([][]bool, ch.dim)
	for y := range m {
		m[y] = make([]bool, ch.dim)
		for x := range m[y] {
			m[y][x] = ch.roles[y*ch.dim+x] == darkModule
		}
	}
	return m
}

// setFormat draws both copies of the format information.
func setFormat(m [][]bool, word int) {
	d := len(m)
	bit := func(i int) bool { return word>>(14-i)&1 == 1 }
	for i, p := range [15][2]int{{0, 8}, {1, 8}, {2, 8}, {3, 8}, {4, 8}, {5, 8}, {7, 8}, {8, 8}, {8, 7}, {8, 5}, {8, 4}, {8, 3}, {8, 2}, {8, 1}, {8, 0}} {
		m[p[1]][p[0]] = bit(i)
	}
	for i := range 7 {
		m[d-1-i][8] = bit(i)
	}
	for i := range 8 {
		m[8][d-8+i] = bit(7 + i)
	}
}

// rsParity computes error correction codewords (ISO/IEC 18004, annex A).
func rsParity(data []byte, n int) []byte {
	gf := reedsolomon.GenericGF_QR_CODE_FIELD_256
	gen := []int{1}
	for i := range n {
		next := make([]int, len(gen)+1)
		for k, g := range gen {
			next[k] ^= g
			next[k+1] ^= gf.Multiply(g, gf.Exp(i))
		}
		gen = next
	}
	rem := make([]int, n)
	for _, v := range data {
		f := int(v) ^ rem[0]
		copy(rem, rem[1:])
		rem[n-1] = 0
		for k := range n {
			rem[k] ^= gf.Multiply(gen[k+1], f)
		}
	}
	out := make([]byte, n)
	for i, v := range rem {
		out[i] = byte(v)
	}
	return out
}

func TestDecodeStructuredAppend(t *testing.T) {
	whole := "一级建造师注册证书|张三丰|京1112015201600001|建筑工程"
	cuts := []string{whole[:20], whole[20:41], whole[41:]} // inside characters
	var parity byte
	for i := range len(whole) {
		parity ^= whole[i]
	}
	draw3 := func(parts []string, p byte) Result {
		img := image.NewGray(image.Rect(0, 0, 800, 260))
		draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
		for i, s := range parts {
			if s != "" {
				drawMatrix(img, appended(t, i, len(parts), p, s), 40+i*250, 40, 6)
			}
		}
		res, err := Decode(context.Background(), img, Options{Budget: testBudget})
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	res := draw3(cuts, parity)
	if len(res.Codes) != 1 || res.Codes[0].Text != whole || !res.Codes[0].Append.Joined {
		t.Errorf("complete sequence: %+v", res.Codes)
	}
	if res := draw3(cuts, parity^1); len(res.Codes) != 3 {
		t.Errorf("wrong parity: %d codes, want the 3 parts", len(res.Codes))
	}
	if res := draw3([]string{cuts[0], "", cuts[2]}, parity); len(res.Codes) != 2 || res.Codes[0].Append == nil || res.Codes[0].Append.Total != 3 {
		t.Errorf("a missing part: %+v", res.Codes)
	}
}

func TestConflictGivesNeither(t *testing.T) {
	r := &reader{res: &Result{}}
	c, _ := layoutOf(2)
	g := &grid{h: homography{1, 0, 0, 0, 1, 0, 0, 0}, chart: newChart(c)}
	rd := func(s string) *reading {
		return &reading{version: 2, level: "M", payload: &payload{segments: []segment{{kind: byteSegment, eci: noECI, data: []byte(s)}}}}
	}
	r.take(rd("one"), g, "a", false)
	r.take(rd("one"), g, "b", false)
	if len(r.res.Codes) != 1 || len(r.res.Conflicts) != 0 {
		t.Fatalf("agreeing readings: %+v", r.res)
	}
	r.take(rd("two"), g, "c", false)
	if len(r.res.Codes) != 0 || len(r.res.Conflicts) != 1 || len(r.res.Conflicts[0].Readings) != 2 {
		t.Fatalf("two readings of one place: %+v", r.res)
	}
}

func TestMiscorrectionIsRefused(t *testing.T) {
	c := newCorrector()
	rnd := rand.New(rand.NewPCG(1, 2))
	l, _ := layoutOf(1)
	wrong := 0
	for range 20000 {
		b := make([]byte, 26)
		for i := range b {
			b[i] = byte(rnd.IntN(256))
		}
		if _, ok := c.correct(b, 19, l.reserve(decoder.ErrorCorrectionLevel_L)); ok {
			wrong++
		}
	}
	if wrong > 2 {
		t.Errorf("%d of 20,000 random version 1-L blocks were taken for code words", wrong)
	}
	data := []byte("nineteen data bytes")
	good := append(slices.Clone(data), rsParity(data, 7)...)
	for n := 0; n <= 4; n++ {
		b := slices.Clone(good)
		for i := range n {
			b[3*i] ^= 0x55
		}
		changed, ok := c.correct(b, 19, 3)
		if want := n <= 2; ok != want || ok && (changed != n || !slices.Equal(b, good)) {
			t.Errorf("%d errors: changed %d, ok %v", n, changed, ok)
		}
	}
}

// TestErrorsAreCounted holds the quick count of errors against what was done to a block and against the library.
func TestErrorsAreCounted(t *testing.T) {
	c := newCorrector()
	lib := reedsolomon.NewReedSolomonDecoder(reedsolomon.GenericGF_QR_CODE_FIELD_256)
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		data, ec := 1+rnd.IntN(120), 5+rnd.IntN(64)
		b := make([]byte, data)
		for i := range b {
			b[i] = byte(rnd.IntN(256))
		}
		b = append(b, rsParity(b, ec)...)
		n := rnd.IntN(ec/2 + 4)
		for _, at := range rnd.Perm(len(b))[:min(n, len(b))] {
			b[at] ^= byte(1 + rnd.IntN(255))
		}
		var syndromes [255]byte
		if clean := c.syndromes(b, syndromes[:ec]); clean != (n == 0) {
			t.Fatalf("%d errors in %d+%d: clean %v", n, data, ec, clean)
		}
		if n == 0 {
			continue
		}
		want := n
		if n > ec/2 {
			ints := make([]int, len(b))
			for i, v := range b {
				ints[i] = int(v)
			}
			if lib.Decode(ints, ec) == nil {
				continue // close to another code word
			}
			want = 0
		}
		if got := c.errors(syndromes[:ec], len(b)); got != want {
			t.Fatalf("%d errors in %d+%d: counted %d, want %d", n, data, ec, got, want)
		}
	}
}

func TestDecodeStopsInTime(t *testing.T) {
	// A page of nothing but finder patterns.
	img := image.NewGray(image.Rect(0, 0, 1400, 1400))
	for y := range 1400 {
		for x := range 1400 {
			i, j := x%14/2, y%14/2
			r := max(i-3, 3-i, j-3, 3-j)
			if r == 2 {
				img.Pix[y*1400+x] = 255
			}
			if x/14%2 == 1 || y/14%2 == 1 {
				img.Pix[y*1400+x] = 255
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	res, err := Decode(ctx, img, Options{})
	if err != nil || ctx.Err() != nil {
		t.Fatalf("%v, %v", err, ctx.Err())
	}
	if len(res.Codes) != 0 || res.Work.Finders > maxFinders {
		t.Errorf("%d codes, %d finders", len(res.Codes), res.Work.Finders)
	}
	done, stop := context.WithCancel(context.Background())
	stop()
	if res, err := Decode(done, img, Options{}); err != nil || !res.Work.Partial {
		t.Errorf("cancelled: %+v, %v", res.Work, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(uint8(1), uint8(1), []byte{0})
	f.Add(uint8(31), uint8(29), []byte("\x00\xff\x00\x00\x00\xff\x00"))
	f.Fuzz(func(t *testing.T, w, h uint8, pix []byte) {
		if w == 0 || h == 0 || len(pix) == 0 {
			return
		}
		img := image.NewGray(image.Rect(0, 0, int(w), int(h)))
		for i := range img.Pix {
			img.Pix[i] = pix[i%len(pix)]
		}
		res, err := Decode(context.Background(), img, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if res.Work.Faults > 0 {
			t.Fatalf("%d faults in a picture of %d x %d pixels", res.Work.Faults, w, h)
		}
	})
}

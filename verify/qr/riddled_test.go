package qr

import (
	"context"
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// drawFinder paints a finder pattern.
func drawFinder(img *image.Gray, x0, y0, size int) {
	for j := range 7 * size {
		for i := range 7 * size {
			a, b := i/size-3, j/size-3
			c := color.Gray{}
			if max(a, -a, b, -b) == 2 {
				c.Y = 255
			}
			img.SetGray(x0+i, y0+j, c)
		}
	}
}

// riddled draws a page of finder patterns, some of them parts of codes, with noise, and cuts it off. It returns the texts
// of the codes drawn.
func riddled(t testing.TB, seed uint64, w, h, finders, codes int, noise byte) (*image.Gray, []string) {
	rnd := rand.New(rand.NewPCG(seed, 3))
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	var texts []string
	for k := range codes {
		text := benchText[:10+rnd.IntN(len(benchText)-10)] + string(rune('a'+k%26))
		m := matrixOf(t, text, []decoder.ErrorCorrectionLevel{decoder.ErrorCorrectionLevel_L, decoder.ErrorCorrectionLevel_M}[rnd.IntN(2)])
		// It may lie half outside, or over another one.
		drawMatrix(img, m, rnd.IntN(w)-w/8, rnd.IntN(h)-h/8, float64(2+rnd.IntN(4)))
		texts = append(texts, text)
	}
	for range finders {
		drawFinder(img, rnd.IntN(w), rnd.IntN(h), 1+rnd.IntN(5))
	}
	if noise > 0 {
		for i := range img.Pix {
			img.Pix[i] = byte(max(0, min(255, int(img.Pix[i])+rnd.IntN(2*int(noise)+1)-int(noise))))
		}
	}
	return img, texts
}

// TestRiddledPages: pages full of finder patterns, cut off codes and noise end within their budget and give no text that
// was not drawn.
func TestRiddledPages(t *testing.T) {
	for seed := range uint64(12) {
		img, texts := riddled(t, seed, 300+int(seed)*60, 260+int(seed%5)*150, int(seed)*9, int(seed%4), byte(seed*13%90))
		res, err := Decode(context.Background(), img, Options{})
		if err != nil || res.Work.Faults > 0 || res.Work.Finders > maxFinders {
			t.Errorf("seed %d: %v, %+v", seed, err, res.Work)
		}
		for _, c := range res.Codes {
			if !slices.Contains(texts, c.Text) {
				t.Errorf("seed %d: %q was not drawn", seed, c.Text)
			}
		}
	}
}

func FuzzDecodeRiddled(f *testing.F) {
	f.Add(uint64(1), uint16(1), uint16(1), uint8(0), uint8(1), uint8(0))
	f.Add(uint64(2), uint16(400), uint16(300), uint8(60), uint8(2), uint8(40))
	f.Add(uint64(3), uint16(1500), uint16(1100), uint8(255), uint8(3), uint8(0))
	f.Add(uint64(4), uint16(3000), uint16(17), uint8(30), uint8(1), uint8(120))
	f.Fuzz(func(t *testing.T, seed uint64, w, h uint16, finders, codes, noise uint8) {
		if w == 0 || h == 0 || int(w)*int(h) > 4_000_000 {
			return
		}
		img, texts := riddled(t, seed, int(w), int(h), int(finders), int(codes%6), noise)
		res, err := Decode(context.Background(), img, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if res.Work.Faults > 0 {
			t.Fatalf("%d faults", res.Work.Faults)
		}
		for _, c := range res.Codes {
			if !slices.Contains(texts, c.Text) {
				t.Fatalf("%q was not drawn", c.Text)
			}
		}
	})
}

// TestDecodeDamaged covers more and more of a code: it is read while error correction reaches, and never gives another
// text beyond.
func TestDecodeDamaged(t *testing.T) {
	m := matrixOf(t, benchText, decoder.ErrorCorrectionLevel_H)
	side := len(m)
	read := 0
	for n := 0; n <= side*2/3; n += 6 {
		img := image.NewGray(image.Rect(0, 0, side*5+60, side*5+60))
		for i := range img.Pix {
			img.Pix[i] = 255
		}
		drawMatrix(img, m, 30, 30, 5)
		// A blot in the lower right, clear of the three finder patterns.
		for y := 30 + (side-n)*5; y < 30+side*5; y++ {
			for x := 30 + (side-n)*5; x < 30+side*5; x++ {
				img.SetGray(x, y, color.Gray{90})
			}
		}
		res, err := Decode(context.Background(), img, Options{Budget: testBudget, Without: map[string]bool{"bend": true, "bend-more": true}})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range res.Codes {
			if c.Text != benchText {
				t.Fatalf("blot of %d modules: %q", n, c.Text)
			}
			if read = max(read, n); n > 6 && c.Errors == 0 {
				t.Errorf("blot of %d modules: no errors corrected", n)
			}
		}
		if n <= side/4 && len(res.Codes) != 1 {
			t.Errorf("blot of %d of %d modules: not read", n, side)
		}
	}
	t.Logf("read up to a blot of %d of %d modules", read, side)
}

// TestDecodeCurved bends a code of version 10 as paper bends, and shows that bending the grid is what reads it.
func TestDecodeCurved(t *testing.T) {
	text := benchText + benchText + "curved"
	pg := newRGB(700, 700, 1)
	m := matrixOf(t, text, decoder.ErrorCorrectionLevel_L)
	for y := range len(m) * 8 {
		for x := range len(m) * 8 {
			if m[y/8][x/8] {
				for c := range 3 {
					pg.p[c][(y+100)*pg.w+x+100] = .05
				}
			}
		}
	}
	for _, curl := range []float64{0, 10, 20} {
		img := damage{curl: curl}.apply(t, pg, rand.New(rand.NewPCG(5, 5)))
		if c := decodeOne(t, img); c.Text != text {
			t.Errorf("curl of %.0f pixels: %q", curl, c.Text)
		}
	}
}

// TestAppendedPartsThatContradictStayApart: two different second parts of one sequence are no message.
func TestAppendedPartsThatContradictStayApart(t *testing.T) {
	part := func(i int, s string) Code {
		return Code{Bytes: []byte(s), Text: s, Append: &Append{Index: i, Total: 2, Parity: 'a' ^ 'b'}}
	}
	res := &Result{Codes: []Code{part(0, "a"), part(1, "b"), part(1, "c")}}
	if joinAppended(res); len(res.Codes) != 3 {
		t.Errorf("joined: %+v", res.Codes)
	}
	res = &Result{Codes: []Code{part(0, "a"), part(1, "b"), part(1, "b")}}
	if joinAppended(res); len(res.Codes) != 1 || string(res.Codes[0].Bytes) != "ab" {
		t.Errorf("the same part twice: %+v", res.Codes)
	}
}

package qr

import (
	"context"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

func TestStrategyNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range strategies() {
		if s.name == "" || seen[s.name] {
			t.Errorf("strategy name %q is empty or taken", s.name)
		}
		seen[s.name] = true
	}
}

// TestStrategyEarns shows on one picture each that a strategy reads what is not read without it.
func TestStrategyEarns(t *testing.T) {
	m := matrixOf(t, benchText, decoder.ErrorCorrectionLevel_M)
	plain := func(size float64) *image.Gray {
		n := int(float64(len(m)) * size)
		img := image.NewGray(image.Rect(0, 0, n+80, n+80))
		for i := range img.Pix {
			img.Pix[i] = 255
		}
		drawMatrix(img, m, 40, 40, size)
		return img
	}
	negative := plain(5)
	for i := range negative.Pix {
		negative.Pix[i] = 255 - negative.Pix[i]
	}
	// A finder that runs into a black margin, and one that is painted over.
	margin := plain(5)
	for y := range margin.Rect.Dy() {
		for x := range 40 {
			margin.SetGray(x, y, color.Gray{})
		}
	}
	gone := plain(5)
	for y := range 45 {
		for x := range 45 {
			gone.SetGray(x+36, y+36, color.Gray{120})
		}
	}
	// Red ink over all of it, dark enough to hide the modules from the mean of the colours.
	sealed := image.NewRGBA(plain(5).Rect)
	for i, v := range plain(5).Pix {
		c := [3]byte{v, v, v}
		if x, y := i%sealed.Rect.Dx(), i/sealed.Rect.Dx(); (x+y)/9%2 == 0 {
			c = [3]byte{byte(max(110, int(v)*9/10)), byte(int(v) / 9), byte(int(v) / 9)}
		}
		copy(sealed.Pix[4*i:], []byte{c[0], c[1], c[2], 255})
	}
	for name, tc := range map[string]struct {
		img     image.Image
		without []string
	}{
		"inverted":  {negative, []string{"inverted", "inverted-mean"}},
		"lenient":   {margin, []string{"lenient", "pairs", "pairs-mean"}},
		"pairs":     {gone, []string{"pairs", "pairs-mean"}},
		"brightest": {sealed, []string{"brightest", "brightest-mean", "brightest-full"}},
	} {
		read := func(without ...string) []Code {
			o := Options{Budget: testBudget, Without: map[string]bool{}}
			for _, w := range without {
				o.Without[w] = true
			}
			res, err := Decode(context.Background(), tc.img, o)
			if err != nil {
				t.Fatal(err)
			}
			return res.Codes
		}
		if c := read(); len(c) != 1 || c[0].Text != benchText {
			t.Errorf("%s: %+v", name, c)
			continue
		}
		if c := read(tc.without...); len(c) != 0 {
			t.Errorf("%s: read by %q without %q", name, c[0].Strategy, tc.without)
		}
	}
}

// TestStrategiesOnCorpus reads the corpus with one strategy switched off after the other and prints what each earns
// (ZHENGYAN_QR_EARN=1; takes as many passes as there are strategies).
func TestStrategiesOnCorpus(t *testing.T) {
	if os.Getenv("ZHENGYAN_QR_EARN") == "" {
		t.Skip("ZHENGYAN_QR_EARN is not set")
	}
	samples := readManifest(t, corpusDir(t))
	pass := func(without string) (right int, ms float64) {
		for _, s := range samples {
			if s.unknown || s.none {
				continue
			}
			img, err := loadImage(s.path)
			if err != nil {
				continue
			}
			before := cpuMillis()
			res, _ := Decode(context.Background(), img, Options{Budget: testBudget, Without: map[string]bool{without: true}})
			ms += cpuMillis() - before
			if slices.ContainsFunc(res.Codes, func(c Code) bool { ok, _ := s.judge([]string{c.Text}); return ok }) {
				right++
			}
		}
		return right, ms
	}
	all, ms := pass("")
	t.Logf("%-16s %4d right %8.0f ms", "all strategies", all, ms)
	for _, s := range strategies() {
		n, m := pass(s.name)
		t.Logf("without %-16s %4d right (%+d) %8.0f ms (%+.0f)", s.name, n, n-all, m, m-ms)
	}
}

// TestNoCodeNoText reads drawn certificate pages that hold no code. By default a few; ZHENGYAN_QR_FULL=1 reads 500.
func TestNoCodeNoText(t *testing.T) {
	if testing.Short() {
		t.Skip("draws large pages")
	}
	n := 4
	if os.Getenv("ZHENGYAN_QR_FULL") != "" {
		n = 500
	}
	for k := range n {
		rnd := rand.New(rand.NewPCG(uint64(k), 424242))
		pg := synthBlank(rnd)
		stamp(pg, 900+rnd.Float64()*400, 1800, 20*pxPerMM, .3+.7*rnd.Float64(), rnd)
		f := families()[k%10]
		img := f.hurt(float64(k/10%6)).apply(t, pg, rnd)
		res, err := Decode(context.Background(), img, Options{Budget: testBudget})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range res.Codes {
			t.Errorf("page %d: %q by %s", k, c.Text, c.Strategy)
		}
		if len(res.Conflicts) > 0 {
			t.Errorf("page %d: conflicts %+v", k, res.Conflicts)
		}
	}
}

package qr

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"sort"
	"strings"
	"testing"
	"time"

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

// TestCodeInTheDark reads a page of which one code lies in the light and one in a deep shadow: the first must not end the
// search for the second.
func TestCodeInTheDark(t *testing.T) {
	light, dark := matrixOf(t, benchText, decoder.ErrorCorrectionLevel_M), matrixOf(t, "in the dark "+benchText, decoder.ErrorCorrectionLevel_M)
	img := image.NewGray(image.Rect(0, 0, 1000, 700))
	for i := range img.Pix {
		img.Pix[i] = 250
	}
	drawMatrix(img, light, 60, 60, 5)
	drawMatrix(img, dark, 600, 300, 5)
	for y := range 700 {
		for x := 500; x < 1000; x++ {
			img.Pix[y*img.Stride+x] = byte(int(img.Pix[y*img.Stride+x]) / 14)
		}
	}
	for without, want := range map[string]int{"": 2, "lifted": 1} {
		res, err := Decode(context.Background(), img, Options{Budget: testBudget, Without: map[string]bool{without: true}})
		if err != nil || len(res.Codes) != want {
			t.Errorf("without %q: %d codes, want %d (%v, %v)", without, len(res.Codes), want, res.Work.Strategies, err)
		}
	}
}

// TestStrategiesOnCorpus reads the corpus and one drawn page of each damage and level, then each picture again without
// the strategy that read it, and writes what each strategy earns between the marks of the file that ZHENGYAN_QR_TABLE
// names (ZHENGYAN_QR_EARN=1; ZHENGYAN_QR_EVERY=n takes one in n).
func TestStrategiesOnCorpus(t *testing.T) {
	table := os.Getenv("ZHENGYAN_QR_TABLE")
	if os.Getenv("ZHENGYAN_QR_EARN") == "" || table == "" {
		t.Skip("ZHENGYAN_QR_EARN and ZHENGYAN_QR_TABLE are not set")
	}
	type earned struct {
		first, lost [2]int // in the corpus, on pages
		ms          []float64
	}
	by := map[string]*earned{}
	for _, s := range strategies() {
		by[s.name] = &earned{}
	}
	read, all := [2]int{}, [2]int{}
	look := func(s *sampleImage, img image.Image, kind int) {
		all[kind]++
		decode := func(without string) (string, float64) {
			before := cpuMillis()
			res, _ := Decode(context.Background(), img, Options{Budget: testBudget, Without: map[string]bool{without: true}})
			for _, c := range res.Codes {
				if ok, _ := s.judge([]string{c.Text}); ok {
					return c.Strategy, cpuMillis() - before
				}
			}
			return "", 0
		}
		name, ms := decode("")
		e := by[name]
		if e == nil {
			return
		}
		read[kind]++
		e.first[kind]++
		e.ms = append(e.ms, ms)
		if again, _ := decode(name); again == "" {
			e.lost[kind]++
		}
	}
	samples := readManifest(t, corpusDir(t))
	for _, i := range inTurn(len(samples), every()) {
		s := &samples[i]
		if s.unknown || s.none {
			continue
		}
		if img, err := loadImage(s.path); err == nil {
			look(s, img, 0)
		}
	}
	for fi, f := range families() {
		for l := range 6 {
			if (fi+l)%every() != 0 {
				continue
			}
			rnd := rand.New(rand.NewPCG(uint64(fi*1000+l*10), 20261121))
			pg, texts := synthPage(t, rnd, f.seal(float64(l)))
			look(&sampleImage{want: texts[:1], multiple: true}, f.hurt(float64(l)).apply(t, pg, rnd), 1)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d public pictures and %d of %d drawn pages are read.\n\n", read[0], all[0], read[1], all[1])
	b.WriteString("| strategy | pictures read first by it | lost without it | pages read first by it | lost without it | median ms |\n| --- | --: | --: | --: | --: | --: |\n")
	for _, s := range strategies() {
		e := by[s.name]
		sort.Float64s(e.ms)
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %.1f |\n", s.name, e.first[0], e.lost[0], e.first[1], e.lost[1], at(e.ms, .5))
	}
	writeMarked(t, table, "strategies", b.String())
}

// TestNoCodeNoText reads drawn pages that hold no code: certificates with seals, every fifth of them damaged, and among
// them what is most like a code: forms of small boxes, dot screens and lone finder patterns. By default a few;
// ZHENGYAN_QR_FULL=1 reads 500, or as many as ZHENGYAN_QR_MINUTES allows.
func TestNoCodeNoText(t *testing.T) {
	if testing.Short() {
		t.Skip("draws large pages")
	}
	n, read := 4, 0
	if os.Getenv("ZHENGYAN_QR_FULL") != "" {
		n = 500
	}
	started := time.Now()
	for k := range n {
		if time.Since(started) > peerMinutes() {
			break
		}
		rnd := rand.New(rand.NewPCG(uint64(k), 424242))
		pg := synthBlank(rnd)
		decoy(pg, rnd)
		stamp(pg, 900+rnd.Float64()*400, 1800, 20*pxPerMM, .3+.7*rnd.Float64(), rnd)
		d := damage{}
		if k%5 == 0 {
			d = families()[k/5%10].hurt(float64(k / 50 % 6))
		}
		res, err := Decode(context.Background(), d.apply(t, pg, rnd), Options{Budget: testBudget})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range res.Codes {
			t.Errorf("page %d: %q by %s", k, c.Text, c.Strategy)
		}
		if len(res.Conflicts) > 0 {
			t.Errorf("page %d: conflicts %+v", k, res.Conflicts)
		}
		read++
		if read%50 == 0 {
			t.Logf("%d pages", read)
		}
	}
	t.Logf("%d pages without a code were looked at", read)
}

// decoy draws something that has squares like a code's, where a code would stand.
func decoy(pg *rgb, rnd *rand.Rand) {
	size, black := 4+rnd.IntN(5), [3]float32{.06, .06, .06}
	x0, y0 := 170+rnd.IntN(60), 1790+rnd.IntN(120)
	finder := func(x, y int) {
		pg.fill(x, y, x+7*size, y+7*size, black)
		pg.fill(x+size, y+size, x+6*size, y+6*size, [3]float32{1, 1, 1})
		pg.fill(x+2*size, y+2*size, x+5*size, y+5*size, black)
	}
	switch rnd.IntN(4) {
	case 0: // random modules without finder patterns
		for y := range 37 {
			for x := range 37 {
				if rnd.IntN(2) == 0 {
					pg.fill(x0+x*size, y0+y*size, x0+(x+1)*size, y0+(y+1)*size, black)
				}
			}
		}
	case 1: // the three finder patterns around random modules: no format information, no error correction
		d := 37 * size
		for y := range 37 {
			for x := range 37 {
				if rnd.IntN(2) == 0 && (x >= 8 || y >= 8 && y < 29) && (x < 29 || y >= 8) {
					pg.fill(x0+x*size, y0+y*size, x0+(x+1)*size, y0+(y+1)*size, black)
				}
			}
		}
		finder(x0, y0)
		finder(x0+d-7*size, y0)
		finder(x0, y0+d-7*size)
	case 2: // a form of small boxes
		for i := range 20 {
			pg.fill(x0+i*3*size, y0, x0+i*3*size+2, y0+40*size, black)
			pg.fill(x0, y0+i*2*size, x0+57*size, y0+i*2*size+2, black)
		}
	default: // a dot screen
		for y := range 40 {
			for x := range 60 {
				pg.fill(x0+x*size, y0+y*size, x0+x*size+size/2, y0+y*size+size/2, black)
			}
		}
	}
}

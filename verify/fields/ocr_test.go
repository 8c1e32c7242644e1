package fields

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"zhengyan/verify/page"
)

// ocr lays items out as a text recogniser gives them: a box a piece of line, a little off in place and size, its
// characters evenly apart whatever their widths, spaces lost; pixels at 150 dpi.
func ocr(items []item, rng *rand.Rand) page.Text {
	const k = 150.0 / 72
	t := page.Text{Width: 595 * k, Height: 842 * k}
	jitter := func(v float64) float64 { return v * (2*rng.Float64() - 1) }
	for _, it := range items {
		width := 0.0
		for _, r := range it.s {
			if r < 0x2000 {
				width += it.size / 2
			} else {
				width += it.size
			}
		}
		rs := []rune(strings.Join(strings.Fields(it.s), ""))
		h := it.size * (1.1 + jitter(0.12))
		x, y := it.x+jitter(0.15*it.size), it.y+jitter(0.12*it.size)
		w := width * (1 + jitter(0.02)) / float64(len(rs))
		for i, r := range rs {
			t.Chars = append(t.Chars, page.Char{
				R: r, Font: -1, Size: h * k,
				Box: page.Box{X0: (x + w*float64(i)) * k, Y0: y * k, X1: (x + w*float64(i+1)) * k, Y1: (y + h) * k},
			})
			t.Confidence = append(t.Confidence, 0.9+0.09*rng.Float64())
		}
	}
	return t
}

// TestOCRLayouts reads each face many times with the unsteady boxes of a recogniser, in any order of the pieces.
func TestOCRLayouts(t *testing.T) {
	tab := tables(t)
	for k, name := range []string{"constructor", "architect", "qualification"} {
		face := map[string][]item{"constructor": constructorFace(), "architect": architectFace(), "qualification": qualificationFace()}[name]
		rng := rand.New(rand.NewPCG(7, uint64(k)))
		want := Read(newSheet().draw(face).texts(), tab)
		plain := func(c Certificate) string {
			c.SignatureLabel, c.SignatureBox = page.Box{}, page.Box{}
			b, _ := json.Marshal(c)
			return string(b)
		}
		for range 300 {
			items := append([]item(nil), face...)
			rng.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
			text := ocr(items, rng)
			r := Read([]page.Text{text}, tab)
			if plain(r.Certificate) != plain(want.Certificate) || len(r.Problems) != 0 {
				t.Fatalf("%s: %s\nnot %s\n%+v", name, plain(r.Certificate), plain(want.Certificate), r.Problems)
			}
			for _, f := range r.Fields {
				if f.Confidence < 0.9 || f.Confidence > 0.99 {
					t.Fatalf("%s has the confidence %v", f.Name, f.Confidence)
				}
			}
		}
	}
}

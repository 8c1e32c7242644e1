//go:build cgo

package ocr

import (
	"context"
	"errors"
	"testing"

	"zhengyan/verify/fields/ocr/glyphs"
)

// TestGlimpse: characters that differ in a stroke are told apart, in a typeface that the net was not taught with; one of them may be missed.
func TestGlimpse(t *testing.T) {
	engine(t)
	model, err := glyphs.Net()
	if err != nil {
		t.Fatal(err)
	}
	n, err := loadNet(model)
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	r := &Reader{slots: make(chan struct{}, 2), glyphs: n, glyphRunes: glyphs.Characters()}
	const em, left, base = 34, 20, 62
	text := []rune("快怏祎袆奈柰骛鹜日曰未末土士")
	img := blank(2*left+em*len(text), 100)
	right := typed(t, img, string(text), em, 60, left, base)

	m := newRaster(img)
	h := em / EmOfHeight
	mid := base - 0.38*em
	line := quad{{left, mid - h/2}, {right, mid - h/2}, {right, mid + h/2}, {left, mid + h/2}}
	at := make([]float64, len(text))
	for i := range at {
		at[i] = (float64(i) + 0.5) / float64(len(text))
	}
	seen, err := r.glimpse(t.Context(), m, m.text, line, at)
	if err != nil {
		t.Fatal(err)
	}
	wrong := ""
	for i, c := range text {
		if got := seen[i][0]; got.R != c {
			wrong += string([]rune{c, got.R, ' '})
			if got.Share >= 0.9 {
				t.Errorf("%c is surely taken for %c, %.3f", c, got.R, got.Share)
			}
		}
	}
	if len(wrong) > len("袆祎 ") {
		t.Errorf("taken for others: %s", wrong)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.glimpse(ctx, m, m.text, line, at); !errors.Is(err, context.Canceled) {
		t.Errorf("a look that was cancelled ends with %v", err)
	}
}

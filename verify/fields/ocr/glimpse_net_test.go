//go:build cgo

package ocr

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"zhengyan/assets"
	"zhengyan/verify/fields/ocr/glyphs"
)

// TestGlimpse: characters that differ in a stroke are told apart, in a typeface that the net was not taught with; one of them may be missed.
func TestGlimpse(t *testing.T) {
	engine(t)
	if assets.Font() == nil {
		t.Skip("no bundled font in this build")
	}
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
	f, err := opentype.Parse(assets.Font())
	if err != nil {
		t.Fatal(err)
	}
	const em, left = 34, 20
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: em, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	defer face.Close()
	text := []rune("快怏祎袆奈柰骛鹜日曰未末土士")
	img := image.NewRGBA(image.Rect(0, 0, 2*left+em*len(text), 100))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{Y: 245}), image.Point{}, draw.Src)
	d := font.Drawer{Dst: img, Src: image.NewUniform(color.Gray{Y: 60}), Face: face, Dot: fixed.P(left, 62)}
	d.DrawString(string(text))

	m := newRaster(img)
	h := em / EmOfHeight
	mid := 62 - 0.38*em
	line := quad{{left, mid - h/2}, {left + float64(em*len(text)), mid - h/2}, {left + float64(em*len(text)), mid + h/2}, {left, mid + h/2}}
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

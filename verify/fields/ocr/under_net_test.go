//go:build cgo

package ocr

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"testing"

	"zhengyan/verify/fields/ocr/red"
)

// packed is a picture as JPEG keeps it, colour coarsely.
func packed(t *testing.T, img image.Image) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 75}); err != nil {
		t.Fatal(err)
	}
	out, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestUnderRed: print under red ink is told nearly as dark as beside it, the ink alone as bright as paper, and all else stays.
func TestUnderRed(t *testing.T) {
	engine(t)
	n, err := loadNet(red.Net())
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	r := &Reader{slots: make(chan struct{}, 2), red: n}
	img := packed(t, stamped(whitePaper, sealInk, blackInk, underInked))
	before, m := newRaster(img), newRaster(img)
	if err := r.underRed(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	mean := func(plane []uint8, x, y int) (sum int) {
		for k := range 32 {
			sum += int(plane[y*m.w+x+k])
		}
		return sum / 32
	}
	paper, ink := mean(m.text, 150, 106), mean(m.text, 150, 98)
	if alone := mean(m.text, 50, 106); paper-alone > (paper-ink)/8 {
		t.Errorf("red ink is %d on paper of %d", alone, paper)
	}
	if under := mean(m.text, 50, 98); paper-under < (paper-ink)/2 {
		t.Errorf("print under red ink is %d, beside it %d on paper of %d", under, ink, paper)
	}
	for y := range m.h {
		for x := 120; x < m.w; x++ {
			if i := y*m.w + x; m.text[i] != before.text[i] || m.look[i] != before.look[i] {
				t.Fatalf("a pixel far from red ink, %d, %d, was changed", x, y)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.underRed(ctx, newRaster(img)); !errors.Is(err, context.Canceled) {
		t.Errorf("a search that was cancelled ends with %v", err)
	}
}

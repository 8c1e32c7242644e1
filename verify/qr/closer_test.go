package qr

import (
	"context"
	"image"
	"testing"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// TestLookCloserFindsTheCodeOnALargePage: the region with the code is among the busiest, and corners are the page's.
func TestLookCloserFindsTheCodeOnALargePage(t *testing.T) {
	whole := image.NewRGBA(image.Rect(-7, -9, 2000, 1600))
	img := whole.SubImage(image.Rect(13, 11, 2000, 1600)).(*image.RGBA) // an origin that is not zero
	for i := range whole.Pix {
		whole.Pix[i] = 255
	}
	code := image.NewGray(image.Rect(0, 0, 200, 200))
	m := matrixOf(t, benchText, decoder.ErrorCorrectionLevel_M)
	drawMatrix(code, m, 0, 0, 3)
	side := 3 * len(m)
	for y := range side {
		for x := range side {
			v := code.GrayAt(x, y).Y
			o := whole.PixOffset(13+1200+x, 11+900+y)
			whole.Pix[o], whole.Pix[o+1], whole.Pix[o+2] = v, v, v
		}
	}
	r := &reader{
		ctx: context.Background(), res: &Result{}, rs: newCorrector(), img: img, work: 2,
		levels: map[levelKey]*gray{}, bitmaps: map[scanKey]*bitmap{}, scans: map[scanKey][]finder{},
	}
	r.lookCloser("closer")
	if len(r.res.Codes) != 1 || r.res.Codes[0].Text != benchText || r.res.Codes[0].Strategy != "closer" {
		t.Fatalf("%+v", r.res)
	}
	for i, want := range [4][2]float64{{1200, 900}, {1200 + float64(side), 900}, {1200 + float64(side), 900 + float64(side)}, {1200, 900 + float64(side)}} {
		c := r.res.Codes[0].Corners[i]
		if dist(vec{c.X, c.Y}, vec{want[0], want[1]}) > 1.5 {
			t.Errorf("corner %d at %v, want %v", i, c, want)
		}
	}
	// What is read already is not read again.
	r.adopt(&reader{res: &Result{Codes: []Code{{Text: "other"}}}, taken: []taken{{quad: [4]vec{{0, 0}, {9, 0}, {9, 9}, {0, 9}}, code: 0}}}, "closer", vec{1230, 930})
	if len(r.res.Codes) != 1 {
		t.Errorf("%d codes", len(r.res.Codes))
	}
}

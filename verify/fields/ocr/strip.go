package ocr

import (
	"context"
	"image"

	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// minStripWidth is the width to which the picture of a single line is filled up: the net reads lines at less than the width
// it was trained with.
const minStripWidth = 64

// ReadLine implements fields.PageReader. It looks for no lines and tries no other turn, so it costs a small part of ReadPage;
// package finder cuts its lines itself. A short line costs less than a long one, and its confidence means a little less for it.
func (r *Reader) ReadLine(ctx context.Context, img image.Image) (l fields.Line, err error) {
	defer caught(&err)
	m := newRaster(img)
	w, h := float64(m.w), float64(m.h)
	got, err := r.readFilled(ctx, m, m.text, quad{{0, 0}, {w, 0}, {w, h}, {0, h}}, asIs, minStripWidth)
	if err != nil {
		return fields.Line{}, err
	}
	k := float64(m.step)
	b := page.Box{X1: w * k, Y1: h * k}
	return fields.Line{
		Text: got.text(), Confidence: got.confidence(), Box: b,
		Quad: [4]page.Point{{}, {X: b.X1}, {X: b.X1, Y: b.Y1}, {Y: b.Y1}},
	}, nil
}

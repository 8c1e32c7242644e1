package ocr

import (
	"context"
	"image"

	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// ReadLine reads a picture that shows one line of print, level and upright, with little paper around it. It looks for
// no lines and tries no other turn, so it costs a tenth of Lines; package finder cuts its lines itself.
func (r *Reader) ReadLine(ctx context.Context, img image.Image) (l fields.Line, err error) {
	defer caught(&err)
	m := newRaster(img)
	w, h := float64(m.w), float64(m.h)
	got, err := r.readLine(ctx, m, m.text, quad{{0, 0}, {w, 0}, {w, h}, {0, h}}, asIs)
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

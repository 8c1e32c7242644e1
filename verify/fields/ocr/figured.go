package ocr

import (
	"context"
	"fmt"

	"zhengyan/verify/fields/ocr/figures"
)

// A cut is one way to take the picture of a line.
type cut struct {
	how        tone
	long, high float64 // shares of the height by which it is cut wider at both ends, and above and below
	stretch    float64 // along the line
}

// cuts are the pictures of a line. A line with digits is read from the first two; where these differ the third has a voice; a line
// that is read jointly is read from all of them, of which the last two differ most from the others.
var cuts = [...]cut{{asIs, 0, 0, 1}, {fullScale, 0.1, 0.1, 1}, {sharp, 0, -0.05, 1}, {fullScale, 0, 0.05, 0.85}, {fullScale, 0, 0, 1.3}}

// of is the place of the picture.
func (c cut) of(q quad) quad {
	h := q.height()
	return q.grown(c.long*h, c.high*h)
}

// readCut reads a line from one of its pictures.
func (r *Reader) readCut(ctx context.Context, m *raster, plane []uint8, q quad, c cut) (reading, error) {
	l, err := r.readStretched(ctx, m, plane, c.of(q), c.how, minLineWidth, c.stretch)
	if err == nil && c.long != 0 {
		place(l.syms, q.width(), c.long*q.height())
	}
	return l, err
}

// tell gives what the net for digits says of one of a line's pictures.
func (r *Reader) tell(ctx context.Context, m *raster, plane []uint8, q quad, c cut) (*lattice, error) {
	pix, w := lineOf(plane, m.w, m.h, c.of(q), c.how, c.stretch)
	out, dims, err := r.run(ctx, r.figures, pix, [4]int{1, 1, lineHeight, w})
	if err != nil {
		return nil, err
	}
	if len(dims) != 3 || dims[1] < 1 || dims[2] != figureClasses || len(out) != dims[1]*dims[2] {
		return nil, fmt.Errorf("the net for digits gives an answer of the size %v", dims)
	}
	l := latticeOf(out, dims[1])
	l.frames = float64(w) / figures.Step
	if d := c.long * q.height() / q.width(); d != 0 {
		l.from, l.to = -d, 1+d
	}
	return l, nil
}

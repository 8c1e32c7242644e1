// Package trace turns writing in pixels into points along the middle of its lines: with their direction, evenly spaced,
// without the width and tone of the ink, which belong to the pen and the scanner and not to the hand.
package trace

import (
	"context"
	"errors"
	"math"

	"zhengyan/verify/ink/stroke"
)

// Limits on what is traced.
const (
	MaxPixels = 64 << 20 // pixels of a mask
	MinLong   = 48       // pixels of the writing's longer side; below, strokes run into each other
	maxLong   = 400      // pixels to which larger writing is reduced
	maxPoints = 208      // points of a trace
	minLength = 1.2      // length of all lines by the longer side: less is a dot or a dash, not a signature
)

// What cannot be compared, each its own answer.
var (
	ErrInvalid   = errors.New("trace: not a mask")
	ErrTooLarge  = errors.New("trace: too many pixels")
	ErrNoWriting = errors.New("trace: no writing")
	ErrTooCoarse = errors.New("trace: too few pixels")
	ErrTooLittle = errors.New("trace: a dot or a single dash")
	ErrSolid     = errors.New("trace: an area, not lines")
)

// Point is a place on the middle of a line. C and S are the cosine and sine of twice the line's direction, so that a line
// and its reverse are the same.
type Point struct{ X, Y, C, S float64 }

// Trace is writing as points, in pixels of a reduced picture.
type Trace struct {
	Points  []Point
	Next    []int // index of the following point on the same line, -1 at its end
	Spacing float64
	// X0, Y0 and Scale lead from the reduced picture back to the mask: x = X0 + X/Scale.
	X0, Y0, Scale float64
	// Counts of the lines' graph.
	Ends, Crossings, Lines, Parts, Holes int

	w, h    int
	unknown []bool // of the reduced picture, nil if nothing is hidden
	pad     int
}

// HiddenAt reports whether the print hides the place (in pixels of the reduced picture).
func (t *Trace) HiddenAt(x, y float64) bool {
	if t.unknown == nil {
		return false
	}
	i, j := int(x)+t.pad, int(y)+t.pad
	return x > -float64(t.pad) && y > -float64(t.pad) && i < t.w && j < t.h && t.unknown[j*t.w+i]
}

// Hides reports whether anything is hidden at all.
func (t *Trace) Hides() bool { return t.unknown != nil }

// From traces the writing of a mask.
func From(ctx context.Context, m *stroke.Mask) (*Trace, error) {
	switch {
	case !m.Valid():
		return nil, ErrInvalid
	case m.W > MaxPixels || m.H > MaxPixels || m.W*m.H > MaxPixels:
		return nil, ErrTooLarge
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r, err := reduce(m)
	if err != nil {
		return nil, err
	}
	area := r.count()
	r.thin()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g := r.graph(area)
	t := &Trace{X0: r.x0, Y0: r.y0, Scale: r.scale, w: r.w, h: r.h, unknown: r.unknown, pad: pad}
	t.Ends, t.Crossings, t.Lines, t.Parts, t.Holes = g.ends, g.crossings, len(g.lines), g.parts, g.holes
	total := 0.0
	for _, l := range g.lines {
		total += l.length()
	}
	if total < minLength*r.long {
		return nil, ErrTooLittle
	}
	if width := float64(area) / total; width > 0.25*r.long {
		return nil, ErrSolid
	}
	t.Spacing = math.Max(total/maxPoints, 1)
	for _, l := range g.lines {
		t.add(l)
	}
	if len(t.Points) < 16 {
		return nil, ErrTooLittle
	}
	return t, nil
}

// add puts points on a line at even distances.
func (t *Trace) add(l line) {
	l = l.smooth(4)
	n := int(math.Round(l.length() / t.Spacing))
	if n < 1 {
		return
	}
	l = l.resample(n + 1)
	first := len(t.Points)
	for i := range n {
		a, b := l[max(0, i-1)], l[min(n, i+2)]
		dx, dy := b.x-a.x, b.y-a.y
		d := dx*dx + dy*dy
		if d < 1e-12 {
			d, dx = 1, 1
		}
		p, q := l[i], l[i+1]
		t.Points = append(t.Points, Point{(p.x + q.x) / 2, (p.y + q.y) / 2, (dx*dx - dy*dy) / d, 2 * dx * dy / d})
		t.Next = append(t.Next, first+i+1)
	}
	t.Next[len(t.Next)-1] = -1
}

package ink

import (
	"context"
	"fmt"
	"image"
	"math"

	"zhengyan/verify/page"
)

// Limits and resolutions, dots an inch on the paper.
const (
	// MaxPixels is the largest picture that is looked at.
	MaxPixels = 120 << 20
	// ReferenceDPI is the resolution at which a reference is best rendered.
	ReferenceDPI = 200

	coarsest  = 72.0  // below this strokes of a pen are thinner than a pixel can show
	wantedDPI = 150.0 // asked for where a picture is too coarse
	windowMin = 110.0
	windowMax = 180.0
)

// Examine looks for writing at the place where the holder signs. Without a reference it says what a scan alone can tell,
// which is often Unclear. The error is the context's, or says that a picture cannot be used at all; what the pictures
// merely do not show is a Result with its Reason.
func Examine(ctx context.Context, s Scan, ref *Reference, o Options) (res *Result, err error) {
	defer func() {
		if r := recover(); r != nil { // the sizes come from a stranger's file
			res, err = nil, fmt.Errorf("ink: %v", r)
		}
	}()
	if err := usable(s.Page); err != nil {
		return nil, err
	}
	if ref == nil {
		return alone(ctx, s, o, ReasonNoReference)
	}
	if err := usable(ref.Page); err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	if !(ref.DPI >= 50 && ref.DPI <= 1200) {
		return nil, fmt.Errorf("ink: reference of %g dpi", ref.DPI)
	}
	b := ref.Page.Bounds()
	if !sane(ref.Box, b) {
		return &Result{Presence: Unclear, Reason: ReasonNoBox}, nil
	}
	reg, err := register(ctx, s.Page, ref)
	if err != nil {
		return nil, err
	}
	if reg == nil {
		return alone(ctx, s, o, ReasonNotRegistered)
	}
	return compare(ctx, s, ref, reg, o)
}

func usable(img image.Image) error {
	if img == nil {
		return fmt.Errorf("ink: no picture")
	}
	b := img.Bounds()
	if b.Dx() < 16 || b.Dy() < 16 || b.Dx() > MaxPixels/b.Dy() {
		return fmt.Errorf("ink: a picture of %d x %d pixels", b.Dx(), b.Dy())
	}
	return nil
}

// sane reports whether a box has a size and lies on the picture.
func sane(q page.Box, b image.Rectangle) bool {
	for _, v := range [4]float64{q.X0, q.Y0, q.X1, q.Y1} {
		if math.IsNaN(v) || math.Abs(v) > 1e6 {
			return false
		}
	}
	return q.W() >= 8 && q.H() >= 8 && q.X0 < float64(b.Dx()) && q.Y0 < float64(b.Dy()) && q.X1 > 0 && q.Y1 > 0
}

// compare looks at the box of a scan in which the e-certificate was found.
func compare(ctx context.Context, s Scan, ref *Reference, reg *registration, o Options) (*Result, error) {
	res := &Result{Registered: true, Colour: ColourUnknown}
	cx, cy := (ref.Box.X0+ref.Box.X1)/2, (ref.Box.Y0+ref.Box.Y1)/2
	a, b, c, d := reg.h.jacobian(cx, cy)
	res.DPI = ref.DPI * math.Sqrt(math.Abs(a*d-b*c))
	sb := s.Page.Bounds()
	if !(res.DPI > 10) || res.DPI > 5000 {
		return alone(ctx, s, o, ReasonNotRegistered)
	}
	w, toRef := frame(ref, reg.h, min(windowMax, max(windowMin, res.DPI)))
	if w.w < 40 || w.h < 40 || w.w*w.h > 16<<20 {
		return nil, fmt.Errorf("ink: the box is %g x %g pixels", ref.Box.W(), ref.Box.H())
	}
	rs := sample(ref.Page, toRef, w.w, w.h)
	ss, ok := w.align(s.Page, luma(rs))
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	res.RMS = w.rms
	if !ok {
		res.Registered = false
	}
	res.Box = w.boxInScan()
	seen := w.visible(ss)
	if seen < 0.05 {
		res.Presence, res.Reason, res.Confidence = Unclear, ReasonBoxCutOff, 1
		return res, nil
	}
	agrees := w.load(ss, rs)
	e := w.unexplained()
	f := w.find(e)
	w.decide(res, f, e, agrees)
	if res.DPI < coarsest {
		res.Presence, res.Reason, res.NeedDPI, res.Confidence = Unclear, ReasonTooCoarse, wantedDPI, 1
	} else if seen < 0.97 && res.Presence != Ink {
		res.Presence, res.Reason, res.Confidence = Unclear, ReasonBoxCutOff, 1
	}
	if ref.SignatureImage == nil && ref.Signature.IsZero() && res.Reason == "" {
		res.Reason = ReasonNoReferenceImage
	}
	res.Box = clipped(res.Box, sb)
	w.pictures(res, s, ref, ss, f, e, o)
	if err := liken(ctx, res, ref, o); err != nil {
		return nil, err
	}
	return res, nil
}

func clipped(q page.Box, b image.Rectangle) page.Box {
	return page.Box{X0: max(q.X0, 0), Y0: max(q.Y0, 0), X1: min(q.X1, float64(b.Dx())), Y1: min(q.Y1, float64(b.Dy()))}
}

// boxInScan is the upright box round the signing area in pixels of the scan.
func (w *window) boxInScan() (out page.Box) {
	for i, c := range [4]page.Point{{X: w.box.X0, Y: w.box.Y0}, {X: w.box.X1, Y: w.box.Y0}, {X: w.box.X1, Y: w.box.Y1}, {X: w.box.X0, Y: w.box.Y1}} {
		x, y := w.to.apply(c.X, c.Y)
		q := page.Box{X0: x, Y0: y, X1: x, Y1: y}
		if i == 0 {
			out = q
			continue
		}
		out = page.Box{X0: min(out.X0, x), Y0: min(out.Y0, y), X1: max(out.X1, x), Y1: max(out.Y1, y)}
	}
	return out
}

// visible is the share of the box that the scan shows.
func (w *window) visible(s *sampled) float64 {
	n, in := 0, 0
	for y := max(0, int(w.box.Y0)); y < min(w.h, int(w.box.Y1)); y++ {
		for x := max(0, int(w.box.X0)); x < min(w.w, int(w.box.X1)); x++ {
			n++
			if s.out.v[y*w.w+x] == 0 {
				in++
			}
		}
	}
	if n == 0 {
		return 0
	}
	return float64(in) / float64(n)
}

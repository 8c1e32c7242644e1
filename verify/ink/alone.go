package ink

import (
	"context"
	"math"

	"zhengyan/verify/page"
)

// Distances of the registration certificates' layout in units of the label's type size, 11 points (DOMAIN §2.1).
const (
	labelPoints = 11.0
	imageLeft   = -0.6  // of the printed signature image's place, from the label's left
	imageRight  = 9.7   //
	imageTop    = -5.6  // from the label's top
	imageBottom = -0.75 //
	boxAbove    = 5.5
	boxRight    = 12.0
	boxBelow    = 0.8
)

// layout reports whether the place of the printed signature image is known for a kind.
func layout(kind string) bool {
	switch kind {
	case "constructor-1", "constructor-2", "constructor-temp", "architect-1", "architect-2":
		return true
	}
	return false
}

// alone says what a scan without an e-certificate can tell: whether the box is empty, and whether there is a second
// writing apart from the place where the issuer's system prints the signature image. One writing alone may be either.
func alone(ctx context.Context, s Scan, o Options, why string) (*Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b := s.Page.Bounds()
	res := &Result{Presence: Unclear, Reason: ReasonNoBox, Colour: ColourUnknown}
	em := 0.0
	if sane(s.Label, b) {
		em = s.Label.W() / 5 // 个人签名：
	} else {
		s.Label = page.Box{}
	}
	switch {
	case sane(s.Box, b):
		res.Box = s.Box
	case em > 0:
		res.Box = page.Box{X0: s.Label.X0, Y0: s.Label.Y0 - boxAbove*em, X1: s.Label.X1 + boxRight*em, Y1: s.Label.Y1 + boxBelow*em}
	default:
		return res, nil
	}
	whole := res.Box
	res.Box = clipped(res.Box, b)
	switch {
	case em > 0:
		res.DPI = em * 72 / labelPoints
		if s.DPI > 0 && math.Abs(math.Log(s.DPI/res.DPI)) < 0.35 { // the file's own word, if it can be true
			res.DPI = s.DPI
		}
	case s.DPI > 0:
		res.DPI = s.DPI
	default:
		res.DPI = float64(max(b.Dx(), b.Dy())) / 11.69 // a page of A4
	}
	res.Reason = why
	if res.DPI < coarsest {
		res.Reason, res.NeedDPI, res.Confidence = ReasonTooCoarse, wantedDPI, 1
		return res, nil
	}
	if res.Box.W()*res.Box.H() < 0.9*whole.W()*whole.H() {
		res.Reason, res.Confidence = ReasonBoxCutOff, 1
		return res, nil
	}
	self := &Reference{Page: s.Page, DPI: res.DPI, Box: whole}
	w, _ := frame(self, translation(0, 0), min(windowMax, max(windowMin, res.DPI)))
	if w.w < 40 || w.h < 40 || w.w*w.h > 16<<20 {
		return res, nil
	}
	ss := sample(s.Page, w.to, w.w, w.h)
	w.edge, w.print, w.tint = ss.out, newPlane(w.w, w.h), newPlane(w.w, w.h)
	if em > 0 {
		w.coverLabel(s.Label, em)
	}
	w.channels(ss, w.onPaper(luma(ss)))
	e := w.unexplained()
	f := w.find(e)
	w.judgeAlone(res, s, f, em, why)
	w.pictures(res, s, nil, ss, f, e, o)
	return res, nil
}

// toWindow maps a box of the scan to the window where the frame is upright.
func (w *window) toWindow(q page.Box) page.Box {
	inv, ok := w.to.inverse()
	if !ok {
		return page.Box{}
	}
	x0, y0 := inv.apply(q.X0, q.Y0)
	x1, y1 := inv.apply(q.X1, q.Y1)
	return page.Box{X0: x0, Y0: y0, X1: x1, Y1: y1}
}

// coverLabel takes the label as print.
func (w *window) coverLabel(label page.Box, em float64) {
	q := w.toWindow(page.Box{X0: label.X0 - 0.3*em, Y0: label.Y0 - 0.3*em, X1: label.X1 + 0.3*em, Y1: label.Y1 + 0.3*em})
	for y := max(0, int(q.Y0)); y < min(w.h, int(q.Y1)); y++ {
		for x := max(0, int(q.X0)); x < min(w.w, int(q.X1)); x++ {
			w.print.v[y*w.w+x] = 1
		}
	}
}

func (w *window) judgeAlone(res *Result, s Scan, f *finding, em float64, why string) {
	res.Length = math.Round(f.written*10) / 10
	res.Colour = w.penColour(f)
	if f.reds > leastMark {
		res.Caveats = append(res.Caveats, CaveatRed)
	}
	if f.dated > leastMark {
		res.Caveats = append(res.Caveats, CaveatDate)
	}
	if f.written < leastMark {
		res.Presence, res.Confidence = NoInk, 0.8
		if f.sealed > 25 || f.hair > leastInk {
			res.Confidence = 0.6
		}
		return
	}
	res.Presence, res.Confidence = Unclear, 0.5
	if em == 0 || !layout(s.Kind) {
		return
	}
	place := w.toWindow(page.Box{X0: s.Label.X0 + imageLeft*em, Y0: s.Label.Y0 + imageTop*em, X1: s.Label.X0 + imageRight*em, Y1: s.Label.Y0 + imageBottom*em})
	there, elsewhere := 0.0, 0.0
	for _, p := range f.parts {
		if p.drop != "" {
			continue
		}
		in := 0
		for _, i := range p.pixels {
			if within(place, i%w.w, i/w.w) {
				in++
			}
		}
		share := float64(in) / float64(len(p.pixels))
		switch {
		case share > 0.6:
			there += p.inBox
		case share < 0.25:
			elsewhere += p.inBox
		}
	}
	switch {
	case there >= leastInk && elsewhere >= leastInk:
		res.Presence, res.Reason, res.Confidence = Ink, ReasonSecondWriting, 0.7
		res.Caveats = append(res.Caveats, CaveatCopy)
	case why == ReasonNoReference:
		res.Reason = ReasonPrintedPlaceOnly
	}
}

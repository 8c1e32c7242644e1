package ink

import (
	"math"
	"slices"

	"zhengyan/verify/page"
)

// Lengths of writing on the paper in millimetres, set on development prints.
const (
	leastInk  = 8.0 // writing from here on
	leastMark = 3.0 // less is a speck
	hairWidth = 0.075
	dateAbove = 2.6 // of the box's lower edge: how high the middle of a date may stand
	dateHigh  = 7.0 // figures of a date written by hand
	// figureInBox is how much of one figure of a date below the box may lie in the box.
	figureInBox = 6.0
	leastFound  = 0.72 // share of the printed signature image that must be there
	stampShare  = 0.15 // of the darkness: how much alike the tones of one stamp are
)

// finding is what is left in the window after everything that is not writing was set aside.
type finding struct {
	mask    []bool // writing
	parts   []*part
	lines   []line
	seal    *disc
	written float64 // millimetres in the box
	dated   float64 // below it
	lowRow  float64 // in the box, of a row at its lower edge that was taken for a date but has as much of it as a name has
	outside float64 // beside or above it
	sealed  float64 // in the box but inside a grey seal
	stamped float64 // square millimetres of a name stamp on a grey scan
	hair    float64
	fringe  float64 // in the box, along the edges of print
	reds    float64
}

// find separates writing from lines, seals, hairs, specks and the fringes of print.
func (w *window) find(e *evidence) *finding {
	f := &finding{mask: w.mask(e)}
	f.lines = w.straightLines(e)
	w.erase(f.lines, f.mask, e)
	if !w.colour {
		f.seal = w.roundSeal(f.mask, e)
		if q := w.nameStamp(f.mask); q != nil {
			f.stamped = w.eraseStamp(q, f.mask, e)
		}
	}
	f.parts = w.parts(f.mask, e)
	for _, p := range f.parts {
		w.judge(p, f)
		if p.drop != "" {
			for _, i := range p.pixels {
				f.mask[i] = false
			}
		}
	}
	w.writtenOnSeal(f, e)
	w.dropDate(f)
	w.dropDateRow(f)
	w.dropHairs(f)
	for _, p := range f.parts {
		switch p.drop {
		case "":
			f.written += p.inBox
			f.outside += p.beside * p.length
		case "date":
			f.dated += p.length
		case "seal":
			f.sealed += p.inBox
		case "red":
			f.reds += p.inBox
		case "hair":
			f.hair += p.inBox
		case "fringe":
			f.fringe += p.inBox
		}
	}
	return f
}

// judge sets aside a part that is not writing by itself.
func (w *window) judge(p *part, f *finding) {
	wide, high := float64(p.x1-p.x0+1)/w.px, float64(p.y1-p.y0+1)/w.px
	switch {
	case p.length < 0.9 && p.area < 0.35:
		p.drop = "speck"
	case p.fringe > 0.75 && p.optical < 0.11 && p.length < 8:
		p.drop = "fringe"
	case p.area/p.length > 1 && p.dark < 0.5 && p.sharp < 0.45 && p.blue < 0.06: // wider than a pen, without a pen's edges
		p.drop = "stain"
	case w.colour && (p.red > 0.12 || p.nearRed > 0.1 && p.dark < 0.3 && p.blue < 0.03):
		p.drop = "red"
	case p.below > 0.5 && p.inBox < 6:
		p.drop = "date"
	case f.seal != nil && w.inSeal(p, f.seal):
		p.drop = "seal"
	case p.inBox == 0 && p.beside > 0.9:
		p.drop = "outside"
	case math.Max(wide, high) > 45:
		p.drop = "line"
	}
}

// inSeal: the part lies on the seal and is as dark as its ring, so that it is the seal's own lettering.
func (w *window) inSeal(p *part, d *disc) bool {
	in := 0
	for _, i := range p.pixels {
		if math.Hypot(float64(i%w.w)-d.x, float64(i/w.w)-d.y) < d.r+1.8*w.px {
			in++
		}
	}
	return float64(in) > 0.8*float64(len(p.pixels)) && p.dark < d.dark+stampShare
}

// dropDate sets aside what stands in one line with a date below the box: figures of one date that reach into the box. A part
// belongs to the date if it is no higher than the date's figures may be, most of its height lies on the date's line, and it
// stands no further from the date than figures do.
func (w *window) dropDate(f *finding) {
	x0, y0, x1, y1, n := w.w, w.h, 0, 0, 0
	grow := func(p *part) {
		x0, y0, x1, y1 = min(x0, p.x0), min(y0, p.y0), max(x1, p.x1), max(y1, p.y1)
		n++
	}
	for _, p := range f.parts {
		if p.drop == "date" {
			grow(p)
		}
	}
	if n < 2 {
		return // one mark below the box is no line of writing
	}
	for more := true; more; {
		more = false
		for _, p := range f.parts {
			if p.drop != "" || p.inBox >= figureInBox {
				continue
			}
			high, line := p.y1-p.y0+1, y1-y0+1
			on := min(p.y1, y1) - max(p.y0, y0) + 1
			apart := max(p.x0-x1, x0-p.x1)
			if float64(high) > dateHigh*w.px || 4*on < 3*high || float64(apart) > 1.5*float64(line) {
				continue
			}
			p.drop = "date"
			for _, i := range p.pixels {
				f.mask[i] = false
			}
			grow(p)
			more = true
		}
	}
}

// dropDateRow sets aside figures that stand in a row of their own at the box's lower edge: a date that was written high. A
// row has at least three parts, none higher than figures are, and nothing is written close above it that it could be the
// foot of.
func (w *window) dropDateRow(f *finding) {
	var row []*part
	x0, y0, x1, y1 := w.w, w.h, 0, 0
	for _, p := range f.parts {
		if p.drop != "" && p.drop != "date" || float64(p.y1-p.y0+1) > dateHigh*w.px {
			continue
		}
		if float64(p.y0+p.y1)/2 > w.box.Y1-dateAbove*w.px {
			row = append(row, p)
			x0, y0, x1, y1 = min(x0, p.x0), min(y0, p.y0), max(x1, p.x1), max(y1, p.y1)
		}
	}
	wide, high := float64(x1-x0+1)/w.px, float64(y1-y0+1)/w.px
	if len(row) < 3 || wide < 10 || wide < 2*high || high > dateHigh {
		return
	}
	for _, p := range f.parts {
		if p.drop == "" && p.inBox >= 1.5 && !slices.Contains(row, p) && p.x0 <= x1 && p.x1 >= x0 && float64(p.y1) > float64(y0)-1.5*w.px {
			return
		}
	}
	low, large := 0.0, false
	for _, p := range row {
		low, large = low+p.inBox, large || p.inBox >= figureInBox
	}
	if large {
		f.lowRow = low
	}
	for _, p := range row {
		p.drop = "date"
		for _, i := range p.pixels {
			f.mask[i] = false
		}
	}
}

// writtenOnSeal takes back what is darker than a grey seal's own tone in the parts that were set aside with it: writing that
// crosses the seal's ring, lettering or star hangs together with them.
func (w *window) writtenOnSeal(f *finding, e *evidence) {
	if f.seal == nil {
		return
	}
	over := make([]bool, len(f.mask))
	n := 0
	for _, p := range f.parts {
		if p.drop != "seal" {
			continue
		}
		for _, i := range p.pixels {
			if e.excess.v[i] > float32(f.seal.dark+stampShare+0.03) {
				over[i] = true
				n++
			}
		}
	}
	if float64(n) < 0.5*w.px*w.px {
		return
	}
	for _, p := range w.parts(over, e) {
		if p.length < 0.9 {
			continue
		}
		f.parts = append(f.parts, p)
		for _, i := range p.pixels {
			f.mask[i] = true
		}
	}
}

// dropHairs sets aside thin smooth lines that neither branch nor cross, if nothing else is there that they could belong to.
func (w *window) dropHairs(f *finding) {
	thin, other := 0.0, 0.0
	for _, p := range f.parts {
		if p.drop != "" {
			continue
		}
		if p.optical < hairWidth && p.forks <= 2 {
			thin += p.inBox
		} else {
			other += p.inBox
		}
	}
	if thin == 0 || other > thin {
		return
	}
	for _, p := range f.parts {
		if p.drop == "" && p.optical < hairWidth && p.forks <= 2 {
			p.drop = "hair"
			for _, i := range p.pixels {
				f.mask[i] = false
			}
		}
	}
}

// decide makes the answer of what was found.
func (w *window) decide(res *Result, f *finding, e *evidence, agrees float64) {
	res.Length = math.Round(f.written*10) / 10
	switch {
	case f.written >= leastInk:
		res.Presence = Ink
		res.Confidence = 1 - 0.5*math.Exp(-(f.written-leastInk)/10) - 0.02
	case f.written >= leastMark:
		res.Presence, res.Reason, res.Confidence = Unclear, ReasonShortMark, 0.5
	default:
		res.Presence = NoInk
		res.Confidence = 0.98 - 0.4*f.written/leastMark - 0.03*min(f.fringe, 10)
	}
	if res.Presence == NoInk {
		switch {
		case f.lowRow >= leastInk: // a date that was written high, or a name that was written low
			res.Presence, res.Reason, res.Confidence = Unclear, ReasonLowRow, 0.5
		case f.stamped > 4: // without colour a stamp's lettering may hide a name written in it
			res.Presence, res.Reason, res.Confidence = Unclear, ReasonStamp, 0.6
		case w.overPrinted(e) > 1.05: // the grey image is darker than a printer makes it
			res.Presence, res.Reason, res.Confidence = Unclear, ReasonFaintMarks, 0.5
		case f.written+f.fringe >= leastMark: // heavier lines than the print's own: someone may have followed them
			res.Presence, res.Reason, res.Confidence = Unclear, ReasonFaintMarks, 0.5
		case f.sealed > 25:
			res.Reason, res.Confidence = ReasonStamp, 0.7
		case f.hair > leastInk:
			res.Reason, res.Confidence = ReasonLine, 0.75
		}
	}
	if e.tone < 0.3 || e.noise > 0.12 {
		res.Presence, res.Reason, res.Confidence = Unclear, ReasonTooFaint, 0.5
	}
	if w.imageFound(e) < leastFound && agrees < 0.6 {
		res.Presence, res.Reason, res.Confidence = Unclear, ReasonOtherReference, 0.9
	}
	res.Colour = w.penColour(f)
	res.Hidden = w.hiddenShare(f, e)
	if res.Presence == Ink {
		res.Caveats = append(res.Caveats, CaveatCopy)
		if res.Hidden > 0.25 {
			res.Caveats = append(res.Caveats, CaveatHidden)
		}
	}
	if f.reds > leastMark {
		res.Caveats = append(res.Caveats, CaveatRed)
	}
	if f.dated > leastMark {
		res.Caveats = append(res.Caveats, CaveatDate)
	}
}

// penColour is the colour of the writing where it is dark enough to have one.
func (w *window) penColour(f *finding) Colour {
	if !w.colour {
		return ColourUnknown
	}
	var blue []float32
	for i, v := range f.mask {
		if v && w.scan.v[i] > 0.3 {
			blue = append(blue, w.blue.v[i]/max(w.scan.v[i], 0.3))
		}
	}
	if len(blue) < int(1.5*w.px*w.px) {
		return ColourUnknown
	}
	switch m := quantile(blue, 0.5); {
	case m > 0.17:
		return ColourBlue
	case m < 0.1:
		return ColourDark
	}
	return ColourUnknown
}

// hiddenShare is the share of the writing's surroundings that print covers: writing there cannot be seen.
func (w *window) hiddenShare(f *finding, e *evidence) float64 {
	b, ok := f.bounds(w)
	if !ok {
		return 0
	}
	hidden, ink := 0, 0
	near := max(1, int(0.8*w.px))
	for y := int(b.Y0); y < int(b.Y1); y++ {
		for x := int(b.X0); x < int(b.X1); x++ {
			i := y*w.w + x
			if f.mask[i] {
				ink++
			} else if e.hidden[i] && touches(f.mask, w.w, w.h, x, y, near) {
				hidden++
			}
		}
	}
	if ink == 0 {
		return 0
	}
	return float64(hidden) / float64(hidden+ink)
}

func touches(m []bool, w, h, x, y, r int) bool {
	for dy := -r; dy <= r; dy += max(1, r/2) {
		for dx := -r; dx <= r; dx += max(1, r/2) {
			nx, ny := x+dx, y+dy
			if nx >= 0 && ny >= 0 && nx < w && ny < h && m[ny*w+nx] {
				return true
			}
		}
	}
	return false
}

// bounds is the box round the writing that is in or touches the signing area.
func (f *finding) bounds(w *window) (b page.Box, ok bool) {
	for _, p := range f.parts {
		if p.drop == "" && p.inBox > 0 {
			b = b.Union(page.Box{X0: float64(p.x0), Y0: float64(p.y0), X1: float64(p.x1 + 1), Y1: float64(p.y1 + 1)})
		}
	}
	return b, !b.IsZero()
}

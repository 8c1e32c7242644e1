package ink

import (
	"math"
)

// fill in the window's planes from the pictures. agrees is how well the printed signature image was found again, -1 if
// the e-certificate has none.
func (w *window) load(s *sampled, ref *sampled) (agrees float64) {
	w.edge = s.out
	lum := luma(s)
	rl := luma(ref)
	// What is red on the e-certificate prints dark on a black printer: the darker of both counts as explained.
	dark := newPlane(w.w, w.h)
	for i := range dark.v {
		dark.v[i] = min(rl.v[i], ref.r.v[i])
	}
	flat := w.onPaper(lum)
	white := w.onPaper(dark)
	sigma := w.match(white, flat) // a shadow's edge must not pass for blur
	agrees = w.shiftSignature(dark, white, flat)
	w.print = w.onPaper(dark.blurred(sigma)).darkness()
	if !w.sign.IsZero() && w.palerThan(white, 0.8) {
		w.core = w.onPaper(dark).darkness()
	}
	w.tint = newPlane(w.w, w.h)
	for i := range w.tint.v {
		w.tint.v[i] = max(0, ref.b.v[i]-ref.r.v[i])
	}
	w.channels(s, flat)
	return agrees
}

// channels fills in what the scan alone gives; flat is its luminance as a share of the paper's.
func (w *window) channels(s *sampled, flat *plane) {
	w.gray = flat.darkness()
	r, g, b := w.onPaper(s.r), w.onPaper(s.g), w.onPaper(s.b)
	w.red, w.blue = newPlane(w.w, w.h), newPlane(w.w, w.h)
	var chroma []float32
	for i := range w.red.v {
		w.red.v[i] = r.v[i] - (g.v[i]+b.v[i])/2
		w.blue.v[i] = b.v[i] - r.v[i]
		if i%3 == 0 {
			chroma = append(chroma, max(w.red.v[i], -w.red.v[i], w.blue.v[i], -w.blue.v[i]))
		}
	}
	// Coloured marks in the window are few; a grey scan has none anywhere.
	w.colour = quantile(chroma, 0.995) > 0.07
	if !w.colour {
		w.scan = w.gray
		return
	}
	// JPEG smears colour over 2 x 2 to 4 x 4 pixels: the middle of a seal's line is less red than it should be.
	red := w.red.blurred(0.5).extreme(max(1, int(math.Round(0.15*w.px))), -1)
	w.reds = red.extreme(max(1, int(math.Round(0.6*w.px))), -1)
	w.scan = r.darkness()
	for i, q := range red.v {
		if q > 0.1 {
			w.scan.v[i] -= min(0.35, 0.9*(q-0.1))
		}
	}
}

// palerThan reports whether the e-certificate's signature image is grey: most of its lines have less than the given
// darkness. white is the e-certificate as a share of its paper.
func (w *window) palerThan(white *plane, limit float32) bool {
	var lines []float32
	for y := max(0, int(w.sign.Y0)); y < min(w.h, int(w.sign.Y1)); y++ {
		for _, v := range white.v[y*w.w+max(0, int(w.sign.X0)) : y*w.w+max(0, int(w.sign.X0), min(w.w, int(w.sign.X1)))] {
			if v < 0.7 {
				lines = append(lines, 1-v)
			}
		}
	}
	return len(lines) > 0 && quantile(lines, 0.7) < limit
}

// Over a grey signature image only: dot gain makes a middle tone darker by up to this share of d (1 - d).
const mostGain = 0.6

// overPrinted is the median, over the middle of the lines of a grey signature image, of how dark the scan is as a share of
// the darkest that its print may be; 0 if the image is black or has too little of such places. Above 1 someone has followed
// the lines with a darker pen.
func (w *window) overPrinted(e *evidence) float64 {
	if w.core == nil {
		return 0
	}
	var share []float32
	for y := max(0, int(w.sign.Y0)); y < min(w.h, int(w.sign.Y1)); y++ {
		for x := max(0, int(w.sign.X0)); x < min(w.w, int(w.sign.X1)); x++ {
			i := y*w.w + x
			p := w.core.v[i]
			if p < 0.3 || p > 0.8 || w.print.v[i] < p-0.1 || w.print.v[i] > p+0.1 || w.edge.v[i] > 0 {
				continue
			}
			share = append(share, w.gray.v[i]/(float32(e.tone)*(p+mostGain*p*(1-p))))
		}
	}
	if float64(len(share)) < 12*w.px*w.px {
		return 0
	}
	return float64(quantile(share, 0.5))
}

func (p *plane) darkness() *plane {
	for i, v := range p.v {
		p.v[i] = 1 - min(v, 1.05)
	}
	return p
}

// match finds the blur that makes the reference look most like the scan.
func (w *window) match(ref, scan *plane) float64 {
	best, at := -2.0, 0.5
	for _, sigma := range []float64{0.45, 0.7, 1, 1.4, 1.9, 2.6} {
		if c := correlation(ref.blurred(sigma), scan, 2, 2, w.w-2, w.h-2, 0, 0); c > best {
			best, at = c, sigma
		} else {
			break // too soft from here on
		}
	}
	return at
}

// evidence is what is darker than the e-certificate explains.
type evidence struct {
	excess *plane // darkness beyond what is explained
	hidden []bool // dark print lies there: writing would not be seen
	near   []bool // within reach of dark print
	tone   float64
	curve  toneCurve
	weak   float32
	strong float32
	noise  float64
}

// unexplained compares scan and e-certificate pixel by pixel.
func (w *window) unexplained() *evidence {
	e := &evidence{}
	e.tone, e.curve = w.tones()
	dark := w.negative(w.print)
	w.soft = w.scan.blurred(max(0.45, 0.055*w.px))
	soft := w.soft
	reach := w.reach(dark, soft, &e.curve)
	around := dark.darkest(reach) // darkest print within reach, negated
	wider := dark.darkest(reach + 0.22*w.px)
	e.excess = newPlane(w.w, w.h)
	e.hidden, e.near = make([]bool, len(w.scan.v)), make([]bool, len(w.scan.v))
	var paper []float32
	for i := range soft.v {
		p := -around.v[i]
		if w.edge.v[i] > 0 {
			continue
		}
		e.excess.v[i] = soft.v[i] - e.curve.explained(p)
		e.hidden[i] = p > 0.3 && w.gray.v[i] > 0.35*float32(e.tone)
		e.near[i] = -wider.v[i] > 0.25
		if -wider.v[i] < 0.1 && i%3 == 0 {
			paper = append(paper, soft.v[i])
		}
	}
	// The quartile below the median is free of writing.
	if len(paper) > 100 {
		e.noise = float64(quantile(paper, 0.5)-quantile(paper, 0.16)) * 1.05
	}
	e.weak = float32(max(0.12, 3.2*e.noise))
	e.strong = float32(max(0.22, 5.5*e.noise))
	w.blueOverPrint(e)
	return e
}

// toneBins is the number of steps of the e-certificate's darkness in which a print's tone is learnt.
const toneBins = 8

// toneCurve is how many times darker than the e-certificate the print is, for each step of the e-certificate's darkness.
// Thin lines are pale once they are blurred; a printer that swells them makes them darker than it makes broad ones.
type toneCurve [toneBins]float32

// tones learns how dark the print is in this scan: of all dark print, and for each step of darkness.
func (w *window) tones() (tone float64, c toneCurve) {
	var all []float32
	var steps [toneBins][]float32
	for i, p := range w.print.v {
		if p > 0.25 && w.edge.v[i] == 0 {
			r := w.gray.v[i] / p
			if p > 0.35 {
				all = append(all, r)
			}
			k := min(toneBins-1, int(p*toneBins))
			steps[k] = append(steps[k], r)
		}
	}
	tone = 0.8
	if len(all) > 50 {
		tone = min(1.15, max(0.25, float64(quantile(all, 0.6))))
	}
	for k := range c {
		c[k] = float32(tone)
		if len(steps[k]) >= int(1.5*w.px*w.px) {
			c[k] = max(c[k], min(1.8, quantile(steps[k], 0.6)))
		}
	}
	for k := toneBins - 2; k >= 0; k-- {
		if len(steps[k]) < int(1.5*w.px*w.px) {
			c[k] = c[k+1] // paler print than any that was measured
		}
	}
	return tone, c
}

// explained is how dark a place may be where print of darkness p lies within reach.
func (c *toneCurve) explained(p float32) float32 {
	at := max(0, min(toneBins-1, p*toneBins-0.5))
	k := min(int(at), toneBins-2)
	tone := c[k] + (c[k+1]-c[k])*(at-float32(k))
	want := 1.2*tone*p + 0.02
	if p > 0.3 { // print this dark hides writing
		want = max(want, 0.55+p)
	}
	return want
}

// imageFound is the share of the e-certificate's signature image that is dark on the scan too; 1 if it has none. Writing
// over the image does not lower it, another person's image does.
func (w *window) imageFound(e *evidence) float64 {
	if w.sign.IsZero() {
		return 1
	}
	const rim = 8 // pixels: more than the blur and the search below reach
	x0, y0 := max(0, int(w.sign.X0)-rim), max(0, int(w.sign.Y0)-rim)
	near := w.gray.part(x0, y0, min(w.w, int(w.sign.X1)+rim), min(w.h, int(w.sign.Y1)+rim))
	dark := near.blurred(0.4).extreme(max(1, int(math.Round(0.1*w.px))), -1)
	n, found := 0, 0
	for y := max(0, int(w.sign.Y0)); y < min(w.h, int(w.sign.Y1)); y++ {
		for x := max(0, int(w.sign.X0)); x < min(w.w, int(w.sign.X1)); x++ {
			i := y*w.w + x
			if p := w.print.v[i]; p > 0.3 && w.edge.v[i] == 0 {
				n++
				if dark.v[(y-y0)*dark.w+x-x0] > 0.4*float32(e.tone)*p {
					found++
				}
			}
		}
	}
	if float64(n) < 2*w.px*w.px { // two square millimetres tell nothing
		return 1
	}
	return float64(found) / float64(n)
}

// reach is how far beyond its edge, in pixels, the print may darken the scan: dots grow, pictures blur, the alignment is
// not perfect. The print outside the box, where nobody signs, tells: the least reach that explains it.
func (w *window) reach(dark, soft *plane, curve *toneCurve) float64 {
	far := dark.darkest(0.5 * w.px)
	const strong = 0.22
	least := (0.05+0.8*w.rms)*w.px + 0.3
	most := (0.17+1.6*w.rms)*w.px + 0.35
	rim := int(math.Ceil(most)) + 1
	var at []int
	for y := rim; y < w.h-rim; y++ {
		for x := rim; x < w.w-rim; x++ {
			if i := y*w.w + x; -far.v[i] >= 0.3 && w.edge.v[i] == 0 && !within(w.box, x, y) {
				at = append(at, i)
			}
		}
	}
	if len(at) < int(10*w.px*w.px) {
		return most
	}
	step := max(0.25, 0.03*w.px)
	for r := least; r < most; r += step {
		var offs []int
		for dy := -rim; dy <= rim; dy++ {
			for dx := -rim; dx <= rim; dx++ {
				if float64(dx*dx+dy*dy) <= r*r+0.01 {
					offs = append(offs, dy*w.w+dx)
				}
			}
		}
		bad := 0
		for _, i := range at {
			p := float32(0)
			for _, o := range offs {
				p = max(p, w.print.v[i+o])
			}
			if soft.v[i]-curve.explained(p) > strong {
				bad++
			}
		}
		if float64(bad) < 0.012*float64(len(at)) {
			return r + step
		}
	}
	return most
}

func (w *window) negative(p *plane) *plane {
	out := newPlane(p.w, p.h)
	for i, v := range p.v {
		out.v[i] = -v
	}
	return out
}

// blueOverPrint finds blue writing where neutral print hides its darkness. The print away from the box says how blue
// toner can look here.
func (w *window) blueOverPrint(e *evidence) {
	if !w.colour {
		return
	}
	soft := w.blue.blurred(max(0.6, 0.08*w.px))
	tint := w.tint.extreme(max(1, int(0.3*w.px)), -1)
	var usual []float32
	for y := range w.h {
		for x := range w.w {
			i := y*w.w + x
			if e.hidden[i] && !within(w.box, x, y) {
				usual = append(usual, soft.v[i]-tint.v[i])
			}
		}
	}
	limit := float32(0.2)
	if len(usual) > 60 {
		limit = max(0.16, quantile(usual, 0.985)+0.07)
	} else {
		limit = 0.28
	}
	for i := range e.hidden {
		if e.hidden[i] && soft.v[i]-tint.v[i] > limit {
			e.excess.v[i] = max(e.excess.v[i], soft.v[i])
			e.hidden[i] = false
		}
	}
}

// mask keeps what is strongly darker and what hangs together with it.
func (w *window) mask(e *evidence) []bool {
	m := make([]bool, len(e.excess.v))
	var stack []int
	for i, v := range e.excess.v {
		if v > e.strong && !m[i] {
			m[i] = true
			stack = append(stack, i)
			for len(stack) > 0 {
				j := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				x, y := j%w.w, j/w.w
				for dy := -1; dy <= 1; dy++ {
					for dx := -1; dx <= 1; dx++ {
						nx, ny := x+dx, y+dy
						if nx < 0 || ny < 0 || nx >= w.w || ny >= w.h {
							continue
						}
						if k := ny*w.w + nx; !m[k] && e.excess.v[k] > e.weak {
							m[k] = true
							stack = append(stack, k)
						}
					}
				}
			}
		}
	}
	return m
}

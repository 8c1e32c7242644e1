package ink

import (
	"image"
	"math"

	"zhengyan/verify/internal/order"
	"zhengyan/verify/page"
)

// Sizes on the paper in millimetres.
const (
	marginMM     = 20.0 // looked at round the box, to align and to tell lines that go on from writing
	backgroundMM = 1.7  // marks wider than twice this are shade or stain, not strokes
	mmPerInch    = 25.4
)

// window is the box and what is round it, scan and reference in one frame at one resolution. Values are shares of the
// local paper: 0 paper, 1 black.
type window struct {
	w, h   int
	px     float64 // pixels a millimetre
	to     homography
	box    page.Box // in the window's pixels
	sign   page.Box // the printed signature image; zero if there is none
	colour bool     // the scan has colour

	scan  *plane // darkness; in a scan with colour that of the red channel, in which seals vanish
	gray  *plane // darkness of the luminance
	red   *plane // how red the scan is
	blue  *plane // how blue the scan is
	reds  *plane // how red it is within 0.6 mm; nil without colour
	soft  *plane // scan, with the noise of single pixels taken away
	print *plane // darkness of the e-certificate, blurred as the scan is
	core  *plane // the same before it is blurred, where the signature image is grey; nil otherwise
	tint  *plane // how blue the e-certificate is
	edge  *plane // 1 where the scan does not reach
	rms   float64
}

// sampled holds the channels of a picture in the window's frame.
type sampled struct{ r, g, b, out *plane }

// sample reads a picture through a map from the window's pixels (centre of the first at 0.5, 0.5) to its own.
func sample(img image.Image, to homography, w, h int) *sampled {
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, c := range [8][2]float64{{0, 0}, {1, 0}, {0, 1}, {1, 1}, {0.5, 0}, {0.5, 1}, {0, 0.5}, {1, 0.5}} {
		x, y := to.apply(c[0]*float64(w), c[1]*float64(h))
		minX, minY, maxX, maxY = min(minX, x), min(minY, y), max(maxX, x), max(maxY, y)
	}
	out := &sampled{newPlane(w, h), newPlane(w, h), newPlane(w, h), newPlane(w, h)}
	b := img.Bounds()
	clampInt := func(v float64, hi int) int { return int(max(-8, min(float64(hi)+8, v))) }
	q := cut(img, image.Rect(clampInt(minX-3, b.Dx()), clampInt(minY-3, b.Dy()), clampInt(maxX+4, b.Dx()), clampInt(maxY+4, b.Dy())))
	a, _, _, d := to.jacobian(float64(w)/2, float64(h)/2)
	n := 1
	if s := math.Sqrt(math.Abs(a * d)); s > 1.3 {
		n = min(4, int(math.Ceil(s)))
	}
	k := 1 / float32(n*n)
	for y := range h {
		for x := range w {
			var r, g, bl float32
			ok := q != nil
			for j := 0; ok && j < n*n; j++ {
				u, v := to.apply(float64(x)+(float64(j%n)+0.5)/float64(n), float64(y)+(float64(j/n)+0.5)/float64(n))
				var cr, cg, cb float32
				cr, cg, cb, ok = q.rgb(u, v)
				r, g, bl = r+cr, g+cg, bl+cb
			}
			o := y*w + x
			if !ok {
				out.out.v[o] = 1
				out.r.v[o], out.g.v[o], out.b.v[o] = -1, -1, -1
				continue
			}
			out.r.v[o], out.g.v[o], out.b.v[o] = r*k, g*k, bl*k
		}
	}
	out.fill()
	return out
}

// fill puts paper where the picture does not reach, so that its edge is no mark.
func (s *sampled) fill() {
	for _, p := range []*plane{s.r, s.g, s.b} {
		var seen []float32
		for i := 0; i < len(p.v); i += 31 {
			if p.v[i] >= 0 {
				seen = append(seen, p.v[i])
			}
		}
		paper := quantile(seen, 0.8)
		for i, v := range p.v {
			if v < 0 {
				p.v[i] = paper
			}
		}
	}
}

func quantile(v []float32, q float64) float32 {
	if len(v) == 0 {
		return 0
	}
	return order.Nth(v, min(len(v)-1, int(q*float64(len(v)))))
}

func luma(s *sampled) *plane {
	out := newPlane(s.r.w, s.r.h)
	for i := range out.v {
		out.v[i] = 0.299*s.r.v[i] + 0.587*s.g.v[i] + 0.114*s.b.v[i]
	}
	return out
}

// onPaper divides a channel by the paper round each place, so that light, shade, tint and wide stains drop out. The paper
// is what a closing leaves, found at a third of the resolution, where it has no detail to lose and noise is averaged.
func (w *window) onPaper(p *plane) *plane {
	const k = 3
	few := p.decimated(k)
	r := max(2, int(math.Round(backgroundMM*w.px/k)))
	paper := few.closed(r).blurred(0.8 * w.px / k)
	out := newPlane(p.w, p.h)
	paper.spread(out, k)
	var some []float32
	for i, v := range p.v {
		out.v[i] = v / max(out.v[i], 0.02)
		if i%23 == 0 {
			some = append(some, out.v[i])
		}
	}
	level := 1 / max(0.2, quantile(some, 0.6))
	for i := range out.v {
		out.v[i] *= level
	}
	return out
}

// frame sets the window up: where it lies on the reference and how its pixels map to those of the scan.
func frame(ref *Reference, reg homography, dpi float64) (w *window, toRef homography) {
	w = &window{px: dpi / mmPerInch}
	k := dpi / ref.DPI
	m := marginMM * w.px
	x0, y0 := ref.Box.X0*k-m, ref.Box.Y0*k-m
	w.w, w.h = int(ref.Box.W()*k+2*m), int(ref.Box.H()*k+2*m)
	toRef = scaling(1/k, 1/k).after(translation(x0, y0))
	w.to = reg.after(toRef)
	move := func(b page.Box) page.Box {
		return page.Box{X0: b.X0*k - x0, Y0: b.Y0*k - y0, X1: b.X1*k - x0, Y1: b.Y1*k - y0}
	}
	w.box = move(ref.Box)
	if !ref.Signature.IsZero() {
		w.sign = move(ref.Signature)
	}
	return w, toRef
}

// align moves the frame until the scan lies on the reference as well as it can near the box, first by blocks, then by
// the printed signature image alone, which a photo or a crumpled sheet may have moved.
func (w *window) align(scan image.Image, refLuma *plane) (s *sampled, ok bool) {
	size := max(17, int(4.6*w.px))
	dark := w.onPaper(refLuma)
	for round := range 2 {
		s = sample(scan, w.to, w.w, w.h)
		l := w.onPaper(luma(s))
		for i, v := range s.out.v {
			if v > 0 {
				l.v[i] = -1
			}
		}
		reach := []float64{1.3, 0.5}[round]
		ps, _ := blocks(dark, l, blockGrid{size: size, step: size * 3 / 4, reach: max(2, int(math.Ceil(reach*w.px))), least: 0.6})
		if len(ps) < 4 {
			return s, round > 0
		}
		lambda := 40 * w.px * w.px
		d, rms, n, good := robust(ps, max(0.35, 0.07*w.px), func(q []pair) (homography, bool) { return fitAffine(q, lambda) })
		if !good || n < 4 {
			return s, round > 0
		}
		half := translation(0.5, 0.5)
		w.to = w.to.after(half).after(d).after(translation(-0.5, -0.5))
		w.rms = rms / w.px
	}
	s = sample(scan, w.to, w.w, w.h)
	return s, true
}

// shiftSignature moves the reference's pixels of the signature image to where the scan shows them; a and b are both as
// shares of their paper. It returns how well they agree, -1 if there is no image to compare.
func (w *window) shiftSignature(refLuma, a, b *plane) float64 {
	if w.sign.IsZero() {
		return -1
	}
	reach := max(2, int(math.Ceil(0.7*w.px)))
	x0, y0 := max(reach+1, int(w.sign.X0)), max(reach+1, int(w.sign.Y0))
	x1, y1 := min(w.w-reach-2, int(w.sign.X1)), min(w.h-reach-2, int(w.sign.Y1))
	if x1-x0 < 8 || y1-y0 < 8 {
		return -1
	}
	best, bx, by := -2.0, 0, 0
	side := 2*reach + 1
	score := make([]float64, side*side)
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			s := correlation(a, b, x0, y0, x1, y1, dx, dy)
			score[(dy+reach)*side+dx+reach] = s
			if s > best {
				best, bx, by = s, dx, dy
			}
		}
	}
	if best < 0.35 || bx == -reach || bx == reach || by == -reach || by == reach {
		return best
	}
	o := (by+reach)*side + bx + reach
	fx, fy := float64(bx)+peak(score[o-1], best, score[o+1]), float64(by)+peak(score[o-side], best, score[o+side])
	src := refLuma.clone()
	for y := max(0, y0-reach); y < min(w.h, y1+reach); y++ {
		for x := max(0, x0-reach); x < min(w.w, x1+reach); x++ {
			if v, ok := src.at(float64(x)-fx, float64(y)-fy); ok {
				refLuma.v[y*w.w+x] = v
			}
		}
	}
	return best
}

func correlation(a, b *plane, x0, y0, x1, y1, dx, dy int) float64 {
	var sa, sb, saa, sbb, sab float64
	n := 0
	for y := y0; y < y1; y++ {
		p := a.v[y*a.w+x0 : y*a.w+x1]
		q := b.v[(y+dy)*b.w+x0+dx : (y+dy)*b.w+x1+dx]
		var ra, rb, raa, rbb, rab float32
		for i, v := range p {
			u := q[i]
			ra += v
			rb += u
			raa += v * v
			rbb += u * u
			rab += v * u
		}
		sa, sb, saa, sbb, sab = sa+float64(ra), sb+float64(rb), saa+float64(raa), sbb+float64(rbb), sab+float64(rab)
		n += len(p)
	}
	va, vb := saa-sa*sa/float64(n), sbb-sb*sb/float64(n)
	if va < 1e-6 || vb < 1e-6 {
		return -2
	}
	return (sab - sa*sb/float64(n)) / math.Sqrt(va*vb)
}

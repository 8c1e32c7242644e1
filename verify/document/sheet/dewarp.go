package sheet

import (
	"context"
	"image"
	"image/draw"
	"math"
	"slices"

	"zhengyan/verify/page"
	"zhengyan/verify/page/bands"
)

// Limits of flattened sheets, in pixels.
const (
	leastPicture = 2 // of a side of the picture, to read between its pixels
	leastSize    = 64
	mostSize     = 3508 // the longer side of A4 at 300 dpi
	nearA4       = 0.05 // share by which a ratio of sides may be off A4's and still be A4
)

// Size is the size at which a sheet is best flattened: as large as the picture shows it, at most A4 at 300 dpi, with the
// sides of A4 where it is near that.
func (s Sheet) Size() image.Point {
	c := s.Corners
	across := (length(sub(c[1], c[0])) + length(sub(c[2], c[3]))) / 2
	down := (length(sub(c[2], c[1])) + length(sub(c[3], c[0]))) / 2
	a := s.Aspect
	if a < 1 || math.IsNaN(a) || a > 20 {
		a = max(across, down) / max(min(across, down), 1)
	}
	if math.Abs(a/math.Sqrt2-1) < nearA4 {
		a = math.Sqrt2
	}
	long := min(max(across, down)*1.03, mostSize)
	long = max(long, leastSize*a)
	p := image.Pt(int(math.Round(long/a)), int(math.Round(long)))
	if s.Wide {
		p.X, p.Y = p.Y, p.X
	}
	return p
}

// Dewarp lays the sheet between four corners flat. The corners are clockwise, the first becomes the top left one; they
// need not be those that Find gave. size is the flattened sheet's in pixels; zero means as the corners suggest. The
// Homography takes places both ways. The error is the context's, or ErrCorners, also for a picture of less than 2×2 pixels.
func Dewarp(ctx context.Context, img image.Image, corners [4]page.Point, size image.Point) (*image.RGBA, Homography, error) {
	if b := img.Bounds(); min(b.Dx(), b.Dy()) < leastPicture {
		return nil, Homography{}, ErrCorners
	}
	if size.X <= 0 || size.Y <= 0 {
		s := Sheet{Corners: corners}
		s.Aspect, s.Wide = aspectOf(corners, img.Bounds())
		size = s.Size()
	}
	size.X, size.Y = min(max(size.X, 1), 2*mostSize), min(max(size.Y, 1), 2*mostSize)
	h, ok := homographyOf(corners, float64(size.X), float64(size.Y))
	if !ok || !turnsOneWay(corners) {
		return nil, Homography{}, ErrCorners
	}
	out, err := resample(ctx, img, size, h)
	return out, h, err
}

// turnsOneWay reports whether the corners are those of a convex quadrilateral, clockwise.
func turnsOneWay(c [4]page.Point) bool {
	for i := range c {
		if !(cross(sub(c[(i+1)%4], c[i]), sub(c[(i+2)%4], c[(i+1)%4])) > 0) {
			return false
		}
	}
	return true
}

// resample reads the picture, of at least 2×2 pixels, where the homography says; beyond it there is white.
func resample(ctx context.Context, img image.Image, size image.Point, h Homography) (*image.RGBA, error) {
	p := newPixels(img)
	out := image.NewRGBA(image.Rectangle{Max: size})
	m := h.to
	// Where the picture is reduced, several places of each pixel are read.
	a := h.ToPicture(page.Point{X: float64(size.X) / 2, Y: float64(size.Y) / 2})
	b := h.ToPicture(page.Point{X: float64(size.X)/2 + 1, Y: float64(size.Y) / 2})
	taps := min(max(int(length(sub(b, a))+0.4), 1), 4)
	bands.Do(size.Y, func(from, to int) {
		for y := from; y < to; y++ {
			if y%64 == 0 && ctx.Err() != nil {
				return
			}
			p.row(out.Pix[y*out.Stride:y*out.Stride+4*size.X], y, taps, &m)
		}
	})
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return out, nil
}

// row reads row y of the resampled picture, with taps × taps places to a pixel.
func (p *pixels) row(row []uint8, y, taps int, m *[9]float64) {
	if taps == 1 {
		p.plainRow(row, y, m)
		return
	}
	for x := range len(row) / 4 {
		var r, g, bl int32
		for t := range taps * taps {
			fx, fy := float64(x)+(float64(t%taps)+0.5)/float64(taps), float64(y)+(float64(t/taps)+0.5)/float64(taps)
			w := m[6]*fx + m[7]*fy + m[8]
			u, v := (m[0]*fx+m[1]*fy+m[2])/w, (m[3]*fx+m[4]*fy+m[5])/w
			rr, gg, bb := p.rgb(u, v)
			r, g, bl = r+rr, g+gg, bl+bb
		}
		n := int32(taps * taps)
		row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = uint8(r/n), uint8(g/n), uint8(bl/n), 255
	}
}

// plainRow is row for the usual case, one place to a pixel: it gives what rgb gives.
func (p *pixels) plainRow(row []uint8, y int, m *[9]float64) {
	fy := float64(y) + 0.5
	mx, my, mw := m[1]*fy, m[4]*fy, m[7]*fy
	pw, ph := float64(p.w), float64(p.h)
	right, low := pw-1.001, ph-1.001
	pix, stride := p.rgba.Pix, p.rgba.Stride
	for x := range len(row) / 4 {
		to := row[4*x : 4*x+4 : 4*x+4]
		fx := float64(x) + 0.5
		w := m[6]*fx + mw + m[8]
		u, v := (m[0]*fx+mx+m[2])/w-0.5, (m[3]*fx+my+m[5])/w-0.5
		if !(u > -1 && v > -1 && u < pw && v < ph) {
			to[0], to[1], to[2], to[3] = 255, 255, 255, 255
			continue
		}
		if u < 0 {
			u = 0
		} else if u > right {
			u = right
		}
		if v < 0 {
			v = 0
		} else if v > low {
			v = low
		}
		ix, iy := int(u), int(v)
		ax, ay := int32((u-float64(ix))*128), int32((v-float64(iy))*128)
		w00, w10, w01, w11 := (128-ax)*(128-ay), ax*(128-ay), (128-ax)*ay, ax*ay
		o := iy*stride + 4*ix
		q, n := pix[o:o+8:o+8], pix[o+stride:o+stride+8:o+stride+8]
		to[0] = uint8((int32(q[0])*w00 + int32(q[4])*w10 + int32(n[0])*w01 + int32(n[4])*w11 + 8192) >> 14)
		to[1] = uint8((int32(q[1])*w00 + int32(q[5])*w10 + int32(n[1])*w01 + int32(n[5])*w11 + 8192) >> 14)
		to[2] = uint8((int32(q[2])*w00 + int32(q[6])*w10 + int32(n[2])*w01 + int32(n[6])*w11 + 8192) >> 14)
		to[3] = 255
	}
}

// rgb reads the picture between its pixels, white outside of it.
func (p *pixels) rgb(x, y float64) (r, g, b int32) {
	x, y = x-0.5, y-0.5
	if !(x > -1 && y > -1 && x < float64(p.w) && y < float64(p.h)) {
		return 255, 255, 255
	}
	x, y = min(max(x, 0), float64(p.w)-1.001), min(max(y, 0), float64(p.h)-1.001)
	ix, iy := int(x), int(y)
	fx, fy := int32((x-float64(ix))*128), int32((y-float64(iy))*128)
	w := [4]int32{(128 - fx) * (128 - fy), fx * (128 - fy), (128 - fx) * fy, fx * fy}
	o := iy*p.rgba.Stride + 4*ix
	q, n := p.rgba.Pix[o:], p.rgba.Pix[o+p.rgba.Stride:]
	mix := func(c int) int32 {
		return (int32(q[c])*w[0] + int32(q[c+4])*w[1] + int32(n[c])*w[2] + int32(n[c+4])*w[3] + 8192) >> 14
	}
	return mix(0), mix(1), mix(2)
}

// MaxSkew is the largest skew in degrees that Straighten looks for.
const MaxSkew = 6.0

// Straighten turns a scan so that its lines of print are level, whichever of the four ways its print stands: only the
// skew of a few degrees is taken out. skew is in degrees, clockwise, as it was found; where the page shows none, or less
// than a twentieth of a degree, the picture is copied as it is.
func Straighten(ctx context.Context, img image.Image) (out *image.RGBA, h Homography, skew float64, err error) {
	b := img.Bounds()
	if min(b.Dx(), b.Dy()) < 16 {
		skew = 0
	} else {
		skew = skewOf(newPixels(img).reduce(1000))
	}
	if math.Abs(skew) < 0.05 {
		skew = 0
	}
	sin, cos := math.Sincos(skew * math.Pi / 180)
	cx, cy := float64(b.Dx())/2, float64(b.Dy())/2
	h.to = [9]float64{cos, -sin, cx - cos*cx + sin*cy, sin, cos, cy - sin*cx - cos*cy, 0, 0, 1}
	h.from, _ = invert(h.to)
	if min(b.Dx(), b.Dy()) < leastPicture {
		out = image.NewRGBA(image.Rectangle{Max: b.Size()})
		draw.Draw(out, out.Rect, img, b.Min, draw.Src)
		return out, h, 0, ctx.Err()
	}
	out, err = resample(ctx, img, b.Size(), h)
	return out, h, skew, err
}

// skewOf finds the angle at which the ink falls into rows, or into columns where the page lies on its side: the one
// whose sums of ink differ most from row to row (Postl 1986). Degrees, clockwise.
func skewOf(p *plane) float64 {
	mean := boxMean(p.l, p.w, p.h, 20)
	type dot struct{ x, y float64 }
	var dots []dot
	for y := 4; y < p.h-4; y++ {
		for x := 4; x < p.w-4; x++ {
			o := y*p.w + x
			if p.l[o] < 0.8*mean[o] && p.l[o-p.w] >= 0.8*mean[o-p.w] || p.l[o] < 0.8*mean[o] && p.l[o-1] >= 0.8*mean[o-1] { // upper and left edges of ink
				dots = append(dots, dot{float64(x) - float64(p.w)/2, float64(y) - float64(p.h)/2})
			}
		}
	}
	if len(dots) < 50 {
		return 0
	}
	if most := 30000; len(dots) > most {
		step := len(dots)/most + 1
		kept := dots[:0]
		for i := 0; i < len(dots); i += step {
			kept = append(kept, dots[i])
		}
		dots = kept
	}
	diag := int(math.Hypot(float64(p.w), float64(p.h))) + 4
	bins := make([]int32, diag)
	energy := func(deg float64) float64 {
		best := 0.0
		sin, cos := math.Sincos(deg * math.Pi / 180)
		for way := range 2 {
			clear(bins)
			for _, d := range dots {
				v := -sin*d.x + cos*d.y
				if way == 1 {
					v = cos*d.x + sin*d.y
				}
				bins[int(v+float64(diag)/2)]++
			}
			e := 0.0
			for i := 1; i < len(bins); i++ {
				d := float64(bins[i] - bins[i-1])
				e += d * d
			}
			best = max(best, e)
		}
		return best
	}
	at, step := 0.0, 0.5
	best := energy(0)
	flat := best
	for d := -MaxSkew; d <= MaxSkew; d += step {
		if e := energy(d); e > best {
			best, at = e, d
		}
	}
	for step > 0.04 {
		step /= 2
		for _, d := range [2]float64{at - step, at + step} {
			if e := energy(d); e > best {
				best, at = e, d
			}
		}
	}
	if best < 1.02*flat {
		return 0
	}
	return at
}

// Even takes gradients and shadows out of a flattened sheet: everything is brightened as much as brings the paper around
// it to one white. Hues are kept, so that seals stay red.
func Even(img *image.RGBA) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if w == 0 || h == 0 {
		return out
	}
	cell := max(max(w, h)/64, 4)
	cw, ch := (w+cell-1)/cell, (h+cell-1)/cell
	paper := make([]float32, cw*ch)
	for cy := range ch {
		for cx := range cw {
			var hist [256]int
			n := 0
			for y := cy * cell; y < min((cy+1)*cell, h); y += 2 {
				for x := cx * cell; x < min((cx+1)*cell, w); x += 2 {
					q := img.Pix[y*img.Stride+4*x:]
					hist[max(q[0], q[1], q[2])]++
					n++
				}
			}
			left := n / 4
			for v := 255; v >= 0; v-- {
				if left -= hist[v]; left < 0 {
					paper[cy*cw+cx] = float32(v)
					break
				}
			}
		}
	}
	// A picture or a seal may fill a cell: the paper is as bright as its brighter neighbours.
	top := slices.Clone(paper)
	for cy := range ch {
		for cx := range cw {
			for y := max(cy-2, 0); y <= min(cy+2, ch-1); y++ {
				for x := max(cx-2, 0); x <= min(cx+2, cw-1); x++ {
					top[cy*cw+cx] = max(top[cy*cw+cx], 0.96*paper[y*cw+x])
				}
			}
		}
	}
	top = boxMean(top, cw, ch, 1)
	const white, most = 245, 4
	for y := range h {
		gy := min(max((float64(y)+0.5)/float64(cell)-0.5, 0), float64(ch-1))
		iy := min(int(gy), max(ch-2, 0))
		fy := float32(gy - float64(iy))
		down := min(iy+1, ch-1)
		for x := range w {
			gx := min(max((float64(x)+0.5)/float64(cell)-0.5, 0), float64(cw-1))
			ix := min(int(gx), max(cw-2, 0))
			fx := float32(gx - float64(ix))
			right := min(ix+1, cw-1)
			v := (top[iy*cw+ix]*(1-fx)+top[iy*cw+right]*fx)*(1-fy) + (top[down*cw+ix]*(1-fx)+top[down*cw+right]*fx)*fy
			g := min(white/max(v, 1), most)
			o, s := y*out.Stride+4*x, y*img.Stride+4*x
			for c := range 3 {
				out.Pix[o+c] = uint8(min(float32(img.Pix[s+c])*g+0.5, 255))
			}
			out.Pix[o+3] = 255
		}
	}
	return out
}

package sheet

import (
	"context"
	"image"
	"math"

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

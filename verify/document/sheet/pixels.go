package sheet

import (
	"image"
	"image/draw"
	"math"
)

// workSide is the longer side of the reduced picture.
const workSide = 640

// pixels reads a picture's brightness and colour, without copying it if it is RGBA, as rendered pages are.
type pixels struct {
	w, h int
	rgba *image.RGBA
}

func newPixels(img image.Image) *pixels {
	b := img.Bounds()
	p := &pixels{w: b.Dx(), h: b.Dy()}
	if m, ok := img.(*image.RGBA); ok {
		p.rgba = m
		return p
	}
	p.rgba = image.NewRGBA(image.Rect(0, 0, p.w, p.h))
	draw.Draw(p.rgba, p.rgba.Rect, img, b.Min, draw.Src)
	return p
}

// at gives brightness and the two colour differences (BT.601, without their offset) of a pixel inside the picture.
func (p *pixels) at(x, y int) (l, u, v int32) {
	o := y*p.rgba.Stride + 4*x
	q := p.rgba.Pix[o : o+3 : o+3]
	r, g, b := int32(q[0]), int32(q[1]), int32(q[2])
	return (77*r + 150*g + 29*b) >> 8, (-43*r - 85*g + 128*b) >> 8, (128*r - 107*g - 21*b) >> 8
}

// near reads the picture between its pixels; the border repeats.
func (p *pixels) near(x, y float64) sample {
	x, y = min(max(x-0.5, 0), float64(p.w)-1.001), min(max(y-0.5, 0), float64(p.h)-1.001)
	ix, iy := int(x), int(y)
	fx, fy := int32((x-float64(ix))*256), int32((y-float64(iy))*256)
	w00, w10, w01, w11 := (256-fx)*(256-fy)>>4, fx*(256-fy)>>4, (256-fx)*fy>>4, fx*fy>>4
	var l, u, v int32
	for _, q := range [4][3]int32{{0, 0, w00}, {1, 0, w10}, {0, 1, w01}, {1, 1, w11}} {
		a, b, c := p.at(ix+int(q[0]), iy+int(q[1]))
		l, u, v = l+a*q[2], u+b*q[2], v+c*q[2]
	}
	const f = 1.0 / 4096
	return sample{float32(l) * f, float32(u) * f, float32(v) * f}
}

// plane is a reduced picture: brightness and two colour differences, 0 to 255 and −128 to 127.
type plane struct {
	w, h    int
	scale   float64 // pixels of the picture to a pixel of the plane
	l, u, v []float32
}

// reduce averages the picture down to a longer side of at most side pixels.
func (p *pixels) reduce(side int) *plane {
	k := max(float64(max(p.w, p.h))/float64(side), 1)
	out := &plane{w: int(float64(p.w) / k), h: int(float64(p.h) / k), scale: k}
	n := out.w * out.h
	out.l, out.u, out.v = make([]float32, n), make([]float32, n), make([]float32, n)
	xs := make([]int, out.w+1)
	for x := range xs {
		xs[x] = min(int(float64(x)*k), p.w)
	}
	step := 1
	if k >= 6 { // averaging every second row is enough against noise
		step = 2
	}
	for y := range out.h {
		y0, y1 := int(float64(y)*k), min(int(float64(y+1)*k), p.h)
		for x := range out.w {
			var r, g, b, n uint32
			for yy := y0; yy < y1; yy += step {
				row := p.rgba.Pix[yy*p.rgba.Stride+4*xs[x] : yy*p.rgba.Stride+4*xs[x+1]]
				for i := 0; i+3 < len(row); i += 4 * step {
					r, g, b, n = r+uint32(row[i]), g+uint32(row[i+1]), b+uint32(row[i+2]), n+1
				}
			}
			o, f := y*out.w+x, 1/(256*float32(n))
			fr, fg, fb := float32(r)*f, float32(g)*f, float32(b)*f
			out.l[o], out.u[o], out.v[o] = 77*fr+150*fg+29*fb, -43*fr-85*fg+128*fb, 128*fr-107*fg-21*fb
		}
	}
	return out
}

// sample is a place's brightness and colour.
type sample struct{ l, u, v float32 }

// bright is the brightness between the pixels of the reduced picture; the border repeats.
func (p *plane) bright(x, y float64) float32 {
	x, y = min(max(x-0.5, 0), float64(p.w)-1.001), min(max(y-0.5, 0), float64(p.h)-1.001)
	ix, iy := int(x), int(y)
	fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
	a, b := p.l[iy*p.w+ix:], p.l[(iy+1)*p.w+ix:]
	return (1-fy)*((1-fx)*a[0]+fx*a[1]) + fy*((1-fx)*b[0]+fx*b[1])
}

// difference of two places as a share of their brightness; a change of hue counts twice.
func difference(a, b sample) float32 {
	dl, du, dv := a.l-b.l, 2*(a.u-b.u), 2*(a.v-b.v)
	return float32(math.Sqrt(float64(dl*dl+du*du+dv*dv))) / (max(a.l, b.l) + 20)
}

// boxMean averages a plane over squares of 2r+1 pixels.
func boxMean(src []float32, w, h, r int) []float32 {
	tmp, out := make([]float32, len(src)), make([]float32, len(src))
	for y := range h {
		row, to := src[y*w:(y+1)*w], tmp[y*w:(y+1)*w]
		var sum float32
		for x := -r; x <= r; x++ {
			sum += row[min(max(x, 0), w-1)]
		}
		for x := range w {
			to[x] = sum
			sum += row[min(x+r+1, w-1)] - row[max(x-r, 0)]
		}
	}
	col := make([]float32, w)
	for y := -r; y <= r; y++ {
		row := tmp[min(max(y, 0), h-1)*w:]
		for x := range col {
			col[x] += row[x]
		}
	}
	n := 1 / float32((2*r+1)*(2*r+1))
	for y := range h {
		to := out[y*w : (y+1)*w]
		in, gone := tmp[min(y+r+1, h-1)*w:], tmp[max(y-r, 0)*w:]
		for x := range col {
			to[x] = col[x] * n
			col[x] += in[x] - gone[x]
		}
	}
	return out
}

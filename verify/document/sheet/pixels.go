package sheet

import (
	"image"
	"image/color"
	"math"
)

// workSide is the longer side of the reduced picture.
const workSide = 640

// pixels reads a picture's brightness and colour without copying it.
type pixels struct {
	w, h int
	rgba *image.RGBA
	ycc  *image.YCbCr
	gray *image.Gray
}

func newPixels(img image.Image) *pixels {
	b := img.Bounds()
	p := &pixels{w: b.Dx(), h: b.Dy()}
	switch m := img.(type) {
	case *image.RGBA:
		p.rgba = m
	case *image.YCbCr:
		p.ycc = m
	case *image.Gray:
		p.gray = m
	default:
		p.rgba = image.NewRGBA(image.Rect(0, 0, p.w, p.h))
		for y := range p.h {
			for x := range p.w {
				p.rgba.Set(x, y, color.RGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)))
			}
		}
	}
	return p
}

// at gives brightness and the two colour differences (BT.601, without their offset) of a pixel inside the picture.
func (p *pixels) at(x, y int) (l, u, v int32) {
	switch {
	case p.ycc != nil:
		x, y = x+p.ycc.Rect.Min.X, y+p.ycc.Rect.Min.Y
		c := p.ycc.COffset(x, y)
		return int32(p.ycc.Y[p.ycc.YOffset(x, y)]), int32(p.ycc.Cb[c]) - 128, int32(p.ycc.Cr[c]) - 128
	case p.gray != nil:
		return int32(p.gray.Pix[y*p.gray.Stride+x]), 0, 0
	}
	o := y*p.rgba.Stride + 4*x
	q := p.rgba.Pix[o : o+3 : o+3]
	r, g, b := int32(q[0]), int32(q[1]), int32(q[2])
	return (77*r + 150*g + 29*b) >> 8, (-43*r - 85*g + 128*b) >> 8, (128*r - 107*g - 21*b) >> 8
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
	if k >= 6 { // averaging every second pixel each way is enough against noise
		step = 2
	}
	for y := range out.h {
		y0, y1 := int(float64(y)*k), min(int(float64(y+1)*k), p.h)
		for x := range out.w {
			x0, x1 := xs[x], xs[x+1]
			var l, u, v, n int32
			switch {
			case p.ycc != nil:
				m := p.ycc
				ox, oy := m.Rect.Min.X, m.Rect.Min.Y
				for yy := y0; yy < y1; yy += step {
					row := m.Y[m.YOffset(x0+ox, yy+oy):]
					for i := 0; i < x1-x0; i += step {
						l += int32(row[i])
						n++
					}
				}
				var c int32
				for yy := y0; yy < y1; yy += 2 {
					for xx := x0; xx < x1; xx += 2 {
						o := m.COffset(xx+ox, yy+oy)
						u += int32(m.Cb[o]) - 128
						v += int32(m.Cr[o]) - 128
						c++
					}
				}
				o := y*out.w + x
				out.l[o], out.u[o], out.v[o] = float32(l)/float32(n), float32(u)/float32(c), float32(v)/float32(c)
				continue
			default:
				for yy := y0; yy < y1; yy += step {
					for xx := x0; xx < x1; xx += step {
						a, b, c := p.at(xx, yy)
						l, u, v, n = l+a, u+b, v+c, n+1
					}
				}
			}
			o := y*out.w + x
			out.l[o], out.u[o], out.v[o] = float32(l)/float32(n), float32(u)/float32(n), float32(v)/float32(n)
		}
	}
	return out
}

// sample is a place's brightness and colour.
type sample struct{ l, u, v float32 }

// near reads the reduced picture between its pixels; the border repeats.
func (p *plane) near(x, y float64) sample {
	x, y = min(max(x-0.5, 0), float64(p.w)-1.001), min(max(y-0.5, 0), float64(p.h)-1.001)
	ix, iy := int(x), int(y)
	fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
	o := iy*p.w + ix
	w00, w10, w01, w11 := (1-fx)*(1-fy), fx*(1-fy), (1-fx)*fy, fx*fy
	return sample{
		w00*p.l[o] + w10*p.l[o+1] + w01*p.l[o+p.w] + w11*p.l[o+p.w+1],
		w00*p.u[o] + w10*p.u[o+1] + w01*p.u[o+p.w] + w11*p.u[o+p.w+1],
		w00*p.v[o] + w10*p.v[o+1] + w01*p.v[o+p.w] + w11*p.v[o+p.w+1],
	}
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

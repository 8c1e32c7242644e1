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
	gray *image.Gray
	// Of a JPEG's picture its three planes: lum has rows of ls samples, cb and cr of cs, each of 2^sx × 2^sy pixels, the
	// first of which begin ox and oy pixels before the picture does.
	lum, cb, cr []uint8
	ls, cs      int
	ox, oy      int
	sx, sy      uint8
}

func newPixels(img image.Image) *pixels {
	b := img.Bounds()
	p := &pixels{w: b.Dx(), h: b.Dy()}
	switch m := img.(type) {
	case *image.RGBA:
		p.rgba = m
		return p
	case *image.YCbCr:
		if p.planes(m) {
			return p
		}
	case *image.Gray:
		p.gray = m
		return p
	}
	p.rgba = image.NewRGBA(image.Rect(0, 0, p.w, p.h))
	for y := range p.h {
		for x := range p.w {
			p.rgba.Set(x, y, color.RGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)))
		}
	}
	return p
}

// planes takes over the planes of a picture, if they are laid out as expected.
func (p *pixels) planes(m *image.YCbCr) bool {
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio444:
	case image.YCbCrSubsampleRatio422:
		p.sx = 1
	case image.YCbCrSubsampleRatio420:
		p.sx, p.sy = 1, 1
	case image.YCbCrSubsampleRatio440:
		p.sy = 1
	case image.YCbCrSubsampleRatio411:
		p.sx = 2
	case image.YCbCrSubsampleRatio410:
		p.sx, p.sy = 2, 1
	default:
		return false
	}
	if m.Rect.Min.X < 0 || m.Rect.Min.Y < 0 {
		return false
	}
	p.lum, p.cb, p.cr, p.ls, p.cs = m.Y, m.Cb, m.Cr, m.YStride, m.CStride
	p.ox, p.oy = m.Rect.Min.X&(1<<p.sx-1), m.Rect.Min.Y&(1<<p.sy-1)
	return true
}

// at gives brightness and the two colour differences (BT.601, without their offset) of a pixel inside the picture.
func (p *pixels) at(x, y int) (l, u, v int32) {
	if p.lum != nil {
		c := (y+p.oy)>>p.sy*p.cs + (x+p.ox)>>p.sx
		return int32(p.lum[y*p.ls+x]), int32(p.cb[c]) - 128, int32(p.cr[c]) - 128
	}
	return p.ofOther(x, y)
}

// ofOther is at for pictures that no JPEG gave.
func (p *pixels) ofOther(x, y int) (l, u, v int32) {
	if p.gray != nil {
		return int32(p.gray.Pix[y*p.gray.Stride+x]), 0, 0
	}
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
	if p.lum != nil {
		a, b := p.lum[iy*p.ls+ix:], p.lum[(iy+1)*p.ls+ix:]
		l = int32(a[0])*w00 + int32(a[1])*w10 + int32(b[0])*w01 + int32(b[1])*w11
		x0, x1 := (ix+p.ox)>>p.sx, (ix+1+p.ox)>>p.sx
		up, down := (iy+p.oy)>>p.sy*p.cs, (iy+1+p.oy)>>p.sy*p.cs
		u = int32(p.cb[up+x0])*w00 + int32(p.cb[up+x1])*w10 + int32(p.cb[down+x0])*w01 + int32(p.cb[down+x1])*w11
		v = int32(p.cr[up+x0])*w00 + int32(p.cr[up+x1])*w10 + int32(p.cr[down+x0])*w01 + int32(p.cr[down+x1])*w11
		all := 128 * (w00 + w10 + w01 + w11)
		u, v = u-all, v-all
	} else {
		for _, q := range [4][3]int32{{0, 0, w00}, {1, 0, w10}, {0, 1, w01}, {1, 1, w11}} {
			a, b, c := p.ofOther(ix+int(q[0]), iy+int(q[1]))
			l, u, v = l+a*q[2], u+b*q[2], v+c*q[2]
		}
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
	if p.lum != nil {
		p.reducePlanes(out, xs, step)
		return out
	}
	for y := range out.h {
		y0, y1 := int(float64(y)*k), min(int(float64(y+1)*k), p.h)
		for x := range out.w {
			var l, u, v, n int32
			for yy := y0; yy < y1; yy += step {
				for xx := xs[x]; xx < xs[x+1]; xx += step {
					a, b, c := p.ofOther(xx, yy)
					l, u, v, n = l+a, u+b, v+c, n+1
				}
			}
			o := y*out.w + x
			out.l[o], out.u[o], out.v[o] = float32(l)/float32(n), float32(u)/float32(n), float32(v)/float32(n)
		}
	}
	return out
}

// reducePlanes is reduce for the planes of a JPEG's picture: first the rows that fall on one are summed, then the columns.
func (p *pixels) reducePlanes(out *plane, xs []int, step int) {
	lum := make([]int32, p.w)
	wide := (p.w-1+p.ox)>>p.sx + 1
	both := make([]int32, 2*wide)
	cb, cr := both[:wide], both[wide:]
	for y := range out.h {
		y0, y1 := int(float64(y)*out.scale), min(int(float64(y+1)*out.scale), p.h)
		clear(lum)
		clear(both)
		rows, chroma := int32(0), int32(0)
		for yy := y0; yy < y1; yy += step {
			row := p.lum[yy*p.ls:][:len(lum)]
			for i, v := range row {
				lum[i] += int32(v)
			}
			rows++
		}
		for yy := y0; yy < y1; yy += 2 { // of colour less is enough
			o := (yy + p.oy) >> p.sy * p.cs
			b, r := p.cb[o:][:wide], p.cr[o:][:wide]
			for i, v := range b {
				cb[i] += int32(v)
				cr[i] += int32(r[i])
			}
			chroma++
		}
		for x := range out.w {
			x0, x1 := xs[x], xs[x+1]
			var l, u, v, n int32
			for _, s := range lum[x0:x1] {
				l += s
			}
			for xx := x0 + p.ox; xx < x1+p.ox; xx += 2 {
				u, v, n = u+cb[xx>>p.sx], v+cr[xx>>p.sx], n+chroma
			}
			o := y*out.w + x
			out.l[o] = float32(l) / float32(rows*int32(x1-x0))
			out.u[o], out.v[o] = float32(u-128*n)/float32(n), float32(v-128*n)/float32(n)
		}
	}
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

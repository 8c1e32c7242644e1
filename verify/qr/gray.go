package qr

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
)

// gray is a picture of one byte a pixel. Coordinates are continuous: pixel (i, j) covers the square from (i, j) to
// (i+1, j+1), so its centre is at (i+.5, j+.5).
type gray struct {
	w, h int
	pix  []byte
}

func newGray(w, h int) *gray { return &gray{w: w, h: h, pix: make([]byte, w*h)} }

// channel says which value of a colour pixel is taken.
type channel int

const (
	luma      channel = iota
	brightest         // the largest of R, G, B: red ink over white paper vanishes, black stays
	soft              // luma with noise averaged away
	sharpened         // luma with edges set off: undoes some of the blur of a picture out of focus
	sharper           // the same twice
	lifted            // luma on a logarithmic scale: what lies in the dark gets the contrast that it lacks
)

// at returns the value at a continuous place by bilinear interpolation; places outside take the nearest pixel.
func (g *gray) at(x, y float64) float64 {
	x -= .5
	y -= .5
	ix, iy := int(x), int(y)
	if x < 0 || y < 0 || ix >= g.w-1 || iy >= g.h-1 {
		return g.atBorder(x, y)
	}
	return g.blend(ix, iy, x-float64(ix), y-float64(iy))
}

// blend is the value between four neighbouring pixels, the first of them at (ix, iy).
func (g *gray) blend(ix, iy int, fx, fy float64) float64 {
	p := g.pix[iy*g.w+ix:]
	q := p[g.w : g.w+2]
	a, c := float64(p[0]), float64(q[0])
	a += fx * (float64(p[1]) - a)
	c += fx * (float64(q[1]) - c)
	return a + fy*(c-a)
}

// atBorder is at for places within half a pixel of the border and beyond; x and y are already moved by half a pixel.
func (g *gray) atBorder(x, y float64) float64 {
	if !(x > 0) { // also catches NaN
		x = 0
	}
	if !(y > 0) {
		y = 0
	}
	x, y = min(x, float64(g.w-1)), min(y, float64(g.h-1))
	ix, iy := min(int(x), max(g.w-2, 0)), min(int(y), max(g.h-2, 0))
	if g.w < 2 || g.h < 2 {
		return float64(g.pix[iy*g.w+ix])
	}
	return g.blend(ix, iy, x-float64(ix), y-float64(iy))
}

// alongLine samples the picture at from and on, a step apart. negative turns dark and light over.
func (g *gray) alongLine(from, step vec, out []float64, negative bool) {
	last := from.add(step.mul(float64(len(out) - 1)))
	w, h := float64(g.w)-1, float64(g.h)-1
	inside := func(p vec) bool { return p.x >= .5 && p.y >= .5 && p.x < w && p.y < h }
	if inside(from) && inside(last) {
		x0, y0 := from.x-.5, from.y-.5
		for k := range out {
			x, y := x0+float64(k)*step.x, y0+float64(k)*step.y
			ix, iy := int(x), int(y)
			out[k] = g.blend(ix, iy, x-float64(ix), y-float64(iy))
		}
	} else {
		for k := range out {
			out[k] = g.at(from.x+float64(k)*step.x, from.y+float64(k)*step.y)
		}
	}
	if negative {
		for k, v := range out {
			out[k] = 255 - v
		}
	}
}

// toGray reads one channel of an image. Transparent pixels are composed over white, as paper is. Where the image holds
// the channel as it is needed its own memory is taken: nothing writes to a gray picture once it is made.
func toGray(img image.Image, ch channel) *gray {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	switch src := img.(type) {
	case *image.Gray:
		if o := src.PixOffset(b.Min.X, b.Min.Y); src.Stride == w {
			return &gray{w, h, src.Pix[o : o+w*h]}
		}
	case *image.YCbCr:
		if o := src.YOffset(b.Min.X, b.Min.Y); src.YStride == w && ch == luma {
			return &gray{w, h, src.Y[o : o+w*h]}
		}
	}
	g := newGray(w, h)
	switch src := img.(type) {
	case *image.Gray:
		for y := range g.h {
			o := src.PixOffset(b.Min.X, b.Min.Y+y)
			copy(g.pix[y*g.w:(y+1)*g.w], src.Pix[o:o+g.w])
		}
	case *image.YCbCr:
		g.fromYCbCr(src, ch)
	case *image.RGBA:
		for y := range g.h {
			o := src.PixOffset(b.Min.X, b.Min.Y+y)
			rowPremultiplied(g.pix[y*g.w:(y+1)*g.w], src.Pix[o:o+4*g.w], ch)
		}
	case *image.NRGBA:
		for y := range g.h {
			o := src.PixOffset(b.Min.X, b.Min.Y+y)
			rowStraight(g.pix[y*g.w:(y+1)*g.w], src.Pix[o:o+4*g.w], ch)
		}
	case *image.Paletted:
		var lut [256]byte
		for i, c := range src.Palette {
			if i < 256 {
				lut[i] = grayOf(c, ch)
			}
		}
		for y := range g.h {
			o := src.PixOffset(b.Min.X, b.Min.Y+y)
			row := g.pix[y*g.w : (y+1)*g.w]
			for x, v := range src.Pix[o : o+g.w] {
				row[x] = lut[v]
			}
		}
	default:
		for y := range g.h {
			for x := range g.w {
				g.pix[y*g.w+x] = grayOf(img.At(b.Min.X+x, b.Min.Y+y), ch)
			}
		}
	}
	return g
}

func (g *gray) fromYCbCr(src *image.YCbCr, ch channel) {
	b := src.Bounds()
	for y := range g.h {
		row := g.pix[y*g.w : (y+1)*g.w]
		o := src.YOffset(b.Min.X, b.Min.Y+y)
		if ch == luma {
			copy(row, src.Y[o:o+g.w])
			continue
		}
		for x := range row {
			c := src.COffset(b.Min.X+x, b.Min.Y+y)
			cb, cr := int32(src.Cb[c])-128, int32(src.Cr[c])-128
			// As color.YCbCrToRGB: what each colour adds to the luma, and that of the greatest.
			add := max(91881*cr, -22554*cb-46802*cr, 116130*cb)
			row[x] = byte(min(max((int32(src.Y[o+x])*0x10101+add)>>16, 0), 255))
		}
	}
}

func rowPremultiplied(dst, src []byte, ch channel) {
	src = src[:4*len(dst)]
	if ch == brightest {
		for x := range dst {
			p := src[4*x : 4*x+4 : 4*x+4]
			dst[x] = max(p[0], p[1], p[2]) + (255 - p[3])
		}
		return
	}
	one := func(p uint64) byte {
		return byte((p&255*77+p>>8&255*150+p>>16&255*29)>>8) + byte(255-p>>24&255)
	}
	n := len(dst) &^ 1
	for x := 0; x < n; x += 2 {
		p := load8(src[4*x:])
		dst[x], dst[x+1] = one(p), one(p>>32)
	}
	for x := n; x < len(dst); x++ {
		dst[x] = one(uint64(binary.LittleEndian.Uint32(src[4*x:])))
	}
}

func rowStraight(dst, src []byte, ch channel) {
	for x := range dst {
		p := src[4*x : 4*x+4 : 4*x+4]
		v := (uint32(p[0])*77 + uint32(p[1])*150 + uint32(p[2])*29) >> 8
		if ch == brightest {
			v = uint32(max(p[0], p[1], p[2]))
		}
		if a := uint32(p[3]); a != 255 {
			v = (v*a + 255*(255-a)) / 255
		}
		dst[x] = byte(v)
	}
}

func grayOf(c color.Color, ch channel) byte {
	r, g, b, a := c.RGBA()
	v := (r*77 + g*150 + b*29) >> 8
	if ch == brightest {
		v = max(r, g, b)
	}
	return byte(min(v+0xffff-a, 0xffff) >> 8)
}

// shrink returns the picture scaled down by a whole factor, each pixel the mean of f*f. What does not fill a pixel at
// the right and lower edge is left out.
func (g *gray) shrink(f int) *gray {
	if f <= 1 {
		return g
	}
	w, h := g.w/f, g.h/f
	if w < 1 || h < 1 {
		return g
	}
	out := newGray(w, h)
	if f == 2 {
		for y := range h {
			p, q := g.pix[2*y*g.w:], g.pix[(2*y+1)*g.w:]
			row := out.pix[y*w : (y+1)*w]
			p, q = p[:2*w], q[:2*w]
			x := 0
			for ; x+4 <= w; x += 4 {
				a, b := load8(p[2*x:]), load8(q[2*x:])
				v := (a&evenLanes + a>>8&evenLanes + b&evenLanes + b>>8&evenLanes + 2*(laneOnes&evenLanes)) >> 2 & evenLanes
				v = (v | v>>8) & 0x0000FFFF0000FFFF
				binary.LittleEndian.PutUint32(row[x:], uint32(v|v>>16))
			}
			for ; x < w; x++ {
				row[x] = byte((int(p[2*x]) + int(p[2*x+1]) + int(q[2*x]) + int(q[2*x+1]) + 2) >> 2)
			}
		}
		return out
	}
	scale := uint64((1<<24)/(f*f)) + 1
	if f == 3 {
		for y := range h {
			p, q, r := g.pix[3*y*g.w:], g.pix[(3*y+1)*g.w:], g.pix[(3*y+2)*g.w:]
			p, q, r = p[:3*w], q[:3*w], r[:3*w]
			row := out.pix[y*w : (y+1)*w]
			for x := range row {
				p, q, r := p[3*x:3*x+3:3*x+3], q[3*x:3*x+3:3*x+3], r[3*x:3*x+3:3*x+3]
				sum := uint64(p[0]) + uint64(p[1]) + uint64(p[2]) + uint64(q[0]) + uint64(q[1]) + uint64(q[2]) +
					uint64(r[0]) + uint64(r[1]) + uint64(r[2])
				row[x] = byte(sum * scale >> 24)
			}
		}
		return out
	}
	sum := make([]uint32, w)
	for y := range h {
		clear(sum)
		for j := range f {
			p := g.pix[(y*f+j)*g.w:]
			for x := range sum {
				var s uint32
				for _, v := range p[x*f : x*f+f] {
					s += uint32(v)
				}
				sum[x] += s
			}
		}
		row := out.pix[y*w : (y+1)*w]
		for x := range row {
			row[x] = byte(uint64(sum[x]) * scale >> 24)
		}
	}
	return out
}

// double returns the picture at twice the size by bilinear interpolation.
func (g *gray) double() *gray {
	out := newGray(2*g.w, 2*g.h)
	for y := range out.h {
		near, far := y/2, min(max(y/2-1+y%2*2, 0), g.h-1)
		p, q := g.pix[near*g.w:][:g.w], g.pix[far*g.w:][:g.w]
		row := out.pix[y*out.w:][:out.w]
		// Places lie a quarter of a pixel off the middle of the nearest one.
		last := 3*uint32(p[0]) + uint32(q[0])
		this := last
		for x := range p {
			next := this
			if x+1 < len(p) {
				next = 3*uint32(p[x+1]) + uint32(q[x+1])
			}
			row[2*x], row[2*x+1] = byte((3*this+last+8)>>4), byte((3*this+next+8)>>4)
			last, this = this, next
		}
	}
	return out
}

// sharpen returns the picture with its difference from a smoothed one added three times (unsharp masking).
func (g *gray) sharpen(soft *gray) *gray {
	out := newGray(g.w, g.h)
	low := soft.pix[:len(g.pix)]
	to := out.pix[:len(g.pix)]
	for i, v := range g.pix {
		to[i] = byte(min(max(4*int(v)-3*int(low[i]), 0), 255))
	}
	return out
}

// lift returns the picture on a logarithmic scale.
func (g *gray) lift() *gray {
	var lut [256]byte
	for i := range lut {
		lut[i] = byte(255*math.Log1p(float64(i)/2)/math.Log1p(127.5) + .5)
	}
	out := newGray(g.w, g.h)
	for i, v := range g.pix {
		out.pix[i] = lut[v]
	}
	return out
}

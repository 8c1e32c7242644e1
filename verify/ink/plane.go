package ink

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// plane is a picture of one channel, 0 black to 1 white.
type plane struct {
	w, h int
	v    []float32
}

func newPlane(w, h int) *plane { return &plane{w, h, make([]float32, w*h)} }

func (p *plane) clone() *plane {
	q := newPlane(p.w, p.h)
	copy(q.v, p.v)
	return q
}

// part copies the pixels from (x0, y0) up to (x1, y1); it is empty where there are none.
func (p *plane) part(x0, y0, x1, y1 int) *plane {
	if x1 <= x0 || y1 <= y0 {
		return newPlane(0, 0)
	}
	q := newPlane(x1-x0, y1-y0)
	for y := range q.h {
		copy(q.v[y*q.w:(y+1)*q.w], p.v[(y0+y)*p.w+x0:(y0+y)*p.w+x1])
	}
	return q
}

// at samples between the pixels (bilinear, the centre of the first pixel is 0,0) and reports whether (x, y) is inside.
func (p *plane) at(x, y float64) (float32, bool) {
	ix, iy := int(math.Floor(x)), int(math.Floor(y))
	if ix < 0 || iy < 0 || ix+1 >= p.w || iy+1 >= p.h {
		return 0, false
	}
	fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
	o := iy*p.w + ix
	a := p.v[o] + (p.v[o+1]-p.v[o])*fx
	b := p.v[o+p.w] + (p.v[o+p.w+1]-p.v[o+p.w])*fx
	return a + (b-a)*fy, true
}

// lumaRow writes one row of a picture as luminance 0..255 (ITU-R BT.601).
func lumaRow(img image.Image, y int, row []float32) {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.Gray:
		o := m.PixOffset(b.Min.X, y)
		for x := range row {
			row[x] = float32(m.Pix[o+x])
		}
	case *image.YCbCr:
		o := m.YOffset(b.Min.X, y)
		for x := range row {
			row[x] = float32(m.Y[o+x])
		}
	case *image.RGBA:
		lumaRGBA(m.Pix[m.PixOffset(b.Min.X, y):], row)
	case *image.NRGBA:
		if m.Opaque() {
			lumaRGBA(m.Pix[m.PixOffset(b.Min.X, y):], row)
			return
		}
		for x := range row {
			o := m.PixOffset(b.Min.X+x, y)
			l := (299*float32(m.Pix[o]) + 587*float32(m.Pix[o+1]) + 114*float32(m.Pix[o+2])) / 1000
			a := float32(m.Pix[o+3]) / 255
			row[x] = 255 + (l-255)*a // on white paper
		}
	default:
		for x := range row {
			row[x] = float32(color.GrayModel.Convert(img.At(b.Min.X+x, y)).(color.Gray).Y)
		}
	}
}

func lumaRGBA(pix []uint8, row []float32) {
	for x := range row {
		p := pix[4*x : 4*x+3 : 4*x+3]
		row[x] = float32(299*int(p[0])+587*int(p[1])+114*int(p[2])) / 1000
	}
}

// shrunk is a picture's luminance with every k x k pixels made one.
func shrunk(img image.Image, k int) *plane {
	b := img.Bounds()
	w, h := b.Dx()/k, b.Dy()/k
	out := newPlane(w, h)
	row := make([]float32, b.Dx())
	scale := 1 / float32(255*k*k)
	for y := range h {
		dst := out.v[y*w : (y+1)*w]
		for j := range k {
			lumaRow(img, b.Min.Y+y*k+j, row)
			if k == 1 {
				copy(dst, row)
				continue
			}
			for x := range dst {
				s := float32(0)
				for _, v := range row[x*k : x*k+k] {
					s += v
				}
				dst[x] += s
			}
		}
		for x := range dst {
			dst[x] *= scale
		}
	}
	return out
}

// resampled is a picture's luminance at w x h pixels: the mean of what each of them covers, or between the pixels where it
// is enlarged.
func resampled(img image.Image, w, h int) *plane {
	b := img.Bounds()
	sw, sh := b.Dx(), b.Dy()
	if w >= sw || h >= sh {
		return shrunk(img, 1).scaled(w, h)
	}
	// Pixel x of the picture gives its share to the cells first[x] and the one behind it.
	first, share := make([]int32, sw), make([]float32, sw)
	k := float64(w) / float64(sw)
	for x := range sw {
		f, t := float64(x)*k, float64(x+1)*k
		first[x] = int32(f)
		share[x] = float32(k)
		if int(t) > int(f) {
			share[x] = float32(float64(int(f)+1) - f)
		}
	}
	out := newPlane(w, h)
	row, line := make([]float32, sw), make([]float32, w+1)
	ky := float64(h) / float64(sh)
	scale := float32(1. / 255)
	for y := range sh {
		lumaRow(img, b.Min.Y+y, row)
		clear(line)
		for x, v := range row {
			i := first[x]
			line[i] += v * share[x]
			line[i+1] += v * (float32(k) - share[x])
		}
		f, t := float64(y)*ky, float64(y+1)*ky
		iy := min(int(f), h-1)
		part := float32(ky)
		if int(t) > int(f) {
			part = float32(float64(int(f)+1) - f)
		}
		dst := out.v[iy*w : (iy+1)*w]
		for x := range dst {
			dst[x] += line[x] * part * scale
		}
		if rest := float32(ky) - part; rest > 1e-6 && iy+1 < h {
			dst = out.v[(iy+1)*w : (iy+2)*w]
			for x := range dst {
				dst[x] += line[x] * rest * scale
			}
		}
	}
	return out
}

// scaled resamples to w x h; the centre of pixel (x, y) comes from ((x+0.5)*sx-0.5, ...). Use it for factors below 2.
func (p *plane) scaled(w, h int) *plane {
	if w == p.w && h == p.h {
		return p
	}
	src := p
	if f := float64(p.w) / float64(w); f > 1.15 {
		src = p.blurred(0.35 * f)
	}
	out := newPlane(w, h)
	sx, sy := float64(p.w)/float64(w), float64(p.h)/float64(h)
	for y := range h {
		fy := min(max((float64(y)+0.5)*sy-0.5, 0), float64(p.h)-1.001)
		for x := range w {
			fx := min(max((float64(x)+0.5)*sx-0.5, 0), float64(p.w)-1.001)
			out.v[y*w+x], _ = src.at(fx, fy)
		}
	}
	return out
}

// decimated is the mean of every k x k pixels; what does not fill a cell at the right and below counts with the last.
func (p *plane) decimated(k int) *plane {
	out := newPlane(max(1, p.w/k), max(1, p.h/k))
	scale := 1 / float32(k*k)
	for y := range out.h {
		dst := out.v[y*out.w : (y+1)*out.w]
		for j := range k {
			row := p.v[min(y*k+j, p.h-1)*p.w:]
			for x := range dst {
				for i := range k {
					dst[x] += row[min(x*k+i, p.w-1)]
				}
			}
		}
		for x := range dst {
			dst[x] *= scale
		}
	}
	return out
}

// spread is the inverse of decimated, smooth between the cells' centres.
func (p *plane) spread(out *plane, k int) {
	xs, fx := make([]int, out.w), make([]float32, out.w)
	for x := range out.w {
		f := max(0, (float64(x)+0.5)/float64(k)-0.5)
		xs[x] = min(int(f), max(0, p.w-2))
		fx[x] = float32(min(1, f-float64(xs[x])))
	}
	for y := range out.h {
		f := max(0, (float64(y)+0.5)/float64(k)-0.5)
		iy := min(int(f), max(0, p.h-2))
		fy := float32(min(1, f-float64(iy)))
		a := p.v[iy*p.w : (iy+1)*p.w]
		b := p.v[min(iy+1, p.h-1)*p.w:]
		dst := out.v[y*out.w : (y+1)*out.w]
		for x := range dst {
			i, j, t := xs[x], min(xs[x]+1, p.w-1), fx[x]
			top := a[i] + (a[j]-a[i])*t
			dst[x] = top + (b[i]+(b[j]-b[i])*t-top)*fy
		}
	}
}

// blurred convolves with a Gaussian of sigma pixels; beyond the edge the edge goes on.
func (p *plane) blurred(sigma float64) *plane {
	if sigma < 0.2 || p.w == 0 || p.h == 0 {
		return p.clone()
	}
	r := int(math.Ceil(sigma * 2.6))
	k := make([]float32, r+1)
	sum := float32(0)
	for i := range k {
		k[i] = float32(math.Exp(-float64(i*i) / (2 * sigma * sigma)))
		sum += k[i]
		if i > 0 {
			sum += k[i]
		}
	}
	for i := range k {
		k[i] /= sum
	}
	tmp, out := newPlane(p.w, p.h), newPlane(p.w, p.h)
	line := make([]float32, p.w+2*r)
	for y := range p.h {
		row := p.v[y*p.w : (y+1)*p.w]
		copy(line[r:], row)
		for i := range r {
			line[i], line[r+p.w+i] = row[0], row[p.w-1]
		}
		dst := tmp.v[y*p.w : (y+1)*p.w]
		for x, v := range row {
			dst[x] = v * k[0]
		}
		for i := 1; i <= r; i++ {
			kk := k[i]
			a, b := line[r-i:r-i+p.w], line[r+i:r+i+p.w]
			a, b = a[:len(dst)], b[:len(dst)]
			for x := range dst {
				dst[x] += (a[x] + b[x]) * kk
			}
		}
	}
	for y := range p.h {
		dst := out.v[y*p.w : (y+1)*p.w]
		mid := tmp.v[y*p.w : (y+1)*p.w]
		for x, v := range mid {
			dst[x] = v * k[0]
		}
		for i := 1; i <= r; i++ {
			kk := k[i]
			a, b := tmp.v[max(y-i, 0)*p.w:], tmp.v[min(y+i, p.h-1)*p.w:]
			a, b = a[:len(dst)], b[:len(dst)]
			for x := range dst {
				dst[x] += (a[x] + b[x]) * kk
			}
		}
	}
	return out
}

// extreme is the running minimum (sign 1) or maximum (sign -1) over a square of 2r+1 pixels .
func (p *plane) extreme(r int, sign float32) *plane {
	if r <= 0 {
		return p.clone()
	}
	tmp, out := newPlane(p.w, p.h), newPlane(p.w, p.h)
	q := make([]int32, max(p.w, p.h)+1)
	for y := range p.h {
		slide(p.v[y*p.w:(y+1)*p.w], tmp.v[y*p.w:(y+1)*p.w], q, r, sign)
	}
	col, res := make([]float32, p.h), make([]float32, p.h)
	for x := range p.w {
		for y := range p.h {
			col[y] = tmp.v[y*p.w+x]
		}
		slide(col, res, q, r, sign)
		for y := range p.h {
			out.v[y*p.w+x] = res[y]
		}
	}
	return out
}

// slide is the running extreme of a line with a monotone queue; q has room for the line.
func slide(src, dst []float32, q []int32, r int, sign float32) {
	n := len(src)
	head, tail, next := 0, 0, 0
	for i := range n {
		for next < n && next <= i+r {
			v := sign * src[next]
			for tail > head && sign*src[q[tail-1]] >= v {
				tail--
			}
			q[tail] = int32(next)
			tail++
			next++
		}
		for int(q[head]) < i-r {
			head++
		}
		dst[i] = src[q[head]]
	}
}

// darkest is the darkest value within r pixels, a disc by way of offsets; r may be fractional.
func (p *plane) darkest(r float64) *plane {
	type off struct{ dx, dy int }
	var offs []off
	ri := int(math.Ceil(r))
	for dy := -ri; dy <= ri; dy++ {
		for dx := -ri; dx <= ri; dx++ {
			if float64(dx*dx+dy*dy) <= r*r+0.01 {
				offs = append(offs, off{dx, dy})
			}
		}
	}
	out := p.clone()
	for _, o := range offs {
		for y := max(0, -o.dy); y < min(p.h, p.h-o.dy); y++ {
			x0, x1 := max(0, -o.dx), min(p.w, p.w-o.dx)
			dst := out.v[y*p.w+x0 : y*p.w+x1]
			src := p.v[(y+o.dy)*p.w+x0+o.dx:]
			for i := range dst {
				if s := src[i]; s < dst[i] {
					dst[i] = s
				}
			}
		}
	}
	return out
}

// closed is the grey closing by a square: dark marks narrower than 2r+1 pixels are filled with what lies around them.
func (p *plane) closed(r int) *plane { return p.extreme(r, -1).extreme(r, 1) }

// patch is a part of a picture as RGBA, for sampling between the pixels.
type patch struct {
	img  *image.RGBA
	x, y int // its place in the picture, counted from the picture's own corner
}

// cut takes the part of a picture round the given places with a margin; nil where it lies outside.
func cut(img image.Image, r image.Rectangle) *patch {
	b := img.Bounds()
	r = r.Intersect(image.Rect(0, 0, b.Dx(), b.Dy()))
	if r.Empty() {
		return nil
	}
	dst := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	if o, ok := img.(interface{ Opaque() bool }); !ok || !o.Opaque() {
		draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
	}
	draw.Draw(dst, dst.Rect, img, r.Min.Add(b.Min), draw.Over)
	return &patch{dst, r.Min.X, r.Min.Y}
}

// rgb samples between the pixels; the centre of the picture's first pixel is (0.5, 0.5).
func (q *patch) rgb(x, y float64) (r, g, b float32, ok bool) {
	x -= float64(q.x) + 0.5
	y -= float64(q.y) + 0.5
	ix, iy := int(math.Floor(x)), int(math.Floor(y))
	if ix < 0 || iy < 0 || ix+1 >= q.img.Rect.Dx() || iy+1 >= q.img.Rect.Dy() {
		return 0, 0, 0, false
	}
	fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
	o := iy*q.img.Stride + 4*ix
	p := q.img.Pix[o : o+8 : o+8]
	n := q.img.Pix[o+q.img.Stride : o+q.img.Stride+8 : o+q.img.Stride+8]
	w00, w10, w01, w11 := (1-fx)*(1-fy), fx*(1-fy), (1-fx)*fy, fx*fy
	const k = 1. / 255
	return (w00*float32(p[0]) + w10*float32(p[4]) + w01*float32(n[0]) + w11*float32(n[4])) * k,
		(w00*float32(p[1]) + w10*float32(p[5]) + w01*float32(n[1]) + w11*float32(n[5])) * k,
		(w00*float32(p[2]) + w10*float32(p[6]) + w01*float32(n[2]) + w11*float32(n[6])) * k, true
}

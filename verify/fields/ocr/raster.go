package ocr

import (
	"image"
	"image/draw"
	"math"

	"zhengyan/verify/page/bands"
)

// maxPixels bounds the picture that is worked on; a larger one is taken at a part of its resolution. An A4 page at 400 dpi has 15
// million.
const maxPixels = 24_000_000

// minSide is the least width and height of a picture with print in it, in pixels.
const minSide = 8

// raster holds the planes of a picture.
type raster struct {
	w, h int
	// text is the picture's print without red ink, so that a seal or a red title is as bright as paper; red is the green
	// channel, in which both are dark. They are one for a picture without colour.
	text, red []uint8
	look      []uint8   // text with less under red ink, in which lines are looked for
	under     *underInk // what the print under red ink can be told from; nil for a picture without red ink
	step      int       // pixels of the picture to one here
	reds      []int     // pixels of red ink in each row; nil for a picture without colour
	once      bool      // its lines are read once only
}

// newRaster takes the planes of a picture, transparent parts as white paper.
func newRaster(img image.Image) *raster {
	b := img.Bounds()
	step := 1
	for (b.Dx()/step)*(b.Dy()/step) > maxPixels {
		step++
	}
	m := &raster{w: b.Dx() / step, h: b.Dy() / step, step: step}
	if m.w < 1 || m.h < 1 {
		return m
	}
	m.text, m.red = make([]uint8, m.w*m.h), make([]uint8, m.w*m.h)
	if gray, ok := img.(*image.Gray); ok && step == 1 {
		for y := range m.h {
			copy(m.text[y*m.w:(y+1)*m.w], gray.Pix[y*gray.Stride:])
		}
		m.red, m.look = m.text, m.text
		return m
	}
	if rgba, ok := img.(*image.RGBA); ok && step == 1 && rgba.Opaque() {
		bands.Do(m.h, func(from, to int) {
			for y := from; y < to; y++ {
				src := rgba.Pix[y*rgba.Stride : y*rgba.Stride+4*m.w]
				text, red := m.text[y*m.w:(y+1)*m.w], m.red[y*m.w:(y+1)*m.w]
				for x := range text {
					text[x], red[x] = src[4*x], src[4*x+1]
				}
			}
		})
		m.separate()
		return m
	}
	// A band at a time, so that a large picture is not held twice.
	const band = 64
	buf := image.NewRGBA(image.Rect(0, 0, m.w*step, band*step))
	opaque := false
	if o, ok := img.(interface{ Opaque() bool }); ok {
		opaque = o.Opaque()
	}
	for y0 := 0; y0 < m.h; y0 += band {
		rows := min(band, m.h-y0)
		rect := image.Rect(0, 0, m.w*step, rows*step)
		from := image.Pt(b.Min.X, b.Min.Y+y0*step)
		if opaque {
			draw.Draw(buf, rect, img, from, draw.Src)
		} else {
			draw.Draw(buf, rect, image.White, image.Point{}, draw.Src)
			draw.Draw(buf, rect, img, from, draw.Over)
		}
		for y := range rows {
			m.shrinkRow(buf, y, y0+y)
		}
	}
	m.separate()
	return m
}

// shrinkRow writes row y of the raster from the mean of step × step pixels of buf.
func (m *raster) shrinkRow(buf *image.RGBA, from, y int) {
	if m.step == 1 {
		src, dst := buf.Pix[from*buf.Stride:], y*m.w
		for x := range m.w {
			m.set(dst+x, int(src[4*x]), int(src[4*x+1]))
		}
		return
	}
	n := m.step * m.step
	for x := range m.w {
		r, g := 0, 0
		for dy := range m.step {
			p := (from*m.step+dy)*buf.Stride + 4*x*m.step
			for dx := range m.step {
				r, g = r+int(buf.Pix[p+4*dx]), g+int(buf.Pix[p+4*dx+1])
			}
		}
		m.set(y*m.w+x, r/n, g/n)
	}
}

func (m *raster) set(i, r, g int) {
	m.text[i], m.red[i] = uint8(r), uint8(g)
}

// resized returns the plane at dw × dh.
func resized(plane []uint8, w, h, dw, dh int) []float32 {
	if dw > w || dh > h {
		fw, fh := float64(w), float64(h)
		return crop(plane, w, h, quad{{0, 0}, {fw, 0}, {fw, fh}, {0, fh}}, dw, dh)
	}
	return shrink(plane, w, h, dw, dh)
}

// shrink returns the plane at dw × dh, each pixel the mean of the area it stands for; smaller or equal sides only.
func shrink(plane []uint8, w, h, dw, dh int) []float32 {
	out := make([]float32, dw*dh)
	bands.Do(dh, func(from, to int) { shrinkBand(out, plane, w, h, dw, dh, from, to) })
	return out
}

// shrinkBand is shrink for the rows from..to.
func shrinkBand(out []float32, plane []uint8, w, h, dw, dh, from, to int) {
	row := make([]float32, dw)
	sx, sy := float64(w)/float64(dw), float64(h)/float64(dh)
	acc := make([]float32, dw)
	last := -1
	for y := from; y < to; y++ {
		y0, y1 := float64(y)*sy, float64(y+1)*sy
		clear(acc)
		for iy := int(y0); iy < h && float64(iy) < y1; iy++ {
			weight := float32(math.Min(y1, float64(iy+1)) - math.Max(y0, float64(iy)))
			if weight <= 0 {
				continue
			}
			if iy != last {
				shrinkLine(row, plane[iy*w:(iy+1)*w], sx)
				last = iy
			}
			for x, v := range row {
				acc[x] += weight * v
			}
		}
		scale := float32(1 / (sx * sy))
		for x, v := range acc {
			out[y*dw+x] = v * scale
		}
	}
}

// shrinkLine sums the pixels under each of dst, with their parts at the edges.
func shrinkLine(dst []float32, src []uint8, sx float64) {
	for x := range dst {
		x0, x1 := float64(x)*sx, float64(x+1)*sx
		i0, i1 := int(x0), min(int(x1), len(src)-1)
		if i0 == i1 {
			dst[x] = float32(x1-x0) * float32(src[i0])
			continue
		}
		sum := float32(float64(i0+1)-x0) * float32(src[i0])
		for i := i0 + 1; i < i1; i++ {
			sum += float32(src[i])
		}
		dst[x] = sum + float32(x1-float64(i1))*float32(src[i1])
	}
}

// crop samples the quad (top left, top right, bottom right, bottom left as one reads) of a plane into tw × th values of
// 0..255. Outside the picture is its edge.
func crop(plane []uint8, w, h int, q quad, tw, th int) []float32 {
	out := make([]float32, tw*th)
	// A parallelogram: the corners of a rotated rectangle.
	ux, uy := (q[1].x-q[0].x)/float64(tw), (q[1].y-q[0].y)/float64(tw)
	vx, vy := (q[3].x-q[0].x)/float64(th), (q[3].y-q[0].y)/float64(th)
	// Several samples a pixel where the line is larger in the picture, or thin strokes would fall between them.
	n := max(1, min(6, int(math.Ceil(math.Hypot(vx, vy)-0.2))))
	inv := 1 / float64(n)
	for y := range th {
		for x := range tw {
			sum := 0.0
			for j := range n {
				for i := range n {
					u, v := float64(x)+(float64(i)+0.5)*inv, float64(y)+(float64(j)+0.5)*inv
					sum += bilinear(plane, w, h, q[0].x+u*ux+v*vx-0.5, q[0].y+u*uy+v*vy-0.5)
				}
			}
			out[y*tw+x] = float32(sum * inv * inv)
		}
	}
	return out
}

func bilinear(plane []uint8, w, h int, x, y float64) float64 {
	x, y = min(max(x, 0), float64(w-1)), min(max(y, 0), float64(h-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	fx, fy := x-float64(x0), y-float64(y0)
	a := float64(plane[y0*w+x0])*(1-fx) + float64(plane[y0*w+x1])*fx
	b := float64(plane[y1*w+x0])*(1-fx) + float64(plane[y1*w+x1])*fx
	return a*(1-fy) + b*fy
}

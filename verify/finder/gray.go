package finder

import (
	"image"
	"image/color"
	"math"
)

// grayOf reduces a picture to brightness by averaging whole blocks, as far as its longer side stays at least side pixels.
func grayOf(img image.Image, side int) (g *image.Gray, step int) {
	b := img.Bounds()
	step = max(max(b.Dx(), b.Dy())/side, 1)
	w, h := max(b.Dx()/step, 1), max(b.Dy()/step, 1)
	g = image.NewGray(image.Rect(0, 0, w, h))
	var src []byte
	var stride, wide int
	switch m := img.(type) {
	case *image.YCbCr:
		src, stride, wide = m.Y, m.YStride, 1
	case *image.Gray:
		src, stride, wide = m.Pix, m.Stride, 1
	case *image.RGBA:
		src, stride, wide = m.Pix, m.Stride, 4
	default:
		for y := range h {
			for x := range w {
				g.SetGray(x, y, color.GrayModel.Convert(img.At(b.Min.X+x*step, b.Min.Y+y*step)).(color.Gray))
			}
		}
		return g, step
	}
	if step == 1 && wide == 1 {
		for y := range h {
			copy(g.Pix[y*g.Stride:][:w], src[y*stride:])
		}
		return g, step
	}
	sum := make([]uint32, w)
	n := uint32(step * step)
	for y := range h {
		clear(sum)
		for dy := range step {
			row := src[(y*step+dy)*stride:]
			if wide == 1 && step == 2 {
				row = row[:2*w]
				for x := range sum {
					sum[x] += uint32(row[2*x]) + uint32(row[2*x+1])
				}
				continue
			}
			if wide == 1 {
				i := 0
				for x := range w {
					v := uint32(0)
					for range step {
						v += uint32(row[i])
						i++
					}
					sum[x] += v
				}
				continue
			}
			i := 0
			for x := range w {
				v := uint32(0)
				for range step {
					v += (77*uint32(row[i]) + 150*uint32(row[i+1]) + 29*uint32(row[i+2])) >> 8
					i += 4
				}
				sum[x] += v
			}
		}
		out := g.Pix[y*g.Stride:]
		for x, v := range sum {
			out[x] = uint8(v / n)
		}
	}
	return g, step
}

// mask is ink, one byte a pixel, 0 or 1.
type mask struct {
	w, h int
	pix  []uint8
}

// inkOf marks what is clearly darker than the paper around it. Pale print, as of watermarks and of the back showing
// through, is left out.
func inkOf(g *image.Gray) mask {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	m := mask{w, h, make([]uint8, w*h)}
	// The paper's brightness: the highest of the means of small cells in a neighbourhood.
	const cell = 16
	cw, ch := (w+cell-1)/cell, (h+cell-1)/cell
	top := make([]uint8, cw*ch)
	for cy := range ch {
		for cx := range cw {
			var hist [32]int
			n := 0
			for y := cy * cell; y < min((cy+1)*cell, h); y += 2 {
				for _, v := range g.Pix[y*g.Stride+cx*cell : y*g.Stride+min((cx+1)*cell, w)] {
					hist[v>>3]++
					n++
				}
			}
			// The brightness that a fifth of the cell exceeds.
			left := n / 5
			for v := 31; v >= 0; v-- {
				if left -= hist[v]; left < 0 {
					top[cy*cw+cx] = uint8(v<<3 + 4)
					break
				}
			}
		}
	}
	paper := make([]uint8, cw*ch)
	for cy := range ch {
		for cx := range cw {
			best := uint8(0)
			for y := max(cy-2, 0); y <= min(cy+2, ch-1); y++ {
				for x := max(cx-2, 0); x <= min(cx+2, cw-1); x++ {
					best = max(best, top[y*cw+x])
				}
			}
			paper[cy*cw+cx] = best
		}
	}
	for y := range h {
		row := g.Pix[y*g.Stride : y*g.Stride+w]
		out := m.pix[y*w : (y+1)*w]
		for cx := range cw {
			t := uint8(int(paper[y/cell*cw+cx]) * 74 / 100)
			for x := cx * cell; x < min((cx+1)*cell, w); x++ {
				if row[x] < t {
					out[x] = 1
				}
			}
		}
	}
	return m
}

// half is the mask at half its size: ink where at least one of four pixels has some.
func (m mask) half() mask {
	o := mask{m.w / 2, m.h / 2, make([]uint8, (m.w/2)*(m.h/2))}
	for y := range o.h {
		a, b := m.pix[2*y*m.w:], m.pix[(2*y+1)*m.w:]
		for x := range o.w {
			o.pix[y*o.w+x] = a[2*x] | a[2*x+1] | b[2*x] | b[2*x+1]
		}
	}
	return o
}

// turned is the mask a quarter turn clockwise.
func (m mask) turned() mask {
	o := mask{m.h, m.w, make([]uint8, len(m.pix))}
	for y := range m.h {
		for x, v := range m.pix[y*m.w : (y+1)*m.w] {
			o.pix[x*o.w+m.h-1-y] = v
		}
	}
	return o
}

// withoutRules leaves out runs of ink longer than longest pixels, across and down: rules, frames and bars. No stroke of a
// character is that long.
func (m mask) withoutRules(longest int) mask {
	o := mask{m.w, m.h, append([]uint8(nil), m.pix...)}
	for y := range m.h {
		row := m.pix[y*m.w : (y+1)*m.w]
		for x := 0; x < m.w; x++ {
			from := x
			for x < m.w && row[x] != 0 {
				x++
			}
			if x-from > longest {
				clear(o.pix[y*m.w+from : y*m.w+x])
			}
		}
	}
	run := make([]int, m.w) // length of the run that ends above
	for y := range m.h + 1 {
		for x := range m.w {
			if y < m.h && m.pix[y*m.w+x] != 0 {
				run[x]++
				continue
			}
			if run[x] > longest {
				for k := y - run[x]; k < y; k++ {
					o.pix[k*m.w+x] = 0
				}
			}
			run[x] = 0
		}
	}
	return o
}

// smeared joins ink in each row over gaps of up to gap pixels.
func (m mask) smeared(gap int) mask {
	o := mask{m.w, m.h, append([]uint8(nil), m.pix...)}
	for y := range m.h {
		row := o.pix[y*m.w : (y+1)*m.w]
		last := m.w
		for x, v := range row {
			if v == 0 {
				continue
			}
			if d := x - last; d > 1 && d <= gap+1 {
				for i := last + 1; i < x; i++ {
					row[i] = 1
				}
			}
			last = x
		}
	}
	return o
}

// line is a line of print as the ink shows it, in pixels of the picture that was looked at.
type line struct {
	cx, cy float64
	length float64
	height float64
	angle  float64 // of its direction, radians; about ±π/2 for print that stands on its side
}

func (l *line) ends() (x0, y0, x1, y1 float64) {
	s, c := math.Sincos(l.angle)
	return l.cx - c*l.length/2, l.cy - s*l.length/2, l.cx + c*l.length/2, l.cy + s*l.length/2
}

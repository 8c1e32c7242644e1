package trace

import (
	"math"

	"zhengyan/verify/ink/stroke"
)

// pad is the empty border of a reduced picture, in pixels.
const pad = 3

// raster is the reduced picture.
type raster struct {
	w, h          int
	ink           []bool
	unknown       []bool
	x0, y0, scale float64
	long          float64
}

// reduce crops to the writing, leaves specks out and brings the longer side down to maxLong pixels.
func reduce(m *stroke.Mask) (*raster, error) {
	x0, y0, x1, y1, n := m.W, m.H, -1, -1, 0
	for y := range m.H {
		row := m.Ink[y*m.W : (y+1)*m.W]
		for x, ink := range row {
			if ink {
				n++
				x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
			}
		}
	}
	if n == 0 {
		return nil, ErrNoWriting
	}
	long := float64(max(x1-x0, y1-y0) + 1)
	if long < MinLong {
		if n < 64 {
			return nil, ErrTooLittle
		}
		return nil, ErrTooCoarse
	}
	if m.Unknown != nil {
		// What is hidden beside the visible writing counts too.
		d := int(0.5 * long)
		x0, y0, x1, y1 = max(0, x0-d), max(0, y0-d), min(m.W-1, x1+d), min(m.H-1, y1+d)
	}
	r := &raster{x0: float64(x0), y0: float64(y0), scale: math.Min(1, maxLong/long)}
	r.w, r.h = int(float64(x1-x0)*r.scale)+1+2*pad, int(float64(y1-y0)*r.scale)+1+2*pad
	r.long = math.Min(long, maxLong)
	r.ink = make([]bool, r.w*r.h)
	if m.Unknown != nil {
		r.unknown = make([]bool, r.w*r.h)
	}
	for y := y0; y <= y1; y++ {
		base := (int(float64(y-y0)*r.scale) + pad) * r.w
		for x := x0; x <= x1; x++ {
			i := base + int(float64(x-x0)*r.scale) + pad
			if m.Ink[y*m.W+x] {
				r.ink[i] = true
			} else if m.Unknown != nil && m.Unknown[y*m.W+x] {
				r.unknown[i] = true
			}
		}
	}
	r.bridge()
	r.despeckle()
	return r, nil
}

func (r *raster) count() (n int) {
	for _, v := range r.ink {
		if v {
			n++
		}
	}
	return n
}

// bridge closes gaps of a pixel or two: dilation, then erosion, by a square of 3.
func (r *raster) bridge() {
	d := make([]bool, len(r.ink))
	for i, v := range r.ink {
		if v {
			for _, k := range [...]int{-r.w - 1, -r.w, -r.w + 1, -1, 0, 1, r.w - 1, r.w, r.w + 1} {
				d[i+k] = true
			}
		}
	}
	for y := 1; y < r.h-1; y++ {
		for x := 1; x < r.w-1; x++ {
			i := y*r.w + x
			if r.ink[i] {
				continue
			}
			r.ink[i] = d[i] && d[i-1] && d[i+1] && d[i-r.w] && d[i+r.w] && d[i-r.w-1] && d[i-r.w+1] && d[i+r.w-1] && d[i+r.w+1]
		}
	}
}

// despeckle removes parts that are too small for a dot made on purpose: a speck's extent is below 1.5 % of the longer side.
func (r *raster) despeckle() {
	limit := int(math.Max(2, 0.015*r.long))
	seen := make([]bool, len(r.ink))
	var part []int
	for start, v := range r.ink {
		if !v || seen[start] {
			continue
		}
		part = append(part[:0], start)
		seen[start] = true
		x0, y0, x1, y1 := r.w, r.h, 0, 0
		for k := 0; k < len(part); k++ {
			i := part[k]
			x, y := i%r.w, i/r.w
			x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
			for _, d := range r.around() {
				if j := i + d; r.ink[j] && !seen[j] {
					seen[j] = true
					part = append(part, j)
				}
			}
		}
		if max(x1-x0, y1-y0)+1 <= limit {
			for _, i := range part {
				r.ink[i] = false
			}
		}
	}
}

// around gives the eight neighbours in order, clockwise from above.
func (r *raster) around() [8]int {
	return [8]int{-r.w, -r.w + 1, 1, r.w + 1, r.w, r.w - 1, -1, -r.w - 1}
}

// thin is Zhang and Suen's (CACM 27(3), 1984): it takes pixels from the borders until lines of one pixel are left.
func (r *raster) thin() {
	around := r.around()
	var list, gone []int
	for i, v := range r.ink {
		if v {
			list = append(list, i)
		}
	}
	for changed := true; changed; {
		changed = false
		for pass := range 2 {
			gone = gone[:0]
			for _, i := range list {
				if r.ink[i] && r.removable(i, &around, pass) {
					gone = append(gone, i)
				}
			}
			for _, i := range gone {
				r.ink[i] = false
			}
			changed = changed || len(gone) > 0
		}
		kept := list[:0]
		for _, i := range list {
			if r.ink[i] {
				kept = append(kept, i)
			}
		}
		list = kept
	}
}

func (r *raster) removable(i int, around *[8]int, pass int) bool {
	var p [8]bool
	n, turns := 0, 0
	for k, d := range around {
		p[k] = r.ink[i+d]
		if p[k] {
			n++
		}
	}
	if n < 2 || n > 6 {
		return false
	}
	for k := range p {
		if !p[k] && p[(k+1)%8] {
			turns++
		}
	}
	if turns != 1 {
		return false
	}
	if pass == 0 {
		return !(p[0] && p[2] && p[4]) && !(p[2] && p[4] && p[6])
	}
	return !(p[0] && p[2] && p[6]) && !(p[0] && p[4] && p[6])
}

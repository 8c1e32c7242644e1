package ink

import (
	"math"

	"zhengyan/verify/page"
)

func within(b page.Box, x, y int) bool {
	return float64(x) >= b.X0 && float64(x) < b.X1 && float64(y) >= b.Y0 && float64(y) < b.Y1
}

// part is a connected part of the mask with what tells writing from other marks. Lengths are millimetres.
type part struct {
	pixels         []int
	x0, y0, x1, y1 int
	length         float64 // of the thinned line
	inBox          float64 // of it, inside the box
	area           float64 // square millimetres
	optical        float64 // darkness integrated across the line: width times contrast
	dark           float64 // 80th percentile of the excess
	fringe         float64 // share that hugs the print
	forks, ends    int
	below, beside  float64 // share of the thinned line below the box, and left, right or above it
	red            float64 // mean redness
	nearRed        float64 // the same of the reddest places close by
	sharp          float64 // steepest slopes of the darkness (80th percentile), of black a millimetre
	blue           float64
	drop           string // why it does not count, empty if it does
}

// parts splits a mask and measures each part.
func (w *window) parts(m []bool, e *evidence) []*part {
	thin := thinned(m, w.w, w.h)
	seen := make([]bool, len(m))
	var out []*part
	var stack []int
	for i, v := range m {
		if !v || seen[i] {
			continue
		}
		p := &part{x0: w.w, y0: w.h}
		seen[i] = true
		stack = append(stack[:0], i)
		for len(stack) > 0 {
			j := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			p.pixels = append(p.pixels, j)
			x, y := j%w.w, j/w.w
			p.x0, p.y0, p.x1, p.y1 = min(p.x0, x), min(p.y0, y), max(p.x1, x), max(p.y1, y)
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					nx, ny := x+dx, y+dy
					if nx < 0 || ny < 0 || nx >= w.w || ny >= w.h {
						continue
					}
					if k := ny*w.w + nx; m[k] && !seen[k] {
						seen[k] = true
						stack = append(stack, k)
					}
				}
			}
		}
		w.measure(p, thin, e)
		out = append(out, p)
	}
	return out
}

func (w *window) measure(p *part, thin []bool, e *evidence) {
	var sum, red, blue float64
	dark, slope := make([]float32, 0, len(p.pixels)), make([]float32, 0, len(p.pixels))
	var nearRed float64
	fringe := 0
	for _, i := range p.pixels {
		v := e.excess.v[i]
		dark = append(dark, v)
		sum += float64(max(v, 0))
		red += float64(w.red.v[i])
		blue += float64(w.blue.v[i])
		if w.reds != nil {
			nearRed += float64(w.reds.v[i])
		}
		if x, y := i%w.w, i/w.w; x > 0 && y > 0 && x < w.w-1 && y < w.h-1 {
			slope = append(slope, float32(math.Hypot(float64(w.soft.v[i+1]-w.soft.v[i-1]), float64(w.soft.v[i+w.w]-w.soft.v[i-w.w])))/2)
		}
		if e.near[i] {
			fringe++
		}
		if !thin[i] {
			continue
		}
		x, y := i%w.w, i/w.w
		l, n := links(thin, w.w, w.h, x, y)
		l /= w.px
		p.length += l
		switch {
		case within(w.box, x, y):
			p.inBox += l
		case float64(y) >= w.box.Y1:
			p.below += l
		default:
			p.beside += l
		}
		switch {
		case n <= 1:
			p.ends++
		case n >= 3:
			p.forks++
		}
	}
	n := float64(len(p.pixels))
	p.area = n / (w.px * w.px)
	p.dark = float64(quantile(dark, 0.8))
	p.fringe = float64(fringe) / n
	p.red, p.blue, p.nearRed = red/n, blue/n, nearRed/n
	p.sharp = float64(quantile(slope, 0.8)) * w.px
	p.length = max(p.length, 0.5/w.px)
	p.optical = sum / (w.px * w.px) / p.length
	p.below /= p.length
	p.beside /= p.length
}

// links is the length in pixels that the links to the neighbours of a thinned pixel add, and how many neighbours it has.
// Each link is counted at one of its two ends.
func links(t []bool, w, h, x, y int) (length float64, n int) {
	on := func(dx, dy int) bool {
		nx, ny := x+dx, y+dy
		return nx >= 0 && ny >= 0 && nx < w && ny < h && t[ny*w+nx]
	}
	right, down := on(1, 0), on(0, 1)
	if right {
		length++
	}
	if down {
		length++
	}
	if on(1, 1) && !right && !down {
		length += math.Sqrt2
	}
	if on(-1, 1) && !on(-1, 0) && !down {
		length += math.Sqrt2
	}
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			if (dx != 0 || dy != 0) && on(dx, dy) && (dx == 0 || dy == 0 || !on(dx, 0) && !on(0, dy)) {
				n++
			}
		}
	}
	return length, n
}

// thinned reduces a mask to lines of one pixel (Zhang and Suen 1984).
func thinned(m []bool, w, h int) []bool {
	t := make([]bool, len(m))
	copy(t, m)
	var live []int
	for i, v := range t {
		x, y := i%w, i/w
		if x == 0 || y == 0 || x == w-1 || y == h-1 {
			t[i] = false
		} else if v {
			live = append(live, i)
		}
	}
	off := [8]int{-w, -w + 1, 1, w + 1, w, w - 1, -1, -w - 1} // clockwise from above
	var gone []int
	for changed := true; changed; {
		changed = false
		for step := range 2 {
			gone = gone[:0]
			keep := live[:0]
			for _, i := range live {
				if !t[i] {
					continue
				}
				keep = append(keep, i)
				var b [8]bool
				n, turns := 0, 0
				for k, o := range off {
					b[k] = t[i+o]
					if b[k] {
						n++
					}
				}
				for k := range 8 {
					if !b[k] && b[(k+1)%8] {
						turns++
					}
				}
				if n < 2 || n > 6 || turns != 1 {
					continue
				}
				if step == 0 && (b[0] && b[2] && b[4] || b[2] && b[4] && b[6]) || step == 1 && (b[0] && b[2] && b[6] || b[0] && b[4] && b[6]) {
					continue
				}
				gone = append(gone, i)
			}
			live = keep
			for _, i := range gone {
				t[i] = false
				changed = true
			}
		}
	}
	return t
}

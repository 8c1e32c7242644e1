package ocr

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"zhengyan/verify/page/bands"
)

// detectSide is the longer side of the detector's picture in pixels: at 960 pale print of 9 points is lost in scans. A smaller
// picture, as a scan of 100 dpi, is enlarged to it, by this factor at most.
const (
	detectSide    = 1280
	detectEnlarge = 1.3
)

// The detector's answer is a map of the probability that a pixel belongs to the core of a line (differentiable binarization,
// Liao et al. 2020): its cores are parted, measured and grown back.
const (
	coreLimit = 0.3  // a pixel of a core has more
	lineLimit = 0.55 // the mean over a core's rectangle must have more
	growth    = 1.6  // by area · growth / perimeter
	minCore   = 2.5  // pixels of the map, the lesser side
	maxLines  = 1200 // more than a page in the smallest print has; the rest is not looked at
	faintest  = 0.06 // ink of a line that is read; the back of a page shows through more faintly
)

// found is a line of print that the detector saw.
type found struct {
	quad  quad // in the raster, its first side the longer; which end is the beginning is not known
	hull  []pt // of its core, grown; in the raster
	grow  float64
	score float64
	ink   float64 // of its strokes, 0..1
}

// detect finds the lines on a plane, its longer side brought to so many pixels.
func (r *Reader) detect(ctx context.Context, m *raster, plane []uint8, side int) ([]found, error) {
	scale := float64(side) / float64(max(m.w, m.h))
	dw, dh := max(1, int(math.Round(float64(m.w)*scale))), max(1, int(math.Round(float64(m.h)*scale)))
	pw, ph := (dw+31)/32*32, (dh+31)/32*32
	shrunk := resized(plane, m.w, m.h, dw, dh)
	ink := inked(shrunk, dw, dh)
	if grainOf(ink, dw, dh) > grainy {
		ink = inked(softened(shrunk, dw, dh), dw, dh)
	}
	small := cleared(ink)
	in := make([]float32, 3*pw*ph)
	// The net was trained on blue, green and red with the means of ImageNet; white surrounds the page.
	mean, std := [3]float32{0.485, 0.456, 0.406}, [3]float32{0.229, 0.224, 0.225}
	bands.Do(ph, func(from, to int) {
		for c := range 3 {
			dst := in[c*pw*ph : (c+1)*pw*ph]
			white := (1 - mean[c]) / std[c]
			for y := from; y < to; y++ {
				row := dst[y*pw : (y+1)*pw]
				n := 0
				if y < dh {
					for x, v := range small[y*dw : (y+1)*dw] {
						row[x] = (v - mean[c]) / std[c]
					}
					n = dw
				}
				for x := n; x < pw; x++ {
					row[x] = white
				}
			}
		}
	})
	out, dims, err := r.run(ctx, r.det, in, [4]int{1, 3, ph, pw})
	if err != nil {
		return nil, err
	}
	if len(dims) != 4 || dims[2] != ph || dims[3] != pw {
		return nil, fmt.Errorf("the detector gives a map of the size %v, not %d by %d", dims, pw, ph)
	}
	sx, sy := float64(m.w)/float64(dw), float64(m.h)/float64(dh)
	var lines []found
	for _, l := range cores(out, pw, ph, sx, sy) {
		q := l.quad.scaled(1/sx, 1/sy)
		if l.ink = inkOf(ink, dw, dh, q); faint(l.ink, ink, dw, dh, q) {
			continue
		}
		l.quad = drawOut(ink, dw, dh, q).scaled(sx, sy)
		lines = append(lines, l)
	}
	return lines, nil
}

// shift moves a line that was found in a band of the picture to its place in the whole.
func (f *found) shift(dy float64) {
	for i := range f.quad {
		f.quad[i].y += dy
	}
	for i := range f.hull {
		f.hull[i].y += dy
	}
}

// cores takes the map apart. sx and sy lead from the map to the raster.
func cores(prob []float32, w, h int, sx, sy float64) []found {
	seen := make([]bool, len(prob))
	var out []found
	var stack []int
	for start, p := range prob {
		if seen[start] || p <= coreLimit {
			continue
		}
		if len(out) >= maxLines {
			break
		}
		seen[start] = true
		stack = append(stack[:0], start)
		rows := map[int][2]int{} // of each row its first and last pixel: enough for the hull
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := i%w, i/w
			if e, ok := rows[y]; ok {
				rows[y] = [2]int{min(e[0], x), max(e[1], x)}
			} else {
				rows[y] = [2]int{x, x}
			}
			for ny := max(0, y-1); ny <= min(h-1, y+1); ny++ {
				for nx := max(0, x-1); nx <= min(w-1, x+1); nx++ {
					if k := ny*w + nx; !seen[k] && prob[k] > coreLimit {
						seen[k] = true
						stack = append(stack, k)
					}
				}
			}
		}
		pts := make([]pt, 0, 4*len(rows))
		for y, e := range rows { // the corners of the pixels, so that a row of one pixel has a height
			x0, x1, y0, y1 := float64(e[0]), float64(e[1]+1), float64(y), float64(y+1)
			pts = append(pts, pt{x0, y0}, pt{x0, y1}, pt{x1, y0}, pt{x1, y1})
		}
		hl := hull(pts)
		rect := bound(hl)
		if 2*rect.hh < minCore {
			continue
		}
		score := meanInside(prob, w, h, rect.quad())
		if score < lineLimit {
			continue
		}
		grow := 4 * rect.hw * rect.hh * growth / (4 * (rect.hw + rect.hh))
		rect.hw, rect.hh = rect.hw+grow, rect.hh+grow
		for i := range hl {
			hl[i] = pt{hl[i].x * sx, hl[i].y * sy}
		}
		out = append(out, found{quad: rect.quad().scaled(sx, sy), hull: hl, grow: grow * (sx + sy) / 2, score: score})
	}
	return out
}

// meanInside is the mean of the map over a quad.
func meanInside(prob []float32, w, h int, q quad) float64 {
	b := q.box()
	sum, n := 0.0, 0
	inside := func(x, y float64) bool {
		for i := range q {
			a, c := q[i], q[(i+1)%4]
			if (c.x-a.x)*(y-a.y)-(c.y-a.y)*(x-a.x) < 0 {
				return false
			}
		}
		return true
	}
	for y := max(0, int(b.Y0)); y < h && float64(y) < b.Y1; y++ {
		for x := max(0, int(b.X0)); x < w && float64(x) < b.X1; x++ {
			if inside(float64(x)+0.5, float64(y)+0.5) {
				sum, n = sum+float64(prob[y*w+x]), n+1
			}
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// skew is the angle at which the lines of a page run, the median over their lengths, and whether they run up or down the
// picture rather than across.
func skew(lines []found) (angle float64, upright bool) {
	type vote struct{ angle, weight float64 }
	var across, along []vote
	wa, wl := 0.0, 0.0
	for i := range lines {
		q := lines[i].quad
		if q.width() < 2.5*q.height() {
			continue
		}
		a := q.angle()
		if math.Abs(a) <= math.Pi/4 {
			across, wa = append(across, vote{a, q.width()}), wa+q.width()
			continue
		}
		// A quarter turn back, to -45..45 degrees.
		a -= math.Copysign(math.Pi/2, a)
		along, wl = append(along, vote{a, q.width()}), wl+q.width()
	}
	votes, total := across, wa
	if wl > wa {
		votes, total, upright = along, wl, true
	}
	slices.SortFunc(votes, func(a, b vote) int { return cmp.Compare(a.angle, b.angle) })
	half := 0.0
	for _, v := range votes {
		if half += v.weight; half >= total/2 {
			return v.angle, upright
		}
	}
	return 0, upright
}

// straighten gives each line its quad in reading direction, for a page whose lines run at the angle, after q quarter
// turns clockwise. A short line says little about its own direction: it takes the page's.
func (f *found) straighten(angle float64, q int) quad {
	dir := angle + float64(q)*math.Pi/2
	own := f.quad
	if own.width() >= 4*own.height() {
		// The long side lies along the direction, one way or the other; or this line runs across the page's.
		d := math.Remainder(own.angle()-dir, 2*math.Pi)
		switch {
		case math.Abs(d) < math.Pi/4:
			return own
		case math.Abs(d) > 3*math.Pi/4:
			return own.turned(2)
		case d > 0:
			return own
		}
		return own.turned(2)
	}
	r := boundAt(f.hull, dir)
	r.hw, r.hh = r.hw+f.grow, r.hh+f.grow
	return r.quad()
}

// Pieces of one line that the detector left apart, or that overlap, are read as one: where a box ends inside a character, that
// character is misread, or read twice.
const (
	joinGap    = 0.45 // between the pieces, in heights
	joinAside  = 0.3  // between their middles across the line
	joinHeight = 1.45 // between their heights, as a ratio
	joinInk    = 1.8  // between their inks, as a ratio
	maxAslant  = 4 * math.Pi / 180
)

// piece is a part of a line, or a whole one, in reading direction.
type piece struct {
	q   quad
	ink float64
}

// joined puts pieces of one line together. All run in the direction dir, in radians.
func joined(pieces []piece, dir float64) []quad {
	to := axesOf(dir)
	off := func(q quad) float64 { return math.Remainder(q.angle()-dir, 2*math.Pi) }
	slices.SortFunc(pieces, func(a, b piece) int { return cmp.Compare(to.along(a.q.at(0, 0.5)), to.along(b.q.at(0, 0.5))) })
	var out []quad
	gone := make([]bool, len(pieces))
	for i := range pieces {
		if gone[i] {
			continue
		}
		a := pieces[i]
		for j := i + 1; j < len(pieces) && math.Abs(off(a.q)) <= maxAslant; j++ {
			b := &pieces[j]
			small, large := min(a.q.height(), b.q.height()), max(a.q.height(), b.q.height())
			// The line is followed in its own direction, which need not quite be the page's.
			end, start := a.q.at(1, 0.5), b.q.at(0, 0.5)
			if gone[j] || to.along(start) > to.along(end)+joinGap*large || large > joinHeight*small || math.Abs(off(b.q)) > maxAslant ||
				math.Abs(to.across(end)-to.across(start)) > joinAside*small || max(a.ink, b.ink) > joinInk*min(a.ink, b.ink) {
				continue
			}
			wa, wb := a.q.width(), b.q.width()
			both := boundAt(append(append([]pt(nil), a.q[:]...), b.q[:]...), dir+(off(a.q)*wa+off(b.q)*wb)/(wa+wb))
			if 2*both.hh > 1.5*large {
				continue
			}
			a, gone[j] = piece{both.quad(), (a.ink*wa + b.ink*wb) / (wa + wb)}, true
		}
		out = append(out, a.q)
	}
	return out
}

package ocr

import (
	"math"
	"slices"
)

// Print may be pale: a period of use in grey, thin strokes of a small Song type. The detector sees it once the paper is made
// white and what is darker than the paper twice as dark.
const (
	paperTile = 24   // side of the squares whose paper is looked for, in pixels of the detector's picture
	darken    = 2.6  // factor of the distance from the paper
	ghost     = 0.03 // distance from the paper that is none: noise, the back of the page showing through
	paperRank = 0.25 // share of a square that is at least as bright as its paper
	minPaper  = 40   // darker paper than this is none: in the shade, in the dark, it has 50 of 255
)

// inked is how much darker than its paper each pixel is, 0 for paper to 1 for black.
func inked(p []float32, w, h int) []float32 {
	tw, th := (w+paperTile-1)/paperTile, (h+paperTile-1)/paperTile
	paper := make([]float32, tw*th)
	for ty := range th {
		for tx := range tw {
			var hist [256]int
			n := 0
			for y := ty * paperTile; y < min(h, (ty+1)*paperTile); y++ {
				for x := tx * paperTile; x < min(w, (tx+1)*paperTile); x++ {
					hist[uint8(min(max(p[y*w+x], 0), 255))]++
					n++
				}
			}
			v, c := 255, hist[255]
			for ; v > minPaper && float64(c) < paperRank*float64(n); c += hist[v] {
				v--
			}
			paper[ty*tw+tx] = float32(v)
		}
	}
	out := make([]float32, w*h)
	for y := range h {
		fy := max(0, float64(y)/paperTile-0.5)
		y0 := min(int(fy), th-1)
		y1, by := min(y0+1, th-1), float32(fy-float64(y0))
		for x := range w {
			fx := max(0, float64(x)/paperTile-0.5)
			x0 := min(int(fx), tw-1)
			x1, bx := min(x0+1, tw-1), float32(fx-float64(x0))
			top := paper[y0*tw+x0]*(1-bx) + paper[y0*tw+x1]*bx
			low := paper[y1*tw+x0]*(1-bx) + paper[y1*tw+x1]*bx
			white := top*(1-by) + low*by
			out[y*w+x] = min(max(1-p[y*w+x]/white, 0), 1)
		}
	}
	return out
}

// cleared is the picture with white paper and darker print, for the detector; values are 0..1, white being 1.
func cleared(ink []float32) []float32 {
	out := make([]float32, len(ink))
	for i, v := range ink {
		out[i] = 1 - min(max(darken*(v-ghost), 0), 1)
	}
	return out
}

// inkOf is the ink of a line's strokes: what all but a tenth of the quad stays under.
func inkOf(ink []float32, w, h int, q quad) float64 { return inkOver(ink, w, h, q, 10) }

// faint reports whether a quad, of whose strokes the ink is known, holds nothing but what shows through from the back. The
// strokes of a label that is spaced out, in thin type, are less than a tenth of it.
func faint(strokes float64, ink []float32, w, h int, q quad) bool {
	return strokes < faintest && inkOver(ink, w, h, q, 25) < 2*faintest
}

// inkOver is the ink that all but one in so many pixels of the quad stay under.
func inkOver(ink []float32, w, h int, q quad, share int) float64 {
	var hist [101]int
	n := 0
	nu, nv := int(min(max(q.width(), 4), 400)), int(min(max(q.height(), 4), 60))
	for j := range nv {
		for i := range nu {
			c := q.at((float64(i)+0.5)/float64(nu), (float64(j)+0.5)/float64(nv))
			if x, y := int(c.x), int(c.y); c.x >= 0 && c.y >= 0 && x < w && y < h {
				hist[int(100*ink[y*w+x])]++
				n++
			}
		}
	}
	c := 0
	for v := 100; v > 0; v-- {
		if c += hist[v]; share*c >= n {
			return float64(v) / 100
		}
	}
	return 0
}

// contrast is the difference between the paper and the print in a quad of a plane, in steps of 255.
func contrast(plane []uint8, w, h int, q quad) float64 {
	var p []float32
	nu, nv := int(min(max(q.width(), 4), 400)), int(min(max(q.height(), 4), 60))
	for j := range nv {
		for i := range nu {
			c := q.at((float64(i)+0.5)/float64(nu), (float64(j)+0.5)/float64(nv))
			if x, y := int(c.x), int(c.y); c.x >= 0 && c.y >= 0 && x < w && y < h {
				p = append(p, float32(plane[y*w+x]))
			}
		}
	}
	if len(p) == 0 {
		return 0
	}
	slices.Sort(p)
	return float64(p[len(p)*85/100] - p[len(p)*7/100])
}

// Where the detector lost the end of a line, the print goes on beyond the box at the same height, with clear paper above and
// below. A frame or a picture beside the line has none.
const (
	goOnGap   = 1.0  // clear space, in heights of the box, that ends a line
	goOnMost  = 14.0 // heights by which a box is drawn out at most
	goOnInk   = 0.5  // share of the line's own ink that counts as ink
	goOnLeast = 0.08 // ink of a line that is followed
)

// drawOut lengthens a line's quad at both ends as long as print goes on. The quad is in pixels of the picture of ink.
func drawOut(ink []float32, w, h int, q quad) quad {
	height, width := q.height(), q.width()
	if height < 4 || width < 2*height {
		return q
	}
	at := func(u, v float64) float32 { // u in heights from the left end, v in heights from the top
		c := q.at(u*height/width, v)
		x, y := int(c.x), int(c.y)
		if c.x < 0 || c.y < 0 || x >= w || y >= h {
			return -1
		}
		return ink[y*w+x]
	}
	const rows = 12
	// The darkest of a column inside the line, and beyond its upper and lower edge.
	column := func(u float64) (inside, outside float32, ok bool) {
		for r := range rows {
			v := at(u, 0.2+0.6*(float64(r)+0.5)/rows)
			if v < 0 {
				return 0, 0, false
			}
			inside = max(inside, v)
		}
		for _, r := range []float64{-0.14, -0.06, 1.06, 1.14} {
			outside = max(outside, at(u, r))
		}
		return inside, outside, true
	}
	step := 1 / height // a pixel
	var sum float32
	n := 0
	for u := 0.5; u < width/height-0.5; u += 4 * step {
		if in, _, ok := column(u); ok {
			sum, n = sum+in, n+1
		}
	}
	if n == 0 || sum/float32(n) < goOnLeast {
		return q
	}
	limit := goOnInk * sum / float32(n)
	reach := func(from, way float64) float64 {
		far := 0.0
		for d := step; d < goOnMost && d-far < goOnGap; d += step {
			in, out, ok := column(from + way*d)
			if !ok || in > limit && out > limit {
				break
			}
			if in > limit {
				far = d
			}
		}
		if far < 0.3 {
			return 0
		}
		return far + 0.2
	}
	left, right := reach(0, -1), reach(width/height, 1)
	k := height / width
	return quad{q.at(-left*k, 0), q.at(1+right*k, 0), q.at(1+right*k, 1), q.at(-left*k, 1)}
}

// scaled is the quad in other units.
func (q quad) scaled(kx, ky float64) quad {
	for i := range q {
		q[i] = pt{q[i].x * kx, q[i].y * ky}
	}
	return q
}

// paleLine is the distance of print from paper, in steps of 255, under which a line is brought to a full scale.
const paleLine = 110

// darkness brings the values of a line's picture to a full scale, its paper white and its print black; nil if they are
// further apart than the limit.
func darkness(p []float32, limit float32) []float32 {
	var hist [256]int
	for _, v := range p {
		hist[uint8(min(max(v, 0), 255))]++
	}
	rank := func(share float64) float32 {
		c := 0
		for v, n := range hist {
			if c += n; float64(c) >= share*float64(len(p)) {
				return float32(v)
			}
		}
		return 255
	}
	black, white := rank(0.03), rank(0.8)
	if white-black > limit {
		return nil
	}
	out := make([]float32, len(p))
	scale := 255 / float32(math.Max(float64(white-black), 24))
	for i, v := range p {
		out[i] = min(max((v-black)*scale, 0), 255)
	}
	return out
}

// Small print that was enlarged, or that a camera saw out of focus, is read better once its strokes are made harder: what a
// blurred copy of the picture lacks is added.
const (
	sharpness = 1.0
	sharpSide = 2 // pixels to each side over which the copy is blurred
)

func sharpen(p []float32, w, h int) {
	blurred := make([]float32, len(p))
	for y := range h {
		for x := range w {
			sum, n := float32(0), float32(0)
			for c := max(0, x-sharpSide); c <= min(w-1, x+sharpSide); c++ {
				sum, n = sum+p[y*w+c], n+1
			}
			blurred[y*w+x] = sum / n
		}
	}
	col := make([]float32, h)
	for x := range w {
		for y := range h {
			col[y] = blurred[y*w+x]
		}
		for y := range h {
			sum, n := float32(0), float32(0)
			for r := max(0, y-sharpSide); r <= min(h-1, y+sharpSide); r++ {
				sum, n = sum+col[r], n+1
			}
			v := p[y*w+x]
			p[y*w+x] = min(max(v+sharpness*(v-sum/n), 0), 255)
		}
	}
}

package qr

// bitmap is a binarised picture: 1 is dark.
type bitmap struct {
	w, h int
	pix  []byte
}

func newBitmap(w, h int) *bitmap { return &bitmap{w: w, h: h, pix: make([]byte, w*h)} }

// negative returns the bitmap with dark and light exchanged.
func (b *bitmap) negative() *bitmap {
	out := newBitmap(b.w, b.h)
	for i, v := range b.pix {
		out.pix[i] = v ^ 1
	}
	return out
}

// flatContrast is the range of values below which a neighbourhood is taken to hold nothing but paper or ink.
const flatContrast = 26

// midRange thresholds each block of 8 x 8 pixels at a point between the least and the greatest value of the 5 x 5
// blocks around it; where those are flat, of a wider neighbourhood. point is in 1/100 of the range.
func midRange(g *gray, point int) *bitmap {
	const side = 8
	bw, bh := (g.w+side-1)/side, (g.h+side-1)/side
	lo, hi := make([]byte, bw*bh), make([]byte, bw*bh)
	for i := range lo {
		lo[i] = 255
	}
	// Every second row is enough: a run of dark or light is longer.
	for y := 0; y < g.h; y += 2 {
		row := g.pix[y*g.w : (y+1)*g.w]
		o := y / side * bw
		full := g.w / side
		for bx := range full {
			p := row[bx*side : bx*side+side : bx*side+side]
			lo[o+bx] = min(lo[o+bx], p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7])
			hi[o+bx] = max(hi[o+bx], p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7])
		}
		for _, v := range row[full*side:] {
			lo[o+bw-1], hi[o+bw-1] = min(lo[o+bw-1], v), max(hi[o+bw-1], v)
		}
	}
	gmin, gmax := byte(255), byte(0)
	for i := range lo {
		gmin, gmax = min(gmin, lo[i]), max(gmax, hi[i])
	}
	lo1, hi1 := spread(lo, bw, bh, 2, false), spread(hi, bw, bh, 2, true)
	lo2, hi2 := spread(lo1, bw, bh, 4, false), spread(hi1, bw, bh, 4, true)
	out := newBitmap(g.w, g.h)
	gt := threshold(gmin, gmax, point)
	for by := range bh {
		for bx := range bw {
			i := by*bw + bx
			t := gt
			if int(hi1[i])-int(lo1[i]) >= flatContrast {
				t = threshold(lo1[i], hi1[i], point)
			} else if int(hi2[i])-int(lo2[i]) >= flatContrast {
				t = threshold(lo2[i], hi2[i], point)
			}
			x0, x1 := bx*side, min(bx*side+side, g.w)
			for y := by * side; y < min(by*side+side, g.h); y++ {
				src, dst := g.pix[y*g.w+x0:y*g.w+x1], out.pix[y*g.w+x0:y*g.w+x1]
				for k, v := range src {
					dst[k] = below(v, t)
				}
			}
		}
	}
	return out
}

// below is 1 if v < t, without a branch.
func below(v, t byte) byte { return byte(uint16(int16(v)-int16(t)) >> 15) }

func threshold(lo, hi byte, point int) byte {
	return byte(int(lo) + (int(hi)-int(lo))*point/100)
}

// spread takes the least or greatest value over a square of side 2r+1, one axis after the other.
func spread(v []byte, w, h, r int, greatest bool) []byte {
	pick := func(dst, src []byte) {
		if greatest {
			for i, b := range src {
				dst[i] = max(dst[i], b)
			}
			return
		}
		for i, b := range src {
			dst[i] = min(dst[i], b)
		}
	}
	tmp, out := make([]byte, len(v)), make([]byte, len(v))
	copy(tmp, v)
	for y := range h {
		src, dst := v[y*w:(y+1)*w], tmp[y*w:(y+1)*w]
		for k := 1; k <= min(r, w-1); k++ {
			pick(dst[k:], src[:w-k])
			pick(dst[:w-k], src[k:])
		}
	}
	copy(out, tmp)
	for y := range h {
		dst := out[y*w : (y+1)*w]
		for k := max(0, y-r); k <= min(h-1, y+r); k++ {
			pick(dst, tmp[k*w:(k+1)*w])
		}
	}
	return out
}

// localMean marks as dark what is darker than part (in 1/100) of the mean of the window around it.
func localMean(g *gray, window, part int) *bitmap {
	r := max(window/2, 2)
	out := newBitmap(g.w, g.h)
	// One row of column sums is kept up to date, so that memory does not grow with an integral image.
	col := make([]uint32, g.w)
	for y := range min(r, g.h) {
		for x, v := range g.pix[y*g.w : (y+1)*g.w] {
			col[x] += uint32(v)
		}
	}
	for y := range g.h {
		if a := y + r; a < g.h {
			for x, v := range g.pix[a*g.w : (a+1)*g.w] {
				col[x] += uint32(v)
			}
		}
		if a := y - r - 1; a >= 0 {
			for x, v := range g.pix[a*g.w : (a+1)*g.w] {
				col[x] -= uint32(v)
			}
		}
		rows := uint64(min(y+r, g.h-1) - max(y-r, 0) + 1)
		var sum uint64
		for x := range min(r, g.w) {
			sum += uint64(col[x])
		}
		src, dst := g.pix[y*g.w:(y+1)*g.w], out.pix[y*g.w:(y+1)*g.w]
		// Compare src*n*100 with sum*part; in the middle n does not change.
		left, right := min(r+1, g.w), max(g.w-r, min(r+1, g.w))
		edge := func(x int) {
			if a := x + r; a < g.w {
				sum += uint64(col[a])
			}
			if a := x - r - 1; a >= 0 {
				sum -= uint64(col[a])
			}
			n := rows * uint64(min(x+r, g.w-1)-max(x-r, 0)+1)
			if uint64(src[x])*n*100 < sum*uint64(part) {
				dst[x] = 1
			}
		}
		for x := range left {
			edge(x)
		}
		n, p := rows*uint64(2*r+1)*100, uint64(part)
		for x := left; x < right; x++ {
			sum += uint64(col[x+r]) - uint64(col[x-r-1])
			dst[x] = byte((uint64(src[x])*n - sum*p) >> 63)
		}
		for x := right; x < g.w; x++ {
			edge(x)
		}
	}
	return out
}

// otsu thresholds the whole picture at the value that parts its histogram best.
func otsu(g *gray) *bitmap {
	var hist [256]int
	for _, v := range g.pix {
		hist[v]++
	}
	t := byte(otsuPoint(hist[:]))
	out := newBitmap(g.w, g.h)
	for i, v := range g.pix {
		out.pix[i] = below(v, t)
	}
	return out
}

// otsuPoint returns the value t for which the classes below t and from t on differ most (Otsu 1979).
func otsuPoint(hist []int) int {
	total, sum := 0.0, 0.0
	for i, n := range hist {
		total += float64(n)
		sum += float64(i * n)
	}
	below, belowSum, best, at := 0.0, 0.0, -1.0, len(hist)/2
	for i, n := range hist {
		below += float64(n)
		belowSum += float64(i * n)
		if below == 0 || below == total {
			continue
		}
		d := belowSum/below - (sum-belowSum)/(total-below)
		if v := below * (total - below) * d * d; v > best {
			best, at = v, i+1
		}
	}
	return at
}

// smooth averages each pixel with its neighbours, twice over 3 x 3.
func smooth(g *gray) *gray {
	for range 2 {
		out := newGray(g.w, g.h)
		col := make([]int, g.w+2)
		for y := range g.h {
			up, mid, down := g.pix[max(0, y-1)*g.w:], g.pix[y*g.w:], g.pix[min(g.h-1, y+1)*g.w:]
			for x := range g.w {
				col[x+1] = int(up[x]) + int(mid[x]) + int(down[x])
			}
			col[0], col[g.w+1] = col[1], col[g.w]
			row := out.pix[y*g.w : (y+1)*g.w]
			for x := range row {
				row[x] = byte((col[x] + col[x+1] + col[x+2]) / 9)
			}
		}
		g = out
	}
	return g
}

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
	n := len(b.pix) &^ 7
	for i := 0; i < n; i += 8 {
		store8(out.pix[i:], load8(b.pix[i:])^laneOnes)
	}
	for i := n; i < len(b.pix); i++ {
		out.pix[i] = b.pix[i] ^ 1
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
	full := g.w / side
	for by := range bh {
		blo, bhi := lo[by*bw:(by+1)*bw], hi[by*bw:(by+1)*bw]
		y0, y1 := by*side, min(by*side+side, g.h)
		if y1-y0 == side {
			// Every second row is enough: a run of dark or light is longer.
			p0, p1 := g.pix[y0*g.w:(y0+1)*g.w], g.pix[(y0+2)*g.w:(y0+3)*g.w]
			p2, p3 := g.pix[(y0+4)*g.w:(y0+5)*g.w], g.pix[(y0+6)*g.w:(y0+7)*g.w]
			for bx := range full {
				a, b, c, d := load8(p0[bx*side:]), load8(p1[bx*side:]), load8(p2[bx*side:]), load8(p3[bx*side:])
				ab, cd := (a^b)&(notBelow(a, b)>>7*255), (c^d)&(notBelow(c, d)>>7*255)
				blo[bx], bhi[bx] = extremesOf8(leastOf8(a^ab, c^cd), greatestOf8(b^ab, d^cd))
			}
		} else {
			for bx := range full {
				l, h := ^uint64(0), uint64(0)
				for y := y0; y < y1; y += 2 {
					v := load8(g.pix[y*g.w+bx*side:])
					l, h = leastOf8(l, v), greatestOf8(h, v)
				}
				blo[bx], bhi[bx] = extremesOf8(l, h)
			}
		}
		if full < bw {
			l, h := byte(255), byte(0)
			for y := y0; y < y1; y += 2 {
				for _, v := range g.pix[y*g.w+full*side : (y+1)*g.w] {
					l, h = min(l, v), max(h, v)
				}
			}
			blo[full], bhi[full] = l, h
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
	// ts are the thresholds of a row of blocks, each in all bytes of a word.
	ts := make([]uint64, bw)
	for by := range bh {
		for bx := range ts {
			i := by*bw + bx
			t := gt
			if int(hi1[i])-int(lo1[i]) >= flatContrast {
				t = threshold(lo1[i], hi1[i], point)
			} else if int(hi2[i])-int(lo2[i]) >= flatContrast {
				t = threshold(lo2[i], hi2[i], point)
			}
			ts[bx] = uint64(t) * laneOnes
		}
		for y := by * side; y < min(by*side+side, g.h); y++ {
			src, dst := g.pix[y*g.w:(y+1)*g.w], out.pix[y*g.w:(y+1)*g.w]
			for bx, t := range ts[:full] {
				store8(dst[bx*side:], ^notBelow(load8(src[bx*side:]), t)&laneTops>>7)
			}
			if full < bw {
				belowInto(dst[full*side:], src[full*side:], byte(ts[full]))
			}
		}
	}
	return out
}

func threshold(lo, hi byte, point int) byte {
	return byte(int(lo) + (int(hi)-int(lo))*point/100)
}

// spread takes the least or greatest value over a square of side 2r+1, one axis after the other.
func spread(v []byte, w, h, r int, greatest bool) []byte {
	pick := leastInto
	if greatest {
		pick = greatestInto
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
	marks := newBitmap(g.w, g.h)
	// One row of column sums is kept up to date, so that memory does not grow with an integral image.
	col := make([]uint32, g.w)
	for y := range min(r, g.h) {
		for x, v := range g.pix[y*g.w : (y+1)*g.w] {
			col[x] += uint32(v)
		}
	}
	for y := range g.h {
		in, out := y+r, y-r-1
		switch {
		case in < g.h && out >= 0:
			a, b := g.pix[in*g.w:(in+1)*g.w], g.pix[out*g.w:(out+1)*g.w]
			b = b[:len(a)]
			for x := range col[:len(a)] {
				col[x] += uint32(a[x]) - uint32(b[x])
			}
		case in < g.h:
			for x, v := range g.pix[in*g.w : (in+1)*g.w] {
				col[x] += uint32(v)
			}
		case out >= 0:
			for x, v := range g.pix[out*g.w : (out+1)*g.w] {
				col[x] -= uint32(v)
			}
		}
		rows := uint64(min(y+r, g.h-1) - max(y-r, 0) + 1)
		var sum uint64
		for x := range min(r, g.w) {
			sum += uint64(col[x])
		}
		src, dst := g.pix[y*g.w:(y+1)*g.w], marks.pix[y*g.w:(y+1)*g.w]
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
		if left < right {
			m := right - left
			enter, leave := col[left+r:][:m], col[left-r-1:][:m]
			from, to := src[left:][:m], dst[left:][:m]
			for x := range to {
				sum += uint64(enter[x]) - uint64(leave[x])
				to[x] = byte((uint64(from[x])*n - sum*p) >> 63)
			}
		}
		for x := right; x < g.w; x++ {
			edge(x)
		}
	}
	return marks
}

// otsu thresholds the whole picture at the value that parts its histogram best.
func otsu(g *gray) *bitmap {
	var hist [256]int
	for _, v := range g.pix {
		hist[v]++
	}
	t := byte(otsuPoint(hist[:]))
	out := newBitmap(g.w, g.h)
	belowInto(out.pix, g.pix, t)
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
		for y := range g.h {
			up, low := max(0, y-1), min(g.h-1, y+1)
			smoothRow(out.pix[y*g.w:][:g.w], g.pix[up*g.w:][:g.w], g.pix[y*g.w:][:g.w], g.pix[low*g.w:][:g.w])
		}
		g = out
	}
	return g
}

// smoothRow averages the pixels of a row with those beside, above and below them.
func smoothRow(dst, up, mid, low []byte) {
	w := len(dst)
	sum := func(x int) uint64 {
		x = min(max(x, 0), w-1)
		return uint64(up[x]) + uint64(mid[x]) + uint64(low[x])
	}
	// Sums of three pixels below one another, of the even and the odd ones of eight, in lanes of two bytes.
	sums := func(x int) (even, odd uint64) {
		a, b, c := load8(up[x:]), load8(mid[x:]), load8(low[x:])
		return a&evenLanes + b&evenLanes + c&evenLanes, a>>8&evenLanes + b>>8&evenLanes + c>>8&evenLanes
	}
	n := w &^ 7
	if n > 0 {
		even, odd := sums(0)
		before := sum(-1)
		for x := 0; x < n; x += 8 {
			var nextEven, nextOdd uint64
			if x+8 < n {
				nextEven, nextOdd = sums(x + 8)
			} else {
				nextEven = sum(x + 8)
			}
			both := even + odd
			store8(dst[x:], ninth(both+(odd<<16|before))|ninth(both+(even>>16|nextEven<<48))<<8)
			before = odd >> 48
			even, odd = nextEven, nextOdd
		}
	}
	for x := n; x < w; x++ {
		dst[x] = byte((sum(x-1) + sum(x) + sum(x+1)) / 9)
	}
}

// ninth divides four lanes of two bytes, each of nine bytes' sum at most, by nine.
func ninth(v uint64) uint64 {
	const wide, low, factor = 0x0000FFFF0000FFFF, 0x000000FF000000FF, 1<<16/9 + 1
	return (v&wide)*factor>>16&low | ((v>>16&wide)*factor>>16&low)<<16
}

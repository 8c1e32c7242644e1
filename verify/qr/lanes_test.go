package qr

import (
	"cmp"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// roughGray draws a picture of noise, edges and flat parts.
func roughGray(rnd *rand.Rand, w, h int) *gray {
	g := newGray(w, h)
	for i := range g.pix {
		x, y := i%w, i/w
		v := 40 + 150*((x/7+y/9)%2)
		if (x/40+y/40)%3 == 0 {
			v = 250
		}
		g.pix[i] = byte(min(255, v+rnd.IntN(1+60*((x/50)%2))))
	}
	return g
}

// What is done to eight pixels at once gives what is done to each.
func TestLanes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		a, b := make([]byte, 8), make([]byte, 8)
		for i := range a {
			a[i], b[i] = byte(rnd.IntN(256)), byte(rnd.IntN(256))
			if rnd.IntN(3) == 0 {
				b[i] = a[i]
			}
		}
		lo, hi := make([]byte, 8), make([]byte, 8)
		store8(lo, leastOf8(load8(a), load8(b)))
		store8(hi, greatestOf8(load8(a), load8(b)))
		for i := range a {
			if lo[i] != min(a[i], b[i]) || hi[i] != max(a[i], b[i]) {
				t.Fatalf("%v and %v: least %v, greatest %v", a, b, lo, hi)
			}
		}
		if l, h := extremesOf8(load8(lo), load8(hi)); l != slices.Min(lo) || h != slices.Max(hi) {
			t.Fatalf("%v and %v: extremes %d, %d", a, b, l, h)
		}
		if v := uint64(rnd.IntN(9*255 + 1)); ninth(v<<48|v<<32|v<<16|v) != v/9*(laneOnes&evenLanes) {
			t.Fatalf("a ninth of %d is %x", v, ninth(v<<48|v<<32|v<<16|v))
		}
		mark := make([]byte, 8)
		belowInto(mark, a, b[0])
		for i := range a {
			if (mark[i] == 1) != (a[i] < b[0]) || mark[i] > 1 {
				t.Fatalf("%v below %d: %v", a, b[0], mark)
			}
		}
	}
}

// Binarising, scaling and smoothing give what they give one pixel after the other, at sizes that are no multiple of eight.
func TestPicturesOnePixelAtATime(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, size := range [][2]int{{3, 2}, {8, 8}, {17, 11}, {64, 40}, {131, 77}, {250, 199}} {
		w, h := size[0], size[1]
		g := roughGray(rnd, w, h)
		half, doubled, soft := g.shrink(2), g.double(), smooth(g)
		for y := range h / 2 {
			for x := range w / 2 {
				sum := 2
				for k := range 4 {
					sum += int(g.pix[(2*y+k/2)*w+2*x+k%2])
				}
				if got := half.pix[y*half.w+x]; got != byte(sum/4) {
					t.Fatalf("%v: half at %d, %d is %d, want %d", size, x, y, got, sum/4)
				}
			}
		}
		for y := range 2 * h {
			for x := range 2 * w {
				want := byte(g.at((float64(x)+.5)/2, (float64(y)+.5)/2) + .5)
				if got := doubled.pix[y*2*w+x]; got != want {
					t.Fatalf("%v: double at %d, %d is %d, want %d", size, x, y, got, want)
				}
			}
		}
		once := newGray(w, h)
		for round, from := range []*gray{g, once} {
			to := newGray(w, h)
			for i := range to.pix {
				sum := 0
				for k := range 9 {
					x, y := min(max(i%w+k%3-1, 0), w-1), min(max(i/w+k/3-1, 0), h-1)
					sum += int(from.pix[y*w+x])
				}
				to.pix[i] = byte(sum / 9)
			}
			if round == 0 {
				copy(once.pix, to.pix)
			} else if !slices.Equal(to.pix, soft.pix) {
				t.Fatalf("%v: not smoothed as one pixel after the other", size)
			}
		}
		for _, point := range []int{45, 60} {
			if got, want := midRange(g, point), plainMidRange(g, point); !slices.Equal(got.pix, want.pix) {
				t.Fatalf("%v: thresholds at %d %% differ", size, point)
			}
		}
		b := midRange(g, 45)
		n := b.negative()
		for i, v := range b.pix {
			if n.pix[i] != 1-v {
				t.Fatalf("%v: negative of %d is %d", size, v, n.pix[i])
			}
		}
	}
}

// plainMidRange is midRange one pixel after the other.
func plainMidRange(g *gray, point int) *bitmap {
	const side = 8
	bw, bh := (g.w+side-1)/side, (g.h+side-1)/side
	around := func(bx, by, r int) (lo, hi byte) {
		lo = 255
		for y := max(0, by-r) * side; y < min(g.h, (by+r+1)*side); y += 2 {
			for x := max(0, bx-r) * side; x < min(g.w, (bx+r+1)*side); x++ {
				lo, hi = min(lo, g.pix[y*g.w+x]), max(hi, g.pix[y*g.w+x])
			}
		}
		return lo, hi
	}
	gmin, gmax := around(0, 0, max(bw, bh))
	out := newBitmap(g.w, g.h)
	for i, v := range g.pix {
		bx, by := i%g.w/side, i/g.w/side
		t := threshold(gmin, gmax, point)
		if lo, hi := around(bx, by, 2); hi-lo >= flatContrast {
			t = threshold(lo, hi, point)
		} else if lo, hi := around(bx, by, 6); hi-lo >= flatContrast {
			t = threshold(lo, hi, point)
		}
		if v < t {
			out.pix[i] = 1
		}
	}
	return out
}

func TestRunEdges(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	for range 500 {
		row := make([]byte, rnd.IntN(70))
		var want []int
		for x := range row {
			if x > 0 {
				row[x] = row[x-1]
			}
			if rnd.IntN(4) == 0 {
				row[x] ^= 1
			}
			if x == 0 && row[0] == 1 || x > 0 && row[x] != row[x-1] {
				want = append(want, x)
			}
		}
		if len(want)%2 == 1 {
			want = append(want, len(row))
		}
		if got := runEdges(row, nil); !slices.Equal(got, want) {
			t.Fatalf("%v: edges %v, want %v", row, got, want)
		}
	}
}

// Samples along a line are those at its places, inside the picture and across its border.
func TestAlongLine(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 12))
	g := roughGray(rnd, 60, 45)
	for range 1000 {
		p := vec{rnd.Float64()*80 - 10, rnd.Float64()*65 - 10}
		d := vec{rnd.Float64()*2 - 1, rnd.Float64()*2 - 1}
		out := make([]float64, 1+rnd.IntN(40))
		negative := rnd.IntN(2) == 0
		g.alongLine(p, d, out, negative)
		for k, v := range out {
			want := view{g, 1, negative}.at(p.add(d.mul(float64(k))))
			if math.Abs(v-want) > 1e-6 {
				t.Fatalf("from %v by %v, place %d: %v, want %v", p, d, k, v, want)
			}
		}
	}
}

// The sums of the equaliser are those over all samples and all pairs of the nine places around each.
func TestEqualiserSums(t *testing.T) {
	rnd := rand.New(rand.NewPCG(13, 14))
	for _, d := range []int{21, 25, 57} {
		w := d + 2
		e := &equaliser{d, make([]float64, d*d), make([]float64, w*w)}
		for i := range e.n {
			e.n[i] = rnd.Float64()
		}
		for i := range e.s {
			e.s[i] = 2*rnd.Float64() - 1
		}
		got := e.moments()
		e.samples(&got)
		var want [10][11]float64
		for i, v := range e.n {
			var row [11]float64
			for o := range 9 {
				row[o] = e.s[(i/d+o/3)*w+i%d+o%3]
			}
			row[9], row[10] = 1, v
			for p := range 10 {
				for q := p; q < 11; q++ {
					want[p][q] += row[p] * row[q]
				}
			}
		}
		for p := range 10 {
			for q := p; q < 11; q++ {
				if math.Abs(got[p][q]-want[p][q]) > 1e-8 {
					t.Fatalf("%d modules: sum %d, %d is %v, want %v", d, p, q, got[p][q], want[p][q])
				}
			}
		}
	}
}

// Triplets come in the order that they have when all of them are judged at once.
func TestRankingIsLazy(t *testing.T) {
	img, _ := riddled(t, 4, 700, 600, 40, 3, 20)
	g := toGray(img, luma)
	v := view{g, 1, false}
	never := func() bool { return false }
	fs := findFinders(midRange(g, 45), false, never)
	for i := range fs {
		fs[i].ring = measureRing(g, fs[i].c, fs[i].module, false)
	}
	q := v.rankTriplets(fs, 400, math.Inf(1), never)
	all := slices.Clone(q.all)
	byCost := func(a, b triplet) int { return cmp.Compare(a.cost, b.cost) }
	slices.SortStableFunc(all, byCost)
	all = all[:min(400, len(all))]
	if len(all) <= q.judged {
		t.Fatalf("%d triplets, all of which are judged", len(all))
	}
	head := all[:q.judged]
	for i := range head {
		v.judge(fs, &head[i])
	}
	slices.SortStableFunc(head, byCost)
	for i, want := range all {
		got, ok := q.next(func(*triplet) bool { return false })
		if !ok || got.tl != want.tl || got.tr != want.tr || got.bl != want.bl || got.cost != want.cost {
			t.Fatalf("triplet %d of %d: %+v, want %+v", i, len(all), got, want)
		}
	}
	if got, ok := q.next(func(*triplet) bool { return false }); ok {
		t.Errorf("more than %d triplets: %+v", len(all), got)
	}
}

// A colour's greatest channel is the same whichever way the picture is kept.
func TestBrightestOfYCbCr(t *testing.T) {
	rnd := rand.New(rand.NewPCG(15, 16))
	img := image.NewYCbCr(image.Rect(0, 0, 33, 21), image.YCbCrSubsampleRatio420)
	for _, p := range [][]byte{img.Y, img.Cb, img.Cr} {
		for i := range p {
			p[i] = byte(rnd.IntN(256))
		}
	}
	g := toGray(img, brightest)
	for y := range 21 {
		for x := range 33 {
			r, gr, b, _ := img.At(x, y).RGBA()
			if want := byte(max(r, gr, b) >> 8); g.pix[y*33+x] != want {
				t.Fatalf("%d, %d: %d, want %d", x, y, g.pix[y*33+x], want)
			}
		}
	}
}

// The search for alignment patterns gives the correlation at each of its places.
func TestAlignmentSearch(t *testing.T) {
	rnd := rand.New(rand.NewPCG(17, 18))
	g := roughGray(rnd, 120, 90)
	seen := 0
	for range 60 {
		v := view{g, 1 + float64(rnd.IntN(2)), rnd.IntN(2) == 0}
		p := vec{v.f * rnd.Float64() * 120, v.f * rnd.Float64() * 90}
		du := vec{v.f * (2 + 3*rnd.Float64()), v.f * rnd.Float64()}
		dv := vec{-v.f * rnd.Float64(), v.f * (2 + 3*rnd.Float64())}
		s := v.newAlignmentSearch(p, du, dv, 3)
		for j := -s.n; j <= s.n; j++ {
			for i := -s.n; i <= s.n; i++ {
				q := p.add(du.mul(float64(i) / 2)).add(dv.mul(float64(j) / 2))
				side := (v.at(q.add(du)) + v.at(q.sub(du)) + v.at(q.add(dv)) + v.at(q.sub(dv))) / 4
				want := 0.0
				if side-v.at(q) > 3 {
					want = v.correlateAlignment(q, du, dv)
					seen++
				}
				if got := s.at(i, j); math.Abs(got-want) > 1e-6 && math.Abs(side-v.at(q)-3) > 1e-6 {
					t.Fatalf("at %d, %d of %v: %v, want %v", i, j, p, got, want)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d places are worth a look", seen)
	}
}

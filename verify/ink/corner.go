package ink

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// Corners and their description follow FAST-9 (Rosten and Drummond 2006) and BRIEF-256 (Calonder et al. 2010), upright:
// a scan is upright by contract, and text told apart by its direction is told apart less well.

const (
	fastThreshold = 0.09 // of white
	patchRadius   = 15   // pixels of the picture in which corners are sought
	perCell       = 8    // corners kept in each cell, so that no part of the page outshouts the rest
	cellSize      = 64
)

type corner struct {
	x, y  int
	score float32
	code  [4]uint64
}

// ring is the circle of 16 pixels of FAST.
var ring = [16][2]int{{0, -3}, {1, -3}, {2, -2}, {3, -1}, {3, 0}, {3, 1}, {2, 2}, {1, 3}, {0, 3}, {-1, 3}, {-2, 2}, {-3, 1}, {-3, 0}, {-3, -1}, {-2, -2}, {-1, -3}}

// tests are the 256 pairs of places that BRIEF compares, drawn once from a fixed sequence.
var tests = briefTests()

func briefTests() (t [256][4]int8) {
	rng := rand.New(rand.NewPCG(0x1d5, 0x6a09e667))
	draw := func() int8 {
		for {
			if v := rng.NormFloat64() * patchRadius * 0.45; math.Abs(v) <= patchRadius-2 {
				return int8(math.Round(v))
			}
		}
	}
	for i := range t {
		t[i] = [4]int8{draw(), draw(), draw(), draw()}
	}
	return t
}

// corners finds the strongest corners of each cell and describes them.
func corners(p *plane) []corner {
	var off [16]int
	for i, r := range ring {
		off[i] = r[1]*p.w + r[0]
	}
	score := make([]float32, len(p.v))
	const m = patchRadius + 2
	if p.w <= 2*m || p.h <= 2*m {
		return nil
	}
	for y := m; y < p.h-m; y++ {
		for x := m; x < p.w-m; x++ {
			o := y*p.w + x
			c := p.v[o]
			hi, lo := c+fastThreshold, c-fastThreshold
			a, b := p.v[o+off[0]], p.v[o+off[8]]
			if a <= hi && a >= lo && b <= hi && b >= lo {
				continue
			}
			a, b = p.v[o+off[4]], p.v[o+off[12]]
			if a <= hi && a >= lo && b <= hi && b >= lo {
				continue // nine in a row hold one of these two as well
			}
			var bright, dark uint32
			var sum float32
			for i, d := range off {
				v := p.v[o+d]
				if v > hi {
					bright |= 1 << i
				} else if v < lo {
					dark |= 1 << i
				}
				if d := v - c; d > 0 {
					sum += d
				} else {
					sum -= d
				}
			}
			if arc9(bright) || arc9(dark) {
				score[o] = sum
			}
		}
	}
	cw, ch := (p.w+cellSize-1)/cellSize, (p.h+cellSize-1)/cellSize
	cells := make([][]corner, cw*ch)
	for y := m; y < p.h-m; y++ {
		for x := m; x < p.w-m; x++ {
			o := y*p.w + x
			s := score[o]
			if s == 0 || s < score[o-1] || s <= score[o+1] || s < score[o-p.w] || s <= score[o+p.w] ||
				s < score[o-p.w-1] || s < score[o-p.w+1] || s <= score[o+p.w-1] || s <= score[o+p.w+1] {
				continue
			}
			i := y/cellSize*cw + x/cellSize
			cells[i] = append(cells[i], corner{x: x, y: y, score: s})
		}
	}
	var out []corner
	soft := p.blurred(1.6)
	for _, c := range cells {
		slices.SortFunc(c, func(a, b corner) int {
			switch {
			case a.score > b.score:
				return -1
			case a.score < b.score:
				return 1
			}
			return (a.y-b.y)*p.w + a.x - b.x
		})
		for _, k := range c[:min(len(c), perCell)] {
			k.describe(soft)
			out = append(out, k)
		}
	}
	return out
}

// arc9 reports whether nine bits of a ring of 16 are set in a row.
func arc9(m uint32) bool {
	if bits.OnesCount32(m) < 9 {
		return false
	}
	m |= m << 16
	m &= m >> 1 // runs of 2
	m &= m >> 2 // of 4
	m &= m >> 4 // of 8
	return m&(m>>1) != 0 && bits.OnesCount32(m) > 0
}

func (k *corner) describe(p *plane) {
	o := k.y*p.w + k.x
	for i := range tests {
		t := &tests[i]
		if p.v[o+int(t[1])*p.w+int(t[0])] < p.v[o+int(t[3])*p.w+int(t[2])] {
			k.code[i>>6] |= 1 << (i & 63)
		}
	}
}

func distance(a, b *[4]uint64) int {
	return bits.OnesCount64(a[0]^b[0]) + bits.OnesCount64(a[1]^b[1]) + bits.OnesCount64(a[2]^b[2]) + bits.OnesCount64(a[3]^b[3])
}

// match pairs corners of two pictures that describe each other best. Places farther apart than reach (both in pixels of
// their own picture, after the guess was applied to the first) are not compared.
func match(ref, scan []corner, guess homography, reach float64) []pair {
	const far = 70 // of 256 bits: unlike beyond this
	type near struct{ i, d, second int }
	back := make([]near, len(scan))
	for i := range back {
		back[i] = near{-1, 257, 257}
	}
	forth := make([]near, len(ref))
	r2 := reach * reach
	for i := range ref {
		a := &ref[i]
		u, v := guess.apply(float64(a.x), float64(a.y))
		best := near{-1, 257, 257}
		for j := range scan {
			b := &scan[j]
			dx, dy := float64(b.x)-u, float64(b.y)-v
			if dx*dx+dy*dy > r2 {
				continue
			}
			d := distance(&a.code, &b.code)
			if d < best.d {
				best.second, best.d, best.i = best.d, d, j
			} else if d < best.second {
				best.second = d
			}
			if d < back[j].d {
				back[j].d, back[j].i = d, i
			}
		}
		forth[i] = best
	}
	var ps []pair
	for i, f := range forth {
		if f.i < 0 || f.d > far || back[f.i].i != i || float64(f.d) > 0.9*float64(f.second) {
			continue
		}
		ps = append(ps, pair{float64(ref[i].x), float64(ref[i].y), float64(scan[f.i].x), float64(scan[f.i].y), 1})
	}
	return ps
}

// consensus finds the homography that most pairs agree with (RANSAC, Fischler and Bolles 1981); the draws are fixed.
// tol is in pixels of the scan.
func consensus(ps []pair, tol float64) (best homography, inliers []pair) {
	if len(ps) < 8 {
		return best, nil
	}
	rng := rand.New(rand.NewPCG(7, uint64(len(ps))))
	most := 0
	limit := 1500
	for it := 0; it < limit; it++ {
		var s [4]pair
		for k := range s {
			s[k] = ps[rng.IntN(len(ps))]
		}
		if !spread(s) {
			continue
		}
		h, ok := fitHomography(s[:])
		if !ok || !plausible(h, s) {
			continue
		}
		n := 0
		for i := range ps {
			p := &ps[i]
			u, v := h.apply(p.x, p.y)
			if (u-p.u)*(u-p.u)+(v-p.v)*(v-p.v) < tol*tol {
				n++
			}
		}
		if n > most {
			most, best = n, h
			if f := float64(n) / float64(len(ps)); f > 0.3 {
				limit = min(limit, int(6/(f*f*f*f))+40) // e^-6 is the chance to have missed
			}
		}
	}
	for range 3 {
		inliers = inliers[:0]
		for _, p := range ps {
			u, v := best.apply(p.x, p.y)
			if math.Hypot(u-p.u, v-p.v) < tol {
				inliers = append(inliers, p)
			}
		}
		h, ok := fitHomography(inliers)
		if !ok {
			break
		}
		best = h
	}
	return best, inliers
}

// spread reports whether four draws are apart enough to fix a homography.
func spread(s [4]pair) bool {
	for i := range s {
		for j := range i {
			if math.Hypot(s[i].x-s[j].x, s[i].y-s[j].y) < 60 {
				return false
			}
		}
	}
	return true
}

// plausible reports whether a map looks like a sheet seen by a camera or scanner: not mirrored, not much turned, not
// much stretched, and nothing at infinity.
func plausible(h homography, s [4]pair) bool {
	for _, p := range s {
		if h.d(p.x, p.y) <= 0.2 {
			return false
		}
		a, b, c, d := h.jacobian(p.x, p.y)
		det := a*d - b*c
		if det < 0.12 || det > 8 || a < 0.25 || d < 0.25 || math.Abs(b) > 0.6*d || math.Abs(c) > 0.6*a {
			return false
		}
	}
	return true
}

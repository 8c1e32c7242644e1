package qr

import (
	"math"
	"math/bits"
	"slices"
)

// finder is a place where lines in several directions cross dark and light in the ratio 1:1:3:1:1 (ISO/IEC 18004,
// 6.3.3). Places and lengths are in pixels of the binarised picture.
type finder struct {
	c       vec
	module  float64
	support int
	ring    *ring
	virtual bool // not seen: where the third finder of a pair would be
}

// strength rates how sure a finder pattern is: by the rays that see it whole, then by the lines that crossed it.
func (f *finder) strength() int {
	if f.ring == nil {
		return f.support
	}
	return 4*f.ring.good + min(f.support, 20)
}

// finderScan looks for finder patterns in a bitmap.
type finderScan struct {
	b *bitmap
	// lenient takes patterns that touch something dark or have lost a part of their ring on one side.
	lenient bool
	found   []finder
	raw     int
}

// findFinders returns the finder patterns of a bitmap, the best supported first, at most maxFinders.
func findFinders(b *bitmap, lenient bool, stop func() bool) []finder {
	s := &finderScan{b: b, lenient: lenient}
	step := 1
	if b.h > 700 {
		step = 2
	}
	var edges []int
	for y := step / 2; y < b.h; y += step {
		if y&127 == 0 && stop() {
			break
		}
		edges = runEdges(b.pix[y*b.w:(y+1)*b.w], edges[:0])
		// edges alternate: start of dark, start of light, ...
		for i := 0; i+5 < len(edges); i += 2 {
			e := edges[i : i+6 : i+6]
			// As finderRatio has it, the middle run is at least 1.8 modules less a pixel long, whatever the others are.
			if !lenient && 7*(10*(e[3]-e[2])+10) < 18*(e[5]-e[0]) {
				continue
			}
			w := [5]float64{}
			for k := range w {
				w[k] = float64(e[k+1] - e[k])
			}
			total := float64(e[5] - e[0])
			if !finderRatio(w, .6, .5) {
				if !lenient {
					continue
				}
				if total = oneSided(w); total == 0 {
					continue
				}
			}
			x := float64(edges[i+2]+edges[i+3]) / 2
			s.consider(x, float64(y)+.5, total)
			if s.raw > maxRawFinders || len(s.found) > maxClusters {
				y = b.h
				break
			}
		}
	}
	slices.SortStableFunc(s.found, func(a, b finder) int { return b.support - a.support })
	if len(s.found) > maxFinders {
		s.found = s.found[:maxFinders]
	}
	return s.found
}

// runEdges lists the places where a row changes, beginning with the first dark pixel. What lies outside is light.
func runEdges(row []byte, edges []int) []int {
	n := len(row) &^ 7
	last := byte(0)
	for x := 0; x < n; x += 8 {
		v := load8(row[x:])
		// A byte is set where it is not as the one before it.
		for change := v ^ (v<<8 | uint64(last)); change != 0; change &= change - 1 {
			edges = append(edges, x+bits.TrailingZeros64(change)/8)
		}
		last = byte(v >> 56)
	}
	for x, v := range row[n:] {
		if v != last {
			edges = append(edges, n+x)
		}
		last = v
	}
	if len(edges)%2 == 1 {
		edges = append(edges, len(row))
	}
	return edges
}

// finderRatio reports whether five run lengths are near 1:1:3:1:1. Edge-to-edge lengths of neighbouring runs must fit
// better than single runs, since blur and a wrong threshold move edges in pairs.
func finderRatio(w [5]float64, tol, slack float64) bool {
	total := w[0] + w[1] + w[2] + w[3] + w[4]
	if total < 7 {
		return false
	}
	m := total / 7
	t := tol*m + slack
	if math.Abs(w[0]-m) > t || math.Abs(w[1]-m) > t || math.Abs(w[3]-m) > t || math.Abs(w[4]-m) > t ||
		math.Abs(w[2]-3*m) > 2*t {
		return false
	}
	e := 1.25*tol*m + 2*slack
	return math.Abs(w[0]+w[1]-2*m) <= e && math.Abs(w[3]+w[4]-2*m) <= e &&
		math.Abs(w[1]+w[2]-4*m) <= 1.5*e && math.Abs(w[2]+w[3]-4*m) <= 1.5*e
}

// oneSided returns the total length of a finder of which only one outer run is as it should be, judged by the inner
// three runs, or 0.
func oneSided(w [5]float64) float64 {
	m := (w[1] + w[2] + w[3]) / 5
	t := .45*m + .5
	if m < 1 || math.Abs(w[1]-m) > t || math.Abs(w[3]-m) > t || math.Abs(w[2]-3*m) > 1.6*t {
		return 0
	}
	if math.Abs(w[0]-m) > t && math.Abs(w[4]-m) > t {
		return 0
	}
	return 7 * m
}

// consider checks a candidate in the other directions and adds it to its cluster.
func (s *finderScan) consider(x, y, total float64) {
	m := total / 7
	for i := range s.found {
		f := &s.found[i]
		if dx := f.c.x - x; dx > 1.2*f.module || -dx > 1.2*f.module {
			continue
		}
		if math.Abs(f.c.y-y) <= 2*f.module && m < 1.6*f.module && m > .6*f.module {
			f.support++
			return
		}
	}
	s.raw++
	p := vec{x, y}
	up, ok := s.cross(p, vec{0, 1}, total, .6)
	if !ok {
		return
	}
	p.y = up.mid
	across, ok := s.cross(p, vec{1, 0}, total, .6)
	if !ok {
		return
	}
	p.x = across.mid
	d := math.Sqrt2 / 2
	_, d1 := s.cross(p, vec{d, d}, math.Max(up.total, across.total), .8)
	_, d2 := s.cross(p, vec{d, -d}, math.Max(up.total, across.total), .8)
	if !d1 && !d2 {
		return
	}
	m = (up.total + across.total) / 14
	for i := range s.found {
		f := &s.found[i]
		if dx := f.c.x - p.x; dx > 1.5*f.module || -dx > 1.5*f.module {
			continue
		}
		if dist(f.c, p) <= 1.5*f.module && m < 1.7*f.module && m > .55*f.module {
			n := float64(f.support)
			f.c = f.c.mul(n).add(p).mul(1 / (n + 1))
			f.module = (f.module*n + m) / (n + 1)
			f.support++
			return
		}
	}
	s.found = append(s.found, finder{c: p, module: m, support: 1})
}

type crossing struct{ mid, total float64 }

// cross measures the five runs through p along a direction. mid is the coordinate of the middle run's centre along the
// axis (for the two axis directions).
func (s *finderScan) cross(p, d vec, expect, tol float64) (crossing, bool) {
	limit := int(2.5*expect) + 4
	var fwd, back [3]float64
	f, b := s.runs(p, d, limit, &fwd), s.runs(p, d.mul(-1), limit, &back)
	if !f || !b {
		if !s.lenient || !f && !b {
			return crossing{}, false
		}
		// One side is whole; of the other only the middle square's edge is needed.
		whole, part := fwd, back
		if b {
			whole, part = back, fwd
		}
		m := (whole[1] + whole[2]) / 2
		stone := whole[0] + part[0] - 1
		t := .45*m + .6
		if part[0] == 0 || math.Abs(whole[1]-whole[2]) > 2*t || math.Abs(stone-3*m) > 2*t || 7*m < .35*expect || 7*m > 2.6*expect {
			return crossing{}, false
		}
		at := p.x
		if d.y == 1 {
			at = p.y
		}
		return crossing{math.Floor(at) + .5 + (fwd[0]-back[0])/2, 7 * m}, true
	}
	w := [5]float64{back[2], back[1], back[0] + fwd[0] - 1, fwd[1], fwd[2]}
	total := w[0] + w[1] + w[2] + w[3] + w[4]
	if !finderRatio(w, tol, .6) {
		if !s.lenient {
			return crossing{}, false
		}
		if total = oneSided(w); total == 0 {
			return crossing{}, false
		}
	}
	if total < .35*expect || total > 2.6*expect {
		return crossing{}, false
	}
	at := p.x
	if d.y == 1 {
		at = p.y
	}
	at = math.Floor(at) + .5
	return crossing{at + (fwd[0]-back[0])/2, total}, true
}

// runs counts the steps from p through dark, light and dark again; the first run includes p itself.
func (s *finderScan) runs(p, d vec, limit int, out *[3]float64) bool {
	x, y := p.x, p.y
	state, n := 0, 0
	for i := 0; i < limit; i++ {
		ix, iy := int(x), int(y)
		inside := x >= 0 && y >= 0 && ix < s.b.w && iy < s.b.h
		dark := inside && s.b.pix[iy*s.b.w+ix] == 1
		if dark != (state != 1) {
			out[state] = float64(n)
			if n == 0 {
				return false
			}
			state++
			n = 0
			if state == 3 {
				return true
			}
		}
		if !inside {
			return false
		}
		n++
		x += d.x
		y += d.y
	}
	return false
}

package qr

import (
	"math"
	"slices"
)

// peak is a place where an alignment pattern may be, with its correlation from -1 to 1.
type peak struct {
	p vec
	s float64
}

// correlateAlignment returns the normalised correlation of the alignment pattern with the picture at p, where a module
// is du to the right and dv down.
func (v view) correlateAlignment(p, du, dv vec) float64 {
	var s, ss, light float64
	p = p.mul(1 / v.f)
	du, dv = du.mul(1/v.f), dv.mul(1/v.f)
	for j := range 5 {
		for i := range 5 {
			fi, fj := float64(i-2), float64(j-2)
			g := v.g.at(p.x+fi*du.x+fj*dv.x, p.y+fi*du.y+fj*dv.y)
			s += g
			ss += g * g
			if i > 0 && i < 4 && j > 0 && j < 4 && (i != 2 || j != 2) {
				light += g
			}
		}
	}
	sd := math.Sqrt(math.Max(ss-s*s/25, 0))
	if sd < 20 {
		return 0
	}
	// The template with mean zero is 17/25 on the 8 light modules and -8/25 on the 17 dark ones.
	st := light - s*8/25
	const norm = 2.3323807579381204 // sqrt(17*(8/25)^2 + 8*(17/25)^2)
	if v.negative {
		st = -st
	}
	return st / (sd * norm)
}

// maybeAlignment is a quick look: the middle must be darker than the modules beside it.
func (v view) maybeAlignment(p, du, dv vec) bool {
	p, du, dv = p.mul(1/v.f), du.mul(1/v.f), dv.mul(1/v.f)
	m := v.g.at(p.x, p.y)
	side := v.g.at(p.x+du.x, p.y+du.y) + v.g.at(p.x-du.x, p.y-du.y) + v.g.at(p.x+dv.x, p.y+dv.y) + v.g.at(p.x-dv.x, p.y-dv.y)
	if v.negative {
		return m-side/4 > 3
	}
	return side/4-m > 3
}

// findAlignment searches around p within radius modules and returns up to count peaks, best first.
func (v view) findAlignment(p, du, dv vec, radius float64, count int) []peak {
	const step = .5
	n := int(math.Ceil(radius / step))
	var peaks []peak
	w := 2*n + 1
	val := make([]float64, w*w)
	for j := -n; j <= n; j++ {
		for i := -n; i <= n; i++ {
			q := p.add(du.mul(float64(i) * step)).add(dv.mul(float64(j) * step))
			if v.maybeAlignment(q, du, dv) {
				val[(j+n)*w+i+n] = v.correlateAlignment(q, du, dv)
			}
		}
	}
	for j := range w {
		for i := range w {
			s := val[j*w+i]
			if s < .45 {
				continue
			}
			top := true
			for b := max(0, j-1); b <= min(w-1, j+1) && top; b++ {
				for a := max(0, i-1); a <= min(w-1, i+1); a++ {
					if val[b*w+a] > s {
						top = false
						break
					}
				}
			}
			if top {
				x, y := float64(i-n)*step, float64(j-n)*step
				// Far from where it is expected a pattern must be clearer.
				s -= .12 * math.Hypot(x, y) / math.Max(radius, 2)
				peaks = append(peaks, peak{p.add(du.mul(x)).add(dv.mul(y)), s})
			}
		}
	}
	slices.SortFunc(peaks, func(a, b peak) int {
		switch {
		case a.s > b.s:
			return -1
		case a.s < b.s:
			return 1
		}
		return 0
	})
	if len(peaks) > count {
		peaks = peaks[:count]
	}
	for i := range peaks {
		peaks[i] = v.refineAlignment(peaks[i], du, dv)
	}
	return peaks
}

// refineAlignment climbs to the best place near a peak.
func (v view) refineAlignment(k peak, du, dv vec) peak {
	best := v.correlateAlignment(k.p, du, dv)
	for step := .25; step > .05; step /= 2 {
		for moved := true; moved; {
			moved = false
			for _, o := range [4][2]float64{{step, 0}, {-step, 0}, {0, step}, {0, -step}} {
				q := k.p.add(du.mul(o[0])).add(dv.mul(o[1]))
				if s := v.correlateAlignment(q, du, dv); s > best+1e-6 {
					best, k.p, moved = s, q, true
				}
			}
		}
	}
	k.s = best
	return k
}

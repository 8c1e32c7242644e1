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
	if v.negative {
		s, ss, light = 25*255-s, ss-2*255*s+25*255*255, 8*255-light
	}
	return correlation(s, ss, light)
}

// correlation is that of 25 modules with the alignment pattern, from their sum, the sum of their squares and the sum of
// the eight that are light in the pattern.
func correlation(s, ss, light float64) float64 {
	sd := math.Sqrt(math.Max(ss-s*s/25, 0))
	if sd < 20 {
		return 0
	}
	// The template with mean zero is 17/25 on the 8 light modules and -8/25 on the 17 dark ones.
	st := light - s*8/25
	const norm = 2.3323807579381204 // sqrt(17*(8/25)^2 + 8*(17/25)^2)
	return st / (sd * norm)
}

// alignmentSearch is a picture sampled at places half a module apart, on which alignment patterns are looked for.
type alignmentSearch struct {
	n    int // places to each side of the middle at which a pattern is looked for
	w    int
	tone []float64 // dark is the less, w*w places: the pattern reaches two modules further
}

// searchStep is the distance of the places in modules, and searchReach how many of them a pattern reaches.
const searchStep, searchReach = .5, 4

func (v view) newAlignmentSearch(p, du, dv vec, radius float64) *alignmentSearch {
	s := &alignmentSearch{n: int(math.Ceil(radius / searchStep))}
	far := s.n + searchReach
	s.w = 2*far + 1
	s.tone = make([]float64, s.w*s.w)
	p = p.mul(1 / v.f)
	du, dv = du.mul(searchStep/v.f), dv.mul(searchStep/v.f)
	for j := range s.w {
		v.g.alongLine(p.add(dv.mul(float64(j-far))).sub(du.mul(float64(far))), du, s.tone[j*s.w:(j+1)*s.w], v.negative)
	}
	return s
}

// at returns the correlation of the pattern with the picture around a place, or 0 where its middle is not darker than
// the modules beside it.
func (s *alignmentSearch) at(i, j int) float64 {
	t, w := s.tone, s.w
	o := (j+s.n+searchReach)*w + i + s.n + searchReach
	const m = searchReach / 2 // a module
	if (t[o-m]+t[o+m]+t[o-m*w]+t[o+m*w])/4-t[o] <= 3 {
		return 0
	}
	var sum, square, light float64
	for y := -2 * m; y <= 2*m; y += m {
		row := t[o+y*w-2*m:][: 4*m+1 : 4*m+1]
		a, b, c, d, e := row[0], row[m], row[2*m], row[3*m], row[4*m]
		sum += a + b + c + d + e
		square += a*a + b*b + c*c + d*d + e*e
		switch y {
		case -m, m:
			light += b + c + d
		case 0:
			light += b + d
		}
	}
	return correlation(sum, square, light)
}

// findAlignment searches around p within radius modules and returns up to count peaks, best first.
func (v view) findAlignment(p, du, dv vec, radius float64, count int) []peak {
	search := v.newAlignmentSearch(p, du, dv, radius)
	n := search.n
	var peaks []peak
	w := 2*n + 1
	val := make([]float64, w*w)
	for j := -n; j <= n; j++ {
		for i := -n; i <= n; i++ {
			val[(j+n)*w+i+n] = search.at(i, j)
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
				x, y := float64(i-n)*searchStep, float64(j-n)*searchStep
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

package ink

import (
	"math"
	"slices"
)

// A line found across the window: x cos + y sin = r.
type line struct {
	cos, sin, r float64
	cover       float64 // share of its way through the window on which it shows
	chord       float64 // millimetres
}

// straightLines finds folds and scanner streaks: straight, and going on far beyond the box. The search is a Hough
// transform over weakly dark pixels that are not print.
func (w *window) straightLines(e *evidence) []line {
	const turns = 360
	step := max(1, int(0.35*w.px))
	var px, py []float64
	for y := 1; y < w.h-1; y++ {
		for x := 1; x < w.w-1; x++ {
			i := y*w.w + x
			v := e.excess.v[i]
			if v < e.weak*0.8 || e.near[i] || e.hidden[i] {
				continue
			}
			// The top of the profile across, along x or along y.
			if v >= e.excess.v[i-1] && v > e.excess.v[i+1] || v >= e.excess.v[i-w.w] && v > e.excess.v[i+w.w] {
				px, py = append(px, float64(x)), append(py, float64(y))
			}
		}
	}
	if len(px) < 20 {
		return nil
	}
	diag := math.Hypot(float64(w.w), float64(w.h))
	bins := int(2*diag)/step + 2
	var out []line
	used := make([]bool, len(px))
	var turn [turns][2]float64
	for t := range turn {
		turn[t][0], turn[t][1] = sincos(t, turns)
	}
	acc := make([]uint16, turns*bins)
	vote := func(k int, by uint16) {
		for t := range turn {
			b := int(px[k]*turn[t][1]+py[k]*turn[t][0]+diag) / step
			acc[t*bins+b] += by
		}
	}
	for k := range px {
		vote(k, 1)
	}
	for range 6 {
		best, at := uint16(0), 0
		for i, v := range acc {
			if v > best {
				best, at = v, i
			}
		}
		if float64(best) < 12*w.px*0.5 {
			break
		}
		s, c := sincos(at/bins, turns)
		l := line{cos: c, sin: s, r: (float64(at%bins)+0.5)*float64(step) - diag}
		for range 3 {
			l = l.fitted(px, py, used, max(1.5, 0.45*w.px))
		}
		w.coverOf(&l, e)
		n := 0
		for k := range px {
			if math.Abs(px[k]*l.cos+py[k]*l.sin-l.r) < 0.5*w.px {
				if !used[k] {
					vote(k, ^uint16(0)) // its votes are taken back: one less each
				}
				used[k] = true
				n++
			}
		}
		if l.chord >= 45 && l.cover >= 0.55 {
			out = append(out, l)
		}
		if n == 0 {
			break
		}
	}
	return out
}

func sincos(t, turns int) (float64, float64) {
	return math.Sincos(math.Pi * float64(t) / float64(turns))
}

// fitted turns the line to the points near it (total least squares).
func (l line) fitted(px, py []float64, used []bool, reach float64) line {
	var n, mx, my, xx, xy, yy float64
	for k := range px {
		if used[k] || math.Abs(px[k]*l.cos+py[k]*l.sin-l.r) > reach {
			continue
		}
		n++
		mx += px[k]
		my += py[k]
	}
	if n < 8 {
		return l
	}
	mx, my = mx/n, my/n
	for k := range px {
		if used[k] || math.Abs(px[k]*l.cos+py[k]*l.sin-l.r) > reach {
			continue
		}
		x, y := px[k]-mx, py[k]-my
		xx, xy, yy = xx+x*x, xy+x*y, yy+y*y
	}
	a := 0.5*math.Atan2(2*xy, xx-yy) + math.Pi/2
	l.sin, l.cos = math.Sincos(a)
	l.r = mx*l.cos + my*l.sin
	return l
}

// coverOf walks the line through the window in steps of a millimetre and counts where something dark lies on it. Steps on
// print count for neither side.
func (w *window) coverOf(l *line, e *evidence) {
	dx, dy := -l.sin, l.cos
	x0, y0 := l.cos*l.r, l.sin*l.r
	lo, hi := math.Inf(-1), math.Inf(1)
	clipTo := func(p, d, size float64) {
		if math.Abs(d) < 1e-9 {
			if p < 1 || p > size-2 {
				lo, hi = 1, 0
			}
			return
		}
		a, b := (1-p)/d, (size-2-p)/d
		lo, hi = max(lo, min(a, b)), min(hi, max(a, b))
	}
	clipTo(x0, dx, float64(w.w))
	clipTo(y0, dy, float64(w.h))
	if hi <= lo {
		l.cover, l.chord = 0, 0
		return
	}
	seen, all := 0.0, 0.0
	reach := max(1, int(0.3*w.px))
	for t := lo; t < hi; t += w.px {
		dark, print := 0, 0
		n := 0
		for s := t; s < min(t+w.px, hi); s++ {
			n++
			x, y := x0+dx*s, y0+dy*s
			hit := false
			for k := -reach; k <= reach; k++ {
				ix, iy := int(math.Round(x+l.cos*float64(k))), int(math.Round(y+l.sin*float64(k)))
				if ix < 0 || iy < 0 || ix >= w.w || iy >= w.h {
					continue
				}
				i := iy*w.w + ix
				if e.near[i] || e.hidden[i] {
					print++
					hit = false
					break
				}
				hit = hit || e.excess.v[i] > e.weak*0.8
			}
			if hit {
				dark++
			}
		}
		if n == 0 || print*2 > n {
			continue
		}
		all++
		if dark*2 > n-print {
			seen++
		}
	}
	l.chord = (hi - lo) / w.px
	if all > 0 {
		l.cover = seen / all
	}
}

// erase takes lines out of the mask together with their soft sides; what was under them is unknown.
func (w *window) erase(ls []line, m []bool, e *evidence) {
	for _, l := range ls {
		// The line's own half width is where its mean darkness has fallen to the weak limit.
		half := w.halfWidth(l, e) + 0.12*w.px
		for y := range w.h {
			for x := range w.w {
				if math.Abs(float64(x)*l.cos+float64(y)*l.sin-l.r) <= half {
					if i := y*w.w + x; m[i] {
						m[i] = false
						e.hidden[i] = true
					}
				}
			}
		}
	}
}

func (w *window) halfWidth(l line, e *evidence) float64 {
	limit := int(1.6 * w.px)
	for d := 0; d <= limit; d++ {
		var v []float32
		for _, side := range [2]float64{1, -1} {
			r := l.r + side*float64(d)
			for t := -math.Hypot(float64(w.w), float64(w.h)); t < math.Hypot(float64(w.w), float64(w.h)); t += w.px / 2 {
				x, y := int(math.Round(l.cos*r-l.sin*t)), int(math.Round(l.sin*r+l.cos*t))
				if x < 0 || y < 0 || x >= w.w || y >= w.h {
					continue
				}
				if i := y*w.w + x; !e.near[i] && !e.hidden[i] {
					v = append(v, e.excess.v[i])
				}
			}
		}
		if len(v) < 10 || quantile(v, 0.6) < e.weak*0.6 {
			return float64(d)
		}
	}
	return float64(limit)
}

// A disc is where a round seal lies, in pixels of the window.
type disc struct {
	x, y, r float64
	dark    float64 // of its ring
	cover   float64 // share of the ring inside the window that shows
}

// roundSeal looks for the ring of a seal of 30 to 46 millimetres in the mask: on a grey scan its colour does not tell it.
// Places vote for the centres that lie square to the edge they are on.
func (w *window) roundSeal(m []bool, e *evidence) *disc {
	const cell = 1.0 // millimetre
	pad := 22.0
	gw, gh := int(float64(w.w)/w.px+2*pad)+1, int(float64(w.h)/w.px+2*pad)+1
	soft := e.excess.blurred(0.15 * w.px)
	type edge struct{ x, y, nx, ny float64 }
	var edges []edge
	for y := 2; y < w.h-2; y += 2 {
		for x := 2; x < w.w-2; x += 2 {
			i := y*w.w + x
			if !m[i] {
				continue
			}
			gx, gy := float64(soft.v[i+1]-soft.v[i-1]), float64(soft.v[i+w.w]-soft.v[i-w.w])
			if g := math.Hypot(gx, gy); g > 0.02 {
				edges = append(edges, edge{float64(x) / w.px, float64(y) / w.px, gx / g, gy / g})
			}
		}
	}
	if len(edges) < 40 {
		return nil
	}
	var best *disc
	for r := 15.0; r <= 23; r += 0.5 {
		acc := make([]float32, gw*gh)
		for _, q := range edges {
			for _, s := range [2]float64{r, -r} {
				cx, cy := int((q.x+q.nx*s+pad)/cell), int((q.y+q.ny*s+pad)/cell)
				if cx >= 0 && cy >= 0 && cx < gw && cy < gh {
					acc[cy*gw+cx]++
				}
			}
		}
		type peakAt struct {
			v float32
			i int
		}
		var tops []peakAt
		for i, v := range acc {
			if v >= 12 {
				tops = append(tops, peakAt{v, i})
			}
		}
		slices.SortFunc(tops, func(a, b peakAt) int { return int(b.v - a.v) })
		for _, t := range tops[:min(len(tops), 3)] {
			d := &disc{x: (float64(t.i%gw) + 0.5 - pad) * w.px, y: (float64(t.i/gw) + 0.5 - pad) * w.px, r: r * w.px}
			w.ringOf(d, e)
			if best == nil || d.cover > best.cover {
				best = d
			}
		}
	}
	if best == nil || best.cover < 0.6 {
		return nil
	}
	return best
}

// ringOf moves the circle a little to where it covers most, and says how much of it shows in the window.
func (w *window) ringOf(d *disc, e *evidence) {
	base := *d
	d.cover = 0
	for _, dr := range []float64{-0.4, 0, 0.4} {
		for _, dx := range []float64{-0.7, 0, 0.7} {
			for _, dy := range []float64{-0.7, 0, 0.7} {
				x, y, r := base.x+dx*w.px, base.y+dy*w.px, base.r+dr*w.px
				seen, all := 0, 0
				var tones []float32
				for k := range 360 {
					s, c := sincos(k, 180)
					hit, in, print := float32(0), false, false
					for o := -0.5; o <= 0.5; o += 0.25 {
						ix, iy := int(x+c*(r+o*w.px)), int(y+s*(r+o*w.px))
						if ix < 0 || iy < 0 || ix >= w.w || iy >= w.h {
							continue
						}
						in = true
						i := iy*w.w + ix
						print = print || e.near[i]
						hit = max(hit, e.excess.v[i])
					}
					if !in || print {
						continue
					}
					all++
					if hit > e.strong {
						seen++
						tones = append(tones, hit)
					}
				}
				if all < 60 { // a sixth of the ring at least
					continue
				}
				if c := float64(seen) / float64(all); c > d.cover {
					*d = disc{x, y, r, float64(quantile(tones, 0.5)), c}
				}
			}
		}
	}
}

package pen

import "math"

// Sign writes the name once; another variant is another time. The strokes fit the box from (0,0) to (1,1), their longer side
// fills it.
func (w *Writer) Sign(name string, variant uint64) [][]Point {
	rng := w.random("sign", name, variant)
	v := w.style.vary * math.Exp(0.25*rng.NormFloat64()) // some days are better than others
	plan := w.plan(name)
	v *= intricacy(plan, w.style.intricate)
	p := vary(plan, rng, once(v))
	return w.trace(p, rng.Float64, trace{round: w.style.round + 0.06*rng.NormFloat64(), vary: 0.12 * v})
}

// Imitate writes the name as another's hand would look, after having seen one sample of it: a skilled imitation. Skill is
// the person's own; another variant is another attempt.
func (w *Writer) Imitate(of *Writer, name string, variant uint64) [][]Point {
	rng := w.random("imitate", name, variant^of.seed<<20)
	habit := w.random("bias", name, of.seed) // what this imitator always gets wrong
	skill := clamp(0.5+0.3*habit.NormFloat64(), 0, 1)
	practised := 0.0 // beyond what a sample alone teaches
	if s := w.style.skill; !math.IsNaN(s) {
		skill, practised = math.Min(s, 1), math.Max(0, s-1)
	}
	model := of.plan(name)
	hard := intricacy(model, of.style.intricate)
	e := of.style.vary*(0.85+0.75*(1-skill)) + 0.003 + 0.010*(1-skill)

	e *= hard * (1 - practised)
	seen := vary(model, of.random("seen", name, variant), once(of.style.vary*hard))
	pull := (0.10 + 0.50*(1-skill)) * habit.Float64()
	for _, s := range seen {
		shear(s.pts, pull*(w.style.slant-of.style.slant), pull*(w.style.rise-of.style.rise))
	}
	own := once(e).local(1.7 - practised)
	own.aspect, own.slant, own.last = 0.6*own.aspect, 1.8*own.slant, 0.5*own.last
	own.lose = 0.06 * (1 - skill)
	seen = vary(seen, habit, own)
	attempt := once(e * 0.75).local(1.4)
	attempt.flip = 0.004 + 0.02*(1-skill)
	seen = vary(seen, rng, attempt)
	round := of.style.round + pull*2*(w.style.round-of.style.round) + 0.08*rng.NormFloat64()
	return w.trace(seen, rng.Float64, trace{
		round: round, vary: 0.2 * e,
		tremor: (0.001 + 0.006*(1-skill)) * rng.Float64() * (1 - practised),
		slow:   (0.4 + 0.6*(1-skill)) * (1 - practised),
	})
}

// intricacy says how much more than usual varies in writing with much line for its extent: small shapes, written fast, are
// repeated less exactly by their size. by is the exponent.
func intricacy(plan []stroke, by float64) float64 {
	const usual = 7 // heights of line by the mean side
	x0, y0, x1, y1, sum := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1), 0.0
	for _, s := range plan {
		sum += length(s.pts)
		for _, p := range s.pts {
			x0, y0, x1, y1 = math.Min(x0, p.X), math.Min(y0, p.Y), math.Max(x1, p.X), math.Max(y1, p.Y)
		}
	}
	side := math.Sqrt(math.Max(x1-x0, 0.2) * math.Max(y1-y0, 0.2))
	return clamp(math.Pow(sum/side/usual, by), 0.6, 1.7)
}

// variation says how far one writing departs from the plan, each in heights of a character.
type variation struct {
	aspect, slant, rise       float64
	charMove, charScale, turn float64
	walk, strokeWalk          float64 // what adds up from character to character, and from stroke to stroke in one
	bend                      float64
	strokeMove, stretch       float64
	point                     float64
	last                      float64
	flip                      float64 // chance that a habit of joining is broken
	lose                      float64 // chance that a turning point is left out
}

// once is the natural proportion between the kinds of variation.
func once(v float64) variation {
	return variation{
		aspect: 3.4 * v, slant: 1.6 * v, rise: 1.2 * v, charMove: 1.4 * v, walk: 1.7 * v, charScale: 2.6 * v, turn: 1.5 * v, bend: 1.5 * v,
		strokeMove: 0.6 * v, strokeWalk: 0.42 * v, stretch: 2.8 * v, point: 0.30 * v, last: 7 * v,
	}
}

// local makes the variation of strokes and turning points k times as large: layout is copied more easily than form.
func (v variation) local(k float64) variation {
	v.strokeMove, v.stretch, v.point = 1.2*k*v.strokeMove, k*v.stretch, k*v.point
	// An imitator looks at the sample again and again: errors do not add up.
	v.charMove, v.walk, v.strokeWalk = 1.4*v.charMove, 0.3*v.walk, 0.3*v.strokeWalk
	return v
}

type source interface {
	NormFloat64() float64
	Float64() float64
}

// vary gives the plan as written one time. The result is new.
func vary(plan []stroke, rng source, v variation) []stroke {
	n := rng.NormFloat64
	ax, slant, rise := math.Exp(v.aspect*n()), v.slant*n(), v.rise*n()
	bend := newBend(rng, v.bend, 1.1)
	type place struct{ dx, dy, scale, turn, cx, cy float64 }
	chars := map[int]place{}
	var wx, wy, sx0, sy0 float64
	out := make([]stroke, len(plan))
	for i, s := range plan {
		if _, ok := chars[s.char]; !ok {
			cx, cy := centre(s.pts)
			wx, wy = wx+v.walk*n(), wy+0.6*v.walk*n()
			sx0, sy0 = 0, 0
			chars[s.char] = place{wx + v.charMove*n(), wy + v.charMove*n(), math.Exp(v.charScale * n()), v.turn * n(), cx, cy}
		}
		c := chars[s.char]
		sx0, sy0 = sx0+v.strokeWalk*n(), sy0+v.strokeWalk*n()
		mx, my, k := sx0+v.strokeMove*n(), sy0+v.strokeMove*n(), math.Exp(v.stretch*n())
		sx, sy := centre(s.pts)
		pts := make([]Point, 0, len(s.pts))
		for j, p := range s.pts {
			if j > 0 && j < len(s.pts)-1 && v.lose > 0 && rng.Float64() < v.lose {
				continue
			}
			p.X, p.Y = sx+(p.X-sx)*k+mx+v.point*n(), sy+(p.Y-sy)*k+my+v.point*n()
			dx, dy := (p.X-c.cx)*c.scale, (p.Y-c.cy)*c.scale
			p.X, p.Y = c.cx+dx-c.turn*dy+c.dx, c.cy+dy+c.turn*dx+c.dy
			p.X, p.Y = bend.at(p.X, p.Y)
			pts = append(pts, p)
		}
		if i == len(plan)-1 && len(pts) > 1 {
			a, b, e := pts[len(pts)-2], &pts[len(pts)-1], math.Exp(v.last*n())
			b.X, b.Y = a.X+(b.X-a.X)*e, a.Y+(b.Y-a.Y)*e
		}
		for j := range pts {
			pts[j].X *= ax
		}
		shear(pts, slant, rise)
		link := s.link
		if v.flip > 0 && rng.Float64() < v.flip {
			link = 1 - link
		}
		out[i] = stroke{pts: pts, char: s.char, link: link}
	}
	return out
}

// trace says how the turning points become a line.
type trace struct {
	round  float64 // 0: through the turning points, 1: cutting the corners
	vary   float64 // unsteadiness of the line that every hand has
	tremor float64 // of a slow, imitating hand
	slow   float64 // evenness of the width
}

// spacing of the traced points, in heights of a character.
const spacing = 0.02

// trace draws the lines and puts them into the unit box.
func (w *Writer) trace(plan []stroke, uniform func() float64, t trace) [][]Point {
	t.round = clamp(t.round, 0, 1)
	var lines [][]Point
	for _, s := range plan {
		if len(lines) > 0 && uniform() < s.link {
			lines[len(lines)-1] = append(lines[len(lines)-1], s.pts...)
			continue
		}
		lines = append(lines, append([]Point(nil), s.pts...))
	}
	for i, l := range lines {
		l = spline(l, t.round)
		shake(l, uniform, t.tremor, 0.09)
		shake(l, uniform, t.vary, 0.5)
		width(l, w.style.widthBySpeed*(1-0.7*t.slow))
		lines[i] = l
	}
	fit(lines)
	return lines
}

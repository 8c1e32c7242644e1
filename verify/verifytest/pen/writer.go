package pen

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// Writer is an invented person's hand. Equal seeds (of the same alphabet) are the same person.
type Writer struct {
	alphabet *Alphabet
	seed     uint64
	style    style
}

// style is what stays the same whatever the person writes. Lengths are in heights of a character.
type style struct {
	slant, rise  float64 // shear of x by y, of y by x
	aspect       float64 // width of a character by its height
	advance      float64 // from character to character, in widths
	drift        float64 // of the base line, heights per character
	firstScale   float64 // size of the first character
	vertical     bool
	join         float64 // share of strokes joined within a character
	joinChars    float64 // share of characters joined
	simplify     float64 // 0..1: detail left out
	round        float64 // 0..1: corners rounded by speed
	form         float64 // personal departure from the model character
	flourish     float64 // how far the last stroke runs on
	vary         float64 // natural variation from one time to the next
	widthBySpeed float64
	underline    float64
	intricate    float64 // how much more intricate writing varies, see [Writer.WithIntricacy]
	skill        float64 // as an imitator, see [Writer.WithSkill]; NaN: the person's own
}

// NewWriter makes the person of the seed.
func NewWriter(a *Alphabet, seed uint64) *Writer {
	rng := rand.New(rand.NewPCG(seed, 0x50454e))
	n := rng.NormFloat64
	fast := rng.Float64() // a hurried hand joins, rounds, simplifies and varies more
	s := style{
		slant:        0.08 + 0.17*n(),
		rise:         0.05 + 0.09*n(),
		aspect:       math.Exp(0.18 * n()),
		advance:      clamp(0.86+0.18*n(), 0.45, 1.4),
		drift:        0.08 * n(),
		firstScale:   math.Exp(0.08 + 0.16*n()),
		vertical:     rng.Float64() < 0.05,
		join:         clamp(fast*0.95+0.2*n(), 0, 0.97),
		joinChars:    clamp(fast*0.6-0.1+0.2*n(), 0, 0.9),
		simplify:     clamp(0.75*fast+0.2*n(), 0, 1),
		round:        clamp(0.25+0.6*fast+0.2*n(), 0, 1),
		form:         clamp(0.044+0.018*n()+0.02*fast, 0.012, 0.11),
		flourish:     math.Max(0, 0.5*n()-0.2),
		vary:         0.023 * math.Exp(0.35*n()) * (0.75 + 0.5*fast),
		widthBySpeed: clamp(0.25+0.15*n(), 0, 0.6),
	}
	if rng.Float64() < 0.08 {
		s.underline = 0.4 + 0.6*rng.Float64()
	}
	s.intricate, s.skill = 0.3, math.NaN()
	return &Writer{alphabet: a, seed: seed, style: s}
}

// WithIntricacy gives the same person, whose variation grows with the amount of line for the extent to the power of by: 0 not
// at all, 0.3 unless told otherwise. Real hands differ in it, so that both ends are learnt from.
func (w *Writer) WithIntricacy(by float64) *Writer {
	v := *w
	v.style.intricate = by
	return &v
}

// WithVariation gives the same person, whose writing varies by times as much from one time to the next.
func (w *Writer) WithVariation(by float64) *Writer {
	v := *w
	v.style.vary *= by
	return &v
}

// WithSkill gives the same person with a skill as an imitator: 0 clumsy, 1 as good as anyone who has one sample before the
// eyes, 1.5 someone who saw the writing in motion and has practised it.
func (w *Writer) WithSkill(skill float64) *Writer {
	v := *w
	v.style.skill = clamp(skill, 0, 1.5)
	return &v
}

// random gives the numbers for one purpose: the same seed, name and number always give the same.
func (w *Writer) random(purpose, name string, number uint64) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(h.Sum64()^(w.seed*0x9e3779b97f4a7c15), number+0x632be59bd9b4e019))
}

// stroke is a planned movement with the pen down, as turning points.
type stroke struct {
	pts  []Point
	char int     // which character of the name
	link float64 // chance that the pen stays down from the stroke before
}

// plan is how the person means to write the name, before the variation of one time.
func (w *Writer) plan(name string) []stroke {
	rng, st := w.random("plan", name, 0), w.style
	var out []stroke
	x, y := 0.0, 0.0
	for i, r := range []rune(name) {
		glyph := w.form(r)
		size := math.Exp(0.10 * rng.NormFloat64())
		if i == 0 {
			size *= st.firstScale
		}
		width := 1.0
		if r < 0x2e80 {
			width = 0.3 // a letter's own advance is in its points
			for _, s := range glyph {
				for _, p := range s.pts {
					width = math.Max(width, p.X+0.02)
				}
			}
		}
		dx, dy := 0.06*rng.NormFloat64(), 0.10*rng.NormFloat64()
		if r < 0x2e80 {
			dx, dy = 0, 0.02*rng.NormFloat64()
			size = 1
		}
		if len(glyph) == 0 {
			x += 0.4 * st.advance
			continue
		}
		for k, s := range glyph {
			for j := range s.pts {
				p := &s.pts[j]
				p.X, p.Y = x+dx+st.aspect*size*p.X, y+dy+size*(p.Y-0.5)
			}
			s.char = i
			if k == 0 {
				s.link = sureness(rng, st.joinChars)
				if i > 0 && r < 0x2e80 {
					s.link = sureness(rng, 0.55+0.45*st.join)
				}
			}
			out = append(out, s)
		}
		if st.vertical && r >= 0x2e80 {
			y += st.advance * size * 1.05
			continue
		}
		step := st.advance * width * st.aspect
		if r >= 0x2e80 {
			step *= size
		}
		x += step
		y += st.drift
	}
	if len(out) == 0 {
		return nil
	}
	out[0].link = 0
	if last := out[len(out)-1].pts; st.flourish > 0 {
		a, b := last[len(last)-2], last[len(last)-1]
		k := st.flourish / (0.15 + math.Hypot(b.X-a.X, b.Y-a.Y))
		last[len(last)-1] = Point{X: b.X + k*(b.X-a.X)*0.7, Y: b.Y + k*(b.Y-a.Y)*0.7, W: 1}
	}
	if st.underline > 0 {
		out = append(out, stroke{char: -1, link: 0.3, pts: []Point{
			{X: x * (1 - st.underline), Y: y + 0.72, W: 1}, {X: x * 0.5, Y: y + 0.66 + 0.1*rng.NormFloat64(), W: 1}, {X: x, Y: y + 0.6, W: 1},
		}})
	}
	for _, s := range out {
		shear(s.pts, st.slant, st.rise)
	}
	return out
}

// form is the person's own way of writing one character, the same in every name.
func (w *Writer) form(r rune) []stroke {
	rng, st := w.random("form", string(r), 0), w.style
	glyph := w.alphabet.glyph(r)
	bend := newBend(rng, st.form*1.2, 1.6)
	ax, ay := math.Exp(0.10*rng.NormFloat64()), math.Exp(0.08*rng.NormFloat64())
	isLatin := r < 0x2e80
	var out []stroke
	for k, g := range glyph {
		if k > 0 && length(g) < 0.16 && rng.Float64() < 0.45*st.simplify {
			continue // small strokes go first
		}
		g = reduce(g, 0.012+0.05*st.simplify*rng.Float64())
		ox, oy := st.form*rng.NormFloat64(), st.form*rng.NormFloat64()
		stretch := math.Exp(2.2 * st.form * rng.NormFloat64())
		cx, cy := centre(g)
		for j := range g {
			p := &g[j]
			p.X = cx + (p.X-cx)*stretch + ox + 0.55*st.form*rng.NormFloat64()
			p.Y = cy + (p.Y-cy)*stretch + oy + 0.55*st.form*rng.NormFloat64()
			p.X, p.Y = bend.at(p.X, p.Y)
			p.X, p.Y = p.X*ax, p.Y*ay
		}
		s := stroke{pts: g}
		if k > 0 && len(out) > 0 && !isLatin {
			prev := out[len(out)-1].pts
			gap := math.Hypot(g[0].X-prev[len(prev)-1].X, g[0].Y-prev[len(prev)-1].Y)
			s.link = sureness(rng, st.join*math.Exp(-0.7*gap))
		}
		out = append(out, s)
	}
	return out
}

// sureness turns the share p into a habit: most people nearly always or nearly never join two given strokes.
func sureness(rng *rand.Rand, p float64) float64 {
	switch {
	case rng.Float64() < 0.05:
		return p
	case rng.Float64() < p:
		return 0.985
	default:
		return 0.015
	}
}

package pen

import (
	"math"
	"sync"
	"testing"
)

var opened = sync.OnceValue(Open)

func alphabets(t *testing.T) map[string]*Alphabet {
	t.Helper()
	all := map[string]*Alphabet{"invented": Invent()}
	if a := opened(); a.Invented() {
		t.Log("no stroke data (make train-ink fetches it): invented characters only")
	} else {
		all["medians"] = a
	}
	return all
}

func TestWritingFitsTheBox(t *testing.T) {
	for kind, a := range alphabets(t) {
		for seed := range uint64(60) {
			w, name := NewWriter(a, seed), Name(seed)
			for _, strokes := range [][][]Point{w.Sign(name, 1), NewWriter(a, seed+1000).Imitate(w, name, 1)} {
				far := 0.0
				for _, s := range strokes {
					for _, p := range s {
						if !(p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1 && p.W > 0.2 && p.W < 2) {
							t.Fatalf("%s %d %s: %v", kind, seed, name, p)
						}
						far = math.Max(far, math.Max(p.X, p.Y))
					}
				}
				if far < 0.999 || len(strokes) == 0 {
					t.Fatalf("%s %d %s: does not fill the box: %v", kind, seed, name, far)
				}
			}
		}
	}
}

func TestWritingIsReproducible(t *testing.T) {
	for kind, a := range alphabets(t) {
		one, again, other := NewWriter(a, 7).Sign("王芳", 3), NewWriter(a, 7).Sign("王芳", 3), NewWriter(a, 7).Sign("王芳", 4)
		if !same(one, again) {
			t.Errorf("%s: the same person, name and time gave two writings", kind)
		}
		if same(one, other) {
			t.Errorf("%s: two times gave the same writing", kind)
		}
	}
}

func same(a, b [][]Point) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
		for j := range a[i] {
			if a[i][j] != b[i][j] {
				return false
			}
		}
	}
	return true
}

// TestOrderOfLikeness: on the average a person's two signatures lie nearer to each other than an imitation, and that nearer
// than the same name in another hand. Without this order nothing could be learnt from the writing.
func TestOrderOfLikeness(t *testing.T) {
	for kind, a := range alphabets(t) {
		var own, imitation, other float64
		for seed := range uint64(40) {
			w, x, name := NewWriter(a, seed), NewWriter(a, seed+1000), ChineseName(seed)
			ref := w.Sign(name, 1)
			own += away(ref, w.Sign(name, 2))
			imitation += away(ref, x.Imitate(w, name, 1))
			other += away(ref, x.Sign(name, 1))
		}
		t.Logf("%s: mean distance own %.4f, imitation %.4f, other hand %.4f", kind, own/40, imitation/40, other/40)
		if !(own < 0.9*imitation && imitation < 0.8*other) {
			t.Errorf("%s: own %.3f, imitation %.3f, other hand %.3f", kind, own, imitation, other)
		}
	}
}

// TestRangesOfHands: a person who varies more is less like oneself, and a practised imitator is nearer than a clumsy one.
func TestRangesOfHands(t *testing.T) {
	for kind, a := range alphabets(t) {
		var steady, unsteady, clumsy, practised float64
		for seed := range uint64(40) {
			w, x, name := NewWriter(a, seed), NewWriter(a, seed+1000), ChineseName(seed)
			ref := w.Sign(name, 1)
			steady += away(w.WithVariation(0.5).Sign(name, 1), w.WithVariation(0.5).Sign(name, 2))
			unsteady += away(w.WithVariation(1.5).Sign(name, 1), w.WithVariation(1.5).Sign(name, 2))
			clumsy += away(ref, x.WithSkill(0).Imitate(w, name, 1))
			practised += away(ref, x.WithSkill(1.5).Imitate(w, name, 1))
		}
		t.Logf("%s: mean distance steady %.4f, unsteady %.4f, clumsy %.4f, practised %.4f", kind, steady/40, unsteady/40, clumsy/40, practised/40)
		if !(steady < 0.6*unsteady && practised < 0.7*clumsy) {
			t.Errorf("%s: steady %.3f, unsteady %.3f, clumsy %.3f, practised %.3f", kind, steady, unsteady, clumsy, practised)
		}
	}
}

// away is the mean distance from each point of a to the nearest of b, after both were moved to their middle.
func away(a, b [][]Point) float64 {
	flat := func(s [][]Point) (out []Point) {
		for _, l := range s {
			for i := 0; i < len(l); i += 3 {
				out = append(out, l[i])
			}
		}
		cx, cy := centre(out)
		for i := range out {
			out[i].X, out[i].Y = out[i].X-cx, out[i].Y-cy
		}
		return out
	}
	p, q := flat(a), flat(b)
	sum := 0.0
	for _, u := range p {
		best := math.Inf(1)
		for _, v := range q {
			best = math.Min(best, math.Hypot(u.X-v.X, u.Y-v.Y))
		}
		sum += best
	}
	return sum / float64(len(p))
}

func TestRender(t *testing.T) {
	img := Render(NewWriter(Invent(), 1).Sign("李明", 1), 30, 0.5, 200)
	ink := 0
	for _, v := range img.Pix {
		if v > 127 {
			ink++
		}
	}
	if w := img.Rect.Dx(); w < 100 || w > 260 || ink < 300 || ink > len(img.Pix)/2 {
		t.Errorf("%v with %d pixels of ink", img.Rect, ink)
	}
}

func BenchmarkSign(b *testing.B) {
	w := NewWriter(opened(), 1)
	for i := 0; b.Loop(); i++ {
		Render(w.Sign("王建国", uint64(i)), 40, 0.5, 200)
	}
}

package pair

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"zhengyan/verify/ink/hand/trace"
	"zhengyan/verify/ink/stroke"
	"zhengyan/verify/verifytest/pen"
)

// written gives the trace of a name as a person of the seed writes it.
func written(t testing.TB, a *pen.Alphabet, seed, variant uint64, name string) *trace.Trace {
	t.Helper()
	img := pen.Render(pen.NewWriter(a, seed).Sign(name, variant), 45, 0.5, 200)
	m := &stroke.Mask{W: img.Rect.Dx(), H: img.Rect.Dy(), Ink: make([]bool, len(img.Pix)), DPI: 200}
	for i, v := range img.Pix {
		m.Ink[i] = v > 127
	}
	tr, err := trace.From(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestSelf: a writing laid over itself has no distance, and no feature is infinite.
func TestSelf(t *testing.T) {
	p := written(t, pen.Invent(), 3, 1, "李明")
	r := Compare(p, p)
	names := Names()
	if len(r.Features) != len(names) {
		t.Fatalf("%d features, %d names", len(r.Features), len(names))
	}
	seen := map[string]bool{}
	for i, n := range names {
		if seen[n] {
			t.Errorf("two features are called %s", n)
		}
		seen[n] = true
		switch n {
		case "affine distance", "soft distance":
			if r.Features[i] > math.Log(0.01) {
				t.Errorf("%s %.2f", n, r.Features[i])
			}
		case "grid 6x15", "affine far", "hinges small unturned", "slant", "hidden":
			if r.Features[i] > 0.02 {
				t.Errorf("%s %.2f", n, r.Features[i])
			}
		}
	}
}

// TestRegister finds a known map again: the same writing stretched, sheared and moved.
func TestRegister(t *testing.T) {
	p := newSet(written(t, pen.Invent(), 8, 1, "王建国"))
	for _, m := range []affine{
		{a: 1.1, b: 0.1, c: -0.05, d: 0.95, e: 0.05, f: -0.02},
		{a: 0.8, b: -0.15, c: 0.06, d: 1.15, e: -0.08, f: 0.05},
	} {
		q := *p
		q.pts = m.all(p.pts)
		got := register(p, &q)
		want, _ := m.inverse()
		for _, v := range []struct{ got, want float64 }{{got.m.a, want.a}, {got.m.b, want.b}, {got.m.c, want.c}, {got.m.d, want.d}, {got.m.e, want.e}, {got.m.f, want.f}} {
			if math.Abs(v.got-v.want) > 0.05 {
				t.Errorf("%+v, want %+v", got.m, want)
				break
			}
		}
	}
}

// TestNearest against the plain search.
func TestNearest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(n int) []point {
		out := make([]point, n)
		for i := range out {
			s, c := math.Sincos(7 * rng.Float64())
			out[i] = point{rng.Float64(), rng.Float64(), c, s}
		}
		return out
	}
	a, b := random(80), random(70)
	at, dist := make([]int, len(a)), make([]float64, len(a))
	nearest(a, b, at, dist)
	for i, p := range a {
		best := math.Inf(1)
		for _, q := range b {
			dc, ds := p.c-q.c, p.s-q.s
			best = math.Min(best, (p.x-q.x)*(p.x-q.x)+(p.y-q.y)*(p.y-q.y)+turn*turn/4*(dc*dc+ds*ds))
		}
		if math.Abs(best-dist[i]) > 1e-12 {
			t.Fatalf("point %d: %v, want %v (at %d)", i, dist[i], best, at[i])
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	a := pen.Invent()
	p, q := written(b, a, 1, 1, "王建国"), written(b, a, 1, 2, "王建国")
	for b.Loop() {
		Compare(p, q)
	}
}

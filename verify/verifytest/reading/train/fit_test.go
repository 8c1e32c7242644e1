package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"zhengyan/verify/page"
)

// TestCTC compares the change of the logits with differences of the loss.
func TestCTC(t *testing.T) {
	const steps, classes = 7, 4
	r := rand.New(rand.NewPCG(4, 5))
	z := make([]float64, steps*classes)
	for i := range z {
		z[i] = 2 * r.NormFloat64()
	}
	logs := func() []float64 {
		out := make([]float64, len(z))
		for s := range steps {
			sum := 0.0
			for _, v := range z[s*classes : (s+1)*classes] {
				sum += math.Exp(v)
			}
			for c := range classes {
				out[s*classes+c] = z[s*classes+c] - math.Log(sum)
			}
		}
		return out
	}
	for _, row := range [][]uint8{{}, {1}, {1, 2}, {2, 2}, {1, 2, 2}, {3, 1, 3}} {
		_, change, ok := ctc(logs(), steps, classes, row)
		if !ok {
			t.Fatalf("%v does not fit", row)
		}
		for i := range z {
			const d = 1e-5
			was := z[i]
			z[i] = was + d
			more, _, _ := ctc(logs(), steps, classes, row)
			z[i] = was - d
			less, _, _ := ctc(logs(), steps, classes, row)
			z[i] = was
			if want := (more - less) / (2 * d); math.Abs(change[i]-want) > 1e-6 {
				t.Fatalf("%v: change %d is %v, want %v", row, i, change[i], want)
			}
		}
	}
	if _, _, ok := ctc(make([]float64, 3*classes), 3, classes, []uint8{1, 1, 1}); ok {
		t.Error("three times the same sign in three steps")
	}
	if _, _, ok := ctc(nil, 0, classes, nil); ok {
		t.Error("a line without steps")
	}
}

func TestProjection(t *testing.T) {
	q := [4]page.Point{{X: 10, Y: 20}, {X: 210, Y: 5}, {X: 230, Y: 310}, {X: 3, Y: 290}}
	m := projection(100, 140, q)
	for i, p := range [4][2]float64{{0, 0}, {100, 0}, {100, 140}, {0, 140}} {
		if got := m.at(p[0], p[1]); math.Hypot(got.X-q[i].X, got.Y-q[i].Y) > 1e-9 {
			t.Errorf("corner %d at %v, want %v", i, got, q[i])
		}
	}
}

// TestLearn: what is learnt from a few lines makes them likelier.
func TestLearn(t *testing.T) {
	const in = 6
	r := rand.New(rand.NewPCG(6, 7))
	var lesson []seen
	for range 36 {
		l := seen{steps: 9}
		for s := range l.steps {
			x := make([]float32, in)
			for i := range x {
				x[i] = float32(0.1 * r.NormFloat64())
			}
			if s%2 == 1 {
				k := r.IntN(3)
				x[k]++
				l.row = append(l.row, uint8(k+1))
			}
			l.x = append(l.x, x...)
		}
		lesson = append(lesson, l)
	}
	m := newModel(in, lesson)
	was, _ := m.measure(lesson)
	const epochs = 300
	for epoch := range epochs {
		m.learn(lesson, epoch, epochs)
	}
	if loss, _ := m.measure(lesson); loss > was/2 {
		t.Errorf("loss %.3f, was %.3f", loss, was)
	}
	if h := m.head(); len(h.Rows) != m.classes*in*3 {
		t.Errorf("%d numbers", len(h.Rows))
	}
}

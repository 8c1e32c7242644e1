package main

import (
	"math"
	"reflect"
	"testing"

	"zhengyan/verify/ink/hand/model"
	"zhengyan/verify/ink/stroke"
)

func TestPack(t *testing.T) {
	m := &stroke.Mask{W: 5, H: 3, DPI: 170, Ink: make([]bool, 15), Unknown: make([]bool, 15)}
	for i := range m.Ink {
		m.Ink[i], m.Unknown[i] = i%4 == 1, i%7 == 3
	}
	if got := pack(m).mask(); !reflect.DeepEqual(got, m) {
		t.Errorf("%+v, want %+v", got, m)
	}
	m.Unknown = nil
	if got := pack(m).mask(); got.Unknown != nil {
		t.Error("hidden places out of nothing")
	}
}

// TestCovered: half of what lies near a stroke is hidden, what lies far from it does not count.
func TestCovered(t *testing.T) {
	m := &stroke.Mask{W: 100, H: 9, DPI: 25.4 * 5, Ink: make([]bool, 900), Unknown: make([]bool, 900)}
	for i := range 30 {
		x, y := i%10, i/10
		m.Ink[(2+y)*100+x], m.Unknown[(5+y)*100+x] = true, true
	}
	if c := covered(m); math.Abs(c-0.5) > 0.03 {
		t.Errorf("%.2f of the surroundings are hidden, want 0.5", c)
	}
	m.Unknown[4*100+80] = true
	if c := covered(m); math.Abs(c-0.5) > 0.03 {
		t.Errorf("%.2f with a hidden place far away", c)
	}
}

func TestWilson(t *testing.T) {
	for _, c := range []struct{ p, n, lo, hi float64 }{{0, 406, 0, 0.0094}, {0.5, 100, 0.404, 0.596}, {1, 10, 0.722, 1}, {0, 0, 0, 1}} {
		if lo, hi := wilson(c.p, c.n); math.Abs(lo-c.lo) > 0.001 || math.Abs(hi-c.hi) > 0.001 {
			t.Errorf("%v of %v: %.4f to %.4f, want %.4f to %.4f", c.p, c.n, lo, hi, c.lo, c.hi)
		}
	}
}

// TestWeights: own writing counts half in each set, imitations a quarter, whichever other kinds there are.
func TestWeights(t *testing.T) {
	var all []sample
	add := func(set string, n [4]int) {
		for kind, k := range n {
			for range k {
				all = append(all, sample{Set: set, Kind: kind})
			}
		}
	}
	add("invented", [4]int{7, 3, 2, 1})
	add("cedar", [4]int{4, 6, 0, 3})
	w := weights(all)
	by := map[string]*[4]float64{"invented": {}, "cedar": {}}
	for i, s := range all {
		by[s.Set][s.Kind] += w[i]
	}
	for set, v := range by {
		total := v[0] + v[1] + v[2] + v[3]
		if math.Abs(v[genuine]/total-0.5) > 1e-9 || math.Abs(v[skilled]/total-0.25) > 1e-9 {
			t.Errorf("%s: %v", set, *v)
		}
	}
}

// TestCalibrate: bands keep what was promised, and pairs too much hidden do not move the upper one.
func TestCalibrate(t *testing.T) {
	m := &model.Model{
		Names: []string{"a"}, Mean: []float64{0}, Inv: []float64{1}, Cut: 100,
		Line: model.Line{W: []float64{1}}, Share: [3]float64{1, 0, 0},
	}
	m.Nets = []model.Net{{In: [][]float32{{0, 0}}, Out: []float32{0, 0}}}
	var held []sample
	for i := range 200 {
		x := float64(i)/50 - 2
		held = append(
			held, sample{X: []float64{x + 2}, Kind: genuine, Set: "print beside"}, sample{X: []float64{x}, Kind: skilled, Set: "print beside"},
			sample{X: []float64{x - 2}, Kind: sameName, Set: "print beside"}, sample{X: []float64{9}, Kind: sameName, Set: "print beside", Hidden: 0.9},
		)
	}
	calibrate(m, promise{agreeSkilled: 0.25, agreeOther: 0.01, differOwn: 0.05}, fold{m, held})
	share := func(kind int, of func(p float64) bool) float64 {
		n, k := 0.0, 0.0
		for _, s := range held {
			if s.Kind == kind && s.mayAgree() {
				n++
				if of(m.Probability(s.X, s.Hidden)) {
					k++
				}
			}
		}
		return k / n
	}
	agrees, differs := func(p float64) bool { return p >= m.Agrees }, func(p float64) bool { return p < m.Differs }
	if a := share(skilled, agrees); a > 0.25 || a < 0.2 {
		t.Errorf("%.3f of imitations agree", a)
	}
	if a := share(sameName, agrees); a > 0.01 {
		t.Errorf("%.3f of other hands agree", a)
	}
	if d := share(genuine, differs); d > 0.05+1./200 || d < 0.01 { // to one pair
		t.Errorf("%.3f of own writing differs", d)
	}
	if !(m.Differs < m.Agrees && m.Agrees < 1) {
		t.Errorf("bands from %v to %v", m.Differs, m.Agrees)
	}
}

package main

import (
	"fmt"
	"math"
	"slices"

	"zhengyan/verify/ink/hand/model"
)

// promise is what the bands keep, on invented writers that the model did not learn from.
type promise struct {
	agreeSkilled float64 // share of skilled imitations that may agree
	agreeOther   float64 // share of other hands writing the same name that may agree
	differOwn    float64 // share of a person's own writing that may differ
}

var (
	cleanBands     = promise{0.15, 0.004, 0.03}
	separatedBands = promise{0.30, 0.004, 0.03}
)

// fold is pairs with a model that did not learn from their writers.
type fold struct {
	by   *model.Model
	held []sample
}

// calibrate fits the model's probability to pairs of writers that it did not learn from and sets the bands there. Pairs that
// are too much hidden to agree do not count for the upper one.
func calibrate(m *model.Model, p promise, folds ...fold) {
	var held []sample
	var x [][]float64
	var y []float64
	for _, f := range folds {
		for _, s := range f.held {
			held = append(held, s)
			x = append(x, []float64{f.by.Score(s.X), s.Hidden})
			y = append(y, label(s))
		}
	}
	l := logistic(x, y, weights(held), 0.1)
	m.Scale, m.Hide, m.Shift = l.W[0], l.W[1], l.B
	var by [4][]float64
	for i, s := range held {
		if s.mayAgree() || s.Kind == genuine {
			by[s.Kind] = append(by[s.Kind], model.Logistic(l.Of(x[i])))
		}
	}
	m.Agrees = math.Max(above(by[skilled], p.agreeSkilled), above(by[sameName], p.agreeOther))
	m.Differs = above(by[genuine], 1-p.differOwn)
	m.Differs = math.Min(m.Differs, m.Agrees)
	fmt.Printf("agrees from %.3f (imitations ask for %.3f, other hands for %.3f), differs below %.3f; scale %.2f shift %.2f hidden %.2f\n",
		m.Agrees, above(by[skilled], p.agreeSkilled), above(by[sameName], p.agreeOther), m.Differs, m.Scale, m.Shift, m.Hide)
}

// above gives the value that the share of v exceeds.
func above(v []float64, share float64) float64 {
	s := slices.Clone(v)
	slices.Sort(s)
	return s[max(0, min(len(s)-1, int(math.Ceil((1-share)*float64(len(s))))))]
}

// ece is the expected calibration error over ten steps of probability, with as many pairs of one person as of two.
func ece(m *model.Set, all []sample) (sum float64) {
	w := weights(all)
	var n, p, y [10]float64
	total := 0.0
	for i, s := range all {
		v := s.of(m).Probability(s.X, s.Hidden)
		k := min(9, int(v*10))
		n[k] += w[i]
		p[k] += w[i] * v
		y[k] += w[i] * label(s)
		total += w[i]
	}
	for k := range n {
		sum += math.Abs(p[k]-y[k]) / total
	}
	return sum
}

// Package model turns the measures of a comparison into the probability that one person wrote both: logistic regression,
// small nets and boosted trees, whose opinions are averaged and then calibrated. Plain Go, no state, nothing to load.
package model

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// Model is what training leaves behind.
type Model struct {
	Names     []string  // of the features that it was trained with; others are not looked at
	Mean, Inv []float64 // each feature is brought to mean 0 and spread 1, then cut at Cut
	Cut       float64
	Line      Line
	Nets      []Net
	Trees     []Tree
	Share     [3]float64 // of the line, the nets and the trees in the sum
	// Scale, Shift and Hide make a probability of the sum: 1/(1+exp(-(Scale*sum+Shift+Hide*hidden))).
	Scale, Shift, Hide float64
	// Agrees and Differs are the probabilities at which the bands begin and end.
	Agrees, Differs float64

	at []int // where among all features each of Names stands
}

// Line is a logistic regression.
type Line struct {
	W []float64
	B float64
}

// Net has one layer of hidden units.
type Net struct {
	In  [][]float32 // one row a unit, its bias last
	Out []float32   // its bias last
}

// Tree is a full binary tree of depth Depth: node i has children 2i+1 and 2i+2.
type Tree struct {
	Feature []int16
	At      []float32 // to the left if the value is at most that
	Leaf    []float32
}

// Normal gives the features as the parts of the model see them. Without [Model.Bind] they come in the order of Names.
func (m *Model) Normal(f []float64) []float64 {
	out := make([]float64, len(m.Mean))
	for i := range out {
		j := i
		if m.at != nil {
			j = m.at[i]
		}
		if j < len(f) {
			out[i] = math.Max(-m.Cut, math.Min(m.Cut, (f[j]-m.Mean[i])*m.Inv[i]))
		}
	}
	return out
}

// Bind says in which order features are given to the model. All that it was trained with must be among them.
func (m *Model) Bind(names []string) error {
	m.at = make([]int, len(m.Names))
	for i, n := range m.Names {
		if m.at[i] = slices.Index(names, n); m.at[i] < 0 {
			return fmt.Errorf("model: trained with %q, which is not measured", n)
		}
	}
	return nil
}

// Of is the line's log odds.
func (l Line) Of(x []float64) float64 {
	s := l.B
	for i, w := range l.W {
		s += w * x[i]
	}
	return s
}

// Of is the net's log odds.
func (n Net) Of(x []float64) float64 {
	s := float64(n.Out[len(n.Out)-1])
	for j, row := range n.In {
		h := float64(row[len(row)-1])
		for i, w := range row[:len(row)-1] {
			h += float64(w) * x[i]
		}
		s += float64(n.Out[j]) * math.Tanh(h)
	}
	return s
}

// Of is what the tree adds to the log odds.
func (t Tree) Of(x []float64) float64 {
	i := 0
	for i < len(t.Feature) {
		if x[t.Feature[i]] <= float64(t.At[i]) {
			i = 2*i + 1
		} else {
			i = 2*i + 2
		}
	}
	return float64(t.Leaf[i-len(t.Feature)])
}

// Parts gives the log odds of the line, the nets (their mean) and the trees.
func (m *Model) Parts(x []float64) [3]float64 {
	p := [3]float64{m.Line.Of(x)}
	for _, n := range m.Nets {
		p[1] += n.Of(x) / float64(len(m.Nets))
	}
	for _, t := range m.Trees {
		p[2] += t.Of(x)
	}
	return p
}

// Score is the weighted sum of the parts: comparable between pairs, not a probability.
func (m *Model) Score(features []float64) float64 {
	p := m.Parts(m.Normal(features))
	return m.Share[0]*p[0] + m.Share[1]*p[1] + m.Share[2]*p[2]
}

// Probability that one person wrote both. hidden is the share of the writing that could not be compared.
func (m *Model) Probability(features []float64, hidden float64) float64 {
	return Logistic(m.Scale*m.Score(features) + m.Shift + m.Hide*hidden)
}

// Logistic is 1/(1+exp(-v)).
func Logistic(v float64) float64 { return 1 / (1 + math.Exp(-v)) }

// Set holds the models for the two ways in which writing comes.
type Set struct {
	Clean     *Model // plain pictures of signatures
	Separated *Model // writing separated from a print
}

// Write stores the models.
func (s *Set) Write(w io.Writer) error { return gob.NewEncoder(w).Encode(s) }

// Read loads both models and checks that they fit the features, given by their names in order.
func Read(r io.Reader, names []string) (*Set, error) {
	s := &Set{}
	if err := gob.NewDecoder(r).Decode(s); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	for _, m := range []*Model{s.Clean, s.Separated} {
		if m == nil {
			return nil, errors.New("model: one of the two is missing")
		}
		if err := m.check(); err != nil {
			return nil, err
		}
		if err := m.Bind(names); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (m *Model) check() error {
	names := m.Names
	if len(m.Mean) != len(names) || len(m.Inv) != len(names) || len(m.Line.W) != len(names) {
		return errors.New("model: trained with other features")
	}
	for _, n := range m.Nets {
		for _, row := range n.In {
			if len(row) != len(names)+1 || len(n.Out) != len(n.In)+1 {
				return errors.New("model: a net of another size")
			}
		}
	}
	for _, t := range m.Trees {
		if n := len(t.Leaf); n != len(t.Feature)+1 || len(t.At) != len(t.Feature) || n&(n-1) != 0 {
			return errors.New("model: a tree of another size")
		}
		for _, f := range t.Feature {
			if int(f) >= len(names) || f < 0 {
				return errors.New("model: a tree of other features")
			}
		}
	}
	return nil
}

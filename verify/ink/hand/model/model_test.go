package model

import (
	"bytes"
	"math"
	"testing"
)

func good() *Model {
	return &Model{
		Names: []string{"a", "b"}, Mean: []float64{1, 2}, Inv: []float64{1, 0.5}, Cut: 3,
		Line:  Line{W: []float64{1, -1}, B: 0.5},
		Nets:  []Net{{In: [][]float32{{1, 0, 0}, {0, 1, 0.5}}, Out: []float32{2, -1, 0.25}}},
		Trees: []Tree{{Feature: []int16{1}, At: []float32{0}, Leaf: []float32{-1, 1}}},
		Share: [3]float64{1, 1, 1}, Scale: 1, Agrees: 0.8, Differs: 0.2,
	}
}

func TestScore(t *testing.T) {
	m := good()
	f := []float64{2, 6} // normal: 1, 2
	x := m.Normal(f)
	if x[0] != 1 || x[1] != 2 {
		t.Fatalf("%v", x)
	}
	want := (1 - 2 + 0.5) + (2*math.Tanh(1) - math.Tanh(2.5) + 0.25) + 1
	if got := m.Score(f); math.Abs(got-want) > 1e-9 {
		t.Errorf("%v, want %v", got, want)
	}
	if x := m.Normal([]float64{1e9, -1e9}); x[0] != 3 || x[1] != -3 {
		t.Errorf("far values are not cut: %v", x)
	}
	if p := m.Probability(f, 0); math.Abs(p-Logistic(want)) > 1e-9 {
		t.Errorf("probability %v", p)
	}
}

func TestReadBack(t *testing.T) {
	var b bytes.Buffer
	if err := (&Set{good(), good()}).Write(&b); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	m, err := Read(bytes.NewReader(data), []string{"a", "b"})
	if err != nil || m.Separated.Score([]float64{2, 6}) != good().Score([]float64{2, 6}) {
		t.Fatal(err)
	}
	for _, names := range [][]string{{"a"}, {}, {"b", "c"}} {
		if _, err := Read(bytes.NewReader(data), names); err == nil {
			t.Errorf("read for the features %v", names)
		}
	}
	// More features, in another order, change nothing.
	m, err = Read(bytes.NewReader(data), []string{"c", "b", "a"})
	if err != nil || m.Clean.Score([]float64{99, 6, 2}) != good().Score([]float64{2, 6}) {
		t.Errorf("features in another order: %v", err)
	}
	var half bytes.Buffer
	if err := (&Set{Clean: good()}).Write(&half); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(&half, []string{"a", "b"}); err == nil {
		t.Error("one model of two was read")
	}
	if _, err := Read(bytes.NewReader(data[:len(data)/2]), []string{"a", "b"}); err == nil {
		t.Error("half a file was read")
	}
}

func TestMisfits(t *testing.T) {
	for name, spoil := range map[string]func(m *Model){
		"line":      func(m *Model) { m.Line.W = m.Line.W[:1] },
		"net's row": func(m *Model) { m.Nets[0].In[0] = []float32{1} },
		"net's end": func(m *Model) { m.Nets[0].Out = nil },
		"leaves":    func(m *Model) { m.Trees[0].Leaf = nil },
		"feature":   func(m *Model) { m.Trees[0].Feature[0] = 9 },
		"means":     func(m *Model) { m.Mean = nil },
		"depth": func(m *Model) {
			m.Trees[0] = Tree{Feature: []int16{0, 1}, At: []float32{0, 0}, Leaf: []float32{1, 2, 3}}
		},
	} {
		m := good()
		spoil(m)
		var b bytes.Buffer
		if err := (&Set{good(), m}).Write(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(&b, []string{"a", "b"}); err == nil {
			t.Errorf("%s: a model that does not fit was read", name)
		}
	}
}

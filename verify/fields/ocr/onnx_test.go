package ocr

import (
	"bytes"
	"testing"

	"zhengyan/verify/fields/ocr/rare"
)

// tiny is a model of one linear layer and a softmax, as a recogniser ends.
func tiny() []byte {
	node := func(op string, in []string, out string) []byte { return operation(op, out, in) }
	var g []byte
	g = field(g, graphNode, constant("w", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}))
	g = field(g, graphNode, constant("b", []int{3}, []float32{7, 8, 9}))
	g = field(g, graphNode, node("MatMul", []string{"x", "w"}, "m"))
	g = field(g, graphNode, node("Add", []string{"m", "b"}, "a"))
	g = field(g, graphNode, node("Softmax", []string{"a"}, "y"))
	g = field(g, graphInput, field(nil, valueName, []byte("x")))
	g = field(g, graphOutput, field(nil, valueName, []byte("y")))
	return field(number(nil, 1, 8), modelGraph, g)
}

// TestExtended: the second head stands behind the net's own layer, and the softmax is over both.
func TestExtended(t *testing.T) {
	t2 := &rare.Head{
		Trunk: "pool", In: 5, Inner: 1, Project: []float32{1, 2, 3, 4, 5}, Shift: []float32{6},
		Runes: []rune("垚岫"), Rows: []float32{7, 8}, Bias: []float32{9, 10},
	}
	m, err := extended(tiny(), t2)
	if err != nil {
		t.Fatal(err)
	}
	if in, out, err := ports(m); err != nil || in != "x" || out != "y" {
		t.Errorf("ports %s %s %v", in, out, err)
	}
	_, graph, err := graphOf(m)
	if err != nil {
		t.Fatal(err)
	}
	made, taught := map[string]bool{"x": true, "pool": true}, 0
	for _, p := range graph {
		if p.num != graphNode {
			continue
		}
		ps, err := parts(p.data)
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range texts(ps, nodeInput) {
			if !made[in] {
				t.Errorf("%s is needed before it is there", in)
			}
		}
		out := string(first(ps, nodeOutput))
		if made[out] {
			t.Errorf("%s is made twice", out)
		}
		made[out] = true
		if string(first(ps, nodeOp)) == "Softmax" {
			if in := texts(ps, nodeInput); len(in) != 1 || in[0] != tensorAll {
				t.Errorf("the softmax is over %q", in)
			}
		}
		if out == tensorTaught+".w" {
			a, err := parts(first(ps, nodeAttr))
			if err != nil {
				t.Fatal(err)
			}
			w, dims, err := tensor(first(a, attrTensor))
			if err != nil || len(dims) != 2 || dims[0] != 1 || dims[1] != 2 || w[0] != 7 || w[1] != 8 {
				t.Errorf("second layer %v of %v, %v", w, dims, err)
			}
			taught++
		}
	}
	if taught != 1 || !made["y"] || !made[tensorAll] {
		t.Errorf("made %v", made)
	}
	cut, err := rebuilt(tiny(), "", nil, "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, out, err := ports(cut); err != nil || out != "x" {
		t.Errorf("output %s %v", out, err)
	}
	t2.In = 2
	if _, err := extended(tiny(), t2); err == nil {
		t.Error("a head that sees no trunk is taken")
	}
}

func TestNoHead(t *testing.T) {
	if _, err := headOf(bytes.Replace(tiny(), []byte("Softmax"), []byte("Sigmoid"), 1)); err == nil {
		t.Error("a net without a softmax has a head")
	}
}

func FuzzModel(f *testing.F) {
	f.Add(tiny())
	f.Add(block(true))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := folded(b, true); err == nil {
			if _, err := parts(m); err != nil {
				t.Errorf("a model is no model any more: %v", err)
			}
		}
		_, _, _ = ports(b)
		if _, err := headOf(b); err == nil {
			if _, err := rebuilt(b, "y", nil, "x"); err != nil {
				t.Errorf("a model with a head cannot be rebuilt: %v", err)
			}
		}
	})
}

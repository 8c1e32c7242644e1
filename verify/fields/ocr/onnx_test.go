package ocr

import (
	"bytes"
	"testing"
)

// tiny is a model of one linear layer and a softmax, as a recogniser ends.
func tiny() []byte {
	node := func(op string, in []string, out string) []byte {
		var n []byte
		for _, i := range in {
			n = field(n, nodeInput, []byte(i))
		}
		n = field(n, nodeOutput, []byte(out))
		return field(n, nodeOp, []byte(op))
	}
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

// TestExtended: new classes come behind the old ones, with their weights and biases; the rest stays.
func TestExtended(t *testing.T) {
	m, err := extended(tiny(), [][]float32{{10, 11, 12}, {13, 14, 15}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := headOf(m)
	if err != nil {
		t.Fatal(err)
	}
	wantW, wantB := []float32{1, 2, 3, 10, 13, 4, 5, 6, 11, 14}, []float32{7, 8, 9, 12, 15}
	if h.classes != 5 || h.inside != 2 || h.x != "x" {
		t.Fatalf("%+v", h)
	}
	for i, v := range wantW {
		if h.w[i] != v {
			t.Errorf("weights %v, want %v", h.w, wantW)
			break
		}
	}
	for i, v := range wantB {
		if h.b[i] != v {
			t.Errorf("biases %v, want %v", h.b, wantB)
			break
		}
	}
	if in, out, err := ports(m); err != nil || in != "x" || out != "y" {
		t.Errorf("ports %s %s %v", in, out, err)
	}
	cut, err := rebuilt(tiny(), nil, "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, out, err := ports(cut); err != nil || out != "x" {
		t.Errorf("output %s %v", out, err)
	}
	if _, err := extended(tiny(), [][]float32{{1}}); err == nil {
		t.Error("a row of the wrong width is taken")
	}
}

func TestNoHead(t *testing.T) {
	if _, err := headOf(bytes.Replace(tiny(), []byte("Softmax"), []byte("Sigmoid"), 1)); err == nil {
		t.Error("a net without a softmax has a head")
	}
}

func FuzzModel(f *testing.F) {
	f.Add(tiny())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, _ = ports(b)
		if _, err := headOf(b); err == nil {
			if _, err := extended(b, nil); err != nil {
				t.Errorf("a model with a head cannot be rebuilt: %v", err)
			}
		}
	})
}

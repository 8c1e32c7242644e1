package ocr

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// block is a net as PP-OCRv4 builds it: a convolution of each of two channels, scaled, shifted and swished, then one over both channels
// (bare) or again one of each channel with a border (padded).
func block(padded bool) []byte {
	pads := func(n uint64) []byte { return intsAttr("pads", n, n, n, n) }
	nodes := [][]byte{
		constant("w1", []int{2, 1, 3, 3}, []float32{.1, -.2, .3, .4, -.5, .6, -.7, .8, .9, -.1, .2, -.3, .4, .5, -.6, .7, .8, -.9}),
		constant("b1", []int{2}, []float32{.25, -.5}),
		constant("two", []int{1}, []float32{2}), constant("third", []int{1}, []float32{.3}),
		constant("3", nil, []float32{3}), constant("6", nil, []float32{6}),
		constant("less", []int{1}, []float32{-.75}), constant("more", []int{1}, []float32{1.25}),
		operation("Conv", "c1", []string{"x", "w1", "b1"}, pads(1), intAttr("group", 2), intsAttr("kernel_shape", 3, 3)),
		operation("Mul", "m1", []string{"two", "c1"}),
		operation("Add", "u", []string{"m1", "third"}),
		operation("Add", "u3", []string{"u", "3"}),
		operation("Clip", "k", []string{"u3"}, floatAttr("min", 0), floatAttr("max", 6)),
		operation("Mul", "uk", []string{"u", "k"}),
		operation("Div", "s", []string{"uk", "6"}),
		operation("Mul", "m2", []string{"less", "s"}),
		operation("Add", "z", []string{"m2", "more"}),
	}
	if padded {
		nodes = append(nodes, operation("Conv", "y", []string{"z", "w1"}, pads(1), intAttr("group", 2), intsAttr("kernel_shape", 3, 3)))
	} else {
		nodes = append(nodes, constant("w2", []int{3, 2, 1, 1}, []float32{1, -2, .5, .25, -.125, 3}),
			operation("Conv", "y", []string{"z", "w2"}, pads(0), intsAttr("kernel_shape", 1, 1)))
	}
	var g []byte
	for _, n := range nodes {
		g = field(g, graphNode, n)
	}
	g = field(g, 2, []byte("net"))
	value := func(name string) []byte {
		return field(field(nil, valueName, []byte(name)), valueType, field(nil, typeTensor, number(nil, tensorElem, float32Type)))
	}
	g = field(g, graphInput, value("x"))
	g = field(g, graphOutput, value("y"))
	return field(field(number(nil, 1, 8), 8, number(nil, 2, 9)), modelGraph, g)
}

// ops are the operations of a model in order, constants left out.
func ops(t testing.TB, model []byte) []string {
	t.Helper()
	_, graph, err := graphOf(model)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{"x": true}
	var out []string
	for _, p := range graph {
		if p.num != graphNode || p.typ != protowire.BytesType {
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
		for _, o := range texts(ps, nodeOutput) {
			if made[o] {
				t.Errorf("%s is made twice", o)
			}
			made[o] = true
		}
		if op := string(first(ps, nodeOp)); op != "Constant" {
			out = append(out, op)
		}
	}
	return out
}

// TestFolded: what can be put together is, and nothing else.
func TestFolded(t *testing.T) {
	for _, c := range []struct {
		name            string
		padded, blocked bool
		want            []string
	}{
		{"bare", false, false, []string{"Conv", "HardSigmoid", "Mul", "Conv"}},
		{"padded", true, false, []string{"Conv", "HardSigmoid", "Mul", "Mul", "Add", "Conv"}},
		{"bare, in blocks", false, true, []string{"Conv", "Conv", "HardSigmoid", "Mul", "Conv"}},
		{"padded, in blocks", true, true, []string{"Conv", "Conv", "HardSigmoid", "Mul", "Conv", "Conv"}},
	} {
		m, err := folded(block(c.padded), c.blocked)
		if err != nil {
			t.Fatal(err)
		}
		if got := ops(t, m); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if in, out, err := ports(m); err != nil || in != "x" || out != "y" {
			t.Errorf("%s: ports %s %s %v", c.name, in, out, err)
		}
		again, err := folded(m, false)
		if err != nil || !c.blocked && !slices.Equal(ops(t, again), c.want) {
			t.Errorf("%s: folded again %v, %v", c.name, ops(t, again), err)
		}
	}
}

// TestFoldedLeaves: a tensor that is asked for, or that two take, stays.
func TestFoldedLeaves(t *testing.T) {
	cut, err := rebuilt(block(false), "", nil, "u")
	if err != nil {
		t.Fatal(err)
	}
	m, err := folded(cut, false)
	if err != nil {
		t.Fatal(err)
	}
	if got := ops(t, m); got[0] != "Conv" || got[1] != "HardSigmoid" {
		t.Errorf("%v", got)
	}
	if _, out, err := ports(m); err != nil || out != "u" {
		t.Errorf("output %s %v", out, err)
	}
	both, err := rebuilt(block(false), "", [][]byte{operation("Mul", "q", []string{"k", "m1"})}, "q")
	if err != nil {
		t.Fatal(err)
	}
	if m, err = folded(both, false); err != nil {
		t.Fatal(err)
	}
	// m1 and k are taken twice: only the scale before m1 may go.
	if got, want := ops(t, m), []string{"Conv", "Add", "Add", "Clip", "Mul", "Div", "Mul", "Add", "Conv", "Mul"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, err := folded([]byte("no model"), true); err == nil {
		t.Error("no model is folded")
	}
}

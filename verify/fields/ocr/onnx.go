package ocr

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"zhengyan/verify/fields/ocr/rare"
)

// Field numbers of ONNX (onnx.proto): only what is looked at here.
const (
	modelGraph   = 7
	graphNode    = 1
	graphInit    = 5
	graphInput   = 11
	graphOutput  = 12
	valueName    = 1
	valueType    = 2
	typeTensor   = 1
	tensorElem   = 1
	nodeInput    = 1
	nodeOutput   = 2
	nodeOp       = 4
	nodeAttr     = 5
	attrName     = 1
	attrInt      = 3
	attrTensor   = 5
	attrInts     = 8
	attrType     = 20
	attrIsInt    = 2
	attrIsTensor = 4
	attrIsInts   = 7
	initDims     = 1
	initType     = 2
	initFloats   = 4
	initName     = 8
	initRaw      = 9
	float32Type  = 1
)

var (
	errNoModel = errors.New("not an ONNX model")
	errNoHead  = errors.New("the net does not end in a linear layer and a softmax")
)

// part is one field of a protocol buffer message.
type part struct {
	num  protowire.Number
	typ  protowire.Type
	data []byte // the content, of BytesType
	raw  []byte // all, with the tag
	u    uint64 // of VarintType
}

// parts takes a message apart.
func parts(b []byte) ([]part, error) {
	var out []part
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, errNoModel
		}
		m := protowire.ConsumeFieldValue(num, typ, b[n:])
		if m < 0 {
			return nil, errNoModel
		}
		p := part{num: num, typ: typ, raw: b[:n+m]}
		switch typ {
		case protowire.BytesType:
			p.data, _ = protowire.ConsumeBytes(b[n:])
		case protowire.VarintType:
			p.u, _ = protowire.ConsumeVarint(b[n:])
		}
		out = append(out, p)
		b = b[n+m:]
	}
	return out, nil
}

// graphOf takes a model apart, and its graph.
func graphOf(model []byte) (top, graph []part, err error) {
	if top, err = parts(model); err != nil {
		return nil, nil, err
	}
	graph, err = parts(first(top, modelGraph))
	return top, graph, err
}

// first is the content of the first field of that number.
func first(ps []part, num protowire.Number) []byte {
	for _, p := range ps {
		if p.num == num && p.typ == protowire.BytesType {
			return p.data
		}
	}
	return nil
}

// texts are the contents of all fields of that number.
func texts(ps []part, num protowire.Number) []string {
	var out []string
	for _, p := range ps {
		if p.num == num && p.typ == protowire.BytesType {
			out = append(out, string(p.data))
		}
	}
	return out
}

func field(b []byte, num protowire.Number, data []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), data)
}

func number(b []byte, num protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), v)
}

// ports are the names of a model's first input and first output.
func ports(model []byte) (in, out string, err error) {
	_, graph, err := graphOf(model)
	if err != nil {
		return "", "", err
	}
	name := func(num protowire.Number) string {
		ps, err := parts(first(graph, num))
		if err != nil {
			return ""
		}
		return string(first(ps, valueName))
	}
	if in, out = name(graphInput), name(graphOutput); in == "" || out == "" {
		return "", "", errNoModel
	}
	return in, out, nil
}

// node is an operation of a graph.
type node struct {
	op      string
	in, out []string
	raw     []part
}

// head is the last layer of a recogniser: softmax(x·w + b).
type head struct {
	x            string // the tensor that goes into it
	logits, out  string // the tensors before and after the softmax
	w, b         []float32
	inside       int // numbers of x at a step
	classes      int
	wName, bName string
}

// headOf finds the last layer of a model.
func headOf(model []byte) (head, error) {
	_, graph, err := graphOf(model)
	if err != nil {
		return head{}, err
	}
	_, end, err := ports(model)
	if err != nil {
		return head{}, err
	}
	made := map[string]node{} // output to node
	tensors := map[string][]byte{}
	for _, p := range graph {
		switch p.num {
		case graphNode:
			ps, err := parts(p.data)
			if err != nil {
				return head{}, err
			}
			n := node{op: string(first(ps, nodeOp)), in: texts(ps, nodeInput), out: texts(ps, nodeOutput), raw: ps}
			for _, o := range n.out {
				made[o] = n
			}
			if n.op == "Constant" && len(n.out) == 1 {
				if as, err := parts(first(ps, nodeAttr)); err == nil && string(first(as, attrName)) == "value" {
					tensors[n.out[0]] = first(as, attrTensor)
				}
			}
		case graphInit:
			ps, err := parts(p.data)
			if err != nil {
				return head{}, err
			}
			tensors[string(first(ps, initName))] = p.data
		}
	}
	soft := made[end]
	if soft.op != "Softmax" || len(soft.in) != 1 {
		return head{}, errNoHead
	}
	add := made[soft.in[0]]
	if add.op != "Add" || len(add.in) != 2 {
		return head{}, errNoHead
	}
	mul, bias := made[add.in[0]], add.in[1]
	if mul.op != "MatMul" {
		mul, bias = made[add.in[1]], add.in[0]
	}
	if mul.op != "MatMul" || len(mul.in) != 2 {
		return head{}, errNoHead
	}
	h := head{x: mul.in[0], logits: soft.in[0], out: end, wName: mul.in[1], bName: bias}
	var dims []int
	if h.w, dims, err = tensor(tensors[h.wName]); err != nil || len(dims) != 2 {
		return head{}, errNoHead
	}
	h.inside, h.classes = dims[0], dims[1]
	if h.b, dims, err = tensor(tensors[h.bName]); err != nil || len(dims) != 1 || dims[0] != h.classes {
		return head{}, errNoHead
	}
	return h, nil
}

// tensor reads the numbers and the shape of a float32 tensor.
func tensor(b []byte) ([]float32, []int, error) {
	ps, err := parts(b)
	if err != nil {
		return nil, nil, err
	}
	var dims []int
	n := 1
	for _, p := range ps {
		switch {
		case p.num == initDims && p.typ == protowire.VarintType:
			dims = append(dims, int(p.u))
		case p.num == initDims && p.typ == protowire.BytesType:
			for d := p.data; len(d) > 0; {
				u, k := protowire.ConsumeVarint(d)
				if k < 0 {
					return nil, nil, errNoModel
				}
				dims, d = append(dims, int(u)), d[k:]
			}
		case p.num == initType && p.u != float32Type:
			return nil, nil, errNoModel
		}
	}
	for _, d := range dims {
		if d < 1 || d > 1<<20 || n > 1<<28/d {
			return nil, nil, errNoModel
		}
		n *= d
	}
	raw := first(ps, initRaw)
	if raw == nil {
		raw = first(ps, initFloats)
	}
	if len(raw) != 4*n {
		return nil, nil, errNoModel
	}
	out := make([]float32, n)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out, dims, nil
}

func constant(name string, dims []int, values []float32) []byte {
	var t []byte
	for _, d := range dims {
		t = number(t, initDims, uint64(d))
	}
	t = number(t, initType, float32Type)
	// Weights are megabytes: each level says how long it is before what it holds is written, once.
	tensor := len(t) + protowire.SizeTag(initRaw) + protowire.SizeBytes(4*len(values))
	a := field(nil, attrName, []byte("value"))
	a = number(a, attrType, attrIsTensor)
	attr := len(a) + protowire.SizeTag(attrTensor) + protowire.SizeBytes(tensor)
	n := make([]byte, 0, attr+len(name)+32)
	n = field(n, nodeOutput, []byte(name))
	n = field(n, nodeOp, []byte("Constant"))
	n = protowire.AppendVarint(protowire.AppendTag(n, nodeAttr, protowire.BytesType), uint64(attr))
	n = append(n, a...)
	n = protowire.AppendVarint(protowire.AppendTag(n, attrTensor, protowire.BytesType), uint64(tensor))
	n = append(n, t...)
	n = protowire.AppendVarint(protowire.AppendTag(n, initRaw, protowire.BytesType), uint64(4*len(values)))
	for _, v := range values {
		n = binary.LittleEndian.AppendUint32(n, math.Float32bits(v))
	}
	return n
}

// operation is a node of a graph. Attributes are whole numbers or lists of them.
func operation(op, out string, in []string, attrs ...[]byte) []byte {
	var n []byte
	for _, i := range in {
		n = field(n, nodeInput, []byte(i))
	}
	n = field(n, nodeOutput, []byte(out))
	n = field(n, nodeOp, []byte(op))
	for _, a := range attrs {
		n = field(n, nodeAttr, a)
	}
	return n
}

func intAttr(name string, v uint64) []byte {
	return number(number(field(nil, attrName, []byte(name)), attrInt, v), attrType, attrIsInt)
}

func intsAttr(name string, vs ...uint64) []byte {
	a := field(nil, attrName, []byte(name))
	for _, v := range vs {
		a = number(a, attrInts, v)
	}
	return number(a, attrType, attrIsInts)
}

// rebuilt is the model with its graph changed: the node that gives the tensor drop is left out ("" leaves out none), the
// nodes more come at the end, and the output becomes another one, of any shape.
func rebuilt(model []byte, drop string, more [][]byte, output string) ([]byte, error) {
	top, graph, err := graphOf(model)
	if err != nil {
		return nil, err
	}
	size := 64 + len(output)
	for _, p := range graph {
		size += len(p.raw)
	}
	for _, n := range more {
		size += len(n) + 8
	}
	g := make([]byte, 0, size)
	for _, p := range graph {
		switch p.num {
		case graphNode:
			ps, err := parts(p.data)
			if err != nil {
				return nil, err
			}
			if out := texts(ps, nodeOutput); drop != "" && len(out) == 1 && out[0] == drop {
				continue
			}
		case graphOutput:
			continue
		}
		g = append(g, p.raw...)
	}
	for _, n := range more { // last: a graph is sorted by what is needed first
		g = field(g, graphNode, n)
	}
	kind := field(nil, typeTensor, number(nil, tensorElem, float32Type))
	g = field(g, graphOutput, field(field(nil, valueName, []byte(output)), valueType, kind))
	return withGraph(top, g), nil
}

// withGraph is a model with another graph.
func withGraph(top []part, graph []byte) []byte {
	size := len(graph) + 16
	for _, p := range top {
		if p.num != modelGraph {
			size += len(p.raw)
		}
	}
	out := make([]byte, 0, size)
	for _, p := range top {
		if p.num == modelGraph {
			out = field(out, modelGraph, graph)
			continue
		}
		out = append(out, p.raw...)
	}
	return out
}

// Tensors that are added to a net.
const (
	tensorFlat   = "zhengyan.flat"
	tensorTrunk  = "zhengyan.trunk"
	tensorSeen   = "zhengyan.seen"
	tensorInner  = "zhengyan.inner"
	tensorTaught = "zhengyan.taught"
	tensorAll    = "zhengyan.all"
)

// seenBy are the nodes that put together, for each step, what goes into the net's last layer and what its trunk (a tensor of
// channels × 1 × steps, before the layers that narrow it) has seen.
func seenBy(h *head, trunk string) [][]byte {
	return [][]byte{
		operation("Squeeze", tensorFlat, []string{trunk}, intsAttr("axes", 2)),
		operation("Transpose", tensorTrunk, []string{tensorFlat}, intsAttr("perm", 0, 2, 1)),
		operation("Concat", tensorSeen, []string{h.x, tensorTrunk}, intAttr("axis", 2)),
	}
}

// linear are the nodes of x·w + b.
func linear(x, out string, dims [2]int, w, b []float32) [][]byte {
	return [][]byte{
		constant(out+".w", dims[:], w), constant(out+".b", dims[1:], b),
		operation("MatMul", out+".p", []string{x, out + ".w"}), operation("Add", out, []string{out + ".p", out + ".b"}),
	}
}

// extended is the model with more classes, which a second head of two linear layers gives beside the net's own last layer.
func extended(model []byte, t *rare.Head) ([]byte, error) {
	h, err := headOf(model)
	if err != nil {
		return nil, err
	}
	if t.In <= h.inside || t.Inner < 1 || len(t.Runes) == 0 {
		return nil, errNoHead
	}
	more := seenBy(&h, t.Trunk)
	more = append(more, linear(tensorSeen, tensorInner, [2]int{t.In, t.Inner}, t.Project, t.Shift)...)
	more = append(more, linear(tensorInner, tensorTaught, [2]int{t.Inner, len(t.Runes)}, t.Rows, t.Bias)...)
	more = append(more,
		operation("Concat", tensorAll, []string{h.logits, tensorTaught}, intAttr("axis", 2)),
		operation("Softmax", h.out, []string{tensorAll}, intAttr("axis", 2)))
	return rebuilt(model, h.out, more, h.out)
}

// fingerprint names a model by the SHA-256 of its file.
func fingerprint(what string, sum [sha256.Size]byte) string {
	return fmt.Sprintf("%s %x", what, sum[:4])
}

package ocr

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// PP-OCRv4's blocks are a convolution, a scale, an offset, a hard swish spelt out in four operations, and another scale and
// offset. ONNX Runtime evaluates each by itself, and between the layout in which it convolves and that of everything else
// the whole picture is copied: half of the time goes there. Written as what they are, and the scales folded into the weights
// of the convolutions beside them, the same numbers come out, but for rounding, in little more than half of the time.

const (
	attrFloat   = 2
	attrIsFloat = 1
	addedPrefix = "zhengyan.folded." // what names of added tensors begin with
)

// step is an operation of a net that is being folded.
type step struct {
	node
	data  []byte    // as it stands in the model
	gone  bool      // it is left out
	fresh [][]byte  // nodes that stand in its place, if it was changed
	conv  *convolve // of a convolution with constant weights
}

// convolve is a convolution with what is folded into it: conv((x + shift) · scale) · gain + offset, with shift 0 where the picture is
// padded.
type convolve struct {
	w, b         []float32
	dims         []int
	padded       bool
	scale, shift float64
	gain, offset float64
}

// folding is a graph whose operations are being put together.
type folding struct {
	steps  []step
	consts map[string][]byte // tensors that are constant
	uses   map[string][]int  // steps that take a tensor
	kept   map[string]bool   // outputs of the graph
	made   map[string]int    // step that makes a tensor
	n      int               // names given
}

// blockedLayout reports whether ONNX Runtime convolves in a layout of its own on this processor, in blocks of channels.
const blockedLayout = runtime.GOARCH == "amd64"

// folded is the model with fewer operations that give the same but for rounding; a model without such operations keeps all
// of its own. blocked is for processors on which convolutions have a layout of their own: there, what can be written as a
// convolution is.
func folded(model []byte, blocked bool) ([]byte, error) {
	top, graph, err := graphOf(model)
	if err != nil {
		return nil, err
	}
	f := &folding{consts: map[string][]byte{}, uses: map[string][]int{}, kept: map[string]bool{}, made: map[string]int{}}
	for _, p := range graph {
		if err := f.take(p); err != nil {
			return nil, err
		}
	}
	for i := range f.steps {
		f.swish(i)
	}
	for i := range f.steps {
		f.after(i)
	}
	for i := range f.steps {
		f.before(i, blocked)
	}
	if blocked {
		for i := range f.steps {
			f.gate(i)
		}
	}
	return f.model(top, graph), nil
}

// take reads a part of the graph.
func (f *folding) take(p part) error {
	if p.typ != protowire.BytesType {
		return nil
	}
	switch p.num {
	case graphInit:
		ps, err := parts(p.data)
		if err != nil {
			return err
		}
		f.consts[string(first(ps, initName))] = p.data
	case graphOutput:
		ps, err := parts(p.data)
		if err != nil {
			return err
		}
		f.kept[string(first(ps, valueName))] = true
	case graphNode:
		ps, err := parts(p.data)
		if err != nil {
			return err
		}
		s := step{node: node{op: string(first(ps, nodeOp)), in: texts(ps, nodeInput), out: texts(ps, nodeOutput), raw: ps}, data: p.data}
		if s.op == "Constant" && len(s.out) == 1 {
			if as, err := parts(first(ps, nodeAttr)); err == nil && string(first(as, attrName)) == "value" {
				f.consts[s.out[0]] = first(as, attrTensor)
			}
		}
		k := len(f.steps)
		for _, in := range s.in {
			f.uses[in] = append(f.uses[in], k)
		}
		for _, out := range s.out {
			f.made[out] = k
		}
		if s.op == "Conv" {
			s.conv = f.convolution(&s)
		}
		f.steps = append(f.steps, s)
	}
	return nil
}

// convolution is what a step convolves with, nil if that is not constant.
func (f *folding) convolution(s *step) *convolve {
	if len(s.in) < 2 || len(s.in) > 3 || len(s.out) != 1 {
		return nil
	}
	c := &convolve{scale: 1, gain: 1}
	var err error
	if c.w, c.dims, err = tensor(f.consts[s.in[1]]); err != nil || len(c.dims) != 4 {
		return nil
	}
	c.b = make([]float32, c.dims[0])
	if len(s.in) == 3 && s.in[2] != "" {
		if c.b, _, err = tensor(f.consts[s.in[2]]); err != nil || len(c.b) != c.dims[0] {
			return nil
		}
	}
	for _, p := range s.raw {
		if p.num != nodeAttr {
			continue
		}
		as, err := parts(p.data)
		if err != nil {
			return nil
		}
		switch string(first(as, attrName)) {
		case "pads":
			c.padded = slices.ContainsFunc(ints(as), func(v uint64) bool { return v != 0 })
		case "auto_pad":
			c.padded = true
		}
	}
	return c
}

// ints are the numbers of an attribute, packed or not.
func ints(as []part) []uint64 {
	var out []uint64
	for _, a := range as {
		switch {
		case a.num != attrInts:
		case a.typ == protowire.VarintType:
			out = append(out, a.u)
		case a.typ == protowire.BytesType:
			for d := a.data; len(d) > 0; {
				u, k := protowire.ConsumeVarint(d)
				if k < 0 {
					return nil
				}
				out, d = append(out, u), d[k:]
			}
		}
	}
	return out
}

// scalar is the value of a constant of one number.
func (f *folding) scalar(name string) (float64, bool) {
	b, ok := f.consts[name]
	if !ok || len(b) > 256 {
		return 0, false
	}
	v, _, err := tensor(b)
	if err != nil || len(v) != 1 || math.IsNaN(float64(v[0])) || math.IsInf(float64(v[0]), 0) {
		return 0, false
	}
	return float64(v[0]), true
}

// with is the other operand of an operation on a tensor and a number.
func (f *folding) with(s *step) (x string, v float64, ok bool) {
	if len(s.in) != 2 || len(s.out) != 1 {
		return "", 0, false
	}
	if v, ok = f.scalar(s.in[1]); ok {
		return s.in[0], v, true
	}
	v, ok = f.scalar(s.in[0])
	return s.in[1], v, ok
}

// next is the only step that takes a tensor, and -1 where there are several or the tensor is asked for.
func (f *folding) next(name string, op string) int {
	if u := f.uses[name]; len(u) == 1 && !f.kept[name] && f.steps[u[0]].op == op && !f.steps[u[0]].gone {
		return u[0]
	}
	return -1
}

// swish writes x · clip(x + 3, 0, 6) / 6 as x · hardsigmoid(x) where step i is its addition.
func (f *folding) swish(i int) {
	add := &f.steps[i]
	if add.op != "Add" || add.gone {
		return
	}
	x, three, ok := f.with(add)
	if !ok || three != 3 {
		return
	}
	k := f.next(add.out[0], "Clip")
	if k < 0 || !f.clips(&f.steps[k], 6) || len(f.steps[k].out) != 1 {
		return
	}
	clipped := f.steps[k].out[0]
	m := f.next(clipped, "Mul")
	if m < 0 || len(f.steps[m].in) != 2 || len(f.steps[m].out) != 1 || !slices.Contains(f.steps[m].in, x) {
		return
	}
	d := f.next(f.steps[m].out[0], "Div")
	if d < 0 || len(f.steps[d].in) != 2 || len(f.steps[d].out) != 1 || f.steps[d].in[0] != f.steps[m].out[0] {
		return
	}
	if six, ok := f.scalar(f.steps[d].in[1]); !ok || six != 6 {
		return
	}
	gate := add.out[0]
	out := f.steps[d].out[0]
	add.op, add.in = "HardSigmoid", []string{x}
	add.fresh = [][]byte{swishGate(x, gate)}
	mul := &f.steps[m]
	mul.in, mul.out = []string{x, gate}, []string{out}
	mul.fresh = [][]byte{operation("Mul", out, mul.in)}
	f.made[out] = m
	f.uses[gate] = []int{m}
	f.steps[k].gone, f.steps[d].gone = true, true
}

// clips reports whether a step limits its first operand to 0..high: by attributes, or from opset 11 on by operands.
func (f *folding) clips(s *step, high float64) bool {
	low, top := math.Inf(-1), math.Inf(1)
	if len(s.in) == 3 {
		var a, b bool
		low, a = f.scalar(s.in[1])
		top, b = f.scalar(s.in[2])
		return a && b && low == 0 && top == high
	}
	for _, p := range s.raw {
		if p.num != nodeAttr {
			continue
		}
		as, err := parts(p.data)
		if err != nil {
			return false
		}
		for _, a := range as {
			if a.num != attrFloat || a.typ != protowire.Fixed32Type {
				continue
			}
			v, n := protowire.ConsumeFixed32(a.raw[protowire.SizeTag(attrFloat):])
			if n < 0 {
				return false
			}
			switch string(first(as, attrName)) {
			case "min":
				low = float64(math.Float32frombits(v))
			case "max":
				top = float64(math.Float32frombits(v))
			}
		}
	}
	return len(s.in) == 1 && low == 0 && top == high
}

// chain follows the scales and offsets after a tensor: the tensor at their end is name · scale + shift.
func (f *folding) chain(name string) (end string, scale, shift float64, steps []int) {
	end, scale = name, 1
	for {
		k := f.next(end, "Mul")
		if k < 0 {
			k = f.next(end, "Add")
		}
		if k < 0 || f.steps[k].fresh != nil {
			return end, scale, shift, steps
		}
		x, v, ok := f.with(&f.steps[k])
		if !ok || x != end {
			return end, scale, shift, steps
		}
		if f.steps[k].op == "Mul" {
			scale, shift = scale*v, shift*v
		} else {
			shift += v
		}
		end, steps = f.steps[k].out[0], append(steps, k)
	}
}

// after folds what stands behind the convolution of step i into it.
func (f *folding) after(i int) {
	s := &f.steps[i]
	if s.conv == nil || s.gone {
		return
	}
	end, scale, shift, steps := f.chain(s.out[0])
	if len(steps) == 0 {
		return
	}
	s.conv.gain, s.conv.offset = scale, shift
	for _, k := range steps {
		f.steps[k].gone = true
	}
	s.out = []string{end}
	f.made[end] = i
}

// before folds what stands behind the swish of step i into the convolutions that take it. What a padded convolution takes must
// stand there as it is, its border being 0: it becomes a convolution of each channel by itself, which at least stays in the
// layout of its neighbours.
func (f *folding) before(i int, blocked bool) {
	s := &f.steps[i]
	if s.gone || s.op != "Mul" || s.fresh == nil {
		return
	}
	end, scale, shift, steps := f.chain(s.out[0])
	if len(steps) == 0 || f.kept[end] {
		return
	}
	bare := len(f.uses[end]) > 0
	for _, k := range f.uses[end] {
		c := &f.steps[k]
		bare = bare && c.conv != nil && c.in[0] == end && (!c.conv.padded || shift == 0) && c.conv.scale == 1 && c.conv.shift == 0 && scale != 0
	}
	if bare {
		for _, k := range f.uses[end] {
			c := &f.steps[k]
			c.conv.scale, c.conv.shift = scale, shift/scale
			c.in = append([]string{s.out[0]}, c.in[1:]...)
		}
		f.uses[s.out[0]] = f.uses[end]
	} else if nodes := f.eachChannel(s.in[0], s.out[0], end, scale, shift); nodes != nil && blocked {
		s.fresh = append(s.fresh, nodes...)
	} else {
		return
	}
	for _, k := range steps {
		f.steps[k].gone = true
	}
}

// eachChannel is out = in · scale + shift as a convolution of each channel by itself. like is a tensor of the same shape that a
// convolution makes; without one nil.
func (f *folding) eachChannel(like, in, out string, scale, shift float64) [][]byte {
	from, ok := f.made[like]
	if !ok || f.steps[from].conv == nil {
		return nil
	}
	n := f.steps[from].conv.dims[0]
	w, b := make([]float32, n), make([]float32, n)
	for j := range n {
		w[j], b[j] = float32(scale), float32(shift)
	}
	f.n++
	name := fmt.Sprint(addedPrefix, f.n)
	return [][]byte{
		constant(name+".w", []int{n, 1, 1, 1}, w), constant(name+".b", []int{n}, b),
		operation("Conv", out, []string{in, name + ".w", name + ".b"}, intsAttr("kernel_shape", 1, 1), intAttr("group", uint64(n))),
	}
}

// gate puts a convolution that changes nothing before the gate of a swish: a convolution takes the gate into itself, and the
// layout is not left.
func (f *folding) gate(i int) {
	s := &f.steps[i]
	if s.op != "HardSigmoid" || s.fresh == nil {
		return
	}
	x := s.out[0] + ".x"
	if same := f.eachChannel(s.in[0], s.in[0], x, 1, 0); same != nil {
		s.fresh = append(same, swishGate(x, s.out[0]))
	}
}

// swishGate is min(max(x/6 + 1/2, 0), 1).
func swishGate(x, out string) []byte {
	return operation("HardSigmoid", out, []string{x}, floatAttr("alpha", 1.0/6), floatAttr("beta", 0.5))
}

// weights are those of the convolution with all that was folded into it.
func (c *convolve) weights() (w, b []float32) {
	w, b = make([]float32, len(c.w)), make([]float32, len(c.b))
	n := len(c.w) / len(c.b)
	k := c.scale * c.gain
	for o := range b {
		sum := 0.0
		for j := o * n; j < (o+1)*n; j++ {
			sum += float64(c.w[j])
			w[j] = float32(float64(c.w[j]) * k)
		}
		b[o] = float32((float64(c.b[o])+c.scale*c.shift*sum)*c.gain + c.offset)
	}
	return w, b
}

// model puts the net together again.
func (f *folding) model(top, graph []part) []byte {
	wanted := map[string]bool{}
	for i := range f.steps {
		s := &f.steps[i]
		switch c := s.conv; {
		case s.gone:
			continue
		case c != nil && (c.scale != 1 || c.shift != 0 || c.gain != 1 || c.offset != 0):
			w, b := c.weights()
			f.n++
			name := fmt.Sprint(addedPrefix, f.n)
			var n []byte
			for _, in := range []string{s.in[0], name + ".w", name + ".b"} {
				n = field(n, nodeInput, []byte(in))
			}
			n = field(n, nodeOutput, []byte(s.out[0]))
			for _, p := range s.raw {
				if p.num != nodeInput && p.num != nodeOutput {
					n = append(n, p.raw...)
				}
			}
			s.fresh = [][]byte{constant(name+".w", c.dims, w), constant(name+".b", c.dims[:1], b), n}
			wanted[s.in[0]] = true
			continue
		}
		for _, in := range s.in {
			wanted[in] = true
		}
	}
	size := 0
	for _, p := range graph {
		size += len(p.raw)
	}
	g := make([]byte, 0, size+size/16)
	k := 0
	for _, p := range graph {
		switch {
		case p.num == graphNode && p.typ == protowire.BytesType:
			s := &f.steps[k]
			k++
			switch {
			case s.gone, s.op == "Constant" && len(s.out) == 1 && !wanted[s.out[0]] && !f.kept[s.out[0]]:
			case s.fresh != nil:
				for _, n := range s.fresh {
					g = field(g, graphNode, n)
				}
			default:
				g = append(g, p.raw...)
			}
		default:
			g = append(g, p.raw...)
		}
	}
	return withGraph(top, g)
}

func floatAttr(name string, v float32) []byte {
	a := field(nil, attrName, []byte(name))
	a = binary.LittleEndian.AppendUint32(protowire.AppendTag(a, attrFloat, protowire.Fixed32Type), math.Float32bits(v))
	return number(a, attrType, attrIsFloat)
}

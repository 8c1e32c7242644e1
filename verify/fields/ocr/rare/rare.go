// Package rare holds what the project teaches the recogniser of package ocr: a second head that reads the standard characters,
// of which the published net does not know the rare ones of names, or cannot read them. Program train makes it from fonts
// (make rare-rows).
package rare

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

//go:embed rows.bin
var rows []byte

// Rows are the project's own head, as Parse takes it.
func Rows() []byte { return rows }

// Head is a second head of a recogniser: two linear layers beside its own last one.
type Head struct {
	Model   [32]byte  // SHA-256 of the recogniser that it belongs to
	Trunk   string    // tensor of the recogniser that it sees, besides the input of the last layer
	In      int       // numbers that it sees at a step
	Inner   int       // numbers between its layers
	Project []float32 // In × Inner, the first layer
	Shift   []float32 // Inner
	Runes   []rune    // character of each class
	Rows    []float32 // Inner × classes, the second layer
	Bias    []float32 // classes
}

// ErrFormat is the error of everything that is no such head.
var ErrFormat = errors.New("not a head for rare characters")

const (
	magic    = "ZYRARE2\n"
	maxRows  = 20_000
	maxWidth = 4096
	maxTrunk = 64
)

// The file: magic, model, the trunk's name with its length as a byte before it, then In, Inner and the number of classes as
// 32-bit integers, the first layer and its shift, the characters as 32-bit integers, their biases, the steps of their rows, and the
// rows of the second layer, class by class, as signed bytes to be multiplied by the step. Numbers are IEEE 754 half-precision if
// nothing else is said; everything is little-endian.

// Parse reads a file of a head. The error wraps ErrFormat.
func Parse(b []byte) (*Head, error) {
	if len(b) < len(magic)+33 || string(b[:len(magic)]) != magic {
		return nil, ErrFormat
	}
	h := &Head{}
	b = b[len(magic):]
	b = b[copy(h.Model[:], b):]
	name := int(b[0])
	if name > maxTrunk || len(b) < 1+name+12 || !utf8.Valid(b[1:1+name]) {
		return nil, fmt.Errorf("%w: no name of a tensor", ErrFormat)
	}
	h.Trunk, b = string(b[1:1+name]), b[1+name:]
	in, inner, n := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
	b = b[12:]
	if in < 1 || in > maxWidth || inner < 1 || inner > maxWidth || n > maxRows || len(b) != 2*int(in+1)*int(inner)+int(n)*(8+int(inner)) {
		return nil, fmt.Errorf("%w: %d × %d and %d rows in %d bytes", ErrFormat, in, inner, n, len(b))
	}
	h.In, h.Inner = int(in), int(inner)
	h.Project, b = halves(b, h.In*h.Inner)
	h.Shift, b = halves(b, h.Inner)
	h.Runes = make([]rune, n)
	for i := range h.Runes {
		r := binary.LittleEndian.Uint32(b[4*i:])
		if r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
			return nil, fmt.Errorf("%w: %#x is no character", ErrFormat, r)
		}
		h.Runes[i] = rune(r)
	}
	b = b[4*n:]
	var step []float32
	h.Bias, b = halves(b, int(n))
	step, b = halves(b, int(n))
	for _, vs := range [][]float32{h.Project, h.Shift, h.Bias, step} {
		for _, v := range vs {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return nil, fmt.Errorf("%w: a number is not finite", ErrFormat)
			}
		}
	}
	h.Rows = make([]float32, h.Inner*int(n))
	for i := range int(n) {
		for k := range h.Inner {
			h.Rows[k*int(n)+i] = step[i] * float32(int8(b[i*h.Inner+k]))
		}
	}
	return h, nil
}

func halves(b []byte, n int) ([]float32, []byte) {
	out := make([]float32, n)
	for i := range out {
		out[i] = fromHalf(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return out, b[2*n:]
}

// Bytes is the file of the head; numbers are rounded.
func (h *Head) Bytes() []byte {
	b := append([]byte(magic), h.Model[:]...)
	b = append(append(b, byte(len(h.Trunk))), h.Trunk...)
	for _, v := range []int{h.In, h.Inner, len(h.Runes)} {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	half := func(vs ...float32) {
		for _, v := range vs {
			b = binary.LittleEndian.AppendUint16(b, toHalf(v))
		}
	}
	half(h.Project...)
	half(h.Shift...)
	for _, r := range h.Runes {
		b = binary.LittleEndian.AppendUint32(b, uint32(r))
	}
	half(h.Bias...)
	n := len(h.Runes)
	step := make([]float32, n)
	for i := range step {
		for k := range h.Inner {
			step[i] = max(step[i], float32(math.Abs(float64(h.Rows[k*n+i])))/127)
		}
		step[i] = fromHalf(toHalf(step[i]))
	}
	half(step...)
	for i := range n {
		for k := range h.Inner {
			q := float64(0)
			if step[i] > 0 {
				q = min(max(math.RoundToEven(float64(h.Rows[k*n+i]/step[i])), -128), 127)
			}
			b = append(b, byte(int8(q)))
		}
	}
	return b
}

// toHalf rounds to the nearest half-precision number; numbers too large become the largest, too small become 0.
func toHalf(v float32) uint16 {
	bits := math.Float32bits(v)
	sign := uint16(bits >> 16 & 0x8000)
	exp := int(bits>>23&0xff) - 127 + 15
	mant := bits & 0x7fffff
	switch {
	case exp >= 31:
		return sign | 0x7bff
	case exp <= 0:
		if exp < -10 {
			return sign
		}
		mant |= 0x800000
		shift := uint(14 - exp)
		return sign | uint16((mant+1<<(shift-1))>>shift)
	}
	h := uint32(exp)<<10 | mant>>13
	if mant&0x1000 != 0 {
		h++
	}
	return sign | uint16(min(h, 0x7bff))
}

func fromHalf(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exp, mant := uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch {
	case exp == 31:
		return math.Float32frombits(sign | 0x7f800000 | mant<<13)
	case exp == 0:
		v := float32(mant) / (1 << 24)
		if sign != 0 {
			v = -v
		}
		return v
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | mant<<13)
}

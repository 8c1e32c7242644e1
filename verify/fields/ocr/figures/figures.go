// Package figures holds what the project teaches the recogniser of package ocr about digits: a head over the net's trunk that
// tells the digits and the signs of days in small, pale and blurred print, which the net's own last layer, trained on print of every
// kind in 6,622 characters, mostly cannot. Program verify/verifytest/reading/train makes it from lines drawn and photographed.
package figures

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"zhengyan/verify/fields/ocr/internal/heading"
)

//go:embed rows.bin
var rows []byte

// Rows are the project's own head, as Parse takes it.
func Rows() []byte { return rows }

// Steps is how many neighbouring steps the head sees: the one that it tells, the one before and the one after.
const Steps = 3

// Head is a linear layer over three steps of a recogniser.
type Head struct {
	Model   [32]byte  // SHA-256 of the recogniser that it belongs to
	Trunk   string    // tensor of the recogniser that it sees, besides the input of the last layer
	In      int       // numbers that it sees of a step
	Classes int       // blank, the signs in the order of package ocr, anything else
	Rows    []float32 // Classes × In × Steps
	Bias    []float32 // Classes
}

// ErrFormat is the error of everything that is no such head.
var ErrFormat = errors.New("not a head for digits")

const (
	magic      = "ZYFIGS1\n"
	maxIn      = 4096
	maxClasses = 64
)

// The file: its heading (package heading), In and Classes as 16-bit integers; for each
// class its bias and the step of its row as 32-bit IEEE 754 numbers; then the rows as 16-bit signed integers to be multiplied by
// the step. Everything is little-endian.

// Parse reads a file of a head. The error wraps ErrFormat.
func Parse(b []byte) (*Head, error) {
	h := &Head{}
	var err error
	if h.Model, h.Trunk, b, err = heading.Cut(b, magic); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if len(b) < 4 {
		return nil, fmt.Errorf("%w: it ends in its heading", ErrFormat)
	}
	h.In, h.Classes = int(binary.LittleEndian.Uint16(b)), int(binary.LittleEndian.Uint16(b[2:]))
	b = b[4:]
	n := h.In * Steps
	if h.In < 1 || h.In > maxIn || h.Classes < 1 || h.Classes > maxClasses || len(b) != h.Classes*(8+2*n) {
		return nil, fmt.Errorf("%w: %d × %d in %d bytes", ErrFormat, h.Classes, h.In, len(b))
	}
	h.Bias, h.Rows = make([]float32, h.Classes), make([]float32, h.Classes*n)
	for c := range h.Classes {
		step := math.Float32frombits(binary.LittleEndian.Uint32(b[8*c+4:]))
		h.Bias[c] = math.Float32frombits(binary.LittleEndian.Uint32(b[8*c:]))
		if !finite(step) || !finite(h.Bias[c]) || !finite(step*math.MaxInt16) {
			return nil, fmt.Errorf("%w: a number is not finite", ErrFormat)
		}
		row := b[8*h.Classes+2*c*n:]
		for i := range n {
			h.Rows[c*n+i] = step * float32(int16(binary.LittleEndian.Uint16(row[2*i:])))
		}
	}
	return h, nil
}

func finite(v float32) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }

// Bytes is the file of the head; the numbers of each row are rounded to a 32,767th of the largest.
func (h *Head) Bytes() []byte {
	b := heading.Of(magic, h.Model, h.Trunk)
	b = binary.LittleEndian.AppendUint16(b, uint16(h.In))
	b = binary.LittleEndian.AppendUint16(b, uint16(h.Classes))
	n := h.In * Steps
	step := make([]float32, h.Classes)
	for c := range h.Classes {
		for _, v := range h.Rows[c*n : (c+1)*n] {
			step[c] = max(step[c], float32(math.Abs(float64(v)))/math.MaxInt16)
		}
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(h.Bias[c]))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(step[c]))
	}
	for c := range h.Classes {
		for _, v := range h.Rows[c*n : (c+1)*n] {
			q := 0.0
			if step[c] > 0 {
				q = min(max(math.RoundToEven(float64(v/step[c])), -math.MaxInt16), math.MaxInt16)
			}
			b = binary.LittleEndian.AppendUint16(b, uint16(int16(q)))
		}
	}
	return b
}

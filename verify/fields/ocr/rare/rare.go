// Package rare holds what the project teaches the recogniser of package ocr: rows for its last layer that read rare
// characters of names, which the published net does not know or cannot read. Program train makes them from fonts (make rare-rows).
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

// Rows are the project's own rows, as Parse takes them.
func Rows() []byte { return rows }

// Head is a set of rows.
type Head struct {
	Model [32]byte // SHA-256 of the recogniser that the rows belong to
	Width int      // numbers of a row, its bias being the last
	Runes []rune   // character of each row
	Rows  []float32
}

// Row is the i-th row.
func (h *Head) Row(i int) []float32 { return h.Rows[i*h.Width : (i+1)*h.Width] }

// ErrFormat is the error of everything that is no set of rows.
var ErrFormat = errors.New("not a set of rows for rare characters")

const (
	magic    = "ZYRARE1\n"
	maxRows  = 20_000
	maxWidth = 1024
)

// The file: magic, model, width and number of rows as 32-bit integers, then the characters as 32-bit integers, then the numbers
// of all rows as IEEE 754 half-precision; everything little-endian.

// Parse reads a file of rows. The error wraps ErrFormat.
func Parse(b []byte) (*Head, error) {
	if len(b) < len(magic)+40 || string(b[:len(magic)]) != magic {
		return nil, ErrFormat
	}
	b = b[len(magic):]
	h := &Head{}
	copy(h.Model[:], b)
	w, n := binary.LittleEndian.Uint32(b[32:]), binary.LittleEndian.Uint32(b[36:])
	b = b[40:]
	if w < 2 || w > maxWidth || n > maxRows || len(b) != int(n)*(4+2*int(w)) {
		return nil, fmt.Errorf("%w: %d rows of %d numbers in %d bytes", ErrFormat, n, w, len(b))
	}
	h.Width = int(w)
	h.Runes, h.Rows = make([]rune, n), make([]float32, int(n)*h.Width)
	for i := range h.Runes {
		r := binary.LittleEndian.Uint32(b[4*i:])
		if r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
			return nil, fmt.Errorf("%w: %#x is no character", ErrFormat, r)
		}
		h.Runes[i] = rune(r)
	}
	b = b[4*n:]
	for i := range h.Rows {
		v := fromHalf(binary.LittleEndian.Uint16(b[2*i:]))
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("%w: a number is not finite", ErrFormat)
		}
		h.Rows[i] = v
	}
	return h, nil
}

// Bytes is the file of the rows.
func (h *Head) Bytes() []byte {
	b := append([]byte(magic), h.Model[:]...)
	b = binary.LittleEndian.AppendUint32(b, uint32(h.Width))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(h.Runes)))
	for _, r := range h.Runes {
		b = binary.LittleEndian.AppendUint32(b, uint32(r))
	}
	for _, v := range h.Rows {
		b = binary.LittleEndian.AppendUint16(b, toHalf(v))
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

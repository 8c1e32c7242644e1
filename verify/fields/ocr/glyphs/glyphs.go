// Package glyphs holds the project's own net that reads a Chinese character by itself, from its strokes alone: the 8,105 of the Table of
// General Standard Chinese Characters. The recogniser of package ocr reads lines, goes by neighbours, and is often sure of the one that it
// knows of two that differ in a stroke. It is made from characters printed, scanned and photographed (make glyph-rows;
// verify/verifytest/reading/rare).
package glyphs

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
)

//go:embed glyphs.onnx.gz
var net []byte

//go:embed characters.txt
var characters string

// Wide and High are the size of the picture that the net sees, in pixels: the character's type is some 37 of them high, and stands in the middle.
const (
	Wide = 60
	High = 48
)

// Net is the net as an ONNX file. Its input are pictures, n × 1 × 48 × 60, paper 0 and ink 1; its output n × classes: the logits of the
// characters.
func Net() ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(net))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// Characters are those that the net's classes stand for, in their order.
func Characters() []rune { return []rune(characters) }

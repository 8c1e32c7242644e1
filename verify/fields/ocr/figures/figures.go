// Package figures holds the project's own net that tells the digits and the signs of days in small, pale and blurred print, which the
// recogniser of package ocr, made for print of every kind in 6,622 characters, mostly cannot. It is made from lines drawn and
// photographed (make digit-rows; verify/verifytest/reading/train).
package figures

import _ "embed"

//go:embed digits.onnx
var net []byte

// Step is to how many pixels along a line the net gives one step.
const Step = 4

// Net is the net as an ONNX file. Its input is the picture of one line, 1 × 1 × 48 × width, values 0 to 255, paper bright; its
// output 1 × steps × classes: for every 4 pixels of the width the logits of nothing (the blank of connectionist temporal classification), of
// the digits 0 to 9, of 年, 月, 日, 至, a dash, a dot, a slash, and of anything else.
func Net() []byte { return net }

// Package red holds the project's own net that tells the print under a seal's red ink. It is made from sheets of print that were
// scanned and photographed with red seals over them and without (make red-rows; verify/verifytest/reading/red).
package red

import _ "embed"

//go:embed red.onnx
var net []byte

// Planes is how many numbers the net sees of each pixel; Edge how many pixels around those that it is asked about.
const (
	Planes = 2
	Edge   = 6
)

// Net is the net as an ONNX file. Its input is a piece of a picture, 1 × 2 × height × width, in shares of the paper's luminance: red, to
// which is added what the ink takes of it, and how much of the green the ink leaves. Its output is the luminance that the pixels would
// have without the ink, as such shares, 1 × 1 × height - 2·Edge × width - 2·Edge.
func Net() []byte { return net }

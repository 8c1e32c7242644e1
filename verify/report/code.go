package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
)

// maxCodeText is the most that a code of a checkpoint holds, in bytes; a version 40-M code (ISO/IEC 18004) takes 2331.
const maxCodeText = 2000

// codeOf makes the modules of a QR code, dark ones true, with the quiet zone left to the page; nil if it cannot.
func codeOf(text string) (m [][]bool) {
	if text == "" || len(text) > maxCodeText {
		return nil
	}
	defer func() {
		if recover() != nil {
			m = nil
		}
	}()
	code, err := encoder.Encoder_encode(text, decoder.ErrorCorrectionLevel_M, nil)
	if err != nil {
		return nil
	}
	b := code.GetMatrix()
	m = make([][]bool, b.GetHeight())
	for y := range m {
		m[y] = make([]bool, b.GetWidth())
		for x := range m[y] {
			m[y][x] = b.Get(x, y) == 1
		}
	}
	return m
}

// svgCode is the code as a drawing inside a page, "" if there is none.
func svgCode(text string) template.HTML {
	m := codeOf(text)
	if m == nil {
		return ""
	}
	var b strings.Builder
	n := len(m) + 8
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" shape-rendering="crispEdges" role="img" aria-label="QR"><rect width="%d" height="%d" fill="#fff"/><path d="`, n, n, n, n)
	for y, row := range m {
		for x, dark := range row {
			if dark {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+4, y+4)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()) //nolint:gosec // numbers only
}

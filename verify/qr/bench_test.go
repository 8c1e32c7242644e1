package qr

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
)

// matrixOf encodes a text as rows of modules, true is dark.
func matrixOf(t testing.TB, text string, level decoder.ErrorCorrectionLevel) [][]bool {
	t.Helper()
	q, err := encoder.Encoder_encode(text, level, map[gozxing.EncodeHintType]interface{}{gozxing.EncodeHintType_CHARACTER_SET: "UTF-8"})
	if err != nil {
		t.Fatal(err)
	}
	m := q.GetMatrix()
	out := make([][]bool, m.GetHeight())
	for y := range out {
		out[y] = make([]bool, m.GetWidth())
		for x := range out[y] {
			out[y][x] = m.Get(x, y) == 1
		}
	}
	return out
}

// drawMatrix paints modules of the given size without a quiet zone.
func drawMatrix(dst *image.Gray, m [][]bool, x0, y0 int, size float64) {
	side := int(float64(len(m))*size + .5)
	for y := range side {
		for x := range side {
			c := color.Gray{255}
			if m[min(len(m)-1, int(float64(y)/size))][min(len(m)-1, int(float64(x)/size))] {
				c.Y = 0
			}
			dst.SetGray(x0+x, y0+y, c)
		}
	}
}

const benchText = "http://zjw.beijing.gov.cn/cyry/PersonnelFile/CertCheckJZS.aspx?o=Zm9vYmFyMTIzNDU2Nzg5MA=="

// BenchmarkEmbedded reads a code as certificates carry it: a clean picture without a quiet zone.
func BenchmarkEmbedded(b *testing.B) {
	for _, side := range []int{200, 400, 600} {
		b.Run(fmt.Sprint(side), func(b *testing.B) {
			m := matrixOf(b, benchText, decoder.ErrorCorrectionLevel_M)
			img := image.NewGray(image.Rect(0, 0, side, side))
			drawMatrix(img, m, 0, 0, float64(side)/float64(len(m)))
			rgba := image.NewRGBA(img.Bounds())
			for i, v := range img.Pix {
				rgba.Pix[4*i], rgba.Pix[4*i+1], rgba.Pix[4*i+2], rgba.Pix[4*i+3] = v, v, v, 255
			}
			b.ReportAllocs()
			for b.Loop() {
				res, err := Decode(context.Background(), rgba, Options{})
				if err != nil || len(res.Codes) != 1 || res.Codes[0].Text != benchText {
					b.Fatal(res, err)
				}
			}
		})
	}
}

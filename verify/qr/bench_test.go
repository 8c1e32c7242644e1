package qr

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
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
			benchDecode(b, rgba, benchText)
		})
	}
}

// benchDecode measures CPU time besides wall time, which tells little on a machine that is shared.
func benchDecode(b *testing.B, img image.Image, want string) {
	b.ReportAllocs()
	before := cpuMillis()
	for b.Loop() {
		res, err := Decode(context.Background(), img, Options{Budget: testBudget})
		if err != nil || len(res.Codes) == 0 != (want == "") || want != "" && res.Codes[0].Text != want {
			b.Fatal(res, err)
		}
	}
	b.ReportMetric((cpuMillis()-before)/float64(b.N), "cpu-ms/op")
}

// BenchmarkPage reads an A4 page at 200 dpi, with a code half under a seal and without one.
func BenchmarkPage(b *testing.B) {
	rnd := rand.New(rand.NewPCG(7, 7))
	pg, texts := synthPage(b, rnd, .35)
	img := pg.image(0, rnd)
	b.Run("code", func(b *testing.B) { benchDecode(b, img, texts[0]) })
	blank := image.NewRGBA(img.Rect)
	copy(blank.Pix, img.Pix)
	for y := 1700; y < 2250; y++ {
		for x := 100; x < 1560; x++ {
			blank.SetRGBA(x, y, color.RGBA{250, 250, 250, 255})
		}
	}
	b.Run("none", func(b *testing.B) { benchDecode(b, blank, "") })
}

// BenchmarkPhoto reads a picture of 12 million pixels.
func BenchmarkPhoto(b *testing.B) {
	img := image.NewYCbCr(image.Rect(0, 0, 4000, 3000), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = byte(200 + i%7)
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 128, 128
	}
	m := matrixOf(b, benchText, decoder.ErrorCorrectionLevel_M)
	for y := range 900 {
		for x := range 900 {
			if m[y*len(m)/900][x*len(m)/900] {
				img.Y[(y+1000)*img.YStride+x+1500] = 40
			}
		}
	}
	benchDecode(b, img, benchText)
}

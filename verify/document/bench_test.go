package document

import (
	"bytes"
	"context"
	"image"
	"testing"
)

// certificate is a page like those of electronic certificates: text lines, a QR code and a signature as pictures.
func certificate() []byte {
	var c bytes.Buffer
	for y := 720; y > 200; y -= 20 {
		c.WriteString("BT /F1 12 Tf 100 " + itoa(y) + " Td (A line of a certificate with some words) Tj ET\n")
	}
	c.WriteString("q 71 0 0 71 60 100 cm /Im Do Q q 99 0 0 43 160 120 cm /Sg Do Q\n")
	f := onePage(c.String(), "/XObject<</Im 6 0 R/Sg 7 0 R>>", "", grayImage(corner(222, 222), ""), grayImage(corner(396, 172), ""))
	return f.bytes()
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

func benchPDF(b *testing.B, file []byte, f func(d *Document) error) {
	e := testEngine(b)
	b.ResetTimer()
	for range b.N {
		d, err := e.Open(context.Background(), SourceBytes("a.pdf", file))
		if err != nil {
			b.Fatal(err)
		}
		if err := f(d); err != nil {
			b.Fatal(err)
		}
		d.Close()
	}
}

func BenchmarkOpen(b *testing.B) {
	benchPDF(b, certificate(), func(*Document) error { return nil })
}

func BenchmarkOpenTextImages(b *testing.B) {
	benchPDF(b, certificate(), func(d *Document) error {
		_, err := d.Text(context.Background(), 0)
		if err == nil {
			_, err = d.Images(context.Background(), 0)
		}
		return err
	})
}

func BenchmarkRender200(b *testing.B) {
	benchPDF(b, certificate(), func(d *Document) error { _, err := d.Render(context.Background(), 0, 200); return err })
}

func BenchmarkScanImage(b *testing.B) {
	f := onePage("q 595 0 0 842 0 0 cm /Im Do Q", "/XObject<</Im 6 0 R>>", "", jpegImage(noisePage(1240, 1754), ""))
	benchPDF(b, f.bytes(), func(d *Document) error { _, err := d.Images(context.Background(), 0); return err })
}

func noisePage(w, h int) image.Image {
	g := corner(w, h)
	for i := range g.Pix {
		g.Pix[i] -= byte(i * 7 % 13)
	}
	return g
}

func BenchmarkImageFile(b *testing.B) {
	for name, file := range map[string][]byte{"jpeg": jpegBytes(b, noisePage(1240, 1754)), "png": pngBytes(b, noisePage(1240, 1754))} {
		b.Run(name, func(b *testing.B) {
			benchPDF(b, file, func(d *Document) error { _, err := d.Render(context.Background(), 0, 0); return err })
		})
	}
}

func BenchmarkInterruptible(b *testing.B) {
	b.SetBytes(int64(len(pdfiumWasm)))
	for range b.N {
		if _, err := interruptible(pdfiumWasm); err != nil {
			b.Fatal(err)
		}
	}
}

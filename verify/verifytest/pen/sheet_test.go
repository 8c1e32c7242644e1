package pen

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"testing"
)

// TestSheet draws rows of the same person (four times), two imitators and two other hands, to look at: it runs only where
// PEN_SHEET names a file.
func TestSheet(t *testing.T) {
	file := os.Getenv("PEN_SHEET")
	if file == "" {
		t.Skip("PEN_SHEET is not set")
	}
	const w, h, rows, cols = 200, 110, 14, 8
	sheet := image.NewGray(image.Rect(0, 0, w*cols, h*rows))
	for i := range sheet.Pix {
		sheet.Pix[i] = 255
	}
	a := Open()
	for r := range rows {
		seed := uint64(r)
		own, name := NewWriter(a, seed), Name(seed+500)
		for c := range cols {
			var s [][]Point
			x := NewWriter(a, seed+100+uint64(c))
			switch {
			case c < 4:
				s = own.Sign(name, uint64(c))
			case c < 6:
				s = x.Imitate(own, name, 1)
			default:
				s = x.Sign(name, 1)
			}
			img := Render(s, 23, 0.35, 200)
			for y := range min(h, img.Rect.Dy()) {
				for x := range min(w, img.Rect.Dx()) {
					sheet.SetGray(c*w+x, r*h+y, color.Gray{Y: 255 - img.AlphaAt(x, y).A})
				}
			}
		}
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, sheet); err != nil {
		t.Fatal(err)
	}
}

package ink

import (
	"context"
	"image"
	"testing"

	"zhengyan/verify/page"
)

// FuzzExamine: whatever the pictures and boxes are, there is an answer or an error, and never ink where nothing was found.
func FuzzExamine(f *testing.F) {
	f.Add([]byte{0, 255, 3, 9}, uint8(90), uint8(120), 10.0, 20.0, 60.0, 50.0, 100.0, true)
	f.Add([]byte{7}, uint8(20), uint8(200), -5.0, -5.0, 1e9, 1e9, 0.0, false)
	f.Add([]byte{200, 10}, uint8(255), uint8(255), 30.0, 30.0, 31.0, 200.0, 1e6, true)
	f.Fuzz(func(t *testing.T, pix []byte, w, h uint8, x0, y0, x1, y1, dpi float64, paired bool) {
		img := image.NewGray(image.Rect(0, 0, int(w), int(h)))
		for i := range img.Pix {
			if len(pix) > 0 {
				img.Pix[i] = pix[(i+i/7)%len(pix)]
			}
		}
		box := page.Box{X0: x0, Y0: y0, X1: x1, Y1: y1}
		var ref *Reference
		if paired {
			ref = &Reference{Page: img, DPI: dpi, Box: box, Signature: box}
		}
		res, err := Examine(context.Background(), Scan{Page: img, DPI: dpi, Label: box, Box: box, Kind: "constructor-1"}, ref, Options{})
		if err == nil && res.Presence == Ink && res.Length == 0 {
			t.Errorf("ink of no length: %+v", res)
		}
	})
}

package sheet

import (
	"image"
	"image/color"
	"testing"

	"zhengyan/verify/page"
)

// On a pale desk the edge of the print is plainer than the paper's; the paper's is taken where bare paper lies between.
func TestWidened(t *testing.T) {
	const x0, y0, w, h, margin = 100, 120, 840, 1188, 18
	draw := func(between func(x, y int) uint8) *pixels {
		img := image.NewGray(image.Rect(0, 0, w+200, h+240))
		for y := range img.Rect.Dy() {
			for x := range img.Rect.Dx() {
				v := uint8(212)
				switch dx, dy := min(x-x0, x0+w-1-x), min(y-y0, y0+h-1-y); {
				case min(dx, dy) >= margin:
					v = 226
				case min(dx, dy) >= 0:
					v = between(x, y)
				}
				img.SetGray(x, y, color.Gray{Y: v})
			}
		}
		return newPixels(img)
	}
	box := func(x0, y0, x1, y1 float64) [4]page.Point {
		return [4]page.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
	}
	paper := box(x0, y0, x0+w, y0+h)
	// Two sides too far in, by as much as leaves the ratio of A4.
	inner := box(x0+margin, y0, x0+w, y0+h)
	inner[0].Y, inner[1].Y = y0+margin, y0+margin
	p := draw(func(x, y int) uint8 { return 250 })
	got, ok := p.widened(inner, 2, nil)
	if !ok {
		t.Fatal("nothing was found beyond the print")
	}
	for i := range got {
		if d := length(sub(got[i], paper[i])); d > 4 {
			t.Errorf("corner %d is %.1f pixels off", i, d)
		}
	}
	if _, ok := p.widened(paper, 2, nil); ok {
		t.Error("something was found beyond the paper")
	}
	// A shadow beside a print without margins.
	p = draw(func(x, y int) uint8 { return 219 })
	if got, ok := p.widened(inner, 2, nil); ok {
		t.Errorf("a shadow was taken for a margin: %v", got)
	}
	// What lies between is no bare paper.
	p = draw(func(x, y int) uint8 { return uint8(225 + 25*((x/40+y/40)%2)) })
	if got, ok := p.widened(inner, 2, nil); ok {
		t.Errorf("a pattern was taken for a margin: %v", got)
	}
}

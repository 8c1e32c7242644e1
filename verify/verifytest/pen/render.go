package pen

import (
	"image"
	"math"
)

// maxSide bounds a rendered picture, in pixels.
const maxSide = 8192

// Render draws the strokes as an alpha mask (255 = ink). longMM is the length of the unit box's side in millimetres, penMM
// the width of the line, dpi the resolution. A margin of two pen widths is left around.
func Render(strokes [][]Point, longMM, penMM, dpi float64) *image.Alpha {
	px := dpi / 25.4
	margin := 2*penMM*px + 1
	scale := longMM * px
	var w, h float64
	for _, s := range strokes {
		for _, p := range s {
			w, h = math.Max(w, p.X*scale), math.Max(h, p.Y*scale)
		}
	}
	img := image.NewAlpha(image.Rect(0, 0, min(maxSide, int(w+2*margin)+1), min(maxSide, int(h+2*margin)+1)))
	for _, s := range strokes {
		last := 0
		for i := range s {
			a, b := s[last], s[i]
			if i > 0 && i < len(s)-1 && math.Hypot(b.X-a.X, b.Y-a.Y)*scale < 0.75 {
				continue // less than a pixel: with the next one
			}
			last = i
			capsule(img, margin+a.X*scale, margin+a.Y*scale, margin+b.X*scale, margin+b.Y*scale, math.Max(0.35, penMM*px*b.W/2))
		}
	}
	return img
}

// capsule draws a thick segment with soft edges.
func capsule(img *image.Alpha, ax, ay, bx, by, r float64) {
	b := img.Rect
	x0, x1 := max(b.Min.X, int(math.Min(ax, bx)-r-1)), min(b.Max.X-1, int(math.Max(ax, bx)+r+2))
	y0, y1 := max(b.Min.Y, int(math.Min(ay, by)-r-1)), min(b.Max.Y-1, int(math.Max(ay, by)+r+2))
	dx, dy := bx-ax, by-ay
	l := dx*dx + dy*dy
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			px, py := float64(x)+0.5-ax, float64(y)+0.5-ay
			t := 0.0
			if l > 0 {
				t = clamp((px*dx+py*dy)/l, 0, 1)
			}
			d := r + 0.5 - math.Sqrt((px-t*dx)*(px-t*dx)+(py-t*dy)*(py-t*dy))
			if d <= 0 {
				continue
			}
			if v, a := uint8(255*math.Min(1, d)), &img.Pix[y*img.Stride+x]; v > *a {
				*a = v
			}
		}
	}
}

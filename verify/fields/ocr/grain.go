package ocr

import (
	"math"

	"zhengyan/verify/internal/order"
	"zhengyan/verify/page/bands"
)

// In the dark a camera's noise is as strong as pale print, and the detector finds no line that the eye still reads. A picture with
// such grain is softened before it looks.
const (
	grainy     = 0.006 // grain from which a picture is softened; scans have up to 0.004, photos in the dark 0.010 to 0.025
	grainEvery = 3     // one in so many pixels, both ways, is looked at
)

// grainOf is the usual difference in ink of neighbouring pixels, 0..1. Most of a page is bare, so that its print does not count.
func grainOf(ink []float32, w, h int) float32 {
	d := make([]float32, 0, (w/grainEvery+1)*(h/grainEvery+1))
	for y := 0; y < h; y += grainEvery {
		for x := 0; x+1 < w; x += grainEvery {
			d = append(d, float32(math.Abs(float64(ink[y*w+x]-ink[y*w+x+1]))))
		}
	}
	if len(d) == 0 {
		return 0
	}
	return order.Nth(d, len(d)/2)
}

// softened is a picture with each pixel the mean of those around it, weighed by the binomial 1, 4, 6, 4, 1 both ways; beyond the edge
// the picture is as its edge.
func softened(p []float32, w, h int) []float32 {
	across, out := make([]float32, len(p)), make([]float32, len(p))
	bands.Do(h, func(from, to int) {
		for y := from; y < to; y++ {
			row := p[y*w : (y+1)*w]
			for x := range row {
				across[y*w+x] = binomial(row[max(x-2, 0)], row[max(x-1, 0)], row[x], row[min(x+1, w-1)], row[min(x+2, w-1)])
			}
		}
	})
	bands.Do(h, func(from, to int) {
		for y := from; y < to; y++ {
			a, b, d, e := max(y-2, 0)*w, max(y-1, 0)*w, min(y+1, h-1)*w, min(y+2, h-1)*w
			for x := range w {
				out[y*w+x] = binomial(across[a+x], across[b+x], across[y*w+x], across[d+x], across[e+x])
			}
		}
	})
	return out
}

func binomial(a, b, c, d, e float32) float32 { return (a + 4*b + 6*c + 4*d + e) / 16 }

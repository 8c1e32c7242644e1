package hand

import (
	"image"
	"image/color"
	"math"

	"zhengyan/verify/ink/hand/pair"
	"zhengyan/verify/ink/stroke"
)

// overlaySide is the longer side of the overlay, in pixels.
const overlaySide = 640

// overlay draws both signatures in the reference's frame.
func overlay(ref, query *stroke.Mask, res *pair.Result) *image.RGBA {
	x0, y0, x1, y1 := res.Extent()
	mx, my := 0.08*(x1-x0), 0.08*(y1-y0)
	x0, y0, x1, y1 = x0-mx, y0-my, x1+mx, y1+my
	scale := overlaySide / math.Max(x1-x0, y1-y0)
	w, h := max(1, min(overlaySide, int((x1-x0)*scale))), max(1, min(overlaySide, int((y1-y0)*scale)))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	// A thin line must not fall between the points that are looked at.
	refReach := min(3, int(0.6/scale))
	mapping := res.ToQuery()
	ax, ay := mapping(x0, y0)
	bx, by := mapping(x0+1/scale, y0)
	queryReach := min(3, int(0.6*math.Hypot(bx-ax, by-ay)))
	for y := range h {
		for x := range w {
			rx, ry := x0+(float64(x)+0.5)/scale, y0+(float64(y)+0.5)/scale
			qx, qy := mapping(rx, ry)
			r, q := inked(ref, rx, ry, refReach), inked(query, qx, qy, queryReach)
			c := color.RGBA{255, 255, 255, 255}
			switch {
			case r && q:
				c = color.RGBA{20, 20, 20, 255}
			case r:
				c = color.RGBA{60, 120, 216, 255}
			case q:
				c = color.RGBA{230, 120, 30, 255}
			case query.Hidden(int(math.Floor(qx)), int(math.Floor(qy))) || ref.Hidden(int(math.Floor(rx)), int(math.Floor(ry))):
				c = color.RGBA{226, 226, 226, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func inked(m *stroke.Mask, x, y float64, reach int) bool {
	i, j := int(math.Floor(x)), int(math.Floor(y))
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			if m.At(i+dx, j+dy) {
				return true
			}
		}
	}
	return false
}

package sheet

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
)

// fine is how many times finer than the sheet a thinned line is drawn.
const fine = 3

// shape is how a line departs from its typeface: no typeface at hand is as light as some that certificates are printed with,
// and the digits of some are small beside their characters.
type shape struct {
	thinner  int     // taken from each side of a stroke, in fine pixels
	digits   float64 // size of digits, of that of characters
	tracking float64 // space added after each character, in em
}

var asDesigned = shape{digits: 1}

func someShape(r *rand.Rand) shape {
	return shape{thinner: r.IntN(3), digits: 0.82 + 0.2*r.Float64(), tracking: -0.03 + 0.08*r.Float64()}
}

// thinned takes one pixel from each side of the strokes of a drawing (0 nothing, 255 ink) that are wider than two; hairlines stay.
func thinned(m *image.Alpha) *image.Alpha {
	eroded, opened := image.NewAlpha(m.Rect), image.NewAlpha(m.Rect)
	crosses(m, eroded, func(to, up, row, down []uint8) {
		for i := range to {
			to[i] = min(row[i], row[i+1], row[i+2], up[i+1], down[i+1])
		}
	})
	crosses(eroded, opened, func(to, up, row, down []uint8) {
		for i := range to {
			to[i] = max(row[i], row[i+1], row[i+2], up[i+1], down[i+1])
		}
	})
	for i, v := range m.Pix {
		eroded.Pix[i] = max(eroded.Pix[i], v-min(v, opened.Pix[i]))
	}
	return eroded
}

// crosses gives the rows of a drawing with those above and below them, each a pixel longer on both sides than the row to write.
func crosses(from, to *image.Alpha, join func(to, up, row, down []uint8)) {
	w, h := from.Rect.Dx(), from.Rect.Dy()
	for y := 1; y < h-1; y++ {
		i := y * from.Stride
		join(to.Pix[i+1:i+w-1], from.Pix[i-from.Stride:][:w], from.Pix[i:][:w], from.Pix[i+from.Stride:][:w])
	}
}

// lay puts a fine drawing onto the sheet, its top left corner at the given pixel, in the colour of the ink.
func lay(dst draw.Image, m *image.Alpha, at image.Point, ink color.Color) {
	small := image.NewAlpha(image.Rect(0, 0, m.Rect.Dx()/fine, m.Rect.Dy()/fine))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			sum := 0
			for v := range fine {
				for u := range fine {
					sum += int(m.Pix[(y*fine+v)*m.Stride+x*fine+u])
				}
			}
			small.SetAlpha(x, y, color.Alpha{uint8((sum + fine*fine/2) / (fine * fine))})
		}
	}
	draw.DrawMask(dst, small.Rect.Add(at), image.NewUniform(ink), image.Point{}, small, image.Point{}, draw.Over)
}

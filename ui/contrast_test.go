package ui

import (
	"math"

	"fyne.io/fyne/v2"
)

// contrast is the contrast ratio of two theme colours by WCAG 2.1.
func contrast(th *Theme, a, b fyne.ThemeColorName) float64 {
	x, y := luminance(th, a), luminance(th, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(th *Theme, name fyne.ThemeColorName) float64 {
	r, g, b, _ := th.C(name).RGBA()
	lin := func(v uint32) float64 {
		s := float64(v) / 0xFFFF
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

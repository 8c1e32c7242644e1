package ui

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"zhengyan/ui/viewmodel"
)

// shapeSVG is a verdict's figure: disc with tick, octagon with cross, triangle with question mark, ring with dash, ring
// with dots. The outlines differ, so that they are told apart in grey and at the size of a list's row.
func shapeSVG(s viewmodel.Shape, fill, glyph color.Color) string {
	f, g := hex(fill), hex(glyph)
	const head = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">`
	stroke := `fill="none" stroke="` + g + `" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"`
	ring := `<circle cx="12" cy="12" r="9.4" fill="none" stroke="` + f + `" stroke-width="1.8"/>`
	switch s {
	case viewmodel.ShapePass:
		return head + `<circle cx="12" cy="12" r="11" fill="` + f + `"/><path d="M6.9 12.5 L10.5 16 L17.2 8.7" ` + stroke + `/></svg>`
	case viewmodel.ShapeFail:
		return head + `<path d="M7.6 1.2 L16.4 1.2 L22.8 7.6 L22.8 16.4 L16.4 22.8 L7.6 22.8 L1.2 16.4 L1.2 7.6 Z" fill="` + f + `"/><path d="M8 8 L16 16 M16 8 L8 16" ` + stroke + `/></svg>`
	case viewmodel.ShapeUnknown:
		return head + `<path d="M12 2.6 L22.6 21 L1.4 21 Z" fill="` + f + `" stroke="` + f + `" stroke-width="2" stroke-linejoin="round"/>` +
			`<path d="M9.4 10.6 C9.4 8.9 10.5 8 12 8 C13.6 8 14.7 9 14.7 10.4 C14.7 12.5 12 12.4 12 15" fill="none" stroke="` + g + `" stroke-width="2" stroke-linecap="round"/>` +
			`<circle cx="12" cy="18.2" r="1.25" fill="` + g + `"/></svg>`
	case viewmodel.ShapeSkip:
		return head + ring + `<path d="M8 12 L16 12" fill="none" stroke="` + f + `" stroke-width="2" stroke-linecap="round"/></svg>`
	}
	return head + ring + `<circle cx="7.8" cy="12" r="1.3" fill="` + f + `"/><circle cx="12" cy="12" r="1.3" fill="` + f + `"/><circle cx="16.2" cy="12" r="1.3" fill="` + f + `"/></svg>`
}

func hex(c color.Color) string {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B)
}

// shapeResource is the figure in the theme's colours. The name tells the colours, since the toolkit caches by name.
func shapeResource(th *Theme, s viewmodel.Shape) fyne.Resource {
	fill, glyph := th.C(ink(s)), th.C(colorGlyph)
	return fyne.NewStaticResource(fmt.Sprintf("shape-%d-%s-%s.svg", s, hex(fill), hex(glyph)), []byte(shapeSVG(s, fill, glyph)))
}

// shapeImage is the figure at a size.
func shapeImage(th *Theme, s viewmodel.Shape, size float32) *canvas.Image {
	img := canvas.NewImageFromResource(shapeResource(th, s))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(size))
	return img
}

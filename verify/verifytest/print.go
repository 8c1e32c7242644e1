package verifytest

import (
	"fmt"
	"image"
	"math"

	"zhengyan/verify/page"
)

// Places are where the signature's parts stand on a constructor's or an architect's page, in pixels at some resolution,
// from the top left. They come from the drawing itself, not from a reader.
type Places struct {
	Label     page.Box // 个人签名：
	Box       page.Box // the area in which the holder signs, as the reader of the face gives it
	Signature page.Box // the printed signature image, whether or not it is drawn
	Line      page.Box // the free room behind the label
	Date      page.Box // the free room behind 签名日期：
	Seal      page.Box // the round seal
}

// Sheet draws a specimen's page with its seals at a resolution in dots an inch, as a printer gets it, without anything
// written by hand; Spec.Ink is not looked at.
func (g *Generator) Sheet(s Spec, dpi float64) (*image.RGBA, error) {
	s.Ink = InkNone
	c, err := g.sheet(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.ID, err)
	}
	return g.paint(c, dpi), nil
}

// PlacesAt returns the places at a resolution in dots an inch.
func PlacesAt(dpi float64) Places {
	k := dpi / 72
	h := math.Round(pageH * k)
	box := func(x0, y0, x1, y1 float64) page.Box { // points from the bottom left
		return page.Box{X0: x0 * k, Y0: h - y1*k, X1: x1 * k, Y1: h - y0*k}
	}
	const em, label, date, next = 11.0, 98.0, 71.0, 350.0 // sizes and baselines of foot
	return Places{
		Label:     box(signX, label-0.12*em, signX+5*em, label+0.88*em),
		Box:       box(signX, date+0.98*em, next-0.3*em, label+0.88*em+5.5*em),
		Signature: box(signX, signY, signX+signW, signY+signH),
		Line:      box(inkX, inkY, inkX+inkW, inkY+inkH),
		Date:      box(signX+5*em+2, date-4, next-8, date+12),
		Seal:      box(sealCX-sealD/2, sealCY-sealD/2, sealCX+sealD/2, sealCY+sealD/2),
	}
}

// StampOn prints a stamp as an inking pad leaves it, multiplied into the page: a round seal of the given name, or a
// square name seal. The place is the stamp's lower left corner in points from the bottom left, as is its diameter.
func (g *Generator) StampOn(img *image.RGBA, dpi float64, square bool, x, y, d float64, name string) {
	c := &canvas{w: float64(img.Rect.Dx()) * 72 / dpi, h: float64(img.Rect.Dy()) * 72 / dpi, face: g.face}
	if square {
		c.squareSeal(x, y, d, name)
	} else {
		c.roundSeal(x+d/2, y+d/2, d, name, "样例 SPECIMEN")
	}
	c.paintOn(img)
}

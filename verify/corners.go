package verify

import (
	"context"

	"zhengyan/verify/document"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/page"
)

// badCorners is the code of corners set by a person that are not those of a sheet. The page is then read as ever, so it does
// not say that it was not read.
const badCorners = "corners"

// GatherCorners is Gather for a photo whose sheet a person has pointed out: page n, 0-based, is read between the given
// corners, in page units and clockwise from the sheet's top left, instead of between those that were found. Corners that
// no sheet can have are a problem in the evidence ("corners"), and the page is read as Gather reads it. Errors are as those
// of Gather.
func (v *Verifier) GatherCorners(ctx context.Context, src document.Source, n int, corners [4]page.Point) (*Evidence, error) {
	return v.gather(ctx, src, func(g *gathering) { g.corners = &pointedOut{n, corners} })
}

// pointedOut are the corners of the sheet on one page.
type pointedOut struct {
	page int
	at   [4]page.Point
}

// byHand lays the sheet between the corners flat that a person has set; nil where they were set for another page, or are
// those of no sheet.
func (g *gathering) byHand(f *flat, size document.PageSize) *flat {
	c := g.corners
	if c == nil || c.page != f.page || size.Width <= 0 || size.Height <= 0 {
		return nil
	}
	b := f.img.Bounds()
	kx, ky := float64(b.Dx())/size.Width, float64(b.Dy())/size.Height
	at := c.at
	for i := range at {
		at[i] = page.Point{X: at[i].X * kx, Y: at[i].Y * ky}
	}
	s, err := sheet.Set(at, b)
	var out *flat
	if err == nil {
		out = g.lay(f, s)
	}
	if out == nil {
		g.problem("ocr", badCorners, "the corners are not those of a sheet")
	}
	return out
}

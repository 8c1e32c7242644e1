package viewmodel

import (
	"bytes"
	"image"
	"image/png"
	"strconv"

	"zhengyan/verify"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
)

// maxInkPicture bounds the pictures of a signature, in pixels: a report that holds them may come from a stranger.
const maxInkPicture = 4 << 20

// InkCard is the handwriting as a person is asked about it. The machine says only whether there is ink; the person
// decides (40号 二(二)), and both answers stay.
type InkCard struct {
	Shape    Shape
	Presence string // 有墨迹, 未见墨迹, 看不清 or 未检查
	Why      string // what kept the machine from saying more, in words
	Likeness string // "" where it was not measured
	Caveat   bool   // ink cannot be told from a copy of ink
	// Crop is the place on the page, Reference the printed signature image, Overlay one on the other; nil where there are
	// none.
	Crop, Reference, Overlay image.Image
	// Page and Box are where the holder signs, in page units; a zero Box is not known.
	Page int
	Box  page.Box
}

// BuildInkCard makes the card; ok is false where the certificate needs no handwriting or the file could not be read.
func BuildInkCard(m *Messages, rep *verify.Report) (c InkCard, ok bool) {
	if rep == nil || rep.Evidence == nil || rep.Error != nil || doubtOf(rep) != DoubtHandwriting {
		return c, false
	}
	r := rep.Evidence.Ink
	if p := rep.Evidence.Print; p != nil {
		r = p.Ink // the ink is on the print, which was read beside the original
	}
	if f := rep.Evidence.Fields; f != nil {
		c.Page, c.Box = f.Page, f.Certificate.SignatureBox
	}
	c.Shape, c.Presence = ShapeUnknown, m.T("val.ink."+string(ink.NotExamined))
	if r == nil {
		return c, true
	}
	c.Presence = m.Or("val.ink."+string(r.Presence), string(r.Presence))
	c.Caveat = r.Presence == ink.Ink
	if r.Reason != "" && r.Reason != ink.ReasonNotExamined {
		c.Why = m.Or("ink.reason."+r.Reason, r.Reason)
	}
	if r.Likeness != nil {
		c.Likeness = m.T("ink.likeness", "percent", strconv.Itoa(int(*r.Likeness*100+0.5)), "band", m.Or("ink.band."+r.Band, r.Band))
	}
	if !r.Box.IsZero() {
		c.Page, c.Box = r.Page, r.Box
	}
	c.Crop, c.Reference, c.Overlay = inkPicture(r.CropPNG), inkPicture(r.ReferencePNG), inkPicture(r.OverlayPNG)
	return c, true
}

func inkPicture(b []byte) image.Image {
	if len(b) == 0 {
		return nil
	}
	cfg, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || cfg.Width*cfg.Height > maxInkPicture || cfg.Width > maxInkPicture || cfg.Height > maxInkPicture {
		return nil
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	return img
}

// CropOf cuts a box, given in page units, with a margin out of a page's picture; nil if the box is not on it.
func CropOf(p *Picture, page int, box page.Box) image.Image {
	if p == nil || p.Image == nil || p.Page != page || box.IsZero() {
		return nil
	}
	sub, ok := p.Image.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok {
		return nil
	}
	px := func(v float64) int { return int(v*p.Scale + 0.5) }
	const margin = 8
	r := image.Rect(px(box.X0-margin), px(box.Y0-margin), px(box.X1+margin), px(box.Y1+margin)).Add(p.Image.Bounds().Min).Intersect(p.Image.Bounds())
	if r.Dx() < 4 || r.Dy() < 4 {
		return nil
	}
	return sub.SubImage(r)
}

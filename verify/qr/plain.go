package qr

import (
	"context"
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"zhengyan/verify/page"
)

type source struct {
	gozxing.LuminanceSourceBase
	g *gray
}

func (s *source) GetRow(y int, row []byte) ([]byte, error) {
	if len(row) < s.g.w {
		row = make([]byte, s.g.w)
	}
	copy(row, s.g.pix[y*s.g.w:(y+1)*s.g.w])
	return row, nil
}
func (s *source) GetMatrix() []byte               { return s.g.pix }
func (s *source) Invert() gozxing.LuminanceSource { return gozxing.LuminanceSourceInvert(s) }
func (s *source) String() string                  { return "gray" }

func run(ctx context.Context, img image.Image, opts Options, res *Result) {
	base := toGray(img, luma)
	for _, f := range []int{1, 2, 3, 4} {
		g := base.shrink(f)
		if max(g.w, g.h) > 2*workSide {
			continue
		}
		pad := 16
		p := newGray(g.w+2*pad, g.h+2*pad)
		for i := range p.pix {
			p.pix[i] = 255
		}
		for y := range g.h {
			copy(p.pix[(y+pad)*p.w+pad:], g.pix[y*g.w:(y+1)*g.w])
		}
		for i := range 2 {
			if ctx.Err() != nil {
				res.Work.Partial = true
				return
			}
			if c, ok := plainRead(p, i == 1); ok {
				for k := range c.Corners {
					c.Corners[k].X = (c.Corners[k].X - float64(pad)) * float64(f)
					c.Corners[k].Y = (c.Corners[k].Y - float64(pad)) * float64(f)
				}
				res.Codes = append(res.Codes, c)
				return
			}
		}
		if g.w < 60 || g.h < 60 {
			break
		}
	}
}

func plainRead(g *gray, global bool) (c Code, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	src := &source{gozxing.LuminanceSourceBase{Width: g.w, Height: g.h}, g}
	var bin gozxing.Binarizer = gozxing.NewHybridBinarizer(src)
	name := "plain-hybrid"
	if global {
		bin, name = gozxing.NewGlobalHistgramBinarizer(src), "plain-global"
	}
	bm, err := gozxing.NewBinaryBitmap(bin)
	if err != nil {
		return c, false
	}
	r, err := qrcode.NewQRCodeReader().Decode(bm, map[gozxing.DecodeHintType]interface{}{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return c, false
	}
	c = Code{Format: "QR_CODE", Strategy: name, Text: r.GetText(), Bytes: r.GetRawBytes()}
	for v := 1; v <= 40; v++ {
		if p, err := parseBitStream(r.GetRawBytes(), v); err == nil {
			if t, cs, guess := p.text(); v == 40 || len(t) > 0 && len(t) == len(r.GetText()) || t == r.GetText() {
				c.Text, c.Charset, c.Guessed, c.Bytes = t, cs, guess, p.bytes()
				break
			}
		}
	}
	if p := r.GetResultPoints(); len(p) >= 3 {
		bl, tl, tr := p[0], p[1], p[2]
		c.Corners = [4]page.Point{{X: tl.GetX(), Y: tl.GetY()}, {X: tr.GetX(), Y: tr.GetY()},
			{X: tr.GetX() + bl.GetX() - tl.GetX(), Y: tr.GetY() + bl.GetY() - tl.GetY()}, {X: bl.GetX(), Y: bl.GetY()}}
	}
	return c, true
}

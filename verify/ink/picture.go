package ink

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	xdraw "golang.org/x/image/draw"

	"zhengyan/verify/ink/stroke"
	"zhengyan/verify/page"
)

// maxPNG bounds each picture that a report carries.
const maxPNG = 96 << 10

// pictures makes what a person needs to see, and the writing by itself.
func (w *window) pictures(res *Result, s Scan, ref *Reference, ss *sampled, f *finding, e *evidence, o Options) {
	if res.Presence != NoInk {
		res.Extracted = w.extracted(f, e)
	}
	if o.NoPictures {
		return
	}
	m := 4 * w.px // millimetres round the box
	view := image.Rect(int(w.box.X0-m), int(w.box.Y0-m), int(w.box.X1+m), int(w.box.Y1+m)).Intersect(image.Rect(0, 0, w.w, w.h))
	grow := res.DPI / mmPerInch * 4
	res.Crop = cropped(s.Page, page.Box{X0: res.Box.X0 - grow, Y0: res.Box.Y0 - grow, X1: res.Box.X1 + grow, Y1: res.Box.Y1 + grow})
	if ref != nil {
		g := ref.DPI / mmPerInch * 4
		res.ReferenceCrop = cropped(ref.Page, page.Box{X0: ref.Box.X0 - g, Y0: ref.Box.Y0 - g, X1: ref.Box.X1 + g, Y1: ref.Box.Y1 + g})
	}
	over := image.NewRGBA(image.Rect(0, 0, view.Dx(), view.Dy()))
	for y := range view.Dy() {
		for x := range view.Dx() {
			i := (y+view.Min.Y)*w.w + x + view.Min.X
			c := [3]float32{ss.r.v[i], ss.g.v[i], ss.b.v[i]}
			switch {
			case f.mask[i]:
				c = [3]float32{0.85, 0.15 * c[1], 0.45}
			case w.print.v[i] > 0.3:
				c = [3]float32{0.55 + 0.3*c[0], 0.62 + 0.3*c[1], 0.7 + 0.3*c[2]}
			case e.excess.v[i] > e.strong:
				c = [3]float32{0.95, 0.7, 0.2}
			}
			over.SetRGBA(x, y, color.RGBA{unit(c[0]), unit(c[1]), unit(c[2]), 255})
		}
	}
	res.Overlay = over
	res.CropPNG, res.ReferencePNG, res.OverlayPNG = small(res.Crop), small(res.ReferenceCrop), small(res.Overlay)
}

func unit(v float32) uint8 { return uint8(max(0, min(255, v*255+0.5))) }

// cropped copies a part of a picture; nil where it is empty.
func cropped(img image.Image, q page.Box) image.Image {
	b := img.Bounds()
	r := image.Rect(int(max(q.X0, 0)), int(max(q.Y0, 0)), int(min(q.X1, float64(b.Dx()))), int(min(q.Y1, float64(b.Dy()))))
	if r.Empty() {
		return nil
	}
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Rect, img, r.Min.Add(b.Min), draw.Src)
	return out
}

// small encodes a picture for a report, at a size that stays below maxPNG; nil if there is none.
func small(img image.Image) []byte {
	if img == nil {
		return nil
	}
	b := img.Bounds()
	for _, wide := range []int{480, 360, 240} {
		w := min(wide, b.Dx())
		h := max(1, b.Dy()*w/max(1, b.Dx()))
		h = min(h, 2*wide)
		dst := image.NewPaletted(image.Rect(0, 0, w, h), shades())
		tmp := image.NewRGBA(dst.Rect)
		if w == b.Dx() {
			draw.Draw(tmp, tmp.Rect, img, b.Min, draw.Src)
		} else {
			xdraw.BiLinear.Scale(tmp, tmp.Rect, img, b, xdraw.Src, nil)
		}
		for i := range dst.Pix {
			p := tmp.Pix[4*i : 4*i+3 : 4*i+3]
			dst.Pix[i] = uint8((int(p[0])*6+127)/255*36 + (int(p[1])*5+127)/255*6 + (int(p[2])*5+127)/255)
		}
		var out bytes.Buffer
		enc := png.Encoder{CompressionLevel: png.DefaultCompression}
		if enc.Encode(&out, dst) == nil && out.Len() <= maxPNG {
			return out.Bytes()
		}
	}
	return nil
}

// shades is a palette of 7 x 6 x 6 colours: enough to see ink by, and small files.
func shades() color.Palette {
	var p color.Palette
	for r := range 7 {
		for g := range 6 {
			for b := range 6 {
				p = append(p, color.RGBA{uint8(min(255, r*255/6)), uint8(g * 51), uint8(b * 51), 255})
			}
		}
	}
	return p
}

// extracted is the writing with what the print hides round it, cut to the writing with a margin of two millimetres.
func (w *window) extracted(f *finding, e *evidence) *stroke.Mask {
	b, ok := f.bounds(w)
	if !ok {
		return nil
	}
	m := int(2 * w.px)
	r := image.Rect(int(b.X0)-m, int(b.Y0)-m, int(b.X1)+m, int(b.Y1)+m).Intersect(image.Rect(0, 0, w.w, w.h))
	out := &stroke.Mask{W: r.Dx(), H: r.Dy(), DPI: w.px * mmPerInch, Ink: make([]bool, r.Dx()*r.Dy()), Unknown: make([]bool, r.Dx()*r.Dy())}
	for y := range out.H {
		for x := range out.W {
			i := (y+r.Min.Y)*w.w + x + r.Min.X
			o := y*out.W + x
			out.Ink[o] = f.mask[i]
			out.Unknown[o] = e.hidden[i] && !f.mask[i]
		}
	}
	return out
}

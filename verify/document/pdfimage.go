package document

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"math"
)

// images gives the pictures of a page at their own resolution, turned the way the page shows them, so that a picture's
// bounds correspond to its Box.
func (d *pdf) images(ctx context.Context, i int) ([]Image, []Problem, error) {
	stored, problems, err := d.encoded(ctx, i)
	var list []Image
	for k := range stored {
		e := &stored[k]
		pix, bad := e.Decode()
		if bad != nil || pix == nil {
			if pix, err = d.again(ctx, i, e); err != nil {
				return list, problems, err
			}
			if pix == nil {
				problems = append(problems, Problem{ProblemImageSkipped, fmt.Sprintf("page %d, %s: can't be decoded", i+1, e.Name)})
				continue
			}
		}
		e.Pixels = turn(pix, e.Orientation)
		e.jpeg = nil
		list = append(list, e.Image)
	}
	return list, problems, err
}

// again lets PDFium decode a JPEG that the standard library could not.
func (d *pdf) again(ctx context.Context, i int, e *Encoded) (image.Image, error) {
	p, err := d.show(ctx, i)
	if err != nil {
		return nil, err
	}
	m, err := d.matrixOf(e.object.ptr)
	if err != nil {
		return nil, err
	}
	return d.decode(ctx, p, e.object, e.Width, e.Height, m)
}

// encoded gives the pictures of a page; JPEGs stay as they are.
func (d *pdf) encoded(ctx context.Context, i int) ([]Encoded, []Problem, error) {
	p, err := d.show(ctx, i)
	if err != nil {
		return nil, nil, err
	}
	if err := d.walk(ctx, p); err != nil {
		return nil, nil, err
	}
	var list []Encoded
	var problems []Problem
	skip := func(n int, why string) {
		problems = append(problems, Problem{ProblemImageSkipped, fmt.Sprintf("page %d, image %d: %s", i+1, n, why)})
	}
	var total, stored int64
	seen := 0
	for _, o := range p.objects {
		if o.kind != objImage {
			continue
		}
		seen++
		if len(list) >= d.limits.PageImages {
			problems = append(problems, Problem{ProblemTruncated, fmt.Sprintf("page %d: more than %d images", i+1, d.limits.PageImages)})
			break
		}
		w, h, err := d.imageSize(o)
		if err != nil {
			return list, problems, err
		}
		px := int64(w) * int64(h)
		if w <= 0 || h <= 0 {
			skip(seen, "no size")
			continue
		}
		if px > d.limits.ImagePixels || total+px > d.limits.PageImagePixels {
			skip(seen, fmt.Sprintf("%d×%d pixels", w, h))
			continue
		}
		total += px
		m, err := d.matrixOf(o.ptr)
		if err != nil {
			return list, problems, err
		}
		e := Encoded{Image: Image{Page: i, Name: fmt.Sprintf("image %d", seen)}, Width: w, Height: h, object: o}
		if w*h >= nativeJPEGFrom {
			if e.jpeg, err = d.jpegOf(ctx, o, w, h); err != nil {
				return list, problems, err
			}
			if stored += int64(len(e.jpeg)); stored > d.limits.FileBytes { // one picture may be shown many times
				skip(seen, "too many bytes on one page")
				break
			}
		}
		if e.jpeg == nil {
			if e.Pixels, err = d.decode(ctx, p, o, w, h, m); err != nil {
				return list, problems, err
			}
			if e.Pixels == nil {
				skip(seen, "can't be decoded")
				continue
			}
		}
		shown := m.then(o.ctm).then(p.toPage)
		e.Orientation = quarter(shown)
		if finite(shown.a, shown.b, shown.c, shown.d, shown.e, shown.f) {
			e.Box = shown.box(0, 0, 1, 1)
		}
		list = append(list, e)
	}
	if p.cut {
		problems = append(problems, Problem{ProblemTruncated, fmt.Sprintf("page %d: more than %d objects", i+1, d.limits.PageObjects)})
	}
	return list, problems, nil
}

func (d *pdf) imageSize(o object) (w, h int, err error) {
	ok, err := d.in.quick("FPDFImageObj_GetImagePixelSize", o.ptr, d.in.arg(0), d.in.arg(1))
	if err != nil || ok == 0 {
		return 0, 0, err
	}
	return d.in.i32(0), d.in.i32(1), nil
}

// decode lets PDFium give an image object's pixels; nil if it can't be decoded.
func (d *pdf) decode(ctx context.Context, p *pdfPage, o object, w, h int, m matrix) (image.Image, error) {
	bmp, err := d.in.call(ctx, "FPDFImageObj_GetBitmap", o.ptr)
	if err != nil {
		return nil, err
	}
	var img image.Image
	if bmp != 0 {
		if img, err = d.copyBitmap(bmp, w, h); err != nil {
			return nil, err
		}
		if img != nil && !uniform(img) {
			return img, nil
		}
	}
	// A stencil, or a picture whose shape is in its soft mask alone: let PDFium paint it.
	painted, err := d.paint(ctx, p, o, w, h, m)
	if err != nil || painted == nil {
		return img, err
	}
	return painted, nil
}

// nativeJPEGFrom is the number of pixels from which a JPEG is decoded outside of the sandbox by the standard
// library, which is memory-safe and many times faster than PDFium in WebAssembly.
const nativeJPEGFrom = 64 << 10

// jpegOf gives the bytes of an image object that is a JPEG the standard library can decode; nil for others.
func (d *pdf) jpegOf(ctx context.Context, o object, w, h int) ([]byte, error) {
	n, err := d.in.quick("FPDFImageObj_GetImageFilterCount", o.ptr)
	if err != nil || int32(n) != 1 {
		return nil, err
	}
	filter, err := d.in.bytesOf(ctx, "FPDFImageObj_GetImageFilter", o.ptr, 0)
	if err != nil || string(bytes.TrimRight(filter, "\x00")) != "DCTDecode" {
		return nil, err
	}
	size, err := d.in.quick("FPDFImageObj_GetImageDataRaw", o.ptr, 0, 0)
	if err != nil || uint32(size) == 0 || int64(uint32(size)) > d.limits.FileBytes {
		return nil, err
	}
	buf, err := d.in.call(ctx, "malloc", uint64(uint32(size)))
	if err != nil || buf == 0 {
		return nil, err
	}
	defer d.in.free(uint32(buf))
	if _, err := d.in.call(ctx, "FPDFImageObj_GetImageDataRaw", o.ptr, buf, uint64(uint32(size))); err != nil {
		return nil, err
	}
	raw, ok := d.in.mem.Read(uint32(buf), uint32(size))
	if !ok {
		return nil, nil
	}
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(raw))
	if err != nil || cfg.Width != w || cfg.Height != h || cmykModel(cfg.ColorModel) || jpegScans(raw) > d.limits.JPEGScans {
		return nil, nil // PDFium knows what the standard library does not
	}
	return bytes.Clone(raw), nil // the view ends with the next call
}

// paint lets PDFium paint an image object with its masks at its own resolution on white.
func (d *pdf) paint(ctx context.Context, p *pdfPage, o object, w, h int, m matrix) (image.Image, error) {
	set := func(m matrix) error {
		_, err := d.in.quick("FPDFImageObj_SetMatrix", o.ptr, f64arg(m.a), f64arg(m.b), f64arg(m.c), f64arg(m.d), f64arg(m.e), f64arg(m.f))
		return err
	}
	if err := set(matrix{a: float64(w), d: float64(h)}); err != nil {
		return nil, err
	}
	bmp, err := d.in.call(ctx, "FPDFImageObj_GetRenderedBitmap", p.doc, p.handle, o.ptr)
	if err != nil {
		return nil, err
	}
	if err := set(m); err != nil {
		return nil, err
	}
	if bmp == 0 {
		return nil, nil
	}
	return d.copyBitmap(bmp, w, h)
}

// copyBitmap copies a bitmap out of PDFium's memory and destroys it. Transparent pixels become white.
func (d *pdf) copyBitmap(bmp uint64, maxW, maxH int) (image.Image, error) {
	defer func() { d.in.quick("FPDFBitmap_Destroy", bmp) }()
	var v [3]int
	for i, fn := range []string{"FPDFBitmap_GetFormat", "FPDFBitmap_GetWidth", "FPDFBitmap_GetHeight"} {
		x, err := d.in.quick(fn, bmp)
		if err != nil {
			return nil, err
		}
		v[i] = int(int32(x))
	}
	format, w, h := v[0], v[1], v[2]
	if w <= 0 || h <= 0 || w > maxW+1 || h > maxH+1 {
		return nil, nil
	}
	pix, stride, err := d.bitmapBytes(bmp, h)
	if err != nil {
		return nil, err
	}
	r := image.Rect(0, 0, w, h)
	if format == bitmapGray {
		g := image.NewGray(r)
		for y := range h {
			copy(g.Pix[y*w:(y+1)*w], pix[y*stride:])
		}
		return g, nil
	}
	step := map[int]int{bitmapBGR: 3, bitmapBGRx: 4, bitmapBGRA: 4}[format]
	if step == 0 {
		return nil, nil
	}
	img := image.NewRGBA(r)
	for y := range h {
		src, dst := pix[y*stride:], img.Pix[y*img.Stride:]
		for x := range w {
			s, t := src[x*step:x*step+step:x*step+step], dst[x*4:x*4+4:x*4+4]
			t[0], t[1], t[2], t[3] = s[2], s[1], s[0], 255
			if format == bitmapBGRA && s[3] != 255 {
				a := uint32(s[3])
				for c := range 3 {
					t[c] = uint8((uint32(t[c])*a + 255*(255-a) + 127) / 255)
				}
			}
		}
	}
	return img, nil
}

// uniform reports whether all pixels are the same.
func uniform(img image.Image) bool {
	var pix []byte
	step := 1
	switch m := img.(type) {
	case *image.Gray:
		pix = m.Pix
	case *image.RGBA:
		pix, step = m.Pix, 4
	default:
		return false
	}
	for i := step; i < len(pix); i++ {
		if pix[i] != pix[i-step] {
			return false
		}
	}
	return true
}

// quarter says how an image is turned and mirrored by the matrix that takes the unit square (y up) to the page (y
// down): the EXIF orientation that brings its pixels the way they are shown. 1 for matrices that are not upright.
func quarter(m matrix) int {
	const slant = 0.05
	w, h := math.Hypot(m.a, m.b), math.Hypot(m.c, m.d)
	if w == 0 || h == 0 {
		return 1
	}
	right, down := m.a/w, -m.c/h // where the picture's right and bottom go, horizontally
	rightY, downY := m.b/w, -m.d/h
	switch {
	case math.Abs(rightY) < slant && math.Abs(down) < slant:
		switch {
		case right > 0 && downY > 0:
			return 1
		case right < 0 && downY > 0:
			return 2
		case right < 0:
			return 3
		default:
			return 4
		}
	case math.Abs(right) < slant && math.Abs(downY) < slant:
		switch {
		case rightY > 0 && down > 0:
			return 5
		case rightY > 0:
			return 6
		case down < 0:
			return 7
		default:
			return 8
		}
	}
	return 1
}

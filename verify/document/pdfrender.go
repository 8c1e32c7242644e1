package document

import (
	"context"
	"image"
	"math"

	"github.com/tetratelabs/wazero/api"
)

// pixels is a rendered page.
type pixels struct {
	img     *image.RGBA
	clamped float64 // the resolution that was used instead, 0 if it is the one asked for
	ended   bool    // the file of the picture lacks its end marker
}

// Flags of FPDF_RenderPageBitmap (fpdfview.h) and bitmap formats.
const (
	renderAnnotations  = 0x01 // seals and signatures are annotations
	renderReverseBytes = 0x10 // RGBA instead of BGRA
	bitmapGray         = 1
	bitmapBGR          = 2
	bitmapBGRx         = 3
	bitmapBGRA         = 4
)

// defaultDPI is used for a PDF page when none is given: enough for a QR code of 71 units.
const defaultDPI = 200

func (d *pdf) render(ctx context.Context, i int, dpi float64) (*pixels, error) {
	p, err := d.show(ctx, i)
	if err != nil {
		return nil, err
	}
	if dpi <= 0 {
		dpi = defaultDPI
	}
	if err := d.paintable(ctx, p); err != nil {
		return nil, err
	}
	w, h, used := renderSize(p.size, dpi, d.limits.RenderPixels)
	bmp, err := d.in.call(ctx, "FPDFBitmap_CreateEx", uint64(w), uint64(h), bitmapBGRA, 0, 0)
	if err != nil {
		return nil, err
	}
	if bmp == 0 {
		return nil, fail(ErrTooComplex, "", nil, "no memory for %d×%d pixels", w, h)
	}
	defer func() { d.in.quick("FPDFBitmap_Destroy", bmp) }()
	if _, err := d.in.call(ctx, "FPDFBitmap_FillRect", bmp, 0, 0, uint64(w), uint64(h), 0xffffffff); err != nil {
		return nil, err
	}
	if _, err := d.in.call(ctx, "FPDF_RenderPageBitmap", bmp, p.handle, 0, 0, uint64(w), uint64(h), 0,
		renderAnnotations|renderReverseBytes); err != nil {
		return nil, err
	}
	pix, stride, err := d.bitmapBytes(bmp, h)
	if err != nil {
		return nil, err
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		copy(img.Pix[y*img.Stride:(y+1)*img.Stride], pix[y*stride:])
	}
	out := &pixels{img: img}
	if used != dpi {
		out.clamped = used
	}
	return out, nil
}

// paintable refuses a page with a picture over the limit at once, instead of after its time is used up.
func (d *pdf) paintable(ctx context.Context, p *pdfPage) error {
	if err := d.walk(ctx, p); err != nil {
		return err
	}
	for _, o := range p.objects {
		if o.kind != objImage {
			continue
		}
		w, h, err := d.imageSize(o)
		if err != nil {
			return err
		}
		if px := int64(w) * int64(h); px > d.limits.ImagePixels {
			return fail(ErrTooManyPixels, "", nil, "page %d shows a picture of %d×%d pixels, limit %d", p.index+1, w, h, d.limits.ImagePixels)
		}
	}
	return nil
}

// renderSize gives the pixels of a page at a resolution, lowered to fit the limit.
func renderSize(s PageSize, dpi float64, limit int64) (w, h int, used float64) {
	used = min(dpi, math.Sqrt(float64(limit)/(s.Width*s.Height))*72)
	w = max(int(math.Round(s.Width*used/72)), 1)
	h = max(int(math.Round(s.Height*used/72)), 1)
	// A strip one pixel high can still be endless.
	if most := int(limit); w > most {
		w = most
	} else if h > most {
		h = most
	}
	if int64(w)*int64(h) > limit {
		if w > h {
			w = int(limit) / h
		} else {
			h = int(limit) / w
		}
	}
	return w, h, used
}

// bitmapBytes is the view of a bitmap's rows in PDFium's memory; copy before the next call.
func (d *pdf) bitmapBytes(bmp uint64, h int) (pix []byte, stride int, err error) {
	ptr, err := d.in.quick("FPDFBitmap_GetBuffer", bmp)
	if err != nil {
		return nil, 0, err
	}
	s, err := d.in.quick("FPDFBitmap_GetStride", bmp)
	if err != nil {
		return nil, 0, err
	}
	stride = int(int32(s))
	pix, ok := d.in.mem.Read(uint32(ptr), uint32(stride*h))
	if stride <= 0 || !ok {
		return nil, 0, fail(ErrTooComplex, "", nil, "bitmap outside of memory")
	}
	return pix, stride, nil
}

func f64arg(v float64) uint64 { return api.EncodeF64(v) }

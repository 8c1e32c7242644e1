package document

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"

	"zhengyan/verify/page"
)

// picture is an image file; TIFF files may have several pages.
type picture struct {
	name   string
	format Format
	b      []byte
	frames []frame
	limits Limits
	guard  *guard

	cur   int // index of pix
	pix   *image.RGBA
	ended bool // pix was decoded with an end that the file lacks
}

// largePixels is the size from which pictures are decoded one after the other: two at their limit would not fit into
// 1 GB.
const largePixels = 20_000_000

// frame is one page of an image file.
type frame struct {
	w, h int // as stored
	ifd  uint32
	exif exif
}

func (f frame) size() PageSize {
	w, h := turnedSize(image.Rect(0, 0, f.w, f.h), f.exif.orientation)
	return PageSize{Width: float64(w), Height: float64(h)}
}

func openPicture(ctx context.Context, name string, format Format, b []byte, limits Limits, g *guard) (*picture, error) {
	p := &picture{name: name, format: format, b: b, limits: limits, guard: g, cur: -1}
	ifds := []uint32{0}
	if format == FormatTIFF {
		var err error
		if ifds, err = tiffPages(b, limits.Pages); err != nil {
			return nil, named(err, name, ErrDamaged)
		}
	}
	if format == FormatJPEG {
		if n := jpegScans(b); n > limits.JPEGScans {
			return nil, fail(ErrTooComplex, name, nil, "%d JPEG scans, limit %d", n, limits.JPEGScans)
		}
	}
	for i, ifd := range ifds {
		if ctx.Err() != nil {
			return nil, ctxError(ctx, name, "image header")
		}
		cfg, err := p.config(ifd)
		if err != nil {
			return nil, fail(p.whyNot(err), name, err, "page %d", i+1)
		}
		if cfg.Width <= 0 || cfg.Height <= 0 {
			return nil, fail(ErrDamaged, name, nil, "page %d has no size", i+1)
		}
		if px := int64(cfg.Width) * int64(cfg.Height); px > limits.ImagePixels {
			return nil, fail(ErrTooManyPixels, name, nil, "%d×%d pixels, limit %d", cfg.Width, cfg.Height, limits.ImagePixels)
		}
		f := frame{w: cfg.Width, h: cfg.Height, ifd: ifd}
		if format == FormatTIFF {
			t, _, _ := openIFD(b)
			f.exif = t.exif(ifd)
		} else {
			f.exif = findEXIF(format, b)
		}
		p.frames = append(p.frames, f)
	}
	return p, nil
}

// tiffPages follows the chain of directories (TIFF 6.0, section 2). Reduced-resolution copies and masks are no pages.
func tiffPages(b []byte, limit int) ([]uint32, error) {
	t, off, ok := openIFD(b)
	if !ok {
		return nil, fail(ErrDamaged, "", nil, "no TIFF header")
	}
	const subfile = 0x00fe
	seen := map[uint32]bool{}
	var list []uint32
	for off != 0 {
		if seen[off] {
			return nil, fail(ErrDamaged, "", nil, "directories run in a circle")
		}
		seen[off] = true
		if len(seen) > 2*limit+16 || len(list) >= limit {
			return nil, fail(ErrTooManyPages, "", nil, "more than %d pages", limit)
		}
		entries, next, ok := t.entries(off)
		if !ok {
			if len(list) > 0 {
				break // the pages before are still good; what follows is cut off
			}
			return nil, fail(ErrDamaged, "", nil, "directory outside of the file")
		}
		page := true
		for _, e := range entries {
			if v, ok := t.uint(e); ok && e.tag == subfile && v&5 != 0 {
				page = false
			}
		}
		if page {
			list = append(list, off)
		}
		off = next
	}
	if len(list) == 0 {
		return nil, fail(ErrDamaged, "", nil, "no pages")
	}
	return list, nil
}

// reader gives the bytes of a frame; for TIFF with the header pointing at its directory, since the library reads the
// first one only.
func (p *picture) reader(ifd uint32) io.Reader {
	if p.format != FormatTIFF {
		return bytes.NewReader(p.b)
	}
	r := &framed{Reader: bytes.NewReader(p.b)}
	copy(r.head[:], p.b)
	if r.head[0] == 'I' {
		binary.LittleEndian.PutUint32(r.head[4:], ifd)
	} else {
		binary.BigEndian.PutUint32(r.head[4:], ifd)
	}
	return r
}

// framed is a TIFF file with another first directory.
type framed struct {
	*bytes.Reader
	head [8]byte
}

// ReadAt is the only method that the TIFF library calls on a reader that has it.
func (r *framed) ReadAt(b []byte, off int64) (int, error) {
	n, err := r.Reader.ReadAt(b, off)
	if off >= 0 && off < int64(len(r.head)) {
		copy(b[:n], r.head[off:])
	}
	return n, err
}

func (p *picture) config(ifd uint32) (cfg image.Config, err error) {
	defer recovered(&err)
	r := p.reader(ifd)
	switch p.format {
	case FormatPNG:
		return png.DecodeConfig(r)
	case FormatJPEG:
		return jpeg.DecodeConfig(r)
	case FormatTIFF:
		return tiff.DecodeConfig(r)
	case FormatBMP:
		return bmp.DecodeConfig(r)
	case FormatWebP:
		return webp.DecodeConfig(r)
	}
	return cfg, fmt.Errorf("no decoder for %s", p.format)
}

// decode decodes a frame; ended: with the end that its file lacks and nothing more, as any viewer does.
func (p *picture) decode(f frame) (img image.Image, ended bool, err error) {
	img, err = p.decodeFrom(p.reader(f.ifd))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		if end := missingEnd(p.format, p.b); len(end) > 0 {
			whole, failed := p.decodeFrom(io.MultiReader(bytes.NewReader(p.b), bytes.NewReader(end)))
			if failed == nil {
				return whole, true, nil
			}
		}
	}
	return img, false, err
}

func (p *picture) decodeFrom(r io.Reader) (img image.Image, err error) {
	defer recovered(&err)
	switch p.format {
	case FormatPNG:
		return png.Decode(r)
	case FormatJPEG:
		return jpeg.Decode(r)
	case FormatTIFF:
		return tiff.Decode(r)
	case FormatBMP:
		return bmp.Decode(r)
	case FormatWebP:
		return webp.Decode(r)
	}
	return nil, fmt.Errorf("no decoder for %s", p.format)
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("panic: %v", r)
	}
}

func cmykModel(m color.Model) bool { return m == color.CMYKModel }

func (p *picture) count() int { return len(p.frames) }
func (p *picture) close()     { p.pix, p.cur = nil, -1 }

func (p *picture) frame(i int) (frame, error) {
	if i < 0 || i >= len(p.frames) {
		return frame{}, fail(ErrNoPage, "", nil, "page %d of %d", i+1, len(p.frames))
	}
	return p.frames[i], nil
}

func (p *picture) size(_ context.Context, i int) (PageSize, error) {
	f, err := p.frame(i)
	return f.size(), err
}

// text of an image is empty: reading it is OCR's work.
func (p *picture) text(_ context.Context, i int) (page.Text, []Problem, error) {
	f, err := p.frame(i)
	s := f.size()
	return page.Text{Index: i, Width: s.Width, Height: s.Height}, nil, err
}

func (p *picture) images(_ context.Context, i int) ([]Image, []Problem, error) {
	_, err := p.frame(i)
	return nil, nil, err
}

func (p *picture) render(ctx context.Context, i int, dpi float64) (*pixels, error) {
	f, err := p.frame(i)
	if err != nil {
		return nil, err
	}
	if p.cur != i {
		p.cur, p.pix, p.ended = -1, nil, false // the page before need not stay beside this one
		type decoded struct {
			img   *image.RGBA
			ended bool
		}
		d, err := guarded(ctx, p.guard, f.w*f.h >= largePixels, func() (d decoded, err error) {
			img, ended, err := p.decode(f)
			if err != nil {
				return d, err
			}
			return decoded{turnRGBA(toRGBA(img), f.exif.orientation), ended}, nil
		})
		if err != nil {
			return nil, named(err, p.name, p.whyNot(err))
		}
		p.cur, p.pix, p.ended = i, d.img, d.ended
	}
	out := &pixels{img: p.pix, ended: p.ended}
	if dpi > 0 && f.exif.dpi > 0 {
		w, h, used := scaledSize(p.pix.Rect, dpi, f.exif.dpi, p.limits.RenderPixels)
		if w != p.pix.Rect.Dx() || h != p.pix.Rect.Dy() {
			out.img = image.NewRGBA(image.Rect(0, 0, w, h))
			draw.ApproxBiLinear.Scale(out.img, out.img.Rect, p.pix, p.pix.Rect, draw.Src, nil)
		}
		if math.Abs(used-dpi) > 0.5 {
			out.clamped = used
		}
	}
	return out, nil
}

// scaledSize is the size of a picture of a known resolution at another one, lowered to fit the limit.
func scaledSize(r image.Rectangle, dpi, own float64, limit int64) (w, h int, used float64) {
	s := PageSize{Width: float64(r.Dx()) * 72 / own, Height: float64(r.Dy()) * 72 / own}
	return renderSize(s, dpi, limit)
}

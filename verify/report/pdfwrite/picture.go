package pdfwrite

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
)

// A picture of more pixels than jpegFrom, a page mostly, is kept as JPEG, which takes a fifth of the room; a smaller one,
// a crop of handwriting or a code, keeps every pixel, unless it is shown as a photo.
const (
	jpegFrom    = 400_000
	jpegQuality = 85
)

// pictureOf encodes an image at once, so that a report with hundreds of pages does not hold all of their pixels.
func pictureOf(m image.Image, lossy bool) picture {
	b := m.Bounds()
	p := picture{w: b.Dx(), h: b.Dy(), filter: "FlateDecode"}
	// Paper shows where the picture is transparent.
	flat := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Rect, m, b.Min, draw.Over)
	if lossy {
		var out bytes.Buffer
		if jpeg.Encode(&out, flat, &jpeg.Options{Quality: jpegQuality}) == nil { // fails on sides over 65535 only
			p.filter, p.data = "DCTDecode", out.Bytes()
			return p
		}
	}
	rgb := make([]byte, 0, 3*p.w*p.h)
	for i := 0; i < len(flat.Pix); i += 4 {
		rgb = append(rgb, flat.Pix[i], flat.Pix[i+1], flat.Pix[i+2])
	}
	p.data = Deflate(rgb)
	return p
}

package document

import (
	"image"
	"image/draw"

	"zhengyan/verify/page/bands"
)

// turn applies an EXIF orientation (1 to 8, TIFF 6.0 tag 274), so that the picture stands as it is to be shown.
func turn(src image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return src
	}
	if g, ok := src.(*image.Gray); ok {
		w, h := turnedSize(g.Rect, orientation)
		dst := image.NewGray(image.Rect(0, 0, w, h))
		turnPix(dst.Pix, g.Pix, g.Stride, g.Rect.Dx(), g.Rect.Dy(), 1, orientation)
		return dst
	}
	return turnRGBA(toRGBA(src), orientation)
}

func turnRGBA(src *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return src
	}
	w, h := turnedSize(src.Rect, orientation)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	turnPix(dst.Pix, src.Pix, src.Stride, src.Rect.Dx(), src.Rect.Dy(), 4, orientation)
	return dst
}

// Upright turns a picture back whose print runs turns quarter turns clockwise from upright, as page.Box.Turned does a place
// on it. Its origin must be at 0,0.
func Upright(img *image.RGBA, turns int) *image.RGBA {
	return turnRGBA(img, [4]int{1, 8, 3, 6}[turns&3])
}

func turnedSize(r image.Rectangle, orientation int) (w, h int) {
	if orientation >= 5 {
		return r.Dy(), r.Dx()
	}
	return r.Dx(), r.Dy()
}

// turnPix moves w×h pixels of n bytes. It reads along the source's rows.
func turnPix(dst, src []byte, stride, w, h, n, orientation int) {
	dw := w
	if orientation >= 5 {
		dw = h
	}
	// Where the first source pixel goes, and the steps for one pixel right and one down.
	var x0, y0, rx, ry, dx, dy int
	switch orientation {
	case 2:
		x0, rx, dy = w-1, -1, 1
	case 3:
		x0, y0, rx, dy = w-1, h-1, -1, -1
	case 4:
		y0, rx, dy = h-1, 1, -1
	case 5:
		ry, dx = 1, 1
	case 6:
		x0, ry, dx = h-1, 1, -1
	case 7:
		x0, y0, ry, dx = h-1, w-1, -1, -1
	case 8:
		y0, ry, dx = w-1, -1, 1
	}
	step := (ry*dw + rx) * n
	for y := range h {
		at := ((y0+y*dy)*dw + x0 + y*dx) * n
		row := src[y*stride : y*stride+w*n]
		for i := 0; i < len(row); i += n {
			copy(dst[at:at+n], row[i:i+n])
			at += step
		}
	}
}

// toRGBA converts to opaque RGBA with its origin at 0,0; what is transparent becomes white, as on paper.
func toRGBA(src image.Image) *image.RGBA {
	b := src.Bounds()
	if m, ok := src.(*image.RGBA); ok && b.Min == (image.Point{}) && m.Opaque() {
		return m
	}
	dst := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	opaque := false
	if o, ok := src.(interface{ Opaque() bool }); ok {
		opaque = o.Opaque()
	}
	bands.Do(b.Dy(), func(from, to int) {
		band, at := image.Rect(0, from, b.Dx(), to), image.Pt(b.Min.X, b.Min.Y+from)
		if opaque {
			draw.Draw(dst, band, src, at, draw.Src)
			return
		}
		draw.Draw(dst, band, image.White, image.Point{}, draw.Src)
		draw.Draw(dst, band, src, at, draw.Over)
	})
	return dst
}

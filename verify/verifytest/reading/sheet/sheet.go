// Package sheet photographs and scans sheets of print for training, as package camera does: dev split, with shots of their own.
package sheet

import (
	"image"
	"math/rand/v2"

	"zhengyan/verify/page"
	"zhengyan/verify/verifytest/camera"
)

// Kind is how a sheet becomes a picture.
type Kind uint8

// The kinds of pictures.
const (
	Chatted Kind = iota // a photo sent through a chat program
	Taken               // a photo
	Scanned
	Sealed // a colour scan; its red seals are printed on the sheet
)

// firstShot keeps the pictures that are learnt from apart from all that reading is tuned and measured on.
const firstShot = 20_000

// Size of a photo laid flat at 200 dpi, in pixels.
const flatWidth, flatHeight = 1654, 2339

// Picture takes the picture of a sheet of A4. A photo is laid flat by its true corners. The i-th picture is always the same;
// place gives where a place of the sheet, in mm from its top left, stands in it. r chooses the resolution of a scan.
func Picture(sheet *image.RGBA, how Kind, i int, r *rand.Rand) (img image.Image, place func(x, y float64) page.Point) {
	if how == Scanned || how == Sealed {
		shot, seed := camera.ScanShot(camera.Dev, firstShot+i)
		shot.DPI = []float64{100, 100, 150, 200}[r.IntN(4)]
		if how == Sealed {
			shot.Mode = camera.ScanColour
		}
		pic := camera.Scanned(camera.A4(sheet), shot, seed)
		return pic.Image, pic.Truth.PrintToPixel
	}
	shot, seed := camera.Photo(camera.Dev, firstShot+i)
	shot.Chat = how == Chatted
	pic := camera.Photograph(camera.A4(sheet), shot, seed)
	return flat(pic, flatWidth, flatHeight), func(x, y float64) page.Point {
		k := pic.Truth.PrintScale
		if k == 0 {
			k = 1
		}
		x, y = (x-camera.A4Width/2)*k+camera.A4Width/2, (y-camera.A4Height/2)*k+camera.A4Height/2
		return page.Point{X: x / camera.A4Width * flatWidth, Y: y / camera.A4Height * flatHeight}
	}
}

// flat lays the page of a photo flat by linear interpolation.
func flat(pic camera.Picture, w, h int) image.Image {
	b := pic.Image.Bounds()
	src := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			src.Set(x, y, pic.Image.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	m := projection(w, h, pic.Truth.Corners)
	for y := range h {
		for x := range w {
			p := m.at(float64(x)+0.5, float64(y)+0.5)
			sx, sy := p.X-0.5, p.Y-0.5
			x0, y0 := int(sx), int(sy)
			o := out.Pix[out.PixOffset(x, y):]
			if sx < 0 || sy < 0 || x0+1 >= b.Dx() || y0+1 >= b.Dy() {
				copy(o, []uint8{255, 255, 255, 255})
				continue
			}
			fx, fy := sx-float64(x0), sy-float64(y0)
			p0, p1 := src.Pix[src.PixOffset(x0, y0):], src.Pix[src.PixOffset(x0, y0+1):]
			for c := range 3 {
				top := float64(p0[c])*(1-fx) + float64(p0[c+4])*fx
				low := float64(p1[c])*(1-fx) + float64(p1[c+4])*fx
				o[c] = uint8(top*(1-fy) + low*fy + 0.5)
			}
			o[3] = 255
		}
	}
	return out
}

// plane takes a rectangle to four corners.
type plane struct{ a, b, c, d, e, f, g, h float64 }

func (m *plane) at(x, y float64) page.Point {
	k := m.g*x + m.h*y + 1
	return page.Point{X: (m.a*x + m.b*y + m.c) / k, Y: (m.d*x + m.e*y + m.f) / k}
}

// projection takes a rectangle of w × h to the corners, top left first and clockwise (Heckbert 1989, section 2.2.3).
func projection(w, h int, q [4]page.Point) *plane {
	dx1, dx2, sx := q[1].X-q[2].X, q[3].X-q[2].X, q[0].X-q[1].X+q[2].X-q[3].X
	dy1, dy2, sy := q[1].Y-q[2].Y, q[3].Y-q[2].Y, q[0].Y-q[1].Y+q[2].Y-q[3].Y
	det := dx1*dy2 - dx2*dy1
	g, k := (sx*dy2-dx2*sy)/det, (dx1*sy-sx*dy1)/det
	u, v := 1/float64(w), 1/float64(h)
	return &plane{
		(q[1].X - q[0].X + g*q[1].X) * u, (q[3].X - q[0].X + k*q[3].X) * v, q[0].X,
		(q[1].Y - q[0].Y + g*q[1].Y) * u, (q[3].Y - q[0].Y + k*q[3].Y) * v, q[0].Y, g * u, k * v,
	}
}

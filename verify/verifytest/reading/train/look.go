package main

import (
	"image"
	"math/rand/v2"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/camera"
)

// firstShot keeps the pictures that are learnt from apart from all that reading is tuned and measured on.
const firstShot = 20_000

// emOfHeight is the size of the type to the height of a line's box, as the reader's detector makes it.
const emOfHeight = 0.78

// views is how often each line is cut out, each time a little otherwise.
const views = 2

// seen is a line as the reader cuts it out, 48 pixels high, with the signs that stand there.
type seen struct {
	width int
	pix   []float32 // 0..255
	row   []uint8
	kind  kind
}

// kind is how a sheet became a picture.
type kind uint8

const (
	chatted kind = iota
	taken
	scanned
	sealed // a colour scan with red seals all over
)

// look prints the i-th sheet, takes a picture of it and cuts its lines out.
func look(g *verifytest.Generator, faces []typeface, i int) ([]seen, error) {
	r := rand.New(rand.NewPCG(991, uint64(i)))
	between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	// Seven photos out of a chat, one photo as taken, two scans.
	how := [...]kind{chatted, chatted, chatted, chatted, chatted, chatted, chatted, taken, scanned, scanned}[r.IntN(10)]
	sheet, lines, err := printed(r, faces)
	if err != nil {
		return nil, err
	}
	var img image.Image
	var place func(x, y float64) page.Point
	if i%6 == 5 {
		how = sealed
		stamp(r, g, sheet)
	}
	if how < scanned {
		shot, seed := camera.Photo(camera.Dev, firstShot+i)
		shot.Chat = how == chatted
		pic := camera.Photograph(camera.A4(sheet), shot, seed)
		// Laid flat at 200 dpi.
		const w, h = 1654, 2339
		img = flat(pic, w, h)
		place = func(x, y float64) page.Point {
			k := pic.Truth.PrintScale
			if k == 0 {
				k = 1
			}
			x, y = (x-camera.A4Width/2)*k+camera.A4Width/2, (y-camera.A4Height/2)*k+camera.A4Height/2
			return page.Point{X: x / camera.A4Width * w, Y: y / camera.A4Height * h}
		}
	} else {
		shot, seed := camera.ScanShot(camera.Dev, firstShot+i)
		shot.DPI = []float64{100, 100, 150, 200}[r.IntN(4)]
		if how == sealed {
			shot.Mode = camera.ScanColour
		}
		pic := camera.Scanned(camera.A4(sheet), shot, seed)
		img, place = pic.Image, pic.Truth.PrintToPixel
	}
	from := ocr.NewSheet(img)
	var out []seen
	for k := range views * len(lines) {
		l := lines[k/views]
		h := l.em / emOfHeight * between(0.82, 1.25)
		y := l.middle + l.em*between(-0.06, 0.06)
		x0, x1 := l.x0-l.em*between(0, 0.3), l.x1+l.em*between(0, 0.3)
		tone, stretch := r.IntN(ocr.Tones), 1.0
		if r.IntN(2) == 0 {
			stretch = between(0.8, 1.5)
		}
		pix, width := from.Line([4]page.Point{place(x0, y-h/2), place(x1, y-h/2), place(x1, y+h/2), place(x0, y+h/2)}, tone, stretch)
		if width == 0 {
			continue
		}
		out = append(out, seen{width, pix, ocr.SignClasses(l.text), how})
	}
	return out, nil
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

package sheet

import (
	"image"
	"image/color"
	"math"
	"testing"

	"zhengyan/verify/page"
)

// framedPicture draws a sheet of A4 on a dark desk, 3 pixels a millimetre, whose print has a frame 12 mm inside, or 12+off mm on
// the left.
func framedPicture(frame bool, off int) (*pixels, [4]page.Point) {
	const x0, y0, w, h, inset = 90, 80, 630, 891, 36
	img := image.NewGray(image.Rect(0, 0, w+200, h+180))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			v := uint8(90)
			if x >= x0 && x < x0+w && y >= y0 && y < y0+h {
				v = 235
				left, right, top, bottom := x-x0-3*off, x0+w-1-x, y-y0, y0+h-1-y
				if d := min(left, right, top, bottom); frame && (d >= inset && d < inset+3 || d >= inset+20 && d < inset+22) {
					v = 150
				}
			}
			img.SetGray(x, y, color.Gray{Y: v})
		}
	}
	return newPixels(img), [4]page.Point{{X: x0, Y: y0}, {X: x0 + w, Y: y0}, {X: x0 + w, Y: y0 + h}, {X: x0, Y: y0 + h}}
}

func scaled(c [4]page.Point, k float64) (out [4]page.Point) {
	for i, p := range c {
		out[i] = page.Point{X: p.X / k, Y: p.Y / k}
	}
	return out
}

// The print tells a side that runs along it from one that does not, and by how much.
func TestSlants(t *testing.T) {
	full, c := framedPicture(true, 0)
	work := full.reduce(workSide)
	for i, s := range work.slants(scaled(c, work.scale), [4]float64{}) {
		if s.along < surelyAlong || math.Abs(s.tilt) > 0.003 {
			t.Errorf("side %d: tilt %.4f, along %.2f", i, s.tilt, s.along)
		}
	}
	for i := range 4 {
		askew := c
		d := sub(c[(i+1)%4], c[i])
		// The first end is moved outwards: the print falls away inwards less at the second.
		askew[i].X, askew[i].Y = c[i].X+0.025*d.Y, c[i].Y-0.025*d.X
		s := work.slants(scaled(askew, work.scale), [4]float64{})[i]
		if s.along > surelyAskew || math.Abs(s.tilt+0.025) > 0.005 {
			t.Errorf("side %d, askew: tilt %.4f, along %.2f", i, s.tilt, s.along)
		}
	}
	bare, c := framedPicture(false, 0)
	work = bare.reduce(workSide)
	for i, s := range work.slants(scaled(c, work.scale), [4]float64{}) {
		if math.Abs(s.along) > 0.1 {
			t.Errorf("side %d of a bare sheet: along %.2f", i, s.along)
		}
	}
	// Without print nothing is doubted, and nothing confirmed.
	q := sheetQuad{corners: c, score: 0.9}
	q.printed(work)
	if q.confirm(); q.score != 0.9 || q.framed() {
		t.Errorf("a bare sheet: score %.2f, %+v, framed %v", q.score, q.insets, q.framed())
	}
}

// A frame that stands in unevenly speaks against the sides; a printer's few millimetres do not.
func TestInsets(t *testing.T) {
	for _, c := range []struct {
		off    int
		doubts bool
	}{{0, false}, {2, false}, {6, true}} {
		full, corners := framedPicture(true, c.off)
		work := full.reduce(workSide)
		q := sheetQuad{corners: corners, score: 0.9}
		q.printed(work)
		if got := -q.insets[1].mm; math.Abs(got-float64(c.off)) > 0.8 || math.Abs(q.insets[0].mm) > 0.8 {
			t.Errorf("%d mm: insets %v", c.off, q.insets)
		}
		q.confirm()
		if doubted := q.score < MinScore; doubted != c.doubts {
			t.Errorf("%d mm: score %.2f", c.off, q.score)
		}
	}
}

// A side that lies askew is laid along the print, to the edge of the paper.
func TestStraightened(t *testing.T) {
	full, want := framedPicture(true, 0)
	work := full.reduce(workSide)
	q := sheetQuad{corners: want, work: scaled(want, work.scale), base: 0.6, score: 0.8}
	q.corners[0].Y -= 16
	q.corners[1].Y += 3
	before := q.printed(work)
	if _, _, some := q.doubts(); !some {
		t.Fatalf("nothing is doubted: %+v", q.slants)
	}
	r, suits := q.straightened(full, work)
	if suits <= 0 {
		t.Fatal("no other edge was found")
	}
	if e := worst(r.corners, want, 3); e > 0.5 {
		t.Errorf("%.2f mm off", e)
	}
	if after := r.printed(work); after <= before || !r.framed() {
		t.Errorf("the print says %.2f, before it said %.2f", after, before)
	}
	// What the print agrees with is left alone.
	good := sheetQuad{corners: want, score: 0.8}
	good.printed(work)
	if _, suits := good.straightened(full, work); suits != 0 {
		t.Error("a right sheet was straightened")
	}
}

// A picture of another kind, or a part of one, is read as its RGBA is.
func TestPixelsOfOtherKinds(t *testing.T) {
	r := image.Rect(0, 0, 37, 29)
	jpeg, gray, rgba := image.NewYCbCr(r, image.YCbCrSubsampleRatio420), image.NewGray(r), image.NewRGBA(r)
	for _, plane := range [][]uint8{jpeg.Y, jpeg.Cb, jpeg.Cr, gray.Pix, rgba.Pix} {
		for i := range plane {
			plane[i] = uint8(i*7 + i/31)
		}
	}
	for _, img := range []interface {
		image.Image
		SubImage(image.Rectangle) image.Image
	}{jpeg, gray, rgba} {
		for _, r := range []image.Rectangle{r, image.Rect(3, 5, 30, 26)} {
			part := img.SubImage(r)
			p := newPixels(part)
			if p.w != r.Dx() || p.h != r.Dy() {
				t.Fatalf("%T %v: %d × %d", img, r, p.w, p.h)
			}
			for y := range p.h {
				for x := range p.w {
					c := color.RGBAModel.Convert(part.At(r.Min.X+x, r.Min.Y+y)).(color.RGBA)
					cr, cg, cb := int32(c.R), int32(c.G), int32(c.B)
					wl, wu, wv := (77*cr+150*cg+29*cb)>>8, (-43*cr-85*cg+128*cb)>>8, (128*cr-107*cg-21*cb)>>8
					l, u, v := p.at(x, y)
					if l != wl || u != wu || v != wv {
						t.Fatalf("%T %v at %d, %d: %d %d %d, want %d %d %d", img, r, x, y, l, u, v, wl, wu, wv)
					}
					if n := p.near(float64(x)+0.5, float64(y)+0.5); x+1 < p.w && y+1 < p.h && (n != sample{float32(l), float32(u), float32(v)}) {
						t.Fatalf("%T %v near %d, %d: %v, want %d %d %d", img, r, x, y, n, l, u, v)
					}
				}
			}
		}
	}
}

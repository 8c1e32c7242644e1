package sheet

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"testing"

	"zhengyan/verify/page"
	"zhengyan/verify/verifytest/camera"
)

// printed is a page with lines of marks, a frame and a photo, which needs no font.
func printed() camera.Sheet {
	const k = 5 // pixels a millimetre
	img := image.NewRGBA(image.Rect(0, 0, camera.A4Width*k, camera.A4Height*k))
	fill := func(x0, y0, x1, y1 float64, c color.RGBA) {
		for y := int(y0 * k); y < int(y1*k); y++ {
			for x := int(x0 * k); x < int(x1*k); x++ {
				img.SetRGBA(x, y, c)
			}
		}
	}
	fill(0, 0, camera.A4Width, camera.A4Height, color.RGBA{240, 246, 252, 255})
	black := color.RGBA{30, 30, 30, 255}
	for r := range 16 {
		for c := range 22 {
			if (r*7+c*5)%9 > 2 {
				fill(25+6*float64(c), 60+11*float64(r), 29.5+6*float64(c), 64.5+11*float64(r), black)
			}
		}
	}
	fill(150, 70, 185, 115, color.RGBA{120, 140, 170, 255})
	for _, f := range [][4]float64{{8, 8, 202, 9}, {8, 288, 202, 289}, {8, 8, 9, 289}, {201, 8, 202, 289}} {
		fill(f[0], f[1], f[2], f[3], color.RGBA{120, 160, 210, 255})
	}
	return camera.A4(img)
}

func shot(d camera.Desk) camera.Shot {
	return camera.Shot{
		Desk: d, Width: 900, Height: 1200, Pitch: 9, Yaw: -5, Roll: 4, Fill: 0.85, Focal: 0.8, Lens: -0.005,
		Defocus: 0.4, Gradient: 0.2, Exposure: 1, Noise: 1.5, Quality: 88,
	}
}

func find(t *testing.T, p camera.Picture) Sheet {
	t.Helper()
	s, err := Find(context.Background(), p.Image)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFind(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	sheet := printed()
	for _, d := range []camera.Desk{camera.DeskDark, camera.DeskLight, camera.DeskWhite, camera.DeskWood, camera.DeskClutter} {
		p := camera.Photograph(sheet, shot(d), 11+uint64(d))
		s := find(t, p)
		if e := worst(s.Corners, p.Truth.Corners, p.Truth.PixelsPerMM()); e > 1 || s.Score < MinScore || len(s.Notes) > 0 {
			t.Errorf("%s: %.2f mm off, score %.2f, notes %v", d, e, s.Score, s.Notes)
		}
		if math.Abs(s.Aspect/math.Sqrt2-1) > nearA4 || s.Wide {
			t.Errorf("%s: aspect %.3f, wide %v", d, s.Aspect, s.Wide)
		}
		size := s.Size()
		if math.Abs(float64(size.Y)/float64(size.X)-math.Sqrt2) > 0.005 {
			t.Errorf("%s: flattened to %v, which is not A4", d, size)
		}
	}
}

// TestNotes: what is wrong with a picture is said.
func TestNotes(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	sheet := printed()
	with := func(f func(*camera.Shot)) (list []camera.Picture) {
		s := shot(camera.DeskDark)
		f(&s)
		for noise := range uint64(4) {
			list = append(list, camera.Photograph(sheet, s, 5+noise))
		}
		return list
	}
	for _, c := range []struct {
		name   string
		photos []camera.Picture
		want   Note
		doubt  bool // that the corners are to be confirmed is enough: the sides of a bent sheet are sometimes found on its print
	}{
		{"empty desk", with(func(s *camera.Shot) { s.NoSheet = true }), NoSheet, false},
		{"two sheets", with(func(s *camera.Shot) { s.Second, s.Width, s.Height, s.Fill = true, 1200, 900, 0.42; s.AimX = -0.7 }), TwoSheets, false},
		{"cut off", with(func(s *camera.Shot) { s.CutOff, s.CutSide = 0.12, 2 }), CutOff, false},
		{"curled", with(func(s *camera.Shot) { s.Curl, s.CurlAngle, s.Pitch = 26, 90, 16 }), Curled, true},
	} {
		said := false
		for i, p := range c.photos {
			s := find(t, p)
			said = said || s.Has(c.want)
			if !s.Has(c.want) && !(c.doubt && s.Score < MinScore) || (c.want == NoSheet || c.want == CutOff) && s.Score >= MinScore {
				t.Errorf("%s, photo %d: notes %v, score %.2f, bend %.4f", c.name, i, s.Notes, s.Score, s.Bend)
			}
		}
		if !said {
			t.Errorf("%s: never said", c.name)
		}
	}
	for _, p := range with(func(*camera.Shot) {}) {
		if s := find(t, p); len(s.Notes) > 0 || s.Score < MinScore {
			t.Errorf("a good photo: notes %v, score %.2f", s.Notes, s.Score)
		}
	}
}

func TestScreen(t *testing.T) {
	s := shot(camera.DeskDark)
	s.Width, s.Height, s.Screen, s.Fill, s.Pitch, s.Yaw = 1350, 1800, true, 0.9, 3, 2
	sheet := printed()
	sheet.W, sheet.H = sheet.W/2, sheet.H/2 // near enough for the monitor's pixels to be seen
	p := camera.Photograph(sheet, s, 3)
	if got := find(t, p); !got.Has(Screen) {
		t.Errorf("a monitor: notes %v, score %.2f", got.Notes, got.Score)
	}
	s.Screen = false
	p = camera.Photograph(sheet, s, 3)
	if got := find(t, p); got.Has(Screen) {
		t.Errorf("paper: notes %v", got.Notes)
	}
}

// TestOddPictures: pictures in which nothing can be found do no harm.
func TestOddPictures(t *testing.T) {
	for _, r := range []image.Rectangle{{}, image.Rect(0, 0, 1, 1), image.Rect(0, 0, 10, 10), image.Rect(0, 0, 10, 5000), image.Rect(0, 0, 300, 200), image.Rect(7, 9, 507, 709)} {
		for _, img := range []image.Image{image.NewRGBA(r), image.NewGray(r), image.NewYCbCr(r, image.YCbCrSubsampleRatio420), image.NewNRGBA(r)} {
			s, err := Find(context.Background(), img)
			if err != nil || !s.Has(NoSheet) {
				t.Errorf("%v %T: %v, notes %v", r, img, err, s.Notes)
			}
			if min(r.Dx(), r.Dy()) < MinPixels && !s.Has(TooSmall) {
				t.Errorf("%v: notes %v", r, s.Notes)
			}
		}
	}
	if s, _ := Find(context.Background(), huge{}); !s.Has(TooLarge) {
		t.Errorf("a huge picture: notes %v", s.Notes)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Find(ctx, image.NewGray(image.Rect(0, 0, 300, 300))); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// huge claims to be a picture of 10,000 megapixels.
type huge struct{}

func (huge) ColorModel() color.Model { return color.GrayModel }
func (huge) Bounds() image.Rectangle { return image.Rect(0, 0, 100_000, 100_000) }
func (huge) At(int, int) color.Color { return color.Gray{} }

func TestDewarp(t *testing.T) {
	sheet := printed()
	p := camera.Photograph(sheet, shot(camera.DeskWood), 2)
	size := image.Pt(840, 1188) // 4 pixels a millimetre
	flat, h, err := Dewarp(context.Background(), p.Image, p.Truth.Corners, size)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range [][2]float64{{20, 20}, {105, 148}, {200, 290}, {10, 280}} {
		q := p.Truth.ToPixel(m[0], m[1])
		f := h.ToFlat(q)
		if d := math.Hypot(f.X/4-m[0], f.Y/4-m[1]); d > 0.6 { // the lens distorts, the homography does not
			t.Errorf("%v lies %.2f mm off on the flattened sheet", m, d)
		}
		if back := h.ToPicture(f); length(sub(back, q)) > 1e-6 {
			t.Errorf("%v comes back as %v", q, back)
		}
	}
	// The grey photo of the page lies at 150 to 185, 70 to 115 mm.
	if c := flat.RGBAAt(167*4, 92*4); c.B < c.R+20 {
		t.Errorf("at the photo there is %v", c)
	}
	for _, bad := range [][4]page.Point{
		{},
		{{X: 0, Y: 0}, {X: 0, Y: 100}, {X: 100, Y: 100}, {X: 100, Y: 0}}, // counter-clockwise
		{{X: 0, Y: 0}, {X: 100, Y: 100}, {X: 100, Y: 0}, {X: 0, Y: 100}}, // crossed
		{{X: math.NaN()}, {X: 100}, {X: 100, Y: 100}, {Y: 100}},
	} {
		if _, _, err := Dewarp(context.Background(), p.Image, bad, size); !errors.Is(err, ErrCorners) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// FuzzDewarp: no corners do harm.
func FuzzDewarp(f *testing.F) {
	f.Add(0.0, 0.0, 50.0, 0.0, 50.0, 80.0, 0.0, 80.0)
	f.Add(-1e9, 0.0, 1e9, 1.0, 3.0, 1e-9, 0.0, 1e300)
	img := image.NewRGBA(image.Rect(0, 0, 60, 90))
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h, i float64) {
		out, m, err := Dewarp(context.Background(), img, [4]page.Point{{X: a, Y: b}, {X: c, Y: d}, {X: e, Y: g}, {X: h, Y: i}}, image.Pt(20, 30))
		if err == nil && (out.Rect.Dx() != 20 || out.Rect.Dy() != 30) {
			t.Errorf("size %v", out.Rect)
		}
		m.ToFlat(page.Point{X: 1, Y: 2})
	})
}

func BenchmarkFind(b *testing.B) {
	s := shot(camera.DeskWood)
	s.Width, s.Height = 2250, 3000
	p := camera.Photograph(printed(), s, 1)
	for b.Loop() {
		if _, err := Find(context.Background(), p.Image); err != nil {
			b.Fatal(err)
		}
	}
}

package camera

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"zhengyan/verify/fields"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
)

func specimen(t testing.TB, dpi float64) *image.RGBA {
	t.Helper()
	g, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Skip(err)
	}
	img, err := g.Printed(verifytest.Good(fields.Constructor1), dpi)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// marked is a white page with black crosses at known places.
func marked(places [][2]float64) Sheet {
	const k = 8 // pixels a millimetre
	img := image.NewRGBA(image.Rect(0, 0, A4Width*k, A4Height*k))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for _, p := range places {
		for y := int((p[1] - 2) * k); y < int((p[1]+2)*k); y++ {
			for x := int((p[0] - 2) * k); x < int((p[0]+2)*k); x++ {
				copy(img.Pix[img.PixOffset(x, y):], []byte{0, 0, 0, 255})
			}
		}
	}
	return A4(img)
}

var places = [][2]float64{{20, 20}, {190, 25}, {105, 150}, {30, 270}, {180, 280}, {60, 100}}

// centre is the middle of the darkness around a place.
func centre(img image.Image, p page.Point, r int) page.Point {
	var sx, sy, sum float64
	for y := int(p.Y) - r; y <= int(p.Y)+r; y++ {
		for x := int(p.X) - r; x <= int(p.X)+r; x++ {
			g, _, _, _ := img.At(x, y).RGBA()
			v := max(0, 150-float64(g>>8))
			sx, sy, sum = sx+v*(float64(x)+0.5), sy+v*(float64(y)+0.5), sum+v
		}
	}
	return page.Point{X: sx / sum, Y: sy / sum}
}

// TestTruth finds printed marks where the truth says that they are, bent paper and distorting lens included.
func TestTruth(t *testing.T) {
	sheet := marked(places)
	shots := map[string]Shot{
		"plain": {Desk: DeskLight, Width: 1200, Height: 1600, Fill: 0.8, Focal: 0.8, Quality: 95},
		"lens":  {Desk: DeskDark, Width: 1200, Height: 1600, Pitch: 12, Yaw: -8, Roll: 5, Fill: 0.8, Focal: 0.8, Lens: -0.03, Quality: 95},
		"curl":  {Desk: DeskWood, Width: 1200, Height: 1600, Pitch: 10, Fill: 0.8, Focal: 0.8, Curl: 12, CurlAngle: 30, Quality: 95},
		"chat":  {Desk: DeskWood, Width: 1800, Height: 2400, Pitch: -10, Roll: 93, Fill: 0.8, Focal: 0.8, Quality: 95, Chat: true},
	}
	check := func(name string, p Picture, limit float64) {
		per := p.Truth.PixelsPerMM()
		for _, m := range places {
			want := p.Truth.ToPixel(m[0], m[1])
			got := centre(p.Image, want, int(4*per))
			if d := dist(got, want) / per; !(d < limit) {
				t.Errorf("%s: mark at %v is %.2f mm off the truth", name, m, d)
			}
		}
	}
	for name, s := range shots {
		check(name, Photograph(sheet, s, 1), 0.15)
	}
	check("scan", Scanned(sheet, Scan{DPI: 150, Skew: 4, OffX: 1, OffY: -2, Scale: 0.97, Quality: 90}, 1), 0.1)
	check("scan on its side", Scanned(sheet, Scan{DPI: 100, Skew: -2, Quarter: 1, Mode: ScanGray, Quality: 90}, 1), 0.1)
}

func TestCornersInside(t *testing.T) {
	for i := range 200 {
		s, _ := Photo(Test, i)
		l := newLens(Sheet{W: A4Width, H: A4Height}, s)
		for _, c := range [4][2]float64{{0, 0}, {A4Width, 0}, {A4Width, A4Height}, {0, A4Height}} {
			p := l.toPixel(c[0], c[1])
			if p.X < 0 || p.Y < 0 || p.X > float64(s.Width) || p.Y > float64(s.Height) {
				t.Errorf("shot %d: corner %v is outside of the picture at %v", i, c, p)
			}
			_, back := l.fromPixel(p.X, p.Y)
			if math.Hypot(back.X-c[0], back.Y-c[1]) > 0.05 {
				t.Errorf("shot %d: corner %v comes back as %v", i, c, back)
			}
		}
	}
}

func TestSameSeedSamePicture(t *testing.T) {
	sheet := marked(places)
	s, seed := Photo(Dev, 5)
	s.Width, s.Height = 450, 600
	a, b := Photograph(sheet, s, seed), Photograph(sheet, s, seed)
	if !bytes.Equal(a.JPEG, b.JPEG) {
		t.Error("the same shot gives two pictures")
	}
	if c := Photograph(sheet, s, seed+1); bytes.Equal(a.JPEG, c.JPEG) {
		t.Error("another seed gives the same picture")
	}
}

func BenchmarkPhotograph(b *testing.B) {
	sheet := A4(specimen(b, 200))
	s, seed := Photo(Dev, 3)
	s.Width, s.Height, s.Chat = 2250, 3000, false
	for b.Loop() {
		Photograph(sheet, s, seed)
	}
}

// TestSamples writes pictures to look at into the folder of ZHENGYAN_SAMPLES.
func TestSamples(t *testing.T) {
	dir := os.Getenv("ZHENGYAN_SAMPLES")
	if dir == "" {
		t.Skip("ZHENGYAN_SAMPLES is not set")
	}
	n, _ := strconv.Atoi(os.Getenv("ZHENGYAN_SAMPLES_N"))
	if n == 0 {
		n = 8
	}
	sheet := A4(specimen(t, 300))
	for i := range n {
		s, seed := Photo(Dev, i)
		p := Photograph(sheet, s, seed)
		write(t, filepath.Join(dir, fmt.Sprintf("photo%02d-%s.jpg", i, s.Desk)), p.JPEG)
		c, seed := ScanShot(Dev, i)
		write(t, filepath.Join(dir, fmt.Sprintf("scan%02d.jpg", i)), Scanned(sheet, c, seed).JPEG)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, sheet.Image); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "page.png"), b.Bytes())
}

func write(t *testing.T, name string, b []byte) {
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestSpecsOfSplitsDiffer(t *testing.T) {
	g, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Skip(err)
	}
	names := map[string]bool{}
	for i := range 60 {
		names[Spec(Dev, i).Name+Spec(Dev, i).Number] = true
	}
	for i := range 60 {
		s := Spec(Test, i)
		if names[s.Name+s.Number] {
			t.Errorf("certificate %d stands in both splits: %s %s", i, s.Name, s.Number)
		}
		if i < 6 {
			if _, err := g.Printed(s, 30); err != nil {
				t.Error(err)
			}
		}
	}
}

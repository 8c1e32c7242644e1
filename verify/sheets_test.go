package verify_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/camera"
)

// photographed is a photo of a printed sheet of A4, as f changes it.
func photographed(t *testing.T, f func(*camera.Shot)) document.Source {
	t.Helper()
	const k = 5 // pixels a millimetre
	img := image.NewRGBA(image.Rect(0, 0, camera.A4Width*k, camera.A4Height*k))
	fill := func(x0, y0, x1, y1 float64, c color.RGBA) {
		draw.Draw(img, image.Rect(int(x0*k), int(y0*k), int(x1*k), int(y1*k)), image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(0, 0, camera.A4Width, camera.A4Height, color.RGBA{240, 246, 252, 255})
	for r := range 16 {
		for c := range 22 {
			if (r*7+c*5)%9 > 2 {
				fill(25+6*float64(c), 60+11*float64(r), 29.5+6*float64(c), 64.5+11*float64(r), color.RGBA{30, 30, 30, 255})
			}
		}
	}
	for _, f := range [][4]float64{{8, 8, 202, 9}, {8, 288, 202, 289}, {8, 8, 9, 289}, {201, 8, 202, 289}} {
		fill(f[0], f[1], f[2], f[3], color.RGBA{120, 160, 210, 255})
	}
	s := camera.Shot{
		Desk: camera.DeskDark, Width: 900, Height: 1200, Pitch: 9, Yaw: -5, Roll: 4, Fill: 0.85, Focal: 0.8, Lens: -0.005,
		Defocus: 0.4, Gradient: 0.2, Exposure: 1, Noise: 1.5, Quality: 88,
	}
	f(&s)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, camera.Photograph(camera.A4(img), s, 5).Image, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return document.SourceBytes("photo.jpg", b.Bytes())
}

// A photo of two sheets of which one was read says so, and one sheet is one.
func TestSecondSheet(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	r := readingOf(t, document.SourceBytes("face.pdf", bound(t, "face", verifytest.Good(fields.Constructor1))))
	v := verifierWith(t, func(c *verify.Config) { c.Reader = r })
	for _, two := range []bool{true, false} {
		src := photographed(t, func(s *camera.Shot) {
			if two {
				s.Second, s.Width, s.Height, s.Fill, s.AimX = true, 1200, 900, 0.42, -0.7
			}
		})
		ev, err := v.Gather(t.Context(), src)
		if err != nil {
			t.Fatal(err)
		}
		if ev.Fields == nil || ev.Fields.Certificate.Kind != fields.Constructor1 || ev.Picture == nil || !ev.Picture.Flattened() {
			t.Fatalf("two sheets %v: not read: %+v", two, ev.Picture)
		}
		shown := slices.ContainsFunc(v.Judge(ev, at("2026-04-01")).Checks, func(c verify.Check) bool {
			return c.Rule == "F-04" && c.Action == verify.Enforce && strings.Contains(c.Message, "另一张纸")
		})
		if shown != two {
			t.Errorf("two sheets %v, said %v: %v", two, shown, ev.Picture.Sheet.Notes)
		}
	}
}

// Where no sheet was found, what was looked for and what kept it from being found is said.
func TestNoSheetIsSaid(t *testing.T) {
	v := verifierWith(t, func(c *verify.Config) { c.Reader = &looker{} })
	for size, want := range map[image.Point][]sheet.Note{{X: 60, Y: 80}: {sheet.TooSmall, sheet.NoSheet}, {X: 600, Y: 800}: {sheet.NoSheet}} {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rectangle{Max: size})); err != nil {
			t.Fatal(err)
		}
		ev, err := v.Gather(t.Context(), document.SourceBytes("photo.png", b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if p := ev.Picture; p == nil || p.Sheet == nil || p.Flattened() || !slices.Equal(p.Sheet.Notes, want) {
			t.Errorf("%v: %+v", size, p)
		}
		small := slices.ContainsFunc(v.Judge(ev, at("2026-04-01")).Checks, func(c verify.Check) bool { return c.Rule == "F-08" })
		if small != (len(want) == 2) {
			t.Errorf("%v: said to be small: %v", size, small)
		}
	}
}

// Corners set on one page leave the others to be read as ever.
func TestCornersLeaveOtherPages(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	scan := verifytest.Good(fields.Constructor1)
	scan.Carrier = verifytest.CarrierScanPDF
	file := document.SourceBytes("scan.pdf", bound(t, "corners", scan, scan, scan))
	r := readingOf(t, document.SourceBytes("face.pdf", bound(t, "face", verifytest.Good(fields.Constructor1)))).(*opening)
	corners := [4]page.Point{{X: 20, Y: 20}, {X: 570, Y: 20}, {X: 570, Y: 820}, {X: 20, Y: 820}}
	for _, tt := range []struct{ page, limit, seen int }{{1, 4, 3}, {0, 4, 3}, {2, 1, 2}} {
		seen := map[int]int{}
		v := verifierWith(t, func(c *verify.Config) {
			c.Reader = &counting{opening: *r, seen: seen}
			c.Limits = verify.DefaultLimits()
			c.Limits.PicturePages = tt.limit
		})
		ev, err := v.GatherCorners(t.Context(), file, tt.page, corners)
		if err != nil {
			t.Fatal(err)
		}
		unread := slices.ContainsFunc(ev.Problems, func(p verify.Problem) bool { return p.Stage == "fields" && p.Code == "pages-not-read" })
		if len(seen) != tt.seen || seen[tt.page] != 1 || unread != (tt.seen < 3) {
			t.Errorf("corners on page %d of 3, %d at most: read %v, said that pages were left out: %v", tt.page, tt.limit, seen, unread)
		}
		if ev.Fields == nil || ev.Fields.Source != fields.SourceOCR || ev.Fields.Page != 0 {
			t.Errorf("the certificate on page 0 was lost: %+v", ev.Problems)
		}
	}
}

// counting is opening that counts the readings of each page.
type counting struct {
	opening
	seen map[int]int
}

func (c *counting) ReadPage(ctx context.Context, img image.Image, index int) (page.Text, error) {
	c.seen[index]++
	return c.opening.ReadPage(ctx, img, index)
}

// A photo whose sheet was found and showed nothing is read as it is, and what was found is known all the same.
func TestSheetOfNothingRead(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	face := readingOf(t, document.SourceBytes("face.pdf", bound(t, "face", verifytest.Good(fields.Constructor1)))).(*opening)
	for _, tt := range []struct {
		note sheet.Note
		rule string
		f    func(*camera.Shot)
	}{
		{"", "", func(*camera.Shot) {}},
		{sheet.TwoSheets, "F-04", func(s *camera.Shot) { s.Second, s.Width, s.Height, s.Fill, s.AimX = true, 1200, 900, 0.42, -0.7 }},
		{sheet.CutOff, "F-08", func(s *camera.Shot) { s.CutOff, s.CutSide = 0.04, 2 }},
	} {
		v := verifierWith(t, func(c *verify.Config) { c.Reader = &second{opening: *face} })
		ev, err := v.Gather(t.Context(), photographed(t, tt.f))
		if err != nil {
			t.Fatal(err)
		}
		p := ev.Picture
		if ev.Fields == nil || ev.Fields.Certificate.Kind != fields.Constructor1 || p == nil {
			t.Fatalf("%q: not read: %+v", tt.note, ev.Problems)
		}
		if p.Sheet == nil || !p.Flattened() || !p.AsIs || tt.note != "" && !p.Sheet.Has(tt.note) {
			t.Errorf("%q: %+v", tt.note, p)
		}
		for _, rule := range []string{"F-04", "F-08"} {
			said := slices.ContainsFunc(v.Judge(ev, at("2026-04-01")).Checks, func(c verify.Check) bool { return c.Rule == rule && c.Status == verify.Inconclusive })
			if rule == tt.rule && !said || tt.rule == "" && said { // two sheets off the middle may be cut off too
				t.Errorf("%q: %s said: %v", tt.note, rule, said)
			}
		}
	}
}

// second is opening that reads nothing the first time.
type second struct {
	opening
	again bool
}

func (s *second) ReadPage(ctx context.Context, img image.Image, index int) (page.Text, error) {
	if !s.again {
		s.again = true
		return page.Text{Index: index, Confidence: []float64{}}, nil
	}
	return s.opening.ReadPage(ctx, img, index)
}

// A sheet that was laid flat badly may have lost its title: where the kind is not told, the picture is read as it is, and the better
// reading counts. One whose kind is told is read once.
func TestTitleLostByFlattening(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	face := readingOf(t, document.SourceBytes("face.pdf", bound(t, "face", verifytest.Good(fields.Constructor1)))).(*opening)
	for lost, want := range map[int]struct {
		kind  fields.Kind
		times int
	}{0: {fields.Constructor1, 1}, 1: {fields.Constructor1, 2}, 2: {fields.UnknownKind, 2}} {
		r := &beheaded{opening: *face, lost: lost}
		v := verifierWith(t, func(c *verify.Config) { c.Reader = r })
		ev, err := v.Gather(t.Context(), photographed(t, func(*camera.Shot) {}))
		if err != nil {
			t.Fatal(err)
		}
		if ev.Fields == nil || ev.Fields.Certificate.Kind != want.kind || r.times != want.times || ev.Picture == nil || ev.Picture.AsIs != (lost == 1) {
			t.Errorf("%d readings without a title: read %d times, %+v, %+v", lost, r.times, ev.Picture, ev.Problems)
		}
	}
}

// beheaded is opening that reads no title the first times.
type beheaded struct {
	opening
	lost, times int
}

func (b *beheaded) ReadPage(ctx context.Context, img image.Image, index int) (page.Text, error) {
	t, err := b.opening.ReadPage(ctx, img, index)
	if b.times++; b.times > b.lost {
		return t, err
	}
	var all []rune
	for _, c := range t.Chars {
		all = append(all, c.R)
	}
	title := []rune("一级建造师注册证书")
	for i := range all {
		if len(all)-i >= len(title) && slices.Equal(all[i:i+len(title)], title) {
			t.Chars = slices.Delete(slices.Clone(t.Chars), i, i+len(title))
			t.Confidence = slices.Delete(slices.Clone(t.Confidence), i, i+len(title))
			break
		}
	}
	return t, err
}

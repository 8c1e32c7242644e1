package verify_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// looker is a reader that reads nothing and remembers what it was shown.
type looker struct{ seen []image.Image }

func (l *looker) Name() string { return "looker" }

func (l *looker) ReadPage(_ context.Context, img image.Image, _ int) (page.Text, error) {
	l.seen = append(l.seen, img)
	return page.Text{}, nil
}

func (l *looker) ReadLine(context.Context, image.Image) (fields.Line, error) {
	return fields.Line{}, nil
}

// waiter is a reader that never comes to an end by itself.
type waiter struct{ looker }

func (w *waiter) ReadPage(ctx context.Context, _ image.Image, _ int) (page.Text, error) {
	<-ctx.Done()
	return page.Text{}, ctx.Err()
}

// Reading that takes too long is said as what it is, not as a picture without a certificate.
func TestPictureThatTakesTooLong(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 600, 800))); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		reader fields.PageReader
		code   string
		words  string
	}{
		{&waiter{}, "timeout", "超过了时间上限"},
		{&looker{}, "no-certificate", "没有识别出证书"},
	} {
		v := verifierWith(t, func(c *verify.Config) {
			c.Reader = tt.reader
			c.Limits = verify.DefaultLimits()
			if tt.code == "timeout" {
				c.Limits.Picture = 50 * time.Millisecond
			}
		})
		ev, err := v.Gather(t.Context(), document.SourceBytes("photo.png", b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, p := range ev.Problems {
			if p.Stage == "ocr" {
				codes = append(codes, p.Code)
			}
		}
		if len(codes) != 1 || codes[0] != tt.code {
			t.Errorf("%s: the problems are %v", tt.code, codes)
		}
		rep := v.Judge(ev, at("2026-04-01"))
		if rep.Indication != verify.Indeterminate || !slices.ContainsFunc(rep.Checks, func(c verify.Check) bool { return c.Rule == "F-07" && strings.Contains(c.Message, tt.words) }) {
			t.Errorf("%s: %s, %s", tt.code, rep.Indication, rep.Reason)
		}
	}
}

// A sheet that no finder can tell from its desk is read between the corners that a person has set.
func TestGatherCorners(t *testing.T) {
	// A desk in two greens that are almost the same; the sheet is where the second begins.
	corners := [4]page.Point{{X: 210, Y: 160}, {X: 640, Y: 190}, {X: 610, Y: 760}, {X: 180, Y: 730}}
	desk, paper := color.RGBA{90, 140, 90, 255}, color.RGBA{94, 144, 94, 255}
	img := image.NewRGBA(image.Rect(0, 0, 800, 900))
	for y := range 900 {
		for x := range 800 {
			c := desk
			if inside(corners, float64(x)+0.5, float64(y)+0.5) {
				c = paper
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	src := document.SourceBytes("photo.png", b.Bytes())
	l := &looker{}
	v := verifierWith(t, func(c *verify.Config) { c.Reader = l })

	ev, err := v.GatherCorners(t.Context(), src, 0, corners)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.seen) != 1 {
		t.Fatalf("%d pictures were read", len(l.seen))
	}
	flat := l.seen[0]
	m := flat.Bounds()
	for _, at := range []image.Point{{4, 4}, {m.Dx() - 5, 4}, {m.Dx() - 5, m.Dy() - 5}, {4, m.Dy() - 5}, {m.Dx() / 2, m.Dy() / 2}} {
		r, _, _, _ := flat.At(m.Min.X+at.X, m.Min.Y+at.Y).RGBA()
		if r>>8 < 93 {
			t.Errorf("%v of %v is desk: %d", at, m, r>>8)
		}
	}
	if p := ev.Picture; p == nil || p.Sheet == nil || !p.Sheet.Has(sheet.ByHand) || p.Sheet.Corners != corners {
		t.Errorf("the sheet is %+v", ev.Picture)
	}

	// Corners that cross over are those of no sheet: the page is read as ever, and that is said.
	l.seen = nil
	corners[0], corners[1] = corners[1], corners[0]
	if ev, err = v.GatherCorners(t.Context(), src, 0, corners); err != nil {
		t.Fatal(err)
	}
	said := slices.ContainsFunc(ev.Problems, func(p verify.Problem) bool { return p.Stage == "ocr" && p.Code == "corners" })
	whole := slices.ContainsFunc(l.seen, func(m image.Image) bool { return m.Bounds() == img.Bounds() })
	if !said || !whole {
		t.Errorf("said: %v, the page was read as it is: %v", said, whole)
	}
}

func inside(c [4]page.Point, x, y float64) bool {
	for i := range c {
		a, b := c[i], c[(i+1)%4]
		if (b.X-a.X)*(y-a.Y)-(b.Y-a.Y)*(x-a.X) < 0 {
			return false
		}
	}
	return true
}

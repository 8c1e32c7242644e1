package verify_test

import (
	"context"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
)

// opening is a reader that reads a certificate on the first page and, on others, nothing, or without end.
type opening struct {
	looker
	face    page.Text
	endless bool
}

func (o *opening) ReadPage(ctx context.Context, img image.Image, index int) (page.Text, error) {
	switch {
	case index == 0:
		return ocr.Scaled(o.face, float64(img.Bounds().Dx()), float64(img.Bounds().Dy())), nil
	case o.endless:
		<-ctx.Done()
	}
	return page.Text{Index: index, Confidence: []float64{}}, ctx.Err()
}

// Pages of a scan that were not read are said, also where a certificate was read before them: another one may stand there.
func TestUnreadPagesOfAScan(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	scan := verifytest.Good(fields.Constructor1)
	scan.Carrier = verifytest.CarrierScanPDF
	file := bound(t, "unread", scan, scan)
	engine, err := document.NewEngine(document.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	doc, err := engine.Open(t.Context(), document.SourceBytes("face.pdf", bound(t, "face", verifytest.Good(fields.Constructor1))))
	if err != nil {
		t.Fatal(err)
	}
	face, err := doc.Text(t.Context(), 0)
	doc.Close()
	if err != nil {
		t.Fatal(err)
	}
	face.Confidence = slices.Repeat([]float64{0.99}, len(face.Chars))
	for _, tt := range []struct {
		about  string
		reader *opening
		limit  func(*verify.Limits)
		unread bool
	}{
		{"all read", &opening{face: face}, func(*verify.Limits) {}, false},
		{"a page too many", &opening{face: face}, func(l *verify.Limits) { l.PicturePages = 1 }, true},
		{"out of time", &opening{face: face, endless: true}, func(l *verify.Limits) { l.Picture = 5 * time.Second }, true},
	} {
		v := verifierWith(t, func(c *verify.Config) {
			c.Reader = tt.reader
			c.Limits = verify.DefaultLimits()
			tt.limit(&c.Limits)
		})
		ev, err := v.Gather(t.Context(), document.SourceBytes("scan.pdf", file))
		if err != nil {
			t.Fatal(err)
		}
		if ev.Fields == nil || ev.Fields.Source != fields.SourceOCR || ev.Fields.Certificate.Kind != fields.Constructor1 {
			t.Fatalf("%s: the first page was not read: %+v", tt.about, ev.Problems)
		}
		said := slices.ContainsFunc(ev.Problems, func(p verify.Problem) bool { return p.Stage == "fields" && p.Code == "pages-not-read" })
		rep := v.Judge(ev, at("2026-04-01"))
		shown := slices.ContainsFunc(rep.Checks, func(c verify.Check) bool { return c.Rule == "F-04" && strings.Contains(c.Message, "没有读完") })
		if said != tt.unread || shown != tt.unread || rep.Indication == verify.TotalPassed {
			t.Errorf("%s: told %v, shown %v, want %v; %s", tt.about, said, shown, tt.unread, rep.Indication)
		}
	}
}

package verify_test

import (
	"context"
	"errors"
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
	engine, err := document.NewEngine(document.Config{CacheDir: verifytest.PDFiumCache()})
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
		about   string
		endless bool
		pages   int
		unread  bool
	}{
		{"all read", false, 4, false},
		{"a page too many", false, 1, true},
		{"out of time", true, 4, true},
	} {
		var v *verify.Verifier
		var ev *verify.Evidence
		// The second page takes all the time there is; on a slow machine there must be more of it for the first one to be read.
		for limit := 2 * time.Second; limit < 2*time.Minute; limit *= 2 {
			v = verifierWith(t, func(c *verify.Config) {
				c.Reader = &opening{face: face, endless: tt.endless}
				c.Limits = verify.DefaultLimits()
				c.Limits.PicturePages = tt.pages
				if tt.endless {
					c.Limits.Picture = limit
				}
			})
			if ev, err = v.Gather(t.Context(), document.SourceBytes("scan.pdf", file)); err != nil {
				t.Fatal(err)
			}
			if ev.Fields != nil && ev.Fields.Source == fields.SourceOCR {
				break
			}
		}
		if ev.Fields == nil || ev.Fields.Source != fields.SourceOCR || ev.Fields.Certificate.Kind != fields.Constructor1 {
			t.Fatalf("%s: the first page was not read: %+v", tt.about, ev.Problems)
		}
		said := slices.ContainsFunc(ev.Problems, func(p verify.Problem) bool { return p.Stage == "fields" && p.Code == "pages-not-read" })
		rep := v.Judge(ev, at("2026-04-01"))
		shown := slices.ContainsFunc(rep.Checks, func(c verify.Check) bool {
			return c.Rule == "F-04" && strings.HasPrefix(c.Message, "第 2 页没有读完")
		})
		if said != tt.unread || shown != tt.unread || rep.Indication == verify.TotalPassed {
			t.Errorf("%s: told %v, shown %v, want %v; %s", tt.about, said, shown, tt.unread, rep.Indication)
		}
	}
}

// unable is a reader that cannot read single lines, as the search asks for.
type unable struct{ looker }

func (u *unable) ReadLine(context.Context, image.Image) (fields.Line, error) {
	return fields.Line{}, errors.New("broken")
}

// A search that could not look at pages, and found nothing, says so: "no certificate" is not all there is to say.
func TestSearchThatMissedPages(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	scan := verifytest.Good(fields.Constructor1)
	scan.Carrier = verifytest.CarrierScanPDF
	src := document.SourceBytes("book.pdf", bound(t, "missed", slices.Repeat([]verifytest.Spec{scan}, 5)...))
	for reader, want := range map[fields.PageReader]bool{&unable{}: true, &looker{}: false} {
		v := verifierWith(t, func(c *verify.Config) { c.Reader = reader })
		list, err := v.GatherAll(t.Context(), src)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d certificates, %v", len(list), err)
		}
		damaged, unread := 0, false
		for _, p := range list[0].Problems {
			if p.Stage == "document" && p.Code == "page-damaged" {
				damaged++
			}
			unread = unread || p.Stage == "fields" && p.Code == "pages-not-read" && p.Detail == "1–5"
		}
		if unread != want || (damaged == 5) != want {
			t.Errorf("%T: %d pages damaged, said %v: %+v", reader, damaged, unread, list[0].Problems)
		}
	}
}

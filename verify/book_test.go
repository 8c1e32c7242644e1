package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/page"
	"zhengyan/verify/seal"
	"zhengyan/verify/verifytest"
)

// bound draws each specimen as the file that it says, under the name with its place, and binds them to one file.
func bound(t *testing.T, name string, specs ...verifytest.Spec) []byte {
	t.Helper()
	gen, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Fatal(err)
	}
	parts := make([]io.ReadSeeker, len(specs))
	for i, s := range specs {
		s.ID = fmt.Sprintf("%s-%d", name, i)
		b, err := gen.File(&verifytest.Case{Spec: s})
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = bytes.NewReader(b)
	}
	var book bytes.Buffer
	if err := api.MergeRaw(parts, &book, false, nil); err != nil {
		t.Fatal(err)
	}
	return book.Bytes()
}

// bidLetter is a page that is no certificate.
func bidLetter() verifytest.Spec {
	s := verifytest.Good(fields.OtherCertificate)
	s.Title = "投标函"
	return s
}

// A bid book of born-digital pages: every certificate in it is judged, with its page, and nothing else is.
func TestEveryCertificateOfABookIsJudged(t *testing.T) {
	one, two, letter := verifytest.Good(fields.Constructor1), verifytest.Good(fields.Qualification), bidLetter()
	book := bound(t, "book", letter, one, letter, letter, two, letter)
	v := verifier(t, nil)
	var pages []int
	var kinds []fields.Kind
	for r := range v.VerifyAll(context.Background(), list(document.SourceBytes("book.pdf", book)), at("2026-04-01"), 1) {
		ev := r.Report.Evidence
		if r.Index != 0 || ev.Part == nil || ev.Input.Name != "book.pdf" {
			t.Fatalf("index %d, %+v", r.Index, ev.Part)
		}
		if k := r.Report.Certificate.Kind; k == fields.Constructor1 || k == fields.Qualification {
			pages, kinds = append(pages, ev.Part.Page), append(kinds, k)
			if r.Report.Certificate.Number == "" || ev.Seal == nil {
				t.Errorf("page %d: number %q, seal %v", ev.Part.Page, r.Report.Certificate.Number, ev.Seal)
			}
		}
		if r.Report.Indication == verify.TotalPassed {
			t.Error("a page of a merged file passed: its seal is gone")
		}
	}
	if len(pages) != 2 || pages[0] != 1 || pages[1] != 4 || kinds[0] != fields.Constructor1 || kinds[1] != fields.Qualification {
		t.Errorf("pages %v, kinds %v", pages, kinds)
	}
}

// The report on the seals of a file stands once in the evidence of its certificates.
func TestSealOfABookIsToldOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	good, letter := verifytest.Good(fields.Constructor1), bidLetter()
	book := bound(t, "told-once", good, good, letter, letter, letter, letter)
	list, err := verifier(t, nil).GatherAll(context.Background(), document.SourceBytes("book.pdf", book))
	if err != nil || len(list) < 2 {
		t.Fatalf("%d certificates, %v", len(list), err)
	}
	for i, ev := range list {
		if ev.Seal == nil || ev.Seal.Status != list[0].Seal.Status || ev.Part.SealInFirst != (i > 0) {
			t.Fatalf("certificate %d: seal %+v, part %+v", i, ev.Seal, ev.Part)
		}
		for _, s := range ev.Seal.Signatures {
			if i > 0 && (s.Page != ev.Part.Page || s.Chain != nil || s.Changed != nil) {
				t.Errorf("certificate %d repeats the seal of page %d", i, s.Page)
			}
		}
	}
}

// A long file without any certificate is gathered as it is, with its seal, and read from its place once.
func TestLongFileWithoutCertificates(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	book := bound(t, "letter", slices.Repeat([]verifytest.Spec{bidLetter()}, 5)...)
	list, err := verifier(t, nil).GatherAll(context.Background(), document.SourceBytes("letters.pdf", book))
	if err != nil || len(list) != 1 {
		t.Fatalf("%d certificates, %v", len(list), err)
	}
	ev := list[0]
	if ev.Part != nil || ev.Failure != nil || ev.Input.Pages != 5 || ev.Seal == nil || ev.Fields == nil || len(ev.PageSizes) != 5 {
		t.Errorf("part %v, failure %v, input %+v, seal %v, fields %v, %d sizes", ev.Part, ev.Failure, ev.Input, ev.Seal, ev.Fields, len(ev.PageSizes))
	}
}

// Behind a letter lies the scan of a certificate: the file is judged as what shows the certificate.
func TestScanBehindALetter(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	scan := verifytest.Good(fields.Constructor1)
	scan.Carrier = verifytest.CarrierScanPDF
	for _, tt := range []struct {
		about string
		specs []verifytest.Spec
		want  document.InputKind
	}{
		{"letter and scan", []verifytest.Spec{bidLetter(), scan}, document.InputScan},
		{"letter alone, twice", []verifytest.Spec{bidLetter(), bidLetter()}, document.InputOriginal},
	} {
		file := bound(t, "behind", tt.specs...)
		ev, err := verifier(t, nil).Gather(context.Background(), document.SourceBytes("letter.pdf", file))
		if err != nil || ev.Input.Kind != tt.want {
			t.Errorf("%s: %v (%s), %v", tt.about, ev.Input.Kind, ev.Input.KindReason, err)
		}
	}
}

// A search that is cancelled goes on where it ended, and says what one says that never was: which certificates there are, and
// which pages could not be read.
func TestCancelledSearchGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	one, two, letter, scan := verifytest.Good(fields.Constructor1), verifytest.Good(fields.Qualification), bidLetter(), verifytest.Good(fields.Constructor1)
	scan.Carrier = verifytest.CarrierScanPDF
	src := document.SourceBytes("book.pdf", bound(t, "go-on", scan, one, letter, letter, two, letter, letter, letter))
	const all = 8
	for _, stop := range []int{3, all} {
		ctx, cancel := context.WithCancel(context.Background())
		var looked []int
		v := verifierWith(t, func(c *verify.Config) {
			c.Resume = true
			c.Searching = func(name string, so verify.Search) {
				if so.Found > 0 {
					return
				}
				done, total := so.Pages, so.OfPages
				if looked = append(looked, done); name != "book.pdf" || total != all {
					t.Errorf("%s, %d of %d", name, done, total)
				}
				if done == stop {
					cancel()
				}
			}
		})
		if list, err := v.GatherAll(ctx, src); !errors.Is(err, context.Canceled) || list != nil {
			t.Fatalf("%d certificates, %v", len(list), err)
		}
		cancel()
		if len(looked) < stop || stop < all && len(looked) == all {
			t.Fatalf("pages %v before the end", looked)
		}
		// Pages that were looked at when the end came may still be told.
		before := looked[len(looked)-1]
		looked, stop = nil, 0
		said := func(list []*verify.Evidence, err error) (out []string) {
			if err != nil {
				t.Fatal(err)
			}
			for _, ev := range list {
				if ev.Part == nil {
					t.Fatal("no part")
				}
				out = append(out, fmt.Sprint(ev.Part.Page, ev.Problems))
			}
			return out
		}
		resumed := said(v.GatherAll(context.Background(), src))
		if len(looked) != all-before || len(looked) > 0 && looked[0] != before+1 {
			t.Errorf("ended at %d, gone on with pages %v", before, looked)
		}
		looked = nil
		whole := said(v.GatherAll(context.Background(), src))
		if !slices.Equal(resumed, whole) || len(whole) != 2 || !strings.Contains(whole[0], "no-reader") {
			t.Errorf("said %q, %q without the stop", resumed, whole)
		}
		if len(looked) != all {
			t.Errorf("a search that ended was not begun anew: %v", looked)
		}
	}
}

// otherFace is what a reader makes out of a page: a certificate of somebody else than the specimens', and single lines of none.
func otherFace(t *testing.T) (page.Text, string) {
	t.Helper()
	s := verifytest.Good(fields.Constructor1)
	s.Name = "范宁嘉"
	engine, err := document.NewEngine(document.Config{CacheDir: verifytest.PDFiumCache()})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	doc, err := engine.Open(t.Context(), document.SourceBytes("face.pdf", bound(t, "other", s)))
	if err != nil {
		t.Fatal(err)
	}
	defer doc.Close()
	face, err := doc.Text(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	face.Confidence = slices.Repeat([]float64{0.99}, len(face.Chars))
	return face, s.Name
}

// sees is a reader that reads the same face on every page, or nothing; the search makes nothing out with it.
type sees struct{ face *page.Text }

func (s sees) Name() string { return "sees" }

func (s sees) ReadLine(context.Context, image.Image) (fields.Line, error) { return fields.Line{}, nil }

func (s sees) ReadPage(_ context.Context, img image.Image, i int) (page.Text, error) {
	if s.face == nil {
		return page.Text{Index: i, Confidence: []float64{}}, nil
	}
	t := ocr.Scaled(*s.face, float64(img.Bounds().Dx()), float64(img.Bounds().Dy()))
	t.Index = i
	return t, nil
}

// In a bid of searchable scans the picture counts, and not the text that somebody laid under it.
func TestHiddenTextInABookDoesNotSpeak(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	scan, letter := verifytest.Good(fields.Constructor1), bidLetter()
	scan.Carrier, scan.TextLayer = verifytest.CarrierScanPDF, true
	src := document.SourceBytes("book.pdf", bound(t, "hidden", letter, letter, scan, letter, letter))
	face, name := otherFace(t)
	for _, tt := range []struct {
		about   string
		reader  fields.PageReader
		name    string
		problem string
	}{
		{"read", sees{&face}, name, ""},
		{"nothing made out", sees{}, "", "no-certificate"},
		{"no reader", nil, "", "no-reader"},
	} {
		v := verifierWith(t, func(c *verify.Config) { c.Reader = tt.reader })
		list, err := v.GatherAll(t.Context(), src)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %d certificates, %v", tt.about, len(list), err)
		}
		ev := list[0]
		said := slices.ContainsFunc(ev.Problems, func(p verify.Problem) bool { return p.Stage == "ocr" && p.Code == tt.problem })
		if ev.Part == nil || ev.Part.Page != 2 || ev.Input.Kind != document.InputScan || ev.Fields == nil || said != (tt.problem != "") {
			t.Fatalf("%s: %+v, %+v, %+v", tt.about, ev.Part, ev.Input, ev.Problems)
		}
		if c := ev.Fields.Certificate; c.Name != tt.name || ev.Fields.Source == fields.SourceText || c.Kind != fields.Constructor1 {
			t.Errorf("%s: %q by %s", tt.about, c.Name, ev.Fields.Source)
		}
		if r := v.Judge(ev, at("2026-04-01")); r.Copy.Indication != verify.Indeterminate {
			t.Errorf("%s: %s", tt.about, r.Copy.Indication)
		}
	}
}

// What is printed as text on a page of a bid is a fact: a period that is over is over. That its seal is not there keeps the
// copy from passing.
func TestPeriodOverInABook(t *testing.T) {
	one, letter := verifytest.Good(fields.Constructor1), bidLetter()
	v := verifier(t, nil)
	list, err := v.GatherAll(t.Context(), document.SourceBytes("book.pdf", bound(t, "over", letter, letter, letter, one, letter)))
	if err != nil || len(list) != 1 {
		t.Fatalf("%d certificates, %v", len(list), err)
	}
	if ev := list[0]; ev.Input.KindReason != document.ReasonPart || ev.Fields.Source != fields.SourceText {
		t.Errorf("%+v, by %s", ev.Input, ev.Fields.Source)
	}
	for day, want := range map[string]verify.Indication{"2026-04-01": verify.Indeterminate, "2026-12-01": verify.TotalFailed} {
		r := v.Judge(list[0], at(day))
		said := slices.ContainsFunc(r.Checks, func(c verify.Check) bool {
			return c.Rule == "S-10" && strings.Contains(c.Message, "并入其他文件")
		})
		if r.Copy.Indication != want || !said {
			t.Errorf("%s: %s, %s; said %v", day, r.Copy.Indication, r.Reason, said)
		}
	}
}

// What was found before the time for the search was over is judged, and that the rest was not searched is said.
func TestFoundBeforeTheTimeWasOver(t *testing.T) {
	if testing.Short() {
		t.Skip("lasts as long as the limit")
	}
	one, letter := verifytest.Good(fields.Constructor1), bidLetter()
	src := document.SourceBytes("book.pdf", bound(t, "in-time", one, letter, letter, letter, letter, one))
	const limit = 8 * time.Second
	v := verifierWith(t, func(c *verify.Config) {
		c.Limits = verify.DefaultLimits()
		c.Limits.Book = limit
		c.Searching = func(_ string, so verify.Search) {
			if so.Pages == 1 {
				time.Sleep(limit) // which began before
			}
		}
	})
	list, err := v.GatherAll(t.Context(), src)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d certificates, %v", len(list), err)
	}
	ev := list[0]
	said := func(stage, code string) bool {
		return slices.ContainsFunc(ev.Problems, func(p verify.Problem) bool { return p.Stage == stage && p.Code == code })
	}
	if ev.Failure != nil || ev.Fields == nil || ev.Fields.Certificate.Number == "" || !said("fields", "pages-not-read") || !said("document", "search-failed") {
		t.Errorf("failure %v, fields %v, problems %+v", ev.Failure, ev.Fields, ev.Problems)
	}
	// The pages that were not searched are named, up to the last one.
	if !slices.ContainsFunc(v.Judge(ev, at("2026-04-01")).Checks, func(c verify.Check) bool {
		return c.Rule == "F-04" && strings.Contains(c.Message, "–"+strconv.Itoa(ev.Input.Pages)+" 页没有读完")
	}) {
		t.Errorf("pages not named: %+v", ev.Problems)
	}
}

// A long file that is too large for its seals to be verified says so.
func TestSealOfALargeBookIsNotPassedOver(t *testing.T) {
	one, letter := verifytest.Good(fields.Constructor1), bidLetter()
	file := bound(t, "large", letter, one, letter, letter, letter)
	v := verifierWith(t, func(c *verify.Config) {
		limits := document.DefaultLimits()
		limits.FileBytes = int64(len(file)) - 1
		engine, err := document.NewEngine(document.Config{CacheDir: verifytest.PDFiumCache(), Limits: limits})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { engine.Close() })
		c.Engine, c.Limits, c.Reader = engine, verify.DefaultLimits(), sees{}
		c.Limits.SealBytes = int64(len(file)) - 1
	})
	list, err := v.GatherAll(t.Context(), document.SourceBytes("book.pdf", file))
	if err != nil || len(list) != 1 {
		t.Fatalf("%d certificates, %v", len(list), err)
	}
	s := list[0].Seal
	if s == nil || s.Status != seal.Unreadable || len(s.Problems) != 1 || s.Problems[0].Code != "LIMIT_PASSED" {
		t.Errorf("%+v", s)
	}
	if slices.ContainsFunc(list[0].Problems, func(p verify.Problem) bool { return p.Code == "pages-not-read" }) {
		t.Error("all pages were read")
	}
}

package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
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
			c.Searching = func(name string, done, total int) {
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

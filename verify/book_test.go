package verify_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/verifytest"
)

// A bid book of born-digital pages: every certificate in it is judged, with its page, and nothing else is.
func TestEveryCertificateOfABookIsJudged(t *testing.T) {
	gen, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Fatal(err)
	}
	pdf := func(s verifytest.Spec) io.ReadSeeker {
		b, err := gen.PDF(s)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(b)
	}
	one, two := verifytest.Good(fields.Constructor1), verifytest.Good(fields.Qualification)
	one.ID, two.ID = "book-1", "book-2"
	letters := verifytest.Good(fields.OtherCertificate)
	letters.ID, letters.Title = "book-letter", "投标函"
	var book bytes.Buffer
	if err := api.MergeRaw([]io.ReadSeeker{pdf(letters), pdf(one), pdf(letters), pdf(letters), pdf(two), pdf(letters)}, &book, false, nil); err != nil {
		t.Fatal(err)
	}
	v := verifier(t, nil)
	var pages []int
	var kinds []fields.Kind
	for r := range v.VerifyAll(context.Background(), list(document.SourceBytes("book.pdf", book.Bytes())), at("2026-04-01"), 1) {
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

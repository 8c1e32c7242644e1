package verify_test

import (
	"bytes"
	"context"
	"fmt"
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

// The report on the seals of a file stands once in the evidence of its certificates.
func TestSealOfABookIsToldOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	gen, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Fatal(err)
	}
	var parts []io.ReadSeeker
	for i := range 6 {
		s := verifytest.Good(fields.Constructor1)
		if i > 1 {
			s = verifytest.Good(fields.OtherCertificate)
			s.Title = "投标函"
		}
		s.ID = fmt.Sprint("told-once-", i)
		b, err := gen.PDF(s)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, bytes.NewReader(b))
	}
	var book bytes.Buffer
	if err := api.MergeRaw(parts, &book, false, nil); err != nil {
		t.Fatal(err)
	}
	list, err := verifier(t, nil).GatherAll(context.Background(), document.SourceBytes("book.pdf", book.Bytes()))
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
	gen, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Fatal(err)
	}
	var parts []io.ReadSeeker
	for i := range 5 {
		s := verifytest.Good(fields.OtherCertificate)
		s.ID, s.Title = fmt.Sprint("letter-", i), "投标函"
		b, err := gen.PDF(s)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, bytes.NewReader(b))
	}
	var book bytes.Buffer
	if err := api.MergeRaw(parts, &book, false, nil); err != nil {
		t.Fatal(err)
	}
	list, err := verifier(t, nil).GatherAll(context.Background(), document.SourceBytes("letters.pdf", book.Bytes()))
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
	gen, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Fatal(err)
	}
	letter, scan := verifytest.Good(fields.OtherCertificate), verifytest.Good(fields.Constructor1)
	letter.ID, letter.Title, scan.ID, scan.Carrier = "letter", "投标函", "behind", verifytest.CarrierScanPDF
	var parts []io.ReadSeeker
	for _, s := range []verifytest.Spec{letter, scan} {
		b, err := gen.File(&verifytest.Case{Spec: s})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, bytes.NewReader(b))
	}
	for _, tt := range []struct {
		about string
		parts []io.ReadSeeker
		want  document.InputKind
	}{
		{"letter and scan", parts, document.InputScan},
		{"letter alone, twice", []io.ReadSeeker{parts[0], parts[0]}, document.InputOriginal},
	} {
		var file bytes.Buffer
		if err := api.MergeRaw(tt.parts, &file, false, nil); err != nil {
			t.Fatal(err)
		}
		ev, err := verifier(t, nil).Gather(context.Background(), document.SourceBytes("letter.pdf", file.Bytes()))
		if err != nil || ev.Input.Kind != tt.want {
			t.Errorf("%s: %v (%s), %v", tt.about, ev.Input.Kind, ev.Input.KindReason, err)
		}
	}
}

package verify_test

import (
	"bytes"
	"context"
	"image/jpeg"
	"slices"
	"testing"

	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
	"zhengyan/verify/verifytest"
)

// halves are the electronic original of a certificate and a searchable scan of its print, as f changes the print.
func halves(t *testing.T, f func(*verifytest.Spec)) (original, print document.Source) {
	t.Helper()
	gen, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Fatal(err)
	}
	s := verifytest.Good(fields.Constructor1)
	s.ID = "pair"
	b, err := gen.PDF(s)
	if err != nil {
		t.Fatal(err)
	}
	s.Carrier, s.Ink, s.TextLayer = verifytest.CarrierScanPDF, verifytest.InkSame, true
	if f != nil {
		f(&s)
	}
	p, _, err := gen.Image(s)
	if err != nil {
		t.Fatal(err)
	}
	return document.SourceBytes("original.pdf", b), document.SourceBytes("print.pdf", p)
}

func list(sources ...document.Source) func(func(document.Source, error) bool) {
	return func(yield func(document.Source, error) bool) {
		for _, s := range sources {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// readingOf is a reader that reads of a searchable scan what its text layer says, surely.
func readingOf(t *testing.T, scan document.Source) fields.PageReader {
	t.Helper()
	engine, err := document.NewEngine(document.Config{CacheDir: verifytest.PDFiumCache()})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	doc, err := engine.Open(t.Context(), scan)
	if err != nil {
		t.Fatal(err)
	}
	defer doc.Close()
	text, err := doc.Text(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	text.Confidence = slices.Repeat([]float64{0.99}, len(text.Chars))
	return &opening{face: text}
}

func TestOriginalAndPrintMakeOneVerdict(t *testing.T) {
	a, b := halves(t, nil)
	v := verifierWith(t, func(c *verify.Config) { c.Reader = readingOf(t, b) })
	for _, order := range [][]document.Source{{a, b}, {b, a}} {
		var reports []*verify.Report
		for r := range v.VerifyAll(context.Background(), list(order...), at("2026-04-01"), 2) {
			reports = append(reports, r.Report)
		}
		if len(reports) != 2 || reports[0].Evidence.Print != nil {
			t.Fatalf("%d reports", len(reports))
		}
		p := reports[1].Evidence
		if p.Print == nil || p.Input.Name != "original.pdf" || p.Print.Input.Name != "print.pdf" {
			t.Fatalf("the second row is not the pair: %+v", p.Input)
		}
		if p.Seal == nil || p.Print.Ink == nil {
			t.Error("the seal comes from the original and the ink from the print")
		}
		equal := 0
		for _, c := range p.Print.Compared {
			if c.State == rules.ComparedDifferent {
				t.Errorf("%s: %q, %q", c.Field, c.Original, c.Print)
			}
			if c.State == rules.ComparedEqual {
				equal++
			}
		}
		if equal < 6 {
			t.Errorf("%d facts are equal: %+v", equal, p.Print.Compared)
		}
		var same, ink bool
		for _, c := range reports[1].Checks {
			same = same || c.Rule == "D-06" && c.Status == verify.Passed
			ink = ink || (c.Rule == "Y-20" || c.Rule == "Y-21") && c.Status == verify.Inconclusive
		}
		if !same || !ink {
			t.Errorf("the print agrees: %v, the signature is asked for: %v", same, ink)
		}
		// The person's decision on the handwriting then decides on the print.
		q := at("2026-04-01")
		for answer, want := range map[string]verify.Indication{"agrees": verify.Indeterminate, "unsigned": verify.TotalFailed, "differs": verify.TotalFailed} {
			q.Human = map[string]verify.HumanDecision{"handwriting": {Answer: answer}}
			if r := v.Judge(p, q); r.Copy.Indication != want { // without trust anchors nothing passes
				t.Errorf("%s: %s", answer, r.Copy.Indication)
			}
		}
	}
}

// Chat programs take off what a photo says of its making. Its print must be signed all the same, and is held against its
// original.
func TestAPrintOfUnknownOrigin(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	a, searchable := halves(t, nil)
	gen, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Fatal(err)
	}
	s := verifytest.Good(fields.Constructor1)
	s.ID, s.Carrier, s.Ink, s.DPI = "pair", verifytest.CarrierScanJPEG, verifytest.InkNone, 130 // no resolution of a scanner
	b, _, err := gen.Image(s)
	if err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var stripped bytes.Buffer
	if err := jpeg.Encode(&stripped, m, nil); err != nil {
		t.Fatal(err)
	}
	v := verifierWith(t, func(c *verify.Config) { c.Reader = readingOf(t, searchable) })
	var reports []*verify.Report
	for r := range v.VerifyAll(t.Context(), list(document.SourceBytes("chat.jpg", stripped.Bytes()), a), at("2026-04-01"), 1) {
		reports = append(reports, r.Report)
	}
	if len(reports) != 2 || reports[0].Input.Kind != document.InputUnknown || reports[1].Evidence.Print == nil {
		t.Fatalf("%d reports, the first of kind %s; a pair: %v", len(reports), reports[0].Input.Kind, reports[len(reports)-1].Evidence.Print != nil)
	}
	for _, r := range reports {
		if !slices.ContainsFunc(r.Checks, func(c verify.Check) bool { return c.Rule == "Y-20" && c.Status == verify.Inconclusive }) {
			t.Errorf("%s: nobody asks for the handwritten signature", r.Input.Name)
		}
	}
}

// A text layer under a scan is not what the print says: where nobody read the print, nothing of it was compared, and no
// registration is passed for the person of the layer.
func TestATextLayerIsNoReadingOfAPrint(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	a, b := halves(t, nil)
	for _, reader := range []fields.PageReader{nil, &looker{}} {
		v := verifierWith(t, func(c *verify.Config) { c.Reader, c.Registry = reader, knowing{} })
		for r := range v.VerifyAll(t.Context(), list(a, b), at("2026-04-01"), 1) {
			if r.Report.Evidence.Print != nil {
				t.Errorf("%T: a pair was made of a print that nobody read", reader)
			}
		}
		ev, err := v.GatherPair(t.Context(), a, b)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range ev.Print.Compared {
			if c.State != rules.ComparedNotReadable {
				t.Errorf("%T: %+v", reader, c)
			}
		}
		same, unread := false, false
		for _, c := range v.Judge(ev, at("2026-04-01")).Checks {
			same = same || c.Rule == "D-06" && c.Status == verify.Passed
			unread = unread || c.Rule == "D-06" && c.Status == verify.Inconclusive
		}
		if ev.Print.OneCopy() || same || !unread {
			t.Errorf("%T: the print agrees: %v, it was not read: %v", reader, same, unread)
		}
		// The scan alone.
		if ev, err = v.Gather(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		rep := v.Judge(ev, at("2026-04-01"))
		said := 0
		for _, c := range rep.Checks {
			if c.Rule == "F-07" {
				said++
			}
		}
		if ev.Fields.Source != fields.SourceText || said != 2 || rep.Registration.Indication != verify.Indeterminate || rep.Indication != verify.Indeterminate {
			t.Errorf("%T: %s, registration %s, said %d times that the picture was not read", reader, rep.Indication, rep.Registration.Indication, said)
		}
	}
	// With the picture read, the registration is that of the person whom it shows.
	v := verifierWith(t, func(c *verify.Config) { c.Reader, c.Registry = readingOf(t, b), knowing{} })
	ev, err := v.Gather(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if rep := v.Judge(ev, at("2026-04-01")); rep.Registration.Indication != verify.TotalPassed {
		t.Errorf("read: registration %s: %+v", rep.Registration.Indication, ev.Problems)
	}
}

// knowing is a registry that holds everybody who is asked for.
type knowing struct{}

func (knowing) Snapshot() verify.SnapshotInfo {
	return verify.SnapshotInfo{ID: "s", AsOf: day("2026-03-31").Start()}
}

func (knowing) Lookup(_ context.Context, q verify.RegistryQuery) (verify.RegistryAnswer, error) {
	return verify.RegistryAnswer{Found: true, Records: []verify.RegistryRecord{{Kind: q.Kind, Number: q.Number, Name: q.Name, Status: "有效"}}}, nil
}

// A print of another certificate is no half of this one; one whose words differ is not called so by a text layer alone.
func TestPrintsThatDoNotBelong(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	v := verifier(t, nil)
	a, b := halves(t, func(s *verifytest.Spec) {
		s.Number, s.QR = "京1112015201600999", "https://jzsgl.coc.gov.cn/specimen?id=other"
	})
	for r := range v.VerifyAll(context.Background(), list(a, b), at("2026-04-01"), 1) {
		if r.Report.Evidence.Print != nil {
			t.Error("two certificates were taken for one")
		}
	}
	a, b = halves(t, nil)
	a.Name, b.Name = "bidder 1/original.pdf", "bidder 2/print.pdf"
	for r := range v.VerifyAll(context.Background(), list(a, b), at("2026-04-01"), 1) {
		if r.Report.Evidence.Print != nil {
			t.Error("another bidder's file speaks for a print")
		}
	}
	// A copy of another period, and a file that nobody sealed.
	for _, change := range []func(*verifytest.Spec){
		func(s *verifytest.Spec) { s.Usage = verifytest.Span("2025-03-01", "2025-08-27") },
		func(s *verifytest.Spec) { s.Seals = nil },
	} {
		gen, err := verifytest.NewGenerator(verifytest.NewCA())
		if err != nil {
			t.Fatal(err)
		}
		s := verifytest.Good(fields.Constructor1)
		s.ID = "pair"
		change(&s)
		other, err := gen.PDF(s)
		if err != nil {
			t.Fatal(err)
		}
		_, b := halves(t, nil)
		for r := range v.VerifyAll(context.Background(), list(document.SourceBytes("other.pdf", other), b), at("2026-04-01"), 1) {
			if r.Report.Evidence.Print != nil {
				t.Errorf("a pair with %s", r.Report.Certificate.Usage)
			}
		}
	}
	a, b = halves(t, func(s *verifytest.Spec) { s.Usage.To = civil.Date{Y: 2027, M: 8, D: 27} })
	ev, err := v.GatherPair(context.Background(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range ev.Print.Compared {
		if c.Field == "usage" && c.State != rules.ComparedNotReadable {
			t.Errorf("usage: %+v", c)
		}
	}
}

// A print that cannot be read leaves the original's evidence whole and says so.
func TestAPrintThatCannotBeRead(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	v := verifier(t, nil)
	a, _ := halves(t, nil)
	ev, err := v.GatherPair(context.Background(), a, document.SourceBytes("print.jpg", []byte("no picture")))
	if err != nil {
		t.Fatal(err)
	}
	if ev.Seal == nil || ev.Print == nil || len(ev.Print.Problems) == 0 {
		t.Errorf("%+v", ev.Print)
	}
	for _, c := range ev.Print.Compared {
		if c.State != rules.ComparedNotReadable {
			t.Errorf("%+v", c)
		}
	}
	r := v.Judge(ev, at("2026-04-01"))
	if r.Copy.Indication == verify.TotalPassed {
		t.Error("passed on a print that nobody could read")
	}
	// The report names both files at its head; that of the original alone names one.
	if r.Input.Name != a.Name || r.Print == nil || r.Print.Name != "print.jpg" {
		t.Errorf("input %q, print %+v", r.Input.Name, r.Print)
	}
	if ev.Print = nil; v.Judge(ev, at("2026-04-01")).Print != nil {
		t.Error("an original alone has a print")
	}
}

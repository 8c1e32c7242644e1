package verify_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"
	"time"

	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
	"zhengyan/verify/verifytest"
)

func verifier(t *testing.T, reg verify.Registry) *verify.Verifier {
	t.Helper()
	return verifierWith(t, func(c *verify.Config) { c.Registry = reg })
}

func verifierWith(t *testing.T, set func(*verify.Config)) *verify.Verifier {
	t.Helper()
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	tables, err := fields.LoadTables(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := document.NewEngine(document.Config{CacheDir: verifytest.PDFiumCache()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	now := func() time.Time { return day("2026-06-20").Start() }
	c := verify.Config{Engine: engine, Book: book, Tables: tables, Now: now}
	set(&c)
	v, err := verify.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A list that breaks off by a defect of the program must not take the reports before it with it.
func TestADefectInTheListCostsItsRowOnly(t *testing.T) {
	v := verifier(t, nil)
	sources := func(yield func(document.Source, error) bool) {
		for range 5 {
			if !yield(document.Source{}, &document.Error{Code: document.ErrNotFound, Name: "a.pdf"}) {
				return
			}
		}
		panic("a defect")
	}
	var codes []string
	for r := range v.VerifyAll(context.Background(), sources, at("2026-04-01"), 2) {
		if r.Index != len(codes) || r.Report.Indication != verify.Indeterminate {
			t.Errorf("row %d: index %d, %s", len(codes), r.Index, r.Report.Indication)
		}
		codes = append(codes, r.Report.Error.Code)
	}
	if len(codes) != 6 || codes[4] != "not-found" || codes[5] != "internal" {
		t.Errorf("got %q", codes)
	}
}

// The caller may stop at any row, and the sequence may be cancelled, without a worker left behind.
func TestABatchEndsEarly(t *testing.T) {
	v := verifier(t, nil)
	endless := func(yield func(document.Source, error) bool) {
		for yield(document.Source{}, &document.Error{Code: document.ErrNotFound, Name: "a.pdf"}) {
		}
	}
	n := 0
	for range v.VerifyAll(context.Background(), endless, at("2026-04-01"), 3) {
		if n++; n == 10 {
			break
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	n = 0
	for range v.VerifyAll(ctx, endless, at("2026-04-01"), 3) {
		if n++; n == 10 {
			cancel()
		}
	}
	if n < 10 {
		t.Errorf("ended after %d", n)
	}
	cancel()
}

// failing is a registry that breaks while it is asked.
type failing struct{}

func (failing) Snapshot() verify.SnapshotInfo { panic("a defect") }

func (failing) Lookup(context.Context, verify.RegistryQuery) (verify.RegistryAnswer, error) {
	panic("a defect")
}

func TestARegistryThatBreaksHasNotSaidNotFound(t *testing.T) {
	v := verifier(t, failing{})
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	ev, err := v.Gather(context.Background(), document.SourceBytes("a.png", b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if ev.Registry == nil || ev.Registry.Error != "failed" {
		t.Errorf("got %+v", ev.Registry)
	}
}

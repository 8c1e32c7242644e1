package architecture

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/verifytest"
)

// refusing is a transport that counts and refuses.
type refusing struct{ asked atomic.Int64 }

func (r *refusing) RoundTrip(*http.Request) (*http.Response, error) {
	r.asked.Add(1)
	return nil, errors.New("no network")
}

// TestNoRequest judges a specimen of each kind while http.DefaultTransport refuses: on every system, and with the reason
// at hand if a library ever asks.
func TestNoRequest(t *testing.T) {
	refuse := &refusing{}
	before := http.DefaultTransport
	http.DefaultTransport = refuse
	defer func() { http.DefaultTransport = before }()
	if _, err := http.Get("http://127.0.0.1:9/"); err == nil || refuse.asked.Swap(0) != 1 { //nolint:bodyclose // refused
		t.Fatal("the refusing transport is not in use")
	}

	made, err := verifytest.NewGenerator(verifytest.NewCA())
	if errors.Is(err, verifytest.ErrNoFont) {
		t.Skipf("specimens need the bundled font (%v); run: make assets", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	v := verifier(t)
	for _, kind := range []fields.Kind{fields.Constructor1, fields.Architect1, fields.Qualification} {
		spec := verifytest.Good(kind)
		pdf, err := made.PDF(spec)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), string(kind)+".pdf")
		if err := os.WriteFile(name, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		judged := 0
		for src, err := range document.Expand(t.Context(), []string{name}, document.Limits{}) {
			if err != nil {
				t.Fatal(err)
			}
			r, err := v.Verify(context.WithoutCancel(t.Context()), src, verify.Question{At: time.Date(2024, 5, 1, 4, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			if r.Error != nil {
				t.Errorf("%s was not read: %+v", kind, r.Error)
			}
			judged++
		}
		if judged != 1 {
			t.Errorf("%s: %d reports, want 1", kind, judged)
		}
	}
	if n := refuse.asked.Load(); n != 0 {
		t.Errorf("%d requests were made", n)
	}
}

func verifier(t *testing.T) *verify.Verifier {
	t.Helper()
	engine, err := document.NewEngine(document.Config{CacheDir: verifytest.PDFiumCache(), Font: assets.Font()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	tables, err := fields.LoadTables(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := qr.LoadHosts(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	// The limits of time are not what is tested, and PDFium is compiled before them.
	if err := engine.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	limits := verify.DefaultLimits()
	limits.Wall = 5 * time.Minute
	v, err := verify.New(verify.Config{
		Engine: engine, Book: book, Tables: tables, Hosts: hosts, Now: time.Now, Program: "test", Limits: limits,
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

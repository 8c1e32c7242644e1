package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/rules"
	"zhengyan/verify/verifytest"
)

func noon() time.Time { return time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC) }

// None of these may reach the point where a window is opened.
func TestCommandLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		"no screen":     {nil, exitUsage, "", "没有可用的屏幕"},
		"no screen, en": {[]string{"a.pdf"}, exitUsage, "", "zhengyan verify FILE..."},
		"help":          {[]string{"-h"}, 0, "--trust", ""},
		"unknown flag":  {[]string{"--frobnicate"}, exitUsage, "", "frobnicate"},
		"bad day":       {[]string{"--at", "tomorrow"}, exitUsage, "", "--at"},
		"bad policy":    {[]string{"--policy", "lax"}, exitUsage, "", "strict, standard and audit"},
		"bad language":  {[]string{"--lang", "de"}, exitUsage, "", "zh and en"},
		"no such data":  {[]string{"--data", file + ".none"}, exitUsage, "", "not a folder"},
		"data a file":   {[]string{"--data", file}, exitUsage, "", "not a folder"},
		"trust a file":  {[]string{"--trust", file}, exitUsage, "", "not a folder"},
	} {
		if display("linux", func(string) string { return "" }) {
			t.Fatal("a screen without DISPLAY")
		}
		var out, err bytes.Buffer
		code := run(c.args, func(string) string { return "" }, &out, &err, noon)
		if code != c.code || !strings.Contains(out.String(), c.stdout) || !strings.Contains(err.String(), c.stderr) {
			t.Errorf("%s: status %d, want %d\nstdout: %s\nstderr: %s", name, code, c.code, &out, &err)
		}
	}
}

func TestQuestionFromTheCommandLine(t *testing.T) {
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{"": "2026-04-01", "2026-03-01": "2026-03-01", "2026-03-01T09:30": "2026-03-01 09:30"} {
		q, err := question(options{at: at, policy: "strict"}, book, noon)
		if err != nil || viewmodel.DayText(q.At) != want || q.Policy != "strict" {
			t.Errorf("--at %q: %s, %v", at, viewmodel.DayText(q.At), err)
		}
	}
}

// specimens writes the named specimens and their trust folder.
func specimens(t *testing.T, files ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	_, err := verifytest.Write(t.Context(), dir, verifytest.WriteOptions{Only: func(f string) bool {
		for _, want := range files {
			if f == want {
				return true
			}
		}
		return false
	}})
	if errors.Is(err, verifytest.ErrNoFont) {
		t.Skip("specimens need the bundled font; run: make assets")
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestEngineReadsJudgesAndDraws(t *testing.T) {
	dir := specimens(t, "constructor/ok.pdf", "constructor/photo.jpg")
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	var warnings []error
	e, err := open(sources{data: t.TempDir(), trust: filepath.Join(dir, "trust"), cache: t.TempDir()}, assets.Font(), book, noon, "Zhengyan test", func(err error) { warnings = append(warnings, err) })
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var files []viewmodel.File
	missing := filepath.Join(dir, "missing.pdf")
	if err := e.Expand(t.Context(), []string{filepath.Join(dir, "constructor"), missing}, func(f viewmodel.File) { files = append(files, f) }, nil); err != nil {
		t.Fatal(err)
	}
	if len(files) != 3 || files[0].Name != "ok.pdf" || files[1].Name != "photo.jpg" || files[2].Name != "missing.pdf" {
		t.Fatalf("files %+v", files)
	}
	q := verify.Question{At: noon(), Lang: "zh"}
	reports := map[string]*verify.Report{}
	for _, f := range files {
		ev, err := e.Gather(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		reports[f.Name] = e.Judge(ev, q)
	}
	<-e.ready
	if len(warnings) != 0 {
		t.Errorf("warnings %v", warnings)
	}
	if r := reports["ok.pdf"]; r.Copy.Indication != verify.TotalPassed || r.Trust.Anchors == 0 || r.Registration.Indication != verify.Indeterminate {
		t.Errorf("ok.pdf without a snapshot: copy %s, registration %s, %d anchors: %s", r.Copy.Indication, r.Registration.Indication, r.Trust.Anchors, r.Reason)
	}
	if r := reports["missing.pdf"]; r.Error == nil || r.Error.Code != "not-found" || r.Error.Message == "" {
		t.Errorf("missing.pdf: %+v", r.Error)
	}
	page, err := e.Picture(t.Context(), files[0], 0, 1.5)
	if err != nil {
		t.Fatal(err)
	}
	if w := page.Bounds().Dx(); w < 891 || w > 895 { // 595.276 units
		t.Errorf("a page of 595 units is drawn %d pixels wide at 1.5", w)
	}
	small, err := e.Picture(t.Context(), files[1], 0, 0.25)
	if err != nil {
		t.Fatal(err)
	}
	full, err := e.Picture(t.Context(), files[1], 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if s, f := small.Bounds().Dx(), full.Bounds().Dx(); s < f/4-2 || s > f/4+2 {
		t.Errorf("a picture of %d pixels is scaled to %d", f, s)
	}
	if _, err := e.Picture(t.Context(), files[2], 0, 1); err == nil {
		t.Error("a missing file is drawn")
	}
	if segs := e.Timeline(reports["ok.pdf"].Evidence, q); len(segs) < 2 {
		t.Errorf("%d spans", len(segs))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Gather(ctx, files[0]); err == nil {
		t.Error("a cancelled reading gives evidence")
	}
}

func TestWhatIsWrongWithTheDataIsSaid(t *testing.T) {
	trust := t.TempDir()
	if err := os.WriteFile(filepath.Join(trust, "broken.pem"), []byte("not a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	warnings := make(chan error, 8)
	e, err := open(sources{data: t.TempDir(), trust: trust}, nil, book, noon, "Zhengyan test", func(err error) { warnings <- err })
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	said := ""
	tell(e, warnings, func(errs []error) { said = errors.Join(errs...).Error() })
	if !strings.Contains(said, "broken.pem") {
		t.Errorf("said %q", said)
	}
}

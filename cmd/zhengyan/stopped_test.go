package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stopping is an output that stops the work at its first line.
type stopping struct {
	bytes.Buffer
	stop func()
}

func (s *stopping) Write(p []byte) (int, error) {
	s.stop()
	return s.Buffer.Write(p)
}

// Work that is ended at once leaves no part of a report behind, also while reports are being written.
func TestAbandoned(t *testing.T) {
	dir := t.TempDir()
	env := testEnv(&bytes.Buffer{}, &bytes.Buffer{})
	env.abandon()
	f := &reportFiles{paths: []string{filepath.Join(dir, "r.html")}, partial: func(part *os.File) {
		if _, err := os.Stat(part.Name()); err != nil || filepath.Dir(part.Name()) != dir {
			t.Errorf("%s: %v", part.Name(), err)
		}
		env.partial.Store(part)
		env.abandon()
	}}
	if err := f.close(t.Context(), nil); err == nil {
		t.Error("the report became whole")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Work that is stopped keeps what was finished, and says everywhere that it is not all.
func TestStopped(t *testing.T) {
	dir := t.TempDir()
	const files = 60
	for i := range files {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.txt", i)), []byte("no certificate"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := t.TempDir()
	for _, tt := range []struct {
		name          string
		early, during bool
		said          string // on standard error
		reports       bool
	}{
		{"to its end", false, false, "", true},
		{"at the first row", false, true, fmt.Sprintf("of %d files\nzhengyan: the reports were written", files), true},
		{"before the first row", true, false, fmt.Sprintf("stopped after 0 of %d files\nzhengyan: nothing was finished, so no report", files), false},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		stdout, errs := &stopping{stop: func() {}}, &bytes.Buffer{}
		if tt.during {
			stdout.stop = cancel
		}
		if tt.early {
			cancel()
		}
		args := []string{"verify", "--workers", "1"}
		reports := map[string]string{"r.json": `"stopped":{"done":`, "r.html": "thisreportisnotcomplete"} // without their spaces
		for name := range reports {
			args = append(args, "--report", filepath.Join(out, tt.name+" "+name))
		}
		if code := run(ctx, testEnv(stdout, errs), append(args, dir)); code != exitUnreadable {
			t.Errorf("%s: exit %d", tt.name, code)
		}
		cancel()
		if got := errs.String(); tt.said == "" && got != "" || !strings.Contains(got, tt.said) {
			t.Errorf("%s: said %q", tt.name, got)
		}
		for name, mark := range reports {
			b, err := os.ReadFile(filepath.Join(out, tt.name+" "+name))
			marked := strings.Contains(strings.Join(strings.Fields(string(b)), ""), mark)
			if (err == nil) != tt.reports || marked != tt.during {
				t.Errorf("%s: %s: %v, %d bytes, marked %t", tt.name, name, err, len(b), marked)
			}
		}
		if tt.during {
			rows := strings.Count(stdout.String(), ".txt")
			if rows == 0 || rows == files || !strings.Contains(stdout.String(), "unreadable ") {
				t.Errorf("%d rows and a tally:\n%s", rows, stdout.String())
			}
			errs.Reset()
			run(t.Context(), testEnv(&bytes.Buffer{}, errs), []string{"judge", filepath.Join(out, tt.name+" r.json")})
			if !strings.Contains(errs.String(), "was stopped before its end") || !strings.Contains(errs.String(), "the digest fits") {
				t.Errorf("judged again: %s", errs)
			}
		}
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"zhengyan/assets"
	"zhengyan/verify/verifytest/reportschema"
)

// testNow is the computer's clock in tests: after every specimen's day.
func testNow() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

// specimenDir writes the set once for all tests of the package.
var specimenDir = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "zhengyan-specimens-")
	if err != nil {
		return "", err
	}
	var out, errs bytes.Buffer
	if code := run(context.Background(), testEnv(&out, &errs), []string{"specimen", dir}); code != 0 {
		return dir, fmt.Errorf("specimen: exit %d: %s", code, errs.String())
	}
	return dir, nil
})

func testEnv(out, errs io.Writer) *environment {
	vars := map[string]string{"LANG": "en_US.UTF-8", "HOME": os.TempDir(), "XDG_CACHE_HOME": os.Getenv("XDG_CACHE_HOME"), "ZHENGYAN_ONNXRUNTIME": os.Getenv("ZHENGYAN_ONNXRUNTIME")}
	if vars["XDG_CACHE_HOME"] == "" {
		vars["XDG_CACHE_HOME"] = filepath.Join(os.TempDir(), "zhengyan-test-cache")
	}
	return &environment{
		Stdin: strings.NewReader(""), Stdout: out, Stderr: errs, Width: 100,
		Now: testNow, Getenv: func(k string) string { return vars[k] },
	}
}

func specimens(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("under the race detector a PDF costs ten times as much; the whole set runs without it")
	}
	if assets.Font() == nil {
		t.Skip("this build carries no font, so no specimens can be drawn; run: make assets")
	}
	dir, err := specimenDir()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

type answerRow struct {
	file, at, options, copy, registration, overall string
	rules                                          []string
}

func readAnswers(t *testing.T, dir string) []answerRow {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "answers.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	recs, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(recs[0], " "); got != "file at options copy registration overall rules" {
		t.Fatalf("answers.tsv begins with %q", got)
	}
	var out []answerRow
	for _, x := range recs[1:] {
		a := answerRow{file: x[0], at: x[1], options: x[2], copy: x[3], registration: x[4], overall: x[5]}
		if x[6] != "" {
			a.rules = strings.Split(x[6], ",")
		}
		slices.Sort(a.rules)
		out = append(out, a)
	}
	return out
}

// report is the part of a report that answers.tsv speaks of.
type reportOut struct {
	Input        struct{ Name string }
	Copy         struct{ Indication string }
	Registration struct{ Indication string }
	Indication   string
	Checks       []struct{ Rule, Status, Message string }
	Evidence     struct{ Picture *struct{ Reader string } }
}

// raised returns the ids of the rules that did not pass.
func (r reportOut) raised() []string {
	var out []string
	for _, c := range r.Checks {
		if c.Status == "FAILED" || c.Status == "INCONCLUSIVE" {
			out = append(out, c.Rule)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Every specimen gets exactly the answer that the catalogue expects, by the program's own command line, and every report
// is what the published schema says.
func TestSpecimensAreAnsweredExactly(t *testing.T) {
	dir := specimens(t)
	schema := reportschema.Of(t, "")
	answers := readAnswers(t, dir)
	if len(answers) < 60 {
		t.Fatalf("only %d answers", len(answers))
	}
	groups := map[string][]answerRow{}
	var order []string
	for _, a := range answers {
		key := a.at + "\t" + a.options
		if _, ok := groups[key]; !ok {
			order = append(order, key)
		}
		groups[key] = append(groups[key], a)
	}
	reads, pictures, exact := false, 0, 0
	if reader, err := testEnv(io.Discard, io.Discard).printReader(folders{}); err == nil {
		reads = true
		reader.Close()
	}
	worst := map[string]int{"TOTAL-PASSED": exitOK, "INDETERMINATE": exitIndeterminate, "TOTAL-FAILED": exitFailed}
	for _, key := range order {
		rows := groups[key]
		at, options, _ := strings.Cut(key, "\t")
		args := append([]string{"verify", "--json", "--at", at}, strings.Fields(options)...)
		wantExit := 0
		for _, a := range rows {
			args = append(args, filepath.Join(dir, filepath.FromSlash(a.file)))
		}
		var out, errs bytes.Buffer
		code := run(context.Background(), testEnv(&out, &errs), args)
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != len(rows) {
			t.Errorf("%s %s: %d reports for %d files, exit %d: %s", at, options, len(lines), len(rows), code, errs.String())
			continue
		}
		unreadable := false
		for i, a := range rows {
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(lines[i]))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%s: the report is not what the schema says: %v", a.file, err)
			}
			var r reportOut
			if err := json.Unmarshal([]byte(lines[i]), &r); err != nil {
				t.Fatal(err)
			}
			if reads && r.Evidence.Picture != nil {
				// What is read off a picture may stay open, and is never the opposite.
				pictures++
				open := true
				for _, p := range [][2]string{{r.Copy.Indication, a.copy}, {r.Registration.Indication, a.registration}, {r.Indication, a.overall}} {
					if p[0] != p[1] {
						open = false
						if p[0] != "INDETERMINATE" {
							t.Errorf("%s at %s: %s, want %s: the opposite of the truth, read off a picture", a.file, a.at, p[0], p[1])
						}
					}
				}
				if open && slices.Equal(r.raised(), a.rules) {
					exact++
				} else {
					t.Logf("%s at %s: want %s, rules %v; got %s, rules %v", a.file, a.at, a.overall, a.rules, r.Indication, r.raised())
				}
				wantExit = max(wantExit, worst[r.Indication])
				continue
			}
			wantExit = max(wantExit, worst[a.overall])
			if r.Copy.Indication != a.copy || r.Registration.Indication != a.registration || r.Indication != a.overall || !slices.Equal(r.raised(), a.rules) {
				t.Errorf("%s at %s %s:\n want copy %s, registration %s, overall %s, rules %v\n got  copy %s, registration %s, overall %s, rules %v",
					a.file, a.at, options, a.copy, a.registration, a.overall, a.rules, r.Copy.Indication, r.Registration.Indication, r.Indication, r.raised())
			}
			unreadable = unreadable || slices.Contains(a.rules, "D-01")
		}
		if code != wantExit && !unreadable || unreadable && code != exitUnreadable {
			t.Errorf("%s %s: exit %d, want %d", at, options, code, wantExit)
		}
	}
	if reads {
		t.Logf("read off pictures: %d of %d answers exact", exact, pictures)
		if 10*exact < 8*pictures {
			t.Errorf("only %d of %d answers on pictures are exact", exact, pictures)
		}
	}
}

// A report judged again from its own evidence, without the file, gives the same answer; as at another day it gives that
// day's.
func TestJudgeAgainFromAReport(t *testing.T) {
	dir := specimens(t)
	var out, errs bytes.Buffer
	args := []string{"verify", "--json", "--at", "2026-04-01", "--trust", filepath.Join(dir, "trust"), "--data", filepath.Join(dir, "data"), filepath.Join(dir, "constructor", "ok.pdf")}
	if code := run(context.Background(), testEnv(&out, &errs), args); code != exitOK {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	path := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		at   string
		code int
		rule string
	}{{"2026-04-01", exitOK, ""}, {"2026-08-27", exitOK, ""}, {"2026-08-28", exitFailed, "Y-11"}, {"2026-02-28", exitIndeterminate, "Y-12"}} {
		var again bytes.Buffer
		code := run(context.Background(), testEnv(&again, &errs), []string{"judge", "--json", "--at", tt.at, path})
		var r reportOut
		if err := json.Unmarshal(again.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if code != tt.code || tt.rule != "" && !slices.Contains(r.raised(), tt.rule) {
			t.Errorf("%s: exit %d, rules %v; want %d by %s", tt.at, code, r.raised(), tt.code, tt.rule)
		}
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	const skip = `{"Action":"output","Package":"zhengyan/a","Test":"TestX","Output":"    x_test.go:3: no font here\n"}
{"Action":"skip","Package":"zhengyan/a","Test":"TestX"}
{"Action":"pass","Package":"zhengyan/a","Elapsed":1.5}
`
	for _, c := range []struct {
		name, in, may string
		want          []string
		wrong         string
	}{
		{"a skip that is known", skip, "# fonts\n^no font", []string{"ok       1.5s zhengyan/a\n", "skipped (no font here): a.TestX\n"}, ""},
		{"a skip that is not", skip, "^no screen$", []string{"a.TestX"}, "no font here"},
		{"a skip without a word", `{"Action":"skip","Package":"p","Test":"T"}`, "font", nil, "no reason given"},
		{
			"a failure is told whole", `{"Action":"output","Package":"p","Test":"T","Output":"    t_test.go:1: is 3\n"}
{"Action":"fail","Package":"p","Test":"T"}
{"Action":"output","Package":"p","Test":"U","Output":"under way\n"}
{"Action":"output","Package":"p","Output":"panic: no\n"}
{"Action":"fail","Package":"p"}`, "", []string{"is 3", "under way", "panic: no", "FAIL"}, "failed",
		},
		{"what passed is not told", `{"Action":"output","Package":"p","Test":"T","Output":"noise\n"}
{"Action":"pass","Package":"p","Test":"T"}
{"Action":"pass","Package":"p"}`, "", []string{"ok "}, ""},
		{"a package that does not build", `{"Action":"build-output","ImportPath":"p","Output":"x.go:1: no\n"}
{"Action":"build-fail","ImportPath":"p"}`, "", []string{"x.go:1: no"}, "failed"},
		{"what is no event", "go: warning", "", []string{"go: warning\n"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "may")
			if err := os.WriteFile(file, []byte(c.may), 0o600); err != nil {
				t.Fatal(err)
			}
			known, err := reasons(file)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			err = read(strings.NewReader(c.in), &out, known)
			if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("error %v, wanted one of %q", err, c.wrong)
			}
			for _, w := range c.want {
				if !strings.Contains(out.String(), w) {
					t.Errorf("%q is not in\n%s", w, out.String())
				}
			}
			if strings.Contains(out.String(), "noise") {
				t.Errorf("what a passing test printed is told:\n%s", out.String())
			}
		})
	}
}

func TestReasonsThatAreNoExpressions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "may")
	if err := os.WriteFile(file, []byte("(\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := reasons(file); err == nil {
		t.Error("taken")
	}
	if _, err := reasons(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a list that is not there was taken")
	}
}

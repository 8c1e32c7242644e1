package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// example is a command that a page shows, with what it says there that it prints.
type example struct {
	command, prints string
	exit            int
}

// examples are the commands between fences that begin with "$ zhengyan"; "$ echo $?" behind one shows its exit status.
func examples(t *testing.T, page string) []example {
	t.Helper()
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	for i, block := range strings.Split(string(b), "\n```\n") {
		command, prints, ok := strings.Cut(block, "\n")
		if !strings.HasPrefix(command, "$ zhengyan ") || !ok {
			continue
		}
		prints, status, ok := strings.Cut(prints, "$ echo $?\n")
		if !ok {
			t.Fatalf("%s, example %d has no exit status", page, i)
		}
		exit, err := strconv.Atoi(strings.TrimSpace(status))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, example{strings.TrimPrefix(command, "$ "), prints, exit})
	}
	if len(out) == 0 {
		t.Fatalf("%s has no example", page)
	}
	return out
}

// TestReadmeExamples: what the pages show of the command line is what it prints, a line "..." standing for the rest.
func TestReadmeExamples(t *testing.T) {
	dir := specimens(t)
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := testEnv(io.Discard, io.Discard).printReader(folders{})
	reads := err == nil
	if reads {
		reader.Close()
	}
	for page, lang := range map[string]string{"README.md": "en_US.UTF-8", "README.zh-CN.md": "zh_CN.UTF-8"} {
		work := t.TempDir()
		for _, name := range []string{"constructor", "architect", "qualification", "data", "trust"} {
			if err := os.Symlink(filepath.Join(dir, name), filepath.Join(work, name)); err != nil {
				t.Fatal(err)
			}
		}
		t.Chdir(work)
		for i, x := range examples(t, filepath.Join(root, page)) {
			t.Run(page+"/"+strconv.Itoa(i+1), func(t *testing.T) {
				if strings.Contains(x.command, "scan-") && !reads {
					t.Skip("shows scans that are read: needs cgo (built without cgo?) and ONNX Runtime in ZHENGYAN_ONNXRUNTIME; make test runs it with both")
				}
				own, pipe, piped := strings.Cut(x.command, " | ")
				var out, errs bytes.Buffer
				env := testEnv(&out, &errs)
				vars := env.Getenv
				env.Getenv = func(k string) string {
					if k == "LANG" {
						return lang
					}
					return vars(k)
				}
				code := run(context.Background(), env, strings.Fields(own)[1:])
				got := out.String()
				if piped {
					sh := exec.Command("sh", "-c", pipe)
					sh.Stdin = &out
					tool, _, _ := strings.Cut(pipe, " ")
					if _, err := exec.LookPath(tool); err != nil {
						t.Skipf("the example needs %s; run: .ci/setup test", tool)
					}
					b, err := sh.Output()
					if err != nil {
						t.Fatalf("%s: %v", pipe, err)
					}
					got, code = string(b), 0
				}
				want, cut := strings.CutSuffix(x.prints, "...\n")
				if cut && !strings.HasPrefix(got, want) || !cut && got != want {
					t.Errorf("$ %s\nprints\n%s\nand the page says\n%s\n%s", x.command, got, x.prints, errs.String())
				}
				if code != x.exit {
					t.Errorf("$ %s\nexits with %d, and the page says %d", x.command, code, x.exit)
				}
			})
		}
	}
}

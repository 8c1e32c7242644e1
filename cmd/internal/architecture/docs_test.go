package architecture

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link       = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	makeTarget = regexp.MustCompile("`make ([a-z][a-z-]*)`")
)

// pages are the Markdown files that people read.
func pages(t *testing.T) map[string]string {
	t.Helper()
	base := root(t)
	names, err := filepath.Glob(filepath.Join(base, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "README.zh-CN.md", "CHANGELOG.md"} {
		names = append(names, filepath.Join(base, name))
	}
	text := map[string]string{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
			continue
		}
		text[name] = string(b)
	}
	return text
}

// TestLinksInDocs: a relative link or picture leads to a file.
func TestLinksInDocs(t *testing.T) {
	seen := 0
	for name, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], ":") {
				continue
			}
			seen++
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s: %v", filepath.Base(name), err)
			}
		}
	}
	if seen == 0 {
		t.Error("found no link at all")
	}
}

// TestMakeTargetsInDocs: every `make x` that a page names exists.
func TestMakeTargetsInDocs(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range pages(t) {
		for _, m := range makeTarget.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(string(b), "\n"+m[1]+":") {
				t.Errorf("%s: the Makefile has no target %s", filepath.Base(name), m[1])
			}
		}
	}
}

// TestDependenciesAreExplained: docs/dependencies.md gives a reason for every module that our own files import.
func TestDependenciesAreExplained(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root(t), "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	all, _ := sources(t)
	missing := map[string]string{}
	seen := 0
	for _, s := range all {
		for _, im := range s.imports {
			first, _, _ := strings.Cut(im, "/")
			if !strings.Contains(first, ".") {
				continue
			}
			seen++
			if !explained(string(b), im) {
				missing[im] = s.name
			}
		}
	}
	for im, file := range missing {
		t.Errorf("%s imports %s, which docs/dependencies.md does not explain", file, im)
	}
	if seen == 0 {
		t.Error("found no import of a module at all")
	}
}

// explained: the page names the import's module in code type. The modules under golang.org/x share a row.
func explained(page, im string) bool {
	if rest, ok := strings.CutPrefix(im, "golang.org/x/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		for _, line := range strings.Split(page, "\n") {
			if strings.Contains(line, "`golang.org/x/") && (strings.Contains(line, "`"+name+"`") || strings.Contains(line, "`golang.org/x/"+name+"`")) {
				return true
			}
		}
		return false
	}
	for p := im; p != "."; p = path.Dir(p) {
		if strings.Contains(page, "`"+p+"`") {
			return true
		}
	}
	return false
}

// TestVersionsInDocs: a version that docs/dependencies.md names is the one in go.mod.
func TestVersionsInDocs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root(t), "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (v[^ ]+) \\|")
	seen := 0
	for _, m := range row.FindAllStringSubmatch(string(page), -1) {
		if !strings.Contains(string(mod), "\t"+m[1]+" ") {
			continue // a tool, outside go.mod
		}
		seen++
		if !strings.Contains(string(mod), "\t"+m[1]+" "+m[2]) {
			t.Errorf("docs/dependencies.md says %s %s, go.mod does not", m[1], m[2])
		}
	}
	if seen == 0 {
		t.Error("found no row of a module in go.mod")
	}
}

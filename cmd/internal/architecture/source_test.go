package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "zhengyan"

// source is one Go file of the module, whatever its build tags, so that a rule cannot be escaped by a tag.
type source struct {
	name    string // slash path from the root
	pkg     string // folder from the root, slash path: "verify/seal"
	test    bool
	lines   int
	file    *ast.File
	imports []string
}

// root is the folder of go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}

// sources parses every Go file of the module.
func sources(t testing.TB) ([]source, *token.FileSet) {
	t.Helper()
	base, fset := root(t), token.NewFileSet()
	var all []source
	err := filepath.WalkDir(base, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(base, p)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || rel == "build") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(fset, p, text, parser.ParseComments)
		if err != nil {
			return err
		}
		s := source{
			name: rel, pkg: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go"),
			lines: strings.Count(string(text), "\n"), file: f,
		}
		for _, im := range f.Imports {
			name, err := strconv.Unquote(im.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, name)
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("found no Go file")
	}
	return all, fset
}

// tracked is what git tracks, as slash paths; the test is skipped outside a checkout.
func tracked(t testing.TB) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "-c", "safe.directory=*", "-C", root(t), "ls-files", "-z").Output()
	if err != nil || len(out) == 0 {
		t.Skip("git lists no files here: no checkout, or no git")
	}
	return strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
}

// parse is a source from text, for the tests of the tests.
func parse(t testing.TB, text string) source {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "p.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	return source{name: "p.go", pkg: "p", file: f}
}

package architecture

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	maxLines = 600     // a file is read in one sitting
	maxBytes = 2 << 20 // a tracked file; larger ones are fetched by `make assets`
)

// ambient are the functions through which the machine, the day or the network would leak into a verdict. Below cmd and
// ui they are passed in instead. time.Until is left out: the rest of a context's deadline is a limit, not a fact.
var ambient = map[string][]string{
	"time":        {"Now", "Since"},
	"os":          {"Getenv", "LookupEnv", "Environ", "ExpandEnv", "UserHomeDir", "UserConfigDir", "UserCacheDir", "Hostname"},
	"crypto/x509": {"SystemCertPool"},
	"net":         {"Dial", "DialTimeout", "Listen", "LookupHost", "LookupIP", "LookupAddr"},
	"net/http":    {"Get", "Post", "Head", "PostForm", "DefaultClient", "DefaultTransport"},
}

// TestEngineIsSealed: verify and store read no clock, no environment and no network.
func TestEngineIsSealed(t *testing.T) {
	all, fset := sources(t)
	for _, s := range all {
		if s.test || !within(s.pkg, "verify") && !within(s.pkg, "store") && !within(s.pkg, "ui/viewmodel") {
			continue
		}
		for _, use := range ambientUses(s) {
			t.Errorf("%s: %s: pass it in instead", fset.Position(use.Pos()), use.Sel.Name)
		}
	}
}

func ambientUses(s source) (uses []*ast.SelectorExpr) {
	names := map[string]string{} // local name of the package → its path
	for _, im := range s.file.Imports {
		p := strings.Trim(im.Path.Value, `"`)
		if _, watched := ambient[p]; !watched {
			continue
		}
		local := p[strings.LastIndex(p, "/")+1:]
		if im.Name != nil {
			local = im.Name.Name
		}
		names[local] = p
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Obj == nil && slices.Contains(ambient[names[x.Name]], sel.Sel.Name) {
			uses = append(uses, sel)
		}
		return true
	})
	return uses
}

// TestNoMutableGlobals: a package-level variable is written where it is declared and nowhere else.
func TestNoMutableGlobals(t *testing.T) {
	all, fset := sources(t)
	globals := map[string]map[string]any{} // package → name → what the parser made of its declaration
	for _, s := range all {
		for _, d := range s.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR || s.test {
				continue
			}
			for _, spec := range g.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if globals[s.pkg] == nil {
						globals[s.pkg] = map[string]any{}
					}
					globals[s.pkg][name.Name] = name.Obj
				}
			}
		}
	}
	if len(globals) == 0 {
		t.Fatal("found no package-level variable at all: the search is broken")
	}
	for _, s := range all {
		if s.test {
			continue
		}
		written := func(e ast.Expr) {
			id := rootName(e)
			if id == nil {
				return
			}
			decl, global := globals[s.pkg][id.Name]
			global = global && id.Name != "_"
			// An identifier that the parser resolved to something else is a local of the same name.
			if global && (id.Obj == nil || any(id.Obj) == decl) {
				t.Errorf("%s: the package-level variable %s is changed", fset.Position(id.Pos()), id.Name)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					for _, e := range n.Lhs {
						written(e)
					}
				}
			case *ast.IncDecStmt:
				written(n.X)
			}
			return true
		})
	}
}

// rootName is the x of x, x.f, x[i], *x and (x).
func rootName(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	all, _ := sources(t)
	for _, s := range all {
		if s.lines > maxLines {
			t.Errorf("%s has %d lines, more than %d", s.name, s.lines, maxLines)
		}
	}
}

// TestPackagesAreNamed: a package says what is in it.
func TestPackagesAreNamed(t *testing.T) {
	all, _ := sources(t)
	for _, s := range all {
		switch name := strings.TrimSuffix(s.file.Name.Name, "_test"); name {
		case "util", "utils", "common", "helper", "helpers", "misc", "base", "shared", "lib":
			t.Errorf("%s: the package name %s says nothing", s.name, name)
		}
	}
}

// TestPackagesAreExplained: each package has a comment that says what it is for.
func TestPackagesAreExplained(t *testing.T) {
	all, _ := sources(t)
	explained := map[string]bool{}
	for _, s := range all {
		if !s.test {
			explained[s.pkg] = explained[s.pkg] || s.file.Doc != nil
		}
	}
	for pkg, ok := range explained {
		if !ok {
			t.Errorf("%s has no package comment", pkg)
		}
	}
}

// TestTopOfTheTree: the first thing that a newcomer sees stays short.
func TestTopOfTheTree(t *testing.T) {
	want := []string{
		".ci", ".editorconfig", ".gitattributes", ".gitignore", "CHANGELOG.md", "FyneApp.toml", "LICENSE", "Makefile", "README.md",
		"README.zh-CN.md", "assets", "cmd", "docs", "go.mod", "go.sum", "store", "ui", "verify",
	}
	top := map[string]bool{}
	for _, name := range tracked(t) {
		first, _, _ := strings.Cut(name, "/")
		if !top[first] && !slices.Contains(want, first) {
			t.Errorf("%s lies at the top of the tree", first)
		}
		top[first] = true
	}
}

func TestTrackedFilesAreSmall(t *testing.T) {
	base := root(t)
	for _, name := range tracked(t) {
		info, err := os.Lstat(filepath.Join(base, filepath.FromSlash(name)))
		if err != nil {
			continue // deleted in the working tree
		}
		if info.Size() > maxBytes {
			t.Errorf("%s has %d bytes, more than %d", name, info.Size(), maxBytes)
		}
	}
}

// TestHabitsCanFail feeds the searches one bad file each.
func TestHabitsCanFail(t *testing.T) {
	bad := parse(t, `package p
import clock "time"
var n int
func f() { _ = clock.Now(); n++ }
func g() { n := 1; n++; _ = n }
`)
	if got := ambientUses(bad); len(got) != 1 {
		t.Errorf("found %d uses of the clock, want 1", len(got))
	}
	local := parse(t, `package p
import "time"
func f(d time.Duration) { time := struct{ Now func() }{}; time.Now() }
`)
	if got := ambientUses(local); len(got) != 0 {
		t.Errorf("a local called time was taken for the package")
	}
}

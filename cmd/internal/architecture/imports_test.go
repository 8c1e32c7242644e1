package architecture

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers says of each part of the module which other parts it may import. A part is a folder with all below it; the
// longest name that fits is the one that counts. What is not listed here has no place in the house yet.
var layers = map[string][]string{
	"assets": {},

	// The stages: they know pages and days, and each other only downwards (see stages).
	"verify/civil":          {},
	"verify/page":           {},
	"verify/internal/order": {}, // ranks of numbers; it knows nothing of the project
	"verify/document":       {"assets", "verify/civil", "verify/page"},
	"verify/qr":             {"assets", "verify/civil", "verify/page"},
	"verify/fields":         {"assets", "verify/civil", "verify/page", "verify/internal/order"},
	"verify/seal":           {"assets", "verify/civil", "verify/page", "verify/document"},
	"verify/ink":            {"assets", "verify/civil", "verify/page", "verify/internal/order"},
	"verify/ink/sim":        {"assets", "stages", "verify", "verify/verifytest"}, // prints for tests, made from specimens
	"verify/finder":         {"assets", "verify/civil", "verify/page", "verify/document", "verify/fields", "verify/qr"},
	"verify/rules":          {"assets", "verify/civil", "verify/page", "verify/document", "verify/qr", "verify/fields", "verify/seal", "verify/ink"},

	"verify":            {"assets", "stages"},
	"verify/report":     {"assets", "stages", "verify"},
	"store":             {"assets", "stages", "verify"},
	"verify/verifytest": {"assets", "stages", "verify"},
	// The program that trains the likeness of hands; nothing imports it.
	"verify/verifytest/pen/train": {"anything"},
	"ui/viewmodel":                {"assets", "stages", "verify", "verify/report"},
	"ui":                          {"assets", "stages", "verify", "verify/report", "ui/viewmodel"},

	"cmd/internal":         {"anything"},
	"cmd/zhengyan":         {"anything"},
	"cmd/zhengyan-desktop": {"anything"},
}

var stages = []string{
	"verify/civil", "verify/page", "verify/document", "verify/qr", "verify/fields", "verify/seal", "verify/ink", "verify/finder", "verify/rules",
}

// layerOf gives the longest entry of layers that holds the package, or "".
func layerOf(pkg string) string {
	best := ""
	for name := range layers {
		if (pkg == name || strings.HasPrefix(pkg, name+"/")) && len(name) > len(best) {
			best = name
		}
	}
	// verify, ui and cmd hold other rooms: only their own folder and internal ones belong to them.
	if best == "verify" && pkg != "verify" && !strings.HasPrefix(pkg, "verify/internal/") {
		return ""
	}
	return best
}

func mayImport(from, to string) bool {
	allowed := layers[from]
	return from == to || slices.Contains(allowed, "anything") || slices.Contains(allowed, to) ||
		slices.Contains(allowed, "stages") && slices.Contains(stages, to)
}

// TestImportDirections holds every import inside the module, under every build tag, to the table. Test files may look
// upwards (a stage is tested with the specimens), but the program may not.
func TestImportDirections(t *testing.T) {
	all, _ := sources(t)
	for _, s := range all {
		from := layerOf(s.pkg)
		if from == "" {
			t.Errorf("%s: the package %s has no place in the table of layers", s.name, s.pkg)
			continue
		}
		if s.test {
			continue
		}
		for _, im := range s.imports {
			pkg, ours := strings.CutPrefix(im, module+"/")
			if !ours {
				continue
			}
			if to := layerOf(pkg); !mayImport(from, to) {
				t.Errorf("%s: %s may not import %s", s.name, from, pkg)
			}
		}
	}
}

// TestTableOfLayers makes sure that the table itself would catch the mistakes that it is there for.
func TestTableOfLayers(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"verify/qr", "verify/page", true},
		{"verify/qr", "verify", false},
		{"verify/page", "verify/document", false},
		{"verify/fields", "verify/rules", false},
		{"verify/seal", "verify/document/pdfraw", true},
		{"verify", "verify/seal", true},
		{"verify", "store", false},
		{"verify", "verify/report", false},
		{"store", "verify", true},
		{"store", "ui/viewmodel", false},
		{"ui", "store", false},
		{"ui", "ui/viewmodel", true},
		{"ui/viewmodel", "ui", false},
		{"cmd/zhengyan", "store", true},
	} {
		if got := mayImport(layerOf(c.from), layerOf(c.to)); got != c.want {
			t.Errorf("%s imports %s: allowed=%v, want %v", c.from, c.to, got, c.want)
		}
	}
	if got := layerOf("verify/somethingnew"); got != "" {
		t.Errorf("a new folder under verify fell into the layer %q; it must be given one", got)
	}
}

// unsafeFiles may import unsafe, for the reason given.
var unsafeFiles = map[string]string{
	"store/mapped.go":         "takes the memory that bbolt mapped, of which bbolt gives the address alone",
	"verify/document/wasm.go": "reads by go:linkname the PDFium module that go-pdfium embeds and does not export",
}

// TestForbiddenImports keeps libraries out of the rooms that must not know them. The rule is on our own imports: a
// library may import net for its own types, and TestNoNetwork watches what is really opened.
func TestForbiddenImports(t *testing.T) {
	all, _ := sources(t)
	seen := 0
	for _, s := range all {
		for _, im := range s.imports {
			switch {
			case within(im, "fyne.io/fyne/v2/app"):
				seen++
				if s.pkg != "cmd/zhengyan-desktop" {
					t.Errorf("%s imports %s: only cmd/zhengyan-desktop opens windows", s.name, im)
				}
			case within(im, "fyne.io"):
				if !within(s.pkg, "ui") && s.pkg != "cmd/zhengyan-desktop" || within(s.pkg, "ui/viewmodel") {
					t.Errorf("%s imports %s: only ui and cmd/zhengyan-desktop draw", s.name, im)
				}
			case within(im, "go.etcd.io/bbolt"):
				if !within(s.pkg, "store") {
					t.Errorf("%s imports %s: only store knows the database", s.name, im)
				}
			case im == "net" || im == "net/http" || im == "net/rpc" || im == "net/smtp" || im == "crypto/tls":
				if within(s.pkg, "verify") && !s.test {
					t.Errorf("%s imports %s: the engine opens no network", s.name, im)
				}
			case im == "unsafe" || im == "C":
				if !s.test && unsafeFiles[s.name] == "" {
					t.Errorf("%s imports %s", s.name, im)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("nobody imports fyne's app: the rule on it no longer sees anything")
	}
}

// TestCommandLineStandsAlone lists everything that the command line is linked from: no window toolkit, no cgo. View models
// know no toolkit: the command line tells a seal in the words of the window's card.
func TestCommandLineStandsAlone(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{.ImportPath}} {{len .CgoFiles}}", "./cmd/zhengyan")
	cmd.Dir = root(t)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	deps := strings.Split(strings.TrimSpace(string(out)), "\n")
	if !slices.Contains(deps, module+"/verify 0") {
		t.Errorf("the command line does not use the engine, or the list of its packages was misread (%d lines)", len(deps))
	}
	for _, d := range deps {
		name, cgo, _ := strings.Cut(d, " ")
		if within(name, "fyne.io") || within(name, "github.com/go-gl") || within(name, module+"/ui") && name != module+"/ui/viewmodel" {
			t.Errorf("cmd/zhengyan is linked from %s", name)
		}
		if cgo != "0" {
			t.Errorf("cmd/zhengyan needs cgo for %s", name)
		}
	}
}

func within(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}

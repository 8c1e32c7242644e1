package main

import (
	"io/fs"
	"runtime"
	"runtime/debug"
	"strings"

	"zhengyan/assets"
	"zhengyan/ui"
	"zhengyan/ui/viewmodel"
	"zhengyan/verify/rules"
)

// licenceOf names the licences of the libraries that do the work; the others are listed by name and version.
func licenceOf(module string) string {
	for prefix, licence := range map[string]string{
		"fyne.io/": "BSD-3-Clause", "github.com/klippa-app/go-pdfium": "MIT; PDFium: BSD-3-Clause and Apache-2.0", "github.com/tetratelabs/wazero": "Apache-2.0",
		"github.com/makiuchi-d/gozxing": "MIT and Apache-2.0", "github.com/pdfcpu/pdfcpu": "Apache-2.0", "github.com/emmansun/gmsm": "MIT", "go.etcd.io/bbolt": "MIT",
		"golang.org/x/": "BSD-3-Clause", "github.com/go-text/": "BSD-3-Clause or Unlicense", "github.com/go-gl/": "MIT; GLFW: zlib", "github.com/cloudflare/circl": "BSD-3-Clause",
		"github.com/spf13/pflag": "BSD-3-Clause", "github.com/yuin/goldmark": "MIT",
	} {
		if strings.HasPrefix(module, prefix) {
			return licence
		}
	}
	return ""
}

func about(program string, book *rules.Book, font bool) ui.About {
	a := ui.About{Program: program + " (" + runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH + ")", Rules: book.Version + "  sha256 " + book.SHA256}
	if font {
		a.Font = "Noto Sans SC (SIL Open Font License 1.1)"
		if b, err := fs.ReadFile(assets.Fonts(), "OFL.txt"); err == nil {
			a.Licences = append(a.Licences, ui.Licence{Name: "Noto Sans SC", Text: string(b)})
		}
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		var lines []string
		for _, d := range info.Deps {
			lines = append(lines, strings.TrimSpace(d.Path+" "+d.Version+"  "+licenceOf(d.Path)))
		}
		a.Licences = append(a.Licences, ui.Licence{Name: "Go libraries", Text: strings.Join(lines, "\n")})
	}
	return a
}

// ruleGroups are the rules by step for the help, in the order in which a result shows the steps.
func ruleGroups(book *rules.Book) []ui.RuleGroup {
	var out []ui.RuleGroup
	for i := range book.Steps {
		s := &book.Steps[i]
		g := ui.RuleGroup{Title: both(s.Title)}
		seen := map[string]bool{}
		for j := range book.Rules {
			r := &book.Rules[j]
			if r.Step != s.ID || r.Outcome == "pass" || seen[r.ID] {
				continue
			}
			seen[r.ID] = true
			source := r.Clause
			if d := book.Source(r.Document); d != nil {
				source = strings.TrimSpace(d.Number + " " + r.Clause)
			}
			text := both(r.Message)
			for l, t := range text {
				text[l] = plain(t)
			}
			g.Rules = append(g.Rules, ui.RuleText{ID: r.ID, Source: source, Text: text})
		}
		if len(g.Rules) > 0 {
			out = append(out, g)
		}
	}
	return out
}

func both(t rules.Text) map[viewmodel.Lang]string {
	return map[viewmodel.Lang]string{viewmodel.Chinese: t.In("zh"), viewmodel.English: t.In("en")}
}

// plain puts an ellipsis where a result has a value.
func plain(s string) string {
	var b strings.Builder
	inside := false
	for _, r := range s {
		switch {
		case r == '{':
			inside = true
			b.WriteRune('…')
		case r == '}':
			inside = false
		case !inside:
			b.WriteRune(r)
		}
	}
	return b.String()
}

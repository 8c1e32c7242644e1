package main

import (
	"io/fs"
	"runtime"
	"runtime/debug"
	"strings"

	"zhengyan/assets"
	"zhengyan/ui"
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

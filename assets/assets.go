// Package assets holds the files that are embedded into the programs: fonts, icons, translations, rule data and
// JSON schemas. It contains data only; the packages that use the data also read and check it.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed all:fonts
var fontFiles embed.FS

//go:embed all:rules
var ruleFiles embed.FS

//go:embed all:schema
var schemaFiles embed.FS

//go:embed all:i18n
var i18nFiles embed.FS

//go:embed all:cli
var cliFiles embed.FS

//go:embed all:icons
var iconFiles embed.FS

// FontName is the file name of the bundled font inside Fonts.
const FontName = "NotoSansSC-Regular.ttf"

// Fonts is the folder of bundled fonts. It holds FontName only if `make assets` ran before the build.
func Fonts() fs.FS { return sub(fontFiles, "fonts") }

// Font returns a copy of the bundled font's bytes, some 10 MB, or nil if this build carries none.
func Font() []byte {
	b, err := fontFiles.ReadFile("fonts/" + FontName)
	if err != nil {
		return nil
	}
	return b
}

// Models is the folder of the text recogniser's models: det.onnx, rec.onnx and keys.txt, only if `make assets` ran before
// the build. Nil in a build without cgo, which could not run them.
func Models() fs.FS { return models() }

// Rules is the folder of dated rule data: clauses, policies, provinces, specialties, seal names and hosts.
func Rules() fs.FS { return sub(ruleFiles, "rules") }

// Schemas is the folder of published JSON schemas.
func Schemas() fs.FS { return sub(schemaFiles, "schema") }

// Translations is the folder of message tables, one JSON file a language.
func Translations() fs.FS { return sub(i18nFiles, "i18n") }

// CommandLine is the folder of what the command line says: zh.json, from its English to Chinese.
func CommandLine() fs.FS { return sub(cliFiles, "cli") }

// Icons is the folder of icons.
func Icons() fs.FS { return sub(iconFiles, "icons") }

func sub(f embed.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil {
		panic(err) // unreachable: dir is a constant that go:embed has checked
	}
	return s
}

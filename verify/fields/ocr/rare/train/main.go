// Command train makes rows.bin of package rare: a second head of the recogniser that reads the characters of the Table of
// General Standard Chinese Characters (通用规范汉字表, 8,105 characters, State Council 2013), of which the published net does not know
// the rare ones or reads them badly. It draws lines with fonts, lets the net look at them, and fits the head to what the net's
// trunk sees; the net itself stays as it is. Fonts named with -held are never trained on: the report at the end is measured on
// them.
//
// The table and the use of the common characters are taken from the Unihan database of Unicode, properties kTGH and kHanyuPinlu
// (Debian: unicode-data).
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/fields/ocr/rare"
)

const (
	partLesson = "lesson"
	partExam   = "exam"
)

func main() {
	log.SetFlags(log.Ltime)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

type options struct {
	models, library, unihan, work, out string
	fonts, held                        []string
	onlyLook, onlyExam                 bool
}

func run() error {
	var o options
	flag.StringVar(&o.models, "models", "assets/models", "folder with the recogniser")
	flag.StringVar(&o.library, "library", "build/lib/libonnxruntime.so", "ONNX Runtime")
	flag.StringVar(&o.unihan, "unihan", "/usr/share/unicode", "folder with the Unihan files")
	flag.StringVar(&o.work, "work", "build/rare", "folder for what was seen, so that fitting can be repeated")
	flag.StringVar(&o.out, "out", "verify/fields/ocr/rare/rows.bin", "file to write")
	into := func(l *[]string) func(string) error {
		return func(s string) error { *l = append(*l, s); return nil }
	}
	flag.Func("font", "font to train on, N=FILE[,FILE...]: the table is drawn N times; FILE or FILE#NAME of a collection; many", into(&o.fonts))
	flag.Func("held", "font to measure on, as -font; many", into(&o.held))
	flag.BoolVar(&o.onlyLook, "look", false, "only draw and look, do not fit")
	flag.BoolVar(&o.onlyExam, "exam", false, "only measure the file that is there")
	flag.Parse()

	t, err := standardTable(filepath.Join(o.unihan, "Unihan_OtherMappings.txt.bz2"))
	if err != nil {
		return err
	}
	use, err := commonUse(filepath.Join(o.unihan, "Unihan_Readings.txt.bz2"), t)
	if err != nil {
		return err
	}
	f, err := ocr.OpenFeatures(ocr.Config{Library: []string{o.library}, Models: os.DirFS(o.models)})
	if err != nil {
		return err
	}
	defer f.Close()
	if err := os.MkdirAll(o.work, 0o755); err != nil {
		return err
	}
	all := func(fonts []string, part string) ([]*seen, error) {
		var out []*seen
		for k, font := range fonts {
			times, files, ok := strings.Cut(font, "=")
			n, err := strconv.Atoi(times)
			if !ok || err != nil {
				n, files = 1, font
			}
			for pass := range n {
				s, err := o.look(f, t, use, files, part, pass+k)
				if err != nil {
					return nil, err
				}
				if !o.onlyLook {
					out = append(out, s)
				}
			}
		}
		return out, nil
	}
	held, err := all(o.held, partExam)
	if err != nil {
		return err
	}
	if !o.onlyExam {
		train, err := all(o.fonts, partLesson)
		if err != nil || o.onlyLook {
			return err
		}
		m := newFit(f, t, train)
		m.begin(train)
		if err := os.WriteFile(o.out, m.head().Bytes(), 0o644); err != nil {
			return err
		}
	}
	file, err := os.ReadFile(o.out)
	if err != nil {
		return err
	}
	h, err := rare.Parse(file) // with its numbers rounded
	if err != nil {
		return err
	}
	log.Printf("%s: %d characters, %d bytes", o.out, len(h.Runes), len(file))
	for i, s := range held {
		newExam(f, h, t, s).report(fontName(o.held[i]))
	}
	return nil
}

// Command rare makes what the head of package rare is fitted to (make rare-rows): a second head of the recogniser that reads the
// characters of the Table of General Standard Chinese Characters (通用规范汉字表, 8,105 characters, State Council 2013), of which the
// published net does not know the rare ones or reads them badly. It prints sheets full of them with fonts, photographs and scans them
// as package camera does (dev split, shots of their own), cuts the lines out as the reader does, lets the net look at them, and writes
// down what its trunk sees. fit.py beside it fits the head; the net itself stays as it is. With -exam it measures a head on lines drawn with
// fonts that it was not taught with. With -glyphs it writes down pictures of single characters, which glyphs.py fits package glyphs to
// (make glyph-rows).
//
// The table and the use of the common characters are taken from the Unihan database of Unicode, properties kTGH and kHanyuPinlu
// (Debian: unicode-data).
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
	"runtime"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/fields/ocr/rare"
)

func main() {
	log.SetFlags(log.Ltime)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

type options struct {
	models, library, unihan, work, head string
	fonts, held                         []string
	passes                              int
	glyphs                              bool
}

func run() error {
	var o options
	flag.StringVar(&o.models, "models", "assets/models", "folder with the recogniser")
	flag.StringVar(&o.library, "library", "build/lib/libonnxruntime.so", "ONNX Runtime")
	flag.StringVar(&o.unihan, "unihan", "/usr/share/unicode", "folder with the Unihan files")
	flag.StringVar(&o.work, "work", "build/rare", "folder for what was seen; what is there is not made again")
	flag.StringVar(&o.head, "exam", "", "head to measure on the fonts held out, in place of printing")
	flag.IntVar(&o.passes, "passes", 3, "how often the table is printed with each font")
	flag.BoolVar(&o.glyphs, "glyphs", false, "write down pictures of single characters in place of what the net sees of lines")
	into := func(l *[]string) func(string) error {
		return func(s string) error { *l = append(*l, s); return nil }
	}
	flag.Func("font", "font to train on, FILE[,FILE...]; FILE or FILE#NAME of a collection; many", into(&o.fonts))
	flag.Func("held", "font to measure on, as -font; many", into(&o.held))
	flag.Parse()

	t, err := standardTable(filepath.Join(o.unihan, "Unihan_OtherMappings.txt.bz2"))
	if err != nil {
		return err
	}
	use, err := commonUse(filepath.Join(o.unihan, "Unihan_Readings.txt.bz2"), t)
	if err != nil {
		return err
	}
	var nets []*ocr.Features
	for range runtime.GOMAXPROCS(0) {
		f, err := ocr.OpenFeatures(ocr.Config{Library: []string{o.library}, Models: os.DirFS(o.models)})
		if err != nil {
			return err
		}
		defer f.Close()
		nets = append(nets, f)
	}
	if err := os.MkdirAll(o.work, 0o755); err != nil {
		return err
	}
	if o.head == "" {
		return o.sheets(nets, t, use)
	}
	file, err := os.ReadFile(o.head)
	if err != nil {
		return err
	}
	h, err := rare.Parse(file)
	if err != nil {
		return err
	}
	log.Printf("%s: %d characters, %d bytes", o.head, len(h.Runes), len(file))
	for k, font := range o.held {
		s, err := o.look(nets[0], t, use, font, k)
		if err != nil {
			return err
		}
		newExam(nets[0], h, t, s).report(fontName(font))
	}
	return nil
}

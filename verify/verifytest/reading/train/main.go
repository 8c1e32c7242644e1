// Command train makes rows.bin of package figures: a head of the recogniser that tells digits and the signs of days in small,
// pale and blurred print (make digit-rows). It prints sheets full of days, periods and numbers, photographs and scans them as package camera
// does (photos sent through a chat program above all, dev split), cuts the lines out as the reader does, lets the net's trunk
// look at them, and fits a linear layer over three steps by connectionist temporal classification. The net itself stays as it is.
//
// Each -font is a typeface, FILE or FILE#NAME of a collection, or two with a plus sign: Chinese characters of the first,
// digits of the second. What rows.bin was made with (Debian: fonts-noto-cjk, fonts-noto-cjk-extra, fonts-wqy-microhei,
// fonts-wqy-zenhei, fonts-arphic-ukai, fonts-cns11643-*, fonts-urw-base35, fonts-dejavu-core) leaves out the typefaces that
// make bench-reading prints with, Noto Sans, gbsn00lp (and uming, which has its characters) and LXGW WenKai:
//
//	NotoSerifCJK-Regular#SC, that with NimbusRoman; NotoSerifCJK-Light#SC, that with NimbusRoman and with C059;
//	wqy-microhei, that with NimbusSans; wqy-zenhei, that with DejaVuSans and with NimbusRoman; ukai#CN, that with P052;
//	TW-Sung-98_1, that with NimbusRoman; TW-Kai-98_1.
//
// The file that the program carries was fitted so in two goes, five times through 21 sheets and then four times through 50, of which
// the first dozen were stretched a little less: this makes one like it, not the same bytes.
package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"log"
	"os"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/fields/ocr/figures"
)

func main() {
	log.SetFlags(log.Ltime)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	var fonts []string
	models := flag.String("models", "assets/models", "folder with the recogniser")
	library := flag.String("library", "build/lib/libonnxruntime.so", "ONNX Runtime")
	out := flag.String("out", "verify/fields/ocr/figures/rows.bin", "file to write")
	sheets := flag.Int("sheets", 50, "sheets to print, some 130 lines each")
	held := flag.Int("held", 2, "sheets that are not learnt from, to measure on")
	epochs := flag.Int("epochs", 9, "times that every line is learnt from")
	flag.Func("font", "typeface; many", func(s string) error { fonts = append(fonts, s); return nil })
	flag.Parse()
	if len(fonts) == 0 || *held >= *sheets {
		return errors.New("no typefaces (-font), or no sheets to learn from")
	}
	faces, err := openFaces(fonts)
	if err != nil {
		return err
	}
	f, err := ocr.OpenFeatures(ocr.Config{Library: []string{*library}, Models: os.DirFS(*models)})
	if err != nil {
		return err
	}
	defer f.Close()
	var exam, lesson []seen
	for i := range *sheets {
		lines, err := look(f, faces, i)
		if err != nil {
			return err
		}
		if i < *held {
			exam = append(exam, lines...)
		} else {
			lesson = append(lesson, lines...)
		}
		log.Printf("sheet %d: %d lines", i, len(lines))
	}
	m := newModel(f.Inside, lesson)
	for epoch := range *epochs {
		loss := m.learn(lesson, epoch, *epochs)
		there, right := m.measure(exam)
		log.Printf("epoch %d: loss %.3f; of sheets left out %.3f, %d of %d lines right", epoch+1, loss, there, right, len(exam))
	}
	h := m.head()
	h.Model, h.Trunk = sha256.Sum256(f.Model), ocr.Trunk
	return os.WriteFile(*out, (*figures.Head)(h).Bytes(), 0o644)
}

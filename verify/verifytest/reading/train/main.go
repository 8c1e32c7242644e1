// Command train makes what the net of package figures is fitted to (make digit-rows). It prints sheets full of days, periods and
// numbers, photographs and scans them as package camera does (photos sent through a chat program above all, and scans with red seals;
// dev split, shots of their own), cuts the lines out as the reader does, and writes them down with what stands there. fit.py beside
// it fits the net.
//
// Each -font is a typeface, FILE or FILE#NAME of a collection, or two with a plus sign: digits and signs of days come from the
// second as far as it has them, other characters from the first. .ci/digit-rows names those that the net was made with; none of
// them is one that make bench-reading prints with, Noto Sans, gbsn00lp (and uming, which has its characters) and LXGW WenKai.
package main

import (
	"errors"
	"flag"
	"log"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/reading/sheet"
)

func main() {
	log.SetFlags(log.Ltime)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	var fonts []string
	out := flag.String("out", "build/digits", "folder to write to, a file for each sheet")
	first := flag.Int("first", 0, "number of the first sheet")
	sheets := flag.Int("sheets", 800, "sheets to print, some 130 lines each")
	sealed := flag.Int("sealed", 6, "one sheet in so many is a scan with red seals")
	light := flag.Float64("light", 0, "share of lines whose type is drawn lighter than it was designed")
	flag.Func("font", "typeface; many", func(s string) error { fonts = append(fonts, s); return nil })
	flag.Parse()
	if len(fonts) == 0 {
		return errors.New("no typefaces (-font)")
	}
	if *sealed < 1 {
		return errors.New("one sheet in how many has seals? (-sealed)")
	}
	faces, err := sheet.OpenFaces(fonts)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	var next atomic.Int64
	next.Store(int64(*first))
	workers := make([]error, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for k := range workers {
		all.Go(func() { workers[k] = work(faces, *out, &next, *first+*sheets, *sealed, *light) })
	}
	all.Wait()
	return errors.Join(workers...)
}

// work makes one sheet after the other until all of them are made.
func work(faces []sheet.Typeface, folder string, next *atomic.Int64, end, sealed int, light float64) error {
	g, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		return err
	}
	for {
		i := int(next.Add(1)) - 1
		if i >= end {
			return nil
		}
		lines, err := look(g, faces, i, sealed, light)
		if err != nil {
			return err
		}
		if err := save(folder, i, lines); err != nil {
			return err
		}
		log.Printf("sheet %d: %d pictures of lines", i, len(lines))
	}
}

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
	job := sheet.Job{Folder: "build/digits", Count: 800} // some 130 lines each
	job.Flags()
	sealed := flag.Int("sealed", 6, "one sheet in so many is a scan with red seals")
	light := flag.Float64("light", 0, "share of lines whose type is drawn lighter than it was designed")
	flag.Parse()
	if *sealed < 1 {
		return errors.New("one sheet in how many has seals? (-sealed)")
	}
	return job.Do(func(g *verifytest.Generator, i int) error {
		lines, err := look(g, job.Faces, i, *sealed, *light)
		if err != nil {
			return err
		}
		if err := save(job.Folder, i, lines); err != nil {
			return err
		}
		log.Printf("sheet %d: %d pictures of lines", i, len(lines))
		return nil
	})
}

// Command red makes what the net of package red is fitted to (make red-rows): sheets of print under red seals, scanned and
// photographed as package camera does (dev split, shots of their own), each a second time without its seals. fit.py beside it fits
// the net.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"image"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/fields/ocr/red"
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
	job := sheet.Job{Folder: "build/red", First: 5000, Count: 150}
	job.Flags()
	flag.Parse()
	return job.Do(func(g *verifytest.Generator, i int) error { return one(g, job.Faces, job.Folder, i) })
}

// Pieces of pictures.
const (
	side   = 96
	pieces = 120 // of a sheet
	tries  = 2000
	least  = 10 // one pixel in so many at least has red ink near it
)

// one prints the i-th sheet, takes its picture with and without seals, and writes pieces with red ink down: side × side numbers each of
// what the net sees, plane by plane, of the luminance without the seals, and of where it is asked.
func one(g *verifytest.Generator, faces []sheet.Typeface, folder string, i int) (err error) {
	r := rand.New(rand.NewPCG(993, uint64(i)))
	bare, _, err := sheet.Printed(r, faces, 0.2)
	if err != nil {
		return err
	}
	stamped := image.NewRGBA(bare.Rect)
	copy(stamped.Pix, bare.Pix)
	sheet.StampInk(r, g, stamped)
	kinds := [...]sheet.Kind{sheet.Sealed, sheet.Sealed, sheet.Sealed, sheet.Sealed, sheet.Taken, sheet.Chatted}
	how, seed := kinds[r.IntN(len(kinds))], r.Uint64()
	with, _ := sheet.Picture(stamped, how, i, rand.New(rand.NewPCG(seed, 1)))
	without, _ := sheet.Picture(bare, how, i, rand.New(rand.NewPCG(seed, 1)))
	s := ocr.NewSheet(with)
	f, err := os.Create(filepath.Join(folder, fmt.Sprintf("%04d.red", i)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	b := with.Bounds()
	n := 0
	for range tries {
		if n == pieces {
			break
		}
		piece := image.Rect(0, 0, side, side).Add(image.Pt(r.IntN(b.Dx()-side), r.IntN(b.Dy()-side)))
		seen, paper, asked := s.UnderRed(piece)
		if many(asked) < side*side/least {
			continue
		}
		n++
		part := make([]byte, 0, 2*(red.Planes+2)*side*side)
		for _, v := range seen {
			part = add(part, float64(v))
		}
		for k := range asked {
			cr, cg, _, _ := without.At(b.Min.X+piece.Min.X+k%side, b.Min.Y+piece.Min.Y+k/side).RGBA()
			part = add(part, float64(ocr.Light(uint8(cr>>8), uint8(cg>>8)))/float64(paper[k]))
		}
		for _, a := range asked {
			part = add(part, map[bool]float64{true: 1}[a])
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	log.Printf("sheet %d: %d pieces", i, n)
	return w.Flush()
}

// many counts those that are true.
func many(all []bool) (n int) {
	for _, v := range all {
		if v {
			n++
		}
	}
	return n
}

// add packs a share into a 16-bit little-endian integer, in thousandths.
func add(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint16(b, uint16(int16(min(max(math.Round(1000*v), math.MinInt16), math.MaxInt16))))
}

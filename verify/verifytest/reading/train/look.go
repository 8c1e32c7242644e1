package main

import (
	"math/rand/v2"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/reading/sheet"
)

// views is how often each line is cut out, each time a little otherwise.
const views = 2

// seen is a line as the reader cuts it out, 48 pixels high, with the signs that stand there.
type seen struct {
	width int
	pix   []float32 // 0..255
	row   []uint8
	kind  sheet.Kind
}

// look prints the i-th sheet, takes a picture of it and cuts its lines out. One sheet in so many has seals.
func look(g *verifytest.Generator, faces []sheet.Typeface, i, sealed int, light float64) ([]seen, error) {
	r := rand.New(rand.NewPCG(991, uint64(i)))
	between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	// Seven photos out of a chat, one photo as taken, two scans.
	how := [10]sheet.Kind{7: sheet.Taken, 8: sheet.Scanned, 9: sheet.Scanned}[r.IntN(10)]
	paper, lines, err := sheet.Printed(r, faces, light)
	if err != nil {
		return nil, err
	}
	if i%sealed == sealed-1 {
		how = sheet.Sealed
		sheet.Stamp(r, g, paper)
	}
	img, place := sheet.Picture(paper, how, i, r)
	from := ocr.NewSheet(img)
	var out []seen
	for k := range views * len(lines) {
		l := lines[k/views]
		h := l.Em / ocr.EmOfHeight * between(0.82, 1.25)
		y := l.Middle + l.Em*between(-0.06, 0.06)
		x0, x1 := l.X0-l.Em*between(0, 0.3), l.X1+l.Em*between(0, 0.3)
		tone, stretch := r.IntN(ocr.Tones), 1.0
		if r.IntN(2) == 0 {
			stretch = between(0.8, 1.5)
		}
		pix, width := from.Line([4]page.Point{place(x0, y-h/2), place(x1, y-h/2), place(x1, y+h/2), place(x0, y+h/2)}, tone, stretch)
		if width == 0 {
			continue
		}
		out = append(out, seen{width, pix, ocr.SignClasses(l.Text), how})
	}
	return out, nil
}

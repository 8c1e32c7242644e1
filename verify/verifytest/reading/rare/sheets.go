package main

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest/camera"
	"zhengyan/verify/verifytest/reading/sheet"
)

// A sheet has three columns of lines in type of 8 to 13 points.
const (
	sheetDPI = 240
	columns  = 3
	perSheet = 135
)

// apart keeps the shots of these sheets from those that the net for digits is taught with; glyphShots those of single characters from those
// of lines.
const (
	apart      = 50_000
	glyphShots = 3_000
)

// setLine is a line that stands on a sheet: the place of its left end and of its middle height, and its size, in mm.
type setLine struct {
	*picture
	x, y, k float64 // k: mm to a pixel of the picture
}

// spreadOut prints a sheet with lines, as many as it holds, and gives where they stand; light: many are drawn lighter than their type was
// designed.
func spreadOut(face *typeface, r *rand.Rand, lines [][]rune, light bool) (*image.RGBA, []setLine, error) {
	const mm = 25.4 / sheetDPI
	between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	w, h := int(math.Round(camera.A4Width/mm)), int(math.Round(camera.A4Height/mm))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	var out []setLine
	pitch := 0.94 * float64(h) / (perSheet / columns)
	for i, text := range lines {
		em := between(26, 42)
		ink, p, err := face.set(text, em, between(0.97, 1.06), 0.1, 0)
		if err != nil {
			return nil, nil, err
		}
		if k := r.Float64(); k < 0.18 {
			ink = spread(ink, true, between(0.3, 1))
		} else if k < 0.34 {
			ink = spread(ink, false, between(0.2, 0.7))
		} else if light && k < 0.7 {
			for range 1 + r.IntN(2) {
				ink = thinned(ink)
			}
		}
		stretch, slant := 1.0, 0.0
		if r.Float64() < 0.4 {
			stretch = between(0.86, 1.1)
		}
		if r.Float64() < 0.2 {
			slant = between(-0.12, 0.12)
		}
		left := int((0.03+0.32*float64(i%columns))*float64(w)) + r.IntN(12)
		p.width = min(max(8, int(float64(p.width)*stretch)), w/columns-10)
		small := ink.bent(p.width, stretch, slant, 0)
		for k := range p.middle {
			p.middle[k] *= stretch
		}
		p.em *= stretch
		top := int(0.03*float64(h) + pitch*float64(i/columns))
		paint(img, small, left, top, someInk(r))
		out = append(out, setLine{p, float64(left) * mm, (float64(top) + height/2) * mm, mm})
	}
	return img, out, nil
}

// someInk is black, or grey in three of ten lines.
func someInk(r *rand.Rand) color.RGBA {
	g := 0.05 + 0.15*r.Float64()
	if r.IntN(10) < 3 {
		g = 0.3 + 0.2*r.Float64()
	}
	return color.RGBA{uint8(255 * g), uint8(255 * g), uint8(255 * g), 255}
}

func paint(img *image.RGBA, ink *plane, left, top int, c color.RGBA) {
	for y := range ink.h {
		for x := range ink.w {
			v := ink.pix[y*ink.w+x]
			if at := image.Pt(left+x, top+y); v > 0 && at.In(img.Rect) {
				p := img.Pix[img.PixOffset(at.X, at.Y):]
				for i, k := range [3]uint8{c.R, c.G, c.B} {
					p[i] = uint8(float32(p[i])*(1-v) + float32(k)*v + 0.5)
				}
			}
		}
	}
}

// work is one sheet to print and look at.
type work struct {
	face  string
	n     int // of all sheets
	seed  uint64
	lines [][]rune
}

// sheets prints the lessons of all fonts on sheets, takes their pictures, cuts the lines out as the reader does and lets the net look at them; with
// -glyphs it cuts single characters out, for a net of their own. What it saw of a sheet goes into a file of its own; files that are there are not made again.
func (o *options) sheets(f []*ocr.Features, t table, use *usage) error {
	var all []work
	for k, name := range o.fonts {
		face, err := openFont(name)
		if err != nil {
			return err
		}
		for pass := range o.passes {
			seed := uint64(1000*k + pass)
			r := rand.New(rand.NewPCG(seed, 7))
			c := &composer{t: t, use: use, face: face, r: r}
			lines := c.lesson()
			r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
			for len(lines) > 0 {
				n := min(perSheet, len(lines))
				all = append(all, work{name, len(all), seed, lines[:n]})
				lines = lines[n:]
			}
		}
	}
	log.Printf("%d sheets", len(all))
	r := rand.New(rand.NewPCG(3, 3))
	order := r.Perm(len(all))
	var next atomic.Int64
	var wait sync.WaitGroup
	failed := make([]error, len(f))
	for k := range f {
		wait.Go(func() {
			faces := map[string]*typeface{}
			for {
				i := int(next.Add(1)) - 1
				if i >= len(order) || failed[k] != nil {
					return
				}
				failed[k] = o.sheet(f[k], &all[order[i]], faces)
			}
		})
	}
	wait.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *options) sheet(f *ocr.Features, w *work, faces map[string]*typeface) error {
	file := filepath.Join(o.work, fmt.Sprintf("%05d.seen", w.n))
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	face := faces[w.face]
	if face == nil {
		var err error
		if face, err = openFont(w.face); err != nil {
			return err
		}
		faces[w.face] = face
	}
	r := rand.New(rand.NewPCG(w.seed, uint64(w.n)))
	between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	paper, lines, err := spreadOut(face, r, w.lines, o.glyphs)
	if err != nil {
		return err
	}
	how := [10]sheet.Kind{3: sheet.Taken, 4: sheet.Taken, 5: sheet.Taken, 6: sheet.Scanned, 7: sheet.Scanned, 8: sheet.Scanned, 9: sheet.Scanned}[r.IntN(10)]
	shot := apart + w.n
	if o.glyphs {
		shot += glyphShots
	}
	img, place := sheet.Picture(paper, how, shot, r)
	from := ocr.NewSheet(img)
	if o.glyphs {
		return saveGlyphs(file, glyphsOf(from, lines, place, r))
	}
	var samples []sample
	for i := range lines {
		l := &lines[i]
		wide := float64(l.width) * l.k
		em := l.em * l.k
		h := em / ocr.EmOfHeight * between(0.85, 1.25)
		y := l.y + em*between(-0.06, 0.06)
		x0, x1 := l.x-em*between(-0.05, 0.3), l.x+wide+em*between(-0.05, 0.3)
		tone, stretch := r.IntN(ocr.Tones), 1.0
		if r.IntN(3) == 0 {
			stretch = between(0.85, 1.25)
		}
		corners := [4]page.Point{place(x0, y-h/2), place(x1, y-h/2), place(x1, y+h/2), place(x0, y+h/2)}
		pix, width := from.Line(corners, tone, stretch)
		if width == 0 {
			continue
		}
		p := &picture{pix: pix, width: width, runes: l.runes, em: em / (x1 - x0) * float64(width)}
		for _, m := range l.middle {
			p.middle = append(p.middle, (l.x+m*l.k-x0)/(x1-x0)*float64(width))
		}
		all, err := f.Line(pix, width)
		if err != nil {
			return err
		}
		samples = append(samples, picked(f, p, all)...)
	}
	log.Printf("%s: %d samples of %s", file, len(samples), face.name)
	return save(file, samples)
}

// save writes samples down for fit.py: the character (0 between characters), the log of the net's summed likelihoods, its likeliest classes, their
// logits and what it saw, each as a 32-bit integer or floating-point number, little-endian.
func save(path string, samples []sample) error {
	var b []byte
	real := func(v float32) { b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v)) }
	for i := range samples {
		s := &samples[i]
		b = binary.LittleEndian.AppendUint32(b, uint32(s.Label))
		real(s.View.Mass)
		for _, c := range s.View.Class {
			b = binary.LittleEndian.AppendUint32(b, uint32(c))
		}
		for _, v := range s.View.Logit {
			real(v)
		}
		for _, v := range s.View.X {
			real(v)
		}
	}
	if err := os.WriteFile(path+".part", b, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

package main

import (
	"context"
	"math"
	"math/rand/v2"

	"zhengyan/verify/ink/hand/pair"
	"zhengyan/verify/ink/hand/trace"
	"zhengyan/verify/ink/stroke"
	"zhengyan/verify/verifytest/pen"
)

// places are where people sign on a print, by the printed signature image.
var places = []string{"beside", "overlap", "over"}

// scanned makes pairs as they come from a scan: the reference is the printed image, the query was written on the print and
// separated from it. It does in masks what printing, scanning and separating do to writing: hidden places, lost and
// fringed edges, gaps, specks.
func scanned(first uint64, writers int, h hands) ([]sample, error) {
	a := pen.Open()
	ctx := context.Background()
	return each(writers, func(i int) []sample {
		seed := first + uint64(i)
		rng := rand.New(rand.NewPCG(seed, 78))
		people := newCast(a, seed, h)
		w, name := people.holder(), nameOf(seed)
		printed := w.Sign(name, 500)
		ref, err := clean(printed, newTool(rng).vary(rng))
		if err != nil {
			return nil
		}
		var out []sample
		for p, place := range places {
			add := func(kind int, s [][]pen.Point) {
				q, err := trace.From(ctx, separated(s, printed, p, rng))
				if err != nil {
					return
				}
				res := pair.Compare(ref, q)
				out = append(out, sample{X: res.Features, Kind: kind, Set: "scan " + place, Writer: int(seed), Hidden: res.Hidden})
			}
			for k := range 2 {
				add(genuine, w.Sign(name, uint64(501+10*p+k)))
				add(sameName, people.other(50+2*p+k).Sign(name, 1))
			}
			add(skilled, people.other(60+p).Imitate(w, name, 1))
			if p == i%3 {
				add(stranger, people.other(70+p).Sign(nameOf(seed+uint64(p)+90001), 1))
			}
		}
		return out
	}), nil
}

// separated gives the mask of writing on a print, at place 0 beside, 1 overlapping, 2 over the printed image.
func separated(s, printed [][]pen.Point, place int, rng *rand.Rand) *stroke.Mask {
	dpi := 150 + 150*rng.Float64()
	px := dpi / 25.4
	long := (28 + 26*rng.Float64()) * px
	width := (0.3 + 0.45*rng.Float64()) * px
	ink := pen.Render(s, long/px, width/px, dpi)
	pad := int(3 * px)
	m := &stroke.Mask{W: ink.Rect.Dx() + 2*pad, H: ink.Rect.Dy() + 2*pad, DPI: dpi}
	m.Ink, m.Unknown = make([]bool, m.W*m.H), make([]bool, m.W*m.H)

	// What the print covers, widened by its uncertainty.
	cover := make([]bool, m.W*m.H)
	reach := (0.10 + 0.22*rng.Float64()) * px
	stamp := func(x, y, r float64) {
		for j := max(0, int(y-r)); j <= min(m.H-1, int(y+r)); j++ {
			for i := max(0, int(x-r)); i <= min(m.W-1, int(x+r)); i++ {
				if math.Hypot(float64(i)-x, float64(j)-y) <= r {
					cover[j*m.W+i] = true
				}
			}
		}
	}
	if place > 0 {
		plong := long * math.Exp(0.2*rng.NormFloat64())
		ox, oy := float64(pad)+0.12*long*rng.NormFloat64(), float64(pad)+0.05*long*rng.NormFloat64()
		if place == 1 {
			ox += (0.35 + 0.4*rng.Float64()) * long * float64(1-2*rng.IntN(2))
			oy += 0.10 * long * rng.NormFloat64()
		}
		half := (0.15 + 0.2*rng.Float64()) * px
		for _, l := range printed {
			for _, p := range l {
				stamp(ox+p.X*plong, oy+p.Y*plong, half+reach)
			}
		}
	}
	if rng.IntN(3) == 0 { // a rule or the frame of the box
		y := float64(pad) + rng.Float64()*float64(ink.Rect.Dy())
		for x := 0.0; x < float64(m.W); x++ {
			stamp(x, y, 0.1*px+reach)
		}
	}
	// Scanning: tone with noise, then a threshold; a pen that skips.
	limit, noise := 80+90*rng.Float64(), 30*rng.Float64()
	skip := newSkips(rng, m.W, m.H, px)
	for y := range ink.Rect.Dy() {
		for x := range ink.Rect.Dx() {
			i := (y+pad)*m.W + x + pad
			v := (float64(at(ink.Pix, ink.Stride, x, y)) + float64(at(ink.Pix, ink.Stride, x-1, y)) + float64(at(ink.Pix, ink.Stride, x, y-1))) / 3
			m.Ink[i] = v+noise*rng.NormFloat64() > limit && !skip(x, y)
		}
	}
	// Separation: what is covered is unknown; a little writing shows at the edges of print all the same, a little print too.
	through := 0.05 * rng.Float64()
	for i, c := range cover {
		if !c {
			continue
		}
		if m.Ink[i] && rng.Float64() < through {
			continue
		}
		m.Ink[i], m.Unknown[i] = false, true
	}
	for n := rng.IntN(5); n > 0; n-- {
		x, y, r := rng.IntN(m.W), rng.IntN(m.H), (0.1+0.25*rng.Float64())*px
		for j := max(0, y-int(r)); j <= min(m.H-1, y+int(r)); j++ {
			for i := max(0, x-int(r)); i <= min(m.W-1, x+int(r)); i++ {
				if !m.Unknown[j*m.W+i] {
					m.Ink[j*m.W+i] = true
				}
			}
		}
	}
	return m
}

func at(pix []uint8, stride, x, y int) uint8 {
	if x < 0 || y < 0 {
		return 0
	}
	return pix[y*stride+x]
}

// newSkips gives a few spots where the pen left no ink.
func newSkips(rng *rand.Rand, w, h int, px float64) func(x, y int) bool {
	type spot struct{ x, y, r float64 }
	var spots []spot
	if rng.IntN(2) == 0 {
		for n := rng.IntN(10); n > 0; n-- {
			spots = append(spots, spot{rng.Float64() * float64(w), rng.Float64() * float64(h), (0.2 + 0.5*rng.Float64()) * px})
		}
	}
	return func(x, y int) bool {
		for _, s := range spots {
			if math.Hypot(float64(x)-s.x, float64(y)-s.y) < s.r {
				return true
			}
		}
		return false
	}
}

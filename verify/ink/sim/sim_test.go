package sim_test

import (
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"zhengyan/verify/ink/sim"
	"zhengyan/verify/verifytest/pen"
)

// TestShow writes the prints of the seeds named in ZHENGYAN_SIM_SEEDS (from-to) as crops to the folder of
// ZHENGYAN_SIM_SHOW, for a person to look at.
func TestShow(t *testing.T) {
	dir := os.Getenv("ZHENGYAN_SIM_SHOW")
	if dir == "" {
		t.Skip("ZHENGYAN_SIM_SHOW is not set")
	}
	var from, to uint64
	if _, err := fmt.Sscanf(os.Getenv("ZHENGYAN_SIM_SEEDS"), "%d-%d", &from, &to); err != nil {
		t.Fatal(err)
	}
	m, err := sim.NewMaker(pen.Open())
	if err != nil {
		t.Skip(err)
	}
	for seed := from; seed < to; seed++ {
		p, err := m.Make(sim.PlanOf(seed))
		if err != nil {
			t.Fatal(err)
		}
		x0, y0, x1, y1 := p.TrueBox[0].X, p.TrueBox[0].Y, p.TrueBox[0].X, p.TrueBox[0].Y
		for _, q := range p.TrueBox {
			x0, y0, x1, y1 = min(x0, q.X), min(y0, q.Y), max(x1, q.X), max(y1, q.Y)
		}
		r := image.Rect(int(x0)-60, int(y0)-60, int(x1)+60, int(y1)+60).Intersect(p.Scan.Page.Bounds())
		if os.Getenv("ZHENGYAN_SIM_WHOLE") != "" {
			r = p.Scan.Page.Bounds()
		}
		out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
		draw.Draw(out, out.Rect, p.Scan.Page, r.Min, draw.Src)
		f, err := os.Create(filepath.Join(dir, strconv.FormatUint(seed, 10)+"-"+string(p.Plan.Trap)+"-"+string(p.Plan.Carrier)+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, out); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMakeIsReproducible: one seed gives one print, whatever was made before.
func TestMakeIsReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("draws pages")
	}
	sum := func(m *sim.Maker, seed uint64) (n uint64) {
		p, err := m.Make(sim.PlanOf(seed))
		if err != nil {
			t.Fatal(err)
		}
		b := p.Scan.Page.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y += 7 {
			for x := b.Min.X; x < b.Max.X; x += 5 {
				r, g, bl, _ := p.Scan.Page.At(x, y).RGBA()
				n = n*31 + uint64(r+g+bl)
			}
		}
		return n
	}
	a, err := sim.NewMaker(pen.Invent())
	if err != nil {
		t.Skip(err)
	}
	b, err := sim.NewMaker(pen.Invent())
	if err != nil {
		t.Fatal(err)
	}
	first := sum(a, 3)
	sum(b, 45)
	if again := sum(b, 3); again != first {
		t.Errorf("seed 3 gave %d and then %d", first, again)
	}
	if first == sum(a, 4) {
		t.Error("seeds 3 and 4 gave the same print")
	}
}

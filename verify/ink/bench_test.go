package ink_test

import (
	"context"
	"testing"

	"zhengyan/verify/ink"
	"zhengyan/verify/ink/sim"
	"zhengyan/verify/verifytest/pen"
)

// BenchmarkExamine is a colour scan of an A4 page at 200 dpi with its e-certificate rendered at 200 dpi, with and without
// the pictures for a report, and the registration's share of it.
func BenchmarkExamine(b *testing.B) {
	m, err := sim.NewMaker(pen.Invent())
	if err != nil {
		b.Skip(err)
	}
	plan := sim.PlanOf(1)
	plan.Trap, plan.Signed, plan.Carrier, plan.DPI, plan.Quality, plan.Grey = sim.Beside, true, sim.FlatScan, 200, 85, false
	p, err := m.Make(plan)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		o    ink.Options
	}{
		{"presence", ink.Options{NoPictures: true, NoLikeness: true}},
		{"pictures", ink.Options{NoLikeness: true}},
		{"likeness", ink.Options{NoPictures: true}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				res, err := ink.Examine(context.Background(), p.Scan, p.Ref, c.o)
				if err != nil || res.Presence != ink.Ink {
					b.Fatalf("%+v, %v", res, err)
				}
			}
		})
	}
}

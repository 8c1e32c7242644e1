package main

import (
	"context"
	"fmt"
	"os"
	"sync"

	"zhengyan/verify/ink"
	"zhengyan/verify/ink/hand/pair"
	"zhengyan/verify/ink/hand/trace"
	"zhengyan/verify/ink/sim"
	"zhengyan/verify/ink/stroke"
	"zhengyan/verify/verifytest/pen"
)

// prints makes pairs the whole way: a certificate is printed, signed, scanned (flat, 150 dots an inch or more), the writing
// is found and separated by package ink and compared with the printed image. Of each three prints one is signed by the
// holder, one by another hand, one by the holder or an imitator.
func prints(first uint64, n int) ([]masks, error) {
	traps := []sim.Trap{sim.Beside, sim.Overlap, sim.Over}
	return inBlocks(pen.Open(), n, func(m *sim.Maker, i int) ([]masks, error) {
		p := sim.PlanOf(first + uint64(i))
		p.Signed, p.Trap, p.Carrier, p.DPI = true, traps[i%3], sim.FlatScan, max(150, p.DPI)
		p.Hand = []sim.Hand{sim.SameHand, sim.OtherHand, sim.SameHand, sim.OtherHand, sim.Imitation}[i/3%5]
		s, err := printed(m, p)
		if err != nil || s == nil {
			return nil, err
		}
		return []masks{*s}, nil
	})
}

// inBlocks makes n parts side by side, 20 neighbours on one maker, which then share a page. The first error ends its block, and
// is given with what was made.
func inBlocks(a *pen.Alphabet, n int, part func(m *sim.Maker, i int) ([]masks, error)) ([]masks, error) {
	makers := sync.Pool{New: func() any {
		m, err := sim.NewMaker(a)
		if err != nil {
			return err
		}
		return m
	}}
	var mu sync.Mutex
	var failed error
	fail := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		failed = err
	}
	const run = 20
	out := each((n+run-1)/run, func(block int) (out []masks) {
		got := makers.Get()
		m, ok := got.(*sim.Maker)
		if !ok {
			fail(got.(error))
			return nil
		}
		defer makers.Put(m)
		for i := block * run; i < min(n, (block+1)*run); i++ {
			got, err := part(m, i)
			if err != nil {
				fail(err)
				return out
			}
			out = append(out, got...)
		}
		return out
	})
	return out, failed
}

// printed makes one pair; nil where no writing was found.
func printed(m *sim.Maker, p sim.Plan) (*masks, error) {
	made, err := m.Make(p)
	if err != nil {
		return nil, err
	}
	r, err := ink.Examine(context.Background(), made.Scan, made.Ref, ink.Options{NoPictures: true, NoLikeness: true})
	if err != nil {
		return nil, err
	}
	if r.Presence != ink.Ink {
		fmt.Fprintf(os.Stderr, "seed %d: %s %s\n", p.Seed, r.Presence, r.Reason)
		return nil, nil
	}
	ref, err := trace.MaskOf(made.Ref.SignatureImage)
	if err != nil {
		return nil, err
	}
	kind := map[sim.Hand]int{sim.SameHand: genuine, sim.OtherHand: sameName, sim.Imitation: skilled}[p.Hand]
	return &masks{Ref: pack(ref), Query: pack(r.Extracted), Kind: kind, Set: "print " + string(p.Trap), Writer: int(p.Seed)}, nil
}

// compared measures pairs of masks; those that cannot be compared are left out.
func compared(all []masks) []sample {
	ctx := context.Background()
	return each(len(all), func(i int) []sample {
		m := all[i]
		mask := m.Query.mask()
		query, err := trace.From(ctx, mask)
		if err == nil {
			var ref *trace.Trace
			if ref, err = trace.From(ctx, m.Ref.mask()); err == nil {
				r := pair.Compare(ref, query)
				return []sample{{X: r.Features, Kind: m.Kind, Set: m.Set, Writer: m.Writer, Hidden: r.Hidden, Covered: covered(mask)}}
			}
		}
		fmt.Fprintf(os.Stderr, "%s, writer %d: %v\n", m.Set, m.Writer, err)
		return nil
	})
}

// covered is the share of the writing's surroundings, within 0.8 millimetres, that the print covers: what package ink calls
// hidden.
func covered(m *stroke.Mask) float64 {
	r := max(1, int(0.8*m.DPI/25.4))
	near := func(x, y int) bool {
		for dy := -r; dy <= r; dy += max(1, r/2) {
			for dx := -r; dx <= r; dx += max(1, r/2) {
				if m.At(x+dx, y+dy) {
					return true
				}
			}
		}
		return false
	}
	hidden, ink := 0.0, 1e-9
	for i, v := range m.Ink {
		if v {
			ink++
		} else if m.Unknown[i] && near(i%m.W, i/m.W) {
			hidden++
		}
	}
	return hidden / (hidden + ink)
}

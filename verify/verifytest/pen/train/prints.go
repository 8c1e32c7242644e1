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
	"zhengyan/verify/verifytest/pen"
)

// prints makes pairs the whole way: a certificate is printed, signed, scanned (flat, 150 dots an inch or more), the writing
// is found and separated by package ink and compared with the printed image. Of each three prints one is signed by the
// holder, one by another hand, one by the holder or an imitator.
func prints(first uint64, n int) ([]sample, error) {
	a := pen.Open()
	makers := sync.Pool{New: func() any {
		m, err := sim.NewMaker(a)
		if err != nil {
			return err
		}
		return m
	}}
	traps := []sim.Trap{sim.Beside, sim.Overlap, sim.Over}
	var mu sync.Mutex
	var failed error
	const run = 20 // neighbouring seeds share a page
	out := each((n+run-1)/run, func(block int) (out []sample) {
		m, ok := makers.Get().(*sim.Maker)
		if !ok {
			return nil
		}
		defer makers.Put(m)
		for i := block * run; i < min(n, (block+1)*run); i++ {
			p := sim.PlanOf(first + uint64(i))
			p.Signed, p.Trap, p.Carrier, p.DPI = true, traps[i%3], sim.FlatScan, max(150, p.DPI)
			p.Hand = []sim.Hand{sim.SameHand, sim.OtherHand, sim.SameHand, sim.OtherHand, sim.Imitation}[i/3%5]
			s, err := printed(m, p)
			if err != nil {
				mu.Lock()
				failed = err
				mu.Unlock()
				return out
			}
			if s != nil {
				out = append(out, *s)
			}
		}
		return out
	})
	return out, failed
}

// printed makes one pair; nil where no writing was found or it cannot be compared.
func printed(m *sim.Maker, p sim.Plan) (*sample, error) {
	made, err := m.Make(p)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	r, err := ink.Examine(ctx, made.Scan, made.Ref, ink.Options{NoPictures: true})
	if err != nil {
		return nil, err
	}
	s := &sample{Set: "print " + string(p.Trap), Writer: int(p.Seed), Kind: map[sim.Hand]int{sim.SameHand: genuine, sim.OtherHand: sameName, sim.Imitation: skilled}[p.Hand]}
	if r.Extracted == nil {
		fmt.Fprintf(os.Stderr, "seed %d: %s %s\n", p.Seed, r.Presence, r.Reason)
		return nil, nil
	}
	mask := made.Printed
	if made.Ref.SignatureImage != nil {
		if mask, err = trace.MaskOf(made.Ref.SignatureImage); err != nil {
			return nil, err
		}
	}
	ref, err := trace.From(ctx, mask)
	if err != nil {
		return nil, err
	}
	q, err := trace.From(ctx, r.Extracted)
	if err != nil {
		fmt.Fprintf(os.Stderr, "seed %d: %v\n", p.Seed, err)
		return nil, nil
	}
	c := pair.Compare(ref, q)
	s.X, s.Hidden = c.Features, c.Hidden
	return s, nil
}

package main

import (
	"context"
	"encoding/gob"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"zhengyan/verify/ink/hand"
	"zhengyan/verify/ink/hand/model"
	"zhengyan/verify/ink/hand/pair"
	"zhengyan/verify/ink/hand/trace"
	"zhengyan/verify/ink/stroke"
	"zhengyan/verify/verifytest/pen"
)

// The kinds of pairs.
const (
	genuine = iota
	skilled
	sameName
	stranger
)

// sample is one compared pair.
type sample struct {
	X      []float64
	Kind   int
	Set    string // where it comes from
	Writer int
	Hidden float64
	// Covered is the share of the writing's surroundings that the print covers, as package ink measures it.
	Covered float64
}

// mayAgree: not so much is hidden that the answer is at best doubtful.
func (s sample) mayAgree() bool { return s.Hidden <= hand.MaxHidden && s.Covered <= hand.MaxHidden }

// clean: a plain picture, not writing separated from a print.
func (s sample) clean() bool {
	return !strings.HasPrefix(s.Set, "scan") && !strings.HasPrefix(s.Set, "print") && !strings.HasPrefix(s.Set, "again")
}

// of gives the model that judges the pair.
func (s sample) of(m *model.Set) *model.Model {
	if s.clean() {
		return m.Clean
	}
	return m.Separated
}

// cached keeps what make gives in a file, if there is a folder for it.
func cached[T any](dir, name string, make func() ([]T, error)) ([]T, error) {
	file := filepath.Join(dir, name+".gob")
	if dir != "" {
		if f, err := os.Open(file); err == nil {
			defer f.Close()
			var out []T
			if err := gob.NewDecoder(f).Decode(&out); err == nil {
				return out, nil
			}
		}
	}
	out, err := make()
	if err != nil || dir == "" {
		return out, err
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return out, gob.NewEncoder(f).Encode(out)
}

// each runs the work of n writers on all processors and joins what it gives in order.
func each[T any](n int, work func(i int) []T) []T {
	parts := make([][]T, n)
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				parts[i] = work(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	var out []T
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// nameOf gives the name that the writer of a seed signs with.
func nameOf(seed uint64) string { return pen.Name(seed + 5e6) }

// hands says which people are drawn.
type hands int

const (
	// plain people vary and imitate as the generator has it; intricate writing varies more.
	plain hands = iota
	// even people are the same, but intricate writing varies as all other does. Real hands lie between the two.
	even
	// broad people differ in how much they vary and in how well they imitate, since nobody knows how real people are spread
	// over these ranges: a probability that holds over all of them does not rest on one guess. To learn from they are too
	// hard: an imitation that cannot be told from own writing teaches nothing.
	broad
)

var handsNames = [...]string{plain: "plain", even: "even", broad: "broad"}

// cast gives the persons of one name: the holder and as many others as are asked for.
type cast struct {
	alphabet *pen.Alphabet
	seed     uint64
	hands    hands
	by       float64 // intricacy
	rng      *rand.Rand
}

func newCast(a *pen.Alphabet, seed uint64, h hands) *cast {
	c := &cast{alphabet: a, seed: seed, hands: h, by: 0.6, rng: rand.New(rand.NewPCG(seed, 0x63617374))}
	switch h {
	case even:
		c.by = 0
	case broad:
		c.by *= c.rng.Float64()
	}
	return c
}

func (c *cast) drawn(seed uint64) *pen.Writer {
	w := pen.NewWriter(c.alphabet, seed).WithIntricacy(c.by)
	if c.hands == broad {
		w = w.WithVariation(variationOf(c.rng)).WithSkill(skillOf(c.rng))
	}
	return w
}

func (c *cast) holder() *pen.Writer { return c.drawn(c.seed) }

func (c *cast) other(k int) *pen.Writer { return c.drawn(c.seed + 20000 + uint64(k)*7919) }

// invented makes pairs of invented writers.
func invented(first uint64, writers int, h hands) ([]sample, error) {
	a := pen.Open()
	if a.Invented() {
		fmt.Println("no stroke data: invented characters")
	}
	return each(writers, func(i int) []sample {
		seed := first + uint64(i)
		rng := rand.New(rand.NewPCG(seed, 77))
		people := newCast(a, seed, h)
		w, name := people.holder(), nameOf(seed)
		var out []sample
		tool := newTool(rng)
		for r := range 2 {
			ref, err := clean(w.Sign(name, uint64(10*r)), tool.vary(rng))
			if err != nil {
				continue
			}
			add := func(kind int, s [][]pen.Point, t tool_) {
				q, err := clean(s, t.vary(rng))
				if err != nil {
					return
				}
				res := pair.Compare(ref, q)
				out = append(out, sample{X: res.Features, Kind: kind, Set: "invented", Writer: int(seed), Hidden: res.Hidden})
			}
			for k := range 3 {
				add(genuine, w.Sign(name, uint64(10*r+k+1)), tool)
				// A forger's pen is another one, often.
				t := tool
				if rng.Float64() < 0.5 {
					t = newTool(rng)
				}
				add(skilled, people.other(3*r+k).Imitate(w, name, uint64(k)), t)
			}
			add(sameName, people.other(20+r).Sign(name, 1), newTool(rng))
			add(stranger, people.other(30+r).Sign(nameOf(seed+uint64(r)+90001), 1), newTool(rng))
			for k := range 2 {
				add(sameName, people.other(40+2*r+k).Sign(name, 1), newTool(rng))
			}
		}
		return out
	}), nil
}

// tool_ is a pen and a way of taking the picture.
type tool_ struct{ long, pen, dpi, threshold float64 }

func newTool(rng *rand.Rand) tool_ {
	t := tool_{long: 25 + 40*rng.Float64(), pen: 0.25 + 0.6*rng.Float64(), dpi: 110 + 110*rng.Float64()}
	if rng.IntN(4) == 0 {
		t.pen = 0.01 // as thin as the picture allows
	}
	return t
}

func (t tool_) vary(rng *rand.Rand) tool_ {
	t.long *= math.Exp(0.12 * rng.NormFloat64())
	t.pen *= math.Exp(0.15 * rng.NormFloat64())
	t.threshold = 70 + 110*rng.Float64()
	return t
}

// clean gives the trace of strokes without any print around.
func clean(s [][]pen.Point, t tool_) (*trace.Trace, error) {
	return trace.From(context.Background(), maskOf(s, t))
}

func maskOf(s [][]pen.Point, t tool_) *stroke.Mask {
	img := pen.Render(s, t.long, t.pen, t.dpi)
	m := &stroke.Mask{W: img.Rect.Dx(), H: img.Rect.Dy(), Ink: make([]bool, len(img.Pix)), DPI: t.dpi}
	for i, v := range img.Pix {
		m.Ink[i] = float64(v) > t.threshold
	}
	return m
}

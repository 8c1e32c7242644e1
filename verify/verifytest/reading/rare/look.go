package main

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"zhengyan/verify/fields/ocr"
)

// top is how many of the net's own classes are kept of a step.
const top = 12

// view is a step of a line as the net sees it.
type view struct {
	X     []float32
	Class [top]int32   // the net's own classes that score highest
	Logit [top]float32 // their logits
	Mass  float32      // log of the sum of the exponentials of all logits
}

// own is the logit of a class, as far as it is among the highest.
func (v *view) own(class int32) float64 {
	for i, c := range v.Class {
		if c == class {
			return float64(v.Logit[i])
		}
	}
	return math.Inf(-1)
}

// sample is a step with what stands there; label 0 is between characters.
type sample struct {
	Label rune
	View  view
}

// lineSeen is a line with all its steps.
type lineSeen struct {
	Kind  string
	Text  []rune
	Width int
	Views []view
}

// seen are what the net saw of the lines of an exam.
type seen struct{ Lines []lineSeen }

// look draws the lines of an exam with a font and lets the net look at them, or takes what an earlier run kept.
func (o *options) look(f *ocr.Features, t table, use *usage, font string, pass int) (*seen, error) {
	file := filepath.Join(o.work, fmt.Sprintf("exam-%s-%d.lines", fontName(font), pass))
	s, err := readSeen(file)
	if !errors.Is(err, os.ErrNotExist) {
		return s, err
	}
	face, err := openFont(font)
	if err != nil {
		return nil, err
	}
	seed := uint64(pass)
	for _, c := range "exam" + face.name {
		seed = seed*131 + uint64(c)
	}
	c := &composer{t: t, use: use, face: face, r: rand.New(rand.NewPCG(seed, 1))}
	s = &seen{}
	lines, kinds := c.exam()
	log.Printf("exam %d: %s: %d lines", pass, face.name, len(lines))
	for i, l := range lines {
		p, err := face.draw(l, rand.New(rand.NewPCG(seed, uint64(i)+2)))
		if err != nil {
			return nil, err
		}
		all, err := f.Line(p.pix, p.width)
		if err != nil {
			return nil, err
		}
		s.Lines = append(s.Lines, whole(f, p, all, kinds[i]))
	}
	return s, s.write(file)
}

// viewed is one step of what the net gives.
func viewed(f *ocr.Features, step []float32) view {
	x, z := step[:f.Inside], step[f.Inside:]
	v := view{X: append([]float32(nil), x...)}
	for i := range v.Logit {
		v.Logit[i] = float32(math.Inf(-1))
	}
	for k, l := range z {
		if l <= v.Logit[top-1] {
			continue
		}
		i := top - 1
		for ; i > 0 && v.Logit[i-1] < l; i-- {
			v.Logit[i], v.Class[i] = v.Logit[i-1], v.Class[i-1]
		}
		v.Logit[i], v.Class[i] = l, int32(k)
	}
	sum := 0.0
	for _, l := range z {
		sum += math.Exp(float64(l - v.Logit[0]))
	}
	v.Mass = v.Logit[0] + float32(math.Log(sum))
	return v
}

func whole(f *ocr.Features, p *picture, all []float32, kind string) lineSeen {
	l := lineSeen{Kind: kind, Text: p.runes, Width: p.width}
	per := f.Inside + len(f.Keys)
	for t := 0; t < len(all); t += per {
		l.Views = append(l.Views, viewed(f, all[t:t+per]))
	}
	return l
}

// picked gives the steps at which the net sees a character, by the place at which it was drawn, and two between characters:
// any, and the one that is likeliest to be mistaken for a character.
func picked(f *ocr.Features, p *picture, all []float32) []sample {
	per := f.Inside + len(f.Keys)
	steps := len(all) / per
	blank, lead := make([]float32, steps), make([]float32, steps) // logit of the blank, and by how much it leads
	for t := range steps {
		z := all[t*per+f.Inside : (t+1)*per]
		best := z[1]
		for _, v := range z[2:] {
			best = max(best, v)
		}
		blank[t], lead[t] = z[0], z[0]-best
	}
	var out []sample
	add := func(t int, r rune) { out = append(out, sample{r, viewed(f, all[t*per:(t+1)*per])}) }
	taken := make([]bool, steps)
	for i, m := range p.middle {
		em := p.em
		if p.runes[i] < 0x2000 {
			em /= 2
		}
		near := func(t int) bool {
			d := (float64(t)+0.5)*8 - m
			return t >= 0 && t < steps && d > -0.4*em && d < 0.4*em
		}
		best := -1
		for t := range steps {
			if near(t) && (best < 0 || blank[t] < blank[best]) {
				best = t
			}
		}
		if best < 0 {
			continue
		}
		for t := best - 1; t <= best+1; t++ {
			if t == best || near(t) && lead[t] < 0 {
				add(t, p.runes[i])
				taken[t] = true
			}
		}
	}
	worst, n := -1, 0
	for t := range steps {
		if taken[t] || lead[t] <= 0 {
			continue
		}
		if n++; n == 3 {
			add(t, 0)
		}
		if worst < 0 || lead[t] < lead[worst] {
			worst = t
		}
	}
	if worst >= 0 {
		add(worst, 0)
	}
	return out
}

func (s *seen) write(path string) error {
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	err = gob.NewEncoder(w).Encode(s)
	err = errors.Join(err, w.Flush(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

func readSeen(path string) (*seen, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &seen{}
	return s, gob.NewDecoder(bufio.NewReader(f)).Decode(s)
}

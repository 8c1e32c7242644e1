package ocr

import (
	"context"
	"fmt"
	"math"
	"slices"

	"zhengyan/verify/fields/ocr/glyphs"
	"zhengyan/verify/page"
)

// The recogniser goes by a character's neighbours, and is sure of the one that it knows of two that differ in a stroke. What stands in a place
// is what three words make likeliest: the line's, in which the net itself overrules what it was taught where it is sure; the shares of its
// step as they are; and what a net that knows all standard characters makes of the strokes alone. How much each counts was found on
// pages of the dev split.
const (
	lineWord, shownWord, aloneWord = 0.2, 1.0, 0.8 // by which the logarithms of the shares count
)

// glimpse says of the characters at some places of a line what the net that reads them alone (package glyphs) makes of each, likeliest first.
func (r *Reader) glimpse(ctx context.Context, m *raster, plane []uint8, q quad, at []float64) ([][]page.Alternative, error) {
	half := glyphs.Wide / 2.0 / glyphs.High * q.height() / q.width()
	in := make([]float32, 0, glyphs.Wide*glyphs.High*len(at))
	for _, x := range at {
		for _, v := range darkness(crop(plane, m.w, m.h, q.around(x, half), glyphs.Wide, glyphs.High), 256) {
			in = append(in, 1-v/255)
		}
	}
	out, dims, err := r.run(ctx, r.glyphs, in, [4]int{len(at), 1, glyphs.High, glyphs.Wide})
	if err != nil {
		return nil, err
	}
	n := len(r.glyphRunes)
	if len(out) != len(at)*n {
		return nil, fmt.Errorf("the net for single characters gives an answer of the size %v", dims)
	}
	all := make([][]page.Alternative, len(at))
	for i := range all {
		all[i] = likeliestOf(out[i*n:(i+1)*n], r.glyphRunes)
	}
	return all, nil
}

// looked reads Chinese characters of a line each by itself too.
func (r *Reader) looked(ctx context.Context, m *raster, plane []uint8, one reading) (reading, error) {
	if r.glyphs == nil {
		return one, nil
	}
	which := r.single(one.syms)
	if len(which) == 0 {
		return one, nil
	}
	at := make([]float64, len(which))
	for k, i := range which {
		at[k] = one.syms[i].at
	}
	seen, err := r.glimpse(ctx, m, plane, one.quad, at)
	if err != nil {
		return one, err
	}
	one.syms = slices.Clone(one.syms)
	for k, i := range which {
		s := &one.syms[i]
		s.take(borneOut(s, seen[k]))
	}
	return one, nil
}

// single gives the characters of a line that are read by themselves too: all of a short line, for a name is one; the unsure ones of a longer
// line; of one with a number the province's before it.
func (r *Reader) single(syms []symbol) []int {
	han, signs := 0, digits(syms)
	for _, s := range syms {
		if r.standard[s.r] {
			han++
		}
	}
	var out []int
	for i, s := range syms {
		if !r.standard[s.r] || s.conf < leastNamed {
			continue
		}
		switch {
		case signs >= numberDigits:
			if i+1 == len(syms) || !isDigit(syms[i+1].r) || i > 0 && isDigit(syms[i-1].r) || signOf(s.r) != signBlank {
				continue
			}
		case han <= mostShort:
			out = append(out, i)
			continue
		}
		if s.conf < sureAmong {
			out = append(out, i)
		}
	}
	if han > mostShort && len(out) > aloneMost {
		return nil
	}
	return out
}

// borneOut gives the characters of a place by what the line and a look at the character alone make of it together, likeliest first.
func borneOut(s *symbol, alone []page.Alternative) []page.Alternative {
	line, shown := s.among, s.shown
	if len(line) == 0 {
		line = []page.Alternative{{R: s.r, Share: s.conf}}
	}
	if len(shown) == 0 {
		shown = line
	}
	return weighed([][]page.Alternative{line, shown, alone}, []float64{lineWord, shownWord, aloneWord}, leastAmong)
}

// likeliestOf gives the characters with the highest logits and their shares.
func likeliestOf(logits []float32, of []rune) []page.Alternative {
	best := slices.Max(logits)
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v - best))
	}
	var out []page.Alternative
	for k, v := range logits {
		if share := math.Exp(float64(v-best)) / sum; share >= leastAmong {
			out = append(out, page.Alternative{R: of[k], Share: share})
		}
	}
	return ranked(out)
}

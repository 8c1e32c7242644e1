package main

import (
	"log"
	"math"
	"unicode/utf8"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/fields/ocr/rare"
)

// exam compares what is read of the lines of a font with and without a head.
type exam struct {
	f     *ocr.Features
	h     *rare.Head
	rare  map[rune]bool
	own   []int32 // the net's class of each of the head's characters, -1 none
	lines []lineSeen
	z     [][]float32 // by line: steps × classes
}

func newExam(f *ocr.Features, h *rare.Head, t table, s *seen) *exam {
	e := &exam{f: f, h: h, rare: map[rune]bool{}, lines: s.Lines}
	for _, r := range t[levelOne:] {
		e.rare[r] = true
	}
	class := map[string]int32{}
	for k, key := range f.Keys {
		class[key] = int32(k)
	}
	for _, r := range h.Runes {
		k, ok := class[string(r)]
		if !ok {
			k = -1
		}
		e.own = append(e.own, k)
	}
	n := len(h.Runes)
	for i := range e.lines {
		z := make([]float32, 0, n*len(e.lines[i].Views))
		for _, v := range e.lines[i].Views {
			if v.Class[0] == 0 && v.Logit[0]-v.Mass > -surelyBlank {
				z = append(z, make([]float32, n)...) // never looked at
				continue
			}
			mid := append([]float32(nil), h.Shift...)
			for a, x := range v.X {
				for k, p := range h.Project[a*h.Inner : (a+1)*h.Inner] {
					mid[k] += x * p
				}
			}
			row := append([]float32(nil), h.Bias...)
			for k, x := range mid {
				for r, w := range h.Rows[k*n : (k+1)*n] {
					row[r] += x * w
				}
			}
			z = append(z, row...)
		}
		e.z = append(e.z, z)
	}
	return e
}

// surelyBlank is the share of all other classes under which a step is between characters whatever the head says.
const surelyBlank = 0.02

// letter is a character that was read.
type letter struct {
	r    rune
	conf float64
}

// read decodes a line as package ocr does, with a margin taken off the head's classes; +Inf is the plain net. Where the net
// alone is as sure of a character, or of a gap between two, as given, it stands.
func (e *exam) read(i int, off, sure, gap float64) []letter {
	var out []letter
	last := rune(0)
	n := len(e.h.Runes)
	for t := range e.lines[i].Views {
		v := &e.lines[i].Views[t]
		r, p := rune(0), math.Exp(float64(v.Logit[0]-v.Mass))
		if v.Class[0] != 0 {
			r = []rune(e.f.Keys[v.Class[0]])[0]
		}
		if !math.IsInf(off, 1) && (r == 0 && p < gap || r >= utf8.RuneSelf && p < sure) {
			r, p = e.both(v, e.z[i][t*n:(t+1)*n], off)
		}
		switch {
		case r == 0:
		case r == last:
			out[len(out)-1].conf = max(out[len(out)-1].conf, p)
		default:
			out = append(out, letter{r, p})
		}
		last = r
	}
	return out
}

func (e *exam) both(v *view, z []float32, off float64) (rune, float64) {
	high := float64(v.Logit[0])
	best := 0
	for r, x := range z {
		if x > z[best] {
			best = r
		}
	}
	high = math.Max(high, float64(z[best])-off)
	sum := math.Exp(float64(v.Mass) - high)
	ownTwin := 0.0
	for r, x := range z {
		d := float64(x) - off - high
		if d > -20 {
			sum += math.Exp(d)
		}
		if e.own[r] == v.Class[0] {
			ownTwin = math.Exp(d)
		}
	}
	pOwn := math.Exp(float64(v.Logit[0])-high) + ownTwin
	pTaught := math.Exp(float64(z[best]) - off - high)
	if e.own[best] >= 0 {
		pTaught += math.Exp(v.own(e.own[best]) - high)
	}
	if pTaught > pOwn {
		return e.h.Runes[best], pTaught / sum
	}
	if v.Class[0] == 0 {
		return 0, pOwn / sum
	}
	return []rune(e.f.Keys[v.Class[0]])[0], pOwn / sum
}

// found marks which of the characters of the text were read, in order: a longest common subsequence.
func found(text []rune, read []letter) []int {
	n, m := len(text), len(read)
	l := make([][]int, n+1)
	for i := range l {
		l[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if text[i] == read[j].r {
				l[i][j] = l[i+1][j+1] + 1
			} else {
				l[i][j] = max(l[i+1][j], l[i][j+1])
			}
		}
	}
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case text[i] == read[j].r:
			out[i] = j
			i, j = i+1, j+1
		case l[i+1][j] >= l[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// marks are the figures of a kind of lines.
type marks struct {
	rareN, rareRight, rareSure, rareSureRight int
	n, right, lost, gained                    int // other characters; against the plain net
	lines, whole                              int
}

var kindsMeasured = [...]string{kindRare, kindMixed, kindName, kindWords, kindPhrase}

// ways are margins with the likelihoods from which the net stands, of a character and of a gap: the plain net, what package
// ocr does in short lines and in long ones, and others for comparison.
var ways = [...][3]float64{
	{math.Inf(1), 1, 1}, {0, 0.98, 0.99}, {3, 0.5, 0.9}, {3, 0.9, 0.9}, {1, 0.9, 0.95}, {0, 0.9, 0.95},
}

// report logs what is read, with the plain net and with the head in several ways.
func (e *exam) report(name string) {
	inf := math.Inf(1)
	for _, way := range ways {
		off, sure, gap := way[0], way[1], way[2]
		all := map[string]*marks{}
		lost := []rune{}
		for _, k := range kindsMeasured {
			all[k] = &marks{}
		}
		for i := range e.lines {
			l, m := &e.lines[i], all[e.lines[i].Kind]
			plain, read := found(l.Text, e.read(i, inf, 1, 1)), e.read(i, off, sure, gap)
			at := found(l.Text, read)
			m.lines++
			whole := true
			for k, r := range l.Text {
				if at[k] < 0 {
					whole = false
				}
				if e.rare[r] {
					m.rareN++
					if at[k] >= 0 {
						m.rareRight++
					}
					continue
				}
				m.n++
				if at[k] >= 0 {
					m.right++
				}
				if at[k] < 0 && plain[k] >= 0 {
					m.lost++
					lost = append(lost, r)
				}
				if at[k] >= 0 && plain[k] < 0 {
					m.gained++
				}
			}
			for _, c := range read {
				if e.rare[c.r] && c.conf >= 0.95 {
					m.rareSure++
				}
			}
			for k, r := range l.Text {
				if e.rare[r] && at[k] >= 0 && read[at[k]].conf >= 0.95 {
					m.rareSureRight++
				}
			}
			if whole && len(read) == len(l.Text) {
				m.whole++
			}
		}
		log.Printf("%s, %.0f off, the net stands from %.3f, gaps from %.2f:", name, off, sure, gap)
		for _, k := range kindsMeasured {
			m := all[k]
			log.Printf("  %-18s rare %d/%d %.1f %%, sure %d, right %d; others %d/%d %.2f %%, lost %d, gained %d; whole %d/%d",
				k, m.rareRight, m.rareN, share(m.rareRight, m.rareN), m.rareSure, m.rareSureRight, m.right, m.n, share(m.right, m.n), m.lost, m.gained, m.whole, m.lines)
		}
		if len(lost) > 0 {
			log.Printf("  lost: %s", string(lost))
		}
	}
}

func share(a, b int) float64 { return 100 * float64(a) / float64(max(b, 1)) }

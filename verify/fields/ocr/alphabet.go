package ocr

import (
	"unicode"
	"unicode/utf8"

	"zhengyan/verify/page"
)

// alphabet is what the classes of a recogniser stand for.
type alphabet struct {
	keys  []string // class to character, [0] being CTC's blank
	known int      // the first classes are the net's own; the others it was taught
	twin  []int    // the class of the same character among the others, or -1
}

func newAlphabet(own, taught []string) *alphabet {
	a := &alphabet{keys: append(append([]string(nil), own...), taught...), known: len(own)}
	a.twin = make([]int, len(a.keys))
	at := make(map[string]int, len(own))
	for k := range a.twin {
		a.twin[k] = -1
		if k < a.known {
			at[a.keys[k]] = k
			continue
		}
		if o, ok := at[a.keys[k]]; ok {
			a.twin[k], a.twin[o] = o, k
		}
	}
	return a
}

// trust says how much the classes that were taught count in a line.
type trust struct {
	weight float32 // by which their likelihoods are multiplied
	sure   float64 // from this likelihood on, a character of the net's own stands
	gap    float64 // and so does a gap between two characters
}

// Where the net is sure it stands, in long lines already where it is less so, and there the taught classes count less: a name is short,
// employers and dates stand in longer lines, of common characters. The figures were chosen on typefaces that the head was not taught with
// (make rare-rows): overruling the net where it is surer costs more common characters than it gains rare ones, and gaps of which
// it is surer become characters that are not there.
const (
	shortWeight, shortSure, shortGap    = 1, 0.98, 0.99
	longWeight, longSure, longGap       = 0.37, 0.9, 0.95 // 0.37: a natural logarithm
	numberWeight, numberSure, numberGap = 0.02, 0.5, 0.9  // 0.02: four natural logarithms
	numberDigits                        = 6               // digits of a line in which a Chinese character is a province's, 年 or the like
	signSure                            = 0.5             // from this likelihood on, a bracket or another sign of the net's own stands
	longLine                            = 7               // characters, by the shape of the line
	overruling                          = 0.75            // share from which a taught character of a short line stands in any case
)

// trustIn is that of a line that fills so many steps, of whose characters the net itself sees so many as digits.
func trustIn(frames float64, digits int) trust {
	if digits >= numberDigits {
		return trust{numberWeight, numberSure, numberGap}
	}
	if frames > longLine*lineHeight*EmOfHeight/frameWidth {
		return trust{longWeight, longSure, longGap}
	}
	return trust{shortWeight, shortSure, shortGap}
}

// isHan reports whether a class is a Chinese character.
func (a *alphabet) isHan(class int) bool {
	r, _ := utf8.DecodeRuneInString(a.keys[class])
	return unicode.Is(unicode.Han, r)
}

// likeliest is the class of a step of likelihoods and its share of all. Of two classes of one character both likelihoods
// count, and the net's own class is given. A digit or a Latin letter of the net stands in any case: the classes that were
// taught are Chinese characters and must not change a number.
func (a *alphabet) likeliest(row []float32, of trust) (int, float64) {
	own := 0
	for i, v := range row[:a.known] {
		if v > row[own] {
			own = i
		}
	}
	if a.known == len(row) {
		return own, float64(row[own])
	}
	taught, mass := a.known, float32(0)
	for i, v := range row[a.known:] {
		mass += v
		if v > row[taught] {
			taught = a.known + i
		}
	}
	alone := min(float64(row[own])/max(1e-6, float64(1-mass)), 1)
	sure := of.sure
	switch key := a.keys[own]; {
	case own == 0:
		sure = of.gap
	case key != "" && key[0] < utf8.RuneSelf:
		sure = 0
	case !a.isHan(own):
		sure = min(sure, signSure)
	}
	// What share the taught classes have says nothing of how sure the net is of its own; where one of them has nearly all, 快 is 怏.
	overruled := of.weight == shortWeight && row[taught] >= overruling && a.isHan(own) && a.twin[taught] < 0
	if alone >= sure && !overruled {
		return own, alone
	}
	all := max(1e-6, float64(1-(1-of.weight)*mass))
	p, q, class := row[own], of.weight*row[taught], taught
	if t := a.twin[own]; t >= 0 {
		p += of.weight * row[t]
	}
	if t := a.twin[taught]; t >= 0 {
		q, class = q+row[t], t
	}
	if q > p {
		own, p = class, q
	}
	return own, min(float64(p)/all, 1)
}

// leastAmong is the share of a step from which on a character may stand there.
const leastAmong = 1e-3

// weigh gives the characters that may stand in a step that was read as a class, likeliest first: shown by their shares of all alone, and among
// by what counts of them, which is the class alone where the net was sure of it; nil where the net has no taught classes. Neither is given
// beside a digit, a Latin letter or a gap.
func (a *alphabet) weigh(row []float32, of trust, class int, conf float64) (among, shown []page.Alternative) {
	key := a.keys[class]
	if key == "" || key[0] < utf8.RuneSelf {
		return nil, nil
	}
	shown = a.shares(row, of)
	if a.known == len(row) {
		return nil, shown
	}
	if r, _ := utf8.DecodeRuneInString(key); len(shown) == 0 || shown[0].R != r {
		return []page.Alternative{{R: r, Share: conf}}, shown
	}
	return shown, shown
}

// shares gives the characters of a step by their shares of all, as many as are kept. A class of each side counts as in likeliest.
func (a *alphabet) shares(row []float32, of trust) []page.Alternative {
	mass := float32(0)
	for _, v := range row[a.known:] {
		mass += v
	}
	all := max(1e-6, 1-(1-of.weight)*mass)
	var out []page.Alternative
	add := func(k int, v float32) {
		if share := float64(v / all); share >= leastAmong {
			r, _ := utf8.DecodeRuneInString(a.keys[k])
			out = append(out, page.Alternative{R: r, Share: share})
		}
	}
	for k, v := range row {
		switch t := a.twin[k]; {
		case k >= a.known && t >= 0: // counted with the net's own class
		case k >= a.known:
			add(k, of.weight*v)
		case k > 0 && t >= 0:
			add(k, v+of.weight*row[t])
		case k > 0:
			add(k, v)
		}
	}
	return ranked(out)
}

// digitsIn is how many digits the net itself reads in the steps.
func (a *alphabet) digitsIn(out []float32, steps int) int {
	n, last := 0, 0
	for t := range steps {
		row := out[t*len(a.keys):][:a.known]
		best := 0
		for i, v := range row {
			if v > row[best] {
				best = i
			}
		}
		if key := a.keys[best]; best != last && len(key) == 1 && isDigit(rune(key[0])) {
			n++
		}
		last = best
	}
	return n
}

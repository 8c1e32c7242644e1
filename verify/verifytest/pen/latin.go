package pen

import (
	"math"
	"math/rand/v2"
)

// LatinName invents a short name in Latin letters.
func LatinName(seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 0x4c415449))
	const vowels, consonants = "aeiou", "bcdfghklmnprstvwyz"
	var b []byte
	for word := 1 + rng.IntN(2); word > 0; word-- {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, consonants[rng.IntN(len(consonants))]-'a'+'A')
		for n := 2 + rng.IntN(5); n > 0; n-- {
			if n%2 == 0 {
				b = append(b, vowels[rng.IntN(len(vowels))])
			} else {
				b = append(b, consonants[rng.IntN(len(consonants))])
			}
		}
	}
	return string(b)
}

// moves are what cursive letters are made of, each from where the last one ended: arches, cups, loops up and down, bowls.
// Letters are words over them, so that a name in Latin letters gives a long joined line with loops.
var latinWords = map[rune]string{
	'a': "ocu", 'b': "Lbr", 'c': "ou", 'd': "oLu", 'e': "eu", 'f': "LJu", 'g': "oJu", 'h': "Lnu", 'i': "iu", 'j': "iJ",
	'k': "Lkr", 'l': "Lu", 'm': "nnu", 'n': "nu", 'o': "or", 'p': "iJo", 'q': "oJ", 'r': "ir", 's': "su", 't': "Tu",
	'u': "uu", 'v': "ur", 'w': "uur", 'x': "nku", 'y': "uJ", 'z': "sJ",
}

// latin gives the strokes of a letter; a space is an empty character.
func latin(r rune) ([][]Point, bool) {
	if r == ' ' {
		return nil, true
	}
	big := r >= 'A' && r <= 'Z'
	if big {
		r += 'a' - 'A'
	}
	word, ok := latinWords[r]
	if !ok {
		return nil, false
	}
	x, s := 0.0, []Point{{X: 0, Y: 0.75, W: 1}}
	to := func(dx, y float64) { s = append(s, Point{X: x + dx, Y: y, W: 1}) }
	for i, m := range word {
		top := 0.45
		if big && i == 0 {
			top = 0.05
		}
		switch m {
		case 'o', 'c':
			to(0.24, top+0.05)
			to(0.10, top)
			to(0.00, 0.62)
			to(0.10, 0.76)
			to(0.24, 0.65)
			to(0.26, top+0.04)
			x += 0.22
		case 'e':
			to(0.18, 0.60)
			to(0.16, top)
			to(0.04, 0.58)
			to(0.08, 0.75)
			x += 0.14
		case 'u', 'i':
			to(0.06, top)
			to(0.07, 0.70)
			to(0.16, 0.75)
			to(0.25, top+0.15)
			x += 0.22
		case 'n', 'r':
			to(0.04, 0.74)
			to(0.10, top+0.03)
			to(0.20, top+0.02)
			to(0.24, 0.74)
			x += 0.2
		case 'L', 'b', 'T', 'k':
			to(0.16, 0.35)
			to(0.14, 0.02)
			to(0.04, 0.25)
			to(0.05, 0.74)
			to(0.16, 0.74)
			x += 0.12
		case 'J':
			to(0.06, top+0.1)
			to(0.04, 1.05)
			to(-0.08, 1.18)
			to(-0.10, 1.0)
			to(0.14, 0.72)
			x += 0.14
		case 's':
			to(0.14, top)
			to(0.16, 0.62)
			to(0.06, 0.76)
			x += 0.14
		}
	}
	end := math.Max(x, 0.2)
	strokes := [][]Point{s}
	switch r {
	case 't', 'f':
		strokes = append(strokes, []Point{{X: -0.05, Y: 0.36, W: 1}, {X: end * 0.6, Y: 0.33, W: 1}, {X: end + 0.05, Y: 0.32, W: 1}})
	case 'i', 'j':
		strokes = append(strokes, []Point{{X: 0.08, Y: 0.22, W: 1}, {X: 0.11, Y: 0.24, W: 1}, {X: 0.12, Y: 0.27, W: 1}})
	}
	return strokes, true
}

package ocr

import (
	"math"
	"strings"
	"unicode/utf8"
)

// sign is one of the few characters that numbers, days and periods are written with.
type sign uint8

// The signs; those of the digits are signZero to signZero+9.
const (
	signBlank sign = iota // CTC's blank: nothing, or the same character goes on
	signZero
	signYear  = signZero + 10 + iota - 2 // 年
	signMonth                            // 月
	signDay                              // 日
	signTo                               // 至
	signDash                             // all dashes and tildes
	signDot
	signSlash
	signs
)

func (s sign) isDigit() bool { return s >= signZero && s < signZero+10 }
func (s sign) digit() int    { return int(s - signZero) }

// writings are the characters that stand for a sign; the first is the one that is given.
func (s sign) writings() string {
	switch {
	case s == signBlank:
		return ""
	case s.isDigit():
		return "0123456789"[s.digit() : s.digit()+1]
	}
	return [...]string{"年", "月", "日", "至", "-–—―－~～一", ".·", "/"}[s-signYear]
}

func (s sign) rune() rune {
	r, _ := utf8.DecodeRuneInString(s.writings())
	return r
}

// signOf is the sign that a character stands for, signBlank if it is none.
func signOf(r rune) sign {
	for s := signZero; s < signs; s++ {
		if strings.ContainsRune(s.writings(), r) {
			return s
		}
	}
	return signBlank
}

// A lattice is what the recogniser says of each step of a line's picture, as shares of what it finds likeliest there: how
// likely each sign is, and how likely anything else that is no digit, which may stand beside a number or a day.
type lattice struct {
	n      int       // steps
	share  []float64 // n × signs
	other  []float64 // n
	rest   []float64 // n: what of that is neither a sign nor nothing
	frames float64   // steps that the line fills
	from   float64   // place along the line of the picture's first step, and
	to     float64   // of that behind the last
}

// leastShare is the least share of a sign: one picture of several must not forbid what the others show.
const leastShare = 1e-5

func (l *lattice) at(t int, of sign) float64 { return l.share[t*int(signs)+int(of)] }

// place is where a step stands along the line.
func (l *lattice) place(t int) float64 {
	return min(max(l.from+(l.to-l.from)*(float64(t)+0.5)/l.frames, 0), 1)
}

// step is the step that stands at a place along the line.
func (l *lattice) step(at float64) int {
	return min(max(int((at-l.from)/(l.to-l.from)*l.frames), 0), l.n-1)
}

// elsewise reports whether the net sees something between two places along the line that is no digit.
func (l *lattice) elsewise(from, to float64) bool {
	if l == nil || l.n == 0 || !(from < to) {
		return false
	}
	rest, digit := 0.0, 0.0
	for t := l.step(from); t <= l.step(to); t++ {
		rest = max(rest, l.rest[t])
		for d := signZero; d < signZero+10; d++ {
			digit = max(digit, l.at(t, d))
		}
	}
	return rest >= toldShare && digit < rest
}

// figureClasses are the classes of the net for digits: the signs, and anything else.
const figureClasses = int(signs) + 1

// latticeOf takes the logits of the net for digits, steps × figureClasses.
func latticeOf(logits []float32, n int) *lattice {
	l := &lattice{n: n, share: make([]float64, n*int(signs)), other: make([]float64, n), rest: make([]float64, n), to: 1, frames: float64(n)}
	for t := range n {
		row := logits[t*figureClasses : (t+1)*figureClasses]
		high := row[0]
		for _, v := range row {
			high = max(high, v)
		}
		share := func(v float32) float64 { return math.Max(math.Exp(float64(v-high)), leastShare) }
		other := share(row[signs])
		l.rest[t] = other
		for s := range signs {
			l.share[t*int(signs)+int(s)] = share(row[s])
			if !s.isDigit() {
				other = max(other, share(row[s]))
			}
		}
		l.other[t] = other
	}
	return l
}

package ocr

import (
	"context"
	"slices"
)

// A line may be found without its beginning, in pale print beside a watermark: 年08月10日至2025年11月15日. It is read once more from
// further ahead.
const (
	lostHead = 6.0 // heights that a label and a year take
	lostYear = 2.6 // and a year alone
	lostMost = 8   // lines that are read so: a page has one or two
)

// headless reports whether a line begins in the middle of a year.
func headless(syms []symbol) bool {
	row := make([]sign, 0, len(syms))
	for _, c := range syms {
		row = append(row, signOf(c.r))
	}
	n := 0
	for n < len(row) && row[n].isDigit() {
		n++
	}
	if n > 3 || n == len(row) {
		return false
	}
	isDigits := func(from, to int) bool {
		for i := from; i < to; i++ {
			if i >= len(row) || !row[i].isDigit() {
				return false
			}
		}
		return true
	}
	switch row[n] {
	case signYear:
		return isDigits(n+1, n+2)
	case signDash:
		return n > 0 && isDigits(n+1, n+3) && n+3 < len(row) && row[n+3] == signDash && isDigits(n+4, n+6)
	}
	return false
}

// headed reads the lines anew that begin in the middle of a year; where that gives the whole day it counts, unsurely where the rest was
// read otherwise before. What was found as a line of its own is left to itself.
func (r *Reader) headed(ctx context.Context, m *raster, plane []uint8, lines []reading) error {
	left := lostMost
	for i := range lines {
		l := &lines[i]
		if left == 0 || !headless(l.syms) {
			continue
		}
		left--
		for _, by := range []float64{lostHead, lostYear} {
			q := l.quad.preceded(by * l.quad.height())
			if taken(q, l.quad, lines) {
				continue
			}
			whole, err := r.readSure(ctx, m, plane, reading{quad: q})
			if err != nil {
				return err
			}
			if !headless(whole.syms) && hasDay(whole.syms) && !brokenDay(whole.syms) && digits(whole.syms) > digits(l.syms) {
				if !endsWith(whole.syms, l.syms) {
					for k := range whole.syms {
						whole.syms[k].conf = min(whole.syms[k].conf, outvoted)
					}
				}
				*l = whole
			}
			break
		}
	}
	return nil
}

// endsWith reports whether the last digits of a line are those of another.
func endsWith(syms, other []symbol) bool {
	of := func(syms []symbol) (out []rune) {
		for _, s := range syms {
			if isDigit(s.r) {
				out = append(out, s.r)
			}
		}
		return out
	}
	all, last := of(syms), of(other)
	return len(all) >= len(last) && slices.Equal(all[len(all)-len(last):], last)
}

// taken reports whether one of the lines stands in what a quad has before another.
func taken(long, own quad, lines []reading) bool {
	ahead := quad{long[0], own[0], own[3], long[3]}
	for i := range lines {
		q := lines[i].quad
		if q != own && (ahead.holds(q.centre()) || ahead.holds(q.at(0, 0.5)) || ahead.holds(q.at(1, 0.5)) || q.holds(ahead.centre())) {
			return true
		}
	}
	return false
}

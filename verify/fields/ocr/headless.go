package ocr

import "context"

// A line may be found without its beginning, in pale print beside a watermark: 年08月10日至2025年11月15日. It is read once more from
// further ahead.
const (
	lostHead = 6.0 // heights that a label and a year take
	lostYear = 2.6 // and a year alone
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

// headed reads the lines anew that begin in the middle of a year; where that gives the whole day it counts. What was found as a line of
// its own is left to itself.
func (r *Reader) headed(ctx context.Context, m *raster, plane []uint8, lines []reading) error {
	for i := range lines {
		l := &lines[i]
		if !headless(l.syms) {
			continue
		}
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
				*l = whole
			}
			break
		}
	}
	return nil
}

// taken reports whether one of the lines stands, by its end, in what a quad has before another.
func taken(long, own quad, lines []reading) bool {
	ahead := quad{long[0], own[0], own[3], long[3]}
	for i := range lines {
		if q := lines[i].quad; q != own && (ahead.holds(q.centre()) || ahead.holds(q.at(1, 0.5))) {
			return true
		}
	}
	return false
}

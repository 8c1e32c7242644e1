package ocr

import (
	"context"
	"slices"
	"unicode"
)

// A wrong digit is as well-formed as a right one, and the recogniser is often sure of it. A line with digits is therefore read
// a second time from a picture that is cut and toned differently, and a third time where the two differ: what stands in
// most readings counts, and where no reading is confirmed the confidence says so.
const (
	twiceDigits = 2    // digits of a line that is read again
	outvoted    = 0.85 // highest confidence of a character that one of three readings gives otherwise
	unconfirmed = 0.4  // of one that only one of three gives
	lostEnd     = 2.0  // heights by which a line that ends in the middle of a day is read further
)

func digits(syms []symbol) int {
	n := 0
	for _, s := range syms {
		if s.r >= '0' && s.r <= '9' {
			n++
		}
	}
	return n
}

// readSure reads a line that may have been read once, one with digits several times, and characters that are names or unsure by
// themselves too.
func (r *Reader) readSure(ctx context.Context, m *raster, plane []uint8, one reading) (reading, error) {
	if m.once {
		return r.readOnce(ctx, m, plane, one)
	}
	l, err := r.readWhole(ctx, m, plane, one)
	if err != nil {
		return l, err
	}
	return r.looked(ctx, m, plane, l)
}

// readOnce reads a line that may have been read once; what nothing confirms is not sure.
func (r *Reader) readOnce(ctx context.Context, m *raster, plane []uint8, one reading) (l reading, err error) {
	if l = one; !l.done {
		if l, err = r.readCut(ctx, m, plane, one.quad, cuts[0]); err != nil {
			return one, err
		}
	}
	if digits(l.syms) >= twiceDigits {
		for i := range l.syms {
			l.syms[i].conf = min(l.syms[i].conf, outvoted)
		}
	}
	return l, nil
}

// readWhole reads a line, one with digits several times. Where that leaves a day without an end, the line's box may have ended too early, at
// the ragged edge of a seal, say: what a longer one says counts if it has the whole day. A day that ends with a single digit under red
// ink (2020-12-1) may be the beginning of one with two.
func (r *Reader) readWhole(ctx context.Context, m *raster, plane []uint8, one reading) (reading, error) {
	l, err := r.readOften(ctx, m, plane, one)
	if err != nil {
		return l, err
	}
	broken := brokenDay(l.syms)
	open := !broken && openDay(l.syms) && m.redOver(l.quad.behind(lostEnd*l.quad.height()))
	if !broken && !open {
		return l, nil
	}
	longer, err := r.readOften(ctx, m, plane, reading{quad: l.quad.lengthened(lostEnd * l.quad.height())})
	switch {
	case err != nil:
		return l, err
	case !brokenDay(longer.syms) && digits(longer.syms) > digits(l.syms):
		return longer, nil
	case open && sameDigits(longer.syms, l.syms) == nil:
		last := &l.syms[len(l.syms)-1]
		last.conf = min(last.conf, ownDoubt)
	}
	return l, nil
}

// openDay reports whether a line ends with a day without 日 whose last part has one digit.
func openDay(syms []symbol) bool {
	if len(syms) == 0 || !isDigit(syms[len(syms)-1].r) {
		return false
	}
	rows := rowsOf(syms)
	row := rows[len(rows)-1]
	_, ok := formOf(row)
	return ok && begunAsDay(row) && !row[len(row)-2].isDigit()
}

func (r *Reader) readOften(ctx context.Context, m *raster, plane []uint8, one reading) (reading, error) {
	q := one.quad
	var err error
	if !one.done {
		if one, err = r.readCut(ctx, m, plane, q, cuts[0]); err != nil {
			return one, err
		}
	}
	if digits(one.syms) < twiceDigits {
		if one.unsettled() {
			one, err = r.settle(ctx, m, plane, one)
		} else {
			one, err = r.alone(ctx, m, plane, one)
		}
		if err != nil {
			return one, err
		}
		if r.figures == nil || one.confidence() >= agreedWell || q.width() < toldShape*q.height() {
			return one, nil
		}
		if one.told, err = r.tell(ctx, m, plane, q, cuts[0]); err != nil || !one.numeric() {
			return one, err
		}
	}
	two, err := r.readCut(ctx, m, plane, q, cuts[1])
	if err != nil {
		return one, err
	}
	first := one.syms
	one.syms = settled(first, []reading{two})
	merged, same := agree(one.syms, two.syms)
	if same && (r.figures == nil || leastDigit(merged) >= agreedWell && !brokenDay(merged) && !letterAmong(merged) && !m.redOver(q)) {
		one.syms = merged
		return one, nil
	}
	three, err := r.readCut(ctx, m, plane, q, cuts[2])
	if err != nil {
		return one, err
	}
	one.syms = settled(first, []reading{two, three})
	voted := one
	if voted.syms = merged; !same {
		voted.syms = vote(one.syms, two.syms, three.syms)
	}
	if r.figures == nil {
		return voted, nil
	}
	pictures := []reading{one, two, three}
	for i, c := range cuts {
		if i == len(pictures) {
			l, err := r.readCut(ctx, m, plane, q, c)
			if err != nil {
				return one, err
			}
			pictures = append(pictures, l)
		}
		if l := &pictures[i]; l.told == nil {
			if l.told, err = r.tell(ctx, m, plane, q, c); err != nil {
				return one, err
			}
		}
	}
	if syms, ok := together(voted.syms, pictures); ok {
		voted.syms = syms
	}
	return voted, nil
}

// brokenDay reports whether a row of signs that begins as a day, with four digits and 年 or a dash, goes on as none: what every
// picture lost of it, a mark or a digit, is in none of their readings. A month alone (1988年01月) is no broken day.
func brokenDay(syms []symbol) bool {
	return slices.ContainsFunc(rowsOf(syms), func(row []sign) bool {
		_, ok := formOf(row)
		return begunAsDay(row) && !ok && !isMonth(row)
	})
}

// rowsOf gives the rows of digits and signs of days in a line, each beginning with a digit.
func rowsOf(syms []symbol) [][]sign {
	var out [][]sign
	var row []sign
	for _, c := range syms {
		s := signOf(c.r)
		if s.isDigit() || len(row) > 0 && (s == signYear || s == signMonth || s == signDay || s == signDash) {
			row = append(row, s)
		} else if len(row) > 0 {
			out, row = append(out, row), nil
		}
	}
	if len(row) > 0 {
		out = append(out, row)
	}
	return out
}

// begunAsDay reports whether a row begins with a year and what parts it from the month.
func begunAsDay(row []sign) bool {
	return len(row) > 5 && !slices.ContainsFunc(row[:4], func(s sign) bool { return !s.isDigit() }) && (row[4] == signYear || row[4] == signDash)
}

// isMonth reports whether a row is a year and a month, with their marks.
func isMonth(row []sign) bool {
	last := len(row) - 1
	return row[4] == signYear && row[last] == signMonth && last >= 6 && last <= 7 && row[5].isDigit() && row[last-1].isDigit()
}

// letterAmong reports whether a Latin letter that was not read well stands beside a digit: a digit that every picture took for it.
func letterAmong(syms []symbol) bool {
	for i, s := range syms {
		if isLatin(s.r) && s.conf < agreedWell && (i > 0 && isDigit(syms[i-1].r) || i+1 < len(syms) && isDigit(syms[i+1].r)) {
			return true
		}
	}
	return false
}

func isLatin(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }

// place puts the symbols of a picture that was cut wider by d at both ends at their places along the narrower one.
func place(syms []symbol, width, d float64) {
	for i := range syms {
		syms[i].at = min(max((syms[i].at*(width+2*d)-d)/width, 0), 1)
	}
}

// weighty reports whether a character carries a meaning of its own; spaces and punctuation are read now so, now so.
func weighty(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func only(syms []symbol) []int {
	var idx []int
	for i, s := range syms {
		if weighty(s.r) {
			idx = append(idx, i)
		}
	}
	return idx
}

// agree reports whether two readings have the same letters and digits, and gives the first with the mean of the confidences.
func agree(a, b []symbol) ([]symbol, bool) {
	ia, ib := only(a), only(b)
	if len(ia) != len(ib) {
		return nil, false
	}
	out := append([]symbol(nil), a...)
	for k := range ia {
		x, y := &out[ia[k]], &b[ib[k]]
		if x.r != y.r {
			return nil, false
		}
		x.before, x.behind = x.before || y.before, x.behind || y.behind
		if least := min(x.conf, y.conf); least <= holeConf { // something beside it was not read
			x.conf = least
		} else {
			x.conf = (x.conf + y.conf) / 2
		}
	}
	return out, true
}

// vote makes one reading of three.
func vote(a, b, c []symbol) []symbol {
	if m, ok := agree(a, c); ok {
		return doubt(m, b, outvoted)
	}
	if m, ok := agree(b, c); ok {
		return doubt(m, a, outvoted)
	}
	// No two agree on the whole line: a character that one of the others has at the same place is outvoted by none, and one that
	// neither has is not confirmed.
	byB, byC := doubt(a, b, 0), doubt(a, c, 0)
	out := append([]symbol(nil), a...)
	for i := range out {
		s := &out[i]
		switch {
		case byB[i].conf < s.conf && byC[i].conf < s.conf:
			s.conf = min(s.conf, unconfirmed)
		case byB[i].conf < s.conf || byC[i].conf < s.conf:
			s.conf = min(s.conf, outvoted)
		}
	}
	return out
}

// common gives the lengths of the longest common subsequences of the symbols from the i-th and the j-th on, of those that ia and
// ib name.
func common(a, b []symbol, ia, ib []int) [][]int {
	n, m := len(ia), len(ib)
	l := make([][]int, n+1)
	for i := range l {
		l[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if a[ia[i]].r == b[ib[j]].r {
				l[i][j] = l[i+1][j+1] + 1
			} else {
				l[i][j] = max(l[i+1][j], l[i][j+1])
			}
		}
	}
	return l
}

// lacking gives the letters and digits that another reading does not have in their order.
func lacking(syms, other []symbol) []int {
	ia, ib := only(syms), only(other)
	l := common(syms, other, ia, ib)
	var out []int
	for i, j := 0, 0; i < len(ia); {
		switch {
		case j < len(ib) && syms[ia[i]].r == other[ib[j]].r:
			i, j = i+1, j+1
		case j < len(ib) && l[i][j+1] >= l[i+1][j]:
			j++
		default:
			out = append(out, ia[i])
			i++
		}
	}
	return out
}

// doubt lowers to most the confidence of the characters that another reading does not have in their order, and of the
// neighbours of those that only the other has.
func doubt(syms, other []symbol, most float64) []symbol {
	out := append([]symbol(nil), syms...)
	ia, ib := only(out), only(other)
	n, m := len(ia), len(ib)
	l := common(out, other, ia, ib)
	lower := func(k int) {
		if k >= 0 && k < n {
			s := &out[ia[k]]
			s.conf = min(s.conf, most)
		}
	}
	i, j := 0, 0
	for i < n || j < m {
		switch {
		case i < n && j < m && out[ia[i]].r == other[ib[j]].r:
			i, j = i+1, j+1
		case j < m && (i == n || l[i][j+1] >= l[i+1][j]):
			lower(i - 1)
			lower(i)
			j++
		default:
			lower(i)
			i++
		}
	}
	return out
}

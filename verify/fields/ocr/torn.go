package ocr

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// A line under a seal, or in thin, pale type, may be found in pieces, of which none says a whole day. They are read once more
// as the line that they make.
const (
	tornGap    = 2.5 // heights that may lie between two pieces
	tornAside  = 0.5 // heights by which the middle of one may lie beside the other's line
	tornHeight = 2.2 // times that one may be as high as another
	tornMost   = 6   // pieces of a line
	tornDigits = 7   // digits in a row, from the next one on they are a number and no piece of a day
	wholeLine  = 1.6 // times the highest piece's height that the line may have
)

// hasDay reports whether a day stands in a line as a day can be written, or a period.
func hasDay(syms []symbol) bool {
	return slices.ContainsFunc(rowsOf(syms), func(row []sign) bool {
		_, ok := formOf(row)
		return ok && begunAsDay(row)
	})
}

// partOfDay reports whether a line has digits, but neither a day nor a month nor a number.
func partOfDay(syms []symbol) bool {
	if digits(syms) == 0 || hasDay(syms) {
		return false
	}
	return !slices.ContainsFunc(rowsOf(syms), func(row []sign) bool {
		run := 0
		for _, s := range row {
			if run++; !s.isDigit() {
				run = 0
			}
			if run > tornDigits {
				return true
			}
		}
		return begunAsDay(row) && isMonth(row)
	})
}

// torn gives the pieces of lines, by number and in reading order, of which one or more may be parts of a day. All run in the
// direction dir, in radians.
func torn(lines []reading, dir float64) [][]int {
	to := axesOf(dir)
	order := make([]int, 0, len(lines))
	for i := range lines {
		if len(lines[i].syms) > 0 && !hasDay(lines[i].syms) && math.Abs(math.Remainder(lines[i].quad.angle()-dir, 2*math.Pi)) <= maxAslant {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(to.along(lines[a].quad.at(0, 0.5)), to.along(lines[b].quad.at(0, 0.5)))
	})
	var out [][]int
	gone := make([]bool, len(lines))
	for k, i := range order {
		if gone[i] {
			continue
		}
		group, end := []int{i}, lines[i].quad.at(1, 0.5)
		for _, j := range order[k+1:] {
			a, b := lines[group[len(group)-1]].quad, lines[j].quad
			small, large := min(a.height(), b.height()), max(a.height(), b.height())
			start := b.at(0, 0.5)
			if gone[j] || to.along(start) > to.along(end)+tornGap*large || large > tornHeight*small || math.Abs(to.across(end)-to.across(start)) > tornAside*large {
				continue
			}
			group = append(group, j)
			if to.along(b.at(1, 0.5)) > to.along(end) {
				end = b.at(1, 0.5)
			}
		}
		if len(group) == 1 || !slices.ContainsFunc(group, func(j int) bool { return partOfDay(lines[j].syms) }) {
			continue
		}
		for _, j := range group {
			gone[j] = true
		}
		if len(group) <= tornMost {
			out = append(out, group)
		}
	}
	return out
}

// mend reads lines that were found in pieces as one where that gives a whole day, and leaves out the pieces.
func (r *Reader) mend(ctx context.Context, m *raster, plane []uint8, lines []reading, dir float64) ([]reading, error) {
	var whole []reading
	gone := make([]bool, len(lines))
	for _, group := range torn(lines, dir) {
		var corners []pt
		high := 0.0
		for _, i := range group {
			corners = append(corners, lines[i].quad[:]...)
			high = max(high, lines[i].quad.height())
		}
		b := boundAt(corners, dir)
		if 2*b.hh > wholeLine*high {
			continue
		}
		l, err := r.readSure(ctx, m, plane, reading{quad: b.quad()})
		if err != nil {
			return nil, err
		}
		if !hasDay(l.syms) {
			continue
		}
		for _, i := range group {
			gone[i] = true
		}
		whole = append(whole, l)
	}
	if len(whole) == 0 {
		return lines, nil
	}
	var out []reading
	for i := range lines {
		if !gone[i] {
			out = append(out, lines[i])
		}
	}
	return append(out, whole...), nil
}

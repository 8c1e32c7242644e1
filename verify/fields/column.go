package fields

import (
	"math"
	"slices"

	"zhengyan/verify/page"
)

// rowsApart is the part of the distance from label to label by which the lines of one value are apart at most: what stands as far
// under a value as its label under the one before is the value of a label that was not read.
const rowsApart = 0.85

// columnRow is a piece of a line in the column of a value.
type columnRow struct {
	line int
	gs   []glyph
}

type columnRows []columnRow

func (rs columnRows) rows() [][]glyph {
	var out [][]glyph
	for _, r := range rs {
		out = append(out, r.gs)
	}
	return out
}

// continuation collects the lines that go on with the value of labels[k], which starts with first on line i: close
// under each other and starting where the value, or its label, starts, until a label. Lines that are nearer to that
// label than to this one are its own.
func continuation(lines []line, labels []label, k, i int, first []glyph) [][]glyph {
	var out columnRows
	lab := &labels[k]
	x0, em := first[0].box.X0, first[0].em
	last := rowBox(first)
	next := -1 // the label that ends the value
	for j := i + 1; j < len(lines) && len(out) < 40 && next < 0; j++ {
		l := &lines[j]
		d := (l.box.Y0+l.box.Y1)/2 - (last.Y0+last.Y1)/2
		if d > (1+maxUnder)*em || lab.pitch > 0 && d > rowsApart*lab.pitch {
			break
		}
		if d < 0.7*em || l.em > 1.5*em || em > 1.5*l.em {
			continue
		}
		for _, seg := range segments(l, j, labels) {
			a, b := seg[0], seg[1]
			sx := l.gs[a].box.X0
			if o := labelAt(labels, j, a); o >= 0 && o != k {
				// A label in this column, or left of it on the way, ends the value.
				if sx < x0+6*em && l.gs[b-1].box.X1 > lab.box.X0-2*em {
					next = o
				}
				continue
			}
			if next >= 0 || labelAt(labels, j, a) == k || math.Abs(sx-x0) > 1.6*em && math.Abs(sx-lab.box.X0) > 1.1*em {
				continue
			}
			if next = beside(labels, k, rowBox(l.gs[a:b])); next >= 0 {
				break
			}
			out = append(out, columnRow{j, l.gs[a:b]})
			last = rowBox(l.gs[a:b])
			break
		}
	}
	if next >= 0 && len(out) > 0 {
		if gs, at := firstRow(lines, labels, next); len(gs) > 0 {
			claimed := above(lines, labels, next, at, gs)
			out = slices.DeleteFunc(out, func(r columnRow) bool {
				return slices.ContainsFunc(claimed, func(c columnRow) bool { return c.line == r.line })
			})
		}
	}
	return out.rows()
}

// above collects the lines over the first row of the value of labels[k] that belong to it: a label may stand at the
// middle of a value of several lines. Lines belong to the nearer label: the widest gap on the way up to the text of the
// label before parts the two.
func above(lines []line, labels []label, k, i int, first []glyph) columnRows {
	lab := &labels[k]
	if lab.row == nil || lab.row.Type != typeLines && lab.row.Type != typeSpecialties && lab.row.Type != typeNames {
		return nil
	}
	var up columnRows
	x0, em := first[0].box.X0, first[0].em
	box := rowBox(first)
	y := (box.Y0 + box.Y1) / 2
	var gaps []float64
	end := math.Inf(1) // the gap to the text of the label before
	for j := i - 1; j >= 0 && len(up) < 40; j-- {
		l := &lines[j]
		d := y - (l.box.Y0+l.box.Y1)/2
		if d > (1+maxUnder)*em {
			break
		}
		if d < 0.7*em {
			continue
		}
		row := columnRow{line: j}
		for _, seg := range segments(l, j, labels) {
			if labelAt(labels, j, seg[0]) < 0 && math.Abs(l.gs[seg[0]].box.X0-x0) < 0.8*em && l.em < 1.3*em && em < 1.3*l.em {
				row.gs = l.gs[seg[0]:seg[1]]
			}
		}
		here := page.Box{X0: x0, Y0: l.box.Y0, X1: x0 + em, Y1: l.box.Y1}
		if beside(labels, k, here) >= 0 || j != lab.line && slices.ContainsFunc(labels, func(o label) bool { return o.line == j && o.box.X0 < x0+em && o.box.X1 > lab.box.X0 }) {
			end = d
			break
		}
		if row.gs == nil {
			continue
		}
		up, gaps = append(up, row), append(gaps, d)
		y = (l.box.Y0 + l.box.Y1) / 2
	}
	gaps = append(gaps, end)
	widest := 0
	for g := range gaps {
		if gaps[g] > gaps[widest] {
			widest = g
		}
	}
	for g := range gaps {
		if g != widest && gaps[widest] < 1.15*gaps[g] {
			return nil // evenly spaced: they go on from the label above
		}
	}
	up = up[:widest]
	slices.Reverse(up)
	return up
}

// beside returns the label other than labels[k] beside which the text at box stands, on a line a little higher or
// lower at most, or -1.
func beside(labels []label, k int, box page.Box) int {
	mid := (box.Y0 + box.Y1) / 2
	for i := range labels {
		o := &labels[i]
		d := math.Abs((o.box.Y0+o.box.Y1)/2 - mid)
		if i != k && o.line != labels[k].line && d < 0.95*o.em && o.box.X1 <= box.X0+0.2*o.em && box.X0-o.box.X1 < maxBeside*o.em {
			return i
		}
	}
	return -1
}

package fields

import (
	"cmp"
	"math"
	"slices"
)

// What is taken for a label though it was not read as one.
const (
	poorLabel   = 0.8  // most that the worst of its characters may have; what was read better is what it says
	poorCeiling = 0.85 // highest confidence of its value
	nearCeiling = 0.94 // the same where one character of several was misread, or some other small thing had to be inferred
)

// maxGuesses bounds the pieces of a page's text that are compared with all labels. A certificate has some hundreds.
const maxGuesses = 10_000

// misread finds labels of three or more characters of which OCR misread or lost one, before a colon, or before a digit where the
// field's value begins with one, or set off by space in a column of labels or by much space; of five or more, two before a colon and a digit.
// Only fields that have no label yet are looked for, and a text that is as near to a label of another field is none.
func misread(lines []line, face *faceRow, found []label) []label {
	have := map[*fieldRow]bool{}
	for i := range found {
		have[found[i].row] = true
	}
	type guess struct {
		label
		off int
	}
	var all []guess
	own, onLine := sorted(found)
	tried := 0
	for i := range lines {
		l := &lines[i]
		rs := l.runes()
		for from := range rs {
			if tried > maxGuesses {
				break
			}
			if from > 0 && l.gap(from) < labelGap {
				continue
			}
			odd := 0 // characters that no label has
			for to := from + 2; to <= min(from+9, len(rs)-1) && rs[to-1] != ':'; to++ {
				if !isHan(rs[to-1]) {
					if odd++; odd > 1 {
						break
					}
				}
				if odd > 0 && rs[to] != ':' {
					continue
				}
				if slices.ContainsFunc(onLine[i], func(o label) bool { return o.row != nil && o.from < to && from < o.to }) {
					break
				}
				if !isHan(rs[from]) || !isHan(rs[from+1]) {
					break
				}
				tried++
				column := inColumn(own, l.gs[from].box.X0, l.gs[from].em) || endInColumn(own, l.gs[to-1].box.X1, l.gs[to-1].em)
				if row, off := nearest(rs[from:to], rs[to:], column, l.gap(to) >= 3 || column && l.gap(to) >= labelGap, face, have); row != nil {
					lab := newLabel(l, i, from, to, row)
					if lab.ceiling = nearCeiling; off > 1 {
						lab.ceiling = poorCeiling
					}
					all = append(all, guess{lab, off})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b guess) int {
		colon := func(g guess) int {
			if g.colon {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.off, b.off), cmp.Compare(colon(a), colon(b)))
	})
	var out []label
	for i := range all {
		g := &all[i]
		if !have[g.row] && !slices.ContainsFunc(out, func(o label) bool { return o.line == g.line && o.from < g.to && g.from < o.to }) {
			out, have[g.row] = append(out, g.label), true
		}
	}
	return out
}

// nearest is the field without a label yet whose label a misread text is, and by how many characters it is off; what follows the
// text tells how many may be. column says that other labels begin or end over or under it, apart that clear space follows, too, or much of it.
func nearest(text, after []rune, column, apart bool, face *faceRow, have map[*fieldRow]bool) (*fieldRow, int) {
	colon := after[0] == ':'
	if colon {
		after = after[1:]
	}
	digit := len(after) > 0 && after[0] >= '0' && after[0] <= '9'
	if !colon && !digit && !apart {
		return nil, 0
	}
	var best *fieldRow
	off := 3
	for _, list := range face.words {
		for _, w := range list {
			d := editDistance(text, w.text, 2)
			if w.row == nil || have[w.row] || d >= off || len(w.text) < 3 {
				continue
			}
			switch {
			case d < 2 && len(w.text) >= 4 && len(text) >= 3, d < 2 && colon && digit, len(w.text) >= 5 && len(text) >= 4,
				colon && digit && len(text) == len(w.text)-d && inOrder(text, w.text) == len(text): // the rest was not seen
				best, off = w.row, d
			}
		}
	}
	if best == nil {
		return nil, 0
	}
	taken := false // by a field whose label stands elsewhere on the page
	for _, list := range face.words {
		for _, w := range list {
			if w.row == best || editDistance(text, w.text, 2) > off || inOrder(text, w.text) == 0 {
				continue
			}
			if w.row == nil || !have[w.row] {
				return nil, 0
			}
			taken = true
		}
	}
	for _, word := range face.Inside { // labels within values
		if !column && editDistance(text, []rune(word), 2) <= off {
			return nil, 0
		}
	}
	if taken {
		off = max(off, 2) // no surer than two characters off
		if !colon && !digit {
			return nil, 0
		}
	}
	switch best.Type {
	case typePeriod, typeDate, typeNumber, typeID:
		if off <= 1 || off == 2 && (colon && digit || taken) {
			return best, off
		}
	default:
		if off <= 1 && (colon || apart) {
			return best, off
		}
	}
	return nil, 0
}

// sorted gives the labels of the face itself, and all by their lines.
func sorted(labels []label) (own []label, onLine map[int][]label) {
	onLine = map[int][]label{}
	for i := range labels {
		if labels[i].row != nil {
			own = append(own, labels[i])
		}
		onLine[labels[i].line] = append(onLine[labels[i].line], labels[i])
	}
	return own, onLine
}

// two reports whether at least two of the labels are such.
func two(labels []label, such func(*label) bool) bool {
	n := 0
	for i := range labels {
		if such(&labels[i]) {
			if n++; n == 2 {
				return true
			}
		}
	}
	return false
}

// inColumn reports whether at least two labels of the face begin at about x.
func inColumn(own []label, x, em float64) bool {
	return two(own, func(o *label) bool { return math.Abs(o.box.X0-x) < 0.8*em })
}

// endInColumn reports whether at least two labels of the face end at about x.
func endInColumn(own []label, x, em float64) bool {
	return two(own, func(o *label) bool { return math.Abs(o.box.X1-x) < 0.5*em })
}

// halves finds labels of two characters (姓名, 性别) of which one was misread or not seen: in a column of labels, set off from
// what follows. Only fields that have no label yet are looked for.
func halves(lines []line, face *faceRow, found []label) []label {
	have := map[*fieldRow]bool{}
	for i := range found {
		have[found[i].row] = true
	}
	var out []label
	own, onLine := sorted(found)
	for k := range face.Fields {
		row := &face.Fields[k]
		if have[row] || row.Strict || row.Type != typeText && row.Type != typeSex {
			continue
		}
		var hits []label
		for _, text := range row.Labels {
			if word := []rune(text); len(word) == 2 {
				for i := range lines {
					hits = append(hits, halvesOf(&lines[i], i, word, row, own, onLine[i])...)
				}
			}
		}
		if len(hits) == 1 {
			out = append(out, hits[0])
		}
	}
	return out
}

// halvesOf finds the places of one line at which the label word was half read.
func halvesOf(l *line, i int, word []rune, row *fieldRow, own, here []label) []label {
	var out []label
	for s := range l.gs {
		if s > 0 && l.gap(s) < 1 || slices.ContainsFunc(here, func(o label) bool { return o.from <= s && s < o.to }) {
			continue
		}
		a := &l.gs[s]
		to := 0
		switch {
		case s+2 < len(l.gs) && isHan(a.r) && isHan(l.gs[s+1].r) && (a.r == word[0]) != (l.gs[s+1].r == word[1]) &&
			inColumn(own, a.box.X0, a.em) && l.together(s, s+2) && setOff(l, s+2, row): // 性剔
			to = s + 2
		case a.r == word[0] && s+1 < len(l.gs) && l.gap(s+1) >= 1 && inColumn(own, a.box.X0, a.em): // 姓
			to = s + 1
		case a.r == word[1] && s+1 < len(l.gs) && l.gs[s+1].r == ':' && underEnds(own, a): // 名:
			to = s + 1
		default:
			continue
		}
		lab := newLabel(l, i, s, to, row)
		if lab.ceiling = poorCeiling; lab.to < len(l.gs) && isHan(l.gs[lab.to].r) {
			out = append(out, lab)
		}
	}
	return out
}

// setOff reports whether glyph i of the line begins something new: a value of the field.
func setOff(l *line, i int, row *fieldRow) bool {
	r := l.gs[i].r
	return r == ':' || l.gap(i) >= labelGap || row.Type == typeSex && (r == '男' || r == '女') && i+1 == len(l.gs)
}

// underEnds reports whether a glyph stands where at least two labels of the face have their last characters.
func underEnds(own []label, g *glyph) bool {
	return two(own, func(o *label) bool { return g.box.X0 > o.box.X0+0.8*g.em && g.box.X1 < o.box.X1+1.5*g.em })
}

// tellApart limits the confidence of the values of labels that differ from the label of a field that is not there only in
// characters that were hardly read: 签发日期 is not surely read where 发 is not. Where such a label stands twice, one of the
// two may be the other.
func tellApart(lines []line, face *faceRow, labels []label) {
	count := map[*fieldRow]int{}
	for i := range labels {
		count[labels[i].row]++
	}
	for i := range labels {
		lab := &labels[i]
		if lab.row == nil {
			continue
		}
		text := []rune(lab.text)
		for _, list := range face.words {
			for _, w := range list {
				if w.row == nil || w.row == lab.row || count[w.row] > 0 || len(w.text) != len(text) {
					continue
				}
				n, conf := 0, 0.0
				for k := range text {
					if text[k] != w.text[k] {
						n++
						conf = max(conf, lines[lab.line].gs[lab.from+k].conf)
					}
				}
				if n > 2 || 2*n > len(text) {
					continue
				}
				if n == 1 && count[lab.row] > 1 {
					conf = min(conf, poorCeiling)
				}
				lab.ceiling = min(lab.most(), max(conf, leastConfidence))
			}
		}
	}
}

// setPitch gives the labels of a column the usual distance from one to the next, middle to middle.
func setPitch(labels []label) {
	for i := range labels {
		var ds []float64
		var last *label
		for k := range labels { // from top to bottom
			o := &labels[k]
			if o.row == nil || math.Abs(o.box.X0-labels[i].box.X0) > 1.5*labels[i].em {
				continue
			}
			if last != nil && o.line != last.line {
				ds = append(ds, (o.box.Y0+o.box.Y1-last.box.Y0-last.box.Y1)/2)
			}
			last = o
		}
		if len(ds) >= 2 {
			slices.Sort(ds)
			labels[i].pitch = ds[(len(ds)-1)/2]
		}
	}
}

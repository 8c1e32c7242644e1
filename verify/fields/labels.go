package fields

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"zhengyan/verify/page"
)

// label is a place at which the name of a field is printed.
type label struct {
	row      *fieldRow // nil for a label that this face does not have; it only ends the value before it
	text     string
	line     int
	from, to int // glyphs [from,to) of the line; to is after the colon
	colon    bool
	box      page.Box // without the colon
	em       float64
	ceiling  float64 // highest confidence of its value where something about it was inferred, else 0
	pitch    float64 // in a picture, how far apart the labels of its column stand; 0 where that is not known
}

// most is the highest confidence that the value of a label may have.
func (l *label) most() float64 {
	if l.ceiling == 0 {
		return 1
	}
	return l.ceiling
}

// labelGap is the clear space in em that sets a label off from other text.
const labelGap = 0.5

// maxLabels bounds the labels of a page. A certificate has under twenty.
const maxLabels = 150

// labelWord is a label to look for.
type labelWord struct {
	text []rune
	row  *fieldRow // nil for a label of other faces
}

// labelWords orders the labels of a face and those of the others by their first character, the longest first.
func labelWords(face *faceRow, all map[string]struct{}) map[rune][]labelWord {
	words := map[rune][]labelWord{}
	own := map[string]bool{}
	add := func(text string, row *fieldRow) {
		rs := []rune(text)
		words[rs[0]] = append(words[rs[0]], labelWord{rs, row})
	}
	for i := range face.Fields {
		for _, l := range face.Fields[i].Labels {
			add(l, &face.Fields[i])
			own[l] = true
		}
	}
	for l := range all {
		if !own[l] && !contains(face.Inside, l) {
			add(l, nil)
		}
	}
	for _, list := range words {
		slices.SortFunc(list, func(a, b labelWord) int {
			return cmp.Or(cmp.Compare(len(b.text), len(a.text)), slices.Compare(a.text, b.text))
		})
	}
	return words
}

// findLabels finds the labels of a face on the lines, from left to right and the longest first, so that 有效期 is not
// found in 使用有效期.
func findLabels(lines []line, face *faceRow, ocr bool) []label {
	var out, weak []label
	for i := range lines {
		l := &lines[i]
		rs := l.runes()
		used := make([]bool, len(rs)+1)
		for from, r := range rs {
			for _, w := range face.words[r] {
				to := from + len(w.text)
				if to > len(rs) || used[from] || used[to-1] || !slices.Equal(rs[from:to], w.text) || !l.together(from, to) {
					continue
				}
				lab := newLabel(l, i, from, to, w.row)
				if ocr && !lab.colon && w.row.dated() && (from == 0 || !listed(rs[from-1])) && l.likeColon(to) {
					lab.to, lab.colon, lab.ceiling = to+1, true, nearCeiling
				}
				clearBefore := from == 0 || l.gap(from) >= labelGap || !unicode.IsLetter(rs[from-1]) && !unicode.IsDigit(rs[from-1]) && rs[from-1] != '('
				clearAfter := lab.colon || to == len(rs) || l.gap(to) >= labelGap-0.05
				if !lab.colon && (from > 0 && listed(rs[from-1]) || to < len(rs) && listed(rs[to])) {
					continue // 姓名、性别、注册编号 in running text
				}
				switch {
				case clearBefore && clearAfter && (lab.row == nil || !lab.row.Strict || lab.colon || from == 0):
					out = append(out, lab)
					for k := from; k < to; k++ {
						used[k] = true
					}
				case clearBefore && lab.row != nil && !lab.row.Strict:
					weak = append(weak, lab)
				}
			}
		}
		out = append(out, unknownLabels(l, i, rs, used, face.Inside, ocr)...)
	}
	out = append(out, rescue(out, weak)...)
	if ocr {
		out = append(out, misread(lines, face, out)...)
		out = append(out, halves(lines, face, out)...)
	}
	if len(out) > maxLabels { // the face's own first
		slices.SortStableFunc(out, func(a, b label) int {
			switch {
			case a.row != nil && b.row == nil:
				return -1
			case a.row == nil && b.row != nil:
				return 1
			}
			return 0
		})
		out = out[:maxLabels]
	}
	slices.SortFunc(out, func(a, b label) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.from, b.from))
	})
	if ocr {
		tellApart(lines, face, out)
		setPitch(out)
	}
	return out
}

// listed reports whether r parts the words of running text.
func listed(r rune) bool { return strings.ContainsRune("、,。;)》”", r) }

func newLabel(l *line, i, from, to int, row *fieldRow) label {
	lab := label{row: row, line: i, from: from, to: to, em: l.gs[from].em}
	for k := from; k < to; k++ {
		lab.box = lab.box.Union(l.gs[k].box)
		lab.text += string(l.gs[k].r)
	}
	if to < len(l.gs) && (isColon(l.gs[to].r) || row.dated() && l.blurredColon(to)) {
		lab.to, lab.colon = to+1, true
	}
	return lab
}

func isColon(r rune) bool { return r == ':' || r == '∶' || r == '︰' }

// blurredColon reports whether a mark that was hardly read stands in the place of a label's colon. No day begins with one.
func (l *line) blurredColon(i int) bool {
	r := l.gs[i].r
	return (r == '一' || !unicode.IsLetter(r) && !unicode.IsDigit(r)) && l.gs[i].conf < leastConfidence && l.gap(i) < labelGap
}

// likeColon reports whether the mark between a label and a digit is what a picture's reader makes of a colon: 签发日期、2021-11-07.
func (l *line) likeColon(i int) bool {
	return i+1 < len(l.gs) && strings.ContainsRune("、;.·'", l.gs[i].r) && unicode.IsDigit(l.gs[i+1].r) && l.gap(i) < labelGap
}

// together reports whether glyphs [from,to) can be one word: labels of two characters are often set 姓　　名.
func (l *line) together(from, to int) bool {
	widest := 0.0
	for k := from + 1; k < to; k++ {
		widest = max(widest, l.gap(k))
	}
	return widest <= 6/float64(to-from-1)+1
}

// unknownLabels finds "some words:" set off by clear space, so that what this face does not know still ends a value.
func unknownLabels(l *line, i int, rs []rune, used []bool, inside []string, ocr bool) []label {
	var out []label
	for k, r := range rs {
		if r != ':' || k == 0 || used[k-1] {
			continue
		}
		if ocr && k+1 < len(rs) && rs[k+1] == '(' { // what OCR saw of the bracket: 建筑工程(有效期
			continue
		}
		from := k
		for from > 0 && k-from < 10 && isHan(rs[from-1]) && !used[from-1] && (from == k || l.gap(from) < labelGap) {
			from--
		}
		if n := k - from; n >= 2 && n <= 9 && (from == 0 || l.gap(from) >= 1) && !contains(inside, string(rs[from:k])) {
			out = append(out, newLabel(l, i, from, k, nil))
		}
	}
	return out
}

// rescue accepts labels that run into their values (姓名张三) where the field has no label that stands clear.
func rescue(strong, weak []label) []label {
	have := map[*fieldRow]bool{}
	for i := range strong {
		have[strong[i].row] = true
	}
	var out []label
	for _, w := range weak {
		if have[w.row] || slices.ContainsFunc(strong, func(s label) bool { return s.line == w.line && s.from < w.to && w.from < s.to }) {
			continue
		}
		if slices.ContainsFunc(out, func(o label) bool { return o.line == w.line && o.from < w.to && w.from < o.to }) {
			continue // a longer word was taken there
		}
		out = append(out, w)
	}
	return out
}

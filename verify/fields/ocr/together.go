package ocr

import (
	"math"
	"slices"
)

// A line of digits of which two readings differ is read jointly from several pictures (joint.go). What stands around the number or
// the days is taken as the net read it.
const (
	agreedWell  = 0.8  // confidence of digits that two readings have alike, from which they need no joint reading
	ownDoubt    = 0.94 // highest confidence of a digit that the net's own reading does not have
	besideMost  = 3    // digits beside a row, from which on the row is not all of the line
	besideDigit = 0.65 // usual distances of signs between a digit and the middle of what stands beside the row
	besideDay   = 1.2  // and between 日 and that
	strayDigit  = 2.0  // within which a digit beside the row is none
	besideSpace = 2.5  // sizes of the type that may lie between a row and what was read before it
	unlikely    = 0.2  // confidence of characters beside a row, from which more of them are better than fewer
	toldDigits  = 5    // digits of a line that the head for digits sees, which is then read as one with digits
	toldShare   = 0.5  // share from which it sees one
)

// furtherCuts are the further pictures of a line that is read jointly: the two that differ most from the first three.
var furtherCuts = [...]struct {
	how           tone
	grow, stretch float64
}{{fullScale, 0.05, 0.85}, {fullScale, 0, 1.3}}

// numeric reports whether the head for digits sees a line of digits.
func (l *reading) numeric() bool {
	if l.told == nil {
		return false
	}
	n, last := 0, signBlank
	for t := range l.told.n {
		best := signBlank
		for s := signZero; s < signs; s++ {
			if l.told.at(t, s) > l.told.at(t, best) {
				best = s
			}
		}
		if best.isDigit() && best != last && l.told.other[t] < toldShare {
			n++
		}
		last = best
	}
	return n >= toldDigits
}

// leastDigit is the least confidence of a line's digits.
func leastDigit(syms []symbol) float64 {
	least := 1.0
	for _, s := range syms {
		if isDigit(s.r) {
			least = min(least, s.conf)
		}
	}
	return least
}

// together reads a line jointly from several pictures. Before and behind the row stands what that of the net's readings has
// there that is surest of it. Where the net's own reading has the same digits, the surer of the two counts; a digit that it does not have is
// never quite sure. False where the line has no
// row with a form.
func together(own []symbol, pictures []reading) ([]symbol, bool) {
	var told []*lattice
	for i := range pictures {
		if pictures[i].told != nil && pictures[i].told.n > 0 {
			told = append(told, pictures[i].told)
		}
	}
	if len(told) == 0 {
		return nil, false
	}
	j, ok := jointOf(told)
	if !ok {
		return nil, false
	}
	at := j.places(told)
	row := make([]symbol, len(j.row))
	for i, s := range j.row {
		row[i] = symbol{r: s.rune(), at: at[i], conf: j.conf[i]}
	}
	pitch := pitchOf(at)
	end := at[len(at)-1] + besideDigit*pitch
	if j.row[len(j.row)-1] == signDay {
		end = at[len(at)-1] + besideDay*pitch
	}
	head := surest(pictures, math.Inf(-1), at[0]-besideDigit*pitch)
	tail := surest(pictures, end, math.Inf(1))
	// Digits right beside the row are pieces of its own, or of a blurred character: were they more than that, the row would not
	// be likely.
	near := strayDigit * pitch
	head = slices.DeleteFunc(head, func(s symbol) bool { return isDigit(s.r) && at[0]-s.at < near })
	tail = slices.DeleteFunc(tail, func(s symbol) bool { return isDigit(s.r) && s.at-at[len(at)-1] < near })
	head, tail = withoutStray(head, told), withoutStray(tail, told)
	if digits(head)+digits(tail) >= besideMost {
		return nil, false
	}
	if n := len(head); n > 0 {
		// A dash before a single day, or space: the day before it was lost.
		if last := head[n-1]; !j.isPeriod() && (parting(last.r) || at[0]-last.at > besideSpace*2*pitch) {
			return nil, false
		}
	}
	if beside := sameDigits(row, own); beside != nil {
		for i, k := range beside {
			if isDigit(row[i].r) {
				row[i].conf = max(row[i].conf, own[k].conf)
			}
		}
	} else {
		row = doubt(row, own, ownDoubt)
	}
	return slices.Concat(head, row, tail), true
}

// sameDigits gives for each digit of the row the symbol of the net's own reading that it is; nil if that has others.
func sameDigits(row, own []symbol) []int {
	var at []int
	for i := range own {
		if isDigit(own[i].r) {
			at = append(at, i)
		}
	}
	out := make([]int, len(row))
	n := 0
	for i := range row {
		if !isDigit(row[i].r) {
			continue
		}
		if n == len(at) || own[at[n]].r != row[i].r {
			return nil
		}
		out[i] = at[n]
		n++
	}
	if n != len(at) {
		return nil
	}
	return out
}

// withoutStray leaves out the digits in whose place the head for digits sees something else in the mean of the pictures: pieces
// of blurred characters.
func withoutStray(syms []symbol, told []*lattice) []symbol {
	return slices.DeleteFunc(syms, func(s symbol) bool {
		if !isDigit(s.r) {
			return false
		}
		sum := 0.0
		for _, l := range told {
			t, most := l.step(s.at), 0.0
			for d := signZero; d < signZero+10; d++ {
				most = max(most, l.at(t, d))
			}
			sum += math.Log(most / l.other[t])
		}
		return sum < 0
	})
}

// isPeriod reports whether the row has two days.
func (j *joint) isPeriod() bool {
	f, ok := dayForm().after(j.row)
	return ok && f.last
}

// parting reports whether a character parts two days.
func parting(r rune) bool {
	for _, s := range []sign{signTo, signDash} {
		for _, c := range s.writings() {
			if r == c {
				return true
			}
		}
	}
	return false
}

// pitchOf is the usual distance between neighbours.
func pitchOf(at []float64) float64 {
	var d []float64
	for i := 1; i < len(at); i++ {
		d = append(d, at[i]-at[i-1])
	}
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)/2]
}

// surest gives the symbols between two places of the line as that reading has them that is surest of most of them.
func surest(pictures []reading, from, to float64) []symbol {
	var best []symbol
	most := 0.0
	for i := range pictures {
		var part []symbol
		sum := 0.0
		for _, s := range pictures[i].syms {
			if s.at >= from && s.at <= to {
				part = append(part, s)
				sum += s.conf - unlikely
			}
		}
		if sum > most {
			best, most = part, sum
		}
	}
	return slices.Clone(best)
}

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
	besideFew   = 3    // one in so many pictures that does not have a character beside the row makes it doubtful
	toldDigits  = 5    // digits of a line that the net for digits sees, which is then read as one with digits
	toldShape   = 3.0  // least width of such a line to its height
	toldNear    = 2    // steps before and behind a place in which a digit may be seen
	toldShare   = 0.5  // share from which it sees one
)

// numeric reports whether the net for digits sees a line of digits.
func (l *reading) numeric() bool {
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

// mostHave reports whether most of the pictures were read with the same digits.
func mostHave(own []symbol, pictures []reading) bool {
	n := 0
	for i := range pictures {
		if sameDigits(own, pictures[i].syms) != nil {
			n++
		}
	}
	return 2*n > len(pictures)
}

// together reads a line jointly from several pictures. Before and behind the row stands what own has there, the reading that
// the vote gave; what many of the pictures do not have of it is doubted. A number has no form that would tell how often a digit is repeated:
// where most pictures were read alike and the row is another one, the reading stands, with doubt. Where own has the same digits, the surer of the two
// counts; a digit that it does not have is never quite sure, nor is one beside ink that was not read.
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
	if isNumber(j.row) && sameDigits(row, own) == nil && mostHave(own, pictures) &&
		!lettered(row, own, pitch) {
		return doubt(own, row, outvoted), true
	}
	end := at[len(at)-1] + besideDigit*pitch
	if j.row[len(j.row)-1] == signDay {
		end = at[len(at)-1] + besideDay*pitch
	}
	head := confirmed(own, pictures, math.Inf(-1), at[0]-besideDigit*pitch, pitch)
	tail := confirmed(own, pictures, end, math.Inf(1), pitch)
	// Digits right beside the row are pieces of its own, or of a blurred character: were they more than that, the row would not
	// be likely.
	near := strayDigit * pitch
	head = slices.DeleteFunc(head, func(s symbol) bool { return isDigit(s.r) && at[0]-s.at < near })
	tail = slices.DeleteFunc(tail, func(s symbol) bool { return isDigit(s.r) && s.at-at[len(at)-1] < near })
	head, tail = withoutStray(head, told), withoutStray(tail, told)
	if digits(head)+digits(tail) >= besideMost {
		return nil, false
	}
	if !j.isPeriod() && halved(head, pictures, at[0]-besideDigit*pitch, (2*besideSpace-besideDigit)*pitch) {
		return nil, false
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
	limitHoles(row, pictures, pitch)
	return slices.Concat(head, row, tail), true
}

// isNumber reports whether a row has nothing but digits.
func isNumber(row []sign) bool {
	return !slices.ContainsFunc(row, func(s sign) bool { return !s.isDigit() })
}

// halved reports whether a single day is the second of a period: a dash stands before it, here or in most of the pictures, or
// more than so much space, in which the day before it was lost.
func halved(head []symbol, pictures []reading, start, space float64) bool {
	if n := len(head); n > 0 && (parting(head[n-1].r) || start-head[n-1].at > space) {
		return true
	}
	n := 0
	for i := range pictures {
		k := slices.IndexFunc(pictures[i].syms, func(s symbol) bool { return s.at > start })
		if k < 0 {
			k = len(pictures[i].syms)
		}
		if k > 0 && parting(pictures[i].syms[k-1].r) {
			n++
		}
	}
	return 2*n > len(pictures)
}

// lettered reports whether own has all digits of a row but those in whose places it has Latin letters.
func lettered(row, own []symbol, pitch float64) bool {
	taken := slices.Clone(own)
	n := 0
	for i := range taken {
		if !isLatin(taken[i].r) {
			continue
		}
		for _, s := range row {
			if math.Abs(s.at-taken[i].at) < pitch/2 {
				taken[i].r = s.r
				n++
				break
			}
		}
	}
	return n > 0 && sameDigits(row, taken) != nil
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

// withoutStray leaves out the digits in whose place the net for digits sees something else in the mean of the pictures: pieces
// of blurred characters.
func withoutStray(syms []symbol, told []*lattice) []symbol {
	return slices.DeleteFunc(syms, func(s symbol) bool {
		if !isDigit(s.r) {
			return false
		}
		sum := 0.0
		for _, l := range told {
			share, at := 0.0, l.step(s.at)
			for t := max(0, at-toldNear); t <= min(at+toldNear, l.n-1); t++ {
				for d := signZero; d < signZero+10; d++ {
					share = max(share, l.at(t, d)/l.other[t])
				}
			}
			sum += math.Log(share)
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

// limitHoles lowers the confidence of the symbols of a row beside ink that the net did not read in two of the pictures: a digit
// may be lost there. Where the row has something in that place, or has room for no more, or the net for digits sees something else than a
// digit there, they are only not quite sure.
func limitHoles(row []symbol, pictures []reading, pitch float64) {
	most := make([]float64, len(row)) // the strictest limit so far; it counts when a second picture has one
	for i := range most {
		most[i] = 1
	}
	for i := range pictures {
		for k, v := range holeLimits(row, &pictures[i], pitch) {
			if v < 1 && most[k] < 1 {
				row[k].conf = min(row[k].conf, max(v, most[k]))
			}
			most[k] = min(most[k], v)
		}
	}
}

// holeLimits gives the most confidence that a picture with ink that was not read leaves to each symbol of a row.
func holeLimits(row []symbol, picture *reading, pitch float64) []float64 {
	syms := picture.syms
	most := make([]float64, len(row))
	for i := range most {
		most[i] = 1
	}
	same, whole := sameDigits(row, syms), wholeParts(row)
	full := func(x float64) bool { // no digit is lost in that place of a row
		k := slices.IndexFunc(row, func(s symbol) bool { return s.at > x })
		return k > 0 && whole[k-1] && whole[k]
	}
	limit := func(k int, v float64) {
		for i := range row {
			if same != nil && isDigit(row[i].r) && same[i] == k || math.Abs(row[i].at-syms[k].at) < pitch/2 {
				most[i] = min(most[i], v)
			}
		}
	}
	hole := func(from, to int) { // between two symbols, -1 and len(syms) being the ends of the line
		a, b := math.Inf(-1), math.Inf(1)
		if from >= 0 {
			a = syms[from].at + pitch/2
		}
		if to < len(syms) {
			b = syms[to].at - pitch/2
		}
		v := holeConf
		if slices.ContainsFunc(row, func(s symbol) bool { return s.at > a && s.at < b }) || full((a+b)/2) || picture.told.elsewise(max(a, b-besideSpace*pitch), min(b, a+besideSpace*pitch)) {
			v = ownDoubt
		}
		if from >= 0 {
			limit(from, v)
		}
		if to < len(syms) {
			limit(to, v)
		}
	}
	for k := range syms {
		if syms[k].before && (k == 0 || !syms[k-1].behind) {
			hole(k-1, k)
		}
		if syms[k].behind {
			hole(k, k+1)
		}
	}
	return most
}

// wholeParts tells of each symbol of a row of days whether it is of a part that takes no more digits: a year, a month or a day of two
// digits, a sign.
func wholeParts(row []symbol) []bool {
	signs, digits := make([]sign, len(row)), map[int]int{}
	for i := range row {
		signs[i] = signOf(row[i].r)
	}
	out := make([]bool, len(row))
	if f, ok := looseForm().after(signs); !ok || !f.whole() {
		return out
	}
	_, of := placesOf(signs)
	for _, place := range of {
		digits[place]++
	}
	for i, place := range of {
		out[i] = place < 0 || place%dayPlaces < 4 || digits[place] == 2
	}
	return out
}

// confirmed gives the symbols of own between two places of the line. Those that a third of the pictures or more do not have
// near that place are outvoted, those that most do not have are not confirmed.
func confirmed(own []symbol, pictures []reading, from, to, pitch float64) []symbol {
	between := func(syms []symbol, from, to float64) (part []symbol) {
		for _, s := range syms {
			if s.at >= from && s.at <= to {
				part = append(part, s)
			}
		}
		return part
	}
	part := between(own, from, to)
	without := make([]int, len(part))
	for i := range pictures {
		for _, k := range lacking(part, between(pictures[i].syms, from-pitch, to+pitch)) {
			without[k]++
		}
	}
	for k, n := range without {
		switch {
		case 2*n > len(pictures):
			part[k].conf = min(part[k].conf, unconfirmed)
		case n > 0 && besideFew*n >= len(pictures):
			part[k].conf = min(part[k].conf, outvoted)
		}
	}
	return part
}

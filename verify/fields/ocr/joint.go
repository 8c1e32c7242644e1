package ocr

import (
	"cmp"
	"math"
	"slices"
)

// Several pictures of a line are read as one: of all rows of signs that have a form, that is taken which all of them together
// say most likely. A digit that is blurred in one picture and cut in another is still told by the others; and how much less
// likely the next row is says how sure each digit is.
const (
	perReading = 8    // rows that each picture proposes
	rounds     = 4    // times that the best row is tried with one sign changed
	temper     = 0.75 // pictures of the same pixels are not independent: their mean counts, and so much of it
	unlike     = -5.0 // least logarithm of the likelihood of a row in the mean of the pictures; below, the line is no such row
	unlikeSign = -0.1 // and for each sign more
)

// joint is a row of signs that several pictures say, with how sure each sign is.
type joint struct {
	row  []sign
	conf []float64
	mean float64 // logarithm of the likelihood, in the mean of the pictures
}

// jointOf finds the row that the pictures together say most likely; false where that is none with a form.
func jointOf(pictures []*lattice) (joint, bool) {
	c := candidates{pictures: pictures, scores: map[string]float64{}}
	for _, p := range pictures {
		for _, start := range []form{dayForm(), numberForm()} {
			for _, row := range p.likeliest(start, perReading) {
				c.add(row, true)
			}
		}
	}
	if len(c.rows) == 0 {
		return joint{}, false
	}
	for range rounds {
		before := c.best
		c.changes(c.rows[before])
		if c.best == before {
			break
		}
	}
	j := joint{row: c.rows[c.best], mean: c.values[c.best]}
	if math.IsInf(j.mean, -1) || j.mean < unlike+unlikeSign*float64(len(j.row)) {
		return joint{}, false
	}
	j.conf = c.confidence()
	return j, true
}

// candidates are rows with a form and the logarithms of their likelihoods in the mean of the pictures.
type candidates struct {
	pictures []*lattice
	scores   map[string]float64
	rows     [][]sign
	values   []float64
	best     int // of those with a form; the others only take certainty away
}

func (c *candidates) add(row []sign, form bool) {
	key := string(bytesOf(row, signBlank))
	if _, ok := c.scores[key]; ok {
		return
	}
	sum := 0.0
	for _, p := range c.pictures {
		sum += max(p.likelihood(row), float64(p.n)*math.Log(leastShare))
	}
	sum /= float64(len(c.pictures))
	c.scores[key] = sum
	c.rows, c.values = append(c.rows, row), append(c.values, sum)
	if form && sum > c.values[c.best] {
		c.best = len(c.rows) - 1
	}
}

// changes adds the rows that differ from one in a digit: another one in its place, one more or one less. Days that the calendar does
// not have are among them: where the line says such a day, no other may be given for it.
func (c *candidates) changes(row []sign) {
	try := func(to []sign) {
		if _, ok := formOf(to); ok {
			c.add(to, true)
		} else if f, ok := looseForm().after(to); ok && f.whole() {
			c.add(to, false)
		}
	}
	_, of := placesOf(row)
	for i, s := range row {
		if !s.isDigit() {
			continue
		}
		// A month or a day has one digit or two; elsewhere only a digit that is written twice may be missed or seen twice.
		alone := (i == 0 || of[i-1] != of[i]) && (i+1 == len(row) || of[i+1] != of[i])
		year := of[i] < 0 || (i > 0 && row[i-1].isDigit() && of[i-1] != of[i]) || (i+1 < len(row) && row[i+1].isDigit() && of[i+1] != of[i])
		for d := signZero; d < signZero+10; d++ {
			if d != s {
				to := slices.Clone(row)
				to[i] = d
				try(to)
			}
			if alone && !year || d == s {
				try(slices.Insert(slices.Clone(row), i, d))
				try(slices.Insert(slices.Clone(row), i+1, d))
			}
		}
		try(slices.Delete(slices.Clone(row), i, i+1))
	}
}

// confidence says of each sign of the best row how sure it is: by how much its row is likelier than all rows together that
// say something else in its place.
func (c *candidates) confidence() []float64 {
	row := c.rows[c.best]
	values, of := placesOf(row)
	rivals := make([]float64, len(values))
	for i, other := range c.rows {
		w := math.Exp(temper * (c.values[i] - c.values[c.best]))
		if i == c.best || w < 1e-9 {
			continue
		}
		says, _ := placesOf(other)
		switch {
		case len(says) == len(values):
			for k, v := range values {
				if says[k] != v {
					rivals[k] += w
				}
			}
		case isNumber(row) && isNumber(other):
			from, to := differing(values, says)
			for k := from; k < to; k++ {
				rivals[k] += w
			}
		default:
			for k := range rivals {
				rivals[k] += w
			}
		}
	}
	conf := make([]float64, len(row))
	least := 1.0
	for i, k := range of {
		if k >= 0 {
			conf[i] = 1 / (1 + rivals[k])
			least = min(least, conf[i])
		}
	}
	for i, k := range of {
		if k < 0 { // what parts the digits is what makes the row a day
			conf[i] = least
		}
	}
	return conf
}

// differing gives the places, up to the second, in which a number differs from one with more or fewer digits: what both begin with and
// what both end with is not in doubt. A digit that is written several times and may be written once more or less is doubtful wherever
// it stands; where one may only have been lost, those beside it are.
func differing(values, says []int) (from, to int) {
	n, least := len(values), min(len(values), len(says))
	begin, end := 0, 0
	for begin < least && values[begin] == says[begin] {
		begin++
	}
	for end < least && values[n-1-end] == says[len(says)-1-end] {
		end++
	}
	switch first := n - end; {
	case len(says) < n:
		return min(begin, first-1), max(begin, first-1) + 1
	case begin == first:
		return max(begin-1, 0), min(begin+1, n)
	default:
		return min(begin, first), max(begin, first)
	}
}

// places gives the place of each sign of the row along the line, from the picture that says it best.
func (j *joint) places(pictures []*lattice) []float64 {
	best := slices.MaxFunc(pictures, func(a, b *lattice) int { return cmp.Compare(a.likelihood(j.row), b.likelihood(j.row)) })
	at := make([]float64, len(j.row))
	for i, t := range best.path(j.row) {
		at[i] = best.place(t)
	}
	return at
}

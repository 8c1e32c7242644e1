package ocr

import (
	"cmp"
	"math"
	"slices"
)

// Connectionist temporal classification: a row of signs is written in steps by repeating each sign and by blanks between
// them; its likelihood is the sum over all ways to write it (Graves, Fernández, Gomez, Schmidhuber 2006, section 4). Before and
// behind the row anything but digits may stand, taken as it is likeliest.

// likelihood is the natural logarithm of the share that a row has of a line: the likelihoods of all ways to write it, to that of
// the likeliest way to write anything. It is near 0 where the line says this row and very negative where it does not.
func (s *lattice) likelihood(row []sign) float64 {
	n := 2*len(row) + 1 // states: blanks at even places, signs between
	cur, next := make([]float64, n), make([]float64, n)
	before, after := 1.0, 0.0
	log := 0.0
	for t := range s.n {
		blank, other := s.at(t, signBlank), s.other[t]
		total := 0.0
		for i := range cur {
			v := cur[i]
			if i > 0 {
				v += cur[i-1]
			}
			if i%2 == 0 {
				next[i] = v * blank
			} else {
				if i > 2 && row[i/2] != row[i/2-1] {
					v += cur[i-2]
				}
				if i == 1 {
					v += before
				}
				next[i] = v * s.at(t, row[i/2])
			}
			total += next[i]
		}
		// The first blank would only double what stands before: any other class may be a blank.
		total -= next[0]
		next[0] = 0
		after = (after + cur[n-1] + cur[n-2]) * other
		before *= other
		total += before + after
		if total <= 0 {
			return math.Inf(-1)
		}
		log += math.Log(total)
		k := 1 / total
		for i := range next {
			next[i] *= k
		}
		before, after = before*k, after*k
		cur, next = next, cur
	}
	return log + math.Log(cur[n-1]+cur[n-2]+after)
}

// path gives for each sign of a row the step in which it stands along the likeliest way to write the row.
func (s *lattice) path(row []sign) []int {
	n := 2*len(row) + 3 // 0 before, then blanks and signs by turns, the last behind
	from := make([]int16, s.n*n)
	cur, next := make([]float64, n), make([]float64, n)
	for i := range cur {
		cur[i] = math.Inf(-1)
	}
	cur[0] = 0
	signAt := func(i int) int { // of state i, -1 for others
		if i >= 2 && i%2 == 0 && i < n-1 {
			return i/2 - 1
		}
		return -1
	}
	for t := range s.n {
		for i := range next {
			best, k := cur[i], i
			take := func(j int) {
				if j >= 0 && cur[j] > best {
					best, k = cur[j], j
				}
			}
			share := s.at(t, signBlank)
			switch at := signAt(i); {
			case i == 0:
				share = s.other[t]
			case i == 1: // no blank of its own before the first sign
				best = math.Inf(-1)
			case i == n-1:
				take(i - 1)
				take(i - 2)
				share = s.other[t]
			case at >= 0:
				take(i - 1)
				if at == 0 || row[at] != row[at-1] {
					take(i - 2)
				}
				share = s.at(t, row[at])
			default:
				take(i - 1)
			}
			next[i], from[t*n+i] = best+math.Log(share), int16(k)
		}
		cur, next = next, cur
	}
	end := n - 1
	for _, i := range []int{n - 2, n - 3} {
		if i >= 0 && cur[i] > cur[end] {
			end = i
		}
	}
	at, peak := make([]int, len(row)), make([]float64, len(row))
	for t, i := s.n-1, end; t >= 0; t-- {
		if k := signAt(i); k >= 0 && s.at(t, row[k]) > peak[k] {
			at[k], peak[k] = t, s.at(t, row[k])
		}
		i = int(from[t*n+i])
	}
	return at
}

// The search keeps so many beginnings of rows from step to step, and goes on with no sign that has less than this share.
const (
	beamWidth = 24
	hopeless  = 1e-4
	forgotten = 1e-7 // share of the likeliest beginning, under which none is begun
)

// begun is the beginning of a row of signs in the search for the likeliest rows of a form.
type begun struct {
	row                  []sign
	at                   form
	blank, sign, outside float64 // shares of the ways that end in a blank, in the last sign, behind the row
}

func (b *begun) sum() float64 { return b.blank + b.sign + b.outside }

// likeliest searches for the rows of signs that have a form and that the line says most likely, best first.
func (s *lattice) likeliest(start form, most int) [][]sign {
	beam := []begun{{at: start, outside: 1}}
	for t := range s.n {
		blank, other := s.at(t, signBlank), s.other[t]
		index := make(map[string]int, 4*len(beam))
		var next []begun
		get := func(row []sign, more sign, at form) *begun {
			key := string(bytesOf(row, more))
			k, ok := index[key]
			if !ok {
				k = len(next)
				index[key] = k
				if more != signBlank {
					row = append(slices.Clip(row), more)
				}
				next = append(next, begun{row: row, at: at})
			}
			return &next[k]
		}
		for i := range beam {
			b := &beam[i]
			stays := get(b.row, signBlank, b.at)
			if len(b.row) == 0 {
				stays.outside += b.outside * other
			} else {
				stays.blank += (b.blank + b.sign) * blank
				stays.sign += b.sign * s.at(t, b.row[len(b.row)-1])
				if b.at.whole() {
					stays.outside += b.sum() * other
				}
			}
			for c := signZero; c < signs; c++ {
				if s.at(t, c) < hopeless {
					continue
				}
				at, ok := b.at.next(c)
				if !ok {
					continue
				}
				v := b.blank + b.sign
				if len(b.row) == 0 {
					v = b.outside
				} else if b.row[len(b.row)-1] == c {
					v = b.blank
				}
				if v *= s.at(t, c); v > forgotten {
					get(b.row, c, at).sign += v
				}
			}
		}
		slices.SortFunc(next, func(a, b begun) int { return cmp.Compare(b.sum(), a.sum()) })
		beam = next[:min(beamWidth, len(next))]
		k := 1 / math.Max(beam[0].sum(), 1e-300)
		for i := range beam {
			beam[i].blank, beam[i].sign, beam[i].outside = beam[i].blank*k, beam[i].sign*k, beam[i].outside*k
		}
	}
	var out [][]sign
	for i := range beam {
		if len(beam[i].row) > 0 && beam[i].at.whole() && len(out) < most {
			out = append(out, beam[i].row)
		}
	}
	return out
}

func bytesOf(row []sign, more sign) []byte {
	b := make([]byte, 0, len(row)+1)
	for _, s := range row {
		b = append(b, byte(s))
	}
	if more != signBlank {
		b = append(b, byte(more))
	}
	return b
}

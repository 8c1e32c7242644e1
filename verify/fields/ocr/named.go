package ocr

import (
	"cmp"
	"context"
	"math"
	"slices"

	"zhengyan/verify/page"
)

// A rare character looks like a dozen others whose one half is the same, and one picture of it does not tell which of them it is. A short line
// with such a character is read from further pictures, and of the characters that may stand in a place that one counts which all
// pictures together make likeliest: the mean of the logarithms of its shares.
const (
	alternatives = 12   // characters of a step that are kept
	leastGiven   = 1e-4 // that a picture gives any character
	mostShort    = 8    // characters of a line that is read so
	sureNamed    = 0.9  // confidence of a character that needs no further picture
	leastNamed   = 0.05 // confidence of a character that one is looked for
	nearPitch    = 0.5  // distance between characters within which those of two pictures are one
	morePictures = 3    // pictures beside the first
)

// In a longer line the net goes by a character's neighbours too: 祥州市 is likelier than 样州市, whatever the strokes say. One of which it
// is not sure there is looked at again without them.
const (
	sureAmong = 0.97 // confidence of a character that is not looked at again
	aloneHalf = 0.62 // heights of the line that are looked at to each side of its middle
	aloneNear = 0.25 // shares of that picture's width within which the character is the one in its middle
	aloneMost = 4    // such characters of a line; one with more is blurred as a whole
)

// isHan reports whether a character is one of those that a second head may have been taught.
func isHan(r rune) bool { return r >= 0x3400 }

// unsettled reports whether a line is short and has a Chinese character of which the reading is not sure.
func (l *reading) unsettled() bool {
	n, open := 0, false
	for i := range l.syms {
		s := &l.syms[i]
		if isHan(s.r) && weighty(s.r) {
			n++
			open = open || len(s.among) > 1 && s.conf < sureNamed && s.conf >= leastNamed
		}
	}
	return open && n <= mostShort
}

// settle reads a line from further pictures and settles which characters stand in it.
func (r *Reader) settle(ctx context.Context, m *raster, plane []uint8, one reading) (reading, error) {
	var more []reading
	for _, c := range cuts[1 : 1+morePictures] {
		l, err := r.readCut(ctx, m, plane, one.quad, c)
		if err != nil {
			return one, err
		}
		more = append(more, l)
	}
	one.syms = settled(one.syms, more)
	return one, nil
}

// alone reads the unsure Chinese characters of a longer line each by itself too; what line and character together make likeliest stands.
func (r *Reader) alone(ctx context.Context, m *raster, plane []uint8, one reading) (reading, error) {
	var open []int
	for i := range one.syms {
		if s := &one.syms[i]; isHan(s.r) && weighty(s.r) && len(s.among) > 1 && s.conf < sureAmong && s.conf >= leastNamed {
			open = append(open, i)
		}
	}
	if len(one.syms) <= mostShort || len(open) > aloneMost {
		return one, nil
	}
	one.syms = slices.Clone(one.syms)
	for _, i := range open {
		s := &one.syms[i]
		half := aloneHalf * one.quad.height() / one.quad.width()
		part := one.quad.around(s.at, half)
		var seen [][]page.Alternative
		for _, how := range []tone{asIs, sharp} {
			l, err := r.readFilled(ctx, m, plane, part, how, minStripWidth)
			if err != nil {
				return one, err
			}
			if k := slices.IndexFunc(l.syms, func(c symbol) bool { return math.Abs(c.at-0.5) < aloneNear }); k >= 0 && len(l.syms[k].among) > 0 {
				seen = append(seen, l.syms[k].among)
			}
		}
		if len(seen) == 0 {
			continue
		}
		if s.conf >= sureNamed { // both looks count as one
			seen = [][]page.Alternative{jointly(seen)}
		}
		s.take(jointly(append(seen, s.among)))
	}
	return one, nil
}

// settled gives the characters of a line that its pictures together make likeliest. A character beside ink that was not read stays
// doubtful.
func settled(syms []symbol, more []reading) []symbol {
	out := slices.Clone(syms)
	at := make([]float64, len(out))
	for i := range out {
		at[i] = out[i].at
	}
	near := nearPitch * pitchOf(at)
	if len(out) == 1 {
		near = nearPitch
	}
	for i := range out {
		s := &out[i]
		if !isHan(s.r) || len(s.among) == 0 {
			continue
		}
		seen := [][]page.Alternative{s.among}
		for k := range more {
			var best *symbol
			for j := range more[k].syms {
				o := &more[k].syms[j]
				if d := math.Abs(o.at - s.at); d < near && (best == nil || d < math.Abs(best.at-s.at)) {
					best = o
				}
			}
			if best != nil && len(best.among) > 0 {
				seen = append(seen, best.among)
				s.before, s.behind = s.before || best.before, s.behind || best.behind
			}
		}
		if len(seen) < 2 {
			continue
		}
		s.take(jointly(seen))
	}
	return out
}

// jointly gives the characters of a place by what several pictures make of it, likeliest first.
func jointly(seen [][]page.Alternative) []page.Alternative {
	return weighed(seen, slices.Repeat([]float64{1 / float64(len(seen))}, len(seen)), leastGiven)
}

// weighed gives the characters of a place by several words on it, by how much the logarithm of each counts; each gives every character
// the least share.
func weighed(seen [][]page.Alternative, weights []float64, least float64) []page.Alternative {
	sum := map[rune]float64{}
	for _, list := range seen {
		for _, a := range list {
			sum[a.R] = 0
		}
	}
	total := 0.0
	out := make([]page.Alternative, 0, len(sum))
	for r := range sum {
		log := 0.0
		for k, list := range seen {
			share := least
			for _, a := range list {
				if a.R == r {
					share = max(share, a.Share)
				}
			}
			log += weights[k] * math.Log(share)
		}
		v := math.Exp(log)
		total += v
		out = append(out, page.Alternative{R: r, Share: v})
	}
	for i := range out {
		out[i].Share /= max(total, 1e-9)
	}
	return ranked(out)
}

// ranked puts the likeliest characters first, and keeps as many as are kept of a step.
func ranked(all []page.Alternative) []page.Alternative {
	slices.SortFunc(all, func(a, b page.Alternative) int { return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.R, b.R)) })
	return all[:min(len(all), alternatives)]
}

// take reads a character as the likeliest of those that may stand there; beside ink that was not read it stays doubtful.
func (s *symbol) take(among []page.Alternative) {
	s.among, s.r, s.conf = among, among[0].R, among[0].Share
	if s.before || s.behind {
		s.conf = min(s.conf, holeConf)
	}
}

package ocr

import (
	"context"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// The recogniser's picture of a line.
const (
	lineHeight   = 48
	minLineWidth = 320  // narrower ones are filled up, as in training
	maxLineWidth = 2560 // longer ones are squeezed: some 55 Chinese characters
	frameWidth   = 8    // pixels of the line to one step of the recogniser
)

// symbol is a character that was read.
type symbol struct {
	r    rune
	at   float64 // place of its middle along the line, 0..1
	conf float64
}

// reading is what the recogniser read of a line.
type reading struct {
	quad quad
	syms []symbol
}

func (l *reading) text() string {
	b := make([]byte, 0, 3*len(l.syms))
	for _, s := range l.syms {
		b = utf8.AppendRune(b, s.r)
	}
	return string(b)
}

// confidence is the mean over the characters.
func (l *reading) confidence() float64 {
	if len(l.syms) == 0 {
		return 0
	}
	sum := 0.0
	for _, s := range l.syms {
		sum += s.conf
	}
	return sum / float64(len(l.syms))
}

// tone says how the picture of a line is toned.
type tone int

const (
	asIs      tone = iota // a pale line is brought to a full scale
	fullScale             // every line is
)

// readLine reads the line in a quad of a plane.
func (r *Reader) readLine(ctx context.Context, m *raster, plane []uint8, q quad, how tone) (reading, error) {
	return r.readFilled(ctx, m, plane, q, how, minLineWidth)
}

// readFilled is readLine with a picture of the line that is filled up to least pixels only.
func (r *Reader) readFilled(ctx context.Context, m *raster, plane []uint8, q quad, how tone, least int) (reading, error) {
	h := q.height()
	if h < 1 || q.width() < 1 {
		return reading{quad: q}, nil
	}
	w := int(math.Ceil(q.width() / h * lineHeight))
	w = min(max(w, frameWidth), maxLineWidth)
	pix := crop(plane, m.w, m.h, q, w, lineHeight)
	limit := float32(paleLine)
	if how == fullScale {
		limit = 256
	}
	if full := darkness(pix, limit); full != nil {
		pix = full
	}
	in, full := lineInput(pix, w, least)
	out, dims, err := r.run(ctx, r.rec, in, [4]int{1, 3, lineHeight, full})
	if err != nil {
		return reading{}, err
	}
	if len(dims) != 3 || dims[1] < 1 || dims[2] != len(r.keys) {
		return reading{}, fmt.Errorf("the recogniser gives an answer of the size %v for %d characters", dims, len(r.keys))
	}
	frames := float64(w) / float64(full) * float64(dims[1])
	return reading{quad: q, syms: dropGhosts(decode(out, dims[1], dims[2], frames, r.keys, r.known), pix, w)}, nil
}

// ghostInk is the share of a line's usual ink under which a character is the back of the page, or dirt.
const ghostInk = 0.3

// dropGhosts leaves out the characters of a line's picture that are far paler than the others.
func dropGhosts(syms []symbol, pix []float32, w int) []symbol {
	if len(syms) < 3 {
		return syms
	}
	white := float32(0)
	for _, v := range pix {
		white += v
	}
	white /= float32(len(pix)) // nearer to the paper than to the ink
	ink := make([]float64, len(syms))
	for i, s := range syms {
		dark := white
		x := int(s.at * float64(w))
		for y := lineHeight / 8; y < lineHeight*7/8; y++ {
			for c := max(0, x-lineHeight/5); c < min(w, x+lineHeight/5); c++ {
				dark = min(dark, pix[y*w+c])
			}
		}
		ink[i] = float64(white - dark)
	}
	sorted := slices.Clone(ink)
	slices.Sort(sorted)
	usual := sorted[len(sorted)*2/3]
	out := syms[:0:0]
	for i, s := range syms {
		if ink[i] >= ghostInk*usual || s.r == ' ' {
			out = append(out, s)
		}
	}
	return out
}

// lineInput is the recogniser's input for a line's picture of width w, filled up to the width full, least at least.
func lineInput(pix []float32, w, least int) (in []float32, full int) {
	full = max((w+frameWidth-1)/frameWidth*frameWidth, least)
	in = make([]float32, 3*lineHeight*full) // what is filled up stays 0, the middle of the scale
	for y := range lineHeight {
		for x := range w {
			in[y*full+x] = pix[y*w+x]/127.5 - 1
		}
	}
	n := lineHeight * full
	copy(in[n:2*n], in[:n])
	copy(in[2*n:], in[:n])
	return in, full
}

// decode reads the steps of the recogniser (connectionist temporal classification): the likeliest class of each step,
// repeats joined, blanks left out. frames is the number of steps that the line fills. Of the classes the first known are the
// net's own; those that it was taught have a say only where it is not sure itself, so that they cost no common character.
func decode(out []float32, steps, classes int, frames float64, keys []string, known int) []symbol {
	var syms []symbol
	sure := ownSure
	if frames > longLine*lineHeight*emOfHeight/frameWidth {
		sure = ownLong
	}
	last := 0
	mass, moment := 0.0, 0.0
	for t := range steps {
		row := out[t*classes : (t+1)*classes]
		best, p := likeliest(row, known, sure)
		switch {
		case best == 0:
		case best == last: // the same character goes on
			s := &syms[len(syms)-1]
			mass, moment = mass+p, moment+p*(float64(t)+0.5)
			s.conf, s.at = max(s.conf, p), min(1, moment/mass/frames)
		default:
			r, _ := utf8.DecodeRuneInString(keys[best])
			mass, moment = p, p*(float64(t)+0.5)
			syms = append(syms, symbol{r: r, at: min(1, moment/mass/frames), conf: p})
		}
		last = best
	}
	return syms
}

// The likelihood from which the net's own reading of a step stands, whatever it was taught. Rare characters are those of
// names, and a name is short.
const (
	ownSure  = 0.85
	ownLong  = 0.4 // in a line that is longer than a name with its label
	longLine = 7   // characters, by the shape of the line
)

// likeliest is the class of a step, and its likelihood; sure is that from which the net's own reading stands.
func likeliest(row []float32, known int, sure float64) (int, float64) {
	own := 0
	for i, v := range row[:known] {
		if v > row[own] {
			own = i
		}
	}
	taught, mass := own, float32(0)
	for i, v := range row[known:] {
		mass += v
		if v > row[taught] {
			taught = known + i
		}
	}
	if alone := float64(row[own]) / math.Max(1e-6, float64(1-mass)); taught == own || alone >= sure {
		return own, min(alone, 1)
	}
	return taught, float64(row[taught])
}

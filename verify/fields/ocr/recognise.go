package ocr

import (
	"context"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"zhengyan/verify/internal/order"
	"zhengyan/verify/page"
)

// The recogniser's picture of a line.
const (
	lineHeight   = 48
	minLineWidth = 160  // narrower ones are filled up
	maxLineWidth = 2560 // longer ones are squeezed: some 55 Chinese characters
	frameWidth   = 8    // pixels of the line to one step of the recogniser
)

// symbol is a character that was read.
type symbol struct {
	r    rune
	at   float64 // place of its middle along the line, 0..1
	conf float64

	before, behind bool // beside it is ink that was not read

	among []page.Alternative // what else may stand there, likeliest first; nil where nothing else was weighed
	shown []page.Alternative // the same by its shares alone, of the first picture
}

// reading is what the recogniser read of a line.
type reading struct {
	quad quad
	syms []symbol
	done bool     // it was read, once
	told *lattice // what the net for digits says of it; nil where it was not asked
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
	sharp                 // every line is, and its strokes are made harder
)

// readLine reads the line in a quad of a plane.
func (r *Reader) readLine(ctx context.Context, m *raster, plane []uint8, q quad, how tone) (reading, error) {
	return r.readFilled(ctx, m, plane, q, how, minLineWidth)
}

// readFilled is readLine with a picture of the line that is filled up to least pixels only.
func (r *Reader) readFilled(ctx context.Context, m *raster, plane []uint8, q quad, how tone, least int) (reading, error) {
	return r.readStretched(ctx, m, plane, q, how, least, 1)
}

// readStretched is readFilled with a picture that is stretched along the line.
func (r *Reader) readStretched(ctx context.Context, m *raster, plane []uint8, q quad, how tone, least int, stretch float64) (reading, error) {
	if q.height() < 1 || q.width() < 1 {
		return reading{quad: q}, nil
	}
	pix, w := lineOf(plane, m.w, m.h, q, how, stretch)
	in, full := lineInput(pix, w, least)
	out, dims, err := r.run(ctx, r.rec, in, [4]int{1, 3, lineHeight, full})
	if err != nil {
		return reading{}, err
	}
	if len(dims) != 3 || dims[1] < 1 || dims[2] != len(r.keys) || len(out) != dims[1]*dims[2] {
		return reading{}, fmt.Errorf("the recogniser gives an answer of the size %v for %d characters", dims, len(r.keys))
	}
	frames := float64(w) / float64(full) * float64(dims[1])
	syms := dropGhosts(decode(out, dims[1], r.alphabet, frames), pix, w)
	syms = slices.DeleteFunc(syms, func(s symbol) bool { return s.conf < minCharConf })
	syms = dropStroke(syms, w)
	doubtHoles(syms, pix, w)
	return reading{quad: q, syms: syms, done: true}, nil
}

// lineOf is the picture of a line, lineHeight high and w wide.
func lineOf(plane []uint8, width, height int, q quad, how tone, stretch float64) (pix []float32, w int) {
	w = int(math.Ceil(q.width() / q.height() * lineHeight * stretch))
	w = min(max(w, frameWidth), maxLineWidth)
	pix = crop(plane, width, height, q, w, lineHeight)
	limit := float32(paleLine)
	if how != asIs {
		limit = 256
	}
	if full := darkness(pix, limit); full != nil {
		pix = full
	}
	if how == sharp {
		sharpen(pix, w, lineHeight)
	}
	return pix, w
}

// Where the recogniser finds no character likely it gives none, and says nothing of it: a name then ends before its last
// character, surely read. Ink between two characters, or beyond the last, that none of them accounts for is such a hole.
const (
	holeConf       = 0.47                    // most confidence of the characters beside a hole
	holeEm         = lineHeight * EmOfHeight // size of the type in a line's picture
	holeWide       = 0.6 * holeEm            // between the places of two characters
	holeInk        = 0.35 * holeEm           // columns of ink in it
	holeDark       = 0.5                     // share of the line's ink that counts as ink
	holeNear       = 1.3                     // space in sizes of the type between the last character read and one that is lost: 样　例
	holeNearDigits = 0.4                     // in a line of numbers
	holeDigit      = 1.7                     // between the middles of two digits, in their usual distances
)

// doubtHoles lowers the confidence of the characters beside ink that was not read.
func doubtHoles(syms []symbol, pix []float32, w int) {
	if len(syms) == 0 {
		return
	}
	ink := inkColumns(pix, w)
	count := func(from, to float64) (n float64) {
		for x := max(0, int(from)); x < min(w, int(to)); x++ {
			if ink[x] {
				n++
			}
		}
		return n
	}
	half := func(s symbol) float64 {
		if s.r < 0x2000 {
			return 0.28 * holeEm
		}
		return 0.55 * holeEm
	}
	pitch, dated := digitPitch(syms, w), digits(syms) >= twiceDigits
	near := holeNear
	if dated {
		near = holeNearDigits
	}
	if s := &syms[0]; weighty(s.r) {
		to := s.at*float64(w) - half(*s)
		from := max(holeEm*0.1, to-(near+1)*holeEm)
		if to-from >= holeWide && count(to-near*holeEm, to) > 0 && count(from, to) >= holeInk {
			s.conf, s.before = min(s.conf, holeConf), true
		}
	}
	for i := range syms {
		s := &syms[i]
		from, to := s.at*float64(w)+half(*s), float64(w)-holeEm*0.1
		last := i+1 == len(syms)
		if !last {
			to = syms[i+1].at*float64(w) - half(syms[i+1])
		}
		if last { // what stands far behind the line is none of it: a seal's lettering, a frame
			if count(from, from+near*holeEm) == 0 {
				continue
			}
			to = min(to, from+(near+1)*holeEm)
		}
		hole := (weighty(s.r) || !last && weighty(syms[i+1].r)) && to-from >= holeWide && count(from, to) >= holeInk
		if !last && pitch > 0 && isDigit(s.r) && isDigit(syms[i+1].r) {
			d := (syms[i+1].at - s.at) * float64(w)
			mid := (syms[i+1].at + s.at) / 2 * float64(w)
			hole = d > holeDigit*pitch && count(mid-pitch/4, mid+pitch/4) >= pitch/4
		}
		if !hole {
			continue
		}
		s.conf, s.behind = min(s.conf, holeConf), true
		if !last {
			syms[i+1].conf, syms[i+1].before = min(syms[i+1].conf, holeConf), true
		}
	}
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// digitPitch is the usual distance of two digits in a line's picture, 0 where it has few.
func digitPitch(syms []symbol, w int) float64 {
	var d []float64
	for i := 1; i < len(syms); i++ {
		if isDigit(syms[i-1].r) && isDigit(syms[i].r) {
			d = append(d, (syms[i].at-syms[i-1].at)*float64(w))
		}
	}
	if len(d) < 3 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)/2]
}

// strokePitch is the distance between a stroke that was read twice and the digit after it, in the usual distances of digits.
const strokePitch = 0.65

// dropStroke leaves out the 1 that the recogniser makes of the last stroke of 川, with which registration numbers of Sichuan
// begin: it stands half a digit before the digit that follows it, where no digit can stand.
func dropStroke(syms []symbol, w int) []symbol {
	pitch := digitPitch(syms, w)
	for i := 0; i+2 < len(syms); i++ {
		if syms[i].r == '川' && syms[i+1].r == '1' && isDigit(syms[i+2].r) && (syms[i+2].at-syms[i+1].at)*float64(w) < strokePitch*pitch {
			return slices.Delete(slices.Clone(syms), i+1, i+2)
		}
	}
	return syms
}

// inkColumns tells the columns of a line's picture in which there is print: dark, but not all the way from top to bottom as
// in a frame.
func inkColumns(pix []float32, w int) []bool {
	ink := make([]bool, w)
	ranked := slices.Clone(pix)
	black, white := order.Nth(ranked, len(pix)*3/100), order.Nth(ranked, len(pix)*8/10)
	limit := white - holeDark*(white-black)
	for x := range w {
		n := 0
		for y := lineHeight / 8; y < lineHeight*7/8; y++ {
			if pix[y*w+x] < limit {
				n++
			}
		}
		ink[x] = n >= 2 && n < lineHeight*5/8
	}
	return ink
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

// decode reads the steps of the recogniser (connectionist temporal classification): the likeliest character of each step,
// repeats joined, blanks left out. frames is the number of steps that the line fills.
func decode(out []float32, steps int, of *alphabet, frames float64) []symbol {
	var syms []symbol
	n := len(of.keys)
	how := trustIn(frames, of.digitsIn(out, steps))
	last := 0
	mass, moment := 0.0, 0.0
	for t := range steps {
		if float64(t) >= frames { // behind the line, where its picture was filled up: the taught classes have not learnt what that is
			how = trust{}
		}
		row := out[t*n : (t+1)*n]
		best, p := of.likeliest(row, how)
		switch {
		case best == 0:
		case best == last: // the same character goes on
			s := &syms[len(syms)-1]
			mass, moment = mass+p, moment+p*(float64(t)+0.5)
			if p > s.conf {
				s.conf = p
				s.among, s.shown = of.weigh(row, how, best, p)
			}
			s.at = min(1, moment/mass/frames)
		default:
			r, _ := utf8.DecodeRuneInString(of.keys[best])
			mass, moment = p, p*(float64(t)+0.5)
			s := symbol{r: r, at: min(1, moment/mass/frames), conf: p}
			s.among, s.shown = of.weigh(row, how, best, p)
			syms = append(syms, s)
		}
		last = best
	}
	return syms
}

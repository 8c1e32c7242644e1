package ocr

import (
	"slices"
)

// A picture's green and red lie near its luminance, which JPEG keeps finely; its colour is kept coarsely: the red of a seal runs
// into the black strokes under it, and makes them pale in the red channel alone. Print is therefore read off the luminance,
// to which red ink is added back where the picture is red, as much as this picture's ink takes away; what is still dark
// there is print, and is darkened.
const (
	paperSide   = 64   // side of the squares whose paper and tint are looked for, in pixels
	brightRank  = 0.7  // share of a square that is darker than its paper
	redPaper    = 60   // darker paper is taken for as bright as this
	redLeast    = 12   // steps by which red ink is redder than its paper at the least
	redFull     = 60.0 // and from which a pixel is wholly of it, on paper of 240
	redResidue  = 14.0 // darkness that red ink leaves behind, on paper of 240
	redGain     = 2.0  // factor of the darkness under red ink
	lookAway    = 55.0 // darkness under red ink that is left out where lines are looked for: the ragged edge of a seal hides them
	redLift     = 1.0  // luminance that red ink takes, to a step of redness, where a picture has too little of it to tell
	redInkLeast = 60   // steps by which the ink of red print is redder than its paper, on paper of 240
	redSample   = 400  // pixels of red ink from which the ink is measured
	redTop      = 50   // one of so many of them is redder than the ink alone mostly is
	redMostly   = 0.8  // of that redness: ink with nothing under it
)

// Light is the luminance of a pixel without blue, which says least.
func Light(r, g uint8) int { return (3*int(r) + 7*int(g)) / 10 }

// sheet has the paper of each square of a picture: its luminance, and by how much it is redder than green.
type sheet struct {
	w, h        int
	paper, tint []int
}

func sheetOf(red, green []uint8, w, h int) sheet {
	s := sheet{w: (w + paperSide - 1) / paperSide, h: (h + paperSide - 1) / paperSide}
	s.paper, s.tint = make([]int, s.w*s.h), make([]int, s.w*s.h)
	for ty := range s.h {
		for tx := range s.w {
			var hist, tint [256]int
			n := 0
			for y := ty * paperSide; y < min(h, (ty+1)*paperSide); y += 2 {
				for i := y*w + tx*paperSide; i < y*w+min(w, (tx+1)*paperSide); i += 2 {
					v := Light(red[i], green[i])
					hist[v]++
					tint[v] += int(red[i]) - int(green[i])
					n++
				}
			}
			v, c := 255, hist[255]
			for ; v > 0 && float64(c) < (1-brightRank)*float64(n); c += hist[v] {
				v--
			}
			sum, m := 0, 0
			for k := v; k < 256; k++ {
				sum, m = sum+tint[k], m+hist[k]
			}
			s.paper[ty*s.w+tx], s.tint[ty*s.w+tx] = v, sum/max(m, 1)
		}
	}
	// A square inside a seal has no paper of its own: the brightest beside it counts.
	paper, tint := slices.Clone(s.paper), slices.Clone(s.tint)
	for ty := range s.h {
		for tx := range s.w {
			k := ty*s.w + tx
			for y := max(0, ty-1); y <= min(s.h-1, ty+1); y++ {
				for x := max(0, tx-1); x <= min(s.w-1, tx+1); x++ {
					if s.paper[y*s.w+x] > paper[k] {
						paper[k], tint[k] = s.paper[y*s.w+x], s.tint[y*s.w+x]
					}
				}
			}
		}
	}
	s.paper, s.tint = paper, tint
	return s
}

func (s *sheet) at(x, y int) (paper, tint int) {
	k := y/paperSide*s.w + x/paperSide
	return max(s.paper[k], redPaper), s.tint[k]
}

// over is by how many steps a pixel is redder than its paper, beyond what all paper may be; 0 or less where it is not.
func (s *sheet) over(r, g uint8, x, y int) (o, paper, tint int) {
	if o = int(r) - int(g) - redLeast; o <= 0 {
		return o, 0, 0
	}
	paper, tint = s.at(x, y)
	return o - tint, paper, tint
}

// redInk is the picture's red ink where no print lies under it.
type redInk struct {
	lift       float64 // luminance that it takes, to a step of redness
	red, green float32 // shares of its paper's luminance
}

// Shares are counted in steps of 1/shareFull of the paper's luminance.
const shareFull = 200

// ink measures the picture's red ink; false where it has too little of it.
func (s *sheet) ink(red, green []uint8, w, h int) (redInk, bool) {
	var lift, over [256]int
	n := 0
	each := func(f func(i, paper, tint, o int)) {
		for y := range h {
			for x := range w {
				i := y*w + x
				if o, paper, tint := s.over(red[i], green[i], x, y); o > 0 && 240*o > redInkLeast*paper {
					f(i, paper, tint, o)
				}
			}
		}
	}
	share := func(v, paper int) int { return min(max(v*shareFull/paper, 0), 255) }
	each(func(i, paper, _, o int) {
		lift[min(max(100*(paper-Light(red[i], green[i]))/o, 0), 255)]++
		over[share(o, paper)]++
		n++
	})
	if n < redSample {
		return redInk{lift: redLift}, false
	}
	// The seal's edges and what lies under it are less red than the ink alone.
	full := 255
	for c := over[full]; redTop*c < n; c += over[full] {
		full--
	}
	var reds, greens [256]int
	each(func(i, paper, tint, o int) {
		if float64(share(o, paper)) > redMostly*float64(full) {
			reds[share(int(red[i])-tint, paper)]++
			greens[share(int(green[i]), paper)]++
		}
	})
	return redInk{
		lift: min(max(float64(median(&lift))/100, 0.6), 1.4),
		red:  float32(median(&reds)) / shareFull, green: float32(median(&greens)) / shareFull,
	}, true
}

func median(hist *[256]int) int {
	n := 0
	for _, c := range hist {
		n += c
	}
	v := 0
	for c := hist[0]; 2*c < n && v < len(hist)-1; c += hist[v] {
		v++
	}
	return v
}

// separate makes of the red and green channels, in m.text and m.red, the planes of print without red ink, and leaves the green
// one, in which both are dark.
func (m *raster) separate() {
	s := sheetOf(m.text, m.red, m.w, m.h)
	ink, inked := s.ink(m.text, m.red, m.w, m.h)
	if inked {
		m.under = &underInk{red: slices.Clone(m.text), green: m.red, w: m.w, h: m.h, paper: s, ink: ink}
	}
	m.reds, m.look = make([]int, m.h), make([]uint8, len(m.text))
	for y := range m.h {
		for x := range m.w {
			i := y*m.w + x
			v := Light(m.text[i], m.red[i])
			look := v
			if o, paper, _ := s.over(m.text[i], m.red[i], x, y); o > 0 {
				if 240*o > redInkLeast*paper {
					m.reds[y]++
				}
				k := float64(paper) / 240
				share := min(float64(o)/(redFull*k), 1)
				dark := float64(paper-v) - ink.lift*float64(o)
				under := func(residue, gain float64) int {
					return min(max(paper-int(dark+share*(max(0, dark-residue*k)*gain-dark)), 0), 255)
				}
				v, look = under(redResidue, redGain), under(lookAway, 1)
			}
			m.text[i], m.look[i] = uint8(v), uint8(look)
		}
	}
}

// Red ink over a line: a seal takes strokes away, and what is left may be read alike in all pictures.
const (
	redDark = 40   // steps by which its pixels are darker in the green plane than in that of print
	redLine = 0.03 // of the line's pixels
)

// redOver reports whether red ink lies over a line.
func (m *raster) redOver(q quad) bool {
	b := q.box()
	x0, y0, x1, y1 := max(int(b.X0), 0), max(int(b.Y0), 0), min(int(b.X1)+1, m.w), min(int(b.Y1)+1, m.h)
	n := 0
	for y := y0; y < y1; y++ {
		for i := y*m.w + x0; i < y*m.w+x1; i++ {
			if int(m.text[i])-int(m.red[i]) > redDark {
				n++
			}
		}
	}
	return float64(n) > redLine*float64(max(x1-x0, 0)*max(y1-y0, 0))
}

// Bands of rows with red ink.
const (
	redShare = 0.0004 // of the picture that is red ink, under which there is no red line
	redRow   = 0.002  // of a row
	redApart = 0.03   // of the height, within which rows are of one band
	redMost  = 0.7    // of the height in bands, from which the picture is looked at as a whole
)

// redBands gives the bands of rows, from the first to that after the last, in which red print may stand.
func (m *raster) redBands() [][2]int {
	sum := 0
	for _, n := range m.reds {
		sum += n
	}
	if float64(sum) < redShare*float64(m.w*m.h) {
		return nil
	}
	margin := max(int(redApart*float64(m.h)), 16)
	var out [][2]int
	total := 0
	for y, n := range m.reds {
		if float64(n) <= redRow*float64(m.w) {
			continue
		}
		from, to := max(0, y-margin), min(m.h, y+margin+1)
		if k := len(out); k > 0 && from <= out[k-1][1] {
			total += to - out[k-1][1]
			out[k-1][1] = to
		} else {
			total += to - from
			out = append(out, [2]int{from, to})
		}
	}
	if len(out) == 0 || float64(total) > redMost*float64(m.h) {
		return [][2]int{{0, m.h}}
	}
	return out
}

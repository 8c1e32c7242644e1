package finder

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"math"

	xdraw "golang.org/x/image/draw"

	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// Sizes of a strip: a line cut out of a picture, laid level.
const (
	stripHigh = 30 // pixels of a line's own height
	stripPad  = 5  // of paper above and below
	stripMost = 720
)

// cut lays a line of the picture level. The picture is the one in which the line was found, times k.
func cut(g *image.Gray, l line, k float64) *image.Gray {
	scale := float64(stripHigh) / (l.height * k) // strip pixels to a pixel of g
	w := int(l.length*k*scale) + 2*stripPad
	if w > stripMost {
		scale *= float64(stripMost) / float64(w)
		w = stripMost
	}
	h := int(l.height*k*scale) + 2*stripPad
	out := image.NewGray(image.Rect(0, 0, w, h))
	s, c := math.Sincos(l.angle)
	gw, gh := g.Rect.Dx(), g.Rect.Dy()
	taps := max(int(1/scale+0.5), 1)
	for y := range h {
		for x := range w {
			u, v := (float64(x)+0.5-float64(w)/2)/scale, (float64(y)+0.5-float64(h)/2)/scale
			sum, n := 0.0, 0.0
			for t := range taps * taps {
				du, dv := 0.0, 0.0
				if taps > 1 {
					du = (float64(t%taps)+0.5)/float64(taps) - 0.5
					dv = (float64(t/taps)+0.5)/float64(taps) - 0.5
				}
				px := l.cx*k + c*(u+du/scale) - s*(v+dv/scale) - 0.5
				py := l.cy*k + s*(u+du/scale) + c*(v+dv/scale) - 0.5
				ix, iy := int(math.Floor(px)), int(math.Floor(py))
				if ix < 0 || iy < 0 || ix+1 >= gw || iy+1 >= gh {
					sum, n = sum+250, n+1
					continue
				}
				fx, fy := px-float64(ix), py-float64(iy)
				o := iy*g.Stride + ix
				sum += (float64(g.Pix[o])*(1-fx)+float64(g.Pix[o+1])*fx)*(1-fy) + (float64(g.Pix[o+g.Stride])*(1-fx)+float64(g.Pix[o+g.Stride+1])*fx)*fy
				n++
			}
			out.Pix[y*out.Stride+x] = uint8(sum / n)
		}
	}
	return out
}

// sure is the confidence from which a line needs not be read the other way up.
const sure = 0.8

// Reading takes as long as a line is wide, and most lines are read as well at a part of their width. It is done at the
// whole width where the confidence is less than enough, or less than plain for what may be a title.
const (
	narrow = 0.55
	enough = 0.85
	// What is worth less at a part of the width, either way up, is no print, or two lines in one.
	hopeless = 0.3
	plain    = 0.96
)

// narrowed is a picture at a part of its width.
func narrowed(g *image.Gray) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, max(int(float64(g.Rect.Dx())*narrow), 1), g.Rect.Dy()))
	xdraw.BiLinear.Scale(out, out.Rect, g, g.Rect, xdraw.Src, nil)
	return out
}

// The end of a line that is read to tell that it is no title.
const (
	tailLong  = 3.4 // in heights of the line
	tailChars = 3   // characters in it
)

// end is the last part of a line; flipped tells that its print stands on its head.
func (l line) end(flipped bool) line {
	s, c := math.Sincos(l.angle)
	d := (l.length - tailLong*l.height) / 2
	if flipped {
		d = -d
	}
	l.cx, l.cy, l.length = l.cx+c*d, l.cy+s*d, tailLong*l.height
	return l
}

// readStrips cuts lines out and reads them one by one. flipped tells that the print stands on its head with respect to the
// lines' directions. With tails set, lines whose end is no title's are left without text.
func (s *search) readStrips(ctx context.Context, g *image.Gray, k float64, lines []line, tails bool) (texts []fields.Line, flipped bool, err error) {
	texts = make([]fields.Line, len(lines))
	down := 0.0
	for i, l := range lines {
		way := -1.0
		if down > 0 {
			way = 1
		}
		if tails && l.length > 1.3*tailLong*l.height {
			// Every title ends alike: of a line that ends otherwise no more needs to be read. What is read well is read the right
			// way up, so that the end is its end.
			img := cut(g, l.end(down > 0), k)
			if down > 0 {
				overturn(img)
			}
			a, err := s.reader.ReadLine(ctx, narrowed(img))
			if err != nil {
				return nil, false, err
			}
			if worthOf(a, tailChars) >= enough && !s.tables.Resembles(a.Text) {
				down += way * worthOf(a, tailChars)
				continue
			}
		}
		img := cut(g, l, k)
		if down > 0 {
			overturn(img)
		}
		a, err := s.reader.ReadLine(ctx, narrowed(img))
		if err != nil {
			return nil, false, err
		}
		if worth(a) < sure && math.Abs(down) < 2 {
			overturn(img)
			b, err := s.reader.ReadLine(ctx, narrowed(img))
			if err != nil {
				return nil, false, err
			}
			if worth(b) > worth(a) {
				a, way = b, -way
			} else {
				overturn(img)
			}
		}
		if a.Confidence < enough && worth(a) > hopeless || a.Confidence < plain && s.tables.Resembles(a.Text) {
			b, err := s.reader.ReadLine(ctx, img)
			if err != nil {
				return nil, false, err
			}
			if worth(b) > worth(a) {
				a = b
			}
		}
		texts[i] = a
		down += way * worth(a)
	}
	return texts, down > 0, nil
}

// worth is a line's confidence; few characters say less than many.
func worth(l fields.Line) float64 { return worthOf(l, 4) }

// worthOf is worth where n characters are to be expected.
func worthOf(l fields.Line, n int) float64 {
	return l.Confidence * min(1, float64(len([]rune(l.Text)))/float64(n))
}

// overturn turns a picture upside down, in place.
func overturn(g *image.Gray) {
	for i, j := 0, len(g.Pix)-1; i < j; i, j = i+1, j-1 {
		g.Pix[i], g.Pix[j] = g.Pix[j], g.Pix[i]
	}
}

// textOf makes a page's text of lines that were read, as they stand when the print is upright: the picture, w × h, is
// turned back by turn quarters.
func textOf(lines []line, texts []fields.Line, turn int, w, h float64, index int) page.Text {
	t := page.Text{Index: index, Width: w, Height: h, Confidence: []float64{}}
	if turn&1 == 1 {
		t.Width, t.Height = h, w
	}
	for i, l := range lines {
		rs := []rune(texts[i].Text)
		if len(rs) == 0 {
			continue
		}
		cx, cy := uprightPoint(l.cx, l.cy, turn, w, h)
		// Half-width characters take half the room.
		total := 0.0
		for _, r := range rs {
			total += wide(r)
		}
		x := cx - l.length/2
		for _, r := range rs {
			d := l.length * wide(r) / total
			t.Chars = append(t.Chars, page.Char{R: r, Box: page.Box{X0: x, Y0: cy - l.height/2, X1: x + d, Y1: cy + l.height/2}, Size: l.height, Font: -1})
			t.Confidence = append(t.Confidence, texts[i].Confidence)
			x += d
		}
	}
	return t
}

func wide(r rune) float64 {
	if r < 0x2000 {
		return 0.55
	}
	return 1
}

// uprightPoint is where a place of a w × h picture lies after turning it clockwise by turn quarters.
func uprightPoint(x, y float64, turn int, w, h float64) (float64, float64) {
	switch turn & 3 {
	case 1:
		return h - y, x
	case 2:
		return w - x, h - y
	case 3:
		return y, w - x
	}
	return x, y
}

// inPicture looks for certificates in one picture of a page.
func (s *search) inPicture(ctx context.Context, index int, p picture) ([]Hit, error) {
	img, err := p.pixels()
	if err != nil {
		return nil, err
	}
	if img == nil {
		return nil, nil
	}
	full, _ := grayOf(img, readSide)
	small, step := grayOf(full, lookSide)
	k := float64(step)
	lines, upright := linesOf(small)
	w, h := float64(small.Rect.Dx()), float64(small.Rect.Dy())
	candidates := withLabels(titlesAmong(lines, upright), lines, upright, w, h)
	if len(candidates) == 0 {
		return nil, ctx.Err()
	}
	texts, flipped, err := s.readStrips(ctx, full, k, candidates, true)
	if err != nil {
		return nil, fmt.Errorf("reading titles: %w", err)
	}
	// Quarter turns clockwise that bring the picture upright.
	turn := 0
	if !upright {
		turn = 1 // the lines run upwards: their direction is −90°
	}
	if flipped {
		turn += 2
	}
	var list []found
	if err := s.readAbove(ctx, full, k, candidates, texts, flipped, turn, w, h); err != nil {
		return nil, fmt.Errorf("reading titles: %w", err)
	}
	for _, t := range s.titles(candidates, texts, turn, w, h) {
		if t.kind == fields.OtherCertificate && !s.opt.Others {
			continue
		}
		c, ok, failed := s.confirm(ctx, full, k, lines, t, turn, w, h)
		if failed != nil {
			err = fmt.Errorf("reading labels: %w", failed)
			break
		}
		if ok {
			list = append(list, c)
		}
	}
	list = apart(list, turn, w, h)
	var hits []Hit
	for i := range list {
		hits = append(hits, list[i].place(index, p, turn, w, h))
	}
	return hits, cmp.Or(err, ctx.Err())
}

// readAbove reads the lines that were left unread right above one that may be the second line of a title.
func (s *search) readAbove(ctx context.Context, g *image.Gray, k float64, lines []line, texts []fields.Line, flipped bool, turn int, w, h float64) error {
	for i := range lines {
		if texts[i].Text != "" {
			continue
		}
		for j := range lines {
			if texts[j].Text == "" || !follows(lines[i], lines[j], turn, w, h) || !s.tables.Resembles(texts[j].Text) {
				continue
			}
			img := cut(g, lines[i], k)
			if flipped {
				overturn(img)
			}
			var err error
			if texts[i], err = s.reader.ReadLine(ctx, img); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// readSide is the longer side to which a picture is reduced before anything is read from it: A4 at 150 dpi.
const readSide = 1800

func (p *picture) pixels() (image.Image, error) {
	if p.painted != nil {
		return p.painted, nil
	}
	return p.encoded.Decode()
}

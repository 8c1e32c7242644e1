package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"zhengyan/verify/verifytest/reading/collection"
)

// typeface is a font that lines are drawn with; further files have what the first lacks.
type typeface struct {
	name  string
	fonts []*opentype.Font
	buf   sfnt.Buffer
	known map[rune]int // which of the fonts has the character, -1 none
}

// openFont reads font files, separated by commas; "file#name" takes the font of a collection whose full name contains the
// name.
func openFont(paths string) (*typeface, error) {
	t := &typeface{known: map[rune]int{}}
	for path := range strings.SplitSeq(paths, ",") {
		f, err := collection.Font(path)
		if err != nil {
			return nil, err
		}
		t.fonts = append(t.fonts, f)
	}
	t.name = fontName(paths)
	return t, nil
}

// fontName names a font, for files as well.
func fontName(paths string) string {
	first, _, _ := strings.Cut(paths, ",")
	return strings.NewReplacer("#", "-", ".", "-").Replace(filepath.Base(first))
}

// has reports whether the face has a glyph with an outline for the character.
func (t *typeface) has(r rune) bool { return t.which(r) >= 0 }

func (t *typeface) which(r rune) int {
	k, ok := t.known[r]
	if !ok {
		k = -1
		for i, f := range t.fonts {
			g, err := f.GlyphIndex(&t.buf, r)
			if err != nil || g == 0 {
				continue
			}
			if segs, err := f.LoadGlyph(&t.buf, g, fixed.I(64), nil); err == nil && len(segs) > 4 {
				k = i
				break
			}
		}
		t.known[r] = k
	}
	return k
}

const (
	height = 48 // of a line's picture
	fine   = 2  // it is drawn so many times larger
)

// picture is a drawn line: 48 pixels high, with the middle of each character.
type picture struct {
	pix    []float32
	width  int
	runes  []rune
	middle []float64
	em     float64
}

// plane is a grey picture.
type plane struct {
	pix  []float32
	w, h int
}

// draw sets a line and wears it out as printing, scanning and photographing do.
func (t *typeface) draw(text []rune, r *rand.Rand) (*picture, error) {
	between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	em := between(28, 42)
	stretch := 1.0 // of the type's width
	if r.Float64() < 0.5 {
		stretch = between(0.86, 1.12)
	}
	pitch := between(0.97, 1.06)
	if r.Float64() < 0.1 {
		pitch = between(1.1, 1.5)
	}
	ink, p, err := t.set(text, em, pitch, between(0.1, 0.45), between(-2.2, 2.2))
	if err != nil {
		return nil, err
	}
	if k := r.Float64(); k < 0.18 { // toner that spreads, or that fails
		ink = spread(ink, true, between(0.3, 1))
	} else if k < 0.34 {
		ink = spread(ink, false, between(0.2, 0.7))
	}
	slant, turn := 0.0, between(-0.008, 0.008)
	if r.Float64() < 0.3 {
		slant = between(-0.12, 0.12)
	}
	p.width = max(8, int(float64(p.width)*stretch))
	small := ink.bent(p.width, stretch, slant, turn*height/float64(max(p.width, height)))
	for i := range p.middle {
		p.middle[i] *= stretch
	}
	p.em *= stretch
	dark, paper := between(0, 120), between(195, 255)
	shade := between(-18, 18)
	for i := range small.pix {
		ground := math.Min(255, paper+shade*(float64(i%small.w)/float64(small.w)-0.5))
		small.pix[i] = float32(ground + (dark-ground)*float64(small.pix[i]))
	}
	// As a scanner or a camera sees it: the type is 11 to 40 of its pixels high.
	k := 1.0
	if r.Float64() < 0.8 {
		k = math.Min(1, between(13, 42)/em)
	}
	seen := small.scaled(max(4, int(math.Round(float64(small.w)*k))), max(4, int(math.Round(height*k))))
	if s := between(-0.5, 0.9); s > 0.15 {
		seen.blur(s)
	}
	noise := between(0, 8)
	for i, v := range seen.pix {
		seen.pix[i] = float32(min(max(float64(v)+noise*r.NormFloat64(), 0), 255))
	}
	if r.Float64() < 0.6 {
		if err := seen.pack(35 + r.IntN(60)); err != nil {
			return nil, err
		}
	}
	p.pix = seen.scaled(p.width, height).pix
	return p, nil
}

// set draws the text in ink, 1 where it is full, several times finer than the line's picture.
func (t *typeface) set(text []rune, em, pitch, margin, off float64) (*plane, *picture, error) {
	faces := make([]font.Face, len(t.fonts))
	for i, f := range t.fonts {
		face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: fine * em, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return nil, nil, err
		}
		defer face.Close()
		faces[i] = face
	}
	step := make([]float64, len(text))
	sum := 2 * margin * em
	for i, c := range text {
		step[i] = em * pitch
		if c < 0x2000 { // digits and letters are narrow
			if adv, ok := faces[max(0, t.which(c))].GlyphAdvance(c); ok {
				step[i] = float64(adv) / 64 / fine * math.Min(pitch, 1.1)
			}
		}
		sum += step[i]
	}
	p := &picture{runes: text, em: em, width: int(sum)}
	img := image.NewAlpha(image.Rect(0, 0, fine*p.width, fine*height))
	base := float64(height)/2 + 0.38*em + off
	x := margin * em
	for i, c := range text {
		face := faces[max(0, t.which(c))]
		adv, _ := face.GlyphAdvance(c)
		w := float64(adv) / 64 / fine
		d := font.Drawer{Dst: img, Src: image.Opaque, Face: face}
		d.Dot = fixed.Point26_6{X: fixed.Int26_6((x + (step[i]-w)/2) * fine * 64), Y: fixed.Int26_6(base * fine * 64)}
		d.DrawString(string(c))
		p.middle = append(p.middle, x+step[i]/2)
		x += step[i]
	}
	ink := &plane{make([]float32, len(img.Pix)), img.Rect.Dx(), img.Rect.Dy()}
	for i, v := range img.Pix {
		ink.pix[i] = float32(v) / 255
	}
	return ink, p, nil
}

// spread makes strokes wider or thinner by share of a pixel on each side.
func spread(m *plane, wider bool, share float64) *plane {
	out := &plane{make([]float32, len(m.pix)), m.w, m.h}
	for y := range m.h {
		for x := range m.w {
			at := m.pix[y*m.w+x]
			far := at
			for _, d := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
				v := m.pix[min(max(y+d[1], 0), m.h-1)*m.w+min(max(x+d[0], 0), m.w-1)]
				if wider {
					far = max(far, v)
				} else {
					far = min(far, v)
				}
			}
			out.pix[y*m.w+x] = at + (far-at)*float32(share)
		}
	}
	return out
}

func (m *plane) at(x, y float64) float32 {
	x, y = min(max(x, 0), float64(m.w-1)), min(max(y, 0), float64(m.h-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, m.w-1), min(y0+1, m.h-1)
	a, b := float32(x-float64(x0)), float32(y-float64(y0))
	top := m.pix[y0*m.w+x0]*(1-a) + m.pix[y0*m.w+x1]*a
	low := m.pix[y1*m.w+x0]*(1-a) + m.pix[y1*m.w+x1]*a
	return top*(1-b) + low*b
}

// bent brings the fine picture to a line's size, stretched, slanted and turned a little (rise over run).
func (m *plane) bent(width int, stretch, slant, turn float64) *plane {
	out := &plane{make([]float32, width*height), width, height}
	for y := range height {
		for x := range width {
			v := float32(0)
			for _, s := range [4][2]float64{{0.25, 0.25}, {0.75, 0.25}, {0.25, 0.75}, {0.75, 0.75}} {
				px, py := float64(x)+s[0], float64(y)+s[1]
				py += turn * (px - float64(width)/2)
				px += slant * (py - height/2)
				v += m.at(px/stretch*fine-0.5, py*fine-0.5)
			}
			out.pix[y*width+x] = v / 4
		}
	}
	return out
}

// scaled gives the picture in another size: means of what falls on a pixel, or, to grow, linear between them.
func (m *plane) scaled(w, h int) *plane {
	if w == m.w && h == m.h {
		return m
	}
	out := &plane{make([]float32, w*h), w, h}
	fx, fy := float64(m.w)/float64(w), float64(m.h)/float64(h)
	nx, ny := max(1, int(math.Ceil(fx*1.5))), max(1, int(math.Ceil(fy*1.5)))
	for y := range h {
		for x := range w {
			v := float32(0)
			for j := range ny {
				for i := range nx {
					v += m.at((float64(x)+(float64(i)+0.5)/float64(nx))*fx-0.5, (float64(y)+(float64(j)+0.5)/float64(ny))*fy-0.5)
				}
			}
			out.pix[y*w+x] = v / float32(nx*ny)
		}
	}
	return out
}

// blur with a Gaussian of the given standard deviation in pixels.
func (m *plane) blur(sigma float64) {
	n := int(math.Ceil(2.5 * sigma))
	k := make([]float32, 2*n+1)
	sum := float32(0)
	for i := range k {
		k[i] = float32(math.Exp(-float64((i-n)*(i-n)) / (2 * sigma * sigma)))
		sum += k[i]
	}
	tmp := make([]float32, len(m.pix))
	for y := range m.h {
		for x := range m.w {
			v := float32(0)
			for i, f := range k {
				v += f * m.pix[y*m.w+min(max(x+i-n, 0), m.w-1)]
			}
			tmp[y*m.w+x] = v / sum
		}
	}
	for y := range m.h {
		for x := range m.w {
			v := float32(0)
			for i, f := range k {
				v += f * tmp[min(max(y+i-n, 0), m.h-1)*m.w+x]
			}
			m.pix[y*m.w+x] = v / sum
		}
	}
}

// pack leaves the traces of JPEG compression.
func (m *plane) pack(quality int) error {
	img := image.NewGray(image.Rect(0, 0, m.w, m.h))
	for i, v := range m.pix {
		img.Pix[i] = uint8(v + 0.5)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return err
	}
	back, err := jpeg.Decode(&b)
	if err != nil {
		return err
	}
	g, ok := back.(*image.Gray)
	if !ok {
		return fmt.Errorf("a grey JPEG became %T", back)
	}
	for y := range m.h {
		for x := range m.w {
			m.pix[y*m.w+x] = float32(g.Pix[y*g.Stride+x])
		}
	}
	return nil
}

package main

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// typeface is a font that lines are drawn with.
type typeface struct {
	name string
	font *opentype.Font
	buf  sfnt.Buffer
}

// openFont reads a font file; "file#name" takes the font of a collection whose full name contains the name.
func openFont(path string) (*typeface, error) {
	path, want, _ := strings.Cut(path, "#")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	fonts, err := singles(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, one := range fonts {
		f, err := opentype.Parse(one)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		t := &typeface{font: f}
		if t.name, err = f.Name(&t.buf, sfnt.NameIDFull); err != nil {
			t.name = path
		}
		if strings.Contains(t.name, want) {
			return t, nil
		}
	}
	return nil, fmt.Errorf("%s has no font %q", path, want)
}

// has reports whether the font has a glyph with an outline for the character.
func (t *typeface) has(r rune) bool {
	g, err := t.font.GlyphIndex(&t.buf, r)
	if err != nil || g == 0 {
		return false
	}
	segs, err := t.font.LoadGlyph(&t.buf, g, fixed.I(64), nil)
	return err == nil && len(segs) > 4
}

const height = 48 // of a line's picture

// picture is a drawn line: 48 pixels high, with the middle of each character.
type picture struct {
	pix    []float32
	width  int
	runes  []rune
	middle []float64
	em     float64
}

// draw sets a line and wears it out as scanning and photographing do.
func (t *typeface) draw(text []rune, r *rand.Rand) (*picture, error) {
	between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	em := between(29, 41)
	face, err := opentype.NewFace(t.font, &opentype.FaceOptions{Size: em, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, err
	}
	defer face.Close()
	left, pitch := between(0.1, 0.45)*em, em*between(0.98, 1.06)
	p := &picture{runes: text, em: em, width: int(2*left + pitch*float64(len(text)))}
	img := image.NewAlpha(image.Rect(0, 0, p.width, height))
	base := float64(height)/2 + 0.38*em + between(-2.2, 2.2)
	d := font.Drawer{Dst: img, Src: image.Opaque, Face: face}
	for i, c := range text {
		x := left + pitch*float64(i)
		adv, _ := face.GlyphAdvance(c)
		w := float64(adv) / 64
		d.Dot = fixed.Point26_6{X: fixed.Int26_6((x + (pitch-w)/2) * 64), Y: fixed.Int26_6(base * 64)}
		d.DrawString(string(c))
		p.middle = append(p.middle, x+pitch/2)
	}
	ink, paper := between(0, 110), between(205, 255)
	pix := make([]float32, p.width*height)
	for i := range pix {
		pix[i] = float32(paper + (ink-paper)*float64(img.Pix[i])/255)
	}
	if r.Float64() < 0.6 {
		pix = coarse(pix, p.width, between(0.42, 1))
	}
	if s := between(-0.4, 1.1); s > 0.15 {
		pix = blur(pix, p.width, s)
	}
	noise := between(0, 7)
	for i := range pix {
		pix[i] = float32(min(max(float64(pix[i])+noise*r.NormFloat64(), 0), 255))
	}
	p.pix = pix
	return p, nil
}

// coarse is the picture as at k times its resolution.
func coarse(pix []float32, w int, k float64) []float32 {
	sw, sh := max(1, int(float64(w)*k)), max(1, int(height*k))
	small := make([]float32, sw*sh)
	fx, fy := float64(w)/float64(sw), float64(height)/float64(sh)
	for y := range sh {
		for x := range sw {
			sum, n := float32(0), float32(0)
			for yy := int(float64(y) * fy); yy < height && float64(yy) < float64(y+1)*fy; yy++ {
				for xx := int(float64(x) * fx); xx < w && float64(xx) < float64(x+1)*fx; xx++ {
					sum, n = sum+pix[yy*w+xx], n+1
				}
			}
			small[y*sw+x] = sum / n
		}
	}
	out := make([]float32, len(pix))
	for y := range height {
		v := min(max((float64(y)+0.5)/fy-0.5, 0), float64(sh-1))
		y0 := int(v)
		y1, b := min(y0+1, sh-1), float32(v-float64(y0))
		for x := range w {
			u := min(max((float64(x)+0.5)/fx-0.5, 0), float64(sw-1))
			x0 := int(u)
			x1, a := min(x0+1, sw-1), float32(u-float64(x0))
			top := small[y0*sw+x0]*(1-a) + small[y0*sw+x1]*a
			low := small[y1*sw+x0]*(1-a) + small[y1*sw+x1]*a
			out[y*w+x] = top*(1-b) + low*b
		}
	}
	return out
}

// blur with a Gaussian of the given standard deviation in pixels.
func blur(pix []float32, w int, sigma float64) []float32 {
	n := int(math.Ceil(2.5 * sigma))
	k := make([]float32, 2*n+1)
	sum := float32(0)
	for i := range k {
		k[i] = float32(math.Exp(-float64((i-n)*(i-n)) / (2 * sigma * sigma)))
		sum += k[i]
	}
	tmp, out := make([]float32, len(pix)), make([]float32, len(pix))
	for y := range height {
		for x := range w {
			v := float32(0)
			for i, f := range k {
				v += f * pix[y*w+min(max(x+i-n, 0), w-1)]
			}
			tmp[y*w+x] = v / sum
		}
	}
	for y := range height {
		for x := range w {
			v := float32(0)
			for i, f := range k {
				v += f * tmp[min(max(y+i-n, 0), height-1)*w+x]
			}
			out[y*w+x] = v / sum
		}
	}
	return out
}

//go:build cgo

package ocr

import (
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// darkened is a sheet as a phone sees it in the dark: the paper at 75 of 255, and noise of so many steps.
func darkened(img *image.RGBA, noise float64) *image.RGBA {
	rng := rand.New(rand.NewPCG(7, 8))
	b := img.Bounds()
	out := image.NewRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			v := float64(img.RGBAAt(x, y).R)*75/255 + noise*rng.NormFloat64()
			g := uint8(min(max(v+0.5, 0), 255))
			out.SetRGBA(x, y, color.RGBA{g, g, g, 255})
		}
	}
	return out
}

// paleLines prints three lines of the same grey.
func paleLines(t *testing.T) *image.RGBA {
	t.Helper()
	img := blank(620, 877)
	for i, text := range []string{"使用有效期：2025-03-12 至 2025-09-08", "发证日期：2021年12月13日", "编号：1126089502"} {
		typed(t, img, text, 22, 225, 90, 120+90*i)
	}
	return img
}

func TestGrain(t *testing.T) {
	img := paleLines(t)
	grain := func(img *image.RGBA, soft bool) float32 {
		m := newRaster(img)
		p := resized(m.look, m.w, m.h, m.w, m.h)
		if soft {
			p = softened(p, m.w, m.h)
		}
		return grainOf(inked(p, m.w, m.h), m.w, m.h)
	}
	if g := grain(img, false); g != 0 {
		t.Errorf("a clean sheet has a grain of %.4f", g)
	}
	dark := darkened(img, 4)
	before, after := grain(dark, false), grain(dark, true)
	if before <= grainy || after > before/3 {
		t.Errorf("a sheet in the dark has a grain of %.4f, softened of %.4f", before, after)
	}
	if g := grainOf(nil, 0, 0); g != 0 {
		t.Errorf("no picture has a grain of %.4f", g)
	}
	if p := softened([]float32{9}, 1, 1); p[0] != 9 {
		t.Errorf("a single pixel is %v", p)
	}
}

// TestReadInTheDark: pale print is found among noise as strong as it.
func TestReadInTheDark(t *testing.T) {
	root := engine(t)
	r, err := Open(Config{Library: existing(Libraries(filepath.Join(root, "build"))), Models: os.DirFS(filepath.Join(root, "assets", "models"))})
	if err != nil {
		t.Skip(err)
	}
	defer r.Close()
	img := paleLines(t)
	for _, noise := range []float64{0, 3, 5} {
		text, err := r.ReadPage(t.Context(), darkened(img, noise), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"2025-09-08", "1126089502"} {
			var b strings.Builder
			for _, c := range text.Chars {
				b.WriteRune(c.R)
			}
			if read := b.String(); !strings.Contains(read, want) {
				t.Errorf("noise of %.0f: %s is not read, but %s", noise, want, read)
			}
		}
	}
}

// In the shade of a dark photo paper is paper: print on it is as far from it as elsewhere.
func TestPaperInTheShade(t *testing.T) {
	for _, c := range []struct{ paper, print, least, most float32 }{
		{240, 120, 0.45, 0.55}, {120, 60, 0.45, 0.55}, {50, 25, 0.45, 0.55}, {20, 10, 0.6, 1},
	} {
		const w, h = 96, 48
		p := make([]float32, w*h)
		for i := range p {
			if p[i] = c.paper; i%w > 40 && i%w < 48 {
				p[i] = c.print
			}
		}
		ink := inked(p, w, h)
		bare, stroke := ink[24*w+8], ink[24*w+44]
		if c.paper >= minPaper && bare > 0.02 || stroke < c.least || stroke > c.most {
			t.Errorf("paper of %.0f: ink of the paper %.2f, of the print %.2f", c.paper, bare, stroke)
		}
	}
}

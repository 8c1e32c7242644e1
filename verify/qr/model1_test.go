package qr

import (
	"context"
	"image"
	"image/draw"
	"testing"
)

// model1Of lays a text out as a code of model 1, with mask 5.
func model1Of(version, level int, text string) [][]bool {
	const mask = 5
	t := model1Versions[version-1][model1Levels[level].index]
	ec, n, size := t[0], t[1], t[2]
	w := (&bitWriter{}).put(0, 4).bytesMode(text) // the corner first
	w.put(0, 4)
	for pad := byte(0xEC); len(w.b) < n*size; pad ^= 0xEC ^ 0x11 {
		w.b = append(w.b, pad)
	}
	words := w.b
	for i := range n {
		words = append(words, rsParity(w.b[i*size:(i+1)*size], ec)...)
	}
	l, _ := layoutOf(version)
	l.alignment = nil
	ch := newChart(l)
	d := ch.dim
	m := fixedModules(ch)
	k := 0
	model1Places(d, func(x, y, wide int) {
		for b := range 8 {
			bx, by := x-b%wide, y-b/wide
			m[by][bx] = (words[k]>>(7-b)&1 == 1) != masked(mask, bx, by)
		}
		k++
	})
	setFormat(m, formatWord(level<<3|mask)^formatMask^model1Format)
	return m
}

// The tables of every version fill the modules that the layout leaves for codewords, and no module is used twice.
func TestModel1Layout(t *testing.T) {
	for v := 1; v <= len(model1Versions); v++ {
		dim, words := 17+4*v, 0
		used := map[[2]int]bool{}
		model1Places(dim, func(x, y, wide int) {
			words++
			for b := range 8 {
				p := [2]int{x - b%wide, y - b/wide}
				if p[0] < 0 || p[1] < 0 || p[0] >= dim || p[1] >= dim || p[0] == 6 || p[1] == 6 || used[p] {
					t.Errorf("version %d: module %v", v, p)
				}
				used[p] = true
			}
		})
		for i, l := range model1Versions[v-1] {
			if got := l[1] * (l[0] + l[2]); got > words || words-got >= l[1] {
				t.Errorf("version %d, level %d: %d codewords in the table, %d in the symbol", v, i, got, words)
			}
		}
	}
}

func TestModel1(t *testing.T) {
	const text = "M1-98-417"
	drawn := func(m [][]bool) image.Image {
		img := image.NewGray(image.Rect(0, 0, 260, 260))
		draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
		drawMatrix(img, m, 20, 20, 4)
		return img
	}
	for version := 2; version <= 6; version++ {
		for level := range model1Levels {
			m := model1Of(version, level, text)
			d := len(m)
			for i := range 2 { // one or two codewords are wrong
				m[d-12][d-1-2*i] = !m[d-12][d-1-2*i]
			}
			c := decodeOne(t, drawn(m))
			if c.Text != text || c.Version != version || c.ECLevel != model1Levels[level].name || c.Errors == 0 {
				t.Errorf("version %d, level %s: %+v", version, model1Levels[level].name, c)
			}
		}
	}
	// What is damaged beyond correction, and what says another mask of its format, gives nothing.
	for name, spoil := range map[string]func(m [][]bool){
		"data": func(m [][]bool) {
			for y := 10; y < 16; y++ {
				for x := 9; x < len(m); x++ {
					m[y][x] = (x*y+x/2)%2 == 0
				}
			}
		},
		"format": func(m [][]bool) {
			for i := range 4 {
				m[8][i] = !m[8][i]
				m[len(m)-1-i][8] = !m[len(m)-1-i][8]
			}
		},
	} {
		m := model1Of(3, 1, text)
		spoil(m)
		res, err := Decode(context.Background(), drawn(m), Options{Budget: testBudget})
		if err != nil || len(res.Codes) > 0 {
			t.Errorf("%s: %+v, %v", name, res.Codes, err)
		}
	}
}

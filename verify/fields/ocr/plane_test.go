package ocr

import (
	"image"
	"image/color"
	"testing"
)

// stamped is a page of 256 by 256 with a red block on the left half, black bars across both halves.
func stamped(paper, red, black, blackUnderRed color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 256, 256))
	for y := range 256 {
		for x := range 256 {
			bar := y%16 < 4
			c := paper
			switch inside := x >= 30 && x < 100 && y >= 60 && y < 200; {
			case inside && bar:
				c = blackUnderRed
			case inside:
				c = red
			case bar:
				c = black
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// TestRedInkIsAddedBack: red ink is as bright as its paper, whatever the light, and the print under it stays dark although
// the ink's colour has run into it.
func TestRedInkIsAddedBack(t *testing.T) {
	for name, c := range map[string]struct{ paper, red, black, under color.RGBA }{
		"clean":           {color.RGBA{250, 250, 250, 255}, color.RGBA{225, 40, 45, 255}, color.RGBA{30, 30, 30, 255}, color.RGBA{40, 20, 20, 255}},
		"colour run over": {color.RGBA{245, 245, 240, 255}, color.RGBA{215, 60, 60, 255}, color.RGBA{30, 30, 30, 255}, color.RGBA{125, 15, 20, 255}},
		"warm light":      {color.RGBA{230, 205, 160, 255}, color.RGBA{200, 45, 35, 255}, color.RGBA{40, 35, 28, 255}, color.RGBA{105, 20, 18, 255}},
		"dark room":       {color.RGBA{105, 100, 95, 255}, color.RGBA{92, 22, 22, 255}, color.RGBA{16, 16, 16, 255}, color.RGBA{50, 10, 10, 255}},
	} {
		m := newRaster(stamped(c.paper, c.red, c.black, c.under))
		at := func(x, y int) int { return int(m.text[y*m.w+x]) }
		paper, ink, red, under := at(150, 104), at(150, 98), at(60, 104), at(60, 98)
		if paper-red > (paper-ink)/10 || red-paper > (paper-ink)/5 {
			t.Errorf("%s: red ink is %d on paper of %d", name, red, paper)
		}
		if paper-under < (paper-ink)*6/10 {
			t.Errorf("%s: print under red ink is %d, beside it %d on paper of %d", name, under, ink, paper)
		}
		// Where lines are looked for there is less under red ink, but the print is still to be seen.
		if look := int(m.look[98*m.w+60]); paper-look < (paper-ink)/5 || look < under {
			t.Errorf("%s: print under red ink is %d where lines are looked for, %d where they are read", name, look, under)
		}
		if m.look[98*m.w+150] != m.text[98*m.w+150] || m.look[104*m.w+60] < m.text[104*m.w+60] {
			t.Errorf("%s: print beside red ink, or the ink itself, is another one where lines are looked for", name)
		}
		if got := m.redBands(); len(got) != 1 || got[0][0] > 60 || got[0][1] < 200 {
			t.Errorf("%s: red ink in the rows %v", name, got)
		}
		if q := (quad{{30, 60}, {100, 60}, {100, 200}, {30, 200}}); contrast(m.red, m.w, m.h, q) <= 0 {
			t.Errorf("%s: no contrast in the green plane", name)
		}
	}
}

// TestRedOver: a line under red ink is told from one beside it and from any line of a picture without colour.
func TestRedOver(t *testing.T) {
	line := func(x0, y0, x1, y1 float64) quad { return quad{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }
	white, black := color.RGBA{250, 250, 250, 255}, color.RGBA{30, 30, 30, 255}
	for name, c := range map[string]struct {
		red  color.RGBA
		q    quad
		want bool
	}{
		"under a seal":         {color.RGBA{225, 40, 45, 255}, line(20, 100, 120, 116), true},
		"at its edge":          {color.RGBA{225, 40, 45, 255}, line(90, 100, 200, 116), true},
		"beside it":            {color.RGBA{225, 40, 45, 255}, line(120, 100, 220, 116), false},
		"off the picture":      {color.RGBA{225, 40, 45, 255}, line(300, 300, 400, 320), false},
		"under a grey stamp":   {color.RGBA{120, 120, 120, 255}, line(20, 100, 120, 116), false},
		"on a pale red ground": {color.RGBA{250, 238, 236, 255}, line(20, 100, 120, 116), false},
	} {
		if got := newRaster(stamped(white, c.red, black, black)).redOver(c.q); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestTintedPaperIsNoInk: a page under a warm lamp has no red ink, and print on it is its luminance.
func TestTintedPaperIsNoInk(t *testing.T) {
	paper, ink := color.RGBA{235, 205, 150, 255}, color.RGBA{60, 52, 40, 255}
	m := newRaster(stamped(paper, paper, ink, ink))
	if got := m.redBands(); got != nil {
		t.Errorf("red ink in the rows %v", got)
	}
	if got, want := int(m.text[104*m.w+150]), Light(paper.R, paper.G); got != want {
		t.Errorf("paper is %d, not %d", got, want)
	}
}

// TestRedBands: a title and a seal are looked for where they are, red all over the page everywhere.
func TestRedBands(t *testing.T) {
	m := &raster{w: 1000, h: 1000, reds: make([]int, 1000)}
	for y := 100; y < 130; y++ {
		m.reds[y] = 300
	}
	for y := 700; y < 800; y++ {
		m.reds[y] = 40
	}
	m.reds[500] = 1 // a speck
	if got := m.redBands(); len(got) != 2 || got[0] != [2]int{70, 160} || got[1] != [2]int{670, 830} {
		t.Errorf("%v", got)
	}
	for y := range m.reds {
		m.reds[y] = 100
	}
	if got := m.redBands(); len(got) != 1 || got[0] != [2]int{0, 1000} {
		t.Errorf("%v", got)
	}
	if got := (&raster{w: 1000, h: 1000}).redBands(); got != nil {
		t.Errorf("a grey page: %v", got)
	}
}

// printedLine draws characters, an x each, as blocks of vertical strokes, each in a cell of holeEm, into a line's picture.
func printedLine(cells string) ([]float32, int) {
	em := lineHeight * 78 / 100
	w := em * len(cells)
	pix := make([]float32, w*lineHeight)
	for i := range pix {
		pix[i] = 240
	}
	for k, c := range cells {
		if c != 'x' {
			continue
		}
		for x := k*em + 3; x < (k+1)*em-3; x++ {
			for y := 8; y < 40; y++ {
				if x%4 < 2 && y%8 < 5 {
					pix[y*w+x] = 20
				}
			}
		}
	}
	return pix, w
}

// TestHoles: a character of which the recogniser says nothing takes away the certainty of those beside it.
func TestHoles(t *testing.T) {
	syms := func(n int, cells ...int) []symbol {
		var out []symbol
		for _, c := range cells {
			out = append(out, symbol{r: '样', at: (float64(c) + 0.5) / float64(n), conf: 0.99})
		}
		return out
	}
	for _, c := range []struct {
		name, cells string
		read        []int
		doubted     []bool
	}{
		{"all read", "xxx", []int{0, 1, 2}, []bool{false, false, false}},
		{"last lost", "xxx", []int{0, 1}, []bool{false, true}},
		{"middle lost", "xxxx", []int{0, 2, 3}, []bool{true, true, false}},
		{"paper between", "x x", []int{0, 2}, []bool{false, false}},
		{"paper behind", "xx  ", []int{0, 1}, []bool{false, false}},
		{"lettering far behind", "xx  x", []int{0, 1}, []bool{false, false}},
		{"first lost", "xxx", []int{1, 2}, []bool{true, false}},
		{"paper in front", "  xx", []int{2, 3}, []bool{false, false}},
		{"lettering far in front", "x  xx", []int{3, 4}, []bool{false, false}},
	} {
		pix, w := printedLine(c.cells)
		got := syms(len(c.cells), c.read...)
		doubtHoles(got, pix, w)
		for i, s := range got {
			if (s.conf < 0.5) != c.doubted[i] {
				t.Errorf("%s: character %d has %.2f", c.name, i, s.conf)
			}
		}
	}
}

// TestStrokeReadTwice: the last stroke of 川 is no 1; a 1 that stands where digits stand is.
func TestStrokeReadTwice(t *testing.T) {
	const pitch = 16.0
	line := func(first float64, s string) ([]symbol, int) {
		out := []symbol{{r: '川', at: 20, conf: 0.99}}
		x := 52.0
		for i, r := range s {
			if i == 0 && first > 0 {
				out = append(out, symbol{r: r, at: x - first, conf: 0.7})
				continue
			}
			out = append(out, symbol{r: r, at: x, conf: 0.99})
			x += pitch
		}
		for i := range out {
			out[i].at /= 400
		}
		return out, 400
	}
	for _, c := range []struct {
		first float64
		in    string
		want  string
	}{
		{8, "12422008201280905", "川2422008201280905"},
		{8, "11422008201280905", "川1422008201280905"},
		{0, "1422008201280905", "川1422008201280905"},
		{pitch, "1422008201280905", "川1422008201280905"},
	} {
		syms, w := line(c.first, c.in)
		if got := spell(dropStroke(syms, w)); got != c.want {
			t.Errorf("%s at %v before the next: %s, want %s", c.in, c.first, got, c.want)
		}
	}
	if got := dropStroke(nil, 10); len(got) != 0 {
		t.Error(got)
	}
}

// TestHoleBehindASign: what is lost behind a colon takes away the certainty of what follows; so it does between two digits alone.
func TestHoleBehindASign(t *testing.T) {
	for _, c := range []struct {
		cells string
		read  map[int]rune
		sure  []bool
	}{
		{"xxxx", map[int]rune{0: '：', 2: '三', 3: '丰'}, []bool{false, false, true}},
		{"x xx", map[int]rune{0: '：', 2: '三', 3: '丰'}, []bool{true, true, true}},
		{"xxxx", map[int]rune{0: '1', 3: '4'}, []bool{false, false}},
	} {
		pix, w := printedLine(c.cells)
		var got []symbol
		for i := range len(c.cells) {
			if r, ok := c.read[i]; ok {
				got = append(got, symbol{r: r, at: (float64(i) + 0.5) / float64(len(c.cells)), conf: 0.99})
			}
		}
		doubtHoles(got, pix, w)
		for i, s := range got {
			if (s.conf > 0.9) != c.sure[i] {
				t.Errorf("%q: %c has %.2f", c.cells, s.r, s.conf)
			}
		}
	}
}

// TestLostDigit: of digits that stand evenly, a missing one is seen by the ink between its neighbours.
func TestLostDigit(t *testing.T) {
	pitch := holeEm / 2
	w := int(12 * pitch)
	pix := make([]float32, w*lineHeight)
	for y := range lineHeight {
		for x := range w {
			pix[y*w+x] = 240
			if d := x % int(pitch); d > 4 && d < 12 && y > 8 && y < 40 && y%8 < 5 {
				pix[y*w+x] = 20
			}
		}
	}
	var all []symbol
	for i := range 12 {
		all = append(all, symbol{r: rune('0' + i%10), at: (float64(i) + 0.5) / 12, conf: 0.99})
	}
	whole := append([]symbol(nil), all...)
	doubtHoles(whole, pix, w)
	for i, s := range whole {
		if s.conf < 0.9 {
			t.Errorf("digit %d of all has %.2f", i, s.conf)
		}
	}
	lost := append(append([]symbol(nil), all[:5]...), all[6:]...)
	doubtHoles(lost, pix, w)
	if lost[4].conf > 0.5 || lost[5].conf > 0.5 || lost[2].conf < 0.9 || !lost[4].behind || !lost[5].before || lost[2].behind {
		t.Errorf("%+v", lost)
	}
	// Of two readings that agree one has seen the hole.
	blind := append(append([]symbol(nil), all[:5]...), all[6:]...)
	if both, ok := agree(blind, lost); !ok || both[4].conf > holeConf || !both[4].behind || !both[5].before {
		t.Errorf("%v %+v", ok, both)
	}
}

// TestPoorRedLines: of red print that was read badly without its colour, the better reading in the green plane stands; black
// print keeps its own, whatever a seal's lettering across it gives.
func TestPoorRedLines(t *testing.T) {
	red, black := color.RGBA{170, 30, 30, 255}, color.RGBA{30, 30, 30, 255}
	img := image.NewRGBA(image.Rect(0, 0, 400, 200))
	for y := range 200 {
		for x := range 400 {
			c := color.RGBA{250, 250, 250, 255}
			if x > 50 && x < 350 && x%8 < 3 {
				switch {
				case y >= 40 && y < 60:
					c = red
				case y >= 140 && y < 160:
					c = black
				}
			}
			img.SetRGBA(x, y, c)
		}
	}
	m := newRaster(img)
	at := func(y float64) quad { return quad{{48, y}, {352, y}, {352, y + 24}, {48, y + 24}} }
	title, line := at(38), at(138)
	if !m.isRed(title) || m.isRed(line) {
		t.Fatalf("red title %v, black line %v", m.isRed(title), m.isRed(line))
	}
	poor := func(q quad) reading { return reading{quad: q, syms: symbols("土利国一级", 0.7)} }
	good := func(q quad) reading { return reading{quad: q, syms: symbols("共和国一级", 0.99)} }
	if got := withoutPoor(m, []reading{poor(title)}, []reading{good(title)}); len(got) != 0 {
		t.Errorf("the poor title stays: %+v", got)
	}
	if got := withoutPoor(m, []reading{poor(line)}, []reading{good(line)}); len(got) != 1 {
		t.Error("black print went")
	}
	if got := withoutPoor(m, []reading{good(title)}, []reading{poor(title)}); len(got) != 1 {
		t.Error("the better reading went")
	}
	if !covered(poor(title), []reading{good(title)}) || covered(good(title), []reading{poor(title)}) || covered(good(line), []reading{good(title)}) {
		t.Error("of two readings of one line the better one stands")
	}
}

// TestSharpen: strokes become harder, even grey stays, and nothing leaves the scale.
func TestSharpen(t *testing.T) {
	const w, h = 40, 20
	p := make([]float32, w*h)
	for i := range p {
		p[i] = 128
	}
	sharpen(p, w, h)
	for i, v := range p {
		if !near(float64(v), 128, 1e-3) {
			t.Fatalf("grey %d is %v", i, v)
		}
	}
	for y := range h {
		for x := range w {
			p[y*w+x] = []float32{240, 200, 120, 200, 240}[min(max(x-18, 0), 4)]
		}
	}
	sharpen(p, w, h)
	row := p[10*w:]
	if row[20] > 110 || row[10] != 240 || row[17] < 240 {
		t.Errorf("stroke %v beside %v on %v", row[20], row[17], row[10])
	}
	for i, v := range p {
		if v < 0 || v > 255 {
			t.Fatalf("value %d is %v", i, v)
		}
	}
}

package ocr

import "testing"

// What was hardly read inside of a line that was read well is its remains in the other plane, and no line of its own.
func TestGhostsAreNoLines(t *testing.T) {
	line := func(s string, conf, x0, y0, x1, y1 float64) reading {
		l := reading{quad: quad{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}}
		for _, r := range s {
			l.syms = append(l.syms, symbol{r: r, conf: conf})
		}
		return l
	}
	title := line("中华人民共和国一级注册建筑师注册证书", 0.99, 100, 100, 900, 140)
	for _, tt := range []struct {
		about string
		other reading
		want  int
	}{
		{"remains of the title", line("和国一", 0.5, 300, 105, 450, 135), 1},
		{"a piece of it", line("和国一", 0.85, 300, 105, 450, 135), 1},
		{"read well", line("和国一", 0.96, 300, 105, 450, 135), 2},
		{"half of it", line("和国一", 0.85, 300, 105, 700, 135), 2},
		{"partly beside it", line("和国一", 0.85, 300, 105, 450, 145), 2},
		{"below the title", line("和国一", 0.5, 300, 150, 450, 180), 2},
		{"a box around it, read badly", line("4中华人民共和国一级注册建筑师册证", 0.58, 60, 80, 950, 170), 1},
		{"wider than the title", line("和国一", 0.5, 50, 100, 950, 140), 2},
	} {
		got := withoutGhosts([]reading{tt.other, title})
		if len(got) != tt.want || got[len(got)-1].text() != title.text() {
			t.Errorf("%s: %d lines", tt.about, len(got))
		}
	}
	if got := withoutGhosts([]reading{line("和国一", 0.5, 300, 105, 450, 135), line("中华人民共和国", 0.85, 100, 100, 900, 140)}); len(got) != 2 {
		t.Error("a line that was not read well has no ghosts")
	}
}

// A title of which the other plane shows but the half that no watermark lies behind is one line, the whole one.
func TestPartsOfRedLines(t *testing.T) {
	line := func(s string, x0, y0, x1, y1 float64) reading {
		l := reading{quad: quad{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}}
		for _, r := range s {
			l.syms = append(l.syms, symbol{r: r, conf: 0.99})
		}
		return l
	}
	red := []reading{line("中华人民共和国一级注册建筑师注册证书", 100, 100, 900, 140)}
	for _, tt := range []struct {
		about string
		other reading
		want  int
	}{
		{"the first half", line("中华人民共和国一级注册建筑", 100, 101, 640, 141), 0},
		{"the first half, its end misread", line("中华人民共和国一级汪册建", 100, 101, 640, 141), 0},
		{"black print under a seal's lettering", line("2026年04月01日", 100, 101, 640, 141), 1},
		{"all of it", line("中华人民共和国一级注册建筑师注册证书", 101, 100, 899, 140), 1},
		{"below", line("姓名", 100, 150, 180, 190), 1},
		{"small print across it", line("样例", 400, 115, 440, 130), 1},
	} {
		if got := withoutParts([]reading{tt.other}, red); len(got) != tt.want {
			t.Errorf("%s: %d lines, want %d", tt.about, len(got), tt.want)
		}
	}
}

// The strokes of a spaced label in thin type are little of its box, and dark; what shows through is as pale wherever it is.
func TestFaint(t *testing.T) {
	const w, h = 100, 20
	box := quad{{0, 0}, {w, 0}, {w, h}, {0, h}}
	for name, c := range map[string]struct {
		every int // pixels to one of a stroke
		ink   float32
		want  bool
	}{
		"a line": {5, 0.4, false}, "a label in thin type": {15, 0.4, false}, "the back of the page": {5, 0.05, true},
		"a label on the back": {15, 0.1, true}, "nothing": {5, 0, true}, "specks": {60, 0.8, true},
	} {
		ink := make([]float32, w*h)
		for i := 0; i < len(ink); i += c.every {
			ink[i] = c.ink
		}
		if got := faint(inkOf(ink, w, h, box), ink, w, h, box); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

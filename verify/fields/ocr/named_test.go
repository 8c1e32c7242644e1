package ocr

import (
	"image"
	"slices"
	"strings"
	"testing"

	"zhengyan/verify/page"
)

// unsure is a character at a place, with what else may stand there.
func unsure(at float64, among ...page.Alternative) symbol {
	return symbol{r: among[0].R, at: at, conf: among[0].Share, among: among}
}

// Pictures that each take a character for another rare one, and agree on what it is next, together read it.
func TestPicturesSettleACharacter(t *testing.T) {
	surname := symbol{r: '样', at: 0.2, conf: 0.999, among: []page.Alternative{{R: '样', Share: 0.999}}}
	one := []symbol{surname, unsure(0.6, page.Alternative{R: '裈', Share: 0.24}, page.Alternative{R: '恽', Share: 0.18}, page.Alternative{R: '辉', Share: 0.17}, page.Alternative{R: '挥', Share: 0.1})}
	more := []reading{
		{syms: []symbol{surname, unsure(0.61, page.Alternative{R: '辉', Share: 0.4}, page.Alternative{R: '挥', Share: 0.2}, page.Alternative{R: '裈', Share: 0.01})}},
		{syms: []symbol{surname, unsure(0.58, page.Alternative{R: '珲', Share: 0.35}, page.Alternative{R: '辉', Share: 0.3}, page.Alternative{R: '恽', Share: 0.01})}},
	}
	got := settled(one, more)
	if got[1].r != '辉' || got[1].conf < 0.6 || got[1].conf > 0.95 || got[0].r != '样' || got[0].conf < 0.99 {
		t.Errorf("%c %.3f, %c %.3f", got[0].r, got[0].conf, got[1].r, got[1].conf)
	}
	if one[1].r != '裈' {
		t.Error("the first picture's own reading was changed")
	}

	// Beside ink that was not read, in whatever picture, it stays doubtful.
	holed := []reading{{syms: slices.Clone(more[0].syms)}, more[1]}
	holed[0].syms[1].behind = true
	if got := settled(one, holed); got[1].conf > holeConf || !got[1].behind {
		t.Errorf("beside a hole: %c %.3f", got[1].r, got[1].conf)
	}
	// What stands in another place says nothing.
	far := []reading{{syms: []symbol{unsure(0.95, page.Alternative{R: '辉', Share: 0.9})}}}
	if got := settled(one, far); got[1].r != '裈' || got[1].conf != 0.24 {
		t.Errorf("a far character: %c %.3f", got[1].r, got[1].conf)
	}
}

// Only short lines with an unsure Chinese character are read from further pictures.
func TestUnsettled(t *testing.T) {
	open := unsure(0.5, page.Alternative{R: '裈', Share: 0.24}, page.Alternative{R: '辉', Share: 0.17})
	sure := symbol{r: '样', conf: 0.99, among: []page.Alternative{{R: '样', Share: 0.99}}}
	for name, c := range map[string]struct {
		syms []symbol
		want bool
	}{
		"a name":                     {[]symbol{sure, open}, true},
		"sure":                       {[]symbol{sure, sure}, false},
		"by ink that was not read":   {[]symbol{sure, {r: '例', conf: holeConf, among: []page.Alternative{{R: '例', Share: 0.99}}}}, false},
		"a long line":                {append(slices.Repeat([]symbol{sure}, mostShort), open), false},
		"digits":                     {[]symbol{{r: '7', conf: 0.3}}, false},
		"nothing that can be a name": {[]symbol{unsure(0.5, page.Alternative{R: '一', Share: 0.02}, page.Alternative{R: '丁', Share: 0.01})}, false},
	} {
		if got := (&reading{syms: c.syms}).unsettled(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The shares of a step are those of characters, whatever class says them.
func TestAmong(t *testing.T) {
	a := newAlphabet([]string{"", "一", "7", "丁"}, []string{"丁", "乜"})
	among := func(a *alphabet, row []float32, of trust) []page.Alternative {
		class, conf := a.likeliest(row, of)
		got, _ := a.weigh(row, of, class, conf)
		return got
	}
	got := among(a, []float32{0.05, 0.1, 0.05, 0.2, 0.25, 0.35}, trust{1, 0.98, 0.99})
	if len(got) != 4 || got[0].R != '丁' || got[1].R != '乜' || got[0].Share < 0.449 || got[0].Share > 0.451 {
		t.Errorf("%+v", got)
	}
	if got := among(a, []float32{0.6, 0.1, 0.1, 0.1, 0.05, 0.05}, trust{1, 0.98, 0.5}); got != nil {
		t.Errorf("between characters: %+v", got)
	}
	if got := among(newAlphabet([]string{"", "一"}, nil), []float32{0.1, 0.9}, trust{1, 0.98, 0.99}); got != nil {
		t.Errorf("a plain net: %+v", got)
	}
	if got := among(a, []float32{0.001, 0.989, 0, 0, 0.005, 0.005}, trust{1, 0.98, 0.99}); len(got) == 0 || got[0].R != '一' {
		t.Errorf("the net is sure: %+v", got)
	}
}

// Where a line's picture was filled up the taught classes say nothing, and a bracket of the net's own is no Chinese character.
func TestTaughtClassesKnowTheirPlace(t *testing.T) {
	a := newAlphabet([]string{"", "一", "（"}, []string{"蓟"})
	rows := []float32{0.001, 0.998, 0, 0.001, 0.3, 0.01, 0.01, 0.68}
	if got := decode(rows, 2, a, 1); len(got) != 1 || got[0].r != '一' {
		t.Errorf("behind the line: %+v", got)
	}
	if got := decode(rows, 2, a, 2); len(got) != 2 || got[1].r != '蓟' {
		t.Errorf("in the line: %+v", got)
	}
	if k, _ := a.likeliest([]float32{0.1, 0.05, 0.35, 0.5}, trust{1, 0.98, 0.99}); a.keys[k] != "（" {
		t.Errorf("a bracket is read as %s", a.keys[k])
	}
}

// Of a short line a taught character that has nearly all of the share stands, however sure the net is of the best of its own; in a
// longer line, and against a digit, it does not.
func TestTaughtCharacterOverrules(t *testing.T) {
	a := newAlphabet([]string{"", "秒", "7", "样"}, []string{"杪", "样"})
	short, long := trust{shortWeight, shortSure, shortGap}, trust{longWeight, longSure, longGap}
	for name, c := range map[string]struct {
		row  []float32
		of   trust
		want string
	}{
		"nearly all":       {[]float32{0.01, 0.1, 0, 0, 0.87, 0}, short, "杪"},
		"half":             {[]float32{0.005, 0.495, 0, 0, 0.5, 0}, short, "秒"},
		"a longer line":    {[]float32{0.005, 0.195, 0, 0, 0.8, 0}, long, "秒"},
		"a digit":          {[]float32{0.01, 0, 0.1, 0, 0.87, 0}, short, "7"},
		"the net's own":    {[]float32{0.001, 0.199, 0, 0, 0, 0.8}, short, "秒"},
		"between two":      {[]float32{0.2, 0, 0, 0, 0.8, 0}, short, ""},
		"both of one mind": {[]float32{0.005, 0, 0, 0.195, 0, 0.8}, short, "样"},
	} {
		if k, conf := a.likeliest(c.row, c.of); a.keys[k] != c.want || c.want == "杪" && conf > 0.95 {
			t.Errorf("%s: %q at %.3f", name, a.keys[k], conf)
		}
	}
}

// In a line of numbers the only Chinese characters are common ones, a province's or those of days: the taught classes count little.
func TestNumbersTrustTheNet(t *testing.T) {
	a := newAlphabet([]string{"", "翼", "1", "2", "日"}, []string{"鬟"})
	var rows []float32
	for _, own := range []int{1, 2, 2, 0, 2, 3, 2, 3, 3, 2, 4} {
		row := []float32{0.01, 0.01, 0.01, 0.01, 0.01, 0.3}
		row[own] = 0.65
		rows = append(rows, row...)
	}
	if n := a.digitsIn(rows, 11); n != 6 {
		t.Errorf("%d digits", n)
	}
	if trustIn(90, numberDigits) == trustIn(90, numberDigits-1) || trustIn(90, numberDigits).weight >= trustIn(90, 0).weight || trustIn(90, 0).weight >= trustIn(9, 0).weight {
		t.Error("the taught classes count alike in all lines")
	}
}

// A character of a longer line that its neighbours speak for is looked at alone; where the line itself is in doubt, the two looks weigh
// more than it.
func TestAlone(t *testing.T) {
	sure := symbol{r: '京', conf: 0.99, among: []page.Alternative{{R: '京', Share: 0.99}}}
	for name, c := range map[string]struct {
		line    float64 // what the line says of 祥
		alone   rune
		share   float32 // what the looks say
		length  int
		want    rune
		doubted bool
	}{
		"strokes against neighbours":      {0.8, '样', 0.9, 10, '样', true},
		"both agree":                      {0.8, '祥', 0.9, 10, '祥', false},
		"the looks say little":            {0.93, '样', 0.4, 10, '祥', true},
		"the line is sure":                {0.98, '样', 0.9, 10, '祥', false},
		"a short line, which is settled":  {0.8, '样', 0.9, mostShort, '祥', true},
		"nothing is read in the middle":   {0.8, '_', 0.9, 10, '祥', true},
		"more surely than the line wrong": {0.95, '样', 0.6, 10, '祥', true},
	} {
		r := reader(nil, nil)
		r.alphabet = newAlphabet([]string{"", "京", "样", "祥"}, []string{"乜"})
		looks := 0
		r.rec = fake(func(_ []float32, s [4]int) ([]float32, []int, error) {
			looks++
			n := s[3] / frameWidth
			line := []rune(strings.Repeat("_", n))
			line[n/2] = c.alone
			out, _ := steps(r.keys, string(line), c.share)
			out[n/2*len(r.keys)+3] += 0.05
			return out, []int{1, n, len(r.keys)}, nil
		})
		one := reading{quad: quad{{0, 0}, {300, 0}, {300, 30}, {0, 30}}, done: true}
		for i := range c.length {
			one.syms = append(one.syms, sure)
			one.syms[i].at = (float64(i) + 0.5) / float64(c.length)
		}
		doubtful := unsure(one.syms[3].at, page.Alternative{R: '祥', Share: c.line}, page.Alternative{R: '样', Share: min(0.1, 0.95*(1-c.line))})
		one.syms[3] = doubtful
		m := newRaster(barred(320, 40, image.Rect(0, 10, 300, 20)))
		got, err := r.alone(t.Context(), m, m.text, one)
		if err != nil {
			t.Fatal(err)
		}
		if s := got.syms[3]; s.r != c.want || s.conf < 0.95 != c.doubted {
			t.Errorf("%s: %c at %.3f", name, s.r, s.conf)
		}
		if one.syms[3].r != '祥' {
			t.Errorf("%s: the reading itself was changed", name)
		}
		if looked := c.length > mostShort && c.line < sureAmong; looked != (looks == 2) {
			t.Errorf("%s: %d looks", name, looks)
		}
	}
}

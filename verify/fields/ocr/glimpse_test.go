package ocr

import (
	"slices"
	"strings"
	"testing"

	"zhengyan/verify/fields/ocr/glyphs"
	"zhengyan/verify/page"
)

// The classes of the net are the standard characters, each once.
func TestGlyphs(t *testing.T) {
	all := glyphs.Characters()
	sorted := slices.Sorted(slices.Values(all))
	if len(all) != 8105 || len(slices.Compact(sorted)) != len(all) {
		t.Errorf("%d characters, %d of them different", len(all), len(slices.Compact(sorted)))
	}
	for _, c := range "一丁祎袆怏快" {
		if !slices.Contains(all, c) {
			t.Errorf("%c is not among them", c)
		}
	}
}

// Which characters are read by themselves too: all of a short line, the unsure ones of a longer one, a number's province.
func TestSingle(t *testing.T) {
	standard := map[rune]bool{}
	for _, c := range glyphs.Characters() {
		standard[c] = true
	}
	r := &Reader{standard: standard}
	for _, c := range []struct{ line, unsure, want string }{
		{"姓名：范怏", "", "姓名范怏"},
		{"范怏", "怏", "范怏"},
		{"样州市建筑工程有限公司", "", ""},
		{"样州市建筑工程有限公司", "样工", "样工"},
		{"样州市建筑工程有限公司", "样州市建筑", ""}, // blurred as a whole
		{"鲁1462008200814582", "", ""},
		{"鲁1462008200814582", "鲁", "鲁"},
		{"2024年3月17日至2024年7月6日", "年至日", ""}, // what days are written with is read with their digits
		{"Specimen", "S", ""},
	} {
		var syms []symbol
		for _, s := range c.line {
			conf := 0.99
			if strings.ContainsRune(c.unsure, s) {
				conf = 0.6
			}
			syms = append(syms, symbol{r: s, conf: conf})
		}
		got := ""
		for _, i := range r.single(syms) {
			got += string(syms[i].r)
		}
		if got != c.want {
			t.Errorf("%s, unsure %q: %q, want %q", c.line, c.unsure, got, c.want)
		}
	}
	hardly := []symbol{{r: '一', conf: leastNamed / 2}}
	if got := r.single(hardly); len(got) != 0 {
		t.Errorf("what is hardly there is looked at: %v", got)
	}
}

// What a character looks like by itself, and the shares of its step, are believed against a line whose net is sure of the one that it knows;
// a look that is hardly surer of another is not.
func TestBorneOut(t *testing.T) {
	for _, c := range []struct {
		name        string
		line        symbol
		alone       []page.Alternative
		want        rune
		least, most float64
	}{
		{"both", symbol{r: '快', conf: 0.99}, []page.Alternative{{R: '快', Share: 0.99}}, '快', 0.99, 1},
		{
			"a look-alike",
			symbol{r: '快', among: []page.Alternative{{R: '快', Share: 0.99}}, shown: []page.Alternative{{R: '怏', Share: 0.6}, {R: '快', Share: 0.3}}},
			[]page.Alternative{{R: '怏', Share: 0.9}, {R: '快', Share: 0.05}},
			'怏', 0.7, 0.95,
		},
		{
			"by the line",
			symbol{r: '快', among: []page.Alternative{{R: '快', Share: 0.99}}, shown: []page.Alternative{{R: '快', Share: 0.9}, {R: '怏', Share: 0.05}}},
			[]page.Alternative{{R: '怏', Share: 0.5}, {R: '快', Share: 0.45}},
			'快', 0.95, 1,
		},
		{
			"what the line does not know",
			symbol{r: '样', among: []page.Alternative{{R: '祥', Share: 0.5}, {R: '样', Share: 0.4}}},
			[]page.Alternative{{R: '样', Share: 0.9}, {R: '祥', Share: 0.1}},
			'样', 0.7, 1,
		},
	} {
		got := borneOut(&c.line, c.alone)[0]
		if got.R != c.want || got.Share < c.least || got.Share > c.most {
			t.Errorf("%s: %c %.3f", c.name, got.R, got.Share)
		}
	}
}

package fields

import "testing"

func TestNormalizeName(t *testing.T) {
	for in, want := range map[string]string{
		"张 三": "张三", "张　三": "张三", " 张三 ": "张三", "张\u200b三": "张三", "张\n三": "张三",
		"阿卜杜拉•买买提": "阿卜杜拉·买买提", "阿卜杜拉・买买提": "阿卜杜拉·买买提", "阿卜杜拉‧买买提": "阿卜杜拉·买买提", "阿卜杜拉.买买提": "阿卜杜拉·买买提",
		"阿卜杜拉．买买提": "阿卜杜拉·买买提", "阿卜杜拉 · 买买提": "阿卜杜拉·买买提", "阿卜杜拉··买买提": "阿卜杜拉·买买提",
		"⼀⽢": "一甘", "⻢⻰": "马龙", "\ue863明": "䶮明", "\uf9e4": "理", "Ｊｏｈｎ　Ｓｍｉｔｈ": "John Smith", "John   Smith": "John Smith",
		"J. R. Smith": "J. R. Smith", "李\ufe00明": "李明", "": "",
	} {
		if got := NormalizeName(in); got != want {
			t.Errorf("NormalizeName(%q) = %q, not %q", in, got, want)
		}
		if twice := NormalizeName(NormalizeName(in)); twice != NormalizeName(in) {
			t.Errorf("NormalizeName is not settled on %q: %q", in, twice)
		}
	}
}

func TestCompareNames(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Match
	}{
		{"张三", "张 三", Equal},
		{"阿卜杜拉·买买提", "阿卜杜拉•买买提", Equal},
		{"李䶮", "李\ue863", Equal},
		{"⻢三", "马三", Equal},
		{"JOHN SMITH", "John Smith", Equal},
		{"张三", "张四", Different},
		{"张三", "李三", Different},
		{"张三", "张三丰", Different},
		{"", "", Different},
		{"张三", "", Different},
		{"李䶮", "李?", RareOnly},
		{"李䶮", "李□", RareOnly},
		{"李䶮", "李YAN", RareOnly},
		{"李Yan明", "李䶮明", RareOnly},
		{"李䶮", "李\ue001", RareOnly},
		{"李䶮", "李\ufffd", RareOnly},
		{"王峯", "王峰", RareOnly},
		{"刘陞", "刘升", RareOnly},
		{"李䶮", "王䶮", Different},
		{"李䶮明", "李?刚", Different},
		{"李明", "李YAN", Different},
		{"李䶮", "李", Different},
		{"张三", "张?", RareOnly},
		{"张三", "张A", Different},
	} {
		for _, p := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := CompareNames(p[0], p[1]); got != c.want {
				t.Errorf("CompareNames(%q, %q) = %s, not %s", p[0], p[1], got, c.want)
			}
		}
	}
}

func TestCompareEmployers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Match
	}{
		{"样例建设（集团）有限公司", "样例建设(集团)有限公司", Equal},
		{"样例建设 （集团）\n有限公司", "样例建设(集团)有限公司", Equal},
		{"ＡＢＣ建设有限公司", "abc 建设有限公司", Equal},
		{"样例一建有限公司", "样例二建有限公司", Different},
		{"样例建设有限公司", "样例建设有限责任公司", Different},
		{"样例“一”建", "样例\"一\"建", Equal},
		{"样例·建设", "样例•建设", Equal},
		{"样例一公司", "样例-公司", Different},
		{"样例垚公司", "样例?公司", RareOnly},
		{"", "", Different},
		{"样例〔集团〕公司", "样例（集团）公司", Equal},
		{"样例第〇公司", "样例第○公司", Equal},
	} {
		for _, p := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := CompareEmployers(p[0], p[1]); got != c.want {
				t.Errorf("CompareEmployers(%q, %q) = %s, not %s", p[0], p[1], got, c.want)
			}
		}
	}
}

func TestCharacterRules(t *testing.T) {
	c := characterTable()
	if n := len(c.single); n != 105+80 {
		t.Errorf("%d radicals and private-use codes", n)
	}
	if len(c.variants) < 130 {
		t.Errorf("%d variant pairs", len(c.variants))
	}
	for from, to := range c.single {
		if from == to || isUnmapped(to) {
			t.Errorf("%U stands for %U", from, to)
		}
	}
	for p := range c.variants {
		if p[0] == p[1] || !isHan(p[0]) || !isHan(p[1]) {
			t.Errorf("variant pair %q %q", p[0], p[1])
		}
	}
}

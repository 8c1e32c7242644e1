package fields

import (
	"math"
	"testing"

	"zhengyan/assets"
	"zhengyan/verify/page"
)

func tables(t testing.TB) *Tables {
	t.Helper()
	tab, err := LoadTables(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// sheet lays out text the way a PDF engine reports it: a box for each character, in the order of drawing.
type sheet struct {
	text  page.Text
	tight bool // boxes of the ink, as FPDFText_GetCharBox gives; else of the advance and line
	tall  bool // boxes of a font that claims an ascent of 1.8 and a descent of 1 em
	font  int
}

func newSheet() *sheet {
	return &sheet{text: page.Text{Width: 595.28, Height: 841.89, Fonts: []page.Font{{Name: "SimSun", Embedded: true, ToUnicode: true}}}}
}

// at draws s with the upper left corner of its first em box at x, y.
func (s *sheet) at(x, y, size float64, str string) *sheet {
	return s.slanted(x, y, size, 0, str)
}

// slanted draws s turned by deg (counter-clockwise) about its start.
func (s *sheet) slanted(x, y, size, deg float64, str string) *sheet {
	sin, cos := math.Sincos(deg * math.Pi / 180)
	pos := 0.0
	for _, r := range str {
		w := size
		if r < 0x2000 {
			w = size / 2
		}
		b := page.Box{X0: 0, Y0: 0, X1: w, Y1: size}
		if s.tight {
			b = inkBox(r, w, size)
		}
		if s.tall {
			b.Y0, b.Y1 = -0.9*size, 1.95*size
		}
		// The em box moved along the base line, then turned; the box reported is upright.
		var out page.Box
		for i, p := range [4][2]float64{{pos + b.X0, b.Y0}, {pos + b.X1, b.Y0}, {pos + b.X0, b.Y1}, {pos + b.X1, b.Y1}} {
			px, py := x+p[0]*cos+p[1]*sin, y-p[0]*sin+p[1]*cos
			if i == 0 {
				out = page.Box{X0: px, Y0: py, X1: px, Y1: py}
			}
			out = page.Box{X0: min(out.X0, px), Y0: min(out.Y0, py), X1: max(out.X1, px), Y1: max(out.Y1, py)}
		}
		s.text.Chars = append(s.text.Chars, page.Char{R: r, Box: out, Size: size, Font: s.font})
		pos += w
	}
	return s
}

// inkBox is about where the ink of a character is inside its em box.
func inkBox(r rune, w, size float64) page.Box {
	in := func(x0, y0, x1, y1 float64) page.Box {
		return page.Box{X0: x0 * w, Y0: y0 * size, X1: x1 * w, Y1: y1 * size}
	}
	switch {
	case r == ' ' || r == '　':
		return in(0, 0.86, 0, 0.86)
	case r == '一' || r == '—':
		return in(0.05, 0.46, 0.95, 0.54)
	case r == '-' || r == '~':
		return in(0.1, 0.52, 0.9, 0.6)
	case r == '.' || r == ',':
		return in(0.2, 0.8, 0.45, 0.9)
	case r == '：' || r == '；':
		return in(0.12, 0.4, 0.28, 0.86)
	case r == '（':
		return in(0.65, 0.04, 0.92, 0.96)
	case r == '）':
		return in(0.08, 0.04, 0.35, 0.96)
	case r == '1' || r == 'I':
		return in(0.3, 0.15, 0.65, 0.86)
	case r < 0x2000:
		return in(0.08, 0.15, 0.92, 0.86)
	}
	return in(0.05, 0.06, 0.95, 0.94)
}

// confidence turns the sheet into what OCR gives.
func (s *sheet) confidence(c float64) *sheet {
	s.text.Confidence = make([]float64, len(s.text.Chars))
	for i := range s.text.Confidence {
		s.text.Confidence[i] = c
	}
	return s
}

func (s *sheet) texts() []page.Text { return []page.Text{s.text} }

// item is one piece of text of a face, so that tests can change, move or leave out single pieces.
type item struct {
	key        string
	x, y, size float64
	s          string
}

func constructorFace() []item {
	return []item{
		{"usage", 330, 110, 10.5, "使用有效期：2024年3月1日-2024年8月28日"},
		{"title", 120, 160, 22, "中华人民共和国一级建造师注册证书"},
		{"name.l", 100, 236, 14, "姓    名"},
		{"name", 174, 236, 14, "样例甲"},
		{"sex.l", 100, 276, 14, "性    别"},
		{"sex", 174, 276, 14, "男"},
		{"birth.l", 100, 315, 14, "出生日期"},
		{"birth", 174, 315, 14, "1990年1月1日"},
		{"number.l", 100, 351, 14, "注册编号"},
		{"number", 174, 351, 14, "京1112015201600001"},
		{"employer.l", 100, 395, 14, "聘用企业"},
		{"employer", 174, 395, 14, "样例第一建设工程（集团）有限公司"},
		{"specialty.l", 100, 445, 14, "注册专业"},
		{"specialty", 174, 445, 14, "建筑工程（有效期：2023-1-6至2026-1-5）"},
		{"specialty2", 174, 469, 14, "市政公用工程（有效期：2023-02-07至2026-02-06）"},
		{"issuer", 340, 640, 12, "中华人民共和国住房和城乡建设部"},
		{"sign", 160, 732, 12, "个人签名："},
		{"issue", 370, 732, 12, "签发日期：2024年3月1日"},
		{"signdate", 160, 760, 12, "签名日期："},
		{"url", 370, 760, 12, "查询网址：www.example.test"},
		{"qr", 60, 775, 8, "实时数据，扫码验证"},
	}
}

func architectFace() []item {
	return []item{
		{"usage", 330, 110, 10.5, "使用有效期：2024.3.1-2024.8.28"},
		{"title", 120, 160, 22, "一级注册建筑师注册证书"},
		{"name", 100, 236, 14, "姓名：样例乙"},
		{"sex", 100, 266, 14, "性别：女"},
		{"birth", 100, 296, 14, "出生日期：1985-12-31"},
		{"employer", 100, 326, 14, "聘用单位：样例建筑设计研究院有限公司"},
		{"number", 100, 356, 14, "注册号：9999001-001"},
		{"valid", 100, 386, 14, "注册有效期：2023年1月1日至2024年12月31日"},
		{"issuer", 340, 640, 12, "全国注册建筑师管理委员会"},
		{"sign", 160, 732, 12, "个人签名："},
		{"issue", 370, 732, 12, "签发日期：2024年3月1日"},
		{"signdate", 160, 760, 12, "签名日期："},
	}
}

func qualificationFace() []item {
	return []item{
		{"title", 120, 120, 22, "中华人民共和国专业技术人员职业资格证书"},
		{"body1", 90, 200, 12, "本证书由中华人民共和国人力资源和社会保障部批准颁发，它表明持证人通过国家统"},
		{"body2", 66, 222, 12, "一组织的考试，取得一级建造师职业资格。"},
		{"name", 100, 300, 12, "姓名：样例丙"},
		{"id", 330, 300, 12, "证件号码：999999199001010016"},
		{"sex", 100, 330, 12, "性别：男"},
		{"birth", 330, 330, 12, "出生年月：1990年01月"},
		{"specialty", 100, 360, 12, "专业：市政公用工程"},
		{"approved", 100, 390, 12, "批准日期：2020年09月20日"},
		{"number", 100, 420, 12, "管理号：202009001110000001"},
		{"scene", 100, 700, 10, "使用场景：本人调用"},
		{"period", 330, 700, 10, "使用期限：2024-01-01至2024-03-31"},
	}
}

func (s *sheet) draw(items []item) *sheet {
	for _, it := range items {
		s.at(it.x, it.y, it.size, it.s)
	}
	return s
}

// with returns a copy of the items in which the keyed ones have another text; an empty text leaves the item out.
func with(items []item, changes map[string]string) []item {
	var out []item
	for _, it := range items {
		if s, ok := changes[it.key]; ok {
			if s == "" {
				continue
			}
			it.s = s
		}
		out = append(out, it)
	}
	return out
}

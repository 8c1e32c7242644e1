package fields

import (
	"slices"
	"strings"
	"testing"

	"zhengyan/verify/page"
)

// pictureOf reads a face as off a picture, with one piece read otherwise and at another confidence.
func pictureOf(t *testing.T, face []item, key, text string, conf float64) *Result {
	t.Helper()
	var bs []box
	for _, it := range face {
		if it.key != key {
			bs = append(bs, boxes([]item{it})...)
			continue
		}
		if it.s = text; text != "" {
			bs = append(bs, boxes([]item{it})[0].trusted(conf))
		}
	}
	return Read([]page.Text{boxText(bs)}, tables(t))
}

func fieldOf(r *Result, name string) Field {
	for _, f := range r.Fields {
		if f.Name == name {
			return f
		}
	}
	return Field{}
}

// TestBadTitles: the labels decide what a badly read title says, never surely, and a title that was read to the letter stands
// against them. No label, and no number of the first class, says of which class a certificate is.
func TestBadTitles(t *testing.T) {
	second := with(constructorFace(), map[string]string{"number": "京2112015201600001"})
	other := with(constructorFace(), map[string]string{"specialty.l": "", "specialty": "", "specialty2": "", "number": "建11203300001"})
	for _, c := range []struct {
		name, title string
		face        []item
		conf        float64
		want        Kind
		sure        bool
	}{
		{"as it is", "中华人民共和国一级建造师注册证书", constructorFace(), 0.99, Constructor1, true},
		{"the general words misread", "中华风民共和图一级建造师注册证书", constructorFace(), 0.97, Constructor1, true},
		{"their first half not seen", "共和国一级建造师注册证书", constructorFace(), 0.97, Constructor1, true},
		{"the class misread", "中华风民共和图平级建造师注册证书", constructorFace(), 0.97, UnknownKind, false},
		{"the class misread, the number of the second", "中华风民共和图平级建造师注册证书", second, 0.97, Constructor2, false},
		{"the class read, the number of the other", "一级建造师注册证书", second, 0.99, Constructor1, false},
		{"three characters misread", "一级健选师沣册证书", constructorFace(), 0.6, Constructor1, false},
		{"four misread", "一级健选帅沣册证书", constructorFace(), 0.6, UnknownKind, false},
		{"an architect's, one lost", "中华人民共和国一级注册建师注册证书", architectFace(), 0.97, Architect1, false},
		{"an architect's, read as a constructor's", "一级注册建造师注册证书", architectFace(), 0.97, Architect1, false},
		{"the same over a constructor's labels", "一级注册建造师注册证书", constructorFace(), 0.97, Constructor1, true},
		{"an architect's, three misread", "一级注册道巩师往册证书", architectFace(), 0.6, Architect1, false},
		{"a constructor's over an architect's labels", "一级建造师注册证书", architectFace(), 0.97, Constructor1, true},
		{"a temporary one", "一级建造师临时执业证书", constructorFace(), 0.97, ConstructorTemp, true},
		{"a temporary one, misread", "一级建造帅临时执业证书", constructorFace(), 0.97, ConstructorTemp, false},
		{"other papers keep their names", "一级造价工程师注册证书", constructorFace(), 0.97, OtherCertificate, true},
		{"near, without the labels", "一级造价师注册证书", other, 0.97, OtherCertificate, false},
	} {
		r := pictureOf(t, c.face, "title", c.title, c.conf)
		if r.Certificate.Kind != c.want {
			t.Errorf("%s: %s, not %s; %+v", c.name, r.Certificate.Kind, c.want, r.Problems)
		}
		if f := fieldOf(r, "title"); c.want != UnknownKind && (f.Confidence >= surelyRead) != c.sure {
			t.Errorf("%s: %v", c.name, f.Confidence)
		}
	}
	// What stands under a title that nobody can read is read all the same.
	for title, face := range map[string][]item{"筑师注册证书": architectFace(), "": constructorFace(), "师注册证书": constructorFace()} {
		if r := pictureOf(t, face, "title", title, 0.9); r.Certificate.Usage.IsZero() || r.Certificate.Valid.IsZero() && len(r.Certificate.Specialties) != 2 || r.Certificate.Kind == Constructor1 {
			t.Errorf("%q: %+v", title, r.Certificate)
		}
	}
}

// TestTitleInTwoLines: the name of a certificate that is broken between two lines is read as surely as its worst character, which
// mostly is the one for the class, in the first of them.
func TestTitleInTwoLines(t *testing.T) {
	for _, c := range []struct {
		first string
		face  []item
		conf  float64
		want  Kind
	}{
		{"中华人民共和国一级建造师", constructorFace(), 0.99, Constructor1},
		{"中华人民共和国一级建造师", constructorFace(), 0.6, Constructor1},
		{"中华人民共和国一级建造师", constructorFace(), 0.2, UnknownKind},
		{"中华人民共和国一级注册建筑师", architectFace(), 0.99, Architect1},
		{"中华人民共和国一级注册建筑师", architectFace(), 0.6, Architect1},
		{"中华人民共和国一级注册建筑师", architectFace(), 0.2, UnknownKind},
		{"中华人民共和国二级建造师", constructorFace(), 0.6, Constructor2},
		{"中华人民共和国二级建造师", constructorFace(), 0.2, UnknownKind},
	} {
		var face []item
		for _, it := range c.face {
			if it.key == "title" {
				w := float64(len([]rune(c.first))) * 22
				face = append(face, item{"first", 297 - w/2, 150, 22, "?"}, item{"", 297 - 55, 180, 22, "注册证书"})
				continue
			}
			face = append(face, it)
		}
		r := pictureOf(t, face, "first", c.first, c.conf)
		if f := fieldOf(r, "title"); r.Certificate.Kind != c.want || (f.Confidence >= surelyRead) != (c.conf >= surelyRead) {
			t.Errorf("%s at %.2f: %s, title %q at %.2f", c.first, c.conf, r.Certificate.Kind, f.Value, f.Confidence)
		}
	}
}

// TestPoorLabels: a label of which a part was not seen, or misread, is found by what is left of it, its column and its value; the
// value is not sure.
func TestPoorLabels(t *testing.T) {
	for _, c := range []struct {
		face             []item
		key, text, field string
		want             string
	}{
		{constructorFace(), "name.l", "姓", "name", "样例甲"},
		{constructorFace(), "name.l", "姓  各", "name", "样例甲"},
		{constructorFace(), "name.l", "娃  名", "name", "样例甲"},
		{constructorFace(), "name.l", "娃  各", "name", ""},
		{constructorFace(), "sex.l", "性  剔", "sex", "男"},
		{constructorFace(), "sex.l", "", "sex", ""},
		{architectFace(), "name", "姓样例乙", "name", ""}, // 姓 may be a part of it
		{architectFace(), "number", "注册：9999001-001", "number", "9999001-001"},
		{architectFace(), "number", "主册号：9999001-001", "number", "9999001-001"},
		{architectFace(), "issue", "签友日期：2024年3月1日", "issueDate", "2024-03-01"}, // 签名日期 stands elsewhere
		{architectFace(), "issue", "签发日1期：2024年3月1日", "issueDate", "2024-03-01"},
		{architectFace(), "issue", "发日：2024年3月1日", "issueDate", "2024-03-01"},
		{architectFace(), "issue", "日：2024年3月1日", "issueDate", ""},
		{constructorFace(), "specialty.l", "注册专北", "specialty", "建筑工程 2023-01-06/2026-01-05"},
		{constructorFace(), "specialty.l", "", "specialty", "建筑工程 2023-01-06/2026-01-05"}, // by its form
		{constructorFace(), "number.l", "", "number", "京1112015201600001"},
		{constructorFace(), "birth.l", "", "birth", ""},
		{architectFace(), "usage", "有效期：2024.3.1-2024.8.28", "usage", "2024-03-01/2024-08-28"},
		{architectFace(), "usage", "期：2024.3.1-2024.8.28", "usage", "2024-03-01/2024-08-28"},
		{architectFace(), "usage", "2024.3.1-2024.8.28", "usage", "2024-03-01/2024-08-28"},
		{architectFace(), "usage", "打印2024.3.1-2024.8.28", "usage", ""},
		{architectFace(), "usage", "2024.3.1-", "usage", ""},
	} {
		r := pictureOf(t, c.face, c.key, c.text, 0.97)
		f := fieldOf(r, c.field)
		if f.Value != c.want || c.want != "" && f.Confidence >= surelyRead {
			t.Errorf("%s: %q at %.2f, not %q; %+v", c.text, f.Value, f.Confidence, c.want, r.Problems)
		}
		if whole := Read([]page.Text{boxText(boxes(c.face))}, tables(t)).Certificate; whole.Valid != r.Certificate.Valid || whole.Employer != r.Certificate.Employer {
			t.Errorf("%s: other fields were disturbed: %+v", c.text, r.Certificate)
		}
	}
}

// TestUnclearSpecialties: what of one specialty could not be read costs the others nothing. A word of a closed list is told from the
// others by the characters in which they differ.
func TestUnclearSpecialties(t *testing.T) {
	for _, c := range []struct {
		name  string
		doubt rune // in the first specialty
		first string
		want  string
		most  float64
	}{
		{"all clear", 0, "建筑工程（有效期：2023-1-6至2026-1-5）", "建筑工程 2023-01-06/2026-01-05", 1},
		{"a bracket seen as two marks", '：', "建筑工程：（有效期：2023-1-6至2026-1-5）", "建筑工程 2023-01-06/2026-01-05", 1},
		{"a character that no other specialty has there", '建', "建筑工程（有效期：2023-1-6至2026-1-5）", "建筑工程 2023-01-06/2026-01-05", poorCeiling},
		{"the one that tells 公路 from 铁路", '公', "公路工程（有效期：2023-1-6至2026-1-5）", "2023-01-06/2026-01-05", 0.5},
		{"the one that both have", '路', "公路工程（有效期：2023-1-6至2026-1-5）", "公路工程 2023-01-06/2026-01-05", poorCeiling},
		{"a digit", '5', "建筑工程（有效期：2023-1-6至2026-1-5）", "建筑工程", 1},
		{"a word for the period", '效', "建筑工程（有效期：2023-1-6至2026-1-5）", "建筑工程 2023-01-06/2026-01-05", 1},
		{"that word misread", 0, "建筑工程（有故期：2023-1-6至2026-1-5）", "建筑工程 2023-01-06/2026-01-05", nearCeiling},
		{"a mark lost", 0, "建筑工程（有效期：2023-01-06至2026-0105）", "建筑工程 2023-01-06/2026-01-05", poorCeiling},
		{"marks of two kinds", 0, "建筑工程（有效期：2023-01-06至2026-01~05）", "建筑工程 2023-01-06/2026-01-05", poorCeiling},
		{"a bracket read twice", 0, "建筑工程）（有效期：2023-1-6至2026-1-5）", "建筑工程 2023-01-06/2026-01-05", nearCeiling},
		{"a bracket that may be a digit", 0, "建筑工程（有效期：2023-01-06至2026-01-0））", "建筑工程", 1},
		{"a day that a bracket may have cut", 0, "建筑工程（有效期：2023-01-06至2026-01-5））", "建筑工程 2023-01-06/2026-01-05", nearCeiling},
		{"another bracket", 0, "建筑工程（有效期：2023-01-06至2026-01-5）]", "建筑工程 2023-01-06/2026-01-05", nearCeiling},
		{"a bracket behind the colon", 0, "建筑工程（有效期：）2023-1-6至2026-1-5）", "建筑工程 2023-01-06/2026-01-05", nearCeiling},
		{"a name that nobody knows", 0, "建巩工程（有效期：2023-1-6至2026-1-5）", "建巩工程 2023-01-06/2026-01-05", poorCeiling},
	} {
		var bs []box
		for _, it := range with(constructorFace(), map[string]string{"specialty": c.first}) {
			b := boxes([]item{it})[0]
			for k, r := range b.rs {
				if it.key == "specialty" && r == c.doubt {
					b.conf[k] = 0.3
				}
			}
			bs = append(bs, b)
		}
		r := Read([]page.Text{boxText(bs)}, tables(t))
		f := fieldOf(r, "specialty")
		if f.Value != c.want || f.Confidence > c.most {
			t.Errorf("%s: %q at %.2f, not %q; %+v", c.name, f.Value, f.Confidence, c.want, r.Problems)
		}
		if all := r.Certificate.Specialties; len(all) != 2 || all[1].Name != "市政公用工程" || all[1].Valid != span("2023-02-07", "2026-02-06") {
			t.Errorf("%s: %+v", c.name, all)
		}
		if named := r.has(Unclear, "specialty"); named != (c.doubt == '公' || c.doubt == '5') {
			t.Errorf("%s: %+v", c.name, r.Problems)
		}
	}
}

// TestHoles: where a character more may stand nothing is sure; spread print and the space of signs are no holes.
func TestHoles(t *testing.T) {
	for text, want := range map[string]bool{
		"样例甲": false, "样　例　甲": false, "样　甲": true, "样例　甲": true, "聘（集团）有": false, "2024年3月1日": false, "样例建筑　程有限公司": true, "甲": false,
	} {
		s := newSheet().at(0, 0, 10, strings.ReplaceAll(text, "　", "　")).confidence(1)
		gs, _ := glyphs(&s.text)
		if got := holed(gs); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// TestBlurredBox: a box around two lines that were read each by itself says nothing, and does not cost the place of the signature.
func TestBlurredBox(t *testing.T) {
	bs := boxes(constructorFace())
	want := Read([]page.Text{boxText(bs)}, tables(t))
	blur := boxes([]item{{"", 165, 730, 30, "个人签名签发"}})[0].trusted(0.6)
	r := Read([]page.Text{boxText(append(bs, blur))}, tables(t))
	if r.Certificate.SignatureBox != want.Certificate.SignatureBox || len(r.Problems) != 0 {
		t.Errorf("%v, not %v; %+v", r.Certificate.SignatureBox, want.Certificate.SignatureBox, r.Problems)
	}
}

// TestPoorProvince: the character of the province is one of some thirty, and kept without being believed.
func TestPoorProvince(t *testing.T) {
	for _, c := range []struct {
		province rune
		conf     float64
		want     string
	}{{'浙', 0.3, "浙1112015201600001"}, {'浙', 0.1, ""}, {'折', 0.3, ""}} {
		bs := boxes(constructorFace())
		for i := range bs {
			if string(bs[i].rs) == "京1112015201600001" {
				bs[i] = bs[i].with(0, c.province, c.conf)
			}
		}
		r := Read([]page.Text{boxText(bs)}, tables(t))
		if f := fieldOf(r, "number"); f.Value != c.want || f.Value != "" && f.Confidence > leastConfidence {
			t.Errorf("%c at %v: %q at %v", c.province, c.conf, f.Value, f.Confidence)
		}
	}
}

// TestProvinceAmong: where the first character was read as none of the provinces', the likeliest of theirs is kept without being
// believed, if it stands out.
func TestProvinceAmong(t *testing.T) {
	among := func(s string, shares ...float64) (out []page.Alternative) {
		for i, r := range []rune(s) {
			out = append(out, page.Alternative{R: r, Share: shares[i]})
		}
		return out
	}
	for name, c := range map[string]struct {
		read   rune
		others []page.Alternative
		want   string
	}{
		"one stands out":       {'期', among("期粤奥", 0.7, 0.1, 0.05), "粤1112015201600001"},
		"two are alike":        {'翼', among("翼冀晋", 0.7, 0.1, 0.06), ""},
		"hardly possible":      {'期', among("期粤", 0.9, 0.005), ""},
		"none is a province's": {'期', among("期奥", 0.7, 0.1), ""},
		"it was read":          {'浙', among("浙粤", 0.4, 0.3), "浙1112015201600001"},
	} {
		bs := boxes(constructorFace())
		k := slices.IndexFunc(bs, func(b box) bool { return string(b.rs) == "京1112015201600001" })
		bs[k] = bs[k].with(0, c.read, 0.7)
		text, at := boxText(bs), 0
		for _, b := range bs[:k] {
			at += len(b.rs)
		}
		text.Alternatives = map[int][]page.Alternative{at: c.others}
		r := Read([]page.Text{text}, tables(t))
		f := fieldOf(r, "number")
		if got := r.Certificate.Number; got != c.want && !(c.want == "" && r.has(BadNumber, "number")) || c.want != "" && c.read != '浙' && f.Confidence > leastConfidence {
			t.Errorf("%s: %q at %v", name, got, f.Confidence)
		}
		if c.read != '浙' && c.want != "" && !strings.HasPrefix(f.Raw, string(c.read)) {
			t.Errorf("%s: the raw text is %q", name, f.Raw)
		}
	}
}

// TestStrokeInNumber: a stroke between the province and the digits is none of them where the number is one without it, nor is the end of the
// label.
func TestStrokeInNumber(t *testing.T) {
	for read, want := range map[string]string{
		"京|1112015201600001": "京1112015201600001", "京|112015201600001": "", "京1|112015201600001": "", "京||1112015201600001": "",
		"川/1652019202286125": "川1652019202286125", "川/165201920228612": "", "川7/1652019202286125": "",
		"号：云1532019202283887": "云1532019202283887", "号：云/1532019202283887": "", "号：1532019202283887": "", "云1532：019202283887": "",
	} {
		r := Read([]page.Text{boxText(boxes(with(constructorFace(), map[string]string{"number": read})))}, tables(t))
		f := fieldOf(r, "number")
		if got := r.Certificate.Number; got != want && !(want == "" && r.has(BadNumber, "number")) || want != "" && f.Confidence > nearCeiling {
			t.Errorf("%s: %q at %v; %+v", read, got, f.Confidence, r.Problems)
		}
	}
}

// TestBlurredColon: a mark that was hardly read is the colon of a day's label, one that was read well only where it looks like one and a
// digit follows.
func TestBlurredColon(t *testing.T) {
	for _, c := range []struct {
		read string
		conf float64
		want string
	}{
		{"批准日期-2020年09月20日", 0.3, "2020-09-20"},
		{"批准日期一2020年09月20日", 0.4, "2020-09-20"},
		{"批准日期，2020年09月20日", 0.46, "2020-09-20"},
		{"批准日期-2020年09月20日", 0.9, ""},
		{"批准日期-09月20日", 0.3, ""},
		{"批准日期12020年09月20日", 0.3, ""},
		{"批准日期、2020年09月20日", 0.95, "2020-09-20"},
		{"批准日期.2020-09-20", 0.95, "2020-09-20"},
		{"批准日期、二〇二〇年九月二十日", 0.95, ""},
		{"批准日期、编号及有效期", 0.95, ""},
	} {
		bs := boxes(with(qualificationFace(), map[string]string{"approved": c.read}))
		for i := range bs {
			if string(bs[i].rs) == c.read {
				bs[i].conf[4] = c.conf
			}
		}
		r := Read([]page.Text{boxText(bs)}, tables(t))
		if f := fieldOf(r, "approved"); f.Value != c.want || c.conf == 0.95 && f.Confidence > nearCeiling {
			t.Errorf("%s at %v: %q at %v; %+v", c.read, c.conf, f.Value, f.Confidence, r.Problems)
		}
	}
}

// TestCheckedIdentity: one digit of an identity number that was hardly read is kept, unsurely, where the check character bears it
// out; two are not, and no digit is worked out.
func TestCheckedIdentity(t *testing.T) {
	for _, c := range []struct {
		text string
		poor []int
		want string
		most float64
	}{
		{"999999199001010016", nil, "999999199001010016", 1},
		{"999999199001010016", []int{3}, "999999199001010016", leastConfidence},
		{"999999199001010016", []int{3, 9}, "", 1},
		{"999999199001010016", []int{2, 3, 4}, "999999199001010016", leastConfidence},
		{"999999199001010016", []int{2, 4}, "", 1},
		{"999999199001010016", []int{5, 6}, "", 1},
		{"999299199001010016", []int{3}, "", 1},
		{"999299199001010016", nil, "999299199001010016", poorCeiling},
		{"Q99999199001010016", []int{0}, "", 1},
	} {
		bs := boxes(qualificationFace())
		for i := range bs {
			if strings.HasPrefix(string(bs[i].rs), "证件号码") {
				bs[i] = boxes([]item{{"", 330, 300, 12, "证件号码：" + c.text}})[0]
				for _, k := range c.poor {
					bs[i].conf[5+k] = 0.3
				}
			}
		}
		r := Read([]page.Text{boxText(bs)}, tables(t))
		if f := fieldOf(r, "idNumber"); f.Value != c.want || f.Value != "" && f.Confidence > c.most {
			t.Errorf("%s, %v: %q at %v; %+v", c.text, c.poor, f.Value, f.Confidence, r.Problems)
		}
	}
}

// TestBrokenName: a Chinese name off a picture of which a character was read as a mark, or lost, is not readable, however sure the
// recogniser is.
func TestBrokenName(t *testing.T) {
	for text, want := range map[string]string{
		"样测试": "样测试", "样.": "", "样、": "", "样": "", "样试-": "", "、样试": "", "样(试": "", "样3": "",
		"艾力·样本": "艾力·样本", "艾力.样本": "艾力·样本", "样YAN": "样YAN", "Anna-Maria J. Sample": "Anna-Maria J. Sample",
	} {
		face := with(qualificationFace(), map[string]string{"name": "姓名：" + text})
		r := Read([]page.Text{boxText(boxes(face))}, tables(t))
		if f := fieldOf(r, "name"); strings.ReplaceAll(f.Value, " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%s: %q at %v; %+v", text, f.Value, f.Confidence, r.Problems)
		}
	}
}

// TestHostilePicture: a picture full of what may be labels, or of boxes over each other, costs no more than its own page.
func TestHostilePicture(t *testing.T) {
	tab := tables(t)
	for _, text := range []string{"姓名：一", "姓各：", "册编号：1", "姓", "一级建迼师注册证书"} {
		for _, step := range []float64{0, 3, 14} {
			s := newSheet()
			for i := range maxChars / len([]rune(text)) {
				s.at(float64(i%20)*5*step, float64(i/20)*step, 10+float64(i%3), text)
			}
			s.text.Width, s.text.Height = 1500, 20_000
			Read(s.confidence(0.8).texts(), tab)
		}
	}
}

// TestLetteringUnderADate: what a seal or a watermark has under a date costs it nothing, unless it may be the date's own end.
func TestLetteringUnderADate(t *testing.T) {
	whole, open := []string{"2024年3月1日", "2024-03-11"}, []string{"2024-03-1", "2024年3月1"}
	for _, c := range []struct {
		under string
		dates []string
		sure  bool
	}{
		{"种例 SPECIMEN", whole, true},
		{"委员会", whole, true},
		{"2日", whole, false},
		{"02", whole[:1], true},
		{"02", whole[1:], false},
		{"025", whole[:1], false},
		{"十日", whole, false},
		{"l", open, false},
		{"I日", open, false},
	} {
		for _, date := range c.dates {
			face := with(constructorFace(), map[string]string{"issue": "签发日期：" + date, "url": ""})
			face = append(face, item{"under", 424, 752, 12, "?"})
			r := pictureOf(t, face, "under", c.under, 0.3)
			f := fieldOf(r, "issueDate")
			if (f.Confidence >= 0.95) != c.sure || c.sure && r.Certificate.IssueDate.IsZero() {
				t.Errorf("%s over %q: %q, confidence %.2f", date, c.under, f.Value, f.Confidence)
			}
		}
	}
}

// TestScrapBeforeAPeriod: of a period's label over the title that could hardly be read no character need be right; what was read
// well, and what is longer than a scrap, says what it says.
func TestScrapBeforeAPeriod(t *testing.T) {
	for _, c := range []struct {
		text string
		conf float64
		want string
	}{
		{"器：2024.3.1-2024.8.28", 0.6, "2024-03-01/2024-08-28"},
		{"打印2024.3.1-2024.8.28", 0.6, "2024-03-01/2024-08-28"},
		{"打印2024.3.1-2024.8.28", 0.97, ""},
		{"打印单2024.3.1-2024.8.28", 0.6, ""},
	} {
		r := pictureOf(t, architectFace(), "usage", c.text, c.conf)
		if f := fieldOf(r, "usage"); f.Value != c.want || f.Confidence > poorCeiling {
			t.Errorf("%s: %q at %.2f, not %q", c.text, f.Value, f.Confidence, c.want)
		}
	}
}

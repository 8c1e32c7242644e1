package fields

import (
	"math"
	"slices"
	"strings"
	"testing"

	"zhengyan/verify/civil"
	"zhengyan/verify/page"
)

func (r *Result) has(code, field string) bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Code == code && p.Field == field })
}

func span(a, b string) Period {
	p, err := ParsePeriod(a + "至" + b)
	if err != nil {
		panic(err)
	}
	return p
}

// TestVariants changes one thing of the good constructor's face and says what must be read.
func TestVariants(t *testing.T) {
	tab := tables(t)
	good := Read(newSheet().draw(constructorFace()).texts(), tab).Certificate
	usage := span("2024-03-01", "2024-08-28")
	type change struct {
		name  string
		drop  []string // keys left out
		add   []item
		check func(t *testing.T, r *Result)
	}
	is := func(get func(c *Certificate) string, want string) func(*testing.T, *Result) {
		return func(t *testing.T, r *Result) {
			t.Helper()
			if got := get(&r.Certificate); got != want {
				t.Errorf("%q, not %q; %+v", got, want, r.Problems)
			}
			if len(r.Problems) != 0 {
				t.Errorf("problems: %+v", r.Problems)
			}
		}
	}
	name := func(c *Certificate) string { return c.Name }
	employer := func(c *Certificate) string { return c.Employer }
	period := func(c *Certificate) string { return c.Usage.String() }
	specs := func(c *Certificate) string {
		var out []string
		for _, s := range c.Specialties {
			out = append(out, s.Name+" "+s.Valid.String())
		}
		return strings.Join(out, ";")
	}
	both := "建筑工程 2023-01-06/2026-01-05;市政公用工程 2023-02-07/2026-02-06"
	for _, c := range []change{
		{"label runs into value", []string{"name.l", "name"}, []item{{"", 100, 236, 14, "姓名样例甲"}}, is(name, "样例甲")},
		{"colon and value", []string{"name.l", "name"}, []item{{"", 100, 236, 14, "姓 名：样例甲"}}, is(name, "样例甲")},
		{"spread label in pieces", []string{"name.l"}, []item{{"", 100, 236, 14, "姓"}, {"", 150, 236, 14, "名"}}, is(name, "样例甲")},
		{"full-width spaces", []string{"name.l"}, []item{{"", 100, 236, 14, "姓　　名："}}, is(name, "样例甲")},
		{"spread value", []string{"name"}, []item{{"", 174, 236, 14, "样　例　甲"}}, is(name, "样例甲")},
		{"value set lower", []string{"name"}, []item{{"", 174, 243, 14, "样例甲"}}, is(name, "样例甲")},
		{"value set higher", []string{"name"}, []item{{"", 174, 228, 14, "样例甲"}}, is(name, "样例甲")},
		{"larger value", []string{"name"}, []item{{"", 174, 232, 20, "样例甲"}}, is(name, "样例甲")},
		{"value under the label", []string{"name"}, []item{{"", 100, 256, 14, "样例甲"}}, is(name, "样例甲")},
		{"unknown label behind", nil, []item{{"", 260, 236, 14, "民族：汉"}}, is(name, "样例甲")},
		{"text by the photo", nil, []item{{"", 420, 236, 14, "照片"}}, is(name, "样例甲")},
		{"printed twice for bold", nil, []item{{"", 174.4, 236.2, 14, "样例甲"}}, is(name, "样例甲")},
		{"same label twice", nil, []item{{"", 60, 700, 8, "姓名：样例甲"}}, is(name, "样例甲")},
		{"large level watermark", nil, []item{{"", 60, 215, 60, "样例 SPECIMEN"}}, is(name, "样例甲")},
		{"name cut at its dot", []string{"name"}, []item{{"", 174, 229, 14, "阿卜杜样例·"}, {"", 174, 247, 14, "买买例甲"}}, is(name, "阿卜杜样例·买买例甲")},
		{"text off the page", nil, []item{{"", 100, -300, 14, "姓名：样例丁"}, {"", 174, 900, 14, "样例丁"}}, is(name, "样例甲")},
		{"text too small to see", nil, []item{{"", 60, 700, 1, "姓名：样例丁"}}, is(name, "样例甲")},
		{"symbols of private use", nil, []item{{"", 60, 640, 14, "\uf0fe\uf0a8"}}, is(name, "样例甲")},
		{"nothing follows", nil, []item{{"", 174, 490, 14, "（以下空白）"}}, is(specs, both)},
		{"radicals", []string{"name"}, []item{{"", 174, 236, 14, "⻢⼀"}}, is(name, "马一")},
		{"flat characters", []string{"name"}, []item{{"", 174, 236, 14, "丁一一"}}, is(name, "丁一一")},
		{"employer on three lines", []string{"employer", "employer.l"}, []item{{"", 100, 375, 14, "聘用企业"}, {"", 174, 375, 14, "样例第一建设工程（集团）"}, {"", 174, 394, 14, "有限公司第二十三"}, {"", 174, 413, 14, "分公司"}}, is(employer, "样例第一建设工程（集团）有限公司第二十三分公司")},
		{"employer wraps to the label", []string{"employer", "employer.l"}, []item{{"", 100, 395, 14, "聘用企业：样例第一建设工程"}, {"", 100, 415, 14, "有限公司"}}, is(employer, "样例第一建设工程有限公司")},
		{"label in the middle of two lines", []string{"employer", "employer.l"}, []item{{"", 100, 395, 14, "聘用企业"}, {"", 174, 384, 14, "样例第一建设工程（集团）有限公司"}, {"", 174, 405, 14, "第二十三分公司"}}, is(employer, "样例第一建设工程（集团）有限公司第二十三分公司")},
		{"label in the middle of three lines", []string{"employer", "employer.l"}, []item{{"", 100, 402, 14, "聘用企业"}, {"", 174, 384, 14, "样例第一建设工程（集团）"}, {"", 174, 402, 14, "有限公司第二十三"}, {"", 174, 420, 14, "分公司"}}, is(employer, "样例第一建设工程（集团）有限公司第二十三分公司")},
		{"label in the middle of the list", []string{"specialty", "specialty2", "specialty.l"}, []item{{"", 100, 460, 14, "注册专业"}, {"", 174, 449, 14, "建筑工程（有效期：2023-1-6至2026-1-5）"}, {"", 174, 471, 14, "市政公用工程（有效期：2023-2-7至2026-2-6）"}}, is(specs, both)},
		{"two lines close to the next label", []string{"employer"}, []item{{"", 174, 395, 14, "样例第一建设工程（集团）有限公司"}, {"", 174, 415, 14, "第二十三分公司"}}, is(employer, "样例第一建设工程（集团）有限公司第二十三分公司")},
		{"lines nearly evenly apart", []string{"employer"}, []item{{"", 174, 395, 14, "样例第一建设工程（集团）有限公司"}, {"", 174, 421, 14, "第二十三分公司"}}, is(employer, "样例第一建设工程（集团）有限公司第二十三分公司")},
		{"a note under the empty 签名日期", nil, []item{{"", 160, 778, 9, "以上内容由系统生成"}}, func(t *testing.T, r *Result) {
			if slices.ContainsFunc(r.Fields, func(f Field) bool { return f.Name == "signDate" }) || len(r.Problems) != 0 {
				t.Errorf("%+v %+v", r.Fields, r.Problems)
			}
		}},
		{"half-width brackets", []string{"employer"}, []item{{"", 174, 395, 14, "样例第一建设工程(集团)有限公司"}}, is(employer, "样例第一建设工程（集团）有限公司")},
		{"usage on two lines", []string{"usage"}, []item{{"", 330, 100, 10.5, "使用有效期：2024年3月1日-"}, {"", 393, 114, 10.5, "2024年8月28日"}}, is(period, usage.String())},
		{"usage under its label", []string{"usage"}, []item{{"", 330, 96, 10.5, "使用有效期"}, {"", 330, 112, 10.5, "2024.3.1-2024.8.28"}}, is(period, usage.String())},
		{"usage without a colon", []string{"usage"}, []item{{"", 330, 110, 10.5, "使用有效期2024.3.1—2024.8.28"}}, is(period, usage.String())},
		{"usage 使用期限", []string{"usage"}, []item{{"", 330, 110, 10.5, "使用期限：自2024年3月1日起至2024年8月28日止"}}, is(period, usage.String())},
		{"usage digits spread", []string{"usage"}, []item{{"", 300, 110, 10.5, "使用有效期： 2024 年 3 月 1 日 — 2024 年 8 月 28 日"}}, is(period, usage.String())},
		{"specialties on one line", []string{"specialty", "specialty2"}, []item{{"", 174, 445, 9, "建筑工程（有效期：2023-1-6至2026-1-5）、市政公用工程（有效期：2023-2-7至2026-2-6）"}}, is(specs, both)},
		{"specialties parted by space", []string{"specialty", "specialty2"}, []item{{"", 174, 445, 9, "建筑（有效期：2023-1-6至2026-1-5）  市政（有效期：2023-2-7至2026-2-6）"}}, is(specs, both)},
		{"specialty cut by the line's end", []string{"specialty2"}, []item{{"", 174, 469, 14, "市政公用"}, {"", 174, 488, 14, "工程（有效期：2023年2月7日至2026年"}, {"", 174, 507, 14, "2月6日）"}}, is(specs, both)},
		{"validity under the name", []string{"specialty2"}, []item{{"", 174, 469, 14, "市政公用工程"}, {"", 174, 488, 14, "（有效期：2023-02-07至2026-02-06）"}}, is(specs, both)},
		{"validity without brackets", []string{"specialty2"}, []item{{"", 174, 469, 14, "市政公用工程 有效期：2023-02-07至2026-02-06"}}, is(specs, both)},
		{"validity without the word", []string{"specialty2"}, []item{{"", 174, 469, 14, "市政公用工程(2023.2.7-2026.2.6)"}}, is(specs, both)},
		{"periods without brackets", []string{"specialty", "specialty2"}, []item{{"", 174, 445, 14, "建筑工程 有效期：2023-1-6 至2026-1-5"}, {"", 174, 469, 14, "市政公用工程 有效期： 2023-2-7 至 2026-2-6"}}, is(specs, both)},
		{"only an end", []string{"specialty2"}, []item{{"", 174, 469, 14, "市政公用工程（有效期至：2026-02-06）"}}, is(specs, "建筑工程 2023-01-06/2026-01-05;市政公用工程 ../2026-02-06")},
		{"title on two lines", []string{"title"}, []item{{"", 210, 140, 22, "中华人民共和国"}, {"", 190, 168, 22, "一级建造师注册证书"}}, is(func(c *Certificate) string { return c.Title }, "中华人民共和国一级建造师注册证书")},
		{"title cut before 注册证书", []string{"title"}, []item{{"", 160, 140, 22, "中华人民共和国一级建造师"}, {"", 245, 168, 22, "注册证书"}}, is(func(c *Certificate) string { return string(c.Kind) }, string(Constructor1))},
		{"signed by hand in print", []string{"signdate"}, []item{{"", 160, 760, 12, "签名日期：2024年3月2日"}}, is(func(c *Certificate) string { return c.SignDate.String() }, "2024-03-02")},
		{"e-certificate identifier", nil, []item{{"", 80, 690, 8, "证照标识：1.2.156.3005.2.11100000000013338W001.11430000006122244L.20230000403.001.U"}}, is(func(c *Certificate) string { return c.EcertID }, "1.2.156.3005.2.11100000000013338W001.11430000006122244L.20230000403.001.U")},
		{"identifier without a label", nil, []item{{"", 80, 690, 8, "11100000000013338W001.11430000006122244L.20230000403.001.U"}}, is(func(c *Certificate) string { return c.EcertID }, "11100000000013338W001.11430000006122244L.20230000403.001.U")},
	} {
		t.Run(c.name, func(t *testing.T) {
			leave := map[string]string{}
			for _, k := range c.drop {
				leave[k] = ""
			}
			for _, tight := range []bool{false, true} {
				s := newSheet()
				s.tight = tight
				r := Read(s.draw(append(with(constructorFace(), leave), c.add...)).texts(), tab)
				c.check(t, r)
				if r.Certificate.Number != good.Number || r.Certificate.IssueDate != good.IssueDate || r.Certificate.Birth != good.Birth {
					t.Errorf("other fields were disturbed: %+v", r.Certificate)
				}
			}
		})
	}
}

// TestFaults changes one thing of a good face to something wrong: it must be named, and the value left empty.
func TestFaults(t *testing.T) {
	tab := tables(t)
	for _, c := range []struct {
		name        string
		face        []item
		change      map[string]string
		add         []item
		code, field string
		empty       func(c *Certificate) bool
	}{
		{"30 February", constructorFace(), map[string]string{"birth": "1990-02-30"}, nil, BadDate, "birth", func(c *Certificate) bool { return c.Birth.IsZero() }},
		{"bad day in the period", constructorFace(), map[string]string{"usage": "使用有效期：2024-02-30-2024-08-28"}, nil, BadDate, "usage", func(c *Certificate) bool { return c.Usage.IsZero() }},
		{"reversed period", constructorFace(), map[string]string{"usage": "使用有效期：2024-08-28至2024-03-01"}, nil, BadPeriod, "usage", func(c *Certificate) bool { return c.Usage.IsZero() }},
		{"one date", constructorFace(), map[string]string{"usage": "使用有效期：2024-08-28"}, nil, BadPeriod, "usage", func(c *Certificate) bool { return c.Usage.IsZero() }},
		{"no value", constructorFace(), map[string]string{"usage": "使用有效期："}, nil, MissingValue, "usage", func(c *Certificate) bool { return c.Usage.IsZero() }},
		{"no label", constructorFace(), map[string]string{"usage": ""}, nil, MissingLabel, "usage", func(c *Certificate) bool { return c.Usage.IsZero() }},
		{"no signature label", constructorFace(), map[string]string{"sign": ""}, nil, MissingLabel, "signature", func(c *Certificate) bool { return c.SignatureBox.IsZero() }},
		{"two periods", constructorFace(), nil, []item{{"", 60, 90, 10.5, "使用有效期：2024年3月1日-2025年8月28日"}}, Ambiguous, "usage", func(c *Certificate) bool { return c.Usage.IsZero() }},
		{"two names", constructorFace(), nil, []item{{"", 60, 700, 8, "姓名：样例丁"}}, Ambiguous, "name", func(c *Certificate) bool { return c.Name == "" }},
		{"a date cut by the line's end", constructorFace(), map[string]string{"usage": "使用有效期：2024-3-1至2024-8-2"}, []item{{"", 393, 124, 10.5, "8"}}, Ambiguous, "usage", func(c *Certificate) bool { return c.Usage.IsZero() }},
		{"another date on top", constructorFace(), nil, []item{{"", 393, 110, 10.5, "2025年3月1日-2025年8月28日"}}, Overprinted, "usage", func(c *Certificate) bool { return c.Usage.IsZero() }},
		{"replacement character", constructorFace(), map[string]string{"name": "样\ufffd甲"}, nil, UnmappedText, "name", func(c *Certificate) bool { return c.Name == "" }},
		{"private-use digit", constructorFace(), map[string]string{"number": "京111201520160000\ue001"}, nil, UnmappedText, "number", func(c *Certificate) bool { return c.Number == "" }},
		{"private-use name is kept", constructorFace(), map[string]string{"name": "样\ue001甲"}, nil, UnmappedText, "name", func(c *Certificate) bool { return c.Name == "样\ue001甲" }},
		{"short number", constructorFace(), map[string]string{"number": "京111201520160001"}, nil, BadNumber, "number", func(c *Certificate) bool { return c.Number == "京111201520160001" }},
		{"second-class number", constructorFace(), map[string]string{"number": "京2112015201600001"}, nil, LevelMismatch, "number", func(c *Certificate) bool { return c.Number != "" }},
		{"unknown specialty", constructorFace(), map[string]string{"specialty": "样例工程（有效期：2023-1-6至2026-1-5）"}, nil, UnknownSpecialty, "specialty", func(c *Certificate) bool { return c.Specialties[0].Name == "样例工程" }},
		{"specialty with a bad date", constructorFace(), map[string]string{"specialty": "建筑工程（有效期：2023-1-6至2026-2-30）"}, nil, BadDate, "specialty", func(c *Certificate) bool { return c.Specialties[0].Valid.IsZero() && len(c.Specialties) == 2 }},
		{"specialty without validity", constructorFace(), map[string]string{"specialty": "建筑工程"}, nil, MissingValue, "specialtyValid", func(c *Certificate) bool { return c.Specialties[0].Valid.IsZero() && len(c.Specialties) == 2 }},
		{"bracket never closed", constructorFace(), map[string]string{"specialty": "建筑工程（有效期：2023-1-6至2026-1-"}, nil, BadDate, "specialty", func(c *Certificate) bool {
			return c.Specialties[0].Valid.IsZero() && len(c.Specialties) == 2 && c.Specialties[1].Valid == span("2023-02-07", "2026-02-06")
		}},
		{"one specialty twice", constructorFace(), map[string]string{"specialty": "市政公用工程（有效期：2023-1-6至2026-1-5）"}, nil, Ambiguous, "specialty", func(c *Certificate) bool { return c.Specialties[0].Valid.IsZero() && len(c.Specialties) == 1 }},
		{"neither man nor woman", constructorFace(), map[string]string{"sex": "田"}, nil, BadSex, "sex", func(c *Certificate) bool { return c.Sex == "" }},
		{"no title", constructorFace(), map[string]string{"title": ""}, nil, NoTitle, "title", func(c *Certificate) bool { return c.Kind == UnknownKind && c.Name == "样例甲" }},
		{"month of issue", constructorFace(), map[string]string{"issue": "签发日期：2024年3月"}, nil, BadDate, "issueDate", func(c *Certificate) bool { return c.IssueDate.IsZero() }},
		{"two identifiers", constructorFace(), nil, []item{{"", 60, 690, 7, "11100000000013338W001.11430000006122244L.20230000403.001.U"}, {"", 60, 700, 7, "11100000000013338W001.11430000006122244L.20230000404.001.U"}}, Ambiguous, "ecertID", func(c *Certificate) bool { return c.EcertID == "" }},
		{"wrong ID number", qualificationFace(), map[string]string{"id": "证件号码：999999199001010017"}, nil, BadID, "idNumber", func(c *Certificate) bool { return c.IDNumber != "" }},
		{"ID of another birthday", qualificationFace(), map[string]string{"birth": "出生年月：1990年02月"}, nil, Contradiction, "birth", func(c *Certificate) bool { return c.Birth == civil.Date{Y: 1990, M: 2} }},
		{"ID of the other sex", qualificationFace(), map[string]string{"sex": "性别：女"}, nil, Contradiction, "sex", func(c *Certificate) bool { return c.Sex == "女" }},
		{"annotation with a bad date", qualificationFace(), map[string]string{"period": "使用期限：2024-01-01至2024-13-31"}, nil, BadDate, "annotation", func(c *Certificate) bool { return c.Annotation.Period.IsZero() && c.Annotation.Scene != "" }},
		{"odd 管理号", qualificationFace(), map[string]string{"number": "管理号：样例001"}, nil, BadNumber, "number", func(c *Certificate) bool { return c.Number == "样例001" }},
		{"architect without validity", architectFace(), map[string]string{"valid": ""}, nil, MissingLabel, "valid", func(c *Certificate) bool { return c.Valid.IsZero() && c.Usage.From.Y == 2024 }},
		{"odd 注册号", architectFace(), map[string]string{"number": "注册号：12;34"}, nil, BadNumber, "number", func(c *Certificate) bool { return c.Number != "" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Read(newSheet().draw(append(with(c.face, c.change), c.add...)).texts(), tab)
			if !r.has(c.code, c.field) {
				t.Errorf("%s %s was not reported: %+v", c.code, c.field, r.Problems)
			}
			if !c.empty(&r.Certificate) {
				t.Errorf("%+v", r.Certificate)
			}
		})
	}
}

func TestKindsAndMedia(t *testing.T) {
	tab := tables(t)
	for title, want := range map[string]Kind{
		"中华人民共和国一级建造师注册证书": Constructor1, "一级建造师注册证书": Constructor1, "一 级 建 造 师 注 册 证 书": Constructor1, "一级建造师电子注册证书": Constructor1,
		"一级建造师注册证书（电子证书）": Constructor1, "一级建造师注册证书使用件": Constructor1, "中华人民共和国二级建造师注册证书": Constructor2,
		"一级建造师临时执业证书": ConstructorTemp, "中华人民共和国一级注册建筑师注册证书": Architect1, "二级注册建筑师注册证书": Architect2,
		"专业技术人员职业资格证书": Qualification, "一级建造师职业资格证书": Qualification, "中华人民共和国一级造价工程师职业资格证书": Qualification,
		"建筑施工企业安全生产考核合格证书": OtherCertificate, "特种作业操作资格证书": OtherCertificate, "一级造价工程师注册证书": OtherCertificate, "营业执照": OtherCertificate,
		"中华人民共和国一级注册结构工程师注册证书": OtherCertificate, "建造师注册证书": OtherCertificate, "一级建造帅注册证书": UnknownKind, "关于一级建造师注册证书的通知": UnknownKind,
	} {
		r := Read(newSheet().draw(with(constructorFace(), map[string]string{"title": title})).texts(), tab)
		if r.Certificate.Kind != want {
			t.Errorf("%s: %s, not %s", title, r.Certificate.Kind, want)
		}
	}
	paper := with(constructorFace(), map[string]string{"usage": "", "number": "京111050700001", "qr": "", "issue": "发证日期：2012年3月1日", "url": "证书编号：样00001"})
	r := Read(newSheet().draw(paper).texts(), tab)
	if r.Certificate.Medium != Paper || r.Certificate.Number != "京111050700001" || r.Certificate.Name != "样例甲" {
		t.Errorf("paper: %+v", r.Certificate)
	}
	bare := with(qualificationFace(), map[string]string{"scene": "", "period": ""})
	if r := Read(newSheet().draw(bare).texts(), tab); r.Certificate.Medium != UnknownMedium || r.Certificate.Annotation != nil {
		t.Errorf("qualification without annotation: %+v", r.Certificate)
	}
}

func TestAnnotationInSentence(t *testing.T) {
	face := with(qualificationFace(), map[string]string{"period": "", "scene": "本电子证书加注使用场景为本人调用，有效期为2024年1月1日至2024年3月31日。"})
	r := Read(newSheet().draw(face).texts(), tables(t))
	a := r.Certificate.Annotation
	if a == nil || a.Scene != "本人调用" || a.Period != span("2024-01-01", "2024-03-31") || len(r.Problems) != 0 {
		t.Errorf("%+v %+v", a, r.Problems)
	}
	face = with(face, map[string]string{"scene": "本电子证书加注使用场景为本人调用，有效期为2024年1月1日至2024年2月31日。"})
	if r := Read(newSheet().draw(face).texts(), tables(t)); r.Certificate.Annotation != nil || !r.has(BadPeriod, "annotation") {
		t.Errorf("%+v %+v", r.Certificate.Annotation, r.Problems)
	}
}

func TestOCR(t *testing.T) {
	tab := tables(t)
	r := Read(newSheet().draw(with(constructorFace(), map[string]string{
		"title": "中华人民共和国一级建造帅注册证书", "employer.l": "聘用企亚：", "usage": "使用有效期：2024.3.1一2024.8.28",
	})).confidence(0.93).texts(), tab)
	c := r.Certificate
	if r.Source != SourceOCR || c.Kind != Constructor1 || c.Employer != "样例第一建设工程（集团）有限公司" || c.Usage.String() != "2024-03-01/2024-08-28" {
		t.Errorf("%s %+v %+v", r.Source, c, r.Problems)
	}
	for _, f := range r.Fields {
		if f.Confidence != 0.93 {
			t.Errorf("%s has the confidence %v", f.Name, f.Confidence)
		}
	}
	// Which class it is was not read: 一 and 二 are as near to what stands there.
	r = Read(newSheet().draw(with(constructorFace(), map[string]string{"title": "中华人民共和国亍级建造师注册证书"})).confidence(0.9).texts(), tab)
	if r.Certificate.Kind != UnknownKind || !r.has(Ambiguous, "title") {
		t.Errorf("%s %+v", r.Certificate.Kind, r.Problems)
	}
	// A PDF's own text is not read so freely.
	r = Read(newSheet().draw(with(constructorFace(), map[string]string{"title": "中华人民共和国一级建造帅注册证书"})).texts(), tab)
	if r.Certificate.Kind != UnknownKind {
		t.Errorf("%s", r.Certificate.Kind)
	}
	skewed := newSheet()
	for _, it := range constructorFace() { // two degrees off, as a scan may be before it is set straight
		skewed.slanted(it.x, it.y-it.x*math.Tan(2*math.Pi/180), it.size, 2, it.s)
	}
	want := Read(newSheet().draw(constructorFace()).texts(), tab).Certificate
	got := Read(skewed.confidence(0.9).texts(), tab).Certificate
	if got.Name != want.Name || got.Usage != want.Usage || got.Employer != want.Employer || len(got.Specialties) != 2 || got.Number != want.Number || got.Birth != want.Birth {
		t.Errorf("skewed: %+v", got)
	}
}

// TestMisreadLabels: what a label nearly says counts where the form of its value bears it out, and where no other label is as near.
func TestMisreadLabels(t *testing.T) {
	tab := tables(t)
	for text, want := range map[string]string{
		"使用有政期：2024-03-01至2024-08-28": "2024-03-01/2024-08-28",
		"使用有政期2024年3月1日-2024年8月28日":   "2024-03-01/2024-08-28", // the colon lost too
		"使用有效：2024-03-01至2024-08-28":  "2024-03-01/2024-08-28",
		"便用有效：2024-03-01至2024-08-28":  "2024-03-01/2024-08-28", // two off, before a colon and a digit
		"便用有效2024-03-01至2024-08-28":   "",
		"注用有效期：2024-03-01至2024-08-28": "", // no nearer to 使用有效期 than to 注册有效期
		"使用条件：2024-03-01至2024-08-28":  "",
	} {
		r := Read(newSheet().draw(with(constructorFace(), map[string]string{"usage": text})).confidence(0.93).texts(), tab)
		if got := r.Certificate.Usage.String(); got != want {
			t.Errorf("%s: %q, not %q; %+v", text, got, want, r.Problems)
		}
	}
}

// TestFormCharacters: 日 under a seal that could hardly be read costs no date, a digit does.
func TestFormCharacters(t *testing.T) {
	for _, c := range []struct {
		doubted rune
		typ     fieldType
		want    float64
	}{
		{'日', typeDate, 0.98},
		{'至', typePeriod, 0.98},
		{'期', typeSpecialties, 0.98},
		{'8', typeDate, 0.3},
		{'8', typePeriod, 0.3},
		{'建', typeSpecialties, 0.3},
		{'日', typeText, 0.3},
	} {
		v := value{label: &label{row: &fieldRow{Type: c.typ}}, rows: [][]glyph{nil}}
		for _, r := range "建筑工程(有效期2020年12月28日至2023年8月1日)" {
			g := glyph{r: r, conf: 0.98}
			if r == c.doubted {
				g.conf = 0.3
			}
			v.rows[0] = append(v.rows[0], g)
		}
		if got := v.confidence(); got != c.want {
			t.Errorf("%c doubted in a %s: %v, want %v", c.doubted, c.typ, got, c.want)
		}
	}
}

// TestUnreadLabel: two dates over the title behind a label that could hardly be read are the period of use, unsurely; behind words
// that were read well they are what the words say.
func TestUnreadLabel(t *testing.T) {
	tab := tables(t)
	for _, c := range []struct {
		text string
		conf float64
		want string
	}{
		{"便用年载动2024年08月29日-2025年01月18日", 0.7, "2024-08-29/2025-01-18"},
		{"便用年载动2024年08月29日-2025年01月18日", 0.93, ""},
		{"打印年载动2024年08月29日-2025年01月18日", 0.7, ""}, // nothing of the label
		{"便用年载动2024年08月29日", 0.7, ""},
		{"便用年载动2025年01月18日-2024年08月29日", 0.7, ""},
	} {
		r := Read(newSheet().draw(with(constructorFace(), map[string]string{"usage": c.text})).confidence(c.conf).texts(), tab)
		if got := r.Certificate.Usage.String(); got != c.want {
			t.Errorf("%s at %v: %q, not %q; %+v", c.text, c.conf, got, c.want, r.Problems)
		}
		for _, f := range r.Fields {
			if f.Name == "usage" && f.Value != "" && f.Confidence > poorCeiling {
				t.Errorf("%s: %v", c.text, f.Confidence)
			}
		}
	}
}

func TestFonts(t *testing.T) {
	tab := tables(t)
	s := newSheet().draw(constructorFace())
	s.text.Fonts[0].Embedded = false
	r := Read(s.texts(), tab)
	if r.Certificate.Name != "样例甲" || !slices.Contains(r.Problems, Problem{Code: NotEmbedded, Detail: "SimSun"}) {
		t.Errorf("font not embedded: %+v %+v", r.Certificate, r.Problems)
	}
	s = newSheet()
	s.text.Fonts = append(s.text.Fonts, page.Font{Name: "ABCDEF+X", Embedded: true})
	for _, it := range constructorFace() {
		s.font = 0
		if it.key == "number" {
			s.font = 1
		}
		s.at(it.x, it.y, it.size, it.s)
	}
	r = Read(s.texts(), tab)
	if r.Certificate.Number != "" || r.Certificate.Name != "样例甲" || r.Source != SourceText || !r.has(UnmappedText, "number") || !slices.Contains(r.Problems, Problem{Code: NoToUnicode, Detail: "ABCDEF+X"}) {
		t.Errorf("font without a map: %+v %+v", r.Certificate, r.Problems)
	}
	s = newSheet().draw(constructorFace())
	s.text.Fonts[0].ToUnicode = false
	if r = Read(s.texts(), tab); r.Source != SourceNone || r.Certificate.Kind != UnknownKind || r.Certificate.Name != "" || !r.has(UnmappedText, "") {
		t.Errorf("nothing mapped: %s %+v %+v", r.Source, r.Certificate, r.Problems)
	}
	if r = Read(nil, tab); r.Source != SourceNone || !r.has(NoCertificate, "") {
		t.Errorf("no pages: %+v", r)
	}
	if r = Read([]page.Text{{Width: 100, Height: 100}}, tab); r.Source != SourceNone || !r.has(NoCertificate, "") {
		t.Errorf("empty page: %+v", r)
	}
}

func TestPages(t *testing.T) {
	tab := tables(t)
	body := newSheet().at(60, 80, 14, "投标文件").at(60, 120, 10, "项目经理须持有一级建造师注册证书，姓名、性别、注册编号、聘用企业应与投标人一致。").at(60, 160, 14, "一级建造师注册证书")
	if r := Read(body.texts(), tab); !r.has(MissingLabel, "name") || r.Certificate.Name != "" {
		t.Errorf("a page that names a certificate: %+v", r)
	}
	if all := ReadAll(body.texts(), tab); len(all) != 0 {
		t.Errorf("a page that names a certificate was read as one: %+v", all[0])
	}
	a, b := newSheet().draw(constructorFace()), newSheet().draw(qualificationFace())
	a.text.Index, b.text.Index = 1, 2
	pages := []page.Text{body.text, a.text, b.text}
	if r := Read(pages[:2], tab); r.Page != 1 || r.Certificate.Kind != Constructor1 {
		t.Errorf("page %d, %s", r.Page, r.Certificate.Kind)
	}
	all := ReadAll(pages, tab)
	if len(all) != 2 || all[0].Page != 1 || all[1].Page != 2 || all[1].Certificate.Kind != Qualification {
		t.Fatalf("%d certificates", len(all))
	}
	shrink := func(s *sheet, face []item, k, dx, dy float64) {
		for _, it := range face {
			s.at(it.x*k+dx, it.y*k+dy, it.size*k, it.s)
		}
	}
	other := with(constructorFace(), map[string]string{"name": "样例戊", "number": "沪1312015201600002", "usage": "使用有效期：2024.4.1-2024.9.28"})
	for name, place := range map[string][2]float64{"stacked": {0, 420}, "side by side": {300, 0}} {
		s := newSheet()
		shrink(s, constructorFace(), 0.5, 0, 0)
		shrink(s, other, 0.5, place[0], place[1])
		all := ReadAll(s.texts(), tab)
		if len(all) != 2 {
			t.Errorf("%s: %d certificates", name, len(all))
			continue
		}
		x, y := all[0].Certificate, all[1].Certificate
		if x.Name != "样例甲" || y.Name != "样例戊" || x.Usage.From.M != 3 || y.Usage.From.M != 4 || y.Number != "沪1312015201600002" || len(x.Specialties) != 2 || len(y.Specialties) != 2 {
			t.Errorf("%s: %+v\n%+v\n%+v", name, x, y, append(all[0].Problems, all[1].Problems...))
		}
	}
}

// TestTurnedPages reads a face that stands on its side or head, and finds the places where they are shown.
func TestTurnedPages(t *testing.T) {
	tab := tables(t)
	s := newSheet().draw(constructorFace()).slanted(80, 700, 60, 50, "样例 SPECIMEN")
	want := Read(s.texts(), tab)
	w, h := s.text.Width, s.text.Height
	for q := turn(1); q <= 3; q++ {
		text := s.text
		text.Chars = slices.Clone(text.Chars)
		for i := range text.Chars {
			text.Chars[i].Box = q.shown(text.Chars[i].Box, w, h)
		}
		if q != 2 {
			text.Width, text.Height = h, w
			for i := range text.Chars { // shown wants the size of the page as shown
				text.Chars[i].Box = q.shown(s.text.Chars[i].Box, h, w)
			}
		}
		r := Read([]page.Text{text}, tab)
		if r.Certificate.Name != want.Certificate.Name || r.Certificate.Usage != want.Certificate.Usage || len(r.Certificate.Specialties) != 2 || len(r.Problems) != 0 {
			t.Errorf("%d quarter turns: %+v %+v", q, r.Certificate, r.Problems)
			continue
		}
		near := func(a, b page.Box) bool {
			return math.Abs(a.X0-b.X0)+math.Abs(a.Y0-b.Y0)+math.Abs(a.X1-b.X1)+math.Abs(a.Y1-b.Y1) < 1e-6
		}
		for i, f := range r.Fields {
			if b := q.shown(want.Fields[i].Box, text.Width, text.Height); !near(f.Box, b) {
				t.Errorf("%d quarter turns: %s is at %v, not %v", q, f.Name, f.Box, b)
			}
		}
		for i := range text.Chars {
			if b := text.Chars[i].Box.Turned(int(q), text.Width, text.Height); !near(b, s.text.Chars[i].Box) {
				t.Fatalf("%d quarter turns are not undone: %v, %v", q, b, s.text.Chars[i].Box)
			}
		}
	}
}

func TestHostilePages(t *testing.T) {
	tab := tables(t)
	nan := math.NaN()
	s := newSheet().draw(constructorFace())
	for i := range s.text.Chars {
		switch i % 5 {
		case 0:
			s.text.Chars[i].Box.X0 = nan
		case 1:
			s.text.Chars[i].Size = math.Inf(1)
		case 2:
			s.text.Chars[i].Box = page.Box{}
		case 3:
			s.text.Chars[i].Font = 99
		}
	}
	Read(s.texts(), tab)
	heap := newSheet()
	for range 3 * maxChars {
		heap.at(100, 100, 12, "姓")
	}
	if r := Read(heap.texts(), tab); !r.has(TooMuchText, "") {
		t.Errorf("%+v", r.Problems)
	}
	labels := newSheet()
	for i := range maxChars / 5 {
		labels.at(float64(i%50)*60, float64(i/50)*12, 10, "姓名：一")
	}
	Read(labels.texts(), tab)
}

func FuzzRead(f *testing.F) {
	tab := tables(f)
	for _, face := range [][]item{constructorFace(), architectFace(), qualificationFace()} {
		var b strings.Builder
		for _, it := range face {
			b.WriteString(it.s + "\n")
		}
		f.Add(b.String(), uint8(12), uint8(20), int16(100))
	}
	f.Add("姓名：样例\n一级建造师注册证书\n", uint8(14), uint8(3), int16(-20))
	f.Fuzz(func(t *testing.T, text string, size, gap uint8, x int16) {
		if len(text) > 4000 {
			return
		}
		s := newSheet()
		for i, l := range strings.Split(text, "\n") {
			s.at(float64(x)+float64(i%7)*float64(gap), float64(i)*float64(gap), float64(size), l)
		}
		all := append(ReadAll(s.texts(), tab), Read(s.texts(), tab))
		s.confidence(1 - float64(gap)/255) // the same off a picture
		for _, r := range append(append(all, ReadAll(s.texts(), tab)...), Read(s.texts(), tab)) {
			c := r.Certificate
			if c.Usage.To.Before(c.Usage.From) || strings.ContainsRune(c.Name, '\ufffd') {
				t.Fatalf("%+v", c)
			}
			for _, f := range r.Fields {
				if !(f.Confidence >= 0 && f.Confidence <= 1) {
					t.Fatalf("%+v", f)
				}
			}
		}
	})
}

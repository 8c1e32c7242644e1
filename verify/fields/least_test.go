package fields

import (
	"testing"

	"zhengyan/verify/page"
)

// TestLeastConfidence: what was hardly read is left empty, and said, whatever finds it.
func TestLeastConfidence(t *testing.T) {
	const id = "1.2.156.3005.2.11100000MB0143028R009.11100000000013338W.20240301000001.001.M"
	byTitle := with(qualificationFace(), map[string]string{"body2": "一组织的考试。"})
	sentence := with(qualificationFace(), map[string]string{"period": ""})
	for _, c := range []struct {
		face             []item
		key, text, field string
		want             func(*Certificate) string
	}{
		{constructorFace(), "issuer", "中华人民共和国住房和城乡建设部", "issuer", func(c *Certificate) string { return c.Issuer }},
		{constructorFace(), "qr", id, "ecertID", func(c *Certificate) string { return c.EcertID }},
		{qualificationFace(), "body2", "一组织的考试，取得二级建造师职业资格。", "qualificationName", func(c *Certificate) string { return c.QualName }},
		{byTitle, "title", "一级建造师职业资格证书", "qualificationName", func(c *Certificate) string { return c.QualName }},
		{qualificationFace(), "body1", "本证书由中华人民共和国人力资源和社会保障部批准颁发，它表明持证人通过国家统", "issuer", func(c *Certificate) string { return c.Issuer }},
		{sentence, "scene", "本电子证书加注使用场景为本人调用，有效期为2024年1月1日至2024年3月31日。", "annotation", func(c *Certificate) string {
			if c.Annotation == nil {
				return ""
			}
			return c.Annotation.Scene
		}},
		{byTitle, "title", "一级建造师职业资格证书", "title", func(c *Certificate) string { return c.Title }},
		{constructorFace(), "title", "一级造价工程师注册证书", "title", func(c *Certificate) string { return c.Title }},
	} {
		for _, conf := range []float64{0.97, 0.6, 0.2} {
			r := pictureOf(t, c.face, c.key, c.text, conf)
			got, f := c.want(&r.Certificate), fieldOf(r, c.field)
			if (got != "") != (conf >= leastConfidence) || (f.Value != "") != (got != "") || f.Value != "" && f.Confidence > conf {
				t.Errorf("%s at %.2f: %q; %+v; %+v", c.field, conf, got, f, r.Problems)
			}
			if named := r.has(Unclear, c.field) || r.has(Ambiguous, c.field) || r.has(Unclear, "title"); named != (got == "") {
				t.Errorf("%s at %.2f: said %v: %+v", c.field, conf, named, r.Problems)
			}
		}
	}
}

// TestHardlyReadTitle: the kind is left open where the character that tells it was hardly read, and told by the others where
// another was.
func TestHardlyReadTitle(t *testing.T) {
	second := with(constructorFace(), map[string]string{"number": "京2112015201600001"})
	for _, c := range []struct {
		title string
		face  []item
		poor  rune
		want  Kind
	}{
		{"中华人民共和国一级建造师注册证书", constructorFace(), '一', UnknownKind},
		{"中华人民共和国二级建造师注册证书", constructorFace(), '二', UnknownKind},
		{"中华人民共和国一级建造师注册证书", second, '一', Constructor2},
		{"中华人民共和国二级建造师注册证书", second, '二', Constructor2},
		{"中华人民共和国一级建造师注册证书", constructorFace(), '建', Constructor1},
		{"中华人民共和国一级建造师注册证书", constructorFace(), '华', Constructor1},
		{"一级建造帅注册证书", constructorFace(), '一', UnknownKind},
		{"一级建造帅注册证书", constructorFace(), '帅', Constructor1},
		{"一级注册建筑师注册证书", architectFace(), '一', UnknownKind},
		{"一级注册建筑师注册证书", architectFace(), '筑', Architect1},
		{"一级建造师临时执业证书", constructorFace(), '时', ConstructorTemp},
	} {
		var bs []box
		for _, it := range with(c.face, map[string]string{"title": c.title}) {
			b := boxes([]item{it})[0]
			for k, r := range b.rs {
				if it.key == "title" && r == c.poor {
					b.conf[k] = 0.3
				}
			}
			bs = append(bs, b)
		}
		r := Read([]page.Text{boxText(bs)}, tables(t))
		if r.Certificate.Kind != c.want || (r.Certificate.Title == "") != (c.want == UnknownKind) || r.Certificate.Name == "" {
			t.Errorf("%s, %c: %s, not %s; title %q; %+v", c.title, c.poor, r.Certificate.Kind, c.want, r.Certificate.Title, r.Problems)
		}
		if f := fieldOf(r, "title"); f.Confidence >= surelyRead && c.poor != '华' {
			t.Errorf("%s, %c: sure of it: %v", c.title, c.poor, f.Confidence)
		}
	}
}

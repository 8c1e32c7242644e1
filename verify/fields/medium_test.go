package fields

import (
	"testing"
)

// TestMediumOfAPicture: marks that were not seen make no e-certificate a paper one. A mark of paper does, with its own confidence,
// where it stands as a label of its own and nothing of a period of use was seen.
func TestMediumOfAPicture(t *testing.T) {
	e := map[string]string{"qr": "", "number": "京111050700001"}
	paper := with(constructorFace(), map[string]string{"usage": "", "number": "京111050700001", "qr": "", "url": "证书编号：样00001"})
	for _, c := range []struct {
		name      string
		face      []item
		key, text string
		conf      float64
		want      Medium
		mark      float64 // confidence of the mark of paper, 0 without one
	}{
		{"an old number alone", with(constructorFace(), e), "usage", "", 0, UnknownMedium, 0},
		{"the period's label misread", with(constructorFace(), e), "usage", "使用有效朋：2024年3月1日-2024年8月28日", 0.97, Electronic, 0},
		{"the period's label hardly read", with(constructorFace(), e), "usage", "器：2024年3月1日-2024年8月28日", 0.6, UnknownMedium, 0},
		{"the label is left of the period", paper, "url", "使用有效期", 0.9, Electronic, 0},
		{"an architect's number by its long label", with(architectFace(), map[string]string{"number": "注册证书编号：9999001-001"}), "usage", "", 0, UnknownMedium, 0},
		{"of which the half was not seen", with(architectFace(), map[string]string{"number": "证书编号：9999001-001"}), "usage", "", 0, UnknownMedium, 0},
		{"an architect's long label, the period's misread", with(architectFace(), map[string]string{"number": "注册证书编号：9999001-001"}), "usage", "使用有效朋：2024.3.1-2024.8.28", 0.97, Electronic, 0},
		{"paper", paper, "url", "证书编号：样00001", 0.97, Paper, 0.97},
		{"paper, its mark hardly read", paper, "url", "证书编号：样00001", 0.6, Paper, 0.6},
		{"paper, by its words", paper, "url", "持证人须知：本证书由持证人保管", 0.96, Paper, 0.96},
		{"a mark within words", paper, "url", "请勿加贴防伪贴膜", 0.97, UnknownMedium, 0},
		{"a mark beside a period of use", paper, "issuer", "使用有效朋：2024年3月1日", 0.97, UnknownMedium, 0},
	} {
		r := pictureOf(t, c.face, c.key, c.text, c.conf)
		if r.Certificate.Medium != c.want {
			t.Errorf("%s: %s, not %s; usage %v", c.name, r.Certificate.Medium, c.want, r.Certificate.Usage)
		}
		if f := fieldOf(r, "paperMark"); f.Confidence != c.mark || (c.mark > 0) != !f.Box.IsZero() {
			t.Errorf("%s: the mark is %+v", c.name, f)
		}
	}
	// A file's own text says all that there is.
	for want, face := range map[Medium][]item{
		Paper:         with(paper, map[string]string{"url": ""}),
		UnknownMedium: with(architectFace(), map[string]string{"usage": "", "number": "注册证书编号：9999001-001"}),
	} {
		if r := Read(newSheet().draw(face).texts(), tables(t)); r.Certificate.Medium != want {
			t.Errorf("as text: %s, not %s", r.Certificate.Medium, want)
		}
	}
	limit := with(constructorFace(), map[string]string{"usage": "使用时限：2024年3月1日-2024年8月28日", "number": "京111050700001", "qr": ""})
	if r := Read(newSheet().draw(limit).texts(), tables(t)); r.Certificate.Medium != Electronic {
		t.Errorf("a period of use by its other name: %s", r.Certificate.Medium)
	}
}

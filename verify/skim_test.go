package verify

import (
	"context"
	"image"
	"testing"

	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// skimming reads one face when it reads once, and another when it reads with care.
type skimming struct {
	once, care  page.Text
	skims, read int
}

func (s *skimming) Name() string { return "skimming" }

func (s *skimming) ReadLine(context.Context, image.Image) (fields.Line, error) {
	return fields.Line{}, nil
}

func (s *skimming) ReadPage(context.Context, image.Image, int) (page.Text, error) {
	s.read++
	return s.care, nil
}

func (s *skimming) SkimPage(context.Context, image.Image, int) (page.Text, error) {
	s.skims++
	return s.once, nil
}

// typeset is a page with lines of text, one below the other.
func typeset(lines ...string) page.Text {
	t := page.Text{Width: 595, Height: 842}
	for i, l := range lines {
		x, y, size := 100.0, 100+40*float64(i), 16.0
		for _, r := range l {
			t.Chars = append(t.Chars, page.Char{R: r, Box: page.Box{X0: x, Y0: y, X1: x + size, Y1: y + size}, Size: size, Font: -1})
			t.Confidence = append(t.Confidence, 0.97)
			x += size
		}
	}
	return t
}

// Of a paper that the search took for one that is not judged, one reading is enough, unless that says otherwise.
func TestPapersAsideAreReadOnce(t *testing.T) {
	book, tables := ruleData(t)
	second := typeset("二级建造师注册证书", "姓名：范宁嘉", "注册编号：京2112015201611111")
	first := typeset("一级建造师注册证书", "姓名：范宁嘉", "注册编号：京1112015201611111")
	poor := typeset("二级建造师注册证书", "姓名：范宁嘉", "注册编号：京2112015201611111")
	for i := range poor.Confidence[:9] {
		poor.Confidence[i] = 0.8
	}
	odd := typeset("二级建造师注册证书", "姓名：范宁嘉", "注册编号：京1112015201611111")
	bare := typeset("姓名：范宁嘉", "注册编号：京1112015201611111")
	for _, tt := range []struct {
		about       string
		aside       bool
		once, care  page.Text
		skims, read int
		want        fields.Kind
	}{
		{"a paper that is judged", false, second, first, 0, 1, fields.Constructor1},
		{"one that is not", true, second, first, 1, 0, fields.Constructor2},
		{"one that is, after all", true, first, first, 1, 1, fields.Constructor1},
		{"the title is not read at once", true, bare, first, 1, 1, fields.Constructor1},
		{"the title is read at once unsurely", true, poor, first, 1, 1, fields.Constructor1},
		{"the number is of another class than the title", true, odd, first, 1, 1, fields.Constructor1},
		{"nothing is read at once", true, page.Text{Confidence: []float64{}}, second, 1, 1, fields.Constructor2},
	} {
		r := &skimming{once: tt.once, care: tt.care}
		g := &gathering{v: &Verifier{cfg: Config{Reader: r, Book: book, Tables: tables}}, ctx: t.Context(), other: tt.aside}
		all, err := g.certificatesOn(&flat{img: image.NewRGBA(image.Rect(0, 0, 9, 9))})
		if err != nil || len(all) != 1 || all[0].Certificate.Kind != tt.want || r.skims != tt.skims || r.read != tt.read {
			t.Errorf("%s: %d certificates, %v, skimmed %d times, read %d times", tt.about, len(all), err, r.skims, r.read)
			for _, x := range all {
				t.Log(x.Certificate.Kind, x.Certificate.Title)
			}
		}
	}
}

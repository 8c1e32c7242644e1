package fields_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zhengyan/assets"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
)

// sharedEngine is one engine for all tests: PDFium takes seconds to compile.
var sharedEngine = sync.OnceValues(func() (*document.Engine, error) {
	return document.NewEngine(document.Config{CacheDir: verifytest.PDFiumCache(), Font: assets.Font()})
})

// specimens reads specimen PDFs through the real path: drawn, sealed, opened by PDFium, read.
type specimens struct {
	t      *testing.T
	gen    *verifytest.Generator
	engine *document.Engine
	tables *fields.Tables
}

func newSpecimens(t *testing.T) *specimens {
	t.Helper()
	if assets.Font() == nil {
		t.Skip("this build carries no font to draw specimens with")
	}
	gen, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := sharedEngine()
	if err != nil {
		t.Fatal(err)
	}
	tab, err := fields.LoadTables(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return &specimens{t, gen, engine, tab}
}

func (s *specimens) texts(pdf []byte) []page.Text {
	s.t.Helper()
	doc, err := s.engine.Open(context.Background(), document.SourceBytes("specimen.pdf", pdf))
	if err != nil {
		s.t.Fatal(err)
	}
	defer doc.Close()
	var out []page.Text
	for i := range doc.NumPages() {
		p, err := doc.Text(context.Background(), i)
		if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func (s *specimens) read(spec verifytest.Spec) *fields.Result {
	s.t.Helper()
	pdf, err := s.gen.PDF(spec)
	if err != nil {
		s.t.Fatal(err)
	}
	res := fields.Read(s.texts(pdf), s.tables)
	if dir := os.Getenv("ZHENGYAN_LOOK"); dir != "" {
		b, _ := json.MarshalIndent(res, "", " ")
		name := filepath.Join(dir, spec.ID)
		_ = os.WriteFile(name+".pdf", pdf, 0o644)
		_ = os.WriteFile(name+".json", b, 0o644)
	}
	return res
}

// expect compares what was read with what was drawn.
func expect(t *testing.T, spec verifytest.Spec, res *fields.Result) {
	t.Helper()
	c := res.Certificate
	check := func(name string, got, want any) {
		t.Helper()
		if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
			t.Errorf("%s: %s is %q, not %q", spec.ID, name, g, w)
		}
	}
	check("kind", c.Kind, spec.Kind)
	check("medium", c.Medium, spec.Medium)
	check("name", c.Name, spec.Name)
	check("sex", c.Sex, spec.Sex)
	check("birth", c.Birth, spec.Birth)
	check("idNumber", c.IDNumber, spec.IDNumber)
	check("number", c.Number, spec.Number)
	check("employer", c.Employer, spec.Employer)
	check("valid", c.Valid, spec.Valid)
	check("usage", c.Usage, spec.Usage)
	check("approved", c.Approved, spec.Approved)
	check("issueDate", c.IssueDate, spec.IssueDate)
	check("issuer", c.Issuer, spec.Issuer)
	check("ecertID", c.EcertID, spec.EcertID)
	check("queryURL", c.QueryURL, spec.QueryURL)
	check("qualification", c.QualName, spec.QualName)
	check("specimen", c.Specimen, true)
	switch {
	case spec.Annotation == nil:
		check("annotation", c.Annotation == nil, true)
	case c.Annotation == nil:
		t.Errorf("%s: no annotation was read", spec.ID)
	default:
		check("scene", c.Annotation.Scene, spec.Annotation.Scene)
		check("annotation", c.Annotation.Period, spec.Annotation.Period)
	}
	if spec.Level == "" {
		check("specialties", len(c.Specialties), len(spec.Specialties))
		for i := range min(len(c.Specialties), len(spec.Specialties)) {
			check("specialty", c.Specialties[i].Name, spec.Specialties[i].Name)
			check("specialty valid", c.Specialties[i].Valid, spec.Specialties[i].Valid)
		}
	}
	if spec.Kind != fields.Qualification && spec.Medium == fields.Electronic {
		check("signature label found", c.SignatureLabel.IsZero(), false)
		check("signature box found", c.SignatureBox.IsZero(), false)
	}
}

func TestGoodSpecimens(t *testing.T) {
	s := newSpecimens(t)
	for _, kind := range []fields.Kind{fields.Constructor1, fields.Architect1, fields.Qualification} {
		res := s.read(verifytest.Good(kind))
		expect(t, verifytest.Good(kind), res)
		if len(res.Problems) != 0 {
			t.Errorf("%s: %+v", kind, res.Problems)
		}
	}
}

// TestSpecimenForms reads each face in every date form, label style and way of carrying the font.
func TestSpecimenForms(t *testing.T) {
	s := newSpecimens(t)
	dashes := []string{"-", "—", "–", "～", "至", " - "}
	for _, kind := range []fields.Kind{fields.Constructor1, fields.Architect1, fields.Qualification} {
		for form := verifytest.DateChinese; form <= verifytest.DateWide; form++ {
			spec := verifytest.Good(kind)
			spec.ID = fmt.Sprintf("%s form %d", kind, form)
			spec.Dates, spec.SpecDates, spec.Dash = form, form, dashes[int(form)%len(dashes)]
			spec.LabelStyle = int(form) % 3
			if form == verifytest.DateWide {
				spec.SpecDates = verifytest.DateISO // full-width digits would run off the page
			}
			if form%2 == 1 {
				spec.Font = verifytest.FontSimSun
			}
			if kind == fields.Constructor1 {
				spec.Employer = "样例第一建设工程（集团）股份有限公司及其下属的第二十三分公司样例项目管理中心"
			}
			expect(t, spec, s.read(spec))
		}
	}
}

func TestSpecimenWithoutToUnicode(t *testing.T) {
	s := newSpecimens(t)
	spec := verifytest.Good(fields.Constructor1)
	spec.Font = verifytest.FontNoToUnicode
	res := s.read(spec)
	if res.Source != fields.SourceNone || res.Certificate.Name != "" || res.Certificate.Number != "" || res.Certificate.Kind != fields.UnknownKind {
		t.Errorf("text without a map to Unicode was used: %+v", res.Certificate)
	}
	found := false
	for _, p := range res.Problems {
		found = found || p.Code == fields.NoToUnicode || p.Code == fields.UnmappedText
	}
	if !found {
		t.Errorf("unmapped text was not reported: %+v", res.Problems)
	}
}

// drawn is what the page of a specimen says where that is not what its Spec says.
func drawn(spec verifytest.Spec) verifytest.Spec {
	replace := strings.NewReplacer(spec.NewText[0], spec.NewText[1])
	edit := func(p fields.Period) fields.Period {
		if spec.After != verifytest.AfterInPlace && spec.After != verifytest.AfterContent {
			return p
		}
		form := "%d年%d月%d日"
		if spec.Kind == fields.Qualification {
			form = "%d年%02d月%02d日"
		}
		printed := func(d civil.Date) string { return fmt.Sprintf(form, d.Y, d.M, d.D) }
		q, err := fields.ParsePeriod(replace.Replace(printed(p.From) + "至" + printed(p.To)))
		if err != nil {
			return p
		}
		return q
	}
	spec.Usage = edit(spec.Usage)
	if spec.Annotation != nil {
		a := *spec.Annotation
		a.Period = edit(a.Period)
		spec.Annotation = &a
	}
	if spec.HideUsage || spec.UsageRaw != "" {
		spec.Usage = fields.Period{}
	}
	if spec.Medium == fields.Paper {
		spec.QueryURL = "" // not on the old form
	}
	if spec.Kind == fields.Qualification && spec.Medium == fields.Electronic && spec.Annotation == nil {
		spec.Medium = fields.UnknownMedium // nothing on the face tells the paper from the file
	}
	spec.IDNumber = strings.ToUpper(spec.IDNumber)
	return spec
}

// TestCatalog reads every specimen that carries text, sound or not, and compares each field with what was drawn.
func TestCatalog(t *testing.T) {
	if testing.Short() {
		t.Skip("reads some hundred files")
	}
	s := newSpecimens(t)
	problems := map[string]string{ // by file; all others must give none
		"constructor/odd-number.pdf":           "bad-number number",
		"constructor/level-contradicts.pdf":    "level-mismatch number",
		"constructor/print-simsun.pdf":         "font-not-embedded",
		"constructor/usage-blank.pdf":          "missing-value usage",
		"constructor/usage-impossible-day.pdf": "bad-date usage",
		"qualification/id-check-character.pdf": "bad-id idNumber",
	}
	n := 0
	for _, c := range verifytest.Catalog() {
		spec := c.Spec
		text := spec.Carrier == verifytest.CarrierPDF || spec.Carrier == verifytest.CarrierScanPDF && spec.TextLayer
		if c.Raw != nil || !text || spec.Font == verifytest.FontNoToUnicode {
			continue
		}
		b, err := s.gen.File(c)
		if err != nil {
			t.Fatal(err)
		}
		res := fields.Read(s.texts(b), s.tables)
		n++
		spec = drawn(spec)
		spec.ID = c.File
		expect(t, spec, res)
		var codes []string
		for _, p := range res.Problems {
			codes = append(codes, strings.TrimSpace(p.Code+" "+p.Field))
		}
		if got := strings.Join(codes, ", "); got != problems[c.File] {
			t.Errorf("%s: problems %q, not %q", c.File, got, problems[c.File])
		}
	}
	if n < 100 {
		t.Errorf("only %d specimens carry text", n)
	}
}

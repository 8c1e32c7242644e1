package verify

import (
	"slices"
	"strings"
	"testing"

	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// TestCompare: every fact of the original stands beside the print's. Names off a picture are never different, facts of digits
// are where they were surely read, and a text layer says nothing.
func TestCompare(t *testing.T) {
	book, _ := ruleData(t)
	v := NewJudge(book, "test")
	day := func(s string) civil.Date {
		d, err := civil.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	cert := fields.Certificate{
		Kind: fields.Qualification, Number: "20191100000", Name: "王㐱䶮", Sex: "男", Birth: day("1990-01-01"), IDNumber: "999999199001010016",
		Employer: "彧犇工程公司", QualName: "一级建造师", Approved: day("2019-11-24"), IssueDate: day("2020-01-02"), Issuer: "样例部",
		Annotation: &fields.Annotation{Period: fields.Period{From: day("2026-01-01"), To: day("2026-03-31")}},
	}
	other := cert
	other.Number, other.Name, other.Sex, other.Birth, other.IDNumber = "20191100001", "王参龚", "女", day("1985-03-17"), "999999198503170024"
	other.Employer, other.QualName, other.Approved, other.IssueDate, other.Issuer = "或奔工程公司", "二级建造师", day("2019-11-25"), day("2020-01-03"), "范例部"
	other.Annotation = &fields.Annotation{Period: fields.Period{From: day("2026-01-01"), To: day("2026-04-30")}}
	names := []string{"number", "name", "sex", "birth", "idNumber", "employer", "qualificationName", "approved", "issueDate", "issuer", "annotation"}
	read := func(c fields.Certificate, source fields.Source, conf float64) *Evidence {
		r := &fields.Result{Source: source, Certificate: c}
		for _, n := range names {
			r.Fields = append(r.Fields, fields.Field{Name: n, Value: "x", Confidence: conf})
		}
		return &Evidence{Fields: r}
	}
	original := read(cert, fields.SourceText, 1)
	for _, c := range []struct {
		about string
		print *Evidence
		want  func(name string) rules.ComparedState
	}{
		{"the same", read(cert, fields.SourceOCR, 0.6), func(string) rules.ComparedState { return rules.ComparedEqual }},
		{"another, surely read", read(other, fields.SourceOCR, 0.96), func(name string) rules.ComparedState {
			switch name {
			case "name", "employer", "qualificationName", "issuer":
				return rules.ComparedNotReadable
			}
			return rules.ComparedDifferent
		}},
		{"another, not surely read", read(other, fields.SourceOCR, 0.94), func(string) rules.ComparedState { return rules.ComparedNotReadable }},
		{"the same, by a text layer", read(cert, fields.SourceText, 1), func(string) rules.ComparedState { return rules.ComparedNotReadable }},
		{"nothing", &Evidence{}, func(string) rules.ComparedState { return rules.ComparedNotReadable }},
	} {
		got := map[string]rules.ComparedState{}
		for _, x := range v.compare(original, c.print) {
			got[x.Field] = x.State
			if x.Field == "idNumber" && (x.Original != "999999**********16" || x.Print != "" && strings.Trim(x.Print[6:len(x.Print)-2], "*") != "") {
				t.Errorf("%s: identity numbers %s, %s", c.about, x.Original, x.Print)
			}
		}
		for _, n := range names {
			if got[n] != c.want(n) {
				t.Errorf("%s: %s is %q, not %q", c.about, n, got[n], c.want(n))
			}
		}
		if len(got) != len(names) {
			t.Errorf("%s: %d facts: %v", c.about, len(got), got)
		}
	}
}

// TestPeriodOfThePrintAlone: a period that only the print states is another copy's, however it was read.
func TestPeriodOfThePrintAlone(t *testing.T) {
	book, _ := ruleData(t)
	v := NewJudge(book, "test")
	span := fields.Period{From: civil.Date{Y: 2022, M: 1, D: 1}, To: civil.Date{Y: 2022, M: 3, D: 31}}
	original := &Evidence{Fields: &fields.Result{Source: fields.SourceText, Certificate: fields.Certificate{Kind: fields.Qualification, Number: "1"}}}
	for name, set := range map[string]func(*fields.Certificate){
		"":           func(*fields.Certificate) {},
		"annotation": func(c *fields.Certificate) { c.Annotation = &fields.Annotation{Period: span} },
		"usage":      func(c *fields.Certificate) { c.Usage = span },
		"valid":      func(c *fields.Certificate) { c.Valid = span },
	} {
		for _, conf := range []float64{0.6, 0.99} {
			c := original.Fields.Certificate
			set(&c)
			print := &Evidence{Fields: &fields.Result{Source: fields.SourceOCR, Certificate: c, Fields: []fields.Field{
				{Name: "number", Confidence: 0.99}, {Name: name, Confidence: conf},
			}}}
			p := &Print{Compared: v.compare(original, print)}
			if k := slices.IndexFunc(p.Compared, func(x rules.Compared) bool { return x.Field == name }); (k < 0) != (name == "") {
				t.Errorf("%q: %+v", name, p.Compared)
			} else if k >= 0 && (p.Compared[k].State == rules.ComparedDifferent) != (conf > 0.9) {
				t.Errorf("%s at %v: %s", name, conf, p.Compared[k].State)
			}
			if p.OneCopy() != (name == "" || name == "valid") {
				t.Errorf("%q at %v: one copy %v", name, conf, p.OneCopy())
			}
		}
	}
}

// TestPartly: of the middle of an identity number no more is shown than a misread digit or two; the numbers of two people, and a
// number that was misread as a whole, are masked.
func TestPartly(t *testing.T) {
	const id = "110101199003071234"
	for _, c := range []struct{ about, other, shown, otherShown string }{
		{"the same", id, "110101**********34", "110101**********34"},
		{"one digit", "110101199003081234", "110101*******7**34", "110101*******8**34"},
		{"a digit and the last", "110101199003081235", "110101*******7**34", "110101*******8**35"},
		{"two digits", "110101199803081234", "110101***0***7**34", "110101***8***8**34"},
		{"three digits", "110101198803081234", "110101**********34", "110101**********34"},
		{"another person's", "110101198512295317", "110101**********34", "110101**********17"},
		{"another length", "11010119900307123", "110101**********34", "110101*********23"},
		{"not read", "", "110101**********34", ""},
	} {
		if x, y := partly(id, c.other), partly(c.other, id); x != c.shown || y != c.otherShown {
			t.Errorf("%s: %s, %s, not %s, %s", c.about, x, y, c.shown, c.otherShown)
		}
	}
}

// TestPrintSheetNotes: what is to be known of the sheet in a print's photo is said of the pair as it is of the photo alone.
func TestPrintSheetNotes(t *testing.T) {
	book, _ := ruleData(t)
	v := NewJudge(book, "test")
	for _, n := range []sheet.Note{sheet.CutOff, sheet.Curled, sheet.Screen, sheet.TooSmall, sheet.ByHand} {
		photo := &Picture{Sheet: &sheet.Sheet{Score: 0.9, Notes: []sheet.Note{n}}}
		for about, ev := range map[string]*Evidence{
			"alone": {Input: document.Info{Kind: document.InputPhoto}, Picture: photo},
			"pair":  {Input: document.Info{Kind: document.InputOriginal}, Print: &Print{Picture: photo}},
		} {
			said := slices.ContainsFunc(v.Judge(ev, Question{}).Checks, func(c Check) bool { return c.Rule == "F-08" && c.Status == Inconclusive })
			if said != (n != sheet.ByHand) {
				t.Errorf("%s, %s: said %v", n, about, said)
			}
		}
	}
}

package verify

import (
	"strings"
	"testing"

	"zhengyan/assets"
	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// TestCompare: every fact of the original stands beside the print's. Names off a picture are never different, facts of digits
// are where they were surely read, and a text layer says nothing.
func TestCompare(t *testing.T) {
	book, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
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
	other.Number, other.Name, other.Sex, other.Birth, other.IDNumber = "20191100001", "王参龚", "女", day("1990-01-02"), "999999199001020024"
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
			if x.Field == "idNumber" && (strings.Contains(x.Original+x.Print, "1990") || x.State == rules.ComparedDifferent && x.Original == x.Print) {
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

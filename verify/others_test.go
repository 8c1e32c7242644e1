package verify_test

import (
	"slices"
	"testing"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/verifytest"
)

func hasRaised(r *verify.Report, rule string) bool {
	return slices.ContainsFunc(r.Checks, func(c verify.Check) bool {
		return c.Rule == rule && c.Action == verify.Enforce && c.Status == verify.Inconclusive
	})
}

// A second certificate keeps a file from passing; a second page of the same one does not.
func TestASecondCertificateInTheFile(t *testing.T) {
	v := verifier(t, nil)
	gen, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		second func(*verifytest.Spec)
		other  bool
	}{
		"the same page again":       {func(*verifytest.Spec) {}, false},
		"another person's":          {func(s *verifytest.Spec) { s.Name, s.Number = "验另人", "京1112015201600961" }, true},
		"an older copy of the same": {func(s *verifytest.Spec) { s.Usage = verifytest.Span("2024-01-01", "2024-06-28") }, true},
		"of another employer":       {func(s *verifytest.Spec) { s.Employer = "别家样例建设有限公司" }, true},
		"of another specialty": {func(s *verifytest.Spec) {
			s.Specialties = []fields.Specialty{{Name: "机电工程", Valid: verifytest.Span("2024-05-14", "2027-05-13")}}
		}, true},
		"the same, without a number": {func(s *verifytest.Spec) { s.Number = "" }, false},
		"nobody's":                   {func(s *verifytest.Spec) { s.Name, s.Number = "", "" }, true},
		"of another kind": {func(s *verifytest.Spec) {
			*s = verifytest.Good(fields.Architect1)
			s.Name = verifytest.Good(fields.Constructor1).Name
		}, true},
	} {
		s := verifytest.Good(fields.Constructor1)
		s.ID = "two"
		second := verifytest.Good(fields.Constructor1)
		tt.second(&second)
		s.Second = &second
		b, err := gen.PDF(s)
		if err != nil {
			t.Fatal(err)
		}
		ev, err := v.Gather(t.Context(), document.SourceBytes("two.pdf", b))
		if err != nil {
			t.Fatal(err)
		}
		if len(ev.Others) != 1 {
			t.Fatalf("%s: %d further certificates were read", name, len(ev.Others))
		}
		if got := hasRaised(v.Judge(ev, at("2026-04-01")), "D-04"); got != tt.other {
			t.Errorf("%s: kept from passing: %v", name, got)
		}
	}
}

// Off a picture, a misread name makes no second certificate of a second page, and a sure number does.
func TestASecondPageOffAPicture(t *testing.T) {
	v := judge(t)
	for name, tt := range map[string]struct {
		change     func(*fields.Certificate)
		confidence float64
		other      bool
	}{
		"the same":                 {func(*fields.Certificate) {}, 0.99, false},
		"its name misread":         {func(c *fields.Certificate) { c.Name = "样立城" }, 0.99, false},
		"its number read unsurely": {func(c *fields.Certificate) { c.Number += "9" }, 0.5, false},
		"another number":           {func(c *fields.Certificate) { c.Number += "9" }, 0.99, true},
		"nothing in common":        {func(c *fields.Certificate) { c.Name, c.Number, c.IDNumber = "样立城", "", "" }, 0.99, true},
	} {
		ev := goodEvidence()
		other := *ev.Fields
		tt.change(&other.Certificate)
		other.Source, other.Fields = fields.SourceOCR, []fields.Field{{Name: "number", Confidence: tt.confidence}}
		ev.Others = []*fields.Result{&other}
		r := v.Judge(ev, at("2026-04-01"))
		if hasRaised(r, "D-04") != tt.other || (r.Indication == verify.TotalPassed) == tt.other {
			t.Errorf("%s: %s, %s", name, r.Indication, r.Reason)
		}
	}
}

// What else the file of a print shows counts: a further certificate, and a code that the original has not.
func TestAPrintSaysMore(t *testing.T) {
	v := judge(t)
	for name, tt := range map[string]struct {
		change func(*verify.Evidence)
		rule   string
	}{
		"nothing":                     {func(*verify.Evidence) {}, ""},
		"its second page is the same": {func(ev *verify.Evidence) { ev.Print.Others = []*fields.Result{ev.Fields} }, ""},
		"another certificate": {func(ev *verify.Evidence) {
			other := *ev.Fields
			other.Certificate.Name, other.Certificate.Number = "另某人", other.Certificate.Number+"9"
			ev.Print.Others = []*fields.Result{&other}
		}, "D-06"},
		"a code of its own": {func(ev *verify.Evidence) {
			ev.Print.Codes = append(ev.Print.Codes, verify.Code{Code: qr.Code{Text: "https://evil.example/check"}, Payload: qr.Payload{Kind: qr.PayloadUnknownHost}})
		}, "D-06"},
		"no code that could be read": {func(ev *verify.Evidence) { ev.Print.Codes = nil }, ""},
	} {
		ev := goodEvidence()
		ev.Print = &verify.Print{Input: document.Info{Name: "print.jpg", Kind: document.InputScan}, Fields: ev.Fields, Codes: slices.Clone(ev.Codes)}
		ev.Print.Compared = []rules.Compared{{Field: "number", Original: "x", Print: "x", State: "equal"}}
		tt.change(ev)
		if r := v.Judge(ev, at("2026-04-01")); hasRaised(r, "D-06") != (tt.rule != "") {
			t.Errorf("%s: %v", name, r.Reason)
		}
	}
}

package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

func day(s string) civil.Date {
	d, err := civil.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func span(s string) fields.Period {
	from, to, _ := strings.Cut(s, " ")
	return fields.Period{From: day(from), To: day(to)}
}

func sealNameFor(k fields.Kind) string {
	switch k {
	case fields.Architect1:
		return "全国注册建筑师管理委员会"
	case fields.Qualification:
		return "中华人民共和国人力资源和社会保障部专业技术人员职业资格证书专用章"
	}
	return "中华人民共和国住房和城乡建设部一级建造师行政许可专用章"
}

// provinceSeal is a seal that by its own words is a local authority's.
const provinceSeal = "样例省住房和城乡建设厅行政审批专用章"

func sealed(name string, at civil.Date) seal.Signature {
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	return seal.Signature{
		Field: "Seal", Format: "cms", Integrity: seal.Intact, Coverage: seal.CoverageWhole, Changes: seal.ChangesNone, Permitted: true,
		Signer: name, SignedAt: at.Start().Add(9 * time.Hour), Trust: seal.Trusted, Anchor: "CN=root", Counts: true, Kind: "signature", Page: -1,
		Chain:      []seal.CertInfo{{Subject: name, NotBefore: year(2019), NotAfter: year(2040)}, {Subject: "CN=root", NotBefore: year(2019), NotAfter: year(2040)}},
		Revocation: seal.Revocation{Status: "good"},
	}
}

// good returns facts in which every check of the kind passes on 2024-05-01. Each test changes one thing.
func good(k fields.Kind) *rules.Facts {
	c := fields.Certificate{Kind: k, Medium: fields.Electronic, Name: "张样例", Sex: "男", Birth: day("1980-05-06"), Employer: "样例建设有限公司"}
	host := ""
	switch k {
	case fields.Constructor1:
		c.Number, c.Usage = "京1112015201600001", span("2024-03-01 2024-08-28")
		c.Specialties = []fields.Specialty{{Name: "建筑工程", Valid: span("2023-05-14 2026-05-13")}}
		host = "jzsgl.coc.gov.cn"
	case fields.Architect1:
		c.Number, c.Usage, c.Valid = "2011100001", span("2024-03-01 2024-08-28"), span("2023-05-14 2025-05-13")
		host = "jzsc.mohurd.gov.cn"
	case fields.Qualification:
		c.Number, c.Employer, c.Birth = "20180000110000000001", "", civil.Date{Y: 1980, M: 5}
		c.Annotation = &fields.Annotation{Scene: "本人调用", Period: span("2024-03-01 2024-05-30")}
		c.Approved = day("2018-10-14")
	}
	f := &rules.Facts{
		Day: day("2024-05-01"), Instant: day("2024-05-01").Start().Add(12 * time.Hour), GatheredAt: day("2024-05-02").Start(),
		Input:    document.Info{Name: "c.pdf", SHA256: "00", Format: document.FormatPDF, Kind: document.InputOriginal, Pages: 1},
		Face:     &fields.Result{Source: fields.SourceText, Certificate: c},
		Seal:     &seal.Report{Status: seal.Signed, Overall: seal.Clean, Anchors: 1, Signatures: []seal.Signature{sealed(sealNameFor(k), day("2024-03-01"))}},
		Registry: &rules.Lookup{Snapshot: rules.SnapshotInfo{ID: "s", AsOf: day("2024-04-20").Start(), WarnAge: 30 * 24 * time.Hour, RedAge: 90 * 24 * time.Hour}},
	}
	if host != "" {
		f.Codes = []rules.Code{{
			Code:    qr.Code{Text: "https://" + host + "/q?k=1", Corners: [4]page.Point{{X: 1, Y: 1}, {X: 2, Y: 1}, {X: 2, Y: 2}, {X: 1, Y: 2}}},
			Payload: qr.Payload{Kind: qr.PayloadKnownHost, Host: host, For: []string{string(k)}},
		}}
	}
	f.Registry.Answer = rules.RegistryAnswer{Found: true, Records: []rules.RegistryRecord{{
		Kind: k, Number: c.Number, Name: c.Name, Sex: c.Sex, Birth: c.Birth, Employer: c.Employer, Specialties: slices.Clone(c.Specialties), Valid: c.Valid, Status: "有效",
	}}}
	return f
}

// cert changes the certificate and lets the registry agree with it.
func cert(change func(*fields.Certificate)) func(*rules.Facts) {
	return func(f *rules.Facts) {
		c := &f.Face.Certificate
		change(c)
		r := &f.Registry.Answer.Records[0]
		r.Name, r.Birth, r.Number, r.Employer, r.Specialties, r.Valid = c.Name, c.Birth, c.Number, c.Employer, slices.Clone(c.Specialties), c.Valid
	}
}

func on(s string) func(*rules.Facts) {
	return func(f *rules.Facts) {
		f.Day = day(s)
		f.Instant = f.Day.Start().Add(12 * time.Hour)
		f.GatheredAt = f.Instant
		f.Registry.Snapshot.AsOf = f.Day.AddDays(-1).Start()
	}
}

func usage(s string) func(*rules.Facts) {
	return func(f *rules.Facts) {
		f.Face.Certificate.Usage = span(s)
		madeOn(f.Face.Certificate.Usage.From)(f)
	}
}

func specialties(s ...string) func(*rules.Facts) {
	return cert(func(c *fields.Certificate) {
		c.Specialties = nil
		for _, x := range s {
			name, to, _ := strings.Cut(x, " ")
			c.Specialties = append(c.Specialties, fields.Specialty{Name: name, Valid: fields.Period{From: day(to).AddYears(-3), To: day(to)}})
		}
	})
}

func revokedOn(s string) func(*rules.Facts) {
	return sealing(func(x *seal.Signature) { x.Revocation = seal.Revocation{Status: "revoked", RevokedAt: day(s).Start()} }, seal.Clean)
}

// stamped adds a timestamp of the document, made by an office that goes by the seal's name.
func stamped(change func(*seal.Signature)) func(*rules.Facts) {
	return func(f *rules.Facts) {
		s := sealed(sealNameFor(f.Face.Certificate.Kind), day("2024-03-02"))
		s.Field, s.Kind = "Stamp", "timestamp"
		if change != nil {
			change(&s)
		}
		f.Seal.Signatures = append(f.Seal.Signatures, s)
	}
}

func faceProblem(code, field string) func(*rules.Facts) {
	return func(f *rules.Facts) {
		f.Face.Problems = append(f.Face.Problems, fields.Problem{Code: code, Field: field})
	}
}

func annotation(s string) func(*rules.Facts) {
	return func(f *rules.Facts) {
		f.Face.Certificate.Annotation.Period = span(s)
		madeOn(f.Face.Certificate.Annotation.Period.From)(f)
	}
}

// madeOn moves the claimed time of the seals to a day: a copy is sealed when its period begins.
func madeOn(d civil.Date) func(*rules.Facts) {
	return func(f *rules.Facts) {
		if f.Seal == nil || !d.HasDay() {
			return
		}
		for i := range f.Seal.Signatures {
			f.Seal.Signatures[i].SignedAt = d.Start().Add(9 * time.Hour)
		}
	}
}

func input(k document.InputKind) func(*rules.Facts) {
	return func(f *rules.Facts) { f.Input.Kind, f.Seal = k, nil }
}

// readOff makes the face one that was read off a picture, every field with that confidence.
func readOff(confidence float64) func(*rules.Facts) {
	return func(f *rules.Facts) {
		face := *f.Face
		face.Source, face.Fields = fields.SourceOCR, nil
		for _, name := range []string{"title", "name", "number", "usage", "birth", "employer", "specialty"} {
			face.Fields = append(face.Fields, fields.Field{Name: name, Value: name, Confidence: confidence})
		}
		f.Face = &face
	}
}

// print lays a print beside the original, each fact given with its state.
func print(compared ...string) func(*rules.Facts) {
	return func(f *rules.Facts) {
		f.Print = &rules.Print{Name: "print.jpg"}
		for _, c := range compared {
			field, state, _ := strings.Cut(c, " ")
			f.Print.Compared = append(f.Print.Compared, rules.Compared{Field: field, Original: "x", Print: "y", State: rules.ComparedState(state)})
		}
	}
}

func paper(f *rules.Facts) {
	input(document.InputScan)(f)
	readOff(0.99)(f)
	paperMark(0.99)(f)
	cert(func(c *fields.Certificate) {
		c.Medium, c.Usage, c.IssueDate = fields.Paper, fields.Period{}, day("2019-05-14")
	})(f)
}

// boundIn is a page of text in a larger file, whose own seal is broken.
func boundIn(f *rules.Facts) {
	f.Input.Kind, f.Input.KindReason = document.InputUnknown, document.ReasonPart
	f.Seal.Overall, f.Seal.Signatures[0].Integrity = seal.Dirty, seal.Broken
}

// paperMark is a mark of paper, read with that confidence; none for 0.
func paperMark(confidence float64) func(*rules.Facts) {
	return func(f *rules.Facts) {
		face := *f.Face
		face.Fields = slices.DeleteFunc(slices.Clone(face.Fields), func(x fields.Field) bool { return x.Name == "paperMark" })
		if confidence > 0 {
			face.Fields = append(face.Fields, fields.Field{Name: "paperMark", Value: "证书编号", Confidence: confidence})
		}
		f.Face = &face
	}
}

type judged struct {
	copy, reg rules.Indication
	found     []rules.Finding
}

func evaluate(t testing.TB, b *rules.Book, f *rules.Facts, policy string) judged {
	t.Helper()
	p, ok := b.Policy(policy)
	if !ok {
		t.Fatalf("no policy %q", policy)
	}
	found := b.Evaluate(f, p)
	c, _ := b.RollUp(found, rules.TargetCopy)
	r, _ := b.RollUp(found, rules.TargetRegistration)
	return judged{c, r, found}
}

// spoke reports whether a rule spoke, whatever it said; raised, whether it was anything but a pass.
func (j judged) spoke(id string) bool {
	return slices.ContainsFunc(j.found, func(x rules.Finding) bool { return x.Rule != nil && x.Rule.ID == id })
}

func (j judged) raised(id string) bool {
	return slices.ContainsFunc(j.found, func(x rules.Finding) bool {
		return x.Rule != nil && x.Rule.ID == id && (x.Status == rules.Failed || x.Status == rules.Inconclusive)
	})
}

func (j judged) String() string {
	var s []string
	for _, x := range j.found {
		if x.Rule != nil && x.Status != rules.Passed {
			s = append(s, fmt.Sprintf("%s %s %s", x.Rule.Key(), x.Status, x.Action))
		}
	}
	return fmt.Sprintf("copy %s, registration %s: %s", j.copy, j.reg, strings.Join(s, "; "))
}

const (
	pass   = rules.TotalPassed
	unsure = rules.Indeterminate
	fails  = rules.TotalFailed
)

// coded lets the code spell a field.
func coded(field, value string) func(*rules.Facts) {
	return func(f *rules.Facts) { f.Codes[0].Payload.Fields = map[string]string{field: value} }
}

func ask(s string) func(*rules.Facts) { return func(f *rules.Facts) { f.Specialty = s } }

func born(s string) func(*rules.Facts) {
	return cert(func(c *fields.Certificate) { c.Birth = day(s) })
}

func inked(p ink.Presence) func(*rules.Facts) {
	return func(f *rules.Facts) { f.Ink = &ink.Result{Presence: p} }
}

func human(s string) func(*rules.Facts) {
	return func(f *rules.Facts) { f.Human = map[string]string{"handwriting": s} }
}

func signedByHand(f *rules.Facts) {
	inked(ink.Ink)(f)
	human("agrees")(f)
}

func sealing(change func(*seal.Signature), o seal.Overall) func(*rules.Facts) {
	return func(f *rules.Facts) {
		change(&f.Seal.Signatures[0])
		f.Seal.Overall = o
	}
}

// afterwards lets a signature or timestamp follow the seal.
func afterwards(what string, shows seal.Shows) func(*rules.Facts) {
	return sealing(func(s *seal.Signature) {
		s.RevisionEnd, s.Changes = 1, seal.ChangesForm
		s.Changed = append(s.Changed, seal.Change{Class: seal.ChangesForm, What: what, Box: page.Box{X0: 100, Y0: 100, X1: 150, Y1: 150}, Shows: shows})
	}, seal.Clean)
}

// electronic makes the seal one of GB/T 38540 that gives itself a name.
func electronic(signer, name string) func(*rules.Facts) {
	return sealing(func(s *seal.Signature) { s.Format, s.Signer, s.SealName = "ses", signer, name }, seal.Clean)
}

// issuedBy makes the certificate one that a body issues and seals.
func issuedBy(issuer, qualification string) func(*rules.Facts) {
	return func(f *rules.Facts) {
		cert(func(c *fields.Certificate) { c.Issuer, c.QualName = issuer, qualification })(f)
		f.Seal.Signatures[0].Signer = issuer
	}
}

// further adds a later signature, trusted like the seal.
func further(name string, shows seal.Shows) func(*rules.Facts) {
	return func(f *rules.Facts) {
		s := sealed(name, day("2024-03-02"))
		s.Field, s.RevisionEnd = fmt.Sprintf("Seal%d", len(f.Seal.Signatures)+1), int64(len(f.Seal.Signatures)+1)
		afterwards("signature "+s.Field, shows)(f)
		f.Seal.Signatures = append(f.Seal.Signatures, s)
	}
}

// faceAt lets a field stand where a later signature was put.
func faceAt(name string) func(*rules.Facts) {
	return func(f *rules.Facts) {
		f.Face.Fields = append(f.Face.Fields, fields.Field{Name: name, Box: page.Box{X0: 140, Y0: 120, X1: 200, Y1: 130}})
	}
}

func association(made string) func(*rules.Facts) {
	return func(f *rules.Facts) {
		cert(func(c *fields.Certificate) {
			c.Annotation, c.Issuer, c.QualName = nil, "样例行业协会", "拍卖师"
		})(f)
		f.Seal.Signatures[0] = sealed("样例行业协会", day(made))
	}
}

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
	return cert(func(c *fields.Certificate) { c.Usage = span(s) })
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
	return cert(func(c *fields.Certificate) { c.Annotation.Period = span(s) })
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

// The vectors of DOMAIN §7, and further rows of §1, one change to good facts each.
func TestVectors(t *testing.T) {
	type change = func(*rules.Facts)
	y, a, c := fields.Constructor1, fields.Architect1, fields.Qualification
	for _, tt := range []struct {
		name    string
		kind    fields.Kind
		changes []change
		copy    rules.Indication
		rule    string // spoke; with a leading "!" it must not have raised anything
	}{
		{"good constructor", y, nil, pass, "Y-10"},
		{"good architect", a, nil, pass, "A-10"},
		{"good qualification", c, nil, pass, "C-05"},
		{"1 last day", y, []change{usage("2021-08-12 2022-02-08"), specialties("建筑工程 2024-05-13"), on("2022-02-08")}, pass, "Y-10"},
		{"2 day after", y, []change{usage("2021-08-12 2022-02-08"), specialties("建筑工程 2024-05-13"), on("2022-02-09")}, fails, "Y-11"},
		{"3 start+179", y, []change{usage("2024-03-01 2024-08-27"), on("2024-08-27")}, pass, "!Y-13"},
		{"4 start+180", y, []change{usage("2024-03-01 2024-08-28"), on("2024-08-28")}, pass, "!Y-13"},
		{"5 start+181", y, []change{usage("2024-03-01 2024-08-29"), on("2024-04-01")}, unsure, "Y-13"},
		{"6 the specialty that stands", y, []change{specialties("建筑工程 2024-04-10", "市政公用工程 2026-01-01"), on("2024-05-01"), ask("市政公用工程")}, pass, "Y-15"},
		{"6 the specialty that is over", y, []change{specialties("建筑工程 2024-04-10", "市政公用工程 2026-01-01"), on("2024-05-01"), ask("建筑工程")}, fails, "Y-15"},
		{"6 by its short name", y, []change{specialties("建筑工程 2024-04-10", "市政公用工程 2026-01-01"), on("2024-05-01"), ask("建筑")}, fails, "Y-15"},
		{"6 nothing asked", y, []change{specialties("建筑工程 2024-04-10", "市政公用工程 2026-01-01"), on("2024-05-01")}, pass, "Y-15"},
		{"7 beyond the cap", y, []change{specialties("建筑工程 2024-04-10"), on("2024-03-05")}, unsure, "Y-16"},
		{"8 leap day, last day", y, []change{born("1960-02-29"), usage("2025-01-10 2025-02-28"), on("2025-02-28")}, pass, "Y-18"},
		{"9 leap day, day after", y, []change{born("1960-02-29"), usage("2025-01-10 2025-02-28"), on("2025-03-01")}, fails, "Y-19b"},
		{"9 two days after", y, []change{born("1960-02-29"), usage("2025-01-10 2025-02-28"), on("2025-03-02")}, fails, "Y-19"},
		{"10 the 65th birthday", y, []change{born("1960-06-15"), usage("2025-01-10 2025-06-15"), on("2025-06-15")}, pass, "Y-18"},
		{"10 the day after", y, []change{born("1960-06-15"), usage("2025-01-10 2025-06-15"), on("2025-06-16")}, fails, "Y-19"},
		{"11 paper, last day", y, []change{paper, signedByHand, on("2021-12-31")}, unsure, "Y-05"},
		{"11 paper, first day void", y, []change{paper, signedByHand, on("2022-01-01")}, fails, "Y-06"},
		{"11 paper, first day void, read with doubt", y, []change{paper, readOff(0.9), signedByHand, on("2022-01-01")}, unsure, "Y-06"},
		{"11 paper, its mark read with doubt", y, []change{paper, paperMark(0.9), signedByHand, on("2022-01-01")}, unsure, "Y-06"},
		{"11 paper, no mark of paper seen", y, []change{paper, paperMark(0), signedByHand, on("2022-01-01")}, unsure, "Y-06"},
		{"12 paper architect, no mark of paper seen", a, []change{paper, paperMark(0), on("2022-07-01")}, unsure, "A-03"},
		{"print, usage ended, read surely", y, []change{input(document.InputScan), readOff(0.99), on("2026-12-01")}, fails, "Y-11"},
		{"print, usage ended, read with doubt", y, []change{input(document.InputScan), readOff(0.94), on("2026-12-01")}, unsure, "Y-11"},
		{"print, usage ended, by the scanner's text layer alone", y, []change{input(document.InputScan), on("2026-12-01")}, unsure, "Y-11"},
		{"a specialty's line was not seen", y, []change{input(document.InputScan), readOff(0.99), ask("机电工程")}, unsure, "Y-15"},
		{"text of a page bound into a larger file", y, []change{boundIn}, unsure, "S-10"},
		{"text of a page bound into a larger file, usage ended", y, []change{boundIn, on("2026-12-01")}, fails, "Y-11"},
		{"picture on a page of a larger file, usage ended", y, []change{boundIn, readOff(0.94), on("2026-12-01")}, unsure, "Y-11"},
		{"a text layer on pages of unknown making", y, []change{input(document.InputUnknown), on("2026-12-01")}, unsure, "Y-11"},
		{"a print of which nothing could be read", a, []change{print()}, unsure, "D-06"},
		{"a print whose number could not be read", a, []change{print("name equal", "number not-readable")}, unsure, "D-06"},
		{"a print that says the same", a, []change{print("name equal", "number equal", "birth not-readable")}, pass, "D-06"},
		{"a print whose employer could not be read", a, []change{print("name equal", "number equal", "employer not-readable")}, unsure, "D-06"},
		{"a print whose identity number could not be read", c, []change{print("name equal", "number equal", "idNumber not-readable")}, unsure, "D-06"},
		{"a print with a second sheet", a, []change{print("name equal", "number equal"), func(f *rules.Facts) { f.Print.Pages = true }}, unsure, "D-06"},
		{"a print with another certificate behind it", a, []change{print("name equal", "number equal"), func(f *rules.Facts) { f.Print.Others = 1 }}, unsure, "D-06"},
		{"a print with the original's code", a, []change{print("name equal", "number equal"), func(f *rules.Facts) { f.Print.Codes = slices.Clone(f.Codes) }}, pass, "D-06"},
		{"a print with another code", a, []change{print("name equal", "number equal"), func(f *rules.Facts) {
			f.Print.Codes = slices.Clone(f.Codes)
			f.Print.Codes[0].Text = "https://evil.example/q"
		}}, unsure, "D-06"},
		{"two certificates in a file", y, []change{func(f *rules.Facts) { f.Others = 1 }}, unsure, "D-04"},
		{"a photo of two sheets", a, []change{input(document.InputPhoto), readOff(0.99), func(f *rules.Facts) { f.SecondSheet = true }}, unsure, "F-04"},
		{"a photo of one sheet", a, []change{input(document.InputPhoto), readOff(0.99)}, unsure, "!F-04"},
		{"a sheet that is cut off", a, []change{input(document.InputPhoto), readOff(0.99), func(f *rules.Facts) { f.SheetNotes = []string{"cut-off"} }}, unsure, "F-08"},
		{"a sheet found by hand", a, []change{input(document.InputPhoto), readOff(0.99), func(f *rules.Facts) { f.SheetNotes = []string{"corners-by-hand"} }}, unsure, "!F-08"},
		{"a scanner's text layer alone", a, []change{input(document.InputScan)}, unsure, "R-11"},
		{"the same, the picture read", a, []change{input(document.InputScan), readOff(0.99)}, unsure, "!R-11"},
		{"an electronic original", a, nil, pass, "!R-11"},
		{"text on a page of a longer file", a, []change{input(document.InputUnknown)}, unsure, "!R-11"},
		{"a print that says otherwise", a, []change{print("name equal", "number equal", "valid different")}, unsure, "D-06"},
		{"12 paper architect, last day", a, []change{paper, on("2022-06-30")}, unsure, "A-02"},
		{"12 paper architect, void", a, []change{paper, on("2022-07-01")}, fails, "A-03"},
		{"13 unsigned print of an architect", a, []change{input(document.InputScan), inked(ink.NoInk)}, unsure, "A-20"},
		{"14 unsigned print of a constructor", y, []change{input(document.InputScan), inked(ink.NoInk)}, unsure, "Y-20"},
		{"14 a person confirms", y, []change{input(document.InputScan), inked(ink.NoInk), human("unsigned")}, fails, "Y-20"},
		{"13 a person confirms", a, []change{input(document.InputScan), inked(ink.NoInk), human("unsigned")}, unsure, "A-20"},
		{"handwriting differs", y, []change{input(document.InputScan), inked(ink.Ink), human("differs")}, fails, "Y-21"},
		{"15 architect aged 66", a, []change{born("1958-01-01")}, pass, "!Y-19"},
		{"16 other province in the pilot", y, []change{cert(func(c *fields.Certificate) { c.Number = "闽1352015201600001" }), specialties("建筑工程 2024-05-13"), usage("2021-08-12 2022-02-08"), on("2021-09-01")}, pass, "Y-03"},
		{"16 pilot province", y, []change{specialties("建筑工程 2024-05-13"), usage("2021-08-12 2022-02-08"), on("2021-09-01")}, pass, "Y-02"},
		{"before there were any", y, []change{usage("2021-01-12 2021-07-01"), on("2021-02-02")}, unsure, "Y-01"},
		{"architect before there were any", a, []change{usage("2021-06-12 2021-12-01"), on("2021-09-02"), cert(func(c *fields.Certificate) { c.Valid = span("2020-01-01 2022-01-01") })}, unsure, "A-01"},
		{"17 annotation of 90 days", c, []change{annotation("2024-01-01 2024-03-31"), on("2024-02-01")}, pass, "!C-07"},
		{"17 annotation of 91 days", c, []change{annotation("2024-01-01 2024-04-01"), on("2024-02-01")}, unsure, "C-07"},
		{"annotation over", c, []change{on("2024-05-31")}, fails, "C-06"},
		{"18 association, made in 2020", c, []change{association("2020-06-01"), on("2024-05-01")}, pass, "C-04"},
		{"association, said to be made before its certificate", c, []change{association("2018-06-01"), on("2024-05-01")}, unsure, "C-03"},
		{"a province as the issuer of an old certificate", c, []change{association("2020-06-01"), issuedBy(provinceSeal, "拍卖师"), on("2024-05-01")}, unsure, "C-04"},
		{"an old certificate of the ministry", c, []change{association("2020-06-01"), issuedBy("人力资源和社会保障部", "拍卖师"), on("2024-05-01")}, unsure, "C-04"},
		{"an association's qualification", c, []change{issuedBy("样例行业协会", "拍卖师")}, pass, "C-02"},
		{"a society's qualification", c, []change{issuedBy("样例工程学会", "样例工程师")}, pass, "C-02"},
		{"the ministry's own certificate", c, []change{issuedBy("中华人民共和国人力资源和社会保障部", "一级建造师")}, pass, "C-02"},
		{"a province as the issuer", c, []change{issuedBy(provinceSeal, "拍卖师")}, unsure, "C-02"},
		{"a company as the issuer", c, []change{issuedBy("某某公司", "拍卖师")}, unsure, "C-02"},
		{"a designated body, which no notice names", c, []change{issuedBy("样例考试中心", "拍卖师")}, unsure, "C-02"},
		{"a province's association", c, []change{issuedBy("样例省行业协会", "拍卖师")}, unsure, "C-02"},
		{"an association's seal on what the ministry seals", c, []change{issuedBy("样例行业协会", "经济专业技术")}, unsure, "C-02"},
		{"an association's seal on a constructor's qualification", c, []change{issuedBy("样例行业协会", "一级建造师")}, unsure, "C-02"},
		{"an association's seal on a qualification not read", c, []change{issuedBy("样例行业协会", "")}, unsure, "C-02"},
		{"association, made in 2022", c, []change{association("2022-06-01"), on("2024-05-01")}, unsure, "C-03"},
		{"20 expired before the lapse", y, []change{specialties("建筑工程 2021-05-01"), cert(func(c *fields.Certificate) { c.Number = "闽1352015201600001" }), usage("2021-10-20 2022-04-18"), on("2021-11-01")}, unsure, "Y-50"},
		{"20 lapsed", y, []change{specialties("建筑工程 2021-05-01"), cert(func(c *fields.Certificate) { c.Number = "闽1352015201600001" }), usage("2021-10-20 2022-04-18"), on("2022-01-01")}, fails, "Y-50"},
		{"pilot province, lapse unclear", y, []change{specialties("建筑工程 2021-05-01"), usage("2021-10-20 2022-04-18"), on("2021-11-01")}, unsure, "Y-51"},
		{"not begun", y, []change{on("2024-02-29")}, unsure, "Y-12"},
		{"specialty not on it", y, []change{ask("矿业工程")}, fails, "Y-15"},
		{"employer differs", y, []change{func(f *rules.Facts) { f.Employer = "别家建设有限公司" }}, unsure, "Y-42"},
		{"employer the same but for brackets", y, []change{cert(func(c *fields.Certificate) { c.Employer = "样例（北京）建设" }), func(f *rules.Facts) { f.Employer = "样例(北京)建设" }}, pass, "!Y-42"},
		{"old number", y, []change{cert(func(c *fields.Certificate) { c.Number = "京111050700001" })}, pass, "Y-07"},
		{"class 2 number", y, []change{cert(func(c *fields.Certificate) { c.Number = "京2112015201600001" })}, unsure, "N-02"},
		{"no code", y, []change{func(f *rules.Facts) { f.Codes = nil }}, unsure, "Y-31"},
		{"no code on a qualification", c, nil, pass, "C-19"},
		{"unknown host", y, []change{func(f *rules.Facts) {
			f.Codes[0].Payload = qr.Payload{Kind: qr.PayloadUnknownHost, Host: "evil.example"}
		}}, unsure, "QR-01"},
		{"code of another kind", y, []change{func(f *rules.Facts) { f.Codes[0].Payload.For = []string{"architect-1"} }}, unsure, "QR-05"},
		{"code says another name", y, []change{func(f *rules.Facts) { f.Codes[0].Payload.Fields = map[string]string{"name": "李样例"} }}, fails, "QR-06"},
		{"code says another number", y, []change{coded("number", "京1112015201600002")}, fails, "QR-06"},
		{"code says another number, told by its shape", y, []change{coded("number", "京1112015201600002"), func(f *rules.Facts) { f.Codes[0].Payload.Guessed = []string{"number"} }}, unsure, "QR-06"},
		{"code says a number that is damaged", y, []change{coded("number", "京111201520160000")}, unsure, "QR-06"},
		{"code says the number with the seal's check code", y, []change{coded("number", "京1112015201600001（00）")}, pass, "!QR-06"},
		{"code says the paper's number", y, []change{coded("number", "京111151600001")}, pass, "!QR-06"},
		{"code says a number of another series", y, []change{coded("number", "2018000011000001")}, pass, "!QR-06"},
		{"code masks the number", y, []change{coded("number", "京111201520160****")}, pass, "!QR-06"},
		{"code says another architect's number", a, []change{coded("number", "2011100002")}, fails, "QR-06"},
		{"code masks the name", y, []change{coded("name", "张*例")}, pass, "!QR-06"},
		{"code says more than the name", y, []change{coded("name", "张样例 男")}, pass, "!QR-06"},
		{"code spells the name in letters", y, []change{coded("name", "ZHANG YANGLI")}, pass, "!QR-06"},
		{"code says another name and more", y, []change{coded("name", "李样例 男")}, unsure, "QR-06"},
		{"code shortens the employer", y, []change{coded("employer", "样例建设")}, pass, "!QR-06"},
		{"code says another employer", y, []change{coded("employer", "别家建设有限公司")}, unsure, "QR-06"},
		{"broken", y, []change{sealing(func(s *seal.Signature) { s.Integrity = seal.Broken }, seal.Dirty)}, fails, "S-01"},
		{"changed after", y, []change{sealing(func(s *seal.Signature) { s.Changes, s.Permitted = seal.ChangesContent, false }, seal.Dirty)}, fails, "S-03"},
		{"validation data added", y, []change{sealing(func(s *seal.Signature) { s.Changes = seal.ChangesLTV }, seal.Clean)}, pass, "S-00"},
		{"a timestamp that can be seen", y, []change{afterwards("document timestamp Stamp", seal.ShowsPicture), stamped(nil)}, unsure, "S-13"},
		{"a timestamp in the place of a further seal", y, []change{afterwards("signature Stamp", seal.ShowsNothing), stamped(func(s *seal.Signature) { s.RevisionEnd = 2 })}, unsure, "S-13"},
		{"signed once more by somebody, unseen", y, []change{further("某某公司", seal.ShowsNothing)}, pass, "S-00"},
		{"signed once more by somebody, seen", y, []change{further("某某公司", seal.ShowsPicture)}, unsure, "S-13"},
		{"signed once more by somebody, nobody looked", y, []change{further("某某公司", "")}, unsure, "S-13"},
		{"sealed once more by the ministry", y, []change{further(sealNameFor(y), seal.ShowsText)}, pass, "S-00"},
		{"sealed by the committee and the chairman", a, []change{further("样主任", seal.ShowsPicture)}, pass, "S-00"},
		{"sealed by the chairman and the committee", a, []change{further(sealNameFor(a), seal.ShowsPicture), sealing(func(s *seal.Signature) { s.Signer = "样主任" }, seal.Clean)}, pass, "S-00"},
		{"a chairman who writes", a, []change{further("样主任", seal.ShowsText)}, unsure, "S-13"},
		{"a chairman's seal over the name", a, []change{further("样主任", seal.ShowsPicture), faceAt("name")}, unsure, "S-13"},
		{"a chairman's seal over the date of issue", a, []change{further("样主任", seal.ShowsPicture), faceAt("issueDate")}, pass, "S-00"},
		{"a chairman's seal over the code", a, []change{further("样主任", seal.ShowsPicture), func(f *rules.Facts) {
			f.Codes[0].Corners = [4]page.Point{{X: 90, Y: 90}, {X: 120, Y: 90}, {X: 120, Y: 120}, {X: 90, Y: 120}}
		}}, unsure, "S-13"},
		{"a chairman's seal at no one place", a, []change{further("样主任", seal.ShowsPicture), sealing(func(s *seal.Signature) { s.Changed[0].Box = page.Box{} }, seal.Clean)}, unsure, "S-13"},
		{"a chairman and somebody else", a, []change{further("样主任", seal.ShowsPicture), further("某某公司", seal.ShowsPicture)}, unsure, "S-13"},
		{"a seal of other certificates beside the committee's", a, []change{further(sealNameFor(y), seal.ShowsPicture)}, unsure, "S-13"},
		{"unsupported", y, []change{sealing(func(s *seal.Signature) { s.Integrity = seal.Unsupported }, seal.Dirty)}, unsure, "S-05"},
		{"unsigned", y, []change{func(f *rules.Facts) { f.Seal = &seal.Report{Status: seal.Unsigned, Overall: seal.OverallUnsigned} }}, unsure, "S-04"},
		{"unknown issuer", y, []change{sealing(func(s *seal.Signature) { s.Trust, s.Anchor = seal.UnknownIssuer, "" }, seal.Clean)}, unsure, "S-06"},
		{"no anchors at all", y, []change{sealing(func(s *seal.Signature) { s.Trust, s.Anchor = seal.TrustNotChecked, "" }, seal.Clean)}, unsure, "S-06"},
		{"signer over", y, []change{sealing(func(s *seal.Signature) { s.Chain[0].NotAfter = day("2024-04-01").Start() }, seal.Clean)}, unsure, "S-07"},
		{"signer over, timestamp", y, []change{sealing(func(s *seal.Signature) {
			s.Chain[0].NotAfter, s.Timestamp = day("2024-04-01").Start(), day("2024-03-01").Start()
		}, seal.Clean)}, pass, "!S-07"},
		{"signer revoked before the seal", y, []change{revokedOn("2024-02-20")}, fails, "S-08"},
		{"signer revoked after the seal's own date", y, []change{revokedOn("2024-04-01")}, unsure, "S-08"},
		{"signer revoked, no date of sealing", y, []change{revokedOn("2024-04-01"), sealing(func(s *seal.Signature) { s.SignedAt = time.Time{} }, seal.Clean)}, unsure, "S-08"},
		{"signer revoked after a trusted timestamp", y, []change{revokedOn("2024-04-01"), sealing(func(s *seal.Signature) { s.Timestamp = day("2024-03-02").Start() }, seal.Clean)}, pass, "!S-08"},
		{"seal made by somebody whose certificate was over", y, []change{sealing(func(s *seal.Signature) {
			s.Trust, s.Problems = seal.Expired, []seal.Problem{{Code: "SEAL_MAKER_OUT_OF_VALIDITY", Detail: "样例制章人 2024-03-01T00:00:00Z"}}
		}, seal.Clean)}, unsure, "S-07"},
		{"trusted by word, without a chain", y, []change{sealing(func(s *seal.Signature) { s.Chain = nil }, seal.Clean)}, unsure, "S-06"},
		{"a timestamp is no seal", y, []change{sealing(func(s *seal.Signature) { s.Kind = "timestamp" }, seal.Clean)}, unsure, "S-04"},
		{"a timestamp by the seal's office is not its seal", y, []change{sealing(func(s *seal.Signature) { s.Signer = provinceSeal }, seal.Clean), stamped(nil)}, fails, "S-09"},
		{"a broken timestamp beside a seal", y, []change{sealing(func(*seal.Signature) {}, seal.Dirty), stamped(func(s *seal.Signature) { s.Integrity = seal.Broken })}, unsure, "S-14"},
		{"a revoked timestamp authority beside a seal", y, []change{stamped(func(s *seal.Signature) {
			s.Revocation = seal.Revocation{Status: "revoked", RevokedAt: day("2024-01-01").Start()}
		})}, pass, "!S-08"},
		{"an unknown seal beside the right one", y, []change{func(f *rules.Facts) {
			s := sealed("某某公司", day("2024-03-02"))
			s.Trust, s.Anchor = seal.UnknownIssuer, ""
			f.Seal.Signatures = append(f.Seal.Signatures, s)
		}}, unsure, "S-06"},
		{"a trusted seal beside an unknown one of the right name", y, []change{func(f *rules.Facts) {
			f.Seal.Signatures[0].Trust, f.Seal.Signatures[0].Anchor = seal.UnknownIssuer, ""
			f.Seal.Signatures = append(f.Seal.Signatures, sealed(sealNameFor(y), day("2024-03-02")))
		}}, unsure, "S-06"},
		{"architect, the chairman's seal alone", a, []change{sealing(func(s *seal.Signature) { s.Signer = "样主任" }, seal.Clean)}, unsure, "A-04"},
		{"architect, a seal of other certificates", a, []change{sealing(func(s *seal.Signature) { s.Signer = sealNameFor(y) }, seal.Clean)}, fails, "S-09"},
		{"architect, the committee's seal twice", a, []change{func(f *rules.Facts) {
			f.Seal.Signatures = append(f.Seal.Signatures, sealed(sealNameFor(a), day("2024-03-02")))
		}}, pass, "A-04"},
		{"another seal, the issuing body not read", c, []change{sealing(func(s *seal.Signature) { s.Signer = "样例行业协会" }, seal.Clean)}, unsure, "C-02"},
		{"another seal than the issuing body's", c, []change{cert(func(c *fields.Certificate) { c.Issuer = "样例学会" }), sealing(func(s *seal.Signature) { s.Signer = "样例行业协会" }, seal.Clean)}, unsure, "C-02"},
		{"a province's seal, the issuing body another", c, []change{cert(func(c *fields.Certificate) { c.Issuer = "样例学会" }), sealing(func(s *seal.Signature) { s.Signer = provinceSeal }, seal.Clean)}, fails, "S-09"},
		{"a province's seal, the issuing body not read", c, []change{sealing(func(s *seal.Signature) { s.Signer = provinceSeal }, seal.Clean)}, unsure, "C-02"},
		{"a province's seal of qualifications", c, []change{cert(func(c *fields.Certificate) { c.Issuer = "样例学会" }), sealing(func(s *seal.Signature) { s.Signer = "样例省职业资格证书专用章" }, seal.Clean)}, unsure, "C-02"},
		{"the seal of one of two issuing bodies", c, []change{cert(func(c *fields.Certificate) { c.Issuer = "样例学会、样例行业协会" }), sealing(func(s *seal.Signature) { s.Signer = "样例行业协会" }, seal.Clean)}, unsure, "C-02"},
		{"a live seal on what reads as paper", y, []change{cert(func(c *fields.Certificate) { c.Medium = fields.Paper })}, unsure, "F-01"},
		{"a live seal on what reads as a paper qualification", c, []change{cert(func(c *fields.Certificate) { c.Medium, c.Annotation = fields.Paper, nil })}, unsure, "C-03"},
		{"an annotation that was not read", c, []change{association("2020-06-01"), faceProblem(fields.BadPeriod, "annotation")}, unsure, "F-01"},
		{"a number not read", y, []change{func(f *rules.Facts) { f.Face.Certificate.Number = "" }}, unsure, "F-01"},
		{"a name not read", c, []change{func(f *rules.Facts) { f.Face.Certificate.Name = "" }}, unsure, "F-01"},
		{"an employer printed over", y, []change{func(f *rules.Facts) { f.Face.Certificate.Employer = "" }, faceProblem(fields.Overprinted, "employer")}, unsure, "F-01"},
		{"birth and identity number exclude each other", y, []change{faceProblem(fields.Contradiction, "birth")}, unsure, "F-01"},
		{"an issue date that is none", y, []change{faceProblem(fields.BadDate, "issueDate")}, pass, "Y-10"},
		{"one of two specialties not read", y, []change{cert(func(c *fields.Certificate) {
			c.Specialties = append(c.Specialties, fields.Specialty{Name: "市政公用工程"})
		})}, unsure, "F-01"},
		{"an architect's validity that does not stand there", a, []change{func(f *rules.Facts) { f.Face.Certificate.Valid = fields.Period{} }, faceProblem(fields.MissingLabel, "valid")}, unsure, "F-01"},
		{"an employer that does not stand there", y, []change{func(f *rules.Facts) { f.Face.Certificate.Employer = "" }, faceProblem(fields.MissingLabel, "employer")}, unsure, "F-01"},
		{"a label on which nothing hangs", y, []change{faceProblem(fields.MissingLabel, "issueDate")}, pass, "Y-10"},
		{"an architect's validity not read", a, []change{cert(func(c *fields.Certificate) { c.Valid = fields.Period{} }), faceProblem(fields.MissingValue, "valid")}, unsure, "F-01"},
		{"an architect's validity backwards", a, []change{cert(func(c *fields.Certificate) { c.Valid = span("2024-04-30 2023-05-01") })}, unsure, "F-01"},
		{"pages not read", y, []change{func(f *rules.Facts) { f.Unread = "timeout" }}, unsure, "F-04"},
		{"use backwards", y, []change{usage("2024-04-20 2024-03-01")}, unsure, "F-01"},
		{"annotation backwards", c, []change{annotation("2024-04-20 2024-03-01")}, unsure, "F-01"},
		{"a specialty backwards", y, []change{cert(func(c *fields.Certificate) { c.Specialties[0].Valid = span("2024-04-20 2024-04-01") })}, unsure, "F-01"},
		{"use to the end of a month only", y, []change{cert(func(c *fields.Certificate) { c.Usage.To = civil.Date{Y: 2024, M: 5} })}, unsure, "F-01"},
		{"a specialty that nobody knows is asked for", y, []change{ask("房屋建造")}, unsure, "Y-15"},
		{"a specialty on the face that nobody knows", y, []change{specialties("建筑工桯 2026-05-13"), ask("建筑工程")}, unsure, "Y-15"},
		{"code says another name than a scan's text layer", y, []change{input(document.InputScan), func(f *rules.Facts) { f.Codes[0].Payload.Fields = map[string]string{"name": "李样例"} }}, unsure, "QR-06"},
		{"code in a guessed character set says another name", y, []change{func(f *rules.Facts) {
			f.Codes[0].Payload.Fields, f.Codes[0].Guessed, f.Codes[0].Charset = map[string]string{"name": "李样例"}, true, "GB18030"
		}}, unsure, "QR-06"},
		{"a second code read in two ways", y, []change{func(f *rules.Facts) { f.QRConflict = true }}, unsure, "QR-07"},
		{"a picture with the code of a class 2 certificate", fields.Constructor2, []change{func(f *rules.Facts) { f.Face.Source = fields.SourceNone }}, unsure, "K-01"},
		{"no kind at all", fields.Kind(""), []change{func(f *rules.Facts) { f.Face.Source = fields.SourceNone }}, unsure, "K-01"},
		{"employer the same but for marks", y, []change{cert(func(c *fields.Certificate) { c.Employer = "样例〔北京〕建设" }), func(f *rules.Facts) { f.Employer = "样例(北京)建设" }}, pass, "!Y-42"},
		{"a decision that is none", y, []change{input(document.InputScan), inked(ink.NoInk), human("perhaps")}, unsure, "Y-20"},
		{"revoked later", y, []change{sealing(func(s *seal.Signature) {
			s.Revocation = seal.Revocation{Status: "revoked", RevokedAt: day("2024-06-01").Start()}
		}, seal.Clean)}, pass, "!S-08"},
		{"list of revocations out of date", y, []change{sealing(func(s *seal.Signature) {
			s.Revocation = seal.Revocation{Status: "good", Next: day("2024-04-01").Start()}
		}, seal.Clean)}, pass, "S-17"},
		{"another seal", y, []change{sealing(func(s *seal.Signature) { s.Signer = provinceSeal }, seal.Clean)}, fails, "S-09"},
		{"a company's seal", y, []change{sealing(func(s *seal.Signature) { s.Signer = "某某公司合同专用章" }, seal.Clean)}, fails, "S-09"},
		{"a seal of other certificates", y, []change{sealing(func(s *seal.Signature) { s.Signer = sealNameFor(a) }, seal.Clean)}, fails, "S-09"},
		{"the certificate of a company, which may seal for others", y, []change{sealing(func(s *seal.Signature) { s.Signer = "某某公司" }, seal.Clean)}, unsure, "S-09"},
		{"the seal, spelt without the state", y, []change{sealing(func(s *seal.Signature) { s.Signer = "住房和城乡建设部一级建造师行政许可专用章" }, seal.Clean)}, unsure, "S-09"},
		{"the seal, with a number", y, []change{sealing(func(s *seal.Signature) { s.Signer = sealNameFor(y) + "@0001" }, seal.Clean)}, unsure, "S-09"},
		{"the seal in brackets after its body", y, []change{sealing(func(s *seal.Signature) {
			s.Signer = "中华人民共和国住房和城乡建设部（一级建造师行政许可专用章）"
		}, seal.Clean)}, unsure, "S-09"},
		{"a seal that calls itself the right one", y, []change{electronic(provinceSeal, sealNameFor(y))}, unsure, "S-09"},
		{"a seal that calls itself the plain ministry's", y, []change{electronic(provinceSeal, "中华人民共和国住房和城乡建设部")}, unsure, "S-09"},
		{"the seal of a maker who is pinned", y, []change{electronic("样例签章服务", sealNameFor(y)), sealing(func(s *seal.Signature) { s.MakerPinned = true }, seal.Clean)}, pass, "!S-09"},
		{"another seal of a maker who is pinned", y, []change{electronic("样例签章服务", provinceSeal), sealing(func(s *seal.Signature) { s.MakerPinned = true }, seal.Clean)}, fails, "S-09"},
		{"the seal with the certificate of the same name", y, []change{electronic(sealNameFor(y), sealNameFor(y))}, pass, "!S-09"},
		{"the seal with the ministry's certificate", y, []change{electronic("中华人民共和国住房和城乡建设部", sealNameFor(y))}, pass, "!S-09"},
		{"the seal with the certificate of somebody named after the state", y, []change{electronic("中华", sealNameFor(y))}, unsure, "S-09"},
		{"an architect's seal that calls itself the committee's", a, []change{electronic(provinceSeal, sealNameFor(a))}, unsure, "S-09"},
		{"a seal that calls itself the ministry's for qualifications", c, []change{electronic(provinceSeal, sealNameFor(c))}, unsure, "S-09"},
		{"a seal that calls itself the issuing body's", c, []change{
			cert(func(c *fields.Certificate) { c.Issuer = "样例学会" }), electronic(provinceSeal, "样例学会"),
		}, unsure, "S-09"},
		{"a seal that calls itself an unknown office's", y, []change{electronic(provinceSeal, "样例印章")}, unsure, "S-09"},
		{"the ministry, spelt without the state", y, []change{sealing(func(s *seal.Signature) { s.Signer = "住房和城乡建设部" }, seal.Clean)}, unsure, "S-09"},
		{"a province's seal beside one that may be right", y, []change{
			sealing(func(s *seal.Signature) { s.Signer = "住房和城乡建设部" }, seal.Clean),
			func(f *rules.Facts) {
				f.Seal.Signatures = append(f.Seal.Signatures, sealed(provinceSeal, day("2024-03-02")))
			},
		}, unsure, "S-09"},
		{"plain ministry seal", y, []change{sealing(func(s *seal.Signature) { s.Signer = "中华人民共和国住房和城乡建设部" }, seal.Clean)}, pass, "Y-08"},
		{"text without a map", y, []change{func(f *rules.Facts) { f.Face.Problems = []fields.Problem{{Code: "unmapped-text"}} }}, unsure, "F-02"},
		{"class 2 certificate", fields.Constructor2, nil, unsure, "K-01"},
		{"qualification where a specialty is asked", c, []change{ask("建筑工程")}, unsure, "C-17"},
		{"architect where a specialty is asked", a, []change{ask("建筑工程")}, unsure, "A-14"},
		{"architect where an employer is asked", a, []change{func(f *rules.Facts) { f.Employer = "样例建设有限公司" }}, pass, "!A-14"},
		{"annotation of another scene", c, []change{cert(func(c *fields.Certificate) { c.Annotation.Scene = "单位调用" })}, pass, "C-09"},
		{"registration of an architect over", a, []change{cert(func(c *fields.Certificate) { c.Valid = span("2022-05-14 2024-04-20") }), usage("2024-03-01 2024-04-20"), on("2024-04-21")}, fails, "A-12"},
		{"use beyond the registration", a, []change{cert(func(c *fields.Certificate) { c.Valid = span("2022-05-14 2024-06-20") })}, unsure, "A-12"},
		{"file unreadable", y, []change{func(f *rules.Facts) { f.FileError, f.Face, f.Seal, f.Codes = "damaged", nil, nil, nil }}, unsure, "D-01"},
		{"OFD", y, []change{func(f *rules.Facts) { f.FileError, f.Face, f.Seal, f.Codes = "ofd", nil, nil, nil }}, unsure, "D-02"},
		{"clock behind the snapshot", y, []change{func(f *rules.Facts) { f.GatheredAt = day("2024-01-01").Start() }}, unsure, "G-06"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := good(tt.kind)
			for _, c := range tt.changes {
				c(f)
			}
			j := evaluate(t, book(t), f, "standard")
			if j.copy != tt.copy {
				t.Errorf("want copy %s, got %v", tt.copy, j)
			}
			if id, not := strings.CutPrefix(tt.rule, "!"); not && j.raised(id) || !not && !j.spoke(id) {
				t.Errorf("rule %s: got %v", tt.rule, j)
			}
		})
	}
}

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

func TestRegistry(t *testing.T) {
	record := func(change func(*rules.RegistryRecord)) func(*rules.Facts) {
		return func(f *rules.Facts) { change(&f.Registry.Answer.Records[0]) }
	}
	status := func(word, from string) func(*rules.Facts) {
		return record(func(r *rules.RegistryRecord) { r.Status, r.StatusDate = word, day(from) })
	}
	status2 := func(word string) func(*rules.Facts) { return record(func(r *rules.RegistryRecord) { r.Status = word }) }
	absent := func(f *rules.Facts) { f.Registry.Answer = rules.RegistryAnswer{} }
	// was are earlier values, each as "field value until", with _ for a space in the value.
	was := func(changes ...string) func(*rules.Facts) {
		return record(func(r *rules.RegistryRecord) {
			for _, x := range changes {
				p := strings.Split(x, " ")
				r.History = append(r.History, rules.FieldChange{Field: p[0], Value: strings.ReplaceAll(p[1], "_", " "), Until: day(p[2])})
			}
		})
	}
	y, a, c := fields.Constructor1, fields.Architect1, fields.Qualification
	for _, tt := range []struct {
		name string
		kind fields.Kind
		f    func(*rules.Facts)
		reg  rules.Indication
		rule string
	}{
		{"good", y, func(*rules.Facts) {}, pass, "R-00"},
		{"none loaded", y, func(f *rules.Facts) { f.Registry = nil }, unsure, "G-05"},
		{"not there", y, absent, unsure, "R-01"},
		{"19 qualification of 2012 not there", c, func(f *rules.Facts) { absent(f); f.Face.Certificate.Approved = day("2012-06-01") }, unsure, "C-11"},
		{"qualification of 2018 not there", c, absent, unsure, "C-12"},
		{"damaged", y, func(f *rules.Facts) { f.Registry.Error = "damaged" }, unsure, "R-04"},
		{"cancelled registration", y, status("注销", "2024-04-01"), fails, "Y-60"},
		{"cancelled on the day", y, status("注销", "2024-05-01"), fails, "Y-60"},
		{"cancelled the day after", y, status("注销", "2024-05-02"), pass, "Y-60"},
		{"suspended", y, status("暂扣", "2024-04-01"), fails, "Y-60"},
		{"withdrawn qualification", c, status("已撤销", "2024-04-01"), fails, "C-10"},
		{"architect cancelled", a, status("注销", "2024-04-01"), fails, "A-60"},
		{"pending", y, status("办理中", "2024-04-01"), unsure, "Y-54"},
		{"a word nobody knows", y, status("???", "2024-04-01"), unsure, "R-05"},
		{"employer differs", y, record(func(r *rules.RegistryRecord) { r.Employer = "别家" }), unsure, "Y-40"},
		{"name differs", y, record(func(r *rules.RegistryRecord) { r.Name = "李四样" }), unsure, "Y-40"},
		{"expiry differs", y, record(func(r *rules.RegistryRecord) { r.Specialties[0].Valid.To = day("2025-01-01") }), unsure, "Y-40"},
		{"cancelled on a day that is not given", y, status2("注销"), fails, "Y-60"},
		{"cancelled on a day that is not given, judged before the snapshot", y, func(f *rules.Facts) {
			status2("注销")(f)
			f.Registry.Snapshot.AsOf, f.GatheredAt = day("2024-05-20").Start(), day("2024-05-21").Start()
		}, unsure, "R-08"},
		{"cancelled, under another name", y, func(f *rules.Facts) {
			status("注销", "2024-04-01")(f)
			f.Registry.Answer.Records[0].Name = "李四样"
		}, unsure, "R-08"},
		{"good only since a later day", y, status("有效", "2024-05-20"), unsure, "R-09"},
		{"of another kind", y, record(func(r *rules.RegistryRecord) { r.Kind = fields.Qualification }), unsure, "Y-40"},
		{"of another number", y, record(func(r *rules.RegistryRecord) { r.Number = "京1112015201600002" }), unsure, "Y-40"},
		{"without a number", y, record(func(r *rules.RegistryRecord) { r.Number = "" }), unsure, "F-01"},
		{"two answer", y, func(f *rules.Facts) {
			f.Registry.Answer.Records = append(f.Registry.Answer.Records, f.Registry.Answer.Records[0])
		}, unsure, "R-07"},
		{"over by the registry, not on the face", a, func(f *rules.Facts) {
			f.Face.Certificate.Valid = fields.Period{}
			f.Registry.Answer.Records[0].Valid = span("2022-05-01 2024-04-30")
		}, unsure, "R-10"},
		{"validity neither on the face nor in the registry", a, func(f *rules.Facts) {
			f.Face.Certificate.Valid = fields.Period{}
			f.Registry.Answer.Records[0].Valid = fields.Period{}
		}, unsure, "R-10"},
		{"validity on the face alone", a, func(f *rules.Facts) { f.Registry.Answer.Records[0].Valid = fields.Period{} }, pass, "R-00"},
		{"stale", y, func(f *rules.Facts) { f.Registry.Snapshot.AsOf = day("2024-03-20").Start() }, pass, "R-03"},
		{"beyond the red line", y, func(f *rules.Facts) { f.Registry.Snapshot.AsOf = day("2024-01-20").Start() }, unsure, "R-02"},
		{"beyond the red line, and cancelled", y, func(f *rules.Facts) {
			status("注销", "2023-12-01")(f)
			f.Registry.Snapshot.AsOf = day("2024-01-20").Start()
		}, fails, "Y-60"},
		{"suspended on the day by its history, valid again since a day that is given", y, func(f *rules.Facts) {
			was("status 暂扣 2024-05-10", "statusDate 2024-02-01 2024-05-10")(f)
			status("有效", "2024-05-10")(f)
		}, fails, "Y-60"},
		{"suspended on the day by its history, and from then on cancelled", y, func(f *rules.Facts) {
			was("status 暂扣 2024-05-10", "statusDate 2024-02-01 2024-05-10")(f)
			status("注销", "2024-05-10")(f)
		}, fails, "Y-60"},
		{"suspended by its history, under another name", y, func(f *rules.Facts) {
			was("status 暂扣 2024-05-10", "statusDate 2024-02-01 2024-05-10")(f)
			status("有效", "2024-05-10")(f)
			f.Registry.Answer.Records[0].Name = "李四样"
		}, unsure, "R-08"},
		{"suspended by its history, until a day that is not given", y, was("status 暂扣 2024-05-10", "statusDate 2024-02-01 2024-05-10"), unsure, "R-08"},
		{"suspended by its history, since a day that is not given", y, func(f *rules.Facts) {
			was("status 暂扣 2024-05-10", "statusDate  2024-05-10")(f)
			status("有效", "2024-05-10")(f)
		}, unsure, "R-08"},
		{"suspended by its history, since another word went before the day", y, func(f *rules.Facts) {
			was("status 有效 2024-03-20", "status 暂扣 2024-05-10", "statusDate  2024-05-10")(f)
			status("有效", "2024-05-10")(f)
		}, fails, "Y-60"},
		{"suspended and valid again before the day", y, was("status 暂扣 2024-04-20", "statusDate 2024-02-01 2024-04-20"), pass, "R-00"},
		{"suspended only after the day, by its history", y, func(f *rules.Facts) {
			was("status 暂扣 2024-06-10", "statusDate 2024-05-20 2024-06-10")(f)
			status("有效", "2024-06-10")(f)
		}, pass, "Y-60"},
		{"two words of one day", y, func(f *rules.Facts) {
			was("status 有效 2024-05-10")(f)
			status("注销", "2024-04-01")(f)
		}, unsure, "R-08"},
		{"valid until a day after, then cancelled", y, func(f *rules.Facts) {
			was("status 有效 2024-05-10", "statusDate 2023-01-01 2024-05-10")(f)
			status("注销", "2024-05-10")(f)
		}, pass, "R-00"},
		{"valid until a day after, then cancelled on a day that is not given", y, func(f *rules.Facts) {
			was("status 有效 2024-05-10")(f)
			status2("注销")(f)
			f.Registry.Snapshot.AsOf, f.GatheredAt = day("2024-05-20").Start(), day("2024-05-21").Start()
		}, unsure, "R-08"},
		{"cancelled on a day that is not given, and valid before the day judged", y, func(f *rules.Facts) {
			was("status 有效 2024-04-10")(f)
			status2("注销")(f)
			f.Registry.Snapshot.AsOf, f.GatheredAt = day("2024-05-20").Start(), day("2024-05-21").Start()
		}, fails, "Y-60"},
		{"its day of cancelling was corrected", y, func(f *rules.Facts) {
			was("statusDate 2024-04-01 2024-06-01")(f)
			status("注销", "2024-05-20")(f)
		}, unsure, "R-08"},
		{"good since a later day, and before", y, func(f *rules.Facts) {
			was("statusDate 2023-05-01 2024-06-01")(f)
			status("有效", "2024-05-20")(f)
		}, pass, "R-00"},
		{"good only since a later day, by its history", y, func(f *rules.Facts) {
			was("status 办理中 2024-05-20", "statusDate 2024-05-10 2024-05-20")(f)
			status("有效", "2024-05-20")(f)
		}, unsure, "Y-54"},
		{"pending on the day by its history", y, was("status 变更中 2024-05-10"), unsure, "Y-54"},
		{"pending only after the day", y, func(f *rules.Facts) {
			was("status 有效 2024-05-10")(f)
			status("变更中", "2024-05-10")(f)
		}, pass, "R-00"},
		{"a word nobody knows, on the day by its history", y, was("status ??? 2024-05-10"), unsure, "R-05"},
		{"specialty renewed after the day", y, func(f *rules.Facts) {
			was("specialties 建筑工程_2023-05-14..2026-05-13；市政公用工程 2024-05-10")(f)
			f.Registry.Answer.Records[0].Specialties = []fields.Specialty{{Name: "建筑工程", Valid: span("2024-05-10 2027-05-09")}}
		}, pass, "R-00"},
		{"specialty given up after the day", y, func(f *rules.Facts) {
			was("specialties 建筑工程_2023-05-14..2026-05-13；市政公用工程 2024-05-10")(f)
			f.Registry.Answer.Records[0].Specialties = []fields.Specialty{{Name: "市政公用工程"}}
		}, pass, "R-00"},
		{"specialty renewed before the day", y, func(f *rules.Facts) {
			was("specialties 建筑工程_2023-05-14..2026-05-13 2024-04-10")(f)
			f.Registry.Answer.Records[0].Specialties = []fields.Specialty{{Name: "建筑工程", Valid: span("2024-04-10 2027-04-09")}}
		}, unsure, "Y-40"},
		{"specialty renewed after the day, of another end", y, func(f *rules.Facts) {
			was("specialties 建筑工程_2022-05-14..2025-05-13 2024-05-10")(f)
			f.Registry.Answer.Records[0].Specialties = []fields.Specialty{{Name: "建筑工程", Valid: span("2024-05-10 2027-05-09")}}
		}, unsure, "Y-40"},
		{"registration renewed after the day", a, func(f *rules.Facts) {
			was("valid 2023-05-14..2025-05-13 2024-05-10")(f)
			f.Registry.Answer.Records[0].Valid = span("2024-05-10 2026-05-09")
		}, pass, "R-00"},
		{"registration renewed before the day", a, func(f *rules.Facts) {
			was("valid 2023-05-14..2025-05-13 2024-04-10")(f)
			f.Registry.Answer.Records[0].Valid = span("2024-04-10 2026-04-09")
		}, unsure, "A-40"},
		{"identifier and key agree", y, func(f *rules.Facts) { identified(f) }, pass, "R-00"},
		{"identifier differs", y, func(f *rules.Facts) { identified(f).EcertID = ecert("202600777") }, unsure, "Y-40"},
		{"identifier differs, before the day judged it was the same", y, func(f *rules.Facts) {
			r := identified(f)
			r.History, r.EcertID = []rules.FieldChange{{Field: "ecertID", Value: r.EcertID, Until: day("2024-05-10")}}, ecert("202600777")
		}, pass, "R-00"},
		{"identifier of a copy that the registry does not know", y, func(f *rules.Facts) {
			r := identified(f)
			r.EcertID, r.QRKey, r.LatestUsageFrom = ecert("202600777"), "T1RIRVI=", day("2023-09-01")
		}, pass, "R-00"},
		{"identifier in the code alone, and it differs", y, func(f *rules.Facts) {
			identified(f).EcertID = ecert("202600777")
			f.Face.Certificate.EcertID = ""
		}, unsure, "Y-40"},
		{"identifier misread off a picture", y, func(f *rules.Facts) {
			identified(f)
			f.Face.Source, f.Face.Certificate.EcertID = fields.SourceOCR, strings.Replace(f.Face.Certificate.EcertID, "202600001", "202600007", 1)
		}, pass, "R-00"},
		{"key differs", y, func(f *rules.Facts) { identified(f).QRKey = "T1RIRVI=" }, unsure, "Y-40"},
		{"a '+' of the key became a space", y, func(f *rules.Facts) {
			identified(f).QRKey = "U1B+FQ0k="
			f.Codes[0].Payload.URL = "https://jzsgl.coc.gov.cn/q?o=U1B FQ0k=&v=1"
		}, pass, "R-00"},
		{"an address without a key", y, func(f *rules.Facts) {
			identified(f)
			f.Codes[0].Payload.URL = "https://jzsgl.coc.gov.cn/"
		}, pass, "R-00"},
		{"a key that two records share", y, func(f *rules.Facts) {
			other := *identified(f)
			other.Number, other.EcertID = "京1112015201600002", ecert("202600777")
			f.Registry.Answer.Records = append(f.Registry.Answer.Records, other)
		}, pass, "R-00"},
		{"number and key lead to two records", y, func(f *rules.Facts) {
			other := *identified(f)
			other.Number = "京1112015201600002"
			f.Registry.Answer.Records[0].QRKey, f.Registry.Answer.Records[0].EcertID = "", ""
			f.Registry.Answer.Records = append(f.Registry.Answer.Records, other)
		}, unsure, "R-07"},
		{"newer copy", y, record(func(r *rules.RegistryRecord) { r.LatestUsageFrom = day("2024-04-15") }), pass, "Y-61"},
		{"newer copy, after the day judged", y, record(func(r *rules.RegistryRecord) { r.LatestUsageFrom = day("2024-05-15") }), pass, "R-00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := good(tt.kind)
			tt.f(f)
			if j := evaluate(t, book(t), f, "standard"); j.reg != tt.reg || !j.spoke(tt.rule) {
				t.Errorf("want %s by %s, got %v", tt.reg, tt.rule, j)
			}
		})
	}
}

// ecert is an identifier of GB/T 36904 with its check character.
func ecert(serial string) string {
	id, err := qr.CheckEcertID("1.2.156.3005.2.11100000000013338W999.11100000000013338W." + serial + ".001.0")
	if err != nil {
		panic(err)
	}
	id.Check = id.CheckWant
	return id.Text()
}

// identified gives face, code and registry the same identifier and key, and returns the record.
func identified(f *rules.Facts) *rules.RegistryRecord {
	id, err := qr.CheckEcertID(ecert("202600001"))
	if err != nil {
		panic(err)
	}
	f.Face.Certificate.EcertID, f.Codes[0].Payload.Ecert = id.Text(), &id
	f.Codes[0].Payload.URL = "https://jzsgl.coc.gov.cn/q?o=U1BFQ0k=&v=1"
	r := &f.Registry.Answer.Records[0]
	r.EcertID, r.QRKey = id.Text(), "U1BFQ0k="
	return r
}

func TestTheCodeOfAnotherIdentifier(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    func(*rules.Facts)
		copy rules.Indication
	}{
		{"the same", func(*rules.Facts) {}, pass},
		{"written without its root", func(f *rules.Facts) { f.Codes[0].Payload.Ecert.Root = "" }, pass},
		{"another", func(f *rules.Facts) { f.Codes[0].Payload.Ecert.Serial = "202600888" }, unsure},
		{"another version", func(f *rules.Facts) { f.Codes[0].Payload.Ecert.Version = "002" }, unsure},
		{"none on the face", func(f *rules.Facts) {
			f.Codes[0].Payload.Ecert.Serial = "202600888"
			f.Face.Certificate.EcertID = ""
		}, pass},
	} {
		f := good(fields.Constructor1)
		identified(f)
		f.Registry.Answer.Records[0].EcertID = ""
		tt.f(f)
		if j := evaluate(t, book(t), f, "standard"); j.copy != tt.copy || j.spoke("QR-06") != (tt.copy == unsure) {
			t.Errorf("%s: want %s, got %v", tt.name, tt.copy, j)
		}
	}
}

func TestAfterAnIntegrityFailureNothingElseLooksChecked(t *testing.T) {
	f := good(fields.Constructor1)
	sealing(func(s *seal.Signature) { s.Integrity = seal.Broken }, seal.Dirty)(f)
	j := evaluate(t, book(t), f, "standard")
	b := book(t)
	for _, x := range j.found {
		if s := b.StepByID(x.Step); s.Content && x.Status != rules.Skipped {
			t.Errorf("step %s is %s under a broken seal", x.Step, x.Status)
		}
	}
	if j.copy != fails || j.reg != unsure {
		t.Errorf("got %v", j)
	}
}

func TestStrictCountsAdvice(t *testing.T) {
	f := good(fields.Constructor1)
	f.Seal.Signatures[0].Revocation.Status = "not-checked"
	if j := evaluate(t, book(t), f, "standard"); j.copy != pass {
		t.Errorf("standard: %v", j)
	}
	if j := evaluate(t, book(t), f, "strict"); j.copy != unsure {
		t.Errorf("strict: %v", j)
	}
}

// What is said of a page of text in a larger file is not what is said of a picture.
func TestBoundInIsSaid(t *testing.T) {
	b := book(t)
	f := good(fields.Constructor1)
	boundIn(f)
	p, _ := b.Policy("")
	said := map[string]string{}
	for _, x := range b.Evaluate(f, p) {
		if x.Step == "integrity" || x.Rule != nil && x.Rule.ID == "S-10" {
			said[x.Step] = b.Message(&x, "en") + b.Message(&x, "zh")
		}
	}
	if !strings.Contains(said["input"], "bound into another file") || !strings.Contains(said["input"], "并入其他文件") || !strings.Contains(said["integrity"], "no seal of its own") {
		t.Errorf("%q", said)
	}
}

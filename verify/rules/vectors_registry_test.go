package rules_test

import (
	"strings"
	"testing"

	"zhengyan/verify/fields"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

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
			usage("2024-01-18 2024-07-15")(f)
			f.Registry.Snapshot.AsOf = day("2024-01-20").Start()
		}, fails, "Y-60"},
		{"cancelled by data that is older than the copy", y, func(f *rules.Facts) {
			status("注销", "2023-12-01")(f)
			f.Registry.Snapshot.AsOf = day("2024-02-20").Start()
		}, unsure, "R-08"},
		{"cancelled by data that is older than a copy which nobody vouches for", y, func(f *rules.Facts) {
			status("注销", "2023-12-01")(f)
			f.Registry.Snapshot.AsOf = day("2024-02-20").Start()
			f.Seal.Signatures[0].Trust, f.Seal.Signatures[0].Anchor = seal.UnknownIssuer, ""
		}, fails, "Y-60"},
		{"suspended by old data", y, func(f *rules.Facts) {
			status("暂扣", "2024-02-01")(f)
			f.Registry.Snapshot.AsOf = day("2024-03-10").Start()
		}, unsure, "R-08"},
		{"approved on the day", c, cert(func(c *fields.Certificate) { c.Approved = day("2024-05-01") }), pass, "R-00"},
		{"approved after the day", c, cert(func(c *fields.Certificate) { c.Approved = day("2024-05-02") }), unsure, "D-07"},
		{"issued after the day", y, cert(func(c *fields.Certificate) { c.IssueDate = day("2024-05-10") }), unsure, "D-07"},
		{"issued in the month", a, cert(func(c *fields.Certificate) { c.IssueDate = day("2024-05") }), pass, "R-00"},
		{"issued in a later month", a, cert(func(c *fields.Certificate) { c.IssueDate = day("2024-06") }), unsure, "D-07"},
		{"cancelled in a later month", y, status("注销", "2024-06"), pass, "Y-60"},
		{"cancelled in the month", y, func(f *rules.Facts) {
			status("注销", "2024-05")(f)
			f.Registry.Snapshot.AsOf, f.GatheredAt = day("2024-05-20").Start(), day("2024-05-21").Start()
		}, unsure, "R-08"},
		{"cancelled in an earlier month", y, status("注销", "2024-04"), fails, "Y-60"},
		{"good since a day of the month", y, func(f *rules.Facts) {
			status("有效", "2024-05")(f)
			f.Registry.Snapshot.AsOf, f.GatheredAt = day("2024-05-20").Start(), day("2024-05-21").Start()
		}, unsure, "R-09"},
		{"another employer on the day by its history, the same since", y, was("employer 别家建设有限公司 2024-05-10"), unsure, "Y-40"},
		{"the same employer on the day by its history, another since", y, func(f *rules.Facts) {
			was("employer 样例建设有限公司 2024-05-10")(f)
			f.Registry.Answer.Records[0].Employer = "别家建设有限公司"
		}, pass, "R-00"},
		{"another specialty on the day by its history, the same since", y, was("specialties 机电工程 2024-05-10"), unsure, "Y-40"},
		{"a validity that begins after the day", a, record(func(r *rules.RegistryRecord) { r.Valid.From = day("2024-05-15") }), unsure, "A-40"},
		{"a specialty that begins after the day", y, record(func(r *rules.RegistryRecord) { r.Specialties[0].Valid.From = day("2024-05-15") }), unsure, "Y-40"},
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
		{"not listed on the day", y, was("absent 2024-04-20 2024-05-10"), unsure, "R-09"},
		{"not listed on the day, ended since", y, func(f *rules.Facts) {
			was("absent 2024-04-20 2024-05-10")(f)
			status("注销", "2024-05-20")(f)
		}, unsure, "R-09"},
		{"not listed on the day, valid by its history, ended since", y, func(f *rules.Facts) {
			was("absent 2024-04-20 2024-05-10", "status 有效 2024-05-20")(f)
			status("注销", "2024-05-20")(f)
		}, unsure, "R-09"},
		{"not listed on the day, ended before", y, func(f *rules.Facts) {
			was("absent 2024-04-20 2024-05-10")(f)
			status("注销", "2024-04-01")(f)
		}, fails, "Y-60"},
		{"not listed on the day, valid since a day before that snapshot", y, func(f *rules.Facts) {
			was("absent 2024-04-20 2024-05-10")(f)
			status("有效", "2024-04-19")(f)
		}, unsure, "R-09"},
		{"not listed on the day, valid since the day of that snapshot", y, func(f *rules.Facts) {
			was("absent 2024-04-20 2024-05-10")(f)
			status("有效", "2024-04-20")(f)
		}, pass, "R-00"},
		{"listed from the day on", y, was("absent 2024-04-20 2024-05-01"), pass, "R-00"},
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

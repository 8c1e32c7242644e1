package verify_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
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

func judge(t testing.TB) *verify.Verifier {
	t.Helper()
	b, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return verify.NewJudge(b, "Zhengyan test")
}

// goodEvidence is the evidence on a constructor's certificate that passes on 2026-04-01.
func goodEvidence() *verify.Evidence {
	span := func(a, b string) fields.Period { return fields.Period{From: day(a), To: day(b)} }
	c := fields.Certificate{
		Kind: fields.Constructor1, Medium: fields.Electronic, Title: "中华人民共和国一级建造师注册证书", Name: "张样例", Sex: "男",
		Birth: day("1980-05-06"), Number: "京1112015201600001", Employer: "样例建设有限公司", Usage: span("2026-03-01", "2026-08-27"),
		Specialties: []fields.Specialty{{Name: "建筑工程", Valid: span("2024-05-14", "2027-05-13")}, {Name: "市政公用工程", Valid: span("2023-07-02", "2026-07-01")}},
	}
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	name := "中华人民共和国住房和城乡建设部一级建造师行政许可专用章"
	return &verify.Evidence{
		GatheredAt: time.Date(2026, 6, 20, 1, 0, 0, 0, time.UTC),
		Input:      document.Info{Name: "c.pdf", Size: 1, SHA256: "00", Format: document.FormatPDF, Kind: document.InputOriginal, Pages: 1},
		Fields: &fields.Result{Source: fields.SourceText, Certificate: c, Fields: []fields.Field{
			{Name: "name", Value: c.Name, Box: page.Box{X0: 1, Y0: 1, X1: 2, Y1: 2}, Confidence: 1},
			{Name: "usage", Value: "2026-03-01/2026-08-27", Box: page.Box{X0: 1, Y0: 3, X1: 2, Y1: 4}, Confidence: 1},
		}},
		Seal: &seal.Report{Status: seal.Signed, Overall: seal.Clean, Anchors: 1, Signatures: []seal.Signature{{
			Field: "Seal1", Format: "cms", Integrity: seal.Intact, Coverage: seal.CoverageWhole, Changes: seal.ChangesNone, Permitted: true,
			Signer: name, SignedAt: day("2026-03-01").Start(), Trust: seal.Trusted, Anchor: "CN=root", Counts: true, Kind: "signature",
			Chain:      []seal.CertInfo{{Subject: name, NotBefore: year(2019), NotAfter: year(2040)}, {Subject: "CN=root", NotBefore: year(2019), NotAfter: year(2040)}},
			Revocation: seal.Revocation{Status: "good"}, Problems: []seal.Problem{},
		}}},
		Codes: []verify.Code{{Code: qr.Code{Text: "https://jzsgl.coc.gov.cn/q?k=1"}, Payload: qr.Payload{Kind: qr.PayloadKnownHost, Host: "jzsgl.coc.gov.cn", For: []string{"constructor-1"}}}},
		Registry: &verify.RegistryLookup{
			Snapshot: verify.SnapshotInfo{ID: "s1", AsOf: day("2026-06-01").Start(), WarnAge: 30 * 24 * time.Hour, RedAge: 90 * 24 * time.Hour},
			Answer: verify.RegistryAnswer{Found: true, Records: []verify.RegistryRecord{{
				Kind: c.Kind, Number: c.Number, Name: c.Name, Sex: c.Sex, Birth: c.Birth, Employer: c.Employer, Specialties: c.Specialties, Status: "有效",
			}}},
		},
	}
}

func at(s string) verify.Question { return verify.Question{At: verify.EndOfDay(day(s))} }

func TestJudgeIsPureAndReportsComeBack(t *testing.T) {
	v := judge(t)
	ev := goodEvidence()
	before, err := json.Marshal(ev)
	if err != nil {
		t.Fatal(err)
	}
	r := v.Judge(ev, at("2026-04-01"))
	if r.Indication != verify.TotalPassed {
		t.Fatalf("%s: %s", r.Indication, r.Reason)
	}
	first, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	after, err := json.Marshal(ev)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("judging changed the evidence")
	}
	var back verify.Report
	if err := json.Unmarshal(first, &back); err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(v.Judge(back.Evidence, at("2026-04-01")))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Errorf("judged from the report's own evidence:\n%s\nfirst:\n%s", second, first)
	}
}

func TestTheSumNamesTheBindingTerm(t *testing.T) {
	v := judge(t)
	for _, tt := range []struct {
		name    string
		change  func(*fields.Certificate)
		binding string
		date    string
	}{
		{"180 days", func(*fields.Certificate) {}, "days", "2026-08-28"},
		{"specialty", func(c *fields.Certificate) { c.Specialties = c.Specialties[1:] }, "specialty", "2026-07-01"},
		{"age", func(c *fields.Certificate) { c.Birth = day("1961-06-15") }, "age", "2026-06-15"},
		{"29 February", func(c *fields.Certificate) { c.Birth = day("1960-02-29"); c.Usage.From = day("2025-01-10") }, "age", "2025-02-28"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ev := goodEvidence()
			tt.change(&ev.Fields.Certificate)
			u := v.Judge(ev, at("2026-04-01")).Usage
			if u == nil || u.Expected != day(tt.date) {
				t.Fatalf("got %+v, want %s", u, tt.date)
			}
			for _, x := range u.Terms {
				if x.Binding != (x.Name == tt.binding) {
					t.Errorf("term %s: binding %v", x.Name, x.Binding)
				}
				if x.Label == "" || x.Clause == "" {
					t.Errorf("term %s has no label or clause", x.Name)
				}
			}
		})
	}
}

// Every day of a segment has the segment's verdict, and the segments leave no day out.
func TestTimelineAgreesWithEveryDay(t *testing.T) {
	v := judge(t)
	record := func(change func(*verify.RegistryRecord)) func(*verify.Evidence) {
		return func(ev *verify.Evidence) { change(&ev.Registry.Answer.Records[0]) }
	}
	was := func(field, value, until string) verify.FieldChange {
		return verify.FieldChange{Field: field, Value: value, Until: day(until)}
	}
	for _, tt := range []struct {
		name   string
		kind   fields.Kind
		policy string
		turns  string // a day on which the verdict turns
		change func(*verify.Evidence)
	}{
		{"cancelled", fields.Constructor1, "", "2026-05-20", record(func(r *verify.RegistryRecord) { r.Status, r.StatusDate = "注销", day("2026-05-20") })},
		{"cancelled on a day that is not given", fields.Constructor1, "", "2026-06-01", record(func(r *verify.RegistryRecord) { r.Status = "注销" })},
		{"another employer since", fields.Constructor1, "", "2026-05-10", record(func(r *verify.RegistryRecord) {
			r.Employer, r.History = "样例新建设有限公司", []verify.FieldChange{was("employer", r.Employer, "2026-05-10")}
		})},
		{"suspended for a time", fields.Constructor1, "", "2026-03-15", record(func(r *verify.RegistryRecord) {
			r.StatusDate = day("2026-05-10")
			r.History = []verify.FieldChange{was("status", "暂扣", "2026-05-10"), was("statusDate", "2026-03-15", "2026-05-10")}
		})},
		{"valid again", fields.Constructor1, "", "2026-05-10", record(func(r *verify.RegistryRecord) {
			r.StatusDate = day("2026-05-10")
			r.History = []verify.FieldChange{was("status", "暂扣", "2026-05-10"), was("statusDate", "2026-03-15", "2026-05-10")}
		})},
		{"validity known to the registry alone", fields.Architect1, "", "2026-07-02", func(ev *verify.Evidence) {
			ev.Fields.Certificate.Valid = fields.Period{}
			ev.Registry.Answer.Records[0].Valid = fields.Period{From: day("2024-07-02"), To: day("2026-07-01")}
		}},
		{"a list of revocations that is followed by another", fields.Constructor1, "strict", "2026-06-11", func(ev *verify.Evidence) {
			ev.Fields.Certificate.Specialties = ev.Fields.Certificate.Specialties[:1]
			ev.Seal.Signatures[0].Revocation.Next = day("2026-06-11").Start().Add(9 * time.Hour)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ev := evidenceOf(tt.kind)
			tt.change(ev)
			q := verify.Question{Policy: tt.policy}
			segs := v.Timeline(ev, q)
			if len(segs) < 4 {
				t.Fatalf("only %d segments: %+v", len(segs), segs)
			}
			if !segs[0].From.IsZero() || !segs[len(segs)-1].To.IsZero() {
				t.Errorf("the ends are not open: %+v", segs)
			}
			if !slices.ContainsFunc(segs, func(s verify.Segment) bool { return s.From == day(tt.turns) }) {
				t.Errorf("no turn on %s: %+v", tt.turns, segs)
			}
			i := 0
			for d := day("2025-12-01"); d.Before(day("2027-12-01")); d = d.AddDays(1) {
				for !segs[i].To.IsZero() && d.After(segs[i].To) {
					i++
				}
				q.At = verify.EndOfDay(d)
				r := v.Judge(ev, q)
				if s := segs[i]; r.Indication != s.Indication || r.Copy.Indication != s.Copy || r.Registration.Indication != s.Registration {
					t.Fatalf("%s: judged %s/%s/%s, segment %+v", d, r.Indication, r.Copy.Indication, r.Registration.Indication, s)
				}
			}
		})
	}
}

func TestAHumanDecisionStandsBesideTheMachine(t *testing.T) {
	v := judge(t)
	ev := goodEvidence()
	ev.Input.Kind, ev.Seal = document.InputScan, nil
	q := at("2026-04-01")
	if r := v.Judge(ev, q); r.Copy.Indication != verify.Indeterminate || !slices.Contains(r.Copy.SubIndications, rules.HandwritingNotExamined) {
		t.Fatalf("not examined: %+v", r.Copy)
	}
	q.Human = map[string]verify.HumanDecision{"handwriting": {Answer: "unsigned", Who: "reviewer"}}
	r := v.Judge(ev, q)
	if r.Copy.Indication != verify.TotalFailed || !slices.Contains(r.Copy.SubIndications, rules.HandwrittenSignatureMissing) {
		t.Fatalf("unsigned: %+v", r.Copy)
	}
	if r.Human["handwriting"].Who != "reviewer" {
		t.Error("the report does not carry the decision")
	}
}

func TestFreshnessIsNeverSilent(t *testing.T) {
	v := judge(t)
	for _, tt := range []struct {
		at, gathered string
		want         verify.Freshness
		age          int
	}{
		{"2026-04-01", "2026-06-20", verify.Fresh, 0},     // the snapshot is newer than the day judged
		{"2026-06-15", "2026-06-20", verify.Fresh, 14},    // within the warn age
		{"2026-07-15", "2026-07-20", verify.Stale, 44},    // beyond it
		{"2026-10-15", "2026-10-20", verify.RedLine, 136}, // beyond the red line
		{"2027-01-01", "2026-06-10", verify.Fresh, 9},     // a future day: as fresh as today
		{"2026-04-01", "2026-05-01", verify.ClockSuspect, 0},
	} {
		ev := goodEvidence()
		ev.GatheredAt = day(tt.gathered).Start()
		r := v.Judge(ev, at(tt.at))
		if r.Snapshot.Freshness != tt.want || r.Snapshot.AgeDays != tt.age {
			t.Errorf("%s on %s: %s, %d days; want %s, %d", tt.at, tt.gathered, r.Snapshot.Freshness, r.Snapshot.AgeDays, tt.want, tt.age)
		}
		if tt.want == verify.ClockSuspect && r.Indication == verify.TotalPassed {
			t.Error("passed under a clock that is certainly wrong")
		}
	}
}

func TestEveryLanguageSaysSomething(t *testing.T) {
	v := judge(t)
	for _, lang := range []string{"zh", "en"} {
		q := at("2026-09-01")
		q.Lang = lang
		r := v.Judge(goodEvidence(), q)
		if r.Reason == "" || r.Next == "" || r.Disclaimer == "" || r.Lang != lang {
			t.Errorf("%s: %+v", lang, r)
		}
		for _, c := range r.Checks {
			if c.Message == "" || c.Title == "" || bytes.ContainsAny([]byte(c.Message), "{}") {
				t.Errorf("%s: check %s: %q", lang, c.ID, c.Message)
			}
		}
	}
}

func TestParseInstant(t *testing.T) {
	for in, want := range map[string]string{
		"2026-03-01":                "2026-03-01T23:59:59+08:00",
		"2026-03-01T09:30":          "2026-03-01T09:30:00+08:00",
		"2026-03-01 09:30":          "2026-03-01T09:30:00+08:00",
		"2026-03-01T09:30:05":       "2026-03-01T09:30:05+08:00",
		"2026-03-01T01:30:00Z":      "2026-03-01T01:30:00Z",
		"2026-03-01T09:30:00+08:00": "2026-03-01T09:30:00+08:00",
	} {
		got, err := verify.ParseInstant(in)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q: %v, %v; want %s", in, got.Format(time.RFC3339), err, want)
		}
	}
	for _, in := range []string{"", "2026-02-30", "2026-03", "1 March", "2026-03-01T25:00", "20260301"} {
		if got, err := verify.ParseInstant(in); err == nil {
			t.Errorf("%q: %v, want an error", in, got)
		}
	}
}

// Judging costs microseconds and no I/O: the time slider calls it on every move.
func BenchmarkJudge(b *testing.B) {
	v := judge(b)
	ev, q := goodEvidence(), at("2026-04-01")
	b.ReportAllocs()
	for b.Loop() {
		v.Judge(ev, q)
	}
}

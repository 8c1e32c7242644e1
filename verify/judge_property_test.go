package verify_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// passesHonestly checks what must hold of every report, whatever the evidence: it is complete, and nothing passes in
// all unless the seal is intact, its issuer trusted, the kind accepted and the period of use open.
func passesHonestly(t *testing.T, v *verify.Verifier, ev *verify.Evidence, q verify.Question) {
	t.Helper()
	r := v.Judge(ev, q)
	for _, i := range []verify.Indication{r.Indication, r.Copy.Indication, r.Registration.Indication} {
		if i != verify.TotalPassed && i != verify.Indeterminate && i != verify.TotalFailed {
			t.Fatalf("indication %q", i)
		}
	}
	if r.Reason == "" || r.Copy.SubIndications == nil || r.Registration.SubIndications == nil {
		t.Fatalf("the report is incomplete: %+v", r)
	}
	if r.Indication != verify.TotalPassed {
		return
	}
	needed := []string{"integrity", "trust", "kind", "usage", "registry"}
	if r.Policy.Name == "audit" {
		needed = needed[:1] // only the seal's integrity counts there
	}
	for _, step := range needed {
		ok := false
		for _, c := range r.Checks {
			if c.ID != step || c.Status == verify.Skipped || c.Action != verify.Enforce {
				continue
			}
			if c.Status != verify.Passed {
				t.Fatalf("passed over %s: %s %s", step, c.Rule, c.Status)
			}
			ok = true
		}
		// C-04 and C-16 are certificates without a period of use; Y-03 is advice on a kind that no text refuses.
		if !ok && !spared(r, step) {
			raw, _ := json.Marshal(ev)
			t.Fatalf("passed under %s as at %s without %s:\n%s", r.Policy.Name, r.JudgedOn, step, raw)
		}
	}
}

func spared(r *verify.Report, step string) bool {
	for _, c := range r.Checks {
		if step == "usage" && c.Rule == "C-04" && c.Status == verify.Passed || step == "kind" && c.Rule == "Y-03" {
			return true
		}
	}
	return false
}

// scramble sets random parts of a value: to nothing, to a neighbour's value, or to something that no reader would give.
func scramble(r *rand.Rand, x reflect.Value, words []string, depth int) {
	if !x.CanSet() || depth > 12 {
		return
	}
	if r.IntN(40) == 0 {
		x.SetZero()
		return
	}
	switch x.Interface().(type) {
	case civil.Date:
		if r.IntN(6) == 0 {
			d := civil.Must(2024, 1, 1).AddDays(r.IntN(1500))
			if r.IntN(4) == 0 {
				d.D = 0
			}
			x.Set(reflect.ValueOf(d))
		}
		return
	case time.Time:
		if r.IntN(6) == 0 {
			x.Set(reflect.ValueOf(time.Date(2020+r.IntN(12), time.Month(1+r.IntN(12)), 1, 0, 0, 0, 0, time.UTC)))
		}
		return
	}
	switch x.Kind() {
	case reflect.Pointer:
		if !x.IsNil() {
			scramble(r, x.Elem(), words, depth+1)
		}
	case reflect.Struct:
		for i := range x.NumField() {
			scramble(r, x.Field(i), words, depth+1)
		}
	case reflect.Slice:
		for i := range x.Len() {
			scramble(r, x.Index(i), words, depth+1)
		}
		if x.Len() > 0 && r.IntN(12) == 0 {
			more := reflect.New(x.Type().Elem()).Elem()
			more.Set(x.Index(r.IntN(x.Len())))
			scramble(r, more, words, depth+1)
			x.Set(reflect.Append(x, more))
		}
	case reflect.String:
		if r.IntN(25) == 0 {
			x.SetString(words[r.IntN(len(words))])
		}
	case reflect.Bool:
		if r.IntN(25) == 0 {
			x.SetBool(!x.Bool())
		}
	case reflect.Int, reflect.Int64:
		if r.IntN(25) == 0 {
			x.SetInt(int64(r.IntN(400)) - 20)
		}
	}
}

// copyOf is a deep copy, so that scrambling never reaches the next round.
func copyOf(t testing.TB, ev *verify.Evidence) *verify.Evidence {
	raw, err := json.Marshal(ev)
	if err != nil {
		t.Fatal(err)
	}
	out := new(verify.Evidence)
	if err := json.Unmarshal(raw, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// evidenceOf is evidence that passes on 2026-04-01 for a kind.
func evidenceOf(k fields.Kind) *verify.Evidence {
	ev := goodEvidence()
	c, s, rec := &ev.Fields.Certificate, &ev.Seal.Signatures[0], &ev.Registry.Answer.Records[0]
	switch k {
	case fields.Architect1:
		c.Specialties, c.Valid = nil, fields.Period{From: day("2025-01-01"), To: day("2026-12-31")}
		s.Signer = "全国注册建筑师管理委员会"
		ev.Codes[0].Payload = qr.Payload{Kind: qr.PayloadKnownHost, Host: "jzsc.mohurd.gov.cn", For: []string{"architect-1"}}
	case fields.Qualification:
		c.Specialties, c.Employer, c.Usage = nil, "", fields.Period{}
		c.Annotation = &fields.Annotation{Scene: "本人调用", Period: fields.Period{From: day("2026-03-02"), To: day("2026-05-30")}}
		c.Issuer = "中华人民共和国人力资源和社会保障部"
		s.Signer = "中华人民共和国人力资源和社会保障部专业技术人员职业资格证书专用章"
		ev.Codes = nil
	}
	c.Kind, rec.Kind = k, k
	rec.Specialties, rec.Employer, rec.Valid = c.Specialties, c.Employer, c.Valid
	return ev
}

func TestNoEvidenceWhateverPassesUnchecked(t *testing.T) {
	v := judge(t)
	words := strings.Fields(`constructor-1 architect-1 qualification constructor-2 other unknown electronic paper text ocr none original
		scan photo intact broken malformed unsupported whole partial clean dirty unsigned unreadable signed trusted expired revoked
		unknown-issuer untrusted-usage good signature timestamp content form ltv 有效 注销 办理中 ambiguous overprinted bad-period annotation
		usage damaged no-key timeout conflict fields qr url-unknown-host opaque-text 建筑工程 X`)
	r := rand.New(rand.NewPCG(7, 8))
	passed := 0
	for range 1500 {
		ev := evidenceOf([]fields.Kind{fields.Constructor1, fields.Architect1, fields.Qualification}[r.IntN(3)])
		ev = copyOf(t, ev)
		for range r.IntN(3) {
			scramble(r, reflect.ValueOf(ev).Elem(), words, 0)
		}
		at := day("2026-04-01").AddDays(r.IntN(500) - 250)
		for _, p := range v.Policies() {
			q := verify.Question{At: verify.EndOfDay(at), Policy: p}
			if r.IntN(4) == 0 {
				q.Specialty, q.Employer = "建筑工程", "样例建设有限公司"
				q.Human = map[string]verify.HumanDecision{"handwriting": {Answer: words[r.IntN(len(words))]}}
			}
			passesHonestly(t, v, ev, q)
		}
		if v.Judge(ev, at2026()).Indication == verify.TotalPassed {
			passed++
		}
	}
	if passed < 100 {
		t.Errorf("only %d of 1500 pass: the evidence is scrambled beyond use", passed)
	}
}

func at2026() verify.Question { return at("2026-04-01") }

func TestEveryPartMayBeMissing(t *testing.T) {
	v := judge(t)
	for name, remove := range map[string]func(*verify.Evidence){
		"everything": func(ev *verify.Evidence) { *ev = verify.Evidence{} },
		"fields":     func(ev *verify.Evidence) { ev.Fields = nil },
		"face":       func(ev *verify.Evidence) { ev.Fields = &fields.Result{} },
		"seal":       func(ev *verify.Evidence) { ev.Seal = nil },
		"signatures": func(ev *verify.Evidence) { ev.Seal.Signatures = nil },
		"chain":      func(ev *verify.Evidence) { ev.Seal.Signatures[0].Chain = nil },
		"codes":      func(ev *verify.Evidence) { ev.Codes = nil },
		"registry":   func(ev *verify.Evidence) { ev.Registry = nil },
		"answer":     func(ev *verify.Evidence) { ev.Registry.Answer = verify.RegistryAnswer{} },
		"record":     func(ev *verify.Evidence) { ev.Registry.Answer.Records[0] = verify.RegistryRecord{} },
		"input":      func(ev *verify.Evidence) { ev.Input = document.Info{} },
		"a page":     func(ev *verify.Evidence) { ev.Problems = []verify.Problem{{Stage: "fields", Code: "timeout"}} },
		"a code":     func(ev *verify.Evidence) { ev.Problems = []verify.Problem{{Stage: "qr", Code: "conflict"}} },
		"a chain end": func(ev *verify.Evidence) {
			ev.Seal.Signatures[0].Chain, ev.Seal.Signatures[0].Problems = nil, []seal.Problem{{Code: "SEAL_OUT_OF_VALIDITY"}}
		},
	} {
		ev := goodEvidence()
		remove(ev)
		for _, p := range v.Policies() {
			q := at2026()
			q.Policy = p
			passesHonestly(t, v, ev, q)
			if r := v.Judge(ev, q); p != "audit" && r.Indication == verify.TotalPassed {
				t.Errorf("%s: passes without %s", p, name)
			}
		}
		v.Timeline(ev, verify.Question{})
	}
	if r := v.Judge(nil, at2026()); r.Indication != verify.Indeterminate {
		t.Errorf("no evidence at all: %s", r.Indication)
	}
	v.Timeline(nil, verify.Question{})
}

// FuzzJudge judges evidence as a report brings it back, which anybody may have edited.
func FuzzJudge(f *testing.F) {
	for _, k := range []fields.Kind{fields.Constructor1, fields.Architect1, fields.Qualification} {
		raw, err := json.Marshal(evidenceOf(k))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, int64(0))
	}
	b, err := rules.Load(assets.Rules())
	if err != nil {
		f.Fatal(err)
	}
	v := verify.NewJudge(b, "Zhengyan test")
	f.Fuzz(func(t *testing.T, raw []byte, days int64) {
		ev := new(verify.Evidence)
		if json.Unmarshal(raw, ev) != nil {
			return
		}
		for _, p := range v.Policies() {
			passesHonestly(t, v, ev, verify.Question{At: verify.EndOfDay(day("2026-04-01").AddDays(int(days % 100000))), Policy: p})
		}
	})
}

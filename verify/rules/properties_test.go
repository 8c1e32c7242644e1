package rules_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// A fact that is taken away never makes a verdict better, and never lets anything pass that did not.
func TestAMissingFactNeverPasses(t *testing.T) {
	b := book(t)
	needed := map[string]func(*rules.Facts){
		"seal":        func(f *rules.Facts) { f.Seal = nil },
		"face":        func(f *rules.Facts) { f.Face = nil },
		"usage":       func(f *rules.Facts) { f.Face.Certificate.Usage = fields.Period{}; f.Face.Certificate.Annotation = nil },
		"usage end":   func(f *rules.Facts) { f.Face.Certificate.Usage.To = civil.Date{}; blankAnnotation(f, false) },
		"usage start": func(f *rules.Facts) { f.Face.Certificate.Usage.From = civil.Date{}; blankAnnotation(f, true) },
		"anchors": func(f *rules.Facts) {
			f.Seal.Signatures[0].Trust, f.Seal.Signatures[0].Anchor = seal.TrustNotChecked, ""
		},
		"medium": func(f *rules.Facts) {
			f.Face.Certificate.Medium = fields.UnknownMedium
			f.Face.Certificate.Annotation = nil
		},
	}
	for _, k := range []fields.Kind{fields.Constructor1, fields.Architect1, fields.Qualification} {
		for name, remove := range needed {
			f := good(k)
			remove(f)
			if j := evaluate(t, b, f, "standard"); j.copy == pass {
				t.Errorf("%s without %s passes: %v", k, name, j)
			}
		}
	}
	for name, remove := range map[string]func(*rules.Facts){
		"birth":       func(f *rules.Facts) { f.Face.Certificate.Birth = civil.Date{} },
		"specialties": func(f *rules.Facts) { f.Face.Certificate.Specialties = nil },
		"an expiry":   func(f *rules.Facts) { f.Face.Certificate.Specialties[0].Valid = fields.Period{} },
	} {
		f := good(fields.Constructor1)
		remove(f)
		if j := evaluate(t, b, f, "standard"); j.copy == pass {
			t.Errorf("constructor without %s passes: %v", name, j)
		}
	}
	for name, remove := range map[string]func(*rules.Facts){
		"registry": func(f *rules.Facts) { f.Registry = nil },
		"answer":   func(f *rules.Facts) { f.Registry.Answer = rules.RegistryAnswer{} },
		"status":   func(f *rules.Facts) { f.Registry.Answer.Records[0].Status = "" },
		"name":     func(f *rules.Facts) { f.Registry.Answer.Records[0].Name = "" },
		"face":     func(f *rules.Facts) { f.Face = nil },
	} {
		f := good(fields.Constructor1)
		remove(f)
		if j := evaluate(t, b, f, "standard"); j.reg == pass {
			t.Errorf("registration without %s passes: %v", name, j)
		}
	}
}

func blankAnnotation(f *rules.Facts, from bool) {
	if a := f.Face.Certificate.Annotation; a != nil {
		if from {
			a.Period.From = civil.Date{}
		} else {
			a.Period.To = civil.Date{}
		}
	}
}

// randomFacts varies everything that a day can bear on.
func randomFacts(r *rand.Rand) *rules.Facts {
	kinds := []fields.Kind{fields.Constructor1, fields.Architect1, fields.Qualification}
	f := good(kinds[r.IntN(3)])
	from := civil.Must(2021, 1, 1).AddDays(r.IntN(1500))
	p := fields.Period{From: from, To: from.AddDays(r.IntN(200))}
	cert(func(c *fields.Certificate) {
		c.Birth = civil.Must(1955, 1, 1).AddDays(r.IntN(9000))
		if c.Annotation != nil {
			c.Annotation.Period = p
			return
		}
		c.Usage = p
		if c.Kind == fields.Architect1 {
			c.Valid = fields.Period{From: from.AddDays(-r.IntN(700)), To: from.AddDays(r.IntN(700))}
		}
		for i := range c.Specialties {
			c.Specialties[i].Valid = fields.Period{From: from.AddDays(-r.IntN(900)), To: from.AddDays(r.IntN(900) - 300)}
		}
	})(f)
	f.Registry.Snapshot.AsOf = from.AddDays(r.IntN(100)).Start()
	f.GatheredAt = civil.Must(2027, 1, 1).Start()
	return f
}

func TestALaterDayNeverRevivesAnEndedCopy(t *testing.T) {
	b := book(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		f := randomFacts(r)
		d := civil.Must(2021, 1, 1).AddDays(r.IntN(1900))
		f.Day, f.Instant = d, d.Start()
		if evaluate(t, b, f, "standard").copy != fails {
			continue
		}
		for _, n := range []int{1, 2, 30, 180, 400, 1000} {
			f.Day = d.AddDays(n)
			f.Instant = f.Day.Start()
			if j := evaluate(t, b, f, "standard"); j.copy != fails {
				t.Fatalf("failed on %s, on %s: %v", d, f.Day, j)
			}
		}
	}
}

func TestNoRuleSpeaksOutsideItsDatesOrKinds(t *testing.T) {
	b := book(t)
	r := rand.New(rand.NewPCG(3, 4))
	n := 0
	for range 2000 {
		f := randomFacts(r)
		if r.IntN(4) == 0 {
			paper(f)
		}
		f.Day = civil.Must(2020, 6, 1).AddDays(r.IntN(2000))
		f.Instant = f.Day.Start()
		for _, x := range evaluate(t, b, f, "standard").found {
			if x.Rule == nil {
				continue
			}
			n++
			if !x.Rule.From.IsZero() && f.Day.Before(x.Rule.From) || !x.Rule.To.IsZero() && f.Day.After(x.Rule.To) {
				t.Fatalf("%s spoke on %s", x.Rule.Key(), f.Day)
			}
			if k := f.Face.Certificate.Kind; len(x.Rule.Kinds) > 0 && !slices.Contains(x.Rule.Kinds, k) {
				t.Fatalf("%s spoke of %s", x.Rule.Key(), k)
			}
		}
	}
	if n < 10000 {
		t.Fatalf("only %d findings: the facts are too poor", n)
	}
}

// The roll-up is total: whatever the findings, also unknown ones, it gives one of the three values and passes only on an
// enforced pass.
func TestRollUpIsTotal(t *testing.T) {
	b := book(t)
	r := rand.New(rand.NewPCG(5, 6))
	rule := &rules.Rule{ID: "X", Target: rules.TargetCopy}
	statuses := []rules.Status{rules.Passed, rules.Failed, rules.Inconclusive, rules.Skipped, "", "NEW"}
	for range 5000 {
		var fs []rules.Finding
		var enforced []rules.Status
		for range r.IntN(5) {
			x := rules.Finding{Step: "kind", Rule: rule, Status: statuses[r.IntN(len(statuses))], Action: []rules.Action{rules.Enforce, rules.Advise}[r.IntN(2)]}
			fs = append(fs, x)
			if x.Action == rules.Enforce {
				enforced = append(enforced, x.Status)
			}
		}
		got, subs := b.RollUp(fs, rules.TargetCopy)
		if subs == nil {
			t.Fatal("sub-indications are nil")
		}
		want := rules.Indeterminate
		unclear := slices.ContainsFunc(enforced, func(s rules.Status) bool { return s != rules.Passed && s != rules.Skipped && s != rules.Failed })
		switch {
		case slices.Contains(enforced, rules.Failed):
			want = rules.TotalFailed
		case !unclear && slices.Contains(enforced, rules.Passed):
			want = rules.TotalPassed
		}
		if got != want {
			t.Fatalf("%v: got %s, want %s", fs, got, want)
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	bk := book(b)
	p, _ := bk.Policy("standard")
	f := good(fields.Constructor1)
	b.ReportAllocs()
	for b.Loop() {
		found := bk.Evaluate(f, p)
		bk.RollUp(found, rules.TargetCopy)
		bk.RollUp(found, rules.TargetRegistration)
	}
}

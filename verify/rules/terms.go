package rules

import (
	"slices"
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// Term is one term of the sum that bounds a period of use.
type Term struct {
	Name   string // days, specialty, registration, age
	Date   civil.Date
	Clause string
}

// UsageTerms returns the terms whose minimum ends the period of use, as far as the face tells them: for constructors
// min(start+180 d, specialty expiry, 65th birthday), for architects min(start+180 d, registration expiry), for
// qualification certificates start+90 d. It returns nil where the start was not read.
func (b *Book) UsageTerms(f *Facts) []Term {
	e := newEvaluation(b, f)
	from := e.period().From
	r := b.lengthRule(e.cert.Kind)
	if from.IsZero() || r == nil {
		return nil
	}
	clause := r.Clause
	if d := b.Source(r.Document); d != nil {
		clause = d.Number + " " + clause
	}
	out := []Term{{"days", from.AddDays(r.Params.Days), clause}}
	switch e.cert.Kind {
	case fields.Constructor1:
		var last civil.Date
		for _, s := range e.cert.Specialties {
			last = civil.Max(last, s.Valid.To)
		}
		if !last.IsZero() {
			out = append(out, Term{"specialty", last, clause})
		}
		if e.cert.Birth.HasDay() {
			out = append(out, Term{"age", e.cert.Birth.AddYears(b.ageLimit), clause})
		}
	case fields.Architect1:
		if !e.cert.Valid.To.IsZero() {
			out = append(out, Term{"registration", e.cert.Valid.To, clause})
		}
	}
	return out
}

func (b *Book) lengthRule(k fields.Kind) *Rule {
	for i := range b.Rules {
		if r := &b.Rules[i]; r.Condition == "usage-too-long" && slices.Contains(r.Kinds, k) {
			return r
		}
	}
	return nil
}

// TurningDays returns, in order, the days on which a verdict on these facts may change: the ends of the certificate's
// own periods, birthdays, the days on which rules come into and go out of force, and the snapshot's ages.
func (b *Book) TurningDays(f *Facts) []civil.Date {
	e := newEvaluation(b, f)
	var ds []civil.Date
	starts := func(xs ...civil.Date) {
		for _, d := range xs {
			if d.HasDay() {
				ds = append(ds, d)
			}
		}
	}
	ends := func(xs ...civil.Date) {
		for _, d := range xs {
			if d.HasDay() {
				ds = append(ds, d.AddDays(1))
			}
		}
	}
	c := e.cert
	p := e.period()
	starts(p.From, c.Valid.From)
	ends(p.To, c.Valid.To)
	for _, s := range c.Specialties {
		starts(s.Valid.From)
		ends(s.Valid.To)
	}
	if c.Kind == fields.Constructor1 && c.Birth.HasDay() {
		d := c.Birth.AddYears(b.ageLimit)
		starts(d)
		ends(d, d.AddDays(1))
	}
	if f.Seal != nil {
		for _, s := range f.Seal.Signatures {
			for _, x := range s.Chain {
				starts(civil.Of(x.NotBefore))
				ends(civil.Of(x.NotAfter).AddDays(-1))
			}
			if !s.Revocation.RevokedAt.IsZero() {
				starts(civil.Of(s.Revocation.RevokedAt))
			}
			if d := civil.Of(s.Revocation.Next); !s.Revocation.Next.IsZero() {
				starts(d)
				ends(d) // where the list ends with its day
			}
		}
	}
	if f.Registry != nil {
		s := f.Registry.Snapshot
		for _, age := range []time.Duration{s.WarnAge, s.RedAge} {
			if age > 0 {
				ends(civil.Of(s.AsOf).AddDays(int(age.Hours() / 24)))
			}
		}
		if !s.AsOf.IsZero() {
			starts(civil.Of(s.AsOf)) // an end without a day has come by then
		}
		for _, r := range f.Registry.Answer.Records {
			starts(r.StatusDate, r.LatestUsageFrom, r.Valid.From)
			ends(r.Valid.To) // of which the face may not speak
			for _, h := range r.History {
				starts(h.Until)
				switch h.Field {
				case "statusDate":
					starts(dateOf(h.Value))
				case "valid":
					p, _ := readPeriod(h.Value)
					starts(p.From)
					ends(p.To)
				}
			}
		}
	}
	if len(ds) == 0 {
		return nil
	}
	// Rule dates matter only around the certificate's own: outside them nothing of it is left to change.
	lo, hi := civil.Min(ds...), civil.Max(ds...)
	for i := range b.Rules {
		r := &b.Rules[i]
		for _, d := range []civil.Date{r.From, r.Params.Since} {
			if d.HasDay() && d.After(lo) && d.Before(hi) {
				starts(d)
			}
		}
		if r.To.HasDay() && r.To.After(lo) && r.To.Before(hi) {
			ends(r.To)
		}
	}
	slices.SortFunc(ds, civil.Date.Compare)
	return slices.Compact(ds)
}

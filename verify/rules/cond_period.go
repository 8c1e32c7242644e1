package rules

import (
	"slices"
	"strings"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/seal"
)

// begin is the day from which the e-certificate exists: the start of its period of use, else the day of issue.
func begin(c *fields.Certificate) civil.Date {
	if !c.Usage.From.IsZero() {
		return c.Usage.From
	}
	return c.IssueDate
}

func issuedBefore(e *evaluation) bool {
	d := begin(e.cert)
	if e.cert.Medium != fields.Electronic || d.IsZero() || !d.Before(e.rule.Params.Since) {
		return false
	}
	e.setDate("start", d)
	e.setDate("since", e.rule.Params.Since)
	e.showField("usage")
	return true
}

func issuedSince(e *evaluation) bool {
	d := begin(e.cert)
	if e.cert.Medium != fields.Electronic || d.IsZero() || d.Before(e.rule.Params.Since) {
		return false
	}
	e.setDate("start", d)
	return true
}

// pilotSpan reports whether the certificate began within the pilot, and its province of present registration, the
// leading character of the number (not its digits, which tell where the first registration was).
func (e *evaluation) pilotSpan() (province string, ok bool) {
	d := begin(e.cert)
	if e.cert.Medium != fields.Electronic || d.IsZero() || d.Before(e.rule.Params.Since) || d.After(e.rule.Params.Until) {
		return "", false
	}
	for _, r := range e.cert.Number {
		return string(r), true
	}
	return "", false
}

func issuedPilot(e *evaluation) bool {
	p, ok := e.pilotSpan()
	if !ok || !slices.Contains(e.rule.Params.Provinces, p) {
		return false
	}
	e.set("province", p)
	return true
}

func issuedOutsidePilot(e *evaluation) bool {
	p, ok := e.pilotSpan()
	if !ok || slices.Contains(e.rule.Params.Provinces, p) {
		return false
	}
	e.set("province", p)
	e.setDate("start", begin(e.cert))
	e.showField("number")
	return true
}

// period is the period of use: 使用有效期 of a registration certificate, the annotation's of a qualification one.
func (e *evaluation) period() fields.Period {
	if e.cert.Kind == fields.Qualification {
		if e.cert.Annotation == nil {
			return fields.Period{}
		}
		return e.cert.Annotation.Period
	}
	return e.cert.Usage
}

func (e *evaluation) showPeriod() {
	if e.cert.Kind == fields.Qualification {
		e.showField("annotation")
		return
	}
	e.showField("usage")
}

// sound reports whether a period can be reckoned with: its known ends are whole days, the last not before the first.
func sound(p fields.Period) bool {
	whole := func(d civil.Date) bool { return d.IsZero() || d.HasDay() }
	return whole(p.From) && whole(p.To) && (p.From.IsZero() || p.To.IsZero() || !p.To.Before(p.From))
}

func usageOpen(e *evaluation) bool {
	p := e.period()
	if e.cert.Medium == fields.Paper || !sound(p) || p.From.IsZero() || p.To.IsZero() || e.Day.Before(p.From) || e.Day.After(p.To) {
		return false
	}
	e.setDate("start", p.From)
	e.setDate("end", p.To)
	e.setInt("left", p.To.Sub(e.Day))
	e.showPeriod()
	return true
}

// The last day counts until 24:00 (民法典第二百零三条), so the copy ends on the day after the printed end.
func usageEnded(e *evaluation) bool {
	p := e.period()
	if e.cert.Medium == fields.Paper || p.To.IsZero() || !sound(p) || !e.Day.After(p.To) {
		return false
	}
	e.setDate("end", p.To)
	e.setInt("days", e.Day.Sub(p.To))
	e.showPeriod()
	return true
}

func usageNotBegun(e *evaluation) bool {
	p := e.period()
	if p.From.IsZero() || !e.Day.Before(p.From) {
		return false
	}
	e.setDate("start", p.From)
	e.showPeriod()
	return true
}

// madeLater: by its seals the file was made after the day judged. Where its period has not begun, that says so.
func madeLater(e *evaluation) bool {
	d := e.made()
	if d.IsZero() || !e.Day.Before(d) || e.Day.Before(e.period().From) {
		return false
	}
	e.setDate("made", d)
	e.show("signedAt", d.String())
	return true
}

// issuedLater: a day of the face on which the certificate was approved or issued lies after the day judged.
func issuedLater(e *evaluation) bool {
	for _, f := range []struct {
		field string
		day   civil.Date
	}{{"approved", e.cert.Approved}, {"issueDate", e.cert.IssueDate}} {
		if first, _ := daysOf(f.day); e.Day.Before(first) {
			e.setDate("made", f.day)
			e.set("field", "@field-"+f.field)
			e.showField(f.field)
			return true
		}
	}
	return false
}

// longest is the largest accepted length in days. Whether the first day counts is not settled (民法典第二百零一条
// against practice), so both readings are accepted and nothing beyond the longer one.
func (r *Rule) longest() int {
	n := r.Params.Days
	for _, s := range r.Params.Slack {
		n = max(n, s)
	}
	return n
}

func usageTooLong(e *evaluation) bool {
	p := e.period()
	if p.From.IsZero() || p.To.IsZero() || p.To.Sub(p.From) <= e.rule.longest() {
		return false
	}
	e.setInt("length", p.To.Sub(p.From))
	e.setInt("limit", e.rule.Params.Days)
	e.setDate("latest", p.From.AddDays(e.rule.longest()))
	e.setDate("end", p.To)
	e.showPeriod()
	return true
}

func usageShorter(e *evaluation) bool {
	p := e.period()
	if p.From.IsZero() || p.To.IsZero() || p.To.Before(p.From) {
		return false
	}
	n := p.To.Sub(p.From)
	if n == e.rule.Params.Days || slices.Contains(e.rule.Params.Slack, n) || n > e.rule.longest() || slices.Contains(e.caps(), p.To) {
		return false
	}
	e.setInt("length", n)
	e.setInt("limit", e.rule.Params.Days)
	return true
}

// caps are the days, other than the counted one, at which the kind's notice lets a period of use end.
func (e *evaluation) caps() []civil.Date {
	var out []civil.Date
	switch e.cert.Kind {
	case fields.Constructor1:
		for _, s := range e.cert.Specialties {
			if !s.Valid.To.IsZero() {
				out = append(out, s.Valid.To)
			}
		}
		if b := e.cert.Birth; b.HasDay() {
			out = append(out, b.AddYears(e.book.ageLimit))
		}
	case fields.Architect1:
		if !e.cert.Valid.To.IsZero() {
			out = append(out, e.cert.Valid.To)
		}
	}
	return out
}

// Several specialties: the notice does not say which one caps, so the latest expiry does (DOMAIN: Y-14); age caps all.
func (e *evaluation) latestCap() civil.Date {
	c := e.cert
	if c.Kind == fields.Architect1 {
		return c.Valid.To
	}
	var last civil.Date
	for _, s := range c.Specialties {
		if s.Valid.To.IsZero() {
			return civil.Date{} // one expiry was not read: no cap can be stated
		}
		last = civil.Max(last, s.Valid.To)
	}
	if c.Birth.HasDay() {
		last = civil.Min(last, c.Birth.AddYears(e.book.ageLimit))
	}
	return last
}

func usageBeyondCap(e *evaluation) bool {
	limit, end := e.latestCap(), e.period().To
	if limit.IsZero() || end.IsZero() || !end.After(limit) {
		return false
	}
	e.setDate("end", end)
	e.setDate("cap", limit)
	e.showPeriod()
	e.showField("specialty")
	return true
}

func usageAtCap(e *evaluation) bool {
	p := e.period()
	if p.From.IsZero() || p.To.IsZero() || p.To.Sub(p.From) >= e.rule.longest()-1 || !slices.Contains(e.caps(), p.To) {
		return false
	}
	e.setDate("end", p.To)
	return true
}

func registrationEnded(e *evaluation) bool {
	if e.cert.Valid.To.IsZero() || !sound(e.cert.Valid) || !e.Day.After(e.cert.Valid.To) {
		return false
	}
	e.setDate("end", e.cert.Valid.To)
	e.showField("valid")
	return true
}

func registrationNotBegun(e *evaluation) bool {
	if e.cert.Valid.From.IsZero() || !e.Day.Before(e.cert.Valid.From) {
		return false
	}
	e.setDate("start", e.cert.Valid.From)
	e.showField("valid")
	return true
}

func annotated(e *evaluation) bool {
	a := e.cert.Annotation
	return e.cert.Medium != fields.Paper && a != nil && !a.Period.From.IsZero() && !a.Period.To.IsZero() && sound(a.Period)
}

// made is the day on which an intact e-certificate was made: when it was sealed, never 批准日期 (DOMAIN: C-03).
func (e *evaluation) made() civil.Date {
	var d civil.Date
	if e.intactAll() {
		e.sealed(func(s *seal.Signature) bool {
			t := s.Timestamp
			if t.IsZero() {
				t = s.SignedAt
			}
			// The day that a seal claims is its office's word, which a day before its certificate's takes back.
			if t.IsZero() || len(s.Chain) > 0 && t.Before(s.Chain[0].NotBefore) {
				return false
			}
			d = civil.Of(t)
			return true
		})
	}
	return d
}

func annotationMissing(e *evaluation) bool {
	if e.Face == nil || e.cert.Medium == fields.Paper || e.cert.Annotation != nil {
		return false
	}
	if d := e.made(); !d.IsZero() {
		if d.Before(e.rule.Params.Since) {
			return false
		}
		e.show("signedAt", d.String())
	}
	return true
}

func annotationNotNeeded(e *evaluation) bool {
	return e.plainAndOld() && sealNameIssuer(e.quiet(e.rule)) && e.issuerOfItsOwn()
}

// annotationExcuseUnclear: old enough by its seal's own word, and not shown to be of those that need no annotation.
func annotationExcuseUnclear(e *evaluation) bool {
	return e.cert.Medium != fields.Paper && e.plainAndOld() && !annotationNotNeeded(e.quiet(e.rule))
}

// plainAndOld reports whether an e-certificate carries no annotation and was made before annotations were asked for.
func (e *evaluation) plainAndOld() bool {
	d := e.made()
	if e.Face == nil || e.cert.Annotation != nil || e.annotationUnread() || d.IsZero() || !d.Before(e.rule.Params.Since) {
		return false
	}
	e.setDate("made", d)
	return true
}

// annotationUnread reports whether the face has an annotation that could not be read: it is not a face without one.
func (e *evaluation) annotationUnread() bool {
	of := func(field string) bool { return field == "annotation" || field == "annotationScene" }
	return slices.ContainsFunc(e.Face.Problems, func(p fields.Problem) bool { return of(p.Field) && p.Code != fields.MissingLabel }) ||
		slices.ContainsFunc(e.Face.Fields, func(x fields.Field) bool { return of(x.Name) })
}

func sceneOther(e *evaluation) bool {
	a := e.cert.Annotation
	if a == nil || a.Scene == "" {
		return false
	}
	for _, w := range e.rule.Params.Words {
		if plainName(a.Scene) == plainName(w) {
			return false
		}
	}
	e.set("scene", a.Scene)
	e.set("known", strings.Join(e.rule.Params.Words, "、"))
	e.showField("scene")
	return true
}

package verify

import (
	"slices"
	"strings"
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/qr"
	"zhengyan/verify/rules"
)

// Verify gathers and judges one file. The error is that of Gather.
func (v *Verifier) Verify(ctx Context, src Source, q Question) (*Report, error) {
	ev, err := v.Gather(ctx, src)
	if err != nil {
		return nil, err
	}
	return v.Judge(ev, q), nil
}

// Judge applies the rules to the evidence as at q.At. It is pure and does no I/O; it may be called at any time, for any
// day, from any goroutine. An unknown policy name is judged by the standard profile, whose name the report then states.
func (v *Verifier) Judge(ev *Evidence, q Question) *Report {
	if ev == nil {
		ev = &Evidence{Codes: []Code{}}
	}
	b := v.cfg.Book
	p, ok := b.Policy(q.Policy)
	if !ok {
		p, _ = b.Policy("")
	}
	lang := q.Lang
	if lang != "en" {
		lang = "zh"
	}
	f := v.factsOf(ev, q)
	found := b.Evaluate(f, p)
	r := &Report{
		MediaType: MediaType, Program: v.cfg.Program, Lang: lang,
		Input: ev.Input, At: q.At, JudgedOn: f.Day,
		Policy:      PolicyInfo{Name: p.Name, Version: b.PolicyVer},
		Rules:       RulesInfo{Version: b.Version, SHA256: b.SHA256},
		Certificate: fields.Certificate{Kind: fields.UnknownKind, Medium: fields.UnknownMedium},
		Evidence:    ev, Timings: ev.Timings, Human: q.Human, Disclaimer: b.Disclaimer.In(lang),
		Question: AskedFor{Specialty: q.Specialty, Employer: q.Employer},
		Snapshot: snapshotState(ev, f.Day),
	}
	if r.Timings == nil {
		r.Timings = map[string]float64{}
	}
	if ev.Print != nil {
		r.Print = &ev.Print.Input
	}
	if ev.Seal != nil {
		r.Trust = TrustInfo{Anchors: ev.Seal.Anchors, Digest: ev.Seal.AnchorsDigest}
	} else {
		r.Trust = v.Trust()
	}
	if f.Face != nil {
		r.Certificate = f.Face.Certificate
	}
	r.Checks = v.checks(found, lang)
	r.Copy.Indication, r.Copy.SubIndications = b.RollUp(found, rules.TargetCopy)
	r.Registration.Indication, r.Registration.SubIndications = b.RollUp(found, rules.TargetRegistration)
	r.Indication = overall(p, r)
	r.Usage = usageSum(b, f, lang)
	v.reason(r, found, lang)
	if f.FileError != "" {
		r.Error = &FileError{Code: f.FileError, Message: r.Reason, Next: r.Next}
	}
	return r
}

// overall is what the policy makes of both verdicts: the graver of those that it counts.
func overall(p *rules.Policy, r *Report) Indication {
	out := Indication("")
	for _, t := range p.Overall {
		ind := r.Copy.Indication
		if t == rules.TargetRegistration {
			ind = r.Registration.Indication
		}
		if out == "" {
			out = ind
		} else {
			out = rules.Worse(out, ind)
		}
	}
	return rules.Worse(out, out)
}

// factsOf lays the evidence out for the rules.
func (v *Verifier) factsOf(ev *Evidence, q Question) *rules.Facts {
	f := &rules.Facts{
		Day: civil.Of(q.At), Instant: q.At, GatheredAt: ev.GatheredAt,
		Specialty: strings.TrimSpace(q.Specialty), Employer: strings.TrimSpace(q.Employer),
		Input: ev.Input, Others: others(ev.Fields, ev.Others, v.cfg.Book.SureReading), Seal: ev.Seal, Ink: ev.Ink, Face: ev.Fields, Unshown: ev.Unshown,
	}
	f.Codes = codesOf(ev.Codes)
	for _, p := range ev.Problems {
		switch {
		case p.Stage == "fields" && p.Code == secondSheet:
			f.SecondSheet = true
		case p.Stage == "fields":
			f.Unread = p.Code
			runs, more := unreadPages(p)
			for _, run := range runs {
				if !slices.Contains(f.UnreadPages, run) {
					f.UnreadPages = append(f.UnreadPages, run)
				}
			}
			f.UnreadMore = f.UnreadMore || more
		case p.Stage == "ocr" && p.Code != badCorners:
			f.Picture = p.Code
		case p.Stage == "qr":
			f.QRFailed = true
			f.QRConflict = f.QRConflict || p.Code == "conflict"
		}
	}
	f.SheetNotes = sheetNotes(f.SheetNotes, ev.Picture)
	if p := ev.Print; p != nil {
		f.SheetNotes = sheetNotes(f.SheetNotes, p.Picture) // a pair's photo is the print's
		f.Ink = p.Ink
		f.Print = &rules.Print{Name: p.Input.Name, Compared: p.Compared, Codes: codesOf(p.Codes)}
		// The print's certificate is compared with the original; a further one may be the original's second page.
		f.Print.Others = others(ev.Fields, p.Others, v.cfg.Book.SureReading)
		f.Print.Pages = slices.ContainsFunc(p.Problems, func(x Problem) bool { return x.Stage == "fields" })
		if p.Fields != nil {
			f.Print.SignDate = p.Fields.Certificate.SignDate
		}
	}
	if ev.Failure != nil {
		f.FileError = ev.Failure.Code
	}
	if ev.Registry != nil {
		f.Registry = &rules.Lookup{Snapshot: ev.Registry.Snapshot, Answer: ev.Registry.Answer, Error: ev.Registry.Error}
	}
	if len(q.Human) > 0 {
		f.Human = make(map[string]string, len(q.Human))
		for k, h := range q.Human {
			f.Human[k] = h.Answer
		}
	}
	if kind, ok := kindByCode(f); ok {
		// A picture without readable text: the code's host still tells which certificate it claims to be. The face stays unread.
		face := fields.Result{Source: fields.SourceNone, Certificate: fields.Certificate{Medium: fields.UnknownMedium}}
		if f.Face != nil {
			face = *f.Face
		}
		face.Certificate.Kind = kind
		f.Face = &face
	}
	return f
}

// codesOf lays codes out for the rules.
func codesOf(list []Code) []rules.Code {
	if len(list) == 0 {
		return nil
	}
	out := make([]rules.Code, len(list))
	for i, c := range list {
		out[i] = rules.Code{Code: c.Code, Payload: c.Payload}
	}
	return out
}

// sheetNotes adds what is to be known of the sheet in a picture.
func sheetNotes(to []string, p *Picture) []string {
	if p == nil || p.Sheet == nil {
		return to
	}
	for _, n := range p.Sheet.Notes {
		to = append(to, string(n))
	}
	return to
}

// kindByCode returns the one kind that every known host on an unread face belongs to.
func kindByCode(f *rules.Facts) (fields.Kind, bool) {
	if f.Face != nil && (f.Face.Source != fields.SourceNone || f.Face.Certificate.Kind != fields.UnknownKind) {
		return "", false
	}
	kind := fields.Kind("")
	for i := range f.Codes {
		p := &f.Codes[i].Payload
		if p.Kind != qr.PayloadKnownHost || len(p.For) != 1 {
			return "", false
		}
		k := fields.Kind(p.For[0])
		if kind != "" && kind != k {
			return "", false
		}
		kind = k
	}
	return kind, kind != ""
}

func (v *Verifier) checks(found []rules.Finding, lang string) []Check {
	b := v.cfg.Book
	out := make([]Check, 0, len(found))
	for i := range found {
		x := &found[i]
		c := Check{
			ID: x.Step, Status: x.Status, Action: x.Action, Sub: x.Sub, Target: b.TargetOf(x),
			Message: b.Message(x, lang), Next: b.Next(x, lang), Evidence: x.Facts,
		}
		if x.Status == Passed || x.Status == Skipped {
			c.Sub = ""
		}
		if s := b.StepByID(x.Step); s != nil {
			c.Title = s.Title.In(lang)
		}
		if x.Rule != nil {
			c.Rule, c.Clause, c.Quote = x.Rule.ID, x.Rule.Clause, x.Rule.Quote
			if d := b.Source(x.Rule.Document); d != nil {
				c.Document = d.Number
			}
		}
		out = append(out, c)
	}
	return out
}

// reason picks the one sentence and the one next step for the first line; found are the findings of r.Checks.
func (v *Verifier) reason(r *Report, found []rules.Finding, lang string) {
	if r.Indication == TotalPassed {
		r.Reason = v.cfg.Book.Words["reason-passed"].In(lang)
		if r.Policy.Name == "audit" {
			for _, c := range r.Checks {
				if c.Action == Enforce && c.Status == Passed {
					r.Reason = c.Message
				}
			}
		}
		return
	}
	if i := v.cfg.Book.Telling(found, r.Indication); i >= 0 {
		r.Reason, r.Next = r.Checks[i].Message, r.Checks[i].Next
		return
	}
	r.Reason = v.cfg.Book.Words["reason-nothing"].In(lang)
}

func snapshotState(ev *Evidence, day civil.Date) *SnapshotState {
	// A snapshot that is there and cannot be used has no date; rule R-04 says what is wrong with it.
	if ev.Registry == nil || ev.Registry.Snapshot.AsOf.IsZero() {
		return nil
	}
	return SnapshotOn(ev.Registry.Snapshot, day, ev.GatheredAt)
}

// SnapshotOn is how old a snapshot is where a day is judged, by a reading at that instant: the same of a file that was
// looked up in it as where nothing could be looked up. A zero readAt is not known.
func SnapshotOn(info SnapshotInfo, day civil.Date, readAt time.Time) *SnapshotState {
	s := &SnapshotState{SnapshotInfo: info, Freshness: Fresh}
	s.AgeDays = rules.SnapshotAge(s.SnapshotInfo, day, readAt)
	age := s.AgeDays * 24
	switch {
	case !readAt.IsZero() && readAt.Before(s.AsOf):
		s.Freshness = ClockSuspect
	case s.RedAge > 0 && float64(age) > s.RedAge.Hours():
		s.Freshness = RedLine
	case s.WarnAge > 0 && float64(age) > s.WarnAge.Hours():
		s.Freshness = Stale
	}
	return s
}

// usageSum lays the period of use out as a sum. 40号 二(一): "使用时限为180天，但使用时限距注册专业有效期或建造师满65周岁
// 不足180天的，使用时限截止日期以注册专业有效期截止日期或建造师满65周岁当日为准".
func usageSum(b *rules.Book, f *rules.Facts, lang string) *UsageSum {
	if f.Face == nil {
		return nil
	}
	terms := b.UsageTerms(f)
	if len(terms) == 0 {
		return nil
	}
	u := &UsageSum{}
	p := f.Face.Certificate.Usage
	if a := f.Face.Certificate.Annotation; f.Face.Certificate.Kind == fields.Qualification && a != nil {
		p = a.Period
	}
	u.Start, u.Printed = p.From, p.To
	for _, t := range terms {
		u.Expected = civil.Min(u.Expected, t.Date)
	}
	for _, t := range terms {
		u.Terms = append(u.Terms, UsageTerm{
			Name: t.Name, Label: b.Words["usage-"+t.Name].In(lang), Date: t.Date, Clause: t.Clause, Binding: t.Date == u.Expected,
		})
	}
	return u
}

// Timeline cuts the days around the certificate's own dates into spans over which the verdict stays the same. Its days
// come from the evidence and the rule data alone.
func (v *Verifier) Timeline(ev *Evidence, q Question) []Segment {
	if ev == nil {
		ev = &Evidence{}
	}
	f := v.factsOf(ev, q)
	days := v.cfg.Book.TurningDays(f)
	if len(days) == 0 {
		r := v.Judge(ev, q)
		return []Segment{{Copy: r.Copy.Indication, Registration: r.Registration.Indication, Indication: r.Indication, Reason: r.Reason}}
	}
	var out []Segment
	// The first span ends before the first turning day; each turning day may begin a new one.
	for i, d := range append([]civil.Date{days[0].AddDays(-1)}, days...) {
		at := q
		at.At = EndOfDay(d)
		r := v.Judge(ev, at)
		s := Segment{From: d, Copy: r.Copy.Indication, Registration: r.Registration.Indication, Indication: r.Indication, Reason: r.Reason}
		if i == 0 {
			s.From = civil.Date{}
		}
		if n := len(out); n > 0 {
			last := &out[n-1]
			if last.Copy == s.Copy && last.Registration == s.Registration && last.Indication == s.Indication && ruleless(last.Reason) == ruleless(s.Reason) {
				continue
			}
			last.To = d.AddDays(-1)
		}
		out = append(out, s)
	}
	return slices.Clip(out)
}

// ruleless drops the numbers of a sentence, so that "7 days left" and "6 days left" are one span.
func ruleless(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
}

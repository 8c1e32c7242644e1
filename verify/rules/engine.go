package rules

import (
	"slices"
	"strconv"
	"strings"

	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/seal"
)

// evaluation is one rule's look at the facts. A condition fills vars and facts for the message.
type evaluation struct {
	*Facts
	*shared
	rule  *Rule
	vars  []string
	facts []Fact
	sub   SubIndication // overrides the rule's, if set
}

// shared is what the looks at one set of facts have in common.
type shared struct {
	book            *Book
	cert            *fields.Certificate
	intact, trusted answer
	// differs are the fields in which face and registry disagree, worked out once for the rules that ask.
	differs  []difference
	compared answer
	// states are the words for the registration's state that may have been true on the day judged, worked out once too.
	states []standing
	stood  answer
}

// answer is a yes or no that is worked out once.
type answer uint8

const (
	unasked answer = iota
	no
	yes
)

// once works the answer out if that was not done yet.
func (a *answer) once(f func() bool) bool {
	if *a == unasked {
		*a = no
		if f() {
			*a = yes
		}
	}
	return *a == yes
}

// quiet is a look at the same facts whose evidence nobody will see.
func (e *evaluation) quiet(r *Rule) *evaluation {
	return &evaluation{Facts: e.Facts, shared: e.shared, rule: r}
}

// condition reports whether the rule speaks. It must report false where a fact that it needs is missing: what a missing
// fact means is said once, by the rule for required steps that gave no answer.
type condition func(*evaluation) bool

func (e *evaluation) set(name, value string) {
	if e.vars == nil {
		e.vars = make([]string, 0, 8) // most messages have up to four values
	}
	e.vars = append(e.vars, name, value)
}

func (e *evaluation) setDate(name string, d civil.Date) { e.set(name, d.String()) }

func (e *evaluation) setInt(name string, n int) { e.set(name, strconv.Itoa(n)) }

func (e *evaluation) show(name, value string) {
	if value != "" {
		e.facts = append(e.room(), Fact{Name: name, Value: value})
	}
}

// room is the evidence so far, with room for what a rule usually shows.
func (e *evaluation) room() []Fact {
	if e.facts == nil {
		return make([]Fact, 0, 6)
	}
	return e.facts
}

// showField adds a printed field with its place to the evidence.
func (e *evaluation) showField(name string) {
	if x, ok := e.field(name); ok {
		box := x.Box
		e.facts = append(e.room(), Fact{Name: name, Value: x.Value, Page: x.Page, Box: &box})
	}
}

// Evaluate applies the book to the facts under a policy and returns the findings in the order of the ladder. It is
// pure: no clock, no files. Every step of the ladder has at least one finding.
func (b *Book) Evaluate(f *Facts, p *Policy) []Finding {
	out := make([]Finding, 0, len(b.Steps)+8)
	e := newEvaluation(b, f)
	kind := e.cert.Kind
	broken := false
	for i := range b.Steps {
		s := &b.Steps[i]
		if f.FileError != "" && s.ID != "input" {
			out = append(out, Finding{Step: s.ID, Status: Skipped, Action: Advise, Skip: "unreadable"})
			continue
		}
		if s.Content && broken {
			// After a signature failure every field may be altered, so no line may look as if it had been checked.
			out = append(out, Finding{Step: s.ID, Status: Skipped, Action: Advise, Skip: "integrity"})
			continue
		}
		n := len(out)
		out = b.evaluateStep(out, s, e, p)
		answered := false
		for _, x := range out[n:] {
			if x.Status != Skipped && x.Rule.Outcome != "INFO" {
				answered = true
			}
			if x.Status == Failed && s.ID == "integrity" {
				broken = true
			}
		}
		switch {
		case answered:
		case s.requires(kind) && b.needed(s, e):
			out = append(out, Finding{
				Step: s.ID, Rule: b.missing, Status: Inconclusive, Action: action(p, s.ID, b.missing),
				Sub: b.missing.Sub, Vars: []string{"step", s.ID},
			})
		case len(out) == n:
			out = append(out, Finding{Step: s.ID, Status: Skipped, Action: Advise, Skip: b.skipReason(s, f, kind)})
		}
	}
	return out
}

// evaluateStep lets every rule of a step look. One evaluation serves them all, since most rules have nothing to say.
func (b *Book) evaluateStep(out []Finding, s *Step, e *evaluation, p *Policy) []Finding {
	for _, r := range b.byStep[s.ID] {
		if !r.inForce(e.Day, e.cert.Kind) {
			continue
		}
		e.rule, e.vars, e.facts, e.sub = r, nil, nil, ""
		if !r.cond(e) {
			continue
		}
		x := Finding{Step: s.ID, Rule: r, Action: action(p, s.ID, r), Sub: r.Sub, Vars: e.vars, Facts: e.facts}
		if e.sub != "" {
			x.Sub = e.sub
		}
		switch r.Outcome {
		case "INFO":
			x.Status, x.Action = Passed, Advise
		case "SKIPPED":
			x.Status, x.Action = Skipped, Advise
		default:
			x.Status = Status(r.Outcome)
		}
		if x.Status == Failed && e.doubtful(s, e.facts) {
			x.Status, x.Sub, x.Doubt = Inconclusive, FieldsUnreadable, true
		}
		x.Leads = r.Leads && !e.judged()
		out = append(out, x)
	}
	return out
}

// newEvaluation lays facts out for the conditions. A paper certificate carries no live seal: where the face looks like
// paper and there is one, what the medium is cannot be said.
func newEvaluation(b *Book, f *Facts) *evaluation {
	e := &evaluation{Facts: f, shared: &shared{book: b, cert: f.certificate()}}
	if e.cert.Medium == fields.Paper && e.sealed(func(*seal.Signature) bool { return true }) {
		c := *e.cert
		c.Medium = fields.UnknownMedium
		e.cert = &c
	}
	return e
}

// requires reports whether the step must give an answer for a kind. What is no kind that the rules judge is as good as
// unknown.
func (s *Step) requires(kind fields.Kind) bool {
	if !slices.Contains(judgedKinds(), kind) {
		kind = fields.UnknownKind
	}
	return slices.Contains(s.Required, kind)
}

// needed reports whether a required step can be expected to answer for this input: a scan carries no live seal, whose
// seal it is is only asked of an intact one, and a paper certificate has none of the things that only an e-certificate has.
func (b *Book) needed(s *Step, e *evaluation) bool {
	switch s.ID {
	case "integrity":
		return e.original()
	case "trust":
		return e.intactAll()
	case "seal-name":
		return e.allTrusted()
	case "usage":
		// A qualification certificate without an annotation has no period of use: C-03 and C-04 speak of that.
		return e.cert.Medium != fields.Paper && (e.cert.Kind != fields.Qualification || e.cert.Annotation != nil)
	case "kind":
		return e.FileError == ""
	}
	return true
}

func (b *Book) skipReason(s *Step, f *Facts, kind fields.Kind) string {
	switch {
	case kind == fields.UnknownKind && s.Content:
		return "no-certificate"
	case (s.ID == "integrity" || s.ID == "trust" || s.ID == "seal-name") && f.boundIn():
		return "seal-of-another"
	case (s.ID == "integrity" || s.ID == "trust" || s.ID == "seal-name") && !f.original():
		return "no-live-seal"
	case s.ID == "trust" || s.ID == "seal-name":
		return "no-intact-seal"
	case s.ID == "employer":
		return "not-asked"
	case s.ID == "handwriting" && f.Input.Kind == document.InputOriginal:
		return "not-printed"
	}
	return "not-applicable"
}

// action is what the policy does with a rule's result.
func action(p *Policy, step string, r *Rule) Action {
	switch {
	case len(p.EnforceOnly) > 0 && !slices.Contains(p.EnforceOnly, step):
		return Advise
	case p.Promote && (r.Outcome == "FAILED" || r.Outcome == "INCONCLUSIVE"):
		return Enforce
	}
	return r.Action
}

// RollUp makes a verdict of the findings for one target. It is total: any enforced FAILED fails; else any enforced
// INCONCLUSIVE is indeterminate; else at least one enforced PASSED passes; everything else, also "nothing ran", is
// indeterminate. The sub-indications are those of the findings that decided, without repetition.
func (b *Book) RollUp(fs []Finding, t Target) (Indication, []SubIndication) {
	var failed, unsure, passed bool
	for i := range fs {
		x := &fs[i]
		if x.Action != Enforce || x.Rule == nil || b.targetOf(x) != t {
			continue
		}
		switch x.Status {
		case Failed:
			failed = true
		case Passed:
			passed = true
		case Skipped:
		default:
			unsure = true
		}
	}
	var ind Indication
	var deciding Status
	switch {
	case failed:
		ind, deciding = TotalFailed, Failed
	case unsure:
		ind, deciding = Indeterminate, Inconclusive
	case passed:
		return TotalPassed, []SubIndication{}
	default:
		return Indeterminate, []SubIndication{}
	}
	subs := []SubIndication{}
	for i := range fs {
		x := &fs[i]
		if x.Action == Enforce && x.Rule != nil && b.targetOf(x) == t && x.Status == deciding && x.Sub != "" && !slices.Contains(subs, x.Sub) {
			subs = append(subs, x.Sub)
		}
	}
	return ind, subs
}

// Telling is the place of the finding that tells best why a verdict is not a pass, -1 if none does: the first enforced one, in
// the order of the ladder, that made the verdict what it is. Of a verdict that is open it is one that leads, if there is one,
// also where it is advice: it says why the enforced ones have nothing to go by.
func (b *Book) Telling(fs []Finding, ind Indication) int {
	if ind == TotalPassed {
		return -1
	}
	want := Inconclusive
	if ind == TotalFailed {
		want = Failed
	} else if i := slices.IndexFunc(fs, func(x Finding) bool { return x.Leads }); i >= 0 {
		return i
	}
	return slices.IndexFunc(fs, func(x Finding) bool { return x.Action == Enforce && x.Status == want })
}

// targetOf is the rule's target, or the step's for the rule on silent steps, which serves every step.
func (b *Book) targetOf(x *Finding) Target {
	if x.Rule == b.missing {
		if s := b.StepByID(x.Step); s != nil {
			return s.Target
		}
	}
	if x.Rule == nil {
		if s := b.StepByID(x.Step); s != nil {
			return s.Target
		}
		return TargetCopy
	}
	return x.Rule.Target
}

// TargetOf is the verdict that a finding speaks to.
func (b *Book) TargetOf(x *Finding) Target { return b.targetOf(x) }

// StepByID returns the rung of the ladder with that id, or nil.
func (b *Book) StepByID(id string) *Step {
	for i := range b.Steps {
		if b.Steps[i].ID == id {
			return &b.Steps[i]
		}
	}
	return nil
}

// Message is the finding's sentence in a language, with its values filled in.
func (b *Book) Message(x *Finding, lang string) string {
	if x.Rule == nil {
		return b.SkipReasons[x.Skip].In(lang)
	}
	m := b.fill(x.Rule.Message.In(lang), x, lang)
	if x.Doubt {
		m += b.Words["reading-doubt"].In(lang)
	}
	return m
}

// Next is the finding's next step in a language, "" if there is nothing to do.
func (b *Book) Next(x *Finding, lang string) string {
	if x.Rule == nil || x.Status == Passed {
		return ""
	}
	if x.Doubt {
		return b.Words["reading-doubt-next"].In(lang)
	}
	return b.fill(x.Rule.Next.In(lang), x, lang)
}

// fill replaces {name} by the finding's values. A value that starts with "@" is a key into Words, whose text may name further
// values.
func (b *Book) fill(s string, x *Finding, lang string) string {
	open := strings.IndexByte(s, '{')
	if open < 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s) + 32)
	for open >= 0 {
		end := strings.IndexByte(s[open:], '}')
		if end < 0 {
			break
		}
		out.WriteString(s[:open])
		out.WriteString(b.value(s[open+1:open+end], x, lang))
		s = s[open+end+1:]
		open = strings.IndexByte(s, '{')
	}
	out.WriteString(s)
	// A value that is not known leaves no empty brackets behind.
	return strings.ReplaceAll(strings.ReplaceAll(out.String(), "（）", ""), " ()", "")
}

// value is what a name in a message stands for; an unknown name stands for itself in braces, which a test looks for.
func (b *Book) value(name string, x *Finding, lang string) string {
	for i := 0; i+1 < len(x.Vars); i += 2 {
		if x.Vars[i] != name {
			continue
		}
		v := x.Vars[i+1]
		if strings.HasPrefix(v, "@") {
			return filled(b.Words[v[1:]].In(lang), x)
		}
		if name == "step" {
			if st := b.StepByID(v); st != nil {
				return st.Title.In(lang)
			}
		}
		return v
	}
	return "{" + name + "}"
}

// filled replaces {name} in a word by the finding's values as they are: a word stands in no other word.
func filled(s string, x *Finding) string {
	if !strings.Contains(s, "{") {
		return s
	}
	for i := 0; i+1 < len(x.Vars); i += 2 {
		s = strings.ReplaceAll(s, "{"+x.Vars[i]+"}", x.Vars[i+1])
	}
	return s
}

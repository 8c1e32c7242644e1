package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// Text is a sentence in the languages of the program.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In returns the sentence in the language "zh" or "en"; Chinese is the default.
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" {
		return t.EN
	}
	return t.ZH
}

// Source is a document that rules come from.
type Source struct {
	ID     string     `json:"id"`
	Number string     `json:"number"` // 建办市〔2021〕40号
	Title  string     `json:"title"`
	Issuer string     `json:"issuer"`
	Dated  civil.Date `json:"dated,omitzero"`
	Note   string     `json:"note,omitempty"`
}

// Params are the numbers, days and words of a rule. They live in the data, never in code.
type Params struct {
	Days  int        `json:"days,omitempty"`  // length of a period
	Slack []int      `json:"slack,omitempty"` // accepted lengths around Days (whether day 1 is counted is not settled)
	Years int        `json:"years,omitempty"` // age
	Since civil.Date `json:"since,omitzero"`
	Until civil.Date `json:"until,omitzero"`
	// Provinces are leading characters of registration numbers.
	Provinces []string `json:"provinces,omitempty"`
	Words     []string `json:"words,omitempty"`
	Length    int      `json:"length,omitempty"`
}

// Rule is one entry of the rule data. Several entries may share an ID (for example "accepted" and "too early" of one
// row of the notice); ID and Variant together are unique.
type Rule struct {
	ID        string        `json:"id"`
	Variant   string        `json:"variant,omitempty"`
	Step      string        `json:"step"`
	Kinds     []fields.Kind `json:"kinds,omitempty"` // empty: every kind
	Target    Target        `json:"target"`
	From      civil.Date    `json:"from,omitzero"` // first and last day judged on which the rule is in force
	To        civil.Date    `json:"to,omitzero"`
	Document  string        `json:"document"` // Source.ID
	Clause    string        `json:"clause,omitempty"`
	Quote     string        `json:"quote,omitempty"`
	Condition string        `json:"condition"`
	Params    Params        `json:"params,omitzero"`
	// Outcome is PASSED, FAILED, INCONCLUSIVE, SKIPPED, or INFO: shown as passed, outside every verdict.
	Outcome string        `json:"outcome"`
	Sub     SubIndication `json:"sub,omitempty"`
	Action  Action        `json:"action"` // in the standard profile
	// Leads: where no certificate was made out that this program judges, this is told first, since what other rules say of
	// such a file (that it is no original, that no seal is on it) speaks as if there were one.
	Leads   bool `json:"leads,omitempty"`
	Message Text `json:"message"`
	Next    Text `json:"next,omitzero"`
	// Reading says how an unclear clause is read, for docs/rules.md.
	Reading string `json:"reading,omitempty"`

	cond condition // Condition, resolved by Load
}

// Key is ID, or ID/Variant.
func (r *Rule) Key() string {
	if r.Variant == "" {
		return r.ID
	}
	return r.ID + "/" + r.Variant
}

// Step is a rung of the ladder of checks, in the order in which it is climbed.
type Step struct {
	ID    string `json:"id"`
	Title Text   `json:"title"`
	// Content marks steps that read the document's content: after an integrity failure they are skipped.
	Content bool `json:"content,omitempty"`
	// Reads marks steps that rest on the words of the face: off a picture, they fail only on a reading that is sure.
	Reads bool `json:"reads,omitempty"`
	// Required lists the kinds for which the step must give an answer: silence is INCONCLUSIVE, not a pass.
	Required []fields.Kind `json:"required,omitempty"`
	Target   Target        `json:"target"`
}

// Policy is a profile: which results enter the verdict.
type Policy struct {
	Name  string `json:"name"`
	Title Text   `json:"title"`
	About Text   `json:"about"`
	// Promote makes advice about the certificate enforced; EnforceOnly, if not empty, makes every other step advice.
	Promote     bool     `json:"promote,omitempty"`
	EnforceOnly []string `json:"enforceOnly,omitempty"`
	// Overall lists the verdicts that the overall one is made of.
	Overall []Target `json:"overall"`
}

// SealNames are the seals that the notices name for a kind.
type SealNames struct {
	Kind     fields.Kind `json:"kind"`
	Expected []SealName  `json:"expected"` // all of them belong on the certificate
	Replaced []string    `json:"replaced"` // names that Expected replaced: a warning, not a mismatch
	// Issuers, if not nil, are the bodies that may use a seal of their own name on what they issue (C-02).
	Issuers *Issuers `json:"issuers,omitempty"`
	// Bodies are the names of the body whose seals Expected are, for a certificate of its own.
	Bodies []string `json:"bodies"`
	// Akin are words of a body or of a kind of certificate. A name that holds one is not called another's: it may be the
	// right seal, spelt otherwise.
	Akin []string `json:"akin"`
}

// Issuers says which bodies a notice lets seal what they issue: it names them by their sort, not one by one.
type Issuers struct {
	Clause string   `json:"clause"`
	Words  []string `json:"words"` // how the name of such a body ends
	// Except are words of the qualifications that a notice gives to another body.
	Except []Exception `json:"except"`
}

// Exception is a word with its source.
type Exception struct {
	Word   string `json:"word"`
	Clause string `json:"clause"`
}

// SealWords are the words by which a name calls itself the seal of somebody else.
type SealWords struct {
	Seal      []string `json:"seal"`      // it is the name of a seal
	Elsewhere []string `json:"elsewhere"` // of a local authority or a company; the notices' seals are national bodies'
}

// SealName is a seal with its source.
type SealName struct {
	Name   string `json:"name"`
	Clause string `json:"clause"`
	// Personal marks a person's seal, known by its office, whose name the notice does not give.
	Personal bool `json:"personal,omitempty"`
}

// Book is the whole rule data.
type Book struct {
	Version     string          `json:"version"`
	Sources     []Source        `json:"sources"`
	Steps       []Step          `json:"steps"`
	SkipReasons map[string]Text `json:"skipReasons"`
	Words       map[string]Text `json:"words"` // words for reasons and labels
	Disclaimer  Text            `json:"disclaimer"`
	// StatusWords says what a registry's status word means: "valid", "ended", "suspended", "pending".
	StatusWords map[string]string `json:"statusWords"`
	// SureReading is the confidence (0..1) from which a field that was read off a picture may fail a certificate.
	SureReading float64     `json:"sureReading"`
	Rules       []Rule      `json:"-"`
	Policies    []Policy    `json:"-"`
	PolicyVer   string      `json:"-"`
	Seals       []SealNames `json:"-"`
	SealWords   SealWords   `json:"-"`
	SHA256      string      `json:"-"` // over all files, in name order

	byStep  map[string][]*Rule
	missing *Rule // the rule for a required step that gave no answer
	// What other rules need of one rule's numbers, looked up once: the age limit of Y-19, the day of lapse of Y-50 and
	// the pilot's rule on it.
	ageLimit   int
	lapse      civil.Date
	lapsePilot *Rule
	// specialties maps every form of a specialty's name to the full one.
	specialties map[string]string
}

// Load reads and checks the rule data: book.json, rules.json, policies.json, seals.json and specialties.json. It fails on a rule whose
// document, step or condition does not exist, so a typing error in the data cannot silence a rule.
func Load(fsys fs.FS) (*Book, error) {
	b := &Book{}
	var policies struct {
		Version  string   `json:"version"`
		Profiles []Policy `json:"profiles"`
	}
	var ruleFile struct {
		Rules []Rule `json:"rules"`
	}
	var sealFile struct {
		Seals []SealNames `json:"seals"`
		Words SealWords   `json:"words"`
	}
	var specialtyFile struct {
		Version, Source string
		Specialties     []struct {
			Name, Short, Code string
			Alias             []string
			Level2            bool
		}
	}
	h := sha256.New()
	for _, part := range []struct {
		name string
		into any
	}{{"book.json", b}, {"policies.json", &policies}, {"rules.json", &ruleFile}, {"seals.json", &sealFile}, {"specialties.json", &specialtyFile}} {
		raw, err := fs.ReadFile(fsys, part.name)
		if err != nil {
			return nil, fmt.Errorf("rule data: %w", err)
		}
		h.Write(raw)
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(part.into); err != nil {
			return nil, fmt.Errorf("rule data: %s: %w", part.name, err)
		}
	}
	b.Policies, b.PolicyVer, b.Rules, b.Seals = policies.Profiles, policies.Version, ruleFile.Rules, sealFile.Seals
	b.SealWords = sealFile.Words
	b.specialties = map[string]string{}
	for _, x := range specialtyFile.Specialties {
		for _, form := range append([]string{x.Name, x.Short}, x.Alias...) {
			if form = plainName(form); form != "" {
				b.specialties[form] = plainName(x.Name)
			}
		}
	}
	b.SHA256 = hex.EncodeToString(h.Sum(nil))
	if err := b.check(); err != nil {
		return nil, fmt.Errorf("rule data: %w", err)
	}
	return b, nil
}

func (b *Book) check() error {
	var errs []error
	bad := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	b.byStep = map[string][]*Rule{}
	steps := map[string]bool{}
	for _, s := range b.Steps {
		steps[s.ID] = true
	}
	seen := map[string]bool{}
	for i := range b.Rules {
		r := &b.Rules[i]
		switch {
		case seen[r.Key()]:
			bad("%s: twice", r.Key())
		case !steps[r.Step]:
			bad("%s: no step %q", r.Key(), r.Step)
		case conditionByName(r.Condition) == nil:
			bad("%s: no condition %q", r.Key(), r.Condition)
		case b.Source(r.Document) == nil:
			bad("%s: no document %q", r.Key(), r.Document)
		case r.Target != TargetCopy && r.Target != TargetRegistration:
			bad("%s: target %q", r.Key(), r.Target)
		case !slices.Contains([]string{"PASSED", "FAILED", "INCONCLUSIVE", "SKIPPED", "INFO"}, r.Outcome):
			bad("%s: outcome %q", r.Key(), r.Outcome)
		case r.Action != Enforce && r.Action != Advise:
			bad("%s: action %q", r.Key(), r.Action)
		case r.Message.ZH == "" || r.Message.EN == "":
			bad("%s: no message", r.Key())
		case (r.Outcome == "FAILED" || r.Outcome == "INCONCLUSIVE") && (r.Next.ZH == "" || r.Next.EN == "" || r.Sub == ""):
			bad("%s: a result that is not a pass needs a next step and a sub-indication", r.Key())
		case r.Leads && r.Outcome != "INCONCLUSIVE":
			bad("%s: only what leaves a question open leads", r.Key())
		}
		seen[r.Key()] = true
		r.cond = conditionByName(r.Condition)
		b.byStep[r.Step] = append(b.byStep[r.Step], r)
		switch r.Condition {
		case "silent":
			b.missing = r
		case "age-passed":
			b.ageLimit = r.Params.Years
		case "specialty-lapsed":
			b.lapse = r.Params.Since
		case "specialty-lapsed-pilot":
			b.lapsePilot = r
		}
	}
	if b.missing == nil || b.ageLimit == 0 || b.lapse.IsZero() || b.lapsePilot == nil {
		bad("no rule for silent steps, for the age limit or for the lapse of specialties")
	}
	if _, ok := b.Policy(""); !ok {
		bad("no standard profile")
	}
	return errors.Join(errs...)
}

// Source returns the document with that id, or nil.
func (b *Book) Source(id string) *Source {
	for i := range b.Sources {
		if b.Sources[i].ID == id {
			return &b.Sources[i]
		}
	}
	return nil
}

// Policy returns the profile of that name; "" is "standard".
func (b *Book) Policy(name string) (*Policy, bool) {
	if name == "" {
		name = "standard"
	}
	for i := range b.Policies {
		if b.Policies[i].Name == name {
			return &b.Policies[i], true
		}
	}
	return nil, false
}

// SealsOf returns the seal names of a kind, or nil.
func (b *Book) SealsOf(k fields.Kind) *SealNames {
	for i := range b.Seals {
		if b.Seals[i].Kind == k {
			return &b.Seals[i]
		}
	}
	return nil
}

// Find returns the rule with that key (ID or ID/Variant), or nil.
func (b *Book) Find(key string) *Rule {
	for i := range b.Rules {
		if b.Rules[i].Key() == key {
			return &b.Rules[i]
		}
	}
	return nil
}

// inForce reports whether the rule speaks on that day of that kind.
func (r *Rule) inForce(day civil.Date, kind fields.Kind) bool {
	if !r.From.IsZero() && day.Before(r.From) || !r.To.IsZero() && day.After(r.To) {
		return false
	}
	return len(r.Kinds) == 0 || slices.Contains(r.Kinds, kind)
}

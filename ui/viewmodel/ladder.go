package viewmodel

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

// Rung is one line of the ladder of checks.
type Rung struct {
	ID         string // the step; several rules may speak of one
	Key        string // unique in its ladder
	Shape      Shape
	Status     verify.Status
	Title      string
	Word       string // the status in words
	Message    string
	Next       string
	Target     string // which verdict it speaks to
	Note       string // "" if the check enters the verdict, else why it does not
	Rule       string
	Document   string
	Clause     string
	Quote      string
	Sub        string // in words
	SubID      string // the stable id
	Facts      []FactView
	Decision   string // what a person decided, in words
	CanDecide  bool   // a person may decide this check
	Prominent  bool   // failed or inconclusive and enforced: message shown unopened
	MarkIDs    []string
	sortWeight int
}

// FactView is a piece of evidence.
type FactView struct {
	Name, Value string
	Page        int
	Placed      bool // it has a place on the page
}

// handwritingCheck is the id of the check that only a person decides (40号 二(二)).
const handwritingCheck = "handwriting"

// ladder orders the checks: what failed first, then what could not be told, then advice, then what passed, then what did
// not apply. Within a class the ladder's own order stays.
func ladder(m *Messages, rep *verify.Report) []Rung {
	rungs := make([]Rung, 0, len(rep.Checks))
	seen := map[string]int{}
	decides := false
	for i := range rep.Checks {
		r := rung(m, rep, &rep.Checks[i])
		seen[r.ID]++
		r.Key = r.ID + "-" + strconv.Itoa(seen[r.ID])
		r.CanDecide = r.CanDecide && !decides // one place to decide is enough
		decides = decides || r.CanDecide
		rungs = append(rungs, r)
	}
	sort.SliceStable(rungs, func(i, j int) bool { return rungs[i].sortWeight < rungs[j].sortWeight })
	return rungs
}

func rung(m *Messages, rep *verify.Report, c *verify.Check) Rung {
	r := Rung{
		ID: c.ID, Shape: ShapeOfStatus(c.Status), Status: c.Status, Title: c.Title,
		Word: m.Or("status."+string(c.Status), m.T("status."+string(verify.Inconclusive))), Message: c.Message, Next: c.Next,
		Target: m.Or("part."+string(c.Target), ""),
		Rule:   c.Rule, Document: c.Document, Clause: c.Clause, Quote: c.Quote, SubID: string(c.Sub),
	}
	if r.Title == "" {
		r.Title = m.Or("check."+c.ID, c.ID)
	}
	if c.Sub != "" {
		r.Sub = subWord(m, c.ID, c.Sub)
	}
	if c.Action != verify.Enforce && c.Status != verify.Skipped && c.Status != verify.Passed {
		r.Note = m.T("action.advise")
	}
	for _, f := range c.Evidence {
		r.Facts = append(r.Facts, FactView{Name: factName(m, c.ID, f.Name), Value: factValue(m, f.Name, f.Value), Page: f.Page, Placed: f.Box != nil && !f.Box.IsZero()})
	}
	if h, ok := rep.Human[c.ID]; ok {
		r.Decision = m.Or("decision."+h.Answer, h.Answer)
	}
	r.CanDecide = c.ID == handwritingCheck && c.Status != verify.Skipped
	enforced := c.Action == verify.Enforce
	switch {
	case c.Status == verify.Failed && enforced:
		r.sortWeight, r.Prominent = 0, true
	case c.Status != verify.Passed && c.Status != verify.Skipped && enforced:
		r.sortWeight, r.Prominent = 1, true
	case c.Status == verify.Failed:
		r.sortWeight = 2
	case c.Status == verify.Passed:
		r.sortWeight = 4
	case c.Status == verify.Skipped:
		r.sortWeight = 5
	default:
		r.sortWeight = 3
	}
	return r
}

// Source returns document and clause in one line.
func (r Rung) Source() string {
	return strings.TrimSpace(r.Document + " " + r.Clause)
}

// trustCheck is the id of the check of a seal's chain: only there is an issuer that of a seal's certificate.
const trustCheck = "trust"

// factName is the label of a piece of a check's evidence: a fact of the face, a fact of the file, or a problem's code in words.
func factName(m *Messages, check, name string) string {
	if name == "issuer" && check != trustCheck {
		return m.T("fact.issuer")
	}
	for _, prefix := range []string{"evid.", "fact.", "sub."} {
		if m.Has(prefix + name) {
			return m.T(prefix + name)
		}
	}
	return name
}

// factValue puts stable values into words, instants into Shanghai time and spans of days into a readable form.
func factValue(m *Messages, name, value string) string {
	if name == "idNumber" {
		sides := strings.Split(value, " | ")
		for i, id := range sides {
			if len(sides) == 1 || !strings.Contains(id, "*") { // a comparison has masked its sides, but not where they differ
				sides[i] = fields.MaskedID(id)
			}
		}
		return strings.Join(sides, " | ")
	}
	if k := "val." + name + "." + value; m.Has(k) {
		return m.T(k)
	}
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t.In(civil.Shanghai()).Format("2006-01-02 15:04")
	}
	words := strings.Split(value, " ")
	for i, w := range words {
		from, to, ok := strings.Cut(w, "/")
		if _, err := civil.Parse(from); !ok || err != nil {
			continue
		}
		if _, err := civil.Parse(to); err == nil {
			words[i] = m.T("period.both", "from", from, "to", to)
		}
	}
	return strings.Join(words, " ")
}

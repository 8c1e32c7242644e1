package verify

import (
	"time"

	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// MediaType names the report format and its version. It changes whenever a reader would have to.
const MediaType = "application/vnd.zhengyan.report+json;version=1"

// The vocabulary of verdicts, see package rules.
type (
	Status        = rules.Status
	Indication    = rules.Indication
	Action        = rules.Action
	SubIndication = rules.SubIndication
)

// The verdicts and statuses under the names that callers of this package use.
const (
	TotalPassed   = rules.TotalPassed
	Indeterminate = rules.Indeterminate
	TotalFailed   = rules.TotalFailed
	Passed        = rules.Passed
	Failed        = rules.Failed
	Inconclusive  = rules.Inconclusive
	Skipped       = rules.Skipped
	Enforce       = rules.Enforce
	Advise        = rules.Advise
)

// Question is what is asked of a certificate.
type Question struct {
	// At is the instant as at which is judged: bid deadline, opening or evaluation. It must be set.
	At time.Time
	// Policy is the profile's name: "strict", "standard" or "audit"; "" is standard.
	Policy string
	// Specialty and Employer are optional: the specialty relied on, and the bidder's name.
	Specialty string
	Employer  string
	// Lang is the language of messages: "zh" (default) or "en".
	Lang string
	// Human holds a person's decisions by check id, for example "handwriting": "agrees", "differs", "unsigned". They are
	// shown beside the machine's answer and enter the verdict, never overwriting what the machine saw.
	Human map[string]HumanDecision
}

// HumanDecision is what a person decided on a check.
type HumanDecision struct {
	Answer string    `json:"answer"`
	Who    string    `json:"who,omitempty"`
	When   time.Time `json:"when,omitzero"`
	Note   string    `json:"note,omitempty"`
}

// Report is the answer on one file.
type Report struct {
	MediaType string        `json:"mediaType"`
	Program   string        `json:"program"` // name and version
	Lang      string        `json:"lang"`
	Input     document.Info `json:"input"`
	// Print is the scan or photo of the print that Input was judged with: both files of a pair are told at the head of its report.
	Print        *document.Info     `json:"print,omitempty"`
	At           time.Time          `json:"at"`
	JudgedOn     civil.Date         `json:"judgedOn"` // At as a day in Asia/Shanghai
	Policy       PolicyInfo         `json:"policy"`
	Rules        RulesInfo          `json:"rules"`
	Trust        TrustInfo          `json:"trust"`
	Snapshot     *SnapshotState     `json:"snapshot"` // null: none is loaded
	Certificate  fields.Certificate `json:"certificate"`
	Copy         Verdict            `json:"copy"`
	Registration Verdict            `json:"registration"`
	Indication   Indication         `json:"indication"`
	// Reason and Next are the one sentence why and the one next step for the first line of a result.
	Reason string  `json:"reason"`
	Next   string  `json:"next,omitempty"`
	Checks []Check `json:"checks"`
	// Usage is the period of use worked out as a sum; nil where the kind has none or nothing was read.
	Usage      *UsageSum                `json:"usage,omitempty"`
	Human      map[string]HumanDecision `json:"human,omitempty"`
	Question   AskedFor                 `json:"question"`
	Evidence   *Evidence                `json:"evidence"`
	Timings    map[string]float64       `json:"timings"` // milliseconds by stage
	Disclaimer string                   `json:"disclaimer"`
	// Error is set if the file could not be read at all; the verdicts are then INDETERMINATE.
	Error *FileError `json:"error,omitempty"`
}

// AskedFor repeats the optional questions in the report.
type AskedFor struct {
	Specialty string `json:"specialty,omitempty"`
	Employer  string `json:"employer,omitempty"`
}

// PolicyInfo names the policy profile in force.
type PolicyInfo struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// RulesInfo names the rule data in force.
type RulesInfo struct {
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

// TrustInfo names the trust anchors in use.
type TrustInfo struct {
	Anchors int    `json:"anchors"`
	Digest  string `json:"digest,omitempty"`
}

// Freshness is the state of the snapshot's age as at the day that is judged.
type Freshness string

// The states. Age never blocks and is never silent.
const (
	Fresh        Freshness = "FRESH"
	Stale        Freshness = "STALE"
	RedLine      Freshness = "RED-LINE" // older than the publisher lets a pass rest on
	ClockSuspect Freshness = "CLOCK-SUSPECT"
)

// SnapshotState is the snapshot and its age.
type SnapshotState struct {
	SnapshotInfo
	AgeDays   int       `json:"age"` // days between the snapshot and the day judged (or today, if that is earlier)
	Freshness Freshness `json:"freshness"`
}

// Verdict is one of the two verdicts with the reasons for it.
type Verdict struct {
	Indication     Indication      `json:"indication"`
	SubIndications []SubIndication `json:"subIndications"`
}

// Check is one line of the ladder: a rule that was applied, or a step that could not be.
type Check struct {
	ID       string        `json:"id"`    // the ladder step: integrity, trust, seal-name, kind, usage, ...
	Title    string        `json:"title"` // the step's name in the report's language
	Target   rules.Target  `json:"target"`
	Status   Status        `json:"status"`
	Action   Action        `json:"action"`
	Sub      SubIndication `json:"sub,omitempty"`
	Rule     string        `json:"rule"` // rule id, for example Y-11
	Document string        `json:"document,omitempty"`
	Clause   string        `json:"clause,omitempty"`
	Quote    string        `json:"quote,omitempty"`
	Message  string        `json:"message"`
	Next     string        `json:"next,omitempty"`
	Evidence []Fact        `json:"evidence,omitempty"`
}

// Fact is one piece of evidence shown with a check.
type Fact = rules.Fact

// UsageSum is the period of use as a sum: the end is the earliest of the terms that the kind's notice knows.
type UsageSum struct {
	Start    civil.Date  `json:"start,omitzero"`
	Printed  civil.Date  `json:"printed,omitzero"`  // the printed end, which decides
	Expected civil.Date  `json:"expected,omitzero"` // the end that the terms give
	Terms    []UsageTerm `json:"terms"`
}

// UsageTerm is one term of the minimum.
type UsageTerm struct {
	Name    string     `json:"name"` // stable key: days, specialty, registration, age
	Label   string     `json:"label"`
	Date    civil.Date `json:"date"`
	Clause  string     `json:"clause,omitempty"`
	Binding bool       `json:"binding"`
}

// FileError says why a file could not be read.
type FileError struct {
	Code    string `json:"code"` // document.ErrorCode
	Message string `json:"message"`
	Next    string `json:"next,omitempty"`
}

// Segment is a span of days over which the verdict stays the same; see Verifier.Timeline.
type Segment struct {
	From         civil.Date `json:"from,omitzero"` // zero: no beginning
	To           civil.Date `json:"to,omitzero"`   // zero: no end
	Copy         Indication `json:"copy"`
	Registration Indication `json:"registration"`
	Indication   Indication `json:"indication"`
	Reason       string     `json:"reason"`
}

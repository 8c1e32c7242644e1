// Package ink looks at the place where the holder signs by hand. A machine does not decide whose hand it is.
package ink

import "zhengyan/verify/page"

// Presence says whether there is writing that the e-certificate does not carry.
type Presence string

// The answers.
const (
	Ink         Presence = "ink"
	NoInk       Presence = "none"
	Unclear     Presence = "unclear"
	NotExamined Presence = "not-examined"
)

// Result is what was seen in the signature box.
type Result struct {
	Presence   Presence `json:"presence"`
	Confidence float64  `json:"confidence"` // 0..1
	// Likeness to the printed signature image, 0..1; nil if it was not measured.
	Likeness *float64 `json:"likeness,omitempty"`
	Band     string   `json:"band,omitempty"` // agrees, doubtful, differs
	Page     int      `json:"page"`
	Box      page.Box `json:"box"`
	Reason   string   `json:"reason,omitempty"` // stable key
}

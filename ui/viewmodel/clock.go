package viewmodel

import (
	"slices"
	"time"

	"zhengyan/verify"
	"zhengyan/verify/rules"
)

// ClockState is what is known of the computer's clock: it cannot be right if it is earlier than something that this
// program has written or imported.
type ClockState struct {
	Now, Latest time.Time // the clock, and the latest instant that is on record
	Source      string    // message key of what Latest comes from: clock.audit, clock.snapshot
	Confirmed   bool      // a person says that the clock is right all the same
}

// clockSlack is how far a clock may be behind before it is called suspect.
const clockSlack = 5 * time.Minute

// Suspect reports whether no pass may rest on the clock.
func (c ClockState) Suspect() bool {
	return !c.Confirmed && !c.Latest.IsZero() && c.Now.Add(clockSlack).Before(c.Latest)
}

// guard turns a pass into INDETERMINATE while the clock is suspect. Everything else stays as it was judged.
func (c ClockState) guard(m *Messages, rep *verify.Report) *verify.Report {
	if !c.Suspect() || rep == nil || rep.Indication != verify.TotalPassed {
		return rep
	}
	out := *rep
	message := m.T("clock.message", "now", DayText(c.Now), "latest", DayText(c.Latest))
	next := m.T("clock.next")
	out.Checks = append([]verify.Check{{
		ID: "clock", Title: m.T("clock.title"), Target: rules.TargetCopy, Status: verify.Inconclusive, Action: verify.Enforce,
		Sub: rules.ClockUntrusted, Message: message, Next: next,
	}}, slices.Clone(rep.Checks)...)
	out.Copy = verify.Verdict{Indication: verify.Indeterminate, SubIndications: append([]verify.SubIndication{rules.ClockUntrusted}, rep.Copy.SubIndications...)}
	out.Indication, out.Reason, out.Next = verify.Indeterminate, message, next
	return &out
}

// SetClock tells the session of the clock; every file is judged again.
func (s *Session) SetClock(c ClockState) {
	s.clock = c
	s.Ask(s.Question())
}

// Clock returns what is known of the clock.
func (s *Session) Clock() ClockState { return s.clock }

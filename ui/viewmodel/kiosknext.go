package viewmodel

import (
	"slices"

	"zhengyan/verify"
	"zhengyan/verify/rules"
)

// staffStep is a rule's next step that only the staff can take, for what the kiosk's computer lacks. Of a rule that has
// others too, sub tells which, or the code of the file's error or of a problem of its reading.
type staffStep struct {
	rule  string
	sub   verify.SubIndication // "" for any
	code  string               // "" for any
	shown string               // message key of what the visitor is told instead
}

func staffSteps() []staffStep {
	const look, signer, help = "kiosk.next.registry", "kiosk.next.signer", "kiosk.next.staff"
	return []staffStep{
		{rule: "G-05", shown: look},
		{rule: "R-01", shown: look},
		{rule: "R-02", shown: look},
		{rule: "R-03", shown: look},
		{rule: "R-04", shown: look},
		{rule: "S-06", shown: signer},
		{rule: "S-08", sub: rules.TryLater, shown: signer},
		{rule: "S-09", sub: rules.NoCertificateChainFound, shown: signer},
		{rule: "S-17", shown: signer},
		{rule: "F-07", code: "no-reader", shown: "kiosk.next.original"},
		{rule: "G-06", shown: help},
		{rule: "D-01", code: "engine", shown: help},
		{rule: "D-01", code: "internal", shown: help},
		{rule: "D-01", code: "not-found", shown: help},
		{rule: "D-01", code: "not-readable", shown: help},
		{rule: "D-01", code: "permission", shown: help},
		{rule: "D-01", code: "timeout", shown: help},
		{rule: "D-01", code: "canceled", shown: help},
		{rule: "D-01", code: "closed", shown: help},
	}
}

// visitorNext is the next step for who stands before a kiosk: an import or a command is nothing to tell a visitor.
func visitorNext(m *Messages, rep *verify.Report) string {
	for i := range rep.Checks {
		c := &rep.Checks[i]
		if c.Message != rep.Reason || c.Next != rep.Next { // not the one that decides
			continue
		}
		for _, s := range staffSteps() {
			if s.rule == c.Rule && (s.sub == "" || s.sub == c.Sub) && (s.code == "" || hasCode(rep, s.code)) {
				return m.T(s.shown)
			}
		}
		break
	}
	return rep.Next
}

// hasCode reports whether the file could not be read, or something of it, for this reason.
func hasCode(rep *verify.Report, code string) bool {
	if rep.Error != nil {
		return rep.Error.Code == code
	}
	return rep.Evidence != nil && slices.ContainsFunc(rep.Evidence.Problems, func(p verify.Problem) bool { return p.Code == code })
}

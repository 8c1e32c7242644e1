package viewmodel

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"

	"zhengyan/verify"
)

// staffStep is a rule's next step that only the staff can take, for what the kiosk's computer lacks. Of a rule that has
// others too, sub tells which, or the code of the file's error or of a problem of its reading.
type staffStep struct {
	Rule string               `json:"rule"`
	Sub  verify.SubIndication `json:"sub"`  // "" for any
	Code string               `json:"code"` // "" for any
	Text string               `json:"text"` // key of what the visitor is told instead
}

// loadStaff reads visitors.json from the folder of the texts.
func (m *Messages) loadStaff(fsys fs.FS) error {
	b, err := fs.ReadFile(fsys, "visitors.json")
	if err != nil {
		return fmt.Errorf("steps of the staff: %w", err)
	}
	if err := json.Unmarshal(b, &m.staff); err != nil {
		return fmt.Errorf("steps of the staff: %w", err)
	}
	for _, s := range m.staff {
		if !m.Has(s.Text) {
			return fmt.Errorf("steps of the staff: %s: no text %q", s.Rule, s.Text)
		}
	}
	return nil
}

// visitorNext is the next step for who stands before a kiosk: an import or a command is nothing to tell a visitor.
func visitorNext(m *Messages, rep *verify.Report) string {
	for i := range rep.Checks {
		c := &rep.Checks[i]
		if c.Message != rep.Reason || c.Next != rep.Next { // not the one that decides
			continue
		}
		for _, s := range m.staff {
			if s.Rule == c.Rule && (s.Sub == "" || s.Sub == c.Sub) && (s.Code == "" || hasCode(rep, s.Code)) {
				return m.T(s.Text)
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

package viewmodel

import (
	"strconv"

	"zhengyan/verify"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// MarkKind is what a box on the page stands for.
type MarkKind string

// The kinds of marks.
const (
	MarkQR        MarkKind = "qr"
	MarkSeal      MarkKind = "seal"
	MarkSignature MarkKind = "signature"
	MarkField     MarkKind = "field" // evidence of a check that did not pass
	MarkChange    MarkKind = "change"
	MarkPart      MarkKind = "part" // the certificate's place in a long document
)

// Mark is a box on the page, in page units.
type Mark struct {
	ID     string
	Kind   MarkKind
	Page   int
	Box    page.Box
	Label  string
	Shape  Shape
	Checks []string // ids of the checks that rest on what is there
}

// checksOf links what is on the page to the checks that read it. The ids are those of the ladder's steps; an id that a
// ladder does not have links to nothing.
func checksOf(k MarkKind) []string {
	switch k {
	case MarkQR:
		return []string{"qr", "qr-host", "qr-payload", "qr-fields"}
	case MarkSeal:
		return []string{"integrity", "changes", "trust", "revocation", "seal-name", "seal"}
	case MarkSignature:
		return []string{"handwriting", "ink", "signature"}
	}
	return nil
}

// marks collects the boxes of a report and links them with the rungs, in both directions.
func marks(m *Messages, rep *verify.Report, rungs []Rung) []Mark {
	ev := rep.Evidence
	if ev == nil {
		return nil
	}
	var ms []Mark
	add := func(k MarkKind, pg int, b page.Box, label string, checks []string) {
		if b.W() > 0 && b.H() > 0 && pg >= 0 {
			ms = append(ms, Mark{ID: string(k) + "-" + strconv.Itoa(len(ms)), Kind: k, Page: pg, Box: b, Label: label, Checks: checks})
		}
	}
	for _, c := range ev.Codes {
		add(MarkQR, c.Page, page.Around(c.Corners), m.T("mark.qr"), checksOf(MarkQR))
	}
	if ev.Seal != nil {
		for _, s := range ev.Seal.Signatures {
			add(MarkSeal, s.Page, s.Box, sealLabel(m, s), checksOf(MarkSeal))
		}
	}
	if ev.Ink != nil && ev.Ink.Presence != ink.NotExamined && !ev.Ink.Box.IsZero() {
		add(MarkSignature, ev.Ink.Page, ev.Ink.Box, m.T("mark.signature"), checksOf(MarkSignature))
	} else if ev.Fields != nil {
		add(MarkSignature, ev.Fields.Page, ev.Fields.Certificate.SignatureBox, m.T("mark.signature"), checksOf(MarkSignature))
	}
	for _, c := range rep.Checks {
		if c.Status != verify.Failed && c.Status != verify.Inconclusive {
			continue
		}
		for _, f := range c.Evidence {
			if f.Box != nil && !overlapsAny(ms, f.Page, *f.Box, c.ID) {
				add(MarkField, f.Page, *f.Box, factName(m, c.ID, f.Name), []string{c.ID})
			}
		}
	}
	link(ms, rungs)
	return ms
}

// link sets each mark's shape to the gravest of its checks, keeps only the checks that exist, and tells the rungs.
func link(ms []Mark, rungs []Rung) {
	for i := range ms {
		ms[i].Shape = ShapeSkip
		var have []string
		for _, id := range ms[i].Checks {
			for j := range rungs {
				if rungs[j].ID != id {
					continue
				}
				if len(have) == 0 || have[len(have)-1] != id {
					have = append(have, id)
				}
				rungs[j].MarkIDs = append(rungs[j].MarkIDs, ms[i].ID)
				if gravity(rungs[j].Shape) > gravity(ms[i].Shape) {
					ms[i].Shape = rungs[j].Shape
				}
			}
		}
		ms[i].Checks = have
	}
}

func gravity(s Shape) int {
	switch s {
	case ShapeFail:
		return 3
	case ShapeUnknown:
		return 2
	case ShapePass:
		return 1
	}
	return 0
}

// overlapsAny reports whether a mark stands for about the same place; the check is then linked to it.
func overlapsAny(ms []Mark, pg int, b page.Box, check string) bool {
	for i := range ms {
		if ms[i].Page != pg || !ms[i].Box.Intersects(b) {
			continue
		}
		x := min(ms[i].Box.X1, b.X1) - max(ms[i].Box.X0, b.X0)
		y := min(ms[i].Box.Y1, b.Y1) - max(ms[i].Box.Y0, b.Y0)
		if union := ms[i].Box.W()*ms[i].Box.H() + b.W()*b.H() - x*y; x*y > 0.5*union {
			for _, id := range ms[i].Checks {
				if id == check {
					return true
				}
			}
			ms[i].Checks = append(ms[i].Checks[:len(ms[i].Checks):len(ms[i].Checks)], check)
			return true
		}
	}
	return false
}

// sealLabel names a seal by what it calls itself, and says where nothing bears that out.
func sealLabel(m *Messages, s seal.Signature) string {
	name, kind := s.SealName, "mark.seal"
	if name == "" {
		name = s.Signer
	}
	if name == "" {
		return m.T("mark.seal")
	}
	if s.Integrity != seal.Intact || s.Trust != seal.Trusted || s.SealName != "" && !rules.NameProven(&s) {
		kind = "mark.seal.claimed"
	}
	if r := []rune(name); len(r) > 16 {
		name = string(r[:15]) + "..."
	}
	return m.T(kind) + " · " + name
}

package rules

import (
	"slices"
	"strings"

	"zhengyan/verify/page"
	"zhengyan/verify/seal"
)

// furtherSealsOnly reports whether all that came after a seal are further seals of the same file that count themselves and
// belong there: an architect's certificate is sealed twice (注建〔2021〕2号 一(一)). A timestamp is no seal, and anybody may
// sign a file once more: what can be seen of such a signature is a change to what the page shows.
func (e *evaluation) furtherSealsOnly(s *seal.Signature) bool {
	if len(s.Changed) == 0 {
		return false
	}
	for i := range s.Changed {
		c := &s.Changed[i]
		if c.Class == seal.ChangesLTV {
			continue
		}
		name, ok := strings.CutPrefix(c.What, "signature ")
		if !ok || !e.sealed(func(o *seal.Signature) bool {
			return o.Field == name && o.RevisionEnd > s.RevisionEnd && (c.Shows == seal.ShowsNothing || e.namedForKind(o) || e.personalBeside(o, c))
		}) {
			return false
		}
	}
	return true
}

// namedForKind reports whether a seal goes by a name that the notices, or the face, give for the kind of certificate.
func (e *evaluation) namedForKind(s *seal.Signature) bool {
	names := e.book.SealsOf(e.cert.Kind)
	if names == nil {
		return false
	}
	ofFace := names.Issuers != nil && e.goesBy(s, e.cert.Issuer) && (isAny(e.cert.Issuer, names.Bodies) || e.issuerOfItsOwn())
	return ofFace || slices.ContainsFunc(names.Replaced, func(n string) bool { return e.goesBy(s, n) }) ||
		slices.ContainsFunc(names.Expected, func(n SealName) bool { return !n.Personal && e.goesBy(s, n.Name) })
}

// personalBeside reports whether a later seal may be the one of an office whose holder the notice does not name, and leaves
// the face as it was: a picture that covers neither a code nor anything that was read, but for the body and the date of
// issue, over which seals are put. There are no more such seals than offices.
func (e *evaluation) personalBeside(s *seal.Signature, c *seal.Change) bool {
	names := e.book.SealsOf(e.cert.Kind)
	if names == nil || c.Shows != seal.ShowsPicture || c.Box.IsZero() || e.book.sealOfAnotherKind(nameOf(s), e.cert.Kind) {
		return false
	}
	offices, unnamed := 0, 0
	for _, n := range names.Expected {
		if n.Personal {
			offices++
		}
	}
	e.sealed(func(o *seal.Signature) bool {
		if !e.namedForKind(o) {
			unnamed++
		}
		return false
	})
	if unnamed > offices || e.Face == nil {
		return false
	}
	for _, f := range e.Face.Fields {
		if f.Name != "issuer" && f.Name != "issueDate" && f.Page == c.Page && f.Box.Intersects(c.Box) {
			return false
		}
	}
	for i := range e.Codes {
		if e.Codes[i].Page == c.Page && page.Around(e.Codes[i].Corners).Intersects(c.Box) {
			return false
		}
	}
	return true
}

// onlySigned reports whether the changes after a seal are signatures and timestamps and nothing else.
func onlySigned(s *seal.Signature) bool {
	return s.Changes == seal.ChangesForm && len(s.Changed) > 0 && !slices.ContainsFunc(s.Changed, func(c seal.Change) bool {
		return c.Class != seal.ChangesLTV && c.Shows == ""
	})
}

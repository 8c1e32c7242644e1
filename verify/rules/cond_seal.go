package rules

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"zhengyan/verify/civil"
	"zhengyan/verify/seal"
)

// counted calls f for every signature that counts; timestamps of the document are not seals.
func (e *evaluation) counted(f func(*seal.Signature) bool) bool {
	if e.Seal == nil || !e.original() {
		return false
	}
	for i := range e.Seal.Signatures {
		if s := &e.Seal.Signatures[i]; s.Counts && f(s) {
			return true
		}
	}
	return false
}

// sealed is counted without the document's timestamps: they tell a time, and anybody can have one put on any file.
func (e *evaluation) sealed(f func(*seal.Signature) bool) bool {
	return e.counted(func(s *seal.Signature) bool { return s.Kind != "timestamp" && f(s) })
}

func (e *evaluation) showSeal(s *seal.Signature) {
	e.show("field", s.Field)
	e.show("signer", s.Signer)
	e.show("sealName", s.SealName)
	e.show("algorithm", strings.TrimSpace(s.Algorithm+" "+s.Digest))
	if !s.SignedAt.IsZero() {
		e.show("signedAt", s.SignedAt.Format(time.RFC3339))
	}
	if !s.Timestamp.IsZero() {
		e.show("timestamp", s.Timestamp.Format(time.RFC3339))
	}
	e.show("coverage", string(s.Coverage))
	for i, p := range s.Problems {
		if i == 4 {
			break
		}
		e.show(p.Code, p.Detail)
	}
	if !s.Box.IsZero() && len(e.facts) > 0 {
		box := s.Box
		e.facts[0].Page, e.facts[0].Box = s.Page, &box
	}
	e.set("signer", nameOf(s))
}

// NameProven reports whether something bears out the name that an electronic seal gives itself: its maker is pinned, or
// the signer's certificate has the same name. Any subscriber of a trusted authority can make a seal of any name.
func NameProven(s *seal.Signature) bool {
	return s.SealName != "" && (s.MakerPinned || plainName(s.SealName) == plainName(s.Signer))
}

// nameOf is the name that a seal goes by: its own where that is proven, else its signer's.
func nameOf(s *seal.Signature) string {
	if NameProven(s) {
		return s.SealName
	}
	return s.Signer
}

// notListed reports whether a seal's signer is not among those that the seal itself names (GB/T 38540-2020 clause 7):
// the values hold, and yet that signer may not use that seal.
func notListed(s *seal.Signature) bool { return hasProblem(s, "SIGNER_NOT_IN_SEAL") }

func hasProblem(s *seal.Signature, code string) bool {
	return slices.ContainsFunc(s.Problems, func(p seal.Problem) bool { return p.Code == code })
}

// ETSI EN 319 102-1 clause 5.2.7: the digest of what is signed, or the value itself, does not match.
func sealBroken(e *evaluation) bool {
	return e.sealed(func(s *seal.Signature) bool {
		if s.Integrity != seal.Broken || notListed(s) {
			return false
		}
		e.sub = HashFailure
		for _, p := range s.Problems {
			if p.Code == string(SigCryptoFailure) {
				e.sub = SigCryptoFailure
			}
		}
		e.showSeal(s)
		return true
	})
}

func sealMalformed(e *evaluation) bool {
	return e.sealed(func(s *seal.Signature) bool {
		if s.Integrity != seal.Malformed && !(s.Integrity == seal.Broken && notListed(s)) {
			return false
		}
		e.showSeal(s)
		return true
	})
}

func sealPartial(e *evaluation) bool {
	return e.sealed(func(s *seal.Signature) bool {
		if s.Integrity != seal.Intact || s.Coverage != seal.CoveragePartial && s.Coverage != seal.CoverageInvalid {
			return false
		}
		e.showSeal(s)
		return true
	})
}

func sealChanged(e *evaluation) bool {
	return e.sealed(func(s *seal.Signature) bool {
		if s.Integrity != seal.Intact || s.Changes == seal.ChangesNone || s.Permitted && s.Changes != seal.ChangesContent {
			return false
		}
		e.showChanges(s)
		return true
	})
}

func sealChangedPermitted(e *evaluation) bool {
	return e.counted(func(s *seal.Signature) bool {
		if s.Integrity != seal.Intact || !s.Permitted || s.Changes != seal.ChangesForm && s.Changes != seal.ChangesAnnotation || e.furtherSealsOnly(s) {
			return false
		}
		if onlySigned(s) && !e.judged() { // no notice is known that would name its seals, and the kind itself is said not to be judged
			return false
		}
		e.showChanges(s)
		return true
	})
}

func (e *evaluation) showChanges(s *seal.Signature) {
	if onlySigned(s) {
		e.set("changes", "@changes-signed")
	} else {
		e.set("changes", "@changes-"+string(s.Changes))
	}
	e.showSeal(s)
	for i, c := range s.Changed {
		if i == 6 {
			break
		}
		e.show("changed", c.What)
		if name, ok := strings.CutPrefix(c.What, "signature "); ok {
			e.sealed(func(o *seal.Signature) bool {
				if o.Field == name {
					e.show("signer", nameOf(o))
				}
				return o.Field == name
			})
		}
	}
}

func sealUnsigned(e *evaluation) bool {
	if e.Seal == nil || !e.original() || e.Seal.Status == seal.Unreadable {
		return false
	}
	return !e.sealed(func(*seal.Signature) bool { return true })
}

func sealUnsupported(e *evaluation) bool {
	return e.counted(func(s *seal.Signature) bool {
		if s.Integrity != seal.Unsupported {
			return false
		}
		e.sub = UnsupportedAlgorithm
		if s.Format == "unknown" {
			e.sub = UnsupportedFormat
		}
		e.show("subFilter", s.SubFilter)
		e.showSeal(s)
		return true
	})
}

func sealNotExamined(e *evaluation) bool {
	if !e.original() || e.FileError != "" {
		return false
	}
	return e.Seal == nil || e.Seal.Status == seal.Unreadable
}

// sealContradictory is for files whose mathematics hold and whose identifiers contradict one another.
func sealContradictory(e *evaluation) bool {
	if e.Seal == nil || !e.original() || e.Seal.Overall != seal.Dirty {
		return false
	}
	other := e.quiet(e.rule)
	if sealBroken(other) || sealMalformed(other) || sealPartial(other) || sealChanged(other) || sealUnsupported(other) || sealChangedPermitted(other) {
		return false
	}
	return e.counted(func(s *seal.Signature) bool { e.showSeal(s); return true })
}

func sealIntact(e *evaluation) bool {
	if e.Seal == nil || e.Seal.Overall != seal.Clean || !e.original() {
		return false
	}
	ok, n := true, 0
	e.counted(func(s *seal.Signature) bool {
		if s.Kind != "timestamp" {
			n++
		}
		ok = ok && s.Integrity == seal.Intact && s.Permitted &&
			(s.Coverage == seal.CoverageWhole || s.Coverage == seal.CoverageRevision) &&
			(s.Changes == seal.ChangesNone || s.Changes == seal.ChangesLTV || s.Changes == seal.ChangesForm && e.furtherSealsOnly(s))
		if n == 1 && len(e.facts) == 0 {
			e.showSeal(s)
		}
		return false
	})
	e.setInt("count", n)
	return ok && n > 0
}

func sealWeak(e *evaluation) bool {
	return e.counted(func(s *seal.Signature) bool {
		for _, p := range s.Problems {
			if strings.HasPrefix(p.Code, "WEAK_") {
				e.show(p.Code, p.Detail)
				return true
			}
		}
		return false
	})
}

// intactAll reports whether there is a seal to speak of: trust is not judged over a broken one.
func (e *evaluation) intactAll() bool {
	return e.intact.once(func() bool { return sealIntact(e.quiet(e.rule)) })
}

// chained reports whether the signer's chain ends at an anchor in use, whatever the day.
func chained(s *seal.Signature) bool {
	return s.Anchor != "" && len(s.Chain) > 0 && (s.Trust == seal.Trusted || s.Trust == seal.Expired || s.Trust == seal.Revoked)
}

// reference is the time at which a signer's certificate must have been valid: that of a verified timestamp, else the
// instant judged. A claimed signing time is no proof of existence (ETSI EN 319 102-1 clause 5.6.2).
func (e *evaluation) reference(s *seal.Signature) time.Time {
	if !s.Timestamp.IsZero() {
		return s.Timestamp
	}
	return e.Instant
}

// outOfBounds reports whether a certificate of the chain, the anchor excepted, is not valid at the reference time.
func (e *evaluation) outOfBounds(s *seal.Signature) bool {
	ref := e.reference(s)
	for i, c := range s.Chain {
		if i > 0 && i == len(s.Chain)-1 {
			break // the last one is the anchor, whose trust does not hang on its dates
		}
		claimed := i == 0 && s.Timestamp.IsZero() && !s.SignedAt.IsZero() && (s.SignedAt.Before(c.NotBefore) || s.SignedAt.After(c.NotAfter))
		if claimed || ref.Before(c.NotBefore) || ref.After(c.NotAfter) {
			return true
		}
	}
	return false
}

// sealOutOfBounds reports whether the electronic seal itself (GB/T 38540-2020) was used outside its validity, or made by
// somebody whose certificate was not valid then. Neither hangs on the day judged.
func sealOutOfBounds(s *seal.Signature) bool {
	return hasProblem(s, "SEAL_OUT_OF_VALIDITY") || hasProblem(s, "SEAL_MAKER_OUT_OF_VALIDITY")
}

// revoked reports whether the certificate was revoked at the reference time.
func (e *evaluation) revoked(s *seal.Signature) bool {
	if s.Revocation.Status != "revoked" && s.Trust != seal.Revoked {
		return false
	}
	at := s.Revocation.RevokedAt
	return at.IsZero() || !at.After(e.reference(s))
}

// sealedAfterRevocation reports whether the seal was made when its certificate was revoked already, by its trusted
// timestamp or by its own word. What claims to be older may be so: ETSI EN 319 102-1 clause 5.5.4 (REVOKED_NO_POE).
func sealedAfterRevocation(s *seal.Signature) bool {
	at, made := s.Revocation.RevokedAt, s.Timestamp
	if made.IsZero() {
		made = s.SignedAt
	}
	return !at.IsZero() && !made.IsZero() && !made.Before(at)
}

func trustUnknownIssuer(e *evaluation) bool {
	return e.intactAll() && e.sealed(func(s *seal.Signature) bool {
		if chained(s) || s.Trust == seal.UntrustedUsage {
			return false
		}
		e.showSeal(s)
		if len(s.Chain) > 0 {
			e.show("issuer", s.Chain[len(s.Chain)-1].Issuer)
		}
		return true
	})
}

func trustExpired(e *evaluation) bool {
	return e.intactAll() && e.sealed(func(s *seal.Signature) bool {
		if !chained(s) || !e.outOfBounds(s) && !sealOutOfBounds(s) {
			return false
		}
		e.showSeal(s)
		e.show("notBefore", s.Chain[0].NotBefore.Format(time.RFC3339))
		e.show("notAfter", s.Chain[0].NotAfter.Format(time.RFC3339))
		return true
	})
}

func trustUsage(e *evaluation) bool {
	return e.intactAll() && e.sealed(func(s *seal.Signature) bool {
		if s.Trust != seal.UntrustedUsage {
			return false
		}
		e.showSeal(s)
		return true
	})
}

// revokedSeal shows the first seal of a certificate that is revoked at the reference time and of which the rule speaks.
func (e *evaluation) revokedSeal(is func(*seal.Signature) bool) bool {
	return e.intactAll() && e.sealed(func(s *seal.Signature) bool {
		if !e.revoked(s) || !is(s) {
			return false
		}
		e.showRevoked(s)
		return true
	})
}

func trustRevoked(e *evaluation) bool {
	return e.revokedSeal(func(s *seal.Signature) bool {
		return sealedAfterRevocation(s) && !onHold(s) && s.Revocation.Of == ""
	})
}

// trustRevokedCA: not the signer's certificate was revoked but that of the authority above it (ETSI EN 319 102-1 clause 5.2.6,
// REVOKED_CA_NO_POE): why, and whether what it issued before still holds, a person must find out.
func trustRevokedCA(e *evaluation) bool {
	return e.revokedSeal(func(s *seal.Signature) bool {
		return sealedAfterRevocation(s) && !onHold(s) && s.Revocation.Of != ""
	})
}

// onHold reports whether a certificate is suspended and may come back (RFC 5280 clause 5.3.1, certificateHold).
func onHold(s *seal.Signature) bool { return s.Revocation.Reason == "certificateHold" }

// trustOnHold: whether the certificate is revoked is not settled (ETSI EN 319 102-1 clause 5.2.6: TRY_LATER).
func trustOnHold(e *evaluation) bool {
	return e.revokedSeal(func(s *seal.Signature) bool { return sealedAfterRevocation(s) && onHold(s) })
}

// trustRevokedNoProof: revoked by the time judged, and nothing proves that the seal is older or younger than that.
func trustRevokedNoProof(e *evaluation) bool {
	return e.revokedSeal(func(s *seal.Signature) bool { return !sealedAfterRevocation(s) })
}

func (e *evaluation) showRevoked(s *seal.Signature) {
	e.showSeal(s)
	if !s.Revocation.RevokedAt.IsZero() {
		e.set("revokedAt", civil.Of(s.Revocation.RevokedAt).String())
		e.show("revokedAt", s.Revocation.RevokedAt.In(civil.Shanghai()).Format(time.RFC3339))
	} else {
		e.set("revokedAt", "?")
	}
	e.show("reason", s.Revocation.Reason)
	e.set("authority", s.Revocation.Of)
	e.show("authority", s.Revocation.Of)
}

func trustRevocationUnknown(e *evaluation) bool {
	return e.intactAll() && e.sealed(func(s *seal.Signature) bool {
		r := &s.Revocation
		old := !r.Next.IsZero() && e.Instant.After(r.Next) // the list said good, of a time before the day judged
		if !chained(s) || r.Status == "good" && !old || r.Status == "revoked" {
			return false
		}
		if !r.Next.IsZero() {
			e.show("nextUpdate", r.Next.In(civil.Shanghai()).Format(time.RFC3339))
		}
		e.show("signer", s.Signer)
		return true
	})
}

func trustOK(e *evaluation) bool {
	if !e.intactAll() {
		return false
	}
	ok := true
	e.sealed(func(s *seal.Signature) bool {
		ok = ok && chained(s) && !e.outOfBounds(s) && !e.revoked(s) && !sealOutOfBounds(s)
		if len(e.facts) == 0 {
			e.showSeal(s)
			e.show("anchor", s.Anchor)
			e.set("anchor", s.Anchor)
		}
		return false
	})
	return ok
}

// allTrusted reports whether every counting seal is trusted on the day: only then its name means anything.
func (e *evaluation) allTrusted() bool {
	return e.trusted.once(func() bool { return trustOK(e.quiet(e.rule)) })
}

// plainName folds what printing changes in a name: spaces, widths of brackets and letters.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r > 0x3000 && r < 0xFF01: // Han: nothing to fold
			return r
		case unicode.IsSpace(r):
			return -1
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		}
		return r
	}, s)
}

// hasSeal reports whether a trusted seal goes by that name.
func (e *evaluation) hasSeal(name string) bool {
	return e.sealed(func(s *seal.Signature) bool { return e.goesBy(s, name) })
}

// goesBy reports whether a seal is the one of that name.
func (e *evaluation) goesBy(s *seal.Signature, name string) bool {
	want := plainName(name)
	return want != "" && (plainName(nameOf(s)) == want || plainName(s.Signer) == want || plainName(s.SealName) == want && e.ofBody(s))
}

// ofBody reports whether the signer is the very body whose seals belong on the kind: a ministry may use its special seal
// with the certificate of the ministry.
func (e *evaluation) ofBody(s *seal.Signature) bool {
	names := e.book.SealsOf(e.cert.Kind)
	return names != nil && isAny(s.Signer, names.Bodies)
}

func (e *evaluation) expectedFound() (found, missing []string) {
	names := e.book.SealsOf(e.cert.Kind)
	if names == nil {
		return nil, nil
	}
	personal := 0
	for _, n := range names.Expected {
		switch {
		case n.Personal:
			personal++
		case e.hasSeal(n.Name):
			found = append(found, n.Name)
		default:
			missing = append(missing, n.Name)
		}
	}
	// The notice gives the office, not the person: a further trusted seal of another name stands for it.
	if personal > 0 {
		further := e.sealed(func(s *seal.Signature) bool {
			return !slices.ContainsFunc(found, func(n string) bool {
				return plainName(n) == plainName(s.SealName) || plainName(n) == plainName(s.Signer)
			})
		})
		for _, n := range names.Expected {
			if n.Personal && !further {
				missing = append(missing, n.Name)
			}
		}
	}
	return found, missing
}

func sealNameExpected(e *evaluation) bool {
	if !e.allTrusted() {
		return false
	}
	found, missing := e.expectedFound()
	if len(found) == 0 {
		return false
	}
	e.set("name", strings.Join(found, "、"))
	e.show("sealName", strings.Join(found, "、"))
	return len(missing) == 0 || e.rule.Variant == "some"
}

func sealNameIncomplete(e *evaluation) bool {
	if !e.allTrusted() {
		return false
	}
	found, missing := e.expectedFound()
	if len(found) == 0 || len(missing) == 0 {
		return false
	}
	e.set("name", strings.Join(missing, "、"))
	return true
}

func sealNameReplaced(e *evaluation) bool {
	names := e.book.SealsOf(e.cert.Kind)
	if names == nil || !e.allTrusted() {
		return false
	}
	if found, _ := e.expectedFound(); len(found) > 0 {
		return false
	}
	for _, n := range names.Replaced {
		if e.hasSeal(n) {
			e.set("name", n)
			e.show("sealName", n)
			return true
		}
	}
	return false
}

// unreadForm is the key of the words on a package whose pages are not read: what they say of its seals is what was seen.
func (e *evaluation) unreadForm() string {
	key := "file-" + e.FileError
	if e.Seal == nil {
		return key
	}
	intact := 0
	for i := range e.Seal.Signatures {
		if e.Seal.Signatures[i].Integrity == seal.Intact {
			intact++
		}
	}
	switch {
	case e.Seal.Status == seal.Unsigned:
		return key + "-unsigned"
	case e.Seal.Status != seal.Signed:
		return key
	case e.Seal.Overall != seal.Clean && intact == len(e.Seal.Signatures):
		return key + "-doubtful"
	}
	e.setInt("ofdSeals", len(e.Seal.Signatures))
	e.setInt("ofdIntact", intact)
	return key + "-signed"
}

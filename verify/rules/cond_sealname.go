package rules

import (
	"slices"
	"strings"

	"zhengyan/verify/fields"
	"zhengyan/verify/seal"
)

func sealNameIssuer(e *evaluation) bool {
	names := e.book.SealsOf(e.cert.Kind)
	if names == nil || names.Issuers == nil || e.cert.Issuer == "" || !isAny(e.cert.Issuer, names.Bodies) && !e.issuerOfItsOwn() ||
		!e.allTrusted() || !e.hasSeal(e.cert.Issuer) {
		return false
	}
	e.set("name", e.cert.Issuer)
	e.show("sealName", e.cert.Issuer)
	e.showField("issuer")
	return true
}

// issuerOfItsOwn reports whether the body on the face is of the sort that a notice lets seal what it issues, and the
// qualification is none that a notice gives to another body. Who prints a name as the issuer's and has a certificate of
// that name is not thereby such a body.
func (e *evaluation) issuerOfItsOwn() bool {
	x := e.book.SealsOf(e.cert.Kind).Issuers
	issuer, qual := plainName(e.cert.Issuer), plainName(e.cert.QualName)
	return qual != "" && !containsAny(issuer, e.book.SealWords.Elsewhere) &&
		slices.ContainsFunc(x.Words, func(w string) bool { return strings.HasSuffix(issuer, w) }) &&
		!slices.ContainsFunc(x.Except, func(w Exception) bool { return strings.Contains(qual, w.Word) })
}

// sealNameOther: no seal that the notices name for the kind is there.
func (e *evaluation) sealNameOther() bool {
	names := e.book.SealsOf(e.cert.Kind)
	if names == nil || len(names.Expected) == 0 || !e.allTrusted() {
		return false
	}
	probe := e.quiet(e.rule)
	found, _ := e.expectedFound()
	return len(found) == 0 && !sealNameReplaced(probe) && !sealNameIssuer(probe)
}

// surelyAnother reports whether a seal is, by its own words, none of the kind's: it bears the name of a seal that the
// notices give to another kind, or calls itself the seal of a local authority or of a company. The notices give the words
// of the seal's picture; how the signer's certificate spells its holder is up to who issued it, so any other name leaves
// open whose seal it is.
func (e *evaluation) surelyAnother(s *seal.Signature) bool {
	names, name := e.book.SealsOf(e.cert.Kind), plainName(nameOf(s))
	if name == "" || s.SealName != "" && !NameProven(s) || names.Issuers != nil && e.ofIssuer(name) {
		return false
	}
	if e.book.sealOfAnotherKind(name, e.cert.Kind) {
		return true
	}
	w := &e.book.SealWords
	return !containsAny(name, names.Akin) && containsAny(name, w.Seal) && containsAny(name, w.Elsewhere)
}

// ofIssuer reports whether a name has to do with the issuing body: it was not read, or one name stands in the other.
func (e *evaluation) ofIssuer(name string) bool {
	issuer := plainName(e.cert.Issuer)
	return issuer == "" || strings.Contains(issuer, name) || strings.Contains(name, issuer)
}

func isAny(s string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return plainName(n) == plainName(s) })
}

func containsAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, plainName(w)) })
}

// mayFit reports whether one of the seals, none of which a notice names for the kind, may yet be a right one.
func (e *evaluation) mayFit() bool {
	return e.sealed(func(s *seal.Signature) bool { return !e.surelyAnother(s) })
}

// sealOfAnotherKind reports whether the notices name that seal for other certificates.
func (b *Book) sealOfAnotherKind(name string, k fields.Kind) bool {
	return slices.ContainsFunc(b.Seals, func(x SealNames) bool {
		return x.Kind != k && slices.ContainsFunc(x.Expected, func(n SealName) bool { return plainName(n.Name) == plainName(name) })
	})
}

// sealNameUnclear: whose seal it is is known, and not whether it is the right one.
func sealNameUnclear(e *evaluation) bool {
	if !e.sealNameOther() || !e.mayFit() || sealNameUnproven(e.quiet(e.rule)) {
		return false
	}
	return e.sealed(func(s *seal.Signature) bool {
		if e.surelyAnother(s) {
			return false
		}
		e.set("name", e.book.SealsOf(e.cert.Kind).Expected[0].Name)
		e.showSeal(s)
		return true
	})
}

// sealNameUnproven: a seal gives itself a name that would do, and nothing but its maker's word stands for it.
func sealNameUnproven(e *evaluation) bool {
	if !e.sealNameOther() {
		return false
	}
	names := e.book.SealsOf(e.cert.Kind)
	return e.sealed(func(s *seal.Signature) bool {
		name := plainName(s.SealName)
		if name == "" || NameProven(s) {
			return false
		}
		if !slices.ContainsFunc(names.Expected, func(n SealName) bool { return plainName(n.Name) == name }) &&
			!isAny(name, names.Replaced) && (names.Issuers == nil || plainName(e.cert.Issuer) != name) {
			return false
		}
		e.showSeal(s)
		e.set("sealName", s.SealName)
		return true
	})
}

func sealNameMismatch(e *evaluation) bool {
	if !e.sealNameOther() || e.mayFit() {
		return false
	}
	names := e.book.SealsOf(e.cert.Kind)
	return e.sealed(func(s *seal.Signature) bool {
		e.set("name", names.Expected[0].Name)
		e.showSeal(s)
		e.show("expected", names.Expected[0].Name)
		return true
	})
}

// SealOfCertificate reports whether a seal goes by a name that makes the file it is in a certificate's original: one that
// the notices give for the kind (for any, while the kind is not known), one that may be spelt otherwise, or that of the
// body which the face names. A timestamp is no seal, and whoever hands a scan in may have stamped it with his own.
func (b *Book) SealOfCertificate(s *seal.Signature, c *fields.Certificate) bool {
	name := plainName(nameOf(s))
	if !s.Counts || s.Kind == "timestamp" || name == "" {
		return false
	}
	known := b.SealsOf(c.Kind) != nil
	return slices.ContainsFunc(b.Seals, func(x SealNames) bool {
		if known && x.Kind != c.Kind {
			return false
		}
		return x.Issuers != nil && name == plainName(c.Issuer) ||
			slices.ContainsFunc(x.Replaced, func(n string) bool { return name == plainName(n) }) ||
			slices.ContainsFunc(x.Expected, func(n SealName) bool { return name == plainName(n.Name) }) ||
			containsAny(name, x.Akin) && !containsAny(name, b.SealWords.Elsewhere)
	})
}

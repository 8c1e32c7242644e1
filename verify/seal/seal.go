// Package seal verifies the electronic seals and signatures of a file: PDF signatures (CMS with RSA, ECDSA, EdDSA and
// SM2, PKCS#1) and the seals of GB/T 38540-2020 and GM/T 0031-2014. Three questions are answered apart: is what was
// signed intact, what was changed afterwards, and whose seal it is. It verifies over the file's own bytes.
package seal

import (
	"time"

	"zhengyan/verify/page"
)

// Status says whether a file carries signatures.
type Status string

// The file states.
const (
	Signed     Status = "signed"
	Unsigned   Status = "unsigned"
	Unreadable Status = "unreadable"
)

// Overall sums up integrity, coverage and changes over all signatures; trust does not enter it.
type Overall string

// The overall answers.
const (
	Clean           Overall = "clean"
	Dirty           Overall = "dirty"
	OverallUnsigned Overall = "unsigned"
	NoVerdict       Overall = "noverdict"
)

// Integrity is the answer to "is what was signed intact".
type Integrity string

// The integrity answers.
const (
	Intact      Integrity = "intact"
	Broken      Integrity = "broken"      // the digest or the signature value does not match
	Malformed   Integrity = "malformed"   // the structure breaks its standard
	Unsupported Integrity = "unsupported" // form or algorithm that this version can't verify; never "broken"
)

// Coverage is what part of the file the signature covers.
type Coverage string

// The coverages.
const (
	CoverageWhole    Coverage = "whole"
	CoverageRevision Coverage = "revision" // the whole file as of an earlier revision
	CoveragePartial  Coverage = "partial"
	CoverageInvalid  Coverage = "invalid"
)

// Changes is what was changed after the signature, the gravest class.
type Changes string

// The classes of change, in rising gravity.
const (
	ChangesNone       Changes = "none"
	ChangesLTV        Changes = "ltv"
	ChangesForm       Changes = "form"
	ChangesAnnotation Changes = "annotation"
	ChangesContent    Changes = "content"
)

// Trust is what the anchors in use say of the signer.
type Trust string

// The trust answers.
const (
	Trusted         Trust = "trusted"
	UnknownIssuer   Trust = "unknown-issuer"
	Expired         Trust = "expired"
	Revoked         Trust = "revoked"
	UntrustedUsage  Trust = "untrusted-usage"
	TrustNotChecked Trust = "none" // no anchor is loaded, or integrity is not intact
)

// CertInfo describes one certificate of a chain.
type CertInfo struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Serial    string    `json:"serial"` // hexadecimal
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	SHA256    string    `json:"sha256"`
	KeyAlg    string    `json:"key"` // "RSA-2048", "SM2", "P-256" ...
	// Known is the name by which a public list has exactly this certificate; it is filled in for anchors (Anchors.List).
	Known string `json:"known,omitempty"`
}

// Revocation is what the file or the trust folder says about revocation of the signer's chain.
type Revocation struct {
	Status    string    `json:"status"` // "good", "revoked", "not-checked"
	Source    string    `json:"source,omitempty"`
	RevokedAt time.Time `json:"revokedAt,omitzero"`
	AsOf      time.Time `json:"asOf,omitzero"` // thisUpdate of the list or response
	Next      time.Time `json:"next,omitzero"`
	Reason    string    `json:"reason,omitempty"`
	// Of names the authority whose own certificate is revoked; "" where it is the signer's.
	Of string `json:"of,omitempty"`
}

// Signature is one signature or seal.
type Signature struct {
	Field     string    `json:"field"`
	Format    string    `json:"format"` // cms, ses, x509, unknown
	Filter    string    `json:"filter,omitempty"`
	SubFilter string    `json:"subFilter,omitempty"`
	Integrity Integrity `json:"integrity"`
	Coverage  Coverage  `json:"coverage"`
	Changes   Changes   `json:"changes"`
	Permitted bool      `json:"permitted"` // all changes are within what the signatures allow
	Digest    string    `json:"digest,omitempty"`
	Algorithm string    `json:"algorithm,omitempty"`
	Signer    string    `json:"signer,omitempty"` // common name of the signer's certificate
	// SealName is the name that the electronic seal gives itself. Whoever has a certificate can make a seal of any name, so
	// it says whose seal it is only where MakerPinned holds or the signer's certificate bears it out.
	SealName string `json:"sealName,omitempty"`
	// MakerPinned says that the seal's maker (制章人) is itself an anchor for seals, and not the one who used the seal.
	MakerPinned bool `json:"makerPinned,omitempty"`
	// SignedAt is the claimed signing time. Timestamp is that of a verified timestamp, on the signature or on a later state
	// of the document; where anchors are in use it is set only if the timestamping authority leads to one of them, so that
	// it proves that the signature was there at that time.
	SignedAt   time.Time  `json:"signedAt,omitzero"`
	Timestamp  time.Time  `json:"timestamp,omitzero"`
	Trust      Trust      `json:"trust"`
	Anchor     string     `json:"anchor,omitempty"` // subject of the anchor that the chain ends at
	Chain      []CertInfo `json:"chain,omitempty"`  // signer first
	Revocation Revocation `json:"revocation"`
	Reason     string     `json:"reason,omitempty"`
	Problems   []Problem  `json:"problems"`
	// Counts is false for signatures shown for information only: usage rights, unreachable dictionaries.
	Counts bool `json:"counts"`
	// Kind is "signature", "timestamp" (document timestamp) or "usage-rights".
	Kind string `json:"kind"`
	// Page and Box place the visible widget, if there is one.
	Page int      `json:"page"` // 0-based, -1 if invisible
	Box  page.Box `json:"box"`
	// RevisionEnd is the length in bytes of the file as it was signed.
	RevisionEnd int64 `json:"revisionEnd,omitempty"`
	// Changed names what was changed after the signature.
	Changed []Change `json:"changed,omitempty"`
	// SealPicture is the seal's own picture (GB/T 38540 esPictureInfo) in its own format.
	SealPicture []byte `json:"-"`
	PictureType string `json:"pictureType,omitempty"`
}

// Revision returns the document as it was signed, which is the first RevisionEnd bytes of the file; ok is false if the
// signed range says nothing of where the document ended. The bytes are shared with data and can be opened by themselves.
func (s *Signature) Revision(data []byte) (signed []byte, ok bool) {
	if s.Coverage != CoverageWhole && s.Coverage != CoverageRevision || s.RevisionEnd <= 0 || s.RevisionEnd > int64(len(data)) {
		return nil, false
	}
	return data[:s.RevisionEnd:s.RevisionEnd], true
}

// Change is one thing that differs between the revision that was signed and the file.
type Change struct {
	Class Changes `json:"class"`
	What  string  `json:"what"` // field, annotation, page or object, by name or number
	Page  int     `json:"page"` // 0-based, -1 if on no page
	// Box is the place of a field or annotation on its page, unset for other changes.
	Box page.Box `json:"box,omitzero"`
	// Shows is what a later signature or document timestamp shows; unset for other changes.
	Shows Shows `json:"shows,omitempty"`
}

// Problem is a finding on a signature or a file.
type Problem struct {
	Code   string `json:"code"` // stable key, for example HASH_FAILURE, SIG_CRYPTO_FAILURE, WEAK_DIGEST, ALGORITHMS_CONTRADICT
	Detail string `json:"detail,omitempty"`
}

// Report is the answer for a file.
type Report struct {
	Status     Status      `json:"status"`
	Overall    Overall     `json:"overall"`
	Signatures []Signature `json:"signatures"`
	Problems   []Problem   `json:"problems,omitempty"`
	// Anchors is the number of trust anchors in use and their digest, so that a report names what it trusted.
	Anchors       int    `json:"anchors"`
	AnchorsDigest string `json:"anchorsDigest,omitempty"`
}

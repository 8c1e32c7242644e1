package seal

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"zhengyan/verify/document/pdfraw"
)

// maxStore bounds the certificates, lists and responses that are read from a document security store.
const maxStore = 400

// readDSS reads the document security store (ISO 32000-2, 12.8.4.3) with its VRI parts.
func (f *file) readDSS() {
	dss := f.doc.Dict(f.doc.Catalog()["DSS"])
	if dss == nil {
		return
	}
	seen := map[int]bool{}
	n := 0
	each := func(o pdfraw.Object, use func(b []byte)) {
		for _, x := range f.doc.Array(o) {
			r, ok := x.(pdfraw.Ref)
			if !ok || seen[r.Num] || n >= maxStore {
				continue
			}
			seen[r.Num] = true
			n++
			if s, ok := f.doc.Get(r.Num).(*pdfraw.Stream); ok {
				if b, err := f.doc.Decode(s); err == nil {
					use(b)
				}
			}
		}
	}
	cert := func(b []byte) {
		if c, err := parseCert(b); err == nil {
			f.pool = append(f.pool, c)
		}
	}
	list := func(b []byte) {
		if f.opts.Anchors.Len() == 0 {
			return // nothing is asked of them without an anchor
		}
		if c, err := parseCRL(b); err == nil {
			f.dss.crls = append(f.dss.crls, c)
		}
	}
	response := func(b []byte) {
		if f.opts.Anchors.Len() == 0 {
			return
		}
		if r, err := parseOCSP(b); err == nil {
			f.dss.ocsps = append(f.dss.ocsps, r)
		}
	}
	each(dss["Certs"], cert)
	each(dss["CRLs"], list)
	each(dss["OCSPs"], response)
	for _, o := range f.doc.Dict(dss["VRI"]) {
		vri := f.doc.Dict(o)
		each(vri["Cert"], cert)
		each(vri["CRL"], list)
		each(vri["OCSP"], response)
	}
}

// judgeTrust judges whose each signature is. Timestamps come first: a trusted one proves that a signature existed.
func (f *file) judgeTrust() {
	a := f.opts.Anchors
	if a.Len() == 0 {
		return
	}
	type proof struct {
		at  time.Time
		end int
	}
	var proofs []proof
	for _, v := range f.done {
		if v.sig.Kind == "timestamp" && v.sig.Integrity == Intact && v.out.stamp != nil && v.out.stamp.ok && trustedTSA(v.out.stamp, f.pool, f.dss, a) {
			proofs = append(proofs, proof{v.out.stamp.at, v.cov.end})
		}
	}
	for _, v := range f.done {
		if v.sig.Integrity != Intact || v.out.signer == nil || f.ctx.Err() != nil {
			continue
		}
		var times []time.Time
		for _, p := range proofs {
			if p.end >= v.cov.end {
				times = append(times, p.at)
			}
		}
		judgeSigners(&v.sig, v.out, f.pool, f.dss, f.opts, times...)
	}
}

// trustRank orders the answers on trust by gravity: a revoked signer weighs more than an unknown one.
func trustRank(t Trust) int {
	switch t {
	case Trusted:
		return 0
	case TrustNotChecked:
		return 1
	case Expired:
		return 2
	case UntrustedUsage:
		return 3
	case UnknownIssuer:
		return 4
	}
	return 5
}

// judgeSigners judges whose an intact signature is; proofs are the times at which trusted document timestamps show that
// it was there. Of several signers the worst answer counts: anybody can put a value of his own beside another's.
func judgeSigners(s *Signature, o *outcome, pool []*cert, ev evidence, opts Options, proofs ...time.Time) {
	if opts.Anchors.Len() == 0 {
		return
	}
	prove := func(s *Signature, o *outcome) {
		proveExistence(s, o, pool, ev, opts.Anchors)
		for _, at := range proofs {
			if s.Timestamp.IsZero() || at.Before(s.Timestamp) {
				s.Timestamp = at
			}
		}
	}
	prove(s, o)
	judgeSigner(s, o, pool, ev, opts)
	for i, x := range o.others {
		other := Signature{Kind: s.Kind, SignedAt: x.signedAt, Trust: TrustNotChecked}
		if x.stamp != nil && x.stamp.ok {
			other.Timestamp = x.stamp.at
		}
		if other.SignedAt.IsZero() {
			other.SignedAt = s.SignedAt
		}
		prove(&other, x)
		judgeSigner(&other, x, pool, ev, opts)
		for _, p := range other.Problems {
			s.Problems = append(s.Problems, Problem{p.Code, fmt.Sprintf("signer %d: %s", i+2, p.Detail)})
		}
		if trustRank(other.Trust) > trustRank(s.Trust) {
			s.Trust, s.Revocation, s.Anchor = other.Trust, other.Revocation, other.Anchor
		}
	}
}

// proveExistence keeps the time of a timestamp only if its authority is trusted: anybody can make a token of any time,
// and it would prove that a signature was there while its certificate was valid.
func proveExistence(s *Signature, o *outcome, pool []*cert, ev evidence, a *Anchors) {
	t := o.stamp
	if t == nil || !t.ok || trustedTSA(t, pool, ev.with(o, a), a) {
		return
	}
	s.Timestamp = time.Time{}
	if s.Kind != "timestamp" {
		s.Problems = append(s.Problems, Problem{pTSAUnknown, t.out.signer.commonName() + " " + t.at.Format(time.RFC3339)})
	}
}

// trustedTSA reports whether the authority of a timestamp leads to an anchor, was valid when it made the token, and was
// not revoked by then. A revocation that does not exclude that the key was lost takes every token (RFC 3161, 4.1).
func trustedTSA(t *timestamp, pool []*cert, ev evidence, a *Anchors) bool {
	if t.out == nil || t.out.signer == nil {
		return false
	}
	all := append(append([]*cert(nil), t.out.certs...), pool...)
	ch := buildChain(t.out.signer, all, a, PurposeTimestamp)
	if ch.anchor == nil || ch.fault(PurposeTimestamp) != "" || !ch.validAt(t.at) {
		return false
	}
	ev = ev.with(t.out, a)
	j := newCRLJudge(all, a, ch.anchor, PurposeTimestamp)
	for i := 0; i+1 < len(ch.certs); i++ {
		r := statusFor(ch.certs[i], ch.certs[i+1], ev.crls, ev.ocsps, j)
		if r.Status != "revoked" {
			continue
		}
		switch r.Reason {
		case "unspecified", "affiliationChanged", "superseded", "cessationOfOperation":
			if r.RevokedAt.After(t.at) {
				continue
			}
		}
		return false
	}
	return true
}

// judgeSigner fills in trust, chain and revocation of one intact signature. The time that counts is that of its trusted
// timestamp, else the one asked for, else the claimed one.
func judgeSigner(s *Signature, o *outcome, pool []*cert, ev evidence, opts Options) {
	a := opts.Anchors
	if a.Len() == 0 {
		return
	}
	purpose := PurposeSign
	if s.Kind == "timestamp" {
		purpose = PurposeTimestamp
	} else if o.seal != nil {
		purpose = PurposeSeal
	}
	s.Chain = nil
	if o.signer == nil { // a signer beside another whose certificate the container does not carry
		s.Trust = UnknownIssuer
		s.Problems = append(s.Problems, Problem{pNoSignerCert, ""})
		return
	}
	all := append(append([]*cert(nil), o.certs...), pool...)
	ch := buildChain(o.signer, all, a, purpose)
	for _, c := range ch.certs {
		s.Chain = append(s.Chain, c.info())
	}
	if ch.anchor == nil {
		s.Trust = UnknownIssuer
		s.Problems = append(s.Problems, Problem{pUnknownIssuer, nameString(ch.certs[len(ch.certs)-1].issuerN)})
		return
	}
	s.Anchor = nameString(ch.anchor.cert.subjectN)
	if why := ch.fault(purpose); why != "" {
		s.Trust = UntrustedUsage
		s.Problems = append(s.Problems, Problem{pChain, why})
		return
	}
	at := s.Timestamp
	if at.IsZero() {
		if at = opts.At; at.IsZero() {
			at = s.SignedAt
		}
	}
	ev = ev.with(o, a)
	if o.maker != nil {
		if !judgeMaker(s, o, all, ev, a) {
			return
		}
		if s.MakerPinned = a.pinsMaker(o.maker) && !bytes.Equal(o.maker.spki, o.signer.spki); !s.MakerPinned && o.seal.name != s.Signer {
			s.Problems = append(s.Problems, Problem{pSealName, o.maker.commonName()})
		}
	}
	j := newCRLJudge(all, a, ch.anchor, purpose)
	for i := 0; i+1 < len(ch.certs); i++ {
		r := statusFor(ch.certs[i], ch.certs[i+1], ev.crls, ev.ocsps, j)
		if i > 0 {
			r.Of = ch.certs[i].commonName()
		}
		if i == 0 || r.Status == "revoked" && (s.Revocation.Status != "revoked" || r.RevokedAt.Before(s.Revocation.RevokedAt)) {
			s.Revocation = r // the earliest revocation of the chain is the one that counts
		}
		if r.Status == "revoked" && (at.IsZero() || !r.RevokedAt.After(at)) {
			s.Trust = Revoked
			s.Problems = append(s.Problems, Problem{pRevoked, ch.certs[i].commonName() + " " + r.RevokedAt.Format(time.RFC3339)})
			return
		}
	}
	if at.IsZero() || !ch.validAt(at) {
		s.Trust = Expired
		s.Problems = append(s.Problems, Problem{pOutOfBounds, at.Format(time.RFC3339)})
		return
	}
	s.Trust = Trusted
}

// with adds the lists and responses of a signature's own container, and the lists of the trust folder.
func (ev evidence) with(o *outcome, a *Anchors) evidence {
	out := evidence{crls: slices.Clone(ev.crls), ocsps: slices.Clone(ev.ocsps)}
	for _, b := range o.crls {
		if c, err := parseCRL(b); err == nil {
			out.crls = append(out.crls, c)
		}
	}
	for _, b := range o.ocsps {
		if r, err := parseOCSP(b); err == nil {
			out.ocsps = append(out.ocsps, r)
		}
	}
	out.crls = append(out.crls, a.crls...)
	return out
}

// judgeMaker judges who made the electronic seal itself (制章人, GB/T 38540-2020, 6.2): a seal made by somebody unknown, or
// when the maker's certificate was not valid, is nobody's seal, whoever used it. It is false if that settles the trust. A
// chain to an anchor does not make its holder a maker of seals: what the seal is called is another question (MakerPinned).
func judgeMaker(s *Signature, o *outcome, pool []*cert, ev evidence, a *Anchors) bool {
	settle := func(t Trust, code, detail string) bool {
		s.Trust = t
		s.Problems = append(s.Problems, Problem{code, detail})
		return false
	}
	mk := buildChain(o.maker, pool, a, PurposeSeal)
	if mk.anchor == nil {
		return settle(UnknownIssuer, pMakerUnknown, o.maker.commonName())
	}
	if why := mk.fault(PurposeSeal); why != "" {
		return settle(UntrustedUsage, pMakerChain, why)
	}
	made := o.seal.created
	if made.IsZero() {
		return true
	}
	if !mk.validAt(made) {
		return settle(Expired, pMakerOutOfBounds, o.maker.commonName()+" "+made.Format(time.RFC3339))
	}
	j := newCRLJudge(pool, a, mk.anchor, PurposeSeal)
	for i := 0; i+1 < len(mk.certs); i++ {
		if r := statusFor(mk.certs[i], mk.certs[i+1], ev.crls, ev.ocsps, j); r.Status == "revoked" && !r.RevokedAt.After(made) {
			s.Revocation = r
			return settle(Revoked, pMakerRevoked, mk.certs[i].commonName()+" "+r.RevokedAt.Format(time.RFC3339))
		}
	}
	return true
}

package seal

import (
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
		if v.sig.Kind == "timestamp" && v.sig.Integrity == Intact && v.out.stamp != nil && v.out.stamp.ok && trustedTSA(v.out.stamp, f.pool, a) {
			proofs = append(proofs, proof{v.out.stamp.at, v.cov.end})
		}
	}
	for _, v := range f.done {
		if v.sig.Integrity != Intact || v.out.signer == nil || f.ctx.Err() != nil {
			continue
		}
		proveExistence(&v.sig, v.out, f.pool, a)
		for _, p := range proofs {
			if p.end >= v.cov.end && (v.sig.Timestamp.IsZero() || p.at.Before(v.sig.Timestamp)) {
				v.sig.Timestamp = p.at
			}
		}
		judgeSigner(&v.sig, v.out, f.pool, f.dss, f.opts)
	}
}

// proveExistence keeps the time of a timestamp only if its authority is trusted: anybody can make a token of any time,
// and it would prove that a signature was there while its certificate was valid.
func proveExistence(s *Signature, o *outcome, pool []*cert, a *Anchors) {
	t := o.stamp
	if t == nil || !t.ok || trustedTSA(t, pool, a) {
		return
	}
	s.Timestamp = time.Time{}
	if s.Kind != "timestamp" {
		s.Problems = append(s.Problems, Problem{pTSAUnknown, t.out.signer.commonName() + " " + t.at.Format(time.RFC3339)})
	}
}

// trustedTSA reports whether the authority of a timestamp leads to an anchor and was valid when it made the token.
func trustedTSA(t *timestamp, pool []*cert, a *Anchors) bool {
	if t.out == nil || t.out.signer == nil {
		return false
	}
	ch := buildChain(t.out.signer, append(append([]*cert(nil), t.out.certs...), pool...), a, PurposeTimestamp)
	return ch.anchor != nil && ch.fault(PurposeTimestamp) == "" && ch.validAt(t.at)
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
	all := append(append([]*cert(nil), o.certs...), pool...)
	ch := buildChain(o.signer, all, a, purpose)
	s.Chain = nil
	for _, c := range ch.certs {
		s.Chain = append(s.Chain, c.info())
	}
	if ch.anchor == nil {
		s.Trust = UnknownIssuer
		s.Problems = append(s.Problems, Problem{pUnknownIssuer, nameString(ch.certs[len(ch.certs)-1].issuerN)})
		return
	}
	s.Anchor = nameString(ch.anchor.cert.subjectN)
	if o.maker != nil { // the seal itself must come from somebody trusted as well
		mk := buildChain(o.maker, all, a, PurposeSeal)
		if mk.anchor == nil {
			s.Trust = UnknownIssuer
			s.Problems = append(s.Problems, Problem{pUnknownIssuer, "maker of the seal: " + o.maker.commonName()})
			return
		}
		if why := mk.fault(PurposeSeal); why != "" {
			s.Trust = UntrustedUsage
			s.Problems = append(s.Problems, Problem{pChain, why})
			return
		}
		if made := o.seal.created; !made.IsZero() && !mk.validAt(made) {
			s.Trust = Expired
			s.Problems = append(s.Problems, Problem{pOutOfBounds, "maker of the seal: " + made.Format(time.RFC3339)})
			return
		}
	}
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
	for _, b := range o.crls {
		if c, err := parseCRL(b); err == nil {
			ev.crls = append(ev.crls, c)
		}
	}
	for _, b := range o.ocsps {
		if r, err := parseOCSP(b); err == nil {
			ev.ocsps = append(ev.ocsps, r)
		}
	}
	ev.crls = append(ev.crls, a.crls...)
	for i := 0; i+1 < len(ch.certs); i++ {
		r := statusFor(ch.certs[i], ch.certs[i+1], ev.crls, ev.ocsps)
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

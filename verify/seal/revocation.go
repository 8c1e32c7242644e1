package seal

import (
	"bytes"
	"math/big"
	"time"
)

// ocspResponse is a basic OCSP response (RFC 6960, 4.2.1).
type ocspResponse struct {
	tbs       []byte
	sigAlg    node
	sig       []byte
	certs     []*cert
	name      node // responder's name, or its key's digest
	keyHash   []byte
	produced  time.Time
	responses []singleResponse
}

type singleResponse struct {
	hash       *digestAlg
	nameHash   []byte
	keyHash    []byte
	serial     *big.Int
	status     string // good, revoked, unknown
	revokedAt  time.Time
	reason     int
	thisUpdate time.Time
	nextUpdate time.Time
}

// parseOCSP reads an OCSPResponse or a BasicOCSPResponse.
func parseOCSP(b []byte) (*ocspResponse, error) {
	n, _, err := readNode(b)
	if err != nil || !n.seq() {
		return nil, errBER
	}
	top, err := n.kids()
	if err != nil || len(top) < 2 {
		return nil, errBER
	}
	if top[0].is(classUniversal, tagEnumerated) { // OCSPResponse
		in, err := top[1].kids()
		if err != nil || len(in) != 1 {
			return nil, errBER
		}
		rb, err := in[0].kids()
		if err != nil || len(rb) != 2 {
			return nil, errBER
		}
		body, err := rb[1].octets()
		if err != nil {
			return nil, err
		}
		if n, _, err = readNode(body); err != nil {
			return nil, err
		}
		if top, err = n.kids(); err != nil {
			return nil, err
		}
	}
	if len(top) < 3 || !top[0].seq() {
		return nil, errBER
	}
	r := &ocspResponse{tbs: top[0].raw, sigAlg: top[1]}
	if r.sig, err = top[2].bits(); err != nil {
		return nil, err
	}
	if len(top) > 3 && top[3].ctx(0) {
		if k, err := top[3].kids(); err == nil && len(k) == 1 {
			list, _ := k[0].kids()
			for _, x := range list[:min(len(list), 16)] {
				if c, err := parseCert(x.raw); err == nil {
					r.certs = append(r.certs, c)
				}
			}
		}
	}
	f, err := top[0].kids()
	if err != nil {
		return nil, err
	}
	if len(f) > 0 && f[0].ctx(0) {
		f = f[1:]
	}
	if len(f) < 3 {
		return nil, errBER
	}
	if k, err := f[0].kids(); err == nil && len(k) == 1 {
		if f[0].ctx(1) {
			r.name = k[0]
		} else {
			r.keyHash = k[0].body
		}
	}
	r.produced, _ = f[1].time()
	list, err := f[2].kids()
	if err != nil {
		return nil, err
	}
	for _, x := range list[:min(len(list), 100)] {
		if s, ok := parseSingle(x); ok {
			r.responses = append(r.responses, s)
		}
	}
	return r, nil
}

func parseSingle(n node) (singleResponse, bool) {
	s := singleResponse{reason: -1}
	f, err := n.kids()
	if err != nil || len(f) < 3 {
		return s, false
	}
	id, err := f[0].kids()
	if err != nil || len(id) != 4 {
		return s, false
	}
	alg, err := id[0].kids()
	if err != nil || len(alg) == 0 {
		return s, false
	}
	if s.hash = digestOID(alg[0].oid()); s.hash == nil {
		return s, false
	}
	s.nameHash, s.keyHash = id[1].body, id[2].body
	var ok bool
	if s.serial, ok = id[3].integer(); !ok {
		return s, false
	}
	switch {
	case f[1].ctx(0):
		s.status = "good"
	case f[1].ctx(1):
		s.status = "revoked"
		k, _ := f[1].kids()
		for _, x := range k {
			if t, ok := x.time(); ok {
				s.revokedAt = t
			} else if x.ctx(0) {
				if in, err := x.kids(); err == nil && len(in) == 1 {
					s.reason, _ = in[0].int()
				}
			}
		}
	default:
		s.status = "unknown"
	}
	if s.thisUpdate, ok = f[2].time(); !ok {
		return s, false
	}
	for _, x := range f[3:] {
		if x.ctx(0) {
			if in, err := x.kids(); err == nil && len(in) == 1 {
				s.nextUpdate, _ = in[0].time()
			}
		}
	}
	return s, true
}

// statusFor finds what the lists and responses at hand say of c, whose issuer is known. A revocation stays whatever a
// later list says, but for a certificate that was only on hold; else the latest word counts. A response must be signed
// by the issuer, or by a responder that the issuer authorised for OCSP; for lists see crlJudge.
func statusFor(c, issuer *cert, crls []*crl, ocsps []*ocspResponse, j crlJudge) Revocation {
	best := Revocation{Status: "not-checked"}
	better := func(r Revocation) {
		switch {
		case best.Status == "not-checked":
		case r.Status == best.Status:
			if !r.AsOf.After(best.AsOf) {
				return
			}
		case r.Status == "revoked":
			if r.Reason == reasonName(reasonHold) && best.AsOf.After(r.AsOf) {
				return
			}
		case best.Reason != reasonName(reasonHold) || !r.AsOf.After(best.AsOf):
			return
		}
		best = r
	}
	for _, r := range j.lists(c, issuer, crls) {
		better(r)
	}
	for _, o := range ocsps {
		for _, s := range o.responses {
			if s.serial.Cmp(c.serial) != 0 || s.status == "unknown" || !bytes.Equal(s.hash.sum(issuer.subject), s.nameHash) {
				continue
			}
			if !o.authentic(issuer) {
				continue
			}
			better(Revocation{Status: s.status, Source: "OCSP", RevokedAt: s.revokedAt, AsOf: s.thisUpdate, Next: s.nextUpdate, Reason: reasonName(s.reason)})
		}
	}
	return best
}

// authentic reports whether the response was signed by the issuer or by a responder it authorised (RFC 6960, 4.2.2.2).
func (o *ocspResponse) authentic(issuer *cert) bool {
	if ok, err := verifyAlg(issuer.pub, o.sigAlg, [][]byte{o.tbs}, o.sig); err == nil && ok {
		return true
	}
	for _, r := range o.certs {
		if r.pub == nil || !r.hasEKU(ekuOCSPSigning) || !sameName(r.issuerN, issuer.subjectN) {
			continue
		}
		if ok, err := verifyAlg(r.pub, o.sigAlg, [][]byte{o.tbs}, o.sig); err != nil || !ok {
			continue
		}
		if o.produced.Before(r.notBefore) || o.produced.After(r.notAfter) {
			continue
		}
		if ok, err := r.signedBy(issuer); err == nil && ok {
			return true
		}
	}
	return false
}

// The reasons that matter to what a list says (RFC 5280, 5.3.1).
const (
	reasonHold   = 6
	reasonRemove = 8
)

func reasonName(r int) string {
	names := []string{"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation", "certificateHold", "", "removeFromCRL", "privilegeWithdrawn", "aACompromise"}
	if r < 0 || r >= len(names) {
		return ""
	}
	return names[r]
}

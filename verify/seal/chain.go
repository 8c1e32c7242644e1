package seal

import (
	"bytes"
	"strings"
	"time"
)

// The problems of chains.
const (
	pUnknownIssuer = "NO_CERTIFICATE_CHAIN_FOUND"
	pChain         = "CHAIN_CONSTRAINTS_FAILURE"
	pOutOfBounds   = "OUT_OF_BOUNDS_NO_POE"
	pRevoked       = "REVOKED"
	pTSAUnknown    = "TIMESTAMP_AUTHORITY_UNKNOWN"

	pMakerUnknown     = "SEAL_MAKER_UNKNOWN"         // no chain from who made the electronic seal to an anchor
	pMakerChain       = "SEAL_MAKER_CONSTRAINTS"     // that chain breaks a constraint
	pMakerOutOfBounds = "SEAL_MAKER_OUT_OF_VALIDITY" // it was not valid when the seal was made
	pMakerRevoked     = "SEAL_MAKER_REVOKED"         // it had been revoked by then
)

// The limits of path building.
const (
	maxChain       = 10
	maxChainChecks = 100
)

// chain is a certification path, signer first.
type chain struct {
	certs  []*cert
	anchor *anchor // nil if the path reaches none
}

// buildChain finds a path from leaf to an anchor over the certificates at hand. Without one it gives the longest path.
func buildChain(leaf *cert, pool []*cert, a *Anchors, p Purpose) chain {
	b := &builder{pool: pool, anchors: a, purpose: p}
	b.walk([]*cert{leaf})
	return b.best
}

type builder struct {
	pool    []*cert
	anchors *Anchors
	purpose Purpose
	checks  int
	best    chain
}

func (b *builder) walk(path []*cert) bool {
	last := path[len(path)-1]
	if x := b.anchors.find(last); x != nil && x.allows(b.purpose) {
		b.best = chain{append([]*cert(nil), path...), x}
		return true
	}
	if len(path) > len(b.best.certs) {
		b.best = chain{append([]*cert(nil), path...), nil}
	}
	if len(path) >= maxChain {
		return false
	}
	try := func(c *cert) bool {
		if b.checks >= maxChainChecks || !issues(c, last) {
			return false
		}
		for _, p := range path {
			if bytes.Equal(p.raw, c.raw) {
				return false
			}
		}
		b.checks++
		if ok, err := last.signedBy(c); err != nil || !ok {
			return false
		}
		return b.walk(append(path, c))
	}
	if b.anchors != nil {
		for i := range b.anchors.list {
			if try(b.anchors.list[i].cert) {
				return true
			}
		}
	}
	for _, c := range b.pool {
		if try(c) {
			return true
		}
	}
	return false
}

// issues reports whether c can be the issuer of child by name and key identifier.
func issues(c, child *cert) bool {
	if !sameName(c.subjectN, child.issuerN) {
		return false
	}
	return len(child.aki) == 0 || len(c.ski) == 0 || bytes.Equal(child.aki, c.ski)
}

// fault says why a path does not hold whatever the time: constraints of RFC 5280, 6.1, and the usage asked for.
func (ch chain) fault(p Purpose) string {
	if why := ch.pathFault(); why != "" {
		return why
	}
	leaf := ch.certs[0]
	if leaf.keyUsage >= 0 && leaf.keyUsage&(usageDigitalSignature|usageNonRepudiation) == 0 {
		return "the key of " + leaf.commonName() + " is not for signatures"
	}
	if p == PurposeTimestamp && !leaf.hasEKU(ekuTimeStamping) {
		return leaf.commonName() + " is not for timestamping"
	}
	if p != PurposeTimestamp && leaf.ekuCritical && len(leaf.eku) == 1 && (leaf.eku[0] == ekuTimeStamping || leaf.eku[0] == ekuOCSPSigning) {
		return "the key of " + leaf.commonName() + " is not for documents"
	}
	return ""
}

// pathFault says why a path does not hold, whatever its first certificate is for.
func (ch chain) pathFault() string {
	depth := 0
	for i, c := range ch.certs {
		if len(c.unknownCritical) > 0 {
			return "unknown critical extension " + strings.Join(c.unknownCritical, ", ") + " in " + c.commonName()
		}
		if i == 0 {
			continue
		}
		isAnchor := i == len(ch.certs)-1 && ch.anchor != nil
		if !c.isCA && !(isAnchor && !c.hasBC) {
			return c.commonName() + " is no certification authority"
		}
		if c.keyUsage >= 0 && c.keyUsage&usageCertSign == 0 {
			return c.commonName() + " may not sign certificates"
		}
		if c.pathLen >= 0 && depth > c.pathLen {
			return "the path below " + c.commonName() + " is longer than it allows"
		}
		if c.nameConstraints {
			for _, below := range ch.certs[:i] {
				if why := constrained(c.constraints, below); why != "" {
					return why
				}
			}
		}
		if !c.selfIssued() {
			depth++
		}
	}
	return ""
}

// validAt reports whether every certificate of the path was valid at t. The anchor's own dates do not count: it is
// trusted because the user says so.
func (ch chain) validAt(t time.Time) bool {
	for i, c := range ch.certs {
		if i > 0 && i == len(ch.certs)-1 && ch.anchor != nil {
			break
		}
		if t.Before(c.notBefore) || t.After(c.notAfter) {
			return false
		}
	}
	return true
}

// constrained applies name constraints (RFC 5280, 4.2.1.10) to a certificate below; it returns what they forbid.
func constrained(nc node, c *cert) string {
	parts, err := nc.kids()
	if err != nil {
		return "name constraints are broken"
	}
	type name struct {
		tag int
		n   node
	}
	names := []name{{4, c.subjectN}}
	for _, a := range c.altNames {
		if a.class == classContext {
			if k, err := a.kids(); a.tag == 4 && err == nil && len(k) == 1 {
				names = append(names, name{4, k[0]})
			} else if a.tag != 4 {
				names = append(names, name{a.tag, a})
			}
		}
	}
	eachAttr(c.subjectN, func(oid string, v node) {
		if oid == "1.2.840.113549.1.9.1" {
			names = append(names, name{1, v})
		}
	})
	for _, nm := range names {
		if nm.tag == 4 && len(nm.n.body) == 0 {
			continue
		}
		permitted, matched := false, false
		for _, part := range parts {
			trees, err := part.kids()
			if err != nil {
				return "name constraints are broken"
			}
			for _, t := range trees {
				k, err := t.kids()
				if err != nil || len(k) < 1 {
					return "name constraints are broken"
				}
				base := k[0]
				if base.class != classContext || base.tag != nm.tag {
					continue
				}
				in, known := within(base, nm.n)
				if !known {
					return "a name constraint of a kind that is not supported"
				}
				if part.ctx(1) && in {
					return c.commonName() + " has a name that is excluded"
				}
				if part.ctx(0) {
					permitted = true
					matched = matched || in
				}
			}
		}
		if permitted && !matched {
			return c.commonName() + " has a name outside those permitted"
		}
	}
	return ""
}

// within reports whether a name lies in a subtree; known is false for kinds of name that are not compared here.
func within(base, n node) (in, known bool) {
	switch base.tag {
	case 4:
		k, err := base.kids()
		if err != nil || len(k) != 1 {
			return false, false
		}
		return strings.HasPrefix(normalName(n), normalName(k[0])), true
	case 1, 2:
		b, s := strings.ToLower(base.text()), strings.ToLower(n.text())
		if base.tag == 1 && strings.Contains(b, "@") {
			return s == b, true
		}
		if base.tag == 1 {
			if i := strings.LastIndexByte(s, '@'); i >= 0 {
				s = s[i+1:]
			}
			if !strings.HasPrefix(b, ".") {
				return s == b, true
			}
		}
		return b == "" || s == strings.TrimPrefix(b, ".") || strings.HasSuffix(s, "."+strings.TrimPrefix(b, ".")), true
	case 6, 7:
		return false, false
	}
	return false, true
}

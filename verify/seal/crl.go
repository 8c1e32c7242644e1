package seal

import (
	"bytes"
	"math/big"
	"slices"
	"strings"
	"time"
)

// crl is a certificate revocation list (RFC 5280, 5), complete or a delta.
type crl struct {
	raw, tbs   []byte
	issuer     node
	sigAlg     node
	sig        []byte
	thisUpdate time.Time
	nextUpdate time.Time
	aki        []byte
	list       []byte // the entries as they stand
	number     *big.Int
	base       *big.Int // of a delta list: the number of the list that it continues
	scope      crlScope
	unknown    bool // a critical extension that is not known here: the list says nothing (RFC 5280, 5.2)
}

// crlScope is the issuing distribution point (RFC 5280, 5.2.5): what a list is about.
type crlScope struct {
	raw                       []byte
	point                     []node // the names of the distribution point, nil if the list has none
	onlyUser, onlyCA, onlyAtt bool
	someReasons               bool
	indirect                  bool // it holds entries of other issuers
}

// crlPoint is one distribution point that a certificate names (RFC 5280, 4.2.1.13).
type crlPoint struct {
	names   []node
	issuers []node // who issues the list, if it is not the certificate's issuer
}

type revokedEntry struct {
	at     time.Time
	reason int // -1 if none is given
}

// maxCRLEntries bounds one list.
const maxCRLEntries = 1_000_000

func parseCRL(b []byte) (*crl, error) {
	n, _, err := readNode(b)
	if err != nil || !n.seq() {
		return nil, errBER
	}
	top, err := n.kids()
	if err != nil || len(top) != 3 || !top[0].seq() {
		return nil, errBER
	}
	c := &crl{raw: n.raw, tbs: top[0].raw, sigAlg: top[1]}
	if c.sig, err = top[2].bits(); err != nil {
		return nil, errBER
	}
	f, err := top[0].kids()
	if err != nil {
		return nil, errBER
	}
	if len(f) > 0 && f[0].is(classUniversal, tagInteger) {
		f = f[1:]
	}
	if len(f) < 3 || !f[1].seq() {
		return nil, errBER
	}
	c.issuer = f[1]
	var ok bool
	if c.thisUpdate, ok = f[2].time(); !ok {
		return nil, errBER
	}
	f = f[3:]
	if len(f) > 0 {
		if t, ok := f[0].time(); ok {
			c.nextUpdate, f = t, f[1:]
		}
	}
	if len(f) > 0 && f[0].seq() {
		c.list, f = f[0].body, f[1:]
	}
	for _, x := range f {
		if x.ctx(0) {
			c.extensions(x)
		}
	}
	return c, nil
}

// extension reads an Extension; value is its first element.
func extensionOf(e node) (oid string, critical bool, value node, ok bool) {
	f, err := e.kids()
	if err != nil || len(f) < 2 {
		return "", false, node{}, false
	}
	critical = len(f) > 2 && len(f[1].body) == 1 && f[1].body[0] != 0
	value, _, err = readNode(f[len(f)-1].body)
	return f[0].oid(), critical, value, err == nil
}

func (c *crl) extensions(n node) {
	outer, err := n.kids()
	if err != nil || len(outer) != 1 {
		c.unknown = true
		return
	}
	list, _ := outer[0].kids()
	for _, e := range list {
		oid, critical, v, ok := extensionOf(e)
		switch oid {
		case "2.5.29.35":
			k, _ := v.kids()
			for _, x := range k {
				if x.ctx(0) {
					c.aki = x.body
				}
			}
		case "2.5.29.20":
			c.number, _ = v.integer()
		case "2.5.29.27": // delta list indicator
			if c.base, ok = v.integer(); !ok {
				c.unknown = true
			}
		case "2.5.29.28":
			c.unknown = c.unknown || !ok || !c.scope.parse(v)
		default:
			c.unknown = c.unknown || critical
		}
	}
}

// parse reads an IssuingDistributionPoint; it is false if the extension holds what is not known here.
func (s *crlScope) parse(n node) bool {
	s.raw = n.raw
	k, err := n.kids()
	if err != nil {
		return false
	}
	for _, x := range k {
		set := len(x.body) == 1 && x.body[0] != 0
		switch {
		case x.ctx(0):
			if s.point = pointNames(x); s.point == nil {
				return false
			}
		case x.ctx(1):
			s.onlyUser = set
		case x.ctx(2):
			s.onlyCA = set
		case x.ctx(3):
			s.someReasons = true
		case x.ctx(4):
			s.indirect = set
		case x.ctx(5):
			s.onlyAtt = set
		default:
			return false
		}
	}
	return true
}

// pointNames reads a DistributionPointName under its tag: the general names, or the relative name as it stands.
func pointNames(n node) []node {
	k, err := n.kids()
	if err != nil || len(k) != 1 {
		return nil
	}
	if k[0].ctx(0) {
		names, err := k[0].kids()
		if err != nil {
			return nil
		}
		return names
	}
	return k
}

// parsePoints reads CRLDistributionPoints.
func parsePoints(v node) []crlPoint {
	list, _ := v.kids()
	var out []crlPoint
	for _, p := range list[:min(len(list), 16)] {
		var cp crlPoint
		k, _ := p.kids()
		for _, x := range k {
			switch {
			case x.ctx(0):
				cp.names = pointNames(x)
			case x.ctx(2):
				cp.issuers, _ = x.kids()
			}
		}
		out = append(out, cp)
	}
	return out
}

// sameGeneralName compares two general names: addresses without regard to case, directory names by their attributes.
func sameGeneralName(a, b node) bool {
	if a.class != b.class || a.tag != b.tag {
		return false
	}
	if a.ctx(4) {
		ka, ea := a.kids()
		kb, eb := b.kids()
		return ea == nil && eb == nil && len(ka) == 1 && len(kb) == 1 && sameName(ka[0], kb[0])
	}
	return bytes.Equal(a.raw, b.raw) || a.ctx(6) && strings.EqualFold(string(a.body), string(b.body))
}

func anyName(a, b []node) bool {
	for _, x := range a {
		for _, y := range b {
			if sameGeneralName(x, y) {
				return true
			}
		}
	}
	return false
}

// covers reports whether the list would name c if it were revoked, so that silence on it means "good". A list in parts,
// or one for some reasons alone, that does not cover a certificate says nothing by its silence.
func (l *crl) covers(c *cert) bool {
	s := &l.scope
	if s.onlyAtt || s.someReasons || s.onlyUser && c.isCA || s.onlyCA && !c.isCA {
		return false
	}
	if s.point == nil {
		return true
	}
	for _, p := range c.crlPoints {
		if anyName(s.point, p.names) || p.names == nil && anyName(s.point, p.issuers) {
			return true
		}
	}
	return false
}

// find returns the entry of a certificate. The list is read each time: it may have a million entries, and one is asked.
// In an indirect list an entry belongs to the issuer named last (RFC 5280, 5.3.3); an entry with a critical extension
// that is not known makes the whole list say nothing.
func (l *crl) find(c *cert) (e revokedEntry, found bool, err error) {
	want := c.serial.Bytes()
	issuer := l.issuer
	for b, n := l.list, 0; len(b) > 0; n++ {
		x, rest, err := readNode(b)
		if err != nil || n > maxCRLEntries {
			return e, false, errBER
		}
		b = rest
		num, after, err := readNode(x.body)
		if err != nil {
			return e, false, errBER
		}
		at, after, err := readNode(after)
		if err != nil {
			return e, false, errBER
		}
		reason := -1
		if len(after) > 0 {
			var by node
			if reason, by, err = entryExtensions(after); err != nil {
				return e, false, err
			}
			if by.body != nil {
				issuer = by
			}
		}
		if found || !bytes.Equal(bytes.TrimLeft(num.body, "\x00"), want) || !sameName(issuer, c.issuerN) {
			continue
		}
		found = true
		e.reason = reason
		e.at, _ = at.time()
	}
	return e, found, nil
}

// entryExtensions reads the reason of an entry and the certificate issuer that it names, if any.
func entryExtensions(b []byte) (reason int, issuer node, err error) {
	reason = -1
	n, _, err := readNode(b)
	if err != nil {
		return reason, issuer, errBER
	}
	exts, err := n.kids()
	if err != nil {
		return reason, issuer, errBER
	}
	for _, x := range exts {
		oid, critical, v, ok := extensionOf(x)
		switch oid {
		case "2.5.29.21":
			if i, isInt := v.int(); ok && isInt {
				reason = i
			}
		case "2.5.29.29":
			names, _ := v.kids()
			for _, g := range names {
				if k, err := g.kids(); g.ctx(4) && err == nil && len(k) == 1 {
					issuer = k[0]
				}
			}
			if issuer.body == nil {
				return reason, issuer, errBER
			}
		case "2.5.29.23", "2.5.29.24": // what to do while on hold; since when the key was not safe
		default:
			if critical {
				return reason, issuer, errUnsupported
			}
		}
	}
	return reason, issuer, nil
}

// crlJudge knows who may have issued a list besides the certificate's own issuer.
type crlJudge struct {
	pool    []*cert
	anchors *Anchors
	anchor  *anchor // that of the certificate asked about
	purpose Purpose
}

func newCRLJudge(pool []*cert, a *Anchors, x *anchor, p Purpose) crlJudge {
	j := crlJudge{pool: slices.Clone(pool), anchors: a, anchor: x, purpose: p}
	for i := range a.list {
		j.pool = append(j.pool, a.list[i].cert)
	}
	return j
}

// maxListIssuers bounds the certificates that are tried for one list.
const maxListIssuers = 4

// lists returns what each list says of c. A delta list changes what the list that it continues says (RFC 5280, 5.2.4);
// alone it can only say "revoked".
func (j crlJudge) lists(c, issuer *cert, crls []*crl) []Revocation {
	var complete, deltas []*crl
	for _, l := range crls {
		if l.unknown || !l.concerns(c) || !j.signed(l, c, issuer) {
			continue
		}
		if l.base != nil {
			deltas = append(deltas, l)
		} else {
			complete = append(complete, l)
		}
	}
	var out []Revocation
	used := map[*crl]bool{}
	for _, l := range complete {
		r, ok := l.says(c)
		if !ok {
			continue
		}
		var latest *crl
		for _, d := range deltas {
			if l.continuedBy(d) {
				used[d] = true
				if latest == nil || d.number.Cmp(latest.number) > 0 {
					latest = d
				}
			}
		}
		if latest != nil {
			e, found, err := latest.find(c)
			if err != nil {
				continue
			}
			r = latest.change(r, e, found)
		}
		if r.Status == "revoked" || l.covers(c) {
			out = append(out, r)
		}
	}
	for _, d := range deltas {
		if used[d] {
			continue
		}
		if r, ok := d.says(c); ok && r.Status == "revoked" {
			r.Source = "delta CRL"
			out = append(out, r)
		}
	}
	return out
}

// says returns what a list by itself says of c; it is false if the list cannot be used.
func (l *crl) says(c *cert) (Revocation, bool) {
	e, found, err := l.find(c)
	r := Revocation{Status: "good", Source: "CRL", AsOf: l.thisUpdate, Next: l.nextUpdate}
	if found && e.reason != reasonRemove {
		r.Status, r.RevokedAt, r.Reason = "revoked", e.at, reasonName(e.reason)
	}
	return r, err == nil
}

// continuedBy reports whether a delta list continues l: of the same issuer, key and scope, from l's number or one before
// it, and younger than l.
func (l *crl) continuedBy(d *crl) bool {
	return l.number != nil && d.number != nil && d.base.Cmp(l.number) <= 0 && d.number.Cmp(l.number) > 0 &&
		bytes.Equal(d.scope.raw, l.scope.raw) && bytes.Equal(d.aki, l.aki) && sameName(d.issuer, l.issuer)
}

// change brings what the continued list said up to date.
func (l *crl) change(r Revocation, e revokedEntry, found bool) Revocation {
	switch {
	case found && e.reason == reasonRemove:
		r = Revocation{Status: "good"}
	case found:
		r = Revocation{Status: "revoked", RevokedAt: e.at, Reason: reasonName(e.reason)}
	}
	r.Source, r.AsOf, r.Next = "CRL and delta CRL", l.thisUpdate, l.nextUpdate
	return r
}

// concerns reports whether the list may speak of c: it is of c's issuer, or an indirect list of somebody that c names.
func (l *crl) concerns(c *cert) bool {
	if sameName(l.issuer, c.issuerN) {
		return true
	}
	if !l.scope.indirect {
		return false
	}
	for _, p := range c.crlPoints {
		for _, g := range p.issuers {
			if k, err := g.kids(); g.ctx(4) && err == nil && len(k) == 1 && sameName(k[0], l.issuer) {
				return true
			}
		}
	}
	return false
}

// signed reports whether a list was signed by the issuer of c, or by a certificate of the list's issuer that leads to
// the same anchor (RFC 5280, 6.3.3 (f)); either must be allowed to sign lists.
func (j crlJudge) signed(l *crl, c, issuer *cert) bool {
	by := func(x *cert) bool {
		if x.pub == nil || !sameName(l.issuer, x.subjectN) || len(l.aki) > 0 && len(x.ski) > 0 && !bytes.Equal(l.aki, x.ski) {
			return false
		}
		if x.keyUsage >= 0 && x.keyUsage&usageCRLSign == 0 {
			return false
		}
		ok, err := verifyAlg(x.pub, l.sigAlg, [][]byte{l.tbs}, l.sig)
		return err == nil && ok
	}
	if by(issuer) {
		return true
	}
	if j.anchor == nil {
		return false
	}
	tried := 0
	for _, x := range j.pool {
		if x == issuer || !sameName(l.issuer, x.subjectN) {
			continue
		}
		if tried++; tried > maxListIssuers {
			break
		}
		if !by(x) {
			continue
		}
		ch := buildChain(x, j.pool, j.anchors, j.purpose)
		if ch.anchor == j.anchor && ch.pathFault() == "" && ch.validAt(l.thisUpdate) {
			return true
		}
	}
	return false
}

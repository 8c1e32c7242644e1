package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"
	"time"
)

// cert is an X.509 certificate read leniently: whatever a certificate breaks of RFC 5280, its key still tells whether a
// value was made with it. What the certificate breaks counts when its chain is judged.
type cert struct {
	raw, tbs          []byte
	issuer, subject   []byte // Name, as it stands
	issuerN, subjectN node
	serial            *big.Int
	serialRaw         []byte // its octets: some writers leave out the leading zero of a positive number
	notBefore         time.Time
	notAfter          time.Time
	spki              []byte
	pub               *pubKey
	pubErr            error
	sigAlg            node
	sig               []byte
	ski, aki          []byte
	hasBC, isCA       bool
	pathLen           int // -1 without a limit
	keyUsage          int // bits from digitalSignature (1) on, -1 if absent
	eku               []string
	ekuCritical       bool
	unknownCritical   []string
	nameConstraints   bool
	constraints       node
	altNames          []node
	ocspNoCheck       bool
	crlPoints         []crlPoint
}

// The key usage bits in use.
const (
	usageDigitalSignature = 1 << 0
	usageNonRepudiation   = 1 << 1
	usageCertSign         = 1 << 5
	usageCRLSign          = 1 << 6
)

const (
	ekuTimeStamping = "1.3.6.1.5.5.7.3.8"
	ekuOCSPSigning  = "1.3.6.1.5.5.7.3.9"
	ekuAny          = "2.5.29.37.0"
)

// maxCertBytes bounds one certificate.
const maxCertBytes = 64 << 10

func parseCert(b []byte) (*cert, error) {
	if len(b) > maxCertBytes {
		return nil, errBER
	}
	n, _, err := readNode(b)
	if err != nil || !n.seq() {
		return nil, errBER
	}
	top, err := n.kids()
	if err != nil || len(top) < 3 {
		return nil, errBER
	}
	f, err := top[0].kids()
	if err != nil {
		return nil, errBER
	}
	c := &cert{raw: n.raw, tbs: top[0].raw, sigAlg: top[1], keyUsage: -1, pathLen: -1}
	if c.sig, err = top[2].bits(); err != nil {
		return nil, errBER
	}
	if len(f) > 0 && f[0].ctx(0) {
		f = f[1:]
	}
	if len(f) < 6 {
		return nil, errBER
	}
	var ok bool
	if c.serial, ok = f[0].integer(); !ok {
		return nil, errBER
	}
	c.serialRaw = f[0].body
	if !f[2].seq() || !f[4].seq() || !f[5].seq() {
		return nil, errBER
	}
	c.issuer, c.issuerN, c.subject, c.subjectN, c.spki = f[2].raw, f[2], f[4].raw, f[4], f[5].raw
	if v, err := f[3].kids(); err == nil && len(v) == 2 {
		c.notBefore, _ = v[0].time()
		c.notAfter, _ = v[1].time()
	}
	c.pub, c.pubErr = parseSPKI(f[5])
	for _, x := range f[6:] {
		if x.ctx(3) {
			c.extensions(x)
		}
	}
	return c, nil
}

func (c *cert) extensions(n node) {
	outer, err := n.kids()
	if err != nil || len(outer) != 1 {
		return
	}
	list, err := outer[0].kids()
	if err != nil {
		return
	}
	for _, e := range list {
		f, err := e.kids()
		if err != nil || len(f) < 2 {
			continue
		}
		critical := len(f) > 2 && f[1].is(classUniversal, tagBoolean) && len(f[1].body) == 1 && f[1].body[0] != 0
		val, err := f[len(f)-1].octets()
		if err != nil {
			continue
		}
		v, _, verr := readNode(val)
		kids := func() []node {
			if verr != nil {
				return nil
			}
			k, _ := v.kids()
			return k
		}
		switch oid := f[0].oid(); oid {
		case "2.5.29.14":
			c.ski = v.body
		case "2.5.29.35":
			for _, k := range kids() {
				if k.ctx(0) {
					c.aki = k.body
				}
			}
		case "2.5.29.19":
			c.hasBC = true
			for _, k := range kids() {
				if k.is(classUniversal, tagBoolean) && len(k.body) == 1 {
					c.isCA = k.body[0] != 0
				} else if p, ok := k.int(); ok {
					c.pathLen = p
				}
			}
		case "2.5.29.15":
			if b, err := v.bits(); verr == nil && err == nil {
				c.keyUsage = 0
				for i := range min(len(b)*8, 16) {
					if b[i/8]&(0x80>>(i%8)) != 0 {
						c.keyUsage |= 1 << i
					}
				}
			}
		case "2.5.29.37":
			c.ekuCritical = critical
			for _, k := range kids() {
				c.eku = append(c.eku, k.oid())
			}
		case "2.5.29.30":
			c.nameConstraints, c.constraints = true, v
		case "2.5.29.17":
			c.altNames = kids()
		case "1.3.6.1.5.5.7.48.1.5":
			c.ocspNoCheck = true
		case "2.5.29.31":
			c.crlPoints = parsePoints(v)
		case "2.5.29.32", "2.5.29.36", "2.5.29.54", "2.5.29.33": // policies: nothing is asked of them here
		default:
			if critical {
				c.unknownCritical = append(c.unknownCritical, oid)
			}
		}
	}
}

func (c *cert) hasEKU(oid string) bool {
	for _, e := range c.eku {
		if e == oid {
			return true
		}
	}
	return false
}

// selfIssued reports whether issuer and subject are the same name.
func (c *cert) selfIssued() bool { return bytes.Equal(c.issuer, c.subject) }

// weakIssued reports whether the issuer signed c with a digest that is no longer to be used.
func (c *cert) weakIssued() bool {
	f, err := c.sigAlg.kids()
	if err != nil || len(f) == 0 {
		return true
	}
	s, _ := sigOID(f[0].oid())
	d := digestByName(s.digest)
	return d != nil && d.weak != ""
}

// info describes c for a report.
func (c *cert) info() CertInfo {
	s := sha256.Sum256(c.raw)
	i := CertInfo{
		Subject: nameString(c.subjectN), Issuer: nameString(c.issuerN), Serial: serialString(c.serialRaw),
		NotBefore: c.notBefore, NotAfter: c.notAfter, SHA256: hex.EncodeToString(s[:]), KeyAlg: "unknown",
	}
	if c.pub != nil {
		i.KeyAlg = c.pub.name
	}
	return i
}

// serialString writes a serial number as it is commonly shown: its octets in hexadecimal, without leading zeros.
func serialString(b []byte) string {
	s := strings.TrimLeft(hex.EncodeToString(b), "0")
	if s == "" {
		return "0"
	}
	return s
}

// commonName is the name by which people know the subject: the common name, else the organisation.
func (c *cert) commonName() string {
	for _, oid := range []string{"2.5.4.3", "2.5.4.11", "2.5.4.10"} {
		if s := nameAttr(c.subjectN, oid); s != "" {
			return s
		}
	}
	return nameString(c.subjectN)
}

func nameAttr(n node, oid string) string {
	out := ""
	eachAttr(n, func(o string, v node) {
		if o == oid {
			out = v.text()
		}
	})
	return out
}

func eachAttr(n node, f func(oid string, v node)) {
	rdns, err := n.kids()
	if err != nil {
		return
	}
	for _, rdn := range rdns {
		attrs, err := rdn.kids()
		if err != nil {
			continue
		}
		for _, a := range attrs {
			if kv, err := a.kids(); err == nil && len(kv) == 2 {
				f(kv[0].oid(), kv[1])
			}
		}
	}
}

// nameString writes a distinguished name in the order of the certificate, with the short names of RFC 4514.
func nameString(n node) string {
	short := map[string]string{
		"2.5.4.3": "CN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.10": "O", "2.5.4.11": "OU",
		"1.2.840.113549.1.9.1": "emailAddress", "0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID", "2.5.4.4": "SN",
		"2.5.4.42": "GN", "2.5.4.12": "title", "2.5.4.97": "organizationIdentifier",
	}
	var parts []string
	eachAttr(n, func(oid string, v node) {
		k := short[oid]
		if k == "" {
			k = oid
		}
		parts = append(parts, k+"="+v.text())
	})
	return strings.Join(parts, ", ")
}

// signedBy reports whether the key of issuer made the signature of c. An error says that it cannot be told.
func (c *cert) signedBy(issuer *cert) (bool, error) {
	if issuer.pub == nil {
		return false, issuer.pubErr
	}
	return verifyAlg(issuer.pub, c.sigAlg, [][]byte{c.tbs}, c.sig)
}

// verifyAlg verifies a value under an AlgorithmIdentifier, as certificates, CRLs and OCSP responses carry it.
func verifyAlg(k *pubKey, alg node, message [][]byte, sig []byte) (bool, error) {
	f, err := alg.kids()
	if err != nil || len(f) == 0 {
		return false, errBER
	}
	scheme, ok := sigOID(f[0].oid())
	if !ok {
		return false, errUnsupported
	}
	in := sigInput{scheme: scheme, digest: digestByName(scheme.digest), message: message, value: sig}
	switch scheme.key {
	case "RSA-PSS":
		var p node
		if len(f) > 1 {
			p = f[1]
		}
		if in.pss, err = parsePSS(p); err != nil {
			return false, err
		}
		in.digest = in.pss.hash
	case "SM2":
		in.digest = sm3Digest()
	case "ECDSA", "RSA", "DSA":
		if in.digest == nil {
			return false, errUnsupported
		}
	}
	return k.verify(in)
}

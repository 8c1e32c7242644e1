package seal

import (
	"bytes"
	"errors"
	"math/big"
)

// signedData is a CMS SignedData (RFC 5652, 5.1), a PKCS#7 SignedData (RFC 2315) or that of GM/T 0010-2012, which differ
// only in their object identifiers and in what they allow as content.
type signedData struct {
	gm          bool
	digestAlgs  []string
	contentType string
	hasContent  bool
	content     []byte
	certs       []*cert
	badCerts    int
	crls        [][]byte
	ocsps       [][]byte
	signers     []signerInfo
}

// signerInfo is RFC 5652, 5.3.
type signerInfo struct {
	issuer    node // zero if the signer is named by its key
	serial    *big.Int
	ski       []byte
	digestOID string
	hasAttrs  bool
	attrs     node
	attrList  []attribute
	sigOID    string
	sigParams node
	value     []byte
	unsigned  []attribute
}

// attribute is one attribute; values holds its set's members.
type attribute struct {
	oid    string
	values []node
}

// Limits on one signature container.
const (
	maxCertsInCMS   = 200
	maxSignersInCMS = 20
	maxCandidates   = 8 // certificates that are tried for one signer
)

var (
	errNotCMS = errors.New("not a CMS structure")
	errCMS    = errors.New("CMS structure broken")
)

// parseCMS reads a ContentInfo that holds SignedData.
func parseCMS(b []byte) (*signedData, error) {
	n, _, err := readNode(b)
	if err != nil || !n.seq() {
		return nil, errNotCMS
	}
	top, err := n.kids()
	if err != nil || len(top) < 1 {
		return nil, errNotCMS
	}
	sd := &signedData{}
	switch top[0].oid() {
	case oidSignedData:
	case oidGMSigned:
		sd.gm = true
	default:
		return nil, errNotCMS
	}
	if len(top) < 2 || !top[1].ctx(0) {
		return nil, errCMS
	}
	in, err := top[1].kids()
	if err != nil || len(in) != 1 || !in[0].seq() {
		return nil, errCMS
	}
	f, err := in[0].kids()
	if err != nil || len(f) < 4 {
		return nil, errCMS
	}
	if _, ok := f[0].int(); !ok || !f[1].is(classUniversal, tagSet) || !f[2].seq() {
		return nil, errCMS
	}
	algs, err := f[1].kids()
	if err != nil {
		return nil, errCMS
	}
	for _, a := range algs {
		if k, err := a.kids(); err == nil && len(k) > 0 {
			sd.digestAlgs = append(sd.digestAlgs, k[0].oid())
		}
	}
	if err := sd.parseContent(f[2]); err != nil {
		return nil, err
	}
	for _, x := range f[3:] {
		switch {
		case x.ctx(0):
			sd.parseCerts(x)
		case x.ctx(1):
			sd.parseRevocation(x)
		case x.is(classUniversal, tagSet):
			if sd.signers != nil {
				return nil, errCMS
			}
			infos, err := x.kids()
			if err != nil || len(infos) > maxSignersInCMS {
				return nil, errCMS
			}
			for _, i := range infos {
				si, err := parseSigner(i)
				if err != nil {
					return nil, err
				}
				sd.signers = append(sd.signers, si)
			}
		default:
			return nil, errCMS
		}
	}
	return sd, nil
}

func (sd *signedData) parseContent(n node) error {
	k, err := n.kids()
	if err != nil || len(k) < 1 {
		return errCMS
	}
	if sd.contentType = k[0].oid(); sd.contentType == "" {
		return errCMS
	}
	if len(k) < 2 {
		return nil
	}
	if !k[1].ctx(0) {
		return errCMS
	}
	in, err := k[1].kids()
	if err != nil || len(in) > 1 {
		return errCMS
	}
	if len(in) == 0 {
		return nil
	}
	sd.hasContent = true
	if in[0].is(classUniversal, tagOctetString) {
		sd.content, err = in[0].octets()
	} else {
		sd.content = in[0].body // PKCS#7 signs the contents octets of any type
	}
	return err
}

func (sd *signedData) parseCerts(n node) {
	list, err := n.kids()
	if err != nil {
		sd.badCerts++
	}
	for _, k := range list {
		if len(sd.certs) >= maxCertsInCMS {
			sd.badCerts++
			return
		}
		if c, err := parseCert(k.raw); err == nil {
			sd.certs = append(sd.certs, c)
		} else {
			sd.badCerts++
		}
	}
}

// parseRevocation reads the crls field: CRLs, and OCSP responses as other revocation information (RFC 5940).
func (sd *signedData) parseRevocation(n node) {
	list, _ := n.kids()
	for _, k := range list {
		if len(sd.crls)+len(sd.ocsps) >= maxCertsInCMS {
			return
		}
		if k.seq() {
			sd.crls = append(sd.crls, k.raw)
		} else if k.ctx(1) {
			if f, err := k.kids(); err == nil && len(f) == 2 {
				sd.ocsps = append(sd.ocsps, f[1].raw)
			}
		}
	}
}

func parseSigner(n node) (signerInfo, error) {
	var si signerInfo
	f, err := n.kids()
	if err != nil || len(f) < 5 {
		return si, errCMS
	}
	switch sid := f[1]; {
	case sid.ctx(0):
		if si.ski = sid.body; sid.cons {
			if k, err := sid.kids(); err == nil && len(k) == 1 {
				si.ski = k[0].body
			}
		}
	case sid.seq():
		k, err := sid.kids()
		if err != nil || len(k) != 2 {
			return si, errCMS
		}
		var ok bool
		if si.serial, ok = k[1].integer(); !ok || !minimalInt(k[1].body) {
			return si, errCMS
		}
		si.issuer = k[0]
	default:
		return si, errCMS
	}
	alg := func(n node) (string, node, error) {
		k, err := n.kids()
		if err != nil || len(k) < 1 {
			return "", node{}, errCMS
		}
		if len(k) > 1 {
			return k[0].oid(), k[1], nil
		}
		return k[0].oid(), node{}, nil
	}
	if si.digestOID, _, err = alg(f[2]); err != nil {
		return si, err
	}
	f = f[3:]
	if f[0].ctx(0) {
		si.hasAttrs, si.attrs = true, f[0]
		if si.attrList, err = parseAttributes(f[0]); err != nil {
			return si, errCMS
		}
		f = f[1:]
	}
	if len(f) < 2 {
		return si, errCMS
	}
	if si.sigOID, si.sigParams, err = alg(f[0]); err != nil {
		return si, err
	}
	if !f[1].is(classUniversal, tagOctetString) {
		return si, errCMS
	}
	if si.value, err = f[1].octets(); err != nil {
		return si, errCMS
	}
	if len(f) > 2 && f[2].ctx(1) {
		si.unsigned, _ = parseAttributes(f[2])
	}
	return si, nil
}

// minimalInt reports whether an integer is written as X.690, 8.3.2 asks of BER and DER alike: its first nine bits are
// neither all zeros nor all ones.
func minimalInt(b []byte) bool {
	return len(b) < 2 || !(b[0] == 0 && b[1]&0x80 == 0 || b[0] == 0xFF && b[1]&0x80 != 0)
}

func parseAttributes(n node) ([]attribute, error) {
	list, err := n.kids()
	if err != nil {
		return nil, err
	}
	var out []attribute
	for _, a := range list {
		k, err := a.kids()
		if err != nil || len(k) != 2 || k[0].oid() == "" {
			return out, errCMS
		}
		vals, err := k[1].kids()
		if err != nil {
			return out, err
		}
		out = append(out, attribute{k[0].oid(), vals})
	}
	return out, nil
}

// attr returns the values of an attribute and how often it stands in the list.
func attr(list []attribute, oid string) (values []node, count int) {
	for _, a := range list {
		if a.oid == oid {
			values = append(values, a.values...)
			count++
		}
	}
	return values, count
}

// candidates returns the certificates that the signer identifier may mean, those in the container first. Several
// certificates can carry the same issuer and serial number, so each is tried.
func (si *signerInfo) candidates(pools ...[]*cert) (out []*cert, exact bool) {
	for _, pool := range pools {
		for _, c := range pool {
			if len(out) < maxCandidates && si.names(c) {
				out = append(out, c)
			}
		}
	}
	if len(out) > 0 {
		return out, true
	}
	for _, pool := range pools {
		for _, c := range pool {
			if len(out) < maxCandidates && si.serial != nil && si.serial.Cmp(c.serial) == 0 {
				out = append(out, c)
			}
		}
	}
	return out, false
}

func (si *signerInfo) names(c *cert) bool {
	if si.serial == nil {
		return len(si.ski) > 0 && bytes.Equal(si.ski, c.ski)
	}
	return si.serial.Cmp(c.serial) == 0 && sameName(si.issuer, c.issuerN)
}

// sameName compares names by their attributes, so that another string type is no other name.
func sameName(a, b node) bool {
	if bytes.Equal(a.raw, b.raw) {
		return true
	}
	return normalName(a) == normalName(b)
}

func normalName(n node) string {
	var out []byte
	eachAttr(n, func(oid string, v node) {
		out = append(out, oid...)
		out = append(out, '=')
		space := true
		for _, r := range v.text() {
			if r == ' ' || r == '\t' {
				space = true
				continue
			}
			if space && len(out) > 0 && out[len(out)-1] != '=' {
				out = append(out, ' ')
			}
			space = false
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
			out = append(out, string(r)...)
		}
		out = append(out, 0)
	})
	return string(out)
}

package seal

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"strings"
	"time"
)

// The stable keys of problems. Those that make a signature not clean although its mathematics holds are in dirtyProblem.
const (
	pHash              = "HASH_FAILURE"
	pValue             = "SIG_CRYPTO_FAILURE"
	pFormat            = "FORMAT_FAILURE"
	pUnsupported       = "UNSUPPORTED_ALGORITHM"
	pUnsupportedFormat = "UNSUPPORTED_FORMAT"
	pNoSignerCert      = "NO_SIGNING_CERTIFICATE_FOUND"
	pContradict        = "ALGORITHMS_CONTRADICT"
	pAlgMismatch       = "ALGORITHMS_DIFFER"
	pWeakDigest        = "WEAK_DIGEST"
	pWeakKey           = "WEAK_KEY"
	pAttrOrder         = "ATTRIBUTES_NOT_DER"
	pExtraContent      = "CONTENT_IN_DETACHED_SIGNATURE"
	pContentType       = "CONTENT_TYPE_DIFFERS"
	pNoContentType     = "CONTENT_TYPE_MISSING"
	pESS               = "SIGNING_CERTIFICATE_ATTRIBUTE"
	pTimestamp         = "TIMESTAMP_INVALID"
	pTimestampCopied   = "TIMESTAMP_COPIED"
	pTimestampUnknown  = "TIMESTAMP_NOT_CHECKED"
	pNoAttributes      = "NO_SIGNED_ATTRIBUTES"
	pCertValue         = "CERTIFICATE_SIGNATURE_INVALID"
	pValueForm         = "VALUE_NOT_DER"
	pSid               = "SIGNER_IDENTIFIER_DIFFERS"
	pSigners           = "SIGNERS_SEVERAL"
)

// outcome is what a signature container says of the bytes it is over.
type outcome struct {
	integrity Integrity
	problems  []Problem
	digest    string
	algorithm string
	signer    *cert
	certs     []*cert // all certificates in the container
	crls      [][]byte
	ocsps     [][]byte
	signedAt  time.Time
	stamp     *timestamp // verified or not
	tokens    [][32]byte // digests of the timestamp tokens
	bareWeak  bool       // a weak digest and no signed attributes
	badStamp  string     // why a timestamp among several is false
	value     []byte
	seal      *sesSeal   // of a GB/T 38540 or GM/T 0031 seal
	maker     *cert      // who made the seal
	others    []*outcome // of further signers in the same container
}

func (o *outcome) problem(code, detail string) {
	o.problems = append(o.problems, Problem{code, detail})
}

func (o *outcome) fail(i Integrity, code, detail string) *outcome {
	o.integrity = i
	o.problem(code, detail)
	return o
}

// cmsForm says how a container is used.
type cmsForm int

const (
	formDetached cmsForm = iota
	formSHA1             // adbe.pkcs7.sha1: the content is the SHA-1 of the ranges
	formToken            // RFC 3161 token: the content is a TSTInfo
)

// verifyCMS verifies a SignedData over the signed ranges of a file. Of several SignerInfos (RFC 5652, 5.1; an RSA and an
// SM2 value side by side, say) each is verified; the first one is shown, and the worst counts.
func verifyCMS(sd *signedData, form cmsForm, ranges [][]byte, extra []*cert) *outcome {
	if len(sd.signers) == 0 {
		return (&outcome{certs: sd.certs, crls: sd.crls, ocsps: sd.ocsps}).fail(Malformed, pFormat, "no SignerInfo")
	}
	o := verifySigner(sd, &sd.signers[0], form, ranges, extra)
	if len(sd.signers) > 1 && form == formToken { // RFC 3161, 2.4.2: the authority's signature and no other
		return o.fail(Malformed, pFormat, "more than one SignerInfo")
	}
	for i := 1; i < len(sd.signers); i++ {
		x := verifySigner(sd, &sd.signers[i], form, ranges, extra)
		o.others = append(o.others, x)
		name := "unknown"
		if x.signer != nil {
			name = x.signer.commonName()
		}
		o.problem(pSigners, fmt.Sprintf("%d: %s, %s, %s", i+1, name, x.algorithm, x.integrity))
		for _, p := range x.problems {
			o.problem(p.Code, strings.TrimSpace(fmt.Sprintf("signer %d: %s", i+1, p.Detail)))
		}
		if integrityRank(x.integrity) > integrityRank(o.integrity) {
			o.integrity = x.integrity
		}
	}
	return o
}

// integrityRank orders the answers on integrity by gravity.
func integrityRank(i Integrity) int {
	switch i {
	case Intact:
		return 0
	case Unsupported:
		return 1
	case Malformed:
		return 2
	}
	return 3
}

func verifySigner(sd *signedData, si *signerInfo, form cmsForm, ranges [][]byte, extra []*cert) *outcome {
	o := &outcome{integrity: Intact, certs: sd.certs, crls: sd.crls, ocsps: sd.ocsps, value: si.value}
	alg := o.algorithms(sd, si)
	if alg == nil {
		return o
	}
	content, ok := o.content(sd, si, form, alg.digest, ranges)
	if !ok {
		return o.claimed(si, alg, extra)
	}
	o.revocationAttrs(si)
	if si.hasAttrs {
		if !o.attributes(sd, si, alg.digest, content) {
			return o.claimed(si, alg, extra)
		}
		o.verifyValue(si, alg, attrEncodings(si), extra)
	} else {
		o.bareWeak = alg.digest.weak != "" && form == formDetached
		if form == formDetached && sd.contentType != oidData && sd.contentType != oidGMData {
			o.problem(pContentType, "no signed attributes for content type "+sd.contentType)
		}
		o.verifyValue(si, alg, [][][]byte{content}, extra)
	}
	return o
}

// claimed names the signer of a value that does not hold by the certificate that the container gives for it, so that a
// person can be told whose seal it claims to be.
func (o *outcome) claimed(si *signerInfo, a *algorithms, extra []*cert) *outcome {
	if cands, _ := si.candidates(o.certs, extra); len(cands) > 0 {
		if o.signer = cands[0]; o.signer.pub != nil {
			o.algorithm = algorithmName(o.signer.pub, a.digest, a.pss)
		}
	}
	return o
}

// algorithms is what the identifiers of a signer mean together.
type algorithms struct {
	digest *digestAlg   // of the content
	scheme sigScheme    // of the value
	pss    *pssParams   // of the value
	hashes []*digestAlg // of the value, in the order to be tried
}

func (o *outcome) algorithms(sd *signedData, si *signerInfo) *algorithms {
	a := &algorithms{digest: digestOID(si.digestOID)}
	if a.digest == nil {
		if s, ok := sigOID(si.digestOID); ok && s.digest != "" {
			a.digest = digestByName(s.digest)
			o.problem(pContradict, "the digest algorithm names a signature algorithm, "+si.digestOID)
		} else {
			o.fail(Unsupported, pUnsupported, "digest "+si.digestOID)
			return nil
		}
	}
	o.digest = a.digest.name
	if a.digest.weak != "" {
		o.problem(pWeakDigest, a.digest.name+" "+a.digest.weak)
	}
	s, ok := sigOID(si.sigOID)
	if !ok {
		if d := digestOID(si.sigOID); d != nil { // a digest where the signature algorithm belongs
			s = sigScheme{digest: d.name}
		} else {
			o.fail(Unsupported, pUnsupported, "signature algorithm "+si.sigOID)
			return nil
		}
	}
	a.scheme = s
	switch {
	case s.key == "RSA-PSS":
		p, err := parsePSS(si.sigParams)
		if err != nil {
			o.fail(Unsupported, pUnsupported, "RSASSA-PSS parameters")
			return nil
		}
		a.pss, a.hashes = p, []*digestAlg{p.hash}
		if p.hash.name != a.digest.name {
			o.problem(pAlgMismatch, fmt.Sprintf("digest %s, signature RSASSA-PSS with %s", a.digest.name, p.hash.name))
		}
	case s.digest != "" && s.digest != a.digest.name:
		a.hashes = []*digestAlg{a.digest, digestByName(s.digest)}
	default:
		a.hashes = []*digestAlg{a.digest}
	}
	return a
}

// content finds the message that the container is about and ties it to the ranges of the file.
func (o *outcome) content(sd *signedData, si *signerInfo, form cmsForm, d *digestAlg, ranges [][]byte) ([][]byte, bool) {
	switch form {
	case formToken:
		if sd.contentType != oidTSTInfo || !sd.hasContent {
			o.fail(Malformed, pFormat, "a timestamp token without TSTInfo")
			return nil, false
		}
		return [][]byte{sd.content}, true
	case formSHA1:
		h := sha1.New()
		for _, r := range ranges {
			h.Write(r)
		}
		if !sd.hasContent {
			return ranges, true
		}
		if !bytes.Equal(h.Sum(nil), sd.content) {
			o.fail(Broken, pHash, "SHA-1 of the signed bytes")
			return nil, false
		}
		o.problem(pWeakDigest, "SHA-1 "+weakSHA1)
		return [][]byte{sd.content}, true
	}
	if !sd.hasContent {
		return ranges, true
	}
	sum := d.sum(ranges...)
	if bytes.Equal(sd.content, sum) {
		return [][]byte{sd.content}, true // GM/T 0010 as practised: attached, and the content is the digest
	}
	if md, n := attr(si.attrList, oidMsgDigest); n == 1 && len(md) == 1 && bytes.Equal(md[0].body, sum) {
		o.problem(pExtraContent, fmt.Sprintf("%d bytes", len(sd.content)))
		return ranges, true
	}
	if bytes.Equal(sd.content, bytes.Join(ranges, nil)) || len(sd.content) == 0 {
		o.problem(pExtraContent, fmt.Sprintf("%d bytes", len(sd.content)))
		return ranges, true
	}
	if !si.hasAttrs && len(sd.content) != len(sum) {
		o.problem(pExtraContent, fmt.Sprintf("%d bytes", len(sd.content)))
		return ranges, true
	}
	o.fail(Broken, pHash, "the content of the container is not the digest of the signed bytes")
	return nil, false
}

// attributes checks the signed attributes (RFC 5652, 5.3 and 11; RFC 5035).
func (o *outcome) attributes(sd *signedData, si *signerInfo, d *digestAlg, content [][]byte) bool {
	if t, n := attr(si.attrList, oidSigningTime); n > 0 && len(t) > 0 {
		o.signedAt, _ = t[0].time()
	}
	md, n := attr(si.attrList, oidMsgDigest)
	if n != 1 || len(md) != 1 {
		o.fail(Malformed, pFormat, "messageDigest must stand exactly once")
		return false
	}
	got, err := md[0].octets()
	if err != nil || !bytes.Equal(got, d.sum(content...)) {
		o.fail(Broken, pHash, "messageDigest")
		return false
	}
	ct, n := attr(si.attrList, oidContentType)
	switch {
	case n == 0:
		o.problem(pNoContentType, "")
	case n > 1 || len(ct) != 1:
		o.fail(Malformed, pFormat, "contentType must stand exactly once")
		return false
	case !sameContentType(ct[0].oid(), sd.contentType):
		o.problem(pContentType, ct[0].oid()+" in the attribute, "+sd.contentType+" in the content")
	}
	return true
}

// sameContentType takes the two identifiers of plain data, that of PKCS#7 and that of GM/T 0010-2012, as one: writers mix
// them, and both say that the content has no type.
func sameContentType(a, b string) bool {
	data := func(s string) bool { return s == oidData || s == oidGMData }
	return a == b || data(a) && data(b)
}

// attrEncodings are the byte strings over which the value may have been made: the attributes as they stand (with the
// tag of a SET), then written again in DER, which is what RFC 5652, 5.4 asks for.
func attrEncodings(si *signerInfo) [][][]byte {
	raw := bytes.Clone(si.attrs.raw)
	raw[0] = 0x31
	out := [][][]byte{{raw}}
	n := si.attrs
	n.class, n.tag = classUniversal, tagSet
	if d, err := n.toDER(); err == nil && !bytes.Equal(d, raw) {
		out = append(out, [][]byte{d})
	}
	if n.indef { // definite length, the members as they stand
		if d := der(0x31, n.body); !bytes.Equal(d, raw) {
			out = append(out, [][]byte{d})
		}
	}
	return out
}

// verifyValue finds the certificate, the encoding and the digest under which the value holds.
func (o *outcome) verifyValue(si *signerInfo, a *algorithms, messages [][][]byte, extra []*cert) {
	cands, exact := si.candidates(o.certs, extra)
	if len(cands) == 0 {
		if c := essCert(si, append(append([]*cert(nil), o.certs...), extra...)); c != nil {
			cands = []*cert{c}
		}
	}
	if len(cands) == 0 {
		if o.integrity == Intact {
			o.integrity = Unsupported
		}
		o.problem(pNoSignerCert, "")
		return
	}
	var keyErr error
	for _, c := range cands {
		if c.pub == nil {
			keyErr = c.pubErr
			continue
		}
		scheme := a.scheme
		if scheme.key == "" {
			scheme.key = c.pub.alg
		}
		for mi, m := range messages {
			for hi, h := range a.hashes {
				ok, err := c.pub.verify(sigInput{scheme: scheme, pss: a.pss, digest: h, message: m, value: si.value})
				if err != nil {
					keyErr = err
					continue
				}
				if !ok {
					if o.signer == nil {
						o.signer = c
					}
					continue
				}
				o.signer = c
				o.algorithm = algorithmName(c.pub, h, a.pss)
				if mi > 0 {
					o.problem(pAttrOrder, "")
				}
				if a.scheme.digest != "" && a.scheme.digest != a.digest.name {
					o.contradiction(a, h, hi == 0)
				}
				if a.scheme.key == "" {
					o.problem(pAlgMismatch, "the signature algorithm names only a digest")
				}
				if h.weak != "" && h.name != a.digest.name {
					o.problem(pWeakDigest, h.name+" "+h.weak)
				}
				if c.pub.weak != "" {
					o.problem(pWeakKey, c.pub.weak)
				}
				if !exact {
					o.problem(pSid, "")
				}
				if (c.pub.alg == "SM2" || c.pub.alg == "ECDSA") && !a.scheme.plain && !isSequence(si.value) {
					o.problem(pValueForm, "r‖s instead of a sequence")
				}
				o.checkESS(si, c)
				o.checkIssuer(c, extra)
				return
			}
		}
	}
	if o.signer != nil {
		o.algorithm = o.signer.pub.name
		o.fail(Broken, pValue, "")
		return
	}
	o.signer = cands[0]
	detail := si.sigOID
	if keyErr != nil {
		detail += ": " + keyErr.Error()
	}
	o.fail(Unsupported, pUnsupported, detail)
}

func isSequence(b []byte) bool {
	n, _, err := readNode(b)
	return err == nil && n.seq()
}

// contradiction weighs a signature algorithm that names another digest than the digest algorithm does. Within one
// family it is a known fault of writers; across families nothing says which of the two was meant.
func (o *outcome) contradiction(a *algorithms, used *digestAlg, asDigest bool) {
	detail := fmt.Sprintf("digest %s, signature with %s; the value holds with %s", a.digest.name, a.scheme.digest, used.name)
	code := pAlgMismatch
	if digestFamily(a.digest.name) != digestFamily(a.scheme.digest) {
		code = pContradict
	}
	o.problem(code, detail)
}

func digestFamily(name string) string {
	switch {
	case len(name) > 5 && name[:5] == "SHA3-":
		return "SHA-3"
	case name == "SM3":
		return name
	}
	return "SHA"
}

func algorithmName(k *pubKey, d *digestAlg, pss *pssParams) string {
	switch k.alg {
	case "RSA", "RSA-PSS":
		if pss != nil {
			return k.name + "-PSS with " + d.name
		}
		return k.name + " with " + d.name
	case "SM2":
		return "SM2 with SM3"
	case "DSA":
		return k.name + " with " + d.name
	case "ECDSA":
		return "ECDSA " + k.name + " with " + d.name
	}
	return k.name
}

// essHashes reads the certificate digests of the ESS attributes signing-certificate and -v2 (RFC 5035), the signer's
// own first.
func essHashes(si *signerInfo) (sums [][]byte, algs []*digestAlg) {
	for _, oid := range []string{oidCertV1, oidCertV2} {
		vals, _ := attr(si.attrList, oid)
		for _, v := range vals {
			k, err := v.kids()
			if err != nil || len(k) == 0 {
				continue
			}
			ids, err := k[0].kids()
			if err != nil || len(ids) == 0 {
				continue
			}
			f, err := ids[0].kids() // the first one is the signer's
			if err != nil || len(f) == 0 {
				continue
			}
			d := digestByName("SHA-1")
			if oid == oidCertV2 {
				d = digestByName("SHA-256")
				if f[0].seq() {
					if a, err := f[0].kids(); err == nil && len(a) > 0 {
						d = digestOID(a[0].oid())
					}
					f = f[1:]
				}
			}
			if len(f) == 0 || !f[0].is(classUniversal, tagOctetString) || d == nil {
				continue
			}
			sums, algs = append(sums, f[0].body), append(algs, d)
		}
	}
	return sums, algs
}

func essCert(si *signerInfo, pool []*cert) *cert {
	sums, algs := essHashes(si)
	for i := range sums {
		for _, c := range pool {
			if bytes.Equal(algs[i].sum(c.raw), sums[i]) {
				return c
			}
		}
	}
	return nil
}

// checkESS compares the attribute with the certificate whose key made the value.
func (o *outcome) checkESS(si *signerInfo, c *cert) {
	sums, algs := essHashes(si)
	for i := range sums {
		if !bytes.Equal(algs[i].sum(c.raw), sums[i]) {
			o.problem(pESS, "it names another certificate than the one whose key made the value")
		}
	}
}

// checkIssuer reports a signer's certificate that was bent: its issuer is at hand, and did not sign it. Without a chain to
// an anchor the names in a certificate are only words, but words that are known to be false need not be shown as true.
func (o *outcome) checkIssuer(c *cert, extra []*cert) {
	tried := 0
	for _, pool := range [][]*cert{o.certs, extra} {
		for _, i := range pool {
			// Where only one of the two names its key, it may be another key of the same authority.
			if !issues(i, c) || (len(c.aki) == 0) != (len(i.ski) == 0) {
				continue
			}
			if tried++; tried > maxCandidates {
				return
			}
			ok, err := c.signedBy(i)
			if ok || err != nil {
				return
			}
		}
	}
	if tried > 0 {
		o.problem(pCertValue, c.commonName())
	}
}

// revocationAttrs collects the Adobe revocation information archive, a signed attribute (ISO 32000-2, 12.8.3.3.2).
func (o *outcome) revocationAttrs(si *signerInfo) {
	vals, _ := attr(si.attrList, oidAdobeRev)
	for _, v := range vals {
		k, err := v.kids()
		if err != nil {
			continue
		}
		for _, part := range k {
			in, err := part.kids()
			if err != nil || len(in) == 0 {
				continue
			}
			list, err := in[0].kids()
			if err != nil {
				continue
			}
			for _, x := range list {
				if len(o.crls)+len(o.ocsps) >= maxCertsInCMS {
					return
				}
				if part.ctx(0) {
					o.crls = append(o.crls, x.raw)
				} else if part.ctx(1) {
					o.ocsps = append(o.ocsps, x.raw)
				}
			}
		}
	}
}

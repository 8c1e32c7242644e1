package seal

import (
	"bytes"
	"errors"
	"strings"
	"time"
)

// sesSeal is an electronic seal: SESeal of GB/T 38540-2020 (version 4) or of GM/T 0031-2014 (version 1).
type sesSeal struct {
	version    int
	vid        string
	id         string
	name       string
	kind       int
	certs      [][]byte // certificates of those who may seal
	digests    [][]byte // or the SM3 digests of their certificates
	created    time.Time
	start, end time.Time
	picture    []byte
	pictureExt string
	raw        []byte // SESeal as it stands
	info       node   // SES_SealInfo as it stands
	makerDER   []byte
	makerAlg   node // object identifier
	makerSig   []byte
}

// sesSignature is SES_Signature: a seal applied to a document.
type sesSignature struct {
	v4       bool
	toSign   node
	seal     sesSeal
	at       time.Time
	token    []byte // a timestamp token
	dataHash []byte
	property string
	certDER  []byte
	sigAlg   node
	value    []byte
}

var errNotSES = errors.New("not a seal structure")

// The problems of seals.
const (
	pSealValue   = "SEAL_SIGNATURE_INVALID"
	pSealExpired = "SEAL_OUT_OF_VALIDITY"
	pSealSigner  = "SIGNER_NOT_IN_SEAL"
	pSealName    = "SEAL_NAME_NOT_PROVEN" // its maker is no anchor for seals, and the signer's certificate has another name
)

// maxPictureBytes bounds the picture that is handed out of a seal.
const maxPictureBytes = 8 << 20

// parseSES reads SES_Signature of either version.
func parseSES(b []byte) (*sesSignature, error) {
	n, _, err := readNode(b)
	if err != nil || !n.seq() {
		return nil, errNotSES
	}
	top, err := n.kids()
	if err != nil || len(top) < 2 || !top[0].seq() {
		return nil, errNotSES
	}
	tbs, err := top[0].kids()
	if err != nil || len(tbs) < 5 || !tbs[1].seq() {
		return nil, errNotSES
	}
	if _, ok := tbs[0].int(); !ok {
		return nil, errNotSES
	}
	s := &sesSignature{toSign: top[0], v4: len(top) >= 4}
	if err := s.seal.parse(tbs[1]); err != nil {
		return nil, err
	}
	if t, ok := tbs[2].time(); ok {
		s.at = t
	} else if bits, err := tbs[2].bits(); err == nil {
		s.timeInfo(bits)
	}
	if s.dataHash, err = tbs[3].bits(); err != nil {
		return nil, errNotSES
	}
	s.property = tbs[4].text()
	if s.v4 {
		if s.certDER, err = top[1].octets(); err != nil {
			return nil, errNotSES
		}
		s.sigAlg = top[2]
		if s.value, err = top[3].bits(); err != nil {
			return nil, errNotSES
		}
		if len(top) > 4 && top[4].ctx(0) {
			if k, err := top[4].kids(); err == nil && len(k) == 1 {
				s.token, _ = k[0].bits()
			} else {
				s.token = top[4].body
				if len(s.token) > 0 && s.token[0] == 0 {
					s.token = s.token[1:]
				}
			}
		}
		return s, nil
	}
	if len(tbs) < 7 {
		return nil, errNotSES
	}
	if s.certDER, err = tbs[5].octets(); err != nil {
		return nil, errNotSES
	}
	s.sigAlg = tbs[6]
	if s.value, err = top[1].bits(); err != nil {
		return nil, errNotSES
	}
	return s, nil
}

// timeInfo reads the time of version 1, a bit string that holds a time or a timestamp token.
func (s *sesSignature) timeInfo(b []byte) {
	if n, _, err := readNode(b); err == nil {
		if t, ok := n.time(); ok {
			s.at = t
			return
		}
		if n.seq() {
			s.token = n.raw
			return
		}
	}
	for _, tag := range []int{tagUTCTime, tagGenTime} {
		if t, ok := (node{body: b, tag: tag}).time(); ok {
			s.at = t
			return
		}
	}
}

func (s *sesSeal) parse(n node) error {
	f, err := n.kids()
	if err != nil || len(f) < 2 || !f[0].seq() {
		return errNotSES
	}
	s.raw, s.info = n.raw, f[0]
	if len(f) >= 4 { // version 4
		if s.makerDER, err = f[1].octets(); err != nil {
			return errNotSES
		}
		s.makerAlg = f[2]
		if s.makerSig, err = f[3].bits(); err != nil {
			return errNotSES
		}
	} else {
		k, err := f[1].kids()
		if err != nil || len(k) < 3 {
			return errNotSES
		}
		if s.makerDER, err = k[0].octets(); err != nil {
			return errNotSES
		}
		s.makerAlg = k[1]
		if s.makerSig, err = k[2].bits(); err != nil {
			return errNotSES
		}
	}
	info, err := f[0].kids()
	if err != nil || len(info) < 4 {
		return errNotSES
	}
	head, err := info[0].kids()
	if err != nil || len(head) < 3 || head[0].text() != "ES" {
		return errNotSES
	}
	s.version, _ = head[1].int()
	s.vid, s.id = head[2].text(), info[1].text()
	if err := s.properties(info[2]); err != nil {
		return err
	}
	pic, err := info[3].kids()
	if err != nil || len(pic) < 2 {
		return errNotSES
	}
	s.pictureExt = strings.ToLower(strings.TrimSpace(pic[0].text()))
	if b, err := pic[1].octets(); err == nil && len(b) <= maxPictureBytes {
		s.picture = b
	}
	return nil
}

func (s *sesSeal) properties(n node) error {
	p, err := n.kids()
	if err != nil || len(p) < 6 {
		return errNotSES
	}
	s.kind, _ = p[0].int()
	s.name = p[1].text()
	list, rest, listType := p[2], p[3:], 1
	if t, ok := p[2].int(); ok { // version 4 says which kind of list follows
		if len(p) < 7 {
			return errNotSES
		}
		list, rest, listType = p[3], p[4:], t
	}
	kids, err := list.kids()
	if err != nil || len(kids) > maxCertsInCMS {
		return errNotSES
	}
	for _, k := range kids {
		if k.is(classUniversal, tagOctetString) {
			b, err := k.octets()
			if err != nil {
				return errNotSES
			}
			s.certs = append(s.certs, b)
		} else if k.seq() {
			if o, err := k.kids(); err == nil && len(o) == 2 && listType == 2 {
				s.digests = append(s.digests, o[1].body)
			} else {
				s.certs = append(s.certs, k.raw) // a bare certificate
			}
		}
	}
	if len(rest) < 3 {
		return errNotSES
	}
	s.created, _ = rest[0].time()
	s.start, _ = rest[1].time()
	s.end, _ = rest[2].time()
	return nil
}

// lists reports whether the seal may be used by the holder of that certificate.
func (s *sesSeal) lists(certDER []byte) bool {
	for _, c := range s.certs {
		if bytes.Equal(c, certDER) {
			return true
		}
	}
	if len(s.digests) > 0 {
		sum := sm3Digest().sum(certDER)
		for _, d := range s.digests {
			if bytes.Equal(d, sum) {
				return true
			}
		}
	}
	return false
}

// verifyOID verifies a value whose algorithm is named by a bare object identifier.
func verifyOID(k *pubKey, alg node, message [][]byte, sig []byte) (bool, error) {
	oid := alg
	if alg.seq() {
		return verifyAlg(k, alg, message, sig)
	}
	return verifyAlg(k, node{cons: true, tag: tagSequence, body: oid.raw}, message, sig)
}

// verify checks the seal's own signature by its maker.
func (s *sesSeal) verify(maker *cert) (bool, error) {
	if maker.pub == nil {
		return false, maker.pubErr
	}
	ok, err := verifyOID(maker.pub, s.makerAlg, [][]byte{s.info.raw}, s.makerSig)
	if ok || err != nil {
		return ok, err
	}
	// GM/T 0031-2014 signs the information together with the maker's certificate and the algorithm.
	tbs := der(0x30, bytes.Join([][]byte{s.info.raw, der(tagOctetString, s.makerDER), s.makerAlg.raw}, nil))
	return verifyOID(maker.pub, s.makerAlg, [][]byte{tbs}, s.makerSig)
}

// verifySES verifies a seal over the signed bytes, given in pieces (GB/T 38540-2020, 7.3).
func verifySES(s *sesSignature, ranges [][]byte) *outcome {
	o := &outcome{integrity: Intact, digest: "SM3", signedAt: s.at, value: s.value, seal: &s.seal}
	signer, err := parseCert(s.certDER)
	if err != nil {
		return o.fail(Malformed, pFormat, "the signer's certificate")
	}
	o.signer, o.certs = signer, []*cert{signer}
	maker, merr := parseCert(s.seal.makerDER)
	if merr == nil {
		o.certs, o.maker = append(o.certs, maker), maker
	}
	if signer.pub == nil {
		return o.fail(Unsupported, pUnsupported, "the signer's key")
	}
	d := sm3Digest()
	o.algorithm = algorithmName(signer.pub, d, nil)
	if scheme, ok := sigOID(s.sigAlg.oid()); ok && scheme.key == "RSA" && scheme.digest != "" {
		d = digestByName(scheme.digest)
		o.digest = d.name
	}
	if !bytes.Equal(d.sum(ranges...), s.dataHash) {
		return o.fail(Broken, pHash, "dataHash of the seal")
	}
	ok, err := verifyOID(signer.pub, s.sigAlg, [][]byte{s.toSign.raw}, s.value)
	if err != nil {
		return o.fail(Unsupported, pUnsupported, "signature algorithm "+s.sigAlg.oid())
	}
	o.algorithm = algorithmName(signer.pub, d, nil)
	if !ok {
		return o.fail(Broken, pValue, "")
	}
	if signer.pub.alg == "SM2" && !isSequence(s.value) {
		o.problem(pValueForm, "r‖s instead of a sequence")
	}
	if merr != nil {
		o.fail(Malformed, pSealValue, "the certificate of the seal's maker is broken")
	} else if ok, err := s.seal.verify(maker); err != nil {
		o.fail(Unsupported, pUnsupported, "the algorithm of the seal's own signature")
	} else if !ok {
		o.fail(Broken, pSealValue, "the seal's own signature by its maker does not verify")
	}
	if !s.seal.lists(s.certDER) {
		o.fail(Broken, pSealSigner, "")
	}
	if !s.at.IsZero() && ((!s.seal.start.IsZero() && s.at.Before(s.seal.start)) || (!s.seal.end.IsZero() && s.at.After(s.seal.end))) {
		o.problem(pSealExpired, s.seal.start.Format(time.DateOnly)+" to "+s.seal.end.Format(time.DateOnly))
	}
	if signer.pub.weak != "" {
		o.problem(pWeakKey, signer.pub.weak)
	}
	if len(s.token) > 0 {
		o.stamp = readTimestamp(s.token, [][]byte{s.value}, nil)
		if !o.stamp.ok { // some makers stamp the bit string with its count of unused bits, or the part to be signed
			for _, m := range [][]byte{append([]byte{0}, s.value...), s.toSign.raw, s.dataHash} {
				if t := readTimestamp(s.token, [][]byte{m}, nil); t.ok {
					o.stamp = t
					break
				}
			}
		}
	}
	return o
}

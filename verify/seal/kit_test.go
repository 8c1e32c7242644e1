package seal

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
)

// A small signer for tests: keys, certificates, CMS, timestamps and seals are written out here by hand, so that each can
// be bent in one place.

func oidDER(s string) []byte {
	var out []byte
	parts := strings.Split(s, ".")
	var first int
	for i, p := range parts {
		n, _ := strconv.Atoi(p)
		if i == 0 {
			first = n
			continue
		}
		if i == 1 {
			n += first * 40
		}
		var b []byte
		for b = []byte{byte(n & 0x7f)}; n > 0x7f; {
			n >>= 7
			b = append([]byte{byte(n&0x7f) | 0x80}, b...)
		}
		out = append(out, b...)
	}
	return der(tagOID, out)
}

func seq(parts ...[]byte) []byte    { return der(0x30, bytes.Join(parts, nil)) }
func set(parts ...[]byte) []byte    { return der(0x31, bytes.Join(parts, nil)) }
func octet(b []byte) []byte         { return der(tagOctetString, b) }
func bitString(b []byte) []byte     { return der(tagBitString, append([]byte{0}, b...)) }
func ctxTag(n int, b []byte) []byte { return der(byte(0xA0+n), b) }
func utf8(s string) []byte          { return der(tagUTF8, []byte(s)) }
func null() []byte                  { return []byte{5, 0} }
func genTime(t time.Time) []byte    { return der(tagGenTime, []byte(t.UTC().Format("20060102150405Z"))) }
func utcTime(t time.Time) []byte    { return der(tagUTCTime, []byte(t.UTC().Format("060102150405Z"))) }

func integerDER(v *big.Int) []byte {
	b := v.Bytes()
	if len(b) == 0 || b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return der(tagInteger, b)
}

func intDER(v int64) []byte { return integerDER(big.NewInt(v)) }

// testKey is a private key of any algorithm in use.
type testKey struct {
	alg string // rsa, p256, sm2, ed25519
	rsa *rsa.PrivateKey
	ec  *ecdsa.PrivateKey
	sm2 *sm2.PrivateKey
	ed  ed25519.PrivateKey
}

// keys are made once: they cost time and their values do not matter.
var keys = sync.OnceValue(func() map[string]*testKey {
	m := map[string]*testKey{}
	for _, name := range []string{"root", "ca", "signer", "tsa", "other"} {
		r, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		m["rsa-"+name] = &testKey{alg: "rsa", rsa: r}
		e, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		m["p256-"+name] = &testKey{alg: "p256", ec: e}
		s, _ := sm2.GenerateKey(rand.Reader)
		m["sm2-"+name] = &testKey{alg: "sm2", sm2: s}
		_, d, _ := ed25519.GenerateKey(rand.Reader)
		m["ed25519-"+name] = &testKey{alg: "ed25519", ed: d}
	}
	return m
})

func key(name string) *testKey { return keys()[name] }

func (k *testKey) spki() []byte {
	switch k.alg {
	case "rsa":
		return seq(seq(oidDER(oidRSA), null()), bitString(seq(integerDER(k.rsa.N), intDER(int64(k.rsa.E)))))
	case "p256":
		return seq(seq(oidDER("1.2.840.10045.2.1"), oidDER("1.2.840.10045.3.1.7")), bitString(point(k.ec.X, k.ec.Y)))
	case "sm2":
		return seq(seq(oidDER("1.2.840.10045.2.1"), oidDER(oidSM2)), bitString(point(k.sm2.X, k.sm2.Y)))
	}
	return seq(seq(oidDER("1.3.101.112")), bitString(k.ed.Public().(ed25519.PublicKey)))
}

func point(x, y *big.Int) []byte {
	return append(append([]byte{4}, x.FillBytes(make([]byte, 32))...), y.FillBytes(make([]byte, 32))...)
}

func (k *testKey) sigAlg() []byte {
	switch k.alg {
	case "rsa":
		return seq(oidDER("1.2.840.113549.1.1.11"), null())
	case "p256":
		return seq(oidDER("1.2.840.10045.4.3.2"))
	case "sm2":
		return seq(oidDER(oidSM2WithSM3))
	}
	return seq(oidDER("1.3.101.112"))
}

func (k *testKey) sign(msg []byte) []byte {
	switch k.alg {
	case "rsa":
		s := sha256.Sum256(msg)
		b, _ := rsa.SignPKCS1v15(rand.Reader, k.rsa, crypto.SHA256, s[:])
		return b
	case "p256":
		s := sha256.Sum256(msg)
		b, _ := ecdsa.SignASN1(rand.Reader, k.ec, s[:])
		return b
	case "sm2":
		b, _ := k.sm2.SignWithSM2(rand.Reader, []byte(sm2UserID), msg)
		return b
	}
	return ed25519.Sign(k.ed, msg)
}

func (k *testKey) digest() *digestAlg {
	switch k.alg {
	case "sm2":
		return sm3Digest()
	case "ed25519":
		return digestByName("SHA-512")
	}
	return digestByName("SHA-256")
}

func digestDER(d *digestAlg) []byte {
	oids := map[string]string{"SHA-256": "2.16.840.1.101.3.4.2.1", "SHA-512": "2.16.840.1.101.3.4.2.3", "SM3": "1.2.156.10197.1.401", "SHA-1": "1.3.14.3.2.26"}
	return seq(oidDER(oids[d.name]))
}

// certSpec describes a certificate to make.
type certSpec struct {
	subject, issuer string
	key, by         *testKey
	serial          int64
	from, to        time.Time
	ca              bool
	usage           byte // first byte of the bit string, 0 for none
	eku             []string
	ekuCritical     bool
	ext             [][]byte // further extensions
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func nameDER(cn string) []byte {
	return seq(set(seq(oidDER("2.5.4.6"), der(19, []byte("CN")))), set(seq(oidDER("2.5.4.10"), utf8("样例 SPECIMEN"))), set(seq(oidDER("2.5.4.3"), utf8(cn))))
}

func extension(oid string, critical bool, value []byte) []byte {
	if critical {
		return seq(oidDER(oid), []byte{1, 1, 0xFF}, octet(value))
	}
	return seq(oidDER(oid), octet(value))
}

func (s certSpec) make() []byte {
	if s.from.IsZero() {
		s.from = day("2020-01-01")
	}
	if s.to.IsZero() {
		s.to = day("2040-01-01")
	}
	if s.serial == 0 {
		s.serial = 7
	}
	var ext [][]byte
	bc := seq()
	if s.ca {
		bc = seq([]byte{1, 1, 0xFF})
	}
	ext = append(ext, extension("2.5.29.19", true, bc))
	if s.usage != 0 {
		ext = append(ext, extension("2.5.29.15", true, der(tagBitString, []byte{0, s.usage})))
	}
	if len(s.eku) > 0 {
		var l []byte
		for _, e := range s.eku {
			l = append(l, oidDER(e)...)
		}
		ext = append(ext, extension("2.5.29.37", s.ekuCritical, seq(l)))
	}
	ext = append(ext, s.ext...)
	tbs := seq(ctxTag(0, intDER(2)), intDER(s.serial), s.by.sigAlg(), nameDER(s.issuer), seq(utcTime(s.from), utcTime(s.to)),
		nameDER(s.subject), s.key.spki(), ctxTag(3, seq(ext...)))
	return seq(tbs, s.by.sigAlg(), bitString(s.by.sign(tbs)))
}

const (
	usageSigner = 0xC0
	usageCA     = 0x06
)

// testPKI is a root, an authority under it, a signer and a timestamping authority, of one algorithm.
type testPKI struct {
	alg                          string
	root, ca, signer, tsa, maker []byte
}

func newPKI(alg string) *testPKI {
	k := func(n string) *testKey { return key(alg + "-" + n) }
	return &testPKI{
		alg:    alg,
		root:   certSpec{subject: "样例根", issuer: "样例根", key: k("root"), by: k("root"), ca: true, usage: usageCA, serial: 1}.make(),
		ca:     certSpec{subject: "样例CA", issuer: "样例根", key: k("ca"), by: k("root"), ca: true, usage: usageCA, serial: 2}.make(),
		signer: certSpec{subject: "样例签章人", issuer: "样例CA", key: k("signer"), by: k("ca"), usage: usageSigner, serial: 3}.make(),
		maker:  certSpec{subject: "样例制章人", issuer: "样例CA", key: k("other"), by: k("ca"), usage: usageSigner, serial: 5}.make(),
		tsa:    certSpec{subject: "样例时间戳", issuer: "样例CA", key: k("tsa"), by: k("ca"), usage: usageSigner, serial: 4, eku: []string{ekuTimeStamping}, ekuCritical: true}.make(),
	}
}

func (p *testPKI) key(n string) *testKey { return key(p.alg + "-" + n) }

func (p *testPKI) anchors(t testing.TB) *Anchors {
	a, err := NewAnchors(p.root)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// cmsSpec describes a SignedData to make.
type cmsSpec struct {
	key       *testKey
	cert      []byte
	certs     [][]byte
	serial    int64
	issuer    string
	digest    *digestAlg
	digestOID string
	sigAlg    []byte
	attrs     bool
	contentID string
	content   []byte // attached content, nil if detached
	sid       []byte // overrides the signer identifier
	gm        bool
	signedAt  time.Time
	skipMD    bool
	twoMD     bool
	wrongMD   bool
	sortOff   bool // attributes out of DER order
	extraAttr [][]byte
	unsigned  func(value []byte) [][]byte
	rawRS     bool
	also      func(message []byte) []byte // a further SignerInfo
	crls      [][]byte
}

func (p *testPKI) cms() cmsSpec {
	return cmsSpec{
		key: p.key("signer"), cert: p.signer, certs: [][]byte{p.ca}, serial: 3, issuer: "样例CA", digest: p.key("signer").digest(),
		attrs: true, contentID: oidData, signedAt: day("2025-06-01"),
	}
}

func (s cmsSpec) make(message []byte) []byte {
	dig := digestDER(s.digest)
	if s.digestOID != "" {
		dig = seq(oidDER(s.digestOID))
	}
	alg := s.sigAlg
	if alg == nil {
		alg = s.key.sigAlg()
	}
	signed := message
	if s.content != nil {
		signed = s.content
	}
	var attrs []byte
	toSign := signed
	if s.attrs {
		md := s.digest.sum(signed)
		if s.wrongMD {
			md[0] ^= 1
		}
		list := [][]byte{seq(oidDER(oidContentType), set(oidDER(s.contentID)))}
		if !s.skipMD {
			list = append(list, seq(oidDER(oidMsgDigest), set(octet(md))))
		}
		if s.twoMD {
			list = append(list, seq(oidDER(oidMsgDigest), set(octet(md))))
		}
		if !s.signedAt.IsZero() {
			list = append(list, seq(oidDER(oidSigningTime), set(utcTime(s.signedAt))))
		}
		list = append(list, s.extraAttr...)
		if s.sortOff {
			list[0], list[len(list)-1] = list[len(list)-1], list[0]
		} else {
			sortBytes(list)
		}
		attrs = bytes.Join(list, nil)
		toSign = der(0x31, attrs)
	}
	value := s.key.sign(toSign)
	if s.rawRS {
		r, v, _ := parseRS(value, 32)
		value = append(r.FillBytes(make([]byte, 32)), v.FillBytes(make([]byte, 32))...)
	}
	sid := s.sid
	if sid == nil {
		sid = seq(nameDER(s.issuer), intDER(s.serial))
	}
	parts := [][]byte{intDER(1), sid, dig}
	if s.attrs {
		parts = append(parts, ctxTag(0, attrs))
	}
	parts = append(parts, alg, octet(value))
	if s.unsigned != nil {
		parts = append(parts, ctxTag(1, bytes.Join(s.unsigned(value), nil)))
	}
	info := seq(parts...)
	infos := info
	if s.also != nil {
		infos = append(bytes.Clone(info), s.also(message)...)
	}
	encap := seq(oidDER(s.contentID))
	if s.content != nil {
		encap = seq(oidDER(s.contentID), ctxTag(0, octet(s.content)))
	}
	certs := bytes.Clone(s.cert)
	for _, c := range s.certs {
		certs = append(certs, c...)
	}
	body := [][]byte{intDER(1), set(dig), encap}
	if len(certs) > 0 {
		body = append(body, ctxTag(0, certs))
	}
	if len(s.crls) > 0 {
		body = append(body, ctxTag(1, bytes.Join(s.crls, nil)))
	}
	body = append(body, set(infos))
	id := oidSignedData
	if s.gm {
		id = oidGMSigned
	}
	return seq(oidDER(id), ctxTag(0, seq(body...)))
}

// token makes an RFC 3161 token over message.
func (p *testPKI) token(message []byte, at time.Time) []byte {
	d := digestByName("SHA-256")
	tst := seq(intDER(1), oidDER("1.2.3.4"), seq(digestDER(d), octet(d.sum(message))), intDER(99), genTime(at))
	s := p.cms()
	s.key, s.cert, s.serial, s.contentID, s.content = p.key("tsa"), p.tsa, 4, oidTSTInfo, tst
	return s.make(nil)
}

func tokenAttr(token []byte) []byte { return seq(oidDER(oidSigTST), set(token)) }

// crlDER makes a revocation list of the authority.
func (p *testPKI) crlDER(at, next time.Time, serial int64, revokedAt time.Time) []byte {
	var list []byte
	if serial != 0 {
		list = seq(seq(intDER(serial), utcTime(revokedAt)))
	}
	tbs := seq(intDER(1), p.key("ca").sigAlg(), nameDER("样例CA"), utcTime(at), utcTime(next), list)
	return seq(tbs, p.key("ca").sigAlg(), bitString(p.key("ca").sign(tbs)))
}

// sesSpec describes a seal to make.
type sesSpec struct {
	p          *testPKI
	v1         bool
	name       string
	start, end time.Time
	at         time.Time
	list       [][]byte // certificates in the seal, nil for the signer's
	digests    bool     // list digests rather than certificates
	badSeal    bool
	own        bool // made by its signer
	badHash    bool
	rawRS      bool
	sigOID     string
	token      bool
	property   string
}

func (p *testPKI) seal() sesSpec {
	return sesSpec{p: p, name: "样例市住房和城乡建设局 SPECIMEN", start: day("2024-01-01"), end: day("2027-01-01"), at: day("2025-06-01"), property: "样例"}
}

func (s sesSpec) make(message []byte) []byte {
	maker, signer, makerDER := s.p.key("other"), s.p.key("signer"), s.p.maker
	if s.own {
		maker, makerDER = signer, s.p.signer
	}
	list := s.list
	if list == nil {
		list = [][]byte{s.p.signer}
	}
	var entries []byte
	for _, c := range list {
		if s.digests {
			entries = append(entries, seq(der(19, []byte("1.2.156.10197.1.401")), octet(sm3Digest().sum(c)))...)
		} else {
			entries = append(entries, octet(c)...)
		}
	}
	when := genTime
	if s.v1 {
		when = utcTime
	}
	props := [][]byte{intDER(1), utf8(s.name)}
	if !s.v1 {
		kind := int64(1)
		if s.digests {
			kind = 2
		}
		props = append(props, intDER(kind))
	}
	props = append(props, seq(entries), when(s.start), when(s.start), when(s.end))
	version := int64(4)
	if s.v1 {
		version = 1
	}
	info := seq(seq(der(22, []byte("ES")), intDER(version), der(22, []byte("SPECIMEN"))), der(22, []byte("0001")), seq(props...),
		seq(der(22, []byte("png")), octet([]byte("\x89PNG")), intDER(40), intDER(40)))
	alg := oidDER(oidSM2WithSM3)
	if s.sigOID != "" {
		alg = oidDER(s.sigOID)
	}
	sealMsg := info
	if s.v1 {
		sealMsg = seq(info, octet(makerDER), alg)
	}
	sealSig := maker.sign(sealMsg)
	if s.badSeal {
		sealSig = maker.sign([]byte("another seal"))
	}
	var seal []byte
	if s.v1 {
		seal = seq(info, seq(octet(makerDER), alg, bitString(sealSig)))
	} else {
		seal = seq(info, octet(makerDER), alg, bitString(sealSig))
	}
	hash := sm3Digest().sum(message)
	if s.badHash {
		hash[3] ^= 4
	}
	var tbs []byte
	if s.v1 {
		tbs = seq(intDER(1), seal, bitString(utcTime(s.at)), bitString(hash), der(22, []byte(s.property)), octet(s.p.signer), alg)
	} else {
		tbs = seq(intDER(4), seal, genTime(s.at), bitString(hash), der(22, []byte(s.property)))
	}
	value := signer.sign(tbs)
	if s.rawRS {
		r, v, _ := parseRS(value, 32)
		value = append(r.FillBytes(make([]byte, 32)), v.FillBytes(make([]byte, 32))...)
	}
	if s.v1 {
		return seq(tbs, bitString(value))
	}
	parts := [][]byte{tbs, octet(s.p.signer), alg, bitString(value)}
	if s.token {
		parts = append(parts, ctxTag(0, bitString(s.p.token(value, s.at.Add(time.Minute)))))
	}
	return seq(parts...)
}

// rsaSHA1 makes a container whose value is RSA with SHA-1.
func rsaSHA1(s cmsSpec, message []byte) []byte {
	d := digestByName("SHA-1")
	b, _ := rsa.SignPKCS1v15(rand.Reader, s.key.rsa, crypto.SHA1, d.sum(message))
	info := seq(intDER(1), seq(nameDER(s.issuer), intDER(s.serial)), digestDER(d), s.sigAlg, octet(b))
	return seq(oidDER(oidSignedData), ctxTag(0, seq(intDER(1), set(digestDER(d)), seq(oidDER(oidData)), ctxTag(0, s.cert), set(info))))
}

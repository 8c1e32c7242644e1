package seal

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"errors"
	"fmt"
	"math/big"

	"github.com/cloudflare/circl/sign/ed448"
	"github.com/emmansun/gmsm/sm2"
)

var (
	errUnsupported  = errors.New("algorithm not supported")
	errKeyMalformed = errors.New("public key broken")
)

// pubKey is the public key of a certificate, in the parts that verifying needs.
type pubKey struct {
	alg  string // RSA, RSA-PSS (a key for PSS alone), ECDSA, SM2, Ed25519, Ed448, DSA
	name string // for people: RSA-2048, P-256, SM2
	n, e *big.Int
	// p, q, g and y of a DSA key
	p, q, g *big.Int
	nist    elliptic.Curve
	crv     *curve
	x, y    *big.Int
	raw     []byte
	weak    string
}

// The greatest keys that are computed with: beyond them verifying is a way to keep a machine busy.
const (
	maxRSABits         = 16384
	maxRSAExponentBits = 256
	maxDSABits         = 4096
)

// parseSPKI reads a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7).
func parseSPKI(n node) (*pubKey, error) {
	kids, err := n.kids()
	if err != nil || len(kids) < 2 {
		return nil, errKeyMalformed
	}
	alg, err := kids[0].kids()
	if err != nil || len(alg) < 1 {
		return nil, errKeyMalformed
	}
	key, err := kids[1].bits()
	if err != nil {
		return nil, errKeyMalformed
	}
	var params node
	if len(alg) > 1 {
		params = alg[1]
	}
	switch oid := alg[0].oid(); oid {
	case oidRSA, oidPSS:
		return parseRSA(key, oid == oidPSS)
	case "1.2.840.10045.2.1":
		if params.seq() {
			return parseEC(key, namedByParameters(params))
		}
		return parseEC(key, params.oid())
	case oidSM2, oidSM2Sign:
		return parseEC(key, oidSM2)
	case "1.2.840.10040.4.1":
		return parseDSA(key, params)
	case "1.3.101.112":
		if len(key) != ed25519.PublicKeySize {
			return nil, errKeyMalformed
		}
		return &pubKey{alg: "Ed25519", name: "Ed25519", raw: key}, nil
	case "1.3.101.113":
		if len(key) != ed448.PublicKeySize {
			return nil, errKeyMalformed
		}
		return &pubKey{alg: "Ed448", name: "Ed448", raw: key}, nil
	}
	return nil, errUnsupported
}

func parseRSA(key []byte, pss bool) (*pubKey, error) {
	n, _, err := readNode(key)
	if err != nil {
		return nil, errKeyMalformed
	}
	kids, err := n.kids()
	if err != nil || len(kids) < 2 {
		return nil, errKeyMalformed
	}
	mod, ok1 := kids[0].integer()
	exp, ok2 := kids[1].integer()
	if !ok1 || !ok2 {
		return nil, errKeyMalformed
	}
	if mod.Sign() < 0 { // a writer that left out the leading zero
		mod.SetBytes(kids[0].body)
	}
	if mod.BitLen() < 512 || mod.Bit(0) == 0 || exp.Cmp(big.NewInt(3)) < 0 || exp.Bit(0) == 0 || exp.Cmp(mod) >= 0 {
		return nil, errKeyMalformed
	}
	if mod.BitLen() > maxRSABits || exp.BitLen() > maxRSAExponentBits {
		return nil, errUnsupported
	}
	k := &pubKey{alg: "RSA", name: fmt.Sprintf("RSA-%d", mod.BitLen()), n: mod, e: exp}
	if pss {
		k.alg = "RSA-PSS"
	}
	if mod.BitLen() < minRSABits {
		k.weak = "RSA-" + fmt.Sprint(mod.BitLen()) + ": " + weakRSA
	}
	return k, nil
}

// parseDSA reads a DSA key (RFC 3279, 2.3.2). DSA is no longer made (FIPS 186-5), but old signatures are read.
func parseDSA(key []byte, params node) (*pubKey, error) {
	f, err := params.kids()
	if err != nil || len(f) != 3 {
		return nil, errKeyMalformed
	}
	n, err := parseNode(key)
	if err != nil {
		return nil, errKeyMalformed
	}
	var v [4]*big.Int
	for i, x := range append(f, n) {
		var ok bool
		if v[i], ok = x.integer(); !ok || v[i].Sign() <= 0 || v[i].BitLen() > maxDSABits {
			return nil, errKeyMalformed
		}
	}
	if v[0].Bit(0) == 0 || v[1].BitLen() < 160 || v[1].BitLen() > 256 || v[2].Cmp(v[0]) >= 0 || v[3].Cmp(v[0]) >= 0 {
		return nil, errKeyMalformed
	}
	k := &pubKey{alg: "DSA", name: fmt.Sprintf("DSA-%d", v[0].BitLen()), p: v[0], q: v[1], g: v[2], y: v[3]}
	k.weak = k.name + ": DSA must not be used since 2023-02-03 (FIPS 186-5)"
	return k, nil
}

// verifyDSA is FIPS 186-4, 4.7.
func (k *pubKey) verifyDSA(r, s *big.Int, sum []byte) bool {
	if r.Sign() <= 0 || s.Sign() <= 0 || r.Cmp(k.q) >= 0 || s.Cmp(k.q) >= 0 {
		return false
	}
	z := new(big.Int).SetBytes(sum[:min(len(sum), k.q.BitLen()/8)])
	w := new(big.Int).ModInverse(s, k.q)
	if w == nil {
		return false
	}
	u1 := z.Mul(z, w)
	u1.Mod(u1, k.q)
	u2 := new(big.Int).Mul(r, w)
	u2.Mod(u2, k.q)
	v := new(big.Int).Exp(k.g, u1, k.p)
	v.Mul(v, new(big.Int).Exp(k.y, u2, k.p)).Mod(v, k.p).Mod(v, k.q)
	return v.Cmp(r) == 0
}

func parseEC(key []byte, oid string) (*pubKey, error) {
	k := &pubKey{alg: "ECDSA"}
	switch oid {
	case "1.3.132.0.33":
		k.nist = elliptic.P224()
	case "1.2.840.10045.3.1.7":
		k.nist = elliptic.P256()
	case "1.3.132.0.34":
		k.nist = elliptic.P384()
	case "1.3.132.0.35":
		k.nist = elliptic.P521()
	case oidSM2:
		k.alg, k.crv = "SM2", sm2Curve()
	default:
		if k.crv = oidCurve(oid); k.crv == nil {
			return nil, errUnsupported
		}
	}
	var size int
	var p *big.Int
	if k.nist != nil {
		k.name, p = k.nist.Params().Name, k.nist.Params().P
	} else {
		k.name, p = k.crv.name, k.crv.p
	}
	size = (p.BitLen() + 7) / 8
	switch {
	case len(key) == 2*size+1 && key[0] == 4:
		k.x, k.y = new(big.Int).SetBytes(key[1:1+size]), new(big.Int).SetBytes(key[1+size:])
	case len(key) == size+1 && (key[0] == 2 || key[0] == 3):
		k.x = new(big.Int).SetBytes(key[1:])
		if k.nist != nil {
			k.x, k.y = elliptic.UnmarshalCompressed(k.nist, key)
		} else {
			k.y = k.crv.decompress(k.x, key[0] == 3)
		}
		if k.x == nil || k.y == nil {
			return nil, errKeyMalformed
		}
	default:
		return nil, errKeyMalformed
	}
	if k.nist != nil {
		pub := ecdsa.PublicKey{Curve: k.nist, X: k.x, Y: k.y}
		if k.x.Cmp(p) >= 0 || k.y.Cmp(p) >= 0 {
			return nil, errKeyMalformed
		}
		if _, err := pub.ECDH(); err != nil && k.nist != elliptic.P224() {
			return nil, errKeyMalformed
		}
	} else if !k.crv.on(k.x, k.y) {
		return nil, errKeyMalformed
	}
	return k, nil
}

// decompress finds the y of a point from its x; nil if there is none.
func (c *curve) decompress(x *big.Int, odd bool) *big.Int {
	r := new(big.Int).Mul(x, x)
	r.Add(r, c.a).Mul(r, x).Add(r, c.b).Mod(r, c.p)
	y := r.ModSqrt(r, c.p)
	if y != nil && (y.Bit(0) == 1) != odd {
		y.Sub(c.p, y)
	}
	return y
}

// sigInput is a signature value to verify: the algorithm and what it was made over.
type sigInput struct {
	scheme  sigScheme
	pss     *pssParams // set if the scheme is RSA-PSS
	digest  *digestAlg
	message [][]byte // the pieces of the message; empty if only its digest is known
	sum     []byte   // digest of the message; for SM2 the message itself is needed
	value   []byte
}

func (in *sigInput) digestSum() []byte {
	if in.sum == nil {
		in.sum = in.digest.sum(in.message...)
	}
	return in.sum
}

// verify checks a signature value. It returns an error only where it cannot say.
func (k *pubKey) verify(in sigInput) (bool, error) {
	switch k.alg {
	case "RSA", "RSA-PSS":
		if in.digest == nil {
			return false, errUnsupported
		}
		if in.pss != nil {
			return k.verifyPSS(in.pss, in.digestSum(), in.value), nil
		}
		if in.scheme.key != "RSA" || k.alg == "RSA-PSS" {
			return false, errUnsupported
		}
		return k.verifyPKCS1(in.digest, in.digestSum(), in.value), nil
	case "ECDSA":
		if in.scheme.key != "ECDSA" || in.digest == nil {
			return false, errUnsupported
		}
		size := 0
		if k.nist != nil {
			size = (k.nist.Params().N.BitLen() + 7) / 8
		} else {
			size = (k.crv.n.BitLen() + 7) / 8
		}
		r, s, ok := parseRS(in.value, size)
		if !ok {
			return false, nil
		}
		if k.nist != nil {
			if r.Sign() <= 0 || s.Sign() <= 0 {
				return false, nil
			}
			return ecdsa.Verify(&ecdsa.PublicKey{Curve: k.nist, X: k.x, Y: k.y}, in.digestSum(), r, s), nil
		}
		return k.crv.verifyECDSA(k.x, k.y, r, s, in.digestSum()), nil
	case "SM2":
		if in.scheme.key != "SM2" || len(in.message) == 0 {
			return false, errUnsupported
		}
		return k.verifySM2(in.message, in.value), nil
	case "DSA":
		if in.scheme.key != "DSA" || in.digest == nil {
			return false, errUnsupported
		}
		r, s, ok := parseRS(in.value, (k.q.BitLen()+7)/8)
		return ok && k.verifyDSA(r, s, in.digestSum()), nil
	case "Ed25519":
		if in.scheme.key != "Ed25519" || len(in.message) == 0 {
			return false, errUnsupported
		}
		return ed25519.Verify(ed25519.PublicKey(k.raw), bytes.Join(in.message, nil), in.value), nil
	case "Ed448":
		if in.scheme.key != "Ed448" || len(in.message) == 0 {
			return false, errUnsupported
		}
		return ed448.Verify(ed448.PublicKey(k.raw), bytes.Join(in.message, nil), in.value, ""), nil
	}
	return false, errUnsupported
}

// parseRS reads the two integers of an elliptic curve signature, as a sequence or as r‖s.
func parseRS(sig []byte, size int) (r, s *big.Int, ok bool) {
	if n, rest, err := readNode(sig); err == nil && n.seq() && len(bytes.Trim(rest, "\x00")) == 0 {
		if kids, err := n.kids(); err == nil && len(kids) == 2 {
			r, ok1 := kids[0].integer()
			s, ok2 := kids[1].integer()
			if ok1 && ok2 {
				if len(kids[0].body) == size && r.Sign() < 0 { // integers written without the leading zero
					r.SetBytes(kids[0].body)
				}
				if len(kids[1].body) == size && s.Sign() < 0 {
					s.SetBytes(kids[1].body)
				}
				return r, s, true
			}
		}
	}
	if len(sig) == 2*size {
		return new(big.Int).SetBytes(sig[:size]), new(big.Int).SetBytes(sig[size:]), true
	}
	return nil, nil, false
}

// verifySM2 verifies SM2 with SM3 and the default identity. A false answer of the fast implementation is computed again
// with plain arithmetic: one published defect made it refuse valid values on some processors (gmsm issue 560).
func (k *pubKey) verifySM2(message [][]byte, sig []byte) bool {
	r, s, ok := parseRS(sig, 32)
	if !ok {
		return false
	}
	z := sm2Z(k.crv, k.x, k.y, sm2UserID)
	e := sm3Digest().sum(append([][]byte{z}, message...)...)
	if sm2.Verify(&ecdsa.PublicKey{Curve: sm2.P256(), X: k.x, Y: k.y}, e, r, s) {
		return true
	}
	return k.crv.verifySM2(k.x, k.y, r, s, e)
}

// digestInfoPrefix is the start of a DigestInfo (RFC 8017, 9.2), with or without the NULL parameters.
func digestInfoPrefix(d *digestAlg, null bool) []byte {
	oids := map[string]string{
		"MD5": "\x2a\x86\x48\x86\xf7\x0d\x02\x05", "SHA-1": "\x2b\x0e\x03\x02\x1a", "SHA-256": "\x60\x86\x48\x01\x65\x03\x04\x02\x01",
		"SHA-384": "\x60\x86\x48\x01\x65\x03\x04\x02\x02", "SHA-512": "\x60\x86\x48\x01\x65\x03\x04\x02\x03", "SHA-224": "\x60\x86\x48\x01\x65\x03\x04\x02\x04",
		"SHA-512/256": "\x60\x86\x48\x01\x65\x03\x04\x02\x06", "SHA3-224": "\x60\x86\x48\x01\x65\x03\x04\x02\x07", "SHA3-256": "\x60\x86\x48\x01\x65\x03\x04\x02\x08",
		"SHA3-384": "\x60\x86\x48\x01\x65\x03\x04\x02\x09", "SHA3-512": "\x60\x86\x48\x01\x65\x03\x04\x02\x0a", "SM3": "\x2a\x81\x1c\xcf\x55\x01\x83\x11", "RIPEMD-160": "\x2b\x24\x03\x02\x01",
	}
	oid, ok := oids[d.name]
	if !ok {
		return nil
	}
	alg := der(tagOID, []byte(oid))
	if null {
		alg = append(alg, tagNull, 0)
	}
	return der(0x30, alg)
}

// rsaPublic is RSAVP1 (RFC 8017, 5.2.2), by math/big since crypto/rsa refuses large exponents and odd sizes.
func (k *pubKey) rsaPublic(sig []byte) ([]byte, bool) {
	size := (k.n.BitLen() + 7) / 8
	s := new(big.Int).SetBytes(sig)
	if len(sig) > size+8 || s.Cmp(k.n) >= 0 {
		return nil, false
	}
	return s.Exp(s, k.e, k.n).FillBytes(make([]byte, size)), true
}

// verifyPKCS1 is RSASSA-PKCS1-v1_5 by comparing the whole encoded message (RFC 8017, 8.2.2).
func (k *pubKey) verifyPKCS1(d *digestAlg, sum, sig []byte) bool {
	em, ok := k.rsaPublic(sig)
	if !ok {
		return false
	}
	for _, null := range []bool{true, false} {
		prefix := digestInfoPrefix(d, null)
		if prefix == nil {
			return false
		}
		t := der(0x30, append(bytes.Clone(prefix), der(tagOctetString, sum)...))
		pad := len(em) - 3 - len(t)
		if pad < 8 {
			return false
		}
		want := append([]byte{0, 1}, bytes.Repeat([]byte{0xFF}, pad)...)
		want = append(append(want, 0), t...)
		if bytes.Equal(em, want) {
			return true
		}
	}
	return false
}

// rsaDigest says which digest an intact PKCS#1 value holds; nil if it holds none.
func (k *pubKey) rsaDigest(sig []byte) (oid string, sum []byte) {
	em, ok := k.rsaPublic(sig)
	if !ok || len(em) < 11 || em[0] != 0 || em[1] != 1 {
		return "", nil
	}
	i := bytes.IndexByte(em[2:], 0)
	if i < 8 {
		return "", nil
	}
	n, err := parseNode(em[2+i+1:])
	if err != nil {
		return "", nil
	}
	kids, err := n.kids()
	if err != nil || len(kids) != 2 {
		return "", nil
	}
	alg, err := kids[0].kids()
	if err != nil || len(alg) == 0 {
		return "", nil
	}
	return alg[0].oid(), kids[1].body
}

// pssParams are RSASSA-PSS-params (RFC 8017, A.2.3).
type pssParams struct {
	hash, mgf *digestAlg
	salt      int
}

func parsePSS(n node) (*pssParams, error) {
	p := &pssParams{digestByName("SHA-1"), digestByName("SHA-1"), 20}
	if n.raw == nil || n.is(classUniversal, tagNull) {
		return p, nil
	}
	kids, err := n.kids()
	if err != nil {
		return nil, err
	}
	algOID := func(k node) (string, node) {
		a, err := k.kids()
		if err != nil || len(a) == 0 {
			return "", node{}
		}
		if len(a) > 1 {
			return a[0].oid(), a[1]
		}
		return a[0].oid(), node{}
	}
	for _, k := range kids {
		in, err := k.kids()
		if err != nil || len(in) != 1 {
			return nil, errBER
		}
		switch {
		case k.ctx(0):
			oid, _ := algOID(in[0])
			if p.hash = digestOID(oid); p.hash == nil {
				return nil, errUnsupported
			}
		case k.ctx(1):
			oid, sub := algOID(in[0])
			if oid != "1.2.840.113549.1.1.8" {
				return nil, errUnsupported
			}
			oid, _ = algOID(sub)
			if p.mgf = digestOID(oid); p.mgf == nil {
				return nil, errUnsupported
			}
		case k.ctx(2):
			v, ok := in[0].int()
			if !ok || v < 0 || v > 2048 {
				return nil, errBER
			}
			p.salt = v
		}
	}
	return p, nil
}

// verifyPSS is EMSA-PSS-VERIFY (RFC 8017, 9.1.2).
func (k *pubKey) verifyPSS(p *pssParams, sum, sig []byte) bool {
	em, ok := k.rsaPublic(sig)
	if !ok {
		return false
	}
	bits := k.n.BitLen() - 1
	if size := (bits + 7) / 8; size < len(em) {
		if em[0] != 0 {
			return false
		}
		em = em[1:]
	}
	h := len(sum)
	if len(em) < h+p.salt+2 || em[len(em)-1] != 0xBC {
		return false
	}
	db, hash := bytes.Clone(em[:len(em)-h-1]), em[len(em)-h-1:len(em)-1]
	mask := byte(0xFF >> (8*len(em) - bits))
	if db[0]&^mask != 0 {
		return false
	}
	var ctr uint32
	for i := 0; i < len(db); ctr++ {
		for _, c := range p.mgf.sum(hash, []byte{byte(ctr >> 24), byte(ctr >> 16), byte(ctr >> 8), byte(ctr)}) {
			if i < len(db) {
				db[i] ^= c
				i++
			}
		}
	}
	db[0] &= mask
	pad := len(db) - p.salt - 1
	for _, c := range db[:pad] {
		if c != 0 {
			return false
		}
	}
	if db[pad] != 1 {
		return false
	}
	return bytes.Equal(p.hash.sum(make([]byte, 8), sum, db[pad+1:]), hash)
}

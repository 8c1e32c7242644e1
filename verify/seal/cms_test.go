package seal

import (
	"bytes"
	"math/big"
	"testing"
	"time"
)

// Every form of container that is to be understood, each over a whole document.
func TestContainersIntact(t *testing.T) {
	gm := func(s *cmsSpec) { s.gm, s.contentID = true, oidGMData }
	tests := []struct {
		name, alg string
		change    func(s *cmsSpec, p *testPKI)
		algorithm string
		problem   string
	}{
		{"RSA", "rsa", nil, "RSA-2048 with SHA-256", ""},
		{"RSA without attributes", "rsa", func(s *cmsSpec, _ *testPKI) { s.attrs = false }, "RSA-2048 with SHA-256", ""},
		{"RSA key as algorithm", "rsa", func(s *cmsSpec, _ *testPKI) { s.sigAlg = seq(oidDER(oidRSA), null()) }, "RSA-2048 with SHA-256", ""},
		{"attributes out of order", "rsa", func(s *cmsSpec, _ *testPKI) { s.sortOff = true }, "RSA-2048 with SHA-256", ""},
		{"ECDSA", "p256", nil, "ECDSA P-256 with SHA-256", ""},
		{"Ed25519", "ed25519", nil, "Ed25519", ""},
		{"SM2 under CMS identifiers", "sm2", nil, "SM2 with SM3", ""},
		{"SM2 under GM/T 0010 identifiers", "sm2", func(s *cmsSpec, _ *testPKI) { gm(s) }, "SM2 with SM3", ""},
		{"SM2, algorithm is the curve", "sm2", func(s *cmsSpec, _ *testPKI) { s.sigAlg = seq(oidDER(oidSM2)) }, "SM2 with SM3", ""},
		{"SM2, algorithm 301.1", "sm2", func(s *cmsSpec, _ *testPKI) { gm(s); s.sigAlg = seq(oidDER(oidSM2Sign)) }, "SM2 with SM3", ""},
		{"SM2, value as r‖s", "sm2", func(s *cmsSpec, _ *testPKI) { s.rawRS = true }, "SM2 with SM3", pValueForm},
		{"SM2, data identifiers mixed", "sm2", func(s *cmsSpec, _ *testPKI) { s.gm = true }, "SM2 with SM3", ""},
		{"signer named by key identifier", "rsa", func(s *cmsSpec, p *testPKI) {
			c := certSpec{
				subject: "样例签章人", issuer: "样例CA", key: p.key("signer"), by: p.key("ca"), usage: usageSigner, serial: 3,
				ext: [][]byte{extension("2.5.29.14", false, octet([]byte{1, 2, 3, 4}))},
			}.make()
			s.cert, s.sid = c, der(0x80, []byte{1, 2, 3, 4})
		}, "RSA-2048 with SHA-256", ""},
		{"digest identifiers differ within SHA-2", "rsa", func(s *cmsSpec, _ *testPKI) {
			s.sigAlg = seq(oidDER("1.2.840.113549.1.1.13"), null())
		}, "RSA-2048 with SHA-256", pAlgMismatch},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPKI(tt.alg)
			s := p.cms()
			if tt.change != nil {
				tt.change(&s, p)
			}
			r := inspect(t, signedPDF(detached, "", s.make), Options{})
			g := one(t, r)
			if r.Overall != Clean || g.Integrity != Intact || g.Coverage != CoverageWhole {
				t.Fatalf("overall %s, integrity %s, coverage %s, %v", r.Overall, g.Integrity, g.Coverage, g.Problems)
			}
			if g.Algorithm != tt.algorithm {
				t.Errorf("algorithm %q, want %q", g.Algorithm, tt.algorithm)
			}
			if g.Signer != "样例签章人" || s.attrs && !g.SignedAt.Equal(day("2025-06-01")) {
				t.Errorf("signer %q at %v", g.Signer, g.SignedAt)
			}
			if tt.problem != "" && !hasProblem(g, tt.problem) {
				t.Errorf("problems %v lack %s", g.Problems, tt.problem)
			}
		})
	}
}

// The form seen under DJ.GMPkiLite / GM.sm2cms.detached: attached in truth, its content is the digest, no attributes.
func TestGMDigestAsContent(t *testing.T) {
	p := newPKI("sm2")
	build := func(bend func(sum []byte)) []byte {
		return signedPDF("/SubFilter /GM.sm2cms.detached", "", func(m []byte) []byte {
			s := p.cms()
			s.gm, s.contentID, s.attrs = true, oidGMData, false
			s.content = sm3Digest().sum(m)
			bend(s.content)
			return s.make(nil)
		})
	}
	if r := inspect(t, build(func([]byte) {}), Options{}); r.Overall != Clean {
		t.Fatalf("%+v", r)
	}
	r := inspect(t, build(func(sum []byte) { sum[0] ^= 1 }), Options{})
	if g := one(t, r); r.Overall != Dirty || g.Integrity != Broken || !hasProblem(g, pHash) {
		t.Fatalf("a digest of other bytes: %+v", r)
	}
}

func TestContainersBad(t *testing.T) {
	tests := []struct {
		name      string
		alg       string
		change    func(s *cmsSpec, p *testPKI)
		integrity Integrity
		problem   string
	}{
		{"messageDigest of other bytes", "rsa", func(s *cmsSpec, _ *testPKI) { s.wrongMD = true }, Broken, pHash},
		{"no messageDigest", "rsa", func(s *cmsSpec, _ *testPKI) { s.skipMD = true }, Malformed, pFormat},
		{"messageDigest twice", "rsa", func(s *cmsSpec, _ *testPKI) { s.twoMD = true }, Malformed, pFormat},
		{"value by another key", "rsa", func(s *cmsSpec, p *testPKI) { s.key = key("rsa-other") }, Broken, pValue},
		{"value by another SM2 key", "sm2", func(s *cmsSpec, p *testPKI) { s.key = key("sm2-other") }, Broken, pValue},
		{"no certificate", "rsa", func(s *cmsSpec, _ *testPKI) { s.cert, s.certs = nil, nil }, Unsupported, pNoSignerCert},
		{"P-256 curve as algorithm", "rsa", func(s *cmsSpec, _ *testPKI) { s.sigAlg = seq(oidDER("1.2.840.10045.3.1.7")) }, Unsupported, pUnsupported},
		{"unknown digest", "rsa", func(s *cmsSpec, _ *testPKI) { s.digestOID = "1.2.3.4.5" }, Unsupported, pUnsupported},
		{"algorithm for another kind of key", "rsa", func(s *cmsSpec, _ *testPKI) { s.sigAlg = seq(oidDER(oidSM2WithSM3)) }, Unsupported, pUnsupported},
		{"digest families contradict", "rsa", func(s *cmsSpec, _ *testPKI) { s.sigAlg = seq(oidDER("2.16.840.1.101.3.4.3.14")) }, Intact, pContradict},
		{"attribute names another certificate", "rsa", func(s *cmsSpec, p *testPKI) {
			sum := digestByName("SHA-256").sum(p.ca)
			s.extraAttr = [][]byte{seq(oidDER(oidCertV2), set(seq(seq(seq(octet(sum))))))}
		}, Intact, pESS},
		{"serial number with a leading zero byte", "rsa", func(s *cmsSpec, _ *testPKI) {
			s.sid = seq(nameDER("样例CA"), der(tagInteger, []byte{0, 3}))
		}, Malformed, pFormat},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPKI(tt.alg)
			s := p.cms()
			tt.change(&s, p)
			r := inspect(t, signedPDF(detached, "", s.make), Options{})
			g := one(t, r)
			if r.Overall != Dirty || g.Integrity != tt.integrity || !hasProblem(g, tt.problem) {
				t.Errorf("overall %s, integrity %s, %v; want dirty, %s, %s", r.Overall, g.Integrity, g.Problems, tt.integrity, tt.problem)
			}
		})
	}
}

// ESS attributes that name the right certificate are no problem.
func TestESSAttributeGood(t *testing.T) {
	p := newPKI("rsa")
	s := p.cms()
	s.extraAttr = [][]byte{seq(oidDER(oidCertV2), set(seq(seq(seq(octet(digestByName("SHA-256").sum(p.signer)))))))}
	if r := inspect(t, signedPDF("/SubFilter /ETSI.CAdES.detached", "", s.make), Options{}); r.Overall != Clean {
		t.Errorf("%+v", r)
	}
}

// A bare SHA-1 value is told from one with attributes, and by when it was made.
func TestBareWeakValue(t *testing.T) {
	p := newPKI("rsa")
	make := func(attrs bool) []byte {
		return signedPDF(detached+" /M (D:20190101000000Z)", "", func(m []byte) []byte {
			s := p.cms()
			s.attrs, s.digest = attrs, digestByName("SHA-1")
			s.sigAlg = seq(oidDER(oidRSA), null())
			s.signedAt = time.Time{}
			k := *s.key
			s.key = &k
			return rsaSHA1(s, m)
		})
	}
	r := inspect(t, make(false), Options{})
	if g := one(t, r); g.Integrity != Intact || !hasProblem(g, pNoAttributes) || !hasProblem(g, pWeakDigest) || r.Overall != Dirty {
		t.Errorf("without attributes: %+v", r)
	}
}

func TestRSAEdges(t *testing.T) {
	k := key("rsa-signer").rsa
	pub := &pubKey{alg: "RSA", n: k.N, e: big.NewInt(int64(k.E))}
	d := digestByName("SHA-256")
	sum := d.sum([]byte("x"))
	em := func(prefix, tail []byte) []byte {
		t := append(append(bytes.Clone(prefix), der(tagOctetString, sum)...), tail...)
		t = der(0x30, t)
		pad := 256 - 3 - len(t)
		return append(append([]byte{0, 1}, bytes.Repeat([]byte{0xFF}, pad)...), append([]byte{0}, t...)...)
	}
	sign := func(em []byte) []byte {
		m := new(big.Int).SetBytes(em)
		return m.Exp(m, k.D, k.N).FillBytes(make([]byte, 256))
	}
	good := em(digestInfoPrefix(d, true), nil)
	tests := []struct {
		name string
		em   []byte
		want bool
	}{
		{"with NULL", good, true},
		{"without NULL", em(digestInfoPrefix(d, false), nil), true},
		{"octets behind the digest", em(digestInfoPrefix(d, true), []byte{5, 0}), false},
		{"short padding", append(append([]byte{0, 1, 0xFF, 0xFF, 0}, good[256-51:]...), make([]byte, 200)...), false},
		{"block type 2", append([]byte{0, 2}, good[2:]...), false},
		{"another digest named", em(digestInfoPrefix(digestByName("SHA3-256"), true), nil), false},
	}
	for _, tt := range tests {
		if got := pub.verifyPKCS1(d, sum, sign(tt.em)); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	if pub.verifyPKCS1(d, sum, k.N.Bytes()) || pub.verifyPKCS1(d, sum, nil) {
		t.Error("a value outside the modulus verifies")
	}
	// An exponent beyond 2³¹, which crypto/rsa refuses: e' = e + λ(n)/gcd keeps the same private key working.
	p1, q1 := new(big.Int).Sub(k.Primes[0], big.NewInt(1)), new(big.Int).Sub(k.Primes[1], big.NewInt(1))
	l := new(big.Int).Div(new(big.Int).Mul(p1, q1), new(big.Int).GCD(nil, nil, p1, q1))
	big1 := &pubKey{alg: "RSA", n: k.N, e: new(big.Int).Add(big.NewInt(int64(k.E)), l)}
	if !big1.verifyPKCS1(d, sum, sign(good)) {
		t.Error("a large exponent is not computed")
	}
}

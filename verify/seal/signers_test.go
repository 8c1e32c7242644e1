package seal

import (
	"bytes"
	"strings"
	"testing"
)

// infoOf cuts the SignerInfo out of a container.
func infoOf(t testing.TB, container []byte) []byte {
	t.Helper()
	k := mustKids(container)
	sd := mustKids(mustKids(k[1].raw)[0].raw)
	return mustKids(sd[len(sd)-1].raw)[0].raw
}

// A container may hold an RSA and an SM2 value side by side. Each is verified, the worst counts for integrity and for
// trust, and nothing is refused in silence.
func TestSeveralSigners(t *testing.T) {
	rsa, sm2 := newPKI("rsa"), newPKI("sm2")
	stranger := newPKI("p256")
	second := func(p *testPKI, bend func(*cmsSpec)) func(m []byte) []byte {
		return func(m []byte) []byte {
			s := p.cms()
			if bend != nil {
				bend(&s)
			}
			return infoOf(t, s.make(m))
		}
	}
	make := func(p *testPKI, subFilter string, bend func(*cmsSpec)) []byte {
		s := rsa.cms()
		s.also = second(p, bend)
		s.certs = append(s.certs, p.signer, p.ca)
		if p != rsa { // the serial numbers are alike; the issuers' names too, so that each candidate is tried
			s.certs = append(s.certs, rsa.ca)
		}
		return signedPDF("/SubFilter /"+subFilter, "", s.make)
	}
	both, err := NewAnchors(rsa.root, sm2.root)
	if err != nil {
		t.Fatal(err)
	}
	revoked, _ := NewAnchors(rsa.root, sm2.root)
	if err := revoked.AddCRL(sm2.crlDER(day("2026-01-01"), day("2026-02-01"), 3, day("2025-05-01"))); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name      string
		data      []byte
		anchors   *Anchors
		overall   Overall
		integrity Integrity
		trust     Trust
	}{
		{"RSA and SM2", make(sm2, "adbe.pkcs7.detached", nil), both, Clean, Intact, Trusted},
		{"the second value bent", make(sm2, "adbe.pkcs7.detached", func(s *cmsSpec) { s.key = key("sm2-other") }), both, Dirty, Broken, TrustNotChecked},
		{"the second digest bent", make(sm2, "adbe.pkcs7.detached", func(s *cmsSpec) { s.wrongMD = true }), both, Dirty, Broken, TrustNotChecked},
		{"the second without a messageDigest", make(sm2, "adbe.pkcs7.detached", func(s *cmsSpec) { s.skipMD = true }), both, Dirty, Malformed, TrustNotChecked},
		{"the second of an unknown algorithm", make(sm2, "adbe.pkcs7.detached", func(s *cmsSpec) { s.sigAlg = seq(oidDER("1.2.3.4.5")) }), both, Dirty, Unsupported, TrustNotChecked},
		{"a stranger puts his value beside it", make(stranger, "adbe.pkcs7.detached", nil), both, Clean, Intact, UnknownIssuer},
		{"the second signer revoked", make(sm2, "adbe.pkcs7.detached", nil), revoked, Clean, Intact, Revoked},
		{"PAdES allows one", make(sm2, "ETSI.CAdES.detached", nil), both, Dirty, Malformed, TrustNotChecked},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := inspect(t, tt.data, Options{Anchors: tt.anchors})
			g := one(t, r)
			if r.Overall != tt.overall || g.Integrity != tt.integrity || g.Trust != tt.trust {
				t.Errorf("%s %s %s, %v", r.Overall, g.Integrity, g.Trust, g.Problems)
			}
			if !hasProblem(g, pSigners) {
				t.Errorf("the second signer is not named: %v", g.Problems)
			}
			for _, p := range g.Problems {
				if p.Code == pSigners && !strings.HasPrefix(p.Detail, "2: ") {
					t.Errorf("%v", p)
				}
			}
		})
	}
	// A token of an authority holds that authority's signature alone.
	s := rsa.cms()
	s.unsigned = func(value []byte) [][]byte {
		tok := rsa.token(value, day("2025-06-02"))
		info := infoOf(t, tok)
		return [][]byte{tokenAttr(bytes.Replace(tok, set(info), set(info, info), 1))}
	}
	if g := one(t, inspect(t, signedPDF(detached, "", s.make), Options{})); !g.Timestamp.IsZero() || !hasProblem(g, pTimestamp) {
		t.Errorf("token with two signers: %v %v", g.Timestamp, g.Problems)
	}
}

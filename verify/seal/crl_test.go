package seal

import (
	"testing"
	"time"
)

// listSpec describes a revocation list to make.
type listSpec struct {
	key     *testKey
	issuer  string
	at      time.Time
	number  int64
	base    int64 // of a delta list
	scope   []byte
	entries [][]byte
	ext     [][]byte
}

func (s listSpec) make() []byte {
	var list []byte
	if len(s.entries) > 0 {
		list = seq(s.entries...)
	}
	ext := append([][]byte{extension("2.5.29.20", false, intDER(s.number))}, s.ext...)
	if s.base != 0 {
		ext = append(ext, extension("2.5.29.27", true, intDER(s.base)))
	}
	if s.scope != nil {
		ext = append(ext, extension("2.5.29.28", true, s.scope))
	}
	tbs := seq(intDER(1), s.key.sigAlg(), nameDER(s.issuer), utcTime(s.at), utcTime(s.at.AddDate(0, 1, 0)), list, ctxTag(0, seq(ext...)))
	return seq(tbs, s.key.sigAlg(), bitString(s.key.sign(tbs)))
}

// revokedAt makes an entry.
func revokedAt(serial int64, at time.Time, ext ...[]byte) []byte {
	if len(ext) == 0 {
		return seq(intDER(serial), utcTime(at))
	}
	return seq(intDER(serial), utcTime(at), seq(ext...))
}

func reasonExt(r byte) []byte { return extension("2.5.29.21", false, der(tagEnumerated, []byte{r})) }

func issuerExt(cn string) []byte {
	return extension("2.5.29.29", true, seq(ctxTag(4, nameDER(cn))))
}

func uriName(s string) []byte { return der(0x86, []byte(s)) }

// pointDER makes the DistributionPointName of one address, under its tag.
func pointDER(s string) []byte { return ctxTag(0, ctxTag(0, uriName(s))) }

// Delta lists, lists in parts, indirect lists: what each may say of a certificate, and what its silence means.
func TestRevocationLists(t *testing.T) {
	p := newPKI("sm2")
	before, after := day("2025-05-01"), day("2025-12-01")
	jan, feb := day("2026-01-01"), day("2026-01-15")
	ca := func(number int64, at time.Time, entries ...[]byte) listSpec {
		return listSpec{key: p.key("ca"), issuer: "样例CA", at: at, number: number, entries: entries}
	}
	with := func(s listSpec, f func(*listSpec)) []byte { f(&s); return s.make() }
	delta := func(base, number int64, entries ...[]byte) []byte {
		return with(ca(number, feb, entries...), func(s *listSpec) { s.base = base })
	}
	scoped := func(scope []byte, entries ...[]byte) []byte {
		return with(ca(5, jan, entries...), func(s *listSpec) { s.scope = scope })
	}
	// Another authority's issuer of lists, under the same root.
	lister := certSpec{subject: "样例名单", issuer: "样例根", key: p.key("tsa"), by: p.key("root"), usage: 0x02, serial: 11}.make()
	noUse := certSpec{subject: "样例名单", issuer: "样例根", key: p.key("tsa"), by: p.key("root"), usage: usageSigner, serial: 11}.make()
	indirect := func(entries ...[]byte) []byte {
		return listSpec{key: p.key("tsa"), issuer: "样例名单", at: jan, number: 5, entries: entries, scope: seq(der(0x84, []byte{0xFF}))}.make()
	}
	signer := func(points ...[]byte) []byte {
		s := certSpec{subject: "样例签章人", issuer: "样例CA", key: p.key("signer"), by: p.key("ca"), usage: usageSigner, serial: 3}
		if len(points) > 0 {
			s.ext = [][]byte{extension("2.5.29.31", false, seq(points...))}
		}
		return s.make()
	}
	at := func(s string) []byte { return signer(seq(pointDER(s))) }
	byLister := signer(seq(pointDER("ldap://list"), ctxTag(2, ctxTag(4, nameDER("样例名单")))))

	tests := []struct {
		name   string
		signer []byte
		certs  [][]byte
		lists  [][]byte
		status string
		trust  Trust
	}{
		{"base alone", signer(), nil, [][]byte{ca(5, jan).make()}, "good", Trusted},
		{"revoked in the base, silent delta", signer(), nil, [][]byte{ca(5, jan, revokedAt(3, before)).make(), delta(5, 6)}, "revoked", Revoked},
		{"revoked in the delta", signer(), nil, [][]byte{ca(5, jan).make(), delta(5, 6, revokedAt(3, before))}, "revoked", Revoked},
		{"revoked in the delta after signing", signer(), nil, [][]byte{ca(5, jan).make(), delta(5, 6, revokedAt(3, after))}, "revoked", Trusted},
		{"on hold in the base, taken off by the delta", signer(), nil, [][]byte{ca(5, jan, revokedAt(3, before, reasonExt(6))).make(), delta(5, 6, revokedAt(3, before, reasonExt(8)))}, "good", Trusted},
		{"taken off by a delta of another base", signer(), nil, [][]byte{ca(5, jan, revokedAt(3, before, reasonExt(6))).make(), delta(7, 8, revokedAt(3, before, reasonExt(8)))}, "revoked", Revoked},
		{"delta older than the base", signer(), nil, [][]byte{ca(9, jan, revokedAt(3, before, reasonExt(6))).make(), delta(5, 6, revokedAt(3, before, reasonExt(8)))}, "revoked", Revoked},
		{"the later of two deltas", signer(), nil, [][]byte{ca(5, jan).make(), delta(5, 6, revokedAt(3, before, reasonExt(6))), delta(5, 7, revokedAt(3, before, reasonExt(8)))}, "good", Trusted},
		{"a delta without its base, silent", signer(), nil, [][]byte{delta(5, 6)}, "not-checked", Trusted},
		{"a delta without its base, revoked", signer(), nil, [][]byte{delta(5, 6, revokedAt(3, before))}, "revoked", Revoked},
		{"on hold, and not any more in a later list", signer(), nil, [][]byte{ca(5, jan, revokedAt(3, before, reasonExt(6))).make(), ca(6, feb).make()}, "good", Trusted},
		{"revoked, and dropped from a later list", signer(), nil, [][]byte{ca(5, jan, revokedAt(3, before, reasonExt(1))).make(), ca(6, feb).make()}, "revoked", Revoked},

		{"for users", signer(), nil, [][]byte{scoped(seq(der(0x81, []byte{0xFF})))}, "good", Trusted},
		{"for authorities only, silent", signer(), nil, [][]byte{scoped(seq(der(0x82, []byte{0xFF})))}, "not-checked", Trusted},
		{"for some reasons, silent", signer(), nil, [][]byte{scoped(seq(der(0x83, []byte{4, 0x40})))}, "not-checked", Trusted},
		{"for some reasons, revoked", signer(), nil, [][]byte{scoped(seq(der(0x83, []byte{4, 0x40})), revokedAt(3, before))}, "revoked", Revoked},
		{"for attribute certificates", signer(), nil, [][]byte{scoped(seq(der(0x85, []byte{0xFF})))}, "not-checked", Trusted},
		{"the part that the certificate names", at("http://ca/crl7"), nil, [][]byte{scoped(seq(pointDER("http://CA/crl7")))}, "good", Trusted},
		{"another part, silent", at("http://ca/crl7"), nil, [][]byte{scoped(seq(pointDER("http://ca/crl8")))}, "not-checked", Trusted},
		{"a part, and the certificate names none", signer(), nil, [][]byte{scoped(seq(pointDER("http://ca/crl8")))}, "not-checked", Trusted},
		{"another part, revoked", at("http://ca/crl7"), nil, [][]byte{scoped(seq(pointDER("http://ca/crl8")), revokedAt(3, before))}, "revoked", Revoked},
		{"a scope of a new kind", signer(), nil, [][]byte{scoped(seq(der(0x86, []byte{0xFF})), revokedAt(3, before))}, "not-checked", Trusted},
		{"an unknown critical extension", signer(), nil, [][]byte{with(ca(5, jan), func(s *listSpec) { s.ext = [][]byte{extension("1.2.3.4", true, null())} })}, "not-checked", Trusted},
		{"an entry with an unknown critical extension", signer(), nil, [][]byte{ca(5, jan, revokedAt(8, before, extension("1.2.3.4", true, null()))).make()}, "not-checked", Trusted},

		{"an entry of another issuer", signer(), nil, [][]byte{scoped(seq(der(0x84, []byte{0xFF})), revokedAt(3, before, issuerExt("样例他CA")))}, "good", Trusted},
		{"the issuer of the entry before holds on", signer(), nil, [][]byte{scoped(seq(der(0x84, []byte{0xFF})), revokedAt(9, before, issuerExt("样例他CA")), revokedAt(3, before))}, "good", Trusted},
		{"and is named again", signer(), nil, [][]byte{scoped(seq(der(0x84, []byte{0xFF})), revokedAt(9, before, issuerExt("样例他CA")), revokedAt(3, before, issuerExt("样例CA")))}, "revoked", Revoked},
		{"an indirect list that the certificate names", byLister, [][]byte{lister}, [][]byte{indirect(revokedAt(3, before, issuerExt("样例CA")))}, "revoked", Revoked},
		{"the same, silent", byLister, [][]byte{lister}, [][]byte{indirect()}, "good", Trusted},
		{"the same, about the issuer's own", byLister, [][]byte{lister}, [][]byte{indirect(revokedAt(3, before))}, "good", Trusted},
		{"the same, and its issuer is not at hand", byLister, nil, [][]byte{indirect(revokedAt(3, before, issuerExt("样例CA")))}, "not-checked", Trusted},
		{"the same, by a key that is not for lists", byLister, [][]byte{noUse}, [][]byte{indirect(revokedAt(3, before, issuerExt("样例CA")))}, "not-checked", Trusted},
		{"an indirect list that the certificate does not name", signer(), [][]byte{lister}, [][]byte{indirect(revokedAt(3, before, issuerExt("样例CA")))}, "not-checked", Trusted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := p.cms()
			s.cert, s.crls = tt.signer, tt.lists
			s.certs = append(s.certs, tt.certs...)
			g := one(t, inspect(t, signedPDF(detached, "", s.make), Options{Anchors: p.anchors(t)}))
			if g.Revocation.Status != tt.status || g.Trust != tt.trust {
				t.Errorf("%+v, trust %s, %v; want %s, %s", g.Revocation, g.Trust, g.Problems, tt.status, tt.trust)
			}
		})
	}
}

// An authority whose certificate was revoked proves no time, unless the reason says that its key was safe till then.
func TestRevokedTimestampAuthority(t *testing.T) {
	p := newPKI("p256")
	stamp := day("2025-06-02")
	for _, tt := range []struct {
		name   string
		at     time.Time
		ext    [][]byte
		proven bool
	}{
		{"superseded afterwards", day("2025-07-01"), [][]byte{reasonExt(4)}, true},
		{"superseded before", day("2025-05-01"), [][]byte{reasonExt(4)}, false},
		{"key lost afterwards", day("2025-07-01"), [][]byte{reasonExt(1)}, false},
		{"no reason given", day("2025-07-01"), nil, false},
	} {
		a := p.anchors(t)
		l := listSpec{key: p.key("ca"), issuer: "样例CA", at: day("2026-01-01"), number: 1, entries: [][]byte{revokedAt(4, tt.at, tt.ext...)}}
		if err := a.AddCRL(l.make()); err != nil {
			t.Fatal(err)
		}
		s := p.cms()
		s.unsigned = func(value []byte) [][]byte { return [][]byte{tokenAttr(p.token(value, stamp))} }
		g := one(t, inspect(t, signedPDF(detached, "", s.make), Options{Anchors: a}))
		if g.Timestamp.Equal(stamp) != tt.proven || hasProblem(g, pTSAUnknown) == tt.proven {
			t.Errorf("%s: %v %v", tt.name, g.Timestamp, g.Problems)
		}
	}
}

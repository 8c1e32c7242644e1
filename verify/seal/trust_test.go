package seal

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"testing"
	"testing/fstest"
	"time"
)

// Who signed, under which root, at which time.
func TestTrust(t *testing.T) {
	unknown := extension("1.2.3.4.5", true, octet([]byte{1}))
	constraints := func(tag int, cn string) []byte {
		return extension("2.5.29.30", true, seq(ctxTag(tag, seq(ctxTag(4, nameDER(cn))))))
	}
	tests := []struct {
		name    string
		alg     string
		signer  func(s *certSpec)
		ca      func(s *certSpec)
		opts    Options
		trust   Trust
		problem string
	}{
		{name: "RSA", alg: "rsa", trust: Trusted},
		{name: "ECDSA", alg: "p256", trust: Trusted},
		{name: "Ed25519", alg: "ed25519", trust: Trusted},
		{name: "SM2", alg: "sm2", trust: Trusted},
		{name: "expired when signing", alg: "sm2", signer: func(s *certSpec) { s.to = day("2025-01-01") }, trust: Expired, problem: pOutOfBounds},
		{name: "not yet valid when signing", alg: "sm2", signer: func(s *certSpec) { s.from = day("2025-07-01") }, trust: Expired, problem: pOutOfBounds},
		{name: "expired at the day asked for", alg: "sm2", signer: func(s *certSpec) { s.to = day("2026-01-01") }, opts: Options{At: day("2026-06-01")}, trust: Expired, problem: pOutOfBounds},
		{name: "valid at the day asked for", alg: "sm2", signer: func(s *certSpec) { s.to = day("2026-01-01") }, opts: Options{At: day("2025-12-01")}, trust: Trusted},
		{name: "authority expired", alg: "rsa", ca: func(s *certSpec) { s.to = day("2025-01-01") }, trust: Expired, problem: pOutOfBounds},
		{name: "issuer is no authority", alg: "rsa", ca: func(s *certSpec) { s.ca = false }, trust: UntrustedUsage, problem: pChain},
		{name: "issuer may not sign certificates", alg: "rsa", ca: func(s *certSpec) { s.usage = usageSigner }, trust: UntrustedUsage, problem: pChain},
		{name: "signer's key for encryption alone", alg: "rsa", signer: func(s *certSpec) { s.usage = 0x20 }, trust: UntrustedUsage, problem: pChain},
		{name: "signer's key for timestamps alone", alg: "rsa", signer: func(s *certSpec) { s.eku, s.ekuCritical = []string{ekuTimeStamping}, true }, trust: UntrustedUsage, problem: pChain},
		{name: "odd but allowed usage", alg: "sm2", signer: func(s *certSpec) {
			s.eku, s.ekuCritical = []string{"1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"}, true
		}, trust: Trusted},
		{name: "unknown critical extension of the signer", alg: "rsa", signer: func(s *certSpec) { s.ext = [][]byte{unknown} }, trust: UntrustedUsage, problem: pChain},
		{name: "unknown critical extension of the authority", alg: "rsa", ca: func(s *certSpec) { s.ext = [][]byte{unknown} }, trust: UntrustedUsage, problem: pChain},
		{name: "names permitted", alg: "rsa", ca: func(s *certSpec) { s.ext = [][]byte{constraints(0, "样例签章人")} }, trust: Trusted},
		{name: "name outside those permitted", alg: "rsa", ca: func(s *certSpec) { s.ext = [][]byte{constraints(0, "别人")} }, trust: UntrustedUsage, problem: pChain},
		{name: "name excluded", alg: "rsa", ca: func(s *certSpec) { s.ext = [][]byte{constraints(1, "样例签章人")} }, trust: UntrustedUsage, problem: pChain},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPKI(tt.alg)
			signer := certSpec{subject: "样例签章人", issuer: "样例CA", key: p.key("signer"), by: p.key("ca"), usage: usageSigner, serial: 3}
			ca := certSpec{subject: "样例CA", issuer: "样例根", key: p.key("ca"), by: p.key("root"), ca: true, usage: usageCA, serial: 2}
			if tt.signer != nil {
				tt.signer(&signer)
			}
			if tt.ca != nil {
				tt.ca(&ca)
			}
			s := p.cms()
			s.cert, s.certs = signer.make(), [][]byte{ca.make()}
			tt.opts.Anchors = p.anchors(t)
			r := inspect(t, signedPDF(detached, "", s.make), tt.opts)
			g := one(t, r)
			if g.Trust != tt.trust || tt.problem != "" && !hasProblem(g, tt.problem) {
				t.Errorf("trust %s, %v", g.Trust, g.Problems)
			}
			if r.Overall != Clean {
				t.Errorf("trust entered the overall answer: %s %v", r.Overall, g.Problems)
			}
			if len(g.Chain) != 3 || g.Chain[0].NotAfter.IsZero() || r.Anchors != 1 || r.AnchorsDigest == "" {
				t.Errorf("chain of %d, %d anchors", len(g.Chain), r.Anchors)
			}
		})
	}
}

// Without an anchor nothing is said of trust; under a stranger's root the issuer is unknown; a broken signature has none.
func TestTrustWithout(t *testing.T) {
	data := goodPDF("p256")
	if g := one(t, inspect(t, data, Options{})); g.Trust != TrustNotChecked {
		t.Errorf("no anchors: %s", g.Trust)
	}
	if g := one(t, inspect(t, data, Options{Anchors: newPKI("sm2").anchors(t)})); g.Trust != UnknownIssuer || !hasProblem(g, pUnknownIssuer) {
		t.Errorf("another root: %s", g.Trust)
	}
	bent := bytes.Replace(data, []byte("(SPECIMEN) Tj"), []byte("(SPECIMEM) Tj"), 1)
	if g := one(t, inspect(t, bent, Options{Anchors: newPKI("p256").anchors(t)})); g.Trust != TrustNotChecked {
		t.Errorf("broken: %s", g.Trust)
	}
	self := certSpec{subject: "自己", issuer: "自己", key: key("p256-other"), by: key("p256-other"), usage: usageSigner, serial: 3}.make()
	s := newPKI("p256").cms()
	s.key, s.cert, s.certs, s.issuer = key("p256-other"), self, nil, "自己"
	if g := one(t, inspect(t, signedPDF(detached, "", s.make), Options{Anchors: newPKI("p256").anchors(t)})); g.Trust != UnknownIssuer {
		t.Errorf("self-signed: %s", g.Trust)
	}
}

// A trusted timestamp proves that the signature was there while its certificate was valid.
func TestTimestampProves(t *testing.T) {
	p := newPKI("p256")
	short := certSpec{subject: "样例签章人", issuer: "样例CA", key: p.key("signer"), by: p.key("ca"), usage: usageSigner, serial: 3, from: day("2025-06-01"), to: day("2025-06-02")}.make()
	stamped := func(at time.Time, bend bool) []byte {
		s := p.cms()
		s.cert = short
		s.signedAt = day("2025-06-01").Add(time.Hour)
		s.unsigned = func(value []byte) [][]byte {
			if bend {
				value = append(bytes.Clone(value), 0)
			}
			return [][]byte{tokenAttr(p.token(value, at))}
		}
		return signedPDF(detached, "", s.make)
	}
	later := Options{Anchors: p.anchors(t), At: day("2026-06-01")}
	g := one(t, inspect(t, stamped(day("2025-06-01").Add(2*time.Hour), false), later))
	if g.Trust != Trusted || !g.Timestamp.Equal(day("2025-06-01").Add(2*time.Hour)) {
		t.Errorf("with a timestamp: %s %v %v", g.Trust, g.Timestamp, g.Problems)
	}
	g = one(t, inspect(t, stamped(day("2025-08-01"), false), later))
	if g.Trust != Expired {
		t.Errorf("stamped after the certificate ended: %s", g.Trust)
	}
	g = one(t, inspect(t, stamped(day("2025-06-01").Add(2*time.Hour), true), later))
	if g.Trust != Expired || !hasProblem(g, pTimestamp) || !g.Timestamp.IsZero() {
		t.Errorf("timestamp over other bytes: %s %v", g.Trust, g.Problems)
	}
	only := &Anchors{}
	if err := only.Add(p.root, PurposeSign, PurposeSeal); err != nil {
		t.Fatal(err)
	}
	g = one(t, inspect(t, stamped(day("2025-06-01").Add(2*time.Hour), false), Options{Anchors: only, At: day("2026-06-01")}))
	if g.Trust != Expired || !hasProblem(g, pTSAUnknown) || !g.Timestamp.IsZero() {
		t.Errorf("authority not trusted for timestamps: %s %v", g.Trust, g.Problems)
	}
}

// A document timestamp proves the signatures that it covers.
func TestDocumentTimestampProves(t *testing.T) {
	p := newPKI("p256")
	s := p.cms()
	s.cert = certSpec{subject: "样例签章人", issuer: "样例CA", key: p.key("signer"), by: p.key("ca"), usage: usageSigner, serial: 3, from: day("2025-06-01"), to: day("2025-06-02")}.make()
	s.signedAt = day("2025-06-01").Add(time.Hour)
	at := day("2025-06-01").Add(3 * time.Hour)
	w := continuePDF(signedPDF(detached, "", s.make))
	w.obj(6, "<< /Fields [7 0 R 8 0 R 12 0 R] /SigFlags 3 /DR << /Font << /F1 5 0 R >> >> >>")
	w.obj(12, "<< /FT /Sig /T (Stamp) /V 13 0 R >>")
	w.sig(13, "/SubFilter /ETSI.RFC3161", func(m []byte) []byte { return p.token(m, at) })
	w.finish(1, "")
	for _, tt := range []struct {
		anchors *Anchors
		trust   Trust
	}{{p.anchors(t), Trusted}, {func() *Anchors { a := &Anchors{}; _ = a.Add(p.root, PurposeSign); return a }(), Expired}} {
		r := inspect(t, w.buf.Bytes(), Options{Anchors: tt.anchors, At: day("2026-06-01")})
		if len(r.Signatures) != 2 || r.Signatures[0].Trust != tt.trust || r.Signatures[0].Timestamp.Equal(at) != (tt.trust == Trusted) {
			t.Errorf("%s %v, want %s", r.Signatures[0].Trust, r.Signatures[0].Timestamp, tt.trust)
		}
	}
}

// An anchor's own dates do not count.
func TestExpiredAnchor(t *testing.T) {
	p := newPKI("sm2")
	root := certSpec{subject: "样例根", issuer: "样例根", key: p.key("root"), by: p.key("root"), ca: true, usage: usageCA, serial: 1, from: day("2010-01-01"), to: day("2012-01-01")}.make()
	a, err := NewAnchors(root)
	if err != nil {
		t.Fatal(err)
	}
	if g := one(t, inspect(t, goodPDF("sm2"), Options{Anchors: a})); g.Trust != Trusted {
		t.Errorf("%s %v", g.Trust, g.Problems)
	}
}

// One token may not stand for two signatures.
func TestTimestampCopied(t *testing.T) {
	p := newPKI("p256")
	s := p.cms()
	s.unsigned = func(value []byte) [][]byte {
		tok := tokenAttr(p.token(value, day("2025-06-02")))
		return [][]byte{tok, tok}
	}
	r := inspect(t, signedPDF(detached, "", s.make), Options{})
	if g := one(t, r); r.Overall != Dirty || !hasProblem(g, pTimestampCopied) {
		t.Errorf("%s %v", r.Overall, g.Problems)
	}
}

func TestRevocation(t *testing.T) {
	p := newPKI("sm2")
	tests := []struct {
		name   string
		crl    []byte
		where  string // dss, cms, anchors
		status string
		trust  Trust
	}{
		{"revoked before signing, list at hand", p.crlDER(day("2026-01-01"), day("2026-02-01"), 3, day("2025-05-01")), "anchors", "revoked", Revoked},
		{"revoked before signing, list in the container", p.crlDER(day("2026-01-01"), day("2026-02-01"), 3, day("2025-05-01")), "cms", "revoked", Revoked},
		{"revoked before signing, list in the document", p.crlDER(day("2026-01-01"), day("2026-02-01"), 3, day("2025-05-01")), "dss", "revoked", Revoked},
		{"revoked after signing", p.crlDER(day("2026-01-01"), day("2026-02-01"), 3, day("2025-12-01")), "anchors", "revoked", Trusted},
		{"another one revoked", p.crlDER(day("2026-01-01"), day("2026-02-01"), 4, day("2025-05-01")), "anchors", "good", Trusted},
		{"nobody revoked", p.crlDER(day("2026-01-01"), day("2026-02-01"), 0, time.Time{}), "anchors", "good", Trusted},
		{"list of another authority", newPKI("p256").crlDER(day("2026-01-01"), day("2026-02-01"), 3, day("2025-05-01")), "anchors", "not-checked", Trusted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := p.cms()
			a := p.anchors(t)
			switch tt.where {
			case "anchors":
				if err := a.AddCRL(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: tt.crl})); err != nil {
					t.Fatal(err)
				}
			case "cms":
				s.crls = [][]byte{tt.crl}
			}
			data := signedPDF(detached, "", s.make)
			if tt.where == "dss" {
				data = update(data, map[int]string{1: "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /DSS 12 0 R >>", 12: "<< /CRLs [13 0 R] >>", 13: stream("", string(tt.crl))})
			}
			g := one(t, inspect(t, data, Options{Anchors: a}))
			if g.Revocation.Status != tt.status || g.Trust != tt.trust || g.Revocation.Of != "" {
				t.Errorf("%s, trust %s, %v", g.Revocation.Status, g.Trust, g.Problems)
			}
			if tt.status == "revoked" && (g.Revocation.RevokedAt.IsZero() || g.Revocation.Source != "CRL" || g.Revocation.AsOf.IsZero()) {
				t.Errorf("%+v", g.Revocation)
			}
		})
	}
}

// ocspDER makes a response for the certificate with that serial number.
func (p *testPKI) ocspDER(serial int64, revoked bool, responder *testKey, certs ...[]byte) []byte {
	ca, _ := parseCert(p.ca)
	d := digestByName("SHA-1")
	key, _ := mustKids(ca.spki)[1].bits()
	status := der(0x80, nil)
	if revoked {
		status = ctxTag(1, genTime(day("2025-05-01")))
	}
	single := seq(seq(seq(digestDER(d)[2:], null()), octet(d.sum(ca.subject)), octet(d.sum(key)), intDER(serial)), status, genTime(day("2025-06-05")), ctxTag(0, genTime(day("2025-06-12"))))
	tbs := seq(ctxTag(1, nameDER("样例CA")), genTime(day("2025-06-05")), seq(single))
	parts := [][]byte{tbs, responder.sigAlg(), bitString(responder.sign(tbs))}
	if len(certs) > 0 {
		parts = append(parts, ctxTag(0, seq(bytes.Join(certs, nil))))
	}
	return seq(der(10, []byte{0}), ctxTag(0, seq(oidDER("1.3.6.1.5.5.7.48.1.1"), octet(seq(parts...)))))
}

func mustKids(b []byte) []node {
	n, err := parseNode(b)
	if err != nil {
		panic(err)
	}
	k, err := n.kids()
	if err != nil {
		panic(err)
	}
	return k
}

func TestOCSP(t *testing.T) {
	p := newPKI("rsa")
	resp := func(eku ...string) []byte {
		return certSpec{subject: "样例OCSP", issuer: "样例CA", key: p.key("other"), by: p.key("ca"), usage: usageSigner, serial: 9, eku: eku}.make()
	}
	tests := []struct {
		name   string
		ocsp   []byte
		status string
		trust  Trust
	}{
		{"good, by the authority", p.ocspDER(3, false, p.key("ca")), "good", Trusted},
		{"revoked, by the authority", p.ocspDER(3, true, p.key("ca")), "revoked", Revoked},
		{"revoked, by its responder", p.ocspDER(3, true, p.key("other"), resp(ekuOCSPSigning)), "revoked", Revoked},
		{"responder without authority", p.ocspDER(3, true, p.key("other"), resp()), "not-checked", Trusted},
		{"signed by a stranger", p.ocspDER(3, true, key("rsa-signer")), "not-checked", Trusted},
		{"about another certificate", p.ocspDER(8, true, p.key("ca")), "not-checked", Trusted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := update(signedPDF(detached, "", p.cms().make), map[int]string{
				1: "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /DSS 12 0 R >>", 12: "<< /VRI << /AA << /OCSP [13 0 R] >> >> >>", 13: stream("", string(tt.ocsp)),
			})
			g := one(t, inspect(t, data, Options{Anchors: p.anchors(t)}))
			if g.Revocation.Status != tt.status || g.Trust != tt.trust {
				t.Errorf("%+v, trust %s, %v", g.Revocation, g.Trust, g.Problems)
			}
		})
	}
}

func TestLoadAnchors(t *testing.T) {
	p, q := newPKI("sm2"), newPKI("rsa")
	asPEM := func(b ...[]byte) []byte {
		var out []byte
		for _, x := range b {
			out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: x})...)
		}
		return out
	}
	bundle := q.cms()
	fsys := fstest.MapFS{
		"roots.pem":         {Data: asPEM(p.root, q.root)},
		"ca.cer":            {Data: p.ca},
		"same.crt":          {Data: p.root},
		"timestamp/tsa.der": {Data: newPKI("p256").root},
		"bundle.p7b":        {Data: bundle.make(nil)},
		"list.crl":          {Data: p.crlDER(day("2026-01-01"), day("2026-02-01"), 0, time.Time{})},
		"broken.pem":        {Data: []byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")},
		"readme.txt":        {Data: []byte("not a certificate")},
		"empty.crt":         {Data: nil},
	}
	a, bad, err := LoadAnchors(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if a.Len() != 6 || len(a.crls) != 1 {
		t.Errorf("%d anchors, %d lists: %v", a.Len(), len(a.crls), a.List())
	}
	if len(bad) != 2 || bad[0].File != "broken.pem" || bad[1].File != "empty.crt" {
		t.Errorf("reported: %v", bad)
	}
	b, _, _ := LoadAnchors(fsys)
	if a.Digest() != b.Digest() || len(a.Digest()) != 64 {
		t.Error("the digest of the same folder differs")
	}
	_ = b.Add(q.tsa)
	if a.Digest() == b.Digest() {
		t.Error("the digest does not depend on the anchors")
	}
	if (*Anchors)(nil).Len() != 0 || (*Anchors)(nil).Digest() != "" || len((*Anchors)(nil).List()) != 0 {
		t.Error("nil is not the empty set")
	}
}

// Chains that lead in a circle end.
func TestChainLoop(t *testing.T) {
	k := func(n string) *testKey { return key("p256-" + n) }
	var pool []*cert
	for i := range 40 {
		c, err := parseCert(certSpec{subject: fmt.Sprint("CA", i%5), issuer: fmt.Sprint("CA", (i+1)%5), key: k("ca"), by: k("ca"), ca: true, usage: usageCA, serial: int64(i + 1)}.make())
		if err != nil {
			t.Fatal(err)
		}
		pool = append(pool, c)
	}
	a := newPKI("sm2").anchors(t)
	if ch := buildChain(pool[0], pool, a, PurposeSign); ch.anchor != nil || len(ch.certs) > maxChain {
		t.Errorf("%d certificates", len(ch.certs))
	}
}

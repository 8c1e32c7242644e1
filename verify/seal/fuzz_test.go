package seal

import (
	"bytes"
	"context"
	"encoding/hex"
	"testing"
	"time"

	"zhengyan/verify/document/pdfraw"
)

func fuzzOptions(a *Anchors) Options {
	l := DefaultLimits()
	l.Reader.Stream, l.Reader.Work, l.Wall = 1<<20, 16<<20, 5*time.Second
	return Options{Anchors: a, Limits: l}
}

// A report must be whole whatever the bytes: a status, an answer, and clean only with a counted, intact signature.
func checkReport(t *testing.T, r *Report) {
	t.Helper()
	for _, p := range r.Problems {
		if p.Code == pInternal {
			t.Fatalf("panic: %s", p.Detail)
		}
	}
	if r.Status == "" || r.Overall == "" || r.Signatures == nil {
		t.Fatalf("half a report: %+v", r)
	}
	if r.Overall != Clean {
		return
	}
	n := 0
	for _, s := range r.Signatures {
		if s.Counts {
			if n++; s.Integrity != Intact || !s.Permitted || s.Coverage == CoveragePartial || s.Coverage == CoverageInvalid {
				t.Fatalf("clean with %+v", s)
			}
		}
	}
	if n == 0 {
		t.Fatal("clean without a signature")
	}
}

func FuzzInspect(f *testing.F) {
	p := newPKI("p256")
	f.Add(signedPDF(detached, "", p.cms().make))
	f.Add(signedPDF(gmSeal, "", newPKI("sm2").seal().make))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Inspect(context.Background(), b, fuzzOptions(nil))
		if err != nil {
			t.Fatal(err)
		}
		checkReport(t, r)
	})
}

// Whatever is written behind a signed file: if the answer is clean, the page still reads as it was signed.
func FuzzUpdate(f *testing.F) {
	good := goodPDF("p256")
	f.Add([]byte("\n"))
	f.Add(update(good, map[int]string{8: "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Note) /V (b) /Rect [50 50 200 70] /P 3 0 R /F 4 >>"})[len(good):])
	f.Add(update(good, map[int]string{4: stream("", "BT (FORGED) Tj ET")})[len(good):])
	f.Fuzz(func(t *testing.T, tail []byte) {
		data := append(bytes.Clone(good), tail...)
		r, err := Inspect(context.Background(), data, fuzzOptions(nil))
		if err != nil {
			t.Fatal(err)
		}
		checkReport(t, r)
		if r.Overall != Clean {
			return
		}
		d, err := pdfraw.Open(context.Background(), data, pdfraw.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		pages, _ := d.Pages()
		if len(pages) != 1 {
			t.Fatalf("%d pages in a clean file", len(pages))
		}
		s, ok := d.Resolve(pages[0].Dict["Contents"]).(*pdfraw.Stream)
		if !ok || string(s.Raw) != "BT /F1 18 Tf 60 700 Td (SPECIMEN) Tj ET" {
			t.Fatalf("another page in a clean file: %q", tail)
		}
	})
}

func FuzzCMS(f *testing.F) {
	for _, alg := range []string{"rsa", "sm2", "ed25519"} {
		p := newPKI(alg)
		s := p.cms()
		s.unsigned = func(v []byte) [][]byte { return [][]byte{tokenAttr(p.token(v, day("2025-06-02")))} }
		f.Add(s.make([]byte("x")))
	}
	several := newPKI("rsa").cms()
	several.also = func(m []byte) []byte { return infoOf(f, newPKI("sm2").cms().make(m)) }
	f.Add(several.make([]byte("x")))
	a, _ := NewAnchors(newPKI("rsa").root)
	f.Fuzz(func(t *testing.T, b []byte) {
		sd, err := parseCMS(b)
		if err != nil {
			return
		}
		for _, form := range []cmsForm{formDetached, formSHA1, formToken} {
			o := verifyCMS(sd, form, [][]byte{[]byte("x")}, nil)
			o.timestamps(sd, nil)
			if o.signer != nil {
				s := Signature{Integrity: Intact}
				s.stamped(o)
				judgeSigners(&s, o, nil, evidence{}, Options{Anchors: a})
			}
		}
	})
}

func FuzzSES(f *testing.F) {
	s := newPKI("sm2").seal()
	f.Add(s.make([]byte("x")))
	s.v1 = true
	f.Add(s.make([]byte("x")))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := parseSES(b); err == nil {
			verifySES(s, [][]byte{[]byte("x")})
		}
	})
}

func FuzzCertificate(f *testing.F) {
	p := newPKI("sm2")
	f.Add(p.root)
	f.Add(newPKI("rsa").tsa)
	f.Add(p.crlDER(day("2026-01-01"), day("2026-02-01"), 3, day("2025-05-01")))
	f.Add(newPKI("rsa").ocspDER(3, true, key("rsa-ca")))
	ca, _ := parseCert(p.ca)
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := parseCert(b); err == nil {
			c.info()
			c.commonName()
			if c.pub != nil {
				_, _ = c.signedBy(c)
			}
			constrained(c.constraints, ca)
		}
		if c, err := parseCRL(b); err == nil {
			statusFor(ca, ca, []*crl{c}, nil, crlJudge{pool: []*cert{ca}})
		}
		if o, err := parseOCSP(b); err == nil {
			statusFor(ca, ca, nil, []*ocspResponse{o}, crlJudge{})
		}
		_ = (&Anchors{}).Add(b)
	})
}

// revocationLists are lists of every kind that FuzzCRL starts from.
func revocationLists() [][]byte {
	k, at := key("p256-ca"), day("2026-01-01")
	entries := [][]byte{
		revokedAt(9, at, reasonExt(6)), revokedAt(3, at, issuerExt("样例CA")), revokedAt(7, at, reasonExt(8), issuerExt("样例他CA")), revokedAt(8, at),
	}
	return [][]byte{
		listSpec{key: k, issuer: "样例CA", at: at, number: 5, entries: entries, scope: seq(pointDER("http://ca/1"), der(0x84, []byte{0xFF}))}.make(),
		listSpec{key: k, issuer: "样例CA", at: at.AddDate(0, 0, 9), number: 6, base: 5, entries: entries[:3], scope: seq(pointDER("http://ca/1"), der(0x84, []byte{0xFF}))}.make(),
	}
}

// FuzzCRL reads two lists, the second as what continues the first, past the signature that a stranger's list would fail at.
func FuzzCRL(f *testing.F) {
	l := revocationLists()
	f.Add(l[0], l[1])
	f.Add(l[1], l[0])
	c, err := parseCert(newPKI("p256").signer)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		x, err := parseCRL(first)
		if err != nil {
			return
		}
		r, ok := x.says(c)
		if ok && r.Status != "good" && r.Status != "revoked" {
			t.Fatalf("%+v", r)
		}
		x.covers(c)
		x.concerns(c)
		y, err := parseCRL(second)
		if err != nil || y.base == nil || !x.continuedBy(y) {
			return
		}
		if e, found, err := y.find(c); err == nil {
			if r := y.change(r, e, found); found && e.reason != reasonRemove && r.Status != "revoked" {
				t.Fatalf("an entry of a delta list, and %+v", r)
			}
		}
	})
}

func FuzzOFD(f *testing.F) {
	p := newPKI("sm2")
	f.Add(ofdSpec{p: p, check: "SM3", value: p.seal().make}.make(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		checkReport(t, inspectOFD(context.Background(), b, fuzzOptions(nil)))
	})
}

// The parts of a package's XML that a stranger writes, with the ZIP around them made well.
func FuzzOFDSignature(f *testing.F) {
	f.Add(`<Signature><SignedInfo><References CheckMethod="SM3"><Reference FileRef="/OFD.xml"><CheckValue>AAAA</CheckValue></Reference></References><StampAnnot PageRef="1" Boundary="1 2 3 4"/></SignedInfo><SignedValue>v.dat</SignedValue></Signature>`)
	p := newPKI("sm2")
	value := p.seal().make([]byte("a list of parts that nobody wrote"))
	f.Fuzz(func(t *testing.T, xml string) {
		s := ofdSpec{p: p, check: "SM3", value: func([]byte) []byte { return value }, replace: map[string]string{"Doc_0/Signs/Sign_0/Signature.xml": xml}}
		r := inspectOFD(context.Background(), s.make(t), fuzzOptions(nil))
		checkReport(t, r)
		if r.Overall == Clean {
			t.Fatalf("another Signature.xml, and the package is clean")
		}
	})
}

func FuzzBER(f *testing.F) {
	b, _ := hex.DecodeString("308024800401610401620000020103a0030101ff0000")
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		n, rest, err := readNode(b)
		if err != nil {
			return
		}
		if len(n.raw)+len(rest) != len(b) {
			t.Fatalf("%d + %d of %d bytes", len(n.raw), len(rest), len(b))
		}
		n.oid()
		n.text()
		_, _ = n.time()
		_, _ = n.integer()
		_, _ = n.octets()
		d, err := n.toDER()
		if err != nil || n.tag >= 31 {
			return
		}
		m, err := parseNode(d)
		if err != nil {
			t.Fatalf("DER of %x does not parse: %x", b, d)
		}
		if e, err := m.toDER(); err != nil || !bytes.Equal(d, e) {
			t.Fatalf("DER is not stable: %x, then %x", d, e)
		}
	})
}

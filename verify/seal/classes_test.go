package seal

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"slices"
	"testing"
)

// The classes of attack that have no public file, or none for this form of signature, made here one by one.

// Shadow attacks leave something in the signed revision that hides or shows other content once an update comes.
func TestShadows(t *testing.T) {
	p := newPKI("p256")
	cover := "<< /Type /Annot /Subtype /Square /Rect [60 690 300 720] /P 3 0 R /F 4 /IC [1 1 1] >>"
	page := func(annots, contents, more string) string {
		return "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents " + contents + " /Resources << /Font << /F1 5 0 R >> " + more + " >> /Annots [" + annots + "] >>"
	}
	signed := func(f func(w *pdfWriter)) []byte {
		w := newPDFWriter()
		w.baseObjects(detached, "", p.cms().make)
		f(w)
		w.finish(1, "")
		return w.buf.Bytes()
	}
	overlay := func(w *pdfWriter) {
		w.obj(3, page("7 0 R 8 0 R 14 0 R", "4 0 R", ""))
		w.obj(14, cover)
	}
	drawn := func(w *pdfWriter) {
		w.obj(3, page("7 0 R 8 0 R", "4 0 R", "/XObject << /X 14 0 R >>"))
		w.obj(4, stream("", "BT /F1 18 Tf 60 700 Td (SPECIMEN) Tj ET /X Do"))
		w.obj(14, stream("/Type /XObject /Subtype /Form /BBox [0 0 600 800]", "1 1 1 rg 0 0 600 800 re f"))
	}
	spare := func(w *pdfWriter) { // a second page tree that nothing leads to yet
		w.obj(14, "<< /Type /Pages /Kids [15 0 R] /Count 1 >>")
		w.obj(15, "<< /Type /Page /Parent 14 0 R /MediaBox [0 0 595 842] /Contents 16 0 R /Annots [7 0 R 8 0 R] >>")
		w.obj(16, stream("", "BT /F1 18 Tf 60 700 Td (OTHER) Tj ET"))
	}
	shared := func(w *pdfWriter) { // the appearance of the field is also what the page draws
		w.obj(3, page("7 0 R 8 0 R", "4 0 R", "/XObject << /X 11 0 R >>"))
		w.obj(4, stream("", "/X Do"))
	}
	hidden := func(w *pdfWriter) {
		w.obj(3, page("7 0 R 8 0 R", "4 0 R", "/Properties << /L 14 0 R >>"))
		w.obj(14, "<< /Type /OCG /Name (a) >>")
		w.obj(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /OCProperties << /OCGs [14 0 R] /D << /OFF [14 0 R] >> >> >>")
	}
	free := func(data []byte, n int) []byte {
		w := continuePDF(data)
		at := w.buf.Len()
		fmt.Fprintf(&w.buf, "xref\n%d 1\n0000000000 00001 f \ntrailer\n<< /Root 1 0 R /Prev %d /Size %d >>\nstartxref\n%d\n%%%%EOF\n", n, w.prev, w.size, at)
		return w.buf.Bytes()
	}
	tests := map[string]struct {
		signed func(w *pdfWriter)
		update func(data []byte) []byte
	}{
		"hide: the covering annotation is taken off": {overlay, func(d []byte) []byte { return update(d, map[int]string{3: page("7 0 R 8 0 R", "4 0 R", "")}) }},
		"hide: the covering annotation is freed":     {overlay, func(d []byte) []byte { return free(d, 14) }},
		"hide: the covering annotation is moved away": {overlay, func(d []byte) []byte {
			return update(d, map[int]string{14: "<< /Type /Annot /Subtype /Square /Rect [0 0 1 1] /P 3 0 R /F 4 >>"})
		}},
		"hide: the covering picture is freed": {drawn, func(d []byte) []byte { return free(d, 14) }},
		"hide: the covering picture is clipped away": {drawn, func(d []byte) []byte {
			return update(d, map[int]string{14: stream("/Type /XObject /Subtype /Form /BBox [0 0 0 0]", "1 1 1 rg 0 0 600 800 re f")})
		}},
		"hide and replace: another page tree becomes the current one": {spare, func(d []byte) []byte {
			return update(d, map[int]string{1: "<< /Type /Catalog /Pages 14 0 R /AcroForm 6 0 R >>"})
		}},
		"hide and replace: the page's content is the spare one": {spare, func(d []byte) []byte { return update(d, map[int]string{3: page("7 0 R 8 0 R", "16 0 R", "")}) }},
		"replace: an appearance that the page draws too is filled": {shared, func(d []byte) []byte {
			return update(d, map[int]string{8: fmt.Sprintf(textField, "b", 11), 11: stream("/Type /XObject /Subtype /Form /BBox [0 0 595 842]", "BT (OTHER) Tj ET")})
		}},
		"replace: a layer is switched on": {hidden, func(d []byte) []byte {
			return update(d, map[int]string{1: "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /OCProperties << /OCGs [14 0 R] /D << /ON [14 0 R] >> >> >>"})
		}},
	}
	for name, tt := range tests {
		data := signed(tt.signed)
		if r := inspect(t, data, Options{}); r.Overall != Clean {
			t.Errorf("%s: as signed %s\n%s", name, r.Overall, describe(r))
		}
		if r := inspect(t, tt.update(data), Options{}); r.Overall != Dirty {
			t.Errorf("%s: %s\n%s", name, r.Overall, describe(r))
		}
	}
}

// A PDF that is something else too, and ranges beyond four numbers.
func TestPolyglotsAndManyRanges(t *testing.T) {
	good := goodPDF("p256")
	_, b, c, d := rangeOf(good)
	for name, data := range map[string][]byte{
		"a ZIP in front":   append([]byte("PK\x03\x04 junk\n"), good...),
		"HTML in front":    append([]byte("<html><!--\n"), good...),
		"a PDF in front":   append(bytes.Clone(good[:200]), good...),
		"a PDF behind":     append(bytes.Clone(good), bytes.Replace(good, []byte("SPECIMEN"), []byte("SPECIMAN"), 1)...),
		"three ranges":     setByteRange(good, fmt.Sprintf("0 %d %d %d %d 9", b, c, d-10, c+d-9)),
		"a range of none":  setByteRange(good, fmt.Sprintf("0 %d %d 0", b, c)),
		"the same twice":   setByteRange(good, fmt.Sprintf("0 %d 0 %d", b, b)),
		"in other order":   setByteRange(good, fmt.Sprintf("%d %d 0 %d", c, d, b)),
		"numbers as words": bytes.Replace(good, []byte("/ByteRange [0 "), []byte("/ByteRange [/ "), 1),
	} {
		if r := inspect(t, data, Options{}); r.Overall == Clean {
			t.Errorf("%s: clean\n%s", name, describe(r))
		}
	}
}

// Weak keys and digests are named with the day since when; they do not make a signature false.
func TestWeak(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	k := &testKey{alg: "rsa", rsa: small}
	p := newPKI("rsa")
	s := p.cms()
	s.key, s.cert = k, certSpec{subject: "样例签章人", issuer: "样例CA", key: k, by: p.key("ca"), usage: usageSigner, serial: 3}.make()
	g := one(t, inspect(t, signedPDF(detached, "", s.make), Options{}))
	if g.Integrity != Intact || !hasProblem(g, pWeakKey) || g.Algorithm != "RSA-1024 with SHA-256" {
		t.Errorf("%s %s %v", g.Integrity, g.Algorithm, g.Problems)
	}
	i := slices.IndexFunc(g.Problems, func(x Problem) bool { return x.Code == pWeakKey })
	if i < 0 || g.Problems[i].Detail == "" {
		t.Errorf("nothing says since when: %v", g.Problems)
	}
}

// SM2 under another user identifier than the standard one, and a key that is no point of the curve, verify nothing.
func TestSM2Misused(t *testing.T) {
	p := newPKI("sm2")
	other := func(msg []byte) []byte {
		b, err := p.key("signer").sm2.SignWithSM2(rand.Reader, []byte("ALICE123@YAHOO.COM"), msg)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	g := one(t, inspect(t, signedPDF(detached, "", func(m []byte) []byte {
		info := p.cms().make(m)
		k := mustKids(infoOf(t, info))
		var toSign, old []byte
		for _, n := range k {
			if n.ctx(0) {
				toSign = der(0x31, n.body)
			}
			if n.is(classUniversal, tagOctetString) {
				old = n.raw
			}
		}
		value := octet(other(toSign))
		for len(value) != len(old) { // the lengths of two values differ by a byte or two
			value = octet(other(toSign))
		}
		return bytes.Replace(info, old, value, 1)
	}), Options{}))
	if g.Integrity != Broken || !hasProblem(g, pValue) {
		t.Errorf("another user: %s %v", g.Integrity, g.Problems)
	}
	off := bytes.Clone(p.signer)
	x := p.key("signer").sm2.X.FillBytes(make([]byte, 32))
	off[bytes.Index(off, x)+31] ^= 1
	s := p.cms()
	s.cert = off
	if r := inspect(t, signedPDF(detached, "", s.make), Options{}); r.Overall == Clean {
		t.Errorf("a key off the curve: %s", describe(r))
	}
}

// Paths that are longer than an authority allows, and an authority that was revoked.
func TestPaths(t *testing.T) {
	p := newPKI("rsa")
	short := extension("2.5.29.19", true, seq([]byte{1, 1, 0xFF}, intDER(0)))
	between := certSpec{subject: "样例中间", issuer: "样例根", key: p.key("tsa"), by: p.key("root"), ca: true, usage: usageCA, serial: 12, ext: [][]byte{short}}.make()
	ca := certSpec{subject: "样例CA", issuer: "样例中间", key: p.key("ca"), by: p.key("tsa"), ca: true, usage: usageCA, serial: 13}.make()
	s := p.cms()
	s.certs = [][]byte{ca, between}
	if g := one(t, inspect(t, signedPDF(detached, "", s.make), Options{Anchors: p.anchors(t)})); g.Trust != UntrustedUsage || !hasProblem(g, pChain) {
		t.Errorf("path too long: %s %v", g.Trust, g.Problems)
	}
	a := p.anchors(t)
	list := listSpec{key: p.key("root"), issuer: "样例根", at: day("2026-01-01"), number: 1, entries: [][]byte{revokedAt(2, day("2025-05-01"))}}
	if err := a.AddCRL(list.make()); err != nil {
		t.Fatal(err)
	}
	if g := one(t, inspect(t, signedPDF(detached, "", p.cms().make), Options{Anchors: a})); g.Trust != Revoked || g.Revocation.Status != "revoked" || g.Revocation.Of != "样例CA" {
		t.Errorf("authority revoked: %s %+v", g.Trust, g.Revocation)
	}
	self := certSpec{subject: "样例CA", issuer: "样例CA", key: p.key("other"), by: p.key("other"), ca: true, usage: usageCA, serial: 2}.make()
	s = p.cms()
	s.certs = [][]byte{self} // an authority of the right name that signed itself
	if g := one(t, inspect(t, signedPDF(detached, "", s.make), Options{Anchors: p.anchors(t)})); g.Trust != UnknownIssuer {
		t.Errorf("self-issued authority: %s %v", g.Trust, g.Problems)
	}
}

// Each fault of who made an electronic seal has a code of its own.
func TestSealMaker(t *testing.T) {
	maker := func(f func(s *certSpec)) func(p *testPKI) []byte {
		return func(p *testPKI) []byte {
			s := certSpec{subject: "样例制章人", issuer: "样例CA", key: p.key("other"), by: p.key("ca"), usage: usageSigner, serial: 5}
			f(&s)
			return s.make()
		}
	}
	tests := []struct {
		name  string
		maker func(p *testPKI) []byte
		crl   bool
		trust Trust
		code  string
	}{
		{"sound", maker(func(*certSpec) {}), false, Trusted, ""},
		{"of nobody", maker(func(s *certSpec) { s.issuer, s.by = "样例制章人", s.key }), false, UnknownIssuer, pMakerUnknown},
		{"not for signatures", maker(func(s *certSpec) { s.usage = 0x20 }), false, UntrustedUsage, pMakerChain},
		{"over when the seal was made", maker(func(s *certSpec) { s.to = day("2023-01-01") }), false, Expired, pMakerOutOfBounds},
		{"revoked when the seal was made", maker(func(*certSpec) {}), true, Revoked, pMakerRevoked},
	}
	for _, tt := range tests {
		p := newPKI("sm2")
		p.maker = tt.maker(p)
		a := p.anchors(t)
		if err := a.Add(p.ca); err != nil {
			t.Fatal(err)
		}
		if tt.crl {
			if err := a.AddCRL(p.crlDER(day("2026-01-01"), day("2026-02-01"), 5, day("2023-06-01"))); err != nil {
				t.Fatal(err)
			}
		}
		g := one(t, inspect(t, signedPDF("/SubFilter /GM.sm2seal", "", p.seal().make), Options{Anchors: a}))
		if g.Trust != tt.trust || tt.code != "" && !hasProblem(g, tt.code) {
			t.Errorf("%s: %s %v", tt.name, g.Trust, g.Problems)
		}
	}
}

// A chain to an anchor makes nobody a maker of seals: the name of a seal is proven only by a maker who is an anchor for
// seals himself and not its user, or by the name in the signer's certificate.
func TestSealName(t *testing.T) {
	p := newPKI("sm2")
	for _, tt := range []struct {
		name   string
		pin    []byte
		with   []Purpose
		change func(*sesSpec)
		pinned bool
		said   bool
	}{
		{"a subscriber of the authority", nil, nil, func(*sesSpec) {}, false, true},
		{"its own maker", nil, nil, func(s *sesSpec) { s.own = true }, false, true},
		{"pinned, and its own maker", p.signer, []Purpose{PurposeSeal}, func(s *sesSpec) { s.own = true }, false, true},
		{"pinned", p.maker, []Purpose{PurposeSeal}, func(*sesSpec) {}, true, false},
		{"pinned, version 1", p.maker, []Purpose{PurposeSeal}, func(s *sesSpec) { s.v1 = true }, true, false},
		{"pinned for everything", p.maker, nil, func(*sesSpec) {}, false, true},
		{"pinned for signatures", p.maker, []Purpose{PurposeSign}, func(*sesSpec) {}, false, true},
		{"the name of the signer", nil, nil, func(s *sesSpec) { s.name = "样例签章人" }, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := p.anchors(t)
			if err := a.Add(p.ca); err != nil {
				t.Fatal(err)
			}
			if tt.pin != nil {
				if err := a.Add(tt.pin, tt.with...); err != nil {
					t.Fatal(err)
				}
			}
			s := p.seal()
			tt.change(&s)
			g := one(t, inspect(t, signedPDF("/SubFilter /GM.sm2seal", "", s.make), Options{Anchors: a}))
			if g.Trust != Trusted || g.MakerPinned != tt.pinned || hasProblem(g, pSealName) != tt.said {
				t.Errorf("%s, pinned %v, %v", g.Trust, g.MakerPinned, g.Problems)
			}
		})
	}
	authority := p.anchors(t)
	if err := authority.Add(p.ca, PurposeSeal); err != nil {
		t.Fatal(err)
	}
	if g := one(t, inspect(t, signedPDF("/SubFilter /GM.sm2seal", "", p.seal().make), Options{Anchors: authority})); g.Trust != Trusted || g.MakerPinned {
		t.Errorf("an authority for seals certifies users as well: %s, pinned %v", g.Trust, g.MakerPinned)
	}
}

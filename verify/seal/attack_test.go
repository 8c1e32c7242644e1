package seal

import (
	"bytes"
	"crypto/md5"
	"crypto/rc4"
	"fmt"
	"testing"
)

// Attacks that lean on what is allowed: each update holds something permitted, and something else in its shadow.
func TestAttacksInTheShadow(t *testing.T) {
	p := newPKI("p256")
	good := func() []byte { return signedPDF(detached, "", p.cms().make) }
	pageWith := func(annots string) string {
		return "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [" + annots + "] >>"
	}
	formWith := func(fields string) string {
		return "<< /Fields [" + fields + "] /SigFlags 3 /DR << /Font << /F1 5 0 R >> >> >>"
	}
	cover := "<< /Type /Annot /Subtype /FreeText /Rect [60 690 300 720] /P 3 0 R /Contents (covered) /F 4 >>"
	second := func(w *pdfWriter, name, rect, extra string) {
		w.obj(12, fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /Rect [%s] /P 3 0 R /F 132 /V 13 0 R >>", name, rect))
		w.sig(13, detached+" "+extra, p.cms().make)
	}
	tests := map[string]func() []byte{
		"a later certification for annotations": func() []byte {
			w := continuePDF(good())
			w.obj(3, pageWith("7 0 R 8 0 R 12 0 R 14 0 R"))
			w.obj(6, formWith("7 0 R 8 0 R 12 0 R"))
			second(w, "Seal2", "0 0 0 0", fmt.Sprintf(docMDP, 3))
			w.obj(14, cover)
			w.finish(1, "")
			return w.buf.Bytes()
		},
		"a field whose name begins like a signature's": func() []byte {
			w := continuePDF(good())
			w.obj(3, pageWith("7 0 R 8 0 R 12 0 R 14 0 R"))
			w.obj(6, formWith("7 0 R 8 0 R 12 0 R 14 0 R"))
			second(w, "S", "0 0 0 0", "")
			w.obj(14, "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Sx) /V (covered) /Rect [60 690 300 720] /P 3 0 R /F 4 >>")
			w.finish(1, "")
			return w.buf.Bytes()
		},
		"a copy of the signature under another reason": func() []byte {
			g := good()
			_, b, c, d := rangeOf(g)
			w := continuePDF(g)
			w.obj(6, formWith("7 0 R 8 0 R 12 0 R"))
			w.obj(12, "<< /FT /Sig /T (Seal2) /V 13 0 R >>")
			w.obj(13, fmt.Sprintf("<< /Type /Sig /Filter /Adobe.PPKLite %s /Reason (other) /ByteRange [0 %d %d %d] /Contents %s >>", detached, b, c, d, g[b:c]))
			w.finish(1, "")
			return w.buf.Bytes()
		},
		"the signature's own object written again": func() []byte {
			g := good()
			_, b, c, d := rangeOf(g)
			return update(g, map[int]string{9: fmt.Sprintf("<< /Type /Sig /Filter /Adobe.PPKLite %s /ByteRange [0 %d %d %d] /Contents %s >>", detached, b, c, d, g[b:c])})
		},
		"an annotation turned into a signature's widget": func() []byte {
			w := newPDFWriter()
			w.baseObjects(detached, "", p.cms().make)
			w.obj(3, pageWith("7 0 R 8 0 R 14 0 R"))
			w.obj(14, cover)
			w.finish(1, "")
			u := continuePDF(w.buf.Bytes())
			u.obj(6, formWith("7 0 R 8 0 R 14 0 R"))
			u.obj(14, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal2) /Rect [60 690 300 720] /P 3 0 R /F 132 /V 13 0 R >>")
			u.sig(13, detached, p.cms().make)
			u.finish(1, "")
			return u.buf.Bytes()
		},
		"the seal's widget listed under a new page object": func() []byte {
			return update(good(), map[int]string{2: "<< /Type /Pages /Kids [12 0 R] /Count 1 >>", 12: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 13 0 R /Annots [7 0 R 8 0 R] >>", 13: stream("", "BT (FORGED) Tj ET")})
		},
		"the level of the certification raised": func() []byte {
			g := signedPDF(detached+" "+fmt.Sprintf(docMDP, 1), "", p.cms().make)
			w := continuePDF(g)
			w.obj(3, pageWith("7 0 R 8 0 R 14 0 R"))
			w.obj(14, cover)
			w.obj(1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /Perms << /DocMDP << /Type /Sig /Reference [<< /TransformMethod /DocMDP /TransformParams << /P 3 >> >>] >> >> >>")
			w.finish(1, "")
			return w.buf.Bytes()
		},
		"a resource that only a cycle reaches": func() []byte {
			w := newPDFWriter()
			w.baseObjects(detached, "", p.cms().make)
			w.obj(5, "<< /Type /Font /Subtype /Type3 /Resources << /XObject << /A 14 0 R >> >> >>")
			w.obj(14, stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /B 15 0 R >> >>", "/B Do"))
			w.obj(15, stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 14 0 R >> >>", "0 0 1 1 re f"))
			w.finish(1, "")
			return update(w.buf.Bytes(), map[int]string{
				1:  "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /DSS << /X 15 0 R >> >>",
				15: stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 14 0 R >> >>", "9 9 1 1 re f"),
			})
		},
		"the appearance of a widget below its field": func() []byte {
			w := newPDFWriter()
			w.baseObjects(detached, "", p.cms().make)
			w.obj(8, "<< /FT /Tx /T (Note) /V (a) /Kids [14 0 R] >>")
			w.obj(14, "<< /Type /Annot /Subtype /Widget /Parent 8 0 R /Rect [50 50 200 70] /P 3 0 R /F 4 /AP << /N 11 0 R >> >>")
			w.obj(3, pageWith("7 0 R 14 0 R"))
			w.finish(1, "")
			return update(w.buf.Bytes(), map[int]string{
				14: "<< /Type /Annot /Subtype /Widget /Parent 8 0 R /Rect [50 50 200 70] /P 3 0 R /F 4 /AP << /N 15 0 R >> >>",
				15: stream("/Type /XObject /Subtype /Form /BBox [0 0 150 20]", "BT (z) Tj ET"),
			})
		},
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			r := inspect(t, make(), Options{})
			if r.Overall != Dirty || r.Status != Signed {
				t.Errorf("%s %s\n%s", r.Status, r.Overall, describe(r))
			}
		})
	}
}

// A signature dictionary inside an object stream has no place around its gap, so it is none that was signed.
func TestDictionaryInObjectStream(t *testing.T) {
	g := goodPDF("p256")
	_, b, c, d := rangeOf(g)
	dict := fmt.Sprintf("<< /Type /Sig /Filter /Adobe.PPKLite %s /Reason (other) /ByteRange [0 %d %d %d] /Contents %s >>", detached, b, c, d, g[b:c])
	body := "13 0 " + dict
	w := continuePDF(g)
	w.obj(6, "<< /Fields [7 0 R 8 0 R 12 0 R] /SigFlags 3 /DR << /Font << /F1 5 0 R >> >> >>")
	w.obj(12, "<< /FT /Sig /T (Seal2) /V 13 0 R >>")
	w.obj(14, stream("/Type /ObjStm /N 1 /First 5", body))
	at := w.buf.Len()
	row := func(kind, a, b int) []byte {
		return []byte{byte(kind), byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a), byte(b)}
	}
	rows := bytes.Join([][]byte{row(1, w.pending[6], 0), row(1, w.pending[12], 0), row(2, 14, 0), row(1, w.pending[14], 0), row(1, at, 0)}, nil)
	fmt.Fprintf(&w.buf, "15 0 obj\n<< /Type /XRef /W [1 4 1] /Index [6 1 12 4] /Size 16 /Root 1 0 R /Prev %d /Length %d >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", w.prev, len(rows), rows, at)
	r := inspect(t, w.buf.Bytes(), Options{})
	if len(r.Signatures) != 2 || r.Overall != Dirty {
		t.Errorf("%s\n%s", r.Overall, describe(r))
	}
}

// In an encrypted document the value of a signature is the one string that is not encrypted (ISO 32000-2, 7.6.2). One that
// opens without a password is verified; one that does not has no verdict.
func TestEncryptedAndSigned(t *testing.T) {
	pad := []byte("\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A")
	owner := bytes.Repeat([]byte{7}, 32)
	h := md5.New()
	h.Write(pad)
	h.Write(owner)
	h.Write([]byte{0xFC, 0xFF, 0xFF, 0xFF}) // permissions −4
	h.Write([]byte("ID"))
	make := func(user []byte) []byte {
		w := newPDFWriter()
		w.baseObjects(detached, "", newPKI("sm2").cms().make)
		w.obj(20, fmt.Sprintf("<< /Filter /Standard /V 1 /R 2 /P -4 /O <%x> /U <%x> >>", owner, user))
		w.finish(1, "/Encrypt 20 0 R /ID [<4944> <4944>] ")
		return w.buf.Bytes()
	}
	c, err := rc4.NewCipher(h.Sum(nil)[:5])
	if err != nil {
		t.Fatal(err)
	}
	user := bytes.Clone(pad)
	c.XORKeyStream(user, user)
	good := make(user)
	if r := inspect(t, good, Options{}); r.Overall != Clean || one(t, r).Algorithm != "SM2 with SM3" {
		t.Errorf("without a password: %s\n%s", r.Overall, describe(r))
	}
	bent := bytes.Replace(good, []byte("(SPECIMEN) Tj"), []byte("(SPECIMEM) Tj"), 1)
	if r := inspect(t, bent, Options{}); r.Overall != Dirty {
		t.Errorf("bent: %s", r.Overall)
	}
	user[0] ^= 1
	if r := inspect(t, make(user), Options{}); r.Status != Unreadable || r.Overall != NoVerdict || r.Problems[0].Code != pEncrypted {
		t.Errorf("with a password: %+v", r)
	}
}

// A form made with XFA may get other data; another template is another page.
func TestXFA(t *testing.T) {
	w := newPDFWriter()
	w.baseObjects(detached, "", newPKI("p256").cms().make)
	form := "<< /Fields [7 0 R 8 0 R] /SigFlags 3 /DR << /Font << /F1 5 0 R >> >> /XFA [(template) 20 0 R (datasets) 21 0 R] >>"
	w.obj(6, form)
	w.obj(20, stream("", "<template/>"))
	w.obj(21, stream("", "<data/>"))
	w.finish(1, "")
	for n, want := range map[int]Overall{20: Dirty, 21: Clean} {
		if r := inspect(t, update(w.buf.Bytes(), map[int]string{n: stream("", "<other/>")}), Options{}); r.Overall != want {
			t.Errorf("part %d changed: %s\n%s", n, r.Overall, describe(r))
		}
	}
}

// A hybrid file says in two places where its objects are; a later one may not lie in the second.
func TestHybrid(t *testing.T) {
	good := goodPDF("p256")
	w := continuePDF(good)
	w.obj(20, stream("/Type /ObjStm /N 1 /First 4", "4 0 << /Forged true >>"))
	row := func(kind, a, b int) []byte {
		return []byte{byte(kind), byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a), byte(b)}
	}
	at := w.buf.Len()
	fmt.Fprintf(&w.buf, "21 0 obj\n<< /Type /XRef /W [1 4 1] /Index [4 1] /Size 22 /Root 1 0 R /Length 6 >>\nstream\n%s\nendstream\nendobj\n", row(2, 20, 0))
	w.pending[21] = at
	w.size = 22
	w.finish(1, fmt.Sprintf("/XRefStm %d ", at))
	if r := inspect(t, w.buf.Bytes(), Options{}); r.Overall != Dirty || one(t, r).Changes != ChangesContent {
		t.Errorf("%s\n%s", r.Overall, describe(r))
	}
}

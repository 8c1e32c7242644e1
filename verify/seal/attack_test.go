package seal

import (
	"bytes"
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
			t.Log(describe(r))
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

package seal

import (
	"bytes"
	"fmt"
	"testing"
)

// Updates that one reader shows and another does not: what is the same to this package's own reader must be the same to
// every reader, or it is a change.
func TestUpdatesThatReadersSeeDifferently(t *testing.T) {
	p := newPKI("p256")
	w := newPDFWriter()
	w.baseObjects(detached, "", p.cms().make)
	w.obj(2, "<< /Type /Pages /Kids [3 0 R 20 0 R] /Count 2 >>")
	w.obj(20, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>")
	w.obj(8, "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Note) /V (a) /RV (a) /Rect [50 50 200 70] /P 3 0 R /F 4 /AP << /N 11 0 R >> >>")
	w.finish(1, "")
	good := w.buf.Bytes()
	if r := inspect(t, good, Options{}); r.Overall != Clean {
		t.Fatal(describe(r))
	}
	body := stream("", "BT (OTHER) Tj ET")
	second := "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
	entry := func(n, at, gen int, kind string) []byte {
		u := continuePDF(good)
		start := u.buf.Len()
		fmt.Fprintf(&u.buf, "xref\n%d 1\n%010d %05d %s \ntrailer\n<< /Root 1 0 R /Prev %d /Size %d >>\nstartxref\n%d\n%%%%EOF\n", n, at, gen, kind, u.prev, u.size, start)
		return u.buf.Bytes()
	}
	at4 := bytes.Index(good, []byte("4 0 obj"))
	tests := map[string][]byte{
		"a key twice, the signed value last":   update(good, map[int]string{20: second[:len(second)-2] + "/Contents 30 0 R /Contents 4 0 R >>", 30: body}),
		"a key twice, the signed value first":  update(good, map[int]string{20: "<< /Contents 4 0 R /Contents 30 0 R " + second[3:], 30: body}),
		"a key twice, written with an escape":  update(good, map[int]string{20: second[:len(second)-2] + "/Con#74ents 30 0 R >>", 30: body}),
		"a page count that hides a page":       update(good, map[int]string{2: "<< /Type /Pages /Kids [3 0 R 20 0 R] /Count 1 >>"}),
		"a page count of none":                 update(good, map[int]string{2: "<< /Type /Pages /Kids [3 0 R 20 0 R] /Count 0 >>"}),
		"a page that is called a template":     update(good, map[int]string{20: "<< /Type /Template" + second[len("<< /Type /Page"):]}),
		"a page that is called a tree":         update(good, map[int]string{20: "<< /Type /Pages" + second[len("<< /Type /Page"):]}),
		"another generation at the same place": entry(4, at4, 7, "n"),
		"another generation of a new object":   bytes.Replace(update(good, map[int]string{4: stream("", "BT /F1 18 Tf 60 700 Td (SPECIMEN) Tj ET")}), []byte(" 00000 n \ntrailer"), []byte(" 00003 n \ntrailer"), -1),
		"rich text without a new value":        update(good, map[int]string{8: "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Note) /V (a) /RV (other) /Rect [50 50 200 70] /P 3 0 R /F 4 /AP << /N 11 0 R >> >>"}),
		"a stream of another length":           update(good, map[int]string{4: "<< /Length 9999 >>\nstream\nBT /F1 18 Tf 60 700 Td (SPECIMEN) Tj ET\nendstream"}),
		"a stream that ends early":             update(good, map[int]string{4: "<< /Length 5 >>\nstream\nBT /F1 18 Tf 60 700 Td (SPECIMEN) Tj ET\nendstream"}),
	}
	for name, data := range tests {
		r := inspect(t, data, Options{})
		if name == "rich text without a new value" {
			if r.Overall != Clean || len(r.Signatures[0].Changed) == 0 {
				t.Errorf("%s: %s\n%s", name, r.Overall, describe(r))
			}
			continue
		}
		if r.Overall == Clean {
			t.Errorf("%s: clean\n%s", name, describe(r))
		}
	}
}

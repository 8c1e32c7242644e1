package seal

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// pdfWriter writes small PDF files with incremental updates.
type pdfWriter struct {
	buf     bytes.Buffer
	pending map[int]int // offsets of the objects since the last section
	size    int
	prev    int
	sigs    []pendingSig
}

type pendingSig struct {
	from, to, br int // the gap, and the place of the ByteRange numbers
	make         func(message []byte) []byte
}

const gapBytes = 12000

func newPDFWriter() *pdfWriter {
	w := &pdfWriter{pending: map[int]int{}, prev: -1}
	w.buf.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return w
}

// continuePDF writes an update behind a finished file.
func continuePDF(data []byte) *pdfWriter {
	w := &pdfWriter{pending: map[int]int{}}
	i := bytes.LastIndex(data, []byte("startxref"))
	fmt.Sscan(string(data[i+9:]), &w.prev)
	j := bytes.LastIndex(data, []byte("/Size "))
	fmt.Sscan(string(data[j+6:]), &w.size)
	w.buf.Write(data)
	return w
}

func (w *pdfWriter) obj(num int, body string) {
	w.pending[num] = w.buf.Len()
	w.size = max(w.size, num+1)
	fmt.Fprintf(&w.buf, "%d 0 obj\n%s\nendobj\n", num, body)
}

func stream(dict, data string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data)
}

// sig writes a signature dictionary whose value is made when the section ends.
func (w *pdfWriter) sig(num int, extra string, make func([]byte) []byte) {
	w.pending[num] = w.buf.Len()
	w.size = max(w.size, num+1)
	fmt.Fprintf(&w.buf, "%d 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite %s /Contents ", num, extra)
	from := w.buf.Len()
	w.buf.WriteString("<" + strings.Repeat("0", gapBytes*2) + ">")
	to := w.buf.Len()
	w.buf.WriteString(" /ByteRange [")
	br := w.buf.Len()
	w.buf.WriteString(strings.Repeat(" ", 40) + "] >>\nendobj\n")
	w.sigs = append(w.sigs, pendingSig{from, to, br, make})
}

// finish writes the cross-reference section and fills in the signatures of this revision.
func (w *pdfWriter) finish(root int, extra string) {
	start := w.buf.Len()
	w.buf.WriteString("xref\n")
	if w.prev < 0 {
		w.buf.WriteString("0 1\n0000000000 65535 f \n")
	}
	for _, n := range slices.Sorted(maps.Keys(w.pending)) {
		fmt.Fprintf(&w.buf, "%d 1\n%010d 00000 n \n", n, w.pending[n])
	}
	prev := ""
	if w.prev >= 0 {
		prev = fmt.Sprintf("/Prev %d ", w.prev)
	}
	fmt.Fprintf(&w.buf, "trailer\n<< /Root %d 0 R %s%s/Size %d >>\nstartxref\n%d\n%%%%EOF\n", root, prev, extra, w.size, start)
	w.prev, w.pending = start, map[int]int{}
	data := w.buf.Bytes()
	for _, s := range w.sigs {
		copy(data[s.br:s.br+40], fmt.Sprintf("%-40s", fmt.Sprintf("0 %d %d %d", s.from, s.to, len(data)-s.to)))
	}
	for _, s := range w.sigs {
		value := s.make(slices.Concat(data[:s.from], data[s.to:]))
		copy(data[s.from+1:], hex.EncodeToString(value))
	}
	w.sigs = nil
}

const (
	catalogBody = "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R >>"
	pageBody    = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [7 0 R 8 0 R] >>"
	formBody    = "<< /Fields [7 0 R 8 0 R] /SigFlags 3 /DR << /Font << /F1 5 0 R >> >> >>"
	sigField    = "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal1) /Rect [400 100 500 200] /P 3 0 R /F 132 /V 9 0 R /AP << /N 10 0 R >> %s >>"
	textField   = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Note) /V (%s) /Rect [50 50 200 70] /P 3 0 R /F 4 /AP << /N %d 0 R >> >>"
)

// base writes the objects of a one page document with a signed field and a text field.
func (w *pdfWriter) baseObjects(sigExtra, fieldExtra string, make func([]byte) []byte) {
	w.obj(1, catalogBody)
	w.obj(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	w.obj(3, pageBody)
	w.obj(4, stream("", "BT /F1 18 Tf 60 700 Td (SPECIMEN) Tj ET"))
	w.obj(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	w.obj(6, formBody)
	w.obj(7, fmt.Sprintf(sigField, fieldExtra))
	w.obj(8, fmt.Sprintf(textField, "a", 11))
	w.sig(9, sigExtra, make)
	w.obj(10, stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100]", "0 0 100 100 re f"))
	w.obj(11, stream("/Type /XObject /Subtype /Form /BBox [0 0 150 20]", "BT (a) Tj ET"))
}

func signedPDF(sigExtra, fieldExtra string, make func([]byte) []byte) []byte {
	w := newPDFWriter()
	w.baseObjects(sigExtra, fieldExtra, make)
	w.finish(1, "")
	return w.buf.Bytes()
}

const detached = "/SubFilter /adbe.pkcs7.detached"

// goodPDF is a document with one valid signature over the whole of it.
func goodPDF(alg string) []byte {
	p := newPKI(alg)
	return signedPDF(detached, "", p.cms().make)
}

func inspect(t testing.TB, data []byte, opts Options) *Report {
	t.Helper()
	r, err := Inspect(context.Background(), data, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Problems {
		if p.Code == pInternal {
			t.Fatalf("panic: %s", p.Detail)
		}
	}
	return r
}

// one returns the only counted signature of a file.
func one(t testing.TB, r *Report) Signature {
	t.Helper()
	var out []Signature
	for _, s := range r.Signatures {
		if s.Counts {
			out = append(out, s)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%d signatures count, want 1: %+v", len(out), r)
	}
	return out[0]
}

func hasProblem(s Signature, code string) bool {
	return slices.ContainsFunc(s.Problems, func(p Problem) bool { return p.Code == code })
}

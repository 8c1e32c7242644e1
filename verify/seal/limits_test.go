package seal

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Files made to keep a program busy: each must end by a limit, with an answer that is not clean.
func TestHostile(t *testing.T) {
	doc := func(objs map[int]string) []byte {
		w := newPDFWriter()
		for i := 1; i < 40; i++ {
			if s, ok := objs[i]; ok {
				w.obj(i, s)
			}
		}
		w.finish(1, "")
		return w.buf.Bytes()
	}
	pages := "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
	many := func(s string, n int) string { return strings.Repeat(s+" ", n) }
	tests := map[string][]byte{
		"pages share a list of nothing":  doc(map[int]string{1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Kids [" + many("<< /Kids 3 0 R >>", 5000) + "] >>", 3: "[" + many("null", 50000) + "]"}),
		"fields share a list of nothing": doc(map[int]string{1: "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [" + many("<< /T (x) /Kids 4 0 R >>", 5000) + "] >> >>", 2: pages, 3: "<< /Type /Page >>", 4: "[" + many("null", 50000) + "]"}),
		"pages share their annotations":  doc(map[int]string{1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Kids [" + many("<< /Type /Page /Annots 4 0 R >>", 8000) + "] >>", 4: "[" + many("<< /Subtype /Link >>", 20000) + "]"}),
		"field tree in a loop":           doc(map[int]string{1: "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>", 2: pages, 3: "<< /Type /Page >>", 4: "<< /T (a) /Kids [5 0 R] >>", 5: "<< /T (b) /Kids [4 0 R] >>"}),
		"structure tree in a loop":       doc(map[int]string{1: "<< /Type /Catalog /Pages 2 0 R /StructTreeRoot 4 0 R >>", 2: pages, 3: "<< /Type /Page >>", 4: "<< /K 5 0 R >>", 5: "<< /K [5 0 R] >>"}),
		"words that look like ranges":    append(goodPDF("p256"), "%"+many("/ByteRange [0 1 2 3] obj", 60000)+"\n"...),
		"thousands of revisions": func() []byte {
			w := continuePDF(goodPDF("p256"))
			for range 2500 {
				w.finish(1, "")
			}
			return w.buf.Bytes()
		}(),
		"many signatures": func() []byte {
			w := newPDFWriter()
			w.baseObjects(detached, "", newPKI("p256").cms().make)
			var fields strings.Builder
			for i := range 150 {
				fmt.Fprintf(&fields, "%d 0 R ", 100+i)
				w.obj(100+i, fmt.Sprintf("<< /FT /Sig /T (S%d) /V << /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >> >>", i))
			}
			w.obj(6, "<< /Fields [7 0 R "+fields.String()+"] >>")
			w.finish(1, "")
			return w.buf.Bytes()
		}(),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			r := inspect(t, data, Options{})
			if r.Overall == Clean && name != "words that look like ranges" {
				t.Errorf("%s %s", r.Status, r.Overall)
			}
			t.Log(r.Status, r.Overall, r.Problems)
		})
	}
}

// The limits of Options are kept, and each is named in the report.
func TestOptionLimits(t *testing.T) {
	good := goodPDF("p256")
	l := DefaultLimits()
	l.File = 100
	if r := inspect(t, good, Options{Limits: l}); r.Status != Unreadable || r.Problems[0].Code != pTooLarge {
		t.Errorf("file size: %+v", r)
	}
	l = DefaultLimits()
	l.Signatures = 0
	if r := inspect(t, good, Options{Limits: l}); r.Overall == Clean || len(r.Problems) == 0 || r.Problems[0].Code != pTooLarge {
		t.Errorf("signatures: %+v", r)
	}
	l = DefaultLimits()
	l.Wall = time.Nanosecond
	if r := inspect(t, good, Options{Limits: l}); r.Overall == Clean || r.Status == Unsigned {
		t.Errorf("time: %+v", r)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if r, err := Inspect(ctx, good, Options{}); err == nil || r != nil {
		t.Errorf("a context that ended: %v %v", r, err)
	}
	for name, b := range map[string][]byte{"empty": nil, "text": []byte("hello"), "header": []byte("%PDF-1.7\n"), "picture": []byte("\x89PNG\r\n\x1a\n")} {
		if r := inspect(t, b, Options{}); r.Status != Unreadable || r.Overall != NoVerdict || r.Signatures == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// A picture in a seal beyond the limit is left out, and the seal still verifies.
func TestPictureLimit(t *testing.T) {
	var s sesSeal
	big := seq(der(22, []byte("png")), octet(bytes.Repeat([]byte{1}, maxPictureBytes+1)))
	info := seq(seq(der(22, []byte("ES")), intDER(4), der(22, []byte("v"))), der(22, []byte("1")),
		seq(intDER(1), utf8("样例"), intDER(1), seq(), genTime(day("2024-01-01")), genTime(day("2024-01-01")), genTime(day("2027-01-01"))), big)
	if err := s.parse(mustNode(t, seq(info, octet([]byte{1}), oidDER(oidSM2WithSM3), bitString([]byte{1})))); err != nil || s.picture != nil || s.name != "样例" {
		t.Errorf("%v, %d bytes", err, len(s.picture))
	}
}

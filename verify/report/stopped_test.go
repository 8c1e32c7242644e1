package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"zhengyan/verify"
)

// Every form says that a run was stopped, of one report as of several, and says nothing of one that came to its end.
func TestEveryFormSaysThatARunWasStopped(t *testing.T) {
	for _, rs := range [][]*verify.Report{batch(), {passed()}} {
		for _, s := range []*Stopped{nil, {Done: 3, Of: 12}, {Done: 3}} {
			o := Options{Stopped: s, PDF: PDFOptions{Font: testFont()}}
			var pdf, page, lines, book bytes.Buffer
			if err := errors.Join(o.WritePDF(&pdf, rs), o.WriteHTML(&page, rs), o.WriteJSON(&lines, rs), o.WriteXLSX(&book, rs)); err != nil {
				t.Fatal(err)
			}
			overview, _, about := SheetNames("zh")
			x := openBytes(t, book.Bytes())
			var cells []string
			for _, name := range []string{overview, about} {
				for _, row := range sheetRows(t, x, name) {
					cells = append(cells, row...)
				}
			}
			want := 0
			if s != nil {
				want = 1
			}
			count := func(text string) int { return strings.Count(squeezed(text), "核验中途停止") }
			if n := count(strings.Join(pdfPages(t, pdf.Bytes()), "")); n != want {
				t.Errorf("%d report(s), %v: PDF: %d", len(rs), s, n)
			}
			if n := count(page.String()); n != want {
				t.Errorf("%d report(s), %v: HTML: %d", len(rs), s, n)
			}
			if n := count(strings.Join(cells, " ")); n != 2*want {
				t.Errorf("%d report(s), %v: XLSX: %d", len(rs), s, n)
			}
			for form, b := range map[string][]byte{"JSON": lines.Bytes(), "HTML": page.Bytes(), "PDF": pdf.Bytes()} {
				back, err := ReadBatch(bytes.NewReader(b))
				if err != nil || back.Integrity != Unchanged || (back.Stopped == nil) != (s == nil) || s != nil && *back.Stopped != *s {
					t.Errorf("%d report(s), %v: %s read back: %+v %v", len(rs), s, form, back, err)
				}
			}
		}
	}
}

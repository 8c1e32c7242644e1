package seal

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const (
	stampWidget = "<< /Type /Annot /Subtype /Widget /FT /Sig /T (TS1) /Rect [%s] /P 3 0 R /F %d /V 21 0 R %s >>"
	paintOver   = "1 1 1 rg 0 0 400 40 re f"
	writeOver   = "BT /F1 12 Tf 2 2 Td (OTHER) Tj ET"
	drawnForm   = "/Type /XObject /Subtype /Form /BBox [0 0 400 40]"
)

// later is a sealed file to which somebody added a signature of a field in an update.
type later struct {
	objects map[int]string // besides page and form
	annots  string         // of the page, beside those that it has; the new field is 20
	fields  string         // of the form, beside those that it has; "" for the new field alone
	base    func(w *pdfWriter)
	sub     string // "" for a document timestamp
	value   func([]byte) []byte
}

func (l later) file(p *testPKI) []byte {
	w := newPDFWriter()
	w.baseObjects(detached, "", p.cms().make)
	if l.base != nil {
		l.base(w)
	}
	w.finish(1, "")
	w = continuePDF(w.buf.Bytes())
	w.obj(3, strings.Replace(pageBody, "8 0 R]", "8 0 R "+l.annots+"]", 1))
	w.obj(6, strings.Replace(formBody, "8 0 R]", "8 0 R "+l.fields+"]", 1))
	for n, body := range l.objects {
		w.obj(n, body)
	}
	sub, value := l.sub, l.value
	if sub == "" {
		sub = "/SubFilter /ETSI.RFC3161"
	}
	if value == nil {
		value = func(m []byte) []byte { return p.token(m, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)) }
	}
	w.sig(21, sub, value)
	w.finish(1, "")
	return w.buf.Bytes()
}

// Anybody can have a timestamp put on anybody's file. ISO 32000-2, 12.8.5 takes it for no change because it shows nothing;
// one that does show something must not pass for that, in whatever shape it comes.
func TestTimestampsThatShow(t *testing.T) {
	p := newPKI("rsa")
	field := func(rect string, flags int, more string) map[int]string {
		return map[int]string{
			20: fmt.Sprintf(stampWidget, rect, flags, more), 22: stream(drawnForm, paintOver), 23: stream(drawnForm, writeOver),
			24: stream(drawnForm+" /Resources << /XObject << /X 23 0 R >> >>", "/X Do"),
		}
	}
	with := func(m map[int]string, n int, body string) map[int]string { m[n] = body; return m }
	place := "60 690 460 730"
	group := "<< /T (Group) /Kids [20 0 R] %s >>"
	kid := strings.Replace(fmt.Sprintf(stampWidget, "0 0 0 0", 132, ""), "/P 3", "/Parent 25 0 R /P 3", 1)
	empty := func(rect string) func(w *pdfWriter) {
		return func(w *pdfWriter) {
			w.obj(3, strings.Replace(pageBody, "8 0 R]", "8 0 R 20 0 R]", 1))
			w.obj(6, strings.Replace(formBody, "8 0 R]", "8 0 R 20 0 R]", 1))
			w.obj(20, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (TS1) /Rect ["+rect+"] /P 3 0 R /F 132 >>")
		}
	}
	tests := []struct {
		name    string
		later   later
		changes Changes
		shows   Shows
		overall Overall
	}{
		{"no area", later{objects: field("0 0 0 0", 132, "")}, ChangesLTV, ShowsNothing, Clean},
		{"no area and a drawing", later{objects: field("0 0 0 0", 132, "/AP << /N 22 0 R >>")}, ChangesLTV, ShowsNothing, Clean},
		{"a line without width", later{objects: field("60 690 60 730", 132, "")}, ChangesLTV, ShowsNothing, Clean},
		{"hidden", later{objects: field(place, 134, "/AP << /N 22 0 R >>")}, ChangesLTV, ShowsNothing, Clean},
		{"no widget at all", later{objects: map[int]string{20: "<< /FT /Sig /T (TS1) /V 21 0 R >>"}}, ChangesLTV, ShowsNothing, Clean},
		{"painted over the page", later{objects: field(place, 132, "/AP << /N 22 0 R >>")}, ChangesForm, ShowsPicture, Clean},
		{"upside down", later{objects: field("460 730 60 690", 132, "/AP << /N 22 0 R >>")}, ChangesForm, ShowsPicture, Clean},
		{"not shown but printed", later{objects: field(place, 36, "/AP << /N 22 0 R >>")}, ChangesForm, ShowsPicture, Clean},
		{"an area without appearance", later{objects: field(place, 132, "")}, ChangesForm, ShowsPicture, Clean},
		{"a place that is none", later{objects: field("60 690 460", 132, "/AP << /N 22 0 R >>")}, ChangesForm, ShowsPicture, Clean},
		{"written onto the page", later{objects: field(place, 132, "/AP << /N 23 0 R >>")}, ChangesForm, ShowsText, Clean},
		{"written by a form within", later{objects: field(place, 132, "/AP << /N << /On 22 0 R /Off 24 0 R >> >>")}, ChangesForm, ShowsText, Clean},
		{"text without area", later{objects: field("0 0 0 0", 132, "/AP << /N 24 0 R >>")}, ChangesForm, ShowsText, Clean},
		{"an appearance that cannot be read", later{objects: with(field(place, 132, "/AP << /N 22 0 R >>"), 22, stream(drawnForm+" /Filter /NoSuchFilter", paintOver))}, ChangesForm, ShowsText, Clean},
		{"hidden until a script shows it", later{objects: field(place, 134, "/AP << /N 22 0 R >> /AA << /PO << /S /JavaScript /JS (1) >> >>")}, ChangesForm, ShowsText, Clean},
		{"a widget of its own", later{annots: "25 0 R", objects: map[int]string{
			20: "<< /FT /Sig /T (TS1) /V 21 0 R /Kids [25 0 R] >>", 22: stream(drawnForm, paintOver),
			25: "<< /Type /Annot /Subtype /Widget /Parent 20 0 R /Rect [" + place + "] /P 3 0 R /F 4 /AP << /N 22 0 R >> >>",
		}}, ChangesForm, ShowsPicture, Clean},
		{"an empty field signed", later{base: empty(place), objects: field(place, 132, "/AP << /N 22 0 R >>")}, ChangesForm, ShowsPicture, Clean},
		{"an empty field moved and signed", later{base: empty("0 0 0 0"), objects: field(place, 132, "/AP << /N 22 0 R >>")}, ChangesForm, ShowsPicture, Clean},
		{"an empty field without area signed", later{base: empty("0 0 0 0"), objects: field("0 0 0 0", 132, "")}, ChangesLTV, ShowsNothing, Clean},
		{"under a group", later{fields: "25 0 R", objects: map[int]string{25: fmt.Sprintf(group, ""), 20: kid}}, ChangesLTV, ShowsNothing, Clean},
		{"under a group that shows", later{fields: "25 0 R", annots: "25 0 R", objects: map[int]string{
			25: fmt.Sprintf(group, "/Type /Annot /Subtype /Widget /Rect ["+place+"] /P 3 0 R /F 4 /AP << /N 22 0 R >>"), 22: stream(drawnForm, paintOver), 20: kid,
		}}, ChangesAnnotation, "", Dirty},
		{"beside a field of the same name", later{annots: "25 0 R", fields: "20 0 R 25 0 R", objects: with(with(field("0 0 0 0", 132, ""),
			25, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (TS1) /Rect ["+place+"] /P 3 0 R /F 4 /AP << /N 22 0 R >> >>"), 22, stream(drawnForm, paintOver))}, ChangesForm, "", Dirty},
		{"beside a field of the seal's name", later{annots: "25 0 R", fields: "20 0 R 25 0 R", objects: with(with(field("0 0 0 0", 132, ""),
			25, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal1) /Rect ["+place+"] /P 3 0 R /F 4 /AP << /N 22 0 R >> >>"), 22, stream(drawnForm, paintOver))}, ChangesAnnotation, "", Dirty},
		{"beside a widget given to the seal", later{annots: "25 0 R", objects: with(with(with(field("0 0 0 0", 132, ""),
			7, strings.Replace(fmt.Sprintf(sigField, ""), "/V 9", "/Kids [25 0 R] /V 9", 1)),
			25, "<< /Type /Annot /Subtype /Widget /Parent 7 0 R /Rect ["+place+"] /P 3 0 R /F 4 /AP << /N 22 0 R >> >>"), 22, stream(drawnForm, paintOver))}, ChangesAnnotation, "", Dirty},
		{"a token in a signature's dictionary", later{sub: detached, objects: field("0 0 0 0", 132, "")}, ChangesForm, ShowsNothing, Dirty},
		{"a signature", later{sub: detached, value: p.cms().make, objects: field("0 0 0 0", 132, "")}, ChangesForm, ShowsNothing, Clean},
		{"a signature that paints", later{sub: detached, value: p.cms().make, objects: field(place, 132, "/AP << /N 22 0 R >>")}, ChangesForm, ShowsPicture, Clean},
		{"a signature that writes", later{sub: detached, value: p.cms().make, objects: field(place, 132, "/AP << /N 23 0 R >>")}, ChangesForm, ShowsText, Clean},
	}
	for _, tt := range tests {
		tt.later.annots = "20 0 R " + tt.later.annots
		if tt.later.fields == "" {
			tt.later.fields = "20 0 R"
		}
		r := inspect(t, tt.later.file(p), Options{})
		var s *Signature
		for i := range r.Signatures {
			if r.Signatures[i].Field == "Seal1" {
				s = &r.Signatures[i]
			}
		}
		if s == nil {
			t.Errorf("%s: no seal\n%s", tt.name, describe(r))
			continue
		}
		var shows Shows
		for _, c := range s.Changed {
			if c.Shows != "" {
				shows = c.Shows
			}
		}
		if s.Changes != tt.changes || r.Overall != tt.overall || tt.shows != "" && shows != tt.shows {
			t.Errorf("%s: %s %s %q, want %s %s %q\n%s", tt.name, s.Changes, r.Overall, shows, tt.changes, tt.overall, tt.shows, describe(r))
		}
	}
}

// A certified file may be given document timestamps and nothing else (ISO 32000-2, table 257, P 1): one that can be seen is more.
func TestTimestampThatShowsOnCertifiedFile(t *testing.T) {
	p := newPKI("rsa")
	certified := detached + " /Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /P 1 /V /1.2 >> >>]"
	for rect, want := range map[string]bool{"0 0 0 0": true, "60 690 460 730": false} {
		w := continuePDF(signedPDF(certified, "", p.cms().make))
		w.obj(3, strings.Replace(pageBody, "8 0 R]", "8 0 R 20 0 R]", 1))
		w.obj(6, strings.Replace(formBody, "8 0 R]", "8 0 R 20 0 R]", 1))
		w.obj(20, fmt.Sprintf(stampWidget, rect, 132, ""))
		w.sig(21, "/SubFilter /ETSI.RFC3161", func(m []byte) []byte { return p.token(m, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)) })
		w.finish(1, "")
		if s := inspect(t, w.buf.Bytes(), Options{}).Signatures[0]; s.Permitted != want {
			t.Errorf("[%s]: permitted %v, want %v: %+v", rect, s.Permitted, want, s.Changed)
		}
	}
}

// The place of a later signature is that of its only widget; where there are several, no place speaks for it.
func TestPlaceOfLaterSignature(t *testing.T) {
	p := newPKI("rsa")
	const own = "<< /Type /Annot /Subtype /Widget /FT /Sig /T (TS1) /Rect [60 600 80 620] /P 3 0 R /F 132 /V 21 0 R %s>>"
	kid := func(rect string) string {
		return "<< /Type /Annot /Subtype /Widget /Parent 20 0 R /Rect [" + rect + "] /P 3 0 R /F 4 >>"
	}
	for name, tt := range map[string]struct {
		objects map[int]string
		want    string
	}{
		"its own":             {map[int]string{20: fmt.Sprintf(own, "")}, "60 222 80 242"},
		"its kid's":           {map[int]string{20: "<< /FT /Sig /T (TS1) /V 21 0 R /Kids [25 0 R] >>", 25: kid("60 600 80 620")}, "60 222 80 242"},
		"its kid's of two":    {map[int]string{20: "<< /FT /Sig /T (TS1) /V 21 0 R /Kids [25 0 R 26 0 R] >>", 25: kid("60 600 80 620"), 26: kid("0 0 0 0")}, "60 222 80 242"},
		"two kids'":           {map[int]string{20: "<< /FT /Sig /T (TS1) /V 21 0 R /Kids [25 0 R 26 0 R] >>", 25: kid("60 600 80 620"), 26: kid("60 690 460 730")}, "0 0 0 0"},
		"its own and a kid's": {map[int]string{20: fmt.Sprintf(own, "/Kids [25 0 R] "), 25: kid("60 690 460 730")}, "0 0 0 0"},
	} {
		r := inspect(t, later{sub: detached, value: p.cms().make, annots: "20 0 R 25 0 R 26 0 R", fields: "20 0 R", objects: tt.objects}.file(p), Options{})
		got := ""
		for _, c := range r.Signatures[0].Changed {
			if c.What == "signature TS1" {
				got = fmt.Sprint(c.Box.X0, c.Box.Y0, c.Box.X1, c.Box.Y1)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q\n%s", name, got, tt.want, describe(r))
		}
	}
}

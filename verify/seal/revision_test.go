package seal

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"zhengyan/verify/page"
)

// update appends a revision with the objects given.
func update(data []byte, objs map[int]string) []byte {
	w := continuePDF(data)
	nums := []int{}
	for n := range objs {
		nums = append(nums, n)
	}
	slices.Sort(nums)
	for _, n := range nums {
		w.obj(n, objs[n])
	}
	w.finish(1, "")
	return w.buf.Bytes()
}

const docMDP = "/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /V /1.2 /P %d >> >>]"

// Each case is one update behind one signature.
func TestUpdates(t *testing.T) {
	p := newPKI("p256")
	newValue := map[int]string{8: fmt.Sprintf(textField, "b", 12), 12: stream("/Type /XObject /Subtype /Form /BBox [0 0 150 20]", "BT (b) Tj ET")}
	annot := "<< /Type /Annot /Subtype /FreeText /Rect [60 690 300 720] /P 3 0 R /Contents (covered) /F 4 >>"
	withAnnot := map[int]string{3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [7 0 R 8 0 R 12 0 R] >>", 12: annot}
	dss := map[int]string{1: "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /DSS 12 0 R >>", 12: "<< /Certs [13 0 R] >>", 13: stream("", string(p.ca))}
	tests := []struct {
		name     string
		sigExtra string
		field    string
		objs     map[int]string
		changes  Changes
		ok       bool
	}{
		{"nothing", "", "", map[int]string{}, ChangesNone, true},
		{"validation data", "", "", dss, ChangesLTV, true},
		{"validation data, certified without changes", fmt.Sprintf(docMDP, 1), "", dss, ChangesLTV, true},
		{"value of a field", "", "", newValue, ChangesForm, true},
		{"value of a field, certified for forms", fmt.Sprintf(docMDP, 2), "", newValue, ChangesForm, true},
		{"value of a field, certified without changes", fmt.Sprintf(docMDP, 1), "", newValue, ChangesForm, false},
		{"value of a locked field", "", "/Lock << /Type /SigFieldLock /Action /Include /Fields [(Note)] >>", newValue, ChangesForm, false},
		{"value of a field, all locked", "", "/Lock << /Type /SigFieldLock /Action /All >>", newValue, ChangesForm, false},
		{"value of a field that the lock excepts", "", "/Lock << /Type /SigFieldLock /Action /Exclude /Fields [(Note)] >>", newValue, ChangesForm, true},
		{"value of a field under FieldMDP", "/Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action /Include /Fields [(Note)] >> >>]", "", newValue, ChangesForm, false},
		{"annotation", "", "", withAnnot, ChangesAnnotation, false},
		{"annotation, certified for annotations", fmt.Sprintf(docMDP, 3), "", withAnnot, ChangesAnnotation, true},
		{"annotation, certified for forms", fmt.Sprintf(docMDP, 2), "", withAnnot, ChangesAnnotation, false},
		{"page content", "", "", map[int]string{4: stream("", "BT /F1 18 Tf 60 700 Td (FORGED) Tj ET")}, ChangesContent, false},
		{"page content, certified for annotations", fmt.Sprintf(docMDP, 3), "", map[int]string{4: stream("", "BT /F1 18 Tf 60 700 Td (FORGED) Tj ET")}, ChangesContent, false},
		{"font", "", "", map[int]string{5: "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"}, ChangesContent, false},
		{"page size", "", "", map[int]string{3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [7 0 R 8 0 R] >>"}, ChangesContent, false},
		{"second page", "", "", map[int]string{2: "<< /Type /Pages /Kids [3 0 R 12 0 R] /Count 2 >>", 12: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"}, ChangesContent, false},
		{"page removed", "", "", map[int]string{2: "<< /Type /Pages /Kids [] /Count 0 >>"}, ChangesContent, false},
		{"appearance of the seal swapped", "", "", map[int]string{10: stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100]", "1 0 0 rg 0 0 100 100 re f")}, ChangesContent, false},
		{"reason of the signature replaced", "", "", map[int]string{7: "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal1) /Rect [400 100 500 200] /P 3 0 R /F 132 /V << /Type /Sig /Reason (x) >> /AP << /N 10 0 R >> >>"}, ChangesContent, false},
		{"appearance of a field without a new value", "", "", map[int]string{8: fmt.Sprintf(textField, "a", 12), 12: stream("/Type /XObject /Subtype /Form /BBox [0 0 900 900]", "BT (z) Tj ET")}, ChangesAnnotation, false},
		{"field moved", "", "", map[int]string{8: "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Note) /V (a) /Rect [0 0 595 842] /P 3 0 R /F 4 /AP << /N 11 0 R >> >>"}, ChangesAnnotation, false},
		{"field filled and closed", "", "", map[int]string{8: "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Note) /Ff 1 /V (b) /Rect [50 50 200 70] /P 3 0 R /F 4 /AP << /N 12 0 R >> >>", 12: stream("/Type /XObject /Subtype /Form /BBox [0 0 150 20]", "BT (b) Tj ET")}, ChangesForm, true},
		{"field made a password field", "", "", map[int]string{8: "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Note) /Ff 8192 /V (a) /Rect [50 50 200 70] /P 3 0 R /F 4 /AP << /N 11 0 R >> >>"}, ChangesAnnotation, false},
		{"field hidden", "", "", map[int]string{8: "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Note) /V (a) /Rect [50 50 200 70] /P 3 0 R /F 2 /AP << /N 11 0 R >> >>"}, ChangesAnnotation, false},
		{"field added", "", "", map[int]string{6: "<< /Fields [7 0 R 8 0 R 12 0 R] /SigFlags 3 /DR << /Font << /F1 5 0 R >> >> >>", 12: "<< /FT /Tx /T (New) /V (x) >>"}, ChangesForm, false},
		{"field removed", "", "", map[int]string{6: "<< /Fields [7 0 R] /SigFlags 3 /DR << /Font << /F1 5 0 R >> >> >>"}, ChangesContent, false},
		{"script on opening", "", "", map[int]string{1: "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"}, ChangesContent, false},
		{"layers", "", "", map[int]string{1: "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /OCProperties << /OCGs [] >> >>"}, ChangesContent, false},
		{"an object that nothing leads to", "", "", map[int]string{12: "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"}, ChangesContent, false},
		{"page content written again", "", "", map[int]string{4: stream("", "BT /F1 18 Tf 60 700 Td (SPECIMEN) Tj ET")}, ChangesNone, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := update(signedPDF(detached+" "+tt.sigExtra, tt.field, p.cms().make), tt.objs)
			r := inspect(t, data, Options{})
			var g *Signature
			for i := range r.Signatures {
				if r.Signatures[i].Coverage == CoverageRevision || len(r.Signatures) == 1 {
					g = &r.Signatures[i]
				}
			}
			if g == nil {
				t.Fatalf("no signature over a revision: %+v", r)
			}
			if g.Integrity != Intact && g.Integrity != Malformed || g.Changes != tt.changes && tt.name != "reason of the signature replaced" || g.Permitted != tt.ok || (r.Overall == Clean) != tt.ok {
				t.Errorf("integrity %s, changes %s, permitted %v, overall %s\n%v\n%v", g.Integrity, g.Changes, g.Permitted, r.Overall, g.Problems, g.Changed)
			}
			if tt.name == "annotation" && g.Changed[0].Box != (page.Box{X0: 60, Y0: 122, X1: 300, Y1: 152}) {
				t.Errorf("the annotation stands at %v", g.Changed[0].Box)
			}
			if !tt.ok && len(g.Changed) == 0 && g.Coverage == CoverageRevision {
				t.Error("nothing says what was changed")
			}
		})
	}
}

// A second signature in a new field, and a document timestamp, are further steps and no attack.
func TestSecondSignature(t *testing.T) {
	p := newPKI("p256")
	add := func(first []byte, rect, sub string, make func([]byte) []byte) []byte {
		w := continuePDF(first)
		w.obj(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [7 0 R 8 0 R 12 0 R] >>")
		w.obj(6, "<< /Fields [7 0 R 8 0 R 12 0 R] /SigFlags 3 /DR << /Font << /F1 5 0 R >> >> >>")
		w.obj(12, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal2) /Rect ["+rect+"] /P 3 0 R /F 132 /V 13 0 R >>")
		w.sig(13, sub, make)
		w.finish(1, "")
		return w.buf.Bytes()
	}
	stamp := func(m []byte) []byte { return p.token(m, day("2025-07-01")) }
	tests := []struct {
		name, extra, rect, sub string
		make                   func([]byte) []byte
		changes                Changes
		overall                Overall
	}{
		{"visible signature", "", "60 690 300 720", detached, p.cms().make, ChangesForm, Clean},
		{"signature, certified for forms", fmt.Sprintf(docMDP, 2), "0 0 0 0", detached, p.cms().make, ChangesForm, Clean},
		{"visible new signature, certified for forms", fmt.Sprintf(docMDP, 2), "60 690 300 720", detached, p.cms().make, ChangesForm, Dirty},
		{"visible new signature, certified for annotations", fmt.Sprintf(docMDP, 3), "60 690 300 720", detached, p.cms().make, ChangesForm, Clean},
		{"signature", "", "0 0 0 0", detached, p.cms().make, ChangesForm, Clean},
		{"signature, certified without changes", fmt.Sprintf(docMDP, 1), "0 0 0 0", detached, p.cms().make, ChangesForm, Dirty},
		{"timestamp", "", "0 0 0 0", "/SubFilter /ETSI.RFC3161", stamp, ChangesLTV, Clean},
		{"timestamp, certified without changes", fmt.Sprintf(docMDP, 1), "0 0 0 0", "/SubFilter /ETSI.RFC3161", stamp, ChangesLTV, Clean},
		{"timestamp of other bytes", "", "0 0 0 0", "/SubFilter /ETSI.RFC3161", func(m []byte) []byte { return stamp(m[1:]) }, ChangesLTV, Dirty},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := inspect(t, add(signedPDF(detached+" "+tt.extra, "", p.cms().make), tt.rect, tt.sub, tt.make), Options{})
			if len(r.Signatures) != 2 || r.Signatures[0].Changes != tt.changes || r.Overall != tt.overall {
				t.Errorf("%s %+v", r.Overall, r.Signatures)
			}
		})
	}
}

// Incremental saving attacks: updates whose cross-reference table is missing, lies, or hides in the signed bytes.
func TestIncrementalSavingAttacks(t *testing.T) {
	good := goodPDF("p256")
	forged := "4 0 obj\n" + stream("", "BT (FORGED) Tj ET") + "\nendobj\n"
	start := func(x []byte) int { return bytes.LastIndex(x, []byte("xref\n0 1")) }
	behind := func(s string) []byte { return append(bytes.Clone(good), s...) }
	n := len(good)
	tests := []struct {
		name string
		data []byte
	}{
		{"object alone", behind(forged)},
		{"object and trailer", behind(forged + "trailer\n<< /Root 1 0 R /Size 12 >>\n")},
		{"table without entries", behind(fmt.Sprintf("%sxref\n0 0\ntrailer\n<< /Root 1 0 R /Size 12 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", forged, start(good), n+len(forged)))},
		{"table without Prev", behind(fmt.Sprintf("%sxref\n4 1\n%010d 00000 n \ntrailer\n<< /Root 1 0 R /Size 12 >>\nstartxref\n%d\n%%%%EOF\n", forged, n, n+len(forged)))},
		{"Prev in a loop", behind(fmt.Sprintf("%sxref\n4 1\n%010d 00000 n \ntrailer\n<< /Root 1 0 R /Size 12 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", forged, n, n+len(forged), n+len(forged)))},
		{"startxref outside the file", behind(forged + "startxref\n99999999\n%%EOF\n")},
		{"entry beside the object", behind(fmt.Sprintf("%sxref\n4 1\n%010d 00000 n \ntrailer\n<< /Root 1 0 R /Size 12 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", forged, n+3, start(good), n+len(forged)))},
		{"another catalog", behind(fmt.Sprintf("12 0 obj\n<< /Type /Catalog /Pages 13 0 R /AcroForm 6 0 R >>\nendobj\nxref\n12 1\n%010d 00000 n \ntrailer\n<< /Root 12 0 R /Size 13 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", n, start(good), n+len("12 0 obj\n<< /Type /Catalog /Pages 13 0 R /AcroForm 6 0 R >>\nendobj\n")))},
		{"object freed", behind(fmt.Sprintf("xref\n4 1\n0000000000 00001 f \ntrailer\n<< /Root 1 0 R /Size 12 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", start(good), n))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if r := inspect(t, tt.data, Options{}); r.Overall == Clean || r.Status == Unsigned {
				t.Errorf("%s %s %+v", r.Status, r.Overall, r.Signatures)
			}
		})
	}
}

// A signature that a later revision dropped from the form is shown, does not count, and the file is not unsigned.
func TestDroppedSignature(t *testing.T) {
	data := update(goodPDF("p256"), map[int]string{
		1: "<< /Type /Catalog /Pages 2 0 R >>",
		3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
	})
	r := inspect(t, data, Options{})
	if r.Status != Signed || r.Overall != Dirty || len(r.Signatures) != 1 || r.Signatures[0].Counts {
		t.Errorf("%+v", r)
	}
}

// A field that waits for its signature is not one, and a picture of a seal is none either.
func TestUnsignedFields(t *testing.T) {
	w := newPDFWriter()
	w.obj(1, catalogBody)
	w.obj(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	w.obj(3, pageBody)
	w.obj(4, stream("", ""))
	w.obj(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	w.obj(6, formBody)
	w.obj(7, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Seal1) /Rect [400 100 500 200] /P 3 0 R /F 132 /AP << /N 10 0 R >> >>")
	w.obj(8, fmt.Sprintf(textField, "a", 11))
	w.obj(10, stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100]", "1 0 0 rg 0 0 100 100 re f"))
	w.finish(1, "")
	r := inspect(t, w.buf.Bytes(), Options{})
	if r.Status != Unsigned || r.Overall != OverallUnsigned || len(r.Signatures) != 0 {
		t.Errorf("%+v", r)
	}
	if len(r.Problems) != 1 || r.Problems[0].Code != pVisualOnly {
		t.Errorf("the picture of a seal is not named: %v", r.Problems)
	}
}

// The widget's place is given as the page is shown.
func TestWidgetPlace(t *testing.T) {
	g := one(t, inspect(t, goodPDF("p256"), Options{}))
	if g.Page != 0 || g.Box.X0 != 400 || g.Box.Y0 != 642 || g.Box.X1 != 500 || g.Box.Y1 != 742 {
		t.Errorf("page %d, box %+v", g.Page, g.Box)
	}
}

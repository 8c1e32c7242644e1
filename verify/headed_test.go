package verify_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
	"zhengyan/verify/verifytest"
)

// headed prints a long header over every page.
func headed(t *testing.T, file []byte) []byte {
	t.Helper()
	wm, err := api.TextWatermark("Tender No. 2026-0417-A / Bidder: Example Construction Group / page 12 of 88", "pos:tc, points:8, scale:1 abs, rotation:0, offset:0 -6", true, false, types.POINTS)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := api.AddWatermarks(bytes.NewReader(file), &out, nil, wm, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A scan stays one under a printed header, with and without the text that a scanner's program laid under it, which fails
// nobody: it may be misread.
func TestAHeaderMakesNoOriginalOfAScan(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads whole pages")
	}
	v := verifierWith(t, func(*verify.Config) {})
	for _, layer := range []bool{true, false} {
		s := verifytest.Good(fields.Constructor1)
		s.Carrier, s.TextLayer, s.Usage = verifytest.CarrierScanPDF, layer, verifytest.Span("2026-03-01", "2026-03-27")
		ev, err := v.Gather(t.Context(), document.SourceBytes("scan.pdf", headed(t, bound(t, "headed", s))))
		if err != nil {
			t.Fatal(err)
		}
		if ev.Input.Kind != document.InputScan || layer && (ev.Fields.Certificate.Number != s.Number || !ev.Unshown) {
			t.Errorf("layer %v: %s (%s), number %q, unshown %v", layer, ev.Input.Kind, ev.Input.KindReason, ev.Fields.Certificate.Number, ev.Unshown)
		}
		r := v.Judge(ev, at("2026-04-01"))
		said := slices.ContainsFunc(r.Checks, func(c verify.Check) bool { return c.Rule == "Y-11" && c.Status == verify.Inconclusive })
		if r.Copy.Indication != verify.Indeterminate || said != layer {
			t.Errorf("layer %v: %s: %s", layer, r.Copy.Indication, r.Reason)
		}
	}
	// An original under a header is one.
	s := verifytest.Good(fields.Constructor1)
	ev, err := v.Gather(t.Context(), document.SourceBytes("original.pdf", headed(t, bound(t, "headed", s))))
	if err != nil {
		t.Fatal(err)
	}
	if ev.Input.Kind != document.InputOriginal || ev.Unshown || ev.Fields.Certificate.Number != s.Number {
		t.Errorf("%s, unshown %v, number %q", ev.Input.Kind, ev.Unshown, ev.Fields.Certificate.Number)
	}
}

// Words that no reader of the page sees fail nobody, whatever the page shows besides.
func TestUnshownTextFailsNobody(t *testing.T) {
	v := judge(t)
	for _, unshown := range []bool{false, true} {
		ev := goodEvidence()
		ev.Unshown = unshown
		want := rules.TotalFailed
		if unshown {
			want = rules.Indeterminate
		}
		if r := v.Judge(ev, at("2026-12-01")); r.Copy.Indication != want {
			t.Errorf("unshown %v: %s: %s", unshown, r.Copy.Indication, r.Reason)
		}
		if r := v.Judge(ev, at("2026-04-01")); r.Indication != rules.TotalPassed {
			t.Errorf("unshown %v: %s: %s", unshown, r.Indication, r.Reason)
		}
	}
}

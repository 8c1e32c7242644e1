package rules_test

import (
	"testing"

	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

func TestWhatIsToldFirst(t *testing.T) {
	unread := fields.Certificate{Kind: fields.UnknownKind, Medium: fields.UnknownMedium}
	photo := func(problem string, source fields.Source, c fields.Certificate) func(*rules.Facts) {
		return func(f *rules.Facts) {
			f.Input.Kind, f.Picture, f.Seal, f.Codes = document.InputPhoto, problem, nil, []rules.Code{}
			f.Face = &fields.Result{Source: source, Certificate: c}
		}
	}
	other := fields.Certificate{Kind: fields.Constructor2, Medium: fields.UnknownMedium}
	for name, tt := range map[string]struct {
		change func(*rules.Facts)
		policy string
		want   string // rule; "" for none
	}{
		"a photo of no certificate":           {photo("no-certificate", fields.SourceNone, unread), "standard", "F-07/failed"},
		"by the strict profile":               {photo("no-certificate", fields.SourceNone, unread), "strict", "F-07/failed"},
		"for the trail only":                  {photo("no-certificate", fields.SourceNone, unread), "audit", "F-07/failed"},
		"nothing reads pictures here":         {photo("no-reader", fields.SourceNone, unread), "standard", "F-07"},
		"the time was over":                   {photo("timeout", fields.SourceNone, unread), "standard", "F-07/timeout"},
		"a photo of a certificate of no rule": {photo("", fields.SourceOCR, other), "standard", "K-01"},
		"a photo of a certificate":            {func(f *rules.Facts) { f.Input.Kind, f.Seal, f.Face.Source = document.InputPhoto, nil, fields.SourceOCR }, "standard", "S-10"},
		"its words are a layer's":             {func(f *rules.Facts) { f.Input.Kind, f.Seal, f.Picture = document.InputScan, nil, "no-certificate" }, "standard", "S-10"},
		"a file of another certificate":       {func(f *rules.Facts) { f.Seal = &seal.Report{Status: seal.Unsigned}; f.Face.Certificate = other }, "standard", "K-01"},
		"one that was changed":                {func(f *rules.Facts) { f.Seal.Signatures[0].Integrity = seal.Broken; f.Face.Certificate = other }, "standard", "S-01"},
		"a pass":                              {func(*rules.Facts) {}, "standard", ""},
	} {
		f := good(fields.Constructor1)
		f.Day = day("2024-05-01")
		tt.change(f)
		b := book(t)
		j := evaluate(t, b, f, tt.policy)
		got := ""
		if i := b.Telling(j.found, rules.Worse(j.copy, j.reg)); i >= 0 {
			got = j.found[i].Rule.Key()
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

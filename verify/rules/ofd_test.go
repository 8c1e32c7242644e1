package rules_test

import (
	"strings"
	"testing"

	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// What D-02 says of an OFD package's seals is what was seen of them.
func TestOFDIsToldByItsSeals(t *testing.T) {
	b := book(t)
	sigs := func(all ...seal.Integrity) []seal.Signature {
		var out []seal.Signature
		for _, i := range all {
			out = append(out, seal.Signature{Integrity: i})
		}
		return out
	}
	for _, tt := range []struct {
		name   string
		seal   *seal.Report
		en, zh string
	}{
		{"not looked at", nil, "could not be read", "读不出"},
		{"unreadable", &seal.Report{Status: seal.Unreadable, Overall: seal.NoVerdict}, "could not be read", "读不出"},
		{"none", &seal.Report{Status: seal.Unsigned, Overall: seal.OverallUnsigned}, "carries no seal", "没有签章"},
		{"intact", &seal.Report{Status: seal.Signed, Overall: seal.Clean, Signatures: sigs(seal.Intact)}, "1 of 1 intact", "完好 1 枚"},
		{"one broken", &seal.Report{Status: seal.Signed, Overall: seal.Dirty, Signatures: sigs(seal.Intact, seal.Broken)}, "1 of 2 intact", "完好 1 枚"},
		{"more than covered", &seal.Report{Status: seal.Signed, Overall: seal.Dirty, Signatures: sigs(seal.Intact)}, "something else", "别的问题"},
	} {
		f := &rules.Facts{FileError: "ofd", Seal: tt.seal}
		j := evaluate(t, b, f, "standard")
		said := false
		for i := range j.found {
			if x := &j.found[i]; x.Rule != nil && x.Rule.ID == "D-02" {
				said = true
				if en, zh := b.Message(x, "en"), b.Message(x, "zh"); !strings.Contains(en, tt.en) || !strings.Contains(zh, tt.zh) || strings.ContainsAny(en+zh, "{}") {
					t.Errorf("%s: %s %s", tt.name, en, zh)
				}
			}
		}
		if !said {
			t.Errorf("%s: D-02 is silent", tt.name)
		}
	}
}

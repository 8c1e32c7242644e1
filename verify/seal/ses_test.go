package seal

import (
	"testing"
)

const gmSeal = "/SubFilter /GM.sm2seal"

func TestSealsIntact(t *testing.T) {
	tests := []struct {
		name   string
		change func(s *sesSpec)
	}{
		{"version 4", nil},
		{"version 4, signer by digest", func(s *sesSpec) { s.digests = true }},
		{"version 4, value as r‖s", func(s *sesSpec) { s.rawRS = true }},
		{"version 4, algorithm is the curve", func(s *sesSpec) { s.sigOID = oidSM2Sign }},
		{"version 4 with timestamp", func(s *sesSpec) { s.token = true }},
		{"version 1", func(s *sesSpec) { s.v1 = true }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newPKI("sm2").seal()
			if tt.change != nil {
				tt.change(&s)
			}
			r := inspect(t, signedPDF(gmSeal, "", s.make), Options{})
			g := one(t, r)
			if r.Overall != Clean || g.Format != "ses" || g.Integrity != Intact {
				t.Fatalf("%+v", r)
			}
			if g.SealName != s.name || g.Signer != "样例签章人" || g.PictureType != "png" || string(g.SealPicture) != "\x89PNG" || !g.SignedAt.Equal(s.at) {
				t.Errorf("what is shown of the seal: %+v", g)
			}
			if s.token && g.Timestamp.IsZero() {
				t.Error("the timestamp was not verified")
			}
		})
	}
}

func TestSealsBad(t *testing.T) {
	tests := []struct {
		name      string
		change    func(s *sesSpec)
		integrity Integrity
		problem   string
		overall   Overall
	}{
		{"data hash", func(s *sesSpec) { s.badHash = true }, Broken, pHash, Dirty},
		{"seal not made by its maker", func(s *sesSpec) { s.badSeal = true }, Broken, pSealValue, Dirty},
		{"version 1 seal not made by its maker", func(s *sesSpec) { s.v1, s.badSeal = true, true }, Broken, pSealValue, Dirty},
		{"signer not in the seal", func(s *sesSpec) { s.list = [][]byte{s.p.tsa} }, Broken, pSealSigner, Dirty},
		{"signer's digest not in the seal", func(s *sesSpec) { s.list, s.digests = [][]byte{s.p.tsa}, true }, Broken, pSealSigner, Dirty},
		{"seal expired when it was used", func(s *sesSpec) { s.end = day("2025-01-01") }, Intact, pSealExpired, Clean},
		{"seal not yet valid", func(s *sesSpec) { s.start = day("2026-01-01") }, Intact, pSealExpired, Clean},
		{"unknown algorithm", func(s *sesSpec) { s.sigOID = "1.2.3.4" }, Unsupported, pUnsupported, Dirty},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newPKI("sm2").seal()
			tt.change(&s)
			r := inspect(t, signedPDF(gmSeal, "", s.make), Options{})
			g := one(t, r)
			if r.Overall != tt.overall || g.Integrity != tt.integrity || !hasProblem(g, tt.problem) {
				t.Errorf("overall %s, integrity %s, %v", r.Overall, g.Integrity, g.Problems)
			}
		})
	}
}

// A seal is trusted only if both its user and its maker lead to an anchor.
func TestSealTrust(t *testing.T) {
	p := newPKI("sm2")
	data := signedPDF(gmSeal, "", p.seal().make)
	both, err := NewAnchors(p.root, p.ca) // a seal carries no issuers, so they must be at hand
	if err != nil {
		t.Fatal(err)
	}
	if g := one(t, inspect(t, data, Options{Anchors: both})); g.Trust != Trusted || g.Anchor == "" {
		t.Errorf("%s %v", g.Trust, g.Problems)
	}
	if g := one(t, inspect(t, data, Options{Anchors: newPKI("rsa").anchors(t)})); g.Trust != UnknownIssuer {
		t.Errorf("under another root: %s", g.Trust)
	}
	only, _ := NewAnchors()
	for _, c := range [][]byte{p.root, p.ca} {
		if err := only.Add(c, PurposeTimestamp); err != nil {
			t.Fatal(err)
		}
	}
	if g := one(t, inspect(t, data, Options{Anchors: only})); g.Trust != UnknownIssuer {
		t.Errorf("under a root for timestamps alone: %s", g.Trust)
	}
}

// What is neither CMS nor a seal is signed, in a form that this program does not know: never unsigned, never broken.
func TestUnknownForm(t *testing.T) {
	r := inspect(t, signedPDF("/SubFilter /Vendor.private", "", func([]byte) []byte { return []byte("VENDOR-VALUE-1") }), Options{})
	g := one(t, r)
	if r.Status != Signed || g.Integrity != Unsupported || !hasProblem(g, pUnsupportedFormat) || r.Overall != Dirty {
		t.Errorf("%+v", r)
	}
}

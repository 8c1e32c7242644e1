package viewmodel_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/seal"
)

func sealed(bend func(*seal.Signature)) *seal.Report {
	s := seal.Signature{
		Field: "Seal1", Format: "cms", Integrity: seal.Intact, Coverage: seal.CoverageWhole, Changes: seal.ChangesNone, Permitted: true,
		Digest: "SM3", Algorithm: "SM2 with SM3", Signer: "样例签章人", SignedAt: time.Date(2026, 3, 1, 1, 30, 0, 0, time.UTC), Trust: seal.Trusted,
		Anchor: "C=CN, O=样例, CN=样例根", Chain: []seal.CertInfo{{Issuer: "C=CN, O=样例, CN=样例CA"}, {}}, Revocation: seal.Revocation{Status: "good", Source: "CRL"},
		Counts: true, Kind: "signature", RevisionEnd: 100,
	}
	bend(&s)
	overall := seal.Clean
	if s.Integrity != seal.Intact || !s.Permitted || s.Coverage == seal.CoveragePartial {
		overall = seal.Dirty
	}
	return &seal.Report{Status: seal.Signed, Overall: overall, Signatures: []seal.Signature{s}, Anchors: 1}
}

func TestSealCardHeadline(t *testing.T) {
	m := messages(t, viewmodel.English)
	tests := []struct {
		name  string
		rep   *seal.Report
		shape viewmodel.Shape
		head  string
	}{
		{"trusted", sealed(func(*seal.Signature) {}), viewmodel.ShapePass, "intact and its signer is trusted"},
		{"unknown issuer", sealed(func(s *seal.Signature) { s.Trust = seal.UnknownIssuer }), viewmodel.ShapeUnknown, "has not been confirmed"},
		{"no anchors", sealed(func(s *seal.Signature) { s.Trust = seal.TrustNotChecked }), viewmodel.ShapeUnknown, "has not been confirmed"},
		{"expired", sealed(func(s *seal.Signature) { s.Trust = seal.Expired }), viewmodel.ShapeUnknown, "has not been confirmed"},
		{"revoked", sealed(func(s *seal.Signature) { s.Trust = seal.Revoked }), viewmodel.ShapeFail, "not to be trusted"},
		{"broken", sealed(func(s *seal.Signature) { s.Integrity = seal.Broken }), viewmodel.ShapeFail, "not what was sealed"},
		{"malformed", sealed(func(s *seal.Signature) { s.Integrity = seal.Malformed }), viewmodel.ShapeFail, "breaks its standard"},
		{"unsupported", sealed(func(s *seal.Signature) { s.Integrity = seal.Unsupported }), viewmodel.ShapeUnknown, "cannot verify"},
		{"changed", sealed(func(s *seal.Signature) { s.Changes, s.Permitted = seal.ChangesContent, false }), viewmodel.ShapeFail, "changed after sealing"},
		{"partial", sealed(func(s *seal.Signature) { s.Coverage, s.Permitted = seal.CoveragePartial, false }), viewmodel.ShapeFail, "whole file"},
		{"nothing counts", func() *seal.Report {
			r := sealed(func(s *seal.Signature) { s.Counts = false })
			r.Overall = seal.Dirty
			return r
		}(), viewmodel.ShapeUnknown, "do not count"},
		{"unsigned", &seal.Report{Status: seal.Unsigned, Overall: seal.OverallUnsigned}, viewmodel.ShapeUnknown, "no electronic seal"},
		{"picture", &seal.Report{Status: seal.Unsigned, Overall: seal.OverallUnsigned, Problems: []seal.Problem{{Code: "VISUAL_SEAL_ONLY"}}}, viewmodel.ShapeUnknown, "the picture of a seal"},
		{"unreadable", &seal.Report{Status: seal.Unreadable, Overall: seal.NoVerdict}, viewmodel.ShapeUnknown, "cannot be read"},
		{"nothing at all", nil, viewmodel.ShapeUnknown, "cannot be read"},
	}
	for _, tt := range tests {
		c := viewmodel.BuildSealCard(m, tt.rep)
		if c.Shape != tt.shape || !strings.Contains(c.Head, tt.head) {
			t.Errorf("%s: shape %d, %q", tt.name, c.Shape, c.Head)
		}
		if !strings.HasPrefix(c.Text(), c.Head) {
			t.Errorf("%s: the text begins otherwise", tt.name)
		}
	}
}

// Every seal answers who, which seal, how, when, what it covers, what was changed, and whose it is, in this order.
func TestSealCardRows(t *testing.T) {
	for _, lang := range viewmodel.Langs() {
		m := messages(t, lang)
		c := viewmodel.BuildSealCard(m, sealed(func(*seal.Signature) {}))
		var keys []string
		for _, r := range c.Seals[0].Rows {
			keys = append(keys, r.Key)
			if r.Label == "" || r.Value == "" || strings.Contains(r.Label+r.Value+r.Note, "sealcard.") {
				t.Errorf("%s: %+v", lang, r)
			}
		}
		if got := strings.Join(keys, " "); got != "signer name algorithm time integrity coverage changes trust revocation" {
			t.Errorf("%s: %s", lang, got)
		}
	}
	m := messages(t, viewmodel.Chinese)
	stamped := viewmodel.BuildSealCard(m, sealed(func(s *seal.Signature) { s.Timestamp = s.SignedAt.Add(time.Hour) })).Text()
	if !strings.Contains(stamped, "2026-03-01 10:30:00 +08:00 · 由时间戳证明；签署者自称 2026-03-01 09:30:00") {
		t.Error(stamped)
	}
	if v := viewmodel.BuildSealCard(m, sealed(func(s *seal.Signature) { s.Coverage = seal.CoverageRevision })).Seals[0]; v.Revision != 100 {
		t.Errorf("the revision is %d", v.Revision)
	}
	if v := viewmodel.BuildSealCard(m, sealed(func(*seal.Signature) {})).Seals[0]; v.Revision != 0 {
		t.Error("a seal over the whole file offers another state of it")
	}
	many := viewmodel.BuildSealCard(m, sealed(func(s *seal.Signature) { s.Changed = make([]seal.Change, 500) })).Seals[0]
	if len(many.Changes) > 40 || !strings.Contains(many.Changes[len(many.Changes)-1].Text, "470") {
		t.Errorf("%d changes are shown", len(many.Changes))
	}
}

// Names of changes become words; what no pattern knows is shown as it is, and hostile names break nothing.
func TestSealCardChanges(t *testing.T) {
	m := messages(t, viewmodel.Chinese)
	for what, want := range map[string]string{
		"field 聘用企业: value":                            "表单域“聘用企业”的内容",
		"field a: b: value":                            "表单域“a: b”的内容",
		"field x added":                                "新增表单域“x”",
		"field x: Ff":                                  "表单域“x”的 Ff",
		"signature Seal2":                              "新的签章“Seal2”",
		"signature field Seal1: Rect":                  "签章域“Seal1”的 Rect",
		"document timestamp T":                         "文档时间戳“T”",
		"page 2: annotation 3 (Stamp) added":           "第 2 页 · 新增批注（图章）",
		"page 2: annotation 3 (Line) changed":          "第 2 页 · 改动批注（Line）",
		"page 1: Contents":                             "第 1 页 · 页面内容",
		"page 1: Tabs":                                 "第 1 页 · 页面的 Tabs",
		"3 pages instead of 1":                         "页数由 1 变为 3",
		"DSS":                                          "验证资料（DSS）",
		"Metadata":                                     "文档信息（Metadata）",
		"catalog OpenAction":                           "文档目录的 OpenAction",
		"bytes at 1234 that belong to nothing":         "文件末尾有来历不明的字节",
		"object 4 does not stand where the table says": "对象索引被改动",
		"object 4 that nothing leads to":               "多出来的对象",
		"Doc_0/Pages/Page_0/Content.xml":               "Doc_0/Pages/Page_0/Content.xml",
		"field {name}\n\x1b[31m: value":                "表单域“{name}\n\x1b[31m”的内容",
	} {
		v := viewmodel.BuildSealCard(m, sealed(func(s *seal.Signature) { s.Changed = []seal.Change{{What: what, Page: -1}} })).Seals[0]
		if got := v.Changes[0].Text; got != want {
			t.Errorf("%q: %q, want %q", what, got, want)
		}
	}
	v := viewmodel.BuildSealCard(m, sealed(func(s *seal.Signature) { s.Changed = []seal.Change{{What: "field x: value", Page: 2}} })).Seals[0]
	if got := v.Changes[0].Text; got != "第 3 页 · 表单域“x”的内容" {
		t.Errorf("%q", got)
	}
}

// Every problem that verify/seal can name has words in both languages.
func TestEverySealProblemHasWords(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "verify", "seal", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`\bp[A-Z]\w+\s*= "([A-Z_]+)"`)
	n := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range code.FindAllStringSubmatch(string(b), -1) {
			n++
			for _, lang := range viewmodel.Langs() {
				if !messages(t, lang).Has("sealcard.problem." + g[1]) {
					t.Errorf("no words for %s in %s", g[1], lang)
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d problems found; the pattern is broken", n)
	}
}

// TestClaimedName: the name that a seal gives itself is said to be no more than that, unless the seal is trusted and its maker or
// its signer's certificate bears the name out.
func TestClaimedName(t *testing.T) {
	m := messages(t, viewmodel.English)
	for name, c := range map[string]struct {
		bend    func(*seal.Signature)
		claimed bool
	}{
		"its signer's":     {func(s *seal.Signature) { s.SealName = s.Signer }, false},
		"a pinned maker's": {func(s *seal.Signature) { s.SealName, s.MakerPinned = "样例部印章", true }, false},
		"another":          {func(s *seal.Signature) { s.SealName = "样例部印章" }, true},
		"not trusted":      {func(s *seal.Signature) { s.SealName, s.Trust = s.Signer, seal.UnknownIssuer }, true},
		"broken":           {func(s *seal.Signature) { s.SealName, s.Integrity = s.Signer, seal.Broken }, true},
	} {
		row := viewmodel.SealRow{}
		for _, r := range viewmodel.BuildSealCard(m, sealed(c.bend)).Seals[0].Rows {
			if r.Key == "name" {
				row = r
			}
		}
		if got := strings.Contains(row.Note, "calls itself"); row.Value == "" || got != c.claimed {
			t.Errorf("%s: %+v", name, row)
		}
	}
}

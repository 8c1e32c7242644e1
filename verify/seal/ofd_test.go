package seal

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// ofdSpec describes an OFD package to make.
type ofdSpec struct {
	p        *testPKI
	check    string // CheckMethod
	value    func(signature []byte) []byte
	skip     []string          // parts that the signature leaves out
	replace  map[string]string // parts changed after sealing
	add      map[string]string // parts added after sealing
	twice    bool              // a second signature over everything
	esl      bool              // a Seal.esl beside the value
	otherESL bool
	dup      bool
}

func (s ofdSpec) make(t testing.TB) []byte {
	parts := map[string]string{
		"OFD.xml":                        `<?xml version="1.0"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>`,
		"Doc_0/Document.xml":             `<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>`,
		"Doc_0/Pages/Page_0/Content.xml": `<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:TextCode>SPECIMEN</ofd:TextCode></ofd:Page>`,
		"Doc_0/PublicRes.xml":            `<ofd:Res/>`,
	}
	n := 1
	if s.twice {
		n = 2
	}
	list := func(n int) string {
		var b strings.Builder
		b.WriteString(`<ofd:Signatures xmlns:ofd="http://www.ofdspec.org/2016">`)
		for i := range n {
			fmt.Fprintf(&b, `<ofd:Signature ID="s%d" Type="Seal" BaseLoc="/Doc_0/Signs/Sign_%d/Signature.xml"/>`, i, i)
		}
		return b.String() + `</ofd:Signatures>`
	}
	d := ofdDigest(s.check)
	if d == nil {
		d = sm3Digest()
	}
	for i := range n {
		parts["Doc_0/Signs/Signatures.xml"] = list(i + 1)
		var refs strings.Builder
		for name, body := range parts {
			if slices.Contains(s.skip, name) {
				continue
			}
			fmt.Fprintf(&refs, `<ofd:Reference FileRef="/%s"><ofd:CheckValue>%s</ofd:CheckValue></ofd:Reference>`, name, base64.StdEncoding.EncodeToString(d.sum([]byte(body))))
		}
		seal := ""
		if s.esl {
			seal = fmt.Sprintf("<ofd:Seal><ofd:BaseLoc>/Doc_0/Signs/Sign_%d/Seal.esl</ofd:BaseLoc></ofd:Seal>", i)
		}
		dir := fmt.Sprintf("Doc_0/Signs/Sign_%d/", i)
		sig := fmt.Sprintf(`<ofd:Signature xmlns:ofd="http://www.ofdspec.org/2016"><ofd:SignedInfo><ofd:Provider ProviderName="SPECIMEN"/><ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod><ofd:SignatureDateTime>2025-06-01 08:00:00</ofd:SignatureDateTime><ofd:References CheckMethod="%s">%s</ofd:References><ofd:StampAnnot ID="1" PageRef="1" Boundary="100 200 25.4 25.4"/>%s</ofd:SignedInfo><ofd:SignedValue>/%sSignedValue.dat</ofd:SignedValue></ofd:Signature>`, s.check, refs.String(), seal, dir)
		value := s.value([]byte(sig))
		if s.esl {
			ses, err := parseSES(value)
			if err != nil {
				t.Fatal(err)
			}
			parts[dir+"Seal.esl"] = string(ses.seal.raw)
			if s.otherESL {
				parts[dir+"Seal.esl"] += "x"
			}
		}
		parts[dir+"Signature.xml"], parts[dir+"SignedValue.dat"] = sig, string(value)
	}
	for k, v := range s.replace {
		parts[k] = v
	}
	for k, v := range s.add {
		parts[k] = v
	}
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	names := []string{}
	for k := range parts {
		names = append(names, k)
	}
	slices.Sort(names)
	if s.dup {
		names = append(names, "Doc_0/Pages/Page_0/Content.xml")
	}
	for _, k := range names {
		w, err := z.Create(k)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(parts[k]))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestOFD(t *testing.T) {
	p := newPKI("sm2")
	seal := p.seal()
	seal.property = "/Doc_0/Signs/Sign_0/Signature.xml"
	gm := p.cms()
	gm.gm, gm.contentID = true, oidGMData
	page := "Doc_0/Pages/Page_0/Content.xml"
	tests := []struct {
		name    string
		change  func(s *ofdSpec)
		overall Overall
		problem string
	}{
		{"seal of version 4", nil, Clean, ""},
		{"seal of version 1", func(s *ofdSpec) { v := seal; v.v1 = true; s.value = v.make }, Clean, ""},
		{"signature of GB/T 35275", func(s *ofdSpec) { s.value = gm.make }, Clean, ""},
		{"digest by identifier", func(s *ofdSpec) { s.check = "1.2.156.10197.1.401" }, Clean, ""},
		{"digest MD5", func(s *ofdSpec) { s.check = "MD5" }, Clean, pWeakDigest},
		{"unknown digest", func(s *ofdSpec) { s.check = "1.2.3" }, Dirty, pUnsupported},
		{"seal file beside", func(s *ofdSpec) { s.esl = true }, Clean, ""},
		{"two seals", func(s *ofdSpec) { s.twice = true }, Clean, ""},
		{"another seal file beside", func(s *ofdSpec) { s.esl, s.otherESL = true, true }, Dirty, pSealFile},
		{"page changed", func(s *ofdSpec) { s.replace = map[string]string{page: "<ofd:Page>FORGED</ofd:Page>"} }, Dirty, pPartChanged},
		{"root changed", func(s *ofdSpec) {
			s.replace = map[string]string{"OFD.xml": `<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>`}
		}, Dirty, pPartChanged},
		{"page added", func(s *ofdSpec) { s.add = map[string]string{"Doc_0/Annots/Annotations.xml": "<x/>"} }, Dirty, pNotCovered},
		{"page not signed", func(s *ofdSpec) { s.skip = []string{page} }, Dirty, pNotCovered},
		{"list of references changed", func(s *ofdSpec) {
			s.replace = map[string]string{"Doc_0/Signs/Sign_0/Signature.xml": `<ofd:Signature xmlns:ofd="http://www.ofdspec.org/2016"><ofd:SignedInfo><ofd:References CheckMethod="SM3"/></ofd:SignedInfo><ofd:SignedValue>/Doc_0/Signs/Sign_0/SignedValue.dat</ofd:SignedValue></ofd:Signature>`}
		}, Dirty, pHash},
		{"no value", func(s *ofdSpec) { s.replace = map[string]string{"Doc_0/Signs/Sign_0/SignedValue.dat": ""} }, Dirty, pEmpty},
		{"bare value", func(s *ofdSpec) { s.value = func(m []byte) []byte { return p.key("signer").sign(m) } }, Dirty, pNoSignerCert},
		{"value of a stranger", func(s *ofdSpec) {
			v := gm
			v.key = key("sm2-other")
			s.value = v.make
		}, Dirty, pValue},
		{"part twice in the package", func(s *ofdSpec) { s.dup = true }, Dirty, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := ofdSpec{p: p, check: "SM3", value: seal.make}
			if tt.change != nil {
				tt.change(&s)
			}
			r := inspect(t, s.make(t), Options{})
			if r.Status != Signed || r.Overall != tt.overall || len(r.Signatures) == 0 {
				t.Fatalf("%s %s %+v", r.Status, r.Overall, r)
			}
			g := r.Signatures[0]
			if tt.problem != "" && !hasProblem(g, tt.problem) {
				t.Errorf("problems %v lack %s", g.Problems, tt.problem)
			}
			if tt.overall == Clean && (g.Page != 0 || g.Box.W() < 71.9 || g.Box.W() > 72.1 || g.SignedAt.IsZero()) {
				t.Errorf("page %d, box %v, at %v", g.Page, g.Box, g.SignedAt)
			}
		})
	}
}

// A package without signatures, and files that only look like one.
func TestOFDNone(t *testing.T) {
	pack := func(parts map[string]string) []byte {
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		for k, v := range parts {
			w, _ := z.Create(k)
			_, _ = w.Write([]byte(v))
		}
		_ = z.Close()
		return buf.Bytes()
	}
	unsigned := pack(map[string]string{"OFD.xml": `<OFD><DocBody><DocRoot>D.xml</DocRoot></DocBody></OFD>`, "D.xml": "<Document/>"})
	if r := inspect(t, unsigned, Options{}); r.Status != Unsigned || r.Overall != OverallUnsigned {
		t.Errorf("%+v", r)
	}
	for name, b := range map[string][]byte{"a ZIP of something else": pack(map[string]string{"a.txt": "x"}), "half a ZIP": unsigned[:40], "a list that is missing": pack(map[string]string{"OFD.xml": `<OFD><DocBody><DocRoot>D.xml</DocRoot><Signatures>S.xml</Signatures></DocBody></OFD>`})} {
		if r := inspect(t, b, Options{}); r.Status != Unreadable || r.Overall != NoVerdict {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

package verify

import (
	"testing"

	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/seal"
)

// A scan is a certificate's original only where the live seal may be the certificate's: bidders stamp what they hand in.
func TestKindOfSealedPictures(t *testing.T) {
	book, _ := ruleData(t)
	signed := func(kind, signer string) seal.Signature {
		return seal.Signature{Kind: kind, Signer: signer, Counts: true}
	}
	const (
		constructor = "中华人民共和国住房和城乡建设部一级建造师行政许可专用章"
		committee   = "全国注册建筑师管理委员会"
		bidder      = "样例建设集团有限公司"
	)
	tests := []struct {
		name string
		face fields.Certificate
		seal seal.Signature
		want document.InputKind
	}{
		{"the seal of the kind", fields.Certificate{Kind: fields.Constructor1}, signed("signature", constructor), document.InputOriginal},
		{"the seal of some kind, the face not read", fields.Certificate{}, signed("signature", committee), document.InputOriginal},
		{"no certificate on the face", fields.Certificate{Kind: fields.UnknownKind}, signed("signature", committee), document.InputOriginal},
		{"the seal of another kind", fields.Certificate{Kind: fields.Constructor1}, signed("signature", committee), document.InputScan},
		{"the one that it replaced", fields.Certificate{Kind: fields.Constructor1}, signed("signature", "中华人民共和国住房和城乡建设部"), document.InputOriginal},
		{"the ministry spelt otherwise", fields.Certificate{Kind: fields.Constructor1}, signed("signature", "住房和城乡建设部@0001"), document.InputOriginal},
		{"a seal of GB/T 38540 by the ministry", fields.Certificate{}, seal.Signature{Kind: "signature", Signer: constructor, SealName: constructor, Counts: true}, document.InputOriginal},
		{"the issuing body on the face", fields.Certificate{Kind: fields.Qualification, Issuer: "样例行业协会"}, signed("signature", "样例行业协会"), document.InputOriginal},
		{"another body", fields.Certificate{Kind: fields.Qualification, Issuer: "样例行业协会"}, signed("signature", "样例学会"), document.InputScan},
		{"no body read", fields.Certificate{Kind: fields.Qualification}, signed("signature", ""), document.InputScan},
		{"the bidder's seal", fields.Certificate{Kind: fields.Constructor1}, signed("signature", bidder), document.InputScan},
		{"the bidder's seal, the face not read", fields.Certificate{}, signed("signature", bidder), document.InputScan},
		{"a bidder of like name", fields.Certificate{}, signed("signature", "样例建筑师事务所有限公司"), document.InputScan},
		{"a timestamp", fields.Certificate{}, signed("timestamp", constructor), document.InputScan},
		{"a dictionary that nothing leads to", fields.Certificate{}, seal.Signature{Kind: "signature", Signer: constructor}, document.InputScan},
	}
	for _, tt := range tests {
		g := &gathering{v: &Verifier{cfg: Config{Book: book}}, ev: &Evidence{
			Input:  document.Info{Format: document.FormatPDF, Kind: document.InputScan, KindReason: document.ReasonFullPage},
			Fields: &fields.Result{Certificate: tt.face}, Seal: &seal.Report{Signatures: []seal.Signature{tt.seal}},
		}}
		if g.kind(); g.ev.Input.Kind != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, g.ev.Input.Kind, tt.want)
		}
	}
}

package fields

import (
	"strings"
	"testing"

	"zhengyan/verify/page"
)

func BenchmarkRead(b *testing.B) {
	tab := tables(b)
	texts := newSheet().draw(constructorFace()).texts()
	b.ReportAllocs()
	for b.Loop() {
		Read(texts, tab)
	}
}

// BenchmarkReadBid is a bid of 500 full pages of text with one certificate among them.
func BenchmarkReadBid(b *testing.B) {
	tab := tables(b)
	line := strings.Repeat("投标人应当具有相应的施工能力和管理经验，", 2)
	var pages []page.Text
	for range 499 {
		s := newSheet()
		for i := range 40 {
			s.at(60, 60+18*float64(i), 11, line)
		}
		pages = append(pages, s.text)
	}
	pages = append(pages, newSheet().draw(constructorFace()).text)
	b.ResetTimer()
	for b.Loop() {
		if all := ReadAll(pages, tab); len(all) != 1 {
			b.Fatal(len(all))
		}
	}
}

// BenchmarkReadHostile is the fullest page that is looked at, of labels only, or of a title, labels and lines that go
// on with their values.
func BenchmarkReadHostile(b *testing.B) {
	tab := tables(b)
	labels := newSheet()
	for i := range maxChars / 5 {
		labels.at(float64(i%50)*11, float64(i/50)*9, 8, "姓名：一")
	}
	lines := newSheet().at(100, 10, 12, "一级建造师注册证书")
	for i := range 120 {
		lines.at(10, 30+float64(i)*6, 4, "聘用企业：样例"+strings.Repeat("（有", 60))
		lines.at(30, 33+float64(i)*6, 4, strings.Repeat("建筑工程（", 24))
	}
	for name, s := range map[string]*sheet{"labels": labels, "lines": lines} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Read(s.texts(), tab)
			}
		})
	}
}

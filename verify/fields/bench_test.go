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

// BenchmarkReadHostile is the fullest page that is looked at, of labels only.
func BenchmarkReadHostile(b *testing.B) {
	tab := tables(b)
	s := newSheet()
	for i := range maxChars / 5 {
		s.at(float64(i%50)*60, float64(i/50)*12, 10, "姓名：一")
	}
	b.ResetTimer()
	for b.Loop() {
		Read(s.texts(), tab)
	}
}

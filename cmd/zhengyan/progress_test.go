package main

import (
	"strings"
	"testing"
	"time"

	"zhengyan/verify"
)

// What tells how far a long document is stands on a line of its own and is gone before a result is written.
func TestProgressOnATerminal(t *testing.T) {
	var b strings.Builder
	at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	p := &progress{to: &b, now: func() time.Time { return at }, en: true}
	p.searching("甲/标书\x1b[2J.pdf", verify.Search{Pages: 17, OfPages: 240})
	if s := b.String(); s != "\r\x1b[K标书\uFFFD[2J.pdf: page 17 of 240 " {
		t.Errorf("%q", s)
	}
	b.Reset()
	at = at.Add(progressEvery / 2)
	p.searching("标书.pdf", verify.Search{Pages: 18, OfPages: 240})
	if b.Len() > 0 {
		t.Errorf("the line changes too often: %q", b.String())
	}
	at = at.Add(progressEvery)
	p.en = false
	p.searching("标书.pdf", verify.Search{Pages: 240, OfPages: 240, Examined: 2, Found: 5})
	_ = p.aside(func() error { b.WriteString("result\n"); return nil })
	if s := b.String(); s != "\r\x1b[K标书.pdf：第 3 件证书，共 5 件 \r\x1b[Kresult\n" {
		t.Errorf("%q", s)
	}
	b.Reset()
	p.end()
	at = at.Add(time.Minute)
	p.searching("标书.pdf", verify.Search{Pages: 20, OfPages: 240})
	if b.Len() > 0 {
		t.Errorf("told after the end: %q", b.String())
	}
	(&progress{}).searching("标书.pdf", verify.Search{Pages: 20, OfPages: 240}) // no terminal
}

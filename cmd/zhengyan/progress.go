package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"zhengyan/verify"
	"zhengyan/verify/report"
)

// progressEvery is how often the line that tells how far the work is may change.
const progressEvery = 200 * time.Millisecond

// progress is one line on a terminal's standard error that tells how far the work is; it is erased before anything else is
// written. The zero value tells nothing. It is safe for use by several goroutines.
type progress struct {
	to  io.Writer // nil where nobody looks
	now func() time.Time
	en  bool

	mu    sync.Mutex
	last  time.Time
	shown bool
	over  bool
}

// searching tells how far the work on a long document is: it takes minutes.
func (p *progress) searching(name string, so verify.Search) {
	name = report.Brief(name, 40)
	switch {
	case so.Found > 0 && p.en:
		p.tell(fmt.Sprintf("%s: certificate %d of %d", name, min(so.Examined+1, so.Found), so.Found))
	case so.Found > 0:
		p.tell(fmt.Sprintf("%s：第 %d 件证书，共 %d 件", name, min(so.Examined+1, so.Found), so.Found))
	case p.en:
		p.tell(fmt.Sprintf("%s: page %d of %d", name, so.Pages, so.OfPages))
	default:
		p.tell(fmt.Sprintf("%s：第 %d 页，共 %d 页", name, so.Pages, so.OfPages))
	}
}

// tell shows the line in place of the last one, unless that is too young.
func (p *progress) tell(line string) {
	if p.to == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); !p.over && now.Sub(p.last) >= progressEvery {
		p.last, p.shown = now, true
		fmt.Fprintf(p.to, "\r\x1b[K%s ", line)
	}
}

// aside erases the line and keeps it away while something else is written.
func (p *progress) aside(write func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.to, "\r\x1b[K")
		p.shown = false
	}
	return write()
}

// end erases the line for good.
func (p *progress) end() {
	_ = p.aside(func() error { p.over = true; return nil })
}

package verify

import (
	"slices"

	"zhengyan/verify/page"
)

// warmer is a reader that can make itself ready while a picture is unpacked.
type warmer interface{ Warm() }

// warm lets the reader load its models while a page is unpacked or rendered that it will read.
func (g *gathering) warm() {
	if w, ok := g.v.cfg.Reader.(warmer); ok && g.isPicture() {
		w.Warm()
	}
}

// besideCodes is the search for codes on a file's only page while its print is read. What it finds is kept apart until the
// reading has ended, so that the evidence does not depend on which of the two is done first.
type besideCodes struct {
	page, flat *gathering // what was found on the page, and on the sheet that was laid flat
	found      bool       // on the page, once its search has ended
	on         *flat      // the sheet
	pageDone   chan struct{}
	flatDone   chan struct{}
}

// aside is a gathering of its own on the same document, for a stage that runs beside others.
func (g *gathering) aside() *gathering {
	return &gathering{
		v: g.v, ctx: g.ctx, parent: g.parent, doc: g.doc, part: g.part, shared: true,
		ev: &Evidence{Input: g.ev.Input, Codes: []Code{}, Timings: map[string]float64{}},
	}
}

// searchBeside begins to look for codes on page i, which has been rendered, where it is the only one that will be asked for.
func (g *gathering) searchBeside(i int) {
	if g.beside != nil || i != 0 || g.part != nil || g.doc.NumPages() != 1 || g.v.cfg.Limits.CodePages < 1 {
		return
	}
	b := &besideCodes{page: g.aside(), pageDone: make(chan struct{})}
	g.beside = b
	go func() {
		defer close(b.pageDone)
		b.page.timed("qr", func() { b.found = b.page.codesOf(i) })
	}()
}

// searchFlat looks on the sheet that was laid flat, if the page shows no code.
func (g *gathering) searchFlat(f *flat) {
	b := g.beside
	if b == nil || b.on != nil || f.sheet == nil {
		return
	}
	b.on, b.flat, b.flatDone = f, g.aside(), make(chan struct{})
	go func() {
		defer close(b.flatDone)
		<-b.pageDone
		if b.found {
			return
		}
		if err := b.flat.ctx.Err(); err != nil {
			b.flat.problem("qr", stageCode(err), err.Error())
			return
		}
		b.flat.timed("qr", func() { b.flat.codesOfSheet(f) })
	}()
}

// codesOfSheet looks for codes on a sheet that was laid flat: it may show one that its photo does not.
func (g *gathering) codesOfSheet(f *flat) {
	b := f.img.Bounds()
	g.decode(f.page, f.img, page.Box{X1: float64(b.Dx()), Y1: float64(b.Dy())}, f.toPage)
}

// join takes over what was found beside, its problems at a place among the others, and looks on the sheet that was read in the
// end if that is another one.
func (g *gathering) join(at int) {
	b := g.beside
	<-b.pageDone
	took := []*gathering{b.page}
	if b.on != nil {
		<-b.flatDone
	}
	switch f := g.flat; {
	case b.found, f == nil, f.sheet == nil:
	case f == b.on:
		took = append(took, b.flat)
	default:
		other := g.aside()
		if err := g.ctx.Err(); err != nil {
			other.problem("qr", stageCode(err), err.Error())
		} else {
			other.timed("qr", func() { other.codesOfSheet(f) })
		}
		took = append(took, other)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, o := range took {
		g.ev.Codes = append(g.ev.Codes, o.ev.Codes...)
		g.ev.Problems = slices.Insert(g.ev.Problems, at, o.ev.Problems...)
		at += len(o.ev.Problems)
		g.ev.Timings["qr"] += o.ev.Timings["qr"]
	}
}

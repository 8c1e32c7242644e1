package main

import (
	"context"
	"image"
	"sync"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/page"
)

// GatherAll implements viewmodel.Searcher.
func (e *engine) GatherAll(ctx context.Context, f viewmodel.File, progress func(verify.Search)) ([]*verify.Evidence, error) {
	v, src, ev, err := e.prepare(ctx, f)
	if v == nil {
		return []*verify.Evidence{ev}, err
	}
	end := e.searches.begin(src.Name, progress)
	defer end()
	return v.GatherAll(ctx, src)
}

// GatherPair implements viewmodel.Pairer.
func (e *engine) GatherPair(ctx context.Context, original, print viewmodel.File) (*verify.Evidence, error) {
	v, a, ev, err := e.prepare(ctx, original)
	if v == nil {
		return ev, err
	}
	v, b, ev, err := e.prepare(ctx, print)
	if v == nil {
		return ev, err
	}
	return v.GatherPair(ctx, a, b)
}

// GatherCorners implements viewmodel.Rectifier.
func (e *engine) GatherCorners(ctx context.Context, f viewmodel.File, n int, corners [4]page.Point) (*verify.Evidence, error) {
	v, src, ev, err := e.prepare(ctx, f)
	if v == nil {
		return ev, err
	}
	return v.GatherCorners(ctx, src, n, corners)
}

// prepare waits until files can be read. Without a verifier, the evidence says why this one cannot be.
func (e *engine) prepare(ctx context.Context, f viewmodel.File) (*verify.Verifier, document.Source, *verify.Evidence, error) {
	select {
	case <-e.ready:
	case <-ctx.Done():
		return nil, document.Source{}, nil, ctx.Err()
	}
	s := e.resolve(ctx, f)
	if s.err != nil {
		return nil, s.src, e.judge.Unreadable(s.err), nil
	}
	if err := e.docs.Warm(ctx); ctx.Err() != nil {
		return nil, s.src, nil, ctx.Err() // starting PDFium is not charged to the file's own time
	} else if err != nil {
		return nil, s.src, e.judge.Unreadable(err), nil
	}
	v, err := e.verifier()
	if err != nil {
		return nil, s.src, e.judge.Unreadable(&document.Error{Code: document.ErrEngine, Name: f.Name, Err: err}), nil
	}
	return v, s.src, nil, nil
}

// searches hands the progress of a search on to whoever asked for it, by the name of the file.
type searches struct {
	mu sync.Mutex
	of map[string]func(verify.Search)
}

func (s *searches) begin(name string, progress func(verify.Search)) (end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]func(verify.Search){}
	}
	s.of[name] = progress
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.of, name)
	}
}

func (s *searches) report(name string, so verify.Search) {
	s.mu.Lock()
	f := s.of[name]
	s.mu.Unlock()
	if f != nil {
		f(so)
	}
}

// OpenPages implements viewmodel.Pager.
func (e *engine) OpenPages(ctx context.Context, f viewmodel.File, sha256 string) (viewmodel.Pages, error) {
	s := e.resolve(ctx, f)
	if s.err != nil {
		return nil, s.err
	}
	doc, err := e.docs.OpenStream(ctx, s.src)
	if err != nil {
		return nil, err
	}
	if sha256 != "" && doc.Info().SHA256 != sha256 { // it was changed since it was judged
		doc.Close()
		return nil, &document.Error{Code: document.ErrNotFound, Name: f.Name, Detail: "the file is another one now"}
	}
	return pages{doc}, nil
}

// pages are those of a document that is held open.
type pages struct{ doc *document.Document }

// Picture implements viewmodel.Pages. A picture file's page is its own pixels.
func (p pages) Picture(ctx context.Context, n int, dpi float64) (image.Image, error) {
	if p.doc.Info().Format != document.FormatPDF {
		dpi = 0
	}
	return p.doc.Render(ctx, n, dpi)
}

// Close implements viewmodel.Pages.
func (p pages) Close() { p.doc.Close() }

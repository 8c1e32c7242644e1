package main

import (
	"context"
	"image"
	"path/filepath"

	"golang.org/x/image/draw"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/document"
)

// engine serves the window from the verifier. Judging needs the rule data alone, which is there from the start; the parts
// that take longer to load are waited for by the workers, never by the window.
type engine struct {
	ready chan struct{} // closed when verifier and err are set
	v     *verify.Verifier
	judge *verify.Verifier
	docs  *document.Engine
	err   error
	close func() error // of the registry snapshot
}

// source is a file of the list: where it is read from, or why it cannot be.
type source struct {
	src document.Source
	err error
}

// Expand lists files, folders and archives. What cannot be listed is a row with its own reason.
func (e *engine) Expand(ctx context.Context, paths []string, found func(viewmodel.File)) error {
	for src, err := range document.Expand(ctx, paths, document.Limits{}) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		name := src.Name
		if de, ok := err.(*document.Error); ok && name == "" {
			name = de.Name
		}
		path := src.Path
		if path == "" {
			path = name
		}
		found(viewmodel.File{Name: filepath.Base(name), Path: path, Key: source{src, err}})
	}
	return ctx.Err()
}

// Gather reads a file.
func (e *engine) Gather(ctx context.Context, f viewmodel.File) (*verify.Evidence, error) {
	select {
	case <-e.ready:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s := f.Key.(source)
	if s.err != nil {
		return e.judge.Unreadable(s.err), nil
	}
	if err := e.docs.Warm(ctx); ctx.Err() != nil {
		return nil, ctx.Err() // starting PDFium is not charged to the file's own time
	} else if err != nil {
		return e.judge.Unreadable(err), nil
	}
	if e.err != nil {
		return e.judge.Unreadable(&document.Error{Code: document.ErrEngine, Name: f.Name, Err: e.err}), nil
	}
	return e.v.Gather(ctx, s.src)
}

// Judge answers a question from evidence.
func (e *engine) Judge(ev *verify.Evidence, q verify.Question) *verify.Report {
	return e.judge.Judge(ev, q)
}

// Timeline says on which days the answer changes.
func (e *engine) Timeline(ev *verify.Evidence, q verify.Question) []verify.Segment {
	return e.judge.Timeline(ev, q)
}

// Picture draws a page. A picture file's page is its own pixels, scaled down where the window shows fewer.
func (e *engine) Picture(ctx context.Context, f viewmodel.File, page int, scale float64) (image.Image, error) {
	s := f.Key.(source)
	if s.err != nil {
		return nil, s.err
	}
	doc, err := e.docs.Open(ctx, s.src)
	if err != nil {
		return nil, err
	}
	defer doc.Close()
	if doc.Info().Format == document.FormatPDF {
		return doc.Render(ctx, page, scale*72)
	}
	img, err := doc.Render(ctx, page, 0)
	if err != nil || scale >= 1 {
		return img, err
	}
	b := img.Bounds()
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, b, draw.Src, nil)
	return small, nil
}

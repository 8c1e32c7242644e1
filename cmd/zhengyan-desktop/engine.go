package main

import (
	"context"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/image/draw"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/document"
)

// engine serves the window from the verifier. Judging needs the rule data alone, which is there from the start; the parts
// that take longer to load are waited for by the workers, never by the window.
type engine struct {
	ready chan struct{} // closed when verifier and err are set
	judge *verify.Verifier
	docs  *document.Engine

	mu    sync.Mutex
	v     *verify.Verifier
	err   error
	close []func() error // of registry snapshots, the one in use last: one that was replaced may still be asked
	cfg   verify.Config

	searches searches
}

func (e *engine) verifier() (*verify.Verifier, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.v, e.err
}

// source is a file of the list: where it is read from, or why it cannot be.
type source struct {
	src document.Source
	err error
}

// Expand lists files, folders and archives. What cannot be listed is a row with its own reason.
func (e *engine) Expand(ctx context.Context, paths []string, found func(viewmodel.File), left func(document.LeftOut)) error {
	for src, err := range document.ExpandTelling(ctx, paths, document.Limits{}, left) {
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

// resolve finds a file of a batch that was kept again, by its path.
func (e *engine) resolve(ctx context.Context, f viewmodel.File) source {
	if s, ok := f.Key.(source); ok {
		return s
	}
	path := viewmodel.OwnPath(f.Path)
	archive, _, inside := strings.Cut(path, "!/")
	if !inside {
		src, err := document.SourceFile(path)
		return source{src, err}
	}
	for src, err := range document.Expand(ctx, []string{archive}, document.Limits{}) {
		if src.Name == path {
			return source{src, err}
		}
	}
	return source{err: &document.Error{Code: document.ErrNotFound, Name: f.Path}}
}

// Gather reads a file.
func (e *engine) Gather(ctx context.Context, f viewmodel.File) (*verify.Evidence, error) {
	v, src, ev, err := e.prepare(ctx, f)
	if v == nil {
		return ev, err
	}
	return v.Gather(ctx, src)
}

// Judge answers a question from evidence.
func (e *engine) Judge(ev *verify.Evidence, q verify.Question) *verify.Report {
	r := e.judge.Judge(ev, q)
	if ev != nil && ev.Seal == nil { // no seal names the trust list that it was held against: it is the one in use
		if v, _ := e.verifier(); v != nil {
			r.Trust = v.Trust()
		}
	}
	return r
}

// Timeline says on which days the answer changes.
func (e *engine) Timeline(ev *verify.Evidence, q verify.Question) []verify.Segment {
	return e.judge.Timeline(ev, q)
}

// Picture draws a page. A picture file's page is its own pixels, scaled down where the window shows fewer.
func (e *engine) Picture(ctx context.Context, f viewmodel.File, page int, scale float64) (image.Image, error) {
	s := e.resolve(ctx, f)
	if s.err != nil {
		return nil, s.err
	}
	return e.draw(ctx, s.src, page, scale)
}

// PictureAt draws a page as it was when the file was end bytes long: as it was sealed.
func (e *engine) PictureAt(ctx context.Context, f viewmodel.File, page int, scale float64, end int64) (image.Image, error) {
	s := e.resolve(ctx, f)
	if s.err != nil {
		return nil, s.err
	}
	b, err := head(s.src, end)
	if err != nil {
		return nil, err
	}
	return e.draw(ctx, document.SourceBytes(f.Name, b), page, scale)
}

// maxHead bounds what is read of a file to show an earlier state of it, in bytes.
const maxHead = 256 << 20

// head is the first end bytes of a file. One inside an archive is unpacked under the archive's limits.
func head(src document.Source, end int64) ([]byte, error) {
	if end > maxHead {
		return nil, &document.Error{Code: document.ErrTooLarge, Name: src.Name}
	}
	if src.Path == "" {
		b, err := src.ReadAll(maxHead)
		if err != nil {
			return nil, err
		}
		if int64(len(b)) < end {
			return nil, io.ErrUnexpectedEOF
		}
		return b[:end:end], nil
	}
	f, err := os.Open(src.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, end)
	_, err = io.ReadFull(f, b)
	return b, err
}

func (e *engine) draw(ctx context.Context, src document.Source, page int, scale float64) (image.Image, error) {
	doc, err := e.docs.Open(ctx, src)
	if document.CodeOf(err) == document.ErrTooLarge { // a document of many pages is drawn a page at a time
		doc, err = e.docs.OpenStream(ctx, src)
	}
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

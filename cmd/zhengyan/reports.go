package main

import (
	"context"
	"fmt"
	"image"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"zhengyan/store"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/report"
)

// Limits of the pages drawn for a PDF or HTML report: what they cost must stay small beside the verifying itself.
const (
	maxPictures     = 400
	maxPicturesFile = 4
	pictureDPI      = 150
	pictureTime     = 10 * time.Second
	maxSources      = 20_000
)

// reportFiles writes the --report files when a batch is done.
type reportFiles struct {
	paths   []string
	all     []*verify.Report
	engine  *document.Engine // nil: no page pictures
	sources map[string]document.Source
	audit   func() string // the log's newest checkpoint; nil where none is kept
}

func newReportFiles(paths []string) (*reportFiles, error) {
	for _, p := range paths {
		if !report.CanWrite(p) {
			return nil, fmt.Errorf("--report %s: the name must end in %s", p, strings.Join(report.Extensions(), ", "))
		}
	}
	return &reportFiles{paths: paths, sources: map[string]document.Source{}}, nil
}

func (f *reportFiles) add(r *verify.Report) {
	if len(f.paths) > 0 {
		f.all = append(f.all, r)
	}
}

// remember takes note of where the files are read from, for the pictures of their pages.
func (f *reportFiles) remember(in iter.Seq2[document.Source, error]) iter.Seq2[document.Source, error] {
	wanted := false
	for _, p := range f.paths {
		wanted = wanted || showsPages(p)
	}
	if !wanted {
		return in
	}
	return func(yield func(document.Source, error) bool) {
		for src, err := range in {
			if err == nil && len(f.sources) < maxSources {
				f.sources[src.Name] = src
			}
			if !yield(src, err) {
				return
			}
		}
	}
}

// showsPages reports whether a form of report has pictures of pages, or of places on them.
func showsPages(path string) bool {
	return slices.Contains([]string{".pdf", ".html"}, strings.ToLower(filepath.Ext(path)))
}

// close writes the files.
func (f *reportFiles) close(ctx context.Context) error {
	var o report.Options
	if f.audit != nil {
		o.Checkpoint = f.audit()
	}
	for _, p := range f.paths {
		pages := &pagePictures{ctx: ctx, files: f}
		if o.Picture = nil; f.engine != nil && showsPages(p) {
			o.Picture = pages.picture
		}
		err := o.WriteFile(p, f.all)
		pages.close()
		if err != nil {
			return fmt.Errorf("--report %s: %w", p, err)
		}
	}
	return nil
}

// pagePictures draws pages of the files that reports are on. It keeps the file that was drawn last open: a report asks for
// the pages of one file after another.
type pagePictures struct {
	ctx    context.Context //nolint:containedctx // the callback of the writer has none
	files  *reportFiles
	of     *verify.Report
	doc    *document.Document
	n, of1 int
}

func (p *pagePictures) close() {
	if p.doc != nil {
		p.doc.Close()
	}
	p.doc = nil
}

// picture is nil for what cannot be shown: too many, a file that is gone or is another one now, a page that fails.
func (p *pagePictures) picture(r *verify.Report, n int) image.Image {
	if p.n >= maxPictures || p.ctx.Err() != nil || r.Error != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(p.ctx, pictureTime)
	defer cancel()
	if p.of != r {
		p.close()
		p.of, p.of1 = r, 0
		src, ok := p.files.sources[r.Input.Name]
		if !ok || src.Size != r.Input.Size {
			return nil
		}
		doc, err := p.files.engine.Open(ctx, src)
		if err != nil {
			return nil
		}
		if doc.Info().SHA256 != r.Input.SHA256 { // it was changed since it was judged
			doc.Close()
			return nil
		}
		p.doc = doc
	}
	if p.doc == nil || p.of1 >= maxPicturesFile || n >= p.doc.NumPages() {
		return nil
	}
	img, err := p.doc.Render(ctx, n, pictureDPI)
	if err != nil {
		return nil
	}
	p.n++
	p.of1++
	return img
}

// checkpoint is the newest of the log that is written to, or of the one that is there; "" for none.
func (env *environment) checkpoint(l *auditLog, dir string) string {
	if l != nil {
		cp, err := l.log.Checkpoint()
		if err != nil {
			return ""
		}
		return cp
	}
	data, err := store.OpenData(env.dataDir(dir))
	if err != nil {
		return ""
	}
	a, err := data.ReadAudit()
	if err != nil {
		return ""
	}
	defer a.Close()
	cp, err := a.Checkpoint()
	if err != nil {
		return ""
	}
	return cp
}

package main

import (
	"context"
	"errors"
	"image"
	"io/fs"
	"iter"
	"os"
	"strings"

	"zhengyan/store"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/report"
)

// maxSources bounds the files that are remembered for the pictures of their pages.
const maxSources = 20_000

// reportFiles writes the --report files when a batch is done.
type reportFiles struct {
	paths   []string
	all     []*verify.Report
	engine  *document.Engine // nil: no page pictures
	sources map[string]document.Source
	audit   func() string          // the log's newest checkpoint; nil where none is kept
	partial func(*os.File)         // is told the file in which a report is written until it is whole
	left    func() (string, error) // what was left out of folders and archives; nil where none are opened
}

// newReportFiles tries whether the reports can be written, before any work is done for them. A file that is there already is
// replaced only if force is set.
func newReportFiles(paths []string, force bool) (*reportFiles, error) {
	for _, p := range paths {
		if !report.CanWrite(p) {
			return nil, speak("--report %s: the name must end in %s", p, strings.Join(report.Extensions(), ", "))
		}
		switch st, err := os.Stat(p); {
		case err == nil && st.IsDir():
			return nil, speak("--report %s: that is a folder", p)
		case err == nil && !force:
			return nil, speak("--report %s: there is such a file already; --force replaces it", p)
		}
		if err := report.TryFile(p); err != nil {
			return nil, speak("--report %s: %v", p, plainly(err))
		}
	}
	return &reportFiles{paths: paths, sources: map[string]document.Source{}}, nil
}

// amongInputs gives a report's path that is a file to be judged, or holds such files; "" if there is none. A report never
// replaces the evidence it speaks of.
func (f *reportFiles) amongInputs(ctx context.Context, paths []string) string {
	there := map[string]fs.FileInfo{}
	for _, p := range f.paths {
		if st, err := os.Stat(p); err == nil {
			there[p] = st
		}
	}
	if len(there) == 0 {
		return "" // nothing can be replaced, so the folders need not be walked twice
	}
	for src, err := range document.Expand(ctx, paths, document.Limits{}) {
		name := src.Name
		if err != nil {
			name = nameOf(err)
		}
		for _, held := range holders(name) {
			st, err := os.Stat(held)
			if err != nil {
				continue
			}
			for p, target := range there {
				if os.SameFile(st, target) {
					return p
				}
			}
		}
	}
	return ""
}

// holders are the files that a source's name may stand for: the file itself, or the archive that it is an entry of.
func holders(name string) []string {
	out := []string{name}
	for i := range len(name) {
		if i > 0 && strings.HasPrefix(name[i:], "!/") {
			out = append(out, name[:i])
		}
	}
	return out
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
		wanted = wanted || report.ShowsPages(p)
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

// plainly is why a file could not be written, without the name of the one that was tried in its place.
func plainly(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// close writes the files; stopped is set where the work was ended early.
func (f *reportFiles) close(ctx context.Context, stopped *report.Stopped) (err error) {
	o := report.Options{Stopped: stopped, Partial: f.partial}
	if f.left != nil {
		if o.LeftOut, err = f.left(); err != nil {
			return err
		}
	}
	if f.audit != nil {
		o.Checkpoint = f.audit()
	}
	for _, p := range f.paths {
		pages := &report.PagePictures{Open: f.open}
		if o.Picture = nil; f.engine != nil && report.ShowsPages(p) {
			o.Picture = pages.Picture(ctx)
		}
		err := o.WriteFile(p, f.all)
		pages.Close()
		if err != nil {
			return speak("--report %s: %v", p, plainly(err))
		}
	}
	return nil
}

// drawnPages are the pages of an open file.
type drawnPages struct{ doc *document.Document }

func (d drawnPages) Picture(ctx context.Context, n int, dpi float64) (image.Image, error) {
	return d.doc.Render(ctx, n, dpi)
}

func (d drawnPages) Close() { d.doc.Close() }

// open opens the file that a report is on, for pictures of its pages. That it is the same file is seen once: a book's bytes are not summed again
// for each of hundreds of pages.
func (f *reportFiles) open(ctx context.Context, r *verify.Report) (report.Pages, error) {
	src, ok := f.sources[r.Input.Name]
	if !ok || src.Size != r.Input.Size {
		return nil, &document.Error{Code: document.ErrNotFound, Name: r.Input.Name, Detail: "the file is another one now"}
	}
	doc, err := f.engine.OpenStream(ctx, src)
	if err != nil {
		return nil, err
	}
	if doc.Info().SHA256 != r.Input.SHA256 {
		doc.Close()
		return nil, &document.Error{Code: document.ErrNotFound, Name: r.Input.Name, Detail: "the file is another one now"}
	}
	return drawnPages{doc}, nil
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

// Package finder looks for the pages of a large document that carry certificates: in bid books of hundreds of scanned
// pages, where they stand whole, pasted small, several to a page, or turned.
//
// Pages that show text of their own are judged by it. Of pictures a cheap look at the ink (lines.go) finds the lines that
// may be a title: large print that stands alone. Only these are cut out and read; what matches a title of the data
// (assets/rules/faces.json) is confirmed by the labels that must stand under it. Most pages never meet a neural net.
// Text that nobody sees, as a scanner's program lays it under its pictures, says where to look, and nothing more.
package finder

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"iter"
	"slices"
	"sync"

	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// Hit is a certificate on a page.
type Hit struct {
	Page int      `json:"page"` // 0-based
	Box  page.Box `json:"box"`  // upright, around the certificate, in page units
	// Turn is the number of quarter turns clockwise that bring it upright.
	Turn  int         `json:"turn"`
	Kind  fields.Kind `json:"kind"`
	Title string      `json:"title"` // as read
	// Confidence is 1 for text that the page shows, else what the readings of title and labels were worth.
	Confidence float64 `json:"confidence"`
	// Source tells whether the page shows the certificate as text or as a picture.
	Source fields.Source `json:"source"`
}

// PageError is a page that could not be looked at. The others are.
type PageError struct {
	Page int // 0-based
	Err  error
}

func (e *PageError) Error() string { return fmt.Sprintf("page %d: %v", e.Page+1, e.Err) }

func (e *PageError) Unwrap() error { return e.Err }

// Options says how to look. The zero value looks at all pages with two workers.
type Options struct {
	// From is the first page (0-based), to go on where a search ended; To is behind the last one, 0 for all.
	From, To int
	// Workers is the number of pages that are looked at side by side; 0 means 2.
	Workers int
	// Others asks for certificates of other kinds too, with the kind fields.OtherCertificate.
	Others bool
	// Progress, if set, is told after each page, in order: done of total pages from From on, unread of which, with those of
	// Unread, could not be searched for want of a reader. It is called by the goroutine that ranges over the hits.
	Progress func(done, total, unread int)
	// Unread is the number of pages before From that were not searched for want of a reader.
	Unread int
}

// Limits of the search.
const (
	defaultWorkers = 2
	maxWorkers     = 16
	ahead          = 64 // pages that may be done while one before them is still looked at
	// pagePictures is the number of pictures of one page that are looked at one by one; a page of more, as scanners make
	// that cut a page into strips, is painted instead.
	pagePictures = 6
	// leastPicture is the share of a page's side from which a picture on it may be a certificate.
	leastPicture = 0.18
	// paintDPI is the resolution at which pages are painted where they are.
	paintDPI = 130
	// ownText is the number of characters from which a page's own text is trusted to be all of its print.
	ownText = 12
	// hinted is the confidence in a certificate that hidden text tells of and the search through the pictures did not find.
	hinted = 0.5
	// samePlace is the share of the smaller of two places from which both are one certificate's.
	samePlace = 0.5
)

// Find looks for certificates and yields them in the order of the pages, as they are found. An error that is a
// *PageError concerns one page, the search goes on behind it; any other error is the last thing that is yielded, the
// context's among them. Without a reader the pages with text of their own are still searched; at the end an error that
// wraps fields.ErrNoReader tells how many pages were not. When the sequence ends, also by a break or by the end of ctx, nothing
// reads any more: doc and reader may be closed. doc should come from Engine.OpenStream where it may be large.
func Find(ctx context.Context, doc *document.Document, reader fields.PageReader, tables *fields.Tables, opt Options) iter.Seq2[Hit, error] {
	return func(yield func(Hit, error) bool) {
		from, to := max(opt.From, 0), doc.NumPages()
		if opt.To > 0 {
			to = min(to, opt.To)
		}
		s := &search{doc: doc, reader: reader, tables: tables, opt: opt}
		unread := opt.Unread
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for r := range s.run(ctx, from, to) {
			if r.err != nil {
				if cause := context.Cause(ctx); cause != nil {
					yield(Hit{}, cause)
					return
				}
				if errors.Is(r.err, fields.ErrNoReader) {
					unread++
				} else if !yield(Hit{}, &PageError{r.page, r.err}) {
					return
				}
			}
			for _, h := range r.hits {
				if !yield(h, nil) {
					return
				}
			}
			if opt.Progress != nil {
				opt.Progress(r.page-from+1, to-from, unread)
			}
		}
		if cause := context.Cause(ctx); cause != nil {
			yield(Hit{}, cause)
			return
		}
		if unread > 0 {
			yield(Hit{}, fmt.Errorf("%d pages without text of their own were not searched: %w", unread, fields.ErrNoReader))
		}
	}
}

// search is one run over a document.
type search struct {
	doc    *document.Document
	reader fields.PageReader
	tables *fields.Tables
	opt    Options
}

// result is what one page gave.
type result struct {
	page int
	hits []Hit
	err  error
}

// work is a page that was taken from the document and is still to be looked at.
type work struct {
	page     int
	size     document.PageSize
	hits     []Hit // by the text that it shows
	hints    []Hit // by text that it does not show
	pictures []picture
	err      error
	out      chan<- result
}

// picture is a part of a page that is looked at by itself.
type picture struct {
	box     page.Box // on the page
	encoded *document.Encoded
	painted *image.RGBA // instead of encoded
}

// run yields the pages' results in order. One goroutine takes pages from the document, which serves one call at a time;
// the workers decode and read.
func (s *search) run(ctx context.Context, from, to int) iter.Seq[result] {
	workers := s.opt.Workers
	if workers <= 0 {
		workers = defaultWorkers
	}
	workers = min(workers, maxWorkers)
	return func(yield func(result) bool) {
		ctx, cancel := context.WithCancel(ctx)
		jobs := make(chan work)
		order := make(chan chan result, ahead) // results only: the pages in memory are those with the workers, and one more
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer close(order)
			defer close(jobs)
			for i := from; i < to && ctx.Err() == nil; i++ {
				out := make(chan result, 1)
				select {
				case order <- out:
				case <-ctx.Done():
					return
				}
				w := s.take(ctx, i)
				w.out = out
				select {
				case jobs <- w:
				case <-ctx.Done():
					out <- result{page: i, err: context.Cause(ctx)}
					return
				}
			}
		}()
		var busy sync.WaitGroup
		for range workers {
			busy.Go(func() {
				for w := range jobs {
					w.out <- s.look(ctx, w)
				}
			})
		}
		defer func() {
			cancel()
			<-done
			busy.Wait() // a net that runs cannot be stopped, and must not be freed under it
		}()
		for out := range order {
			if !yield(<-out) {
				return
			}
		}
	}
}

// take reads from the document what is needed of a page.
func (s *search) take(ctx context.Context, i int) (w work) {
	w.page = i
	defer func() {
		if p := recover(); p != nil { // a defect costs the page
			w.hits, w.hints, w.pictures, w.err = nil, nil, nil, fmt.Errorf("looking for certificates failed: %v", p)
		}
	}()
	if w.size, w.err = s.doc.PageSize(i); w.err != nil {
		return w
	}
	if s.doc.Info().Format != document.FormatPDF {
		w.pictures, w.err = s.painted(ctx, i, 0)
		return w
	}
	shown, hidden, err := s.doc.Layers(ctx, i)
	if err != nil {
		w.err = err
		return w
	}
	w.hits, w.hints = s.inText(shown, w.size), s.inText(hidden, w.size)
	if len(w.hits) > 0 {
		kind, _, err := s.doc.PageKind(ctx, i)
		if err != nil {
			w.err = err
			return w
		}
		if kind == document.InputScan || kind == document.InputPhoto { // a few words on a picture are not its print
			w.hits, w.hints = nil, append(w.hits, w.hints...)
		}
	}
	for k := range w.hints {
		w.hints[k].Source, w.hints[k].Confidence = fields.SourceOCR, hinted
	}
	list, err := s.doc.Encoded(ctx, i)
	if err != nil {
		w.err = err
		return w
	}
	for k := range list {
		e := &list[k]
		if e.Box.W() < leastPicture*w.size.Width || e.Box.H() < leastPicture*w.size.Height || min(e.Width, e.Height) < 100 {
			continue
		}
		if anyAt(w.hits, func(h page.Box) bool { return within(h, e.Box) }) {
			continue // what a certificate of text is printed on
		}
		w.pictures = append(w.pictures, picture{box: e.Box, encoded: e})
	}
	switch {
	case len(w.pictures) <= pagePictures && (len(w.pictures) > 0 || len(w.hits) > 0):
	case len(list) > 0, len(shown.Chars) < ownText:
		// Cut into strips, or drawn as outlines: what counts is how it looks.
		w.pictures, w.err = s.painted(ctx, i, paintDPI)
	}
	return w
}

// inText gives the certificates that text tells of.
func (s *search) inText(text page.Text, size document.PageSize) (list []Hit) {
	if len(text.Chars) < ownText {
		return nil
	}
	for _, r := range fields.ReadAll([]page.Text{text}, s.tables) {
		list = append(list, ownHit(text.Index, r, size))
	}
	return s.wanted(list)
}

func (s *search) painted(ctx context.Context, i int, dpi float64) ([]picture, error) {
	img, err := s.doc.Render(ctx, i, dpi)
	if err != nil {
		return nil, err
	}
	size, err := s.doc.PageSize(i)
	if err != nil {
		return nil, err
	}
	return []picture{{box: page.Box{X1: size.Width, Y1: size.Height}, painted: img}}, nil
}

// ownHit is a certificate that a page's text tells of. Its place is that of its fields and what lies between them.
func ownHit(i int, r *fields.Result, size document.PageSize) Hit {
	h := Hit{Page: i, Kind: r.Certificate.Kind, Title: r.Certificate.Title, Confidence: 1, Source: fields.SourceText}
	for _, f := range r.Fields {
		h.Box = h.Box.Union(f.Box)
	}
	h.Box = grown(h.Box, 0.08, page.Box{X1: size.Width, Y1: size.Height})
	return h
}

// look reads the pictures of a page. A failure inside costs this page only.
func (s *search) look(ctx context.Context, w work) (r result) {
	r = result{page: w.page, hits: w.hits, err: w.err}
	defer func() {
		if p := recover(); p != nil {
			r.err = fmt.Errorf("looking for certificates failed: %v", p)
		}
	}()
	if r.err == nil {
		r.hits, r.err = s.inPictures(ctx, w)
	}
	for _, h := range w.hints {
		if !anyAt(r.hits, h.sameAs) {
			r.hits = append(r.hits, h)
		}
	}
	slices.SortStableFunc(r.hits, func(a, b Hit) int { return cmp.Compare(a.Box.Y0, b.Box.Y0) })
	return r
}

// inPictures gives the hits of a page's text and those in its pictures that stand elsewhere.
func (s *search) inPictures(ctx context.Context, w work) (hits []Hit, err error) {
	hits = w.hits
	for _, p := range w.pictures {
		if ctx.Err() != nil {
			return hits, ctx.Err()
		}
		if s.reader == nil {
			return hits, fields.ErrNoReader
		}
		list, failed := s.inPicture(ctx, w.page, p)
		if failed != nil {
			err = errors.Join(err, failed)
		}
		for _, h := range s.wanted(list) {
			if !anyAt(w.hits, h.sameAs) {
				hits = append(hits, h)
			}
		}
	}
	return hits, err
}

// anyAt reports whether the place of any hit is as asked.
func anyAt(list []Hit, is func(page.Box) bool) bool {
	return slices.ContainsFunc(list, func(h Hit) bool { return is(h.Box) })
}

// sameAs reports whether a place is that of the hit, as far as two ways of finding it can agree.
func (h Hit) sameAs(b page.Box) bool {
	if h.Box.W()*h.Box.H() <= b.W()*b.H() {
		return within(h.Box, b)
	}
	return within(b, h.Box)
}

// within reports whether a place lies in another one, for the most part.
func within(a, b page.Box) bool {
	w, h := min(a.X1, b.X1)-max(a.X0, b.X0), min(a.Y1, b.Y1)-max(a.Y0, b.Y0)
	return w > 0 && h > 0 && w*h >= samePlace*a.W()*a.H()
}

// wanted leaves out the kinds that were not asked for.
func (s *search) wanted(list []Hit) []Hit {
	var out []Hit
	for _, h := range list {
		if h.Kind == fields.UnknownKind || h.Kind == fields.OtherCertificate && !s.opt.Others {
			continue
		}
		out = append(out, h)
	}
	return out
}

package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/finder"
	"zhengyan/verify/page"
	"zhengyan/verify/seal"
)

// GatherAll is Gather for files of any length. A document of more than Limits.BookPages pages is searched for certificates
// first, and each that is found is gathered like a file of its own, with its place in Evidence.Part; where at most one is
// found, or the file is short, there is one Evidence. The order is that of the pages. Errors are as those of Gather.
func (v *Verifier) GatherAll(ctx context.Context, src document.Source) ([]*Evidence, error) {
	var list []*Evidence
	var failed error
	lost := false // the document could not be opened a second time
	ev, err := v.gather(ctx, src, func(g *gathering) {
		g.search = func(b []byte) (doc *document.Document) {
			var problems []Problem
			list, doc, problems, failed = v.book(ctx, document.SourceBytes(src.Name, b), b)
			for _, p := range problems {
				g.problem(p.Stage, p.Code, p.Detail)
			}
			lost = doc == nil && list == nil
			return doc
		}
	})
	if err == nil {
		err = failed
	}
	if err == nil && lost {
		ev, err = v.Gather(ctx, src)
	}
	if err != nil {
		return nil, err
	}
	// A file too large to be held in memory can still be looked through page by page.
	if list == nil && ev.Failure != nil && ev.Failure.Code == string(document.ErrTooLarge) {
		var doc *document.Document
		if list, doc, _, err = v.book(ctx, src, nil); err != nil {
			return nil, err
		}
		if doc != nil {
			doc.Close()
		}
	}
	if len(list) > 0 {
		return list, nil
	}
	return []*Evidence{ev}, nil
}

// book searches a long document, whose bytes are b if they are held. Where it found certificates it closes the document;
// where it found none, or failed as a whole, the document is the caller's to close, nil if it could not be opened, and missed
// says which of its pages were not searched.
func (v *Verifier) book(ctx context.Context, src document.Source, b []byte) (list []*Evidence, left *document.Document, missed []Problem, err error) {
	whole := ctx
	ctx, cancel := context.WithTimeout(ctx, v.cfg.Limits.Book)
	defer cancel()
	doc, err := v.cfg.Engine.OpenStream(ctx, src)
	if err != nil {
		return nil, nil, nil, whole.Err()
	}
	defer func() {
		if left == nil {
			doc.Close()
		}
	}()
	sum := doc.Info().SHA256
	so := v.searches.take(sum) // where it was cancelled before
	opt := finder.Options{From: so.next, Unread: so.unread, Others: true, Workers: v.cfg.Limits.BookWorkers}
	hits, problems, damagedPages := so.hits, so.problems, so.damaged
	opt.Progress = func(done, _, unread int) {
		so = progress{opt.From + done, unread, hits[:len(hits):len(hits)], problems[:len(problems):len(problems)], damagedPages[:len(damagedPages):len(damagedPages)]}
		if f := v.cfg.Searching; f != nil {
			f(src.Name, Search{Pages: so.next, OfPages: doc.NumPages()})
		}
	}
	defer func() {
		if v.cfg.Resume && whole.Err() != nil {
			v.searches.keep(sum, so)
		}
	}()
	end, unnamed := doc.NumPages(), false
	for h, err := range finder.Find(ctx, doc, v.cfg.Reader, v.cfg.Tables, opt) {
		var damaged *finder.PageError
		switch {
		case err == nil:
			hits = append(hits, h)
		case errors.As(err, &damaged):
			problems = append(problems, Problem{Stage: "document", Code: "page-damaged", Detail: damaged.Error()})
			damagedPages = append(damagedPages, damaged.Page)
		case errors.Is(err, fields.ErrNoReader):
			unnamed = true // it is told how many they are, and no more
			problems = append(problems, Problem{Stage: "ocr", Code: "no-reader", Detail: err.Error()})
		case whole.Err() != nil:
			return nil, nil, nil, whole.Err()
		default:
			problems = append(problems, Problem{Stage: "document", Code: "search-failed", Detail: err.Error()})
			end = so.next
		}
		if len(hits) > v.cfg.Limits.BookHits {
			hits = hits[:v.cfg.Limits.BookHits]
			problems = append(problems, Problem{Stage: "document", Code: "too-many-certificates", Detail: fmt.Sprint(v.cfg.Limits.BookHits)})
			end = so.next
			break
		}
	}
	unread := Problem{Stage: "fields", Code: notRead, Detail: pageList(append(pagesFrom(end, doc.NumPages()), damagedPages...), unnamed)}
	if len(hits) == 0 {
		// That there is no reader is said where the pages are read.
		problems = slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return p.Stage == "ocr" })
		if len(problems) > 0 {
			problems = append(problems, unread)
		}
		return nil, doc, problems, nil
	}
	if len(problems) > 0 {
		// What was not looked at is said with every certificate, so that nobody takes silence for the whole file (F-04).
		problems = append(problems, unread)
	}
	sealed, failed := v.sealsOf(whole, src, b)
	problems = append(problems, failed...)
	// Judging has a time of its own: what was found must not be lost because the search took all of its own.
	judging, stop := context.WithTimeout(whole, v.cfg.Limits.Book)
	defer stop()
	out := make([]*Evidence, len(hits))
	var examined atomic.Int64
	tell := func(n int) {
		if f := v.cfg.Searching; f != nil {
			f(src.Name, Search{Pages: doc.NumPages(), OfPages: doc.NumPages(), Examined: n, Found: len(hits)})
		}
	}
	tell(0)
	var wg sync.WaitGroup
	slots := make(chan struct{}, max(1, v.cfg.Limits.BookWorkers))
	for i, h := range hits {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			part := &Part{Page: h.Page, Box: h.Box, Of: len(hits), Index: i, SealInFirst: i > 0 && sealed != nil}
			out[i] = v.hit(judging, src, doc, h, part, sealOf(sealed, part), problems)
			tell(int(examined.Add(1)))
		})
	}
	wg.Wait()
	return out, nil, nil, whole.Err()
}

// sealsOf looks at the seals of a long document, whose bytes are b if they are held. Of one that is too large for it the report
// says so.
func (v *Verifier) sealsOf(ctx context.Context, src document.Source, b []byte) (rep *seal.Report, problems []Problem) {
	var err error
	if b == nil {
		if b, err = src.ReadAll(v.cfg.Limits.SealBytes); err != nil {
			problems = []Problem{{Stage: "seal", Code: string(document.CodeOf(err)), Detail: err.Error()}}
			if document.CodeOf(err) == document.ErrTooLarge {
				rep = seal.TooLarge(seal.Options{Anchors: v.cfg.Anchors})
			}
			return rep, problems
		}
	}
	if rep, err = seal.Inspect(ctx, b, seal.Options{Anchors: v.cfg.Anchors, Now: v.cfg.Now()}); err != nil {
		problems = []Problem{{Stage: "seal", Code: stageCode(err), Detail: err.Error()}}
	}
	return rep, problems
}

// sealOf is what a part tells of the seals of the file: the first part everything, the others whether there are any and
// what lies on their page, or every one of thousands of reports would repeat all chains and changes.
func sealOf(sealed *seal.Report, part *Part) *seal.Report {
	if !part.SealInFirst {
		return sealed
	}
	brief := *sealed
	brief.Signatures, brief.Problems = []seal.Signature{}, nil
	for _, s := range sealed.Signatures {
		if s.Page == part.Page {
			s.Chain, s.Changed, s.SealPicture = nil, nil, nil
			brief.Signatures = append(brief.Signatures, s)
		}
	}
	return &brief
}

// hit gathers one certificate of a long document. A panic costs this certificate alone. Of one for which no time is left, what
// the search made out is said.
func (v *Verifier) hit(ctx context.Context, src document.Source, doc *document.Document, h finder.Hit, part *Part, sealed *seal.Report, problems []Problem) (ev *Evidence) {
	problems = slices.Clone(problems)
	defer func() {
		if recover() != nil {
			ev = v.Unreadable(&document.Error{Code: "internal", Name: src.Name, Detail: "a stage of the program failed"})
			ev.Part, ev.Problems = part, problems
		}
	}()
	set := func(g *gathering) {
		g.doc, g.part, g.ev.Seal = doc, part, sealed
		g.read = h.Source == fields.SourceOCR
		g.other = kindRank(h.Kind) == aside
		g.ev.Part, g.ev.Problems = part, problems
	}
	ev, err := v.gather(ctx, src, func(g *gathering) {
		set(g)
		if size, err := doc.PageSize(h.Page); err == nil {
			part.PageSize = &size
		}
	})
	if err != nil {
		g := &gathering{v: v, ev: &Evidence{GatheredAt: v.cfg.Now(), Codes: []Code{}, Timings: map[string]float64{}}}
		set(g)
		g.identify()
		stage := "fields"
		if g.read {
			stage = "ocr"
		}
		g.problem(stage, stageCode(err), err.Error())
		ev = g.ev
	}
	if ev.Fields == nil || ev.Fields.Certificate.Kind == fields.UnknownKind {
		// The title was made out, and no more: that much is said.
		if ev.Fields == nil {
			ev.Fields = &fields.Result{Source: fields.SourceNone, Page: h.Page, Certificate: fields.Certificate{Medium: fields.UnknownMedium}}
		}
		ev.Fields.Certificate.Kind, ev.Fields.Certificate.Title = h.Kind, h.Title
	}
	return ev
}

// placeOf is the box around the fields of a reading.
func placeOf(r *fields.Result) (b page.Box) {
	for _, f := range r.Fields {
		b = b.Union(f.Box)
	}
	return b
}

// share is how much of a reading lies in the part, 0..1.
func (g *gathering) share(r *fields.Result) float64 {
	b, p := placeOf(r), g.part.Box
	w, h := min(b.X1, p.X1)-max(b.X0, p.X0), min(b.Y1, p.Y1)-max(b.Y0, p.Y0)
	if w <= 0 || h <= 0 || b.W() <= 0 || b.H() <= 0 {
		return 0
	}
	return w * h / (b.W() * b.H())
}

// inPart reports whether a place on the page belongs to the part that is looked at.
func (g *gathering) inPart(b page.Box) bool {
	return g.part == nil || g.part.Box.IsZero() || b.IsZero() || b.Intersects(g.part.Box)
}

// holds reports whether a place lies in the part that is looked at: a code whose middle does not is another paper's.
func (g *gathering) holds(p page.Point) bool {
	if g.part == nil || g.part.Box.IsZero() {
		return true
	}
	b := g.part.Box
	return p.X >= b.X0 && p.X <= b.X1 && p.Y >= b.Y0 && p.Y <= b.Y1
}

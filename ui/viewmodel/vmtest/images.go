package vmtest

import (
	"context"
	"image"
	"sync/atomic"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// Images is an engine double that also finds certificates in long documents, reads pairs, takes corners and opens pages.
type Images struct {
	*Engine
	// Hits is the number of certificates in the document of a name.
	Hits map[string]int
	// Searched, if set, is told of the progress function of each search.
	Searched func(f viewmodel.File, progress func(verify.Search))
	// OtherCopy makes the print of every pair that of another copy.
	OtherCopy bool
	// PairGate, if set, holds every GatherPair until it is closed or the context ends; Pairs counts the calls.
	PairGate chan struct{}
	Pairs    atomic.Int32
	// Corners are those of the last sheet that was pointed out.
	Corners [4]page.Point
	// Opened counts the files that pages were drawn of.
	Opened int
}

var (
	_ viewmodel.Searcher  = (*Images)(nil)
	_ viewmodel.Pairer    = (*Images)(nil)
	_ viewmodel.Rectifier = (*Images)(nil)
	_ viewmodel.Pager     = (*Images)(nil)
)

// GatherAll implements viewmodel.Searcher.
func (e *Images) GatherAll(ctx context.Context, f viewmodel.File, progress func(verify.Search)) ([]*verify.Evidence, error) {
	if e.Searched != nil {
		e.Searched(f, progress)
	}
	ev, err := e.Gather(ctx, f)
	n := e.Hits[f.Name]
	if err != nil || n == 0 {
		return []*verify.Evidence{ev}, err
	}
	var out []*verify.Evidence
	for i := range n {
		one := *ev
		one.Input.Pages = 500
		one.Part = &verify.Part{Page: 100*i + 6, Of: n, Index: i, PageSize: &document.PageSize{Width: 612, Height: 792}}
		out = append(out, &one)
	}
	return out, nil
}

// GatherPair implements viewmodel.Pairer.
func (e *Images) GatherPair(ctx context.Context, original, print viewmodel.File) (*verify.Evidence, error) {
	e.Pairs.Add(1)
	if e.PairGate != nil {
		select {
		case <-e.PairGate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	ev, err := e.Gather(ctx, original)
	if err != nil {
		return nil, err
	}
	state := rules.ComparedEqual
	if e.OtherCopy {
		state = rules.ComparedDifferent
	}
	pair := *ev
	pair.Print = &verify.Print{
		Input: document.Info{Name: print.Name, Kind: document.InputScan, Pages: 1}, Fields: &fields.Result{Source: fields.SourceOCR},
		Compared: []rules.Compared{{Field: "number", State: state}},
	}
	return &pair, nil
}

// GatherCorners implements viewmodel.Rectifier.
func (e *Images) GatherCorners(ctx context.Context, f viewmodel.File, _ int, corners [4]page.Point) (*verify.Evidence, error) {
	e.Corners = corners
	ev, err := e.Gather(ctx, f)
	if err != nil || ev.Picture == nil {
		return ev, err
	}
	one, p := *ev, *ev.Picture
	p.Sheet = &sheet.Sheet{Corners: corners, Score: 1, Notes: []sheet.Note{sheet.ByHand}}
	one.Picture = &p
	return &one, nil
}

// OpenPages implements viewmodel.Pager.
func (e *Images) OpenPages(context.Context, viewmodel.File, string) (viewmodel.Pages, error) {
	e.Opened++
	return blank{}, nil
}

type blank struct{}

func (blank) Picture(context.Context, int, float64) (image.Image, error) {
	return image.NewRGBA(image.Rect(0, 0, 100, 141)), nil
}

func (blank) Close() {}

// Half makes a case one half of a pair: an original with a whole seal, or a print.
func Half(c Case, kind document.InputKind) Case {
	ev := *c.Evidence
	ev.Input.Kind = kind
	ev.Seal = nil
	if kind == document.InputOriginal {
		ev.Seal = &seal.Report{Status: seal.Signed, Overall: seal.Clean}
	}
	c.Evidence = &ev
	return c
}

// ReadOff makes a case one whose face was read off a picture: the name less surely than the number, both with their places.
func ReadOff(c Case) Case {
	ev := *c.Evidence
	f := *ev.Fields
	f.Source = fields.SourceOCR
	f.Fields = []fields.Field{
		{Name: "name", Value: f.Certificate.Name, Confidence: 0.8799, Box: page.Box{X0: 160, Y0: 200, X1: 240, Y1: 220}},
		{Name: "number", Value: f.Certificate.Number, Confidence: 0.9999, Box: page.Box{X0: 160, Y0: 240, X1: 320, Y1: 260}},
	}
	ev.Fields = &f
	ev.Picture = &verify.Picture{Reader: "reader", Sheet: &sheet.Sheet{Corners: [4]page.Point{{X: 5, Y: 5}, {X: 590, Y: 5}, {X: 590, Y: 837}, {X: 5, Y: 837}}, Score: 0.93}}
	c.Evidence = &ev
	return c
}

// Package vmtest has an engine double with invented certificates, for tests of the window and of its view models. Nothing
// in it reads a file. Every name and number is invented.
package vmtest

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"sync"
	"time"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
)

// Engine is a double of the verifier. The zero value knows no files; Add gives it some.
type Engine struct {
	mu    sync.Mutex
	order []string
	cases map[string]Case
	// Gate, if set, holds every Gather until it is closed or the context ends.
	Gate chan struct{}
	// PictureErr, if set, is the answer to every Picture.
	PictureErr error
	// ExpandErr, if set, is returned by Expand after the files.
	ExpandErr error
	// LeftOut is told by Expand before the files.
	LeftOut []document.LeftOut
	// Gathered and Judged count the calls.
	gathered, judged, drawn int
}

// Case is an invented file: its evidence and how it is judged.
type Case struct {
	Evidence *verify.Evidence
	Judge    func(ev *verify.Evidence, q verify.Question) *verify.Report
	Panic    bool // Gather panics
}

// New returns an engine that knows the given cases by name, in that order.
func New(names []string, cases ...Case) *Engine {
	e := &Engine{cases: map[string]Case{}}
	for i, n := range names {
		e.Add(n, cases[i])
	}
	return e
}

// Add gives the engine a file.
func (e *Engine) Add(name string, c Case) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cases == nil {
		e.cases = map[string]Case{}
	}
	e.order = append(e.order, name)
	if c.Evidence != nil {
		ev := *c.Evidence
		ev.Input.Name = name
		c.Evidence = &ev
	}
	e.cases[name] = c
}

// Counts returns how often Gather, Judge and Picture were called.
func (e *Engine) Counts() (gathered, judged, drawn int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.gathered, e.judged, e.drawn
}

// Expand reports every known file for the path "all", none for "none", else the named ones.
func (e *Engine) Expand(ctx context.Context, paths []string, found func(viewmodel.File), left func(document.LeftOut)) error {
	for _, l := range e.LeftOut {
		left(l)
	}
	for _, p := range paths {
		names := []string{p}
		if p == "all" {
			e.mu.Lock()
			names = append([]string(nil), e.order...)
			e.mu.Unlock()
		}
		if p == "none" {
			names = nil
		}
		for _, n := range names {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			found(viewmodel.File{Name: n, Path: "/cases/" + n, Key: n})
		}
	}
	return e.ExpandErr
}

// Gather returns the case's evidence.
func (e *Engine) Gather(ctx context.Context, f viewmodel.File) (*verify.Evidence, error) {
	e.mu.Lock()
	e.gathered++
	c, ok := e.cases[f.Name]
	gate := e.Gate
	e.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if c.Panic {
		panic("a library broke on " + f.Name)
	}
	if !ok {
		return &verify.Evidence{Input: document.Info{Name: f.Name}, Problems: []verify.Problem{{Stage: "document", Code: "not-found"}}}, ctx.Err()
	}
	return c.Evidence, ctx.Err()
}

// Judge applies the case's rule.
func (e *Engine) Judge(ev *verify.Evidence, q verify.Question) *verify.Report {
	e.mu.Lock()
	e.judged++
	c, ok := e.cases[ev.Input.Name]
	e.mu.Unlock()
	if !ok || c.Judge == nil || ev.Failure != nil {
		return Unreadable().Judge(ev, q)
	}
	rep := c.Judge(ev, q)
	rep.Evidence = ev
	return rep
}

// Timeline tries every day around the specimen's dates and merges equal verdicts.
func (e *Engine) Timeline(ev *verify.Evidence, q verify.Question) []verify.Segment {
	var segs []verify.Segment
	for d := day(2025, 12, 1); d.Before(day(2028, 1, 1)); d = d.AddDays(1) {
		q.At = viewmodel.Instant(d)
		r := e.Judge(ev, q)
		if n := len(segs); n > 0 {
			s := &segs[n-1]
			if s.Copy == r.Copy.Indication && s.Registration == r.Registration.Indication && s.Indication == r.Indication {
				continue
			}
			s.To = d.AddDays(-1)
		}
		s := verify.Segment{Copy: r.Copy.Indication, Registration: r.Registration.Indication, Indication: r.Indication, Reason: r.Reason}
		if len(segs) > 0 {
			s.From = d
		}
		segs = append(segs, s)
	}
	return segs
}

// ErrNoPage is the double's answer for a page that a file does not have.
var ErrNoPage = errors.New("no such page")

// Picture paints a page with a frame and grey bars.
func (e *Engine) Picture(ctx context.Context, f viewmodel.File, page int, scale float64) (image.Image, error) {
	e.mu.Lock()
	e.drawn++
	c := e.cases[f.Name]
	err := e.PictureErr
	e.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if c.Evidence == nil || page >= len(c.Evidence.PageSizes) {
		return nil, ErrNoPage
	}
	sz := c.Evidence.PageSizes[page]
	px := func(v float64) int { return int(v * scale) }
	img := image.NewRGBA(image.Rect(0, 0, px(sz.Width), px(sz.Height)))
	fill := func(x0, y0, x1, y1 float64, c color.Color) {
		draw.Draw(img, image.Rect(px(x0), px(y0), px(x1), px(y1)), image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(0, 0, sz.Width, sz.Height, color.White)
	fill(140, 60, sz.Width-140, 84, color.Gray{90})
	for y := 130.0; y < 420; y += 34 {
		fill(70, y, 150, y+11, color.Gray{150})
		fill(165, y, 165+float64(int(y)%150)+120, y+11, color.Gray{90})
	}
	fill(430, 640, 520, 730, color.Gray{60})
	fill(80, 650, 190, 760, color.RGBA{200, 40, 40, 255})
	return img, ctx.Err()
}

// Noon is a moment on a day, for tests that need one.
func Noon(y, m, d int) time.Time { return day(y, m, d).Start().Add(12 * time.Hour) }

// Day is a day, for tests that need one.
func Day(y, m, d int) civil.Date { return day(y, m, d) }

// PictureAt paints the page as Picture does.
func (e *Engine) PictureAt(ctx context.Context, f viewmodel.File, page int, scale float64, end int64) (image.Image, error) {
	return e.Picture(ctx, f, page, scale)
}

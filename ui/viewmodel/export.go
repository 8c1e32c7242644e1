package viewmodel

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"strings"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/report"
)

// Pages draws the pages of one file that is held open.
type Pages interface {
	// Picture draws a page, 0-based, at a resolution in dots per inch.
	Picture(ctx context.Context, page int, dpi float64) (image.Image, error)
	Close()
}

// Pager is implemented by engines that can show the pages that a report is on.
type Pager interface {
	// OpenPages opens a file unless it is another one now than that with the SHA-256 given in hexadecimal.
	OpenPages(ctx context.Context, f File, sha256 string) (Pages, error)
}

// Export is what is to be written. A filter or a search has no part in it: failures cannot be left out.
type Export struct {
	// Paths are the files to write; their endings name the forms, see report.CanWrite.
	Paths []string
	// Bidder narrows the export to one group; "" is all of them.
	Bidder string
	// Roster is the list of required people, nil for none.
	Roster []Required
	// Checkpoint, if set, gives the audit log's newest checkpoint. It may be slow.
	Checkpoint func(ctx context.Context) string
}

// ExportProgress says how far an export is.
type ExportProgress struct {
	Path        string // the file that is written, "" while the files are judged
	Done, Total int    // reports
}

// ErrNothing is the error of an export without any file.
var ErrNothing = errors.New("there is nothing to export")

// exportItem is a file as it was when the export was asked for.
type exportItem struct {
	file   File
	packed []byte
	human  map[string]verify.HumanDecision
}

// Export writes reports on all files, in the background: they are judged once, with the question in force now, and every
// form is made from the same answers. A file that was not read is reported as such. progress and done are called on the
// owner's goroutine, done once; what was written before an error or cancel is removed again.
func (s *Session) Export(e Export, progress func(ExportProgress), done func(error)) (cancel func()) {
	var items []exportItem
	for _, it := range s.items {
		if (e.Bidder == "" || it.Bidder == e.Bidder) && !it.Folded() {
			items = append(items, exportItem{it.File, it.packed, it.Human})
		}
	}
	x := &exporting{
		engine: s.engine, clock: s.clock, m: s.messages, q: s.Question(), items: items, lines: s.rosterLines(e),
		say: func(p ExportProgress) { s.pump.post(func() { progress(p) }) },
	}
	if e.Bidder == "" { // whose it would have been is not known
		x.left = s.leftNote()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer cancel()
		err := x.run(ctx, e)
		s.pump.post(func() { done(err) })
	}()
	return cancel
}

// rosterLines is the check against the list of people in the words of a report.
func (s *Session) rosterLines(e Export) []report.RosterLine {
	if e.Roster == nil {
		return nil
	}
	var out []report.RosterLine
	for _, l := range s.CheckRoster(e.Roster, e.Bidder) {
		r := report.RosterLine{State: s.messages.T(l.State.Key()), Name: l.Person.Name, Number: l.Person.Number, Differs: DiffersText(s.messages, l.Differs)}
		if it := s.Item(l.Item); it != nil {
			r.File = it.Row.Title
			if l.State == RosterExtra {
				r.Name, r.Number = it.Facts.Name, it.Facts.Number
			}
		}
		out = append(out, r)
	}
	return out
}

// DiffersText says in which fields a list and a face differ.
func DiffersText(m *Messages, list []Difference) string {
	var parts []string
	for _, d := range list {
		parts = append(parts, m.T("roster.field", "field", m.Or("fact."+d.Field, m.Or("evid."+d.Field, d.Field)), "list", d.List, "face", d.Face))
	}
	return strings.Join(parts, m.T("list.comma"))
}

// exporting is one export under way.
type exporting struct {
	engine Engine
	clock  ClockState
	m      *Messages
	q      verify.Question
	items  []exportItem
	lines  []report.RosterLine
	left   string // what was left out
	say    func(ExportProgress)
}

func (x *exporting) run(ctx context.Context, e Export) (err error) {
	var written []string
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			for _, p := range written {
				_ = os.Remove(p) // a part of a run is no report of it
			}
		}
	}()
	if len(x.items) == 0 || len(e.Paths) == 0 {
		return ErrNothing
	}
	reports, files, err := x.judge(ctx)
	if err != nil {
		return err
	}
	o := report.Options{Roster: x.lines, LeftOut: x.left}
	if e.Checkpoint != nil {
		o.Checkpoint = e.Checkpoint(ctx)
	}
	for _, path := range e.Paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		x.say(ExportProgress{Path: path, Total: len(reports)})
		if pager, ok := x.engine.(Pager); ok && report.ShowsPages(path) {
			p := &report.PagePictures{Open: func(ctx context.Context, r *verify.Report) (report.Pages, error) {
				return pager.OpenPages(ctx, files[r].file, r.Input.SHA256)
			}}
			defer p.Close()
			draw := p.Picture(ctx)
			o.Picture = func(r *verify.Report, n int) image.Image {
				x.say(ExportProgress{Path: path, Done: files[r].n, Total: len(reports)})
				return draw(r, n)
			}
		}
		if err := o.WriteFile(path, reports); err != nil {
			return err
		}
		written = append(written, path)
	}
	return nil
}

// judge answers the question for every file.
func (x *exporting) judge(ctx context.Context) ([]*verify.Report, map[*verify.Report]exportedFile, error) {
	reports := make([]*verify.Report, 0, len(x.items))
	files := make(map[*verify.Report]exportedFile, len(x.items))
	step := max(1, len(x.items)/100)
	for i, it := range x.items {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		ev := unread(it.file)
		if it.packed != nil {
			ev = unpack(it.packed, it.file)
		}
		q := x.q
		q.Human = it.human
		r := x.clock.guard(x.m, x.engine.Judge(ev, q))
		reports = append(reports, r)
		files[r] = exportedFile{it.file, i}
		if i%step == 0 {
			x.say(ExportProgress{Done: i, Total: len(x.items)})
		}
	}
	return reports, files, nil
}

// unread is the evidence on a file that nobody has read: the reading was cancelled, or has not come to it.
func unread(f File) *verify.Evidence {
	ev := &verify.Evidence{Codes: []verify.Code{}, Failure: &verify.Problem{Stage: "document", Code: string(document.ErrCanceled)}}
	ev.Input = document.Info{Name: f.Name, Format: document.FormatUnknown, Kind: document.InputUnknown}
	return ev
}

type exportedFile struct {
	file File
	n    int // its place among the reports
}

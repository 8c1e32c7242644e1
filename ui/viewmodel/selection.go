package viewmodel

import (
	"context"
	"errors"
	"image"
	"time"

	"zhengyan/verify"
	"zhengyan/verify/document"
)

// judgeDelay is how long the question must rest before the whole list is judged again; the selected file is judged at
// once.
const judgeDelay = 150 * time.Millisecond

// judgeChunk is the number of rows that are judged before the window hears of them.
const judgeChunk = 200

// errPicture stands for a library's panic while it drew a page.
var errPicture = errors.New("the page could not be drawn")

// questionFor is the question in force with the decisions made on one file.
func (s *Session) questionFor(it *Item) verify.Question {
	q := s.Question()
	q.Human = it.Human
	return q
}

// judge judges an item's evidence with the question in force.
func (s *Session) judge(it *Item, ev *verify.Evidence) *verify.Report {
	return s.clock.guard(s.messages, s.engine.Judge(ev, s.questionFor(it)))
}

// evidence returns an item's evidence, unpacked if it was put away; nil if the item was not read.
func (s *Session) evidence(it *Item) *verify.Evidence {
	if it == nil || it.packed == nil {
		return nil
	}
	if ev := s.opened.get(it.ID); ev != nil {
		return ev
	}
	ev := unpack(it.packed, it.File)
	s.opened.put(it.ID, ev)
	return ev
}

// Len returns the number of rows that the filter shows.
func (s *Session) Len() int { return len(s.visible) }

// At returns the i-th row shown, nil if there is none.
func (s *Session) At(i int) *Item {
	if i < 0 || i >= len(s.visible) {
		return nil
	}
	return s.items[s.visible[i]]
}

// IndexOf returns the row at which an item is shown, -1 if the filter hides it.
func (s *Session) IndexOf(id int) int {
	for i, v := range s.visible {
		if v == id {
			return i
		}
	}
	return -1
}

// Counts returns the numbers over the whole list.
func (s *Session) Counts() Counts { return s.counts }

// Expanding reports whether folders or archives are still being listed.
func (s *Session) Expanding() bool { return s.expanding > 0 }

// Filter returns the filter in force.
func (s *Session) Filter() Filter { return s.view.Filter }

// SetFilter narrows the list.
func (s *Session) SetFilter(f Filter) {
	v := s.view
	v.Filter = f
	s.SetView(v)
}

// Select makes an item the one that is shown.
func (s *Session) Select(id int) {
	if id < 0 || id >= len(s.items) || id == s.selected {
		return
	}
	s.selected = id
	s.forget()
	s.queue.promote(id)
	if it := s.items[id].answering(); it.Judged() {
		s.report = s.judge(it, s.evidence(it))
		s.wantTimeline()
	}
	s.mark(Change{Detail: true, Timeline: true, Picture: true, List: true})
}

// Step selects the row n below (above for a negative n) the selected one.
func (s *Session) Step(n int) {
	if len(s.visible) == 0 {
		return
	}
	i := s.IndexOf(s.selected)
	if i < 0 {
		i = 0
	} else {
		i = min(max(i+n, 0), len(s.visible)-1)
	}
	s.Select(s.visible[i])
}

// Selected returns the item that is shown, nil if none is.
func (s *Session) Selected() *Item {
	if s.selected < 0 {
		return nil
	}
	return s.items[s.selected]
}

// Report returns the selected file's report, nil until it was judged.
func (s *Session) Report() *verify.Report { return s.report }

// Segments returns the selected file's timeline, nil until it was worked out.
func (s *Session) Segments() []verify.Segment { return s.segments }

// Picture returns the selected file's page picture, nil until it was drawn.
func (s *Session) Picture() *Picture { return s.picture }

// Ask changes the question. The selected file is judged at once, the others in the background.
func (s *Session) Ask(q verify.Question) {
	q.Lang = string(s.messages.Lang())
	gen := s.asked.Load().gen + 1
	s.asked.Store(&asked{gen: gen, q: q})
	if it := s.Selected().answering(); it != nil && it.Judged() {
		s.report = s.judge(it, s.evidence(it))
		it.Row = s.row(it, s.report)
		s.wantTimeline()
	}
	s.judgeAll(gen, q)
	s.mark(Change{List: true, Detail: true})
}

// SetSecond asks for every file as at a second day too, for example that of the contract; the zero time asks no more.
func (s *Session) SetSecond(at time.Time) {
	s.second = at
	s.Ask(s.Question())
}

// Second returns the second day, zero for none.
func (s *Session) Second() time.Time { return s.second }

// SecondReport is the selected file's report as at the second day, nil if there is none.
func (s *Session) SecondReport() *verify.Report {
	it := s.Selected().answering()
	if it == nil || s.second.IsZero() || !it.Judged() {
		return nil
	}
	q := s.questionFor(it)
	q.At = s.second
	return s.clock.guard(s.messages, s.engine.Judge(s.evidence(it), q))
}

// SetMessages changes the language: every text is made again, those of the rules by judging again.
func (s *Session) SetMessages(m *Messages) {
	s.messages = m
	for _, it := range s.items {
		if !it.Judged() {
			it.Row = s.row(it, nil)
		}
	}
	s.Ask(s.Question())
}

// judgeAll judges every finished file but the selected one with q, in the background, unless a later question comes.
func (s *Session) judgeAll(gen int, q verify.Question) {
	if s.endJudge != nil {
		s.endJudge()
	}
	type todo struct {
		id, epoch int
		packed    []byte
		file      File
		human     map[string]verify.HumanDecision
	}
	var todos []todo
	for id, it := range s.items {
		if it.Judged() && !s.shown(it) {
			todos = append(todos, todo{id, s.epochs[id], it.packed, it.File, it.Human})
		}
	}
	m, clock := s.messages, s.clock
	if len(todos) == 0 {
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.endJudge = cancel
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer cancel()
		select {
		case <-ctx.Done():
			return
		case <-time.After(judgeDelay):
		}
		for len(todos) > 0 && ctx.Err() == nil {
			part := todos[:min(judgeChunk, len(todos))]
			todos = todos[len(part):]
			reps := make([]*verify.Report, len(part))
			for i, t := range part {
				q := q
				q.Human = t.human
				reps[i] = clock.guard(m, s.engine.Judge(unpack(t.packed, t.file), q))
			}
			s.pump.post(func() {
				if s.asked.Load().gen != gen {
					return
				}
				for i, t := range part {
					s.apply(job{id: t.id, epoch: t.epoch}, func(it *Item) { it.Row = s.row(it, reps[i]) })
				}
				s.stale = true
			})
		}
	}()
}

// wantTimeline works out the selected file's segments unless they are known. The old ones stay until then.
func (s *Session) wantTimeline() {
	it := s.items[s.selected].answering()
	q := s.questionFor(it)
	key := segKey{it.ID, q.Policy, q.Specialty, q.Employer, q.Lang, s.decisions}
	if key == s.segFor && s.segments != nil {
		return
	}
	s.segFor = key
	ev := s.evidence(it)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		segs := s.engine.Timeline(ev, q)
		s.pump.post(func() {
			if s.segFor == key {
				s.segments = segs
				s.change.Timeline = true
			}
		})
	}()
}

// WantPicture draws a page of the selected file in the background; an earlier wish that is still open is dropped.
func (s *Session) WantPicture(page int, scale float64) { s.WantRevision(page, scale, 0) }

// Reviser is implemented by engines that can draw a page as it was when the file was end bytes long.
type Reviser interface {
	PictureAt(ctx context.Context, f File, page int, scale float64, end int64) (image.Image, error)
}

// WantRevision is WantPicture of the file's first end bytes, or of all of it if end is 0.
func (s *Session) WantRevision(page int, scale float64, end int64) {
	it := s.Selected()
	if it == nil {
		return
	}
	if s.endPic != nil {
		s.endPic()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.endPic = cancel
	f := it.File
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		img, err := s.draw(ctx, f, page, scale, end)
		if ctx.Err() != nil {
			return
		}
		s.pump.post(func() {
			if ctx.Err() == nil && s.selected == it.ID {
				s.picture = &Picture{Item: it.ID, Page: page, Scale: scale, End: end, Image: img, Err: err}
				s.change.Picture = true
			}
		})
	}()
}

// Drawing reports whether a picture was asked for since the selected file was put up or read again.
func (s *Session) Drawing() bool { return s.endPic != nil }

func (s *Session) draw(ctx context.Context, f File, page int, scale float64, end int64) (img image.Image, err error) {
	defer func() {
		if r := recover(); r != nil {
			img, err = nil, errPicture
		}
	}()
	if end > 0 {
		if r, ok := s.engine.(Reviser); ok {
			return r.PictureAt(ctx, f, page, scale, end)
		}
		return nil, errPicture
	}
	return s.engine.Picture(ctx, f, page, scale)
}

// forget drops what is known of the selected file before another takes its place.
func (s *Session) forget() {
	if s.endPic != nil {
		s.endPic()
		s.endPic = nil
	}
	s.report, s.segments, s.picture, s.segFor = nil, nil, nil, segKey{id: -1}
}

func (s *Session) recount() {
	c := Counts{}
	for _, it := range s.items {
		c.count(it)
	}
	s.counts = c
}

// count adds a file to the numbers.
func (c *Counts) count(it *Item) {
	c.Total++
	if it.pairing {
		c.Pairing++
	}
	if it.halved {
		c.Halved++
	}
	switch it.State {
	case Waiting:
		c.Waiting++
	case Reading:
		c.Reading++
	case Cancelled:
		c.Cancelled++
	}
	if it.Row.Unreadable {
		c.Unreadable++
		return
	}
	switch it.Row.Indication {
	case verify.TotalPassed:
		c.Passed++
	case verify.TotalFailed:
		c.Failed++
	case verify.Indeterminate:
		c.Indeterminate++
	}
}

// PageSizes are the sizes of the selected file's pages in page units, nil until it was read.
func (s *Session) PageSizes() []document.PageSize {
	if ev := s.evidence(s.Selected()); ev != nil {
		return sizesOf(ev)
	}
	return nil
}

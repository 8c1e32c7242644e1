package viewmodel

import (
	"context"
	"image"
	"sync"
	"sync/atomic"
	"time"

	"zhengyan/verify"
	"zhengyan/verify/document"
)

// Engine is what the window needs of the verifier. Expand, Gather and Picture are slow and run on workers; Judge takes
// microseconds. All must be safe for concurrent use.
type Engine interface {
	// Expand finds the files behind paths (files, folders, archives) and reports each in order, and what it leaves out.
	Expand(ctx context.Context, paths []string, found func(File), left func(document.LeftOut)) error
	// Gather reads a file. The error is only ever the context's: an unreadable file is evidence with problems.
	Gather(ctx context.Context, f File) (*verify.Evidence, error)
	Judge(ev *verify.Evidence, q verify.Question) *verify.Report
	Timeline(ev *verify.Evidence, q verify.Question) []verify.Segment
	// Picture draws a page (0-based) with about scale pixels a page unit, as it is shown.
	Picture(ctx context.Context, f File, page int, scale float64) (image.Image, error)
}

// Change says what of a session changed, so that a view refreshes only that.
type Change struct {
	List     bool // rows, order or counts
	Detail   bool // the selected file's report
	Timeline bool // the selected file's segments
	Picture  bool // the selected file's picture
	Notice   bool // a message to the user, see TakeNotice
}

// Config is what a session is made of. Engine, Dispatch and Messages are required.
type Config struct {
	Engine Engine
	// Dispatch runs a closure on the goroutine that owns the session; it may return before the closure has run.
	Dispatch func(func())
	Messages *Messages
	Question verify.Question
	// Workers is the number of files that are read at a time; less than 1 means 1.
	Workers int
	// OnWorker, if set, is called once on each worker's goroutine before its first file.
	OnWorker func()
	// OnChange is called on the owner's goroutine.
	OnChange func(Change)
	// Keeper, if set, keeps the batch over restarts.
	Keeper Keeper
	// Recorder, if set, is told of every verdict and every decision, for the audit log. It is called on workers and must
	// be safe for concurrent use.
	Recorder Recorder
	// Operator signs a person's decisions; Now dates them. Now is required where decisions are made.
	Operator string
	Now      func() time.Time
}

// Session is the list of files with their results, one of them selected, and the question asked of them.
type Session struct {
	engine   Engine
	messages *Messages
	onChange func(Change)

	ctx   context.Context
	end   context.CancelFunc
	queue *queue
	pump  *pump
	wg    sync.WaitGroup

	asked atomic.Pointer[asked] // the question as workers see it

	// The rest belongs to the owner's goroutine.
	work      context.Context // of the reads asked for since the last Cancel
	endWork   context.CancelFunc
	items     []*Item
	epochs    []int // the request in force of each item
	lastEpoch int
	byPath    map[string]int
	view      View
	stale     bool // visible must be made again
	visible   []int
	opened    *cache
	keep      *keeping
	recorder  Recorder
	operator  string
	now       func() time.Time
	undo      []undoStep
	clock     ClockState
	second    time.Time // a second day to judge as at, zero for none
	counts    Counts
	selected  int // item id, -1 for none
	report    *verify.Report
	segments  []verify.Segment
	segFor    segKey
	picture   *Picture
	cleared   int // how often the list was emptied
	endPic    context.CancelFunc
	endJudge  context.CancelFunc
	expanding int
	paused    bool
	thumbs    thumbs         // of certificates in long documents
	parted    bool           // some document has more than one row
	pairs     verify.Pairing // originals and prints that were read
	folded    map[int]int    // the print in each original's row
	halves    map[int]int    // the original of each print that is still to be read with it
	left      leftOuts
	notices   []string
	decisions int // made so far, over all files
	change    Change
}

type asked struct {
	gen int
	q   verify.Question
}

// segKey is all that a timeline depends on; the day that is judged is not part of it.
type segKey struct {
	id                                int
	policy, specialty, employer, lang string
	decisions                         int // a new decision may change it
}

// NewSession starts a session with its workers and pump. Close it.
func NewSession(c Config) *Session {
	s := &Session{
		engine: c.Engine, messages: c.Messages, onChange: c.OnChange, queue: newQueue(), byPath: map[string]int{}, folded: map[int]int{}, halves: map[int]int{}, selected: -1,
		opened: newCache(openedEvidence), recorder: c.Recorder, operator: c.Operator, now: c.Now,
	}
	s.ctx, s.end = context.WithCancel(context.Background())
	s.work, s.endWork = context.WithCancel(s.ctx)
	c.Question.Lang = string(c.Messages.Lang())
	s.asked.Store(&asked{q: c.Question})
	s.pump = newPump(c.Dispatch, s.flush)
	if c.Keeper != nil {
		s.keep = newKeeping(c.Keeper, func(err error) {
			s.pump.post(func() { s.notice(s.messages.T("notice.unkept", "error", s.messages.Error(err))) })
		})
	}
	for range max(1, c.Workers) {
		s.wg.Add(1)
		go func() {
			defer s.wg.Done()
			if c.OnWorker != nil {
				c.OnWorker()
			}
			s.worker()
		}()
	}
	return s
}

// Close cancels all work and waits for it. It may be called again; the session must not be used afterwards.
func (s *Session) Close() {
	s.end()
	s.queue.close()
	s.pump.close()
	s.wg.Wait()
	if s.keep != nil {
		s.keep.close()
	}
}

// Question returns the question in force.
func (s *Session) Question() verify.Question { return s.asked.Load().q }

// Messages returns the texts in force.
func (s *Session) Messages() *Messages { return s.messages }

// Open adds files, folders and archives to the list and reads them. A file that is in the list already is read again.
func (s *Session) Open(paths []string) {
	if len(paths) == 0 {
		return
	}
	if len(s.items) == 0 && s.expanding == 0 { // what an earlier folder without any file left out is of no batch
		s.forgetLeft()
	}
	s.expanding++
	for _, p := range paths {
		s.takeUp(p)
	}
	s.mark(Change{List: true})
	ctx := s.work
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		files := 0 // the owner's, as what is posted is
		err := s.engine.Expand(ctx, paths, func(f File) {
			s.pump.post(func() {
				if ctx.Err() == nil {
					if f.Bidder == "" {
						f.Bidder = BidderOf(paths, f.Path)
					}
					files++
					s.add(f)
				}
			})
		}, func(x document.LeftOut) {
			s.pump.post(func() {
				if ctx.Err() == nil {
					s.leave(paths, x)
				}
			})
		})
		s.pump.post(func() {
			s.expanding--
			s.change.List = true
			switch {
			case ctx.Err() != nil:
			case err != nil:
				s.notice(s.messages.T("notice.expand", "error", s.messages.Error(err)))
			case files == 0: // else a folder in which nothing is read would seem not to have arrived
				s.notice(s.messages.T("notice.nothing"))
			}
		})
	}()
}

// add appends a file, or queues it again if the list has it.
func (s *Session) add(f File) {
	id, known := s.byPath[f.Path]
	if !known {
		id = s.append(f)
		if s.view.plain() {
			s.visible = append(s.visible, id)
		} else {
			s.stale = true
		}
	}
	s.items[id].File = f
	s.left.take(f.Path)
	s.enqueue(id)
	s.keepItem(s.items[id])
	if s.selected < 0 {
		s.Select(id)
	}
}

func (s *Session) enqueue(id int) { s.enqueueWith(id, nil) }

func (s *Session) enqueueWith(id int, corners *cornered) {
	s.unfold(id)
	s.unpair(id)
	it := s.items[id]
	s.supersede(id)
	s.thumbs.drop(id)
	it.State, it.packed, it.Facts, it.pairing, it.apart, it.search = Waiting, nil, Facts{}, false, nil, verify.Search{}
	s.opened.drop(id)
	it.Row = s.row(it, nil)
	s.queue.push(job{ctx: s.work, id: id, epoch: s.epochs[id], file: it.File, corners: corners})
	s.change.List = true
	if id == s.selected {
		s.forget()
		s.change.Picture = true
	}
}

// supersede makes every earlier request for an item void.
func (s *Session) supersede(id int) {
	s.lastEpoch++
	s.epochs[id] = s.lastEpoch
}

// worker reads files until the session ends.
func (s *Session) worker() {
	for {
		j, ok := s.queue.next()
		if !ok {
			return
		}
		if j.pair == nil {
			s.pump.post(func() { s.apply(j, func(it *Item) { it.State = Reading; it.Row = s.row(it, nil) }) })
		}
		list, err := s.read(j)
		if err != nil || j.ctx.Err() != nil {
			if j.pair == nil { // a pair's halves are read: Cancel has noted that they are still to be read together
				s.pump.post(func() { s.apply(j, func(it *Item) { it.State = Cancelled; it.Row = s.row(it, nil) }) })
			}
			continue
		}
		a := s.asked.Load()
		found := make([]gathered, len(list))
		for i, ev := range list {
			found[i] = gathered{ev, pack(ev), s.engine.Judge(ev, a.q)}
			if s.recorder != nil {
				s.recorder.Verdict(found[i].rep)
			}
		}
		s.pump.post(func() { s.finishAll(j, a.gen, found) })
	}
}

// broken is the evidence on a file on which the program itself failed.
func broken(f File, detail string) *verify.Evidence {
	ev := &verify.Evidence{Failure: &verify.Problem{Stage: "document", Code: "internal", Detail: detail}}
	ev.Input.Name = f.Name
	return ev
}

// apply runs f on the job's item unless a later request has overtaken the job.
func (s *Session) apply(j job, f func(*Item)) {
	if j.id >= len(s.epochs) || s.epochs[j.id] != j.epoch {
		return
	}
	f(s.items[j.id])
	s.change.List = true
}

func (s *Session) finish(j job, ev *verify.Evidence, packed []byte, gen int, rep *verify.Report) {
	s.apply(j, func(it *Item) {
		a := s.asked.Load()
		it.State, it.packed, it.Facts = Done, packed, factsFor(ev)
		it.page = pageOf(ev)
		s.opened.put(it.ID, ev)
		if a.gen != gen || len(it.Human) > 0 || s.clock.Suspect() {
			rep = s.judge(it, ev)
		}
		it.Row = s.row(it, rep)
		if s.shown(it) {
			s.report = rep
			s.change.Detail = true
			s.wantTimeline()
		}
		s.stale = s.stale || !s.view.plain()
		s.keepItem(it)
	})
}

// Cancel stops all reading. What waits or is being read becomes Cancelled and can be resumed; halves that were to be read
// together keep the verdicts that they have until then.
func (s *Session) Cancel() {
	s.endWork()
	s.work, s.endWork = context.WithCancel(s.ctx)
	s.queue.clear()
	for id, it := range s.items {
		it.pairing = false
		if it.State == Waiting || it.State == Reading {
			s.supersede(id)
			it.State = Cancelled
			it.Row = s.row(it, nil)
		}
	}
	for _, o := range s.halves {
		s.leaveHalved(s.items[o], true)
	}
	s.mark(Change{List: true, Detail: true})
}

// Resume queues again what was cancelled, pairs as well.
func (s *Session) Resume() {
	for id, it := range s.items {
		if it.State == Cancelled {
			s.enqueue(id)
		}
	}
	s.readHalves()
	s.mark(Change{List: true, Detail: true})
}

// Pause holds back files that wait; those being read are finished.
func (s *Session) Pause(on bool) {
	s.paused = on
	s.queue.pause(on)
	s.mark(Change{List: true})
}

// Paused reports whether reading is paused.
func (s *Session) Paused() bool { return s.paused }

// Clear empties the list.
func (s *Session) Clear() {
	s.Cancel()
	// Requests are numbered for the whole session, so nothing still under way can land in the new list.
	s.items, s.visible, s.epochs, s.byPath = nil, nil, nil, map[string]int{}
	s.counts, s.selected, s.undo, s.view = Counts{}, -1, nil, View{}
	s.pairs, s.folded, s.halves, s.parted = verify.Pairing{}, map[int]int{}, map[int]int{}, false
	s.left = leftOuts{}
	s.cleared++
	s.thumbs.held, s.thumbs.order, s.thumbs.want = nil, nil, nil
	s.opened = newCache(openedEvidence)
	s.forget()
	if s.keep != nil {
		s.keep.clear()
	}
	s.mark(Change{List: true, Detail: true, Timeline: true, Picture: true})
}

func (s *Session) notice(text string) {
	s.notices = append(s.notices, text)
	s.change.Notice = true
}

// TakeNotice returns the oldest message to the user that was not taken yet.
func (s *Session) TakeNotice() (string, bool) {
	if len(s.notices) == 0 {
		return "", false
	}
	n := s.notices[0]
	s.notices = s.notices[1:]
	return n, true
}

// mark adds to what changed and tells the view; for calls from the owner's goroutine.
func (s *Session) mark(c Change) {
	s.change.List = s.change.List || c.List
	s.change.Detail = s.change.Detail || c.Detail
	s.change.Timeline = s.change.Timeline || c.Timeline
	s.change.Picture = s.change.Picture || c.Picture
	s.flush()
}

// flush tells the view what changed since the last flush.
func (s *Session) flush() {
	c := s.change
	s.change = Change{}
	if c == (Change{}) {
		return
	}
	if c.List {
		s.recount()
		s.pump.slow(s.counts.Waiting > manyWaiting)
		if s.stale {
			s.refilter()
		}
	}
	if s.onChange != nil {
		s.onChange(c)
	}
}

package viewmodel

import (
	"slices"
	"sync"

	"zhengyan/verify"
	"zhengyan/verify/document"
)

// Kept is a file of a batch as it is kept over a restart. Packed is nil where the file is still to be read.
type Kept struct {
	Path   string                          `json:"path"`
	Name   string                          `json:"name"`
	Bidder string                          `json:"bidder,omitempty"`
	Packed []byte                          `json:"packed,omitempty"`
	Human  map[string]verify.HumanDecision `json:"human,omitempty"`
	// Part is the number of a certificate of a long document, Into the path of the original that a print is judged with,
	// Apart those of the prints that were read with an original and are not of its copy.
	Part  int      `json:"part,omitempty"`
	Into  string   `json:"into,omitempty"`
	Apart []string `json:"apart,omitempty"`
	// Left is set for what is no file of the batch: it was left out of a folder or an archive, and why.
	Left document.LeftReason `json:"left,omitempty"`
}

// Keeper keeps a batch over restarts. Put replaces what was kept under the same path; a file that has changed since it was
// put must come back from Load without Packed. Put before the first Load adds to what is kept. The methods are called one at a time and may be slow.
type Keeper interface {
	Load() ([]Kept, error)
	Put([]Kept) error
	Clear() error
}

// keeping writes behind: what is asked for again while a write runs is written once.
type keeping struct {
	calls   sync.Mutex // held during each call of k
	k       Keeper
	mu      sync.Mutex
	cond    *sync.Cond
	waiting map[string]Kept
	order   []string
	empty   bool // clear first
	closed  bool
	// What the last write failed on; it goes before the next.
	left      []Kept
	leftEmpty bool
	done      chan struct{}
	failed    func(error) // told once
	once      sync.Once
}

func newKeeping(k Keeper, failed func(error)) *keeping {
	g := &keeping{k: k, failed: failed, waiting: map[string]Kept{}, done: make(chan struct{})}
	g.cond = sync.NewCond(&g.mu)
	go g.run()
	return g
}

func (g *keeping) put(k Kept) {
	g.mu.Lock()
	if _, ok := g.waiting[k.Path]; !ok {
		g.order = append(g.order, k.Path)
	}
	g.waiting[k.Path] = k
	g.mu.Unlock()
	g.cond.Signal()
}

func (g *keeping) clear() {
	g.mu.Lock()
	g.waiting, g.order, g.empty = map[string]Kept{}, nil, true
	g.mu.Unlock()
	g.cond.Signal()
}

// close writes what is left and waits for it.
func (g *keeping) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.cond.Signal()
	<-g.done
}

func (g *keeping) run() {
	defer close(g.done)
	for {
		g.mu.Lock()
		for len(g.order) == 0 && !g.empty && !g.closed {
			g.cond.Wait()
		}
		if len(g.order) == 0 && !g.empty {
			g.mu.Unlock()
			return
		}
		list := make([]Kept, 0, len(g.left)+len(g.order))
		if !g.empty {
			for _, k := range g.left {
				if _, newer := g.waiting[k.Path]; !newer {
					list = append(list, k)
				}
			}
		}
		for _, p := range g.order {
			list = append(list, g.waiting[p])
		}
		empty := g.empty || g.leftEmpty
		g.left, g.leftEmpty = nil, false
		g.waiting, g.order, g.empty = map[string]Kept{}, nil, false
		g.mu.Unlock()
		if err := g.write(empty, list); err != nil {
			g.once.Do(func() { g.failed(err) })
			g.again(empty, list)
		}
	}
}

func (g *keeping) write(empty bool, list []Kept) error {
	g.calls.Lock()
	defer g.calls.Unlock()
	if empty {
		if err := g.k.Clear(); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		return nil
	}
	return g.k.Put(list)
}

// again keeps what could not be written for the next time that something is, unless something newer waits.
func (g *keeping) again(empty bool, list []Kept) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || g.empty {
		return
	}
	g.left, g.leftEmpty = list, empty
}

func (g *keeping) load() ([]Kept, error) {
	g.calls.Lock()
	defer g.calls.Unlock()
	return g.k.Load()
}

func (s *Session) keepItem(it *Item) {
	if s.keep != nil {
		k := Kept{Path: it.File.Path, Name: it.File.Name, Bidder: it.Bidder, Packed: it.packed, Human: it.Human, Part: it.File.Part, Apart: it.apart}
		if it.into != nil {
			k.Into = it.into.File.Path
		}
		s.keep.put(k)
	}
}

// Restore brings the kept batch back: what was read is judged again at once, what was not waits, paused if there is any.
// then, if set, is called with the number of files that came back and that wait; halves that were not read together yet
// wait for that.
func (s *Session) Restore(then func(total, waiting int)) {
	if s.keep == nil {
		return
	}
	s.expanding++
	s.mark(Change{List: true})
	keep, cleared := s.keep, s.cleared
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		list, err := keep.load()
		facts := make([]restoredFacts, len(list))
		var pairs verify.Pairing
		var found []foundPair
		for i := range list {
			if list[i].Packed != nil {
				ev := unpack(list[i].Packed, File{Name: list[i].Name, Path: list[i].Path})
				facts[i] = restoredFacts{factsFor(ev), pageOf(ev)}
				alone := *ev
				alone.Print = nil // an original that was judged with its print is one still: the print may be read anew
				if original, print, ok := pairs.Add(document.Source{Name: list[i].Path}, &alone); ok {
					found = append(found, foundPair{original.Name, print.Name})
				}
			}
		}
		s.pump.post(func() {
			s.expanding--
			s.change.List = true
			if err != nil {
				s.notice(s.messages.T("notice.kept", "error", s.messages.Error(err)))
			}
			if cleared != s.cleared { // the list was emptied meanwhile, and with it what was kept
				list, facts, pairs, found = nil, nil, verify.Pairing{}, nil
			}
			meanwhile := len(s.items)
			s.pairs.Join(pairs) // files may have been read meanwhile
			waiting := s.restored(list, facts)
			for id := range meanwhile { // their other halves have come back only now
				if original, print, ok := s.pairs.Add(document.Source{Name: s.items[id].File.Path}, s.evidence(s.items[id])); ok {
					found = append(found, foundPair{original.Name, print.Name})
				}
			}
			waiting += s.pairFound(found)
			if then != nil {
				files := 0
				for i := range list {
					if list[i].Left == "" {
						files++
					}
				}
				then(files, waiting)
			}
		})
	}()
}

// restoredFacts is what of kept evidence is held unpacked.
type restoredFacts struct {
	Facts
	page int
}

// foundPair names two halves that came back, by their paths.
type foundPair struct{ original, print string }

// pairFound queues halves that were not read together before; it returns the number of pairs.
func (s *Session) pairFound(found []foundPair) (waiting int) {
	if _, ok := s.engine.(Pairer); !ok {
		return 0
	}
	for _, f := range found {
		o, ok1 := s.byPath[f.original]
		p, ok2 := s.byPath[f.print]
		if !ok1 || !ok2 || !s.items[o].Judged() || !s.items[p].Judged() || s.items[p].into != nil || slices.Contains(s.items[o].apart, f.print) {
			continue
		}
		if _, ok := s.halves[p]; ok {
			continue
		}
		s.halves[p] = o
		s.readPair(p)
		waiting++
	}
	return waiting
}

func (s *Session) restored(list []Kept, facts []restoredFacts) (waiting int) {
	for i, k := range list {
		if k.Left != "" {
			if k.Left != leftTaken && !s.known(k.Path) {
				s.left.add(LeftOut{Name: k.Name, Path: k.Path, Why: k.Left})
			}
			continue
		}
		if s.known(k.Path) || k.Part > 0 && k.Packed == nil { // a part is found again with its document
			continue
		}
		id := s.append(File{Name: k.Name, Path: k.Path, Bidder: k.Bidder, Part: k.Part})
		it := s.items[id]
		it.Human, it.packed, it.Facts, it.State, it.page, it.apart = k.Human, k.Packed, facts[i].Facts, Done, facts[i].page, k.Apart
		if k.Packed == nil {
			waiting++
			s.enqueue(id)
			continue
		}
		s.supersede(id)
		it.Row = s.row(it, nil)
	}
	for _, k := range list {
		p, ok1 := s.byPath[k.Path]
		o, ok2 := s.byPath[k.Into]
		if ok1 && ok2 && k.Into != "" && s.items[o].Judged() && s.items[p].Judged() {
			s.fold(o, p)
		}
	}
	if len(s.items) == 0 && s.expanding == 0 {
		s.forgetLeft()
	}
	s.stale = true
	if s.selected < 0 && len(s.items) > 0 {
		s.Select(0)
	}
	s.Ask(s.Question())
	return waiting
}

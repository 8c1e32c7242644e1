package store

import (
	"hash"
	"os"
	"sync"
)

const (
	sinkBuffer = 256 << 10 // bytes that are handed over at a time: little enough to stay in a processor's cache while it is hashed
	sinkFlight = 8         // buffers under way
	sinkSync   = 64 << 20  // bytes after which the disk is set to work, so that it does not wait for the end
)

// sink writes a file from where it stands to its end in a goroutine of its own. On the way it sums up the pages that space has
// given out, and gives what it writes to a hash if there is one. Its first error is returned by the next Write or space,
// and by close.
type sink struct {
	f          *os.File
	sum        hash.Hash // may be nil; it is the sink's until close
	pages      pageSums  // the caller's before the first byte, and after settle or close
	cur        piece
	full, free chan piece
	done       chan struct{}
	once       sync.Once

	mu  sync.Mutex
	err error
}

// piece is what is handed over at a time.
type piece struct {
	b       []byte
	pages   []pageSpan
	settled chan<- struct{} // told when the piece has been dealt with; may be nil
}

// pageSpan is where a page with its overflow stands in a piece, and the tree whose leaves it holds, or 0.
type pageSpan struct {
	from, end int
	tree      byte
}

func newSink(f *os.File, sum hash.Hash) *sink {
	s := &sink{f: f, sum: sum, pages: pageSums{leaves: map[byte][]Hash{}}, full: make(chan piece, sinkFlight), free: make(chan piece, sinkFlight), done: make(chan struct{})}
	for range sinkFlight - 1 {
		s.free <- piece{}
	}
	go s.run()
	return s
}

func (s *sink) run() {
	defer close(s.done)
	var syncing sync.WaitGroup
	defer syncing.Wait()
	idle := make(chan struct{}, 1)
	idle <- struct{}{}
	dirty := 0
	for p := range s.full {
		if s.failed() == nil {
			for _, page := range p.pages {
				s.fail(s.pages.add(p.b[page.from:page.end], page.tree))
			}
			if s.sum != nil {
				s.sum.Write(p.b)
			}
			_, err := s.f.Write(p.b)
			s.fail(err)
			dirty += len(p.b)
		}
		if dirty >= sinkSync {
			select {
			case <-idle:
				dirty = 0
				// An error of Sync is reported once, so it must not be lost here.
				syncing.Go(func() { s.fail(s.f.Sync()); idle <- struct{}{} })
			default: // the disk is still busy with what came before
			}
		}
		if p.settled != nil {
			close(p.settled)
		}
		s.free <- piece{b: p.b[:0], pages: p.pages[:0]}
	}
}

func (s *sink) fail(err error) {
	if err == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

func (s *sink) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// handOver gives the current piece to the goroutine and takes another.
func (s *sink) handOver() error {
	s.full <- s.cur
	s.cur = <-s.free
	return s.failed()
}

// Write implements io.Writer; it keeps no part of p.
func (s *sink) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if s.cur.b == nil {
			s.cur.b = make([]byte, 0, sinkBuffer)
		}
		k := min(cap(s.cur.b)-len(s.cur.b), len(p))
		s.cur.b, p = append(s.cur.b, p[:k]...), p[k:]
		if len(s.cur.b) == cap(s.cur.b) {
			if err := s.handOver(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

// space gives the next n bytes of the file, in one piece, for the caller to fill before the next call; they may hold
// anything. They are a page, with its overflow, of leaves of a tree or of other values (0).
func (s *sink) space(n int, tree byte) ([]byte, error) {
	at := len(s.cur.b)
	if at > 0 && at+n > cap(s.cur.b) {
		if err := s.handOver(); err != nil {
			return nil, err
		}
		at = 0
	}
	if at+n > cap(s.cur.b) {
		s.cur.b = make([]byte, 0, max(n, sinkBuffer))
	}
	s.cur.b = s.cur.b[:at+n]
	s.cur.pages = append(s.cur.pages, pageSpan{at, at + n, tree})
	return s.cur.b[at:], nil
}

// settle waits until everything so far has been summed up and written.
func (s *sink) settle() error {
	settled := make(chan struct{})
	s.cur.settled = settled
	err := s.handOver()
	<-settled
	return err
}

// close hands over the rest and waits until it is written. It does not close the file, and may be called again.
func (s *sink) close() error {
	s.once.Do(func() {
		s.full <- s.cur
		close(s.full)
	})
	<-s.done
	return s.failed()
}

package store

import (
	"crypto/sha256"
	"hash"
	"os"
	"sync"
)

const (
	sinkBuffer = 1 << 20  // bytes that are handed over at a time
	sinkFlight = 4        // buffers under way
	sinkSync   = 64 << 20 // bytes after which the disk is set to work, so that it does not wait for the end
)

// sink writes a file from where it stands to its end in a goroutine of its own, and gives what it writes to a hash if there
// is one. Its first error is returned by the next Write, and by close.
type sink struct {
	f          *os.File
	sum        hash.Hash // may be nil; it is the sink's until close
	buf        []byte
	full, free chan []byte
	done       chan struct{}
	once       sync.Once

	mu  sync.Mutex
	err error
}

func newSink(f *os.File, sum hash.Hash) *sink {
	s := &sink{f: f, sum: sum, buf: make([]byte, 0, sinkBuffer), full: make(chan []byte, sinkFlight), free: make(chan []byte, sinkFlight), done: make(chan struct{})}
	for range sinkFlight - 1 {
		s.free <- make([]byte, 0, sinkBuffer)
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
	for b := range s.full {
		if s.failed() == nil {
			if s.sum != nil {
				s.sum.Write(b)
			}
			_, err := s.f.Write(b)
			s.fail(err)
			dirty += len(b)
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
		s.free <- b[:0]
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

// Write implements io.Writer; it keeps no part of p.
func (s *sink) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		k := min(cap(s.buf)-len(s.buf), len(p))
		s.buf, p = append(s.buf, p[:k]...), p[k:]
		if len(s.buf) == cap(s.buf) {
			s.full <- s.buf
			s.buf = <-s.free
			if err := s.failed(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

// close hands over the rest and waits until it is written. It does not close the file, and may be called again.
func (s *sink) close() error {
	s.once.Do(func() {
		s.full <- s.buf
		close(s.full)
	})
	<-s.done
	return s.failed()
}

// leafSums takes the hashes of leaves in a goroutine of its own.
type leafSums struct {
	batch      *leafBatch
	todo, free chan *leafBatch
	done       chan struct{}
	once       sync.Once
	leaves     map[byte][]Hash // complete after wait
}

// leafBatch holds texts of leaves (leafText) of one tree, one after the other.
type leafBatch struct {
	tree byte
	text []byte
	ends []int
}

const leafBatchBytes = 256 << 10

func newLeafSums() *leafSums {
	s := &leafSums{batch: &leafBatch{}, todo: make(chan *leafBatch, 2), free: make(chan *leafBatch, 2), done: make(chan struct{}), leaves: map[byte][]Hash{}}
	s.free <- &leafBatch{}
	go func() {
		defer close(s.done)
		for b := range s.todo {
			leaves, from := s.leaves[b.tree], 0
			for _, end := range b.ends {
				leaves = append(leaves, sha256.Sum256(b.text[from:end]))
				from = end
			}
			s.leaves[b.tree] = leaves
			b.text, b.ends = b.text[:0], b.ends[:0]
			s.free <- b
		}
	}()
	return s
}

// foresee sets memory aside for about n leaves of a tree. It must be called before the first is added.
func (s *leafSums) foresee(tree byte, n uint32) {
	s.leaves[tree] = make([]Hash, 0, min(uint64(n)+uint64(n)/16+16, maxForeseen*2))
}

func (s *leafSums) add(tree byte, key, value []byte) {
	b := s.batch
	if len(b.text) > 0 && (b.tree != tree || len(b.text) >= leafBatchBytes) {
		s.todo <- b
		b = <-s.free
		s.batch = b
	}
	b.tree = tree
	b.text = leafText(b.text, tree, key, value)
	b.ends = append(b.ends, len(b.text))
}

// wait ends the goroutine; leaves is then complete. It may be called again.
func (s *leafSums) wait() {
	s.once.Do(func() {
		s.todo <- s.batch
		close(s.todo)
	})
	<-s.done
}

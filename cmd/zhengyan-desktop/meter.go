package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"
)

// meterBeat is the time between two questions to the window whether it answers.
const meterBeat = 50 * time.Millisecond

// meter measures how long the toolkit's goroutine takes to answer, for --stats. It asks as an input event does: something
// is to be run on that goroutine.
type meter struct {
	started time.Time
	mu      sync.Mutex
	first   time.Duration   // until the window answered for the first time
	waits   []time.Duration // of all answers
	stop    chan struct{}
	done    chan struct{}
}

func startMeter(started time.Time, ask func(func())) *meter {
	m := &meter{started: started, stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(m.done)
		for {
			select {
			case <-m.stop:
				return
			case <-time.After(meterBeat):
			}
			at := time.Now()
			answered := make(chan struct{})
			go func() { ask(func() {}); close(answered) }()
			select {
			case <-m.stop: // the window is gone and answers no more
				return
			case <-answered:
			}
			m.mu.Lock()
			if m.first == 0 {
				m.first = time.Since(m.started)
			} else {
				m.waits = append(m.waits, time.Since(at))
			}
			m.mu.Unlock()
		}
	}()
	return m
}

// write ends the measurement and writes it down.
func (m *meter) write(path string) error {
	if m == nil {
		return nil
	}
	close(m.stop)
	<-m.done
	slices.Sort(m.waits)
	at := func(share float64) time.Duration {
		if len(m.waits) == 0 {
			return 0
		}
		return m.waits[min(len(m.waits)-1, int(share*float64(len(m.waits))))]
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return os.WriteFile(path, []byte(fmt.Sprintf("first answer %v\nanswers %d\nmedian %v\np95 %v\np99 %v\nmost %v\nheap %d MB\n",
		m.first.Round(time.Millisecond), len(m.waits), at(0.5).Round(10*time.Microsecond), at(0.95).Round(10*time.Microsecond), at(0.99).Round(10*time.Microsecond), at(1).Round(10*time.Microsecond), mem.HeapInuse>>20)), 0o600)
}

package viewmodel

import (
	"sync"
	"sync/atomic"
	"time"
)

// pumpInterval is the shortest time between two turns of the pump: at most twenty updates of the window a second,
// however many events the workers produce.
const pumpInterval = 50 * time.Millisecond

// slowInterval is that time while a large batch runs: drawing the window takes processors from the workers, and nobody
// reads twenty tables a second. What the user does is not slowed by it.
const slowInterval = 500 * time.Millisecond

// manyWaiting is the number of waiting files from which a batch is large.
const manyWaiting = 60

// pump carries closures from workers to the goroutine that owns the session, many at a time. It is the only caller of
// dispatch, so updates cannot overtake each other or flood the window: the next batch leaves when the last was run.
type pump struct {
	ch       chan func()
	stop     chan struct{}
	stopOnce sync.Once
	done     chan struct{}
	lazy     atomic.Bool
}

// slow makes the turns rarer.
func (p *pump) slow(on bool) { p.lazy.Store(on) }

// newPump starts a pump. After each batch has run, flush runs on the same goroutine.
func newPump(dispatch func(func()), flush func()) *pump {
	p := &pump{ch: make(chan func(), 256), stop: make(chan struct{}), done: make(chan struct{})}
	go p.run(dispatch, flush)
	return p
}

// post hands f to the owner's goroutine. It blocks while the pump is busy and drops f once the pump is stopped.
func (p *pump) post(f func()) {
	select {
	case <-p.stop:
	case p.ch <- f:
	}
}

// close stops the pump and waits for it. What was posted and has not run is dropped.
func (p *pump) close() {
	p.stopOnce.Do(func() { close(p.stop) })
	<-p.done
}

func (p *pump) stopped() bool {
	select {
	case <-p.stop:
		return true
	default:
		return false
	}
}

func (p *pump) run(dispatch func(func()), flush func()) {
	defer close(p.done)
	for {
		var batch []func()
		select {
		case <-p.stop:
			return
		case f := <-p.ch:
			batch = append(batch, f)
		}
		for more := true; more && len(batch) < 4096; {
			select {
			case f := <-p.ch:
				batch = append(batch, f)
			default:
				more = false
			}
		}
		ran := make(chan struct{})
		dispatch(func() {
			defer close(ran)
			if p.stopped() {
				return
			}
			for _, f := range batch {
				f()
			}
			flush()
		})
		select {
		case <-p.stop:
			return
		case <-ran:
		}
		select {
		case <-p.stop:
			return
		case <-time.After(p.interval()):
		}
	}
}

func (p *pump) interval() time.Duration {
	if p.lazy.Load() {
		return slowInterval
	}
	return pumpInterval
}

package main

import (
	"sync/atomic"
	"time"
)

// restTime is how long the loop waits for an event before it looks around: for what the toolkit hands to itself. What comes
// by dispatch wakes it. Each look costs about a millisecond, most of it in Go's scheduler.
const restTime = time.Second

// rest lets the toolkit's loop, which looks for events sixty times a second whatever happens, wait for the next event while
// nothing happens. An event, or work handed over by dispatch, ends the rest at once.
type rest struct {
	do    func(func())        // runs a function on the toolkit's goroutine, later
	later func(func())        // calls a function after restAfter, from any goroutine
	wait  func(time.Duration) // on the toolkit's goroutine: serves the next event, or returns when the time is over
	wake  func()              // from any goroutine: ends wait
	still func() bool         // on the toolkit's goroutine: whether the window needs no loop of its own
	now   func() time.Time

	pending atomic.Int64 // functions that were handed over and have not run
	waiting atomic.Bool
	turning atomic.Bool
	over    atomic.Bool
}

// start begins when nothing has happened for restAfter.
func (r *rest) start() { r.later(func() { r.do(r.turn) }) }

// stop ends it for good.
func (r *rest) stop() {
	r.over.Store(true)
	if r.waiting.Load() {
		r.wake()
	}
}

// turn waits once, and again at once if nothing has come, else after a while. A toolkit that is asked to end, by a signal, runs at
// once what it is handed: a turn within a turn is the end of its loop, and of rest.
func (r *rest) turn() {
	if !r.turning.CompareAndSwap(false, true) {
		r.over.Store(true)
	}
	if r.over.Load() {
		return
	}
	defer r.turning.Store(false)
	if !r.still() {
		r.start()
		return
	}
	// From here on dispatch wakes the loop; what was handed over before is counted already.
	r.waiting.Store(true)
	if r.pending.Load() > 0 {
		r.waiting.Store(false)
		r.start()
		return
	}
	began := r.now()
	r.wait(restTime)
	r.waiting.Store(false)
	if r.now().Sub(began) < restTime*9/10 {
		r.start()
		return
	}
	r.do(r.turn)
}

// dispatch hands work to the toolkit's goroutine and wakes it.
func (r *rest) dispatch(f func()) {
	r.pending.Add(1)
	r.do(func() {
		r.pending.Add(-1)
		f()
	})
	if r.waiting.Load() {
		r.wake()
	}
}

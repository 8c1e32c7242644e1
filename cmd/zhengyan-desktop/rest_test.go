package main

import (
	"testing"
	"time"
)

// resting is a loop played by hand.
type resting struct {
	*rest
	clock  time.Time
	queue  []func()
	timers []func()
	waits  int
	woken  int
	still  bool
	event  time.Duration // how long until an event comes; more than restTime for none
}

func newResting() *resting {
	l := &resting{clock: noon(), still: true, event: time.Hour}
	l.rest = &rest{
		do: func(f func()) { l.queue = append(l.queue, f) }, later: func(f func()) { l.timers = append(l.timers, f) },
		wait:  func(d time.Duration) { l.waits++; l.clock = l.clock.Add(min(d, l.event)) },
		wake:  func() { l.woken++ },
		still: func() bool { return l.still }, now: func() time.Time { return l.clock },
	}
	return l
}

func (l *resting) turns(n int) {
	for range n {
		if len(l.queue) == 0 {
			return
		}
		f := l.queue[0]
		l.queue = l.queue[1:]
		f()
	}
}

func (l *resting) ring() {
	timers := l.timers
	l.timers = nil
	for _, f := range timers {
		f()
	}
}

func TestLoopRestsWhileNothingHappens(t *testing.T) {
	l := newResting()
	l.start()
	if l.turns(5); l.waits != 0 {
		t.Fatal("it rests at once")
	}
	l.ring()
	if l.turns(5); l.waits != 5 {
		t.Errorf("%d waits in 5 turns", l.waits)
	}
	l.event = 10 * time.Millisecond // a key
	if l.turns(5); l.waits != 6 || len(l.timers) != 1 {
		t.Errorf("after an event: %d waits, %d timers", l.waits, len(l.timers))
	}
	l.event, l.still = time.Hour, false // and a batch
	l.ring()
	if l.turns(5); l.waits != 6 || len(l.timers) != 1 {
		t.Errorf("while something moves: %d waits, %d timers", l.waits, len(l.timers))
	}
	l.still = true
	l.ring()
	if l.turns(3); l.waits != 9 {
		t.Errorf("when it is over: %d waits", l.waits)
	}
	l.stop()
	if l.turns(3); l.waits != 9 || len(l.timers) != 0 || len(l.queue) != 0 {
		t.Errorf("after the end: %d waits, %d timers", l.waits, len(l.timers))
	}
}

func TestWorkWakesTheLoop(t *testing.T) {
	l := newResting()
	ran := false
	l.dispatch(func() { ran = true })
	if l.woken != 0 {
		t.Error("a loop that is awake is woken")
	}
	l.waiting.Store(true) // as while it waits
	l.dispatch(func() {})
	if l.woken != 1 {
		t.Error("work does not wake the loop")
	}
	if l.stop(); l.woken != 2 {
		t.Error("the end does not wake the loop")
	}
	if l.turns(2); !ran {
		t.Error("work is lost")
	}
}

// What is handed over between two looks must not wait for the rest to end.
func TestNoRestWhileWorkWaits(t *testing.T) {
	l := newResting()
	l.queue = append(l.queue, l.turn) // its turn comes before that of the work
	l.dispatch(func() {})
	if l.turns(1); l.waits != 0 || l.waiting.Load() {
		t.Error("it rests although work waits")
	}
	if l.turns(1); l.pending.Load() != 0 {
		t.Error("work is counted after it was done")
	}
	l.ring()
	if l.turns(1); l.waits != 1 {
		t.Error("it does not rest when the work is done")
	}
}

// A toolkit that was told to end runs at once what is handed to it: the loop must not go on within itself for ever.
func TestNoRestWithinItself(t *testing.T) {
	l := newResting()
	l.start()
	l.ring()
	l.turns(2)
	l.do = func(f func()) {
		if l.waits > 9 {
			t.Fatal("it never ends")
		}
		f()
	}
	if l.turns(1); l.waits != 3 || !l.over.Load() {
		t.Errorf("%d waits, over: %v", l.waits, l.over.Load())
	}
	if l.ring(); l.waits != 3 {
		t.Errorf("after the end: %d waits", l.waits)
	}
}

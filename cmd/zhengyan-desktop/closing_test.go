package main

import (
	"errors"
	"testing"
	"time"
)

// TestClosingEndsWhateverStays leaves each part in turn waiting for ever.
func TestClosingEndsWhateverStays(t *testing.T) {
	never := make(chan time.Time)
	now := make(chan time.Time)
	close(now)
	bad := errors.New("the disk is full")
	for _, tt := range []struct {
		name          string
		work, toolkit bool // stay
		want          error
	}{
		{"all ends", false, false, nil},
		{"the toolkit stays", false, true, bad},
		{"a read stays", true, true, errWorkStays},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stay, left, ends := make(chan struct{}), make(chan error, 2), 0
			defer close(stay)
			c := newClosing(func() {
				if tt.work {
					<-stay
				}
			}, func() error { ends++; return bad }, func(err error) { left <- err })
			c.wait = func(d time.Duration) <-chan time.Time {
				if d == workEnds && tt.work || d == toolkitEnds && tt.toolkit {
					return now
				}
				return never
			}
			go c.closed()
			if !tt.toolkit {
				<-c.worked
				close(c.ended)
				if err := c.end(); !errors.Is(err, bad) || ends != 1 {
					t.Errorf("end: %v, closed %d times", err, ends)
				}
				return
			}
			if err := <-left; !errors.Is(err, tt.want) || !errors.Is(err, bad) || ends != 1 {
				t.Errorf("left with %v, want %v; closed %d times", err, tt.want, ends)
			}
			if err := c.end(); !errors.Is(err, bad) || ends != 1 {
				t.Errorf("again: %v, closed %d times", err, ends)
			}
		})
	}
}

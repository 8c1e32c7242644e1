package main

import (
	"errors"
	"testing"
	"time"
)

// TestClosingEndsWhateverStays closes a window whose work ends, and one whose work does not.
func TestClosingEndsWhateverStays(t *testing.T) {
	now := make(chan time.Time)
	close(now)
	bad := errors.New("the disk is full")
	for _, stays := range []bool{false, true} {
		stay, left, ends := make(chan struct{}), make(chan error, 2), 0
		c := newClosing(func() {
			if stays {
				<-stay
			}
		}, func() error { ends++; return bad }, func(err error) { left <- err })
		c.wait = func(time.Duration) <-chan time.Time {
			if stays {
				return now
			}
			return nil
		}
		go c.closed()
		err := <-left
		if !errors.Is(err, bad) || errors.Is(err, errWorkStays) != stays || ends != 1 {
			t.Errorf("work stays: %v; left with %v, closed %d times", stays, err, ends)
		}
		if err := c.end(); !errors.Is(err, bad) || ends != 1 {
			t.Errorf("again: %v, closed %d times", err, ends)
		}
		close(stay)
	}
}

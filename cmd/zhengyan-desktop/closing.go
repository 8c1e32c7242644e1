package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// workEnds is how long what is being read may take to end after the window was closed. Every read can be ended, so this is
// for a defect: the person has closed the window and must not be left with a program that stays.
const workEnds = time.Minute

var errWorkStays = fmt.Errorf("what was being read did not end within %v of the window's closing", workEnds)

// closing ends the program when its window is closed: the window's work, then what was open, then the process. It does not
// go back to the toolkit, which throws away what waits in its queue when it ends and then, now and then, waits for ever for
// one of the things that it has thrown away, or hands something to a queue that it has closed.
type closing struct {
	work  func()
	rest  func() error
	leave func(error) // ends the process
	wait  func(time.Duration) <-chan time.Time

	once   sync.Once
	err    error
	worked chan struct{}
}

func newClosing(work func(), rest func() error, leave func(error)) *closing {
	return &closing{work: work, rest: rest, leave: leave, wait: time.After, worked: make(chan struct{})}
}

// closed is for the window's OnClosed.
func (c *closing) closed() {
	go c.watch()
	c.work()
	close(c.worked)
	c.leave(c.end())
}

// end closes what was open, once, and gives its error to every caller.
func (c *closing) end() error {
	c.once.Do(func() { c.err = c.rest() })
	return c.err
}

func (c *closing) watch() {
	select {
	case <-c.worked:
	case <-c.wait(workEnds):
		c.leave(errors.Join(errWorkStays, c.end()))
	}
}

// untilClosed shows a window until it is closed, ends its work, closes what was open, and ends the process.
func untilClosed(w fyne.Window, work func(), rest func() error, stderr io.Writer) error {
	c := newClosing(work, rest, func(err error) {
		if err != nil {
			fmt.Fprintf(stderr, "zhengyan-desktop: %v\n", err)
			os.Exit(exitInternal)
		}
		os.Exit(0)
	})
	w.SetOnClosed(func() {
		w.Hide() // at once, whatever its work takes to end
		c.closed()
	})
	w.ShowAndRun()
	return c.end() // the toolkit has ended without closing the window
}

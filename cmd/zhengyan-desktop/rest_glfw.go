//go:build cgo && !ci

package main

import (
	"time"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// restAfter is how long nothing must have happened before the loop rests: longer than any movement on the screen lasts.
const restAfter = 2 * time.Second

// newRest is for the toolkit's own driver, whose window library serves and awaits events.
func newRest(still func() bool) *rest {
	return &rest{
		do: fyne.Do, later: func(f func()) { time.AfterFunc(restAfter, f) }, still: still, now: time.Now,
		wait: func(d time.Duration) { glfw.WaitEventsTimeout(d.Seconds()) }, wake: glfw.PostEmptyEvent,
	}
}

package ui

import (
	"context"
	"fmt"
)

// background runs work on a goroutine of its own and then, on the toolkit's goroutine, done with its error. A window that
// was closed meanwhile hears nothing more.
func (w *Window) background(work func(ctx context.Context) error, done func(err error)) {
	w.tasks.Add(1)
	go func() {
		defer w.tasks.Done()
		err := safely(w.life, work)
		if w.life.Err() != nil {
			return
		}
		w.o.Dispatch(func() {
			if w.life.Err() == nil {
				done(err)
			}
		})
	}()
}

// safely turns a panic in what is read from disk into an error.
func safely(ctx context.Context, work func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	return work(ctx)
}

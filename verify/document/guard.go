package document

import (
	"context"
	"fmt"
)

// guard runs library calls that can neither be killed nor told to stop. A call that outlives its context is left
// behind, but it keeps its slot: with all slots taken by such calls nothing more is started, so what hostile files
// can leave running is bounded by the number of slots, and by the memory limits each call has.
type guard struct {
	slots chan struct{}
}

func newGuard(running int) *guard { return &guard{slots: make(chan struct{}, max(running, 1))} }

// guarded runs f in a goroutine and waits for it or for ctx. Panics become errors.
func guarded[T any](ctx context.Context, g *guard, f func() (T, error)) (T, error) {
	var zero T
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		return zero, ctxError(ctx, "", "waiting for a slow file")
	}
	type result struct {
		v   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { <-g.slots }()
		var r result
		defer func() {
			if p := recover(); p != nil {
				r.v, r.err = zero, fmt.Errorf("panic: %v", p)
			}
			done <- r
		}()
		r.v, r.err = f()
	}()
	select {
	case r := <-done:
		return r.v, r.err
	case <-ctx.Done():
		return zero, ctxError(ctx, "", "decoding")
	}
}

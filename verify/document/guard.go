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
	large chan struct{} // held by the one call that needs much memory
}

func newGuard(running int) *guard {
	return &guard{slots: make(chan struct{}, max(running, 1)), large: make(chan struct{}, 1)}
}

// guarded runs f in a goroutine and waits for it or for ctx. Panics become errors. Large calls run one at a time.
func guarded[T any](ctx context.Context, g *guard, large bool, f func() (T, error)) (T, error) {
	var zero T
	release := []chan struct{}{g.slots}
	if large {
		release = []chan struct{}{g.large, g.slots}
	}
	for i, c := range release {
		select {
		case c <- struct{}{}:
		case <-ctx.Done():
			for _, c := range release[:i] {
				<-c
			}
			return zero, ctxError(ctx, "", "waiting for a slow file")
		}
	}
	type result struct {
		v   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r.v, r.err = zero, fmt.Errorf("panic: %v", p)
			}
			for _, c := range release {
				<-c
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

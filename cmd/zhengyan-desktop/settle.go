package main

import (
	"context"
	"runtime/debug"
	"time"

	"zhengyan/verify/document"
)

// settleTime is how long the window is left alone after it was drawn for the first time.
const settleTime = 1500 * time.Millisecond

// settle does, once the window stands, what would only have delayed it. PDFium is compiled now if it never was on this
// machine, which takes seconds; else the first PDF loads it, in a sixth of a second, and until then its 40 MB are spared.
func settle(ctx context.Context, e *engine, cache string) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(settleTime):
	}
	if !document.Compiled(cache) {
		e.docs.Warm(ctx) // its error comes back with the first PDF, as that file's own
	}
	debug.FreeOSMemory() // starting leaves as much behind as it keeps
}

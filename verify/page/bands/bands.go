// Package bands works on the rows of a picture in several goroutines.
package bands

import (
	"runtime"
	"sync"
)

const (
	least = 256 // rows that are worth a goroutine
	most  = 4   // bands, so that one picture does not take a large machine from the others
)

// Do calls work for bands of rows, side by side, that together are the rows from 0 to rows: each from its first to that after
// its last. It returns when all are done; a panic in one of them is then the caller's.
func Do(rows int, work func(from, to int)) {
	n := min(max(rows/least, 1), runtime.GOMAXPROCS(0), most)
	failed := make([]any, n)
	var wg sync.WaitGroup
	for k := range n {
		wg.Go(func() {
			defer func() { failed[k] = recover() }()
			work(k*rows/n, (k+1)*rows/n)
		})
	}
	wg.Wait()
	for _, p := range failed {
		if p != nil {
			panic(p)
		}
	}
}

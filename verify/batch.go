package verify

import (
	"context"
	"iter"
	"sync"

	"zhengyan/verify/document"
)

// Result is one file of a batch: its place in the input and its report.
type Result struct {
	Index  int
	Report *Report
}

// VerifyAll verifies files with a number of workers and yields the reports in input order. A file that cannot be read is
// a report too. When ctx ends, the sequence ends; files not yet done are left out. At most a few files per worker are
// held in memory at a time.
func (v *Verifier) VerifyAll(ctx context.Context, sources iter.Seq2[document.Source, error], q Question, workers int) iter.Seq[Result] {
	workers = max(1, workers)
	return func(yield func(Result) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		type job struct {
			src  document.Source
			err  error
			done chan *Report
		}
		queue := make(chan *job)            // to the workers
		order := make(chan *job, 2*workers) // to the caller, in input order
		var wg sync.WaitGroup
		defer wg.Wait()
		for range workers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for j := range queue {
					j.done <- v.one(ctx, j.src, j.err, q)
				}
			}()
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer close(order)
			defer close(queue)
			put := func(src document.Source, err error) bool {
				j := &job{src, err, make(chan *Report, 1)}
				select {
				case order <- j:
				case <-ctx.Done():
					return false
				}
				select {
				case queue <- j:
				case <-ctx.Done():
					j.done <- nil
					return false
				}
				return true
			}
			// A defect met while folders and archives are listed costs the rest of the list, and is a row of its own.
			defer func() {
				if p := recover(); p != nil {
					put(document.Source{}, &document.Error{Code: "internal", Detail: "listing the files failed"})
				}
			}()
			for src, err := range sources {
				if !put(src, err) {
					return
				}
			}
		}()
		defer cancel() // runs before wg.Wait, so that an early break by the caller ends the workers
		i := 0
		for j := range order {
			r := <-j.done
			if r == nil {
				return
			}
			if !yield(Result{i, r}) {
				return
			}
			i++
		}
	}
}

// one verifies one file; nil means that ctx ended first. A panic of a stage costs this file alone.
func (v *Verifier) one(ctx context.Context, src document.Source, err error, q Question) (r *Report) {
	defer func() {
		if p := recover(); p != nil {
			r = v.Judge(v.Unreadable(&document.Error{Code: "internal", Name: src.Name, Detail: "a stage of the program failed"}), q)
		}
	}()
	if err != nil {
		return v.Judge(v.Unreadable(err), q)
	}
	r, err = v.Verify(ctx, src, q)
	if err != nil {
		return nil
	}
	return r
}

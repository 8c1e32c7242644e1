package verify

import (
	"context"
	"iter"
	"sync"

	"zhengyan/verify/document"
)

// Result is one certificate of a batch: its file's place in the input and its report.
type Result struct {
	Index  int
	Report *Report
}

// VerifyAll verifies files with a number of workers and yields the reports in input order. A file that cannot be read is
// a report too; a document with certificates on several of many pages gives a report for each. Where an electronic original
// and a print of the same certificate are both in the batch, the later one's report is that of the pair. When ctx ends, the sequence ends; files not yet done are left out. At most a few files per worker are
// held in memory at a time.
func (v *Verifier) VerifyAll(ctx context.Context, sources iter.Seq2[document.Source, error], q Question, workers int) iter.Seq[Result] {
	workers = max(1, workers)
	return func(yield func(Result) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		type job struct {
			src  document.Source
			err  error
			done chan []*Report
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
				j := &job{src, err, make(chan []*Report, 1)}
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
		var pairs Pairing
		i := 0
		for j := range order {
			reports := <-j.done
			if len(reports) == 0 {
				return
			}
			if len(reports) == 1 {
				reports[0] = v.paired(ctx, &pairs, j.src, reports[0], q)
			}
			for _, r := range reports {
				if !yield(Result{i, r}) {
					return
				}
			}
			i++
		}
	}
}

// one verifies one file; no report means that ctx ended first. A panic of a stage costs this file alone.
func (v *Verifier) one(ctx context.Context, src document.Source, err error, q Question) (out []*Report) {
	defer func() {
		if p := recover(); p != nil {
			out = []*Report{v.Judge(v.Unreadable(&document.Error{Code: "internal", Name: src.Name, Detail: "a stage of the program failed"}), q)}
		}
	}()
	if err != nil {
		return []*Report{v.Judge(v.Unreadable(err), q)}
	}
	list, err := v.GatherAll(ctx, src)
	if err != nil {
		return nil
	}
	for _, ev := range list {
		out = append(out, v.Judge(ev, q))
	}
	return out
}

// paired is the report of the pair that the file completes, or the file's own.
func (v *Verifier) paired(ctx context.Context, pairs *Pairing, src document.Source, r *Report, q Question) (out *Report) {
	out = r
	defer func() {
		_ = recover() // a defect in reading the pair leaves the file's own report
	}()
	original, print, ok := pairs.Add(src, r.Evidence)
	if !ok {
		return r
	}
	ev, err := v.GatherPair(ctx, original, print)
	if err != nil || ev.Failure != nil || !ev.Print.OneCopy() {
		return r
	}
	return v.Judge(ev, q)
}

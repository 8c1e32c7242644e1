package main

import (
	"context"
	"time"

	"zhengyan/verify/document"
	"zhengyan/verify/report"
)

// countingTime bounds the count of files for which somebody who stopped the work waits.
const countingTime = 2 * time.Second

// stopped ends work that was stopped before all files were judged. What was finished is kept, for the next hour's work may
// rest on it, but never as an answer on everything that was handed in: the reports say how far they go, and the exit status is
// that of files that were not read.
func (w *writer) stopped(ctx context.Context, name, disclaimer string) int {
	w.single = false
	s := report.Stopped{Done: w.files, Of: countSources(ctx, w.paths)}
	if w.n > 0 {
		if err := w.sum(ctx, disclaimer, &s); err != nil {
			return w.env.fail(exitInternal, "%s: %v", name, err)
		}
	}
	code := 0
	if s.Of > 0 {
		code = w.env.fail(exitUnreadable, "%s: stopped after %d of %d files", name, s.Done, s.Of)
	} else {
		code = w.env.fail(exitUnreadable, "%s: stopped; files done: %d", name, s.Done)
	}
	if len(w.reports.paths) > 0 {
		said := "the reports were written: they hold what was finished and say that they are not complete"
		if w.n == 0 {
			said = "nothing was finished, so no report was written"
		}
		w.env.note("%s", w.env.say(said))
	}
	return code
}

// countSources is how many files the paths name, 0 if that takes longer than anybody who has stopped the work would wait. What
// stopped the work does not stop the count.
func countSources(ctx context.Context, paths []string) int {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), countingTime)
	defer cancel()
	n := 0
	for range document.Expand(ctx, paths, document.Limits{}) {
		n++
	}
	if ctx.Err() != nil {
		return 0
	}
	return n
}

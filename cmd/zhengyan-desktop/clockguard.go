package main

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"time"

	"zhengyan/store"
	"zhengyan/ui/viewmodel"
)

// clockOf says whether the clock can be right: it cannot be earlier than what this machine has recorded itself (imports, the
// audit log, since an operator last said that the clock is right), nor than what the publisher of the snapshot in use has
// signed. The error says what could not be compared; the rest was. writer, which holds the log, may be nil.
func clockOf(_ context.Context, data *store.Data, writer *auditor, now time.Time) (c viewmodel.ClockState, err error) {
	c = viewmodel.ClockState{Now: now, Source: "clock.snapshot"}
	imports, err := data.ClockFloor(nil)
	c.Latest = imports
	log, lerr := readLog(data, writer)
	if lerr == nil {
		floor, ferr := data.ClockFloor(log)
		if floor.After(imports) {
			c.Latest, c.Source = floor, "clock.audit"
		}
		err = errors.Join(err, ferr)
		log.Close() // opened for reading
	} else if !errors.Is(lerr, fs.ErrNotExist) {
		err = errors.Join(err, lerr)
	}
	o, oerr := data.Open()
	if oerr != nil {
		return c, err // the registry's own defect is shown where registries are
	}
	defer o.Close()
	// With a floor of its own left out, ClockSuspect speaks of what was signed.
	if f := data.Freshness(o, time.Time{}, now); f.State == store.ClockSuspect && f.Since.After(c.Latest) {
		c.Latest, c.Source = f.Since, "clock.snapshot"
	}
	return c, err
}

// readLog opens the audit log for reading. The window's own writer lets go of it, and may have taken it up again by then.
func readLog(data *store.Data, writer *auditor) (log *store.Audit, err error) {
	for range 3 {
		writer.release()
		if log, err = data.ReadAudit(); !errors.Is(err, store.ErrBusy) {
			break
		}
	}
	return log, err
}

// confirmClock writes down, in an operator's name, that the clock is right although this machine's records are later: they
// do not count any more, also after the next start. It returns what is known of the clock from then on, which is suspect
// all the same if it is earlier than what a publisher has signed. writer may be nil.
func confirmClock(ctx context.Context, data *store.Data, writer *auditor, operator string, now time.Time) (viewmodel.ClockState, error) {
	writer.release()
	log, err := data.OpenAudit(rand.Reader)
	if err == nil {
		err = errors.Join(data.ResetClock(log, operator, now), log.Close())
	}
	c, cerr := clockOf(ctx, data, writer, now)
	return c, errors.Join(err, cerr)
}

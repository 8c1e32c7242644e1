package main

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"zhengyan/store"
	"zhengyan/ui/viewmodel"
)

// clockOf says whether the clock can be right: it cannot be earlier than what this machine has recorded itself (imports, the
// newest line of the audit log, since an operator last said that the clock is right), nor than what the publisher of the
// snapshot in use has signed.
func clockOf(_ context.Context, data *store.Data, now time.Time) viewmodel.ClockState {
	c := viewmodel.ClockState{Now: now, Source: "clock.snapshot"}
	imports, _ := data.ClockFloor(nil) // what does not read says nothing of the clock; it is shown where it is read for its own sake
	c.Latest = imports
	if log, err := data.ReadAudit(); err == nil {
		if floor, err := data.ClockFloor(log); err == nil && floor.After(imports) {
			c.Latest, c.Source = floor, "clock.audit"
		}
		log.Close() // opened for reading
	}
	o, err := data.Open()
	if err != nil {
		return c
	}
	defer o.Close()
	// With a floor of its own left out, ClockSuspect speaks of what was signed.
	if f := data.Freshness(o, time.Time{}, now); f.State == store.ClockSuspect && f.Since.After(c.Latest) {
		c.Latest, c.Source = f.Since, "clock.snapshot"
	}
	return c
}

// confirmClock writes down, in an operator's name, that the clock is right although this machine's records are later: they
// do not count any more, also after the next start. It returns what is known of the clock from then on, which is suspect
// all the same if it is earlier than what a publisher has signed. writer may be nil.
func confirmClock(ctx context.Context, data *store.Data, writer *auditor, operator string, now time.Time) (viewmodel.ClockState, error) {
	writer.release()
	log, err := data.OpenAudit(rand.Reader)
	if err != nil {
		return clockOf(ctx, data, now), err
	}
	err = errors.Join(data.ResetClock(log, operator, now), log.Close())
	return clockOf(ctx, data, now), err
}

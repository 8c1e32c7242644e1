package store

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"zhengyan/store/feed"
)

// The clock matrix: back, forward, a run in the year 2099 and its reset.
func TestClockFloor(t *testing.T) {
	d := openData(t)
	ctx := context.Background()
	if _, err := d.Import(ctx, fileOf(t, someRows(20, 1), testMeta().AsOf), ImportOptions{Now: now}); err != nil {
		t.Fatal(err)
	}
	a, err := d.OpenAudit(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	o := mustOpen(t, d)
	state := func(at time.Time) State {
		t.Helper()
		floor, err := d.ClockFloor(a)
		if err != nil {
			t.Fatal(err)
		}
		return d.Freshness(o, floor, at).State
	}
	year2099 := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	if got := state(now); got != Fresh {
		t.Errorf("now: %s", got)
	}
	if got := state(now.Add(-time.Hour)); got != ClockSuspect {
		t.Errorf("before the import: %s", got)
	}
	if _, _, err := a.Append(AuditEntry{Time: year2099, Action: "verify"}); err != nil {
		t.Fatal(err)
	}
	if got := state(now.Add(time.Hour)); got != ClockSuspect {
		t.Errorf("after a run in 2099: %s", got)
	}
	if err := d.ResetClock(a, "", now); err == nil {
		t.Error("reset by nobody")
	}
	if err := d.ResetClock(a, "样例", now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := state(now.Add(time.Hour)); got != Fresh {
		t.Errorf("after the reset: %s", got)
	}
	if _, e, err := a.Last(); err != nil || e.Action != "clock-reset" || e.Operator != "样例" {
		t.Errorf("%+v %v", e, err)
	}
	if _, _, err := a.Append(AuditEntry{Time: now.Add(3 * time.Hour), Action: "verify"}); err != nil {
		t.Fatal(err)
	}
	if got := state(now.Add(time.Hour)); got != ClockSuspect {
		t.Errorf("records after the reset count again: %s", got)
	}
	// An entry that is made while the clock is set back does not lower the floor.
	if _, _, err := a.Append(AuditEntry{Time: now.Add(-time.Hour), Action: "verify"}); err != nil {
		t.Fatal(err)
	}
	if got := state(now.Add(time.Hour)); got != ClockSuspect {
		t.Errorf("with a later entry of an earlier time: %s", got)
	}
	// A log that does not remember its latest entry is gone through, back to the reset.
	if err := a.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucketAuditMeta).Delete(keyLatest) }); err != nil {
		t.Fatal(err)
	}
	if n, e, err := a.Latest(); err != nil || n != 3 || !e.Time.Equal(now.Add(3*time.Hour)) {
		t.Errorf("latest: %d %+v %v", n, e, err)
	}
	// What was signed counts whatever the operator says.
	if got := state(testMeta().AsOf.Add(-24 * time.Hour)); got != ClockSuspect {
		t.Errorf("before the rows' own day: %s", got)
	}
}

// A folder is a feed; the first import needs the publisher's root by another way.
func TestStageTakesAFeedFolder(t *testing.T) {
	r := newRepo(t, false)
	r.publish()
	ctx := context.Background()
	if _, err := r.data.Stage(ctx, r.pub.Dir, ImportOptions{Now: now}); !errors.Is(err, feed.ErrNoRoot) {
		t.Fatalf("without a root: %v", err)
	}
	for range 2 {
		imp, err := r.data.Stage(ctx, r.pub.Dir, ImportOptions{Now: now, Root: r.root})
		if err != nil {
			t.Fatal(err)
		}
		if imp.Info.SignedBy == "" || imp.Info.From != r.pub.Dir {
			t.Errorf("%+v", imp.Info)
		}
		if _, err := imp.Commit(); err != nil {
			t.Fatal(err)
		}
		r.publish()
		r.root = nil // remembered from now on
	}
}

func TestNoRoomIsSaidBeforeCopying(t *testing.T) {
	d := openData(t)
	if _, ok := freeBytes(os.TempDir()); !ok {
		t.Skip("the system does not say how much room there is")
	}
	if err := d.spaceFor(1 << 60); !errors.Is(err, ErrNoSpace) {
		t.Errorf("%v", err)
	}
	if err := d.spaceFor(1); err != nil {
		t.Error(err)
	}
}

// A stick that is four weeks late (a freeze, or only slow) is taken and labelled; it is never silent and never refused.
func TestALateStickIsTakenAndLabelled(t *testing.T) {
	r := newRepo(t, false)
	r.publish()
	late := r.pub.Now.AddDate(0, 0, 28)
	imp, offer, err := r.data.StageFeed(context.Background(), feed.Folder(r.pub.Dir), r.root, ImportOptions{Now: late})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := imp.Commit(); err != nil {
		t.Fatal(err)
	}
	o := mustOpen(t, r.data)
	if f := r.data.Freshness(o, time.Time{}, late); f.State != Stale || !f.Since.Equal(offer.Expires) {
		t.Errorf("%+v, promised until %s", f, offer.Expires)
	}
	if f := r.data.Freshness(o, time.Time{}, late.AddDate(0, 0, 100)); f.State != RedLine {
		t.Errorf("%+v", f)
	}
	if f := r.data.Freshness(o, time.Time{}, r.pub.Now.AddDate(0, 0, -400)); f.State != ClockSuspect {
		t.Errorf("clock 400 days back: %+v", f)
	}
}

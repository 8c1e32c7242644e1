package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"zhengyan/store/feed"
)

// clockReset is the setting that remembers from where on the machine's own records of time count again.
const clockReset = "clock.reset"

// resetPoint names the last records that do not count: they were made while the clock was wrong.
type resetPoint struct {
	Entries    int64     `json:"entries"`    // of the audit log
	Generation int       `json:"generation"` // of the snapshot
	At         time.Time `json:"at"`
}

// ClockFloor is the latest time that this machine has recorded itself: of an import, or of the last entry of its audit
// log (audit may be nil). It cannot be earlier now, unless the clock was wrong then; ResetClock is the way out of that.
func (d *Data) ClockFloor(audit *Audit) (floor time.Time, err error) {
	var since resetPoint
	if k, problem, err := d.OpenDesk(); err == nil && problem == nil {
		if since, _, err = LoadSetting[resetPoint](k, clockReset); err != nil {
			return floor, err
		}
	}
	list, err := d.List()
	if err != nil {
		return floor, err
	}
	for _, g := range list {
		if g.Generation > since.Generation && g.ImportedAt.After(floor) {
			floor = g.ImportedAt
		}
	}
	if audit == nil {
		return floor, nil
	}
	n, last, err := audit.Last()
	if err == nil && n > since.Entries && last.Time.After(floor) {
		floor = last.Time
	}
	return floor, err
}

// ResetClock says, in an operator's name, that the machine's clock is right although its own records are later than now:
// they do not count any more. What a publisher has signed still does. The audit log has an entry of it.
func (d *Data) ResetClock(audit *Audit, operator string, now time.Time) error {
	if operator == "" {
		return errors.New("resetting the clock's floor without the operator's name")
	}
	k, _, err := d.OpenDesk()
	if err != nil {
		return err
	}
	p := resetPoint{At: now.UTC()}
	list, err := d.List()
	if err != nil {
		return err
	}
	for _, g := range list {
		p.Generation = max(p.Generation, g.Generation)
	}
	n, _, err := audit.Append(AuditEntry{Time: now.UTC().Truncate(time.Second), Action: "clock-reset", Clock: "suspect", Operator: operator})
	if err != nil {
		return err
	}
	p.Entries = n
	return SaveSetting(k, clockReset, p)
}

// Freshness judges the age of the snapshot in use at now: by its own ages, by what its publisher last vouched for, and
// against floor, the earliest that it can be by the machine's own records (ClockFloor; zero for none).
func (d *Data) Freshness(o *Opened, floor, now time.Time) Freshness {
	var state feed.State
	if o.Info.SignedBy != "" {
		state, _ = d.FeedState() // without it the age of the rows alone counts
	}
	f := FreshnessOf(o.Snapshot.Snapshot(), state, now)
	if now.Add(clockSlack).Before(floor) && (f.State != ClockSuspect || f.Since.Before(floor)) {
		return Freshness{ClockSuspect, floor}
	}
	return f
}

// Last returns the number of entries and the newest of them.
func (a *Audit) Last() (n int64, e AuditEntry, err error) {
	err = a.view(func(tx *bolt.Tx) error {
		if n = sizeOf(tx); n == 0 {
			return nil
		}
		if err := json.Unmarshal(tx.Bucket(bucketEntries).Get(key64(n-1)), &e); err != nil {
			return fmt.Errorf("%w: entry %d does not read", ErrAudit, n-1)
		}
		return nil
	})
	return n, e, err
}

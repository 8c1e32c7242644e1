package store

import (
	"encoding/binary"
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

// actionClockReset is the audit log's entry of ResetClock: times before it do not count any more.
const actionClockReset = "clock-reset"

// ClockFloor is the latest time that this machine has recorded itself: of an import, or of any entry of its audit log (audit
// may be nil), so that entries made with the clock set back do not lower it. It cannot be earlier now, unless the clock was wrong then; ResetClock is the way out of that.
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
	n, latest, err := audit.Latest()
	if err == nil && n > since.Entries && latest.Time.After(floor) {
		floor = latest.Time
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
	n, _, err := audit.Append(AuditEntry{Time: now.UTC().Truncate(time.Second), Action: actionClockReset, Clock: "suspect", Operator: operator})
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

// Latest returns the entry with the latest time of those since the clock was last said to be right, and the number of
// entries up to it; 0 for an empty log.
func (a *Audit) Latest() (n int64, e AuditEntry, err error) {
	err = a.view(func(tx *bolt.Tx) error {
		l, found, err := latestOf(tx)
		if found {
			n, e = l.number+1, l.AuditEntry
		}
		return err
	})
	return n, e, err
}

type numbered struct {
	AuditEntry
	number int64
}

// latestOf finds the entry with the latest time by what Append has remembered, or else by going back over the log.
func latestOf(tx *bolt.Tx) (best numbered, found bool, err error) {
	read := func(k, v []byte) (numbered, error) {
		var e numbered
		if len(k) != 8 || json.Unmarshal(v, &e.AuditEntry) != nil {
			return e, fmt.Errorf("%w: entry %x does not read", ErrAudit, k)
		}
		e.number = int64(binary.BigEndian.Uint64(k))
		return e, nil
	}
	entries := tx.Bucket(bucketEntries)
	if k := tx.Bucket(bucketAuditMeta).Get(keyLatest); k != nil {
		best, err = read(k, entries.Get(k))
		return best, err == nil, err
	}
	c := entries.Cursor()
	for k, v := c.Last(); k != nil; k, v = c.Prev() {
		e, err := read(k, v)
		if err != nil {
			return best, false, err
		}
		if !found || e.Time.After(best.Time) {
			best, found = e, true
		}
		if e.Action == actionClockReset {
			break
		}
	}
	return best, found, nil
}

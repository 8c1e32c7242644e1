package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"
	"time"

	"zhengyan/store/feed"
	"zhengyan/verify/rules"
)

// feedState is the file that remembers the newest metadata of the feed. Each generation carries its own copy; the newest
// of all counts, so that going back to an older generation does not open the way for an older feed.
const (
	feedState  = "FEED"
	partSuffix = ".part"
)

// FeedState is what the folder remembers of its publisher; empty if it has never imported from a feed.
func (d *Data) FeedState() (feed.State, error) {
	var best feed.State
	b, err := d.gens.disk.read(feedState, maxInfo)
	if err == nil {
		err = json.Unmarshal(b, &best)
	}
	if ignoreMissing(err) != nil {
		best = feed.State{} // the generations' copies are as good
	}
	list, err := d.gens.list()
	if err != nil {
		return best, err
	}
	for _, g := range list {
		var s feed.State
		if len(g.Trust) > 0 && json.Unmarshal(g.Trust, &s) == nil {
			best = feed.Newer(best, s)
		}
	}
	return best, nil
}

func (d *Data) rememberFeed(s feed.State) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return replace(d.gens.disk, feedState, b)
}

// StageFeed takes the newest snapshot of a feed into the folder, by a delta where one leads from the snapshot in use, and
// checks it. pinned is the publisher's root if the program or the user has one. A download that was cut off is gone on
// with. With ErrSame, what the publisher vouches for has been renewed all the same.
func (d *Data) StageFeed(ctx context.Context, f feed.Fetcher, pinned []byte, opt ImportOptions) (*Import, *feed.Offer, error) {
	old, err := d.FeedState()
	if err != nil {
		return nil, nil, err
	}
	offer, err := feed.Check(ctx, f, pinned, old)
	if err != nil {
		return nil, nil, err
	}
	trust, err := json.Marshal(offer.State)
	if err != nil {
		return nil, offer, err
	}
	c := offer.Index.Snapshot
	v := voucher{signedBy: offer.SignedBy, sha256: c.SHA256, trust: trust}
	root := "" // of the snapshot in use
	if cur, err := d.Open(); err == nil {
		same := cur.Root() == c.Root && cur.Info.SignedBy == offer.SignedBy && len(cur.Problems) == 0
		root, v.slot = cur.Root(), cur.slot
		cur.Close()
		if same {
			return nil, offer, errors.Join(ErrSame, d.renewFeed(offer.State))
		}
	}
	if err := d.wants(ctx, f, offer, &v.slot); err != nil {
		return nil, offer, err
	}
	if root != "" {
		if delta, ok := offer.DeltaFrom(root); ok {
			r := offer.Delta(ctx, f, delta)
			imp, err := d.stageDelta(ctx, r, opt, v)
			r.Close()
			if err == nil {
				imp.state = &offer.State
				return imp, offer, nil
			}
			if !mendable(err) {
				return nil, offer, err
			}
			opt.tell("delta does not fit, whole snapshot", 0, c.Size)
		}
	}
	imp, err := d.staging(ctx, opt, v, func(imp *Import) (int64, string, error) { return d.download(ctx, f, offer, imp) })
	if err != nil {
		return nil, offer, err
	}
	if imp.Info.Root != c.Root {
		return nil, offer, errors.Join(fmt.Errorf("%w: root %s instead of %s", ErrDamaged, imp.Info.Root, c.Root), imp.Discard())
	}
	imp.state = &offer.State
	return imp, offer, nil
}

// wants refuses, before anything large is read, what could not be used here: a snapshot of another kind, or one that is
// encrypted for other machines. A feed of an earlier version does not say; the import then finds out.
func (d *Data) wants(ctx context.Context, f feed.Fetcher, offer *feed.Offer, slot *int) error {
	switch kind := offer.Index.Snapshot.Kind; kind {
	case "", feedKind(d.persons):
	case feed.KindRegistry, feed.KindPersons:
		return wrongKind(d.persons)
	default:
		return fmt.Errorf("%w: a feed of %q", ErrNewerFormat, kind)
	}
	ring, err := offer.KeyRing(ctx, f)
	if err != nil || ring == nil {
		return err
	}
	return d.mayRead(ring, slot)
}

// wrongKind says what was offered to a folder of the other kind.
func wrongKind(persons bool) error {
	return fmt.Errorf("%w: %s", ErrKindOfFile, map[bool]string{false: "this is a person index", true: "this is no person index"}[persons])
}

// mendable reports whether the whole snapshot may succeed where a delta has failed: also where the snapshot in use is
// damaged, or locked since this machine has another key. It would meet the same disk and locks, and the same refusals.
func mendable(err error) bool {
	for _, e := range []error{context.Canceled, context.DeadlineExceeded, ErrNoSpace, ErrBusy, ErrUnsigned, ErrOlder, ErrSame, ErrKindOfFile} {
		if errors.Is(err, e) {
			return false
		}
	}
	return true
}

func (d *Data) renewFeed(s feed.State) error {
	unlock, err := d.lock()
	if err != nil {
		return err
	}
	defer unlock()
	return d.rememberFeed(s)
}

// download fills the part file that belongs to the snapshot, goes on where an earlier download ended, and moves it to
// the import's place when it is whole.
func (d *Data) download(ctx context.Context, f feed.Fetcher, offer *feed.Offer, imp *Import) (int64, string, error) {
	c := offer.Index.Snapshot
	if err := os.MkdirAll(d.path(""), 0o755); err != nil {
		return 0, "", err
	}
	part := c.SHA256 + partSuffix
	names, err := d.gens.disk.names()
	if err != nil {
		return 0, "", err
	}
	for _, n := range names { // of other snapshots
		if strings.HasSuffix(n, partSuffix) && n != part {
			if err := d.gens.disk.remove(n); err != nil {
				return 0, "", err
			}
		}
	}
	out, err := os.OpenFile(d.path(part), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return 0, "", err
	}
	defer out.Close()
	h := sha256.New()
	if st, err := out.Stat(); err != nil {
		return 0, "", err
	} else if err := d.spaceFor(max(c.Size-st.Size(), 0)); err != nil {
		return 0, "", err
	}
	have, err := io.Copy(h, io.LimitReader(out, c.Size)) // what is there is hashed anew, not believed
	if err != nil {
		return 0, "", err
	}
	// From the beginning, each part is checked against its own signed hash and all of them are the file; what goes on behind
	// an earlier download is checked as a whole.
	var whole hash.Hash
	if have > 0 {
		whole = h
	}
	if err := d.append(ctx, f, offer, out, whole, have, imp.opt); err != nil {
		return 0, "", err
	}
	var sum Hash
	if h.Sum(sum[:0]); whole != nil && hexSum(sum) != c.SHA256 {
		return 0, "", errors.Join(fmt.Errorf("%w: SHA-256 %s instead of %s", ErrDamaged, hexSum(sum), c.SHA256), os.Remove(d.path(part)))
	}
	if err := errors.Join(out.Truncate(c.Size), out.Sync(), out.Close()); err != nil {
		return 0, "", err
	}
	return c.Size, c.SHA256, os.Rename(d.path(part), d.path(imp.tmp))
}

func (d *Data) append(ctx context.Context, f feed.Fetcher, offer *feed.Offer, out *os.File, h hash.Hash, have int64, opt ImportOptions) error {
	total := offer.Index.Snapshot.Size
	if have >= total {
		return nil
	}
	if _, err := out.Seek(have, io.SeekStart); err != nil {
		return err
	}
	w := newSink(out, h)
	err := copyOn(ctx, w, offer.Snapshot(ctx, f, have), func(n int64) { opt.tell("copy", have+n, total) })
	if werr := w.close(); werr != nil {
		return errors.Join(err, werr)
	}
	switch {
	case errors.Is(err, feed.ErrRefused): // what was read of this part is not to be gone on with
		return errors.Join(err, out.Truncate(0))
	case err != nil:
		return errors.Join(err, out.Sync())
	}
	return nil
}

// copyOn copies until the source ends, and closes it.
func copyOn(ctx context.Context, w io.Writer, r io.ReadCloser, progress func(done int64)) error {
	defer r.Close()
	buf, done := make([]byte, copyBuffer), int64(0)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(buf)
		if _, werr := w.Write(buf[:n]); werr != nil {
			return werr
		}
		done += int64(n)
		progress(done)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// State is what the age of a snapshot means.
type State string

// The states. RedLine turns "valid" into "cannot be confirmed"; what is revoked stays revoked at any age. ClockSuspect
// means that the machine's clock is earlier than something that the publisher has signed.
const (
	Fresh        State = "fresh"
	Stale        State = "stale"
	RedLine      State = "red-line"
	ClockSuspect State = "clock-suspect"
)

// Freshness is a state with the instant since which it holds; for ClockSuspect it is the earliest that it can be now.
type Freshness struct {
	State State     `json:"state"`
	Since time.Time `json:"since,omitzero"`
}

// clockSlack is how far a clock may be behind before it is called suspect.
const clockSlack = 10 * time.Minute

// FreshnessOf judges a snapshot's age at now. s is the state of the feed, empty if there is none.
func FreshnessOf(i rules.SnapshotInfo, s feed.State, now time.Time) Freshness {
	issued, expires := s.Issued()
	floor := i.AsOf
	if issued.After(floor) {
		floor = issued
	}
	if now.Add(clockSlack).Before(floor) {
		return Freshness{ClockSuspect, floor}
	}
	if red := i.AsOf.Add(i.RedAge); i.RedAge > 0 && !now.Before(red) {
		return Freshness{RedLine, red}
	}
	var since time.Time
	if warn := i.AsOf.Add(i.WarnAge); i.WarnAge > 0 && !now.Before(warn) {
		since = warn
	}
	if !expires.IsZero() && !now.Before(expires) && (since.IsZero() || expires.Before(since)) {
		since = expires
	}
	if !since.IsZero() {
		return Freshness{Stale, since}
	}
	return Freshness{State: Fresh}
}

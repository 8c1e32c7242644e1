package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/trustedmetadata"
)

// Names of our own signed fields.
const (
	fieldIssued = "x-issued" // of the timestamp: when it was signed, RFC 3339
	fieldName   = "x-name"   // of the root: the publisher's name, for people
	fieldSM2    = "x-sm2"    // of the root: keys that must sign the targets as well, by SM2 with SM3
)

// Offer is an update whose signatures, versions and hashes are in order.
type Offer struct {
	Index    *Index
	State    State // to be remembered once the update is in place, not before
	SignedBy string
	// Issued and Expires are those of the newest timestamp: the publisher vouched at Issued that there was nothing newer,
	// and promised to say so again before Expires.
	Issued, Expires time.Time
	targets         map[string]*metadata.TargetFiles
}

// epoch is the reference time given to go-tuf, so that nothing has expired: age is judged apart, and labelled.
func epoch() time.Time { return time.Unix(0, 0).UTC() }

// Check reads a feed's metadata and index. pinned is the root that came with the program or from the user's hand, old is
// what the machine remembers; the newer of the two roots counts.
func Check(ctx context.Context, f Fetcher, pinned []byte, old State) (offer *Offer, err error) {
	defer func() {
		if p := recover(); p != nil { // hostile metadata in a third party's decoder
			offer, err = nil, fmt.Errorf("%w: metadata cannot be read: %v", ErrRefused, p)
		}
	}()
	return check(ctx, f, pinned, old)
}

func check(ctx context.Context, f Fetcher, pinned []byte, old State) (*Offer, error) {
	start := newerRoot(pinned, old.Root)
	if start == nil {
		return nil, ErrNoRoot
	}
	t, err := trustedmetadata.New(start)
	if err != nil {
		return nil, fmt.Errorf("%w: trusted root: %w", ErrRefused, err)
	}
	t.RefTime = epoch()
	o := &Offer{State: State{Root: start}}
	if err := o.followRoots(ctx, f, t); err != nil {
		return nil, err
	}
	if err := o.timestampAndSnapshot(ctx, f, t, old); err != nil {
		return nil, err
	}
	if err := o.readTargets(ctx, f, t); err != nil {
		return nil, err
	}
	entry, ok := o.targets[indexName]
	if !ok {
		return nil, fmt.Errorf("%w: no %s", ErrRefused, indexName)
	}
	b, err := fetch(ctx, f, File{Name: indexName, SHA256: entry.Hashes["sha256"].String()}.path(), maxIndex)
	if err != nil {
		return nil, err
	}
	if err := entry.VerifyLengthHashes(b); err != nil {
		return nil, fmt.Errorf("%w: index: %w", ErrRefused, err)
	}
	if o.Index, err = parseIndex(b); err != nil {
		return nil, err
	}
	for _, file := range o.Index.files() {
		e, ok := o.targets[file.Name]
		if !ok || e.Length != file.Length || e.Hashes["sha256"].String() != file.SHA256 {
			return nil, fmt.Errorf("%w: %s in the index is not the one that was signed", ErrRefused, file.Name)
		}
	}
	return o, nil
}

func (x *Index) files() []File {
	files := slices.Clone(x.Parts)
	for _, d := range x.Deltas {
		files = append(files, d.File)
	}
	if x.Keys != nil {
		files = append(files, *x.Keys)
	}
	return files
}

// newerRoot returns the root of the higher version; one that does not read counts as none.
func newerRoot(a, b []byte) []byte {
	va, vb := rootVersion(a), rootVersion(b)
	switch {
	case va == 0 && vb == 0:
		return nil
	case va >= vb:
		return a
	}
	return b
}

func rootVersion(b []byte) int64 {
	if len(b) == 0 || len(b) > maxRoot {
		return 0
	}
	r, err := metadata.Root().FromBytes(b)
	if err != nil {
		return 0
	}
	return r.Signed.Version
}

// followRoots loads each newer root in turn: every one is signed by the one before it, so revoked keys end here.
func (o *Offer) followRoots(ctx context.Context, f Fetcher, t *trustedmetadata.TrustedMetadata) error {
	for range maxRotations {
		b, err := fetch(ctx, f, fmt.Sprintf("metadata/%d.root.json", t.Root.Signed.Version+1), maxRoot)
		if errors.Is(err, fs.ErrNotExist) {
			o.SignedBy = nameOf(t.Root)
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := t.UpdateRoot(b); err != nil {
			return fmt.Errorf("%w: root: %w", ErrRefused, err)
		}
		o.State.Root = b
	}
	return fmt.Errorf("%w: more than %d roots", ErrRefused, maxRotations)
}

func nameOf(r *metadata.Metadata[metadata.RootType]) string {
	if s, ok := r.Signed.UnrecognizedFields[fieldName].(string); ok && len(s) < 200 {
		return s
	}
	ids := slices.Clone(r.Signed.Roles[metadata.ROOT].KeyIDs)
	slices.Sort(ids)
	return "key " + strings.Join(ids, "+")[:12]
}

func refused(what string, err error) error {
	if errors.Is(err, &metadata.ErrBadVersionNumber{}) {
		return fmt.Errorf("%w: %s: %w", ErrRollback, what, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrRefused, what, err)
}

func (o *Offer) timestampAndSnapshot(ctx context.Context, f Fetcher, t *trustedmetadata.TrustedMetadata, old State) error {
	// What is remembered guards against rollback. It is dropped where keys have been revoked since: that is how a
	// machine recovers from versions that a thief had run up.
	if len(old.Timestamp) > 0 {
		if _, err := t.UpdateTimestamp(old.Timestamp); err == nil {
			o.State.Timestamp = old.Timestamp
		}
	}
	b, err := fetch(ctx, f, "metadata/timestamp.json", maxTimestamp)
	if err != nil {
		return err
	}
	switch _, err := t.UpdateTimestamp(b); {
	case errors.Is(err, &metadata.ErrEqualVersionNumber{}):
	case err != nil:
		return refused("timestamp", err)
	default:
		o.State.Timestamp = b
	}
	ts := t.Timestamp.Signed
	o.Expires = ts.Expires
	if s, ok := ts.UnrecognizedFields[fieldIssued].(string); ok {
		if o.Issued, err = time.Parse(time.RFC3339, s); err != nil {
			return fmt.Errorf("%w: timestamp: %w", ErrRefused, err)
		}
	}
	meta, ok := ts.Meta["snapshot.json"]
	if !ok {
		return fmt.Errorf("%w: timestamp without a snapshot", ErrRefused)
	}
	if len(old.Snapshot) > 0 {
		// An error about versions is expected here: the old snapshot is loaded all the same, to compare with.
		if _, err := t.UpdateSnapshot(old.Snapshot, true); err == nil && t.Snapshot.Signed.Version == meta.Version {
			o.State.Snapshot = old.Snapshot
			return nil
		}
	}
	b, err = fetch(ctx, f, fmt.Sprintf("metadata/%d.snapshot.json", meta.Version), maxSnapshot)
	if err != nil {
		return err
	}
	if _, err := t.UpdateSnapshot(b, false); err != nil {
		return refused("snapshot", err)
	}
	o.State.Snapshot = b
	return nil
}

func (o *Offer) readTargets(ctx context.Context, f Fetcher, t *trustedmetadata.TrustedMetadata) error {
	meta, ok := t.Snapshot.Signed.Meta["targets.json"]
	if !ok {
		return fmt.Errorf("%w: snapshot without targets", ErrRefused)
	}
	name := fmt.Sprintf("metadata/%d.targets.json", meta.Version)
	b, err := fetch(ctx, f, name, maxTargets)
	if err != nil {
		return err
	}
	targets, err := t.UpdateTargets(b)
	if err != nil {
		return refused("targets", err)
	}
	if err := checkSM2(ctx, f, t.Root, name, b); err != nil {
		return err
	}
	o.State.Targets, o.targets = b, targets.Signed.Targets
	return nil
}

// DeltaFrom returns the delta that leads from the snapshot with this root, if there is one.
func (o *Offer) DeltaFrom(root string) (Delta, bool) {
	for _, d := range o.Index.Deltas {
		if d.From == root {
			return d, true
		}
	}
	return Delta{}, false
}

// KeyRing reads Content.KeyRing; it is nil where the feed has none.
func (o *Offer) KeyRing(ctx context.Context, f Fetcher) ([]byte, error) {
	k := o.Index.Keys
	if k == nil {
		return nil, nil
	}
	b, err := fetch(ctx, f, k.path(), maxKeys)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(b); int64(len(b)) != k.Length || hex.EncodeToString(sum[:]) != k.SHA256 {
		return nil, fmt.Errorf("%w: %s has another hash", ErrRefused, k.Name)
	}
	return b, nil
}

// Snapshot reads the parts of the snapshot one after the other, from offset on. Each part that is read from its start is
// checked against its hash when it ends; the hash of the whole is for the caller to check.
func (o *Offer) Snapshot(ctx context.Context, f Fetcher, offset int64) io.ReadCloser {
	r := &parts{ctx: ctx, f: f, left: o.Index.Parts}
	for len(r.left) > 0 && offset >= r.left[0].Length {
		offset -= r.left[0].Length
		r.left = r.left[1:]
	}
	r.offset = offset
	return r
}

// Delta reads a delta and checks its hash at its end.
func (o *Offer) Delta(ctx context.Context, f Fetcher, d Delta) io.ReadCloser {
	return &parts{ctx: ctx, f: f, left: []File{d.File}}
}

// parts is a reader over files that must have their hashes.
type parts struct {
	ctx    context.Context
	f      Fetcher
	left   []File
	offset int64
	cur    io.ReadCloser
	sum    hash.Hash // nil where a part is read from its middle
	n      int64     // bytes that the current part still has
}

// Read implements io.Reader.
func (r *parts) Read(p []byte) (int, error) {
	for r.cur == nil {
		if len(r.left) == 0 {
			return 0, io.EOF
		}
		if err := r.ctx.Err(); err != nil {
			return 0, err
		}
		var err error
		if r.cur, err = r.f.Fetch(r.ctx, r.left[0].path(), r.offset); err != nil {
			return 0, err
		}
		r.n, r.sum = r.left[0].Length-r.offset, nil
		if r.offset == 0 {
			r.sum = sha256.New()
		}
		r.offset = 0
	}
	if r.n == 0 {
		return 0, r.end()
	}
	n, err := r.cur.Read(p[:min(int64(len(p)), r.n)])
	if r.sum != nil {
		r.sum.Write(p[:n])
	}
	r.n -= int64(n)
	switch {
	case err == io.EOF && r.n > 0:
		return n, fmt.Errorf("%w: %s is %d bytes too short", ErrRefused, r.left[0].Name, r.n)
	case err == io.EOF || (err == nil && r.n == 0):
		return n, r.end()
	}
	return n, err
}

func (r *parts) end() error {
	file, sum := r.left[0], r.sum
	if err := r.cur.Close(); err != nil {
		return err
	}
	r.cur, r.left = nil, r.left[1:]
	if sum != nil && hex.EncodeToString(sum.Sum(nil)) != file.SHA256 {
		return fmt.Errorf("%w: %s has another hash", ErrRefused, file.Name)
	}
	return nil
}

// Close ends reading.
func (r *parts) Close() error {
	r.left = nil
	if r.cur == nil {
		return nil
	}
	return r.cur.Close()
}

// Newer returns the state to go on with: the one with the newer root, then with the newer timestamp.
func Newer(a, b State) State {
	va, vb := rootVersion(a.Root), rootVersion(b.Root)
	if va != vb {
		if va > vb {
			return a
		}
		return b
	}
	if timestampVersion(a.Timestamp) >= timestampVersion(b.Timestamp) {
		return a
	}
	return b
}

func timestampVersion(b json.RawMessage) int64 {
	if len(b) == 0 || len(b) > maxTimestamp {
		return 0
	}
	t, err := metadata.Timestamp().FromBytes(b)
	if err != nil {
		return 0
	}
	return t.Signed.Version
}

// Issued is when the timestamp of a state was signed: the clock of a machine cannot be earlier. The zero time is unknown.
func (s State) Issued() (issued, expires time.Time) {
	if len(s.Timestamp) == 0 || len(s.Timestamp) > maxTimestamp {
		return
	}
	t, err := metadata.Timestamp().FromBytes(s.Timestamp)
	if err != nil {
		return
	}
	if x, ok := t.Signed.UnrecognizedFields[fieldIssued].(string); ok {
		issued, _ = time.Parse(time.RFC3339, x) // the zero time is "unknown"
	}
	return issued, t.Signed.Expires
}

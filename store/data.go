package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"zhengyan/store/feed"
	"zhengyan/verify/rules"
)

// maxSnapshotBytes is the largest snapshot file that is taken in: 20 million rows need 2.6 GB.
const maxSnapshotBytes = 64 << 30

// Data is the data folder of the program. Opening it creates nothing; reading works on read-only media.
//
//	registry/  generations of the registry snapshot
//	trust/     trust anchors added by the user
//	audit.db   the audit log
type Data struct {
	dir  string
	keys string // folder of the machine's key
	gens generations
	// persons: it holds a person index
	persons bool
}

// OpenData names a data folder, which need not exist yet. An error means that something else stands in its place.
func OpenData(dir string) (*Data, error) {
	st, err := os.Stat(dir)
	switch {
	case missing(err):
	case err != nil:
		return nil, err
	case !st.IsDir():
		return nil, fmt.Errorf("%s: not a folder", dir)
	}
	return &Data{dir: dir, keys: dir, gens: generations{folder(filepath.Join(dir, "registry"))}}, nil
}

// Dir is the path of the folder.
func (d *Data) Dir() string { return d.dir }

func (d *Data) path(name string) string { return filepath.Join(d.dir, "registry", name) }

// Opened is a snapshot in use, with what has to be said beside it.
type Opened struct {
	*Snapshot
	Info GenerationInfo
	// Problems says why a newer generation is not used, or that this one is damaged. It must be shown.
	Problems []error

	data *Data
	mark sync.Once
}

// Lookup is Snapshot.Lookup. Where it finds damage it sets the generation aside, so that the next Open takes another; the
// answer is the error all the same, for the caller has already been told which snapshot is asked.
func (o *Opened) Lookup(ctx context.Context, q rules.RegistryQuery) (rules.RegistryAnswer, error) {
	a, err := o.Snapshot.Lookup(ctx, q)
	return a, o.marked(err)
}

// Open opens the current generation, or, where that is damaged, the best of the others, with Problems saying so.
// The error is ErrNoSnapshot if the folder has none, and wraps ErrDamaged if none is whole.
func (d *Data) Open() (*Opened, error) {
	o := &Opened{data: d}
	var err error
	o.Info, o.Problems, err = d.gens.choose(func(i GenerationInfo) error {
		path := d.path(genName(i.Generation, "db"))
		s, err := d.openFor(path, path, false, i.KeySlot)
		if err != nil {
			return err
		}
		if s.Root() != i.Root {
			s.Close()
			return fmt.Errorf("%w: root %s instead of %s", ErrDamaged, s.Root(), i.Root)
		}
		o.Snapshot = s
		return nil
	})
	if err != nil {
		return nil, err
	}
	o.Snapshot.info.Generation, o.Snapshot.info.SignedBy = o.Info.Generation, o.Info.SignedBy
	return o, nil
}

// List returns the generations, newest first.
func (d *Data) List() ([]GenerationInfo, error) { return d.gens.list() }

// SetAside marks a generation in which damage was found, so that the next Open takes another and says so.
func (d *Data) SetAside(generation int, why error) error {
	unlock, err := d.lock()
	if err != nil {
		return err
	}
	defer unlock()
	return d.gens.setAside(generation, why)
}

// Scrub reads a generation completely, against its SHA-256 and its trees, and sets it aside if it is damaged.
func (d *Data) Scrub(ctx context.Context, generation int, progress func(done, total int)) error {
	i, err := d.gens.info(generation)
	if err != nil {
		return err
	}
	err = d.verifyFile(ctx, d.path(genName(generation, "db")), i, progress)
	if errors.Is(err, ErrDamaged) {
		return errors.Join(err, d.SetAside(generation, err))
	}
	return err
}

func (d *Data) verifyFile(ctx context.Context, path string, i GenerationInfo, progress func(done, total int)) error {
	if i.SHA256 != "" {
		sum, err := sumFile(ctx, path)
		if err != nil {
			return err
		}
		if sum != i.SHA256 {
			return fmt.Errorf("%w: SHA-256 %s instead of %s", ErrDamaged, sum, i.SHA256)
		}
	}
	s, err := d.openFor(path, path, true, i.KeySlot)
	if err != nil {
		return err
	}
	defer s.Close()
	if s.Root() != i.Root {
		return fmt.Errorf("%w: root %s instead of %s", ErrDamaged, s.Root(), i.Root)
	}
	return s.Verify(ctx, progress)
}

// Revert makes the generation before the current one current again. The one left is kept until the next import.
func (d *Data) Revert(ctx context.Context) (GenerationInfo, error) {
	unlock, err := d.lock()
	if err != nil {
		return GenerationInfo{}, err
	}
	defer unlock()
	p, err := d.gens.pointer()
	if err != nil {
		return GenerationInfo{}, err
	}
	if p.Previous == 0 {
		return GenerationInfo{}, fmt.Errorf("%w: no generation before %d is kept", ErrNoSnapshot, p.Generation)
	}
	i, err := d.gens.info(p.Previous)
	if err != nil {
		return i, err
	}
	if err := d.verifyFile(ctx, d.path(genName(i.Generation, "db")), i, nil); err != nil {
		return i, err
	}
	return i, d.gens.point(pointer{Generation: p.Previous, Previous: p.Generation})
}

// lock keeps a second program from changing the folder at the same time. The lock ends with the program that holds it.
func (d *Data) lock() (unlock func(), err error) {
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return nil, err
	}
	db, err := bolt.Open(filepath.Join(d.dir, "lock.db"), 0o644, &bolt.Options{Timeout: lockTimeout})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrBusy
	}
	if err != nil {
		return nil, err
	}
	return func() { db.Close() }, nil
}

// ImportOptions says what an import may do. Now is the instant of the import.
type ImportOptions struct {
	Now time.Time
	// From is the place that is written into the generation's description.
	From string
	// Root is the publisher's root, for the first import from a feed; nil afterwards, or where the program knows none.
	Root []byte
	// AllowOlder lets older data replace newer.
	AllowOlder bool
	// AllowUnsigned lets a file that nobody vouches for in where a publisher's feed has been imported before.
	AllowUnsigned bool
	// Progress is told what is going on; it may be nil.
	Progress func(stage string, done, total int64)
}

func (o ImportOptions) tell(stage string, done, total int64) {
	if o.Progress != nil {
		o.Progress(stage, done, total)
	}
}

// Errors of imports.
var (
	// ErrOlder: the snapshot is older than the one in use.
	ErrOlder = errors.New("older than the snapshot in use")
	// ErrUnsigned: nobody vouches for the file, but a publisher's feed is known.
	ErrUnsigned = errors.New("nobody vouches for this file")
	// ErrNoSpace: the disk has no room for the new snapshot beside the one in use.
	ErrNoSpace = errors.New("not enough space on the disk")
	// ErrSame: the snapshot is the one in use.
	ErrSame = errors.New("this snapshot is in use already")
)

// Import is a snapshot that has been copied into the folder and checked but is not used yet. It holds the folder's lock:
// end it by Commit or Discard.
type Import struct {
	d      *Data
	tmp    string
	opt    ImportOptions
	unlock func()
	state  *feed.State // remembered when the import is in place
	// Info is what Commit will install.
	Info GenerationInfo
	// Current is the generation in use, if there is one.
	Current *GenerationInfo
}

// Stage copies the snapshot file at path into the folder and checks it completely; a delta is laid over the snapshot in
// use and gives the file that its publisher built; a folder is a publisher's feed, on a stick for instance (StageFeed).
// Nothing changes for readers. A feed of a publisher that the machine does not know, and for which opt.Root is nil, is
// refused with feed.ErrNoRoot.
func (d *Data) Stage(ctx context.Context, path string, opt ImportOptions) (*Import, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		if opt.From == "" {
			opt.From = path
		}
		imp, _, err := d.StageFeed(ctx, feed.Folder(path), opt.Root, opt)
		return imp, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w: not a regular file", path, ErrNotSnapshot)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if opt.From == "" {
		opt.From = filepath.Base(path)
	}
	head := bufio.NewReader(f)
	if b, _ := head.Peek(len(deltaMark)); string(b) == deltaMark {
		return d.stageDelta(ctx, head, opt, voucher{})
	}
	return d.stage(ctx, head, st.Size(), opt, voucher{})
}

// voucher is what a publisher's signed metadata says of a file.
type voucher struct {
	signedBy string
	sha256   string
	trust    []byte
	slot     int // where the key for this machine was found (unwrap)
}

func (d *Data) stage(ctx context.Context, src io.Reader, size int64, opt ImportOptions, v voucher) (*Import, error) {
	return d.staging(ctx, opt, v, func(imp *Import) (int64, string, error) {
		if err := d.spaceFor(size); err != nil {
			return 0, "", err
		}
		n, sum, err := d.gens.receive(ctx, imp.tmp, src, maxSnapshotBytes, func(done int64) { opt.tell("copy", done, size) })
		return n, hexSum(sum), err
	})
}

func (d *Data) stageDelta(ctx context.Context, src io.Reader, opt ImportOptions, v voucher) (*Import, error) {
	return d.staging(ctx, opt, v, func(imp *Import) (int64, string, error) {
		cur, err := d.Open()
		if err != nil {
			return 0, "", err
		}
		defer cur.Close()
		if err := d.spaceFor(cur.Info.Size); err != nil {
			return 0, "", err
		}
		var unread error
		if cur.machine == nil { // the one in use may need no key, and the next one may
			cur.machine, unread = d.MachineKey()
		}
		head, err := applyDelta(ctx, cur.Snapshot, src, d.path(imp.tmp), v.sha256 != "")
		if errors.Is(err, ErrLocked) && unread != nil && !errors.Is(unread, ErrNoMachineKey) {
			err = fmt.Errorf("%w: %w", ErrLocked, unread)
		}
		if errors.Is(err, ErrDamaged) {
			err = errors.Join(err, d.setAsideIf(ctx, cur.Info, err))
		}
		return head.Size, head.SHA256, err
	})
}

// setAsideIf sets a generation aside for damage that was met, if its file is no longer the one that was installed: a
// stranger's delta must not be able to do so. The folder is locked already.
func (d *Data) setAsideIf(ctx context.Context, i GenerationInfo, why error) error {
	sum, err := sumFile(ctx, d.path(genName(i.Generation, "db")))
	if err != nil || i.SHA256 == "" || sum == i.SHA256 {
		return err
	}
	return d.gens.setAside(i.Generation, why)
}

// staging locks the folder, lets fetch make the file imp.tmp, which must last, and checks it.
func (d *Data) staging(ctx context.Context, opt ImportOptions, v voucher, fetch func(*Import) (size int64, sum string, err error)) (imp *Import, err error) {
	unlock, err := d.lock()
	if err != nil {
		return nil, err
	}
	imp = &Import{d: d, opt: opt, unlock: unlock}
	defer func() {
		if err != nil {
			err = errors.Join(err, imp.Discard())
			imp = nil
		}
	}()
	if v.signedBy == "" && !opt.AllowUnsigned {
		if known, err := d.FeedState(); err != nil || len(known.Root) > 0 {
			return imp, errors.Join(ErrUnsigned, err)
		}
	}
	if err := d.cleanUp(); err != nil {
		return imp, err
	}
	n, err := d.gens.next()
	if err != nil {
		return imp, err
	}
	imp.tmp = genName(n, "db") + ".tmp"
	size, sum, err := fetch(imp)
	if err != nil {
		return imp, err
	}
	if v.sha256 != "" && sum != v.sha256 {
		return imp, fmt.Errorf("%w: SHA-256 %s instead of %s", ErrDamaged, sum, v.sha256)
	}
	imp.Info = GenerationInfo{Generation: n, Size: size, SHA256: sum, ImportedAt: opt.Now.UTC(), From: opt.From, SignedBy: v.signedBy, Trust: v.trust, KeySlot: v.slot}
	return imp, imp.check(ctx)
}

// spaceFor refuses an import for which the disk has no room: the new file and a tenth more. Where the room is not known,
// the import finds out.
func (d *Data) spaceFor(size int64) error {
	if err := os.MkdirAll(d.path(""), 0o755); err != nil {
		return err
	}
	if free, ok := freeBytes(d.path("")); ok && free < uint64(size)+uint64(size)/10 {
		return fmt.Errorf("%w: %d MB are needed, %d MB are free", ErrNoSpace, (size+size/10)>>20, free>>20)
	}
	return nil
}

// cleanUp removes what imports that were cut off have left.
func (d *Data) cleanUp() error {
	names, err := d.gens.disk.names()
	if err != nil {
		return err
	}
	for _, name := range leftovers(names) { // parts of downloads stay, to be gone on with
		if err := ignoreMissing(d.gens.disk.remove(name)); err != nil {
			return err
		}
	}
	return nil
}

func (imp *Import) check(ctx context.Context) error {
	s, err := imp.d.openFor(imp.d.path(imp.tmp), imp.Info.From, imp.Info.SignedBy == "", imp.Info.KeySlot)
	if err != nil {
		return err
	}
	defer s.Close()
	if (s.m.Persons != nil) != imp.d.persons {
		return wrongKind(imp.d.persons)
	}
	if s.locked != nil { // what cannot be read must not replace what can
		return s.locked
	}
	// A file whose hash a publisher has signed is the file that he has checked; any other is read completely.
	if imp.Info.SignedBy == "" {
		if err := s.Verify(ctx, func(done, total int) { imp.opt.tell("check", int64(done), int64(total)) }); err != nil {
			return err
		}
	}
	i := s.Snapshot()
	imp.Info.KeySlot = s.slot
	imp.Info.ID, imp.Info.Root, imp.Info.AsOf, imp.Info.Rows, imp.Info.Source = i.ID, s.Root(), i.AsOf, i.Rows, i.Source
	cur, err := imp.d.Open()
	if err != nil { // nothing to compare with: the import mends what is there
		return nil
	}
	defer cur.Close()
	imp.Current = &cur.Info
	switch {
	case cur.Info.Root == imp.Info.Root && cur.Info.SignedBy == imp.Info.SignedBy && len(cur.Problems) == 0:
		return ErrSame
	case imp.Info.AsOf.Before(cur.Info.AsOf) && !imp.opt.AllowOlder:
		return fmt.Errorf("%w: %s, in use: %s", ErrOlder, imp.Info.AsOf.Format(time.RFC3339), cur.Info.AsOf.Format(time.RFC3339))
	}
	return nil
}

// Commit makes the staged snapshot the current generation, at once for every reader that opens afterwards.
func (imp *Import) Commit() (GenerationInfo, error) {
	defer imp.release()
	if imp.tmp == "" {
		return GenerationInfo{}, errors.New("import has ended")
	}
	if err := imp.d.gens.install(imp.tmp, imp.Info); err != nil {
		return GenerationInfo{}, errors.Join(err, imp.Discard())
	}
	imp.tmp = ""
	if imp.state != nil {
		// The generation carries the same state, so a power cut here loses nothing.
		if err := imp.d.rememberFeed(*imp.state); err != nil {
			return imp.Info, fmt.Errorf("generation %d is in use, but the feed's state could not be kept: %w", imp.Info.Generation, err)
		}
	}
	return imp.Info, nil
}

// Discard ends the import without a change.
func (imp *Import) Discard() error {
	defer imp.release()
	if imp.tmp == "" {
		return nil
	}
	tmp := imp.tmp
	imp.tmp = ""
	return ignoreMissing(imp.d.gens.disk.remove(tmp))
}

func (imp *Import) release() {
	if imp.unlock != nil {
		imp.unlock()
		imp.unlock = nil
	}
}

// Import stages and commits the snapshot file at path.
func (d *Data) Import(ctx context.Context, path string, opt ImportOptions) (GenerationInfo, error) {
	imp, err := d.Stage(ctx, path, opt)
	if err != nil {
		return GenerationInfo{}, err
	}
	return imp.Commit()
}

// BuildInto builds a snapshot of the rows and makes it the current generation of the folder.
func (d *Data) BuildInto(ctx context.Context, rows iter.Seq2[Row, error], meta Meta, now time.Time) (GenerationInfo, error) {
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return GenerationInfo{}, err
	}
	tmp, err := os.MkdirTemp(d.dir, ".build-*")
	if err != nil {
		return GenerationInfo{}, err
	}
	defer os.RemoveAll(tmp) // temporary; what cannot be removed is only space
	path := filepath.Join(tmp, "registry.db")
	if err := Build(ctx, rows, meta, path); err != nil {
		return GenerationInfo{}, err
	}
	return d.Import(ctx, path, ImportOptions{Now: now, From: "built here"})
}

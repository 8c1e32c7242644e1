package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Desk keeps what the user has put down on this machine: the shelf 我的证书, settings, and batches that are under way. It
// is one small bbolt file, desk.db. Each call opens and closes it, so two programs can share a desk; a change is on the
// disk when its call returns. Every value carries a checksum of itself and its key: damage is an error that wraps
// ErrDeskDamaged, never another value. All methods may be called from many goroutines.
type Desk struct {
	dir     string
	mu      sync.Mutex
	checked os.FileInfo // the file as this program left it: it need not be looked at again
}

const (
	deskFile     = "desk.db"
	deskLock     = "desk.lock"
	deskSum      = 8        // bytes of the checksum before each value
	maxDeskValue = 1 << 20  // bytes of a value
	maxDeskFile  = 1 << 30  // bytes of the file
	maxDeskAside = 1000     // damaged files kept beside it
	maxDeskText  = 4 << 10  // bytes of any text
	maxShelf     = 10_000   // entries of the shelf
	maxSettings  = 1_000    // settings
	maxBatches   = 32       // batches kept
	maxBatchSize = 100_000  // files of a batch
	maxReport    = 16 << 20 // bytes of a report before it is packed
)

var (
	bucketShelf    = []byte("shelf")
	bucketSettings = []byte("settings")
	bucketBatches  = []byte("batches") // id → head
	bucketFiles    = []byte("files")   // id NUL number → file
	deskBuckets    = [][]byte{bucketShelf, bucketSettings, bucketBatches, bucketFiles}
)

// Errors of the desk.
var (
	// ErrDeskDamaged: something of the file cannot be read. OpenDesk saves what can be and sets the file aside.
	ErrDeskDamaged = errors.New("the file of shelf and settings is damaged")
	// ErrFull: a limit on the number of entries, or on their size, would be exceeded. Nothing was changed.
	ErrFull = errors.New("limit reached")
)

// OpenDesk returns the desk of the folder and creates nothing. Where its file is damaged, what can still be read is put
// into a new file and the damaged one is kept under another name: problem then says so, and must be shown. err means
// that the desk cannot be used at all; it wraps ErrBusy where another program holds it.
func (d *Data) OpenDesk() (desk *Desk, problem, err error) {
	k := &Desk{dir: d.dir}
	err = k.view(func(tx *bolt.Tx) error { return eachDeskValue(tx, func(_, _, _ []byte) error { return nil }) })
	if errors.Is(err, ErrDeskDamaged) {
		problem, err = k.mend(err)
	}
	if err != nil {
		return nil, nil, err
	}
	return k, problem, nil
}

func (k *Desk) path() string { return filepath.Join(k.dir, deskFile) }

// lock excludes other programs for the moment of one call. Where nothing can be written, nobody else writes either.
func (k *Desk) lock(write bool) (unlock func(), err error) {
	k.mu.Lock()
	defer func() {
		if err != nil {
			k.mu.Unlock()
		}
	}()
	if write {
		if err := os.MkdirAll(k.dir, 0o755); err != nil {
			return nil, err
		}
	}
	db, err := bolt.Open(filepath.Join(k.dir, deskLock), 0o600, &bolt.Options{Timeout: lockTimeout, NoSync: true, NoGrowSync: true})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, ErrBusy
	case err != nil && write:
		return nil, err
	case err != nil:
		return k.mu.Unlock, nil
	}
	return func() { db.Close(); k.mu.Unlock() }, nil
}

// view runs f on the file; where there is none, on nothing: f is not called.
func (k *Desk) view(f func(*bolt.Tx) error) error {
	if _, err := os.Stat(k.path()); missing(err) {
		return nil
	}
	unlock, err := k.lock(false)
	if err != nil {
		return err
	}
	defer unlock()
	return k.open(k.path(), true, func(db *bolt.DB) error { return db.View(f) })
}

// update runs f in one transaction, which is on the disk when update returns nil and has no effect otherwise.
func (k *Desk) update(f func(*bolt.Tx) error) error {
	unlock, err := k.lock(true)
	if err != nil {
		return err
	}
	defer unlock()
	return k.change(k.path(), f)
}

func (k *Desk) change(path string, f func(*bolt.Tx) error) error {
	return k.open(path, false, func(db *bolt.DB) error {
		return db.Update(func(tx *bolt.Tx) error {
			for _, name := range deskBuckets {
				if _, err := tx.CreateBucketIfNotExists(name); err != nil {
					return err
				}
			}
			return f(tx)
		})
	})
}

// open looks at the file before bbolt maps it, and turns what bbolt does on a damaged file into an error.
func (k *Desk) open(path string, readOnly bool, f func(*bolt.DB) error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDeskDamaged, p)
		}
	}()
	fresh := false
	switch err := k.check(path); {
	case missing(err) && !readOnly:
		fresh = true
	case err != nil:
		return err
	}
	k.checked = nil
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockTimeout, ReadOnly: readOnly, PageSize: pageSize, PreLoadFreelist: !readOnly})
	if err != nil {
		return err
	}
	err = errors.Join(f(db), db.Close())
	if err == nil && fresh {
		err = syncDir(k.dir)
	}
	if st, serr := os.Stat(path); err == nil && serr == nil {
		k.checked = st
	}
	return err
}

func (k *Desk) check(path string) error {
	if st, err := os.Stat(path); err == nil && k.checked != nil && os.SameFile(st, k.checked) && st.Size() == k.checked.Size() && st.ModTime().Equal(k.checked.ModTime()) {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if st.Size() > maxDeskFile {
		return fmt.Errorf("%w: %d bytes", ErrDeskDamaged, st.Size())
	}
	if err := checkWritable(f, st.Size()); err != nil {
		return fmt.Errorf("%w: %w", ErrDeskDamaged, err)
	}
	return nil
}

// deskValue is a value with the checksum of itself and its key.
func deskValue(bucket, key, value []byte) []byte {
	h := sha256.New()
	for _, part := range [][]byte{bucket, {0, byte(len(key) >> 8), byte(len(key))}, key, value} {
		h.Write(part)
	}
	return append(h.Sum(nil)[:deskSum:deskSum], value...)
}

func readDeskValue(bucket, key, stored []byte) ([]byte, error) {
	if len(stored) < deskSum || !bytes.Equal(deskValue(bucket, key, stored[deskSum:]), stored) {
		return nil, fmt.Errorf("%w: %s %q", ErrDeskDamaged, bucket, key)
	}
	return stored[deskSum:], nil
}

func deskPut(tx *bolt.Tx, bucket, key []byte, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(b) > maxDeskValue {
		return fmt.Errorf("%w: %d bytes", ErrFull, len(b))
	}
	return tx.Bucket(bucket).Put(key, deskValue(bucket, key, b))
}

// deskGet reads one value; ok is false where there is none.
func deskGet(tx *bolt.Tx, bucket, key []byte, v any) (ok bool, err error) {
	b := tx.Bucket(bucket)
	if b == nil {
		return false, fmt.Errorf("%w: no %s", ErrDeskDamaged, bucket)
	}
	stored := b.Get(key)
	if stored == nil {
		return false, nil
	}
	return true, deskDecode(bucket, key, stored, v)
}

func deskDecode(bucket, key, stored []byte, v any) error {
	b, err := readDeskValue(bucket, key, stored)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// eachDeskValue calls f for every value that reads. It goes on after those that do not, and returns an error for them and
// for those that a search would miss.
func eachDeskValue(tx *bolt.Tx, f func(bucket, key, stored []byte) error) error {
	var bad error
	lost := 0
	for _, name := range deskBuckets {
		b := tx.Bucket(name)
		if b == nil {
			return fmt.Errorf("%w: no %s", ErrDeskDamaged, name)
		}
		err := b.ForEach(func(k, v []byte) error {
			if _, err := readDeskValue(name, k, v); err != nil {
				lost, bad = lost+1, err
				return nil
			}
			if !bytes.Equal(b.Get(k), v) { // a damaged key of a branch leads past it
				lost, bad = lost+1, fmt.Errorf("%w: %s %q is not found by its key", ErrDeskDamaged, name, k)
			}
			return f(name, k, v)
		})
		if err != nil {
			return err
		}
	}
	if lost > 1 {
		bad = fmt.Errorf("%w, and %d more", bad, lost-1)
	}
	return bad
}

// mend puts what can be read of a damaged file into a new one and keeps the damaged one under another name.
func (k *Desk) mend(why error) (problem, err error) {
	unlock, err := k.lock(true)
	if err != nil {
		return nil, errors.Join(why, err)
	}
	defer unlock()
	tmp := k.path() + ".new"
	if err := ignoreMissing(os.Remove(tmp)); err != nil {
		return nil, errors.Join(why, err)
	}
	type pair struct{ bucket, key, value []byte }
	var saved []pair
	_ = k.open(k.path(), true, func(db *bolt.DB) error { // an error here is the damage; what came before it is saved
		return db.View(func(tx *bolt.Tx) error {
			return eachDeskValue(tx, func(b, key, v []byte) error {
				saved = append(saved, pair{b, bytes.Clone(key), bytes.Clone(v)})
				return nil
			})
		})
	})
	err = k.change(tmp, func(tx *bolt.Tx) error {
		for _, p := range saved {
			if err := tx.Bucket(p.bucket).Put(p.key, p.value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(why, err)
	}
	aside, err := k.setAside()
	if err != nil {
		return nil, errors.Join(why, err)
	}
	if err := place(tmp, k.path()); err != nil {
		return nil, errors.Join(why, err)
	}
	return fmt.Errorf("%w: %d entries were saved; the damaged file is kept as %s", why, len(saved), aside), nil
}

// setAside gives the damaged file a name that is free.
func (k *Desk) setAside() (string, error) {
	for i := 1; i <= maxDeskAside; i++ {
		name := fmt.Sprintf("desk-%d.bad", i)
		if _, err := os.Lstat(filepath.Join(k.dir, name)); missing(err) {
			return name, os.Rename(k.path(), filepath.Join(k.dir, name))
		}
	}
	return "", fmt.Errorf("%w: %d damaged files are kept", ErrFull, maxDeskAside)
}

package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// Snapshot answers from one immutable snapshot file. It may be used by many goroutines at once.
type Snapshot struct {
	db    *bolt.DB
	m     *manifest
	trees map[byte]*prover
	info  rules.SnapshotInfo
	sum   Hash

	mu     sync.Mutex
	closed bool
	idle   []*reader
	inUse  sync.WaitGroup

	wordsOnce sync.Once
	words     []string
	wordsErr  error

	unverified bool // for tests and benchmarks: what the tree costs, and what it prevents
}

// OpenSnapshot opens a snapshot file for reading. A missing file is an error that wraps fs.ErrNotExist; it is never
// created. A file that was cut short, is empty or is something else wraps ErrDamaged or ErrNotSnapshot.
func OpenSnapshot(path string) (*Snapshot, error) { return openSnapshot(path, false) }

func openSnapshot(path string, every bool) (*Snapshot, error) {
	db, err := openReadOnly(path, every)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{db: db}
	if err := s.read(s.readManifest); err != nil {
		s.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	meta := s.m.meta()
	s.info = rules.SnapshotInfo{
		ID:   meta.AsOf.Format("20060102") + "-" + hex.EncodeToString(s.sum[:6]),
		AsOf: meta.AsOf, Rows: int(s.m.Rows), Source: meta.Source, WarnAge: meta.WarnAge, RedAge: meta.RedAge,
	}
	return s, nil
}

func (s *Snapshot) readManifest(r *reader) error {
	b := r.get(bucketMeta, []byte("manifest"))
	m, trees, err := parseManifest(b, r.get(bucketMeta, []byte("sum")))
	if err != nil {
		return err
	}
	s.m, s.trees, s.sum = m, trees, sha256.Sum256(b)
	return nil
}

// Close waits for lookups that are under way and lets go of the file.
func (s *Snapshot) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.inUse.Wait()
	for _, r := range s.idle {
		_ = r.tx.Rollback() // a read transaction has nothing to lose
	}
	s.idle = nil
	return s.db.Close()
}

// Snapshot says what the snapshot is: its age, source and extent.
func (s *Snapshot) Snapshot() rules.SnapshotInfo { return s.info }

// Root is the SHA-256 of the manifest, which holds the roots of all trees: it identifies every bit of the content.
func (s *Snapshot) Root() string { return hex.EncodeToString(s.sum[:]) }

// Statuses returns the number of rows by the registry's word for their status.
func (s *Snapshot) Statuses() map[string]int { return s.m.Statuses }

// reader is a read transaction with its buckets. Only one goroutine uses it at a time.
type reader struct {
	tx      *bolt.Tx
	buckets map[string]*bolt.Bucket
}

func (r *reader) bucket(name string) *bolt.Bucket {
	b, ok := r.buckets[name]
	if !ok {
		b = r.tx.Bucket([]byte(name))
		r.buckets[name] = b
	}
	return b
}

// get returns a value that is valid only inside read, or nil.
func (r *reader) get(bucket string, key []byte) []byte {
	b := r.bucket(bucket)
	if b == nil {
		return nil
	}
	return b.Get(key)
}

// read runs f on a transaction. Faults while reading the mapped file (a bad page number, a disk that has gone away,
// a file cut short by someone) come back as ErrDamaged.
func (s *Snapshot) read(f func(*reader) error) (err error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return ErrClosed
	}
	s.inUse.Add(1)
	var r *reader
	if n := len(s.idle); n > 0 {
		r, s.idle = s.idle[n-1], s.idle[:n-1]
	}
	s.mu.Unlock()
	defer s.inUse.Done()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: reading failed: %v", ErrDamaged, p)
		}
		if r != nil {
			s.mu.Lock()
			s.idle = append(s.idle, r)
			s.mu.Unlock()
		}
	}()
	if r == nil {
		tx, err := s.db.Begin(false)
		if err != nil {
			return err
		}
		r = &reader{tx: tx, buckets: map[string]*bolt.Bucket{}}
	}
	return f(r)
}

func damaged(what string, at any) error { return fmt.Errorf("%w: %s %v", ErrDamaged, what, at) }

// verified checks a value against its tree and returns its ordinal.
func (s *Snapshot) verified(r *reader, tree byte, key, value []byte) (uint32, error) {
	if len(value) < 4 || len(value) > maxBlockBytes || len(key) > 8 {
		return 0, damaged(bucketNames[tree], hex.EncodeToString(key))
	}
	ord := binary.BigEndian.Uint32(value)
	if s.unverified {
		return ord, nil
	}
	err := s.trees[tree].check(leafHash(tree, key, value), ord, func(k []byte) []byte { return r.get(bucketTree, k) })
	if err != nil {
		return 0, fmt.Errorf("%w: %s %x: %w", ErrDamaged, bucketNames[tree], key, err)
	}
	return ord, nil
}

// block returns the verified block of a tree of rows or strings that holds number i, and the number it starts with.
func (s *Snapshot) block(r *reader, tree byte, i uint32) (value []byte, first uint32, err error) {
	b := r.bucket(bucketNames[tree])
	if b == nil {
		return nil, 0, damaged("bucket", bucketNames[tree])
	}
	c := b.Cursor()
	want := binary.BigEndian.AppendUint32(nil, i)
	k, v := c.Seek(want)
	switch {
	case k == nil:
		k, v = c.Last()
	case string(k) != string(want):
		k, v = c.Prev()
	}
	if len(k) != 4 {
		return nil, 0, damaged(bucketNames[tree], i)
	}
	if _, err := s.verified(r, tree, k, v); err != nil {
		return nil, 0, err
	}
	return v, binary.BigEndian.Uint32(k), nil
}

// row reads row i.
func (s *Snapshot) row(r *reader, i uint32) (Row, error) {
	v, first, err := s.block(r, treeRows, i)
	if err != nil {
		return Row{}, err
	}
	number, packed, ok := rowAt(v, first, i)
	if !ok {
		return Row{}, damaged("row", i)
	}
	row, err := decodeRow(packed, number, lex{s, r})
	if err != nil && !errors.Is(err, ErrDamaged) {
		err = fmt.Errorf("%w: row %d: %w", ErrDamaged, i, err)
	}
	return row, err
}

// lex looks words up in the dictionaries of the file.
type lex struct {
	s *Snapshot
	r *reader
}

func (l lex) wordAt(i uint32) (string, error) {
	l.s.wordsOnce.Do(func() { l.s.words, l.s.wordsErr = l.s.loadStrings(l.r, treeWords, l.s.m.Words) })
	if l.s.wordsErr != nil {
		return "", l.s.wordsErr
	}
	return at(l.s.words, i)
}

func (l lex) employerAt(i uint32) (string, error) {
	v, first, err := l.s.block(l.r, treeEmployer, i)
	if err != nil {
		return "", err
	}
	name, _, ok := rowAt(v, first, i)
	if !ok {
		return "", damaged("employer", i)
	}
	return name, nil
}

// loadStrings reads a whole dictionary of n strings.
func (s *Snapshot) loadStrings(r *reader, tree byte, n uint32) (words []string, err error) {
	defer func() { // a fault inside sync.Once must not leave an empty dictionary behind
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: words: %v", ErrDamaged, p)
		}
	}()
	for uint32(len(words)) < n {
		v, first, err := s.block(r, tree, uint32(len(words)))
		if err != nil {
			return nil, err
		}
		if first != uint32(len(words)) || !eachRow(v, first, func(_ uint32, w, _ []byte) bool {
			words = append(words, string(w))
			return true
		}) {
			return nil, damaged(bucketNames[tree], first)
		}
	}
	return words, nil
}

// candidates calls f with the number of every row whose key may be the one with this hash, and proves that there is no
// other: the pages it reads cover the place of the hash without a gap.
func (s *Snapshot) candidates(r *reader, tree byte, hash uint32, f func(row uint32) (more bool, err error)) error {
	leaves := s.trees[tree].leaves
	if leaves == 0 {
		return nil // the manifest vouches for it
	}
	b := r.bucket(bucketNames[tree])
	if b == nil {
		return damaged("bucket", bucketNames[tree])
	}
	want := uint64(hash) << 32
	c := b.Cursor()
	k, v := c.Seek(binary.BigEndian.AppendUint64(nil, want))
	switch {
	case k == nil:
		k, v = c.Last()
	case len(k) == 8 && binary.BigEndian.Uint64(k) > want:
		if pk, pv := c.Prev(); pk != nil {
			k, v = pk, pv
		} else {
			k, v = c.First()
		}
	}
	previous := noNext
	for pages := 0; ; pages++ {
		if k == nil || pages > maxProbes {
			return damaged(bucketNames[tree], "page missing")
		}
		ord, err := s.verified(r, tree, k, v)
		if err != nil {
			return err
		}
		p, ok := parseIndexPage(v)
		switch {
		case !ok || binary.BigEndian.Uint64(k) != p.first,
			pages == 0 && p.first > want && ord != 0,
			pages == 0 && p.next <= want,
			pages > 0 && p.first != previous,
			(p.next == noNext) != (ord == leaves-1):
			return damaged(bucketNames[tree], "pages do not join")
		}
		stop := error(nil)
		done := false
		ok = p.from(hash, s.m.RowWidth).each(s.m.RowWidth, func(h, row uint32) bool {
			if h != hash {
				return h < hash
			}
			more, err := f(row)
			done, stop = !more, err
			return more && err == nil
		})
		switch {
		case stop != nil:
			return stop
		case !ok:
			return damaged(bucketNames[tree], "page does not decode")
		case done || p.next>>32 > uint64(hash):
			return nil
		}
		previous = p.next
		k, v = c.Next()
	}
}

// Lookup finds the records that q names: by Number, QRKey and EcertID together (a record that any of them names is
// returned once, so contradicting identifiers give several records), else by Name. Kind narrows where it names a kind
// of certificate. Found false means that this snapshot has no such record. Errors wrap ErrDamaged where the file cannot
// be relied on, ErrTooMany for a name that too many share, ErrNoKey for an empty question, or are those of ctx.
func (s *Snapshot) Lookup(ctx context.Context, q rules.RegistryQuery) (rules.RegistryAnswer, error) {
	var a rules.RegistryAnswer
	if err := ctx.Err(); err != nil {
		return a, err
	}
	keys := queryKeys(q)
	if len(keys) == 0 {
		return a, ErrNoKey
	}
	err := s.read(func(r *reader) error {
		seen := map[uint32]bool{}
		for _, k := range keys {
			probes := 0
			err := s.candidates(r, k.tree, keyHash(k.tree, k.key), func(i uint32) (bool, error) {
				if probes++; probes > maxProbes {
					return false, ErrTooMany
				}
				if seen[i] {
					return true, nil
				}
				if i >= s.m.Rows {
					return false, damaged("row", i)
				}
				row, err := s.row(r, i)
				if err != nil {
					return false, err
				}
				if !k.fits(&row) || !kindFits(q.Kind, row.Kind) {
					return true, ctx.Err()
				}
				seen[i] = true
				if len(a.Records) == maxMatches {
					return false, ErrTooMany
				}
				a.Records = append(a.Records, row)
				return true, ctx.Err()
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return rules.RegistryAnswer{}, err
	}
	a.Found = len(a.Records) > 0
	return a, nil
}

type queryKey struct {
	tree byte
	key  string
}

func (k queryKey) fits(r *Row) bool {
	for tree, key := range indexKeys(r) {
		if tree == k.tree {
			return key == k.key
		}
	}
	return false
}

func queryKeys(q rules.RegistryQuery) []queryKey {
	var keys []queryKey
	add := func(tree byte, key string) {
		if key != "" {
			keys = append(keys, queryKey{tree, key})
		}
	}
	add(treeNumber, NormalNumber(q.Number))
	add(treeQR, normalQRKey(q.QRKey))
	add(treeEcert, NormalNumber(q.EcertID))
	if len(keys) == 0 {
		add(treeName, NormalName(q.Name))
	}
	return keys
}

func kindFits(asked, have fields.Kind) bool {
	switch asked {
	case "", fields.UnknownKind, fields.OtherCertificate:
		return true
	}
	return asked == have
}

// Age is the age of the snapshot's data at t.
func Age(i rules.SnapshotInfo, t time.Time) time.Duration { return t.Sub(i.AsOf) }

// missing reports whether err says that there is no file.
func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

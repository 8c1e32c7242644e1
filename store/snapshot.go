package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"zhengyan/store/feed"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// Snapshot answers from one immutable snapshot file. It may be used by many goroutines at once.
type Snapshot struct {
	file  *mapping
	m     *manifest
	trees *provers
	info  rules.SnapshotInfo
	sum   Hash

	gate    sync.RWMutex // held for reading while the mapping is read, so that Close waits
	closed  bool
	scratch sync.Pool // of *reader

	wordsOnce sync.Once
	words     []string
	wordsErr  error
	employers [employerSlots]atomic.Pointer[employerName]

	machine *MachineKey // of this machine, if it has one
	wrapped []byte      // the keys of an encrypted snapshot
	slot    int         // where this machine's is among them (unwrap)
	box     *lockbox    // nil: not encrypted, or locked
	locked  error       // why an encrypted snapshot cannot be read

	unverified bool // for tests and benchmarks: what the tree costs, and what it prevents
}

// employerSlots bounds the names of employers that are remembered: about 1 MB.
const employerSlots = 8192

// employerName is an entry of the dictionary that has been traced to the root.
type employerName struct {
	number uint32
	name   string
}

// OpenSnapshot opens a snapshot file for reading. A missing file is an error that wraps fs.ErrNotExist; it is never
// created. A file that was cut short, is empty or is something else wraps ErrDamaged or ErrNotSnapshot.
func OpenSnapshot(path string) (*Snapshot, error) { return openSnapshot(path, path, false) }

// openSnapshot is OpenSnapshot for a file that errors call by name, which may be a copy under another.
func openSnapshot(path, name string, every bool) (*Snapshot, error) {
	file, err := openMapping(path, name, every)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{file: file, scratch: sync.Pool{New: func() any { return new(reader) }}}
	if err := s.read(s.readManifest); err != nil {
		s.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	meta := s.m.meta()
	s.info = rules.SnapshotInfo{
		ID:   meta.AsOf.Format("20060102") + "-" + hex.EncodeToString(s.sum[:6]),
		AsOf: meta.AsOf, Rows: int(s.m.Rows), Source: meta.Source, WarnAge: meta.WarnAge, RedAge: meta.RedAge,
	}
	return s, nil
}

func (s *Snapshot) readManifest(r *reader) error {
	if err := s.file.findRoots(); err != nil {
		return err
	}
	var text, sum, keys []byte
	c := &r.cursor
	ok := s.file.first(s.file.roots[bucketMeta], c)
	for ; ok; ok = c.next(s.file) {
		e, good := c.element()
		switch {
		case !good:
			return damaged("bucket", bucketMeta)
		case string(e.key) == "manifest":
			text = e.value
		case string(e.key) == "sum":
			sum = e.value
		case string(e.key) == "keys":
			keys = e.value
		}
	}
	if c.bad && s.file.roots[bucketMeta] != nil {
		return damaged("bucket", bucketMeta)
	}
	if text == nil {
		return ErrNotSnapshot
	}
	text = bytes.Clone(text)
	m, trees, err := parseManifest(text, sum)
	if err != nil {
		return err
	}
	for _, tree := range []byte(treeOrder) {
		p := trees[tree]
		if p.at = s.file.roots[p.name]; p.at == nil {
			return damaged("bucket", p.name)
		}
	}
	if s.file.roots[bucketTree] == nil {
		return damaged("bucket", bucketTree)
	}
	s.m, s.trees, s.sum = m, trees, sha256.Sum256(text)
	if m.Cipher != nil {
		if len(keys) > maxWrapped {
			return damaged("bucket", "keys")
		}
		s.wrapped = bytes.Clone(keys)
		_ = s.Use(nil) // kept in s.locked until there is a key
	}
	return nil
}

// Close waits for lookups that are under way and lets go of the file.
func (s *Snapshot) Close() error {
	s.gate.Lock()
	defer s.gate.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.file.db.Close()
}

// Snapshot says what the snapshot is: its age, source and extent.
func (s *Snapshot) Snapshot() rules.SnapshotInfo { return s.info }

// FeedContent is what a feed's index says of the snapshot's file.
func (s *Snapshot) FeedContent(ctx context.Context) (feed.Content, error) {
	size, sum, err := FileSum(ctx, s.file.db.Path())
	c := feed.Content{ID: s.info.ID, Root: s.Root(), AsOf: s.info.AsOf, Rows: s.info.Rows, Size: size, SHA256: sum, Kind: feedKind(s.m.Persons != nil)}
	if err == nil && s.m.Cipher != nil {
		c.KeyRing, err = json.Marshal(keyRing{*s.m.Cipher, s.wrapped})
	}
	return c, err
}

func feedKind(persons bool) string {
	if persons {
		return feed.KindPersons
	}
	return feed.KindRegistry
}

// Root is the SHA-256 of the manifest, which holds the roots of all trees: it identifies every bit of the content.
func (s *Snapshot) Root() string { return hex.EncodeToString(s.sum[:]) }

// Statuses returns the number of rows by the registry's word for their status.
func (s *Snapshot) Statuses() map[string]int { return s.m.Statuses }

// reader is what one reading goroutine needs beside the mapping: positions, and copies of the values that it works on.
// A value is copied before it is checked, so that what is checked and what is decoded are the same bytes whatever
// happens to the file.
type reader struct {
	cursor, path     cursor
	index, row, text []byte
}

// read runs f. Faults while reading the mapped file (a disk that has gone away, a file cut short by someone) come back
// as ErrDamaged.
func (s *Snapshot) read(f func(*reader) error) (err error) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.closed {
		return ErrClosed
	}
	r := s.scratch.Get().(*reader)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: reading failed: %v", ErrDamaged, p)
		}
		s.scratch.Put(r)
	}()
	return f(r)
}

func damaged(what string, at any) error { return fmt.Errorf("%w: %s %v", ErrDamaged, what, at) }

// verified copies a value to buf, checks it against its tree and returns it with its ordinal.
func (s *Snapshot) verified(r *reader, p *prover, e element, buf *[]byte) (value []byte, ord uint32, err error) {
	if len(e.value) < 4 || len(e.value) > maxBlockBytes || len(e.key) != p.width {
		return nil, 0, damaged(p.name, hex.EncodeToString(e.key))
	}
	ord = ordinalOf(e.value)
	if s.unverified {
		value, err = s.plain(p.tree, e.key, e.value, buf)
		return value, ord, err
	}
	*buf = leafText((*buf)[:0], p.tree, e.key, e.value)
	value = (*buf)[leafHead+p.width:]
	ord = ordinalOf(value)
	if err := p.check(sha256.Sum256(*buf), ord, func(key uint64) []byte { return s.group(r, key) }); err != nil {
		return nil, 0, fmt.Errorf("%w: %s %x: %w", ErrDamaged, p.name, e.key, err)
	}
	switch {
	case s.locked != nil:
		return nil, 0, s.locked
	case s.box != nil:
		value, err = s.box.open(p.tree, (*buf)[leafHead:leafHead+p.width], value)
	}
	return value, ord, err
}

// group is a group of hashes in the mapping, nil if there is none of this key.
func (s *Snapshot) group(r *reader, key uint64) []byte {
	if !s.file.floor(s.file.roots[bucketTree], key, treeKeyWidth, &r.path) {
		return nil
	}
	if e, ok := r.path.element(); ok && e.number() == key {
		return e.value
	}
	return nil
}

// block returns the verified block of a tree of rows or strings that holds number i, and the number it starts with.
func (s *Snapshot) block(r *reader, p *prover, i uint32, buf *[]byte) (value []byte, first uint32, err error) {
	if !s.file.floor(p.at, uint64(i), p.width, &r.cursor) {
		return nil, 0, damaged(p.name, i)
	}
	e, ok := r.cursor.element()
	if !ok {
		return nil, 0, damaged(p.name, i)
	}
	if value, _, err = s.verified(r, p, e, buf); err != nil {
		return nil, 0, err
	}
	return value, uint32(e.number()), nil
}

// row reads row i if want accepts its number.
func (s *Snapshot) row(r *reader, i uint32, want func(number []byte) bool) (row Row, ok bool, err error) {
	v, first, err := s.block(r, s.trees[treeRows], i, &r.row)
	if err != nil {
		return Row{}, false, err
	}
	var buf [64]byte
	number, packed, found := rowAt(v, first, i, buf[:0])
	if !found {
		return Row{}, false, damaged("row", i)
	}
	if want != nil && !want(number) {
		return Row{}, false, nil
	}
	row, err = decodeRow(packed, string(number), lex{s, r})
	if err != nil && !errors.Is(err, ErrDamaged) {
		err = fmt.Errorf("%w: row %d: %w", ErrDamaged, i, err)
	}
	return row, true, err
}

// lex looks words up in the dictionaries of the file.
type lex struct {
	s *Snapshot
	r *reader
}

func (l lex) wordAt(i uint32) (string, error) {
	l.s.wordsOnce.Do(func() { l.s.words, l.s.wordsErr = l.s.loadStrings(l.r, l.s.trees[treeWords], l.s.m.Words) })
	if l.s.wordsErr != nil {
		return "", l.s.wordsErr
	}
	return at(l.s.words, i)
}

func (l lex) employerAt(i uint32) (string, error) {
	slot := &l.s.employers[i%employerSlots]
	if known := slot.Load(); known != nil && known.number == i {
		return known.name, nil
	}
	v, first, err := l.s.block(l.r, l.s.trees[treeEmployer], i, &l.r.text)
	if err != nil {
		return "", err
	}
	var buf [128]byte
	name, _, ok := rowAt(v, first, i, buf[:0])
	if !ok {
		return "", damaged("employer", i)
	}
	known := &employerName{i, string(name)}
	if !l.s.unverified {
		slot.Store(known)
	}
	return known.name, nil
}

// loadStrings reads a whole dictionary of n strings.
func (s *Snapshot) loadStrings(r *reader, p *prover, n uint32) (words []string, err error) {
	defer func() { // a fault inside sync.Once must not leave an empty dictionary behind
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: words: %v", ErrDamaged, p)
		}
	}()
	words = make([]string, 0, min(n, maxForeseen))
	var ends []int
	var text []byte
	keep := func() { // one piece of memory for some thousand strings
		from, all := 0, string(text)
		for _, end := range ends {
			words = append(words, all[from:end])
			from = end
		}
		text, ends = text[:0], ends[:0]
	}
	err = s.eachString(r, p, n, func(_ uint32, w []byte) error {
		text = append(text, w...)
		if ends = append(ends, len(text)); len(text) > 64<<10 {
			keep()
		}
		return nil
	})
	keep()
	return words, err
}

// eachString calls f for the n strings of a dictionary, each block of which is checked against its tree.
func (s *Snapshot) eachString(r *reader, p *prover, n uint32, f func(i uint32, w []byte) error) error {
	for next := uint32(0); next < n; {
		v, first, err := s.block(r, p, next, &r.text)
		if err != nil {
			return err
		}
		var stop error
		if first != next || !eachRow(v, first, func(i uint32, w, _ []byte) bool {
			stop = f(i, w)
			next = i + 1
			return stop == nil
		}) {
			return damaged(p.name, first)
		}
		if stop != nil {
			return stop
		}
	}
	return nil
}

// maxForeseen is the most that a file's own count of its words sets aside before they are there.
const maxForeseen = 1 << 20

// candidates calls f with the number of every row whose key may be the one with this hash, and proves that there is no
// other: the pages it reads cover the place of the hash without a gap.
func (s *Snapshot) candidates(r *reader, t *prover, hash uint32, f func(row uint32) (more bool, err error)) error {
	if t.leaves == 0 {
		return nil // the manifest vouches for it
	}
	want := uint64(hash) << 32
	// f uses r.cursor, so the index has one of its own only where a second page is needed.
	c := &r.cursor
	if !s.file.floor(t.at, want, t.width, c) {
		return damaged(t.name, "page missing")
	}
	previous := noNext
	for pages := 0; ; pages++ {
		e, ok := c.element()
		if !ok || pages > maxProbes {
			return damaged(t.name, "page missing")
		}
		at := e.number()
		v, ord, err := s.verified(r, t, e, &r.index)
		if err != nil {
			return err
		}
		p, ok := parseIndexPage(v)
		switch {
		case !ok || at != p.first,
			pages == 0 && p.first > want && ord != 0,
			pages == 0 && p.next <= want,
			pages > 0 && p.first != previous,
			(p.next == noNext) != (ord == t.leaves-1):
			return damaged(t.name, "pages do not join")
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
			return damaged(t.name, "page does not decode")
		case done || p.next>>32 > uint64(hash):
			return nil
		}
		previous = p.next
		if !s.file.floor(t.at, p.next, t.width, c) { // f has moved the cursor
			return damaged(t.name, "page missing")
		}
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
	if s.locked != nil { // also where the tree that would be asked is empty
		return a, s.locked
	}
	err := s.read(func(r *reader) error {
		var seen []uint32
		for _, k := range keys {
			probes := 0
			var byNumber func([]byte) bool
			if k.tree == treeNumber {
				byNumber = func(number []byte) bool { return string(number) == k.key }
			}
			err := s.candidates(r, s.trees[k.tree], keyHash(k.tree, k.key), func(i uint32) (bool, error) {
				if probes++; probes > maxProbes {
					return false, ErrTooMany
				}
				if slices.Contains(seen, i) {
					return true, nil
				}
				if i >= s.m.Rows {
					return false, damaged("row", i)
				}
				row, ok, err := s.row(r, i, byNumber)
				if err != nil {
					return false, err
				}
				if !ok || !k.fits(&row) || !kindFits(q.Kind, row.Kind) {
					return true, ctx.Err()
				}
				if len(a.Records) == maxMatches {
					return false, ErrTooMany
				}
				if len(keys) > 1 {
					seen = append(seen, i)
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
	switch k.tree {
	case treeNumber:
		return r.Number == k.key
	case treeEcert:
		return r.EcertID == k.key
	case treeQR:
		return r.QRKey == k.key
	}
	return NormalName(r.Name) == k.key
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

package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// batchBytes are written in one transaction: the memory that writing needs, whatever the size of the file.
const batchBytes = 8 << 20

// source gives the rows of a snapshot in the order of their keys, and the dictionaries over all of them.
type source interface {
	dictionaries(ctx context.Context) (words, employers []string, err error) // sorted, exactly those in use
	each(ctx context.Context, f func(*Row) error) error
}

// writeSnapshot writes a new file at path, which must not exist. The bytes depend on the rows and on meta only: one
// bucket is written after the other, in order, in batches cut by size (bbolt walks the buckets of one transaction in
// random order, so no transaction holds two).
func writeSnapshot(ctx context.Context, src source, meta Meta, path string) error {
	return writeFile(ctx, meta, path, func(w *fileWriter) error { return w.all(src, meta) })
}

func writeFile(ctx context.Context, meta Meta, path string, fill func(*fileWriter) error) (err error) {
	if err := meta.validate(); err != nil {
		return err
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s: %w", path, os.ErrExist)
	}
	db, err := bolt.Open(path, 0o644, &bolt.Options{
		Timeout: lockTimeout, NoSync: true, NoGrowSync: true, PageSize: pageSize, FreelistType: bolt.FreelistArrayType, NoStatistics: true,
	})
	if err != nil {
		return err
	}
	w := &fileWriter{ctx: ctx, db: db, leaves: map[byte][]Hash{}}
	defer func() {
		if err != nil {
			w.abort()
			db.Close()
			os.Remove(path)
		}
	}()
	if err := fill(w); err != nil {
		return err
	}
	var size int64
	if err := db.View(func(tx *bolt.Tx) error { size = tx.Size(); return nil }); err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	return trim(path, size)
}

// trim cuts off the space that bbolt allocated ahead, and makes the file last.
func trim(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

type fileWriter struct {
	ctx     context.Context
	db      *bolt.DB
	tx      *bolt.Tx
	b       *bolt.Bucket
	pending int
	leaves  map[byte][]Hash
}

func (w *fileWriter) abort() {
	if w.tx != nil {
		_ = w.tx.Rollback() // the file is removed next
		w.tx = nil
	}
}

// open starts or continues a bucket in a transaction of its own.
func (w *fileWriter) open(bucket string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	tx, err := w.db.Begin(true)
	if err != nil {
		return err
	}
	w.tx = tx
	if w.b, err = tx.CreateBucketIfNotExists([]byte(bucket)); err != nil {
		return err
	}
	w.b.FillPercent = 1.0
	w.pending = 0
	return nil
}

func (w *fileWriter) commit() error {
	tx := w.tx
	w.tx = nil
	return tx.Commit()
}

func (w *fileWriter) put(bucket string, key, value []byte) error {
	if len(value) > maxBlockBytes {
		return fmt.Errorf("%w: value of %d bytes", ErrBadRow, len(value))
	}
	if w.pending > batchBytes {
		if err := w.commit(); err != nil {
			return err
		}
		if err := w.open(bucket); err != nil {
			return err
		}
	}
	w.pending += len(key) + len(value)
	return w.b.Put(key, value)
}

// bucket fills one bucket of leaves.
func (w *fileWriter) bucket(tree byte, fill func(putFunc) error) error {
	if err := w.open(bucketNames[tree]); err != nil {
		return err
	}
	err := fill(func(key, value []byte) error {
		w.leaves[tree] = append(w.leaves[tree], leafHash(tree, key, value))
		return w.put(bucketNames[tree], key, value)
	})
	if err != nil {
		return err
	}
	return w.commit()
}

func (w *fileWriter) all(src source, meta Meta) error {
	words, employers, err := src.dictionaries(w.ctx)
	if err != nil {
		return err
	}
	in := newSortedInterner(words, employers)
	m := newManifest(meta, words, employers)
	if err := w.dictionaries(words, employers); err != nil {
		return err
	}
	index := map[byte][]uint64{}
	err = w.bucket(treeRows, func(put putFunc) error {
		rb := rowBlocks{put: put, limit: blockBytes}
		var packed []byte
		err := src.each(w.ctx, func(r *Row) error {
			if m.Rows >= maxRows {
				return fmt.Errorf("more than %d rows", uint64(maxRows))
			}
			packed = appendRow(packed[:0], r, in)
			if in.missing != "" {
				return fmt.Errorf("dictionary lacks %q", in.missing)
			}
			if len(packed) > maxRowBytes {
				return fmt.Errorf("%w: %s takes %d bytes", ErrBadRow, r.Number, len(packed))
			}
			for tree, key := range indexKeys(r) {
				index[tree] = append(index[tree], uint64(keyHash(tree, key))<<32|uint64(m.Rows))
			}
			m.Rows++
			m.Statuses[r.Status]++
			return rb.add([]byte(r.Number), packed)
		})
		if err != nil {
			return err
		}
		return rb.flush()
	})
	if err != nil {
		return err
	}
	if len(m.Statuses) > 1000 {
		return fmt.Errorf("%w: %d different statuses", ErrBadRow, len(m.Statuses))
	}
	m.RowWidth = widthOf(m.Rows)
	for _, tree := range []byte{treeNumber, treeEcert, treeQR, treeName} {
		if err := w.bucket(tree, func(put putFunc) error { return indexPages(index[tree], m.RowWidth, put) }); err != nil {
			return err
		}
		delete(index, tree)
	}
	return w.finish(m)
}

func (w *fileWriter) dictionaries(words, employers []string) error {
	if err := w.bucket(treeWords, func(put putFunc) error { return stringBlocks(words, put) }); err != nil {
		return err
	}
	return w.bucket(treeEmployer, func(put putFunc) error { return stringBlocks(employers, put) })
}

// indexKeys yields the keys under which a row is found.
func indexKeys(r *Row) func(yield func(byte, string) bool) {
	return func(yield func(byte, string) bool) {
		if !yield(treeNumber, r.Number) {
			return
		}
		if r.EcertID != "" && !yield(treeEcert, r.EcertID) {
			return
		}
		if r.QRKey != "" && !yield(treeQR, r.QRKey) {
			return
		}
		yield(treeName, NormalName(r.Name))
	}
}

// finish writes the trees and the manifest that names their roots.
func (w *fileWriter) finish(m *manifest) error {
	if err := w.open(bucketTree); err != nil {
		return err
	}
	order := []byte(treeOrder)
	slices.Sort(order) // the keys of the bucket must come in order
	roots := map[byte]Hash{}
	for _, tree := range order {
		root, err := treeGroups(tree, w.leaves[tree], func(k, v []byte) error { return w.put(bucketTree, k, v) })
		if err != nil {
			return err
		}
		roots[tree] = root
	}
	if err := w.commit(); err != nil {
		return err
	}
	for _, tree := range []byte(treeOrder) {
		root := roots[tree]
		m.Trees = append(m.Trees, treeRoot{Tree: string(tree), Leaves: uint32(len(w.leaves[tree])), Root: hex.EncodeToString(root[:])})
	}
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	if err := w.open(bucketMeta); err != nil {
		return err
	}
	if err := w.put(bucketMeta, []byte("manifest"), b); err != nil {
		return err
	}
	if err := w.put(bucketMeta, []byte("sum"), sum[:]); err != nil {
		return err
	}
	return w.commit()
}

// sortedInterner numbers words by their place in sorted dictionaries.
type sortedInterner struct {
	words, employers map[string]uint32
	missing          string
}

func newSortedInterner(words, employers []string) *sortedInterner {
	index := func(list []string) map[string]uint32 {
		m := make(map[string]uint32, len(list))
		for i, s := range list {
			m[s] = uint32(i)
		}
		return m
	}
	return &sortedInterner{words: index(words), employers: index(employers)}
}

func (in *sortedInterner) word(s string) uint32 { return in.find(in.words, s) }

func (in *sortedInterner) employer(s string) uint32 { return in.find(in.employers, s) }

func (in *sortedInterner) find(m map[string]uint32, s string) uint32 {
	i, ok := m[s]
	if !ok {
		in.missing = s
	}
	return i
}

// place moves a finished file to its name and makes the move last.
func place(tmp, path string) error {
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

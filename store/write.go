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
)

// source gives the rows of a snapshot in the order of their keys, and the dictionaries over all of them.
type source interface {
	dictionaries(ctx context.Context) (words, employers []string, err error) // sorted, exactly those in use
	each(ctx context.Context, f func(*Row) error) error
}

// writeSnapshot writes a new file at path, which must not exist. The bytes depend on the rows and on meta only: one
// bucket is written after the other, each in the order of its keys.
func writeSnapshot(ctx context.Context, src source, meta Meta, path string, box *lockbox, persons *PersonParams) error {
	_, err := writeFile(ctx, meta, path, proof{}, box, func(w *fileWriter) error { return w.all(src, meta, persons) })
	return err
}

// writeFile makes a file of what fill writes, and returns the hash that p asks for.
func writeFile(ctx context.Context, meta Meta, path string, p proof, box *lockbox, fill func(*fileWriter) error) (sum string, err error) {
	if err := meta.validate(); err != nil {
		return "", err
	}
	out, err := newBulkWriter(path, p)
	if err != nil {
		return "", err
	}
	w := &fileWriter{ctx: ctx, out: out, box: box}
	defer func() {
		if err != nil {
			out.abort()
			err = errors.Join(err, ignoreMissing(os.Remove(path)))
		}
	}()
	if err := fill(w); err != nil {
		return "", err
	}
	return out.close()
}

type fileWriter struct {
	ctx  context.Context
	out  *bulkWriter
	puts int
	box  *lockbox // nil: not encrypted
	text []byte   // a sealed value
}

func (w *fileWriter) put(key, value []byte) error {
	if len(value) > maxBlockBytes {
		return fmt.Errorf("%w: value of %d bytes", ErrBadRow, len(value))
	}
	if w.puts++; w.puts%256 == 0 && w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	return w.out.put(key, value)
}

// bucket fills one bucket of leaves.
func (w *fileWriter) bucket(tree byte, fill func(putFunc) error) error {
	w.out.begin(bucketNames[tree], tree)
	err := fill(func(key, value []byte) error {
		if w.box != nil {
			w.text = w.box.seal(w.text[:0], tree, key, value)
			value = w.text
		}
		return w.put(key, value)
	})
	if err != nil {
		return err
	}
	return w.out.end()
}

func (w *fileWriter) all(src source, meta Meta, persons *PersonParams) error {
	words, employers, err := src.dictionaries(w.ctx)
	if err != nil {
		return err
	}
	in := newSortedInterner(words, employers)
	m := newManifest(meta, words, employers)
	m.Persons = persons
	if err := w.dictionaries(words, employers); err != nil {
		return err
	}
	index := map[byte][]uint64{}
	err = w.bucket(treeRows, func(put putFunc) error {
		rb := rowBlocks{put: put, limit: w.box.room(blockBytes)}
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
		if err := w.bucket(tree, func(put putFunc) error { return indexPages(index[tree], m.RowWidth, w.box.room(blockBytes), put) }); err != nil {
			return err
		}
		delete(index, tree)
	}
	return w.finish(m)
}

func (w *fileWriter) dictionaries(words, employers []string) error {
	if err := w.bucket(treeWords, func(put putFunc) error { return stringBlocks(words, w.box.room(wordBytes), put) }); err != nil {
		return err
	}
	return w.bucket(treeEmployer, func(put putFunc) error { return stringBlocks(employers, w.box.room(wordBytes), put) })
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
	if err := w.out.out.settle(); err != nil {
		return err
	}
	leaves := w.out.out.pages.leaves
	w.out.begin(bucketTree, 0)
	order := []byte(treeOrder)
	slices.Sort(order) // the keys of the bucket must come in order
	roots := map[byte]Hash{}
	for _, tree := range order {
		root, err := treeGroups(tree, leaves[tree], w.put)
		if err != nil {
			return err
		}
		roots[tree] = root
	}
	if err := w.out.end(); err != nil {
		return err
	}
	for _, tree := range []byte(treeOrder) {
		root := roots[tree]
		m.Trees = append(m.Trees, treeRoot{Tree: string(tree), Leaves: uint32(len(leaves[tree])), Root: hex.EncodeToString(root[:])})
	}
	if w.box != nil {
		m.Format, m.Cipher = formatEncrypted, &w.box.info
	}
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	w.out.begin(bucketMeta, 0)
	if w.box != nil {
		if err := w.put([]byte("keys"), w.box.wrapped); err != nil {
			return err
		}
	}
	if err := errors.Join(w.put([]byte("manifest"), b), w.put([]byte("sum"), sum[:])); err != nil {
		return err
	}
	return w.out.end()
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

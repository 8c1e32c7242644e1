package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"slices"
)

// pageSums takes the hashes of leaves off the pages of a file, and the hash of its pages: SHA-256 (FIPS 180-4) over the head of
// the file and then each page, as 0 and its bytes where its values are no leaves, else as the tree's letter, what stands
// before the values, the hashes of the leaves in the place of keys and values, and what stands behind. The letter and the
// counts and sizes at the front of a page say how it is to be read, so two files of one hash are the same file; and it
// takes no second pass over the values, which are nearly all of it.
type pageSums struct {
	leaves map[byte][]Hash
	digest hash.Hash // nil: the hash of the pages is not wanted
	buf    []byte
}

// errLayout: a page is not as bulkWriter writes it, so it has no hash of this kind.
var errLayout = errors.New("page is of another layout")

// begin starts the hash of the pages of a file whose number of pages is known.
func (s *pageSums) begin(pages uint64) {
	s.digest = sha256.New()
	s.digest.Write(head(pages))
}

// add takes in a page with its overflow. tree is 0 where its values are no leaves. The page is another for the time of the call.
func (s *pageSums) add(page []byte, tree byte) error {
	if tree == 0 {
		if s.digest != nil {
			s.digest.Write([]byte{0})
			s.digest.Write(page)
		}
		return nil
	}
	n := count(page)
	at := boltHeader + n*boltElement
	if at > len(page) {
		return errLayout
	}
	s.buf = append(append(s.buf[:0], tree), page[:at]...)
	leaves := s.leaves[tree]
	for i := range n {
		e := boltHeader + i*boltElement
		h := page[e : e+boltElement]
		pos, key, value := binary.LittleEndian.Uint32(h[4:]), binary.LittleEndian.Uint32(h[8:]), binary.LittleEndian.Uint32(h[12:])
		if uint64(e)+uint64(pos) != uint64(at) || key > maxBulkKey || uint64(key)+uint64(value) > uint64(len(page)-at) {
			return errLayout
		}
		end := at + int(key) + int(value)
		leaf := sumLeaf(page[at-leafHead:end], tree, byte(key))
		leaves = append(leaves, leaf)
		s.buf = append(s.buf, leaf[:]...)
		at = end
	}
	s.leaves[tree] = leaves
	if s.digest != nil {
		s.digest.Write(append(s.buf, page[at:]...))
	}
	return nil
}

// sumLeaf takes the hash of leafText where it stands: on a page the value follows its key, so nothing has to be copied, and
// only the three bytes before the key, with which text begins, are others meanwhile.
func sumLeaf(text []byte, tree, key byte) Hash {
	saved := [leafHead]byte(text)
	text[0], text[1], text[2] = 0, tree, key
	sum := sha256.Sum256(text)
	copy(text, saved[:])
	return sum
}

// pagesSum is the hash of the pages of the snapshot's file; "" where the file was written by something else than bulkWriter.
func (s *Snapshot) pagesSum(ctx context.Context) (sum string, err error) {
	first := bulkFirstPage * pageSize // which every file of as many pages begins with, so that they are not summed up
	if s.file.pageSize != pageSize || len(s.file.data) < first || !bytes.Equal(s.file.data[:first], head(uint64(len(s.file.data)/pageSize))) {
		return "", nil
	}
	defer s.inOrder()()
	trees := map[uint64]byte{} // by the root of a bucket, which is its last page
	roots := []uint64{}
	for _, tree := range []byte(treeOrder) {
		trees[s.file.roots[bucketNames[tree]].page] = tree
	}
	for _, r := range s.file.roots {
		roots = append(roots, r.page)
	}
	slices.Sort(roots)
	err = s.read(func(*reader) error {
		sums := pageSums{leaves: map[byte][]Hash{}}
		pages := uint64(len(s.file.data) / pageSize)
		sums.begin(pages)
		var page []byte
		for id := uint64(bulkFirstPage); id < pages; id += uint64(len(page) / pageSize) {
			if id%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			b, leaf := s.file.page(id)
			if b == nil {
				return errLayout
			}
			page = append(page[:0], b...)
			for len(roots) > 0 && roots[0] < id {
				roots = roots[1:]
			}
			tree := byte(0)
			if leaf && len(roots) > 0 {
				tree = trees[roots[0]]
			}
			if err := sums.add(page, tree); err != nil {
				return err
			}
		}
		sum = hex.EncodeToString(sums.digest.Sum(nil))
		return nil
	})
	if errors.Is(err, errLayout) {
		return "", nil
	}
	return sum, err
}

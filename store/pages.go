package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// Layout of bbolt's file, version 2: what has to be known to look at a file before bbolt maps it.
const (
	boltMagic      = 0xED0CDAED
	boltVersion    = 2
	boltHeader     = 16 // id u64, flags u16, count u16, overflow u32
	boltElement    = 16
	boltFlagBranch = 1
	boltFlagLeaf   = 2
	boltFlagFree   = 16
	boltMinPage    = 512
	boltMaxPage    = 64 << 10
)

// checkSkeleton looks at the meta pages and the branch pages of a bbolt file without mapping it. A file that is cut
// short would kill the process at the first read of the mapping, and a loop among branch pages would exhaust its stack;
// neither can be recovered from, so both are excluded here. Everything else is left to the Merkle tree.
// With every set, each page of the trees is looked at, else the leaves of a branch are taken to be alike.
func checkSkeleton(f io.ReaderAt, size int64, every bool) error {
	w := skeleton{f: f, every: every}
	if err := w.readMeta(size); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := w.walk(w.root, 0, true); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// checkWritable is checkSkeleton for a file that will be written to: also the list of free pages must be sound, for bbolt
// would write over a page that is in use and named there. Both meta pages must read, for with one the last change is gone.
func checkWritable(f io.ReaderAt, size int64) error {
	w := skeleton{f: f, every: true, used: map[uint64]bool{0: true, 1: true}}
	if err := w.readMeta(size); err != nil {
		return err
	}
	if w.metas != 2 {
		return errors.New("one of the two meta pages does not read: the last change may be gone")
	}
	if err := w.walk(w.root, 0, true); err != nil {
		return err
	}
	return w.checkFree()
}

// errNoMark: nothing in the file says that it was ever one of bbolt's, so that it is another file and not a damaged one.
var errNoMark = errors.New("no mark of bbolt")

type skeleton struct {
	f        io.ReaderAt
	every    bool
	pageSize int64
	root     uint64
	free     uint64 // page of the list of free pages
	metas    int    // valid meta pages
	pages    uint64 // high water mark
	branches map[uint64]bool
	used     map[uint64]bool // pages in use, if they are to be noted
}

// use notes a page with its overflow; a page that is used twice is an error.
func (w *skeleton) use(id uint64, over int64) error {
	if w.used == nil {
		return nil
	}
	for p := id; p <= id+uint64(over); p++ {
		if w.used[p] {
			return fmt.Errorf("page %d is used twice", p)
		}
		w.used[p] = true
	}
	return nil
}

func (w *skeleton) checkFree() error {
	if w.free < 2 || w.free >= w.pages {
		return fmt.Errorf("page %d is outside the file", w.free)
	}
	head := make([]byte, boltHeader+8)
	if _, err := w.f.ReadAt(head, int64(w.free)*w.pageSize); err != nil {
		return err
	}
	over := int64(binary.LittleEndian.Uint32(head[12:]))
	if binary.LittleEndian.Uint64(head) != w.free || binary.LittleEndian.Uint16(head[8:]) != boltFlagFree || uint64(over) >= w.pages-w.free {
		return errors.New("no list of free pages")
	}
	if err := w.use(w.free, over); err != nil {
		return err
	}
	b := make([]byte, w.pageSize*(1+over))
	if _, err := w.f.ReadAt(b, int64(w.free)*w.pageSize); err != nil {
		return err
	}
	count, at := uint64(binary.LittleEndian.Uint16(b[10:])), boltHeader
	if count == 0xFFFF {
		count, at = binary.LittleEndian.Uint64(b[boltHeader:]), at+8
	}
	if count > uint64(len(b)-at)/8 {
		return errors.New("the list of free pages is too long")
	}
	for ; count > 0; count, at = count-1, at+8 {
		id := binary.LittleEndian.Uint64(b[at:])
		if id >= w.pages {
			return fmt.Errorf("page %d is outside the file", id)
		}
		if err := w.use(id, 0); err != nil {
			return err
		}
	}
	if uint64(len(w.used)) != w.pages { // a leak is no danger, but it is not what bbolt writes
		return fmt.Errorf("%d pages are neither used nor free", w.pages-uint64(len(w.used)))
	}
	return nil
}

// validMeta reports whether m is a meta page's content: 56 bytes and their checksum.
func validMeta(m []byte) bool {
	h := fnv.New64a()
	h.Write(m[:56])
	return binary.LittleEndian.Uint32(m) == boltMagic && binary.LittleEndian.Uint32(m[4:]) == boltVersion && binary.LittleEndian.Uint64(m[56:]) == h.Sum64()
}

func (w *skeleton) readMeta(size int64) error {
	var best uint64
	found, marked := false, false
	for _, at := range []int64{0, 4096, 1024, 2048, 8192, 16384, 32768, 65536} {
		var b [boltHeader + 64]byte
		if _, err := w.f.ReadAt(b[:], at); err != nil {
			continue
		}
		m := b[boltHeader:]
		marked = marked || binary.LittleEndian.Uint32(m) == boltMagic
		if !validMeta(m) {
			continue
		}
		ps := int64(binary.LittleEndian.Uint32(m[8:]))
		if ps < boltMinPage || ps > boltMaxPage || (at != 0 && at != ps) {
			continue
		}
		w.metas++
		if tx := binary.LittleEndian.Uint64(m[48:]); !found || tx > best {
			best, found = tx, true
			w.pageSize, w.root, w.pages = ps, binary.LittleEndian.Uint64(m[16:]), binary.LittleEndian.Uint64(m[40:])
			w.free = binary.LittleEndian.Uint64(m[32:])
		}
	}
	if !found && !marked {
		return errNoMark
	}
	if !found {
		return errors.New("no valid bbolt meta page")
	}
	if w.pages > uint64(size/w.pageSize) {
		return fmt.Errorf("the file is cut short: %d bytes of %d pages", size, w.pages)
	}
	w.branches = map[uint64]bool{}
	return nil
}

func (w *skeleton) page(id uint64) ([]byte, error) {
	if id < 2 || id >= w.pages {
		return nil, fmt.Errorf("page %d is outside the file", id)
	}
	b := make([]byte, w.pageSize)
	if _, err := w.f.ReadAt(b, int64(id)*w.pageSize); err != nil {
		return nil, err
	}
	return b, w.header(b, id)
}

func (w *skeleton) header(b []byte, id uint64) error {
	flags := binary.LittleEndian.Uint16(b[8:])
	if binary.LittleEndian.Uint64(b) != id || (flags != boltFlagBranch && flags != boltFlagLeaf) {
		return fmt.Errorf("page %d is no branch or leaf", id)
	}
	if over := binary.LittleEndian.Uint32(b[12:]); uint64(over) >= w.pages-id {
		return fmt.Errorf("page %d runs over the end", id)
	}
	return nil
}

// walk goes down from page id. At the root bucket (top) it follows the buckets that the leaves name.
func (w *skeleton) walk(id uint64, depth int, top bool) error {
	if depth > maxPageDepth {
		return errors.New("pages are nested too deeply")
	}
	b, err := w.page(id)
	if err != nil {
		return err
	}
	count := int(binary.LittleEndian.Uint16(b[10:]))
	over := int64(binary.LittleEndian.Uint32(b[12:]))
	if boltHeader+count*boltElement > int(w.pageSize)*int(1+over) {
		return fmt.Errorf("page %d counts more entries than it holds", id)
	}
	if err := w.use(id, over); err != nil {
		return err
	}
	if binary.LittleEndian.Uint16(b[8:]) == boltFlagLeaf {
		if !top {
			return nil
		}
		return w.buckets(id, count, over)
	}
	if w.branches[id] || len(w.branches) >= maxBranchPages {
		return fmt.Errorf("page %d is reached twice", id)
	}
	w.branches[id] = true
	if over > 0 { // large branch pages do occur: keys are short, but a page of few long keys is not split
		b = make([]byte, w.pageSize*(1+over))
		if _, err := w.f.ReadAt(b, int64(id)*w.pageSize); err != nil {
			return err
		}
	}
	leaves := false
	for i := range count {
		child := binary.LittleEndian.Uint64(b[boltHeader+i*boltElement+8:])
		switch {
		case child < 2 || child >= w.pages || w.branches[child]:
			return fmt.Errorf("page %d leads to page %d", id, child)
		case leaves && !w.every && !top:
			continue
		}
		before := len(w.branches)
		if err := w.walk(child, depth+1, top); err != nil {
			return err
		}
		leaves = len(w.branches) == before
	}
	return nil
}

// buckets follows the roots of the buckets that a leaf of the root bucket holds.
func (w *skeleton) buckets(id uint64, count int, over int64) error {
	if over > 64 {
		return errors.New("the root bucket is too large")
	}
	b := make([]byte, w.pageSize*(1+over))
	if _, err := w.f.ReadAt(b, int64(id)*w.pageSize); err != nil {
		return err
	}
	for i := range count {
		e := boltHeader + i*boltElement
		pos, ks, vs := binary.LittleEndian.Uint32(b[e+4:]), binary.LittleEndian.Uint32(b[e+8:]), binary.LittleEndian.Uint32(b[e+12:])
		at := int64(e) + int64(pos) + int64(ks)
		if binary.LittleEndian.Uint32(b[e:])&1 == 0 || vs < 16 || at+int64(vs) > int64(len(b)) {
			return errors.New("the root bucket holds something other than buckets")
		}
		root := binary.LittleEndian.Uint64(b[at:])
		if root == 0 { // an inline bucket: its page follows in the value
			if vs < 16+boltHeader || binary.LittleEndian.Uint16(b[at+16+8:]) != boltFlagLeaf {
				return errors.New("bad inline bucket")
			}
			continue
		}
		if err := w.walk(root, 0, false); err != nil {
			return err
		}
	}
	return nil
}

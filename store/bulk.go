package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"slices"
)

// bulkWriter writes a file of bbolt's format from front to back, each page once and each bucket in the order of its keys.
// bbolt itself writes such a file page by page with a system call each and needs the pages of a transaction in memory
// first, which is most of the time that laying a delta over takes. Here the bytes also depend on nothing but what is put
// in. bbolt's own check accepts the file, and the tests hold it to that.
type bulkWriter struct {
	f       *os.File
	out     *sink
	proof   proof
	next    uint64 // number of the page that is written next
	buckets []bulkBucket

	items    []bulkItem // of the leaf page being filled
	used     int        // bytes that it takes
	arena    []byte     // its keys and values
	children []bulkChild
	name     string
	tree     byte // that the values are leaves of; 0: of none
}

type bulkItem struct{ key, end int } // key starts at the end of the item before

type bulkChild struct {
	key  [8]byte
	size uint8
	page uint64
}

type bulkBucket struct {
	name string
	root uint64
}

const (
	boltFlagMeta   = 4
	bulkFirstPage  = 3 // after two meta pages and the list of free pages, which stays empty
	boltBucketFlag = 1
	maxBulkKey     = 8
)

// proof says which hash of a file is taken while it is written. The head stands first and names the last page, so a hash from
// front to back needs the size beforehand.
type proof struct {
	size  int64 // bytes of the file; 0: no hash is taken
	pages bool  // the hash of its pages (pageSums), else SHA-256 of the file
}

// newBulkWriter creates the file, which must not exist.
func newBulkWriter(path string, p proof) (*bulkWriter, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(bulkFirstPage*pageSize, io.SeekStart); err != nil { // the head is written last
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	w := &bulkWriter{f: f, proof: p, next: bulkFirstPage}
	pages := uint64(p.size / pageSize)
	switch {
	case p.size == 0:
		w.out = newSink(f, nil)
	case p.pages:
		w.out = newSink(f, nil)
		w.out.pages.begin(pages)
	default:
		sum := sha256.New()
		sum.Write(head(pages))
		w.out = newSink(f, sum)
	}
	return w, nil
}

// abort ends writing and leaves the file as it is.
func (w *bulkWriter) abort() {
	_ = w.out.close() // there is an error already
	w.f.Close()
}

// begin starts a bucket whose values are leaves of a tree, or of none (0).
func (w *bulkWriter) begin(name string, tree byte) {
	w.name, w.tree, w.children = name, tree, w.children[:0]
	w.reset()
}

func (w *bulkWriter) reset() { w.items, w.arena, w.used = w.items[:0], w.arena[:0], boltHeader }

// put appends an entry; keys must come in order.
func (w *bulkWriter) put(key, value []byte) error {
	if len(key) > maxBulkKey {
		return fmt.Errorf("key of %d bytes", len(key))
	}
	size := boltElement + len(key) + len(value)
	if len(w.items) > 0 && w.used+size > pageSize {
		if err := w.leaf(0); err != nil {
			return err
		}
	}
	w.arena = append(w.arena, key...)
	k := len(w.arena)
	w.arena = append(w.arena, value...)
	w.items = append(w.items, bulkItem{k, len(w.arena)})
	w.used += size
	return nil
}

// leaf writes the page that was filled, with pages of overflow behind it where one entry is larger than a page.
func (w *bulkWriter) leaf(flag uint32) error {
	pages := (w.used + pageSize - 1) / pageSize
	b, err := w.out.space(pages*pageSize, w.tree)
	if err != nil {
		return err
	}
	data, from := boltHeader+len(w.items)*boltElement, 0
	pageHeader(b, w.next, boltFlagLeaf, len(w.items), pages-1)
	var first bulkChild
	for i, it := range w.items {
		e := boltHeader + i*boltElement
		binary.LittleEndian.PutUint32(b[e:], flag)
		binary.LittleEndian.PutUint32(b[e+4:], uint32(data+from-e))
		binary.LittleEndian.PutUint32(b[e+8:], uint32(it.key-from))
		binary.LittleEndian.PutUint32(b[e+12:], uint32(it.end-it.key))
		if i == 0 {
			first.size = uint8(copy(first.key[:], w.arena[:it.key]))
		}
		from = it.end
	}
	first.page = w.next
	w.children = append(w.children, first)
	w.next += uint64(pages)
	copy(b[data:], w.arena)
	clear(b[w.used:])
	w.reset()
	return nil
}

// start begins a page, with as many of overflow as size bytes need.
func (w *bulkWriter) start(flag uint16, count, size int) ([]byte, error) {
	pages := max((size+pageSize-1)/pageSize, 1)
	b, err := w.out.space(pages*pageSize, 0)
	if err != nil {
		return nil, err
	}
	clear(b)
	pageHeader(b, w.next, flag, count, pages-1)
	w.next += uint64(pages)
	return b, nil
}

func pageHeader(b []byte, id uint64, flag uint16, count, over int) {
	binary.LittleEndian.PutUint64(b, id)
	binary.LittleEndian.PutUint16(b[8:], flag)
	binary.LittleEndian.PutUint16(b[10:], uint16(count))
	binary.LittleEndian.PutUint32(b[12:], uint32(over))
}

// end writes the rest of a bucket and the pages that lead to its leaves.
func (w *bulkWriter) end() error {
	if len(w.items) > 0 || len(w.children) == 0 {
		if err := w.leaf(0); err != nil {
			return err
		}
	}
	for len(w.children) > 1 {
		if err := w.branches(); err != nil {
			return err
		}
	}
	w.buckets = append(w.buckets, bulkBucket{w.name, w.children[0].page})
	return nil
}

// branches writes one level of branch pages over the children.
func (w *bulkWriter) branches() error {
	up := w.children[:0]
	for rest := slices.Clone(w.children); len(rest) > 0; {
		n, size := 0, boltHeader
		for n < len(rest) && size+boltElement+int(rest[n].size) <= pageSize {
			size += boltElement + int(rest[n].size)
			n++
		}
		if len(rest)-n == 1 { // a branch page has two children at least
			n--
			size -= boltElement + int(rest[n].size)
		}
		up = append(up, bulkChild{rest[0].key, rest[0].size, w.next})
		b, err := w.start(boltFlagBranch, n, size)
		if err != nil {
			return err
		}
		data := boltHeader + n*boltElement
		for i, c := range rest[:n] {
			e := boltHeader + i*boltElement
			binary.LittleEndian.PutUint32(b[e:], uint32(data-e))
			binary.LittleEndian.PutUint32(b[e+4:], uint32(c.size))
			binary.LittleEndian.PutUint64(b[e+8:], c.page)
			data += copy(b[data:], c.key[:c.size])
		}
		rest = rest[n:]
	}
	w.children = up
	return nil
}

// close writes the list of buckets, which is the last page, and the head of the file, makes it last, and closes it. It
// returns the hash that was asked for.
func (w *bulkWriter) close() (sum string, err error) {
	slices.SortFunc(w.buckets, func(a, b bulkBucket) int { return cmp.Compare(a.name, b.name) })
	w.begin("", 0)
	for _, b := range w.buckets {
		value := binary.LittleEndian.AppendUint64(nil, b.root)
		if err := w.put([]byte(b.name), binary.LittleEndian.AppendUint64(value, 0)); err != nil {
			return "", err
		}
	}
	if err := w.leaf(boltBucketFlag); err != nil {
		return "", err
	}
	if len(w.children) != 1 || w.children[0].page != w.next-1 {
		return "", errors.New("too many buckets")
	}
	if err := w.out.close(); err != nil {
		return "", err
	}
	if p := w.proof; p.size > 0 {
		if w.next*pageSize != uint64(p.size) {
			return "", fmt.Errorf("%w: it gives %d bytes instead of %d", ErrDelta, w.next*pageSize, p.size)
		}
		h := w.out.sum
		if p.pages {
			h = w.out.pages.digest
		}
		sum = hex.EncodeToString(h.Sum(nil))
	}
	if _, err := w.f.WriteAt(head(w.next), 0); err != nil {
		return "", err
	}
	if err := w.f.Sync(); err != nil {
		return "", err
	}
	return sum, w.f.Close()
}

// head is the two meta pages and the empty list of free pages of a file of this many pages, whose last is the list of
// buckets.
func head(pages uint64) []byte {
	b := make([]byte, bulkFirstPage*pageSize)
	for i := range 2 {
		p := b[i*pageSize:]
		pageHeader(p, uint64(i), boltFlagMeta, 0, 0)
		m := p[boltHeader:]
		binary.LittleEndian.PutUint32(m, boltMagic)
		binary.LittleEndian.PutUint32(m[4:], boltVersion)
		binary.LittleEndian.PutUint32(m[8:], pageSize)
		binary.LittleEndian.PutUint64(m[16:], pages-1)
		binary.LittleEndian.PutUint64(m[32:], 2)
		binary.LittleEndian.PutUint64(m[40:], pages)
		binary.LittleEndian.PutUint64(m[48:], uint64(i))
		h := fnv.New64a()
		h.Write(m[:56])
		binary.LittleEndian.PutUint64(m[56:], h.Sum64())
	}
	pageHeader(b[2*pageSize:], 2, boltFlagFree, 0, 0)
	return b
}

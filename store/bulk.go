package store

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
)

// bulkWriter writes a file of bbolt's format from front to back, each page once and each bucket in the order of its keys.
// bbolt itself writes such a file page by page with a system call each and needs the pages of a transaction in memory
// first, which is most of the time that laying a delta over takes. Here the bytes also depend on nothing but what is put
// in. bbolt's own check accepts the file, and the tests hold it to that.
type bulkWriter struct {
	f       *os.File
	out     *bufio.Writer
	next    uint64 // number of the page that is written next
	buckets []bulkBucket

	items    []bulkItem // of the leaf page being filled
	used     int        // bytes that it takes
	arena    []byte     // its keys and values
	children []bulkChild
	name     string
	page     []byte
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
	bulkBuffer     = 1 << 20
)

// newBulkWriter creates the file, which must not exist.
func newBulkWriter(path string) (*bulkWriter, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	w := &bulkWriter{f: f, out: bufio.NewWriterSize(f, bulkBuffer), next: bulkFirstPage, page: make([]byte, pageSize)}
	_, err = w.out.Write(make([]byte, bulkFirstPage*pageSize)) // written last
	return w, err
}

// begin starts a bucket.
func (w *bulkWriter) begin(name string) {
	w.name, w.children = name, w.children[:0]
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
	b := w.start(boltFlagLeaf, len(w.items), w.used)
	data, from := boltHeader+len(w.items)*boltElement, 0
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
	copy(b[data:], w.arena)
	first.page = w.next
	w.children = append(w.children, first)
	w.reset()
	return w.finishPage(b)
}

// start prepares a page for size bytes.
func (w *bulkWriter) start(flag uint16, count, size int) []byte {
	pages := max((size+pageSize-1)/pageSize, 1)
	if len(w.page) < pages*pageSize {
		w.page = make([]byte, pages*pageSize)
	}
	b := w.page[:pages*pageSize]
	clear(b[min(size, len(b)):])
	pageHeader(b, w.next, flag, count, pages-1)
	return b
}

func pageHeader(b []byte, id uint64, flag uint16, count, over int) {
	binary.LittleEndian.PutUint64(b, id)
	binary.LittleEndian.PutUint16(b[8:], flag)
	binary.LittleEndian.PutUint16(b[10:], uint16(count))
	binary.LittleEndian.PutUint32(b[12:], uint32(over))
}

func (w *bulkWriter) finishPage(b []byte) error {
	w.next += uint64(len(b) / pageSize)
	_, err := w.out.Write(b)
	return err
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
		b := w.start(boltFlagBranch, n, size)
		data := boltHeader + n*boltElement
		for i, c := range rest[:n] {
			e := boltHeader + i*boltElement
			binary.LittleEndian.PutUint32(b[e:], uint32(data-e))
			binary.LittleEndian.PutUint32(b[e+4:], uint32(c.size))
			binary.LittleEndian.PutUint64(b[e+8:], c.page)
			data += copy(b[data:], c.key[:c.size])
		}
		up = append(up, bulkChild{rest[0].key, rest[0].size, w.next})
		rest = rest[n:]
		if err := w.finishPage(b); err != nil {
			return err
		}
	}
	w.children = up
	return nil
}

// close writes the list of buckets and the head of the file, makes it last, and closes it.
func (w *bulkWriter) close() error {
	slices.SortFunc(w.buckets, func(a, b bulkBucket) int { return cmp.Compare(a.name, b.name) })
	w.children = w.children[:0]
	w.reset()
	for _, b := range w.buckets {
		value := binary.LittleEndian.AppendUint64(nil, b.root)
		if err := w.put([]byte(b.name), binary.LittleEndian.AppendUint64(value, 0)); err != nil {
			return err
		}
	}
	if err := w.leaf(boltBucketFlag); err != nil {
		return err
	}
	if len(w.children) != 1 {
		return errors.New("too many buckets")
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	if _, err := w.f.WriteAt(w.head(w.children[0].page), 0); err != nil {
		return err
	}
	if err := w.f.Sync(); err != nil {
		return err
	}
	return w.f.Close()
}

// head is the two meta pages and the empty list of free pages.
func (w *bulkWriter) head(root uint64) []byte {
	b := make([]byte, bulkFirstPage*pageSize)
	for i := range 2 {
		p := b[i*pageSize:]
		pageHeader(p, uint64(i), boltFlagMeta, 0, 0)
		m := p[boltHeader:]
		binary.LittleEndian.PutUint32(m, boltMagic)
		binary.LittleEndian.PutUint32(m[4:], boltVersion)
		binary.LittleEndian.PutUint32(m[8:], pageSize)
		binary.LittleEndian.PutUint64(m[16:], root)
		binary.LittleEndian.PutUint64(m[32:], 2)
		binary.LittleEndian.PutUint64(m[40:], w.next)
		binary.LittleEndian.PutUint64(m[48:], uint64(i))
		h := fnv.New64a()
		h.Write(m[:56])
		binary.LittleEndian.PutUint64(m[56:], h.Sum64())
	}
	pageHeader(b[2*pageSize:], 2, boltFlagFree, 0, 0)
	return b
}

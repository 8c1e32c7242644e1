package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	bolt "go.etcd.io/bbolt"
)

// mapping reads the pages of a snapshot file that bbolt has mapped into memory. It follows bbolt's format itself, with
// every offset checked: a damaged page is an error here where bbolt would panic, and a search needs no transaction, no
// cursor and no allocation. Keys of a snapshot's buckets are numbers of at most 8 bytes, all of one width in a bucket.
type mapping struct {
	db       *bolt.DB
	data     []byte
	pageSize int
	roots    map[string]*root
}

// root is where a bucket begins: a page, or for a small one the page inside the value of its parent.
type root struct {
	page   uint64
	inline []byte
	once   sync.Once
	leaves atomic.Pointer[directory] // nil until it has been made, and where it cannot be
}

// directory lists the leaf pages of a bucket with their first keys, so that a search reads one page instead of one of
// each level: 5 MB for 20 million rows. It is only a shortcut, for what is found is checked against the tree.
type directory struct {
	keys  []uint64
	pages []uint32
}

// maxDirectory bounds the leaf pages of a directory; larger buckets are searched from their roots.
const maxDirectory = 4 << 20

func (m *mapping) directory(r *root, width int) *directory {
	if d := r.leaves.Load(); d != nil {
		return d
	}
	r.once.Do(func() {
		if r.inline != nil {
			return
		}
		d := &directory{}
		if m.list(r.page, 0, width, d) && len(d.keys) > 0 && slices.IsSorted(d.keys) {
			d.keys, d.pages = slices.Clip(d.keys), slices.Clip(d.pages)
			r.leaves.Store(d)
		}
	})
	return r.leaves.Load()
}

// list appends the leaf pages below a branch page; a page is a leaf if the first of its branch is.
func (m *mapping) list(id uint64, depth, width int, d *directory) bool {
	b, leaf := m.page(id)
	if b == nil || leaf || depth == maxPageDepth || count(b) == 0 {
		return false
	}
	child, leaf := m.page(branchChild(b, 0))
	if child == nil {
		return false
	}
	for i := range count(b) {
		if !leaf {
			if !m.list(branchChild(b, i), depth+1, width, d) {
				return false
			}
			continue
		}
		k, ok := number(b, i, false, width)
		if page := branchChild(b, i); !ok || page > math.MaxUint32 || len(d.keys) == maxDirectory {
			return false
		} else {
			d.keys, d.pages = append(d.keys, k), append(d.pages, uint32(page))
		}
	}
	return true
}

// find is the page that holds the last key not above want, or the first page. Keys are spread evenly, so it looks first
// where want would be if they were so exactly.
func (d *directory) find(want uint64) uint32 {
	k := d.keys
	lo, hi := 0, len(k) // keys below lo are not above want, those from hi on are
	if span := k[len(k)-1] - k[0]; want > k[0] && span > 0 && want <= k[len(k)-1] {
		hi64, lo64 := bits.Mul64(want-k[0], uint64(len(k)-1))
		guess, _ := bits.Div64(hi64, lo64, span) // at most len(k)-1, so the product is below span<<64
		g := int(guess)
		for step := 1; ; step *= 2 {
			if k[g] <= want {
				lo = g + 1
				if g += step; g >= hi {
					break
				}
			} else {
				hi = g
				if g -= step; g < lo {
					break
				}
			}
			if hi-lo <= step {
				break
			}
		}
	}
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if k[mid] <= want {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return d.pages[max(lo-1, 0)]
}

// openMapping maps a bbolt file that must exist and be whole. It never creates or changes one. With every set, each page
// is looked at. Errors call it by name.
func openMapping(path, name string, every bool) (*mapping, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w: not a regular file", name, ErrNotSnapshot)
	}
	head, err := readHead(f, st.Size(), every)
	if errors.Is(err, errNoMark) {
		return nil, fmt.Errorf("%s: %w", name, ErrNotSnapshot)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", name, ErrDamaged, err)
	}
	db, err := bolt.Open(path, 0, &bolt.Options{ReadOnly: true, Timeout: lockTimeout, NoStatistics: true})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	m := &mapping{db: db, pageSize: int(head.pageSize), roots: map[string]*root{}}
	// bbolt gives the address of its mapping as a number; it stays valid until db is closed.
	info := db.Info()
	m.data = unsafe.Slice(*(**byte)(unsafe.Pointer(&info.Data)), head.pages*uint64(head.pageSize))
	return m, nil
}

// readHead looks at what has to be sound before a file is mapped: the meta pages, and that the file is not cut short.
func readHead(f io.ReaderAt, size int64, every bool) (*skeleton, error) {
	w := &skeleton{f: f, every: true}
	if err := w.readMeta(size); err != nil {
		return nil, err
	}
	if every {
		return w, w.walk(w.root, 0, true)
	}
	return w, nil
}

// findRoots reads the list of buckets. It must run where faults are caught.
func (m *mapping) findRoots() error {
	var meta []byte
	newest := uint64(0)
	for _, at := range []int{0, m.pageSize} {
		b := m.data[at+boltHeader : at+boltHeader+64]
		if !validMeta(b) {
			continue
		}
		if tx := binary.LittleEndian.Uint64(b[48:]); meta == nil || tx > newest {
			meta, newest = b, tx
		}
	}
	if meta == nil {
		return damaged("file", "no meta page")
	}
	var p cursor
	ok := m.first(&root{page: binary.LittleEndian.Uint64(meta[16:])}, &p)
	for ; ok; ok = p.next(m) {
		e, good := p.element()
		if !good || e.flags&1 == 0 || len(e.value) < 16 {
			return damaged("list of buckets", len(m.roots))
		}
		r := &root{page: binary.LittleEndian.Uint64(e.value)}
		if r.page == 0 {
			r.inline = e.value[16:]
		}
		m.roots[string(e.key)] = r
	}
	if p.bad {
		return damaged("list of buckets", len(m.roots))
	}
	return nil
}

// page returns a page with its overflow, and whether it is a leaf; nil if there is no such page.
func (m *mapping) page(id uint64) (b []byte, leaf bool) {
	at := id * uint64(m.pageSize)
	if id < 2 || id >= uint64(len(m.data)/m.pageSize) {
		return nil, false
	}
	b = m.data[at : at+uint64(m.pageSize)]
	over := uint64(binary.LittleEndian.Uint32(b[12:]))
	if binary.LittleEndian.Uint64(b) != id || over >= uint64(len(m.data)/m.pageSize)-id {
		return nil, false
	}
	if over > 0 {
		b = m.data[at : at+(over+1)*uint64(m.pageSize)]
	}
	return checkedPage(b)
}

func checkedPage(b []byte) ([]byte, bool) {
	if len(b) < boltHeader || len(b) < boltHeader+boltElement*int(binary.LittleEndian.Uint16(b[10:])) {
		return nil, false
	}
	switch binary.LittleEndian.Uint16(b[8:]) {
	case boltFlagLeaf:
		return b, true
	case boltFlagBranch:
		return b, false
	}
	return nil, false
}

// element is an entry of a leaf page. key and value lie in the mapping.
type element struct {
	flags      uint32
	key, value []byte
}

func (e element) number() (v uint64) {
	for _, c := range e.key {
		v = v<<8 | uint64(c)
	}
	return v
}

// cursor is a position in a bucket: the pages from its root down, with the entry chosen on each.
type cursor struct {
	depth int
	bad   bool // the pages do not fit together: nothing can be said
	pages [maxPageDepth]struct {
		b    []byte
		i, n int
	}
}

func count(b []byte) int { return int(binary.LittleEndian.Uint16(b[10:])) }

func (p *cursor) element() (e element, ok bool) {
	top := &p.pages[p.depth-1]
	return leafElement(top.b, top.i)
}

func leafElement(b []byte, i int) (e element, ok bool) {
	h := b[boltHeader+i*boltElement:]
	e.flags = binary.LittleEndian.Uint32(h)
	pos, ks, vs := uint64(binary.LittleEndian.Uint32(h[4:])), uint64(binary.LittleEndian.Uint32(h[8:])), uint64(binary.LittleEndian.Uint32(h[12:]))
	if pos+ks+vs > uint64(len(h)) {
		return element{}, false
	}
	e.key, e.value = h[pos:pos+ks:pos+ks], h[pos+ks:pos+ks+vs:pos+ks+vs]
	return e, true
}

func branchChild(b []byte, i int) uint64 {
	return binary.LittleEndian.Uint64(b[boltHeader+i*boltElement+8:])
}

// number is the key of an entry as a number; ok is false if it is not of this width.
func number(b []byte, i int, leaf bool, width int) (v uint64, ok bool) {
	h := b[boltHeader+i*boltElement:]
	var pos, ks uint32
	if leaf {
		pos, ks = binary.LittleEndian.Uint32(h[4:]), binary.LittleEndian.Uint32(h[8:])
	} else {
		pos, ks = binary.LittleEndian.Uint32(h), binary.LittleEndian.Uint32(h[4:])
	}
	if int(ks) != width || uint64(pos)+uint64(ks) > uint64(len(h)) {
		return 0, false
	}
	k := h[pos : int(pos)+width]
	if width == 8 {
		return binary.BigEndian.Uint64(k), true
	}
	if width == 4 {
		return uint64(binary.BigEndian.Uint32(k)), true
	}
	for _, c := range k {
		v = v<<8 | uint64(c)
	}
	return v, true
}

// floor goes to the last entry whose key is not above want, or to the first of all. It returns false for an empty bucket
// and where the pages do not fit together, which p.bad tells apart. The cursor cannot be moved on from there; see seek.
func (m *mapping) floor(r *root, want uint64, width int, p *cursor) bool {
	if r != nil {
		if d := m.directory(r, width); d != nil {
			b, leaf := m.page(uint64(d.find(want)))
			if b != nil && leaf && count(b) > 0 {
				i, ok := floorIn(b, count(b), leaf, want, width)
				p.depth, p.bad = 1, !ok
				p.pages[0].b, p.pages[0].i, p.pages[0].n = b, i, count(b)
				return ok
			}
		}
	}
	return m.seek(r, want, width, p)
}

// seek is floor by way of the root, with a cursor that can be moved on.
func (m *mapping) seek(r *root, want uint64, width int, p *cursor) bool {
	return m.descend(r, p, func(b []byte, n int, leaf bool) (int, bool) { return floorIn(b, n, leaf, want, width) })
}

func floorIn(b []byte, n int, leaf bool, want uint64, width int) (int, bool) {
	lo, hi := 0, n // keys below lo are not above want, those from hi on are
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		k, ok := number(b, mid, leaf, width)
		if !ok {
			return 0, false
		}
		if k <= want {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return max(lo-1, 0), true
}

func (m *mapping) first(r *root, p *cursor) bool {
	return m.descend(r, p, func([]byte, int, bool) (int, bool) { return 0, true })
}

func (m *mapping) descend(r *root, p *cursor, choose func(b []byte, n int, leaf bool) (int, bool)) bool {
	p.depth, p.bad = 0, false
	if r == nil {
		p.bad = true
		return false
	}
	b, leaf := checkedPage(r.inline)
	if r.inline == nil {
		b, leaf = m.page(r.page)
	}
	for {
		if b == nil || p.depth == maxPageDepth {
			p.bad = true
			return false
		}
		n := count(b)
		if n == 0 {
			p.bad = !leaf || p.depth > 0
			return false
		}
		i, ok := choose(b, n, leaf)
		if !ok {
			p.bad = true
			return false
		}
		top := &p.pages[p.depth]
		top.b, top.i, top.n = b, i, n
		p.depth++
		if leaf {
			return true
		}
		b, leaf = m.page(branchChild(b, i))
	}
}

// next goes to the entry after; false at the end, and where the pages do not fit together (p.bad).
func (p *cursor) next(m *mapping) bool {
	level := p.depth - 1
	for level >= 0 && p.pages[level].i+1 >= p.pages[level].n {
		level--
	}
	if level < 0 {
		return false
	}
	p.pages[level].i++
	for level++; level < p.depth; level++ {
		up := &p.pages[level-1]
		b, leaf := m.page(branchChild(up.b, up.i))
		if b == nil || leaf != (level == p.depth-1) || count(b) == 0 {
			p.bad = true
			return false
		}
		top := &p.pages[level]
		top.b, top.i, top.n = b, 0, count(b)
	}
	return true
}

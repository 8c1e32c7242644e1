package store

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// A value of 2,016 bytes lets two entries fill one leaf page of 4,096 bytes to the last byte: bbolt splits a page only
// where at least two entries remain on it, so larger values would drag overflow pages behind them.
// Blocks of strings are smaller, seven to a page, because one string of them is wanted at a time.
const (
	blockBytes = 2016
	wordBytes  = 560
	pageSize   = 4096
	noNext     = ^uint64(0)
)

// putFunc stores one value of a tree; it keeps neither slice.
type putFunc func(key, value []byte) error

// rowBlocks packs rows into blocks: u32 ordinal, uvarint count, then for each row the number (front-coded against the
// row before it) and the packed rest: uvarint shared, uvarint len, bytes, uvarint len, bytes.
type rowBlocks struct {
	put     putFunc
	limit   int // bytes of a block
	first   uint32
	count   uint32
	ordinal uint32
	body    []byte // behind blockHead bytes for what is known at the end
	last    []byte
	key     [4]byte
}

// blockHead is the most that stands before the rows of a block.
const blockHead = 4 + binary.MaxVarintLen32

func (w *rowBlocks) add(number, packed []byte) error {
	err := w.addFollowing(number, sharedPrefix(number, w.last), packed, nil, nil)
	w.last = append(w.last[:0], number...)
	return err
}

func sharedPrefix(a, b []byte) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// addFollowing is add for a row whose number shares this many bytes with the row that was added before it, and whose packed
// rest comes in three pieces. It leaves last as it is.
func (w *rowBlocks) addFollowing(number []byte, shared int, a, b, c []byte) error {
	packed := len(a) + len(b) + len(c)
	if w.count > 0 {
		suffix := len(number) - shared
		size := varLen(uint64(shared)) + varLen(uint64(suffix)) + suffix + varLen(uint64(packed)) + packed
		if len(w.body)+size > w.limit {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	if w.count == 0 {
		shared = 0
		w.body = append(w.body[:0], make([]byte, blockHead)...)
	}
	suffix := len(number) - shared
	body := w.body
	if shared|suffix|packed < 0x80 {
		body = append(body, byte(shared), byte(suffix))
		body = append(append(body, number[shared:]...), byte(packed))
	} else {
		body = binary.AppendUvarint(body, uint64(shared))
		body = binary.AppendUvarint(body, uint64(suffix))
		body = binary.AppendUvarint(append(body, number[shared:]...), uint64(packed))
	}
	w.body = append(append(append(body, a...), b...), c...)
	w.count++
	return nil
}

func varLen(x uint64) int { return (bits.Len64(x|1) + 6) / 7 }

func (w *rowBlocks) flush() error {
	if w.count == 0 {
		return nil
	}
	var count [binary.MaxVarintLen32]byte
	n := binary.PutUvarint(count[:], uint64(w.count))
	value := w.body[blockHead-4-n:]
	binary.BigEndian.PutUint32(value, w.ordinal)
	copy(value[4:], count[:n])
	binary.BigEndian.PutUint32(w.key[:], w.first)
	if err := w.put(w.key[:], value); err != nil {
		return err
	}
	w.first += w.count
	w.count, w.last = 0, w.last[:0]
	w.ordinal++
	return nil
}

// rowAt finds row number want in a block that starts with row first, and returns its number, in buf, and packed rest.
func rowAt(value []byte, first, want uint32, buf []byte) (number, packed []byte, ok bool) {
	d := unpacker{b: value}
	d.take(4)
	count := d.uvarint()
	if d.err != nil || want < first || uint64(want-first) >= count {
		return nil, nil, false
	}
	number = buf
	for range want - first + 1 {
		shared := d.uvarint()
		suffix := d.take(d.uvarint())
		packed = d.take(d.uvarint())
		if d.err != nil || shared > uint64(len(number)) {
			return nil, nil, false
		}
		number = append(number[:shared], suffix...)
	}
	return number, packed, true
}

// eachRow calls f for the rows of a block until f returns false. It returns false if the block does not decode.
func eachRow(value []byte, first uint32, f func(row uint32, number, packed []byte) bool) bool {
	d := unpacker{b: value}
	d.take(4)
	count := d.uvarint()
	if count == 0 || count > uint64(len(value)) || uint64(first)+count > maxRows {
		return false
	}
	var buf [64]byte
	number := buf[:0]
	for i := range uint32(count) {
		shared := d.uvarint()
		suffix := d.take(d.uvarint())
		packed := d.take(d.uvarint())
		if d.err != nil || shared > uint64(len(number)) || packed == nil {
			return false
		}
		number = append(number[:shared], suffix...)
		if !f(first+i, number, packed) {
			return true
		}
	}
	return len(d.b) == 0
}

// stringBlocks packs a sorted dictionary: u32 ordinal, uvarint count, then front-coded strings.
func stringBlocks(words []string, limit int, put putFunc) error {
	w := rowBlocks{put: put, limit: limit}
	for _, s := range words {
		if err := w.add([]byte(s), nil); err != nil {
			return err
		}
	}
	return w.flush()
}

// indexPages packs entries: see indexWriter.
func indexPages(entries []uint64, width, limit int, put putFunc) error {
	slices.Sort(entries)
	w := indexWriter{put: put, width: width, limit: limit}
	for _, e := range entries {
		if err := w.add(e); err != nil {
			return err
		}
	}
	return w.flush(noNext)
}

// indexWriter packs entries (hash in the high, row in the low half) that come in order: u32 ordinal, u64 first, u64 next
// (first of the next page, or noNext), u16 count, seven skips (u32 hash of the entry before, u16 offset), then for each
// entry uvarint hash difference and the row in width bytes. Skip i leads to entry (i+1)*count/8.
type indexWriter struct {
	put     putFunc
	width   int
	limit   int // bytes of a page, at most blockBytes
	ordinal uint32
	first   uint64
	prev    uint32
	used    int                  // bytes of entries
	count   int                  // of entries
	marks   [maxPageEntries]skip // of each entry
	key     [8]byte
	value   [blockBytes + binary.MaxVarintLen32 + 4]byte // the entries stand behind indexHead bytes
}

type skip struct {
	before uint32 // hash of the entry before
	offset uint16
}

const (
	indexSkips = 7
	indexHead  = 20 + 2 + indexSkips*6
	// maxPageEntries is the most that a page holds: an entry takes two bytes at least, and the first may do so alone.
	maxPageEntries = (blockBytes-indexHead)/2 + 1
)

func (w *indexWriter) add(e uint64) error {
	h := uint32(e >> 32)
	gap := h - w.prev
	if room := w.limit - indexHead - w.width - w.used; room < binary.MaxVarintLen32 && room < varLen(uint64(gap)) && w.count > 0 {
		if err := w.flush(e); err != nil {
			return err
		}
	}
	if w.count == 0 {
		w.first, w.prev, gap = e, h, 0
	}
	i := w.used
	w.marks[w.count] = skip{w.prev, uint16(i)}
	w.count++
	body := w.value[indexHead:]
	if gap < 1<<14 {
		two := (gap + 0x3f80) >> 14 // 1 from 0x80 on
		body[i] = byte(gap&0x7f | two<<7)
		body[i+1] = byte(gap >> 7) // written over if it is not needed
		i += 1 + int(two)
	} else {
		i += binary.PutUvarint(body[i:], uint64(gap))
	}
	binary.BigEndian.PutUint32(body[i:], uint32(e)<<(uint(32-8*w.width)&31)) // what is too much is written over
	w.used = i + w.width
	w.prev = h
	return nil
}

func (w *indexWriter) flush(next uint64) error {
	if w.count == 0 {
		return nil
	}
	v := binary.BigEndian.AppendUint32(w.value[:0], w.ordinal)
	v = binary.BigEndian.AppendUint64(v, w.first)
	v = binary.BigEndian.AppendUint64(v, next)
	v = binary.BigEndian.AppendUint16(v, uint16(w.count))
	for i := range indexSkips { // v is w.value: its head has room for all
		m := w.marks[(i+1)*w.count/(indexSkips+1)]
		v = binary.BigEndian.AppendUint32(v, m.before)
		v = binary.BigEndian.AppendUint16(v, m.offset)
	}
	binary.BigEndian.PutUint64(w.key[:], w.first)
	if err := w.put(w.key[:], w.value[:indexHead+w.used]); err != nil {
		return err
	}
	w.ordinal++
	w.used, w.count = 0, 0
	return nil
}

// indexPage is the head of an index page.
type indexPage struct {
	ordinal     uint32
	first, next uint64
	count       int
	skips       []byte
	entries     []byte
}

func parseIndexPage(v []byte) (indexPage, bool) {
	if len(v) < indexHead {
		return indexPage{}, false
	}
	p := indexPage{ordinal: binary.BigEndian.Uint32(v), first: binary.BigEndian.Uint64(v[4:]), next: binary.BigEndian.Uint64(v[12:])}
	p.count = int(binary.BigEndian.Uint16(v[20:]))
	p.skips, p.entries = v[22:indexHead], v[indexHead:]
	return p, p.count > 0 && p.count <= len(p.entries) && p.first < p.next
}

// each calls f for the entries of the page until f returns false. It returns false if the page does not decode.
func (p indexPage) each(width int, f func(hash, row uint32) bool) bool {
	b := p.entries
	h := p.first >> 32
	for range p.count {
		gap, n := uint64(0), 1
		switch {
		case len(b) < 1+width:
			return false
		case b[0] < 0x80:
			gap = uint64(b[0])
		default:
			if gap, n = binary.Uvarint(b); n <= 0 || len(b) < n+width {
				return false
			}
		}
		if h += gap; h > 1<<32-1 {
			return false
		}
		row := uint32(0)
		for _, c := range b[n : n+width] {
			row = row<<8 | uint32(c)
		}
		b = b[n+width:]
		if !f(uint32(h), row) {
			return true
		}
	}
	return len(b) == 0
}

// sound reports whether the skips lead where they should; readers rely on those of a file that was checked.
func (p indexPage) sound(width int) bool {
	b, h := p.entries, uint32(p.first>>32)
	for j, i := 0, 0; j < p.count; j++ {
		for ; i < indexSkips && (i+1)*p.count/(indexSkips+1) == j; i++ {
			if binary.BigEndian.Uint32(p.skips[6*i:]) != h || int(binary.BigEndian.Uint16(p.skips[6*i+4:])) != len(p.entries)-len(b) {
				return false
			}
		}
		gap, n := binary.Uvarint(b)
		if n <= 0 || len(b) < n+width {
			return false
		}
		h += uint32(gap)
		b = b[n+width:]
	}
	return true
}

// from returns the page without the entries before the first whose hash is not below hash.
func (p indexPage) from(hash uint32, width int) indexPage {
	b, h, left := p.entries, p.first>>32, p.count
	for i := indexSkips - 1; i >= 0; i-- {
		before, offset := binary.BigEndian.Uint32(p.skips[6*i:]), int(binary.BigEndian.Uint16(p.skips[6*i+4:]))
		if before < hash && offset <= len(b) {
			b, h, left = b[offset:], uint64(before), p.count-(i+1)*p.count/(indexSkips+1)
			break
		}
	}
	for left > 0 && len(b) >= 5+width { // five bytes are the longest difference; the last entries are left to each
		gap, n := uint64(b[0]), 1
		for shift := uint(7); b[n-1] >= 0x80 && n < 5; shift += 7 {
			gap = gap&(1<<shift-1) | uint64(b[n])<<shift
			n++
		}
		if h+gap >= uint64(hash) {
			break
		}
		h += gap
		b = b[n+width:]
		left--
	}
	p.entries, p.count, p.first = b, left, h<<32
	return p
}

// widthOf is the number of bytes that hold every row number below rows.
func widthOf(rows uint32) int {
	w := 1
	for w < 4 && rows > 1<<(8*w) {
		w++
	}
	return w
}

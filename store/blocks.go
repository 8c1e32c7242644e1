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
	body    []byte
	last    []byte
	key     [4]byte
	value   []byte
}

func (w *rowBlocks) add(number, packed []byte) error {
	before := len(w.body)
	w.append(number, packed)
	if w.count > 0 && len(w.body)+4+binary.MaxVarintLen32 > w.limit {
		w.body = w.body[:before]
		if err := w.flush(); err != nil {
			return err
		}
		w.append(number, packed)
	}
	w.last = append(w.last[:0], number...)
	w.count++
	return nil
}

// addFollowing is add for a row whose number shares this many bytes with the row that was added before it, and whose packed
// rest comes in three pieces.
func (w *rowBlocks) addFollowing(number []byte, shared int, a, b, c []byte) error {
	packed := uint64(len(a) + len(b) + len(c))
	if w.count > 0 {
		suffix := len(number) - shared
		size := varLen(uint64(shared)) + varLen(uint64(suffix)) + suffix + varLen(packed) + int(packed)
		if len(w.body)+size+4+binary.MaxVarintLen32 > w.limit {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	if w.count == 0 {
		shared = 0
	}
	w.body = binary.AppendUvarint(w.body, uint64(shared))
	w.body = binary.AppendUvarint(w.body, uint64(len(number)-shared))
	w.body = append(w.body, number[shared:]...)
	w.body = binary.AppendUvarint(w.body, packed)
	w.body = append(append(append(w.body, a...), b...), c...)
	w.last = append(w.last[:0], number...)
	w.count++
	return nil
}

func varLen(x uint64) int { return (bits.Len64(x|1) + 6) / 7 }

func (w *rowBlocks) append(number, packed []byte) {
	n := 0
	for n < len(number) && n < len(w.last) && number[n] == w.last[n] {
		n++
	}
	w.body = binary.AppendUvarint(w.body, uint64(n))
	w.body = binary.AppendUvarint(w.body, uint64(len(number)-n))
	w.body = append(w.body, number[n:]...)
	w.body = binary.AppendUvarint(w.body, uint64(len(packed)))
	w.body = append(w.body, packed...)
}

func (w *rowBlocks) flush() error {
	if w.count == 0 {
		return nil
	}
	w.value = binary.BigEndian.AppendUint32(w.value[:0], w.ordinal)
	w.value = binary.AppendUvarint(w.value, uint64(w.count))
	w.value = append(w.value, w.body...)
	binary.BigEndian.PutUint32(w.key[:], w.first)
	if err := w.put(w.key[:], w.value); err != nil {
		return err
	}
	w.first += w.count
	w.count, w.body, w.last = 0, w.body[:0], w.last[:0]
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
func stringBlocks(words []string, put putFunc) error {
	w := rowBlocks{put: put, limit: wordBytes}
	for _, s := range words {
		if err := w.add([]byte(s), nil); err != nil {
			return err
		}
	}
	return w.flush()
}

// indexPages packs entries: see indexWriter.
func indexPages(entries []uint64, width int, put putFunc) error {
	slices.Sort(entries)
	w := indexWriter{put: put, width: width}
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
	ordinal uint32
	first   uint64
	prev    uint32
	body    []byte
	marks   []skip // of each entry
	key     [8]byte
	value   []byte
}

type skip struct {
	before uint32 // hash of the entry before
	offset uint16
}

const (
	indexSkips = 7
	indexHead  = 20 + 2 + indexSkips*6
)

func (w *indexWriter) add(e uint64) error {
	h := uint32(e >> 32)
	// A difference takes five bytes at most; with fewer the page may still be full, which the next entry finds.
	if len(w.body)+varLen(uint64(h-w.prev))+w.width > blockBytes-indexHead && len(w.marks) > 0 {
		if err := w.flush(e); err != nil {
			return err
		}
	}
	if len(w.marks) == 0 {
		w.first, w.prev = e, h
	}
	w.marks = append(w.marks, skip{w.prev, uint16(len(w.body))})
	gap := h - w.prev
	for gap >= 0x80 {
		w.body = append(w.body, byte(gap)|0x80)
		gap >>= 7
	}
	w.body = append(w.body, byte(gap))
	for s := 8 * (w.width - 1); s >= 0; s -= 8 {
		w.body = append(w.body, byte(e>>s))
	}
	w.prev = h
	return nil
}

func (w *indexWriter) flush(next uint64) error {
	if len(w.marks) == 0 {
		return nil
	}
	v := binary.BigEndian.AppendUint32(w.value[:0], w.ordinal)
	v = binary.BigEndian.AppendUint64(v, w.first)
	v = binary.BigEndian.AppendUint64(v, next)
	v = binary.BigEndian.AppendUint16(v, uint16(len(w.marks)))
	for i := range indexSkips {
		m := w.marks[(i+1)*len(w.marks)/(indexSkips+1)]
		v = binary.BigEndian.AppendUint32(v, m.before)
		v = binary.BigEndian.AppendUint16(v, m.offset)
	}
	w.value = append(v, w.body...)
	binary.BigEndian.PutUint64(w.key[:], w.first)
	if err := w.put(w.key[:], w.value); err != nil {
		return err
	}
	w.ordinal++
	w.marks, w.body = w.marks[:0], w.body[:0]
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

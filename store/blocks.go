package store

import (
	"encoding/binary"
	"slices"
)

// A value of 2,016 bytes lets two entries fill one leaf page of 4,096 bytes to the last byte: bbolt splits a page only
// where at least two entries remain on it, so larger values would drag overflow pages behind them.
const (
	blockBytes = 2016
	pageSize   = 4096
	noNext     = ^uint64(0)
)

// putFunc stores one value of a tree.
type putFunc func(key, value []byte) error

// rowBlocks packs rows into blocks: u32 ordinal, uvarint count, then for each row the number (front-coded against the
// row before it) and the packed rest: uvarint shared, uvarint len, bytes, uvarint len, bytes.
type rowBlocks struct {
	put     putFunc
	first   uint32
	count   uint32
	ordinal uint32
	body    []byte
	last    []byte
}

func (w *rowBlocks) add(number, packed []byte) error {
	before := len(w.body)
	w.append(number, packed)
	if w.count > 0 && len(w.body)+4+binary.MaxVarintLen32 > blockBytes {
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
	v := make([]byte, 0, 4+binary.MaxVarintLen32+len(w.body))
	v = binary.BigEndian.AppendUint32(v, w.ordinal)
	v = binary.AppendUvarint(v, uint64(w.count))
	v = append(v, w.body...)
	if err := w.put(binary.BigEndian.AppendUint32(nil, w.first), v); err != nil {
		return err
	}
	w.first += w.count
	w.count, w.body, w.last = 0, w.body[:0], w.last[:0]
	w.ordinal++
	return nil
}

// rowAt finds row number want in a block that starts with row first, and returns its number and packed rest.
func rowAt(value []byte, first, want uint32) (number string, packed []byte, ok bool) {
	ok = eachRow(value, first, func(i uint32, n, p []byte) bool {
		if i != want {
			return true
		}
		number, packed = string(n), p
		return false
	})
	return number, packed, ok && packed != nil
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
	w := rowBlocks{put: put}
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
// (first of the next page, or noNext), uvarint count, then for each entry uvarint hash difference and the row in width
// bytes.
type indexWriter struct {
	put     putFunc
	width   int
	ordinal uint32
	count   uint64
	first   uint64
	prev    uint32
	body    []byte
}

func (w *indexWriter) add(e uint64) error {
	before := len(w.body)
	if w.count == 0 {
		w.first, w.prev = e, uint32(e>>32)
	}
	w.append(e)
	if w.count > 0 && len(w.body) > blockBytes-20-3 {
		w.body = w.body[:before]
		if err := w.flush(e); err != nil {
			return err
		}
		w.first, w.prev = e, uint32(e>>32)
		w.append(e)
	}
	w.prev = uint32(e >> 32)
	w.count++
	return nil
}

func (w *indexWriter) append(e uint64) {
	w.body = binary.AppendUvarint(w.body, uint64(uint32(e>>32)-w.prev))
	for s := w.width - 1; s >= 0; s-- {
		w.body = append(w.body, byte(e>>(8*s)))
	}
}

func (w *indexWriter) flush(next uint64) error {
	if w.count == 0 {
		return nil
	}
	v := make([]byte, 0, 20+binary.MaxVarintLen32+len(w.body))
	v = binary.BigEndian.AppendUint32(v, w.ordinal)
	v = binary.BigEndian.AppendUint64(v, w.first)
	v = binary.BigEndian.AppendUint64(v, next)
	v = binary.AppendUvarint(v, w.count)
	v = append(v, w.body...)
	if err := w.put(binary.BigEndian.AppendUint64(nil, w.first), v); err != nil {
		return err
	}
	w.ordinal++
	w.count, w.body = 0, w.body[:0]
	return nil
}

// indexPage is the head of an index page.
type indexPage struct {
	ordinal     uint32
	first, next uint64
	count       uint64
	entries     []byte
}

func parseIndexPage(v []byte) (indexPage, bool) {
	if len(v) < 20 {
		return indexPage{}, false
	}
	p := indexPage{ordinal: binary.BigEndian.Uint32(v), first: binary.BigEndian.Uint64(v[4:]), next: binary.BigEndian.Uint64(v[12:])}
	d := unpacker{b: v[20:]}
	p.count = d.uvarint()
	p.entries = d.b
	return p, d.err == nil && p.count > 0 && p.count <= uint64(len(v)) && p.first < p.next
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

// from returns the page without the entries before the first whose hash is not below hash.
func (p indexPage) from(hash uint32, width int) indexPage {
	b, h, left := p.entries, p.first>>32, p.count
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

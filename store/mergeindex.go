package store

import (
	"context"
	"encoding/binary"
	"slices"
)

// mergeIndex writes an index from the old one, without the entries of rows that are gone, and the delta's entries.
func (g *merger) mergeIndex(ctx context.Context, tree byte, width, limit int, put putFunc) error {
	fresh := g.newIndex[tree]
	slices.Sort(fresh)
	w := indexWriter{put: put, width: width, limit: limit}
	from := g.from
	err := from.read(func(r *reader) error {
		return from.eachValue(ctx, r, from.trees[tree], 0, func(e element) error {
			value, err := from.plain(tree, e.key, e.value, &g.page)
			if err != nil {
				return err
			}
			p, ok := parseIndexPage(value)
			if !ok {
				return damaged(bucketNames[tree], "page does not decode")
			}
			fresh, err = g.mergePage(p, fresh, &w)
			return err
		})
	})
	if err != nil {
		return err
	}
	for _, e := range fresh {
		if err := w.add(e); err != nil {
			return err
		}
	}
	return w.flush(noNext)
}

// mergePage adds the entries of an old page that stay, and the delta's entries before them; it returns the rest of those.
func (g *merger) mergePage(p indexPage, fresh []uint64, w *indexWriter) ([]uint64, error) {
	oldWidth := g.from.m.RowWidth
	next := noNext
	if len(fresh) > 0 {
		next = fresh[0]
	}
	b, at, hash := p.entries, 0, p.first>>32
	for i := 0; i < p.count; i++ {
		if oldWidth == w.width && uint64(w.prev) == hash && w.count > 0 {
			var n int
			at, hash, n = g.copyEntries(w, b, at, hash, p.count-i, next)
			if i += n; i == p.count {
				break
			}
		}
		gap, end := uvarintAt(b, at)
		if end < 0 || end+oldWidth > len(b) {
			return nil, damaged("index", "page does not decode")
		}
		row := uint32(0)
		for _, c := range b[end : end+oldWidth] {
			row = row<<8 | uint32(c)
		}
		at = end + oldWidth
		if hash += gap; hash > 1<<32-1 || row >= g.from.m.Rows {
			return nil, damaged("index", "page does not decode")
		}
		to, ok := g.moved(row)
		if !ok {
			continue
		}
		e := hash<<32 | uint64(to)
		for next < e {
			if err := w.add(next); err != nil {
				return nil, err
			}
			if fresh, next = fresh[1:], noNext; len(fresh) > 0 {
				next = fresh[0]
			}
		}
		if err := w.add(e); err != nil {
			return nil, err
		}
	}
	if at != len(b) {
		return nil, damaged("index", "page does not decode")
	}
	return fresh, nil
}

// moved is the new number of an old row; ok is false if its entries are gone.
func (g *merger) moved(row uint32) (to uint32, ok bool) {
	shift := g.shifts[row/64]
	if shift&1 == 0 {
		return row + uint32(int32(shift)>>1), true
	}
	o := &g.odd[shift>>1]
	to = row + uint32(o.shift)
	for s := int(o.steps); s < len(g.steps) && g.steps[s].row <= row; s++ {
		to = row + uint32(g.steps[s].shift)
	}
	return to, o.gone>>(row%64)&1 == 0
}

// copyEntries copies at most n entries of an old page, of which the one before, of this hash, was written last, up to the first
// that is not usual: so the differences stay as they stand, and only the rows are exchanged. It returns how far it came.
//
// It runs four times a row, so it takes an entry as one number of 64 bits, without branches on the length of a difference,
// which nothing could predict.
func (g *merger) copyEntries(w *indexWriter, b []byte, at int, hash uint64, n int, next uint64) (int, uint64, int) {
	shifts := g.shifts
	body := w.value[indexHead:]
	ahead := w.used - at                                                         // bytes by which the new page is ahead of the old one
	last := min(len(b)-8, w.limit-indexHead-w.width-binary.MaxVarintLen32-ahead) // an entry that begins behind it may be too near to an end
	n = min(n, maxPageEntries-w.count)
	marks := w.marks[w.count : w.count+n]
	spare, size := uint(32-8*w.width)&31, 1+w.width // of an entry with a difference of one byte
	i := 0
	for ; i < len(marks) && at <= last; i++ {
		x := binary.BigEndian.Uint64(b[at:])
		if x>>48&0x8080 == 0x8080 { // a difference of more than two bytes
			break
		}
		two := x >> 63 // 1 where the difference takes two bytes
		head := 8 + 8*two&8
		row := uint32(x<<head>>32) >> spare
		if row/64 >= uint32(len(shifts)) {
			break
		}
		to, shift := row, shifts[row/64]
		if shift&1 == 0 {
			to += uint32(int32(shift) >> 1)
		} else if t, ok := g.moved(row); ok {
			to = t
		} else {
			break
		}
		h := hash + (x>>56&0x7f | x>>48<<7&0x3f80&-two)
		if next < h<<32|uint64(to) {
			break
		}
		marks[i] = skip{uint32(hash), uint16(at + ahead)}
		// What stands behind the entry is written over by the one that follows.
		binary.BigEndian.PutUint64(body[at+ahead:], x>>(56-8*two&63)<<(56-8*two&63)|uint64(to<<spare)<<(24-8*two&63))
		hash = h
		at += size + int(two)
	}
	w.count += i
	w.used, w.prev = at+ahead, uint32(hash)
	return at, hash, i
}

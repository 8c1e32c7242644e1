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

// mergePage adds the entries of an old page that stay, and the delta's entries before them; it returns the rest of those. It
// runs four times a row, so it does itself what is usual, without branches on the length of a difference, which nothing
// could predict: an entry of at most two bytes of difference that is written as one number of 64 bits. indexWriter.add does
// the rest.
func (g *merger) mergePage(p indexPage, fresh []uint64, w *indexWriter) ([]uint64, error) {
	oldRows, oldWidth := g.from.m.Rows, g.from.m.RowWidth
	oldSpare := uint(32-8*oldWidth) & 31 // bits of four bytes that are not of the row
	spare, full := uint(32-8*w.width)&31, w.limit-indexHead-w.width-binary.MaxVarintLen32
	body := w.value[indexHead:]
	used, count, prev := w.used, w.count, w.prev // w's, held here between its own calls
	next := noNext
	if len(fresh) > 0 {
		next = fresh[0]
	}
	shifts := g.shifts
	b, at, hash := p.entries, 0, p.first>>32
	for range p.count {
		var gap uint64
		var row uint32
		x := uint64(0x8080) << 48 // a difference of more than two bytes, or too near to the end to tell
		if at+8 <= len(b) {
			x = binary.BigEndian.Uint64(b[at:])
		}
		if x>>48&0x8080 != 0x8080 {
			two := x >> 63 // 1 where the difference takes two bytes
			gap = x>>56&0x7f | x>>48<<7&0x3f80&-two
			row = uint32(x<<((8+8*two)&63)>>32) >> oldSpare
			at += 1 + int(two) + oldWidth
		} else {
			v, i := uvarintAt(b, at)
			if at = i + oldWidth; i < 0 || at > len(b) {
				return nil, damaged("index", "page does not decode")
			}
			gap = v
			for _, c := range b[i:at] {
				row = row<<8 | uint32(c)
			}
		}
		if hash += gap; hash > 1<<32-1 || row >= oldRows {
			return nil, damaged("index", "page does not decode")
		}
		shift := shifts[row/64]
		to := row + uint32(int32(shift)>>1)
		if shift&1 != 0 {
			o := &g.odd[shift>>1]
			if o.gone>>(row%64)&1 != 0 {
				continue
			}
			to = row + uint32(o.shift)
			for s := int(o.steps); s < len(g.steps) && g.steps[s].row <= row; s++ {
				to = row + uint32(g.steps[s].shift)
			}
		}
		e := hash<<32 | uint64(to)
		gap = uint64(uint32(hash) - prev)
		if next < e || uint(count-1) >= maxPageEntries-1 || used > full || gap >= 1<<14 { // the first of a page among them
			w.used, w.count, w.prev = used, count, prev
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
			used, count, prev = w.used, w.count, w.prev
			continue
		}
		w.marks[count] = skip{prev, uint16(used)}
		two := (gap + 0x3f80) >> 14 // 1 from 0x80 on
		// What stands behind the entry is written over by the one that follows.
		binary.BigEndian.PutUint64(body[used:], (gap&0x7f|two<<7)<<56|gap>>7<<48|uint64(to<<spare)<<(24-8*two))
		used += 1 + int(two) + w.width
		count++
		prev = uint32(hash)
	}
	w.used, w.count, w.prev = used, count, prev
	if at != len(b) {
		return nil, damaged("index", "page does not decode")
	}
	return fresh, nil
}

package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
)

// Laying a delta over a file copies packed rows and index entries without making rows of them: only the numbers of words
// are exchanged, and rows that move are renumbered. Blocks are not checked against the tree on the way, because the
// result is compared with the hash of the file that the publisher built, and damage cannot survive that.

// merger lays a delta over a snapshot.
type merger struct {
	*deltaSource
	old      idMap    // of the rows that stay
	put      idMap    // of the delta's rows
	kinds    []string // the old words, to read kinds with
	steps    []step   // where the shift changes
	gone     []uint32 // old rows whose index entries are not those of a row of the result
	shifts   []uint32 // by 64 old rows; see fillShifts
	odd      []oddRows
	newIndex map[byte][]uint64
	statuses map[string]int
	scratch  []byte
	number   []byte // of the row that was read last
	page     []byte // an index page that had to be opened
	// kind and key of the entry that comes next
	nextKind   string
	nextNumber []byte
}

// oddRows are 64 old rows of which not all stay or not all are moved by the same number.
type oddRows struct {
	gone  uint64 // bits of those that are gone
	steps int32  // first of the steps that may lie within
	shift int32  // what to add to the number of the first
}

// step says that from old row on (in the order of the file) rows are moved by shift.
type step struct {
	row   uint32
	shift int32
}

func (w *fileWriter) merge(d *deltaSource, meta Meta) error {
	defer d.from.inOrder()()
	g := &merger{deltaSource: d, newIndex: map[byte][]uint64{}, statuses: maps.Clone(d.from.m.Statuses)}
	g.peek()
	for _, tree := range []byte(treeOrder) { // what is there already is about as much as there will be
		n := uint64(d.from.trees[tree].leaves)
		w.out.out.pages.leaves[tree] = make([]Hash, 0, min(n+n/16+16, maxForeseen*2))
	}
	m := newManifest(meta, nil, nil)
	m.Persons = d.head.Persons
	var err error
	if m.Words, err = g.mergeWords(w); err != nil {
		return err
	}
	if m.Emps, err = g.mergeEmployers(w); err != nil {
		return err
	}
	err = w.bucket(treeRows, func(put putFunc) error {
		rb := rowBlocks{put: put, limit: w.box.room(blockBytes)}
		if err := g.rows(w.ctx, &rb, m); err != nil {
			return err
		}
		return rb.flush()
	})
	if err != nil {
		return err
	}
	for status, n := range g.statuses {
		if n > 0 {
			m.Statuses[status] = n
		}
	}
	m.RowWidth = widthOf(m.Rows)
	g.fillShifts()
	for _, tree := range []byte{treeNumber, treeEcert, treeQR, treeName} {
		if err := w.bucket(tree, func(put putFunc) error { return g.mergeIndex(w.ctx, tree, m.RowWidth, w.box.room(blockBytes), put) }); err != nil {
			return err
		}
	}
	return w.finish(m)
}

// peek notes what the next entry of the delta is.
func (g *merger) peek() {
	g.nextKind, g.nextNumber = "", nil
	if len(g.entries) > 0 {
		kind, number, _ := bytes.Cut(g.entries[0].key, []byte{0})
		g.nextKind, g.nextNumber = string(kind), number
	}
}

// due reports whether the next entry of the delta comes before a key, or is the key.
func (g *merger) due(kind string, number []byte) bool {
	if g.nextNumber == nil {
		return false
	}
	if kind != g.nextKind {
		return g.nextKind < kind
	}
	return bytes.Compare(g.nextNumber, number) <= 0
}

// rows writes the rows of both in the order of the keys. In a block in which the delta changes nothing it does not look at
// keys.
func (g *merger) rows(ctx context.Context, rb *rowBlocks, m *manifest) error {
	var held element
	var texts [2][]byte // of this block and of the one before, if they had to be opened
	done := uint32(0)   // old rows that have been dealt with
	block := func(next []byte) error {
		if uint32(held.number()) != done {
			return damaged("block of row", done)
		}
		quiet := g.nextNumber == nil
		if !quiet && next != nil {
			kind, number, ok := g.firstKey(next)
			if !ok {
				return damaged("block of row", done)
			}
			quiet = !g.due(kind, number) // nor is it the first of the block that follows, which is to be on the safe side
		}
		n, err := g.block(held.value, done, quiet, rb, m)
		done += n
		return err
	}
	err := g.from.eachBlock(ctx, func(e element) error {
		var err error
		texts[0], texts[1] = texts[1], texts[0]
		if e.value, err = g.from.plain(treeRows, e.key, e.value, &texts[0]); err != nil {
			return err
		}
		if held.value != nil {
			if err := block(e.value); err != nil {
				return err
			}
		}
		held = e
		return nil
	})
	if err != nil {
		return err
	}
	if held.value != nil {
		if err := g.from.read(func(*reader) error { return block(nil) }); err != nil {
			return err
		}
	}
	if done != g.from.m.Rows {
		return damaged("rows", done)
	}
	_, _, err = g.upTo("", nil, nil, rb, m)
	return err
}

// firstKey is the key of the first row of a block.
func (g *merger) firstKey(block []byte) (kind string, number []byte, ok bool) {
	d := unpacker{b: block}
	d.take(4)
	d.uvarint()
	shared := d.uvarint()
	number = d.take(d.uvarint())
	kind, ok = g.kindOf(d.take(d.uvarint()))
	return kind, number, ok && d.err == nil && shared == 0
}

// kindOf reads the kind off a packed row.
func (g *merger) kindOf(packed []byte) (string, bool) {
	_, at := uvarintAt(packed, 0)
	i, at := uvarintAt(packed, at)
	if at < 0 || i >= uint64(len(g.kinds)) {
		return "", false
	}
	return g.kinds[i], true
}

// block writes the rows of an old block that stay, and the delta's rows before each; quiet says that there are none of
// those and that all rows stay. It returns the number of old rows.
func (g *merger) block(block []byte, first uint32, quiet bool, rb *rowBlocks, m *manifest) (uint32, error) {
	rows, at := uvarintAt(block, 4)
	if at < 0 || rows == 0 || rows > uint64(len(block)) {
		return 0, damaged("block of row", first)
	}
	if quiet {
		g.step(first, m.Rows)
	}
	if g.number == nil {
		g.number = make([]byte, 0, 64)
	}
	number, follows := g.number[:0], false // follows: the row before it is the one that was written last
	for row, end := first, first+uint32(rows); row < end; row++ {
		if quiet && follows {
			var n int
			at, n, number = g.copyRows(block, at, int(end-row), number, rb)
			m.Rows += uint32(n)
			if row += uint32(n); row == end {
				rb.last = append(rb.last[:0], number...)
				break
			}
		}
		var shared, suffix uint64
		start, i := at, at+2
		if i <= len(block) && block[at]|block[at+1] < 0x80 {
			shared, suffix = uint64(block[at]), uint64(block[at+1])
		} else {
			shared, i = uvarintAt(block, at)
			suffix, i = uvarintAt(block, i)
		}
		if i < 0 || shared > uint64(len(number)) || suffix > uint64(len(block)-i) {
			return 0, damaged("row", row)
		}
		number = append(number[:shared], block[i:i+int(suffix)]...)
		var size uint64
		if i += int(suffix); i < len(block) && block[i] < 0x80 {
			size, i = uint64(block[i]), i+1
		} else {
			size, i = longUvarint(block, i)
		}
		if i < 0 || size > uint64(len(block)-i) {
			return 0, damaged("row", row)
		}
		packed := block[i : i+int(size)]
		at = i + int(size)
		if !quiet {
			kind, ok := g.kindOf(packed)
			if !ok {
				return 0, damaged("row", row)
			}
			if g.due(kind, number) {
				met, stays, err := g.upTo(kind, number, packed, rb, m)
				if err != nil {
					return 0, err
				}
				if follows = false; met {
					if stays {
						g.step(row, m.Rows-1)
					} else {
						g.gone = append(g.gone, row)
					}
					continue
				}
			}
			g.step(row, m.Rows)
		}
		if !follows {
			shared = uint64(sharedPrefix(number, rb.last))
		}
		if !follows || !g.copyRow(block[start:at], packed, rb) {
			if err := g.keep(number, int(shared), packed, rb); err != nil {
				return 0, err
			}
		}
		m.Rows++
		if follows = true; !quiet || row == end-1 {
			rb.last = append(rb.last[:0], number...)
		}
	}
	if at != len(block) {
		return 0, damaged("block", "has more than its rows")
	}
	g.number = number
	return uint32(rows), nil
}

// copyRow writes an old row as it stands in its block, but for the number of its employer, where that is possible: the row
// before it is the same, no word has another number, the employer's new number is as long as the old one.
func (g *merger) copyRow(row, packed []byte, rb *rowBlocks) bool {
	if !g.old.sameWords || rb.count == 0 || len(rb.body)+len(row) > rb.limit {
		return false
	}
	if g.old.sameEmployers {
		rb.body = append(rb.body, row...)
		rb.count++
		return true
	}
	start, end, id, ok := employerIn(packed)
	if !ok {
		return false
	}
	if start < end {
		if id, ok = g.old.to(g.old.employers, id); !ok || varLen(id) != end-start {
			return false
		}
	}
	at := len(rb.body) + len(row) - len(packed) + start
	rb.body = append(rb.body, row...)
	if start < end {
		binary.PutUvarint(rb.body[at:], id)
	}
	rb.count++
	return true
}

// keep writes an old row. It leaves the writer's last number to its caller.
func (g *merger) keep(number []byte, shared int, packed []byte, rb *rowBlocks) error {
	switch {
	case !g.old.sameWords:
		out, _, ok := g.old.transcode(g.scratch[:0], packed)
		if g.scratch = out; !ok {
			return fmt.Errorf("%w: a row does not decode", ErrDelta)
		}
		return rb.addFollowing(number, shared, out, nil, nil)
	case !g.old.sameEmployers:
		start, end, id, ok := employerIn(packed)
		if !ok {
			return fmt.Errorf("%w: a row does not decode", ErrDelta)
		}
		if start == end { // it names none
			break
		}
		to, ok := g.old.to(g.old.employers, id)
		if !ok {
			return fmt.Errorf("%w: a row does not decode", ErrDelta)
		}
		var buf [binary.MaxVarintLen32]byte
		return rb.addFollowing(number, shared, packed[:start], binary.AppendUvarint(buf[:0], to), packed[end:])
	}
	return rb.addFollowing(number, shared, packed, nil, nil)
}

// upTo writes the delta's rows below a key, all where number is nil. It reports whether the delta has the key itself, whose
// old row is packed, and if so whether the row that stands for it now is found as it was.
func (g *merger) upTo(kind string, number, packed []byte, rb *rowBlocks, m *manifest) (met, stays bool, err error) {
	for len(g.entries) > 0 && (number == nil || g.due(kind, number)) {
		e := g.entries[0]
		var old []byte
		var was rowSpots
		if met = number != nil && g.nextKind == kind && bytes.Equal(g.nextNumber, number); met {
			var ok bool
			if was, ok = skim(packed, g.scratch); !ok || was.status >= uint64(len(g.kinds)) {
				return false, false, damaged("row", "does not decode")
			}
			g.statuses[g.kinds[was.status]]--
			old = packed
		}
		switch {
		case e.packed != nil:
			if stays, err = g.fresh(e, old, was, rb, m); err != nil {
				return false, false, err
			}
		case !met:
			return false, false, fmt.Errorf("%w: it removes a row that is not there", ErrDelta)
		}
		g.entries = g.entries[1:]
		g.peek()
		if met {
			break
		}
	}
	return met, stays, nil
}

// fresh writes a row of the delta. If it is another state of an old row and has the same keys, those of the index stay, which
// it reports; else it notes index entries. It decodes no more than those need: what a row must not hold the publisher's file
// does not hold either, and the result is compared with that.
func (g *merger) fresh(e deltaEntry, old []byte, was rowSpots, rb *rowBlocks, m *manifest) (stays bool, err error) {
	if m.Rows >= maxRows {
		return false, fmt.Errorf("%w: too many rows", ErrDelta)
	}
	kind, number, _ := bytes.Cut(e.key, []byte{0})
	out, at, ok := g.put.transcode(g.scratch[:0], e.packed)
	if g.scratch = out; !ok {
		return false, fmt.Errorf("%w: a row does not decode", ErrDelta)
	}
	words := g.words.wordList // the numbers are among them, or the row would not have been transcoded
	if string(kind) != words[at.kind] {
		return false, fmt.Errorf("%w: key and row differ", ErrDelta)
	}
	g.statuses[words[at.status]]++
	if stays = old != nil && sameKeys(old, was, e.packed, at); !stays {
		g.index(treeNumber, string(number), m.Rows)
		g.index(treeName, NormalName(textAt(e.packed, at.name)), m.Rows)
		if at.qr > 0 {
			g.index(treeQR, textAt(e.packed, at.qr), m.Rows)
		}
		if at.ecert > 0 {
			g.index(treeEcert, textAt(e.packed, at.ecert), m.Rows)
		}
	}
	m.Rows++
	err = rb.addFollowing(number, sharedPrefix(number, rb.last), out, nil, nil)
	rb.last = append(rb.last[:0], number...)
	return stays, err
}

// index notes an entry of an index for the row of this number.
func (g *merger) index(tree byte, key string, row uint32) {
	g.newIndex[tree] = append(g.newIndex[tree], uint64(keyHash(tree, key))<<32|uint64(row))
}

// eachBlock reads all blocks of rows, unchecked.
func (s *Snapshot) eachBlock(ctx context.Context, f func(element) error) error {
	return s.read(func(r *reader) error { return s.eachValue(ctx, r, s.trees[treeRows], 0, f) })
}

// step notes that the old row becomes row number to.
func (g *merger) step(row, to uint32) {
	shift := int32(to - row)
	if n := len(g.steps); n == 0 && shift != 0 || n > 0 && g.steps[n-1].shift != shift {
		g.steps = append(g.steps, step{row, shift})
	}
}

// fillShifts makes the table of what becomes of the numbers of old rows, small enough to stay in a processor's cache: for 64
// rows twice the number to add, or, where they are odd, twice their place among those and one. Fewer than 2^30 rows come
// and go, since a delta is at most maxDelta bytes.
func (g *merger) fillShifts() {
	g.shifts = make([]uint32, g.from.m.Rows/64+1)
	i, shift, gone := 0, int32(0), g.gone
	for c := range g.shifts {
		for i < len(g.steps) && g.steps[i].row <= uint32(c)*64 {
			shift = g.steps[i].shift
			i++
		}
		o := oddRows{steps: int32(i), shift: shift}
		for len(gone) > 0 && gone[0]/64 == uint32(c) {
			o.gone |= 1 << (gone[0] % 64)
			gone = gone[1:]
		}
		if o.gone == 0 && (i == len(g.steps) || g.steps[i].row/64 != uint32(c)) {
			g.shifts[c] = uint32(shift) << 1
			continue
		}
		g.shifts[c] = uint32(len(g.odd))<<1 | 1
		g.odd = append(g.odd, o)
	}
}

package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
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
	moves    []move   // by 64 old rows
	steps    []step   // where the shift changes
	newIndex map[byte][]uint64
	statuses map[string]int
	scratch  []byte
	number   []byte // of the row that was read last
	batch    entryBatch
	page     []byte // an index page that had to be opened
	// kind and key of the entry that comes next
	nextKind   string
	nextNumber []byte
}

// move says what becomes of 64 old rows.
type move struct {
	dropped uint64 // bits of the rows that are removed or replaced
	steps   int32  // first of the steps that lie within, noSteps if there are none
	shift   int32  // what to add to the number of the first
}

const noSteps = -1

// step says that from old row on (in the order of the file) rows are moved by shift.
type step struct {
	row   uint32
	shift int32
}

func (w *fileWriter) merge(d *deltaSource, meta Meta) error {
	defer d.from.inOrder()()
	g := &merger{deltaSource: d, newIndex: map[byte][]uint64{}, statuses: maps.Clone(d.from.m.Statuses)}
	g.moves = make([]move, d.from.m.Rows/64+1)
	g.peek()
	for _, tree := range []byte(treeOrder) { // what is there already is about as much as there will be
		w.sums.foresee(tree, d.from.trees[tree].leaves)
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
	_, err = g.upTo("", nil, rb, m)
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
	number, follows := g.number[:0], false // follows: the row before it is the one that was written last
	for row := first; row < first+uint32(rows); row++ {
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
				replaced, err := g.upTo(kind, number, rb, m)
				if err == nil && replaced {
					err = g.drop(row, packed)
				}
				if err != nil {
					return 0, err
				}
				if follows = false; replaced {
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
		if follows = true; !quiet || row == first+uint32(rows)-1 {
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
		out, ok := g.old.transcode(g.scratch[:0], packed)
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

// drop notes that an old row goes.
func (g *merger) drop(row uint32, packed []byte) error {
	if row >= g.from.m.Rows {
		return damaged("row", row)
	}
	g.moves[row/64].dropped |= 1 << (row % 64)
	c := copier{src: packed, ok: true}
	c.skipUvarint()
	c.skipUvarint()
	c.text()
	i := c.skipUvarint()
	if !c.ok || i >= uint64(len(g.kinds)) {
		return damaged("row", row)
	}
	g.statuses[g.kinds[i]]--
	return nil
}

// upTo writes the delta's rows below a key, all where number is nil, and reports whether the delta has the key itself.
func (g *merger) upTo(kind string, number []byte, rb *rowBlocks, m *manifest) (bool, error) {
	for len(g.entries) > 0 && (number == nil || g.due(kind, number)) {
		e := g.entries[0]
		same := number != nil && g.nextKind == kind && bytes.Equal(g.nextNumber, number)
		switch {
		case e.packed != nil:
			if err := g.fresh(e, rb, m); err != nil {
				return false, err
			}
		case !same:
			return false, fmt.Errorf("%w: it removes a row that is not there", ErrDelta)
		}
		g.entries = g.entries[1:]
		g.peek()
		if same {
			return true, nil
		}
	}
	return false, nil
}

// fresh writes a row of the delta and notes its index entries.
func (g *merger) fresh(e deltaEntry, rb *rowBlocks, m *manifest) error {
	if m.Rows >= maxRows {
		return fmt.Errorf("%w: too many rows", ErrDelta)
	}
	_, number, _ := bytes.Cut(e.key, []byte{0})
	r, err := decodeRow(e.packed, string(number), &g.words)
	if err == nil {
		r, err = normalise(r)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDelta, err)
	}
	if g.scratch = appendKey(g.scratch[:0], &r); !bytes.Equal(g.scratch, e.key) {
		return fmt.Errorf("%w: key and row differ", ErrDelta)
	}
	for tree, k := range indexKeys(&r) {
		g.newIndex[tree] = append(g.newIndex[tree], uint64(keyHash(tree, k))<<32|uint64(m.Rows))
	}
	g.statuses[r.Status]++
	m.Rows++
	out, ok := g.put.transcode(g.scratch[:0], e.packed)
	if g.scratch = out; !ok {
		return fmt.Errorf("%w: a row does not decode", ErrDelta)
	}
	err = rb.addFollowing(number, sharedPrefix(number, rb.last), out, nil, nil)
	rb.last = append(rb.last[:0], number...)
	return err
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

func (g *merger) fillShifts() {
	i, shift := 0, int32(0)
	for c := range g.moves {
		for i < len(g.steps) && g.steps[i].row <= uint32(c)*64 {
			shift = g.steps[i].shift
			i++
		}
		g.moves[c].shift, g.moves[c].steps = shift, noSteps
		if i < len(g.steps) && g.steps[i].row/64 == uint32(c) {
			g.moves[c].steps = int32(i)
		}
	}
}

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

// entryBatch holds the entries of one index page.
type entryBatch struct {
	hash, row, to [maxPageEntries]uint32 // of each entry: hash, old row, new row unless it is odd
	odd           [maxPageEntries]bool   // the row is gone, or there is a step among its 64
}

// read decodes a page. It runs four times a row, so it decodes the usual entries itself, without branches on the length of
// a difference, which nothing could predict.
func (t *entryBatch) read(p indexPage, width int, rows uint32) bool {
	b, hash, spare := p.entries, p.first>>32, uint(32-8*width) // spare: bits of four bytes that are not of the row
	if p.count > len(t.hash) {
		return false
	}
	at := 0
	for i := range p.count {
		var gap uint64
		var row uint32
		x := uint64(0x8080) << 48 // a difference of more than two bytes, or too near to the end to tell
		if at+8 <= len(b) {
			x = binary.BigEndian.Uint64(b[at:])
		}
		if x>>48&0x8080 != 0x8080 {
			two := x >> 63 // 1 where the difference takes two bytes
			gap = x>>56&0x7f | x>>48<<7&0x3f80&-two
			row = uint32(x<<((8+8*two)&63)>>32) >> (spare & 31)
			at += 1 + int(two) + width
		} else {
			v, i := uvarintAt(b, at)
			if at = i + width; i < 0 || at > len(b) {
				return false
			}
			gap = v
			for _, c := range b[i:at] {
				row = row<<8 | uint32(c)
			}
		}
		if hash += gap; hash > 1<<32-1 || row >= rows {
			return false
		}
		t.hash[i], t.row[i] = uint32(hash), row
	}
	return at == len(b)
}

// mergePage adds the entries of an old page that stay, and the delta's entries before them; it returns the rest of those.
func (g *merger) mergePage(p indexPage, fresh []uint64, w *indexWriter) ([]uint64, error) {
	t := &g.batch
	if !t.read(p, g.from.m.RowWidth, g.from.m.Rows) {
		return nil, damaged("index", "page does not decode")
	}
	for i, row := range t.row[:p.count] { // by itself, so that the reads, all over the table, do not wait for each other
		move := &g.moves[row/64]
		t.to[i] = row + uint32(move.shift)
		t.odd[i] = move.dropped>>(row%64)&1 != 0 || move.steps != noSteps
	}
	next := noNext
	if len(fresh) > 0 {
		next = fresh[0]
	}
	for i, to := range t.to[:p.count] {
		if t.odd[i] {
			row := t.row[i]
			move := &g.moves[row/64]
			if move.dropped>>(row%64)&1 != 0 {
				continue
			}
			for s := int(move.steps); s < len(g.steps) && g.steps[s].row <= row; s++ {
				to = row + uint32(g.steps[s].shift)
			}
		}
		e := uint64(t.hash[i])<<32 | uint64(to)
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
	return fresh, nil
}

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
}

// move says what becomes of 64 old rows.
type move struct {
	dropped uint64 // bits of the rows that are removed or replaced
	steps   uint32 // first of the steps that may lie within
	shift   int32  // what to add to the number of the first
}

// step says that from old row on (in the order of the file) rows are moved by shift.
type step struct {
	row   uint32
	shift int32
}

func (w *fileWriter) merge(d *deltaSource, meta Meta) error {
	g := &merger{deltaSource: d, newIndex: map[byte][]uint64{}, statuses: maps.Clone(d.from.m.Statuses)}
	g.moves = make([]move, d.from.m.Rows/64+1)
	old, err := d.from.bulkLexicon()
	if err != nil {
		return err
	}
	g.kinds = old.wordList
	words, err := d.changes[0].apply(old.wordList, d.words.wordList, &g.old.words, &g.put.words)
	if err != nil {
		return err
	}
	employers, err := d.changes[1].apply(old.employerList, d.words.employerList, &g.old.employers, &g.put.employers)
	if err != nil {
		return err
	}
	g.old.sameWords, g.old.sameEmployers = identity(g.old.words), identity(g.old.employers)
	m := newManifest(meta, words, employers)
	if err := w.dictionaries(words, employers); err != nil {
		return err
	}
	err = w.bucket(treeRows, func(put putFunc) error {
		rb := rowBlocks{put: put, limit: blockBytes}
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
		if err := w.bucket(tree, func(put putFunc) error { return g.mergeIndex(w.ctx, tree, m.RowWidth, put) }); err != nil {
			return err
		}
	}
	return w.finish(m)
}

// apply makes the new dictionary, the new numbers of the old words and of the delta's own.
func (c *wordChange) apply(old, own []string, oldIDs, ownIDs *[]uint32) ([]string, error) {
	words := make([]string, 0, len(old)+len(c.come))
	ids := make([]uint32, len(old))
	gone, come := c.gone, c.come
	for i, s := range old {
		for len(come) > 0 && come[0] < s {
			words, come = append(words, come[0]), come[1:]
		}
		if len(come) > 0 && come[0] == s {
			return nil, fmt.Errorf("%w: it adds a word that is there", ErrDelta)
		}
		if len(gone) > 0 && gone[0] == uint32(i) {
			ids[i], gone = wordGone, gone[1:]
			continue
		}
		ids[i] = uint32(len(words))
		words = append(words, s)
	}
	if len(gone) > 0 {
		return nil, fmt.Errorf("%w: it removes a word that is not there", ErrDelta)
	}
	words = append(words, come...)
	*oldIDs, *ownIDs = ids, make([]uint32, len(own))
	for i, s := range own {
		at, found := slices.BinarySearch(words, s)
		if !found {
			return nil, fmt.Errorf("%w: a word of its rows is not in the dictionary", ErrDelta)
		}
		(*ownIDs)[i] = uint32(at)
	}
	return words, nil
}

func identity(ids []uint32) bool {
	for i, to := range ids {
		if to != uint32(i) {
			return false
		}
	}
	return true
}

// rows writes the rows of both in the order of the keys. A block in which the delta changes nothing is copied row by row
// without looking at keys.
func (g *merger) rows(ctx context.Context, rb *rowBlocks, m *manifest) error {
	var first, next []byte // keys with which a block and the one after it begin
	var held element
	done := uint32(0) // old rows that have been dealt with
	block := func(bound []byte) error {
		if uint32(held.number()) != done {
			return damaged("block of row", done)
		}
		g.step(done, m.Rows)
		var n uint32
		var err error
		if bound != nil && (len(g.entries) == 0 || bytes.Compare(g.entries[0].key, bound) >= 0) {
			n, err = g.copyBlock(held.value, rb)
			m.Rows += n
		} else {
			n, err = g.mergeBlock(held.value, done, rb, m)
		}
		done += n
		return err
	}
	err := g.from.eachBlock(ctx, func(e element) error {
		var ok bool
		if next, ok = g.firstKey(next[:0], e.value); !ok {
			return damaged("block of row", e.number())
		}
		if held.value != nil {
			if err := block(next); err != nil {
				return err
			}
		}
		held, first, next = e, next, first
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
	_, err = g.upTo(nil, rb, m)
	return err
}

// firstKey appends the key of the first row of a block.
func (g *merger) firstKey(dst, block []byte) ([]byte, bool) {
	d := unpacker{b: block}
	d.take(4)
	d.uvarint()
	shared := d.uvarint()
	number := d.take(d.uvarint())
	kind, ok := g.kindOf(d.take(d.uvarint()))
	return append(append(append(dst, kind...), 0), number...), ok && d.err == nil && shared == 0
}

// kindOf reads the kind off a packed row.
func (g *merger) kindOf(packed []byte) (string, bool) {
	c := copier{src: packed, ok: true}
	c.skipUvarint()
	i := c.skipUvarint()
	if !c.ok || i >= uint64(len(g.kinds)) {
		return "", false
	}
	return g.kinds[i], true
}

// copyBlock copies the rows of a block and returns their number.
func (g *merger) copyBlock(block []byte, rb *rowBlocks) (uint32, error) {
	d := unpacker{b: block}
	d.take(4)
	rows := d.uvarint()
	var buf [64]byte
	number := buf[:0]
	for i := range rows {
		shared := d.uvarint()
		suffix := d.take(d.uvarint())
		packed := d.take(d.uvarint())
		if d.err != nil || shared > uint64(len(number)) {
			return 0, damaged("row", i)
		}
		number = append(number[:shared], suffix...)
		if i == 0 {
			shared = uint64(sharedPrefix(number, rb.last))
		}
		if err := g.keep(number, int(shared), packed, rb); err != nil {
			return 0, err
		}
	}
	if len(d.b) > 0 {
		return 0, damaged("block", "has more than its rows")
	}
	return uint32(rows), nil
}

// keep writes an old row.
func (g *merger) keep(number []byte, shared int, packed []byte, rb *rowBlocks) error {
	switch {
	case !g.old.sameWords:
		out, ok := g.old.transcode(g.scratch[:0], packed)
		if g.scratch = out; !ok {
			return fmt.Errorf("%w: a row does not decode", ErrDelta)
		}
		return rb.addFollowing(number, shared, out, nil, nil)
	case !g.old.sameEmployers:
		var buf [binary.MaxVarintLen32]byte
		a, b, c, ok := g.old.split(packed, &buf)
		if !ok {
			return fmt.Errorf("%w: a row does not decode", ErrDelta)
		}
		return rb.addFollowing(number, shared, a, b, c)
	}
	return rb.addFollowing(number, shared, packed, nil, nil)
}

// mergeBlock writes the rows of a block that stay, and the delta's rows between them.
func (g *merger) mergeBlock(block []byte, first uint32, rb *rowBlocks, m *manifest) (n uint32, err error) {
	var key []byte
	ok := eachRow(block, first, func(row uint32, number, packed []byte) bool {
		n++
		kind, ok := g.kindOf(packed)
		if !ok {
			err = damaged("row", row)
			return false
		}
		key = append(append(append(key[:0], kind...), 0), number...)
		replaced, e := g.upTo(key, rb, m)
		if err = e; err != nil {
			return false
		}
		if replaced {
			err = g.drop(row, packed)
			return err == nil
		}
		g.step(row, m.Rows)
		m.Rows++
		err = g.keep(number, sharedPrefix(number, rb.last), packed, rb)
		return err == nil
	})
	if err == nil && !ok {
		err = damaged("block of row", first)
	}
	return n, err
}

func sharedPrefix(a, b []byte) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
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

// upTo writes the delta's rows below key, all for nil, and reports whether the delta has the key itself.
func (g *merger) upTo(key []byte, rb *rowBlocks, m *manifest) (bool, error) {
	for len(g.entries) > 0 {
		e := g.entries[0]
		c := -1
		if key != nil {
			c = bytes.Compare(e.key, key)
		}
		if c > 0 {
			return false, nil
		}
		g.entries = g.entries[1:]
		switch {
		case e.packed != nil:
			if err := g.fresh(e, rb, m); err != nil {
				return false, err
			}
		case c < 0:
			return false, fmt.Errorf("%w: it removes a row that is not there", ErrDelta)
		}
		if c == 0 {
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
	if !bytes.Equal(appendKey(nil, &r), e.key) {
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
	return rb.addFollowing(number, sharedPrefix(number, rb.last), out, nil, nil)
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
		g.moves[c].shift, g.moves[c].steps = shift, uint32(i)
	}
}

// mergeIndex writes an index from the old one, without the entries of rows that are gone, and the delta's entries.
func (g *merger) mergeIndex(ctx context.Context, tree byte, width int, put putFunc) error {
	fresh := g.newIndex[tree]
	slices.Sort(fresh)
	w := indexWriter{put: put, width: width}
	from := g.from
	err := from.read(func(r *reader) error {
		return from.eachValue(ctx, r, from.trees[tree], 0, func(e element) error {
			p, ok := parseIndexPage(e.value)
			if !ok {
				return damaged(bucketNames[tree], "page does not decode")
			}
			var err error
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
// It is the innermost loop of a merge, so it decodes the page itself.
func (g *merger) mergePage(p indexPage, fresh []uint64, w *indexWriter) ([]uint64, error) {
	b, hash, width, rows := p.entries, p.first>>32, g.from.m.RowWidth, g.from.m.Rows
	for range p.count {
		gap, n := binary.Uvarint(b)
		if n <= 0 || len(b) < n+width {
			return nil, damaged("index", "page does not decode")
		}
		row := uint32(0)
		for _, c := range b[n : n+width] {
			row = row<<8 | uint32(c)
		}
		b = b[n+width:]
		if hash += gap; hash > 1<<32-1 || row >= rows {
			return nil, damaged("index", "page does not decode")
		}
		move := &g.moves[row/64]
		if move.dropped&(1<<(row%64)) != 0 {
			continue
		}
		shift := move.shift
		for i := int(move.steps); i < len(g.steps) && g.steps[i].row <= row; i++ {
			shift = g.steps[i].shift
		}
		e := hash<<32 | uint64(row+uint32(shift))
		for len(fresh) > 0 && fresh[0] < e {
			if err := w.add(fresh[0]); err != nil {
				return nil, err
			}
			fresh = fresh[1:]
		}
		if err := w.add(e); err != nil {
			return nil, err
		}
	}
	if len(b) > 0 {
		return nil, damaged("index", "page does not decode")
	}
	return fresh, nil
}

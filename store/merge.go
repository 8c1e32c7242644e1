package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
)

// Laying a delta over a file copies packed rows and index entries without making rows of them: only the numbers of words
// are exchanged, and rows that move are renumbered. Blocks are not checked against the tree on the way, because the
// result is compared with the hash of the file that the publisher built, and damage cannot survive that.

// idMap exchanges the numbers of words in packed rows. While it marks, it notes which occur instead.
type idMap struct {
	words, employers []uint32
	marking          bool
}

func (m *idMap) to(list []uint32, i uint64) (uint64, bool) {
	if i >= uint64(len(list)) {
		return 0, false
	}
	if m.marking {
		list[i] = 1
		return i, true
	}
	return uint64(list[i]), true
}

// transcode appends a packed row with other numbers of words, and returns the number of its status.
func (m *idMap) transcode(dst, src []byte) (out []byte, status uint64, ok bool) {
	c := copier{dst: dst, src: src, ok: true}
	mask := c.skipUvarint()
	c.id(m, m.words) // kind
	c.text()
	status = c.id(m, m.words)
	if mask&hasSex != 0 {
		c.id(m, m.words)
	}
	if mask&hasBirth != 0 {
		c.skip(3)
	}
	if mask&hasEmployer != 0 {
		c.id(m, m.employers)
	}
	if mask&hasSpecialties != 0 {
		for n := c.skipUvarint(); n > 0 && c.ok; n-- {
			c.specialty(m)
		}
	}
	if mask&hasValid != 0 {
		c.skip(6)
	}
	if mask&hasStatusDate != 0 {
		c.skip(3)
	}
	for _, bit := range []uint64{hasReason, hasQR, hasEcert} {
		if mask&bit != 0 {
			c.text()
		}
	}
	for _, bit := range []uint64{hasUpdated, hasUsage} {
		if mask&bit != 0 {
			c.skip(3)
		}
	}
	if mask&hasHistory != 0 {
		for n := c.skipUvarint(); n > 0 && c.ok; n-- {
			c.id(m, m.words)
			c.text()
			c.skip(3)
		}
	}
	if !c.ok || c.at != len(src) || mask >= maskEnd {
		return dst, 0, false
	}
	return append(c.dst, src[c.from:]...), status, true
}

// copier walks through a packed row; what lies between from and at has been seen but not copied.
type copier struct {
	dst, src []byte
	from, at int
	ok       bool
}

func (c *copier) skip(n uint64) {
	if !c.ok || n > uint64(len(c.src)-c.at) {
		c.ok = false
		return
	}
	c.at += int(n)
}

func (c *copier) skipUvarint() uint64 {
	if c.ok && c.at < len(c.src) && c.src[c.at] < 0x80 {
		c.at++
		return uint64(c.src[c.at-1])
	}
	v, n := binary.Uvarint(c.src[c.at:])
	if n <= 0 {
		c.ok = false
		return 0
	}
	c.at += n
	return v
}

func (c *copier) text() { c.skip(c.skipUvarint() / textForms) }

// id exchanges one number and returns the one that stood there.
func (c *copier) id(m *idMap, list []uint32) uint64 {
	start := c.at
	v := c.skipUvarint()
	c.replace(m, list, start, v, 0, 0)
	return v
}

func (c *copier) replace(m *idMap, list []uint32, start int, v uint64, shift uint, low uint64) {
	if !c.ok {
		return
	}
	to, ok := m.to(list, v)
	if c.ok = ok; !ok || to == v {
		return
	}
	c.dst = append(c.dst, c.src[c.from:start]...)
	c.dst = binary.AppendUvarint(c.dst, to<<shift|low)
	c.from = c.at
}

func (c *copier) specialty(m *idMap) {
	start := c.at
	v := c.skipUvarint()
	c.replace(m, m.words, start, v>>3, 3, v&7)
	if v&1 != 0 {
		c.id(m, m.words)
	}
	for _, bit := range []uint64{2, 4} {
		if v&bit != 0 {
			c.skip(3)
		}
	}
}

// merger lays a delta over a snapshot.
type merger struct {
	*deltaSource
	dropped  []uint64 // bits of the old rows that are removed or replaced
	shifts   []int32  // by 64 old rows: what to add to the number of the first
	steps    []step   // where the shift changes
	newIndex map[byte][]uint64
}

// step says that from old row on (in the order of the file) rows are moved by shift.
type step struct {
	row   uint32
	shift int32
}

func (w *fileWriter) merge(d *deltaSource, meta Meta) error {
	g := &merger{deltaSource: d, newIndex: map[byte][]uint64{}}
	g.dropped = make([]uint64, d.from.m.Rows/64+1)
	oldWords, err := d.from.bulkLexicon()
	if err != nil {
		return err
	}
	old := idMap{words: make([]uint32, len(oldWords.wordList)), employers: make([]uint32, len(oldWords.employerList)), marking: true}
	put := idMap{words: make([]uint32, len(d.words.wordList)), employers: make([]uint32, len(d.words.employerList)), marking: true}
	var scratch []byte
	mark := func(m *idMap) func([]byte, []byte) error {
		return func(_, packed []byte) (err error) {
			var ok bool
			if scratch, _, ok = m.transcode(scratch[:0], packed); !ok {
				return fmt.Errorf("%w: a row does not decode", ErrDelta)
			}
			return nil
		}
	}
	if err := g.walk(w.ctx, mark(&old), mark(&put), nil); err != nil {
		return err
	}
	words := unite(&old.words, oldWords.wordList, &put.words, d.words.wordList)
	employers := unite(&old.employers, oldWords.employerList, &put.employers, d.words.employerList)
	old.marking, put.marking = false, false

	m := newManifest(meta, words, employers)
	if err := w.dictionaries(words, employers); err != nil {
		return err
	}
	counts := make([]int, len(words))
	err = w.bucket(treeRows, func(store putFunc) error {
		rb := rowBlocks{put: store, limit: blockBytes}
		write := func(ids *idMap) func(key, packed []byte) error {
			return func(key, packed []byte) error {
				var status uint64
				var ok bool
				if scratch, status, ok = ids.transcode(scratch[:0], packed); !ok || m.Rows >= maxRows {
					return fmt.Errorf("%w: a row does not decode", ErrDelta)
				}
				counts[ids.words[status]]++
				m.Rows++
				return rb.add(key[bytes.IndexByte(key, 0)+1:], scratch)
			}
		}
		writeNew := write(&put)
		fresh := func(key, packed []byte) error {
			if err := g.entriesOf(key, packed, m.Rows); err != nil {
				return err
			}
			return writeNew(key, packed)
		}
		if err := g.walk(w.ctx, write(&old), fresh, func(row uint32) { g.step(row, m.Rows) }); err != nil {
			return err
		}
		return rb.flush()
	})
	if err != nil {
		return err
	}
	for i, n := range counts {
		if n > 0 {
			m.Statuses[words[i]] = n
		}
	}
	m.RowWidth = widthOf(m.Rows)
	g.fillShifts()
	for _, tree := range []byte{treeNumber, treeEcert, treeQR, treeName} {
		if err := w.bucket(tree, func(store putFunc) error { return g.mergeIndex(w.ctx, tree, m.RowWidth, store) }); err != nil {
			return err
		}
	}
	return w.finish(m)
}

// unite makes one sorted dictionary of the words that are marked in two, and turns the marks into their new numbers.
func unite(a *[]uint32, aw []string, b *[]uint32, bw []string) []string {
	var words []string
	for i, used := range *a {
		if used != 0 {
			words = append(words, aw[i])
		}
	}
	for i, used := range *b {
		if used != 0 {
			words = append(words, bw[i])
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	index := make(map[string]uint32, len(words))
	for i, s := range words {
		index[s] = uint32(i)
	}
	for i := range *a {
		(*a)[i] = index[aw[i]] // words that are not in use are not asked for
	}
	for i := range *b {
		(*b)[i] = index[bw[i]]
	}
	return words
}

// walk goes through both in the order of the keys. old gets the rows that stay, fresh those of the delta; before is told
// each old row that stays, ahead of it.
func (g *merger) walk(ctx context.Context, old, fresh func(key, packed []byte) error, before func(row uint32)) error {
	i := 0
	upTo := func(key []byte) (bool, error) { // the delta's entries below key; true if it has key itself
		for i < len(g.entries) {
			e := g.entries[i]
			c := -1
			if key != nil {
				c = bytes.Compare(e.key, key)
			}
			if c > 0 {
				return false, nil
			}
			if i++; e.packed != nil {
				if err := fresh(e.key, e.packed); err != nil {
					return false, err
				}
			} else if c < 0 {
				return false, fmt.Errorf("%w: it removes a row that is not there", ErrDelta)
			}
			if c == 0 {
				return true, nil
			}
		}
		return false, nil
	}
	words, err := g.from.bulkWords()
	if err != nil {
		return err
	}
	var key []byte
	rows := uint32(0)
	err = g.from.eachBlock(ctx, func(first uint32, v []byte) error {
		var failed error
		if first != rows {
			return damaged("block of row", rows)
		}
		ok := eachRow(v, first, func(row uint32, number, packed []byte) bool {
			rows = row + 1
			kind, kindOK := kindOf(packed, words)
			if !kindOK {
				failed = damaged("row", row)
				return false
			}
			key = append(append(append(key[:0], kind...), 0), number...)
			replaced, err := upTo(key)
			if failed = err; err != nil {
				return false
			}
			if replaced {
				g.dropped[row/64] |= 1 << (row % 64)
				return true
			}
			if before != nil {
				before(row)
			}
			failed = old(key, packed)
			return failed == nil
		})
		if failed == nil && !ok {
			failed = damaged("block of row", first)
		}
		return failed
	})
	if err != nil {
		return err
	}
	if rows != g.from.m.Rows {
		return damaged("rows", rows)
	}
	_, err = upTo(nil)
	return err
}

// kindOf reads the kind off a packed row.
func kindOf(packed []byte, words []string) (string, bool) {
	c := copier{src: packed, ok: true}
	c.skipUvarint()
	i := c.skipUvarint()
	if !c.ok || i >= uint64(len(words)) {
		return "", false
	}
	return words[i], true
}

func (s *Snapshot) bulkWords() (words []string, err error) {
	err = s.read(func(r *reader) error { words, err = s.loadStrings(r, s.trees[treeWords], s.m.Words); return err })
	return words, err
}

// eachBlock reads all blocks of rows, unchecked.
func (s *Snapshot) eachBlock(ctx context.Context, f func(first uint32, v []byte) error) error {
	return s.read(func(r *reader) error {
		return s.eachValue(ctx, r, s.trees[treeRows], 0, func(e element) error { return f(uint32(e.number()), e.value) })
	})
}

// entriesOf notes the index entries of a row of the delta, which becomes row number row.
func (g *merger) entriesOf(key, packed []byte, row uint32) error {
	_, number, _ := bytes.Cut(key, []byte{0})
	r, err := decodeRow(packed, string(number), &g.words)
	if err == nil {
		r, err = normalise(r)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDelta, err)
	}
	if !bytes.Equal(appendKey(nil, &r), key) {
		return fmt.Errorf("%w: key and row differ", ErrDelta)
	}
	for tree, k := range indexKeys(&r) {
		g.newIndex[tree] = append(g.newIndex[tree], uint64(keyHash(tree, k))<<32|uint64(row))
	}
	return nil
}

// step notes that the old row becomes row number to.
func (g *merger) step(row, to uint32) {
	shift := int32(to) - int32(row)
	if n := len(g.steps); n == 0 && shift != 0 || n > 0 && g.steps[n-1].shift != shift {
		g.steps = append(g.steps, step{row, shift})
	}
}

func (g *merger) fillShifts() {
	g.shifts = make([]int32, len(g.dropped)+1)
	i, shift := 0, int32(0)
	for c := range g.shifts {
		for i < len(g.steps) && g.steps[i].row <= uint32(c)*64 {
			shift = g.steps[i].shift
			i++
		}
		g.shifts[c] = shift
	}
}

// moved is the new number of an old row that stays.
func (g *merger) moved(row uint32) uint32 {
	c := row / 64
	shift := g.shifts[c]
	if g.shifts[c+1] != shift || g.crossed(c) {
		i, exact := slices.BinarySearchFunc(g.steps, row, func(s step, r uint32) int { return int(int64(s.row) - int64(r)) })
		if !exact {
			i--
		}
		shift = 0
		if i >= 0 {
			shift = g.steps[i].shift
		}
	}
	return uint32(int64(row) + int64(shift))
}

// crossed reports whether rows are dropped within 64 rows whose ends are moved alike: one in and one out.
func (g *merger) crossed(c uint32) bool { return g.dropped[c] != 0 }

// mergeIndex writes an index from the old one, without the entries of rows that are gone, and the delta's entries.
func (g *merger) mergeIndex(ctx context.Context, tree byte, width int, put putFunc) error {
	fresh := g.newIndex[tree]
	slices.Sort(fresh)
	w := indexWriter{put: put, width: width}
	err := g.from.read(func(r *reader) error {
		return g.from.eachValue(ctx, r, g.from.trees[tree], 0, func(e element) error {
			p, ok := parseIndexPage(e.value)
			if !ok {
				return damaged(bucketNames[tree], "page does not decode")
			}
			var failed error
			ok = p.each(g.from.m.RowWidth, func(h, row uint32) bool {
				if row >= g.from.m.Rows {
					failed = damaged("row", row)
					return false
				}
				if g.dropped[row/64]&(1<<(row%64)) != 0 {
					return true
				}
				e := uint64(h)<<32 | uint64(g.moved(row))
				for len(fresh) > 0 && fresh[0] < e && failed == nil {
					failed = w.add(fresh[0])
					fresh = fresh[1:]
				}
				if failed == nil {
					failed = w.add(e)
				}
				return failed == nil
			})
			if failed == nil && !ok {
				failed = damaged(bucketNames[tree], "page does not decode")
			}
			return failed
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

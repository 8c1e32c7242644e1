package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"
)

// rowCursor walks through the packed rows of a snapshot in their order, each block checked against its tree.
type rowCursor struct {
	s  *Snapshot
	r  *reader
	lx *growing // both dictionaries

	at      cursor
	begun   bool
	block   []byte
	d       unpacker
	left    uint64 // rows of the block
	row     uint32 // number of the next row
	number  []byte
	packed  []byte
	kind    string
	atLimit bool // behind the last row
}

// next goes to the next row; at the end, atLimit is set.
func (c *rowCursor) next() error {
	for c.left == 0 {
		p := c.s.trees[treeRows]
		ok := false
		if !c.begun {
			c.begun = true
			ok = c.s.file.seek(p.at, 0, p.width, &c.at)
		} else {
			ok = c.at.next(c.s.file)
		}
		if !ok {
			if c.at.bad || c.row != c.s.m.Rows {
				return damaged("rows", c.row)
			}
			c.atLimit = true
			return nil
		}
		e, good := c.at.element()
		if !good || len(e.key) != p.width || uint32(e.number()) != c.row {
			return damaged("block of row", c.row)
		}
		v, _, err := c.s.verified(c.r, p, e, &c.block)
		if err != nil {
			return err
		}
		c.d = unpacker{b: v}
		c.d.take(4)
		if c.left = c.d.uvarint(); c.left == 0 {
			return damaged("block of row", c.row)
		}
		c.number = c.number[:0]
	}
	shared := c.d.uvarint()
	suffix := c.d.take(c.d.uvarint())
	c.packed = c.d.take(c.d.uvarint())
	k := copier{src: c.packed, ok: true}
	k.skipUvarint()
	kind := k.skipUvarint()
	if c.d.err != nil || shared > uint64(len(c.number)) || !k.ok || kind >= uint64(len(c.lx.wordList)) {
		return damaged("row", c.row)
	}
	c.number = append(c.number[:shared], suffix...)
	c.kind = c.lx.wordList[kind]
	c.left--
	c.row++
	return nil
}

func (c *rowCursor) decode() (*Row, error) {
	r, err := decodeRow(c.packed, string(c.number), c.lx)
	if err != nil {
		return nil, fmt.Errorf("%w: row %d: %w", ErrDamaged, c.row-1, err)
	}
	return &r, nil
}

// differences calls f for the rows in which two snapshots differ, in the order of their keys; x or y is nil where only
// the other has the key. Rows that are alike are compared as they are packed. It returns how many those are.
func differences(ctx context.Context, before, after *Snapshot, f func(x, y *Row) error) (same int, err error) {
	defer before.inOrder()()
	defer after.inOrder()()
	from, err := before.bulkLexicon()
	if err != nil {
		return 0, err
	}
	to, err := after.bulkLexicon()
	if err != nil {
		return 0, err
	}
	ids := idMap{words: numbersIn(from.wordList, to.wordList), employers: numbersIn(from.employerList, to.employerList)}
	err = before.read(func(r1 *reader) error {
		return after.read(func(r2 *reader) error {
			a, b := rowCursor{s: before, r: r1, lx: from}, rowCursor{s: after, r: r2, lx: to}
			if err := a.next(); err != nil {
				return err
			}
			if err := b.next(); err != nil {
				return err
			}
			var scratch []byte
			for n := 0; !a.atLimit || !b.atLimit; n++ {
				if n%4096 == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				order := 0
				switch {
				case a.atLimit:
					order = 1
				case b.atLimit:
					order = -1
				default:
					order = cmp.Or(strings.Compare(a.kind, b.kind), bytes.Compare(a.number, b.number))
				}
				alike := false
				if order == 0 {
					scratch, _, alike = ids.transcode(scratch[:0], a.packed)
					alike = alike && bytes.Equal(scratch, b.packed)
				}
				if alike {
					same++
				} else if err := pair(&a, &b, order, f); err != nil {
					return err
				}
				if order <= 0 {
					if err := a.next(); err != nil {
						return err
					}
				}
				if order >= 0 {
					if err := b.next(); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
	return same, err
}

func pair(a, b *rowCursor, order int, f func(x, y *Row) error) (err error) {
	var x, y *Row
	if order <= 0 {
		if x, err = a.decode(); err != nil {
			return err
		}
	}
	if order >= 0 {
		if y, err = b.decode(); err != nil {
			return err
		}
	}
	return f(x, y)
}

// numbersIn gives the strings of one sorted list their numbers in another.
func numbersIn(list, other []string) []uint32 {
	ids := make([]uint32, len(list))
	j := 0
	for i, s := range list {
		for j < len(other) && other[j] < s {
			j++
		}
		ids[i] = wordGone
		if j < len(other) && other[j] == s {
			ids[i] = uint32(j)
		}
	}
	return ids
}

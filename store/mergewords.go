package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// mergeWords writes the new dictionary of words and keeps the old one.
func (g *merger) mergeWords(w *fileWriter) (n uint32, err error) {
	from := g.from
	c := &dictionaryMerge{change: g.changes[0], own: g.words.wordList}
	n, err = c.write(w, from, treeWords, wordBytes, from.m.Words, func(s []byte) { g.kinds = append(g.kinds, string(s)) })
	g.old.words, g.put.words, g.old.sameWords = c.ids, c.ownIDs, identity(c.ids)
	return n, err
}

// mergeEmployers writes the new dictionary of employers. There may be millions, so neither the old nor the new one is held.
func (g *merger) mergeEmployers(w *fileWriter) (n uint32, err error) {
	c := &dictionaryMerge{change: g.changes[1], own: g.words.employerList}
	n, err = c.write(w, g.from, treeEmployer, wordBytes, g.from.m.Emps, func([]byte) {})
	g.old.employers, g.put.employers, g.old.sameEmployers = c.ids, c.ownIDs, identity(c.ids)
	return n, err
}

// dictionaryMerge writes a dictionary from the old one and what comes and goes, and finds the new numbers of the old
// words and of the delta's own.
type dictionaryMerge struct {
	change      wordChange
	own         []string // of the delta's rows, in its own order
	order       []int    // of own that are still to be found, in the order of their words
	ids, ownIDs []uint32
	next        uint32
	out         rowBlocks
}

func (c *dictionaryMerge) write(w *fileWriter, from *Snapshot, tree byte, limit int, n uint32, see func([]byte)) (uint32, error) {
	c.ids, c.ownIDs = make([]uint32, 0, min(n, maxForeseen)), make([]uint32, len(c.own))
	for i := range c.own {
		c.order = append(c.order, i)
	}
	slices.SortFunc(c.order, func(a, b int) int { return strings.Compare(c.own[a], c.own[b]) })
	err := w.bucket(tree, func(put putFunc) error {
		c.out = rowBlocks{put: put, limit: w.box.room(limit)}
		if err := c.readOld(w.ctx, from, tree, n, see); err != nil {
			return err
		}
		for _, s := range c.change.come {
			if err := c.add([]byte(s)); err != nil {
				return err
			}
		}
		if len(c.change.gone) > 0 {
			return fmt.Errorf("%w: it removes a word that is not there", ErrDelta)
		}
		if len(c.order) > 0 {
			return fmt.Errorf("%w: a word of its rows is not in the dictionary", ErrDelta)
		}
		return c.out.flush()
	})
	return c.next, err
}

// readOld takes in the old dictionary of n words, unchecked like all that is merged.
func (c *dictionaryMerge) readOld(ctx context.Context, from *Snapshot, tree byte, n uint32, see func([]byte)) error {
	next := uint32(0)
	var text []byte
	err := from.read(func(r *reader) error {
		return from.eachValue(ctx, r, from.trees[tree], 0, func(e element) error {
			value, err := from.plain(tree, e.key, e.value, &text)
			if err != nil {
				return err
			}
			if len(value) < 4 || uint32(e.number()) != next || !eachRow(value, next, func(i uint32, s, _ []byte) bool {
				see(s)
				next = i + 1
				err = c.old(i, s)
				return err == nil
			}) {
				return damaged(bucketNames[tree], next)
			}
			return err
		})
	})
	if err == nil && next != n {
		err = damaged(bucketNames[tree], fmt.Sprintf("%d of %d words", next, n))
	}
	return err
}

// old takes in word i of the old dictionary.
func (c *dictionaryMerge) old(i uint32, s []byte) error {
	for len(c.change.come) > 0 && c.change.come[0] < string(s) {
		if err := c.add([]byte(c.change.come[0])); err != nil {
			return err
		}
		c.change.come = c.change.come[1:]
	}
	if len(c.change.come) > 0 && c.change.come[0] == string(s) {
		return fmt.Errorf("%w: it adds a word that is there", ErrDelta)
	}
	if len(c.change.gone) > 0 && c.change.gone[0] == i {
		c.ids, c.change.gone = append(c.ids, wordGone), c.change.gone[1:]
		return nil
	}
	c.ids = append(c.ids, c.next)
	return c.add(s)
}

// add writes a word of the new dictionary.
func (c *dictionaryMerge) add(s []byte) error {
	for len(c.order) > 0 && c.own[c.order[0]] <= string(s) {
		if c.own[c.order[0]] < string(s) {
			return fmt.Errorf("%w: a word of its rows is not in the dictionary", ErrDelta)
		}
		c.ownIDs[c.order[0]], c.order = c.next, c.order[1:]
	}
	c.next++
	return c.out.add(s, nil)
}

func identity(ids []uint32) bool {
	for i, to := range ids {
		if to != uint32(i) {
			return false
		}
	}
	return true
}

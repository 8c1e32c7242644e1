package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
)

// Verify reads the whole file: every page, every hash, every row, and that every row is found under each of its keys.
// It is what an import does before a generation is used, and what a scrub does later. progress may be nil.
func (s *Snapshot) Verify(ctx context.Context, progress func(done, total int)) error {
	defer s.inOrder()()
	if err := s.verifyCounts(ctx); err != nil {
		return err
	}
	want := map[byte]uint64{}
	n := 0
	for r, err := range s.All(ctx) {
		if err != nil {
			return err
		}
		for tree, key := range indexKeys(&r) {
			want[tree] += uint64(keyHash(tree, key))<<32 ^ mix(uint32(n))
		}
		if n++; progress != nil && n%4096 == 0 {
			progress(n, int(s.m.Rows))
		}
	}
	if n != int(s.m.Rows) {
		return damaged("rows", fmt.Sprintf("%d of %d", n, s.m.Rows))
	}
	// Each index must hold exactly the entries that the rows call for: the sums of all entries agree.
	for _, tree := range []byte{treeNumber, treeEcert, treeQR, treeName} {
		got, err := s.indexSum(ctx, tree)
		if err != nil {
			return err
		}
		if got != want[tree] {
			return damaged(bucketNames[tree], "entries do not match the rows")
		}
	}
	if progress != nil {
		progress(n, n)
	}
	return nil
}

// mix spreads a row number so that sums of entries do not cancel.
func mix(x uint32) uint64 {
	v := uint64(x) + 0x9e3779b97f4a7c15
	v ^= v >> 30
	v *= 0xbf58476d1ce4e5b9
	return v ^ v>>27
}

// verifyCounts checks that each bucket has as many verified values, numbered without a gap, as the manifest says.
func (s *Snapshot) verifyCounts(ctx context.Context) error {
	for _, tree := range []byte(treeOrder) {
		next := uint32(0)
		err := s.read(func(r *reader) error {
			return s.eachValue(ctx, r, s.trees[tree], 0, func(e element) error {
				_, ord, err := s.verified(r, s.trees[tree], e, &r.text)
				if err != nil {
					return err
				}
				if ord != next {
					return damaged(bucketNames[tree], fmt.Sprintf("value %d follows %d", ord, next))
				}
				next++
				return nil
			})
		})
		if err != nil {
			return err
		}
		if next != s.trees[tree].leaves {
			return damaged(bucketNames[tree], fmt.Sprintf("%d of %d values", next, s.trees[tree].leaves))
		}
	}
	return nil
}

// inOrder has the system read ahead while the file is gone through from front to back: bbolt maps it for lookups, where one
// page is wanted at a time, and a file that is not in memory would then be read 4 KB by 4 KB. end must be called.
func (s *Snapshot) inOrder() (end func()) {
	advise := func(yes bool) {
		s.gate.RLock()
		defer s.gate.RUnlock()
		if !s.closed {
			adviseOrder(s.file.data, yes)
		}
	}
	advise(true)
	return func() { advise(false) }
}

// errStop ends eachValue early.
var errStop = errors.New("stop")

// eachValue calls f for the values of a bucket, from the one that holds key on, as they lie in the mapping: unchecked.
func (s *Snapshot) eachValue(ctx context.Context, r *reader, p *prover, key uint64, f func(element) error) error {
	var c cursor // f may use the reader's
	ok := s.file.seek(p.at, key, p.width, &c)
	for n := 0; ok; n, ok = n+1, c.next(s.file) {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e, good := c.element()
		if !good || len(e.key) != p.width || len(e.value) > maxBlockBytes {
			return damaged(p.name, "entry")
		}
		if err := f(e); err == errStop {
			return nil
		} else if err != nil {
			return err
		}
	}
	if c.bad {
		return damaged(p.name, "pages do not fit together")
	}
	return nil
}

func (s *Snapshot) indexSum(ctx context.Context, tree byte) (sum uint64, err error) {
	err = s.read(func(r *reader) error {
		previous := uint64(0)
		t := s.trees[tree]
		var text []byte
		return s.eachValue(ctx, r, t, 0, func(e element) error {
			value, err := s.plain(tree, e.key, e.value, &text)
			if err != nil {
				return err
			}
			p, ok := parseIndexPage(value)
			if !ok || (p.ordinal > 0 && p.first != previous) || !p.sound(s.m.RowWidth) {
				return damaged(t.name, "pages do not join")
			}
			previous = p.next
			if !p.each(s.m.RowWidth, func(h, row uint32) bool { sum += uint64(h)<<32 ^ mix(row); return true }) {
				return damaged(t.name, "page does not decode")
			}
			return nil
		})
	})
	return sum, err
}

// All yields every row in the order of the keys, each block checked against its tree. After an error it ends.
func (s *Snapshot) All(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		bulk, err := s.bulkLexicon()
		if err != nil {
			yield(Row{}, err)
			return
		}
		for i := uint32(0); i < s.m.Rows; {
			if err := ctx.Err(); err != nil {
				yield(Row{}, err)
				return
			}
			rows, err := s.rowsFrom(i, 1024, bulk)
			if err != nil {
				yield(Row{}, err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
			i += uint32(len(rows))
		}
	}
}

// bulkLexicon holds both dictionaries in memory, for reading all rows: some 30 MB where there are 400,000 employers.
func (s *Snapshot) bulkLexicon() (g *growing, err error) {
	g = &growing{} // only its lists are used
	err = s.read(func(r *reader) error {
		var err error
		if g.wordList, err = s.loadStrings(r, s.trees[treeWords], s.m.Words); err != nil {
			return err
		}
		g.employerList, err = s.loadStrings(r, s.trees[treeEmployer], s.m.Emps)
		return err
	})
	return g, err
}

// rowsFrom decodes whole blocks from row i on until it has at least n rows or the rows end.
func (s *Snapshot) rowsFrom(i uint32, n int, lx lexicon) (rows []Row, err error) {
	err = s.read(func(r *reader) error {
		return s.eachValue(context.Background(), r, s.trees[treeRows], uint64(i), func(e element) error {
			if len(rows) >= n || i >= s.m.Rows {
				return errStop
			}
			if uint32(e.number()) != i {
				return damaged("block of row", i)
			}
			v, _, err := s.verified(r, s.trees[treeRows], e, &r.row)
			if err != nil {
				return err
			}
			var bad error
			ok := eachRow(v, i, func(at uint32, number, packed []byte) bool {
				row, err := decodeRow(packed, string(number), lx)
				if err != nil {
					bad = fmt.Errorf("%w: row %d: %w", ErrDamaged, at, err)
					return false
				}
				rows = append(rows, row)
				i = at + 1
				return true
			})
			if bad != nil || !ok {
				return damaged("block of row", fmt.Sprint(i, bad))
			}
			return nil
		})
	})
	if err == nil && len(rows) == 0 {
		err = damaged("block of row", i)
	}
	return rows, err
}

// FileSum returns the size and the SHA-256 of a file.
func FileSum(ctx context.Context, path string) (size int64, sum string, err error) {
	st, err := os.Stat(path)
	if err != nil {
		return 0, "", err
	}
	sum, err = sumFile(ctx, path)
	return st.Size(), sum, err
}

// sumFile returns the SHA-256 of a file.
func sumFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	buf := make([]byte, copyBuffer)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}

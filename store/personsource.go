package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// idHeadings are the headings of the column that a person index has beside the columns of the registry.
const (
	idColumn   = "idNumber"
	idHeadings = "身份证号 身份证号码 证件号码 公民身份号码"
)

// PersonSource reads a person index's rows from CSV. Lines that give none are kept in Bad.
type PersonSource struct {
	Source
	Persons iter.Seq2[PersonRow, error]
}

// ReadPersons reads CSV with the columns kind, number, name and idNumber (or their Chinese headings); other columns of a
// registry's source are passed over, unknown ones are an error.
func ReadPersons(ctx context.Context, r io.Reader) *PersonSource {
	s := &PersonSource{}
	s.Persons = func(yield func(PersonRow, error) bool) {
		br := bufio.NewReader(r)
		if b, _ := br.Peek(3); bytes.Equal(b, []byte("\ufeff")) {
			br.Discard(3) // cannot fail: the bytes are buffered
		}
		c := csv.NewReader(&lineLimit{r: br})
		c.FieldsPerRecord = -1
		c.ReuseRecord = true
		cells, err := c.Read()
		if err != nil {
			yield(PersonRow{}, fmt.Errorf("header: %w", err))
			return
		}
		at, err := personHeader(cells)
		if err != nil {
			yield(PersonRow{}, err)
			return
		}
		for ctx.Err() == nil {
			cells, err := c.Read()
			if err == io.EOF {
				return
			}
			var perr *csv.ParseError
			if errors.As(err, &perr) && !errors.Is(err, errLongLine) {
				s.bad(perr.StartLine, perr, "")
				continue
			}
			if err != nil {
				yield(PersonRow{}, err)
				return
			}
			line, _ := c.FieldPos(0)
			if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
				continue
			}
			row, err := personOf(at, cells)
			if err != nil {
				s.bad(line, err, "") // the line holds an identity number: it is not repeated
				continue
			}
			s.Read++
			if !yield(row, nil) {
				return
			}
		}
		yield(PersonRow{}, ctx.Err())
	}
	return s
}

// personHeader finds the places of kind, number, name and identity number.
func personHeader(cells []string) (at [4]int, err error) {
	if len(cells) > maxColumns {
		return at, fmt.Errorf("%w: %d columns", ErrBadRow, len(cells))
	}
	at = [4]int{-1, -1, -1, -1}
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if strings.EqualFold(cell, idColumn) || cell != "" && slices.Contains(strings.Fields(idHeadings), cell) {
			at[3] = i
			continue
		}
		known := cell == ""
		for k, c := range columns {
			if cell != "" && (strings.EqualFold(cell, c.key) || slices.Contains(c.headings, cell)) {
				if known = true; k < 3 { // kind, number, name come first in the table
					at[k] = i
				}
			}
		}
		if !known {
			return at, fmt.Errorf("%w: unknown column %q", ErrBadRow, cell)
		}
	}
	for k, i := range at {
		if i < 0 {
			return at, fmt.Errorf("%w: no column %s", ErrBadRow, []string{"kind", "number", "name", idColumn}[k])
		}
	}
	return at, nil
}

func personOf(at [4]int, cells []string) (r PersonRow, err error) {
	if len(cells) <= slices.Max(at[:]) {
		return r, fmt.Errorf("%w: %d cells", ErrBadRow, len(cells))
	}
	cell := func(k int) string { return strings.Clone(strings.TrimSpace(cells[at[k]])) }
	r = PersonRow{Number: NormalNumber(cell(1)), Name: NormalName(cell(2))}
	if r.Kind, err = parseKind(cell(0)); err != nil {
		return r, err
	}
	if r.Number == "" || r.Name == "" {
		return r, fmt.Errorf("%w: no number or no name", ErrBadRow)
	}
	if r.ID, err = NormalID(cell(3)); err != nil {
		return r, fmt.Errorf("%w: %w", ErrBadRow, err)
	}
	return r, nil
}

// PersonCache keeps person keys that have been made, under a fast hash with the pepper. It must be kept as secret as the
// publisher's source: with the pepper, numbers can be tried out on it quickly.
type PersonCache struct {
	mu   sync.Mutex
	keys map[[cacheHash]byte]string
	made int
}

const (
	cacheHash    = 20
	cacheMark    = "zhengyan-person-cache/1\n"
	maxCacheFile = 8 << 30
)

// ReadPersonCache reads a cache; a file that is not there is an empty one.
func ReadPersonCache(path string) (*PersonCache, error) {
	c := &PersonCache{keys: map[[cacheHash]byte]string{}}
	f, err := os.Open(path)
	if missing(err) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(io.LimitReader(f, maxCacheFile), 1<<20)
	if mark, err := r.ReadString('\n'); err != nil || mark != cacheMark {
		return nil, fmt.Errorf("%s: no cache of person keys", path)
	}
	for {
		var h [cacheHash]byte
		if _, err := io.ReadFull(r, h[:]); err == io.EOF {
			return c, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		key, err := r.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		c.keys[h] = strings.TrimSuffix(key, "\n")
	}
}

// Write puts the cache into a file that only its owner may read.
func (c *PersonCache) Write(path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, err := os.CreateTemp(filepath.Dir(path), ".cache-*") // created with 0600
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	w.WriteString(cacheMark) // an error stays until Flush
	for h, key := range c.keys {
		w.Write(h[:])
		w.WriteString(key + "\n")
	}
	if err := errors.Join(w.Flush(), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return place(f.Name(), path)
}

// Made counts the keys that the cache did not hold.
func (c *PersonCache) Made() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made
}

// key is PersonKey by way of the cache, which may be nil.
func (c *PersonCache) key(p PersonParams, pepper []byte, name, id string) (string, error) {
	if c == nil {
		return PersonKey(p, pepper, name, id)
	}
	h := hmac.New(sha256.New, pepper)
	fmt.Fprintf(h, "%d %d %d %x %d %s\x00%s", p.Time, p.MemoryKiB, p.Threads, p.Salt, p.Bytes, name, id)
	at := [cacheHash]byte(h.Sum(nil)[:cacheHash])
	c.mu.Lock()
	key, ok := c.keys[at]
	c.mu.Unlock()
	if _, err := hex.DecodeString(key); ok && err == nil && len(key) == 2*p.Bytes {
		return key, nil
	}
	key, err := PersonKey(p, pepper, name, id)
	if err == nil {
		c.mu.Lock()
		c.keys[at] = key
		c.made++
		c.mu.Unlock()
	}
	return key, err
}

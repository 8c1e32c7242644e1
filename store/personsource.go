package store

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
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

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
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
		var at [4]int
		head := func(cells []string) (err error) { at, err = personHeader(cells); return }
		err := s.lines(ctx, r, head, func(line int, cells []string) bool {
			row, err := personOf(at, cells)
			if err != nil {
				s.bad(line, err, "") // the line holds an identity number: it is not repeated
				return true
			}
			s.Read++
			return yield(row, nil)
		})
		if err != nil {
			yield(PersonRow{}, err)
		}
	}
	return s
}

// personColumns are the columns that a person index needs, in the order of personHeader.
func personColumns() [4]string { return [4]string{"kind", "number", "name", idColumn} }

// personHeader finds the places of kind, number, name and identity number. Where the heading is missing, what stands in its
// place are a person's data: an error names the place of a column and never what it holds.
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
			return at, fmt.Errorf("%w: column %d has an unknown heading, or the line of headings is missing", ErrBadRow, i+1)
		}
	}
	for k, i := range at {
		if i < 0 {
			return at, fmt.Errorf("%w: no column %s", ErrBadRow, personColumns()[k])
		}
	}
	return at, nil
}

// personOf reads a row. Columns may have slipped, so an identity number can stand in any cell: an error names the column and
// never what it holds, nor wraps an error that does.
func personOf(at [4]int, cells []string) (r PersonRow, err error) {
	if len(cells) <= slices.Max(at[:]) {
		return r, fmt.Errorf("%w: %d cells", ErrBadRow, len(cells))
	}
	cell := func(k int) string { return strings.Clone(strings.TrimSpace(cells[at[k]])) }
	bad := func(k int, why string) (PersonRow, error) {
		return PersonRow{}, fmt.Errorf("%w: column %d (%s): %s", ErrBadRow, at[k]+1, personColumns()[k], why)
	}
	r = PersonRow{Number: NormalNumber(cell(1)), Name: NormalName(cell(2))}
	if r.Kind, err = parseKind(cell(0)); err != nil {
		return bad(0, "no kind of certificate")
	}
	if r.Number == "" {
		return bad(1, "empty")
	}
	if n, err := fields.CheckIDNumber(r.Number); err == nil && !n.Fifteen {
		return bad(1, "an identity number stands there") // it would stand in the index
	}
	if r.Name == "" {
		return bad(2, "empty")
	}
	r.ID, err = NormalID(cell(3))
	switch {
	case errors.Is(err, fields.ErrCheckDigit):
		return bad(3, "wrong check character")
	case errors.Is(err, civil.ErrBadDate):
		return bad(3, "no birth date in it")
	case err != nil:
		return bad(3, "no identity number")
	}
	return r, nil
}

// PersonCache keeps person keys that have been made, under a fast hash with the pepper. It must be kept as secret as the
// publisher's source: with the pepper, numbers can be tried out on it quickly.
type PersonCache struct {
	pepper []byte
	mu     sync.Mutex
	keys   map[[cacheHash]byte]string
	made   int
}

const (
	cacheHash    = 20
	cacheMark    = "zhengyan-person-cache/2\n"
	maxCacheFile = 8 << 30
)

// ErrPersonCache: a file is no cache of keys made with this pepper, or is damaged. No key of it is used.
var ErrPersonCache = errors.New("no whole cache of person keys of this pepper; delete it and build again")

// ReadPersonCache reads a cache of keys that were made with the pepper; a file that is not there is an empty one. The file
// ends with HMAC-SHA-256 (RFC 2104) with the pepper over all that goes before: a key that has changed on the disk would be
// another person's in an index that is signed. The error wraps ErrPersonCache, or says that others may read the file.
func ReadPersonCache(path string, pepper []byte) (*PersonCache, error) {
	c := &PersonCache{pepper: pepper, keys: map[[cacheHash]byte]string{}}
	f, err := os.Open(path)
	if missing(err) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := ownersAlone(f)
	if err != nil {
		return nil, err
	}
	bad := func(why string) (*PersonCache, error) {
		return nil, fmt.Errorf("%s: %w (%s)", path, ErrPersonCache, why)
	}
	text := st.Size() - sha256.Size
	if text < int64(len(cacheMark)) || text > maxCacheFile {
		return bad(fmt.Sprintf("%d bytes", st.Size()))
	}
	file := bufio.NewReaderSize(f, 1<<20)
	sum := hmac.New(sha256.New, pepper)
	r := bufio.NewReaderSize(io.TeeReader(io.LimitReader(file, text), sum), 1<<20)
	if mark, err := r.ReadString('\n'); err != nil || mark != cacheMark {
		return bad("another format")
	}
	for {
		var h [cacheHash]byte
		if _, err := io.ReadFull(r, h[:]); err == io.EOF {
			break
		} else if err != nil {
			return bad(err.Error())
		}
		key, err := r.ReadSlice('\n')
		if err != nil {
			return bad("an entry does not end")
		}
		c.keys[h] = string(key[:len(key)-1])
	}
	var want [sha256.Size]byte
	if _, err := io.ReadFull(file, want[:]); err != nil {
		return bad(err.Error())
	}
	if !hmac.Equal(sum.Sum(nil), want[:]) {
		return bad("its HMAC does not fit")
	}
	return c, nil
}

// Write puts the cache into a file that only its owner may read.
func (c *PersonCache) Write(path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, err := os.CreateTemp(filepath.Dir(path), ".cache-*") // created with 0600
	if err != nil {
		return err
	}
	out := bufio.NewWriter(f)
	sum := hmac.New(sha256.New, c.pepper)
	w := io.MultiWriter(out, sum)
	io.WriteString(w, cacheMark) // an error stays in out until Flush
	for h, key := range c.keys {
		w.Write(h[:])
		io.WriteString(w, key+"\n")
	}
	out.Write(sum.Sum(nil))
	if err := errors.Join(out.Flush(), f.Sync(), f.Close()); err != nil {
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
		if _, ok := c.keys[at]; !ok { // the same person's other registration may have been faster
			c.made++
		}
		c.keys[at] = key
		c.mu.Unlock()
	}
	return key, err
}

package store

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"zhengyan/verify/civil"
	"zhengyan/verify/rules"
)

// runBytes is the size at which packed rows are sorted and put aside in a temporary file.
const runBytes = 256 << 20

// DuplicateError says that two rows have the same kind and number. Which of them is right is for the publisher to say.
type DuplicateError struct{ Kind, Number string }

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("%v: %s %s stands twice", ErrBadRow, e.Kind, e.Number)
}

// Unwrap returns ErrBadRow.
func (e *DuplicateError) Unwrap() error { return ErrBadRow }

// BuildOptions are what Build can do beside writing the rows.
type BuildOptions struct {
	// Previous is the snapshot before this one: what the rows change is kept as their history.
	Previous *Snapshot
	// Recipients are the machines that may read the snapshot, at most 10,000; where it is nil, the snapshot is not encrypted.
	// A list that is empty but not nil is an error, so that a list that was lost does not build one that all can read. The
	// key is made anew for each build, so two builds of the same rows are two files then.
	Recipients Recipients
	// BirthsUntil, if it is set, leaves out birth dates of people who reach AgeLimit (years) later than that day: only the
	// rule on age needs them.
	BirthsUntil civil.Date
	AgeLimit    int

	box     *lockbox      // made already
	persons *PersonParams // of a person index
}

// fitted is the row with what the options let stand.
func (o *BuildOptions) fitted(r Row) Row {
	if o.BirthsUntil.IsZero() {
		return r
	}
	// What the source itself tells of earlier birth dates goes too, as does what Previous would add.
	r.History = slices.DeleteFunc(slices.Clone(r.History), func(c rules.FieldChange) bool { return c.Field == "birth" })
	if !r.Birth.IsZero() {
		day := r.Birth
		if !day.HasDay() {
			day.D = 1
		}
		if o.BirthsUntil.Before(day.AddYears(o.AgeLimit)) {
			r.Birth = civil.Date{}
		}
	}
	return r
}

// Build writes the rows, in whatever order they come, as a snapshot file at path, which replaces a file that is there
// only when it is complete. An error among the rows ends the build; a pair of rows with one key is a *DuplicateError.
// Temporary files of about the size of the result are kept beside path while it runs.
func Build(ctx context.Context, rows iter.Seq2[Row, error], meta Meta, path string) error {
	return BuildWith(ctx, rows, meta, path, BuildOptions{})
}

// BuildWith is Build with options.
func BuildWith(ctx context.Context, rows iter.Seq2[Row, error], meta Meta, path string, opt BuildOptions) error {
	return build(ctx, rows, meta, path, opt, runBytes)
}

func build(ctx context.Context, rows iter.Seq2[Row, error], meta Meta, path string, opt BuildOptions, run int) (err error) {
	if err := meta.validate(); err != nil {
		return err
	}
	if opt.Recipients != nil && len(opt.Recipients) == 0 {
		return errors.New("an encrypted snapshot needs recipients: the list of them is empty")
	}
	if p := opt.Previous; p != nil && (p.PersonParams() != nil) != (opt.persons != nil) {
		return fmt.Errorf("%w: what goes before it is a person index and the other the registry", ErrKindOfFile)
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".build-*")
	if err != nil {
		return err
	}
	defer func() {
		if e := os.RemoveAll(dir); err == nil {
			err = e
		}
	}()
	s := &sorter{dir: dir, limit: run, in: newGrowing()}
	defer s.close()
	n := 0
	for r, err := range rows {
		if err != nil {
			return err
		}
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if r, err = normalise(r); err != nil {
			return err
		}
		r = opt.fitted(r)
		if err := s.add(&r); err != nil {
			return err
		}
	}
	tmp := filepath.Join(dir, "registry.db")
	var src source = s
	if opt.Previous != nil {
		src = historySource{s, opt.Previous, civil.Of(meta.AsOf), opt.BirthsUntil.IsZero()}
	}
	box := opt.box
	if opt.Recipients != nil {
		if box, err = newLockbox(opt.Recipients, nil); err != nil {
			return err
		}
	}
	if err := writeSnapshot(ctx, src, meta, tmp, box, opt.persons); err != nil {
		return err
	}
	return place(tmp, path)
}

// Rows turns a slice into the sequence that Build takes.
func Rows(rows []Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func newGrowing() *growing {
	return &growing{words: map[string]uint32{}, employers: map[string]uint32{}}
}

// growing numbers words in the order in which they come.
type growing struct {
	words, employers       map[string]uint32
	wordList, employerList []string
}

func intern(m map[string]uint32, list *[]string, s string) uint32 {
	i, ok := m[s]
	if !ok {
		i = uint32(len(m))
		m[s] = i
		*list = append(*list, s)
	}
	return i
}

func (g *growing) word(s string) uint32 { return intern(g.words, &g.wordList, s) }

func (g *growing) employer(s string) uint32 { return intern(g.employers, &g.employerList, s) }

func (g *growing) wordAt(i uint32) (string, error) { return at(g.wordList, i) }

func (g *growing) employerAt(i uint32) (string, error) { return at(g.employerList, i) }

func at(list []string, i uint32) (string, error) {
	if uint64(i) >= uint64(len(list)) {
		return "", errPacked
	}
	return list[i], nil
}

// sorter brings rows into the order of their keys: in memory as far as limit bytes, beyond that in sorted runs on disk
// that are merged while they are read.
type sorter struct {
	dir   string
	limit int
	in    *growing
	arena []byte   // entries: u32 key length, u32 packed length, key (kind NUL number), packed row
	at    []uint64 // offsets of the entries
	runs  []*os.File
}

func (s *sorter) add(r *Row) error {
	start := len(s.arena)
	s.arena = append(s.arena, 0, 0, 0, 0, 0, 0, 0, 0)
	s.arena = append(append(append(s.arena, r.Kind...), 0), r.Number...)
	key := len(s.arena) - start - 8
	s.arena = appendRow(s.arena, r, s.in)
	packed := len(s.arena) - start - 8 - key
	if packed > maxRowBytes {
		return fmt.Errorf("%w: %s takes %d bytes", ErrBadRow, r.Number, packed)
	}
	binary.LittleEndian.PutUint32(s.arena[start:], uint32(key))
	binary.LittleEndian.PutUint32(s.arena[start+4:], uint32(packed))
	s.at = append(s.at, uint64(start))
	if len(s.arena) >= s.limit {
		return s.spill()
	}
	return nil
}

func (s *sorter) entry(at uint64) (key, packed, all []byte) {
	k, p := uint64(binary.LittleEndian.Uint32(s.arena[at:])), uint64(binary.LittleEndian.Uint32(s.arena[at+4:]))
	return s.arena[at+8 : at+8+k], s.arena[at+8+k : at+8+k+p], s.arena[at : at+8+k+p]
}

func (s *sorter) sortArena() {
	slices.SortFunc(s.at, func(a, b uint64) int {
		x, _, _ := s.entry(a)
		y, _, _ := s.entry(b)
		return cmp.Or(bytes.Compare(x, y), cmp.Compare(a, b))
	})
}

func (s *sorter) spill() error {
	s.sortArena()
	f, err := os.CreateTemp(s.dir, "run-*")
	if err != nil {
		return err
	}
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 1<<20)
	for _, at := range s.at {
		_, _, all := s.entry(at)
		if _, err := w.Write(all); err != nil {
			return err
		}
	}
	s.arena, s.at = s.arena[:0], s.at[:0]
	return w.Flush()
}

func (s *sorter) close() {
	for _, f := range s.runs {
		f.Close() // temporary, removed with its folder
	}
}

func (s *sorter) dictionaries(context.Context) (words, employers []string, err error) {
	return slices.Sorted(maps.Keys(s.in.words)), slices.Sorted(maps.Keys(s.in.employers)), nil
}

// collectWords reads rows once for the words that they use, no more and no less: the bytes of the file depend on them.
func collectWords(ctx context.Context, each func(context.Context, func(*Row) error) error) (words, employers []string, err error) {
	g := newGrowing()
	var scratch []byte
	err = each(ctx, func(r *Row) error { scratch = appendRow(scratch[:0], r, g); return nil })
	return slices.Sorted(maps.Keys(g.words)), slices.Sorted(maps.Keys(g.employers)), err
}

func (s *sorter) each(ctx context.Context, f func(*Row) error) error {
	var last []byte
	n := 0
	give := func(key, packed []byte) error {
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		i := bytes.IndexByte(key, 0)
		if bytes.Equal(key, last) {
			return &DuplicateError{Kind: string(key[:i]), Number: string(key[i+1:])}
		}
		last = append(last[:0], key...)
		r, err := decodeRow(packed, string(key[i+1:]), s.in)
		if err != nil {
			return err
		}
		return f(&r)
	}
	if len(s.runs) == 0 {
		s.sortArena()
		for _, at := range s.at {
			key, packed, _ := s.entry(at)
			if err := give(key, packed); err != nil {
				return err
			}
		}
		return nil
	}
	if len(s.at) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.arena, s.at = nil, nil
	return s.merge(give)
}

// merge reads all runs at once in the order of the keys.
func (s *sorter) merge(give func(key, packed []byte) error) error {
	h := make(runHeap, 0, len(s.runs))
	for i, f := range s.runs {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		r := &runReader{r: bufio.NewReaderSize(f, 1<<20), order: i}
		ok, err := r.next()
		if err != nil {
			return err
		}
		if ok {
			h = append(h, r)
		}
	}
	heap.Init(&h)
	for len(h) > 0 {
		if err := give(h[0].key, h[0].packed); err != nil {
			return err
		}
		ok, err := h[0].next()
		if err != nil {
			return err
		}
		if ok {
			heap.Fix(&h, 0)
		} else {
			heap.Pop(&h)
		}
	}
	return nil
}

type runReader struct {
	r           *bufio.Reader
	order       int
	key, packed []byte
}

func (r *runReader) next() (bool, error) {
	var head [8]byte
	if _, err := io.ReadFull(r.r, head[:]); err == io.EOF {
		return false, nil
	} else if err != nil {
		return false, err
	}
	k, p := int(binary.LittleEndian.Uint32(head[:])), int(binary.LittleEndian.Uint32(head[4:]))
	if cap(r.key) < k {
		r.key = make([]byte, k)
	}
	if cap(r.packed) < p {
		r.packed = make([]byte, p)
	}
	r.key, r.packed = r.key[:k], r.packed[:p]
	if _, err := io.ReadFull(r.r, r.key); err != nil {
		return false, err
	}
	_, err := io.ReadFull(r.r, r.packed)
	return err == nil, err
}

type runHeap []*runReader

func (h runHeap) Len() int { return len(h) }
func (h runHeap) Less(i, j int) bool {
	return cmp.Or(bytes.Compare(h[i].key, h[j].key), cmp.Compare(h[i].order, h[j].order)) < 0
}
func (h runHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)   { *h = append(*h, x.(*runReader)) }
func (h *runHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

package store

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A delta turns one snapshot file into a newer one, byte for byte: a line of JSON (the head), then compressed with
// deflate what changes in the dictionaries of words and employers (numbers of those that go, as differences, and those
// that come), the dictionaries of the delta's own rows, and the entries in the order of the keys. An entry is a byte (put or remove), the key and for
// a put the packed row; all but the byte is length-prefixed.
const (
	deltaFormat   = "zhengyan-delta/2"
	deltaSealed   = "zhengyan-delta/3" // as 2, the compressed part sealed together with the head
	maxDeltaHead  = maxManifest + 2*maxWrapped
	maxSealed     = 1 << 30                      // bytes of a sealed delta, which is opened in one piece
	deltaMark     = `{"format":"zhengyan-delta/` // every delta begins so
	deltaPut      = 1
	deltaRemove   = 2
	deltaEnd      = 0
	maxDeltaWords = 8 << 20 // entries of a dictionary of a delta
)

// DeltaHead says what a delta leads from and to.
type DeltaHead struct {
	Format string `json:"format"`
	From   string `json:"from"`   // root of the snapshot that it changes
	To     string `json:"to"`     // root of the result
	SHA256 string `json:"sha256"` // of the file of the result
	// Pages is the hash of its pages (pageSums), which is taken in half the time; empty in deltas of earlier versions.
	Pages string `json:"pages,omitempty"`
	Size  int64  `json:"size"`
	Puts  int    `json:"puts"`
	Drops int    `json:"drops"`
	Meta  struct {
		AsOf   string `json:"asOf"`
		Source string `json:"source,omitempty"`
		Warn   int64  `json:"warnSeconds"`
		Red    int64  `json:"redSeconds"`
	} `json:"meta"`
	// Cipher and Keys are those of the result, if it is encrypted.
	Cipher *cipherInfo `json:"cipher,omitempty"`
	Keys   []byte      `json:"keys,omitempty"`
	// Salt is what the key of a sealed delta is made with: random, so that no two deltas have the same.
	Salt []byte `json:"salt,omitempty"`
	// Persons is that of the result, if it is a person index.
	Persons *PersonParams `json:"persons,omitempty"`
}

// ErrDelta says that a delta does not fit the snapshot it is applied to, or does not give what it promises.
var ErrDelta = errors.New("delta does not fit")

// WriteDelta writes the difference of two snapshot files. Where they are encrypted, machine must open both; it may be nil
// otherwise. A delta to an encrypted snapshot is readable for those who may read that.
func WriteDelta(ctx context.Context, from, to string, machine *MachineKey, w io.Writer) (DeltaHead, error) {
	var head DeltaHead
	a, err := OpenSnapshot(from)
	if err != nil {
		return head, err
	}
	defer a.Close()
	b, err := OpenSnapshot(to)
	if err != nil {
		return head, err
	}
	defer b.Close()
	if (a.m.Persons != nil) != (b.m.Persons != nil) {
		return head, fmt.Errorf("%w: a delta joins two snapshots of the registry or two person indexes", ErrKindOfFile)
	}
	if err := errors.Join(a.Use(machine), b.Use(machine)); err != nil {
		return head, err
	}
	st, err := os.Stat(to)
	if err != nil {
		return head, err
	}
	head.Format, head.From, head.To, head.Size = deltaFormat, a.Root(), b.Root(), st.Size()
	if head.SHA256, err = sumFile(ctx, to); err != nil {
		return head, err
	}
	if head.Pages, err = b.pagesSum(ctx); err != nil {
		return head, err
	}
	m := b.m
	head.Persons = m.Persons
	head.Meta.AsOf, head.Meta.Source, head.Meta.Warn, head.Meta.Red = m.AsOf.Format(timeForm), m.Source, m.WarnAge, m.RedAge

	g := newGrowing()
	var body, key, packed []byte
	_, err = differences(ctx, a, b, func(x, y *Row) error {
		if y == nil {
			head.Drops++
			key = appendKey(key[:0], x)
			body = append(body, deltaRemove)
			body = appendBytes(body, key)
			return nil
		}
		head.Puts++
		key, packed = appendKey(key[:0], y), appendRow(packed[:0], y, g)
		body = append(body, deltaPut)
		body = appendBytes(appendBytes(body, key), packed)
		return nil
	})
	if err != nil {
		return head, err
	}
	if b.box != nil {
		head.Format, head.Cipher, head.Keys, head.Salt = deltaSealed, &b.box.info, b.box.wrapped, make([]byte, deltaSalt)
		if _, err := rand.Read(head.Salt); err != nil {
			return head, err
		}
	}
	line, err := json.Marshal(head)
	if err != nil {
		return head, err
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return head, err
	}
	var sealed bytes.Buffer
	target := w
	if b.box != nil {
		target = &sealed
	}
	z, err := flate.NewWriter(target, flate.BestCompression)
	if err != nil {
		return head, err
	}
	dict, err := dictionaryChanges(a, b)
	if err != nil {
		return head, err
	}
	for _, list := range [][]string{g.wordList, g.employerList} {
		dict = binary.AppendUvarint(dict, uint64(len(list)))
		for _, s := range list {
			dict = appendBytes(dict, []byte(s))
		}
	}
	for _, part := range [][]byte{dict, body, {deltaEnd}} {
		if _, err := z.Write(part); err != nil {
			return head, err
		}
	}
	if err := z.Close(); err != nil || b.box == nil {
		return head, err
	}
	aead, err := b.box.deltaAEAD(head.Salt, head.From, head.To)
	if err != nil {
		return head, err
	}
	_, err = w.Write(aead.Seal(nil, make([]byte, aead.NonceSize()), sealed.Bytes(), line))
	return head, err
}

// dictionaryChanges is what turns a's dictionaries into b's.
func dictionaryChanges(a, b *Snapshot) (out []byte, err error) {
	x, err := a.bulkLexicon()
	if err != nil {
		return nil, err
	}
	y, err := b.bulkLexicon()
	if err != nil {
		return nil, err
	}
	for _, lists := range [][2][]string{{x.wordList, y.wordList}, {x.employerList, y.employerList}} {
		old, now := lists[0], lists[1]
		var gone []uint64
		var come []string
		for i, j := 0, 0; i < len(old) || j < len(now); {
			switch {
			case j == len(now) || i < len(old) && old[i] < now[j]:
				gone = append(gone, uint64(i))
				i++
			case i == len(old) || now[j] < old[i]:
				come = append(come, now[j])
				j++
			default:
				i, j = i+1, j+1
			}
		}
		out = binary.AppendUvarint(out, uint64(len(gone)))
		last := uint64(0)
		for _, g := range gone {
			out = binary.AppendUvarint(out, g-last)
			last = g
		}
		out = binary.AppendUvarint(out, uint64(len(come)))
		for _, s := range come {
			out = appendBytes(out, []byte(s))
		}
	}
	return out, nil
}

func appendKey(b []byte, r *Row) []byte { return append(append(append(b, r.Kind...), 0), r.Number...) }

func appendBytes(b, p []byte) []byte { return append(binary.AppendUvarint(b, uint64(len(p))), p...) }

// ApplyDelta reads a delta and writes the snapshot that it leads to at path, which must not exist. Nothing is left at
// path unless it is exactly the file that the delta promises, by its SHA-256.
func ApplyDelta(ctx context.Context, from *Snapshot, r io.Reader, path string) (head DeltaHead, err error) {
	return applyDelta(ctx, from, r, path, false)
}

// applyDelta is ApplyDelta; of a delta that is signed, and whose hash r checks at its end, it is believed that the hash of the
// pages that it names is that of the file of the SHA-256 that it names: its publisher has taken both off one file.
func applyDelta(ctx context.Context, from *Snapshot, r io.Reader, path string, signed bool) (head DeltaHead, err error) {
	src := &deltaSource{from: from}
	if err := src.read(r); err != nil {
		return src.head, err
	}
	head = src.head
	meta, err := src.meta()
	if err != nil {
		return head, err
	}
	if head.Size < bulkFirstPage*pageSize || head.Size > maxSnapshotBytes || head.Size%pageSize != 0 {
		return head, fmt.Errorf("%w: to a file of %d bytes", ErrDelta, head.Size)
	}
	p, want := proof{size: head.Size}, head.SHA256
	if signed && head.Pages != "" {
		p.pages, want = true, head.Pages
	}
	sum, err := writeFile(ctx, meta, path, p, src.box, func(w *fileWriter) error { return w.merge(src, meta) })
	if err != nil {
		return head, err
	}
	if sum != want {
		err := fmt.Errorf("%w: %s has the hash %s instead of %s", ErrDelta, filepath.Base(path), sum, want)
		return head, errors.Join(err, os.Remove(path))
	}
	return head, nil
}

// deltaSource is an old snapshot with a delta laid over it.
type deltaSource struct {
	head    DeltaHead
	from    *Snapshot
	box     *lockbox      // of the result; nil: not encrypted
	changes [2]wordChange // of the words, of the employers
	words   growing       // of the delta's rows; only its lists are used
	entries []deltaEntry
}

// wordChange is what happens to a dictionary.
type wordChange struct {
	gone []uint32 // numbers in the old one, rising
	come []string // sorted
}

type deltaEntry struct {
	key    []byte
	packed []byte // nil: removed
}

// maxDelta is the most that a delta may unpack to: 2 GiB are some 20 million changed rows.
const maxDelta = 2 << 30

func (d *deltaSource) read(r io.Reader) error {
	br := bufio.NewReaderSize(r, maxDeltaHead)
	line, err := br.ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("%w: head: %w", ErrDelta, err)
	}
	if err := json.Unmarshal(line, &d.head); err != nil {
		return fmt.Errorf("%w: head: %w", ErrDelta, err)
	}
	if d.head.Format != deltaFormat && d.head.Format != deltaSealed {
		return fmt.Errorf("%w: %q", ErrNewerFormat, d.head.Format)
	}
	if (d.head.Format == deltaSealed) != (d.head.Cipher != nil) {
		return fmt.Errorf("%w: head", ErrDelta)
	}
	if d.head.From != d.from.Root() {
		return fmt.Errorf("%w: it changes snapshot %.12s, in use is %.12s", ErrDelta, d.head.From, d.from.Root())
	}
	var text io.Reader = br
	if d.head.Cipher != nil {
		head := bytes.Clone(bytes.TrimSuffix(line, []byte("\n"))) // reading on overwrites it
		if text, err = d.unseal(br, head); err != nil {
			return err
		}
	}
	b, err := io.ReadAll(io.LimitReader(flate.NewReader(text), maxDelta+1))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDelta, err)
	}
	if len(b) > maxDelta {
		return fmt.Errorf("%w: unpacks to more than %d bytes", ErrDelta, maxDelta)
	}
	// Where r checks a hash, it does so at its end, and the head is to be believed only then.
	if n, err := io.ReadFull(text, make([]byte, 1)); n > 0 {
		return fmt.Errorf("%w: it goes on after its end", ErrDelta)
	} else if err != io.EOF {
		return fmt.Errorf("%w: %w", ErrDelta, err)
	}
	return d.parse(b)
}

// unseal opens the compressed part of a delta that leads to an encrypted snapshot; head is its first line.
func (d *deltaSource) unseal(r io.Reader, head []byte) (io.Reader, error) {
	var err error
	slot := d.from.slot // the list of machines is seldom another
	if d.box, err = unwrap(*d.head.Cipher, d.head.Keys, d.from.machine, &slot); err != nil {
		if errors.Is(err, ErrDamaged) { // the delta is, not the snapshot that it changes
			err = fmt.Errorf("%w: %s", ErrDelta, err)
		}
		return nil, err
	}
	if len(d.head.Salt) != deltaSalt {
		return nil, fmt.Errorf("%w: salt of %d bytes", ErrDelta, len(d.head.Salt))
	}
	b, err := io.ReadAll(io.LimitReader(r, maxSealed+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDelta, err)
	}
	if len(b) > maxSealed {
		return nil, fmt.Errorf("%w: it is larger than %d bytes", ErrDelta, maxSealed)
	}
	aead, err := d.box.deltaAEAD(d.head.Salt, d.head.From, d.head.To)
	if err != nil {
		return nil, err
	}
	text, err := aead.Open(b[:0], make([]byte, aead.NonceSize()), b, head)
	if err != nil {
		return nil, fmt.Errorf("%w: its key does not open it", ErrDelta)
	}
	return bytes.NewReader(text), nil
}

func (d *deltaSource) parse(b []byte) error {
	u := unpacker{b: b}
	for i := range d.changes {
		if err := d.changes[i].read(&u); err != nil {
			return err
		}
	}
	for _, list := range []*[]string{&d.words.wordList, &d.words.employerList} {
		n := u.count(maxDeltaWords)
		for range n {
			*list = append(*list, string(u.take(u.uvarint())))
			if u.err != nil {
				return fmt.Errorf("%w: dictionary does not decode", ErrDelta)
			}
		}
	}
	var last []byte
	for {
		op := u.take(1)
		if op == nil {
			return fmt.Errorf("%w: it ends too early", ErrDelta)
		}
		if op[0] == deltaEnd {
			break
		}
		e := deltaEntry{key: u.take(u.uvarint())}
		if op[0] == deltaPut {
			e.packed = u.take(u.uvarint())
		}
		kind, number, ok := bytes.Cut(e.key, []byte{0})
		if u.err != nil || op[0] > deltaRemove || !ok || len(kind) == 0 || len(number) == 0 || bytes.Compare(last, e.key) >= 0 {
			return fmt.Errorf("%w: an entry does not decode", ErrDelta)
		}
		last = e.key
		d.entries = append(d.entries, e)
	}
	if len(u.b) != 0 {
		return fmt.Errorf("%w: it goes on after its end", ErrDelta)
	}
	return nil
}

func (c *wordChange) read(u *unpacker) error {
	at := uint64(0)
	for i := range u.count(maxDeltaWords) {
		gap := u.uvarint()
		if at += gap; u.err != nil || at > maxRows || i > 0 && gap == 0 {
			return fmt.Errorf("%w: dictionary does not decode", ErrDelta)
		}
		c.gone = append(c.gone, uint32(at))
	}
	for range u.count(maxDeltaWords) {
		s := string(u.take(u.uvarint()))
		if n := len(c.come); u.err != nil || s == "" || n > 0 && c.come[n-1] >= s {
			return fmt.Errorf("%w: dictionary does not decode", ErrDelta)
		}
		c.come = append(c.come, s)
	}
	return u.err
}

func (d *deltaSource) meta() (m Meta, err error) {
	h := manifest{Source: d.head.Meta.Source, WarnAge: d.head.Meta.Warn, RedAge: d.head.Meta.Red}
	if h.AsOf, err = parseTime(d.head.Meta.AsOf); err != nil {
		return m, fmt.Errorf("%w: %w", ErrDelta, err)
	}
	if _, err := hex.DecodeString(d.head.SHA256); err != nil {
		return m, fmt.Errorf("%w: %w", ErrDelta, err)
	}
	return h.meta(), nil
}

package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The files of a folder of generations:
//
//	000007.db    the snapshot, never changed once it has this name
//	000007.json  what it must be: size, SHA-256, root; who signed it; the trust state that vouched for it
//	000007.bad   present if reading found damage: set aside
//	CURRENT      {"generation":7,"previous":6}
//
// A generation is installed in the order data, description, pointer; each is written under another name, made last,
// renamed, and the names are made last before the next step begins. So at any instant the pointer leads to a whole
// generation, or (if the pointer itself is lost) the whole generations can be found by looking.
const (
	pointerName = "CURRENT"
	maxInfo     = 2 << 20
	copyBuffer  = 256 << 10
)

// GenerationInfo describes an installed generation.
type GenerationInfo struct {
	Generation int       `json:"generation"`
	ID         string    `json:"id"`
	Root       string    `json:"root"` // SHA-256 of the manifest
	Size       int64     `json:"size"` // bytes
	SHA256     string    `json:"sha256"`
	AsOf       time.Time `json:"asOf"`
	Rows       int       `json:"rows"`
	Source     string    `json:"source,omitempty"`
	SignedBy   string    `json:"signedBy,omitempty"` // empty: nobody vouches for the file
	ImportedAt time.Time `json:"importedAt"`
	From       string    `json:"from,omitempty"` // where it was imported from
	// KeySlot is where the key for this machine is among those of an encrypted snapshot, from 1; 0 is unknown. It saves trying
	// the others, and is not relied on.
	KeySlot int `json:"keySlot,omitempty"`
	// Trust is the publisher's signed metadata that vouched for the file.
	Trust json.RawMessage `json:"trust,omitempty"`
	// Current and Previous tell which generations the pointer names; Bad says why one is not used.
	Current  bool   `json:"current,omitempty"`
	Previous bool   `json:"previous,omitempty"`
	Bad      string `json:"bad,omitempty"`
}

type pointer struct {
	Generation int `json:"generation"`
	Previous   int `json:"previous,omitempty"`
}

type generations struct{ disk disk }

func genName(n int, ext string) string { return fmt.Sprintf("%06d.%s", n, ext) }

func genNumber(name string) (n int, ext string) {
	num, ext, ok := strings.Cut(name, ".")
	n, err := strconv.Atoi(num)
	if !ok || err != nil || n <= 0 || len(num) < 6 {
		return 0, ""
	}
	return n, ext
}

func (g generations) pointer() (p pointer, err error) {
	b, err := g.disk.read(pointerName, maxManifest)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(b, &p); err != nil || p.Generation <= 0 {
		return pointer{}, fmt.Errorf("%s: %w", pointerName, ErrDamaged)
	}
	return p, nil
}

// list returns the generations that have a description, newest first.
func (g generations) list() ([]GenerationInfo, error) {
	names, err := g.disk.names()
	if err != nil {
		return nil, err
	}
	ptr, perr := g.pointer()
	var list []GenerationInfo
	for _, name := range names {
		n, ext := genNumber(name)
		if ext != "json" {
			continue
		}
		i, err := g.info(n)
		if err != nil {
			i = GenerationInfo{Generation: n, Bad: err.Error()}
		}
		if b, err := g.disk.read(genName(n, "bad"), maxManifest); err == nil {
			i.Bad = cmp.Or(strings.TrimSpace(string(b)), "set aside")
		}
		i.Current, i.Previous = perr == nil && n == ptr.Generation, perr == nil && n == ptr.Previous
		list = append(list, i)
	}
	slices.SortFunc(list, func(a, b GenerationInfo) int { return cmp.Compare(b.Generation, a.Generation) })
	return list, nil
}

func (g generations) info(n int) (i GenerationInfo, err error) {
	b, err := g.disk.read(genName(n, "json"), maxInfo)
	if err != nil {
		return i, err
	}
	if err := json.Unmarshal(b, &i); err != nil || i.Generation != n {
		return GenerationInfo{}, fmt.Errorf("%s: %w", genName(n, "json"), ErrDamaged)
	}
	return i, nil
}

// choose returns the generation to use: the one of the pointer, else the one before it, else the newest that is whole;
// only if there is none of these, one in which damage was found. problems says what stood in the way of a better one; it must be shown. The error is ErrNoSnapshot if nothing was ever
// installed, and wraps ErrDamaged if nothing that was installed is whole.
func (g generations) choose(whole func(GenerationInfo) error) (chosen GenerationInfo, problems []error, err error) {
	list, err := g.list()
	if err != nil {
		return chosen, nil, err
	}
	switch p, err := g.pointer(); {
	case err != nil && len(list) > 0:
		problems = append(problems, err)
	case err == nil && !slices.ContainsFunc(list, func(i GenerationInfo) bool { return i.Generation == p.Generation }):
		problems = append(problems, fmt.Errorf("generation %d: %w: its description is gone", p.Generation, ErrDamaged))
	}
	place := func(i GenerationInfo) int {
		switch {
		case i.Current:
			return 0
		case i.Previous:
			return 1
		}
		return 2
	}
	rank := func(i GenerationInfo) int {
		if i.Bad != "" { // the last resort: its sound blocks still answer, the others say that they are damaged
			return 3 + place(i)
		}
		return place(i)
	}
	slices.SortStableFunc(list, func(a, b GenerationInfo) int { return cmp.Compare(rank(a), rank(b)) })
	for _, i := range list {
		size, err := g.disk.size(genName(i.Generation, "db"))
		if err == nil && size != i.Size {
			err = fmt.Errorf("%w: %d bytes instead of %d", ErrDamaged, size, i.Size)
		}
		if err == nil {
			err = whole(i)
		}
		if err == nil {
			for _, b := range list {
				if b.Bad != "" && (b.Generation == i.Generation || place(b) < place(i)) {
					problems = append(problems, fmt.Errorf("generation %d: %w: %s", b.Generation, ErrDamaged, b.Bad))
				}
			}
			return i, problems, nil
		}
		problems = append(problems, fmt.Errorf("generation %d: %w", i.Generation, err))
	}
	if len(list) == 0 && len(problems) == 0 {
		return chosen, nil, ErrNoSnapshot
	}
	return chosen, problems, errors.Join(append([]error{fmt.Errorf("%w: no generation is whole", ErrDamaged)}, problems...)...)
}

// receive copies src into a file of its own and returns its size and SHA-256, of the bytes as they were written: a stick
// may give other bytes when it is read again. limit bounds what an endless source can take.
func (g generations) receive(ctx context.Context, name string, src io.Reader, limit int64, progress func(done int64)) (size int64, sum Hash, err error) {
	f, err := g.disk.create(name)
	if err != nil {
		return 0, sum, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), ignoreMissing(g.disk.remove(name)))
		}
	}()
	h := sha256.New()
	buf := make([]byte, copyBuffer)
	for {
		if err := ctx.Err(); err != nil {
			return size, sum, err
		}
		n, rerr := src.Read(buf)
		if size+int64(n) > limit {
			return size, sum, fmt.Errorf("source is larger than %d bytes", limit)
		}
		h.Write(buf[:n])
		if _, err := f.Write(buf[:n]); err != nil {
			return size, sum, err
		}
		size += int64(n)
		if progress != nil {
			progress(size)
		}
		if rerr == io.EOF {
			break
		}
		if rerr != nil {
			return size, sum, rerr
		}
	}
	if err := f.Sync(); err != nil {
		return size, sum, err
	}
	if err := f.Close(); err != nil {
		return size, sum, err
	}
	h.Sum(sum[:0])
	return size, sum, nil
}

// next is a number that no generation has had.
func (g generations) next() (int, error) {
	names, err := g.disk.names()
	if err != nil {
		return 0, err
	}
	top := 0
	for _, name := range names {
		if n, _ := genNumber(name); n > top {
			top = n
		}
	}
	if p, err := g.pointer(); err == nil {
		top = max(top, p.Generation, p.Previous)
	}
	return top + 1, nil
}

// install makes the received file tmp the current generation. When it returns nil, the generation survives a power cut;
// when it returns an error, the generation before it is still the current one.
func (g generations) install(tmp string, info GenerationInfo) error {
	n := info.Generation
	old, _ := g.pointer() // a lost pointer is replaced
	if err := g.disk.rename(tmp, genName(n, "db")); err != nil {
		return err
	}
	info.Current, info.Previous, info.Bad = false, false, ""
	b, err := json.Marshal(info)
	if err != nil {
		return err
	}
	if len(b) > maxInfo {
		return fmt.Errorf("description of %d bytes", len(b))
	}
	if err := replace(g.disk, genName(n, "json"), b); err != nil {
		return err
	}
	if err := g.point(pointer{Generation: n, Previous: old.Generation}); err != nil {
		return err
	}
	g.prune()
	return nil
}

func (g generations) point(p pointer) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return replace(g.disk, pointerName, b)
}

// prune removes what neither the current nor the previous generation needs. It may fail (Windows does not remove a file
// that is open); the next import tries again.
func (g generations) prune() {
	p, err := g.pointer()
	if err != nil {
		return
	}
	names, err := g.disk.names()
	if err != nil {
		return
	}
	for _, name := range names {
		n, _ := genNumber(name)
		if n == 0 || n == p.Generation || n == p.Previous {
			continue
		}
		_ = g.disk.remove(name) // tried again at the next import
	}
}

// setAside marks a generation as damaged, so that the next opening takes another.
func (g generations) setAside(n int, why error) error {
	return replace(g.disk, genName(n, "bad"), []byte(why.Error()))
}

func hexSum(h Hash) string { return hex.EncodeToString(h[:]) }

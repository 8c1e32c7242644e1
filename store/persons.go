package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/crypto/argon2"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// A person index leads from a name and an identity number to registrations. It is a target of its own: a file in the format
// of a snapshot, with a feed and generations of its own, for the machines that need it only. It holds no name and no
// number of a person: its rows are (kind, registration number, person key), and what stands in the registry is read off
// the snapshot in use.
//
// There are some 6·10^10 identity numbers, and under two million where sex and birth date are known, so a plain hash of one
// hides nothing. A person key is therefore made slowly (Argon2id, RFC 9106) and with a secret, the pepper; and the file is
// always encrypted, the pepper being wrapped with its key. Who has a machine with its key can still try out numbers, at the
// price of one Argon2id each.

// PersonParams say how the person keys of an index are made. They are data of the file, with the day from which they are
// used, so that a publisher can raise them.
type PersonParams struct {
	Hash      string `json:"hash"`  // "argon2id"
	Since     string `json:"since"` // day from which the numbers below are used
	Time      uint32 `json:"time"`  // passes
	MemoryKiB uint32 `json:"memoryKiB"`
	Threads   uint8  `json:"threads"`
	Salt      []byte `json:"salt"`  // the same for all: a lookup must be able to make the key
	Bytes     int    `json:"bytes"` // of a key
}

// DefaultPersonParams are the second of the settings that the OWASP Password Storage Cheat Sheet recommends for Argon2id:
// 19 MiB, two passes, one thread.
func DefaultPersonParams(since civil.Date, salt []byte) PersonParams {
	return PersonParams{Hash: personHash, Since: since.String(), Time: 2, MemoryKiB: 19 << 10, Threads: 1, Salt: salt, Bytes: 10}
}

const (
	personHash      = "argon2id"
	minPersonSalt   = 16
	maxPersonTime   = 16
	maxPersonMemory = 256 << 10 // KiB: what a stranger's file may make a lookup take
	minPersonKey    = 8
	pepperBytes     = 32
	maxPersonSecret = 4 << 10 // bytes of its file
	// withheld stands for name and status in the rows of a person index.
	withheld = "-"
)

// Errors of person indexes.
var (
	// ErrPerson: the name or the number cannot be one.
	ErrPerson = errors.New("no name or identity number")
	// ErrKindOfFile: a person index stands where a snapshot of the registry is wanted, or the other way round.
	ErrKindOfFile = errors.New("another kind of file is wanted")
)

func (p *PersonParams) validate() error {
	switch {
	case p.Hash != personHash:
		return fmt.Errorf("%w: person keys by %q", ErrNewerFormat, p.Hash)
	case p.Time < 1 || p.Time > maxPersonTime || p.MemoryKiB < 8 || p.MemoryKiB > maxPersonMemory || p.Threads < 1 || p.Threads > 8,
		len(p.Salt) < minPersonSalt || len(p.Salt) > 64, p.Bytes < minPersonKey || p.Bytes > sha256.Size:
		return errors.New("numbers of the person keys are out of bounds")
	}
	return nil
}

// NormalID returns the one form of an identity number: of a Chinese resident's the 18 characters, checked by GB 11643, of
// another document its letters and digits. The error wraps ErrPerson.
func NormalID(s string) (string, error) {
	s = NormalNumber(s)
	if len(s) == 15 || len(s) == 18 {
		n, err := fields.CheckIDNumber(s)
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrPerson, err)
		}
		return n.Long, nil
	}
	if len(s) < 5 || len(s) > 32 || !plainNumber(s) {
		return "", fmt.Errorf("%w: %d characters", ErrPerson, len([]rune(s)))
	}
	return s, nil
}

// PersonKey makes the key of a person: the first bytes of HMAC-SHA-256 with the pepper over Argon2id of name and number.
func PersonKey(p PersonParams, pepper []byte, name, id string) (string, error) {
	if err := p.validate(); err != nil {
		return "", err
	}
	id, err := NormalID(id)
	if err != nil {
		return "", err
	}
	if name = NormalName(name); name == "" {
		return "", fmt.Errorf("%w: no name", ErrPerson)
	}
	h := hmac.New(sha256.New, pepper)
	h.Write(argon2.IDKey([]byte(name+"\x00"+id), p.Salt, p.Time, p.MemoryKiB, p.Threads, sha256.Size))
	return hex.EncodeToString(h.Sum(nil)[:p.Bytes]), nil
}

// PersonRow is a line of the source of a person index.
type PersonRow struct {
	Kind             fields.Kind
	Number, Name, ID string
}

// PersonOptions are what BuildPersons needs beside the rows.
type PersonOptions struct {
	Params     PersonParams
	Pepper     []byte     // secret, the same for all builds
	Recipients Recipients // there must be one
	// Cache, if it is not nil, holds the keys of persons already made, and is added to: making one takes some 50 ms.
	Cache *PersonCache
}

// BuildPersons writes a person index of the rows at path. It keeps all processors busy.
func BuildPersons(ctx context.Context, rows iter.Seq2[PersonRow, error], meta Meta, path string, opt PersonOptions) error {
	if err := opt.Params.validate(); err != nil {
		return err
	}
	if len(opt.Recipients) == 0 || len(opt.Pepper) != pepperBytes {
		return fmt.Errorf("a person index needs recipients and a pepper of %d bytes", pepperBytes)
	}
	box, err := newLockbox(opt.Recipients, opt.Pepper)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	o := BuildOptions{box: box, persons: &opt.Params}
	return BuildWith(ctx, opt.hashed(ctx, rows), meta, path, o)
}

// hashed turns persons into rows of an index, on all processors, in whatever order they are ready.
func (opt *PersonOptions) hashed(ctx context.Context, rows iter.Seq2[PersonRow, error]) iter.Seq2[Row, error] {
	type result struct {
		row Row
		err error
	}
	return func(yield func(Row, error) bool) {
		in, out := make(chan PersonRow), make(chan result)
		ctx, stop := context.WithCancel(ctx)
		var all sync.WaitGroup
		send := func(r result) {
			select {
			case out <- r:
			case <-ctx.Done():
			}
		}
		all.Go(func() {
			defer close(in)
			for r, err := range rows {
				if err != nil {
					send(result{err: err})
					return
				}
				select {
				case in <- r:
				case <-ctx.Done():
					return
				}
			}
		})
		for range runtime.GOMAXPROCS(0) {
			all.Go(func() {
				for r := range in {
					key, err := opt.Cache.key(opt.Params, opt.Pepper, r.Name, r.ID)
					send(result{Row{Kind: r.Kind, Number: r.Number, Name: withheld, Status: withheld, QRKey: key}, err})
				}
			})
		}
		go func() { all.Wait(); close(out) }()
		defer func() { // whoever is still at work must be let go
			stop()
			for range out {
			}
		}()
		for r := range out {
			if !yield(r.row, r.err) || r.err != nil {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(Row{}, err)
		}
	}
}

// Registration is what a person index leads to.
type Registration struct {
	Kind   fields.Kind `json:"kind"`
	Number string      `json:"number"`
}

// PersonParams are those of a person index, nil for a snapshot of the registry.
func (s *Snapshot) PersonParams() *PersonParams { return s.m.Persons }

// Person finds the registrations of a person in a person index. None means that this index has no such person. Errors wrap
// ErrKindOfFile, ErrLocked, ErrPerson or ErrDamaged.
func (s *Snapshot) Person(ctx context.Context, name, id string) ([]Registration, error) {
	switch {
	case s.m.Persons == nil:
		return nil, fmt.Errorf("%w: this is no person index", ErrKindOfFile)
	case s.locked != nil:
		return nil, s.locked
	case len(s.box.Pepper) != pepperBytes:
		return nil, fmt.Errorf("%w: its keys lack the pepper", ErrLocked)
	}
	key, err := PersonKey(*s.m.Persons, s.box.Pepper, name, id)
	if err != nil {
		return nil, err
	}
	a, err := s.Lookup(ctx, rules.RegistryQuery{QRKey: key})
	if err != nil {
		return nil, err
	}
	var list []Registration
	for _, r := range a.Records {
		list = append(list, Registration{r.Kind, r.Number})
	}
	return list, nil
}

// Person is Snapshot.Person. Where it finds damage it sets the generation aside, as Lookup does.
func (o *Opened) Person(ctx context.Context, name, id string) ([]Registration, error) {
	list, err := o.Snapshot.Person(ctx, name, id)
	return list, o.marked(err)
}

// marked sets the generation aside, once, where err is damage.
func (o *Opened) marked(err error) error {
	if errors.Is(err, ErrDamaged) {
		o.mark.Do(func() {
			if e := o.data.SetAside(o.Info.Generation, err); e != nil { // read-only media
				err = errors.Join(err, e)
			}
		})
	}
	return err
}

// Persons is the folder of the person index, with generations and a feed of its own and the machine key of d.
func (d *Data) Persons() *Data {
	sub := *d
	sub.dir, sub.persons = filepath.Join(d.dir, "persons"), true
	sub.gens = generations{folder(sub.path(""))}
	return &sub
}

// PersonSecret is what a publisher keeps of how person keys are made: the same for every build, so that a person has the
// same key every day.
type PersonSecret struct {
	Format string       `json:"format"`
	Pepper []byte       `json:"pepper"`
	Params PersonParams `json:"params"`
}

const personSecretFormat = "zhengyan-pepper/1"

// NewPersonSecret makes a secret with the default numbers, in use since a day.
func NewPersonSecret(since civil.Date) (PersonSecret, error) {
	s := PersonSecret{Format: personSecretFormat, Pepper: make([]byte, pepperBytes)}
	salt := make([]byte, minPersonSalt)
	if _, err := rand.Read(s.Pepper); err != nil {
		return s, err
	}
	if _, err := rand.Read(salt); err != nil {
		return s, err
	}
	s.Params = DefaultPersonParams(since, salt)
	return s, nil
}

// ReadPersonSecret reads the secret in a file, which must be for its owner alone.
func ReadPersonSecret(path string) (PersonSecret, error) {
	f, err := os.Open(path)
	if err != nil {
		return PersonSecret{}, err
	}
	defer f.Close()
	if _, err := ownersAlone(f); err != nil {
		return PersonSecret{}, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxPersonSecret))
	if err != nil {
		return PersonSecret{}, err
	}
	s, err := ParsePersonSecret(b)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return s, err
}

// ParsePersonSecret reads what was written as JSON.
func ParsePersonSecret(b []byte) (s PersonSecret, err error) {
	if err := json.Unmarshal(b, &s); err != nil || s.Format != personSecretFormat || len(s.Pepper) != pepperBytes {
		return PersonSecret{}, errors.New("no secret of a person index")
	}
	return s, s.Params.validate()
}

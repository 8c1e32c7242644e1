package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// formatName is the format of the file. A reader refuses every other.
const (
	formatName      = "zhengyan-registry/1"
	formatEncrypted = "zhengyan-registry/2" // as 1, with the values sealed
)

// Meta is what the publisher says of a snapshot.
type Meta struct {
	// AsOf is the instant whose state of the registry the rows show; whole seconds are kept.
	AsOf time.Time
	// Source names the registry, for people.
	Source string
	// WarnAge and RedAge are the ages from which the data is called stale, and from which it no longer lets a
	// certificate pass. Whole seconds; zero means that the publisher sets no such age.
	WarnAge, RedAge time.Duration
}

func (m Meta) validate() error {
	switch {
	case m.AsOf.IsZero():
		return errors.New("snapshot without the instant whose state it shows")
	case m.WarnAge < 0 || m.RedAge < 0 || (m.RedAge > 0 && m.WarnAge > m.RedAge):
		return fmt.Errorf("ages %v (warning) and %v (red line) do not fit", m.WarnAge, m.RedAge)
	case len(m.Source) > maxString:
		return errors.New("name of the source is too long")
	}
	return nil
}

// manifest is the value that all else hangs from: its SHA-256 identifies the snapshot.
type manifest struct {
	Format   string         `json:"format"`
	AsOf     time.Time      `json:"asOf"`
	Source   string         `json:"source,omitempty"`
	WarnAge  int64          `json:"warnSeconds"`
	RedAge   int64          `json:"redSeconds"`
	Rows     uint32         `json:"rows"`
	RowWidth int            `json:"rowWidth"` // bytes of a row number in the indexes
	Words    uint32         `json:"words"`
	Emps     uint32         `json:"employers"`
	Statuses map[string]int `json:"statuses"` // rows by status; keys are written in order
	Trees    []treeRoot     `json:"trees"`
	Cipher   *cipherInfo    `json:"cipher,omitempty"`  // nil: not encrypted
	Persons  *PersonParams  `json:"persons,omitempty"` // of a person index
}

func newManifest(meta Meta, words, employers []string) *manifest {
	return &manifest{
		Format: formatName, AsOf: meta.AsOf.UTC().Truncate(time.Second), Source: meta.Source,
		WarnAge: int64(meta.WarnAge / time.Second), RedAge: int64(meta.RedAge / time.Second),
		Words: uint32(len(words)), Emps: uint32(len(employers)), Statuses: map[string]int{},
	}
}

// provers are the trees of a file by their bytes.
type provers [128]*prover

type treeRoot struct {
	Tree   string `json:"tree"`
	Leaves uint32 `json:"leaves"`
	Root   string `json:"root"`
}

func (m *manifest) meta() Meta {
	return Meta{AsOf: m.AsOf, Source: m.Source, WarnAge: time.Duration(m.WarnAge) * time.Second, RedAge: time.Duration(m.RedAge) * time.Second}
}

// parseManifest reads a manifest and checks it against its stored hash, which catches damage (not forgery: that is
// what the signature of the file is for).
func parseManifest(b, sum []byte) (*manifest, *provers, error) {
	if b == nil {
		return nil, nil, ErrNotSnapshot
	}
	if len(b) > maxManifest || len(sum) != sha256.Size || sha256.Sum256(b) != Hash(sum) {
		return nil, nil, fmt.Errorf("%w: manifest", ErrDamaged)
	}
	var m manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, nil, fmt.Errorf("%w: manifest: %w", ErrDamaged, err)
	}
	if m.Format != formatName && m.Format != formatEncrypted {
		return nil, nil, fmt.Errorf("%w: %q", ErrNewerFormat, m.Format)
	}
	if (m.Format == formatEncrypted) != (m.Cipher != nil) || m.Cipher != nil && m.Cipher.Name != cipherName {
		return nil, nil, fmt.Errorf("%w: manifest", ErrDamaged)
	}
	if m.RowWidth < 1 || m.RowWidth > 4 || m.Rows > maxRows {
		return nil, nil, fmt.Errorf("%w: manifest", ErrDamaged)
	}
	if m.Persons != nil {
		if m.Cipher == nil {
			return nil, nil, fmt.Errorf("%w: a person index that is not encrypted", ErrDamaged)
		}
		if err := m.Persons.validate(); err != nil {
			return nil, nil, fmt.Errorf("%w: manifest: %w", ErrDamaged, err)
		}
	}
	trees := &provers{}
	for _, t := range m.Trees {
		raw, err := hex.DecodeString(t.Root)
		if err != nil || len(raw) != sha256.Size || len(t.Tree) != 1 || t.Tree[0] >= 128 || bucketNames[t.Tree[0]] == "" {
			return nil, nil, fmt.Errorf("%w: manifest", ErrDamaged)
		}
		p, err := newProver(t.Tree[0], t.Leaves, Hash(raw))
		if err != nil {
			return nil, nil, err
		}
		trees[t.Tree[0]] = p
	}
	for _, tree := range []byte(treeOrder) {
		if trees[tree] == nil {
			return nil, nil, fmt.Errorf("%w: manifest", ErrDamaged)
		}
	}
	return &m, trees, nil
}

// timeForm is the form in which instants are written; they are in UTC and have whole seconds.
const timeForm = time.RFC3339

func parseTime(s string) (time.Time, error) { return time.Parse(timeForm, s) }

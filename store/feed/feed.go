// Package feed carries registry snapshots from a publisher to machines without a network: a folder, on a stick or on a
// plain web server, whose content is vouched for by the roles and formats of The Update Framework (TUF 1.0).
//
//	metadata/N.root.json, timestamp.json, N.snapshot.json, N.targets.json (and N.targets.json.sm2)
//	targets/SHA256.NAME      the index, the parts of the snapshot, deltas
//
// Who signed and whether it is complete is decided by go-tuf's trustedmetadata, on bytes that this package has read
// within limits. How old it is is decided apart: an expired timestamp never stops an import on a machine that is offline
// for months; it is labelled.
package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"time"
)

// Limits on what a feed may hold.
const (
	maxRoot      = 512 << 10
	maxTimestamp = 64 << 10
	maxSnapshot  = 1 << 20
	maxTargets   = 4 << 20
	maxIndex     = 1 << 20
	maxRotations = 256 // roots that are followed in one update
	maxKeys      = 2 << 20
	maxParts     = 1024
	maxDeltas    = 400
	// PartSize keeps a snapshot carriable on FAT32, whose files end at 4 GiB.
	PartSize = 1 << 30
)

// Errors of feeds.
var (
	// ErrRefused: the feed is not what the trusted publisher signed.
	ErrRefused = errors.New("update refused")
	// ErrRollback: the feed is older than what this machine has seen.
	ErrRollback = errors.New("update is older than what has been seen")
	// ErrOtherKind: the feed carries snapshots of another kind.
	ErrOtherKind = errors.New("the feed carries snapshots of another kind")
	// ErrNoRoot: the machine has no trusted root for feeds.
	ErrNoRoot = errors.New("no trusted root for updates")
)

// Fetcher reads files of a feed by name, from offset on. A file that is not there is an error that wraps fs.ErrNotExist.
type Fetcher interface {
	Fetch(ctx context.Context, name string, offset int64) (io.ReadCloser, error)
}

// Folder is a feed in a folder. Nothing outside of it is read.
type Folder string

// Fetch opens a file of the folder.
func (d Folder) Fetch(_ context.Context, name string, offset int64) (io.ReadCloser, error) {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("%s: not a regular file", name), err, f.Close())
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Reader opens an address at an offset; the caller gives it, so that this package opens no connection of its own.
type Reader func(ctx context.Context, address string, offset int64) (io.ReadCloser, error)

// Server is a feed on a web server.
type Server struct {
	Base string // address of the folder
	Get  Reader
}

// Fetch asks the server for a file.
func (s Server) Fetch(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	address, err := url.JoinPath(s.Base, name)
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, address, offset)
}

// fetch reads a small file whole.
func fetch(ctx context.Context, f Fetcher, name string, limit int64) ([]byte, error) {
	r, err := f.Fetch(ctx, name, 0)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%w: %s is larger than %d bytes", ErrRefused, name, limit)
	}
	return b, nil
}

// File is a target of the feed.
type File struct {
	Name   string `json:"name"`
	Length int64  `json:"length"` // bytes
	SHA256 string `json:"sha256"`
}

// path is where a target lies: under its hash, so that a server can be changed under running downloads.
func (f File) path() string { return "targets/" + f.SHA256 + "." + f.Name }

func (f File) valid() bool {
	return f.Length >= 0 && len(f.SHA256) == 64 && strings.Trim(f.SHA256, "0123456789abcdef") == "" &&
		f.Name != "" && len(f.Name) < 200 && path.Base(f.Name) == f.Name && fs.ValidPath(f.Name) && !strings.Contains(f.Name, "\\")
}

// Content is the snapshot that a feed brings.
type Content struct {
	ID     string    `json:"id"`
	Root   string    `json:"root"` // SHA-256 of the manifest
	AsOf   time.Time `json:"asOf"`
	Rows   int       `json:"rows"`
	Size   int64     `json:"size"` // bytes of the file
	SHA256 string    `json:"sha256"`
	Kind   string    `json:"kind,omitempty"` // KindRegistry or KindPersons; empty in feeds of earlier versions
	// KeyRing is what a machine finds its key in, if the snapshot is encrypted. It is published beside it, so that a machine
	// that is not among the recipients is refused before it downloads.
	KeyRing []byte `json:"-"`
}

// The kinds of snapshots. A feed carries one of them.
const (
	KindRegistry = "registry"
	KindPersons  = "persons"
)

// Delta leads from another snapshot to Content.
type Delta struct {
	From string `json:"from"` // root of the snapshot that it changes
	File
}

// Index is the target that says what the others are.
type Index struct {
	Snapshot Content `json:"snapshot"`
	Parts    []File  `json:"parts"`
	Deltas   []Delta `json:"deltas,omitempty"`
	Keys     *File   `json:"keys,omitempty"` // Content.KeyRing
}

const (
	indexName = "index.json"
	keysName  = "keys.json"
)

func parseIndex(b []byte) (*Index, error) {
	var x Index
	if err := json.Unmarshal(b, &x); err != nil {
		return nil, fmt.Errorf("%w: index: %w", ErrRefused, err)
	}
	total := int64(0)
	for _, p := range x.Parts {
		if !p.valid() {
			return nil, fmt.Errorf("%w: index: bad part", ErrRefused)
		}
		total += p.Length
	}
	for _, d := range x.Deltas {
		if !d.valid() {
			return nil, fmt.Errorf("%w: index: bad delta", ErrRefused)
		}
	}
	if x.Keys != nil && (!x.Keys.valid() || x.Keys.Length > maxKeys) {
		return nil, fmt.Errorf("%w: index: bad keys", ErrRefused)
	}
	if len(x.Parts) == 0 || len(x.Parts) > maxParts || len(x.Deltas) > maxDeltas || total != x.Snapshot.Size {
		return nil, fmt.Errorf("%w: index: the parts are not the snapshot", ErrRefused)
	}
	return &x, nil
}

// State is what a machine remembers of a feed: the newest metadata that it has accepted.
type State struct {
	Root      json.RawMessage `json:"root,omitempty"`
	Timestamp json.RawMessage `json:"timestamp,omitempty"`
	Snapshot  json.RawMessage `json:"snapshot,omitempty"`
	Targets   json.RawMessage `json:"targets,omitempty"`
}

// Package places says where the two programs keep their data, and opens the trust anchors and the registry snapshot that lie
// there, the same way for both.
package places

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"zhengyan/store"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// Data is the data folder: what --data names, ZHENGYAN_DATA, or the platform's own.
func Data(flag string, getenv func(string) string) string {
	if flag != "" {
		return flag
	}
	return folder(getenv, "ZHENGYAN_DATA", "XDG_DATA_HOME", filepath.Join(".local", "share"), "Zhengyan", "zhengyan-data")
}

// Cache is where PDFium's compiled code is kept; "" compiles in memory.
func Cache(getenv func(string) string) string {
	return folder(getenv, "ZHENGYAN_CACHE", "XDG_CACHE_HOME", ".cache", filepath.Join("Zhengyan", "cache"), "")
}

func folder(getenv func(string) string, own, xdg, home, windows, other string) string {
	if v := getenv(own); v != "" {
		return v
	}
	if v := getenv(xdg); v != "" {
		return filepath.Join(v, "zhengyan")
	}
	if v := getenv("LOCALAPPDATA"); v != "" {
		return filepath.Join(v, windows)
	}
	if v := getenv("HOME"); v != "" {
		return filepath.Join(v, home, "zhengyan")
	}
	return other
}

// Anchors loads the trust anchors and revocation lists of the folder trust, or of the data folder if that is "", where there
// may be none. A file that cannot be read is told to warn and left out: one anchor less can only keep a certificate from passing.
func Anchors(data, trust string, warn func(error)) (*seal.Anchors, error) {
	if trust == "" {
		trust = filepath.Join(data, "trust")
		if _, err := os.Stat(trust); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	a, bad, err := seal.LoadAnchors(os.DirFS(trust))
	if err != nil {
		return nil, fmt.Errorf("trust anchors in %s: %w", trust, err)
	}
	for _, b := range bad {
		warn(fmt.Errorf("trust anchors in %s: %w", trust, b))
	}
	return a, nil
}

// Registry is the snapshot in use as the verifier asks it: damage that a lookup finds sets it aside for the next start.
type Registry struct{ *store.Opened }

// Snapshot implements verify.Registry.
func (r Registry) Snapshot() rules.SnapshotInfo { return r.Opened.Snapshot.Snapshot() }

// Snapshot opens the registry snapshot of the data folder; nil without an error means that there is none. What a person must know of
// one that was opened is told to warn.
func Snapshot(data string, warn func(error)) (*Registry, error) {
	d, err := store.OpenData(data)
	if err != nil {
		return nil, err
	}
	opened, err := d.Open()
	if errors.Is(err, store.ErrNoSnapshot) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("registry snapshot in %s: %w", data, err)
	}
	for _, problem := range opened.Problems {
		warn(fmt.Errorf("registry snapshot: %w", problem))
	}
	if _, locked := opened.Encrypted(); locked != nil {
		warn(fmt.Errorf("%w; registrations are not confirmed", locked))
	}
	return &Registry{opened}, nil
}

package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// disk is the little of a file system that generations need: one folder, and the means to make changes last. Tests put a
// disk in its place that loses power or runs full.
type disk interface {
	create(name string) (diskFile, error) // for writing; the name must be free
	rename(from, to string) error
	remove(name string) error
	sync() error // makes changes of names last
	names() ([]string, error)
	read(name string, limit int) ([]byte, error)
	size(name string) (int64, error)
}

type diskFile interface {
	io.Writer
	Sync() error
	Close() error
}

// folder is a disk in the file system. It is made when something is first created in it.
type folder string

func (d folder) path(name string) string { return filepath.Join(string(d), name) }

func (d folder) create(name string) (diskFile, error) {
	if err := os.MkdirAll(string(d), 0o755); err != nil {
		return nil, err
	}
	return os.OpenFile(d.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
}

func (d folder) rename(from, to string) error { return os.Rename(d.path(from), d.path(to)) }

func (d folder) remove(name string) error { return os.Remove(d.path(name)) }

func (d folder) sync() error { return syncDir(string(d)) }

func (d folder) names() ([]string, error) {
	entries, err := os.ReadDir(string(d))
	if missing(err) {
		return nil, nil
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list, err
}

func (d folder) size(name string) (int64, error) {
	st, err := os.Stat(d.path(name))
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}

func (d folder) read(name string, limit int) ([]byte, error) { return readLimited(d.path(name), limit) }

// readLimited reads a small file; a larger one is an error, not a lot of memory.
func readLimited(path string, limit int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err == nil && len(b) > limit {
		err = fmt.Errorf("%s: larger than %d bytes", filepath.Base(path), limit)
	}
	return b, err
}

// replace writes a small file so that after a power cut either the old or the new content stands there, whole.
func replace(d disk, name string, content []byte) error {
	tmp := name + ".tmp"
	if err := d.remove(tmp); err != nil && !missing(err) {
		return err
	}
	if err := writeAll(d, tmp, content); err != nil {
		return errors.Join(err, ignoreMissing(d.remove(tmp)))
	}
	if err := d.rename(tmp, name); err != nil {
		return err
	}
	return d.sync()
}

func writeAll(d disk, name string, content []byte) error {
	f, err := d.create(name)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

func ignoreMissing(err error) error {
	if missing(err) {
		return nil
	}
	return err
}

// leftovers are the files of imports that did not come to their end.
func leftovers(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasSuffix(n, ".tmp") })
}

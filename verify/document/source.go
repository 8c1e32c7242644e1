package document

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
)

// Source is a named run of bytes that is opened only when it is read, so that a folder of thousands costs nothing.
type Source struct {
	Name string // as the user knows it; entries of archives are "archive.zip!/entry"
	Path string // in the file system, "" for bytes in memory and entries of archives
	Size int64  // bytes

	open func() (reader, error)
}

type reader interface {
	io.ReaderAt
	io.Closer
}

type nopCloser struct{ io.ReaderAt }

func (nopCloser) Close() error { return nil }

// NewSource makes a source of a reader. The reader must stay usable until the document is opened.
func NewSource(name string, size int64, r io.ReaderAt) Source {
	return Source{Name: name, Size: size, open: func() (reader, error) { return nopCloser{r}, nil }}
}

// SourceBytes makes a source of bytes in memory, which the document then shares.
func SourceBytes(name string, b []byte) Source {
	return NewSource(name, int64(len(b)), bytes.NewReader(b))
}

// SourceFile makes a source of a file. The error is an *Error: not-found, is-folder, not-a-file or not-readable.
func SourceFile(path string) (Source, error) {
	st, err := os.Stat(path)
	if err != nil {
		return Source{}, fileError(path, err)
	}
	switch {
	case st.IsDir():
		return Source{}, fail(ErrIsFolder, path, nil, "")
	case !st.Mode().IsRegular():
		return Source{}, fail(ErrNotAFile, path, nil, "%s", st.Mode().Type())
	}
	return Source{Name: path, Path: path, Size: st.Size(), open: func() (reader, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, fileError(path, err)
		}
		return f, nil
	}}, nil
}

func fileError(path string, err error) *Error {
	if errors.Is(err, fs.ErrNotExist) {
		return fail(ErrNotFound, path, nil, "")
	}
	return fail(ErrNotReadable, path, err, "")
}

// bytes reads the whole source, at most limit bytes.
func (s Source) bytes(limit int64) ([]byte, error) {
	if s.Size > limit {
		return nil, fail(ErrTooLarge, s.Name, nil, "%d bytes, limit %d", s.Size, limit)
	}
	if s.open == nil {
		return nil, fail(ErrNotFound, s.Name, nil, "source was not made by this package")
	}
	r, err := s.open()
	if err != nil {
		return nil, named(err, s.Name, ErrNotReadable)
	}
	defer r.Close()
	// The size is only a claim: the file may have grown since, or an archive may lie.
	b, err := readAll(io.NewSectionReader(r, 0, limit+1), s.Size)
	if err != nil {
		return nil, named(err, s.Name, ErrNotReadable)
	}
	if int64(len(b)) > limit {
		return nil, fail(ErrTooLarge, s.Name, nil, "over the limit of %d bytes", limit)
	}
	return b, nil
}

func readAll(r io.Reader, hint int64) ([]byte, error) {
	buf := bytes.NewBuffer(make([]byte, 0, hint+bytes.MinRead))
	_, err := buf.ReadFrom(r)
	return buf.Bytes(), err
}

// named makes err an *Error of this input.
func named(err error, name string, code ErrorCode) *Error {
	var e *Error
	if errors.As(err, &e) {
		if e.Name == "" {
			e.Name = name
		}
		return e
	}
	return fail(code, name, err, "")
}

package store

import "errors"

// Errors that callers tell apart. All of them mean "cannot say"; none of them means "not found".
var (
	// ErrDamaged: the bytes are not those that were published.
	ErrDamaged = errors.New("registry snapshot is damaged")
	// ErrNoSnapshot: the data folder has no usable generation.
	ErrNoSnapshot = errors.New("no registry snapshot")
	// ErrNotSnapshot: the file is no registry snapshot.
	ErrNotSnapshot = errors.New("not a registry snapshot")
	// ErrNewerFormat: the file needs a newer version of the program.
	ErrNewerFormat = errors.New("registry snapshot of a newer format")
	// ErrTooMany: the question fits too many records.
	ErrTooMany = errors.New("too many records fit")
	// ErrNoKey: the question names nothing that is indexed.
	ErrNoKey = errors.New("question without a number, QR key, certificate identifier or name")
	// ErrClosed: the snapshot has been closed.
	ErrClosed = errors.New("registry snapshot is closed")
	// ErrBusy: another program is importing.
	ErrBusy = errors.New("another program holds the data folder")
)

package document

import (
	"context"
	"errors"
	"fmt"
)

// ErrorCode is a stable key that says why a file, or a part of it, could not be read.
type ErrorCode string

// The error codes.
const (
	ErrNotFound       ErrorCode = "not-found"
	ErrNotReadable    ErrorCode = "not-readable" // the system refuses: rights, a broken disk or link
	ErrIsFolder       ErrorCode = "is-folder"
	ErrNotAFile       ErrorCode = "not-a-file" // a device, pipe or socket
	ErrEmpty          ErrorCode = "empty"
	ErrTooLarge       ErrorCode = "too-large"
	ErrTooManyPages   ErrorCode = "too-many-pages"
	ErrTooManyPixels  ErrorCode = "too-many-pixels"
	ErrTooComplex     ErrorCode = "too-complex" // over another limit: scans of a JPEG, memory of the PDF engine
	ErrEncrypted      ErrorCode = "encrypted"   // needs a password
	ErrOFD            ErrorCode = "ofd"         // GB/T 33190-2016, recognised and not read
	ErrDamaged        ErrorCode = "damaged"
	ErrUnsupported    ErrorCode = "unsupported"         // none of the formats; Detail names the format where it is known
	ErrVariant        ErrorCode = "unsupported-variant" // a picture in one of the formats, in a coding that is not read
	ErrTimeout        ErrorCode = "timeout"
	ErrCanceled       ErrorCode = "canceled"
	ErrNoPage         ErrorCode = "no-page"
	ErrClosed         ErrorCode = "closed"
	ErrEngine         ErrorCode = "engine" // PDFium could not be started
	ErrZIPNested      ErrorCode = "zip-nested"
	ErrZIPEncrypted   ErrorCode = "zip-encrypted" // an entry needs the archive's password
	ErrZIPBomb        ErrorCode = "zip-bomb"
	ErrZIPEntries     ErrorCode = "zip-too-many-entries"
	ErrNoFiles        ErrorCode = "no-files" // an archive with nothing in it, or only what is left out
	ErrFolderTooDeep  ErrorCode = "folder-too-deep"
	ErrFolderTooLarge ErrorCode = "folder-too-large"
)

// Error says which input failed and why. Code is for programs and translations, Detail for experts.
type Error struct {
	Code   ErrorCode
	Name   string // the input as the user named it
	Detail string
	Err    error
}

// Error gives the code, the name and the detail in one line.
func (e *Error) Error() string {
	s := string(e.Code)
	if e.Name != "" {
		s = e.Name + ": " + s
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the *Error in err's chain, or "" if there is none.
func CodeOf(err error) ErrorCode {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// Problem is a finding on a file that could be read nevertheless.
type Problem struct {
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
}

// The problems.
const (
	ProblemExtension    = "extension"           // the name's extension contradicts the content
	ProblemJunkBefore   = "bytes-before-header" // something stands before %PDF-
	ProblemRepaired     = "repaired"            // the structure is damaged and was rebuilt while reading
	ProblemEncrypted    = "encrypted-open"      // encrypted, opens without a password
	ProblemStructure    = "structure"           // pdfcpu could not read the structure; fonts' maps are not known
	ProblemInvisible    = "invisible-text"      // text that is never shown, with the page
	ProblemFont         = "font-not-embedded"   // shown with a substitute font
	ProblemNoUnicode    = "no-tounicode"        // text of this font can't be trusted
	ProblemNoFont       = "no-fallback-font"    // fonts are not embedded and this build carries no font
	ProblemImageSkipped = "image-skipped"       // a picture over a limit, or that could not be decoded
	ProblemTruncated    = "truncated"           // objects, characters or pictures over a limit were left out
	ProblemAttachments  = "attachments"         // the PDF carries embedded files
	ProblemAnnotations  = "annotations-unread"  // a page's annotations and form fields could not be read
	ProblemClamped      = "render-clamped"      // rendered at a lower resolution than asked for
)

func fail(code ErrorCode, name string, err error, format string, args ...any) *Error {
	return &Error{Code: code, Name: name, Detail: fmt.Sprintf(format, args...), Err: err}
}

// ctxError translates a context's end.
func ctxError(ctx context.Context, name, what string) *Error {
	err := context.Cause(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return fail(ErrTimeout, name, nil, "%s", what)
	}
	return fail(ErrCanceled, name, err, "%s", what)
}

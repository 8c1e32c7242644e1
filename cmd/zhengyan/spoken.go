package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"zhengyan/store"
	"zhengyan/store/feed"
	"zhengyan/verify/fields"
	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/seal"
)

// spokenError is an error of what the user typed, which is said in the language of the locale.
type spokenError struct {
	format string
	args   []any
}

// speak makes an error that is said in the language of the locale; format is one of the texts of the command line.
func speak(format string, args ...any) error { return &spokenError{format, args} }

// misused makes an error of how a command was called, said in the language of the locale.
func misused(format string, args ...any) error {
	return fmt.Errorf("%w: %w", errUsage, speak(format, args...))
}

// Error implements error, in English.
func (e *spokenError) Error() string { return fmt.Sprintf(e.format, e.args...) }

// Unwrap gives the errors that it says.
func (e *spokenError) Unwrap() (said []error) {
	for _, a := range e.args {
		if err, ok := a.(error); ok {
			said = append(said, err)
		}
	}
	return said
}

// cause is an error that other packages and systems give, with the text by which the command line says it.
type cause struct {
	is   error
	said string
}

// causes are those that a reviewer meets: no such file, no such snapshot, not trusted. What is rarer is for whoever looks
// after the program, and stays as it is.
func causes() []cause {
	return []cause{
		{syscall.ENOENT, "no such file or directory"},
		{syscall.EACCES, "permission denied"},
		{syscall.EISDIR, "is a directory"},
		{syscall.ENOSPC, "no space left on device"},
		{syscall.EEXIST, "file exists"},
		{errBadRows, "bad rows"},
		{store.ErrNoSnapshot, "no registry snapshot"},
		{store.ErrNotSnapshot, "not a registry snapshot"},
		{store.ErrDamaged, "registry snapshot is damaged"},
		{store.ErrNewerFormat, "registry snapshot of a newer format"},
		{store.ErrNoKey, "question without a number, QR key, certificate identifier or name"},
		{store.ErrLocked, "registry snapshot is encrypted"},
		{store.ErrNoMachineKey, "this machine has no key yet"},
		{store.ErrBusy, "another program holds the data folder"},
		{store.ErrOlder, "older than the snapshot in use"},
		{store.ErrSame, "this snapshot is in use already"},
		{store.ErrUnsigned, "nobody vouches for this file"},
		{store.ErrNoSpace, "not enough space on the disk"},
		{store.ErrAnchorKnown, "is in the trust folder already"},
		{store.ErrAnchorUnknown, "no such file in the trust folder"},
		{store.ErrKindOfFile, "another kind of file is wanted"},
		{feed.ErrNoRoot, "no trusted root for updates"},
		{feed.ErrRefused, "update refused"},
		{feed.ErrOtherKind, "the feed carries snapshots of another kind"},
		{store.ErrAudit, "audit log has been changed"},
		{store.ErrWitness, "not a checkpoint of an audit log"},
		{seal.ErrNoCertificate, "seal: no certificate found"},
		{fields.ErrNoReader, "image text cannot be read on this installation"},
		{ocr.ErrNoCgo, "this program was built without cgo"},
		{ocr.ErrNoLibrary, "the ONNX Runtime library was not found"},
		{ocr.ErrNoModels, "the models of the text recogniser are not there"},
	}
}

// spoken is an error's text in the language of the locale, as far as it has one.
func (env *environment) spoken(err error) string {
	var said *spokenError
	switch {
	case env.language("") != "zh":
		return err.Error()
	case errors.As(err, &said):
		return env.sentence(said.format, said.args...)
	}
	text := err.Error()
	var at *fs.PathError
	if errors.As(err, &at) { // which call of the system it was says nothing to whoever named the file
		text = strings.Replace(text, at.Error(), at.Path+": "+at.Err.Error(), 1)
	}
	for _, c := range causes() {
		if errors.Is(err, c.is) {
			text = strings.Replace(text, c.said, env.say(c.said), 1)
		}
	}
	return text
}

// sentence is a text with its values in the language of the locale, errors among them.
func (env *environment) sentence(format string, a ...any) string {
	a = slices.Clone(a) // it may be an error's own
	for i, x := range a {
		if err, ok := x.(error); ok {
			a[i] = env.spoken(err)
		}
	}
	return fmt.Sprintf(env.say(format), a...)
}

// fail says what went wrong, in lower case and without a full stop, and returns the exit status.
func (env *environment) fail(code int, format string, a ...any) int {
	env.note("%s%s", env.say("error: "), env.sentence(format, a...))
	return code
}

func (env *environment) failHint(code int, hint, format string, a ...any) int {
	env.fail(code, format, a...)
	env.note("%s%s", env.say("hint: "), env.say(hint))
	return code
}

// warn says what whoever reads the answer should know, beside it.
func (env *environment) warn(format string, a ...any) {
	env.note("%s%s", env.say("warning: "), env.sentence(format, a...))
}

// warnOf is warn for those who have nothing to add to an error.
func (env *environment) warnOf(err error) { env.warn("%v", err) }

// note says something on standard error that is no error.
func (env *environment) note(format string, a ...any) {
	fmt.Fprintf(env.Stderr, "zhengyan: %s\n", env.sentence(format, a...))
}

package report

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zhengyan/verify"
)

// Extensions are the endings of report files that WriteFile knows.
func Extensions() []string { return []string{".pdf", ".xlsx", ".html", ".json"} }

// CanWrite reports whether WriteFile knows the form that the file's name asks for.
func CanWrite(path string) bool {
	return slices.Contains(Extensions(), strings.ToLower(filepath.Ext(path)))
}

// Options are what a report says beside the reports on its files; the zero value says nothing more.
type Options struct {
	PDF PDFOptions
	// Picture returns page n (from 0) of a report's file, or nil if it cannot be shown; it may be asked for a page more than
	// once. Where it is set, PDF shows the pages that evidence points at with the places framed, and PDF and HTML show what was
	// read off a picture as it stands there. A Report alone does not hold its file.
	Picture func(r *verify.Report, n int) image.Image
	// Checkpoint is the audit log's newest signed checkpoint (the C2SP tlog-checkpoint format), "" where no log is kept.
	Checkpoint string
	// Roster is the check against a list of people, in the order of the list.
	Roster []RosterLine
	// Stopped is set where the run was ended early: every form then says that it is not complete.
	Stopped *Stopped
	// LeftOut says what of the folders and archives that were opened was not read, "" for nothing: who gets the report alone
	// must not take them for verified whole. JSON and NDJSON, whose objects are a file each, do not say it.
	LeftOut string
	// Partial is told the file in which WriteFile writes a report until it is whole, for whoever may end the program before; nil for none.
	Partial func(f *os.File)
}

// beside makes the file in which a report is written until it is whole.
func beside(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
}

// TryFile tries whether WriteFile can make a file at path, and leaves nothing there.
func TryFile(path string) error {
	tmp, err := beside(path)
	if err != nil {
		return err
	}
	return errors.Join(tmp.Close(), os.Remove(tmp.Name()))
}

// WriteFile writes reports in the form that the file's name asks for. The file appears whole or not at all.
func WriteFile(path string, rs []*verify.Report) error { return Options{}.WriteFile(path, rs) }

// WriteFile is the function WriteFile with more to say.
func (o Options) WriteFile(path string, rs []*verify.Report) (err error) {
	write := func(io.Writer) error { return fmt.Errorf("%s: not a form of report", filepath.Ext(path)) }
	switch strings.ToLower(filepath.Ext(path)) {
	case ".json":
		write = func(w io.Writer) error { return o.WriteJSON(w, rs) }
	case ".html":
		write = func(w io.Writer) error { return o.WriteHTML(w, rs) }
	case ".pdf":
		write = func(w io.Writer) error { return o.WritePDF(w, rs) }
	case ".xlsx":
		write = func(w io.Writer) error { return o.WriteXLSX(w, rs) }
	}
	tmp, err := beside(path)
	if err != nil {
		return err
	}
	if o.Partial != nil {
		o.Partial(tmp)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	b := bufio.NewWriter(tmp)
	if err = write(b); err != nil {
		return err
	}
	if err = b.Flush(); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

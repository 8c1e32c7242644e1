package report

import (
	"bufio"
	"fmt"
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

// WriteFile writes reports in the form that the file's name asks for. The file appears whole or not at all.
func WriteFile(path string, rs []*verify.Report) (err error) {
	write := func(io.Writer) error { return fmt.Errorf("%s: not a form of report", filepath.Ext(path)) }
	switch strings.ToLower(filepath.Ext(path)) {
	case ".json":
		write = func(w io.Writer) error { return WriteJSON(w, rs) }
	case ".html":
		write = func(w io.Writer) error { return WriteHTML(w, rs) }
	case ".pdf":
		write = func(w io.Writer) error { return WritePDF(w, rs, PDFOptions{}) }
	case ".xlsx":
		write = func(w io.Writer) error { return WriteXLSX(w, rs) }
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
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

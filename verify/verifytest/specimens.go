package verifytest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Answer is one row of answers.tsv: a question on a file with the answer that must be given.
type Answer struct {
	File    string // below the set's folder, with / as separator
	At      string // YYYY-MM-DD
	Options string // of `zhengyan verify`, separated by spaces; no value holds a space
	Expect
	NoSnapshot bool    // asked without a registry
	IfRead     *Expect // for builds that read text in pictures, where that differs
	About      string
}

// Set is what Write wrote.
type Set struct {
	Dir      string
	TrustDir string // anchors, issuing authorities and revocation lists
	Answers  []Answer
	Rows     []RegistryRow
}

// WriteOptions changes what Write does. The zero value writes the whole set.
type WriteOptions struct {
	// Options, if set, returns the options column of an answer, for example with folders appended.
	Options func(Answer) string
	// Only, if set, says which files to write.
	Only func(file string) bool
	// Workers is the number of files made at once; 0 means one a processor.
	Workers int
}

// Write makes the whole set below dir: the files of Catalog, trust/, registry.csv and registry.json. All keys are made
// anew. It returns ErrNoFont if the build carries no font. answers.tsv is left to WriteAnswers, since its options may
// name folders that the caller makes.
func Write(ctx context.Context, dir string, o WriteOptions) (*Set, error) {
	g, err := NewGenerator(NewCA())
	if err != nil {
		return nil, err
	}
	set := &Set{Dir: dir, TrustDir: filepath.Join(dir, "trust")}
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	eg, ctx := errgroup.WithContext(ctx)
	eg.SetLimit(workers)
	for _, c := range Catalog() {
		if o.Only != nil && !o.Only(c.File) {
			continue
		}
		set.add(c, o.Options)
		eg.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			data, err := g.File(c)
			if err != nil {
				return err
			}
			return writeFile(filepath.Join(dir, filepath.FromSlash(c.File)), data)
		})
	}
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	return set, set.writeFolders(g)
}

func (set *Set) add(c *Case, options func(Answer) string) {
	if c.Row != nil {
		set.Rows = append(set.Rows, *c.Row)
	}
	for _, j := range c.Ask {
		a := Answer{File: c.File, At: j.At, Options: strings.Join(j.Options, " "), Expect: j.Expect, NoSnapshot: j.NoSnapshot, IfRead: j.IfRead, About: c.About}
		if options != nil {
			a.Options = options(a)
		}
		set.Answers = append(set.Answers, a)
	}
}

func (set *Set) writeFolders(g *Generator) error {
	trust, err := g.CA.TrustFiles()
	if err != nil {
		return err
	}
	for name, data := range trust {
		if err := writeFile(filepath.Join(set.TrustDir, name), data); err != nil {
			return err
		}
	}
	for name, f := range map[string]func(io.Writer, []RegistryRow) error{"registry.csv": WriteRegistryCSV, "registry.json": WriteRegistryJSON} {
		var b bytes.Buffer
		if err := f(&b, set.Rows); err != nil {
			return err
		}
		if err := writeFile(filepath.Join(set.Dir, name), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// File returns the bytes of a case.
func (g *Generator) File(c *Case) ([]byte, error) {
	switch {
	case c.Raw != nil:
		return c.Raw(g, c.Spec)
	case c.Spec.Carrier == CarrierPDF:
		return g.PDF(c.Spec)
	}
	b, _, err := g.Image(c.Spec)
	return b, err
}

func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}

// WriteAnswers writes answers as tab-separated values with a header. Rules are separated by commas.
func WriteAnswers(w io.Writer, answers []Answer) error {
	if _, err := io.WriteString(w, "file\tat\toptions\tcopy\tregistration\toverall\trules\n"); err != nil {
		return err
	}
	for _, a := range answers {
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", a.File, a.At, a.Options, a.Copy, a.Registration, a.Overall, strings.Join(a.Rules, ",")); err != nil {
			return err
		}
	}
	return nil
}

package sheet

import (
	"errors"
	"flag"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"zhengyan/verify/verifytest"
)

// A Job is the sheets that a program makes, and the flags that say which: -out, -first, -sheets and -font.
type Job struct {
	Folder       string // to write to, a file for each sheet
	First, Count int    // numbers of sheets
	Faces        []Typeface
	fonts        []string
}

// Flags adds the job's flags to the program's, with what it has as their defaults.
func (j *Job) Flags() {
	flag.StringVar(&j.Folder, "out", j.Folder, "folder to write to, a file for each sheet")
	flag.IntVar(&j.First, "first", j.First, "number of the first sheet")
	flag.IntVar(&j.Count, "sheets", j.Count, "sheets to print")
	flag.Func("font", "typeface, FILE or FILE#NAME of a collection, or two with a plus sign; many", func(s string) error {
		j.fonts = append(j.fonts, s)
		return nil
	})
}

// Do opens the typefaces and makes one sheet after the other, on all processors. one is given a generator of its processor's own.
func (j *Job) Do(one func(g *verifytest.Generator, i int) error) error {
	if len(j.fonts) == 0 {
		return errors.New("no typefaces (-font)")
	}
	var err error
	if j.Faces, err = OpenFaces(j.fonts); err != nil {
		return err
	}
	if err := os.MkdirAll(j.Folder, 0o755); err != nil {
		return err
	}
	var next atomic.Int64
	next.Store(int64(j.First))
	workers := make([]error, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for k := range workers {
		all.Go(func() {
			g, err := verifytest.NewGenerator(verifytest.NewCA())
			for err == nil {
				i := int(next.Add(1)) - 1
				if i >= j.First+j.Count {
					return
				}
				err = one(g, i)
			}
			workers[k] = err
		})
	}
	all.Wait()
	return errors.Join(workers...)
}

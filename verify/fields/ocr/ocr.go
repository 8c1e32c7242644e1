// Package ocr reads the print of pictures: it finds text lines with one neural net, reads each with another, and gives
// their characters with places and confidences, as package fields takes them.
//
// The nets are PP-OCRv4 mobile in ONNX form; ONNX Runtime, a shared library loaded at run time, evaluates them. A program
// built without cgo, or that finds no library or no models, has no reader: Open then says exactly what is missing.
//
// Pages are read on their luminance, to which the red of a seal is added back until it is as bright as the paper, so that the
// print under it stands free.
package ocr

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"zhengyan/verify/fields"
	"zhengyan/verify/fields/ocr/figures"
	"zhengyan/verify/fields/ocr/glyphs"
	"zhengyan/verify/fields/ocr/red"
)

// Names of the model files in Config.Models.
const (
	DetectorFile   = "det.onnx" // finds lines: a picture to a map of text probability
	RecogniserFile = "rec.onnx" // reads one: a line 48 pixels high to probabilities of characters
	KeysFile       = "keys.txt" // the characters of the recogniser, one a line
)

// Errors of Open. Each is wrapped with what was looked for, together with fields.ErrNoReader.
var (
	ErrNoCgo     = errors.New("this program was built without cgo")
	ErrNoLibrary = errors.New("the ONNX Runtime library was not found")
	ErrNoModels  = errors.New("the models of the text recogniser are not there")
)

// Config says where the engine and its models are.
type Config struct {
	// Library has the paths to try for the ONNX Runtime library, in order; a bare name is looked for where the system keeps
	// its libraries. See Libraries.
	Library []string
	// Models holds the three files named above. Other nets of the same kind (PP-OCRv3 to v5) work as well.
	Models fs.FS
	// Plain leaves out the rows that teach the recogniser rare characters of names (package rare) and the nets for digits
	// (package figures), for print under red ink (package red) and for single characters (package glyphs), for comparison. The rows belong
	// to one recogniser; another one goes without them, as Name says.
	Plain bool
	// Threads bounds the runs of a net at the same time over all callers; 0 means 2.
	Threads int
}

// maxModelBytes bounds a model file.
const maxModelBytes = 256 << 20

// Libraries gives the paths at which the library may stand: in each folder, or in its folder lib, under the name that it
// has on this system; last where the system keeps libraries.
func Libraries(folders ...string) []string {
	names := []string{"libonnxruntime.so", "libonnxruntime.so.1"}
	switch runtime.GOOS {
	case "windows":
		names = []string{"onnxruntime.dll"}
	case "darwin":
		names = []string{"libonnxruntime.dylib"}
	}
	var out []string
	for _, dir := range folders {
		if dir == "" {
			continue
		}
		for _, name := range names {
			out = append(out, filepath.Join(dir, "lib", name), filepath.Join(dir, name))
		}
	}
	return append(out, names...)
}

// net is a loaded model: one input and one output tensor of float32. It is safe for several goroutines.
type net interface {
	run(in []float32, shape [4]int) (out []float32, outShape []int, err error)
	close()
}

// Reader is a fields.PageReader.
type Reader struct {
	det, rec net
	*alphabet
	figures    net           // tells digits (package figures); nil without it
	red        net           // tells print under red ink (package red); nil without it
	glyphs     net           // reads single characters (package glyphs); nil without it
	glyphRunes []rune        // what its classes stand for
	standard   map[rune]bool // the same
	slots      chan struct{}
	name       string
}

var (
	_ fields.PageReader = (*Reader)(nil)
	_ fields.Skimmer    = (*Reader)(nil)
)

// Open loads the library and the models, about half a second. The error wraps fields.ErrNoReader and one of ErrNoCgo,
// ErrNoLibrary and ErrNoModels where the installation lacks something, and says what. The library stays loaded until the process ends.
func Open(cfg Config) (*Reader, error) {
	if !haveEngine {
		return nil, fmt.Errorf("%w: %w", fields.ErrNoReader, ErrNoCgo)
	}
	det, err := modelFile(cfg.Models, DetectorFile)
	if err != nil {
		return nil, err
	}
	rec, err := modelFile(cfg.Models, RecogniserFile)
	if err != nil {
		return nil, err
	}
	list, err := modelFile(cfg.Models, KeysFile)
	if err != nil {
		return nil, err
	}
	version, err := startEngine(existing(cfg.Library))
	if err != nil {
		return nil, fmt.Errorf("%w: %w (looked for %s): %w", fields.ErrNoReader, ErrNoLibrary, strings.Join(cfg.Library, ", "), err)
	}
	r := &Reader{slots: make(chan struct{}, max(1, cfg.Threads))}
	if cfg.Threads == 0 {
		r.slots = make(chan struct{}, 2)
	}
	// The nets are made ready side by side: each takes as long as reading a few lines.
	var seeing sync.WaitGroup
	var detName, own string
	var detErr, ownErr error
	seeing.Go(func() {
		defer caught(&detErr)
		detName = fingerprint("detector", sha256.Sum256(det))
		// A page's lines are found in one run, which no other waits beside: it takes two cores. Lines are read side by side.
		r.det, detErr = loadNetOn(lean(det), min(2, cap(r.slots), runtime.GOMAXPROCS(0)))
	})
	if !cfg.Plain {
		seeing.Go(func() {
			defer caught(&ownErr)
			single, err := glyphs.Net()
			if err != nil {
				ownErr = fmt.Errorf("%w: the net for single characters: %w", fields.ErrNoReader, err)
				return
			}
			for _, o := range []struct {
				to    *net
				name  string
				model []byte
			}{{&r.figures, "digits", figures.Net()}, {&r.red, "red ink", red.Net()}, {&r.glyphs, "single characters", single}} {
				own += ", " + fingerprint(o.name, sha256.Sum256(o.model))
				if *o.to, err = loadNet(o.model); err != nil {
					ownErr = fmt.Errorf("%w: the net for %s: %w", fields.ErrNoReader, o.name, err)
					return
				}
			}
			r.glyphRunes, r.standard = glyphs.Characters(), map[rune]bool{}
			for _, c := range r.glyphRunes {
				r.standard[c] = true
			}
		})
	}
	recName, recErr := r.openRecogniser(rec, parseKeys(list), cfg.Plain)
	seeing.Wait()
	if detErr != nil {
		detErr = fmt.Errorf("%w: %w: %s: %w", fields.ErrNoReader, ErrNoModels, DetectorFile, detErr)
	}
	if err := cmp.Or(detErr, recErr, ownErr); err != nil {
		r.Close()
		return nil, err
	}
	r.name = "ONNX Runtime " + version + ", " + detName + ", " + recName + own
	return r, nil
}

// openRecogniser loads the net that reads lines, with what it is taught, and gives its name.
func (r *Reader) openRecogniser(rec []byte, keys []string, plain bool) (name string, err error) {
	defer caught(&err)
	sum := sha256.Sum256(rec)
	name, r.alphabet = fingerprint("recogniser", sum), newAlphabet(keys, nil)
	if !plain {
		taught, more, err := withRare(rec, sum)
		if err != nil {
			return "", fmt.Errorf("%w: rows for rare characters: %w", fields.ErrNoReader, err)
		}
		if len(more) > 0 {
			rec, r.alphabet = taught, newAlphabet(keys, more)
			name += fmt.Sprintf(" with %d rare characters", len(more))
		}
	}
	if r.rec, err = loadNet(lean(rec)); err != nil {
		return "", fmt.Errorf("%w: %w: %s: %w", fields.ErrNoReader, ErrNoModels, RecogniserFile, err)
	}
	return name, nil
}

// lean is the model with its operations put together; what is no model is left to the engine to refuse.
func lean(model []byte) []byte {
	if m, err := folded(model, blockedLayout); err == nil {
		return m
	}
	return model
}

// Name is the engine and the models, these by the beginning of their SHA-256, with what the recogniser is taught.
func (r *Reader) Name() string { return r.name }

// Close frees the nets. No call may be under way.
func (r *Reader) Close() {
	for _, n := range []net{r.det, r.rec, r.figures, r.red, r.glyphs} {
		if n != nil {
			n.close()
		}
	}
}

// run evaluates a net when one of the slots is free.
func (r *Reader) run(ctx context.Context, n net, in []float32, shape [4]int) ([]float32, []int, error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	defer func() { <-r.slots }()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	return n.run(in, shape)
}

func modelFile(files fs.FS, name string) ([]byte, error) {
	missing := func(why error) error {
		return fmt.Errorf("%w: %w: %s: %w", fields.ErrNoReader, ErrNoModels, name, why)
	}
	if files == nil {
		return nil, missing(fs.ErrNotExist)
	}
	st, err := fs.Stat(files, name)
	if err != nil {
		return nil, missing(err)
	}
	if st.Size() > maxModelBytes {
		return nil, missing(fmt.Errorf("%d bytes are more than any model has", st.Size()))
	}
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, missing(err)
	}
	return b, nil
}

// existing leaves out the paths at which nothing stands; bare names are the system's to find.
func existing(paths []string) []string {
	var out []string
	for _, p := range paths {
		if filepath.Base(p) != p {
			if _, err := os.Stat(p); err != nil {
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// parseKeys makes the table of classes: the blank, the characters of the file, the space.
func parseKeys(list []byte) []string {
	keys := []string{""}
	for line := range strings.Lines(string(list)) {
		keys = append(keys, strings.TrimRight(line, "\r\n"))
	}
	return append(keys, " ")
}

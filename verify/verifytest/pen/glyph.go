package pen

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// DataFile is where the stroke data lies below the root of the repository: the npm package hanzi-writer-data as it comes
// (medians of AR PL fonts, Arphic Public License), fetched by `make train-ink`. It is not tracked.
const DataFile = "build/strokes/hanzi-writer-data.tgz"

// maxGlyphFile bounds one character's JSON; the largest in the package has 40 kB.
const maxGlyphFile = 1 << 20

// Point is a point of the pen's way. X grows to the right and Y downwards; W is the line's width relative to the pen's
// nominal width.
type Point struct{ X, Y, W float64 }

// Alphabet holds the strokes of characters, each in a box of side 1.
type Alphabet struct {
	glyphs   map[rune][][]Point
	invented bool
}

// Invented says that no stroke data was read: characters are made up from simple strokes.
func (a *Alphabet) Invented() bool { return a.invented }

// Open gives the alphabet from [DataFile] below the first folder with a go.mod at or above the working folder, or invented
// characters where there is none.
func Open() *Alphabet {
	dir, err := os.Getwd()
	for err == nil {
		if _, e := os.Stat(filepath.Join(dir, "go.mod")); e == nil {
			if a, e := Load(filepath.Join(dir, filepath.FromSlash(DataFile))); e == nil {
				return a
			}
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return Invent()
}

// Invent gives an alphabet without data: each character is put together from simple strokes, always the same for one rune.
func Invent() *Alphabet { return &Alphabet{invented: true} }

// Load reads the medians of the characters that [Name] uses from the npm package.
func Load(file string) (*Alphabet, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	wanted := map[rune]bool{}
	for _, r := range surnames + givenNames {
		wanted[r] = true
	}
	a := &Alphabet{glyphs: map[rune][][]Point{}}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		name, ok := strings.CutSuffix(path.Base(h.Name), ".json")
		r, n := utf8.DecodeRuneInString(name)
		if !ok || n != len(name) || !wanted[r] {
			continue
		}
		var g struct {
			Medians [][][2]float64 `json:"medians"`
		}
		if err := json.NewDecoder(io.LimitReader(t, maxGlyphFile)).Decode(&g); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, h.Name, err)
		}
		var strokes [][]Point
		for _, m := range g.Medians {
			var s []Point
			for _, p := range m {
				// The data's box is 1024 wide, its top at 900, y upwards.
				s = append(s, Point{X: p[0] / 1024, Y: (900 - p[1]) / 1024, W: 1})
			}
			if len(s) > 1 {
				strokes = append(strokes, s)
			}
		}
		if len(strokes) > 0 {
			a.glyphs[r] = strokes
		}
	}
	if len(a.glyphs) < len(wanted)/2 {
		return nil, fmt.Errorf("%s: only %d of %d characters", file, len(a.glyphs), len(wanted))
	}
	return a, nil
}

// glyph gives fresh strokes of the character.
func (a *Alphabet) glyph(r rune) [][]Point {
	if s, ok := latin(r); ok {
		return s
	}
	src, ok := a.glyphs[r]
	if !ok {
		return invent(r)
	}
	out := make([][]Point, len(src))
	for i, s := range src {
		out[i] = append([]Point(nil), s...)
	}
	return out
}

// Command train makes rows.bin of package rare: rows for the last layer of the recogniser that read the characters of the
// Table of General Standard Chinese Characters (通用规范汉字表, 8,105 characters, State Council 2013) which the published net does not
// know or reads badly. It draws lines with fonts, lets the net look at them without its last layer, and fits the rows; the
// net itself stays as it is. Fonts named with -held are never trained on: the report at the end is measured on them.
//
// The table is taken from the Unihan database of Unicode, property kTGH (Debian: unicode-data).
package main

import (
	"bufio"
	"compress/bzip2"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"zhengyan/verify/fields/ocr"
)

func main() {
	log.SetFlags(log.Ltime)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

type options struct {
	models, library, unihan, work, out string
	fonts, held                        list
	workers                            int
}

func run() error {
	var o options
	flag.StringVar(&o.models, "models", "assets/models", "folder with the recogniser")
	flag.StringVar(&o.library, "library", "build/lib/libonnxruntime.so", "ONNX Runtime")
	flag.StringVar(&o.unihan, "unihan", "/usr/share/unicode/Unihan_OtherMappings.txt.bz2", "Unihan file with kTGH")
	flag.StringVar(&o.work, "work", "build/rare", "folder for what was seen, so that fitting can be repeated")
	flag.StringVar(&o.out, "out", "verify/fields/ocr/rare/rows.bin", "file to write")
	flag.Var(&o.fonts, "font", "font to train on: FILE or FILE#NAME of a collection; many")
	flag.Var(&o.held, "held", "font to measure on; many")
	flag.IntVar(&o.workers, "workers", 2, "lines looked at at the same time")
	flag.Parse()

	table, err := standardTable(o.unihan)
	if err != nil {
		return err
	}
	f, err := ocr.OpenFeatures(ocr.Config{Library: []string{o.library}, Models: os.DirFS(o.models)})
	if err != nil {
		return err
	}
	defer f.Close()
	if err := os.MkdirAll(o.work, 0o755); err != nil {
		return err
	}
	train, err := o.samples(f, table, o.fonts, "train", 1)
	if err != nil {
		return err
	}
	log.Printf("%d samples to train on", len(train.label))
	held, err := o.samples(f, table, o.held, "held", 4)
	if err != nil {
		return err
	}
	log.Printf("%d samples to measure on", len(held.label))
	fit := newFit(f, table, train)
	fit.learn(train)
	fit.calibrate(train)
	h := fit.head()
	h.Model = sha256.Sum256(f.Model)
	if err := os.WriteFile(o.out, h.Bytes(), 0o644); err != nil {
		return err
	}
	log.Printf("%s: %d rows", o.out, len(h.Runes))
	fit.report("held-out fonts", held)
	return nil
}

// table is the standard table in its order: level 1 is 3,500 characters, level 2 and 3 follow.
type table []rune

const levelOne = 3500

func (t table) common() []rune { return t[:levelOne] }

func standardTable(path string) (table, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(path, ".bz2") {
		in = bzip2.NewReader(file)
	}
	at := map[int]rune{}
	for sc := bufio.NewScanner(in); sc.Scan(); {
		c := strings.Split(sc.Text(), "\t")
		if len(c) != 3 || c[1] != "kTGH" || !strings.HasPrefix(c[0], "U+") {
			continue
		}
		code, err := strconv.ParseUint(c[0][2:], 16, 32)
		if err != nil {
			return nil, err
		}
		_, index, _ := strings.Cut(c[2], ":")
		n, err := strconv.Atoi(index)
		if err != nil {
			return nil, err
		}
		at[n] = rune(code)
	}
	t := make(table, 0, len(at))
	for n := 1; n <= len(at); n++ {
		if at[n] == 0 {
			return nil, fmt.Errorf("%s: number %d of the table is missing", path, n)
		}
		t = append(t, at[n])
	}
	if len(t) != 8105 {
		return nil, fmt.Errorf("%s: the table has %d characters, not 8,105", path, len(t))
	}
	return t, nil
}

// samples are what the net saw at characters: a label and a feature each; label 0 is between characters.
type samples struct {
	inside int
	label  []rune
	font   []uint8
	x      []float32
}

func (s *samples) at(i int) []float32 { return s.x[i*s.inside : (i+1)*s.inside] }

// samples draws lines in each font and looks at them, or takes what an earlier run saw of the font.
func (o *options) samples(f *ocr.Features, t table, fonts []string, name string, part int) (*samples, error) {
	all := &samples{inside: f.Inside}
	for k, path := range fonts {
		file := filepath.Join(o.work, fmt.Sprintf("%s-%s.samples", name, strings.NewReplacer("#", "-", ".", "-").Replace(filepath.Base(path))))
		s, err := readSamples(file)
		if errors.Is(err, os.ErrNotExist) {
			var face *typeface
			if face, err = openFont(path); err != nil {
				return nil, err
			}
			lines := compose(t, face, part, k, rand.New(rand.NewPCG(uint64(part), uint64(k))))
			log.Printf("%s: %s: %d lines", name, face.name, len(lines))
			s = &samples{inside: f.Inside}
			if err = o.look(f, s, face, lines, uint8(k), uint64(part)<<16+uint64(k)); err == nil {
				err = s.write(file)
			}
		}
		if err != nil {
			return nil, err
		}
		all.label, all.font, all.x = append(all.label, s.label...), append(all.font, s.font...), append(all.x, s.x...)
	}
	return all, nil
}

// compose makes lines in which every part-th character of levels 2 and 3 that the font has stands once, and lines of
// common ones: of all of them in the first font and every third one after it, of a third in the others.
func compose(t table, face *typeface, part, k int, r *rand.Rand) [][]rune {
	var rest, common []rune
	for _, c := range t[levelOne:] {
		if face.has(c) {
			rest = append(rest, c)
		}
	}
	for _, c := range t.common() {
		if face.has(c) {
			common = append(common, c)
		}
	}
	r.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	rest = rest[:len(rest)/part]
	any := func() rune { return common[r.IntN(len(common))] }
	var out [][]rune
	for len(rest) > 0 {
		n, share := 8, 0.97
		if r.Float64() < 0.15 { // a name
			n, share = 2+r.IntN(2), 0.6
		}
		var l []rune
		for range n {
			if len(rest) > 0 && r.Float64() < share {
				l, rest = append(l, rest[0]), rest[1:]
			} else {
				l = append(l, any())
			}
		}
		out = append(out, l)
	}
	r.Shuffle(len(common), func(i, j int) { common[i], common[j] = common[j], common[i] })
	if k%3 != 0 {
		common = common[:len(common)/3]
	}
	common = common[:len(common)/part]
	for c := range slices.Chunk(common, 8) {
		out = append(out, slices.Clone(c))
	}
	return out
}

// look draws the lines and collects what the net sees.
func (o *options) look(f *ocr.Features, s *samples, face *typeface, lines [][]rune, k uint8, seed uint64) error {
	type result struct {
		label []rune
		x     []float32
	}
	out := make([]result, len(lines))
	pictures := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex // the font's buffers are one for all
	var failed error
	for range o.workers {
		wg.Go(func() {
			for i := range pictures {
				mu.Lock()
				p, err := face.draw(lines[i], rand.New(rand.NewPCG(seed, uint64(i))))
				mu.Unlock()
				if err == nil {
					out[i].label, out[i].x, err = seen(f, p)
				}
				if err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
				}
			}
		})
	}
	for i := range lines {
		pictures <- i
	}
	close(pictures)
	wg.Wait()
	for _, r := range out {
		s.label = append(s.label, r.label...)
		s.x = append(s.x, r.x...)
		for range r.label {
			s.font = append(s.font, k)
		}
	}
	return failed
}

// seen gives the steps at which the net sees a character, by the place at which it was drawn, and one between characters.
func seen(f *ocr.Features, p *picture) (label []rune, x []float32, err error) {
	all, err := f.Line(p.pix, p.width)
	if err != nil {
		return nil, nil, err
	}
	steps := len(all) / f.Inside
	step := func(t int) []float32 { return all[t*f.Inside : (t+1)*f.Inside] }
	n := len(f.Keys)
	blank := make([]float32, steps) // the logit of the blank: low where there is a character
	for t := range steps {
		blank[t] = f.Bias[0]
		for i, v := range step(t) {
			blank[t] += v * f.Weights[i*n]
		}
	}
	taken := make([]bool, steps)
	for i, m := range p.middle {
		near := func(t int) bool {
			d := (float64(t)+0.5)*8 - m
			return t >= 0 && t < steps && d > -0.4*p.em && d < 0.4*p.em
		}
		best := -1
		for t := range steps {
			if near(t) && (best < 0 || blank[t] < blank[best]) {
				best = t
			}
		}
		if best < 0 {
			continue
		}
		for t := best - 1; t <= best+1; t++ {
			if t == best || near(t) && blankLead(f, step(t)) < 0 {
				label = append(label, p.runes[i])
				x = append(x, step(t)...)
				taken[t] = true
			}
		}
	}
	// The step between characters that is likeliest to be mistaken for one.
	worst := -1
	for t := range steps {
		if !taken[t] && blankLead(f, step(t)) > 0 && (worst < 0 || blank[t] < blank[worst]) {
			worst = t
			break
		}
	}
	if worst >= 0 {
		label = append(label, 0)
		x = append(x, step(worst)...)
	}
	return label, x, nil
}

// blankLead is the logit of the blank less the highest of a character.
func blankLead(f *ocr.Features, x []float32) float64 {
	n := len(f.Keys)
	z := make([]float32, n)
	copy(z, f.Bias)
	for i, v := range x {
		for k, w := range f.Weights[i*n : (i+1)*n] {
			z[k] += v * w
		}
	}
	best := z[1]
	for _, v := range z[2:] {
		best = max(best, v)
	}
	return float64(z[0] - best)
}

// Command train learns the likeness of two signatures from invented writing alone, and measures it: on invented writers
// that it never saw, and on a corpus of real signatures where there is one (which it only reads, never learns from).
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"zhengyan/verify/ink/hand/model"
	"zhengyan/verify/ink/hand/pair"
)

func main() {
	var o options
	flag.BoolVar(&o.train, "train", false, "learn anew and write the weights")
	flag.BoolVar(&o.measure, "measure", true, "measure")
	flag.StringVar(&o.weights, "weights", "verify/ink/hand/weights.gob", "file of the weights")
	flag.StringVar(&o.doc, "doc", "", "page whose table is written anew")
	flag.StringVar(&o.corpus, "corpus", "", "folder with manifest.tsv of real signatures, to measure only")
	flag.StringVar(&o.cache, "cache", "", "folder in which measured pairs are kept between runs")
	flag.IntVar(&o.writers, "writers", 200, "invented writers to learn from")
	flag.IntVar(&o.calibrate, "calibrate", 70, "invented writers to calibrate with")
	flag.IntVar(&o.test, "test", 60, "invented writers to measure with")
	flag.IntVar(&o.refs, "refs", 4, "references a corpus writer")
	flag.IntVar(&o.holders, "holders", 40, "prints that are signed anew many times, to learn from and as many to calibrate with")
	flag.IntVar(&o.prints, "prints", 0, "prints to make, scan and compare the whole way")
	flag.IntVar(&o.again, "again", 0, "prints that are signed anew many times, to measure with")
	flag.StringVar(&o.half, "half", "all", "which corpus writers are measured: look, keep or all")
	flag.BoolVar(&o.verbose, "v", false, "say what each feature and part tells")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

type options struct {
	train, measure, verbose        bool
	weights, doc, corpus           string
	cache, half                    string
	writers, calibrate, test, refs int
	holders, prints, again         int
}

// Seeds: development stays below 1e5. Each purpose has writers of its own.
const (
	trainSeed          = 1000
	calibrateSeed      = 40000
	testSeed           = 60000
	printTrainSeed     = 70000
	printCalibrateSeed = 75000
	printSeed          = 80000
	againSeed          = 85000
)

// others is the number of other people whose references each separated writing is compared with besides the printed one.
const others = 2

// maker makes pairs, or takes them from the cache.
type maker struct{ cache string }

// clean and scan give clean pairs and pairs of a simulated separation.
func (c maker) clean(seed uint64, n int, h hands) ([]sample, error) {
	return cached(c.cache, fmt.Sprintf("clean-%s-%d-%d", handsNames[h], seed, n), func() ([]sample, error) { return invented(seed, n, h) })
}

func (c maker) scan(seed uint64, n int, h hands) ([]sample, error) {
	return cached(c.cache, fmt.Sprintf("scan-%s-%d-%d", handsNames[h], seed, n), func() ([]sample, error) { return scanned(seed, n, h) })
}

// join puts what several makers give together.
func join(parts ...func() ([]sample, error)) (all []sample, err error) {
	for _, f := range parts {
		s, err := f()
		if err != nil {
			return nil, err
		}
		all = append(all, s...)
	}
	return all, nil
}

// resigned gives pairs of prints that were signed anew many times. The pictures are kept too: they cost most.
func (c maker) resigned(seed uint64, n int, set string) ([]sample, error) {
	if n == 0 {
		return nil, nil
	}
	name := fmt.Sprintf("resigned-%d-%d", seed, n)
	return cached(c.cache, name+"-pairs", func() ([]sample, error) {
		m, err := cached(c.cache, name, func() ([]masks, error) { return resigned(seed, n) })
		if err != nil {
			return nil, err
		}
		out := compared(append(m, crossed(m, others)...))
		for i := range out {
			out[i].Set = set + strings.TrimPrefix(out[i].Set, "print")
		}
		return out, nil
	})
}

func run(o options) error {
	c := maker{o.cache}
	m, err := load(o.weights)
	if o.train {
		if o.holders < 1 || o.writers < 1 || o.calibrate < 1 {
			return errors.New("-train needs holders, writers and calibrate to be 1 at least")
		}
		m, err = train(o, c)
	}
	if err != nil {
		return err
	}
	if !o.measure {
		return nil
	}
	test, err := join(
		func() ([]sample, error) { return c.clean(testSeed, o.test, plain) },
		func() ([]sample, error) { return c.scan(testSeed, o.test, plain) },
	)
	if err != nil {
		return err
	}
	if o.corpus != "" {
		real, err := cached(o.cache, fmt.Sprintf("real-%s-%d", o.half, o.refs), func() ([]sample, error) { return corpus(o.corpus, o.half, o.refs) })
		if err != nil {
			return err
		}
		test = append(test, real...)
	}
	made, err := cached(o.cache, fmt.Sprintf("prints-%d", o.prints), func() ([]masks, error) { return prints(printSeed, o.prints) })
	if err != nil {
		return err
	}
	again, err := c.resigned(againSeed, o.again, "again")
	if err != nil {
		return err
	}
	test = append(append(test, compared(append(made, crossed(made, others)...))...), again...)
	sets := groups(test)
	if o.verbose {
		single(sets)
		report(m, sets)
	}
	t := table(m, sets)
	fmt.Print(t)
	if o.doc != "" {
		return write(o.doc, t)
	}
	return nil
}

func train(o options, c maker) (*model.Set, error) {
	learn, err := join(
		func() ([]sample, error) { return c.clean(trainSeed, o.writers, plain) },
		func() ([]sample, error) { return c.clean(trainSeed, o.writers, even) },
		func() ([]sample, error) { return c.scan(trainSeed, o.writers*3/4, broad) }, // the slower ones
	)
	if err != nil {
		return nil, err
	}
	held, err := c.clean(calibrateSeed, o.calibrate, broad)
	if err != nil {
		return nil, err
	}
	prints, err := c.resigned(printTrainSeed, o.holders, "print")
	if err != nil {
		return nil, err
	}
	heldPrints, err := c.resigned(printCalibrateSeed, o.holders, "print")
	if err != nil {
		return nil, err
	}
	fmt.Printf("%d pairs and %d of prints to learn from, %d and %d to calibrate with\n", len(learn), len(prints), len(held), len(heldPrints))
	m := &model.Set{Clean: fit(only(learn, true), pair.Names()), Separated: fit(slices.Concat(learn, prints), pair.Names())}
	calibrate(m.Clean, cleanBands, fold{m.Clean, held})
	// Prints are dear: those that were learnt from calibrate too, judged by a model that learnt from the others instead.
	swapped := fit(slices.Concat(learn, heldPrints), pair.Names())
	calibrate(m.Separated, separatedBands, fold{m.Separated, heldPrints}, fold{swapped, prints})
	return m, save(m, o.weights)
}

// only gives the clean pairs, or the others.
func only(all []sample, clean bool) (out []sample) {
	for _, s := range all {
		if s.clean() == clean {
			out = append(out, s)
		}
	}
	return out
}

func load(file string) (*model.Set, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return model.Read(f, pair.Names())
}

func save(m *model.Set, file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := m.Write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// Command train learns the likeness of two signatures from invented writing alone, and measures it: on invented writers
// that it never saw, and on a corpus of real signatures where there is one (which it only reads, never learns from).
package main

import (
	"flag"
	"fmt"
	"os"

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
	flag.IntVar(&o.prints, "prints", 0, "prints to make, scan and compare the whole way")
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
	prints                         int
}

// Seeds: development stays below 1e5. Each purpose has writers of its own.
const (
	trainSeed     = 1000
	calibrateSeed = 40000
	testSeed      = 60000
	printSeed     = 80000
)

// intricacies are the kinds of hands for each purpose, see [pen.Writer.WithIntricacy].
var intricacies = map[string][]float64{"train": {0, 0.6}, "calibrate": {0, 0.6}, "test": {0.6}}

func run(o options) error {
	both := func(purpose string, seed uint64, writers int) (all []sample, err error) {
		for _, by := range intricacies[purpose] {
			for _, name := range []string{"clean", "scan"} {
				make := invented
				if name == "scan" {
					make = scanned
				}
				if name == "scan" && purpose == "train" && by == 0 {
					continue // the slower half of the making, for the smaller difference
				}
				made, err := cached(o.cache, fmt.Sprintf("%s-%s-%d-%v", purpose, name, writers, by), func() ([]sample, error) { return make(seed, writers, by) })
				if err != nil {
					return nil, err
				}
				all = append(all, made...)
			}
		}
		return all, nil
	}
	m, err := load(o.weights)
	if o.train {
		m, err = train(o, both)
	}
	if err != nil {
		return err
	}
	if !o.measure {
		return nil
	}
	test, err := both("test", testSeed, o.test)
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
	if o.prints > 0 {
		made, err := cached(o.cache, fmt.Sprintf("prints-%d", o.prints), func() ([]sample, error) { return prints(printSeed, o.prints) })
		if err != nil {
			return err
		}
		test = append(test, made...)
	}
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

func train(o options, both func(string, uint64, int) ([]sample, error)) (*model.Set, error) {
	learn, err := both("train", trainSeed, o.writers)
	if err != nil {
		return nil, err
	}
	held, err := both("calibrate", calibrateSeed, o.calibrate)
	if err != nil {
		return nil, err
	}
	fmt.Printf("%d pairs to learn from, %d to calibrate with\n", len(learn), len(held))
	m := &model.Set{Clean: fit(only(learn, true)), Separated: fit(learn)}
	calibrate(m.Clean, only(held, true))
	calibrate(m.Separated, only(held, false))
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

package main

import (
	"bufio"
	"context"
	"fmt"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"zhengyan/verify/ink/hand/pair"
	"zhengyan/verify/ink/hand/trace"
)

// person is a writer of the corpus.
type person struct {
	set, id         string
	genuine, forged []string
}

func people(dir string) ([]*person, error) {
	f, err := os.Open(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	byKey := map[string]*person{}
	var keys []string
	for s := bufio.NewScanner(f); s.Scan(); {
		c := strings.Split(s.Text(), "\t")
		if len(c) < 5 || c[0] == "file" {
			continue
		}
		set := c[1]
		if set == "svc2004" {
			set += " " + c[4]
		}
		key := set + c[2]
		p := byKey[key]
		if p == nil {
			p = &person{set: set, id: c[2]}
			byKey[key] = p
			keys = append(keys, key)
		}
		file := filepath.Join(dir, filepath.FromSlash(c[0]))
		if c[3] == "genuine" {
			p.genuine = append(p.genuine, file)
		} else {
			p.forged = append(p.forged, file)
		}
	}
	sort.Strings(keys)
	var out []*person
	for _, k := range keys {
		out = append(out, byKey[k])
	}
	return out, nil
}

// corpus compares real signatures: refs references a writer, each with five of the same, five imitations and four of others.
// half "look" is every other writer, "keep" the rest.
func corpus(dir, half string, refs int) ([]sample, error) {
	all, err := people(dir)
	if err != nil {
		return nil, err
	}
	var chosen []int
	for i := range all {
		if half == "all" || (i%2 == 0) == (half == "look") {
			chosen = append(chosen, i)
		}
	}
	return each(len(chosen), func(k int) []sample {
		i := chosen[k]
		p := all[i]
		rng := rand.New(rand.NewPCG(uint64(i), 99))
		seen := map[string]*trace.Trace{}
		get := func(file string) *trace.Trace {
			if t, ok := seen[file]; ok {
				return t
			}
			t, err := traceFile(file)
			if err != nil {
				fmt.Fprintln(os.Stderr, filepath.Base(file), err)
			}
			seen[file] = t
			return t
		}
		var out []sample
		add := func(ref *trace.Trace, file string, kind int) {
			if q := get(file); q != nil && ref != nil {
				r := pair.Compare(ref, q)
				out = append(out, sample{X: r.Features, Kind: kind, Set: p.set, Writer: i, Hidden: r.Hidden})
			}
		}
		for _, r := range rng.Perm(len(p.genuine))[:min(refs, len(p.genuine))] {
			ref := get(p.genuine[r])
			n := 0
			for _, g := range rng.Perm(len(p.genuine)) {
				if g != r && n < 5 {
					add(ref, p.genuine[g], genuine)
					n++
				}
			}
			for _, f := range rng.Perm(len(p.forged))[:min(5, len(p.forged))] {
				add(ref, p.forged[f], skilled)
			}
			for n := 0; n < 4; {
				o := all[rng.IntN(len(all))]
				if o != p && o.set[:4] == p.set[:4] {
					add(ref, o.genuine[rng.IntN(len(o.genuine))], stranger)
					n++
				}
			}
		}
		return out
	}), nil
}

func traceFile(file string) (*trace.Trace, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		return nil, err
	}
	m, err := trace.MaskOf(img)
	if err != nil {
		return nil, err
	}
	return trace.From(context.Background(), m)
}

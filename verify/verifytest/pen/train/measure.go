package main

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"zhengyan/verify/ink/hand/model"
	"zhengyan/verify/ink/hand/pair"
)

type group struct {
	name    string
	samples []sample
}

func groups(all []sample) []group {
	by := map[string][]sample{}
	for _, s := range all {
		by[s.Set] = append(by[s.Set], s)
		if len(s.Set) > 7 && s.Set[:7] == "svc2004" {
			by["svc2004 all"] = append(by["svc2004 all"], s)
		}
		if from, _, _ := strings.Cut(s.Set, " "); from == "print" || from == "again" {
			by[from+" all"] = append(by[from+" all"], s)
		}
	}
	for _, k := range []string{"svc2004 all", "cedar"} {
		if len(by["svc2004 all"]) > 0 && len(by["cedar"]) > 0 {
			by["real"] = append(by["real"], by[k]...)
		}
	}
	var out []group
	for k, v := range by {
		out = append(out, group{k, v})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

// eer is the error rate at the threshold where as many of the genuine are refused as of the others are taken.
func eer(pos, neg []float64) float64 {
	if len(pos) == 0 || len(neg) == 0 {
		return math.NaN()
	}
	p, q := slices.Clone(pos), slices.Clone(neg)
	slices.Sort(p)
	slices.Sort(q)
	best := 1.0
	rate := 1.0
	j := 0
	for i, t := range p {
		for j < len(q) && q[j] < t {
			j++
		}
		frr, far := float64(i)/float64(len(p)), float64(len(q)-j)/float64(len(q))
		if d := math.Abs(frr - far); d < best {
			best, rate = d, (frr+far)/2
		}
	}
	return rate
}

func scores(s []sample, f func(sample) float64) (out [4][]float64) {
	for _, v := range s {
		out[v.Kind] = append(out[v.Kind], f(v))
	}
	return out
}

// report compares the parts of the model.
func report(m *model.Set, sets []group) {
	fmt.Printf("%-16s %6s  %s\n", "set", "pairs", "skilled / same name / stranger EER %: line | nets | trees | all")
	for _, g := range sets {
		fmt.Printf("%-16s %6d ", g.name, len(g.samples))
		for k := range 4 {
			s := scores(g.samples, func(v sample) float64 {
				m := v.of(m)
				if k == 3 {
					return m.Score(v.X)
				}
				return m.Parts(m.Normal(v.X))[k]
			})
			fmt.Printf(" %5.1f/%4.1f/%4.1f |", 100*eer(s[0], s[1]), 100*eer(s[0], s[2]), 100*eer(s[0], s[3]))
		}
		fmt.Println()
	}
}

// single tells what each feature alone is worth, set by set: the skilled EER in %, and the means of genuine and imitation.
func single(sets []group) {
	names := []string{}
	for _, g := range sets {
		fmt.Printf("%-10.10s           ", g.name)
	}
	fmt.Println()
	for j := range sets[0].samples[0].X {
		for _, g := range sets {
			s := scores(g.samples, func(v sample) float64 { return -v.X[j] })
			e := eer(s[0], s[1])
			fmt.Printf("%5.1f %6.2f %6.2f   ", 100*e, -mean(s[0]), -mean(s[1]))
		}
		if len(names) == 0 {
			names = featureNames()
		}
		fmt.Println(names[j])
	}
}

func mean(v []float64) (s float64) {
	for _, x := range v {
		s += x / float64(len(v))
	}
	return s
}

func featureNames() []string { return pair.Names() }

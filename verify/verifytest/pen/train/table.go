package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"zhengyan/verify/ink/hand/model"
)

// The markers between which the table stands in the page.
const (
	begin = "<!-- likeness table -->"
	end   = "<!-- /likeness table -->"
)

var titles = map[string]string{
	"invented": "invented, clean", "scan beside": "invented, simulated separation, beside",
	"scan overlap": "the same, overlapping", "scan over": "the same, over the print",
	"print beside": "whole way from a scan, beside", "print overlap": "whole way, overlapping", "print over": "whole way, over the print", "print all": "whole way, all three",
	"again beside": "signed anew in the scan, beside", "again overlap": "signed anew, overlapping", "again over": "signed anew, over the print", "again all": "signed anew, all three",
	"svc2004 zh": "SVC2004, Chinese writers", "svc2004 latin": "SVC2004, Latin writers", "svc2004 all": "SVC2004, all", "cedar": "CEDAR", "real": "SVC2004 and CEDAR together",
}

var order = []string{
	"svc2004 zh", "svc2004 latin", "svc2004 all", "cedar", "real", "invented", "scan beside", "scan overlap", "scan over",
	"print beside", "print overlap", "print over", "print all", "again beside", "again overlap", "again over", "again all",
}

// table gives the figures as Markdown.
func table(m *model.Set, sets []group) string {
	var b strings.Builder
	b.WriteString("| writing | writers, pairs | EER % imitation [5–95 % over writers] | EER % same name, other hand | EER % stranger | own: agrees / doubtful / differs % | imitation | other hand | stranger | ECE |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, name := range order {
		i := slices.IndexFunc(sets, func(g group) bool { return g.name == name })
		if i < 0 {
			continue
		}
		g := sets[i].samples
		writers := map[int]bool{}
		for _, v := range g {
			writers[v.Writer] = true
		}
		fmt.Fprintf(&b, "| %s | %d, %d", titles[name], len(writers), len(g))
		for _, kind := range []int{skilled, sameName, stranger} {
			s := scores(g, func(v sample) float64 { return v.of(m).Probability(v.X, v.Hidden) })
			b.WriteString(" | " + percent(eer(s[genuine], s[kind])))
			if lo, hi := bootstrap(m, g, kind); !math.IsNaN(lo) && kind != stranger {
				fmt.Fprintf(&b, " [%.0f–%.0f]", 100*lo, 100*hi)
			}
		}
		for kind := range 4 {
			a, d, n := shares(m, g, kind)
			if n == 0 {
				b.WriteString(" | –")
				continue
			}
			fmt.Fprintf(&b, " | %.0f / %.0f / %.0f", 100*a, 100*(1-a-d), 100*d)
		}
		fmt.Fprintf(&b, " | %.3f |\n", ece(m, g))
	}
	return b.String() + "\n" + agreeing(m, sets)
}

// agreeing tells how many of the separated writings agree, with 95 % intervals (Wilson's).
func agreeing(m *model.Set, sets []group) string {
	var b strings.Builder
	b.WriteString("| separated from prints | own writing that agrees | own writing that differs | another hand's that agrees | imitations that agree |\n| --- | --- | --- | --- | --- |\n")
	for _, name := range order {
		i := slices.IndexFunc(sets, func(g group) bool { return g.name == name })
		if i < 0 || !strings.HasPrefix(name, "print") && !strings.HasPrefix(name, "again") {
			continue
		}
		cell := func(share, n float64) string {
			lo, hi := wilson(share, n)
			return fmt.Sprintf(" | %.0f of %.0f: %.1f %% [%.1f–%.1f]", share*n, n, 100*share, 100*lo, 100*hi)
		}
		g := sets[i].samples
		own, differ, n := shares(m, g, genuine)
		other, _, k := shares(m, g, sameName)
		imitated, _, l := shares(m, g, skilled)
		b.WriteString("| " + titles[name] + cell(own, n) + cell(differ, n) + cell(other, k) + cell(imitated, l) + " |\n")
	}
	return b.String()
}

// wilson is the 95 % interval of a share of n.
func wilson(p, n float64) (lo, hi float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.96
	mid, half := p+z*z/2/n, z*math.Sqrt(p*(1-p)/n+z*z/4/n/n)
	return math.Max(0, (mid-half)/(1+z*z/n)), math.Min(1, (mid+half)/(1+z*z/n))
}

func percent(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.1f", 100*v)
}

// shares gives which part of a kind agrees and differs.
func shares(m *model.Set, all []sample, kind int) (agrees, differs, n float64) {
	for _, s := range all {
		if s.Kind != kind {
			continue
		}
		n++
		m := s.of(m)
		switch p := m.Probability(s.X, s.Hidden); {
		case p < m.Differs:
			differs++
		case p >= m.Agrees && s.mayAgree():
			agrees++
		}
	}
	return agrees / max(1, n), differs / max(1, n), n
}

// bootstrap gives the range of a kind's EER if other writers of the same sort had come.
func bootstrap(m *model.Set, all []sample, kind int) (lo, hi float64) {
	by := map[int][2][]float64{}
	var writers []int
	for _, s := range all {
		k := 0
		switch s.Kind {
		case genuine:
		case kind:
			k = 1
		default:
			continue
		}
		v, ok := by[s.Writer]
		if !ok {
			writers = append(writers, s.Writer)
		}
		v[k] = append(v[k], s.of(m).Probability(s.X, s.Hidden))
		by[s.Writer] = v
	}
	if len(writers) < 3 {
		return math.NaN(), math.NaN()
	}
	rng := rand.New(rand.NewPCG(1, 1))
	var out []float64
	for range 200 {
		var p, q []float64
		for range writers {
			v := by[writers[rng.IntN(len(writers))]]
			p, q = append(p, v[0]...), append(q, v[1]...)
		}
		if e := eer(p, q); !math.IsNaN(e) {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(out)
	return out[len(out)/20], out[len(out)*19/20]
}

// write puts the table between the markers of a page.
func write(file, text string) error {
	page, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	i, j := bytes.Index(page, []byte(begin)), bytes.Index(page, []byte(end))
	if i < 0 || j < i {
		return fmt.Errorf("%s has no place for the table", file)
	}
	var out []byte
	out = append(out, page[:i+len(begin)]...)
	out = append(out, "\n\n"+text+"\n"...)
	out = append(out, page[j:]...)
	return os.WriteFile(file, out, 0o644)
}

package seal

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// peer is another verifier that is installed on the machine, run as one process a file.
type peer struct {
	name  string
	start []string // a run that does nothing but start
	args  func(file string) []string
	times []time.Duration
}

// BenchmarkCorpusAgainstPeers times this package (a library call), pdfsig and mutool on each file of the corpus in turn,
// so that all of them meet the same load. A process must start before it verifies; what starting alone costs is measured
// too and given apart, so that neither answer hides in it. One run is enough: -benchtime 1x.
func BenchmarkCorpusAgainstPeers(b *testing.B) {
	dir := corpusDir(b)
	var peers []*peer
	for _, p := range []*peer{
		{name: "pdfsig", start: []string{"-v"}, args: func(f string) []string { return []string{"-nocert", f} }},
		{name: "mutool", start: []string{"-v"}, args: func(f string) []string { return []string{"sign", "-v", f} }},
	} {
		if _, err := exec.LookPath(p.name); err == nil {
			peers = append(peers, p)
		}
	}
	if len(peers) == 0 || peers[0].name != "pdfsig" {
		b.Skip("pdfsig is not on this machine (package poppler-utils)")
	}
	var files []string
	for _, f := range readManifest(b, dir) {
		if filepath.Ext(f.name) == ".pdf" {
			files = append(files, filepath.Join(dir, f.name))
		}
	}
	run := func(name string, args []string) time.Duration {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		at := time.Now()
		_ = exec.CommandContext(ctx, name, args...).Run() // the exit status is its opinion of the file
		return time.Since(at)
	}
	var ours []time.Duration
	for b.Loop() {
		ours = ours[:0]
		for _, p := range peers {
			p.times = p.times[:0]
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				b.Fatal(err)
			}
			at := time.Now()
			if _, err := Inspect(context.Background(), data, Options{}); err != nil {
				b.Fatal(err)
			}
			ours = append(ours, time.Since(at))
			for _, p := range peers {
				p.times = append(p.times, run(p.name, p.args(f)))
			}
		}
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.Logf("%-22s %10s %10s %10s %12s", "", "median ms", "p99 ms", "whole s", "start ms")
	b.Logf("%-22s %10.2f %10.1f %10.2f %12s", "this package", ms(median(ours)), ms(quantile(ours, 0.99)), sum(ours).Seconds(), "-")
	for _, p := range peers {
		var starts []time.Duration
		for range 15 {
			starts = append(starts, run(p.name, p.start))
		}
		start := median(starts)
		var per, net []float64
		for i, t := range p.times {
			per = append(per, float64(ours[i])/float64(t))
			net = append(net, float64(ours[i])/float64(max(t-start, 100*time.Microsecond)))
		}
		slices.Sort(per)
		slices.Sort(net)
		b.Logf("%-22s %10.2f %10.1f %10.2f %12.1f", p.name, ms(median(p.times)), ms(quantile(p.times, 0.99)), sum(p.times).Seconds(), ms(start))
		b.Logf("  ratio per file, median: %.3f (without what starting costs: %.3f); whole corpus: %.3f (%.3f)",
			per[len(per)/2], net[len(net)/2], float64(sum(ours))/float64(sum(p.times)),
			float64(sum(ours))/float64(max(sum(p.times)-start*time.Duration(len(files)), time.Millisecond)))
		if p.name == "pdfsig" {
			b.ReportMetric(per[len(per)/2], "ratio/file")
			b.ReportMetric(float64(sum(ours))/float64(sum(p.times)), "ratio/corpus")
		}
	}
}

func sum(d []time.Duration) (total time.Duration) {
	for _, x := range d {
		total += x
	}
	return total
}

func median(d []time.Duration) time.Duration { return quantile(d, 0.5) }

func quantile(d []time.Duration, q float64) time.Duration {
	s := slices.Sorted(slices.Values(d))
	return s[min(len(s)-1, int(float64(len(s))*q))]
}

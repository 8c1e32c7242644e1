package seal

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengyan/verify/document/pdfraw"
)

// corpusDir finds the corpus of signed files beside the repository; tests that need it are skipped without it.
func corpusDir(t testing.TB) string {
	if d := os.Getenv("ZHENGYAN_CORPUS"); d != "" {
		return filepath.Join(d, "pdfsig")
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			c := filepath.Join(d, "..", "shared", "corpus", "pdfsig")
			if _, err := os.Stat(filepath.Join(c, "manifest.tsv")); err == nil {
				return c
			}
			break
		}
		if d == filepath.Dir(d) {
			break
		}
	}
	t.Skip("the corpus is not on this machine")
	return ""
}

type corpusFile struct{ name, gate, expected, class string }

func readManifest(t testing.TB, dir string) []corpusFile {
	b, err := os.ReadFile(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var out []corpusFile
	for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		f := strings.Split(l, "\t")
		out = append(out, corpusFile{f[0], f[1], f[2], f[3]})
	}
	return out
}

// explained are the files whose answer differs from the list's, and why the answer stands.
func explained() map[string]string {
	return map[string]string{
		"dss/test-with-vri.pdf": "FieldMDP and Lock say All, and the value of TestField2 was changed afterwards",
		"itext/SignatureValidatorIntegrationTest__validateSingleSignature1.pdf": "the second signature's Lock has /P 1, and an annotation was added afterwards; upstream asks about the first signature alone",
		"mkl-itext5/pdf-sample-signed.pdf":                                      "encrypted with a password that is not known: what is signed can't be read",
		"pyhanko/minimal-aes256-empty-encrypted-string.pdf":                     "encrypted with a password that is not known: whether there is a signature can't be read",
		"mkl-pdfbox2/SR16_ANF_DIP.pdf":                                          "its only signature grants usage rights (UR3) and is no signer's",
	}
}

// TestCorpus runs over the public files and holds what is reached: no file that must be refused is clean, and every
// other difference is explained one by one.
func TestCorpus(t *testing.T) {
	dir := corpusDir(t)
	table := map[[2]string]int{}
	why := explained()
	var slowest time.Duration
	for _, f := range readManifest(t, dir) {
		data, err := os.ReadFile(filepath.Join(dir, f.name))
		if err != nil {
			t.Error(err)
			continue
		}
		start := time.Now()
		r := inspect(t, data, Options{})
		slowest = max(slowest, time.Since(start))
		table[[2]string{f.gate, string(r.Overall)}]++
		if f.gate == "dirty" && r.Overall == Clean {
			t.Errorf("%s must be refused and is clean", f.name)
		}
		if f.gate != "info" && f.gate != string(r.Overall) {
			if why[f.name] == "" {
				t.Errorf("%s: %s instead of %s (%s)\n%s", f.name, r.Overall, f.gate, f.expected, describe(r))
			}
			t.Logf("%s: %s instead of %s: %s", f.name, r.Overall, f.gate, why[f.name])
		}
		if os.Getenv("ZHENGYAN_VERBOSE") != "" {
			t.Logf("%s: gate %s, %s, %q\n%s", f.name, f.gate, r.Overall, f.expected, describe(r))
		}
	}
	var keys [][2]string
	for k := range table {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
	for _, k := range keys {
		t.Logf("%-10s answered %-10s %4d", k[0], k[1], table[k])
	}
	t.Logf("slowest file %v", slowest.Round(time.Millisecond))
	if n := table[[2]string{"clean", "dirty"}]; n > 2 {
		t.Errorf("%d clean files are dirty", n)
	}
}

func describe(r *Report) string {
	var b strings.Builder
	fmt.Fprint(&b, "      ", r.Problems)
	for _, s := range r.Signatures {
		fmt.Fprintf(&b, "\n      %s | %s | %s | %s | %s | %s | counts %v permitted %v %v", s.Field, s.Format, s.Integrity, s.Coverage, s.Changes, s.Algorithm, s.Counts, s.Permitted, s.Problems)
		for _, c := range s.Changed[:min(len(s.Changed), 6)] {
			fmt.Fprintf(&b, " {%s %s}", c.Class, c.What)
		}
	}
	return b.String()
}

// TestCorpusBent bends bytes of files that are clean: none may stay so, and none may bring the program down.
func TestCorpusBent(t *testing.T) {
	dir := corpusDir(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	n := 0
	for _, f := range readManifest(t, dir) {
		if f.gate != "clean" || testing.Short() && n > 60 {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, f.name))
		if err != nil || len(data) > 400_000 {
			continue
		}
		r := inspect(t, data, Options{})
		if r.Overall != Clean {
			continue
		}
		doc, err := pdfraw.Open(context.Background(), data, pdfraw.DefaultLimits())
		if err != nil {
			continue
		}
		var ranges [][]byte
		for _, e := range locate(doc).entries {
			if e.source == fromField {
				ranges = append(ranges, measure(doc, e).ranges...)
			}
		}
		for range 3 {
			part := ranges[rnd.IntN(len(ranges))]
			if len(part) == 0 {
				continue
			}
			at := rnd.IntN(len(part))
			old := part[at]
			part[at] ^= byte(1 + rnd.IntN(255))
			if r := inspect(t, data, Options{}); r.Overall == Clean {
				t.Errorf("%s: byte %d of a signed range bent, and the file is clean", f.name, at)
			}
			part[at] = old
			n++
		}
		cut := data[:rnd.IntN(len(data))]
		if r := inspect(t, bytes.Clone(cut), Options{}); r.Overall == Clean && len(r.Signatures) >= len(inspect(t, data, Options{}).Signatures) {
			t.Errorf("%s: cut at %d, and as clean as before", f.name, len(cut))
		}
	}
	t.Logf("%d bent files", n)
}

func BenchmarkCorpus(b *testing.B) {
	dir := corpusDir(b)
	var files [][]byte
	for _, f := range readManifest(b, dir) {
		data, err := os.ReadFile(filepath.Join(dir, f.name))
		if err != nil {
			b.Fatal(err)
		}
		files = append(files, data)
	}
	var times []time.Duration
	for b.Loop() {
		times = times[:0]
		for _, data := range files {
			start := time.Now()
			if _, err := Inspect(context.Background(), data, Options{}); err != nil {
				b.Fatal(err)
			}
			times = append(times, time.Since(start))
		}
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "µs/median-file")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "µs/p99-file")
}

func BenchmarkInspect(b *testing.B) {
	for _, alg := range []string{"rsa", "p256", "sm2"} {
		data := goodPDF(alg)
		b.Run(alg, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := Inspect(context.Background(), data, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

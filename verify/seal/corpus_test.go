package seal

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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

type corpusFile struct{ name, gate, expected, class, algs string }

func readManifest(t testing.TB, dir string) []corpusFile {
	b, err := os.ReadFile(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var out []corpusFile
	for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		f := strings.Split(l, "\t")
		out = append(out, corpusFile{f[0], f[1], f[2], f[3], f[6]})
	}
	return out
}

func TestCorpus(t *testing.T) {
	dir := corpusDir(t)
	table := map[[2]string]int{}
	for _, f := range readManifest(t, dir) {
		data, err := os.ReadFile(filepath.Join(dir, f.name))
		if err != nil {
			t.Error(err)
			continue
		}
		start := time.Now()
		r, err := Inspect(context.Background(), data, Options{})
		if err != nil {
			t.Error(err)
			continue
		}
		if d := time.Since(start); d > time.Second {
			t.Logf("SLOW %s %v", f.name, d)
		}
		table[[2]string{f.gate, string(r.Overall)}]++
		for _, p := range r.Problems {
			if p.Code == pInternal {
				t.Errorf("%s: %s", f.name, p.Detail)
			}
		}
		if f.gate != "info" && f.gate != string(r.Overall) || os.Getenv("ALLFILES") != "" {
			var b strings.Builder
			for _, s := range r.Signatures {
				b.WriteString("\n      ")
				b.WriteString(strings.Join([]string{s.Field, s.Format, string(s.Integrity), string(s.Coverage), string(s.Changes), s.Algorithm}, " | "))
				if !s.Counts {
					b.WriteString(" NOCOUNT")
				}
				if !s.Permitted {
					b.WriteString(" NOTPERMITTED")
				}
				for _, p := range s.Problems {
					b.WriteString(" [" + p.Code + " " + p.Detail + "]")
				}
				for i, c := range s.Changed {
					if i < 6 {
						b.WriteString(" {" + string(c.Class) + " " + c.What + "}")
					}
				}
			}
			t.Logf("%s gate=%s got=%s expected=%q class=%q %v%s", f.name, f.gate, r.Overall, f.expected, f.class, r.Problems, b.String())
		}
	}
	for k, v := range table {
		t.Logf("TABLE %s -> %s: %d", k[0], k[1], v)
	}
}

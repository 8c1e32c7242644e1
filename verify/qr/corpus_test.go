package qr

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"
)

// sample is one picture of the public corpus with what it is known to say.
type sampleImage struct {
	path, group   string
	want          []string // texts that may be read
	codes         int      // symbols in the picture, as far as is known
	multiple      bool     // the picture holds more than one code
	none, unknown bool     // no code; code that no reader is known to read
}

// corpusDir returns the folder of public test pictures, or skips the test.
func corpusDir(t testing.TB) string {
	t.Helper()
	if d := os.Getenv("ZHENGYAN_CORPUS"); d != "" {
		return filepath.Join(d, "qr")
	}
	d, err := os.Getwd()
	for err == nil {
		if _, e := os.Stat(filepath.Join(d, "go.mod")); e == nil {
			break
		}
		up := filepath.Dir(d)
		if up == d {
			break
		}
		d = up
	}
	d = filepath.Join(d, "..", "shared", "corpus", "qr")
	if _, err := os.Stat(filepath.Join(d, "manifest.tsv")); err != nil {
		t.Skip("no corpus of QR pictures beside the repository; set ZHENGYAN_CORPUS")
	}
	return d
}

func readManifest(t testing.TB, dir string) []sampleImage {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	var out []sampleImage
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for line := 0; sc.Scan(); line++ {
		col := strings.Split(sc.Text(), "\t")
		if line == 0 || len(col) < 9 {
			continue
		}
		s := sampleImage{path: filepath.Join(dir, filepath.FromSlash(col[0])), group: col[1]}
		exp := col[7]
		switch {
		case exp == "?":
			s.unknown = true
		case exp == "[]":
			s.none = true
		case strings.HasPrefix(exp, "multiple "):
			s.multiple = true
			if err := json.Unmarshal([]byte(exp[len("multiple "):]), &s.want); err != nil {
				t.Fatalf("%s: %v", col[0], err)
			}
			s.unknown = len(s.want) == 0
		default:
			var one string
			if err := json.Unmarshal([]byte(exp), &one); err != nil {
				t.Fatalf("%s: %v", col[0], err)
			}
			s.want = []string{one}
		}
		if s.codes, _ = strconv.Atoi(col[6]); s.codes > 1 {
			s.multiple = true
		}
		out = append(out, s)
	}
	return out
}

func loadImage(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	return img, err
}

type groupRow struct {
	n, right, wrong, codes, held int
	ms                           []float64
}

func sameText(a, b string) bool {
	norm := strings.NewReplacer("\r\n", "\n", "\r", "\n")
	return strings.TrimSpace(norm.Replace(a)) == strings.TrimSpace(norm.Replace(b))
}

// judge says whether one of the texts is right, and which is not among those expected.
func (s *sampleImage) judge(texts []string) (right bool, wrong []string) {
	for _, got := range texts {
		if slices.ContainsFunc(s.want, func(w string) bool { return sameText(w, got) }) {
			right = true
		} else if s.none || !s.multiple && !s.unknown {
			wrong = append(wrong, got)
		}
	}
	return right, wrong
}

func cpuMillis() float64 { return processCPU() }

// TestCorpus reads the public pictures and holds the rate of right readings at what was reached. By default every
// fourth picture is read; ZHENGYAN_QR_FULL=1 reads all and prints each failure, ZHENGYAN_QR_GROUP limits the groups.
func TestCorpus(t *testing.T) {
	dir := corpusDir(t)
	full := os.Getenv("ZHENGYAN_QR_FULL") != ""
	only := os.Getenv("ZHENGYAN_QR_GROUP")
	opts := Options{Budget: testBudget, Without: map[string]bool{}}
	for _, s := range strings.Fields(os.Getenv("ZHENGYAN_QR_WITHOUT")) {
		opts.Without[s] = true
	}
	rows := map[string]*groupRow{}
	won := map[string]int{}
	total := &groupRow{}
	var misses []string
	for i, s := range readManifest(t, dir) {
		if !full && i%4 != 0 || only != "" && !strings.Contains(s.group, only) {
			continue
		}
		img, err := loadImage(s.path)
		if err != nil {
			t.Logf("%s: %v", s.path, err)
			continue
		}
		before := cpuMillis()
		res, err := Decode(context.Background(), img, opts)
		ms := cpuMillis() - before
		if err != nil {
			t.Errorf("%s: %v", s.path, err)
			continue
		}
		if res.Work.Faults > 0 {
			t.Errorf("%s: %d faults", s.path, res.Work.Faults)
		}
		var texts []string
		for _, c := range res.Codes {
			texts = append(texts, c.Text)
		}
		right, wrong := s.judge(texts)
		name, _ := filepath.Rel(dir, s.path)
		for _, w := range wrong {
			t.Logf("WRONG %s: %q, want %q (%s)", name, w, s.want, res.Codes[0].Strategy)
		}
		for _, c := range res.Conflicts {
			t.Logf("CONFLICT %s: %q", name, []string{c.Readings[0].Text, c.Readings[1].Text})
		}
		if s.unknown {
			if len(texts) > 0 && full {
				t.Logf("unknown %s reads %q", name, texts)
			}
			continue
		}
		g := rows[s.group]
		if g == nil {
			g = &groupRow{}
			rows[s.group] = g
		}
		for _, r := range []*groupRow{g, total} {
			r.ms = append(r.ms, ms)
			r.codes += len(texts)
			r.held += s.codes
			r.wrong += len(wrong)
			if s.none {
				continue
			}
			r.n++
			if right {
				r.right++
			}
		}
		if right {
			won[res.Codes[0].Strategy]++
		} else if !s.none {
			misses = append(misses, fmt.Sprintf("%s %.0f ms finders %d grids %d reads %d", name, ms, res.Work.Finders, res.Work.Grids, res.Work.Reads))
		}
	}
	var names []string
	for k := range rows {
		names = append(names, k)
	}
	sort.Strings(names)
	t.Logf("%-20s %5s %5s %5s %5s %5s %8s %8s", "group", "n", "right", "wrong", "codes", "of", "median", "p95")
	for _, k := range append(names, "total") {
		r := rows[k]
		if k == "total" {
			r = total
		}
		sort.Float64s(r.ms)
		t.Logf("%-20s %5d %5d %5d %5d %5d %8.1f %8.1f", k, r.n, r.right, r.wrong, r.codes, r.held, at(r.ms, .5), at(r.ms, .95))
	}
	t.Logf("won by %v", won)
	if full {
		t.Logf("missed %d:\n%s", len(misses), strings.Join(misses, "\n"))
	}
	if total.wrong > 0 {
		t.Errorf("%d wrong texts, want none", total.wrong)
	}
	if only == "" && len(opts.Without) == 0 && float64(total.right) < corpusFloor*float64(total.n) {
		t.Errorf("%d of %d read, want at least %.1f %%", total.right, total.n, 100*corpusFloor)
	}
}

// testBudget keeps a busy machine from deciding what is read; the CPU time used is measured and printed.
const testBudget = 20 * time.Second

// corpusFloor is the share of pictures with known text that is read, as reached and to be kept.
const corpusFloor = .975

func at(v []float64, q float64) float64 {
	if len(v) == 0 {
		return 0
	}
	return v[min(len(v)-1, int(q*float64(len(v))))]
}

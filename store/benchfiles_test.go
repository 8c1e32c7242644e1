package store

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"testing"
)

// nextDay is the state of generated(n, seed) a day later: one row in a hundred has another status or employer, one in a
// thousand is new and one in two thousand is gone.
func nextDay(n int, seed uint64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		i := 0
		for r, err := range generated(n, seed) {
			switch i++; {
			case i%2000 == 7:
				continue
			case i%200 == 0:
				r.Status = cmp.Or(map[string]string{"有效": "注销"}[r.Status], "有效")
			case i%200 == 100:
				r.Employer = fmt.Sprintf("新%s", r.Employer)
			}
			if !yield(r, err) {
				return
			}
			if i%1000 == 13 {
				r.Number, r.QRKey, r.EcertID = r.Number+"1", r.QRKey+"1", r.EcertID+"1"
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

// benchDay builds the file of a day in the benchmarks' folder, unless it is there.
func benchDay(dir string, day, rows int) (string, error) {
	path := filepath.Join(dir, fmt.Sprintf("day%d-%d.db", day, rows))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	m := testMeta()
	m.AsOf = m.AsOf.AddDate(0, 0, day)
	src := generated(rows, 1)
	if day > 0 {
		src = nextDay(rows, 1)
	}
	return path, Build(context.Background(), src, m, path)
}

// TestBenchFiles is no test: it builds the two days that .ci/bench-store measures with.
func TestBenchFiles(t *testing.T) {
	dir := os.Getenv("ZHENGYAN_BENCH_FILES")
	if dir == "" {
		t.Skip("ZHENGYAN_BENCH_FILES is not set (.ci/bench-store sets it)")
	}
	for day := range 2 {
		if only := os.Getenv("ZHENGYAN_BENCH_DAY"); only != "" && only != fmt.Sprint(day) {
			continue
		}
		if _, err := benchDay(dir, day, benchRows()); err != nil {
			t.Fatal(err)
		}
	}
}

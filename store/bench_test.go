package store

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"zhengyan/verify/rules"
)

// benchRows is the size of the benchmarks' snapshot: ZHENGYAN_BENCH_ROWS, else 200,000.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("ZHENGYAN_BENCH_ROWS")); err == nil && n > 0 {
		return n
	}
	return 200_000
}

// benchFolder is where the benchmarks' files lie: the folder that ZHENGYAN_BENCH_FILES names, else a temporary one.
func benchFolder(b *testing.B) string {
	if dir := os.Getenv("ZHENGYAN_BENCH_FILES"); dir != "" {
		return dir
	}
	dir, err := temporaryFolder()
	if err != nil {
		b.Fatal(err)
	}
	return dir
}

// temporaryFolder is made once, so that benchmarks share what is built in it.
var temporaryFolder = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "zhengyan-bench-*") })

func benchSnapshot(b *testing.B) *Snapshot {
	b.Helper()
	path, err := benchDay(benchFolder(b), 0, benchRows())
	if err != nil {
		b.Fatal(err)
	}
	return open(b, path)
}

// questions are rows of the snapshot, asked for by number, QR key and certificate in turn, and some that it lacks.
func questions(b *testing.B, n int) (qs []rules.RegistryQuery) {
	b.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	keep := rand.New(rand.NewPCG(2, 2))
	for i := range benchRows() {
		r := synthetic(i, rng)
		if keep.IntN(benchRows()) >= n {
			continue
		}
		switch i % 4 {
		case 0:
			qs = append(qs, rules.RegistryQuery{Kind: r.Kind, Number: r.Number})
		case 1:
			qs = append(qs, rules.RegistryQuery{QRKey: r.QRKey})
		case 2:
			qs = append(qs, rules.RegistryQuery{EcertID: r.EcertID})
		case 3:
			qs = append(qs, rules.RegistryQuery{Number: r.Number + "0"})
		}
	}
	keep.Shuffle(len(qs), func(i, j int) { qs[i], qs[j] = qs[j], qs[i] })
	return qs
}

func report(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, "p50-µs")
	b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds())/1e3, "p99-µs")
}

func BenchmarkLookup(b *testing.B) {
	qs := questions(b, 50_000)
	ctx := context.Background()
	for _, unverified := range []bool{false, true} {
		b.Run(map[bool]string{false: "verified", true: "unverified"}[unverified], func(b *testing.B) {
			s := benchSnapshot(b)
			s.unverified = unverified
			for _, q := range qs { // the second pass counts
				if _, err := s.Lookup(ctx, q); err != nil {
					b.Fatal(err)
				}
			}
			times := make([]time.Duration, 0, 1<<16)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				a, err := s.Lookup(ctx, qs[i%len(qs)])
				times = append(times, time.Since(start))
				if err != nil || len(a.Records) > 1 {
					b.Fatal(err)
				}
			}
			report(b, times)
			st, err := os.Stat(s.file.db.Path())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(st.Size())/float64(benchRows()), "B/row")
		})
	}
	b.Run("raw-sorted-array", func(b *testing.B) {
		lookup, err := rawArray(generated(benchRows(), 1))
		if err != nil {
			b.Fatal(err)
		}
		times := make([]time.Duration, 0, 1<<16)
		for i := 0; b.Loop(); i++ {
			start := time.Now()
			err := lookup(qs[i%len(qs)])
			times = append(times, time.Since(start))
			if err != nil {
				b.Fatal(err)
			}
		}
		report(b, times)
	})
}

// rawArray is the limit: packed rows in memory, found by binary search over sorted hashes, decoded.
func rawArray(rows iter.Seq2[Row, error]) (lookup func(rules.RegistryQuery) error, err error) {
	g := newGrowing()
	var arena []byte
	var at []uint64
	index := map[byte][]uint64{}
	for r, err := range rows {
		if err == nil {
			r, err = normalise(r)
		}
		if err != nil {
			return nil, err
		}
		n := uint64(len(at))
		at = append(at, uint64(len(arena)))
		arena = appendBytes(arena, []byte(r.Number))
		arena = appendRow(arena, &r, g)
		for tree, key := range indexKeys(&r) {
			index[tree] = append(index[tree], uint64(keyHash(tree, key))<<32|n)
		}
	}
	at = append(at, uint64(len(arena)))
	for _, l := range index {
		slices.Sort(l)
	}
	return func(q rules.RegistryQuery) error {
		k := queryKeys(q)[0]
		list, want := index[k.tree], uint64(keyHash(k.tree, k.key))<<32
		j, _ := slices.BinarySearch(list, want)
		for ; j < len(list) && list[j]>>32 == want>>32; j++ {
			n := uint32(list[j])
			u := unpacker{b: arena[at[n]:at[n+1]]}
			number := string(u.take(u.uvarint()))
			if r, err := decodeRow(u.b, number, g); err != nil || k.fits(&r) {
				return err
			}
		}
		return nil
	}, nil
}

func BenchmarkOpen(b *testing.B) {
	path, err := benchDay(benchFolder(b), 0, benchRows())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := OpenSnapshot(path)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

func BenchmarkBuild(b *testing.B) {
	dir := b.TempDir()
	for i := 0; b.Loop(); i++ {
		if err := Build(context.Background(), generated(benchRows(), 1), testMeta(), filepath.Join(dir, fmt.Sprint(i))); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(benchRows()), "µs/row")
}

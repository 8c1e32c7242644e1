package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
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

// benchFile is built once; it lies in the folder that ZHENGYAN_BENCH_DIR names, else in a temporary one.
var benchFile = sync.OnceValues(func() (string, error) {
	dir := os.Getenv("ZHENGYAN_BENCH_DIR")
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "zhengyan-bench-*"); err != nil {
			return "", err
		}
	}
	path := filepath.Join(dir, fmt.Sprintf("bench-%d.db", benchRows()))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	start := time.Now()
	err := Build(context.Background(), generated(benchRows(), 1), testMeta(), path)
	fmt.Printf("built %d rows in %v\n", benchRows(), time.Since(start))
	return path, err
})

func benchSnapshot(b *testing.B) *Snapshot {
	b.Helper()
	path, err := benchFile()
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
	b.Run("raw-sorted-array", func(b *testing.B) { rawLookup(b, qs) })
}

// rawLookup is the limit: packed rows in memory, found by binary search over sorted hashes, decoded.
func rawLookup(b *testing.B, qs []rules.RegistryQuery) {
	g := newGrowing()
	var arena []byte
	var at []uint64
	index := map[byte][]uint64{}
	for r, err := range generated(benchRows(), 1) {
		if err != nil {
			b.Fatal(err)
		}
		r, _ = normalise(r)
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
	times := make([]time.Duration, 0, 1<<16)
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		k := queryKeys(qs[i%len(qs)])[0]
		list, want := index[k.tree], uint64(keyHash(k.tree, k.key))<<32
		j, _ := slices.BinarySearch(list, want)
		for ; j < len(list) && list[j]>>32 == want>>32; j++ {
			n := uint32(list[j])
			u := unpacker{b: arena[at[n]:at[n+1]]}
			number := string(u.take(u.uvarint()))
			if r, err := decodeRow(u.b, number, g); err != nil || !k.fits(&r) {
				continue
			}
			break
		}
		times = append(times, time.Since(start))
	}
	report(b, times)
}

func BenchmarkOpen(b *testing.B) {
	path, err := benchFile()
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

// BenchmarkDelta measures a delta of one row in a hundred: its size, and laying it over the old file.
func BenchmarkDelta(b *testing.B) {
	ctx := context.Background()
	path, err := benchFile()
	if err != nil {
		b.Fatal(err)
	}
	old := open(b, path)
	dir := b.TempDir()
	to := filepath.Join(dir, "to.db")
	m := testMeta()
	m.AsOf = m.AsOf.AddDate(0, 0, 1)
	rows := func(yield func(Row, error) bool) {
		i := 0
		for r, err := range generated(benchRows(), 1) {
			if i++; i%100 == 0 {
				r.Status = cmp.Or(map[string]string{"有效": "注销"}[r.Status], "有效")
			}
			if !yield(r, err) {
				return
			}
		}
	}
	if err := Build(ctx, rows, m, to); err != nil {
		b.Fatal(err)
	}
	var delta bytes.Buffer
	if _, err := WriteDelta(ctx, path, to, &delta); err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if _, err := ApplyDelta(ctx, old, bytes.NewReader(delta.Bytes()), filepath.Join(dir, fmt.Sprint(i))); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(delta.Len()), "delta-bytes")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(benchRows()), "µs/row")
	runtime.KeepAlive(old)
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

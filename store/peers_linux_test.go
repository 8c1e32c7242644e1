package store

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"zhengyan/store/feed"
	"zhengyan/verify/rules"
)

// TestBenchStore is no test: it is the measurement behind `make bench-store`. It prints a table in which each figure stands
// beside that of its peer, measured in the same run on the same rows. ZHENGYAN_BENCH_FILES names the working folder,
// ZHENGYAN_BENCH_ROWS the number of rows, ZHENGYAN_SQLITE_PEER the program of .ci/sqlitepeer.
func TestBenchStore(t *testing.T) {
	dir := os.Getenv("ZHENGYAN_BENCH_FILES")
	if dir == "" {
		t.Skip("ZHENGYAN_BENCH_FILES is not set (.ci/bench-store sets it)")
	}
	b := &benchRun{T: t, dir: dir, rows: benchRows()}
	var err error
	b.day0, err = benchDay(dir, 0, b.rows)
	b.must(err)
	fmt.Printf("| what (%d rows) | measured | peer in the same run | ratio | wanted | |\n| --- | --- | --- | --- | --- | --- |\n", b.rows)
	b.size()
	b.lookups()
	b.install()
	b.encryption()
	b.audit()
}

type benchRun struct {
	*testing.T
	dir, day0 string
	rows      int
}

func (b *benchRun) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// line prints a row of the table. reached are what it has to reach; without any it is only told.
func (b *benchRun) line(what, measured, peer, ratio, wanted string, reached ...bool) {
	verdict := ""
	if len(reached) > 0 {
		verdict = "ok"
	}
	if slices.Contains(reached, false) {
		verdict = "**MISSED**"
	}
	fmt.Printf("| %s | %s | %s | %s | %s | %s |\n", what, measured, peer, ratio, wanted, verdict)
}

// full is the number of rows that the figures of work are wanted for; what is measured on fewer is scaled to it.
const full = 20_000_000

func (b *benchRun) scaled(x float64) float64 { return x * full / float64(b.rows) }

// scaledCPU says what a piece of work takes of a processor for all rows.
func (b *benchRun) scaledCPU(c cost) string {
	if b.rows == full {
		return ""
	}
	return fmt.Sprintf(" (%.1f s CPU for %d million rows)", b.scaled(c.cpu.Seconds()), full/1_000_000)
}

func (b *benchRun) size() {
	st, err := os.Stat(b.day0)
	b.must(err)
	per := float64(st.Size()) / float64(b.rows)
	b.line("size, four indexes and the tree", fmt.Sprintf("%.1f B a registration", per), "", "", "≤ 130 (135 with the tree)", per <= 130)
	var times []time.Duration
	for range 21 {
		start := time.Now()
		s, err := OpenSnapshot(b.day0)
		b.must(err)
		times = append(times, time.Since(start))
		b.must(s.Close())
	}
	slices.Sort(times)
	b.line("opening, median of 21", fmt.Sprintf("%.2f ms", ms(times[10])), "", "", "≤ 20 ms", ms(times[10]) <= 20)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

func µs(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// ask is a question with what SQLite needs to be asked the same.
type ask struct {
	rules.RegistryQuery
	column, value string
}

// asks picks random rows and asks for them by number, QR key and certificate in turn, and for some that are not there.
func (b *benchRun) asks(s *Snapshot, n int) (list []ask) {
	rng := mrand.New(mrand.NewPCG(3, 3))
	b.must(s.read(func(r *reader) error {
		for i := range n {
			row, _, err := s.row(r, rng.Uint32N(s.m.Rows), nil)
			if err != nil {
				return err
			}
			switch i % 4 {
			case 0:
				list = append(list, ask{rules.RegistryQuery{Kind: row.Kind, Number: row.Number}, "number", row.Number})
			case 1:
				list = append(list, ask{rules.RegistryQuery{QRKey: row.QRKey}, "qr", row.QRKey})
			case 2:
				list = append(list, ask{rules.RegistryQuery{EcertID: row.EcertID}, "ecert", row.EcertID})
			case 3:
				list = append(list, ask{rules.RegistryQuery{Number: row.Number + "0"}, "number", row.Number + "0"})
			}
		}
		return nil
	}))
	return list
}

// pass asks all questions once and returns p50 and p99.
func (b *benchRun) pass(list []ask, lookup func(rules.RegistryQuery) error) (p50, p99 time.Duration) {
	times := make([]time.Duration, len(list))
	for i, q := range list {
		start := time.Now()
		if err := lookup(q.RegistryQuery); err != nil {
			b.Fatal(err)
		}
		times[i] = time.Since(start)
	}
	slices.Sort(times)
	return times[len(times)/2], times[len(times)*99/100]
}

func (b *benchRun) lookups() {
	ctx := context.Background()
	s := open(b.T, b.day0)
	list := b.asks(s, 100_000)
	memory := b.memory(list)
	verified := func(q rules.RegistryQuery) error { _, err := s.Lookup(ctx, q); return err }
	b.pass(list, verified) // the second pass counts
	type figures struct{ p50, p99 time.Duration }
	var f [3][]figures
	var raw func(rules.RegistryQuery) error
	if b.freeMemory() > 200*float64(b.rows) {
		var err error
		raw, err = rawArray(s.All(ctx))
		b.must(err)
	}
	for range 3 {
		for kind, lookup := range []func(rules.RegistryQuery) error{verified, verified, raw} {
			if lookup == nil {
				continue
			}
			s.unverified = kind == 1
			b.pass(list[:len(list)/10], lookup)
			p50, p99 := b.pass(list, lookup)
			f[kind] = append(f[kind], figures{p50, p99})
		}
	}
	s.unverified = false
	median := func(l []figures, of func(figures) time.Duration) time.Duration {
		slices.SortFunc(l, func(x, y figures) int { return int(of(x) - of(y)) })
		return of(l[len(l)/2])
	}
	p50 := func(x figures) time.Duration { return x.p50 }
	p99 := func(x figures) time.Duration { return x.p99 }
	b.line("lookup in memory, traced to the root, p50", fmt.Sprintf("%.1f µs", µs(median(f[0], p50))), "", "", "≤ 15 µs", µs(median(f[0], p50)) <= 15)
	b.line("the same, p99", fmt.Sprintf("%.1f µs", µs(median(f[0], p99))), "", "", "≤ 60 µs", µs(median(f[0], p99)) <= 60)
	plain := median(f[1], p50)
	if raw != nil {
		m := median(f[2], p50)
		b.line("lookup not traced, p50, against packed rows in sorted arrays in memory", fmt.Sprintf("%.1f µs", µs(plain)), fmt.Sprintf("%.1f µs", µs(m)), fmt.Sprintf("%.2f", float64(plain)/float64(m)), "≤ 2.5", float64(plain)/float64(m) <= 2.5)
		raw = nil // its memory is wanted for the rest
		debug.FreeOSMemory()
	} else {
		b.line("lookup not traced, p50, against packed rows in sorted arrays in memory", "", "needs 200 B of memory a row", "", "≤ 2.5", false)
	}
	if peer := os.Getenv("ZHENGYAN_SQLITE_PEER"); peer != "" {
		b.sqlite(peer, s, list, plain, median(f[1], p99))
	} else {
		b.line("lookup not traced, p50, against SQLite", "", "was not built", "", "≤ 0.6", false)
	}
	b.line("private memory that a snapshot takes beside its mapping, after 100,000 lookups", fmt.Sprintf("%.1f MB", memory/1e6), "", "", "≤ 32 MB", memory <= 32e6)
}

// freeMemory is what can be had without swapping, in bytes.
func (b *benchRun) freeMemory() (kb float64) {
	text, err := os.ReadFile("/proc/meminfo")
	b.must(err)
	_, rest, _ := strings.Cut(string(text), "MemAvailable:")
	fmt.Sscan(rest, &kb)
	return kb * 1024
}

// encryption measures what encrypting costs: size, and lookups that open what they read.
func (b *benchRun) encryption() {
	ctx := context.Background()
	work, err := os.MkdirTemp(b.dir, "encrypted-*")
	b.must(err)
	defer os.RemoveAll(work)
	d, err := OpenData(work)
	b.must(err)
	m, err := d.MakeMachineKey()
	b.must(err)
	r, err := ParseRecipients(strings.NewReader(m.Recipient))
	b.must(err)
	plain := open(b.T, b.day0)
	path := filepath.Join(work, "encrypted.db")
	b.must(BuildWith(ctx, plain.All(ctx), testMeta(), path, BuildOptions{Recipients: r}))
	st, err := os.Stat(path)
	b.must(err)
	base, err := os.Stat(b.day0)
	b.must(err)
	per := func(size int64) string {
		return fmt.Sprintf("%.1f B a registration", float64(size)/float64(b.rows))
	}
	b.line("size of the same rows encrypted", per(st.Size()), per(base.Size())+" unencrypted", fmt.Sprintf("%.3f", float64(st.Size())/float64(base.Size())), "")
	s := open(b.T, path)
	b.must(s.Use(m))
	list := b.asks(plain, 50_000)
	ask := func(s *Snapshot) func(rules.RegistryQuery) error {
		return func(q rules.RegistryQuery) error { _, err := s.Lookup(ctx, q); return err }
	}
	for _, x := range []*Snapshot{s, plain} {
		b.pass(list, ask(x)) // the second pass counts
	}
	p50, p99 := b.pass(list, ask(s))
	q50, q99 := b.pass(list, ask(plain))
	b.line("lookup in memory, traced and opened, p50 (p99)", fmt.Sprintf("%.1f µs (%.1f)", µs(p50), µs(p99)), fmt.Sprintf("%.1f µs (%.1f) unencrypted", µs(q50), µs(q99)), fmt.Sprintf("%.2f", float64(p50)/float64(q50)), "")
}

// memory is what a freshly opened snapshot adds to the process's private memory by answering all questions.
func (b *benchRun) memory(list []ask) float64 {
	debug.FreeOSMemory()
	base := anonymous()
	s := open(b.T, b.day0)
	b.pass(list, func(q rules.RegistryQuery) error { _, err := s.Lookup(context.Background(), q); return err })
	debug.FreeOSMemory()
	added := anonymous() - base
	runtime.KeepAlive(s)
	return max(added, 0)
}

func (b *benchRun) sqlite(peer string, s *Snapshot, list []ask, plain, plain99 time.Duration) {
	path := filepath.Join(b.dir, fmt.Sprintf("peer-%d.sqlite", b.rows))
	cmd := exec.Command(peer, path)
	in, err := cmd.StdinPipe()
	b.must(err)
	cmd.Stderr = os.Stderr
	var out bytes.Buffer
	cmd.Stdout = &out
	b.must(cmd.Start())
	w := bufio.NewWriterSize(in, 1<<20)
	if _, err := os.Stat(path + ".done"); err != nil {
		b.must(os.RemoveAll(path))
		g := newGrowing()
		for r, err := range s.All(context.Background()) {
			b.must(err)
			fmt.Fprintf(w, "row\t%s\t%s\t%s\t%s\t%s\n", r.Number, r.EcertID, r.QRKey, r.Name, hex.EncodeToString(appendRow(nil, &r, g)))
		}
	}
	for _, q := range list {
		fmt.Fprintf(w, "ask\t%s\t%s\n", q.column, q.value)
	}
	b.must(errors.Join(w.Flush(), in.Close(), cmd.Wait()))
	var got struct {
		P50, P99 float64
		Found    int
		Bytes    int64
	}
	b.must(json.Unmarshal(out.Bytes(), &got))
	b.must(os.WriteFile(path+".done", nil, 0o644))
	if got.Found != len(list)*3/4 {
		b.Errorf("SQLite found %d of %d", got.Found, len(list))
	}
	b.line("lookup not traced, p50, against SQLite (mattn, mapped, prepared, rows not decoded)", fmt.Sprintf("%.1f µs", µs(plain)), fmt.Sprintf("%.1f µs", got.P50), fmt.Sprintf("%.2f", µs(plain)/got.P50), "≤ 0.6", µs(plain)/got.P50 <= 0.6)
	b.line("the same, p99", fmt.Sprintf("%.1f µs", µs(plain99)), fmt.Sprintf("%.1f µs", got.P99), fmt.Sprintf("%.2f", µs(plain99)/got.P99), "")
	st, err := os.Stat(b.day0)
	b.must(err)
	b.line("size of the file against SQLite's", fmt.Sprintf("%.0f MB", float64(st.Size())/1e6), fmt.Sprintf("%.0f MB", float64(got.Bytes)/1e6), fmt.Sprintf("%.2f", float64(st.Size())/float64(got.Bytes)), "≤ 0.56", float64(st.Size())/float64(got.Bytes) <= 0.56)
	b.must(errors.Join(os.Remove(path), os.Remove(path+".done"))) // the rest needs the room
}

// cost is what a piece of work took.
type cost struct {
	wall, cpu time.Duration
	memory    float64 // most of anonymous memory, bytes, beyond what there was before
}

func (c cost) String() string {
	return fmt.Sprintf("%.1f s wall, %.1f s CPU, %.0f MB", c.wall.Seconds(), c.cpu.Seconds(), max(c.memory, 0)/1e6)
}

func measure(f func() error) (c cost, err error) {
	debug.FreeOSMemory()
	base := anonymous()
	done, peak := make(chan struct{}), make(chan float64)
	go func() {
		most := 0.0
		for {
			most = max(most, anonymous()-base)
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	before := usedCPU()
	start := time.Now()
	err = f()
	c.wall = time.Since(start)
	c.cpu = usedCPU() - before
	close(done)
	c.memory = <-peak
	return c, err
}

// usedCPU is what this process has used so far, user and system.
func usedCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// anonymous is the private memory of this process in bytes, beside what is mapped from files.
func anonymous() float64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), "RssAnon:")
	var kb float64
	fmt.Sscan(rest, &kb)
	return kb * 1024
}

// dd copies a file by dd with conv=fsync, as a yardstick of the disk.
func (b *benchRun) dd(path string) time.Duration {
	to := filepath.Join(b.dir, "dd.out")
	start := time.Now()
	out, err := exec.Command("dd", "if="+path, "of="+to, "bs=1M", "conv=fsync").CombinedOutput()
	d := time.Since(start)
	if err != nil {
		b.Fatalf("dd: %v %s", err, out)
	}
	b.must(os.Remove(to))
	return d
}

// round is a piece of work with dd beside it.
type round struct {
	cost
	dd time.Duration
}

func (r round) ratio() float64 { return float64(r.wall) / float64(r.dd) }

// beside does a piece of work between two copies of a file by dd.
func (b *benchRun) beside(path string, f func() error) round {
	before := b.dd(path)
	c, err := measure(f)
	b.must(err)
	return round{c, (before + b.dd(path)) / 2}
}

// middle is the round with the middle ratio.
func middle(list []round) round {
	slices.SortFunc(list, func(x, y round) int { return cmp.Compare(x.ratio(), y.ratio()) })
	return list[len(list)/2]
}

func (b *benchRun) install() {
	ctx := context.Background()
	work, err := os.MkdirTemp(b.dir, "install-*")
	b.must(err)
	defer os.RemoveAll(work)
	keys, err := feed.GenerateKeys(3, false)
	b.must(err)
	now := testMeta().AsOf.AddDate(0, 0, 3)
	pub := &feed.Publisher{Dir: filepath.Join(work, "feed"), Keys: keys, Now: now}
	b.must(pub.Begin("样例", 2))
	root, err := pub.RootFile()
	b.must(err)
	b.publish(pub, b.day0, nil)
	take := func(d *Data) func() error {
		return func() error {
			imp, _, err := d.StageFeed(ctx, feed.Folder(pub.Dir), root, ImportOptions{Now: now})
			if err != nil {
				return err
			}
			_, err = imp.Commit()
			return err
		}
	}
	rounds := make([]round, 5)
	if b.rows > 5_000_000 {
		rounds = rounds[:3] // each takes up 2.5 GB, and what disturbs is small beside it
	}
	folders := make([]*Data, len(rounds))
	for i := range rounds {
		folders[i], err = OpenData(filepath.Join(work, fmt.Sprintf("data%d", i)))
		b.must(err)
		rounds[i] = b.beside(b.day0, take(folders[i]))
	}
	r := middle(rounds)
	b.line(fmt.Sprintf("first install from a feed, against `dd conv=fsync` of the same bytes, middle of %d", len(rounds)), r.String()+b.scaledCPU(r.cost), fmt.Sprintf("%.1f s", r.dd.Seconds()), fmt.Sprintf("%.2f", r.ratio()),
		"≤ 1.3; CPU ≤ 10 s, ≤ 32 MB at 20 million", r.ratio() <= 1.3, b.scaled(r.cpu.Seconds()) <= 10, r.memory <= 32e6)

	day1, err := benchDay(b.dir, 1, b.rows)
	b.must(err)
	delta := filepath.Join(work, "day1.delta")
	f, err := os.Create(delta)
	b.must(err)
	var head DeltaHead
	made, err := measure(func() (err error) { head, err = WriteDelta(ctx, b.day0, day1, nil, f); return err })
	b.must(errors.Join(err, f.Close()))
	st, err := os.Stat(delta)
	b.must(err)
	pub.Now = now.AddDate(0, 0, 1)
	b.publish(pub, day1, map[string]string{head.From: delta})
	for i, d := range folders {
		rounds[i] = b.beside(day1, take(d))
		o, err := d.Open()
		b.must(err)
		_, merged, err := FileSum(ctx, d.path(genName(o.Info.Generation, "db")))
		b.must(err)
		if merged != head.SHA256 || o.Info.SHA256 != head.SHA256 || o.Info.Generation != 2 {
			b.Fatal("the merge is another file")
		}
		b.must(errors.Join(o.Close(), os.RemoveAll(d.Dir()))) // the next round needs the room
	}
	r = middle(rounds)
	b.line(fmt.Sprintf("delta of a day: %d rows put, %d gone", head.Puts, head.Drops), fmt.Sprintf("%.1f MB shipped", float64(st.Size())/1e6), "", "", "≤ 20 MB at 20 million", b.scaled(float64(st.Size())) <= 20e6)
	b.line(fmt.Sprintf("laying it over, against dd of the whole file, middle of %d", len(rounds)), r.String()+b.scaledCPU(r.cost)+"; byte-identical to the publisher's build", fmt.Sprintf("%.1f s", r.dd.Seconds()), fmt.Sprintf("%.2f", r.ratio()),
		"≤ 2; CPU ≤ 8 s, ≤ 256 MB at 20 million", r.ratio() <= 2, b.scaled(r.cpu.Seconds()) <= 8, r.memory <= 256e6)
	hashing, err := measure(func() error { _, _, err := FileSum(ctx, day1); return err })
	b.must(err)
	b.line("CPU of laying it over in terms of SHA-256 of the whole file, which is the same on a busy machine", fmt.Sprintf("%.2f s", r.cpu.Seconds()), fmt.Sprintf("%.2f s", hashing.cpu.Seconds()), fmt.Sprintf("%.1f", r.cpu.Seconds()/hashing.cpu.Seconds()), "")
	b.line("making it (publisher); a preview of an import does the same reading", made.String(), "", "", "")
}

// BenchmarkDelta measures the delta of a day (nextDay): its size, and laying it over the old file.
func BenchmarkDelta(b *testing.B) {
	ctx := context.Background()
	dir := benchFolder(b)
	path, err := benchDay(dir, 0, benchRows())
	if err != nil {
		b.Fatal(err)
	}
	to, err := benchDay(dir, 1, benchRows())
	if err != nil {
		b.Fatal(err)
	}
	var delta bytes.Buffer
	if _, err := WriteDelta(ctx, path, to, nil, &delta); err != nil {
		b.Fatal(err)
	}
	out := filepath.Join(b.TempDir(), "out.db")
	cpu := time.Duration(0)
	for b.Loop() {
		before := usedCPU()
		old := open(b, path) // mapped anew each time, as an import does
		if _, err := applyDelta(ctx, old, bytes.NewReader(delta.Bytes()), out, true); err != nil {
			b.Fatal(err)
		}
		cpu += usedCPU() - before
		if err := os.Remove(out); err != nil { // which an import does not do
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cpu.Microseconds())/float64(b.N)/float64(benchRows()), "cpu-µs/row")
	b.ReportMetric(float64(delta.Len()), "delta-bytes")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(benchRows()), "µs/row")
}

func (b *benchRun) publish(pub *feed.Publisher, path string, deltas map[string]string) {
	s := open(b.T, path)
	c, err := s.FeedContent(context.Background())
	b.must(err)
	b.must(pub.Publish(context.Background(), path, c, deltas))
}

// audit measures appending, and a proof in a log of a million entries.
func (b *benchRun) audit() {
	const entries = 300
	work, err := os.MkdirTemp(b.dir, "audit-*")
	b.must(err)
	defer os.RemoveAll(work)
	d, err := OpenData(work)
	b.must(err)
	a, err := d.OpenAudit(rand.Reader)
	b.must(err)
	defer a.Close()
	f, err := os.Create(filepath.Join(work, "plain"))
	b.must(err)
	defer f.Close()
	var ours, plain []time.Duration
	for i := range entries { // in turn, so that both meet the same disk
		start := time.Now()
		_, _, err := a.Append(entry(i))
		b.must(err)
		ours = append(ours, time.Since(start))
		start = time.Now()
		text, err := json.Marshal(entry(i))
		b.must(err)
		_, err = f.Write(append(text, '\n'))
		b.must(errors.Join(err, f.Sync()))
		plain = append(plain, time.Since(start))
	}
	slices.Sort(ours)
	slices.Sort(plain)
	b.line("audit entry made last, median of 300, against the same text appended to a file and fsync", fmt.Sprintf("%.2f ms", ms(ours[entries/2])), fmt.Sprintf("%.2f ms", ms(plain[entries/2])), fmt.Sprintf("%.1f", float64(ours[entries/2])/float64(plain[entries/2])), "≤ 3", float64(ours[entries/2])/float64(plain[entries/2]) <= 3)
	const total = 1_000_000
	b.fill(a, total)
	var times []time.Duration
	var size int
	rng := mrand.New(mrand.NewPCG(8, 8))
	for range 101 {
		p, err := a.Proof(rng.Int64N(total))
		b.must(err)
		text, err := json.Marshal(p)
		b.must(err)
		size = len(text)
		start := time.Now()
		b.must(p.Check(a.VerifierKey()))
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.line("proof of one audit entry in a million, checked without the log", fmt.Sprintf("%.3f ms, %d bytes of JSON", ms(times[50]), size), "", "", "< 1 ms", ms(times[50]) < 1)
}

// fill brings a log to n entries in a few transactions; only the last has a checkpoint.
func (b *benchRun) fill(a *Audit, n int64) {
	from, err := a.Len()
	b.must(err)
	for from < n {
		b.must(a.db.Update(func(tx *bolt.Tx) error {
			hb, eb := tx.Bucket(bucketHashes), tx.Bucket(bucketEntries)
			hb.FillPercent, eb.FillPercent = 1, 1
			for end := min(from+50_000, n); from < end; from++ {
				text, err := json.Marshal(entry(int(from)))
				if err != nil {
					return err
				}
				hs, err := tlog.StoredHashes(from, text, hashes{hb})
				if err != nil {
					return err
				}
				for i, h := range hs {
					if err := hb.Put(key64(tlog.StoredHashIndex(0, from)+int64(i)), h[:]); err != nil {
						return err
					}
				}
				if err := eb.Put(key64(from), text); err != nil {
					return err
				}
			}
			root, err := tlog.TreeHash(from, hashes{hb})
			if err != nil {
				return err
			}
			signed, err := note.Sign(&note.Note{Text: checkpointText(from, root)}, a.signer)
			if err != nil {
				return err
			}
			return tx.Bucket(bucketCheckpoints).Put(key64(from), signed)
		}))
	}
}

package store

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhengyan/verify/rules"
)

var now = time.Date(2026, 6, 10, 9, 0, 0, 0, time.UTC)

func fileOf(t testing.TB, rows []Row, asOf time.Time) string {
	t.Helper()
	m := testMeta()
	m.AsOf = asOf
	path := filepath.Join(t.TempDir(), "r.db")
	if err := Build(context.Background(), Rows(rows), m, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func openData(t testing.TB) *Data {
	t.Helper()
	d, err := OpenData(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDataFolder(t *testing.T) {
	ctx := context.Background()
	d := openData(t)
	if _, err := d.Open(); !errors.Is(err, ErrNoSnapshot) {
		t.Fatal(err)
	}
	if _, err := os.Stat(d.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Error("looking has created the folder")
	}
	if _, err := d.Revert(ctx); err == nil {
		t.Error("reverted from nothing")
	}
	rows := someRows(100, 4)
	asOf := testMeta().AsOf
	first, second := fileOf(t, rows[:50], asOf), fileOf(t, rows, asOf.AddDate(0, 0, 1))

	i, err := d.Import(ctx, first, ImportOptions{Now: now})
	if err != nil || i.Generation != 1 || i.Rows != 50 || !i.ImportedAt.Equal(now) {
		t.Fatalf("%+v, %v", i, err)
	}
	if _, err := d.Import(ctx, first, ImportOptions{Now: now}); !errors.Is(err, ErrSame) {
		t.Errorf("same file again: %v", err)
	}
	if i, err = d.Import(ctx, second, ImportOptions{Now: now}); err != nil || i.Generation != 2 {
		t.Fatalf("%+v, %v", i, err)
	}
	if _, err := d.Import(ctx, first, ImportOptions{Now: now}); !errors.Is(err, ErrOlder) {
		t.Errorf("older file: %v", err)
	}
	o := mustOpen(t, d)
	if info := o.Snapshot.Snapshot(); info.Generation != 2 || info.Rows != 100 || len(o.Problems) != 0 {
		t.Errorf("%+v, %v", info, o.Problems)
	}
	if a, err := o.Lookup(ctx, rules.RegistryQuery{Number: rows[99].Number}); err != nil || !a.Found {
		t.Errorf("%v %v", a, err)
	}

	if i, err := d.Revert(ctx); err != nil || i.Generation != 1 {
		t.Fatalf("%+v %v", i, err)
	}
	if info := mustOpen(t, d).Snapshot.Snapshot(); info.Generation != 1 {
		t.Errorf("after revert: %+v", info)
	}
	if i, err := d.Revert(ctx); err != nil || i.Generation != 2 {
		t.Fatalf("revert of the revert: %+v %v", i, err)
	}
	if i, err := d.Import(ctx, first, ImportOptions{Now: now, AllowOlder: true}); err != nil || i.Generation != 3 {
		t.Fatalf("%+v %v", i, err)
	}
	list, err := d.List()
	if err != nil || len(list) != 2 || !list[0].Current || list[0].Generation != 3 || !list[1].Previous {
		t.Errorf("%+v %v", list, err)
	}
	if i, err := d.BuildInto(ctx, Rows(rows), Meta{AsOf: asOf.AddDate(0, 1, 0)}, now); err != nil || i.Generation != 4 {
		t.Errorf("%+v %v", i, err)
	}
	if left, _ := filepath.Glob(filepath.Join(d.Dir(), ".build-*")); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func mustOpen(t testing.TB, d *Data) *Opened {
	t.Helper()
	o, err := d.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o
}

func twoGenerations(t *testing.T) *Data {
	t.Helper()
	d := openData(t)
	rows := someRows(200, 4)
	for k, n := range []int{100, 200} {
		if _, err := d.Import(context.Background(), fileOf(t, rows[:n], testMeta().AsOf.AddDate(0, 0, k)), ImportOptions{Now: now}); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// Whatever is broken in the folder, the best whole generation is used, and it is said why.
func TestDamagedGenerationIsSetAside(t *testing.T) {
	overwrite := func(name string, f func([]byte) []byte) func(*testing.T, *Data) {
		return func(t *testing.T, d *Data) {
			b, err := os.ReadFile(d.path(name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(d.path(name), f(b), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(names ...string) func(*testing.T, *Data) {
		return func(t *testing.T, d *Data) {
			for _, n := range names {
				if err := os.Remove(d.path(n)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	tests := map[string]struct {
		change func(*testing.T, *Data)
		want   int
	}{
		"cut short":        {overwrite("000002.db", func(b []byte) []byte { return b[:len(b)-1] }), 1},
		"emptied":          {overwrite("000002.db", func([]byte) []byte { return nil }), 1},
		"file gone":        {remove("000002.db"), 1},
		"description gone": {remove("000002.json"), 1},
		"description bad":  {overwrite("000002.json", func(b []byte) []byte { return b[1:] }), 1},
		"metas zeroed":     {overwrite("000002.db", func(b []byte) []byte { clear(b[:2*pageSize]); return b }), 1},
		"pointer gone":     {remove(pointerName), 2},
		"pointer bad":      {overwrite(pointerName, func([]byte) []byte { return []byte("\x00\x00") }), 2},
		"swapped": {func(t *testing.T, d *Data) {
			b, _ := os.ReadFile(d.path("000001.db"))
			overwrite("000002.db", func([]byte) []byte { return b })(t, d)
		}, 1},
		"set aside by a reader": {func(t *testing.T, d *Data) {
			if err := d.SetAside(2, errors.New("bad block")); err != nil {
				t.Fatal(err)
			}
		}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := twoGenerations(t)
			tt.change(t, d)
			o := mustOpen(t, d)
			if o.Info.Generation != tt.want || len(o.Problems) == 0 {
				t.Errorf("generation %d, problems %v", o.Info.Generation, o.Problems)
			}
			// An import mends it, also with the very file that was damaged.
			rows := someRows(200, 4)
			if i, err := d.Import(context.Background(), fileOf(t, rows, testMeta().AsOf.AddDate(0, 0, 1)), ImportOptions{Now: now}); err != nil {
				t.Errorf("mending: %+v %v", i, err)
			} else if o := mustOpen(t, d); len(o.Problems) != 0 && tt.want == 1 {
				t.Errorf("still: %v", o.Problems)
			}
		})
	}
	d := twoGenerations(t)
	remove("000001.db", "000002.db")(t, d)
	if _, err := d.Open(); !errors.Is(err, ErrDamaged) {
		t.Errorf("nothing is whole: %v", err) // and not ErrNoSnapshot
	}
}

// A flipped bit in a page that no lookup of the test reads is found by the scrub.
func TestScrub(t *testing.T) {
	d := twoGenerations(t)
	ctx := context.Background()
	if err := d.Scrub(ctx, 2, nil); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(d.path("000002.db"))
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 4
	if err := os.WriteFile(d.path("000002.db"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := d.Scrub(ctx, 2, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("scrub: %v", err)
	}
	if o := mustOpen(t, d); o.Info.Generation != 1 {
		t.Errorf("generation %d is used", o.Info.Generation)
	}
}

func TestImportRefusesDamageAndChangesNothing(t *testing.T) {
	ctx := context.Background()
	d := twoGenerations(t)
	before := tree(t, d)
	good, err := os.ReadFile(fileOf(t, someRows(300, 9), now))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"flipped": func() []byte { b := bytes.Clone(good); b[len(b)/3] ^= 1; return b }(), "cut": good[:len(good)-pageSize], "empty": nil,
	} {
		p := filepath.Join(t.TempDir(), "bad.db")
		if err := os.WriteFile(p, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Import(ctx, p, ImportOptions{Now: now}); err == nil || strings.Contains(err.Error(), ".tmp") {
			t.Errorf("%s: imported, or the copy is named: %v", name, err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := d.Import(cancelled, fileOf(t, someRows(300, 9), now), ImportOptions{Now: now}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if after := tree(t, d); after != before {
		t.Errorf("before:\n%safter:\n%s", before, after)
	}
}

func tree(t *testing.T, d *Data) (s string) {
	t.Helper()
	names, err := d.gens.disk.names()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		b, _ := d.gens.disk.read(n, 1<<30)
		s += n + " " + string(rune('0'+len(b)%10)) + "\n"
	}
	return s
}

func TestTwoImportersAtOnce(t *testing.T) {
	ctx := context.Background()
	d := twoGenerations(t)
	imp, err := d.Stage(ctx, fileOf(t, someRows(5, 1), now), ImportOptions{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Import(ctx, fileOf(t, someRows(6, 1), now), ImportOptions{Now: now}); !errors.Is(err, ErrBusy) {
		t.Errorf("second importer: %v", err)
	}
	if o := mustOpen(t, d); o.Info.Generation != 2 {
		t.Error("readers are disturbed by an import that is not finished")
	}
	if err := imp.Discard(); err != nil {
		t.Error(err)
	}
	if _, err := imp.Commit(); err == nil {
		t.Error("committed after Discard")
	}
	if i, err := d.Import(ctx, fileOf(t, someRows(6, 1), now), ImportOptions{Now: now}); err != nil || i.Generation != 3 {
		t.Errorf("%+v %v", i, err)
	}
}

func TestReadOnlyMedia(t *testing.T) {
	d := twoGenerations(t)
	for _, p := range []string{filepath.Join(d.Dir(), "registry"), d.Dir()} {
		if err := os.Chmod(p, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(p, 0o755) })
	}
	if a, err := mustOpen(t, d).Lookup(context.Background(), rules.RegistryQuery{Number: someRows(1, 4)[0].Number}); err != nil || !a.Found {
		t.Errorf("%v %v", a, err)
	}
}

func TestImportOfADelta(t *testing.T) {
	ctx := context.Background()
	d := openData(t)
	rows := someRows(120, 4)
	from, to := fileOf(t, rows[:100], testMeta().AsOf), fileOf(t, rows[10:], testMeta().AsOf.AddDate(0, 0, 1))
	var b bytes.Buffer
	if _, err := WriteDelta(ctx, from, to, nil, &b); err != nil {
		t.Fatal(err)
	}
	delta := filepath.Join(t.TempDir(), "x.delta")
	if err := os.WriteFile(delta, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Import(ctx, delta, ImportOptions{Now: now}); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("a delta on nothing: %v", err)
	}
	if _, err := d.Import(ctx, from, ImportOptions{Now: now}); err != nil {
		t.Fatal(err)
	}
	imp, err := d.Stage(ctx, delta, ImportOptions{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	p, err := imp.Preview(ctx)
	if err != nil || p.Added != 20 || p.Removed != 10 || p.Same != 90 {
		t.Errorf("%+v %v", p, err)
	}
	i, err := imp.Commit()
	if err != nil || i.Generation != 2 || i.SHA256 != mustSum(t, to) {
		t.Errorf("%+v %v", i, err)
	}
	if _, err := d.Import(ctx, delta, ImportOptions{Now: now}); !errors.Is(err, ErrDelta) {
		t.Errorf("a delta on another snapshot: %v", err)
	}
}

// A lookup that meets damage says so, and the next start uses the other generation; where there is no other, the sound
// blocks of the damaged one still answer.
func TestLookupSetsDamageAside(t *testing.T) {
	ctx := context.Background()
	d := twoGenerations(t)
	b, err := os.ReadFile(d.path("000002.db"))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte("建设工程有限公司")) // in the dictionary of employers
	if at < 0 {
		t.Fatal("no employer in the file")
	}
	b[at+2] ^= 1
	if err := os.WriteFile(d.path("000002.db"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 2} {
		o := mustOpen(t, d)
		if o.Info.Generation != 2 {
			t.Fatalf("generation %d", o.Info.Generation)
		}
		failed, found := 0, 0
		for _, r := range someRows(200, 4) {
			switch a, err := o.Lookup(ctx, rules.RegistryQuery{Number: r.Number}); {
			case errors.Is(err, ErrDamaged):
				failed++
			case err == nil && a.Found:
				found++
			}
		}
		if failed == 0 || found == 0 {
			t.Fatalf("%d damaged, %d found", failed, found)
		}
		if o := mustOpen(t, d); o.Info.Generation != want || len(o.Problems) == 0 {
			t.Errorf("generation %d, %v", o.Info.Generation, o.Problems)
		}
		if want == 1 { // now there is no other
			if err := errors.Join(os.Remove(d.path("000001.json")), os.Remove(d.path("000002.bad"))); err != nil {
				t.Fatal(err)
			}
		}
	}
}

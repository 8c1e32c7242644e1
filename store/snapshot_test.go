package store

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

func TestEveryRowIsFoundByEveryKey(t *testing.T) {
	for _, n := range []int{0, 1, 2, 17, 1000, 6000} {
		rows := someRows(n, uint64(n))
		s := open(t, buildFile(t, Rows(rows)))
		if got := s.Snapshot().Rows; got != n {
			t.Fatalf("%d rows, want %d", got, n)
		}
		for _, want := range rows {
			want, _ = normalise(want)
			for _, q := range []rules.RegistryQuery{
				{Kind: want.Kind, Number: want.Number},
				{Number: " " + want.Number},
				{QRKey: want.QRKey},
				{EcertID: want.EcertID},
				{Kind: want.Kind, Number: want.Number, QRKey: want.QRKey, EcertID: want.EcertID, Name: "someone else"},
			} {
				if len(queryKeys(q)) == 0 {
					continue
				}
				a, err := s.Lookup(context.Background(), q)
				if err != nil || !a.Found || len(a.Records) != 1 {
					t.Fatalf("%d rows: %+v: %d records, %v", n, q, len(a.Records), err)
				}
				if !reflect.DeepEqual(a.Records[0], want) {
					t.Fatalf("got  %+v\nwant %+v", a.Records[0], want)
				}
			}
		}
		for _, q := range []rules.RegistryQuery{
			{Number: "京1112015201699999X"},
			{QRKey: "nobody"},
			{EcertID: "nobody"},
			{Name: "无此人"},
			{Kind: fields.Architect1, Number: "京1112000200600000"},
		} {
			if a, err := s.Lookup(context.Background(), q); err != nil || a.Found || a.Records != nil {
				t.Errorf("%+v: %+v, %v", q, a, err)
			}
		}
		if err := s.Verify(context.Background(), nil); err != nil {
			t.Error(err)
		}
	}
}

func TestLookupOfContradictingIdentifiersGivesBoth(t *testing.T) {
	rows := someRows(3, 5)
	s := open(t, buildFile(t, Rows(rows)))
	a, err := s.Lookup(context.Background(), rules.RegistryQuery{Number: rows[0].Number, QRKey: rows[1].QRKey})
	if err != nil || len(a.Records) != 2 || a.Records[0].Number != rows[0].Number || a.Records[1].Number != rows[1].Number {
		t.Fatalf("%+v, %v", a, err)
	}
}

func TestLookupByName(t *testing.T) {
	rows := someRows(2000, 8)
	for i := range 700 {
		rows[i].Name = "张伟"
	}
	rows[1999].Name = "古丽·买买提"
	s := open(t, buildFile(t, Rows(rows)))
	a, err := s.Lookup(context.Background(), rules.RegistryQuery{Name: "古丽•买买提"})
	if err != nil || len(a.Records) != 1 || a.Records[0].Number != rows[1999].Number {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := s.Lookup(context.Background(), rules.RegistryQuery{Name: "张伟"}); !errors.Is(err, ErrTooMany) {
		t.Errorf("700 people of one name: %v", err)
	}
	if _, err := s.Lookup(context.Background(), rules.RegistryQuery{}); !errors.Is(err, ErrNoKey) {
		t.Errorf("empty question: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Lookup(ctx, rules.RegistryQuery{Number: "x"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Names that share a hash run over several pages; the pages must still prove where they end.
func TestIndexPagesOfOneHash(t *testing.T) {
	rows := someRows(3000, 9)
	for i := range rows {
		rows[i].Name = "李娜"
	}
	s := open(t, buildFile(t, Rows(rows)))
	var got []uint32
	err := s.read(func(r *reader) error {
		return s.candidates(r, s.trees[treeName], keyHash(treeName, "李娜"), func(i uint32) (bool, error) {
			got = append(got, i)
			return true, nil
		})
	})
	if err != nil || len(got) != 3000 {
		t.Fatalf("%d entries, %v", len(got), err)
	}
	slices.Sort(got)
	if slices.Compact(got)[2999] != 2999 {
		t.Error("an entry is missing")
	}
}

func TestBuildIsDeterministic(t *testing.T) {
	rows := someRows(5000, 3)
	want, err := os.ReadFile(buildFile(t, Rows(rows)))
	if err != nil {
		t.Fatal(err)
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	for _, run := range []int{runBytes, 50_000, 200_000} { // sorted in memory and from many runs on disk
		path := filepath.Join(t.TempDir(), "x.db")
		if err := build(context.Background(), Rows(rows), testMeta(), path, BuildOptions{}, run); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); !bytes.Equal(got, want) {
			t.Errorf("runs of %d bytes: another file", run)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	good := someRows(1, 1)[0]
	change := func(f func(*Row)) []Row { r := good; f(&r); return []Row{r} }
	month := func(f func(*Row)) []Row { return change(f) }
	tests := map[string][]Row{
		"no kind":       change(func(r *Row) { r.Kind = "" }),
		"no number":     change(func(r *Row) { r.Number = "  " }),
		"no name":       change(func(r *Row) { r.Name = "" }),
		"no status":     change(func(r *Row) { r.Status = "" }),
		"not UTF-8":     change(func(r *Row) { r.Employer = "\xff" }),
		"long text":     change(func(r *Row) { r.Reason = string(make([]byte, maxString+1)) }),
		"bad day":       change(func(r *Row) { r.Birth = civil.Date{Y: 2023, M: 2, D: 29} }),
		"bad month":     month(func(r *Row) { r.Birth = civil.Date{Y: 2023, M: 13} }),
		"negative year": change(func(r *Row) { r.Birth = civil.Date{Y: -1, M: 1, D: 1} }),
		"key twice":     {good, someRows(2, 2)[1], good},
		"key with NUL":  change(func(r *Row) { r.Number = "a\x00b" }),
		"too many specialties": change(func(r *Row) {
			r.Specialties = slices.Repeat([]fields.Specialty{{Name: "x"}}, maxSpecialties+1)
		}),
		"nameless specialty": change(func(r *Row) { r.Specialties = []fields.Specialty{{}} }),
		"too much history": change(func(r *Row) {
			r.History = slices.Repeat([]rules.FieldChange{{Field: "x"}}, maxHistory+1)
		}),
	}
	for name, rows := range tests {
		dir := t.TempDir()
		if err := Build(context.Background(), Rows(rows), testMeta(), filepath.Join(dir, "x.db")); !errors.Is(err, ErrBadRow) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: leaves %v behind", name, left)
		}
	}
	m := testMeta()
	m.AsOf = m.AsOf.Add(-1 << 62).Add(-1 << 62)
	for _, m := range []Meta{{}, {AsOf: testMeta().AsOf, WarnAge: 2, RedAge: 1}} {
		if err := Build(context.Background(), Rows(nil), m, filepath.Join(t.TempDir(), "x.db")); err == nil {
			t.Errorf("%+v: accepted", m)
		}
	}
}

// An interrupted build must leave an older file of the name as it was.
func TestBuildKeepsTheOldFileUntilTheNewOneIsWhole(t *testing.T) {
	path := buildFile(t, Rows(someRows(10, 1)))
	before, _ := os.ReadFile(path)
	stop := errors.New("stop")
	err := Build(context.Background(), func(yield func(Row, error) bool) {
		_ = yield(someRows(1, 4)[0], nil) && yield(Row{}, stop)
	}, testMeta(), path)
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the old file has changed")
	}
}

func TestOpenSnapshotNeverCreates(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "registry.db")
	if _, err := OpenSnapshot(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("created %v", left)
	}
	for name, content := range map[string][]byte{"empty": {}, "text": []byte("not a database"), "zeros": make([]byte, 1<<16)} {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, content, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenSnapshot(p); !errors.Is(err, ErrNotSnapshot) || errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := os.ReadFile(p); !bytes.Equal(after, content) {
			t.Errorf("%s: changed", name)
		}
	}
	if _, err := OpenSnapshot(dir); err == nil {
		t.Error("a folder was opened")
	}
}

func TestReadersBesideEachOther(t *testing.T) {
	rows := someRows(500, 2)
	path := buildFile(t, Rows(rows))
	s := open(t, path)
	open(t, path) // a second program
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := g; i < len(rows); i += 3 {
				if a, err := s.Lookup(context.Background(), rules.RegistryQuery{Number: rows[i].Number}); err != nil || !a.Found {
					t.Errorf("%s: %v", rows[i].Number, err)
				}
			}
		})
	}
	wg.Wait()
	s.Close()
	if _, err := s.Lookup(context.Background(), rules.RegistryQuery{Number: "x"}); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

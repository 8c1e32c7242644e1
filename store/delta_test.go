package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"zhengyan/verify/civil"
	"zhengyan/verify/rules"
)

// changedRows is a later state of a registry: some rows changed, some gone, some new.
func changedRows(rows []Row, rng *rand.Rand, share float64) []Row {
	out := slices.Clone(rows)
	n := int(float64(len(out))*share) + 1
	for range n {
		i := rng.IntN(len(out))
		switch rng.IntN(6) {
		case 0:
			out = slices.Delete(out, i, i+1)
		case 1:
			r := odd(1_000_000+rng.IntN(1_000_000), rng)
			if !slices.ContainsFunc(out, func(x Row) bool { return x.Number == r.Number }) {
				out = append(out, r)
			}
		case 2:
			out[i].Status, out[i].StatusDate, out[i].UpdatedAt = "注销", civil.Must(2026, 6, 2), civil.Must(2026, 6, 2)
		case 3: // what it is found by
			r := odd(i, rng)
			out[i].Name, out[i].QRKey, out[i].EcertID = r.Name, r.QRKey, r.EcertID
		default:
			out[i].Employer, out[i].UpdatedAt = fmt.Sprint("新单位", rng.IntN(50)), civil.Must(2026, 6, 3)
		}
		if len(out) == 0 {
			break
		}
	}
	return out
}

// The publisher's fresh build and the client's merge of old file and delta are the same bytes, with or without history.
func TestDeltaGivesTheSameFile(t *testing.T) {
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(5, 5))
	for round := range soak(6, 60) {
		rows := someRows(1+rng.IntN(1500), uint64(round))
		from := fileOf(t, rows, testMeta().AsOf)
		old := open(t, from)
		later := changedRows(rows, rng, 0.05)
		m := testMeta()
		m.AsOf = m.AsOf.AddDate(0, 0, 3)
		to := filepath.Join(t.TempDir(), "to.db")
		opt := BuildOptions{}
		if round%2 == 0 {
			opt.Previous = old
		}
		if err := BuildWith(ctx, Rows(later), m, to, opt); err != nil {
			t.Fatal(err)
		}
		var delta bytes.Buffer
		head, err := WriteDelta(ctx, from, to, nil, &delta)
		if err != nil {
			t.Fatal(err)
		}
		got := filepath.Join(t.TempDir(), "got.db")
		if _, err := applyDelta(ctx, old, bytes.NewReader(delta.Bytes()), got, round%2 == 1); err != nil {
			t.Fatalf("%+v: %v", head, err)
		}
		a, _ := os.ReadFile(to)
		b, _ := os.ReadFile(got)
		if !bytes.Equal(a, b) {
			t.Fatalf("round %d: the merge is another file", round)
		}
		if sum, err := open(t, got).pagesSum(ctx); err != nil || sum != head.Pages {
			t.Errorf("round %d: pages %s, want %s, %v", round, sum, head.Pages, err)
		}
		if err := open(t, got).Verify(ctx, nil); err != nil {
			t.Error(err)
		}
	}
}

// twoDays are the files of two days and the delta between them.
func twoDays(t *testing.T) (from, to string, delta []byte, head DeltaHead) {
	t.Helper()
	rows := someRows(300, 1)
	from = fileOf(t, rows, testMeta().AsOf)
	to = fileOf(t, changedRows(rows, rand.New(rand.NewPCG(1, 1)), 0.1), testMeta().AsOf.AddDate(0, 0, 1))
	var out bytes.Buffer
	head, err := WriteDelta(context.Background(), from, to, nil, &out)
	if err != nil {
		t.Fatal(err)
	}
	return from, to, out.Bytes(), head
}

func TestDeltaRefused(t *testing.T) {
	ctx := context.Background()
	from, to, good, _ := twoDays(t)
	old := open(t, from)
	try := func(name string, s *Snapshot, b []byte) {
		path := filepath.Join(t.TempDir(), "x.db")
		if _, err := ApplyDelta(ctx, s, bytes.NewReader(b), path); err == nil {
			t.Errorf("%s: applied", name)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: leaves a file", name)
		}
	}
	try("other base", open(t, to), good)
	try("empty", old, nil)
	try("cut", old, good[:len(good)-20])
	for i := range soak(60, 600) {
		b := bytes.Clone(good)
		b[len(b)*i/600%len(b)] ^= 1 << (i % 8)
		path := filepath.Join(t.TempDir(), "x.db")
		if _, err := ApplyDelta(ctx, old, bytes.NewReader(b), path); err == nil {
			if sum, _ := sumFile(ctx, path); sum != mustSum(t, to) {
				t.Errorf("flip %d: applied as another file", i)
			}
		}
	}
}

// The fast way to a row's employer says what the general one says, also of bytes that are no row.
func TestEmployerIn(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	g := newGrowing()
	for i := range 300_000 {
		g.employer(fmt.Sprint(i))
	}
	fast := 0
	for i := range 20_000 {
		r := odd(i, rng)
		r.Employer = fmt.Sprint(rng.IntN(300_000))
		b := appendRow(nil, &r, g)
		if i%2 == 1 {
			for range 1 + rng.IntN(3) {
				b[rng.IntN(min(len(b), 12))] = byte(rng.Uint32())
			}
			b = b[:rng.IntN(len(b)+1)]
		}
		start, end, id, ok := employerIn(b)
		start2, end2, id2, ok2 := anyEmployerIn(b)
		if ok != ok2 || ok && (start != start2 || end != end2 || id != id2) {
			t.Fatalf("%x: %d %d %d %v, want %d %d %d %v", b, start, end, id, ok, start2, end2, id2, ok2)
		}
		if ok && i%2 == 0 {
			if got, err := g.employerAt(uint32(id)); err != nil || got != r.Employer {
				t.Fatalf("%s instead of %s", got, r.Employer)
			}
			if _, _, _, quick := quickEmployerIn(b); quick {
				fast++
			}
		}
	}
	if fast < 1000 {
		t.Errorf("only %d rows by the quick way", fast)
	}
}

func mustSum(t *testing.T, path string) string {
	t.Helper()
	s, err := sumFile(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func FuzzDelta(f *testing.F) {
	rows := someRows(20, 1)
	dir := f.TempDir()
	from, to := filepath.Join(dir, "a.db"), filepath.Join(dir, "b.db")
	ctx := context.Background()
	m := testMeta()
	if err := errors.Join(Build(ctx, Rows(rows), m, from), Build(ctx, Rows(rows[3:]), m, to)); err != nil {
		f.Fatal(err)
	}
	old, err := OpenSnapshot(from)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { old.Close() })
	f.Add([]byte{0, 0, deltaEnd})
	f.Add([]byte{1, 1, 'x', 0, deltaRemove, 3, 'k', 0, 'n', deltaEnd})
	f.Fuzz(func(t *testing.T, b []byte) {
		d := &deltaSource{from: old}
		if d.parse(b) == nil {
			path := filepath.Join(t.TempDir(), "x.db")
			if _, err := writeFile(ctx, m, path, proof{}, nil, func(w *fileWriter) error { return w.merge(d, m) }); err != nil {
				return
			}
			s, err := OpenSnapshot(path)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			// What rows hold is not looked at: they are the publisher's, or Verify refuses them at the import.
			if err := s.Verify(ctx, nil); err != nil && !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
		}
	})
}

func TestCompareAndHistory(t *testing.T) {
	ctx := context.Background()
	rows := someRows(40, 3)
	rows[0] = Row{Kind: "constructor-1", Number: "A1", Name: "张样例", Status: "有效", Employer: "甲公司", UpdatedAt: civil.Must(2026, 1, 1)}
	rows[1] = Row{Kind: "constructor-1", Number: "A2", Name: "李样例", Status: "有效"}
	first := open(t, fileOf(t, rows, testMeta().AsOf))
	later := slices.Clone(rows[:39])
	later[0].Employer, later[0].UpdatedAt = "乙公司", civil.Must(2026, 6, 2)
	later[1].Status, later[1].StatusDate, later[1].Reason = "注销", civil.Must(2026, 5, 20), "本人申请"
	later = append(later, Row{Kind: "constructor-1", Number: "NEW", Name: "王样例", Status: "有效"})
	m := testMeta()
	m.AsOf = m.AsOf.AddDate(0, 0, 4)
	path := filepath.Join(t.TempDir(), "b.db")
	if err := BuildWith(ctx, Rows(later), m, path, BuildOptions{Previous: first}); err != nil {
		t.Fatal(err)
	}
	second := open(t, path)
	p, err := Compare(ctx, first, second)
	if err != nil {
		t.Fatal(err)
	}
	if p.Added != 1 || p.Removed != 1 || p.Changed != 2 || p.Same != 37 || p.Lost["注销"] != 1 || p.Examples[0].After.Number != "A2" {
		t.Errorf("%+v", p)
	}
	for number, want := range map[string][]rules.FieldChange{
		"A1": {{Field: "employer", Value: "甲公司", Until: civil.Must(2026, 6, 2)}},
		"A2": {
			{Field: "status", Value: "有效", Until: civil.Must(2026, 5, 20)},
			{Field: "statusDate", Value: "", Until: civil.Must(2026, 5, 20)},
			{Field: "reason", Value: "", Until: civil.Must(2026, 5, 20)},
		},
		"NEW": {{Field: "absent", Value: "2026-06-01", Until: civil.Must(2026, 6, 5)}},
	} {
		a, err := second.Lookup(ctx, rules.RegistryQuery{Number: number})
		if err != nil || len(a.Records) != 1 || !slices.Equal(a.Records[0].History, want) {
			t.Errorf("%s: %+v, %v", number, a.Records, err)
		}
	}
	// Once kept, history stays.
	path = filepath.Join(t.TempDir(), "c.db")
	m.AsOf = m.AsOf.AddDate(0, 0, 4)
	later[0].Employer = "丙公司"
	if err := BuildWith(ctx, Rows(later), m, path, BuildOptions{Previous: second}); err != nil {
		t.Fatal(err)
	}
	if a, err := open(t, path).Lookup(ctx, rules.RegistryQuery{Number: "A1"}); err != nil || len(a.Records[0].History) != 2 {
		t.Errorf("%+v %v", a, err)
	}
}

package store

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// quick makes person keys at a price that a test can pay.
func quick() PersonParams {
	p := DefaultPersonParams(civil.Must(2026, 6, 1), bytes.Repeat([]byte{7}, 16))
	p.Time, p.MemoryKiB = 1, 8
	return p
}

func pepper() []byte { return bytes.Repeat([]byte{9}, pepperBytes) }

// inventedID is an identity number of the area code 999999, which is nobody's.
func inventedID(i int) string {
	digits := fmt.Sprintf("999999%04d%02d%02d%03d", 1960+i%40, 1+i%12, 1+i%28, i%1000)
	for _, c := range "0123456789X" {
		if _, err := fields.CheckIDNumber(digits + string(c)); err == nil {
			return digits + string(c)
		}
	}
	panic("no check character")
}

func invented(n int) iter.Seq2[PersonRow, error] {
	return func(yield func(PersonRow, error) bool) {
		for i := range n {
			person := i * 2 / 3 // some have two registrations
			if !yield(PersonRow{fields.Constructor1, fmt.Sprintf("京1112015%08d", i), fmt.Sprintf("样例%d", person), inventedID(person)}, nil) {
				return
			}
		}
	}
}

func personFile(t *testing.T, n, day int, r Recipients, c *PersonCache) string {
	t.Helper()
	m := testMeta()
	m.AsOf = m.AsOf.AddDate(0, 0, day)
	path := filepath.Join(t.TempDir(), "persons.db")
	if err := BuildPersons(context.Background(), invented(n), m, path, PersonOptions{Params: quick(), Pepper: pepper(), Recipients: r, Cache: c}); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPersonIndex(t *testing.T) {
	ctx := context.Background()
	d, m := machine(t)
	_, other := machine(t)
	path := personFile(t, 300, 0, recipients(t, m), nil)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	secret := []byte(base64.StdEncoding.EncodeToString(pepper())) // as it stands in what is wrapped
	s := open(t, path)
	if err := s.Use(m); err != nil {
		t.Fatal(err)
	}
	if wrapped, err := unwrapText(s.wrapped, m, new(int)); err != nil || !bytes.Contains(wrapped, secret) {
		t.Fatalf("the pepper is not where it is looked for: %v", err)
	}
	for _, clear := range [][]byte{[]byte("样例1"), []byte("京111"), pepper(), secret} {
		if bytes.Contains(text, clear) {
			t.Errorf("%q can be read in the file", clear)
		}
	}
	now := testMeta().AsOf.AddDate(0, 0, 2)
	if _, err := d.Import(ctx, path, ImportOptions{Now: now}); !errors.Is(err, ErrKindOfFile) {
		t.Errorf("imported as a registry: %v", err)
	}
	if _, err := d.Persons().Import(ctx, fileOf(t, someRows(5, 1), testMeta().AsOf), ImportOptions{Now: now}); !errors.Is(err, ErrKindOfFile) {
		t.Errorf("a registry imported as persons: %v", err)
	}
	if _, err := d.Persons().Import(ctx, path, ImportOptions{Now: now}); err != nil {
		t.Fatal(err)
	}
	o, err := d.Persons().Open()
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	for _, c := range []struct {
		name, id string
		want     []string
		err      error
	}{
		{"样例0", inventedID(0), []string{"京111201500000000", "京111201500000001"}, nil},
		{" 样 例1 ", strings.ToLower(inventedID(1)), []string{"京111201500000002"}, nil},
		{"样例0", inventedID(1), nil, nil}, // another's number
		{"无此人", inventedID(500), nil, nil},
		{"样例0", "999999196001010001", nil, ErrPerson}, // a slip of the pen is not "not there"
		{"样例0", "12", nil, ErrPerson},
		{"", inventedID(0), nil, ErrPerson},
	} {
		got, err := o.Person(ctx, c.name, c.id)
		var numbers []string
		for _, r := range got {
			numbers = append(numbers, r.Number)
		}
		if !slices.Equal(numbers, c.want) || !errors.Is(err, c.err) {
			t.Errorf("%q %s: %v %v", c.name, c.id, numbers, err)
		}
	}
	for name, key := range map[string]*MachineKey{"no key": nil, "another's": other} {
		s := open(t, path)
		_ = s.Use(key) // asked for below
		if list, err := s.Person(ctx, "样例0", inventedID(0)); !errors.Is(err, ErrLocked) || list != nil {
			t.Errorf("%s: %v %v", name, list, err)
		}
	}
	if _, err := open(t, fileOf(t, someRows(5, 1), testMeta().AsOf)).Person(ctx, "样例0", inventedID(0)); !errors.Is(err, ErrKindOfFile) {
		t.Errorf("a registry asked for a person: %v", err)
	}
}

// A day later the machine's merge is the publisher's file, and only the new persons' keys are made.
func TestPersonIndexFollows(t *testing.T) {
	ctx := context.Background()
	_, m := machine(t)
	cachePath := filepath.Join(t.TempDir(), "cache")
	cache, err := ReadPersonCache(cachePath, pepper())
	if err != nil {
		t.Fatal(err)
	}
	from := personFile(t, 90, 0, recipients(t, m), cache)
	if cache.Made() < 60 {
		t.Errorf("%d keys made", cache.Made())
	}
	if err := cache.Write(cachePath); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(cachePath); err != nil || st.Mode().Perm() != 0o600 {
		t.Error(st.Mode(), err)
	}
	if cache, err = ReadPersonCache(cachePath, pepper()); err != nil {
		t.Fatal(err)
	}
	to := personFile(t, 93, 1, recipients(t, m), cache)
	if cache.Made() != 2 {
		t.Errorf("%d keys made for two new persons", cache.Made())
	}
	var delta bytes.Buffer
	if _, err := WriteDelta(ctx, from, to, m, &delta); err != nil {
		t.Fatal(err)
	}
	old := open(t, from)
	if err := old.Use(m); err != nil {
		t.Fatal(err)
	}
	got := filepath.Join(t.TempDir(), "got.db")
	if _, err := ApplyDelta(ctx, old, bytes.NewReader(delta.Bytes()), got); err != nil {
		t.Fatal(err)
	}
	if mustSum(t, got) != mustSum(t, to) {
		t.Error("the merge is another file")
	}
}

func TestReadPersons(t *testing.T) {
	text := "证书类型,注册编号,姓名,状态,身份证号\n" +
		"一级建造师,京1112015201600001,张样例,有效," + inventedID(3) + "\n" +
		"一级建造师,京1112015201600002,李样例,有效,999999196001010001\n" +
		"一级建造师,,王样例,有效," + inventedID(4) + "\n" +
		"一级建造师,京1112015201600004,赵样例\n"
	s := ReadPersons(t.Context(), strings.NewReader(text))
	var rows []PersonRow
	for r, err := range s.Persons {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	if len(rows) != 1 || rows[0].Name != "张样例" || rows[0].ID != inventedID(3) || s.BadCount != 3 {
		t.Errorf("%+v %+v", rows, s.Bad)
	}
	for _, b := range s.Bad {
		if strings.Contains(b.Why+b.Text, "999999") {
			t.Errorf("a report repeats an identity number: %+v", b)
		}
	}
	for _, head := range []string{"kind,number,name", "kind,number,name,idNumber,height", "number,name,idNumber"} {
		for _, err := range ReadPersons(t.Context(), strings.NewReader(head+"\n")).Persons {
			if err == nil {
				t.Errorf("%s: taken", head)
			}
		}
	}
}

func TestPersonParamsBounded(t *testing.T) {
	for _, change := range []func(*PersonParams){
		func(p *PersonParams) { p.MemoryKiB = 1 << 30 }, func(p *PersonParams) { p.Time = 1 << 20 }, func(p *PersonParams) { p.Threads = 0 },
		func(p *PersonParams) { p.Salt = nil }, func(p *PersonParams) { p.Bytes = 2 }, func(p *PersonParams) { p.Hash = "md5" },
	} {
		p := quick()
		change(&p)
		if _, err := PersonKey(p, pepper(), "样例", inventedID(1)); err == nil {
			t.Errorf("%+v: taken", p)
		}
	}
	a, _ := PersonKey(quick(), pepper(), "样例", inventedID(1))
	b, _ := PersonKey(quick(), bytes.Repeat([]byte{8}, pepperBytes), "样例", inventedID(1))
	if a == b || len(a) != 20 {
		t.Errorf("%s %s", a, b)
	}
}

// Birth dates stay only where somebody reaches the age limit while the data is in use.
func TestBirthsLeftOut(t *testing.T) {
	rows := []Row{
		{Kind: "constructor-1", Number: "A1", Name: "张样例", Status: "有效", Birth: civil.Must(1961, 8, 1)},
		{Kind: "constructor-1", Number: "A2", Name: "李样例", Status: "有效", Birth: civil.Must(1961, 8, 2)},
		{Kind: "constructor-1", Number: "A3", Name: "王样例", Status: "有效", Birth: civil.Must(1950, 1, 1)},
	}
	path := filepath.Join(t.TempDir(), "x.db")
	if err := BuildWith(t.Context(), Rows(rows), testMeta(), path, BuildOptions{BirthsUntil: civil.Must(2026, 8, 1), AgeLimit: 65}); err != nil {
		t.Fatal(err)
	}
	// Nor do they come back as history of the snapshot before.
	all := open(t, fileOf(t, rows, testMeta().AsOf.AddDate(0, 0, -1)))
	path = filepath.Join(t.TempDir(), "y.db")
	if err := BuildWith(t.Context(), Rows(rows), testMeta(), path, BuildOptions{Previous: all, BirthsUntil: civil.Must(2026, 8, 1), AgeLimit: 65}); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if a, err := s.Lookup(t.Context(), rules.RegistryQuery{Number: "A2"}); err != nil || len(a.Records[0].History) != 0 {
		t.Errorf("%+v %v", a, err)
	}
	for number, want := range map[string]civil.Date{"A1": rows[0].Birth, "A2": {}, "A3": rows[2].Birth} {
		if a, err := s.Lookup(t.Context(), rules.RegistryQuery{Number: number}); err != nil || a.Records[0].Birth != want {
			t.Errorf("%s: %+v %v", number, a, err)
		}
	}
}

// FuzzPersons: no bytes make the readers of people, recipients and secrets panic, and what is read is in its one form.
func FuzzPersons(f *testing.F) {
	f.Add([]byte("kind,number,name,idNumber\n1511,京1112015201600001,张样例," + inventedID(3) + "\n"))
	f.Add([]byte("# a machine\nage1qqqq\n"))
	f.Add([]byte(`{"format":"zhengyan-pepper/1","pepper":"AAAA","params":{"hash":"argon2id","time":1}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for r, err := range ReadPersons(context.Background(), bytes.NewReader(b)).Persons {
			if err != nil {
				break
			}
			if id, err := NormalID(r.ID); err != nil || id != r.ID || r.Name == "" || r.Number == "" {
				t.Fatalf("%+v: %q %v", r, id, err)
			}
		}
		_, _ = ParseRecipients(bytes.NewReader(b)) // must only come back
		if s, err := ParsePersonSecret(b); err == nil && s.Params.validate() != nil {
			t.Fatalf("%+v", s)
		}
	})
}

func BenchmarkPersonKey(b *testing.B) {
	p := DefaultPersonParams(civil.Must(2026, 6, 1), bytes.Repeat([]byte{7}, 16))
	for b.Loop() {
		if _, err := PersonKey(p, pepper(), "样例", inventedID(1)); err != nil {
			b.Fatal(err)
		}
	}
}

package store

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"zhengyan/verify/civil"
	"zhengyan/verify/rules"
)

// Whatever stands in the wrong column, or in place of the headings, no identity number gets into what is reported.
func TestNumbersAreNotReported(t *testing.T) {
	const heads = "kind,number,name,idNumber\n"
	id := inventedID(3)
	slip := id[:17] + "0"
	if slip == id {
		slip = id[:17] + "1"
	}
	for name, text := range map[string]string{
		"shifted to the left":  heads + id + ",京1112015201600001,张样例,一级建造师\n",
		"shifted to the right": heads + "一级建造师," + id + ",京1112015201600001,张样例\n",
		"as the number":        heads + "一级建造师," + id + ",张样例," + id + "\n",
		"a slip":               heads + "一级建造师,京1112015201600001,张样例," + slip + "\n",
		"no such day":          heads + "一级建造师,京1112015201600001,张样例,999999196013450001\n",
		"no headings":          id + ",一级建造师,京1112015201600001,张样例\n",
		"one heading missing":  "kind,number,name," + id + "\n一级建造师,京1112015201600001,张样例," + id + "\n",
		"a quote":              heads + "一级建造师,京1112015201600001,张样例," + id + "\"\n",
	} {
		s := ReadPersons(t.Context(), strings.NewReader(text))
		var said []string
		for r, err := range s.Persons {
			if err != nil {
				said = append(said, err.Error())
			} else {
				t.Errorf("%s: taken: %+v", name, r)
			}
		}
		for _, b := range s.Bad {
			said = append(said, b.Why+" "+b.Text)
		}
		all := strings.Join(said, "\n")
		if all == "" || strings.Contains(all, "9999") || strings.Contains(all, "1960") || strings.Contains(all, "1963") || strings.Contains(all, "样例") {
			t.Errorf("%s: %q", name, all)
		}
	}
	s := ReadPersons(t.Context(), strings.NewReader(heads+"x,京1112015201600001,张样例,"+id+"\n"))
	for _, err := range s.Persons {
		t.Error(err)
	}
	if len(s.Bad) != 1 || !strings.Contains(s.Bad[0].Why, "column 1 (kind)") {
		t.Errorf("the column is not named: %+v", s.Bad)
	}
}

// A cache of which anything has changed, or that is another pepper's, gives no key.
func TestPersonCacheWhole(t *testing.T) {
	_, m := machine(t)
	path := filepath.Join(t.TempDir(), "cache")
	c, err := ReadPersonCache(path, pepper())
	if err != nil {
		t.Fatal(err)
	}
	personFile(t, 12, 0, recipients(t, m), c)
	if err := c.Write(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := ReadPersonCache(path, pepper()); err != nil || len(c.keys) != 8 {
		t.Fatal(c, err)
	}
	if _, err := ReadPersonCache(path, bytes.Repeat([]byte{8}, pepperBytes)); !errors.Is(err, ErrPersonCache) {
		t.Errorf("another pepper: %v", err)
	}
	refused := func(what string, b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := ReadPersonCache(path, pepper()); !errors.Is(err, ErrPersonCache) || c != nil || !strings.Contains(err.Error(), "delete it") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range good {
		b := bytes.Clone(good)
		b[i] ^= 1
		refused("a bit of byte "+string(rune('0'+i%10)), b)
	}
	entry := cacheHash + 2*quick().Bytes + 1
	refused("an entry left out", append(bytes.Clone(good[:len(cacheMark)]), good[len(cacheMark)+entry:]...))
	for n := range len(good) {
		refused("cut", good[:n])
	}
	refused("longer", append(bytes.Clone(good), 0))
}

// The secrets of a publisher are refused where others may read them, as a machine's key is.
func TestSecretsAreForTheirOwner(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := t.TempDir()
	cache := filepath.Join(dir, "cache")
	if err := (&PersonCache{pepper: pepper()}).Write(cache); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "pepper.key")
	text := `{"format":"zhengyan-pepper/1","pepper":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=","params":{"hash":"argon2id","since":"2026-06-01","time":1,"memoryKiB":8,"threads":1,"salt":"BwcHBwcHBwcHBwcHBwcHBw==","bytes":10}}`
	if err := os.WriteFile(secret, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o644: false} {
		if err := errors.Join(os.Chmod(cache, mode), os.Chmod(secret, mode)); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadPersonCache(cache, pepper()); (err == nil) != ok {
			t.Errorf("cache %v: %v", mode, err)
		}
		if _, err := ReadPersonSecret(secret); (err == nil) != ok {
			t.Errorf("pepper %v: %v", mode, err)
		}
	}
}

// Damage that asking for a person finds sets the index aside, so that the one before it is used, and that is said.
func TestDamagedPersonIndexIsSetAside(t *testing.T) {
	d, m := machine(t)
	p := d.Persons()
	for day := range 2 {
		path := personFile(t, 300, day, recipients(t, m), nil)
		if _, err := p.Import(t.Context(), path, ImportOptions{Now: testMeta().AsOf.AddDate(0, 0, 3)}); err != nil {
			t.Fatal(err)
		}
	}
	damage(t, p.path("000002.db"), m)
	o := mustOpen(t, p)
	if o.Info.Generation != 2 {
		t.Fatal(o.Info.Generation, o.Problems)
	}
	if _, err := o.Person(t.Context(), "样例0", inventedID(0)); !errors.Is(err, ErrDamaged) {
		t.Fatal(err)
	}
	if o := mustOpen(t, p); o.Info.Generation != 1 || len(o.Problems) == 0 {
		t.Errorf("generation %d is still in use: %v", o.Info.Generation, o.Problems)
	}
}

// damage spoils a page of a person index so that it opens, and asking for the first person finds the damage.
func damage(t *testing.T, path string, m *MachineKey) {
	t.Helper()
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 2 * pageSize; at+pageSize <= len(good); at += pageSize {
		b := bytes.Clone(good)
		for i := at + 16; i < at+pageSize; i++ { // the page's own head stays
			b[i] ^= 1
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := OpenSnapshot(path)
		if err != nil {
			continue
		}
		if err := s.Use(m); err == nil {
			_, err = s.Person(t.Context(), "样例0", inventedID(0))
			if errors.Is(err, ErrDamaged) {
				s.Close()
				return
			}
		}
		s.Close()
	}
	t.Fatal("no page that only the question reads")
}

// A birth date that the source itself tells of as an earlier value is left out too, without a snapshot before it.
func TestBirthHistoryOfTheSource(t *testing.T) {
	rows := []Row{{
		Kind: "constructor-1", Number: "A1", Name: "张样例", Status: "有效", Birth: civil.Must(1990, 8, 1),
		History: []rules.FieldChange{
			{Field: "birth", Value: "1990-08-02", Until: civil.Must(2024, 1, 1)},
			{Field: "employer", Value: "样例建设有限公司", Until: civil.Must(2024, 5, 6)},
		},
	}}
	path := filepath.Join(t.TempDir(), "x.db")
	if err := BuildWith(t.Context(), Rows(rows), testMeta(), path, BuildOptions{BirthsUntil: civil.Must(2026, 8, 1), AgeLimit: 65}); err != nil {
		t.Fatal(err)
	}
	a, err := open(t, path).Lookup(t.Context(), rules.RegistryQuery{Number: "A1"})
	if err != nil || len(a.Records) != 1 {
		t.Fatal(a, err)
	}
	if h := a.Records[0].History; len(h) != 1 || h[0].Field != "employer" {
		t.Errorf("%+v", h)
	}
	if len(rows[0].History) != 2 || rows[0].History[0].Field != "birth" {
		t.Errorf("the caller's row was changed: %+v", rows[0].History)
	}
}

// The history of a registry is that of a registry.
func TestPreviousOfAnotherKind(t *testing.T) {
	_, m := machine(t)
	persons := open(t, personFile(t, 5, 0, recipients(t, m), nil))
	path := filepath.Join(t.TempDir(), "x.db")
	later := testMeta()
	later.AsOf = later.AsOf.AddDate(0, 0, 1)
	err := BuildWith(t.Context(), Rows(someRows(5, 1)), later, path, BuildOptions{Previous: persons})
	if !errors.Is(err, ErrKindOfFile) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(path); !missing(err) {
		t.Error("something was written", err)
	}
	registry := fileOf(t, someRows(5, 1), testMeta().AsOf)
	index := personFile(t, 5, 1, recipients(t, m), nil)
	for _, pair := range [][2]string{{registry, index}, {index, registry}} {
		if _, err := WriteDelta(t.Context(), pair[0], pair[1], m, io.Discard); !errors.Is(err, ErrKindOfFile) {
			t.Errorf("a delta: %v", err)
		}
	}
}

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
	"strings"
	"testing"

	"zhengyan/verify/rules"
)

// machine is a data folder with a key of its own.
func machine(t *testing.T) (*Data, *MachineKey) {
	t.Helper()
	d, err := OpenData(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.MakeMachineKey()
	if err != nil {
		t.Fatal(err)
	}
	return d, m
}

func recipients(t *testing.T, machines ...*MachineKey) Recipients {
	t.Helper()
	var text strings.Builder
	for _, m := range machines {
		fmt.Fprintf(&text, "# a machine\n%s\n", m.Recipient)
	}
	r, err := ParseRecipients(strings.NewReader(text.String()))
	if err != nil || len(r) != len(machines) {
		t.Fatal(r, err)
	}
	return r
}

func encrypted(t *testing.T, rows []Row, day int, r Recipients) string {
	t.Helper()
	m := testMeta()
	m.AsOf = m.AsOf.AddDate(0, 0, day)
	path := filepath.Join(t.TempDir(), "encrypted.db")
	if err := BuildWith(context.Background(), Rows(rows), m, path, BuildOptions{Recipients: r}); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEncryptedSnapshotAnswersItsMachinesOnly(t *testing.T) {
	ctx := context.Background()
	rows := someRows(700, 4)
	_, mine := machine(t)
	_, other := machine(t)
	path := encrypted(t, rows, 0, recipients(t, mine))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[:50] {
		for _, clear := range []string{r.Number, r.Name, r.Employer} {
			if clear != "" && bytes.Contains(text, []byte(clear)) {
				t.Fatalf("%q can be read in the file", clear)
			}
		}
	}
	s := open(t, path)
	if err := s.Use(mine); err != nil {
		t.Fatal(err)
	}
	for i, want := range rows {
		if want, err = normalise(want); err != nil {
			t.Fatal(err)
		}
		a, err := s.Lookup(ctx, rules.RegistryQuery{Kind: want.Kind, Number: want.Number})
		if err != nil || len(a.Records) != 1 || a.Records[0].Name != want.Name {
			t.Fatalf("row %d: %+v %v", i, a, err)
		}
	}
	if a, err := s.Lookup(ctx, rules.RegistryQuery{Number: "nobody"}); err != nil || a.Found {
		t.Errorf("%+v %v", a, err)
	}
	if err := s.Verify(ctx, nil); err != nil {
		t.Error(err)
	}
	for name, key := range map[string]*MachineKey{"no key": nil, "another's key": other} {
		s := open(t, path)
		if err := s.Use(key); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: %v", name, err)
		}
		for _, q := range []rules.RegistryQuery{{Number: rows[0].Number}, {Number: "nobody"}, {Name: rows[0].Name}} {
			if a, err := s.Lookup(ctx, q); !errors.Is(err, ErrLocked) || errors.Is(err, ErrDamaged) || a.Found {
				t.Errorf("%s: %+v %v", name, a, err)
			}
		}
		if err := s.Verify(ctx, nil); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is damaged is found by the tree before anything is opened, as in a file that is not encrypted.
func TestEncryptedSnapshotDamage(t *testing.T) {
	ctx := context.Background()
	rows := someRows(200, 5)
	_, m := machine(t)
	good, err := os.ReadFile(encrypted(t, rows, 0, recipients(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(9, 9))
	noticed := 0
	for i := range soak(150, 3000) {
		b := bytes.Clone(good)
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
		path := filepath.Join(t.TempDir(), fmt.Sprint(i))
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := OpenSnapshot(path)
		if err != nil {
			noticed++
			continue
		}
		if err := s.Use(m); err != nil {
			noticed++
		}
		for range 30 {
			want := rows[rng.IntN(len(rows))]
			a, err := s.Lookup(ctx, rules.RegistryQuery{Kind: want.Kind, Number: want.Number})
			if err == nil && (len(a.Records) != 1 || a.Records[0].Name != strings.TrimSpace(want.Name)) {
				t.Errorf("flip %d: a silent answer: %+v", i, a)
			}
			if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrLocked) {
				t.Errorf("flip %d: %v", i, err)
			}
		}
		s.Close()
	}
	if noticed == 0 {
		t.Error("no flip was noticed: the test tests nothing")
	}
}

// Also when both are encrypted, or one of them, the machine's merge is the publisher's file.
func TestEncryptedDelta(t *testing.T) {
	ctx := context.Background()
	rows := someRows(900, 6)
	later := changedRows(rows, rand.New(rand.NewPCG(6, 6)), 0.05)
	_, m := machine(t)
	_, other := machine(t)
	r := recipients(t, other, m)
	plainOld, plainNew := fileOf(t, rows, testMeta().AsOf), fileOf(t, later, testMeta().AsOf.AddDate(0, 0, 1))
	sealedOld, sealedNew := encrypted(t, rows, 0, r), encrypted(t, later, 1, r)
	for _, c := range [][2]string{{sealedOld, sealedNew}, {plainOld, sealedNew}, {sealedOld, plainNew}} {
		var delta bytes.Buffer
		if _, err := WriteDelta(ctx, c[0], c[1], nil, &delta); !errors.Is(err, ErrLocked) {
			t.Errorf("without a key: %v", err)
		}
		delta.Reset()
		if _, err := WriteDelta(ctx, c[0], c[1], m, &delta); err != nil {
			t.Fatal(err)
		}
		old := open(t, c[0])
		path := filepath.Join(t.TempDir(), "x.db")
		if _, err := ApplyDelta(ctx, old, bytes.NewReader(delta.Bytes()), path); !errors.Is(err, ErrLocked) {
			t.Errorf("without a key: %v", err)
		}
		if err := old.Use(m); err != nil {
			t.Fatal(err)
		}
		if _, err := ApplyDelta(ctx, old, bytes.NewReader(delta.Bytes()), path); err != nil {
			t.Fatal(err)
		}
		if mustSum(t, path) != mustSum(t, c[1]) {
			t.Error("the merge is another file")
		}
		if c[1] == sealedNew && slices.ContainsFunc(later, func(r Row) bool { return bytes.Contains(delta.Bytes(), []byte(r.Number)) }) {
			t.Error("the delta can be read")
		}
	}
}

// A machine that is left out of a generation keeps the one before it, and says why.
func TestMachineLeftOut(t *testing.T) {
	ctx := context.Background()
	rows := someRows(50, 7)
	d, m := machine(t)
	_, other := machine(t)
	now := testMeta().AsOf.AddDate(0, 0, 3)
	if _, err := d.Import(ctx, encrypted(t, rows, 0, recipients(t, m, other)), ImportOptions{Now: now}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Import(ctx, encrypted(t, rows, 1, recipients(t, other)), ImportOptions{Now: now}); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), m.Recipient) {
		t.Errorf("left out: %v", err)
	}
	ask := func() error {
		o, err := d.Open()
		if err != nil {
			return err
		}
		defer o.Close()
		_, err = o.Lookup(ctx, rules.RegistryQuery{Number: rows[0].Number})
		return err
	}
	if err := ask(); err != nil {
		t.Errorf("the generation before: %v", err)
	}
	key := filepath.Join(d.Dir(), machineKeyFile)
	if st, err := os.Stat(key); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st.Mode(), err)
	}
	if again, err := d.MakeMachineKey(); err != nil || again.Recipient != m.Recipient {
		t.Errorf("another key: %v", err)
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := ask(); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "0600") {
		t.Errorf("a key that others read: %v", err)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if err := ask(); !errors.Is(err, ErrLocked) || !errors.Is(err, ErrNoMachineKey) {
		t.Errorf("no key: %v", err)
	}
	if list, err := d.List(); err != nil || len(list) != 1 || list[0].Bad != "" {
		t.Errorf("a locked generation was set aside: %+v %v", list, err)
	}
}

func TestRecipientsRefused(t *testing.T) {
	for _, text := range []string{"nonsense", "age1qqqq", "AGE-SECRET-KEY-1QQQQ"} {
		if r, err := ParseRecipients(strings.NewReader(text)); err == nil {
			t.Errorf("%s: %v", text, r)
		}
	}
}

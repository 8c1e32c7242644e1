package store

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
		unlocked := s.Use(m) == nil
		if !unlocked {
			noticed++
		}
		for range 30 {
			want := rows[rng.IntN(len(rows))]
			a, err := s.Lookup(ctx, rules.RegistryQuery{Kind: want.Kind, Number: want.Number})
			if err == nil && (len(a.Records) != 1 || a.Records[0].Name != strings.TrimSpace(want.Name)) {
				t.Errorf("flip %d: a silent answer: %+v", i, a)
			}
			if err != nil && !errors.Is(err, ErrDamaged) && (unlocked || !errors.Is(err, ErrLocked)) {
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
		// A plain one shows that numbers would be found.
		_, part, _ := bytes.Cut(delta.Bytes(), []byte("\n"))
		text, _ := io.ReadAll(flate.NewReader(bytes.NewReader(part))) // what comes before the error counts
		if readable := slices.ContainsFunc(later, func(r Row) bool { return bytes.Contains(text, []byte(r.Number)) }); readable != (c[1] == plainNew) {
			t.Errorf("numbers can be read: %v", readable)
		}
	}
}

// A delta that is made twice is sealed under two keys, and its head is sealed with it.
func TestEncryptedDeltaHeadAndKey(t *testing.T) {
	ctx := context.Background()
	rows := someRows(200, 6)
	_, m := machine(t)
	r := recipients(t, m)
	from, to := encrypted(t, rows, 0, r), encrypted(t, rows[20:], 1, r)
	var deltas [2]bytes.Buffer
	var heads [2]DeltaHead
	var parts [2][]byte
	for i := range deltas {
		var err error
		if heads[i], err = WriteDelta(ctx, from, to, m, &deltas[i]); err != nil {
			t.Fatal(err)
		}
		_, parts[i], _ = bytes.Cut(deltas[i].Bytes(), []byte("\n"))
	}
	if len(heads[0].Salt) != deltaSalt || bytes.Equal(heads[0].Salt, heads[1].Salt) || bytes.Equal(parts[0][:32], parts[1][:32]) {
		t.Errorf("the same key twice: %x %x", heads[0].Salt, heads[1].Salt)
	}
	apply := func(b []byte) error {
		old := open(t, from)
		if err := old.Use(m); err != nil {
			t.Fatal(err)
		}
		_, err := ApplyDelta(ctx, old, bytes.NewReader(b), filepath.Join(t.TempDir(), "x.db"))
		return err
	}
	if err := apply(deltas[0].Bytes()); err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{{`"drops":20`, `"drops":21`}, {`"puts":0`, `"puts":7`}, {`,"salt":"`, `,"salt":"AAAA`}} {
		b := bytes.Replace(deltas[0].Bytes(), []byte(edit[0]), []byte(edit[1]), 1)
		if bytes.Equal(b, deltas[0].Bytes()) {
			t.Fatalf("%s is not in the head", edit[0])
		}
		if err := apply(b); !errors.Is(err, ErrDelta) {
			t.Errorf("%s: %v", edit[1], err)
		}
	}
}

// More recipients than one age file may have (the long form: as many as there may be): age refuses to read headers of more than 1024, so there are several.
func TestManyRecipients(t *testing.T) {
	_, first := machine(t)
	_, last := machine(t)
	_, other := machine(t)
	all := slices.Concat(recipients(t, first), slices.Repeat(recipients(t, first), soak(2*maxStanzas, maxRecipients)-2), recipients(t, last))
	box, err := newLockbox(all, nil)
	if err != nil {
		t.Fatal(err)
	}
	if parts := len(all) / maxStanzas; len(box.wrapped)/parts*(maxRecipients/maxStanzas) > maxWrapped {
		t.Errorf("%d recipients take %d bytes: %d do not fit", len(all), len(box.wrapped), maxRecipients)
	}
	for _, m := range []*MachineKey{first, last} {
		if got, err := unwrap(box.info, box.wrapped, m, new(int)); err != nil || !bytes.Equal(got.Block, box.Block) {
			t.Errorf("%s: %v", m.Recipient, err)
		}
	}
	if _, err := unwrap(box.info, box.wrapped, other, new(int)); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), other.Recipient) {
		t.Errorf("another machine: %v", err)
	}
	for _, n := range []int{0, maxRecipients + 1} {
		if _, err := newLockbox(slices.Repeat(all[:1], n), nil); err == nil {
			t.Errorf("%d recipients are taken", n)
		}
	}
	for _, wrapped := range [][]byte{{0}, {0, 0, 0, 9, 1}, {0xff, 0xff, 0xff, 0xff}, {0, 0, 0, 0}, append([]byte{0, 0, 0, 1}, box.wrapped...)} {
		if _, err := unwrapText(wrapped, first, new(int)); !errors.Is(err, ErrLocked) {
			t.Errorf("%x: %v", wrapped[:1], err)
		}
	}
}

// A list of recipients that was lost does not build a file that all can read.
func TestNoRecipientsIsNotEverybody(t *testing.T) {
	none, err := ParseRecipients(strings.NewReader("# nobody\n"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.db")
	if err := BuildWith(t.Context(), Rows(someRows(3, 1)), testMeta(), path, BuildOptions{Recipients: none}); err == nil {
		t.Error("built without recipients")
	}
	if _, err := os.Lstat(path); !missing(err) {
		t.Errorf("a file is there: %v", err)
	}
}

// Where the tree that is asked has no entries, a locked snapshot does not say "not found" either.
func TestLockedAndEmpty(t *testing.T) {
	_, m := machine(t)
	s := open(t, encrypted(t, nil, 0, recipients(t, m)))
	for _, q := range []rules.RegistryQuery{{Number: "A1"}, {EcertID: "A1"}, {Name: "样例"}} {
		if a, err := s.Lookup(t.Context(), q); !errors.Is(err, ErrLocked) {
			t.Errorf("%+v: %+v %v", q, a, err)
		}
	}
	if err := s.Use(m); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Lookup(t.Context(), rules.RegistryQuery{Number: "A1"}); err != nil || a.Found {
		t.Errorf("%+v %v", a, err)
	}
}

// A key that cannot be put into its place does not stay behind under another name.
func TestSecretNotLeftBehind(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, machineKeyFile, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := writeSecret(filepath.Join(dir, machineKeyFile), "secret"); err == nil {
		t.Error("a folder was replaced")
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".machine-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A new secret replaces nothing, and half of one does not stay.
func TestNewSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pepper.key")
	err := newSecretFile(path, func(f *os.File) error {
		_, err := f.WriteString("sec")
		return errors.Join(err, errors.New("disk full"))
	})
	if _, lerr := os.Lstat(path); err == nil || !missing(lerr) {
		t.Errorf("after a failure: %v, %v", err, lerr)
	}
	if err := WriteNewSecret(path, []byte("secret")); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st.Mode(), err)
	}
	if err := WriteNewSecret(path, []byte("other")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another: %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "secret" {
		t.Errorf("%s %v", b, err)
	}
}

// A delta from a plain snapshot to an encrypted one, on a machine whose key others may read: that is said, not that there is none.
func TestDeltaSaysWhyTheKeyDoesNotRead(t *testing.T) {
	ctx := context.Background()
	d, m := machine(t)
	rows := someRows(40, 3)
	from, to := fileOf(t, rows, testMeta().AsOf), encrypted(t, rows[2:], 1, recipients(t, m))
	delta := filepath.Join(t.TempDir(), "x.delta")
	var b bytes.Buffer
	if _, err := WriteDelta(ctx, from, to, m, &b); err != nil {
		t.Fatal(err)
	}
	now := testMeta().AsOf.AddDate(0, 0, 3)
	if _, err := d.Import(ctx, from, ImportOptions{Now: now}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(delta, b.Bytes(), 0o644), os.Chmod(filepath.Join(d.Dir(), machineKeyFile), 0o644)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Import(ctx, delta, ImportOptions{Now: now}); !errors.Is(err, ErrLocked) || errors.Is(err, ErrNoMachineKey) || !strings.Contains(err.Error(), "0600") {
		t.Error(err)
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

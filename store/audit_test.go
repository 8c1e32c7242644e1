package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

func openAudit(t testing.TB, d *Data) *Audit {
	t.Helper()
	a, err := d.OpenAudit(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.Close()
		checkBolt(t, filepath.Join(d.Dir(), auditFile))
	})
	return a
}

func entry(i int) AuditEntry {
	return AuditEntry{Time: now, Action: "verify", FileSHA256: fmt.Sprintf("%064x", i), Indication: "TOTAL-PASSED", Rules: []string{"Y-11"}}
}

func filled(t testing.TB, n int) (*Data, *Audit) {
	d := openData(t)
	a := openAudit(t, d)
	for i := range n {
		if k, cp, err := a.Append(entry(i)); err != nil || k != int64(i) || !strings.HasPrefix(cp, fmt.Sprintf("%s\n%d\n", auditOrigin, i+1)) {
			t.Fatalf("%d %q %v", k, cp, err)
		}
	}
	return d, a
}

func TestAuditLog(t *testing.T) {
	ctx := context.Background()
	d := openData(t)
	if _, err := d.ReadAudit(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no log yet: %v", err)
	}
	d, a := filled(t, 37)
	early, err := a.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = openAudit(t, d) // and go on where it ended
	if k, _, err := a.Append(entry(37)); err != nil || k != 37 {
		t.Fatalf("%d %v", k, err)
	}
	if n, err := a.Verify(ctx, early); err != nil || n != 38 {
		t.Errorf("%d %v", n, err)
	}
	var out bytes.Buffer
	if err := a.Export(ctx, &out, 0); err != nil {
		t.Fatal(err)
	}
	if n, err := CheckExport(ctx, bytes.NewReader(out.Bytes()), a.VerifierKey()); err != nil || n != 38 {
		t.Errorf("%d %v", n, err)
	}
	changed := strings.Replace(out.String(), "TOTAL-PASSED", "TOTAL-FAILED", 1)
	if _, err := CheckExport(ctx, strings.NewReader(changed), a.VerifierKey()); !errors.Is(err, ErrAudit) {
		t.Errorf("changed export: %v", err)
	}
	if _, _, err := a.Append(AuditEntry{}); err == nil {
		t.Error("an entry without a time was taken")
	}
	a.Close()
	r, err := d.ReadAudit()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, _, err := r.Append(entry(1)); err == nil {
		t.Error("appended to a log that is open for reading")
	}
	count := 0
	if err := r.Entries(ctx, 30, func(n int64, e AuditEntry) error { count++; return nil }); err != nil || count != 8 {
		t.Errorf("%d entries, %v", count, err)
	}
}

// Each way of changing the log is found, by the log itself or by a checkpoint that was seen outside.
func TestAuditTampering(t *testing.T) {
	ctx := context.Background()
	update := func(f func(tx *bolt.Tx) error) func(*testing.T, *Data) {
		return func(t *testing.T, d *Data) {
			db, err := bolt.Open(filepath.Join(d.Dir(), auditFile), 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Update(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	other, _ := json.Marshal(entry(99))
	for name, change := range map[string]func(*testing.T, *Data){
		"entry changed": update(func(tx *bolt.Tx) error { return tx.Bucket(bucketEntries).Put(key64(5), other) }),
		"entry deleted": update(func(tx *bolt.Tx) error { return tx.Bucket(bucketEntries).Delete(key64(5)) }),
		"tail cut": update(func(tx *bolt.Tx) error {
			return errors.Join(tx.Bucket(bucketEntries).Delete(key64(19)), tx.Bucket(bucketEntries).Delete(key64(18)))
		}),
		"tail and checkpoints cut": update(func(tx *bolt.Tx) error {
			return errors.Join(tx.Bucket(bucketEntries).Delete(key64(19)), tx.Bucket(bucketCheckpoints).Delete(key64(20)))
		}),
		"hash changed": update(func(tx *bolt.Tx) error { return tx.Bucket(bucketHashes).Put(key64(3), make([]byte, 32)) }),
		"checkpoint swapped": update(func(tx *bolt.Tx) error {
			b := tx.Bucket(bucketCheckpoints)
			return b.Put(key64(4), bytes.Clone(b.Get(key64(3))))
		}),
		"written anew with the key of the machine": func(t *testing.T, d *Data) {
			key, err := os.ReadFile(filepath.Join(d.Dir(), auditSecret))
			if err != nil {
				t.Fatal(err)
			}
			e := openData(t)
			if err := os.MkdirAll(e.Dir(), 0o755); err != nil {
				t.Fatal(err)
			}
			a := openAudit(t, e)
			_ = a.Close()
			vk := verifierOf(t, d)
			update(func(tx *bolt.Tx) error { return tx.Bucket(bucketAuditMeta).Put(keyVerifier, []byte(vk)) })(t, e)
			if err := os.WriteFile(filepath.Join(e.Dir(), auditSecret), key, 0o600); err != nil {
				t.Fatal(err)
			}
			b := openAudit(t, e)
			for i := range 25 {
				if _, _, err := b.Append(entry(i + i/7)); err != nil {
					t.Fatal(err)
				}
			}
			_ = b.Close()
			if err := os.Rename(filepath.Join(e.Dir(), auditFile), filepath.Join(d.Dir(), auditFile)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, a := filled(t, 20)
			witness, err := a.Checkpoint()
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			change(t, d)
			r, err := d.ReadAudit()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if _, err := r.Verify(ctx, witness); !errors.Is(err, ErrAudit) {
				t.Errorf("not found: %v", err)
			}
		})
	}
}

func verifierOf(t *testing.T, d *Data) string {
	t.Helper()
	r, err := d.ReadAudit()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return r.VerifierKey()
}

// A log that is gone must not start again as if nothing had been.
func TestAuditLogIsNeverSilentlyNew(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"gone":     os.Remove,
		"emptied":  func(p string) error { return os.Truncate(p, 0) },
		"cut":      func(p string) error { return os.Truncate(p, 9000) },
		"key gone": func(p string) error { return os.Remove(filepath.Join(filepath.Dir(p), auditSecret)) },
	} {
		d, a := filled(t, 3)
		a.Close()
		if err := change(filepath.Join(d.Dir(), auditFile)); err != nil {
			t.Fatal(err)
		}
		if a, err := d.OpenAudit(rand.Reader); !errors.Is(err, ErrAudit) {
			t.Errorf("%s: %v", name, err)
			a.Close()
		}
		os.Remove(filepath.Join(d.Dir(), auditFile))
	}
}

func BenchmarkAuditAppend(b *testing.B) {
	d := openData(b)
	a, err := d.OpenAudit(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	for i := 0; b.Loop(); i++ {
		if _, _, err := a.Append(entry(i)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPlainAppend is what the log is measured against: the same text at the end of a file, and fsync.
func BenchmarkPlainAppend(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for i := 0; b.Loop(); i++ {
		text, _ := json.Marshal(entry(i))
		if _, err := f.Write(append(text, '\n')); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}

// What is no checkpoint says nothing of the log; one by another key may be of a log that was replaced, key and all.
func TestWitness(t *testing.T) {
	d, a := filled(t, 3)
	_, b := filled(t, 3)
	_ = a.Close()
	a, err := d.ReadAudit()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	own, err := a.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := b.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		witness string
		want    error
	}{
		"none":                 {"", nil},
		"its own":              {own, nil},
		"another log's":        {foreign, ErrAudit},
		"altered":              {strings.Replace(own, "\n3\n", "\n2\n", 1), ErrWitness},
		"cut off":              {own[:len(own)-20], ErrWitness},
		"a text":               {"no certificate\n", ErrWitness},
		"blank":                {"\n", ErrWitness},
		"another key's note":   {strings.Replace(foreign, auditOrigin+"\n3", "go.sum database tree\n3", 1), ErrWitness},
		"longer than any note": {own + strings.Repeat("x", maxCheckpoint), ErrWitness},
	} {
		if _, err := a.Verify(context.Background(), tt.witness); !errors.Is(err, tt.want) || tt.want == ErrWitness && errors.Is(err, ErrAudit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)

// memory is a feed of files by name.
type memory map[string][]byte

func (m memory) Fetch(_ context.Context, name string, offset int64) (io.ReadCloser, error) {
	b, ok := m[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(b[min(offset, int64(len(b))):])), nil
}

func (m memory) add(name string, b []byte) File {
	sum := sha256.Sum256(b)
	f := File{Name: name, Length: int64(len(b)), SHA256: hex.EncodeToString(sum[:])}
	m[f.path()] = b
	return f
}

func TestPartsAreReadInTurn(t *testing.T) {
	ctx := context.Background()
	m := memory{}
	whole := []byte("the first part|the second|and the third")
	o := &Offer{Index: &Index{Parts: []File{m.add("x.000", whole[:15]), m.add("x.001", whole[15:26]), m.add("x.002", whole[26:])}}}
	for offset := range whole {
		got, err := io.ReadAll(o.Snapshot(ctx, m, int64(offset)))
		if err != nil || !bytes.Equal(got, whole[offset:]) {
			t.Errorf("from %d: %q, %v", offset, got, err)
		}
	}
	second := o.Index.Parts[1].path()
	good := m[second]
	for name, bad := range map[string][]byte{"changed": []byte("another one"), "short": good[:4], "gone": nil} {
		if m[second] = bad; bad == nil {
			delete(m, second)
		}
		if got, err := io.ReadAll(o.Snapshot(ctx, m, 0)); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	m[second] = append(bytes.Clone(good), "and more"...) // what follows the signed length is not read
	if got, err := io.ReadAll(o.Snapshot(ctx, m, 0)); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("longer: %q %v", got, err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := io.ReadAll(o.Snapshot(stopped, m, 0)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestIndexRefused(t *testing.T) {
	sum := strings.Repeat("a", 64)
	good := Index{Snapshot: Content{Size: 3}, Parts: []File{{"x.000", 3, sum}}, Deltas: []Delta{{"r", File{"d.000", 1, sum}}}}
	encode := func(f func(*Index)) []byte {
		x := good
		x.Parts, x.Deltas = append([]File(nil), good.Parts...), append([]Delta(nil), good.Deltas...)
		f(&x)
		b, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if _, err := parseIndex(encode(func(*Index) {})); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"no JSON":         []byte("{"),
		"no parts":        encode(func(x *Index) { x.Parts = nil }),
		"sizes disagree":  encode(func(x *Index) { x.Snapshot.Size = 4 }),
		"negative length": encode(func(x *Index) { x.Parts[0].Length = -3 }),
		"way out":         encode(func(x *Index) { x.Parts[0].Name = "../../etc/passwd" }),
		"way out, other":  encode(func(x *Index) { x.Deltas[0].Name = `..\x` }),
		"no hash":         encode(func(x *Index) { x.Parts[0].SHA256 = "x" }),
		"capital hash":    encode(func(x *Index) { x.Deltas[0].SHA256 = strings.Repeat("A", 64) }),
		"too many deltas": encode(func(x *Index) {
			for range maxDeltas {
				x.Deltas = append(x.Deltas, x.Deltas[0])
			}
		}),
	} {
		if _, err := parseIndex(b); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFolderGivesNothingFromOutside(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "feed"), 0o755), os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "secret"), filepath.Join(dir, "feed", "link")); err != nil {
		t.Skip(err)
	}
	f := Folder(filepath.Join(dir, "feed"))
	for _, name := range []string{"../secret", "link", "."} {
		if r, err := f.Fetch(context.Background(), name, 0); err == nil {
			r.Close()
			t.Errorf("%s was read", name)
		}
	}
	if _, err := f.Fetch(context.Background(), "nothing", 0); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestKeysAreKeptToTheirOwner(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k, err := GenerateKeys(3, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Save(dir); err != nil {
		t.Fatal(err)
	}
	if err := k.Save(dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("keys were overwritten: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 7 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	for _, e := range entries {
		if i, err := e.Info(); err != nil || i.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v %v", e.Name(), i.Mode(), err)
		}
	}
	back, err := LoadKeys(dir)
	if err != nil || len(back.Root) != 3 || !back.Targets.Equal(k.Targets) || !back.Timestamp.Equal(k.Timestamp) || !back.SM2.Equal(k.SM2) {
		t.Errorf("%v", err)
	}
}

func TestRolesAreSignedOnlyWithTheirKeys(t *testing.T) {
	k, err := GenerateKeys(2, false)
	if err != nil {
		t.Fatal(err)
	}
	p := &Publisher{Dir: t.TempDir(), Keys: k, Now: now}
	if err := p.Begin("样例", 3); !errors.Is(err, ErrKeyMissing) {
		t.Errorf("threshold of 3 with 2 keys: %v", err)
	}
	if err := p.Refresh(); err == nil {
		t.Error("refreshed nothing")
	}
	if err := p.Begin("样例", 2); err != nil {
		t.Fatal(err)
	}
	if err := p.Begin("样例", 2); err == nil {
		t.Error("begun twice")
	}
	file := filepath.Join(t.TempDir(), "r.db")
	if err := os.WriteFile(file, []byte("abc"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.Keys = &Keys{Targets: k.Targets, Snapshot: k.Snapshot}
	abc := Content{Size: 3, SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}
	if err := p.Publish(context.Background(), file, abc, nil); !errors.Is(err, ErrKeyMissing) {
		t.Errorf("without the timestamp key: %v", err)
	}
	p.Keys = k
	if err := p.Publish(context.Background(), file, abc, nil); err != nil {
		t.Fatal(err)
	}
	// A file that became another one since its hash was taken is not signed.
	if err := os.WriteFile(file, []byte("abd"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := p.Publish(context.Background(), file, abc, nil); err == nil || !strings.Contains(err.Error(), "was changed while") {
		t.Errorf("another file: %v", err)
	}
	root, err := p.RootFile()
	if err != nil {
		t.Fatal(err)
	}
	o, err := Check(context.Background(), Folder(p.Dir), root, State{})
	if err != nil || !o.Issued.Equal(now) || !o.Expires.Equal(now.AddDate(0, 0, timestampDays)) || o.SignedBy != "样例" {
		t.Errorf("%+v %v", o, err)
	}
}

// FuzzMetadata: whatever stands in a feed's files, checking it ends without a panic and without trust.
func FuzzMetadata(f *testing.F) {
	k, err := GenerateKeys(1, false)
	if err != nil {
		f.Fatal(err)
	}
	p := &Publisher{Dir: f.TempDir(), Keys: k, Now: now}
	if err := p.Begin("样例", 1); err != nil {
		f.Fatal(err)
	}
	root, err := p.RootFile()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(root)
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m := memory{"metadata/2.root.json": b, "metadata/timestamp.json": b, "metadata/1.snapshot.json": b}
		for _, state := range []State{{}, {Root: b}, {Timestamp: b, Snapshot: b}} {
			if _, err := Check(context.Background(), m, root, state); err == nil {
				t.Fatal("trusted")
			}
			delete(m, "metadata/2.root.json")
			Newer(state, State{Root: root})
			state.Issued()
		}
		_, _ = parseIndex(b)
	})
}

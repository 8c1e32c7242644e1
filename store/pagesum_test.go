package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// The hash of the pages is another for every other file, whichever bit of it differs.
func TestPagesSumFlips(t *testing.T) {
	ctx := context.Background()
	path := fileOf(t, someRows(400, 5), testMeta().AsOf)
	want, err := open(t, path).pagesSum(ctx)
	if err != nil || want == "" {
		t.Fatal(want, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	other := filepath.Join(t.TempDir(), "other.db")
	read := 0
	for range soak(300, 3000) {
		bit := rng.IntN(len(b) * 8)
		if rng.IntN(4) == 0 {
			bit = rng.IntN(bulkFirstPage * pageSize * 8) // the head is proved in another way than the pages
		}
		b[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(other, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if s, err := OpenSnapshot(other); err == nil {
			got, err := s.pagesSum(ctx)
			s.Close()
			if read++; err != nil || got == want {
				t.Errorf("bit %d: %q, %v", bit, got, err)
			}
		}
		b[bit/8] ^= 1 << (bit % 8)
	}
	if read < 100 {
		t.Errorf("only %d files could be opened", read)
	}
}

// A signed delta is proved by the hash of the pages, and gives the same file.
func TestDeltaByPages(t *testing.T) {
	ctx := context.Background()
	from, _, delta, head := twoDays(t)
	line, body, _ := bytes.Cut(delta, []byte("\n"))
	old := open(t, from)
	with := func(change func(*DeltaHead)) []byte {
		var h DeltaHead
		if err := json.Unmarshal(line, &h); err != nil {
			t.Fatal(err)
		}
		change(&h)
		text, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		return append(append(text, '\n'), body...)
	}
	for _, tt := range []struct {
		name   string
		delta  []byte
		signed bool
		want   error
	}{
		{"by its pages", delta, true, nil},
		{"by its pages, whatever is said of the file", with(func(h *DeltaHead) { h.SHA256 = head.Pages }), true, nil},
		{"other pages", with(func(h *DeltaHead) { h.Pages = head.SHA256 }), true, ErrDelta},
		{"of an earlier version", with(func(h *DeltaHead) { h.Pages = "" }), true, nil},
		{"of an earlier version, another file", with(func(h *DeltaHead) { h.Pages, h.SHA256 = "", head.Pages }), true, ErrDelta},
		{"unsigned, other pages", with(func(h *DeltaHead) { h.Pages = head.SHA256 }), false, nil},
		{"unsigned, another file", with(func(h *DeltaHead) { h.SHA256 = head.Pages }), false, ErrDelta},
		{"goes on", append(bytes.Clone(delta), 0), true, ErrDelta},
	} {
		path := filepath.Join(t.TempDir(), "x.db")
		_, err := applyDelta(ctx, old, bytes.NewReader(tt.delta), path, tt.signed)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err == nil && mustSum(t, path) != head.SHA256 {
			t.Errorf("%s: another file", tt.name)
		}
		if _, serr := os.Stat(path); (serr == nil) != (err == nil) {
			t.Errorf("%s: %v", tt.name, serr)
		}
	}
}

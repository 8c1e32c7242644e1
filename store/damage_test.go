package store

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"zhengyan/verify/rules"
)

// damageOnce changes a copy of a file and asks it for rows that it has and a row that it has not. It returns the number
// of answers that were wrong or missing without an error: there must be none.
func silent(t *testing.T, path string, rows []Row, rng *rand.Rand) (silent int, noticed bool) {
	t.Helper()
	s, err := OpenSnapshot(path)
	if err != nil {
		return 0, true
	}
	defer s.Close()
	if got, want := s.Snapshot(), testMeta(); !got.AsOf.Equal(want.AsOf) || got.Rows != len(rows) || got.RedAge != want.RedAge {
		return 1, false
	}
	for range 40 {
		want := rows[rng.IntN(len(rows))]
		a, err := s.Lookup(context.Background(), rules.RegistryQuery{Kind: want.Kind, Number: want.Number, QRKey: want.QRKey})
		switch {
		case errors.Is(err, ErrDamaged):
			noticed = true
		case err != nil:
			t.Errorf("error of another kind: %v", err)
		case len(a.Records) != 1 || !reflect.DeepEqual(a.Records[0], want):
			silent++
		}
		if a, err := s.Lookup(context.Background(), rules.RegistryQuery{Number: "no such number " + want.Number}); err == nil && a.Found {
			silent++
		} else if err != nil {
			noticed = true
		}
	}
	if err := s.Verify(context.Background(), nil); err != nil {
		noticed = true
	}
	return silent, noticed
}

// No flipped bit, zeroed page, copied page or cut tail may lead to a wrong answer or to "not found", nor kill the program.
func TestDamageIsNeverAnAnswer(t *testing.T) {
	rounds := soak(300, 6000)
	rows := someRows(400, 11)
	for i := range rows {
		rows[i], _ = normalise(rows[i])
	}
	good, err := os.ReadFile(buildFile(t, Rows(rows)))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "damaged.db")
	rng := rand.New(rand.NewPCG(7, 7))
	kinds := map[string]func(b []byte) []byte{
		"flip": func(b []byte) []byte { b[rng.IntN(len(b))] ^= 1 << rng.IntN(8); return b },
		"zero": func(b []byte) []byte {
			p := rng.IntN(len(b) / pageSize)
			clear(b[p*pageSize : (p+1)*pageSize])
			return b
		},
		"copy": func(b []byte) []byte {
			p, q := rng.IntN(len(b)/pageSize), rng.IntN(len(b)/pageSize)
			copy(b[p*pageSize:(p+1)*pageSize], b[q*pageSize:(q+1)*pageSize])
			return b
		},
		"cut": func(b []byte) []byte { return b[:rng.IntN(len(b))] },
		"junk": func(b []byte) []byte {
			for range 8 {
				b[rng.IntN(len(b))] = byte(rng.Uint32())
			}
			return b
		},
	}
	noticed := map[string]int{}
	for name, change := range kinds {
		n := rounds / 6
		if name == "flip" {
			n = rounds / 3
		}
		for range n {
			b := change(append([]byte(nil), good...))
			if err := os.WriteFile(path, b, 0o644); err != nil {
				t.Fatal(err)
			}
			bad, seen := silent(t, path, rows, rng)
			if bad > 0 {
				t.Errorf("%s: %d silent wrong answers", name, bad)
			}
			if seen {
				noticed[name]++
			}
		}
	}
	t.Logf("noticed: %v", noticed)
	if noticed["flip"] == 0 || noticed["cut"] == 0 || noticed["zero"] == 0 {
		t.Error("the test changes nothing that matters")
	}
}

// Without the tree a flipped bit is a wrong answer: the test above can fail.
func TestAFlippedBitDecodesWithoutTheTree(t *testing.T) {
	rows := someRows(400, 11)
	rows[200].Name = "独一无二"
	path := buildFile(t, Rows(rows))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte(rows[200].Name))
	if at < 0 || bytes.Count(b, []byte(rows[200].Name)) != 1 {
		t.Fatal("the name does not stand once in the file")
	}
	b[at+2] ^= 1
	path = filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	q := rules.RegistryQuery{Number: rows[200].Number}
	if a, err := s.Lookup(context.Background(), q); !errors.Is(err, ErrDamaged) || a.Found {
		t.Errorf("with the tree: %+v, %v", a, err)
	}
	s.unverified = true
	if a, err := s.Lookup(context.Background(), q); err != nil || !a.Found || a.Records[0].Name == rows[200].Name {
		t.Errorf("without the tree: %+v, %v", a, err)
	}
}

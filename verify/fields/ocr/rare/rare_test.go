package rare

import (
	"bytes"
	"errors"
	"math"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	h := &Head{Width: 3, Runes: []rune("垚𬭩"), Rows: []float32{0.5, -1.25, 3, 0, 1e-6, -60000}}
	h.Model[0], h.Model[31] = 7, 9
	got, err := Parse(h.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Runes) != "垚𬭩" || got.Model != h.Model || got.Width != 3 {
		t.Errorf("%+v", got)
	}
	for i, v := range h.Rows {
		if math.Abs(float64(got.Rows[i]-v)) > 1e-3*math.Abs(float64(v))+1e-7 {
			t.Errorf("number %d: %v, want %v", i, got.Rows[i], v)
		}
	}
	if !bytes.Equal(got.Bytes(), h.Bytes()) {
		t.Error("written again, the file is another")
	}
}

// TestHalf goes through every half-precision number.
func TestHalf(t *testing.T) {
	for i := range 1 << 16 {
		v := fromHalf(uint16(i))
		if i&0x7c00 == 0x7c00 {
			continue // not finite
		}
		if got := toHalf(v); got != uint16(i) {
			t.Fatalf("%#x is %v is %#x", i, v, got)
		}
	}
	for _, v := range []float32{1e9, 65520, float32(math.Inf(1))} {
		if fromHalf(toHalf(v)) != 65504 {
			t.Errorf("%v becomes %v", v, fromHalf(toHalf(v)))
		}
	}
}

func TestBadFiles(t *testing.T) {
	good := (&Head{Width: 2, Runes: []rune("垚"), Rows: []float32{1, 2}}).Bytes()
	for name, bad := range map[string][]byte{
		"empty": nil, "cut": good[:len(good)-1], "more": append(bytes.Clone(good), 0), "magic": append([]byte("x"), good[1:]...),
		"surrogate": bytes.Replace(bytes.Clone(good), []byte("\x9a\x57\x00\x00"), []byte("\x00\xd8\x00\x00"), 1),
		"infinite":  append(bytes.Clone(good[:len(good)-2]), 0, 0x7c),
	} {
		if _, err := Parse(bad); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRows: what the program carries is sound, and each character stands there once.
func TestRows(t *testing.T) {
	h, err := Parse(Rows())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[rune]bool{}
	for _, r := range h.Runes {
		if seen[r] {
			t.Errorf("%c twice", r)
		}
		seen[r] = true
	}
}

func FuzzParse(f *testing.F) {
	f.Add((&Head{Width: 2, Runes: []rune("垚"), Rows: []float32{1, 2}}).Bytes())
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := Parse(b)
		if err != nil {
			return
		}
		if !bytes.Equal(h.Bytes(), b) {
			t.Error("written again, the file is another")
		}
	})
}

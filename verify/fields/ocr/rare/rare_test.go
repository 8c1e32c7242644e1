package rare

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	h := &Head{
		Trunk: "pool", In: 1, Inner: 3, Project: []float32{0.5, -1.25, 3}, Shift: []float32{0, 1e-6, -60000},
		Runes: []rune("垚𬭩"), Rows: []float32{0.5, 127, -0.25, -3, 0, 64}, Bias: []float32{1, -2},
	}
	h.Model[0], h.Model[31] = 7, 9
	got, err := Parse(h.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Runes) != "垚𬭩" || got.Model != h.Model || got.Trunk != "pool" || got.In != 1 || got.Inner != 3 {
		t.Errorf("%+v", got)
	}
	same := func(what string, got, want []float32, share, least float64) {
		for i, v := range want {
			if math.Abs(float64(got[i]-v)) > share*math.Abs(float64(v))+least {
				t.Errorf("%s %d: %v, want %v", what, i, got[i], v)
			}
		}
	}
	same("first layer", got.Project, h.Project, 1e-3, 1e-7)
	same("shift", got.Shift, h.Shift, 1e-3, 1e-7)
	same("bias", got.Bias, h.Bias, 1e-3, 1e-7)
	same("row", got.Rows, h.Rows, 0, 0.51) // in steps of a 127th of the largest
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

func small() *Head {
	return &Head{
		Trunk: "pool", In: 1, Inner: 1, Project: []float32{1}, Shift: []float32{2},
		Runes: []rune("垚"), Rows: []float32{3}, Bias: []float32{4},
	}
}

func TestBadFiles(t *testing.T) {
	good := small().Bytes()
	if _, err := Parse(good); err != nil {
		t.Fatal(err)
	}
	put := func(at int, b ...byte) []byte {
		c := bytes.Clone(good)
		copy(c[at:], b)
		return c
	}
	name := len(magic) + 32
	for what, bad := range map[string][]byte{
		"empty": nil, "cut": good[:len(good)-1], "more": append(bytes.Clone(good), 0), "magic": append([]byte("x"), good[1:]...),
		"surrogate":    bytes.Replace(bytes.Clone(good), []byte("\x9a\x57\x00\x00"), []byte("\x00\xd8\x00\x00"), 1),
		"infinite":     put(name+1+4+12, 0, 0x7c),
		"long name":    put(name, 255),
		"no Unicode":   put(name+1, 0xff),
		"nothing seen": put(name+5, 0, 0, 0, 0),
		"many rows":    put(name+13, 0xff, 0xff, 0xff, 0xff),
	} {
		if _, err := Parse(bad); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", what, err)
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
	f.Add(small().Bytes())
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := Parse(b)
		if err != nil {
			return
		}
		// A file whose steps are not the smallest is not given back byte by byte; what it says is.
		again, err := Parse(h.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if string(again.Runes) != string(h.Runes) || again.Trunk != h.Trunk || !slices.Equal(again.Project, h.Project) || !slices.Equal(again.Bias, h.Bias) {
			t.Error("written again, the head is another")
		}
	})
}

package figures_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"testing"

	"zhengyan/verify/fields/ocr/figures"
)

func small() *figures.Head {
	h := &figures.Head{Trunk: "trunk", In: 2, Classes: 3, Bias: []float32{0.5, -1, 0}}
	for i := range h.Classes * h.In * figures.Steps {
		h.Rows = append(h.Rows, float32(i%7)-3)
	}
	h.Model[0] = 9
	return h
}

func TestParse(t *testing.T) {
	b := small().Bytes()
	h, err := figures.Parse(b)
	if err != nil || h.Trunk != "trunk" || h.Model[0] != 9 || !slices.Equal(h.Bias, small().Bias) {
		t.Fatalf("%+v, %v", h, err)
	}
	for i, v := range small().Rows {
		if math.Abs(float64(v-h.Rows[i])) > 1e-3 {
			t.Fatalf("number %d: %v, was %v", i, h.Rows[i], v)
		}
	}
	change := func(at int, v uint32) []byte {
		c := bytes.Clone(b)
		binary.LittleEndian.PutUint32(c[at:], v)
		return c
	}
	name := 8 + 32 + 1 + len("trunk")
	for what, bad := range map[string][]byte{
		"nothing": nil, "another file": []byte("ZYRARE2\n"), "cut": b[:len(b)-1], "more": append(bytes.Clone(b), 0),
		"no class": change(name, 2), "many numbers": change(name, 0xffff), "a bias without a value": change(name+4, math.Float32bits(float32(math.NaN()))),
		"an infinite step": change(name+8, math.Float32bits(float32(math.Inf(1)))), "a step too large": change(name+8, math.Float32bits(1e38)),
		"a name too long": append(append(bytes.Clone(b[:40]), 200), b[41:]...),
	} {
		if _, err := figures.Parse(bad); !errors.Is(err, figures.ErrFormat) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestRows: the program carries a head of the classes that package ocr counts.
func TestRows(t *testing.T) {
	h, err := figures.Parse(figures.Rows())
	if err != nil {
		t.Fatal(err)
	}
	if h.Classes != 19 || h.In != 600 {
		t.Errorf("%d classes of %d numbers", h.Classes, h.In)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small().Bytes())
	f.Add([]byte("ZYFIGS1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := figures.Parse(b)
		if err != nil {
			return
		}
		if again, err := figures.Parse(h.Bytes()); err != nil || again.In != h.In || again.Classes != h.Classes {
			t.Fatalf("%v", err)
		}
	})
}

package ocr

import (
	"context"
	"image"
	"image/color"
	"math/rand/v2"
	"runtime/debug"
	"testing"
)

// noise is a net that finds print anywhere and reads anything: what the code around the nets must bear.
type noise struct {
	rng     *rand.Rand
	classes int // 0: a detector
}

func (n *noise) close() {}

func (n *noise) run(_ []float32, shape [4]int) ([]float32, []int, error) {
	if n.classes == 0 {
		out := make([]float32, shape[2]*shape[3])
		for range n.rng.IntN(12) { // bars, as lines of print leave them
			x, y := n.rng.IntN(shape[3]), n.rng.IntN(shape[2])
			w, h := 1+n.rng.IntN(shape[3]), 1+n.rng.IntN(12)
			if n.rng.IntN(3) == 0 {
				w, h = h, w
			}
			for dy := range h {
				for dx := range w {
					if x+dx < shape[3] && y+dy < shape[2] {
						out[(y+dy)*shape[3]+x+dx] = n.rng.Float32()/3 + 0.67
					}
				}
			}
		}
		return out, []int{1, 1, shape[2], shape[3]}, nil
	}
	steps := shape[3] / frameWidth
	out := make([]float32, steps*n.classes)
	speaks := n.rng.IntN(4) > 0 // or else is blank all along
	for t := range steps {
		k := 0
		if speaks && n.rng.IntN(2) == 0 {
			k = n.rng.IntN(n.classes)
		}
		out[t*n.classes+k] = n.rng.Float32()
	}
	return out, []int{1, steps, n.classes}, nil
}

// FuzzLines: no size of picture, whatever the nets say of it, fails to be read.
func FuzzLines(f *testing.F) {
	for i, s := range [][2]uint16{{1, 1}, {7, 900}, {8, 8}, {9, 3000}, {3000, 9}, {40, 12}, {12, 40}, {300, 20}, {20, 300}} {
		f.Add(s[0], s[1], uint64(i))
	}
	keys := []string{"", "0", "1", "8", "样", "-", " ", "证"}
	f.Fuzz(func(t *testing.T, w, h uint16, seed uint64) {
		if w == 0 || h == 0 || int(w)*int(h) > 200_000 {
			t.Skip()
		}
		defer func() {
			if p := recover(); p != nil {
				t.Fatalf("%d × %d, seed %d: %v\n%s", w, h, seed, p, debug.Stack())
			}
		}()
		rng := rand.New(rand.NewPCG(seed, uint64(w)<<16|uint64(h)))
		r := &Reader{
			det: &noise{rng: rng}, rec: &noise{rng: rng, classes: len(keys)},
			alphabet: newAlphabet(keys[:len(keys)-1], keys[len(keys)-1:]), slots: make(chan struct{}, 1),
		}
		img := image.NewRGBA(image.Rect(0, 0, int(w), int(h)))
		for i := range img.Pix {
			img.Pix[i] = 255
		}
		for range rng.IntN(40) {
			x, y := rng.IntN(int(w)), rng.IntN(int(h))
			for d := range rng.IntN(12) {
				img.Set(x+d, y, color.RGBA{uint8(rng.IntN(256)), 0, 0, 255})
			}
		}
		if _, err := r.ReadPage(context.Background(), img, 0); err != nil {
			t.Errorf("%d × %d, seed %d: %v", w, h, seed, err)
		}
		if _, err := r.ReadLine(context.Background(), img); err != nil {
			t.Errorf("%d × %d, seed %d: %v", w, h, seed, err)
		}
	})
}

// TestVoteOfNothing: of three readings two may be blank.
func TestVoteOfNothing(t *testing.T) {
	a := []symbol{{r: '1', conf: 0.9}, {r: '8', conf: 0.9}}
	for _, c := range []struct {
		b, c []symbol
		want string
		most float64
	}{
		{nil, nil, "", 1}, // two of three saw nothing
		{nil, a, "18", outvoted},
		{a[:1], nil, "18", (outvoted + unconfirmed) / 2}, // 8 has no other reading
	} {
		l := reading{syms: vote(a, c.b, c.c)}
		if l.text() != c.want || l.confidence() > c.most {
			t.Errorf("%v and %v: %q at %.2f", c.b, c.c, l.text(), l.confidence())
		}
	}
}

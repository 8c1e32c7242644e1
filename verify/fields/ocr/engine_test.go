//go:build cgo

package ocr

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// engine loads the library of the working tree, or the one that the environment names.
func engine(t testing.TB) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(root)
		if up == root {
			t.Skip("not in the module's tree")
		}
		root = up
	}
	paths := Libraries(filepath.Join(root, "build"))
	if named := os.Getenv("ZHENGYAN_ONNXRUNTIME"); named != "" {
		paths = []string{named, filepath.Join(root, named)}
	}
	if _, err := startEngine(existing(paths)); err != nil {
		t.Skip(err)
	}
	return root
}

// TestFoldedNumbers: nets that were folded give the numbers that they gave, at the borders too.
func TestFoldedNumbers(t *testing.T) {
	root := engine(t)
	type sample struct {
		name  string
		model []byte
		shape [4]int
	}
	samples := []sample{
		{"bare", block(false), [4]int{1, 2, 5, 7}}, {"padded", block(true), [4]int{1, 2, 5, 7}},
	}
	for _, name := range []string{DetectorFile, RecogniserFile} {
		if b, err := os.ReadFile(filepath.Join(root, "assets", "models", name)); err == nil {
			samples = append(samples, sample{name, b, map[string][4]int{DetectorFile: {1, 3, 96, 160}, RecogniserFile: {1, 3, 48, 168}}[name]})
		}
	}
	r := rand.New(rand.NewPCG(3, 5))
	for _, s := range samples {
		in := make([]float32, s.shape[1]*s.shape[2]*s.shape[3])
		for i := range in {
			in[i] = 2*r.Float32() - 1
		}
		numbers := func(m []byte) []float32 {
			n, err := loadNet(m)
			if err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
			defer n.close()
			out, _, err := n.run(in, s.shape)
			if err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
			return out
		}
		want := numbers(s.model)
		for _, blocked := range []bool{false, true} {
			m, err := folded(s.model, blocked)
			if err != nil {
				t.Fatal(err)
			}
			got := numbers(m)
			if len(got) != len(want) {
				t.Fatalf("%s: %d numbers, not %d", s.name, len(got), len(want))
			}
			worst := 0.0
			for i := range want {
				worst = max(worst, math.Abs(float64(got[i]-want[i])))
			}
			if !(worst < 1e-4) {
				t.Errorf("%s, blocked %v: off by %g", s.name, blocked, worst)
			}
		}
	}
}

package order

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestNth(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 2, 16, 17, 18, 100, 1000} {
		for _, kinds := range []int{1, 3, 1 << 20} {
			v := make([]float32, n)
			for i := range v {
				v[i] = float32(rng.IntN(kinds)) / 7
			}
			want := slices.Sorted(slices.Values(v))
			for _, k := range []int{0, n / 3, n / 2, n - 1} {
				if got := Nth(slices.Clone(v), k); got != want[k] {
					t.Fatalf("%d values of %d kinds: place %d holds %g, want %g", n, kinds, k, got, want[k])
				}
			}
		}
	}
}

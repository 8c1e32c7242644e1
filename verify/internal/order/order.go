// Package order finds values by their rank.
package order

import (
	"cmp"
	"slices"
)

// few is how many values are sorted rather than parted once more.
const few = 16

// Nth is the value that would stand at place k, 0 ≤ k < len(v), if v were sorted (Hoare's selection); it reorders v. None of the
// values may be NaN.
func Nth[T cmp.Ordered](v []T, k int) T {
	lo, hi := 0, len(v)-1
	for hi-lo > few {
		a, b, c := v[lo], v[(lo+hi)/2], v[hi]
		mid := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for v[i] < mid {
				i++
			}
			for v[j] > mid {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return v[k]
		}
	}
	slices.Sort(v[lo : hi+1])
	return v[k]
}

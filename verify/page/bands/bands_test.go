package bands

import (
	"slices"
	"testing"
)

// Every row is done once, however many there are.
func TestDo(t *testing.T) {
	for _, rows := range []int{0, 1, 255, 256, 511, 513, 4099} {
		done := make([]int, rows)
		Do(rows, func(from, to int) {
			for y := from; y < to; y++ {
				done[y]++
			}
		})
		if slices.ContainsFunc(done, func(n int) bool { return n != 1 }) {
			t.Errorf("%d rows: not each once", rows)
		}
	}
}

// A panic in one of the bands comes to the caller.
func TestPanic(t *testing.T) {
	defer func() {
		if p := recover(); p != "broken" {
			t.Errorf("panic %v", p)
		}
	}()
	Do(2000, func(int, int) { panic("broken") })
}

package sheet

import (
	"math"
	"testing"

	"zhengyan/verify/page"
)

func TestProjection(t *testing.T) {
	q := [4]page.Point{{X: 10, Y: 20}, {X: 210, Y: 5}, {X: 230, Y: 310}, {X: 3, Y: 290}}
	m := projection(100, 140, q)
	for i, p := range [4][2]float64{{0, 0}, {100, 0}, {100, 140}, {0, 140}} {
		if got := m.at(p[0], p[1]); math.Hypot(got.X-q[i].X, got.Y-q[i].Y) > 1e-9 {
			t.Errorf("corner %d at %v, want %v", i, got, q[i])
		}
	}
}

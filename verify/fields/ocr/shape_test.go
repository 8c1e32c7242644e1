package ocr

import (
	"math"
	"math/rand/v2"
	"testing"
)

func near(a, b, tol float64) bool { return math.Abs(a-b) <= tol }

// TestBound: the smallest rectangle around points of a turned rectangle is that rectangle.
func TestBound(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		want := rectangle{pt{300, 200}, 60 + 60*rng.Float64(), 5 + 20*rng.Float64(), (rng.Float64() - 0.5) * math.Pi}
		q := want.quad()
		ps := append([]pt(nil), q[:]...)
		for range 300 {
			ps = append(ps, q.at(rng.Float64(), rng.Float64()))
		}
		got := bound(hull(ps))
		if !near(got.hw, want.hw, 1e-6) || !near(got.hh, want.hh, 1e-6) || !near(got.c.x, 300, 1e-6) ||
			math.Abs(math.Remainder(got.angle-want.angle, math.Pi)) > 1e-6 {
			t.Fatalf("%+v, want %+v", got, want)
		}
	}
}

func TestHullOfFewPoints(t *testing.T) {
	for _, ps := range [][]pt{nil, {{1, 1}}, {{1, 1}, {1, 1}}, {{1, 1}, {2, 2}}} {
		if h := hull(ps); len(h) > 2 {
			t.Errorf("hull of %v: %v", ps, h)
		}
	}
}

// TestCores: bars of the map become lines, grown back, at their angle; weak and tiny ones do not.
func TestCores(t *testing.T) {
	const w, h = 320, 240
	prob := make([]float32, w*h)
	draw := func(r rectangle, v float32) {
		s, c := math.Sincos(r.angle)
		for y := range h {
			for x := range w {
				dx, dy := float64(x)+0.5-r.c.x, float64(y)+0.5-r.c.y
				if math.Abs(dx*c+dy*s) <= r.hw && math.Abs(-dx*s+dy*c) <= r.hh {
					prob[y*w+x] = v
				}
			}
		}
	}
	draw(rectangle{pt{160, 60}, 100, 5, 0.05}, 0.9)
	draw(rectangle{pt{160, 120}, 80, 5, 0}, 0.4) // too weak
	draw(rectangle{pt{160, 180}, 1, 1, 0}, 0.9)  // too small
	draw(rectangle{pt{40, 200}, 30, 6, -0.1}, 0.8)
	got := cores(prob, w, h, 2, 2)
	if len(got) != 2 {
		t.Fatalf("%d lines, want 2: %+v", len(got), got)
	}
	grow := 4 * 100.0 * 5 * growth / (4 * 105)
	l := got[0]
	if q := l.quad; !near(q.width(), 2*(200+2*grow), 8) || !near(q.height(), 2*(10+2*grow), 6) || !near(q.angle(), 0.05, 0.02) || !near(q.centre().x, 320, 3) {
		t.Errorf("width %v height %v angle %v centre %v", q.width(), q.height(), q.angle(), q.centre())
	}
	if a := got[1].quad.angle(); !near(a, -0.1, 0.05) {
		t.Errorf("angle %v", a)
	}
}

func TestCoresAreBounded(t *testing.T) {
	const w, h = 400, 400
	prob := make([]float32, w*h)
	for y := 0; y+3 < h; y += 5 {
		for x := 0; x+3 < w; x += 5 {
			for d := range 9 {
				prob[(y+d/3)*w+x+d%3] = 1
			}
		}
	}
	if n := len(cores(prob, w, h, 1, 1)); n > maxLines {
		t.Errorf("%d lines", n)
	}
}

func line(x, y, w, h, angle float64) found {
	r := rectangle{pt{x, y}, w / 2, h / 2, angle}
	q := r.quad()
	return found{quad: q, hull: q[:], ink: 0.8}
}

func TestSkew(t *testing.T) {
	at := func(angle float64) []found {
		var ls []found
		for i := range 9 {
			ls = append(ls, line(300, 100+40*float64(i), 200+10*float64(i), 20, angle+0.001*float64(i-4)))
		}
		return append(ls, line(300, 600, 60, 30, 0.5)) // a watermark does not count
	}
	for _, c := range []struct {
		angle   float64
		upright bool
	}{{0, false}, {0.05, false}, {-0.08, false}, {math.Pi / 2, true}, {math.Pi/2 - 0.04, true}, {-math.Pi/2 + 0.03, true}} {
		angle, upright := skew(at(c.angle))
		want := math.Remainder(c.angle, math.Pi/2)
		if upright != c.upright || !near(angle, want, 0.01) {
			t.Errorf("lines at %v: skew %v, upright %v", c.angle, angle, upright)
		}
	}
	if a, up := skew(nil); a != 0 || up {
		t.Error("skew of nothing")
	}
}

// TestStraighten: a line's quad begins where one begins to read, for each quarter turn of the page.
func TestStraighten(t *testing.T) {
	for q := range 4 {
		dir := 0.03 + float64(q)*math.Pi/2
		long := line(300, 300, 200, 20, math.Remainder(dir, math.Pi))
		short := line(300, 300, 22, 20, 0.7)
		for _, f := range []found{long, short} {
			got := f.straighten(0.03, q)
			if d := math.Remainder(got.angle()-dir, 2*math.Pi); math.Abs(d) > 0.01 {
				t.Errorf("quarter %d: the line runs at %v, want %v", q, got.angle(), dir)
			}
		}
	}
}

func TestJoined(t *testing.T) {
	p := func(x0, x1, y, h, ink float64) piece {
		return piece{quad{{x0, y - h/2}, {x1, y - h/2}, {x1, y + h/2}, {x0, y + h/2}}, ink}
	}
	for _, c := range []struct {
		name   string
		pieces []piece
		want   int
	}{
		{"overlapping", []piece{p(0, 100, 50, 20, 0.8), p(95, 200, 51, 21, 0.8)}, 1},
		{"touching, three", []piece{p(205, 300, 50, 20, 0.8), p(0, 100, 50, 20, 0.8), p(104, 200, 50, 20, 0.8)}, 1},
		{"label and value apart", []piece{p(0, 100, 50, 20, 0.8), p(130, 200, 50, 20, 0.8)}, 2},
		{"lines one under the other", []piece{p(0, 100, 50, 20, 0.8), p(0, 100, 70, 20, 0.8)}, 2},
		{"another size", []piece{p(0, 100, 50, 20, 0.8), p(101, 200, 50, 34, 0.8)}, 2},
		{"the back of the page", []piece{p(0, 100, 50, 20, 0.8), p(101, 200, 50, 20, 0.12)}, 2},
	} {
		if got := joined(c.pieces, 0); len(got) != c.want {
			t.Errorf("%s: %d lines, want %d", c.name, len(got), c.want)
		}
	}
	got := joined([]piece{p(0, 100, 50, 20, 0.8), p(95, 200, 51, 21, 0.8)}, 0)[0]
	if !near(got.width(), 200, 1) || !near(got.height(), 21.5, 1.5) {
		t.Errorf("joined: %v by %v", got.width(), got.height())
	}
}

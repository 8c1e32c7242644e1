package camera

import (
	"math"
	"math/rand/v2"
)

// Split is a set of pictures: what is tuned on must not be measured on.
type Split int

// The splits. Their pictures differ in seed, in the ranges of most parameters, and in what Specs prints.
const (
	Dev Split = iota
	Test
)

func (s Split) String() string { return [...]string{"dev", "test"}[s] }

func (s Split) rng(what uint64, i int) *rand.Rand {
	return rand.New(rand.NewPCG(0x646576+uint64(s)*0x74657374, what<<32+uint64(i)))
}

// Photo gives the i-th shot of a split and the seed to take it with. Desks go round, so that eight in a row show all.
func Photo(split Split, i int) (Shot, uint64) {
	r := split.rng(1, i)
	between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	chance := func(p float64) bool { return r.Float64() < p }
	lean, turn := 14.0, 8.0
	if split == Test {
		lean, turn = 18, 11
	}
	s := Shot{
		Desk: Desk(i % Desks), Width: 2250, Height: 3000,
		Pitch: between(-lean, lean), Yaw: between(-lean*0.7, lean*0.7), Roll: between(-turn, turn),
		Fill: between(0.74, 0.94), AimX: between(-0.8, 0.8), AimY: between(-0.8, 0.8),
		Focal: between(0.70, 0.95), Lens: between(-0.012, 0.008),
		Defocus: between(0.3, 1.0), Gradient: between(0, 0.35), Exposure: between(0.85, 1.1),
		Noise: between(1, 4), Quality: 78 + r.IntN(16),
		Tint: [3]float64{between(0.95, 1.05), 1, between(0.86, 1.06)},
	}
	if split == Test {
		s.Fill, s.Focal, s.Gradient, s.Noise = between(0.70, 0.95), between(0.66, 1.05), between(0, 0.42), between(0.8, 4.5)
	}
	if chance(0.3) {
		s.Width, s.Height = 1800, 2400
	}
	if chance(0.1) { // a phone held level: the page takes less of the picture
		s.Width, s.Height = s.Height, s.Width
		s.Fill = between(0.86, 0.96)
	}
	if chance(0.15) {
		s.Roll += 90 * float64(1+r.IntN(3))
	}
	if math.Mod(math.Abs(s.Roll)+45, 180) > 90 && s.Width < s.Height {
		s.Fill = min(s.Fill, 0.92)
	}
	if chance(0.4) {
		s.Shadows, s.ShadowDepth = 1+r.IntN(2), between(0.15, 0.45)
	}
	if chance(0.2) {
		s.Motion, s.MotionAngle = between(1.5, 3.5), between(0, 180)
	}
	if chance(0.15) {
		s.Exposure, s.Noise = between(0.3, 0.5), between(3, 6)
	}
	if chance(0.12) {
		s.Moire = between(0.01, 0.04)
	}
	if chance(0.15) {
		s.Curl, s.CurlAngle, s.CurlCorner = between(0.5, 2.5), between(0, 180), chance(0.5)
	}
	if chance(0.5) {
		s.PrintScale = between(0.955, 0.985)
	}
	s.Chat = chance(0.25)
	return s, r.Uint64()
}

// ScanShot gives the i-th scan of a split and its seed: every resolution, colour and grey, and skew up to 5°.
func ScanShot(split Split, i int) (Scan, uint64) {
	r := split.rng(2, i)
	between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	chance := func(p float64) bool { return r.Float64() < p }
	dpi := []float64{200, 150, 300, 100, 200, 240}
	s := Scan{
		DPI: dpi[i%len(dpi)], Mode: ScanMode(i / len(dpi) % 2), Skew: between(-1.5, 1.5), OffX: between(-2, 2), OffY: between(-2, 2),
		Scale: between(0.965, 1), Blur: between(0.2, 0.7), Noise: between(0.8, 3), Shade: between(0, 0.04),
		White: between(238, 255), Quality: 65 + r.IntN(28),
	}
	if split == Test {
		s.Blur, s.Noise, s.White, s.Quality = between(0.2, 0.85), between(0.6, 3.6), between(232, 256), 60+r.IntN(34)
	}
	if chance(0.2) {
		s.Skew = between(-5, 5)
	}
	if chance(0.2) {
		s.Streaks = 1 + r.IntN(3)
	}
	if chance(0.15) {
		s.ShowsBack = between(0.02, 0.08)
	}
	s.BlackLid = chance(0.15)
	return s, r.Uint64()
}

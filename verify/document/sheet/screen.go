package sheet

import (
	"math"

	"zhengyan/verify/page"
)

// A monitor's pixels, photographed, are a fine grid over the page and not over what lies around it. It shows in the
// spectrum of rows of pixels as one narrow peak, the same all over the page. Photos from so far that the grid is finer
// than the camera's own pixels do not show it.
const (
	patch      = 64 // pixels
	patchRows  = 12
	screenFrom = 10   // lowest frequency that is looked at: periods up to 6.4 pixels
	screenPeak = 12.0 // times the median of the spectrum
	screenSame = 0.6  // of the patches that must show the same peak
)

// onScreen reports whether the sheet seems to be shown on a monitor.
func (p *pixels) onScreen(c [4]page.Point) bool {
	h, ok := homographyOf(c, 1, 1)
	if !ok {
		return false
	}
	var waves [2][patch]float64 // sine and cosine of one turn
	for i := range patch {
		waves[0][i], waves[1][i] = math.Sincos(2 * math.Pi * float64(i) / patch)
	}
	for _, down := range [2]bool{false, true} {
		count := map[int]int{}
		n := 0
		for i := range 8 {
			for j := range 8 {
				q := h.ToPicture(page.Point{X: 0.06 + 0.125*float64(i), Y: 0.06 + 0.125*float64(j)})
				f, ok, inside := p.peak(&waves, int(q.X), int(q.Y), down)
				if !inside {
					continue
				}
				n++
				if ok {
					// Perspective shifts the peak a little from patch to patch.
					count[f/4]++
					count[(f+2)/4+1000]++
				}
			}
		}
		best := 0
		for _, v := range count {
			best = max(best, v)
		}
		if n >= 3 && float64(best) >= screenSame*float64(n) {
			return true
		}
	}
	return false
}

// peak is the frequency that stands out in the spectrum of the pixels around a place.
func (p *pixels) peak(waves *[2][patch]float64, x, y int, down bool) (freq int, ok, inside bool) {
	if x < patch/2 || y < patch/2 || x >= p.w-patch/2 || y >= p.h-patch/2 {
		return 0, false, false
	}
	if !p.blank(x, y) {
		return 0, false, false
	}
	var power [patch / 2]float64
	sin, cos := &waves[0], &waves[1]
	for r := range patchRows {
		var v [patch]float64
		mean := 0.0
		for i := range patch {
			px, py := x-patch/2+i, y-patch/2+r*patch/patchRows
			if down {
				px, py = x-patch/2+r*patch/patchRows, y-patch/2+i
			}
			l, _, _ := p.at(px, py)
			v[i] = float64(l)
			mean += v[i] / patch
		}
		for i := range v { // Hann's window
			v[i] = (v[i] - mean) * (0.5 - 0.5*cos[i])
		}
		for k := screenFrom; k < patch/2; k++ {
			re, im := 0.0, 0.0
			for i := range v {
				q := k * i % patch
				re += v[i] * cos[q]
				im += v[i] * sin[q]
			}
			power[k] += re*re + im*im
		}
	}
	best, sum := screenFrom, 0.0
	for k := screenFrom; k < patch/2; k++ {
		sum += math.Log(power[k] + 1)
		if power[k] > power[best] {
			best = k
		}
	}
	typical := math.Exp(sum / (patch/2 - screenFrom))
	return best, power[best] > screenPeak*typical, true
}

// blank reports whether the pixels around a place are of one brightness, fine grain aside: paper without print.
func (p *pixels) blank(x, y int) bool {
	const cell = 16
	lo, hi := int32(math.MaxInt32), int32(0)
	for cy := y - patch/2; cy < y+patch/2; cy += cell {
		for cx := x - patch/2; cx < x+patch/2; cx += cell {
			var sum, n int32
			for dy := 0; dy < cell; dy += 3 {
				for dx := range cell {
					l, _, _ := p.at(cx+dx, cy+dy)
					sum, n = sum+l, n+1
				}
			}
			lo, hi = min(lo, sum/n), max(hi, sum/n)
		}
	}
	return hi-lo <= hi/10+2
}

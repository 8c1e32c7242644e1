package sim

import (
	"image"
	"math"
	"math/rand/v2"

	"zhengyan/verify/verifytest/pen"
)

// mmOf is the number of pixels in a millimetre on the page as it is drawn.
const (
	pageDPI = 300.0
	mm      = pageDPI / 25.4
)

// blend lays a colour over the page where the mask says so; with mul it multiplies, as ink does.
func blend(img *image.RGBA, m *image.Alpha, x, y int, col [3]float64, strength float64, mul bool) {
	r := m.Rect.Add(image.Pt(x, y)).Intersect(img.Rect)
	for py := r.Min.Y; py < r.Max.Y; py++ {
		for px := r.Min.X; px < r.Max.X; px++ {
			a := float64(m.AlphaAt(px-x, py-y).A) / 255 * strength
			if a == 0 {
				continue
			}
			o := img.PixOffset(px, py)
			for k := range 3 {
				v := float64(img.Pix[o+k])
				to := col[k] * 255
				if mul {
					to = v * col[k]
				}
				img.Pix[o+k] = uint8(v + (to-v)*a + 0.5)
			}
		}
	}
}

// worn takes away what a ball leaves bare along its way, in patches.
func worn(m *image.Alpha, share float64, rng *rand.Rand) {
	if share <= 0 {
		return
	}
	const cell = 3
	w := m.Rect.Dx()/cell + 2
	grid := make([]float64, w*(m.Rect.Dy()/cell+2))
	for i := range grid {
		grid[i] = rng.Float64()
	}
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			o := m.PixOffset(x, y)
			if m.Pix[o] == 0 {
				continue
			}
			v := grid[y/cell*w+x/cell]
			if v < share {
				m.Pix[o] = uint8(float64(m.Pix[o]) * (0.35 + 0.4*v/share))
			} else if v < 2*share {
				m.Pix[o] = uint8(float64(m.Pix[o]) * 0.85)
			}
		}
	}
}

// extent is the size of writing in its unit box.
func extent(s [][]pen.Point) (w, h float64) {
	for _, q := range s {
		for _, p := range q {
			w, h = math.Max(w, p.X), math.Max(h, p.Y)
		}
	}
	return max(w, 0.05), max(h, 0.05)
}

// downwards writes a name one character below the other.
func downwards(w *pen.Writer, name string, variant uint64) [][]pen.Point {
	var out [][]pen.Point
	rs := []rune(name)
	if len(rs) > 4 || rs[0] < 0x2e80 { // Latin names are not written so
		return w.Sign(name, variant)
	}
	n := float64(len(rs))
	for i, r := range rs {
		for _, s := range w.Sign(string(r), variant) {
			q := make([]pen.Point, len(s))
			for k, p := range s {
				q[k] = pen.Point{X: p.X / n, Y: (p.Y + float64(i)*1.05) / n, W: p.W}
			}
			out = append(out, q)
		}
	}
	return out
}

// digits are the strokes of 0 to 9 and a dot in a box of 0.6 x 1.
func digits(r rune) [][][2]float64 {
	switch r {
	case '0':
		return [][][2]float64{{{0.3, 0}, {0.05, 0.3}, {0.05, 0.7}, {0.3, 1}, {0.55, 0.7}, {0.55, 0.3}, {0.32, 0.02}}}
	case '1':
		return [][][2]float64{{{0.2, 0.15}, {0.32, 0}, {0.3, 1}}}
	case '2':
		return [][][2]float64{{{0.05, 0.25}, {0.3, 0}, {0.52, 0.25}, {0.05, 1}, {0.58, 0.97}}}
	case '3':
		return [][][2]float64{{{0.05, 0.1}, {0.4, 0}, {0.5, 0.25}, {0.2, 0.47}, {0.55, 0.7}, {0.3, 1}, {0.05, 0.9}}}
	case '4':
		return [][][2]float64{{{0.35, 0}, {0.03, 0.65}, {0.58, 0.62}}, {{0.42, 0.3}, {0.4, 1}}}
	case '5':
		return [][][2]float64{{{0.5, 0}, {0.15, 0.02}, {0.1, 0.45}, {0.5, 0.5}, {0.45, 0.95}, {0.05, 0.97}}}
	case '6':
		return [][][2]float64{{{0.45, 0}, {0.08, 0.6}, {0.3, 1}, {0.53, 0.75}, {0.1, 0.62}}}
	case '7':
		return [][][2]float64{{{0.03, 0.02}, {0.55, 0}, {0.25, 1}}}
	case '8':
		return [][][2]float64{{{0.5, 0.15}, {0.15, 0.1}, {0.5, 0.75}, {0.25, 1}, {0.1, 0.75}, {0.5, 0.15}}}
	case '9':
		return [][][2]float64{{{0.5, 0.3}, {0.15, 0.4}, {0.2, 0.05}, {0.5, 0.1}, {0.42, 1}}}
	}
	return [][][2]float64{{{0.15, 0.95}, {0.22, 1}}}
}

// dateStrokes writes a day by hand, a character a unit of height.
func dateStrokes(s string, rng *rand.Rand) [][]pen.Point {
	var out [][]pen.Point
	x := 0.0
	for _, r := range s {
		for _, st := range digits(r) {
			var q []pen.Point
			for _, p := range st {
				q = append(q, pen.Point{X: (x + p[0] + 0.04*rng.NormFloat64()) / 6, Y: max(0, p[1]+0.05*rng.NormFloat64()) / 6, W: 1})
			}
			out = append(out, q)
		}
		if x += 0.8; r == '.' {
			x -= 0.35
		}
	}
	return out
}

// curve is a smooth random line of a length, for hairs, as a mask of the given size.
func curve(rng *rand.Rand, length, width float64) (*image.Alpha, float64) {
	a := rng.Float64() * 2 * math.Pi
	bend := rng.NormFloat64() * 0.08
	var pts []pen.Point
	x, y := 0.0, 0.0
	minX, minY, maxX, maxY := 0.0, 0.0, 0.0, 0.0
	for t := 0.0; t < length; t += 0.4 {
		bend += rng.NormFloat64() * 0.012
		bend *= 0.995
		a += bend * 0.4
		x += 0.4 * math.Cos(a)
		y += 0.4 * math.Sin(a)
		pts = append(pts, pen.Point{X: x, Y: y, W: 1})
		minX, minY, maxX, maxY = min(minX, x), min(minY, y), max(maxX, x), max(maxY, y)
	}
	long := max(maxX-minX, maxY-minY, 1)
	for i := range pts {
		pts[i].X = (pts[i].X - minX) / long
		pts[i].Y = (pts[i].Y - minY) / long
	}
	return pen.Render([][]pen.Point{pts}, long, width, pageDPI), long
}

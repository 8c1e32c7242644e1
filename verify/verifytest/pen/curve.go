package pen

import "math"

// bend is a smooth displacement of the plane: three waves each way.
type bend struct{ a, kx, ky, ph [6]float64 }

// newBend makes a bend of the given rms amplitude; freq is the typical number of waves per height of a character.
func newBend(rng source, amplitude, freq float64) bend {
	var b bend
	for i := range b.a {
		b.a[i] = amplitude * rng.NormFloat64() * 0.8
		b.kx[i] = 2 * math.Pi * freq * 0.35 * rng.NormFloat64()
		b.ky[i] = 2 * math.Pi * freq * 0.35 * rng.NormFloat64()
		b.ph[i] = 2 * math.Pi * rng.Float64()
	}
	return b
}

func (b bend) at(x, y float64) (float64, float64) {
	var d [2]float64
	for i := range b.a {
		d[i%2] += b.a[i] * math.Sin(b.kx[i]*x+b.ky[i]*y+b.ph[i])
	}
	return x + d[0], y + d[1]
}

func shear(pts []Point, slant, rise float64) {
	for i := range pts {
		p := &pts[i]
		p.X, p.Y = p.X-slant*p.Y, p.Y-rise*p.X
	}
}

func length(s []Point) (sum float64) {
	for i := 1; i < len(s); i++ {
		sum += math.Hypot(s[i].X-s[i-1].X, s[i].Y-s[i-1].Y)
	}
	return sum
}

func centre(s []Point) (x, y float64) {
	for _, p := range s {
		x += p.X
		y += p.Y
	}
	n := float64(max(1, len(s)))
	return x / n, y / n
}

// reduce is Douglas and Peucker's: it leaves out turning points nearer than eps to the line without them.
func reduce(s []Point, eps float64) []Point {
	if len(s) < 3 {
		return s
	}
	a, b := s[0], s[len(s)-1]
	dx, dy := b.X-a.X, b.Y-a.Y
	l := math.Hypot(dx, dy)
	far, at := 0.0, 0
	for i := 1; i < len(s)-1; i++ {
		d := math.Hypot(s[i].X-a.X, s[i].Y-a.Y)
		if l > 1e-9 {
			d = math.Abs((s[i].X-a.X)*dy-(s[i].Y-a.Y)*dx) / l
		}
		if d > far {
			far, at = d, i
		}
	}
	if far <= eps {
		return []Point{a, b}
	}
	left := reduce(s[:at+1:at+1], eps)
	return append(left[:len(left)-1:len(left)-1], reduce(s[at:], eps)...)
}

// spline draws a smooth line along the turning points: between Catmull and Rom's curve through them (round 0) and the cubic
// B-spline that cuts the corners (round 1), as a faster hand does.
func spline(s []Point, round float64) []Point {
	if len(s) < 2 {
		return s
	}
	at := func(i int) Point { return s[max(0, min(len(s)-1, i))] }
	out := []Point{}
	for i := 0; i+1 < len(s); i++ {
		p0, p1, p2, p3 := at(i-1), at(i), at(i+1), at(i+2)
		n := max(2, int(math.Hypot(p2.X-p1.X, p2.Y-p1.Y)/spacing))
		for k := range n {
			t := float64(k) / float64(n)
			c, b := catmullRom(t), bSpline(t)
			var q [4]float64
			for j := range q {
				q[j] = (1-round)*c[j] + round*b[j]
			}
			out = append(out, Point{
				X: q[0]*p0.X + q[1]*p1.X + q[2]*p2.X + q[3]*p3.X,
				Y: q[0]*p0.Y + q[1]*p1.Y + q[2]*p2.Y + q[3]*p3.Y, W: 1,
			})
		}
	}
	return append(out, s[len(s)-1])
}

func catmullRom(t float64) [4]float64 {
	return [4]float64{((2-t)*t - 1) * t / 2, ((3*t-5)*t*t + 2) / 2, ((4-3*t)*t + 1) * t / 2, (t - 1) * t * t / 2}
}

func bSpline(t float64) [4]float64 {
	u := 1 - t
	return [4]float64{u * u * u / 6, (3*t*t*t - 6*t*t + 4) / 6, (-3*t*t*t + 3*t*t + 3*t + 1) / 6, t * t * t / 6}
}

// shake adds band-limited noise of the rms amplitude; wave is its wavelength in heights of a character.
func shake(l []Point, uniform func() float64, amplitude, wave float64) {
	if amplitude <= 0 {
		return
	}
	for range 3 {
		f := 2 * math.Pi / wave * (0.6 + 0.8*uniform())
		px, py := 2*math.Pi*uniform(), 2*math.Pi*uniform()
		d := 0.0
		for i := range l {
			if i > 0 {
				d += spacing
			}
			l[i].X += 0.8 * amplitude * math.Sin(f*d+px)
			l[i].Y += 0.8 * amplitude * math.Sin(f*d*0.93+py)
		}
	}
}

// width thins the line where the hand is fast: away from ends and turns.
func width(l []Point, by float64) {
	for i := range l {
		a, b := l[max(0, i-4)], l[min(len(l)-1, i+4)]
		straight := math.Hypot(b.X-a.X, b.Y-a.Y) / (8 * spacing)
		l[i].W = 1 + by*(0.5-clamp(straight, 0, 1.2))
	}
}

// fit moves and scales all lines into the unit box, evenly.
func fit(lines [][]Point) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, l := range lines {
		for _, p := range l {
			x0, y0, x1, y1 = math.Min(x0, p.X), math.Min(y0, p.Y), math.Max(x1, p.X), math.Max(y1, p.Y)
		}
	}
	side := math.Max(math.Max(x1-x0, y1-y0), 1e-6)
	for _, l := range lines {
		for i := range l {
			l[i].X, l[i].Y = (l[i].X-x0)/side, (l[i].Y-y0)/side
		}
	}
}

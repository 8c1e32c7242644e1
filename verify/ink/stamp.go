package ink

import "math"

// A square is the frame of a name stamp: its corners are (u0, v0) to (u1, v1) in axes turned by the angle.
type square struct {
	cos, sin       float64
	u0, v0, u1, v1 float64
}

func (q square) holds(x, y, margin float64) bool {
	u, v := x*q.cos+y*q.sin, y*q.cos-x*q.sin
	return u > q.u0-margin && u < q.u1+margin && v > q.v0-margin && v < q.v1+margin
}

// run is a straight piece of a row or column of a coarse picture.
type run struct{ at, from, to int }

// nameStamp looks for the frame of a square name stamp of 8 to 18 millimetres, turned by up to 15 degrees, where the scan
// has no colour to tell it by. Three of its four sides must show.
func (w *window) nameStamp(m []bool) *square {
	const cell = 0.35 // millimetres
	var px, py []float64
	for i, v := range m {
		if v {
			px, py = append(px, float64(i%w.w)/w.px), append(py, float64(i/w.w)/w.px)
		}
	}
	if len(px) < 60 {
		return nil
	}
	var best *square
	most := 0.0
	for a := 0.0; a <= 15; a += 1.5 {
		for _, sign := range [2]float64{1, -1} {
			sin, cos := math.Sincos(sign * a * math.Pi / 180)
			u0, v0, u1, v1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
			for k := range px {
				u, v := px[k]*cos+py[k]*sin, py[k]*cos-px[k]*sin
				u0, v0, u1, v1 = min(u0, u), min(v0, v), max(u1, u), max(v1, v)
			}
			gw, gh := int((u1-u0)/cell)+3, int((v1-v0)/cell)+3
			g := make([]bool, gw*gh)
			for k := range px {
				u, v := px[k]*cos+py[k]*sin-u0, py[k]*cos-px[k]*sin-v0
				g[(int(v/cell)+1)*gw+int(u/cell)+1] = true
			}
			rows := runs(gh, gw, func(at, k int) bool { return g[at*gw+k] }, cell)
			cols := runs(gw, gh, func(at, k int) bool { return g[k*gw+at] }, cell)
			if q := squareOf(rows, cols, cell); q != nil && (q[2]-q[0])*(q[3]-q[1]) > most {
				most = (q[2] - q[0]) * (q[3] - q[1])
				best = &square{
					cos, sin,
					((q[0]-1)*cell + u0) * w.px, ((q[1]-1)*cell + v0) * w.px, (q[2]*cell + u0) * w.px, (q[3]*cell + v0) * w.px,
				}
			}
			if a == 0 {
				break
			}
		}
	}
	return best
}

// runs finds pieces of 8 to 19 millimetres, over gaps of two cells.
func runs(lines, length int, on func(at, k int) bool, cell float64) (out []run) {
	least, most := int(8/cell), int(19/cell)
	for at := range lines {
		from, last := -1, -1
		for k := 0; k <= length; k++ {
			if k < length && on(at, k) {
				if from < 0 {
					from = k
				}
				last = k
				continue
			}
			if from >= 0 && (k == length || k-last > 2) {
				if n := last - from + 1; n >= least && n <= most {
					out = append(out, run{at, from, last})
				}
				from = -1
			}
		}
	}
	return out
}

// squareOf finds the largest square of two rows and a column, or two columns and a row: left, top, right, bottom in cells.
func squareOf(rows, cols []run, cell float64) []float64 {
	near := int(1.3 / cell)
	close := func(a, b int) bool { return a-b <= near && b-a <= near }
	var best []float64
	most := 0.0
	try := func(a, b []run, turned bool) {
		for i, r := range a {
			n := r.to - r.from
			for _, s := range a[i+1:] {
				d := s.at - r.at
				if d < n*8/10 || d > n*125/100 || !close(r.from, s.from) || !close(r.to, s.to) {
					continue
				}
				for _, c := range b {
					if (close(c.at, r.from) || close(c.at, r.to)) && close(c.from, r.at) && close(c.to, s.at) {
						l, t, rr, bt := float64(min(r.from, s.from)), float64(r.at), float64(max(r.to, s.to)+1), float64(s.at+1)
						if size := (rr - l) * (bt - t); size > most {
							most, best = size, []float64{l, t, rr, bt}
							if turned {
								best = []float64{t, l, bt, rr}
							}
						}
					}
				}
			}
		}
	}
	try(rows, cols, false)
	try(cols, rows, true)
	return best
}

// eraseStamp takes the stamp's frame and lettering out of the mask, but not what is darker: that was written. It returns
// the area taken in square millimetres.
func (w *window) eraseStamp(q *square, m []bool, e *evidence) float64 {
	var tones []float32
	in := func(i int) bool { return m[i] && q.holds(float64(i%w.w), float64(i/w.w), 1.1*w.px) }
	for i := range m {
		if in(i) {
			tones = append(tones, e.excess.v[i])
		}
	}
	if len(tones) == 0 {
		return 0
	}
	limit := quantile(tones, 0.75) + stampShare
	n := 0
	for i := range m {
		if in(i) && e.excess.v[i] < limit {
			m[i] = false
			e.hidden[i] = true
			n++
		}
	}
	return float64(n) / (w.px * w.px)
}

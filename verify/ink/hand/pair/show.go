package pair

import "math"

// Extent gives the reference's extent in pixels of its mask.
func (r *Result) Extent() (x0, y0, x1, y1 float64) {
	s := r.match.ref
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range s.src.Points {
		x0, y0, x1, y1 = math.Min(x0, p.X), math.Min(y0, p.Y), math.Max(x1, p.X), math.Max(y1, p.Y)
	}
	t := s.src
	return t.X0 + x0/t.Scale, t.Y0 + y0/t.Scale, t.X0 + x1/t.Scale, t.Y0 + y1/t.Scale
}

// ToQuery gives the way from a place in the reference's mask to the same place in the query's.
func (r *Result) ToQuery() func(x, y float64) (float64, float64) {
	a, b := r.match.ref, r.match.qry
	inv, ok := r.match.m.inverse()
	if !ok {
		inv = affine{a: 1, d: 1}
	}
	return func(x, y float64) (float64, float64) {
		u, v := ((x-a.src.X0)*a.src.Scale-a.cx)/a.size, ((y-a.src.Y0)*a.src.Scale-a.cy)/a.size
		u, v = inv.at(u, v)
		return b.src.X0 + (u*b.size+b.cx)/b.src.Scale, b.src.Y0 + (v*b.size+b.cy)/b.src.Scale
	}
}

// Cells gives for each cell over the reference's extent how well the lines agree there, 0..1, after the stiffest bending;
// -1 where there is nothing to compare.
func (r *Result) Cells(rows, cols int) [][]float64 {
	s, e := r.match.ref, r.bent[0]
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range s.pts {
		x0, y0, x1, y1 = math.Min(x0, p.x), math.Min(y0, p.y), math.Max(x1, p.x), math.Max(y1, p.y)
	}
	sum, n := make([]float64, rows*cols), make([]float64, rows*cols)
	add := func(pts []point, dist []float64, hidden []bool) {
		for i, p := range pts {
			if hidden[i] {
				continue
			}
			c, q := int((p.x-x0)/(x1-x0+1e-9)*float64(cols)), int((p.y-y0)/(y1-y0+1e-9)*float64(rows))
			k := min(rows-1, max(0, q))*cols + min(cols-1, max(0, c))
			sum[k] += math.Exp(-dist[i] * dist[i] / (far * far))
			n[k]++
		}
	}
	add(s.pts, e.distR, r.match.hr)
	add(e.q, e.distQ, r.match.hq)
	out := make([][]float64, rows)
	for i := range out {
		out[i] = make([]float64, cols)
		for j := range out[i] {
			out[i][j] = -1
			if k := i*cols + j; n[k] >= 2 {
				out[i][j] = sum[k] / n[k]
			}
		}
	}
	return out
}

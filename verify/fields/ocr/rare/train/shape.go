package main

import "math"

// shape is the first layer: the directions in which the middles of characters lie apart most, measured by how far the samples
// of one character lie apart (linear discriminant analysis).
type shape struct {
	in             int
	project, shift []float32 // in × inner, inner
}

func (s *shape) inner(x []float32) []float32 {
	out := append([]float32(nil), s.shift...)
	for i, v := range x {
		for k, p := range s.project[i*inner : (i+1)*inner] {
			out[k] += v * p
		}
	}
	return out
}

// newShape finds the directions from samples.
func newShape(in int, parts []*seen) *shape {
	type group struct {
		sum []float64
		n   float64
	}
	groups := map[rune]*group{}
	mean, total := make([]float64, in), 0.0
	for _, s := range parts {
		for i := range s.Samples {
			o := &s.Samples[i]
			if o.Label < 0x2000 { // blanks and digits are many, and one thing each
				continue
			}
			g := groups[o.Label]
			if g == nil {
				g = &group{sum: make([]float64, in)}
				groups[o.Label] = g
			}
			g.n++
			total++
			for k, v := range o.View.X {
				g.sum[k] += float64(v)
				mean[k] += float64(v)
			}
		}
	}
	for k := range mean {
		mean[k] /= total
	}
	within, between := square(in), square(in)
	d := make([]float32, in)
	used := 0.0
	for _, s := range parts {
		for i := range s.Samples {
			o := &s.Samples[i]
			g := groups[o.Label]
			if g == nil || g.n < 2 || i%2 == 1 { // half of them is enough
				continue
			}
			for k, v := range o.View.X {
				d[k] = v - float32(g.sum[k]/g.n)
			}
			used += 1 - 1/g.n
			for a, v := range d {
				row := within[a]
				for b := range a + 1 {
					row[b] += float64(v * d[b])
				}
			}
		}
	}
	for _, g := range groups {
		for k := range d {
			d[k] = float32(g.sum[k]/g.n - mean[k])
		}
		for a, v := range d {
			row := between[a]
			for b := range a + 1 {
				row[b] += float64(v*d[b]) / float64(len(groups))
			}
		}
	}
	trace := 0.0
	for a := range in {
		trace += within[a][a] / used
	}
	for a := range in {
		for b := range a + 1 {
			within[a][b] /= used
			between[b][a] = between[a][b]
		}
		within[a][a] += ridge * trace / float64(in)
	}
	white := inverse(cholesky(within))
	// The middles' covariance in white space: W·B·Wᵀ.
	middles := times(times(white, between), transposed(white))
	dirs := directions(middles, inner)
	s := &shape{in: in, project: make([]float32, in*inner), shift: make([]float32, inner)}
	for k, dir := range dirs {
		for i := range in {
			v := 0.0
			for a := i; a < in; a++ {
				v += dir[a] * white[a][i]
			}
			s.project[i*inner+k] = float32(v)
			s.shift[k] -= float32(v * mean[i])
		}
	}
	return s
}

func square(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	return out
}

func transposed(a [][]float64) [][]float64 {
	out := square(len(a))
	for i := range a {
		for j, v := range a[i] {
			out[j][i] = v
		}
	}
	return out
}

func times(a, b [][]float64) [][]float64 {
	out := square(len(a))
	for i := range a {
		for k, v := range a[i] {
			if v == 0 {
				continue
			}
			for j, w := range b[k] {
				out[i][j] += v * w
			}
		}
	}
	return out
}

// cholesky is the lower triangle L with L·Lᵀ = a; only the lower half of a is read.
func cholesky(a [][]float64) [][]float64 {
	l := square(len(a))
	for i := range a {
		for j := range i + 1 {
			v := a[i][j]
			for k := range j {
				v -= l[i][k] * l[j][k]
			}
			if i == j {
				l[i][i] = math.Sqrt(v)
			} else {
				l[i][j] = v / l[j][j]
			}
		}
	}
	return l
}

// inverse of a lower triangle.
func inverse(l [][]float64) [][]float64 {
	out := square(len(l))
	for i := range l {
		for j := range i + 1 {
			v := 0.0
			if i == j {
				v = 1
			}
			for k := j; k < i; k++ {
				v -= l[i][k] * out[k][j]
			}
			out[i][j] = v / l[i][i]
		}
	}
	return out
}

// directions are n orthonormal vectors that span the largest part of a symmetric matrix, found by multiplying with it again
// and again.
func directions(a [][]float64, n int) [][]float64 {
	v := make([][]float64, n)
	for k := range v {
		v[k] = make([]float64, len(a))
		for i := range v[k] {
			v[k][i] = math.Sin(float64(1 + i*(2*k+1))) // anything
		}
	}
	for range 25 {
		for k := range v {
			next := make([]float64, len(a))
			for i, x := range v[k] {
				for j, w := range a[i] {
					next[j] += x * w
				}
			}
			v[k] = next
		}
		for k := range v { // Gram and Schmidt
			for _, u := range v[:k] {
				p := 0.0
				for i, x := range u {
					p += x * v[k][i]
				}
				for i, x := range u {
					v[k][i] -= p * x
				}
			}
			sq := 0.0
			for _, x := range v[k] {
				sq += x * x
			}
			sq = 1 / math.Sqrt(sq)
			for i := range v[k] {
				v[k][i] *= sq
			}
		}
	}
	return v
}

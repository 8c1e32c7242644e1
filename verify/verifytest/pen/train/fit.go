package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"zhengyan/verify/ink/hand/model"
	"zhengyan/verify/ink/hand/pair"
)

// weights balances the sets and in each the kinds: as much for as against; half of what is against are imitations, the other
// half other hands writing the same name (three fifths) and strangers, or whichever of the two there is. Clean pairs count as
// much as those of all three places of the simulated separation together, those of prints twice as much.
func weights(samples []sample) []float64 {
	type key struct {
		set  string
		kind int
	}
	n := map[key]float64{}
	for _, s := range samples {
		n[key{s.Set, s.Kind}]++
	}
	w := make([]float64, len(samples))
	total := 0.0
	for i, s := range samples {
		share := [4]float64{0.5, 0.25, 0.15, 0.10}
		switch none := func(k int) bool { return n[key{s.Set, k}] == 0 }; {
		case none(sameName) && none(stranger):
			share[skilled] = 0.5
		case none(sameName):
			share[stranger] = 0.25
		case none(stranger):
			share[sameName] = 0.25
		}
		w[i] = share[s.Kind] / n[key{s.Set, s.Kind}]
		if !s.clean() {
			w[i] /= float64(len(places))
		}
		if strings.HasPrefix(s.Set, "print") {
			w[i] *= 2
		}
		total += w[i]
	}
	for i := range w {
		w[i] *= float64(len(w)) / total
	}
	return w
}

func label(s sample) float64 {
	if s.Kind == genuine {
		return 1
	}
	return 0
}

// fit trains the whole model on the features of the given names.
func fit(train []sample, names []string) *model.Model {
	m := &model.Model{Names: names, Cut: 3.5, Scale: 1, Agrees: 0.5, Differs: 0.5}
	if err := m.Bind(pair.Names()); err != nil {
		panic(err) // the names are the program's own
	}
	n := len(m.Names)
	w := weights(train)
	at := make([]int, n)
	for j, name := range names {
		at[j] = slices.Index(pair.Names(), name)
	}
	m.Mean, m.Inv = make([]float64, n), make([]float64, n)
	total := 0.0
	for i := range train {
		total += w[i]
	}
	for j := range n {
		for i, s := range train {
			m.Mean[j] += w[i] * s.X[at[j]] / total
		}
		v := 0.0
		for i, s := range train {
			d := s.X[at[j]] - m.Mean[j]
			v += w[i] * d * d / total
		}
		m.Inv[j] = 1 / math.Max(math.Sqrt(v), 1e-6)
		if v < 1e-9 {
			m.Inv[j] = 0
		}
	}
	x, y := make([][]float64, len(train)), make([]float64, len(train))
	for i, s := range train {
		x[i], y[i] = m.Normal(s.X), label(s)
	}
	m.Line = logistic(x, y, w, 30)
	for k := range 5 {
		m.Nets = append(m.Nets, net(x, y, w, 20, 25, uint64(k+1)))
	}
	m.Trees = boost(x, y, w, 220, 4, 0.06)
	m.Share = [3]float64{1. / 3, 1. / 3, 1. / 3}
	return m
}

// logistic is iteratively reweighted least squares with a ridge.
func logistic(x [][]float64, y, w []float64, ridge float64) model.Line {
	n := len(x[0])
	b := make([]float64, n+1)
	row := make([]float64, n+1)
	for range 12 {
		h := make([][]float64, n+1)
		for i := range h {
			h[i] = make([]float64, n+2)
			h[i][i] = ridge
			h[i][n+1] = -ridge * b[i]
		}
		h[n][n], h[n][n+1] = 1e-6, 0
		for i := range x {
			copy(row, x[i])
			row[n] = 1
			z := 0.0
			for j, v := range row {
				z += b[j] * v
			}
			p := model.Logistic(z)
			g, c := w[i]*(y[i]-p), w[i]*math.Max(p*(1-p), 1e-4)
			for j, v := range row {
				hj := h[j]
				hj[n+1] += g * v
				cv := c * v
				for k := j; k <= n; k++ {
					hj[k] += cv * row[k]
				}
			}
		}
		for j := range h {
			for k := range j {
				h[j][k] = h[k][j]
			}
		}
		step := solve(h)
		size := 0.0
		for j := range b {
			b[j] += step[j]
			size += math.Abs(step[j])
		}
		if size < 1e-6 {
			break
		}
	}
	return model.Line{W: b[:n], B: b[n]}
}

func solve(a [][]float64) []float64 {
	n := len(a)
	for i := range n {
		p := i
		for j := i + 1; j < n; j++ {
			if math.Abs(a[j][i]) > math.Abs(a[p][i]) {
				p = j
			}
		}
		a[i], a[p] = a[p], a[i]
		for j := i + 1; j < n; j++ {
			k := a[j][i] / a[i][i]
			for c := i; c <= n; c++ {
				a[j][c] -= k * a[i][c]
			}
		}
	}
	x := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		x[i] = a[i][n]
		for j := i + 1; j < n; j++ {
			x[i] -= a[i][j] * x[j]
		}
		x[i] /= a[i][i]
	}
	return x
}

// net trains a layer of units by Adam, with noise on the inputs so that it does not learn them by heart.
func net(x [][]float64, y, w []float64, units, epochs int, seed uint64) model.Net {
	rng := rand.New(rand.NewPCG(seed, 3))
	n := len(x[0])
	size := units*(n+1) + units + 1
	p, m1, m2, g := make([]float64, size), make([]float64, size), make([]float64, size), make([]float64, size)
	for i := range units * (n + 1) {
		p[i] = rng.NormFloat64() / math.Sqrt(float64(n)) * 0.7
	}
	out := units * (n + 1)
	h, in := make([]float64, units), make([]float64, n+1)
	step := 0
	const batch = 32
	for e := range epochs {
		rate := 0.003 * (1 - 0.9*float64(e)/float64(epochs))
		order := rng.Perm(len(x))
		for from := 0; from < len(order); from += batch {
			clear(g)
			for _, i := range order[from:min(from+batch, len(order))] {
				for j, v := range x[i] {
					in[j] = v + 0.15*rng.NormFloat64()
				}
				in[n] = 1
				z := p[size-1]
				for u := range units {
					s := 0.0
					row := p[u*(n+1) : (u+1)*(n+1)]
					for j, v := range in {
						s += row[j] * v
					}
					h[u] = math.Tanh(s)
					z += p[out+u] * h[u]
				}
				d := w[i] * (model.Logistic(z) - y[i]) / batch
				g[size-1] += d
				for u := range units {
					g[out+u] += d * h[u]
					du := d * p[out+u] * (1 - h[u]*h[u])
					row := g[u*(n+1) : (u+1)*(n+1)]
					for j, v := range in {
						row[j] += du * v
					}
				}
			}
			step++
			c1, c2 := 1-math.Pow(0.9, float64(step)), 1-math.Pow(0.999, float64(step))
			for i := range p {
				gi := g[i] + 1e-3*p[i]
				m1[i] = 0.9*m1[i] + 0.1*gi
				m2[i] = 0.999*m2[i] + 0.001*gi*gi
				p[i] -= rate * (m1[i] / c1) / (math.Sqrt(m2[i]/c2) + 1e-8)
			}
		}
	}
	var r model.Net
	for u := range units {
		row := make([]float32, n+1)
		for j := range row {
			row[j] = float32(p[u*(n+1)+j])
		}
		r.In = append(r.In, row)
	}
	for u := range units + 1 {
		r.Out = append(r.Out, float32(p[out+u]))
	}
	return r
}

// boost adds shallow trees, each fitted to the gradient of the loss (Friedman 2001), on a part of the pairs and features.
func boost(x [][]float64, y, w []float64, trees, depth int, rate float64) []model.Tree {
	const bins = 24
	rng := rand.New(rand.NewPCG(11, 5))
	n := len(x[0])
	edges := make([][]float64, n)
	bin := make([][]uint8, n)
	for j := range n {
		v := make([]float64, len(x))
		for i := range x {
			v[i] = x[i][j]
		}
		s := slices.Clone(v)
		slices.Sort(s)
		for b := 1; b < bins; b++ {
			edges[j] = append(edges[j], float64(float32(s[b*len(s)/bins])))
		}
		bin[j] = make([]uint8, len(x))
		for i := range x {
			for b, e := range edges[j] {
				if v[i] > e {
					bin[j][i] = uint8(b + 1)
				}
			}
		}
	}
	f := make([]float64, len(x))
	g, h := make([]float64, len(x)), make([]float64, len(x))
	node := make([]int, len(x))
	var out []model.Tree
	inner := 1<<depth - 1
	for range trees {
		var use []int
		for i := range x {
			p := model.Logistic(f[i])
			g[i], h[i] = w[i]*(y[i]-p), w[i]*p*(1-p)
			if rng.Float64() < 0.6 {
				use = append(use, i)
			}
			node[i] = 0
		}
		features := rng.Perm(n)[:n/2]
		t := model.Tree{Feature: make([]int16, inner), At: make([]float32, inner), Leaf: make([]float32, inner+1)}
		for d := range depth {
			first := 1<<d - 1
			at := make([]split, first+1)
			for k := range at {
				at[k].bin = bins
			}
			sums := make([][bins][2]float64, first+1)
			for _, j := range features {
				clear(sums)
				for _, i := range use {
					c := &sums[node[i]-first][bin[j][i]]
					c[0] += g[i]
					c[1] += h[i]
				}
				for k := range at {
					at[k].offer(j, sums[k][:])
				}
			}
			for k, c := range at {
				t.Feature[first+k], t.At[first+k] = int16(c.feature), float32(math.Inf(1))
				if c.bin < bins {
					t.At[first+k] = float32(edges[c.feature][c.bin])
				}
			}
			for i := range x {
				k := node[i]
				if x[i][t.Feature[k]] <= float64(t.At[k]) {
					node[i] = 2*k + 1
				} else {
					node[i] = 2*k + 2
				}
			}
		}
		sg, sh := make([]float64, inner+1), make([]float64, inner+1)
		for _, i := range use {
			sg[node[i]-inner] += g[i]
			sh[node[i]-inner] += h[i]
		}
		for k := range t.Leaf {
			t.Leaf[k] = float32(rate * sg[k] / (sh[k] + 4))
		}
		for i := range x {
			f[i] += float64(t.Leaf[node[i]-inner])
		}
		out = append(out, t)
	}
	return out
}

// split is the best division of a node found so far.
type split struct {
	gain         float64
	feature, bin int
}

// offer tries to divide by the feature, given gradient and curvature by bin.
func (s *split) offer(feature int, sums [][2]float64) {
	const least, ridge = 8, 4
	var tg, th, lg, lh float64
	for _, c := range sums {
		tg += c[0]
		th += c[1]
	}
	for b, c := range sums[:len(sums)-1] {
		lg += c[0]
		lh += c[1]
		if lh < least || th-lh < least {
			continue
		}
		gain := lg*lg/(lh+ridge) + (tg-lg)*(tg-lg)/(th-lh+ridge) - tg*tg/(th+ridge)
		if gain > s.gain {
			*s = split{gain, feature, b}
		}
	}
}

package main

import (
	"cmp"
	"crypto/sha256"
	"log"
	"math"
	"math/rand/v2"
	"slices"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/fields/ocr/rare"
)

// How the head is fitted. Logits are natural: 3 is a likeness of 1 to 20.
const (
	inner      = 128  // numbers between the layers
	ridge      = 0.02 // of the mean variance, added to the covariance within characters
	shrunk     = 0.7  // samples of the middle of all that a character's own middle is mixed with
	rivals     = 120  // characters that are compared with a sample: those whose middles are nearest to its own
	epochs     = 8
	firstRate  = 0.25 // step of descent, for features of length 1
	ownDropped = 0.5  // share of the samples at which the net itself counts less
	dropMost   = 8.0
	// What is taken off the classes at the end, so that they win only where they are surer than the net.
	offCommon = 1.0 // characters of level 1
	offRare   = 1.5 // the others
)

type fit struct {
	f      *ocr.Features
	runes  []rune
	level  []bool // whether a class is of level 1
	index  map[rune]int
	own    []int32 // the net's own class of a character, -1 if it has none
	shape  *shape
	w      []float32 // classes × inner
	b      []float32
	rivals [][]int32
	rng    *rand.Rand
}

// newFit finds the characters of the table that were seen often enough, and the first layer.
func newFit(f *ocr.Features, t table, train []*seen) *fit {
	m := &fit{f: f, index: map[rune]int{}, rng: rand.New(rand.NewPCG(5, 6))}
	n := map[rune]int{}
	for _, s := range train {
		for i := range s.Samples {
			n[s.Samples[i].Label]++
		}
	}
	class := map[rune]int32{}
	for k, key := range f.Keys {
		if r := []rune(key); len(r) == 1 {
			class[r[0]] = int32(k)
		}
	}
	for i, c := range t {
		if n[c] < 2 {
			continue
		}
		m.index[c] = len(m.runes)
		m.runes, m.level = append(m.runes, c), append(m.level, i < levelOne)
		k, ok := class[c]
		if !ok {
			k = -1
		}
		m.own = append(m.own, k)
	}
	log.Printf("%d characters get a class", len(m.runes))
	m.shape = newShape(f.Inside, train)
	return m
}

// flat are samples as the second layer sees them.
type flat struct {
	z    []float32 // samples × inner
	row  []int32   // class of the sample, less than 0 if it has none
	own  []float64 // the net's own logit of what stands there
	rest []float64 // log of the summed exponentials of its other logits
}

func (m *fit) flatten(parts ...*seen) *flat {
	x := &flat{}
	class := map[rune]int32{0: 0}
	for k, key := range m.f.Keys {
		if r := []rune(key); len(r) == 1 {
			class[r[0]] = int32(k)
		}
	}
	for _, s := range parts {
		for i := range s.Samples {
			o := &s.Samples[i]
			row := int32(-1)
			if r, ok := m.index[o.Label]; ok {
				row = int32(r)
			}
			own, mass := math.Inf(-1), float64(o.View.Mass)
			if k, ok := class[o.Label]; ok {
				own = o.View.own(k)
			}
			if row < 0 && math.IsInf(own, -1) {
				continue // the net does not read it at all
			}
			rest := mass
			if d := own - mass; d > -30 {
				rest = mass + math.Log(math.Max(1-math.Exp(d), 1e-6))
			}
			x.z = append(x.z, m.shape.inner(o.View.X)...)
			x.row, x.own, x.rest = append(x.row, row), append(x.own, own), append(x.rest, rest)
		}
	}
	return x
}

func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	n := len(a) &^ 3
	for i := 0; i < n; i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for i := n; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

// middles sets the rows from the middles of the characters: the linear discriminants of normal distributions.
func (m *fit) middles(x *flat) {
	m.w, m.b = make([]float32, len(m.runes)*inner), make([]float32, len(m.runes))
	n := make([]float32, len(m.runes))
	for i, r := range x.row {
		if r >= 0 {
			n[r]++
			for k, v := range x.z[i*inner : (i+1)*inner] {
				m.w[int(r)*inner+k] += v
			}
		}
	}
	for r := range m.runes {
		w := m.w[r*inner : (r+1)*inner]
		for k := range w {
			w[k] /= n[r] + shrunk
		}
		m.b[r] = -dot(w, w) / 2
	}
}

// scales finds by what factor and what shift the rows from middles say best what stands in samples of another font.
func (m *fit) scales(x *flat) (scale, shift float64) {
	const most = 1500
	step := max(1, len(x.row)/most)
	type seenBy struct {
		z         []float32
		row       int32
		own, rest float64
	}
	var all []seenBy
	for i := 0; i < len(x.row); i += step {
		s := seenBy{make([]float32, len(m.runes)), x.row[i], x.own[i], x.rest[i]}
		for r := range m.runes {
			s.z[r] = m.b[r] + dot(m.w[r*inner:(r+1)*inner], x.z[i*inner:(i+1)*inner])
		}
		all = append(all, s)
	}
	best := math.Inf(1)
	for _, a := range []float64{0.01, 0.015, 0.022, 0.033, 0.05, 0.075, 0.11, 0.17, 0.26} {
		for b := -15.0; b <= 9; b += 3 {
			loss := 0.0
			for i := range all {
				s := &all[i]
				high := math.Max(s.rest, s.own)
				for _, z := range s.z {
					high = math.Max(high, a*float64(z)+b)
				}
				sum, target := math.Exp(s.rest-high)+math.Exp(s.own-high), math.Exp(s.own-high)
				for r, z := range s.z {
					d := a*float64(z) + b - high
					if d < -20 {
						continue
					}
					e := math.Exp(d)
					sum += e
					if int32(r) == s.row {
						target += e
					}
				}
				loss += math.Min(20, -math.Log(math.Max(target/sum, 1e-12)))
			}
			if loss < best {
				best, scale, shift = loss, a, b
			}
		}
	}
	log.Printf("scale %.3f, shift %.0f: loss %.3f on the font left out", scale, shift, best/float64(len(all)))
	return scale, shift
}

// begin sets the rows from middles, at the scale that suits a font that they were not taken from.
func (m *fit) begin(train []*seen) {
	most, last := m.flatten(train[:len(train)-1]...), m.flatten(train[len(train)-1])
	m.middles(most)
	scale, shift := m.scales(last)
	x := &flat{
		slices.Concat(most.z, last.z), slices.Concat(most.row, last.row), slices.Concat(most.own, last.own), slices.Concat(most.rest, last.rest),
	}
	m.middles(x)
	m.near()
	for i := range m.w {
		m.w[i] *= float32(scale)
	}
	for r := range m.b {
		m.b[r] = m.b[r]*float32(scale) + float32(shift)
	}
	m.learn(x)
}

// near finds for each class those whose middles are nearest.
func (m *fit) near() {
	n := len(m.runes)
	m.rivals = make([][]int32, n)
	type far struct {
		r int32
		d float32
	}
	all := make([]far, n)
	for a := range n {
		all = all[:0]
		limit := float32(math.Inf(1))
		for b := range n { // |a-b|² = |a|² - 2ab + |b|²; m.b is -|b|²/2
			d := -dot(m.w[a*inner:(a+1)*inner], m.w[b*inner:(b+1)*inner]) - m.b[b]
			if d >= limit {
				continue
			}
			if all = append(all, far{int32(b), d}); len(all) == 4*rivals {
				slices.SortFunc(all, func(p, q far) int { return cmp.Compare(p.d, q.d) })
				all = all[:rivals]
				limit = all[rivals-1].d
			}
		}
		slices.SortFunc(all, func(p, q far) int { return cmp.Compare(p.d, q.d) })
		for _, o := range all[:min(rivals, len(all))] {
			m.rivals[a] = append(m.rivals[a], o.r)
		}
		if !slices.Contains(m.rivals[a], int32(a)) {
			m.rivals[a] = append(m.rivals[a], int32(a))
		}
	}
}

// learn descends the cross entropy over the net's own classes, which stay, and the new ones.
func (m *fit) learn(x *flat) {
	order := make([]int, len(x.row))
	length := 0.0
	for i := range order {
		order[i] = i
		z := x.z[i*inner : (i+1)*inner]
		length += float64(dot(z, z)) / float64(len(order))
	}
	// Samples that have no class, and blanks, meet the classes that score highest; these are found now and then.
	for epoch := range epochs {
		if epoch%4 == 0 {
			m.hardest(x)
		}
		rate := firstRate / length * math.Pow(0.75, float64(epoch))
		m.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		loss := 0.0
		for _, i := range order {
			loss += m.step(x, i, float32(rate), float32(length))
		}
		log.Printf("epoch %d: loss %.4f", epoch+1, loss/float64(len(order)))
	}
}

// hardest gives the samples without a class of their own the classes that score highest on them.
func (m *fit) hardest(x *flat) {
	m.rivals = m.rivals[:len(m.runes)]
	z := make([]float32, len(m.runes))
	for i, r := range x.row {
		if r >= 0 {
			continue
		}
		x.row[i] = int32(-1 - len(m.rivals)) // notes where its list stands
		var best []int32
		if m.rng.IntN(3) == 0 { // a third of them is enough
			f := x.z[i*inner : (i+1)*inner]
			high := float32(math.Inf(-1))
			for r := range m.runes {
				z[r] = m.b[r] + dot(m.w[r*inner:(r+1)*inner], f)
				high = max(high, z[r])
			}
			for r, v := range z {
				if v > high-2.5 && len(best) < rivals {
					best = append(best, int32(r))
				}
			}
		}
		m.rivals = append(m.rivals, best)
	}
}

// step learns from one sample and gives its loss.
func (m *fit) step(x *flat, i int, rate, length float32) float64 {
	row, own, rest := x.row[i], x.own[i], x.rest[i]
	list := row
	if row < 0 {
		list = -1 - row
	} else if m.rng.Float64() < ownDropped {
		d := dropMost * m.rng.Float64()
		own, rest = own-d, rest-d
	}
	who := m.rivals[list]
	if len(who) == 0 {
		return 0
	}
	f := x.z[i*inner : (i+1)*inner]
	var buf [rivals + 1]float64
	z := buf[:len(who)]
	high := math.Max(own, rest)
	for k, r := range who {
		z[k] = float64(m.b[r] + dot(m.w[int(r)*inner:(int(r)+1)*inner], f))
		high = math.Max(high, z[k])
	}
	target := math.Exp(own - high)
	sum := target + math.Exp(rest-high)
	for k, r := range who {
		z[k] = math.Exp(z[k] - high)
		sum += z[k]
		if r == row {
			target += z[k]
		}
	}
	for k, r := range who {
		g := z[k] / sum
		if r == row {
			g -= z[k] / math.Max(target, 1e-30)
		}
		if g > -2e-3 && g < 2e-3 {
			continue
		}
		d := -rate * float32(g)
		w := m.w[int(r)*inner : (int(r)+1)*inner]
		for j, v := range f {
			w[j] += d * v
		}
		m.b[r] += d * length / 10
	}
	return -math.Log(math.Max(target/sum, 1e-12))
}

// head is what was learnt, in the net's own units.
func (m *fit) head() *rare.Head {
	n := len(m.runes)
	h := &rare.Head{
		Model: sha256.Sum256(m.f.Model), Trunk: ocr.Trunk, In: m.f.Inside, Inner: inner, Runes: m.runes,
		Project: m.shape.project, Shift: m.shape.shift, Rows: make([]float32, inner*n), Bias: make([]float32, n),
	}
	for r := range n {
		for k := range inner {
			h.Rows[k*n+r] = m.w[r*inner+k]
		}
		h.Bias[r] = m.b[r] - offRare
		if m.level[r] {
			h.Bias[r] = m.b[r] - offCommon
		}
	}
	return h
}

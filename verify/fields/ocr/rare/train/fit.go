package main

import (
	"log"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/fields/ocr/rare"
)

// How the rows are fitted. Logits are natural: 3 is a likeness of 1 to 20.
const (
	targetMargin = 1.5 // by which a rare character must win in training
	keepMargin   = 1.5 // by which a common one must stay ahead of every row
	bakedMargin  = 3.0 // taken off every row's bias at the end
	sheltered    = 0.5 // by which a common character that was read right must stay ahead at the end
	leastRecall  = 0.5 // a row that reads less of its own character once common ones are sheltered is left out
	candidates   = 160 // rows that are looked at for a sample between two looks at all
	rounds       = 2
	epochs       = 16 // of each round
	batch        = 64
)

// seenSample is what the net's own rows say of a sample; they never change.
type seenSample struct {
	own   float64 // logit of the sample's own character, -Inf if the net does not know it
	rest  float64 // log of the summed exponentials of all others
	top   rune    // what the net reads
	row   int32   // row of its own character, -1 if it has none
	cands []int32
}

type fit struct {
	f     *ocr.Features
	table table
	rows  []rune
	index map[rune]int32
	// Features are whitened: w·white(x) + b.
	mean  []float64
	white [][]float64 // lower triangle L⁻¹ of the covariance within classes
	w     []float32   // rows × inside
	b     []float32
	gone  []bool
	rng   *rand.Rand
	known map[*samples][]seenSample
	seen  []seenSample // of the samples that were learnt from, with their candidates
}

// newFit chooses the characters that get a row: those of levels 2 and 3, and those of level 1 that the net reads badly.
func newFit(f *ocr.Features, t table, s *samples) *fit {
	m := &fit{f: f, table: t, index: map[rune]int32{}, rng: rand.New(rand.NewPCG(5, 6)), known: map[*samples][]seenSample{}}
	n, right := map[rune]int{}, map[rune]int{}
	seen := m.olds(s)
	for i, c := range s.label {
		n[c]++
		if seen[i].top == c {
			right[c]++
		}
	}
	level := map[rune]bool{}
	for _, c := range t.common() {
		level[c] = true
	}
	for _, c := range t {
		if n[c] >= 2 && (!level[c] || 2*right[c] < n[c]) {
			m.index[c] = int32(len(m.rows))
			m.rows = append(m.rows, c)
		}
	}
	m.gone = make([]bool, len(m.rows))
	log.Printf("%d characters get a row", len(m.rows))
	m.whiten(s)
	m.begin(s)
	return m
}

// parallel runs do over 0..n in two parts.
func parallel(n int, do func(i int)) {
	var wg sync.WaitGroup
	for k := range 2 {
		wg.Go(func() {
			for i := k; i < n; i += 2 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// olds looks at the samples with the net's own rows, once.
func (m *fit) olds(s *samples) []seenSample {
	if m.known[s] == nil {
		m.known[s] = m.look(s)
	}
	out := slices.Clone(m.known[s])
	for i, c := range s.label {
		out[i].row = -1
		if r, ok := m.index[c]; ok {
			out[i].row = r
		}
	}
	return out
}

func (m *fit) look(s *samples) []seenSample {
	n := len(m.f.Keys)
	class := map[rune]int{}
	for k, key := range m.f.Keys {
		if r := []rune(key); len(r) == 1 {
			class[r[0]] = k
		}
	}
	// The weights by class, so that a class's logit is one run through memory.
	w := make([]float32, n*s.inside)
	for k := range n {
		for i := range s.inside {
			w[k*s.inside+i] = m.f.Weights[i*n+k]
		}
	}
	out := make([]seenSample, len(s.label))
	parallel(len(out), func(i int) {
		x := s.at(i)
		z := make([]float32, n)
		best := 0
		for k := range n {
			z[k] = m.f.Bias[k] + dot(w[k*s.inside:(k+1)*s.inside], x)
			if z[k] > z[best] {
				best = k
			}
		}
		own, known := class[s.label[i]]
		if s.label[i] == 0 {
			own, known = 0, true
		}
		sum := 0.0
		for k, v := range z {
			if !known || k != own {
				sum += math.Exp(float64(v - z[best]))
			}
		}
		o := seenSample{own: math.Inf(-1), rest: float64(z[best]) + math.Log(max(sum, 1e-300))}
		if known {
			o.own = float64(z[own])
		}
		if r := []rune(m.f.Keys[best]); len(r) == 1 {
			o.top = r[0]
		}
		out[i] = o
	})
	return out
}

func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	n := len(a) &^ 3
	b = b[:len(a)]
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

// whiten finds the spread of the features within characters, and the triangle that makes it round.
func (m *fit) whiten(s *samples) {
	d := s.inside
	sum, n := map[rune][]float64{}, map[rune]int{}
	m.mean = make([]float64, d)
	for i, c := range s.label {
		if c == 0 {
			continue
		}
		if sum[c] == nil {
			sum[c] = make([]float64, d)
		}
		for k, v := range s.at(i) {
			sum[c][k] += float64(v)
			m.mean[k] += float64(v)
		}
		n[c]++
	}
	total := 0
	for _, k := range n {
		total += k
	}
	for k := range m.mean {
		m.mean[k] /= float64(total)
	}
	cov := make([][]float64, d)
	for k := range cov {
		cov[k] = make([]float64, d)
	}
	used := 0
	for i, c := range s.label {
		if c == 0 || n[c] < 3 || i%2 == 1 { // half of them is enough
			continue
		}
		used++
		x := s.at(i)
		for a := range d {
			va := float64(x[a]) - sum[c][a]/float64(n[c])
			for b := range a + 1 {
				cov[a][b] += va * (float64(x[b]) - sum[c][b]/float64(n[c]))
			}
		}
	}
	trace := 0.0
	for k := range d {
		trace += cov[k][k] / float64(used)
	}
	// Cholesky: cov = L·Lᵀ, then L⁻¹ by forward substitution.
	l := make([][]float64, d)
	for a := range d {
		l[a] = make([]float64, d)
		for b := range a + 1 {
			v := cov[a][b] / float64(used)
			if a == b {
				v += 0.03 * trace / float64(d)
			}
			for k := range b {
				v -= l[a][k] * l[b][k]
			}
			if a == b {
				l[a][a] = math.Sqrt(v)
			} else {
				l[a][b] = v / l[b][b]
			}
		}
	}
	m.white = make([][]float64, d)
	for a := range d {
		m.white[a] = make([]float64, d)
		for b := range a + 1 {
			v := 0.0
			if a == b {
				v = 1
			}
			for k := b; k < a; k++ {
				v -= l[a][k] * m.white[k][b]
			}
			m.white[a][b] = v / l[a][a]
		}
	}
}

func (m *fit) whitened(s *samples) []float32 {
	d := s.inside
	out := make([]float32, len(s.x))
	parallel(len(s.label), func(i int) {
		x, y := s.at(i), out[i*d:(i+1)*d]
		for a := range d {
			v := 0.0
			for b := range a + 1 {
				v += m.white[a][b] * (float64(x[b]) - m.mean[b])
			}
			y[a] = float32(v)
		}
	})
	return out
}

// begin sets the rows from the middles of the characters (linear discriminants).
func (m *fit) begin(s *samples) {
	d := s.inside
	x := m.whitened(s)
	n := make([]int, len(m.rows))
	m.w, m.b = make([]float32, len(m.rows)*d), make([]float32, len(m.rows))
	for i, c := range s.label {
		if r, ok := m.index[c]; ok {
			n[r]++
			for k, v := range x[i*d : (i+1)*d] {
				m.w[int(r)*d+k] += v
			}
		}
	}
	const scale = 0.6
	for r := range m.rows {
		w := m.w[r*d : (r+1)*d]
		sq := float32(0)
		for k := range w {
			w[k] /= float32(n[r]) + 1 // drawn a little to the middle of all
			sq += w[k] * w[k]
		}
		for k := range w {
			w[k] *= scale
		}
		m.b[r] = -scale * sq / 2
	}
	// One shift for all, so that a character's row stands about level with what the net says.
	seen := m.olds(s)
	var gap []float64
	for i := range seen {
		if r := seen[i].row; r >= 0 {
			gap = append(gap, seen[i].rest-float64(m.score(r, x[i*d:(i+1)*d])))
		}
	}
	slices.Sort(gap)
	for r := range m.b {
		m.b[r] += float32(gap[len(gap)*3/4])
	}
}

func (m *fit) score(r int32, x []float32) float32 {
	d := len(x)
	return m.b[r] + dot(m.w[int(r)*d:(int(r)+1)*d], x)
}

// learn descends the cross entropy over the net's own rows, which stay, and the new ones.
func (m *fit) learn(s *samples) {
	d := s.inside
	x := m.whitened(s)
	seen := m.olds(s)
	m.seen = seen
	g1, g2 := make([]float32, len(m.w)), make([]float32, len(m.w))
	b1, b2 := make([]float32, len(m.b)), make([]float32, len(m.b))
	grad, gradB := make([]float32, len(m.w)), make([]float32, len(m.b))
	steps := make([]int, len(m.b))
	order := make([]int, len(seen))
	for i := range order {
		order[i] = i
	}
	for round := range rounds {
		parallel(len(seen), func(i int) { seen[i].cands = m.best(x[i*d:(i+1)*d], seen[i].row) })
		for epoch := range epochs {
			rate := float32(0.03) * float32(math.Pow(0.9, float64(round*epochs+epoch)))
			m.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			loss := 0.0
			for from := 0; from < len(order); from += batch {
				touched := map[int32]bool{}
				for _, i := range order[from:min(from+batch, len(order))] {
					loss += m.gradient(&seen[i], x[i*d:(i+1)*d], grad, gradB, touched)
				}
				for r := range touched {
					steps[r]++
					c1, c2 := 1-float32(math.Pow(0.9, float64(steps[r]))), 1-float32(math.Pow(0.99, float64(steps[r])))
					adam := func(v, g, a, b *float32) {
						*a, *b = 0.9**a+0.1**g, 0.99**b+0.01**g**g
						*v -= rate * *a / c1 / (float32(math.Sqrt(float64(*b/c2))) + 1e-4)
						*g = 0
					}
					for k := int(r) * d; k < (int(r)+1)*d; k++ {
						adam(&m.w[k], &grad[k], &g1[k], &g2[k])
					}
					adam(&m.b[r], &gradB[r], &b1[r], &b2[r])
				}
			}
			log.Printf("round %d epoch %d: loss %.4f", round+1, epoch+1, loss/float64(len(order)))
		}
	}
}

// best are about as many rows as candidates that score highest on a sample, its own among them.
func (m *fit) best(x []float32, own int32) []int32 {
	z := make([]float32, len(m.rows))
	low, high := float32(math.Inf(1)), float32(math.Inf(-1))
	for r := range m.rows {
		z[r] = m.score(int32(r), x)
		low, high = min(low, z[r]), max(high, z[r])
	}
	// The score that so many exceed, by counting.
	var count [512]int
	bin := func(v float32) int { return int((v - low) / (high - low + 1e-6) * (float32(len(count)) - 0.01)) }
	for _, v := range z {
		count[bin(v)]++
	}
	limit := len(count) - 1
	for n := count[limit]; limit > 0 && n+count[limit-1] <= candidates; n += count[limit] {
		limit--
	}
	var out []int32
	for r, v := range z {
		if bin(v) >= limit || int32(r) == own {
			out = append(out, int32(r))
		}
	}
	return out
}

// gradient adds a sample's part to the gradient and gives its loss.
func (m *fit) gradient(o *seenSample, x, grad, gradB []float32, touched map[int32]bool) float64 {
	d := len(x)
	z := make([]float64, len(o.cands))
	top := o.rest
	if o.row < 0 {
		top = max(top, o.own)
	}
	target := 0.0
	for k, r := range o.cands {
		z[k] = float64(m.score(r, x))
		switch {
		case r == o.row:
			z[k] -= targetMargin
			target = z[k]
		case o.row < 0:
			z[k] += keepMargin
		}
		top = max(top, z[k])
	}
	sum := math.Exp(o.rest - top)
	if o.row < 0 {
		target = o.own
		if math.IsInf(target, -1) {
			return 0 // a character that neither the net nor a row knows
		}
		sum += math.Exp(o.own - top)
	}
	for _, v := range z {
		sum += math.Exp(v - top)
	}
	for k, r := range o.cands {
		g := float32(math.Exp(z[k]-top) / sum)
		if r == o.row {
			g--
		}
		if g > -2e-4 && g < 2e-4 {
			continue
		}
		touched[r] = true
		gradB[r] += g
		row := grad[int(r)*d : (int(r)+1)*d]
		for i, v := range x {
			row[i] += g * v
		}
	}
	return top + math.Log(sum) - target
}

// calibrate takes the margin off, shelters the common characters that the net reads right, and drops the rows that are
// of no use then: look-alikes of common characters.
func (m *fit) calibrate(s *samples) {
	d := s.inside
	x := m.whitened(s)
	seen := m.seen
	for r := range m.b {
		m.b[r] -= bakedMargin
	}
	second := make([]float64, len(m.rows)) // the second largest trespass: one sample may be beyond reading
	first := make([]float64, len(m.rows))
	var mu sync.Mutex
	parallel(len(seen), func(i int) {
		o := &seen[i]
		if o.row >= 0 || o.own < o.rest {
			return
		}
		for _, r := range m.best(x[i*d:(i+1)*d], -1) {
			over := float64(m.score(r, x[i*d:(i+1)*d])) + sheltered - o.own
			if over <= 0 {
				continue
			}
			mu.Lock()
			if over > first[r] {
				first[r], second[r] = over, first[r]
			} else {
				second[r] = max(second[r], over)
			}
			mu.Unlock()
		}
	})
	for r := range m.b {
		m.b[r] -= float32(second[r])
	}
	n, right := make([]int, len(m.rows)), make([]int, len(m.rows))
	var mu2 sync.Mutex
	parallel(len(seen), func(i int) {
		o := &seen[i]
		if o.row < 0 {
			return
		}
		ok := m.reads(o, x[i*d:(i+1)*d]) == s.label[i]
		mu2.Lock()
		n[o.row]++
		if ok {
			right[o.row]++
		}
		mu2.Unlock()
	})
	var dropped []rune
	for r := range m.rows {
		if float64(right[r]) < leastRecall*float64(n[r]) {
			m.gone[r] = true
			dropped = append(dropped, m.rows[r])
		}
	}
	log.Printf("left out, too like common characters: %d %s", len(dropped), string(dropped))
}

// reads is what the net with the rows reads at a sample.
func (m *fit) reads(o *seenSample, x []float32) rune {
	best, top := o.top, max(o.own, o.rest)
	look := func(r int32) {
		if z := float64(m.score(r, x)); !m.gone[r] && z > top {
			best, top = m.rows[r], z
		}
	}
	for _, r := range o.cands {
		look(r)
	}
	if o.cands == nil {
		for r := range m.rows {
			look(int32(r))
		}
	}
	return best
}

// report says how much is read, before and after.
func (m *fit) report(name string, s *samples) {
	d := s.inside
	x := m.whitened(s)
	seen := m.olds(s)
	var rareN, before, after, commonN, commonBefore, harmed, blanks, invented int
	var mu sync.Mutex
	parallel(len(seen), func(i int) {
		o := &seen[i]
		c := s.label[i]
		got := m.reads(o, x[i*d:(i+1)*d])
		mu.Lock()
		defer mu.Unlock()
		switch {
		case o.row >= 0:
			rareN++
			if o.top == c {
				before++
			}
			if got == c {
				after++
			}
		case c == 0:
			blanks++
			if o.top == 0 && got != 0 {
				invented++
			}
		default:
			commonN++
			if o.top == c {
				commonBefore++
				if got != c {
					harmed++
				}
			}
		}
	})
	log.Printf("%s: rare %d: before %.2f %%, after %.2f %%; common %d: before %.2f %%, of these harmed %.3f %%; between characters %d: invented %d",
		name, rareN, share(before, rareN), share(after, rareN), commonN, share(commonBefore, commonN), share(harmed, commonBefore), blanks, invented)
}

func share(a, b int) float64 { return 100 * float64(a) / float64(max(b, 1)) }

// head is the rows in the net's own units.
func (m *fit) head() *rare.Head {
	d := len(m.mean)
	h := &rare.Head{Width: d + 1}
	for r, c := range m.rows {
		if m.gone[r] {
			continue
		}
		// w·L⁻¹(x-μ) + b = (L⁻ᵀw)·x + b - (L⁻ᵀw)·μ
		row := make([]float32, d+1)
		bias := float64(m.b[r])
		for k := range d {
			v := 0.0
			for a := k; a < d; a++ {
				v += m.white[a][k] * float64(m.w[r*d+a])
			}
			row[k] = float32(v)
			bias -= v * m.mean[k]
		}
		row[d] = float32(bias)
		h.Runes = append(h.Runes, c)
		h.Rows = append(h.Rows, row...)
	}
	return h
}

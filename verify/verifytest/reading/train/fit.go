package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/fields/ocr/figures"
)

// How the head is fitted: Adam (Kingma and Ba 2015) on the loss of connectionist temporal classification (Graves et al. 2006).
const (
	batch    = 12   // lines to a step of descent
	rate     = 1e-3 // of the first steps; it falls to a fiftieth along a cosine
	decay    = 1e-4 // share of the numbers, times the rate, that is lost at a step
	leftOut  = 0.1  // share of the net's channels that are left out of a line
	variance = 1e-4 // added to that of a channel
	small    = 1e-4 // change of a logit, shared by the batch, that is none
)

// model is the head with its inputs brought to mean 0 and variance 1.
type model struct {
	in, wide, classes int
	w                 []float32 // classes × steps × in
	b                 []float64
	mean, scale       []float32
	first, second     []float32 // moments of the gradient
	firstB, secondB   []float64
	done              int // steps
	r                 *rand.Rand
	buf               []float32
}

func newModel(in int, lesson []seen) *model {
	m := &model{in: in, wide: in * figures.Steps, classes: ocr.SignCount, r: rand.New(rand.NewPCG(1, 2))}
	m.w, m.b = make([]float32, m.classes*m.wide), make([]float64, m.classes)
	m.first, m.second = make([]float32, len(m.w)), make([]float32, len(m.w))
	m.firstB, m.secondB = make([]float64, m.classes), make([]float64, m.classes)
	m.mean, m.scale = make([]float32, in), make([]float32, in)
	m.b[0] = 1 // most steps are blanks
	sum, square, n := make([]float64, in), make([]float64, in), 0.0
	for _, l := range lesson {
		for t := range l.steps {
			for i, v := range l.x[t*in : (t+1)*in] {
				sum[i], square[i] = sum[i]+float64(v), square[i]+float64(v)*float64(v)
			}
			n++
		}
	}
	for i := range in {
		mean := sum[i] / n
		m.mean[i], m.scale[i] = float32(mean), float32(1/math.Sqrt(square[i]/n-mean*mean+variance))
	}
	return m
}

// inputs are the numbers of a line, with a step of zeros of the net before and behind it, as a convolution sees them.
func (m *model) inputs(l *seen, keep []float32) []float32 {
	x := slices.Grow(m.buf[:0], (l.steps+2)*m.in)[:(l.steps+2)*m.in]
	m.buf = x
	for t := -1; t <= l.steps; t++ {
		for i := range m.in {
			v := float32(0)
			if t >= 0 && t < l.steps {
				v = l.x[t*m.in+i]
			}
			v = (v - m.mean[i]) * m.scale[i]
			if keep != nil {
				v *= keep[i]
			}
			x[(t+1)*m.in+i] = v
		}
	}
	return x
}

// logs are the logarithms of the likelihoods, steps × classes.
func (m *model) logs(x []float32, steps int) []float64 {
	out := make([]float64, steps*m.classes)
	for t := range steps {
		z := out[t*m.classes : (t+1)*m.classes]
		for c := range z {
			z[c] = m.b[c] + float64(dot(m.w[c*m.wide:(c+1)*m.wide], x[t*m.in:t*m.in+m.wide]))
		}
		high, sum := slices.Max(z), 0.0
		for _, v := range z {
			sum += math.Exp(v - high)
		}
		for c := range z {
			z[c] -= high + math.Log(sum)
		}
	}
	return out
}

func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	for i := 0; i+3 < len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	return s0 + s1 + s2 + s3
}

// learn goes through all lines once and gives their mean loss.
func (m *model) learn(lesson []seen, epoch, epochs int) float64 {
	order := m.r.Perm(len(lesson))
	all := float64(epochs * (len(order)/batch + 1))
	g, gb := make([]float32, len(m.w)), make([]float64, m.classes)
	keep := make([]float32, m.in)
	loss, n := 0.0, 0
	for at := 0; at < len(order); at += batch {
		clear(g)
		clear(gb)
		for _, k := range order[at:min(at+batch, len(order))] {
			for i := range keep {
				if keep[i] = 0; m.r.Float64() >= leftOut {
					keep[i] = 1 / (1 - leftOut)
				}
			}
			l := &lesson[k]
			x := m.inputs(l, keep)
			v, change, ok := ctc(m.logs(x, l.steps), l.steps, m.classes, l.row)
			if !ok {
				continue
			}
			loss, n = loss+v, n+1
			for t := range l.steps {
				seg := x[t*m.in : t*m.in+m.wide]
				for c := range m.classes {
					d := change[t*m.classes+c] / batch
					if math.Abs(d) < small {
						continue
					}
					gb[c] += d
					row := g[c*m.wide : (c+1)*m.wide]
					for i, v := range seg {
						row[i] += float32(d) * v
					}
				}
			}
		}
		m.step(g, gb, rate*min(1, float64(m.done+1)/50)*(0.02+0.98*0.5*(1+math.Cos(math.Pi*float64(m.done)/all))))
	}
	return loss / float64(max(n, 1))
}

func (m *model) step(g []float32, gb []float64, rate float64) {
	m.done++
	c1, c2 := 1-math.Pow(0.9, float64(m.done)), 1-math.Pow(0.999, float64(m.done))
	for i, d := range g {
		m.first[i] = 0.9*m.first[i] + 0.1*d
		m.second[i] = 0.999*m.second[i] + 0.001*d*d
		m.w[i] -= float32(rate/c1)*m.first[i]/(float32(math.Sqrt(float64(m.second[i])/c2))+1e-8) + float32(rate*decay)*m.w[i]
	}
	for c, d := range gb {
		m.firstB[c] = 0.9*m.firstB[c] + 0.1*d
		m.secondB[c] = 0.999*m.secondB[c] + 0.001*d*d
		m.b[c] -= rate * m.firstB[c] / c1 / (math.Sqrt(m.secondB[c]/c2) + 1e-8)
	}
}

// measure gives the mean loss of lines and how many of them are right by the likeliest class of each step, as far as the signs go.
func (m *model) measure(exam []seen) (loss float64, right int) {
	for i := range exam {
		l := &exam[i]
		logs := m.logs(m.inputs(l, nil), l.steps)
		if v, _, ok := ctc(logs, l.steps, m.classes, l.row); ok {
			loss += v / float64(len(exam))
		}
		var got, want []uint8
		last := 0
		for t := range l.steps {
			z := logs[t*m.classes : (t+1)*m.classes]
			best := slices.Index(z, slices.Max(z))
			if best != last && best != 0 && best != m.classes-1 {
				got = append(got, uint8(best))
			}
			last = best
		}
		for _, s := range l.row {
			if int(s) != m.classes-1 {
				want = append(want, s)
			}
		}
		if slices.Equal(got, want) {
			right++
		}
	}
	return loss, right
}

// ctc is the loss of a line and the change of its logits that lowers it; false for a line that has too few steps.
func ctc(logs []float64, steps, classes int, row []uint8) (float64, []float64, bool) {
	n := 2*len(row) + 1
	class := func(i int) int {
		if i%2 == 0 {
			return 0
		}
		return int(row[i/2])
	}
	skips := func(i int) bool { return i%2 == 1 && i >= 2 && class(i) != class(i-2) }
	never := math.Inf(-1)
	before, behind := make([]float64, steps*n), make([]float64, steps*n)
	for i := range before {
		before[i], behind[i] = never, never
	}
	if steps == 0 {
		return 0, nil, false
	}
	for i := range min(2, n) {
		before[i] = logs[class(i)]
		behind[(steps-1)*n+n-1-i] = 0
	}
	for t := 1; t < steps; t++ {
		for i := range n {
			v := before[(t-1)*n+i]
			if i > 0 {
				v = sum(v, before[(t-1)*n+i-1])
			}
			if skips(i) {
				v = sum(v, before[(t-1)*n+i-2])
			}
			before[t*n+i] = v + logs[t*classes+class(i)]
		}
	}
	for t := steps - 2; t >= 0; t-- {
		for i := range n {
			next := func(j int) float64 { return behind[(t+1)*n+j] + logs[(t+1)*classes+class(j)] }
			v := next(i)
			if i+1 < n {
				v = sum(v, next(i+1))
			}
			if i+2 < n && skips(i+2) {
				v = sum(v, next(i+2))
			}
			behind[t*n+i] = v
		}
	}
	total := before[steps*n-1]
	if n > 1 {
		total = sum(total, before[steps*n-2])
	}
	if math.IsInf(total, -1) {
		return 0, nil, false
	}
	change := make([]float64, steps*classes)
	for t := range steps {
		for c := range classes {
			change[t*classes+c] = math.Exp(logs[t*classes+c])
		}
		for i := range n {
			change[t*classes+class(i)] -= math.Exp(before[t*n+i] + behind[t*n+i] - total)
		}
	}
	return -total, change, true
}

// sum is the logarithm of the sum of two numbers of which the logarithms are given.
func sum(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// head is what was learnt, in the net's own units.
func (m *model) head() *figures.Head {
	h := &figures.Head{In: m.in, Classes: m.classes, Rows: make([]float32, len(m.w)), Bias: make([]float32, m.classes)}
	for c := range m.classes {
		bias := m.b[c]
		for k := range figures.Steps {
			for i := range m.in {
				v := m.w[c*m.wide+k*m.in+i] * m.scale[i]
				h.Rows[c*m.wide+i*figures.Steps+k] = v
				bias -= float64(v * m.mean[i])
			}
		}
		h.Bias[c] = float32(bias)
	}
	return h
}

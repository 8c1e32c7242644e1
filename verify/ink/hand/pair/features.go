package pair

import (
	"math"

	"zhengyan/verify/ink/hand/trace"
)

// Result is what a comparison measured.
type Result struct {
	Features []float64 // as Names, finite
	Hidden   float64   // share of the reference's lines that the query's print hides, or the other way if that is more
	match    *match
	bent     [3]level
}

// builder collects named values.
type builder struct {
	names []string
	v     []float64
}

func (b *builder) put(name string, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	b.names, b.v = append(b.names, name), append(b.v, v)
}

// log puts the logarithm of a distance: differences between small ones count as much as between large ones.
func (b *builder) log(name string, v float64) { b.put(name, math.Log(math.Max(v, 1e-3))) }

// ratio puts both how far two amounts differ and in which sense.
func (b *builder) ratio(name string, ref, qry float64) {
	v := clamp(math.Log((qry+1e-6)/(ref+1e-6)), -1.5, 1.5)
	b.put(name, math.Abs(v))
	b.put(name+"±", v)
}

// Compare lays the query over the reference and measures.
func Compare(ref, qry *trace.Trace) *Result {
	r, q := newSet(ref), newSet(qry)
	m := register(r, q)
	bent := m.elastic()
	res := &Result{match: m, bent: bent}
	res.Hidden = math.Max(share(m.hr), share(m.hq))
	var b builder
	m.measure(&b, bent, res.Hidden)
	res.Features = b.v
	return res
}

// Names gives the names of the features, in their order.
func Names() []string {
	t := &trace.Trace{Spacing: 1, Scale: 1}
	for i := range 40 {
		t.Points = append(t.Points, trace.Point{X: float64(i), Y: float64(i % 7), C: 1})
		t.Next = append(t.Next, i+1)
	}
	t.Next[39] = -1
	s := newSet(t)
	m := register(s, s)
	var b builder
	m.measure(&b, m.elastic(), 0)
	return b.names
}

func share(v []bool) float64 {
	n := 0.0
	for _, h := range v {
		if h {
			n++
		}
	}
	return n / math.Max(1, float64(len(v)))
}

func (m *match) measure(b *builder, bent [3]level, hidden float64) {
	r, q := m.ref, m.qry
	floor := r.floor()
	b.put("hidden", hidden)
	b.log("floor", floor)
	m.wholes(b, hidden)

	plain := m.residual(m.q)
	stage := func(name string, e residual) {
		b.log(name+" distance", (e.qr+e.rq)/2)
		b.log(name+" distance/floor", (e.qr+e.rq)/2/floor)
		b.log(name+" worse side", math.Max(e.qr, e.rq))
		b.put(name+" side±", math.Log((e.qr+1e-3)/(e.rq+1e-3)))
		b.put(name+" far", (e.fq+e.fr)/2)
		b.log(name+" high", e.high)
	}
	stage("affine", plain)
	for k, name := range []string{"stiff", "medium", "soft"} {
		stage(name, bent[k].residual)
		b.log(name+" move", bent[k].move)
		b.log(name+" strain", bent[k].strain)
	}

	for _, c := range []struct {
		name          string
		pts           []point
		radius, reach float64
	}{{"around small", m.q, 0.25, 0.25}, {"around large", m.q, 0.55, 0.3}, {"around bent", bent[0].q, 0.3, 0.15}} {
		mean, high, moved := m.surroundings(c.pts, c.radius, c.reach)
		b.log(c.name, mean)
		b.log(c.name+" high", high)
		b.log(c.name+" moved", moved)
	}
	b.put("grid 4x8", m.grid(m.q, 8, 4))
	b.put("grid 6x15", m.grid(m.q, 15, 6))
	b.put("grid 3x5 bent", m.grid(bent[0].q, 5, 3))
	b.put("grid 6x15 bent", m.grid(bent[0].q, 15, 6))
	amount, edges, rows := m.profiles(m.q)
	b.log("columns amount", amount)
	b.log("columns edges", edges)
	b.log("rows amount", rows)
	for _, s := range []float64{0.06, 0.15} {
		kr, kq := max(1, int(math.Round(s/r.step))), max(1, int(math.Round(s/q.step)))
		name := "hinges small"
		if s > 0.1 {
			name = "hinges large"
		}
		b.put(name, chi(r.hinges(r.pts, kr), q.hinges(m.q, kq)))
		b.put(name+" unturned", chi(r.hinges(r.pts, kr), q.hinges(q.pts, kq)))
	}
}

// wholes measures what needs no overlay: proportions, amount of line, counts, roughness, slant; and the map itself.
func (m *match) wholes(b *builder, hidden float64) {
	r, q := m.ref, m.qry
	b.ratio("aspect", r.rx/r.ry, q.rx/q.ry)
	lr, lq := float64(len(r.pts))*r.step, float64(len(q.pts))*q.step
	b.ratio("length", lr*(1-share(m.hr)), lq*(1-share(m.hq)))
	per := func(n int, l float64) float64 { return (float64(n) + 2) / l }
	b.ratio("ends", per(r.src.Ends, lr), per(q.src.Ends, lq))
	b.ratio("crossings", per(r.src.Crossings, lr), per(q.src.Crossings, lq))
	b.ratio("parts", per(r.src.Parts, lr), per(q.src.Parts, lq))
	b.ratio("holes", per(r.src.Holes, lr), per(q.src.Holes, lq))
	b.put("amount", math.Log(lr))
	fine := [2]float64{}
	for k, scale := range []float64{0.04, 0.08, 0.16, 0.30} {
		vr, okR := r.roughness(scale)
		vq, okQ := q.roughness(scale)
		if !okR || !okQ {
			vr, vq = 1, 1
		}
		name := "roughness " + []string{"finest", "fine", "medium", "coarse"}[k]
		b.ratio(name, vr, vq)
		if k == 0 {
			fine = [2]float64{vr, vq}
		}
		if k == 2 {
			b.ratio("tremor", fine[0]/(vr+0.02), fine[1]/(vq+0.02))
		}
	}
	b.put("slant", slantDistance(r.pts, q.pts))

	// The map without its scale: what it stretches, shears and turns.
	k := math.Sqrt(math.Abs(m.m.a*m.m.d - m.m.b*m.m.c))
	u, v := math.Hypot(m.m.a, m.m.c)/k, math.Hypot(m.m.b, m.m.d)/k
	b.put("map stretch", math.Abs(math.Log(u/v)))
	b.put("map shear", math.Abs((m.m.a*m.m.b+m.m.c*m.m.d)/(u*v*k*k)))
	b.put("map turn", math.Abs(math.Atan2(m.m.c-m.m.b, m.m.a+m.m.d)))
	b.put("map scale", math.Abs(math.Log(k)))
	b.put("map shift", math.Hypot(m.m.e, m.m.f))
}

// slantDistance is the difference of the distributions of directions (the circular earth mover's distance, in turns).
func slantDistance(a, b []point) float64 {
	const k = 24
	var d [k]float64
	for s, pts := range [][]point{a, b} {
		w := 1 / float64(len(pts))
		if s == 1 {
			w = -w
		}
		for _, p := range pts {
			i := int((math.Atan2(p.s, p.c)/(2*math.Pi) + 0.5) * k)
			d[min(k-1, max(0, i))] += w
		}
	}
	sum := 0.0
	var cum []float64
	for _, v := range d {
		sum += v
		cum = append(cum, sum)
	}
	mid := quantile(cum, 0.5)
	out := 0.0
	for _, v := range cum {
		out += math.Abs(v-mid) / k
	}
	return out
}

package qr

import "math"

// grid lays the modules of a symbol over the picture: a homography, and where the symbol is not flat a mesh of
// corrections to it. Pixels are those of the full picture.
type grid struct {
	h     homography
	chart *chart
	mesh  *mesh
	score float64
}

// at returns the pixel place of a module coordinate.
func (g *grid) at(x, y float64) vec {
	p := g.h.at(x, y)
	if g.mesh != nil {
		p = p.add(g.mesh.at(x, y))
	}
	return p
}

// corners returns the outline of the symbol: top left, top right, bottom right, bottom left.
func (g *grid) corners() [4]vec {
	d := float64(g.chart.dim)
	return [4]vec{g.at(0, 0), g.at(d, 0), g.at(d, d), g.at(0, d)}
}

// moduleSize is the side of a module in pixels in the middle of the symbol.
func (g *grid) moduleSize() float64 {
	d := float64(g.chart.dim) / 2
	u, v := g.h.jacobian(d, d)
	return math.Sqrt(math.Abs(u.cross(v)))
}

// mesh is a correction to a homography, known at the nodes of a rectangular lattice of module coordinates and linear
// in between; beyond the lattice the border's correction holds.
type mesh struct {
	xs, ys []float64
	d      []vec // len(xs)*len(ys), row by row
}

func (m *mesh) at(x, y float64) vec {
	i, fx := bracket(m.xs, x)
	j, fy := bracket(m.ys, y)
	w := len(m.xs)
	a := lerp(m.d[j*w+i], m.d[j*w+i+1], fx)
	b := lerp(m.d[(j+1)*w+i], m.d[(j+1)*w+i+1], fx)
	return lerp(a, b, fy)
}

func bracket(v []float64, x float64) (int, float64) {
	i := 0
	for i < len(v)-2 && x > v[i+1] {
		i++
	}
	return i, clamp((x-v[i])/(v[i+1]-v[i]), -.25, 1.25)
}

// view is one resolution of the picture; a pixel of it is worth f pixels of the full one.
type view struct {
	g        *gray
	f        float64
	negative bool
}

func (v view) at(p vec) float64 {
	s := v.g.at(p.x/v.f, p.y/v.f)
	if v.negative {
		return 255 - s
	}
	return s
}

// tapping says over how much of a module its value is taken: n by n places from -spread to +spread modules around the
// middle.
type tapping struct {
	n      int
	spread float64
}

func tapArea() tapping   { return tapping{3, .23} } // the middle half of the module
func tapMiddle() tapping { return tapping{1, 0} }   // one place: least blur
func tapWhole() tapping  { return tapping{5, .4} }  // nearly all of it: modules drawn as outlines or dots

// sample reads the gray value of every module.
func (v view) sample(g *grid, t tapping) []float32 {
	d := g.chart.dim
	out := make([]float32, d*d)
	if g.moduleSize()/v.f < 2.4 {
		t = tapMiddle()
	}
	inv := 1 / v.f
	for y := range d {
		for x := range d {
			cx, cy := float64(x)+.5, float64(y)+.5
			p := g.at(cx, cy).mul(inv)
			var s float64
			if t.n == 1 {
				s = v.g.at(p.x, p.y)
			} else {
				du, dv := g.h.jacobian(cx, cy)
				k := 2 * t.spread / float64(t.n-1) * inv
				du, dv = du.mul(k), dv.mul(k)
				mid := float64(t.n-1) / 2
				for j := range t.n {
					for i := range t.n {
						a, b := float64(i)-mid, float64(j)-mid
						s += v.g.at(p.x+a*du.x+b*dv.x, p.y+a*du.y+b*dv.y)
					}
				}
				s /= float64(t.n * t.n)
			}
			if v.negative {
				s = 255 - s
			}
			out[y*d+x] = float32(s)
		}
	}
	return out
}

// cut is one way to decide which modules are dark.
type cut struct {
	name   string
	kind   cutKind
	radius int
	point  float32 // for cutRange: where between darkest and lightest
	sharp  float32 // how much each module is set off from its four neighbours first
}

type cutKind int

const (
	cutRange cutKind = iota // between the darkest and the lightest module around
	cutMean                 // mean of the modules around
	cutOtsu                 // one value for the symbol
	cutEqual                // neighbours' share taken away
)

// bits decides which modules are dark (1).
func (c cut) bits(val []float32, ch *chart) []byte {
	d := ch.dim
	if c.sharp > 0 {
		val = sharpen(val, d, c.sharp)
	}
	out := make([]byte, d*d)
	switch c.kind {
	case cutEqual:
		return equalize(val, ch)
	case cutOtsu:
		var hist [256]int
		for _, v := range val {
			hist[int(max(0, min(255, v)))]++
		}
		t := float32(otsuPoint(hist[:]))
		for i, v := range val {
			if v < t {
				out[i] = 1
			}
		}
	case cutMean:
		sum := make([]float64, (d+1)*(d+1))
		for y := range d {
			row := 0.0
			for x := range d {
				row += float64(val[y*d+x])
				sum[(y+1)*(d+1)+x+1] = sum[y*(d+1)+x+1] + row
			}
		}
		for y := range d {
			y0, y1 := max(0, y-c.radius), min(d, y+c.radius+1)
			for x := range d {
				x0, x1 := max(0, x-c.radius), min(d, x+c.radius+1)
				s := sum[y1*(d+1)+x1] - sum[y0*(d+1)+x1] - sum[y1*(d+1)+x0] + sum[y0*(d+1)+x0]
				if float64(val[y*d+x])*float64((y1-y0)*(x1-x0)) < s {
					out[y*d+x] = 1
				}
			}
		}
	default:
		lo, hi := extremes(val, d, c.radius)
		for i, v := range val {
			if v < lo[i]+(hi[i]-lo[i])*c.point {
				out[i] = 1
			}
		}
	}
	return out
}

// extremes returns the least and the greatest value in the square of side 2r+1 around each module.
func extremes(val []float32, d, r int) (lo, hi []float32) {
	l1, h1 := make([]float32, d*d), make([]float32, d*d)
	lo, hi = make([]float32, d*d), make([]float32, d*d)
	for y := range d {
		row := val[y*d : (y+1)*d]
		for x := range d {
			l, h := row[x], row[x]
			for _, v := range row[max(0, x-r):min(d, x+r+1)] {
				l, h = min(l, v), max(h, v)
			}
			l1[y*d+x], h1[y*d+x] = l, h
		}
	}
	for y := range d {
		for x := range d {
			l, h := l1[y*d+x], h1[y*d+x]
			for k := max(0, y-r); k < min(d, y+r+1); k++ {
				l, h = min(l, l1[k*d+x]), max(h, h1[k*d+x])
			}
			lo[y*d+x], hi[y*d+x] = l, h
		}
	}
	return lo, hi
}

// sharpen undoes some of the blur between neighbouring modules.
func sharpen(val []float32, d int, k float32) []float32 {
	out := make([]float32, len(val))
	for y := range d {
		for x := range d {
			v := val[y*d+x]
			l, r := val[y*d+max(0, x-1)], val[y*d+min(d-1, x+1)]
			u, b := val[max(0, y-1)*d+x], val[min(d-1, y+1)*d+x]
			out[y*d+x] = v + k*(v-(l+r+u+b)/4)
		}
	}
	return out
}

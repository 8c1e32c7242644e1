package sheet

import (
	"math"

	"zhengyan/verify/page"
)

// A print with bare margins has an edge of its own, some millimetres inside the paper's, which is often the stronger
// one: on a white desk the paper's edge is hardly there at all. What tells them apart is that bare paper is not darker
// than printed paper, while nearly every desk is darker than paper. So beyond a side whose outside is not darker, a
// weaker edge is looked for, averaged along the whole side.

// Limits of that search.
const (
	marginMost  = 0.062 // of the side's own length: 18 mm beside the long side of A4
	marginLeast = 0.006
	blocks      = 10
	perBlock    = 9
	tilts       = 3 // steps of offset by which the ends may differ, each way
)

// colour is a mean of samples.
type colour [3]float64

func (a colour) minus(b colour) colour {
	return colour{a[0] - b[0], 2 * (a[1] - b[1]), 2 * (a[2] - b[2])}
}
func (a colour) dot(b colour) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

// outward gives the offset, at both ends, of an edge beyond the side from a to b; ok is false if there is none.
func (p *pixels) outward(a, b page.Point, scale float64) (atA, atB float64, ok bool) {
	d := sub(b, a)
	k := length(d)
	if k < 40 {
		return 0, 0, false
	}
	dx, dy := d.X/k, d.Y/k
	nx, ny := dy, -dx
	stepLen := max(scale/2, 1)
	first := -int(math.Ceil(5 * scale / stepLen))
	last := int(math.Ceil(marginMost * k * 1.45 / stepLen))
	n := last - first + 1
	prof := make([][]colour, blocks+2) // the last two lie beyond the corners
	for i := range prof {
		prof[i] = make([]colour, n)
		u0, u1 := 0.02+0.96*float64(i)/blocks, 0.02+0.96*float64(i+1)/blocks
		switch i {
		case blocks:
			u0, u1 = -0.13, -0.075
		case blocks + 1:
			u0, u1 = 1.075, 1.13
		}
		for j := range n {
			o := float64(first+j) * stepLen
			seen := 0.0
			for q := range perBlock {
				u := u0 + (u1-u0)*(float64(q)+0.5)/perBlock
				x, y := a.X+d.X*u+nx*o, a.Y+d.Y*u+ny*o
				if x < 1 || y < 1 || x > float64(p.w)-1 || y > float64(p.h)-1 {
					continue
				}
				l, cu, cv := p.at(int(x), int(y))
				prof[i][j][0] += float64(l)
				prof[i][j][1] += float64(cu)
				prof[i][j][2] += float64(cv)
				seen++
			}
			if seen < perBlock/2 {
				prof[i][j][0] = math.NaN()
				continue
			}
			for c := range 3 {
				prof[i][j][c] /= seen
			}
		}
	}
	zero := -first
	wide := max(int(math.Round(2*scale/stepLen)), 2)
	mean := func(i, from, to int) (m colour) {
		for j := from; j < to; j++ {
			for c := range 3 {
				m[c] += prof[i][j][c] / float64(to-from)
			}
		}
		return m
	}
	// Is what lies beyond the side at least as bright as what lies inside?
	gap := max(int(1.2*scale/stepLen), 1)
	brighter := 0
	for i := range blocks {
		if zero+gap+wide > n {
			return 0, 0, false
		}
		in, out := mean(i, zero-gap-wide, zero-gap), mean(i, zero+gap, zero+gap+wide)
		if out[0] >= 0.985*in[0]-1 {
			brighter++
		}
	}
	if brighter < blocks*8/10 {
		return 0, 0, false
	}
	best, bestJ, bestTilt := 0.0, 0, 0
	for j := zero + max(int(marginLeast*k/stepLen), gap+wide/2+1); j < n-wide-tilts-1; j++ {
		for tilt := -tilts; tilt <= tilts; tilt++ {
			var m colour
			var ds [blocks]colour
			bright := 0.0
			for i := range blocks {
				at := j + int(math.Round(float64(tilt)*(2*(float64(i)+0.5)/blocks-1)))
				in, out := mean(i, at-wide, at), mean(i, at+1, at+1+wide)
				ds[i] = in.minus(out)
				bright += in[0] / blocks
				for c := range 3 {
					m[c] += ds[i][c] / blocks
				}
			}
			size := math.Sqrt(m.dot(m))
			if !(size > 0.006*(bright+20)) {
				continue
			}
			same, against, spread := 0, 0, 0.0
			for i := range blocks {
				along := ds[i].dot(m) / size
				switch {
				case along > 0.25*size:
					same++
				case along < -0.15*size:
					against++
				}
				spread += (along - size) * (along - size) / blocks
			}
			// Beside a striped cloth the edge is seen only where the stripes are not white.
			near := float64(j-zero)*stepLen < 0.03*k
			if same < blocks-1 && (!near || same < blocks/2 || against > 0 || size < 0.04*(bright+20)) {
				continue
			}
			s := size / (math.Sqrt(spread/blocks) + 0.003*(bright+20))
			// An edge that runs on beyond both corners is the desk's.
			beyond := 0
			for i := blocks; i < blocks+2; i++ {
				at := j
				in, out := mean(i, at-wide, at), mean(i, at+1, at+1+wide)
				if q := in.minus(out); q.dot(m) > 0.4*size*size {
					beyond++
				}
			}
			if beyond == 2 {
				continue
			}
			if s > best {
				best, bestJ, bestTilt = s, j, tilt
			}
		}
	}
	if best < 2.2 {
		return 0, 0, false
	}
	// What lies between must be bare paper: even along the side.
	from, to := zero+gap, bestJ-gap
	if to > from {
		var v [blocks]float64
		for i := range blocks {
			v[i] = mean(i, from, to)[0]
		}
		rough, worst := 0.0, 0.0
		for i := 1; i < blocks; i++ {
			d := math.Abs(v[i]-v[i-1]) / (v[i] + v[i-1] + 20) * 2
			rough, worst = rough+d/(blocks-1), max(worst, d)
		}
		if rough > 0.03 || worst > 0.12 {
			return 0, 0, false
		}
	}
	o := float64(bestJ-zero) * stepLen
	return o - float64(bestTilt)*stepLen, o + float64(bestTilt)*stepLen, true
}

// pushed moves the sides of a quadrilateral out to the edges that lie beyond them.
func (p *pixels) pushed(c [4]page.Point, scale float64) ([4]page.Point, bool) {
	var lists [4][]border
	found := false
	for i := range 4 {
		oa, ob, ok := p.outward(c[i], c[(i+1)%4], scale)
		lists[i] = []border{{a: oa, b: ob}} // nothing, where there is no such edge
		found = found || ok
	}
	return moved(c, lists, [4]int{}), found
}

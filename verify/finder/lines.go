package finder

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// Sizes of the look at the ink.
const (
	lookSide = 850 // least longer side of the picture that is looked at; the most is twice that
	// At each level of the pyramid the lines of one range of heights are found; the next level has half the pixels.
	levels    = 4
	leastHigh = 5.0
	mostHigh  = 12.0
	bridge    = 7  // pixels of a gap inside a line
	longest   = 70 // pixels of a run of ink in a character, at the finest level
	mostLines = 3000
	rowInk    = 0.02 // share of a line's length from which ink in one row of it is more than a speck
)

// linesOf finds the lines of print on a picture, whichever way they run. upright tells whether most of the print stands
// upright or on its head, rather than on its side.
func linesOf(g *image.Gray) (list []line, upright bool) {
	ink := inkOf(g).withoutRules(longest)
	across := ink.lines()
	down := ink.turned().lines()
	weight := func(list []line) (w float64) {
		for _, l := range list {
			if l.length > 5*l.height {
				w += l.length * l.height
			}
		}
		return w
	}
	if weight(across) >= weight(down)*0.8 {
		return across, true
	}
	// Back from the turned picture: its x is the height less y, its y is x.
	for i := range down {
		l := &down[i]
		l.cx, l.cy = l.cy, float64(ink.h)-l.cx
		l.angle -= math.Pi / 2
	}
	return down, false
}

// lines finds the lines that run across.
func (m mask) lines() []line {
	var out []line
	finest := m
	scale := 1.0
	for range levels {
		if m.w < 40 || m.h < 40 {
			break
		}
		for _, l := range m.smeared(bridge).blobs() {
			if l.height < leastHigh || l.height > mostHigh || l.length < 1.8*l.height {
				continue
			}
			l.cx, l.cy, l.length, l.height = l.cx*scale, l.cy*scale, l.length*scale, l.height*scale
			out = append(out, l)
			if len(out) > mostLines {
				return out
			}
		}
		m = m.half()
		scale *= 2
	}
	out = distinct(out)
	for i := range out {
		finest.tighten(&out[i])
	}
	return out
}

// tighten takes the paper off above and below a line that was found at a coarse level, where a slope and the halving of the
// picture make it higher than it is: its height decides what may be a title beside it.
func (m mask) tighten(l *line) {
	half := int(l.height/2 + 1.5)
	rows := make([]int, 2*half+1)
	slope := math.Tan(l.angle)
	for x := max(int(l.cx-l.length/2), 0); x < min(int(l.cx+l.length/2), m.w); x++ {
		mid := int(math.Round(l.cy - 0.5 + slope*(float64(x)+0.5-l.cx)))
		for r := range rows {
			if y := mid + r - half; y >= 0 && y < m.h {
				rows[r] += int(m.pix[y*m.w+x])
			}
		}
	}
	least := int(l.length * rowInk)
	top, bottom := 0, len(rows)-1
	for top < bottom && rows[top] <= least {
		top++
	}
	for bottom > top && rows[bottom] <= least {
		bottom--
	}
	if h := float64(bottom - top + 1); h >= leastHigh && h < l.height {
		l.cy += float64(top+bottom)/2 - float64(half)
		l.height = h
	}
}

// distinct drops a line that was found at two levels: the longer one stays, which has not fallen apart. What holds two
// or more lines of smaller print one above the other is a paragraph.
func distinct(list []line) []line {
	slices.SortStableFunc(list, func(a, b line) int { return cmp.Compare(b.length*b.height, a.length*a.height) })
	var out []line
	for i, l := range list {
		inside := 0
		for _, o := range list[i+1:] {
			if o.height < 0.6*l.height && o.length > 0.3*l.length && math.Abs(o.cx-l.cx) < 0.5*l.length && math.Abs(o.cy-l.cy) < 0.5*l.height {
				inside++
			}
		}
		if inside >= 2 || slices.ContainsFunc(out, func(o line) bool {
			return math.Abs(o.cy-l.cy) < 0.6*max(o.height, l.height) && math.Abs(o.cx-l.cx) < 0.5*(o.length-0.3*l.length)+2
		}) {
			continue
		}
		out = append(out, l)
	}
	return out
}

// blobs gives the connected runs of a smeared mask as lines.
func (m mask) blobs() []line {
	type run struct{ y, x0, x1, label int }
	var runs []run
	parent := []int{}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	prev, cur := 0, 0
	for y := range m.h {
		start := len(runs)
		row := m.pix[y*m.w : (y+1)*m.w]
		k := prev
		for x := 0; x < m.w; x++ {
			if row[x] == 0 {
				continue
			}
			from := x
			for x < m.w && row[x] != 0 {
				x++
			}
			r := run{y, from, x, -1}
			for k < cur && runs[k].x1 <= from {
				k++
			}
			for q := k; q < cur && runs[q].x0 < x; q++ {
				root := find(runs[q].label)
				if r.label < 0 {
					r.label = root
				} else if root != find(r.label) {
					parent[root] = find(r.label)
				}
			}
			if r.label < 0 {
				r.label = len(parent)
				parent = append(parent, r.label)
			}
			runs = append(runs, r)
		}
		prev, cur = start, len(runs)
	}
	type sums struct {
		n, x, y, xx, xy float64
		x0, x1          int
	}
	all := make([]sums, len(parent))
	for _, r := range runs {
		s := &all[find(r.label)]
		n := float64(r.x1 - r.x0)
		mid := float64(r.x0+r.x1) / 2
		if s.n == 0 {
			s.x0, s.x1 = r.x0, r.x1
		}
		s.x0, s.x1 = min(s.x0, r.x0), max(s.x1, r.x1)
		s.n += n
		s.x += n * mid
		s.y += n * (float64(r.y) + 0.5)
		s.xx += n*mid*mid + n*n*n/12
		s.xy += n * mid * (float64(r.y) + 0.5)
	}
	// A line may slope; its height is what is left when the slope is taken out.
	type extent struct{ lo, hi float64 }
	ext := make([]extent, len(parent))
	slope := make([]float64, len(parent))
	for i := range all {
		s := &all[i]
		if s.n == 0 {
			continue
		}
		ext[i] = extent{math.Inf(1), math.Inf(-1)}
		if s.x1-s.x0 > 24 {
			vx := s.xx/s.n - (s.x/s.n)*(s.x/s.n)
			if vx > 0 {
				slope[i] = (s.xy/s.n - s.x/s.n*s.y/s.n) / vx
			}
			if math.Abs(slope[i]) > 0.15 {
				slope[i] = 0
			}
		}
	}
	for _, r := range runs {
		i := find(r.label)
		s := &all[i]
		mid := float64(r.x0+r.x1) / 2
		y := float64(r.y) + 0.5 - slope[i]*(mid-s.x/s.n)
		ext[i].lo, ext[i].hi = min(ext[i].lo, y-0.5), max(ext[i].hi, y+0.5)
	}
	var out []line
	for i := range all {
		s := &all[i]
		if s.n == 0 || s.x1-s.x0 < 10 {
			continue
		}
		h := ext[i].hi - ext[i].lo
		fill := s.n / (h * float64(s.x1-s.x0))
		if fill < 0.4 {
			continue
		}
		mid := float64(s.x0+s.x1) / 2
		out = append(out, line{
			cx: mid, cy: (ext[i].lo+ext[i].hi)/2 + slope[i]*(mid-s.x/s.n),
			length: float64(s.x1 - s.x0), height: h, angle: math.Atan(slope[i]),
		})
	}
	return out
}

// Titles.
const (
	titleAspect     = 3.6 // six characters, the last lines of a long title among them
	titleAspectMost = 26
	mostTitles      = 8
)

// titlesAmong picks the lines that may be a certificate's title: those that are taller than what stands around them, and
// alone. Lines of running text and of tables have neighbours of their own height.
func titlesAmong(list []line, upright bool) []line {
	var out []line
	type scored struct {
		l line
		s float64
	}
	var best []scored
	for i := range list {
		l := &list[i]
		if a := l.length / l.height; a < titleAspect || a > titleAspectMost {
			continue
		}
		s, c := math.Sincos(l.angle)
		alike, taller := 0, 0
		for k := range list {
			o := &list[k]
			if k == i {
				continue
			}
			dx, dy := o.cx-l.cx, o.cy-l.cy
			along, across := math.Abs(c*dx+s*dy), math.Abs(-s*dx+c*dy)
			if across > 5*l.height || along > (l.length+o.length)/2+2*l.height {
				continue
			}
			switch {
			case o.height > 1.25*l.height && o.length > 2.5*o.height:
				taller++
			case o.height > 0.8*l.height && o.length > 1.5*o.height:
				alike++
			}
		}
		if alike > 2 || taller > 1 {
			continue
		}
		best = append(best, scored{*l, l.height / (1 + 0.35*float64(alike) + 0.5*float64(taller))})
	}
	slices.SortStableFunc(best, func(a, b scored) int { return cmp.Compare(b.s, a.s) })
	for _, b := range best[:min(len(best), mostTitles)] {
		out = append(out, b.l)
	}
	return out
}

package trace

import "math"

type xy struct{ x, y float64 }

// line is the pixels from one node of the graph to the next.
type line []xy

func (l line) length() (sum float64) {
	for i := 1; i < len(l); i++ {
		sum += math.Hypot(l[i].x-l[i-1].x, l[i].y-l[i-1].y)
	}
	return sum
}

// smooth takes the stairs of the pixels away; the ends stay.
func (l line) smooth(passes int) line {
	out := append(line(nil), l...)
	tmp := make(line, len(l))
	for range passes {
		copy(tmp, out)
		for i := 1; i+1 < len(l); i++ {
			out[i] = xy{(tmp[i-1].x + 2*tmp[i].x + tmp[i+1].x) / 4, (tmp[i-1].y + 2*tmp[i].y + tmp[i+1].y) / 4}
		}
	}
	return out
}

// resample puts n points (n ≥ 2) on the line at even distances, its ends included.
func (l line) resample(n int) line {
	out := make(line, 0, n)
	step := l.length() / float64(n-1)
	next, done := 0.0, 0.0
	for i := 1; i < len(l) && len(out) < n; i++ {
		d := math.Hypot(l[i].x-l[i-1].x, l[i].y-l[i-1].y)
		for d > 0 && next <= done+d+1e-9 && len(out) < n {
			t := (next - done) / d
			out = append(out, xy{l[i-1].x + t*(l[i].x-l[i-1].x), l[i-1].y + t*(l[i].y-l[i-1].y)})
			next += step
		}
		done += d
	}
	for len(out) < n {
		out = append(out, l[len(l)-1])
	}
	return out
}

type graph struct {
	lines                         []line
	ends, crossings, parts, holes int
}

// graph follows the thin lines from node to node. Spurs that thinning left at the sides of thick lines are taken away first.
func (r *raster) graph(area int) graph {
	thin := r.count()
	width := float64(area) / float64(max(1, thin))
	for range 2 {
		r.unspur(int(math.Max(2, 0.8*width)))
	}
	var g graph
	used := make([]bool, len(r.ink))
	follow := func(from, to int) {
		l := line{r.at(from)}
		prev, i := from, to
		for {
			l = append(l, r.at(i))
			n, links := r.links(i)
			if n != 2 {
				break
			}
			if used[i] {
				break
			}
			used[i] = true
			next := links[0]
			if next == prev {
				next = links[1]
			}
			prev, i = i, next
		}
		g.lines = append(g.lines, l)
	}
	nodes, edges, pixels := 0, 0, 0
	for i, v := range r.ink {
		if !v {
			continue
		}
		pixels++
		n, links := r.links(i)
		edges += n
		if n == 2 {
			continue
		}
		nodes++
		switch {
		case n == 1:
			g.ends++
		case n > 2:
			g.crossings++
		}
		for _, j := range links[:n] {
			if m, _ := r.links(j); m == 2 && !used[j] || m != 2 && i < j {
				follow(i, j)
			}
		}
	}
	for i, v := range r.ink { // rings without a node
		if n, links := r.links(i); v && n == 2 && !used[i] {
			used[i] = true
			follow(i, links[0])
		}
	}
	g.parts = r.parts()
	g.holes = max(0, edges/2-pixels+g.parts)
	return g
}

func (r *raster) at(i int) xy { return xy{float64(i%r.w - pad), float64(i/r.w - pad)} }

// links gives the neighbours of a thin line's pixel; a diagonal one counts only where no straight step leads there.
func (r *raster) links(i int) (n int, out [8]int) {
	if !r.ink[i] {
		return 0, out
	}
	around := r.around()
	for k := 0; k < 8; k += 2 {
		if r.ink[i+around[k]] {
			out[n] = i + around[k]
			n++
		}
	}
	for k := 1; k < 8; k += 2 {
		if r.ink[i+around[k]] && !r.ink[i+around[k-1]] && !r.ink[i+around[(k+1)%8]] {
			out[n] = i + around[k]
			n++
		}
	}
	return n, out
}

// unspur takes lines away that end freely within so many pixels of a crossing.
func (r *raster) unspur(limit int) {
	var path []int
	var gone []int
	for i, v := range r.ink {
		if n, _ := r.links(i); !v || n != 1 {
			continue
		}
		path = append(path[:0], i)
		prev, cur := -1, i
		for len(path) <= limit {
			n, links := r.links(cur)
			if n > 2 {
				gone = append(gone, path[:len(path)-1]...)
				break
			}
			next := -1
			for _, j := range links[:n] {
				if j != prev {
					next = j
				}
			}
			if next < 0 {
				break
			}
			prev, cur = cur, next
			path = append(path, cur)
		}
	}
	for _, i := range gone {
		r.ink[i] = false
	}
}

func (r *raster) parts() (n int) {
	seen := make([]bool, len(r.ink))
	var stack []int
	for start, v := range r.ink {
		if !v || seen[start] {
			continue
		}
		n++
		seen[start] = true
		stack = append(stack[:0], start)
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, d := range r.around() {
				if j := i + d; r.ink[j] && !seen[j] {
					seen[j] = true
					stack = append(stack, j)
				}
			}
		}
	}
	return n
}

package ink

import (
	"context"
	"image"
	"math"
)

// coarseDPI is the resolution of the reference at which corners are sought: letters of 11 points are 17 pixels high.
const coarseDPI = 110

// registration maps pixels of the reference's page to pixels of the scan, both with the centre of the first pixel at
// (0.5, 0.5).
type registration struct {
	h       homography
	inliers int
	rms     float64 // in pixels of the reference at coarseDPI
	cover   float64 // share of the searched blocks of the page that were found
}

// register finds the reference's page in the scan.
func register(ctx context.Context, scan image.Image, ref *Reference) (*registration, error) {
	b := ref.Page.Bounds()
	f := coarseDPI / ref.DPI
	rw, rh := int(math.Round(float64(b.Dx())*f)), int(math.Round(float64(b.Dy())*f))
	r := resampled(ref.Page, rw, rh)
	toRef := scaling(float64(rw)/float64(b.Dx()), float64(rh)/float64(b.Dy()))
	rc := corners(r)
	sb := scan.Bounds()
	// The picture is taken to show about one page; photos show more, and are tried at other scales.
	fit := max(float64(rw)/float64(sb.Dx()), float64(rh)/float64(sb.Dy()))
	var best *registration
	var coarse *plane
	var toScan homography
	for _, s := range []float64{1, 1.22, 0.85, 1.5} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		sf := min(fit*s, 3)
		sw, sh := int(math.Round(float64(sb.Dx())*sf)), int(math.Round(float64(sb.Dy())*sf))
		if sw < 100 || sh < 100 || sw*sh > 12<<20 {
			continue
		}
		c := resampled(scan, sw, sh)
		sc := corners(c)
		guess := scaling(float64(sw)/float64(rw), float64(sh)/float64(rh))
		reach := 0.3 * math.Hypot(float64(sw), float64(sh))
		ps := match(rc, sc, guess, reach)
		h, in := consensus(ps, 3*max(1, s))
		if best == nil || len(in) > best.inliers {
			best = &registration{h: h, inliers: len(in)}
			coarse, toScan = c, scaling(float64(sb.Dx())/float64(sw), float64(sb.Dy())/float64(sh))
		}
		if len(in) >= 60 {
			break
		}
	}
	if best == nil || best.inliers < 12 {
		return nil, nil
	}
	if !best.refine(r, coarse) {
		return nil, nil
	}
	half := translation(0.5, 0.5)
	back := translation(-0.5, -0.5)
	best.h = toScan.after(half).after(best.h).after(back).after(toRef)
	return best, nil
}

// refine aligns blocks over the whole page and fits the homography to them; it reports whether enough agree.
func (g *registration) refine(r, c *plane) bool {
	h := g.h
	for round := range 2 {
		reach := []int{6, 3}[round]
		w := warp(c, h, r.w, r.h)
		ps, tried := blocks(r, w, blockGrid{size: 36, step: 54, reach: reach, least: 0.55})
		if len(ps) < 12 {
			return false
		}
		d, rms, n, ok := robust(ps, 0.6, fitHomography)
		if !ok || n < 10 {
			return false
		}
		h = h.after(d)
		g.rms, g.cover = rms, float64(n)/float64(max(tried, 1))
	}
	g.h = h
	return g.cover > 0.25
}

// warp resamples the scan in the reference's frame. What lies outside the scan is -1.
func warp(c *plane, h homography, w, ht int) *plane {
	out := newPlane(w, ht)
	for y := range ht {
		for x := range w {
			u, v := h.apply(float64(x), float64(y))
			s, ok := c.at(u, v)
			if !ok {
				s = -1
			}
			out.v[y*w+x] = s
		}
	}
	return out
}

// blockGrid says how blocks of the reference are sought in the warped scan.
type blockGrid struct {
	size, step, reach int     // pixels
	least             float64 // correlation below which a block was not found
	skip              func(x, y int) bool
}

// blocks finds each textured block of the reference in the warped scan by normalised cross correlation, to a fraction
// of a pixel. A pair maps the reference's place to the place in the warped scan.
func blocks(r, w *plane, g blockGrid) (ps []pair, tried int) {
	half := g.size / 2
	side := 2*g.reach + 1
	score := make([]float64, side*side)
	for cy := half + g.reach; cy < r.h-half-g.reach; cy += g.step {
		for cx := half + g.reach; cx < r.w-half-g.reach; cx += g.step {
			if g.skip != nil && g.skip(cx, cy) {
				continue
			}
			tx, ty := texture(r, cx, cy, half)
			if min(tx, ty) < 0.0012 { // both directions must be fixed
				continue
			}
			tried++
			p, ok := seek(r, w, cx, cy, half, g.reach, g.least, score)
			if ok {
				ps = append(ps, p)
			}
		}
	}
	return ps, tried
}

// texture is the mean squared difference of neighbours along x and y.
func texture(r *plane, cx, cy, half int) (tx, ty float64) {
	var sx, sy float32
	for y := cy - half; y < cy+half; y++ {
		row := r.v[y*r.w+cx-half : y*r.w+cx+half+1]
		next := r.v[(y+1)*r.w+cx-half:]
		for i := range len(row) - 1 {
			dx, dy := row[i+1]-row[i], next[i]-row[i]
			sx += dx * dx
			sy += dy * dy
		}
	}
	n := float64(4 * half * half)
	return float64(sx) / n, float64(sy) / n
}

// seek correlates one block at the places within reach: at every other one first, then round the best of them.
func seek(r, w *plane, cx, cy, half, reach int, least float64, score []float64) (pair, bool) {
	n := 0
	var sa, saa float64
	for y := cy - half; y <= cy+half; y++ {
		for _, v := range r.v[y*r.w+cx-half : y*r.w+cx+half+1] {
			sa += float64(v)
			saa += float64(v) * float64(v)
			n++
		}
	}
	va := saa - sa*sa/float64(n)
	side := 2*reach + 1
	const unknown = -3.0
	for i := range score {
		score[i] = unknown
	}
	best, bx, by := -2.0, 0, 0
	at := func(dx, dy int) {
		o := (dy+reach)*side + dx + reach
		if score[o] != unknown {
			return
		}
		s := alike(r, w, cx, cy, dx, dy, half, sa, va)
		score[o] = s
		if s > best {
			best, bx, by = s, dx, dy
		}
	}
	for dy := -reach; dy <= reach; dy += 2 {
		for dx := -reach; dx <= reach; dx += 2 {
			at(dx, dy)
		}
	}
	for range 3 { // the top may lie a step beside the best of the coarse places
		ox, oy := bx, by
		for dy := max(-reach, oy-1); dy <= min(reach, oy+1); dy++ {
			for dx := max(-reach, ox-1); dx <= min(reach, ox+1); dx++ {
				at(dx, dy)
			}
		}
		if ox == bx && oy == by {
			break
		}
	}
	if best < least || bx == -reach || bx == reach || by == -reach || by == reach {
		return pair{}, false
	}
	for _, d := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
		o := (by+d[1]+reach)*side + bx + d[0] + reach
		if score[o] == unknown {
			score[o] = alike(r, w, cx, cy, bx+d[0], by+d[1], half, sa, va)
		}
	}
	o := (by+reach)*side + bx + reach
	return pair{
		float64(cx), float64(cy),
		float64(cx+bx) + peak(score[o-1], best, score[o+1]), float64(cy+by) + peak(score[o-side], best, score[o+side]),
		best * best,
	}, true
}

// alike is the correlation of a block of the reference with the scan's moved by (dx, dy), -2 where the scan does not reach;
// sa and va are the block's sum and its squared deviation.
func alike(r, w *plane, cx, cy, dx, dy, half int, sa, va float64) float64 {
	var tb, tbb, tab float64
	for y := cy - half; y <= cy+half; y++ {
		a := r.v[y*r.w+cx-half : y*r.w+cx+half+1]
		b := w.v[(y+dy)*w.w+cx+dx-half : (y+dy)*w.w+cx+dx+half+1]
		if b[0] < 0 || b[len(b)-1] < 0 {
			return -2
		}
		sb, sbb, sab := sums(a, b)
		tb += float64(sb)
		tbb += float64(sbb)
		tab += float64(sab)
	}
	n := float64((2*half + 1) * (2*half + 1))
	vb := tbb - tb*tb/n
	if va <= 1e-6 || vb <= 1e-6 {
		return -2
	}
	return (tab - sa*tb/n) / math.Sqrt(va*vb)
}

// sums are the sum of b, of its squares and of its products with a; two of each run side by side, which a processor does
// at once.
func sums(a, b []float32) (sb, sbb, sab float32) {
	var b0, b1, q0, q1, p0, p1 float32
	a = a[:len(b)]
	i := 0
	for ; i+1 < len(b); i += 2 {
		u, v := b[i], b[i+1]
		b0 += u
		b1 += v
		q0 += u * u
		q1 += v * v
		p0 += u * a[i]
		p1 += v * a[i+1]
	}
	if i < len(b) {
		b0 += b[i]
		q0 += b[i] * b[i]
		p0 += b[i] * a[i]
	}
	return b0 + b1, q0 + q1, p0 + p1
}

// peak is the place of a parabola's top through three values at -1, 0 and 1.
func peak(a, b, c float64) float64 {
	d := a - 2*b + c
	if d >= -1e-9 || a < -1.5 || c < -1.5 {
		return 0
	}
	return max(-0.5, min(0.5, 0.5*(a-c)/d))
}

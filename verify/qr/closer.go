package qr

import "image"

const (
	// closerRegions is the number of regions of a page that are looked at on their own.
	closerRegions = 3
	// closerBlock and closerWindow are the sides of a block, in pixels of the working picture, and of the window over which
	// blocks are summed up, in blocks: a small code.
	closerBlock, closerWindow = 8, 8
	// closerSide is the side of a region in windows: the window can lie anywhere on the code.
	closerSide = 3.5
)

// lookCloser reads the regions of a large page that are most like a code, each as a picture of its own and pixel by pixel.
// On a noisy page the patterns of a small code are lost among hundreds of others; in its own surroundings they stand out.
func (r *reader) lookCloser(name string) {
	type cutter interface {
		SubImage(image.Rectangle) image.Image
	}
	img, ok := r.img.(cutter)
	if !ok || r.work < 2 || len(r.res.Codes) > 0 {
		return
	}
	r.res.Work.Strategies = append(r.res.Work.Strategies, name)
	b := r.img.Bounds()
	half := int(closerSide / 2 * closerWindow * closerBlock * float64(r.work))
	for _, c := range r.busiest() {
		at := image.Pt(b.Min.X+c.X*r.work, b.Min.Y+c.Y*r.work)
		rect := image.Rect(at.X-half, at.Y-half, at.X+half, at.Y+half).Intersect(b)
		if rect.Dx() < minWorkSide/2 || rect.Dy() < minWorkSide/2 {
			continue
		}
		part := &reader{
			ctx: r.ctx, opts: r.opts, res: &Result{}, rs: r.rs, charts: r.charts, img: img.SubImage(rect), work: 1,
			levels: map[levelKey]*gray{}, bitmaps: map[scanKey]*bitmap{}, scans: map[scanKey][]finder{},
		}
		for _, s := range strategies() {
			if r.stop() || len(part.res.Codes) > 0 {
				break
			}
			if !r.opts.Without[s.name] && s.inRegions {
				part.attempt(func() { part.runStrategy(s) })
			}
		}
		r.adopt(part, name, vec{float64(rect.Min.X - b.Min.X), float64(rect.Min.Y - b.Min.Y)})
		if r.stop() || r.full() {
			return
		}
	}
}

// adopt takes over what was read in a part of the picture that begins at a place.
func (r *reader) adopt(part *reader, name string, at vec) {
	w, p := &r.res.Work, part.res.Work
	w.Grids, w.Reads, w.Faults = w.Grids+p.Grids, w.Reads+p.Reads, w.Faults+p.Faults
	shift := func(c *Code) {
		c.Strategy = name
		for k := range c.Corners {
			c.Corners[k].X += at.x
			c.Corners[k].Y += at.y
		}
	}
	for i := range part.res.Conflicts {
		for k := range part.res.Conflicts[i].Readings {
			shift(&part.res.Conflicts[i].Readings[k])
		}
		r.res.Conflicts = append(r.res.Conflicts, part.res.Conflicts[i])
	}
	for _, t := range part.taken {
		for k := range t.quad {
			t.quad[k] = vec{t.quad[k].x + at.x, t.quad[k].y + at.y}
		}
		if r.explained(lerp(t.quad[0], t.quad[2], .5)) {
			continue
		}
		if t.code >= 0 {
			c := part.res.Codes[t.code]
			shift(&c)
			r.res.Codes = append(r.res.Codes, c)
			t.code = len(r.res.Codes) - 1
		}
		r.taken = append(r.taken, t)
	}
}

// busiest returns the centres of the windows of the working picture in which dark and light lie closest together,
// relative to how light it is there, busiest first.
func (r *reader) busiest() []image.Point {
	g := r.level(luma, r.work)
	bw, bh := g.w/closerBlock, g.h/closerBlock
	if bw < closerWindow || bh < closerWindow {
		return nil
	}
	// sum is an integral image of the contrast of the blocks, with a row and a column of zeros.
	sum := make([]float32, (bw+1)*(bh+1))
	for y := range bh {
		row := float32(0)
		for x := range bw {
			lo, hi := byte(255), byte(0)
			for k := range closerBlock {
				o := (y*closerBlock+k)*g.w + x*closerBlock
				for _, v := range g.pix[o : o+closerBlock] {
					lo, hi = min(lo, v), max(hi, v)
				}
			}
			row += float32(hi-lo) / (float32(hi) + 16)
			sum[(y+1)*(bw+1)+x+1] = sum[y*(bw+1)+x+1] + row
		}
	}
	var out []image.Point
	for range closerRegions {
		best, at := float32(0), image.Point{}
		for y := 0; y+closerWindow <= bh; y++ {
			for x := 0; x+closerWindow <= bw; x++ {
				a, b := y*(bw+1)+x, (y+closerWindow)*(bw+1)+x
				v := sum[b+closerWindow] - sum[b] - sum[a+closerWindow] + sum[a]
				if v <= best {
					continue
				}
				near := false
				c := image.Pt(x*closerBlock+closerWindow*closerBlock/2, y*closerBlock+closerWindow*closerBlock/2)
				for _, o := range out {
					d := c.Sub(o)
					near = near || max(d.X, -d.X, d.Y, -d.Y) < closerWindow*closerBlock
				}
				if !near {
					best, at = v, c
				}
			}
		}
		if best == 0 {
			break
		}
		out = append(out, at)
	}
	return out
}

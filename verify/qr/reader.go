package qr

import (
	"bytes"
	"context"
	"image"
	"slices"
)

// reader is the state of one Decode.
type reader struct {
	ctx     context.Context
	opts    Options
	res     *Result
	rs      *corrector
	charts  [41]*chart
	levels  map[levelKey]*gray
	bitmaps map[scanKey]*bitmap
	scans   map[scanKey][]finder
	img     image.Image
	work    int // full pixels in one pixel of the picture on which symbols are looked for first
	taken   []taken
	// bendable are the grids that fit the fixed patterns of a symbol and could not be read flat.
	bendable []bendable
	unread   [][4]vec
	// isDim is what dim found out; it holds once dimKnown is set.
	dimKnown, isDim bool
}

type taken struct {
	quad [4]vec
	code int // index into res.Codes, -1 in conflict
}

type levelKey struct {
	ch channel
	f  int
}

func run(ctx context.Context, img image.Image, opts Options, res *Result) {
	b := img.Bounds()
	r := &reader{
		ctx: ctx, opts: opts, res: res, rs: newCorrector(), levels: map[levelKey]*gray{}, img: img,
		bitmaps: map[scanKey]*bitmap{}, scans: map[scanKey][]finder{},
	}
	r.work = (max(b.Dx(), b.Dy()) + workSide - 1) / workSide
	r.work = max(1, min(r.work, min(b.Dx(), b.Dy())/minWorkSide))
	r.attempt(func() { r.runStrategies() })
	joinAppended(res)
}

// attempt keeps a panic of anything inside to itself and counts it: what was read before stays.
func (r *reader) attempt(f func()) {
	defer func() {
		if recover() != nil {
			r.res.Work.Faults++
			r.res.Work.Partial = true
		}
	}()
	f()
}

func (r *reader) stop() bool { return r.ctx.Err() != nil }

// level returns a channel of the picture scaled down by f.
func (r *reader) level(ch channel, f int) *gray {
	k := levelKey{ch, f}
	if g := r.levels[k]; g != nil {
		return g
	}
	var g *gray
	switch {
	case ch == soft:
		g = smooth(r.level(luma, f))
	case ch == sharpened:
		g = r.level(luma, f).sharpen(smooth(r.level(soft, f)))
	case ch == sharper:
		g = r.level(sharpened, f).sharpen(smooth(smooth(r.level(sharpened, f))))
	case ch == lifted:
		g = r.level(luma, f).lift()
	case f == 1:
		g = toGray(r.img, ch)
	case f%2 == 0 && r.levels[levelKey{ch, f / 2}] != nil:
		g = r.levels[levelKey{ch, f / 2}].shrink(2)
	default:
		g = r.level(ch, 1).shrink(f)
	}
	r.levels[k] = g
	return g
}

func (r *reader) chart(v int) *chart {
	if r.charts[v] == nil {
		l, ok := layoutOf(v)
		if !ok {
			return nil
		}
		r.charts[v] = newChart(l)
	}
	return r.charts[v]
}

// explained reports whether a place lies in a symbol that was read already.
func (r *reader) explained(p vec) bool {
	return slices.ContainsFunc(r.taken, func(t taken) bool { return inQuad(t.quad, p) })
}

// take records a reading. Two readings of one place that differ become a conflict and neither is given.
func (r *reader) take(rd *reading, g *grid, strategy string, negative bool) {
	q := g.corners()
	c := rd.code(strategy, q, negative)
	mid := lerp(q[0], q[2], .5)
	for i, t := range r.taken {
		other := lerp(t.quad[0], t.quad[2], .5)
		if !inQuad(t.quad, mid) && !inQuad(q, other) {
			continue
		}
		if t.code < 0 {
			return
		}
		old := r.res.Codes[t.code]
		if bytes.Equal(old.Bytes, c.Bytes) {
			return
		}
		r.res.Conflicts = append(r.res.Conflicts, Conflict{Readings: []Code{old, c}})
		r.res.Codes = slices.Delete(r.res.Codes, t.code, t.code+1)
		for k := range r.taken {
			if r.taken[k].code > t.code {
				r.taken[k].code--
			}
		}
		r.taken[i].code = -1
		return
	}
	r.res.Codes = append(r.res.Codes, c)
	r.taken = append(r.taken, taken{q, len(r.res.Codes) - 1})
}

// full reports whether as many codes were found as were asked for.
func (r *reader) full() bool {
	n := len(r.res.Codes)
	return r.opts.One && n > 0 || n >= orDefault(r.opts.MaxCodes, maxCodes)
}

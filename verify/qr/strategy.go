package qr

// strategy is one way of making the picture black and white and of reading what is found in it. They run in the order
// of strategies until the codes of the page are read.
type strategy struct {
	name     string
	scale    scale
	channel  channel
	negative bool // light symbols on dark
	binarize func(g *gray) *bitmap
	cuts     []cut
	pairs    bool // look for symbols with two finder patterns
	lenient  bool // take finder patterns of which one side is lost
	harder   bool // only with Options.TryHarder or while nothing was found
}

// scale says at which size a strategy looks for finder patterns.
type scale int

const (
	scaleWork    scale = iota // longest side at most workSide
	scaleFull                 // every pixel
	scaleHalf                 // half of scaleWork
	scaleQuarter              // a quarter of scaleWork
	scaleDouble               // twice the size of scaleWork: modules of one or two pixels
)

func mid45(g *gray) *bitmap { return midRange(g, 45) }
func mid60(g *gray) *bitmap { return midRange(g, 60) }
func mean10(g *gray) *bitmap {
	return localMean(g, max(g.w, g.h)/10, 94)
}
func mean40px(g *gray) *bitmap  { return localMean(g, 40, 92) }
func smoothMid(g *gray) *bitmap { return midRange(smooth(g), 45) }
func meanWide(g *gray) *bitmap  { return localMean(g, max(g.w, g.h)/4, 90) }

// strategies lists all ways of reading, ordered by what they earn and cost on the corpus (docs/qr.md).
func strategies() []strategy {
	plain := []cut{
		{name: "range", kind: cutRange, radius: 4, point: .5},
		{name: "mean", kind: cutMean, radius: 5},
		{name: "otsu", kind: cutOtsu},
		{name: "sharp", kind: cutMean, radius: 6, sharp: .6},
		{name: "equal", kind: cutEqual},
	}
	// Black seen through red ink is only half dark in the brightest channel.
	seal := []cut{
		{name: "range50", kind: cutRange, radius: 5, point: .5},
		{name: "range64", kind: cutRange, radius: 5, point: .64},
		{name: "range74", kind: cutRange, radius: 5, point: .74},
		{name: "mean", kind: cutMean, radius: 5},
		{name: "equal", kind: cutEqual},
	}
	return []strategy{
		{name: "mid", binarize: mid45, cuts: plain},
		{name: "mean", binarize: mean10, cuts: plain},
		{name: "inverted", binarize: mid45, cuts: plain, negative: true},
		{name: "lenient", binarize: mid45, cuts: plain, lenient: true},
		{name: "brightest", channel: brightest, binarize: mid60, cuts: seal},
		{name: "half", scale: scaleHalf, binarize: mid45, cuts: plain},
		{name: "pairs", binarize: mid45, cuts: plain, pairs: true},
		{name: "otsu", binarize: otsu, cuts: plain},
		{name: "window40", binarize: mean40px, cuts: plain},
		{name: "smooth", binarize: smoothMid, cuts: plain},
		{name: "quarter", scale: scaleQuarter, binarize: mid45, cuts: plain},
		{name: "full", scale: scaleFull, binarize: mid45, cuts: plain},
		{name: "brightest-mean", channel: brightest, binarize: mean10, cuts: seal},
		{name: "half-mean", scale: scaleHalf, binarize: mean10, cuts: plain},
		{name: "pairs-mean", binarize: mean10, cuts: plain, pairs: true},
		{name: "wide", binarize: meanWide, cuts: plain},
		{name: "double", scale: scaleDouble, binarize: mid45, cuts: plain},
		{name: "full-mean", scale: scaleFull, binarize: mean10, cuts: plain},
		{name: "inverted-mean", binarize: mean10, cuts: plain, negative: true},
		{name: "brightest-full", scale: scaleFull, channel: brightest, binarize: mid60, cuts: seal, harder: true},
	}
}

// surveyed is the number of strategies that always run, so that a second code in other light is not missed.
const surveyed = 2

func (r *reader) runStrategies() {
	for i, s := range strategies() {
		if r.opts.Without[s.name] {
			continue
		}
		if r.stop() {
			r.res.Work.Partial = true
			return
		}
		if r.full() {
			return
		}
		if len(r.res.Codes) > 0 && (i >= surveyed || r.left < 2) && !r.missing() {
			return
		}
		r.runStrategy(s)
	}
}

func (r *reader) runStrategy(s strategy) {
	f := r.work
	var g *gray
	vf := 1.0
	switch s.scale {
	case scaleFull:
		if f == 1 {
			return
		}
		g = r.level(s.channel, 1)
	case scaleHalf, scaleQuarter:
		f *= map[scale]int{scaleHalf: 2, scaleQuarter: 4}[s.scale]
		g = r.level(s.channel, f)
		if min(g.w, g.h) < 40 {
			return
		}
		vf = float64(f)
	case scaleDouble:
		if f > 1 || max(r.level(s.channel, 1).w, r.level(s.channel, 1).h) > 700 {
			return
		}
		g = r.level(s.channel, 1).double()
		vf = .5
	default:
		g = r.level(s.channel, f)
		vf = float64(f)
	}
	r.res.Work.Strategies = append(r.res.Work.Strategies, s.name)
	b := s.binarize(g)
	if s.negative {
		b = b.negative()
	}
	v := view{g, vf, s.negative}
	fs := findFinders(b, s.lenient, r.stop)
	r.res.Work.Finders = max(r.res.Work.Finders, len(fs))
	free := fs[:0]
	for _, f := range fs {
		if !r.explained(f.c.mul(vf)) {
			free = append(free, f)
		}
	}
	fs = free
	if len(fs) < 2 || len(fs) < 3 && !s.pairs {
		return
	}
	for i := range fs {
		if i < maxRings {
			fs[i].ring = measureRing(g, fs[i].c, fs[i].module, s.negative)
		}
	}
	if s.pairs {
		r.tryPairs(s, v, fs)
		return
	}
	limit := maxTriplets
	if r.opts.TryHarder {
		limit = maxTripletsHarder
	}
	defer func() {
		r.left = 0
		for i := range fs {
			if fs[i].ring != nil && fs[i].ring.good >= ringRays*2/3 && !r.explained(fs[i].c.mul(vf)) {
				r.left++
			}
		}
	}()
	tries := 0
	for _, t := range v.likelyTriplets(fs, rankTriplets(fs, limit+8*len(fs), r.stop)) {
		if r.stop() {
			r.res.Work.Partial = true
			return
		}
		if r.full() {
			return
		}
		if r.explained(fs[t.tl].c.mul(vf)) || r.explained(fs[t.tr].c.mul(vf)) || r.explained(fs[t.bl].c.mul(vf)) {
			continue
		}
		if tries++; tries > limit || t.cost > maxCost && !r.opts.TryHarder {
			break
		}
		if r.trySymbol(s, v, fs, t) {
			tries = 0
		}
	}
}

// maxCost is the cost beyond which three finders are not taken for a symbol.
const maxCost = 4.5

// minScore is the share of fixed patterns that a grid must hit before its data is read.
const minScore = .72

// sureScore is the share at which a grid is read before others are laid.
const sureScore = .93

// relaxScore is the like for grids that are bent to the surface when they cannot be read flat.
const relaxScore = .76

// trySymbol lays grids over three finders and reads the likeliest.
func (r *reader) trySymbol(s strategy, v view, fs []finder, t triplet) bool {
	a, ok := newAnchors(v, fs, t)
	if !ok {
		return false
	}
	asm := &assembly{parts: map[assemblyKey][]solved{}}
	var grids []*grid
	for _, n := range a.dimensions(4) {
		c := r.chart(n)
		if c == nil {
			continue
		}
		next := a.layGrids(c, v, 2)
		r.res.Work.Grids += len(next)
		sortGrids(next)
		grids = append(grids, next...)
		// A grid that hits nearly all fixed patterns is read at once; other dimensions need not be laid.
		if len(next) > 0 && next[0].score >= sureScore {
			if rd, used, ok := r.readGrid(s, v, a, next[0], 1, asm); ok {
				r.take(rd, used, s.name, s.negative)
				return true
			}
		}
	}
	sortGrids(grids)
	for i, g := range grids {
		need := minScore
		if g.chart.number >= 7 {
			need = .64
		}
		if i >= 5 || g.score < need || r.stop() {
			break
		}
		if rd, used, ok := r.readGrid(s, v, a, g, i, asm); ok {
			r.take(rd, used, s.name, s.negative)
			return true
		}
	}
	if len(grids) > 0 && grids[0].score >= sureScore {
		r.unread = append(r.unread, grids[0].corners())
	}
	return false
}

// missing reports whether a symbol was seen for sure and not read by any strategy yet.
func (r *reader) missing() bool {
	for _, q := range r.unread {
		if !r.explained(lerp(q[0], q[2], .5)) {
			return true
		}
	}
	return false
}

func sortGrids(g []*grid) {
	for i := 1; i < len(g); i++ {
		for k := i; k > 0 && g[k].score > g[k-1].score; k-- {
			g[k], g[k-1] = g[k-1], g[k]
		}
	}
}

// readGrid samples a grid and tries the strategy's cuts; where the version has a lattice of alignment patterns, the
// grid is fitted to it first.
func (r *reader) readGrid(s strategy, v view, a *anchors, g *grid, rank int, asm *assembly) (*reading, *grid, bool) {
	sv := r.samplingView(s, v, g)
	if g.chart.number >= 7 {
		if l := sv.growLattice(g, a); l != nil {
			g = l
		}
	}
	if rd, ok := r.readSamples(sv.sample(g, tapArea()), s.cuts, g.chart, asm); ok {
		return rd, g, true
	}
	if rank > 1 || g.score < relaxScore || r.stop() {
		return nil, g, false
	}
	last := s.cuts[len(s.cuts)-2:]
	for _, t := range [2]tapping{tapMiddle(), tapWhole()} {
		if rd, ok := r.readSamples(sv.sample(g, t), last, g.chart, asm); ok {
			return rd, g, true
		}
	}
	if r.opts.Without["relax"] || r.stop() {
		return nil, g, false
	}
	for _, b := range bends() {
		if r.stop() {
			break
		}
		if l := sv.relax(g, b); l != nil {
			if rd, ok := r.readSamples(sv.sample(l, tapArea()), s.cuts, g.chart, asm); ok {
				return rd, l, true
			}
		}
	}
	return nil, g, false
}

// readSamples decides the modules in each of the ways given until one can be read.
func (r *reader) readSamples(val []float32, cuts []cut, c *chart, asm *assembly) (*reading, bool) {
	for _, k := range cuts {
		if rd, ok := r.readMatrix(k.bits(val, c), c, asm); ok {
			return rd, true
		}
	}
	return nil, false
}

// samplingView chooses the resolution at which modules are a few pixels wide: fine enough to stay inside a module,
// coarse enough to average noise.
func (r *reader) samplingView(s strategy, v view, g *grid) view {
	m := g.moduleSize()
	if q := m / v.f; q >= 2.8 && q < 8 {
		return v
	}
	f := 1
	for m/float64(2*f) >= 3.2 && f < 8 {
		f *= 2
	}
	if f == 2 && r.levels[levelKey{s.channel, 2}] == nil {
		f = 1
	}
	return view{r.level(s.channel, f), float64(f), s.negative}
}

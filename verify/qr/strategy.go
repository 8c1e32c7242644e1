package qr

import "math"

// strategy is one way of making the picture black and white and of reading what is found in it. They run in the order
// of strategies until the codes of the page are read.
type strategy struct {
	name     string
	scale    scale
	channel  channel
	negative bool // light symbols on dark
	binarize binarizer
	cuts     []cut
	bend     bool // bend the grids that earlier strategies could not read
	quick    bool // only for pictures of a code and little else; counts only if the code fills the picture
	pairs    bool // look for symbols with two finder patterns
	lenient  bool // take finder patterns of which one side is lost
	closer   bool // look at the busiest regions of a large page one by one
	// inRegions marks the strategies that are tried on such a region.
	inRegions bool
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

// binarizer is a way of making a picture black and white.
type binarizer int

const (
	mid45    binarizer = iota // 45 % between the darkest and the lightest around
	mid60                     // 60 %: dark seen through ink is not quite dark
	mean10                    // mean of a window of a tenth of the picture
	mean40px                  // mean of a window of 40 pixels
	meanWide                  // mean of a window of a quarter of the picture
	otsuAll                   // one threshold
	smooth45                  // 45 %, of the picture with its noise averaged away
)

func (b binarizer) apply(g *gray) *bitmap {
	switch b {
	case mid60:
		return midRange(g, 60)
	case mean10:
		return localMean(g, max(g.w, g.h)/10, 94)
	case mean40px:
		return localMean(g, 40, 92)
	case meanWide:
		return localMean(g, max(g.w, g.h)/4, 90)
	case otsuAll:
		return otsu(g)
	}
	return midRange(g, 45)
}

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
		{name: "quick", scale: scaleHalf, binarize: mid45, cuts: plain[:1], quick: true},
		{name: "mid", binarize: mid45, cuts: plain, inRegions: true},
		{name: "mean", binarize: mean10, cuts: plain, inRegions: true},
		{name: "lifted", channel: lifted, binarize: mean40px, cuts: plain},
		{name: "brightest", channel: brightest, binarize: mid60, cuts: seal, inRegions: true},
		{name: "inverted", binarize: mid45, cuts: plain, negative: true},
		{name: "lenient", binarize: mid45, cuts: plain, lenient: true},
		{name: "half", scale: scaleHalf, binarize: mid45, cuts: plain},
		{name: "bend", bend: true},
		{name: "pairs", binarize: mid45, cuts: plain, pairs: true},
		{name: "otsu", binarize: otsuAll, cuts: plain},
		{name: "window40", binarize: mean40px, cuts: plain, inRegions: true},
		{name: "smooth", binarize: smooth45, cuts: plain},
		{name: "sharpened", channel: sharpened, binarize: mean40px, cuts: plain},
		{name: "quarter", scale: scaleQuarter, binarize: mid45, cuts: plain},
		{name: "full", scale: scaleFull, binarize: mid45, cuts: plain},
		{name: "closer", closer: true},
		{name: "brightest-mean", channel: brightest, binarize: mean10, cuts: seal, inRegions: true},
		{name: "half-mean", scale: scaleHalf, binarize: mean10, cuts: plain},
		{name: "pairs-mean", binarize: mean10, cuts: plain, pairs: true},
		{name: "wide", binarize: meanWide, cuts: plain},
		{name: "sharper", channel: sharper, binarize: mean40px, cuts: plain},
		{name: "double", scale: scaleDouble, binarize: mid45, cuts: plain},
		{name: "full-mean", scale: scaleFull, binarize: mean10, cuts: plain},
		{name: "inverted-mean", binarize: mean10, cuts: plain, negative: true},
		{name: "lifted-full", scale: scaleFull, channel: lifted, binarize: mean40px, cuts: plain},
		{name: "brightest-full", scale: scaleFull, channel: brightest, binarize: mid60, cuts: seal},
		{name: "bend-more", bend: true},
	}
}

// Strategies returns the names that Code.Strategy can have, in the order in which they run.
func Strategies() []string {
	var names []string
	for _, s := range strategies() {
		names = append(names, s.name)
	}
	return names
}

// surveyed is the number of strategies that always run, so that a second code in other light is not missed.
const surveyed = 4

// surveyedMore is the number of strategies that run at most while there are finder patterns for another symbol.
const surveyedMore = 10

// leftover is the number of clear finder patterns, of the strategy that sees most of them, that no symbol explains.
func (r *reader) leftover() int {
	most := 0
	for k, fs := range r.scans {
		n := 0
		for i := range fs {
			if fs[i].ring != nil && fs[i].ring.good >= ringRays*3/4 && !r.explained(fs[i].c.mul(k.f)) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// quickMin and quickMax bound the sides of pictures, in pixels, for which a look at half the size pays.
const quickMin, quickMax = 320, 900

// quickShare is the part of a picture that a code must cover to be taken for all that it holds.
const quickShare = .4

// filled reports whether the codes read cover enough of the picture to be all that it holds.
func (r *reader) filled() bool {
	b := r.img.Bounds()
	sum := 0.0
	for _, t := range r.taken {
		sum += math.Abs(t.quad[2].sub(t.quad[0]).cross(t.quad[3].sub(t.quad[1]))) / 2
	}
	return sum >= quickShare*float64(b.Dx())*float64(b.Dy())
}

// dim reports whether a part of the picture as large as a code lies in the dark and is not even.
func (r *reader) dim() bool {
	if r.dimKnown {
		return r.isDim
	}
	const side, dark, ratio, enough = 8, 44, 4, 100
	g := r.level(luma, r.work)
	n := 0
	for y := 0; y+side <= g.h; y += side {
		for x := 0; x+side <= g.w; x += side {
			if g.pix[y*g.w+x] >= dark {
				continue
			}
			lo, hi := byte(255), byte(0)
			for k := 0; k < side; k += 2 {
				p := g.pix[(y+k)*g.w+x : (y+k)*g.w+x+side]
				lo = min(lo, p[0], p[2], p[4], p[6])
				hi = max(hi, p[0], p[2], p[4], p[6])
			}
			if hi < dark && int(hi) >= ratio*(int(lo)+1) {
				n++
			}
		}
	}
	r.dimKnown, r.isDim = true, n >= enough
	return r.isDim
}

func (r *reader) runStrategies() {
	for i, s := range strategies() {
		if r.opts.Without[s.name] {
			continue
		}
		if b := r.img.Bounds(); s.quick && (min(b.Dx(), b.Dy()) < quickMin || max(b.Dx(), b.Dy()) > quickMax) {
			continue
		}
		if r.stop() {
			r.res.Work.Partial = true
			return
		}
		if r.full() {
			return
		}
		if len(r.res.Codes) > 0 && !r.missing() {
			left := r.leftover()
			over := i >= surveyed && (left < 3 || i >= surveyedMore) || i > 1 && left < 2 || left == 0 && r.filled()
			// A code in the dark shows its finder patterns to the lifted channel only.
			switch {
			case over && (i >= surveyed || !r.dim()):
				return
			case over && s.channel != lifted:
				continue
			}
		}
		r.attempt(func() { r.runStrategy(s) })
	}
}

func (r *reader) runStrategy(s strategy) {
	if s.closer {
		r.lookCloser(s.name)
		return
	}
	if s.bend {
		r.res.Work.Strategies = append(r.res.Work.Strategies, s.name)
		r.bendGrids(s.name)
		return
	}
	f := r.work
	var g *gray
	vf := 1.0
	switch s.scale {
	case scaleFull:
		if b := r.img.Bounds(); f == 1 || b.Dx()*b.Dy() > maxFullPixels {
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
	v := view{g, vf, s.negative}
	fs := r.finders(s, v)
	r.res.Work.Finders = max(r.res.Work.Finders, len(fs))
	var free []finder
	for _, f := range fs {
		if !r.explained(f.c.mul(vf)) {
			free = append(free, f)
		}
	}
	fs = free
	if len(fs) < 2 || len(fs) < 3 && !s.pairs {
		return
	}
	if s.pairs {
		r.tryPairs(s, v, fs)
		return
	}
	limit := maxTriplets
	if r.opts.TryHarder {
		limit = maxTripletsHarder
	}
	// Among the patterns of many symbols there are many triplets of two of them.
	strong := 0
	for i := range fs {
		if fs[i].ring != nil && fs[i].ring.good >= ringRays*5/6 {
			strong++
		}
	}
	limit += strong / 5
	most := maxCost
	if r.opts.TryHarder {
		most = math.Inf(1)
	}
	explained := func(t *triplet) bool {
		return r.explained(fs[t.tl].c.mul(vf)) || r.explained(fs[t.tr].c.mul(vf)) || r.explained(fs[t.bl].c.mul(vf))
	}
	q := v.rankTriplets(fs, limit+8*len(fs), most, r.stop)
	for tries := 1; ; tries++ {
		t, ok := q.next(explained)
		if !ok || r.full() || tries > limit || t.cost > most {
			return
		}
		if r.stop() {
			r.res.Work.Partial = true
			return
		}
		if r.trySymbol(s, v, fs, t) {
			tries = 0
		}
	}
}

// scanKey names what a list of finders depends on; several strategies share one.
type scanKey struct {
	how               binarizer
	channel           channel
	f                 float64
	negative, lenient bool
}

// finders returns the finder patterns that a strategy sees, with the shape of the strongest measured.
func (r *reader) finders(s strategy, v view) []finder {
	k := scanKey{s.binarize, s.channel, v.f, s.negative, s.lenient}
	if fs, ok := r.scans[k]; ok {
		return fs
	}
	same := k
	same.negative, same.lenient = false, false
	b := r.bitmaps[same]
	if b == nil {
		g := v.g
		if s.binarize == smooth45 {
			g = r.level(soft, int(v.f))
		}
		b = s.binarize.apply(g)
		if s.channel == luma && s.scale == scaleWork && (s.binarize == mid45 || s.binarize == mean10) { // used again
			r.bitmaps[same] = b
		}
	}
	if s.negative {
		b = b.negative()
	}
	fs := findFinders(b, s.lenient, r.stop)
	for i := range fs[:min(len(fs), maxRings)] {
		fs[i].ring = measureRing(v.g, fs[i].c, fs[i].module, s.negative)
	}
	r.scans[k] = fs
	return fs
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
func (r *reader) trySymbol(s strategy, v view, fs []finder, t *triplet) bool {
	a := t.anchors
	if a == nil {
		var ok bool
		if a, ok = newAnchors(v, fs, *t); !ok {
			return false
		}
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
	last := s.cuts[max(0, len(s.cuts)-2):]
	for _, t := range [2]tapping{tapMiddle(), tapWhole()} {
		if rd, ok := r.readSamples(sv.sample(g, t), last, g.chart, asm); ok {
			return rd, g, true
		}
	}
	// Bending a grid is costly: it waits until the cheaper strategies have been tried.
	r.bendable = append(r.bendable, bendable{s, sv, g, asm})
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

package qr

import (
	"math/bits"

	"zhengyan/verify/page"
)

// role is what a module of a symbol is for.
type role byte

const (
	dataModule  role = iota
	lightModule      // fixed light: separators, timing, alignment, finder
	darkModule       // fixed dark
	infoModule       // format or version information
)

// chart is the map of a version: the role of every module and the order in which data modules are read.
type chart struct {
	layout
	roles []role
	masks [8][]byte // by mask: 1 for each data bit, in order, that it turns over
	order []int32   // index y*dim+x of each data bit, most significant bit of the first codeword first
}

func newChart(l layout) *chart {
	d := l.dim
	c := &chart{layout: l, roles: make([]role, d*d)}
	set := func(x, y int, r role) {
		if x >= 0 && y >= 0 && x < d && y < d {
			c.roles[y*d+x] = r
		}
	}
	tone := func(dark bool) role {
		if dark {
			return darkModule
		}
		return lightModule
	}
	for i := range d {
		set(i, 6, tone(i%2 == 0))
		set(6, i, tone(i%2 == 0))
	}
	k := len(l.alignment)
	for i, ay := range l.alignment {
		for j, ax := range l.alignment {
			if i == 0 && j == 0 || i == 0 && j == k-1 || i == k-1 && j == 0 {
				continue
			}
			for y := -2; y <= 2; y++ {
				for x := -2; x <= 2; x++ {
					set(ax+x, ay+y, tone(max(x, -x, y, -y) != 1))
				}
			}
		}
	}
	for i := range 9 {
		set(i, 8, infoModule)
		set(8, i, infoModule)
	}
	for i := range 8 {
		set(8, d-1-i, infoModule)
		set(d-1-i, 8, infoModule)
	}
	set(8, d-8, darkModule)
	for _, o := range [3][2]int{{0, 0}, {d - 7, 0}, {0, d - 7}} {
		for y := -1; y <= 7; y++ {
			for x := -1; x <= 7; x++ {
				r := max(x-3, 3-x, y-3, 3-y)
				set(o[0]+x, o[1]+y, tone(r == 3 || r <= 1))
			}
		}
	}
	set(6, 8, darkModule)
	set(8, 6, darkModule)
	if l.number >= 7 {
		for i := range 6 {
			for j := range 3 {
				set(d-11+j, i, infoModule)
				set(i, d-11+j, infoModule)
			}
		}
	}
	c.order = make([]int32, 0, d*d)
	up := true
	for x := d - 1; x > 0; x -= 2 {
		if x == 6 {
			x--
		}
		for i := range d {
			y := i
			if up {
				y = d - 1 - i
			}
			for k := range 2 {
				if at := y*d + x - k; c.roles[at] == dataModule {
					c.order = append(c.order, int32(at))
				}
			}
		}
		up = !up
	}
	return c
}

// mask returns which of the data bits, in their order, a mask turns over.
func (c *chart) mask(n int) []byte {
	if c.masks[n] == nil {
		m := make([]byte, len(c.order))
		for i, at := range c.order {
			if masked(n, int(at)%c.dim, int(at)/c.dim) {
				m[i] = 1
			}
		}
		c.masks[n] = m
	}
	return c.masks[n]
}

// masked reports whether a data mask pattern turns the module over (ISO/IEC 18004 table 10).
func masked(mask, x, y int) bool {
	switch mask {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (y/2+x/3)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	}
	return ((x+y)%2+x*y%3)%2 == 0
}

// formatWord returns the 15 bits of format information for level and mask bits (BCH(15,5), masked).
func formatWord(data int) int {
	rem := data
	for range 10 {
		rem = rem<<1 ^ (rem>>9)*0x537
	}
	return (data<<10 | rem) ^ formatMask
}

// formatMask is the mask of the format information (ISO/IEC 18004 annex C).
const formatMask = 0x5412

// versionWord returns the 18 bits of version information (BCH(18,6)).
func versionWord(v int) int {
	rem := v
	for range 12 {
		rem = rem<<1 ^ (rem>>11)*0x1F25
	}
	return v<<12 | rem
}

// formatBits are the two copies of the format information as they stand in a bit matrix (1 is dark).
func formatBits(m []byte, dim int) (a, b int) {
	add := func(w *int, x, y int) { *w = *w<<1 | int(m[y*dim+x]) }
	for i := range 6 {
		add(&a, i, 8)
	}
	add(&a, 7, 8)
	add(&a, 8, 8)
	add(&a, 8, 7)
	for j := 5; j >= 0; j-- {
		add(&a, 8, j)
	}
	for j := dim - 1; j >= dim-7; j-- {
		add(&b, 8, j)
	}
	for i := dim - 8; i < dim; i++ {
		add(&b, i, 8)
	}
	return a, b
}

// formatCandidate is a reading of the format information: level and mask bits and the distance from what was seen.
type formatCandidate struct{ data, errors, best int }

// formats returns the likeliest readings of both copies of the format information of a bit matrix (1 is dark).
func formats(m []byte, dim int) []formatCandidate {
	a, b := formatBits(m, dim)
	var best, second formatCandidate
	best.errors, second.errors = 99, 99
	for data := range 32 {
		w := formatWord(data)
		da, db := bits.OnesCount(uint(w^a)), bits.OnesCount(uint(w^b))
		c := formatCandidate{data, da + db, min(da, db)}
		if c.best > 3 {
			continue
		}
		if c.errors < best.errors {
			best, second = c, best
		} else if c.errors < second.errors {
			second = c
		}
	}
	var out []formatCandidate
	if best.errors <= 10 {
		out = append(out, best)
		if second.errors <= best.errors+3 && second.errors <= 10 {
			out = append(out, second)
		}
	}
	return out
}

// versionOf reads an 18-bit version word and returns the nearest version, or 0 if none is within three bits.
func versionOf(word int) int {
	for v := 7; v <= 40; v++ {
		if bits.OnesCount(uint(versionWord(v)^word)) <= 3 {
			return v
		}
	}
	return 0
}

// reading is a symbol that was decoded.
type reading struct {
	payload  *payload
	level    string
	version  int
	errors   int
	mirrored bool
	// load is the largest share of its correction capacity that a block used.
	load float64
}

// assembly keeps what was corrected of one symbol over several attempts: a block that one threshold reads and a block
// that another reads make a whole.
type assembly struct {
	parts map[assemblyKey][]solved
}

type assemblyKey struct {
	version, format int
	mirrored        bool
}

type solved struct {
	ok     bool
	data   []byte
	errors int
	load   float64
}

// readMatrix decodes a bit matrix (1 is dark), as it is and mirrored.
func (r *reader) readMatrix(m []byte, c *chart, asm *assembly) (*reading, bool) {
	r.res.Work.Reads++
	if rd, ok := r.readOriented(m, c, asm, false); ok {
		return rd, true
	}
	d := c.dim
	t := make([]byte, len(m))
	for y := range d {
		for x := range d {
			t[x*d+y] = m[y*d+x]
		}
	}
	return r.readOriented(t, c, asm, true)
}

func (r *reader) readOriented(m []byte, c *chart, asm *assembly, mirrored bool) (*reading, bool) {
	for _, f := range formats(m, c.dim) {
		level := levelOf(f.data >> 3)
		mask := c.mask(f.data & 7)
		words := make([]byte, c.version.GetTotalCodewords())
		for i := range words {
			var w byte
			turn := mask[8*i : 8*i+8]
			for k, at := range c.order[8*i : 8*i+8] {
				w = w<<1 | (m[at] ^ turn[k])
			}
			words[i] = w
		}
		blocks, err := c.split(words, level)
		if err != nil {
			continue
		}
		key := assemblyKey{c.number, f.data, mirrored}
		parts := asm.parts[key]
		if parts == nil {
			parts = make([]solved, len(blocks))
			asm.parts[key] = parts
		}
		missing, fails := 0, 0
		for i, b := range blocks {
			if parts[i].ok {
				continue
			}
			if n, ok := r.rs.correct(b.codewords, b.data, c.reserve(level)); ok {
				parts[i] = solved{true, b.codewords[:b.data], n, float64(2*n) / float64(len(b.codewords)-b.data)}
				continue
			}
			missing++
			// A grid that lies wrong fails everywhere; do not spend 81 corrections on it.
			if fails++; fails >= 6 && fails == i+1 {
				missing = len(blocks)
				break
			}
		}
		if missing > 0 {
			continue
		}
		rd := &reading{version: c.number, level: level.String(), mirrored: mirrored}
		var data []byte
		for _, p := range parts {
			data = append(data, p.data...)
			rd.errors += p.errors
			rd.load = max(rd.load, p.load)
		}
		if rd.payload, err = parseBitStream(data, c.number); err != nil {
			continue
		}
		if len(rd.payload.segments) == 0 && !rd.payload.tail {
			continue
		}
		return rd, true
	}
	return r.readModel1(m, c, mirrored)
}

// code turns a reading into the result that callers see.
func (rd *reading) code(strategy string, corners [4]vec, negative bool) Code {
	c := Code{
		Format: "QR_CODE", Strategy: strategy, Version: rd.version, ECLevel: rd.level, Errors: rd.errors,
		Mirrored: rd.mirrored, Inverted: negative, Append: rd.payload.append,
	}
	c.Text, c.Charset, c.Guessed = rd.payload.text()
	c.Bytes = rd.payload.bytes()
	if rd.mirrored {
		corners[1], corners[3] = corners[3], corners[1]
	}
	for i, p := range corners {
		c.Corners[i] = page.Point{X: p.x, Y: p.y}
	}
	return c
}

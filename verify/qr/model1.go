package qr

import (
	"math/bits"
)

// Model 1 is the first form of the QR code (AIM ITS 97-001; ISO/IEC 18004:2000 annex M). It has no alignment patterns and no
// version information; its codewords are blocks of two by four modules, and its format information is masked otherwise.

// model1Format is the mask of the format information (annex M).
const model1Format = 0x2825

// model1Versions is table M.4 of ISO/IEC 18004:2000: for versions 1 to 14 and levels L, M, Q, H the error correction
// codewords of a block, the blocks, and the data codewords of a block.
var model1Versions = [14][4][3]int{
	{{7, 1, 19}, {10, 1, 16}, {13, 1, 13}, {17, 1, 9}},
	{{10, 1, 36}, {16, 1, 30}, {22, 1, 24}, {30, 1, 16}},
	{{15, 1, 57}, {28, 1, 44}, {36, 1, 36}, {48, 1, 24}},
	{{20, 1, 80}, {40, 1, 60}, {50, 1, 50}, {66, 1, 34}},
	{{26, 1, 108}, {52, 1, 82}, {66, 1, 68}, {44, 2, 23}},
	{{34, 1, 136}, {32, 2, 53}, {42, 2, 43}, {56, 2, 29}},
	{{42, 1, 170}, {40, 2, 66}, {52, 2, 54}, {46, 3, 24}},
	{{24, 2, 104}, {48, 2, 80}, {64, 2, 64}, {56, 3, 29}},
	{{30, 2, 123}, {60, 2, 93}, {50, 3, 52}, {68, 3, 34}},
	{{34, 2, 145}, {68, 2, 111}, {58, 3, 61}, {58, 4, 31}},
	{{40, 2, 168}, {40, 4, 64}, {52, 4, 52}, {54, 5, 29}},
	{{46, 2, 192}, {46, 4, 73}, {58, 4, 61}, {62, 5, 33}},
	{{36, 3, 144}, {52, 4, 83}, {66, 4, 69}, {58, 6, 32}},
	{{40, 3, 163}, {60, 4, 92}, {60, 5, 62}, {66, 6, 35}},
}

// The levels in the order of their two format bits, as an index into a version.
var model1Levels = [4]struct {
	index int
	name  string
}{{1, "M"}, {0, "L"}, {3, "H"}, {2, "Q"}}

// model1FormatOf reads the format information. Nobody prints these codes any more, so that only a clear one counts: at most
// one wrong bit in the better copy and three in both.
func model1FormatOf(m []byte, dim int) (data int, ok bool) {
	a, b := formatBits(m, dim)
	for data := range 32 {
		w := formatWord(data) ^ formatMask ^ model1Format
		if da, db := bits.OnesCount(uint(w^a)), bits.OnesCount(uint(w^b)); min(da, db) <= 1 && da+db <= 3 {
			return data, true
		}
	}
	return 0, false
}

// model1Places gives the places of the codewords in their order: blocks two wide and four high along the right and left
// sides, four wide and two high between them, from the lower right corner upwards and leftwards, around finder, timing and
// extension patterns. x and y are the block's lower right module, its most significant bit; the next one is to the left.
func model1Places(dim int, place func(x, y, wide int)) {
	columns := dim/4 + 3
	for j := range columns {
		switch {
		case j <= 1:
			rows := (dim - 8) / 4
			for i := range rows {
				if j == 0 && i%2 == 0 && i > 0 && i < rows-1 {
					continue // extension pattern
				}
				place(dim-1-2*j, dim-1-4*i, 2)
			}
		case columns-j <= 4:
			x := 2*(columns-j-1) + 1
			if columns-j == 4 {
				x++ // beyond the timing pattern
			}
			for i := range (dim - 16) / 4 {
				place(x, dim-9-4*i, 2)
			}
		default:
			rows := dim / 2
			for i := range rows {
				if j == 2 && i >= rows-4 || i == 0 && j%2 == 1 && j+1 != columns-4 {
					continue // finder pattern; extension pattern
				}
				y := dim - 1 - 2*i
				if i >= rows-3 {
					y-- // beyond the timing pattern
				}
				place(dim-5-4*(j-2), y, 4)
			}
		}
	}
}

// model1Words reads the codewords. The first has its upper half in the corner, which is no data.
func model1Words(m []byte, dim, mask int) []byte {
	var words []byte
	model1Places(dim, func(x, y, wide int) {
		var w byte
		for b := range 8 {
			bx, by := x-b%wide, y-b/wide
			bit := m[by*dim+bx]
			if masked(mask, bx, by) {
				bit ^= 1
			}
			w = w<<1 | bit
		}
		words = append(words, w)
	})
	words[0] &= 0x0F
	return words
}

// readModel1 decodes a bit matrix (1 is dark) as a code of model 1.
func (r *reader) readModel1(m []byte, c *chart, mirrored bool) (*reading, bool) {
	if c.number > len(model1Versions) {
		return nil, false
	}
	format, ok := model1FormatOf(m, c.dim)
	if !ok {
		return nil, false
	}
	level := model1Levels[format>>3]
	t := model1Versions[c.number-1][level.index]
	ec, n, size := t[0], t[1], t[2]
	words := model1Words(m, c.dim, format&7)
	if len(words) < n*(ec+size) {
		return nil, false
	}
	rd := &reading{version: c.number, level: level.name, mirrored: mirrored}
	data := make([]byte, 0, n*size)
	for i := range n {
		// The blocks stand one behind the other, first the data of all.
		b := append(make([]byte, 0, ec+size), words[i*size:(i+1)*size]...)
		b = append(b, words[n*size+i*ec:n*size+(i+1)*ec]...)
		errors, ok := r.rs.correct(b, size, 2)
		if !ok {
			return nil, false
		}
		rd.errors += errors
		rd.load = max(rd.load, float64(2*errors)/float64(ec))
		data = append(data, b[:size]...)
	}
	// The four bits of the corner are no data.
	for i := range data {
		data[i] <<= 4
		if i+1 < len(data) {
			data[i] |= data[i+1] >> 4
		}
	}
	var err error
	if rd.payload, err = parseBitStream(data, c.number); err != nil || len(rd.payload.segments) == 0 {
		return nil, false
	}
	return rd, true
}

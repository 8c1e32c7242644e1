package qr

import (
	"fmt"

	"github.com/makiuchi-d/gozxing/common/reedsolomon"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// This file is the only one that calls gozxing's QR code (bitstream.go takes its bit source); the package comment lists
// what is kept out.

// layout is what the tables say of one version: block structure by level and the centres of alignment patterns.
type layout struct {
	version   *decoder.Version
	number    int
	dim       int
	alignment []int
}

// layoutOf returns the layout of a version from 1 to 40.
func layoutOf(number int) (layout, bool) {
	v, err := decoder.Version_GetVersionForNumber(number)
	if err != nil {
		return layout{}, false
	}
	return layout{v, number, v.GetDimensionForVersion(), v.GetAlignmentPatternCenters()}, true
}

// levels are the error correction levels in the order of their two format bits.
func levelOf(bits int) decoder.ErrorCorrectionLevel {
	l, _ := decoder.ErrorCorrectionLevel_ForBits(uint(bits & 3)) // cannot fail for two bits
	return l
}

// block is one Reed-Solomon block of a symbol.
type block struct {
	data      int // data codewords
	codewords []byte
}

// split distributes the codewords of a symbol over its blocks.
func (l layout) split(codewords []byte, level decoder.ErrorCorrectionLevel) (blocks []block, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("block layout: %v", r)
		}
	}()
	bs, err := decoder.DataBlock_GetDataBlocks(codewords, l.version, level)
	if err != nil {
		return nil, err
	}
	for _, b := range bs {
		blocks = append(blocks, block{b.GetNumDataCodewords(), b.GetCodewords()})
	}
	return blocks, nil
}

// reserve is the number p of error correction codewords that ISO/IEC 18004 table 9 keeps for detection only, so that
// small symbols are not corrected into something else.
func (l layout) reserve(level decoder.ErrorCorrectionLevel) int {
	switch {
	case l.number == 1 && level == decoder.ErrorCorrectionLevel_L:
		return 3
	case l.number == 1 && level == decoder.ErrorCorrectionLevel_M, l.number == 2 && level == decoder.ErrorCorrectionLevel_L:
		return 2
	case l.number == 1, l.number == 3 && level == decoder.ErrorCorrectionLevel_L:
		return 1
	}
	return 0
}

// corrector corrects Reed-Solomon blocks over GF(256) with the polynomial of ISO/IEC 18004.
type corrector struct {
	rs  *reedsolomon.ReedSolomonDecoder
	buf []int
	// exp and log are the powers of the field's generator and their exponents; exp goes on over two rounds.
	exp [512]byte
	log [256]int
}

func newCorrector() *corrector {
	gf := reedsolomon.GenericGF_QR_CODE_FIELD_256
	c := &corrector{rs: reedsolomon.NewReedSolomonDecoder(gf)}
	for i := range 255 {
		v := gf.Exp(i)
		c.exp[i], c.exp[i+255] = byte(v), byte(v)
		c.log[v] = i
	}
	return c
}

// correct corrects a block in place and returns the number of codewords changed. It refuses what the library lets
// pass: a result whose syndromes are not zero, and more changes than the reserve allows.
func (c *corrector) correct(b []byte, data, reserve int) (changed int, ok bool) {
	defer func() {
		if recover() != nil {
			changed, ok = 0, false
		}
	}()
	ec := len(b) - data
	if ec <= 0 || data <= 0 || len(b) > 255 {
		return 0, false
	}
	var syndromes [255]byte
	if c.syndromes(b, syndromes[:ec]) {
		return 0, true
	}
	// Most blocks tried cannot be corrected, and the library takes long to find that out.
	if n := c.errors(syndromes[:ec], len(b)); n == 0 || n > (ec-reserve)/2 {
		return 0, false
	}
	c.buf = c.buf[:0]
	for _, v := range b {
		c.buf = append(c.buf, int(v))
	}
	if err := c.rs.Decode(c.buf, ec); err != nil {
		return 0, false
	}
	for i, v := range c.buf {
		if byte(v) != b[i] {
			changed++
		}
	}
	if changed > (ec-reserve)/2 {
		return 0, false
	}
	out := make([]byte, len(b))
	for i, v := range c.buf {
		out[i] = byte(v)
	}
	if !c.syndromes(out, syndromes[:ec]) {
		return 0, false
	}
	copy(b, out)
	return changed, true
}

// syndromes evaluates a block at the first powers of the generator and reports whether all values are zero.
func (c *corrector) syndromes(b, out []byte) (clean bool) {
	clean = true
	for i := range out {
		s := byte(0)
		for _, v := range b {
			if s != 0 {
				s = c.exp[c.log[s]+i]
			}
			s ^= v
		}
		out[i] = s
		clean = clean && s == 0
	}
	return clean
}

// errors returns the number of codewords of a block of n that are wrong, or 0 if they are too many to be corrected. It
// finds the error locator polynomial (Berlekamp and Massey) and counts those of its roots that lie in the block.
func (c *corrector) errors(syndromes []byte, n int) int {
	var locator, last, was [256]byte
	locator[0], last[0] = 1, 1
	degree, since, scale := 0, 1, byte(1)
	for i := range syndromes {
		off := syndromes[i]
		for k := 1; k <= degree; k++ {
			off ^= c.times(locator[k], syndromes[i-k])
		}
		if off == 0 {
			since++
			continue
		}
		was = locator
		f := c.exp[c.log[off]+255-c.log[scale]]
		for k := 0; k+since <= len(syndromes); k++ {
			locator[k+since] ^= c.times(f, last[k])
		}
		if 2*degree > i {
			since++
			continue
		}
		degree, last, scale, since = i+1-degree, was, off, 1
	}
	if 2*degree > len(syndromes) {
		return 0
	}
	// The locator is zero at the inverse of the power of each wrong place.
	var power, term [256]int // of the terms that are not zero
	terms := 0
	for k, l := range locator[1 : degree+1] {
		if l != 0 {
			power[terms], term[terms] = k+1, c.log[l]
			terms++
		}
	}
	roots := 0
	for range n {
		v := locator[0]
		for k, t := range term[:terms] {
			v ^= c.exp[t]
			if t -= power[k]; t < 0 {
				t += 255
			}
			term[k] = t
		}
		if v == 0 {
			roots++
		}
	}
	if roots != degree {
		return 0
	}
	return degree
}

func (c *corrector) times(a, b byte) byte {
	if a == 0 || b == 0 {
		return 0
	}
	return c.exp[c.log[a]+c.log[b]]
}

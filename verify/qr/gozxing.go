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
	gf  *reedsolomon.GenericGF
	buf []int
}

func newCorrector() *corrector {
	gf := reedsolomon.GenericGF_QR_CODE_FIELD_256
	return &corrector{rs: reedsolomon.NewReedSolomonDecoder(gf), gf: gf}
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
	if ec <= 0 || data <= 0 {
		return 0, false
	}
	if c.clean(b, ec) {
		return 0, true
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
	if !c.clean(out, ec) {
		return 0, false
	}
	copy(b, out)
	return changed, true
}

// clean reports whether all syndromes of the block are zero.
func (c *corrector) clean(b []byte, ec int) bool {
	for i := range ec {
		a := c.gf.Exp(i)
		s := 0
		for _, v := range b {
			s = c.gf.Multiply(s, a) ^ int(v)
		}
		if s != 0 {
			return false
		}
	}
	return true
}

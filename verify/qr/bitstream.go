package qr

import (
	"errors"

	"github.com/makiuchi-d/gozxing/common"
)

// segmentKind is the mode of a segment of a symbol's data (ISO/IEC 18004, 7.3).
type segmentKind int

const (
	numericSegment segmentKind = iota
	alphanumericSegment
	byteSegment
	kanjiSegment // bytes are Shift_JIS
	hanziSegment // bytes are GB 2312 (GB/T 18284)
)

// noECI says that no extended channel interpretation is in force.
const noECI = -1

type segment struct {
	kind segmentKind
	eci  int
	data []byte
}

// payload is the content of one symbol before any charset is applied.
type payload struct {
	segments []segment
	append   *Append
	fnc1     bool
	// tail reports whether the stream ended as an encoder ends it: a terminator of zeros, then the pad codewords.
	tail bool
}

// bytes returns the payload's bytes in order; numeric and alphanumeric data are ASCII.
func (p *payload) bytes() []byte {
	var out []byte
	for _, s := range p.segments {
		out = append(out, s.data...)
	}
	return out
}

var (
	errTruncated = errors.New("the data ends inside a segment")
	errBadMode   = errors.New("unassigned mode indicator")
	errBadDigits = errors.New("digits out of range")
)

// The mode indicators of ISO/IEC 18004 table 2 and GB/T 18284.
const (
	modeTerminator   = 0
	modeNumeric      = 1
	modeAlphanumeric = 2
	modeAppend       = 3
	modeByte         = 4
	modeFNC1First    = 5
	modeECI          = 7
	modeKanji        = 8
	modeFNC1Second   = 9
	modeHanzi        = 13
)

// countBits is the width of the character count indicator (ISO/IEC 18004 table 3).
func countBits(mode, version int) int {
	i := 0
	switch {
	case version >= 27:
		i = 2
	case version >= 10:
		i = 1
	}
	switch mode {
	case modeNumeric:
		return [3]int{10, 12, 14}[i]
	case modeAlphanumeric:
		return [3]int{9, 11, 13}[i]
	case modeByte:
		return [3]int{8, 16, 16}[i]
	}
	return [3]int{8, 10, 12}[i] // kanji, hanzi
}

// parseBitStream splits the corrected data codewords of a symbol of the given version into segments.
func parseBitStream(data []byte, version int) (*payload, error) {
	bits := common.NewBitSource(data)
	read := func(n int) (int, bool) {
		if bits.Available() < n {
			return 0, false
		}
		v, err := bits.ReadBits(n)
		return v, err == nil
	}
	p := &payload{}
	eci := noECI
	for {
		mode, ok := read(4)
		if !ok || mode == modeTerminator {
			p.tail = padded(data, bits)
			return p, nil
		}
		switch mode {
		case modeFNC1First:
			p.fnc1 = true
			continue
		case modeFNC1Second:
			p.fnc1 = true
			if _, ok := read(8); !ok { // application indicator
				return nil, errTruncated
			}
			continue
		case modeAppend:
			v, ok := read(16)
			if !ok {
				return nil, errTruncated
			}
			p.append = &Append{Index: v >> 12, Total: v>>8&15 + 1, Parity: byte(v)}
			continue
		case modeECI:
			var err error
			if eci, err = readECI(read); err != nil {
				return nil, err
			}
			continue
		case modeHanzi:
			// The subset says which part of GB 2312 or a later set is meant; the packing is the same.
			if _, ok := read(4); !ok {
				return nil, errTruncated
			}
		case modeNumeric, modeAlphanumeric, modeByte, modeKanji:
		default:
			return nil, errBadMode
		}
		n, ok := read(countBits(mode, version))
		if !ok {
			return nil, errTruncated
		}
		s := segment{eci: eci}
		var err error
		switch mode {
		case modeNumeric:
			s.kind = numericSegment
			s.data, err = readNumeric(read, n, bits.Available())
		case modeAlphanumeric:
			s.kind = alphanumericSegment
			s.data, err = readAlphanumeric(read, n, bits.Available(), p.fnc1)
		case modeByte:
			s.kind = byteSegment
			if 8*n > bits.Available() {
				return nil, errTruncated
			}
			s.data = make([]byte, n)
			for i := range s.data {
				v, _ := read(8)
				s.data[i] = byte(v)
			}
		case modeKanji:
			s.kind = kanjiSegment
			s.data, err = readDouble(read, n, bits.Available(), 0xC0, 0x1F00, 0x8140, 0xC140)
		case modeHanzi:
			s.kind = hanziSegment
			s.data, err = readDouble(read, n, bits.Available(), 0x60, 0x0A00, 0xA1A1, 0xA6A1)
		}
		if err != nil {
			return nil, err
		}
		p.segments = append(p.segments, s)
	}
}

// padded reports whether what follows the terminator is zero bits up to a codeword and then the pad codewords EC 11.
func padded(data []byte, bits *common.BitSource) bool {
	i := bits.GetByteOffset()
	if off := bits.GetBitOffset(); off > 0 && i < len(data) {
		if data[i]&(0xFF>>off) != 0 {
			return false
		}
		i++
	}
	for want := byte(0xEC); i < len(data); i++ {
		if data[i] != want {
			return false
		}
		want ^= 0xEC ^ 0x11
	}
	return true
}

func readECI(read func(int) (int, bool)) (int, error) {
	b, ok := read(8)
	if !ok {
		return 0, errTruncated
	}
	more := 0
	switch {
	case b&0x80 == 0:
		return b, nil
	case b&0xC0 == 0x80:
		b, more = b&0x3F, 8
	case b&0xE0 == 0xC0:
		b, more = b&0x1F, 16
	default:
		return 0, errBadMode
	}
	v, ok := read(more)
	if !ok {
		return 0, errTruncated
	}
	return b<<more | v, nil
}

func readNumeric(read func(int) (int, bool), n, available int) ([]byte, error) {
	if n/3*10+[3]int{0, 4, 7}[n%3] > available {
		return nil, errTruncated
	}
	out := make([]byte, 0, n)
	for n > 0 {
		k := min(n, 3)
		v, _ := read([4]int{0, 4, 7, 10}[k])
		if v >= [4]int{0, 10, 100, 1000}[k] {
			return nil, errBadDigits
		}
		for i, div := range [...]int{100, 10, 1} {
			if i >= 3-k {
				out = append(out, byte('0'+v/div%10))
			}
		}
		n -= k
	}
	return out, nil
}

func readAlphanumeric(read func(int) (int, bool), n, available int, fnc1 bool) ([]byte, error) {
	const set = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
	if n/2*11+n%2*6 > available {
		return nil, errTruncated
	}
	out := make([]byte, 0, n)
	for ; n > 1; n -= 2 {
		v, _ := read(11)
		if v >= 45*45 {
			return nil, errBadDigits
		}
		out = append(out, set[v/45], set[v%45])
	}
	if n == 1 {
		v, _ := read(6)
		if v >= 45 {
			return nil, errBadDigits
		}
		out = append(out, set[v])
	}
	if fnc1 { // %% stands for %, a single % for the separator GS
		res := out[:0]
		for i := 0; i < len(out); i++ {
			c := out[i]
			if c == '%' {
				if i+1 < len(out) && out[i+1] == '%' {
					i++
				} else {
					c = 0x1D
				}
			}
			res = append(res, c)
		}
		out = res
	}
	return out, nil
}

// readDouble reads n two-byte characters that are packed into 13 bits each.
func readDouble(read func(int) (int, bool), n, available, radix, limit, low, high int) ([]byte, error) {
	if 13*n > available {
		return nil, errTruncated
	}
	out := make([]byte, 0, 2*n)
	for range n {
		v, _ := read(13)
		c := v/radix<<8 | v%radix
		if c < limit {
			c += low
		} else {
			c += high
		}
		out = append(out, byte(c>>8), byte(c))
	}
	return out, nil
}

package qr

import "encoding/binary"

// Eight pixels of a byte each are worked on at once in a word of 64 bits, the first in the lowest byte (Lamport 1975,
// "Multiple byte processing with full-word instructions").

const (
	laneOnes uint64 = 0x0101010101010101
	laneTops uint64 = 0x8080808080808080
	// evenLanes are the first, third, fifth and seventh byte, each with room for a carry.
	evenLanes uint64 = 0x00FF00FF00FF00FF
)

func load8(p []byte) uint64     { return binary.LittleEndian.Uint64(p) }
func store8(p []byte, v uint64) { binary.LittleEndian.PutUint64(p, v) }

// notBelow sets the top bit of each byte of which x is at least y.
func notBelow(x, y uint64) uint64 {
	z := (x | laneTops) - (y &^ laneTops)
	return (x&^y | ^(x^y)&z) & laneTops
}

// leastOf8 and greatestOf8 take the lesser and the greater of each pair of bytes.
func leastOf8(x, y uint64) uint64 {
	m := (notBelow(x, y) >> 7) * 255
	return x ^ (x^y)&m
}

func greatestOf8(x, y uint64) uint64 {
	m := (notBelow(x, y) >> 7) * 255
	return y ^ (x^y)&m
}

// extremesOf8 returns the least and the greatest of 8 x 1, 2 or 4 pixels that were folded into lo and hi.
func extremesOf8(lo, hi uint64) (byte, byte) {
	// The greatest is the complement of the least complement, so that both are folded in one word.
	hi = ^hi
	lo, hi = leastOf8(lo, lo>>32), leastOf8(hi, hi>>32)
	v := lo&0xFFFFFFFF | hi<<32
	v = leastOf8(v, v>>16)
	v = leastOf8(v, v>>8)
	return byte(v), ^byte(v >> 32)
}

// leastInto and greatestInto take the lesser and the greater of dst and src into dst. They do not overlap.
func leastInto(dst, src []byte) {
	n := len(dst) &^ 7
	src = src[:len(dst)]
	for i := 0; i < n; i += 8 {
		store8(dst[i:], leastOf8(load8(dst[i:]), load8(src[i:])))
	}
	for i := n; i < len(dst); i++ {
		dst[i] = min(dst[i], src[i])
	}
}

func greatestInto(dst, src []byte) {
	n := len(dst) &^ 7
	src = src[:len(dst)]
	for i := 0; i < n; i += 8 {
		store8(dst[i:], greatestOf8(load8(dst[i:]), load8(src[i:])))
	}
	for i := n; i < len(dst); i++ {
		dst[i] = max(dst[i], src[i])
	}
}

// belowInto marks with 1 what is below t.
func belowInto(dst, src []byte, t byte) {
	n := len(src) &^ 7
	dst = dst[:len(src)]
	ts := uint64(t) * laneOnes
	for i := 0; i < n; i += 8 {
		store8(dst[i:], ^notBelow(load8(src[i:]), ts)&laneTops>>7)
	}
	for i := n; i < len(src); i++ {
		dst[i] = below(src[i], t)
	}
}

// below is 1 if v < t, without a branch.
func below(v, t byte) byte { return byte(uint16(int16(v)-int16(t)) >> 15) }

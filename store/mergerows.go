package store

import (
	"encoding/binary"
	"math/bits"
)

// rowCopy is how many bytes copyRows copies of each row, whatever its length: most are shorter, and a copy of one length has no
// branches that nothing could predict.
const (
	rowCopy    = 128
	numberCopy = 16
)

// copyRows copies rows of an old block as they stand there, but for the numbers of their employers, up to the first that is
// not usual or has no room in the new block. The row before must be the one that was written last, so that what it shares
// with the next one is the same; number is that row's, and has numberCopy bytes of room behind it. It returns where it came
// to, how many rows it copied, and the number of the last.
func (g *merger) copyRows(block []byte, at, rows int, number []byte, rb *rowBlocks) (end, n int, last []byte) {
	if !g.old.sameWords || rb.count == 0 {
		return at, 0, number
	}
	if cap(rb.body) < rb.limit+rowCopy {
		rb.body = append(make([]byte, 0, rb.limit+rowCopy), rb.body...)
	}
	ids, body, used, limit := g.old.employers, rb.body[:cap(rb.body)], len(rb.body), rb.limit
	for ; n < rows && at+rowCopy <= len(block); n++ {
		row := (*[rowCopy]byte)(block[at:])
		shared, suffix := int(row[0]), int(row[1])
		if suffix > numberCopy || shared > len(number) || shared+numberCopy > cap(number) {
			break
		}
		packed := 3 + suffix
		size := packed + int(row[packed-1])
		// As in quickEmployerIn: a mask of two bytes, all numbers before the employer's of one.
		mask := uint(row[packed]&0x7f) | uint(row[packed+1])<<7
		if row[packed-1] >= 0x80 || row[packed] < 0x80 || row[packed+1]|row[packed+2]|row[packed+3] >= 0x80 || mask&hasEmployer == 0 {
			break
		}
		id := packed + 5 + int(row[packed+3])/textForms
		sex := int(mask / hasSex & 1)
		birth := 3 * int(mask/hasBirth&1)
		if id += sex; id+6 > size || size > rowCopy || used+size > limit || row[id-1] >= 0x80 || row[id-1-sex] >= 0x80 {
			break
		}
		if id += birth; id+4 > rowCopy {
			break
		}
		text := binary.LittleEndian.Uint32(row[id:])
		width := bits.TrailingZeros32(^text&0x808080|1<<31) + 1 // bits of the number, of which no more than three bytes are usual
		if width > 24 {
			break
		}
		own := uint32(1)<<width - 1
		old := text&0x7f | text&own>>1&0x3f80 | text&own>>2&0x1fc000
		if old >= uint32(len(ids)) || id+width/8 > size {
			break
		}
		to := ids[old]
		if to == wordGone || 8*varLen(uint64(to)) != width {
			break
		}
		*(*[rowCopy]byte)(body[used:]) = *row
		more := uint32(0x8080) & (own >> 8) // a number goes on behind all its bytes but the last
		binary.LittleEndian.PutUint32(body[used+id:], text&^own|to&0x7f|to<<1&0x7f00|to<<2&0x7f0000|more)
		number = number[:shared+numberCopy]
		*(*[numberCopy]byte)(number[shared:]) = *(*[numberCopy]byte)(row[2:])
		number = number[:shared+suffix]
		used += size
		at += size
	}
	rb.body = body[:used]
	rb.count += uint32(n)
	return at, n, number
}

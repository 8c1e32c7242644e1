package store

import (
	"bytes"
	"encoding/binary"
)

// idMap exchanges the numbers of words in packed rows. A word that has no new number is gone: no row may name it.
type idMap struct {
	words, employers         []uint32
	sameWords, sameEmployers bool // nothing is exchanged
	asIs                     bool // numbers stay as they are, whatever they are
}

const wordGone = ^uint32(0)

func (m *idMap) to(list []uint32, i uint64) (uint64, bool) {
	if i >= uint64(len(list)) || list[i] == wordGone {
		return 0, false
	}
	return uint64(list[i]), true
}

// employerIn finds the number of the employer in a packed row: it is id and stands at src[start:end]. start and end are
// equal where the row names none. It is all that most rows need when only employers have been renumbered.
func employerIn(src []byte) (start, end int, id uint64, ok bool) {
	if start, end, id, ok = quickEmployerIn(src); ok {
		return start, end, id, true
	}
	return anyEmployerIn(src)
}

// quickEmployerIn is employerIn for the rows that most are; ok is false for any other.
func quickEmployerIn(src []byte) (start, end int, id uint64, ok bool) {
	if len(src) > 4 && src[0] >= 0x80 && src[1]|src[2]|src[3] < 0x80 { // a mask of two bytes, kind and length of the name of one: most rows
		mask, at := uint(src[0]&0x7f)|uint(src[1])<<7, 5+int(src[3])/textForms
		if mask&hasSex != 0 {
			at++
		}
		if at+6 <= len(src) && src[at-1] < 0x80 && (mask&hasSex == 0 || src[at-2] < 0x80) && mask&hasEmployer != 0 {
			if mask&hasBirth != 0 {
				at += 3
			}
			switch a, b, c := src[at], src[at+1], src[at+2]; {
			case a < 0x80:
				return at, at + 1, uint64(a), true
			case b < 0x80:
				return at, at + 2, uint64(a&0x7f) | uint64(b)<<7, true
			case c < 0x80:
				return at, at + 3, uint64(a&0x7f) | uint64(b&0x7f)<<7 | uint64(c)<<14, true
			}
		}
	}
	return 0, 0, 0, false
}

func anyEmployerIn(src []byte) (start, end int, id uint64, ok bool) {
	mask, at := uvarintAt(src, 0)
	if at < 0 || mask&hasEmployer == 0 {
		return 0, 0, 0, at >= 0
	}
	_, at = uvarintAt(src, at) // kind
	name, at := uvarintAt(src, at)
	if name /= textForms; at < 0 || name > uint64(len(src)-at) {
		return 0, 0, 0, false
	}
	_, at = uvarintAt(src, at+int(name)) // status
	if mask&hasSex != 0 {
		_, at = uvarintAt(src, at)
	}
	if mask&hasBirth != 0 && at >= 0 {
		at += 3
	}
	id, end = uvarintAt(src, at)
	return at, end, id, end >= 0
}

// uvarintAt reads a number at src[at:] and returns where it ends, -1 where there is none, or where at is negative.
func uvarintAt(src []byte, at int) (v uint64, end int) {
	if uint(at) < uint(len(src)) && src[at] < 0x80 {
		return uint64(src[at]), at + 1
	}
	return longUvarint(src, at)
}

func longUvarint(src []byte, at int) (v uint64, end int) {
	if uint(at) >= uint(len(src)) {
		return 0, -1
	}
	if b := src[at:]; len(b) > 1 && b[1] < 0x80 {
		return uint64(b[0]&0x7f) | uint64(b[1])<<7, at + 2
	}
	v, n := binary.Uvarint(src[at:])
	if n <= 0 {
		return 0, -1
	}
	return v, at + n
}

// rowSpots is where a packed row has what it is found and counted by: numbers of words, and the places of texts, 0 for one
// that it does not have.
type rowSpots struct {
	kind, status    uint64
	name, qr, ecert int
}

// skim finds the spots of a packed row.
func skim(packed, scratch []byte) (at rowSpots, ok bool) {
	m := idMap{asIs: true}
	_, at, ok = m.transcode(scratch[:0], packed)
	return at, ok
}

// sameKeys reports whether two packed rows of one number have the same name, QR key and certificate: an index then has the
// same entries for both.
func sameKeys(a []byte, at rowSpots, b []byte, bt rowSpots) bool {
	for _, x := range [3][2]int{{at.name, bt.name}, {at.qr, bt.qr}, {at.ecert, bt.ecert}} {
		if !bytes.Equal(packedText(a, x[0]), packedText(b, x[1])) {
			return false
		}
	}
	return true
}

// packedText is the text of a packed row that begins at a place, as it is packed; nil where the row has none.
func packedText(packed []byte, at int) []byte {
	if at == 0 {
		return nil
	}
	size, end := uvarintAt(packed, at)
	return packed[at : end+int(size/textForms)] // a row that was passed over once holds it
}

// textAt is the text of a packed row that begins at a place.
func textAt(packed []byte, at int) string {
	u := unpacker{b: packed[at:]}
	return u.text()
}

// transcode appends a packed row with other numbers of words.
func (m *idMap) transcode(dst, src []byte) (out []byte, at rowSpots, ok bool) {
	c := copier{dst: dst, src: src, ok: true}
	mask := c.skipUvarint()
	at.kind = c.id(m, m.words)
	at.name = c.text()
	at.status = c.id(m, m.words)
	if mask&hasSex != 0 {
		c.id(m, m.words)
	}
	if mask&hasBirth != 0 {
		c.skip(3)
	}
	if mask&hasEmployer != 0 {
		c.id(m, m.employers)
	}
	if mask&hasSpecialties != 0 {
		for n := c.skipUvarint(); n > 0 && c.ok; n-- {
			c.specialty(m)
		}
	}
	if mask&hasValid != 0 {
		c.skip(6)
	}
	if mask&hasStatusDate != 0 {
		c.skip(3)
	}
	if mask&hasReason != 0 {
		c.text()
	}
	if mask&hasQR != 0 {
		at.qr = c.text()
	}
	if mask&hasEcert != 0 {
		at.ecert = c.text()
	}
	for _, bit := range []uint64{hasUpdated, hasUsage} {
		if mask&bit != 0 {
			c.skip(3)
		}
	}
	if mask&hasHistory != 0 {
		for n := c.skipUvarint(); n > 0 && c.ok; n-- {
			c.id(m, m.words)
			c.text()
			c.skip(3)
		}
	}
	if !c.ok || c.at != len(src) || mask >= maskEnd {
		return dst, at, false
	}
	return append(c.dst, src[c.from:]...), at, true
}

// copier walks through a packed row; what lies between from and at has been seen but not copied.
type copier struct {
	dst, src []byte
	from, at int
	ok       bool
}

func (c *copier) skip(n uint64) {
	if !c.ok || n > uint64(len(c.src)-c.at) {
		c.ok = false
		return
	}
	c.at += int(n)
}

func (c *copier) skipUvarint() uint64 {
	v, end := uvarintAt(c.src, c.at)
	if end < 0 || !c.ok {
		c.ok = false
		return 0
	}
	c.at = end
	return v
}

// text passes over a text and returns where it begins.
func (c *copier) text() (start int) {
	start = c.at
	c.skip(c.skipUvarint() / textForms)
	return start
}

// id exchanges one number, and returns what it was.
func (c *copier) id(m *idMap, list []uint32) (old uint64) {
	start := c.at
	old = c.skipUvarint()
	c.replace(m, list, start, old, 0, 0)
	return old
}

func (c *copier) replace(m *idMap, list []uint32, start int, v uint64, shift uint, low uint64) {
	if !c.ok || m.asIs {
		return
	}
	to, ok := m.to(list, v)
	if c.ok = ok; !ok || to == v {
		return
	}
	c.dst = append(c.dst, c.src[c.from:start]...)
	c.dst = binary.AppendUvarint(c.dst, to<<shift|low)
	c.from = c.at
}

func (c *copier) specialty(m *idMap) {
	start := c.at
	v := c.skipUvarint()
	c.replace(m, m.words, start, v>>3, 3, v&7)
	if v&1 != 0 {
		c.id(m, m.words)
	}
	for _, bit := range []uint64{2, 4} {
		if v&bit != 0 {
			c.skip(3)
		}
	}
}

package store

import "encoding/binary"

// idMap exchanges the numbers of words in packed rows. A word that has no new number is gone: no row may name it.
type idMap struct {
	words, employers         []uint32
	sameWords, sameEmployers bool // nothing is exchanged
}

const wordGone = ^uint32(0)

func (m *idMap) to(list []uint32, i uint64) (uint64, bool) {
	if i >= uint64(len(list)) || list[i] == wordGone {
		return 0, false
	}
	return uint64(list[i]), true
}

// split cuts a packed row before and after the number of its employer, and returns that number's replacement between
// them. It is what most rows need when only employers have been renumbered.
func (m *idMap) split(src []byte, buf *[binary.MaxVarintLen32]byte) (a, b, c []byte, ok bool) {
	k := copier{src: src, ok: true}
	mask := k.skipUvarint()
	if mask&hasEmployer == 0 {
		return src, nil, nil, k.ok
	}
	k.skipUvarint() // kind
	k.text()
	k.skipUvarint() // status
	if mask&hasSex != 0 {
		k.skipUvarint()
	}
	if mask&hasBirth != 0 {
		k.skip(3)
	}
	start := k.at
	to, found := m.to(m.employers, k.skipUvarint())
	if !k.ok || !found {
		return nil, nil, nil, false
	}
	return src[:start], binary.AppendUvarint(buf[:0], to), src[k.at:], true
}

// transcode appends a packed row with other numbers of words.
func (m *idMap) transcode(dst, src []byte) (out []byte, ok bool) {
	c := copier{dst: dst, src: src, ok: true}
	mask := c.skipUvarint()
	c.id(m, m.words) // kind
	c.text()
	c.id(m, m.words) // status
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
	for _, bit := range []uint64{hasReason, hasQR, hasEcert} {
		if mask&bit != 0 {
			c.text()
		}
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
		return dst, false
	}
	return append(c.dst, src[c.from:]...), true
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
	if c.ok && c.at < len(c.src) && c.src[c.at] < 0x80 {
		c.at++
		return uint64(c.src[c.at-1])
	}
	v, n := binary.Uvarint(c.src[c.at:])
	if n <= 0 {
		c.ok = false
		return 0
	}
	c.at += n
	return v
}

func (c *copier) text() { c.skip(c.skipUvarint() / textForms) }

// id exchanges one number.
func (c *copier) id(m *idMap, list []uint32) {
	start := c.at
	c.replace(m, list, start, c.skipUvarint(), 0, 0)
}

func (c *copier) replace(m *idMap, list []uint32, start int, v uint64, shift uint, low uint64) {
	if !c.ok {
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

package seal

import (
	"bytes"
	"errors"
	"math/big"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"
)

// The structures of signatures are read here by a small reader of BER (ITU-T X.690) that keeps the bytes as they stand:
// a signature is made over bytes, and many writers do not write DER.

var errBER = errors.New("seal: ASN.1 structure broken")

// maxBERDepth bounds the nesting of constructed values.
const maxBERDepth = 48

// The universal tags in use.
const (
	tagBoolean     = 1
	tagInteger     = 2
	tagBitString   = 3
	tagOctetString = 4
	tagNull        = 5
	tagOID         = 6
	tagEnumerated  = 10
	tagUTF8        = 12
	tagSequence    = 16
	tagSet         = 17
	tagUTCTime     = 23
	tagGenTime     = 24
	tagBMP         = 30
	tagUniversal   = 28
)

const (
	classUniversal = 0
	classContext   = 2
)

// node is one value: its identifier, and slices of the bytes it was read from.
type node struct {
	raw   []byte // the whole value
	body  []byte // the contents octets, without end-of-contents
	class byte
	cons  bool
	indef bool
	tag   int
}

// readNode reads the value at the start of b and returns the bytes behind it.
func readNode(b []byte) (node, []byte, error) { return readNodeDepth(b, 0) }

func readNodeDepth(b []byte, depth int) (node, []byte, error) {
	var n node
	if len(b) < 2 || depth > maxBERDepth {
		return n, nil, errBER
	}
	n.class, n.cons, n.tag = b[0]>>6, b[0]&0x20 != 0, int(b[0]&0x1f)
	i := 1
	if n.tag == 0x1f {
		n.tag = 0
		for ; ; i++ {
			if i >= len(b) || i > 4 {
				return n, nil, errBER
			}
			n.tag = n.tag<<7 | int(b[i]&0x7f)
			if b[i]&0x80 == 0 {
				i++
				break
			}
		}
	}
	if i >= len(b) {
		return n, nil, errBER
	}
	l := int(b[i])
	i++
	if l == 0x80 {
		if !n.cons {
			return n, nil, errBER
		}
		n.indef = true
		rest := b[i:]
		for {
			if len(rest) < 2 {
				return n, nil, errBER
			}
			if rest[0] == 0 && rest[1] == 0 {
				break
			}
			var err error
			if _, rest, err = readNodeDepth(rest, depth+1); err != nil {
				return n, nil, err
			}
		}
		n.body = b[i : len(b)-len(rest)]
		n.raw = b[:len(b)-len(rest)+2]
		return n, rest[2:], nil
	}
	if l > 0x80 {
		k := l & 0x7f
		if k > 4 || i+k > len(b) {
			return n, nil, errBER
		}
		l = 0
		for _, c := range b[i : i+k] {
			l = l<<8 | int(c)
		}
		i += k
	}
	if l < 0 || l > len(b)-i {
		return n, nil, errBER
	}
	n.body, n.raw = b[i:i+l], b[:i+l]
	return n, b[i+l:], nil
}

// parseNode reads b as exactly one value.
func parseNode(b []byte) (node, error) {
	n, rest, err := readNode(b)
	if err == nil && len(rest) > 0 {
		err = errBER
	}
	return n, err
}

func (n node) is(class byte, tag int) bool { return n.class == class && n.tag == tag }
func (n node) seq() bool                   { return n.is(classUniversal, tagSequence) && n.cons }
func (n node) ctx(tag int) bool            { return n.is(classContext, tag) }

// kids reads the values inside a constructed value.
func (n node) kids() ([]node, error) {
	if !n.cons {
		return nil, errBER
	}
	return readAll(n.body)
}

func readAll(b []byte) ([]node, error) {
	var out []node
	for len(b) > 0 {
		k, rest, err := readNode(b)
		if err != nil {
			return out, err
		}
		out = append(out, k)
		if len(out) > 100_000 {
			return out, errBER
		}
		b = rest
	}
	return out, nil
}

// octets returns the value of an octet string, also one in pieces.
func (n node) octets() ([]byte, error) {
	if !n.cons {
		return n.body, nil
	}
	kids, err := n.kids()
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, k := range kids {
		b, err := k.octetsDepth(1)
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
	}
	return out, nil
}

func (n node) octetsDepth(depth int) ([]byte, error) {
	if !n.cons {
		return n.body, nil
	}
	if depth > 8 {
		return nil, errBER
	}
	kids, err := n.kids()
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, k := range kids {
		b, err := k.octetsDepth(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
	}
	return out, nil
}

// bits returns the value of a bit string without its count of unused bits.
func (n node) bits() ([]byte, error) {
	if !n.is(classUniversal, tagBitString) || n.cons || len(n.body) < 1 || n.body[0] > 7 {
		return nil, errBER
	}
	return n.body[1:], nil
}

// oid returns an object identifier in dotted form, empty if n is none.
func (n node) oid() string {
	if !n.is(classUniversal, tagOID) {
		return ""
	}
	return oidString(n.body)
}

func oidString(b []byte) string {
	if len(b) == 0 || len(b) > 64 {
		return ""
	}
	out := make([]byte, 0, 40)
	v, first, start := uint64(0), true, true
	for _, c := range b {
		if v > 1<<56 {
			return ""
		}
		v = v<<7 | uint64(c&0x7f)
		start = false
		if c&0x80 != 0 {
			continue
		}
		if first {
			top := min(v/40, 2)
			out = strconv.AppendUint(out, top, 10)
			out = append(out, '.')
			out = strconv.AppendUint(out, v-top*40, 10)
			first = false
		} else {
			out = append(out, '.')
			out = strconv.AppendUint(out, v, 10)
		}
		v, start = 0, true
	}
	if !start {
		return ""
	}
	return string(out)
}

// integer returns the value of an integer.
func (n node) integer() (*big.Int, bool) {
	if !(n.is(classUniversal, tagInteger) || n.is(classUniversal, tagEnumerated)) || n.cons || len(n.body) == 0 {
		return nil, false
	}
	return signedInt(n.body), true
}

func signedInt(b []byte) *big.Int {
	v := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0]&0x80 != 0 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(len(b)*8)))
	}
	return v
}

func (n node) int() (int, bool) {
	v, ok := n.integer()
	if !ok || !v.IsInt64() || v.Int64() > 1<<31 || v.Int64() < -(1<<31) {
		return 0, false
	}
	return int(v.Int64()), true
}

// time reads UTCTime and GeneralizedTime, also without seconds and with a zone or fraction that DER forbids.
func (n node) time() (time.Time, bool) {
	if n.class != classUniversal || n.cons {
		return time.Time{}, false
	}
	s := string(n.body)
	switch n.tag {
	case tagUTCTime:
		for _, f := range []string{"060102150405Z0700", "0601021504Z0700", "060102150405"} {
			if t, err := time.Parse(f, s); err == nil {
				if t.Year() >= 2050 {
					t = t.AddDate(-100, 0, 0)
				}
				return t.UTC(), true
			}
		}
	case tagGenTime:
		for _, f := range []string{"20060102150405Z0700", "20060102150405.999999999Z0700", "200601021504Z0700", "20060102150405"} {
			if t, err := time.Parse(f, s); err == nil {
				return t.UTC(), true
			}
		}
	}
	return time.Time{}, false
}

// text reads the character string types.
func (n node) text() string {
	b := n.body
	if n.cons {
		b, _ = n.octets()
	}
	switch n.tag {
	case tagBMP:
		u := make([]uint16, 0, len(b)/2)
		for i := 0; i+1 < len(b); i += 2 {
			u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
		}
		return string(utf16.Decode(u))
	case tagUniversal:
		var r []rune
		for i := 0; i+3 < len(b); i += 4 {
			r = append(r, rune(uint32(b[i])<<24|uint32(b[i+1])<<16|uint32(b[i+2])<<8|uint32(b[i+3])))
		}
		return string(r)
	}
	return string(bytes.ToValidUTF8(b, []byte("\uFFFD")))
}

// derLength writes the identifier and length octets of DER.
func derHeader(id byte, n int) []byte {
	switch {
	case n < 0x80:
		return []byte{id, byte(n)}
	case n < 0x100:
		return []byte{id, 0x81, byte(n)}
	case n < 0x10000:
		return []byte{id, 0x82, byte(n >> 8), byte(n)}
	case n < 0x1000000:
		return []byte{id, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}
	}
	return []byte{id, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
}

func der(id byte, body []byte) []byte { return append(derHeader(id, len(body)), body...) }

// toDER writes n again in DER: definite lengths, strings in one piece, sets in order.
func (n node) toDER() ([]byte, error) { return n.toDERDepth(0) }

func (n node) toDERDepth(depth int) ([]byte, error) {
	if depth > maxBERDepth {
		return nil, errBER
	}
	if n.tag >= 31 {
		return n.raw, nil
	}
	id := n.class<<6 | byte(n.tag)
	if !n.cons {
		return der(id, n.body), nil
	}
	if n.class == classUniversal && n.tag != tagSequence && n.tag != tagSet {
		b, err := n.octets()
		return der(id, b), err
	}
	kids, err := n.kids()
	if err != nil {
		return nil, err
	}
	parts := make([][]byte, len(kids))
	for i, k := range kids {
		if parts[i], err = k.toDERDepth(depth + 1); err != nil {
			return nil, err
		}
	}
	if n.is(classUniversal, tagSet) {
		sortBytes(parts)
	}
	return der(id|0x20, bytes.Join(parts, nil)), nil
}

func sortBytes(p [][]byte) { slices.SortFunc(p, bytes.Compare) }

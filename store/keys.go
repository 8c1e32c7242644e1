package store

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NormalNumber returns the form in which registration and certificate numbers are stored and compared: compatibility
// forms folded (full-width digits), spaces removed, letters in upper case.
func NormalNumber(s string) string {
	if plainNumber(s) {
		return s
	}
	s = norm.NFKC.String(s)
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// NormalName returns the form in which names are compared: compatibility forms folded, spaces removed, 间隔号 as "·".
func NormalName(s string) string {
	s = norm.NFKC.String(s)
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r):
			return -1
		case r == '•' || r == '・' || r == '‧' || r == '∙' || r == '.':
			return '·'
		}
		return unicode.ToUpper(r)
	}, s)
}

// plainNumber is the fast path: digits, capitals and dots need no folding, nor does one leading ideograph.
func plainNumber(s string) bool {
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r == '.', r == '-':
		case i == 0 && r >= 0x4e00 && r <= 0x9fa5:
		default:
			return false
		}
	}
	return true
}

// keyHash places a key in an index. Collisions cost one more row to read; they never change an answer.
func keyHash(tree byte, key string) uint32 {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	x := (uint64(offset) ^ uint64(tree)) * prime
	for i := range len(key) {
		x = (x ^ uint64(key[i])) * prime
	}
	// FNV's high bits mix badly on short keys; this is the finaliser of MurmurHash3.
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	x ^= x >> 33
	return uint32(x >> 32)
}

// normalQRKey is the form of the key that a certificate's QR carries. It is opaque, so only spaces around it go.
func normalQRKey(s string) string { return strings.TrimSpace(s) }

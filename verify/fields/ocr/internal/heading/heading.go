// Package heading is the beginning that the files of a recogniser's heads have in common: what kind of head it is, for which
// recogniser it was made, and which tensor of that it sees.
package heading

import (
	"crypto/sha256"
	"errors"
	"unicode/utf8"
)

// Errors of Cut.
var (
	ErrKind   = errors.New("another kind of file")
	ErrTensor = errors.New("no name of a tensor")
)

// maxTrunk is the length of the longest name of a tensor, in bytes.
const maxTrunk = 64

// Cut takes off magic, the SHA-256 of a recogniser, and the name of a tensor with its length as a byte before it.
func Cut(b []byte, magic string) (model [sha256.Size]byte, trunk string, rest []byte, err error) {
	if len(b) < len(magic)+sha256.Size+1 || string(b[:len(magic)]) != magic {
		return model, "", nil, ErrKind
	}
	b = b[len(magic):]
	b = b[copy(model[:], b):]
	n := int(b[0])
	if b = b[1:]; n > maxTrunk || len(b) < n || !utf8.Valid(b[:n]) {
		return model, "", nil, ErrTensor
	}
	return model, string(b[:n]), b[n:], nil
}

// Of is what Cut takes off. A name may have 64 bytes.
func Of(magic string, model [sha256.Size]byte, trunk string) []byte {
	b := append([]byte(magic), model[:]...)
	return append(append(b, byte(len(trunk))), trunk...)
}

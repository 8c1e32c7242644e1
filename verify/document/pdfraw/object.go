// Package pdfraw reads the objects of a PDF file as they stand in its bytes (ISO 32000-2, clause 7): it is tolerant of
// broken files, knows no rendering, and can open any prefix of a file as the revision that a signature covers. It never
// panics on a stranger's bytes and every loop in it is bounded by Limits.
package pdfraw

import (
	"errors"
	"strings"
	"unicode/utf16"
)

// Object is one of: nil (the null object), bool, int64, float64, Name, String, Array, Dict, Ref, *Stream.
type Object any

// Name is a PDF name without its slash, #-escapes resolved.
type Name string

// String is a PDF string with its escapes resolved and, in a document that could be decrypted, decrypted.
type String string

// Array is a PDF array.
type Array []Object

// Dict is a PDF dictionary; a key that is given twice keeps its last value.
type Dict map[Name]Object

// Ref is an indirect reference.
type Ref struct{ Num, Gen int }

// Stream is a stream object: its dictionary and its bytes as they stand in the file (still encoded).
type Stream struct {
	Dict Dict
	Raw  []byte
	// Start is the offset of Raw in the file, -1 for bytes that were decrypted.
	Start int
	// LengthOK is false if /Length does not lead to the word endstream.
	LengthOK bool
}

// Limits bound what one document may cost.
type Limits struct {
	Objects  int   // entries of the cross-reference table
	Depth    int   // nesting of arrays and dictionaries
	Sections int   // cross-reference sections
	Stream   int   // bytes of one decoded stream
	Work     int64 // bytes looked at in searches and decoded in all, before the reader gives up
	Pages    int   // pages of the page tree
}

// DefaultLimits are the limits for a file that somebody handed in.
func DefaultLimits() Limits {
	return Limits{Objects: 500_000, Depth: 100, Sections: 2000, Stream: 64 << 20, Work: 512 << 20, Pages: 20_000}
}

// The errors of Open.
var (
	ErrNotPDF    = errors.New("pdfraw: no PDF structure found")
	ErrEncrypted = errors.New("pdfraw: the document is encrypted and does not open without a password")
	ErrLimit     = errors.New("pdfraw: a limit was passed")
	errSyntax    = errors.New("pdfraw: syntax")
	errDepth     = errors.New("pdfraw: nested too deep")
)

// Int returns o as an integer; a real number with an integral value is accepted.
func Int(o Object) (int64, bool) {
	switch v := o.(type) {
	case int64:
		return v, true
	case float64:
		if v == float64(int64(v)) {
			return int64(v), true
		}
	}
	return 0, false
}

// Number returns o as a real number.
func Number(o Object) (float64, bool) {
	switch v := o.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// Text decodes a text string (ISO 32000-2, 7.9.2.2): UTF-16 or UTF-8 with a byte order mark, else PDFDocEncoding, of
// which only the Latin-1 part is told apart.
func Text(s String) string {
	switch {
	case len(s) >= 2 && s[0] == 0xFE && s[1] == 0xFF:
		return utf16Text(s[2:], false)
	case len(s) >= 2 && s[0] == 0xFF && s[1] == 0xFE:
		return utf16Text(s[2:], true)
	case len(s) >= 3 && s[0] == 0xEF && s[1] == 0xBB && s[2] == 0xBF:
		return strings.ToValidUTF8(string(s[3:]), "\uFFFD")
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

func utf16Text(s String, little bool) string {
	u := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		if little {
			u = append(u, uint16(s[i])|uint16(s[i+1])<<8)
		} else {
			u = append(u, uint16(s[i])<<8|uint16(s[i+1]))
		}
	}
	return string(utf16.Decode(u))
}

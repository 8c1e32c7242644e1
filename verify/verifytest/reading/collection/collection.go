// Package collection opens fonts and takes collections of them apart, for the programs that train the reader of pictures.
package collection

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// ErrFontFile is the error of everything that is no font file.
var ErrFontFile = errors.New("damaged font file")

// Font opens a font: FILE, or FILE#NAME for the font of a collection whose full name contains NAME. Without a name it is the
// first.
func Font(name string) (*opentype.Font, error) {
	path, want, _ := strings.Cut(name, "#")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	fonts, err := Singles(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, one := range fonts {
		f, err := opentype.Parse(one)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if full, err := f.Name(nil, sfnt.NameIDFull); want == "" || err == nil && strings.Contains(full, want) {
			return f, nil
		}
	}
	return nil, fmt.Errorf("%s has no font %q", path, want)
}

// Singles takes a font file apart: a collection gives each of its fonts as a file of its own, with tables that begin at
// multiples of four bytes, as the reader of fonts wants them and older collections have not.
func Singles(data []byte) ([][]byte, error) {
	if len(data) < 12 {
		return nil, ErrFontFile
	}
	if string(data[:4]) != "ttcf" {
		return [][]byte{data}, nil
	}
	n := binary.BigEndian.Uint32(data[8:])
	if n > 64 || len(data) < 12+4*int(n) {
		return nil, ErrFontFile
	}
	var out [][]byte
	for i := range int(n) {
		one, err := single(data, int(binary.BigEndian.Uint32(data[12+4*i:])))
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// single copies the font whose table of tables is at off.
func single(data []byte, off int) ([]byte, error) {
	if off < 0 || off+12 > len(data) {
		return nil, ErrFontFile
	}
	n := int(binary.BigEndian.Uint16(data[off+4:]))
	if off+12+16*n > len(data) {
		return nil, ErrFontFile
	}
	out := append([]byte(nil), data[off:off+12+16*n]...)
	for i := range n {
		rec := out[12+16*i:]
		from, size := int(binary.BigEndian.Uint32(rec[8:])), int(binary.BigEndian.Uint32(rec[12:]))
		if from < 0 || size < 0 || from+size > len(data) {
			return nil, ErrFontFile
		}
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
		binary.BigEndian.PutUint32(out[12+16*i+8:], uint32(len(out)))
		out = append(out, data[from:from+size]...)
	}
	return out, nil
}

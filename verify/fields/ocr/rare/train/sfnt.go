package main

import (
	"encoding/binary"
	"errors"
)

var errFontFile = errors.New("damaged font file")

// singles takes a font file apart: a collection gives each of its fonts as a file of its own, with tables that begin at
// multiples of four bytes, as the reader of fonts wants them and older collections have not.
func singles(data []byte) ([][]byte, error) {
	if len(data) < 12 {
		return nil, errFontFile
	}
	if string(data[:4]) != "ttcf" {
		return [][]byte{data}, nil
	}
	n := binary.BigEndian.Uint32(data[8:])
	if n > 64 || len(data) < 12+4*int(n) {
		return nil, errFontFile
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
		return nil, errFontFile
	}
	n := int(binary.BigEndian.Uint16(data[off+4:]))
	if off+12+16*n > len(data) {
		return nil, errFontFile
	}
	out := append([]byte(nil), data[off:off+12+16*n]...)
	for i := range n {
		rec := out[12+16*i:]
		from, size := int(binary.BigEndian.Uint32(rec[8:])), int(binary.BigEndian.Uint32(rec[12:]))
		if from < 0 || size < 0 || from+size > len(data) {
			return nil, errFontFile
		}
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
		binary.BigEndian.PutUint32(out[12+16*i+8:], uint32(len(out)))
		out = append(out, data[from:from+size]...)
	}
	return out, nil
}

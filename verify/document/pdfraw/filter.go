package pdfraw

import (
	"bytes"
	"compress/flate"
	"compress/lzw"
	"compress/zlib"
	"errors"
	"io"
)

var errFilter = errors.New("pdfraw: filter not supported for structure streams")

// Decode undoes the filters of a stream. Only the filters that carry structure are known (Flate, LZW, ASCIIHex, ASCII85,
// RunLength); image filters give an error. A damaged tail gives what could be decoded.
func (d *Doc) Decode(s *Stream) ([]byte, error) {
	filters, parms := d.list(s.Dict["Filter"], s.Dict["F"]), d.list(s.Dict["DecodeParms"], s.Dict["DP"])
	if len(filters) > 8 {
		return nil, ErrLimit
	}
	b := s.Raw
	for i, f := range filters {
		name, _ := f.(Name)
		var pd Dict
		if i < len(parms) {
			pd = d.Dict(parms[i])
		}
		var err error
		if b, err = d.decodeOne(name, pd, b); err != nil {
			return nil, err
		}
		if !d.spend(len(b)) {
			return nil, ErrLimit
		}
	}
	return b, nil
}

// list makes a filter entry, which is one object or an array of them, into a list.
func (d *Doc) list(o, alt Object) []Object {
	o = d.Resolve(o)
	if o == nil {
		if o = d.Resolve(alt); o == nil {
			return nil
		}
	}
	if a, ok := o.(Array); ok {
		out := make([]Object, len(a))
		for i := range a {
			out[i] = d.Resolve(a[i])
		}
		return out
	}
	if _, ok := o.(String); ok {
		return nil // /F of a stream in an external file
	}
	return []Object{o}
}

func (d *Doc) decodeOne(name Name, pd Dict, b []byte) ([]byte, error) {
	switch name {
	case "FlateDecode", "Fl":
		return predict(d, inflate(b, d.lim.Stream), pd)
	case "LZWDecode", "LZW":
		early := int64(1)
		if v, ok := Int(d.Resolve(pd["EarlyChange"])); ok {
			early = v
		}
		out, err := unlzw(b, early == 1, d.lim.Stream)
		if err != nil {
			return nil, err
		}
		return predict(d, out, pd)
	case "ASCIIHexDecode", "AHx":
		o, err := NewParser(append(append([]byte{'<'}, b...), '>'), 0, 1).hex()
		if err != nil {
			return nil, err
		}
		return []byte(o.(String)), nil
	case "ASCII85Decode", "A85":
		return ascii85(b), nil
	case "RunLengthDecode", "RL":
		return runLength(b, d.lim.Stream), nil
	case "Crypt", "":
		return b, nil
	}
	return nil, errFilter
}

func inflate(b []byte, limit int) []byte {
	var out bytes.Buffer
	for len(b) > 0 && IsSpace(b[0]) && b[0] != 0 {
		b = b[1:]
	}
	if r, err := zlib.NewReader(bytes.NewReader(b)); err == nil {
		_, _ = io.Copy(&out, io.LimitReader(r, int64(limit)))
		if out.Len() > 0 {
			return out.Bytes()
		}
	}
	if len(b) > 2 { // a broken zlib header
		out.Reset()
		_, _ = io.Copy(&out, io.LimitReader(flate.NewReader(bytes.NewReader(b[2:])), int64(limit)))
	}
	return out.Bytes()
}

// unlzw decodes LZW of ISO 32000-2, 7.4.4; compress/lzw is for the variant without early change.
func unlzw(b []byte, early bool, limit int) ([]byte, error) {
	if !early {
		out, _ := io.ReadAll(io.LimitReader(lzw.NewReader(bytes.NewReader(b), lzw.MSB, 8), int64(limit)))
		return out, nil
	}
	type code struct {
		prev int
		last byte
		len  int
	}
	table := make([]code, 258, 4096)
	for i := range 256 {
		table[i] = code{-1, byte(i), 1}
	}
	var out []byte
	width, prev := 9, -1
	acc, bits := 0, 0
	emit := func(c int) byte {
		n := table[c].len
		at := len(out)
		out = append(out, make([]byte, n)...)
		for k := at + n - 1; c >= 0 && k >= at; k-- {
			out[k] = table[c].last
			c = table[c].prev
		}
		return out[at]
	}
	for _, x := range b {
		acc, bits = acc<<8|int(x), bits+8
		if bits < width {
			continue
		}
		c := acc >> (bits - width) & (1<<width - 1)
		bits -= width
		acc &= 1<<bits - 1
		switch {
		case c == 257:
			return out, nil
		case c == 256:
			table, width, prev = table[:258], 9, -1
			continue
		case prev < 0:
			if c > 255 {
				return out, nil
			}
			emit(c)
		case c < len(table):
			first := emit(c)
			if len(table) < 4096 {
				table = append(table, code{prev, first, table[prev].len + 1})
			}
		case c == len(table) && len(table) < 4096:
			k := prev
			for table[k].prev >= 0 {
				k = table[k].prev
			}
			table = append(table, code{prev, table[k].last, table[prev].len + 1})
			emit(c)
		default:
			return out, nil
		}
		prev = c
		if len(out) > limit {
			return nil, ErrLimit
		}
		switch n := len(table) + 1; {
		case n >= 2048:
			width = 12
		case n >= 1024:
			width = 11
		case n >= 512:
			width = 10
		}
	}
	return out, nil
}

func ascii85(b []byte) []byte {
	var out []byte
	var v uint32
	n := 0
	for _, c := range b {
		switch {
		case c == 'z' && n == 0:
			out = append(out, 0, 0, 0, 0)
		case c >= '!' && c <= 'u':
			v = v*85 + uint32(c-'!')
			if n++; n == 5 {
				out = append(out, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
				v, n = 0, 0
			}
		case c == '~':
			goto end
		}
	}
end:
	if n > 1 {
		for k := n; k < 5; k++ {
			v = v*85 + 84
		}
		out = append(out, []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8)}[:n-1]...)
	}
	return out
}

func runLength(b []byte, limit int) []byte {
	var out []byte
	for i := 0; i < len(b) && len(out) < limit; {
		n := int(b[i])
		i++
		switch {
		case n == 128:
			return out
		case n < 128:
			e := min(i+n+1, len(b))
			out = append(out, b[i:e]...)
			i = e
		case i < len(b):
			out = append(out, bytes.Repeat(b[i:i+1], 257-n)...)
			i++
		}
	}
	return out
}

// predict undoes the PNG and TIFF predictors (7.4.4.4).
func predict(d *Doc, b []byte, pd Dict) ([]byte, error) {
	get := func(k Name, def int64) int64 {
		if v, ok := Int(d.Resolve(pd[k])); ok {
			return v
		}
		return def
	}
	pr := get("Predictor", 1)
	if pr <= 1 {
		return b, nil
	}
	colors, bpc, cols := get("Colors", 1), get("BitsPerComponent", 8), get("Columns", 1)
	if colors < 1 || colors > 64 || bpc < 1 || bpc > 16 || cols < 1 || cols > 1<<20 {
		return nil, errSyntax
	}
	bpp := int(max(1, colors*bpc/8))
	row := int((colors*bpc*cols + 7) / 8)
	if row > len(b) {
		row = max(len(b), bpp) // one row, cut short
	}
	if pr == 2 {
		if bpc != 8 {
			return nil, errFilter
		}
		out := bytes.Clone(b)
		for r := 0; r < len(out); r += row {
			for i := bpp; i < row && r+i < len(out); i++ {
				out[r+i] += out[r+i-bpp]
			}
		}
		return out, nil
	}
	out := make([]byte, 0, len(b))
	prev := make([]byte, row)
	for i := 0; i < len(b); i += row + 1 {
		cur := make([]byte, row)
		copy(cur, b[i+1:min(i+1+row, len(b))])
		for k := range cur {
			var left, up, ul int
			up = int(prev[k])
			if k >= bpp {
				left, ul = int(cur[k-bpp]), int(prev[k-bpp])
			}
			switch b[i] {
			case 1:
				cur[k] += byte(left)
			case 2:
				cur[k] += byte(up)
			case 3:
				cur[k] += byte((left + up) / 2)
			case 4:
				p := left + up - ul
				pa, pb, pc := abs(p-left), abs(p-up), abs(p-ul)
				switch {
				case pa <= pb && pa <= pc:
					cur[k] += byte(left)
				case pb <= pc:
					cur[k] += byte(up)
				default:
					cur[k] += byte(ul)
				}
			}
		}
		out = append(out, cur...)
		prev = cur
	}
	return out, nil
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}

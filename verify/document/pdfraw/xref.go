package pdfraw

import (
	"bytes"
)

// loadXref follows the chain of cross-reference sections from the last startxref (7.5.4 to 7.5.8).
func (d *Doc) loadXref() error {
	i := bytes.LastIndex(d.data, []byte("startxref"))
	if i < 0 {
		return errSyntax
	}
	p := NewParser(d.data, i+len("startxref"), 1)
	pos, ok := p.uint()
	if !ok {
		return errSyntax
	}
	seen := map[int]bool{}
	for next := int(min(pos, int64(len(d.data)))); ; {
		if seen[next] || len(d.Sections) >= d.lim.Sections {
			return errSyntax // a loop in the chain
		}
		seen[next] = true
		sec, err := d.section(next)
		if err != nil {
			return err
		}
		if d.Start < 0 {
			d.Start, d.Trailer = sec.Start, sec.Trailer
		}
		if err := d.addSection(sec); err != nil {
			return err
		}
		if h, ok := Int(sec.Trailer["XRefStm"]); ok && !sec.Stream && h > 0 && h < int64(len(d.data)) && !seen[int(h)] {
			seen[int(h)] = true // a hybrid file: 7.5.8.4
			if hs, err := d.section(int(h)); err == nil && hs.Stream {
				if err := d.addSection(hs); err != nil {
					return err
				}
			}
		}
		prev, ok := Int(d.direct(sec.Trailer["Prev"]))
		if !ok {
			break
		}
		if prev <= 0 || prev >= int64(len(d.data)) {
			if prev == 0 {
				break
			}
			return errSyntax
		}
		next = int(prev)
	}
	if d.Trailer["Root"] == nil {
		return errSyntax
	}
	d.cache = map[int]Object{} // what was read with half a table
	return nil
}

// direct resolves a reference where the standard wants a direct object.
func (d *Doc) direct(o Object) Object {
	if _, ok := o.(Ref); ok {
		return d.Resolve(o)
	}
	return o
}

func (d *Doc) addSection(sec Section) error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	d.Sections = append(d.Sections, sec)
	for n, e := range sec.Entries {
		if _, ok := d.xref[n]; !ok {
			d.xref[n] = e
		}
	}
	if len(d.xref) > d.lim.Objects {
		return ErrLimit
	}
	return nil
}

// section reads the section at pos, also where the offsets of a file count from its header.
func (d *Doc) section(pos int) (Section, error) {
	sec, err := d.sectionAt(pos)
	if err != nil && d.Header > 0 {
		sec, err = d.sectionAt(pos + d.Header)
	}
	return sec, err
}

func (d *Doc) sectionAt(pos int) (Section, error) {
	p := NewParser(d.data, pos, d.lim.Depth)
	p.skipSpace()
	sec := Section{Start: p.pos, Entries: map[int]Entry{}}
	if !p.hasPrefix("xref") {
		return d.xrefStream(p, sec)
	}
	p.pos += 4
	for {
		p.Skip()
		if p.hasPrefix("trailer") {
			p.pos += 7
			break
		}
		first, ok1 := p.uint()
		n, ok2 := p.uint()
		if !ok1 || !ok2 || n > int64(d.lim.Objects) || first > int64(d.lim.Objects)*10 {
			return sec, errSyntax
		}
		for i := range int(n) {
			off, ok1 := p.uint()
			gen, ok2 := p.uint()
			p.skipSpace()
			if !ok1 || !ok2 || p.pos >= len(p.b) {
				if ok1 || i == 0 || !p.hasPrefix("trailer") {
					return sec, errSyntax
				}
				break // the count is too large
			}
			kind := p.b[p.pos]
			p.pos++
			if i == 0 && first == 1 && kind == 'f' && gen == 65535 && off == 0 {
				first = 0 // a common fault: the numbers are one too high
			}
			num := int(first) + i
			switch kind {
			case 'n':
				if off == 0 {
					sec.Entries[num] = Entry{Kind: Free}
				} else {
					sec.Entries[num] = Entry{InFile, int(min(off, int64(len(d.data)))), int(gen)}
				}
			case 'f':
				sec.Entries[num] = Entry{Kind: Free, Gen: int(gen)}
			default:
				return sec, errSyntax
			}
			if len(sec.Entries) > d.lim.Objects {
				return sec, ErrLimit
			}
		}
	}
	p.Skip()
	o, err := p.Object()
	if err != nil {
		return sec, err
	}
	t, ok := o.(Dict)
	if !ok {
		return sec, errSyntax
	}
	sec.Trailer, sec.End = t, p.pos
	return sec, nil
}

// xrefStream reads a cross-reference stream (7.5.8).
func (d *Doc) xrefStream(p *Parser, sec Section) (Section, error) {
	r, ok := p.header()
	if !ok {
		return sec, errSyntax
	}
	o, err := d.objectAt(p, r)
	if err != nil {
		return sec, err
	}
	s, ok := o.(*Stream)
	if !ok || s.Dict["Type"] != Name("XRef") {
		return sec, errSyntax
	}
	p.Skip()
	if p.hasPrefix("endobj") {
		p.pos += 6
	}
	sec.Stream, sec.Trailer, sec.End, sec.Ref = true, s.Dict, p.pos, r
	b, err := d.Decode(s)
	if err != nil {
		return sec, err
	}
	wa, _ := s.Dict["W"].(Array)
	if len(wa) < 3 {
		return sec, errSyntax
	}
	var w [3]int
	for i := range w {
		v, ok := Int(wa[i])
		if !ok || v < 0 || v > 8 {
			return sec, errSyntax
		}
		w[i] = int(v)
	}
	size, _ := Int(s.Dict["Size"])
	index, _ := s.Dict["Index"].(Array)
	if index == nil {
		index = Array{int64(0), size}
	}
	row := w[0] + w[1] + w[2]
	if row == 0 {
		return sec, errSyntax
	}
	field := func(b []byte) int {
		v := 0
		for _, c := range b {
			v = v<<8 | int(c)
		}
		return v
	}
	for k := 0; k+1 < len(index); k += 2 {
		if len(b) == 0 {
			break
		}
		first, ok1 := Int(index[k])
		n, ok2 := Int(index[k+1])
		if !ok1 || !ok2 || first < 0 || n < 0 || first > int64(d.lim.Objects)*10 {
			return sec, errSyntax
		}
		for i := int64(0); i < n; i++ {
			if len(b) < row {
				return sec, errSyntax // fewer entries than the index says: the numbering can't be relied on
			}
			kind := 1
			if w[0] > 0 {
				kind = field(b[:w[0]])
			}
			f2, f3 := field(b[w[0]:w[0]+w[1]]), field(b[w[0]+w[1]:row])
			b = b[row:]
			num := int(first + i)
			switch kind {
			case 0:
				sec.Entries[num] = Entry{Kind: Free, Gen: f3}
			case 1:
				sec.Entries[num] = Entry{InFile, min(max(f2, 0), len(d.data)), f3}
			case 2:
				sec.Entries[num] = Entry{InStream, f2, f3}
			default:
				return sec, errSyntax
			}
			if len(sec.Entries) > d.lim.Objects {
				return sec, ErrLimit
			}
		}
	}
	return sec, nil
}

// eachObject calls f for every object header "12 0 obj" from an offset on, in the order of the file.
func (d *Doc) eachObject(from int, f func(r Ref, at int)) {
	if !d.spend(len(d.data) - from) {
		return
	}
	for i := from; ; {
		k := bytes.Index(d.data[i:], []byte("obj"))
		if k < 0 {
			return
		}
		at := i + k
		i = at + 3
		if s, ok := headerBefore(d.data, at); ok && s >= from {
			p := NewParser(d.data, s, 1)
			if r, ok := p.header(); ok {
				f(r, s)
			}
		}
	}
}

// headerBefore finds the start of "12 0 " before the word obj at offset at.
func headerBefore(b []byte, at int) (int, bool) {
	i := at
	for range 2 {
		j := i
		for j > 0 && IsSpace(b[j-1]) && i-j < 16 {
			j--
		}
		k := j
		for k > 0 && isDigit(b[k-1]) && j-k < 10 {
			k--
		}
		if k == j {
			return 0, false
		}
		i = k
	}
	return i, true
}

// rebuild finds the objects by a search. It needs a trailer with a /Root: where a file has only cross-reference streams
// and none of them can be reached, what belongs to the document cannot be told.
func (d *Doc) rebuild() error {
	d.Rebuilt, d.Start, d.Sections, d.Trailer = true, -1, nil, nil
	d.xref, d.cache, d.objst = map[int]Entry{}, map[int]Object{}, map[int]*objStream{}
	var streams []int
	d.eachObject(0, func(r Ref, at int) {
		if len(d.xref) <= d.lim.Objects && r.Num < d.lim.Objects*10 {
			d.xref[r.Num] = Entry{InFile, at, r.Gen}
		}
		if bytes.Contains(d.data[at:min(at+200, len(d.data))], []byte("ObjStm")) && len(streams) < d.lim.Sections {
			streams = append(streams, r.Num)
		}
	})
	if len(d.xref) > d.lim.Objects {
		return ErrLimit
	}
	for i, n := len(d.data), 0; n < 64; n++ {
		if i = bytes.LastIndex(d.data[:i], []byte("trailer")); i < 0 {
			break
		}
		p := NewParser(d.data, i+7, d.lim.Depth)
		if o, err := p.Object(); err == nil {
			if t, ok := o.(Dict); ok && t["Root"] != nil {
				d.Trailer = t
				break
			}
		}
	}
	if d.Trailer == nil {
		return ErrNotPDF
	}
	if d.Trailer["Encrypt"] != nil {
		return nil // object streams need the key, which is not there yet
	}
	for _, n := range streams {
		if os := d.objectStream(n); os != nil {
			for i, num := range os.nums {
				if _, ok := d.xref[num]; !ok && len(d.xref) < d.lim.Objects {
					d.xref[num] = Entry{InStream, n, i}
				}
			}
		}
	}
	return nil
}

package pdfraw

import (
	"bytes"
	"context"
	"errors"
)

// Entry is one entry of the cross-reference table.
type Entry struct {
	Kind EntryKind
	Pos  int // offset in the file, or the number of the object stream
	Gen  int // generation, or the index in the object stream
}

// EntryKind tells the kinds of entry apart.
type EntryKind uint8

// The kinds of entry.
const (
	Free EntryKind = iota
	InFile
	InStream
)

// Section is one cross-reference section, table or stream.
type Section struct {
	Start   int // offset of the word xref, or of the stream's object header
	End     int // offset behind the section, its trailer included
	Stream  bool
	Trailer Dict
	Entries map[int]Entry
	Ref     Ref // the object that holds a cross-reference stream
}

// Doc is a document, or one of its revisions.
type Doc struct {
	data []byte
	ctx  context.Context
	lim  Limits
	// Header is the offset of %PDF-; bytes before it do not belong to the document. -1 if there is none.
	Header int
	// Start is the offset that the last startxref gives, -1 if the table was rebuilt.
	Start    int
	Sections []Section // newest first
	Trailer  Dict
	// Rebuilt is true if the cross-reference table was not usable and the objects were found by a search.
	Rebuilt bool
	// Misplaced holds the numbers of objects that do not stand where the table says.
	Misplaced map[int]bool
	// Ambiguous holds the numbers of the objects read so far that readers may read otherwise: a dictionary has a key twice,
	// of which each reader takes the one it likes, or a stream does not end where its /Length says.
	Ambiguous map[int]bool
	// Encrypted is true if the document is encrypted and could be opened without a password.
	Encrypted bool

	xref  map[int]Entry
	cache map[int]Object
	busy  map[int]bool
	objst map[int]*objStream
	index map[int]int // number → offset of its last definition, made when first needed
	crypt *crypt
	work  int64
}

type objStream struct {
	data  []byte
	first int
	nums  []int
	offs  []int
}

// Open opens a document. data may be a prefix of a file: the document is then the revision that ends there.
func Open(ctx context.Context, data []byte, lim Limits) (*Doc, error) {
	d := &Doc{
		data: data, ctx: ctx, lim: lim, Header: -1, Start: -1,
		Misplaced: map[int]bool{}, Ambiguous: map[int]bool{}, xref: map[int]Entry{}, cache: map[int]Object{}, busy: map[int]bool{}, objst: map[int]*objStream{},
	}
	if i := bytes.Index(data[:min(len(data), 8192)], []byte("%PDF-")); i >= 0 {
		d.Header = i
	}
	if err := d.loadXref(); err != nil {
		if errors.Is(err, ErrLimit) || ctx.Err() != nil {
			return nil, err
		}
		if err := d.rebuild(); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if enc := d.Trailer["Encrypt"]; enc != nil {
		if err := d.openCrypt(enc); err != nil {
			return nil, err
		}
	}
	if d.Catalog() == nil {
		if !d.Rebuilt {
			d.cache, d.objst = map[int]Object{}, map[int]*objStream{}
			if err := d.rebuild(); err != nil {
				return nil, err
			}
		}
		if d.Catalog() == nil {
			return nil, ErrNotPDF
		}
	}
	return d, nil
}

// spend counts work; it is false when the limit is passed or the context has ended.
func (d *Doc) spend(n int) bool {
	d.work += int64(n)
	return d.work <= d.lim.Work && d.ctx.Err() == nil
}

// Data returns the bytes of the document.
func (d *Doc) Data() []byte { return d.data }

// Exhausted reports whether reading stopped at a limit, so that what was found may not be all.
func (d *Doc) Exhausted() bool { return d.work > d.lim.Work || d.ctx.Err() != nil }

// Entry returns the cross-reference entry of an object.
func (d *Doc) Entry(num int) (Entry, bool) {
	e, ok := d.xref[num]
	return e, ok
}

// Numbers calls f for every object that is in use.
func (d *Doc) Numbers(f func(num int, e Entry)) {
	for n, e := range d.xref {
		if e.Kind != Free {
			f(n, e)
		}
	}
}

// Catalog returns the document catalog, nil if there is none.
func (d *Doc) Catalog() Dict {
	c := d.Dict(d.Trailer["Root"])
	if c == nil || (c["Pages"] == nil && c["AcroForm"] == nil && c["Type"] != Name("Catalog")) {
		return nil
	}
	return c
}

// Resolve follows references to the object they lead to; a reference to nothing is the null object.
func (d *Doc) Resolve(o Object) Object {
	for range 32 {
		r, ok := o.(Ref)
		if !ok {
			return o
		}
		o = d.Get(r.Num)
	}
	return nil
}

// Dict resolves o to a dictionary; a stream gives its dictionary, anything else nil.
func (d *Doc) Dict(o Object) Dict {
	switch v := d.Resolve(o).(type) {
	case Dict:
		return v
	case *Stream:
		return v.Dict
	}
	return nil
}

// Array resolves o to an array, nil if it is none.
func (d *Doc) Array(o Object) Array {
	a, _ := d.Resolve(o).(Array)
	return a
}

// Name resolves o to a name, empty if it is none.
func (d *Doc) Name(o Object) Name {
	n, _ := d.Resolve(o).(Name)
	return n
}

// Get returns the object of that number, nil if there is none.
func (d *Doc) Get(num int) Object {
	if o, ok := d.cache[num]; ok {
		return o
	}
	e, ok := d.xref[num]
	if !ok || e.Kind == Free || d.busy[num] {
		return nil
	}
	d.busy[num] = true
	var o Object
	if e.Kind == InFile {
		o = d.fromFile(num, e.Pos)
	} else {
		o = d.fromStream(num, e)
	}
	delete(d.busy, num)
	d.cache[num] = o
	return o
}

// locate returns a parser behind the header of object num, which should stand at pos.
func (d *Doc) locate(num, pos int) (*Parser, Ref, bool) {
	for _, at := range []int{pos, pos + max(0, d.Header)} {
		if at > 0 && at < len(d.data) {
			p := NewParser(d.data, at, d.lim.Depth)
			if r, ok := p.header(); ok && r.Num == num {
				return p, r, true
			}
		}
		if d.Header <= 0 {
			break
		}
	}
	d.Misplaced[num] = true
	if d.index == nil {
		d.index = map[int]int{}
		d.eachObject(0, func(r Ref, at int) { d.index[r.Num] = at })
	}
	if at, ok := d.index[num]; ok {
		p := NewParser(d.data, at, d.lim.Depth)
		if r, ok := p.header(); ok {
			return p, r, true
		}
	}
	return nil, Ref{}, false
}

func (d *Doc) fromFile(num, pos int) Object {
	p, r, ok := d.locate(num, pos)
	if !ok {
		return nil
	}
	if d.crypt != nil && num != d.crypt.self {
		p.dec = func(s String) String { return d.crypt.str(r, s) }
	}
	o, _ := d.objectAt(p, r)
	if s, ok := o.(*Stream); p.twice || ok && !s.LengthOK {
		d.Ambiguous[num] = true
	}
	return o
}

// objectAt reads the object behind its header, with its stream if it has one.
func (d *Doc) objectAt(p *Parser, r Ref) (Object, error) {
	o, err := p.Object()
	if err != nil {
		return nil, err
	}
	if dict, ok := o.(Dict); ok {
		p.Skip()
		if p.hasPrefix("stream") {
			p.pos += 6
			return d.stream(p, dict, r), nil
		}
	}
	return o, nil
}

func (d *Doc) stream(p *Parser, dict Dict, r Ref) *Stream {
	if p.pos < len(p.b) && p.b[p.pos] == '\r' {
		p.pos++
	}
	if p.pos < len(p.b) && p.b[p.pos] == '\n' {
		p.pos++
	}
	s := &Stream{Dict: dict, Start: p.pos}
	if n, ok := Int(d.Resolve(dict["Length"])); ok && n >= 0 && n <= int64(len(p.b)-p.pos) {
		q := &Parser{b: p.b, pos: p.pos + int(n)}
		q.skipSpace()
		if q.hasPrefix("endstream") || q.hasPrefix("endobj") {
			s.Raw, s.LengthOK = p.b[p.pos:p.pos+int(n)], true
			p.pos = q.pos
			if q.hasPrefix("endstream") {
				p.pos += len("endstream")
			}
		}
	}
	if !s.LengthOK {
		n := bytes.Index(p.b[p.pos:], []byte("endstream"))
		if n < 0 {
			if n = bytes.Index(p.b[p.pos:], []byte("endobj")); n < 0 {
				n = len(p.b) - p.pos
			}
		}
		if !d.spend(n) {
			n = 0
		}
		s.Raw = p.b[p.pos : p.pos+n]
		p.pos += n
		if p.hasPrefix("endstream") {
			p.pos += len("endstream")
		}
		s.Raw = bytes.TrimSuffix(bytes.TrimSuffix(s.Raw, []byte("\n")), []byte("\r"))
	}
	if d.crypt != nil && dict["Type"] != Name("XRef") && r.Num != d.crypt.self {
		s.Raw, s.Start = d.crypt.stream(r, s), -1
	}
	return s
}

func (d *Doc) fromStream(num int, e Entry) Object {
	os := d.objectStream(e.Pos)
	if os == nil {
		return nil
	}
	i := e.Gen
	if i < 0 || i >= len(os.nums) || os.nums[i] != num {
		d.Misplaced[num] = true
		i = -1
		for k, n := range os.nums {
			if n == num {
				i = k
			}
		}
		if i < 0 {
			return nil
		}
	}
	p := NewParser(os.data, os.first+os.offs[i], d.lim.Depth)
	o, err := p.Object()
	if err != nil {
		return nil
	}
	if p.twice {
		d.Ambiguous[num] = true
	}
	return o
}

// objectStream opens an object stream (7.5.7); nil if the object is none.
func (d *Doc) objectStream(num int) *objStream {
	if os, ok := d.objst[num]; ok {
		return os
	}
	d.objst[num] = nil
	if e := d.xref[num]; e.Kind != InFile {
		return nil // an object stream may not stand in another
	}
	s, ok := d.Get(num).(*Stream)
	if !ok {
		return nil
	}
	data, err := d.Decode(s)
	if err != nil {
		return nil
	}
	n, _ := Int(d.Resolve(s.Dict["N"]))
	first, _ := Int(d.Resolve(s.Dict["First"]))
	if n < 0 || n > int64(d.lim.Objects) || first < 0 || first > int64(len(data)) {
		return nil
	}
	os := &objStream{data: data, first: int(first)}
	p := NewParser(data, 0, 1)
	for range n {
		num, ok1 := p.uint()
		off, ok2 := p.uint()
		if !ok1 || !ok2 || num > int64(d.lim.Objects)*10 || off > int64(len(data)) {
			break
		}
		os.nums = append(os.nums, int(num))
		os.offs = append(os.offs, int(off))
	}
	d.objst[num] = os
	return os
}

// Spans returns the entries of the dictionary object num with the places of their values in the file. It is empty for
// an object in an object stream, whose values have no place in the file.
func (d *Doc) Spans(num int) []Span {
	e, ok := d.xref[num]
	if !ok || e.Kind != InFile {
		return nil
	}
	p, _, ok := d.locate(num, e.Pos)
	if !ok {
		return nil
	}
	return spansAt(p)
}

// SpansAt is Spans for a dictionary that begins at offset pos.
func (d *Doc) SpansAt(pos int) []Span { return spansAt(NewParser(d.data, pos, d.lim.Depth)) }

func spansAt(p *Parser) []Span {
	p.Skip()
	if !p.hasPrefix("<<") {
		return nil
	}
	_, ss, _ := p.dict(true)
	return ss
}

// SkipObject reads the indirect object at pos and returns its number and the offset behind its endobj.
func (d *Doc) SkipObject(pos int) (Ref, int, bool) {
	p := NewParser(d.data, pos, d.lim.Depth)
	r, ok := p.header()
	if !ok {
		return Ref{}, 0, false
	}
	crypt := d.crypt
	d.crypt = nil
	_, err := d.objectAt(p, r)
	d.crypt = crypt
	if err != nil {
		return Ref{}, 0, false
	}
	p.Skip()
	if p.hasPrefix("endobj") {
		p.pos += len("endobj")
	}
	return r, p.pos, true
}

// Generation returns the generation number in the header of the object at pos; ok is false if none stands there.
func (d *Doc) Generation(pos int) (gen int, ok bool) {
	for _, at := range []int{pos, pos + max(0, d.Header)} {
		if r, ok := NewParser(d.data, at, 1).header(); ok {
			return r.Gen, true
		}
	}
	return 0, false
}

// Stands reports whether the header of object num stands at pos, as the table says.
func (d *Doc) Stands(num, pos int) bool {
	for _, at := range []int{pos, pos + max(0, d.Header)} {
		p := NewParser(d.data, at, 1)
		if r, ok := p.header(); ok && r.Num == num {
			return true
		}
	}
	return false
}

package pdfraw

import (
	"bytes"
	"math"
	"strconv"
)

// Parser reads objects from bytes.
type Parser struct {
	b     []byte
	pos   int
	depth int
	max   int // greatest depth
	dec   func(String) String
	twice bool // a dictionary had a key twice
}

// NewParser starts reading b at pos.
func NewParser(b []byte, pos, maxDepth int) *Parser {
	if pos < 0 {
		pos = 0
	}
	return &Parser{b: b, pos: min(pos, len(b)), max: maxDepth}
}

// Pos is the offset of the next byte.
func (p *Parser) Pos() int { return p.pos }

// IsSpace reports whether c is white space (ISO 32000-2, table 1).
func IsSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0 || c == '\f'
}

func isDelim(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c byte) bool { return !IsSpace(c) && !isDelim(c) }
func isDigit(c byte) bool   { return c >= '0' && c <= '9' }

// Skip passes white space and comments.
func (p *Parser) Skip() {
	for p.pos < len(p.b) {
		c := p.b[p.pos]
		if IsSpace(c) {
			p.pos++
		} else if c == '%' {
			for p.pos < len(p.b) && p.b[p.pos] != '\n' && p.b[p.pos] != '\r' {
				p.pos++
			}
		} else {
			return
		}
	}
}

func (p *Parser) skipSpace() {
	for p.pos < len(p.b) && IsSpace(p.b[p.pos]) {
		p.pos++
	}
}

// Word reads a run of regular characters after white space; it is empty at a delimiter or the end.
func (p *Parser) Word() []byte {
	p.Skip()
	s := p.pos
	for p.pos < len(p.b) && isRegular(p.b[p.pos]) {
		p.pos++
	}
	return p.b[s:p.pos]
}

func (p *Parser) hasPrefix(s string) bool {
	return len(p.b)-p.pos >= len(s) && string(p.b[p.pos:p.pos+len(s)]) == s
}

// uint reads an unsigned integer at the position after white space, without comments.
func (p *Parser) uint() (int64, bool) {
	p.skipSpace()
	s := p.pos
	var v int64
	for p.pos < len(p.b) && isDigit(p.b[p.pos]) {
		if p.pos-s > 17 {
			return 0, false
		}
		v = v*10 + int64(p.b[p.pos]-'0')
		p.pos++
	}
	return v, p.pos > s
}

// Object reads one object; an indirect object's header and its stream are not its business.
func (p *Parser) Object() (Object, error) {
	p.Skip()
	if p.pos >= len(p.b) {
		return nil, errSyntax
	}
	switch c := p.b[p.pos]; {
	case c == '/':
		return p.name(), nil
	case c == '(':
		return p.literal()
	case c == '<':
		if p.pos+1 < len(p.b) && p.b[p.pos+1] == '<' {
			d, _, err := p.dict(false)
			return d, err
		}
		return p.hex()
	case c == '[':
		return p.array()
	case isDigit(c) || c == '+' || c == '-' || c == '.':
		return p.number()
	}
	switch w := p.Word(); string(w) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	default:
		return nil, errSyntax
	}
}

func (p *Parser) number() (Object, error) {
	s := p.pos
	dot := false
	for p.pos < len(p.b) && isRegular(p.b[p.pos]) {
		if p.b[p.pos] == '.' {
			dot = true
		}
		p.pos++
	}
	w := p.b[s:p.pos]
	if !dot {
		v, err := strconv.ParseInt(string(w), 10, 64)
		if err != nil {
			return lenientNumber(w), nil
		}
		if isDigit(w[0]) && v <= math.MaxInt32 {
			if r, ok := p.reference(int(v)); ok {
				return r, nil
			}
		}
		return v, nil
	}
	f, err := strconv.ParseFloat(string(w), 64)
	if err != nil {
		return lenientNumber(w), nil
	}
	return f, nil
}

// lenientNumber reads what writers make of numbers: several signs, a sign inside, an exponent, trailing letters.
func lenientNumber(w []byte) Object {
	neg, i := false, 0
	for i < len(w) && (w[i] == '+' || w[i] == '-') {
		neg = neg || w[i] == '-'
		i++
	}
	j, dot := i, false
	for j < len(w) && (isDigit(w[j]) || (w[j] == '.' && !dot)) {
		dot = dot || w[j] == '.'
		j++
	}
	f, err := strconv.ParseFloat(string(w[i:j]), 64)
	if err != nil || math.IsInf(f, 0) {
		f = 0
	}
	if neg {
		f = -f
	}
	if !dot && math.Abs(f) < 1<<53 {
		return int64(f)
	}
	return f
}

// reference reads the rest of "12 0 R".
func (p *Parser) reference(num int) (Ref, bool) {
	save := p.pos
	p.skipSpace()
	if p.pos == save {
		return Ref{}, false
	}
	g, ok := p.uint()
	if ok && g <= 65535 {
		q := p.pos
		p.skipSpace()
		if p.pos > q && p.pos < len(p.b) && p.b[p.pos] == 'R' && (p.pos+1 == len(p.b) || !isRegular(p.b[p.pos+1])) {
			p.pos++
			return Ref{num, int(g)}, true
		}
	}
	p.pos = save
	return Ref{}, false
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (p *Parser) name() Name {
	p.pos++
	s := p.pos
	esc := false
	for p.pos < len(p.b) && isRegular(p.b[p.pos]) {
		if p.b[p.pos] == '#' {
			esc = true
		}
		p.pos++
	}
	w := p.b[s:p.pos]
	if !esc {
		return Name(w)
	}
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); i++ {
		if w[i] == '#' && i+2 < len(w) && unhex(w[i+1]) >= 0 && unhex(w[i+2]) >= 0 {
			out = append(out, byte(unhex(w[i+1])<<4|unhex(w[i+2])))
			i += 2
			continue
		}
		out = append(out, w[i])
	}
	return Name(out)
}

func (p *Parser) decrypted(b []byte) String {
	if p.dec != nil {
		return p.dec(String(b))
	}
	return String(b)
}

func (p *Parser) literal() (Object, error) {
	p.pos++
	out := make([]byte, 0, 32)
	nest := 1
	for p.pos < len(p.b) {
		c := p.b[p.pos]
		p.pos++
		switch c {
		case '(':
			nest++
		case ')':
			if nest--; nest == 0 {
				return p.decrypted(out), nil
			}
		case '\r':
			c = '\n'
			if p.pos < len(p.b) && p.b[p.pos] == '\n' {
				p.pos++
			}
		case '\\':
			if p.pos >= len(p.b) {
				return nil, errSyntax
			}
			e := p.b[p.pos]
			p.pos++
			switch e {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'b':
				c = '\b'
			case 'f':
				c = '\f'
			case '\r':
				if p.pos < len(p.b) && p.b[p.pos] == '\n' {
					p.pos++
				}
				continue
			case '\n':
				continue
			default:
				c = e
				if e >= '0' && e <= '7' {
					v := int(e - '0')
					for k := 0; k < 2 && p.pos < len(p.b) && p.b[p.pos] >= '0' && p.b[p.pos] <= '7'; k++ {
						v = v<<3 | int(p.b[p.pos]-'0')
						p.pos++
					}
					c = byte(v)
				}
			}
		}
		out = append(out, c)
	}
	return nil, errSyntax
}

func (p *Parser) hex() (Object, error) {
	end := bytes.IndexByte(p.b[p.pos:], '>')
	if end < 0 {
		return nil, errSyntax
	}
	out := make([]byte, 0, end/2)
	hi := -1
	for _, c := range p.b[p.pos+1 : p.pos+end] {
		v := unhex(c)
		if v < 0 {
			continue
		}
		if hi < 0 {
			hi = v
		} else {
			out = append(out, byte(hi<<4|v))
			hi = -1
		}
	}
	if hi >= 0 {
		out = append(out, byte(hi<<4))
	}
	p.pos += end + 1
	return p.decrypted(out), nil
}

func (p *Parser) array() (Object, error) {
	if p.depth++; p.depth > p.max {
		return nil, errDepth
	}
	defer func() { p.depth-- }()
	p.pos++
	a := Array{}
	for {
		p.Skip()
		if p.pos >= len(p.b) {
			return nil, errSyntax
		}
		if p.b[p.pos] == ']' {
			p.pos++
			return a, nil
		}
		if p.hasPrefix(">>") || p.hasPrefix("endobj") {
			return a, nil // the bracket is missing
		}
		o, err := p.Object()
		if err == errDepth {
			return nil, err
		}
		if err != nil {
			if p.pos < len(p.b) && isDelim(p.b[p.pos]) && p.b[p.pos] != ']' {
				p.pos++
			}
			continue
		}
		a = append(a, o)
	}
}

// Span is one entry of a dictionary with the place of its value: bytes [Start, End).
type Span struct {
	Key        Name
	Start, End int
}

func (p *Parser) dict(spans bool) (Dict, []Span, error) {
	if p.depth++; p.depth > p.max {
		return nil, nil, errDepth
	}
	defer func() { p.depth-- }()
	p.pos += 2
	d := Dict{}
	var ss []Span
	for {
		p.Skip()
		if p.pos >= len(p.b) {
			return nil, nil, errSyntax
		}
		c := p.b[p.pos]
		switch {
		case c == '>':
			p.pos++
			if p.pos < len(p.b) && p.b[p.pos] == '>' {
				p.pos++
			}
			return d, ss, nil
		case c == '/':
			k := p.name()
			p.Skip()
			if p.pos < len(p.b) && p.b[p.pos] == '>' && p.hasPrefix(">>") {
				_, had := d[k]
				p.twice = p.twice || had
				d[k] = nil
				ss = append(ss, Span{k, p.pos, p.pos})
				continue
			}
			s := p.pos
			o, err := p.Object()
			if err == errDepth {
				return nil, nil, err
			}
			if err != nil {
				o = nil
				if p.pos == s && p.pos < len(p.b) && p.b[p.pos] != '/' && p.b[p.pos] != '>' {
					p.pos++
				}
			}
			_, had := d[k]
			p.twice = p.twice || had
			d[k] = o
			if spans {
				ss = append(ss, Span{k, s, p.pos})
			}
		case p.hasPrefix("endobj") || p.hasPrefix("stream"):
			return d, ss, nil // the closing brackets are missing
		default:
			s := p.pos
			if _, err := p.Object(); err == errDepth {
				return nil, nil, err
			}
			if p.pos == s {
				p.pos++
			}
		}
	}
}

// header reads "12 0 obj" and returns its numbers.
func (p *Parser) header() (Ref, bool) {
	save := p.pos
	p.Skip()
	n, ok := p.uint()
	if ok && n <= math.MaxInt32 {
		q := p.pos
		if g, ok := p.uint(); ok && p.pos > q+1 && g <= math.MaxInt32 {
			p.Skip()
			if p.hasPrefix("obj") {
				p.pos += 3
				return Ref{int(n), int(g)}, true
			}
		}
	}
	p.pos = save
	return Ref{}, false
}

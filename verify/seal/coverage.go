package seal

import (
	"bytes"
	"fmt"

	"zhengyan/verify/document/pdfraw"
)

// The problems of coverage.
const (
	pByteRange  = "BYTE_RANGE_INVALID"
	pEmpty      = "SIGNATURE_VALUE_MISSING"
	pHeaderJunk = "BYTES_BEFORE_HEADER"
	pTail       = "BYTES_BEHIND_SIGNED_RANGE"
	pGap        = "GAP_IS_NOT_CONTENTS"
	pSpoofed    = "SIGNATURE_DICTIONARY_REPLACED"
)

// covered is what the ByteRange of a signature says, measured against the file (ISO 32000-2, 12.8.1).
type covered struct {
	coverage Coverage
	ranges   [][]byte
	end      int    // offset behind the signed bytes
	contents []byte // the signature value's container
	problems []Problem
}

func (c *covered) invalid(code, detail string) {
	c.coverage = CoverageInvalid
	c.problems = append(c.problems, Problem{code, detail})
}

// measure checks a ByteRange exactly: four numbers, from the first byte on, in order, inside the file, with a gap that is
// one hexadecimal string and nothing else, which is this dictionary's /Contents.
func measure(doc *pdfraw.Doc, e *entry) *covered {
	data := doc.Data()
	c := &covered{coverage: CoverageWhole}
	if s, ok := doc.Resolve(e.dict["Contents"]).(pdfraw.String); ok {
		c.contents = []byte(s)
	}
	arr := doc.Array(e.dict["ByteRange"])
	var br []int
	for _, o := range arr {
		v, ok := pdfraw.Int(doc.Resolve(o))
		if !ok || v < 0 || v > int64(len(data))*2 {
			c.invalid(pByteRange, "not all are numbers inside the file")
			return c
		}
		br = append(br, int(v))
	}
	if len(br) < 2 || len(br)%2 != 0 || len(br) > 64 {
		c.invalid(pByteRange, fmt.Sprintf("%d numbers", len(br)))
		return c
	}
	last := 0
	for i := 0; i < len(br); i += 2 {
		if br[i] < last || br[i]+br[i+1] > len(data) {
			c.invalid(pByteRange, "out of order or outside the file")
			return c
		}
		last = br[i] + br[i+1]
		c.ranges = append(c.ranges, data[br[i]:last])
	}
	c.end = last
	if len(br) != 4 {
		c.invalid(pByteRange, fmt.Sprintf("%d ranges", len(br)/2))
		return c
	}
	if br[0] != 0 {
		c.invalid(pByteRange, "the first byte is not signed")
	}
	c.gap(doc, e, br[1]+br[0], br[2])
	if doc.Header > 0 {
		c.problems = append(c.problems, Problem{pHeaderJunk, fmt.Sprintf("%d bytes", doc.Header)})
	}
	if c.coverage == CoverageInvalid || last == len(data) {
		return c
	}
	if len(bytes.TrimRight(data[last:], "\r\n\x00 \t")) == 0 {
		c.problems = append(c.problems, Problem{pTail, "white space only"})
		return c
	}
	// A revision ends where it says so: behind %%EOF and at most the end of that line.
	head := bytes.TrimRight(data[:last], "\r\n \x00\t")
	if bytes.HasSuffix(head, []byte("%%EOF")) {
		c.coverage = CoverageRevision
	} else {
		c.coverage = CoveragePartial
		c.problems = append(c.problems, Problem{pByteRange, "the signed bytes do not end at the end of a revision"})
	}
	return c
}

// gap checks what stands between the two ranges, data[from:to].
func (c *covered) gap(doc *pdfraw.Doc, e *entry, from, to int) {
	data := doc.Data()
	g := data[from:to]
	if len(g) < 2 || g[0] != '<' || g[len(g)-1] != '>' {
		c.invalid(pGap, "it does not begin and end with the brackets of a hexadecimal string")
		return
	}
	out := make([]byte, 0, len(g)/2)
	hi := -1
	for _, x := range g[1 : len(g)-1] {
		v := hexVal(x)
		if v < 0 {
			if pdfraw.IsSpace(x) {
				continue
			}
			c.invalid(pGap, "it holds more than a hexadecimal string")
			return
		}
		if hi < 0 {
			hi = v
			continue
		}
		out = append(out, byte(hi<<4|v))
		hi = -1
	}
	if hi >= 0 {
		out = append(out, byte(hi<<4))
	}
	n, ranges := 0, 0
	match := false
	for _, s := range e.spans {
		if s.Key == "Contents" {
			n++
			match = match || s.Start == from && s.End == to
		}
		if s.Key == "ByteRange" {
			ranges++
		}
	}
	switch {
	case n > 1 || ranges > 1:
		c.invalid(pGap, "the dictionary has more than one /Contents or /ByteRange")
	case len(e.spans) == 0: // in an object stream, say: it cannot be the dictionary that stands around the gap
		c.invalid(pGap, "the dictionary has no place in the file")
	case len(e.spans) > 0 && !match && e.inGap(from, to):
		c.invalid(pGap, "the gap is not the place of /Contents")
	case len(e.spans) > 0 && !match:
		c.invalid(pSpoofed, "the dictionary in force is not the one that was signed")
	}
	c.contents = out
}

// inGap reports whether the entries of the dictionary lie around the gap.
func (e *entry) inGap(from, to int) bool {
	lo, hi := -1, -1
	for _, s := range e.spans {
		if lo < 0 || s.Start < lo {
			lo = s.Start
		}
		hi = max(hi, s.End)
	}
	return lo <= to && hi >= from
}

func hexVal(c byte) int {
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

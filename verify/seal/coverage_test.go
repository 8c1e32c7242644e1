package seal

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// edit returns a copy of data with its ByteRange replaced by other numbers in the same space.
func setByteRange(data []byte, text string) []byte {
	re := regexp.MustCompile(`/ByteRange \[[^\]]*\]`)
	return re.ReplaceAllFunc(data, func(m []byte) []byte {
		return []byte("/ByteRange [" + fmt.Sprintf("%-*s", len(m)-len("/ByteRange [")-1, text) + "]")
	})
}

func rangeOf(data []byte) (a, b, c, d int) {
	m := regexp.MustCompile(`/ByteRange \[(\d+) (\d+) (\d+) (\d+)`).FindSubmatch(data)
	fmt.Sscan(string(m[1])+" "+string(m[2])+" "+string(m[3])+" "+string(m[4]), &a, &b, &c, &d)
	return
}

// USF, SWA and ByteRange attacks: each takes a good file and bends one thing.
func TestByteRangeAttacks(t *testing.T) {
	good := goodPDF("p256")
	if r := inspect(t, good, Options{}); r.Overall != Clean {
		t.Fatalf("the file to start from: %+v", r)
	}
	_, b, c, d := rangeOf(good)
	swap := func(from, to string) func([]byte) []byte {
		return func(x []byte) []byte { return bytes.Replace(x, []byte(from), []byte(to), 1) }
	}
	br := func(f string, v ...any) func([]byte) []byte {
		return func(x []byte) []byte { return setByteRange(x, fmt.Sprintf(f, v...)) }
	}
	tests := []struct {
		name string
		bend func([]byte) []byte
	}{
		{"no ByteRange", swap("/ByteRange [", "/ByteRongo [")},
		{"ByteRange null", func(x []byte) []byte {
			return regexp.MustCompile(`/ByteRange \[[^\]]*\]`).ReplaceAllFunc(x, func(m []byte) []byte { return []byte(fmt.Sprintf("%-*s", len(m), "/ByteRange null")) })
		}},
		{"ByteRange empty", br("")},
		{"one range", br("0 %d", b)},
		{"three numbers", br("0 %d %d", b, c)},
		{"negative length", br("0 %d %d -%d", b, c, d)},
		{"first byte not signed", br("1 %d %d %d", b-1, c, d)},
		{"overlap", br("0 %d %d %d", b, b-10, d)},
		{"out of the file", br("0 %d %d %d", b, c, d+1)},
		{"far out of the file", br("0 %d 99999999999999 %d", b, d)},
		{"gap one byte short", br("0 %d %d %d", b+1, c, d)},
		{"gap one byte long", br("0 %d %d %d", b, c+1, d-1)},
		{"tail not signed", br("0 %d %d %d", b, c, d-30)},
		{"Contents null", func(x []byte) []byte {
			return append(append(append([]byte{}, x[:b]...), []byte(fmt.Sprintf("%-*s", c-b, "null"))...), x[c:]...)
		}},
		{"Contents empty", func(x []byte) []byte {
			return append(append(append([]byte{}, x[:b]...), []byte(fmt.Sprintf("%-*s", c-b, "<>"))...), x[c:]...)
		}},
		{"Contents zeros", func(x []byte) []byte {
			y := bytes.Clone(x)
			copy(y[b+1:c-1], bytes.Repeat([]byte("0"), c-b-2))
			return y
		}},
		{"Contents 00", func(x []byte) []byte {
			return append(append(append([]byte{}, x[:b]...), []byte(fmt.Sprintf("%-*s", c-b, "<00>"))...), x[c:]...)
		}},
		{"an object inside the gap", func(x []byte) []byte {
			y := bytes.Clone(x)
			copy(y[c-60:c], "> /Note (hidden) /Contents2 <00000000000000000000000000000000>")
			return y
		}},
		{"a byte of the page", swap("(SPECIMEN) Tj", "(SPECIMEM) Tj")},
		{"a byte of the trailer", swap("/Root 1 0 R", "/Root 2 0 R")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bent := tt.bend(bytes.Clone(good))
			if bytes.Equal(bent, good) {
				t.Fatal("nothing was bent")
			}
			if r := inspect(t, bent, Options{}); r.Overall == Clean || r.Status == Unsigned {
				t.Errorf("%s, %s: %+v", r.Status, r.Overall, r.Signatures)
			}
		})
	}
}

// SWA: the second range is moved to a copy at the end of the file, and what stood in its place is changed.
func TestSignatureWrapping(t *testing.T) {
	good := goodPDF("p256")
	_, b, c, d := rangeOf(good)
	tail := bytes.Clone(good[c:])
	x := append(bytes.Clone(good), tail...)
	x = bytes.Replace(x, []byte("/Root 1 0 R"), []byte("/Root 2 0 R"), 1)
	copy(x[bytes.Index(x, []byte("/ByteRange ["))+12:], fmt.Sprintf("0 %d %d %d    ", b, len(good), d))
	if r := inspect(t, x, Options{}); r.Overall == Clean {
		t.Errorf("%+v", r)
	}
}

// Bytes around the document.
func TestBytesAround(t *testing.T) {
	good := goodPDF("p256")
	tests := []struct {
		name    string
		data    []byte
		overall Overall
	}{
		{"line end behind", append(bytes.Clone(good), "\r\n\r\n"...), Clean},
		{"comment behind", append(bytes.Clone(good), "% nothing\n"...), Clean},
		{"words behind", append(bytes.Clone(good), "hello\n"...), Dirty},
		{"second %%EOF behind", append(bytes.Clone(good), "%%EOF\n"...), Clean},
		{"unknown object behind", append(bytes.Clone(good), "4 0 obj\n<< >>\nendobj\n"...), Dirty},
		{"bytes before the header", append([]byte("junk\n"), good...), Dirty},
	}
	for _, tt := range tests {
		if r := inspect(t, tt.data, Options{}); r.Overall != tt.overall {
			t.Errorf("%s: %s %+v", tt.name, r.Overall, r.Signatures)
		}
	}
}

// Flipping any signed byte must never leave a clean file, and no bent file may bring the program down.
func TestEveryByteCounts(t *testing.T) {
	good := goodPDF("p256")
	_, b, c, _ := rangeOf(good)
	step := 7
	if testing.Short() {
		step = 61
	}
	for i := 0; i < len(good); i += step {
		if i >= b && i < c {
			continue // the value itself may be written in many ways
		}
		x := bytes.Clone(good)
		x[i] ^= 0x11
		if r := inspect(t, x, Options{}); r.Overall == Clean {
			t.Fatalf("byte %d (%q) bent, and the file is clean", i, good[max(0, i-10):i+1])
		}
	}
	for n := 0; n < len(good); n += 97 {
		if r := inspect(t, good[:n], Options{}); r.Overall == Clean {
			t.Fatalf("cut at %d, and the file is clean", n)
		}
	}
}

// Whatever the value's bytes are, the answer holds for the signature they spell.
func TestValueBytesCount(t *testing.T) {
	good := goodPDF("sm2")
	_, b, _, _ := rangeOf(good)
	end := b + 1 + strings.Index(string(good[b+1:]), strings.Repeat("0", 64))
	for i := b + 1; i < end; i += 37 {
		x := bytes.Clone(good)
		x[i] = "0123456789abcdef"[(bytes.IndexByte([]byte("0123456789abcdef"), x[i])+5)%16]
		r := inspect(t, x, Options{})
		if r.Overall != Clean {
			continue
		}
		// Some bytes are outside what is signed: those of certificates that were not needed, unsigned identifiers.
		if g := one(t, r); g.Signer != "样例签章人" {
			t.Fatalf("digit %d: %+v", i-b, g)
		}
	}
}

package pdfraw

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestObjects(t *testing.T) {
	tests := []struct {
		in   string
		want Object
	}{
		{"12", int64(12)},
		{"-7", int64(-7)},
		{"+3", int64(3)},
		{"--5", int64(-5)},
		{"4.50", 4.5},
		{"-.002", -.002},
		{"6.", 6.0},
		{"12 0 R", Ref{12, 0}},
		{"12 0 Rx", int64(12)},
		{"true", true},
		{"null", nil},
		{"/Name", Name("Name")},
		{"/A#20B#zz", Name("A B#zz")},
		{"/", Name("")},
		{"(a(b)c)", String("a(b)c")},
		{`(\(\)\\\n\101\7x)`, String("()\\\nA\ax")},
		{"(a\\\r\nb\rc)", String("ab\nc")},
		{"<48 65 6C6c6F7>", String("Hellop")},
		{"[1 2 0 R (x) /N null]", Array{int64(1), Ref{2, 0}, String("x"), Name("N"), nil}},
		{"<< /A 1 /B << /C [] >> /A 2 >>", Dict{"A": int64(2), "B": Dict{"C": Array{}}}},
		{"% comment\n 5", int64(5)},
		{"<< /A /B /C >>", Dict{"A": Name("B"), "C": nil}},
		{"[1 2", nil},
		{"(open", nil},
		{"<48", nil},
		{">>", nil},
	}
	for _, tt := range tests {
		got, _ := NewParser([]byte(tt.in), 0, 20).Object()
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: %#v, want %#v", tt.in, got, tt.want)
		}
	}
	if _, err := NewParser([]byte(strings.Repeat("[", 500)), 0, 100).Object(); !errors.Is(err, errDepth) {
		t.Errorf("deep nesting: %v", err)
	}
}

func TestText(t *testing.T) {
	for in, want := range map[String]string{"a\xe9": "aé", "\xfe\xff\x67\x2a": "未", "\xff\xfe\x2a\x67": "未", "\xef\xbb\xbf未": "未"} {
		if got := Text(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// file writes objects with a cross-reference table.
func file(objs ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	offs := []int{}
	for i, o := range objs {
		offs = append(offs, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objs)+1)
	for _, o := range offs {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n", len(objs)+1, start)
	return b.Bytes()
}

var simple = []string{
	"<< /Type /Catalog /Pages 2 0 R >>",
	"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 200 100] /Rotate 90 >>",
	"<< /Type /Page /Parent 2 0 R /CropBox [10 10 110 60] >>",
	"<< /Type /Page /Parent 2 0 R /MediaBox [50 0 0 50] /Rotate 0 /Contents 5 0 R >>",
	"<< /Length 6 0 R >>\nstream\nhello\nendstream",
	"5",
}

func open(t testing.TB, b []byte) *Doc {
	t.Helper()
	d, err := Open(context.Background(), b, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPages(t *testing.T) {
	d := open(t, file(simple...))
	pages, broken := d.Pages()
	if len(pages) != 2 || broken || d.Rebuilt {
		t.Fatalf("%d pages, broken %v, rebuilt %v", len(pages), broken, d.Rebuilt)
	}
	if pages[0].Rotate != 90 || pages[0].MediaBox != [4]float64{0, 0, 200, 100} || pages[0].View() != [4]float64{10, 10, 110, 60} {
		t.Errorf("%+v", pages[0])
	}
	if pages[1].Rotate != 0 || pages[1].MediaBox != [4]float64{0, 0, 50, 50} {
		t.Errorf("%+v", pages[1])
	}
	s, _ := d.Resolve(pages[1].Dict["Contents"]).(*Stream)
	if s == nil || string(s.Raw) != "hello" || !s.LengthOK {
		t.Errorf("%+v", s)
	}
}

// A square near the lower left corner of the crop box, as it is shown under each rotation.
func TestShown(t *testing.T) {
	want := map[int][4]float64{0: {5, 35, 15, 45}, 90: {5, 5, 15, 15}, 180: {85, 5, 95, 15}, 270: {35, 85, 45, 95}}
	for rot, w := range want {
		p := Page{MediaBox: [4]float64{0, 0, 200, 100}, CropBox: [4]float64{10, 10, 110, 60}, Rotate: rot}
		if got := p.Shown([4]float64{15, 15, 25, 25}); got != w {
			t.Errorf("%d: %v, want %v", rot, got, w)
		}
	}
}

func deflate(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// Object streams and cross-reference streams, with the PNG predictor.
func TestStreams(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	objs := "1 0 2 33 << /Type /Catalog /Pages 2 0 R >>  << /Type /Pages /Kids [] /Count 0 >>"
	first := strings.Index(objs, "<<")
	objs = fmt.Sprintf("1 0 2 %d ", len("<< /Type /Catalog /Pages 2 0 R >>  ")) + objs[first:]
	first = strings.Index(objs, "<<")
	at := b.Len()
	data := deflate([]byte(objs))
	fmt.Fprintf(&b, "3 0 obj\n<< /Type /ObjStm /N 2 /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n", first, len(data), data)
	start := b.Len()
	rows := [][4]byte{{0, 0, 0, 255}, {2, 0, 3, 0}, {2, 0, 3, 1}, {1, byte(at >> 8), byte(at), 0}, {1, byte(start >> 8), byte(start), 0}}
	var enc []byte
	prev := [4]byte{}
	for _, r := range rows {
		enc = append(enc, 2)
		for i := range r {
			enc = append(enc, r[i]-prev[i])
		}
		prev = r
	}
	x := deflate(enc)
	fmt.Fprintf(&b, "4 0 obj\n<< /Type /XRef /W [1 2 1] /Size 5 /Root 1 0 R /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 4 >> /Length %d >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", len(x), x, start)
	d := open(t, b.Bytes())
	if d.Rebuilt || len(d.Sections) != 1 || !d.Sections[0].Stream || d.Catalog() == nil {
		t.Fatalf("%+v", d.Sections)
	}
	if e, _ := d.Entry(2); e.Kind != InStream || e.Pos != 3 || d.Name(d.Dict(d.Catalog()["Pages"])["Type"]) != "Pages" {
		t.Errorf("%+v %v", e, d.Get(2))
	}
}

func TestFilters(t *testing.T) {
	d := &Doc{ctx: context.Background(), lim: DefaultLimits()}
	lzw, _ := hex.DecodeString("800B6050220C0C8501") // the example of ISO 32000-2, 7.4.4.2
	tests := []struct {
		filter Name
		in     []byte
		want   string
	}{
		{"FlateDecode", deflate([]byte("abcabc")), "abcabc"},
		{"FlateDecode", deflate([]byte("abcabc"))[:8], "abc"},
		{"LZWDecode", lzw, "-----A---B"},
		{"ASCIIHexDecode", []byte("48 656c 6C 6F>"), "Hello"},
		{"ASCII85Decode", []byte("87cURD]i,\"Ebo80~>"), "Hello World!"},
		{"RunLengthDecode", []byte{2, 'a', 'b', 'c', 254, 'x', 128, 'z'}, "abcxxx"},
	}
	for _, tt := range tests {
		got, err := d.Decode(&Stream{Dict: Dict{"Filter": tt.filter}, Raw: tt.in})
		if err != nil || !strings.HasPrefix(string(got), tt.want) && !strings.HasPrefix(tt.want, string(got)) || len(got) == 0 {
			t.Errorf("%s: %q %v, want %q", tt.filter, got, err, tt.want)
		}
	}
	if _, err := d.Decode(&Stream{Dict: Dict{"Filter": Name("DCTDecode")}}); err == nil {
		t.Error("an image filter is taken for structure")
	}
	many := Array{}
	for range 20 {
		many = append(many, Name("ASCIIHexDecode"))
	}
	if _, err := d.Decode(&Stream{Dict: Dict{"Filter": many}}); !errors.Is(err, ErrLimit) {
		t.Errorf("twenty filters: %v", err)
	}
}

// Files that are broken in ways that occur, and what is still to be read of them.
func TestBroken(t *testing.T) {
	good := file(simple...)
	swap := func(a, b string) []byte { return bytes.Replace(bytes.Clone(good), []byte(a), []byte(b), 1) }
	tests := []struct {
		name    string
		data    []byte
		rebuilt bool
		pages   int
	}{
		{"as it is", good, false, 2},
		{"bytes before the header", append([]byte("junk junk\n"), good...), false, 2},
		{"startxref beside the table", swap("startxref\n", "startxref\n1"), true, 2},
		{"no startxref", swap("startxref", "startxxxx"), true, 2},
		{"wrong offsets", swap("0000000009 00000 n", "0000000005 00000 n"), false, 2},
		{"wrong length of a stream", swap("/Length 6 0 R", "/Length 999  "), false, 2},
		{"page tree in a loop", swap("/Kids [3 0 R 4 0 R]", "/Kids [3 0 R 2 0 R]"), false, 1},
		{"missing page", swap("/Kids [3 0 R 4 0 R]", "/Kids [3 0 R 9 0 R]"), false, 1},
		{"numbers one too high", bytes.Replace(good, []byte("xref\n0 7"), []byte("xref\n1 7"), 1), false, 2},
	}
	for _, tt := range tests {
		d, err := Open(context.Background(), tt.data, DefaultLimits())
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if pages, _ := d.Pages(); d.Rebuilt != tt.rebuilt || len(pages) != tt.pages {
			t.Errorf("%s: rebuilt %v, %d pages", tt.name, d.Rebuilt, len(pages))
		}
	}
	for name, b := range map[string][]byte{"empty": nil, "words": []byte("hello"), "half": good[:60]} {
		if _, err := Open(context.Background(), b, DefaultLimits()); err == nil {
			t.Errorf("%s: opens", name)
		}
	}
}

// Every limit has a file that goes over it.
func TestLimits(t *testing.T) {
	good := file(simple...)
	small := func(f func(l *Limits)) Limits { l := DefaultLimits(); f(&l); return l }
	if _, err := Open(context.Background(), good, small(func(l *Limits) { l.Objects = 3 })); err == nil {
		t.Error("more objects than the limit")
	}
	d, err := Open(context.Background(), good, small(func(l *Limits) { l.Pages = 1 }))
	if err != nil {
		t.Fatal(err)
	}
	if p, broken := d.Pages(); len(p) != 1 || !broken {
		t.Error("more pages than the limit")
	}
	bomb := file("<< /Type /Catalog /Pages 2 0 R >>", fmt.Sprintf("<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", len(deflate(make([]byte, 1<<20))), deflate(make([]byte, 1<<20))))
	d, err = Open(context.Background(), bomb, small(func(l *Limits) { l.Stream = 1000 }))
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := d.Decode(d.Get(2).(*Stream)); len(b) > 1000 {
		t.Errorf("%d bytes decoded", len(b))
	}
	d, err = Open(context.Background(), bomb, small(func(l *Limits) { l.Work = 1 << 10 }))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decode(d.Get(2).(*Stream)); !errors.Is(err, ErrLimit) || !d.Exhausted() {
		t.Errorf("work beyond the limit: %v", err)
	}
	deep := file("<< /Type /Catalog /Pages 2 0 R /X "+strings.Repeat("[", 300)+strings.Repeat("]", 300)+" >>", "<< /Type /Pages /Kids [] >>")
	if _, err := Open(context.Background(), deep, DefaultLimits()); err == nil {
		t.Error("a catalog nested deeper than the limit opens")
	}
	var chain bytes.Buffer
	chain.Write(good)
	prev := bytes.LastIndex(good, []byte("xref\n0 7"))
	for range 30 {
		at := chain.Len()
		fmt.Fprintf(&chain, "xref\n0 0\ntrailer\n<< /Root 1 0 R /Size 7 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", prev, at)
		prev = at
	}
	d, err = Open(context.Background(), chain.Bytes(), small(func(l *Limits) { l.Sections = 10 }))
	if err == nil && !d.Rebuilt {
		t.Error("more sections than the limit")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, good, DefaultLimits()); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context ended: %v", err)
	}
}

// The places of values are those of the bytes.
func TestSpans(t *testing.T) {
	b := file("<< /Type /Catalog /Pages 2 0 R /V <0aff> /W (x) >>", "<< >>")
	d := open(t, b)
	got := map[Name]string{}
	for _, s := range d.Spans(1) {
		got[s.Key] = string(b[s.Start:s.End])
	}
	if got["V"] != "<0aff>" || got["W"] != "(x)" || got["Pages"] != "2 0 R" || len(got) != 4 {
		t.Errorf("%q", got)
	}
}

func touch(d *Doc) {
	d.Pages()
	n := 0
	d.Numbers(func(num int, _ Entry) {
		if n++; n > 200 {
			return
		}
		if s, ok := d.Get(num).(*Stream); ok {
			_, _ = d.Decode(s)
		}
		d.Spans(num)
	})
}

func FuzzOpen(f *testing.F) {
	f.Add(file(simple...))
	f.Add([]byte("%PDF-1.7\n1 0 obj\n<< /Type /XRef /W [1 1 1] /Size 2 /Root 1 0 R /Length 6 >>\nstream\n\x01\x09\x00\x02\x01\x00\nendstream\nendobj\nstartxref\n9\n%%EOF"))
	lim := DefaultLimits()
	lim.Stream, lim.Work = 1<<20, 8<<20
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Open(context.Background(), b, lim)
		if err == nil {
			touch(d)
		}
	})
}

func FuzzObject(f *testing.F) {
	f.Add([]byte("<< /A [1 2.5 (x\\)) <aa> 3 0 R null true] /B /C#41 >>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p := NewParser(b, 0, 50)
		if _, err := p.Object(); err == nil && p.Pos() > len(b) {
			t.Errorf("read to %d of %d", p.Pos(), len(b))
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add("FlateDecode", 12, 4, deflate([]byte{2, 1, 2, 3, 4}))
	f.Add("LZWDecode", 1, 1, []byte{0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01})
	f.Add("ASCII85Decode", 2, 3, []byte("87cURD]i~>"))
	f.Fuzz(func(t *testing.T, name string, predictor, columns int, b []byte) {
		d := &Doc{ctx: context.Background(), lim: DefaultLimits()}
		d.lim.Stream = 1 << 20
		out, err := d.Decode(&Stream{Dict: Dict{"Filter": Name(name), "DecodeParms": Dict{"Predictor": int64(predictor), "Columns": int64(columns)}}, Raw: b})
		if err == nil && len(out) > 4<<20 {
			t.Errorf("%d bytes out of %d", len(out), len(b))
		}
	})
}

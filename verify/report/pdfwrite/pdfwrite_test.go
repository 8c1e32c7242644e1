package pdfwrite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"zhengyan/assets"
	"zhengyan/verify/document/pdfraw"
)

func latin(t testing.TB) *Face {
	t.Helper()
	f, err := ParseFace(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestParseFaceRefuses(t *testing.T) {
	cff := slices.Clone(goregular.TTF)
	copy(cff, "OTTO")
	for name, b := range map[string][]byte{"nothing": nil, "text": []byte("no font at all"), "cut off": goregular.TTF[:4000], "collection": []byte("ttcf\x00\x01\x00\x00"), "other outlines": cff} {
		t.Run(name, func(t *testing.T) {
			if f, err := ParseFace(b); !errors.Is(err, ErrFont) || f != nil {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	f := latin(t)
	const size = 10
	w := func(s string) float64 { return f.Width(s, size) + 0.01 }
	for _, c := range []struct {
		name, in string
		width    float64
		want     []string
	}{
		{"empty", "", 100, []string{""}},
		{"fits", "seal", w("seal"), []string{"seal"}},
		{"at spaces", "the seal is trusted", w("the seal is"), []string{"the seal is", "trusted"}},
		{"inside a long word", "aaaaaaaa", w("aaa"), []string{"aaa", "aaa", "aa"}},
		{"narrower than a letter", "ab", 0.1, []string{"a", "b"}},
		{"line feeds", "a\n\nb", 100, []string{"a", "", "b"}},
		{"behind a slash", "folder/file.pdf", w("folder/fi"), []string{"folder/", "file.pdf"}},
		{"Chinese anywhere", "电子证书", w("电子证"), []string{"电子证", "书"}},
		{"no mark begins a line", "电子证。书", w("电子证"), []string{"电子", "证。书"}},
		{"no bracket ends a line", "电（子证书", w("电（"), []string{"电", "（子", "证书"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := f.Wrap(c.in, size, c.width); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Wrapped text loses nothing but white space at its breaks.
func FuzzWrap(f *testing.F) {
	for _, s := range []string{"", "a b", "电子证书，无效。", "（（（（", "a\nb", strings.Repeat("x", 200), "\xff\xfe", "/////"} {
		f.Add(s, 40.0)
	}
	face := latin(f)
	f.Fuzz(func(t *testing.T, s string, width float64) {
		if len(s) > 2000 {
			return
		}
		flat := func(s string) string { return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), "") }
		if got := flat(strings.Join(face.Wrap(s, 10, width), "\n")); got != flat(string([]rune(s))) {
			t.Errorf("%q became %q", s, got)
		}
	})
}

// A font that a stranger damaged is refused or embedded, and never the program's end.
func FuzzParseFace(f *testing.F) {
	f.Add([]byte{}, 0, byte(0))
	f.Add([]byte("head"), 12, byte(255))
	f.Add([]byte{0, 1, 0, 0, 0, 20}, 300, byte(1))
	f.Fuzz(func(t *testing.T, patch []byte, at int, v byte) {
		b := slices.Clone(goregular.TTF)
		if at >= 0 && at < len(b) {
			copy(b[at:], patch)
			b[at] ^= v
		}
		face, err := ParseFace(b)
		if err != nil {
			return
		}
		file := New(face)
		file.AddPage().Text(50, 50, "Äé½ffi 电", Style{Size: 10})
		if _, err := file.WriteTo(&bytes.Buffer{}); err != nil {
			t.Error(err)
		}
	})
}

func TestFile(t *testing.T) {
	f := New(latin(t))
	f.Title, f.Lang = "报告 𬭩", "zh-CN) /Evil (x"
	a, b := f.AddPage(), f.AddPage()
	a.Text(50, 50, "first", Style{Size: 12, Bold: true})
	b.Text(50, 50, "second", Style{Size: 12})
	b.Line(1, RGB(0xff0000), Point{1, 2}, Point{3, 4})
	b.Fill(1, 2, 3, 4, RGB(0x00ff00))
	b.Frame(1, 2, 3, 4, 1, RGB(0x0000ff))
	b.Image(image.NewRGBA(image.Rect(0, 0, 2, 3)), 10, 10, 20, 30)
	b.Image(image.NewRGBA(image.Rectangle{}), 10, 10, 20, 30)
	b.Link(0, 0, 10, 10, a, 100)
	f.Bookmark("一", a, 10)
	f.Bookmark("(二)", b, 10)
	f.Bookmark("三", b, 20)
	f.MoveToFront(1)
	var out bytes.Buffer
	n, err := f.WriteTo(&out)
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("%d bytes written, %d said, %v", out.Len(), n, err)
	}
	d, err := pdfraw.Open(t.Context(), out.Bytes(), pdfraw.DefaultLimits())
	if err != nil || d.Rebuilt || len(d.Misplaced) > 0 {
		t.Fatalf("%v, rebuilt %v, misplaced %v", err, d.Rebuilt, d.Misplaced)
	}
	pages, broken := d.Pages()
	if len(pages) != 2 || broken {
		t.Fatalf("%d pages, broken %v", len(pages), broken)
	}
	if len(d.Array(pages[0].Dict["Annots"])) != 1 || len(d.Dict(d.Dict(pages[0].Resources)["XObject"])) != 1 {
		t.Error("the page that was moved to the front lost its link or its picture")
	}
	if lang, _ := d.Catalog()["Lang"].(pdfraw.String); string(lang) != "zh-CNEvilx" {
		t.Errorf("language %q", lang)
	}
	count := 0
	for o := d.Dict(d.Dict(d.Catalog()["Outlines"])["First"]); o != nil && count < 9; o = d.Dict(o["Next"]) {
		count++
	}
	if count != 3 {
		t.Errorf("%d bookmarks in the chain, want 3", count)
	}
}

// The embedded program is a font on its own, with the same outlines.
func TestSubset(t *testing.T) {
	data, text := goregular.TTF, "Aé½ii"
	if f := assets.Font(); f != nil {
		data, text = f, "样例𬭩Aé½⼈人人"
	}
	face, err := ParseFace(data)
	if err != nil {
		t.Fatal(err)
	}
	s := newSubset(face)
	codes := map[rune]uint16{}
	for _, r := range text {
		codes[r] = s.add(r)
	}
	sub, err := sfnt.Parse(standalone(s.ttf(), face))
	if err != nil {
		t.Fatal(err)
	}
	var a, b sfnt.Buffer
	for r, c := range codes {
		if !face.Has(r) {
			continue
		}
		want, err := face.font.LoadGlyph(&a, sfnt.GlyphIndex(face.gid(r)), fixed.I(1000), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := sub.LoadGlyph(&b, sfnt.GlyphIndex(c), fixed.I(1000), nil)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%c is drawn otherwise: %d pieces, want %d, %v", r, len(got), len(want), err)
		}
		if r == '⼈' && codes['人'] == c {
			t.Error("a radical and its ideograph share a code, so copied text would change")
		}
	}
	if len(s.ttf()) > 40_000 {
		t.Errorf("the subset of %d characters has %d bytes", len(codes), len(s.ttf()))
	}
}

// standalone gives a subset back the tables that only a font outside a PDF needs.
func standalone(ttf []byte, face *Face) []byte {
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		rec := ttf[12+16*i:]
		at := binary.BigEndian.Uint32(rec[8:])
		tables[string(rec[:4])] = ttf[at : at+binary.BigEndian.Uint32(rec[12:])]
	}
	for _, name := range []string{"cmap", "name", "OS/2", "post"} {
		tables[name] = face.tables[name]
	}
	return sfntFile(tables)
}

type fullDisk struct{ left int }

var errFull = errors.New("disk full")

func (w *fullDisk) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return 0, errFull
	}
	w.left -= len(p)
	return len(p), nil
}

func TestWriteErrorIsTold(t *testing.T) {
	for _, left := range []int{0, 100, 2000} {
		f := New(latin(t))
		f.AddPage().Text(1, 1, "a", Style{Size: 9})
		if _, err := f.WriteTo(&fullDisk{left}); !errors.Is(err, errFull) {
			t.Errorf("with %d bytes left: %v", left, err)
		}
	}
}

func BenchmarkWrap(b *testing.B) {
	f := latin(b)
	s := strings.Repeat("the seal is trusted 电子证书使用时限为180天，", 50)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		f.Wrap(s, 9, 400)
	}
}

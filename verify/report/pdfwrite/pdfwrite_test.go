package pdfwrite

import (
	"bytes"
	"errors"
	"image"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/goregular"

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

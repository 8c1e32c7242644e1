package document

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhengyan/assets"
)

// testEngine is one engine for all tests, since compiling PDFium takes seconds.
func testEngine(t testing.TB) *Engine {
	t.Helper()
	e := sharedEngine()
	if err := e.Warm(context.Background()); err != nil {
		t.Fatal(err)
	}
	return e
}

var sharedEngine = onceEngine()

func onceEngine() func() *Engine {
	var e *Engine
	return func() *Engine {
		if e == nil {
			e, _ = NewEngine(Config{CacheDir: filepath.Join(os.TempDir(), "zhengyan-test-pdfium"), Font: assets.Font()})
		}
		return e
	}
}

// open opens bytes and closes the document at the end of the test.
func open(t testing.TB, name string, b []byte) *Document {
	t.Helper()
	d, err := testEngine(t).Open(context.Background(), SourceBytes(name, b))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// openCode opens bytes that must fail and gives the code.
func openCode(t testing.TB, e *Engine, name string, b []byte) ErrorCode {
	t.Helper()
	d, err := e.Open(context.Background(), SourceBytes(name, b))
	if err == nil {
		t.Errorf("%s: opened as %+v", name, d.Info())
		d.Close()
		return ""
	}
	if CodeOf(err) == "" {
		t.Errorf("%s: error without a code: %v", name, err)
	}
	return CodeOf(err)
}

// pdfFile is a PDF made of numbered objects; obj[0] is object 1 and must be the catalog.
type pdfFile struct {
	objs    []string
	trailer string // further trailer entries
}

func (f *pdfFile) add(format string, args ...any) int {
	f.objs = append(f.objs, fmt.Sprintf(format, args...))
	return len(f.objs)
}

func (f *pdfFile) stream(dict string, data []byte) int {
	return f.add("<<%s/Length %d>>stream\n%s\nendstream", dict, len(data), data)
}

func (f *pdfFile) bytes() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	at := make([]int, len(f.objs))
	for i, o := range f.objs {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(f.objs)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(f.objs)+1, f.trailer, xref)
	return b.Bytes()
}

// onePage is a PDF of one A4 page with Helvetica as /F1.
func onePage(content, resources, pageEntries string, more ...func(*pdfFile)) *pdfFile {
	f := &pdfFile{}
	f.add("<</Type/Catalog/Pages 2 0 R>>")
	f.add("<</Type/Pages/Kids[3 0 R]/Count 1>>")
	f.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>%s>>%s>>", resources, pageEntries)
	f.stream("", []byte(content))
	f.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
	for _, m := range more {
		m(f)
	}
	return f
}

const someText = "BT /F1 12 Tf 100 700 Td (This is a certificate with a line of text long enough to count) Tj ET\n"

// grayImage adds a Flate-coded 8-bit gray picture as the next object.
func grayImage(img *image.Gray, extra string) func(*pdfFile) {
	return func(f *pdfFile) {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		w.Write(img.Pix)
		w.Close()
		f.stream(fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode%s",
			img.Rect.Dx(), img.Rect.Dy(), extra), z.Bytes())
	}
}

func jpegImage(img image.Image, extra string) func(*pdfFile) {
	return func(f *pdfFile) {
		var b bytes.Buffer
		jpeg.Encode(&b, img, nil)
		cs := "DeviceRGB"
		if _, ok := img.(*image.Gray); ok {
			cs = "DeviceGray"
		}
		f.stream(fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/%s/BitsPerComponent 8/Filter/DCTDecode%s",
			img.Bounds().Dx(), img.Bounds().Dy(), cs, extra), b.Bytes())
	}
}

// corner is a gray picture, white but for a black block in its top left corner: it shows every turn and mirroring.
func corner(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for y := range h / 4 {
		for x := range w / 2 {
			g.SetGray(x, y, color.Gray{})
		}
	}
	return g
}

// darkCorner says where the black block of corner went: its centre of weight as "left"/"right" and "top"/"bottom".
func darkCorner(img image.Image) string {
	b := img.Bounds()
	var n, sx, sy int
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128 {
				n, sx, sy = n+1, sx+x-b.Min.X, sy+y-b.Min.Y
			}
		}
	}
	if n == 0 {
		return "nothing dark"
	}
	v, h := "top", "left"
	if sy*2 > n*b.Dy() {
		v = "bottom"
	}
	if sx*2 > n*b.Dx() {
		h = "right"
	}
	return v + " " + h
}

func pngBytes(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegBytes(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func plainText(d *Document, t testing.TB, i int) string {
	t.Helper()
	text, err := d.Text(context.Background(), i)
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	for _, c := range text.Chars {
		s.WriteRune(c.R)
	}
	return s.String()
}

// repoFile finds a path below the repository's root; the test is skipped where it does not exist.
func corpus(t testing.TB, elem ...string) string {
	t.Helper()
	dir := os.Getenv("ZHENGYAN_CORPUS")
	if dir == "" {
		root, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			if filepath.Dir(root) == root {
				t.Fatal("no go.mod above the test")
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared", "corpus")
	}
	p := filepath.Join(append([]string{dir}, elem...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("corpus not here: set ZHENGYAN_CORPUS (%v)", err)
	}
	return p
}

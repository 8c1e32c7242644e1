package document

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhengyan/assets"
)

// book is a PDF of n pages, each with its number in words and one JPEG of about the given number of bytes.
func book(n, size int) *pdfFile {
	f := &pdfFile{}
	f.add("<</Type/Catalog/Pages 2 0 R>>")
	var kids strings.Builder
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", 4+3*i)
	}
	f.add("<</Type/Pages/Kids[%s]/Count %d>>", kids.String(), n)
	f.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
	rng := rand.New(rand.NewPCG(1, 2))
	side := 256
	for ; side*side < size; side += 64 {
	}
	noise := image.NewGray(image.Rect(0, 0, side, side))
	for i := range noise.Pix {
		noise.Pix[i] = byte(rng.Uint32())
	}
	for i := range n {
		f.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>/XObject<</I %d 0 R>>>>>>", 5+3*i, 6+3*i)
		f.stream("", fmt.Appendf(nil, "q 400 0 0 400 100 200 cm /I Do Q BT /F1 12 Tf 100 700 Td (This is page %d) Tj ET", i+1))
		jpegImage(noise, "")(f)
	}
	return f
}

func stream1(t testing.TB, e *Engine, b []byte) *Document {
	t.Helper()
	d, err := e.OpenStream(context.Background(), SourceBytes("book.pdf", b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestStreamEqualsOpen: what a stream gives is what the open file gives.
func TestStreamEqualsOpen(t *testing.T) {
	b := book(3, 1).bytes()
	d, s := open(t, "book.pdf", b), stream1(t, testEngine(t), b)
	if a, b := d.Info(), s.Info(); a != b {
		t.Errorf("info: %+v, streamed %+v", a, b)
	}
	if s.Bytes() != nil {
		t.Error("a stream holds its bytes")
	}
	for i := range 3 {
		if a, b := plainText(d, t, i), plainText(s, t, i); a != b || !strings.Contains(a, fmt.Sprint(i+1)) {
			t.Errorf("page %d: %q, streamed %q", i, a, b)
		}
		x, err1 := d.Images(context.Background(), i)
		y, err2 := s.Encoded(context.Background(), i)
		if err1 != nil || err2 != nil || len(x) != 1 || len(y) != 1 {
			t.Fatalf("page %d: %d images, %d encoded, %v, %v", i, len(x), len(y), err1, err2)
		}
		img, err := y[0].Decode()
		if err != nil || img.Bounds() != x[0].Pixels.Bounds() || x[0].Box != y[0].Box {
			t.Errorf("page %d: %v %v, streamed %v %v (%v)", i, x[0].Pixels.Bounds(), x[0].Box, img.Bounds(), y[0].Box, err)
		}
	}
}

// TestStreamMemory: pages of more bytes than PDFium may hold are read one after the other.
func TestStreamMemory(t *testing.T) {
	e, err := NewEngine(Config{
		CacheDir: filepath.Join(t.TempDir(), "cache"), Font: assets.Font(),
		Limits: Limits{FileBytes: 4 << 20, InstancePages: 512, StreamMemory: 24 << 20},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	b := book(40, 2<<20).bytes() // over 1 MB each, against 32 MiB
	if len(b) < 40<<20 {
		t.Fatalf("the book has only %d bytes", len(b))
	}
	if _, err := e.Open(context.Background(), SourceBytes("book.pdf", b)); CodeOf(err) != ErrTooLarge {
		t.Errorf("opened whole: %v", err)
	}
	d := stream1(t, e, b)
	for i := range 40 {
		list, err := d.Encoded(context.Background(), i)
		if err != nil || len(list) != 1 {
			t.Fatalf("page %d: %d pictures, %v", i, len(list), err)
		}
	}
}

// TestStreamDamagedPage: a page that can't be read costs itself only.
func TestStreamDamagedPage(t *testing.T) {
	f := book(5, 1)
	f.objs[3+3*2] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 0 0]>>"
	d := stream1(t, testEngine(t), f.bytes())
	var bad []int
	for i := range 5 {
		if _, err := d.Text(context.Background(), i); err != nil {
			bad = append(bad, i)
		}
	}
	if len(bad) > 1 || len(bad) == 1 && bad[0] != 2 {
		t.Errorf("pages %v can't be read", bad)
	}
}

// TestStreamCanceled: a call that was given up does not spoil the next.
func TestStreamCanceled(t *testing.T) {
	d := stream1(t, testEngine(t), book(3, 1).bytes())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Text(ctx, 1); CodeOf(err) != ErrCanceled {
		t.Errorf("canceled: %v", err)
	}
	if s := plainText(d, t, 1); !strings.Contains(s, "2") {
		t.Errorf("afterwards: %q", s)
	}
	d.Close()
	if _, err := d.Text(context.Background(), 1); CodeOf(err) != ErrClosed {
		t.Errorf("closed: %v", err)
	}
}

// TestStreamRebuilt: a stream whose cross-reference table lies is searched for objects, as a file is.
func TestStreamRebuilt(t *testing.T) {
	b := book(2, 1).bytes()
	i := bytes.LastIndex(b, []byte("xref\n0"))
	copy(b[i+9:], bytes.ReplaceAll(b[i+9:i+200], []byte("0000"), []byte("0007")))
	d := stream1(t, testEngine(t), b)
	if s := plainText(d, t, 1); !strings.Contains(s, "2") {
		t.Errorf("text %q, problems %v", s, d.Problems())
	}
}

func TestStreamLimits(t *testing.T) {
	e := testEngine(t)
	if _, err := e.OpenStream(context.Background(), NewSource("huge.pdf", DefaultLimits().StreamBytes+1, bytes.NewReader(nil))); CodeOf(err) != ErrTooLarge {
		t.Errorf("over the limit: %v", err)
	}
	if _, err := e.OpenStream(context.Background(), SourceBytes("no.pdf", []byte("%PDF-1.4 nothing"))); CodeOf(err) != ErrDamaged {
		t.Errorf("damaged: %v", err)
	}
	d, err := e.OpenStream(context.Background(), SourceBytes("a.png", pngBytes(t, corner(40, 40))))
	if err != nil || d.Info().Format != FormatPNG {
		t.Errorf("a picture: %v", err)
	} else {
		d.Close()
	}
}

// TestMaskedBlocks: masking does not depend on where the blocks are cut.
func TestMaskedBlocks(t *testing.T) {
	b := []byte("startxref 12 startxref\nxstartxrefstartxre")
	want := withoutXRef(slices.Clone(b))
	for n := 1; n < len(b); n++ {
		r := &blocks{s: &stream{r: nopCloser{bytes.NewReader(b)}, size: int64(len(b))}, masked: true}
		var got []byte
		for {
			p := make([]byte, n)
			m, err := r.Read(p)
			got = append(got, p[:m]...)
			if err == io.EOF || m == 0 {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("blocks of %d: %q", n, got)
		}
	}
}

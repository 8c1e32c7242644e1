package document

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Every bad file of the issue gets an answer of its own, and the file after it is read as if nothing had happened.
func TestBadFilesHaveTheirOwnAnswer(t *testing.T) {
	e := testEngine(t)
	good := onePage(someText, "", "").bytes()
	photo := jpegBytes(t, corner(300, 200))
	random := make([]byte, 50_000)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		random[i] = byte(rng.Uint32())
	}
	encrypted := onePage(someText, "", "")
	encrypted.add("<</Filter/Standard/V 2/R 3/Length 128/P -1/O<%s>/U<%s>>>", strings.Repeat("41", 32), strings.Repeat("42", 32))
	encrypted.trailer = "/Encrypt 6 0 R/ID[<00><00>]"
	handler := onePage(someText, "", "")
	handler.add("<</Filter/Adobe.PubSec/V 4/R 4/SubFilter/adbe.pkcs7.s4>>")
	handler.trailer = "/Encrypt 6 0 R/ID[<00><00>]"
	for _, c := range []struct {
		name string
		b    []byte
		want ErrorCode
	}{
		{"empty.pdf", nil, ErrEmpty},
		{"random.bin", random, ErrUnsupported},
		{"random.pdf", append([]byte("%PDF-1.7\n"), random...), ErrDamaged},
		{"text.txt", []byte("hello"), ErrUnsupported},
		{"header only.pdf", []byte("%PDF-1.4\n"), ErrDamaged},
		{"truncated.pdf", good[:200], ErrDamaged},
		{"truncated.jpg", photo[:20], ErrDamaged},
		{"truncated.png", pngBytes(t, corner(300, 200))[:20], ErrDamaged},
		{"password.pdf", encrypted.bytes(), ErrEncrypted},
		{"handler.pdf", handler.bytes(), ErrEncrypted},
		{"many pages.pdf", manyPages(20_000), ErrTooManyPages},
		{"huge.png", hugePNG(30_000, 30_000), ErrTooManyPixels},
		{"huge.bmp", hugeBMP(30_000, 30_000), ErrTooManyPixels},
		{"huge.tif", tiffFile(binary.LittleEndian, 0, []tiffPage{{30_000, 30_000, 0}}), ErrTooManyPixels},
		{"cyclic.pdf", cyclicPages(), ErrDamaged},
		{"cyclic.tif", tiffFile(binary.BigEndian, 1, []tiffPage{{8, 8, 0}, {8, 8, 0}}), ErrDamaged},
		{"a.ofd", zipFile(t, leastOFD()...), ErrOFD},
		{"renamed.pdf", zipFile(t, leastOFD()...), ErrOFD},
		{"a.zip", zipFile(t, "a.txt", "x"), ErrZIPNested},
		{"a.docx", zipFile(t, "[Content_Types].xml", "<Types/>"), ErrUnsupported},
		{"a.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), ErrUnsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := openCode(t, e, c.name, c.b); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			d := open(t, "good.pdf", good)
			if !strings.HasPrefix(plainText(d, t, 0), "This is") {
				t.Error("the good file after it was not read")
			}
		})
	}
}

func TestTooLargeFileIsNotRead(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large.pdf")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(1<<30), f.Close()); err != nil { // sparse
		t.Fatal(err)
	}
	src, err := SourceFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := testEngine(t).Open(context.Background(), src); CodeOf(err) != ErrTooLarge {
		t.Errorf("%v, want %s", err, ErrTooLarge)
	}
	// A size that lies does not help.
	liar := NewSource("liar.pdf", 10, zeros{})
	e, _ := NewEngine(Config{Limits: Limits{FileBytes: 1 << 20}})
	if _, err := e.Open(context.Background(), liar); CodeOf(err) != ErrTooLarge {
		t.Errorf("%v, want %s", err, ErrTooLarge)
	}
}

type zeros struct{}

func (zeros) ReadAt(b []byte, _ int64) (int, error) { clear(b); return len(b), nil }

func TestRenamedFile(t *testing.T) {
	d := open(t, "photo.jpg", onePage(someText, "", "").bytes())
	if i := d.Info(); i.Format != FormatPDF || i.Extension != "jpg" {
		t.Errorf("%+v", i)
	}
	if !hasProblem(d, ProblemExtension) {
		t.Errorf("problems %v", d.Problems())
	}
	d = open(t, "A.PDF", onePage(someText, "", "").bytes())
	if d.Info().Extension != "" || len(d.Problems()) != 1 { // Helvetica is not embedded once its text is read
		if len(d.Problems()) != 0 {
			t.Errorf("%+v %v", d.Info(), d.Problems())
		}
	}
}

func hasProblem(d *Document, code string) bool {
	for _, p := range d.Problems() {
		if p.Code == code {
			return true
		}
	}
	return false
}

// endlessPDF paints and fills for minutes if nobody stops it.
func endlessPDF() []byte {
	var inner strings.Builder
	for i := range 200 {
		fmt.Fprintf(&inner, "%d %d m 0 0 500 900 %d 1 c 590 %d 3 840 9 9 c f*\n", i, i*4, i*3, i)
	}
	f := onePage("/Fm9 Do", "/XObject<</Fm9 7 0 R>>", "")
	f.stream("/Type/XObject/Subtype/Form/BBox[0 0 600 900]", []byte(inner.String()))
	for level := range 6 { // 8 to the 6th times 200 paths
		f.stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 600 900]/Resources<</XObject<</F %d 0 R>>>>", 6+level),
			bytes.Repeat([]byte("/F Do "), 8))
	}
	f.objs[3] = "<</Length 6>>stream\n/F Do \nendstream"
	f.objs[2] = strings.Replace(f.objs[2], "/XObject<</Fm9 7 0 R>>", fmt.Sprintf("/XObject<</F %d 0 R>>", len(f.objs)), 1)
	return f.bytes()
}

// slowPDF opens at once and takes minutes to paint: a colour program of thousands of steps for every pixel.
func slowPDF() []byte {
	f := onePage(someText+"/Sh sh", "/Shading<</Sh 6 0 R>>", "")
	f.add("<</ShadingType 1/ColorSpace/DeviceGray/Domain[0 1 0 1]/Matrix[595 0 0 842 0 0]/Function 7 0 R>>")
	f.stream("/FunctionType 4/Domain[0 1 0 1]/Range[0 1]", []byte("{ mul "+strings.Repeat("dup sin pop ", 5000)+"}"))
	return f.bytes()
}

// A file that would keep PDFium busy for ever ends with its time, and so does its caller's patience.
func TestEndlessFileIsKilled(t *testing.T) {
	b := endlessPDF()
	for _, slow := range []bool{false, true} {
		t.Run(fmt.Sprintf("by wazero %v", slow), func(t *testing.T) {
			if slow && testing.Short() {
				t.Skip("compiles PDFium anew")
			}
			e := testEngine(t)
			if slow {
				e, _ = NewEngine(e.cfg)
				e.pdfium.slow = true
				defer e.Close()
				if err := e.Warm(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			d, err := e.Open(ctx, SourceBytes("endless.pdf", b))
			if err == nil {
				defer d.Close()
				_, err = d.Render(ctx, 0, 600)
			}
			if CodeOf(err) != ErrTimeout {
				t.Fatalf("%v, want %s", err, ErrTimeout)
			}
			if d != nil {
				if _, err := d.Text(context.Background(), 0); CodeOf(err) != ErrTimeout {
					t.Errorf("after the timeout: %v", err)
				}
			}
		})
	}
	d := open(t, "good.pdf", onePage(someText, "", "").bytes())
	if !strings.HasPrefix(plainText(d, t, 0), "This is") {
		t.Error("the good file after it was not read")
	}
}

func TestFileTimeIsABudget(t *testing.T) {
	cfg := testEngine(t).cfg
	cfg.Limits.FileTime = 300 * time.Millisecond
	e := &Engine{cfg: cfg, pdfium: testEngine(t).pdfium, images: newGuard(2), pdfcpu: newGuard(2)}
	d, err := e.Open(context.Background(), SourceBytes("endless.pdf", endlessPDF()))
	for range 5 {
		if err != nil {
			break
		}
		_, err = d.Render(context.Background(), 0, 600)
	}
	if CodeOf(err) != ErrTimeout {
		t.Errorf("%v, want %s", err, ErrTimeout)
	}
}

// A caller that gives up does not spoil the document for the next call.
func TestCanceledCallReopens(t *testing.T) {
	d := open(t, "a.pdf", slowPDF())
	ctx, cancel := context.WithCancel(context.Background())
	go func() { time.Sleep(100 * time.Millisecond); cancel() }()
	if _, err := d.Render(ctx, 0, 150); CodeOf(err) != ErrCanceled {
		t.Fatalf("%v, want %s", err, ErrCanceled)
	}
	if _, err := d.PageSize(0); err != nil {
		t.Errorf("after a canceled call: %v", err)
	}
	if got := plainText(d, t, 0); !strings.HasPrefix(got, "This is") {
		t.Errorf("after a canceled call: %q", got)
	}
}

// Machine code that runs without visiting Go holds up the garbage collector, and with it every goroutine, also the one
// that would end it.
func TestSlowFileDoesNotStopTheWorld(t *testing.T) {
	d := open(t, "a.pdf", slowPDF())
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		time.Sleep(50 * time.Millisecond) // into the painting
		for range 5 {
			runtime.GC()
		}
		cancel()
	}()
	_, err := d.Render(ctx, 0, 150)
	<-collected
	if code := CodeOf(err); code != ErrCanceled {
		t.Errorf("%v: the page was painted or its time was up before Go could collect its garbage", err)
	}
}

func manyPages(n int) []byte {
	f := &pdfFile{}
	f.add("<</Type/Catalog/Pages 2 0 R>>")
	f.add("")
	var kids strings.Builder
	for range n {
		fmt.Fprintf(&kids, "%d 0 R ", f.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"))
	}
	f.objs[1] = fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", n, kids.String())
	return f.bytes()
}

func cyclicPages() []byte {
	f := &pdfFile{}
	f.add("<</Type/Catalog/Pages 2 0 R>>")
	f.add("<</Type/Pages/Count 1/Kids[3 0 R]>>")
	f.add("<</Type/Pages/Count 1/Kids[2 0 R]/Parent 2 0 R>>")
	return f.bytes()
}

// hugePNG claims to be w×h and holds nothing.
func hugePNG(w, h uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, d []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(d)))
		body := append([]byte(kind), d...)
		b = append(b, body...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(body))
	}
	ihdr := binary.BigEndian.AppendUint32(nil, w)
	ihdr = binary.BigEndian.AppendUint32(ihdr, h)
	chunk("IHDR", append(ihdr, 8, 0, 0, 0, 0))
	var z bytes.Buffer
	zw := zlib.NewWriter(&z)
	zw.Write(make([]byte, 1000))
	zw.Close()
	chunk("IDAT", z.Bytes())
	chunk("IEND", nil)
	return b
}

func hugeBMP(w, h uint32) []byte {
	b := make([]byte, 54)
	copy(b, "BM")
	binary.LittleEndian.PutUint32(b[10:], 54)
	binary.LittleEndian.PutUint32(b[14:], 40)
	binary.LittleEndian.PutUint32(b[18:], w)
	binary.LittleEndian.PutUint32(b[22:], h)
	binary.LittleEndian.PutUint16(b[26:], 1)
	binary.LittleEndian.PutUint16(b[28:], 24)
	return b
}

type tiffPage struct {
	w, h        uint32
	orientation uint16
}

// tiffFile is an uncompressed gray TIFF; loop n > 0 makes the last directory point at the n-th. Page i is filled with
// the gray value 10(i+1).
func tiffFile(order binary.AppendByteOrder, loop int, pages []tiffPage) []byte {
	b := []byte("II*\x00\x00\x00\x00\x00")
	o := order.(binary.ByteOrder)
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*\x00\x00\x00\x00")
	}
	next := 4 // where the offset of the next directory is to be written
	var at []uint32
	for i, p := range pages {
		strip := uint32(len(b))
		n := p.w * p.h
		if n > 1<<20 {
			n = 1 // only claimed
		}
		b = append(b, bytes.Repeat([]byte{byte(10 * (i + 1))}, int(n))...)
		if len(b)%2 == 1 {
			b = append(b, 0)
		}
		o.PutUint32(b[next:], uint32(len(b)))
		at = append(at, uint32(len(b)))
		entries := [][3]uint32{{256, 4, p.w}, {257, 4, p.h}, {258, 3, 8}, {259, 3, 1}, {262, 3, 1}, {273, 4, strip}}
		if p.orientation != 0 {
			entries = append(entries, [3]uint32{274, 3, uint32(p.orientation)})
		}
		entries = append(entries, [3]uint32{277, 3, 1}, [3]uint32{278, 4, p.h}, [3]uint32{279, 4, n})
		b = order.AppendUint16(b, uint16(len(entries)))
		for _, e := range entries {
			b = order.AppendUint16(b, uint16(e[0]))
			b = order.AppendUint16(b, uint16(e[1]))
			b = order.AppendUint32(b, 1)
			if e[1] == 3 {
				b = order.AppendUint16(b, uint16(e[2]))
				b = order.AppendUint16(b, 0)
			} else {
				b = order.AppendUint32(b, e[2])
			}
		}
		next = len(b)
		b = order.AppendUint32(b, 0)
	}
	if loop > 0 {
		o.PutUint32(b[next:], at[loop-1])
	}
	return b
}

// Nothing of a hostile picture may end the process.
func TestHostilePictures(t *testing.T) {
	e := testEngine(t)
	scans := jpegBytes(t, corner(64, 64))
	at := bytes.Index(scans, []byte("\xff\xda"))
	n := int(binary.BigEndian.Uint16(scans[at+2:]))
	many := append([]byte(nil), scans[:at]...)
	for range 200 {
		many = append(many, scans[at:at+2+n]...)
	}
	if got := openCode(t, e, "scans.jpg", append(many, scans[at:]...)); got != ErrTooComplex {
		t.Errorf("200 scans: %s", got)
	}
	// The header is right, the pixels are not: that shows when they are asked for.
	good := pngBytes(t, noise(200, 200))
	d := open(t, "cut.png", good[:len(good)/2])
	if _, err := d.Render(context.Background(), 0, 0); CodeOf(err) != ErrDamaged {
		t.Errorf("cut PNG: %v", err)
	}
	d = open(t, "cut.jpg", jpegBytes(t, noise(200, 200))[:2000])
	if _, err := d.Render(context.Background(), 0, 0); CodeOf(err) != ErrDamaged {
		t.Errorf("cut JPEG: %v", err)
	}
}

func noise(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	rng := rand.New(rand.NewPCG(3, 4))
	for y := range h {
		for x := range w {
			v := rng.Uint32()
			m.SetRGBA(x, y, color.RGBA{uint8(v), uint8(v >> 8), uint8(v >> 16), 255})
		}
	}
	return m
}

package document

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"testing"
	"time"
)

// fuzzLimits keep a fuzzed file from costing more than a moment.
func fuzzLimits() Limits {
	return Limits{
		FileBytes: 1 << 20, ImagePixels: 1 << 18, Pages: 20, FileTime: 5 * time.Second, ArchiveEntries: 100,
		ArchiveTotal: 1 << 20,
	}.orDefault()
}

func fuzzEngine(f *testing.F) *Engine {
	e, err := NewEngine(Config{Limits: fuzzLimits()}) // no PDFium: it is not ours to fuzz
	if err != nil {
		f.Fatal(err)
	}
	return e
}

// FuzzSniff checks that every run of bytes has exactly one answer and that the answer does not depend on the name.
func FuzzSniff(f *testing.F) {
	for _, s := range []string{
		"", "%PDF-1.7", "junk\n%PDF-", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0", "II*\x00", "MM\x00*", "RIFF\x00\x00\x00\x00WEBP",
		"BM", "PK\x03\x04", "PK\x05\x06", "GIF89a", "\x00\x00\x00\x18ftypheic", "<html>", "{\\rtf",
	} {
		f.Add([]byte(s), "a.pdf")
	}
	f.Add(zipFile(f, leastOFD()...), "a.zip")
	f.Fuzz(func(t *testing.T, b []byte, name string) {
		format, detail := Sniff(b)
		if format == "" {
			t.Error("no format")
		}
		if detail != "" && format != FormatUnknown {
			t.Errorf("%s with detail %q", format, detail)
		}
		if ext := contradicts(name, format); ext != "" && len(ext) > len(name) {
			t.Errorf("extension %q of %q", ext, name)
		}
		if format == FormatPDF && pdfHeader(b) < 0 {
			t.Error("PDF without a header")
		}
	})
}

// FuzzOpenImage checks that a picture is either refused with a code or gives pixels of the size it promised.
func FuzzOpenImage(f *testing.F) {
	f.Add(pngBytes(f, corner(16, 8)))
	f.Add(jpegBytes(f, corner(16, 8)))
	f.Add(withEXIF(jpegBytes(f, corner(16, 8)), exifData(binary.LittleEndian, 6, true)))
	f.Add(tiffFile(binary.LittleEndian, 0, []tiffPage{{16, 8, 0}, {8, 16, 5}}))
	f.Add(tiffFile(binary.BigEndian, 1, []tiffPage{{16, 8, 0}}))
	f.Add(hugeBMP(8, 8))
	for _, s := range []string{webpLossless, jpegProgressive, jpegCMYK, tiffGroup4} {
		f.Add(b64(f, s))
	}
	e := fuzzEngine(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if format, _ := Sniff(b); format == FormatPDF || format == FormatUnknown {
			return
		}
		d, err := e.Open(context.Background(), SourceBytes("a", b))
		if err != nil {
			if CodeOf(err) == "" {
				t.Errorf("no code: %v", err)
			}
			return
		}
		defer d.Close()
		for i := range d.NumPages() {
			s, err := d.PageSize(i)
			if err != nil {
				t.Fatal(err)
			}
			img, err := d.Render(context.Background(), i, 0)
			if err != nil {
				if CodeOf(err) == "" {
					t.Errorf("no code: %v", err)
				}
				continue
			}
			if float64(img.Rect.Dx()) != s.Width || float64(img.Rect.Dy()) != s.Height {
				t.Errorf("page %d is %v, pixels are %v", i, s, img.Rect)
			}
		}
	})
}

// FuzzZip checks that an archive's entries are bounded, and that what is read is as long as was announced.
func FuzzZip(f *testing.F) {
	f.Add(zipFile(f, "a.pdf", "%PDF-", "b/c.png", "x"))
	f.Add(zipFile(f, "inner.zip", string(zipFile(f, "a", "a"))))
	f.Add(zipFile(f, leastOFD()...))
	f.Add(zipFile(f))
	var gb bytes.Buffer
	z := zip.NewWriter(&gb)
	w, _ := z.CreateHeader(&zip.FileHeader{Name: "\xd6\xa4\xca\xe9.pdf", NonUTF8: true, Extra: []byte{0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 'x'}})
	w.Write([]byte("%PDF-"))
	z.Close()
	f.Add(gb.Bytes())
	limits := fuzzLimits()
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		e := &expander{ctx: context.Background(), limits: limits, yield: func(src Source, err error) bool {
			if n++; n > limits.ArchiveEntries+1 {
				t.Fatal("more entries than the limit")
			}
			if err != nil {
				if CodeOf(err) == "" {
					t.Errorf("no code: %v", err)
				}
				return true
			}
			got, err := src.bytes(limits.FileBytes)
			if err != nil && CodeOf(err) == "" {
				t.Errorf("no code: %v", err)
			}
			if err == nil && int64(len(got)) != src.Size {
				t.Errorf("%s: %d bytes, announced %d", src.Name, len(got), src.Size)
			}
			return true
		}}
		e.file(SourceBytes("a.zip", b))
		if n == 0 {
			t.Error("a file without any answer")
		}
	})
}

// FuzzEXIF checks that whatever EXIF says stays within what it may say.
func FuzzEXIF(f *testing.F) {
	f.Add(exifData(binary.LittleEndian, 6, true))
	f.Add(exifData(binary.BigEndian, 8, false))
	f.Add([]byte("II*\x00\x08\x00\x00\x00\xff\xff"))
	f.Add([]byte("MM\x00*\xff\xff\xff\xff"))
	jpg := jpegBytes(f, corner(8, 8))
	f.Fuzz(func(t *testing.T, b []byte) {
		x := parseEXIF(b)
		if len(b) < 60_000 {
			if y := jpegEXIF(withEXIF(jpg, b)); y.orientation != x.orientation || y.make != x.make {
				t.Errorf("in a JPEG %+v, alone %+v", y, x)
			}
		}
		if x.orientation < 0 || x.orientation > 8 || len(x.camera()) > 8*exifMaxString {
			t.Errorf("%+v", x)
		}
		for _, r := range x.camera() + x.software {
			if r < 0x20 {
				t.Errorf("control character in %q", x.camera()+x.software)
			}
		}
		pngEXIF(b)
		webpEXIF(b)
		pdfTime(string(b))
	})
}

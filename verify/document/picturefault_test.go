package document

import (
	"bytes"
	"slices"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// A picture that lacks nothing but its end is shown by every viewer; one that lacks pixels is damaged, also where they
// would decode to a blurred picture.
func TestPicturesWithoutTheirEnd(t *testing.T) {
	jpg, png, progressive := jpegBytes(t, corner(300, 200)), pngBytes(t, corner(300, 200)), b64(t, jpegProgressive)
	for _, tt := range []struct {
		name  string
		b     []byte
		reads bool
	}{
		{"end marker cut off.jpg", jpg[:len(jpg)-2], true},
		{"half of it.jpg", jpg[:len(jpg)-1], true},
		{"pixels cut off.jpg", jpg[:len(jpg)*9/10], false},
		{"a progressive one.jpg", progressive[:len(progressive)-2], false},
		{"end chunk cut off.png", png[:len(png)-12], true},
		{"half of it.png", png[:len(png)-5], true},
		{"pixels cut off.png", png[:len(png)*9/10], false},
	} {
		d := open(t, tt.name, tt.b)
		img, err := d.Render(t.Context(), 0, 0)
		said := slices.ContainsFunc(d.Problems(), func(p Problem) bool { return p.Code == ProblemRepaired })
		if tt.reads != (err == nil) || tt.reads != said {
			t.Errorf("%s: %v, said: %v", tt.name, err, said)
			continue
		}
		if tt.reads {
			if c := img.RGBAAt(10, 10); c.R > 20 {
				t.Errorf("%s: %v in the black corner", tt.name, c)
			}
			if c := img.RGBAAt(290, 190); c.R < 235 {
				t.Errorf("%s: %v in the white", tt.name, c)
			}
		} else if CodeOf(err) != ErrDamaged {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// A sound picture in a coding that is not read is not called damaged.
func TestPicturesInCodingsThatAreNotRead(t *testing.T) {
	var b, z bytes.Buffer
	if err := bmp.Encode(&b, corner(64, 32)); err != nil {
		t.Fatal(err)
	}
	if err := tiff.Encode(&z, corner(64, 32), nil); err != nil {
		t.Fatal(err)
	}
	put := func(b []byte, at int, v ...byte) []byte {
		b = slices.Clone(b)
		copy(b[at:], v)
		return b
	}
	tag := func(id byte, v byte) []byte { // a short value of a tag of the 0x0100s
		at := bytes.Index(z.Bytes(), []byte{id, 1, 3, 0, 1, 0, 0, 0})
		if at < 0 {
			t.Fatalf("no tag 0x01%02x", id)
		}
		return put(z.Bytes(), at+8, v)
	}
	jpg := jpegBytes(t, corner(64, 32))
	anim := "RIFF\x2a\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x0f\x00\x00\x07\x00\x00ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	for _, tt := range []struct {
		name string
		b    []byte
		want ErrorCode
	}{
		{"16 bits.bmp", put(b.Bytes(), 28, 16), ErrVariant},
		{"run-length.bmp", put(b.Bytes(), 30, 1), ErrVariant},
		{"jpeg inside.tif", tag(0x03, 7), ErrVariant},
		{"cmyk.tif", tag(0x06, 5), ErrVariant},
		{"animated.webp", []byte(anim), ErrVariant},
		{"half of a plain one.webp", b64(t, webpLossless)[:30], ErrDamaged},
		{"half of a plain one.bmp", b.Bytes()[:b.Len()/2], ErrDamaged},
		{"half of a plain one.tif", z.Bytes()[:z.Len()/2], ErrDamaged},
		{"a marker that is none.jpg", put(jpg, bytes.Index(jpg, []byte{0xff, 0xc0}), 0xff, 0x02), ErrDamaged},
	} {
		d, err := testEngine(t).Open(t.Context(), SourceBytes(tt.name, tt.b))
		if err == nil {
			_, err = d.Render(t.Context(), 0, 0)
			d.Close()
		}
		if CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

package document

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"zhengyan/verify/page"
)

func b64(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Pictures of 16×8 pixels, white with a black bar in the top left corner, in forms the standard library can't write.
const (
	webpLossless    = "UklGRiIAAABXRUJQVlA4TBUAAAAvD8ABAA8w//M///MfeJj/iP6H/j8A"
	jpegProgressive = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wgALCAAIABABASIA/8QAFAABAAAAAAAAAAAAAAAAAAAAB//aAAgBAQAAAAFUVf/EABYQAAMAAAAAAAAAAAAAAAAAAAYQF//aAAgBAQABBQKWjC//xAAYEAACAwAAAAAAAAAAAAAAAAADEDWj0v/aAAgBAQAGPwKMvLpf/8QAFBABAAAAAAAAAAAAAAAAAAAAEP/aAAgBAQABPyEU/9oACAEBAAAAEP8A/8QAFBABAAAAAAAAAAAAAAAAAAAAEP/aAAgBAQABPxA9/9k="
	jpegCMYK        = "/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/9sAQwECAgICAgIFAwMFCgcGBwoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoK/8AAFAgACAAQBAERAAIRAQMRAQQRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAgACv/EABoQAQABBQAAAAAAAAAAAAAAAAAGCRpYp9X/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAA4EAQACEQMRBAAAPwDP+B+2uNCjBnZsn6aA/wB//9k="
	tiffGroup4      = "SUkqABAAAAAmovj+ACACAA8AAAEDAAEAAAAQAAAAAQEDAAEAAAAIAAAAAgEDAAEAAAABAAAAAwEDAAEAAAAEAAAABgEDAAEAAAAAAAAACgEDAAEAAAABAAAAEQEEAAEAAAAIAAAAEgEDAAEAAAABAAAAFQEDAAEAAAABAAAAFgEDAAEAAAAIAAAAFwEEAAEAAAAHAAAAHAEDAAEAAAABAAAAKQEDAAIAAAAAAAEAPgEFAAIAAAD6AAAAPwEFAAYAAADKAAAAAAAAAIXrUQAAAIAAw/WoAAAAAALNzEwAAAAAAc3MTAAAAIAAzcxMAAAAAAKPwvUAAAAAEDcaoAAAAAACK4cKAAAAIAA="
)

func TestImageForms(t *testing.T) {
	small := image.NewGray(image.Rect(0, 0, 16, 8))
	for i := range small.Pix {
		small.Pix[i] = 255
		if i%16 < 8 && i < 32 {
			small.Pix[i] = 0
		}
	}
	deep := image.NewGray16(small.Rect)
	paletted := image.NewPaletted(small.Rect, color.Palette{color.White, color.Black})
	clear := image.NewNRGBA(small.Rect) // black where the bar is, transparent black elsewhere: white on paper
	for y := range 8 {
		for x := range 16 {
			g := small.GrayAt(x, y)
			deep.Set(x, y, g)
			paletted.Set(x, y, g)
			if g.Y == 0 {
				clear.Set(x, y, color.Black)
			}
		}
	}
	var b, z bytes.Buffer
	bmp.Encode(&b, small)
	tiff.Encode(&z, deep, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
	for _, c := range []struct {
		name   string
		b      []byte
		format Format
	}{
		{"gray.png", pngBytes(t, small), FormatPNG},
		{"16 bit.png", pngBytes(t, deep), FormatPNG},
		{"paletted.png", pngBytes(t, paletted), FormatPNG},
		{"transparent.png", pngBytes(t, clear), FormatPNG},
		{"baseline.jpg", jpegBytes(t, small), FormatJPEG},
		{"progressive.jpg", b64(t, jpegProgressive), FormatJPEG},
		{"cmyk.jpg", b64(t, jpegCMYK), FormatJPEG},
		{"a.bmp", b.Bytes(), FormatBMP},
		{"deflate.tif", z.Bytes(), FormatTIFF},
		{"fax.tif", b64(t, tiffGroup4), FormatTIFF},
		{"lossless.webp", b64(t, webpLossless), FormatWebP},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := open(t, c.name, c.b)
			if i := d.Info(); i.Format != c.format || i.Pages != 1 || i.Extension != "" {
				t.Errorf("%+v", i)
			}
			img, err := d.Render(context.Background(), 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			if img.Rect != image.Rect(0, 0, 16, 8) || darkCorner(img) != "top left" {
				t.Errorf("%v, dark corner %s", img.Rect, darkCorner(img))
			}
			if got := img.RGBAAt(12, 6); int(got.R)+int(got.G)+int(got.B) < 3*225 || got.A != 255 {
				t.Errorf("paper is %v", got)
			}
			if list, err := d.Images(context.Background(), 0); list != nil || err != nil {
				t.Errorf("images %v %v", list, err)
			}
		})
	}
}

// exifData is EXIF with an orientation and, if camera, make, model and exposure time.
func exifData(order binary.AppendByteOrder, orientation uint16, camera bool) []byte {
	o := order.(binary.ByteOrder)
	b := []byte("II*\x00\x08\x00\x00\x00")
	if o == binary.ByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*\x00\x00\x00\x08")
	}
	n := uint16(1)
	if camera {
		n = 4
	}
	entry := func(tag, kind uint16, count, v uint32) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, count)
		if kind == 3 {
			b = order.AppendUint16(b, uint16(v))
			b = order.AppendUint16(b, 0)
		} else {
			b = order.AppendUint32(b, v)
		}
	}
	data := uint32(8 + 2 + 12*uint32(n) + 4)
	b = order.AppendUint16(b, n)
	if camera {
		entry(tagMake, 2, 6, data)
		entry(tagModel, 2, 10, data+6)
	}
	entry(tagOrientation, 3, 1, uint32(orientation))
	if camera {
		entry(tagExifIFD, 4, 1, data+16)
	}
	b = order.AppendUint32(b, 0)
	if camera {
		b = append(b, "Maker\x00Maker One\x00"...)
		b = order.AppendUint16(b, 1)
		entry(tagExposureTime, 5, 1, data+16+2+12+4)
		b = order.AppendUint32(b, 0)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint32(b, 125)
	}
	return b
}

// withEXIF puts EXIF data into a JPEG.
func withEXIF(jpg, exif []byte) []byte {
	b := append([]byte(nil), jpg[:2]...)
	b = append(b, 0xff, 0xe1)
	b = binary.BigEndian.AppendUint16(b, uint16(2+6+len(exif)))
	b = append(append(b, "Exif\x00\x00"...), exif...)
	return append(b, jpg[2:]...)
}

func TestOrientation(t *testing.T) {
	stored := corner(40, 20)
	for o, want := range []string{
		1: "top left", 2: "top right", 3: "bottom right", 4: "bottom left",
		5: "top left", 6: "top right", 7: "bottom right", 8: "bottom left", 9: "top left",
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			if o == 0 {
				continue
			}
			t.Run(fmt.Sprintf("%d %v", o, order), func(t *testing.T) {
				d := open(t, "a.jpg", withEXIF(jpegBytes(t, stored), exifData(order, uint16(o), false)))
				img, err := d.Render(context.Background(), 0, 0)
				if err != nil {
					t.Fatal(err)
				}
				w, h := 40, 20
				if o >= 5 && o <= 8 {
					w, h = 20, 40
				}
				if s, _ := d.PageSize(0); s != (PageSize{float64(w), float64(h)}) || img.Rect != image.Rect(0, 0, w, h) {
					t.Errorf("page %v, picture %v, want %d×%d", s, img.Rect, w, h)
				}
				if got := darkCorner(img); got != want {
					t.Errorf("dark corner %s, want %s", got, want)
				}
			})
		}
	}
}

// Turning by an orientation and by its inverse gives the picture back: no pixel is lost on the way.
func TestTurnIsExact(t *testing.T) {
	src := toRGBA(noise(13, 7))
	for o, inverse := range map[int]int{2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6} {
		if got := turnRGBA(turnRGBA(src, o), inverse); !bytes.Equal(got.Pix, src.Pix) || got.Rect != src.Rect {
			t.Errorf("orientation %d", o)
		}
	}
}

func TestTIFFPages(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		d := open(t, "a.tif", tiffFile(order, 0, []tiffPage{{16, 8, 0}, {8, 24, 0}, {10, 12, 6}}))
		if d.NumPages() != 3 {
			t.Fatalf("%d pages", d.NumPages())
		}
		for _, i := range []int{2, 0, 1, 1} {
			img, err := d.Render(context.Background(), i, 0)
			if err != nil {
				t.Fatal(err)
			}
			want := []image.Rectangle{image.Rect(0, 0, 16, 8), image.Rect(0, 0, 8, 24), image.Rect(0, 0, 12, 10)}[i]
			if img.Rect != want || img.Pix[0] != uint8(10*(i+1)) {
				t.Errorf("page %d: %v gray %d", i, img.Rect, img.Pix[0])
			}
			if s, _ := d.PageSize(i); s.Width != float64(want.Dx()) {
				t.Errorf("page %d: size %v", i, s)
			}
		}
		if _, err := d.Render(context.Background(), 3, 0); CodeOf(err) != ErrNoPage {
			t.Errorf("page 4 of 3: %v", err)
		}
	}
}

func TestRenderScalesByResolution(t *testing.T) {
	jpg := jpegBytes(t, corner(400, 200))
	jfif := append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00\xc8\x00\xc8\x00\x00"), jpg[2:]...) // 200 dpi
	for _, c := range []struct {
		name string
		b    []byte
		dpi  float64
		w    int
	}{
		{"own pixels", jfif, 0, 400},
		{"half", jfif, 100, 200},
		{"the same", jfif, 200, 400},
		{"resolution not known", jpg, 100, 400},
	} {
		img, err := open(t, "a.jpg", c.b).Render(context.Background(), 0, c.dpi)
		if err != nil || img.Rect.Dx() != c.w || darkCorner(img) != "top left" {
			t.Errorf("%s: %v %v, want width %d", c.name, img.Rect, err, c.w)
		}
	}
}

func TestImageKinds(t *testing.T) {
	photo := withEXIF(jpegBytes(t, corner(400, 300)), exifData(binary.LittleEndian, 1, true))
	software := func(s string) []byte { // PNG tEXt chunk before the pixels
		b := pngBytes(t, corner(300, 200))
		chunk := append([]byte("tEXtSoftware\x00"), s...)
		c := binary.BigEndian.AppendUint32(nil, uint32(len(chunk)-4))
		c = append(c, chunk...)
		c = binary.BigEndian.AppendUint32(c, checksum(chunk))
		return append(append(append([]byte(nil), b[:33]...), c...), b[33:]...)
	}
	for _, c := range []struct {
		name   string
		b      []byte
		kind   InputKind
		reason string
	}{
		{"photo.jpg", photo, InputPhoto, ReasonEXIFCamera},
		{"screen.png", pngBytes(t, corner(1920, 1080)), InputScreenshot, ReasonScreenSize},
		{"phone.png", pngBytes(t, corner(1080, 2400)), InputScreenshot, ReasonScreenSize},
		{"screen.jpg", jpegBytes(t, corner(1920, 1080)), InputUnknown, ReasonUndetermined},
		{"gnome.png", software("gnome-screenshot"), InputScreenshot, ReasonScreenshot},
		{"scanner.png", software("VueScan 9"), InputScan, ReasonScannerName},
		{"a4.jpg", jpegBytes(t, corner(1240, 1754)), InputScan, ReasonPaperSize},
		{"a4 with margin.png", pngBytes(t, corner(1654, 2322)), InputScan, ReasonPaperSize},
		{"fax.tif", tiffFile(binary.LittleEndian, 0, []tiffPage{{16, 8, 0}, {16, 8, 0}}), InputScan, ReasonFax},
		{"some.png", pngBytes(t, corner(123, 45)), InputUnknown, ReasonUndetermined},
	} {
		d := open(t, c.name, c.b)
		if i := d.Info(); i.Kind != c.kind || i.KindReason != c.reason {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, i.Kind, i.KindReason, c.kind, c.reason)
		}
	}
	if m := open(t, "photo.jpg", photo).Metadata(); m.Camera != "Maker One" {
		t.Errorf("camera %q", m.Camera)
	}
}

func TestPDFDates(t *testing.T) {
	for s, want := range map[string]string{
		"D:20210812093000+08'00'": "2021-08-12T09:30:00+08:00",
		"D:20210812093000+08'00":  "2021-08-12T09:30:00+08:00",
		"D:20210812093000Z":       "2021-08-12T09:30:00Z",
		"D:20210812093000-0530":   "2021-08-12T09:30:00-05:30", // without the apostrophe, as some write
		"D:20210812":              "2021-08-12T00:00:00Z",
		"D:2021":                  "2021-01-01T00:00:00Z",
		"20210812":                "2021-08-12T00:00:00Z",
		"D:20211399":              "0001-01-01T00:00:00Z",
		"yesterday":               "0001-01-01T00:00:00Z",
		"":                        "0001-01-01T00:00:00Z",
	} {
		if got := pdfTime(s).Format("2006-01-02T15:04:05Z07:00"); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

// TestUprightTurnsPictureAndPlacesAlike follows one marked pixel.
func TestUprightTurnsPictureAndPlacesAlike(t *testing.T) {
	const w, h, x, y = 7, 4, 2, 1
	src := image.NewRGBA(image.Rect(0, 0, w, h))
	mark := color.RGBA{200, 1, 2, 255}
	src.SetRGBA(x, y, mark)
	place := page.Box{X0: x, Y0: y, X1: x + 1, Y1: y + 1}
	for turns := -4; turns <= 4; turns++ {
		got := Upright(src, turns)
		at := place.Turned(turns, w, h)
		if got.RGBAAt(int(at.X0), int(at.Y0)) != mark {
			t.Errorf("%d quarter turns: the mark is not at %v", turns, at)
		}
		if back := at.Turned(-turns, float64(got.Rect.Dx()), float64(got.Rect.Dy())); back != place {
			t.Errorf("%d quarter turns and back: %v", turns, back)
		}
		if none := (page.Box{}).Turned(turns, w, h); !none.IsZero() {
			t.Errorf("%d quarter turns make a place of none: %v", turns, none)
		}
	}
	// A line that runs downwards is read along the page's height: its start comes to the left.
	if at := place.Turned(1, w, h); at.X0 != y || at.Y0 != w-x-1 {
		t.Errorf("one quarter turn: %v", at)
	}
}

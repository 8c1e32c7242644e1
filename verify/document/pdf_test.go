package document

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"math"
	"strings"
	"testing"

	"zhengyan/verify/page"
)

func TestPDFTextPlaces(t *testing.T) {
	for _, c := range []struct {
		name, page string
		w, h       float64
		x, y       float64 // centre of the first character, roughly
	}{
		{"upright", "", 595, 842, 104, 138},
		{"turned 90", "/Rotate 90", 842, 595, 704, 104},
		{"turned 180", "/Rotate 180", 595, 842, 491, 704},
		{"turned 270", "/Rotate 270", 842, 595, 138, 491},
		{"crop box", "/CropBox[50 100 550 800]", 500, 700, 54, 96},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := open(t, "a.pdf", onePage(someText, "", c.page).bytes())
			s, err := d.PageSize(0)
			if err != nil || math.Abs(s.Width-c.w) > .1 || math.Abs(s.Height-c.h) > .1 {
				t.Fatalf("size %v %v, want %v × %v", s, err, c.w, c.h)
			}
			text, err := d.Text(context.Background(), 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := plainText(d, t, 0); !strings.HasPrefix(got, "This is a certificate") {
				t.Errorf("text %q", got)
			}
			b := text.Chars[0].Box
			if x, y := (b.X0+b.X1)/2, (b.Y0+b.Y1)/2; math.Abs(x-c.x) > 5 || math.Abs(y-c.y) > 5 {
				t.Errorf("first character at %.0f,%.0f, want %.0f,%.0f", x, y, c.x, c.y)
			}
			if s := text.Chars[0].Size; math.Abs(s-12) > .01 {
				t.Errorf("size %v, want 12", s)
			}
		})
	}
}

func TestPDFTextSizeFollowsMatrix(t *testing.T) {
	d := open(t, "a.pdf", onePage("BT /F1 1 Tf 24 0 0 24 100 700 Tm (Big) Tj ET", "", "").bytes())
	text, err := d.Text(context.Background(), 0)
	if err != nil || len(text.Chars) != 3 || math.Abs(text.Chars[0].Size-24) > .01 {
		t.Fatalf("%v %+v", err, text.Chars)
	}
}

// The picture's dark corner must be where the page shows it, and so must its box, however the page puts it there.
func TestPDFImagesStandAsShown(t *testing.T) {
	for _, c := range []struct {
		name, matrix, page string
		box                page.Box
		dark               string
		w, h               int
	}{
		{"upright", "100 0 0 50 200 600 cm", "", page.Box{X0: 200, Y0: 192, X1: 300, Y1: 242}, "top left", 40, 20},
		{"upside down", "100 0 0 -50 200 650 cm", "", page.Box{X0: 200, Y0: 192, X1: 300, Y1: 242}, "bottom left", 40, 20},
		{"mirrored", "-100 0 0 50 300 600 cm", "", page.Box{X0: 200, Y0: 192, X1: 300, Y1: 242}, "top right", 40, 20},
		{"turned left by its matrix", "0 100 -50 0 250 600 cm", "", page.Box{X0: 200, Y0: 142, X1: 250, Y1: 242}, "bottom left", 20, 40},
		{"turned right by its matrix", "0 -100 50 0 200 700 cm", "", page.Box{X0: 200, Y0: 142, X1: 250, Y1: 242}, "top right", 20, 40},
		{"page turned", "100 0 0 50 200 600 cm", "/Rotate 90", page.Box{X0: 600, Y0: 200, X1: 650, Y1: 300}, "top right", 20, 40},
		{"page upside down", "100 0 0 50 200 600 cm", "/Rotate 180", page.Box{X0: 295, Y0: 600, X1: 395, Y1: 650}, "bottom right", 40, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := onePage("q "+c.matrix+" /Im Do Q", "/XObject<</Im 6 0 R>>", c.page, grayImage(corner(40, 20), ""))
			d := open(t, "a.pdf", f.bytes())
			list, err := d.Images(context.Background(), 0)
			if err != nil || len(list) != 1 {
				t.Fatalf("%v, %d images", err, len(list))
			}
			im := list[0]
			if !near(im.Box, c.box) {
				t.Errorf("box %v, want %v", im.Box, c.box)
			}
			if got := darkCorner(im.Pixels); got != c.dark {
				t.Errorf("dark corner %s, want %s", got, c.dark)
			}
			if b := im.Pixels.Bounds(); b.Dx() != c.w || b.Dy() != c.h {
				t.Errorf("pixels %v, want %d×%d", b, c.w, c.h)
			}
			// The page as it is painted must agree.
			r, err := d.Render(context.Background(), 0, 72)
			if err != nil {
				t.Fatal(err)
			}
			if got := darkCorner(r.SubImage(rectOf(c.box))); got != c.dark {
				t.Errorf("rendered dark corner %s, want %s", got, c.dark)
			}
		})
	}
}

func near(a, b page.Box) bool {
	return math.Abs(a.X0-b.X0)+math.Abs(a.Y0-b.Y0)+math.Abs(a.X1-b.X1)+math.Abs(a.Y1-b.Y1) < 0.5
}

func TestPDFImageInsideForms(t *testing.T) {
	f := onePage("q 2 0 0 2 100 100 cm /Fm Do Q", "/XObject<</Fm 7 0 R>>", "", grayImage(corner(40, 20), ""), func(f *pdfFile) {
		f.stream("/Type/XObject/Subtype/Form/BBox[0 0 500 500]/Matrix[1 0 0 1 10 20]/Resources<</XObject<</Im 6 0 R>>>>",
			[]byte("q 40 0 0 20 5 5 cm /Im Do Q"))
	})
	d := open(t, "a.pdf", f.bytes())
	list, err := d.Images(context.Background(), 0)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %d images", err, len(list))
	}
	if want := (page.Box{X0: 130, Y0: 842 - 190, X1: 210, Y1: 842 - 150}); !near(list[0].Box, want) {
		t.Errorf("box %v, want %v", list[0].Box, want)
	}
}

// What annotations and form fields show is part of what the page shows: their text, their pictures, in their places.
func TestAnnotationsAreShown(t *testing.T) {
	f := onePage(someText, "", "/Annots[7 0 R 9 0 R 10 0 R]", grayImage(corner(40, 20), ""))
	widget := func(rect, flags, ap string) {
		f.add("<</Type/Annot/Subtype/Widget/FT/Tx/T(t%d)/Rect[%s]/F %s/AP<</N %s>>>>", len(f.objs), rect, flags, ap)
	}
	widget("100 500 200 520", "4", "8 0 R")
	f.stream("/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1 5 0 R>>/XObject<</Im 6 0 R>>>>",
		[]byte("BT /F1 12 Tf 2 4 Td (value) Tj ET q 40 0 0 20 60 0 cm /Im Do Q"))
	widget("100 400 200 420", "2", "8 0 R") // hidden
	widget("100 300 200 320", "4", "8 0 R")
	b := f.bytes()
	d := open(t, "a.pdf", b)
	text := plainText(d, t, 0)
	if strings.Count(text, "value") != 2 || !strings.HasPrefix(text, "This is") {
		t.Errorf("text %q", text)
	}
	list, err := d.Images(context.Background(), 0)
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %d images", err, len(list))
	}
	if want := (page.Box{X0: 160, Y0: 322, X1: 200, Y1: 342}); !near(list[0].Box, want) {
		t.Errorf("box %v, want %v", list[0].Box, want)
	}
	r, err := d.Render(context.Background(), 0, 72)
	if err != nil || darkCorner(r.SubImage(rectOf(list[1].Box))) != "top left" {
		t.Errorf("%v, the picture is not painted", err)
	}
	if !bytes.Equal(d.Bytes(), b) {
		t.Error("the file's bytes were changed")
	}
}

// Flattening does not look for what a page inherits: the page must be read right all the same.
func TestAnnotatedPageInherits(t *testing.T) {
	for _, inherited := range []string{"/MediaBox[0 0 500 600]", "/Resources<</Font<</F1 5 0 R>>>>", "/Rotate 180", ""} {
		page := "/MediaBox[0 0 500 600]/Resources<</Font<</F1 5 0 R>>>>/Rotate 180"
		f := onePage("BT /F1 12 Tf 100 500 Td (This is text) Tj ET", "", "")
		f.objs[1] = "<</Type/Pages/Kids[3 0 R]/Count 1" + inherited + ">>"
		f.objs[2] = "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Annots[6 0 R]" + strings.Replace(page, inherited, "", 1) + ">>"
		f.objs[4] = strings.Replace(f.objs[4], "Helvetica", "Courier", 1)
		f.add("<</Type/Annot/Subtype/Widget/FT/Tx/T(t)/Rect[100 300 200 320]/F 4/AP<</N 7 0 R>>>>")
		f.stream("/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1 5 0 R>>>>", []byte("BT /F1 12 Tf 2 4 Td (value) Tj ET"))
		d := open(t, "a.pdf", f.bytes())
		if text := plainText(d, t, 0); text != "This is textvalue" || hasProblem(d, ProblemAnnotations) {
			t.Errorf("%s: text %q, problems %v", inherited, text, d.Problems())
		}
		if text, _ := d.Text(context.Background(), 0); len(text.Fonts) != 1 || text.Fonts[0].Name != "Courier" {
			t.Errorf("%s: fonts %v", inherited, text.Fonts)
		}
		if s, err := d.PageSize(0); err != nil || s != (PageSize{500, 600}) {
			t.Errorf("%s: %v %v", inherited, s, err)
		}
		r, err := d.Render(context.Background(), 0, 72)
		if err != nil || r.Rect != image.Rect(0, 0, 500, 600) || ink(r, boxAt(300, 300, 400, 320)) == 0 {
			t.Errorf("%s: the field is not painted (%v)", inherited, err)
		}
	}
}

func boxAt(x0, y0, x1, y1 float64) page.Box { return page.Box{X0: x0, Y0: y0, X1: x1, Y1: y1} }

// A scan with a signature field is a scan, however long the field's text.
func TestSignedScanIsAScan(t *testing.T) {
	f := onePage("q 595 0 0 842 0 0 cm /Im Do Q", "/XObject<</Im 6 0 R>>", "/Annots[7 0 R]", grayImage(corner(124, 175), ""))
	f.add("<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[100 500 400 520]/F 4/AP<</N 8 0 R>>>>")
	f.stream("/Type/XObject/Subtype/Form/BBox[0 0 300 20]/Resources<</Font<</F1 5 0 R>>>>",
		[]byte("BT /F1 6 Tf 2 4 Td (Digitally signed by somebody with a long name at some time and place) Tj ET"))
	if i := open(t, "a.pdf", f.bytes()).Info(); i.Kind != InputScan {
		t.Errorf("%s (%s)", i.Kind, i.KindReason)
	}
}

func TestPDFKinds(t *testing.T) {
	fullPage := "q 595 0 0 842 0 0 cm /Im Do Q\n"
	text := strings.Repeat("BT /F1 12 Tf 50 %d Td (words of a certificate) Tj ET\n", 1)
	lines := ""
	for y := 700; y > 400; y -= 20 {
		lines += fmt.Sprintf(text, y)
	}
	vector := strings.Repeat("10 10 m 100 100 l S\n", 40)
	im := grayImage(corner(124, 175), "")
	xo := "/XObject<</Im 6 0 R>>"
	for _, c := range []struct {
		name, content, info string
		kind                InputKind
		reason              string
	}{
		{"text", lines, "", InputOriginal, ReasonTextLayer},
		{"text over a background picture", fullPage + lines, "", InputOriginal, ReasonTextLayer},
		{"picture only", fullPage, "", InputScan, ReasonFullPage},
		{"invisible text over the picture", fullPage + "3 Tr " + lines, "", InputScan, ReasonOCRLayer},
		{"text under the picture", lines + fullPage, "", InputScan, ReasonOCRLayer},
		{"page number on a scan", fullPage + "BT /F1 9 Tf 300 20 Td (- 1 -) Tj ET", "", InputScan, ReasonFullPage},
		{"a long header over a scan with its text", fullPage + "BT /F1 8 Tf 40 820 Td (Tender No. 2026-0417-A / Bidder: Example Construction Group / page 12 of 88) Tj ET 3 Tr " + lines, "", InputScan, ReasonOCRLayer},
		{"a little text under a certificate's background", "BT /F1 8 Tf 40 820 Td (search words) Tj ET " + fullPage + lines, "", InputOriginal, ReasonTextLayer},
		{"picture by a phone's scanner", fullPage, "/Producer(CamScanner)", InputPhoto, ReasonScannerApp},
		{"curves", vector, "", InputOriginal, ReasonVector},
		{"blank", "", "", InputUnknown, ReasonNoContent},
		{"small picture only", "q 100 0 0 100 0 0 cm /Im Do Q", "", InputUnknown, ReasonUndetermined},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := onePage(c.content, xo, "", im)
			if c.info != "" {
				n := f.add("<<%s>>", c.info)
				f.trailer = fmt.Sprintf("/Info %d 0 R", n)
			}
			i := open(t, "a.pdf", f.bytes()).Info()
			if i.Kind != c.kind || i.KindReason != c.reason {
				t.Errorf("%s (%s), want %s (%s)", i.Kind, i.KindReason, c.kind, c.reason)
			}
		})
	}
}

// What a reader sees and what the file holds besides are two layers, which together are the text.
func TestLayers(t *testing.T) {
	fullPage := "q 595 0 0 842 0 0 cm /Im Do Q\n"
	text := "BT /F1 12 Tf 50 700 Td (certificate) Tj ET\n"
	for _, c := range []struct{ name, content, shown, hidden string }{
		{"text", text, "certificate", ""},
		{"over a background picture", fullPage + text, "certificate", ""},
		{"invisible", "q 3 Tr " + text + "Q BT /F1 12 Tf 50 600 Td (bid) Tj ET", "bid", "certificate"},
		{"under a picture", text + fullPage + "BT /F1 12 Tf 50 600 Td (bid) Tj ET", "bid", "certificate"},
		{"over a picture, invisible", fullPage + "3 Tr " + text, "", "certificate"},
	} {
		d := open(t, "a.pdf", onePage(c.content, "/XObject<</Im 6 0 R>>", "", grayImage(corner(124, 175), "")).bytes())
		shown, hidden, err := d.Layers(context.Background(), 0)
		if err != nil || letters(shown) != c.shown || letters(hidden) != c.hidden {
			t.Errorf("%s: shown %q, hidden %q, %v", c.name, letters(shown), letters(hidden), err)
		}
		if all, err := d.Text(context.Background(), 0); err != nil || len(all.Chars) != len(shown.Chars)+len(hidden.Chars) || shown.Width != all.Width || hidden.Height != all.Height {
			t.Errorf("%s: %d characters, %v", c.name, len(all.Chars), err)
		}
	}
}

func letters(t page.Text) (s string) {
	for _, c := range t.Chars {
		s += string(c.R)
	}
	return s
}

func rectOf(b page.Box) image.Rectangle {
	return image.Rect(int(b.X0), int(b.Y0), int(b.X1), int(b.Y1))
}

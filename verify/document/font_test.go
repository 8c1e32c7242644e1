package document

import (
	"context"
	"fmt"
	"image"
	"strings"
	"testing"

	"zhengyan/assets"
	"zhengyan/verify/page"
)

// chinesePage is a page whose font is SimSun, not embedded, with the given encoding and hexadecimal text.
func chinesePage(encoding, ordering, hexText, fontEntries string) []byte {
	return onePage("BT /F2 40 Tf 100 700 Td <"+hexText+"> Tj ET", "", "", func(f *pdfFile) {
		f.add("<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/%s/DescendantFonts[7 0 R]%s>>", encoding, fontEntries)
		f.add("<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering(%s)/Supplement 2>>/FontDescriptor 8 0 R/DW 1000>>", ordering)
		f.add("<</Type/FontDescriptor/FontName/SimSun/Flags 4/FontBBox[0 -200 1000 900]/Ascent 859/Descent -141/ItalicAngle 0/CapHeight 700/StemV 80>>")
		f.objs[2] = strings.Replace(f.objs[2], "/F1 5 0 R", "/F1 5 0 R/F2 6 0 R", 1)
	}).bytes()
}

// Certificates may come with Chinese fonts that are not embedded: their text must be read and shown all the same.
func TestChineseFontNotEmbedded(t *testing.T) {
	for _, c := range []struct{ name, encoding, ordering, hex string }{
		{"UniGB-UCS2-H", "UniGB-UCS2-H", "GB1", "8BC14E66"},
		{"GBK-EUC-H", "GBK-EUC-H", "GB1", "D6A4CAE9"},
		{"UniGB-UTF16-H", "UniGB-UTF16-H", "GB1", "8BC14E66"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := chinesePage(c.encoding, c.ordering, c.hex, "")
			d := open(t, "a.pdf", b)
			if got := plainText(d, t, 0); got != "证书" {
				t.Errorf("text %q", got)
			}
			text, _ := d.Text(context.Background(), 0)
			if want := []page.Font{{Name: "SimSun", Embedded: false, ToUnicode: true}}; fmt.Sprint(text.Fonts) != fmt.Sprint(want) {
				t.Errorf("fonts %+v", text.Fonts)
			}
			if box := text.Chars[1].Box; box.X0 < 138 || box.X1 > 182 || box.Y0 < 100 || box.Y1 > 160 {
				t.Errorf("second character at %v", box)
			}
			if !hasProblem(d, ProblemFont) {
				t.Errorf("problems %v", d.Problems())
			}
			// With no font of ours PDFium shows nothing: the answer must say so.
			bare := with(t, Limits{})
			bare.cfg.Font = nil
			e, err := bare.Open(context.Background(), SourceBytes("a.pdf", b))
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			e.Text(context.Background(), 0)
			if !hasProblem(e, ProblemNoFont) || hasProblem(d, ProblemNoFont) != (assets.Font() == nil) {
				t.Errorf("without a font: %v; with: %v", e.Problems(), d.Problems())
			}
			if assets.Font() == nil {
				t.Skip("this build has no font: what is shown can't be tested")
			}
			img, err := d.Render(context.Background(), 0, 72)
			if err != nil {
				t.Fatal(err)
			}
			for i, ch := range text.Chars {
				if n := ink(img, ch.Box); n < 100 {
					t.Errorf("character %d: %d dark pixels", i, n)
				}
			}
		})
	}
}

func ink(img *image.RGBA, b page.Box) (n int) {
	for y := int(b.Y0); y < int(b.Y1); y++ {
		for x := int(b.X0); x < int(b.X1); x++ {
			if img.RGBAAt(x, y).R < 128 {
				n++
			}
		}
	}
	return n
}

func TestFontsWithoutUnicode(t *testing.T) {
	toUnicode := "/ToUnicode 9 0 R"
	cmap := "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def 1 begincodespacerange <0000><ffff> endcodespacerange 2 beginbfchar <0001><8BC1> <0002><4E66> endbfchar endcmap end end"
	for _, c := range []struct {
		name, entries string
		want          bool
		text          string
	}{
		{"Identity without a map", "", false, ""},
		{"Identity with a map", toUnicode, true, "证书"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := onePage("BT /F2 40 Tf 100 700 Td <00010002> Tj ET", "", "", func(f *pdfFile) {
				f.add("<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Own/Encoding/Identity-H/DescendantFonts[7 0 R]%s>>", c.entries)
				f.add("<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+Own/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 8 0 R/DW 1000>>")
				f.add("<</Type/FontDescriptor/FontName/ABCDEF+Own/Flags 4/FontBBox[0 -200 1000 900]/Ascent 859/Descent -141/ItalicAngle 0/CapHeight 700/StemV 80>>")
				f.stream("", []byte(cmap))
				f.objs[2] = strings.Replace(f.objs[2], "/F1 5 0 R", "/F1 5 0 R/F2 6 0 R", 1)
			}).bytes()
			d := open(t, "a.pdf", b)
			got := plainText(d, t, 0)
			text, _ := d.Text(context.Background(), 0)
			if len(text.Fonts) != 1 || text.Fonts[0].ToUnicode != c.want || hasProblem(d, ProblemNoUnicode) == c.want {
				t.Errorf("fonts %+v, problems %v", text.Fonts, d.Problems())
			}
			if c.want && got != c.text {
				t.Errorf("text %q, want %q", got, c.text)
			}
		})
	}
}

func TestNonBMPCharacters(t *testing.T) {
	cmap := "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def 1 begincodespacerange <0000><ffff> endcodespacerange 1 beginbfchar <0001><D870DC29> endbfchar endcmap end end"
	b := onePage("BT /F2 40 Tf 100 700 Td <00010001> Tj ET", "", "", func(f *pdfFile) {
		f.add("<</Type/Font/Subtype/Type0/BaseFont/Own/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 9 0 R>>")
		f.add("<</Type/Font/Subtype/CIDFontType2/BaseFont/Own/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 8 0 R/DW 1000>>")
		f.add("<</Type/FontDescriptor/FontName/Own/Flags 4/FontBBox[0 -200 1000 900]/Ascent 859/Descent -141/ItalicAngle 0/CapHeight 700/StemV 80>>")
		f.stream("", []byte(cmap))
		f.objs[2] = strings.Replace(f.objs[2], "/F1 5 0 R", "/F1 5 0 R/F2 6 0 R", 1)
	}).bytes()
	if got := plainText(open(t, "a.pdf", b), t, 0); got != "\U0002c029\U0002c029" {
		t.Errorf("%+q", got)
	}
}

package verifytest

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"zhengyan/verify/internal/truetype"
)

// FontMode is the way in which a specimen's PDF carries its font.
type FontMode int

// The font modes. Real certificates come in each of them.
const (
	FontEmbedded    FontMode = iota // subset, Identity-H, ToUnicode
	FontNoToUnicode                 // subset, Identity-H, no ToUnicode map: the text cannot be read, only seen
	FontSimSun                      // SimSun by name only, UniGB-UCS2-H: Unicode follows from the predefined CMap
)

// pdfFile is a PDF in the making: revisions are appended to buf, each with a classic cross-reference table.
type pdfFile struct {
	buf      bytes.Buffer
	offs     map[int]int // objects of the revision in the making
	next     int         // next free object number
	prevXref int
	title    string
	producer string
	id       string // hexadecimal
	width    float64
	height   float64
	contents string // value of the page's /Contents
	backdrop int    // content stream that all pages of a colour share
	resource string // value of the page's /Resources
	annots   []int
	fields   []int
	before   []int // pages before and behind the certificate
	behind   []int
	extra    string // further catalog entries
	made     time.Time
}

// The fixed object numbers.
const (
	objCatalog = iota + 1
	objPages
	objPage
	objInfo
	objFirstFree
)

func newPDF(title, seed string, w, h float64, made time.Time) *pdfFile {
	sum := sha256.Sum256([]byte("specimen " + seed))
	f := &pdfFile{offs: map[int]int{}, next: objFirstFree, title: title, producer: "Zhengyan specimen writer", id: fmt.Sprintf("%x", sum[:16]), width: w, height: h, made: made}
	f.buf.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return f
}

func (f *pdfFile) alloc() int {
	f.next++
	return f.next - 1
}

func (f *pdfFile) put(n int, body string) {
	f.offs[n] = f.buf.Len()
	fmt.Fprintf(&f.buf, "%d 0 obj\n%s\nendobj\n", n, body)
}

func (f *pdfFile) add(body string) int {
	n := f.alloc()
	f.put(n, body)
	return n
}

// addStream adds a stream; dict is what stands between << and >> without the length and filter.
func (f *pdfFile) addStream(dict string, data []byte, compress bool) int {
	n := f.alloc()
	if compress {
		data = deflate(data)
		dict += " /Filter /FlateDecode"
	}
	f.offs[n] = f.buf.Len()
	fmt.Fprintf(&f.buf, "%d 0 obj\n<< %s /Length %d >>\nstream\n", n, dict, len(data))
	f.buf.Write(data)
	f.buf.WriteString("\nendstream\nendobj\n")
	return n
}

func deflate(data []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write(data) // a bytes.Buffer takes every write
	_ = w.Close()
	return z.Bytes()
}

func refs(ns []int) string {
	var b strings.Builder
	for _, n := range ns {
		fmt.Fprintf(&b, "%d 0 R ", n)
	}
	return strings.TrimSpace(b.String())
}

func (f *pdfFile) putPage() {
	annots := ""
	if len(f.annots) > 0 {
		annots = " /Annots [" + refs(f.annots) + "]"
	}
	f.put(objPage, fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Contents %s /Resources %s%s >>",
		objPages, num(f.width), num(f.height), f.contents, f.resource, annots))
}

func (f *pdfFile) putCatalog() {
	form := ""
	if len(f.fields) > 0 {
		form = fmt.Sprintf(" /AcroForm << /Fields [%s] /SigFlags 3 >>", refs(f.fields))
	}
	f.put(objCatalog, fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R%s%s >>", objPages, form, f.extra))
}

// setContents makes the page show the backdrop and then stream n.
func (f *pdfFile) setContents(n int) { f.contents = fmt.Sprintf("[%d 0 R %d 0 R]", f.backdrop, n) }

// addPage adds a further page over a backdrop (0 for none) and returns its object number.
func (f *pdfFile) addPage(c *canvas, backdrop int) int {
	stream, res := f.content(c, FontEmbedded, "")
	under := ""
	if backdrop != 0 {
		under = fmt.Sprintf("%d 0 R ", backdrop)
	}
	return f.add(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Contents [%s%d 0 R] /Resources %s >>",
		objPages, num(c.w), num(c.h), under, f.addStream("", stream, true), res))
}

func (f *pdfFile) putPages() {
	kids := append(append(append([]int(nil), f.before...), objPage), f.behind...)
	f.put(objPages, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", refs(kids), len(kids)))
}

// begin writes what the first revision needs besides the page's own content.
func (f *pdfFile) begin() {
	f.putCatalog()
	f.putPages()
	f.putPage()
	when := pdfDate(f.made)
	f.put(objInfo, fmt.Sprintf("<< /Title %s /Producer (%s) /CreationDate (%s) /ModDate (%s) >>", pdfText(f.title), f.producer, when, when))
}

// commit ends a revision with its cross-reference table and trailer.
func (f *pdfFile) commit() {
	nums := make([]int, 0, len(f.offs))
	for n := range f.offs {
		nums = append(nums, n)
	}
	sort.Ints(nums)
	at := f.buf.Len()
	f.buf.WriteString("xref\n")
	if f.prevXref == 0 {
		f.buf.WriteString("0 1\n0000000000 65535 f \n")
	}
	for i := 0; i < len(nums); {
		j := i
		for j+1 < len(nums) && nums[j+1] == nums[j]+1 {
			j++
		}
		fmt.Fprintf(&f.buf, "%d %d\n", nums[i], j-i+1)
		for ; i <= j; i++ {
			fmt.Fprintf(&f.buf, "%010d 00000 n \n", f.offs[nums[i]])
		}
	}
	prev := ""
	if f.prevXref != 0 {
		prev = fmt.Sprintf(" /Prev %d", f.prevXref)
	}
	fmt.Fprintf(&f.buf, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>]%s >>\nstartxref\n%d\n%%%%EOF\n",
		f.next, objCatalog, objInfo, f.id, f.id, prev, at)
	f.prevXref = at
	f.offs = map[int]int{}
}

func num(v float64) string {
	b := strconv.AppendFloat(make([]byte, 0, 16), v, 'f', 3, 64)
	b = bytes.TrimRight(bytes.TrimRight(b, "0"), ".")
	if s := string(b); s != "-0" && s != "" {
		return s
	}
	return "0"
}

// pdfText writes a text string as UTF-16BE with a byte order mark, in hexadecimal.
func pdfText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}

func pdfDate(t time.Time) string { return "D:" + t.Format("20060102150405") + "+08'00'" }

// content writes a canvas as a content stream and adds the fonts and pictures that it uses to the file.
// It returns the stream's bytes and the value of /Resources. also names characters that the subset must hold although
// the page does not show them (a later revision may).
func (f *pdfFile) content(c *canvas, mode FontMode, also string) (stream []byte, resources string) {
	var b bytes.Buffer
	sub := truetype.NewSubset(c.face.Face)
	for _, r := range also {
		sub.Add(r)
	}
	var xobjects strings.Builder
	fontUsed, stamps := false, false
	stamp := func(on bool, draw func()) {
		if !on {
			draw()
			return
		}
		stamps = true
		b.WriteString("q /GS1 gs\n")
		draw()
		b.WriteString("Q\n")
	}
	for _, op := range c.ops {
		switch o := op.(type) {
		case fillOp:
			stamp(o.mul, func() {
				writeColour(&b, o.c, "rg")
				writePath(&b, o.p)
				b.WriteString("f\n")
			})
		case strokeOp:
			stamp(o.mul, func() {
				writeColour(&b, o.c, "RG")
				fmt.Fprintf(&b, "%s w\n", num(o.w))
				writePath(&b, o.p)
				b.WriteString("S\n")
			})
		case textOp:
			fontUsed = true
			writeText(&b, sub, mode, o)
		case imageOp:
			n := f.addImage(o)
			fmt.Fprintf(&xobjects, "/Im%d %d 0 R ", n, n)
			fmt.Fprintf(&b, "q %s 0 0 %s %s %s cm /Im%d Do Q\n", num(o.w), num(o.h), num(o.x), num(o.y), n)
		}
	}
	res := ""
	if fontUsed {
		res += fmt.Sprintf(" /Font << /F1 %d 0 R >>", f.addFont(sub, mode))
	}
	if xobjects.Len() > 0 {
		res += " /XObject << " + xobjects.String() + ">>"
	}
	if stamps {
		res += " /ExtGState << /GS1 << /Type /ExtGState /BM /Multiply >> >>"
	}
	return b.Bytes(), "<<" + res + " >>"
}

func writeColour(b *bytes.Buffer, c rgb, op string) {
	fmt.Fprintf(b, "%s %s %s %s\n", num(c[0]), num(c[1]), num(c[2]), op)
}

func writePath(b *bytes.Buffer, p path) {
	put := func(op string, pts ...point) {
		for _, q := range pts {
			b.WriteString(num(q.x))
			b.WriteByte(' ')
			b.WriteString(num(q.y))
			b.WriteByte(' ')
		}
		b.WriteString(op)
		b.WriteByte('\n')
	}
	for _, s := range p {
		switch s.op {
		case opMove:
			put("m", s.p[0])
		case opLine:
			put("l", s.p[0])
		case opCurve:
			put("c", s.p[:]...)
		case opClose:
			put("h")
		}
	}
}

func writeText(b *bytes.Buffer, sub *truetype.Subset, mode FontMode, o textOp) {
	b.WriteString("BT\n")
	writeColour(b, o.c, "rg")
	if o.bold > 0 {
		writeColour(b, o.c, "RG")
		fmt.Fprintf(b, "2 Tr %s w\n", num(o.bold))
	} else {
		b.WriteString("0 Tr\n")
	}
	fmt.Fprintf(b, "/F1 %s Tf %s %s %s %s %s %s Tm <%s> Tj\nET\n", num(o.size),
		num4(o.m[0]), num4(o.m[1]), num4(o.m[2]), num4(o.m[3]), num(o.m[4]), num(o.m[5]), encodeText(sub, mode, o.s))
}

func num4(v float64) string { return fmt.Sprintf("%.5g", v) }

// encodeText returns the hexadecimal codes that show s.
func encodeText(sub *truetype.Subset, mode FontMode, s string) string {
	var b strings.Builder
	for _, r := range s {
		code := uint16(r) // UCS-2; such specimens hold no character beyond the BMP
		if mode != FontSimSun {
			code = sub.Add(r)
		}
		fmt.Fprintf(&b, "%04X", code)
	}
	return b.String()
}

func (f *pdfFile) addImage(o imageOp) int {
	b := o.img.Bounds()
	w, h := b.Dx(), b.Dy()
	if o.bilevel {
		row := (w + 7) / 8
		data := make([]byte, row*h)
		for y := range h {
			for x := range w {
				if g := color.GrayModel.Convert(o.img.At(b.Min.X+x, b.Min.Y+y)).(color.Gray); g.Y >= 128 {
					data[y*row+x/8] |= 0x80 >> (x % 8)
				}
			}
		}
		return f.addStream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1", w, h), data, true)
	}
	data, cs := make([]byte, 0, 3*w*h), "/DeviceRGB"
	if g, ok := o.img.(*image.Gray); ok {
		cs = "/DeviceGray"
		for y := range h {
			data = append(data, g.Pix[y*g.Stride:y*g.Stride+w]...)
		}
	} else {
		for y := range h {
			for x := range w {
				r, g, bl, _ := o.img.At(b.Min.X+x, b.Min.Y+y).RGBA()
				data = append(data, byte(r>>8), byte(g>>8), byte(bl>>8))
			}
		}
	}
	return f.addStream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace %s /BitsPerComponent 8", w, h, cs), data, true)
}

// addFont adds the Type 0 font with its descendants and returns its object number.
func (f *pdfFile) addFont(sub *truetype.Subset, mode FontMode) int {
	if mode == FontSimSun {
		desc := f.add("<< /Type /FontDescriptor /FontName /SimSun /Flags 6 /FontBBox [0 -141 1000 859] /ItalicAngle 0 /Ascent 859 /Descent -141 /CapHeight 683 /StemV 80 >>")
		cid := f.add(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor %d 0 R /DW 1000 /W [1 95 500] >>", desc))
		return f.add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts [%d 0 R] >>", cid))
	}
	ttf := sub.TTF()
	sum := sha256.Sum256(ttf)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	name := string(tag) + "+NotoSansSC-Regular"
	asc, desc := sub.Face().Vertical()
	file := f.addStream(fmt.Sprintf("/Length1 %d", len(ttf)), ttf, true)
	fd := f.add(fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [-1000 %d 2000 %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight 733 /StemV 80 /FontFile2 %d 0 R >>",
		name, desc, asc, asc, desc, file))
	var w strings.Builder
	for i, v := range sub.Widths() {
		fmt.Fprintf(&w, "%d [%d] ", i, v)
	}
	cid := f.add(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 1000 /W [%s] >>",
		name, fd, strings.TrimSpace(w.String())))
	uni := ""
	if mode == FontEmbedded {
		uni = fmt.Sprintf(" /ToUnicode %d 0 R", f.addStream("", sub.ToUnicode(), true))
	}
	return f.add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R]%s >>", name, cid, uni))
}

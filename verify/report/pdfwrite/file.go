// Package pdfwrite writes plain PDF pages: text in one embedded font, lines, filled shapes, pictures, links and bookmarks.
//
// It exists because text beyond U+FFFF must be shown and copied right (names hold such characters) without fonts installed
// in a folder of the machine. It writes PDF 1.7 (ISO 32000-1), the same bytes for the same calls.
package pdfwrite

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"strings"

	"zhengyan/verify/internal/truetype"
)

// A4 in points of 1/72 inch.
const (
	A4Width  = 595.276
	A4Height = 841.89
)

// File is a PDF in the making. It is not safe for use by several goroutines.
type File struct {
	Title string
	Lang  string // BCP 47, for readers that speak
	// Attachment is data that the file carries, nil for none.
	Attachment *Attachment

	face      *Face
	sub       *truetype.Subset
	pages     []*Page
	bookmarks []bookmark
}

type bookmark struct {
	text string
	page *Page
	y    float64
}

// New returns a file without pages whose text is set in face.
func New(face *Face) *File { return &File{face: face, sub: truetype.NewSubset(face.Face)} }

// Face is the font of the file's text.
func (f *File) Face() *Face { return f.face }

// AddPage adds an A4 page behind the others.
func (f *File) AddPage() *Page {
	p := &Page{file: f}
	f.pages = append(f.pages, p)
	return p
}

// Pages returns the pages in order.
func (f *File) Pages() []*Page { return f.pages }

// MoveToFront puts the last n pages before the others.
func (f *File) MoveToFront(n int) {
	k := len(f.pages) - n
	f.pages = append(append([]*Page(nil), f.pages[k:]...), f.pages[:k]...)
}

// Bookmark adds an entry to the file's outline that leads to a height on a page.
func (f *File) Bookmark(text string, p *Page, y float64) {
	f.bookmarks = append(f.bookmarks, bookmark{text, p, y})
}

// writer counts what it writes and remembers where objects begin. The first error sticks.
type writer struct {
	w    io.Writer
	n    int64
	err  error
	offs []int64
}

func (w *writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.w.Write(p)
	w.n += int64(n)
	w.err = err
	return n, err
}

func (w *writer) object(n int, body string) {
	w.offs[n] = w.n
	fmt.Fprintf(w, "%d 0 obj\n%s\nendobj\n", n, body)
}

func (w *writer) stream(n int, dict string, data []byte) {
	w.encoded(n, dict, "FlateDecode", Deflate(data))
}

func (w *writer) encoded(n int, dict, filter string, data []byte) {
	w.offs[n] = w.n
	fmt.Fprintf(w, "%d 0 obj\n<< %s /Filter /%s /Length %d >>\nstream\n", n, dict, filter, len(data))
	_, _ = w.Write(data) // the error sticks in w
	fmt.Fprint(w, "\nendstream\nendobj\n")
}

// Deflate packs data as PDF's FlateDecode and RFC 1950 have it; [Inflate] unpacks them.
func Deflate(data []byte) []byte {
	var z bytes.Buffer
	d := zlib.NewWriter(&z)
	_, _ = d.Write(data) // a bytes.Buffer takes every write
	_ = d.Close()
	return z.Bytes()
}

// WriteTo writes the file. Pages can be changed until then.
func (f *File) WriteTo(out io.Writer) (int64, error) {
	const (
		catalog = catalogNumber
		info    = infoNumber
		tree    = 2
	)
	const (
		typeZero = infoNumber + 1 + iota
		cidFont
		descriptor
		program
		unicode
		firstFree
	)
	next := firstFree
	alloc := func() int { next++; return next - 1 }
	for _, p := range f.pages {
		p.number, p.content = alloc(), alloc()
		for i := range p.images {
			p.images[i].number = alloc()
		}
	}
	outline := 0
	if len(f.bookmarks) > 0 {
		outline = alloc()
		next += len(f.bookmarks)
	}
	w := &writer{w: out, offs: make([]int64, next)}
	hash := sha256.New()
	w.w = io.MultiWriter(out, hash)
	fmt.Fprint(w, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

	var kids strings.Builder
	for _, p := range f.pages {
		fmt.Fprintf(&kids, "%d 0 R ", p.number)
	}
	extra := ""
	if outline != 0 {
		extra = fmt.Sprintf(" /Outlines %d 0 R /PageMode /UseOutlines", outline)
	}
	root := fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R /Lang (%s) /ViewerPreferences << /DisplayDocTitle true >>%s",
		tree, strings.Map(onlyTag, f.Lang), extra)
	w.object(catalog, root+" >>")
	w.object(tree, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.TrimSpace(kids.String()), len(f.pages)))
	w.object(info, fmt.Sprintf("<< /Title <FEFF%s> /Producer (Zhengyan) >>", truetype.UTF16Hex(f.Title)))
	for _, p := range f.pages {
		f.writePage(w, p, tree, typeZero)
	}
	if outline != 0 {
		f.writeOutline(w, outline)
	}
	f.writeFont(w, typeZero, cidFont, descriptor, program, unicode)

	at := w.n
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", next)
	for _, off := range w.offs[1:] {
		fmt.Fprintf(w, "%010d 00000 n \n", off)
	}
	id := fmt.Sprintf("%x", hash.Sum(nil)[:16])
	fmt.Fprintf(w, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n", next, catalog, info, id, id, at)
	if f.Attachment == nil || w.err != nil {
		return w.n, w.err
	}
	data, err := f.Attachment.Data(w.n, hash.Sum(nil))
	if err != nil {
		return w.n, err
	}
	_, _ = w.Write(update{w.n, next, root, id, at, f.Attachment.Name, Deflate(data)}.bytes()) // the error sticks in w
	return w.n, w.err
}

// The numbers of objects that an update names.
const (
	catalogNumber = 1
	infoNumber    = 3
)

func onlyTag(r rune) rune {
	if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

func (f *File) writePage(w *writer, p *Page, tree, font int) {
	var pictures, links strings.Builder
	for i, im := range p.images {
		fmt.Fprintf(&pictures, "/I%d %d 0 R ", i, im.number)
	}
	for _, l := range p.links {
		fmt.Fprintf(&links, "<< /Type /Annot /Subtype /Link /Border [0 0 0] /Rect [%s %s %s %s] /Dest [%d 0 R /XYZ 0 %s null] >> ",
			num(l.x), num(flip(l.y+l.h)), num(l.x+l.w), num(flip(l.y)), l.to.number, num(flip(l.toY)))
	}
	res := fmt.Sprintf("/Font << /F %d 0 R >>", font)
	if pictures.Len() > 0 {
		res += " /XObject << " + pictures.String() + ">>"
	}
	annots := ""
	if links.Len() > 0 {
		annots = " /Annots [" + links.String() + "]"
	}
	w.object(p.number, fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Contents %d 0 R /Resources << %s >>%s >>",
		tree, num(A4Width), num(A4Height), p.content, res, annots))
	w.stream(p.content, "", p.ops.Bytes())
	for _, im := range p.images {
		w.encoded(im.number, fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8",
			im.w, im.h), im.filter, im.data)
	}
}

func (f *File) writeOutline(w *writer, root int) {
	n := len(f.bookmarks)
	w.object(root, fmt.Sprintf("<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>", root+1, root+n, n))
	for i, b := range f.bookmarks {
		around := ""
		if i > 0 {
			around += fmt.Sprintf(" /Prev %d 0 R", root+i)
		}
		if i < n-1 {
			around += fmt.Sprintf(" /Next %d 0 R", root+i+2)
		}
		w.object(root+1+i, fmt.Sprintf("<< /Title <FEFF%s> /Parent %d 0 R%s /Dest [%d 0 R /XYZ 0 %s null] >>",
			truetype.UTF16Hex(b.text), root, around, b.page.number, num(flip(b.y))))
	}
}

func (f *File) writeFont(w *writer, typeZero, cidFont, descriptor, program, unicode int) {
	ttf := f.sub.TTF()
	sum := sha256.Sum256(ttf)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	name := string(tag) + "+Zhengyan"
	asc, desc := f.face.Vertical()
	var widths strings.Builder
	for _, v := range f.sub.Widths() {
		fmt.Fprintf(&widths, "%d ", v)
	}
	w.object(typeZero, fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>",
		name, cidFont, unicode))
	w.object(cidFont, fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "+
		"/FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 1000 /W [0 [%s]] >>", name, descriptor, strings.TrimSpace(widths.String())))
	w.object(descriptor, fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [-1000 %d 2000 %d] /ItalicAngle 0 /Ascent %d /Descent %d "+
		"/CapHeight 733 /StemV 80 /FontFile2 %d 0 R >>", name, desc, asc, asc, desc, program))
	w.stream(program, fmt.Sprintf("/Length1 %d", len(ttf)), ttf)
	w.stream(unicode, "", f.sub.ToUnicode())
}

// num writes a number of a content stream with at most three decimals.
func num(v float64) string {
	b := strconv.AppendFloat(make([]byte, 0, 16), v, 'f', 3, 64)
	b = bytes.TrimRight(bytes.TrimRight(b, "0"), ".")
	if s := string(b); s != "-0" && s != "" {
		return s
	}
	return "0"
}

// flip turns a height below the page's top edge into PDF's height above its bottom edge.
func flip(y float64) float64 { return A4Height - y }

package document

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"unicode/utf16"

	"zhengyan/verify/page"
)

// pages is what a Document needs of the library behind it.
type pages interface {
	count() int
	size(ctx context.Context, i int) (PageSize, error)
	text(ctx context.Context, i int) (page.Text, []Problem, error)
	render(ctx context.Context, i int, dpi float64) (*pixels, error)
	images(ctx context.Context, i int) ([]Image, []Problem, error)
	close()
}

// pdf is a PDF document open in an instance of PDFium.
type pdf struct {
	in     *instance
	limits Limits
	data   uint32 // the file inside PDFium's memory, 0 for a stream
	doc    uint64
	n      int
	fonts  map[string]fontFact // by base font name, from pdfcpu; nil if not known

	cur *pdfPage
}

// pdfPage is the page that is loaded; one at a time.
type pdfPage struct {
	index   int
	doc     uint64 // the document that it is a page of
	own     bool   // which is there for this page only
	handle  uint64
	textp   uint64 // FPDF_TEXTPAGE, 0 until needed
	size    PageSize
	toPage  matrix // PDF user space to page units as shown
	objects []object
	cut     bool // objects over the limit were left out
	walked  bool
	shown   bool // annotations are part of the content
	partial bool // but could not be made so
}

// object is a page object; forms are resolved.
type object struct {
	ptr  uint64
	kind int
	ctm  matrix // of the containing forms
	form bool   // stands inside a form XObject
}

// Kinds of page objects (fpdf_edit.h, FPDF_PAGEOBJ_*).
const (
	objText    = 1
	objPath    = 2
	objImage   = 3
	objShading = 4
	objForm    = 5
)

// Error codes of FPDF_GetLastError (fpdfview.h).
const (
	pdfErrPassword = 4
	pdfErrSecurity = 5
)

func openPDF(ctx context.Context, in *instance, name string, b []byte, limits Limits) (*pdf, error) {
	d := &pdf{in: in, limits: limits}
	var err error
	if d.data, err = in.alloc(ctx, b); err != nil {
		return nil, d.fault(ctx, name, err)
	}
	if d.doc, err = in.call(ctx, "FPDF_LoadMemDocument", uint64(d.data), uint64(len(b)), 0); err != nil {
		return nil, d.fault(ctx, name, err)
	}
	return d.opened(ctx, name)
}

// opened says what is wrong with a document that PDFium did not open, or counts its pages.
func (d *pdf) opened(ctx context.Context, name string) (*pdf, error) {
	in, limits := d.in, d.limits
	if d.doc == 0 {
		code, err := in.quick("FPDF_GetLastError")
		switch {
		case err != nil:
			return nil, d.fault(ctx, name, err)
		case code == pdfErrPassword:
			return nil, fail(ErrEncrypted, name, nil, "password needed")
		case code == pdfErrSecurity:
			return nil, fail(ErrEncrypted, name, nil, "security handler not supported")
		}
		return nil, fail(ErrDamaged, name, nil, "not readable as PDF")
	}
	n, err := in.call(ctx, "FPDF_GetPageCount", d.doc)
	if err != nil {
		return nil, d.fault(ctx, name, err)
	}
	d.n = int(int32(n))
	switch {
	case d.n <= 0:
		return nil, fail(ErrDamaged, name, nil, "no pages")
	case d.n > limits.Pages:
		return nil, fail(ErrTooManyPages, name, nil, "%d pages, limit %d", d.n, limits.Pages)
	}
	return d, nil
}

// fault translates an error of the engine.
func (d *pdf) fault(ctx context.Context, name string, err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if ctx.Err() != nil {
		return ctxError(ctx, name, "PDF engine")
	}
	return fail(ErrTooComplex, name, nil, "%s", err)
}

func (d *pdf) count() int { return d.n }

func (d *pdf) close() { d.in.close() }

// discard closes the document and keeps the instance.
func (d *pdf) discard() {
	d.unload()
	d.in.quick("FPDF_CloseDocument", d.doc)
	if d.data != 0 {
		d.in.free(d.data)
	}
}

// withoutXRef is the file with its pointers to cross-reference tables made unreadable, at unchanged places.
func withoutXRef(b []byte) []byte {
	return bytes.ReplaceAll(b, []byte("startxref"), []byte("startxxxx"))
}

// encrypted reports whether the file is encrypted although it opened without a password.
func (d *pdf) encrypted(ctx context.Context) bool {
	rev, err := d.in.quick("FPDF_GetSecurityHandlerRevision", d.doc)
	return err == nil && int32(rev) >= 0
}

// meta reads an entry of the document information dictionary.
func (d *pdf) meta(ctx context.Context, key string) (string, error) {
	tag, err := d.in.alloc(ctx, append([]byte(key), 0))
	if err != nil {
		return "", err
	}
	defer d.in.free(tag)
	return d.in.text(ctx, "FPDF_GetMetaText", d.doc, uint64(tag))
}

// ids reads the halves of the trailer's /ID.
func (d *pdf) ids(ctx context.Context) ([]string, error) {
	var ids []string
	for kind := range uint64(2) { // permanent, changing
		b, err := d.in.bytesOf(ctx, "FPDF_GetFileIdentifier", d.doc, kind)
		if err != nil {
			return nil, err
		}
		if len(b) > 1 { // PDFium appends a terminator
			ids = append(ids, hex.EncodeToString(b[:len(b)-1]))
		}
	}
	return ids, nil
}

// attachments lists the embedded files without reading them.
func (d *pdf) attachments(ctx context.Context) (list []Attachment, total int, err error) {
	n, err := d.in.call(ctx, "FPDFDoc_GetAttachmentCount", d.doc)
	if err != nil {
		return nil, 0, err
	}
	total = int(int32(n))
	for i := range min(total, d.limits.Attachments) {
		a, err := d.in.call(ctx, "FPDFDoc_GetAttachment", d.doc, uint64(i))
		if err != nil {
			return nil, 0, err
		}
		if a == 0 {
			continue
		}
		name, err := d.in.text(ctx, "FPDFAttachment_GetName", a)
		if err != nil {
			return nil, 0, err
		}
		list = append(list, Attachment{Name: clean(name), Size: -1})
	}
	return list, total, nil
}

// show makes page i the current page with its annotations and form fields made part of its content: a certificate
// may carry its values in form fields, and seals are the appearances of signature fields, which PDFium does not even
// paint otherwise. It works on a copy of the page in a document of its own, because flattening needs what a page
// inherits to stand in the page itself, which the copying sees to.
func (d *pdf) show(ctx context.Context, i int) (*pdfPage, error) {
	p, err := d.load(ctx, i)
	if err != nil || p.shown {
		return p, err
	}
	p.shown = true
	n, err := d.in.quick("FPDFPage_GetAnnotCount", p.handle)
	if err != nil || int32(n) <= 0 {
		return p, err
	}
	before, err := d.fingerprint(ctx, p)
	if err != nil {
		return nil, err
	}
	q, err := d.flattened(ctx, p)
	if err == nil && q != nil {
		var after []uint64
		if after, err = d.fingerprint(ctx, q); err == nil && len(after) >= len(before) && slices.Equal(before, after[:len(before)]) &&
			math.Abs(q.size.Width-p.size.Width)+math.Abs(q.size.Height-p.size.Height) < 0.01 {
			d.unload()
			q.shown = true
			d.cur = q
			return q, nil
		}
		d.closePage(q)
	}
	if d.in.dead != nil {
		return nil, err
	}
	p.partial = true
	return p, nil
}

// flattened gives a copy of a page with its annotations in its content; nil if that can't be made.
func (d *pdf) flattened(ctx context.Context, p *pdfPage) (*pdfPage, error) {
	doc, err := d.in.call(ctx, "FPDF_CreateNewDocument")
	if err != nil || doc == 0 {
		return nil, err
	}
	giveUp := func(err error) (*pdfPage, error) {
		d.in.quick("FPDF_CloseDocument", doc)
		return nil, err
	}
	d.in.mem.WriteUint32Le(d.in.args, uint32(p.index))
	if ok, err := d.in.call(ctx, "FPDF_ImportPagesByIndex", doc, d.doc, d.in.arg(0), 1, 0); err != nil || ok == 0 {
		return giveUp(err)
	}
	h, err := d.in.call(ctx, "FPDF_LoadPage", doc, 0)
	if err != nil || h == 0 {
		return giveUp(err)
	}
	done, err := d.in.call(ctx, "FPDFPage_Flatten", h, 0) // FLAT_NORMALDISPLAY
	if err != nil {
		return nil, err
	}
	d.in.quick("FPDF_ClosePage", h)
	if int32(done) == 0 { // FLATTEN_FAIL
		return giveUp(nil)
	}
	q, err := d.loadFrom(ctx, doc, 0)
	if err != nil {
		return giveUp(err)
	}
	q.index, q.own = p.index, true
	return q, nil
}

// fingerprint is the text of a page, each character with a number for its font's name.
func (d *pdf) fingerprint(ctx context.Context, p *pdfPage) ([]uint64, error) {
	tp, all, err := d.textPage(ctx, p)
	if err != nil {
		return nil, err
	}
	n := min(all, d.limits.PageChars)
	fonts := map[uint64]uint64{} // by text object
	list := make([]uint64, 0, n)
	for c := range n {
		if c%512 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		u, err := d.in.quick("FPDFText_GetUnicode", tp, uint64(c))
		if err != nil {
			return nil, err
		}
		obj, err := d.in.quick("FPDFText_GetTextObject", tp, uint64(c))
		if err != nil {
			return nil, err
		}
		font, seen := fonts[obj]
		if !seen && obj != 0 {
			ptr, err := d.in.quick("FPDFTextObj_GetFont", obj)
			if err == nil && ptr != 0 {
				var name []byte
				name, err = d.in.bytesOf(ctx, "FPDFFont_GetBaseFontName", ptr)
				font = uint64(castagnoli(name))
			}
			if err != nil {
				return nil, err
			}
			fonts[obj] = font
		}
		list = append(list, font<<32|u&0xffffffff)
	}
	return list, nil
}

// load makes page i the current page.
func (d *pdf) load(ctx context.Context, i int) (*pdfPage, error) {
	if d.cur != nil && d.cur.index == i {
		return d.cur, nil
	}
	if i < 0 || i >= d.n {
		return nil, fail(ErrNoPage, "", nil, "page %d of %d", i+1, d.n)
	}
	d.unload()
	p, err := d.loadFrom(ctx, d.doc, i)
	if err != nil {
		return nil, err
	}
	d.cur = p
	return p, nil
}

func (d *pdf) loadFrom(ctx context.Context, doc uint64, i int) (*pdfPage, error) {
	h, err := d.in.call(ctx, "FPDF_LoadPage", doc, uint64(i))
	if err != nil {
		return nil, err
	}
	if h == 0 {
		return nil, fail(ErrDamaged, "", nil, "page %d can't be loaded", i+1)
	}
	p := &pdfPage{index: i, doc: doc, handle: h}
	if _, err := d.in.quick("FPDF_GetPageBoundingBox", h, d.in.arg(0)); err != nil {
		return nil, err
	}
	l, t, r, b := d.in.f32(0), d.in.f32(1), d.in.f32(2), d.in.f32(3)
	rot, err := d.in.quick("FPDFPage_GetRotation", h)
	if err != nil {
		return nil, err
	}
	p.toPage = shownMatrix(l, t, r, b, int(rot&3))
	p.size = PageSize{Width: r - l, Height: t - b}
	if rot&1 == 1 {
		p.size = PageSize{Width: p.size.Height, Height: p.size.Width}
	}
	if !plausible(p.size) {
		d.closePage(p)
		return nil, fail(ErrDamaged, "", nil, "page %d has no usable size", i+1)
	}
	return p, nil
}

func (d *pdf) unload() {
	if d.cur != nil {
		d.closePage(d.cur)
	}
	d.cur = nil
}

func (d *pdf) closePage(p *pdfPage) {
	if d.in.dead != nil {
		return
	}
	if p.textp != 0 {
		d.in.quick("FPDFText_ClosePage", p.textp)
	}
	d.in.quick("FPDF_ClosePage", p.handle)
	if p.own {
		d.in.quick("FPDF_CloseDocument", p.doc)
	}
}

// plausible refuses sizes that no arithmetic should meet. ISO 32000 allows 14,400 units; readers allow more.
func plausible(s PageSize) bool {
	return s.Width > 0 && s.Height > 0 && s.Width < 1e6 && s.Height < 1e6
}

// size asks for a page's size without loading its content.
func (d *pdf) size(ctx context.Context, i int) (PageSize, error) {
	if d.cur != nil && d.cur.index == i {
		return d.cur.size, nil
	}
	if i < 0 || i >= d.n {
		return PageSize{}, fail(ErrNoPage, "", nil, "page %d of %d", i+1, d.n)
	}
	ok, err := d.in.call(ctx, "FPDF_GetPageSizeByIndexF", d.doc, uint64(i), d.in.arg(0))
	if err != nil {
		return PageSize{}, err
	}
	s := PageSize{Width: d.in.f32(0), Height: d.in.f32(1)}
	if ok == 0 || !plausible(s) {
		return PageSize{}, fail(ErrDamaged, "", nil, "page %d has no usable size", i+1)
	}
	return s, nil
}

// walk lists the objects of the current page in painting order, those inside form XObjects included.
func (d *pdf) walk(ctx context.Context, p *pdfPage) error {
	if p.walked {
		return nil
	}
	n, err := d.in.call(ctx, "FPDFPage_CountObjects", p.handle)
	if err != nil {
		return err
	}
	p.walked = true
	return d.walkIn(ctx, p, "FPDFPage_GetObject", p.handle, int(int32(n)), identity, 0)
}

func (d *pdf) walkIn(ctx context.Context, p *pdfPage, get string, parent uint64, n int, ctm matrix, depth int) error {
	for i := range n {
		if len(p.objects) >= d.limits.PageObjects {
			p.cut = true
			return nil
		}
		if i%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		ptr, err := d.in.quick(get, parent, uint64(i))
		if err != nil {
			return err
		}
		if ptr == 0 {
			continue
		}
		kind, err := d.in.quick("FPDFPageObj_GetType", ptr)
		if err != nil {
			return err
		}
		p.objects = append(p.objects, object{ptr: ptr, kind: int(int32(kind)), ctm: ctm, form: depth > 0})
		if kind != objForm {
			continue
		}
		if depth >= d.limits.FormDepth {
			p.cut = true
			continue
		}
		m, err := d.matrixOf(ptr)
		if err != nil {
			return err
		}
		inner, err := d.in.quick("FPDFFormObj_CountObjects", ptr)
		if err != nil {
			return err
		}
		if err := d.walkIn(ctx, p, "FPDFFormObj_GetObject", ptr, int(int32(inner)), m.then(ctm), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (d *pdf) matrixOf(obj uint64) (matrix, error) {
	ok, err := d.in.quick("FPDFPageObj_GetMatrix", obj, d.in.arg(0))
	if err != nil || ok == 0 {
		return identity, err
	}
	return d.readMatrix(), nil
}

func (d *pdf) readMatrix() matrix {
	f := d.in.f32
	return matrix{f(0), f(1), f(2), f(3), f(4), f(5)}
}

// matrix is a PDF transformation: x' = ax + cy + e, y' = bx + dy + f.
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{a: 1, d: 1}

// then applies m first and n second.
func (m matrix) then(n matrix) matrix {
	return matrix{
		m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d,
		m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d,
		m.e*n.a + m.f*n.c + n.e, m.e*n.b + m.f*n.d + n.f,
	}
}

func (m matrix) apply(x, y float64) (float64, float64) {
	return m.a*x + m.c*y + m.e, m.b*x + m.d*y + m.f
}

// box is the upright rectangle around a transformed rectangle.
func (m matrix) box(x0, y0, x1, y1 float64) page.Box {
	b := page.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for _, c := range [4][2]float64{{x0, y0}, {x1, y0}, {x0, y1}, {x1, y1}} {
		x, y := m.apply(c[0], c[1])
		b.X0, b.X1 = min(b.X0, x), max(b.X1, x)
		b.Y0, b.Y1 = min(b.Y0, y), max(b.Y1, y)
	}
	return b
}

// shownMatrix takes PDF user space (y up, the visible box l,t,r,b) to page units as shown (y down, after turning
// clockwise by rot quarters).
func shownMatrix(l, t, r, b float64, rot int) matrix {
	switch rot {
	case 1:
		return matrix{a: 0, b: 1, c: 1, d: 0, e: -b, f: -l}
	case 2:
		return matrix{a: -1, b: 0, c: 0, d: 1, e: r, f: -b}
	case 3:
		return matrix{a: 0, b: -1, c: -1, d: 0, e: t, f: r}
	}
	return matrix{a: 1, b: 0, c: 0, d: -1, e: -l, f: t}
}

func utf16le(b []byte) string {
	u := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		v := binary.LittleEndian.Uint16(b)
		if v == 0 {
			break
		}
		u = append(u, v)
	}
	return string(utf16.Decode(u))
}

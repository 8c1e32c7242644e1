package document

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"sync"
)

// OpenStream opens a source like Open, but without holding a PDF's bytes: a bid book of 2,000 scanned pages and two
// gigabytes costs what one of its pages costs. PDFium asks for the blocks that it needs; since it keeps every object
// that it has seen, the document is opened anew, unseen by the caller, when its memory grows. Bytes is nil, what pdfcpu
// reads of a file's structure is left out, Limits.FileTime holds for each call, and a page on which PDFium fails costs
// that page only. Other formats than PDF are opened by Open.
func (e *Engine) OpenStream(ctx context.Context, src Source) (*Document, error) {
	if ctx.Err() != nil {
		return nil, ctxError(ctx, src.Name, "opening")
	}
	limits := e.cfg.Limits
	switch {
	case src.open == nil:
		return nil, fail(ErrNotFound, src.Name, nil, "source was not made by this package")
	case src.Size > limits.StreamBytes:
		return nil, fail(ErrTooLarge, src.Name, nil, "%d bytes, limit %d", src.Size, limits.StreamBytes)
	}
	r, err := src.open()
	if err != nil {
		return nil, named(err, src.Name, ErrNotReadable)
	}
	head := make([]byte, min(src.Size, headerWindow))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		r.Close()
		return nil, named(err, src.Name, ErrNotReadable)
	}
	if format, _ := Sniff(head); format != FormatPDF {
		r.Close()
		return e.Open(ctx, src)
	}
	sum, err := hashOf(ctx, r, src.Size)
	if err != nil {
		r.Close()
		if ctx.Err() != nil {
			return nil, ctxError(ctx, src.Name, "reading")
		}
		return nil, named(err, src.Name, ErrNotReadable)
	}
	d := &Document{
		name: src.Name, stream: &stream{r: r, size: src.Size}, noFont: e.cfg.Font == nil, limits: limits, budget: limits.FileTime,
		info: Info{Name: src.Name, Size: src.Size, SHA256: sum, Format: FormatPDF},
	}
	if ext := contradicts(src.Name, FormatPDF); ext != "" {
		d.info.Extension = ext
		d.problem(ProblemExtension, fmt.Sprintf(".%s is pdf", ext))
	}
	if at := pdfHeader(head); at > 0 {
		d.problem(ProblemJunkBefore, fmt.Sprintf("%d bytes", at))
	}
	tail := make([]byte, min(src.Size, tailWindow))
	if _, err := r.ReadAt(tail, src.Size-int64(len(tail))); err == nil && endless(tail) {
		d.problem(ProblemRepaired, "no end-of-file marker")
	}
	if err := e.loadInto(ctx, d, nil); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// hashOf reads the whole source once.
func hashOf(ctx context.Context, r io.ReaderAt, size int64) (string, error) {
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for off := int64(0); off < size; {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		n, err := r.ReadAt(buf[:min(int64(len(buf)), size-off)], off)
		h.Write(buf[:n])
		off += int64(n)
		if err != nil && (!errors.Is(err, io.EOF) || off < size) {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// stream is the source of a document whose bytes are not held.
type stream struct {
	mu   sync.Mutex
	r    reader // nil when closed
	size int64
}

func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.r != nil {
		s.r.Close()
	}
	s.r = nil
}

// ReadAt fails after the stream was closed, for the PDFium instances that outlive it.
func (s *stream) ReadAt(b []byte, off int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.r == nil {
		return 0, io.ErrClosedPipe
	}
	return s.r.ReadAt(b, off)
}

// blocks is what go-pdfium reads a stream through. With masked set, the pointers to cross-reference tables are made
// unreadable, as withoutXRef does for bytes.
type blocks struct {
	s      *stream
	at     int64
	masked bool
}

func (b *blocks) Seek(off int64, whence int) (int64, error) {
	if whence != io.SeekStart || off < 0 {
		return b.at, errors.New("seek is from the start only")
	}
	b.at = off
	return off, nil
}

func (b *blocks) Read(p []byte) (n int, err error) {
	defer func() { b.at += int64(n) }()
	if !b.masked {
		return b.s.ReadAt(p, b.at)
	}
	const word = "startxref"
	from := max(b.at-int64(len(word)), 0)
	wide := make([]byte, int(b.at-from)+len(p)+len(word))
	m, err := b.s.ReadAt(wide, from)
	wide = withoutXRef(wide[:m])
	if int64(m) <= b.at-from {
		return 0, err
	}
	n = copy(p, wide[b.at-from:])
	if n == len(p) {
		err = nil
	}
	return n, err
}

// custom opens a stream in PDFium. Its callback is go-pdfium's, which knows readers by a number; its own way of opening
// is not used, since that could not be ended.
func (in *instance) custom(ctx context.Context, b *blocks) (uint64, error) {
	maker, ok := in.pdfium.GetImplementation().(interface {
		CreateFileAccessReader(size int64, r io.ReadSeeker) (*uint64, *uint32, error)
	})
	if !ok {
		return 0, &errEngine{"FPDF_LoadCustomDocument", errors.New("go-pdfium has no file access")}
	}
	access, _, err := func() (a *uint64, n *uint32, err error) {
		defer recovered(&err)
		return maker.CreateFileAccessReader(b.s.size, b)
	}()
	if err != nil {
		return 0, &errEngine{"FPDF_LoadCustomDocument", err}
	}
	return in.call(ctx, "FPDF_LoadCustomDocument", *access, 0)
}

// openStreamed is openPDF for a stream.
func openStreamed(ctx context.Context, in *instance, name string, s *stream, masked bool, limits Limits) (*pdf, error) {
	d := &pdf{in: in, limits: limits}
	var err error
	if d.doc, err = in.custom(ctx, &blocks{s: s, masked: masked}); err != nil {
		return nil, d.fault(ctx, name, err)
	}
	return d.opened(ctx, name)
}

// grown reports whether PDFium's memory has grown so much that the document should be opened anew. What an instance has
// once taken it does not give back.
func (d *Document) grown() bool {
	p, ok := d.back.(*pdf)
	return ok && d.stream != nil && p.in.dead == nil && int64(p.in.mem.Size()) > d.limits.StreamMemory
}

// Encoded is a picture of a PDF page as the file stores it, or as PDFium gives it where the file's coding is another
// than JPEG. Decoding it needs no document and may run beside one.
type Encoded struct {
	Image         // Pixels is nil for a JPEG
	Width, Height int
	Orientation   int // EXIF orientation that brings the pixels the way the page shows them; 1 where they stand so
	jpeg          []byte
	object        object // in the page while it is loaded
}

// Encoded returns the pictures that PDF page i shows like Images, without decoding those that are JPEG.
func (d *Document) Encoded(ctx context.Context, i int) (list []Encoded, err error) {
	err = d.op(ctx, func(ctx context.Context) error {
		p, ok := d.back.(*pdf)
		if !ok {
			return nil
		}
		var problems []Problem
		list, problems, err = p.encoded(ctx, i)
		for _, p := range problems {
			d.problem(p.Code, p.Detail)
		}
		return err
	})
	return list, err
}

// Decode gives the pixels as they are stored, not turned.
func (e *Encoded) Decode() (img image.Image, err error) {
	defer recovered(&err)
	if e.jpeg == nil {
		return e.Pixels, nil
	}
	img, err = jpeg.Decode(bytes.NewReader(e.jpeg))
	if err != nil {
		return nil, fail(ErrDamaged, "", err, "%s", e.Name)
	}
	return img, nil
}

package document

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"zhengyan/verify/page"
)

// Config sets up an Engine.
type Config struct {
	// CacheDir keeps PDFium's compiled code between runs; only its owner may be able to write to it, since it holds
	// code that is run. "" compiles anew in every process. A damaged or unwritable folder is no error.
	CacheDir string
	// Font is a TrueType font for PDFs that do not embed theirs; nil if there is none. Nothing else of the host is
	// visible to PDFium.
	Font []byte
	// Limits are the limits in force; unset ones are those of DefaultLimits.
	Limits Limits
}

// Engine opens documents. It is safe for concurrent use; a Document is too, one call at a time.
type Engine struct {
	cfg    Config
	pdfium *pdfiumPool
	images *guard
	pdfcpu *guard
}

// NewEngine makes an engine. It is cheap: PDFium is compiled when the first PDF is opened, or by Warm.
func NewEngine(cfg Config) (*Engine, error) {
	cfg.Limits = cfg.Limits.orDefault()
	return &Engine{
		cfg:    cfg,
		pdfium: newPDFiumPool(cfg),
		images: newGuard(cfg.Limits.Abandoned + cfg.Limits.Instances),
		pdfcpu: newGuard(cfg.Limits.Abandoned + cfg.Limits.Instances),
	}, nil
}

// Warm starts compiling PDFium in the background and returns when it is ready, or when ctx ends; the work goes on then.
func (e *Engine) Warm(ctx context.Context) error {
	if err := e.pdfium.wait(ctx); err != nil {
		if ctx.Err() != nil {
			return ctxError(ctx, "", "starting PDFium")
		}
		return fail(ErrEngine, "", err, "")
	}
	return nil
}

// CacheNote says why the compile cache is not in use, "" if it is or was not asked for. It waits for nothing.
func (e *Engine) CacheNote() string {
	select {
	case <-e.pdfium.ready:
		return e.pdfium.note
	default:
		return ""
	}
}

// Close frees PDFium. Documents must be closed before.
func (e *Engine) Close() error { return e.pdfium.close() }

// Document is an open file.
type Document struct {
	name     string
	b        []byte
	info     Info
	meta     Metadata
	limits   Limits
	problems []Problem
	noFont   bool    // this build has no font for files that embed none
	stream   *stream // set instead of b by OpenStream

	mu     sync.Mutex // guards what follows and the backend
	back   pages
	err    error // why the document can't be used any more
	reopen func(context.Context) error
	budget time.Duration // left of Limits.FileTime
}

// Open reads a source and says what it is. The error is an *Error whose code tells empty, too large, encrypted, OFD,
// damaged and unsupported files apart. The document holds the file's bytes until it is closed.
func (e *Engine) Open(ctx context.Context, src Source) (*Document, error) {
	if ctx.Err() != nil {
		return nil, ctxError(ctx, src.Name, "opening")
	}
	b, err := src.bytes(e.cfg.Limits.FileBytes)
	if err != nil {
		return nil, err
	}
	if len(b) == 0 {
		return nil, fail(ErrEmpty, src.Name, nil, "")
	}
	format, detail := Sniff(b)
	sum := sha256.Sum256(b)
	d := &Document{
		name: src.Name, b: b, noFont: e.cfg.Font == nil, limits: e.cfg.Limits, budget: e.cfg.Limits.FileTime,
		info: Info{Name: src.Name, Size: int64(len(b)), SHA256: hex.EncodeToString(sum[:]), Format: format},
	}
	if ext := contradicts(src.Name, format); ext != "" {
		d.info.Extension = ext
		d.problem(ProblemExtension, fmt.Sprintf(".%s is %s", ext, format))
	}
	switch format {
	case FormatPDF:
		err = e.openPDF(ctx, d)
	case FormatPNG, FormatJPEG, FormatTIFF, FormatBMP, FormatWebP:
		err = e.openImage(ctx, d)
	case FormatOFD:
		err = fail(ErrOFD, src.Name, nil, "")
	case FormatZIP:
		// Expand unpacks archives; one that arrives here is inside another, or was not expanded.
		err = fail(ErrZIPNested, src.Name, nil, "")
	default:
		err = fail(ErrUnsupported, src.Name, nil, "%s", detail)
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *Document) problem(code, detail string) {
	for _, p := range d.problems {
		if p.Code == code && p.Detail == detail {
			return
		}
	}
	d.problems = append(d.problems, Problem{code, detail})
}

func (e *Engine) openImage(ctx context.Context, d *Document) error {
	p, err := openPicture(ctx, d.name, d.info.Format, d.b, d.limits, e.images)
	if err != nil {
		return err
	}
	d.back = p
	d.info.Pages = p.count()
	x := p.frames[0].exif
	d.meta = Metadata{Producer: x.software, Created: x.taken, Camera: x.camera()}
	d.info.Kind, d.info.KindReason = imageKind(d.info.Format, p.frames[0], p.count())
	return nil
}

func (e *Engine) openPDF(ctx context.Context, d *Document) error {
	if at := pdfHeader(d.b); at > 0 {
		d.problem(ProblemJunkBefore, fmt.Sprintf("%d bytes", at))
	}
	if endless(d.b) {
		d.problem(ProblemRepaired, "no end-of-file marker")
	}
	return e.loadInto(ctx, d, e.structure(ctx, d)) // the structure is read beside PDFium
}

// loadInto opens the document in PDFium and asks what it says of itself; facts may be nil.
func (e *Engine) loadInto(ctx context.Context, d *Document, facts <-chan structureResult) error {
	if err := e.pdfium.wait(ctx); err != nil { // compiling is not the file's fault and not in its time
		if ctx.Err() != nil {
			return ctxError(ctx, d.name, "starting PDFium")
		}
		return fail(ErrEngine, d.name, err, "")
	}
	var s structureResult
	load := func(ctx context.Context) error {
		if d.back != nil {
			d.back.close()
			d.back = nil
		}
		p, err := e.loadPDF(ctx, d)
		if err != nil {
			return err
		}
		p.fonts = s.fonts
		d.back = p
		return nil
	}
	err := d.op(ctx, func(ctx context.Context) error {
		if err := load(ctx); err != nil {
			return err
		}
		return d.describe(ctx, d.back.(*pdf))
	})
	if facts != nil {
		s = <-facts
	}
	if err != nil {
		return err
	}
	if s.err != nil {
		d.problem(ProblemStructure, s.err.Error())
	}
	d.back.(*pdf).fonts = s.fonts
	d.reopen = load
	for i, a := range d.meta.Attachments {
		if size, ok := s.attachments[a.Name]; ok {
			d.meta.Attachments[i].Size = size
		}
	}
	return nil
}

// loadPDF opens the document in an instance of its own. If its first page can't be loaded, most likely because the
// cross-reference table lies, it is opened once more from a copy without one, which makes PDFium search for objects.
func (e *Engine) loadPDF(ctx context.Context, d *Document) (*pdf, error) {
	in, err := e.pdfium.instance(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctxError(ctx, d.name, "waiting for PDFium")
		}
		return nil, fail(ErrEngine, d.name, err, "")
	}
	open := func(masked bool) (*pdf, error) {
		switch {
		case d.stream != nil:
			return openStreamed(ctx, in, d.name, d.stream, masked, d.limits)
		case masked:
			return openPDF(ctx, in, d.name, withoutXRef(d.b), d.limits)
		}
		return openPDF(ctx, in, d.name, d.b, d.limits)
	}
	p, err := open(false)
	if err == nil {
		_, err = p.load(ctx, 0)
	}
	if CodeOf(err) == ErrDamaged && in.dead == nil {
		if p != nil && p.doc != 0 {
			p.discard()
		}
		if q, err2 := open(true); err2 == nil {
			if _, err2 = q.load(ctx, 0); err2 == nil {
				d.problem(ProblemRepaired, "cross-reference table rebuilt")
				p, err = q, nil
			}
		}
	}
	if err != nil {
		in.close()
		return nil, err
	}
	return p, nil
}

// describe fills in what the file says of itself and what kind of input it is.
func (d *Document) describe(ctx context.Context, p *pdf) error {
	d.info.Pages = p.n
	for key, v := range map[string]*string{"Producer": &d.meta.Producer, "Creator": &d.meta.Creator, "Title": &d.meta.Title} {
		s, err := p.meta(ctx, key)
		if err != nil {
			return err
		}
		*v = clean(s)
	}
	for key, v := range map[string]*time.Time{"CreationDate": &d.meta.Created, "ModDate": &d.meta.Modified} {
		s, err := p.meta(ctx, key)
		if err != nil {
			return err
		}
		*v = pdfTime(s)
	}
	var err error
	var attached int
	if d.meta.IDs, err = p.ids(ctx); err != nil {
		return err
	}
	if d.meta.Attachments, attached, err = p.attachments(ctx); err != nil {
		return err
	}
	if attached > 0 {
		d.problem(ProblemAttachments, fmt.Sprint(attached))
	}
	if attached > d.limits.Attachments {
		d.problem(ProblemTruncated, fmt.Sprintf("more than %d attachments", d.limits.Attachments))
	}
	if p.encrypted(ctx) {
		d.problem(ProblemEncrypted, "")
	}
	s, err := p.survey(ctx, 0)
	if err != nil {
		return err
	}
	d.info.Kind, d.info.KindReason = pdfKind(s, d.meta)
	if s.unshown > 0 && d.info.KindReason != ReasonOCRLayer {
		d.problem(ProblemInvisible, fmt.Sprintf("page 1: %d characters", s.unshown))
	}
	return nil
}

type structureResult struct {
	structure
	err error
}

// structure starts reading the structure and gives the channel on which it arrives, at the latest after
// Limits.StructureTime.
func (e *Engine) structure(ctx context.Context, d *Document) <-chan structureResult {
	out := make(chan structureResult, 1)
	if int64(len(d.b)) > d.limits.StructureBytes {
		out <- structureResult{err: errors.New("file too large")}
		return out
	}
	go func() {
		ctx, cancel := context.WithTimeout(ctx, d.limits.StructureTime)
		defer cancel()
		s, err := readStructure(ctx, e.pdfcpu, d.b, d.limits)
		out <- structureResult{s, err}
	}()
	return out
}

// op runs one piece of work under the caller's context and what is left of the file's time, and turns every error
// into an *Error of this file.
func (d *Document) op(ctx context.Context, f func(context.Context) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stream != nil {
		d.budget = d.limits.FileTime
	}
	if d.budget <= 0 {
		return fail(ErrTimeout, d.name, nil, "time for this file is used up")
	}
	ctx, cancel := context.WithTimeout(ctx, d.budget)
	defer cancel()
	deadline, _ := ctx.Deadline()
	switch {
	case d.reopen == nil || CodeOf(d.err) == ErrClosed:
	case CodeOf(d.err) == ErrCanceled, d.err != nil && d.stream != nil, d.grown():
		// The caller gave up on the call before; or one page of many was at fault; or memory is to be given back.
		d.err = d.reopen(ctx)
	}
	if d.err != nil {
		return d.err
	}
	err := f(ctx)
	d.budget = min(d.budget, time.Until(deadline))
	if err == nil {
		return nil
	}
	var own *Error
	var engine *errEngine
	switch {
	case errors.As(err, &own):
		err = named(err, d.name, own.Code)
	case ctx.Err() != nil:
		err = ctxError(ctx, d.name, "reading")
	case errors.Is(err, context.DeadlineExceeded):
		err = fail(ErrTimeout, d.name, nil, "reading")
	case errors.Is(err, context.Canceled):
		err = fail(ErrCanceled, d.name, nil, "reading")
	case errors.As(err, &engine):
		// A trap is how PDFium ends when its memory is used up, and how it ends on a fault of its own; both are the
		// file's doing and both end only this file's instance.
		err = fail(ErrTooComplex, d.name, nil, "%s", engine)
	default:
		err = fail(ErrDamaged, d.name, err, "")
	}
	if p, ok := d.back.(*pdf); ok && p.in.dead != nil {
		d.err = err // the instance is gone
	}
	return err
}

// Info returns the facts about the file.
func (d *Document) Info() Info { return d.info }

// Metadata returns what the file says of its making.
func (d *Document) Metadata() Metadata { return d.meta }

// Bytes returns the file as it was read, nil for a document of OpenStream. It must not be changed.
func (d *Document) Bytes() []byte { return d.b }

// NumPages returns the number of pages.
func (d *Document) NumPages() int { return d.info.Pages }

// Problems returns what was found odd so far; Text, Render and Images may add to it.
func (d *Document) Problems() []Problem {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Problem(nil), d.problems...)
}

// PageSize returns the size of page i (from 0) as it is shown, in page units.
func (d *Document) PageSize(i int) (s PageSize, err error) {
	err = d.op(context.Background(), func(ctx context.Context) error {
		s, err = d.back.size(ctx, i)
		return err
	})
	return s, err
}

// PageKind judges page i of a PDF by itself, as Info.Kind judges the first; for an image file it is Info.Kind.
func (d *Document) PageKind(ctx context.Context, i int) (kind InputKind, reason string, err error) {
	err = d.op(ctx, func(ctx context.Context) error {
		p, ok := d.back.(*pdf)
		if !ok {
			kind, reason = d.info.Kind, d.info.KindReason
			return nil
		}
		s, err := p.survey(ctx, i)
		if err == nil {
			kind, reason = pdfKind(s, d.meta)
		}
		return err
	})
	return kind, reason, err
}

// Covered reports whether pictures cover page i, as they do on a scan and on a certificate with a background; an image
// file is all picture.
func (d *Document) Covered(ctx context.Context, i int) (covered bool, err error) {
	err = d.op(ctx, func(ctx context.Context) error {
		p, ok := d.back.(*pdf)
		if !ok {
			covered = true
			return nil
		}
		s, err := p.survey(ctx, i)
		covered = s.covered >= fullPage
		return err
	})
	return covered, err
}

// Text returns the text of page i with places, in the order of the file. It is empty for image files.
func (d *Document) Text(ctx context.Context, i int) (t page.Text, err error) {
	err = d.op(ctx, func(ctx context.Context) error {
		var problems []Problem
		t, problems, err = d.back.text(ctx, i)
		for _, p := range problems {
			d.problem(p.Code, p.Detail)
		}
		d.fontProblems(t)
		return err
	})
	return t, err
}

// Layers is Text in two: what a reader sees of page i, and what a PDF holds besides: text that is not painted, fully
// transparent, or under pictures that cover the page, as programs add it to a scan. Nobody vouches for the latter.
func (d *Document) Layers(ctx context.Context, i int) (shown, hidden page.Text, err error) {
	err = d.op(ctx, func(ctx context.Context) error {
		var problems []Problem
		if p, ok := d.back.(*pdf); ok {
			shown, hidden, problems, err = p.layers(ctx, i)
		} else {
			shown, problems, err = d.back.text(ctx, i)
		}
		for _, p := range problems {
			d.problem(p.Code, p.Detail)
		}
		d.fontProblems(shown)
		return err
	})
	return shown, hidden, err
}

// fontProblems notes the fonts whose text is shown with another font, or can't be trusted.
func (d *Document) fontProblems(t page.Text) {
	for i, f := range t.Fonts {
		if !f.Embedded && !standardFont(f.Name) {
			d.problem(ProblemFont, f.Name)
			if d.noFont && slices.ContainsFunc(t.Chars, func(c page.Char) bool { return c.Font == i && unicode.Is(unicode.Han, c.R) }) {
				d.problem(ProblemNoFont, f.Name)
			}
		}
		if !f.ToUnicode {
			d.problem(ProblemNoUnicode, f.Name)
		}
	}
}

// standardFont knows the fonts that every reader must have (ISO 32000-1, 9.6.2.2).
func standardFont(name string) bool {
	family, _, _ := strings.Cut(name, "-")
	switch family {
	case "Helvetica", "Times", "Courier", "Symbol", "ZapfDingbats":
		return true
	}
	return false
}

// Render paints page i on white. A PDF page is painted at dpi pixels an inch, at 200 if dpi <= 0. An image's page is
// given as it is if dpi <= 0 or if the file does not say its resolution, else scaled. The result is never larger than
// Limits.RenderPixels, nor is an image enlarged beyond it: compare its bounds with PageSize to convert places. The
// picture belongs to the caller for reading only.
func (d *Document) Render(ctx context.Context, i int, dpi float64) (img *image.RGBA, err error) {
	err = d.op(ctx, func(ctx context.Context) error {
		p, err := d.back.render(ctx, i, dpi)
		if err != nil {
			return err
		}
		img = p.img
		if p.ended {
			d.problem(ProblemRepaired, "no end-of-image marker")
		}
		if p.clamped > 0 {
			d.problem(ProblemClamped, fmt.Sprintf("page %d: %.0f dpi", i+1, p.clamped))
		}
		return nil
	})
	return img, err
}

// Images returns the pictures that PDF page i shows, at their own resolution, in painting order. It is empty for
// image files, whose page is the picture.
func (d *Document) Images(ctx context.Context, i int) (list []Image, err error) {
	err = d.op(ctx, func(ctx context.Context) error {
		var problems []Problem
		list, problems, err = d.back.images(ctx, i)
		for _, p := range problems {
			d.problem(p.Code, p.Detail)
		}
		return err
	})
	return list, err
}

// Close frees the document. It is safe to call twice.
func (d *Document) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.back != nil {
		d.back.close()
		d.back = nil
	}
	if d.stream != nil {
		d.stream.close()
	}
	d.err = fail(ErrClosed, d.name, nil, "")
	return nil
}

package verify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"reflect"
	"slices"
	"sort"
	"sync"
	"time"

	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
	"zhengyan/verify/qr"
	"zhengyan/verify/seal"
)

// Gather reads one file and returns everything that was found. A file that cannot be read, or a stage that fails, is
// evidence too (Evidence.Problems). The error is not nil only if ctx ended before the file was done, or is ErrNoEngine.
func (v *Verifier) Gather(ctx context.Context, src document.Source) (*Evidence, error) {
	return v.gather(ctx, src, func(*gathering) {})
}

// gather is Gather with what setup asks of it.
func (v *Verifier) gather(ctx context.Context, src document.Source, setup func(*gathering)) (*Evidence, error) {
	if v.cfg.Engine == nil {
		return nil, ErrNoEngine
	}
	parent := ctx
	// The first PDF of a machine's life waits for PDFium to be compiled. That is not the file's time, and a limit that
	// cut it short would cut it short for ever. A failure shows when the file is opened.
	if !document.PictureName(src.Name) { // which needs no PDF engine; a name that lies costs only time
		_ = v.cfg.Engine.Warm(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, v.cfg.Limits.Wall)
	defer cancel()
	g := &gathering{v: v, ctx: ctx, parent: parent, ev: &Evidence{
		GatheredAt: v.cfg.Now(), Codes: []Code{}, Timings: map[string]float64{},
		Input: document.Info{Name: src.Name, Size: src.Size, Format: document.FormatUnknown, Kind: document.InputUnknown},
	}}
	setup(g)
	g.run(src)
	if err := parent.Err(); err != nil {
		return nil, err
	}
	return g.ev, nil
}

// gathering is the work on one file.
type gathering struct {
	v      *Verifier
	ctx    context.Context
	parent context.Context // without the limit of time for this file
	ev     *Evidence
	doc    *document.Document
	texts  []page.Text
	flat   *flat // the page of the certificate as a picture that print was read off; nil if none was
	// search looks a long document through for certificates, given its bytes; nil where it is gathered as it is. It returns
	// the document, opened anew, where it found none, and nil where there is nothing left to do.
	search func(b []byte) *document.Document
	held   []byte // the bytes of a document that holds none itself
	read   bool   // the part's page is a picture
	other  bool   // the search took the part for a paper that is not judged
	part   *Part  // the part of the file that is looked at; nil for all of it
	// corners are those of a sheet that a person has pointed out; nil where they are to be found.
	corners *pointedOut
	ref     *ink.Reference
	// refKind is the original's kind, for a print whose face could not be read.
	refKind    fields.Kind
	noRegistry bool
	shared     bool         // the cores are shared with the reading of print
	beside     *besideCodes // nil where codes are looked for after the reading
	before     func()       // called before the document is closed; nil for nothing
	mu         sync.Mutex   // guards ev.Timings and ev.Problems
}

func (g *gathering) run(src document.Source) {
	var err error
	shared := g.doc != nil // a document that the caller opened, and closes
	if !shared {
		g.timed("document", func() { g.doc, err = g.v.cfg.Engine.Open(g.ctx, src) })
	}
	if err != nil {
		g.fileError(err)
		if g.ev.Input.Format == document.FormatOFD {
			g.timed("seal", func() { g.sealUnread(src) })
		}
		return
	}
	if !shared {
		defer func() { g.doc.Close() }()
	}
	g.identify()
	if g.search != nil && g.doc.NumPages() > g.v.cfg.Limits.BookPages {
		g.held = g.doc.Bytes()
		g.doc.Close() // searching needs an instance of its own
		left := g.search(g.held)
		if left == nil {
			return
		}
		g.doc = left
		// The search had its own time; what follows has that of any file.
		ctx, cancel := context.WithTimeout(g.parent, g.v.cfg.Limits.Wall)
		defer cancel()
		g.ctx = ctx
	}
	if g.ev.Input.Format != document.FormatPDF {
		g.warm() // whether a PDF is a picture is not yet known
		if err := g.undecodable(shared); err != nil {
			g.fileError(err)
			return
		}
	}
	for _, p := range g.doc.Problems() {
		g.problem("document", p.Code, p.Detail)
	}
	for i := 0; i < min(g.doc.NumPages(), 50); i++ {
		if s, err := g.doc.PageSize(i); err == nil {
			g.ev.PageSizes = append(g.ev.PageSizes, s)
		}
	}
	// The seal is checked over the file's bytes, everything else over its pages: the two run side by side.
	done := make(chan struct{})
	go func() {
		defer close(done)
		if !shared {
			g.timed("seal", g.seal)
		}
	}()
	g.timed("fields", g.fields)
	if g.behindLetter() {
		<-done
		g.laterKind()
	}
	if g.ev.Input.Kind == document.InputOriginal {
		g.timed("qr", g.codes)
		<-done
	} else {
		<-done // whether a file is a picture also depends on its having a live seal
		g.kind()
		if g.isPicture() && g.v.cfg.Reader != nil {
			ctx, cancel := context.WithTimeout(g.parent, g.v.cfg.Limits.Picture)
			defer cancel()
			g.ctx = ctx
		}
		g.warm()
		g.timed("ocr", g.pictures)
		if g.beside == nil {
			g.timed("qr", g.codes)
		}
	}
	problems := len(g.ev.Problems)
	g.timed("ink", g.ink)
	if g.beside != nil {
		g.join(problems)
	}
	g.timed("registry", g.registry)
	if g.before != nil {
		g.before()
	}
}

// undecodable is why no page of an image file can be shown, nil if one can: where nothing can be shown, nothing was looked at,
// and the file is as unreadable as one whose header is damaged. The page is not decoded twice: the document keeps it. Of a
// shared document a page was read before.
func (g *gathering) undecodable(shared bool) (first error) {
	if shared {
		return nil
	}
	for i := range g.doc.NumPages() {
		_, err := g.doc.Render(g.ctx, i, 0)
		if err == nil || g.ctx.Err() != nil {
			return nil // the stages say that the time is over
		}
		first = cmp.Or(first, err)
	}
	return first
}

// identify notes what the file is, and how the part of it that is looked at came to be, whatever its first page is.
func (g *gathering) identify() {
	g.ev.Input, g.ev.Metadata = g.doc.Info(), g.doc.Metadata()
	switch {
	case g.read:
		g.ev.Input.Kind, g.ev.Input.KindReason = document.InputScan, document.ReasonFullPage
	case g.part != nil:
		// The seal of a long file is not the seal of a certificate that was bound into it.
		g.ev.Input.Kind, g.ev.Input.KindReason = document.InputUnknown, document.ReasonPart
	}
}

// kind corrects the guess that the pages' looks gave: only an electronic original carries the live seal of a certificate,
// so a file that has one is one, even where its background is a picture.
func (g *gathering) kind() {
	if g.part == nil && g.ev.Input.Format == document.FormatPDF && g.ev.Input.Kind != document.InputOriginal && g.sealed() {
		g.ev.Input.Kind, g.ev.Input.KindReason = document.InputOriginal, "live-seal"
	}
}

// sealed reports whether the file carries a seal that by its name may be a certificate's.
func (g *gathering) sealed() bool {
	var c fields.Certificate
	if g.ev.Fields != nil {
		c = g.ev.Fields.Certificate
	}
	return g.ev.Seal != nil && slices.ContainsFunc(g.ev.Seal.Signatures, func(s seal.Signature) bool { return g.v.cfg.Book.SealOfCertificate(&s, &c) })
}

// behindLetter reports whether a short document begins with a page of text that is no certificate.
func (g *gathering) behindLetter() bool {
	return g.part == nil && g.ev.Input.Format == document.FormatPDF && g.ev.Input.Kind == document.InputOriginal &&
		(g.ev.Fields == nil || g.ev.Fields.Certificate.Kind == fields.UnknownKind)
}

// laterKind takes the kind of the first later page that is a picture, unless a live seal makes the file an original: behind
// a letter or a cover lies the scan of a certificate. The first page may be one too, whose print was overprinted: what is
// printed over it is no certificate.
func (g *gathering) laterKind() {
	if g.sealed() {
		return
	}
	for i := 1; i < min(g.doc.NumPages(), g.v.cfg.Limits.PicturePages) && g.ctx.Err() == nil; i++ {
		kind, reason, err := g.doc.PageKind(g.ctx, i)
		if err == nil && (kind == document.InputScan || kind == document.InputPhoto) {
			g.ev.Input.Kind, g.ev.Input.KindReason = kind, reason
			return
		}
	}
	if covered, err := g.doc.Covered(g.ctx, 0); err == nil && covered {
		g.ev.Input.Kind, g.ev.Input.KindReason = document.InputScan, document.ReasonFullPage
	}
}

// timed runs a stage. A panic in it is that stage's failure and nothing more.
func (g *gathering) timed(stage string, f func()) {
	start := g.v.cfg.Now()
	func() {
		defer func() {
			if r := recover(); r != nil {
				g.problem(stage, "failed", "the program failed in this stage")
			}
		}()
		f()
	}()
	g.mu.Lock()
	g.ev.Timings[stage] = float64(g.v.cfg.Now().Sub(start)) / float64(time.Millisecond)
	g.mu.Unlock()
}

func (g *gathering) problem(stage, code, detail string) {
	g.mu.Lock()
	g.ev.Problems = append(g.ev.Problems, Problem{Stage: stage, Code: code, Detail: detail})
	g.mu.Unlock()
}

func (g *gathering) fileError(err error) {
	code := document.CodeOf(err)
	switch code {
	case "":
		code = "internal"
	case document.ErrOFD:
		g.ev.Input.Format = document.FormatOFD
	}
	g.ev.Failure = &Problem{Stage: "document", Code: string(code), Detail: err.Error()}
}

// Unreadable is the evidence on something that could not even be opened: a missing file, a damaged archive.
func (v *Verifier) Unreadable(err error) *Evidence {
	g := &gathering{v: v, ev: &Evidence{GatheredAt: v.cfg.Now(), Codes: []Code{}, Timings: map[string]float64{}}}
	g.ev.Input = document.Info{Format: document.FormatUnknown, Kind: document.InputUnknown}
	var de *document.Error
	if errors.As(err, &de) {
		g.ev.Input.Name = de.Name
	}
	g.fileError(err)
	return g.ev
}

func (g *gathering) seal() {
	if g.ev.Input.Format != document.FormatPDF {
		return
	}
	b := g.doc.Bytes()
	if g.held != nil {
		b = g.held
	}
	g.inspectSeal(b)
}

// maxPackageBytes is the size of the greatest OFD package whose seals are verified; it is held in memory meanwhile.
const maxPackageBytes = 256 << 20

// sealUnread verifies the seals of a package whose pages cannot be shown. The face stays unread, so the verdict stays
// open; what the seals say is evidence all the same.
func (g *gathering) sealUnread(src document.Source) {
	b, err := src.ReadAll(maxPackageBytes)
	if err != nil {
		g.problem("seal", string(document.CodeOf(err)), err.Error())
		return
	}
	sum := sha256.Sum256(b)
	g.ev.Input.Size, g.ev.Input.SHA256 = int64(len(b)), hex.EncodeToString(sum[:])
	g.inspectSeal(b)
}

func (g *gathering) inspectSeal(b []byte) {
	rep, err := seal.Inspect(g.ctx, b, seal.Options{Anchors: g.v.cfg.Anchors, Now: g.ev.GatheredAt})
	if err != nil {
		g.problem("seal", stageCode(err), err.Error())
		return
	}
	g.ev.Seal = rep
}

func stageCode(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	}
	return "failed"
}

func (g *gathering) fields() {
	n := min(g.doc.NumPages(), g.v.cfg.Limits.TextPages)
	if g.doc.NumPages() > n && g.part == nil {
		left := ""
		if g.held == nil { // a search has looked at them
			left = pageList(pagesFrom(n, g.doc.NumPages()), false)
		}
		g.problem("fields", notRead, left)
	}
	first := 0
	if g.part != nil {
		first, n = g.part.Page, g.part.Page+1
	}
	if g.read {
		n = first // the part was found in a picture: text on its page is another paper's, or nobody sees it
	}
	var seen []page.Text // what a reader sees of the texts
	hidden := false
	for i := first; i < n; i++ {
		t, shown, err := g.textOf(i)
		if err != nil {
			g.problem("fields", stageCode(err), err.Error())
			if g.ctx.Err() != nil {
				return
			}
			continue
		}
		g.texts, seen = append(g.texts, t), append(seen, shown)
		hidden = hidden || len(shown.Chars) < len(t.Chars)
	}
	g.ev.Fields, g.ev.Others = g.certificates(g.texts)
	if hidden {
		alone, _ := g.certificates(seen)
		g.ev.Unshown = !reflect.DeepEqual(stated(alone), stated(g.ev.Fields))
	}
}

// certificates reads the certificates of pages, the one that counts first.
func (g *gathering) certificates(texts []page.Text) (*fields.Result, []*fields.Result) {
	all := slices.DeleteFunc(fields.ReadAll(texts, g.v.cfg.Tables), func(r *fields.Result) bool { return !g.inPart(placeOf(r)) })
	if g.part != nil && !g.part.Box.IsZero() && len(all) > 1 {
		// Of several certificates on the page, the one that lies in the part's place.
		sort.SliceStable(all, func(i, j int) bool { return g.share(all[i]) > g.share(all[j]) })
		all = all[:1]
	}
	// The page that a person would take for the certificate comes first: a known kind before an unknown one.
	sort.SliceStable(all, func(i, j int) bool { return rank(all[i]) < rank(all[j]) })
	if len(all) == 0 {
		return fields.Read(texts, g.v.cfg.Tables), nil
	}
	return all[0], all[1:]
}

// stated is what a reading says of the certificate, without the places where it stands.
func stated(r *fields.Result) fields.Certificate {
	c := r.Certificate
	c.SignatureLabel, c.SignatureBox, c.Specimen = page.Box{}, page.Box{}, false
	return c
}

// textOf is the text of a page, and what of it a reader sees; of a page of a long file no more than that, for of that its
// certificates were found.
func (g *gathering) textOf(i int) (t, shown page.Text, err error) {
	shown, hidden, err := g.doc.Layers(g.ctx, i)
	if err != nil || g.part != nil || len(hidden.Chars) == 0 {
		return shown, shown, err
	}
	t, err = g.doc.Text(g.ctx, i)
	return t, shown, err
}

// Ranks of certificates, beside 0 for one that is judged.
const (
	aside  = 1 // of a kind that is not judged
	untold = 2 // whose kind is not known
)

func rank(r *fields.Result) int { return kindRank(r.Certificate.Kind) }

func kindRank(k fields.Kind) int {
	switch k {
	case fields.Constructor1, fields.Architect1, fields.Qualification:
		return 0
	case fields.UnknownKind:
		return untold
	}
	return aside
}

// codes looks for codes first in the pictures that a PDF page carries, at their own resolution, then on the rendered
// page: a code drawn small and placed large reads best from its own pixels.
func (g *gathering) codes() {
	first, last := 0, min(g.doc.NumPages(), g.v.cfg.Limits.CodePages)
	if f := g.ev.Fields; f != nil && f.Certificate.Kind != fields.UnknownKind {
		first, last = f.Page, f.Page+1
	}
	if g.part != nil {
		first, last = g.part.Page, g.part.Page+1
	}
	for i := first; i < last; i++ {
		if g.codesOf(i) || g.ctx.Err() != nil {
			return
		}
	}
	if f := g.flat; f != nil && f.sheet != nil {
		g.codesOfSheet(f)
	}
}

func (g *gathering) codesOf(i int) bool {
	if g.ev.Input.Format == document.FormatPDF {
		imgs, err := g.doc.Images(g.ctx, i)
		if err != nil {
			g.problem("qr", stageCode(err), err.Error())
		}
		for k, im := range imgs {
			if k == g.v.cfg.Limits.Images {
				break
			}
			if im.Pixels != nil && g.decode(i, im.Pixels, im.Box, onPage) {
				return true
			}
		}
	}
	dpi := g.v.cfg.Limits.RenderDPI
	if g.ev.Input.Format != document.FormatPDF {
		dpi = 0
	}
	img, err := g.doc.Render(g.ctx, i, dpi)
	if err != nil {
		g.problem("qr", stageCode(err), err.Error())
		return false
	}
	size, err := g.doc.PageSize(i)
	if err != nil {
		g.problem("qr", stageCode(err), err.Error())
		return false
	}
	return g.decode(i, img, page.Box{X1: size.Width, Y1: size.Height}, onPage)
}

// onPage is for places that are in page units already.
func onPage(p page.Point) page.Point { return p }

// decode reads the codes of a picture that stands in box, whose places toPage takes to the page, and reports whether
// there were any that belong to what is looked at.
func (g *gathering) decode(pageIndex int, img image.Image, box page.Box, toPage func(page.Point) page.Point) bool {
	budget := g.v.cfg.Limits.CodeBudget
	if g.shared { // or a code that takes long would be read only on a machine with cores to spare
		budget *= 2
	}
	res, err := qr.Decode(g.ctx, img, qr.Options{Budget: budget})
	if err != nil {
		g.problem("qr", stageCode(err), err.Error())
		return false
	}
	for range res.Conflicts {
		g.problem("qr", "conflict", "two readings of one code differ; neither is taken")
	}
	before := len(g.ev.Codes)
	b := img.Bounds()
	sx, sy := 1.0, 1.0
	if !box.IsZero() && b.Dx() > 0 && b.Dy() > 0 {
		sx, sy = box.W()/float64(b.Dx()), box.H()/float64(b.Dy())
	}
	for _, c := range res.Codes {
		c.Page = pageIndex
		var middle page.Point
		for k := range c.Corners {
			p := toPage(page.Point{X: box.X0 + c.Corners[k].X*sx, Y: box.Y0 + c.Corners[k].Y*sy})
			c.Corners[k] = p
			middle.X, middle.Y = middle.X+p.X/4, middle.Y+p.Y/4
		}
		if !g.holds(middle) {
			continue
		}
		g.ev.Codes = append(g.ev.Codes, Code{Code: c, Payload: qr.Classify(c.Text, c.Bytes, g.v.cfg.Hosts)})
	}
	return len(g.ev.Codes) > before
}

func (g *gathering) registry() {
	reg := g.v.cfg.Registry
	if reg == nil || g.noRegistry {
		return
	}
	// Until it has answered, a snapshot that fails on the way has failed, and has not said "not found".
	look := &RegistryLookup{Error: "failed"}
	g.ev.Registry = look
	look.Snapshot = reg.Snapshot()
	if g.ev.Fields == nil || g.ev.Fields.Certificate.Number == "" {
		look.Error = "no-key"
		return
	}
	c := g.ev.Fields.Certificate
	look.Query = RegistryQuery{Kind: c.Kind, Number: c.Number, Name: c.Name, EcertID: c.EcertID}
	g.askByCode(&look.Query)
	ans, err := reg.Lookup(g.ctx, look.Query)
	if err != nil && look.Query.QRKey != "" && g.ctx.Err() == nil {
		// A snapshot that cannot say whose key it is, since too many share it, still answers for the number.
		g.problem("registry", "qr-key", err.Error())
		look.Query.QRKey = ""
		ans, err = reg.Lookup(g.ctx, look.Query)
	}
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		look.Error = "cancelled"
	case err != nil:
		look.Error = "damaged"
		g.problem("registry", "damaged", err.Error())
	default:
		look.Answer, look.Error = ans, ""
	}
}

// askByCode adds what the codes name the record by, so that a code of another certificate leads to another record. The
// key of a record is opaque: of an address's parameters it is the longest.
func (g *gathering) askByCode(q *RegistryQuery) {
	for i := range g.ev.Codes {
		p := &g.ev.Codes[i].Payload
		if q.EcertID == "" && p.Ecert != nil {
			q.EcertID = p.Ecert.Text()
		}
		if keys := p.Keys(); q.QRKey == "" && p.Kind == qr.PayloadKnownHost && len(keys) > 0 {
			q.QRKey = keys[0]
		}
	}
}

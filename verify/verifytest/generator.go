package verifytest

import (
	"bytes"
	"fmt"
	"image"
	"strings"
	"sync"

	"zhengyan/assets"
)

// Generator makes specimens with the keys of one virtual authority. It is safe for concurrent use.
type Generator struct {
	CA   *CA
	face *typeface

	mu    sync.Mutex
	backs map[palette]*backdrop
}

// backdrop is the part of a page that all specimens of a colour share, kept in the forms in which it is used.
type backdrop struct {
	canvas  *canvas
	stream  []byte // compressed PDF content
	painted map[float64]*image.RGBA
}

// back returns the backdrop of a palette.
func (g *Generator) back(p palette) *backdrop {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b := g.backs[p]; b != nil {
		return b
	}
	c := &canvas{w: pageW, h: pageH, face: g.face}
	c.background(p)
	b := &backdrop{canvas: c, painted: map[float64]*image.RGBA{}}
	var f pdfFile
	stream, _ := f.content(c, FontEmbedded, "") // paths only
	b.stream = deflate(stream)
	g.backs[p] = b
	return b
}

// paint draws a certificate at a resolution in dots an inch.
func (g *Generator) paint(c *canvas, dpi float64) *image.RGBA {
	b := g.back(c.tint)
	g.mu.Lock()
	img := b.painted[dpi]
	g.mu.Unlock()
	if img == nil {
		img = b.canvas.paint(dpi)
		g.mu.Lock()
		b.painted[dpi] = img
		g.mu.Unlock()
	}
	out := image.NewRGBA(img.Rect)
	copy(out.Pix, img.Pix)
	c.paintOn(out)
	return out
}

// NewGenerator returns a generator that draws with the bundled font, or ErrNoFont if this build carries none.
func NewGenerator(ca *CA) (*Generator, error) {
	face, err := newTypeface(assets.Font())
	if err != nil {
		return nil, err
	}
	return &Generator{CA: ca, face: face, backs: map[palette]*backdrop{}}, nil
}

// PDF returns the specimen as an original electronic file, sealed as the Spec says.
func (g *Generator) PDF(s Spec) ([]byte, error) {
	c, err := g.draw(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.ID, err)
	}
	for i, q := range s.Seals {
		if q.Form == FormPicture {
			x, y, d := sealBox(s, i)
			c.drawSeal(s, i, x, y, d)
		}
	}
	made := s.IssueDate
	if !s.Usage.From.IsZero() {
		made = s.Usage.From
	}
	f := newPDF(titleOf(s)+"（样例 SPECIMEN）", s.ID, c.w, c.h, dayTime(made, 9, 0))
	if len(s.Seals) > 0 && !s.Seals[0].At.IsZero() {
		f.made = s.Seals[0].At
	}
	edits := s.After == AfterInPlace || s.After == AfterContent
	stream, res := f.content(c, s.Font, s.NewText[0]+s.NewText[1])
	f.resource = res
	f.backdrop = f.addStream("/Filter /FlateDecode", g.back(c.tint).stream, false)
	f.setContents(f.addStream("", stream, !edits))
	if s.CoverPage {
		g.cover(f)
	}
	f.begin()
	f.commit()
	for i, q := range s.Seals {
		if q.Form == FormPicture {
			continue
		}
		if err := g.seal(f, s, i); err != nil {
			return nil, fmt.Errorf("%s: %w", s.ID, err)
		}
	}
	if err := g.after(f, s, c, stream); err != nil {
		return nil, fmt.Errorf("%s: %w", s.ID, err)
	}
	return f.buf.Bytes(), nil
}

// cover adds a page of plain text before the certificate.
func (g *Generator) cover(f *pdfFile) {
	c := &canvas{w: pageW, h: pageH, face: g.face}
	c.mark()
	c.bold(210, 560, 28, "投标文件附件", inkBlack)
	c.text(196, 500, 16, "拟派项目负责人注册证书", inkBlack)
	stream, res := f.content(c, FontEmbedded, "")
	n := f.addStream("", stream, true)
	page := f.add(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Contents %d 0 R /Resources %s >>",
		objPages, num(c.w), num(c.h), n, res))
	f.before = append(f.before, page)
}

// after does to a sealed file what the Spec says.
func (g *Generator) after(f *pdfFile, s Spec, c *canvas, stream []byte) error {
	switch s.After {
	case AfterInPlace:
		from, to, err := g.codes(s, c)
		if err != nil {
			return err
		}
		b := f.buf.Bytes()
		i := bytes.Index(b, from)
		if i < 0 {
			return fmt.Errorf("%q does not stand on the page", s.NewText[0])
		}
		copy(b[i:], to)
	case AfterContent:
		from, to, err := g.codes(s, c)
		if err != nil {
			return err
		}
		if !bytes.Contains(stream, from) {
			return fmt.Errorf("%q does not stand on the page", s.NewText[0])
		}
		f.setContents(f.addStream("", bytes.Replace(stream, from, to, 1), true))
		f.putPage()
		f.commit()
	case AfterOverlay:
		ap := &canvas{w: 370, h: 24, face: g.face}
		ap.fill(rectPath(0, 0, 370, 24), rgb{0.94, 0.965, 0.99})
		ap.fill(ap.glyphs(s.NewText[1], 14, placed(4, 6, 1, 0)), inkBlack)
		over, _ := f.content(ap, FontEmbedded, "")
		form := f.addStream("/Type /XObject /Subtype /Form /BBox [0 0 370 24] /Resources << >>", over, true)
		f.annots = append(f.annots, f.add(fmt.Sprintf("<< /Type /Annot /Subtype /Stamp /F 4 /Rect [170 427 540 451] /P %d 0 R /AP << /N %d 0 R >> >>", objPage, form)))
		f.putPage()
		f.commit()
	case AfterPage:
		more := &canvas{w: pageW, h: pageH, face: g.face}
		more.mark()
		more.text(90, 600, 14, "补充说明：该人员可同时担任两个项目的负责人。", inkBlack)
		st, res := f.content(more, FontEmbedded, "")
		n := f.addStream("", st, true)
		f.behind = append(f.behind, f.add(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Contents %d 0 R /Resources %s >>",
			objPages, num(pageW), num(pageH), n, res)))
		f.putPages()
		f.commit()
	case AfterLTV:
		issuer, err := g.CA.Signer(s.Seals[0].Signer, RSA)
		if err != nil {
			return err
		}
		cert := f.addStream("", issuer.Chain[0].Raw, true)
		f.extra += fmt.Sprintf(" /DSS << /Type /DSS /Certs [%d 0 R] >>", cert)
		f.putCatalog()
		f.commit()
	case AfterTrailing:
		fmt.Fprintf(&f.buf, "%d 0 obj\n<< /Note (%s) >>\nendobj\n", f.next+7, strings.Repeat("SPECIMEN ", 6))
	}
	return nil
}

// codes returns the content stream's codes of the text to be replaced and of the new one. The subset is built in the
// order in which content built it, so the codes agree.
func (g *Generator) codes(s Spec, c *canvas) (from, to []byte, err error) {
	if len([]rune(s.NewText[0])) != len([]rune(s.NewText[1])) {
		return nil, nil, fmt.Errorf("%q and %q differ in length", s.NewText[0], s.NewText[1])
	}
	sub := newSubset(c.face)
	for _, r := range s.NewText[0] + s.NewText[1] {
		sub.add(r)
	}
	return []byte(encodeText(sub, s.Font, s.NewText[0])), []byte(encodeText(sub, s.Font, s.NewText[1])), nil
}

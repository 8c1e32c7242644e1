package verifytest

import (
	"bytes"
	"fmt"
	"image"
	"strings"
	"sync"

	"zhengyan/assets"
	"zhengyan/verify/internal/truetype"
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
	if s.Second != nil {
		if err := g.second(f, *s.Second); err != nil {
			return nil, fmt.Errorf("%s: %w", s.ID, err)
		}
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
	f.before = append(f.before, f.addPage(c, 0))
}

// second adds another certificate behind the first.
func (g *Generator) second(f *pdfFile, s Spec) error {
	c, err := g.draw(s)
	if err != nil {
		return err
	}
	f.behind = append(f.behind, f.addPage(c, f.backdrop))
	return nil
}

// letter is a page that is no certificate.
func (g *Generator) letter(s Spec) ([]byte, error) {
	c := &canvas{w: pageW, h: pageH, face: g.face}
	c.mark()
	c.bold(232, 700, 24, "介绍信（样例）", inkBlack)
	for i, line := range []string{"样例市样例局：", "　　兹介绍我单位工作人员前来办理样例事宜，请予接洽。", "　　此致", "敬礼", "样例建设集团有限公司", "二〇二六年三月一日"} {
		c.text(96, 640-28*float64(i), 14, line, inkBlack)
	}
	f := newPDF("介绍信（样例 SPECIMEN）", s.ID, c.w, c.h, dayTime(Day("2026-03-01"), 9, 0))
	stream, res := f.content(c, FontEmbedded, "")
	f.resource, f.contents = res, fmt.Sprintf("%d 0 R", f.addStream("", stream, true))
	f.begin()
	f.commit()
	return f.buf.Bytes(), nil
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
		f.behind = append(f.behind, f.addPage(more, 0))
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
	sub := truetype.NewSubset(c.face.Face)
	for _, r := range s.NewText[0] + s.NewText[1] {
		sub.Add(r)
	}
	return []byte(encodeText(sub, s.Font, s.NewText[0])), []byte(encodeText(sub, s.Font, s.NewText[1])), nil
}

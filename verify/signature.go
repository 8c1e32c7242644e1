package verify

import (
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
)

// ink looks at the place where the holder signs on a print. What cannot be looked at is named as not examined: no later
// stage may take silence for a signature.
func (g *gathering) ink() {
	if !g.ev.Input.MayBePrint() {
		return
	}
	r := &ink.Result{Presence: ink.NotExamined, Reason: ink.ReasonNotExamined}
	g.ev.Ink = r
	kind := g.refKind
	f := g.ev.Fields
	if f != nil {
		r.Page, r.Box = f.Page, f.Certificate.SignatureBox
		if f.Certificate.Kind != fields.UnknownKind {
			kind = f.Certificate.Kind
		}
		if f.Certificate.Medium == fields.Paper {
			return
		}
	}
	// No rule asks for a signature on other papers, nor on a qualification certificate (DOMAIN C-18).
	if kind != fields.Constructor1 && kind != fields.Architect1 {
		return
	}
	pic := g.signaturePage()
	if pic == nil {
		return
	}
	turn, signs := 0, [2]page.Box{}
	if f != nil && f.Page == pic.page {
		turn, signs = f.Turn, g.signs(pic, f)
	}
	b := pic.img.Bounds()
	w, h := float64(b.Dx()), float64(b.Dy())
	s := ink.Scan{Page: document.Upright(pic.img, turn), DPI: pic.dpi, Kind: string(kind)}
	s.Label, s.Box = signs[0].Turned(turn, w, h), signs[1].Turned(turn, w, h)
	res, err := ink.Examine(g.ctx, s, g.ref, ink.Options{})
	if err != nil {
		g.problem("ink", stageCode(err), err.Error())
		return
	}
	if turn%2 != 0 {
		w, h = h, w
	}
	res.Page, res.Box = pic.page, pic.box(res.Box.Turned(-turn, w, h))
	g.ev.Ink = res
}

// signaturePage is the page of the certificate as a picture: the one that print was read off, or else rendered now.
func (g *gathering) signaturePage() *flat {
	if g.flat != nil {
		return g.flat
	}
	i := 0
	if g.ev.Fields != nil {
		i = g.ev.Fields.Page
	}
	if g.part != nil {
		i = g.part.Page
	}
	pic, _, err := g.wholePage(i)
	if err != nil {
		g.problem("ink", stageCode(err), err.Error())
		return nil
	}
	return pic
}

// signs are the label and the area of the handwritten signature in pixels of the picture: as they were read off it, or as
// the page's text layer gives them.
func (g *gathering) signs(pic *flat, f *fields.Result) [2]page.Box {
	if s, ok := pic.signs[f]; ok {
		return s
	}
	size, err := g.doc.PageSize(f.Page)
	if err != nil || size.Width <= 0 || pic.sheet != nil || g.part != nil {
		return [2]page.Box{}
	}
	k := float64(pic.img.Bounds().Dx()) / size.Width
	return [2]page.Box{scaled(f.Certificate.SignatureLabel, k), scaled(f.Certificate.SignatureBox, k)}
}

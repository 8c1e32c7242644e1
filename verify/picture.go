package verify

import (
	"cmp"
	"errors"
	"image"
	"math"
	"slices"

	"zhengyan/verify/document"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// Picture says how a page that is a picture was made readable.
type Picture struct {
	Page int `json:"page"`
	// Reader is the program that read the print, with the versions of its models; "" if the page was not read.
	Reader string `json:"reader,omitempty"`
	// Sheet is the sheet of paper that was looked for, in page units: as it was found, or with the note NoSheet and why none
	// was, the page being read as it is; nil where none was looked for.
	Sheet *sheet.Sheet `json:"sheet,omitempty"`
	// AsIs: nothing was read on the sheet that was found, and the page was read as it is.
	AsIs bool `json:"asIs,omitempty"`
	// Millimetre is how many pixels of the flattened picture a millimetre of the paper has, if it can be told.
	Millimetre float64 `json:"pixelsPerMM,omitempty"`
}

// Flattened reports whether a sheet was found and laid flat. What was read was read on it, unless AsIs.
func (p *Picture) Flattened() bool { return p.Sheet != nil && !p.Sheet.Has(sheet.NoSheet) }

// flat is a page as a picture that print can be read off, with the way from its pixels to page units.
type flat struct {
	page   int
	img    *image.RGBA
	sheet  *sheet.Sheet // nil: the page as it is
	looked *sheet.Sheet // of a page as it is, what was made out where a sheet was looked for, found or not, in page units
	toPage func(page.Point) page.Point
	dpi    float64 // 0 if not known
	// signs are the label and the area of the handwritten signature of each reading, in pixels of img.
	signs map[*fields.Result][2]page.Box
}

// box is the upright box on the page around a box of the picture.
func (f *flat) box(b page.Box) page.Box {
	if b.IsZero() {
		return b
	}
	var out page.Box
	for i, p := range []page.Point{{X: b.X0, Y: b.Y0}, {X: b.X1, Y: b.Y0}, {X: b.X1, Y: b.Y1}, {X: b.X0, Y: b.Y1}} {
		q := f.toPage(p)
		if i == 0 {
			out = page.Box{X0: q.X, Y0: q.Y, X1: q.X, Y1: q.Y}
			continue
		}
		out = page.Box{X0: min(out.X0, q.X), Y0: min(out.Y0, q.Y), X1: max(out.X1, q.X), Y1: max(out.Y1, q.Y)}
	}
	return out
}

// isPicture reports whether the pages are pictures of print, whatever text lies under them.
func (g *gathering) isPicture() bool {
	switch k := g.ev.Input.Kind; {
	case k.IsPicture():
		return true
	case k == document.InputOriginal:
		return false
	}
	return g.ev.Input.Format != document.FormatPDF || len(g.texts) == 0 || g.ev.Fields == nil || g.ev.Fields.Source == fields.SourceNone
}

// pictures reads the print of pages that are pictures. What the eye sees counts: where the print was read, a text layer
// that a scanner's program laid under it no longer speaks.
func (g *gathering) pictures() {
	if !g.isPicture() {
		return
	}
	if g.v.cfg.Reader == nil {
		g.problem("ocr", "no-reader", fields.ErrNoReader.Error())
		return
	}
	first, last := 0, min(g.doc.NumPages(), g.v.cfg.Limits.PicturePages)
	if g.part != nil {
		first, last = g.part.Page, g.part.Page+1
	}
	pages := make([]int, 0, last-first+1)
	for i := first; i < last; i++ {
		pages = append(pages, i)
	}
	if c := g.corners; c != nil && c.page >= 0 && c.page < g.doc.NumPages() {
		// The page that a person pointed out comes first, so that of like ones it is the one that counts; the others are read
		// as ever.
		pages = slices.Insert(slices.DeleteFunc(pages, func(i int) bool { return i == c.page }), 0, c.page)
	}
	var best *fields.Result
	var others []*fields.Result
	done, cut := 0, false
	for ; done < len(pages) && g.ctx.Err() == nil; done++ {
		f, all := g.readPicture(pages[done])
		cut = len(all) == 0
		if f == nil {
			continue
		}
		for _, r := range all {
			switch {
			case best == nil || rank(r) < rank(best) || rank(r) == rank(best) && g.nearer(r, best):
				if best != nil {
					others = append(others, best)
				}
				best, g.flat = r, f
			default:
				others = append(others, r)
			}
		}
		if g.flat == nil {
			g.flat = f // nothing was read, but the place of the codes and of the ink may still be found
		}
	}
	if g.flat != nil {
		g.ev.Picture = &Picture{Page: g.flat.page, Reader: g.v.cfg.Reader.Name(), Sheet: g.flat.sheet, Millimetre: g.flat.dpi / 25.4}
		if g.ev.Picture.Sheet == nil {
			g.ev.Picture.Sheet = g.flat.looked
			g.ev.Picture.AsIs = g.ev.Picture.Flattened()
		}
	}
	// A search that left pages out has said so; else it has looked at every page.
	if done < len(pages) || g.ctx.Err() != nil || g.held == nil && g.part == nil && len(pages) < g.doc.NumPages() {
		left := pages[done:]
		if cut && g.ctx.Err() != nil {
			left = pages[done-1:] // the time was over before anything was made out on it
		}
		if g.held == nil && g.part == nil {
			left = append(slices.Clone(left), pagesFrom(last, g.doc.NumPages())...)
		}
		g.problem("fields", notRead, pageList(left, false))
	}
	if best == nil {
		// What kept a page from being read says more than that nothing was.
		said := slices.ContainsFunc(g.ev.Problems, func(p Problem) bool { return p.Stage == "ocr" && p.Code != badCorners })
		switch err := g.ctx.Err(); {
		case said:
		case err != nil:
			g.problem("ocr", stageCode(err), err.Error())
		default: // also where a text layer was read: what the picture shows was not
			g.problem("ocr", "no-certificate", "")
		}
		return
	}
	g.ev.Fields, g.ev.Others, g.ev.Unshown = best, others, false
}

// nearer reports whether a reading lies in the part that is looked at more than another does.
func (g *gathering) nearer(a, b *fields.Result) bool {
	return g.part != nil && !g.part.Box.IsZero() && g.share(a) > g.share(b)
}

// readPicture reads page i as a picture: a photo's sheet laid flat first, a scan as it is first, and the other way where
// that showed no certificate, or none whose kind it tells.
func (g *gathering) readPicture(i int) (*flat, []*fields.Result) {
	asIs, size, err := g.wholePage(i)
	if err != nil {
		if over := g.ctx.Err(); over != nil { // whatever the drawing calls it
			err = over
		}
		g.problem("ocr", stageCode(err), err.Error())
		return nil, nil
	}
	g.searchBeside(i)
	if g.part != nil && !g.part.Box.IsZero() {
		asIs = asIs.crop(g.part.Box, size)
	}
	ways := []func() *flat{func() *flat { return asIs }, func() *flat { return g.flatten(asIs) }}
	if g.ev.Input.Kind == document.InputPhoto || g.ev.Input.Kind == document.InputUnknown {
		ways[0], ways[1] = ways[1], ways[0]
	}
	if f := g.byHand(asIs, size); f != nil {
		ways = []func() *flat{func() *flat { return f }}
	}
	var first, best *flat
	var found []*fields.Result
	for _, way := range ways {
		f := way()
		if f == nil {
			continue
		}
		if first == nil {
			first = f
		}
		g.searchFlat(f)
		all, err := g.certificatesOn(f)
		if err != nil {
			if best == nil {
				g.problem("ocr", readerCode(err), err.Error())
			}
			break
		}
		if len(all) > 0 && (best == nil || told(all) < told(found)) {
			best, found = f, all
		}
		// A sheet that was laid flat badly may have lost its title, and still show labels.
		if best != nil && told(found) < untold {
			break
		}
	}
	if best == nil {
		return first, nil
	}
	if s := cmp.Or(best.sheet, best.looked); s != nil && s.Has(sheet.TwoSheets) {
		g.problem("fields", secondSheet, "")
	}
	best.signs = map[*fields.Result][2]page.Box{}
	for _, r := range found {
		best.place(r)
	}
	return best, found
}

// certificatesOn reads the certificates on a picture. What the search through a bid took for a paper that is not judged, and a quick
// reading surely takes for one too, is read no further: a bid has more of these than of others.
func (g *gathering) certificatesOn(f *flat) ([]*fields.Result, error) {
	if s, ok := g.v.cfg.Reader.(fields.Skimmer); ok && g.other {
		text, err := s.SkimPage(g.ctx, f.img, f.page)
		if err != nil {
			return nil, err
		}
		all := fields.ReadAll([]page.Text{text}, g.v.cfg.Tables)
		unsure := func(r *fields.Result) bool { return !g.surelyAside(r) }
		if len(all) > 0 && !slices.ContainsFunc(all, unsure) {
			return all, nil
		}
	}
	text, err := g.v.cfg.Reader.ReadPage(g.ctx, f.img, f.page)
	if err != nil {
		return nil, err
	}
	return fields.ReadAll([]page.Text{text}, g.v.cfg.Tables), nil
}

// surelyAside reports whether the title was surely read as that of a paper that is not judged, and its number does not contradict it.
func (g *gathering) surelyAside(r *fields.Result) bool {
	k := slices.IndexFunc(r.Fields, func(f fields.Field) bool { return f.Name == "title" })
	return rank(r) == aside && k >= 0 && r.Fields[k].Confidence >= g.v.cfg.Book.SureReading &&
		!slices.ContainsFunc(r.Problems, func(p fields.Problem) bool { return p.Code == fields.LevelMismatch })
}

// told is how well the kind of the best-told certificate of a picture is known: the least rank.
func told(all []*fields.Result) int {
	least := untold
	for _, r := range all {
		least = min(least, rank(r))
	}
	return least
}

// secondSheet is the code of another sheet in a photo than the one that was read.
const secondSheet = "second-sheet"

// readerCode tells an installation that cannot read pictures from a picture that could not be read.
func readerCode(err error) string {
	if errors.Is(err, fields.ErrNoReader) {
		return "no-reader"
	}
	return stageCode(err)
}

// place gives a reading's places in page units, and keeps where the holder signs in pixels.
func (f *flat) place(r *fields.Result) {
	f.signs[r] = [2]page.Box{r.Certificate.SignatureLabel, r.Certificate.SignatureBox}
	for k := range r.Fields {
		r.Fields[k].Box = f.box(r.Fields[k].Box)
	}
	r.Certificate.SignatureLabel = f.box(r.Certificate.SignatureLabel)
	r.Certificate.SignatureBox = f.box(r.Certificate.SignatureBox)
}

// wholePage renders page i as it is.
func (g *gathering) wholePage(i int) (*flat, document.PageSize, error) {
	dpi := g.v.cfg.Limits.RenderDPI
	if g.ev.Input.Format != document.FormatPDF {
		dpi = 0
	}
	img, err := g.doc.Render(g.ctx, i, dpi)
	if err != nil {
		return nil, document.PageSize{}, err
	}
	size, err := g.doc.PageSize(i)
	if err != nil {
		return nil, document.PageSize{}, err
	}
	b := img.Bounds()
	kx, ky := size.Width/float64(max(1, b.Dx())), size.Height/float64(max(1, b.Dy()))
	f := &flat{page: i, img: img, toPage: func(p page.Point) page.Point { return page.Point{X: p.X * kx, Y: p.Y * ky} }}
	if dpi > 0 && size.Width > 0 {
		f.dpi = float64(b.Dx()) / size.Width * 72
	}
	return f, size, nil
}

// crop is the part of a picture under a box of the page.
func (f *flat) crop(b page.Box, size document.PageSize) *flat {
	r := f.img.Bounds()
	kx, ky := float64(r.Dx())/size.Width, float64(r.Dy())/size.Height
	cut := image.Rect(int(b.X0*kx), int(b.Y0*ky), int(math.Ceil(b.X1*kx)), int(math.Ceil(b.Y1*ky))).Add(r.Min).Intersect(r)
	if cut.Empty() {
		return f
	}
	dx, dy := float64(cut.Min.X-r.Min.X), float64(cut.Min.Y-r.Min.Y)
	return &flat{
		page: f.page, dpi: f.dpi, img: f.img.SubImage(cut).(*image.RGBA),
		toPage: func(p page.Point) page.Point { return f.toPage(page.Point{X: p.X + dx, Y: p.Y + dy}) },
	}
}

// flatten lays the sheet of paper in the picture flat; nil if there is none to be found.
func (g *gathering) flatten(f *flat) *flat {
	s, err := sheet.Find(g.ctx, f.img)
	switch {
	case err != nil:
		return nil
	case s.Has(sheet.NoSheet):
		for k := range s.Corners {
			s.Corners[k] = f.toPage(s.Corners[k])
		}
		f.looked = &s
		return nil
	}
	out := g.lay(f, s)
	if out != nil {
		f.looked = out.sheet
	}
	return out
}

// lay lays a sheet flat whose corners are in pixels of the picture; nil if they are those of no sheet.
func (g *gathering) lay(f *flat, s sheet.Sheet) *flat {
	img, h, err := sheet.Dewarp(g.ctx, f.img, s.Corners, s.Size())
	if err != nil {
		return nil
	}
	out := &flat{
		page: f.page, img: img, sheet: &s,
		toPage: func(p page.Point) page.Point { return f.toPage(h.ToPicture(p)) },
	}
	// A sheet of A4's proportions is taken for A4, on which all these certificates are printed.
	if b := img.Bounds(); math.Abs(float64(max(b.Dx(), b.Dy()))/float64(min(b.Dx(), b.Dy()))-math.Sqrt2) < 0.01 {
		out.dpi = float64(max(b.Dx(), b.Dy())) / 297 * 25.4
	}
	for k := range s.Corners {
		s.Corners[k] = f.toPage(s.Corners[k])
	}
	return out
}

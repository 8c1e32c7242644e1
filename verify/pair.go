package verify

import (
	"context"
	"math"
	"path"
	"path/filepath"
	"slices"

	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
	"zhengyan/verify/rules"
	"zhengyan/verify/seal"
)

// Print is a scan or photo of a certificate's print, read beside the electronic original of the same certificate: the
// seal comes from the one, the ink from the other.
type Print struct {
	Input  document.Info  `json:"input"`
	Fields *fields.Result `json:"fields,omitempty"`
	// Others are further readings of certificates in the print's file.
	Others  []*fields.Result `json:"others,omitempty"`
	Codes   []Code           `json:"codes"`
	Picture *Picture         `json:"picture,omitempty"`
	// Ink is what was seen at the place of the signature with the original's page at hand.
	Ink *ink.Result `json:"ink,omitempty"`
	// Compared has every fact that the original states, beside what the print says.
	Compared []rules.Compared `json:"compared"`
	Problems []Problem        `json:"problems,omitempty"`
}

// Pairing finds originals and prints of the same certificate among the files of a batch. It keeps sources, not pages.
// It is not safe for concurrent use.
type Pairing struct {
	originals, prints map[string]document.Source
}

// maxPaired bounds the files that a Pairing remembers.
const maxPaired = 100_000

// Join takes over what another Pairing remembers; its own files count where both have one.
func (p *Pairing) Join(other Pairing) {
	if p.originals == nil {
		p.originals, p.prints = map[string]document.Source{}, map[string]document.Source{}
	}
	for k, v := range other.originals {
		if _, ok := p.originals[k]; !ok {
			p.originals[k] = v
		}
	}
	for k, v := range other.prints {
		if _, ok := p.prints[k]; !ok {
			p.prints[k] = v
		}
	}
}

// Add takes note of a file that was gathered. If the other half of its certificate came before, ok is true and the two
// can be given to GatherPair. Two files are halves of one if they show the same registration number, or the same QR text.
func (p *Pairing) Add(src document.Source, ev *Evidence) (original, print document.Source, ok bool) {
	if p.originals == nil {
		p.originals, p.prints = map[string]document.Source{}, map[string]document.Source{}
	}
	if ev == nil || ev.Failure != nil || ev.Part != nil || ev.Print != nil {
		return original, print, false
	}
	mine, theirs := p.prints, p.originals
	switch {
	case ev.Input.Kind == document.InputOriginal:
		// Only a file whose seal is whole speaks for a print: anybody can write a number into a file.
		if ev.Seal == nil || ev.Seal.Overall != seal.Clean {
			return original, print, false
		}
		mine, theirs = p.originals, p.prints
	case !ev.Input.MayBePrint():
		return original, print, false
	}
	keys := pairKeys(ev)
	// Halves lie in one folder: another bidder's file must not speak for this one's.
	folder := path.Dir(filepath.ToSlash(src.Name))
	for i := range keys {
		keys[i] = folder + "\x00" + keys[i]
	}
	defer func() {
		for _, k := range keys {
			if len(mine) < maxPaired {
				mine[k] = src
			}
		}
	}()
	for _, k := range keys {
		if other, found := theirs[k]; found {
			if ev.Input.Kind == document.InputOriginal {
				return src, other, true
			}
			return other, src, true
		}
	}
	return original, print, false
}

// OneCopy reports whether a print is one of the copy that it was compared with: the number, and the period of use where
// there is one, read the same. A holder may download a certificate several times, and each copy has its own period.
func (p *Print) OneCopy() bool {
	number := false
	for _, c := range p.Compared {
		switch c.Field {
		case "number":
			number = c.State == rules.ComparedEqual
		case "usage", "annotation":
			if c.State != rules.ComparedEqual {
				return false
			}
		}
	}
	return number
}

// pairKeys are what two files of one certificate have in common.
func pairKeys(ev *Evidence) []string {
	var out []string
	if ev.Fields != nil && ev.Fields.Certificate.Number != "" {
		out = append(out, "number "+string(ev.Fields.Certificate.Kind)+" "+ev.Fields.Certificate.Number)
	}
	for _, c := range ev.Codes {
		if c.Text != "" {
			out = append(out, "code "+c.Text)
		}
	}
	return out
}

// GatherPair reads the electronic original of a certificate together with a scan or photo of its print and returns the
// original's evidence with the print's in Print. Errors are as those of Gather.
func (v *Verifier) GatherPair(ctx context.Context, original, print document.Source) (*Evidence, error) {
	var ref *ink.Reference
	ev, err := v.gather(ctx, original, func(g *gathering) {
		g.before = func() { ref = g.reference() }
	})
	if err != nil {
		return nil, err
	}
	scan, err := v.gather(ctx, print, func(g *gathering) {
		g.ref, g.noRegistry = ref, true
		if ev.Fields != nil {
			g.refKind = ev.Fields.Certificate.Kind
		}
	})
	if err != nil {
		return nil, err
	}
	ev.Print = &Print{
		Input: scan.Input, Fields: scan.Fields, Others: scan.Others, Codes: scan.Codes, Picture: scan.Picture, Ink: scan.Ink, Problems: scan.Problems,
		Compared: v.compare(ev, scan),
	}
	if scan.Failure != nil {
		ev.Print.Problems = append(ev.Print.Problems, *scan.Failure)
	}
	for stage, ms := range scan.Timings {
		ev.Timings["print-"+stage] = ms
	}
	return ev, nil
}

// reference renders the original's page for the comparison with its print.
func (g *gathering) reference() *ink.Reference {
	f := g.ev.Fields
	if f == nil || f.Certificate.SignatureBox.IsZero() || g.ev.Input.Format != document.FormatPDF {
		return nil
	}
	img, err := g.doc.Render(g.ctx, f.Page, g.v.cfg.Limits.RenderDPI)
	if err != nil {
		return nil
	}
	size, err := g.doc.PageSize(f.Page)
	if err != nil || size.Width <= 0 {
		return nil
	}
	k := float64(img.Bounds().Dx()) / size.Width
	r := &ink.Reference{Page: img, DPI: k * 72, Box: scaled(f.Certificate.SignatureBox, k)}
	list, err := g.doc.Images(g.ctx, f.Page)
	if err != nil {
		return r
	}
	// The signature image is the smallest picture in the place of the signature: a background covers all of them.
	best := math.Inf(1)
	for _, im := range list {
		b := im.Box
		if im.Pixels == nil || !b.Intersects(f.Certificate.SignatureBox) || b.W()*b.H() >= best || b.W() > size.Width/2 {
			continue
		}
		best = b.W() * b.H()
		r.Signature, r.SignatureImage = scaled(b, k), im.Pixels
	}
	return r
}

func scaled(b page.Box, k float64) page.Box {
	return page.Box{X0: b.X0 * k, Y0: b.Y0 * k, X1: b.X1 * k, Y1: b.Y1 * k}
}

// compare sets every fact of the original beside the print's. What is not sure is not readable, never different.
func (v *Verifier) compare(original, print *Evidence) []rules.Compared {
	out := []rules.Compared{}
	if original.Fields == nil {
		return out
	}
	a := &original.Fields.Certificate
	var b fields.Certificate
	conf := map[string]float64{}
	sure := v.cfg.Book.SureReading
	// A text layer was put there by a program of unknown care, and nobody sees it: it is not what the print says.
	if print.Fields != nil && print.Fields.Source == fields.SourceOCR {
		b = print.Fields.Certificate
		for _, f := range print.Fields.Fields {
			if old, ok := conf[f.Name]; !ok || f.Confidence < old {
				conf[f.Name] = f.Confidence
			}
		}
	}
	add := func(name, x, y string, same bool) {
		if x == "" {
			return
		}
		c := rules.Compared{Field: name, Original: x, Print: y, State: rules.ComparedNotReadable}
		switch {
		case y == "":
		case same:
			c.State = rules.ComparedEqual
		case conf[name] >= sure:
			c.State = rules.ComparedDifferent
		}
		out = append(out, c)
	}
	date := func(name string, x, y civil.Date) { add(name, x.String(), y.String(), x == y) }
	// A reading program takes rare characters for common ones and is sure of it: names are never called different.
	name := func(field, x, y string, same bool) {
		if !same {
			conf[field] = 0
		}
		add(field, x, y, same)
	}
	add("number", a.Number, b.Number, a.Number == b.Number)
	name("name", a.Name, b.Name, fields.CompareNames(a.Name, b.Name) == fields.Equal)
	add("sex", a.Sex, b.Sex, a.Sex == b.Sex)
	date("birth", a.Birth, b.Birth)
	add("idNumber", partly(a.IDNumber, b.IDNumber), partly(b.IDNumber, a.IDNumber), a.IDNumber == b.IDNumber)
	name("employer", a.Employer, b.Employer, fields.CompareEmployers(a.Employer, b.Employer) == fields.Equal)
	name("qualificationName", a.QualName, b.QualName, a.QualName == b.QualName)
	date("approved", a.Approved, b.Approved)
	date("issueDate", a.IssueDate, b.IssueDate)
	name("issuer", a.Issuer, b.Issuer, a.Issuer == b.Issuer)
	for _, s := range a.Specialties {
		x, y, same := s.Name+" "+s.Valid.String(), "", false
		k := slices.IndexFunc(b.Specialties, func(t fields.Specialty) bool { return t.Name == s.Name })
		if k < 0 && len(a.Specialties) == 1 && len(b.Specialties) == 1 {
			k = 0
		}
		if k >= 0 {
			t := b.Specialties[k]
			y = t.Name + " " + t.Valid.String()
			same = s.Name == t.Name && s.Valid == t.Valid
		}
		add("specialty", x, y, same)
	}
	// A specialty that the print has beyond the original's.
	for _, t := range b.Specialties {
		if len(a.Specialties) > 0 && !slices.ContainsFunc(a.Specialties, func(s fields.Specialty) bool { return t.Name == s.Name }) && len(b.Specialties) > len(a.Specialties) {
			add("specialty", "—", t.Name, false)
		}
	}
	// A period that only one of the two states makes them different copies.
	span := func(name string, x, y fields.Period) {
		switch {
		case !x.IsZero():
			add(name, x.String(), period(y), x == y)
		case !y.IsZero():
			add(name, "—", y.String(), false)
		}
	}
	span("valid", a.Valid, b.Valid)
	span("usage", a.Usage, b.Usage)
	span("annotation", annotation(a), annotation(&b))
	return out
}

// maxShownDigits is how many digits of the middle of an identity number are shown: as many as a misreading or a slip of the
// keys changes. Two numbers that differ in more are those of two people, or one is misread, and the digits are the holder's.
const maxShownDigits = 2

// partly is an identity number as far as it is shown: its ends, and where another one differs in a few digits only.
func partly(id, other string) string {
	x, y := []rune(id), []rune(other)
	var differ []int
	for i := range x {
		if len(x) == len(y) && x[i] != y[i] {
			differ = append(differ, i)
		}
	}
	for i := 6; i < len(x)-2; i++ {
		if len(differ) > maxShownDigits || !slices.Contains(differ, i) {
			x[i] = '*'
		}
	}
	return string(x)
}

// annotation is the period of an annotation, zero where there is none.
func annotation(c *fields.Certificate) fields.Period {
	if c.Annotation == nil {
		return fields.Period{}
	}
	return c.Annotation.Period
}

// period is "" for a period that is not known.
func period(p fields.Period) string {
	if p.IsZero() {
		return ""
	}
	return p.String()
}

// Package bid makes scanned bid books with certificates inside, and tells where they stand.
package bid

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"
	"math/rand/v2"

	"zhengyan/verify/fields"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/camera"
)

// Page is what stands on a page of the book.
type Page struct {
	Kinds  []fields.Kind // of the certificates on it, none for other pages
	What   string        // "certificate", "pasted", "two", or the BidPage's name
	Turn   int           // quarter turns clockwise by which the certificate was laid in
	DPI    float64
	Number string // of the first certificate
}

// Certificates and the other pages of a book of 500: every number is in proportion for other sizes.
const (
	whole, pasted, two = 60, 14, 12
	hardNegatives      = 300
	of                 = 500
)

// Plan says what a book of n pages of a split holds.
func Plan(split camera.Split, n int) []Page {
	rng := rand.New(rand.NewPCG(uint64(split)+1, 0x706c616e))
	kinds := []fields.Kind{
		fields.Constructor1, fields.Architect1, fields.Qualification, fields.Constructor1, fields.Constructor2, fields.Qualification, fields.Architect1, fields.ConstructorTemp,
	}
	kind := func(i int) fields.Kind { return kinds[i%len(kinds)] }
	list := make([]Page, 0, n)
	part := func(k int) int { return (k*n + of - 1) / of }
	for i := range part(whole) {
		p := Page{What: "certificate", Kinds: []fields.Kind{kind(i)}}
		if i%4 == 3 {
			p.Turn = 1 + i/4%3
		}
		list = append(list, p)
	}
	for i := range part(pasted) {
		list = append(list, Page{What: "pasted", Kinds: []fields.Kind{kind(i)}})
	}
	for i := range part(two) {
		list = append(list, Page{What: "two", Kinds: []fields.Kind{kind(i), kind(i + 1)}})
	}
	hard := []verifytest.BidPage{verifytest.BidLicence, verifytest.BidNotice, verifytest.BidForm, verifytest.BidTable, verifytest.BidHeading, verifytest.BidDrawing, verifytest.BidLicence}
	for i := range part(hardNegatives) {
		list = append(list, Page{What: hard[i%len(hard)].String()})
	}
	for len(list) < n {
		list = append(list, Page{What: verifytest.BidText.String()})
	}
	list = list[:n]
	rng.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// Write writes the book as a PDF whose pages are one JPEG each, as scanners make them, and gives what stands on them.
func Write(out io.Writer, g *verifytest.Generator, split camera.Split, n int, each func(i int)) ([]Page, error) {
	plan := Plan(split, n)
	w := &counter{w: out}
	var at []int64
	object := func(format string, args ...any) {
		at = append(at, w.n)
		fmt.Fprintf(w, "%d 0 obj\n", len(at))
		fmt.Fprintf(w, format, args...)
		io.WriteString(w, "\nendobj\n")
	}
	io.WriteString(w, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	var kids bytes.Buffer
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", 3+3*i)
	}
	object("<</Type/Pages/Kids[%s]/Count %d>>", kids.Bytes(), n)
	for i := range plan {
		pic, err := scan(g, split, i, &plan[i])
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		b := pic.Image.Bounds()
		pw, ph := float64(b.Dx())*72/plan[i].DPI, float64(b.Dy())*72/plan[i].DPI
		content := fmt.Sprintf("q %.2f 0 0 %.2f 0 0 cm /I Do Q", pw, ph)
		object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>>>", pw, ph, 4+3*i, 5+3*i)
		object("<</Length %d>>stream\n%s\nendstream", len(content), content)
		space := "DeviceRGB"
		if pic.Image.ColorModel() == color.GrayModel {
			space = "DeviceGray"
		}
		object("<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/%s/BitsPerComponent 8/Filter/DCTDecode/Length %d>>stream\n%s\nendstream",
			b.Dx(), b.Dy(), space, len(pic.JPEG), pic.JPEG)
		if each != nil {
			each(i)
		}
	}
	xref := w.n
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(w, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(w, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return plan, w.err
}

// counter counts what it writes and keeps the first error.
type counter struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counter) Write(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(b)
	c.n, c.err = c.n+int64(n), err
	return n, err
}

// paintDPI is the resolution at which pages are painted before they are scanned.
const paintDPI = 200

// scan paints a page and scans it.
func scan(g *verifytest.Generator, split camera.Split, i int, p *Page) (camera.Picture, error) {
	rng := rand.New(rand.NewPCG(uint64(split)+1, uint64(i)+0x7363))
	shot, seed := camera.ScanShot(split, i)
	if shot.BlackLid = false; shot.DPI > 200 && i%3 > 0 {
		shot.DPI = 150 // most bids are scanned for their size
	}
	var img *image.RGBA
	var err error
	spec := func(k fields.Kind, j int) verifytest.Spec { return camera.SpecOf(split, 1000+4*i+j, k, rng) }
	switch p.What {
	case "certificate":
		s := spec(p.Kinds[0], 0)
		p.Number = s.Number
		img, err = g.Printed(s, paintDPI)
		shot.Quarter = p.Turn
	case "pasted", "two":
		shot.DPI = max(shot.DPI, 150) // what is pasted small is unreadable to people, too, at less
		scale := 0.60 + rng.Float64()*0.1
		if p.What == "two" {
			scale = 0.41 + rng.Float64()*0.03
		}
		var specs []verifytest.Spec
		for j, k := range p.Kinds {
			specs = append(specs, spec(k, j))
		}
		p.Number = specs[0].Number
		img, err = g.Pasted(specs, scale, seed, paintDPI)
	default:
		img, err = g.BidPage(kindOf(p.What), seed, paintDPI)
	}
	if err != nil {
		return camera.Picture{}, err
	}
	p.DPI = shot.DPI
	return camera.Scanned(camera.A4(img), shot, seed), nil
}

func kindOf(name string) verifytest.BidPage {
	for k := verifytest.BidText; k <= verifytest.BidLicence; k++ {
		if k.String() == name {
			return k
		}
	}
	return verifytest.BidText
}

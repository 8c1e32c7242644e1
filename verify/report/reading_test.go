package report

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"regexp"
	"strings"
	"testing"

	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
)

// Colours of the places on the page of readOff.
var placeColours = map[string]color.RGBA{"title": {250, 0, 0, 255}, "name": {0, 250, 0, 255}, "number": {0, 0, 250, 255}, "idNumber": {200, 0, 200, 255}}

func placeOf(i int) page.Box {
	return page.Box{X0: 60, Y0: 100 + 50*float64(i), X1: 300, Y1: 130 + 50*float64(i)}
}

// readOff is a report on a photographed certificate whose title was misread.
func readOff() *verify.Report {
	r := indeterminate()
	r.Input.Name, r.Input.Kind = "照片.jpg", document.InputPhoto
	r.Certificate.Title = "中华人民共和国一级建造师注咫证书"
	ev := *r.Evidence
	ev.PageSizes = []document.PageSize{{Width: 595, Height: 842}}
	ev.Picture = &verify.Picture{Page: 0, Reader: "reader 1.2", Sheet: &sheet.Sheet{Score: 0.918}, Millimetre: 11.8}
	ev.Fields = &fields.Result{Source: fields.SourceOCR, Fields: []fields.Field{
		{Name: "title", Value: r.Certificate.Title, Confidence: 0.7, Box: placeOf(0)},
		{Name: "name", Value: "样𬭩", Confidence: 0.9399, Box: placeOf(1)},
		{Name: "number", Value: "京1112015201600132", Confidence: 0.9996, Box: placeOf(2)},
		{Name: "idNumber", Value: "110101199003071234", Confidence: 1, Box: placeOf(3)},
		{Name: "specialty", Value: "建筑工程 2024-05-14/2027-05-13", Confidence: 0.99, Box: page.Box{}},
		{Name: "specialty", Value: "市政公用工程 2025-01-06/2028-01-05", Confidence: 0.88, Box: page.Box{X0: 1, X1: 1e300, Y0: -1e300, Y1: 2}},
		{Name: "signature", Confidence: 0.9, Box: placeOf(5)},
	}}
	r.Evidence = &ev
	return r
}

// facePicture is its page, each place in a colour of its own.
func facePicture(r *verify.Report, n int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 1240, 1754))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	k := 1240 / 595.0
	for _, f := range r.Evidence.Fields.Fields {
		if c, ok := placeColours[f.Name]; ok && n == f.Page {
			draw.Draw(m, image.Rect(int(f.Box.X0*k), int(f.Box.Y0*k), int(f.Box.X1*k), int(f.Box.Y1*k)), image.NewUniform(c), image.Point{}, draw.Src)
		}
	}
	return m
}

// everyForm writes a report in all forms that a person reads, as text without spaces.
func everyForm(t *testing.T, r *verify.Report) map[string]string {
	t.Helper()
	o := Options{PDF: PDFOptions{Font: testFont()}}
	var term, h, pdf bytes.Buffer
	rs := []*verify.Report{r}
	for _, err := range []error{Full(&term, r, Style{Width: 400}), o.WriteHTML(&h, rs), o.WritePDF(&pdf, rs)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	shown, _, _ := strings.Cut(h.String(), htmlLead)
	_, shown, _ = strings.Cut(shown, "</style>")
	overview, _, _ := SheetNames(r.Lang)
	var cells []string
	for _, row := range sheetRows(t, openXLSX(t, rs), overview) {
		cells = append(cells, row...)
	}
	out := map[string]string{"terminal": term.String(), "html": regexp.MustCompile(`<[^>]*>`).ReplaceAllString(shown, ""), "pdf": strings.Join(pdfPages(t, pdf.Bytes()), "\n"), "xlsx": strings.Join(cells, "\n")}
	for k, s := range out {
		out[k] = squeezed(codePoint.ReplaceAllString(s, ""))
	}
	return out
}

// Every form says what the face was read from, how sure each value is, and what a misread title must be.
func TestEveryFormSaysWhatWasRead(t *testing.T) {
	byHand := func() *verify.Report {
		r := readOff()
		r.Evidence.Picture.Sheet = &sheet.Sheet{Score: 1, Notes: []sheet.Note{sheet.ByHand}}
		return r
	}
	asIs := readOff()
	asIs.Evidence.Picture.AsIs = true
	unread := readOff()
	unread.Evidence.Fields = &fields.Result{Source: fields.SourceNone}
	unread.Evidence.Picture.Reader, unread.Certificate = "", fields.Certificate{}
	other := readOff()
	other.Certificate.Kind, other.Certificate.Title = fields.OtherCertificate, "安全生产许可证"
	for name, c := range map[string]struct {
		report     *verify.Report
		want, lack []string
	}{
		"photo": {
			readOff(),
			[]string{"读自第1页的图像·按纸角摊平，纸角把握0.92·约300dpi·reader1.2", "93%", "99%", "88%", "一级建造师注册证书（标题读作“中华人民共和国一级建造师注咫证书”）"},
			[]string{"94%", "纸角由人指定"},
		},
		"photo in English":      {english(readOff()), []string{"readoffthepictureofpage1·laidflatbythesheet'scorners,sheetscore0.92·about300dpi·reader1.2", "93%", "(titlereadas“中华人民共和国一级建造师注咫证书”)"}, nil},
		"read as it is":         {asIs, []string{"读自第1页的图像·找到了纸边，按原样识读（摊平后读出的更少）·约300dpi"}, []string{"按纸角摊平"}},
		"corners by hand":       {byHand(), []string{"纸角由人指定"}, []string{"纸角把握", "1.00"}},
		"by hand in English":    {english(byHand()), []string{"thesheet'scornersweresetbyhand"}, []string{"sheetscore"}},
		"text":                  {passed(), []string{"读自第1页的文字", "中华人民共和国一级建造师注册证书"}, []string{"把握", "读作", "100%"}},
		"text of a scan":        {indeterminate(), []string{"读自第1页的文字（不是原始电子件，文字由制作文件者写入）"}, []string{"读作", "100%"}},
		"nothing could be read": {unread, []string{"第1页是图像，没有读出票面"}, []string{"读自", "93%"}},
		"another certificate":   {other, []string{"安全生产许可证"}, []string{"标题读作"}},
	} {
		t.Run(name, func(t *testing.T) {
			for form, text := range everyForm(t, c.report) {
				text = strings.NewReplacer("&#39;", "'", "识读与把握", "", "Readingandconfidence", "").Replace(text)
				for _, want := range c.want {
					if !strings.Contains(text, want) {
						t.Errorf("%s lacks %q", form, want)
					}
				}
				for _, lack := range c.lack {
					if strings.Contains(text, lack) {
						t.Errorf("%s has %q", form, lack)
					}
				}
				if strings.Contains(text, "110101199003071234") {
					t.Errorf("%s has the whole identity number", form)
				}
			}
		})
	}
}

// What was read off a picture stands beside its picture, cut out at its place; the report is whole when it is read back.
func TestCropsOfReadFacts(t *testing.T) {
	for turned := range 4 {
		r := readOff()
		r.Evidence.Fields.Turn = turned
		asked := 0
		o := Options{PDF: PDFOptions{Font: testFont()}, Picture: func(r *verify.Report, n int) image.Image { asked++; return facePicture(r, n) }}
		var h bytes.Buffer
		if err := o.WriteHTML(&h, []*verify.Report{r}); err != nil {
			t.Fatal(err)
		}
		if asked != 1 {
			t.Errorf("the page was drawn %d times", asked)
		}
		found := regexp.MustCompile(`<img alt="([^"]*)" src="data:image/jpeg;base64,([^"]*)"/>`).FindAllStringSubmatch(h.String(), -1)
		var names []string
		for i, m := range found {
			names = append(names, m[1])
			raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(m[2], "&#43;", "+"))
			if err != nil {
				t.Fatal(err)
			}
			img, err := jpeg.Decode(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if len(raw) > 8<<10 || img.Bounds().Dx() > cropWidth || img.Bounds().Dy() > cropWidth {
				t.Errorf("%s: %d bytes, %v", m[1], len(raw), img.Bounds())
			}
			if i < 3 { // the last is a place that lies mostly outside of the page
				if wide := img.Bounds().Dx() > img.Bounds().Dy(); wide == (turned%2 != 0) {
					t.Errorf("turned %d: %v", turned, img.Bounds())
				}
				want := placeColours[[]string{"title", "name", "number"}[i]]
				cr, cg, cb, _ := img.At(img.Bounds().Dx()/2, img.Bounds().Dy()/2).RGBA()
				for k, v := range [][2]uint32{{cr >> 8, uint32(want.R)}, {cg >> 8, uint32(want.G)}, {cb >> 8, uint32(want.B)}} {
					if max(v[0], v[1])-min(v[0], v[1]) > 12 {
						t.Errorf("%s: channel %d is %d, want %d", m[1], k, v[0], v[1])
					}
				}
			}
		}
		if got := strings.Join(names, " "); !strings.HasPrefix(got, "标题 姓名 编号") || strings.Contains(got, "证件号码") {
			t.Errorf("pictures of %s", got)
		}
		back, err := ReadBatch(&h)
		if err != nil || back.Integrity != Unchanged {
			t.Errorf("read back: %v %+v", err, back)
		}

		asked = 0
		var pdf bytes.Buffer
		if err := o.WritePDF(&pdf, []*verify.Report{r}); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(pdf.Bytes(), []byte("/Filter /DCTDecode")); n < 4 || asked != 1 {
			t.Errorf("%d photos in the PDF, the page drawn %d times", n, asked)
		}
		if back, err := ReadBatch(&pdf); err != nil || back.Integrity != Unchanged {
			t.Errorf("read back: %v %+v", err, back)
		}
	}
}

// A certificate inside a large document is shown on its own page, whose size only the place knows.
func TestPageOfAPart(t *testing.T) {
	r := readOff()
	r.Evidence.Part = &verify.Part{Page: 86, Of: 3, Index: 1, PageSize: &document.PageSize{Width: 595, Height: 842}}
	for i := range r.Evidence.Fields.Fields {
		r.Evidence.Fields.Fields[i].Page = 86
	}
	for i := range r.Checks {
		r.Checks[i].Evidence = nil
	}
	asked := map[int]bool{}
	o := Options{PDF: PDFOptions{Font: testFont()}, Picture: func(r *verify.Report, n int) image.Image { asked[n] = true; return facePicture(r, n) }}
	var b bytes.Buffer
	if err := o.WritePDF(&b, []*verify.Report{r}); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(b.Bytes(), []byte("/Filter /DCTDecode")); len(asked) != 1 || !asked[86] || n < 4 {
		t.Errorf("pages %v were drawn, %d photos are in the file", asked, n)
	}
}

package report

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"

	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/document"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/fields"
	"zhengyan/verify/ink"
	"zhengyan/verify/page"
	"zhengyan/verify/rules"
)

const testCheckpoint = "zhengyan-audit\n1234\nq1tdCXPRXsGZ0HfDPlQVVnN1oJYhv4Yj8gN0d0dGq1g=\n\n— zhengyan-audit c2FtcGxlIHNhbXBsZSBzYW1wbGUgc2FtcGxlIHNhbXBsZSBzYW1wbGUgc2FtcGxlIHNhbXBsZQ==\n"

// inkPNG is a wavy line, as a signature is.
func inkPNG(c color.Color) []byte {
	m := image.NewRGBA(image.Rect(0, 0, 180, 60))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	for x := 10; x < 170; x++ {
		for t := range 3 {
			m.Set(x, 20+(x*7%23)+t, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// paired is an original that was judged together with its print.
func paired() *verify.Report {
	r := passed()
	r.Input.Name, r.Input.SHA256 = "张样例-原件.pdf", strings.Repeat("ab", 32)
	r.Certificate.Number = "京1112015201600777"
	likeness := 0.83
	ev := *r.Evidence
	ev.Ink = nil
	ev.Print = &verify.Print{
		Input:  document.Info{Name: "张样例-扫描.png", SHA256: strings.Repeat("cd", 32), Kind: document.InputScan},
		Fields: &fields.Result{Source: fields.SourceOCR, Fields: []fields.Field{{Name: "number", Value: "京1112015201600777", Confidence: 0.9876}, {Name: "name", Confidence: 0.5}}}, Picture: &verify.Picture{Page: 0, Reader: "reader 1.2", Sheet: &sheet.Sheet{Score: 0.93}, Millimetre: 11.8},
		Compared: []rules.Compared{
			{Field: "number", Original: "京1112015201600777", Print: "京1112015201600777", State: rules.ComparedEqual},
			{Field: "name", Original: "样𬭩", State: rules.ComparedNotReadable},
			{Field: "usage", Original: "2026-03-01 – 2026-08-27", Print: "2026-03-01 – 2026-09-27", State: rules.ComparedDifferent},
		},
		Ink: &ink.Result{
			Presence: ink.Ink, Confidence: 0.97, Likeness: &likeness, Band: "agrees", Length: 84, Registered: true, RMS: 0.21, Colour: ink.ColourBlue,
			Caveats: []string{ink.CaveatCopy}, CropPNG: inkPNG(color.RGBA{0, 0, 160, 255}), ReferencePNG: inkPNG(color.Black), OverlayPNG: inkPNG(color.RGBA{200, 0, 0, 255}),
		},
	}
	r.Evidence = &ev
	return r
}

// inBook is a certificate on a page of a large document.
func inBook() *verify.Report {
	r := indeterminate()
	r.Input.Name = "投标文件.pdf"
	r.Certificate.Number = "京1112015201600888"
	r.Human = nil
	ev := *r.Evidence
	ev.Part = &verify.Part{Page: 86, Box: page.Box{X0: 40, Y0: 50, X1: 300, Y1: 420}, Of: 3, Index: 1}
	r.Evidence = &ev
	return r
}

func fullBatch() []*verify.Report { return append(batch(), paired(), inBook()) }

func fullOptions() Options {
	return Options{
		PDF: PDFOptions{Font: testFont()}, Checkpoint: testCheckpoint, LeftOut: "另有 2 项未核验：隐藏文件",
		Roster: []RosterLine{{State: "缺证书", Name: "李样例"}, {State: "信息不符", Name: "样𬭩", Number: "京1112015201600777", Differs: "聘用单位", File: "张样例-原件.pdf"}},
	}
}

// what every form must say of the new parts.
var partWords = []string{
	"有墨迹", "笔迹相似度：高，仅供参考", "笔迹长84毫米", "笔迹一致", "张样例-扫描.png", "一致1·不同1·读不清1", "文件内第87页", "3件证书中的第2件",
	"重复与交叉", "人员名单核对", "另有2项未核验：隐藏文件", "缺证书", "李样例", "reader1.2", "京1112015201600777（把握98%）", disclaimer,
}

func TestEveryFormShowsTheParts(t *testing.T) {
	rs, o := fullBatch(), fullOptions()
	var h, pdf, x, j bytes.Buffer
	for _, err := range []error{o.WriteHTML(&h, rs), o.WritePDF(&pdf, rs), o.WriteXLSX(&x, rs), o.WriteJSON(&j, rs)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	book := readXLSX(t, x.Bytes())
	texts := map[string]string{"html": h.String(), "pdf": strings.Join(pdfPages(t, pdf.Bytes()), "\n"), "xlsx": book}
	tags := regexp.MustCompile(`<[^>]*>`)
	for form, text := range texts {
		if form == "html" {
			text = tags.ReplaceAllString(text, "")
		}
		text = squeezed(text)
		for _, want := range partWords {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", form, want)
			}
		}
		if strings.Contains(text, "伪造") || strings.Contains(strings.ToLower(text), "forged") {
			t.Errorf("%s accuses", form)
		}
	}
	if n := strings.Count(h.String(), "data:image/png;base64,"); n != 3 {
		t.Errorf("%d pictures in the page, want 3", n)
	}
	back, err := Read(&j)
	if err != nil {
		t.Fatal(err)
	}
	if p := back[5].Evidence.Print; p == nil || len(p.Compared) != 3 || len(p.Ink.CropPNG) == 0 || back[6].Evidence.Part.Page != 86 {
		t.Error("the JSON lost a part")
	}
	if got, want := fmt.Sprintf("%+v", fromXLSX(t, rs)), fmt.Sprintf("%+v", foundIn(rs)); got != want {
		t.Errorf("workbook\n%s\nwant\n%s", got, want)
	}
	if got, want := fmt.Sprintf("%+v", fromHTML(t, rs)), fmt.Sprintf("%+v", foundIn(rs)); got != want {
		t.Errorf("page\n%s\nwant\n%s", got, want)
	}
}

func readXLSX(t *testing.T, data []byte) string {
	t.Helper()
	x := openBytes(t, data)
	var b strings.Builder
	for _, name := range x.GetSheetList() {
		b.WriteString(name + "\n")
		for _, row := range sheetRows(t, x, name) {
			b.WriteString(strings.Join(row, "\n") + "\n")
		}
	}
	hand, _, _, _ := PartSheets("zh")
	pics, err := x.GetPictures(hand, "F2")
	if err != nil || len(pics) == 0 {
		// The signature of the first file was not looked at: the picture stands with the file that has one.
		for row := 3; row < 10 && len(pics) == 0; row++ {
			pics, err = x.GetPictures(hand, fmt.Sprintf("F%d", row))
		}
	}
	if err != nil || len(pics) == 0 {
		t.Errorf("no picture of the signature in the workbook: %v", err)
	}
	return b.String()
}

// A picture that is none, or that is too large, is left out and harms nothing.
// The issuer of a certificate and that of a seal's certificate are two things.
func TestIssuersAreToldApart(t *testing.T) {
	r := paired()
	r.Evidence.Print.Compared = []rules.Compared{{Field: "issuer", Original: "甲厅", Print: "乙厅", State: rules.ComparedNotReadable}}
	for _, c := range []struct {
		w    words
		want string
	}{{words{}, "签发机构"}, {words{en: true}, "issuer"}} {
		if got := c.w.printTable(r).Rows[0].Field; got != c.want {
			t.Errorf("compared is %q, want %q", got, c.want)
		}
	}
	r.Checks = []verify.Check{
		{ID: "face", Status: verify.Inconclusive, Evidence: []verify.Fact{{Name: "issuer", Value: "甲厅 | 乙厅"}}},
		{ID: "trust", Status: verify.Inconclusive, Evidence: []verify.Fact{{Name: "issuer", Value: "CN=甲"}}},
	}
	o := fullOptions()
	var h, pdf, x bytes.Buffer
	for _, err := range []error{o.WriteHTML(&h, []*verify.Report{r}), o.WritePDF(&pdf, []*verify.Report{r}), o.WriteXLSX(&x, []*verify.Report{r})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for form, text := range map[string]string{"html": h.String(), "pdf": strings.Join(pdfPages(t, pdf.Bytes()), "\n"), "xlsx": readXLSX(t, x.Bytes())} {
		text = strings.ReplaceAll(squeezed(text), "：", ":")
		for _, want := range []string{"签发机构:甲厅|乙厅", "颁发者:CN=甲"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", form, want)
			}
		}
	}
}

func TestBrokenInkPictures(t *testing.T) {
	r := paired()
	huge := inkPNG(color.Black)
	copy(huge[16:24], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 × 65536 in the header
	r.Evidence.Print.Ink.CropPNG, r.Evidence.Print.Ink.ReferencePNG = []byte("no picture"), huge
	r.Evidence.Print.Ink.OverlayPNG = r.Evidence.Print.Ink.OverlayPNG[:60]
	h := wordsOf("zh").handwriting(r)
	if h == nil || len(h.Pictures) != 0 {
		t.Errorf("%+v", h)
	}
	if n := len(pdfPages(t, writePDF(t, []*verify.Report{r}, PDFOptions{}))); n == 0 {
		t.Error("no page")
	}
}

// Programs that know nothing of this package read the PDF: text, and the code of the checkpoint off the rendered page.
func TestPeersReadThePDF(t *testing.T) {
	if assets.Font() == nil {
		t.Skip("this build carries no Chinese font")
	}
	text, err1 := exec.LookPath("pdftotext")
	draw, err2 := exec.LookPath("pdftoppm")
	if err1 != nil || err2 != nil {
		t.Skip("pdftotext and pdftoppm are not installed")
	}
	dir := t.TempDir()
	if keep := os.Getenv("ZHENGYAN_KEEP"); keep != "" {
		dir = keep
	}
	file := filepath.Join(dir, "r.pdf")
	o := fullOptions()
	o.Picture = func(_ *verify.Report, _ int) image.Image { return image.NewGray(image.Rect(0, 0, 300, 420)) }
	if err := o.WriteFile(file, fullBatch()); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), text, "-enc", "UTF-8", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	all := squeezed(string(out))
	for _, want := range partWords {
		if !strings.Contains(all, want) {
			t.Errorf("pdftotext does not read %q", want)
		}
	}
	m := regexp.MustCompile(`(\d+)\s*不通过\s*(\d+)\s*无法确定\s*(\d+)\s*通过\s*(\d+)\s*读不了`).FindStringSubmatch(string(out))
	if m == nil || strings.Join(m[1:], " ") != "2 2 2 1" {
		t.Errorf("pdftotext reads the counts as %v", m)
	}
	first := filepath.Join(dir, "p")
	if out, err := exec.CommandContext(t.Context(), draw, "-r", "110", "-l", "2", "-png", file, first).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	found := ""
	list, _ := filepath.Glob(first + "-*.png")
	for _, name := range list {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		bmp, _ := gozxing.NewBinaryBitmapFromImage(img)
		if res, err := zxing.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}); err == nil {
			found = res.GetText()
		}
	}
	if found != testCheckpoint {
		t.Errorf("the code on the page says %q", found)
	}
}

// A report read back tells whether it was changed: a value, a line left out, lines in another order; spaces do not count.
func TestIntegrity(t *testing.T) {
	write := func(rs []*verify.Report) string {
		var b bytes.Buffer
		if err := (Options{Checkpoint: testCheckpoint}).WriteJSON(&b, rs); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	one, many := write([]*verify.Report{failed()}), write(batch())
	lines := strings.SplitAfter(strings.TrimSuffix(many, "\n"), "\n")
	for name, c := range map[string]struct {
		in      string
		want    Integrity
		missing int
	}{
		"one":              {one, Unchanged, 0},
		"one, other space": {strings.ReplaceAll(one, "\n  ", "\n\t "), Unchanged, 0},
		"several":          {many, Unchanged, 0},
		"verdict":          {strings.Replace(one, "TOTAL-FAILED", "TOTAL-PASSED", 1), Changed, 0},
		"name":             {strings.Replace(many, "样𬭩", "样铜", 1), Changed, 0},
		"failure left out": {lines[0] + strings.Join(lines[2:], ""), Changed, 1},
		"last left out":    {strings.Join(lines[:4], ""), Changed, 1},
		"other order":      {lines[1] + lines[0] + strings.Join(lines[2:], ""), Changed, 0},
		"twice":            {many + many, Changed, 0},
		"without a digest": {string(mustJSON(t, failed())), Unmarked, 0},
		"another digest":   {strings.Replace(one, `"digest": "`, `"digest": "0`, 1), Changed, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := ReadBatch(strings.NewReader(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if b.Integrity != c.want || b.Missing != c.missing {
				t.Errorf("%s, %d missing; want %s, %d", b.Integrity, b.Missing, c.want, c.missing)
			}
		})
	}
	b, _ := ReadBatch(strings.NewReader(one))
	if b.Reports[0].Checkpoint != testCheckpoint {
		t.Error("the checkpoint is lost")
	}
}

func TestDifferences(t *testing.T) {
	if d := Differences(failed(), failed()); len(d) != 0 {
		t.Errorf("the same report differs from itself: %v", d)
	}
	d := strings.Join(Differences(failed(), passed()), "\n")
	for _, want := range []string{"indication: TOTAL_FAILED → TOTAL_PASSED", "usage-end Y-11: FAILED → "} {
		if !strings.Contains(strings.ReplaceAll(d, "TOTAL-", "TOTAL_"), want) {
			t.Errorf("%q is missing in\n%s", want, d)
		}
	}
}

// The same file twice is told once, not again by its number and by its person.
func TestCrossings(t *testing.T) {
	a, b, c := paired(), paired(), paired()
	b.Input.Name = "again.pdf"
	c.Input.Name, c.Input.SHA256 = "other.pdf", strings.Repeat("ef", 32)
	got := Crossings([]*verify.Report{a, b})
	if len(got) != 1 || len(got[0].Files) != 2 || !strings.Contains(got[0].What, "同一文件") {
		t.Errorf("%+v", got)
	}
	got = Crossings([]*verify.Report{a, b, c})
	if len(got) != 2 || len(got[1].Files) != 3 {
		t.Errorf("%+v", got)
	}
	if got := Crossings([]*verify.Report{unreadable(), unreadable()}); len(got) != 0 {
		t.Errorf("files that could not be read cross: %+v", got)
	}
}

// An original and its print are one certificate: what was said of a half alone before the other was read is in no form of
// the report, the pair bears both names, and a print is compared by its bytes.
func TestPairsCountOnce(t *testing.T) {
	pair := paired()
	pair.Input.Name, pair.Evidence.Print.Input.Name = "丙/ok.pdf", "丙/scan.png"
	alone := passed()
	alone.Input, alone.Certificate = pair.Input, pair.Certificate
	alone.Evidence = &verify.Evidence{Input: alone.Input, Metadata: document.Metadata{IDs: []string{"AB"}}}
	pair.Evidence.Metadata.IDs = []string{"AB"}
	print := indeterminate()
	print.Input, print.Certificate = pair.Evidence.Print.Input, pair.Certificate
	print.Evidence = nil
	for name, rs := range map[string][]*verify.Report{"the original first": {alone, pair}, "the print first": {print, pair}, "two prints": {alone, print, pair, pair}} {
		if got := Crossings(rs); len(got) != 0 {
			t.Errorf("%s: the halves of a pair cross: %+v", name, got)
		}
		if got := WithoutHalves(rs); len(got) == 0 || got[0] != pair {
			t.Errorf("%s: %d reports are left", name, len(got))
		}
	}
	other := indeterminate() // the same scan in another folder
	other.Input.Name, other.Input.SHA256, other.Certificate.Number = "丁/scan.png", print.Input.SHA256, ""
	other.Certificate.Birth, other.Evidence = civil.Date{}, nil
	got := Crossings([]*verify.Report{alone, pair, other})
	if len(got) != 1 || !slices.Equal(got[0].Files, []string{"丙/scan.png", "丁/scan.png"}) {
		t.Errorf("%+v", got)
	}
	copied := passed() // another download
	copied.Input.Name, copied.Input.SHA256, copied.Certificate.Number = "丁/ok.pdf", "ee", "京1112015201600999"
	copied.Evidence = &verify.Evidence{Metadata: document.Metadata{IDs: []string{"ab", "cd"}}}
	got = Crossings([]*verify.Report{alone, pair, copied})
	if len(got) != 1 || !strings.Contains(got[0].What, "PDF 文档标识相同") || !slices.Equal(got[0].Files, []string{"丙/ok.pdf + scan.png", "丁/ok.pdf"}) {
		t.Errorf("%+v", got)
	}

	rs := []*verify.Report{alone, pair, copied}
	var page, data bytes.Buffer
	if err := WriteHTML(&page, rs); err != nil {
		t.Fatal(err)
	}
	shown := html.UnescapeString(strings.Split(page.String(), htmlLead)[0])
	if n := strings.Count(shown, "丙/ok.pdf + scan.png</bdi>"); n != 3 || strings.Contains(shown, "丙/ok.pdf</bdi>") { // overview, crossings, heading
		t.Errorf("the pair is named %d times", n)
	}
	if !strings.Contains(shown, "通过 2 · 无法确定 0") {
		t.Error("a half was counted")
	}
	if err := WriteJSON(&data, rs); err != nil {
		t.Fatal(err)
	}
	b, err := ReadBatch(&data)
	if err != nil || len(b.Reports) != 2 || b.Integrity != Unchanged {
		t.Errorf("%v: %+v", err, b)
	}
	overview, _, _ := SheetNames("zh")
	rows := sheetRows(t, openXLSX(t, rs), overview)
	if len(rows) != 3 || rows[1][1] != "丙/ok.pdf + scan.png" {
		t.Errorf("%q", rows)
	}
}

package report

import (
	"bytes"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/image/font/gofont/goregular"

	"zhengyan/assets"
	"zhengyan/verify"
	"zhengyan/verify/document/pdfraw"
)

func writePDF(t *testing.T, rs []*verify.Report, o PDFOptions) []byte {
	t.Helper()
	if o.Font == nil {
		o.Font = testFont()
	}
	var b bytes.Buffer
	if err := WritePDF(&b, rs, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pdfPages reads the text of each page back through the file's own ToUnicode map, with one line feed a text object.
func pdfPages(t *testing.T, data []byte) []string {
	t.Helper()
	d, err := pdfraw.Open(t.Context(), data, pdfraw.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if d.Rebuilt || len(d.Misplaced) > 0 {
		t.Fatalf("the cross-reference table is wrong: rebuilt %v, misplaced %v", d.Rebuilt, d.Misplaced)
	}
	stream := func(o pdfraw.Object) string {
		s, ok := d.Resolve(o).(*pdfraw.Stream)
		if !ok {
			t.Fatalf("%v is no stream", o)
		}
		b, err := d.Decode(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	pages, broken := d.Pages()
	if broken {
		t.Fatal("the page tree is broken")
	}
	var out []string
	for _, p := range pages {
		font := d.Dict(d.Dict(d.Dict(p.Resources)["Font"])["F"])
		text := map[string]string{}
		for _, m := range regexp.MustCompile(`(?m)^<(....)> <([0-9A-F]+)>$`).FindAllStringSubmatch(stream(font["ToUnicode"]), -1) {
			raw, _ := hex.DecodeString(m[2])
			var u []uint16
			for i := 0; i+1 < len(raw); i += 2 {
				u = append(u, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			text[m[1]] = string(utf16.Decode(u))
		}
		var b strings.Builder
		for _, m := range regexp.MustCompile(`<([0-9A-F]*)> Tj`).FindAllStringSubmatch(stream(p.Dict["Contents"]), -1) {
			for i := 0; i < len(m[1]); i += 4 {
				s, ok := text[m[1][i:i+4]]
				if !ok {
					t.Fatalf("code %s has no text", m[1][i:i+4])
				}
				b.WriteString(s)
			}
			b.WriteByte('\n')
		}
		out = append(out, b.String())
	}
	return out
}

var codePoint = regexp.MustCompile(`\[U\+[0-9A-F]+\]`)

// squeezed leaves out what depends on where lines break and on which characters the font lacks.
func squeezed(s string) string {
	return strings.Join(strings.Fields(codePoint.ReplaceAllString(strings.Join(strings.Fields(s), ""), "")), "")
}

func TestPDFHoldsEveryCheck(t *testing.T) {
	for _, r := range batch() {
		text := squeezed(strings.Join(pdfPages(t, writePDF(t, []*verify.Report{r}, PDFOptions{})), "\n"))
		for _, c := range r.Checks {
			for _, want := range []string{c.Title, c.Message, c.Rule, c.Document, c.Clause, c.Quote} {
				if !strings.Contains(text, squeezed(clean(want))) {
					t.Errorf("%s: check %s lacks %q", clean(r.Input.Name), c.ID, want)
				}
			}
		}
		if r.Error == nil && !strings.Contains(text, r.Trust.Digest) {
			t.Errorf("%s: the digest of the anchors is missing", clean(r.Input.Name))
		}
		for _, want := range []string{r.Reason, r.Next, r.Input.SHA256, r.Rules.SHA256, r.Certificate.Name, r.Program, "未发起任何网络连接"} {
			if !strings.Contains(text, squeezed(clean(want))) {
				t.Errorf("%s: %q is missing", clean(r.Input.Name), want)
			}
		}
	}
}

func TestPDFPutsFailuresFirst(t *testing.T) {
	text := squeezed(strings.Join(pdfPages(t, writePDF(t, []*verify.Report{failed()}, PDFOptions{})), "\n"))
	order := []string{"不通过的检查（1）", "提示（1）", "通过的检查（2）", "未做的检查（1）"}
	at := 0
	for _, s := range order {
		i := strings.Index(text[at:], squeezed(s))
		if i < 0 {
			t.Fatalf("%q is missing behind the parts before it", s)
		}
		at += i + len(squeezed(s))
	}
}

func TestPDFEveryPage(t *testing.T) {
	pages := pdfPages(t, writePDF(t, batch(), PDFOptions{}))
	if len(pages) < 6 {
		t.Fatalf("%d pages for five files and an overview", len(pages))
	}
	for i, p := range pages {
		if !strings.Contains(squeezed(p), disclaimer) {
			t.Errorf("page %d lacks the disclaimer", i+1)
		}
		if want := squeezed("第 " + itoa(i+1) + " 页 / 共 " + itoa(len(pages)) + " 页"); !strings.Contains(squeezed(p), want) {
			t.Errorf("page %d lacks its number %q", i+1, want)
		}
	}
	if first := squeezed(pages[0]); !strings.Contains(first, "文件（5）") {
		t.Error("the first page of a batch is not the overview")
	}
}

func TestPDFEdges(t *testing.T) {
	long := failed()
	long.Reason = strings.Repeat("很长的理由。", 3000)
	long.Input.Name = strings.Repeat("a", 3000) + ".pdf"
	long.Checks[0].Quote = strings.Repeat("引文", 4000)
	for range 12 {
		long.Checks = append(long.Checks, long.Checks[0])
	}
	none := passed()
	none.Evidence, none.Disclaimer, none.Checks = nil, "", nil
	for name, rs := range map[string][]*verify.Report{
		"no file": nil, "long texts": {long}, "long texts in a batch": {long, passed()}, "bare": {none}, "zero report": {{}}, "zero reports": {{}, {}},
	} {
		t.Run(name, func(t *testing.T) {
			pages := pdfPages(t, writePDF(t, rs, PDFOptions{}))
			if len(pages) == 0 || len(pages) > 300 {
				t.Errorf("%d pages", len(pages))
			}
		})
	}
}

// A character that the font lacks is named by its code point and still reads back as itself.
func TestPDFNamesMissingCharacters(t *testing.T) {
	r := passed()
	r.Certificate.Name = "样\U00026B4E"
	text := strings.Join(pdfPages(t, writePDF(t, []*verify.Report{r}, PDFOptions{Font: goregular.TTF})), "\n")
	if !strings.Contains(text, "\U00026B4E[U+26B4E]") {
		t.Error("U+26B4E is not named")
	}
}

func TestPDFIsTheSameEachTime(t *testing.T) {
	if !bytes.Equal(writePDF(t, batch(), PDFOptions{}), writePDF(t, batch(), PDFOptions{})) {
		t.Error("the same reports gave different bytes")
	}
}

func TestPDFFont(t *testing.T) {
	err := WritePDF(&bytes.Buffer{}, batch(), PDFOptions{Font: []byte("no font")})
	if err == nil {
		t.Error("a file that is no font was taken")
	}
	if assets.Font() == nil {
		if err := WritePDF(&bytes.Buffer{}, batch(), PDFOptions{}); !errors.Is(err, ErrNoFont) {
			t.Errorf("without a font: %v", err)
		}
	}
}

func TestPDFPicture(t *testing.T) {
	asked := 0
	var b bytes.Buffer
	o := Options{PDF: PDFOptions{Font: testFont()}, Picture: func(_ *verify.Report, n int) image.Image {
		asked++
		if n != 0 {
			t.Errorf("page %d was asked for", n)
		}
		m := image.NewRGBA(image.Rect(0, 0, 1654, 2339))
		m.Set(5, 5, color.Black)
		return m
	}}
	if err := o.WritePDF(&b, []*verify.Report{passed()}); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	if asked != 1 || !bytes.Contains(data, []byte("/Subtype /Image /Width 1100 ")) {
		t.Errorf("asked %d times, picture in the file: %v", asked, bytes.Contains(data, []byte("/Subtype /Image")))
	}
	if n := len(pdfPages(t, data)); n < 2 {
		t.Errorf("%d pages", n)
	}
}

// The peer's reading of the same file; it knows nothing of this package.
func TestPDFToText(t *testing.T) {
	peer, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	file := filepath.Join(t.TempDir(), "r.pdf")
	if err := os.WriteFile(file, writePDF(t, batch(), PDFOptions{}), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), peer, "-enc", "UTF-8", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text := squeezed(string(out))
	for _, want := range []string{"样𬭩", "超出使用时限的电子证书无效", "Y-11", disclaimer} {
		if !strings.Contains(text, want) {
			t.Errorf("pdftotext does not read %q", want)
		}
	}
}

package report

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhengyan/assets"
	"zhengyan/verify"
)

func itoa(n int) string { return strconv.Itoa(n) }

// found is what a form of report says, read back from it.
type found struct {
	passed, indeterminate, failed, unreadable int
	files, rules                              []string
	disclaimer                                string
}

func foundIn(rs []*verify.Report) found {
	var y Tally
	f := found{}
	for _, r := range rs {
		y.Add(r)
		f.files = append(f.files, fileOf(r))
		for _, c := range r.Checks {
			f.rules = append(f.rules, c.Rule)
		}
		f.disclaimer = r.Disclaimer
	}
	f.passed, f.indeterminate, f.failed, f.unreadable = y.Passed, y.Indeterminate, y.Failed, y.Unreadable
	return f.tidy()
}

func (f found) tidy() found {
	f.rules = slices.DeleteFunc(f.rules, func(s string) bool { return s == "" })
	slices.Sort(f.rules)
	for i := range f.files {
		f.files[i] = squeezed(f.files[i])
	}
	return f
}

func (f *found) counts(t *testing.T, text, pattern string) {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no counts in %.200q", text)
	}
	f.passed, _ = strconv.Atoi(m[1])
	f.indeterminate, _ = strconv.Atoi(m[2])
	f.failed, _ = strconv.Atoi(m[3])
	f.unreadable, _ = strconv.Atoi(m[4])
}

const countsZH = `通过 (\d+) · 无法确定 (\d+) · 不通过 (\d+) · 读不了 (\d+)`

// All forms of one run show the same numbers, files, rules and disclaimer.
func TestFormsAgree(t *testing.T) {
	rs := batch()
	want := foundIn(rs)
	if want.passed != 1 || want.failed != 2 || want.indeterminate != 1 || want.unreadable != 1 || len(want.rules) == 0 {
		t.Fatalf("the batch does not hold each verdict: %+v", want)
	}
	for form, read := range map[string]func(*testing.T, []*verify.Report) found{
		"json": fromJSON, "html": fromHTML, "xlsx": fromXLSX, "pdf": fromPDF, "terminal": fromTerminal,
	} {
		t.Run(form, func(t *testing.T) {
			if got := fmt.Sprintf("%+v", read(t, rs)); got != fmt.Sprintf("%+v", want) {
				t.Errorf("reads back as\n%s\nwant\n%+v", got, want)
			}
		})
	}
}

func fromJSON(t *testing.T, rs []*verify.Report) found {
	var b bytes.Buffer
	if err := WriteJSON(&b, rs); err != nil {
		t.Fatal(err)
	}
	back, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	return foundIn(back)
}

func fromHTML(t *testing.T, rs []*verify.Report) (f found) {
	text := writeHTML(t, rs)
	f.counts(t, text, countsZH)
	for _, m := range regexp.MustCompile(`<h2><bdi>(.*?)</bdi></h2>`).FindAllStringSubmatch(text, -1) {
		f.files = append(f.files, html.UnescapeString(m[1]))
	}
	for _, m := range regexp.MustCompile(`<div class="clause">(\S+?)(?:<| )`).FindAllStringSubmatch(text, -1) {
		f.rules = append(f.rules, m[1])
	}
	f.disclaimer = regexp.MustCompile(`<footer>(.*?)<br/>`).FindStringSubmatch(text)[1]
	return f.tidy()
}

func fromXLSX(t *testing.T, rs []*verify.Report) (f found) {
	x := openXLSX(t, rs)
	overview, checks, about := SheetNames("zh")
	rows := sheetRows(t, x, about)
	for _, r := range rows {
		switch r[0] {
		case "结论数":
			f.counts(t, r[1], countsZH)
		case "声明":
			f.disclaimer = r[1]
		}
	}
	var counted found
	for _, r := range sheetRows(t, x, overview)[1:] {
		f.files = append(f.files, strings.TrimPrefix(r[1], "'"))
		switch r[0] {
		case "✔ 通过":
			counted.passed++
		case "✘ 不通过":
			counted.failed++
		case "? 无法确定":
			counted.indeterminate++
		case "? 无法确定（读不了）":
			counted.unreadable++
		}
	}
	if counted.passed != f.passed || counted.failed != f.failed || counted.indeterminate != f.indeterminate || counted.unreadable != f.unreadable {
		t.Errorf("the rows count %+v, the sheet of notes says %+v", counted, f)
	}
	for _, r := range sheetRows(t, x, checks)[1:] {
		f.rules = append(f.rules, r[4])
	}
	return f.tidy()
}

func fromPDF(t *testing.T, rs []*verify.Report) (f found) {
	pages := pdfPages(t, writePDF(t, rs, PDFOptions{}))
	m := regexp.MustCompile(`(\d+)不通过(\d+)无法确定(\d+)通过(\d+)读不了`).FindStringSubmatch(squeezed(pages[0]))
	if m == nil {
		t.Fatalf("no counts on the first page: %.300q", pages[0])
	}
	f.failed, _ = strconv.Atoi(m[1])
	f.indeterminate, _ = strconv.Atoi(m[2])
	f.passed, _ = strconv.Atoi(m[3])
	f.unreadable, _ = strconv.Atoi(m[4])
	all := squeezed(strings.Join(pages, "\n"))
	for _, r := range rs {
		if name := squeezed(fileOf(r)); strings.Contains(squeezed(pages[0]), name) && strings.Count(all, name) >= 2 {
			f.files = append(f.files, name)
		}
	}
	for _, p := range pages[1:] {
		for line := range strings.SplitSeq(p, "\n") {
			if m := regexp.MustCompile(`^([A-Z]-\d+)(?: |$)`).FindStringSubmatch(codePoint.ReplaceAllString(line, "")); m != nil {
				f.rules = append(f.rules, m[1])
			}
		}
	}
	if strings.Contains(squeezed(pages[0]), disclaimer) {
		f.disclaimer = disclaimer
	}
	return f.tidy()
}

func fromTerminal(t *testing.T, rs []*verify.Report) (f found) {
	var y Tally
	var b bytes.Buffer
	for _, r := range rs {
		y.Add(r)
		var one bytes.Buffer
		if err := Full(&one, r, Style{Width: 400}); err != nil {
			t.Fatal(err)
		}
		text := one.String()
		f.files = append(f.files, text[:strings.IndexByte(text, '\n')])
		for _, m := range regexp.MustCompile(`(?m)^ {8,}([A-Z]-\d+)(?: |$)`).FindAllStringSubmatch(text, -1) {
			f.rules = append(f.rules, m[1])
		}
	}
	if err := Summary(&b, y, "zh", disclaimer); err != nil {
		t.Fatal(err)
	}
	f.counts(t, b.String(), countsZH)
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	f.disclaimer = lines[len(lines)-1]
	return f.tidy()
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	for _, ext := range Extensions() {
		file := filepath.Join(dir, "r"+strings.ToUpper(ext))
		if !CanWrite(file) {
			t.Errorf("%s: cannot be written", ext)
		}
		err := WriteFile(file, batch())
		if ext == ".pdf" && assets.Font() == nil {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", ext, err)
		}
		if s, err := os.Stat(file); err != nil || s.Size() == 0 {
			t.Errorf("%s: %v", ext, err)
		}
	}
	if CanWrite("r.docx") {
		t.Error(".docx is said to be written")
	}
	if err := WriteFile(filepath.Join(dir, "r.docx"), batch()); err == nil {
		t.Error(".docx was written")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func openXLSX(t *testing.T, rs []*verify.Report) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := WriteXLSX(&b, rs); err != nil {
		t.Fatal(err)
	}
	return openBytes(t, b.Bytes())
}

func openBytes(t *testing.T, b []byte) *excelize.File {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func sheetRows(t *testing.T, x *excelize.File, name string) [][]string {
	t.Helper()
	rows, err := x.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// A person's decision stands in every form beside what the machine saw.
func TestDecisionsAreShown(t *testing.T) {
	rs := []*verify.Report{passed()}
	x := openXLSX(t, rs)
	overview, _, _ := SheetNames("zh")
	for form, text := range map[string]string{
		"html": writeHTML(t, rs), "pdf": strings.Join(pdfPages(t, writePDF(t, rs, PDFOptions{})), "\n"),
		"xlsx": strings.Join(sheetRows(t, x, overview)[1], "\n"),
	} {
		for _, want := range []string{"handwriting", "笔迹一致", "评委甲", "看过"} {
			if !strings.Contains(squeezed(text), want) {
				t.Errorf("%s lacks %q", form, want)
			}
		}
	}
}

// A batch that begins with an unreadable file still says what its answers rest on, and a joined one says that they differ.
func TestBasis(t *testing.T) {
	bad := unreadable()
	bad.Trust, bad.Snapshot = verify.TrustInfo{}, nil
	later := passed()
	later.At = later.At.AddDate(0, 0, 1)
	const warning = "各文件的判定依据不同"
	for name, c := range map[string]struct {
		rs      []*verify.Report
		differs bool
	}{
		"unreadable first": {[]*verify.Report{bad, passed()}, false},
		"joined":           {[]*verify.Report{passed(), later}, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, about := SheetNames("zh")
			var notes []string
			for _, row := range sheetRows(t, openXLSX(t, c.rs), about) {
				notes = append(notes, strings.Join(row, "\n"))
			}
			for form, text := range map[string]string{
				"html": writeHTML(t, c.rs), "pdf": pdfPages(t, writePDF(t, c.rs, PDFOptions{}))[0], "xlsx": strings.Join(notes, "\n"),
			} {
				if !strings.Contains(squeezed(text), passed().Trust.Digest) || !strings.Contains(squeezed(text), passed().Snapshot.ID) {
					t.Errorf("%s does not name the anchors or the snapshot", form)
				}
				if strings.Contains(squeezed(text), warning) != c.differs {
					t.Errorf("%s: warning %v, want %v", form, !c.differs, c.differs)
				}
			}
		})
	}
}

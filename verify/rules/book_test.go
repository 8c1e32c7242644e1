package rules_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"zhengyan/assets"
	"zhengyan/verify/document"
	"zhengyan/verify/rules"
)

func book(t testing.TB) *rules.Book {
	t.Helper()
	b, err := rules.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryRowOfTheNoticesIsARule(t *testing.T) {
	b := book(t)
	have := map[string]bool{}
	for _, r := range b.Rules {
		have[r.ID] = true
	}
	want := strings.Fields(`G-01 G-02 G-03 G-04 G-05 G-06
		Y-01 Y-02 Y-03 Y-04 Y-05 Y-06 Y-07 Y-08 Y-10 Y-11 Y-12 Y-13 Y-14 Y-15 Y-16 Y-17 Y-18 Y-19 Y-19b Y-20 Y-21 Y-22 Y-23 Y-24
		Y-30 Y-31 Y-40 Y-41 Y-42 Y-50 Y-51 Y-52 Y-53 Y-54 Y-60 Y-61 Y-62
		A-01 A-02 A-03 A-04 A-10 A-11 A-12 A-13 A-20 A-30 A-40 A-41
		C-01 C-02 C-03 C-04 C-05 C-06 C-07 C-08 C-09 C-10 C-11 C-12 C-13 C-14 C-15 C-16 C-17 C-18 C-19`)
	for _, id := range want {
		if !have[id] {
			t.Errorf("no rule %s", id)
		}
	}
}

// A quotation must stand in the notice that it is quoted from, apart from where the text leaves something out (……).
func TestQuotationsStandInTheNotices(t *testing.T) {
	dir := os.Getenv("ZHENGYAN_NOTICES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "reference", "notices")
	}
	files := map[string]string{"mohurd-2021-40": "mohurd-2021-40.txt", "architect-2021-2": "architect-2021-2.txt"}
	plain := strings.NewReplacer(" ", "", "　", "", "\n", "", ",", "，", ";", "；", ":", "：", "(", "（", ")", "）", "以下简称电子证书", "", "（）", "")
	for doc, name := range files {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Skipf("the notices' texts are not beside the project: %v", err)
		}
		text := plain.Replace(string(raw))
		for _, r := range book(t).Rules {
			if r.Document != doc || r.Quote == "" {
				continue
			}
			for _, part := range strings.Split(r.Quote, "……") {
				part = strings.Trim(plain.Replace(part), "。，")
				if part != "" && !strings.Contains(dropShort(text), dropShort(part)) {
					t.Errorf("%s: not in %s: %s", r.Key(), name, part)
				}
			}
		}
	}
}

// dropShort removes the notices' own abbreviations in brackets, which quotations leave out.
func dropShort(s string) string {
	for _, x := range []string{"（以下简称纸质证书）", "（具体示例及说明见附件1）", "（具体式样见附件2）", "（）"} {
		s = strings.ReplaceAll(s, x, "")
	}
	return s
}

func TestEveryFileErrorHasWords(t *testing.T) {
	b := book(t)
	src, err := os.ReadFile(filepath.Join("..", "document", "errors.go"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range strings.Split(string(src), "\n") {
		if _, rest, ok := strings.Cut(line, "ErrorCode = \""); ok {
			code, _, _ := strings.Cut(rest, "\"")
			n++
			if w := b.Words["file-"+code]; w.ZH == "" || w.EN == "" {
				t.Errorf("no words for document error %q", code)
			}
		}
	}
	if n < 10 {
		t.Fatalf("found only %d error codes", n)
	}
	_ = document.ErrOFD
}

func TestLoadRefusesData(t *testing.T) {
	good := map[string][]byte{}
	for _, n := range []string{"book.json", "rules.json", "policies.json", "seals.json", "specialties.json"} {
		raw, err := fs.ReadFile(assets.Rules(), n)
		if err != nil {
			t.Fatal(err)
		}
		good[n] = raw
	}
	for _, tt := range []struct{ name, file, old, new, says string }{
		{"a condition that does not exist", "rules.json", `"usage-ended"`, `"usage-endet"`, "no condition"},
		{"a document that does not exist", "rules.json", `"document": "mohurd-2021-40"`, `"document": "mohurd-2021-41"`, "no document"},
		{"a step that does not exist", "rules.json", `"step": "usage"`, `"step": "usages"`, "no step"},
		{"an unknown member", "policies.json", `"overall"`, `"overal"`, "unknown field"},
		{"a date that does not exist", "rules.json", `"2021-02-01"`, `"2021-02-30"`, "not a calendar date"},
		{"an outcome that does not exist", "rules.json", `"outcome": "FAILED"`, `"outcome": "FALSE"`, "outcome"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for n, raw := range good {
				if n == tt.file {
					raw = bytes.Replace(raw, []byte(tt.old), []byte(tt.new), 1)
					if bytes.Equal(raw, good[n]) {
						t.Fatalf("%q does not stand in %s", tt.old, n)
					}
				}
				fsys[n] = &fstest.MapFile{Data: raw}
			}
			_, err := rules.Load(fsys)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("got %v, want an error that says %q", err, tt.says)
			}
		})
	}
}

func TestDocsAreCurrent(t *testing.T) {
	var b bytes.Buffer
	if err := rules.WriteDocument(&b, book(t)); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", "docs", "rules.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, b.Bytes()) {
		t.Error("docs/rules.md is not what the rule data gives; run: make docs-rules")
	}
}

// What is read is named whole where something is not: an OFD package or an archive is not to be left at home.
func TestUnsupportedFileNamesWhatIsRead(t *testing.T) {
	words := book(t).Words["file-unsupported"]
	for _, lang := range []string{"zh", "en"} {
		for _, f := range []document.Format{
			document.FormatPDF, document.FormatOFD, document.FormatPNG, document.FormatJPEG, document.FormatTIFF, document.FormatBMP,
			document.FormatWebP, document.FormatZIP,
		} {
			if text := words.In(lang); !strings.Contains(strings.ToLower(text), string(f)) {
				t.Errorf("%s: no %s in %q", lang, f, text)
			}
		}
	}
}

func TestTheDataIsPlainJSON(t *testing.T) {
	err := fs.WalkDir(assets.Rules(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(p) != ".json" {
			return err
		}
		raw, err := fs.ReadFile(assets.Rules(), p)
		if err == nil && !json.Valid(raw) {
			t.Errorf("%s is not JSON", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

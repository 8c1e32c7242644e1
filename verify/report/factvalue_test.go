package report

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"zhengyan/verify"
)

// A Chinese report says what the evidence is in Chinese and in Shanghai's time; what has no word is not lost.
func TestFactValues(t *testing.T) {
	for _, c := range []struct{ name, value, zh, en string }{
		{"signedAt", "2026-03-01T01:30:00Z", "2026-03-01 09:30 +08:00", "2026-03-01 09:30 +08:00"},
		{"changed", "page 1: annotation 2 (Stamp) added", "第 1 页：加了批注或图章（Stamp）", "page 1: annotation 2 (Stamp) added"},
		{"changed", "page 3: Contents", "第 3 页：改了页面内容", "page 3: Contents"},
		{"changed", "3 pages instead of 1", "原有 1 页，现有 3 页", "3 pages instead of 1"},
		{"changed", "field $1\x1b added", "加了表单域 $1\uFFFD", "field $1\uFFFD added"},
		{"changed", "something else", "something else", "something else"},
		{"coverage", "revision", "整个文件的某一版本", "revision"},
		{"inputKindReason", "full-page-image", "整页是一张图", "full-page-image"},
		{"issueDate", "2024-05-14", "2024-05-14", "2024-05-14"},
		{"name", "revision", "revision", "revision"},
	} {
		if got := wordsOf("zh").factValue(c.name, c.value); got != c.zh {
			t.Errorf("%s %q: %q, want %q", c.name, c.value, got, c.zh)
		}
		if got := wordsOf("en").factValue(c.name, c.value); got != c.en {
			t.Errorf("%s %q in English: %q, want %q", c.name, c.value, got, c.en)
		}
	}
	r := passed()
	r.Checks[0].Evidence = append(r.Checks[0].Evidence, verify.Fact{Name: "signedAt", Value: "2026-03-01T01:30:00Z"}, verify.Fact{Name: "coverage", Value: "whole"})
	var page bytes.Buffer
	if err := WriteHTML(&page, []*verify.Report{r}); err != nil {
		t.Fatal(err)
	}
	_, checks, _ := SheetNames("zh")
	sheet := ""
	for _, row := range sheetRows(t, openXLSX(t, []*verify.Report{r}), checks) {
		sheet += strings.Join(row, "\n") + "\n"
	}
	for form, text := range map[string]string{"page": html.UnescapeString(strings.Split(page.String(), htmlLead)[0]), "workbook": sheet} {
		if !strings.Contains(text, "2026-03-01 09:30 +08:00") || !strings.Contains(text, "整个文件") || strings.Contains(text, "01:30:00Z") {
			t.Errorf("the %s shows the evidence raw", form)
		}
	}
}

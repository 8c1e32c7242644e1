package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhengyan/verify"
)

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"":                   "",
		"样例":                 "样例",
		"2026-04-01":         "2026-04-01",
		"=1+1":               "'=1+1",
		"+8613800000000":     "'+8613800000000",
		"-1 天":               "'-1 天",
		"@SUM(A1)":           "'@SUM(A1)",
		"\t=1":               "'\ufffd=1",
		"\r=1":               "'\ufffd=1",
		"  =1":               "'  =1",
		"\n=1":               "'\n=1",
		"＝1":                 "'＝1",
		"a\n=b":              "a\n=b",
		"a\x00b":             "a\ufffdb",
		"建筑工程 a\n市政 b":       "建筑工程 a\n市政 b",
		"1112015201600132":   "1112015201600132",
		"00012015201600132E": "00012015201600132E",
	} {
		if got := safe(in); got != want {
			t.Errorf("safe(%q) = %q, want %q", in, got, want)
		}
	}
	if n := len([]rune(safe(strings.Repeat("字", 40000)))); n > 32767 {
		t.Errorf("%d characters in a cell", n)
	}
}

func TestXLSX(t *testing.T) {
	x := openXLSX(t, batch())
	overview, checks, about := SheetNames("zh")
	if got := x.GetSheetList(); !slices.Equal(got[:3], []string{overview, checks, about}) {
		t.Errorf("sheets %q", got)
	}
	for _, name := range x.GetSheetList() {
		for i, row := range sheetRows(t, x, name) {
			for k, s := range row {
				if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
					t.Errorf("%s: row %d column %d begins as a formula does: %q", name, i+1, k+1, s)
				}
			}
		}
	}
	for _, name := range []string{overview, checks} {
		p, err := x.GetPanes(name)
		if err != nil || !p.Freeze || p.YSplit != 1 {
			t.Errorf("%s: the header is not frozen: %+v %v", name, p, err)
		}
		tables, err := x.GetTables(name)
		if err != nil || len(tables) != 1 {
			t.Errorf("%s: %d tables to filter, %v", name, len(tables), err)
		}
	}
	// A number stays the text that it is.
	if kind, err := x.GetCellType(overview, "E2"); err != nil || kind == excelize.CellTypeNumber {
		t.Errorf("the certificate's number is a cell of type %v, %v", kind, err)
	}
	if s, err := x.GetCellValue(overview, "E2"); err != nil || s != "京1112015201600132" {
		t.Errorf("number %q, %v", s, err)
	}
	notes := map[string]string{}
	for _, r := range sheetRows(t, x, about) {
		notes[r[0]] = r[1]
	}
	r := passed()
	for k, want := range map[string]string{
		"程序": r.Program, "规则数据 SHA-256": r.Rules.SHA256, "信任锚摘要": r.Trust.Digest, "注册库快照": r.Snapshot.ID,
		"快照数据龄（天）": "1", "网络": "未发起任何网络连接", "声明": disclaimer, "判定时间": "2026-04-01 23:59 +08:00",
	} {
		if notes[k] != want {
			t.Errorf("%s: %q, want %q", k, notes[k], want)
		}
	}
}

func TestXLSXEdges(t *testing.T) {
	for name, rs := range map[string][]*verify.Report{"no file": nil, "unreadable": {unreadable()}, "zero report": {{}}, "english": {english(failed())}} {
		t.Run(name, func(t *testing.T) {
			x := openXLSX(t, rs)
			o, _, _ := SheetNames(batchWords(rs).lang())
			if rows := sheetRows(t, x, o); len(rows) != len(rs)+1 {
				t.Errorf("%d rows for %d files and the header", len(rows), len(rs))
			}
		})
	}
}

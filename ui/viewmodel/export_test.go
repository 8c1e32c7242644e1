package viewmodel_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
	"zhengyan/verify/report"
)

// export runs one to its end.
func export(t *testing.T, s *viewmodel.Session, l *loop, e viewmodel.Export) (steps []viewmodel.ExportProgress, err error) {
	t.Helper()
	ended := false
	s.Export(e, func(p viewmodel.ExportProgress) { steps = append(steps, p) }, func(x error) { ended, err = true, x })
	l.until("the export has ended", func() bool { return ended })
	return steps, err
}

func read(t *testing.T, path string) *report.Batch {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	batch, err := report.ReadBatch(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

// All forms say the same of every file, whatever the list shows, with roster, checkpoint and the person's decisions.
func TestExportLeavesNothingOut(t *testing.T) {
	s, l := bid(t, 1, nil)
	s.SetFilter(viewmodel.ShowPassed)
	s.Select(2)
	s.Decide("handwriting", verify.HumanDecision{Answer: "agrees"})
	dir := t.TempDir()
	json, xlsx := filepath.Join(dir, "r.json"), filepath.Join(dir, "r.xlsx")
	steps, err := export(t, s, l, viewmodel.Export{
		Paths: []string{json, xlsx}, Roster: []viewmodel.Required{{Name: "王样例"}, {Name: "赵样例"}},
		Checkpoint: func(context.Context) string { return "样例/log\n5\nrootroot\n" },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) == 0 || steps[len(steps)-1].Path != xlsx {
		t.Errorf("steps %+v", steps)
	}
	batch := read(t, json)
	if len(batch.Reports) != 5 || batch.Integrity != report.Unchanged || batch.Reports[0].Checkpoint == "" {
		t.Fatalf("%d reports, %s", len(batch.Reports), batch.Integrity)
	}
	if batch.Reports[2].Human["handwriting"].Answer != "agrees" || batch.Reports[2].Human["handwriting"].Who != "评委甲" {
		t.Errorf("the decision is %+v", batch.Reports[2].Human)
	}
	f, err := excelize.OpenFile(xlsx)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := ""
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			all += strings.Join(r, "|") + "\n"
		}
	}
	for _, r := range batch.Reports {
		if !strings.Contains(all, r.Input.Name) {
			t.Errorf("the table does not name %s", r.Input.Name)
		}
	}
	for _, want := range []string{"缺证书", "赵样例", "rootroot"} {
		if !strings.Contains(all, want) {
			t.Errorf("the table does not say %s", want)
		}
	}
	// The program's own table is no list of people.
	b, err := os.ReadFile(xlsx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := viewmodel.ReadRoster(bytes.NewReader(b)); !errors.Is(err, viewmodel.ErrOwnReport) {
		t.Errorf("read as a list of people: %v", err)
	}

	one := filepath.Join(dir, "one.json")
	if _, err := export(t, s, l, viewmodel.Export{Paths: []string{one}, Bidder: "乙"}); err != nil {
		t.Fatal(err)
	}
	if n := len(read(t, one).Reports); n != 3 {
		t.Errorf("%d reports of bidder 乙", n)
	}
}

// A file that was not read is reported as such; an export that fails or is cancelled leaves no file behind.
func TestExportThatDoesNotEndWell(t *testing.T) {
	e := vmtest.New([]string{"a.pdf", "b.pdf"}, vmtest.Good(), vmtest.Good())
	e.Gate = make(chan struct{})
	s, l, _ := newSession(t, e, 1)
	s.Open([]string{"all"})
	l.until("both are listed", func() bool { return s.Counts().Total == 2 })
	s.Cancel()
	dir := t.TempDir()
	path := filepath.Join(dir, "r.json")
	if _, err := export(t, s, l, viewmodel.Export{Paths: []string{path}}); err != nil {
		t.Fatal(err)
	}
	for _, r := range read(t, path).Reports {
		if r.Evidence.Failure == nil || r.Evidence.Failure.Code != "canceled" || r.Indication == verify.TotalPassed {
			t.Errorf("%s: %+v, %s", r.Input.Name, r.Evidence.Failure, r.Indication)
		}
	}
	_, err := export(t, s, l, viewmodel.Export{Paths: []string{filepath.Join(dir, "x.html"), filepath.Join(dir, "none", "x.json")}})
	if err == nil {
		t.Error("a folder that is not there was written to")
	}
	var ended error
	cancel := s.Export(viewmodel.Export{Paths: []string{filepath.Join(dir, "c.json")}, Checkpoint: func(ctx context.Context) string { <-ctx.Done(); return "" }}, func(viewmodel.ExportProgress) {}, func(err error) { ended = err })
	cancel()
	l.until("the export has ended", func() bool { return ended != nil })
	if !errors.Is(ended, context.Canceled) {
		t.Errorf("it ended with %v", ended)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Pages are opened once a file, and shown in the PDF alone.
func TestExportDrawsPages(t *testing.T) {
	e := &vmtest.Images{Engine: vmtest.New([]string{"a.pdf", "b.pdf"}, vmtest.Good(), vmtest.Tampered())}
	s, l := imageSession(t, e, nil)
	s.Open([]string{"all"})
	rest(l, s)
	path := filepath.Join(t.TempDir(), "r.pdf")
	_, err := export(t, s, l, viewmodel.Export{Paths: []string{path}})
	if errors.Is(err, report.ErrNoFont) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if e.Opened != 2 {
		t.Errorf("%d files were opened for their pages", e.Opened)
	}
}

// A report that was read back says whether it was changed, agrees with its evidence, and can go back into the list.
func TestReadBack(t *testing.T) {
	s, l := bid(t, 1, nil)
	path := filepath.Join(t.TempDir(), "r.json")
	if _, err := export(t, s, l, viewmodel.Export{Paths: []string{path}}); err != nil {
		t.Fatal(err)
	}
	e := vmtest.New([]string{"甲/1.pdf", "甲/2.pdf", "乙/1.pdf", "乙/2.pdf", "乙/3.pdf"}, vmtest.Good(), vmtest.Tampered(), vmtest.Scan(), vmtest.Good(), vmtest.Unreadable())
	m := messages(t, viewmodel.Chinese)
	rb, err := viewmodel.LayBeside(t.Context(), e, path, read(t, path))
	if err != nil {
		t.Fatal(err)
	}
	if rb.Shape() != viewmodel.ShapePass || rb.Title(m) != "报告的摘要与内容相符" || rb.Differing != 0 || len(rb.Rows) != 5 {
		t.Errorf("%v, %s, %d differ", rb.Shape(), rb.Title(m), rb.Differing)
	}
	for _, r := range rb.Rows {
		if len(r.Differs) > 0 {
			t.Errorf("%s differs: %v", r.Was.Input.Name, r.Differs)
		}
	}

	// One verdict is changed by hand, and the line of another file is taken out.
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(b), "\n")
	lines[1] = strings.Replace(lines[1], `"indication":"TOTAL-FAILED"`, `"indication":"TOTAL-PASSED"`, 1)
	changed := strings.Join(slices.Delete(lines, 3, 4), "")
	batch, err := report.ReadBatch(strings.NewReader(changed))
	if err != nil {
		t.Fatal(err)
	}
	if rb, err = viewmodel.LayBeside(t.Context(), e, path, batch); err != nil {
		t.Fatal(err)
	}
	if rb.Shape() != viewmodel.ShapeFail || rb.Missing != 1 || rb.Differing != 1 || rb.Rows[1].Integrity != report.Changed {
		t.Errorf("%v, %d missing, %d differ", rb.Shape(), rb.Missing, rb.Differing)
	}
	if !strings.Contains(rb.Text(m), "缺 1 份") || !slices.ContainsFunc(rb.Rows[1].Differs, func(d string) bool { return strings.Contains(d, "TOTAL-PASSED → TOTAL-FAILED") }) {
		t.Errorf("%s; %v", rb.Text(m), rb.Rows[1].Differs)
	}

	if got := rb.Rows[1].DiffersText(m); !strings.Contains(got, "报告“通过”，重新判定“不通过”") {
		t.Errorf("in words: %s", got)
	}

	other, ol, _ := newSession(t, e, 1)
	if n := other.Adopt(rb); n != 4 {
		t.Errorf("%d rows were taken", n)
	}
	ol.until("they are shown", func() bool { return other.Len() == 4 && other.Report() != nil })
	if it := other.At(1); it.Row.Indication != verify.TotalFailed || it.Bidder != "甲" {
		t.Errorf("the changed verdict was believed: %s, %s", it.Row.Indication, it.Bidder)
	}
	if n := other.Adopt(rb); n != 0 {
		t.Errorf("%d rows were taken twice", n)
	}
	rb.Path = "elsewhere.html" // another form of the same run
	if n := other.Adopt(rb); n != 0 || len(other.Crossings()) != 3 {
		t.Errorf("%d rows were taken from another form of the report; %+v", n, other.Crossings())
	}
	// Nor is what the list has read itself: the rows of this report are those of the first session.
	if n := s.Adopt(rb); n != 0 || s.Counts().Total != 5 {
		t.Errorf("%d rows were added to the very files, %d in all", n, s.Counts().Total)
	}
	rb.Rows[0].Was.Input.SHA256 = "another"
	if n := s.Adopt(rb); n != 1 {
		t.Errorf("%d rows were added for a file with other bytes", n)
	}
}

package ui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
)

// top is what lies over the window, nil for nothing.
func (r *rig) top() fyne.CanvasObject { return r.win.Canvas().Overlays().Top() }

// The toolkit's dialogs break where they are given a size too early.
func TestFileDialogsOpen(t *testing.T) {
	r := newRig(t, one(vmtest.Good()))
	for name, open := range map[string]func(){
		"file":   func() { r.chooseFile("选择", func(string) {}) },
		"folder": func() { r.chooseFolder("选择", func(string) {}) },
		"save":   func() { r.saveFile("a.jsonl", func(string) {}) },
	} {
		open()
		o := r.top()
		if o == nil || o.Size().Width < 600 {
			t.Errorf("%s: no dialog of a useful size", name)
			continue
		}
		r.win.Canvas().Overlays().Remove(o)
	}
}

func TestExportAndReadBack(t *testing.T) {
	r := opened(t, vmtest.New([]string{"甲/好.pdf", "甲/改.pdf"}, vmtest.Good(), vmtest.Tampered()))
	r.roster = []viewmodel.Required{{Name: "张样例"}}
	r.askExport()
	r.wantText(r.top(), "导出报告", "PDF", "筛选和搜索不起作用")
	r.closeDialog()

	dir := t.TempDir()
	forms := exportChoice{forms: []string{".json", ".html"}}
	r.export(dir, forms)
	r.wantText(r.top(), "导出报告", "取消")
	r.until("the files are written", func() bool { return r.top() != nil && strings.Contains(texts(r.top()), "已导出") })
	r.wantText(r.top(), "证验报告-2026-03-01.json", "证验报告-2026-03-01.html")
	r.closeDialog()
	r.export(dir, forms) // nothing is written over
	r.until("they are written again", func() bool { return r.top() != nil && strings.Contains(texts(r.top()), "已导出") })
	r.closeDialog()
	file := filepath.Join(dir, "证验报告-2026-03-01 (2).json")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}

	r.OpenAny([]string{file})
	r.until("the report is read back", func() bool { return r.top() != nil })
	r.wantText(r.top(), "报告的摘要与内容相符", "结论相同", "放入列表，重新判定")
	r.press("放入列表，重新判定")
	if r.top() != nil || r.session.Counts().Total != 2 { // the list holds these very files
		t.Errorf("%d rows", r.session.Counts().Total)
	}

	if err := os.WriteFile(file, []byte(strings.Replace(string(b), `"indication":"TOTAL-FAILED"`, `"indication":"TOTAL-PASSED"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	r.ReadReport(file)
	r.until("the report is read back", func() bool { return r.top() != nil })
	r.wantText(r.top(), "报告已被改动", "1 份的结论不同")
	r.closeDialog()

	r.notice.Hide()
	page := filepath.Join(dir, "证验报告-2026-03-01.html")
	r.OpenAny([]string{page})
	r.until("the page is read back", func() bool { return r.top() != nil })
	r.wantText(r.top(), "报告的摘要与内容相符", "结论相同")
	r.closeDialog()
	if b, err = os.ReadFile(page); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(page, []byte(strings.Replace(string(b), "不通过", "通过", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	r.OpenAny([]string{page})
	r.until("the changed page is read back", func() bool { return r.top() != nil })
	r.wantText(r.top(), "报告已被改动")
	r.closeDialog()
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.notice.Hide()
	r.ReadReport(file)
	r.until("that is no report", func() bool { return r.notice.Visible() })
	r.wantText(r.notice, "不是证验导出的报告")
}

// Closing the dialog by any way ends the export and leaves no file.
func TestExportCancelled(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	held := make(chan struct{})
	r.o.Audit = slowLog{keptLog{&kept{}, ""}, held}
	dir := t.TempDir()
	r.export(dir, exportChoice{forms: []string{".json"}})
	r.escape()
	close(held)
	r.until("it is said", func() bool { return r.notice.Visible() })
	r.wantText(r.notice, "已取消导出")
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if r.top() != nil {
		t.Error("a dialog stayed")
	}
}

// slowLog is an audit log that answers when it is let go.
type slowLog struct {
	keptLog
	held chan struct{}
}

func (l slowLog) Verify(ctx context.Context) (viewmodel.AuditState, error) {
	<-l.held
	return viewmodel.AuditState{}, ctx.Err()
}

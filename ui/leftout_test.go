package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify/document"
)

// What was left out is said beside the page, over the table and on the empty window, and is listed by mouse and by keyboard.
func TestLeftOutIsSaidAndListed(t *testing.T) {
	e := one(vmtest.Good())
	e.LeftOut = []document.LeftOut{{Name: "/bid/.git", Why: document.LeftHiddenFolder}, {Name: "/bid/甲/~$证书.docx", Why: document.LeftLock}}
	r := newRig(t, e)
	r.wantText(r.start, "打开文件")
	r.Open([]string{"/bid", "none"}) // the double knows /bid as a file
	r.until("it is read", func() bool { return r.session.Counts().Total == 1 && !r.session.Counts().Working() })
	r.wantText(r.files.root, "另有 2 项未核验")
	r.Show("batch")
	b := r.current().(*batchScreen)
	r.wantText(b.root, "另有 2 项未核验")

	test.Tap(b.left.button)
	r.wantText(r.shown, "未核验的 2 项", "没有读，也没有结论")
	rows, said := r.leftOutRows(), ""
	for row := range rows.Len() {
		said += rows.Cell(row, 0).Text + ": " + rows.Cell(row, 1).Text + "\n"
	}
	if !strings.Contains(said, "bid/.git: 隐藏的文件夹及其内容") || !strings.Contains(said, "bid/甲/~$证书.docx: 办公软件打开文档时留下的临时文件") {
		t.Errorf("the table says\n%s", said)
	}
	r.pressIn(r.shown, "复制清单")
	if got := r.o.App.Clipboard().Content(); !strings.Contains(got, "/bid/甲/~$证书.docx\t办公软件") || strings.Count(got, "\n") != 2 {
		t.Errorf("the clipboard holds %q", got)
	}
	r.closeDialog()

	c := r.win.Canvas()
	c.Unfocus()
	for range 40 {
		c.FocusNext()
		if c.Focused() == fyne.Focusable(b.left.button) {
			break
		}
	}
	if c.Focused() != fyne.Focusable(b.left.button) {
		t.Fatal("Tab does not reach what was left out")
	}
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.wantText(r.shown, "未核验的 2 项")
	r.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if r.shown != nil {
		t.Error("Esc leaves the list open")
	}
	r.switchLanguage()
	r.wantText(r.current().Object(), "Left out: 2")
	r.session.Clear()
	if r.current().(*batchScreen).left.button.Visible() {
		t.Error("an empty list has left something out")
	}
}

// leftOutRows are the rows of the list that is shown.
func (r *rig) leftOutRows() *leftOutRows {
	r.t.Helper()
	for _, x := range test.LaidOutObjects(r.shown) {
		if d, ok := x.(*dataTable); ok {
			return d.source.(*leftOutRows)
		}
	}
	r.t.Fatal("no table is shown")
	return nil
}

// A row of the list has room for a part of a path; the line below the table has all of it, to be copied.
func TestLeftOutShowsTheWholePath(t *testing.T) {
	e := one(vmtest.Good())
	e.LeftOut = []document.LeftOut{{Name: "/bid/甲/.x.pdf", Why: document.LeftHidden}}
	r := newRig(t, e)
	r.Open([]string{"none"})
	r.until("it is listed", func() bool { return r.session.LeftOutText() != "" && !r.session.Expanding() })
	r.wantText(r.start, "另有 1 项未核验")
	r.wantText(r.notice, "没有可以核验的文件")
	test.Tap(r.startLeft.button)
	rows := r.leftOutRows()
	for _, key := range []fyne.KeyName{fyne.KeyUp, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp} {
		rows.table.TypedKey(&fyne.KeyEvent{Name: key})
	}
	rows.Select(7)
	if rows.Selected() != 0 || rows.Cell(7, 0).Text != "" {
		t.Errorf("row %d is chosen", rows.Selected())
	}
	r.wantText(r.shown, "/bid/甲/.x.pdf")
}

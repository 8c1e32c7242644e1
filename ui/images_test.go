package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
	"zhengyan/verify/document"
	"zhengyan/verify/document/sheet"
	"zhengyan/verify/page"
)

// imageRig is a window over an engine that reads pictures, with all of its files read.
func imageRig(t *testing.T, e *vmtest.Images) *rig {
	t.Helper()
	r := newRigWith(t, e.Engine, func(o *Options) { o.Engine = e })
	r.Open([]string{"all"})
	r.until("all is read and drawn", func() bool {
		return r.session.Counts().Total > 0 && !r.session.Counts().Working() && !r.session.Expanding() && r.session.Picture() != nil
	})
	r.settle()
	return r
}

func TestLongDocumentShowsItsCertificates(t *testing.T) {
	e := &vmtest.Images{Engine: vmtest.New([]string{"标书.pdf", "单页.pdf"}, vmtest.Good(), vmtest.Tampered()), Hits: map[string]int{"标书.pdf": 3}}
	r := imageRig(t, e)
	hits := r.current().(*verifyScreen).hits
	if !hits.root.Visible() || len(hits.ids) != 3 {
		t.Fatalf("the list has %d certificates", len(hits.ids))
	}
	r.wantText(hits.root, "本文件中的证书：3 份")
	row := hits.newRow().(*hitRow)
	hits.fillRow(1, row)
	if row.page.Text != "第 107 页" || row.word.Text != "通过" {
		t.Errorf("the row says %q, %q", row.page.Text, row.word.Text)
	}
	r.settle()
	hits.fillRow(1, row)
	if row.shown == nil || e.Opened == 0 {
		t.Error("no small picture of the certificate")
	}
	if r.page.page != 6 || r.page.sheetSize().Width != 612 {
		t.Errorf("page %d is shown, %v", r.page.page, r.page.sheetSize())
	}
	hits.list.Select(2)
	r.settle()
	if r.page.page != 206 || r.session.Selected().File.Part != 2 {
		t.Errorf("page %d is shown", r.page.page)
	}
	r.session.Select(1) // the file of one page
	r.settle()
	if hits.root.Visible() {
		t.Error("the list stays beside a file of one certificate")
	}
}

func TestPairIsShownInBothRows(t *testing.T) {
	e := &vmtest.Images{Engine: vmtest.New([]string{"原件.pdf", "扫描.png"}, vmtest.Half(vmtest.Good(), document.InputOriginal), vmtest.Half(vmtest.Scan(), document.InputScan))}
	r := imageRig(t, e)
	r.until("the pair is read", func() bool { return r.session.Item(1).Folded() })
	r.settle()
	r.wantText(r.files.root, "原件.pdf ＋ 扫描.png", "打印件，与 原件.pdf 一并核验")
	r.session.Select(1)
	r.settle()
	if r.detail == nil || r.detail.Verdict.Word != "通过" || len(r.detail.Marks) != 0 {
		t.Errorf("the print shows %+v", r.detail)
	}
}

// Corners are dragged, moved by keyboard, and go to the engine; a figure that no sheet has is refused.
// A file that is read again while its page is drawn is drawn again, too.
func TestPageOfAFileReadAgain(t *testing.T) {
	e := &vmtest.Images{Engine: vmtest.New([]string{"照片.jpg"}, vmtest.Scan())}
	r := imageRig(t, e)
	r.Open([]string{"照片.jpg"})
	r.until("its page is drawn again", func() bool {
		return !r.session.Counts().Working() && !r.session.Expanding() && r.session.Picture() != nil && r.page.canvas.image != nil
	})
}

// A value that was read off a picture stands with how sure the reading is, and its place is shown on the page.
func TestReadFactsPointAtTheirPlace(t *testing.T) {
	e := &vmtest.Images{Engine: vmtest.New([]string{"照片.jpg"}, vmtest.ReadOff(vmtest.Scan()))}
	r := imageRig(t, e)
	r.wantText(r.panel.facts, "把握 87%", "把握 99%", "读自第 1 页的图像")
	var eyes []*button
	for _, o := range test.LaidOutObjects(r.panel.facts) {
		if b, ok := o.(*button); ok {
			eyes = append(eyes, b)
		}
	}
	if len(eyes) != 2 {
		t.Fatalf("%d values point at their place, want 2", len(eyes))
	}
	test.Tap(eyes[0])
	if at := r.page.located; at == nil || at.Box.X0 != 160 || at.Box.Y0 != 200 {
		t.Errorf("the name's place is %+v", at)
	}
	if z := r.page.canvas.zoom; z*20 < readable-0.1 {
		t.Errorf("a line of 20 units is shown %.0f high", z*20)
	}
}

func TestCornersAreSetByHand(t *testing.T) {
	found := [4]page.Point{{X: 50, Y: 60}, {X: 500, Y: 70}, {X: 510, Y: 780}, {X: 40, Y: 790}}
	photo := vmtest.Scan()
	ev := *photo.Evidence
	ev.Picture = &verify.Picture{Reader: "reader", Sheet: &sheet.Sheet{Corners: found, Score: 0.31, Notes: []sheet.Note{sheet.CutOff}}}
	photo.Evidence = &ev
	e := &vmtest.Images{Engine: vmtest.New([]string{"照片.jpg"}, photo)}
	r := imageRig(t, e)
	if !r.page.corners.Visible() || r.page.corners.Text != "纸角 0.31" {
		t.Fatalf("the button is %q", r.page.corners.Text)
	}
	test.Tap(r.page.corners)
	r.wantText(r.page.bar, "把握 0.31", "把握不足", "纸张有一部分在画面外", "按这四角重新核验")
	ed := r.page.editor
	if !ed.Visible() || r.win.Canvas().Focused() != ed {
		t.Fatal("the corners do not have the keyboard")
	}
	z := float64(r.page.canvas.zoom)
	at := ed.onScreen(1)
	ed.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at.AddXY(-20, 10)}, Dragged: fyne.NewDelta(-20, 10)})
	ed.DragEnd()
	ed.TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab})
	ed.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	ed.TypedRune('4')
	ed.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageUp})
	ed.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.settle()
	want := found
	want[1].X, want[1].Y = want[1].X-20/z, want[1].Y+10/z
	want[2].X -= 1 / z
	want[3].Y -= 10 / z
	for i := range want {
		if d := e.Corners[i]; d.X-want[i].X > 0.1 || want[i].X-d.X > 0.1 || d.Y-want[i].Y > 0.1 || want[i].Y-d.Y > 0.1 {
			t.Errorf("corner %d went to the engine as %v, want %v", i+1, d, want[i])
		}
	}
	if ed.Visible() || r.session.Item(0).State != viewmodel.Done {
		t.Error("the editor stays after the corners were used")
	}

	test.Tap(r.page.corners)
	e.Corners = [4]page.Point{}
	ed.at[0], ed.at[1] = ed.at[1], ed.at[0]
	ed.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnter})
	r.wantText(r.page.bar, "围不成一张纸")
	ed.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if ed.Visible() || e.Corners != ([4]page.Point{}) {
		t.Error("corners of no sheet went to the engine")
	}
}

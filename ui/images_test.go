package ui

import (
	"strings"
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
	r.wantText(r.page.bar, "四角已移动") // and no longer how sure the program was
	if got := texts(r.page.bar); strings.Contains(got, "把握") {
		t.Errorf("moved corners are described as %q", got)
	}
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
	r.wantText(r.page.bar, "纸角由人指定")
	e.Corners = [4]page.Point{}
	ed.at[0], ed.at[1] = ed.at[1], ed.at[0]
	ed.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnter})
	r.wantText(r.page.bar, "围不成一张纸")
	ed.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if ed.Visible() || e.Corners != ([4]page.Point{}) {
		t.Error("corners of no sheet went to the engine")
	}

	// The program's own corners can be had back.
	test.Tap(r.page.corners)
	r.pressIn(r.page.bar, "用程序找到的")
	r.settle()
	if ed.Visible() || r.page.corners.Text != "纸角 0.31" || r.page.sheetView.Corners != found {
		t.Errorf("the button is %q, the corners are %v", r.page.corners.Text, r.page.sheetView.Corners)
	}
	test.Tap(r.page.corners)
	if strings.Contains(texts(r.page.bar), "用程序找到的") {
		t.Error("corners that the program found are offered in their own place")
	}
}

// Esc ends what is open on the page, and the reading of other files goes on; the editor's keys reach it whatever was clicked.
func TestKeysWhileCornersAreSet(t *testing.T) {
	photo := vmtest.Scan()
	ev := *photo.Evidence
	ev.Picture = &verify.Picture{Reader: "reader", Sheet: &sheet.Sheet{Corners: [4]page.Point{{X: 50, Y: 60}, {X: 500, Y: 70}, {X: 510, Y: 780}, {X: 40, Y: 790}}, Score: 0.92}}
	photo.Evidence = &ev
	e := &vmtest.Images{Engine: vmtest.New([]string{"照片.jpg"}, photo)}
	r := imageRig(t, e)
	gate := make(chan struct{})
	e.Gate = gate
	e.Add("另一.pdf", vmtest.Good())
	r.Open([]string{"另一.pdf"})
	r.until("another file is being read", func() bool { return r.session.Counts().Working() && r.session.Counts().Total == 2 })
	for _, screen := range []string{"verify", "review"} {
		r.Show(screen)
		p := r.pages()[0]
		test.Tap(p.corners)
		if !p.editing {
			t.Fatalf("%s: no corners are set", screen)
		}
		r.win.Canvas().Unfocus() // a click beside the page
		at := p.editor.at[1]
		r.key(fyne.Key2, '2')
		r.key(fyne.KeyLeft)
		if p.editor.at[1].X >= at.X {
			t.Errorf("%s: ← does not move the second corner", screen)
		}
		r.key(fyne.KeyEscape)
		if p.editing || !r.session.Counts().Working() {
			t.Errorf("%s: Esc leaves the editor %v, the reading %v", screen, p.editing, r.session.Counts().Working())
		}
	}
	p := r.pages()[0]
	test.Tap(p.corners)
	r.win.Canvas().Unfocus()
	r.key(fyne.KeyReturn)
	close(gate)
	r.until("all is read", func() bool { return !r.session.Counts().Working() })
	if p.editing || e.Corners == ([4]page.Point{}) {
		t.Error("Enter does not judge by the corners")
	}

	back := 0
	p.end, p.present = 7, func() { back++; p.revise(0) }
	r.key(fyne.KeyEscape)
	if back != 1 || p.end != 0 {
		t.Error("Esc does not go back from the state at a seal")
	}
}

package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
	"zhengyan/verify"
	"zhengyan/verify/civil"
)

func (r *rig) barAt(d civil.Date) fyne.Position {
	b := r.panel.time.bar
	return fyne.NewPos(b.x(b.bar.X(d)), barBubble+5)
}

func TestTimeBarCanBeTappedDraggedAndTyped(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	bar := r.panel.time.bar
	day := func() civil.Date { return civil.Of(r.session.Question().At) }
	test.TapAt(bar, r.barAt(civil.Must(2026, 8, 1)))
	if day() != civil.Must(2026, 8, 1) || r.session.Report().Indication != verify.TotalFailed {
		t.Errorf("a tap gives %s, %s", day(), r.session.Report().Indication)
	}
	bar.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: r.barAt(civil.Must(2026, 7, 9))}})
	if day() != civil.Must(2026, 7, 9) || r.session.Report().Indication != verify.TotalPassed {
		t.Errorf("a drag gives %s, %s: the last day must pass", day(), r.session.Report().Indication)
	}
	bar.DragEnd()
	for _, k := range []struct {
		key  fyne.KeyName
		want civil.Date
	}{{fyne.KeyRight, civil.Must(2026, 7, 10)}, {fyne.KeyLeft, civil.Must(2026, 7, 9)}, {fyne.KeyPageUp, civil.Must(2026, 6, 9)}, {fyne.KeyPageDown, civil.Must(2026, 7, 9)}} {
		bar.TypedKey(&fyne.KeyEvent{Name: k.key})
		if day() != k.want {
			t.Errorf("%s gives %s, want %s", k.key, day(), k.want)
		}
	}
	r.wantText(r.panel.timeBox, "2026-01-10 起", "2026-07-10 起", "2027-05-14 起", "今")
}

func TestBarStandsStillWhileDragged(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	from, to := r.panel.time.from, r.panel.time.to
	for d := civil.Must(2026, 3, 1); d.Before(civil.Must(2027, 6, 1)); d = d.AddDays(11) {
		r.setDay(d)
	}
	if r.panel.time.from != from || r.panel.time.to != to {
		t.Errorf("the window moved from %s..%s to %s..%s", from, to, r.panel.time.from, r.panel.time.to)
	}
	r.setDay(civil.Must(2030, 1, 1))
	if r.panel.time.to.Before(civil.Must(2030, 1, 1)) {
		t.Error("a day outside of the bar is not shown")
	}
}

func TestJumpGoesFromFlipToFlip(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	var got []string
	for range 3 {
		r.panel.time.jump(true)
		got = append(got, civil.Of(r.session.Question().At).String())
	}
	for range 3 {
		r.panel.time.jump(false)
		got = append(got, civil.Of(r.session.Question().At).String())
	}
	want := []string{"2026-07-10", "2027-05-14", "2027-05-14", "2026-07-10", "2026-01-10", "2026-01-10"}
	if !slices.Equal(got, want) {
		t.Errorf("jumps %v, want %v", got, want)
	}
}

func TestLadderLineOpensToEvidenceAndClause(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	r.setDay(civil.Must(2026, 9, 1))
	row := r.panel.rows[0]
	if row.rung.ID != "usage" {
		t.Fatalf("the failure is not first: %s", row.rung.ID)
	}
	test.Tap(row)
	r.wantText(row, "依据", "Y-11", "建办市〔2021〕40号 二(一)", "超出使用时限的电子证书无效，需重新下载。", "证据", "2026-01-10 至 2026-07-09", "下一步")
	if !r.page.canvas.lit[row.rung.MarkIDs[0]] {
		t.Error("the box on the page is not emphasised")
	}
	r.setDay(civil.Must(2026, 9, 2))
	if row = r.panel.rows[0]; !row.open {
		t.Error("the line closes when the day moves")
	}
	row.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if row.open {
		t.Error("Space does not close it")
	}
	r.panel.toggleAll()
	for _, row := range r.panel.rows {
		if !row.open {
			t.Errorf("%s is not open", row.rung.ID)
		}
	}
	r.panel.toggleAll()
	if r.panel.rows[1].open {
		t.Error("all were open and did not close")
	}
	if r.panel.rows[1].AccessibilityLabel() == "" {
		t.Error("no label for a screen reader")
	}
}

func TestBoxAndLineAreLinkedBothWays(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	if len(r.page.canvas.marks) < 3 {
		t.Fatalf("%d boxes", len(r.page.canvas.marks))
	}
	row := func(id string) *rungRow {
		for _, x := range r.panel.rows {
			if x.rung.ID == id {
				return x
			}
		}
		t.Fatalf("no line %s", id)
		return nil
	}
	c := r.page.canvas
	o := c.origin()
	at := fyne.NewPos(o.X+475*c.zoom, o.Y+680*c.zoom) // inside the QR code
	c.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
	if !row("qr").lit || row("usage").lit {
		t.Error("pointing at the code does not emphasise its line alone")
	}
	c.MouseOut()
	if row("qr").lit {
		t.Error("the line stays emphasised")
	}
	c.Tapped(&fyne.PointEvent{Position: at})
	if !row("qr").open {
		t.Error("a tap on the code does not open its line")
	}
	row("integrity").MouseIn(&desktop.MouseEvent{})
	lit := 0
	for _, m := range c.marks {
		if c.lit[m.ID] {
			lit++
			if m.Kind != viewmodel.MarkSeal {
				t.Errorf("the integrity line emphasises %s", m.Kind)
			}
		}
	}
	if lit != 1 {
		t.Errorf("%d boxes emphasised", lit)
	}
	row("integrity").MouseOut()
	if len(c.lit) != 0 {
		t.Error("the box stays emphasised")
	}
	r.page.boxes.SetChecked(false)
	if c.at(at) != nil {
		t.Error("hidden boxes can be pointed at")
	}
}

func TestZoomAsksForAFinerPicture(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	_, _, drawn := r.engine.Counts()
	first := r.session.Picture().Image.Bounds().Dx()
	for range 5 {
		r.page.zoomBy(zoomStep)
	}
	r.until("a finer picture is there", func() bool { return r.session.Picture().Image.Bounds().Dx() > first })
	if r.page.fit {
		t.Error("still fitted")
	}
	if _, _, n := r.engine.Counts(); n > drawn+5 {
		t.Errorf("%d pictures for five steps", n-drawn)
	}
	off := r.page.scroll.Offset
	r.page.canvas.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(-30, -40)})
	if r.page.scroll.Offset == off {
		t.Error("the page does not follow the pointer")
	}
	r.page.zoomFit()
	if z := r.page.canvas.zoom; z > 1 {
		t.Errorf("fitted zoom %.2f", z)
	}
}

func TestPictureErrorIsSaid(t *testing.T) {
	e := one(vmtest.Good())
	e.PictureErr = vmtest.ErrNoPage
	r := opened(t, e)
	r.wantText(r.page.root, "页面无法显示：no such page")
	r.wantText(r.panel.verdict, "通过") // the verdict does not depend on the picture
}

func TestAPersonDecidesOnTheHandwriting(t *testing.T) {
	r := opened(t, one(vmtest.Scan()))
	find := func() *rungRow {
		for _, x := range r.panel.rows {
			if x.rung.CanDecide {
				return x
			}
		}
		t.Fatal("nothing to decide")
		return nil
	}
	find().setOpen(true)
	r.wantText(find(), "笔迹一致", "笔迹不一致", "未手写签名")
	r.decide("handwriting", "differs")
	r.wantText(r.panel.verdict, "不通过", "笔迹不一致")
	r.wantText(find(), "人工结论：笔迹不一致", "撤销")
	if h := r.session.Report().Human["handwriting"]; !h.When.Equal(vmtest.Noon(2026, 4, 1)) {
		t.Errorf("decided at %v", h.When)
	}
	r.decide("handwriting", "")
	r.wantText(r.panel.verdict, "无法确定")
}

func TestDraggingMakesOnlyWhatChanged(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	facts, usage := r.panel.facts.Objects[0], r.panel.usage.Objects[0]
	r.setDay(civil.Must(2026, 3, 2))
	if r.panel.facts.Objects[0] != facts || r.panel.usage.Objects[0] != usage {
		t.Error("cards that do not depend on the day are made again")
	}
	r.wantText(r.panel.verdict, "按 2026-03-02 判定")
}

func TestListWithManyRowsMakesFewWidgets(t *testing.T) {
	e := &vmtest.Engine{}
	for i := range 2000 {
		e.Add(string(rune('a'+i%26))+civil.Must(2026, 1, 1).AddDays(i).String()+".pdf", vmtest.Good())
	}
	e.Gate = make(chan struct{})
	r := newRig(t, e)
	r.Open([]string{"all"})
	r.until("all are listed", func() bool { return r.session.Counts().Total == 2000 })
	rows := 0
	for _, o := range test.LaidOutObjects(r.files.list) {
		if _, ok := o.(*fileRow); ok {
			rows++
		}
	}
	if rows == 0 || rows > 60 {
		t.Errorf("%d rows were made for 2000 files", rows)
	}
}

func TestIdleIsToldOnceAfterTheLastFile(t *testing.T) {
	r := newRig(t, vmtest.New([]string{"a.pdf", "b.pdf"}, vmtest.Good(), vmtest.Good()))
	idle := make(chan bool, 8)
	r.o.Idle = func() { idle <- true }
	r.Open([]string{"all"})
	r.until("both are read", func() bool { return r.session.Counts().Passed == 2 && !r.busy })
	<-idle
	r.setDay(civil.Must(2026, 3, 5))
	if len(idle) != 0 {
		t.Error("told again though nothing was read")
	}
}

// New figures make the toolkit lay a widget out again. A layout that makes figures each time keeps a processor busy for ever.
func TestLayoutAloneMakesNoNewFigures(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	for name, w := range map[string]fyne.Widget{"time bar": r.panel.time.bar, "page": r.page.canvas} {
		re := test.WidgetRenderer(w)
		re.Layout(w.Size())
		before := slices.Clone(re.Objects())
		re.Layout(w.Size())
		if len(before) == 0 || !slices.Equal(before, re.Objects()) {
			t.Errorf("%s: %d figures before, %d other ones after", name, len(before), len(re.Objects()))
		}
		w.Resize(w.Size().AddWidthHeight(7, 7))
		if slices.Equal(before, re.Objects()) {
			t.Errorf("%s: the figures are not made again for another size", name)
		}
	}
}

package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"zhengyan/ui/viewmodel/vmtest"
)

// click presses the n-th row of a list that is in view.
func (r *rig) click(l *list, n int) {
	r.t.Helper()
	type row struct {
		o fyne.Tappable
		y float32
	}
	var rows []row
	for _, o := range test.LaidOutObjects(l) {
		if x, ok := o.(fyne.Tappable); ok {
			rows = append(rows, row{x, fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y})
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return int(a.y - b.y) })
	if n >= len(rows) {
		r.t.Fatalf("row %d of %d", n, len(rows))
	}
	rows[n].o.Tapped(&fyne.PointEvent{})
	r.settle()
}

// A click on a row leaves the window its keys.
func TestKeysReachTheWindowPastAClickedRow(t *testing.T) {
	r := opened(t, vmtest.New([]string{"甲/1.pdf", "甲/2.pdf", "乙/1.pdf", "乙/2.pdf"}, vmtest.Good(), vmtest.Tampered(), vmtest.Scan(), vmtest.Tampered()))
	selected := func(step string, want int) {
		t.Helper()
		if r.settle(); r.session.Selected().ID != want {
			t.Errorf("%s: file %d is selected, want %d", step, r.session.Selected().ID, want)
		}
	}
	r.Show("review")
	r.settle()
	s := r.current().(*reviewScreen)
	r.click(s.list, 0)
	selected("a click", s.queue[0])
	r.key(fyne.KeyJ, 'j')
	selected("J", s.queue[1])
	r.key(fyne.KeyUp)
	selected("↑", s.queue[0])
	r.key(fyne.Key3, '3')
	if it := r.session.Item(s.queue[0]); !it.Decided() {
		t.Error("3 decides nothing")
	}
	r.click(s.list, 1)
	r.key(fyne.KeyU, 'u')
	if it := r.session.Item(s.queue[0]); it.Decided() {
		t.Error("U takes nothing back")
	}
	r.key(fyne.KeyN, 'n')
	if r.shown == nil {
		t.Error("N asks for no remark")
	}
	r.closeDialog()

	r.Show("verify")
	r.settle()
	r.click(r.files.list, 1)
	r.key(fyne.KeyDown)
	selected("↓ beside the page", 2)
	r.key(fyne.KeyK, 'k')
	selected("K beside the page", 1)

	r.Show("batch")
	r.settle()
	b := r.current().(*batchScreen)
	r.click(b.bidders, 1)
	r.key(fyne.KeyDown) // bidders are gone through by their own keys
	if v := r.session.View(); v.Bidder != "乙" {
		t.Errorf("↓ below the first bidder shows %q", v.Bidder)
	}
	r.settle()
	r.key(fyne.KeyHome)
	selected("Home in the bidder's files", 2)
	r.key(fyne.KeyJ, 'j')
	selected("J in the bidder's files", 3)
	r.key(fyne.KeyF2)
	if r.shown == nil {
		t.Error("F2 asks for no name")
	}
	r.closeDialog()
	r.click(b.bidders, 0)
	r.key(fyne.KeySlash, '/')
	if r.win.Canvas().Focused() != fyne.Focusable(b.search) {
		t.Error("/ does not lead to the search")
	}

	r.Show("review")
	r.settle()
	was := r.session.Selected().ID
	for _, o := range test.LaidOutObjects(r.current().Object()) {
		if row, ok := o.(*rungRow); ok {
			r.win.Canvas().Focus(row)
			break
		}
	}
	if r.win.Canvas().Focused() == nil {
		t.Fatal("no check takes the focus")
	}
	r.key(fyne.KeyJ, 'j')
	if r.settle(); r.session.Selected().ID == was {
		t.Error("J means nothing while a check has the focus")
	}
}

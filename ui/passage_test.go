package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel/vmtest"
)

// handIn is that of the first text under o that can be selected.
func (r *rig) handIn(o fyne.CanvasObject) *hand {
	r.t.Helper()
	for _, x := range test.LaidOutObjects(o) {
		if p, ok := x.(*passage); ok {
			return handOf(p)
		}
	}
	r.t.Fatal("no text can be selected")
	return nil
}

func handOf(p *passage) *hand { return test.WidgetRenderer(p).(*passageRenderer).hand }

// A text that was clicked leaves the window its keys and can be copied.
func TestKeysReachTheWindowPastAClickedText(t *testing.T) {
	r := opened(t, vmtest.New([]string{"1.pdf", "2.pdf"}, vmtest.Good(), vmtest.Tampered()))
	c := r.win.Canvas()
	press := func(o fyne.CanvasObject) *hand {
		h := r.handIn(o)
		h.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
		h.MouseUp(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
		if c.Focused() != fyne.Focusable(h) {
			t.Fatalf("%T has the focus after a click on a text", c.Focused())
		}
		return h
	}
	press(r.panel.verdict)
	r.key(fyne.KeyDown)
	if r.settle(); r.session.Selected().ID != 1 {
		t.Error("↓ does not reach the window")
	}
	press(r.panel.verdict)
	r.key(fyne.KeyK, 'k')
	if r.settle(); r.session.Selected().ID != 0 {
		t.Error("K does not reach the window")
	}
	press(r.panel.verdict)
	r.key(fyne.KeyF1)
	if r.shown == nil {
		t.Fatal("F1 does not reach the window")
	}
	press(r.shown.Content)
	r.key(fyne.KeyEscape)
	if r.shown != nil {
		t.Error("Esc does not close a dialog from its text")
	}

	p := newPassage("甲乙 丙丁")
	p.SizeName, p.Importance = theme.SizeNameText, widget.MediumImportance
	w := test.NewTempWindow(t, p)
	w.Resize(fyne.NewSize(300, 60))
	h := handOf(p)
	h.DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(12, 15)})
	h.TypedShortcut(&fyne.ShortcutCopy{})
	if got := r.o.App.Clipboard().Content(); got != "甲乙" || p.SelectedText() != got {
		t.Errorf("copied %q, selected %q", got, p.SelectedText())
	}
	if w.Canvas().Focused() != fyne.Focusable(h) {
		t.Errorf("%T has the focus", w.Canvas().Focused())
	}
}

package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel/vmtest"
)

// key sends a key as the toolkit does: to what has the focus, else to the window.
func (r *rig) key(name fyne.KeyName, typed ...rune) {
	c := r.win.Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
		for _, t := range typed {
			f.TypedRune(t)
		}
		return
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: name})
	for _, t := range typed {
		c.OnTypedRune()(t)
	}
}

// A button or a box that has the focus takes Enter and Space, and no other key from the window.
func TestKeysReachTheWindowPastAFocusedButton(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	pressed := 0
	ask := func() {
		r.ask("题", para(r.th, "问", theme.SizeNameText, widget.MediumImportance), "答", func() { pressed++ })
		if r.win.Canvas().Focused() == nil {
			t.Fatal("the answer has no focus")
		}
	}
	ask()
	r.key(fyne.KeyReturn)
	ask()
	r.key(fyne.KeySpace, ' ')
	ask()
	if pressed != 2 {
		t.Errorf("pressed %d times", pressed)
	}
	r.key(fyne.KeyJ, 'j') // nothing moves below a dialog
	r.key(fyne.KeyEscape)
	if r.shown != nil || pressed != 2 {
		t.Error("Esc does not close the question")
	}

	r.askExport()
	var c *check
	for _, o := range test.LaidOutObjects(r.shown.Content) {
		if x, ok := o.(*check); ok && !x.Disabled() {
			c = x
		}
	}
	was := c.Checked
	r.win.Canvas().Focus(c)
	r.key(fyne.KeySpace, ' ')
	if c.Checked == was {
		t.Error("the box is not changed")
	}
	r.key(fyne.KeyEscape)
	if r.shown != nil {
		t.Error("Esc does not close the dialog from a box")
	}

	r.win.Canvas().Focus(r.page.next)
	r.key(fyne.Key2, '?')
	if r.shown == nil {
		t.Error("a rune does not reach the window")
	}
	r.key(fyne.KeyEscape)
}

package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"zhengyan/assets"
	"zhengyan/ui/viewmodel/vmtest"
)

// Each style of text that is in use has the toolkit parse the font once more, at 35 MB: the window has to do with one.
func TestWindowUsesOneFace(t *testing.T) {
	font := assets.Font()
	if font == nil {
		t.Skip("no bundled font; run make assets")
	}
	r := newRigWith(t, one(vmtest.Good()), func(o *Options) { o.Font = font })
	r.Open([]string{"all"})
	r.until("it is read", func() bool { return r.session.Report() != nil })
	seen := 0
	for _, s := range r.screens {
		r.Show(s.Key())
		for _, o := range test.LaidOutObjects(r.win.Content()) {
			if text, ok := o.(*canvas.Text); ok && text.Text != "" {
				seen++
				if text.TextStyle != (fyne.TextStyle{}) {
					t.Errorf("screen %s: %q is set in another style: %+v", s.Key(), text.Text, text.TextStyle)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d texts were looked at", seen)
	}
}

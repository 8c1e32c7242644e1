package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"zhengyan/ui/viewmodel"
	"zhengyan/ui/viewmodel/vmtest"
)

// TestLineAboveThePage: the line that says what was handed in stands above the page, not behind it, also when it comes after the page.
func TestLineAboveThePage(t *testing.T) {
	r := opened(t, one(vmtest.Good()))
	v, at := r.page, fyne.CurrentApp().Driver().AbsolutePositionForObject
	for range 2 {
		v.setInput()
		if v.input.MinSize().Height > 1 {
			t.Fatal("a line stays")
		}
		without := at(v.scroll).Y
		v.showInput(viewmodel.InputView{Title: "照片", Cap: "照片不带电子签章，最高只能判为“无法确定”。", Warn: true})
		if line, page := at(v.input).Y+v.input.MinSize().Height, at(v.scroll).Y; page < line || page <= without {
			t.Errorf("the line ends at %.0f, the page begins at %.0f, and at %.0f without it", line, page, without)
		}
	}
}

package ui

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// tourSteps is the number of pages of the tour; their texts are tour.N.title and tour.N.
const tourSteps = 4

// tour explains the window in four pages and offers invented certificates to try it on.
func (w *Window) tour() {
	w.tourStep(1)
	if !w.settings.TourSeen {
		w.change(func(v *viewmodel.Settings) { v.TourSeen = true })
	}
}

func (w *Window) tourStep(n int) {
	w.closeDialog()
	th, m := w.th, w.m
	key := "tour." + strconv.Itoa(n)
	body := column(10)
	switch n {
	case 1:
		shapes := rowOf(26)
		for _, s := range []struct {
			shape viewmodel.Shape
			word  string
		}{{viewmodel.ShapePass, "verdict.TOTAL-PASSED"}, {viewmodel.ShapeFail, "verdict.TOTAL-FAILED"}, {viewmodel.ShapeUnknown, "verdict.INDETERMINATE"}} {
			t := line(th, m.T(s.word), theme.SizeNameText, ink(s.shape))
			t.Alignment = fyne.TextAlignCenter
			shapes.Add(column(4, container.NewCenter(shapeImage(th, s.shape, 48)), t))
		}
		body.Add(container.NewCenter(shapes))
	case tourSteps:
		if w.o.Specimens != nil {
			try := newButtonWithIcon(m.T("tour.try"), theme.MediaPlayIcon(), func() { w.closeDialog(); w.trySpecimens() })
			try.Importance = widget.HighImportance
			body.Add(container.NewCenter(try))
		}
	}
	body.Objects = append([]fyne.CanvasObject{para(th, m.T(key), theme.SizeNameSubHeadingText, widget.MediumImportance)}, body.Objects...)
	back := newButton(m.T("tour.back"), func() { w.tourStep(n - 1) })
	enable(back, n > 1)
	next := newButton(m.T("tour.next"), func() { w.tourStep(n + 1) })
	next.Importance = widget.HighImportance
	if n == tourSteps {
		next = newButton(m.T("tour.done"), w.closeDialog)
	}
	foot := container.NewHBox(newButton(m.T("tour.skip"), w.closeDialog), layout.NewSpacer(), centred(line(th, strconv.Itoa(n)+" / "+strconv.Itoa(tourSteps), theme.SizeNameCaptionText, colorSecondary)), back, next)
	content := container.NewBorder(pad(line(th, m.T(key+".title"), theme.SizeNameHeadingText, theme.ColorNameForeground), 4, 10, 4, 4), foot, nil, nil, container.NewVScroll(body))
	w.shown = widget.NewModalPopUp(pad(content, 10, 8, 16, 14), w.win.Canvas())
	size := w.win.Canvas().Size()
	w.shown.Resize(fyne.NewSize(min(620*th.Scale(), size.Width-80), min(380*th.Scale(), size.Height-80)))
	w.shown.Show()
	w.win.Canvas().Focus(next)
}

// trySpecimens opens invented certificates: one good, one that was changed after it was sealed, one that has run out.
func (w *Window) trySpecimens() {
	var paths []string
	w.notify(w.m.T("tour.making"), true)
	w.background(func(ctx context.Context) (err error) {
		paths, err = w.o.Specimens(ctx)
		return err
	}, func(err error) {
		if err != nil {
			w.notify(w.m.Error(err), false)
			return
		}
		w.Show("verify")
		w.Open(paths)
	})
}

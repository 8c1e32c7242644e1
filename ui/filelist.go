package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// fileList is the left side: the counts, which also filter, the progress with pause and cancel, and the rows.
type fileList struct {
	th       *Theme
	session  *viewmodel.Session
	list     *widget.List
	filters  []*filterChip
	progress *widget.ProgressBar
	status   *canvas.Text
	pause    *widget.Button
	cancel   *widget.Button
	empty    *canvas.Text
	working  *fyne.Container
	root     fyne.CanvasObject
	shapes   map[viewmodel.Shape]fyne.Resource
	quiet    bool // the selection is being set by us, not by the user
}

func newFileList(th *Theme, s *viewmodel.Session) *fileList {
	f := &fileList{th: th, session: s, shapes: map[viewmodel.Shape]fyne.Resource{}}
	m := s.Messages()
	for sh := viewmodel.ShapeWait; sh <= viewmodel.ShapeSkip; sh++ {
		f.shapes[sh] = shapeResource(th, sh)
	}
	f.list = widget.NewList(s.Len, f.newRow, f.fillRow)
	f.list.HideSeparators = true
	f.list.OnSelected = func(i widget.ListItemID) {
		if it := s.At(i); it != nil && !f.quiet {
			s.Select(it.ID)
		}
	}
	for _, fl := range []viewmodel.Filter{viewmodel.ShowAll, viewmodel.ShowFailed, viewmodel.ShowIndeterminate, viewmodel.ShowPassed} {
		f.filters = append(f.filters, newFilterChip(th, fl, func() { s.SetFilter(fl) }))
	}
	f.progress = widget.NewProgressBar()
	f.progress.TextFormatter = func() string { return "" }
	f.status = line(th, "", theme.SizeNameCaptionText, colorSecondary)
	f.pause = iconButton(theme.MediaPauseIcon(), "", func() { s.Pause(!s.Paused()) })
	f.cancel = iconButton(theme.CancelIcon(), m.T("list.cancel"), f.cancelOrResume)
	bar := container.New(&fixedHeight{6}, f.progress)
	f.working = column(4, container.NewBorder(nil, nil, centred(f.status), rowOf(0, f.pause, f.cancel)), bar)
	f.empty = line(th, m.T("list.empty"), theme.SizeNameText, colorSecondary)
	f.empty.Alignment = fyne.TextAlignCenter
	chips := container.New(layout.NewGridLayoutWithColumns(len(f.filters)))
	for _, c := range f.filters {
		chips.Add(c)
	}
	head := column(6, chips, f.working)
	ground := canvas.NewRectangle(th.C(colorSurface))
	f.root = container.NewStack(ground, container.NewBorder(pad(head, 8, 4, 8, 8), nil, nil, nil, container.NewStack(f.list, container.NewCenter(f.empty))))
	f.refresh()
	return f
}

func (f *fileList) cancelOrResume() {
	if f.session.Counts().Working() || f.session.Expanding() {
		f.session.Cancel()
	} else {
		f.session.Resume()
	}
}

// newRow makes the template of a row: figure, file name, verdict's word and reason.
func (f *fileList) newRow() fyne.CanvasObject {
	img := canvas.NewImageFromResource(f.shapes[viewmodel.ShapeWait])
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(24))
	_, title := clipped(f.th, "", theme.SizeNameText, widget.MediumImportance)
	_, sub := clipped(f.th, "", theme.SizeNameCaptionText, widget.LowImportance)
	return pad(container.NewBorder(nil, nil, pad(centred(img), 0, 0, 4, 6), nil, column(-2, title, sub)), 3, 3, 2, 2)
}

func (f *fileList) fillRow(i widget.ListItemID, o fyne.CanvasObject) {
	it := f.session.At(i)
	if it == nil {
		return
	}
	border := o.(*fyne.Container).Objects[0].(*fyne.Container)
	texts := border.Objects[0].(*fyne.Container)
	img := border.Objects[1].(*fyne.Container).Objects[0].(*fyne.Container).Objects[1].(*canvas.Image)
	title := texts.Objects[0].(*container.ThemeOverride).Content.(*widget.Label)
	sub := texts.Objects[1].(*container.ThemeOverride).Content.(*widget.Label)
	if res := f.shapes[it.Row.Shape]; img.Resource != res {
		img.Resource = res
		img.Refresh()
	}
	if title.Text != it.Row.Title {
		title.SetText(it.Row.Title)
	}
	imp := importance(it.Row.Shape)
	if sub.Text != it.Row.Subtitle || sub.Importance != imp {
		sub.Importance = imp
		sub.SetText(it.Row.Subtitle)
	}
}

func importance(s viewmodel.Shape) widget.Importance {
	switch s {
	case viewmodel.ShapePass:
		return widget.SuccessImportance
	case viewmodel.ShapeFail:
		return widget.DangerImportance
	case viewmodel.ShapeUnknown:
		return widget.WarningImportance
	}
	return widget.LowImportance
}

// refresh shows the session's list and counts.
func (f *fileList) refresh() {
	s, m := f.session, f.session.Messages()
	c := s.Counts()
	numbers := []int{c.Total, c.Failed, c.Indeterminate, c.Passed}
	for i, chip := range f.filters {
		chip.set(numbers[i], s.Filter() == chip.filter)
	}
	busy := c.Working() || s.Expanding()
	switch {
	case s.Expanding() && c.Total == 0:
		f.status.Text = m.T("list.listing")
	default:
		f.status.Text = m.T("list.progress", "done", strconv.Itoa(c.Finished()-c.Cancelled), "total", strconv.Itoa(c.Total))
	}
	f.status.Refresh()
	if c.Total > 0 {
		f.progress.SetValue(float64(c.Finished()-c.Cancelled) / float64(c.Total))
	}
	if busy {
		f.cancel.SetText(m.T("list.cancel"))
		f.cancel.SetIcon(theme.CancelIcon())
		f.pause.Show()
	} else {
		f.cancel.SetText(m.T("list.continue"))
		f.cancel.SetIcon(theme.MediaPlayIcon())
		f.pause.Hide()
	}
	if s.Paused() {
		f.pause.SetIcon(theme.MediaPlayIcon())
	} else {
		f.pause.SetIcon(theme.MediaPauseIcon())
	}
	show(f.working, busy || c.Cancelled > 0)
	show(f.empty, s.Len() == 0 && c.Total > 0)
	f.list.Refresh()
	f.follow()
}

// follow marks and reveals the selected row.
func (f *fileList) follow() {
	it := f.session.Selected()
	if it == nil {
		return
	}
	f.quiet = true
	defer func() { f.quiet = false }()
	if i := f.session.IndexOf(it.ID); i >= 0 {
		f.list.Select(i)
	} else {
		f.list.UnselectAll()
	}
}

func show(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// fixedHeight gives its objects all the width and a fixed height.
type fixedHeight struct{ h float32 }

func (l *fixedHeight) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(40, l.h) }

func (l *fixedHeight) Layout(os []fyne.CanvasObject, size fyne.Size) {
	for _, o := range os {
		o.Move(fyne.NewPos(0, (size.Height-l.h)/2))
		o.Resize(fyne.NewSize(size.Width, l.h))
	}
}

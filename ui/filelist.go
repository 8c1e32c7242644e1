package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// fileList is the left side: the counts, which also filter, the progress with pause and cancel, and the rows.
type fileList struct {
	th       *Theme
	session  *viewmodel.Session
	list     *list
	filters  []*filterChip
	progress *meter
	status   *canvas.Text
	pause    *button
	cancel   *button
	empty    *canvas.Text
	narrowed *narrowedTo
	left     *leftOutLine
	working  *fyne.Container
	root     fyne.CanvasObject
	shapes   map[viewmodel.Shape]fyne.Resource
	quiet    bool // the selection is being set by us, not by the user
}

func newFileList(w *Window) *fileList {
	th, s := w.th, w.session
	f := &fileList{th: th, session: s, shapes: map[viewmodel.Shape]fyne.Resource{}}
	m := s.Messages()
	for sh := viewmodel.ShapeWait; sh <= viewmodel.ShapeSkip; sh++ {
		f.shapes[sh] = shapeResource(th, sh)
	}
	f.list = newList(listPasses, s.Len, f.newRow, f.fillRow)
	f.list.HideSeparators = true
	f.list.OnSelected = func(i widget.ListItemID) {
		if it := s.At(i); it != nil && !f.quiet {
			s.Select(it.ID)
		}
	}
	for _, fl := range []viewmodel.Filter{viewmodel.ShowAll, viewmodel.ShowFailed, viewmodel.ShowIndeterminate, viewmodel.ShowPassed, viewmodel.ShowUnreadable} {
		f.filters = append(f.filters, newFilterChip(th, fl, func() { s.SetFilter(fl) }))
	}
	f.progress = newMeter(th)
	f.status = line(th, "", theme.SizeNameCaptionText, colorSecondary)
	f.pause = iconButton(theme.MediaPauseIcon(), "", func() { s.Pause(!s.Paused()) })
	f.cancel = iconButton(theme.CancelIcon(), m.T("list.cancel"), f.cancelOrResume)
	f.working = container.NewStack(narrow(th, column(4, container.NewBorder(nil, nil, centred(f.status), rowOf(0, f.pause, f.cancel)), f.progress.root)))
	f.empty = line(th, m.T("list.empty"), theme.SizeNameText, colorSecondary)
	f.empty.Alignment = fyne.TextAlignCenter
	chips := container.New(&spread{4})
	for _, c := range f.filters {
		chips.Add(c)
	}
	f.narrowed, f.left = newNarrowedTo(th, s, true), newLeftOutLine(w)
	head := column(6, narrow(th, chips), f.narrowed.root, f.left.button, f.working)
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

// listRow is what rows of lists share: they draw what was put into them.
type listRow struct {
	widget.BaseWidget
	content fyne.CanvasObject
}

// CreateRenderer implements fyne.Widget.
func (r *listRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.content) }

// fileRow is a row of the list: figure, file name, verdict's word and reason.
type fileRow struct {
	listRow
	image      *canvas.Image
	title, sub *widget.Label
}

func (f *fileList) newRow() fyne.CanvasObject {
	r := &fileRow{image: canvas.NewImageFromResource(f.shapes[viewmodel.ShapeWait])}
	r.image.FillMode = canvas.ImageFillContain
	r.image.SetMinSize(fyne.NewSquareSize(24))
	var title, sub fyne.CanvasObject
	r.title, title = clipped(f.th, "", theme.SizeNameText, widget.MediumImportance)
	r.sub, sub = clipped(f.th, "", theme.SizeNameCaptionText, widget.LowImportance)
	r.content = pad(container.NewBorder(nil, nil, pad(centred(r.image), 0, 0, 4, 6), nil, column(0, title, sub)), 3, 3, 2, 2)
	r.ExtendBaseWidget(r)
	return r
}

func (f *fileList) fillRow(i widget.ListItemID, o fyne.CanvasObject) {
	it, r := f.session.At(i), o.(*fileRow)
	if it == nil {
		return
	}
	if res := f.shapes[it.Row.Shape]; r.image.Resource != res {
		r.image.Resource = res
		r.image.Refresh()
	}
	if r.title.Text != it.Row.Title {
		r.title.SetText(it.Row.Title)
	}
	if imp := importance(it.Row.Shape); r.sub.Text != it.Row.Subtitle || r.sub.Importance != imp {
		r.sub.Importance = imp
		r.sub.SetText(it.Row.Subtitle)
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
	numbers := []int{c.Total, c.Failed, c.Indeterminate, c.Passed, c.Unreadable}
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
		f.progress.set(float32(c.Finished()-c.Cancelled) / float32(c.Total))
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
	f.narrowed.refresh()
	f.left.refresh()
	show(f.working, busy || c.Left())
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

// meter is a thin bar of progress.
type meter struct {
	root  *fyne.Container
	share float32
}

func newMeter(th *Theme) *meter {
	m := &meter{}
	track, done := canvas.NewRectangle(th.C(colorBorder)), canvas.NewRectangle(th.C(theme.ColorNamePrimary))
	track.CornerRadius, done.CornerRadius = 3, 3
	m.root = container.New(m, track, done)
	return m
}

func (m *meter) set(share float32) {
	m.share = min(max(share, 0), 1)
	m.root.Refresh()
}

// MinSize implements fyne.Layout.
func (m *meter) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(40, 6) }

// Layout implements fyne.Layout.
func (m *meter) Layout(os []fyne.CanvasObject, size fyne.Size) {
	os[0].Resize(size)
	os[1].Resize(fyne.NewSize(size.Width*m.share, size.Height))
}

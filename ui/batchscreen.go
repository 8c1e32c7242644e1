package ui

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// batchScreen is the table of all files, with the bidders beside it.
type batchScreen struct {
	w        *Window
	table    *dataTable
	bidders  *list
	groups   []viewmodel.Bidder
	filters  []*filterChip
	search   *keyEntry
	status   *canvas.Text
	left     *leftOutLine
	speed    *canvas.Text
	progress *meter
	pause    *button
	cancel   *button
	working  *fyne.Container
	second   *fyne.Container // what was left out, and working
	frame    *fyne.Container // lays out anew when the second line comes or goes
	rename   *button
	below    *fyne.Container
	shown    *viewmodel.Detail // what the strip below shows
	began    time.Time         // of the reading under way
	before   int               // files that were finished then
	quiet    bool
	root     fyne.CanvasObject
}

func newBatchScreen(w *Window) Screen {
	b := &batchScreen{w: w, below: container.NewStack()}
	th, m, s := w.th, w.m, w.session
	widths := []float32{58, 190, 120, 76, 158, 88, 250, 140, 120, 190, 176, 96, 110, 140}
	var columns []tableColumn
	for i, k := range viewmodel.ColumnKeys() {
		columns = append(columns, tableColumn{m.T(k), widths[i] * th.Scale()})
	}
	b.table = newDataTable(th, columns, b, w.typedKey, w.typedRune)

	b.bidders = newList(listChooses, func() int { return len(b.groups) + 1 }, b.newGroup, b.fillGroup)
	b.bidders.HideSeparators = true
	b.bidders.OnSelected = func(i widget.ListItemID) {
		if b.quiet {
			return
		}
		v := s.View()
		v.Bidder = ""
		if i > 0 && i <= len(b.groups) {
			v.Bidder = b.groups[i-1].Name
		}
		s.SetView(v)
	}
	b.rename = iconButton(theme.DocumentCreateIcon(), m.T("batch.rename"), b.askName)

	for _, f := range []viewmodel.Filter{viewmodel.ShowAll, viewmodel.ShowFailed, viewmodel.ShowIndeterminate, viewmodel.ShowPassed, viewmodel.ShowUnreadable, viewmodel.ShowDoubtful} {
		b.filters = append(b.filters, newFilterChip(th, f, func() { s.SetFilter(f) }))
	}
	b.search = newKeyEntry(w)
	b.search.SetPlaceHolder(m.T("batch.search"))
	b.search.OnChanged = func(text string) {
		if b.quiet {
			return
		}
		v := s.View()
		v.Search = text
		s.SetView(v)
	}
	b.status = line(th, "", theme.SizeNameCaptionText, colorSecondary)
	b.left = newLeftOutLine(w)
	b.speed = line(th, "", theme.SizeNameCaptionText, colorSecondary)
	b.progress = newMeter(th)
	b.pause = iconButton(theme.MediaPauseIcon(), m.T("batch.pause"), func() { s.Pause(!s.Paused()) })
	b.cancel = iconButton(theme.CancelIcon(), m.T("list.cancel"), w.cancelOrResume)
	b.working = column(3, container.NewBorder(nil, nil, nil, rowOf(4, centred(b.speed), b.pause, b.cancel), centred(b.progress.root)))
	b.second = container.NewBorder(nil, nil, b.left.button, nil, b.working)

	chips := rowOf(4)
	for _, c := range b.filters {
		chips.Add(c)
	}
	tools := container.New(&barLayout{whole: entryWidth(th, b.search.PlaceHolder), gap: 12, line: 4, width: firstWidth}, rowOf(10, chips, centred(b.status)), b.search, rowOf(2,
		iconButton(theme.DocumentSaveIcon(), m.T("export.button"), w.askExport), iconButton(theme.FolderNewIcon(), m.T("batch.more"), w.openFolder), iconButton(theme.DeleteIcon(), m.T("batch.clear"), b.askClear)))
	head := container.NewBorder(nil, nil, line(th, m.T("batch.bidders"), theme.SizeNameText, colorSecondary), b.rename)
	left := container.NewStack(canvas.NewRectangle(th.C(colorSurface)), container.NewBorder(pad(head, 6, 0, 10, 4), nil, nil, nil, b.bidders))
	b.frame = container.NewBorder(pad(column(4, narrow(th, tools), narrow(th, b.second)), 6, 4, 8, 8), b.below, nil, nil, b.table)
	split := container.NewHSplit(left, b.frame)
	split.Offset = 0.17
	b.root = split
	return b
}

func (b *batchScreen) Key() string               { return "batch" }
func (b *batchScreen) Icon() fyne.Resource       { return theme.GridIcon() }
func (b *batchScreen) Object() fyne.CanvasObject { return b.root }

// Len implements tableSource.
func (b *batchScreen) Len() int { return b.w.session.Len() }

// Cell implements tableSource.
func (b *batchScreen) Cell(row, column int) tableCell {
	it := b.w.session.At(row)
	if it == nil {
		return tableCell{}
	}
	r := &it.Row
	switch column {
	case viewmodel.ColState:
		return tableCell{Text: strconv.Itoa(it.ID + 1), Shape: r.Shape, HasShape: true}
	case viewmodel.ColSecond:
		return tableCell{Text: r.Cells[column], Shape: r.Second, HasShape: r.Cells[column] != "", Strong: r.Cells[column] != ""}
	case viewmodel.ColVerdict:
		return tableCell{Text: r.Cells[column], Shape: r.Shape, Strong: true}
	}
	return tableCell{Text: r.Cells[column]}
}

// Selected implements tableSource.
func (b *batchScreen) Selected() int {
	if it := b.w.session.Selected(); it != nil {
		return b.w.session.IndexOf(it.ID)
	}
	return -1
}

// Sorted implements tableSource.
func (b *batchScreen) Sorted() (int, bool) { v := b.w.session.View(); return v.Sort, v.Down }

// Select implements tableSource.
func (b *batchScreen) Select(row int) {
	if it := b.w.session.At(row); it != nil {
		b.w.session.Select(it.ID)
	}
}

// Sort implements tableSource.
func (b *batchScreen) Sort(column int) { b.w.session.SortBy(column) }

// Changed implements Screen.
func (b *batchScreen) Changed(c viewmodel.Change) {
	s, m := b.w.session, b.w.m
	if c.List {
		n := s.Counts()
		numbers := []int{n.Total, n.Failed, n.Indeterminate, n.Passed, n.Unreadable, b.w.doubts()}
		for i, chip := range b.filters {
			chip.set(numbers[i], s.Filter() == chip.filter)
		}
		b.status.Text = m.T("batch.count", "shown", strconv.Itoa(s.Len()), "total", strconv.Itoa(n.Total))
		b.status.Refresh()
		b.left.refresh()
		b.showWork(n)
		b.groups = s.Bidders()
		b.bidders.Refresh()
		b.markGroup()
		if b.search.Text != s.View().Search && b.w.win.Canvas().Focused() != b.search {
			b.quiet = true
			b.search.SetText(s.View().Search)
			b.quiet = false
		}
		b.table.show()
	}
	if c.List || c.Detail {
		b.showBelow()
	}
}

func (b *batchScreen) showWork(n viewmodel.Counts) {
	s, m := b.w.session, b.w.m
	busy := n.Working() || s.Expanding()
	done := n.Finished() - n.Cancelled
	if !busy || s.Paused() {
		b.began = time.Time{}
	} else if b.began.IsZero() {
		b.began, b.before = b.w.o.Now(), done
	}
	text := m.T("list.progress", "done", strconv.Itoa(done), "total", strconv.Itoa(n.Total))
	switch {
	case s.Expanding() && n.Total == 0:
		text = m.T("list.listing")
	case s.Paused():
		text += " · " + m.T("batch.paused")
	case !b.began.IsZero() && done-b.before >= 3:
		if took := b.w.o.Now().Sub(b.began); took > 500*time.Millisecond {
			rate := float64(done-b.before) / took.Seconds()
			left := time.Duration(float64(n.Waiting+n.Reading)/rate) * time.Second
			text += " · " + m.T("batch.speed", "n", strconv.FormatFloat(rate, 'f', 1, 64)) + " · " + m.T("batch.left", "time", left.String())
		}
	}
	if b.speed.Text != text {
		b.speed.Text = text
		b.speed.Refresh()
	}
	if n.Total > 0 {
		b.progress.set(float32(done) / float32(n.Total))
	}
	b.w.dressWork(b.pause, b.cancel, busy, m.T("batch.pause"), m.T("batch.resume"))
	working, second := busy || n.Left(), busy || n.Left() || b.left.button.Visible()
	if working != b.working.Visible() || second != b.second.Visible() {
		show(b.working, working)
		show(b.second, second)
		b.second.Refresh()
		b.frame.Refresh()
	}
}

// groupRow is a bidder in the list at the left: the name, and how many files have which result.
type groupRow struct {
	listRow
	name    *widget.Label
	numbers [5]*canvas.Text
	unread  *fyne.Container // how many files could not be read, if any
}

func (b *batchScreen) newGroup() fyne.CanvasObject {
	r := &groupRow{}
	var name fyne.CanvasObject
	r.name, name = clipped(b.w.th, "", theme.SizeNameText, widget.MediumImportance)
	counts := rowOf(4)
	for i, s := range []viewmodel.Shape{viewmodel.ShapeWait, viewmodel.ShapeFail, viewmodel.ShapeUnknown, viewmodel.ShapePass} {
		r.numbers[i] = line(b.w.th, "0000", theme.SizeNameCaptionText, colorSecondary)
		if i > 0 {
			counts.Add(centred(shapeImage(b.w.th, s, 12)))
		}
		counts.Add(centred(r.numbers[i]))
	}
	last := line(b.w.th, "0000", theme.SizeNameCaptionText, colorSecondary)
	r.numbers[len(r.numbers)-1] = last
	r.unread = rowOf(4, centred(container.NewGridWrap(fyne.NewSquareSize(12), widget.NewIcon(theme.NewThemedResource(theme.BrokenImageIcon())))), centred(last))
	counts.Add(r.unread)
	r.content = pad(column(1, name, pad(counts, 0, 0, 1, 0)), 3, 4, 6, 4)
	r.ExtendBaseWidget(r)
	return r
}

func (b *batchScreen) fillGroup(i widget.ListItemID, o fyne.CanvasObject) {
	r, m := o.(*groupRow), b.w.m
	name, n := m.T("batch.bidders.all"), b.w.session.Counts()
	if i > 0 && i <= len(b.groups) {
		name, n = b.w.bidderName(b.groups[i-1].Name), b.groups[i-1].Counts
	}
	if r.name.Text != name {
		r.name.SetText(name)
	}
	show(r.unread, n.Unreadable > 0)
	for k, v := range []string{m.T("list.count", "n", strconv.Itoa(n.Total)), strconv.Itoa(n.Failed), strconv.Itoa(n.Indeterminate), strconv.Itoa(n.Passed), strconv.Itoa(n.Unreadable)} {
		if r.numbers[k].Text != v {
			r.numbers[k].Text = v
			r.numbers[k].Refresh()
			r.Refresh()
		}
	}
}

// bidderName is a group's name as it is shown.
func (w *Window) bidderName(name string) string {
	if name == "" {
		return w.m.T("batch.bidder.none")
	}
	return name
}

func (b *batchScreen) markGroup() {
	b.quiet = true
	defer func() { b.quiet = false }()
	at := 0
	for i, g := range b.groups {
		if g.Name == b.w.session.View().Bidder && g.Name != "" {
			at = i + 1
		}
	}
	b.bidders.Select(at)
	enable(b.rename, at > 0)
}

// askName renames the bidder that is shown.
func (b *batchScreen) askName() {
	w, from := b.w, b.w.session.View().Bidder
	if from == "" {
		return
	}
	e := newKeyEntry(w)
	e.SetText(from)
	ok := func() { w.closeDialog(); w.session.RenameBidder(from, e.Text) }
	e.OnSubmitted = func(string) { ok() }
	w.ask(w.m.T("batch.rename.title", "name", from), column(8, e, para(w.th, w.m.T("batch.rename.hint"), theme.SizeNameCaptionText, widget.LowImportance)), w.m.T("common.ok"), ok)
	w.win.Canvas().Focus(e)
}

func (b *batchScreen) askClear() {
	w := b.w
	w.ask(w.m.T("batch.clear"), para(w.th, w.m.T("batch.clear.ask"), theme.SizeNameText, widget.MediumImportance), w.m.T("batch.clear"), func() { w.closeDialog(); w.session.Clear() })
}

// showBelow sums up the selected row in a strip under the table.
func (b *batchScreen) showBelow() {
	w := b.w
	if w.detail == b.shown && len(b.below.Objects) > 0 {
		return
	}
	b.shown = w.detail
	if w.detail == nil {
		swap(b.below, nil)
		return
	}
	th, v := w.th, w.detail.Verdict
	open := newButtonWithIcon(w.m.T("batch.open"), theme.NavigateNextIcon(), func() { w.Show("verify") })
	open.Importance = widget.HighImportance
	text := column(1, para(th, v.Reason, theme.SizeNameText, widget.MediumImportance))
	if v.Next != "" {
		text.Add(para(th, w.m.T("verdict.next")+": "+v.Next, theme.SizeNameCaptionText, widget.LowImportance))
	}
	left := rowOf(8, centred(shapeImage(th, v.Shape, 30)), centred(line(th, v.Word, theme.SizeNameSubHeadingText, ink(v.Shape))))
	ground := canvas.NewRectangle(th.C(tint(v.Shape)))
	var body fyne.CanvasObject = pad(container.NewBorder(nil, nil, pad(left, 0, 0, 0, 12), container.NewCenter(open), container.New(layout.NewCustomPaddedLayout(0, 0, 0, 8), text)), 6, 6, 12, 10)
	if k := th.Scale(); k > 1.2 { // the verdict and its reason; the rest by scrolling, or it would leave the table no room
		scroll := container.NewVScroll(pad(column(2, container.NewBorder(nil, nil, left, open), text), 6, 6, 12, 10))
		scroll.SetMinSize(fyne.NewSize(0, 60*k))
		body = scroll
	}
	swap(b.below, container.NewStack(ground, body))
}

// TypedKey implements Screen.
func (b *batchScreen) TypedKey(e *fyne.KeyEvent) bool {
	s := b.w.session
	switch e.Name {
	case fyne.KeyDown:
		s.Step(1)
	case fyne.KeyUp:
		s.Step(-1)
	case fyne.KeyPageDown:
		s.Step(15)
	case fyne.KeyPageUp:
		s.Step(-15)
	case fyne.KeyHome:
		s.Step(-s.Len())
	case fyne.KeyEnd:
		s.Step(s.Len())
	case fyne.KeyReturn, fyne.KeyEnter:
		b.w.Show("verify")
	case fyne.KeyF2:
		b.askName()
	default:
		return false
	}
	return true
}

// TypedRune implements Screen.
func (b *batchScreen) TypedRune(r rune) bool {
	switch r {
	case 'j', 'J':
		b.w.session.Step(1)
	case 'k', 'K':
		b.w.session.Step(-1)
	case '/':
		b.w.win.Canvas().Focus(b.search)
	default:
		return false
	}
	return true
}

// doubts is the number of files that a person should look at and has not.
func (w *Window) doubts() int {
	ids, done := w.session.ReviewQueue()
	return len(ids) - done
}

// cancelOrResume cancels the reading, or takes up again what was cancelled.
func (w *Window) cancelOrResume() {
	if w.session.Counts().Working() || w.session.Expanding() {
		w.session.Cancel()
	} else {
		w.session.Resume()
	}
}

// dressWork gives the buttons of the reading their faces.
func (w *Window) dressWork(pause, cancel *button, busy bool, pauseText, resumeText string) {
	set := func(b *button, text string, icon fyne.Resource) {
		if b.Text != text || b.Icon != icon {
			b.Text, b.Icon = text, icon
			b.Refresh()
		}
	}
	if busy {
		set(cancel, w.m.T("list.cancel"), theme.CancelIcon())
	} else {
		set(cancel, w.m.T("list.continue"), theme.MediaPlayIcon())
	}
	show(pause, busy)
	if w.session.Paused() {
		set(pause, resumeText, theme.MediaPlayIcon())
	} else {
		set(pause, pauseText, theme.MediaPauseIcon())
	}
}

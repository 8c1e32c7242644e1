package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/civil"
)

// flipsShown is the number of changes that are listed at most: around the day judged.
const flipsShown = 5

// timeCard is the time bar with the list of days on which the verdict changes. It stays while the day is dragged.
type timeCard struct {
	th       *Theme
	m        *viewmodel.Messages
	bar      *timeBar
	flips    *fyne.Container
	root     fyne.CanvasObject
	onDay    func(civil.Date)
	from, to civil.Date
	all      []viewmodel.Flip
}

func newTimeCard(th *Theme, m *viewmodel.Messages, onDay func(civil.Date)) *timeCard {
	c := &timeCard{th: th, m: m, bar: newTimeBar(th, m, onDay), flips: column(0), onDay: onDay}
	c.root = card(th, m.T("time.bar"), nil, column(6, c.bar, c.flips))
	return c
}

// show puts the segments up. The bar's window moves only if the day leaves it or fresh is set, so that it stands still
// under a dragging hand.
func (c *timeCard) show(segs []verify.Segment, day, today civil.Date, fresh bool) {
	c.flips.RemoveAll()
	if segs == nil {
		c.flips.Add(line(c.th, c.m.T("time.working"), theme.SizeNameCaptionText, colorSecondary))
	}
	if fresh || c.from.IsZero() || day.Before(c.from) || day.After(c.to) {
		c.from, c.to = viewmodel.BarWindow(segs, day, today)
	}
	b := viewmodel.BuildBar(c.m, segs, c.from, c.to, day, today)
	c.all = b.Flips
	c.bar.set(b)
	if segs != nil && len(b.Flips) == 0 {
		c.flips.Add(line(c.th, c.m.T("time.noflip"), theme.SizeNameCaptionText, colorSecondary))
	}
	for _, f := range around(b.Flips) {
		c.flips.Add(newFlipRow(c.th, c.m, f, func() { c.onDay(f.Day) }))
	}
	c.flips.Refresh()
}

// jump goes to the change after the day judged, or to the one before it.
func (c *timeCard) jump(forward bool) {
	var to civil.Date
	for _, f := range c.all {
		if forward && !f.Past {
			to = f.Day
			break
		}
		if !forward && f.Past && f.Day.Before(c.bar.bar.Day) {
			to = f.Day
		}
	}
	if !to.IsZero() {
		c.onDay(to)
	}
}

// around keeps the changes nearest to the day judged.
func around(fs []viewmodel.Flip) []viewmodel.Flip {
	if len(fs) <= flipsShown {
		return fs
	}
	next := len(fs)
	for i, f := range fs {
		if f.Next {
			next = i
		}
	}
	lo := min(max(next-2, 0), len(fs)-flipsShown)
	return fs[lo : lo+flipsShown]
}

// flipRow is a change of the verdict; a tap goes to its day.
type flipRow struct {
	listRow
	ground *canvas.Rectangle
	th     *Theme
	text   string
	tapped func()
}

var (
	_ fyne.Tappable     = (*flipRow)(nil)
	_ desktop.Hoverable = (*flipRow)(nil)
	_ fyne.Accessible   = (*flipRow)(nil)
)

func newFlipRow(th *Theme, m *viewmodel.Messages, f viewmodel.Flip, tapped func()) *flipRow {
	w := &flipRow{th: th, tapped: tapped, text: m.T("time.from", "date", f.Day.String()) + " " + f.Word + " " + f.Text, ground: canvas.NewRectangle(nothing())}
	w.ground.CornerRadius = 5
	c := theme.ColorNameForeground
	if f.Past {
		c = colorSecondary
	}
	_, text := clipped(th, f.Text, theme.SizeNameCaptionText, widget.LowImportance)
	left := rowOf(6, centred(shapeImage(th, f.Shape, 16)), centred(line(th, m.T("time.from", "date", f.Day.String()), theme.SizeNameText, c)),
		centred(line(th, f.Word, theme.SizeNameText, ink(f.Shape))))
	w.content = container.NewStack(w.ground, pad(container.NewBorder(nil, nil, left, nil, pad(centred(text), 0, 0, 6, 0)), 2, 2, 3, 3))
	w.ExtendBaseWidget(w)
	return w
}

// Tapped implements fyne.Tappable.
func (w *flipRow) Tapped(*fyne.PointEvent) { w.tapped() }

// MouseIn implements desktop.Hoverable.
func (w *flipRow) MouseIn(*desktop.MouseEvent) {
	w.ground.FillColor = w.th.C(theme.ColorNameHover)
	w.ground.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (w *flipRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (w *flipRow) MouseOut() {
	w.ground.FillColor = nothing()
	w.ground.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (w *flipRow) AccessibilityLabel() string { return w.text }

// AccessibilityRole implements fyne.Accessible.
func (w *flipRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

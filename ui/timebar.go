package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/civil"
)

// Sizes of the time bar.
const (
	barBubble  = 22 // the handle's label
	barMain    = 26 // the lane of the overall verdict
	barLane    = 10 // the lanes of copy and registration
	barGap     = 4
	barScale   = 18
	barMinimum = 180
)

// timeBar shows the verdict along the days in three lanes and lets the day judged be dragged.
type timeBar struct {
	widget.BaseWidget
	th      *Theme
	bar     viewmodel.Bar
	lanes   [3]string
	words   func(verify.Indication) string
	nowWord string
	onDay   func(civil.Date)
	focused bool
	objects []fyne.CanvasObject
	built   fyne.Size // for which the figures were made
}

var (
	_ fyne.Draggable     = (*timeBar)(nil)
	_ fyne.Tappable      = (*timeBar)(nil)
	_ fyne.Focusable     = (*timeBar)(nil)
	_ desktop.Cursorable = (*timeBar)(nil)
	_ fyne.Accessible    = (*timeBar)(nil)
)

func newTimeBar(th *Theme, m *viewmodel.Messages, onDay func(civil.Date)) *timeBar {
	t := &timeBar{
		th: th, onDay: onDay, words: m.Word, nowWord: m.T("time.now"),
		lanes: [3]string{m.T("time.lane.all"), m.T("part.copy"), m.T("part.registration")},
	}
	t.ExtendBaseWidget(t)
	return t
}

func (t *timeBar) set(b viewmodel.Bar) {
	t.bar = b
	t.Refresh()
}

// MinSize implements fyne.CanvasObject.
func (t *timeBar) MinSize() fyne.Size {
	return fyne.NewSize(barMinimum, barBubble+barMain+2*(barGap+barLane)+barGap+barScale)
}

// CreateRenderer implements fyne.Widget.
func (t *timeBar) CreateRenderer() fyne.WidgetRenderer { return &timeBarRenderer{t} }

// left is the width of the lanes' names.
func (t *timeBar) left() float32 {
	w := float32(0)
	for _, s := range t.lanes {
		w = max(w, fyne.MeasureText(s, t.th.Size(theme.SizeNameCaptionText), fyne.TextStyle{}).Width)
	}
	return w + 8
}

func (t *timeBar) x(share float64) float32 {
	l := t.left()
	return l + float32(share)*(t.Size().Width-l)
}

func (t *timeBar) dayAt(x float32) civil.Date {
	l := t.left()
	return t.bar.DayAt(float64((x - l) / max(1, t.Size().Width-l)))
}

type timeBarRenderer struct{ t *timeBar }

func (r *timeBarRenderer) Destroy() {}
func (r *timeBarRenderer) Layout(s fyne.Size) {
	if s != r.t.built { // new figures make the toolkit lay out again: without this, for ever
		r.t.build()
	}
}
func (r *timeBarRenderer) MinSize() fyne.Size           { return r.t.MinSize() }
func (r *timeBarRenderer) Objects() []fyne.CanvasObject { return r.t.objects }

func (r *timeBarRenderer) Refresh() {
	r.t.build()
	canvas.Refresh(r.t)
}

// build makes the figures anew; there are a few dozen at most.
func (t *timeBar) build() {
	t.objects = nil // the toolkit may still hold the old ones
	t.built = t.Size()
	w := t.built.Width
	if w <= 0 || t.bar.From.IsZero() {
		return
	}
	add := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Resize(fyne.NewSize(w, h))
		o.Move(fyne.NewPos(x, y))
		t.objects = append(t.objects, o)
	}
	caption := t.th.Size(theme.SizeNameCaptionText)
	tops := [3]float32{barBubble, barBubble + barMain + barGap, barBubble + barMain + barGap + barLane + barGap}
	heights := [3]float32{barMain, barLane, barLane}
	for i, name := range t.lanes {
		txt := line(t.th, name, theme.SizeNameCaptionText, colorSecondary)
		m := txt.MinSize()
		add(txt, 0, tops[i]+(heights[i]-m.Height)/2, m.Width, m.Height)
	}
	hand := t.x(t.bar.X(t.bar.Day))
	for lane, spans := range t.bar.Lanes {
		for i, s := range spans {
			x0, x1 := t.x(s.X0), t.x(s.X1)
			if i < len(spans)-1 {
				x1 -= 1.5 // a visible joint
			}
			t.segment(add, s.Indication, x0, tops[lane], max(1, x1-x0), heights[lane], lane == 0, hand)
		}
	}
	bottom := tops[2] + heights[2]
	last := float32(-1000)
	for _, k := range t.bar.Ticks {
		x := t.x(k.X)
		l := canvas.NewRectangle(t.th.C(colorBorder))
		add(l, x, bottom+1, 1, 4)
		txt := line(t.th, k.Label, theme.SizeNameCaptionText, colorSecondary)
		txt.TextSize = caption - 1
		m := txt.MinSize()
		if x-m.Width/2 > last+8 && x-m.Width/2 >= t.left()-10 && x+m.Width/2 <= w {
			add(txt, x-m.Width/2, bottom+4, m.Width, m.Height)
			last = x + m.Width/2
		}
	}
	if !t.bar.Today.IsZero() && t.bar.Today != t.bar.Day {
		x := t.x(t.bar.X(t.bar.Today))
		l := canvas.NewRectangle(t.th.C(theme.ColorNameForeground))
		add(l, x-0.5, barBubble-5, 1, bottom-barBubble+8)
		txt := line(t.th, t.nowWord, theme.SizeNameCaptionText, colorSecondary)
		m := txt.MinSize()
		add(txt, min(max(x-m.Width/2, t.left()), w-m.Width), barBubble-5-m.Height, m.Width, m.Height)
	}
	t.handle(add, bottom)
}

// segment draws one span; in the main lane with its figure and, where there is room, its word.
func (t *timeBar) segment(add func(fyne.CanvasObject, float32, float32, float32, float32), ind verify.Indication, x, y, w, h float32, main bool, hand float32) {
	sh := viewmodel.ShapeOf(ind)
	r := canvas.NewRectangle(t.th.C(ink(sh)))
	r.CornerRadius = 3
	add(r, x, y, w, h)
	if !main || w < 22 {
		return
	}
	if hand > x && hand < x+w { // the label stands in the wider part beside the handle
		if hand-x > x+w-hand {
			w = hand - x
		} else {
			x, w = hand, x+w-hand
		}
	}
	const icon = 16
	word := canvas.NewText(t.words(ind), t.th.C(colorGlyph))
	word.TextSize = t.th.Size(theme.SizeNameCaptionText)
	m := word.MinSize()
	total := float32(icon)
	if w > icon+m.Width+16 {
		total += 4 + m.Width
	}
	left := x + (w-total)/2
	img := canvas.NewImageFromResource(invertedShape(t.th, sh))
	img.FillMode = canvas.ImageFillContain
	add(img, left, y+(h-icon)/2, icon, icon)
	if total > icon {
		add(word, left+icon+4, y+(h-m.Height)/2, m.Width, m.Height)
	}
}

// invertedShape is the figure in the colours the other way round, for use on a verdict's colour.
func invertedShape(th *Theme, s viewmodel.Shape) fyne.Resource {
	fill, glyph := th.C(colorGlyph), th.C(ink(s))
	return fyne.NewStaticResource("inverted-"+hex(fill)+hex(glyph)+"-"+string(rune('0'+int(s)))+".svg", []byte(shapeSVG(s, fill, glyph)))
}

func (t *timeBar) handle(add func(fyne.CanvasObject, float32, float32, float32, float32), bottom float32) {
	x := t.x(t.bar.X(t.bar.Day))
	c := t.th.C(theme.ColorNamePrimary)
	halo := canvas.NewRectangle(t.th.C(colorSurface))
	add(halo, x-2.5, barBubble-2, 5, bottom-barBubble+5)
	l := canvas.NewRectangle(c)
	add(l, x-1.25, barBubble-4, 2.5, bottom-barBubble+8)
	knob := canvas.NewCircle(c)
	knob.StrokeColor, knob.StrokeWidth = t.th.C(colorSurface), 2
	add(knob, x-6, bottom-1, 12, 12)
	txt := canvas.NewText(t.bar.Day.String(), t.th.C(theme.ColorNameForegroundOnPrimary))
	txt.TextSize = t.th.Size(theme.SizeNameCaptionText)
	m := txt.MinSize()
	left := min(max(x-m.Width/2-6, 0), t.Size().Width-m.Width-12)
	ground := canvas.NewRectangle(c)
	ground.CornerRadius = 5
	if t.focused {
		ground.StrokeColor, ground.StrokeWidth = t.th.C(theme.ColorNameForeground), 2
	}
	add(ground, left, 0, m.Width+12, barBubble-3)
	add(txt, left+6, (barBubble-3-m.Height)/2, m.Width, m.Height)
}

func (t *timeBar) move(d civil.Date) {
	if d != t.bar.Day && !t.bar.From.IsZero() && t.onDay != nil {
		t.onDay(d)
	}
}

// Tapped implements fyne.Tappable: the day judged becomes the one that was tapped.
func (t *timeBar) Tapped(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		c.Focus(t)
	}
	t.move(t.dayAt(e.Position.X))
}

// Dragged implements fyne.Draggable.
func (t *timeBar) Dragged(e *fyne.DragEvent) { t.move(t.dayAt(e.Position.X)) }

// DragEnd implements fyne.Draggable.
func (t *timeBar) DragEnd() {}

// Cursor implements desktop.Cursorable.
func (t *timeBar) Cursor() desktop.Cursor { return desktop.HResizeCursor }

// FocusGained implements fyne.Focusable.
func (t *timeBar) FocusGained() { t.focused = true; t.Refresh() }

// FocusLost implements fyne.Focusable.
func (t *timeBar) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune implements fyne.Focusable.
func (t *timeBar) TypedRune(r rune) { passRune(t, r) }

// TypedKey implements fyne.Focusable: arrows move by a day, page keys by thirty.
func (t *timeBar) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		t.move(t.bar.Day.AddDays(-1))
	case fyne.KeyRight:
		t.move(t.bar.Day.AddDays(1))
	case fyne.KeyPageUp:
		t.move(t.bar.Day.AddDays(-30))
	case fyne.KeyPageDown:
		t.move(t.bar.Day.AddDays(30))
	default:
		passKey(t, e)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (t *timeBar) AccessibilityLabel() string { return t.bar.Day.String() }

// AccessibilityRole implements fyne.Accessible.
func (t *timeBar) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"
)

// passage is the toolkit's label whose text can be selected and copied. The toolkit's own keeps every key from the window once
// it was clicked, Esc and the shortcuts with a modifier as well.
type passage struct{ widget.Label }

func newPassage(text string) *passage {
	p := &passage{widget.Label{Text: text, Selectable: true, Wrapping: fyne.TextWrapWord}}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer implements fyne.Widget.
func (p *passage) CreateRenderer() fyne.WidgetRenderer {
	r := &passageRenderer{WidgetRenderer: p.Label.CreateRenderer()}
	r.objects = append(r.objects, r.WidgetRenderer.Objects()...)
	for i, o := range r.objects {
		if s, ok := o.(selection); ok {
			r.hand = newHand(s)
			r.objects[i] = r.hand
		}
	}
	return r
}

// passageRenderer is the label's with a hand in place of the selection.
type passageRenderer struct {
	fyne.WidgetRenderer
	objects []fyne.CanvasObject
	hand    *hand
}

func (r *passageRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *passageRenderer) Layout(s fyne.Size) {
	r.WidgetRenderer.Layout(s)
	if r.hand != nil {
		r.hand.Resize(s)
	}
}

func (r *passageRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	if r.hand != nil {
		r.hand.Refresh()
	}
}

// selection is what the toolkit's label selects with.
type selection interface {
	fyne.Widget
	fyne.Focusable
	fyne.Shortcutable
	fyne.Draggable
	fyne.DoubleTappable
	desktop.Mouseable
	desktop.Cursorable
}

// hand stands in the window in the selection's place, has the focus for it and shows it what the mouse does, but no key. The
// selection itself is in no window, and so cannot take the focus.
type hand struct {
	widget.BaseWidget
	of selection
}

var (
	_ selection              = (*hand)(nil)
	_ fyne.SecondaryTappable = (*hand)(nil)
)

func newHand(of selection) *hand {
	h := &hand{of: of}
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer implements fyne.Widget: what is selected is drawn as the toolkit does.
func (h *hand) CreateRenderer() fyne.WidgetRenderer { return h.of.CreateRenderer() }

// Refresh implements fyne.Widget. The renderer asks for the selection to be drawn, which is in no window.
func (h *hand) Refresh() {
	h.BaseWidget.Refresh()
	canvas.Refresh(h)
}

// focus takes the focus, as the selection does on a press.
func (h *hand) focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(h); c != nil && c.Focused() != fyne.Focusable(h) {
		c.Focus(h)
	}
}

// MouseDown implements desktop.Mouseable.
func (h *hand) MouseDown(e *desktop.MouseEvent) {
	h.of.MouseDown(e)
	h.focus()
	h.Refresh()
}

// MouseUp implements desktop.Mouseable.
func (h *hand) MouseUp(e *desktop.MouseEvent) {
	h.of.MouseUp(e)
	h.Refresh()
}

// Dragged implements fyne.Draggable.
func (h *hand) Dragged(e *fyne.DragEvent) {
	h.of.Dragged(e)
	h.focus()
	h.Refresh()
}

// DragEnd implements fyne.Draggable.
func (h *hand) DragEnd() {
	h.of.DragEnd()
	h.Refresh()
}

// DoubleTapped implements fyne.DoubleTappable.
func (h *hand) DoubleTapped(e *fyne.PointEvent) {
	h.of.DoubleTapped(e)
	h.focus()
	h.Refresh()
}

// TappedSecondary implements fyne.SecondaryTappable: the toolkit's menu.
func (h *hand) TappedSecondary(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(h); c != nil {
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", fyne.NewMenuItem(lang.L("Copy"), func() { h.of.TypedShortcut(&fyne.ShortcutCopy{}) })), c, e.AbsolutePosition)
	}
}

// Cursor implements desktop.Cursorable.
func (h *hand) Cursor() desktop.Cursor { return h.of.Cursor() }

// FocusGained implements fyne.Focusable.
func (h *hand) FocusGained() {
	h.of.FocusGained()
	h.Refresh()
}

// FocusLost implements fyne.Focusable.
func (h *hand) FocusLost() {
	h.of.FocusLost()
	h.Refresh()
}

// TypedKey implements fyne.Focusable.
func (h *hand) TypedKey(e *fyne.KeyEvent) { passKey(h, e) }

// TypedRune implements fyne.Focusable.
func (h *hand) TypedRune(r rune) { passRune(h, r) }

// TypedShortcut implements fyne.Shortcutable: what is selected is copied, all else is the window's.
func (h *hand) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); ok {
		h.of.TypedShortcut(s)
		return
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(h).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

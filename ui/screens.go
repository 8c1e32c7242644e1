package ui

import (
	"image"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
)

// Screen is one of the window's main views. It is made anew when the language or the theme changes; what must outlast that
// belongs to the session or to the Window. All methods run on the toolkit's goroutine.
type Screen interface {
	// Key is the screen's stable name; its title is the text "screen.KEY".
	Key() string
	Icon() fyne.Resource
	// Object is the content, the same at every call.
	Object() fyne.CanvasObject
	// Changed shows what of the session changed. It is called while the screen is shown, and with everything set when it
	// comes to be shown.
	Changed(viewmodel.Change)
	// TypedKey and TypedRune get keys that no widget has taken and report whether they used them.
	TypedKey(*fyne.KeyEvent) bool
	TypedRune(rune) bool
}

// ScreenMaker makes a screen of a window. Programs add screens of their own through Options.Screens.
type ScreenMaker func(*Window) Screen

// Leaver is implemented by screens that must be told when another takes their place.
type Leaver interface{ Left() }

// Kept screens: those that make sense without any file.
type standalone interface{ standalone() }

// plainScreen has the methods that most screens do not need.
type plainScreen struct{}

func (plainScreen) Changed(viewmodel.Change)     {}
func (plainScreen) TypedKey(*fyne.KeyEvent) bool { return false }
func (plainScreen) TypedRune(rune) bool          { return false }

// AloneScreen is embedded by screens that are shown even while no file is open.
type AloneScreen struct{ plainScreen }

func (AloneScreen) standalone() {}

// makers are the window's screens, in the order of the rail.
func (w *Window) makers() []ScreenMaker {
	m := []ScreenMaker{newVerifyScreen, newBatchScreen, newReviewScreen, newCompareScreen}
	m = append(m, w.o.Screens...)
	if w.o.Snapshots != nil || w.o.Trust != nil {
		m = append(m, newDataScreen)
	}
	if w.o.Audit != nil {
		m = append(m, newAuditScreen)
	}
	return append(m, newSettingsScreen)
}

// rail is the column of screens at the left edge.
type rail struct {
	w       *Window
	buttons []*railButton
	root    fyne.CanvasObject
}

func newRail(w *Window) *rail {
	r := &rail{w: w}
	col := column(2)
	for i, s := range w.screens {
		b := newRailButton(w, s, i)
		r.buttons = append(r.buttons, b)
		col.Add(b)
	}
	ground, edge := canvas.NewRectangle(w.th.C(colorSurface)), canvas.NewRectangle(w.th.C(colorBorder))
	edge.SetMinSize(fyne.NewSize(1, 1))
	// With large texts the column is higher than a small screen.
	r.root = container.NewBorder(nil, nil, nil, edge, container.NewStack(ground, container.NewVScroll(pad(col, 6, 6, 4, 4))))
	return r
}

func (r *rail) refresh() {
	for _, b := range r.buttons {
		b.Refresh()
	}
}

// railButton leads to a screen.
type railButton struct {
	widget.BaseWidget
	w       *Window
	screen  Screen
	number  int
	hovered bool
	focused bool
	ground  *canvas.Rectangle
	bar     *canvas.Rectangle
	text    *canvas.Text
}

var (
	_ fyne.Tappable     = (*railButton)(nil)
	_ fyne.Focusable    = (*railButton)(nil)
	_ desktop.Hoverable = (*railButton)(nil)
	_ fyne.Accessible   = (*railButton)(nil)
)

func newRailButton(w *Window, s Screen, n int) *railButton {
	b := &railButton{w: w, screen: s, number: n, ground: canvas.NewRectangle(nothing()), bar: canvas.NewRectangle(nothing())}
	b.ground.CornerRadius, b.bar.CornerRadius = 6, 2
	b.text = line(w.th, w.m.T("screen."+s.Key()), theme.SizeNameCaptionText, theme.ColorNameForeground)
	b.text.Alignment = fyne.TextAlignCenter
	b.ExtendBaseWidget(b)
	return b
}

// CreateRenderer implements fyne.Widget.
func (b *railButton) CreateRenderer() fyne.WidgetRenderer {
	icon := widget.NewIcon(b.screen.Icon())
	b.bar.SetMinSize(fyne.NewSize(3, 10))
	body := pad(column(1, container.NewCenter(container.New(&fixedSize{fyne.NewSquareSize(22)}, icon)), b.text), 7, 7, 3, 5)
	b.Refresh()
	return widget.NewSimpleRenderer(container.NewStack(b.ground, container.NewBorder(nil, nil, b.bar, nil, body)))
}

// MinSize implements fyne.CanvasObject: all buttons are as wide as the window's widest.
func (b *railButton) MinSize() fyne.Size {
	s := b.BaseWidget.MinSize()
	return fyne.NewSize(max(64, s.Width), s.Height)
}

// Refresh implements fyne.Widget.
func (b *railButton) Refresh() {
	th, on := b.w.th, b.w.current() == b.screen
	b.ground.FillColor, b.bar.FillColor, b.ground.StrokeWidth = nothing(), nothing(), 0
	b.text.Color = th.C(colorSecondary)
	if b.hovered {
		b.ground.FillColor = th.C(theme.ColorNameHover)
	}
	if on {
		b.ground.FillColor, b.bar.FillColor, b.text.Color = th.C(theme.ColorNameSelection), th.C(theme.ColorNamePrimary), th.C(theme.ColorNameForeground)
	}
	if b.focused {
		b.ground.StrokeColor, b.ground.StrokeWidth = th.C(theme.ColorNamePrimary), 2
	}
	for _, o := range []fyne.CanvasObject{b.ground, b.bar, b.text} {
		o.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (b *railButton) Tapped(*fyne.PointEvent) { b.w.Show(b.screen.Key()) }

// MouseIn implements desktop.Hoverable.
func (b *railButton) MouseIn(*desktop.MouseEvent) { b.hovered = true; b.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (b *railButton) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *railButton) MouseOut() { b.hovered = false; b.Refresh() }

// FocusGained implements fyne.Focusable.
func (b *railButton) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost implements fyne.Focusable.
func (b *railButton) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune implements fyne.Focusable.
func (b *railButton) TypedRune(r rune) {
	if r != ' ' { // which has come as a key
		b.w.typedRune(r)
	}
}

// TypedKey implements fyne.Focusable.
func (b *railButton) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.w.Show(b.screen.Key())
	default:
		b.w.typedKey(e)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (b *railButton) AccessibilityLabel() string {
	return b.text.Text + " Ctrl+" + strconv.Itoa(b.number+1)
}

// AccessibilityRole implements fyne.Accessible.
func (b *railButton) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// fixedSize gives its objects one size.
type fixedSize struct{ s fyne.Size }

func (l *fixedSize) MinSize([]fyne.CanvasObject) fyne.Size { return l.s }

func (l *fixedSize) Layout(os []fyne.CanvasObject, _ fyne.Size) {
	for _, o := range os {
		o.Resize(l.s)
		o.Move(fyne.NewPos(0, 0))
	}
}

// current is the screen that is shown.
func (w *Window) current() Screen {
	for _, s := range w.screens {
		if s.Key() == w.at {
			return s
		}
	}
	if len(w.screens) == 0 {
		return nil
	}
	return w.screens[0]
}

// Show brings a screen to the front, by its key.
func (w *Window) Show(key string) {
	if old := w.current(); old != nil && old.Key() != key {
		if !w.sticky {
			w.closeDialog() // a question belongs to its screen
		}
		if l, ok := old.(Leaver); ok {
			l.Left()
		}
	}
	w.at = key
	w.arrange()
	w.current().Changed(viewmodel.Change{List: true, Detail: true, Timeline: true, Picture: true})
	w.rail.refresh()
}

// arrange puts the current screen, or the invitation to open files, on the desk.
func (w *Window) arrange() {
	s := w.current()
	empty := w.session.Counts().Total == 0 && !w.session.Expanding()
	_, alone := s.(standalone)
	for _, x := range w.screens {
		show(x.Object(), x == s && (alone || !empty))
	}
	show(w.start, empty && !alone)
}

// verifyScreen is the view of one file: list, page, result.
type verifyScreen struct {
	w    *Window
	hits *hitList
	root fyne.CanvasObject
}

func newVerifyScreen(w *Window) Screen {
	w.files = newFileList(w)
	w.panel = newResultPanel(w)
	w.page = newPageView(w.th, w.session, w.panel.point, w.panel.reveal)
	offsets := [2]float64{0.205, 0.53}
	for i, s := range w.split {
		if kept := w.settings.Window.Splits[i]; kept > 0 && kept < 1 {
			offsets[i] = kept
		}
		if s != nil {
			offsets[i] = s.Offset
		}
	}
	hits := newHitList(w)
	hits.frame = container.NewBorder(nil, nil, hits.root, nil, w.page.root)
	inner := container.NewHSplit(hits.frame, w.panel.scroll)
	inner.Offset = offsets[1]
	outer := container.NewHSplit(w.files.root, inner)
	outer.Offset = offsets[0]
	w.split = [2]*container.Split{outer, inner}
	return &verifyScreen{w: w, hits: hits, root: outer}
}

func (s *verifyScreen) Key() string               { return "verify" }
func (s *verifyScreen) Icon() fyne.Resource       { return theme.DocumentIcon() }
func (s *verifyScreen) Object() fyne.CanvasObject { return s.root }

func (s *verifyScreen) Changed(c viewmodel.Change) {
	w := s.w
	if c.List {
		w.files.refresh()
		s.hits.refresh()
	}
	if c.List || c.Detail {
		w.panel.show(w.detail)
		w.page.show(w.detail)
	}
	if c.Timeline || c.Detail {
		w.panel.showTime(c.Timeline)
	}
	if c.Picture {
		w.page.pictured()
	}
}

func (s *verifyScreen) TypedKey(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyPageDown, fyne.KeyDown:
		s.w.session.Step(1)
	case fyne.KeyPageUp, fyne.KeyUp:
		s.w.session.Step(-1)
	case fyne.KeyLeft:
		s.w.page.turn(-1)
	case fyne.KeyRight:
		s.w.page.turn(1)
	default:
		return false
	}
	return true
}

func (s *verifyScreen) TypedRune(r rune) bool {
	switch r {
	case 'j', 'J':
		s.w.session.Step(1)
	case 'k', 'K':
		s.w.session.Step(-1)
	default:
		return false
	}
	return true
}

// evidenceCards are the cards of a report that more than one screen shows: QR, face and registry side by side, and the
// seals with the page as it was sealed and as it is now. v is the page beside them.
func (w *Window) evidenceCards(rep *verify.Report, v *pageView) []fyne.CanvasObject {
	if rep == nil || rep.Evidence == nil || rep.Error != nil && rep.Evidence.Seal == nil {
		return nil
	}
	var out []fyne.CanvasObject
	if rep.Error == nil {
		codes := viewmodel.BuildQRCard(w.m, rep)
		crops := map[string]image.Image{}
		for _, c := range codes.Codes {
			if img := viewmodel.CropOf(w.session.Picture(), c.Page, c.Box); img != nil {
				crops[c.Key] = img
			}
		}
		out = append(out, newQRCard(w.th, w.m, codes, crops, qrActions{copyText: w.copyText, show: func(c viewmodel.QRCode) { v.locate(c.Page, c.Box) }}))
	}
	if rep.Evidence.Seal != nil {
		seals := newSealCard(w.th, w.m, viewmodel.BuildSealCard(w.m, rep.Evidence.Seal), sealActions{revision: v.revise, locate: v.locate, copied: w.copyText})
		v.present = func() { seals.show(0) }
		out = append([]fyne.CanvasObject{seals.root}, out...)
	}
	return out
}

// copyText puts a text on the clipboard and says so.
func (w *Window) copyText(text string) {
	w.o.App.Clipboard().SetContent(text)
	w.notify(w.m.T("verdict.copied"), true)
}

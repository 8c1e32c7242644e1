package ui

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify"
	"zhengyan/verify/qr"
)

// kioskScale is the size of a kiosk's texts in percent: they are read standing.
const kioskScale = 150

// How often a kiosk looks at its clock, and at what was put in.
const (
	kioskTick = 250 * time.Millisecond
	kioskPoll = time.Second
)

// staffPress is how long the title is pressed to open the staff's menu, where there is no keyboard.
const staffPress = 5 * time.Second

// KioskOptions is what a kiosk's screen is made of. All but Font, Hosts, Intake, Keeper, Scan, Wipe and Sound are required.
type KioskOptions struct {
	App      fyne.App
	Engine   viewmodel.Engine
	Tables   map[viewmodel.Lang]*viewmodel.Messages
	Lang     viewmodel.Lang
	Font     []byte
	Question func() verify.Question
	Now      func() time.Time
	Dispatch func(func())
	Hosts    []qr.Host
	Intake   viewmodel.KioskIntake
	Keeper   viewmodel.KioskKeeper
	// Scan fetches a page from a scanner and returns the file; nil where there is no scanner.
	Scan  func(ctx context.Context) (string, error)
	Wipe  func()
	Sound func(viewmodel.Shape)
	// Windowed leaves the screen its frame, for looking at it on a desk.
	Windowed bool
}

// Kiosk is the screen of an unattended stand.
type Kiosk struct {
	o        KioskOptions
	m        *viewmodel.Messages // in the language that is shown
	th       *Theme
	win      fyne.Window
	k        *viewmodel.Kiosk
	count    *canvas.Text // the countdown, while it is shown
	shown    viewmodel.KioskState
	root     *fyne.Container
	end      context.CancelFunc
	scanning bool
	scanErr  bool
	timed    atomic.Bool // the state ends by itself, so time has to pass
}

// NewKiosk makes the screen; Native().ShowAndRun shows it, Close ends its work.
func NewKiosk(o KioskOptions) *Kiosk {
	s := &Kiosk{o: o, m: o.Tables[o.Lang], th: newTheme(o.Font, look{scale: kioskScale}), root: container.NewStack()}
	o.App.Settings().SetTheme(s.th)
	s.win = o.App.NewWindow(s.m.T("kiosk.title"))
	s.k = viewmodel.NewKiosk(viewmodel.KioskConfig{
		Engine: o.Engine, Messages: s.m, Question: o.Question, Dispatch: o.Dispatch, Now: o.Now, OnChange: func() { s.show() },
		Hosts: o.Hosts, Keeper: o.Keeper, Wipe: o.Wipe, Sound: o.Sound,
	})
	s.shown = -1
	s.show()
	c := s.win.Canvas()
	// No widget takes the keyboard, so a scanner's keys always come here.
	c.SetOnTypedRune(func(r rune) { s.k.Rune(r) })
	c.SetOnTypedKey(s.key)
	s.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) {
		var paths []string
		for _, u := range uris {
			if u.Scheme() == "file" {
				paths = append(paths, u.Path())
			}
		}
		s.k.Open("", paths)
	})
	s.win.SetPadded(false)
	s.win.SetContent(s.root)
	s.win.SetCloseIntercept(func() { s.k.Staff() }) // only the staff ends it
	s.win.Resize(fyne.NewSize(1024, 768))
	s.win.SetFullScreen(!o.Windowed)
	return s
}

// Native returns the toolkit's window.
func (s *Kiosk) Native() fyne.Window { return s.win }

// Still reports whether nothing moves by itself and no time is counted, so that the toolkit's loop may rest.
func (s *Kiosk) Still() bool { return !s.k.Timed() && s.k.State() != viewmodel.KioskWorking }

// Begin lets time pass and looks at what is put in, until Close.
func (s *Kiosk) Begin() {
	ctx, cancel := context.WithCancel(context.Background())
	s.end = cancel
	every := func(d time.Duration, f func()) {
		go func() {
			t := time.NewTicker(d)
			defer t.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-t.C:
					f()
				}
			}
		}()
	}
	every(kioskTick, func() {
		if s.timed.Load() {
			s.o.Dispatch(func() { s.k.Tick() })
		}
	})
	if s.o.Intake != nil {
		// A goroutine of its own: a stick that is being pulled out can hold a read up.
		every(kioskPoll, func() {
			if list := s.o.Intake.Poll(); len(list) > 0 {
				s.o.Dispatch(func() { s.k.Arrived(list) })
			}
		})
	}
}

// Close ends its work. It does not wait for a stick that does not answer.
func (s *Kiosk) Close() {
	if s.end != nil {
		s.end()
	}
	s.k.Close()
}

func (s *Kiosk) key(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		s.k.Enter()
	case fyne.KeyF9:
		s.k.Staff()
	case fyne.KeyBackspace:
		if s.k.State() == viewmodel.KioskStaff {
			s.k.StaffRune('\b')
		}
	case fyne.KeyEscape:
		if s.k.State() == viewmodel.KioskStaff {
			s.k.LeaveStaff()
			return
		}
		s.k.Done()
	}
}

// show draws the state. The countdown's seconds alone change one text.
func (s *Kiosk) show() {
	state := s.k.State()
	s.m = s.k.Messages()
	s.timed.Store(s.k.Timed())
	if state == viewmodel.KioskCountdown && s.shown == state && s.count != nil {
		s.count.Text = s.m.T("kiosk.left", "n", strconv.Itoa(s.k.Left()))
		s.count.Refresh()
		return
	}
	s.shown, s.count = state, nil
	if state != viewmodel.KioskIdle {
		s.scanErr = false
	}
	var o fyne.CanvasObject
	switch state {
	case viewmodel.KioskWorking:
		o = s.working()
	case viewmodel.KioskResult, viewmodel.KioskCountdown:
		o = s.result()
	case viewmodel.KioskWiped:
		o = container.NewCenter(s.big(s.m.T("kiosk.wiped"), colorPass))
	case viewmodel.KioskStaff:
		o = s.staff()
	default:
		o = s.idle()
	}
	ground := canvas.NewRectangle(s.th.C(theme.ColorNameBackground))
	s.root.Objects = []fyne.CanvasObject{ground, o}
	s.root.Refresh()
	if s.win != nil {
		s.win.Canvas().Unfocus()
	}
}

func (s *Kiosk) big(text string, c fyne.ThemeColorName) *canvas.Text {
	t := line(s.th, text, theme.SizeNameHeadingText, c)
	t.Alignment = fyne.TextAlignCenter
	return t
}

func (s *Kiosk) small(text string, c fyne.ThemeColorName) *canvas.Text {
	t := line(s.th, text, theme.SizeNameText, c)
	t.Alignment = fyne.TextAlignCenter
	return t
}

// button is large enough for a finger.
func (s *Kiosk) button(text string, main bool, tapped func()) fyne.CanvasObject {
	b := newTouchButton(s.th, text, main)
	b.tapped = tapped
	return b
}

func (s *Kiosk) idle() fyne.CanvasObject {
	th, m := s.th, s.m
	shapes := rowOf(30, shapeImage(th, viewmodel.ShapePass, 84), shapeImage(th, viewmodel.ShapeUnknown, 84), shapeImage(th, viewmodel.ShapeFail, 84))
	body := column(24, container.NewCenter(shapes), s.big(m.T("kiosk.invite"), theme.ColorNameForeground), s.small(m.T("kiosk.invite.formats"), colorSecondary))
	if s.o.Scan != nil {
		body.Add(container.NewCenter(s.button(m.T("kiosk.scan"), true, s.scan)))
	}
	notice := s.k.Notice()
	if s.scanErr {
		notice = m.T("kiosk.scan.failed")
	}
	if s.scanning {
		notice = m.T("kiosk.scanning")
	}
	if notice != "" {
		body.Add(s.small(notice, colorUnknown))
	}
	body.Add(s.small(m.T("kiosk.privacy"), colorPass))
	frame := canvas.NewRectangle(th.C(colorSurface))
	frame.CornerRadius, frame.StrokeWidth, frame.StrokeColor = 24, 4, th.C(colorBorder)
	title := newLongPress(s.big(m.T("kiosk.title"), theme.ColorNamePrimary), s.o.Now, s.k.Staff)
	lang := s.button(m.T("kiosk.language"), false, s.language)
	top := container.NewBorder(nil, nil, nil, lang, title)
	return pad(container.NewBorder(pad(top, 0, 20, 0, 0), s.foot(), nil, nil, container.NewStack(frame, container.NewCenter(body))), 30, 20, 40, 40)
}

func (s *Kiosk) foot() fyne.CanvasObject {
	return pad(s.small(s.m.T("kiosk.disclaimer"), colorSecondary), 12, 0, 0, 0)
}

// language goes on to the other language, for this visitor.
func (s *Kiosk) language() {
	for _, l := range viewmodel.Langs() {
		if l != s.m.Lang() {
			s.k.Speak(s.o.Tables[l])
			return
		}
	}
}

func (s *Kiosk) working() fyne.CanvasObject {
	bar := widget.NewProgressBarInfinite()
	return container.NewCenter(column(30, s.big(s.m.T("kiosk.working"), theme.ColorNameForeground), container.New(&fixedSize{fyne.NewSize(420, 16)}, bar),
		container.NewCenter(s.button(s.m.T("kiosk.cancel"), false, func() { s.k.Done() }))))
}

// scan fetches a page; what comes when somebody else's file is shown already is dropped by the scanner's next wipe.
func (s *Kiosk) scan() {
	if s.scanning {
		return
	}
	s.scanning, s.scanErr = true, false
	s.show()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		path, err := s.o.Scan(ctx)
		s.o.Dispatch(func() {
			s.scanning, s.scanErr = false, err != nil
			if err == nil && s.k.State() == viewmodel.KioskIdle {
				s.k.Open(path, []string{path})
				return
			}
			s.show()
		})
	}()
}

func (s *Kiosk) result() fyne.CanvasObject {
	th, m, r := s.th, s.m, s.k.Result()
	if r == nil {
		return container.NewCenter(s.big(m.T("kiosk.wiped"), colorPass))
	}
	ground := canvas.NewRectangle(th.C(tint(r.Shape)))
	ground.CornerRadius, ground.StrokeWidth, ground.StrokeColor = 24, 4, th.C(ink(r.Shape))
	word := line(th, r.Word, theme.SizeNameHeadingText, ink(r.Shape))
	word.TextSize *= 1.7
	head := rowOf(24, shapeImage(th, r.Shape, 104), centred(word))
	text := func(v string, size fyne.ThemeSizeName, imp widget.Importance) fyne.CanvasObject {
		l := widget.NewLabel(v)
		l.Wrapping, l.SizeName, l.Importance = fyne.TextWrapWord, size, imp
		return l
	}
	body := column(2)
	if r.Specimen {
		body.Add(text(m.T("kiosk.specimen"), theme.SizeNameSubHeadingText, widget.WarningImportance))
	}
	if r.Kind != "" {
		body.Add(text(r.Kind, theme.SizeNameSubHeadingText, widget.MediumImportance))
	}
	body.Add(text(r.Reason, theme.SizeNameSubHeadingText, widget.MediumImportance))
	if r.Next != "" {
		body.Add(text(r.Next, theme.SizeNameText, widget.MediumImportance))
	}
	if r.Files > 1 {
		body.Add(text(m.T("kiosk.files", "n", strconv.Itoa(r.Files), "passed", strconv.Itoa(r.Passed), "failed", strconv.Itoa(r.Failed), "unsure", strconv.Itoa(r.Unsure)), theme.SizeNameText, widget.MediumImportance))
	}
	if r.Left != "" {
		body.Add(text(r.Left, theme.SizeNameText, widget.WarningImportance))
	}
	if r.Read {
		body.Add(text(m.T("kiosk.read"), theme.SizeNameText, widget.WarningImportance))
	}
	facts := container.NewGridWithColumns(2)
	var hidden []*canvas.Text
	var values, masks []string
	for _, f := range r.Facts {
		v := line(th, f.Masked, theme.SizeNameText, theme.ColorNameForeground)
		if f.Masked != f.Value {
			hidden, values, masks = append(hidden, v), append(values, f.Value), append(masks, f.Masked)
		}
		facts.Add(pad(rowOf(14, line(th, f.Label, theme.SizeNameText, colorSecondary), v), 4, 4, 8, 8))
	}
	body.Add(facts)
	buttons := rowOf(20, s.button(m.T("kiosk.done"), true, func() { s.k.Done() }), s.button(m.T("kiosk.stay"), false, func() { s.k.Stay() }))
	if len(hidden) > 0 {
		b := newTouchButton(th, m.T("kiosk.hold"), false)
		b.held = func(on bool) {
			s.k.Hold(on) // nothing is wiped under the finger
			for i, t := range hidden {
				t.Text = masks[i]
				if on {
					t.Text = values[i]
				}
				t.Refresh()
			}
		}
		buttons.Add(b)
	}
	foot := column(10, container.NewCenter(buttons))
	if s.k.State() == viewmodel.KioskCountdown {
		s.count = s.big(m.T("kiosk.left", "n", strconv.Itoa(s.k.Left())), ink(r.Shape))
		foot.Objects = append([]fyne.CanvasObject{s.count}, foot.Objects...)
	}
	foot.Add(s.foot())
	card := container.NewStack(ground, pad(container.NewBorder(container.NewCenter(head), nil, nil, nil, container.NewVScroll(pad(body, 6, 6, 10, 10))), 14, 14, 36, 36))
	return pad(container.NewBorder(nil, pad(foot, 12, 0, 0, 0), nil, nil, card), 20, 8, 40, 40)
}

// staff is the menu behind the PIN.
func (s *Kiosk) staff() fyne.CanvasObject {
	m := s.m
	col := column(18, s.big(m.T("kiosk.staff"), theme.ColorNamePrimary))
	if s.k.StaffIn() {
		p, f, u := s.k.Counts()
		col.Add(s.small(m.T("kiosk.today", "passed", strconv.Itoa(p), "failed", strconv.Itoa(f), "unsure", strconv.Itoa(u)), theme.ColorNameForeground))
		col.Add(s.button(m.T("kiosk.reset"), false, func() { s.k.ResetCounts() }))
		col.Add(s.button(m.T("kiosk.exit"), false, func() { s.o.App.Quit() }))
		col.Add(s.button(m.T("kiosk.back"), true, func() { s.k.LeaveStaff() }))
		return container.NewCenter(col)
	}
	dots := ""
	for range s.k.PINLength() {
		dots += "● "
	}
	prompt := m.T("kiosk.pin")
	if s.k.Notice() != "" {
		prompt = s.k.Notice()
	}
	col.Add(s.small(prompt, theme.ColorNameForeground))
	col.Add(s.big(dots+" ", theme.ColorNamePrimary))
	keys := container.NewGridWithColumns(3)
	for _, r := range "123456789" {
		keys.Add(s.button(string(r), false, func() { s.k.StaffRune(r) }))
	}
	keys.Add(s.button("←", false, func() { s.k.StaffRune('\b') }))
	keys.Add(s.button("0", false, func() { s.k.StaffRune('0') }))
	keys.Add(s.button("OK", true, func() { s.k.StaffEnter() }))
	col.Add(keys)
	col.Add(s.button(m.T("kiosk.back"), false, func() { s.k.LeaveStaff() }))
	return container.NewCenter(col)
}

// touchButton is a large button that never takes the keyboard from the scanner. One with held set acts while it is held.
type touchButton struct {
	widget.BaseWidget
	th     *Theme
	text   *canvas.Text
	ground *canvas.Rectangle
	tapped func()
	held   func(bool)
}

var (
	_ fyne.Tappable     = (*touchButton)(nil)
	_ desktop.Mouseable = (*touchButton)(nil)
	_ desktop.Hoverable = (*touchButton)(nil)
	_ fyne.Accessible   = (*touchButton)(nil)
)

func newTouchButton(th *Theme, text string, main bool) *touchButton {
	b := &touchButton{th: th, ground: canvas.NewRectangle(th.C(colorSurface))}
	b.ground.CornerRadius, b.ground.StrokeWidth, b.ground.StrokeColor = 14, 2, th.C(theme.ColorNamePrimary)
	c := theme.ColorNamePrimary
	if main {
		b.ground.FillColor = th.C(theme.ColorNamePrimary)
		c = theme.ColorNameForegroundOnPrimary
	}
	b.text = line(th, text, theme.SizeNameText, c)
	b.text.Alignment = fyne.TextAlignCenter
	b.ExtendBaseWidget(b)
	return b
}

// CreateRenderer implements fyne.Widget.
func (b *touchButton) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(b.ground, pad(container.NewCenter(b.text), 16, 16, 28, 28)))
}

// Tapped implements fyne.Tappable.
func (b *touchButton) Tapped(*fyne.PointEvent) {
	if b.tapped != nil {
		b.tapped()
	}
}

// MouseDown implements desktop.Mouseable; a finger is a mouse to the toolkit.
func (b *touchButton) MouseDown(*desktop.MouseEvent) {
	if b.held != nil {
		b.held(true)
	}
}

// MouseUp implements desktop.Mouseable.
func (b *touchButton) MouseUp(*desktop.MouseEvent) {
	if b.held != nil {
		b.held(false)
	}
}

// MouseIn implements desktop.Hoverable.
func (b *touchButton) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements desktop.Hoverable.
func (b *touchButton) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable: what is shown while held is hidden when the finger slides away.
func (b *touchButton) MouseOut() { b.MouseUp(nil) }

// AccessibilityLabel implements fyne.Accessible.
func (b *touchButton) AccessibilityLabel() string { return b.text.Text }

// AccessibilityRole implements fyne.Accessible.
func (b *touchButton) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// longPress acts when it was pressed for some seconds and let go: nobody does so by chance.
type longPress struct {
	widget.BaseWidget
	o       fyne.CanvasObject
	now     func() time.Time
	act     func()
	pressed time.Time // zero while it is not
}

var (
	_ desktop.Mouseable = (*longPress)(nil)
	_ desktop.Hoverable = (*longPress)(nil)
)

func newLongPress(o fyne.CanvasObject, now func() time.Time, act func()) *longPress {
	p := &longPress{o: o, now: now, act: act}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer implements fyne.Widget.
func (p *longPress) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.o) }

// MouseDown implements desktop.Mouseable; a finger is a mouse to the toolkit.
func (p *longPress) MouseDown(*desktop.MouseEvent) { p.pressed = p.now() }

// MouseUp implements desktop.Mouseable.
func (p *longPress) MouseUp(*desktop.MouseEvent) {
	long := !p.pressed.IsZero() && p.now().Sub(p.pressed) >= staffPress
	if p.pressed = (time.Time{}); long {
		p.act()
	}
}

// MouseIn implements desktop.Hoverable.
func (p *longPress) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements desktop.Hoverable.
func (p *longPress) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable: a finger that slides away presses nothing.
func (p *longPress) MouseOut() { p.pressed = time.Time{} }

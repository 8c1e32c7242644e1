package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/civil"
)

// header is the top line: opening files, and the question that is asked of all of them.
type header struct {
	w         *Window
	day       *keyEntry
	policy    *widget.Select
	specialty *widget.Select
	employer  *keyEntry
	second    *keyEntry // a second day, of the contract; empty for none
	locked    fyne.CanvasObject
	policies  []string
	quiet     bool
	root      fyne.CanvasObject
}

func newHeader(w *Window) *header {
	speak(w.m)
	h := &header{w: w}
	m, th := w.m, w.th
	open := newButtonWithIcon(m.T("open.file"), theme.FileIcon(), w.openFile)
	open.Importance = widget.HighImportance
	folder := newButtonWithIcon(m.T("open.folder"), theme.FolderOpenIcon(), w.openFolder)

	h.day = newKeyEntry(w)
	h.day.SetPlaceHolder(m.T("time.entry"))
	h.day.OnSubmitted = func(s string) { h.submitDay(s) }
	today := newButton(m.T("time.today"), func() { w.setDay(w.today()) })
	dayBox := rowOf(2, centred(line(th, m.T("time.title"), theme.SizeNameText, colorSecondary)),
		iconButton(theme.NavigateBackIcon(), "", func() { w.shiftDay(-1) }), container.New(&fixedWidth{134 * th.Scale()}, h.day),
		iconButton(theme.NavigateNextIcon(), "", func() { w.shiftDay(1) }), today)

	var labels []string
	for _, p := range w.o.Policies {
		h.policies = append(h.policies, p)
		labels = append(labels, m.Or("policy."+p, p))
	}
	h.policy = widget.NewSelect(labels, func(string) { h.changed() })
	h.specialty = widget.NewSelect([]string{m.T("question.specialty.any")}, func(string) { h.changed() })
	h.employer = newKeyEntry(w)
	h.employer.SetPlaceHolder(m.T("question.employer"))
	h.employer.OnSubmitted = func(string) { h.changed() }
	h.employer.onLeave = h.changed

	right := rowOf(0,
		iconButton(theme.DocumentSaveIcon(), "", w.askExport),
		iconButton(nil, m.T("menu.language"), w.switchLanguage),
		iconButton(theme.ColorPaletteIcon(), "", w.switchTheme),
		iconButton(theme.HelpIcon(), "", w.help),
		iconButton(theme.InfoIcon(), "", w.about))
	left := rowOf(6, open, folder)
	h.second = newKeyEntry(w)
	h.second.SetPlaceHolder(m.T("time.second"))
	h.second.OnSubmitted = func(string) { h.submitSecond() }
	h.second.onLeave = h.submitSecond
	h.locked = centred(widget.NewIcon(theme.NewThemedResource(lockIcon())))
	policy := rowOf(2, h.locked, centred(line(th, m.T("question.policy"), theme.SizeNameText, colorSecondary)), h.policy)
	k := th.Scale()
	extra := container.NewGridWithColumns(2, h.employer, h.second)
	ground := canvas.NewRectangle(th.C(colorSurface))
	edge := canvas.NewRectangle(th.C(colorBorder))
	edge.SetMinSize(fyne.NewSize(1, 1))
	var bar fyne.CanvasObject
	if k > 1.2 { // two lines for large texts
		bar = column(6, container.NewHScroll(rowOf(12, left, right)), container.NewHScroll(rowOf(12, dayBox, policy)),
			container.NewHScroll(rowOf(12, container.New(&fixedWidth{150 * k}, h.specialty), container.New(&fixedWidth{340 * k}, extra))))
	} else {
		question := container.NewBorder(nil, nil, rowOf(10, dayBox, policy, container.New(&fixedWidth{126}, h.specialty)), nil, pad(extra, 0, 0, 8, 2))
		whole := question.MinSize().Width - extra.MinSize().Width + 2*max(entryWidth(th, h.employer.PlaceHolder), entryWidth(th, h.second.PlaceHolder))
		bar = container.New(&barLayout{whole: whole, gap: 10, line: 6, width: firstWidth}, left, question, right)
	}
	h.root = container.NewBorder(nil, edge, nil, nil, container.NewStack(ground, container.New(layout.NewCustomPaddedLayout(7, 7, 8, 6), bar)))
	h.refresh(nil)
	h.lock()
	return h
}

// lockIcon is a padlock: the policy is an administrator's.
func lockIcon() fyne.Resource {
	return fyne.NewStaticResource("lock.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"><path d="M17 9V7A5 5 0 0 0 7 7v2H5v13h14V9zM9 7a3 3 0 0 1 6 0v2H9z" fill="#000000"/></svg>`))
}

// lock shows whether the policy may be changed.
func (h *header) lock() {
	on := h.w.settings.PolicyLocked
	show(h.locked, on)
	if on {
		h.policy.Disable()
	} else {
		h.policy.Enable()
	}
}

// submitSecond asks for the second day, or no more for one if the entry is empty.
func (h *header) submitSecond() {
	at := time.Time{}
	if h.second.Text != "" {
		t, err := viewmodel.ParseDay(h.second.Text)
		if err != nil {
			h.w.notify(h.w.m.T("time.bad", "text", h.second.Text), false)
			return
		}
		at = t
	}
	if !at.Equal(h.w.session.Second()) {
		h.w.session.SetSecond(at)
	}
}

// refresh shows the question in force; choices are the specialties on the selected certificate's face.
func (h *header) refresh(choices []string) {
	h.quiet = true
	defer func() { h.quiet = false }()
	q := h.w.session.Question()
	if h.w.win.Canvas().Focused() != h.day {
		h.day.SetText(viewmodel.DayText(q.At))
	}
	for i, p := range h.policies {
		if p == q.Policy {
			h.policy.SetSelectedIndex(i)
		}
	}
	options := []string{h.w.m.T("question.specialty.any")}
	known := q.Specialty == ""
	for _, c := range choices {
		options = append(options, c)
		known = known || c == q.Specialty
	}
	if !known {
		options = append(options, q.Specialty)
	}
	h.specialty.SetOptions(options)
	h.specialty.SetSelected(options[0])
	if q.Specialty != "" {
		h.specialty.SetSelected(q.Specialty)
	}
	if h.w.win.Canvas().Focused() != h.employer {
		h.employer.SetText(q.Employer)
	}
	if h.w.win.Canvas().Focused() != h.second {
		h.second.SetText("")
		if t := h.w.session.Second(); !t.IsZero() {
			h.second.SetText(viewmodel.DayText(t))
		}
	}
}

// changed asks the new question.
func (h *header) changed() {
	if h.quiet {
		return
	}
	q := h.w.session.Question()
	was := q
	if i := h.policy.SelectedIndex(); i >= 0 && i < len(h.policies) {
		q.Policy = h.policies[i]
	}
	q.Specialty = ""
	if h.specialty.SelectedIndex() > 0 {
		q.Specialty = h.specialty.Selected
	}
	q.Employer = h.employer.Text
	if q.Policy != was.Policy || q.Specialty != was.Specialty || q.Employer != was.Employer {
		h.w.session.Ask(q)
	}
}

func (h *header) submitDay(s string) {
	t, err := viewmodel.ParseDay(s)
	if err != nil {
		h.w.notify(h.w.m.T("time.bad", "text", s), false)
		return
	}
	h.w.win.Canvas().Unfocus()
	q := h.w.session.Question()
	q.At = t
	h.w.session.Ask(q)
	h.w.panel.showTime(false)
}

func (w *Window) today() civil.Date { return civil.Of(w.o.Now()) }

// setDay judges as at a day.
func (w *Window) setDay(d civil.Date) {
	q := w.session.Question()
	q.At = viewmodel.Instant(d)
	w.session.Ask(q)
	w.panel.showTime(false)
}

func (w *Window) shiftDay(n int) { w.setDay(civil.Of(w.session.Question().At).AddDays(n)) }

// keyEntry is an entry that leaves the window's own keys to the window.
type keyEntry struct {
	widget.Entry
	w       *Window
	onLeave func()
}

func newKeyEntry(w *Window) *keyEntry {
	e := &keyEntry{w: w}
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey implements fyne.Focusable.
func (e *keyEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		if e.w.shown != nil {
			e.w.closeDialog()
			return
		}
		e.w.win.Canvas().Unfocus()
		e.w.refreshQuestion()
	case fyne.KeyF1:
		e.w.help()
	default:
		e.Entry.TypedKey(k)
	}
}

// FocusLost implements fyne.Focusable.
func (e *keyEntry) FocusLost() {
	e.Entry.FocusLost()
	if e.onLeave != nil {
		e.onLeave()
	}
}

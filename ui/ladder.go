package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// ladderActions is what a line of the ladder can cause.
type ladderActions struct {
	light  func(ids []string, reveal bool) // emphasise boxes on the page
	decide func(check, answer string)
	toggle func(key string, open bool) // remembered over a refresh
}

// ladderCard shows the checks, failures first. open names the lines that stand open.
func ladderCard(th *Theme, m *viewmodel.Messages, rungs []viewmodel.Rung, open map[string]bool, act ladderActions, all func()) (fyne.CanvasObject, []*rungRow) {
	var rows []*rungRow
	list := column(0)
	var n [5]int
	for i, r := range rungs {
		n[r.Shape]++
		row := newRungRow(th, m, r, open[r.Key], act)
		rows = append(rows, row)
		if i > 0 {
			sep := canvas.NewRectangle(th.C(colorBorder))
			sep.SetMinSize(fyne.NewSize(10, 1))
			list.Add(sep)
		}
		list.Add(row)
	}
	sum := m.T("ladder.summary", "failed", strconv.Itoa(n[viewmodel.ShapeFail]), "unknown", strconv.Itoa(n[viewmodel.ShapeUnknown]),
		"passed", strconv.Itoa(n[viewmodel.ShapePass]), "skipped", strconv.Itoa(n[viewmodel.ShapeSkip]))
	toggle := iconButton(nil, m.T("ladder.expand"), all)
	counts := line(th, sum, theme.SizeNameCaptionText, colorSecondary)
	counts.Alignment = fyne.TextAlignTrailing
	head := container.New(&barLayout{whole: counts.MinSize().Width, gap: 8}, centred(line(th, m.T("ladder.title"), theme.SizeNameText, colorSecondary)), centred(counts), toggle)
	return panel(th, colorSurface, colorBorder, column(8, head, list), 11), rows
}

// rungRow is one check: a head that opens it, and under it the evidence, the clause and what to do.
type rungRow struct {
	widget.BaseWidget
	th      *Theme
	m       *viewmodel.Messages
	rung    viewmodel.Rung
	act     ladderActions
	open    bool
	lit     bool
	focused bool
	ground  *canvas.Rectangle
	chevron *widget.Icon
	message fyne.CanvasObject // the short message, hidden while the line is open
	body    *fyne.Container
	content *fyne.Container
}

var (
	_ fyne.Tappable     = (*rungRow)(nil)
	_ fyne.Focusable    = (*rungRow)(nil)
	_ desktop.Hoverable = (*rungRow)(nil)
	_ fyne.Accessible   = (*rungRow)(nil)
)

func newRungRow(th *Theme, m *viewmodel.Messages, r viewmodel.Rung, open bool, act ladderActions) *rungRow {
	w := &rungRow{th: th, m: m, rung: r, act: act, open: open}
	w.ground = canvas.NewRectangle(nothing())
	w.ground.CornerRadius = 5
	w.chevron = widget.NewIcon(theme.MenuDropDownIcon())
	title := line(th, r.Title, theme.SizeNameText, theme.ColorNameForeground)
	right := rowOf(4)
	if r.Note != "" {
		right.Add(centred(pill(th, r.Note, colorSecondary, colorSkipTint)))
	}
	right.Add(centred(line(th, r.Word, theme.SizeNameText, ink(r.Shape))))
	right.Add(centred(w.chevron))
	head := container.NewBorder(nil, nil, pad(centred(shapeImage(th, r.Shape, 20)), 0, 0, 0, 6), right, centred(title))
	w.content = column(2, head)
	if r.Message != "" {
		if r.Prominent {
			l := widget.NewLabel(r.Message)
			l.Wrapping = fyne.TextWrapWord
			w.message = snug(l)
		} else {
			_, w.message = clipped(th, r.Message, theme.SizeNameCaptionText, widget.LowImportance)
		}
		w.message = pad(w.message, 0, 0, 26, 0)
		w.content.Add(w.message)
	}
	w.body = container.NewStack()
	w.content.Add(w.body)
	w.ExtendBaseWidget(w)
	w.arrange()
	return w
}

// CreateRenderer implements fyne.Widget.
func (w *rungRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(w.ground, pad(w.content, 6, 6, 4, 2)))
}

// arrange makes the body when the line opens and drops it when it closes.
func (w *rungRow) arrange() {
	w.body.RemoveAll()
	if w.message != nil {
		show(w.message, !w.open)
	}
	if w.open {
		w.chevron.SetResource(theme.MenuDropUpIcon())
		w.body.Add(pad(w.detail(), 0, 4, 26, 0))
		w.body.Show()
	} else {
		w.chevron.SetResource(theme.MenuDropDownIcon())
		w.body.Hide()
	}
}

func (w *rungRow) setOpen(open bool) {
	if w.open == open {
		return
	}
	w.open = open
	w.act.toggle(w.rung.Key, open)
	w.arrange()
	w.Refresh()
}

func (w *rungRow) detail() fyne.CanvasObject {
	th, m, r := w.th, w.m, w.rung
	body := column(5)
	if r.Message != "" {
		body.Add(para(th, r.Message, theme.SizeNameText, widget.MediumImportance))
	}
	if r.Next != "" {
		body.Add(nextStep(th, m, r.Next))
	}
	if r.CanDecide {
		body.Add(w.decision())
	}
	if len(r.Facts) > 0 {
		body.Add(line(th, m.T("ladder.evidence"), theme.SizeNameCaptionText, colorSecondary))
		for _, f := range r.Facts {
			text := f.Name + ": " + f.Value
			if f.Placed {
				text += "  (" + m.T("ladder.page", "n", strconv.Itoa(f.Page+1)) + ")"
			}
			body.Add(para(th, text, theme.SizeNameText, widget.MediumImportance))
		}
	}
	body.Add(w.clause())
	if len(r.MarkIDs) > 0 {
		b := newButtonWithIcon(m.T("ladder.where"), theme.SearchIcon(), func() { w.act.light(r.MarkIDs, true) })
		b.Importance = widget.LowImportance
		body.Add(container.NewHBox(b))
	}
	return body
}

// clause is the rule: its id, document and number, and the sentence in the document's own words.
func (w *rungRow) clause() fyne.CanvasObject {
	th, m, r := w.th, w.m, w.rung
	if r.Rule == "" && r.Document == "" && r.Quote == "" {
		return para(th, m.T("ladder.norule"), theme.SizeNameCaptionText, widget.LowImportance)
	}
	body := column(1, para(th, m.T("ladder.rule")+"  "+r.Rule+"  "+r.Source(), theme.SizeNameCaptionText, widget.LowImportance))
	if r.Sub != "" {
		body.Add(para(th, r.Sub+"  "+r.SubID, theme.SizeNameCaptionText, widget.LowImportance))
	}
	if r.Quote != "" {
		body.Add(para(th, "“"+r.Quote+"”", theme.SizeNameText, widget.MediumImportance))
	}
	return panel(th, theme.ColorNameBackground, colorBorder, body, 6)
}

// decision asks a person; the machine's answer stays beside it.
func (w *rungRow) decision() fyne.CanvasObject {
	m, r := w.m, w.rung
	if r.Decision != "" {
		undo := newButton(m.T("decision.undo"), func() { w.act.decide(r.ID, "") })
		return container.NewBorder(nil, nil, nil, undo, para(w.th, m.T("ladder.decision", "answer", r.Decision), theme.SizeNameText, widget.HighImportance))
	}
	buttons := rowOf(6)
	for _, a := range []string{"agrees", "differs", "unsigned"} {
		buttons.Add(newButton(m.T("decision."+a), func() { w.act.decide(r.ID, a) }))
	}
	return column(3, para(w.th, m.T("decision.ask"), theme.SizeNameCaptionText, widget.LowImportance), buttons)
}

func (w *rungRow) setLit(on bool) {
	if w.lit != on {
		w.lit = on
		w.paint(false)
	}
}

func (w *rungRow) paint(hovered bool) {
	w.ground.StrokeWidth = 0
	switch {
	case w.lit:
		w.ground.FillColor = w.th.C(tint(w.rung.Shape))
	case hovered:
		w.ground.FillColor = w.th.C(theme.ColorNameHover)
	default:
		w.ground.FillColor = nothing()
	}
	if w.focused {
		w.ground.StrokeColor, w.ground.StrokeWidth = w.th.C(theme.ColorNamePrimary), 2
	}
	w.ground.Refresh()
}

// Tapped implements fyne.Tappable.
func (w *rungRow) Tapped(*fyne.PointEvent) {
	w.setOpen(!w.open)
	w.act.light(w.rung.MarkIDs, w.open)
}

// MouseIn implements desktop.Hoverable.
func (w *rungRow) MouseIn(*desktop.MouseEvent) {
	w.paint(true)
	w.act.light(w.rung.MarkIDs, false)
}

// MouseMoved implements desktop.Hoverable.
func (w *rungRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (w *rungRow) MouseOut() {
	w.paint(false)
	w.act.light(nil, false)
}

// FocusGained implements fyne.Focusable.
func (w *rungRow) FocusGained() { w.focused = true; w.paint(false) }

// FocusLost implements fyne.Focusable.
func (w *rungRow) FocusLost() { w.focused = false; w.paint(false) }

// TypedRune implements fyne.Focusable.
func (w *rungRow) TypedRune(r rune) {
	if r != ' ' { // which has come as a key
		passRune(w, r)
	}
}

// TypedKey implements fyne.Focusable.
func (w *rungRow) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		w.setOpen(!w.open)
	default:
		passKey(w, e)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (w *rungRow) AccessibilityLabel() string {
	return w.rung.Title + " " + w.rung.Word + " " + w.rung.Message
}

// AccessibilityRole implements fyne.Accessible.
func (w *rungRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

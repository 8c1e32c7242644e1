package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/page"
)

// verdictBanner is the answer: figure, word and colour, one reason, one next step, and the two verdicts under it.
func verdictBanner(th *Theme, m *viewmodel.Messages, v viewmodel.VerdictView, onCopy func()) fyne.CanvasObject {
	word := line(th, v.Word, theme.SizeNameHeadingText, ink(v.Shape))
	asAt := line(th, v.AsAt, theme.SizeNameCaptionText, colorSecondary)
	copyButton := iconButton(theme.ContentCopyIcon(), "", onCopy)
	head := container.NewBorder(nil, nil, pad(centred(shapeImage(th, v.Shape, 46)), 2, 2, 0, 10), centred(copyButton), column(1, word, asAt))
	body := column(5, head)
	if v.Reason != "" {
		// It stands as a heading does, without the mark that would else come to stand on a line of its own.
		body.Add(para(th, strings.TrimSuffix(v.Reason, "。"), theme.SizeNameSubHeadingText, widget.MediumImportance))
	}
	if v.Next != "" {
		body.Add(nextStep(th, m, v.Next))
	}
	if v.Second.Text != "" {
		body.Add(container.NewBorder(nil, nil, pad(container.NewVBox(shapeImage(th, v.Second.Shape, 20)), 1, 0, 0, 6), nil, para(th, v.Second.Text, theme.SizeNameText, widget.MediumImportance)))
	}
	ground := canvas.NewRectangle(th.C(tint(v.Shape)))
	ground.CornerRadius = 8
	ground.StrokeColor, ground.StrokeWidth = th.C(ink(v.Shape)), 1.5
	banner := container.NewStack(ground, pad(body, 10, 12, 14, 10))
	return column(8, banner, container.New(&halves{gap: 4}, part(th, v.Copy), part(th, v.Registration)))
}

// nextStep is the one thing to do, set apart by a bar.
func nextStep(th *Theme, m *viewmodel.Messages, text string) fyne.CanvasObject {
	bar := canvas.NewRectangle(th.C(theme.ColorNamePrimary))
	bar.SetMinSize(fyne.NewSize(3, 10))
	label := line(th, m.T("verdict.next"), theme.SizeNameCaptionText, theme.ColorNamePrimary)
	return container.NewBorder(nil, nil, bar, nil, pad(column(0, label, para(th, text, theme.SizeNameText, widget.MediumImportance)), 0, 0, 8, 0))
}

// part is one of the two verdicts: this copy, or the registration behind it.
func part(th *Theme, p viewmodel.PartView) fyne.CanvasObject {
	head := rowOf(6, centred(shapeImage(th, p.Shape, 20)), centred(line(th, p.Label, theme.SizeNameText, colorSecondary)),
		centred(line(th, p.Word, theme.SizeNameText, ink(p.Shape))))
	body := column(2, head)
	if p.Subs != "" {
		body.Add(para(th, p.Subs, theme.SizeNameCaptionText, widget.LowImportance))
	}
	return panel(th, colorSurface, colorBorder, body, 8)
}

// pendingBanner stands for the verdict while there is none. stop must be called when it goes: the toolkit animates a bar that
// nobody sees any more, at a quarter of a processor.
func pendingBanner(th *Theme, m *viewmodel.Messages, it *viewmodel.Item) (o fyne.CanvasObject, stop func()) {
	word, hint := m.T("verdict.waiting"), m.T("verdict.reading.hint")
	shape := viewmodel.ShapeWait
	var busy fyne.CanvasObject
	stop = func() {}
	switch it.State {
	case viewmodel.Reading:
		word = m.T("verdict.reading")
		bar := widget.NewProgressBarInfinite()
		bar.Start()
		stop = bar.Stop
		busy = container.New(&fixedHeight{6}, bar)
	case viewmodel.Cancelled:
		word, hint = m.T("verdict.cancelled"), m.T("verdict.cancelled.hint")
		shape = viewmodel.ShapeSkip
	}
	head := container.NewBorder(nil, nil, pad(centred(shapeImage(th, shape, 40)), 2, 2, 0, 10), nil, centred(line(th, word, theme.SizeNameSubHeadingText, theme.ColorNameForeground)))
	body := column(6, head, para(th, it.File.Name, theme.SizeNameText, widget.LowImportance))
	if busy != nil {
		body.Add(busy)
	}
	body.Add(para(th, hint, theme.SizeNameCaptionText, widget.LowImportance))
	return panel(th, colorSkipTint, colorBorder, body, 12), stop
}

// usageCard shows the period of use as a sum; the binding term is underlined and carries its word.
func usageCard(th *Theme, m *viewmodel.Messages, u *viewmodel.UsageView) fyne.CanvasObject {
	body := column(4)
	if u.Printed != "" {
		body.Add(container.NewBorder(nil, nil, line(th, m.T("usage.printed"), theme.SizeNameCaptionText, colorSecondary), nil,
			pad(line(th, u.Printed, theme.SizeNameText, theme.ColorNameForeground), 0, 0, 10, 0)))
	}
	if len(u.Terms) > 0 {
		body.Add(line(th, m.T("usage.earliest"), theme.SizeNameCaptionText, colorSecondary))
	}
	for _, t := range u.Terms {
		body.Add(usageTerm(th, m, t))
	}
	imp := widget.MediumImportance
	if u.Known && !u.Agrees {
		imp = widget.WarningImportance
	}
	body.Add(para(th, u.Result, theme.SizeNameText, imp))
	return card(th, m.T("usage.title"), nil, body)
}

func usageTerm(th *Theme, m *viewmodel.Messages, t viewmodel.TermView) fyne.CanvasObject {
	c := colorSecondary
	date := line(th, t.Date, theme.SizeNameText, c)
	var when fyne.CanvasObject = date
	if t.Binding {
		c = theme.ColorNamePrimary
		date.Color = th.C(c)
		under := canvas.NewRectangle(th.C(c))
		under.SetMinSize(fyne.NewSize(10, 2))
		when = column(0, date, under)
	}
	label, clause := clippedPair(th, t, m)
	return container.NewBorder(nil, nil, nil, container.NewVBox(when), column(0, label, clause))
}

func clippedPair(th *Theme, t viewmodel.TermView, m *viewmodel.Messages) (fyne.CanvasObject, fyne.CanvasObject) {
	imp := widget.LowImportance
	text := t.Label
	if t.Binding {
		imp = widget.HighImportance
		text += "  (" + m.T("usage.binding") + ")"
	}
	_, label := clipped(th, text, theme.SizeNameText, imp)
	_, clause := clipped(th, t.Clause, theme.SizeNameCaptionText, widget.LowImportance)
	return label, clause
}

// factsCard lists what the face says; every value can be copied. What was read off a picture is shown with how sure the reading
// is, and locate shows its place on the page.
func factsCard(th *Theme, m *viewmodel.Messages, facts []viewmodel.Pair, locate func(page int, box page.Box)) fyne.CanvasObject {
	body := column(3)
	width := float32(0)
	for _, f := range facts {
		width = max(width, fyne.MeasureText(f.Label, th.Size(theme.SizeNameCaptionText), fyne.TextStyle{}).Width)
	}
	for _, f := range facts {
		label := container.New(&fixedWidth{width + 12}, line(th, f.Label, theme.SizeNameCaptionText, colorSecondary))
		value := column(0, para(th, f.Value, theme.SizeNameText, widget.MediumImportance))
		if f.Note != "" {
			value.Add(para(th, m.T("fact.rare", "note", f.Note), theme.SizeNameCaptionText, widget.WarningImportance))
		}
		var right fyne.CanvasObject
		if f.Sure != "" {
			sure := rowOf(2, centred(line(th, f.Sure, theme.SizeNameCaptionText, colorSecondary)))
			if locate != nil && !f.Box.IsZero() {
				sure.Add(centred(iconButton(theme.VisibilityIcon(), "", func() { locate(f.Page, f.Box) })))
			}
			right = sure
		}
		body.Add(container.NewBorder(nil, nil, container.NewVBox(pad(label, 2, 0, 0, 0)), right, value))
	}
	return card(th, m.T("facts.title"), nil, body)
}

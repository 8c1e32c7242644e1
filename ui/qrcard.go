package ui

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// qrActions is what the card can cause; a nil function leaves its button out.
type qrActions struct {
	copyText func(string)             // puts a text on the clipboard
	show     func(c viewmodel.QRCode) // shows the code's place on the page
}

// qrCropSide is the size at which a code's picture is shown.
const qrCropSide = 96

// newQRCard makes the card of a file's QR codes: for each its class with what that is worth, the payload, warnings, how
// it was read, and the table QR | face | registry with the differing characters marked. It is made anew for each report:
//
//	card := viewmodel.BuildQRCard(messages, report)
//	panel.Add(newQRCard(th, messages, card, crops, qrActions{copyText: w.copy, show: w.light}))
//
// crops holds the picture of a code, cut out of its page (viewmodel.QRCode.Page and Box, in page units), by QRCode.Key; a
// code without a picture is shown without.
func newQRCard(th *Theme, m *viewmodel.Messages, c viewmodel.QRCard, crops map[string]image.Image, act qrActions) fyne.CanvasObject {
	body := column(10)
	for _, n := range c.Notes {
		body.Add(qrNote(th, n))
	}
	for i, code := range c.Codes {
		if i > 0 {
			body.Add(rule(th))
		}
		body.Add(qrCode(th, m, code, crops[code.Key], act))
	}
	body.Add(para(th, c.Remark, theme.SizeNameCaptionText, widget.LowImportance))
	var right fyne.CanvasObject
	if act.copyText != nil && len(c.Codes) > 0 {
		right = iconButton(theme.ContentCopyIcon(), m.T("qrcard.copy"), func() { act.copyText(c.Copy()) })
	}
	return card(th, c.Title, right, body)
}

func rule(th *Theme) fyne.CanvasObject {
	r := canvas.NewRectangle(th.C(colorBorder))
	r.SetMinSize(fyne.NewSize(10, 1))
	return r
}

// qrNote is a remark behind its figure.
func qrNote(th *Theme, n viewmodel.QRNote) fyne.CanvasObject {
	return container.NewBorder(nil, nil, pad(column(0, shapeImage(th, n.Shape, 16)), 2, 0, 0, 6), nil,
		para(th, n.Text, theme.SizeNameText, widget.MediumImportance))
}

func qrCode(th *Theme, m *viewmodel.Messages, c viewmodel.QRCode, crop image.Image, act qrActions) fyne.CanvasObject {
	body := column(6)

	title := column(2, line(th, c.Title, theme.SizeNameCaptionText, colorSecondary),
		container.NewBorder(nil, nil, pad(centred(shapeImage(th, c.Shape, 20)), 0, 0, 0, 6), nil,
			centred(line(th, c.Class, theme.SizeNameText, ink(c.Shape)))))
	if c.Meaning != "" {
		title.Add(para(th, c.Meaning, theme.SizeNameCaptionText, widget.LowImportance))
	}
	if crop != nil {
		img := canvas.NewImageFromImage(crop)
		img.FillMode = canvas.ImageFillContain
		img.ScaleMode = canvas.ImageScaleSmooth
		img.SetMinSize(fyne.NewSquareSize(qrCropSide))
		frame := canvas.NewRectangle(color.White) // a code is read on white, in a dark window too
		frame.StrokeColor, frame.StrokeWidth = th.C(colorBorder), 1
		body.Add(container.NewBorder(nil, nil, pad(column(0, container.NewStack(frame, pad(img, 3, 3, 3, 3))), 0, 0, 0, 8), nil, title))
	} else {
		body.Add(title)
	}

	body.Add(line(th, m.T("qrcard.text"), theme.SizeNameCaptionText, colorSecondary))
	payload := newPassage(c.Shown)
	payload.Wrapping = fyne.TextWrapBreak // keys have no words to wrap at
	body.Add(panel(th, theme.ColorNameBackground, colorBorder, snug(payload), 6))
	for _, w := range c.Warnings {
		body.Add(qrNote(th, w))
	}
	body.Add(qrFacts(th, m, c))
	if act.show != nil && !c.Box.IsZero() {
		b := newButtonWithIcon(m.T("qrcard.show"), theme.SearchIcon(), func() { act.show(c) })
		b.Importance = widget.LowImportance
		body.Add(container.NewHBox(b))
	}
	body.Add(qrTable(th, m, c.Table))
	return body
}

// qrFacts are the host and the labelled facts, values beside labels.
func qrFacts(th *Theme, m *viewmodel.Messages, c viewmodel.QRCode) fyne.CanvasObject {
	type fact struct {
		label string
		value []viewmodel.TextRun
	}
	var facts []fact
	if len(c.Host) > 0 {
		facts = append(facts, fact{m.T("qrcard.fact.host"), c.Host})
	}
	for _, f := range c.Facts {
		facts = append(facts, fact{f.Label, []viewmodel.TextRun{{Text: f.Value}}})
	}
	width := float32(0)
	for _, f := range facts {
		width = max(width, line(th, f.label, theme.SizeNameCaptionText, colorSecondary).MinSize().Width)
	}
	list := column(1)
	for _, f := range facts {
		label := container.New(&labelWidth{width + 10}, pad(line(th, f.label, theme.SizeNameCaptionText, colorSecondary), 2, 0, 0, 0))
		list.Add(container.NewBorder(nil, nil, label, nil, newMarkedText(th, f.value, theme.ColorNameForeground)))
	}
	return list
}

// labelWidth gives its objects a width, and the height they need.
type labelWidth struct{ w float32 }

func (l *labelWidth) MinSize(os []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.w, os[0].MinSize().Height)
}

func (l *labelWidth) Layout(os []fyne.CanvasObject, _ fyne.Size) {
	os[0].Move(fyne.NewPos(0, 0))
	os[0].Resize(fyne.NewSize(l.w, os[0].MinSize().Height))
}

// qrTable is the comparison: a line with the fact and its state, and under it the three values side by side.
func qrTable(th *Theme, m *viewmodel.Messages, t viewmodel.QRTable) fyne.CanvasObject {
	list := column(5, line(th, m.T("qrcard.compare"), theme.SizeNameCaptionText, colorSecondary))
	for _, n := range t.Notes {
		list.Add(para(th, n, theme.SizeNameCaptionText, widget.LowImportance))
	}
	if len(t.Rows) == 0 {
		return list
	}
	rows := column(0)
	heads := container.NewGridWithColumns(3)
	for _, h := range t.Heads {
		heads.Add(pad(line(th, h, theme.SizeNameCaptionText, colorSecondary), 3, 3, 6, 6))
	}
	ground := canvas.NewRectangle(th.C(theme.ColorNameHeaderBackground))
	rows.Add(container.NewStack(ground, heads))
	for i, r := range t.Rows {
		if i > 0 {
			rows.Add(rule(th))
		}
		head := container.NewBorder(nil, nil, pad(line(th, r.Label, theme.SizeNameCaptionText, colorSecondary), 0, 0, 6, 0),
			pad(rowOf(4, centred(shapeImage(th, r.Shape, 14)), centred(line(th, r.Word, theme.SizeNameCaptionText, ink(r.Shape)))), 0, 0, 0, 6))
		cells := container.NewGridWithColumns(3)
		for _, c := range []viewmodel.CompareCell{r.QR, r.Face, r.Registry} {
			cells.Add(pad(qrCell(th, c), 0, 0, 6, 2))
		}
		line := column(1, head, cells)
		fill := canvas.NewRectangle(nothing())
		if r.State == viewmodel.CompareDifferent {
			fill.FillColor = th.C(tint(r.Shape))
		}
		rows.Add(container.NewStack(fill, pad(line, 4, 5, 0, 0)))
	}
	edge := canvas.NewRectangle(nothing())
	edge.StrokeColor, edge.StrokeWidth = th.C(colorBorder), 1
	list.Add(container.NewStack(rows, edge))
	return list
}

func qrCell(th *Theme, c viewmodel.CompareCell) fyne.CanvasObject {
	if len(c.Runs) == 0 {
		return newMarkedText(th, []viewmodel.TextRun{{Text: "– " + c.Gap}}, colorSecondary)
	}
	return newMarkedText(th, c.Runs, theme.ColorNameForeground)
}

package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// footer is the bottom line: that no connection was made, the age of the data, the disclaimer, the versions.
type footer struct {
	w        *Window
	chips    *fyne.Container
	versions *canvas.Text
	root     fyne.CanvasObject
}

func newFooter(w *Window) *footer {
	f := &footer{w: w, chips: rowOf(10)}
	th, m := w.th, w.m
	f.versions = line(th, "", theme.SizeNameCaptionText, colorSecondary)
	left := rowOf(10, rowOf(5, centred(shapeImage(th, viewmodel.ShapePass, 14)), centred(line(th, m.T("footer.offline"), theme.SizeNameCaptionText, theme.ColorNameForeground))), f.chips)
	_, disclaimer := clipped(th, m.T("footer.disclaimer"), theme.SizeNameCaptionText, widget.MediumImportance)
	ground := canvas.NewRectangle(th.C(colorSurface))
	edge := canvas.NewRectangle(th.C(colorBorder))
	edge.SetMinSize(fyne.NewSize(1, 1))
	whole := fyne.MeasureText(m.T("footer.disclaimer"), th.Size(theme.SizeNameCaptionText), fyne.TextStyle{}).Width
	var bar fyne.CanvasObject = container.New(&barLayout{whole: whole + 2*th.Size(theme.SizeNameInnerPadding), gap: 16, line: 2, width: firstWidth}, left, centred(disclaimer), f.versions)
	if th.Scale() > 1.2 { // two lines for large texts, the rest by scrolling
		bar = column(2, container.NewHScroll(rowOf(20, left, f.versions)), disclaimer)
	}
	f.root = container.NewBorder(edge, nil, nil, nil, container.NewStack(ground, pad(bar, 4, 5, 10, 10)))
	return f
}

func (f *footer) show(d *viewmodel.Detail) {
	f.chips.RemoveAll()
	f.versions.Text = f.w.o.About.Program
	var chips []viewmodel.Chip
	if d != nil {
		f.versions.Text = d.Versions
		chips = d.Chips
	}
	if len(chips) == 0 && f.w.dataChips != nil {
		chips = f.w.dataChips()
	}
	for _, c := range append(chips[:len(chips):len(chips)], f.w.auditChip...) {
		f.chips.Add(newChip(f.w, c))
	}
	f.versions.Refresh()
	f.chips.Refresh()
}

// chip is a state with a longer explanation on a tap.
type chip struct {
	widget.BaseWidget
	w *Window
	c viewmodel.Chip
}

func newChip(w *Window, c viewmodel.Chip) *chip {
	p := &chip{w: w, c: c}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer implements fyne.Widget.
func (p *chip) CreateRenderer() fyne.WidgetRenderer {
	th := p.w.th
	r := canvas.NewRectangle(th.C(tint(p.c.Shape)))
	r.CornerRadius = 5
	return widget.NewSimpleRenderer(container.NewStack(r, pad(rowOf(5, centred(shapeImage(th, p.c.Shape, 14)),
		centred(line(th, p.c.Text, theme.SizeNameCaptionText, ink(p.c.Shape)))), 1, 1, 6, 7)))
}

// Tapped implements fyne.Tappable.
func (p *chip) Tapped(*fyne.PointEvent) { p.w.notify(p.c.Text+": "+p.c.Hint, false) }

// AccessibilityLabel implements fyne.Accessible.
func (p *chip) AccessibilityLabel() string { return p.c.Text + " " + p.c.Hint }

// AccessibilityRole implements fyne.Accessible.
func (p *chip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

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
	var bar fyne.CanvasObject = container.New(&footLayout{whole: whole + 2*th.Size(theme.SizeNameInnerPadding), width: firstWidth}, left, centred(disclaimer), f.versions)
	if th.Scale() > 1.2 { // two lines for large texts, the rest by scrolling
		bar = column(2, container.NewHScroll(rowOf(20, left, f.versions)), disclaimer)
	}
	f.root = container.NewBorder(edge, nil, nil, nil, container.NewStack(ground, pad(bar, 4, 5, 10, 10)))
	return f
}

// footLayout puts what is left, the disclaimer and what is right on a line, and the disclaimer on one of its own where it
// would be cut: it must be readable whatever the others say.
type footLayout struct {
	whole float32 // width of the whole disclaimer
	width float32 // of the bar, when it was laid out last
}

const (
	footGap  = 16
	footLine = 2
)

// one reports whether a line is enough.
func (l *footLayout) one(os []fyne.CanvasObject) bool {
	return os[0].MinSize().Width+l.whole+os[2].MinSize().Width+2*footGap <= l.width
}

// MinSize implements fyne.Layout.
func (l *footLayout) MinSize(os []fyne.CanvasObject) fyne.Size {
	a, b, c := os[0].MinSize(), os[1].MinSize(), os[2].MinSize()
	s := fyne.NewSize(a.Width+c.Width+footGap, max(a.Height, c.Height))
	if l.one(os) {
		return fyne.NewSize(s.Width, max(s.Height, b.Height))
	}
	return fyne.NewSize(s.Width, s.Height+footLine+b.Height)
}

// Layout implements fyne.Layout. A new width can need another height, which the toolkit finds when it draws next.
func (l *footLayout) Layout(os []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	a, b, c := os[0].MinSize(), os[1].MinSize(), os[2].MinSize()
	h := max(a.Height, c.Height)
	x, y, w := float32(0), h+footLine, size.Width
	if l.one(os) {
		h = size.Height
		x, y, w = a.Width+footGap, 0, size.Width-a.Width-c.Width-2*footGap
		b.Height = h
	}
	os[0].Move(fyne.NewPos(0, 0))
	os[0].Resize(fyne.NewSize(a.Width, h))
	os[2].Move(fyne.NewPos(size.Width-c.Width, 0))
	os[2].Resize(fyne.NewSize(c.Width, h))
	os[1].Move(fyne.NewPos(x, y))
	os[1].Resize(fyne.NewSize(w, b.Height))
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

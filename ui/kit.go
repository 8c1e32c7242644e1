package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// line is a text that never wraps.
func line(th *Theme, s string, size fyne.ThemeSizeName, c fyne.ThemeColorName) *canvas.Text {
	t := canvas.NewText(s, th.C(c))
	t.TextSize = th.Size(size)
	return t
}

// para is a wrapped text that can be selected and copied.
func para(th *Theme, s string, size fyne.ThemeSizeName, imp widget.Importance) fyne.CanvasObject {
	l := newPassage(s)
	l.SizeName = size
	l.Importance = imp
	return snug(l)
}

// clipped is a text of one line that ends in an ellipsis where the room ends.
func clipped(th *Theme, s string, size fyne.ThemeSizeName, imp widget.Importance) (*widget.Label, fyne.CanvasObject) {
	l := widget.NewLabel(s)
	l.Truncation = fyne.TextTruncateEllipsis
	l.SizeName = size
	l.Importance = imp
	return l, snug(l)
}

// pad leaves room around an object.
func pad(o fyne.CanvasObject, top, bottom, left, right float32) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(top, bottom, left, right), o)
}

// column puts objects under each other.
func column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), objects...)
}

// rowOf puts objects beside each other.
func rowOf(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedHBoxLayout(gap), objects...)
}

// panel is a filled, framed area with rounded corners.
func panel(th *Theme, fill, edge fyne.ThemeColorName, o fyne.CanvasObject, inset float32) fyne.CanvasObject {
	r := canvas.NewRectangle(th.C(fill))
	r.CornerRadius = 8
	r.StrokeColor = th.C(edge)
	r.StrokeWidth = 1
	return container.NewStack(r, pad(o, inset, inset, inset+2, inset+2))
}

// card is a panel with a heading.
func card(th *Theme, title string, right, o fyne.CanvasObject) fyne.CanvasObject {
	var head fyne.CanvasObject = line(th, title, theme.SizeNameText, colorSecondary)
	if right != nil {
		head = container.NewBorder(nil, nil, head, right)
	}
	return panel(th, colorSurface, colorBorder, column(8, head, o), 11)
}

// pill is a short text on a tinted ground.
func pill(th *Theme, s string, text, ground fyne.ThemeColorName) fyne.CanvasObject {
	r := canvas.NewRectangle(th.C(ground))
	r.CornerRadius = 5
	return container.NewStack(r, pad(line(th, s, theme.SizeNameCaptionText, text), 1, 2, 6, 6))
}

// centred keeps an object at its smallest size, in the middle of its cell's height.
func centred(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewVBox(layout.NewSpacer(), o, layout.NewSpacer())
}

// iconButton is a flat button with an icon, or a text if icon is nil.
func iconButton(icon fyne.Resource, text string, tapped func()) *button {
	b := newButtonWithIcon(text, icon, tapped)
	b.Importance = widget.LowImportance
	return b
}

// snug takes most of the room that a label keeps around its text away again. A theme of its own would do the same, but the
// toolkit then parses the font anew for each, at some hundred megabytes a time for a Chinese one.
func snug(l fyne.CanvasObject) *fyne.Container { return container.New(&bleed{snugInset}, l) }

// snugInset is less than the theme's inner padding.
const snugInset = 6

// bleed lets its object reach over the cell's edges.
type bleed struct{ by float32 }

func (l *bleed) MinSize(os []fyne.CanvasObject) fyne.Size {
	s := os[0].MinSize()
	return fyne.NewSize(max(0, s.Width-2*l.by), max(0, s.Height-2*l.by))
}

func (l *bleed) Layout(os []fyne.CanvasObject, size fyne.Size) {
	os[0].Move(fyne.NewPos(-l.by, -l.by))
	os[0].Resize(fyne.NewSize(size.Width+2*l.by, size.Height+2*l.by))
}

// scrolled is a vertical scroll; with large texts it scrolls to the side as well instead of making the window wider.
func scrolled(th *Theme, o fyne.CanvasObject) *container.Scroll {
	if th.Scale() > 1.2 {
		return container.NewScroll(o)
	}
	return container.NewVScroll(o)
}

// narrow lets a line of tools be narrower than it is with large texts.
func narrow(th *Theme, o fyne.CanvasObject) fyne.CanvasObject {
	if th.Scale() > 1.2 {
		return container.NewHScroll(o)
	}
	return o
}

// barLayout puts what is left, what is between and what is right on a line, and what is between on one of its own where it
// would be cut: it must be readable, or usable, whatever the others are.
type barLayout struct {
	whole     float32 // width that what is between needs
	gap, line float32 // between the objects of a line, and between the lines
	width     float32 // of the bar, when it was laid out last
}

// one reports whether a line is enough.
func (l *barLayout) one(os []fyne.CanvasObject) bool {
	return os[0].MinSize().Width+l.whole+os[2].MinSize().Width+2*l.gap <= l.width
}

// MinSize implements fyne.Layout.
func (l *barLayout) MinSize(os []fyne.CanvasObject) fyne.Size {
	a, b, c := os[0].MinSize(), os[1].MinSize(), os[2].MinSize()
	s := fyne.NewSize(max(a.Width+c.Width+l.gap, b.Width), max(a.Height, c.Height))
	if l.one(os) {
		return fyne.NewSize(s.Width, max(s.Height, b.Height))
	}
	return fyne.NewSize(s.Width, s.Height+l.line+b.Height)
}

// Layout implements fyne.Layout. A new width can need another height, which the toolkit finds when it draws next.
func (l *barLayout) Layout(os []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	a, b, c := os[0].MinSize(), os[1].MinSize(), os[2].MinSize()
	h := max(a.Height, c.Height)
	x, y, w := float32(0), h+l.line, size.Width
	if l.one(os) {
		h = size.Height
		x, y, w = a.Width+l.gap, 0, size.Width-a.Width-c.Width-2*l.gap
		b.Height = h
	}
	os[0].Move(fyne.NewPos(0, 0))
	os[0].Resize(fyne.NewSize(a.Width, h))
	os[2].Move(fyne.NewPos(size.Width-c.Width, 0))
	os[2].Resize(fyne.NewSize(c.Width, h))
	os[1].Move(fyne.NewPos(x, y))
	os[1].Resize(fyne.NewSize(w, b.Height))
}

// entryWidth is what an entry needs to show all of the hint in it.
func entryWidth(th *Theme, hint string) float32 {
	return fyne.MeasureText(hint, th.Size(theme.SizeNameText), fyne.TextStyle{}).Width + 4*th.Size(theme.SizeNameInnerPadding)
}

// halves puts two objects beside each other, as wide as each other, or under each other where one would be too narrow.
type halves struct {
	gap   float32
	width float32 // when it was laid out last
}

// beside reports whether there is room for both.
func (l *halves) beside(a, b fyne.Size) bool { return 2*max(a.Width, b.Width)+l.gap <= l.width }

// MinSize implements fyne.Layout.
func (l *halves) MinSize(os []fyne.CanvasObject) fyne.Size {
	a, b := os[0].MinSize(), os[1].MinSize()
	if l.beside(a, b) {
		return a.Max(b)
	}
	return fyne.NewSize(max(a.Width, b.Width), a.Height+l.gap+b.Height)
}

// Layout implements fyne.Layout. A new width can need another height, which the toolkit finds when it draws next.
func (l *halves) Layout(os []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	a, b := os[0].MinSize(), os[1].MinSize()
	if l.beside(a, b) {
		w := (size.Width - l.gap) / 2
		os[0].Move(fyne.NewPos(0, 0))
		os[0].Resize(fyne.NewSize(w, size.Height))
		os[1].Move(fyne.NewPos(w+l.gap, 0))
		os[1].Resize(fyne.NewSize(w, size.Height))
		return
	}
	os[0].Move(fyne.NewPos(0, 0))
	os[0].Resize(fyne.NewSize(size.Width, a.Height))
	os[1].Move(fyne.NewPos(0, a.Height+l.gap))
	os[1].Resize(fyne.NewSize(size.Width, b.Height))
}

// spread puts objects beside each other, each as wide as it must be and all the room that is left in equal parts.
type spread struct{ gap float32 }

// MinSize implements fyne.Layout.
func (l *spread) MinSize(os []fyne.CanvasObject) fyne.Size {
	s := fyne.NewSize(l.gap*float32(len(os)-1), 0)
	for _, o := range os {
		m := o.MinSize()
		s = fyne.NewSize(s.Width+m.Width, max(s.Height, m.Height))
	}
	return s
}

// Layout implements fyne.Layout.
func (l *spread) Layout(os []fyne.CanvasObject, size fyne.Size) {
	more, x := (size.Width-l.MinSize(os).Width)/float32(len(os)), float32(0)
	for _, o := range os {
		w := o.MinSize().Width + max(0, more)
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w + l.gap
	}
}

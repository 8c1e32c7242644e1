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

// filterChip shows a count and narrows the list to what it counts. Tab reaches it, and Enter or Space presses it, as a button;
// a click leaves the keys where they were.
type filterChip struct {
	widget.BaseWidget
	th     *Theme
	filter viewmodel.Filter
	tapped func()
	number *canvas.Text
	ground *canvas.Rectangle
	shape  viewmodel.Shape
	icon   fyne.Resource
	on     bool
	aimed  bool // it has the focus
	count  int
}

var (
	_ fyne.Tappable     = (*filterChip)(nil)
	_ desktop.Hoverable = (*filterChip)(nil)
	_ fyne.Focusable    = (*filterChip)(nil)
	_ fyne.Accessible   = (*filterChip)(nil)
)

func newFilterChip(th *Theme, f viewmodel.Filter, tapped func()) *filterChip {
	c := &filterChip{th: th, filter: f, tapped: tapped, shape: -1, icon: theme.ListIcon()}
	switch f {
	case viewmodel.ShowFailed:
		c.shape = viewmodel.ShapeFail
	case viewmodel.ShowIndeterminate:
		c.shape = viewmodel.ShapeUnknown
	case viewmodel.ShowPassed:
		c.shape = viewmodel.ShapePass
	case viewmodel.ShowUnreadable:
		c.icon = theme.BrokenImageIcon()
	case viewmodel.ShowDoubtful:
		c.icon = theme.VisibilityIcon()
	}
	c.number = line(th, "0", theme.SizeNameText, theme.ColorNameForeground)
	c.ground = canvas.NewRectangle(th.C(colorSurface))
	c.ground.CornerRadius = 6
	c.ExtendBaseWidget(c)
	return c
}

func (c *filterChip) set(n int, on bool) {
	c.count, c.on = n, on
	c.number.Text = strconv.Itoa(n)
	c.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (c *filterChip) CreateRenderer() fyne.WidgetRenderer {
	content := rowOf(5, centred(widget.NewIcon(theme.NewThemedResource(c.icon))), centred(c.number))
	if c.shape >= 0 {
		content = rowOf(5, centred(shapeImage(c.th, c.shape, 16)), centred(c.number))
	}
	return widget.NewSimpleRenderer(container.NewStack(c.ground, pad(container.NewCenter(content), 4, 4, 2, 2)))
}

// Refresh implements fyne.Widget.
func (c *filterChip) Refresh() {
	c.ground.FillColor, c.ground.StrokeColor, c.ground.StrokeWidth = c.th.C(colorSurface), c.th.C(colorBorder), 1
	if c.on {
		c.ground.FillColor, c.ground.StrokeColor = c.th.C(colorSkipTint), c.th.C(theme.ColorNamePrimary)
		if c.shape >= 0 {
			c.ground.FillColor = c.th.C(tint(c.shape))
		}
	}
	if c.aimed { // by more than a colour, which "on" has too
		c.ground.StrokeColor, c.ground.StrokeWidth = c.th.C(theme.ColorNamePrimary), 3
	}
	c.ground.Refresh()
	c.number.Refresh()
}

// Tapped implements fyne.Tappable.
func (c *filterChip) Tapped(*fyne.PointEvent) { c.tapped() }

// FocusGained implements fyne.Focusable.
func (c *filterChip) FocusGained() {
	c.aimed = true
	c.Refresh()
}

// FocusLost implements fyne.Focusable.
func (c *filterChip) FocusLost() {
	c.aimed = false
	c.Refresh()
}

// TypedKey implements fyne.Focusable.
func (c *filterChip) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.tapped()
	default:
		passKey(c, e)
	}
}

// TypedRune implements fyne.Focusable.
func (c *filterChip) TypedRune(r rune) {
	if r != ' ' { // which has come as a key
		passRune(c, r)
	}
}

// MouseIn implements desktop.Hoverable.
func (c *filterChip) MouseIn(*desktop.MouseEvent) {
	c.ground.StrokeColor = c.th.C(theme.ColorNamePrimary)
	c.ground.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (c *filterChip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *filterChip) MouseOut() { c.Refresh() }

// AccessibilityLabel implements fyne.Accessible.
func (c *filterChip) AccessibilityLabel() string { return c.number.Text }

// AccessibilityRole implements fyne.Accessible.
func (c *filterChip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

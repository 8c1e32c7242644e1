package ui

import (
	"image/color"
	"math"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/page"
)

// Measures of the corners on the screen, in the toolkit's units.
const (
	cornerReach = 26 // how near a press must be to take a corner
	cornerStep  = 1
	cornerLeap  = 10
)

// cornerEditor lies over the page while a person sets the corners of the sheet in a photo: by dragging, or by keyboard.
type cornerEditor struct {
	widget.BaseWidget
	p       *pageCanvas
	at      [4]page.Point // page units, clockwise from the sheet's top left
	held    int           // the corner that is dragged, -1 for none
	chosen  int           // the corner that the keys move
	focused bool
	done    func()
	leave   func()
	moved   func()
	objects []fyne.CanvasObject
}

var (
	_ fyne.Draggable  = (*cornerEditor)(nil)
	_ fyne.Tappable   = (*cornerEditor)(nil)
	_ fyne.Focusable  = (*cornerEditor)(nil)
	_ fyne.Tabbable   = (*cornerEditor)(nil)
	_ fyne.Accessible = (*cornerEditor)(nil)
)

func newCornerEditor(p *pageCanvas, done, leave, moved func()) *cornerEditor {
	e := &cornerEditor{p: p, held: -1, done: done, leave: leave, moved: moved}
	e.ExtendBaseWidget(e)
	e.Hide()
	return e
}

// MinSize implements fyne.CanvasObject.
func (e *cornerEditor) MinSize() fyne.Size { return e.p.MinSize() }

// CreateRenderer implements fyne.Widget.
func (e *cornerEditor) CreateRenderer() fyne.WidgetRenderer { return &cornerRenderer{e: e} }

type cornerRenderer struct {
	e    *cornerEditor
	size fyne.Size
}

func (r *cornerRenderer) Destroy()                     {}
func (r *cornerRenderer) MinSize() fyne.Size           { return r.e.MinSize() }
func (r *cornerRenderer) Objects() []fyne.CanvasObject { return r.e.objects }
func (r *cornerRenderer) Layout(s fyne.Size) {
	if s != r.size {
		r.size = s
		r.e.build()
	}
}

func (r *cornerRenderer) Refresh() {
	r.e.build()
	canvas.Refresh(r.e)
}

// onScreen is where corner i is drawn.
func (e *cornerEditor) onScreen(i int) fyne.Position {
	o := e.p.origin()
	return fyne.NewPos(o.X+float32(e.at[i].X)*e.p.zoom, o.Y+float32(e.at[i].Y)*e.p.zoom)
}

func (e *cornerEditor) build() {
	e.objects = nil
	if e.p.sheet.Width <= 0 {
		return
	}
	edge := color.NRGBA{0x1B, 0x5F, 0xC1, 0xFF} // over a photo, whatever the theme
	for i := range e.at {
		a, b := e.onScreen(i), e.onScreen((i+1)%4)
		for _, l := range []struct {
			c color.Color
			w float32
		}{{color.White, 5}, {edge, 2.5}} {
			s := canvas.NewLine(l.c)
			s.StrokeWidth, s.Position1, s.Position2 = l.w, a, b
			e.objects = append(e.objects, s)
		}
	}
	for i := range e.at {
		r, fill := float32(9), color.Color(color.White)
		if i == e.chosen {
			r, fill = 12, edge
		}
		c := canvas.NewCircle(fill)
		c.StrokeColor, c.StrokeWidth = edge, 3
		p := e.onScreen(i)
		c.Move(p.SubtractXY(r, r))
		c.Resize(fyne.NewSquareSize(2 * r))
		n := canvas.NewText(strconv.Itoa(i+1), edge)
		if i == e.chosen {
			n.Color = color.White
		}
		n.TextSize = e.p.th.Size(theme.SizeNameCaptionText)
		n.Move(p.Subtract(fyne.NewPos(n.MinSize().Width/2, n.MinSize().Height/2)))
		n.Resize(n.MinSize())
		e.objects = append(e.objects, c, n)
	}
}

// near is the corner at a place, -1 for none.
func (e *cornerEditor) near(p fyne.Position) int {
	best, dist := -1, float64(cornerReach)
	for i := range e.at {
		q := e.onScreen(i)
		if d := math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y)); d < dist {
			best, dist = i, d
		}
	}
	return best
}

// move shifts a corner by so much on the screen; it stays on the page.
func (e *cornerEditor) move(i int, dx, dy float32) {
	q := &e.at[i]
	q.X = min(max(q.X+float64(dx/e.p.zoom), 0), e.p.sheet.Width)
	q.Y = min(max(q.Y+float64(dy/e.p.zoom), 0), e.p.sheet.Height)
	e.moved()
	e.Refresh()
}

// Dragged implements fyne.Draggable: a corner follows the pointer; elsewhere the page does.
func (e *cornerEditor) Dragged(d *fyne.DragEvent) {
	if e.held < 0 {
		if e.held = e.near(d.Position.SubtractXY(d.Dragged.DX, d.Dragged.DY)); e.held < 0 {
			e.p.Dragged(d)
			return
		}
		e.chosen = e.held
	}
	e.move(e.held, d.Dragged.DX, d.Dragged.DY)
}

// DragEnd implements fyne.Draggable.
func (e *cornerEditor) DragEnd() { e.held = -1 }

// Tapped implements fyne.Tappable: a tap chooses the corner that the keys move.
func (e *cornerEditor) Tapped(ev *fyne.PointEvent) {
	if i := e.near(ev.Position); i >= 0 {
		e.chosen = i
		e.Refresh()
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(e); c != nil {
		c.Focus(e)
	}
}

// FocusGained implements fyne.Focusable.
func (e *cornerEditor) FocusGained() { e.focused = true }

// FocusLost implements fyne.Focusable.
func (e *cornerEditor) FocusLost() { e.focused = false }

// AcceptsTab implements fyne.Tabbable: Tab goes from corner to corner.
func (e *cornerEditor) AcceptsTab() bool { return true }

// TypedRune implements fyne.Focusable: 1 to 4 choose a corner.
func (e *cornerEditor) TypedRune(r rune) {
	if r >= '1' && r <= '4' {
		e.chosen = int(r - '1')
		e.Refresh()
	}
}

// TypedKey implements fyne.Focusable.
func (e *cornerEditor) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyTab:
		e.chosen = (e.chosen + 1) % 4
		e.Refresh()
	case fyne.KeyReturn, fyne.KeyEnter:
		e.done()
	case fyne.KeyEscape:
		e.leave()
	default:
		if d := keyMove(k.Name); !d.IsZero() {
			e.move(e.chosen, d.DX, d.DY)
		}
	}
}

// keyMove is how far a key moves the chosen corner on the screen: the arrows a step, the keys above them a leap.
func keyMove(k fyne.KeyName) fyne.Delta {
	switch k {
	case fyne.KeyLeft:
		return fyne.NewDelta(-cornerStep, 0)
	case fyne.KeyRight:
		return fyne.NewDelta(cornerStep, 0)
	case fyne.KeyUp:
		return fyne.NewDelta(0, -cornerStep)
	case fyne.KeyDown:
		return fyne.NewDelta(0, cornerStep)
	case fyne.KeyHome:
		return fyne.NewDelta(-cornerLeap, 0)
	case fyne.KeyEnd:
		return fyne.NewDelta(cornerLeap, 0)
	case fyne.KeyPageUp:
		return fyne.NewDelta(0, -cornerLeap)
	case fyne.KeyPageDown:
		return fyne.NewDelta(0, cornerLeap)
	}
	return fyne.Delta{}
}

// AccessibilityLabel implements fyne.Accessible.
func (e *cornerEditor) AccessibilityLabel() string { return strconv.Itoa(e.chosen + 1) }

// AccessibilityRole implements fyne.Accessible.
func (e *cornerEditor) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// cornerBar says of the corners what is said and what can be done with them. Where a person has set them, the program's own
// can be had back.
func (v *pageView) cornerBar(s *viewmodel.SheetView, said string) fyne.CanvasObject {
	th, m := v.th, v.session.Messages()
	again := newButton(m.T("corners.judge"), v.rectify)
	again.Importance = widget.HighImportance
	v.caption = newPassage(said)
	text := column(0, snug(v.caption), para(th, m.T("corners.keys"), theme.SizeNameCaptionText, widget.LowImportance))
	buttons := container.NewHBox(layout.NewSpacer())
	if s.ByHand {
		buttons.Add(newButton(m.T("corners.found"), v.unrectify))
	}
	buttons.Add(newButton(m.T("corners.reset"), v.startCorners))
	buttons.Add(newButton(m.T("common.cancel"), v.endCorners))
	buttons.Add(again)
	return container.NewStack(canvas.NewRectangle(th.C(colorSurface)), pad(column(4, text, buttons), 6, 6, 8, 8))
}

// cornersMoved says that what is known of the corners that were shown first does not hold of those that are shown now. The
// bar is not made anew: the page would move below the pointer.
func (v *pageView) cornersMoved() {
	if text := v.session.Messages().T("corners.moved"); v.editing && v.caption.Text != text {
		v.caption.SetText(text)
	}
}

// showSheet offers to set the corners where the page was read as a picture.
func (v *pageView) showSheet(s *viewmodel.SheetView) {
	v.sheetView = s
	if s == nil {
		v.endCorners()
		v.corners.Hide()
		return
	}
	v.corners.SetText(s.Label)
	v.corners.Importance = widget.LowImportance
	if s.Doubtful {
		v.corners.Importance = widget.WarningImportance
	}
	v.corners.Show()
	v.corners.Refresh()
}

// startCorners shows the corners that are in force, to be moved.
func (v *pageView) startCorners() {
	s := v.sheetView
	if s == nil {
		return
	}
	if s.Page != v.page {
		v.turn(s.Page - v.page)
	}
	v.editor.at, v.editor.held = s.Corners, -1
	if s.Corners == ([4]page.Point{}) { // none was found: a frame to begin with
		z := v.sheetSize()
		x, y := z.Width/12, z.Height/12
		v.editor.at = [4]page.Point{{X: x, Y: y}, {X: z.Width - x, Y: y}, {X: z.Width - x, Y: z.Height - y}, {X: x, Y: z.Height - y}}
	}
	v.editing = true
	v.canvas.showing = false
	v.editor.Show()
	swap(v.bar, v.cornerBar(s, s.Text))
	v.update()
	v.editor.Refresh()
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.scroll); c != nil {
		c.Focus(v.editor)
	}
}

// endCorners leaves the corners as they were.
func (v *pageView) endCorners() {
	if !v.editing {
		return
	}
	v.editing = false
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.scroll); c != nil && c.Focused() == v.editor {
		c.Unfocus()
	}
	v.editor.Hide()
	swap(v.bar, nil)
	v.canvas.showing = v.boxes.Checked
	v.update()
}

// rectify reads the file again with the corners that were set.
func (v *pageView) rectify() {
	if !v.editing || v.sheetView == nil {
		return
	}
	n, at := v.sheetView.Page, v.editor.at
	if !viewmodel.SheetCorners(at) {
		swap(v.bar, v.cornerBar(v.sheetView, v.session.Messages().T("corners.bad")))
		return
	}
	v.endCorners()
	v.session.Rectify(n, at)
}

// unrectify reads the file again as if nobody had set its corners.
func (v *pageView) unrectify() {
	if v.editing {
		v.endCorners()
		v.session.Unrectify()
	}
}

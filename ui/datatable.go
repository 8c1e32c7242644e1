package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// tableCell is what a cell shows. Source texts are made beforehand: drawing a cell formats nothing.
type tableCell struct {
	Text  string
	Shape viewmodel.Shape // shown where HasShape is set
	HasShape,
	Strong bool // in the shape's colour
}

// tableColumn is a column with its heading and its width at the start.
type tableColumn struct {
	Title string
	Width float32
}

// tableSource is what a data table shows.
type tableSource interface {
	Len() int
	Cell(row, column int) tableCell
	Selected() int // row, -1 for none
	Sorted() (column int, down bool)
	Select(row int)
	Sort(column int)
}

// dataTable is a table of any number of rows, of which only those in view have widgets. Keys that it has no use for go to
// the window.
type dataTable struct {
	widget.Table
	th      *Theme
	columns []tableColumn
	source  tableSource
	keys    func(*fyne.KeyEvent)
	runes   func(rune)
	shapes  [viewmodel.ShapeSkip + 1]fyne.Resource
	last    int // the selected row at the last refresh
}

func newDataTable(th *Theme, columns []tableColumn, source tableSource, keys func(*fyne.KeyEvent), runes func(rune)) *dataTable {
	t := &dataTable{th: th, columns: columns, source: source, keys: keys, runes: runes, last: -1}
	for s := range t.shapes {
		t.shapes[s] = shapeResource(th, viewmodel.Shape(s))
	}
	t.Length = func() (int, int) { return source.Len(), len(columns) }
	t.CreateCell = func() fyne.CanvasObject { return newCell(t) }
	t.UpdateCell = func(id widget.TableCellID, o fyne.CanvasObject) {
		o.(*cell).set(source.Cell(id.Row, id.Col), id.Row == source.Selected())
	}
	t.ShowHeaderRow = true
	t.CreateHeader = func() fyne.CanvasObject { return newHeadCell(t) }
	t.UpdateHeader = func(id widget.TableCellID, o fyne.CanvasObject) { o.(*headCell).set(id.Col) }
	t.OnSelected = func(id widget.TableCellID) {
		t.UnselectAll() // the whole row is marked, by its cells
		if id.Row >= 0 {
			source.Select(id.Row)
		}
	}
	t.ExtendBaseWidget(t)
	for i, c := range columns {
		t.SetColumnWidth(i, c.Width)
	}
	return t
}

// show draws the rows again and keeps the selected one in view when it changed.
func (t *dataTable) show() {
	t.Refresh()
	if s := t.source.Selected(); s != t.last {
		t.last = s
		if s >= 0 {
			t.ScrollTo(widget.TableCellID{Row: s, Col: -1})
		}
	}
}

// TypedKey implements fyne.Focusable.
func (t *dataTable) TypedKey(e *fyne.KeyEvent) { t.keys(e) }

// TypedRune implements fyne.Focusable.
func (t *dataTable) TypedRune(r rune) { t.runes(r) }

// cell is one cell: a figure where there is one, and a text that ends in an ellipsis where the room ends.
type cell struct {
	widget.BaseWidget
	t        *dataTable
	now      tableCell
	marked   bool
	fitted   float32
	ground   *canvas.Rectangle
	image    *canvas.Image
	text     *canvas.Text
	objects  []fyne.CanvasObject
	hasImage bool
}

func newCell(t *dataTable) *cell {
	c := &cell{t: t, ground: canvas.NewRectangle(nothing()), text: line(t.th, "", theme.SizeNameText, theme.ColorNameForeground)}
	c.text.TextSize = t.th.Size(theme.SizeNameText) - 1
	c.objects = []fyne.CanvasObject{c.ground, c.text}
	c.ExtendBaseWidget(c)
	return c
}

const (
	cellInset = 6
	cellIcon  = 17
)

// CreateRenderer implements fyne.Widget.
func (c *cell) CreateRenderer() fyne.WidgetRenderer { return &cellRenderer{c} }

type cellRenderer struct{ c *cell }

func (r *cellRenderer) Destroy() {}

func (r *cellRenderer) MinSize() fyne.Size {
	return fyne.NewSize(20, r.c.t.th.Size(theme.SizeNameText)*1.5+6)
}
func (r *cellRenderer) Objects() []fyne.CanvasObject { return r.c.objects }
func (r *cellRenderer) Refresh()                     { canvas.Refresh(r.c) }

func (r *cellRenderer) Layout(s fyne.Size) {
	c := r.c
	c.ground.Resize(s)
	x := float32(cellInset)
	if c.hasImage {
		c.image.Resize(fyne.NewSquareSize(cellIcon))
		c.image.Move(fyne.NewPos(x, (s.Height-cellIcon)/2))
		x += cellIcon + 5
	}
	h := c.text.MinSize().Height
	c.text.Move(fyne.NewPos(x, (s.Height-h)/2))
	c.text.Resize(fyne.NewSize(max(0, s.Width-x), h))
	if s.Width != c.fitted {
		c.fit(s.Width)
	}
}

func (c *cell) fit(width float32) {
	c.fitted = width
	room := width - cellInset
	if c.hasImage {
		room -= cellIcon + 5
	}
	if s := ellipsis(c.now.Text, room-cellInset/2, c.text.TextSize); s != c.text.Text {
		c.text.Text = s
		c.text.Refresh()
	}
}

// set shows a cell's content; what is shown already costs nothing.
func (c *cell) set(n tableCell, marked bool) {
	if n == c.now && marked == c.marked && c.fitted == c.Size().Width {
		return
	}
	if marked != c.marked {
		c.marked = marked
		c.ground.FillColor = nothing()
		if marked {
			c.ground.FillColor = c.t.th.C(theme.ColorNameSelection)
		}
		c.ground.Refresh()
	}
	c.now = n
	if n.HasShape {
		res := c.t.shapes[n.Shape]
		if c.image == nil {
			c.image = canvas.NewImageFromResource(res)
			c.image.FillMode = canvas.ImageFillContain
			c.objects = append(c.objects, c.image)
		} else if c.image.Resource != res {
			c.image.Resource = res
			c.image.Refresh()
		}
	}
	if c.image != nil {
		show(c.image, n.HasShape)
	}
	ink, was := c.t.th.C(theme.ColorNameForeground), c.text.Color
	if n.Strong {
		ink = c.t.th.C(inkOf(n.Shape))
	}
	c.text.Color = ink
	relaid := c.hasImage != n.HasShape
	c.hasImage = n.HasShape
	before := c.text.Text
	c.fit(c.Size().Width)
	if ink != was && before == c.text.Text {
		c.text.Refresh()
	}
	if relaid {
		c.fitted = -1
		(&cellRenderer{c}).Layout(c.Size())
		canvas.Refresh(c)
	}
}

func inkOf(s viewmodel.Shape) fyne.ThemeColorName { return ink(s) }

// ellipsis cuts a text to a width by the widths that characters have on average in the bundled font; measuring every text
// of a table would cost more than drawing it.
func ellipsis(s string, room, size float32) string {
	w, cut := float32(0), 0
	for i, r := range s {
		k := float32(0.58)
		switch {
		case r >= 0x2E80:
			k = 1
		case r == ' ' || r == '.' || r == 'i' || r == 'l' || r == ',' || r == ':' || r == '/':
			k = 0.3
		case r >= 'A' && r <= 'Z':
			k = 0.66
		}
		if w += k * size; w > room {
			return s[:cut] + "…"
		}
		if w+size*0.9 <= room {
			cut = i + len(string(r))
		}
	}
	return s
}

// headCell is a column's heading; a tap sorts by it.
type headCell struct {
	widget.BaseWidget
	t      *dataTable
	column int
	ground *canvas.Rectangle
	text   *canvas.Text
}

var (
	_ fyne.Tappable     = (*headCell)(nil)
	_ desktop.Hoverable = (*headCell)(nil)
	_ fyne.Accessible   = (*headCell)(nil)
)

func newHeadCell(t *dataTable) *headCell {
	h := &headCell{t: t, column: -1, ground: canvas.NewRectangle(t.th.C(theme.ColorNameHeaderBackground)), text: line(t.th, "", theme.SizeNameCaptionText, colorSecondary)}
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer implements fyne.Widget.
func (h *headCell) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(h.ground, pad(centred(h.text), 1, 1, cellInset, 2)))
}

func (h *headCell) set(column int) {
	if column < 0 || column >= len(h.t.columns) {
		return
	}
	text, c := h.t.columns[column].Title, h.t.th.C(colorSecondary)
	if by, down := h.t.source.Sorted(); by == column && (column > 0 || down) {
		c = h.t.th.C(theme.ColorNamePrimary)
		text += " ↑"
		if down {
			text = text[:len(text)-len("↑")] + "↓"
		}
	}
	if h.column == column && h.text.Text == text {
		return
	}
	h.column, h.text.Text, h.text.Color = column, text, c
	h.text.Refresh()
}

// Tapped implements fyne.Tappable.
func (h *headCell) Tapped(*fyne.PointEvent) { h.t.source.Sort(h.column) }

// MouseIn implements desktop.Hoverable.
func (h *headCell) MouseIn(*desktop.MouseEvent) {
	h.ground.FillColor = h.t.th.C(theme.ColorNameSelection)
	h.ground.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (h *headCell) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (h *headCell) MouseOut() {
	h.ground.FillColor = h.t.th.C(theme.ColorNameHeaderBackground)
	h.ground.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (h *headCell) AccessibilityLabel() string { return h.text.Text }

// AccessibilityRole implements fyne.Accessible.
func (h *headCell) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/document"
)

// pageMargin is the room around the sheet.
const pageMargin = 14

// pageCanvas is the sheet with its boxes. One page unit is drawn zoom pixels wide.
type pageCanvas struct {
	widget.BaseWidget
	th       *Theme
	image    image.Image
	sheet    document.PageSize
	zoom     float32
	marks    []viewmodel.Mark // of this page
	lit      map[string]bool  // ids of the boxes to emphasise
	showing  bool             // boxes are shown
	onHover  func(mark *viewmodel.Mark)
	onTap    func(mark viewmodel.Mark)
	onPan    func(dx, dy float32)
	hovered  string
	objects  []fyne.CanvasObject
	picture  *canvas.Image
	pictured image.Image
	built    fyne.Size // for which the figures were made
}

var (
	_ fyne.Tappable     = (*pageCanvas)(nil)
	_ fyne.Draggable    = (*pageCanvas)(nil)
	_ desktop.Hoverable = (*pageCanvas)(nil)
)

func newPageCanvas(th *Theme) *pageCanvas {
	p := &pageCanvas{th: th, zoom: 1, showing: true}
	p.ExtendBaseWidget(p)
	return p
}

// MinSize implements fyne.CanvasObject.
func (p *pageCanvas) MinSize() fyne.Size {
	return fyne.NewSize(float32(p.sheet.Width)*p.zoom+2*pageMargin, float32(p.sheet.Height)*p.zoom+2*pageMargin)
}

// CreateRenderer implements fyne.Widget.
func (p *pageCanvas) CreateRenderer() fyne.WidgetRenderer { return &pageCanvasRenderer{p} }

type pageCanvasRenderer struct{ p *pageCanvas }

func (r *pageCanvasRenderer) Destroy() {}
func (r *pageCanvasRenderer) Layout(s fyne.Size) {
	if s != r.p.built { // new figures make the toolkit lay out again: without this, for ever
		r.p.build()
	}
}
func (r *pageCanvasRenderer) MinSize() fyne.Size           { return r.p.MinSize() }
func (r *pageCanvasRenderer) Objects() []fyne.CanvasObject { return r.p.objects }

func (r *pageCanvasRenderer) Refresh() {
	r.p.build()
	canvas.Refresh(r.p)
}

// origin is where the sheet's corner stands: in the middle if there is room.
func (p *pageCanvas) origin() fyne.Position {
	s := p.Size()
	return fyne.NewPos(max(pageMargin, (s.Width-float32(p.sheet.Width)*p.zoom)/2), max(pageMargin, (s.Height-float32(p.sheet.Height)*p.zoom)/2))
}

func (p *pageCanvas) build() {
	p.objects = nil // the toolkit may still hold the old ones
	p.built = p.Size()
	if p.sheet.Width <= 0 {
		return
	}
	o := p.origin()
	size := fyne.NewSize(float32(p.sheet.Width)*p.zoom, float32(p.sheet.Height)*p.zoom)
	add := func(c fyne.CanvasObject, x, y, w, h float32) {
		c.Move(fyne.NewPos(x, y))
		c.Resize(fyne.NewSize(w, h))
		p.objects = append(p.objects, c)
	}
	shadow := canvas.NewRectangle(p.th.C(theme.ColorNameShadow))
	shadow.CornerRadius = 3
	add(shadow, o.X-1, o.Y+1, size.Width+3, size.Height+3)
	paper := canvas.NewRectangle(rgb(0xFFFFFF))
	if p.image == nil {
		paper.FillColor = p.th.C(colorSurface) // the message over it is in the theme's colours
	}
	add(paper, o.X, o.Y, size.Width, size.Height)
	if p.image != nil {
		if p.picture == nil || p.pictured != p.image {
			p.picture = canvas.NewImageFromImage(p.image)
			p.picture.FillMode = canvas.ImageFillStretch
			p.picture.ScaleMode = canvas.ImageScaleSmooth
			p.pictured = p.image
		}
		add(p.picture, o.X, o.Y, size.Width, size.Height)
	}
	if !p.showing || p.image == nil {
		return
	}
	for i := range p.marks {
		p.box(add, o, &p.marks[i], p.lit[p.marks[i].ID] || p.hovered == p.marks[i].ID)
	}
}

// box draws one mark: a frame, and its label above it (below where the page begins).
func (p *pageCanvas) box(add func(fyne.CanvasObject, float32, float32, float32, float32), o fyne.Position, m *viewmodel.Mark, lit bool) {
	light := NewTheme(nil, false) // the sheet is white in every theme
	c := light.set[ink(m.Shape)]
	x, y := o.X+float32(m.Box.X0)*p.zoom-2, o.Y+float32(m.Box.Y0)*p.zoom-2
	w, h := float32(m.Box.W())*p.zoom+4, float32(m.Box.H())*p.zoom+4
	r := canvas.NewRectangle(nothing())
	r.StrokeColor, r.StrokeWidth, r.CornerRadius = c, 2, 3
	if lit {
		fill := c
		fill.A = 0x26
		r.FillColor, r.StrokeWidth = fill, 3.5
	}
	add(r, x, y, w, h)
	txt := canvas.NewText(m.Label, rgb(0xFFFFFF))
	txt.TextSize = p.th.Size(theme.SizeNameCaptionText) - 1
	ms := txt.MinSize()
	const icon = 12
	lw, lh := ms.Width+icon+11, ms.Height+2
	lx := min(x, o.X+float32(p.sheet.Width)*p.zoom-lw)
	ly := y - lh
	if ly < o.Y {
		ly = y + h
	}
	ground := canvas.NewRectangle(c)
	ground.CornerRadius = 3
	add(ground, lx, ly, lw, lh)
	img := canvas.NewImageFromResource(invertedShape(light, m.Shape))
	img.FillMode = canvas.ImageFillContain
	add(img, lx+4, ly+(lh-icon)/2, icon, icon)
	add(txt, lx+icon+7, ly+1, ms.Width, ms.Height)
}

// at returns the mark under a place; of two that overlap, the smaller one.
func (p *pageCanvas) at(pos fyne.Position) *viewmodel.Mark {
	if !p.showing {
		return nil
	}
	o := p.origin()
	x, y := float64((pos.X-o.X)/p.zoom), float64((pos.Y-o.Y)/p.zoom)
	var best *viewmodel.Mark
	for i := range p.marks {
		b := p.marks[i].Box
		if x >= b.X0 && x <= b.X1 && y >= b.Y0 && y <= b.Y1 && (best == nil || b.W()*b.H() < best.Box.W()*best.Box.H()) {
			best = &p.marks[i]
		}
	}
	return best
}

func (p *pageCanvas) hover(m *viewmodel.Mark) {
	id := ""
	if m != nil {
		id = m.ID
	}
	if id == p.hovered {
		return
	}
	p.hovered = id
	p.Refresh()
	if p.onHover != nil {
		p.onHover(m)
	}
}

// MouseIn implements desktop.Hoverable.
func (p *pageCanvas) MouseIn(e *desktop.MouseEvent) { p.hover(p.at(e.Position)) }

// MouseMoved implements desktop.Hoverable.
func (p *pageCanvas) MouseMoved(e *desktop.MouseEvent) { p.hover(p.at(e.Position)) }

// MouseOut implements desktop.Hoverable.
func (p *pageCanvas) MouseOut() { p.hover(nil) }

// Tapped implements fyne.Tappable.
func (p *pageCanvas) Tapped(e *fyne.PointEvent) {
	if m := p.at(e.Position); m != nil && p.onTap != nil {
		p.onTap(*m)
	}
}

// Dragged implements fyne.Draggable: the sheet follows the pointer.
func (p *pageCanvas) Dragged(e *fyne.DragEvent) {
	if p.onPan != nil {
		p.onPan(e.Dragged.DX, e.Dragged.DY)
	}
}

// DragEnd implements fyne.Draggable.
func (p *pageCanvas) DragEnd() {}

package ui

import (
	"math"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/document"
	"zhengyan/verify/page"
)

// Limits of the page's picture; scales are pixels a page unit.
const (
	zoomStep    = 1.25
	zoomLeast   = 0.2 // of the zoom that fits
	zoomMost    = 6
	scaleLeast  = 0.25
	scaleMost   = 300.0 / 72
	scaleStep   = 1.0 / 3 // wishes are rounded up to a multiple, so that resizing does not draw at every pixel
	fallbackW   = 595     // A4 in points, until the page's own size is known
	fallbackH   = 842
	picturePlus = 1.25 // draw a little finer than shown, and let the screen scale it down
)

// pageView is the middle: what kind of input it is, the page with its boxes, and the tools under it.
type pageView struct {
	th       *Theme
	session  *viewmodel.Session
	page     int
	pages    int
	item     int
	end      int64           // the file's first bytes that are shown, 0 for all: the state at a seal
	present  func()          // goes back from that state, by the card that led to it; nil for none
	located  *viewmodel.Mark // a place that a card pointed at
	fit      bool
	wide     bool // fitting means the whole width, for reading
	sizes    []document.PageSize
	marks    []viewmodel.Mark
	wish     float64 // scale asked for
	canvas   *pageCanvas
	scroll   *container.Scroll
	message  *widget.Label
	input    *fyne.Container
	number   *canvas.Text
	zoomText *canvas.Text
	prev     *button
	next     *button
	boxes    *check
	placed   bool // the page of the certificate was turned to
	// The corners of a photographed sheet: the button, the editor over the page and its bar; nil sheet for none.
	sheetView *viewmodel.SheetView
	corners   *button
	editor    *cornerEditor
	editing   bool
	bar       *fyne.Container
	caption   *passage // of the bar
	root      fyne.CanvasObject
}

func newPageView(th *Theme, s *viewmodel.Session, onHover func(*viewmodel.Mark), onTap func(viewmodel.Mark)) *pageView {
	m := s.Messages()
	v := &pageView{th: th, session: s, fit: true, item: -1, pages: 1, canvas: newPageCanvas(th)}
	v.canvas.onHover, v.canvas.onTap = onHover, onTap
	v.editor = newCornerEditor(v.canvas, v.rectify, v.endCorners, v.cornersMoved)
	v.bar = container.NewStack()
	v.bar.Hide()
	v.scroll = container.NewScroll(container.NewStack(v.canvas, v.editor))
	v.canvas.onPan = func(dx, dy float32) {
		v.scroll.ScrollToOffset(fyne.NewPos(v.scroll.Offset.X-dx, v.scroll.Offset.Y-dy))
	}
	v.message = widget.NewLabel("")
	v.message.Alignment = fyne.TextAlignCenter
	v.message.Wrapping = fyne.TextWrapWord
	v.input = container.NewStack()
	v.number = line(th, "", theme.SizeNameText, theme.ColorNameForeground)
	v.zoomText = line(th, "", theme.SizeNameCaptionText, colorSecondary)
	v.prev = iconButton(theme.NavigateBackIcon(), "", func() { v.turn(-1) })
	v.next = iconButton(theme.NavigateNextIcon(), "", func() { v.turn(1) })
	v.boxes = newCheck(m.T("mark.show"), func(on bool) { v.canvas.showing = on && !v.editing; v.canvas.Refresh() })
	v.boxes.SetChecked(true)
	v.corners = iconButton(theme.ContentCutIcon(), m.T("corners.button"), func() {
		if v.editing {
			v.endCorners()
		} else {
			v.startCorners()
		}
	})
	v.corners.Hide()
	tools := container.NewHBox(v.prev, centred(v.number), v.next, layout.NewSpacer(), v.boxes, v.corners, layout.NewSpacer(),
		iconButton(theme.ZoomOutIcon(), "", func() { v.zoomBy(1 / zoomStep) }), centred(v.zoomText),
		iconButton(theme.ZoomInIcon(), "", func() { v.zoomBy(zoomStep) }), iconButton(theme.ZoomFitIcon(), "", v.zoomFit))
	desk := canvas.NewRectangle(th.C(colorDesk))
	watch := container.New(&onResize{f: v.resized}, v.scroll)
	v.root = container.NewBorder(v.input, container.NewVBox(v.bar, container.NewHScroll(tools)), nil, nil, container.NewStack(desk, watch, container.New(layout.NewCenterLayout(), container.New(&fixedWidth{220}, v.message))))
	return v
}

// show puts the selected file's page and boxes up. d is nil until the file was judged.
func (v *pageView) show(d *viewmodel.Detail) {
	it := v.session.Selected()
	if it == nil {
		return
	}
	if it.ID != v.item {
		v.item, v.page, v.fit, v.wish, v.end, v.located = it.ID, 0, true, 0, 0, nil
		v.canvas.image, v.canvas.lit, v.canvas.hovered = nil, nil, ""
		v.sizes, v.marks, v.pages, v.placed = nil, nil, 1, false
		v.endCorners()
	}
	if d != nil {
		v.pages = max(1, d.Pages)
		v.marks = d.Marks
		if !v.placed {
			v.placed = true
			if p := min(d.Page, v.pages-1); p > 0 {
				v.page, v.wish, v.canvas.image = p, 0, nil
			}
		}
		v.showSheet(d.Sheet)
		v.showInput(d.Input)
	} else {
		v.setInput()
		v.showSheet(nil)
	}
	if sizes := v.session.PageSizes(); sizes != nil {
		v.sizes = sizes
	}
	v.update()
}

// inputWidth is what the words beside the title above the page need not to become a column of single words.
const inputWidth = 150

func (v *pageView) showInput(in viewmodel.InputView) {
	shape, imp := viewmodel.ShapePass, widget.LowImportance
	if in.Warn {
		shape, imp = viewmodel.ShapeUnknown, widget.WarningImportance
	}
	title := line(v.th, in.Title, theme.SizeNameText, ink(shape))
	bar := &barLayout{whole: inputWidth * v.th.Scale(), gap: 4, width: v.input.Size().Width - 12}
	v.setInput(pad(container.New(bar, pad(container.NewVBox(title), 1, 0, 4, 4), para(v.th, in.Cap, theme.SizeNameCaptionText, imp), layout.NewSpacer()), 5, 5, 6, 6))
}

// setInput puts a line above the page, or none. The room below it is laid out anew: a container does not do so for what changes in it.
func (v *pageView) setInput(line ...fyne.CanvasObject) {
	before := v.input.MinSize().Height
	v.input.Objects = line
	v.input.Refresh()
	if v.input.MinSize().Height != before {
		v.root.Refresh()
	}
}

// pictured takes the session's picture.
func (v *pageView) pictured() {
	p := v.session.Picture()
	switch {
	case p == nil && v.session.Selected() != nil: // the file is being read again: what is shown stays until it is drawn anew
		if !v.session.Drawing() {
			v.wish = 0
		}
	case p == nil || p.Item != v.item:
		v.canvas.image = nil
	case p.Page == v.page && p.End == v.end && p.Err == nil:
		v.canvas.image = p.Image
	}
	v.update()
}

// update lays the sheet out again and asks for the picture that this size needs.
func (v *pageView) update() {
	m := v.session.Messages()
	v.page = min(max(v.page, 0), max(v.pages, 1)-1)
	v.canvas.sheet = v.sheetSize()
	if v.fit {
		v.canvas.zoom = v.fitZoom()
	}
	v.canvas.marks = v.canvas.marks[:0]
	marks := v.marks
	if v.located != nil {
		marks = append(marks[:len(marks):len(marks)], *v.located)
	}
	for _, k := range marks {
		if k.Page == v.page {
			v.canvas.marks = append(v.canvas.marks, k)
		}
	}
	v.zoomText.Text = strconv.Itoa(int(v.canvas.zoom*100+0.5)) + "%"
	v.zoomText.Refresh()
	enable(v.prev, v.page > 0)
	enable(v.next, v.page < v.pages-1)
	v.number.Text = ""
	if v.say() {
		v.number.Text = m.T("page.of", "n", strconv.Itoa(v.page+1), "total", strconv.Itoa(v.pages))
	}
	v.number.Refresh()
	v.canvas.Refresh()
	v.editor.Refresh()
	v.scroll.Refresh()
	v.wantPicture()
}

// say tells why no page is shown; false if there is none to count.
func (v *pageView) say() bool {
	m := v.session.Messages()
	text := ""
	it, p := v.session.Selected(), v.session.Picture()
	switch {
	case it == nil:
		text = m.T("page.none")
	case p != nil && p.Item == v.item && p.Page == v.page && p.Err != nil && v.canvas.image == nil:
		text = m.T("page.none")
		if it.Judged() && !it.Row.Unreadable {
			text = m.T("page.failed", "error", m.Error(p.Err))
			if document.CodeOf(p.Err) == document.ErrNotFound {
				text = m.T("page.nofile")
			}
		}
		v.canvas.sheet = document.PageSize{}
	case v.canvas.image == nil:
		text = m.T("page.drawing")
	}
	if v.message.Text != text {
		v.message.SetText(text)
	}
	return text != m.T("page.none")
}

func (v *pageView) sheetSize() document.PageSize {
	if v.page < len(v.sizes) && v.sizes[v.page].Width > 0 {
		return v.sizes[v.page]
	}
	if v.canvas.image != nil { // not judged yet: the picture's own shape
		b := v.canvas.image.Bounds()
		return document.PageSize{Width: fallbackW, Height: fallbackW * float64(b.Dy()) / float64(max(1, b.Dx()))}
	}
	return document.PageSize{Width: fallbackW, Height: fallbackH}
}

func (v *pageView) fitZoom() float32 {
	s := v.scroll.Size()
	sheet := v.sheetSize()
	if s.Width < 50 || s.Height < 50 {
		return 0.6
	}
	if v.wide {
		return (s.Width - 2*pageMargin - 12) / float32(sheet.Width)
	}
	return min((s.Width-2*pageMargin-2)/float32(sheet.Width), (s.Height-2*pageMargin-2)/float32(sheet.Height))
}

// wantPicture asks for a picture fine enough for the zoom, unless one was asked for.
func (v *pageView) wantPicture() {
	it := v.session.Selected()
	if it == nil || v.scroll.Size().Width < 50 {
		return
	}
	scale := float32(1)
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.scroll); c != nil {
		scale = c.Scale()
	}
	want := float64(v.canvas.zoom*scale) * picturePlus
	want = min(max(math.Ceil(want/scaleStep)*scaleStep, scaleLeast), scaleMost)
	if v.wish >= want && v.wish <= 2.5*want {
		return
	}
	v.wish = want
	v.session.WantRevision(v.page, want, v.end)
}

func (v *pageView) resized() {
	if v.fit {
		v.update()
	}
}

func (v *pageView) turn(n int) {
	p := min(max(v.page+n, 0), v.pages-1)
	if p != v.page {
		v.page, v.wish, v.canvas.image = p, 0, nil
		v.update()
	}
}

// revise shows the pages as they were when the file was end bytes long; 0 shows them as they are.
func (v *pageView) revise(end int64) {
	if end == v.end {
		return
	}
	v.end, v.wish, v.canvas.image = end, 0, nil
	v.update()
}

// leave ends what is open on the page, the setting of corners or the state at a seal, and reports whether anything was.
func (v *pageView) leave() bool {
	switch {
	case v.editing:
		v.endCorners()
	case v.end != 0 && v.present != nil:
		v.present()
	default:
		return false
	}
	return true
}

// locate shows a place on a page; a zero box shows the page.
func (v *pageView) locate(page int, box page.Box) {
	v.located = nil
	if !box.IsZero() {
		v.located = &viewmodel.Mark{ID: "located", Page: page, Box: box, Shape: viewmodel.ShapeUnknown, Label: v.session.Messages().T("mark.here")}
	}
	if page != v.page {
		v.turn(page - v.page)
	}
	v.update()
	if v.located != nil {
		v.canvas.lit = map[string]bool{"located": true}
		o, z := v.canvas.origin(), v.canvas.zoom
		v.scroll.ScrollToOffset(fyne.NewPos(max(0, o.X+float32(box.X0)*z-v.scroll.Size().Width/3), max(0, o.Y+float32(box.Y0)*z-v.scroll.Size().Height/3)))
		v.canvas.Refresh()
	}
}

// readable is the height at which a printed line is easily read.
const readable = 26

// locateText is locate for a printed line: the page is brought so near that the line can be read.
func (v *pageView) locateText(page int, box page.Box) {
	if h := float32(min(box.W(), box.H())); h > 0 && h*v.canvas.zoom < readable {
		v.fit = false
		v.canvas.zoom = min(readable/h, zoomMost)
	}
	v.locate(page, box)
}

func (v *pageView) zoomBy(k float32) {
	v.fit = false
	v.canvas.zoom = min(max(v.canvas.zoom*k, zoomLeast*v.fitZoom()), zoomMost)
	v.update()
}

func (v *pageView) zoomFit() {
	v.fit = true
	v.update()
}

// light emphasises boxes; the first is brought into view.
func (v *pageView) light(ids []string, reveal bool) {
	v.canvas.lit = map[string]bool{}
	for _, id := range ids {
		v.canvas.lit[id] = true
	}
	if reveal {
		for _, k := range v.marks {
			if !v.canvas.lit[k.ID] {
				continue
			}
			if k.Page != v.page {
				v.turn(k.Page - v.page)
			}
			o, z := v.canvas.origin(), v.canvas.zoom
			at := fyne.NewPos(o.X+float32(k.Box.X0)*z, o.Y+float32(k.Box.Y0)*z)
			if s := v.scroll.Size(); !v.fit {
				v.scroll.ScrollToOffset(fyne.NewPos(at.X-s.Width/3, at.Y-s.Height/3))
			}
			break
		}
	}
	v.canvas.Refresh()
}

func enable(b *button, on bool) {
	if on == !b.Disabled() {
		return
	}
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// onResize fills its cell and tells when that changed size.
type onResize struct {
	f    func()
	last fyne.Size
}

func (l *onResize) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(120, 120) }

func (l *onResize) Layout(os []fyne.CanvasObject, size fyne.Size) {
	for _, o := range os {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
	if size != l.last {
		l.last = size
		l.f()
	}
}

// fixedWidth gives its objects a fixed width and the height that they need for it.
type fixedWidth struct{ w float32 }

func (l *fixedWidth) MinSize(os []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, o := range os {
		h = max(h, o.MinSize().Height)
	}
	return fyne.NewSize(l.w, h)
}

func (l *fixedWidth) Layout(os []fyne.CanvasObject, size fyne.Size) {
	for _, o := range os {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(fyne.NewSize(l.w, size.Height))
	}
}
